use proptest::prelude::*;

use super::*;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

#[test]
fn every_spelling_of_one_day_is_read() {
    for text in [
        "2026-03-05",
        "2026-3-5",
        "2026/03/05",
        "2026/3/5",
        "2026.3.5",
        "2026年3月5日",
        "2026年03月05日",
        "2026年3月5号",
        "2026 年 3 月 5 日",
        "20260305",
        "２０２６－０３－０５",
        "２０２６年３月５日",
        " 2026-03-05\u{3000}",
        "2026-03-05 00:00:00",
        "2026-03-05T00:00:00",
        "2026-03-05T00:00:00.000Z",
        "2026/3/5 8:30",
        "2026年3月5日 16:05",
        "20260305 00:00:00",
    ] {
        assert_eq!(day(text), Day::new(2026, 3, 5).unwrap(), "{text}");
    }
}

#[test]
fn what_has_two_readings_is_refused() {
    for text in ["26-3-5", "3/5/2026", "05.03.2026", "26年3月5日", "260305", "202603"] {
        assert_eq!(Day::parse(text), Err(DayError::Ambiguous(text.into())), "{text}");
    }
}

#[test]
fn impossible_days_are_named() {
    assert_eq!(Day::parse("2026-02-30"), Err(DayError::Impossible { year: 2026, month: 2, dom: 30 }));
    assert_eq!(Day::parse("2026年13月1日"), Err(DayError::Impossible { year: 2026, month: 13, dom: 1 }));
    assert_eq!(Day::parse("20260001"), Err(DayError::Impossible { year: 2026, month: 0, dom: 1 }));
    let message = DayError::Impossible { year: 2026, month: 2, dom: 30 }.to_string();
    assert_eq!(message, "2026年2月30日不存在，请核对年月日后重新填写");
    assert_eq!(Day::parse("1949-09-30"), Err(DayError::Range));
    assert_eq!(Day::parse("2200-01-01"), Err(DayError::Range));
}

#[test]
fn other_texts_are_refused() {
    assert_eq!(Day::parse(" \u{3000}"), Err(DayError::Empty));
    for text in [
        "长期",
        "2026",
        "2026-03",
        "2026年3月",
        "2026-3/5",
        "2026-03-05x",
        "2026-03-05 25:00",
        "2026-03-05 12",
        "2026-003-05",
        "2026年3月5日止",
        "-2026-03-05",
        "1",
        "20260305123",
    ] {
        assert_eq!(Day::parse(text), Err(DayError::Format(text.into())), "{text}");
    }
}

#[test]
fn serials_need_the_date_system_of_their_workbook() {
    let expected = Day::new(2026, 3, 5).unwrap();
    assert_eq!(Day::parse("46086"), Err(DayError::Serial(46086)));
    assert_eq!(Day::parse_cell("46086", DateSystem::Y1900), Ok(expected));
    assert_eq!(Day::parse_cell("44624", DateSystem::Y1904), Ok(expected));
    assert_eq!(Day::parse_cell("2026-03-05", DateSystem::Y1904), Ok(expected));
    assert_eq!(Day::from_serial(46086.999, DateSystem::Y1900), Ok(expected));
    // Published anchors: 1900 system 25569 = 1970-01-01; both systems differ by 1462 days.
    assert_eq!(Day::from_serial(25569.0, DateSystem::Y1900).unwrap().number(), 0);
    assert_eq!(Day::from_serial(25569.0 - 1462.0, DateSystem::Y1904).unwrap().number(), 0);
    for bad in [0.0, 59.0, 60.0, 61.0, -1.0, f64::NAN, f64::INFINITY, 1e300] {
        assert_eq!(Day::from_serial(bad, DateSystem::Y1900), Err(DayError::Range));
    }
}

