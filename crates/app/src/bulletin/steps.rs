//! The way of a bulletin: drafted, edited, approved by a second person, released, and what takes it back.

use super::{BulletinView, state, worded};
use crate::{App, AppError, Ctx, Result};
use data_encoding::HEXLOWER;
use domain::bulletin::{Aggregates, BulletinId, Period, Reckoned, State, Step, done_by, drafted};
use domain::{Action, Answer, EventKind, Level, Object, clean, may};
use sha2::{Digest, Sha256};
use store::bulletin::{Bulletin, Done};
use store::{StoreError, Urgency};

/// Characters of a title, of a paragraph, and of a reason.
const TITLE: usize = 100;
const PARAGRAPH: usize = 2_000;
const REASON: usize = 300;
/// Paragraphs of a text.
const PARAGRAPHS: usize = 200;

fn kind(step: Step) -> EventKind {
    match step {
        Step::Draft => EventKind::BulletinDraft,
        Step::Edit => EventKind::BulletinEdit,
        Step::Approve => EventKind::BulletinApprove,
        Step::Return => EventKind::BulletinReturn,
        Step::Release => EventKind::BulletinRelease,
        Step::Discard => EventKind::BulletinDiscard,
        Step::Withdraw => EventKind::BulletinWithdraw,
    }
}

fn right(step: Step) -> Action {
    match step {
        Step::Draft | Step::Edit | Step::Discard => Action::BulletinDraft,
        Step::Approve | Step::Return | Step::Release | Step::Withdraw => Action::BulletinApprove,
    }
}

fn overtaken() -> AppError {
    AppError::refused("这份通报刚刚被别人办理过", "请刷新页面，看过现在的内容和状态后再办理。")
}

impl App {
    /// Drafts a bulletin on a period that is over: counts its figures at this moment and words them. `corrects` names the
    /// released one that it corrects.
    ///
    /// # Errors
    /// [`AppError::Refused`] while the period is not over, and where there is one already.
    pub async fn draft_bulletin(
        &self,
        ctx: &Ctx,
        period: Period,
        corrects: Option<BulletinId>,
    ) -> Result<BulletinId> {
        self.ask(ctx, Action::BulletinDraft, None)?;
        if period.last() >= self.today() {
            let message = format!("{}还没有过完", period.label());
            return Err(AppError::refused(message, "期末过后再起草，数字才是完整的。"));
        }
        let edition = self.next_edition(period, corrects).await?;
        // What nodes counted and wrote is to be in the sums before they are read.
        self.settle_tally().await?;
        let aggregates = self.gather(ctx, period, (edition, corrects)).await?;
        let (title, text) = drafted(&aggregates, &Reckoned::of(&aggregates));
        let bytes = aggregates.bytes();
        let it = Bulletin {
            id: BulletinId(self.ids("bulletin", 1).await?),
            period,
            edition,
            corrects,
            digest: Aggregates::digest(&bytes),
            aggregates: bytes,
        };
        let done = self.done(ctx, 0, Step::Draft, (title, text), String::new());
        let mut event = self.event(ctx, EventKind::BulletinDraft, Object::Bulletin, it.id.0);
        event.details.extend([
            ("period", period.key()),
            ("edition", edition.to_string()),
            ("corrects", corrects.map(|id| id.to_string()).unwrap_or_default()),
            ("aggregates_sha256", HEXLOWER.encode(&it.digest)),
        ]);
        let tx = self.db.begin(Urgency::Act).await?;
        store::bulletin::insert(&tx, &it).await?;
        store::bulletin::append(&tx, &it, &done).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(it.id)
    }

    /// Drafts the edition that corrects a released bulletin.
    ///
    /// # Errors
    /// As [`App::draft_bulletin`].
    pub async fn correct_bulletin(&self, ctx: &Ctx, id: BulletinId) -> Result<BulletinId> {
        self.ask(ctx, Action::BulletinDraft, None)?;
        let it = store::bulletin::by_id((&self.db).into(), id).await?.ok_or(AppError::NotFound)?;
        self.draft_bulletin(ctx, it.period, Some(id)).await
    }

    /// Whether the caller drafts bulletins.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], which is noted as any refusal.
    pub fn may_draft_bulletins(&self, ctx: &Ctx) -> Result<()> {
        self.ask(ctx, Action::BulletinDraft, None)
    }

    /// Which edition a new draft on a period is.
    async fn next_edition(&self, period: Period, corrects: Option<BulletinId>) -> Result<u32> {
        let all = store::bulletin::of_period((&self.db).into(), period).await?;
        let label = period.label();
        if let Some(open) = all.iter().find(|it| matches!(it.state, State::Draft | State::Approved)) {
            let message = format!("{label}的通报{}（编号{}）", open.state.label(), open.id);
            return Err(AppError::refused(message, "请接着办理那一份；不用的先放弃，再重新起草。"));
        }
        let last = all.iter().find(|it| it.state.is_public());
        match (last, corrects) {
            (None, None) => Ok(1),
            (Some(last), Some(id)) if last.id == id => Ok(last.edition + 1),
            (Some(last), None) if last.state == State::Released => {
                let message = format!("{label}的通报已经发布（编号{}）", last.id);
                Err(AppError::refused(message, "数字有误的，在那一份的页面起草更正版。"))
            }
            // One that was taken back is followed without being corrected.
            (Some(last), None) => Ok(last.edition + 1),
            (_, Some(_)) => {
                let hint = "更正的是同一时期最后发布的一份，请从它的页面起草更正版。";
                Err(AppError::refused("这一份不能更正", hint))
            }
        }
    }

