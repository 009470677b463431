//! Requests that are wrong as HTTP, too large, or wrapped in what does not end: nothing of it is a fault of the server,
//! which answers, stays small and goes on.

use std::io::Write;

use wuyuan_tests::backend::Backend;
use wuyuan_tests::district::World;

use crate::raw::{self, Reply};
use crate::world;

/// Far above what the server needs for one body, far below what the bombs would inflate to.
const MOST_MEMORY: u64 = 512 << 20;

struct Target {
    world: World,
    address: String,
    token: String,
}

fn start() -> Target {
    let world = world::start(Backend::Sqlite);
    let address = world.server.url().replace("http://", "");
    let api = world.sign_in(world.holder(sync_protocol::role::Role::SysAdmin, 0));
    let token = api.token().expect("a caller who has signed in has a token").to_owned();
    Target { world, address, token }
}

impl Target {
    fn send(&self, method: &str, path: &str, lines: &[&[u8]], body: &[u8]) -> Option<Reply> {
        let bearer = format!("authorization: Bearer {}", self.token);
        let lines = [&[bearer.as_bytes()], lines].concat();
        raw::send(&self.address, &raw::request(method, path.as_bytes(), &lines, body))
    }

    fn proper(&self, method: &str, path: &str, lines: &[&[u8]], body: &[u8]) -> Reply {
        let what = format!("{method} {path}");
        let reply = self
            .send(method, path, lines, body)
            .unwrap_or_else(|| panic!("{what}: no answer"));
        reply.is_proper(&what);
        reply
    }
}

/// `size` bytes of white space, packed.
fn gzip_bomb(size: usize) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let spaces = vec![b' '; 1 << 20];
    for _ in 0..size >> 20 {
        encoder.write_all(&spaces).expect("memory takes what is written");
    }
    encoder.finish().expect("memory takes what is written")
}

/// The same by zstd.
fn zstd_bomb(size: usize) -> Vec<u8> {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 3).expect("an encoder");
    let spaces = vec![b' '; 1 << 20];
    for _ in 0..size >> 20 {
        encoder.write_all(&spaces).expect("memory takes what is written");
    }
    encoder.finish().expect("memory takes what is written")
}

#[test]
fn bombs_are_refused_before_they_inflate() {
    let target = start();
    let one_gib = 1usize << 30;
    let bombs: [(&[u8], Vec<u8>, u16); 6] = [
        (b"content-encoding: gzip", gzip_bomb(one_gib), 413),
        (b"content-encoding: zstd", zstd_bomb(one_gib), 413),
        // Nothing in a great many pieces.
        (b"content-encoding: gzip", gzip_bomb(0).repeat(100_000), 400),
        (b"content-encoding: zstd", zstd_bomb(0).repeat(100_000), 400),
        // One layer is taken off, never two.
        (b"content-encoding: gzip, gzip", gzip_bomb(1 << 20), 415),
        // A frame that asks for a window of 2 GiB (RFC 8878 section 3.1.1.1.2).
        (
            b"content-encoding: zstd",
            [&[0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8], [0x01, 0, 0].as_slice()].concat(),
            400,
        ),
    ];
    for path in ["/v1/sync", "/v1/members", "/v1/auth/sign-in"] {
        for (encoding, body, status) in &bombs {
            let reply = target.proper("POST", path, &[b"content-type: application/json", encoding], body);
            assert_eq!(reply.status, *status, "{path} {}", String::from_utf8_lossy(encoding));
        }
    }
    let (_, highest) = target.world.server.memory();
    println!("{} MiB at most", highest >> 20);
    assert!(highest < MOST_MEMORY, "{highest} bytes");
}

#[test]
fn nesting_and_bytes_that_are_no_text() {
    let target = start();
    let deep = [b"[".repeat(1 << 20), b"]".repeat(1 << 20)].concat();
    let objects = b"{\"a\":".repeat(200_000);
    for path in ["/v1/sync", "/v1/members", "/v1/auth/sign-in", "/v1/devices"] {
        for body in [
            deep.as_slice(),
            &objects,
            b"\xff\xfe\x00",
            b"{\"number\":\"\xc0\xaf\"}",
            b"\"\xed\xa0\x80\"",
            b"\x00",
        ] {
            let reply = target.proper("POST", path, &[b"content-type: application/json"], body);
            assert_eq!(reply.status, 400, "{path}");
        }
    }
    for path in ["/v1/imports/units", "/v1/imports/members"] {
        for body in [
            b"\xff\xfe".as_slice(),
            b"code\x00,name\n",
            &b"\"".repeat(1 << 20),
            &b",".repeat(1 << 20),
            &b"\n".repeat(1 << 20),
        ] {
            let reply = target.proper("POST", path, &[b"content-type: text/csv"], body);
            assert!([400, 422].contains(&reply.status), "{path}: {}", reply.status);
        }
    }
}

