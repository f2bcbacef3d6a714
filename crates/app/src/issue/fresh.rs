//! New certificates: all that can be made of them before their transaction, and the transaction.

mod populate;

pub use populate::{Callers, Parcel, Populated, ReadyMade};

use super::body::{Bodies, BodyKey};
use super::rows::STEP;
use super::{Purpose, Ready, Writing, Written, persons, record_id, record_lines, records, taken_over};
use crate::excerpts::packed;
use crate::interface::Done;
use crate::{App, AppError, Ctx, Result, entropy};
use domain::{
    BodyId, CertificateId, Code, Content, Event, EventKind, Identity, Instant, Kind, Number, Object, Plan,
};
use rustc_hash::FxHashMap;
use std::time::Duration;
use store::Db;
use store::batch_line::Outcome;
use store::body::Body;
use store::certificate::Head;
use store::content::{Edition, NewRows, Placed};
use store::excerpt::Packed;
use store::personal::Sealed;
use store::record::Record;

/// A new certificate with everything that is known before the transaction.
struct Fresh<'r> {
    ready: &'r Ready,
    id: CertificateId,
    number: Number,
    code: Code,
    body: BodyId,
}

impl Fresh<'_> {
    fn written(&self, edition: &Edition) -> Written {
        Written {
            line: self.ready.line,
            certificate: self.id,
            number: self.number.clone(),
            code: self.code,
            edition: 1,
            digest: edition.digest,
        }
    }
}

/// A certificate that one replaces, the new one, and the day from which it does.
type Succession = (CertificateId, CertificateId, domain::Day);

/// New certificates as they go into one transaction. It borrows nothing, so that it can be written beside the judging of
/// the next ones.
pub(crate) struct Prepared {
    purpose: Purpose,
    now: Instant,
    /// How many certificates each body held when it was judged.
    judged_by: Vec<(BodyId, u32)>,
    /// The bodies that exist, which must not be merged meanwhile.
    known: Vec<BodyId>,
    bodies: Vec<Body>,
    heads: Vec<Head>,
    editions: Vec<Edition>,
    excerpts: Vec<Packed>,
    rows: NewRows,
    sealed: Vec<Sealed>,
    previous: Vec<Succession>,
    records: Vec<Record>,
    events: Vec<Event>,
    written: Vec<Written>,
}

impl Prepared {
    /// Writes them, each live and final once the transaction is committed. Also says how long that held the writer.
    ///
    /// # Errors
    /// A number taken meanwhile is refused with what to do, [`store::StoreError::Conflict`] if a body was given a
    /// certificate since it was judged; nothing of the chunk is then written.
    pub(crate) async fn write(mut self, db: &Db) -> Result<(Vec<Written>, Duration)> {
        let tx = db.begin(self.purpose.urgency).await?;
        let began = std::time::Instant::now();
        let merged = store::body::hold(&tx, &self.known).await?;
        if self.judged_by.iter().any(|(body, _)| merged.contains_key(body)) {
            return Err(store::StoreError::Conflict.into());
        }
        // A body that was merged since it was looked up: what comes to it goes to the one that stays.
        for head in self.heads.iter_mut().filter(|_| !merged.is_empty()) {
            head.body = merged.get(&head.body).copied().unwrap_or(head.body);
        }
        let purpose = &self.purpose;
        store::body::still_hold(&tx, &self.judged_by).await?;
        store::body::insert(&tx, &self.bodies, self.now).await?;
        store::certificate::insert(&tx, &self.heads).await.map_err(taken)?;
        store::content::insert_editions(&tx, &self.editions).await?;
        store::excerpt::insert(&tx, &self.excerpts).await?;
        self.rows.write(&tx).await?;
        store::personal::put(&tx, &self.sealed).await?;
        for (id, by, from) in &self.previous {
            store::certificate::succeed(&tx, *id, *by, *from).await?;
        }
        record_lines(&tx, purpose, &self.written, Outcome::Fresh, self.now).await?;
        store::record::insert(&tx, purpose.authority, &self.records).await?;
        store::event::append(&tx, &self.events).await?;
        tx.commit().await?;
        Ok((self.written, began.elapsed()))
    }
}

