//! The making of the index from the store.

use super::{Progress, as_of};
use crate::verify::held;
use crate::{App, Result};
use ::search::{BodyEntry, CertificateEntry, Index, Loader, MergedBody, Subject};
use domain::{AuthorityId, BodyId, CertificateId, Concern, Division, Object, StatusWord};
use std::collections::HashMap;
use std::sync::atomic::Ordering;
use store::body::Body;
use store::certificate::Head;
use store::event::Recorded;
use store::feed::Named;

/// Keys of certificates that are read in one go: about a second, so that no snapshot is long.
pub(super) const RANGE: i64 = 2_000;

/// What the editions of a body's certificates say of it.
#[derive(Default)]
pub(super) struct Known {
    /// Of the current edition of the certificate with the highest key.
    address: String,
    names: Vec<String>,
    /// Who was told of acts against its certificates.
    pub(super) told: Vec<(AuthorityId, Concern)>,
    /// What was merged into it is found by its codes as well; they stand with the former names.
    codes: Vec<String>,
    merged: Vec<MergedBody>,
}

impl Known {
    /// Takes an edition in; they come in the order of certificates and editions.
    pub(super) fn take(&mut self, named: Named) {
        if named.current {
            self.address = named.address;
        }
        for name in [named.name, named.other_name] {
            if !name.is_empty() && !self.names.contains(&name) {
                self.names.push(name);
            }
        }
    }

    /// Takes a body in that was merged into it.
    pub(super) fn take_merged(&mut self, row: Body) {
        for name in [row.name, row.other_name] {
            if !name.is_empty() && !self.names.contains(&name) {
                self.names.push(name);
            }
        }
        self.codes.extend([row.own_uscc, row.parent_uscc].into_iter().flatten().map(|code| code.to_string()));
        self.codes.extend(row.org_code);
        let (uscc, parent_uscc) = (row.own_uscc, row.parent_uscc);
        self.merged.push(MergedBody { uscc, parent_uscc, division: row.division, xpcc: row.xpcc });
    }
}

impl App {
    /// The index of what stands now. What happens while it is read is followed afterwards: rows that are read newer than
    /// the position are read again then.
    pub(super) async fn load_index(&self, progress: &Progress) -> Result<Index> {
        let begun = self.now();
        let db = &self.near;
        let position = store::event::last(db.into()).await?;
        let last = store::feed::last_certificate(db.into()).await?;
        progress.total.store(last.unsigned_abs(), Ordering::Relaxed);
        progress.done.store(0, Ordering::Relaxed);
        let mut loader = Loader::new();
        self.load_bodies(&mut loader, last).await?;
        self.load_heads(&mut loader).await?;
        let mut items = store::feed::items(db);
        while let Some((id, texts)) = items.next().await? {
            loader.item(id, texts.each_ref().map(String::as_str));
        }
        let mut after = 0;
        let mut told = 0;
        while after < last {
            let to = last.min(after + RANGE);
            self.load_rows(&mut loader, after, to).await?;
            after = to;
            progress.done.store(after.unsigned_abs(), Ordering::Relaxed);
            if after * 10 / last > told {
                told = after * 10 / last;
                tracing::info!(percent = told * 10, rows = loader.len(), "search: reading the registry");
            }
        }
        let rows = loader.len();
        let index = loader.done(as_of(position));
        let seconds = (self.now().micros() - begun.micros()) as f64 / 1e6;
        let bytes: usize = index.sizes().iter().map(|size| size.bytes).sum();
        tracing::info!(rows, seconds, megabytes = bytes >> 20, position = position.number, "search: ready");
        Ok(index)
    }

    async fn load_bodies(&self, loader: &mut Loader, last: i64) -> Result<()> {
        let mut known: HashMap<BodyId, Known> = HashMap::new();
        let mut after = 0;
        while after < last {
            let to = last.min(after + RANGE * 10);
            let mut names = store::feed::names(&self.near, after, to);
            while let Some(named) = names.next().await? {
                known.entry(named.body).or_default().take(named);
            }
            after = to;
        }
        let mut told = store::feed::told(&self.near);
        while let Some((body, authority, concern)) = told.next().await? {
            known.entry(body).or_default().told.push((authority, concern));
        }
        let mut merged = store::feed::merged(&self.near);
        while let Some(body) = merged.next().await? {
            known.entry(body.stays()).or_default().take_merged(body);
        }
        let mut bodies = store::feed::bodies(&self.near);
        while let Some(body) = bodies.next().await? {
            if body.merged_into.is_some() {
                continue;
            }
            let known = known.remove(&body.id).unwrap_or_default();
            loader.body(self.body_entry(body, known));
        }
        Ok(())
    }

