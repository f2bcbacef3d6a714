//! A second opinion: calamine reads the same files, and where both find a text or a number they must agree.

use super::intake::Intake;
use super::{Limits, read_into};
use calamine::{Data, Reader};
use domain::Raw;
use std::path::Path;

#[test]
fn another_reader_reads_the_same_cells() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut compared = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() && !path.ends_with("encrypted.xlsx") {
            compared += compare(&path);
        }
    }
    assert!(compared > 300, "{compared}");
}

fn compare(path: &Path) -> usize {
    let limits = Limits::web();
    let mut intake = Intake::new(&limits);
    read_into("", &std::fs::read(path).unwrap(), &mut intake).unwrap();
    let mut other = calamine::open_workbook_auto(path).unwrap();
    let mut compared = 0;
    for grid in &intake.grids {
        let range = other.worksheet_range(&grid.name).unwrap();
        for i in 0..grid.len() {
            for (column, cell) in grid.row(i).iter().enumerate() {
                let theirs = range.get_value((grid.number(i), column as u32));
                let same = match (intake.pool.raw(*cell), theirs) {
                    (Some(Raw::Text(ours)), Some(Data::String(theirs))) => ours == theirs,
                    (Some(Raw::Number { value, .. }), Some(Data::Float(theirs))) => value == *theirs,
                    (Some(Raw::Number { value, .. }), Some(Data::Int(theirs))) => value == *theirs as f64,
                    (None, theirs) => {
                        theirs.is_none_or(|d| d.to_string().trim().is_empty() || matches!(d, Data::Error(_)))
                    }
                    _ => continue,
                };
                assert!(same, "{} {} row {i} column {column}: {theirs:?}", path.display(), grid.name);
                compared += 1;
            }
        }
    }
    compared
}