impl App {
    /// Writes new certificates: see [`Prepared::write`].
    ///
    /// # Errors
    /// Those of [`Prepared::write`].
    pub(crate) async fn write_new(
        &self,
        ctx: &Ctx,
        purpose: &Purpose,
        chunk: &[Ready],
        writing: &mut Writing,
    ) -> Result<Vec<Written>> {
        let prepared = self.prepare(ctx, purpose, chunk, writing).await?;
        Ok(prepared.write(&self.db).await?.0)
    }

    /// Makes new certificates ready to be written. What waits for the writer, new items, comes last.
    pub(crate) async fn prepare(
        &self,
        ctx: &Ctx,
        purpose: &Purpose,
        chunk: &[Ready],
        writing: &mut Writing,
    ) -> Result<Prepared> {
        let contents: Vec<&Content> = chunk.iter().map(|r| &r.draft.content).collect();
        let faces: Vec<_> = contents.iter().map(|c| &c.face).collect();
        let Bodies { ids, known, fresh: bodies } = self.bodies(&faces).await?;
        let first = self.ids("certificate", chunk.len() as u64).await?;
        let people = self.people(chunk.iter().map(|r| &r.draft)).await?;
        let fresh = chunk
            .iter()
            .zip(first..)
            .map(|(ready, id)| {
                let number =
                    ready.number.clone().ok_or_else(|| AppError::Fault("没有编号的新证书".into()))?;
                let body = ids[&BodyKey::of(&ready.draft.content.face)];
                let code = Code::from_entropy(entropy::bytes(), self.realm());
                Ok(Fresh { ready, id: CertificateId(id), number, code, body })
            })
            .collect::<Result<Vec<_>>>()?;
        let previous = previous_of(&fresh);
        let now = self.now();
        let heads: Vec<Head> = fresh
            .iter()
            .zip(&people)
            .map(|(f, of)| Head {
                contact: of.contact.as_ref().map(|c| c.id),
                ..head(f, purpose, ctx, now, &previous)
            })
            .collect();
        let editions = fresh.iter().map(|f| self.first_edition(f, now)).collect::<Vec<_>>();
        let excerpts =
            fresh.iter().zip(&editions).map(|(f, edition)| packed(edition, &f.ready.draft.content)).collect();
        let events = self.new_events(ctx, purpose, &fresh, &editions, &previous);
        let written: Vec<Written> =
            fresh.iter().zip(&editions).map(|(f, edition)| f.written(edition)).collect();
        let sent = fresh.iter().map(|f| f.ready.sent.as_ref()).zip(&written);
        let records = records(ctx, sent, Done::Assigned, now)?;
        let judged_by = fresh.iter().filter_map(|f| Some((f.body, f.ready.held?))).collect();
        let sealed = self.sealed_fields(&people);
        let (hashes, items) = self.items_of(&contents, &mut writing.items, purpose.urgency).await?;
        let rows_of = |items: &FxHashMap<store::item::Hash, i64>| {
            let mut rows = NewRows::default();
            for ((f, hashes), people) in fresh.iter().zip(&hashes).zip(&people) {
                first_rows(&mut rows, f, hashes, items, people);
            }
            rows
        };
        // The rows are made while the items wait for the writer.
        let given = &writing.items;
        let (others, mut rows) =
            tokio::join!(items.write(&self.db, purpose.urgency), async { rows_of(given) });
        let others = others.inspect_err(|_| writing.items.clear())?;
        if !others.is_empty() {
            writing.items.extend(others);
            rows = rows_of(&writing.items);
        }
        let purpose = *purpose;
        Ok(Prepared {
            purpose,
            now,
            judged_by,
            known,
            bodies,
            heads,
            editions,
            excerpts,
            rows,
            sealed,
            previous,
            records,
            events,
            written,
        })
    }

    fn first_edition(&self, f: &Fresh<'_>, now: Instant) -> Edition {
        let content = &f.ready.draft.content;
        Edition {
            certificate: f.id,
            edition: 1,
            kinds: content.face.kinds,
            effective: f.ready.draft.effective,
            recorded_at: now,
            template: self.template.version().to_owned(),
            face: content.face.clone(),
            capabilities: content.capabilities.len() as u32,
            digest: content.digest(&Identity { number: &f.number, code: f.code, edition: 1 }),
        }
    }

