//! Rows by field, written into a worksheet with the headers and cell kinds that people use.

use domain::{Day, Field, Group};
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};
use std::collections::HashMap;

/// One cell before it is written.
#[derive(Clone, Debug)]
pub enum Cell {
    /// Text, in a text-formatted cell.
    Text(String),
    /// A number, as Excel keeps what looks like one.
    Number(f64),
    /// A number shown in a format of its own.
    Shown(f64, &'static str),
    /// A day as Excel keeps days.
    Day(Day),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

/// A day in one of the four ways people write days (domain.md 3.6).
pub fn day(day: Day, style: usize) -> Cell {
    let (year, month, dom) = (day.year(), day.month(), day.dom());
    match style % 5 {
        0 | 1 => Cell::Day(day),
        2 => Cell::Text(format!("{year}/{month}/{dom}")),
        3 => Cell::Text(format!("{year}年{month:02}月{dom:02}日")),
        _ => Cell::Text(format!("{year}-{month:02}-{dom:02}")),
    }
}

/// The cells of one row.
#[derive(Clone, Debug, Default)]
pub struct Row(HashMap<Field, Cell>);

impl Row {
    /// Sets a cell.
    pub fn set(&mut self, field: Field, cell: impl Into<Cell>) -> &mut Row {
        self.0.insert(field, cell.into());
        self
    }

    /// Sets a cell unless the text is empty.
    pub fn some(&mut self, field: Field, text: &str) -> &mut Row {
        if text.is_empty() { self } else { self.set(field, text) }
    }

    /// Empties a cell.
    pub fn clear(&mut self, field: Field) -> &mut Row {
        self.0.remove(&field);
        self
    }

    /// What stands in a cell.
    pub fn get(&self, field: Field) -> Option<&Cell> {
        self.0.get(&field)
    }
}

/// One sheet of the demo's workbook.
pub struct Sheet {
    /// Which of the template's sheets.
    pub group: Group,
    /// The line above the header; empty for none.
    pub title: &'static str,
    /// Columns in the order and with the headers of this workbook.
    pub columns: &'static [(Field, &'static str)],
    /// The rows.
    pub rows: Vec<Row>,
}

impl Sheet {
    /// Adds the sheet to a workbook.
    pub fn write(&self, book: &mut Workbook) -> Result<(), XlsxError> {
        let formats = Formats::new();
        let sheet = book.add_worksheet().set_name(self.group.sheet())?;
        let mut top = 0;
        if !self.title.is_empty() {
            let last = self.columns.len() as u16 - 1;
            sheet.merge_range(0, 0, 0, last, self.title, &formats.title)?;
            top = 1;
        }
        for (column, (_, header)) in (0..).zip(self.columns) {
            sheet.write_with_format(top, column, *header, &formats.header)?;
            sheet.set_column_width(column, (header.chars().count() * 2 + 4).min(40) as f64)?;
        }
        sheet.set_freeze_panes(top + 1, 0)?;
        for (row, cells) in (top + 1..).zip(&self.rows) {
            for (column, (field, _)) in (0..).zip(self.columns) {
                if let Some(cell) = cells.get(*field) {
                    formats.write(sheet, row, column, cell)?;
                }
            }
        }
        Ok(())
    }
}

/// The formats a workbook shares.
pub struct Formats {
    /// Title lines.
    pub title: Format,
    /// Headers.
    pub header: Format,
    /// Text cells that wrap.
    pub text: Format,
    day: Format,
}

impl Formats {
    /// Borders, alignment and number formats as the forms in the field have them.
    pub fn new() -> Formats {
        let centred = Format::new()
            .set_align(FormatAlign::Center)
            .set_align(FormatAlign::VerticalCenter)
            .set_text_wrap();
        Formats {
            title: centred.clone().set_bold().set_font_size(14),
            header: centred.set_bold().set_background_color(Color::RGB(0x00E7_EFE9)),
            text: Format::new().set_num_format("@").set_text_wrap(),
            day: Format::new().set_num_format("yyyy\\-mm\\-dd"),
        }
    }

    /// Writes one cell.
    pub fn write(&self, sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) -> Result<(), XlsxError> {
        match cell {
            Cell::Text(text) => sheet.write_string_with_format(row, column, text, &self.text)?,
            Cell::Number(value) => sheet.write_number(row, column, *value)?,
            Cell::Shown(value, format) => {
                sheet.write_number_with_format(row, column, *value, &Format::new().set_num_format(*format))?
            }
            Cell::Day(day) => {
                let date = ExcelDateTime::from_ymd(day.year(), day.month(), day.dom())?;
                sheet.write_datetime_with_format(row, column, &date, &self.day)?
            }
        };
        Ok(())
    }
}
