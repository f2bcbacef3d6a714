//! 报告二维码领取: where a body fetches the QR for its reports with the link of its 领取单 (notice N4.3.2).

use super::Visit;
use askama::Template;
use domain::{Instant, Number};

/// `/qr/{token}`.
#[derive(Template)]
#[template(path = "public/report_code.html")]
pub struct ReportCodePage<'a> {
    /// Who asks, and what every page carries.
    pub visit: &'a Visit,
    /// 证书编号.
    pub number: &'a Number,
    /// 机构名称.
    pub body_name: &'a str,
    /// The token of the link.
    pub token: &'a str,
    /// The link's last instant.
    pub expires_at: Instant,
    /// How often it was fetched before.
    pub fetched: u64,
}

/// `/qr/{token}` once link or certificate has ended.
#[derive(Template)]
#[template(path = "public/report_code_closed.html")]
pub struct ReportCodeClosedPage<'a> {
    /// Who asks, and what every page carries.
    pub visit: &'a Visit,
    /// Why nothing is given.
    pub why: &'a str,
}
