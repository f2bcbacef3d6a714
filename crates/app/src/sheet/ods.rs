//! OpenDocument spreadsheets, streamed. The shown text of a number is in the file, so 1.10 comes as it was seen.

use super::SheetError;
use super::grid::Area;
use super::guard::Package;
use super::intake::Intake;
use super::pool::{Cell, NO_RESULT};
use super::xlsx::yes_no;
use super::xml::{MOST, Xml, attribute, number, push, push_reference, reader};
use domain::{DateSystem, Day, Raw};
use quick_xml::events::{BytesStart, Event};
use std::io::{BufRead, Read};

/// A few bytes in the file may stand for any number of blanks; more than a cell may hold are not made.
const MOST_BLANKS: usize = 4_000;

/// Reads all sheets.
pub(super) fn read(mut package: Package<'_>, intake: &mut Intake<'_>) -> Result<DateSystem, SheetError> {
    if let Some(manifest) = package.part("META-INF/manifest.xml")? {
        let mut text = String::new();
        // A list of a few parts; what it says of encryption stands at its beginning.
        let read = manifest.take(MOST as u64).read_to_string(&mut text);
        read.map_err(|error| super::error::from_io(&error))?;
        if text.contains("encryption-data") {
            return Err(SheetError::Encrypted);
        }
    }
    let Some(part) = package.part("content.xml")? else {
        return Err(SheetError::broken("缺少 content.xml"));
    };
    let mut document = Document { xml: reader(part), row: 0, column: 0, in_table: false };
    document.read(intake)?;
    // Days are written as days; the date system matters only for bare numbers.
    Ok(DateSystem::Y1900)
}

struct Document<R> {
    xml: Xml<R>,
    row: u32,
    column: u32,
    in_table: bool,
}

/// A cell as its tag and text say it.
struct Found {
    kind: String,
    value: Option<String>,
    formula: bool,
    text: String,
}

impl<R: BufRead> Document<R> {
    fn read(&mut self, intake: &mut Intake<'_>) -> Result<(), SheetError> {
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match self.xml.read_event_into(&mut buffer)? {
                Event::Start(e) => match e.name().as_ref() {
                    "table:table" => {
                        intake.begin(&attribute(&e, "name").unwrap_or_default());
                        (self.row, self.in_table) = (0, true);
                    }
                    "table:table-row" if self.in_table => {
                        let repeat = number(&e, "number-rows-repeated").unwrap_or(1);
                        self.read_row(repeat, intake)?;
                    }
                    // A sheet inside a cell or a drawing is none of the workbook's.
                    "table:shapes" => skip(&mut self.xml, "table:shapes")?,
                    _ => (),
                },
                Event::Empty(e) if e.name().as_ref() == "table:table-row" => {
                    self.row = self.row.saturating_add(number(&e, "number-rows-repeated").unwrap_or(1));
                }
                Event::End(e) if e.name().as_ref() == "table:table" => self.in_table = false,
                Event::End(e) if e.name().as_ref() == "office:document-content" => return Ok(()),
                Event::Eof => return Err(SheetError::Truncated),
                _ => (),
            }
        }
    }

    fn read_row(&mut self, repeat: u32, intake: &mut Intake<'_>) -> Result<(), SheetError> {
        self.column = 0;
        let mut row: Vec<(u32, u32, Cell)> = Vec::new();
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            let (element, open) = match self.xml.read_event_into(&mut buffer)? {
                Event::Start(e) => (e, true),
                Event::Empty(e) => (e, false),
                Event::End(e) if e.name().as_ref() == "table:table-row" => break,
                Event::Eof => return Err(SheetError::Truncated),
                _ => continue,
            };
            let covered = element.name().as_ref() == "table:covered-table-cell";
            if !covered && element.name().as_ref() != "table:table-cell" {
                continue;
            }
            let columns = number(&element, "number-columns-repeated").unwrap_or(1);
            let mut found = self.tag(&element, intake);
            if open {
                found.text = cell_text(&mut self.xml, element.name().as_ref())?;
            }
            if !covered && (!found.text.trim().is_empty() || found.value.is_some() || found.formula) {
                let cell = put(intake, self.row, self.column, &found)?;
                row.push((self.column, columns, cell));
                repeat_cell(intake, self.row, (self.column + 1, columns.saturating_sub(1), cell))?;
            }
            self.column = self.column.saturating_add(columns);
        }
        if !row.is_empty() {
            for copy in 1..repeat {
                for cells in &row {
                    repeat_cell(intake, self.row.saturating_add(copy), *cells)?;
                }
            }
        }
        self.row = self.row.saturating_add(repeat);
        Ok(())
    }

    fn tag(&self, element: &BytesStart<'_>, intake: &mut Intake<'_>) -> Found {
        let right = number(element, "number-columns-spanned").unwrap_or(1).max(1);
        let down = number(element, "number-rows-spanned").unwrap_or(1).max(1);
        if right.max(down) > 1
            && let Some(grid) = intake.grids.last_mut()
        {
            let (top, left) = (self.row, self.column);
            let (bottom, right) = (top.saturating_add(down - 1), left.saturating_add(right - 1));
            grid.merges.push(Area { top, left, bottom, right });
        }
        let values = ["date-value", "boolean-value", "string-value", "time-value"];
        // `value` stands for the plain number; `value-type` comes twice, the younger name space knows errors.
        let error = element
            .attributes()
            .with_checks(false)
            .flatten()
            .any(|a| a.key.as_ref() == "calcext:value-type" && a.value == "error");
        let kind = if error {
            "error".into()
        } else {
            attribute(element, "value-type").unwrap_or_default().into_owned()
        };
        let value =
            attribute(element, "value").or_else(|| values.iter().find_map(|name| attribute(element, name)));
        Found {
            kind,
            value: value.map(|v| v.into_owned()),
            formula: attribute(element, "formula").is_some(),
            text: String::new(),
        }
    }
}

