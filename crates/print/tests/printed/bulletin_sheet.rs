//! 通报 on paper: however long, its tables have their heads on each page and no row is lost.

use crate::fixtures::output;
use crate::tools::{Looked, keep};
use domain::bulletin::{
    Aggregates, AskedOf, Counts, Docked, Indicator, PARTS, Period, QualityCounts, Reckoned, Row, drafted,
};
use domain::{AuthorityId, Day, Level};
use print::{BulletinSheet, FontPaths, FontSet, Overprint, PrintError, Profile, bulletin_sheet};
use std::sync::LazyLock;

static FONTS: LazyLock<FontSet> =
    LazyLock::new(|| FontSet::load(&FontPaths::debian()).expect("fonts are installed"));

/// So many provinces, each with figures of its own; their places change against the period before.
fn sheet(provinces: u64) -> BulletinSheet {
    let counts = |n: u64| Counts {
        in_force: 1_000 + n * 37,
        coded: 100 + n,
        declared: (!n.is_multiple_of(7)).then_some(1_100 + n * 37),
        waited: [(3, 40 + n), (9, 60 - n)].into(),
        quality: Some(QualityCounts {
            certificates: 1_000 + n * 37,
            rows: 1_234_567,
            faults: [("item_missing".into(), (40 * n, 12_345)), ("staff_none".into(), (n * 31, n * 31))]
                .into(),
        }),
        asked: AskedOf { scans: 1_234_567 / (n + 1), queries: 900 * n, machines: 5, failures: n },
        ..Counts::default()
    };
    let row = |n: u64| Row {
        authority: AuthorityId(n as i64),
        level: Level::Provincial,
        short_name: format!("示例{n}"),
        name: format!("示例{n}市场监督管理局"),
        docked: Docked::ALL[n as usize % 6],
        now: counts(n),
        before: counts(provinces - n),
    };
    let aggregates = Aggregates {
        period: Period::parse("2026-Q3").expect("a quarter"),
        edition: 2,
        corrects: None,
        cut: (1, 120_000),
        rows: (0..provinces).map(row).collect(),
        nobody: Default::default(),
    };
    let shown = Reckoned::of(&aggregates);
    let (title, text) = drafted(&aggregates, &shown);
    BulletinSheet {
        title,
        text,
        period: aggregates.period,
        edition: 2,
        corrects: Some("2026年第三季度示例通报".into()),
        state: String::new(),
        released: Day::new(2026, 10, 12).ok(),
        issuer: "示例市场监督管理总局".into(),
        shown,
        cut: aggregates.cut,
        digest: "0123456789abcdef".repeat(4),
        overprint: Overprint::None,
    }
}

#[test]
fn its_text_its_tables_and_their_meaning_stand_on_it_and_heads_stand_on_every_page() {
    for (profile, provinces) in [(Profile::Archive, 33), (Profile::Download, 59)] {
        let it = sheet(provinces);
        let pdf = bulletin_sheet(&it, &output(profile), &FONTS).unwrap();
        keep(&format!("bulletin_sheet_{provinces}"), &pdf.bytes);
        let looked = Looked::new(&pdf.bytes);
        looked.check();
        let pages = looked.pages();
        assert!(pages.len() > 3, "{}", pages.len());
        let all = pages.concat();
        for text in [
            "2026年第三季度资质认定证书赋码和查询情况通报（第2版）",
            "发布日期：2026-10-12",
            "更正：2026年第三季度示例通报",
            "一、概况",
            "四、问题和要求",
            "附表赋码情况",
            "附表公众查询",
            "数据摘要",
            &it.digest,
        ] {
            assert!(all.contains(text), "{text}: {all}");
        }
        for of in Indicator::ALL {
            assert!(all.contains(of.definition().split('，').next().unwrap()), "{}", of.label());
        }
        for n in 0..provinces {
            let rows = all.matches(&format!("示例{n}")).count();
            assert!(rows >= PARTS.len(), "a row in each table: {n}");
        }
        for (n, page) in pages.iter().enumerate() {
            assert!(page.contains(&format!("第{}页共{}页", n + 1, pages.len())), "{page}");
            let lowest = looked.lines(n + 1).iter().map(|(at, _)| at[3]).fold(0.0, f32::max);
            assert!(lowest < 292.0 * 72.0 / 25.4, "page {n} ends at {lowest} points");
        }
        // A page that begins within a table begins with its head.
        let heads = all.matches("机关有效证书新赋码").count();
        let expected = if provinces == 59 { 2 } else { 1 };
        assert!(heads >= expected, "{heads} heads of the first table");
    }
}

#[test]
fn a_character_without_glyph_is_named() {
    let mut odd = sheet(3);
    odd.text.push('\u{E000}');
    let refused = bulletin_sheet(&odd, &output(Profile::Archive), &FONTS);
    assert!(matches!(refused, Err(PrintError::Missing { .. })), "{refused:?}");
    let mut odd = sheet(3);
    odd.shown.lines[0].short_name = "\u{E000}".into();
    assert!(bulletin_sheet(&odd, &output(Profile::Archive), &FONTS).is_err(), "also in a table");
}
