//! Enrolling, signing in and signing out.

use std::io::Read;

use clap::Args;
use wuyuan_client::env::SystemEnv;
use wuyuan_client::http::Http;
use wuyuan_client::lang::Lang;
use wuyuan_client::{Credentials, NewPhone, Outcome, Phone};

use super::told::{Told, told};
use super::{Context, out, status};

/// Who it is.
#[derive(Args)]
pub struct Password {
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
    /// The password; better given by the variable than on the command line, where others can see it
    #[arg(
        long,
        env = "WUYUAN_PHONE_PASSWORD",
        hide_env_values = true,
        conflicts_with = "password_stdin"
    )]
    password: Option<String>,
    /// Administrators: the code that the authenticator shows
    #[arg(long)]
    totp: Option<String>,
}

impl Password {
    fn read(&self, lang: Lang) -> Result<String, Told> {
        if let Some(password) = &self.password {
            return Ok(password.clone());
        }
        if !self.password_stdin {
            let zh = "请用 --password-stdin 或环境变量 WUYUAN_PHONE_PASSWORD 提供密码";
            let en = "give the password by --password-stdin or the variable WUYUAN_PHONE_PASSWORD";
            return Err(told(lang.pick(zh, en)));
        }
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .map_err(|e| told(e.to_string()))?;
        Ok(text.lines().next().unwrap_or_default().to_owned())
    }
}

/// Make this folder a member's phone
#[derive(Args)]
pub struct Enrol {
    /// The server, such as http://127.0.0.1:8080
    #[arg(long)]
    server: String,
    /// The member's number
    #[arg(long)]
    number: String,
    /// An activation code, for the first sign-in; the password is then set
    #[arg(long)]
    code: Option<String>,
    /// What to call this phone
    #[arg(long, default_value = "terminal")]
    label: String,
    #[command(flatten)]
    password: Password,
}

impl Enrol {
    pub fn run(self, context: &Context) -> Result<(), Told> {
        let password = self.password.read(context.lang)?;
        let net = Http::new(&self.server).map_err(|e| told(e.to_string()))?;
        let credentials = match &self.code {
            Some(code) => Credentials::Activation {
                code,
                password: &password,
            },
            None => Credentials::Password {
                password: &password,
                totp: self.password.totp.as_deref(),
            },
        };
        let new = NewPhone {
            path: &context.file,
            server: &self.server,
            number: &self.number,
            label: &self.label,
        };
        let env = SystemEnv::new().map_err(|e| told(e.to_string()))?;
        let (phone, outcome) =
            Phone::enrol(&new, &credentials, Box::new(env), &net).map_err(|e| Told::phone(&e, context.lang))?;
        status::print(&phone, context.lang)?;
        concluded(&outcome, context.lang)
    }
}

/// Sign in again
#[derive(Args)]
pub struct SignIn {
    #[command(flatten)]
    password: Password,
}

impl SignIn {
    pub fn run(self, context: &Context) -> Result<(), Told> {
        let password = self.password.read(context.lang)?;
        let (mut phone, net) = context.online()?;
        let credentials = Credentials::Password {
            password: &password,
            totp: self.password.totp.as_deref(),
        };
        phone
            .sign_in(&credentials, &net)
            .map_err(|e| Told::phone(&e, context.lang))?;
        let outcome = phone.sync_once(&net).map_err(|e| Told::phone(&e, context.lang))?;
        status::print(&phone, context.lang)?;
        concluded(&outcome, context.lang)
    }
}

/// Deliver what is pending and remove the phone
#[derive(Args)]
pub struct SignOut {
    /// Remove it even if something cannot be delivered, which is then lost
    #[arg(long)]
    lose_undelivered: bool,
}

impl SignOut {
    pub fn run(self, context: &Context) -> Result<(), Told> {
        let (phone, net) = context.online()?;
        phone
            .sign_out(&net, self.lose_undelivered)
            .map_err(|e| Told::phone(&e, context.lang))?;
        out::line(
            context
                .lang
                .pick("已退出,手机数据已清除", "signed out; the phone was removed"),
        )
    }
}

/// What the outcome of a sync means for whoever ordered it; not being done is a failure.
pub fn concluded(outcome: &Outcome, lang: Lang) -> Result<(), Told> {
    let Some(text) = explained(outcome, lang) else {
        return Ok(());
    };
    Err(told(text))
}

/// Why a sync is not done; `None` when it is.
pub fn explained(outcome: &Outcome, lang: Lang) -> Option<String> {
    use wuyuan_client::sync::Trouble;
    match outcome {
        Outcome::UpToDate => None,
        Outcome::Wait { code, seconds } => {
            let later = seconds.map(|s| match lang {
                Lang::Zh => format!(",{s} 秒后再试"),
                Lang::En => format!(", again in {s} s"),
            });
            let zh = "暂时不能同步,记录已保存在手机上,稍后会再试";
            let en = "cannot sync at the moment; what was recorded is kept on this phone";
            Some(format!("{}{} [{code}]", lang.pick(zh, en), later.unwrap_or_default()))
        }
        Outcome::SignIn(trouble) => {
            let (zh, en) = match trouble {
                Trouble::SignIn | Trouble::Lost | Trouble::Taken => (
                    "登录已失效,请运行 phone sign-in,已有记录都在",
                    "the sign-in has run out: run `phone sign-in`; nothing is lost",
                ),
                Trouble::Forked => (
                    "这台手机曾被恢复或复制,请运行 phone sign-in 继续,已有记录都在",
                    "this phone was restored or copied: run `phone sign-in` to go on; nothing is lost",
                ),
            };
            Some(format!("{} [{}]", lang.pick(zh, en), trouble.code()))
        }
        Outcome::Stopped { code, detail } => {
            let zh = "服务器拒绝了同步,请联系管理员";
            let en = "the server refuses to sync; somebody must look at it";
            Some(format!("{}: {detail} [{code}]", lang.pick(zh, en)))
        }
    }
}
