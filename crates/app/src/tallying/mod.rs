//! 统计: what is asked and done is counted, and nobody who asked is recorded.
//!
//! A question is counted in the memory of its node ([`Counting::push`]): that is all an answer waits for. Twice a second the
//! node writes what it counted as one packed row (`flush`), and whoever comes first adds waiting rows to the sums, in the transaction
//! that takes them away (`fold`). What was done is counted from its events, by position (`acts`). So nothing is counted twice by
//! whichever node, and a node that is killed loses at most its last second.

mod acts;
mod asker;
mod flush;
mod fold;
mod pace;
mod pending;
mod salt;

pub use asker::{Asker, Asking};

use crate::{App, Result};
use domain::tally::{Agent, Answer, Dimension, Hour, Measure, Seen, Sort, Way};
use domain::{AuthorityId, BodyId, Code, Day, Number, Two, VerdictWord};
use pace::Paces;
use pending::Pending;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};
use store::certificate::Head;
use store::tally::{Of, Tally};

/// What a question was about, as far as it is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    pub authority: AuthorityId,
    pub body: BodyId,
    pub domain: Two,
}

impl From<&Head> for Subject {
    fn from(head: &Head) -> Subject {
        Subject { authority: head.authority, body: head.body, domain: head.domain }
    }
}

/// One question, as it lies in memory until the next half second.
#[derive(Debug)]
pub(crate) struct Counted {
    at: Hour,
    seen: Seen,
    body: Option<BodyId>,
    visitor: Option<u64>,
    unknown: Option<(Sort, Box<str>)>,
}

/// Parts of the memory, so that threads do not wait for one another.
const SHARDS: usize = 16;

/// What a node keeps to count with.
#[derive(Default)]
pub(crate) struct Counting {
    shards: [Mutex<Vec<Counted>>; SHARDS],
    paces: Paces,
    /// What could not be written yet. Held while it is written, so that two flushes follow each other.
    pending: tokio::sync::Mutex<Pending>,
    salt: RwLock<Option<salt::Salt>>,
    /// When a store that gave no salt is asked again, in microseconds.
    salt_again: AtomicI64,
    own_salt: std::sync::OnceLock<[u8; 32]>,
    /// Set by the benchmark only, which asks what counting costs.
    off: AtomicBool,
}

thread_local! {
    static SHARD: usize = {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS
    };
}

impl Counting {
    fn push(&self, counted: Counted) {
        let shard = SHARD.with(|shard| *shard);
        self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner).push(counted);
    }

    fn take(&self) -> Vec<Counted> {
        let mut all = Vec::new();
        for shard in &self.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            // Its room stays with the shard, which will need it again.
            all.append(&mut shard);
        }
        all
    }
}

/// A question of the public about a certificate.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// As what it is counted: [`Measure::Scan`], [`Measure::Verdict`] or [`Measure::Batch`].
    pub measure: Measure,
    /// How it is asked.
    pub way: Way,
    /// By whom.
    pub asker: &'a Asker,
}

impl Question<'_> {
    /// A code or number typed in.
    pub fn typed(way: Way, asker: &Asker) -> Question<'_> {
        Question { measure: Measure::Verdict, way, asker }
    }

    /// A code scanned.
    pub fn scanned(way: Way, asker: &Asker) -> Question<'_> {
        Question { measure: Measure::Scan, way, asker }
    }
}

/// What was asked for and is not there.
pub(crate) enum Missing<'a> {
    Code(&'a Code),
    Number(&'a Number),
}

impl App {
    /// Counts an answer about a certificate, or about none.
    pub(crate) fn count_verdict(
        &self,
        question: Question<'_>,
        word: VerdictWord,
        subject: Option<Subject>,
        missing: Option<Missing<'_>>,
    ) {
        // An outage is no answer.
        if word == VerdictWord::Undeterminable {
            return;
        }
        let Question { measure, way, asker } = question;
        let unknown = missing.filter(|_| word == VerdictWord::Unknown).map(|missing| match missing {
            Missing::Code(code) => (Sort::Code, code.as_str().into()),
            Missing::Number(number) => (Sort::Number, number.as_str().into()),
        });
        let told = measure.dimensions().contains(&Dimension::Way);
        let seen = Seen {
            authority: subject.map(|it| it.authority),
            answer: Some(Answer::Verdict(word)),
            way: told.then_some(way),
            domain: subject.map(|it| it.domain),
            ..asker.seen(measure)
        };
        self.push(asker, seen, subject.map(|it| it.body), unknown);
    }

    /// Counts an input that cannot be a code or a number.
    pub fn count_malformed(&self, question: Question<'_>) {
        self.count_verdict(question, VerdictWord::Malformed, None, None);
    }

    /// Counts a search of the public.
    pub fn count_search(&self, asker: &Asker, found: bool) {
        let answer = Some(if found { Answer::Found } else { Answer::Nothing });
        self.push(asker, Seen { answer, ..asker.seen(Measure::Search) }, None, None);
    }

    /// Counts a page of the public that answers no question.
    pub fn count_view(&self, asker: &Asker) {
        self.push(asker, asker.seen(Measure::View), None, None);
    }

    /// Counts a call of a system: of which authority, if it is known, and with which status of HTTP.
    pub fn count_call(&self, authority: Option<AuthorityId>, status: u16) {
        let answer = match status {
            ..400 => Answer::Done,
            400..500 => Answer::Refused,
            _ => Answer::Failed,
        };
        let asker = Asker::program();
        self.push(&asker, Seen { authority, answer: Some(answer), ..asker.seen(Measure::Call) }, None, None);
    }

    fn push(&self, asker: &Asker, seen: Seen, body: Option<BodyId>, unknown: Option<(Sort, Box<str>)>) {
        if self.counting.off.load(Ordering::Relaxed) {
            return;
        }
        // A list with many slips in it is one question.
        if unknown.is_some() && seen.measure != Measure::Batch {
            asker.pace.inspect(|pace| self.counting.paces.missed(*pace, self.now()));
        }
        // Programs are no visitors.
        let visitor = asker.visitor.filter(|_| seen.agent == Agent::Person);
        self.counting.push(Counted { at: Hour::of(self.now()), seen, body, visitor, unknown });
    }

    /// Switches counting off and on again, to measure what it costs. For the benchmark alone.
    #[doc(hidden)]
    pub fn count_nothing(&self, off: bool) {
        self.counting.off.store(off, Ordering::Relaxed);
    }

    /// How often certificates of an authority were asked for on days, by answer: scans, typed verdicts and lines of lists, of
    /// people and programs.
    pub(crate) async fn questions_about(
        &self,
        authority: AuthorityId,
        (from, to): (Day, Day),
    ) -> Result<Vec<Tally>> {
        self.settle_tally().await?;
        let mut all = Vec::new();
        for measure in [Measure::Scan, Measure::Verdict, Measure::Batch] {
            let (reader, of) = ((&self.db).into(), Of::Authority(authority));
            all.extend(store::tally::of_one(reader, measure, Dimension::Answer, of, (from, to)).await?);
        }
        Ok(all)
    }

    /// Adds what waits in the log of all nodes to the sums, and what was done. Who shows figures calls it first; it costs a few
    /// reads where nothing waits. What nodes have in memory, the last half second, is not among it: a page that its reader leaves
    /// before it is made must not take counts with it.
    ///
    /// # Errors
    /// Only what is our own fault.
    pub async fn settle_tally(&self) -> Result<()> {
        self.fold_tally().await?;
        self.count_acts().await?;
        Ok(())
    }
}
