//! What a call asks for each of its certificates: check, assign, renew, change, correct. The same funnel and the same writer
//! as the form and the workbook; what is new here is the record id, by which every call is safe to repeat.

use super::answer::{Effect, ItemAnswer, Kept, Sent, failed_as};
use super::call_act::CallAct;
use super::item::{Fault, Item};
use super::status::{stale, unknown};
use crate::alike::Party;
use crate::form::Form;
use crate::funnel::{Judged, Siblings, one_decision};
use crate::import::blocking;
use crate::issue::{Purpose, Ready, Writing, counted};
use crate::registry::AuthoritySettings;
use crate::{App, AppError, Ctx, Result, Written};
use domain::{
    AuthorityId, CertificateId, Content, DateSystem, Draft, EventKind, Field, Group, Kind, Kinds, Number,
    Object, Parsed, Plan, Setting, Tables,
};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::iter::Peekable;
use std::sync::Arc;
use store::certificate::Head;
use store::record::Record;
use store::{StoreError, Urgency};

/// Rows of the annexes written in one transaction: about 30 ms of the writer's time.
const ROWS: usize = 3_000;
/// Chunks worked at a time: while one is written the next is judged.
const LANES: usize = 2;
/// How often a chunk is judged again because somebody else was faster.
const TRIES: u32 = 12;

/// One item on its way.
struct Slot {
    /// Its place in the call, then in its chunk.
    at: usize,
    item: Item,
    digest: [u8; 32],
    /// What came, of a check: it is the same as what was done under its id, by whichever call.
    body: Option<Vec<u8>>,
}

/// Items that are judged together and written in one transaction.
struct Chunk {
    /// Where in the call each stands.
    places: Vec<usize>,
    /// The items, by their places in the chunk.
    slots: Vec<Slot>,
    /// Numbers that they make, change or hang on.
    named: HashSet<String>,
}

impl Chunk {
    /// The next items. One that names what an earlier one of this chunk, or of one that is being worked, makes or changes
    /// ends it: it is judged when that one stands.
    fn take(waiting: &mut Peekable<impl Iterator<Item = Slot>>, working: &HashSet<String>) -> Chunk {
        let mut chunk = Chunk { places: Vec::new(), slots: Vec::new(), named: HashSet::new() };
        let mut rows = 0;
        while let Some(slot) = waiting.next_if(|slot| {
            let fits = chunk.slots.is_empty() || rows < ROWS;
            fits && names(&slot.item).all(|name| !chunk.named.contains(name) && !working.contains(name))
        }) {
            rows += slot.item.form.capabilities.len() + slot.item.form.instruments.len() + 1;
            chunk.named.extend(names(&slot.item).map(str::to_owned));
            chunk.places.push(slot.at);
            chunk.slots.push(Slot { at: chunk.slots.len(), ..slot });
        }
        chunk
    }
}

/// A chunk with its answers.
struct Worked {
    chunk: Chunk,
    told: Vec<Option<ItemAnswer>>,
    writing: Writing,
}

/// What a chunk is judged with.
struct Scene<'a> {
    ctx: &'a Ctx,
    act: CallAct,
    authority: AuthorityId,
    tables: &'a Arc<Tables>,
    settings: &'a AuthoritySettings,
    urgency: Urgency,
}

