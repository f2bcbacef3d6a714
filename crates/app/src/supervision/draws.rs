//! 双随机抽查 in two steps, each an event: the pools are frozen and hashed; then, and only then, the seed is drawn. So who
//! freezes cannot know whom it will strike, and who draws cannot choose. A plan is not drawn twice without a reason on record.

use super::{DOCUMENT, NAME, REASON};
use crate::typed::{Reading, Recording};
use crate::{App, AppError, Ctx, Result};
use domain::draw::{
    DrawBy, DrawPlan, DrawSize, DrawnBody, Excluded, LEAST_INSPECTORS, Pool, PoolBody, PoolInspector,
};
use domain::{Action, AuthorityId, BodyId, DrawId, EventKind, InspectorId, Object, Two};
use std::collections::{BTreeMap, HashMap, HashSet};
use store::body::Body;
use store::draw::{Candidate, Draw, Made};
use store::inspection::Inspection;
use store::inspector::Inspector;
use store::{StoreError, Urgency};

/// Years for which what was found in a body makes it 重点.
const NOTED_YEARS: i32 = 3;
/// Bodies that may be left out by hand.
const MOST_EXCLUDED: usize = 500;

/// A draw as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrawOrder {
    /// 任务名称.
    pub title: String,
    /// The plan's document.
    pub plan: String,
    /// A key of [`DrawBy`]; empty: not divided.
    pub by: String,
    /// Per cent of the bodies.
    pub percent: String,
    /// Per cent of the part 重点; empty: the same.
    pub high: String,
    /// So many bodies, instead of a share.
    pub count: String,
    /// Inspectors for each body; empty: two.
    pub each: String,
    /// Only bodies of these domains; none: all.
    pub domains: String,
    /// Only bodies at home here: two to six digits of a division; empty: everywhere.
    pub place: String,
    /// Only bodies with a certificate that ends within so many days; empty: all.
    pub expiring: String,
    /// Bodies to be left out: a line for each, its code and the reason.
    pub exclude: String,
    /// Why the plan is drawn once more; empty the first time.
    pub again: String,
}

/// A draw as officers read it.
#[derive(Clone, Debug)]
pub struct DrawView {
    /// The draw.
    pub it: Draw,
    /// Its frozen pools.
    pub pool: Pool,
    /// What was drawn; nothing before.
    pub drawn: Vec<DrawnBody>,
    /// The inspectors by key, as they stand today.
    pub inspectors: HashMap<InspectorId, Inspector>,
    /// Inspections that came of it.
    pub inspections: Vec<Inspection>,
}

/// What an order says, once it is read.
struct Ordered {
    plan: DrawPlan,
    domains: Vec<Two>,
    place: String,
    expiring: Option<i32>,
    /// Code and reason.
    exclude: Vec<(String, String)>,
    again: String,
}

