//! The public face: pages for who scans a code or types a number.
//!
//! Whole without script, cookie or third-party origin (architecture.md 9.7). Pages here are plain data with a
//! template; they ask nobody anything. Certificates are addressed by number: a code leads here only from paper.

pub mod batch;
pub mod body;
mod body_json;
pub mod capabilities;
mod csv;
pub mod draws;
mod error;
pub mod handlers;
mod home;
mod json;
mod lang;
pub mod open_data;
pub mod open_file;
pub mod report;
mod report_code;
mod respond;
pub mod search;
pub mod tables;
mod verdict;
mod view;
mod visit;

pub use error::refusal;
pub use home::{HelpPage, HomePage, VerifyPage};
pub use json::{CapabilityJson, VerdictJson};
pub use lang::{Lang, Words};
pub use report_code::{ReportCodeClosedPage, ReportCodePage};
pub use respond::{verdict_json, verdict_page, wants_json};
pub use verdict::{AnswerPage, CertificatePage};
pub use view::{
    CapabilityView, CertificateView, LifeView, SuccessorView, body_path, certificate_path, list_path,
};
pub use visit::Visit;

use app::Footing;

/// The name of the site, on every page.
pub const SITE_NAME: &str = "检验检测机构资质认定信息查询及赋码系统";

/// What every public page carries, from the settings. Empty text is not shown: a footer never holds invented values.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// Host name of `public_url`, shown so that people can compare it with the address bar.
    pub host: String,
    /// In earnest, for show, or for tests.
    pub footing: Footing,
    /// 主办单位.
    pub organiser: String,
    /// 联系方式.
    pub contact: String,
    /// 政府网站标识码.
    pub site_code: String,
    /// ICP 备案号.
    pub icp: String,
    /// 公安备案号.
    pub police: String,
    /// Address of 党政机关网站标识.
    pub party_mark_url: String,
    /// Address of 我为政府网站找错.
    pub find_errors_url: String,
    /// Address of 隐私声明.
    pub privacy_url: String,
    /// What users of 开放数据 are asked for; empty: the usual sentence.
    pub open_data_terms: String,
}

impl Site {
    /// Whether the data is invented: a banner says 演示 on every page.
    pub(crate) fn demo(&self) -> bool {
        self.footing == Footing::Demo
    }

    /// Whether a certificate of this site is one for tests, however valid.
    fn sandbox(&self) -> bool {
        self.footing == Footing::Sandbox
    }

    /// The digits of the police record number, for the link to its public entry.
    pub fn police_digits(&self) -> String {
        self.police.chars().filter(char::is_ascii_digit).collect()
    }
}

/// 1,234.
pub(crate) fn grouped(n: &usize) -> String {
    domain::group_digits(*n as u64)
}

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
