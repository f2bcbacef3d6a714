//! A list that goes out as CSV or xlsx, row by row: it is never whole in memory, however long.

use crate::pieces::Pieces;
use crate::{AppError, Result};
use rust_xlsxwriter::{Color, Format, Workbook, Worksheet};
use std::fs::File;
use std::io::{Read, Seek, Write};

/// Bytes that go out at a time.
const PIECE: usize = 64 << 10;
/// Rows of a sheet of xlsx, the header's included.
const MOST: u32 = 1_048_576;

/// The shape of a list that goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFormat {
    /// CSV, UTF-8 with BOM.
    Csv,
    /// A workbook; what one sheet cannot hold goes on in the next.
    Xlsx,
}

impl ListFormat {
    /// The format of a file ending.
    pub fn parse(ending: &str) -> Option<ListFormat> {
        [ListFormat::Csv, ListFormat::Xlsx].into_iter().find(|it| it.ending() == ending)
    }

    /// The file's ending.
    pub fn ending(self) -> &'static str {
        match self {
            ListFormat::Csv => "csv",
            ListFormat::Xlsx => "xlsx",
        }
    }
}

/// A list being written.
pub(crate) struct Listing {
    kind: Kind,
}

enum Kind {
    Csv(Pieces, Box<csv::Writer<Pieces>>),
    Xlsx(Box<Sheets>),
}

/// The sheets of a workbook, of which the last is written.
struct Sheets {
    book: Workbook,
    title: &'static str,
    head: Vec<&'static str>,
    last: usize,
    rows: u32,
}

impl Listing {
    /// A list with these columns. `title` names the sheet.
    pub(crate) fn begin(format: ListFormat, title: &'static str, head: Vec<&'static str>) -> Result<Listing> {
        let kind = match format {
            ListFormat::Csv => {
                let mut pieces = Pieces::default();
                pieces.write_all("\u{feff}".as_bytes()).map_err(failed)?;
                let mut csv = csv::Writer::from_writer(pieces.clone());
                csv.write_record(&head).map_err(failed)?;
                Kind::Csv(pieces, Box::new(csv))
            }
            ListFormat::Xlsx => {
                let mut sheets = Sheets { book: Workbook::new(), title, head, last: 0, rows: 0 };
                sheets.next()?;
                Kind::Xlsx(Box::new(sheets))
            }
        };
        Ok(Listing { kind })
    }

    /// One row.
    pub(crate) fn row<'c>(&mut self, cells: impl Iterator<Item = &'c str>) -> Result<()> {
        match &mut self.kind {
            Kind::Csv(_, csv) => {
                cells.map(harmless).try_for_each(|cell| csv.write_field(&*cell)).map_err(failed)?;
                csv.write_record(None::<&[u8]>).map_err(failed)
            }
            Kind::Xlsx(sheets) => sheets.row(cells),
        }
    }

    /// What can go out already, if it is worth a piece.
    pub(crate) fn ready(&mut self) -> Option<Vec<u8>> {
        match &self.kind {
            Kind::Csv(pieces, _) if pieces.waiting() >= PIECE => Some(pieces.take()),
            Kind::Csv(..) | Kind::Xlsx(_) => None,
        }
    }

    /// The rest, piece by piece.
    pub(crate) fn finish(self) -> Result<Box<dyn Iterator<Item = std::io::Result<Vec<u8>>> + Send>> {
        match self.kind {
            Kind::Csv(pieces, mut csv) => {
                csv.flush().map_err(failed)?;
                Ok(Box::new(std::iter::once(Ok(pieces.take()))))
            }
            Kind::Xlsx(mut sheets) => {
                let mut file = tempfile::tempfile().map_err(failed)?;
                sheets.book.save_to_writer(&file).map_err(failed)?;
                file.rewind().map_err(failed)?;
                Ok(Box::new(std::iter::from_fn(move || piece(&mut file).transpose())))
            }
        }
    }
}

