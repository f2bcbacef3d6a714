//! The tables of the open data: their columns, once, and their rows as CSV and NDJSON.

use domain::{Day, VerdictWord};
use std::borrow::Cow;
use store::open_rows::{OfScope, OfSite, Shown};

/// What the rows of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OpenSubject {
    /// 证书: one row a certificate.
    Certificates,
    /// 场所: the places of these.
    Sites,
    /// 检测能力: the rows of their annexes.
    Capabilities,
}

impl OpenSubject {
    /// All, in the order of the page.
    pub const ALL: [OpenSubject; 3] =
        [OpenSubject::Certificates, OpenSubject::Sites, OpenSubject::Capabilities];

    /// The word in names.
    pub fn key(self) -> &'static str {
        match self {
            OpenSubject::Certificates => "certificates",
            OpenSubject::Sites => "sites",
            OpenSubject::Capabilities => "capabilities",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            OpenSubject::Certificates => "证书",
            OpenSubject::Sites => "场所",
            OpenSubject::Capabilities => "检测能力",
        }
    }

    /// The subject of a key.
    pub fn parse(key: &str) -> Option<OpenSubject> {
        OpenSubject::ALL.into_iter().find(|it| it.key() == key)
    }
}

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenFormat {
    /// RFC 4180, UTF-8 with its mark, so that spreadsheets open it.
    Csv,
    /// A JSON object a line.
    Ndjson,
}

impl OpenFormat {
    /// Both.
    pub const ALL: [OpenFormat; 2] = [OpenFormat::Csv, OpenFormat::Ndjson];

    /// The word in names.
    pub fn key(self) -> &'static str {
        match self {
            OpenFormat::Csv => "csv",
            OpenFormat::Ndjson => "ndjson",
        }
    }
}

/// A column: its name, its name in Chinese, and what stands in it.
#[derive(Clone, Copy, Debug)]
pub struct OpenColumn {
    /// In headers and keys.
    pub name: &'static str,
    /// For people.
    pub label: &'static str,
    /// What stands in it; may be empty.
    pub hint: &'static str,
}

const fn column(name: &'static str, label: &'static str, hint: &'static str) -> OpenColumn {
    OpenColumn { name, label, hint }
}

const CERTIFICATES: &[OpenColumn] = &[
    column(
        "op",
        "操作",
        "put：这张证书现在如此；remove：不再公开，请删除（只有 number 有值）。快照中都是 put",
    ),
    column("number", "证书编号", "主键"),
    column("body_name", "机构名称", ""),
    column("other_name", "机构第二名称", ""),
    column("uscc", "统一社会信用代码", "18 位；没有独立代码的机构为空"),
    column("parent_name", "所属法人单位", "非独立法人的机构才有"),
    column("parent_uscc", "所属法人单位统一社会信用代码", ""),
    column("authority", "资质认定部门代号", "index.json 的 authorities 中有名称"),
    column("authority_name", "资质认定部门", ""),
    column("domain", "领域代码", "两位"),
    column("industry", "行业代码", "两位"),
    column("food", "是否食品", "true / false"),
    column("address", "地址", ""),
    column("division", "行政区划代码", "6 位"),
    column("first_issued_on", "首次发证日期", "YYYY-MM-DD，下同"),
    column("issued_on", "发证日期", ""),
    column("valid_from", "有效期起", ""),
    column("valid_to", "有效期至", "当天仍有效"),
    column(
        "status",
        "状态",
        "valid、not_yet_valid、expired、suspended、revoked、withdrawn、cancelled、voided、superseded；以数据日期当天为准",
    ),
    column(
        "status_name",
        "状态名称",
        "有效、尚未生效、已过期、已暂停、已撤销、已撤回、已注销、已吊销、已换证",
    ),
    column("status_from", "状态起始日期", "暂停、撤销、注销等自哪一天起；有效、过期的为空"),
    column("status_document", "状态决定文号", ""),
    column("edition", "版本", "每次变更加 1"),
    column("edition_from", "版本起始日期", ""),
    column("kinds", "本版业务类型", "如 首次、扩项、复查换证"),
    column("previous", "被替换的证书编号", "复查换证的才有"),
    column("successor", "替换它的证书编号", ""),
    column("capabilities", "检测能力条数", ""),
];

