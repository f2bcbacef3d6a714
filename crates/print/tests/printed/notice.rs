//! 通知书: all it says stands on it, on as many pages as that takes.

use crate::fixtures::output;
use crate::tools::{Looked, keep};
use domain::Day;
use print::{FontPaths, FontSet, NoticeSheet, Overprint, PrintError, Profile, notice_sheet};
use std::sync::LazyLock;

static FONTS: LazyLock<FontSet> =
    LazyLock::new(|| FontSet::load(&FontPaths::debian()).expect("fonts are installed"));

fn sheet(paragraphs: usize) -> NoticeSheet {
    let text = |n: usize| {
        format!("{n}. 示例检测能力的原始记录不完整，示例设备未在检定有效期内使用，请逐项改正并附证明材料。")
    };
    NoticeSheet {
        title: "责令改正通知书".into(),
        document: "陕示监改〔2026〕1号".into(),
        addressee: "示例省产品质量安全检验检测研究院有限责任公司西安分公司".into(),
        text: (1..=paragraphs).map(text).collect::<Vec<_>>().join("\n"),
        authority: "示例省市场监督管理局".into(),
        day: Day::new(2026, 11, 29).expect("a day"),
        overprint: Overprint::Sample,
    }
}

#[test]
fn a_notice_says_to_whom_what_by_whom_and_when() {
    for profile in [Profile::Archive, Profile::Download] {
        let pdf = notice_sheet(&sheet(3), &output(profile), &FONTS).unwrap();
        keep("notice", &pdf.bytes);
        let looked = Looked::new(&pdf.bytes);
        looked.check();
        assert_eq!(pdf.pages, 1);
        let page = looked.pages().concat();
        for text in [
            "责令改正通知书",
            "陕示监改〔2026〕1号",
            "西安分公司：",
            "1.示例检测能力",
            "3.示例检测能力",
            "示例省市场监督管理局",
            "2026年11月29日",
            "第1页共1页",
            "样张",
        ] {
            assert!(page.contains(text), "{text}: {page}");
        }
    }
}

#[test]
fn a_long_notice_goes_on_to_another_page_and_is_signed_where_its_text_ends() {
    for paragraphs in [6, 7, 8, 9, 10, 11, 12, 40] {
        let pdf = notice_sheet(&sheet(paragraphs), &output(Profile::Archive), &FONTS).unwrap();
        let looked = Looked::new(&pdf.bytes);
        looked.check();
        let pages = looked.pages();
        for n in 1..=paragraphs {
            assert!(pages.concat().contains(&format!("{n}.示例检测能力")), "{n} of {paragraphs}");
        }
        let last = pages.last().expect("there are pages");
        assert!(
            last.contains("2026年11月29日") && last.contains("材料。"),
            "nobody signs an empty page: {last}"
        );
        keep(&format!("notice_{paragraphs}"), &pdf.bytes);
    }
}

#[test]
fn a_character_without_glyph_is_named() {
    let odd = NoticeSheet { text: "\u{E000}".into(), ..sheet(1) };
    let refused = notice_sheet(&odd, &output(Profile::Archive), &FONTS);
    assert!(matches!(refused, Err(PrintError::Missing { .. })), "{refused:?}");
}
