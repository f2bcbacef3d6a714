//! 机构合并: two bodies of the registry that are one become one, by a recorded act that can be undone.
//!
//! Nothing is lost by it. The row of the merged body stays and its codes and its name lead to the body that stays; its
//! certificates go there as they are, with the names and codes that are printed on them. What moved is told by the events: one
//! of the act, one of each certificate, so that its authority's log, change stream and inbox have it.

mod pairs;
mod split;

pub use pairs::{ApartView, PairPage, PairView};
pub use split::SplitPreview;

use crate::acts::{DOCUMENT, REASON, cleaned};
use crate::{App, AppError, BodyView, Ctx, Result};
use domain::{
    Action, Answer, AuthorityId, BodyId, CertificateId, Concern, Doubt, Event, EventKind, Object, Uscc,
    doubts, may,
};
use std::collections::BTreeSet;
use store::body::Body;
use store::certificate::Head;
use store::event::Position;
use store::{StoreError, Tx, Urgency};

/// What an administrator says of a merge, or of undoing one.
#[derive(Clone, Debug, Default)]
pub struct MergeReason {
    /// Number of a document; may be empty.
    pub document: String,
    /// Why.
    pub reason: String,
}

/// Which body is merged into which.
#[derive(Clone, Debug)]
pub struct MergeAsk {
    /// The body that is merged.
    pub gone: BodyId,
    /// The body that stays.
    pub stays: BodyId,
    /// Why.
    pub why: MergeReason,
    /// The code of the body that stays, typed, where the two have a valid code each.
    pub typed: String,
    /// How many certificates the two held when it was looked at; none where nobody looked.
    pub seen: Option<u32>,
}

/// Both bodies, side by side, before anything is done.
#[derive(Clone, Debug)]
pub struct MergePreview {
    /// The body that would be merged, with its certificates, all of which would move.
    pub gone: BodyView,
    /// The body that would stay.
    pub stays: BodyView,
    /// What speaks against it, the gravest first.
    pub doubts: Vec<Doubt>,
    /// Other authorities that issued to one of them: only the national administrator merges these.
    pub others: Vec<AuthorityId>,
}

impl MergePreview {
    /// How many certificates the two hold.
    pub fn certificates(&self) -> u32 {
        (self.gone.certificates.len() + self.stays.certificates.len()) as u32
    }

    /// The code that must be typed, if any.
    pub fn to_be_typed(&self) -> Option<Uscc> {
        self.stays.body.own_uscc.filter(|_| self.doubts.iter().any(|doubt| doubt.is_grave()))
    }
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The body that stays, or that others were split from.
    pub stays: BodyId,
    /// The certificates that moved.
    pub moved: Vec<CertificateId>,
}

/// A move of certificates as events tell it.
struct Move<'a> {
    from: BodyId,
    to: BodyId,
    why: &'a MergeReason,
    moved: &'a [CertificateId],
}

impl App {
    /// What a merge would do. Writes nothing.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the caller may not see both; that one of them has been merged already.
    pub async fn merge_preview(&self, ctx: &Ctx, gone: BodyId, stays: BodyId) -> Result<MergePreview> {
        self.ask(ctx, Action::BodyMerge, Some(ctx.authority()?))?;
        let (gone, stays) = self.two_bodies(gone, stays).await?;
        let (gone, stays) = (self.body(ctx, gone.id, "").await?, self.body(ctx, stays.id, "").await?);
        let doubts = doubts(&gone.body.sided(), &stays.body.sided());
        let cards = gone.certificates.iter().chain(&stays.certificates);
        let others = self.others(ctx, cards.map(|card| card.head.authority));
        Ok(MergePreview { gone, stays, doubts, others })
    }

    /// Merges a body into another.
    ///
    /// # Errors
    /// As of [`App::merge_preview`]; certificates of other authorities, a missing reason, a code that was not typed, or that
    /// something came to one of them since it was looked at.
    pub async fn merge_bodies(&self, ctx: &Ctx, ask: &MergeAsk) -> Result<Merged> {
        self.ask(ctx, Action::BodyMerge, Some(ctx.authority()?))?;
        let (gone, stays) = self.two_bodies(ask.gone, ask.stays).await?;
        let seen = self.see_bodies(ctx, vec![gone.clone(), stays.clone()]).await?.0;
        if seen.len() < 2 {
            self.note_hidden(ctx);
            return Err(AppError::NotFound);
        }
        let why = reasoned(&ask.why)?;
        let grave = doubts(&gone.sided(), &stays.sided()).iter().any(|doubt| doubt.is_grave());
        if grave && Uscc::parse(&ask.typed).ok() != stays.own_uscc {
            return Err(AppError::refused(
                "没有输入保留机构的统一社会信用代码，或输入的不是它的代码",
                "两家各有一个有效代码。确认要合并的，请照保留机构的证书或营业执照输入它的代码。",
            ));
        }
        let tx = self.db.begin(Urgency::Act).await?;
        let heads = self.held_still(&tx, &[gone.id, stays.id]).await?;
        self.refuse_others(ctx, &heads)?;
        if ask.seen.is_some_and(|seen| seen != heads.len() as u32) {
            return Err(changed());
        }
        let moved = store::merge::merge(&tx, gone.id, stays.id).await.map_err(overtaken)?;
        let mut event = self.event(ctx, EventKind::BodyMerge, Object::Body, stays.id.0);
        event.document = why.document.clone();
        let code = |code: Option<Uscc>| code.map(|code| code.to_string()).unwrap_or_default();
        event.details = vec![
            ("merged", gone.id.to_string()),
            ("name", gone.name.clone()),
            ("own_uscc", code(gone.own_uscc)),
            ("parent_uscc", code(gone.parent_uscc)),
            ("org_code", gone.org_code.clone().unwrap_or_default()),
            ("certificates", listed(&moved)),
            ("reason", why.reason.clone()),
        ];
        let moving = Move { from: gone.id, to: stays.id, why: &why, moved: &moved };
        self.tell_moves(ctx, &tx, event, &moving, &heads).await?;
        tx.commit().await?;
        Ok(Merged { stays: stays.id, moved })
    }

