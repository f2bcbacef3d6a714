//! Bad input: each is a clear sentence or a problem at its place, never a panic and never a swollen process.

use app::sheet::{
    Book, CsvSource, Keep, Limits, SheetError, annotate, assemble, kind, read, read_annexes, read_csv_set,
    recognise,
};
use domain::{Field, Group, Raw};
use proptest::prelude::*;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const FIXTURES: [&str; 13] = [
    "registry.xlsx",
    "registry.xls",
    "registry.ods",
    "mac1904.xlsx",
    "capability_applied.xlsx",
    "capability_numbered.xlsx",
    "capability_numbered.xls",
    "capability_numbered.ods",
    "capability_approved.xlsx",
    "instruments.xlsx",
    "signatories.xls",
    "staff.xls",
    "body.xls",
];

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).expect(name)
}

/// A zip of parts; content repeated so often.
fn zipped(parts: &[(&str, &str, usize)], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content, times) in parts {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).expect("in memory");
        let block = content.repeat((*times).min(1000));
        for _ in 0..times.div_ceil(1000) {
            writer.write_all(block.as_bytes()).expect("in memory");
        }
    }
    writer.finish().expect("in memory").into_inner()
}

const RELATIONS: &str = r#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="s.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="t.xml"/></Relationships>"#;
const WORKBOOK: &str = r#"<workbook><sheets><sheet name="证书" sheetId="1" r:id="r1"/></sheets></workbook>"#;
const HEADER: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>业务类型</t></is></c><c r="B1" t="inlineStr"><is><t>机构名称</t></is></c></row>"#;

fn xlsx(rows: &str, shared: &str) -> Vec<u8> {
    let sheet = format!("<worksheet><sheetData>{HEADER}{rows}</sheetData></worksheet>");
    zipped(
        &[
            ("[Content_Types].xml", "<Types/>", 1),
            ("xl/_rels/workbook.xml.rels", RELATIONS, 1),
            ("xl/workbook.xml", WORKBOOK, 1),
            ("xl/s.xml", &sheet, 1),
            ("xl/t.xml", shared, 1),
        ],
        CompressionMethod::Deflated,
    )
}

