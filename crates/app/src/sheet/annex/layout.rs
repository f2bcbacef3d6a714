//! Where the columns of an official form are: by the pair of header and sub-header above them.

use super::super::grid::Grid;
use super::super::header;
use super::super::pool::Pool;
use super::text;
use domain::{Field, Group};

/// Rows searched for the header.
const SEARCHED_ROWS: u32 = 15;

/// A form's columns.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) group: Group,
    /// Indices of the first and last header row.
    pub(super) first: usize,
    pub(super) last: usize,
    /// Field of each understood column, with its title; two columns may share 职务/职称.
    pub(super) columns: Vec<(u16, Field, String)>,
    /// The outer 序号, which numbers bars and classes.
    pub(super) number: Option<u16>,
    /// The inner 序号 of items.
    pub(super) label: Option<u16>,
    pub(super) unknown: Vec<(u16, String)>,
}

impl Layout {
    /// The first column of a field.
    pub(super) fn column(&self, field: Field) -> Option<u16> {
        self.columns.iter().find(|(_, f, _)| *f == field).map(|(column, _, _)| *column)
    }

    fn has(&self, field: Field) -> bool {
        self.column(field).is_some()
    }

    /// Whether the columns are those of the form, and of no other.
    fn convincing(&self) -> bool {
        match self.group {
            Group::Capability => self.has(Field::Item) && self.has(Field::StandardName),
            Group::Instrument => self.has(Field::InstrumentName) && self.columns.len() >= 4,
            Group::Signatory => self.has(Field::SignatoryName) && self.has(Field::SignatoryField),
            Group::Staff => self.has(Field::StaffName) && self.columns.len() >= 4,
            Group::Certificate => {
                self.has(Field::BodyName) && self.columns.len() >= 4 && !self.has(Field::Kind)
            }
            Group::Site => false,
        }
    }
}

/// Looks for a form's header; merged header cells are filled already.
pub(super) fn find(grid: &Grid, pool: &Pool) -> Option<Layout> {
    // Instruments before capabilities: their form has all columns of the other. Signatories before staff likewise.
    let forms = [Group::Instrument, Group::Capability, Group::Signatory, Group::Staff, Group::Certificate];
    let mut best: Option<Layout> = None;
    for first in (0..grid.len()).take_while(|i| grid.number(*i) < SEARCHED_ROWS) {
        for last in [first, first + 1] {
            if last >= grid.len() || grid.number(last) - grid.number(first) > 1 {
                continue;
            }
            for group in forms {
                let layout = understand(grid, pool, group, (first, last));
                let better = best.as_ref().is_none_or(|b| layout.weight() > b.weight());
                if layout.convincing() && better {
                    best = Some(layout);
                }
            }
        }
    }
    best
}

impl Layout {
    fn weight(&self) -> usize {
        self.columns.len() + usize::from(self.label.is_some()) + usize::from(self.number.is_some())
    }
}

fn understand(grid: &Grid, pool: &Pool, group: Group, (first, last): (usize, usize)) -> Layout {
    let mut layout =
        Layout { group, first, last, columns: Vec::new(), number: None, label: None, unknown: Vec::new() };
    let width = grid.row(first).len().max(grid.row(last).len());
    for column in 0..u16::try_from(width).unwrap_or(0) {
        let at = |i: usize| text(pool.raw(grid.cell(i, usize::from(column))));
        let (upper, lower) = (at(first), if first == last { String::new() } else { at(last) });
        let lower = if lower == upper { String::new() } else { lower };
        let (upper, lower) = if upper.is_empty() { (lower, String::new()) } else { (upper, lower) };
        if upper.is_empty() || upper.len() > 300 {
            continue;
        }
        layout.take(column, &upper, &lower);
    }
    layout
}

impl Layout {
    fn take(&mut self, column: u16, upper: &str, lower: &str) {
        let (outer, inner) = (domain::header_key(upper), domain::header_key(lower));
        if outer == "序号" && inner.is_empty() {
            // The second 序号 of a form whose headers are not merged is the inner one.
            if self.number.is_none() {
                self.number = Some(column)
            } else {
                self.label = Some(column)
            }
            return;
        }
        if inner == "序号" {
            self.label = Some(column);
            return;
        }
        let title = if lower.is_empty() { upper.to_owned() } else { format!("{upper}/{lower}") };
        let both = self.group == Group::Signatory;
        match field(self.group, (&outer, &inner), (upper, lower)) {
            Some(field) if !self.has(field) || (both && field == Field::SignatoryTitle) => {
                self.columns.push((column, field, title));
            }
            _ if inner == "签名" => (),
            _ => self.unknown.push((column, title)),
        }
    }
}

/// The field under a pair of headers; keys are compared without width and blanks.
fn field(group: Group, (outer, inner): (&str, &str), (upper, lower): (&str, &str)) -> Option<Field> {
    let special = match group {
        Group::Capability => capability(outer, inner),
        Group::Instrument => instrument(outer, inner),
        Group::Signatory if outer == "姓名" && inner == "正体" => Some(Field::SignatoryName),
        Group::Signatory if inner == "签名" => return None,
        _ => None,
    };
    let joined = format!("{upper}{lower}");
    special
        .or_else(|| [joined.as_str(), lower, upper].into_iter().find_map(|title| header::field(group, title)))
}

fn capability(outer: &str, inner: &str) -> Option<Field> {
    if outer.starts_with("产品/项目/参数") {
        return (inner == "名称" || inner.is_empty()).then_some(Field::Item);
    }
    let starts = [
        ("类别", Field::Class),
        ("依据", Field::StandardName),
        ("限制", Field::Limits),
        ("说明", Field::CapabilityRemark),
        ("批准日期", Field::ApprovedOn),
    ];
    starts.into_iter().find(|(start, _)| outer.starts_with(start)).map(|(_, field)| field)
}

fn instrument(outer: &str, inner: &str) -> Option<Field> {
    if outer.starts_with("产品/项目/参数") {
        return (inner == "名称" || inner.is_empty()).then_some(Field::InstrumentItem);
    }
    if outer.starts_with("仪器设备") {
        return match inner {
            "名称" | "" => Some(Field::InstrumentName),
            _ => header::field(Group::Instrument, inner),
        };
    }
    let starts = [("类别", Field::InstrumentClass), ("依据", Field::InstrumentStandard)];
    starts.into_iter().find(|(start, _)| outer.starts_with(start)).map(|(_, field)| field)
}
