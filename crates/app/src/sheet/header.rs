//! Which sheet is which, and which column is which field: by names and aliases, never by position.

use super::grid::Grid;
use super::pool::Pool;
use domain::{Field, Group, Place, Problem, Raw, Severity};

/// Rows searched for the header; titles and remarks may stand above it.
const SEARCHED_ROWS: u32 = 10;
/// A sheet without a known name must show so many known headers to be taken for one of ours.
const CONVINCING: usize = 3;

/// Other names under which the sheets are known.
fn sheet_aliases(group: Group) -> &'static [&'static str] {
    match group {
        Group::Certificate => {
            &["证书信息", "证书表", "资质认定证书", "机构信息", "机构", "certificate", "certificates"]
        }
        Group::Site => &["场所信息", "场所表", "检验检测场所", "地点", "site", "sites"],
        Group::Capability => {
            &["能力", "能力表", "检验检测能力", "能力附表", "检验检测能力表", "capability", "capabilities"]
        }
        Group::Signatory => &["签字人", "授权签字人表", "授权签字人信息", "signatory", "signatories"],
        Group::Instrument => &[
            "设备",
            "仪器",
            "仪器设备表",
            "仪器设备配置表",
            "仪器设备（标准物质）",
            "instrument",
            "instruments",
        ],
        Group::Staff => &["人员信息", "人员表", "检验检测人员", "检验检测人员表", "staff"],
    }
}

/// Sheets and columns that the template and the annotated workbook add; they are no input.
pub(super) const SUMMARY_SHEET: &str = "错误汇总";
/// As [`SUMMARY_SHEET`].
pub(super) const GUIDE_SHEET: &str = "填写说明";
/// As [`SUMMARY_SHEET`].
pub(super) const CODES_SHEET: &str = "代码表";
/// As [`SUMMARY_SHEET`].
pub(super) const PROBLEM_COLUMN: &str = "错误说明";

/// Whether a sheet is one that we added ourselves.
pub(super) fn is_ours(sheet: &str) -> bool {
    matches!(sheet.trim(), SUMMARY_SHEET | GUIDE_SHEET | CODES_SHEET)
}

/// The group a sheet's or file's name says.
pub(super) fn group_of_name(name: &str) -> Option<Group> {
    let key = domain::header_key(name);
    let is = |other: &str| domain::header_key(other) == key;
    Group::ALL.into_iter().find(|g| is(g.sheet()) || sheet_aliases(*g).iter().any(|a| is(a)))
}

/// A column that is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// 0-based place in the sheet.
    pub index: u16,
    /// What it holds.
    pub field: Field,
    /// Its header as written.
    pub title: String,
}

/// Where the header stands and what it says.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) group: Group,
    /// Index of the last non-empty row that belongs to the header.
    pub(super) last: usize,
    pub(super) columns: Vec<Column>,
    /// Headers nobody knows, and second columns for one field.
    pub(super) unknown: Vec<(u16, String)>,
    pub(super) twice: Vec<(u16, String)>,
}

/// Looks for the header of one of our sheets.
pub(super) fn find(grid: &Grid, pool: &Pool, named: Option<Group>) -> Option<Header> {
    let groups: Vec<Group> = named.map_or_else(|| Group::ALL.to_vec(), |group| vec![group]);
    let mut best: Option<Header> = None;
    let rows = (0..grid.len()).take_while(|i| grid.number(*i) < SEARCHED_ROWS);
    for first in rows {
        for last in [first, first + 1] {
            if last > first && !follows(grid, first, last) {
                continue;
            }
            let titles = titles(grid, pool, first, last);
            for group in &groups {
                let header = understand(&titles, *group, last);
                // A later row or another sheet must be better, not as good.
                if best.as_ref().is_none_or(|b| header.columns.len() > b.columns.len()) {
                    best = Some(header);
                }
            }
        }
    }
    let enough = if named.is_some() { 1 } else { CONVINCING };
    best.filter(|header| header.columns.len() >= enough)
}

fn follows(grid: &Grid, first: usize, last: usize) -> bool {
    last < grid.len() && grid.number(last) == grid.number(first) + 1
}

/// Column by column: what the header could be called, best first.
fn titles(grid: &Grid, pool: &Pool, first: usize, last: usize) -> Vec<(u16, Vec<String>)> {
    let text = |i: usize, column: usize| match pool.raw(grid.cell(i, column)) {
        Some(Raw::Text(text)) => text.trim().to_owned(),
        _ => String::new(),
    };
    let width = grid.row(first).len().max(grid.row(last).len());
    let mut found = Vec::new();
    for column in 0..width {
        let (upper, lower) = (text(first, column), text(last, column));
        let names = if first == last || upper == lower {
            vec![upper]
        } else {
            vec![format!("{upper}{lower}"), lower, upper]
        };
        if let (Ok(index), true) = (u16::try_from(column), names.iter().any(|n| !n.is_empty())) {
            found.push((index, names));
        }
    }
    found
}

fn understand(titles: &[(u16, Vec<String>)], group: Group, last: usize) -> Header {
    let mut header = Header { group, last, columns: Vec::new(), unknown: Vec::new(), twice: Vec::new() };
    for (index, names) in titles {
        let known = names.iter().find_map(|name| Some((field(group, name)?, name)));
        match known {
            Some((field, title)) if header.columns.iter().any(|c| c.field == field) => {
                header.twice.push((*index, title.clone()));
            }
            Some((field, title)) => {
                header.columns.push(Column { index: *index, field, title: title.clone() })
            }
            None => {
                let title = names.iter().find(|n| !n.is_empty()).cloned().unwrap_or_default();
                if domain::header_key(&title) != PROBLEM_COLUMN {
                    header.unknown.push((*index, title));
                }
            }
        }
    }
    header
}

/// The field a header names; a remark in brackets behind it does not matter: 性别(男性/女性).
pub(super) fn field(group: Group, title: &str) -> Option<Field> {
    if title.is_empty() || title.len() > 300 {
        return None;
    }
    Field::of_header(group, title).or_else(|| {
        let short = title.split(['(', '（', '\n']).next().unwrap_or_default();
        (short.len() < title.len()).then(|| Field::of_header(group, short)).flatten()
    })
}

/// What is odd about a header: at most one problem of each sort.
pub(super) fn problems(header: &Header, row: u32, sheet: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    let place = Place::row(header.group, row);
    let mut listed = |code, columns: &[(u16, String)], message: &str, hint: &str| {
        if columns.is_empty() {
            return;
        }
        let names: Vec<&str> = columns.iter().take(20).map(|(_, name)| name.as_str()).collect();
        let more = if columns.len() > 20 { format!(" 等 {} 列", columns.len()) } else { String::new() };
        found.push(Problem {
            severity: Severity::Warning,
            place: Place { column: Some(columns[0].0), ..place },
            code,
            value: String::new(),
            message: format!("工作表“{sheet}”{message}：{}{more}", names.join("、")),
            hint: hint.to_owned(),
        });
    };
    listed(
        "columns_unknown",
        &header.unknown,
        "有不认识的列，内容不导入",
        "需要导入的，把列名改成模板中的列名",
    );
    listed("columns_twice", &header.twice, "有重复的列，只取靠左的一列", "删除或改名多余的列");
    found
}

/// The column that names a row's certificate.
pub(super) fn is_owner(field: Field) -> bool {
    use Field::{CapabilityOf, InstrumentOf, SignatoryOf, SiteOf, StaffOf};
    matches!(field, SiteOf | CapabilityOf | SignatoryOf | InstrumentOf | StaffOf)
}
