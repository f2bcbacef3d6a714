//! Status acts: 撤销 撤回 注销 吊销, 暂停 and 恢复, 误赋码作废, and 撤销原决定 for an act that was wrong.

use crate::interface::{Effect, Kept, Sent, kept};
use crate::{App, AppError, Ctx, Result};
use domain::{
    Act, Action, BatchId, CertificateId, Day, Event, EventKind, Held, Object, Status, StatusAct, StatusWord,
    clean,
};
use store::certificate::Head;
use store::event::{Position, Recorded};
use store::record::Record;
use store::{Tx, Urgency};

/// What an officer says of an act.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Which act.
    pub act: StatusAct,
    /// First day on which it holds.
    pub effective: Day,
    /// Number of the decision document.
    pub document: String,
    /// Why.
    pub reason: String,
}

/// One thing that is wrong with what a door handed in.
#[derive(Debug)]
pub(crate) struct Wrong {
    /// Which member of it.
    pub(crate) member: &'static str,
    /// What is wrong, in Chinese.
    pub(crate) message: String,
    /// What to do, in Chinese.
    pub(crate) hint: &'static str,
}

/// Longest document number and reason.
pub(crate) const DOCUMENT: usize = 80;
pub(crate) const REASON: usize = 300;

pub(crate) fn cleaned(text: &str, longest: usize) -> Result<String> {
    Ok(clean(text, longest).map_err(|e| AppError::refused(e.to_string(), "请改正后重新提交。"))?.into_owned())
}

fn kind(act: StatusAct) -> EventKind {
    match act {
        StatusAct::Suspend => EventKind::Suspend,
        StatusAct::Resume => EventKind::Resume,
        StatusAct::Revoke => EventKind::Revoke,
        StatusAct::Withdraw => EventKind::Withdraw,
        StatusAct::Cancel => EventKind::Cancel,
        StatusAct::Void => EventKind::Void,
        StatusAct::Annul => EventKind::Annul,
        StatusAct::Lift => EventKind::Lift,
    }
}

/// The right an act asks for.
fn action(act: StatusAct) -> Action {
    if act == StatusAct::Annul { Action::Annul } else { Action::StatusAct }
}

impl App {
    /// Records a status act.
    ///
    /// # Errors
    /// What the table of transitions does not admit, missing reason or document, a day in the future, or that
    /// somebody else was faster.
    pub async fn act(&self, ctx: &Ctx, id: CertificateId, decision: &Decision) -> Result<Status> {
        let (head, decision, next) = self.judged_act(ctx, id, decision).await?;
        let tx = self.db.begin(Urgency::Act).await?;
        self.write_act(ctx, &tx, &head, &decision, &next, None).await?;
        tx.commit().await?;
        Ok(next)
    }

