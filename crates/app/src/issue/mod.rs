//! The one writer. Every certificate, edition and row of the register comes from here, whichever door it came through.
//!
//! Order inside a transaction (postgres.md rule 6): bodies, certificates, editions and rows, personal fields, local
//! tables, then the events. Items go before, in transactions of their own.

pub(crate) mod body;
mod fresh;
mod persons;
mod rows;

pub use fresh::{Callers, Parcel, Populated, ReadyMade};

use crate::excerpts::packed;
use crate::interface::{Done, Sent};
use crate::{App, AppError, Ctx, Result};
use domain::{
    AuthorityId, BatchId, CertificateId, Code, Content, Draft, DraftId, Event, EventKind, Identity, Instant,
    Kind, Number, Object, PersonId, Plan, Status, merged,
};
use persons::Whose;
use rows::{New, delta};
use rustc_hash::FxHashMap;
use std::collections::HashSet;
use store::batch_line::{Line, Outcome};
use store::certificate::{Advance, Head};
use store::content::{Edition, NewRows, Placed, RowTable};
use store::{Tx, Urgency};

/// A draft that passed funnel and plan, ready to be written.
pub struct Ready {
    /// What to write.
    pub draft: Draft,
    /// What it does.
    pub plan: Plan,
    /// Its number: the authority's own, or one reserved or taken from the counter. `None` for a change.
    pub number: Option<Number>,
    /// Line in its batch; 0 for single acts.
    pub line: u32,
    /// The record id under which a system sent it.
    pub(crate) sent: Option<Sent>,
    /// Where its body must hold no more certificates than when it was judged: how many. Of two doors, or two calls, that
    /// ask for one certificate and leave the number to the counter, the slower one is judged again.
    pub(crate) held: Option<u32>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Written {
    /// Line in its batch; 0 for single acts.
    pub line: u32,
    /// The certificate.
    pub certificate: CertificateId,
    /// Its number.
    pub number: Number,
    /// Its code.
    pub code: Code,
    /// The edition that was made.
    pub edition: u32,
    /// SHA-256 of its content.
    #[serde(skip)]
    pub digest: [u8; 32],
}

/// For whom and in which batch a chunk is written.
#[derive(Clone, Copy, Debug)]
pub struct Purpose {
    /// Whose certificates.
    pub authority: AuthorityId,
    /// The import, if any.
    pub batch: Option<BatchId>,
    /// The draft that is used up, with the version that was judged.
    pub draft: Option<(DraftId, u32)>,
    /// Single act or chunk.
    pub urgency: Urgency,
}

/// What a series of writes carries along.
#[derive(Default)]
pub struct Writing {
    /// Items seen so far: saves a look-up per row. Their keys are hashes already.
    items: FxHashMap<store::item::Hash, i64>,
}

/// The edition that a change makes.
struct Next<'r> {
    id: CertificateId,
    edition: u32,
    content: &'r Content,
    /// Of each capability row.
    hashes: &'r [store::item::Hash],
    items: &'r FxHashMap<store::item::Hash, i64>,
}

impl App {
    fn edition_event(&self, ctx: &Ctx, purpose: &Purpose, kind: EventKind, edition: &Edition) -> Event {
        let mut event = self.event(ctx, kind, Object::Certificate, edition.certificate.0);
        event.authority = Some(purpose.authority);
        event.effective = edition.effective;
        event.edition = Some(edition.edition);
        event.document = edition.face.decision_number.clone();
        event.decided = edition.face.decision_day;
        event.details = vec![
            ("kinds", edition.kinds.keys()),
            ("content", data_encoding::HEXLOWER.encode(&edition.digest)),
            ("reason", edition.face.reason.clone()),
            ("batch", purpose.batch.map(|b| b.to_string()).unwrap_or_default()),
        ];
        event
    }

    /// Ids of all items of the contents are in `cache` afterwards, and the items in the dictionary; returns the hash of each row.
    async fn items(
        &self,
        contents: &[&Content],
        cache: &mut FxHashMap<store::item::Hash, i64>,
        urgency: Urgency,
    ) -> Result<Vec<Vec<store::item::Hash>>> {
        let (hashes, fresh) = self.items_of(contents, cache, urgency).await?;
        let others = fresh.write(&self.db, urgency).await.inspect_err(|_| cache.clear())?;
        cache.extend(others);
        Ok(hashes)
    }

