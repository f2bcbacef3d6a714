//! The canonical bytes are the ones written down in docs/FORMATS.md, section 3.

use super::*;
use crate::fixture::day;

/// The certificate of the vector.
fn content() -> Content {
    let face = Face {
        kinds: Kinds::parse("首次").unwrap(),
        previous_number: None,
        body_name: "示例检测有限公司".into(),
        other_name: String::new(),
        uscc: Some(Uscc::parse("91610102MA00000005").unwrap()),
        org_code: None,
        legal_kind: LegalKind::parse("独立法人-企业"),
        parent: None,
        department: "无".into(),
        address: "某省某市样例路1号".into(),
        division: Division::parse("610102"),
        postcode: String::new(),
        legal_representative: String::new(),
        head: String::new(),
        technical_lead: String::new(),
        contact: String::new(),
        xpcc: false,
        domain: "12".parse().unwrap(),
        industry: "05".parse().unwrap(),
        food: false,
        procedure: Some(Procedure::General),
        decision_day: Some(day("2026-11-20")),
        decision_number: "示例决〔2026〕1号".into(),
        first_issued_on: Some(day("2026-11-22")),
        issued_on: Some(day("2026-11-22")),
        valid_from: day("2026-11-22"),
        valid_to: day("2032-11-21"),
        reason: String::new(),
        remark: String::new(),
    };
    let item = Item {
        category: "水和废水".into(),
        class: "水".into(),
        name: "pH值".into(),
        standard_name: "水质 pH值的测定 电极法".into(),
        standard_number: "HJ 1147-2020".into(),
        clause: String::new(),
    };
    Content {
        sites: vec![Site {
            name: "主场所".into(), address: face.address.clone(), division: face.division
        }],
        face,
        capabilities: vec![Capability {
            site: 0,
            item,
            limits: String::new(),
            remark: String::new(),
            approved_on: Some(day("2026-11-20")),
            food: false,
            label: String::new(),
        }],
        signatories: vec![Signatory {
            site: 0,
            name: "张示例".into(),
            title: "高级工程师".into(),
            field: "全部项目".into(),
            food: false,
            approved_on: None,
            remark: String::new(),
            education: String::new(),
            department: String::new(),
            sex: String::new(),
        }],
        instruments: Vec::new(),
        staff: Vec::new(),
    }
}

/// The vector as the document shows it, `→` for TAB.
fn documented() -> (String, String) {
    let text = include_str!("../../../docs/FORMATS.md");
    let (_, section) = text.split_once("## 3. Canonical bytes of an edition").unwrap();
    let (_, block) = section.split_once("```\n").unwrap();
    let (block, after) = block.split_once("```").unwrap();
    let (_, digest) = after.split_once("SHA-256: `").unwrap();
    (block.replace('→', "\t"), digest.split('`').next().unwrap().to_owned())
}

fn of<'a>(number: &'a Number, edition: u32) -> Identity<'a> {
    Identity { number, code: Code::read("04HMASW9NF6YY09F").unwrap(), edition }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn the_canonical_bytes_and_their_digest_are_the_vector_written_down() {
    let number = Number::parse("262712050001").unwrap();
    let bytes = content().canonical(&of(&number, 1));
    let (text, digest) = documented();
    assert_eq!(String::from_utf8(bytes.clone()).unwrap(), text);
    assert_eq!(bytes.len(), 633);
    assert_eq!(hex(&content().digest(&of(&number, 1))), digest);
    assert_eq!(digest, "757bcbd550a18332f0bebe53135ff69c421f09753d7541ebd1de263562cccca7");
}

/// It came after the first registries: what they hold keeps its digest.
#[test]
fn the_sex_of_a_signatory_ends_its_line_and_leaves_it_alone_where_it_is_empty() {
    let number = Number::parse("262712050001").unwrap();
    let before = content().canonical(&of(&number, 1));
    let mut after = content();
    after.signatories[0].sex = "女".into();
    let line = before.strip_suffix(b"\n").unwrap();
    assert_eq!(after.canonical(&of(&number, 1)), [line, "\t女\n".as_bytes()].concat());
}

#[test]
fn number_edition_and_every_row_are_bound_into_the_digest() {
    let number = Number::parse("262712050001").unwrap();
    let other = Number::parse("262712050002").unwrap();
    let digest = content().digest(&of(&number, 1));
    assert_ne!(digest, content().digest(&of(&number, 2)));
    assert_ne!(digest, content().digest(&of(&other, 1)));
    let mut changed = content();
    changed.capabilities[0].limits = "仅限水质".into();
    assert_ne!(digest, changed.digest(&of(&number, 1)));
    // A text that moves to the neighbouring column is another content.
    let mut moved = content();
    moved.signatories[0].remark = std::mem::take(&mut moved.signatories[0].field);
    assert_ne!(digest, moved.digest(&of(&number, 1)));
}