impl App {
    /// Draws of the caller's authority, for the nation those of all; the newest first, before a key.
    pub async fn draws(&self, ctx: &Ctx, before: Option<DrawId>, limit: u32) -> Result<Vec<Draw>> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::DrawRead, Some(own))?;
        let of = (!ctx.actor.is_national()).then_some(own);
        Ok(store::draw::list((&self.db).into(), of, before, limit).await?)
    }

    /// One draw.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for one of another authority.
    pub async fn draw(&self, ctx: &Ctx, id: DrawId) -> Result<DrawView> {
        let it = store::draw::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::DrawRead, it.as_ref().map(|it| it.authority))?;
        let it = it.ok_or(AppError::NotFound)?;
        let pool = self.frozen(id).await?;
        let drawn = store::draw::drawn((&self.db).into(), id).await?;
        let ids = pool.inspectors.iter().map(|it| it.id.0).collect();
        let inspectors = store::inspector::by_ids((&self.db).into(), ids).await?;
        let inspectors = inspectors.into_iter().map(|it| (it.id, it)).collect();
        let inspections = store::inspection::of_draw((&self.db).into(), id).await?;
        Ok(DrawView { it, pool, drawn, inspectors, inspections })
    }

    /// The pools of a draw as they were frozen.
    pub(crate) async fn frozen(&self, id: DrawId) -> Result<Pool> {
        let text = store::draw::pool((&self.db).into(), id).await?.ok_or(AppError::NotFound)?;
        Pool::parse(&text).map_err(|error| AppError::Fault(format!("抽查{id}：{error}")))
    }

    /// The first step: puts the pools together and freezes them.
    ///
    /// # Errors
    /// [`AppError::Refused`] where nothing could be drawn from them, whatever the seed, and where the plan was drawn before and no
    /// reason is given.
    pub async fn freeze_draw(&self, ctx: &Ctx, order: &DrawOrder) -> Result<Recording<DrawId>> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::DrawWrite, Some(own))?;
        let order = match self.read_order(own, order) {
            Ok(order) => order,
            Err(wrong) => return Ok(Recording::Wrong(wrong)),
        };
        let earlier = store::draw::last_of_plan((&self.db).into(), own, &order.plan.plan).await?;
        if let (Some(earlier), true) = (earlier, order.again.is_empty()) {
            let message = format!("计划“{}”已有一次抽查（第{earlier}号）", order.plan.plan);
            let hint = "同一计划不应反复抽取；确需重抽的，请填写“再次抽取的原因”，原因随结果公开。";
            return Err(AppError::refused(message, hint));
        }
        let (pool, unknown) = self.pool(own, &order).await?;
        if let Some(code) = unknown.first() {
            let wrong = format!("代码{code}的机构不在这次的名录库中，不用排除；请核对代码");
            return Ok(Recording::Wrong(vec![("exclude", wrong)]));
        }
        pool.check().map_err(|error| {
            let hint = "名录库没有冻结。请调整抽查范围、数量或者检查人员名录库后再办理。";
            AppError::refused(error.to_string(), hint)
        })?;
        let it = Draw {
            id: DrawId(self.ids("draw", 1).await?),
            authority: own,
            title: pool.plan.title.clone(),
            plan: pool.plan.plan.clone(),
            digest: pool.digest(),
            bodies: pool.bodies.len() as u32,
            inspectors: pool.inspectors.len() as u32,
            earlier,
            earlier_reason: if earlier.is_some() { order.again } else { String::new() },
            actor: ctx.actor.to_string(),
            frozen_at: self.now(),
            result: None,
            published_at: None,
        };
        let tx = self.db.begin(Urgency::Act).await?;
        store::draw::freeze(&tx, &it, &pool.to_string()).await?;
        let mut event = self.event(ctx, EventKind::DrawFreeze, Object::Draw, it.id.0);
        event.document = it.plan;
        event.details.extend([
            ("title", it.title),
            ("pool_sha256", hex(&it.digest)),
            ("bodies", it.bodies.to_string()),
            ("inspectors", it.inspectors.to_string()),
            ("earlier", it.earlier.map(|id| id.to_string()).unwrap_or_default()),
            ("reason", it.earlier_reason),
        ]);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(Recording::Done(it.id))
    }

    /// The second step: draws a seed and what follows from it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a draw of another authority, [`AppError::Refused`] if it was drawn already.
    pub async fn make_draw(&self, ctx: &Ctx, id: DrawId) -> Result<()> {
        let it = store::draw::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::DrawWrite, it.as_ref().map(|it| it.authority))?;
        let it = it.ok_or(AppError::NotFound)?;
        let taken = || {
            let hint = "一次抽查只抽取一次；确需重抽的，另建一次抽查并写明原因。";
            AppError::refused("这次抽查已经抽取", hint)
        };
        if it.result.is_some() {
            return Err(taken());
        }
        let pool = self.frozen(id).await?;
        // What stands in the store is what was hashed, or nothing is drawn from it.
        if pool.digest() != it.digest {
            return Err(AppError::Fault(format!("抽查{id}：名录库文本与冻结时的摘要不符")));
        }
        let seed = crate::entropy::bytes();
        let drawn = pool.draw(&seed).map_err(|error| AppError::Fault(format!("抽查{id}：{error}")))?;
        let (actor, drawn_at) = (ctx.actor.to_string(), self.now());
        let made = Made { seed, bodies: drawn.len() as u32, actor, drawn_at };
        let tx = self.db.begin(Urgency::Act).await?;
        match store::draw::make(&tx, id, &made, &drawn).await {
            Err(StoreError::Unique { .. }) => return Err(taken()),
            done => done?,
        }
        let mut event = self.event(ctx, EventKind::DrawMake, Object::Draw, id.0);
        event.document = it.plan;
        event.details.extend([
            ("pool_sha256", hex(&it.digest)),
            ("seed", hex(&seed)),
            ("bodies", made.bodies.to_string()),
        ]);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Lets the public read plan, pools and result.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a draw of another authority, [`AppError::Refused`] before it is drawn and a second time.
    pub async fn publish_draw(&self, ctx: &Ctx, id: DrawId) -> Result<()> {
        let it = store::draw::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::DrawWrite, it.as_ref().map(|it| it.authority))?;
        let it = it.ok_or(AppError::NotFound)?;
        if it.result.is_none() {
            return Err(AppError::refused("这次抽查还没有抽取", "请先抽取，再公开结果。"));
        }
        let taken = || AppError::refused("这次抽查的结果已经公开", "不用再次公开。");
        if it.published_at.is_some() {
            return Err(taken());
        }
        let tx = self.db.begin(Urgency::Act).await?;
        match store::draw::publish(&tx, id, &ctx.actor.to_string(), self.now()).await {
            Err(StoreError::Unique { .. }) => return Err(taken()),
            done => done?,
        }
        let mut event = self.event(ctx, EventKind::DrawPublish, Object::Draw, id.0);
        event.document = it.plan;
        event.details.push(("path", format!("/draws/{id}")));
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    fn read_order(
        &self,
        own: AuthorityId,
        order: &DrawOrder,
    ) -> Result<Ordered, Vec<(&'static str, String)>> {
        let mut reading = Reading::default();
        let title = reading.text("title", &order.title, NAME, "请填写抽查任务的名称");
        let plan = reading.text("plan", &order.plan, DOCUMENT, "请填写年度抽查工作计划的文号或名称");
        let by = match order.by.trim() {
            "" => DrawBy::Whole,
            key => DrawBy::parse(key).unwrap_or_else(|| {
                reading.say("by", "请选择分层方式");
                DrawBy::Whole
            }),
        };
        let percent = reading.number::<u8>("percent", &order.percent);
        let high = reading.number::<u8>("high", &order.high);
        let count = reading.number::<u32>("count", &order.count);
        let each = reading.number::<u8>("each", &order.each).unwrap_or(LEAST_INSPECTORS);
        let size = match (percent, count) {
            (Some(percent), None) => DrawSize::Share { percent, high: high.unwrap_or(percent) },
            (None, Some(count)) => DrawSize::Count(count),
            (Some(_), Some(_)) => {
                reading.say("count", "比例和家数只填一项");
                DrawSize::Count(1)
            }
            (None, None) => {
                reading.say("percent", "请填写抽查比例，或者在右边填写抽查家数");
                DrawSize::Count(1)
            }
        };
        let domains = self.read_domains(&mut reading, &order.domains);
        let place = reading.text("place", &order.place, 6, "");
        if !(place.is_empty() || place.len() >= 2 && place.bytes().all(|b| b.is_ascii_digit())) {
            reading.say("place", "请填写行政区划代码的前2至6位数字");
        }
        let expiring = reading.number::<i32>("expiring", &order.expiring);
        let again = reading.text("again", &order.again, REASON, "");
        let lines = reading.lines("exclude", &order.exclude, (MOST_EXCLUDED, REASON), "");
        let exclude = lines.iter().filter_map(|line| excluded(&mut reading, line)).collect();
        if !reading.wrong.is_empty() {
            return Err(reading.wrong);
        }
        let authority = own.0.to_string();
        let plan = DrawPlan { authority, title, plan, day: self.today(), by, size, each };
        Ok(Ordered { plan, domains, place, expiring, exclude, again })
    }

    /// The pools of an order as of today, and codes to be left out that are not in them.
    async fn pool(&self, own: AuthorityId, order: &Ordered) -> Result<(Pool, Vec<String>)> {
        let (reader, today) = (|| (&self.db).into(), order.plan.day);
        let since = today.plus_years(-NOTED_YEARS).unwrap_or(today);
        let noted = store::inspection::noted(reader(), own, since).await?;
        let noted = store::body::by_ids(reader(), noted.iter().map(|id| id.0).collect()).await?;
        let noted: HashSet<BodyId> = noted.iter().map(Body::stays).collect();
        let mut candidates: BTreeMap<BodyId, Vec<Candidate>> = BTreeMap::new();
        for it in store::draw::candidates(reader(), own, today).await? {
            candidates.entry(it.body.id).or_default().push(it);
        }
        let mut unknown: Vec<String> = order.exclude.iter().map(|(code, _)| code.clone()).collect();
        let (mut bodies, mut excluded) = (Vec::new(), Vec::new());
        for (id, held) in candidates {
            let Some(it) = pool_body(order, &held, noted.contains(&id)) else { continue };
            match order.exclude.iter().find(|(code, _)| *code == it.code) {
                Some((code, reason)) => {
                    unknown.retain(|other| other != code);
                    excluded.push(Excluded { id, code: it.code, name: it.name, reason: reason.clone() });
                }
                None => bodies.push(it),
            }
        }
        let serving = store::inspector::of_authority(reader(), own).await?;
        let serving: Vec<Inspector> = serving.into_iter().filter(|it| it.serves(today)).collect();
        let recusals =
            store::inspector::recusals(reader(), serving.iter().map(|it| it.id.0).collect()).await?;
        // A recusal goes with the body into the one that it was merged into.
        let named = self.bodies_by_key(recusals.iter().map(|it| it.body.0).collect()).await?;
        let there: HashSet<BodyId> = bodies.iter().map(|it| it.id).collect();
        let stays = |id: BodyId| named.get(&id).map_or(id, Body::stays);
        let pairs = recusals.iter().map(|it| (it.inspector, stays(it.body)));
        let mut recusals: Vec<_> = pairs.filter(|(_, body)| there.contains(body)).collect();
        recusals.sort_unstable();
        recusals.dedup();
        let inspector = |it: Inspector| PoolInspector { id: it.id, unit: it.unit, domains: it.domains };
        let inspectors = serving.into_iter().map(inspector).collect();
        Ok((Pool { plan: order.plan.clone(), bodies, excluded, inspectors, recusals }, unknown))
    }
}

