//! 查真: what a scan or a typed number learns. At most five statements; an outage is never "invalid".

use crate::acts::history;
use crate::asked::Asked;
use crate::excerpts::{excerpt_of, with_sites};
use crate::searching::capabilities_with;
use crate::tallying::{Missing, Question, Subject};
use crate::{App, AppError, Result};
use domain::{
    AuthorityId, Capability, Day, EventKind, Excerpt, Held, Kind, Kinds, Lookup, Number, Object, Record,
    Shown, Verdict,
};
use std::collections::HashMap;
use store::certificate::Head;
use store::event::Recorded;
use store::excerpt::Found;
use store::{Db, Reader, Snapshot};

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
    /// Name of the authority.
    pub authority: String,
    /// What its certificates call it, where that is another name.
    pub authority_printed: Option<String>,
    /// Which authority that is.
    pub issuer: AuthorityId,
    /// Whether the public finds it in lists and on the page of its body.
    pub listed: bool,
    /// First valid day.
    pub valid_from: Day,
    /// 有效期至: last valid day, whole.
    pub valid_to: Day,
    /// The latest edition.
    pub edition: u32,
    /// The edition that is shown: the one in force on the day asked about.
    pub shown: u32,
    packed: Vec<u8>,
    life: Vec<Life>,
    /// The certificate that replaces it, and from when.
    pub successor: Option<(Number, Day)>,
    /// The certificate it replaces.
    pub previous: Option<Number>,
}

impl PublicCertificate {
    /// What the edition that is shown says.
    ///
    /// # Errors
    /// [`AppError::Fault`] if what is kept cannot be read.
    pub fn excerpt(&self) -> Result<Excerpt<'_>> {
        Excerpt::unpack(&self.packed)
            .ok_or_else(|| AppError::Fault(format!("证书{}的摘要无法读取", self.number)))
    }

    /// What happened to it, newest first. `excerpt` is its own: where nothing was done since, it tells of the beginning.
    pub fn life(&self, excerpt: &Excerpt<'_>) -> Vec<Life> {
        if !self.life.is_empty() {
            return self.life.clone();
        }
        vec![Life {
            day: excerpt.effective.unwrap_or(self.valid_from),
            kind: EventKind::Assign,
            kinds: Kinds::parse(&excerpt.kinds).ok(),
            edition: Some(self.shown),
            document: excerpt.document.to_owned(),
        }]
    }
}

/// One step in the life of a certificate.
#[derive(Clone, Debug)]
pub struct Life {
    /// First day on which it holds.
    pub day: Day,
    /// What was done.
    pub kind: EventKind,
    /// The kinds of business of an edition.
    pub kinds: Option<Kinds>,
    /// The edition it made.
    pub edition: Option<u32>,
    /// Number of the decision document; may be empty.
    pub document: String,
}

/// Events shown in the life of a certificate.
const LIFE: u32 = 200;

impl App {
    /// Verifies on a day: today, or the date of a report. Counts the question.
    ///
    /// # Errors
    /// Only what is our own fault; what is not known is a verdict.
    pub async fn verify(&self, asked: &Asked, on: Day, question: Question<'_>) -> Result<Verified> {
        let (verified, subject) = self.verify_of(asked, on).await?;
        let missing = match asked {
            Asked::Code(code) => Missing::Code(code),
            Asked::Number(number) => Missing::Number(number),
        };
        self.count_verdict(question, verified.verdict.word(), subject, Some(missing));
        Ok(verified)
    }

    /// The same without counting: for pages that tell it beside something else, and for what officers and systems ask, which is
    /// no question of the public.
    ///
    /// # Errors
    /// As [`App::verify`].
    pub async fn verify_uncounted(&self, asked: &Asked, on: Day) -> Result<Verified> {
        Ok(self.verify_of(asked, on).await?.0)
    }

