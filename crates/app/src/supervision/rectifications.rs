//! 整改: what a body is to put right until when, and how far it is. Reported, then checked, then closed, in this order.

use super::{DOCUMENT, REASON};
use crate::typed::{Reading, Recording};
use crate::{App, AppError, Ctx, Result};
use domain::{Action, Day, EventKind, InspectionId, Object, RectificationId, RectificationStep};
use store::body::Body;
use store::inspection::{Rectification, Step};
use store::{StoreError, Urgency};

/// What is to be put right, as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewRectification {
    /// What.
    pub what: String,
    /// The last day for the report.
    pub due: String,
    /// 文号.
    pub document: String,
}

/// A step as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewStep {
    /// A key or label of [`RectificationStep`].
    pub step: String,
    /// On which day; empty: today.
    pub day: String,
    /// By which document; may be empty, but not where it is closed.
    pub document: String,
    /// What else; may be empty, but not where it did not pass.
    pub note: String,
}

/// What is to be put right, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RectificationView {
    /// What.
    pub it: Rectification,
    /// What was done, in its order.
    pub steps: Vec<Step>,
}

impl RectificationView {
    /// The last step.
    pub fn last(&self) -> Option<RectificationStep> {
        self.steps.last().map(|it| it.step)
    }

    /// Whether it is not closed although its day is over.
    pub fn is_overdue(&self, today: Day) -> bool {
        self.it.closed_at.is_none() && self.it.due < today
    }

    /// The steps that may come next.
    pub fn next(&self) -> Vec<RectificationStep> {
        RectificationStep::ALL.iter().copied().filter(|it| it.may_follow(self.last())).collect()
    }
}

/// What is not closed, with its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRectification {
    /// How far it is.
    pub view: RectificationView,
    /// Whose.
    pub body: Body,
}

/// Rectifications with their steps.
pub(super) fn views(all: Vec<Rectification>, steps: Vec<Step>) -> Vec<RectificationView> {
    let with = |it: Rectification| {
        let steps = steps.iter().filter(|step| step.rectification == it.id).cloned().collect();
        RectificationView { it, steps }
    };
    all.into_iter().map(with).collect()
}

impl App {
    /// What is not closed, of the caller's authority, for the nation of all: what was due first comes first, after a place. Where
    /// `overdue`, only what was due before today.
    pub async fn open_rectifications(
        &self,
        ctx: &Ctx,
        overdue: bool,
        after: Option<(Day, RectificationId)>,
        limit: u32,
    ) -> Result<Vec<OpenRectification>> {
        let own = ctx.authority()?;
        self.ask(ctx, Action::InspectionRead, Some(own))?;
        let of = (!ctx.actor.is_national()).then_some(own);
        let before = if overdue { self.today() } else { Day::MAX };
        let reader = || (&self.db).into();
        let all = store::inspection::open(reader(), of, before, after, limit).await?;
        let steps = store::inspection::steps(reader(), all.iter().map(|it| it.id.0).collect()).await?;
        let bodies = self.bodies_by_key(all.iter().map(|it| it.body.0).collect()).await?;
        let with = |view: RectificationView| {
            bodies.get(&view.it.body).cloned().map(|body| OpenRectification { view, body })
        };
        Ok(views(all, steps).into_iter().filter_map(with).collect())
    }

