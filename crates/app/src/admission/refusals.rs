//! 不予许可决定: recorded by the authority that refused, taken back by a document of its own, read by itself and the nation.
//! What bears on a check is told to every authority there.

use crate::typed::{Reading, Recording};
use crate::{App, AppError, Ctx, Result};
use domain::admission::RefusalGround;
use domain::{Action, AuthorityId, EventKind, Object, RefusalId, name_key};
use store::refusal::{Refusal, RefusalEnd};
use store::{StoreError, Urgency};

/// Longest texts, as of every other act.
const NAME: usize = 150;
const DOCUMENT: usize = 80;
const REASON: usize = 300;

/// A refusal as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewRefusal {
    /// 机构名称.
    pub name: String,
    /// Its own code.
    pub uscc: String,
    /// The code of its legal person.
    pub parent_uscc: String,
    /// 决定日期.
    pub decided: String,
    /// 文号.
    pub document: String,
    /// 原因: a key or label of [`RefusalGround`].
    pub ground: String,
    /// 备注.
    pub remark: String,
}

/// Why a refusal is taken off the record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakingBack {
    /// 文号 of the document that says so.
    pub document: String,
    /// Why.
    pub reason: String,
}

impl App {
    /// Puts a refusal of the caller's authority on record.
    ///
    /// # Errors
    /// [`AppError::Refused`] if this decision is on record already; what is wrong with the input is no error.
    pub async fn record_refusal(&self, ctx: &Ctx, new: &NewRefusal) -> Result<Recording<RefusalId>> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::RefusalWrite, Some(authority))?;
        let it = match self.read_refusal(ctx, authority, new) {
            Ok(it) => it,
            Err(wrong) => return Ok(Recording::Wrong(wrong)),
        };
        if let Some(known) = store::refusal::same((&self.db).into(), &it).await? {
            let message = format!("“{}”{}的这份决定已登记（记录{known}）", it.name, it.decided);
            return Err(AppError::refused(message, "不用再次登记；原登记有误的，先在其页面取消登记。"));
        }
        let it = Refusal { id: RefusalId(self.ids("refusal", 1).await?), ..it };
        let tx = self.db.begin(Urgency::Act).await?;
        store::refusal::insert(&tx, &it).await?;
        let mut event = self.event(ctx, EventKind::RefusalRecord, Object::Refusal, it.id.0);
        event.document = it.document;
        event.decided = Some(it.decided);
        event.details.extend([
            ("body_name", it.name),
            ("uscc", it.uscc.map(|code| code.to_string()).unwrap_or_default()),
            ("parent_uscc", it.parent_uscc.map(|code| code.to_string()).unwrap_or_default()),
            ("ground", it.ground.key().to_owned()),
            ("remark", it.remark),
        ]);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(Recording::Done(it.id))
    }

    fn read_refusal(
        &self,
        ctx: &Ctx,
        authority: AuthorityId,
        new: &NewRefusal,
    ) -> Result<Refusal, Vec<(&'static str, String)>> {
        let mut reading = Reading::default();
        let name = reading.text("name", &new.name, NAME, "请填写申请机构的全称");
        let (uscc, parent_uscc) =
            (reading.code("uscc", &new.uscc), reading.code("parent_uscc", &new.parent_uscc));
        if new.uscc.trim().is_empty() && new.parent_uscc.trim().is_empty() {
            let missing = "请填写机构的统一社会信用代码；没有自己的代码的，填写所属法人单位的代码";
            reading.wrong.push(("uscc", missing.to_owned()));
        }
        let decided = reading.past("decided", &new.decided, self.today(), "请填写作出决定的日期");
        let document = reading.text("document", &new.document, DOCUMENT, "请填写不予许可决定书的文号");
        let ground = RefusalGround::parse(new.ground.trim());
        if ground.is_none() {
            reading.wrong.push(("ground", "请选择不予许可的原因".to_owned()));
        }
        let remark = reading.text("remark", &new.remark, REASON, "");
        let (Some(ground), true) = (ground, reading.wrong.is_empty()) else { return Err(reading.wrong) };
        Ok(Refusal {
            id: RefusalId(0),
            authority,
            uscc,
            parent_uscc,
            name_key: name_key(&name),
            name,
            decided,
            document,
            ground,
            remark,
            actor: ctx.actor.to_string(),
            recorded_at: self.now(),
            end: None,
        })
    }

    /// Takes a refusal off the record that was recorded wrongly. It stays to be read, and bears no more.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for one of another authority, [`AppError::Refused`] without document and reason, or if it was
    /// taken back already.
    pub async fn take_back_refusal(&self, ctx: &Ctx, id: RefusalId, why: &TakingBack) -> Result<()> {
        let it = store::refusal::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::RefusalWrite, it.as_ref().map(|it| it.authority))?;
        let it = it.ok_or(AppError::NotFound)?;
        let mut reading = Reading::default();
        let document = reading.text("文号", &why.document, DOCUMENT, "没有填写");
        let reason = reading.text("原因", &why.reason, REASON, "没有填写");
        if let Some((field, wrong)) = reading.wrong.first() {
            let hint = "取消登记要有依据：请填写更正文件的文号和原因，两项都留在办理记录中。";
            return Err(AppError::refused(format!("{field}：{wrong}"), hint));
        }
        let taken =
            || AppError::refused("这条记录已取消登记", "不用再次取消；需要的，可以重新登记正确的决定。");
        if it.end.is_some() {
            return Err(taken());
        }
        let (actor, recorded_at) = (ctx.actor.to_string(), self.now());
        let end = RefusalEnd { document: document.clone(), reason: reason.clone(), actor, recorded_at };
        let tx = self.db.begin(Urgency::Act).await?;
        match store::refusal::take_back(&tx, id, &end).await {
            Err(StoreError::Unique { .. }) => return Err(taken()),
            done => done?,
        }
        let mut event = self.event(ctx, EventKind::RefusalTakeBack, Object::Refusal, id.0);
        event.document = document;
        event.details.extend([("body_name", it.name), ("reason", reason)]);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// One refusal on record.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for one of another authority.
    pub async fn refusal(&self, ctx: &Ctx, id: RefusalId) -> Result<Refusal> {
        let it = store::refusal::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::RefusalRead, it.as_ref().map(|it| it.authority))?;
        it.ok_or(AppError::NotFound)
    }

    /// The refusals of the caller's authority, for the nation those of all; the newest first, before a key.
    pub async fn refusals(&self, ctx: &Ctx, before: Option<RefusalId>, limit: u32) -> Result<Vec<Refusal>> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::RefusalRead, Some(own))?;
        let of = (!ctx.actor.is_national()).then_some(own);
        Ok(store::refusal::list((&self.db).into(), of, before, limit).await?)
    }

    /// The names of those who recorded refusals or took them back, by the actors that stand in them.
    pub async fn refusal_actors(
        &self,
        ctx: &Ctx,
        all: &[Refusal],
    ) -> Result<std::collections::HashMap<String, String>> {
        self.ask(ctx, Action::RefusalRead, None)?;
        let mut actors: Vec<String> = Vec::new();
        for it in all {
            actors.push(it.actor.clone());
            actors.extend(it.end.as_ref().map(|end| end.actor.clone()));
        }
        self.names_of(actors.iter().map(|actor| actor.as_str())).await
    }
}
