//! The core protocol.

use wuyuan_tests::api::Api;
use wuyuan_tests::uploads::{append, begun, number, offset, send};

use super::{PLACE, Site, patch_of};

/// "The Tus-Resumable header MUST be included in every request and response except for OPTIONS requests."
#[test]
fn every_answer_names_the_version() {
    let site = Site::new();
    let bytes = site.photo();
    let path = begun(&site.api, &bytes);
    let nowhere = format!("{PLACE}/uploads/{}", uuid::Uuid::new_v4());
    let offset = patch_of("0");
    let wrong = patch_of("7");
    for (answer, status) in [
        (site.send("HEAD", &path, &[], &[]), 200),
        (site.send("HEAD", &nowhere, &[], &[]), 404),
        (site.send("PATCH", &nowhere, &offset, b"x"), 404),
        (site.send("PATCH", &path, &wrong, b"x"), 409),
        (site.send("PATCH", &path, &[("upload-offset", "0")], b"x"), 415),
        (site.send("PATCH", &path, &offset, &[0; 3_000]), 413),
        (site.send("POST", PLACE, &[], &[]), 400),
        (site.send("PATCH", &path, &offset, &bytes), 204),
        (send(&Api::new(&site.world.server.url()), "HEAD", &path, &[], &[]), 401),
        (site.send("PUT", &path, &[], &[]), 405),
        (site.send("DELETE", &path, &[], &[]), 204),
    ] {
        assert_eq!(answer.status, status, "{}", answer.text());
        assert_eq!(answer.header("tus-resumable"), Some("1.0.0"), "{status}");
    }
}

/// "If the version specified by the Client is not supported by the Server, it MUST respond with the 412 Precondition
/// Failed status and MUST include the Tus-Version header into the response. In addition, the Server MUST NOT process the
/// request."
#[test]
fn another_version_is_refused_and_nothing_is_done() {
    let site = Site::new();
    let bytes = site.photo();
    let path = begun(&site.api, &bytes);
    for version in [&[("tus-resumable", "0.2.2")][..], &[("tus-resumable", "1.0.1")], &[]] {
        for (method, path, more) in [
            ("HEAD", path.as_str(), vec![]),
            ("PATCH", path.as_str(), patch_of("0").to_vec()),
            ("DELETE", path.as_str(), vec![]),
            ("POST", path.as_str(), vec![("x-http-method-override", "DELETE")]),
            ("POST", PLACE, vec![("upload-length", "5")]),
        ] {
            let body: &[u8] = if method == "PATCH" { &bytes } else { &[] };
            let answer = site.api.send(method, path, &[version, &more].concat(), body);
            assert_eq!(answer.status, 412, "{method} {version:?}");
            assert_eq!(answer.header("tus-version"), Some("1.0.0"));
        }
    }
    assert_eq!(offset(&site.api, &path), 0);
}

