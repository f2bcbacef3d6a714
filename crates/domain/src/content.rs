//! The content of one edition: what is printed and registered, and its canonical bytes.

use crate::{Code, Day, Field, Kinds, Number, OrgCode, Two, Uscc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// 法人类别: whether the body is a legal person of its own, and of which sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LegalKind {
    /// 独立法人: answers for itself.
    pub independent: bool,
    /// 企业, 事业, 社团, 其他.
    pub sort: LegalSort,
}

/// The sort of a legal person (申请书, domain.md 3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegalSort {
    /// 企业.
    Enterprise,
    /// 事业.
    Institution,
    /// 社团.
    Association,
    /// 其他.
    Other,
}

impl LegalKind {
    /// The label, as in [`crate::field::LEGAL_KINDS`].
    pub fn label(self) -> &'static str {
        let sort = match self.sort {
            LegalSort::Enterprise => 0,
            LegalSort::Institution => 1,
            LegalSort::Association => 2,
            LegalSort::Other => 3,
        };
        crate::field::LEGAL_KINDS[sort + if self.independent { 0 } else { 4 }]
    }

    /// Reads 独立法人-企业, 非独立法人（事业）, 企业法人 and the like.
    pub fn parse(text: &str) -> Option<LegalKind> {
        let independent = !text.contains("非独立") && !text.contains("非法人");
        if independent && !text.contains("法人") && !text.contains("独立") {
            return None;
        }
        let sort = [
            ("企业", LegalSort::Enterprise),
            ("事业", LegalSort::Institution),
            ("社团", LegalSort::Association),
            ("社会团体", LegalSort::Association),
            ("其他", LegalSort::Other),
        ];
        let sort =
            sort.into_iter().find(|(word, _)| text.contains(word)).map_or(LegalSort::Other, |(_, sort)| sort);
        Some(LegalKind { independent, sort })
    }
}

/// 许可程序 (163号令 Art. 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Procedure {
    /// 一般程序.
    General,
    /// 告知承诺.
    Commitment,
}

impl Procedure {
    /// The label people read.
    pub fn label(self) -> &'static str {
        match self {
            Procedure::General => "一般程序",
            Procedure::Commitment => "告知承诺",
        }
    }

    /// Reads 一般, 一般程序, 告知承诺, 承诺.
    pub fn parse(text: &str) -> Option<Procedure> {
        match text.trim() {
            "一般" | "一般程序" | "general" => Some(Procedure::General),
            "告知承诺" | "承诺" | "告知承诺程序" | "commitment" => Some(Procedure::Commitment),
            _ => None,
        }
    }
}

/// 所属法人单位: who answers for a body that is not independent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    /// Its name.
    pub name: String,
    /// Its code; missing only in what was taken over.
    pub uscc: Option<Uscc>,
}

/// What stands on the certificate itself and what the register keeps of the act. Empty text means not given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the Field of the same name, documented there")]
pub struct Face {
    pub kinds: Kinds,
    pub previous_number: Option<Number>,
    pub body_name: String,
    pub other_name: String,
    pub uscc: Option<Uscc>,
    pub org_code: Option<OrgCode>,
    pub legal_kind: Option<LegalKind>,
    pub parent: Option<Parent>,
    pub department: String,
    pub address: String,
    pub division: Option<Division>,
    pub postcode: String,
    pub legal_representative: String,
    pub head: String,
    pub technical_lead: String,
    pub contact: String,
    pub xpcc: bool,
    pub domain: Two,
    pub industry: Two,
    pub food: bool,
    pub procedure: Option<Procedure>,
    pub decision_day: Option<Day>,
    pub decision_number: String,
    pub first_issued_on: Option<Day>,
    pub issued_on: Option<Day>,
    pub valid_from: Day,
    /// Last valid day, whole.
    pub valid_to: Day,
    pub reason: String,
    pub remark: String,
}

/// 行政区划代码, six digits (GB/T 2260), checked against the table an administrator edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Division([u8; 6]);

impl Division {
    /// The division of six digits.
    pub fn parse(text: &str) -> Option<Division> {
        let bytes: [u8; 6] = text.trim().as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_digit).then_some(Division(bytes))
    }

    /// The six digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("six ASCII digits")
    }

    /// The province it lies in: its first two digits.
    pub fn province(&self) -> &str {
        &self.as_str()[..2]
    }
}

impl TryFrom<String> for Division {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Division, Self::Error> {
        Division::parse(&text).ok_or("行政区划代码应为6位数字")
    }
}

impl From<Division> for String {
    fn from(division: Division) -> String {
        division.as_str().to_owned()
    }
}

