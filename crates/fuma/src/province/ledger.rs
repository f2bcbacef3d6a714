//! What the province knows: its certificates as the answers say they are, and what became of every case.

use super::deed::Deed;
use super::mistake::Mistake;
use super::plan::Case;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A certificate of the province.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Its number.
    pub number: String,
    /// Its code.
    pub code: String,
    /// Its current edition.
    pub edition: u64,
    /// SHA-256 of its content, hex.
    pub digest: String,
    /// Recorded status.
    pub status: String,
    /// Whether another replaced it: from the first day of that one it is no longer valid by itself.
    pub replaced: bool,
    /// Cases that stand for it.
    pub cases: Vec<u64>,
}

/// How often something happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases that were sent.
    pub sent: u64,
    /// Cases that were acknowledged.
    pub acknowledged: u64,
}

/// Counts of a run, those of earlier processes in the same folder included.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// By deed.
    pub deeds: BTreeMap<Deed, Tally>,
    /// Mistakes that were made.
    pub mistakes: BTreeMap<Mistake, u64>,
    /// Acknowledged with warnings.
    pub warned: u64,
    /// Acknowledged with an answer given before.
    pub replayed: u64,
    /// Times an item was refused.
    pub refused: u64,
    /// Cases that were refused, put right and acknowledged.
    pub corrected: u64,
    /// Cases reported twice that came back with the number they had.
    pub unchanged: u64,
    /// Cases that were given up, with what was said of them.
    pub given_up: Vec<(u64, String)>,
}

/// What the province knows.
#[derive(Default)]
pub struct Ledger {
    /// Certificates by the case that made them.
    pub certificates: BTreeMap<u64, Held>,
    /// Codes and numbers that were given: none is given twice.
    given: HashSet<String>,
    refused: HashMap<u64, u32>,
    settled: HashSet<u64>,
    lost: HashSet<u64>,
    /// What cannot be: an acknowledged code of two certificates, a case coded twice.
    pub wrong: BTreeSet<String>,
    /// Counts.
    pub counts: Counts,
}

/// What an answer means for a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is acknowledged.
    Settled,
    /// It is refused, so often by now.
    Refused(u32),
}

impl Ledger {
    /// A case comes on the desk.
    pub fn begin(&mut self, case: &Case) {
        self.counts.deeds.entry(case.deed).or_default().sent += 1;
        let again = (case.deed == Deed::Again).then_some(Mistake::Twice);
        if let Some(mistake) = case.mistake.or(again) {
            *self.counts.mistakes.entry(mistake).or_default() += 1;
        }
    }

    /// Takes an answer in.
    pub fn take(&mut self, case: &Case, result: &Value) -> Turn {
        if result["outcome"] == "error" {
            self.counts.refused += 1;
            let times = self.refused.entry(case.n).or_default();
            *times += 1;
            return Turn::Refused(*times);
        }
        self.counts.deeds.entry(case.deed).or_default().acknowledged += 1;
        self.counts.warned += u64::from(result["outcome"] == "warned");
        self.counts.replayed += u64::from(result["replayed"] == true);
        self.counts.unchanged += u64::from(result["effect"] == "unchanged");
        self.counts.corrected += u64::from(self.refused.contains_key(&case.n));
        self.settled.insert(case.n);
        if case.deed.makes() {
            self.made(case, result)
        } else {
            self.changed(case, result)
        }
        Turn::Settled
    }

    fn made(&mut self, case: &Case, result: &Value) {
        let held = Held {
            number: text(result, "number"),
            code: text(result, "code"),
            edition: result["edition"].as_u64().unwrap_or(1),
            digest: text(result, "content_digest"),
            status: "valid".into(),
            replaced: false,
            cases: vec![case.n],
        };
        for name in [&held.number, &held.code] {
            if name.is_empty() || !self.given.insert(name.clone()) {
                self.wrong.insert(format!("第{}件的编号或码“{name}”是空的或给过另一张证书", case.n));
            }
        }
        // The first grant is not there yet, and replaces nothing.
        if let Some(before) = self.certificates.get_mut(&case.of) {
            before.replaced = true;
        }
        self.certificates.insert(case.n, held);
    }