    /// The same for a system, under its record id.
    pub(crate) async fn act_sent(
        &self,
        ctx: &Ctx,
        head: &Head,
        decision: &Decision,
        sent: &Sent,
    ) -> Result<Kept> {
        self.ask(ctx, action(decision.act), Some(head.authority))?;
        let decision = self.checked(decision)?;
        let next = self.next_status(ctx, head, &decision).await?;
        let kept = Kept { status: Some(next.word().key().to_owned()), ..kept(Effect::Acted, head) };
        let record = sent.record_of(ctx, (head.id, head.edition), kept.clone(), self.now())?;
        let tx = self.db.begin(Urgency::Act).await?;
        self.write_act(ctx, &tx, head, &decision, &next, Some(&record)).await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// What a status act would do: the status that stands and the one that would. Writes nothing.
    ///
    /// # Errors
    /// As [`App::act`].
    pub async fn preview_act(
        &self,
        ctx: &Ctx,
        id: CertificateId,
        decision: &Decision,
    ) -> Result<(Status, Status)> {
        let (head, _, next) = self.judged_act(ctx, id, decision).await?;
        Ok((head.status, next))
    }

    async fn judged_act(
        &self,
        ctx: &Ctx,
        id: CertificateId,
        decision: &Decision,
    ) -> Result<(Head, Decision, Status)> {
        let head = store::certificate::by_id((&self.db).into(), id).await?;
        self.ask(ctx, action(decision.act), head.as_ref().map(|h| h.authority))?;
        let head = head.ok_or(AppError::NotFound)?;
        let decision = self.checked(decision)?;
        let next = self.next_status(ctx, &head, &decision).await?;
        Ok((head, decision, next))
    }

    /// The acts that the caller may record now: by his role, by whose certificate it is, and by its status.
    pub async fn admitted_acts(&self, ctx: &Ctx, id: CertificateId) -> Result<Vec<StatusAct>> {
        let head = store::certificate::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::CertificateRead, head.as_ref().map(|h| h.authority))?;
        let head = head.ok_or(AppError::NotFound)?;
        let mut admitted = Vec::new();
        for act in StatusAct::ALL {
            if domain::may(&ctx.actor, action(act), Some(head.authority)) != domain::Answer::Allowed {
                continue;
            }
            let effective = self.today();
            let decision = Decision { act, effective, document: String::new(), reason: String::new() };
            match self.next_status(ctx, &head, &decision).await {
                Ok(_) => admitted.push(act),
                Err(AppError::Refused { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(admitted)
    }

    /// Annuls every certificate that a batch assigned and that is still in force; how many.
    pub async fn annul_batch(&self, ctx: &Ctx, id: BatchId, decision: &Decision) -> Result<u32> {
        let batch = self.batch(ctx, id).await?;
        self.ask(ctx, Action::Annul, Some(batch.authority))?;
        let decision = self.checked(&Decision { act: StatusAct::Annul, ..decision.clone() })?;
        let filter = store::certificate::Filter {
            authority: Some(batch.authority),
            batch: Some(id),
            ..store::certificate::Filter::default()
        };
        let mut all: Vec<CertificateId> = Vec::new();
        loop {
            let after = all.last().map_or(0, |id| id.0);
            let page = store::certificate::ids((&self.db).into(), &filter, after, 10_000).await?;
            if page.is_empty() {
                break;
            }
            all.extend(page);
        }
        let mut annulled = 0;
        // Successors first: a predecessor of the same batch is in force again once they are gone.
        for id in all.into_iter().rev() {
            let Some(head) = store::certificate::by_id((&self.db).into(), id).await? else { continue };
            if head.status.word().ended() {
                continue;
            }
            let next = self.next_status(ctx, &head, &decision).await?;
            let tx = self.db.begin(Urgency::Batch).await?;
            self.write_act(ctx, &tx, &head, &decision, &next, None).await?;
            tx.commit().await?;
            annulled += 1;
        }
        Ok(annulled)
    }

    fn checked(&self, decision: &Decision) -> Result<Decision> {
        match self.wrong_with(decision).into_iter().next() {
            Some(Wrong { message, hint, .. }) => Err(AppError::refused(message, hint)),
            None => Ok(Decision {
                document: cleaned(&decision.document, DOCUMENT)?,
                reason: cleaned(&decision.reason, REASON)?,
                ..decision.clone()
            }),
        }
    }

    /// All that is wrong with a decision by itself, whatever it is about.
    pub(crate) fn wrong_with(&self, decision: &Decision) -> Vec<Wrong> {
        let mut out = Vec::new();
        let mut note = |member, message: String, hint| out.push(Wrong { member, message, hint });
        match clean(&decision.document, DOCUMENT) {
            Err(error) => note("document", format!("决定文号：{error}"), "请改正后重新提交。"),
            // A wrong assignment is the office's own mistake; every other act rests on a document.
            Ok(document) if document.is_empty() && decision.act != StatusAct::Annul => {
                note("document", "没有填写决定文号".into(), "请填写作出该决定的文书编号。");
            }
            Ok(_) => {}
        }
        match clean(&decision.reason, REASON) {
            Err(error) => note("reason", format!("原因：{error}"), "请改正后重新提交。"),
            Ok(reason) if reason.is_empty() => {
                note("reason", "没有填写原因".into(), "请写明原因，它会留在办理记录中。");
            }
            Ok(_) => {}
        }
        let today = self.today();
        if decision.effective > today {
            let message = format!("生效日期{}在今天（{today}）之后", decision.effective);
            note("effective", message, "请到生效之日再办理，或改为已生效的日期。");
        }
        out
    }

    async fn next_status(&self, ctx: &Ctx, head: &Head, decision: &Decision) -> Result<Status> {
        // A superior only revokes (行政许可法 Art. 69); it does not suspend or cancel for another authority.
        if ctx.authority()? != head.authority && !matches!(decision.act, StatusAct::Revoke | StatusAct::Lift)
        {
            return Err(AppError::refused(
                format!("不能对其他机关的证书办理{}", decision.act.label()),
                "上级机关只能依法撤销（行政许可法第六十九条）；其他办理请发证机关进行。",
            ));
        }
        let refused =
            |e: domain::StatusError| AppError::refused(e.to_string(), "请在证书页面核对当前状态和办理记录。");
        let began = head.valid_from.min(head.assigned_at.day());
        if decision.effective < began {
            return Err(AppError::refused(
                format!("生效日期{}早于这张证书开始的日期{began}", decision.effective),
                "请核对文书上的生效日期。",
            ));
        }
        if decision.act == StatusAct::Lift {
            let before = self.status_before(head).await?;
            return head.status.clone().lift(before).map_err(refused);
        }
        let settings = self.settings_of(head.authority).await?;
        let act = Act {
            effective: decision.effective,
            document: decision.document.clone(),
            reason: decision.reason.clone(),
        };
        head.status.clone().after(decision.act, act, settings.suspension()).map_err(refused)
    }

    /// The status before the last act.
    async fn status_before(&self, head: &Head) -> Result<Status> {
        let mut stack = self.statuses(head, None).await?;
        stack.pop();
        Ok(stack.pop().unwrap_or(Status::Valid))
    }

    /// As [`history`], without days and without the succession by `not_by`.
    async fn statuses(&self, head: &Head, not_by: Option<CertificateId>) -> Result<Vec<Status>> {
        let events =
            store::event::of_object((&self.db).into(), Object::Certificate, head.id.0, 10_000).await?;
        Ok(history(&events, &head.status, not_by).into_iter().map(|held| held.status).collect())
    }

    /// Gives the predecessor of an annulled certificate back what it was before the succession.
    async fn restore(
        &self,
        ctx: &Ctx,
        tx: &Tx,
        previous: CertificateId,
        annulled: &Head,
    ) -> Result<Option<Event>> {
        let Some(head) = store::certificate::by_id(tx.into(), previous).await? else { return Ok(None) };
        if head.successor != Some(annulled.id) {
            return Ok(None);
        }
        let before = self.statuses(&head, Some(annulled.id)).await?.pop().unwrap_or(Status::Valid);
        store::certificate::unsucceed(tx, previous, annulled.id).await?;
        if let Status::Suspended(_) = before {
            store::certificate::set_status(tx, previous, StatusWord::Valid, &before).await?;
        }
        let mut event = self.event(ctx, EventKind::Restore, Object::Certificate, previous.0);
        event.authority = Some(head.authority);
        event.details.push(("successor", annulled.id.to_string()));
        Ok(Some(event))
    }

    async fn write_act(
        &self,
        ctx: &Ctx,
        tx: &Tx,
        head: &Head,
        decision: &Decision,
        next: &Status,
        record: Option<&Record>,
    ) -> Result<()> {
        let told = self.concerned(ctx, tx, head, decision.act).await?;
        store::certificate::set_status(tx, head.id, head.status.word(), next).await?;
        let restored = match (decision.act, head.previous) {
            (StatusAct::Annul, Some(previous)) => self.restore(ctx, tx, previous, head).await?,
            _ => None,
        };
        let mut event = self.event(ctx, kind(decision.act), Object::Certificate, head.id.0);
        event.authority = Some(head.authority);
        event.effective = decision.effective;
        event.edition = Some(head.edition);
        event.document = decision.document.clone();
        event.details.extend([
            ("from", head.status.word().key().to_owned()),
            ("to", next.word().key().to_owned()),
            ("reason", decision.reason.clone()),
        ]);
        if let Some(record) = record {
            event.details.push(("record_id", record.id.clone()));
            store::record::insert(tx, head.authority, std::slice::from_ref(record)).await?;
        }
        let events: Vec<Event> = std::iter::once(event).chain(restored).collect();
        let last = store::event::append(tx, &events).await?;
        let at = Position { number: last.number + 1 - events.len() as i64, ..last };
        if !told.is_empty() {
            store::inbox::insert(tx, at, (head.id, ctx.authority()?), &told).await?;
        }
        Ok(())
    }
}

/// The statuses of a certificate, one upon the other, read from its events: an act that was lifted is no longer among
/// them, nor is the succession by `not_by`.
pub(crate) fn history(events: &[Recorded], current: &Status, not_by: Option<CertificateId>) -> Vec<Held> {
    let mut stack = vec![Held { from: None, status: Status::Valid }];
    for event in events {
        let text = String::from_utf8_lossy(&event.body);
        let detail = |key: &str| {
            let line = text.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix('\t'));
            line.unwrap_or_default().to_owned()
        };
        let open = stack.last().is_none_or(|held| !held.status.word().ended());
        match event.kind {
            EventKind::Lift => drop(stack.pop()),
            // What has ended stays ended when a successor comes.
            EventKind::Succeed if open && not_by.is_none_or(|id| detail("successor") != id.to_string()) => {
                stack.push(Status::Superseded { from: event.effective }.into());
            }
            EventKind::Restore
                if matches!(stack.last(), Some(Held { status: Status::Superseded { .. }, .. })) =>
            {
                drop(stack.pop())
            }
            EventKind::Assign => stack.extend(taken_over(&detail, current).map(Held::from)),
            other => {
                let act = StatusAct::ALL.into_iter().find(|a| kind(*a) == other);
                stack.extend(act.map(|a| Held {
                    from: Some(event.effective),
                    status: after(a, event.effective, event.document.clone(), detail("reason")),
                }));
            }
        }
    }
    stack
}

/// The status with which a certificate was taken over, if not valid: what was before is not in this register.
fn taken_over(detail: &dyn Fn(&str) -> String, current: &Status) -> Option<Status> {
    let word = StatusWord::parse(&detail("status"))?;
    let day = Day::parse(&detail("status_day")).ok();
    let told = Status::of(word, day, detail("status_document"), detail("status_reason"));
    Some(told.unwrap_or_else(|| current.clone()))
}

/// The status an act leads to, as far as the past needs it.
fn after(act: StatusAct, effective: Day, document: String, reason: String) -> Status {
    let word = match act {
        StatusAct::Suspend => StatusWord::Suspended,
        StatusAct::Resume | StatusAct::Lift => StatusWord::Valid,
        StatusAct::Revoke => StatusWord::Revoked,
        StatusAct::Withdraw => StatusWord::Withdrawn,
        StatusAct::Cancel => StatusWord::Cancelled,
        StatusAct::Void => StatusWord::Voided,
        StatusAct::Annul => StatusWord::Annulled,
    };
    Status::of(word, Some(effective), document, reason).unwrap_or(Status::Valid)
}