/// 场所. The first site of a content is the main one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the Field of the same name")]
pub struct Site {
    pub name: String,
    pub address: String,
    pub division: Option<Division>,
}

/// What can be tested by what: the part of a capability that many certificates share.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the Field of the same name")]
pub struct Item {
    pub category: String,
    pub class: String,
    pub name: String,
    pub standard_name: String,
    pub standard_number: String,
    pub clause: String,
}

impl Item {
    /// First 16 bytes of SHA-256 over the six texts, each ended by U+001F: the key of the dictionary of items.
    pub fn hash(&self) -> [u8; 16] {
        let mut sha = Sha256::new();
        for text in [
            &self.category,
            &self.class,
            &self.name,
            &self.standard_name,
            &self.standard_number,
            &self.clause,
        ] {
            sha.update(text.as_bytes());
            sha.update([0x1f]);
        }
        let mut out = [0; 16];
        out.copy_from_slice(&sha.finalize()[..16]);
        out
    }
}

/// 检测能力: one row of the annex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capability {
    /// Index into [`Content::sites`].
    pub site: u16,
    /// What is tested by what.
    pub item: Item,
    /// 限制范围.
    pub limits: String,
    /// 说明.
    pub remark: String,
    /// 批准日期.
    pub approved_on: Option<Day>,
    /// 是否食品.
    pub food: bool,
    /// The source's own 序号, kept only where it differs from the computed one; else empty.
    pub label: String,
}

/// 授权签字人.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the Field of the same name")]
pub struct Signatory {
    /// Index into [`Content::sites`].
    pub site: u16,
    pub name: String,
    pub title: String,
    pub field: String,
    pub food: bool,
    pub approved_on: Option<Day>,
    pub remark: String,
    pub education: String,
    pub department: String,
    pub sex: String,
}

/// 仪器设备.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the Field of the same name")]
pub struct Instrument {
    /// Index into [`Content::sites`].
    pub site: u16,
    pub class: String,
    pub item: String,
    pub standard: String,
    pub name: String,
    pub model: String,
    pub serial: String,
    pub range: String,
    pub traceability: String,
    pub traceable_until: Option<Day>,
    pub confirmation: String,
}

/// 人员.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the Field of the same name")]
pub struct Staff {
    /// Index into [`Content::sites`].
    pub site: u16,
    pub name: String,
    pub sex: String,
    pub education: String,
    pub post: String,
    pub title: String,
    pub major: String,
    pub years: String,
    pub department: String,
}

/// One edition's whole content. Personal fields are not part of it (architecture.md 5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the name says it")]
pub struct Content {
    pub face: Face,
    /// At least one; the first is the main site.
    pub sites: Vec<Site>,
    pub capabilities: Vec<Capability>,
    pub signatories: Vec<Signatory>,
    pub instruments: Vec<Instrument>,
    pub staff: Vec<Staff>,
}

/// What a content belongs to: bound into its canonical bytes.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    /// The certificate's number.
    pub number: &'a Number,
    /// The certificate's code.
    pub code: Code,
    /// 1 for the first edition.
    pub edition: u32,
}

impl Face {
    /// The face value by value, in the fixed order of canonical format 1; days ISO, flags `1`, empty where not given.
    pub fn values(&self) -> [(Field, String); 30] {
        let day = |d: Option<Day>| d.map(|d| d.to_string()).unwrap_or_default();
        let yes = |b: bool| if b { "1".to_owned() } else { String::new() };
        let parent = self.parent.as_ref();
        [
            (Field::Kind, self.kinds.keys()),
            (Field::PreviousNumber, self.previous_number.as_ref().map(Number::to_string).unwrap_or_default()),
            (Field::BodyName, self.body_name.clone()),
            (Field::OtherName, self.other_name.clone()),
            (Field::Uscc, self.uscc.map(|u| u.to_string()).unwrap_or_default()),
            (Field::OrgCode, self.org_code.map(|o| o.to_string()).unwrap_or_default()),
            (Field::LegalKind, self.legal_kind.map(|k| k.label().to_owned()).unwrap_or_default()),
            (Field::ParentName, parent.map(|p| p.name.clone()).unwrap_or_default()),
            (Field::ParentUscc, parent.and_then(|p| p.uscc).map(|u| u.to_string()).unwrap_or_default()),
            (Field::Department, self.department.clone()),
            (Field::Address, self.address.clone()),
            (Field::Division, self.division.map(String::from).unwrap_or_default()),
            (Field::Postcode, self.postcode.clone()),
            (Field::LegalRepresentative, self.legal_representative.clone()),
            (Field::Head, self.head.clone()),
            (Field::TechnicalLead, self.technical_lead.clone()),
            (Field::Contact, self.contact.clone()),
            (Field::Xpcc, yes(self.xpcc)),
            (Field::Domain, self.domain.to_string()),
            (Field::Industry, self.industry.to_string()),
            (Field::Food, yes(self.food)),
            (Field::Procedure, self.procedure.map(|p| p.label().to_owned()).unwrap_or_default()),
            (Field::DecisionDay, day(self.decision_day)),
            (Field::DecisionNumber, self.decision_number.clone()),
            (Field::FirstIssuedOn, day(self.first_issued_on)),
            (Field::IssuedOn, day(self.issued_on)),
            (Field::ValidFrom, self.valid_from.to_string()),
            (Field::ValidTo, self.valid_to.to_string()),
            (Field::Reason, self.reason.clone()),
            (Field::Remark, self.remark.clone()),
        ]
    }
}