    fn done(&self, ctx: &Ctx, n: u32, step: Step, (title, text): (String, String), reason: String) -> Done {
        Done { n, step, title, text, reason, actor: ctx.actor.to_string(), recorded_at: self.now() }
    }

    /// Gives a draft another title and text. `seen` is the last step the caller saw ([`BulletinView::at`]).
    ///
    /// # Errors
    /// [`AppError::Refused`] for an empty or too long text, once it is approved, and where somebody was faster.
    pub async fn edit_bulletin(
        &self,
        ctx: &Ctx,
        id: BulletinId,
        seen: u32,
        (title, text): (&str, &str),
    ) -> Result<()> {
        self.ask(ctx, Action::BulletinDraft, None)?;
        let wrong = |what: String| AppError::refused(what, "请改正后再保存，原来的内容没有变。");
        let title = clean(title, TITLE).map_err(|error| wrong(format!("标题：{error}")))?.into_owned();
        let mut paragraphs = Vec::new();
        for line in text.lines() {
            let line = clean(line, PARAGRAPH).map_err(|error| wrong(format!("正文：{error}")))?;
            if !line.is_empty() {
                paragraphs.push(line.into_owned());
            }
        }
        if title.is_empty() || paragraphs.is_empty() {
            return Err(wrong("标题和正文不能为空".into()));
        }
        if paragraphs.len() > PARAGRAPHS {
            return Err(wrong(format!("正文超过{PARAGRAPHS}段")));
        }
        self.step(ctx, id, Some(seen), Step::Edit, ((title, paragraphs.join("\n")), "")).await
    }

    /// Approves a bulletin, returns, releases, discards or withdraws it; a withdrawal needs a reason. `seen` as in
    /// [`App::edit_bulletin`], none for whatever it is now.
    ///
    /// # Errors
    /// [`AppError::Refused`] where it cannot be done from where it is, or not by who wrote it.
    pub async fn step_bulletin(
        &self,
        ctx: &Ctx,
        id: BulletinId,
        seen: Option<u32>,
        (step, reason): (Step, &str),
    ) -> Result<()> {
        if matches!(step, Step::Draft | Step::Edit) {
            return Err(AppError::Fault(format!("{step:?} brings a text and has a verb of its own")));
        }
        self.step(ctx, id, seen, step, (Default::default(), reason)).await
    }

    async fn step(
        &self,
        ctx: &Ctx,
        id: BulletinId,
        seen: Option<u32>,
        step: Step,
        (words, reason): ((String, String), &str),
    ) -> Result<()> {
        self.ask(ctx, right(step), None)?;
        let it = store::bulletin::by_id((&self.db).into(), id).await?.ok_or(AppError::NotFound)?;
        let steps = store::bulletin::steps((&self.db).into(), id).await?;
        let last = steps.last().map_or(0, |done| done.n);
        let who = ctx.actor.to_string();
        let done: Vec<(Step, &str)> = steps.iter().map(|done| (done.step, done.actor.as_str())).collect();
        done_by(&done, step, &who).map_err(|error| AppError::refused(error.to_string(), error.hint()))?;
        if seen.is_some_and(|seen| seen != last) {
            return Err(overtaken());
        }
        let reason = clean(reason, REASON)
            .map_err(|error| AppError::refused(format!("原因：{error}"), "请改正后再办理。"))?
            .into_owned();
        if step == Step::Withdraw && reason.is_empty() {
            return Err(AppError::refused("撤回没有填写原因", "请写明为什么撤回，各省可以看到。"));
        }
        let frozen = worded(&steps);
        let done = self.done(ctx, last + 1, step, words, reason.clone());
        let mut event = self.event(ctx, kind(step), Object::Bulletin, id.0);
        event.details.extend([("period", it.period.key()), ("edition", it.edition.to_string())]);
        event.details.push(("reason", reason));
        if matches!(step, Step::Approve | Step::Release) {
            let text = Sha256::digest(format!("{}\n{}", frozen.0, frozen.1));
            event.details.push(("aggregates_sha256", HEXLOWER.encode(&it.digest)));
            event.details.push(("text_sha256", HEXLOWER.encode(&text)));
        }
        let tx = self.db.begin(Urgency::Act).await?;
        match store::bulletin::append(&tx, &it, &done).await {
            Err(StoreError::Unique { .. }) => return Err(overtaken()),
            appended => appended?,
        }
        if step == Step::Release {
            let tables = self.tables();
            let provinces = tables.authorities.iter().filter(|it| it.level == Level::Provincial);
            let to: Vec<_> = provinces.map(|it| it.id).collect();
            store::bulletin::send(&tx, id, &to).await?;
        }
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Which steps the caller can do to a bulletin now.
    pub fn bulletin_steps(&self, ctx: &Ctx, view: &BulletinView) -> Vec<Step> {
        let who = ctx.actor.to_string();
        let done: Vec<(Step, &str)> =
            view.steps.iter().map(|done| (done.step, done.actor.as_str())).collect();
        debug_assert_eq!(state(&view.steps), view.state);
        let can = |step: &Step| {
            may(&ctx.actor, right(*step), None) == Answer::Allowed && done_by(&done, *step, &who).is_ok()
        };
        Step::ALL.into_iter().filter(can).collect()
    }
}
