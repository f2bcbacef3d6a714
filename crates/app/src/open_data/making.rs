//! A release on its way: its files, the rows that go into them, and the moment in which it is seen.

use super::Order;
use super::make::{Moment, Names};
use super::pack::{Chunk, Pack};
use super::table::{self, OpenFormat, OpenSubject};
use crate::days::by_itself;
use crate::{App, AppError, Result};
use domain::{AuthorityId, EventKind, Number, Object, Status, StatusWord};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::Urgency;
use store::job::Job;
use store::open_data::{File, Release};
use store::open_rows::{OfScope, Shown};

/// Keys of certificates read in one go: some ten thousand rows of annexes.
const RANGE: i64 = 200;

/// Certificates of a delta read in one go.
const SOME: usize = 200;

/// A release that is being made.
pub(super) struct Making<'a> {
    pub app: &'a App,
    pub job: &'a Job,
    pub progress: &'a (dyn Fn(u32, u32) + Sync),
    pub release: Release,
    pub moment: &'a Moment,
    /// The files by subject and, where there is one for each, authority: CSV and NDJSON.
    pub packs: BTreeMap<(OpenSubject, Option<i64>), [Pack; 2]>,
    /// Whether each authority has files of its own for its annexes.
    pub apart: bool,
}

/// Whether it is not to be shown, whoever may see the rest.
fn hidden(status: &Status) -> bool {
    status.word() == StatusWord::Annulled
}

