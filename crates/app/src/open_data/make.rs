//! The making of releases: one job, restarted from its beginning after a crash but for the releases that stand already.

use super::making::Making;
use super::table::OpenSubject;
use super::{KEEP, OpenSort, Order};
use crate::jobs::LEASE_SECONDS;
use crate::searching::Opened;
use crate::verify::held;
use crate::{App, AppError, Result};
use domain::{Day, Instant, Object, StatusWord, VerdictWord};
use std::collections::{BTreeMap, HashMap};
use store::Urgency;
use store::event::Position;
use store::job::Job;
use store::open_data::Release;
use store::open_rows::Shown;

/// Chunks of an old file dropped in one transaction.
const DROPPED: u32 = 16;

/// Names of the authorities whose certificates are published.
pub(super) type Names = BTreeMap<i64, String>;

/// What a release knows: up to which position, of which day, of whom.
pub(super) struct Moment {
    pub position: Position,
    pub day: Day,
    pub names: Names,
}

impl App {
    /// Makes what the job's order asks for.
    pub(crate) async fn run_open_data(&self, job: &Job, progress: &(dyn Fn(u32, u32) + Sync)) -> Result<()> {
        let order: Order = serde_json::from_str(&job.payload)
            .map_err(|error| AppError::Fault(format!("任务{}的内容：{error}", job.id)))?;
        for file in store::open_data::abandoned((&self.db).into(), job.id).await? {
            self.drop_open_file(job, file).await?;
        }
        self.reload_tables().await?;
        let moment = self.moment().await?;
        let slot = Instant::from_micros(order.slot);
        let wanted = |sort: &&OpenSort| order.all || **sort == OpenSort::Hours8;
        for sort in OpenSort::ALL.iter().filter(wanted) {
            let known = store::open_data::releases((&self.db).into()).await?;
            if known.iter().any(|it| it.sort == sort.key() && it.slot == slot) {
                continue;
            }
            let from = (*sort != OpenSort::Snapshot).then(|| base(&known, *sort, slot, &moment));
            if from == Some(None) {
                // There is nothing yet that it could start from.
                continue;
            }
            let making = self.begin(job, progress, (*sort, slot), from.flatten(), &moment).await?;
            match from.flatten() {
                None => making.everything().await?,
                Some(from) => making.changes(from).await?,
            }
            tracing::info!(sort = sort.key(), position = moment.position.number, "open data: published");
        }
        self.drop_old(job, slot).await
    }

    /// What is known now: every day up to that day is told in the events up to that position, and none after it.
    async fn moment(&self) -> Result<Moment> {
        loop {
            self.tell_days().await?;
            let seen = self.db.snapshot().await?;
            let told = self.days_told((&seen).into()).await?;
            let position = store::event::last((&seen).into()).await?;
            // A day that another node is just telling is waited for.
            let Some(told) = told.filter(|told| told.up_to == i64::MAX) else {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                continue;
            };
            let opened = Opened::of((&seen).into()).await?;
            let tables = self.tables();
            let open = tables.authorities.iter().filter(|it| opened.has(it.id));
            let names = open.map(|it| (it.id.0, it.name.clone())).collect();
            return Ok(Moment { position, day: told.day, names });
        }
    }

