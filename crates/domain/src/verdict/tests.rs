use proptest::prelude::*;

use super::*;
use crate::Act;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn status(word: StatusWord, from: &str) -> Status {
    Status::of(word, Some(day(from)), "示例决〔2026〕1号".into(), "示例".into()).unwrap()
}

fn record(held: &[Held]) -> Record<'_> {
    Record { held, valid_from: day("2021-12-01"), valid_to: day("2027-11-30"), edition: 3 }
}

fn ask(held: &[Held], on: &str) -> VerdictWord {
    Verdict::of(Lookup::Found(record(held)), Shown::Short, day(on), day("2026-11-22")).word()
}

fn outcome(verdict: &Verdict, name: CheckName) -> Outcome {
    verdict.checks().iter().find(|c| c.name == name).unwrap().outcome
}

#[test]
fn the_last_valid_day_counts_whole_and_the_first_too() {
    assert_eq!(ask(&[], "2021-11-30"), VerdictWord::NotYetValid);
    assert_eq!(ask(&[], "2021-12-01"), VerdictWord::Valid);
    assert_eq!(ask(&[], "2027-11-30"), VerdictWord::Valid);
    assert_eq!(ask(&[], "2027-12-01"), VerdictWord::Expired);
}

#[test]
fn each_status_has_its_word_from_its_day_on_and_not_before() {
    let table = [
        (StatusWord::Suspended, VerdictWord::Suspended),
        (StatusWord::Revoked, VerdictWord::Revoked),
        (StatusWord::Withdrawn, VerdictWord::Withdrawn),
        (StatusWord::Cancelled, VerdictWord::Cancelled),
        (StatusWord::Voided, VerdictWord::Voided),
        (StatusWord::Superseded, VerdictWord::Superseded),
    ];
    for (recorded, word) in table {
        let held = [Held::from(status(recorded, "2026-03-05"))];
        assert_eq!(ask(&held, "2026-03-04"), VerdictWord::Valid, "{recorded}");
        assert_eq!(ask(&held, "2026-03-05"), word, "{recorded}");
    }
}

#[test]
fn an_annulled_assignment_never_was_valid() {
    let held = [Held::from(status(StatusWord::Annulled, "2026-03-05"))];
    assert_eq!(ask(&held, "2022-01-01"), VerdictWord::Annulled);
}

#[test]
fn the_status_goes_before_the_days() {
    let held = [Held::from(status(StatusWord::Revoked, "2026-03-05"))];
    assert_eq!(ask(&held, "2028-01-01"), VerdictWord::Revoked);
}

#[test]
fn before_a_later_act_the_earlier_one_holds() {
    let held = [
        Held::from(status(StatusWord::Suspended, "2025-01-01")),
        Held { from: Some(day("2025-02-01")), status: Status::Valid },
        Held::from(status(StatusWord::Suspended, "2026-01-01")),
        Held::from(status(StatusWord::Revoked, "2026-06-01")),
    ];
    let words =
        ["2024-12-31", "2025-01-15", "2025-02-01", "2026-05-31", "2026-06-01"].map(|on| ask(&held, on));
    use VerdictWord as W;
    assert_eq!(words, [W::Valid, W::Suspended, W::Valid, W::Suspended, W::Revoked]);
}

#[test]
fn a_renewed_certificate_is_valid_until_its_successor_begins_and_says_so() {
    let held = [Held::from(Status::Superseded { from: day("2027-01-01") })];
    let verdict =
        Verdict::of(Lookup::Found(record(&held)), Shown::Short, day("2026-12-31"), day("2026-12-31"));
    assert_eq!(verdict.word(), VerdictWord::Valid);
    let reason = verdict.checks()[3].reason.to_string();
    assert!(reason.contains("自2027年1月1日起换证"), "{reason}");
    assert_eq!(ask(&held, "2027-01-01"), VerdictWord::Superseded);
}

