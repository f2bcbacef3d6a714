//! A bulletin is reckoned from its aggregates alone, and says what they say.

use super::*;
use crate::{AuthorityId, Day, Level};
use std::collections::BTreeMap;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn period() -> Period {
    Period::parse("2026-Q3").unwrap()
}

fn row(id: i64, name: &str, now: Counts, before: Counts) -> Row {
    let level = if id == 1 { Level::National } else { Level::Provincial };
    Row {
        authority: AuthorityId(id),
        level,
        short_name: name.into(),
        name: format!("{name}市场监督管理局"),
        docked: Docked::Filed,
        now,
        before,
    }
}

fn covered(in_force: u64, declared: Option<u64>) -> Counts {
    Counts { in_force, declared, ..Counts::default() }
}

fn quality(rows: u64, broken: u64) -> Option<QualityCounts> {
    let faults = BTreeMap::from([("Q01".to_owned(), (1, broken)), ("Q02".to_owned(), (2, 0))]);
    Some(QualityCounts { certificates: 200, rows, faults })
}

fn aggregates() -> Aggregates {
    let asked = |scans, queries| AskedOf { scans, queries, machines: 7, failures: 2 };
    let rows = vec![
        row(1, "总局", covered(10, Some(10)), Counts::default()),
        row(
            2,
            "甲",
            Counts {
                coded: 9,
                taken_over: 2,
                waited: BTreeMap::from([(0, 2), (7, 1), (8, 3), (30, 1)]),
                quality: quality(3_000, 5),
                asked: asked(1_200, 3),
                ..covered(98, Some(100))
            },
            covered(90, Some(100)),
        ),
        row(
            3,
            "乙",
            Counts { asked: asked(40, 9), quality: quality(1_000, 0), ..covered(49, Some(50)) },
            covered(50, Some(50)),
        ),
        row(4, "丙", covered(70, Some(60)), covered(10, Some(60))),
        row(5, "丁", covered(5, None), covered(5, Some(5))),
    ];
    Aggregates {
        period: period(),
        edition: 2,
        corrects: Some(BulletinId(7)),
        cut: (1, 4_711),
        rows,
        nobody: (AskedOf { scans: 11, queries: 22, machines: 33, failures: 33 }, AskedOf::default()),
    }
}

fn line<'r>(shown: &'r Reckoned, name: &str) -> &'r Line {
    shown.lines.iter().find(|line| line.short_name == name).unwrap()
}

#[test]
fn periods_are_those_of_the_calendar_and_are_read_as_they_are_written() {
    let said = |text: &str| {
        let it = Period::parse(text).unwrap();
        assert_eq!(it.key(), text);
        let before = it.previous().unwrap();
        format!("{} {}..{} {}", it.label(), it.first(), it.last(), before.key())
    };
    assert_eq!(said("2024-02"), "2024年2月 2024-02-01..2024-02-29 2024-01");
    assert_eq!(said("2026-Q1"), "2026年第一季度 2026-01-01..2026-03-31 2025-Q4");
    assert_eq!(said("2026-Q3"), "2026年第三季度 2026-07-01..2026-09-30 2026-Q2");
    assert_eq!(said("2026-Q4"), "2026年第四季度 2026-10-01..2026-12-31 2026-Q3");
    assert_eq!(said("2026"), "2026年 2026-01-01..2026-12-31 2025");
    for wrong in ["", "2026-13", "2026-9", "2026-Q0", "2026-Q5", "26", "2026-Q", "1949", "三季度"] {
        assert_eq!(Period::parse(wrong), None, "{wrong}");
    }
    let over = |span, on| Period::over(span, day(on)).unwrap().key();
    assert_eq!(over(Span::Month, "2026-11-29"), "2026-10");
    assert_eq!(over(Span::Quarter, "2026-09-30"), "2026-Q2");
    assert_eq!(over(Span::Year, "2026-01-01"), "2025");
}

