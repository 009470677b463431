//! Sending photos: tus 1.0.0 as PROTOCOL section 11 has it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sync_protocol::feed::Hash;
use sync_protocol::id::DeviceId;

use super::{Api, ApiError, decode, encode};
use crate::transport::{Method, Request, Response};

/// Where uploads are.
const PLACE: &str = "/v1/blobs";
const TUS: (&str, &str) = ("tus-resumable", "1.0.0");

/// What is said of a photo when its upload begins.
pub(crate) struct NewUpload<'a> {
    pub sha256: &'a Hash,
    pub bytes: u64,
    pub media: &'a str,
    pub captured: Option<&'a str>,
    pub hashed: &'a str,
    pub source: &'a str,
    pub device: &'a DeviceId,
}

impl NewUpload<'_> {
    /// `Upload-Metadata`: keys with base64 values.
    fn metadata(&self) -> String {
        let (sha256, device) = (hex::encode(self.sha256), self.device.to_string());
        let pairs = [
            ("sha256", Some(sha256.as_str())),
            ("filetype", Some(self.media)),
            ("captured", self.captured),
            ("hashed", Some(self.hashed)),
            ("source", Some(self.source)),
            ("device", Some(device.as_str())),
        ];
        let pairs = pairs
            .into_iter()
            .filter_map(|(key, value)| Some(format!("{key} {}", STANDARD.encode(value?))));
        pairs.collect::<Vec<_>>().join(",")
    }
}

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reached {
    pub offset: u64,
    pub length: Option<u64>,
}

/// What the server has of a blob.
#[derive(Debug, Deserialize)]
pub(crate) struct BlobState {
    #[serde(with = "sync_protocol::wire::hex32")]
    pub sha256: Hash,
    pub state: String,
}

impl Api<'_> {
    /// Begins an upload without a byte of it. Answers its path, and how much of it the server has already.
    pub fn begin_upload(&self, new: &NewUpload<'_>) -> Result<(String, u64), ApiError> {
        let headers = vec![
            ("upload-length", new.bytes.to_string()),
            ("upload-metadata", new.metadata()),
        ];
        let response = self.tus(Method::Post, PLACE, headers, None)?;
        let foreign = || ApiError::Foreign(response.status);
        let location = response.upload.location.as_deref().ok_or_else(foreign)?;
        // A server behind a proxy may know itself by another name; this phone talks to nobody but its own server.
        let start = location.find(&format!("{PLACE}/")).ok_or_else(foreign)?;
        Ok((location[start..].to_owned(), response.upload.offset.unwrap_or(0)))
    }

    /// Asks how far an upload is.
    pub fn upload_reached(&self, address: &str) -> Result<Reached, ApiError> {
        let response = self.tus(Method::Head, address, Vec::new(), None)?;
        reached(&response)
    }

    /// Sends the bytes from `offset` on.
    pub fn send_piece(&self, address: &str, offset: u64, bytes: Vec<u8>) -> Result<Reached, ApiError> {
        let headers = vec![
            ("upload-offset", offset.to_string()),
            ("content-type", "application/offset+octet-stream".to_owned()),
        ];
        let response = self.tus(Method::Patch, address, headers, Some(bytes))?;
        reached(&response)
    }

    /// Ends an upload of which nothing will come.
    pub fn end_upload(&self, address: &str) -> Result<(), ApiError> {
        self.tus(Method::Delete, address, Vec::new(), None).map(|_| ())
    }

    /// What the server has of each, from this member.
    pub fn blob_states(&self, hashes: &[Hash]) -> Result<Vec<BlobState>, ApiError> {
        #[derive(Deserialize)]
        struct Answer {
            blobs: Vec<BlobState>,
        }
        let hashes: Vec<String> = hashes.iter().map(hex::encode).collect();
        let body = encode(&serde_json::json!({ "hashes": hashes }))?;
        let response = self.send(Method::Post, format!("{PLACE}/status"), Some(body), None)?;
        decode::<Answer>(&response).map(|answer| answer.blobs)
    }

    fn tus(
        &self,
        method: Method,
        path: &str,
        mut headers: Vec<(&'static str, String)>,
        body: Option<Vec<u8>>,
    ) -> Result<Response, ApiError> {
        headers.push((TUS.0, TUS.1.to_owned()));
        self.pass(Request {
            method,
            path: path.to_owned(),
            bearer: self.token.clone(),
            if_none_match: None,
            headers,
            body,
        })
    }
}

fn reached(response: &Response) -> Result<Reached, ApiError> {
    let offset = response.upload.offset.ok_or(ApiError::Foreign(response.status))?;
    Ok(Reached {
        offset,
        length: response.upload.length,
    })
}
