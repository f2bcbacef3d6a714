//! 查真: what a scan or a typed number learns. At most five statements; an outage is never "invalid".

use crate::acts::history;
use crate::{App, AppError, Result};
use domain::{
    AuthorityId, Capability, Code, Day, EventKind, Face, Held, Lookup, Number, Object, Record, Shown, Site,
    Verdict,
};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use store::certificate::{Card, Head};
use store::event::Recorded;
use store::scan::{Key, Way};
use store::{Db, Reader, Urgency};

/// The answer: the verdict, and what may be shown of the certificate.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The verdict.
    pub verdict: Verdict,
    /// The certificate, if there is one.
    pub certificate: Option<PublicCertificate>,
}

/// A certificate as the public sees it. No persons, no code.
#[derive(Clone, Debug)]
pub struct PublicCertificate {
    /// Its number.
    pub number: Number,
    /// Name of the authority as printed.
    pub authority: String,
    /// The current edition.
    pub edition: u32,
    /// Its face.
    pub face: Face,
    /// Its sites.
    pub sites: Vec<Site>,
    /// The first rows of its annex.
    pub capabilities: Vec<Capability>,
    /// How many there are.
    pub capability_total: u32,
    /// What happened to it, newest first.
    pub life: Vec<Life>,
    /// The certificate that replaces it, and from when.
    pub successor: Option<(Number, Day)>,
    /// The certificate it replaces.
    pub previous: Option<Number>,
}

/// One step in the life of a certificate.
#[derive(Clone, Debug)]
pub struct Life {
    /// First day on which it holds.
    pub day: Day,
    /// What was done.
    pub kind: EventKind,
    /// The kinds of business of an edition, in words; else empty.
    pub kinds: String,
    /// The edition it made.
    pub edition: Option<u32>,
    /// Number of the decision document; may be empty.
    pub document: String,
}

/// Capability rows on the first page of an answer.
pub const FIRST_ROWS: u32 = 20;

/// Events shown in the life of a certificate.
const LIFE: u32 = 200;

/// What a person gives to be verified.
#[derive(Clone, Debug)]
pub enum Asked {
    /// A code, scanned or typed.
    Code(Code),
    /// A number.
    Number(Number),
}

/// Counts of scans not yet written.
#[derive(Default)]
pub struct Scans {
    pending: Mutex<HashMap<Key, u32>>,
}

impl App {
    /// Verifies on a day: today, or the date of a report. Counts the question.
    ///
    /// # Errors
    /// Only what is our own fault; what is not known is a verdict.
    pub async fn verify(&self, asked: &Asked, on: Day, way: Way) -> Result<Verified> {
        let card = match self.card(asked).await {
            Ok(card) => card,
            Err(AppError::Store(error)) => {
                tracing::error!(%error, "a question could not be answered");
                let verdict = Verdict::of(Lookup::Unavailable, Shown::Short, on, self.today());
                return Ok(Verified { verdict, certificate: None });
            }
            Err(error) => return Err(error),
        };
        let Some((db, card)) = card else {
            let verdict = Verdict::of(Lookup::Missing, Shown::Short, on, self.today());
            self.count(None, way, &verdict);
            return Ok(Verified { verdict, certificate: None });
        };
        let events = events(&db, &card).await?;
        let held = held(&card.head, &events);
        let record = Record {
            held: &held,
            valid_from: card.head.valid_from,
            valid_to: card.head.valid_to,
            edition: card.head.edition,
        };
        let verdict = Verdict::of(Lookup::Found(record), Shown::Short, on, self.today());
        self.count(Some(card.head.authority), way, &verdict);
        let certificate = Some(self.public(&db, card, &events).await?);
        Ok(Verified { verdict, certificate })
    }

    /// The card where it is found: a replica may lag, so a miss there is asked of the primary.
    async fn card(&self, asked: &Asked) -> Result<Option<(Db, Card)>> {
        let find = async |db: &Db| match asked {
            Asked::Code(code) => store::certificate::card_by_code(db.into(), *code).await,
            Asked::Number(number) => store::certificate::card_by_number(db.into(), number).await,
        };
        if let Some(card) = find(&self.near).await? {
            return Ok(Some((self.near.clone(), card)));
        }
        match self.near.is(&self.db) {
            true => Ok(None),
            false => Ok(find(&self.db).await?.map(|card| (self.db.clone(), card))),
        }
    }

