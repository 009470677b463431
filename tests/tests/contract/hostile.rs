//! What a stranger may send who does not mean well: every route answers with a status below 500 and says in a problem
//! what it refuses, and the server goes on.

use serde_json::{Value, json};
use wuyuan_tests::on_both_backends;

use crate::raw::{self, Reply};
use crate::world::{self, Prepared};

/// Ways to spell what is no identifier, as they stand in a path.
const IDS: &[&str] = &[
    "..",
    "%2e%2e",
    "%2e%2e%2f%2e%2e",
    "%2F",
    "a%2Fb",
    "%00",
    "%0d%0aset-cookie:x",
    "%ff",
    "%c0%ae",
    "%u0041",
    "%25%30%30",
    "%",
    "%zz",
    "*",
    ";x=1",
    "{id}",
    "%7Bid%7D",
    "null",
    "-1",
    "18446744073709551616",
    "%E2%80%8B",
    "%F0%9F%92%A9",
    "01970000-0000-7000-8000-00000000A001",
    "{01970000-0000-7000-8000-00000000a001}",
    "01970000%2D0000-7000-8000-00000000a001",
];

/// Queries that mean nothing, or two things.
const QUERIES: &[&str] = &[
    "after=a&after=b",
    "limit=1&limit=2",
    "fate=held&fate=held",
    "from=1&from=2&to=3",
    "member=&member=",
    "%00=%00",
    "=",
    "&&&",
    "after=%00",
    "after=%ff",
    "before=9223372036854775808",
    "limit=-9223372036854775808",
    "limit=1e3",
    "from=18446744073709551615&to=0",
    "from=1&to=18446744073709551615",
    "fate=%68eld",
    "unknown=1",
    "a[b]=c",
    "limit=%31",
    "before=-9223372036854775808&fate=held",
];

/// Values that take the place of each value of a good body.
fn values() -> Vec<String> {
    let mut values: Vec<String> = [
        "null",
        "true",
        "-1",
        "0",
        "1.5",
        "-0.0",
        "1e308",
        "1e999",
        "9007199254740993",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551616",
        "\"\"",
        "\" \"",
        "\"\\u0000\"",
        "\"a\\u0000b\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"\\ufeff\"",
        "\"\\u202e\"",
        "\"' OR 1=1 --\"",
        "\"%00\"",
        "[]",
        "{}",
        "[null]",
        "{\"a\":1,\"a\":2}",
    ]
    .map(str::to_owned)
    .to_vec();
    values.push(format!("\"{}\"", "x".repeat(100_000)));
    values.push(format!("{}{}", "[".repeat(2_000), "]".repeat(2_000)));
    values
}

/// A server, and who may call what on it.
struct Target {
    prepared: Prepared,
    address: String,
}

impl Target {
    fn start(backend: wuyuan_tests::backend::Backend) -> Target {
        let prepared = world::prepare(backend);
        let url = prepared.world.server.url();
        let address = url
            .strip_prefix("http://")
            .expect("a server of ours speaks HTTP")
            .to_owned();
        Target { prepared, address }
    }

    /// Sends a request in the name of whoever may call `route` (`METHOD /path/{id}`), to `path`.
    fn call(&self, route: &str, path: &str, lines: &[&str], body: &[u8]) -> Option<Reply> {
        let tokens = &self.prepared.description["tokens"];
        let token = tokens.get(route).unwrap_or(&tokens["*"]).as_str().expect("a token");
        let bearer = format!("authorization: Bearer {token}");
        let mut all = vec![bearer.as_bytes()];
        all.extend(lines.iter().map(|line| line.as_bytes()));
        let method = route.split(' ').next().expect("a route begins with its method");
        raw::send(&self.address, &raw::request(method, path.as_bytes(), &all, body))
    }

