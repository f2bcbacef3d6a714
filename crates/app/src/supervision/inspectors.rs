//! 检查人员名录库 of an authority, and 回避. A change is another version; who leaves gets a last day.

use super::{NAME, REASON};
use crate::typed::{Reading, Recording};
use crate::{App, AppError, Ctx, Result};
use domain::{Action, AuthorityId, BodyId, EventKind, InspectorId, Object, Two};
use std::collections::BTreeSet;
use store::body::Body;
use store::inspector::{Inspector, Recusal};
use store::{StoreError, Urgency};

/// An inspector as he is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewInspector {
    /// 姓名.
    pub name: String,
    /// 所在单位.
    pub unit: String,
    /// 职务; may be empty.
    pub post: String,
    /// Codes of the domains he may inspect, parted by blanks or commas; none: all.
    pub domains: String,
    /// The first day on which he may be drawn; empty: today.
    pub since: String,
    /// The last one; may be empty.
    pub until: String,
}

/// An inspector with whom he keeps away from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InspectorView {
    /// He.
    pub it: Inspector,
    /// From whom, and why.
    pub recusals: Vec<(Recusal, Body)>,
}

impl App {
    /// The inspectors of the caller's authority, those who have left among them.
    pub async fn inspectors(&self, ctx: &Ctx) -> Result<Vec<Inspector>> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::DrawRead, Some(own))?;
        Ok(store::inspector::of_authority((&self.db).into(), own).await?)
    }

    /// One inspector.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for one of another authority.
    pub async fn inspector(&self, ctx: &Ctx, id: InspectorId) -> Result<InspectorView> {
        let it = store::inspector::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::DrawRead, it.as_ref().map(|it| it.authority))?;
        let it = it.ok_or(AppError::NotFound)?;
        let recusals = store::inspector::recusals((&self.db).into(), vec![id.0]).await?;
        let bodies = self.bodies_by_key(recusals.iter().map(|it| it.body.0).collect()).await?;
        let named =
            recusals.into_iter().filter_map(|it| bodies.get(&it.body).map(|body| (it.clone(), body.clone())));
        Ok(InspectorView { it, recusals: named.collect() })
    }

    /// Puts somebody into the pool, or changes what it says of him.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an inspector of another authority, [`AppError::Refused`] if somebody else has just changed him.
    pub async fn set_inspector(
        &self,
        ctx: &Ctx,
        id: Option<InspectorId>,
        new: &NewInspector,
    ) -> Result<Recording<InspectorId>> {
        let own = ctx.authority()?;
        let before = match id {
            Some(id) => store::inspector::by_id((&self.db).into(), id).await?,
            None => None,
        };
        self.ask(ctx, Action::DrawWrite, Some(before.as_ref().map_or(own, |it| it.authority)))?;
        if id.is_some() && before.is_none() {
            return Err(AppError::NotFound);
        }
        let it = match self.read_inspector(ctx, own, new) {
            Ok(it) => it,
            Err(wrong) => return Ok(Recording::Wrong(wrong)),
        };
        let it = match &before {
            Some(before) => Inspector { id: before.id, version: before.version + 1, ..it },
            None => Inspector { id: InspectorId(self.ids("inspector", 1).await?), ..it },
        };
        let tx = self.db.begin(Urgency::Act).await?;
        match store::inspector::insert(&tx, &it).await {
            Err(StoreError::Unique { .. }) => {
                let hint = "请刷新页面，核对现在的内容后再改。";
                return Err(AppError::refused("这名检查人员刚刚被其他人修改", hint));
            }
            done => done?,
        }
        let mut event = self.event(ctx, EventKind::InspectorSet, Object::Inspector, it.id.0);
        // No persons in events but by key: the name stands in the version.
        event.details.extend([
            ("version", it.version.to_string()),
            ("unit", it.unit),
            ("since", it.since.to_string()),
            ("until", it.until.map(|day| day.to_string()).unwrap_or_default()),
        ]);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(Recording::Done(it.id))
    }

    fn read_inspector(
        &self,
        ctx: &Ctx,
        authority: AuthorityId,
        new: &NewInspector,
    ) -> Result<Inspector, Vec<(&'static str, String)>> {
        let mut reading = Reading::default();
        let name = reading.text("name", &new.name, NAME, "请填写检查人员的姓名");
        let unit = reading.text("unit", &new.unit, NAME, "请填写检查人员所在的单位");
        let post = reading.text("post", &new.post, NAME, "");
        let domains = self.read_domains(&mut reading, &new.domains);
        let since = reading.day("since", &new.since).unwrap_or_else(|| self.today());
        let until = reading.day("until", &new.until);
        if until.is_some_and(|until| until < since) {
            reading.say("until", "截止日期早于起始日期，请核对");
        }
        if !reading.wrong.is_empty() {
            return Err(reading.wrong);
        }
        let (actor, recorded_at) = (ctx.actor.to_string(), self.now());
        let (id, version) = (InspectorId(0), 1);
        Ok(Inspector { id, version, authority, name, unit, post, domains, since, until, actor, recorded_at })
    }

    /// Codes of domains, each one that the table has.
    pub(crate) fn read_domains(&self, reading: &mut Reading, text: &str) -> Vec<Two> {
        let (tables, mut domains) = (self.tables(), BTreeSet::new());
        let parted = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；');
        for word in text.split(parted).filter(|word| !word.is_empty()) {
            let code = word.parse().ok().filter(|code| tables.domains.contains_key(code));
            match code
                .or_else(|| tables.domains.iter().find(|(_, name)| *name == word).map(|(code, _)| *code))
            {
                Some(code) => drop(domains.insert(code)),
                None => reading.say("domains", format!("“{word}”不是领域代码，见“代码表”")),
            }
        }
        domains.into_iter().collect()
    }

    /// Records that an inspector is not sent to the bodies of a code. Which they are.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an inspector of another authority or bodies that the caller may not see,
    /// [`AppError::Refused`] without a reason.
    pub async fn recuse(&self, ctx: &Ctx, id: InspectorId, uscc: &str, reason: &str) -> Result<Vec<BodyId>> {
        let it = store::inspector::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::DrawWrite, it.as_ref().map(|it| it.authority))?;
        it.ok_or(AppError::NotFound)?;
        let mut reading = Reading::default();
        let code = reading.code("uscc", uscc);
        let reason = reading.text("reason", reason, REASON, "请填写回避的原因");
        let (Some(code), true) = (code, reading.wrong.is_empty()) else {
            let said =
                reading.wrong.first().map_or("请填写统一社会信用代码", |(_, said)| said.as_str());
            return Err(AppError::refused(said.to_owned(), "没有登记；请填写机构的代码和回避的原因。"));
        };
        let bodies: Vec<BodyId> =
            self.bodies_of(ctx, code).await?.into_iter().map(|(body, _)| body.id).collect();
        let known = store::inspector::recusals((&self.db).into(), vec![id.0]).await?;
        let fresh = bodies.iter().filter(|body| !known.iter().any(|it| it.body == **body));
        let fresh: Vec<BodyId> = fresh.copied().collect();
        if fresh.is_empty() {
            return Err(AppError::refused("这名检查人员对该机构的回避已登记", "不用再次登记。"));
        }
        let (actor, recorded_at) = (ctx.actor.to_string(), self.now());
        let tx = self.db.begin(Urgency::Act).await?;
        for body in &fresh {
            let (reason, actor) = (reason.clone(), actor.clone());
            let it = Recusal { inspector: id, body: *body, recorded_at, reason, actor };
            store::inspector::recuse(&tx, &it).await?;
        }
        let mut event = self.event(ctx, EventKind::RecusalSet, Object::Inspector, id.0);
        let keys: Vec<String> = fresh.iter().map(ToString::to_string).collect();
        event.details.extend([("bodies", keys.join(",")), ("reason", reason)]);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(fresh)
    }

    /// Ends what keeps an inspector from a body.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an inspector of another authority, [`AppError::Refused`] where nothing keeps him.
    pub async fn end_recusal(&self, ctx: &Ctx, id: InspectorId, body: BodyId) -> Result<()> {
        let it = store::inspector::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::DrawWrite, it.as_ref().map(|it| it.authority))?;
        it.ok_or(AppError::NotFound)?;
        let tx = self.db.begin(Urgency::Act).await?;
        if !store::inspector::end_recusal(&tx, id, body, self.now()).await? {
            return Err(AppError::refused("没有这项回避，或者已经解除", "请刷新页面，核对现在的回避。"));
        }
        let mut event = self.event(ctx, EventKind::RecusalEnd, Object::Inspector, id.0);
        event.details.push(("bodies", body.to_string()));
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }
}
