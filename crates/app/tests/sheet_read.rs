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
        let unknown = book.problems.iter().filter(|p| p.code == "sheet_unknown");
        assert_eq!(unknown.map(|p| p.value.as_str()).collect::<Vec<_>>(), ["随手记"], "{name}");
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
    let mut book = book("registry.xlsx");
    let assembly = assemble(&mut book).expect("there is room");
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
fn a_mark_used_twice_is_a_problem_at_each_of_its_places() {
    let text = "序号,业务类型,证书编号\n1,首次,240112050001\n１,首次,240112050002\n3,首次,240112050001\n";
    let mut book = read("证书.csv", text.as_bytes(), &Limits::web()).unwrap();
    let problems = assemble(&mut book).expect("there is room").problems;
    let found: Vec<_> = problems.iter().map(|p| (p.code, p.place.row, p.place.column)).collect();
    let (key, number) = ("key_twice", "number_twice");
    assert_eq!(found, [(key, 2, Some(0)), (key, 3, Some(0)), (number, 2, Some(2)), (number, 4, Some(2))]);
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

/// Two sheets as CSV files.
fn set(certificates: &str, capabilities: &str) -> Book {
    let files = [
        ("证书.csv", CsvSource::Bytes(certificates.as_bytes())),
        ("检测能力.csv", CsvSource::Bytes(capabilities.as_bytes())),
    ];
    read_csv_set(&files, &Limits::web()).expect("a set of sheets")
}

#[test]
fn rows_that_name_a_mark_of_two_certificates_go_to_neither() {
    let mut book = set(
        "序号,业务类型,机构名称\n5,存量,甲公司\n5,存量,乙公司\n6,存量,丙公司\n",
        "对应证书,项目/参数\n5,甲\n5,乙\n6,丙\n",
    );
    let assembly = assemble(&mut book).expect("there is room");
    let counts: Vec<usize> = assembly.entries.iter().map(|e| e.raw(&book).capabilities.len()).collect();
    assert_eq!(counts, [0, 0, 1]);
    let told: Vec<_> = assembly.problems.iter().map(|p| (p.code, p.place.row)).collect();
    assert_eq!(told, [("key_twice", 2), ("key_twice", 3)]);
    assert_eq!(assembly.problems[0].message, "序号“5”与第 3 行重复");
}

/// Labels of all capabilities after grouping.
fn labels(book: &mut Book) -> (Vec<String>, Vec<(u32, String)>) {
    let assembly = assemble(book).expect("there is room");
    let text = |raw: Option<Raw<'_>>| match raw {
        Some(Raw::Text(text)) => text.to_owned(),
        Some(Raw::Number { value, shown: "" }) => value.to_string(),
        Some(Raw::Number { shown, .. }) => shown.to_owned(),
        _ => String::new(),
    };
    let labels = rows(book, Group::Capability).iter().map(|row| text(get(row, Field::Label))).collect();
    let told = assembly.problems.iter().filter(|p| p.code == "label_restored");
    (labels, told.map(|p| (p.place.row, p.message.clone())).collect())
}

#[test]
fn a_label_that_lost_its_zero_is_read_by_its_order_one_notice_a_certificate() {
    // Two certificates whose rows stand among each other, two sites, food apart, and a class that begins anew.
    let mut text = "对应证书,序号,类别,项目/参数,场所名称,是否食品\n".to_owned();
    let mut real = Vec::new();
    for n in 1..=21 {
        for (of, site, food) in [("1", "", "否"), ("2", "", "否"), ("1", "东区", "否"), ("1", "", "是")]
        {
            real.push(format!("1.{n}"));
            let stored = format!("1.{n}").parse::<f64>().unwrap();
            text.push_str(&format!("{of},{stored},水,项目{n},{site},{food}\n"));
        }
    }
    for _ in 0..2 {
        real.push("1.1".to_owned());
        text.push_str("2,1.1,气,项目,,否\n");
    }
    let mut book = set("序号,业务类型\n1,首次\n2,首次\n", &text);
    let (read, told) = labels(&mut book);
    assert_eq!(read, real);
    let rows: Vec<u32> = told.iter().map(|(row, _)| *row).collect();
    assert_eq!(rows, [38, 39], "{told:?}");
    assert_eq!(told[0].1, "序号“1.1”按前后顺序理解为“1.10”，本证书的序号中共有6处");
    let (again, quiet) = labels(&mut book);
    assert_eq!((again, quiet.len()), (real, 0));
}