    /// The answer, and what is counted of its certificate.
    async fn verify_of(&self, asked: &Asked, on: Day) -> Result<(Verified, Option<Subject>)> {
        let found = match self.sought(asked).await {
            Ok(found) => found,
            Err(AppError::Store(error)) => {
                tracing::error!(%error, "a question could not be answered");
                let verdict = Verdict::of(Lookup::Unavailable, Shown::Short, on, self.today());
                return Ok((Verified { verdict, certificate: None }, None));
            }
            Err(error) => return Err(error),
        };
        let Some(found) = found else {
            let verdict = Verdict::of(Lookup::Missing, Shown::Short, on, self.today());
            return Ok((Verified { verdict, certificate: None }, None));
        };
        let head = &found.head;
        let held = held(head, &found.events);
        let record = Record {
            held: &held,
            valid_from: head.valid_from,
            valid_to: head.valid_to,
            edition: head.edition,
        };
        let verdict = Verdict::of(Lookup::Found(record), Shown::Short, on, self.today());
        let subject = Subject::from(head);
        Ok((Verified { verdict, certificate: Some(self.public(found, on).await?) }, Some(subject)))
    }

    /// The certificate where it is found: a replica may lag, so a miss there is asked of the primary.
    async fn sought(&self, asked: &Asked) -> Result<Option<Sought>> {
        if let Some(found) = sought_in(&self.near, asked).await? {
            return Ok(Some(found));
        }
        match self.near.is(&self.db) {
            true => Ok(None),
            false => sought_in(&self.db, asked).await,
        }
    }

    async fn public(&self, sought: Sought, on: Day) -> Result<PublicCertificate> {
        let shown = edition_on(&sought.events, on).unwrap_or(sought.head.edition);
        let packed = match sought.packed.as_ref().filter(|_| shown == sought.head.edition) {
            Some(packed) => packed.clone(),
            None => excerpt_of(sought.reader(), sought.head.id, shown).await?,
        };
        let related = related(&sought.head);
        let numbers = match related.is_empty() {
            true => HashMap::new(),
            false => store::certificate::numbers_of(sought.reader(), related).await?,
        };
        let Sought { head, events, .. } = sought;
        let since = head.status.since().unwrap_or(head.valid_to);
        Ok(PublicCertificate {
            authority: self.authority_name(head.authority),
            authority_printed: self.printed_name(head.authority),
            issuer: head.authority,
            listed: self.platform_seen().lists(&head),
            valid_from: head.valid_from,
            valid_to: head.valid_to,
            edition: head.edition,
            shown,
            packed,
            life: events.iter().rev().filter_map(life).collect(),
            successor: head.successor.and_then(|id| Some((numbers.get(&id)?.clone(), since))),
            previous: head.previous.and_then(|id| numbers.get(&id).cloned()),
            number: head.number,
        })
    }

    /// A page of the capabilities a certificate has on a day, all or those that contain a text, and how many there are.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an unknown number.
    pub async fn public_capabilities(
        &self,
        number: &Number,
        on: Day,
        text: &str,
        (page, size): (u32, u32),
    ) -> Result<(PublicCertificate, Vec<Capability>, u64)> {
        let found = self.sought(&Asked::Number(number.clone())).await?.ok_or(AppError::NotFound)?;
        let id = found.head.id;
        let edition = edition_on(&found.events, on).unwrap_or(found.head.edition);
        let reader = found.reader();
        let skip = page.saturating_sub(1).saturating_mul(size);
        let (rows, total) = capabilities_with(reader, id, edition, text, (skip, size)).await?;
        let sites = store::content::sites(reader, id, edition).await?;
        let certificate = self.public(found, on).await?;
        Ok((certificate, with_sites(rows, &sites), total))
    }

    /// Name of an authority.
    pub fn authority_name(&self, id: AuthorityId) -> String {
        self.tables().authority(id).map(|a| a.name.clone()).unwrap_or_default()
    }

    /// What its certificates call it, where that is another name: as last loaded, so that an answer asks the store nothing more.
    pub fn printed_name(&self, id: AuthorityId) -> Option<String> {
        let printed = self.printed_names();
        let name = printed.get(&id)?;
        (*name != self.authority_name(id)).then(|| name.clone())
    }

