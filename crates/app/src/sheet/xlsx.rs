//! Office Open XML workbooks, streamed: one pass over each sheet, texts straight into the pool.

use super::SheetError;
use super::format::Format;
use super::grid::Area;
use super::guard::Package;
use super::intake::Intake;
use super::pool::NO_RESULT;
use super::xlsx_parts::{
    Shared, main_part, read_text, relations, shared_strings, styles, unescaped, workbook,
};
use super::xml::{Xml, attribute, number, push, push_reference, reader};
use domain::{DateSystem, Day, Raw};
use quick_xml::events::{BytesStart, Event};
use std::io::BufRead;

/// Reads all sheets.
pub(super) fn read(mut package: Package<'_>, intake: &mut Intake<'_>) -> Result<DateSystem, SheetError> {
    let main = main_part(&mut package)?;
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let workbook = workbook(&mut package, &main)?;
    let relations = relations(&mut package, &folder, &main)?;
    let target = |kind: &str| relations.values().find(|(k, _)| k == kind).map(|(_, t)| t.clone());
    let styles = match target("styles") {
        Some(path) => styles(&mut package, &path)?,
        None => Vec::new(),
    };
    let shared = match target("sharedStrings") {
        Some(path) => shared_strings(&mut package, &path, intake)?,
        None => Vec::new(),
    };
    for (name, id) in &workbook.sheets {
        let Some((kind, path)) = relations.get(id) else { continue };
        if kind != "worksheet" {
            continue;
        }
        let Some(part) = package.part(path)? else { return Err(SheetError::broken("缺少工作表")) };
        intake.begin(name);
        let mut sheet = SheetReader {
            xml: reader(part),
            shared: &shared,
            styles: &styles,
            dates: workbook.dates,
            buffer: Vec::new(),
            text: String::new(),
        };
        sheet.read(intake)?;
    }
    Ok(workbook.dates)
}

struct SheetReader<'s, R> {
    xml: Xml<R>,
    shared: &'s [Shared],
    styles: &'s [Format],
    dates: DateSystem,
    buffer: Vec<u8>,
    text: String,
}

/// What the start tag of a cell says.
struct CellTag {
    row: u32,
    column: u32,
    style: usize,
    kind: CellKind,
}

#[derive(Clone, Copy, PartialEq)]
enum CellKind {
    Number,
    Shared,
    Text,
    Bool,
    Error,
    Iso,
}

impl<R: BufRead> SheetReader<'_, R> {
    fn read(&mut self, intake: &mut Intake<'_>) -> Result<(), SheetError> {
        let (mut row, mut column) = (0_u32, 0_u32);
        let mut buffer = std::mem::take(&mut self.buffer);
        loop {
            buffer.clear();
            match self.xml.read_event_into(&mut buffer)? {
                Event::Start(e) => match e.local_name().as_ref() {
                    "row" => (row, column) = (number(&e, "r").map_or(row, |r| r.saturating_sub(1)), 0),
                    "c" => {
                        let tag = cell_tag(&e, row, column);
                        column = tag.column.saturating_add(1);
                        self.cell(&tag, intake)?;
                    }
                    _ => (),
                },
                Event::Empty(e) => match e.local_name().as_ref() {
                    "c" => column = cell_tag(&e, row, column).column.saturating_add(1),
                    "row" => row = number(&e, "r").unwrap_or(row.saturating_add(1)),
                    "mergeCell" => merge(&e, intake),
                    _ => (),
                },
                Event::End(e) => match e.local_name().as_ref() {
                    "row" => row = row.saturating_add(1),
                    "worksheet" => return Ok(()),
                    _ => (),
                },
                Event::Eof => return Err(SheetError::Truncated),
                _ => (),
            }
        }
    }

    fn cell(&mut self, tag: &CellTag, intake: &mut Intake<'_>) -> Result<(), SheetError> {
        self.text.clear();
        let (mut in_value, mut formula) = (false, false);
        loop {
            self.buffer.clear();
            match self.xml.read_event_into(&mut self.buffer)? {
                Event::Start(e) => match e.local_name().as_ref() {
                    "v" => in_value = true,
                    "is" => read_text(&mut self.xml, "is", &mut self.text)?,
                    "f" => formula = true,
                    _ => (),
                },
                Event::Empty(e) if e.local_name().as_ref() == "f" => formula = true,
                Event::End(e) => match e.local_name().as_ref() {
                    "v" => in_value = false,
                    "c" => break,
                    _ => (),
                },
                Event::Text(t) if in_value => push(&mut self.text, &t.xml10_content())?,
                Event::CData(t) if in_value => push(&mut self.text, &t)?,
                Event::GeneralRef(r) if in_value => push_reference(&mut self.text, &r)?,
                Event::Eof => return Err(SheetError::Truncated),
                _ => (),
            }
        }
        // A text formula may well have an empty result; a number has digits.
        if formula && self.text.is_empty() && tag.kind != CellKind::Text {
            return intake.put(tag.row, tag.column, Raw::Unreadable(NO_RESULT)).map(drop);
        }
        self.take(tag, intake)
    }

    fn take(&self, tag: &CellTag, intake: &mut Intake<'_>) -> Result<(), SheetError> {
        let text = self.text.as_str();
        let (row, column) = (tag.row, tag.column);
        if text.is_empty() {
            return Ok(());
        }
        let shown;
        let raw = match tag.kind {
            CellKind::Shared => match text.trim().parse::<usize>().ok().and_then(|i| self.shared.get(i)) {
                Some(Shared::Cell(cell)) => return intake.put_cell(row, column, *cell),
                Some(Shared::Long(kept, count)) => {
                    return intake.put_cut(row, column, kept, *count).map(drop);
                }
                None => return Err(SheetError::broken("共享字符串")),
            },
            CellKind::Text => {
                shown = unescaped(text);
                Raw::Text(&shown)
            }
            CellKind::Bool => Raw::Text(yes_no(matches!(text.trim(), "1" | "true"))),
            CellKind::Error => Raw::Unreadable(text),
            CellKind::Iso => Raw::Text(text.get(..10).unwrap_or(text)),
            CellKind::Number => match text.trim().parse::<f64>() {
                Ok(value) => {
                    let format = self.styles.get(tag.style).copied().unwrap_or_default();
                    return put_number(intake, (row, column), value, format, self.dates);
                }
                Err(_) => Raw::Text(text),
            },
        };
        intake.put(row, column, raw).map(drop)
    }
}

