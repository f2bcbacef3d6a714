//! The official forms (domain.md 3.3, 3.4): our remade shapes, and the real ones where they are at hand.

use app::sheet::{Annexes, Limits, Recognised, read_annexes, recognise};
use domain::{Day, Field, Group, Raw, RawRow};
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).expect(name)
}

fn annexes(name: &str) -> Annexes {
    read_annexes(name, &fixture(name), &Limits::web()).expect(name)
}

fn rows(annexes: &Annexes) -> Vec<RawRow<'_>> {
    annexes.book.rows(&annexes.list[0].table).collect()
}

fn text(row: &RawRow<'_>, field: Field) -> String {
    match row.get(field).map(|(_, raw)| raw) {
        Some(Raw::Text(text)) => text.to_owned(),
        Some(Raw::Number { value, shown: "" }) => value.to_string(),
        Some(Raw::Number { shown, .. }) => shown.to_owned(),
        Some(Raw::Day(day)) => day.to_string(),
        Some(Raw::Unreadable(_)) | None => String::new(),
    }
}

fn column(rows: &[RawRow<'_>], field: Field) -> Vec<String> {
    rows.iter().map(|row| text(row, field)).collect()
}

const LABELS: [&str; 14] =
    ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "1.10", "1.11", "1.11", "2.1", "2.2"];

#[test]
fn a_capability_form_is_read_with_bars_and_cells_merged_both_ways() {
    for name in [
        "capability_applied.xlsx",
        "capability_numbered.xlsx",
        "capability_numbered.xls",
        "capability_numbered.ods",
    ] {
        let annexes = annexes(name);
        assert_eq!(annexes.list[0].group, Group::Capability, "{name}");
        let rows = rows(&annexes);
        assert_eq!(column(&rows, Field::Label), LABELS, "{name}");
        let categories = column(&rows, Field::Category);
        assert!(
            categories[..12].iter().all(|c| c == "水和废水") && categories[12..].iter().all(|c| c == "噪声"),
            "{name}"
        );
        assert!(column(&rows, Field::Class)[..12].iter().all(|c| c == "地表水"), "{name}");
        assert_eq!(text(&rows[11], Field::Item), "样例参数11", "one item by two standards: {name}");
        assert_eq!(
            text(&rows[11], Field::StandardName),
            "《水质 样例参数的又一测定》\nHJ 9999-2021",
            "{name}"
        );
        assert_eq!(text(&rows[13], Field::StandardName), text(&rows[12], Field::StandardName), "{name}");
        assert_eq!(column(&rows, Field::Limits)[..2], ["只用样例法", ""], "{name}");
        assert!(annexes.list[0].problems.iter().any(|p| p.code == "notes_dropped"), "{name}");
    }
}

#[test]
fn the_format_tells_1_10_where_there_is_one_and_the_order_where_not() {
    let notices = |name: &str| {
        let annexes = annexes(name);
        let restored = annexes.list[0].problems.iter().filter(|p| p.code == "label_restored");
        restored.map(|p| (p.place.row, p.value.clone())).collect::<Vec<_>>()
    };
    assert_eq!(notices("capability_applied.xlsx"), [(14, "1.1".to_owned())]);
    assert!(notices("capability_numbered.xlsx").is_empty(), "the cell's format says 1.10");
}

#[test]
fn number_address_and_day_above_and_beside_the_table_are_found() {
    let annexes = annexes("capability_numbered.xlsx");
    assert_eq!(annexes.list[0].number.as_deref(), Some("240112050001"));
    assert_eq!(annexes.list[0].address.as_deref(), Some("某市样例路1号"));
    let rows = rows(&annexes);
    let day = Some(Raw::Day(Day::new(2024, 3, 5).unwrap()));
    assert!(rows[..12].iter().all(|row| row.get(Field::ApprovedOn).map(|(_, raw)| raw) == day));
    assert_eq!(
        (rows[0].row, rows[0].get(Field::Item).map(|(c, _)| c)),
        (6, Some(3)),
        "places are those of the file"
    );
}

#[test]
fn the_approved_list_has_its_header_over_two_rows() {
    let annexes = annexes("capability_approved.xlsx");
    let rows = rows(&annexes);
    assert_eq!(column(&rows, Field::Item), ["低气压试验", "样例试验7", "样例试验8"]);
    assert_eq!(text(&rows[0], Field::StandardName), "《设备环境试验方法\u{a0}低气压试验》GB/T 0000.2-1986");
    assert_eq!(column(&rows, Field::Class)[2], "低气压      (温度-高度) 试验");
    assert_eq!(column(&rows, Field::Limits), ["", "", ""]);
    assert_eq!(annexes.list[0].number.as_deref(), Some("240112050001"));
    assert_eq!(annexes.list[0].address.as_deref(), Some("某市样例路1号"));
}