#[test]
fn an_old_edition_is_valid_with_a_notice() {
    let on = day("2026-11-22");
    let of = |shown| Verdict::of(Lookup::Found(record(&[])), shown, on, on);
    let old = of(Shown::Edition(2));
    assert_eq!((old.word(), old.old_edition()), (VerdictWord::Valid, Some(2)));
    assert_eq!(outcome(&old, CheckName::Edition), Outcome::Fail);
    assert_eq!(outcome(&of(Shown::Edition(3)), CheckName::Edition), Outcome::Pass);
    assert_eq!(outcome(&of(Shown::Edition(4)), CheckName::Edition), Outcome::Unknown);
    assert_eq!(outcome(&of(Shown::Short), CheckName::Edition), Outcome::NotApplicable);
}

#[test]
fn an_outage_is_never_invalid() {
    let on = day("2026-11-22");
    let verdict = Verdict::of(Lookup::Unavailable, Shown::Edition(1), on, on);
    assert_eq!(verdict.word(), VerdictWord::Undeterminable);
    assert!(verdict.checks().iter().all(|c| c.outcome != Outcome::Fail));
    assert_eq!(verdict.word().tone(), Tone::Neutral);
    assert_eq!(verdict.word().http_status(), 503);
}

#[test]
fn missing_and_malformed_are_told_apart() {
    let on = day("2026-11-22");
    let missing = Verdict::of(Lookup::Missing, Shown::Short, on, on);
    assert_eq!((missing.word(), missing.word().http_status()), (VerdictWord::Unknown, 404));
    assert_eq!(outcome(&missing, CheckName::Known), Outcome::Fail);
    let malformed = Verdict::malformed("码的校验位不符", on);
    assert_eq!((malformed.word(), malformed.word().http_status()), (VerdictWord::Malformed, 400));
    assert_eq!(malformed.checks()[0].reason.to_string(), "码的校验位不符");
}

#[test]
fn another_day_than_today_is_named_in_the_sentence() {
    let of = |on| Verdict::of(Lookup::Found(record(&[])), Shown::Short, day(on), day("2026-11-22"));
    assert!(of("2025-03-01").sentence().starts_with("按所询日期2025年3月1日判定："));
    assert!(of("2026-11-22").sentence().starts_with("证书在有效期内"));
}

#[test]
fn every_word_has_its_own_key_and_label() {
    for (i, word) in VerdictWord::ALL.into_iter().enumerate() {
        for other in &VerdictWord::ALL[i + 1..] {
            assert!(word.key() != other.key() && word.label() != other.label());
        }
        assert!(word.sentence().ends_with('。'));
    }
}

fn any_day() -> impl Strategy<Value = Day> {
    (18_000_i32..22_000).prop_map(|n| Day::from_number(n).unwrap())
}

fn any_held() -> impl Strategy<Value = Held> {
    (0..StatusWord::ALL.len(), any_day()).prop_map(|(word, from)| {
        let act = Act { effective: from, document: String::new(), reason: String::new() };
        let status =
            Status::of(StatusWord::ALL[word], Some(act.effective), act.document, act.reason).unwrap();
        Held { from: Some(from), status }
    })
}

proptest! {
    #[test]
    fn never_valid_while_a_check_other_than_the_edition_fails_and_always_while_none_does(
        held in prop::collection::vec(any_held(), 0..4),
        days in (any_day(), any_day(), any_day(), any_day()),
        editions in (1_u32..4, prop::option::of(1_u32..4)),
    ) {
        let (valid_from, valid_to, on, today) = days;
        let record = Record { held: &held, valid_from, valid_to, edition: editions.0 };
        let shown = editions.1.map_or(Shown::Short, Shown::Edition);
        let verdict = Verdict::of(Lookup::Found(record), shown, on, today);
        let failed = verdict.checks().iter().any(|c| c.name != CheckName::Edition && c.outcome == Outcome::Fail);
        prop_assert_eq!(verdict.word() == VerdictWord::Valid, !failed);
        prop_assert_eq!(verdict.word().tone() == Tone::Good, verdict.word() == VerdictWord::Valid);
    }
}
