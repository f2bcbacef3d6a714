//! What the public sees of a certificate, as plain data. No persons, no codes.

use domain::{Day, Number, Tone};

/// A certificate as a public page shows it: the current edition, whatever edition is in the reader's hand.
#[derive(Clone, Debug)]
pub struct CertificateView {
    /// 证书编号.
    pub number: Number,
    /// 机构名称 as printed.
    pub body_name: String,
    /// Second name, or empty.
    pub other_name: String,
    /// 统一社会信用代码, or empty.
    pub uscc: String,
    /// 所属法人单位 where the body is not independent, else empty.
    pub parent_name: String,
    /// Printed name of the authority.
    pub authority: String,
    /// 首次发证日期.
    pub first_issued_on: Option<Day>,
    /// 发证日期.
    pub issued_on: Option<Day>,
    /// First valid day.
    pub valid_from: Day,
    /// 有效期至: last valid day, whole.
    pub valid_to: Day,
    /// The current edition, from 1.
    pub edition: u32,
    /// 场所; the first is the main one.
    pub sites: Vec<SiteView>,
    /// The first rows of the annex.
    pub capabilities: Vec<CapabilityView>,
    /// How many rows the annex has.
    pub capability_total: u64,
    /// What happened to it, newest first.
    pub life: Vec<LifeView>,
    /// The certificate that replaces it.
    pub successor: Option<SuccessorView>,
}

/// 场所.
#[derive(Clone, Debug)]
pub struct SiteView {
    /// Its name, or empty.
    pub name: String,
    /// Its address.
    pub address: String,
}

/// 检测能力: one row of the annex.
#[derive(Clone, Debug)]
pub struct CapabilityView {
    /// 序号 as printed, such as 1.10.
    pub label: String,
    /// 类别 and 大类 joined, or empty.
    pub class: String,
    /// 产品/项目/参数.
    pub name: String,
    /// Name of the standard, or empty.
    pub standard_name: String,
    /// Number of the standard with its year and clause.
    pub standard_number: String,
    /// 限制范围, or empty.
    pub limits: String,
    /// 说明, or empty.
    pub remark: String,
    /// The site, empty where the certificate has one only.
    pub site: String,
}

/// One step in the life of a certificate.
#[derive(Clone, Debug)]
pub struct LifeView {
    /// The day it holds from.
    pub day: Day,
    /// What: 首次发证, 扩项, 撤销.
    pub title: String,
    /// Document and edition in words, or empty.
    pub detail: String,
    /// Colour family.
    pub tone: Tone,
    /// Another certificate this step leads to.
    pub link: Option<Number>,
}

/// The certificate that replaces another.
#[derive(Clone, Debug)]
pub struct SuccessorView {
    /// Its number.
    pub number: Number,
    /// Its first day.
    pub from: Day,
}

/// The public address of a certificate: by number, never by code. Legacy numbers may hold any character.
pub fn certificate_path(number: &Number) -> String {
    let mut path = String::from("/certificate/");
    for byte in number.as_str().bytes() {
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