#[test]
fn one_instrument_over_several_rows_is_one_instrument() {
    let annexes = annexes("instruments.xlsx");
    assert_eq!(annexes.list[0].group, Group::Instrument);
    assert_eq!(annexes.list[0].address.as_deref(), Some("某市样例路1号"));
    let rows = rows(&annexes);
    assert_eq!(column(&rows, Field::InstrumentName), ["样例压力机", "样例压力机", "样例深度仪"]);
    assert_eq!(text(&rows[1], Field::InstrumentStandard), "《样例力学标准》GB/T 00081-2019\n5 抗压强度试验");
    assert_eq!(column(&rows, Field::InstrumentItem), ["样例强度", "样例强度", "样例深度"]);
    assert_eq!(column(&rows, Field::Traceability), ["校准", "校准", "检定"]);
    assert_eq!(text(&rows[2], Field::TraceableUntil), "2024-03-05");
}

#[test]
fn signatories_staff_and_body_are_read() {
    let signatories = annexes("signatories.xls");
    let found = rows(&signatories);
    assert_eq!(column(&found, Field::SignatoryName), ["张示例", "李示例"]);
    assert_eq!(column(&found, Field::SignatoryTitle), ["主任/研究员", "副主任/工程师"]);
    assert_eq!(column(&found, Field::SignatoryApprovedOn), ["2024-03-05", "2024年3月5日"]);
    assert_eq!(column(&found, Field::SignatoryPhone)[0], "13800000000");
    for name in ["staff.xls", "staff_plain.xls"] {
        let staff = annexes(name);
        let found = rows(&staff);
        assert_eq!((staff.list[0].group, found.len()), (Group::Staff, 1), "{name}");
        assert!(text(&found[0], Field::StaffIdNumber).starts_with("110101"), "{name}");
        assert_eq!(text(&found[0], Field::StaffPost), "检测员", "{name}");
    }
    let body = annexes("body.xls");
    let found = rows(&body);
    assert_eq!(body.list[0].group, Group::Certificate);
    assert_eq!(text(&found[0], Field::BodyName), "示例检测有限公司");
    assert_eq!(text(&found[0], Field::Uscc), "91110000100000001X");
    assert_eq!(text(&found[0], Field::Number), "240112050001");
}

#[test]
fn a_dropped_file_is_recognised() {
    let is = |name: &str| recognise(name, &fixture(name), &Limits::web()).expect(name);
    assert_eq!(is("registry.xlsx"), Recognised::Workbook(vec![Group::Certificate, Group::Capability]));
    assert_eq!(is("instruments.xlsx"), Recognised::Annex(vec![Group::Instrument]));
    assert_eq!(is("signatories.xls"), Recognised::Annex(vec![Group::Signatory]));
    assert_eq!(is("capability_approved.xlsx"), Recognised::Annex(vec![Group::Capability]));
    assert_eq!(is("body.xls"), Recognised::Annex(vec![Group::Certificate]));
    let other = recognise("名单.csv", "甲,乙\n1,2\n".as_bytes(), &Limits::web()).unwrap();
    assert_eq!(other, Recognised::Unknown);
}

/// The real forms, if the shared folder is there.
fn real(name: &str) -> Option<Vec<u8>> {
    let shared = std::env::var_os("FUMA_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let path = shared.join("domain/data/templates").join(name);
    if !path.exists() {
        println!("SKIPPED: {} is not here; set FUMA_SHARED to test the real form", path.display());
        return None;
    }
    std::fs::read(path).ok()
}

#[test]
fn the_real_forms_are_recognised_and_read() {
    let forms = [
        ("zzrd_sqs_template_nlTemp.xlsx", Group::Capability, 20),
        ("muban_nl.xlsx", Group::Capability, 20),
        ("quality_control_moban.xlsx", Group::Capability, 1),
        ("zzrd_sqs_template_yqsbTemp.xlsx", Group::Instrument, 11),
        ("muban_qzr.xls", Group::Signatory, 1),
        ("muban_ry.xls", Group::Staff, 1),
        ("zzrd_fuJian_flowBase_JyjcRy.xls", Group::Staff, 0),
        ("muban_jg.xls", Group::Certificate, 0),
    ];
    for (name, group, count) in forms {
        let Some(bytes) = real(name) else { continue };
        assert_eq!(
            recognise(name, &bytes, &Limits::web()).expect(name),
            Recognised::Annex(vec![group]),
            "{name}"
        );
        let annexes = read_annexes(name, &bytes, &Limits::web()).expect(name);
        let rows = rows(&annexes);
        println!("{name}");
        for row in &rows {
            println!("  {} {:?}", row.row, row.cells);
        }
        assert_eq!(rows.len(), count, "{name}");
    }
}
