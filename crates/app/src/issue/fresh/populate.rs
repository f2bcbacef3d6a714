//! Filling an empty demo registry with certificates that are ready-made: a country in minutes.
//!
//! Nothing here is judged: who makes the contents answers for them. What is written is what the writer writes of a new certificate,
//! made of the same parts and in the same transaction ([`Prepared`]): body, head, edition with its digest, excerpt, rows, the
//! succession of what is renewed, and an event for each act. Two things differ. Codes come with the certificates, so that a demo is the same each
//! time; and a transaction is long, since nobody else works in a registry that is only being filled.

use super::{Fresh, Prepared, first_rows, head, previous_of};
use crate::excerpts::packed;
use crate::issue::body::{BodyKey, described};
use crate::issue::persons::Claims;
use crate::issue::{Purpose, Ready};
use crate::{App, AppError, Ctx, Footing, Result};
use domain::{
    Action, AuthorityId, BodyId, CertificateId, Code, Content, Day, Draft, Face, Instant, Item, Number,
    Personal, Plan, Status,
};
use futures_util::future::try_join;
use rustc_hash::FxHashMap;
use std::collections::HashMap;
use store::Urgency;
use store::body::Body;
use store::certificate::Filter;
use store::content::NewRows;
use tokio::sync::mpsc;
use tokio::task::yield_now;

/// A certificate that needs no judging.
#[derive(Clone, Debug)]
pub struct ReadyMade {
    /// Whose.
    pub authority: AuthorityId,
    /// Its number.
    pub number: Number,
    /// Its code.
    pub code: Code,
    /// First day on which its edition holds.
    pub effective: Day,
    /// With which it is taken over; valid for all others.
    pub status: Status,
    /// What stands on it. What it renews is named by `previous_number`, and came before it.
    pub content: Content,
}

/// What is handed over at a time.
#[derive(Debug)]
pub enum Parcel {
    /// Texts of the dictionary, before the certificates that use them. In the order of their hashes they are written
    /// side by side in its index; a text that comes with its certificate only is written too, ten times as slowly.
    Items(Vec<Item>),
    /// Certificates, each after what it renews.
    Certificates(Vec<ReadyMade>),
    /// That was all. Who breaks off before it has not filled the registry.
    End,
}

/// What has been written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[expect(missing_docs, reason = "the name says it")]
pub struct Populated {
    pub bodies: u64,
    pub certificates: u64,
    /// How many of them were replaced by another.
    pub succeeded: u64,
    pub items: u64,
    pub sites: u64,
    pub capabilities: u64,
    pub signatories: u64,
    pub instruments: u64,
    pub staff: u64,
    pub events: u64,
}

/// For whom a registry is populated: a licensing account of each authority.
pub type Callers = HashMap<AuthorityId, Ctx>;

/// In `meta`: what the registry was or is being filled with.
const NAME: &str = "population";
/// In `meta`: when that was done.
const DONE: &str = "population_done_at";
/// Ids taken at a time: filling waits for no commit to get some.
const IDS: i64 = 8_192;

/// Ids at hand, of one kind.
struct Ids {
    kind: &'static str,
    next: i64,
    end: i64,
}

impl Ids {
    fn of(kind: &'static str) -> Ids {
        Ids { kind, next: 0, end: 0 }
    }

    /// The first of `n` fresh ids.
    async fn take(&mut self, app: &App, n: usize) -> Result<i64> {
        let n = n as i64;
        if self.end - self.next < n {
            let many = n.max(IDS);
            self.next = app.ids(self.kind, many as u64).await?;
            self.end = self.next + many;
        }
        self.next += n;
        Ok(self.next - n)
    }
}

/// What is known of all that was made ready so far. The registry was empty: nothing has to be looked up in it.
struct Filling<'a> {
    app: &'a App,
    callers: &'a Callers,
    /// Ids of the texts.
    items: FxHashMap<store::item::Hash, i64>,
    bodies: HashMap<BodyKey, BodyId>,
    /// What a renewal may name.
    numbers: HashMap<Number, CertificateId>,
    body_ids: Ids,
    certificate_ids: Ids,
    person_ids: Ids,
    now: Instant,
}

/// Certificates that are ready for one transaction, and what they amount to.
struct Sheaf {
    prepared: Prepared,
    of: Populated,
}