const SITES: &[OpenColumn] = &[
    column("number", "证书编号", ""),
    column("site", "场所号", "证书内不变；每张证书的第一行是主场所"),
    column("name", "场所名称", ""),
    column("address", "场所地址", ""),
    column("division", "行政区划代码", "6 位"),
];

const CAPABILITIES: &[OpenColumn] = &[
    column("number", "证书编号", ""),
    column("row", "行号", "从 1 起，按附表顺序；变更后会重排"),
    column("label", "原附表序号", "与附表印出的序号不同的才有"),
    column("site", "场所号", "见场所文件"),
    column("category", "大类", ""),
    column("class", "类别", ""),
    column("name", "产品/项目/参数", ""),
    column("standard_name", "标准名称", ""),
    column("standard_number", "标准编号", "含年号"),
    column("clause", "条款", ""),
    column("limits", "限制范围", ""),
    column("remark", "说明", ""),
    column("approved_on", "批准日期", ""),
    column("food", "是否食品", "true / false"),
];

/// The columns of a subject's files, in their order; those of every format and release.
pub fn columns(subject: OpenSubject) -> &'static [OpenColumn] {
    match subject {
        OpenSubject::Certificates => CERTIFICATES,
        OpenSubject::Sites => SITES,
        OpenSubject::Capabilities => CAPABILITIES,
    }
}

/// A value of a row; empty text and nothing are the same.
pub enum Cell<'a> {
    Text(Cow<'a, str>),
    Number(u64),
    Flag(bool),
    Nothing,
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Cell<'a> {
        if text.is_empty() { Cell::Nothing } else { Cell::Text(text.into()) }
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        if text.is_empty() { Cell::Nothing } else { Cell::Text(text.into()) }
    }
}

impl From<Option<Day>> for Cell<'_> {
    fn from(day: Option<Day>) -> Self {
        day.map_or(Cell::Nothing, |day| Cell::Text(day.to_string().into()))
    }
}

/// A certificate on a day, in the columns of its file. `word` is what it is that day.
pub fn certificate<'a>(it: &'a Shown, authority_name: &'a str, word: VerdictWord, day: Day) -> Vec<Cell<'a>> {
    let (head, face) = (&it.head, &it.face);
    let uscc = face.uscc.map(|it| it.to_string()).unwrap_or_default();
    let parent = face.parent.as_ref();
    let parent_uscc = parent.and_then(|it| it.uscc).map(|it| it.to_string()).unwrap_or_default();
    let held = head.status.since().filter(|since| *since <= day);
    let document = head.status.act().filter(|_| held.is_some()).map_or("", |act| act.document.as_str());
    vec![
        "put".into(),
        head.number.as_str().into(),
        face.body_name.as_str().into(),
        face.other_name.as_str().into(),
        uscc.into(),
        parent.map_or("", |it| it.name.as_str()).into(),
        parent_uscc.into(),
        head.authority.0.to_string().into(),
        authority_name.into(),
        head.domain.to_string().into(),
        head.industry.to_string().into(),
        Cell::Flag(head.food),
        face.address.as_str().into(),
        face.division.map(String::from).unwrap_or_default().into(),
        face.first_issued_on.into(),
        face.issued_on.into(),
        Some(head.valid_from).into(),
        Some(head.valid_to).into(),
        word.key().into(),
        word.label().into(),
        held.into(),
        document.into(),
        Cell::Number(head.edition.into()),
        Some(it.effective).into(),
        face.kinds.to_string().into(),
        it.previous.as_deref().unwrap_or_default().into(),
        it.successor.as_deref().unwrap_or_default().into(),
        Cell::Number(it.capabilities.into()),
    ]
}

/// A certificate that is no longer shown.
pub fn removed(number: &str) -> Vec<Cell<'_>> {
    let mut row = vec!["remove".into(), number.into()];
    row.resize_with(CERTIFICATES.len(), || Cell::Nothing);
    row
}

/// A place.
pub fn site<'a>(number: &'a str, it: &'a OfSite) -> Vec<Cell<'a>> {
    vec![
        number.into(),
        Cell::Number(it.site_no.unsigned_abs()),
        it.site.name.as_str().into(),
        it.site.address.as_str().into(),
        it.site.division.map(String::from).unwrap_or_default().into(),
    ]
}

