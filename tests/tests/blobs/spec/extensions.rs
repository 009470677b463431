//! The extensions.

use wuyuan_tests::uploads::{BYTES, announcing, append, begun, metadata, number, offset, sha256};

use super::{PLACE, Site, patch_of};

/// Creation. "The Upload-Length header MUST be a non-negative integer … Upload-Defer-Length MUST be 1 … If both or
/// neither are there the Server MUST respond 400 … If the length exceeds the maximum, 413 … The Server MUST acknowledge a
/// successful upload creation with the 201 Created status. The Server MUST set the Location header."
#[test]
fn a_creation_says_how_long_or_that_it_will_say_so() {
    let site = Site::new();
    let create = |headers: &[(&str, &str)]| {
        let known = announcing(&site.photo());
        site.send(
            "POST",
            PLACE,
            &[&[("upload-metadata", known.as_str())], headers].concat(),
            &[],
        )
    };
    for headers in [&[("upload-length", "2000")][..], &[("upload-defer-length", "1")]] {
        let answer = create(headers);
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert!(answer.header("location").is_some_and(|place| !place.is_empty()));
    }
    for headers in [
        &[][..],
        &[("upload-length", "2000"), ("upload-defer-length", "1")],
        &[("upload-length", "-1")],
        &[("upload-length", "1.5")],
        &[("upload-length", "2000 bytes")],
        &[("upload-defer-length", "0")],
        &[("upload-defer-length", "true")],
    ] {
        assert_eq!(create(headers).status, 400, "{headers:?}");
    }
    assert_eq!(create(&[("upload-length", "99999999999")]).status, 413);
}

/// "As long as the length of the upload is not known, the Server MUST set Upload-Defer-Length: 1 in all responses to HEAD
/// requests … Once the length is set it MUST NOT be changed."
#[test]
fn a_length_is_said_once() {
    let site = Site::new();
    let bytes = site.photo();
    let known = announcing(&bytes);
    let answer = site.send(
        "POST",
        PLACE,
        &[("upload-metadata", &known), ("upload-defer-length", "1")],
        &[],
    );
    let path = answer.header("location").expect("an address").to_owned();
    for at in [0, 500] {
        if at > 0 {
            assert_eq!(append(&site.api, &path, 0, &bytes[..at]).status, 204);
        }
        let answer = site.send("HEAD", &path, &[], &[]);
        assert_eq!(answer.header("upload-defer-length"), Some("1"));
        assert_eq!(answer.header("upload-length"), None);
    }
    let with_length = |at: &'static str, length: &'static str, body: &[u8]| {
        site.send(
            "PATCH",
            &path,
            &[&patch_of(at)[..], &[("upload-length", length)]].concat(),
            body,
        )
    };
    assert_eq!(with_length("500", "2000", &bytes[500..600]).status, 204);
    let answer = site.send("HEAD", &path, &[], &[]);
    assert_eq!(answer.header("upload-defer-length"), None);
    assert_eq!(number(&answer, "upload-length"), 2_000);
    assert!(matches!(with_length("600", "1000", &bytes[600..]).status, 400 | 409));
    assert_eq!(number(&site.send("HEAD", &path, &[], &[]), "upload-length"), 2_000);
    assert_eq!(with_length("600", "2000", &bytes[600..]).status, 204);
}

/// "If an upload contains additional metadata, responses to HEAD requests MUST include the Upload-Metadata header and its
/// value as specified by the Client during the creation." "The value MAY be empty. In these cases, the space … MAY be
/// left out."
#[test]
fn metadata_comes_back_as_it_was_given() {
    let site = Site::new();
    for more in [
        "",
        ",is_confidential",
        ",is_confidential ",
        ",name 5LmdLmpwZw==,x-own MQ==",
    ] {
        let given = format!("{}{more}", announcing(&site.photo()));
        let answer = site.send(
            "POST",
            PLACE,
            &[("upload-metadata", &given), ("upload-length", "2000")],
            &[],
        );
        assert_eq!(answer.status, 201, "{more}: {}", answer.text());
        let path = answer.header("location").expect("an address");
        let answer = site.send("HEAD", path, &[], &[]);
        assert_eq!(answer.header("upload-metadata"), Some(given.trim_end()));
    }
}

/// Creation with upload. "The Client MUST include the Content-Type … the Server MUST include the Upload-Offset header in
/// the response."
#[test]
fn a_creation_may_bring_bytes() {
    let site = Site::new();
    for sent in [0, 800, 2_000] {
        let bytes = site.photo();
        let known = announcing(&bytes);
        let headers = [
            ("upload-metadata", known.as_str()),
            ("upload-length", "2000"),
            ("content-type", BYTES),
        ];
        let answer = site.send("POST", PLACE, &headers, &bytes[..sent]);
        assert_eq!((answer.status, number(&answer, "upload-offset")), (201, sent as u64));
        let path = answer.header("location").expect("an address");
        assert_eq!(offset(&site.api, path), sent as u64);
    }
    let headers = [("upload-length", "2000"), ("content-type", "image/jpeg")];
    assert_eq!(site.send("POST", PLACE, &headers, &site.photo()).status, 415);
}