    fn changed(&mut self, case: &Case, result: &Value) {
        let (number, code) = (text(result, "number"), text(result, "code"));
        let Some(held) = self.certificates.get_mut(&case.of) else { return };
        held.cases.push(case.n);
        let other = |said: &str, known: &str| !said.is_empty() && said != known;
        if other(&number, &held.number) || other(&code, &held.code) {
            self.wrong.insert(format!("第{}件答复的是{number}，应为{}", case.n, held.number));
            return;
        }
        if let Some(edition) = result["edition"].as_u64() {
            held.edition = edition;
        }
        for (key, known) in [("content_digest", &mut held.digest), ("status", &mut held.status)] {
            if let Some(said) = result[key].as_str() {
                *known = said.to_owned();
            }
        }
    }

    /// Gives a case up.
    pub fn give_up(&mut self, case: &Case, why: String) {
        self.lost.insert(case.n);
        self.counts.given_up.push((case.n, why));
    }

    /// Whether a case is acknowledged.
    pub fn is_settled(&self, n: u64) -> bool {
        self.settled.contains(&n)
    }

    /// Whether a case was given up.
    pub fn is_lost(&self, n: u64) -> bool {
        self.lost.contains(&n)
    }

    /// Cases that were acknowledged.
    pub fn acknowledged(&self) -> u64 {
        self.counts.deeds.values().map(|tally| tally.acknowledged).sum()
    }
}

fn text(result: &Value, key: &str) -> String {
    result[key].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::plan::Look;
    use super::*;
    use serde_json::json;

    fn case(n: u64, deed: Deed, of: u64) -> Case {
        Case { n, deed, body: 0, of, after: (n > 0).then(|| n - 1), look: Look::default(), mistake: None }
    }

    fn ok(number: &str, code: &str, edition: u64) -> Value {
        json!({ "outcome": "ok", "number": number, "code": code, "edition": edition, "content_digest": format!("d{edition}") })
    }

    #[test]
    fn a_certificate_follows_its_answers_and_a_refusal_is_counted_once_it_is_put_right() {
        let mut ledger = Ledger::default();
        let refused = json!({ "outcome": "error" });
        assert_eq!(ledger.take(&case(0, Deed::Grant, 0), &refused), Turn::Refused(1));
        assert_eq!(ledger.take(&case(0, Deed::Grant, 0), &ok("1", "A", 1)), Turn::Settled);
        ledger.take(&case(1, Deed::Extend, 0), &ok("1", "A", 2));
        ledger.take(&case(2, Deed::Renew, 0), &ok("2", "B", 1));
        let first = &ledger.certificates[&0];
        assert_eq!((first.edition, first.digest.as_str(), first.replaced), (2, "d2", true));
        let counts = &ledger.counts;
        assert_eq!((ledger.acknowledged(), counts.refused, counts.corrected), (3, 1, 1));
        assert!(ledger.wrong.is_empty() && ledger.is_settled(0) && !ledger.is_settled(3));
    }

    #[test]
    fn a_code_of_two_certificates_and_a_case_coded_twice_are_noticed() {
        let mut ledger = Ledger::default();
        ledger.take(&case(0, Deed::Grant, 0), &ok("1", "A", 1));
        ledger.take(&case(1, Deed::Grant, 1), &ok("2", "A", 1));
        assert_eq!(ledger.wrong.len(), 1, "{:?}", ledger.wrong);
        ledger.take(&case(2, Deed::Again, 0), &ok("3", "C", 1));
        assert_eq!(ledger.wrong.len(), 2, "{:?}", ledger.wrong);
    }
}
