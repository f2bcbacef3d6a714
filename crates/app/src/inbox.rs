//! 收件箱: joint supervision. An act against a certificate is told at once to every other authority that it concerns, in the
//! transaction of the act itself.

use crate::{App, AppError, Ctx, Result};
use domain::{Action, AuthorityId, Concern, StatusAct, is_told};
use store::certificate::Head;
use store::event::Position;
use store::inbox::{Letter, Which};
use store::{Tx, Urgency};

impl App {
    /// Whom an act against a certificate concerns beside who does it. Asked before the act is written: what it ends
    /// still stands.
    pub(crate) async fn concerned(
        &self,
        ctx: &Ctx,
        tx: &Tx,
        head: &Head,
        act: StatusAct,
    ) -> Result<Vec<(AuthorityId, Concern)>> {
        if !is_told(act) {
            return Ok(Vec::new());
        }
        let acted = (ctx.authority()?, head.authority);
        let body = store::body::by_id(tx.into(), head.body).await?.ok_or(AppError::NotFound)?;
        let kinship = self.kinship(tx.into(), vec![body.clone()]).await?;
        let tables = self.tables();
        let told = tables.authorities.iter().filter_map(|authority| {
            kinship.concern(authority, acted, &body).map(|concern| (authority.id, concern))
        });
        Ok(told.collect())
    }

    /// What the caller's authority was told of before a position, newest first.
    pub async fn inbox(
        &self,
        ctx: &Ctx,
        which: Which,
        before: Option<Position>,
        limit: u32,
    ) -> Result<Vec<Letter>> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::EventRead, Some(authority))?;
        Ok(store::inbox::list((&self.db).into(), authority, which, before, limit.min(200)).await?)
    }

    /// How many letters nobody of the caller's authority has read, up to a number beyond which they are not counted.
    pub async fn unread(&self, ctx: &Ctx) -> Result<u64> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::EventRead, Some(authority))?;
        Ok(store::inbox::unread((&self.db).into(), authority).await?)
    }

    /// Marks a letter as read, for the whole authority. No event: nothing of a certificate changes, the row itself says who
    /// and when, and an authority's change stream would otherwise be full of its own reading.
    ///
    /// # Errors
    /// [`AppError::NotFound`] if there is no such letter, or it was marked before.
    pub async fn mark_read(&self, ctx: &Ctx, at: Position) -> Result<()> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::InboxMark, Some(authority))?;
        let mark = (self.now(), ctx.account()?);
        let tx = self.db.begin(Urgency::Act).await?;
        let marked = store::inbox::mark(&tx, authority, at, mark).await?;
        tx.commit().await?;
        if marked { Ok(()) } else { Err(AppError::NotFound) }
    }

    /// Marks all letters up to one as read, likewise; how many.
    pub async fn mark_read_up_to(&self, ctx: &Ctx, at: Position) -> Result<u64> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::InboxMark, Some(authority))?;
        let mark = (self.now(), ctx.account()?);
        let tx = self.db.begin(Urgency::Act).await?;
        let marked = store::inbox::mark_up_to(&tx, authority, at, mark).await?;
        tx.commit().await?;
        Ok(marked)
    }
}
