//! Uploads of the server in memory.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use sync_protocol::feed::Hash;
use sync_protocol::op::{self, Parsed};
use sync_protocol::shape;
use sync_protocol::wire::Push;
use wuyuan_client::transport::{Method, Request, Response, UploadHead};

use super::{Refusal, State, ok};

/// An upload.
#[derive(Clone)]
pub struct Upload {
    pub sha256: String,
    pub length: u64,
    pub bytes: Vec<u8>,
}

fn header<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    let mut named = request.headers.iter().filter(|(known, _)| *known == name);
    named.next().map(|(_, value)| value.as_str())
}

fn number(request: &Request, name: &str) -> Option<u64> {
    header(request, name)?.parse().ok()
}

fn reached(status: u16, upload: &Upload) -> Response {
    Response {
        status,
        upload: UploadHead {
            offset: Some(upload.bytes.len() as u64),
            length: Some(upload.length),
            location: None,
        },
        ..Response::default()
    }
}

impl State {
    pub(super) fn tus(&mut self, path: &str, request: &Request) -> Result<Response, Refusal> {
        let mut answer = self.upload(path, request)?;
        if request.method != Method::Post {
            answer.upload.offset = self.says_offset.or(answer.upload.offset);
        }
        Ok(answer)
    }

    fn upload(&mut self, path: &str, request: &Request) -> Result<Response, Refusal> {
        self.tus.push(format!("{:?} {path}", request.method));
        let known = request.bearer.as_ref().is_some_and(|t| self.valid_tokens.contains(t));
        if !known {
            return Err((401, "token_expired", json!({})));
        }
        assert_eq!(header(request, "tus-resumable"), Some("1.0.0"));
        if (request.method, path) == (Method::Post, "/v1/blobs") {
            return self.begin(request);
        }
        let gone = (404, "not_found", json!({}));
        let upload = self.data.uploads.get_mut(path).ok_or(gone)?;
        match request.method {
            Method::Head => Ok(reached(200, upload)),
            // It takes nothing, and says so or something else.
            Method::Patch if self.says_offset.is_some() => Ok(reached(204, upload)),
            Method::Delete => {
                self.data.uploads.remove(path);
                Ok(Response {
                    status: 204,
                    ..Response::default()
                })
            }
            _ => {
                assert_eq!(header(request, "content-type"), Some("application/offset+octet-stream"));
                if number(request, "upload-offset") != Some(upload.bytes.len() as u64) {
                    return Err((409, "upload_offset_wrong", json!({})));
                }
                upload.bytes.extend(request.body.as_deref().unwrap_or_default());
                let upload = upload.clone();
                if upload.bytes.len() as u64 == upload.length {
                    self.admit(path, &upload)?;
                }
                Ok(reached(204, &upload))
            }
        }
    }

    fn begin(&mut self, request: &Request) -> Result<Response, Refusal> {
        let metadata = header(request, "upload-metadata").unwrap_or_default().to_owned();
        let named = |key: &str| {
            let pair = metadata
                .split(',')
                .find_map(|pair| pair.split_once(' ').filter(|(k, _)| *k == key));
            pair.and_then(|(_, value)| String::from_utf8(STANDARD.decode(value).ok()?).ok())
        };
        let upload = Upload {
            sha256: named("sha256").ok_or((400, "request_invalid", json!({})))?,
            length: number(request, "upload-length").ok_or((400, "request_invalid", json!({})))?,
            bytes: Vec::new(),
        };
        self.metadata.push(metadata.clone());
        let path = format!("/v1/blobs/uploads/{}", self.metadata.len());
        let mut response = reached(201, &upload);
        // As behind a proxy under another name.
        response.upload.location = Some(format!("https://inside.example{path}"));
        self.data.uploads.insert(path, upload);
        Ok(response)
    }

    fn admit(&mut self, path: &str, upload: &Upload) -> Result<(), Refusal> {
        if hex::encode(Sha256::digest(&upload.bytes)) != upload.sha256 {
            self.data.uploads.remove(path);
            return Err((422, "blob_hash_wrong", json!({})));
        }
        if upload.bytes.starts_with(b"<html") {
            self.data.uploads.remove(path);
            return Err((415, "blob_media_refused", json!({})));
        }
        self.data
            .blobs
            .insert(upload.sha256.clone(), (upload.bytes.clone(), false));
        Ok(())
    }

    pub(super) fn blob_status(&mut self, body: &str) -> Result<Response, Refusal> {
        let body: Json = serde_json::from_str(body).map_err(|_| (400, "request_invalid", json!({})))?;
        let hashes = body["hashes"].as_array().cloned().unwrap_or_default();
        let state = |hash: &Json| match self.data.blobs.get(hash.as_str().unwrap_or_default()) {
            None => "absent",
            Some((_, false)) => "received",
            Some((_, true)) => "durable",
        };
        let blobs: Vec<Json> = hashes.iter().map(|h| json!({"sha256": h, "state": state(h)})).collect();
        Ok(ok(json!({ "blobs": blobs })))
    }

    /// What operations of the push refer to and was not delivered.
    pub(super) fn wanted(&self, push: &Push<'_>) -> Vec<Hash> {
        let mut wanted = Vec::new();
        for raw in &push.ops {
            let (Parsed::Op(op), _) = op::read(raw.get()) else {
                continue;
            };
            let Ok((_, typed)) = shape::check(&self.catalog, &op) else {
                continue;
            };
            let lacking = typed
                .blobs
                .iter()
                .filter(|h| !self.data.blobs.contains_key(&hex::encode(h)));
            wanted.extend(lacking.copied());
        }
        wanted
    }
}
