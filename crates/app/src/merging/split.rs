//! 撤销合并: a merge that was wrong is undone. The certificates that it moved go back; what was assigned since stays where it is
//! said to be.

use super::{MergeReason, Merged, Move, listed, overtaken, reasoned};
use crate::issue::body::BodyKey;
use crate::{App, AppError, BodyView, Ctx, Result};
use domain::{Action, BodyId, EventKind, Face, Object};
use std::collections::BTreeSet;
use store::Urgency;
use store::body::Body;
use store::certificate::Card;
use store::event::Recorded;

/// What undoing a merge would do.
#[derive(Clone, Debug)]
pub struct SplitPreview {
    /// The body that would live again.
    pub gone: Body,
    /// Where it is now.
    pub stays: BodyView,
    /// The certificates that would go back.
    pub back: Vec<Card>,
    /// Certificates under its name or code that came since, and would stay.
    pub kept: Vec<Card>,
    /// What had been merged into it before, and goes with it.
    pub under: Vec<Body>,
    /// The merge.
    pub merge: Recorded,
}

/// A merge that holds: what was merged, with which body then, into which it leads now, and its event.
struct Standing {
    gone: Body,
    under: Vec<BodyId>,
    event: Recorded,
    moved: BTreeSet<i64>,
}

impl App {
    /// What undoing a merge would do. Writes nothing.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the caller may not see the body; that it is not merged.
    pub async fn split_preview(&self, ctx: &Ctx, gone: BodyId) -> Result<SplitPreview> {
        self.ask(ctx, Action::BodyMerge, Some(ctx.authority()?))?;
        let stays = self.body(ctx, gone, "").await?;
        let Standing { gone, under, event, moved } = self.standing_merge(gone).await?;
        let ids = under.iter().map(|id| id.0).collect();
        let under = store::body::by_ids((&self.db).into(), ids).await?;
        let (back, others): (Vec<Card>, Vec<Card>) =
            stays.certificates.iter().cloned().partition(|card| moved.contains(&card.head.id.0));
        let named =
            |face: &Face| std::iter::once(&gone).chain(&under).any(|row| BodyKey::of(face).names(row));
        let kept = others.into_iter().filter(|card| named(&card.face)).collect();
        Ok(SplitPreview { gone, stays, back, kept, under, merge: event })
    }

    /// Undoes a merge.
    ///
    /// # Errors
    /// As of [`App::split_preview`]; certificates of other authorities, a missing reason.
    pub async fn split_body(&self, ctx: &Ctx, gone: BodyId, why: &MergeReason) -> Result<Merged> {
        self.ask(ctx, Action::BodyMerge, Some(ctx.authority()?))?;
        let row = store::body::by_id((&self.db).into(), gone).await?.ok_or(AppError::NotFound)?;
        self.see_bodies(ctx, vec![row]).await?;
        let why = reasoned(why)?;
        let Standing { gone, under, moved, .. } = self.standing_merge(gone).await?;
        let stays = gone.stays();
        let tx = self.db.begin(Urgency::Act).await?;
        let heads = self.held_still(&tx, &[stays]).await?;
        self.refuse_others(ctx, &heads)?;
        let ids = moved.into_iter().collect();
        let back = store::merge::split(&tx, (gone.id, &under), stays, ids).await.map_err(overtaken)?;
        let mut event = self.event(ctx, EventKind::BodySplit, Object::Body, stays.0);
        event.document = why.document.clone();
        event.details = vec![
            ("merged", gone.id.to_string()),
            ("name", gone.name.clone()),
            ("certificates", listed(&back)),
            ("reason", why.reason.clone()),
        ];
        let moving = Move { from: stays, to: gone.id, why: &why, moved: &back };
        self.tell_moves(ctx, &tx, event, &moving, &heads).await?;
        tx.commit().await?;
        Ok(Merged { stays, moved: back })
    }

    async fn standing_merge(&self, gone: BodyId) -> Result<Standing> {
        let reader = || (&self.db).into();
        let body = store::body::by_id(reader(), gone).await?.ok_or(AppError::NotFound)?;
        let Some(first) = store::merge::merged_first(reader(), gone).await? else {
            return Err(AppError::refused(
                format!("“{}”没有并入其他机构", body.name),
                "没有可以撤销的合并；请在机构页核对。",
            ));
        };
        let events = store::event::of_object(reader(), Object::Body, first.0, 10_000).await?;
        let merge = |event: &Recorded| {
            event.kind == EventKind::BodyMerge && event.detail("merged") == gone.to_string()
        };
        let event = events.into_iter().rev().find(merge);
        let event = event.ok_or_else(|| AppError::Fault(format!("机构{gone}的合并没有办理记录")))?;
        let moved = event.detail("certificates").split(',').filter_map(|id| id.parse().ok()).collect();
        let under = store::merge::merged_under(reader(), gone, body.stays()).await?;
        Ok(Standing { gone: body, under, event, moved })
    }
}