impl Content {
    /// A face without any rows.
    pub fn of_face(face: Face) -> Content {
        Content {
            face,
            sites: Vec::new(),
            capabilities: Vec::new(),
            signatories: Vec::new(),
            instruments: Vec::new(),
            staff: Vec::new(),
        }
    }

    /// The canonical bytes, format 1: UTF-8 lines ended by LF.
    ///
    /// `fuma-edition 1`, then `key TAB value` for number, code, edition and the face in the order above (empty values
    /// left out), then one line a row: section name and its values, TAB between them. Values carry no control
    /// characters ([`crate::text::clean`] refuses them), so nothing is escaped. Days are ISO, flags `1` or empty.
    pub fn canonical(&self, of: &Identity<'_>) -> Vec<u8> {
        let mut out = String::with_capacity(512 + self.capabilities.len() * 160);
        out.push_str("fuma-edition 1\n");
        let _ = write!(out, "number\t{}\ncode\t{}\nedition\t{}\n", of.number, of.code, of.edition);
        for (field, value) in self.face.values() {
            if !value.is_empty() {
                line(&mut out, field.key(), &[&value]);
            }
        }
        self.rows(&mut out);
        out.into_bytes()
    }

    fn rows(&self, out: &mut String) {
        let day = |d: Option<Day>| d.map(|d| d.to_string()).unwrap_or_default();
        let yes = |b: bool| if b { "1" } else { "" };
        for s in &self.sites {
            line(out, "site", &[&s.name, &s.address, s.division.as_ref().map_or("", |d| d.as_str())]);
        }
        for c in &self.capabilities {
            let i = &c.item;
            let (site, approved) = (c.site.to_string(), day(c.approved_on));
            line(
                out,
                "capability",
                &[
                    &site,
                    &c.label,
                    &i.category,
                    &i.class,
                    &i.name,
                    &i.standard_name,
                    &i.standard_number,
                    &i.clause,
                    &c.limits,
                    &c.remark,
                    &approved,
                    yes(c.food),
                ],
            );
        }
        for s in &self.signatories {
            let (site, approved) = (s.site.to_string(), day(s.approved_on));
            let mut values = vec![
                site.as_str(),
                &s.name,
                &s.title,
                &s.field,
                yes(s.food),
                &approved,
                &s.remark,
                &s.education,
                &s.department,
            ];
            // Came later: lines of editions from before it stay as they were.
            values.extend(Some(s.sex.as_str()).filter(|sex| !sex.is_empty()));
            line(out, "signatory", &values);
        }
        for i in &self.instruments {
            let (site, until) = (i.site.to_string(), day(i.traceable_until));
            line(
                out,
                "instrument",
                &[
                    &site,
                    &i.class,
                    &i.item,
                    &i.standard,
                    &i.name,
                    &i.model,
                    &i.serial,
                    &i.range,
                    &i.traceability,
                    &until,
                    &i.confirmation,
                ],
            );
        }
        for p in &self.staff {
            let site = p.site.to_string();
            line(
                out,
                "staff",
                &[&site, &p.name, &p.sex, &p.education, &p.post, &p.title, &p.major, &p.years, &p.department],
            );
        }
    }

    /// SHA-256 of [`Content::canonical`].
    pub fn digest(&self, of: &Identity<'_>) -> [u8; 32] {
        Sha256::digest(self.canonical(of)).into()
    }
}

fn line(out: &mut String, key: &str, values: &[&str]) {
    out.push_str(key);
    for value in values {
        out.push('\t');
        out.push_str(value);
    }
    out.push('\n');
}

#[cfg(test)]
#[path = "content_tests.rs"]
mod tests;
