//! The answer to a scan (`/C/{code}`) or to a number (`/certificate/{number}`), and the answer when there is no certificate to show.

use askama::Template;
use domain::{Check, CheckName, Code, Instant, Outcome, Verdict, VerdictWord};

use super::{CertificateView, SITE_NAME, Site, TEST_ONLY, certificate_path};
use crate::assets;

/// Verdict, facts, sites, capabilities and life of one certificate.
#[derive(Template)]
#[template(path = "public/certificate.html")]
pub struct CertificatePage<'a> {
    /// What every page carries.
    pub site: &'a Site,
    /// The answer.
    pub verdict: &'a Verdict,
    /// What is shown of it.
    pub certificate: &'a CertificateView<'a>,
    /// The code that was scanned or typed; `None` when the page was reached by number, which never shows a code.
    pub code: Option<Code>,
    /// 本页查询时间.
    pub asked_at: Instant,
}

impl CertificatePage<'_> {
    /// Where the whole list of capabilities is, for the same day.
    fn list(&self) -> String {
        let day = match self.certificate.shown == self.certificate.edition {
            true => String::new(),
            false => format!("?on={}", self.verdict.on()),
        };
        format!("{}/capabilities{day}", self.path())
    }

    fn path(&self) -> String {
        certificate_path(self.certificate.number)
    }

    /// Why it is not valid: the reasons of the failed checks. An old edition is told apart, it invalidates nothing.
    fn reasons(&self) -> Vec<&str> {
        let fails = |c: &&Check| c.outcome == Outcome::Fail && c.name != CheckName::Edition;
        self.verdict.checks().iter().filter(fails).map(|c| c.reason.as_str()).collect()
    }

    fn more_capabilities(&self) -> bool {
        self.certificate.excerpt.total as usize > self.certificate.excerpt.rows.len()
    }

    fn capability_total(&self) -> String {
        domain::group_digits(self.certificate.excerpt.total.into())
    }
}

/// 未查到此码, 输入有误 or 暂无法判定: same layout, nothing to show but the way on.
#[derive(Template)]
#[template(path = "public/answer.html")]
pub struct AnswerPage<'a> {
    /// What every page carries.
    pub site: &'a Site,
    /// The answer.
    pub verdict: &'a Verdict,
    /// What was asked, as typed, for the reader to compare; at most 60 characters.
    pub asked: &'a str,
    /// 本页查询时间.
    pub asked_at: Instant,
}

impl AnswerPage<'_> {
    /// What is wrong with the input, where something is.
    fn why(&self) -> Option<&str> {
        (self.verdict.word() == VerdictWord::Malformed).then(|| self.verdict.checks()[0].reason.as_str())
    }

    fn is(&self, key: &str) -> bool {
        self.verdict.word().key() == key
    }
}
