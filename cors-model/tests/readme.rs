//! The file in the README is the policy that the README writes as calls.
#![cfg(feature = "serde")]

use cors_model::{Any, CorsConfig, Resource, ResourceOptions, Route};

#[test]
fn the_file_of_the_readme_is_the_policy_of_its_calls() {
    let (_, rest) = include_str!("../README.md").split_once("```toml\n").unwrap();
    let (file, _) = rest.split_once("```").unwrap();
    let calls = CorsConfig::new()
        .defaults([("https://app.example", ResourceOptions::new().allow_credentials().allow_headers(Any))])
        .add(Resource::at("/hello").add(Route::on("GET")).add(Route::on("PUT")))
        .add(Resource::at("/public/{*rest}").only([("*", ResourceOptions::new().expose_headers(["ETag"]))]))
        .exclude("/public/private");
    assert_eq!(toml::from_str::<CorsConfig>(file).unwrap().build(), calls.build());
}
