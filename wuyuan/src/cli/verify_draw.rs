//! `wuyuan verify-draw`.

use std::path::PathBuf;

use clap::Args;
use sync_protocol::draw::Proof;
use sync_protocol::id::RecordId;
use wuyuan_server::config::SettingsArgs;
use wuyuan_server::draw;

use super::Failure;
use super::database::existing;

/// Draw two observers anew from a draw's seed and roster, and compare; from a file or from the database.
#[derive(Args)]
pub struct VerifyDraw {
    /// The draw: the id of the record that asked for it
    draw: RecordId,
    /// A file with the answer of GET /v1/draws/{id}, instead of the database
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// The server's key of receipts as GET /v1/config names it; without it the file's own is taken
    #[arg(long, value_name = "KEY", requires = "from")]
    key: Option<String>,
    #[command(flatten)]
    settings: SettingsArgs,
}

impl VerifyDraw {
    /// Draws anew. Success only if the same people come out.
    pub fn run(self) -> Result<(), Failure> {
        let (proof, key) = match &self.from {
            Some(file) => {
                let proof: Proof = serde_json::from_str(&std::fs::read_to_string(file)?)?;
                (proof, self.key)
            }
            None => {
                let (store, _) = existing(self.settings)?;
                let stored = store.read(|db| draw::stored(db, self.draw))?;
                let (proof, key) = stored.ok_or("there is no such draw")?;
                (proof, Some(key))
            }
        };
        let mut wrong: Vec<String> = proof.faults().into_iter().map(told).collect();
        if proof.record != self.draw {
            wrong.push("draw_other: 不是这次抽取 · the file is of another draw".to_owned());
        }
        if key.as_ref().is_some_and(|key| *key != proof.public_key) {
            wrong.push(
                "draw_key_other: 签名密钥不是服务器的 · the signature is by another key than the server's".to_owned(),
            );
        }
        show(&proof);
        match wrong.len() {
            0 => {
                if key.is_none() {
                    println!(
                        "key       {} 请与 GET /v1/config 核对 · compare it with GET /v1/config",
                        proof.public_key
                    );
                }
                println!("抽取结果核对无误 · all is right");
                Ok(())
            }
            count => {
                wrong.iter().for_each(|line| println!("{line}"));
                Err(format!("{count} faults").into())
            }
        }
    }
}

fn told(fault: sync_protocol::draw::Fault) -> String {
    let (zh, en) = fault.words();
    format!("{}: {zh} · {en}", fault.code())
}

fn show(proof: &Proof) {
    let note: Vec<&str> = proof.checkpoint.lines().take(2).collect();
    println!(
        "draw      {} 第{}次 · number {}",
        proof.record, proof.number, proof.number
    );
    println!("order     {}", proof.order);
    println!("checkpoint {}", note.join(" "));
    println!("seed      {}", hex::encode(proof.drawn.seed));
    println!(
        "roster    {} 可抽取{}人 · {} could be drawn",
        hex::encode(proof.drawn.roster_hash),
        proof.drawn.pool_size,
        proof.drawn.pool_size
    );
    for member in &proof.drawn.observers {
        println!("见证志愿者 {member}");
    }
    for member in &proof.drawn.substitutes {
        println!("候补       {member}");
    }
}