#[test]
fn ranks_are_shared_by_equals_and_missing_values_have_none() {
    let shown = Reckoned::of(&aggregates());
    let rank =
        |name| line(&shown, name).cell(Indicator::Coverage).placing.map(|it| (it.rank, it.of, it.before));
    // 98/100 and 49/50 are one ratio; 70/60 counts as all; who declares nothing and the nation are not ranked.
    assert_eq!(rank("丙"), Some((1, 3, Some(4))));
    assert_eq!(rank("甲"), Some((2, 3, Some(3))));
    assert_eq!(rank("乙"), Some((2, 3, Some(1))));
    assert_eq!(rank("丁"), None);
    assert_eq!(rank("总局"), None);
    let problems = |name| line(&shown, name).cell(Indicator::Problems).placing.map(|it| (it.rank, it.before));
    assert_eq!(problems("乙"), Some((1, None)), "the fewest problems come first");
    assert_eq!(problems("甲"), Some((2, None)));
    assert_eq!(problems("丙"), None);
    let text = |rank, before| Placing { rank, of: 9, before }.text();
    assert_eq!(
        [text(3, Some(5)), text(3, Some(1)), text(3, Some(3)), text(3, None)],
        ["3（↑2）", "3（↓2）", "3（—）", "3（新）"]
    );
}

#[test]
fn every_figure_stands_in_one_table() {
    let mut shown: Vec<Indicator> = PARTS.iter().flat_map(|(_, of)| of.iter().copied()).collect();
    shown.sort_unstable();
    assert_eq!(shown, Indicator::ALL);
    for (_, of) in PARTS {
        assert!(columns(of).count() <= 8, "it fits a page");
    }
}

#[test]
fn what_cannot_be_reckoned_says_why() {
    let shown = Reckoned::of(&aggregates());
    let value = |name: &str, of: Indicator| of.says(line(&shown, name).value(of));
    assert_eq!(value("丁", Indicator::Declared), "未申报");
    assert_eq!(value("丁", Indicator::Coverage), "未申报");
    assert_eq!(value("丁", Indicator::Problems), "未检查");
    assert_eq!(value("丁", Indicator::Timely), "无");
    assert_eq!(value("丁", Indicator::MedianDays), "无");
    assert_eq!(covered(3, Some(0)).value(Indicator::Coverage), Value::Missing(Gap::Nothing));
}

#[test]
fn ratios_medians_and_shares_are_those_of_their_definitions() {
    let shown = Reckoned::of(&aggregates());
    let value = |name: &str, of: Indicator| of.says(line(&shown, name).value(of));
    assert_eq!(value("甲", Indicator::Coverage), "98.0%");
    assert_eq!(value("丙", Indicator::Coverage), "116.7%");
    // 0 0 7 8 8 8 30: the fourth of seven; three of seven within 7 days.
    assert_eq!(value("甲", Indicator::MedianDays), "8");
    assert_eq!(value("甲", Indicator::Timely), "42.9%");
    assert_eq!(value("甲", Indicator::Problems), "1.7");
    assert_eq!(value("甲", Indicator::Faulty), "1.5");
    assert_eq!(value("甲", Indicator::Incomplete), "0.0", "what is wrong there lacks no part");
    assert_eq!(value("甲", Indicator::Scans), "1,200");
    let nation = |of: Indicator| of.says(shown.nation.value(of));
    // 10 + 98 + 49 + 70 of 10 + 100 + 50 + 60: the five of 丁 are left out, who declared nothing.
    assert_eq!(nation(Indicator::Coverage), "103.2%");
    assert_eq!(nation(Indicator::InForce), "232");
    assert_eq!(nation(Indicator::Scans), "1,251");
    assert_eq!(nation(Indicator::Failures), "37", "what nobody has is the nation's alone");
    assert_eq!(nation(Indicator::Problems), "1.3");
}

