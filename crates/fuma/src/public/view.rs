//! What the public sees of a certificate, as plain data. No persons, no codes.

use domain::{Day, Excerpt, ExcerptRow, ExcerptSite, Number, Tone};
use std::borrow::Cow;

/// A certificate as a public page shows it: the edition in force on the day asked about, whatever edition is in the
/// reader's hand.
#[derive(Clone, Debug)]
pub struct CertificateView<'a> {
    /// 证书编号.
    pub number: &'a Number,
    /// Name of the authority.
    pub authority: &'a str,
    /// What the paper calls it, where that is another name.
    pub authority_printed: Option<&'a str>,
    /// What it is called in English, on an English page.
    pub authority_english: Option<String>,
    /// Whether the public has a page of its body.
    pub listed: bool,
    /// First valid day.
    pub valid_from: Day,
    /// 有效期至: last valid day, whole.
    pub valid_to: Day,
    /// The latest edition, from 1.
    pub edition: u32,
    /// The edition that is shown.
    pub shown: u32,
    /// What it says.
    pub excerpt: Excerpt<'a>,
    /// What happened to it, newest first.
    pub life: Vec<LifeView<'a>>,
    /// The certificate that replaces it.
    pub successor: Option<SuccessorView<'a>>,
}

impl<'a> CertificateView<'a> {
    /// The rows that are shown.
    pub fn rows(&self) -> impl Iterator<Item = CapabilityView<'a>> {
        (1..).zip(&self.excerpt.rows).map(|(no, row)| CapabilityView::of(no, *row, &self.excerpt.sites))
    }
}

/// 检测能力: one row of the annex.
#[derive(Clone, Copy, Debug)]
pub struct CapabilityView<'a> {
    /// Its place in the annex, from 1.
    pub no: u32,
    /// What it says.
    pub row: ExcerptRow<'a>,
    /// The site, empty where the certificate has one only.
    pub site: &'a str,
}

impl<'a> CapabilityView<'a> {
    /// A row of an edition with these sites.
    pub fn of(no: u32, row: ExcerptRow<'a>, sites: &[ExcerptSite<'a>]) -> CapabilityView<'a> {
        let site = sites.get(usize::from(row.site)).filter(|_| sites.len() > 1).map_or("", |site| site.name);
        CapabilityView { no, row, site }
    }
}

/// One step in the life of a certificate.
#[derive(Clone, Debug)]
pub struct LifeView<'a> {
    /// The day it holds from.
    pub day: Day,
    /// Stable word of the act, such as `assign`.
    pub act: &'static str,
    /// What: 首次发证, 扩项, 撤销.
    pub title: Cow<'a, str>,
    /// Number of the decision document; may be empty.
    pub document: Cow<'a, str>,
    /// The edition it made.
    pub edition: Option<u32>,
    /// Colour family.
    pub tone: Tone,
    /// Another certificate this step leads to.
    pub link: Option<&'a Number>,
}

/// The certificate that replaces another.
#[derive(Clone, Debug)]
pub struct SuccessorView<'a> {
    /// Its number.
    pub number: &'a Number,
    /// Its first day.
    pub from: Day,
}

/// The public address of a certificate: by number, never by code. Legacy numbers may hold any character.
pub fn certificate_path(number: &Number) -> String {
    under("/certificate/", number.as_str())
}

/// Where the whole list of capabilities of a certificate is, as on the day that is shown.
pub fn list_path(certificate: &CertificateView<'_>, on: Day) -> String {
    let day = if certificate.shown == certificate.edition { String::new() } else { format!("?on={on}") };
    format!("{}/capabilities{day}", certificate_path(certificate.number))
}

/// The public address of a body: by its own code, or by the number of one of its certificates.
pub fn body_path(key: &str) -> String {
    under("/body/", key)
}

fn under(folder: &str, name: &str) -> String {
    let mut path = String::from(folder);
    for byte in name.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'_' => path.push(char::from(byte)),
            other => path.push_str(&format!("%{other:02X}")),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_legacy_number_cannot_leave_its_path_segment() {
        let number = Number::parse("（2014）量认(京)字 /Z0182").unwrap();
        let path = certificate_path(&number);
        assert!(path.starts_with("/certificate/") && path.matches('/').count() == 2, "{path}");
        assert!(path.is_ascii() && !path.contains([' ', '?', '#']));
    }
}
