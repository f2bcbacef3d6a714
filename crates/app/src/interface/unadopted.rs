//! 待认领: certificates that were assigned by hand and that the approval system does not know yet. It takes them over by
//! their numbers under its own record ids, so that nothing is coded twice.

use crate::{App, Ctx, Result};
use domain::{Action, CertificateId};
pub use store::record::Unadopted;

/// The most rows of a page.
const MOST: u32 = 1_000;

/// One page of them.
#[derive(Clone, Debug)]
pub struct UnadoptedPage {
    /// In the order of their keys.
    pub rows: Vec<Unadopted>,
    /// How many there are in all.
    pub total: u64,
    /// What the next page comes after; none at the end.
    pub next: Option<CertificateId>,
}

impl App {
    /// The certificates of the caller's authority that a manual door assigned and that no record id names, after a key.
    /// Costs a walk along the certificates of the authority.
    pub async fn unadopted(
        &self,
        ctx: &Ctx,
        after: Option<CertificateId>,
        limit: u32,
    ) -> Result<UnadoptedPage> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::CertificateRead, Some(authority))?;
        let (after, limit) = (after.map_or(0, |id| id.0), limit.clamp(1, MOST));
        let rows = store::record::unadopted((&self.db).into(), authority, after, limit).await?;
        let full = rows.len() == limit as usize;
        Ok(UnadoptedPage {
            total: store::record::count_unadopted((&self.db).into(), authority).await?,
            next: rows.last().filter(|_| full).map(|last| last.head.id),
            rows,
        })
    }
}
