//! 临期 and 已过期未注销: certificates by their last day, walked some days at a time.

use super::{Range, WorkAct, WorkRow, named};
use crate::{App, Ctx, Result};
use domain::{Day, Kind, Kinds};
use std::collections::BTreeSet;
use store::certificate::Head;
use store::worklist;

/// Days ahead within which an ending certificate is listed: a renewal is asked for at least three months before the end
/// (domain.md 1.3).
pub(crate) const AHEAD: i32 = 90;
/// Days in a range of those that are to expire: of the whole country about fifty certificates a day.
const DAYS_AHEAD: i32 = 10;
/// Days in a range of those that expired, of the whole country and of one authority: most of them were replaced.
const DAYS_BACK: (i32, i32) = (15, 183);

impl App {
    /// Those that are to expire, from a day on.
    pub(super) async fn expiring(&self, ctx: &Ctx, after: i64) -> Result<Range> {
        let today = self.today();
        let end = today.plus_days(AHEAD).unwrap_or(Day::MAX);
        let from = behind(after).unwrap_or(today).max(today);
        let to = from.plus_days(DAYS_AHEAD - 1).unwrap_or(end).min(end);
        let theirs = self.theirs(ctx)?;
        let heads = worklist::ending((&self.db).into(), theirs.clone(), from, to).await?;
        let drafted = self.renewing(theirs, &heads).await?;
        let heads: Vec<Head> = heads.into_iter().filter(|head| !drafted.contains(&head.id.0)).collect();
        let note = |head: &Head| {
            let left = head.valid_to.number() - today.number();
            format!("{} 到期，还有 {left} 天，没有换证草稿", head.valid_to)
        };
        let rows = self.of_heads(heads, note, |head| WorkAct::Renew(head.id)).await?;
        Ok((rows, (to < end).then(|| to.number().into())))
    }

    /// Those that expired, from a day on.
    pub(super) async fn expired(&self, ctx: &Ctx, after: i64) -> Result<Range> {
        let today = self.today();
        let end = today.plus_days(-1).unwrap_or(today);
        let theirs = self.theirs(ctx)?;
        let from = match behind(after) {
            Some(from) => from,
            None => self.first_ending(&theirs).await?,
        };
        if from > end {
            return Ok((Vec::new(), None));
        }
        let days = if theirs.len() > 1 { DAYS_BACK.0 } else { DAYS_BACK.1 };
        let to = from.plus_days(days - 1).unwrap_or(end).min(end);
        let heads = worklist::ending((&self.db).into(), theirs, from, to).await?;
        let note = |head: &Head| {
            let passed = today.number() - head.valid_to.number();
            format!("{} 到期，已过期 {passed} 天，状态仍为{}", head.valid_to, head.status.word())
        };
        let rows = self.of_heads(heads, note, |head| WorkAct::Cancel(head.id)).await?;
        Ok((rows, (to < end).then(|| to.number().into())))
    }

    /// How far a walk through those that expired is.
    pub(super) async fn expired_so_far(&self, ctx: &Ctx, at: i64) -> Result<(i128, i128)> {
        let first = self.first_ending(&self.theirs(ctx)?).await?.number();
        Ok((i128::from(at) - i128::from(first), i128::from(self.today().number() - first)))
    }

    /// The earliest last day of all certificates of these authorities.
    async fn first_ending(&self, theirs: &[i64]) -> Result<Day> {
        let mut first = self.today();
        for id in theirs {
            let its = worklist::first_ending((&self.db).into(), domain::AuthorityId(*id)).await?;
            first = first.min(its.unwrap_or(first));
        }
        Ok(first)
    }

    /// Which of these certificates have a draft of a renewal.
    async fn renewing(&self, theirs: Vec<i64>, heads: &[Head]) -> Result<BTreeSet<i64>> {
        if heads.is_empty() {
            return Ok(BTreeSet::new());
        }
        let ids = heads.iter().map(|head| head.id.0).collect();
        let drafts = worklist::drafts_of((&self.db).into(), theirs, ids).await?;
        let renewal = |kinds: &str| Kinds::parse(kinds).is_ok_and(|kinds| kinds.has(Kind::Renewal));
        Ok(drafts.into_iter().filter(|(_, _, kinds)| renewal(kinds)).map(|(id, ..)| id.0).collect())
    }

    /// A row for each of these certificates.
    pub(super) async fn of_heads(
        &self,
        heads: Vec<Head>,
        note: impl Fn(&Head) -> String,
        act: impl Fn(&Head) -> WorkAct,
    ) -> Result<Vec<WorkRow>> {
        let names = self.body_names(heads.iter()).await?;
        Ok(heads.iter().map(|head| WorkRow::of(named(head, &names), note(head), act(head))).collect())
    }
}

/// The day behind the one up to which a list was walked; none at its beginning.
fn behind(after: i64) -> Option<Day> {
    let day = Day::from_number(i32::try_from(after).ok()?).ok()?;
    day.plus_days(1).ok()
}
