//! `wuyuan verify FORM`: an exported evaluation form, checked offline.

use std::path::Path;

use sync_protocol::catalog::Catalog;
use sync_protocol::form::KIND;
use wuyuan_server::forms::check::{self, Said};
use wuyuan_server::forms::mask;

use super::Failure;

/// Checks the form in `file`. Success only if all of it holds.
pub fn run(file: &Path, log_key: Option<&str>, catalog: &Catalog) -> Result<(), Failure> {
    let text = String::from_utf8(std::fs::read(file)?).unwrap_or_default();
    let (said, faults) = check::check(&text, catalog, log_key);
    if faults.is_empty() {
        show(&said, catalog, log_key.is_some());
        return Ok(());
    }
    for fault in &faults {
        let (zh, en) = check::words(fault.code);
        let place = if fault.place.is_empty() {
            String::new()
        } else {
            format!(" {}", fault.place)
        };
        println!("{}{place}: {zh} · {en}", fault.code);
    }
    Err(format!("{} faults", faults.len()).into())
}

fn show(said: &Said, catalog: &Catalog, key_was_given: bool) {
    let kind = catalog.kinds().get(KIND);
    let state = kind
        .and_then(|kind| kind.workflow.states.get(&said.state))
        .map(|state| &state.label);
    let grades = kind
        .and_then(|kind| kind.field("grade"))
        .map(|field| field.values.as_slice())
        .unwrap_or_default();
    let grade = grades
        .iter()
        .find(|grade| grade.code == said.grade)
        .map(|grade| &grade.label);
    println!("表号 number      {}", said.form_no);
    if let Some(label) = state {
        println!("状态 state       {} · {}", label.zh_hans, label.en);
    }
    if let Some(label) = grade {
        println!("评价 grade       {} · {}", label.zh_hans, label.en);
    }
    println!("服务 sessions    {}次 · {}", said.sessions, said.sessions);
    println!(
        "时长 time        {} · {} minutes",
        mask::minutes(said.minutes),
        said.minutes
    );
    for (vkey, checkpoint) in &said.logs {
        println!("日志 log         {} {}", checkpoint.origin, checkpoint.size);
        if !key_was_given {
            println!("公钥 key         {vkey} 请与公布的核对 · compare it with the published one");
        }
    }
    println!("操作原文、入账明细、摘要和日志均相符；出具之后是否有变化，请向服务器查询");
    println!("texts, postings, hashes and log agree; ask the server whether anything changed since");
    println!("all is right");
}