impl App {
    /// Does what a call asks for its items, in their order; one answer an item. A call that breaks off may be repeated
    /// as it is: what was done is answered from the records.
    ///
    /// # Errors
    /// The right that is missing, and faults of our own. What is wrong with an item stands in its answer.
    pub async fn call_items(
        &self,
        ctx: &Ctx,
        act: CallAct,
        items: Vec<Value>,
        urgency: Urgency,
    ) -> Result<Vec<ItemAnswer>> {
        let authority = ctx.authority()?;
        self.ask(ctx, act.action(), Some(authority))?;
        let settings = self.settings_of(authority).await?;
        let closed = if act == CallAct::Check { None } else { self.closed_to(ctx.door, &settings) };
        let tables = self.tables();
        let scene = Scene { ctx, act, authority, tables: &tables, settings: &settings, urgency };
        let mut answers: Vec<Option<ItemAnswer>> = vec![None; items.len()];
        let mut slots = self.slots(act, items, &mut answers)?;
        self.replay(authority, &mut slots, &mut answers).await?;
        if let Some(fault) = closed {
            for slot in slots.drain(..) {
                answers[slot.at] = Some(failed(&slot.item, vec![fault.clone()]));
            }
        }
        let mut waiting = slots.into_iter().peekable();
        let mut idle: Vec<Writing> = (0..LANES).map(|_| Writing::default()).collect();
        let (mut working, mut named) = (FuturesUnordered::new(), HashSet::new());
        loop {
            while let Some(writing) = idle.pop() {
                let chunk = Chunk::take(&mut waiting, &named);
                if chunk.slots.is_empty() {
                    idle.push(writing);
                    break;
                }
                named.extend(chunk.named.iter().cloned());
                working.push(self.work_chunk(&scene, chunk, writing));
            }
            let Some(worked) = working.next().await else { break };
            let Worked { chunk, told, writing } = worked?;
            idle.push(writing);
            named.retain(|name| !chunk.named.contains(name));
            chunk.places.into_iter().zip(told).for_each(|(at, answer)| answers[at] = answer);
        }
        let lost = || AppError::Fault("接口调用中有一项没有答复".into());
        answers.into_iter().map(|answer| answer.ok_or_else(lost)).collect()
    }

    /// Reads the items. Those without a record id of their own are answered at once; what else is wrong with their shape is
    /// told with all that the rules find.
    fn slots(
        &self,
        act: CallAct,
        items: Vec<Value>,
        answers: &mut [Option<ItemAnswer>],
    ) -> Result<Vec<Slot>> {
        let mut slots = Vec::with_capacity(items.len());
        let mut seen = HashSet::new();
        for (at, value) in items.into_iter().enumerate() {
            let bytes = serde_json::to_vec(&value).map_err(|e| AppError::Fault(e.to_string()))?;
            let digest = self.keys.record(act.key(), &bytes);
            let mut item = Item::read(value);
            let twice = !item.record_id.is_empty() && !seen.insert(item.record_id.clone());
            if twice {
                item.faults.push(Fault::error(
                    "/record_id",
                    "record_twice",
                    format!("本次调用中业务记录号{}出现了两次", item.record_id),
                    "每项用各自的业务记录号。",
                ));
            }
            if item.record_id.is_empty() || twice {
                let faults = std::mem::take(&mut item.faults);
                answers[at] = Some(failed(&item, faults));
            } else {
                let body = (act == CallAct::Check).then_some(bytes);
                slots.push(Slot { at, item, digest, body });
            }
        }
        Ok(slots)
    }

