//! 404, 500 and their kind: what happened, what to do next, and for our own faults a reference number, never the fault's text.

use askama::Template;

use super::{SITE_NAME, Site};
use crate::assets;

/// An error page.
#[derive(Template)]
#[template(path = "public/error.html")]
pub struct ErrorPage<'a> {
    /// What every page carries.
    pub site: &'a Site,
    /// HTTP status.
    pub status: u16,
    /// Request id, for the log; empty where the visitor can mend it alone.
    pub reference: &'a str,
    /// What is wrong with what was asked; empty where the status says all there is to say.
    pub why: &'a str,
}

impl ErrorPage<'_> {
    fn title(&self) -> &'static str {
        match self.status {
            404 => "没有这个页面",
            405 => "这个页面不接受此操作",
            413 => "提交的内容过大",
            429 => "查询过于频繁",
            503 => "系统繁忙",
            400..=499 => "请求有误",
            _ => "系统出现故障",
        }
    }

    fn advice(&self) -> &str {
        match self.status {
            _ if !self.why.is_empty() => self.why,
            404 => "网址可能输错，或页面已经移走。请从下面的查询框输入证书上的码或证书编号。",
            405 => "请返回上一页，用页面上的按钮重新提交。",
            413 => "请减少内容后重新提交。",
            429 => "请过一分钟再查。扫码查询不受此限制。",
            503 => "查询的人较多，请稍后再试。这不表示证书有问题。",
            400..=499 => "请检查输入后重新提交。",
            _ => "请稍后再试。这不表示证书有问题。如多次出现，请把下面的错误编号告诉网站维护人员。",
        }
    }
}
