//! The answer to a scan (`/C/{code}`) or to a number (`/certificate/{number}`), and the answer when there is no certificate to show.

use askama::Template;
use domain::{Check, CheckName, Code, Instant, Outcome, Verdict, VerdictWord};

use super::{CertificateView, Visit, body_path, certificate_path, list_path};

/// Verdict, facts, sites, capabilities and life of one certificate.
#[derive(Template)]
#[template(path = "public/certificate.html")]
pub struct CertificatePage<'a> {
    /// Who asks, and what every page carries.
    pub visit: &'a Visit,
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
        self.visit.to(list_path(self.certificate, self.verdict.on()))
    }

    fn path(&self) -> String {
        self.visit.to(certificate_path(self.certificate.number))
    }

    /// The page of its body, where the public has one.
    fn body_path(&self) -> Option<String> {
        let path = || self.visit.to(body_path(self.certificate.number.as_str()));
        self.certificate.listed.then(path)
    }

    /// Why it is not valid: the reasons of the failed checks. An old edition is told apart, it invalidates nothing.
    fn reasons(&self) -> Vec<String> {
        let fails = |c: &&Check| c.outcome == Outcome::Fail && c.name != CheckName::Edition;
        self.verdict.checks().iter().filter(fails).map(|c| self.visit.lang.reason(&c.reason)).collect()
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
    /// Who asks, and what every page carries.
    pub visit: &'a Visit,
    /// The answer.
    pub verdict: &'a Verdict,
    /// What was asked, as typed, for the reader to compare; at most 60 characters.
    pub asked: &'a str,
    /// 本页查询时间.
    pub asked_at: Instant,
}

impl AnswerPage<'_> {
    /// What is wrong with the input, where something is.
    fn why(&self) -> Option<String> {
        let said = || self.visit.lang.reason(&self.verdict.checks()[0].reason);
        (self.verdict.word() == VerdictWord::Malformed).then(said)
    }

    fn is(&self, key: &str) -> bool {
        self.verdict.word().key() == key
    }
}
