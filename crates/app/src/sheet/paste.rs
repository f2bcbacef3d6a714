//! Rows copied in a spreadsheet and pasted into the form: the clipboard gives them separated by tabs.

use super::book::{Book, Table};
use super::header::{self, Column};
use super::intake::Intake;
use super::separated::{self, CsvSource};
use super::{Limits, SheetError};
use domain::{DateSystem, Group};

/// Reads pasted rows of a group. With a header among them columns go by name, without one by the order of the
/// template from its field number `from` on, leaving out the column that names the certificate.
pub fn read_pasted(group: Group, from: usize, text: &str) -> Result<Book, SheetError> {
    let limits = Limits::web();
    let mut intake = Intake::new(&limits);
    separated::read(group.sheet(), CsvSource::Bytes(text.as_bytes()), Some(b'\t'), &mut intake)?;
    let grid = &intake.grids[0];
    if grid.len() == 0 {
        return Err(SheetError::Empty);
    }
    let found = header::find(grid, &intake.pool, Some(group)).filter(|header| header.columns.len() > 1);
    let width = (0..grid.len()).map(|i| grid.row(i).len()).max().unwrap_or(0);
    let (header_row, first, columns, unknown_headers) = match found {
        Some(header) => (grid.number(header.last) + 1, header.last + 1, header.columns, header.unknown),
        None => (0, 0, by_position(group, from, width), beyond(group, from, width)),
    };
    let filled = |i: &usize| grid.row(*i).iter().any(|cell| !cell.is_empty());
    let rows = (first..grid.len()).filter(filled).filter_map(|i| u32::try_from(i).ok()).collect();
    let table =
        Table { group, sheet: grid.name.clone(), header_row, columns, unknown_headers, grid: 0, rows };
    Ok(Book {
        tables: vec![table],
        problems: Vec::new(),
        date_system: DateSystem::Y1900,
        grids: intake.grids,
        pool: intake.pool,
    })
}

fn by_position(group: Group, from: usize, width: usize) -> Vec<Column> {
    let fields = group.fields().filter(|field| !header::is_owner(*field)).skip(from).take(width);
    let column =
        |(index, field): (u16, domain::Field)| Column { index, field, title: field.label().to_owned() };
    (0_u16..).zip(fields).map(column).collect()
}

/// Columns to the right of the last field, so that nothing pasted is dropped in silence.
fn beyond(group: Group, from: usize, width: usize) -> Vec<(u16, String)> {
    let known = by_position(group, from, width).len();
    (known..width).filter_map(|i| Some((u16::try_from(i).ok()?, format!("第 {} 列", i + 1)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Field, Raw};

    #[test]
    fn pasted_rows_go_by_header_or_by_position() {
        for text in
            ["项目/参数\t标准编号\n氨氮\tHJ 0000,1-2020\n", "\t1.10\t\t\t氨氮\t样例\tHJ 0000,1-2020\n"]
        {
            let book = read_pasted(Group::Capability, 0, text).unwrap();
            let rows: Vec<_> = book.rows(&book.tables[0]).collect();
            assert_eq!(rows.len(), 1);
            assert_eq!(rows[0].get(Field::Item).map(|(_, raw)| raw), Some(Raw::Text("氨氮")));
            assert_eq!(
                rows[0].get(Field::StandardNumber).map(|(_, raw)| raw),
                Some(Raw::Text("HJ 0000,1-2020"))
            );
        }
    }

    #[test]
    fn columns_beyond_the_last_field_are_named() {
        let book = read_pasted(Group::Site, 0, "本部\t主场所\t某路1号\t110101\t多余\n").unwrap();
        assert_eq!(book.tables[0].unknown_headers, [(4, "第 5 列".to_owned())]);
        let book = read_pasted(Group::Site, 2, "某路1号\t110101\t多余\n").unwrap();
        let fields: Vec<Field> = book.tables[0].columns.iter().map(|column| column.field).collect();
        assert_eq!(fields, [Field::SiteAddress, Field::SiteDivision], "from where it was pasted");
        assert_eq!(book.tables[0].unknown_headers, [(2, "第 3 列".to_owned())]);
        assert!(matches!(read_pasted(Group::Site, 0, " \n"), Err(SheetError::Empty)));
    }
}