/// A line that leaves a body out: its code, and why.
fn excluded(reading: &mut Reading, line: &str) -> Option<(String, String)> {
    let (code, reason) = line.split_once([' ', '，', ',', '\u{3000}']).unwrap_or((line, ""));
    let reason = reason.trim();
    let code = reading.code("exclude", code);
    if reason.is_empty() {
        reading.say("exclude", format!("“{line}”没有写原因"));
    }
    Some((code?.to_string(), reason.to_owned()))
}

/// A body as the pool has it, if the order wants it.
fn pool_body(order: &Ordered, held: &[Candidate], high: bool) -> Option<PoolBody> {
    let body = &held.first()?.body;
    let mut domains: Vec<Two> = held.iter().map(|it| it.domain).collect();
    domains.dedup();
    let soon =
        |days: i32| order.plan.day.plus_days(days).is_ok_and(|day| held.iter().any(|it| it.valid_to <= day));
    let wanted = (order.domains.is_empty() || order.domains.iter().any(|it| domains.contains(it)))
        && (order.place.is_empty() || body.division.is_some_and(|it| it.as_str().starts_with(&order.place)))
        && order.expiring.is_none_or(soon);
    let code = body.own_uscc.or(body.parent_uscc).map(|code| code.to_string());
    let code = code.or_else(|| body.org_code.clone()).unwrap_or_default();
    wanted.then(|| PoolBody {
        id: body.id,
        code,
        name: body.name.clone(),
        domains,
        division: body.division,
        high,
    })
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
