//! 开放数据: what the public may have, as files, so that nobody needs to copy the pages: every day everything, and what
//! changed in 8 hours, 24 hours and 7 days. Certificates of opened authorities only; no code, no person, no draft.
//!
//! A release is made by a job, from the rows as they stand, and names the position up to which it knows. What is committed
//! while it is made may be in it already; the next delta has it again, as it stands then, so that nothing is missed.

mod make;
mod making;
mod pack;
mod table;

pub use store::open_data::CHUNK as OPEN_CHUNK;
pub use table::{OpenColumn, OpenFormat, OpenSubject, columns as open_columns};

use crate::jobs::Slot;
use crate::{App, AppError, Ctx, Footing, Result};
use domain::{Action, Instant, JobId};
use serde::{Deserialize, Serialize};
use store::open_data::{File, Release};

/// The kind of its jobs.
pub(crate) const KIND: &str = "open_data";

/// The key of `meta`: the last slot for which a job was queued.
const SLOT: &str = "open_data_slot";

const HOUR: i64 = 3_600;

/// Hours between two slots: midnight, 08:00 and 16:00 in Shanghai.
const EVERY: i64 = 8;

/// Days a snapshot is kept, and a delta.
const KEEP: (i64, i64) = (8, 31);

/// How much a release holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenSort {
    /// Everything.
    Snapshot,
    /// What changed since the last release of this sort.
    Hours8,
    /// What changed since the snapshot of the day before.
    Hours24,
    /// What changed since the snapshot of seven days before.
    Days7,
}

impl OpenSort {
    /// Deltas first: small, and of use at once.
    pub const ALL: [OpenSort; 4] = [OpenSort::Hours8, OpenSort::Hours24, OpenSort::Days7, OpenSort::Snapshot];

    /// The word in names and in the database.
    pub fn key(self) -> &'static str {
        match self {
            OpenSort::Snapshot => "snapshot",
            OpenSort::Hours8 => "8h",
            OpenSort::Hours24 => "24h",
            OpenSort::Days7 => "7d",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            OpenSort::Snapshot => "每日快照",
            OpenSort::Hours8 => "8 小时增量",
            OpenSort::Hours24 => "24 小时增量",
            OpenSort::Days7 => "7 天增量",
        }
    }

    /// The sort of a key.
    pub fn parse(key: &str) -> Option<OpenSort> {
        OpenSort::ALL.into_iter().find(|it| it.key() == key)
    }

    /// Seconds before its own that the release it starts from is due; none: the one before.
    fn back(self) -> Option<i64> {
        match self {
            OpenSort::Snapshot | OpenSort::Hours8 => None,
            OpenSort::Hours24 => Some(24 * HOUR),
            OpenSort::Days7 => Some(7 * 24 * HOUR),
        }
    }
}

/// A release with its files.
#[derive(Clone, Debug)]
pub struct OpenPublication {
    /// The release.
    pub release: Release,
    /// How much it holds.
    pub sort: OpenSort,
    /// Its files.
    pub files: Vec<File>,
}

/// What a job is to make.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    /// Micros of the moment it was due.
    slot: i64,
    /// Whether all sorts are wanted, or 8 hours only.
    all: bool,
    /// Who asked for it, if not the clock.
    by: Option<String>,
}

impl Order {
    fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| AppError::Fault(error.to_string()))
    }
}

/// The slot in which a moment lies, and whether it is midnight's.
fn slot(now: Instant) -> (Instant, bool) {
    let midnight = Instant::begin_of(now.day());
    let seconds = (now.micros() - midnight.micros()) / 1_000_000;
    let nth = seconds / (EVERY * HOUR);
    (midnight.plus_seconds(nth * EVERY * HOUR), nth == 0)
}