#[test]
fn months_and_years_clamp_to_the_last_day() {
    let leap = day("2024-02-29");
    assert_eq!(leap.plus_years(6), Ok(day("2030-02-28")));
    assert_eq!(leap.plus_years(4), Ok(day("2028-02-29")));
    assert_eq!(day("2026-01-31").plus_months(1), Ok(day("2026-02-28")));
    assert_eq!(day("2026-01-31").plus_months(-2), Ok(day("2025-11-30")));
    assert_eq!(day("2026-12-31").plus_days(1), Ok(day("2027-01-01")));
    assert_eq!(Day::MAX.plus_days(1), Err(DayError::Range));
    assert_eq!(Day::MIN.plus_months(i32::MIN), Err(DayError::Range));
    assert_eq!(Day::MAX.plus_years(i32::MAX), Err(DayError::Range));
}

#[test]
fn days_are_shown_in_three_forms() {
    let day = day("2026-03-05");
    assert_eq!(day.to_string(), "2026-03-05");
    assert_eq!(day.chinese(), "2026年3月5日");
    assert_eq!(day.chinese_padded(), "2026年03月05日");
    assert_eq!(serde_json::to_string(&day).unwrap(), "\"2026-03-05\"");
    assert!(serde_json::from_str::<Day>("\"2026-02-30\"").is_err());
}

#[test]
fn the_calendar_agrees_with_jiff_on_every_day() {
    let mut civil = jiff::civil::date(1949, 10, 1);
    assert_eq!(Day::MIN.to_string(), "1949-10-01");
    for number in Day::MIN.number()..=Day::MAX.number() {
        let day = Day::from_number(number).unwrap();
        let expected = (civil.year() as u16, civil.month() as u8, civil.day() as u8);
        assert_eq!((day.year(), day.month(), day.dom()), expected);
        assert_eq!(Day::new(expected.0, expected.1, expected.2), Ok(day));
        civil = civil.tomorrow().unwrap();
    }
    assert_eq!(civil, jiff::civil::date(2200, 1, 1));
    assert_eq!(Day::new(1970, 1, 1).unwrap().number(), 0);
}

#[test]
fn an_instant_belongs_to_the_day_in_shanghai() {
    let second = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_microsecond();
    let late = Instant::from_micros(second("2026-11-22T15:59:59.999999Z"));
    let next = Instant::from_micros(late.micros() + 1);
    assert_eq!((late.day(), next.day()), (day("2026-11-22"), day("2026-11-23")));
    let shown = Instant::from_micros(second("2026-11-22T08:05:09.000120Z"));
    assert_eq!(shown.shanghai(), "2026-11-22 16:05:09");
    assert_eq!(shown.rfc3339(), "2026-11-22T16:05:09+08:00");
    assert_eq!(shown.plus_seconds(-10).shanghai(), "2026-11-22 16:04:59");
    assert_eq!(Instant::from_micros(i64::MAX).day(), Day::MAX);
    assert_eq!(Instant::from_micros(i64::MIN).day(), Day::MIN);
}

proptest! {
    #[test]
    fn reading_never_panics(text in any::<String>()) {
        let _ = Day::parse(&text);
    }

    #[test]
    fn day_like_texts_never_panic_and_never_leave_the_bounds(text in "[0-9年月日号/.\\-T: ０５－]{0,24}") {
        if let Ok(day) = Day::parse(&text) {
            prop_assert!((Day::MIN..=Day::MAX).contains(&day));
        }
    }

    #[test]
    fn every_display_reads_back(number in Day::MIN.number()..=Day::MAX.number()) {
        let expected = Day::from_number(number).unwrap();
        for text in [expected.to_string(), expected.chinese(), expected.chinese_padded()] {
            prop_assert_eq!(Day::parse(&text), Ok(expected));
        }
    }

    #[test]
    fn rfc3339_reads_back_in_an_independent_library(micros in -62_135_596_800_000_000_i64..253_402_200_000_000_000) {
        let read: jiff::Timestamp = Instant::from_micros(micros).rfc3339().parse().unwrap();
        prop_assert_eq!(read.as_second(), micros.div_euclid(1_000_000));
    }

    #[test]
    fn no_instant_panics(micros in any::<i64>(), seconds in any::<i64>()) {
        let instant = Instant::from_micros(micros).plus_seconds(seconds);
        let _ = (instant.day(), instant.shanghai(), instant.rfc3339());
    }
}