    async fn begin<'a>(
        &'a self,
        job: &'a Job,
        progress: &'a (dyn Fn(u32, u32) + Sync),
        (sort, slot): (OpenSort, Instant),
        from: Option<&Release>,
        moment: &'a Moment,
    ) -> Result<Making<'a>> {
        let shanghai = slot.shanghai();
        let digits: String = shanghai.chars().filter(char::is_ascii_digit).take(12).collect();
        let (day, time) = digits.split_at(digits.len().min(8));
        let authorities =
            serde_json::to_string(&moment.names).map_err(|error| AppError::Fault(error.to_string()))?;
        let release = Release {
            id: self.ids("open_release", 1).await?,
            sort: sort.key().to_owned(),
            slot,
            name: format!("cma-{day}-{time}-{}", sort.key()),
            from_name: from.map(|it| it.name.clone()).unwrap_or_default(),
            from: from.map_or(Position { epoch: 0, number: 0 }, |it| it.position),
            position: moment.position,
            day: moment.day,
            made_at: self.now(),
            authorities,
        };
        let apart = sort == OpenSort::Snapshot;
        let mut making = Making { app: self, job, progress, release, moment, packs: BTreeMap::new(), apart };
        // These are there even where they are empty.
        let always: &[OpenSubject] = if apart { &OpenSubject::ALL[..2] } else { &OpenSubject::ALL };
        for subject in always {
            making.file(*subject, None).await?;
        }
        Ok(making)
    }

    /// Drops a file chunk by chunk.
    async fn drop_open_file(&self, job: &Job, file: i64) -> Result<()> {
        loop {
            let tx = self.db.begin(Urgency::Batch).await?;
            self.hold(&tx, job).await?;
            let dropped = store::open_data::drop_chunks(&tx, file, DROPPED).await?;
            tx.commit().await?;
            if dropped == 0 {
                return Ok(());
            }
        }
    }

    /// Whether the job is still this worker's: in the transaction of everything it writes, so that one that lost its lease
    /// writes nothing beside the one that has it.
    pub(super) async fn hold(&self, tx: &store::Tx, job: &Job) -> Result<()> {
        Ok(store::job::renew(tx, job, self.now().plus_seconds(LEASE_SECONDS)).await?)
    }

    async fn drop_old(&self, job: &Job, now: Instant) -> Result<()> {
        const DAY: i64 = 86_400;
        for it in store::open_data::releases((&self.db).into()).await? {
            let days = if it.sort == OpenSort::Snapshot.key() { KEEP.0 } else { KEEP.1 };
            if it.slot > now.plus_seconds(-days * DAY) {
                continue;
            }
            for file in store::open_data::files((&self.db).into(), vec![it.id]).await? {
                self.drop_open_file(job, file.id).await?;
            }
            let tx = self.db.begin(Urgency::Batch).await?;
            self.hold(&tx, job).await?;
            store::open_data::drop_release(&tx, it.id).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// What these certificates are on a day. Only of those whose recorded status begins later are the acts read, for what
    /// holds until then.
    pub(super) async fn words(&self, all: &[Shown], day: Day) -> Result<HashMap<i64, VerdictWord>> {
        let later = |it: &&Shown| it.head.status.since().is_some_and(|since| since > day);
        let ids: Vec<i64> = all.iter().filter(later).map(|it| it.head.id.0).collect();
        let events = match ids.is_empty() {
            true => Vec::new(),
            false => store::event::of_objects((&self.db).into(), Object::Certificate, ids).await?,
        };
        let word = |it: &Shown| {
            let head = &it.head;
            let status = match later(&it) {
                false => head.status.word(),
                true => {
                    let own: Vec<_> =
                        events.iter().filter(|event| event.object_id == head.id.0).cloned().collect();
                    let held = held(head, &own);
                    let then = held.iter().rev().find(|it| it.from.is_none_or(|from| from <= day));
                    then.map_or(StatusWord::Valid, |it| it.status.word())
                }
            };
            (head.id.0, VerdictWord::of_days(status, head.valid_from, head.valid_to, day))
        };
        Ok(all.iter().map(word).collect())
    }
}

/// The release that a delta starts from. One of an epoch that has ended may know of what was lost since: none starts there.
fn base<'a>(known: &'a [Release], sort: OpenSort, slot: Instant, moment: &Moment) -> Option<&'a Release> {
    let before = |it: &&Release| it.slot < slot && it.position.epoch == moment.position.epoch;
    let snapshot = |it: &&Release| it.sort == OpenSort::Snapshot.key();
    // Newest first.
    let earlier = || known.iter().filter(before);
    match sort.back() {
        None => earlier().find(|it| it.sort == sort.key()).or_else(|| earlier().find(snapshot)),
        Some(back) => {
            let due = slot.plus_seconds(-back);
            earlier().filter(snapshot).find(|it| it.slot <= due).or_else(|| earlier().rfind(snapshot))
        }
    }
}