/// "The Upload-Expires header … MUST be included in every PATCH response if the upload is going to expire … MUST be in
/// RFC 9110 datetime format."
#[test]
fn answers_say_when_an_upload_expires() {
    let site = Site::new();
    let bytes = site.photo();
    let path = begun(&site.api, &bytes);
    let answers = [
        append(&site.api, &path, 0, &bytes[..100]),
        site.send("HEAD", &path, &[], &[]),
        append(&site.api, &path, 100, &bytes[100..]),
    ];
    for answer in answers {
        let date = answer.header("upload-expires").expect("a date");
        let date = chrono::NaiveDateTime::parse_from_str(date, "%a, %d %b %Y %H:%M:%S GMT");
        assert!(date.expect("a date of HTTP").and_utc() > chrono::Utc::now());
    }
}

/// "Once the entire request has been received, the Server MUST verify the uploaded chunk against the provided checksum …
/// 400 Bad Request if the checksum algorithm is not supported by the server, 460 Checksum Mismatch … If one of the first
/// two status codes is returned, the server MUST discard the uploaded chunk. In addition, the upload and its offset MUST
/// NOT be updated."
#[test]
fn a_chunk_with_another_checksum_is_discarded() {
    let site = Site::new();
    let bytes = site.photo();
    let path = begun(&site.api, &bytes);
    let sha1 = |text: &str| format!("sha1 {text}");
    let empty = sha1("2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
    for (checksum, status) in [
        (empty.as_str(), 460),
        ("md5 1B2M2Y8AsgTpgAmY7PhCfg==", 400),
        ("sha1", 400),
    ] {
        let headers = [&patch_of("0")[..], &[("upload-checksum", checksum)]].concat();
        assert_eq!(
            site.send("PATCH", &path, &headers, &bytes[..300]).status,
            status,
            "{checksum}"
        );
        assert_eq!(offset(&site.api, &path), 0);
    }
    let headers = [&patch_of("0")[..], &[("upload-checksum", empty.as_str())]].concat();
    assert_eq!(site.send("PATCH", &path, &headers, &[]).status, 204);
}

/// "The Server MUST respond with the 204 No Content status. For all future requests to this URL, the Server SHOULD
/// respond with the 404 Not Found or 410 Gone status."
#[test]
fn an_upload_that_was_ended_is_gone() {
    let site = Site::new();
    let bytes = site.photo();
    let path = begun(&site.api, &bytes);
    append(&site.api, &path, 0, &bytes[..100]);
    assert_eq!(site.send("DELETE", &path, &[], &[]).status, 204);
    for (method, headers) in [
        ("HEAD", vec![]),
        ("PATCH", patch_of("100").to_vec()),
        ("DELETE", vec![]),
    ] {
        let body: &[u8] = if method == "PATCH" { b"x" } else { &[] };
        assert!(
            matches!(site.send(method, &path, &headers, body).status, 404 | 410),
            "{method}"
        );
    }
}

/// Concatenation. "The Upload-Concat header MUST be set in both partial and final upload creation … The Client MUST NOT
/// include the Upload-Length header in the final upload creation … The Server MUST calculate the length of the final
/// upload … metadata of the partial uploads MUST NOT be transferred … The response to a HEAD request for a final or
/// partial upload MUST contain the Upload-Concat header … For final uploads the Upload-Length header MUST be included …
/// The Server MUST respond with the 403 Forbidden status to PATCH requests against a final upload URL and MUST NOT modify
/// the final or its partial uploads."
#[test]
fn partial_uploads_become_a_final_one() {
    let site = Site::new();
    let bytes = site.photo();
    let mut parts = Vec::new();
    for part in [&bytes[..700], &bytes[700..]] {
        let length = part.len().to_string();
        let note = metadata(&[("filename", "a-part")]);
        let headers = [
            ("upload-concat", "partial"),
            ("upload-length", &length),
            ("upload-metadata", &note),
        ];
        let answer = site.send("POST", PLACE, &headers, &[]);
        assert_eq!(answer.status, 201, "{}", answer.text());
        let path = answer.header("location").expect("an address").to_owned();
        assert_eq!(append(&site.api, &path, 0, part).status, 204);
        let answer = site.send("HEAD", &path, &[], &[]);
        assert_eq!(answer.header("upload-concat"), Some("partial"));
        parts.push(path);
    }
    let known = metadata(&[("sha256", &sha256(&bytes))]);
    // Addresses may be whole or without a host.
    let concat = format!("final;{} {}{}", parts[0], site.world.server.url(), parts[1]);
    let final_of = |more: &[(&str, &str)]| {
        let own = [("upload-concat", concat.as_str()), ("upload-metadata", known.as_str())];
        site.send("POST", PLACE, &[&own[..], more].concat(), &[])
    };
    assert_eq!(final_of(&[("upload-length", "2000")]).status, 400);
    let answer = final_of(&[]);
    assert_eq!(answer.status, 201, "{}", answer.text());
    let path = answer.header("location").expect("an address");
    let answer = site.send("HEAD", path, &[], &[]);
    assert_eq!(
        (number(&answer, "upload-length"), number(&answer, "upload-offset")),
        (2_000, 2_000)
    );
    assert_eq!(answer.header("upload-concat"), Some(concat.as_str()));
    assert_eq!(answer.header("upload-metadata"), Some(known.as_str()));
    assert_eq!(site.send("PATCH", path, &patch_of("2000"), b"x").status, 403);
    assert_eq!(site.send("PATCH", path, &patch_of("0"), b"x").status, 403);
    assert_eq!(offset(&site.api, path), 2_000);
}