impl App {
    /// Fills an empty demo registry with what comes, up to [`Parcel::End`]; `told` hears of each step.
    ///
    /// # Errors
    /// Any footing but that of a demo, a registry with certificates, also those of a population that broke off, a caller
    /// without the right to assign; each with what to do. What was written before a later error stays.
    pub async fn populate(
        &self,
        callers: &Callers,
        name: &str,
        parcels: &mut mpsc::Receiver<Parcel>,
        told: &(dyn Fn(&Populated) + Sync),
    ) -> Result<Populated> {
        self.may_populate(callers).await?;
        self.note_population(NAME, name).await?;
        let mut filling = Filling::of(self, callers);
        let mut done = Populated::default();
        let mut waiting = None;
        loop {
            match parcels.recv().await {
                None => return Err(AppError::Fault("全国演示数据没有生成完".into())),
                Some(Parcel::End) => break,
                Some(Parcel::Items(items)) => filling.texts(&items).await?,
                Some(Parcel::Certificates(all)) => {
                    // The next ones are made ready while these are written.
                    let (written, next) =
                        try_join(self.write_sheaf(waiting.take()), filling.sheaf(all)).await?;
                    done.add(&written);
                    waiting = Some(next);
                }
            }
            done.items = filling.items.len() as u64;
            told(&done);
        }
        done.add(&self.write_sheaf(waiting.take()).await?);
        told(&done);
        filling.raise_counters().await?;
        self.note_population(DONE, &self.now().micros().to_string()).await?;
        Ok(done)
    }

    /// Refuses all but an empty registry of a demo, and callers that may not assign.
    async fn may_populate(&self, callers: &Callers) -> Result<()> {
        if self.config.footing != Footing::Demo {
            let hint = "请在数据文件夹的 fuma.toml 中写入 demo = true；正式登记库不能填入演示数据。";
            return Err(AppError::refused("只能在演示库里填入全国演示数据", hint));
        }
        for (authority, ctx) in callers {
            self.ask(ctx, Action::Assign, Some(*authority))?;
        }
        let reader = (&self.db).into();
        let (name, done) = (store::meta::get(reader, NAME).await?, store::meta::get(reader, DONE).await?);
        let hint = "要重新生成，请换一个空的数据文件夹（PostgreSQL 请换一个空库）。";
        match (name, done) {
            (Some(name), Some(_)) => {
                return Err(AppError::refused(format!("这里已有全国演示数据：{name}"), hint));
            }
            (Some(name), None) => {
                return Err(AppError::refused(format!("上次填入的全国演示数据没有做完：{name}"), hint));
            }
            (None, _) => {}
        }
        match store::certificate::count(reader, &Filter::default()).await? {
            0 => Ok(()),
            n => Err(AppError::refused(format!("登记库里已有{n}张证书，全国演示数据只能填入空库"), hint)),
        }
    }

    async fn note_population(&self, key: &'static str, value: &str) -> Result<()> {
        let tx = self.db.begin(Urgency::Act).await?;
        store::meta::set(&tx, key, value).await?;
        Ok(tx.commit().await?)
    }

    /// Writes what is ready as the writer does; what was written.
    async fn write_sheaf(&self, sheaf: Option<Sheaf>) -> Result<Populated> {
        let Some(Sheaf { prepared, of }) = sheaf else { return Ok(Populated::default()) };
        prepared.write(&self.db).await?;
        Ok(of)
    }
}