    async fn public(&self, db: &Db, card: Card, events: &[Recorded]) -> Result<PublicCertificate> {
        let reader = Reader::from(db);
        let Card { head, face, capabilities: total } = card;
        let sites = store::content::sites(reader, head.id, head.edition).await?;
        let rows = store::content::first_capabilities(reader, head.id, head.edition, FIRST_ROWS).await?;
        let related: Vec<i64> = head.successor.iter().chain(&head.previous).map(|id| id.0).collect();
        let numbers = match related.is_empty() {
            true => HashMap::new(),
            false => store::certificate::numbers_of(reader, related).await?,
        };
        let since = head.status.since().unwrap_or(head.valid_to);
        Ok(PublicCertificate {
            authority: self.authority_name(head.authority),
            edition: head.edition,
            capabilities: with_sites(rows, &sites),
            sites: sites.into_iter().map(|p| p.value).collect(),
            capability_total: total,
            life: events.iter().rev().filter_map(life).collect(),
            successor: head.successor.and_then(|id| Some((numbers.get(&id)?.clone(), since))),
            previous: head.previous.and_then(|id| numbers.get(&id).cloned()),
            number: head.number,
            face,
        })
    }

    /// A page of the capabilities of a certificate, all or those that contain a text, and how many there are.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an unknown number.
    pub async fn public_capabilities(
        &self,
        number: &Number,
        text: &str,
        page: u32,
        size: u32,
    ) -> Result<(PublicCertificate, Vec<Capability>, u64)> {
        let asked = Asked::Number(number.clone());
        let (db, card) = self.card(&asked).await?.ok_or(AppError::NotFound)?;
        let reader = Reader::from(&db);
        let (id, edition) = (card.head.id, card.head.edition);
        let skip = page.saturating_sub(1).saturating_mul(size);
        let (rows, total) = if text.is_empty() {
            let rows = store::content::capabilities(reader, id, edition, skip, size).await?;
            (rows, u64::from(card.capabilities))
        } else {
            let rows = store::content::search_capabilities(reader, id, edition, text, skip, size).await?;
            (rows, store::content::count_capabilities(reader, id, edition, text).await?)
        };
        let sites = store::content::sites(reader, id, edition).await?;
        let rows = with_sites(rows, &sites);
        let events = events(&db, &card).await?;
        Ok((self.public(&db, card, &events).await?, rows, total))
    }

    /// Printed name of an authority.
    pub fn authority_name(&self, id: AuthorityId) -> String {
        self.tables().authority(id).map(|a| a.name.clone()).unwrap_or_default()
    }

    fn count(&self, authority: Option<AuthorityId>, way: Way, verdict: &Verdict) {
        let key = Key { day: self.today(), authority, way, word: verdict.word() };
        *self.scans.pending.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default() += 1;
    }

    /// Writes the counts of scans. The server calls it every second and at the end.
    pub async fn flush_scans(&self) -> Result<()> {
        let pending = std::mem::take(&mut *self.scans.pending.lock().unwrap_or_else(PoisonError::into_inner));
        if pending.is_empty() {
            return Ok(());
        }
        let tx = self.db.begin(Urgency::Batch).await?;
        store::scan::add(&tx, pending.into_iter().collect()).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// What was done to a certificate, oldest first.
async fn events(db: &Db, card: &Card) -> Result<Vec<Recorded>> {
    Ok(store::event::of_object(db.into(), Object::Certificate, card.head.id.0, LIFE).await?)
}

/// The statuses with their days, so that the verdict on a day of the past is that of the day (architecture.md 5, two
/// times). The recorded status holds where the events read do not lead to it.
pub(crate) fn held(head: &Head, events: &[Recorded]) -> Vec<Held> {
    let status = &head.status;
    let held = history(events, status, None);
    match held.last() {
        Some(last) if last.status.word() == status.word() => held,
        _ => vec![Held::from(status.clone())],
    }
}

/// The rows with the index of their site.
pub(crate) fn with_sites(
    rows: Vec<store::content::Placed<Capability>>,
    sites: &[store::content::Placed<Site>],
) -> Vec<Capability> {
    let index = |no: i64| sites.iter().position(|s| s.site_no == no).unwrap_or(0) as u16;
    rows.into_iter().map(|p| Capability { site: index(p.site_no), ..p.value }).collect()
}

/// The steps that concern the public; prints, links and what was erased of persons do not.
fn life(event: &Recorded) -> Option<Life> {
    match event.kind {
        EventKind::Print
        | EventKind::LinkCreate
        | EventKind::LinkRenew
        | EventKind::PersonalErase
        | EventKind::Export => return None,
        _ => {}
    }
    let text = String::from_utf8_lossy(&event.body);
    let kinds = text.lines().find_map(|l| l.strip_prefix("kinds\t")).unwrap_or_default();
    Some(Life {
        day: event.effective,
        kind: event.kind,
        kinds: domain::Kinds::parse(kinds).map(|k| k.to_string()).unwrap_or_default(),
        edition: event.edition,
        document: event.document.clone(),
    })
}