#[test]
fn labels_of_a_workbook_that_are_text_or_have_a_format_stay_as_they_are() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let two = rust_xlsxwriter::Format::new().set_num_format("0.0");
    for (name, head) in [("证书", ["序号", "业务类型"]), ("检测能力", ["对应证书", "序号"])]
    {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name).unwrap();
        sheet.write_row(0, 0, head).unwrap();
        sheet.write(1, 0, 1).unwrap();
        if name == "证书" {
            sheet.write(1, 1, "首次").unwrap();
            continue;
        }
        for (row, label) in (1..).zip([1.9, 1.1, 1.11, 1.19, 1.2]) {
            sheet.write(row, 0, 1).unwrap();
            sheet.write(row, 1, label).unwrap();
        }
        for row in [6, 7] {
            sheet.write(row, 0, 1).unwrap();
        }
        sheet.write(6, 1, "1.2").unwrap();
        sheet.write_with_format(7, 1, 1.2, &two).unwrap();
    }
    let bytes = workbook.save_to_buffer().unwrap();
    let mut book = read("表.xlsx", &bytes, &Limits::web()).unwrap();
    let (read, told) = labels(&mut book);
    assert_eq!(read, ["1.9", "1.10", "1.11", "1.19", "1.20", "1.2", "1.2"]);
    assert_eq!(told.len(), 1);
}

#[test]
fn a_quote_without_its_fellow_is_told_where_it_stands() {
    let head = "序号,业务类型,证书编号,机构名称,备注\n";
    let rows = "1,首次,,甲,\"\n2,首次,,乙,\n3,首次,,丙,\n";
    let book = read("证书.csv", format!("{head}{rows}").as_bytes(), &Limits::web()).unwrap();
    let open = book.problems.iter().find(|p| p.code == "quote_open").unwrap();
    assert!(open.stops() && open.place.row == 2, "{open:?}");
    let book =
        read("证书.csv", format!("{head}{rows}4,首次,,丁,\"\n5,首次,,戊,\n").as_bytes(), &Limits::web());
    let book = book.unwrap();
    assert!(book.problems.iter().all(|p| p.code != "quote_open"));
    let lines = book.problems.iter().find(|p| p.code == "lines_swallowed").unwrap();
    assert_eq!(
        (lines.severity, lines.place.row, lines.place.field),
        (Severity::Warning, 2, Some(Field::Remark))
    );
    let honest = format!("{head}1,首次,,甲,\"一行\n又一行，也是\"\n2,首次,,乙,\n");
    let book = read("证书.csv", honest.as_bytes(), &Limits::web()).unwrap();
    assert!(
        book.problems.iter().all(|p| !matches!(p.code, "quote_open" | "lines_swallowed")),
        "{:?}",
        book.problems
    );
}

#[test]
fn columns_that_old_certificates_lack_stop_no_file_of_nothing_else() {
    let missing = |kind: &str, head: &str| {
        let book = set(
            &format!("序号,业务类型,{head}\n1,{kind},示例\n2,存量,示例\n"),
            "对应证书,项目/参数\n1,氨氮\n",
        );
        let of = book.problems.into_iter().filter(|p| p.code == "columns_missing");
        of.map(|p| (p.severity, p.place.group, p.message)).collect::<Vec<_>>()
    };
    let old = missing("存量", "机构名称");
    let severities: Vec<_> = old.iter().map(|(severity, group, _)| (*severity, *group)).collect();
    let (error, warning) = (Severity::Error, Severity::Warning);
    assert_eq!(
        severities,
        [(error, Group::Certificate), (warning, Group::Certificate), (warning, Group::Capability)]
    );
    assert_eq!(old[0].2, "工作表“证书”缺少必填列：有效期至");
    assert!(old[1].2.contains("许可程序、决定日期、决定文号"), "{}", old[1].2);
    assert_eq!(missing("存量", "有效期至")[0].2, "工作表“证书”缺少必填列：机构名称");
    assert!(missing("首次", "机构名称").iter().all(|(severity, ..)| *severity == error));
}
