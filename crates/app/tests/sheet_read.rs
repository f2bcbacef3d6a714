//! What the readers say of files that other programs wrote (tests/fixtures/make).

use app::sheet::{Book, CsvSource, Limits, SheetError, assemble, read, read_csv_set};
use domain::{DateSystem, Day, Field, Group, Raw, RawRow, Severity};
use std::path::Path;

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).expect(name)
}

fn book(name: &str) -> Book {
    read(name, &fixture(name), &Limits::web()).expect(name)
}

fn rows<'b>(book: &'b Book, group: Group) -> Vec<RawRow<'b>> {
    let table = book.table(group).expect("the table is there");
    book.rows(table).collect()
}

fn get<'b>(row: &RawRow<'b>, field: Field) -> Option<Raw<'b>> {
    row.get(field).map(|(_, raw)| raw)
}

fn codes(book: &Book) -> Vec<&'static str> {
    book.problems.iter().map(|p| p.code).collect()
}

#[test]
fn one_workbook_in_three_formats_says_the_same() {
    for name in ["registry.xlsx", "registry.xls", "registry.ods"] {
        let book = book(name);
        assert_eq!(book.date_system, DateSystem::Y1900);
        assert_eq!(book.unknown_sheets, ["随手记"], "{name}");
        let certificates = rows(&book, Group::Certificate);
        let numbers: Vec<u32> = certificates.iter().map(|r| r.row).collect();
        assert_eq!(numbers, [4, 6, 7], "title, example and empty row are no data: {name}");
        let first = &certificates[0];
        assert_eq!(get(first, Field::BodyName), Some(Raw::Text("示例检测有限公司")), "{name}");
        assert_eq!(get(first, Field::Number), Some(Raw::Text("240112050001")));
        let day = Day::new(2024, 3, 5).unwrap();
        assert_eq!(get(first, Field::IssuedOn), Some(Raw::Day(day)), "{name}");
        assert_eq!(get(first, Field::ValidTo), Some(Raw::Text("2030年3月4日")), "{name}");
        assert_eq!(first.get(Field::IssuedOn).map(|(column, _)| column), Some(5));
        let second = &certificates[1];
        assert!(
            matches!(get(second, Field::Uscc), Some(Raw::Number { value, .. }) if value > 9e17),
            "{name}"
        );
        assert!(
            matches!(get(second, Field::IssuedOn), Some(Raw::Number { value, .. }) if value == 45356.0),
            "{name}"
        );
    }
}

#[test]
fn formulas_and_error_values_are_unreadable_not_empty() {
    let book = book("registry.xlsx");
    let third = &rows(&book, Group::Certificate)[2];
    for field in [Field::Uscc, Field::IssuedOn, Field::ValidTo] {
        assert!(matches!(get(third, field), Some(Raw::Unreadable(_))), "{field}: {:?}", get(third, field));
    }
    for name in ["registry.xls", "registry.ods"] {
        let book = self::book(name);
        let third = &rows(&book, Group::Certificate)[2];
        assert!(
            matches!(get(third, Field::Uscc), Some(Raw::Unreadable(_))),
            "{name}: {:?}",
            get(third, Field::Uscc)
        );
    }
}

#[test]
fn numbers_come_as_their_format_shows_them_and_merged_owners_are_filled_down() {
    for name in ["registry.xlsx", "registry.xls", "registry.ods"] {
        let book = book(name);
        let rows = rows(&book, Group::Capability);
        assert_eq!(rows.len(), 5, "{name}");
        assert!(matches!(get(&rows[0], Field::Label), Some(Raw::Number { value: 1.9, .. })));
        assert_eq!(get(&rows[1], Field::Label), Some(Raw::Number { value: 1.1, shown: "1.10" }), "{name}");
        for row in &rows[..3] {
            assert_eq!(get(row, Field::CapabilityOf), Some(Raw::Text("240112050001")), "{name}");
        }
        assert_eq!(get(&rows[3], Field::CapabilityOf), Some(Raw::Number { value: 2.0, shown: "" }), "{name}");
    }
}