/// The next bytes of a file; none at its end.
fn piece(file: &mut File) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = vec![0; PIECE];
    let n = file.read(&mut bytes)?;
    bytes.truncate(n);
    Ok((n > 0).then_some(bytes))
}

impl Sheets {
    fn next(&mut self) -> Result<()> {
        let sheet = self.book.add_worksheet_with_constant_memory().map_err(failed)?;
        let last = self.last + 1;
        let title = if last == 1 { self.title.to_owned() } else { format!("{}{last}", self.title) };
        sheet.set_name(title).map_err(failed)?;
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
        let head = Format::new().set_bold().set_background_color(Color::RGB(0x00EA_F2FB));
        for (column, label) in (0..).zip(&self.head) {
            sheet.set_column_width(column, 20.0).map_err(failed)?;
            sheet.write_string_with_format(0, column, *label, &head).map_err(failed)?;
        }
        (self.last, self.rows) = (last, 1);
        Ok(())
    }

    fn row<'c>(&mut self, cells: impl Iterator<Item = &'c str>) -> Result<()> {
        if self.rows == MOST {
            self.next()?;
        }
        let sheet: &mut Worksheet = self.book.worksheet_from_index(self.last - 1).map_err(failed)?;
        for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(self.rows, column, cell).map_err(failed)?;
        }
        self.rows += 1;
        Ok(())
    }
}

/// A file that cannot be written, with what to do.
pub(crate) fn failed(error: impl std::fmt::Display) -> AppError {
    AppError::refused(format!("导出文件写不进去：{error}"), "请检查磁盘空间和文件夹的写权限后重试。")
}

/// Spreadsheets run what begins like a formula in a CSV; a leading apostrophe makes it text.
pub(crate) fn harmless(value: &str) -> std::borrow::Cow<'_, str> {
    match value.as_bytes().first() {
        Some(b'=' | b'+' | b'-' | b'@') => format!("'{value}").into(),
        _ => value.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader};

    fn whole(mut list: Listing, rows: u32) -> Vec<u8> {
        let mut out = Vec::new();
        for n in 0..rows {
            list.row([n.to_string().as_str(), "", "=1+1"].into_iter()).unwrap();
            out.extend(list.ready().unwrap_or_default());
        }
        list.finish().unwrap().for_each(|piece| out.extend(piece.unwrap()));
        out
    }

    #[test]
    fn a_cell_that_begins_like_a_formula_is_made_text() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless("－1"), "－1");
        assert_eq!(harmless("示例"), "示例");
    }

    #[test]
    fn both_shapes_hold_every_row_and_run_no_formula() {
        let begin = |format| Listing::begin(format, "示例", vec!["甲", "乙", "丙"]).unwrap();
        let csv = String::from_utf8(whole(begin(ListFormat::Csv), 20_000)).unwrap();
        assert!(csv.starts_with("\u{feff}甲,乙,丙\n0,,'=1+1\n"), "{}", &csv[..40]);
        assert_eq!(csv.lines().count(), 20_001);
        let xlsx = std::io::Cursor::new(whole(begin(ListFormat::Xlsx), 3));
        let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(xlsx).unwrap();
        let sheet = book.worksheet_range("示例").unwrap();
        let text = |row, column| sheet.get_value((row, column)).cloned().unwrap_or(Data::Empty).to_string();
        assert_eq!((text(0, 2), text(3, 0), text(3, 2)), ("丙".into(), "2".into(), "=1+1".into()));
    }

    #[test]
    fn what_one_sheet_cannot_hold_goes_on_in_the_next() {
        let mut list = Listing::begin(ListFormat::Xlsx, "示例", vec!["甲"]).unwrap();
        let Kind::Xlsx(sheets) = &mut list.kind else { panic!("a workbook was asked for") };
        sheets.rows = MOST - 1;
        let out = whole(list, 2);
        let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(out)).unwrap();
        assert_eq!(book.sheet_names(), ["示例", "示例2"]);
        let second = book.worksheet_range("示例2").unwrap();
        assert_eq!(second.get_value((1, 0)).unwrap().to_string(), "1");
    }
}