fn repeat_cell(
    intake: &mut Intake<'_>,
    row: u32,
    (column, columns, cell): (u32, u32, Cell),
) -> Result<(), SheetError> {
    (0..columns).try_for_each(|i| intake.put_cell(row, column.saturating_add(i), cell))
}

fn put(intake: &mut Intake<'_>, row: u32, column: u32, found: &Found) -> Result<Cell, SheetError> {
    let value = found.value.as_deref().unwrap_or(&found.text);
    let raw = match found.kind.as_str() {
        "error" => Raw::Unreadable(found.text.trim()),
        "float" | "percentage" | "currency" => match value.trim().parse::<f64>() {
            Ok(number) => Raw::Number { value: number, shown: shown(number, found.text.trim()) },
            Err(_) => Raw::Text(value),
        },
        "date" => day(value).map_or(Raw::Text(value), Raw::Day),
        "boolean" => Raw::Text(yes_no(value.eq_ignore_ascii_case("true"))),
        "string" => Raw::Text(value),
        _ if found.formula && found.text.is_empty() => Raw::Unreadable(NO_RESULT),
        _ => Raw::Text(&found.text),
    };
    intake.put(row, column, raw)
}

/// The shown text, where it says more than the value: 1.10, 010010.
fn shown(value: f64, text: &str) -> &str {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    let same = text.parse::<f64>().is_ok_and(|n| (n - value).abs() <= value.abs() * 1e-9 + 1e-9);
    if plain && same && text != value.to_string() { text } else { "" }
}

fn day(text: &str) -> Option<Day> {
    let mut parts = text.get(..10)?.split('-');
    let year = parts.next()?.parse().ok()?;
    let (month, dom) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Day::new(year, month, dom).ok()
}

fn skip(xml: &mut Xml<impl BufRead>, name: &str) -> Result<(), SheetError> {
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer)? {
            Event::End(e) if e.name().as_ref() == name => return Ok(()),
            Event::Eof => return Err(SheetError::Truncated),
            _ => (),
        }
    }
}

/// The paragraphs of a cell, without its notes and drawings.
fn cell_text(xml: &mut Xml<impl BufRead>, cell: &str) -> Result<String, SheetError> {
    let mut text = String::new();
    let (mut paragraphs, mut in_paragraph) = (0, false);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match xml.read_event_into(&mut buffer)? {
            Event::Start(e) => match e.name().as_ref() {
                "text:p" => {
                    if paragraphs > 0 {
                        text.push('\n');
                    }
                    (paragraphs, in_paragraph) = (paragraphs + 1, true);
                }
                name @ ("office:annotation" | "draw:frame" | "table:table") => {
                    let name = name.to_owned();
                    skip(xml, &name)?;
                }
                _ => (),
            },
            Event::Empty(e) => match e.name().as_ref() {
                "text:s" if text.len() < MOST_BLANKS => {
                    let blanks = number(&e, "c").unwrap_or(1) as usize;
                    text.extend(std::iter::repeat_n(' ', blanks.min(MOST_BLANKS)));
                }
                "text:tab" => text.push('\t'),
                "text:line-break" => text.push('\n'),
                "text:p" if paragraphs > 0 => text.push('\n'),
                _ => (),
            },
            Event::End(e) => match e.name().as_ref() {
                "text:p" => in_paragraph = false,
                name if name == cell => return Ok(text),
                _ => (),
            },
            Event::Text(t) if in_paragraph => push(&mut text, &t.xml10_content())?,
            Event::CData(t) if in_paragraph => push(&mut text, &t)?,
            Event::GeneralRef(r) if in_paragraph => push_reference(&mut text, &r)?,
            Event::Eof => return Err(SheetError::Truncated),
            _ => (),
        }
    }
}
