//! Views: types that hold a resource's handlers and its CORS configuration.

use crate::config::{CorsConfig, Resource, Route};

/// A type that holds the handlers of a resource together with its CORS configuration, which may have different options for
/// single methods.
///
/// ```
/// use cors_model::{Any, CorsConfig, CorsView, Resource, ResourceOptions, Route};
///
/// struct Notes;
///
/// impl CorsView for Notes {
///     const METHODS: &'static [&'static str] = &["GET", "POST"];
///
///     fn cors_config(resource: Resource) -> Resource {
///         resource.also("https://reader.example", ResourceOptions::new())
///     }
///
///     fn custom_cors(method: &str, route: Route) -> Route {
///         match method {
///             "POST" => route.only([("https://app.example", ResourceOptions::new().allow_headers(Any))]),
///             _ => route,
///         }
///     }
/// }
///
/// let cors = CorsConfig::new().view::<Notes>("/notes").build()?;
/// # use cors_model::CorsRequest;
/// # use http::{HeaderMap, HeaderValue, header::ORIGIN};
/// # let request = HeaderMap::from_iter([(ORIGIN, HeaderValue::from_static("https://reader.example"))]);
/// let is_shared = |method| {
///     // `request` comes from https://reader.example.
///     cors.explain(&CorsRequest::new("/notes", method, &request)).verdict().refusal().is_none()
/// };
/// assert!(is_shared("GET"));
/// assert!(!is_shared("POST"));
/// # Ok::<(), cors_model::ConfigErrors>(())
/// ```
pub trait CorsView {
    /// The methods that the view answers. Each one is registered as a route, which enables it.
    const METHODS: &'static [&'static str];

    /// Says what the view shares with [`Resource::also`] and [`Resource::only`]. Default: what the application's defaults share.
    fn cors_config(resource: Resource) -> Resource {
        resource
    }

    /// Says what one of the methods shares with [`Route::also`] and [`Route::only`]. Default: what the view shares.
    fn custom_cors(_method: &str, route: Route) -> Route {
        route
    }

    /// The resource of this view at a template.
    fn resource(template: &str) -> Resource {
        Self::METHODS.iter().fold(Self::cors_config(Resource::at(template)), |resource, &method| {
            resource.add(Self::custom_cors(method, Route::on(method)))
        })
    }
}

impl CorsConfig {
    /// Adds a view at a path template.
    pub fn view<V: CorsView>(self, template: &str) -> Self {
        self.add(V::resource(template))
    }
}
