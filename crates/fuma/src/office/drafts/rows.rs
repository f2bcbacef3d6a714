//! The rows of a group as a table of inputs, a hundred at a time, and back from what was posted.

use app::{Form, FormRow};
use domain::{Field, Group, Need, Problem, Shape};
use std::collections::BTreeMap;

/// Rows on a page: a browser stays quick, whatever the annex holds.
pub const PAGE: usize = 100;
/// Empty rows to type into at the end of the last page.
const BLANK: usize = 3;

/// How a cell is typed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellInput {
    /// One line.
    Line,
    /// Several lines.
    Lines,
    /// One of a list; the value is its own label.
    Choice(Vec<String>),
}

/// A column of the table.
#[derive(Clone, Debug)]
pub struct ColumnView {
    /// What people read.
    pub label: &'static str,
    /// Marked with a star.
    pub required: bool,
    /// Class of its width.
    pub width: &'static str,
    /// What to type, or empty.
    pub hint: &'static str,
}

/// A cell of the table.
#[derive(Clone, Debug)]
pub struct CellView {
    /// Name in the form.
    pub name: String,
    /// What stands in it.
    pub value: String,
    /// How it is typed in.
    pub input: CellInput,
    /// What people read of its column.
    pub label: &'static str,
    /// Whether a problem is about it.
    pub wrong: bool,
    /// Whether it names a site, of which a list is offered.
    pub site: bool,
}

/// A row of the table.
#[derive(Clone, Debug)]
pub struct RowView {
    /// 1-based place among all rows of the group.
    pub n: usize,
    /// Name of its box 删除.
    pub drop: String,
    /// Cells in the order of the columns.
    pub cells: Vec<CellView>,
    /// What is wrong in it.
    pub errors: Vec<String>,
}

/// One page of the rows of a group.
#[derive(Clone, Debug)]
pub struct RowsView {
    /// Key of the group: id of the table and prefix of its names.
    pub key: &'static str,
    /// Its sheet's name.
    pub title: &'static str,
    /// Columns.
    pub columns: Vec<ColumnView>,
    /// Rows, blank ones at the end of the last page.
    pub rows: Vec<RowView>,
    /// Rows of the group in all.
    pub total: usize,
    /// This page, from 1.
    pub page: usize,
    /// Pages in all.
    pub pages: usize,
    /// Rows before this page.
    pub offset: usize,
    /// Stored rows on this page.
    pub shown: usize,
    /// Whether they may be edited.
    pub editable: bool,
    /// Names of the sites.
    pub sites: Vec<String>,
}

fn columns(group: Group) -> impl Iterator<Item = Field> {
    group.fields().filter(|field| field.key() != "certificate")
}

impl RowsView {
    /// Page `page` of the rows of `group`; `problems` mark its rows.
    pub fn new(form: &Form, group: Group, page: usize, editable: bool, problems: &[Problem]) -> RowsView {
        let all = form.rows(group);
        let pages = all.len().div_ceil(PAGE).max(1);
        let page = page.clamp(1, pages);
        let offset = (page - 1) * PAGE;
        let here = all.get(offset..all.len().min(offset + PAGE)).unwrap_or_default();
        let blank = if editable && page == pages { BLANK } else { 0 };
        let none = FormRow::new();
        let rows = here.iter().chain(std::iter::repeat_n(&none, blank));
        RowsView {
            key: group.key(),
            title: group.sheet(),
            columns: columns(group).map(column).collect(),
            rows: rows
                .enumerate()
                .map(|(i, row)| row_view(group, (i, offset + i + 1), row, problems))
                .collect(),
            total: all.len(),
            page,
            pages,
            offset,
            shown: here.len(),
            editable,
            sites: form.sites.iter().filter_map(|s| s.get(Field::SiteName.key()).cloned()).collect(),
        }
    }
}

fn column(field: Field) -> ColumnView {
    let width = match field.shape() {
        Shape::Text(300..) => "w-l",
        Shape::Text(100..) => "w-m",
        Shape::YesNo | Shape::Choice(_) => "w-c",
        Shape::Text(_) | Shape::Day | Shape::Code | Shape::Digits(_) => "w-s",
    };
    ColumnView { label: field.label(), required: field.need() == Need::Must, width, hint: field.hint() }
}

