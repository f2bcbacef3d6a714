//! 暂停过久: certificates that have been suspended for as many days as the authority has set, or more.

use super::{Range, WorkAct};
use crate::{App, Ctx, Result};
use domain::{CertificateId, Day};
use store::certificate::Head;
use store::worklist;

/// Certificates in a range.
const RANGE: u32 = 50;
/// Bits of a certificate's key in the place where a list goes on; the day stands above.
const BITS: u32 = 40;

impl App {
    /// The last day on which a suspension began that is long by now, as the caller's authority counts.
    pub(crate) async fn long_since(&self, authority: domain::AuthorityId) -> Result<Day> {
        let days = self.settings_of(authority).await?.suspended_days;
        let today = self.today();
        Ok(today.plus_days(-i32::from(days)).unwrap_or(Day::MIN))
    }

    /// Those suspended for long, behind one.
    pub(super) async fn long_suspended(&self, ctx: &Ctx, after: i64) -> Result<Range> {
        let until = self.long_since(ctx.authority()?).await?;
        let today = self.today();
        let behind = match after {
            i64::MIN => (i64::MIN, CertificateId(0)),
            _ => (after >> BITS, CertificateId(after & ((1 << BITS) - 1))),
        };
        let theirs = self.theirs(ctx)?;
        let heads = worklist::suspended((&self.db).into(), theirs, until, behind, RANGE).await?;
        let last = heads.last().filter(|_| heads.len() == RANGE as usize);
        let next = last.and_then(|head| Some(i64::from(head.status.since()?.number()) << BITS | head.id.0));
        let note = |head: &Head| match head.status.since() {
            Some(since) => format!("{since} 起暂停，已 {} 天", today.number() - since.number()),
            None => "暂停".to_owned(),
        };
        let rows = self.of_heads(heads, note, |head| WorkAct::Resume(head.id)).await?;
        Ok((rows, next))
    }
}
