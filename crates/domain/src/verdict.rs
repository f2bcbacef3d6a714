//! 查真: the answer to a scan or a typed number (architecture.md 7). Named checks, one word.
//!
//! A pure rule: what was found, what was shown, which day is asked. An outage is never "invalid".

mod check;
mod reason;
mod word;

use crate::{Day, Status, StatusWord};
pub use check::{Check, CheckName, Outcome};
pub use reason::{Coming, Reason};
pub use word::{Mark, Tone, VerdictWord};

/// A status and the first day on which it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// First day; `None` for what holds from the beginning.
    pub from: Option<Day>,
    /// The status.
    pub status: Status,
}

impl From<Status> for Held {
    /// The recorded status with its own day. A resumption (恢复) has no day in [`Status::Valid`]; give its day by hand.
    fn from(status: Status) -> Held {
        Held { from: status.since(), status }
    }
}

/// What the registry holds of a certificate, as far as the rule needs it.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The acts that stand (lifted ones left out), oldest first; the last is the recorded status.
    /// Before the first of them the certificate counts as valid.
    pub held: &'a [Held],
    /// First valid day of the edition asked about.
    pub valid_from: Day,
    /// 有效期至: the last valid day, whole.
    pub valid_to: Day,
    /// The current edition, from 1.
    pub edition: u32,
}

/// What the look-up brought.
#[derive(Clone, Copy, Debug)]
pub enum Lookup<'a> {
    /// The certificate.
    Found(Record<'a>),
    /// The registry was asked and has no such code or number.
    Missing,
    /// The registry could not be asked: our fault, not the certificate's.
    Unavailable,
}

/// What the asker holds in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The short code or a number: says nothing of an edition.
    Short,
    /// Paper that names its edition.
    Edition(u32),
}

/// The answer: one word and the checks it rests on. Made by [`Verdict::of`] and [`Verdict::malformed`] only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    word: VerdictWord,
    checks: [Check; 6],
    on: Day,
    today: Day,
    old_edition: Option<u32>,
}

impl Verdict {
    /// The verdict for `on`, asked on `today`.
    pub fn of(found: Lookup<'_>, shown: Shown, on: Day, today: Day) -> Verdict {
        match found {
            Lookup::Found(record) => Verdict::found(record, shown, on, today),
            Lookup::Missing => {
                let known = (Outcome::Fail, Reason::NotInRegister);
                let rest = (Outcome::NotApplicable, Reason::NothingFound);
                Verdict::bare(VerdictWord::Unknown, known, rest, on, today)
            }
            Lookup::Unavailable => {
                let known = (Outcome::Unknown, Reason::Unavailable);
                let rest = (Outcome::Unknown, Reason::Unavailable);
                Verdict::bare(VerdictWord::Undeterminable, known, rest, on, today)
            }
        }
    }

    /// The verdict on an input that cannot be a code or number; nothing was asked of the registry.
    /// `why` says what is wrong with it.
    pub fn malformed(why: &str, today: Day) -> Verdict {
        let known = (Outcome::NotApplicable, Reason::Input(why.to_owned()));
        let rest = (Outcome::NotApplicable, Reason::NotAsked);
        Verdict::bare(VerdictWord::Malformed, known, rest, today, today)
    }

    fn bare(
        word: VerdictWord,
        known: (Outcome, Reason),
        (outcome, reason): (Outcome, Reason),
        on: Day,
        today: Day,
    ) -> Verdict {
        let checks = CheckName::ALL.map(|name| match name {
            CheckName::Known => Check { name, outcome: known.0, reason: known.1.clone() },
            CheckName::Sig | CheckName::Ledger => not_yet(name),
            CheckName::Edition | CheckName::Status | CheckName::Days => {
                Check { name, outcome, reason: reason.clone() }
            }
        });
        Verdict { word, checks, on, today, old_edition: None }
    }

