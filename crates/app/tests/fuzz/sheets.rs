//! Files: workbooks of three kinds, official annex forms, CSV, pasted rows. What can be read goes through the funnel.

use super::harness::{Rng, run};
use super::{attempt, change};
use app::sheet::{Keep, Limits, annotate, assemble, csv_template, read, read_pasted};
use domain::Group;
use std::path::Path;

const XLSX: [&str; 6] = [
    "registry.xlsx",
    "mac1904.xlsx",
    "capability_applied.xlsx",
    "capability_numbered.xlsx",
    "capability_approved.xlsx",
    "instruments.xlsx",
];
const ODS: [&str; 2] = ["registry.ods", "capability_numbered.ods"];
const XLS: [&str; 7] = [
    "registry.xls",
    "capability_numbered.xls",
    "signatories.xls",
    "staff.xls",
    "body.xls",
    "staff_plain.xls",
    "continued.xls",
];

fn fixtures(names: &[&'static str]) -> Vec<(&'static str, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let read = |name: &&'static str| (*name, std::fs::read(folder.join(name)).expect(name));
    names.iter().map(read).collect()
}

/// A changed file, with the name it came from.
struct File {
    name: &'static str,
    /// Whether it is read as an official annex form or as a workbook of ours.
    annex: bool,
    bytes: Vec<u8>,
}

impl AsRef<[u8]> for File {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

fn exercise(file: &File) {
    if file.annex {
        attempt::annex(file.name, &file.bytes);
    } else {
        attempt::workbook(file.name, &file.bytes);
    }
}

fn changed(files: &[(&'static str, Vec<u8>)], rng: &mut Rng, change: fn(&mut Rng, &[u8]) -> Vec<u8>) -> File {
    let (name, bytes) = &files[rng.below(files.len())];
    File { name, annex: rng.below(2) == 0, bytes: change(rng, bytes) }
}

#[test]
fn changed_xlsx_containers_are_read_or_refused() {
    let files = fixtures(&XLSX);
    run("xlsx_bytes", |rng| changed(&files, rng, change::bytes), exercise);
}

#[test]
fn changed_parts_of_xlsx_are_read_or_refused() {
    let files = fixtures(&XLSX);
    run("xlsx_parts", |rng| changed(&files, rng, change::part), exercise);
}

#[test]
fn changed_parts_of_ods_are_read_or_refused() {
    let files = fixtures(&ODS);
    run("ods_parts", |rng| changed(&files, rng, change::part), exercise);
}

#[test]
fn changed_xls_are_read_or_refused() {
    let files = fixtures(&XLS);
    run("xls_bytes", |rng| changed(&files, rng, change::bytes), exercise);
}

/// A table as offices keep it, under the template's header.
fn csv() -> Vec<u8> {
    let mut text = String::from_utf8(csv_template(Group::Certificate)).expect("the template is UTF-8");
    text.push_str(
        "1,首次,262712050001,示例检测有限公司,91610113YL00000125,\"独立\"\"法人\"\"\",无,陕西省西安市示例路1号,610113\r\n\
         2,存量,(2013)量认(陕)字(0123)号,样张\n检测有限公司,9.16101E+17,2026/3/5,46086,２０２６年３月５日,1904\r\n",
    );
    text.into_bytes()
}

#[test]
fn changed_csv_is_read_or_refused() {
    let plain = csv();
    let gb: &[u8] = b"\xD0\xF2\xBA\xC5,\xD2\xB5\xCE\xF1\xC0\xE0\xD0\xCD,\xBB\xFA\xB9\xB9\xC3\xFB\xB3\xC6\r\n1,\xCA\xD7\xB4\xCE,\xCA\xBE\xC0\xFD\r\n";
    let wide: Vec<u8> = String::from_utf8_lossy(&plain).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let files = [
        ("证书.csv", plain),
        ("证书.csv", gb.to_vec()),
        ("证书.csv", [b"\xFF\xFE", wide.as_slice()].concat()),
    ];
    run("csv", |rng| changed(&files, rng, change::bytes), exercise);
}

#[test]
fn changed_pasted_rows_are_read_or_refused() {
    let rows = "1.1\t一、环境与环保\t水和废水\tpH值\t水质 pH值的测定 电极法\tHJ 1147-2020\t\t不测海水\t\t2026-03-01\t否\n\
        1.2\t\"一、环境\n与环保\"\t水和废水\t总磷\tGB/T 11893-1989\n";
    run(
        "pasted",
        |rng| change::text(rng, rows),
        |text| {
            for group in Group::ALL {
                if let Ok(book) = read_pasted(group, 0, text) {
                    for table in &book.tables {
                        assert_eq!(book.rows(table).count(), table.len());
                    }
                }
            }
        },
    );
}

/// What was read is written back and can be read again. Fewer of these: each writes a workbook.
#[test]
fn whatever_was_read_can_be_marked_and_read_again() {
    let files = fixtures(&["registry.xlsx", "registry.xls"]);
    let mut marked = 0;
    for case in 0..60 {
        let mut rng = Rng::of(case);
        let (name, bytes) = &files[rng.below(2)];
        let bytes = if name.ends_with("xlsx") {
            change::part(&mut rng, bytes)
        } else {
            change::bytes(&mut rng, bytes)
        };
        let Ok(mut book) = read(name, &bytes, &Limits::web()) else { continue };
        let assembly = assemble(&mut book).unwrap();
        let problems: Vec<_> = book.problems.iter().chain(&assembly.problems).cloned().collect();
        let back =
            annotate(&book, &assembly, &problems, Keep::All).expect("whatever was read can be written");
        read("marked.xlsx", &back, &Limits::web()).expect("and read again");
        marked += 1;
    }
    println!("marked: {marked} of 60");
    assert!(marked > 5, "too few of the changed files could be read for the test to say anything");
}
