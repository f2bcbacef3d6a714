//! The nightly run: a job over ranges of certificates, which writes what is found otherwise than the day before, goes on after a
//! crash where it was, and keeps at its end how each authority's stock stands.

use super::look::{Items, Seen, keep};
use crate::jobs::{LEASE_SECONDS, Slot};
use crate::{App, AppError, Ctx, Result};
use domain::{Action, AuthorityId, Day, Instant, JobId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::Urgency;
use store::job::Job;
use store::quality::QualityDay;

/// The kind of its jobs.
pub(crate) const KIND: &str = "quality";

/// The key of `meta`: the last day for which a run was queued.
const SLOT: &str = "quality_slot";
/// The key of `meta`: how far the run is.
const RUN: &str = "quality_run";

/// The hour in Shanghai from which a day's run is due: nobody imports then.
const HOUR: i64 = 2;
/// Certificates read at a time: their rows are all that is held.
const RANGE: i64 = 50;
/// Certificates between two notes of how far it is.
const STEP: i64 = 1_000;

/// How far a run is.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct State {
    /// Number of the day it is for.
    day: i32,
    /// The certificates up to this key were looked at.
    after: i64,
    /// By authority, how many certificates in force and rows these were.
    looked: BTreeMap<i64, (u64, u64)>,
}

impl State {
    fn count(&mut self, seen: &[Seen]) {
        for it in seen {
            let Some(looked) = &it.looked else { continue };
            let sum = self.looked.entry(it.head.authority.0).or_default();
            sum.0 += 1;
            sum.1 += looked.rows;
        }
    }

    fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| AppError::Fault(error.to_string()))
    }
}

/// The day whose run is due, if its hour has come.
fn slot(now: Instant) -> Option<Day> {
    let day = now.day();
    (now >= Instant::begin_of(day).plus_seconds(HOUR * 3_600)).then_some(day)
}

impl App {
    /// Queues the day's run once its hour has come, whichever node asks first; the first run of a registry at once. The server
    /// asks every minute. Days of a standstill are not made up for.
    pub async fn queue_quality(&self) -> Result<Option<JobId>> {
        let last = store::meta::get((&self.db).into(), SLOT).await?;
        let due = match &last {
            None => Some(self.today()),
            Some(_) => slot(self.now()),
        };
        let Some(day) = due else { return Ok(None) };
        if last.as_deref().and_then(|it| it.parse().ok()).is_some_and(|last: i32| last >= day.number()) {
            return Ok(None);
        }
        let next = day.number().to_string();
        let slot = Slot { key: SLOT, last: last.as_deref(), next: &next };
        self.queue(KIND, &next, Some(slot)).await
    }

    /// Has the whole stock looked through now, beside the hours of the night.
    pub async fn order_quality(&self, ctx: &Ctx) -> Result<JobId> {
        self.ask(ctx, Action::QualityRun, None)?;
        self.queue(KIND, &self.today().number().to_string(), None).await?.ok_or(AppError::NotFound)
    }

    /// How far a job of [`App::order_quality`] is; none when it has ended.
    ///
    /// # Errors
    /// A job that was given up.
    pub async fn quality_made(&self, ctx: &Ctx, id: JobId) -> Result<Option<(u32, u32)>> {
        self.ask(ctx, Action::QualityRun, None)?;
        self.made(id, KIND, "请排除原因后重新运行 fuma quality run。").await
    }

    /// Looks the whole stock through.
    pub(crate) async fn run_quality(&self, job: &Job, progress: &(dyn Fn(u32, u32) + Sync)) -> Result<()> {
        let day = job.payload.parse().ok().and_then(|day| Day::from_number(day).ok());
        let day = day.ok_or_else(|| AppError::Fault(format!("任务{}的内容", job.id)))?;
        self.reload_tables().await?;
        let known = store::meta::get((&self.db).into(), RUN).await?;
        let known = known.and_then(|text| serde_json::from_str::<State>(&text).ok());
        let begun = State { day: day.number(), ..State::default() };
        let mut state = known.filter(|it| it.day == begun.day).unwrap_or(begun);
        let mut items = Items::default();
        loop {
            let last = store::feed::last_certificate((&self.db).into()).await?;
            if state.after >= last {
                break;
            }
            self.run_step(job, &mut items, &mut state, (last, day)).await?;
            let steps = |n: i64| u32::try_from(n / STEP).unwrap_or(u32::MAX);
            progress(steps(state.after), steps(last).max(1));
        }
        self.end_run(job, &state, day).await
    }

    async fn run_step(
        &self,
        job: &Job,
        items: &mut Items,
        state: &mut State,
        (last, day): (i64, Day),
    ) -> Result<()> {
        let to = last.min(state.after + STEP);
        while state.after < to {
            let range = (state.after, to.min(state.after + RANGE));
            let seen = self.look_through(items, range, day).await?;
            state.count(&seen);
            state.after = range.1;
            // Most ranges are as they were the day before: no transaction for them.
            if self.news((&self.db).into(), &seen, day).await?.is_empty() {
                continue;
            }
            let tx = self.db.begin(Urgency::Batch).await?;
            let news = self.news((&tx).into(), &seen, day).await?;
            keep(&tx, news).await?;
            self.note_run(&tx, job, state).await?;
            tx.commit().await?;
        }
        let tx = self.db.begin(Urgency::Batch).await?;
        self.note_run(&tx, job, state).await?;
        tx.commit().await?;
        Ok(())
    }

    /// In the transaction of everything that is written, so that a worker that lost its lease writes nothing beside the one that
    /// has it, and what was looked at is counted once.
    async fn note_run(&self, tx: &store::Tx, job: &Job, state: &State) -> Result<()> {
        store::job::renew(tx, job, self.now().plus_seconds(LEASE_SECONDS)).await?;
        store::meta::set(tx, RUN, &state.text()?).await?;
        Ok(())
    }

    /// Keeps how it stands.
    async fn end_run(&self, job: &Job, state: &State, day: Day) -> Result<()> {
        let found = store::quality::all_counts((&self.db).into()).await?;
        let found = found.into_iter().map(|(authority, rule, certificates, rows)| QualityDay {
            day,
            authority,
            rule,
            certificates,
            rows,
        });
        let looked = state.looked.iter().map(|(id, (certificates, rows))| QualityDay {
            day,
            authority: AuthorityId(*id),
            rule: String::new(),
            certificates: *certificates,
            rows: *rows,
        });
        let stood: Vec<QualityDay> = looked.chain(found).collect();
        let tx = self.db.begin(Urgency::Batch).await?;
        self.note_run(&tx, job, &State::default()).await?;
        store::quality::set_day(&tx, day, &stood).await?;
        tx.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_due_from_two_in_the_morning_in_shanghai() {
        let day = Day::new(2026, 11, 22).unwrap();
        let at = |seconds| slot(Instant::begin_of(day).plus_seconds(seconds));
        assert_eq!((at(7_199), at(7_200), at(86_399)), (None, Some(day), Some(day)));
    }

    #[test]
    fn how_far_it_is_is_read_back() {
        let state = State { day: 20_000, after: 7, looked: [(28, (3, 70))].into() };
        assert_eq!(serde_json::from_str::<State>(&state.text().unwrap()).unwrap(), state);
    }
}