#[test]
fn media_types_that_nobody_asked_for() {
    let target = start();
    let types: [&[u8]; 7] = [
        b"content-type: text/plain",
        b"content-type: application/x-www-form-urlencoded",
        b"content-type: multipart/form-data; boundary=x",
        b"content-type: application/jsonp",
        b"content-type: application/json\xff",
        b"content-type: ",
        b"x-content-type: application/json",
    ];
    for path in ["/v1/members", "/v1/devices", "/v1/auth/sign-in", "/v1/imports/units"] {
        for line in types {
            assert_eq!(target.proper("POST", path, &[line], b"{}").status, 415, "{path}");
        }
    }
    let json: [&[u8]; 3] = [
        b"content-type: application/json; charset=utf-8",
        b"Content-Type:application/JSON",
        b"content-type:  application/json ;x",
    ];
    for line in json {
        assert_eq!(target.proper("POST", "/v1/members", &[line], b"{}").status, 400);
    }
}

#[test]
fn methods_that_a_path_does_not_take() {
    let target = start();
    for (path, allowed) in [
        ("/healthz", "GET"),
        ("/v1/sync", "POST"),
        ("/v1/members", "GET, POST"),
        ("/v1/members/01970000-0000-7000-8000-00000000a001", "GET, PATCH"),
        ("/v1/devices/01970000-0000-7000-8000-00000000a001", "DELETE"),
    ] {
        for method in ["HEAD", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "PUT"] {
            let reply = target.proper(method, path, &[], b"");
            assert_eq!(
                (reply.status, reply.header("allow")),
                (405, Some(allowed)),
                "{method} {path}"
            );
        }
    }
    assert_eq!(target.proper("OPTIONS", "/nowhere", &[], b"").status, 404);
}

#[test]
fn headers_that_are_huge_or_no_text() {
    let target = start();
    let long = |name: &str, bytes: usize| format!("{name}: {}", "a".repeat(bytes)).into_bytes();
    for line in [
        long("x-large", 60_000),
        long("x-request-id", 60_000),
        long("accept-language", 60_000),
        long("accept-encoding", 60_000),
        long("if-none-match", 60_000),
        b"x-request-id: \xff\xfe".to_vec(),
        b"accept-language: \xff".to_vec(),
        b"if-none-match: \xff, \"".to_vec(),
        b"accept-encoding: \xff;q=9, br;q=\xff".to_vec(),
    ] {
        target.proper("GET", "/v1/directory", &[&line], b"");
    }
    for line in [
        long("authorization: Bearer", 60_000),
        b"authorization: Bearer \xff".to_vec(),
        b"authorization: Basic eDp5".to_vec(),
        b"authorization:".to_vec(),
    ] {
        let bytes = raw::request("GET", b"/v1/me", &[&line], b"");
        let reply = raw::send(&target.address, &bytes).expect("an answer");
        reply.is_proper("GET /v1/me");
        assert_eq!(reply.status, 401);
    }
    // More than a head may have: refused by whoever reads heads, and the next caller is served.
    let many: Vec<Vec<u8>> = (0..5_000).map(|n| format!("x-{n}: {n}").into_bytes()).collect();
    let many: Vec<&[u8]> = many.iter().map(Vec::as_slice).collect();
    for lines in [many, vec![long("x-large", 4 << 20).leak() as &[u8]]] {
        let reply = target.send("GET", "/v1/me", &lines, b"");
        assert!(reply.is_none_or(|reply| (400..500).contains(&reply.status)));
    }
    assert_eq!(target.proper("GET", "/readyz", &[], b"").status, 200);
}

#[test]
fn what_is_no_http() {
    let target = start();
    let requests: [&[u8]; 16] = [
        b"",
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET  /healthz HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nhost x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nna me: x\r\n\r\n",
        b"GET /\xff\x00 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST /v1/auth/sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST /v1/auth/sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999\r\n\r\n",
        b"POST /v1/auth/sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{} ",
        b"POST /v1/auth/sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/auth/sign-in HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    ];
    for request in requests {
        let what = String::from_utf8_lossy(request).into_owned();
        let reply = raw::send(&target.address, request);
        assert!(reply.is_none_or(|reply| reply.status < 500), "{what}");
    }
    // Cut off in the middle of what was announced.
    let whole = raw::request(
        "POST",
        b"/v1/auth/sign-in",
        &[b"content-type: application/json"],
        b"{\"number\":\"NOBODY\",\"password\":\"no password\"}",
    );
    for end in (0..whole.len()).step_by(7) {
        let reply = raw::send(&target.address, &whole[..end]);
        assert!(reply.is_none_or(|reply| reply.status < 500), "cut off at {end}");
    }
    assert_eq!(target.proper("GET", "/readyz", &[], b"").status, 200);
}
