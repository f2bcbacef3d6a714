//! 摘要: what the answer to a scan shows of one edition, in few bytes.
//!
//! It follows from the content alone and can be made again at any time. It is kept beside the editions because an answer
//! would otherwise gather its rows from five tables. No persons, no codes (architecture.md 9.7).

use crate::{Capability, Day, Face, Site};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Capability rows in an excerpt: the first page of the list.
pub const EXCERPT_ROWS: usize = 20;

/// First byte of a packed excerpt. Another one is not read: the excerpt is made again from the rows.
const VERSION: u8 = 1;

/// What is shown of one edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt<'a> {
    /// 机构名称 as printed.
    pub body_name: &'a str,
    /// Second name, or empty.
    pub other_name: &'a str,
    /// 统一社会信用代码, or empty.
    #[serde(borrow)]
    pub uscc: Cow<'a, str>,
    /// 所属法人单位 where the body is not independent, else empty.
    pub parent_name: &'a str,
    /// 首次发证日期.
    #[serde(with = "number")]
    pub first_issued_on: Option<Day>,
    /// 发证日期.
    #[serde(with = "number")]
    pub issued_on: Option<Day>,
    /// 业务类型, their words joined as in [`crate::Kinds::keys`].
    #[serde(borrow)]
    pub kinds: Cow<'a, str>,
    /// First day on which the edition holds.
    #[serde(with = "number")]
    pub effective: Option<Day>,
    /// 决定文号, or empty.
    pub document: &'a str,
    /// How many rows the annex has.
    pub total: u32,
    /// 场所, the main one first.
    #[serde(borrow)]
    pub sites: Vec<ExcerptSite<'a>>,
    /// The first [`EXCERPT_ROWS`] rows of the annex.
    #[serde(borrow)]
    pub rows: Vec<ExcerptRow<'a>>,
}

/// 场所.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExcerptSite<'a> {
    /// Its name, or empty.
    pub name: &'a str,
    /// Its address.
    pub address: &'a str,
}

/// 检测能力: one row of the annex. Empty text means not given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the Field of the same name")]
pub struct ExcerptRow<'a> {
    /// Which of the five texts that neighbours share is that of the row above; 0 but in packed bytes.
    same: u8,
    /// Index into [`Excerpt::sites`].
    pub site: u16,
    /// The source's own 序号, or empty.
    pub label: &'a str,
    pub category: &'a str,
    pub class: &'a str,
    pub name: &'a str,
    pub standard_name: &'a str,
    pub standard_number: &'a str,
    pub clause: &'a str,
    pub limits: &'a str,
    pub remark: &'a str,
}

impl<'a> From<&'a Capability> for ExcerptRow<'a> {
    fn from(row: &'a Capability) -> ExcerptRow<'a> {
        let item = &row.item;
        ExcerptRow {
            same: 0,
            site: row.site,
            label: &row.label,
            category: &item.category,
            class: &item.class,
            name: &item.name,
            standard_name: &item.standard_name,
            standard_number: &item.standard_number,
            clause: &item.clause,
            limits: &row.limits,
            remark: &row.remark,
        }
    }
}

impl<'a> ExcerptRow<'a> {
    /// The texts that neighbours share.
    fn shared(&mut self) -> [&mut &'a str; 5] {
        [
            &mut self.category,
            &mut self.class,
            &mut self.name,
            &mut self.standard_name,
            &mut self.standard_number,
        ]
    }
}

impl<'a> Excerpt<'a> {
    /// The excerpt of an edition that holds from `effective` on; `rows` are at least the first [`EXCERPT_ROWS`] of `total`.
    pub fn of(
        (face, effective): (&'a Face, Day),
        sites: &'a [Site],
        rows: &'a [Capability],
        total: u32,
    ) -> Excerpt<'a> {
        Excerpt {
            body_name: &face.body_name,
            other_name: &face.other_name,
            uscc: face.uscc.map(|uscc| uscc.to_string()).unwrap_or_default().into(),
            parent_name: face.parent.as_ref().map_or("", |parent| &parent.name),
            first_issued_on: face.first_issued_on,
            issued_on: face.issued_on,
            kinds: face.kinds.keys().into(),
            effective: Some(effective),
            document: &face.decision_number,
            total,
            sites: sites.iter().map(|s| ExcerptSite { name: &s.name, address: &s.address }).collect(),
            rows: rows.iter().take(EXCERPT_ROWS).map(ExcerptRow::from).collect(),
        }
    }

