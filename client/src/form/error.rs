//! Why a form is not saved. The form keeps what was filled in.

use sync_protocol::verdict::Code;

use crate::env::NoEntropy;
use crate::lang::Lang;
use crate::store::StoreError;
use crate::store::account::Trouble;
use crate::view::View;

/// Why a form is not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The server would refuse it: the verdict's code, and the field or transition that it is about.
    #[error("{}{}", .code.en(), about(.place))]
    Refused {
        /// The code that the server would give.
        code: Code,
        /// The field or transition.
        place: Option<String>,
    },
    /// The member has no such appointment.
    #[error("you have no such appointment")]
    AppointmentUnknown,
    /// The record has moved since the form was opened. What it is now, if it is still for this reader.
    #[error("the record has changed since the form was opened: look at it again, or save beside what came")]
    Moved(Option<Box<View>>),
    /// The entry changes nothing.
    #[error("nothing was changed")]
    NothingChanged,
    /// Over the size limit, in bytes; the largest fields first.
    #[error("the save has {bytes} bytes, at most {limit} are possible; largest: {}", sizes(.fields))]
    TooLarge {
        /// Of the operation.
        bytes: usize,
        /// Of one operation.
        limit: usize,
        /// Fields and their sizes in bytes.
        fields: Vec<(String, usize)>,
    },
    /// The feed has another history on the server.
    #[error("this phone was restored or copied: sign in again before writing on; what was recorded is kept")]
    Forked,
    /// The first sync has not brought the catalogue yet.
    #[error("this phone has not been set up completely: sync once with the server")]
    NotReady,
    /// The phone's own file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

fn about(place: &Option<String>) -> String {
    place.as_ref().map(|p| format!(" ({p})")).unwrap_or_default()
}

fn sizes(fields: &[(String, usize)]) -> String {
    fields
        .iter()
        .take(3)
        .map(|(name, bytes)| format!("{name} {bytes}"))
        .collect::<Vec<_>>()
        .join(", ")
}

impl SaveError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            SaveError::Refused { code, .. } => code.as_str(),
            SaveError::AppointmentUnknown => Code::AppointmentUnknown.as_str(),
            SaveError::Moved(_) => "base_moved",
            SaveError::NothingChanged => "nothing_changed",
            SaveError::TooLarge { .. } => Code::TooLarge.as_str(),
            SaveError::Forked => Trouble::Forked.code(),
            SaveError::NotReady => "not_ready",
            SaveError::Store(e) => e.code(),
            SaveError::Entropy(_) => "no_entropy",
        }
    }

    /// What was wrong and what to do.
    pub fn wording(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            SaveError::Refused { code, place } => format!("{}{}", code.zh(), about(place)),
            SaveError::AppointmentUnknown => "您没有这项聘任".into(),
            SaveError::Moved(_) => "打开之后记录有了变化:请重新查看,或确认仍要保存".into(),
            SaveError::NothingChanged => "没有改动".into(),
            SaveError::TooLarge { bytes, limit, fields } => {
                format!("内容有 {bytes} 字节,最多 {limit} 字节;最大的几项:{}", sizes(fields))
            }
            SaveError::Forked => "这台手机曾被恢复或复制:请先重新登录再继续填写,已有记录都在".into(),
            SaveError::NotReady => "手机还没有准备好:请先连网同步一次".into(),
            SaveError::Store(e) => e.wording(lang),
            SaveError::Entropy(_) => "手机无法生成随机数,请重启后重试".into(),
        }
    }
}