    /// The same before the new ones among them are written: one that somebody else writes first has another id. If they cannot be
    /// written, `cache` is to be thrown away.
    async fn items_of(
        &self,
        contents: &[&Content],
        cache: &mut FxHashMap<store::item::Hash, i64>,
        urgency: Urgency,
    ) -> Result<(Vec<Vec<store::item::Hash>>, store::item::Fresh)> {
        let mut hashes = Vec::with_capacity(contents.len());
        let (mut strange, mut fresh) = (Vec::new(), store::item::Fresh::default());
        for content in contents {
            let of: Vec<_> = content.capabilities.iter().map(|c| c.item.hash()).collect();
            strange.extend(
                of.iter()
                    .zip(&content.capabilities)
                    .filter(|(h, _)| !cache.contains_key(*h))
                    .map(|(h, c)| (*h, &c.item)),
            );
            hashes.push(of);
        }
        if !strange.is_empty() {
            strange.sort_unstable_by_key(|(hash, _)| *hash);
            strange.dedup_by_key(|(hash, _)| *hash);
            let (ids, those) = store::item::look_up(&self.db, &self.blocks, &strange, urgency).await?;
            cache.extend(ids);
            fresh = those;
        }
        Ok((hashes, fresh))
    }

    /// Writes a new edition of a certificate.
    ///
    /// # Errors
    /// [`store::StoreError::Conflict`] if somebody else changed it meanwhile.
    pub(crate) async fn write_change(
        &self,
        ctx: &Ctx,
        purpose: &Purpose,
        head: &Head,
        ready: &Ready,
        writing: &mut Writing,
    ) -> Result<Written> {
        let reader = (&self.db).into();
        let old = store::content::rows(reader, head.id, head.edition).await?;
        let old_face = store::content::edition_of(reader, head.id, head.edition)
            .await?
            .ok_or_else(|| AppError::Fault(format!("证书{}没有当前版本", head.id)))?
            .face;
        let same_contact = old_face.contact == ready.draft.content.face.contact;
        let content = merged(&ready.draft, &old.clone().content(old_face.clone()));
        let number = head.number.clone();
        let edition = head.edition + 1;
        let now = self.now();
        let hashes =
            self.items(&[&content], &mut writing.items, purpose.urgency).await?.pop().unwrap_or_default();
        let after = self.body_after(head.body, &old_face, &content.face).await?;
        let mut claims = self.people(std::iter::once(&ready.draft)).await?.pop().unwrap_or_default();
        if let (Some(claim), Some(known)) = (&mut claims.contact, head.contact.filter(|_| same_contact)) {
            claim.id = known;
        }
        let numbered = self.numbered(reader, &old, &claims).await?;
        let record = Edition {
            certificate: head.id,
            edition,
            kinds: content.face.kinds,
            effective: ready.draft.effective,
            recorded_at: now,
            template: self.template.version().to_owned(),
            capabilities: content.capabilities.len() as u32,
            digest: content.digest(&Identity { number: &number, code: head.code, edition }),
            face: content.face.clone(),
        };
        let mut event = self.edition_event(ctx, purpose, EventKind::Change, &record);
        event.details.extend(record_id(ready));
        let written = Written {
            line: ready.line,
            certificate: head.id,
            number,
            code: head.code,
            edition,
            digest: record.digest,
        };
        let records = records(ctx, std::iter::once((ready.sent.as_ref(), &written)), Done::Changed, now)?;
        let tx = self.db.begin(purpose.urgency).await?;
        let merged = store::body::hold(&tx, &after.known).await?;
        if let Some(row) = &after.row {
            store::body::update(&tx, row).await?;
        }
        let body = merged.get(&after.at).copied().unwrap_or(after.at);
        // The head first: of two who change one certificate, the slower one learns it here, before it writes a row.
        let contact = claims.contact.as_ref().map(|claim| claim.id).or(head.contact);
        let print_due = content.face.kinds.iter().any(Kind::reprints);
        let to = Advance { from: head.edition, body, contact, face: &content.face, print_due };
        store::certificate::advance(&tx, head.id, &to).await?;
        let next = Next { id: head.id, edition, content: &content, hashes: &hashes, items: &writing.items };
        self.write_rows(&tx, next, old, &mut claims, &numbered).await?;
        store::content::insert_editions(&tx, std::slice::from_ref(&record)).await?;
        store::excerpt::set(&tx, &packed(&record, &content)).await?;
        store::personal::put(&tx, &self.sealed_fields(&[claims])).await?;
        store::record::insert(&tx, purpose.authority, &records).await?;
        record_lines(&tx, purpose, std::slice::from_ref(&written), Outcome::Changed, now).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(written)
    }

