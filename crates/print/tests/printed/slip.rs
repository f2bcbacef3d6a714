//! What bodies and officers get beside certificates: the slip, the code as files, the test sheet; and fonts that are not there.

use crate::fixtures::{certificate, output, slip};
use crate::tools::{Looked, zbar, zxing};
use print::{
    FontError, FontFile, FontPaths, FontSet, Profile, offset_test_sheet, qr, report_slip, report_slips,
};
use std::sync::LazyLock;

static FONTS: LazyLock<FontSet> =
    LazyLock::new(|| FontSet::load(&FontPaths::debian()).expect("fonts are installed"));
const LINK: &str = "https://cx.example.cn/d/7Q2mX9cVtR4bLk0pZs8wYh";

#[test]
fn a_slip_shows_the_code_twice_and_the_link_once_and_all_read() {
    let fixture = certificate(0);
    let slip = slip(&fixture, LINK);
    for profile in [Profile::Archive, Profile::Download] {
        let pdf = report_slip(&slip, &output(profile), &FONTS).unwrap();
        let looked = Looked::new(&pdf.bytes);
        looked.check();
        let page = looked.pages().concat();
        for text in [slip.body_name, LINK, "2026年12月22日", "20毫米（最小）", "样张"] {
            assert!(page.contains(text), "{text}");
        }
        for dpi in [200, 300] {
            let picture = looked.picture(1, dpi, None);
            for mut read in [zbar(&picture), zxing(&picture)] {
                read.sort();
                assert_eq!(read, [slip.qr_text, slip.qr_text, LINK], "at {dpi} dpi");
            }
        }
    }
    let many = report_slips(&[slip.clone(), slip], &output(Profile::Archive), &FONTS).unwrap();
    assert_eq!(many.pages, 2);
}

/// Lines of which one lies on another. Boxes of type reach a little beyond their ink, so a point may be shared.
fn overprinted(looked: &Looked) -> Vec<(String, String)> {
    let lines = looked.lines(1);
    assert!(lines.len() > 15, "{lines:?}");
    let mut found = Vec::new();
    for (i, (one, said)) in lines.iter().enumerate() {
        for (other, also) in &lines[..i] {
            let wide = one[2].min(other[2]) - one[0].max(other[0]);
            let high = one[3].min(other[3]) - one[1].max(other[1]);
            if wide > 1.0 && high > 1.0 {
                found.push((also.clone(), said.clone()));
            }
        }
    }
    found
}

#[test]
fn nothing_on_a_slip_is_printed_over_something_else_however_long_its_texts() {
    let mut fixture = certificate(0);
    let long_link =
        format!("https://zizhi-rending-chaxun.example-scjg.gov.cn:8443/fuma/d/{}", "7Q2mX9cVtR4bLk0pZs8wYh");
    let names = [1, 3, 6].map(|n| "示例省产品质量安全检验检测研究".repeat(n * 10 / 6));
    for (name, link) in names.iter().flat_map(|name| [(name, LINK), (name, long_link.as_str())]) {
        fixture.content.face.body_name = name.chars().take(150).collect();
        fixture.authority.printed_name = "示例省市场监督管理局（知识产权局）".repeat(3);
        let slip = print::Slip { overprint: print::Overprint::None, ..slip(&fixture, link) };
        let looked = Looked::new(&report_slip(&slip, &output(Profile::Archive), &FONTS).unwrap().bytes);
        assert_eq!(overprinted(&looked), [], "{} signs, {link}", slip.body_name.chars().count());
        let last = looked.lines(1).iter().map(|(at, _)| at[3]).fold(0.0, f32::max);
        assert!(last < 290.0 * 72.0 / 25.4, "the last line ends at {last} points");
        assert_eq!(zbar(&looked.picture(1, 300, None)).len(), 3);
    }
}

#[test]
fn a_slip_whose_texts_have_no_room_is_refused() {
    let mut fixture = certificate(0);
    fixture.content.face.body_name = "示例".repeat(600);
    let refused = report_slip(&slip(&fixture, LINK), &output(Profile::Archive), &FONTS);
    assert!(matches!(refused, Err(print::PrintError::TooLong(_))), "{refused:?}");
}

#[test]
fn the_code_as_png_and_pdf_reads() {
    let dir = tempfile::tempdir().unwrap();
    let text = "HTTPS://CX.EXAMPLE.CN/C/0123456789ABCDEF";
    let png = dir.path().join("code.png");
    std::fs::write(&png, qr::png(text, 8).unwrap()).unwrap();
    assert_eq!(zbar(&png), [text]);
    for caption in ["", "0123-4567-89AB-CDEF"] {
        let pdf = qr::pdf(text, 20.0, caption, &output(Profile::Archive), &FONTS).unwrap();
        let looked = Looked::new(&pdf.bytes);
        looked.check();
        assert_eq!(zxing(&looked.picture(1, 300, None)), [text]);
        assert!(looked.pages().concat().contains(caption));
    }
    assert!(qr::pdf(text, 20.0, "\u{E000}", &output(Profile::Archive), &FONTS).is_err());
}

#[test]
fn the_test_sheet_is_sound_and_names_the_offsets() {
    let mut authority = certificate(0).authority;
    (authority.offset_x_mm, authority.offset_y_mm) = (1.5, -0.8);
    let pdf = offset_test_sheet(&authority, &output(Profile::Download), &FONTS).unwrap();
    let looked = Looked::new(&pdf.bytes);
    looked.check();
    assert!(looked.pages()[0].contains("向右1.5毫米，向下-0.8毫米"));
}

#[test]
fn a_missing_or_broken_font_file_is_named_with_the_command_that_installs_it() {
    let mut paths = FontPaths::debian();
    paths.kai = FontFile::new("/nowhere/kai.ttf", 0);
    let error = FontSet::load(&paths).unwrap_err();
    assert!(matches!(error, FontError::Missing { .. }));
    let message = error.to_string();
    assert!(message.contains("/nowhere/kai.ttf") && message.contains("apt-get install"), "{message}");
    let dir = tempfile::tempdir().unwrap();
    let broken = dir.path().join("broken.ttf");
    std::fs::write(&broken, "no font").unwrap();
    paths.kai = FontFile::new(broken, 0);
    assert!(matches!(FontSet::load(&paths).unwrap_err(), FontError::Broken { .. }));
}

#[test]
fn another_set_of_fonts_has_another_version() {
    let mut paths = FontPaths::debian();
    paths.extra.push(paths.hei.clone());
    assert_ne!(FontSet::load(&paths).unwrap().version(), FONTS.version());
}