    /// Orders that a body puts right what an inspection found.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for an inspection of another authority.
    pub async fn order_rectification(
        &self,
        ctx: &Ctx,
        inspection: InspectionId,
        new: &NewRectification,
    ) -> Result<Recording<RectificationId>> {
        let found = store::inspection::by_id((&self.db).into(), inspection).await?;
        self.ask(ctx, Action::InspectionWrite, found.as_ref().map(|it| it.authority))?;
        let found = found.ok_or(AppError::NotFound)?;
        let mut reading = Reading::default();
        let what = reading.text("what", &new.what, 1_000, "请填写需要改正的问题和要求");
        let due = reading.day("due", &new.due);
        match due {
            None if new.due.trim().is_empty() => reading.say("due", "请填写改正期限"),
            Some(due) if due < found.to => reading.say("due", "改正期限早于检查日期，请核对"),
            _ => {}
        }
        let document = reading.text("document", &new.document, DOCUMENT, "请填写责令改正通知书的文号");
        let (Some(due), true) = (due, reading.wrong.is_empty()) else {
            return Ok(Recording::Wrong(reading.wrong));
        };
        let it = Rectification {
            id: RectificationId(self.ids("rectification", 1).await?),
            inspection,
            authority: found.authority,
            body: found.body,
            what,
            due,
            document,
            actor: ctx.actor.to_string(),
            recorded_at: self.now(),
            closed_at: None,
        };
        let tx = self.db.begin(Urgency::Act).await?;
        store::inspection::order(&tx, &it).await?;
        let mut event = self.event(ctx, EventKind::RectificationOrder, Object::Inspection, inspection.0);
        event.document = it.document;
        event.details.extend([
            ("rectification", it.id.to_string()),
            ("body", it.body.to_string()),
            ("due", it.due.to_string()),
        ]);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(Recording::Done(it.id))
    }

    /// Records a step of a rectification. The inspection it belongs to.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for one of another authority, [`AppError::Refused`] for a step that may not follow, or lacks what it must say.
    pub async fn step_rectification(
        &self,
        ctx: &Ctx,
        id: RectificationId,
        new: &NewStep,
    ) -> Result<InspectionId> {
        let reader = || (&self.db).into();
        let it = store::inspection::rectification_by_id(reader(), id).await?;
        self.ask(ctx, Action::InspectionWrite, it.as_ref().map(|it| it.authority))?;
        let it = it.ok_or(AppError::NotFound)?;
        let steps = store::inspection::steps(reader(), vec![id.0]).await?;
        let step = self.read_step(ctx, &it, &steps, new)?;
        let tx = self.db.begin(Urgency::Act).await?;
        match store::inspection::step(&tx, &step).await {
            Err(StoreError::Unique { .. } | StoreError::Conflict) => {
                let hint = "请刷新页面，核对现在的进展后再登记。";
                return Err(AppError::refused("其他人刚刚登记了整改进展", hint));
            }
            done => done?,
        }
        let mut event = self.event(ctx, EventKind::RectificationStep, Object::Inspection, it.inspection.0);
        event.document = step.document;
        event.decided = Some(step.day);
        event.details.extend([
            ("rectification", id.to_string()),
            ("body", it.body.to_string()),
            ("step", step.step.key().to_owned()),
        ]);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(it.inspection)
    }

    fn read_step(&self, ctx: &Ctx, it: &Rectification, steps: &[Step], new: &NewStep) -> Result<Step> {
        let mut reading = Reading::default();
        let step = RectificationStep::parse(new.step.trim());
        let day = match new.day.trim() {
            "" => self.today(),
            text => reading.past("day", text, self.today(), ""),
        };
        let document = reading.text("document", &new.document, DOCUMENT, "");
        let note = reading.text("note", &new.note, REASON, "");
        if let Some((_, said)) = reading.wrong.first() {
            return Err(AppError::refused(said.clone(), "没有登记；改正后请重新登记。"));
        }
        let last = steps.last().map(|it| it.step);
        let step = step.filter(|it| it.may_follow(last)).ok_or_else(|| {
            let hint = "先登记收到整改报告，再登记复查结果，复查合格后办结。";
            AppError::refused("请选择现在可以登记的整改进展", hint)
        })?;
        match step {
            RectificationStep::Closed if document.is_empty() => {
                return Err(AppError::refused("办结要有依据", "请填写办结文书的文号。"));
            }
            RectificationStep::Failed if note.is_empty() => {
                return Err(AppError::refused("复查不合格要写明原因", "请在说明中写明哪些问题还没有改正。"));
            }
            _ => {}
        }
        let ord = steps.len() as u32 + 1;
        let (actor, recorded_at) = (ctx.actor.to_string(), self.now());
        Ok(Step { rectification: it.id, ord, step, day, document, note, actor, recorded_at })
    }
}