    /// Ends and begins interval rows. Afterwards the claims say whose each row is.
    async fn write_rows(
        &self,
        tx: &Tx,
        next: Next<'_>,
        old: store::content::Rows,
        claims: &mut persons::Claims,
        numbered: &HashSet<PersonId>,
    ) -> Result<()> {
        let Next { id, edition, content, hashes, items } = next;
        let nobody = HashSet::new();
        let mut new = NewRows::default();
        let numbers = site_numbers(&old.sites, &content.sites);
        let last = async |table| store::content::last_row(tx.into(), table, id).await;
        let no = |site: u16| numbers.get(usize::from(site)).copied().unwrap_or(1);
        let sites = content
            .sites
            .iter()
            .zip(&numbers)
            .map(|(s, no)| New { site_no: *no, whose: Whose::Anyone, value: s.clone() })
            .collect();
        let sites = delta(old.sites, sites, last(RowTable::Site).await?, &nobody);
        sites.open.iter().for_each(|p| new.site(id, p, edition));
        store::content::close(tx, RowTable::Site, id, &sites.close(), edition).await?;

        let rows = content
            .capabilities
            .iter()
            .map(|c| New { site_no: no(c.site), whose: Whose::Anyone, value: sited(c.clone()) })
            .collect();
        let scopes = delta(old.capabilities, rows, last(RowTable::Scope).await?, &nobody);
        for (p, at) in scopes.open.iter().zip(&scopes.index) {
            let placed =
                Placed { row: p.row, ord: p.ord, site_no: p.site_no, person: p.person, value: &p.value };
            new.capability(id, &placed, items[&hashes[*at]], edition);
        }
        store::content::close(tx, RowTable::Scope, id, &scopes.close(), edition).await?;

        let rows = content.signatories.iter().enumerate().map(|(at, s)| New {
            site_no: no(s.site),
            whose: persons::whose(&claims.signatories, at),
            value: sited(s.clone()),
        });
        let mut rows = delta(old.signatories, rows.collect(), last(RowTable::Signatory).await?, numbered);
        persons::follow(rows.persons(), &mut claims.signatories, numbered, |s| &s.name);
        rows.open.iter().for_each(|p| new.signatory(id, p, edition));
        store::content::close(tx, RowTable::Signatory, id, &rows.close(), edition).await?;

        let rows = content
            .instruments
            .iter()
            .map(|i| New { site_no: no(i.site), whose: Whose::Anyone, value: sited(i.clone()) })
            .collect();
        let instruments = delta(old.instruments, rows, last(RowTable::Instrument).await?, &nobody);
        instruments.open.iter().for_each(|p| new.instrument(id, p, edition));
        store::content::close(tx, RowTable::Instrument, id, &instruments.close(), edition).await?;

        let rows = content.staff.iter().enumerate().map(|(at, s)| New {
            site_no: no(s.site),
            whose: persons::whose(&claims.staff, at),
            value: sited(s.clone()),
        });
        let mut rows = delta(old.staff, rows.collect(), last(RowTable::Staff).await?, numbered);
        persons::follow(rows.persons(), &mut claims.staff, numbered, |s| &s.name);
        rows.open.iter().for_each(|p| new.staff(id, p, edition));
        store::content::close(tx, RowTable::Staff, id, &rows.close(), edition).await?;
        new.write(tx).await?;
        Ok(())
    }
}