impl App {
    /// All that is published, newest first. Everybody may know.
    pub async fn open_data(&self) -> Result<Vec<OpenPublication>> {
        let reader = (&self.near).into();
        let releases = store::open_data::releases(reader).await?;
        let ids = releases.iter().map(|it| it.id).collect();
        let mut files = store::open_data::files(reader, ids).await?;
        let mut out = Vec::with_capacity(releases.len());
        for release in releases {
            let Some(sort) = OpenSort::parse(&release.sort) else { continue };
            let (own, others) = files.into_iter().partition(|file| file.release == release.id);
            files = others;
            out.push(OpenPublication { release, sort, files: own });
        }
        Ok(out)
    }

    /// A published file. Everybody may know.
    pub async fn open_file(&self, name: &str) -> Result<Option<File>> {
        Ok(store::open_data::file_by_name((&self.near).into(), name).await?)
    }

    /// A chunk of a published file, from 0, [`OPEN_CHUNK`] bytes but for the last.
    ///
    /// # Errors
    /// [`AppError::NotFound`] if it has been dropped meanwhile.
    pub async fn open_chunk(&self, file: i64, n: i64) -> Result<Vec<u8>> {
        store::open_data::chunk((&self.near).into(), file, n).await?.ok_or(AppError::NotFound)
    }

    /// Queues what is due by now, once whichever node asks first. The server asks every minute. What a standstill left out is
    /// not made up for: the next release starts from the last one that is there.
    pub async fn queue_open_data(&self) -> Result<Option<JobId>> {
        // What is invented for tests is nobody's data.
        if self.config.footing == Footing::Sandbox {
            return Ok(None);
        }
        let (slot, all) = slot(self.now());
        let last = store::meta::get((&self.db).into(), SLOT).await?;
        if last.as_deref().and_then(|it| it.parse().ok()).is_some_and(|last: i64| last >= slot.micros()) {
            return Ok(None);
        }
        // A platform that never was open publishes nothing; one that was closed tells so.
        let published = store::open_data::releases((&self.db).into()).await?;
        if published.is_empty() && !self.platform().await?.is_open() {
            return Ok(None);
        }
        // The first time everything is made, whatever the hour.
        let order = Order { slot: slot.micros(), all: all || published.is_empty(), by: None };
        let next = order.slot.to_string();
        let slot = Slot { key: SLOT, last: last.as_deref(), next: &next };
        self.queue(KIND, &order.text()?, Some(slot)).await
    }

    /// Has everything made now, beside the hours of the day.
    pub async fn order_open_data(&self, ctx: &Ctx) -> Result<JobId> {
        self.ask(ctx, Action::OpenDataMake, None)?;
        let order = Order { slot: self.now().micros(), all: true, by: Some(ctx.actor.to_string()) };
        self.queue(KIND, &order.text()?, None).await?.ok_or(AppError::NotFound)
    }

    /// Whether a job of [`App::order_open_data`] has ended, and with what message if it failed.
    ///
    /// # Errors
    /// A job that was given up.
    pub async fn open_data_made(&self, ctx: &Ctx, id: JobId) -> Result<Option<(u32, u32)>> {
        self.ask(ctx, Action::OpenDataMake, None)?;
        self.made(id, KIND, "请排除原因后重新运行 fuma open-data make。").await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Day;

    #[test]
    fn three_slots_a_day_begin_at_midnight_in_shanghai() {
        let midnight = Instant::begin_of(Day::new(2026, 11, 22).unwrap());
        for (seconds, begin, first) in
            [(0, 0, true), (28_799, 0, true), (28_800, 8, false), (57_600, 16, false), (86_399, 16, false)]
        {
            let (slot, is_first) = slot(midnight.plus_seconds(seconds));
            assert_eq!((slot, is_first), (midnight.plus_seconds(begin * HOUR), first), "{seconds}");
        }
    }

    #[test]
    fn every_sort_is_read_back_from_its_key() {
        for sort in OpenSort::ALL {
            assert_eq!(OpenSort::parse(sort.key()), Some(sort));
        }
    }
}
