//! The marked workbook: nothing of the original is lost, nothing of ours is read as content.

use app::sheet::{Book, CsvSource, Keep, Limits, annotate, assemble, read, read_csv_set};
use calamine::{Data, Reader as _, Xlsx};
use domain::{Field, Group, Place, Problem, Raw, RawRow, Severity};
use std::io::{Cursor, Read as _};
use std::path::Path;

fn book(name: &str) -> Book {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    read(name, &std::fs::read(path).expect(name), &Limits::web()).expect(name)
}

fn problem(place: Place, value: &str) -> Problem {
    Problem {
        severity: Severity::Error,
        place,
        code: "test",
        value: value.to_owned(),
        message: "不对".to_owned(),
        hint: "改正".to_owned(),
    }
}

fn all(book: &Book, group: Group) -> Vec<RawRow<'_>> {
    book.table(group).map(|table| book.rows(table).collect()).unwrap_or_default()
}

fn same(one: &Book, two: &Book, name: &str) {
    for group in Group::ALL {
        let (before, after) = (all(one, group), all(two, group));
        assert_eq!(before.len(), after.len(), "{name} {group:?}");
        for (a, b) in before.iter().zip(&after) {
            assert_eq!(a.row, b.row, "{name} {group:?}");
            assert_eq!(a.cells.len(), b.cells.len(), "{name} {group:?} {}", a.row);
            for (x, y) in a.cells.iter().zip(&b.cells) {
                let unreadable = matches!((x.2, y.2), (Raw::Unreadable(_), Raw::Unreadable(_)));
                assert!(unreadable || x == y, "{name} {x:?} {y:?}");
            }
        }
    }
    assert_eq!(one.problems, two.problems, "{name}");
}

fn marked(book: &mut Book, keep: Keep) -> Vec<u8> {
    let assembly = assemble(book).expect("there is room");
    let mut problems = book.problems.clone();
    problems.extend(assembly.problems.clone());
    problems.push(problem(Place::cell(Group::Certificate, 4, Some(3), Field::BodyName), "示例检测有限公司"));
    problems.push(problem(Place::cell(Group::Certificate, 4, None, Field::Phone), "13800000000"));
    annotate(book, &assembly, &problems, keep).expect("written")
}

#[test]
fn uploading_the_marked_workbook_again_reads_the_same() {
    for name in ["registry.xlsx", "registry.xls", "registry.ods"] {
        let mut original = book(name);
        let mut once = read("marked.xlsx", &marked(&mut original, Keep::All), &Limits::web()).unwrap();
        same(&original, &once, name);
        let twice = read("marked.xlsx", &marked(&mut once, Keep::All), &Limits::web()).unwrap();
        same(&original, &twice, name);
    }
}

#[test]
fn bare_serials_of_the_1904_system_keep_their_day() {
    let mut original = book("mac1904.xlsx");
    let assembly = assemble(&mut original).unwrap();
    let bytes = annotate(&original, &assembly, &[], Keep::All).unwrap();
    let again = read("marked.xlsx", &bytes, &Limits::web()).unwrap();
    let row = &all(&again, Group::Certificate)[0];
    assert!(matches!(row.get(Field::ValidTo), Some((_, Raw::Number { value: 45462.0, .. }))), "{row:?}");
    assert_eq!(row.get(Field::IssuedOn), all(&original, Group::Certificate)[0].get(Field::IssuedOn));
}

#[test]
fn the_summary_lists_every_problem_without_personal_values() {
    let mut workbook: Xlsx<_> =
        Xlsx::new(Cursor::new(marked(&mut book("registry.xlsx"), Keep::All))).unwrap();
    let summary = workbook.worksheet_range("错误汇总").unwrap();
    let text: Vec<String> =
        summary.rows().map(|row| row.iter().map(Data::to_string).collect::<Vec<_>>().join("|")).collect();
    assert_eq!(text[0], "级别|工作表|行|列|值|问题|怎么改");
    assert!(text.iter().any(|line| line == "错误|证书|4|D 机构名称|示例检测有限公司|不对|改正"), "{text:#?}");
    assert!(text.iter().any(|line| line.starts_with("错误|检验检测能力|6|A 对应证书|9|")), "{text:#?}");
    assert!(!text.iter().any(|line| line.contains("13800000000")), "a telephone number is repeated");
    let sheet = workbook.worksheet_range("证书").unwrap();
    assert_eq!(sheet.get_value((1, 8)), Some(&Data::String("错误说明".to_owned())));
    assert!(sheet.get_value((3, 8)).is_some_and(|v| v.to_string().contains("机构名称：不对；改正")));
}