/// A row without its site index: what is compared with the stored rows, which keep [`Placed::site_no`] instead.
trait Sited {
    fn at_no_site(self) -> Self;
}

macro_rules! sited {
    ($($row:ident),*) => {$(
        impl Sited for domain::$row {
            fn at_no_site(mut self) -> Self {
                self.site = 0;
                self
            }
        }
    )*};
}
sited!(Capability, Signatory, Instrument, Staff);

fn sited<T: Sited>(row: T) -> T {
    row.at_no_site()
}

/// Whether a new site, at a place in its list, is an old one.
type Same = fn(usize, &domain::Site, usize, &domain::Site) -> bool;

/// Numbers of the new sites: a site keeps its number by its name, else by its address, else by its place in the list.
fn site_numbers(old: &[Placed<domain::Site>], new: &[domain::Site]) -> Vec<i64> {
    let mut numbers: Vec<Option<i64>> = vec![None; new.len()];
    let tests: [Same; 3] = [
        |_, a, _, b| a.name == b.name,
        |_, a, _, b| !a.address.is_empty() && a.address == b.address,
        |i, _, j, _| i == j,
    ];
    for same in tests {
        for (i, site) in new.iter().enumerate() {
            if numbers[i].is_none() {
                let free = |no: i64, numbers: &[Option<i64>]| !numbers.contains(&Some(no));
                let found = old
                    .iter()
                    .enumerate()
                    .find(|(j, o)| free(o.site_no, &numbers) && same(i, site, *j, &o.value));
                numbers[i] = found.map(|(_, o)| o.site_no);
            }
        }
    }
    let mut next = old.iter().map(|o| o.site_no).max().unwrap_or(0);
    numbers
        .into_iter()
        .map(|n| {
            n.unwrap_or_else(|| {
                next += 1;
                next
            })
        })
        .collect()
}

/// In the same transaction: which lines of the batch are done, and that the draft is used up.
async fn record_lines(
    tx: &Tx,
    purpose: &Purpose,
    written: &[Written],
    outcome: Outcome,
    now: Instant,
) -> Result<()> {
    if let Some((draft, version)) = purpose.draft {
        store::draft::delete(tx, draft, version).await?;
    }
    let Some(batch) = purpose.batch else { return Ok(()) };
    let line = |w: &Written| Line {
        line: w.line,
        outcome,
        certificate: Some((w.certificate, w.edition)),
        reason: String::new(),
    };
    let lines: Vec<Line> = written.iter().map(line).collect();
    store::batch_line::insert(tx, batch, &lines).await?;
    store::batch::add_done(tx, batch, lines.len() as u32, now).await?;
    Ok(())
}

/// The record ids under which systems sent what is written.
fn records<'r>(
    ctx: &Ctx,
    sent: impl Iterator<Item = (Option<&'r Sent>, &'r Written)>,
    effect: Done,
    now: Instant,
) -> Result<Vec<store::record::Record>> {
    sent.filter_map(|(sent, written)| Some(sent?.record(ctx, written, effect, now))).collect()
}

/// The record id in the event of the act.
fn record_id(ready: &Ready) -> Option<(&'static str, String)> {
    ready.sent.as_ref().map(|sent| ("record_id", sent.record_id.clone()))
}

/// A status other than valid, whole: it is what holds again when a later act is lifted.
fn taken_over(status: &Status) -> Vec<(&'static str, String)> {
    let Some(since) = status.since() else { return Vec::new() };
    let (document, reason) =
        status.act().map(|act| (act.document.clone(), act.reason.clone())).unwrap_or_default();
    vec![
        ("status", status.word().key().to_owned()),
        ("status_day", since.to_string()),
        ("status_document", document),
        ("status_reason", reason),
    ]
}

/// Whether an act of these kinds may leave the number to the counter.
pub(crate) fn counted(kinds: domain::Kinds) -> bool {
    kinds.has(Kind::First) || kinds.has(Kind::Renewal)
}
