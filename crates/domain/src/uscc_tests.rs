use proptest::prelude::*;

use super::*;

/// A valid code with these 17 values.
fn composed(body: &[usize]) -> String {
    let mut values = [0; LENGTH];
    values[..LENGTH - 1].copy_from_slice(body);
    values[LENGTH - 1] = check_value(&values);
    values.iter().map(|&value| char::from(ALPHABET[value])).collect()
}

#[test]
fn public_vectors_are_judged_as_they_must_be() {
    let mut seen = 0;
    for line in include_str!("../tests/data/uscc.csv").lines().skip(1) {
        let [text, expect, _] = line.splitn(3, ',').collect::<Vec<_>>().try_into().unwrap();
        let read = Uscc::parse(text);
        match expect {
            "valid" => assert_eq!(read.unwrap().as_str(), text),
            "normalise" => assert_eq!(read.unwrap().as_str(), "91500108MAE5G7MX3H"),
            "invalid" => assert!(read.is_err(), "{line}"),
            other => panic!("unknown expectation {other}"),
        }
        if expect == "valid" {
            assert!(read_inner_ok(text), "{line}");
        }
        seen += 1;
    }
    assert_eq!(seen, 21);
}

fn read_inner_ok(text: &str) -> bool {
    Uscc::parse(text).unwrap().inner_org_code_ok()
}

#[test]
fn the_parts_are_division_and_organisation_code() {
    let uscc = Uscc::parse("91500108MAE5G7MX3H").unwrap();
    assert_eq!(uscc.division(), "500108");
    assert_eq!(uscc.org_code().unwrap().as_str(), "MAE5G7MX3");
}

#[test]
fn an_inner_check_that_fails_is_no_refusal() {
    let body: Vec<usize> = "91500108MAE5G7MX4".chars().map(|c| value_in(ALPHABET, c).unwrap()).collect();
    let uscc = Uscc::parse(&composed(&body)).unwrap();
    assert!(!uscc.inner_org_code_ok());
    assert_eq!(uscc.org_code(), None);
}

#[test]
fn spaces_case_and_width_fold() {
    for text in
        [" 91500108 MAE5G7MX3H ", "91500108mae5g7mx3h", "９１５００１０８ＭＡＥ５Ｇ７ＭＸ３Ｈ\u{3000}"]
    {
        assert_eq!(Uscc::parse(text).unwrap().as_str(), "91500108MAE5G7MX3H");
    }
}

#[test]
fn each_error_names_its_place_and_remedy() {
    assert_eq!(Uscc::parse(""), Err(UsccError::Length { got: 0 }));
    assert_eq!(Uscc::parse("91500108MAE5G7MO3H"), Err(UsccError::Letter { at: 16, found: 'O' }));
    assert_eq!(Uscc::parse("91500108MAE5G7MX3J"), Err(UsccError::Check { expected: 'H' }));
    let hidden = UsccError::Letter { at: 1, found: '\u{202A}' }.to_string();
    assert!(hidden.contains("第1位U+202A不合规"), "{hidden}");
}

#[test]
fn what_a_spreadsheet_spoilt_is_called_so() {
    for text in ["9.15E+17", "9.15001E17", "９.15e+17", "915001080000000000.0", "111000000000133000"] {
        assert!(matches!(Uscc::parse(text), Err(UsccError::Scientific(_))), "{text}");
    }
    assert!(matches!(Uscc::parse("9.15"), Err(UsccError::Length { .. })));
}

#[test]
fn organisation_codes_read_with_or_without_dash() {
    for text in ["MAE5G7MX3", "MAE5G7MX-3", "mae5g7mx－3 "] {
        assert_eq!(OrgCode::parse(text).unwrap().to_string(), "MAE5G7MX3");
    }
    // 10 is written X and 11 is written 0.
    assert_eq!(OrgCode::parse("00001332-X").unwrap().as_str(), "00001332X");
    assert_eq!(OrgCode::parse("00000000-0").unwrap().as_str(), "000000000");
    assert_eq!(OrgCode::parse("MAE5G7MX4"), Err(OrgCodeError::Check { expected: '3' }));
    assert_eq!(OrgCode::parse("MAE5G7M"), Err(OrgCodeError::Length { got: 7 }));
    assert_eq!(OrgCode::parse("MAE5G7M码3"), Err(OrgCodeError::Letter { at: 8, found: '码' }));
}

#[test]
fn json_is_checked_on_reading() {
    let uscc = Uscc::parse("91500108MAE5G7MX3H").unwrap();
    let json = serde_json::to_string(&uscc).unwrap();
    assert_eq!(serde_json::from_str::<Uscc>(&json).unwrap(), uscc);
    assert!(serde_json::from_str::<Uscc>("\"91500108MAE5G7MX3J\"").is_err());
    assert!(serde_json::from_str::<OrgCode>("\"MAE5G7MX4\"").is_err());
}

proptest! {
    #[test]
    fn reading_never_panics(text in any::<String>()) {
        let _ = (Uscc::parse(&text), OrgCode::parse(&text));
    }

    #[test]
    fn composed_codes_read_back(body in prop::collection::vec(0_usize..31, 17)) {
        let text = composed(&body);
        prop_assert_eq!(Uscc::parse(&text).unwrap().to_string(), text);
    }

    #[test]
    fn a_check_character_0_is_as_good_as_any(mut body in prop::collection::vec(0_usize..31, 17)) {
        // The first weight is 1: the first value can always be chosen so that the check value is 0.
        body[0] = 0;
        let mut values = [0; LENGTH];
        values[..17].copy_from_slice(&body);
        body[0] = check_value(&values);
        let text = composed(&body);
        prop_assert!(text.ends_with('0'));
        prop_assert!(Uscc::parse(&text).is_ok());
    }

    #[test]
    fn every_single_change_is_found(body in prop::collection::vec(0_usize..31, 17)) {
        let text = composed(&body);
        for at in 0..LENGTH {
            for &letter in ALPHABET.iter().filter(|&&letter| letter != text.as_bytes()[at]) {
                let mut changed = text.clone().into_bytes();
                changed[at] = letter;
                prop_assert!(Uscc::parse(str::from_utf8(&changed).unwrap()).is_err());
            }
        }
    }
}

proptest! {
    #[test]
    fn a_code_is_among_those_one_slip_away_from_what_was_mistyped(
        body in prop::collection::vec(0_usize..31, LENGTH - 1), at in 0..LENGTH, how in 0..4, letter in 0_usize..31
    ) {
        let code = composed(&body);
        let mut typed: Vec<u8> = code.bytes().collect();
        match how {
            0 => typed[at] = ALPHABET[letter],
            1 => { typed.remove(at); }
            2 => typed.insert(at, ALPHABET[letter]),
            _ => typed.swap(at, (at + 1).min(LENGTH - 1)),
        }
        let typed = String::from_utf8(typed).unwrap();
        let slips = uscc_slips(&typed);
        if typed == code {
            prop_assert!(slips.is_empty(), "a code is no slip");
        } else {
            // The check character catches every slip: what was mistyped is never a code itself.
            prop_assert!(Uscc::parse(&typed).is_err());
            prop_assert!(slips.contains(&Uscc::parse(&code).unwrap()), "{typed} of {code}");
            prop_assert!(slips.len() < 60, "{} to choose from", slips.len());
        }
    }

    #[test]
    fn slips_of_any_text_are_codes(text in "\\PC{0,22}|[0-9A-Z]{16,20}") {
        for slip in uscc_slips(&text) {
            prop_assert_eq!(Uscc::parse(slip.as_str()), Ok(slip));
        }
    }
}
