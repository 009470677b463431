//! A form as one page of HTML, ready to print on A4: nothing outside of it is loaded, nothing in it runs, and every text is
//! escaped by the template.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::mask::{day, minutes};
use super::page::{Page, Session};
use super::qr;

const STYLE: &str = include_str!("style.css");

/// What the page may do: show its own style and its own pictures.
pub fn policy() -> String {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{style}'; img-src data:; frame-ancestors 'none'; sandbox")
}

/// The page; `signature` is the picture as a JPEG.
pub fn render(page: &Page, signature: Option<&[u8]>) -> String {
    let title = match &page.form_no {
        Some(number) => format!("社会公益服务情况评价表 {number}"),
        None => "社会公益服务情况评价表".to_owned(),
    };
    html! {
        (DOCTYPE)
        html lang="zh-Hans" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light only";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "社会公益服务情况评价表" }
                p.meta {
                    span { "表号：" (or_blank(&page.form_no)) }
                    span { "状态：" (page.state) }
                    span { "单位：" (page.unit) }
                }
                (notices(page))
                (facts(page))
                (sessions(page))
                // The signature, and what it can be checked by, stand on one sheet.
                div.keep {
                    (opinions(page, signature))
                    (proof(page))
                }
            }
        }
    }
    .into_string()
}

/// What must be seen before anything else.
fn notices(page: &Page) -> Markup {
    html! {
        @if page.is_taken_back {
            p.notice { "本表已撤回，不再作为参考" }
        } @else if !page.is_issued {
            p.notice { "草稿：尚未出具，不作为依据" }
        }
        @if page.is_rewritten {
            p.notice { "本表内容与复核、出具时不一致，不作为依据" }
        }
        @if page.has_changed {
            p.notice { "本表出具后，所列服务记录有变化，须撤回重出" }
        }
        @if let Some(replaced) = &page.replaces {
            p.notice { "本表替换评价表 " (replaced) }
        }
    }
}

fn facts(page: &Page) -> Markup {
    html! {
        table {
            tr {
                th { "服务人" }
                td { (or_blank(&page.subject)) }
                th { "见证志愿者" }
                td { (page.observers.join("、")) }
            }
            tr {
                th { "服务期间" }
                td {
                    @match &page.period {
                        Some((from, until)) => { (day(from)) "至" (day(until)) }
                        None => { (blank()) }
                    }
                }
                th { "认定总时长" }
                td { (page.total.map(minutes).unwrap_or_else(blank)) }
            }
        }
    }
}

fn sessions(page: &Page) -> Markup {
    let row = |(nth, session): (usize, &Session)| {
        html! {
            tr {
                td { (nth + 1) }
                td { (day(&session.day)) }
                td { (session.service) }
                td { (minutes(session.minutes)) }
                td { (session.posting) }
                td { (session.digest) }
            }
        }
    };
    html! {
        @match &page.sessions {
            Some(sessions) => table.sessions {
                caption { "已认定的服务（共" (sessions.len()) "次）" }
                thead {
                    tr {
                        th.nth { "序号" }
                        th.day { "日期" }
                        th { "服务类别" }
                        th.time { "时长" }
                        th.number { "入账号" }
                        th.digest { "内容摘要" }
                    }
                }
                tbody { @for line in sessions.iter().enumerate() { (row(line)) } }
            }
            None => p.notice { "服务明细尚未填写或无法读取" }
        }
    }
}

fn opinions(page: &Page, signature: Option<&[u8]>) -> Markup {
    html! {
        table.opinions {
            tr.keep {
                th { "见证意见" }
                td.said { (page.observers_opinion.as_deref().unwrap_or_default()) }
            }
            tr.keep {
                th { "督导员评价" }
                td {
                    span.grade { (or_blank(&page.grade)) }
                    div.said { (page.opinion.as_deref().unwrap_or_default()) }
                    div.sign {
                        span { "督导员：" (or_blank(&page.supervisor)) }
                        @match (signature, page.signature) {
                            (Some(jpeg), _) => img alt="督导员签名" src=(format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg)));
                            (None, Some(_)) => span.draft { "（签名图片未到达）" }
                            (None, None) => span.draft { "（未签名）" }
                        }
                        span { (page.issued_on.as_deref().map(day).unwrap_or_else(blank)) }
                    }
                }
            }
        }
    }
}

/// What a verifier needs, in figures and as a code.
fn proof(page: &Page) -> Markup {
    let code = code(page).and_then(|text| match qr::svg(&text) {
        Ok(svg) => Some(svg),
        Err(error) => {
            tracing::error!(%error, "a form's code does not fit");
            None
        }
    });
    html! {
        div.proof.keep {
            @if let Some(svg) = code { (PreEscaped(svg)) }
            dl {
                dt { "评价表编号" } dd { (page.id) }
                dt { "评价表摘要" } dd { (page.form_hash.map(hex::encode).unwrap_or_default()) }
                dt { "明细摘要" } dd { (page.list_hash.as_deref().unwrap_or_default()) }
                @if let Some(checkpoint) = &page.checkpoint {
                    dt { "公示日志" } dd { (checkpoint.origin) }
                    dt { "检查点条数" } dd { (checkpoint.size) }
                    dt { "检查点摘要" } dd { (STANDARD.encode(checkpoint.root)) }
                }
            }
        }
        p.foot { "本表供检察官参考，由检察官决定如何采纳。时长、明细和签发过程可用上列编号和摘要离线核对。" }
    }
}

/// What the code holds: `wuyuan-form:1:<id>:<hash>:<size>:<origin>`.
fn code(page: &Page) -> Option<String> {
    let (hash, checkpoint) = (page.form_hash?, page.checkpoint.as_ref()?);
    let hash = hex::encode(hash);
    Some(format!(
        "wuyuan-form:1:{}:{hash}:{}:{}",
        page.id, checkpoint.size, checkpoint.origin
    ))
}

fn or_blank(text: &Option<String>) -> String {
    text.clone().unwrap_or_else(blank)
}

fn blank() -> String {
    "—".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_escaped_and_nothing_is_loaded_from_elsewhere() {
        let evil = "<script>alert('x')</script>\"&".to_owned();
        let page = Page {
            form_no: Some(evil.clone()),
            subject: Some(evil.clone()),
            observers: vec![evil.clone()],
            observers_opinion: Some(evil.clone()),
            opinion: Some(evil.clone()),
            supervisor: Some(evil.clone()),
            unit: evil.clone(),
            state: evil.clone(),
            issued_on: Some(evil.clone()),
            grade: Some(evil.clone()),
            list_hash: Some(evil.clone()),
            replaces: Some(evil.clone()),
            sessions: Some(vec![Session {
                day: evil.clone(),
                service: evil.clone(),
                minutes: 61,
                posting: 1,
                digest: evil,
            }]),
            ..Page::default()
        };
        let html = render(&page, None);
        assert!(!html.contains("<script"), "{html}");
        for outside in ["http:", "https:", "url(", "@import", "src=\"/", "href="] {
            assert!(!html.contains(outside), "{outside}");
        }
        assert!(html.contains("1小时1分钟"));
    }

    #[test]
    fn the_policy_names_the_style_that_the_page_has() {
        let html = render(&Page::default(), None);
        let style = html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        assert!(policy().contains(&STANDARD.encode(Sha256::digest(style))));
        assert!(!html.contains("style=\""), "the policy allows none");
    }
}