#[test]
fn columns_are_found_by_alias_and_the_missing_ones_named_once() {
    let book = book("registry.xlsx");
    let table = book.table(Group::Capability).unwrap();
    assert_eq!(table.sheet, "检验检测能力");
    assert_eq!(table.column(Field::StandardNumber), Some(4));
    let certificate = book.table(Group::Certificate).unwrap();
    assert_eq!(certificate.unknown_headers, [(7, "内部备注".to_owned())]);
    let missing: Vec<_> = book.problems.iter().filter(|p| p.code == "columns_missing").collect();
    assert_eq!(missing.len(), 2);
    assert!(missing[0].message.contains("决定文号") && missing[0].severity == Severity::Error);
}

#[test]
fn the_1904_date_system_is_kept() {
    let book = book("mac1904.xlsx");
    assert_eq!(book.date_system, DateSystem::Y1904);
    let row = &rows(&book, Group::Certificate)[0];
    assert_eq!(get(row, Field::IssuedOn), Some(Raw::Day(Day::new(2024, 3, 5).unwrap())));
    assert!(matches!(get(row, Field::ValidTo), Some(Raw::Number { value: 44000.0, .. })));
}

#[test]
fn a_set_of_csv_files_is_a_workbook() {
    let certificates = "序号,业务类型,机构名称\n1,首次,示例检测有限公司\n";
    let capabilities = encoding_rs::GB18030.encode("对应证书;项目/参数;标准名称\n1;氨氮;水质样例\n").0;
    let files = [
        ("证书.csv", CsvSource::Bytes(certificates.as_bytes())),
        ("导出2024.csv", CsvSource::Bytes(&capabilities)),
    ];
    let book = read_csv_set(&files, &Limits::web()).unwrap();
    assert_eq!(
        book.tables.iter().map(|t| t.group).collect::<Vec<_>>(),
        [Group::Certificate, Group::Capability]
    );
    assert_eq!(get(&rows(&book, Group::Capability)[0], Field::Item), Some(Raw::Text("氨氮")));
    assert!(codes(&book).contains(&"columns_missing"));
}

#[test]
fn two_sheets_of_one_kind_are_refused() {
    let text = "序号,业务类型,机构名称\n1,首次,示例\n";
    let files =
        [("证书.csv", CsvSource::Bytes(text.as_bytes())), ("机构.csv", CsvSource::Bytes(text.as_bytes()))];
    let error = read_csv_set(&files, &Limits::web()).unwrap_err();
    assert!(matches!(error, SheetError::Twice { .. }), "{error}");
}

#[test]
fn rows_go_to_the_certificate_they_name() {
    let book = book("registry.xlsx");
    let assembly = assemble(&book);
    let counts: Vec<usize> = assembly.entries.iter().map(|e| e.raw(&book).capabilities.len()).collect();
    assert_eq!(counts, [3, 1, 0], "by number, by the number 2 for the text 2, by none");
    let first = assembly.entries[0].raw(&book);
    assert_eq!(first.head.row, 4);
    assert_eq!(first.absent, [Group::Site, Group::Signatory, Group::Instrument, Group::Staff]);
    let third = assembly.entries[2].raw(&book);
    assert!(third.absent.contains(&Group::Capability), "a sheet without its rows says nothing of it");
    let lost: Vec<_> = assembly.problems.iter().map(|p| (p.code, p.place.row, p.value.as_str())).collect();
    assert_eq!(lost, [("certificate_unknown", 6, "9")]);
}

#[test]
fn a_mark_used_twice_is_a_problem_at_its_second_place() {
    let text = "序号,业务类型,证书编号\n1,首次,240112050001\n１,首次,240112050002\n3,首次,240112050001\n";
    let book = read("证书.csv", text.as_bytes(), &Limits::web()).unwrap();
    let problems = assemble(&book).problems;
    let found: Vec<_> = problems.iter().map(|p| (p.code, p.place.row, p.place.column)).collect();
    assert_eq!(found, [("key_twice", 3, Some(0)), ("number_twice", 4, Some(2))]);
}

#[test]
fn texts_that_go_on_in_the_next_record_are_whole() {
    let book = book("continued.xls");
    let names = rows(&book, Group::Certificate);
    assert_eq!(names.len(), 300);
    for (i, row) in (1..).zip(&names) {
        let expected = match i % 3 {
            0 => format!("Sample testing body no. {i} with a long Latin name"),
            _ => format!("示例检测{i}号有限公司"),
        };
        assert_eq!(get(row, Field::BodyName), Some(Raw::Text(&expected)));
        assert_eq!(get(row, Field::ValidTo), Some(Raw::Day(Day::new(2024, 3, 5).unwrap())));
    }
}