/// A number, or the day it stands for.
pub(super) fn put_number(
    intake: &mut Intake<'_>,
    (row, column): (u32, u32),
    value: f64,
    format: Format,
    dates: DateSystem,
) -> Result<(), SheetError> {
    if format == Format::Date
        && let Ok(day) = Day::from_serial(value, dates)
    {
        return intake.put(row, column, Raw::Day(day)).map(drop);
    }
    intake.put(row, column, Raw::Number { value, shown: &format.shown(value) }).map(drop)
}

/// A truth value as people here write it.
pub(super) fn yes_no(value: bool) -> &'static str {
    if value { "是" } else { "否" }
}

fn cell_tag(element: &BytesStart<'_>, row: u32, column: u32) -> CellTag {
    let mut tag = CellTag { row, column, style: 0, kind: CellKind::Number };
    let mut attributes = element.attributes();
    for attribute in attributes.with_checks(false).flatten() {
        match attribute.key.as_ref() {
            "r" => {
                if let Some((row, column)) = address(&attribute.value) {
                    (tag.row, tag.column) = (row, column);
                }
            }
            "s" => tag.style = attribute.value.parse().unwrap_or(0),
            "t" => {
                tag.kind = match &*attribute.value {
                    "s" => CellKind::Shared,
                    "str" | "inlineStr" => CellKind::Text,
                    "b" => CellKind::Bool,
                    "e" => CellKind::Error,
                    "d" => CellKind::Iso,
                    _ => CellKind::Number,
                }
            }
            _ => (),
        }
    }
    tag
}

/// "B12" as 0-based (11, 1).
fn address(text: &str) -> Option<(u32, u32)> {
    let split = text.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = text.split_at(split);
    let column = letters.bytes().try_fold(0_u32, |n, b| {
        let digit = u32::from(b.to_ascii_uppercase()).checked_sub(64).filter(|d| (1..=26).contains(d))?;
        n.checked_mul(26)?.checked_add(digit)
    })?;
    Some((digits.parse::<u32>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

fn merge(element: &BytesStart<'_>, intake: &mut Intake<'_>) {
    let Some(range) = attribute(element, "ref") else { return };
    let Some((from, to)) = range.split_once(':') else { return };
    if let (Some((top, left)), Some((bottom, right)), Some(grid)) =
        (address(from), address(to), intake.grids.last_mut())
    {
        grid.merges.push(Area { top, left, bottom, right });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_spreadsheets_write_them() {
        assert_eq!(address("A1"), Some((0, 0)));
        assert_eq!(address("AA10"), Some((9, 26)));
        for bad in ["", "A", "1", "A0", "é1", "AAAAAAAAAAAA1"] {
            assert_eq!(address(bad), None, "{bad}");
        }
    }
}