/// "The Server MUST always set the Upload-Offset header in the response for a HEAD request, even if the offset is 0 …
/// If the size of the upload is known, the Server MUST include the Upload-Length header … The Server MUST prevent the
/// client and/or proxies from caching the response by adding the Cache-Control: no-store header." "If the resource is
/// not found, the Server SHOULD return 404, 410 or 403 without the Upload-Offset header."
#[test]
fn a_head_says_where_an_upload_is() {
    let site = Site::new();
    let bytes = site.photo();
    let path = begun(&site.api, &bytes);
    for (sent, at) in [(0, 0), (700, 700), (0, 700), (1_300, 2_000), (0, 2_000)] {
        if sent > 0 {
            assert_eq!(
                append(&site.api, &path, at - sent, &bytes[(at - sent) as usize..at as usize]).status,
                204
            );
        }
        let answer = site.send("HEAD", &path, &[], &[]);
        assert!(matches!(answer.status, 200 | 204));
        assert_eq!(
            (number(&answer, "upload-offset"), number(&answer, "upload-length")),
            (at, 2_000)
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    site.send("DELETE", &path, &[], &[]);
    let nowhere = format!("{PLACE}/uploads/{}", uuid::Uuid::new_v4());
    for path in [path, nowhere] {
        let answer = site.send("HEAD", &path, &[], &[]);
        assert!(matches!(answer.status, 404 | 410 | 403));
        assert_eq!(answer.header("upload-offset"), None);
    }
}

/// "The Server SHOULD accept PATCH requests against any upload URL and apply the bytes contained in the message at the
/// given offset … All PATCH requests MUST use Content-Type: application/offset+octet-stream, otherwise the server SHOULD
/// return a 415 … If the offsets do not match, the Server MUST respond with the 409 Conflict status without modifying
/// the upload resource … The Server MUST acknowledge successful PATCH requests with the 204 No Content status. It MUST
/// include the Upload-Offset header containing the new offset."
#[test]
fn a_patch_adds_at_the_offset_and_nowhere_else() {
    let site = Site::new();
    let bytes = site.photo();
    let path = begun(&site.api, &bytes);
    let answer = append(&site.api, &path, 0, &bytes[..500]);
    assert_eq!((answer.status, number(&answer, "upload-offset")), (204, 500));
    for wrong in ["0", "499", "501", "2000", "18446744073709551615"] {
        assert_eq!(
            site.send("PATCH", &path, &patch_of(wrong), &bytes[..10]).status,
            409,
            "{wrong}"
        );
    }
    for wrong in ["-1", "5e2", "500.0", "0x1f4", "+500", "99999999999999999999"] {
        assert_eq!(
            site.send("PATCH", &path, &patch_of(wrong), &bytes[..10]).status,
            400,
            "{wrong}"
        );
    }
    for kind in ["application/octet-stream", "application/json", "text/plain"] {
        let headers = [("upload-offset", "500"), ("content-type", kind)];
        assert_eq!(
            site.send("PATCH", &path, &headers, &bytes[500..600]).status,
            415,
            "{kind}"
        );
    }
    assert_eq!(offset(&site.api, &path), 500);
    // A request without a byte is one like any other.
    let answer = append(&site.api, &path, 500, &[]);
    assert_eq!((answer.status, number(&answer, "upload-offset")), (204, 500));
    let answer = append(&site.api, &path, 500, &bytes[500..]);
    assert_eq!((answer.status, number(&answer, "upload-offset")), (204, 2_000));
}

/// "An OPTIONS request MAY be used to gather information about the Server's current configuration. A successful response
/// indicated by the 204 No Content or 200 OK status MUST contain the Tus-Version header. It MAY include the
/// Tus-Extension and Tus-Max-Size headers. The Client SHOULD NOT include the Tus-Resumable header in the request and the
/// Server MUST ignore the header." "The Tus-Checksum-Algorithm header MUST be included in the response to an OPTIONS
/// request." "The Server MUST support at least the SHA1 checksum algorithm identified by sha1."
#[test]
fn options_say_what_there_is_whatever_version_asks() {
    let site = Site::new();
    for headers in [&[][..], &[("tus-resumable", "0.0.1")]] {
        let answer = site.api.send("OPTIONS", PLACE, headers, &[]);
        assert!(matches!(answer.status, 200 | 204), "{}", answer.status);
        assert_eq!(answer.header("tus-version"), Some("1.0.0"));
        let list = |name: &str| -> Vec<String> {
            answer
                .header(name)
                .unwrap_or_default()
                .split(',')
                .map(str::to_owned)
                .collect()
        };
        assert!(list("tus-checksum-algorithm").contains(&"sha1".to_owned()));
        for extension in [
            "creation",
            "creation-with-upload",
            "creation-defer-length",
            "expiration",
            "checksum",
            "termination",
            "concatenation",
        ] {
            assert!(list("tus-extension").contains(&extension.to_owned()), "{extension}");
        }
        assert!(number(&answer, "tus-max-size") > 0);
    }
}

/// "The X-HTTP-Method-Override request header MUST be a string which MUST be interpreted as the request's method by the
/// Server, if the header is presented. The actual method of the request MUST be ignored."
#[test]
fn an_overridden_method_counts_and_the_actual_one_does_not() {
    let site = Site::new();
    let bytes = site.photo();
    let path = begun(&site.api, &bytes);
    let over = |method: &str, named: &str, headers: &[(&str, &str)], body: &[u8]| {
        site.send(
            method,
            &path,
            &[&[("x-http-method-override", named)], headers].concat(),
            body,
        )
    };
    let answer = over("POST", "PATCH", &patch_of("0"), &bytes[..900]);
    assert_eq!((answer.status, number(&answer, "upload-offset")), (204, 900));
    for method in ["POST", "GET", "PATCH", "DELETE", "PUT"] {
        let answer = over(method, "HEAD", &[], &[]);
        assert_eq!(answer.status, 200, "{method}");
        assert_eq!(number(&answer, "upload-offset"), 900);
        assert!(answer.body.is_empty());
    }
    let answer = over("PUT", "PATCH", &patch_of("900"), &bytes[900..1_000]);
    assert_eq!(answer.status, 204);
    assert_eq!(over("POST", "GRAB", &[], &[]).status, 405);
    assert_eq!(over("POST", "DELETE", &[], &[]).status, 204);
    assert!(matches!(site.send("HEAD", &path, &[], &[]).status, 404 | 410));
    let headers = [("x-http-method-override", "OPTIONS")];
    let answer = site.api.send("POST", PLACE, &headers, &[]);
    assert!(matches!(answer.status, 200 | 204), "{}", answer.status);
}
