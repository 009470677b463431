//! Writes the seeds of the corpus: small inputs made from the conformance vectors, the shipped catalogue and the
//! requests of a made-up phone. What the fuzzer found beside them stays.
//!
//! `cargo run --package wuyuan-fuzz-checks --example seeds`

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use serde_json::{Value as Json, json};
use sync_protocol::feed;
use sync_protocol::id::{DeviceId, MemberId};
use wuyuan_fuzz_checks::operation::BUILTIN;
use wuyuan_server::accounts::tokens::{TokenScope, Tokens};
use wuyuan_server::keys::NamedKey;
use wuyuan_server::sync::cursor::{Cursor, CursorKey};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let operations = operations()?;
    for (at, text) in operations.iter().enumerate() {
        write("operation", at, text.as_bytes())?;
    }
    for (at, body) in bodies(&operations)?.iter().enumerate() {
        write("sync_body", at, body.as_bytes())?;
    }
    for (at, text) in overlays(&operations)?.iter().enumerate() {
        write("overlay", at, text.as_bytes())?;
    }
    for (at, text) in answers()?.iter().enumerate() {
        write("answer", at, text.as_bytes())?;
    }
    for (at, case) in cases("receipts")?.iter().enumerate() {
        write("receipt", at, text_of(&case["text"])?.as_bytes())?;
    }
    for (at, text) in catalogues(&operations)?.iter().enumerate() {
        write("catalog", at, text.as_bytes())?;
    }
    for (at, text) in tables().iter().enumerate() {
        write("import", at, text.as_bytes())?;
    }
    for (at, bytes) in backups()?.iter().enumerate() {
        write("backup", at, bytes)?;
    }
    let key = CursorKey::new([7; 32]);
    let cursor = Cursor {
        generation: [1; 8],
        fingerprint: [2; 8],
        pos: 99,
    };
    write("cursor", 0, key.make(&"350111001026".parse()?, &cursor)?.as_bytes())?;
    write("token", 0, token()?.as_bytes())?;
    write("token", 1, b"{\"typ\":\"JWT\",\"alg\":\"EdDSA\",\"kid\":\"k1\"}\n{\"sub\":\"03030303-0303-0303-0303-030303030303\",\"sid\":\"04040404-0404-0404-0404-040404040404\",\"iat\":1790000000,\"exp\":1790000900,\"scope\":\"full\"}")?;
    // Histories: the bytes are choices, and any are good.
    for at in 0..4u8 {
        let choices: Vec<u8> = (0..160u8)
            .map(|n| n.wrapping_mul(37 + at).wrapping_add(at * 61))
            .collect();
        write("record", at.into(), &choices)?;
    }
    Ok(())
}

fn write(target: &str, number: usize, bytes: &[u8]) -> Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus").join(target);
    fs::create_dir_all(&folder)?;
    Ok(fs::write(folder.join(format!("seed-{number:02}")), bytes)?)
}

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn cases(vector: &str) -> Result<Vec<Json>> {
    let text = fs::read_to_string(project(&format!("sync-protocol/vectors/{vector}.json")))?;
    let mut file: Json = serde_json::from_str(&text)?;
    match file["cases"].take() {
        Json::Array(cases) => Ok(cases),
        _ => Err(format!("{vector}.json has no cases").into()),
    }
}

fn text_of(json: &Json) -> Result<&str> {
    json.as_str().ok_or_else(|| "no text".into())
}

/// Texts of operations, those that are over the limit left out.
fn operations() -> Result<Vec<String>> {
    let cases = cases("verdicts")?;
    let texts = cases.iter().map(|case| text_of(&case["text"]).map(str::to_owned));
    let texts: Vec<String> = texts.collect::<Result<_>>()?;
    Ok(texts.into_iter().filter(|text| text.len() < 4_096).collect())
}

