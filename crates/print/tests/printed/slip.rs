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