    async fn load_heads(&self, loader: &mut Loader) -> Result<()> {
        let mut heads = store::feed::heads(&self.near);
        let mut some = Vec::with_capacity(1_000);
        loop {
            let head = heads.next().await?;
            let end = head.is_none();
            some.extend(head);
            if end || some.len() == 1_000 {
                let range = some
                    .first()
                    .zip(some.last())
                    .map(|(first, last): (&Head, &Head)| (first.id.0, last.id.0));
                let (first, last) = range.unwrap_or_default();
                let mut places = store::feed::places(&self.near, first - 1, last);
                let mut at: HashMap<CertificateId, Vec<Division>> = HashMap::new();
                while let Some((id, division)) = places.next().await? {
                    at.entry(id).or_default().push(division);
                }
                self.certificate_entries(&some, at).await?.into_iter().for_each(|it| loader.certificate(it));
                some.clear();
            }
            if end {
                return Ok(());
            }
        }
    }

    async fn load_rows(&self, loader: &mut Loader, after: i64, to: i64) -> Result<()> {
        let db = &self.near;
        let mut capabilities = store::feed::capabilities(db, after, to);
        while let Some((of, item, limits)) = capabilities.next().await? {
            loader.capability(of, item, &limits);
        }
        let mut instruments = store::feed::instruments(db, after, to);
        while let Some((of, texts)) = instruments.next().await? {
            loader.row(Subject::Instrument, of, &texts.each_ref().map(String::as_str));
        }
        let mut signatories = store::feed::signatories(db, after, to);
        while let Some((of, texts)) = signatories.next().await? {
            loader.row(Subject::Signatory, of, &texts.each_ref().map(String::as_str));
        }
        let mut staff = store::feed::staff(db, after, to);
        while let Some((of, texts)) = staff.next().await? {
            loader.row(Subject::Staff, of, &texts.each_ref().map(String::as_str));
        }
        Ok(())
    }

    /// A body as the index keeps it.
    pub(super) fn body_entry(&self, body: Body, known: Known) -> BodyEntry {
        let mut former_names = known.names;
        former_names.retain(|name| *name != body.name && *name != body.other_name);
        former_names.extend(known.codes);
        BodyEntry {
            id: body.id,
            division_name: body.division.map(|it| self.tables().division_name(it)).unwrap_or_default(),
            name: body.name,
            other_name: body.other_name,
            former_names,
            uscc: body.own_uscc,
            parent_name: body.parent_name,
            parent_uscc: body.parent_uscc,
            address: known.address,
            division: body.division,
            xpcc: body.xpcc,
            told: known.told,
            merged: known.merged,
        }
    }

    /// Certificates as the index keeps them, in their order, with where their sites are. Only of those whose recorded status
    /// begins later are the acts read, for what holds until then.
    pub(super) async fn certificate_entries(
        &self,
        heads: &[Head],
        mut places: HashMap<CertificateId, Vec<Division>>,
    ) -> Result<Vec<CertificateEntry>> {
        let today = self.today();
        let later = |head: &&Head| head.status.since().is_some_and(|day| day > today);
        let ids: Vec<i64> = heads.iter().filter(later).map(|head| head.id.0).collect();
        let mut acts: HashMap<i64, Vec<Recorded>> = HashMap::new();
        if !ids.is_empty() {
            let events = store::event::of_objects((&self.near).into(), Object::Certificate, ids).await?;
            events.into_iter().for_each(|event| acts.entry(event.object_id).or_default().push(event));
        }
        let mut entry = |head: &Head| {
            let acts = acts.get(&head.id.0).map_or(&[][..], Vec::as_slice);
            let coming = head.status.since().filter(|day| *day > today);
            let before =
                held(head, acts).into_iter().rev().find(|it| it.from.is_none_or(|from| from <= today));
            let (status, later) = match coming {
                None => (head.status.word(), None),
                Some(day) => {
                    (before.map_or(StatusWord::Valid, |it| it.status.word()), Some((day, head.status.word())))
                }
            };
            CertificateEntry {
                id: head.id,
                number: head.number.clone(),
                body: head.body,
                authority: head.authority,
                status,
                later,
                valid_from: head.valid_from,
                valid_to: head.valid_to,
                domain: head.domain,
                industry: head.industry,
                food: head.food,
                edition: head.edition,
                places: places.remove(&head.id).unwrap_or_default(),
            }
        };
        Ok(heads.iter().map(&mut entry).collect())
    }
}