    /// Its short name, such as 陕西, for where many stand together.
    pub fn authority_short(&self, id: AuthorityId) -> String {
        self.tables().authority(id).map(|a| a.short_name.clone()).unwrap_or_default()
    }
}

/// What an answer is made of, all read at one moment.
struct Sought {
    db: Db,
    /// None where one statement told all.
    seen: Option<Snapshot>,
    head: Head,
    /// The packed excerpt of the current edition.
    packed: Option<Vec<u8>>,
    /// What was done to it, oldest first; empty where the excerpt tells it all.
    events: Vec<Recorded>,
}

impl Sought {
    fn reader(&self) -> Reader<'_> {
        self.seen.as_ref().map_or(Reader::Db(&self.db), Reader::Snapshot)
    }
}

async fn sought_in(db: &Db, asked: &Asked) -> Result<Option<Sought>> {
    // Mostly one statement is all there is to read, and a statement alone is a moment of its own.
    let Some(found) = found(db.into(), asked).await? else { return Ok(None) };
    if found.acts == 0 && found.packed.is_some() && related(&found.head).is_empty() {
        let Found { head, packed, .. } = found;
        return Ok(Some(Sought { db: db.clone(), seen: None, head, packed, events: Vec::new() }));
    }
    let seen = db.snapshot().await?;
    let Some(Found { head, packed, .. }) = self::found((&seen).into(), asked).await? else { return Ok(None) };
    let events = store::event::of_object((&seen).into(), Object::Certificate, head.id.0, LIFE).await?;
    Ok(Some(Sought { db: db.clone(), seen: Some(seen), head, packed, events }))
}

async fn found(reader: Reader<'_>, asked: &Asked) -> Result<Option<Found>> {
    let found = match asked {
        Asked::Code(code) => store::excerpt::by_code(reader, *code).await?,
        Asked::Number(number) => store::excerpt::by_number(reader, number).await?,
    };
    let readable =
        |found: Found| Found { packed: found.packed.filter(|bytes| Excerpt::reads(bytes)), ..found };
    Ok(found.map(readable))
}

/// The certificates it replaces and is replaced by.
fn related(head: &Head) -> Vec<i64> {
    head.successor.iter().chain(&head.previous).map(|id| id.0).collect()
}

/// The edition in force on a day: the last one that held by then, else the earliest. `None` where the events
/// do not tell, or are too many to be all.
fn edition_on(events: &[Recorded], on: Day) -> Option<u32> {
    if events.len() >= LIFE as usize {
        return None;
    }
    let mut held: Vec<(Day, u32)> = Vec::new();
    for event in events.iter().filter(|e| matches!(e.kind, EventKind::Assign | EventKind::Change)) {
        // What was an entry error was never so: a correction holds from the first day of what it corrects.
        let from = match held.last() {
            Some((from, _)) if kinds(event).is_some_and(|kinds| kinds.has(Kind::Correction)) => *from,
            _ => event.effective,
        };
        held.extend(event.edition.map(|edition| (from, edition)));
    }
    let by_then = held.iter().rev().find(|(from, _)| *from <= on);
    by_then.or_else(|| held.iter().rev().min_by_key(|(from, _)| *from)).map(|(_, edition)| *edition)
}

/// 业务类型 of an edition's event.
fn kinds(event: &Recorded) -> Option<Kinds> {
    let text = std::str::from_utf8(&event.body).ok()?;
    Kinds::parse(text.lines().find_map(|line| line.strip_prefix("kinds\t"))?).ok()
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

/// The steps that concern the public; prints, links, what was erased of persons and under which body it is kept do not, and that
/// a day came is seen from the days themselves.
fn life(event: &Recorded) -> Option<Life> {
    match event.kind {
        EventKind::Print
        | EventKind::LinkCreate
        | EventKind::LinkRenew
        | EventKind::PersonalErase
        | EventKind::BodyMove
        | EventKind::DayCame
        | EventKind::Export => return None,
        _ => {}
    }
    Some(Life {
        day: event.effective,
        kind: event.kind,
        kinds: kinds(event),
        edition: event.edition,
        document: event.document.clone(),
    })
}
