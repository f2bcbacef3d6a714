//! The JSON twin of the scan page, for `Accept: application/json`. Names are those of the glossary.

use domain::{Instant, Verdict};
use serde::Serialize;

use super::{CapabilityView, CertificateView, Lang, LifeView, Site};

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
    /// What happened to it, the latest first.
    pub life: Vec<LifeJson<'a>>,
    /// The first rows of the list of capabilities.
    pub capabilities: Vec<CapabilityJson<'a>>,
    /// How many rows the list has.
    pub capability_total: u64,
    /// Where the whole list is, in pages; absent where there is none.
    pub capabilities_url: Option<String>,
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
    /// What the paper calls the authority, where that is another name.
    pub authority_printed: Option<&'a str>,
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

/// One step in the life of a certificate.
#[derive(Debug, Serialize)]
pub struct LifeJson<'a> {
    /// First day on which it holds.
    pub on: String,
    /// Stable word, such as `assign`.
    pub act: &'static str,
    /// What people read.
    pub act_text: &'a str,
    /// The edition it made.
    pub edition: Option<u32>,
    /// Number of the decision document; may be empty.
    pub document: &'a str,
    /// The certificate it leads to: its successor or predecessor.
    pub number: Option<&'a str>,
}

/// 检测能力: one row of the annex.
#[derive(Debug, Serialize)]
pub struct CapabilityJson<'a> {
    /// Its place in the list, from 1.
    pub no: u32,
    /// The source's own 序号, or empty.
    pub label: &'a str,
    pub category: &'a str,
    pub class: &'a str,
    pub item: &'a str,
    pub standard_name: &'a str,
    pub standard_number: &'a str,
    pub clause: &'a str,
    pub limits: &'a str,
    pub remark: &'a str,
    /// Empty where the certificate has one site only.
    pub site: &'a str,
}

impl<'a> From<CapabilityView<'a>> for CapabilityJson<'a> {
    fn from(view: CapabilityView<'a>) -> CapabilityJson<'a> {
        let row = view.row;
        CapabilityJson {
            no: view.no,
            label: row.label,
            category: domain::category_name(row.category),
            class: row.class,
            item: row.name,
            standard_name: row.standard_name,
            standard_number: row.standard_number,
            clause: row.clause,
            limits: row.limits,
            remark: row.remark,
            site: view.site,
        }
    }
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
            life: certificate.map(life).unwrap_or_default(),
            capabilities: certificate
                .map(|c| c.rows().map(CapabilityJson::from).collect())
                .unwrap_or_default(),
            capabilities_url: certificate.map(|c| super::list_path(c, verdict.on())),
            capability_total: certificate.map_or(0, |c| c.excerpt.total.into()),
            successor_number: certificate.and_then(|c| c.successor.as_ref()).map(|s| s.number.as_str()),
        }
    }

    /// With whole addresses, under that of a site.
    pub fn under(self, base: &str) -> VerdictJson<'a> {
        let capabilities_url = self.capabilities_url.map(|path| format!("{base}{path}"));
        VerdictJson { capabilities_url, ..self }
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
            authority_printed: view.authority_printed,
            first_issued_on: excerpt.first_issued_on.map(|d| d.to_string()),
            issued_on: excerpt.issued_on.map(|d| d.to_string()),
            valid_from: view.valid_from.to_string(),
            valid_to: view.valid_to.to_string(),
        }
    }
}

fn life<'a>(view: &'a CertificateView<'a>) -> Vec<LifeJson<'a>> {
    let step = |step: &'a LifeView<'a>| LifeJson {
        on: step.day.to_string(),
        act: step.act,
        act_text: &step.title,
        edition: step.edition,
        document: &step.document,
        number: step.link.map(|number| number.as_str()),
    };
    view.life.iter().map(step).collect()
}

fn sites<'a>(view: &'a CertificateView<'a>) -> Vec<SiteJson<'a>> {
    view.excerpt.sites.iter().map(|s| SiteJson { name: s.name, address: s.address }).collect()
}