impl<'a> Filling<'a> {
    fn of(app: &'a App, callers: &'a Callers) -> Filling<'a> {
        Filling {
            app,
            callers,
            items: FxHashMap::default(),
            bodies: HashMap::new(),
            numbers: HashMap::new(),
            body_ids: Ids::of("body"),
            certificate_ids: Ids::of("certificate"),
            person_ids: Ids::of("person"),
            now: app.now(),
        }
    }

    /// Puts texts into the dictionary.
    async fn texts(&mut self, items: &[Item]) -> Result<()> {
        let hashed: Vec<_> = items.iter().map(|item| (item.hash(), item)).collect();
        let ids = store::item::ensure(&self.app.db, &self.app.blocks, &hashed, Urgency::Batch).await?;
        self.items.extend(ids);
        Ok(())
    }

    /// Makes a parcel ready: ids, digests, excerpts, cells, everything that costs time and no transaction.
    async fn sheaf(&mut self, all: Vec<ReadyMade>) -> Result<Sheaf> {
        let contents: Vec<&Content> = all.iter().map(|one| &one.content).collect();
        let hashes = self.app.items(&contents, &mut self.items, Urgency::Batch).await?;
        let first = self.certificate_ids.take(self.app, all.len()).await?;
        let people = contents.iter().map(|c| c.signatories.len() + c.staff.len()).sum();
        let mut person = self.person_ids.take(self.app, people).await?;
        let mut sheaf = Sheaf { prepared: self.nothing(), of: Populated::default() };
        for ((id, made), hashes) in (first..).zip(all).zip(&hashes) {
            let claims = Claims::unknown(&made.content, person);
            person += (made.content.signatories.len() + made.content.staff.len()) as i64;
            let body = self.body(&made.content.face, &mut sheaf.prepared.bodies).await?;
            self.add(&mut sheaf, (CertificateId(id), body), made, hashes, &claims)?;
            // The task that writes beside this one gets its turn.
            yield_now().await;
        }
        Ok(sheaf)
    }

    /// A transaction of the writer without anything in it.
    fn nothing(&self) -> Prepared {
        Prepared {
            // Neither batch nor draft nor record: for whom it is stands in each head and event.
            purpose: purpose(AuthorityId(0)),
            now: self.now,
            judged_by: Vec::new(),
            known: Vec::new(),
            bodies: Vec::new(),
            heads: Vec::new(),
            editions: Vec::new(),
            excerpts: Vec::new(),
            rows: NewRows::default(),
            sealed: Vec::new(),
            previous: Vec::new(),
            records: Vec::new(),
            events: Vec::new(),
            written: Vec::new(),
        }
    }

    /// The body of a face: one that came before, or a new one.
    async fn body(&mut self, face: &Face, fresh: &mut Vec<Body>) -> Result<BodyId> {
        let key = BodyKey::of(face);
        if let Some(known) = self.bodies.get(&key) {
            return Ok(*known);
        }
        let id = BodyId(self.body_ids.take(self.app, 1).await?);
        fresh.push(described(id, face));
        self.bodies.insert(key, id);
        Ok(id)
    }

    fn add(
        &mut self,
        sheaf: &mut Sheaf,
        (id, body): (CertificateId, BodyId),
        made: ReadyMade,
        hashes: &[store::item::Hash],
        claims: &Claims,
    ) -> Result<()> {
        sheaf.of.count(&made.content);
        let (ctx, purpose) = (caller(self.callers, made.authority)?, purpose(made.authority));
        let (number, code) = (made.number.clone(), made.code);
        let ready = self.ready(id, made);
        let fresh = [Fresh { ready: &ready, id, number, code, body }];
        let previous = previous_of(&fresh);
        let edition = [self.app.first_edition(&fresh[0], self.now)];
        let to = &mut sheaf.prepared;
        to.excerpts.push(packed(&edition[0], &ready.draft.content));
        first_rows(&mut to.rows, &fresh[0], hashes, &self.items, claims);
        to.heads.push(head(&fresh[0], &purpose, ctx, self.now, &previous));
        to.events.extend(self.app.new_events(ctx, &purpose, &fresh, &edition, &previous));
        to.editions.extend(edition);
        sheaf.of.bodies = to.bodies.len() as u64;
        sheaf.of.events = to.events.len() as u64;
        sheaf.of.succeeded += previous.len() as u64;
        to.previous.extend(previous);
        Ok(())
    }

    /// As a draft that passed funnel and plan.
    fn ready(&mut self, id: CertificateId, made: ReadyMade) -> Ready {
        let ReadyMade { number, effective, status, content, .. } = made;
        let replaces = content.face.previous_number.as_ref().and_then(|old| self.numbers.get(old).copied());
        self.numbers.insert(number.clone(), id);
        let draft = Draft {
            number: Some(number.clone()),
            content,
            status,
            says_status: true,
            effective,
            contact: Personal::default(),
            signatories: Vec::new(),
            staff: Vec::new(),
            absent: Vec::new(),
            rows: domain::Rows::default(),
        };
        let plan = Plan::New { replaces };
        Ready { draft, plan, number: Some(number), line: 0, sent: None, held: None }
    }

    /// Lifts the counters of all authorities above the numbers that were given, as a takeover does.
    async fn raise_counters(&self) -> Result<()> {
        let tables = self.app.tables();
        let tx = self.app.db.begin(Urgency::Act).await?;
        let mut of: HashMap<AuthorityId, Vec<Number>> = HashMap::new();
        for number in self.numbers.keys() {
            let holder = number.parts().and_then(|parts| tables.holders(parts.authority, None).next());
            if let Some(holder) = holder.filter(|holder| self.callers.contains_key(holder)) {
                of.entry(holder).or_default().push(number.clone());
            }
        }
        for (authority, numbers) in of {
            let settings = self.app.settings_of(authority).await?;
            self.app.raise_counters(&tx, authority, &settings, &numbers).await?;
        }
        Ok(tx.commit().await?)
    }
}

impl Populated {
    fn count(&mut self, content: &Content) {
        self.certificates += 1;
        self.sites += content.sites.len() as u64;
        self.capabilities += content.capabilities.len() as u64;
        self.signatories += content.signatories.len() as u64;
        self.instruments += content.instruments.len() as u64;
        self.staff += content.staff.len() as u64;
    }

    fn add(&mut self, more: &Populated) {
        self.bodies += more.bodies;
        self.certificates += more.certificates;
        self.succeeded += more.succeeded;
        self.sites += more.sites;
        self.capabilities += more.capabilities;
        self.signatories += more.signatories;
        self.instruments += more.instruments;
        self.staff += more.staff;
        self.events += more.events;
    }
}

fn purpose(authority: AuthorityId) -> Purpose {
    Purpose { authority, batch: None, draft: None, urgency: Urgency::Batch }
}

fn caller(callers: &Callers, authority: AuthorityId) -> Result<&Ctx> {
    callers
        .get(&authority)
        .ok_or_else(|| AppError::Fault(format!("没有机关{}的许可人员，不能为它填入证书", authority.0)))
}