fn bodies(operations: &[String]) -> Result<Vec<String>> {
    let (key, device) = (SigningKey::from_bytes(&[5; 32]), DeviceId([0x0d; 16]));
    let mut bodies = vec![
        format!("{{\"device\":\"{device}\"}}"),
        json!({"device": device, "held": [1, 9], "pull": {"cursors": {"350111001026": "AQ"}, "diverged": ["350111001026"], "max_records": 5}})
            .to_string(),
    ];
    for (from, batch) in operations.chunks(9).enumerate() {
        let mut chain = feed::genesis(&device);
        batch
            .iter()
            .for_each(|text| chain = feed::link(&chain, &sync_protocol::op::read(text).1));
        let sig = feed::sign_head(&key, &device, batch.len() as u64, &chain);
        let rest = json!({
            "base": {"seq": 0, "hash": hex::encode(feed::genesis(&device))},
            "sig": base64(&sig),
            "boot": "boot",
            "uptime_ms": 812_345,
            "sent_at": 1_795_305_600_000i64,
            "receipts": [{"text": "wuyuan-receipt-v1\n", "key": "0011223344556677", "sig": base64(&sig)}],
        });
        // Operations travel as they were written, so they are put between the other members as text.
        let rest = rest.to_string();
        let members = rest.strip_suffix('}').ok_or("an object ends with a brace")?;
        let ops = batch.join(if from % 2 == 0 { "," } else { " ,\n" });
        bodies.push(format!(
            "{{\"device\":\"{device}\",\"push\":{members},\"ops\":[{ops}]}}}}"
        ));
    }
    Ok(bodies)
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

fn overlays(operations: &[String]) -> Result<Vec<String>> {
    let bases = cases("overlay")?;
    let few = |at: usize| {
        operations[at % operations.len()..]
            .iter()
            .take(3)
            .cloned()
            .collect::<Vec<_>>()
    };
    Ok(bases
        .iter()
        .enumerate()
        .map(|(at, case)| format!("{}\n{}", case["base"], few(at * 3).join("\n")))
        .collect())
}

fn answers() -> Result<Vec<String>> {
    let mut answers = Vec::new();
    for case in cases("cursors")? {
        for request in case["syncs"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|s| s["requests"].as_array())
            .flatten()
        {
            let mut answer = json!({
                "generation": "g", "server_time": 1_795_305_600_000i64, "catalog": 1,
                "feed": {"head": {"seq": 0, "hash": "0".repeat(64)}, "durable_seq": 0},
            });
            if let (Json::Object(all), Json::Object(pulled)) = (&mut answer, &request["answer"]) {
                all.extend(pulled.clone());
            }
            answers.push(answer.to_string());
        }
    }
    for case in cases("receipts")? {
        answers.push(
            json!({
                "generation": "g", "server_time": 0, "catalog": 1, "verdicts": case["lines"],
                "feed": {"head": {"seq": 3, "hash": "0".repeat(64)}, "durable_seq": 1, "closed": true},
                "receipt": {"key": "k", "sig": base64(&[1; 64])}, "want": ["0".repeat(64)],
            })
            .to_string(),
        );
    }
    Ok(answers)
}

fn catalogues(operations: &[String]) -> Result<Vec<String>> {
    let file = |name: &str| fs::read_to_string(project(&format!("sync-protocol/catalog/{name}.toml")));
    let (subject, session) = (file("subject")?, file("volunteer_session")?);
    let alone = session.replace("since = 1", "since = 2");
    Ok(vec![
        subject.clone(),
        session.clone(),
        file("photo_report")?,
        format!("{subject}\n---\n{}", file("supervision_visit")?),
        format!("{session}\n===\n{alone}\n===\n{}", operations[..4].join("\n")),
        BUILTIN.to_json().0.to_owned(),
    ])
}

fn tables() -> Vec<String> {
    let units = "code,name,level,parent\n350111001001,演示社区,community,350111001000\n350111001000,演示街道,area,350111000000\n350111000000,演示区,district,\n";
    let people = "number,name,role,unit,starts,ends\nJA0001,某人,volunteer,350111001001,2026-01-01,\nJA0002,另一人,area_manager,350111001000,2026-01-01,2026-12-31\nJA0001,某人,supervisor,350111001001,2026-03-01,2026-06-30\n";
    let quoted = "parent,level,\"name\",code\r\n,district,\"演示,\"\"区\"\"\",350111000000\r\n";
    vec![units.to_owned(), people.to_owned(), format!("\u{feff}{quoted}")]
}

fn backups() -> Result<Vec<Vec<u8>>> {
    let rows = "{\"visibility\":[\"350111001026\",9,\"AAEC\",\"\",true]}\n{\"unit\":[\"350111001026\",\"演示社区\",\"community\",\"350111001000\",null,17]}\n{\"meta\":[\"generation\",\"g\"]}\n";
    let framed = |way: u8, rest: &[u8]| [&[way], rest].concat();
    let hash = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
    let blob = format!("{{\"blob\":[\"{hash}\",4,\"image/png\",\"{hash}\",\"ab/cd\",9,false,null,false,null,null]}}\n");
    let file = zstd::encode_all(rows.as_bytes(), 1)?;
    Ok(vec![
        framed(2, rows.as_bytes()),
        framed(1, rows.as_bytes()),
        framed(0, &file),
        framed(1, b"{\"format\":\"wuyuan-backup-v1\",\"created\":0,\"generation\":\"g\",\"schema\":\"0001\",\"tables\":{}}\n{\"rows\":{},\"sha256\":\"\"}\n"),
        framed(128, rows.as_bytes()),
        framed(128, blob.as_bytes()),
        framed(2, blob.as_bytes()),
    ])
}

fn token() -> Result<String> {
    let key = NamedKey {
        id: "k1".to_owned(),
        key: SigningKey::from_bytes(&[7; 32]),
    };
    Ok(Tokens::new(&key, 900).issue(MemberId([3; 16]), [4; 16], TokenScope::Full, 1_790_000_000_000)?)
}
