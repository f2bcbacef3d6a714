//! 许可核查单: everything that was replied stands on it, however much it is.

use crate::fixtures::output;
use crate::tools::{Looked, keep};
use domain::admission::{Applicant, Finding, Question, Reply, State, Target, Weight};
use domain::{CertificateId, DraftId, Instant, Uscc};
use print::{CheckSheet, FontPaths, FontSet, Overprint, PrintError, Profile, check_sheet};
use std::sync::LazyLock;

static FONTS: LazyLock<FontSet> =
    LazyLock::new(|| FontSet::load(&FontPaths::debian()).expect("fonts are installed"));

fn finding(n: usize) -> Finding {
    Finding {
        code: "signs_elsewhere",
        weight: if n == 0 { Weight::Ban } else { Weight::Look },
        message: format!(
            "“王示例{n}”也是“{}”证书2627 1205 {n:04}（示例省市场监督管理局颁发）的授权签字人（有效期至2030-01-01）。\
             证件号码相同，请核实其从业情况。",
            "示例省产品质量安全检验检测研究院".repeat(1 + n % 3)
        ),
        target: Target::Certificate(CertificateId(1)),
    }
}

fn reply(question: Question, findings: usize) -> Reply {
    let state = match (question, findings) {
        (Question::Sites, 0) => State::Open,
        (_, 0) => State::Clear,
        _ => State::Found,
    };
    let sentence = format!("示例答复：{}。", question.label());
    Reply { question, state, sentence, findings: (0..findings).map(finding).collect(), more: findings / 20 }
}

fn sheet(findings: usize) -> CheckSheet {
    let counts = [0, 1, 0, findings, 0];
    CheckSheet {
        applicant: Applicant {
            uscc: Uscc::parse("91610113YL00000125").ok(),
            parent_uscc: Uscc::parse("91610102YL00000202").ok(),
            name: "示例检测有限公司".into(),
            parent_name: "样张集团有限公司".into(),
        },
        draft: Some(DraftId(7)),
        replies: Question::ALL.into_iter().zip(counts).map(|(q, n)| reply(q, n)).collect(),
        authority: "示例省市场监督管理局".into(),
        officer: "张示例".into(),
        at: Instant::from_micros(1_795_334_400_000_000),
        overprint: Overprint::Sample,
    }
}

#[test]
fn a_sheet_says_who_was_checked_by_whom_and_when_and_each_reply() {
    for profile in [Profile::Archive, Profile::Download] {
        let pdf = check_sheet(&sheet(2), &output(profile), &FONTS).unwrap();
        let looked = Looked::new(&pdf.bytes);
        looked.check();
        keep("check_sheet", &pdf.bytes);
        assert_eq!(pdf.pages, 1, "an ordinary check is one page");
        let page = looked.pages().concat();
        for text in [
            "许可核查单",
            "核查对象：示例检测有限公司",
            "所属法人单位：样张集团有限公司（91610102YL00000202）",
            "第7号",
            "核查人：张示例核查时间：2026-11-22",
            "一、一家一证未发现",
            "四、授权签字人兼职需要核实",
            "五、场所地址重合未能核查",
            "【限制申请】“王示例0”",
            "【核实】“王示例1”",
            "第三十三条",
            "核查人（签字）：",
            "第1页共1页",
            "样张",
        ] {
            assert!(page.contains(text), "{text}: {page}");
        }
    }
}

#[test]
fn twenty_long_findings_go_on_to_another_page_and_none_is_lost() {
    let mut long = sheet(20);
    long.applicant.name = "示例省产品质量安全检验检测研究院".repeat(9);
    let pdf = check_sheet(&long, &output(Profile::Archive), &FONTS).unwrap();
    keep("check_sheet_long", &pdf.bytes);
    let looked = Looked::new(&pdf.bytes);
    looked.check();
    assert!(pdf.pages > 1);
    let all = looked.pages();
    let text = all.concat();
    for n in 0..20 {
        assert!(text.contains(&format!("“王示例{n}”")), "{n}");
    }
    assert!(text.contains("另有1项未逐项列出"));
    for (n, page) in all.iter().enumerate() {
        assert!(page.contains(&format!("第{}页共{}页", n + 1, all.len())), "{page}");
        let lowest = looked.lines(n + 1).iter().map(|(at, _)| at[3]).fold(0.0, f32::max);
        assert!(lowest < 292.0 * 72.0 / 25.4, "page {n} ends at {lowest} points");
        assert_eq!(page.contains("许可核查单（续）核查对象：示例省"), n > 0, "{page}");
    }
    let last = all.last().expect("there are pages");
    assert!(
        last.contains("核查人（签字）：") && last.contains("依据："),
        "nobody signs an empty page: {last}"
    );
}

#[test]
fn nothing_is_known_of_a_body_and_a_character_without_glyph_is_named() {
    let blank = CheckSheet { applicant: Applicant::default(), draft: None, ..sheet(0) };
    let pdf = check_sheet(&blank, &output(Profile::Archive), &FONTS).unwrap();
    assert!(Looked::new(&pdf.bytes).pages().concat().contains("统一社会信用代码：未填"));
    let mut odd = sheet(0);
    odd.applicant.name = "\u{E000}".into();
    let refused = check_sheet(&odd, &output(Profile::Archive), &FONTS);
    assert!(matches!(refused, Err(PrintError::Missing { .. })), "{refused:?}");
}
