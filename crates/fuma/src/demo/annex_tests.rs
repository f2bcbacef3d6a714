use super::*;
use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use std::io::Cursor;

#[test]
fn every_form_opens_and_begins_with_its_title() {
    for kind in AnnexKind::ALL {
        let bytes = annex_form(kind).unwrap();
        let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
        let range = book.worksheet_range("Sheet1").unwrap();
        let title = range.get((0, 0)).unwrap().to_string();
        assert!(title.chars().count() >= 6, "{kind:?}: {title}");
        assert!(range.height() >= 3, "{kind:?}");
        assert!(kind.file_name().contains("样张"));
    }
}

#[test]
fn the_tenth_item_is_kept_as_the_number_of_the_first() {
    let bytes = annex_form(AnnexKind::Application).unwrap();
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range("Sheet1").unwrap();
    let twice = range.rows().filter(|row| row[2] == Data::Float(2.1)).count();
    assert_eq!(twice, 2, "2.1 and 2.10");
}

#[test]
fn cells_are_merged_both_ways() {
    let bytes = annex_form(AnnexKind::Approved).unwrap();
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let merged = book.merge_cells_by_sheet_name("Sheet1").unwrap();
    assert!(merged.iter().any(|area| area.start.0 == area.end.0 && area.end.1 - area.start.1 >= 5), "bars");
    assert!(merged.iter().any(|area| area.start.1 == area.end.1 && area.end.0 - area.start.0 >= 2), "items");
}
