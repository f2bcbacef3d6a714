//! Figures as a file: a workbook with a sheet for each table and one that says what is counted, or CSV with the tables one below
//! the other.

use super::{Cell, FigureRow, FigureSheet, Figures};
use crate::listing::{failed, harmless};
use crate::{ListFormat, Result};
use rust_xlsxwriter::{Color, Format, Workbook, Worksheet, XlsxError};

/// Characters a workbook allows in the name of a sheet.
const NAME: usize = 31;

impl Figures {
    /// The tables as a file; counts are numbers in a workbook.
    ///
    /// # Errors
    /// A file that cannot be written, with what to do.
    pub fn file(&self, format: ListFormat) -> Result<Vec<u8>> {
        match format {
            ListFormat::Csv => self.csv(),
            ListFormat::Xlsx => self.book().map_err(failed),
        }
    }

    /// The name of the file, with its ending.
    pub fn file_name(&self, format: ListFormat) -> String {
        let measures = self.report.measures(self.whose);
        let measure = measures.contains(&self.measure).then(|| self.measure.label());
        let measure = measure.map(|it| format!("-{it}")).unwrap_or_default();
        format!("{}{measure}-{}-{}.{}", self.report.label(), self.of, self.to, format.ending())
    }

    fn csv(&self) -> Result<Vec<u8>> {
        let mut out = "\u{feff}".as_bytes().to_vec();
        let mut csv = csv::WriterBuilder::new().flexible(true).from_writer(&mut out);
        for (at, sheet) in self.sheets.iter().enumerate() {
            if at > 0 {
                csv.write_record([""]).map_err(failed)?;
            }
            csv.write_record(
                [harmless(&format!("{}（{}）", sheet.title, self.of))].iter().map(|it| it.as_bytes()),
            )
            .map_err(failed)?;
            csv.write_record(sheet.columns.iter().map(|it| it.label.as_str())).map_err(failed)?;
            for cells in lines(sheet) {
                csv.write_record(cells.iter().map(plain)).map_err(failed)?;
            }
        }
        csv.flush().map_err(failed)?;
        drop(csv);
        Ok(out)
    }

    fn book(&self) -> std::result::Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let head = Format::new().set_bold().set_background_color(Color::RGB(0x00EA_F2FB));
        for sheet in &self.sheets {
            let page = book.add_worksheet();
            page.set_name(name(&sheet.title))?;
            for (column, it) in (0..).zip(&sheet.columns) {
                page.set_column_width(column, if column == 0 { 24.0 } else { 13.0 })?;
                page.write_string_with_format(0, column, it.label.as_str(), &head)?;
            }
            page.set_freeze_panes(1, 1)?;
            for (line, cells) in (1..).zip(lines(sheet)) {
                for (column, cell) in (0..).zip(cells) {
                    put(page, line, column, cell)?;
                }
            }
        }
        self.definitions(book.add_worksheet())?;
        book.save_to_buffer()
    }

    /// What is counted, whose, and when.
    fn definitions(&self, page: &mut Worksheet) -> std::result::Result<(), XlsxError> {
        page.set_name("说明")?;
        page.set_column_width(0, 28.0)?;
        page.set_column_width(1, 100.0)?;
        let wrapped = Format::new().set_text_wrap();
        let mut lines: Vec<(String, String)> = vec![
            ("统计".into(), self.report.label().into()),
            ("范围".into(), self.of.clone()),
            ("截至".into(), self.to.to_string()),
        ];
        for sheet in &self.sheets {
            lines.push((sheet.title.clone(), sheet.definition.clone()));
            let rows = sheet.rows.iter().filter(|row| !row.definition.is_empty());
            lines.extend(rows.map(|row| (first(row), row.definition.to_owned())));
        }
        for (line, (label, text)) in (0..).zip(lines) {
            page.write_string(line, 0, label)?;
            page.write_string_with_format(line, 1, text, &wrapped)?;
        }
        Ok(())
    }
}

fn first(row: &FigureRow) -> String {
    row.cells.first().map(Cell::shown).unwrap_or_default()
}

/// The rows, and the sums below them.
fn lines(sheet: &FigureSheet) -> impl Iterator<Item = &Vec<Cell>> {
    sheet.rows.iter().map(|row| &row.cells).chain(&sheet.total)
}

/// Without separators: programs read it too.
fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Count(n) => n.to_string(),
        Cell::Change(n) => n.to_string(),
        Cell::Empty => String::new(),
        // Words alone can be a formula; what fell must stay a number.
        Cell::Text(text) => harmless(text).into_owned(),
        Cell::Share(_) => cell.shown(),
    }
}

fn put(page: &mut Worksheet, line: u32, column: u16, cell: &Cell) -> std::result::Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => {
            page.write_string(line, column, text)?;
        }
        Cell::Count(n) => {
            let grouped = Format::new().set_num_format("#,##0");
            page.write_number_with_format(line, column, *n as f64, &grouped)?;
        }
        Cell::Change(n) => {
            let signed = Format::new().set_num_format("+#,##0;-#,##0;0");
            page.write_number_with_format(line, column, *n as f64, &signed)?;
        }
        Cell::Share(tenths) => {
            let percent = Format::new().set_num_format("0.0%");
            page.write_number_with_format(line, column, f64::from(*tenths) / 1_000.0, &percent)?;
        }
    }
    Ok(())
}

/// The name of a sheet: short, and without what a workbook refuses.
fn name(title: &str) -> String {
    let kept = title.chars().map(|c| if "[]:*?/\\：".contains(c) { ' ' } else { c });
    kept.take(NAME).collect::<String>().trim().to_owned()
}
