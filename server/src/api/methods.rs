//! Which methods each path takes, for the Allow header (RFC 9110 section 15.5.6: a 405 has one).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::http::header::HeaderValue;

/// By the path's pattern. It follows from the list of routes and never changes.
static ALLOWED: LazyLock<BTreeMap<String, HeaderValue>> = LazyLock::new(|| {
    let paths = super::openapi().paths.paths;
    let list = |(pattern, item): (String, utoipa::openapi::PathItem)| {
        let methods = [
            ("DELETE", item.delete.is_some()),
            ("GET", item.get.is_some()),
            ("HEAD", item.head.is_some()),
            ("OPTIONS", item.options.is_some()),
            ("PATCH", item.patch.is_some()),
            ("POST", item.post.is_some()),
            ("PUT", item.put.is_some()),
        ];
        let taken: Vec<&str> = methods
            .into_iter()
            .filter(|(_, is)| *is)
            .map(|(name, _)| name)
            .collect();
        Some((pattern, HeaderValue::from_str(&taken.join(", ")).ok()?))
    };
    paths.into_iter().filter_map(list).collect()
});

/// The methods that the path of `pattern` takes. A parameter that spans segments is written with its expression
/// there, and without it in the description.
pub(super) fn allowed(pattern: &str) -> Option<HeaderValue> {
    ALLOWED.get(&pattern.replace(":.*}", "}")).cloned()
}
