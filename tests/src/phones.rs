//! A phone by the protocol's page alone, sharing nothing with the client crate but the protocol: it can be made to
//! send rubbish, to lie, to fork and to forget.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{SecondsFormat, Utc};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use sync_protocol::feed::{Hash, SUITE, enrolment_message, genesis, link, sign_head};
use sync_protocol::id::{AppointmentId, DeviceId, MemberId, RecordId, Seq, UnitCode};
use sync_protocol::op::{self, OpDraft};
use uuid::Uuid;

/// What a phone knows of its holder.
#[derive(Debug, Clone)]
pub struct Holder {
    /// The member.
    pub member: MemberId,
    /// The appointment in which he writes.
    pub appointment: AppointmentId,
    /// The unit in which he writes.
    pub unit: UnitCode,
}

/// A phone with everything that it ever wrote.
#[derive(Debug, Clone)]
pub struct Phone {
    /// Its id.
    pub device: DeviceId,
    /// Its key.
    pub key: SigningKey,
    /// Its holder.
    pub holder: Holder,
    /// The server's generation as last heard.
    pub generation: String,
    /// The catalogue version of its forms.
    pub cat: u32,
    texts: Vec<String>,
    /// The chain's hash after each operation, the genesis first.
    chain: Vec<Hash>,
}

impl Phone {
    /// A new phone with a random id and key.
    pub fn new(holder: Holder, generation: &str, cat: u32) -> Phone {
        Phone::bearing(DeviceId::from(Uuid::new_v4()), holder, generation, cat)
    }

    /// A new phone with a random key and the id `device`, whosever that was.
    pub fn bearing(device: DeviceId, holder: Holder, generation: &str, cat: u32) -> Phone {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).expect("random bytes");
        Phone {
            device,
            key: SigningKey::from_bytes(&seed),
            holder,
            generation: generation.to_owned(),
            cat,
            texts: Vec::new(),
            chain: vec![genesis(&device)],
        }
    }

    /// The body of its enrolment: id, key and the proof that it holds the key.
    pub fn enrolment(&self) -> Value {
        let proof = self.key.sign(&enrolment_message(&self.device, &self.holder.member));
        json!({
            "id": self.device,
            "suite": SUITE,
            "public_key": URL_SAFE_NO_PAD.encode(self.key.verifying_key().as_bytes()),
            "proof": URL_SAFE_NO_PAD.encode(proof.to_bytes()),
            "label": "test",
            "key_storage": "software",
        })
    }

    /// The number of its last operation.
    pub fn seq(&self) -> Seq {
        self.texts.len() as Seq
    }

    /// The text of operation `seq`.
    pub fn text(&self, seq: Seq) -> &str {
        &self.texts[seq as usize - 1]
    }

    /// The chain's hash after operation `seq`; 0 asks for the genesis.
    pub fn hash(&self, seq: Seq) -> Hash {
        self.chain[seq as usize]
    }

    /// The next operation, without content, on `record`.
    pub fn draft(&self, kind: &str, record: RecordId) -> OpDraft {
        OpDraft {
            seq: self.seq() + 1,
            salt: Uuid::new_v4().simple().to_string(),
            generation: self.generation.clone(),
            cat: self.cat,
            by: self.holder.member,
            appointment: self.holder.appointment,
            at: Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true),
            boot: "boot".to_owned(),
            uptime_ms: 1_000,
            record,
            kind: kind.to_owned(),
            unit: self.holder.unit.clone(),
            seen: BTreeMap::new(),
            set: BTreeMap::new(),
            add: BTreeMap::new(),
            remove: BTreeMap::new(),
            act: None,
            reissues: None,
            approves: None,
            proposes: false,
            confirms: None,
            decides: None,
            reason: None,
        }
    }

    /// Writes `text`, whatever it is, as the next operation; gives its number.
    pub fn write(&mut self, text: impl Into<String>) -> Seq {
        let text = text.into();
        let (_, body) = op::read(&text);
        let head = link(&self.hash(self.seq()), &body);
        self.chain.push(head);
        self.texts.push(text);
        self.seq()
    }

    /// Writes an operation.
    pub fn record(&mut self, draft: &OpDraft) -> Seq {
        self.write(draft.to_text().expect("a draft can be written"))
    }

    /// Forgets everything after `seq`, as a phone does that is restored from a backup.
    pub fn rewind(&mut self, seq: Seq) {
        self.texts.truncate(seq as usize);
        self.chain.truncate(seq as usize + 1);
    }

    /// A request that pushes the operations `seqs` and pulls nothing.
    pub fn push(&self, seqs: RangeInclusive<Seq>) -> PushBody {
        let (first, last) = (*seqs.start(), *seqs.end());
        PushBody {
            device: self.device.to_string(),
            base_seq: first - 1,
            base_hash: hex::encode(self.hash(first - 1)),
            ops: seqs.map(|seq| self.text(seq).to_owned()).collect(),
            sig: URL_SAFE_NO_PAD.encode(sign_head(&self.key, &self.device, last, &self.hash(last))),
            rest: Value::Null,
        }
    }

    /// A request that pushes nothing and pulls with `cursors`, unit by unit.
    pub fn pull(&self, cursors: &BTreeMap<String, String>) -> Value {
        json!({"device": self.device, "pull": {"cursors": cursors}})
    }
}

/// A push before it is written down: every part can be bent.
#[derive(Debug, Clone)]
pub struct PushBody {
    /// The device.
    pub device: String,
    /// The number on which it builds.
    pub base_seq: u64,
    /// The hash on which it builds.
    pub base_hash: String,
    /// The operations' texts, put into the body as they are.
    pub ops: Vec<String>,
    /// The signature.
    pub sig: String,
    /// Further members of the request, such as `pull`: an object, or null for none.
    pub rest: Value,
}

impl PushBody {
    /// The request's body.
    pub fn text(&self) -> String {
        let head = format!(
            "\"base\":{{\"seq\":{},\"hash\":\"{}\"}},\"sig\":\"{}\",\"boot\":\"boot\",\"uptime_ms\":2000,\"sent_at\":{}",
            self.base_seq,
            self.base_hash,
            self.sig,
            Utc::now().timestamp_millis()
        );
        let mut text = format!(
            "{{\"device\":\"{}\",\"push\":{{{head},\"ops\":[{}]}}",
            self.device,
            self.ops.join(",")
        );
        for (name, value) in self.rest.as_object().into_iter().flatten() {
            text.push_str(&format!(",{}:{value}", Value::from(name.as_str())));
        }
        text.push('}');
        text
    }
}