#[test]
fn a_certificate_is_incomplete_by_each_part_that_it_has_not() {
    let faults = [
        ("uscc_missing", 9),
        ("capability_none", 3),
        ("signatory_none", 1),
        ("instrument_none", 1),
        ("Q54", 1),
    ];
    let faults = faults.into_iter().map(|(rule, n)| (rule.to_owned(), (n, n))).collect();
    let quality = Some(QualityCounts { certificates: 40, rows: 600, faults });
    let counts = Counts { quality, ..Counts::default() };
    let says = |of: Indicator| of.says(counts.value(of));
    assert_eq!(
        [Indicator::Incomplete, Indicator::Faulty, Indicator::Problems].map(says),
        ["15.0", "37.5", "25.0"]
    );
    let it = Aggregates { rows: vec![row(2, "甲", counts, Counts::default())], ..aggregates() };
    let (_, text) = drafted(&it, &Reckoned::of(&it));
    for part in ["每百张证书缺少15.0项内容", "甲1个机关有证书没有检测能力附表"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn the_bytes_are_the_vector_written_down_and_are_read_in_one_way_only() {
    let mut it = aggregates();
    it.rows.truncate(2);
    let bytes = it.bytes();
    let expected = "fuma-bulletin 1\nperiod\t2026-Q3\nedition\t2\t7\ncut\t1\t4711\n\
        authority\t1\tnational\tfiled\t总局\t总局市场监督管理局\n\
        counts\tnow\t10\t0\t0\t10\t0\t0\t0\t0\ncounts\tbefore\t0\t0\t0\t-\t0\t0\t0\t0\n\
        authority\t2\tprovincial\tfiled\t甲\t甲市场监督管理局\n\
        counts\tnow\t98\t9\t2\t100\t1200\t3\t7\t2\nwaited\tnow\t0:2\t7:1\t8:3\t30:1\n\
        quality\tnow\t200\t3000\nfault\tnow\tQ01\t1\t5\nfault\tnow\tQ02\t2\t0\n\
        counts\tbefore\t90\t0\t0\t100\t0\t0\t0\t0\n\
        nobody\tnow\t11\t22\t33\t33\nnobody\tbefore\t0\t0\t0\t0\n";
    assert_eq!(String::from_utf8(bytes.clone()).unwrap(), expected);
    assert_eq!(Aggregates::read(&bytes), Ok(it));
    for (from, to) in [
        ("\t98\t", "\t+98\t"),
        ("\t98\t", "\t098\t"),
        ("0:2", "0:02"),
        ("Q02\t2", "Q00\t2"),
        ("nobody\tnow", "nobody\tthen"),
        ("fuma-bulletin 1", "fuma-bulletin 2"),
        ("\t4711", "\t99999999999999999"),
        ("2026-Q3", "2026-q3"),
    ] {
        let changed = expected.replacen(from, to, 1);
        assert_ne!(changed, expected);
        assert!(Aggregates::read(changed.as_bytes()).is_err(), "{from} {to}");
    }
    assert!(Aggregates::read(&bytes[..bytes.len() - 1]).is_err());
    assert!(Aggregates::read(&[&bytes[..], b"\n"].concat()).is_err());
}

#[test]
fn everything_is_made_again_from_the_bytes_alone() {
    let it = aggregates();
    let again = Aggregates::read(&it.bytes()).unwrap();
    assert_eq!(Reckoned::of(&again), Reckoned::of(&it));
    assert_eq!(drafted(&again, &Reckoned::of(&again)), drafted(&it, &Reckoned::of(&it)));
}

proptest::proptest! {
    #[test]
    fn ranks_order_as_the_values_do(pairs in proptest::collection::vec((0u64..200, 0u64..100, 0u64..50), 1..20)) {
        let rows = pairs.iter().zip(2..).map(|((in_force, declared, scans), id)| {
            let mut counts = covered(*in_force, Some(*declared));
            counts.asked.scans = *scans;
            row(id, "示例", counts, Counts::default())
        });
        let it = Aggregates { rows: rows.collect(), ..aggregates() };
        let again = Aggregates::read(&it.bytes()).unwrap();
        proptest::prop_assert_eq!(&again, &it);
        let shown = Reckoned::of(&it);
        let scans = shown.ranking(Indicator::Scans);
        proptest::prop_assert_eq!(scans.len(), pairs.len());
        for two in scans.windows(2) {
            let [(a, first), (b, second)] = two else { continue };
            let order = a.value(Indicator::Scans).compare(b.value(Indicator::Scans)).unwrap();
            proptest::prop_assert!(order.is_ge());
            proptest::prop_assert_eq!(order.is_eq(), first.rank == second.rank);
        }
        let ranked = shown.ranking(Indicator::Coverage).len();
        proptest::prop_assert_eq!(ranked, pairs.iter().filter(|(_, declared, _)| *declared > 0).count());
    }
}

#[test]
fn the_text_has_the_figures_the_ends_of_each_ranking_and_who_must_do_what() {
    let it = aggregates();
    let shown = Reckoned::of(&it);
    let (title, text) = drafted(&it, &shown);
    assert_eq!(title, "2026年第三季度资质认定证书赋码和查询情况通报（第2版）");
    for part in [
        "一、概况",
        "新赋码9张，其中存量2张；截至2026年9月30日，有效证书232张，比上期增加77张",
        "4个省级机关中3个申报了有效证书数，已申报的机关赋码覆盖率为103.2%",
        "及时率为42.9%，赋码用时的中位数为8天",
        "公众扫码1,251次，比上期增加1,251次",
        "赋码覆盖率：排名靠前的是丙（116.7%）、甲（98.0%）、乙（98.0%）。",
        "每千行问题：排名靠前的是乙（0.0行）、甲（1.7行）。",
        "赋码覆盖率：丙上升3位，乙下降1位",
        "丁1个机关没有申报",
        "丙1个机关的有效证书多于申报数",
        "甲、乙2个机关还有有效证书没有赋码",
        "甲、乙、丙、丁4个机关的对接还没有上线",
        "逐项提出",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let bare = Aggregates { rows: vec![row(2, "甲", Counts::default(), Counts::default())], ..aggregates() };
    let (_, text) = drafted(&bare, &Reckoned::of(&bare));
    assert!(text.contains("赋码覆盖率尚不能计算") && text.contains("没有进行数据质量检查"), "{text}");
}

#[test]
fn a_bulletin_goes_its_way_and_never_back_once_released() {
    use Step::*;
    let (one, two) = ("account:1", "account:2");
    let refused = |done: &[(Step, &str)], step, who| done_by(done, step, who).unwrap_err();
    let draft = [(Draft, one)];
    assert_eq!(done_by(&[], Draft, one), Ok(State::Draft));
    assert_eq!(refused(&draft, Approve, one), StepError::OwnWork);
    assert_eq!(done_by(&draft, Approve, two), Ok(State::Approved));
    let edited = [(Draft, one), (Edit, two)];
    assert_eq!(refused(&edited, Approve, two), StepError::OwnWork);
    assert_eq!(refused(&edited, Release, one), StepError::NotFrom { from: State::Draft, step: Release });
    let approved = [(Draft, one), (Approve, two)];
    assert!(done_by(&approved, Edit, one).is_err(), "what was approved is not edited");
    assert_eq!(done_by(&approved, Return, one), Ok(State::Draft));
    assert_eq!(done_by(&approved, Discard, one), Ok(State::Discarded));
    assert_eq!(done_by(&approved, Release, one), Ok(State::Released));
    let returned = [(Draft, one), (Approve, two), (Return, two)];
    assert_eq!(refused(&returned, Approve, one), StepError::OwnWork);
    let released = [(Draft, one), (Approve, two), (Release, one)];
    for step in Step::ALL {
        let possible = done_by(&released, step, "account:3").is_ok();
        assert_eq!(possible, step == Withdraw, "{step:?}");
    }
    let withdrawn = [(Draft, one), (Approve, two), (Release, one), (Withdraw, one)];
    assert!(Step::ALL.iter().all(|step| done_by(&withdrawn, *step, "account:3").is_err()));
    for step in Step::ALL {
        assert_eq!(Step::parse(step.key()), Some(step));
    }
}