#[test]
fn only_certificates_with_errors_come_back_when_asked() {
    let certificates = "序号,机构名称\n1,好公司\n2,坏公司\n3,又好公司\n4,能力坏公司\n";
    let capabilities = "对应证书,项目/参数\n1,甲\n2,乙\n4,丙\n4,丁\n9,无主\n";
    let files = [
        ("证书.csv", CsvSource::Bytes(certificates.as_bytes())),
        ("检测能力.csv", CsvSource::Bytes(capabilities.as_bytes())),
    ];
    let mut book = read_csv_set(&files, &Limits::web()).unwrap();
    let assembly = assemble(&mut book).unwrap();
    let mut problems = assembly.problems.clone();
    problems.push(problem(Place::cell(Group::Certificate, 3, Some(1), Field::BodyName), "坏公司"));
    problems.push(problem(Place::cell(Group::Capability, 5, Some(1), Field::Item), "丁"));
    let bytes = annotate(&book, &assembly, &problems, Keep::OnlyErrors).unwrap();
    let again = read("errors.xlsx", &bytes, &Limits::web()).unwrap();
    let texts = |group, field| -> Vec<String> {
        let text = |row: &RawRow<'_>| match row.get(field) {
            Some((_, Raw::Text(text))) => text.to_owned(),
            _ => String::new(),
        };
        all(&again, group).iter().map(text).collect()
    };
    assert_eq!(texts(Group::Certificate, Field::BodyName), ["坏公司", "能力坏公司"]);
    assert_eq!(texts(Group::Capability, Field::Item), ["乙", "丙", "丁", "无主"]);
}

#[test]
fn control_characters_survive_the_way_back() {
    let text = "序号,机构名称\n1,\"甲\u{0}乙\u{b}_x0041_\"\n";
    let mut book = read("证书.csv", text.as_bytes(), &Limits::web()).unwrap();
    let assembly = assemble(&mut book).unwrap();
    let bytes = annotate(&book, &assembly, &[], Keep::All).unwrap();
    let again = read("marked.xlsx", &bytes, &Limits::web()).unwrap();
    let row = &all(&again, Group::Certificate)[0];
    assert_eq!(row.get(Field::BodyName), Some((1, Raw::Text("甲\u{0}乙\u{b}_x0041_"))));
}

#[test]
fn a_large_workbook_written_through_the_disk_reads_the_same() {
    let mut text = "序号,业务类型,机构名称,有效期至\n".to_owned();
    (0..31_000).for_each(|n| text.push_str(&format!("{n},首次,示例检测{n}有限公司,2030-01-01\n")));
    let mut original = read("证书.csv", text.as_bytes(), &Limits::web()).unwrap();
    let at = |n: u32| Place::cell(Group::Certificate, n + 2, Some(2), Field::BodyName);
    let problems: Vec<Problem> = (0..6_000).map(|n| problem(at(n), "示例")).collect();
    let assembly = assemble(&mut original).unwrap();
    let bytes = annotate(&original, &assembly, &problems, Keep::All).unwrap();
    let again = read("marked.xlsx", &bytes, &Limits::web()).unwrap();
    let (before, after) = (all(&original, Group::Certificate), all(&again, Group::Certificate));
    assert_eq!((before.len(), after.len()), (31_000, 31_000));
    assert!(before.iter().zip(&after).all(|(a, b)| a.row == b.row && a.cells == b.cells));
}

#[test]
fn a_line_of_the_summary_leads_to_its_cell_and_says_what_stands_there() {
    let text =
        "序号,机构名称,有效期至,证书编号\n1,甲公司,2030-01-01,262712050001\n2,乙\u{202E}公司,2029-01-01,无\n";
    let mut book = read("证书.csv", text.as_bytes(), &Limits::web()).unwrap();
    let assembly = assemble(&mut book).unwrap();
    let problems = [
        problem(Place::cell(Group::Certificate, 3, None, Field::ValidTo), ""),
        problem(Place::cell(Group::Certificate, 3, Some(1), Field::BodyName), "乙\u{202E}公司"),
        problem(Place::row(Group::Certificate, 3), ""),
    ];
    let bytes = annotate(&book, &assembly, &problems, Keep::OnlyErrors).unwrap();
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes.clone())).unwrap();
    let summary = workbook.worksheet_range("错误汇总").unwrap();
    let lines: Vec<String> =
        summary.rows().map(|row| row.iter().map(Data::to_string).collect::<Vec<_>>().join("|")).collect();
    // The row moves up where only certificates with errors come back, and the link with it.
    for line in [
        "错误|证书|2|C 有效期至|2029-01-01|不对|改正",
        "错误|证书|2|B 机构名称|乙‹U+202E›公司|不对|改正",
        "错误|证书|2|||不对|改正",
    ] {
        assert!(lines.iter().any(|it| it == line), "{line}: {lines:#?}");
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut sheet = String::new();
    archive.by_name("xl/worksheets/sheet2.xml").unwrap().read_to_string(&mut sheet).unwrap();
    for place in ["C2", "B2", "A2"] {
        assert!(
            sheet.contains(&format!("location=\"'证书'!{place}\""))
                || sheet.contains(&format!("location=\"证书!{place}\"")),
            "{place}: {sheet}"
        );
    }
    assert_eq!(summary.get_value((1, 2)), Some(&Data::Float(2.0)), "rows sort as numbers");
}
