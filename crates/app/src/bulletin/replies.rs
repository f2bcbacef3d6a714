//! What provinces say to a bulletin they were sent: that they have it, what they did, and which figure they hold to be wrong.

use crate::{App, AppError, Ctx, Result};
use domain::bulletin::{BulletinId, Indicator, ReplyKind};
use domain::{Action, AuthorityId, EventKind, Object, clean};
use store::bulletin::Reply;
use store::{StoreError, Urgency};

/// Characters of a reply.
const TEXT: usize = 1_000;

fn worded(text: &str) -> Result<String> {
    match clean(text, TEXT) {
        Ok(text) if text.is_empty() => Err(AppError::refused("没有填写内容", "请写明情况，不要写个人信息。")),
        Ok(text) => Ok(text.into_owned()),
        Err(error) => Err(AppError::refused(format!("内容：{error}"), "请改正后再提交。")),
    }
}

impl App {
    /// [`AppError::NotFound`] for a bulletin that was not sent to an authority.
    async fn sent(&self, id: BulletinId, to: AuthorityId) -> Result<()> {
        let receipts = store::bulletin::receipts((&self.db).into(), id, &[to]).await?;
        if receipts.is_empty() { Err(AppError::NotFound) } else { Ok(()) }
    }

    /// 签收: signs for a bulletin on behalf of the caller's authority. A second time changes nothing; whether this was the
    /// first.
    pub async fn sign_bulletin(&self, ctx: &Ctx, id: BulletinId) -> Result<bool> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::BulletinReply, Some(own))?;
        self.sent(id, own).await?;
        let event = self.event(ctx, EventKind::BulletinSign, Object::Bulletin, id.0);
        let tx = self.db.begin(Urgency::Act).await?;
        let first = store::bulletin::sign(&tx, (id, own), (&ctx.actor.to_string(), self.now())).await?;
        if first {
            store::event::append(&tx, &[event]).await?;
            tx.commit().await?;
        }
        Ok(first)
    }

    /// Answers a bulletin, or disputes one of its figures of the caller's authority; signs for it as well.
    ///
    /// # Errors
    /// [`AppError::Refused`] without words, and for a dispute that names no figure.
    pub async fn reply_bulletin(
        &self,
        ctx: &Ctx,
        id: BulletinId,
        (kind, figure, text): (ReplyKind, &str, &str),
    ) -> Result<i64> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::BulletinReply, Some(own))?;
        self.sent(id, own).await?;
        let figure = match (kind, Indicator::parse(figure)) {
            (ReplyKind::Dispute, Some(indicator)) => indicator.key().to_owned(),
            (ReplyKind::Dispute, None) => {
                return Err(AppError::refused(
                    "没有选择有异议的指标",
                    "每次对一项指标提出异议，请选择后再提交。",
                ));
            }
            (ReplyKind::Answer, _) => String::new(),
        };
        let it = Reply {
            id: self.ids("bulletin_reply", 1).await?,
            bulletin: id,
            authority: own,
            kind,
            figure: figure.clone(),
            text: worded(text)?,
            actor: ctx.actor.to_string(),
            recorded_at: self.now(),
            answer: None,
        };
        let mut event = self.event(ctx, EventKind::BulletinReply, Object::Bulletin, id.0);
        event.details =
            vec![("reply", it.id.to_string()), ("kind", kind.key().to_owned()), ("figure", figure)];
        let tx = self.db.begin(Urgency::Act).await?;
        store::bulletin::sign(&tx, (id, own), (&it.actor, it.recorded_at)).await?;
        store::bulletin::reply(&tx, &it).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(it.id)
    }

    /// Answers what a province said, once. National level.
    ///
    /// # Errors
    /// [`AppError::Refused`] without words, or where it was answered.
    pub async fn answer_reply(&self, ctx: &Ctx, id: BulletinId, reply: i64, text: &str) -> Result<()> {
        self.ask(ctx, Action::BulletinDraft, None)?;
        let all = store::bulletin::replies((&self.db).into(), id, None).await?;
        let it = all.into_iter().find(|it| it.id == reply).ok_or(AppError::NotFound)?;
        let answered =
            || AppError::refused("这一条已经答复", "请刷新页面查看；需要补充的，起草更正版或另行告知。");
        if it.answer.is_some() {
            return Err(answered());
        }
        let text = worded(text)?;
        let mut event = self.event(ctx, EventKind::BulletinAnswer, Object::Bulletin, id.0);
        event.details = vec![("reply", reply.to_string())];
        let tx = self.db.begin(Urgency::Act).await?;
        match store::bulletin::answer(&tx, reply, &text, (&ctx.actor.to_string(), self.now())).await {
            Err(StoreError::Unique { .. }) => return Err(answered()),
            done => done?,
        }
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }
}