fn row_view(group: Group, (i, n): (usize, usize), row: &FormRow, problems: &[Problem]) -> RowView {
    let about = |p: &&Problem| p.place.group == group && p.place.row as usize == n && p.stops();
    let of: Vec<&Problem> = problems.iter().filter(about).collect();
    let cells = columns(group).map(|field| {
        let value = row.get(field.key()).cloned().unwrap_or_default();
        CellView {
            name: format!("{}.{i}.{}", group.key(), field.key()),
            input: input(field, &value),
            value,
            label: field.label(),
            wrong: of.iter().any(|p| p.place.field == Some(field)),
            site: group != Group::Site && field.key() == "site",
        }
    });
    RowView {
        n,
        drop: format!("{}.{i}.drop", group.key()),
        cells: cells.collect(),
        errors: of.iter().map(|p| format!("{}。{}", p.message, p.hint)).collect(),
    }
}

fn input(field: Field, value: &str) -> CellInput {
    let list = |words: &[&str]| {
        let mut all: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
        if !value.is_empty() && words.iter().all(|w| *w != value) {
            all.push(value.to_owned());
        }
        CellInput::Choice(all)
    };
    match field.shape() {
        Shape::YesNo => list(&["是", "否"]),
        Shape::Choice(words) => list(words),
        Shape::Text(300..) => CellInput::Lines,
        Shape::Text(_) | Shape::Day | Shape::Code | Shape::Digits(_) => CellInput::Line,
    }
}

/// Puts what was posted for one page of rows into the form: `offset` rows stand before it and `shown` were on it. Rows
/// marked for removal and empty ones are gone afterwards.
pub fn put(form: &mut Form, group: Group, (offset, shown): (usize, usize), posted: &[(String, String)]) {
    let prefix = format!("{}.", group.key());
    let mut rows: BTreeMap<usize, FormRow> = BTreeMap::new();
    let mut dropped = Vec::new();
    for (name, value) in posted {
        let Some((n, key)) = name.strip_prefix(&prefix).and_then(|rest| rest.split_once('.')) else {
            continue;
        };
        let Ok(n) = n.parse::<usize>() else { continue };
        let row = rows.entry(n).or_default();
        if key == "drop" {
            dropped.push(n);
        } else if Field::of_key(group, key).is_some() && !value.trim().is_empty() {
            row.insert(key.to_owned(), typed(value));
        }
    }
    let kept = rows.into_iter().filter(|(n, row)| !dropped.contains(n) && !bare(row)).map(|(_, row)| row);
    let kept: Vec<FormRow> = kept.collect();
    if let Some(all) = form.rows_mut(group) {
        let from = offset.min(all.len());
        let to = (offset + shown).min(all.len());
        all.splice(from..to, kept);
    }
}

/// A value as typed, line ends as we keep them.
pub fn typed(value: &str) -> String {
    value.replace("\r\n", "\n").trim().to_owned()
}

/// Whether nothing was typed into a row.
fn bare(row: &FormRow) -> bool {
    row.values().all(|value| value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str) -> FormRow {
        FormRow::from([("name".to_owned(), name.to_owned())])
    }

    fn posted(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn a_page_of_rows_is_replaced_and_the_other_pages_stay() {
        let mut form = Form { sites: (0..205).map(|n| row(&n.to_string())).collect(), ..Form::default() };
        let view = RowsView::new(&form, Group::Site, 2, true, &[]);
        assert_eq!((view.pages, view.offset, view.shown, view.rows.len()), (3, 100, 100, 100));
        let pairs = posted(&[
            ("sites.0.name", "甲"),
            ("sites.1.name", "乙"),
            ("sites.1.drop", "1"),
            ("sites.2.name", " "),
            ("sites.10.name", "丙"),
            ("sites.3.evil", "x"),
            ("staff.0.name", "丁"),
        ]);
        put(&mut form, Group::Site, (100, 100), &pairs);
        let names: Vec<&str> = form.sites.iter().map(|r| r["name"].as_str()).collect();
        assert_eq!(names.len(), 107);
        assert_eq!(names[98..104], ["98", "99", "甲", "丙", "200", "201"]);
        assert!(form.staff.is_empty());
    }

    #[test]
    fn the_last_page_has_room_to_type() {
        let form = Form { sites: (0..100).map(|n| row(&n.to_string())).collect(), ..Form::default() };
        assert_eq!(RowsView::new(&form, Group::Site, 1, true, &[]).rows.len(), 103);
        assert_eq!(RowsView::new(&form, Group::Site, 1, false, &[]).rows.len(), 100);
    }
}
