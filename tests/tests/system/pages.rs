//! The phone app as the server gives it to a browser: which files, of which types, kept for how long, and what a page
//! may do. The API goes on beside it.

use std::fs;
use std::sync::Arc;

use tempfile::TempDir;
use wuyuan_tests::api::{Answer, Api};
use wuyuan_tests::backend::Backend;
use wuyuan_tests::server::Server;

const FILES: &[(&str, &str)] = &[
    (
        "index.html",
        "<!doctype html><script type=module src=/assets/main-1a2b.js></script>",
    ),
    ("console.html", "<!doctype html><p>"),
    ("sw.js", "self"),
    ("assets/main-1a2b.js", "1"),
    ("assets/main-3c4d.css", "p{}"),
    ("manifest.webmanifest", "{}"),
    ("icon.svg", "<svg/>"),
];

fn served(files: &[(&str, &str)]) -> (TempDir, Server) {
    let folder = TempDir::new().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }
    let place = Arc::new(Backend::Sqlite.place());
    let web = folder.path().to_str().expect("a plain name").to_owned();
    let server = Server::on(place, &[("web", &web)]);
    (folder, server)
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.header(name).unwrap_or_default()
}

#[test]
fn the_app_is_served_beside_the_api() {
    let (_folder, server) = served(FILES);
    let api = Api::new(&server.url());
    for (path, media, text) in [
        ("/", "text/html; charset=utf-8", FILES[0].1),
        ("/console", "text/html; charset=utf-8", FILES[1].1),
        ("/sw.js", "text/javascript; charset=utf-8", "self"),
        ("/assets/main-1a2b.js", "text/javascript; charset=utf-8", "1"),
        ("/assets/main-3c4d.css", "text/css; charset=utf-8", "p{}"),
        ("/manifest.webmanifest", "application/manifest+json", "{}"),
        ("/icon.svg", "image/svg+xml", "<svg/>"),
    ] {
        let answer = api.get(path);
        assert_eq!((answer.status, answer.text().as_str()), (200, text), "{path}");
        assert_eq!(header(&answer, "content-type"), media, "{path}");
        let head = api.send("HEAD", path, &[("accept-encoding", "identity")], &[]);
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        assert_eq!(header(&head, "etag"), header(&answer, "etag"), "{path}");
    }
    assert!(api.get("/v1/config").ok()["generation"].is_string());
    assert_eq!(api.get("/healthz").status, 200);
}

#[test]
fn only_what_is_named_by_its_content_is_kept_unasked() {
    let (_folder, server) = served(FILES);
    let api = Api::new(&server.url());
    let hashed = api.get("/assets/main-1a2b.js");
    assert_eq!(header(&hashed, "cache-control"), "public, max-age=31536000, immutable");
    for path in ["/", "/console", "/sw.js", "/manifest.webmanifest"] {
        let answer = api.get(path);
        assert_eq!(header(&answer, "cache-control"), "no-cache", "{path}");
        let tag = header(&answer, "etag").to_owned();
        let again = api.send("GET", path, &[("if-none-match", &tag)], &[]);
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(header(&again, "cache-control"), "no-cache", "{path}");
        let other = api.send("GET", path, &[("if-none-match", "\"other\"")], &[]);
        assert_eq!(other.status, 200, "{path}");
    }
}

#[test]
fn a_page_may_do_nothing_but_its_work() {
    let (_folder, server) = served(FILES);
    let api = Api::new(&server.url());
    for path in ["/", "/console", "/sw.js", "/assets/main-1a2b.js"] {
        let answer = api.get(path);
        let policy = header(&answer, "content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "connect-src 'self'",
            "frame-ancestors 'none'",
        ] {
            assert!(
                policy.split("; ").any(|own| own == part),
                "{path}: no {part} in {policy}"
            );
        }
        assert!(
            !policy.contains("unsafe") && !policy.contains("sandbox"),
            "{path}: {policy}"
        );
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header(&answer, "x-frame-options"), "DENY", "{path}");
        assert_eq!(header(&answer, "referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header(&answer, "cross-origin-opener-policy"), "same-origin", "{path}");
        let permissions = header(&answer, "permissions-policy");
        for part in ["camera=(self)", "geolocation=(self)", "payment=()"] {
            assert!(permissions.contains(part), "{path}: no {part} in {permissions}");
        }
    }
    let policy = api.get("/v1/config");
    assert!(
        header(&policy, "content-security-policy").contains("sandbox"),
        "an answer is no page"
    );
}

#[test]
fn what_is_not_there_is_refused_like_any_unknown_address() {
    let (_folder, server) = served(FILES);
    let api = Api::new(&server.url());
    for path in [
        "/index.html",
        "/assets/",
        "/assets/main-9.js",
        "/../Cargo.toml",
        "/assets/..%2f..%2fCargo.toml",
        "/v1/nothing",
    ] {
        let refused = api.get(path).problem();
        assert_eq!(refused, (404, "route_unknown".to_owned()), "{path}");
    }
    let wrong = api.post_text("/", "{}");
    assert_eq!(wrong.problem(), (405, "method_wrong".to_owned()));
    assert_eq!(header(&wrong, "allow"), "GET, HEAD");
    assert_eq!(api.post_text("/v1/config", "{}").problem().0, 405);
}