impl Making<'_> {
    /// The two files of a subject, begun where they are not there yet.
    pub async fn file(&mut self, subject: OpenSubject, authority: Option<i64>) -> Result<&mut [Pack; 2]> {
        let key = (subject, authority);
        if !self.packs.contains_key(&key) {
            let id = self.app.ids("open_file", 2).await?;
            let tx = self.app.db.begin(Urgency::Batch).await?;
            self.app.hold(&tx, self.job).await?;
            store::open_data::begin_parts(&tx, self.job.id, &[id, id + 1]).await?;
            tx.commit().await?;
            let whose = authority.map(|it| format!("-{it:02}")).unwrap_or_default();
            let pack = |id: i64, format: OpenFormat| {
                let name = format!("{}-{}{whose}.{}.gz", self.release.name, subject.key(), format.key());
                let file = File {
                    id,
                    release: self.release.id,
                    name,
                    subject: subject.key().to_owned(),
                    format: format.key().to_owned(),
                    authority: authority.map(AuthorityId),
                    rows: 0,
                    bytes: 0,
                    digest: [0; 32],
                };
                Pack::new(file, format, subject)
            };
            let both = [pack(id, OpenFormat::Csv), pack(id + 1, OpenFormat::Ndjson)];
            self.packs.insert(key, both);
        }
        self.packs.get_mut(&key).ok_or_else(|| AppError::Fault("a file that was begun is not there".into()))
    }

    /// Writes the rows of certificates; what is written of them otherwise follows. Their numbers by key, of those shown.
    async fn heads(&mut self, all: &[Shown]) -> Result<HashMap<i64, (Number, i64)>> {
        let words = self.app.words(all, self.moment.day).await?;
        let moment = self.moment;
        let packs = self.file(OpenSubject::Certificates, None).await?;
        let mut shown = HashMap::new();
        for it in all {
            let head = &it.head;
            let (Some(name), Some(word)) = (moment.names.get(&head.authority.0), words.get(&head.id.0))
            else {
                continue;
            };
            let row = table::certificate(it, name, *word, moment.day);
            packs.iter_mut().for_each(|pack| pack.row(&row));
            shown.insert(head.id.0, (head.number.clone(), head.authority.0));
        }
        Ok(shown)
    }

    async fn sites(
        &mut self,
        all: &mut store::Rows<store::open_rows::OfSite>,
        of: &HashMap<i64, (Number, i64)>,
    ) -> Result<()> {
        let packs = self.file(OpenSubject::Sites, None).await?;
        while let Some(it) = all.next().await? {
            if let Some((number, _)) = of.get(&it.certificate.0) {
                let row = table::site(number.as_str(), &it);
                packs.iter_mut().for_each(|pack| pack.row(&row));
            }
        }
        Ok(())
    }

    async fn capabilities(
        &mut self,
        all: &mut store::Rows<OfScope>,
        of: &HashMap<i64, (Number, i64)>,
    ) -> Result<()> {
        let (mut last, mut n) = (0, 0);
        while let Some(it) = all.next().await? {
            let Some((number, authority)) = of.get(&it.certificate.0) else { continue };
            n = if it.certificate.0 == last { n + 1 } else { 1 };
            last = it.certificate.0;
            let apart = self.apart.then_some(*authority);
            let packs = self.file(OpenSubject::Capabilities, apart).await?;
            let row = table::capability(number.as_str(), n, &it);
            packs.iter_mut().for_each(|pack| pack.row(&row));
        }
        Ok(())
    }

    /// Everything that may be shown, range by range of keys.
    pub async fn everything(mut self) -> Result<()> {
        let db = &self.app.db;
        let last = store::feed::last_certificate(db.into()).await?;
        let steps = |at: i64| u32::try_from(at / RANGE).unwrap_or(u32::MAX);
        let mut after = 0;
        while after < last {
            let to = last.min(after + RANGE);
            let mut certificates = store::open_rows::certificates(db, after, to);
            let mut all = Vec::new();
            while let Some(it) = certificates.next().await? {
                if self.moment.names.contains_key(&it.head.authority.0) && !hidden(&it.head.status) {
                    all.push(it);
                }
            }
            // Of whom nothing is shown, nothing more is read.
            if !all.is_empty() {
                let of = self.heads(&all).await?;
                self.sites(&mut store::open_rows::sites(db, after, to), &of).await?;
                self.capabilities(&mut store::open_rows::capabilities(db, after, to), &of).await?;
                self.flush().await?;
            }
            after = to;
            (self.progress)(steps(after), steps(last).max(1));
        }
        self.publish().await
    }

    /// What changed since an earlier release: certificates to which something happened, and those of authorities that were
    /// opened, closed or renamed.
    pub async fn changes(mut self, from: &Release) -> Result<()> {
        let db = &self.app.db;
        let were: Names = serde_json::from_str(&from.authorities)
            .map_err(|error| AppError::Fault(format!("{}：{error}", from.name)))?;
        let window = (from.position, self.moment.position);
        // What happens to a certificate that the public sees.
        let seen = |kind: &EventKind| kind.of_life() || *kind == EventKind::DayCame;
        let seen: Vec<EventKind> = EventKind::ALL.iter().copied().filter(seen).collect();
        let happened = store::open_rows::happened_to(db.into(), window, &seen).await?;
        let mut ids: BTreeSet<i64> = happened.into_iter().collect();
        let keys: BTreeSet<i64> = were.keys().chain(self.moment.names.keys()).copied().collect();
        let other: Vec<i64> =
            keys.into_iter().filter(|it| were.get(it) != self.moment.names.get(it)).collect();
        let mut after = 0;
        while !other.is_empty() {
            let more = store::open_rows::of_authorities(db.into(), other.clone(), after, SOME as u32).await?;
            let Some(last) = more.last() else { break };
            after = *last;
            ids.extend(more);
        }
        let ids: Vec<i64> = ids.into_iter().collect();
        let total = u32::try_from(ids.len()).unwrap_or(u32::MAX).max(1);
        let mut done = 0;
        for some in ids.chunks(SOME) {
            self.changed(some, &were).await?;
            self.flush().await?;
            done += u32::try_from(some.len()).unwrap_or(0);
            (self.progress)(done, total);
        }
        self.publish().await
    }

    async fn changed(&mut self, ids: &[i64], were: &Names) -> Result<()> {
        let db = &self.app.db;
        let all = store::open_rows::certificates_of(db.into(), ids.to_vec()).await?;
        let open = |it: &Shown| self.moment.names.contains_key(&it.head.authority.0);
        let (shown, gone): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|it| open(it) && !hidden(&it.head.status));
        let packs = self.file(OpenSubject::Certificates, None).await?;
        // Of an authority that was not opened nobody has anything to remove.
        for it in gone.iter().filter(|it| were.contains_key(&it.head.authority.0)) {
            let row = table::removed(it.head.number.as_str());
            packs.iter_mut().for_each(|pack| pack.row(&row));
        }
        let of = self.heads(&shown).await?;
        for it in &shown {
            let id = it.head.id.0;
            self.sites(&mut store::open_rows::sites(db, id - 1, id), &of).await?;
            self.capabilities(&mut store::open_rows::capabilities_of(db, id), &of).await?;
        }
        Ok(())
    }

    /// Writes the chunks that are full.
    async fn flush(&mut self) -> Result<()> {
        let mut chunks = Vec::new();
        self.packs.values_mut().flatten().for_each(|pack| pack.full(&mut chunks));
        self.write(chunks).await
    }

    async fn write(&self, chunks: Vec<Chunk>) -> Result<()> {
        // One chunk a transaction: an act that waits for the writer does not wait long.
        for (file, n, bytes) in chunks {
            let tx = self.app.db.begin(Urgency::Batch).await?;
            self.app.hold(&tx, self.job).await?;
            store::open_data::put_chunk(&tx, file, n, bytes).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Ends the files, and lets them be seen: with the event that names them and their hashes.
    async fn publish(mut self) -> Result<()> {
        let mut files = Vec::new();
        for pack in std::mem::take(&mut self.packs).into_values().flatten() {
            let mut chunks = Vec::new();
            let file = pack.end(&mut chunks).map_err(|error| AppError::Fault(format!("gzip: {error}")))?;
            self.write(chunks).await?;
            files.push(file);
        }
        let it = &self.release;
        let hash = |file: &File| format!("{} {}", file.name, data_encoding::HEXLOWER.encode(&file.digest));
        let ctx = by_itself(&format!("job-{}", self.job.id));
        let mut event = self.app.event(&ctx, EventKind::OpenData, Object::Registry, it.id);
        event.details = vec![
            ("release", it.name.clone()),
            ("from", it.from_name.clone()),
            ("up_to", format!("{}.{}", it.position.epoch, it.position.number)),
            ("files", files.iter().map(hash).collect::<Vec<_>>().join("; ")),
        ];
        let order: Option<Order> = serde_json::from_str(&self.job.payload).ok();
        event.details.extend(order.and_then(|it| it.by).map(|by| ("ordered_by", by)));
        let tx = self.app.db.begin(Urgency::Act).await?;
        self.app.hold(&tx, self.job).await?;
        store::open_data::publish(&tx, it, &files).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }
}
