//! Views: types that hold a resource's handlers and its CORS configuration.

use crate::config::{CorsConfig, OriginMap, Resource, Route};

/// The type that holds a resource's handlers carries the resource's CORS configuration, with options of its own for
/// single methods.
///
/// ```
/// use cors_model::{Any, CorsConfig, CorsView, OriginMap, ResourceOptions};
///
/// struct Notes;
///
/// impl CorsView for Notes {
///     const METHODS: &'static [&'static str] = &["GET", "POST"];
///
///     fn cors_config() -> OriginMap {
///         OriginMap::new().origin("https://app.example", ResourceOptions::new())
///     }
///
///     fn custom_cors(method: &str) -> OriginMap {
///         match method {
///             "POST" => OriginMap::new()
///                 .origin("https://app.example", ResourceOptions::new().allow_headers(Any)),
///             _ => OriginMap::new(),
///         }
///     }
/// }
///
/// let cors = CorsConfig::new().view::<Notes>("/notes").build()?;
/// # let _ = cors;
/// # Ok::<(), cors_model::ConfigErrors>(())
/// ```
pub trait CorsView {
    /// The methods that the view answers. Each becomes a route, and so is enabled.
    const METHODS: &'static [&'static str];

    /// The view's own options. Default: none, so that the defaults of the application hold.
    fn cors_config() -> OriginMap {
        OriginMap::new()
    }

    /// Options of its own for one of the methods. Default: none.
    fn custom_cors(_method: &str) -> OriginMap {
        OriginMap::new()
    }

    /// The resource that the view makes at a template.
    fn resource(template: &str) -> Resource {
        let resource = Resource::at(template).origins(Self::cors_config());
        Self::METHODS.iter().fold(resource, |resource, &method| {
            resource.add(Route::on(method).origins(Self::custom_cors(method)))
        })
    }
}

impl CorsConfig {
    /// Adds a view at a path template.
    pub fn view<V: CorsView>(self, template: &str) -> Self {
        self.add(V::resource(template))
    }
}