    /// The bytes that are kept.
    pub fn pack(mut self) -> Vec<u8> {
        let mut above = ExcerptRow::default();
        for row in &mut self.rows {
            let (whole, mut same) = (*row, 0);
            for (bit, (text, before)) in row.shared().into_iter().zip(above.shared()).enumerate() {
                if !text.is_empty() && *text == *before {
                    *text = "";
                    same |= 1 << bit;
                }
            }
            row.same = same;
            above = whole;
        }
        postcard::to_extend(&self, vec![VERSION]).expect("a vector takes all bytes")
    }

    /// Whether these bytes are of the version this program reads.
    pub fn reads(bytes: &[u8]) -> bool {
        bytes.first() == Some(&VERSION)
    }

    /// Reads what [`Excerpt::pack`] made; `None` for bytes of another version or of nobody's.
    pub fn unpack(bytes: &'a [u8]) -> Option<Excerpt<'a>> {
        let bytes = bytes.strip_prefix(&[VERSION])?;
        let mut excerpt: Excerpt<'a> = postcard::from_bytes(bytes).ok()?;
        let mut above = ExcerptRow::default();
        for row in &mut excerpt.rows {
            let same = std::mem::take(&mut row.same);
            for (bit, (text, before)) in row.shared().into_iter().zip(above.shared()).enumerate() {
                if same & (1 << bit) != 0 {
                    *text = *before;
                }
            }
            above = *row;
        }
        Some(excerpt)
    }
}

/// Days as their numbers.
mod number {
    use crate::Day;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub fn serialize<S: Serializer>(day: &Option<Day>, to: S) -> Result<S::Ok, S::Error> {
        day.map(Day::number).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Day>, D::Error> {
        Option::<i32>::deserialize(from)?.map(Day::from_number).transpose().map_err(Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    /// Few words, so that neighbours often share them.
    fn word() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec!["", "水质", "生活饮用水", "pH值", "GB/T 5750.4-2023"])
    }

    fn row() -> impl Strategy<Value = ExcerptRow<'static>> {
        (any::<u16>(), [word(), word(), word(), word(), word(), word()], word(), word(), word()).prop_map(
            |(
                site,
                [category, class, name, standard_name, standard_number, clause],
                label,
                limits,
                remark,
            )| {
                ExcerptRow {
                    same: 0,
                    site,
                    label,
                    category,
                    class,
                    name,
                    standard_name,
                    standard_number,
                    clause,
                    limits,
                    remark,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_packed_is_read_again(rows in vec(row(), 0..EXCERPT_ROWS), day in prop::option::of(0..40_000), total: u32) {
            let day = day.map(|n| Day::from_number(n).unwrap());
            let excerpt = Excerpt {
                body_name: "示例检测有限公司",
                other_name: "",
                uscc: "91000000MA0000000X".into(),
                parent_name: "示例集团",
                first_issued_on: day,
                issued_on: None,
                kinds: "first".into(),
                effective: day,
                document: "示例许〔2026〕1号",
                total,
                sites: vec![ExcerptSite { name: "", address: "示例路1号" }],
                rows,
            };
            let bytes = excerpt.clone().pack();
            prop_assert_eq!(Excerpt::unpack(&bytes), Some(excerpt));
        }

        #[test]
        fn strange_bytes_are_refused_and_never_panic(bytes: Vec<u8>, version in 0..2u8) {
            let mut all = vec![version];
            all.extend(bytes);
            let read = Excerpt::unpack(&all);
            prop_assert!(version == VERSION || read.is_none());
        }
    }

    #[test]
    fn shared_texts_are_kept_once() {
        let long = "生活饮用水标准检验方法 第4部分：感官性状和物理指标";
        let rows = vec![ExcerptRow { standard_name: long, ..ExcerptRow::default() }; EXCERPT_ROWS];
        let size = |rows| {
            let none = Excerpt {
                body_name: "",
                other_name: "",
                uscc: "".into(),
                parent_name: "",
                first_issued_on: None,
                issued_on: None,
                kinds: "".into(),
                effective: None,
                document: "",
                total: 20,
                sites: Vec::new(),
                rows,
            };
            none.pack().len()
        };
        assert!(size(rows) < size(Vec::new()) + long.len() + 12 * EXCERPT_ROWS);
    }
}