    fn new_events(
        &self,
        ctx: &Ctx,
        purpose: &Purpose,
        fresh: &[Fresh<'_>],
        editions: &[Edition],
        previous: &[Succession],
    ) -> Vec<Event> {
        let mut events = Vec::with_capacity(fresh.len() + previous.len());
        for (f, edition) in fresh.iter().zip(editions) {
            let mut event = self.edition_event(ctx, purpose, EventKind::Assign, edition);
            event.details.extend([("number", f.number.to_string()), ("code", f.code.to_string())]);
            event.details.extend(taken_over(&f.ready.draft.status));
            event.details.extend(record_id(f.ready));
            events.push(event);
        }
        for (old, new, from) in previous {
            let mut event = self.event(ctx, EventKind::Succeed, Object::Certificate, old.0);
            event.authority = Some(purpose.authority);
            event.effective = *from;
            event.details.push(("successor", new.to_string()));
            events.push(event);
        }
        events
    }
}

/// Certificates that the new ones replace: which, by which, from which day.
fn previous_of(fresh: &[Fresh<'_>]) -> Vec<Succession> {
    let replaced = |f: &Fresh<'_>| match f.ready.plan {
        Plan::New { replaces: Some(old) } => Some((old, f.id, f.ready.draft.content.face.valid_from)),
        _ => None,
    };
    fresh.iter().filter_map(replaced).collect()
}

fn head(f: &Fresh<'_>, purpose: &Purpose, ctx: &Ctx, now: Instant, previous: &[Succession]) -> Head {
    let face = &f.ready.draft.content.face;
    Head {
        id: f.id,
        number: f.number.clone(),
        code: f.code,
        authority: purpose.authority,
        body: f.body,
        status: f.ready.draft.status.clone(),
        valid_from: face.valid_from,
        valid_to: face.valid_to,
        edition: 1,
        previous: previous.iter().find(|(_, by, _)| *by == f.id).map(|(old, _, _)| *old),
        successor: None,
        domain: face.domain,
        industry: face.industry,
        food: face.food || f.ready.draft.content.capabilities.iter().any(|c| c.food),
        door: ctx.door,
        batch: purpose.batch,
        assigned_at: now,
        contact: None,
        printed: 0,
        // Of those taken over only the chosen ones are printed.
        print_due: !face.kinds.has(Kind::Takeover),
    }
}

/// The rows of a first edition: keys and orders count up.
fn first_rows(
    rows: &mut NewRows,
    f: &Fresh<'_>,
    hashes: &[store::item::Hash],
    items: &FxHashMap<store::item::Hash, i64>,
    people: &persons::Claims,
) {
    let content = &f.ready.draft.content;
    let place = |n: i64, site: u16, person| (n, n * STEP, i64::from(site) + 1, person);
    let nobody = domain::PersonId(0);
    for (n, value) in (1..).zip(&content.sites) {
        let p = Placed { row: n, ord: n * STEP, site_no: n, person: nobody, value: value.clone() };
        rows.site(f.id, &p, 1);
    }
    for ((n, value), hash) in (1..).zip(&content.capabilities).zip(hashes) {
        let (row, ord, site_no, person) = place(n, value.site, nobody);
        rows.capability(f.id, &Placed { row, ord, site_no, person, value }, items[hash], 1);
    }
    for ((n, value), claim) in (1..).zip(&content.signatories).zip(&people.signatories) {
        let (row, ord, site_no, person) = place(n, value.site, claim.id);
        rows.signatory(f.id, &Placed { row, ord, site_no, person, value: value.clone() }, 1);
    }
    for (n, value) in (1..).zip(&content.instruments) {
        let (row, ord, site_no, person) = place(n, value.site, nobody);
        rows.instrument(f.id, &Placed { row, ord, site_no, person, value: value.clone() }, 1);
    }
    for ((n, value), claim) in (1..).zip(&content.staff).zip(&people.staff) {
        let (row, ord, site_no, person) = place(n, value.site, claim.id);
        rows.staff(f.id, &Placed { row, ord, site_no, person, value: value.clone() }, 1);
    }
}

fn taken(error: store::StoreError) -> AppError {
    if store::certificate::number_taken(&error) {
        return AppError::refused(
            "证书编号刚刚被使用",
            "编号全国唯一；请刷新后换一个编号，或留空由系统编号。",
        );
    }
    error.into()
}
