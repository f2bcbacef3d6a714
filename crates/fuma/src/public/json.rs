//! The JSON twin of the scan page, for `Accept: application/json`. Names are those of the glossary.

use domain::{Instant, Verdict};
use serde::Serialize;

use super::{CertificateView, Lang, Site};

/// The verdict for machines.
#[derive(Debug, Serialize)]
pub struct VerdictJson<'a> {
    /// Stable word, such as `not_yet_valid`.
    pub verdict: &'static str,
    /// Of 测试环境, where nothing is in force whatever the verdict; absent elsewhere.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sandbox: bool,
    /// The word people read.
    pub verdict_text: &'static str,
    /// What it means for the reader.
    pub meaning: String,
    /// The day asked about, `YYYY-MM-DD`.
    pub on: String,
    /// When it was asked, RFC 3339 with +08:00.
    pub asked_at: String,
    /// What the word rests on.
    pub checks: Vec<CheckJson>,
    /// The edition in hand, where it is not the current one.
    pub old_edition: Option<u32>,
    /// The certificate; absent where there is none to show.
    pub certificate: Option<CertificateJson<'a>>,
    /// 场所, the main one first.
    pub sites: Vec<SiteJson<'a>>,
    /// How many rows the list of capabilities has.
    pub capability_total: u64,
    /// The certificate that replaces it.
    pub successor_number: Option<&'a str>,
}

/// One check.
#[derive(Debug, Serialize)]
pub struct CheckJson {
    /// `known`, `sig`, `edition`, `status`, `days`, `ledger`.
    pub name: &'static str,
    /// `pass`, `fail`, `unknown`, `not_applicable`.
    pub outcome: &'static str,
    /// Why, in Chinese.
    pub reason: String,
}

/// The certificate.
#[derive(Debug, Serialize)]
pub struct CertificateJson<'a> {
    pub number: &'a str,
    pub edition: u32,
    pub body_name: &'a str,
    pub other_name: &'a str,
    pub uscc: &'a str,
    pub parent_name: &'a str,
    pub authority: &'a str,
    pub first_issued_on: Option<String>,
    pub issued_on: Option<String>,
    pub valid_from: String,
    pub valid_to: String,
}

/// 场所.
#[derive(Debug, Serialize)]
pub struct SiteJson<'a> {
    pub name: &'a str,
    pub address: &'a str,
}

impl<'a> VerdictJson<'a> {
    /// The twin of a page; `certificate` is `None` for unknown, malformed and undeterminable.
    pub fn of(
        verdict: &'a Verdict,
        certificate: Option<&'a CertificateView<'a>>,
        asked_at: Instant,
    ) -> VerdictJson<'a> {
        let check = |c: &domain::Check| CheckJson {
            name: c.name.key(),
            outcome: c.outcome.key(),
            reason: c.reason.to_string(),
        };
        VerdictJson {
            verdict: verdict.word().key(),
            sandbox: false,
            verdict_text: verdict.word().label(),
            meaning: verdict.sentence(),
            on: verdict.on().to_string(),
            asked_at: asked_at.rfc3339(),
            checks: verdict.checks().iter().map(check).collect(),
            old_edition: verdict.old_edition(),
            certificate: certificate.map(CertificateJson::of),
            sites: certificate.map(sites).unwrap_or_default(),
            capability_total: certificate.map_or(0, |c| c.excerpt.total.into()),
            successor_number: certificate.and_then(|c| c.successor.as_ref()).map(|s| s.number.as_str()),
        }
    }

    /// As a site gives it: that of the sandbox says first that it is for tests.
    pub fn on(self, site: &Site) -> VerdictJson<'a> {
        if !site.sandbox() {
            return self;
        }
        let w = Lang::Chinese.words();
        let meaning = format!("{}{}{}", w.test_only, w.test_result, self.meaning);
        VerdictJson { sandbox: true, meaning, ..self }
    }
}

impl<'a> CertificateJson<'a> {
    fn of(view: &'a CertificateView<'a>) -> CertificateJson<'a> {
        let excerpt = &view.excerpt;
        CertificateJson {
            number: view.number.as_str(),
            edition: view.shown,
            body_name: excerpt.body_name,
            other_name: excerpt.other_name,
            uscc: &excerpt.uscc,
            parent_name: excerpt.parent_name,
            authority: view.authority,
            first_issued_on: excerpt.first_issued_on.map(|d| d.to_string()),
            issued_on: excerpt.issued_on.map(|d| d.to_string()),
            valid_from: view.valid_from.to_string(),
            valid_to: view.valid_to.to_string(),
        }
    }
}

fn sites<'a>(view: &'a CertificateView<'a>) -> Vec<SiteJson<'a>> {
    view.excerpt.sites.iter().map(|s| SiteJson { name: s.name, address: s.address }).collect()
}