fn ods(rows: &str) -> Vec<u8> {
    let cell = |text: &str| {
        format!(r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#)
    };
    let header = format!("<table:table-row>{}{}</table:table-row>", cell("业务类型"), cell("机构名称"));
    let content = format!(
        r#"<office:document-content><table:table table:name="证书">{header}{rows}</table:table></office:document-content>"#
    );
    let parts = [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet", 1),
        ("META-INF/manifest.xml", "<m/>", 1),
        ("content.xml", content.as_str(), 1),
    ];
    zipped(&parts, CompressionMethod::Deflated)
}

fn refused(bytes: &[u8]) -> SheetError {
    read("文件.xlsx", bytes, &Limits::web()).expect_err("refused")
}

/// Parts that are one text, or one list of texts, of a hundred megabytes: name, part, what stands before it, what is
/// repeated, and a unit in which `#` counts, so that it is not packed suspiciously well.
const SWOLLEN: [(&str, &str, &str, &str, &str); 7] = [
    ("a cell", "xl/s.xml", "<worksheet><sheetData><row r=\"2\"><c r=\"A2\"><v>", "0123456789", "#"),
    ("references", "xl/s.xml", "<worksheet><sheetData><row r=\"2\"><c r=\"A2\"><v>", "&amp;&lt;", "#"),
    (
        "runs",
        "xl/s.xml",
        "<worksheet><sheetData><row r=\"2\"><c r=\"A2\">",
        "<is><t>示例检测</t></is>",
        "<i>#</i>",
    ),
    ("a shared text", "xl/t.xml", "<sst><si><t>", "0123456789", "#"),
    ("shared texts", "xl/t.xml", "<sst>", "<si/>", "<si><t>#</t></si>"),
    ("a comment", "xl/t.xml", "<sst><!--", "<<<<<<<<<<", "#"),
    ("a tag", "xl/t.xml", "<sst><si ", "a=\"1\" ", "b#=\"1\" "),
];

fn swollen(part: &str, before: &str, repeated: &str, counting: &str) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let sheet = format!("<worksheet><sheetData>{HEADER}</sheetData></worksheet>");
    let parts = [
        ("[Content_Types].xml", "<Types/>"),
        ("xl/_rels/workbook.xml.rels", RELATIONS),
        ("xl/workbook.xml", WORKBOOK),
        ("xl/s.xml", &sheet),
        ("xl/t.xml", "<sst/>"),
    ];
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in parts {
        writer.start_file(name, options).expect("in memory");
        if name != part {
            writer.write_all(content.as_bytes()).expect("in memory");
            continue;
        }
        writer.write_all(before.as_bytes()).expect("in memory");
        let block = repeated.repeat(1000 / repeated.len());
        for n in 0..100_000_u64 {
            let count = format!("{:x}", n.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            let unit = block.clone() + &counting.replace('#', &count);
            writer.write_all(unit.as_bytes()).expect("in memory");
        }
    }
    writer.finish().expect("in memory").into_inner()
}

/// Each in a process of its own, whose memory is that of one file alone.
#[test]
fn one_text_that_inflates_to_a_hundred_megabytes_is_refused_in_little_memory() {
    const ASKED: &str = "FUMA_TEST_SWOLLEN";
    if let Ok(name) = std::env::var(ASKED) {
        let (_, part, before, repeated, counting) =
            SWOLLEN.into_iter().find(|it| it.0 == name).expect("one of that name");
        let file = swollen(part, before, repeated, counting);
        match read("文件.xlsx", &file, &Limits::web()) {
            Ok(_) => println!("taken, {} kB", file.len() >> 10),
            Err(error) => println!("refused, {} kB: {error}", file.len() >> 10),
        }
        let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
        return println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).expect("a peak"));
    }
    let mut wrong = Vec::new();
    for (name, ..) in SWOLLEN {
        let test = "one_text_that_inflates_to_a_hundred_megabytes_is_refused_in_little_memory";
        let mut child = std::process::Command::new(std::env::current_exe().expect("this program"));
        let output =
            child.args(["--exact", test, "--nocapture"]).env(ASKED, name).output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let peak = said.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        let peak: u64 =
            peak.and_then(|kb| kb.trim().parse().ok()).unwrap_or_else(|| panic!("{name}: {said}"));
        println!("{name}: peak {} MB\n{said}", peak >> 10);
        if peak >= 64 << 10 || !said.contains("refused") {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_zip_bomb_is_stopped_while_it_inflates() {
    let bomb = zipped(
        &[
            ("[Content_Types].xml", "<Types/>", 1),
            ("xl/_rels/workbook.xml.rels", RELATIONS, 1),
            ("xl/workbook.xml", WORKBOOK, 1),
            (
                "xl/s.xml",
                "<worksheet><sheetData>                                                        ",
                5_000_000,
            ),
        ],
        CompressionMethod::Deflated,
    );
    assert!(bomb.len() < 4 << 20, "{}", bomb.len());
    assert!(matches!(refused(&bomb), SheetError::Bomb { .. }));
}

#[test]
fn a_container_of_too_many_parts_is_refused() {
    let names: Vec<String> = (0..201).map(|n| format!("xl/{n}.xml")).collect();
    let parts: Vec<(&str, &str, usize)> = names.iter().map(|n| (n.as_str(), "", 1)).collect();
    assert!(matches!(
        refused(&zipped(&parts, CompressionMethod::Stored)),
        SheetError::TooManyParts { found: 201, .. }
    ));
}

#[test]
fn a_container_above_the_limit_is_refused_unread() {
    let mut bytes = b"PK\x03\x04".to_vec();
    bytes.resize((32 << 20) + 1, 0);
    assert!(matches!(refused(&bytes), SheetError::TooLarge { found: 33, limit: 32 }));
}

#[test]
fn half_files_say_that_the_end_is_missing() {
    for name in FIXTURES {
        let bytes = fixture(name);
        let error = read(name, &bytes[..bytes.len() / 2], &Limits::web()).expect_err(name);
        assert!(matches!(error, SheetError::Truncated | SheetError::Broken(_)), "{name}: {error}");
    }
    let bytes = fixture("registry.xlsx");
    assert!(matches!(refused(&bytes[..bytes.len() - 100]), SheetError::Truncated));
    assert!(matches!(refused(&fixture("registry.xls")[..4096]), SheetError::Truncated));
}

#[test]
fn encrypted_workbooks_ask_for_one_without_password() {
    assert!(matches!(refused(&fixture("encrypted.xlsx")), SheetError::Encrypted));
    // FilePass instead of the code page record makes an xls an encrypted one.
    let mut old = fixture("registry.xls");
    let at = old.windows(6).position(|w| w == [0x42, 0, 2, 0, 0xB0, 4]).expect("a code page record");
    old[at] = 0x2F;
    assert!(matches!(refused(&old), SheetError::Encrypted));
    let locked = zipped(
        &[("content.xml", "x", 1), ("META-INF/manifest.xml", "<manifest:encryption-data/>", 1)],
        CompressionMethod::Stored,
    );
    assert!(matches!(refused(&locked), SheetError::Encrypted));
}

#[test]
fn other_kinds_of_files_are_named() {
    let word =
        zipped(&[("word/document.xml", "x", 1), ("[Content_Types].xml", "x", 1)], CompressionMethod::Stored);
    let binary = zipped(&[("xl/workbook.bin", "x", 1)], CompressionMethod::Stored);
    assert!(matches!(refused(&word), SheetError::OtherKind("Word 文档")));
    assert!(matches!(refused(&binary), SheetError::Binary));
    assert!(matches!(refused(b"%PDF-1.7"), SheetError::OtherKind("PDF 文件")));
    assert!(matches!(refused(b"\xEF\xBB\xBF <HTML><table>"), SheetError::Markup));
    assert!(matches!(refused(b""), SheetError::Empty));
    assert!(matches!(refused(&[1, 2, 3, 0, 0, 9, 8]), SheetError::Unknown));
    assert!(matches!(refused("甲,乙\n1,2\n".as_bytes()), SheetError::NoTable(_)));
}

#[test]
fn every_refusal_says_what_to_do() {
    let errors = [
        SheetError::Empty,
        SheetError::TooLarge { found: 40, limit: 32 },
        SheetError::TooManyParts { found: 300, limit: 200 },
        SheetError::Bomb { limit: 200 },
        SheetError::LongText { limit: 4 },
        SheetError::Truncated,
        SheetError::Encrypted,
        SheetError::Binary,
        SheetError::TooOld,
        SheetError::Markup,
        SheetError::OtherKind("图片"),
        SheetError::Unknown,
        SheetError::Broken("x".into()),
        SheetError::TooWide { sheet: "证书".into(), row: 1, limit: 200 },
        SheetError::TooManyRows { sheet: "证书".into(), limit: 9 },
        SheetError::TooManyCells { limit: 9 },
        SheetError::Encoding { line: 3 },
        SheetError::NoTable("a.csv".into()),
        SheetError::NoForm("a.xlsx".into()),
        SheetError::Twice { first: "a".into(), second: "b".into(), group: "证书" },
    ];
    for error in errors {
        assert!(error.to_string().contains('请'), "{error}");
    }
}

fn only_name(book: &Book) -> String {
    let table = book.table(Group::Certificate).expect("the table is there");
    assert_eq!(table.len(), 1);
    match book.cell(table, 0, Field::BodyName) {
        Some(Raw::Text(text)) => text.to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_million_empty_rows_are_passed_over() {
    let mut rows: String = (2..=1_000_000).map(|n| format!(r#"<row r="{n}" s="1"/>"#)).collect();
    rows.push_str(r#"<row r="1000001"><c r="B1000001" t="inlineStr"><is><t>示例</t></is></c></row>"#);
    let book = read("大.xlsx", &xlsx(&rows, "<sst/>"), &Limits::web()).unwrap();
    assert_eq!(only_name(&book), "示例");
    assert_eq!(book.row(book.table(Group::Certificate).unwrap(), 0).row, 1_000_001);
    let empty = r#"<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>"#;
    let last = r#"<table:table-row><table:table-cell/><table:table-cell><text:p>示例</text:p></table:table-cell></table:table-row>"#;
    let book = read("大.ods", &ods(&format!("{empty}{last}")), &Limits::web()).unwrap();
    assert_eq!(only_name(&book), "示例");
    let csv = format!("业务类型,机构名称\n{}首次,示例\n", ",\n".repeat(1_000_000));
    assert_eq!(only_name(&read("证书.csv", csv.as_bytes(), &Limits::web()).unwrap()), "示例");
}

#[test]
fn a_cell_of_ten_megabytes_is_cut_with_a_problem_at_its_place() {
    let long = "长".repeat(10 << 20 >> 2);
    let inline =
        xlsx(&format!(r#"<row r="2"><c r="B2" t="inlineStr"><is><t>{long}</t></is></c></row>"#), "<sst/>");
    let shared = xlsx(
        r#"<row r="2"><c r="B2" t="s"><v>0</v></c></row>"#,
        &format!("<sst><si><t>{long}</t></si></sst>"),
    );
    let csv = format!("业务类型,机构名称\n首次,\"{long}\"\n").into_bytes();
    for (name, bytes) in [("a.xlsx", inline), ("b.xlsx", shared), ("证书.csv", csv)] {
        let book = read(name, &bytes, &Limits::web()).expect(name);
        assert_eq!(only_name(&book).chars().count(), 4_000, "{name}");
        let found: Vec<_> = book.problems.iter().filter(|p| p.code == "cell_too_long").collect();
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!((found[0].place.row, found[0].place.column), (2, Some(1)), "{name}");
    }
}

#[test]
fn sheets_beyond_the_limits_are_refused() {
    let cell = |at: &str| format!(r#"<row><c r="{at}"><v>1</v></c></row>"#);
    assert!(matches!(refused(&xlsx(&cell("GS2"), "<sst/>")), SheetError::TooWide { row: 2, limit: 200, .. }));
    assert!(matches!(refused(&xlsx(&cell("A1048577"), "<sst/>")), SheetError::TooManyRows { .. }));
    let wide = r#"<table:table-row><table:table-cell table:number-columns-repeated="16384" office:value="1" office:value-type="float"/></table:table-row>"#;
    assert!(matches!(refused(&ods(wide)), SheetError::TooWide { .. }));
    let many = r#"<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="9" office:value="1" office:value-type="float"/></table:table-row>"#;
    assert!(matches!(refused(&ods(many)), SheetError::TooManyCells { .. }));
    let limits = Limits { cells: 10, ..Limits::web() };
    let csv = "序号,机构名称\n1,a\n2,b\n3,c\n4,d\n5,e\n";
    let error = read_csv_set(&[("证书.csv", CsvSource::Bytes(csv.as_bytes()))], &limits).unwrap_err();
    assert!(matches!(error, SheetError::TooManyCells { limit: 10 }));
}

#[test]
fn overlapping_merged_areas_cannot_keep_us_busy() {
    let rows: String =
        (2..3_000).map(|n| format!(r#"<row r="{n}"><c r="B{n}"><v>{n}</v></c></row>"#)).collect();
    let merges = r#"<mergeCell ref="B2:GR1048576"/>"#.repeat(100_000);
    let sheet = format!(
        "<worksheet><sheetData>{HEADER}{rows}</sheetData><mergeCells>{merges}</mergeCells></worksheet>"
    );
    let bytes = with_changed_part(&xlsx("", "<sst/>"), 3, |part| *part = sheet.clone().into_bytes());
    assert_eq!(
        read("a.xlsx", &bytes, &Limits::web()).unwrap().table(Group::Certificate).unwrap().len(),
        2_998
    );
    assert!(recognise("a.xlsx", &bytes, &Limits::web()).is_ok());
}

#[test]
fn a_few_bytes_cannot_ask_for_endless_blanks() {
    let blanks = r#"<text:s text:c="4000000000"/>"#.repeat(1000);
    let row = format!(
        r#"<table:table-row><table:table-cell/><table:table-cell office:value-type="string"><text:p>甲{blanks}乙</text:p></table:table-cell></table:table-row>"#
    );
    let book = read("a.ods", &ods(&row), &Limits::web()).unwrap();
    assert!(only_name(&book).starts_with('甲'));
}

#[test]
fn entities_are_never_expanded() {
    let rows = r#"<row r="2"><c r="B2" t="inlineStr"><is><t>甲&lol;&amp;&#x4E59;</t></is></c></row>"#;
    assert_eq!(only_name(&read("a.xlsx", &xlsx(rows, "<sst/>"), &Limits::web()).unwrap()), "甲&lol;&乙");
}

/// Everything that can be done with a file, whatever it is.
fn exercise(name: &str, bytes: &[u8]) {
    let limits = Limits::web();
    let _ = kind(bytes, &limits);
    let _ = recognise(name, bytes, &limits);
    if let Ok(annexes) = read_annexes(name, bytes, &limits) {
        for annex in &annexes.list {
            let _ = annexes.book.rows(&annex.table).count();
        }
    }
    if let Ok(mut book) = read(name, bytes, &limits) {
        let assembly = assemble(&mut book).expect("there is room");
        for entry in &assembly.entries {
            let _ = entry.raw(&book);
        }
        let mut problems = book.problems.clone();
        problems.extend(assembly.problems.iter().cloned());
        let marked =
            annotate(&book, &assembly, &problems, Keep::All).expect("whatever was read can be written");
        read("marked.xlsx", &marked, &limits).expect("and read again");
    }
}

/// The parts of a zip, one of them changed, stored again.
fn with_changed_part(bytes: &[u8], pick: usize, change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("in memory");
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let target = pick % archive.len();
    for i in 0..archive.len() {
        let mut part = archive.by_index(i).expect("in memory");
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("in memory");
        if i == target {
            change(&mut content);
        }
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        writer.start_file(part.name().expect("in memory").as_ref(), options).expect("in memory");
        writer.write_all(&content).expect("in memory");
    }
    writer.finish().expect("in memory").into_inner()
}

fn flip(bytes: &mut Vec<u8>, flips: &[(usize, u8)], cut: Option<usize>) {
    for (at, byte) in flips {
        if !bytes.is_empty() {
            let at = at % bytes.len();
            bytes[at] = *byte;
        }
    }
    if let Some(cut) = cut {
        bytes.truncate(cut % (bytes.len() + 1));
    }
}

fn mutation() -> impl Strategy<Value = (usize, usize, Vec<(usize, u8)>, Option<usize>)> {
    let flips = prop::collection::vec((any::<usize>(), any::<u8>()), 1..40);
    (0..FIXTURES.len(), any::<usize>(), flips, prop::option::weighted(0.2, any::<usize>()))
}

/// Fewer than usual, because each case is a whole file; PROPTEST_CASES asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(96)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(
        head in prop::sample::select(vec![&b""[..], b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"\xEF\xBB\xBF", b"\xFF\xFE", "证书,机构名称,业务类型\n".as_bytes()]),
        tail in prop::collection::vec(any::<u8>(), 0..3000),
    ) {
        exercise("证书.csv", &[head, &tail].concat());
    }

    #[test]
    fn arbitrary_text_never_panics(rows in prop::collection::vec(prop::collection::vec("[^\"]{0,12}", 0..8), 0..20)) {
        let text: String = rows.iter().map(|row| row.join(",") + "\n").collect();
        exercise("证书.csv", format!("序号,业务类型,机构名称\n{text}").as_bytes());
    }

    #[test]
    fn changed_files_never_panic((pick, _, flips, cut) in mutation()) {
        let mut bytes = fixture(FIXTURES[pick]);
        flip(&mut bytes, &flips, cut);
        exercise(FIXTURES[pick], &bytes);
    }

    #[test]
    fn changed_parts_never_panic((pick, part, flips, cut) in mutation()) {
        let bytes = fixture(FIXTURES[pick]);
        if bytes.starts_with(b"PK") {
            exercise(FIXTURES[pick], &with_changed_part(&bytes, part, |content| flip(content, &flips, cut)));
        }
    }

    #[test]
    fn changed_records_of_old_workbooks_never_panic(
        pick in prop::sample::select(vec!["registry.xls", "capability_numbered.xls", "signatories.xls", "body.xls"]),
        flips in prop::collection::vec((512_usize..8192, any::<u8>()), 1..12),
    ) {
        let mut bytes = fixture(pick);
        flip(&mut bytes, &flips, None);
        exercise(pick, &bytes);
    }
}
