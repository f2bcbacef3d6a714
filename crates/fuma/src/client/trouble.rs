//! Why there is no answer to go on with, in words for the people who started the command.

use super::{ANSWER, Answer};
use reqwest::StatusCode;
use std::fmt;

/// Nobody answers, or there is no token to be heard with. It is told as it stands: what the HTTP library says is English, and
/// goes to the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No answer came.
    Away(String),
    /// The token was refused.
    NoToken(String),
}

impl std::error::Error for Trouble {}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Away(text) | Trouble::NoToken(text) => f.write_str(text),
        }
    }
}

impl Trouble {
    /// What kept the server at an address from answering, after so many tries.
    pub(super) fn away(base: &str, error: &reqwest::Error, tried: u32) -> Trouble {
        tracing::debug!(?error, tried, "no answer");
        let what = if error.is_connect() {
            // Whether nobody listens or nobody is trusted cannot be told apart here.
            let trust = if base.starts_with("https:") {
                "；https 地址还要核对本机是否信任它的证书"
            } else {
                ""
            };
            format!("连接不上 {base}，请核对 --url 和服务器是否已启动{trust}")
        } else if error.is_builder() {
            format!("请求发不到 {base}，请核对 --url 和密钥文件的内容")
        } else if error.is_timeout() {
            format!("{base} 超过{}秒没有答复，请核对服务器是否正常", ANSWER.as_secs())
        } else {
            format!("{base} 的答复中断，请核对服务器和网络是否正常")
        };
        Trouble::Away(if tried > 1 { format!("{what}（已试{tried}次）") } else { what })
    }

    /// What a call for a token was answered with.
    pub(super) fn no_token(answer: &Answer) -> Trouble {
        let what_to_do = match answer.status {
            StatusCode::UNAUTHORIZED | StatusCode::BAD_REQUEST => {
                "请核对 --client 和 --secret-file，以及该系统是否启用、密钥是否停用、来源地址是否允许"
            }
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => {
                "请核对 --url，应为 https://主机名 或 https://主机名/sandbox"
            }
            _ => "请稍后再试；仍然不行的，请联系登记系统的管理员",
        };
        Trouble::NoToken(format!("取不到令牌（{}），{what_to_do}", answer.told()))
    }
}
