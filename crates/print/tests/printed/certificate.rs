//! Certificates as they come out of the printer, looked at with other people's programs.

use crate::fixtures::{Fixture, certificate, full, output};
use crate::tools::{Looked, zbar, zxing};
use domain::{Parent, Site};
use print::{
    Batch, FontPaths, FontSet, Overprint, Paper, Parts, Pdf, PrintError, Profile, Template, face_svg, render,
};
use std::sync::LazyLock;

static FONTS: LazyLock<FontSet> =
    LazyLock::new(|| FontSet::load(&FontPaths::debian()).expect("fonts are installed"));
static TEMPLATE: LazyLock<Template> = LazyLock::new(Template::national);

fn archive(fixture: &Fixture) -> Pdf {
    render(&fixture.document(), &output(Profile::Archive), &FONTS, &TEMPLATE).expect("the fixture prints")
}

fn refused(fixture: &Fixture) -> PrintError {
    render(&fixture.document(), &output(Profile::Archive), &FONTS, &TEMPLATE)
        .expect_err("the fixture is refused")
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Every text of the certificate stands in the file, character for character.
fn assert_all_texts(fixture: &Fixture, all: &str) {
    let content = &fixture.content;
    let face = &content.face;
    let mut texts = vec![
        face.body_name.clone(),
        face.other_name.clone(),
        face.address.clone(),
        face.valid_to.chinese_padded(),
        fixture.number.to_string(),
        fixture.code.grouped(),
        fixture.authority.printed_name.clone(),
    ];
    texts.extend(face.parent.iter().map(|p| p.name.clone()));
    texts.extend(content.sites.iter().flat_map(|s| [s.name.clone(), s.address.clone()]));
    texts.extend(content.signatories.iter().flat_map(|s| [s.name.clone(), s.title.clone(), s.field.clone()]));
    for row in &content.capabilities {
        let item = &row.item;
        texts.extend([&item.category, &item.class, &item.name, &row.limits, &row.remark].map(String::clone));
        let clause = if item.clause.is_empty() { String::new() } else { format!("/{}", item.clause) };
        texts.push(format!("《{}》{}{clause}", item.standard_name, item.standard_number));
    }
    for text in texts {
        assert!(all.contains(&squeeze(&text)), "not in the file: {text}");
    }
    let radicals: Vec<char> = all.chars().filter(|c| ('\u{2E80}'..='\u{2FDF}').contains(c)).collect();
    assert!(radicals.is_empty(), "radicals instead of characters: {radicals:?}");
}

#[test]
fn both_profiles_are_sound_and_keep_every_character() {
    let fixture = full(60);
    for profile in [Profile::Archive, Profile::Download] {
        let pdf = render(&fixture.document(), &output(profile), &FONTS, &TEMPLATE).unwrap();
        let looked = Looked::new(&pdf.bytes);
        looked.check();
        let pages = looked.pages();
        assert_eq!(pages.len(), pdf.pages);
        assert_all_texts(&fixture, &pages.concat());
        let tagged = looked.info().lines().any(|l| l.starts_with("Tagged:") && l.ends_with("yes"));
        assert_eq!(tagged, profile == Profile::Download);
    }
}

#[test]
fn the_code_reads_at_200_and_300_dpi_with_two_readers() {
    let mut fixture = certificate(0);
    (fixture.authority.offset_x_mm, fixture.authority.offset_y_mm) = (0.37, -0.61);
    let looked = Looked::new(&archive(&fixture).bytes);
    let meant = [fixture.document().qr_text];
    for dpi in [200, 300] {
        let picture = looked.picture(1, dpi, None);
        assert_eq!(zbar(&picture), meant, "zbar at {dpi} dpi");
        assert_eq!(zxing(&picture), meant, "zxing at {dpi} dpi");
    }
}

#[test]
fn a_signed_code_fills_the_reserved_square_and_reads() {
    let fixture = certificate(0);
    let mut document = fixture.document();
    document.qr_text = format!("{}/{}", document.qr_text, "0123456789ABCDEFGHJKMNPQRSTVWXYZ".repeat(7));
    document.parts = Parts::Face;
    let pdf = render(&document, &output(Profile::Archive), &FONTS, &TEMPLATE).unwrap();
    let looked = Looked::new(&pdf.bytes);
    let picture = looked.picture(1, 300, None);
    assert_eq!(zxing(&picture), [document.qr_text]);
}

#[test]
fn a_character_without_glyph_is_refused_by_name_before_anything_is_drawn() {
    let mut fixture = certificate(1);
    fixture.content.face.body_name = "示例\u{E000}检测有限公司".into();
    let error = refused(&fixture);
    assert!(matches!(&error, PrintError::Missing { chars, .. } if *chars == ['\u{E000}']));
    assert!(error.to_string().contains("示例\u{E000}检测有限公司") && error.to_string().contains("U+E000"));
    let mut fixture = certificate(3);
    fixture.content.capabilities[2].limits = "\u{202E}反向".into();
    assert!(matches!(refused(&fixture), PrintError::Missing { chars, .. } if chars == ['\u{202E}']));
}

#[test]
fn rare_characters_are_drawn_and_embedded() {
    let mut fixture = certificate(1);
    fixture.content.face.body_name = "䶮㙘𬭊𠀀𮯠鿍检测有限公司".into();
    let looked = Looked::new(&archive(&fixture).bytes);
    assert!(looked.pages()[0].contains("䶮㙘𬭊𠀀𮯠鿍检测有限公司"));
    assert!(looked.fonts().contains("Hana"), "{}", looked.fonts());
}

#[test]
fn the_official_sample_is_dropped_in_as_files() {
    let dir = tempfile::tempdir().unwrap();
    let mut json = serde_json::to_value(TEMPLATE.layout()).unwrap();
    json["name"] = "正式样本".into();
    json["face"]["qr"]["x"] = 150.0.into();
    json["face"]["qr"]["y"] = 30.0.into();
    json["face"]["blocks"][1]["text"] = "资质认定证书（正式样式）".into();
    std::fs::write(dir.path().join("template.json"), json.to_string()).unwrap();
    let square = |color| {
        format!(
            "<svg viewBox=\"0 0 10 10\"><path d=\"M0 0H10V10H0Z\" fill=\"none\" stroke=\"{color}\"/></svg>"
        )
    };
    std::fs::write(dir.path().join("border.svg"), square("#004488")).unwrap();
    std::fs::write(dir.path().join("mark.svg"), square("#118800")).unwrap();
    let template = Template::load(dir.path()).unwrap();
    assert_ne!(template.version(), TEMPLATE.version());
    let fixture = certificate(0);
    let mut document = fixture.document();
    document.overprint = Overprint::None;
    let pdf = render(&document, &output(Profile::Archive), &FONTS, &template).unwrap();
    let looked = Looked::new(&pdf.bytes);
    assert!(looked.pages()[0].contains("资质认定证书（正式样式）"));
    let moved = looked.picture(1, 200, Some([150.0, 30.0, 33.0, 33.0]));
    assert_eq!(zbar(&moved), [document.qr_text.clone()]);
    let old = looked.picture(1, 200, Some([70.5, 211.5, 33.0, 33.0]));
    assert_eq!(zbar(&old), Vec::<String>::new());
    let national = render(&document, &output(Profile::Archive), &FONTS, &TEMPLATE).unwrap();
    assert!(national.bytes.len() > pdf.bytes.len() + 3000, "the other border is much simpler");
}

#[test]
fn the_same_input_gives_the_same_bytes_and_another_clock_others() {
    let fixture = full(40);
    for profile in [Profile::Archive, Profile::Download] {
        let one = render(&fixture.document(), &output(profile), &FONTS, &TEMPLATE).unwrap();
        let again = FontSet::load(&FontPaths::debian()).unwrap();
        let two = render(&fixture.document(), &output(profile), &again, &Template::national()).unwrap();
        assert_eq!((one.sha256, &one.bytes), (two.sha256, &two.bytes));
    }
    let other = print::Output { created: domain::Instant::from_micros(1), ..output(Profile::Archive) };
    let later = render(&fixture.document(), &other, &FONTS, &TEMPLATE).unwrap();
    assert_ne!(later.sha256, archive(&fixture).sha256);
}

#[test]
fn annex_pages_are_numbered_without_gaps_whatever_the_length() {
    for rows in [0, 1, 30, 1000] {
        let mut fixture = certificate(rows);
        if rows == 0 {
            fixture.content.signatories.clear();
        }
        let pages = Looked::new(&archive(&fixture).bytes).pages();
        let annex = pages.len() - 1;
        for (i, page) in pages.iter().skip(1).enumerate() {
            let number = format!("第{}页共{annex}页", i + 1);
            assert!(page.contains(&number), "{rows} rows: {number} not on page {}", i + 2);
            if i >= 3 {
                for head in ["证书编号：263612341234", "有效期至：2032年11月21日", "地址：", "限制范围"]
                {
                    assert!(page.contains(head), "{rows} rows: {head} not on page {}", i + 2);
                }
            }
        }
        assert_all_texts(&fixture, &pages.concat());
    }
}

#[test]
fn a_row_taller_than_a_page_and_merged_cells_over_pages_lose_nothing() {
    let mut fixture = certificate(40);
    let long: String = (0..1400).map(|i| char::from_u32(0x4E00 + i).unwrap()).collect();
    fixture.content.capabilities[5].limits = long.clone();
    for row in &mut fixture.content.capabilities[10..40] {
        row.item.class = "同一类别".into();
        row.item.category = "同一大类".into();
    }
    let pages = Looked::new(&archive(&fixture).bytes).pages();
    let all = pages.concat();
    let lost: String = long.chars().filter(|c| !all.contains(*c)).collect();
    assert_eq!(lost, "");
    assert!(all.contains("同一类别（续）"));
}

#[test]
fn long_names_shrink_then_wrap_and_absurd_ones_are_refused() {
    let mut fixture = certificate(1);
    fixture.content.face.body_name = format!("{}检测有限公司", "示例省示例市示例区样本".repeat(5));
    fixture.content.face.address = "示例省示例市示例区样本大道88号".repeat(6);
    fixture.content.sites[0].address = fixture.content.face.address.clone();
    let pages = Looked::new(&archive(&fixture).bytes).pages();
    assert!(
        pages[0].contains(&fixture.content.face.body_name)
            && pages[0].contains(&fixture.content.face.address)
    );
    fixture.content.face.body_name = "示例".repeat(600);
    assert!(matches!(refused(&fixture), PrintError::TooLong(name) if name.starts_with("示例示例")));
}

#[test]
fn empty_fields_print_and_leave_no_placeholders() {
    let mut fixture = certificate(2);
    let face = &mut fixture.content.face;
    (face.issued_on, face.address) = (None, String::new());
    fixture.content.sites = vec![Site { name: String::new(), address: String::new(), division: None }];
    fixture.authority.printed_name = String::new();
    for row in &mut fixture.content.capabilities {
        row.item.category.clear();
        row.item.class.clear();
        row.item.standard_name.clear();
    }
    let all = Looked::new(&archive(&fixture).bytes).pages().concat();
    assert!(!all.contains(['{', '}']) && !all.contains("法律责任由"));
}

#[test]
fn a_body_that_is_not_independent_names_who_answers_and_several_sites_are_announced() {
    let mut fixture = certificate(1);
    fixture.content.face.parent = Some(Parent { name: "示例省检验总院".into(), uscc: None });
    fixture.content.sites.push(crate::fixtures::site("分场所", "示例省示例县样本路2号"));
    let face = &Looked::new(&archive(&fixture).bytes).pages()[0];
    assert!(face.contains("你机构对外出具检验检测报告或证书的法律责任由示例省检验总院承担。"));
    assert!(face.contains("（共2处场所，其余场所地址见附表）"));
}

#[test]
fn pre_printed_paper_gets_only_what_differs() {
    let mut fixture = certificate(0);
    fixture.authority.paper = Paper::PrePrinted;
    let mut document = fixture.document();
    document.parts = Parts::Face;
    let pdf = render(&document, &output(Profile::Archive), &FONTS, &TEMPLATE).unwrap();
    let page = &Looked::new(&pdf.bytes).pages()[0];
    for absent in ["资质认定证书", "经审查", "发证日期", "监制"] {
        assert!(!page.contains(absent), "{absent}");
    }
    for present in ["示例省环境与食品检测有限公司", "2032年11月21日", "示例省市场监督管理局"]
    {
        assert!(page.contains(present), "{present}");
    }
}

#[test]
fn offsets_move_the_face_by_their_millimetres() {
    let mut fixture = certificate(0);
    let before = Looked::new(&archive(&fixture).bytes).place("2032年11月21日");
    (fixture.authority.offset_x_mm, fixture.authority.offset_y_mm) = (2.0, -1.0);
    let after = Looked::new(&archive(&fixture).bytes).place("2032年11月21日");
    let moved = ((after.0 - before.0) * 25.4 / 72.0, (after.1 - before.1) * 25.4 / 72.0);
    assert!((moved.0 - 2.0).abs() < 0.02 && (moved.1 + 1.0).abs() < 0.02, "{moved:?}");
}

#[test]
fn samples_and_tests_say_so_on_every_page_and_finals_never() {
    let fixture = full(40);
    let mut document = fixture.document();
    let mut pages = |overprint| {
        document.overprint = overprint;
        let pdf = render(&document, &output(Profile::Archive), &FONTS, &TEMPLATE).unwrap();
        Looked::new(&pdf.bytes).pages()
    };
    for overprint in [Overprint::Sample, Overprint::Test] {
        let word = overprint.word().unwrap();
        assert!(pages(overprint).iter().all(|page| page.contains(word)), "{word}");
    }
    let finals = pages(Overprint::None).concat();
    assert!(!finals.contains("样张") && !finals.contains("测试"));
}

#[test]
fn a_draft_has_no_number_and_no_code() {
    let fixture = certificate(1);
    let mut document = fixture.document();
    (document.number, document.code) = (None, None);
    document.qr_text.clear();
    let pdf = render(&document, &output(Profile::Archive), &FONTS, &TEMPLATE).unwrap();
    let looked = Looked::new(&pdf.bytes);
    assert!(looked.pages()[0].contains("待编号") && looked.pages()[0].contains("赋码后生成二维码"));
    assert_eq!(zbar(&looked.picture(1, 200, None)), Vec::<String>::new());
}

#[test]
fn a_batch_numbers_each_certificate_for_itself_and_a_refused_one_leaves_nothing() {
    let (small, bad) = (certificate(5), {
        let mut bad = certificate(5);
        bad.content.capabilities[4].remark = "\u{E000}".into();
        bad
    });
    for profile in [Profile::Archive, Profile::Download] {
        let mut batch = Batch::new(output(profile), &FONTS, &TEMPLATE);
        let first = batch.push(&small.document()).unwrap();
        assert!(batch.push(&bad.document()).is_err());
        assert_eq!(batch.push(&small.document()), Ok(first));
        assert_eq!(batch.pages(), 2 * first);
        let pdf = batch.finish().unwrap();
        let looked = Looked::new(&pdf.bytes);
        looked.check();
        let pages = looked.pages();
        assert_eq!(pages.len(), 2 * first);
        let last = format!("第{0}页共{0}页", first - 1);
        assert!(pages[first - 1].contains(&last) && pages[2 * first - 1].contains(&last));
    }
    let empty = Batch::new(output(Profile::Archive), &FONTS, &TEMPLATE).finish();
    assert!(matches!(empty, Err(PrintError::Engine(_))));
}

#[test]
fn a_row_of_a_place_that_is_not_there_is_refused_instead_of_lost() {
    let mut fixture = certificate(3);
    fixture.content.capabilities[1].site = 1;
    fixture.content.signatories[0].site = 9;
    assert_eq!(refused(&fixture), PrintError::NoSite(2));
}

#[test]
fn the_picture_of_the_face_shows_what_the_pdf_shows() {
    let mut fixture = certificate(0);
    let svg = face_svg(&fixture.document(), &FONTS, &TEMPLATE).unwrap();
    let code = fixture.document().qr_text;
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>") && !svg.contains("NaN"));
    assert!(svg.len() < 250_000, "{} bytes", svg.len());
    let document = print::Document { qr_text: String::new(), code: None, ..fixture.document() };
    let draft = face_svg(&document, &FONTS, &TEMPLATE).unwrap();
    assert!(draft.len() < svg.len(), "a draft has no symbol {code}");
    fixture.content.face.address = "\u{E000}".into();
    assert!(face_svg(&fixture.document(), &FONTS, &TEMPLATE).is_err());
}