    fn found(record: Record<'_>, shown: Shown, on: Day, today: Day) -> Verdict {
        let status = status_on(record.held, on);
        let checks = CheckName::ALL.map(|name| {
            let (outcome, reason) = match name {
                CheckName::Known => (Outcome::Pass, Reason::InRegister),
                CheckName::Sig | CheckName::Ledger => return not_yet(name),
                CheckName::Edition => check_edition(shown, record.edition),
                CheckName::Status => check_status(status, next_after(record.held, on)),
                CheckName::Days => check_days(record.valid_from, record.valid_to, on),
            };
            Check { name, outcome, reason }
        });
        let word = status.map_or(StatusWord::Valid, Status::word);
        let word = VerdictWord::of_days(word, record.valid_from, record.valid_to, on);
        let old_edition = match shown {
            Shown::Edition(edition) if edition < record.edition => Some(edition),
            Shown::Edition(_) | Shown::Short => None,
        };
        Verdict { word, checks, on, today, old_edition }
    }

    /// The one word.
    pub fn word(&self) -> VerdictWord {
        self.word
    }

    /// The checks in the order of [`CheckName::ALL`].
    pub fn checks(&self) -> &[Check; 6] {
        &self.checks
    }

    /// The day asked about.
    pub fn on(&self) -> Day {
        self.on
    }

    /// The edition in hand, where it is not the current one: 您手中的是旧版.
    pub fn old_edition(&self) -> Option<u32> {
        self.old_edition
    }

    /// The day asked about, where it is not today and something was asked.
    pub fn asked_day(&self) -> Option<Day> {
        Some(self.on).filter(|on| *on != self.today && self.word != VerdictWord::Malformed)
    }

    /// What this means for the reader, in one sentence; names the asked day when it is not today.
    pub fn sentence(&self) -> String {
        let asked = self.asked_day();
        let day = asked.map(|on| format!("按所询日期{}判定：", on.chinese())).unwrap_or_default();
        format!("{day}{}", self.word.sentence())
    }
}

/// Signature and ledger come later; until then they are said to be not applicable, not passed.
fn not_yet(name: CheckName) -> Check {
    let reason = if name == CheckName::Sig { Reason::NoSignature } else { Reason::NoLedger };
    Check { name, outcome: Outcome::NotApplicable, reason }
}

/// The status that holds on a day. An annulled assignment never was a certificate: it is annulled on every day.
fn status_on(held: &[Held], on: Day) -> Option<&Status> {
    let annulled = held.last().filter(|h| h.status.word() == StatusWord::Annulled);
    let holding = || held.iter().rev().find(|h| h.from.is_none_or(|from| from <= on));
    annulled.or_else(holding).map(|h| &h.status)
}

/// The next act that is recorded but does not hold yet.
fn next_after(held: &[Held], on: Day) -> Option<&Held> {
    held.iter().find(|h| h.from.is_some_and(|from| from > on) && h.status.word() != StatusWord::Valid)
}

fn check_edition(shown: Shown, current: u32) -> (Outcome, Reason) {
    match shown {
        Shown::Short => (Outcome::NotApplicable, Reason::NoEdition { current }),
        Shown::Edition(edition) if edition == current => (Outcome::Pass, Reason::CurrentEdition { edition }),
        Shown::Edition(edition) if edition < current => {
            (Outcome::Fail, Reason::OldEdition { edition, current })
        }
        // A replica may lag behind the paper; that is no fault of the paper.
        Shown::Edition(edition) => (Outcome::Unknown, Reason::EditionAhead { edition, current }),
    }
}

fn check_status(status: Option<&Status>, next: Option<&Held>) -> (Outcome, Reason) {
    let coming = next.and_then(|held| Some(Coming { word: held.status.word(), from: held.from? }));
    match status {
        None | Some(Status::Valid) => (Outcome::Pass, Reason::InForce { coming }),
        Some(Status::Superseded { from }) => (Outcome::Fail, Reason::Superseded { from: *from }),
        Some(other) => {
            let document = other.act().map(|act| act.document.clone()).unwrap_or_default();
            (Outcome::Fail, Reason::Acted { word: other.word(), since: other.since(), document, coming })
        }
    }
}

fn check_days(from: Day, to: Day, on: Day) -> (Outcome, Reason) {
    if on < from {
        (Outcome::Fail, Reason::NotYetBegun { from })
    } else if on > to {
        (Outcome::Fail, Reason::Over { to })
    } else {
        (Outcome::Pass, Reason::WithinDays { on, from, to })
    }
}

#[cfg(test)]
mod tests;
