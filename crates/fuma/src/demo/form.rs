//! A form of the field as it is drawn in a spreadsheet: bordered cells, merged both ways.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

/// The one look of all cells.
fn cell_format() -> Format {
    Format::new()
        .set_border(FormatBorder::Thin)
        .set_text_wrap()
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
}

/// A sheet and the one format its cells share.
pub struct Form<'b> {
    sheet: &'b mut Worksheet,
    format: Format,
}

impl<'b> Form<'b> {
    /// An empty form on a sheet.
    pub fn new(sheet: &'b mut Worksheet) -> Form<'b> {
        Form { sheet, format: cell_format() }
    }

    /// Text in one cell, or over rows and columns up to and with the last ones.
    pub fn text(
        &mut self,
        row: u32,
        column: u16,
        last_row: u32,
        last_column: u16,
        text: &str,
    ) -> Result<(), XlsxError> {
        if (row, column) == (last_row, last_column) {
            self.sheet.write_string_with_format(row, column, text, &self.format)?;
        } else {
            self.sheet.merge_range(row, column, last_row, last_column, text, &self.format)?;
        }
        Ok(())
    }

    /// A number, over several rows if need be, in the format General as Excel keeps it.
    pub fn number(&mut self, row: u32, column: u16, last_row: u32, value: f64) -> Result<(), XlsxError> {
        if row != last_row {
            self.sheet.merge_range(row, column, last_row, column, "", &self.format)?;
        }
        self.sheet.write_number_with_format(row, column, value, &self.format)?;
        Ok(())
    }

    /// The texts of one row from the first column on; empty ones are left out.
    pub fn row(&mut self, row: u32, texts: &[&str]) -> Result<(), XlsxError> {
        for (column, text) in (0..).zip(texts).filter(|(_, text)| !text.is_empty()) {
            self.text(row, column, row, column, text)?;
        }
        Ok(())
    }

    /// A header of two rows: each column spans both, or carries a second word below, or a shared word above.
    pub fn header(&mut self, row: u32, columns: &[(&str, &str)]) -> Result<(), XlsxError> {
        let mut column = 0;
        while column < columns.len() {
            let (above, below) = columns[column];
            let shared = columns[column..].iter().take_while(|(a, b)| *a == above && !b.is_empty()).count();
            let at = column as u16;
            if below.is_empty() {
                self.text(row, at, row + 1, at, above)?;
            } else {
                self.text(row, at, row, at + shared as u16 - 1, above)?;
                for (offset, (_, below)) in (0..).zip(&columns[column..column + shared]) {
                    self.text(row + 1, at + offset, row + 1, at + offset, below)?;
                }
            }
            column += shared.max(1);
        }
        Ok(())
    }
}