    /// Answers the items whose record id is known: the same body with the same answer, another with an error.
    async fn replay(
        &self,
        authority: AuthorityId,
        slots: &mut Vec<Slot>,
        answers: &mut [Option<ItemAnswer>],
    ) -> Result<()> {
        let ids: Vec<String> = slots.iter().map(|slot| slot.item.record_id.clone()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let known = store::record::find((&self.db).into(), authority, ids).await?;
        let known: HashMap<String, Record> = known.into_iter().map(|it| (it.id.clone(), it)).collect();
        let mut failure = None;
        slots.retain(|slot| {
            let Some(record) = known.get(&slot.item.record_id) else { return true };
            let digest = slot.body.as_ref().map(|body| self.keys.record(&record.act, body));
            match self.replayed(record, &digest.unwrap_or(slot.digest)) {
                Ok(answer) => answers[slot.at] = Some(answer),
                Err(error) => failure = Some(error),
            }
            false
        });
        failure.map_or(Ok(()), Err)
    }

    /// Judges and writes a chunk. If somebody else was faster, what stands then is judged again.
    async fn work_chunk(&self, scene: &Scene<'_>, mut chunk: Chunk, mut writing: Writing) -> Result<Worked> {
        let mut told = vec![None; chunk.slots.len()];
        let mut tried = 0;
        // What is left for later finds what was written before it.
        while !chunk.slots.is_empty() {
            tried += 1;
            match self.try_chunk(scene, &chunk.slots, &mut writing, &mut told).await {
                Ok(()) => chunk.slots.retain(|slot| told[slot.at].is_none()),
                Err(error) if tried < TRIES && overtaken(&error) => {
                    chunk.slots.iter().for_each(|slot| told[slot.at] = None);
                    self.replay(scene.authority, &mut chunk.slots, &mut told).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Worked { chunk, told, writing })
    }

    async fn try_chunk(
        &self,
        scene: &Scene<'_>,
        chunk: &[Slot],
        writing: &mut Writing,
        answers: &mut [Option<ItemAnswer>],
    ) -> Result<()> {
        let (forms, heads) = self.forms(scene, chunk).await?;
        let (forms, parties, parsed) = self.parse_forms(scene, forms).await?;
        let setting = self.setting(scene.tables, scene.authority, DateSystem::Y1900);
        let siblings = Siblings::new();
        let (judged, alike) =
            tokio::join!(self.judge_many(parsed, &setting, &siblings), self.known_alike(&parties));
        let mut fresh = Vec::new();
        let mut changes = Vec::new();
        let mut decisions = HashSet::new();
        for (((slot, form), judged), alike) in chunk.iter().zip(&forms).zip(judged?).zip(alike?) {
            if let Some(number) = changed(scene.act, form).filter(|number| !heads.contains_key(number)) {
                // What else is missing is missing because there is nothing that it could be taken from.
                let faults = slot
                    .item
                    .faults
                    .iter()
                    .cloned()
                    .chain([unknown("/certificate/number", &number)])
                    .collect();
                answers[slot.at] = Some(failed(&slot.item, faults));
                continue;
            }
            let Judged { draft, problems, held, .. } = judged;
            let mut faults = slot.item.faults.clone();
            faults.extend(problems.into_iter().chain(alike).map(Fault::of));
            faults.extend(misplaced(scene.act, form));
            faults.extend(behind(&slot.item, form, &heads));
            let (draft, plan) = match draft {
                Some(draft) if !faults.iter().any(Fault::stops) => draft,
                _ => {
                    answers[slot.at] = Some(failed(&slot.item, faults));
                    continue;
                }
            };
            if scene.act == CallAct::Check {
                answers[slot.at] = Some(self.would(slot, &draft, &plan, faults).await?);
                continue;
            }
            let sent = Sent {
                record_id: slot.item.record_id.clone(),
                act: scene.act.key(),
                digest: slot.digest,
                faults,
            };
            let number = draft.number.clone();
            let held = number.is_none().then_some(held);
            let ready = Ready { number, draft, plan, line: 0, sent: Some(sent), held };
            match ready.plan {
                // The same body by the same decision once more: judged again when the first of them is written.
                Plan::New { .. } if one_decision(&ready.draft).is_some_and(|it| !decisions.insert(it)) => {}
                Plan::New { .. } => fresh.push((slot.at, ready)),
                Plan::Change { of, .. } => changes.push((slot.at, of, ready)),
                Plan::Unchanged { is } => {
                    let sent = ready.sent.as_ref().ok_or_else(no_record)?;
                    answers[slot.at] = Some(self.record_unchanged(scene, sent, is).await?);
                }
            }
        }
        self.write_fresh(scene, fresh, writing, answers).await?;
        self.write_changes(scene, changes, writing, answers).await
    }

    /// Parses forms on a blocking thread: meanwhile the chunk that is being written gets its statements out.
    async fn parse_forms(
        &self,
        scene: &Scene<'_>,
        forms: Vec<Form>,
    ) -> Result<(Vec<Form>, Vec<Option<Party>>, Vec<Parsed>)> {
        let (tables, authority, today) = (scene.tables.clone(), scene.authority, self.today());
        let parse = move || {
            let setting = Setting { tables: &tables, authority, today, date_system: DateSystem::Y1900 };
            let raws: Vec<_> = forms.iter().map(Form::raw).collect();
            let parties = raws.iter().map(|raw| Party::of(&raw.head, &setting)).collect();
            let parsed = raws.iter().map(|raw| Draft::parse(raw, &setting)).collect();
            drop(raws);
            (forms, parties, parsed)
        };
        blocking(parse).await
    }

    /// The forms of a chunk. A change says only what is new: the rest of the face is as it stands.
    async fn forms(&self, scene: &Scene<'_>, chunk: &[Slot]) -> Result<(Vec<Form>, HashMap<Number, Head>)> {
        let mut forms: Vec<Form> = chunk.iter().map(|slot| slot.item.form.clone()).collect();
        let mut numbers = Vec::new();
        for form in forms.iter_mut() {
            if scene.act == CallAct::Correct && form.value(Field::Kind).is_empty() {
                form.set(Field::Kind, Kind::Correction.label());
            }
            numbers.extend(changed(scene.act, form).map(|number| number.to_string()));
        }
        if numbers.is_empty() {
            return Ok((forms, HashMap::new()));
        }
        let heads = store::certificate::by_numbers((&self.db).into(), numbers).await?;
        let heads: HashMap<Number, Head> = heads
            .into_iter()
            .filter(|head| head.authority == scene.authority)
            .map(|head| (head.number.clone(), head))
            .collect();
        for form in &mut forms {
            let head = changed(scene.act, form).and_then(|number| heads.get(&number));
            let Some(head) = head else { continue };
            let edition = store::content::edition_of((&self.db).into(), head.id, head.edition).await?;
            let Some(face) = edition.map(|edition| edition.face) else { continue };
            let mut stands = Form::of(&head.number, &Content::of_face(face.clone()));
            if Kinds::parse(form.value(Field::Kind)).is_ok_and(|kinds| kinds.has(Kind::Correction)) {
                // An error of entry is corrected under the decision that stands.
                let decided = [Field::DecisionDay, Field::DecisionNumber, Field::Procedure];
                let values = face.values().into_iter().filter(|(field, _)| decided.contains(field));
                values.for_each(|(field, value)| stands.set(field, value));
            }
            for (key, value) in stands.certificate {
                form.certificate.entry(key).or_insert(value);
            }
            if names_sites(form) {
                // Rows may stand at a site that the change need not repeat.
                let content = self.content_of(head.id, head.edition).await?;
                form.sites = Form::of(&head.number, &content).sites;
                form.absent.retain(|key| key != Group::Site.key());
            }
        }
        Ok((forms, heads))
    }

    /// What a check answers.
    async fn would(&self, slot: &Slot, draft: &Draft, plan: &Plan, faults: Vec<Fault>) -> Result<ItemAnswer> {
        let number = draft.number.as_ref().map(Number::to_string);
        let none = Kept { number, ..Kept::bare(Effect::Assigned) };
        let kept = match plan {
            Plan::New { .. } => none,
            Plan::Change { of, .. } | Plan::Unchanged { is: of } => {
                let head =
                    store::certificate::by_id((&self.db).into(), *of).await?.ok_or(AppError::NotFound)?;
                let effect =
                    if matches!(plan, Plan::Change { .. }) { Effect::Changed } else { Effect::Unchanged };
                Kept {
                    effect,
                    number: Some(head.number.to_string()),
                    code: Some(head.code.to_string()),
                    edition: Some(head.edition),
                    ..none
                }
            }
        };
        Ok(self.answered(&slot.item.record_id, kept, faults))
    }

    /// The certificate stands so already: the record id now names it.
    async fn record_unchanged(
        &self,
        scene: &Scene<'_>,
        sent: &Sent,
        is: CertificateId,
    ) -> Result<ItemAnswer> {
        let reader = (&self.db).into();
        let head = store::certificate::by_id(reader, is).await?.ok_or(AppError::NotFound)?;
        let digest =
            store::content::edition_of(reader, is, head.edition).await?.map(|e| e.digest).unwrap_or_default();
        let written = Written {
            line: 0,
            certificate: is,
            number: head.number,
            code: head.code,
            edition: head.edition,
            digest,
        };
        let record = sent.record(scene.ctx, &written, Effect::Unchanged, self.now())?;
        self.write_record(scene.ctx, scene.authority, &record, scene.urgency).await?;
        Ok(self.answered(&sent.record_id, Kept::of(Effect::Unchanged, &written), sent.faults.clone()))
    }

    /// Ties a record id to a certificate: a record, and the event that says who did it.
    pub(super) async fn write_record(
        &self,
        ctx: &Ctx,
        authority: AuthorityId,
        record: &Record,
        urgency: Urgency,
    ) -> Result<()> {
        let mut event = self.event(ctx, EventKind::Adopt, Object::Certificate, record.certificate.0);
        event.authority = Some(authority);
        event.edition = Some(record.edition);
        event.details = vec![("record_id", record.id.clone()), ("act", record.act.clone())];
        let tx = self.db.begin(urgency).await?;
        store::record::insert(&tx, authority, std::slice::from_ref(record)).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn write_fresh(
        &self,
        scene: &Scene<'_>,
        fresh: Vec<(usize, Ready)>,
        writing: &mut Writing,
        answers: &mut [Option<ItemAnswer>],
    ) -> Result<()> {
        let (places, mut ready): (Vec<usize>, Vec<Ready>) = fresh.into_iter().unzip();
        let refused = self.number_all(scene, &mut ready).await?;
        let mut kept = Vec::with_capacity(ready.len());
        for (at, ready) in places.into_iter().zip(ready) {
            match (&ready.number, &ready.sent) {
                (Some(_), Some(_)) => kept.push((at, ready)),
                (_, Some(sent)) => {
                    let mut faults = sent.faults.clone();
                    faults.extend(refused.clone());
                    answers[at] = Some(failed_as(&sent.record_id, faults));
                }
                (_, None) => return Err(no_record()),
            }
        }
        if kept.is_empty() {
            return Ok(());
        }
        let (places, ready): (Vec<usize>, Vec<Ready>) = kept.into_iter().unzip();
        let purpose =
            Purpose { authority: scene.authority, batch: None, draft: None, urgency: scene.urgency };
        let written = self.write_new(scene.ctx, &purpose, &ready, writing).await?;
        for ((at, ready), written) in places.into_iter().zip(ready).zip(written) {
            let sent = ready.sent.ok_or_else(no_record)?;
            let kept = Kept::of(Effect::Assigned, &written);
            answers[at] = Some(self.answered(&sent.record_id, kept, sent.faults));
        }
        Ok(())
    }

    /// Numbers for those that bring none, in one transaction. Where a counter has none left, why.
    async fn number_all(&self, scene: &Scene<'_>, ready: &mut [Ready]) -> Result<Option<Fault>> {
        let mut wanted: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (n, ready) in ready.iter().enumerate().filter(|(_, ready)| ready.number.is_none()) {
            let face = &ready.draft.content.face;
            if counted(face.kinds) {
                let year = face.issued_on.unwrap_or(face.valid_from).year();
                wanted.entry((year, face.domain, face.industry)).or_default().push(n);
            }
        }
        if wanted.is_empty() {
            return Ok(None);
        }
        let tx = self.db.begin(scene.urgency).await?;
        for ((year, domain, industry), places) in wanted {
            let taken = match self.code_on(scene.authority, year) {
                Ok(code) => {
                    let place = (year, code, domain, industry);
                    let n = places.len() as u32;
                    self.take_numbers(&tx, scene.authority, scene.settings, place, n).await
                }
                Err(error) => Err(error),
            };
            match taken {
                Ok(numbers) => {
                    for (n, number) in places.into_iter().zip(numbers) {
                        ready[n].number = Some(number);
                    }
                }
                // Nothing of this chunk is numbered then; what bears a number of its own goes on.
                Err(AppError::Refused { message, hint }) => {
                    ready.iter_mut().filter(|r| r.draft.number.is_none()).for_each(|r| r.number = None);
                    return Ok(Some(Fault::error("/certificate/number", "no_number", message, hint)));
                }
                Err(error) => return Err(error),
            }
        }
        tx.commit().await?;
        Ok(None)
    }

    async fn write_changes(
        &self,
        scene: &Scene<'_>,
        changes: Vec<(usize, CertificateId, Ready)>,
        writing: &mut Writing,
        answers: &mut [Option<ItemAnswer>],
    ) -> Result<()> {
        let purpose =
            Purpose { authority: scene.authority, batch: None, draft: None, urgency: scene.urgency };
        for (at, of, ready) in changes {
            let head = store::certificate::by_id((&self.db).into(), of).await?.ok_or(AppError::NotFound)?;
            let written = self.write_change(scene.ctx, &purpose, &head, &ready, writing).await?;
            let sent = ready.sent.ok_or_else(no_record)?;
            let kept = Kept::of(Effect::Changed, &written);
            answers[at] = Some(self.answered(&sent.record_id, kept, sent.faults));
        }
        Ok(())
    }
}

/// Numbers by which an item hangs on others.
fn names(item: &Item) -> impl Iterator<Item = &str> {
    [Field::Number, Field::PreviousNumber]
        .into_iter()
        .map(|field| item.form.value(field))
        .filter(|value| !value.is_empty())
}

/// The number of the certificate that a form changes; none of one that makes a certificate.
fn changed(act: CallAct, form: &Form) -> Option<Number> {
    let kinds = Kinds::parse(form.value(Field::Kind)).ok();
    let changes = act == CallAct::Correct || kinds.is_some_and(|kinds| !kinds.makes_certificate());
    changes.then(|| Number::parse(form.value(Field::Number)).ok())?
}

/// An item whose kinds belong to another call.
fn misplaced(act: CallAct, form: &Form) -> Option<Fault> {
    let kinds = Kinds::parse(form.value(Field::Kind)).ok()?;
    (!act.takes(kinds)).then(|| {
        let right = CallAct::of(kinds);
        let message = format!("业务类型“{kinds}”不在本调用办理");
        let hint = format!("请改用 /api/v1/certificates/{}。", right.key());
        Fault::error("/certificate/kind", "other_call", message, hint)
    })
}

/// Whether rows name a site while no sites are given.
fn names_sites(form: &Form) -> bool {
    let named = [Field::CapabilitySite, Field::SignatorySite, Field::InstrumentSite, Field::StaffSite];
    let names = |field: &Field| form.rows(field.group()).iter().any(|row| row.contains_key(field.key()));
    form.absent.iter().any(|key| key == Group::Site.key()) && named.iter().any(names)
}

/// Another edition stands than the caller believes.
fn behind(item: &Item, form: &Form, heads: &HashMap<Number, Head>) -> Option<Fault> {
    let expected = item.expected_edition?;
    let number = Number::parse(form.value(Field::Number)).ok()?;
    stale(heads.get(&number)?, expected)
}

fn failed(item: &Item, problems: Vec<Fault>) -> ItemAnswer {
    failed_as(&item.record_id, problems)
}

/// Somebody else wrote what this was to write, or changed what it was judged by. A number that was taken meanwhile is
/// refused by the writer in words; judged again, it is told as a fault of the item.
pub(super) fn overtaken(error: &AppError) -> bool {
    matches!(
        error,
        AppError::Refused { .. } | AppError::Store(StoreError::Unique { .. } | StoreError::Conflict)
    )
}

fn no_record() -> AppError {
    AppError::Fault("接口办理没有业务记录号".into())
}