/// A row of an annex, the n-th of its certificate.
pub fn capability<'a>(number: &'a str, n: u64, it: &'a OfScope) -> Vec<Cell<'a>> {
    let (row, item) = (&it.capability, &it.capability.item);
    vec![
        number.into(),
        Cell::Number(n),
        row.label.as_str().into(),
        Cell::Number(it.site_no.unsigned_abs()),
        item.category.as_str().into(),
        item.class.as_str().into(),
        item.name.as_str().into(),
        item.standard_name.as_str().into(),
        item.standard_number.as_str().into(),
        item.clause.as_str().into(),
        row.limits.as_str().into(),
        row.remark.as_str().into(),
        row.approved_on.into(),
        Cell::Flag(row.food),
    ]
}

/// What stands before the rows.
pub fn header(format: OpenFormat, subject: OpenSubject) -> Vec<u8> {
    match format {
        OpenFormat::Csv => {
            let names: Vec<&str> = columns(subject).iter().map(|it| it.name).collect();
            format!("\u{FEFF}{}\r\n", names.join(",")).into_bytes()
        }
        OpenFormat::Ndjson => Vec::new(),
    }
}

/// Writes a row.
pub fn write(format: OpenFormat, subject: OpenSubject, row: &[Cell<'_>], out: &mut Vec<u8>) {
    match format {
        OpenFormat::Csv => csv(row, out),
        OpenFormat::Ndjson => ndjson(columns(subject), row, out),
    }
}

fn csv(row: &[Cell<'_>], out: &mut Vec<u8>) {
    for (at, cell) in row.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        match cell {
            Cell::Text(text) if text.contains([',', '"', '\r', '\n']) => {
                out.push(b'"');
                out.extend(text.replace('"', "\"\"").as_bytes());
                out.push(b'"');
            }
            Cell::Text(text) => out.extend(text.as_bytes()),
            Cell::Number(number) => out.extend(number.to_string().as_bytes()),
            Cell::Flag(flag) => out.extend(flag.to_string().as_bytes()),
            Cell::Nothing => {}
        }
    }
    out.extend(b"\r\n");
}

fn ndjson(columns: &[OpenColumn], row: &[Cell<'_>], out: &mut Vec<u8>) {
    for (at, (column, cell)) in columns.iter().zip(row).enumerate() {
        out.extend(if at == 0 { &b"{\""[..] } else { b",\"" });
        out.extend(column.name.as_bytes());
        out.extend(b"\":");
        match cell {
            // A text is always valid JSON once it is escaped; what could fail is the writing, and memory does not.
            Cell::Text(text) => serde_json::to_writer(&mut *out, text).unwrap_or(()),
            Cell::Number(number) => out.extend(number.to_string().as_bytes()),
            Cell::Flag(flag) => out.extend(flag.to_string().as_bytes()),
            Cell::Nothing => out.extend(b"null"),
        }
    }
    out.extend(b"}\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_the_same_in_both_formats_whatever_its_texts_hold() {
        let texts = ["甲,乙", "say \"x\"", "two\nlines", "", "-", "=1+1", "　"];
        let row: Vec<Cell<'_>> = texts[..5].iter().map(|text| (*text).into()).collect();
        let (mut csv_out, mut json_out) = (header(OpenFormat::Csv, OpenSubject::Sites), Vec::new());
        write(OpenFormat::Csv, OpenSubject::Sites, &row, &mut csv_out);
        write(OpenFormat::Ndjson, OpenSubject::Sites, &row, &mut json_out);
        assert!(csv_out.starts_with("\u{FEFF}number,site,name,address,division\r\n".as_bytes()));
        let mut reader = ::csv::Reader::from_reader(&csv_out[3..]);
        let read: Vec<String> = reader.records().next().unwrap().unwrap().iter().map(str::to_owned).collect();
        let json: serde_json::Value = serde_json::from_slice(&json_out).unwrap();
        for ((column, text), cell) in columns(OpenSubject::Sites).iter().zip(texts).zip(read) {
            assert_eq!(cell, text);
            assert_eq!(json[column.name].as_str().unwrap_or_default(), text, "{}", column.name);
        }
    }

    #[test]
    fn a_row_has_as_many_cells_as_its_file_has_columns_and_no_name_comes_twice() {
        assert_eq!(removed("1").len(), CERTIFICATES.len());
        for subject in OpenSubject::ALL {
            let mut names: Vec<_> = columns(subject).iter().map(|it| it.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), columns(subject).len());
            assert_eq!(OpenSubject::parse(subject.key()), Some(subject));
        }
    }
}
