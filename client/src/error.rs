//! What can go wrong on a phone, each with a stable code and wording for people.

use crate::api::ApiError;
use crate::env::NoEntropy;
use crate::lang::Lang;
use crate::store::StoreError;

/// Why something could not be done. Nothing that was recorded is lost by any of these.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// The phone's own file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server refused or did not answer.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
    /// A sign-in as somebody else on this phone.
    #[error("this phone belongs to another member: every member has his own")]
    OtherMember,
    /// The catalogue that the server sent does not hold together.
    #[error("the catalogue cannot be read: {0}")]
    Catalog(#[from] sync_protocol::catalog::CatalogError),
    /// What the server sent beside the catalogue does not parse.
    #[error("the server's {0} cannot be read; update this program")]
    Foreign(&'static str),
    /// Signing out would drop what has not been delivered: so many saves and photos.
    #[error("{0} saves or photos have not been delivered; sync first, or force it and lose them")]
    Undelivered(u64),
    /// A push could not be put together.
    #[error("an operation of the outbox cannot be sent as it is kept")]
    Unsendable,
}

impl PhoneError {
    /// The stable code.
    pub fn code(&self) -> &str {
        match self {
            PhoneError::Store(e) => e.code(),
            PhoneError::Api(e) => e.code(),
            PhoneError::Entropy(_) => "no_entropy",
            PhoneError::OtherMember => "other_member",
            PhoneError::Catalog(e) => e.code(),
            PhoneError::Foreign(_) => "answer_foreign",
            PhoneError::Undelivered(_) => "undelivered",
            PhoneError::Unsendable => "unsendable",
        }
    }

    /// What was wrong and what to do.
    pub fn wording(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            PhoneError::Store(e) => e.wording(lang),
            PhoneError::Api(ApiError::Transport(_)) => "连不上服务器,请检查网络后重试,记录已保存在手机上".into(),
            PhoneError::Api(ApiError::Problem(problem)) => {
                format!("{} (请求号 {})", problem.title, problem.request_id)
            }
            PhoneError::Api(_) | PhoneError::Foreign(_) => "收到的不是本系统的应答,请检查网络是否需要登录".into(),
            PhoneError::Entropy(_) => "手机无法生成密钥,请重启后重试".into(),
            PhoneError::OtherMember => "这台手机属于另一位成员,请各用各的手机".into(),
            PhoneError::Catalog(_) => "记录目录无法读取,请更新应用".into(),
            PhoneError::Undelivered(n) => format!("还有 {n} 条记录或照片没有送达,请先同步;强制退出会丢失这些内容"),
            PhoneError::Unsendable => "有一条记录无法按原样发送,请联系管理员".into(),
        }
    }
}