    /// The same; the answer must come and be a proper one.
    fn proper(&self, route: &str, path: &str, lines: &[&str], body: &[u8]) -> Reply {
        let what = format!("{route} at {} with {lines:?}", path.get(..200).unwrap_or(path));
        let reply = self
            .call(route, path, lines, body)
            .unwrap_or_else(|| panic!("{what}: no answer"));
        reply.is_proper(&what);
        reply
    }

    fn goes_on(&self) {
        let reply = raw::send(&self.address, &raw::request("GET", b"/readyz", &[], b"")).expect("the server answers");
        assert_eq!(reply.status, 200);
    }
}

/// Every route but the endless one: `METHOD /path/{id}` and whether it takes a body of which type.
fn routes() -> Vec<(String, Option<String>)> {
    let api = serde_json::to_value(wuyuan_server::api::openapi()).expect("the API can be written down");
    let mut routes = Vec::new();
    for (path, methods) in api["paths"].as_object().expect("an API has paths") {
        for (method, operation) in methods.as_object().expect("a path has methods") {
            let media = operation["requestBody"]["content"]
                .as_object()
                .and_then(|types| types.keys().next().cloned());
            routes.push((format!("{} {path}", method.to_uppercase()), media));
        }
    }
    routes.retain(|(route, _)| route != "GET /v1/events");
    routes
}

/// The path of a route with every parameter replaced.
fn path(route: &str, parameter: &str) -> String {
    let template = route.split(' ').nth(1).expect("a route has a path");
    let parts = template
        .split('/')
        .map(|part| if part.starts_with('{') { parameter } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Every text that comes of `json` by replacing one value by each of `values`.
fn spoilt(json: &Value, values: &[String]) -> Vec<String> {
    const HERE: &str = "\u{1}here\u{1}";
    let mut places = Vec::new();
    walk(json, "", &mut places);
    let mark = serde_json::to_string(HERE).expect("a text is JSON");
    let spoil = |place: &String| {
        let mut marked = json.clone();
        *marked.pointer_mut(place).expect("a place that was found") = json!(HERE);
        let text = marked.to_string();
        values
            .iter()
            .map(|value| text.replace(&mark, value))
            .collect::<Vec<_>>()
    };
    places.iter().flat_map(spoil).collect()
}

fn walk(json: &Value, place: &str, places: &mut Vec<String>) {
    places.push(place.to_owned());
    if let Value::Object(members) = json {
        for (name, value) in members {
            walk(value, &format!("{place}/{name}"), places);
        }
    }
}

on_both_backends! {
    fn what_is_no_identifier_and_no_query(backend) {
        let target = Target::start(backend);
        let long = "a".repeat(20_000);
        for (route, _) in routes() {
            for id in IDS.iter().copied().chain([long.as_str()]) {
                if route.contains('{') {
                    target.proper(&route, &path(&route, id), &["content-type: application/json"], b"{}");
                }
            }
            if route.starts_with("GET") {
                for query in QUERIES {
                    let path = path(&route, "01970000-0000-7000-8000-00000000a001");
                    target.proper(&route, &format!("{path}?{query}"), &[], b"");
                }
            }
        }
        target.goes_on();
    }

    fn every_value_of_a_good_body_spoilt(backend) {
        let target = Target::start(backend);
        let values = values();
        let mut sent = 0;
        for (route, media) in routes() {
            let Some(known) = target.prepared.description["good"].get(&route) else { continue };
            for good in known.as_array().into_iter().flatten().filter(|good| good["body"].is_object()) {
                let id = |name: &str| good["path"][name].as_str().unwrap_or_default().to_owned();
                let path = path(&route, &id("id"));
                let line = format!("content-type: {}", media.clone().unwrap_or_default());
                for body in spoilt(&good["body"], &values) {
                    target.proper(&route, &path, &[&line], body.as_bytes());
                    sent += 1;
                }
            }
        }
        assert!(sent > 1_000, "only {sent} bodies were made");
        target.goes_on();
    }
}