    /// Two bodies that stand on their own.
    async fn two_bodies(&self, gone: BodyId, stays: BodyId) -> Result<(Body, Body)> {
        if gone == stays {
            return Err(AppError::refused("一家机构不能与它自己合并", "请选择另一家机构。"));
        }
        let found = store::body::by_ids((&self.db).into(), vec![gone.0, stays.0]).await?;
        let of = |id| found.iter().find(|body| body.id == id).cloned().ok_or(AppError::NotFound);
        let (gone, stays) = (of(gone)?, of(stays)?);
        for body in [&gone, &stays] {
            if body.merged_into.is_some() {
                return Err(AppError::refused(
                    format!("“{}”已经并入另一家机构", body.name),
                    "请打开它的机构页，那里是并入后的机构；需要时先撤销那次合并。",
                ));
            }
        }
        Ok((gone, stays))
    }

    /// Holds bodies with all that was merged into them; their certificates as they are then.
    async fn held_still(&self, tx: &Tx, bodies: &[BodyId]) -> Result<Vec<Head>> {
        let ids = || bodies.iter().map(|id| id.0).collect::<Vec<_>>();
        let under = async || -> Result<BTreeSet<BodyId>> {
            let rows = store::body::merged_into(tx.into(), ids()).await?;
            Ok(rows.into_iter().map(|body| body.id).collect())
        };
        let before = under().await?;
        let all: Vec<BodyId> = before.iter().chain(bodies).copied().collect();
        store::body::hold(tx, &all).await?;
        // Another merge may have been faster: what it brought is not held.
        if under().await? != before {
            return Err(changed());
        }
        Ok(store::certificate::of_bodies(tx.into(), ids()).await?)
    }

    /// The authorities among these whose certificates the caller may not move, by the table of rights.
    fn others(&self, ctx: &Ctx, issuers: impl Iterator<Item = AuthorityId>) -> Vec<AuthorityId> {
        let mut all: Vec<AuthorityId> = issuers.collect();
        all.sort_unstable();
        all.dedup();
        all.retain(|owner| may(&ctx.actor, Action::BodyMerge, Some(*owner)) != Answer::Allowed);
        all
    }

    /// A provincial administrator merges what his own authority alone issued to. He sees who else did, so he is told.
    fn refuse_others(&self, ctx: &Ctx, heads: &[Head]) -> Result<()> {
        let others = self.others(ctx, heads.iter().map(|head| head.authority));
        if others.is_empty() {
            return Ok(());
        }
        self.access.note(ctx, Action::BodyMerge.key(), "forbidden", self.now());
        let names: Vec<String> = others.iter().map(|id| self.authority_short(*id)).collect();
        Err(AppError::refused(
            format!("其中有其他机关颁发的证书（{}）", names.join("、")),
            "只含本机关证书的机构由本机关管理员合并；这两家请报国家级管理员办理。",
        ))
    }

    /// The event of the act, and one of each certificate that moved; who issued one and did not act himself finds a letter.
    async fn tell_moves(
        &self,
        ctx: &Ctx,
        tx: &Tx,
        act: Event,
        moving: &Move<'_>,
        heads: &[Head],
    ) -> Result<()> {
        let by = ctx.authority()?;
        let mut events = vec![act];
        let mut issuers = Vec::with_capacity(moving.moved.len());
        for id in moving.moved {
            let head = heads.iter().find(|head| head.id == *id);
            let head = head.ok_or_else(|| AppError::Fault(format!("移动的证书{id}不在两家机构名下")))?;
            let mut event = self.event(ctx, EventKind::BodyMove, Object::Certificate, id.0);
            event.authority = Some(head.authority);
            event.document = moving.why.document.clone();
            event.details = vec![
                ("from", moving.from.to_string()),
                ("to", moving.to.to_string()),
                ("reason", moving.why.reason.clone()),
            ];
            events.push(event);
            issuers.push(head.authority);
        }
        let last = store::event::append(tx, &events).await?;
        let first = last.number + 1 - events.len() as i64;
        for ((at, id), issuer) in (first + 1..).zip(moving.moved).zip(issuers) {
            if issuer != by {
                let at = Position { number: at, ..last };
                store::inbox::insert(tx, at, (*id, by), &[(issuer, Concern::Superior)]).await?;
            }
        }
        Ok(())
    }
}

/// The document and the reason, cleaned; the reason must be there.
fn reasoned(why: &MergeReason) -> Result<MergeReason> {
    let reason = cleaned(&why.reason, REASON)?;
    if reason.is_empty() {
        return Err(AppError::refused("没有填写原因", "请写明依据什么确认是同一机构，它会留在办理记录中。"));
    }
    Ok(MergeReason { document: cleaned(&why.document, DOCUMENT)?, reason })
}

fn listed(certificates: &[CertificateId]) -> String {
    certificates.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn changed() -> AppError {
    AppError::refused("两家机构刚刚有变化，没有办理", "请刷新后重新核对两家的证书，再提交。")
}

fn overtaken(error: StoreError) -> AppError {
    if matches!(error, StoreError::Conflict) { changed() } else { error.into() }
}
