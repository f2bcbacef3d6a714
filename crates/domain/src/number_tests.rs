use proptest::prelude::*;

use super::*;

fn number(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn two(text: &str) -> Two {
    text.parse().unwrap()
}

#[test]
fn real_numbers_decode_and_compose_again() {
    let mut lines = include_str!("../tests/data/numbers.csv").lines().skip(1).peekable();
    assert!(lines.peek().is_some());
    for line in lines {
        let [text, year, authority, domain, industry, serial] =
            line.split(',').collect::<Vec<_>>().try_into().unwrap();
        let parts = number(text).parts().unwrap();
        let expected = NumberParts {
            year: year.parse().unwrap(),
            authority: two(authority),
            domain: two(domain),
            industry: two(industry),
            serial: serial.parse().unwrap(),
        };
        assert_eq!(parts, expected, "{line}");
        let again = Number::compose(parts.year, parts.authority, parts.domain, parts.industry, parts.serial);
        assert_eq!(again.unwrap().as_str(), text);
    }
}

#[test]
fn every_spelling_of_one_number_reaches_one_form() {
    for text in [
        "230020349767",
        "2300 2034 9767",
        " 2300\u{3000}2034\n9767 ",
        "2300-2034-9767",
        "２３００２０３４９７６７",
        "CMA 230020349767",
        "ＣＭＡ：230020349767",
        "No.230020349767",
        "no 230020349767",
        "№230020349767",
        "证书编号：230020349767",
        "资质认定证书编号: No. 2300 2034 9767",
        "23OO2O349767",
        "23oo20349767",
        "230020349767.0",
        "2.30020349767E11",
        "2.30020349767e+11",
    ] {
        assert_eq!(number(text).as_str(), "230020349767", "{text}");
    }
    assert_eq!(number("230020349767").grouped(), "2300 2034 9767");
}

#[test]
fn legacy_forms_are_kept() {
    for (text, kept) in [
        ("2013000123Z", "2013000123Z"),
        ("2013000123z", "2013000123Z"),
        ("（2017）（陕）质监认字002号", "(2017)(陕)质监认字002号"),
        ("2013/0123", "2013/0123"),
        ("2013E0123", "2013E0123"),
        ("CMAS-15-01", "CMAS-15-01"),
        ("1234567890123", "1234567890123"),
    ] {
        let legacy = number(text);
        assert_eq!((legacy.as_str(), legacy.kind()), (kept, NumberKind::Legacy));
        assert_eq!((legacy.parts(), legacy.grouped()), (None, kept.to_owned()));
    }
}

#[test]
fn several_numbers_in_a_cell_come_back_split() {
    let both = vec![number("162721110151"), number("172721110020")];
    for text in [
        "162721110151、172721110020",
        "162721110151，172721110020",
        "162721110151\n172721110020",
        "1627 2111 0151/1727 2111 0020",
        "证书编号：162721110151；证书编号：172721110020；",
        "162721110151172721110020",
        "No.162721110151 No.172721110020",
    ] {
        assert_eq!(Number::parse(text), Err(NumberError::Several(both.clone())), "{text}");
    }
    let legacy = Number::parse("2013000123Z、2013000124Z");
    assert_eq!(legacy, Err(NumberError::Several(vec![number("2013000123Z"), number("2013000124Z")])));
    let message = NumberError::Several(both).to_string();
    assert_eq!(message, "一格中有2个证书编号（162721110151、172721110020），请拆成多行，每行填写一个");
}

#[test]
fn what_is_not_a_number_is_refused_with_its_reason() {
    for empty in ["", " \u{3000}", "CMA", "证书编号：", "No."] {
        assert_eq!(Number::parse(empty), Err(NumberError::Empty), "{empty}");
    }
    assert_eq!(Number::parse("150001210000"), Err(NumberError::SerialZero("150001210000".into())));
    assert_eq!(Number::parse("无"), Err(NumberError::NoDigit("无".into())));
    assert_eq!(Number::parse("2.3002E+11"), Err(NumberError::Scientific("2.3002E+11".into())));
    assert_eq!(Number::parse(&"1".repeat(31)), Err(NumberError::TooLong { got: 31 }));
    assert_eq!(Number::parse(&"1、".repeat(1_000_000)), Err(NumberError::TooLong { got: 2_000_000 }));
    assert!(matches!(Number::parse("15000121\u{0}0315"), Err(NumberError::Control(_))));
    assert!(matches!(Number::parse("\u{202A}150001210315"), Err(NumberError::Control(_))));
}

#[test]
fn composing_refuses_what_the_digits_cannot_say() {
    let compose = |year, serial| Number::compose(year, two("00"), two("20"), two("34"), serial);
    assert_eq!(compose(2023, 9767).unwrap().as_str(), "230020349767");
    assert_eq!(compose(2000, 1).unwrap().as_str(), "000020340001");
    assert_eq!(compose(1999, 1), Err(NumberError::Year(1999)));
    assert_eq!(compose(2100, 1), Err(NumberError::Year(2100)));
    assert_eq!(compose(2023, 0), Err(NumberError::Serial(0)));
    assert_eq!(compose(2023, 10_000), Err(NumberError::Serial(10_000)));
}

#[test]
fn json_is_checked_on_reading() {
    let json = serde_json::to_string(&number("230020349767")).unwrap();
    assert_eq!(json, "\"230020349767\"");
    assert_eq!(serde_json::from_str::<Number>(&json).unwrap(), number("230020349767"));
    assert!(serde_json::from_str::<Number>("\"\"").is_err());
}

proptest! {
    #[test]
    fn reading_never_panics_and_display_reads_back(text in any::<String>()) {
        if let Ok(read) = Number::parse(&text) {
            prop_assert_eq!(Number::parse(&read.to_string()), Ok(read));
        }
    }

    #[test]
    fn number_like_texts_read_back_too(text in "(CMA|No\\.|编号|)[ :：]?[0-9OEZ.、/ \\-（）陕-]{0,32}") {
        if let Ok(read) = Number::parse(&text) {
            prop_assert_eq!(Number::parse(&read.to_string()), Ok(read));
        }
    }

    #[test]
    fn every_possible_number_survives_a_float(year in 2000_u16..2100, middle in 0_u32..1_000_000, serial in 1_u16..10_000) {
        let digits = format!("{:02}{middle:06}{serial:04}", year - 2000);
        let float = format!("{digits}.0");
        prop_assert_eq!(number(&float).to_string(), digits.clone());
        let parts = number(&digits).parts().unwrap();
        let composed = Number::compose(parts.year, parts.authority, parts.domain, parts.industry, parts.serial);
        prop_assert_eq!(composed, Number::parse(&digits));
    }
}

#[test]
fn a_rare_blank_after_a_prefix_is_dropped_like_one_before_it() {
    // Found by fuzzing: the number kept the blank, and lost it when it was read again.
    let number = Number::parse("NO\u{200a}2013270123Z").unwrap();
    assert_eq!(number.as_str(), "2013270123Z");
}

#[test]
fn the_public_reads_no_advice_for_filling_a_form_in() {
    for text in [
        "",
        "XYZ",
        "150001210000",
        "262712050001、262712050002",
        "2.62712E+11",
        &"1".repeat(40),
        "1\u{202E}2",
    ] {
        let said = Number::parse(text).unwrap_err().public();
        assert!(said.ends_with('。'), "{said}");
        for word in ["填写", "留空", "单元格", "拆成", "U+"] {
            assert!(!said.contains(word), "{text}: {said}");
        }
    }
}
