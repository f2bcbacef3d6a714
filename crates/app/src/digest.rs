//! 每日提要: once a day, what is new on the lists of supervision, for each officer by role and authority; nothing where there is
//! nothing to say. Made from six in the morning by the first node that asks; kept thirty days; an officer can leave lists out.

use crate::worklists::{AHEAD, rules};
use crate::{App, AppError, Ctx, Result, Worklist};
use domain::{AccountId, Action, Actor, AuthorityId, Day, EventKind, Instant, Object, Role};
use std::collections::{BTreeMap, BTreeSet};
use store::Urgency;
use store::digest::Digest;

/// The key of `meta`: the last day for which digests were made.
const DAY: &str = "digest_day";
/// The hour in Shanghai from which the day's are due: after the nightly look at the stock.
const HOUR: i64 = 6;
/// Days that digests are kept.
const KEEP: i32 = 30;
/// Days before the end at which an expiring certificate is told of.
const MILESTONES: [i32; 3] = [AHEAD, 60, 30];
/// Accounts looked after in one transaction.
const HEAP: u32 = 200;

/// What is new on a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DigestLine {
    /// The list.
    pub list: Worklist,
    /// How many are new since the digest before.
    pub fresh: u64,
}

/// The digest of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestView {
    /// The day.
    pub day: Day,
    /// What is new.
    pub lines: Vec<DigestLine>,
    /// When it was read.
    pub read: Option<Instant>,
}

/// The lists that an account of a role is told of.
pub fn told_to(role: Role) -> &'static [Worklist] {
    match role {
        Role::Administrator => &[Worklist::Elsewhere, Worklist::Quality],
        Role::Licensing => &[Worklist::Expiring, Worklist::OutOfDate, Worklist::Elsewhere, Worklist::Quality],
        Role::Supervision => {
            &[Worklist::Expired, Worklist::Suspended, Worklist::OutOfDate, Worklist::Elsewhere]
        }
        Role::Integration | Role::Viewer => &[],
    }
}

fn role(ctx: &Ctx) -> Result<Role> {
    match &ctx.actor {
        Actor::Account { role, .. } => Ok(*role),
        Actor::Client { .. } | Actor::Operator(_) | Actor::Public | Actor::System => Err(AppError::Forbidden),
    }
}

fn packed(lines: &[DigestLine]) -> String {
    let pairs: Vec<(&str, u64)> = lines.iter().map(|it| (it.list.key(), it.fresh)).collect();
    serde_json::json!(pairs).to_string()
}

/// Lists that are no more are left out.
fn unpacked(text: &str) -> Vec<DigestLine> {
    let pairs: Vec<(String, u64)> = serde_json::from_str(text).unwrap_or_default();
    let line = |(key, fresh): (String, u64)| Some(DigestLine { list: Worklist::parse(&key)?, fresh });
    pairs.into_iter().filter_map(line).collect()
}

/// What is new by list, for one authority after the other.
#[derive(Default)]
struct News(BTreeMap<(AuthorityId, &'static str), u64>);

impl News {
    fn add(&mut self, list: Worklist, counts: Vec<(AuthorityId, u64)>) {
        for (authority, n) in counts {
            *self.0.entry((authority, list.key())).or_default() += n;
        }
    }

    fn of(&self, authority: AuthorityId, national: bool, list: Worklist) -> u64 {
        // The national authority's lists hold everybody's; letters are told to each for itself.
        if national && list != Worklist::Elsewhere {
            return self.0.iter().filter(|((_, key), _)| *key == list.key()).map(|(_, n)| n).sum();
        }
        self.0.get(&(authority, list.key())).copied().unwrap_or(0)
    }
}

impl App {
    /// Makes the day's digests once their hour has come; how many. The server asks every minute; of several nodes each makes what
    /// is not there yet.
    pub async fn make_digests(&self) -> Result<u64> {
        let (now, today) = (self.now(), self.today());
        if now < Instant::begin_of(today).plus_seconds(HOUR * 3_600) {
            return Ok(0);
        }
        let known = store::meta::get((&self.db).into(), DAY).await?;
        let last = known.as_deref().and_then(|it| it.parse().ok()).and_then(|it| Day::from_number(it).ok());
        if last.is_some_and(|last| last >= today) {
            return Ok(0);
        }
        // What came in a standstill is told with the first digest after it.
        let yesterday = today.plus_days(-1).unwrap_or(today);
        let since = last.unwrap_or(yesterday).max(today.plus_days(-KEEP).unwrap_or(yesterday));
        let news = self.news_since(since).await?;
        let (mut after, mut made) = (None, 0);
        loop {
            let accounts = store::account::list((&self.db).into(), None, after, HEAP).await?;
            let Some(end) = accounts.last() else { break };
            after = Some(end.id);
            made += self.digest_for(&accounts, &news, today).await?;
        }
        let tx = self.db.begin(Urgency::Batch).await?;
        store::meta::advance(&tx, DAY, known.as_deref(), &today.number().to_string()).await?;
        store::digest::purge(&tx, today.plus_days(-KEEP).unwrap_or(Day::MIN)).await?;
        tx.commit().await?;
        Ok(made)
    }

    async fn digest_for(&self, accounts: &[store::account::Account], news: &News, today: Day) -> Result<u64> {
        let ids = accounts.iter().map(|it| it.id.0).collect();
        let off: BTreeSet<(AccountId, String)> =
            store::digest::off((&self.db).into(), ids).await?.into_iter().collect();
        let tables = self.tables();
        let mut digests = Vec::new();
        for account in accounts.iter().filter(|it| !it.disabled) {
            let level = tables.authority(account.authority).map(|it| it.level);
            let national = level == Some(domain::Level::National);
            let wanted = |list: &&Worklist| !off.contains(&(account.id, list.key().to_owned()));
            let line = |list: &Worklist| DigestLine {
                list: *list,
                fresh: news.of(account.authority, national, *list),
            };
            let lines: Vec<DigestLine> =
                told_to(account.role).iter().filter(wanted).map(line).filter(|it| it.fresh > 0).collect();
            if !lines.is_empty() {
                digests.push(Digest {
                    account: account.id,
                    day: today,
                    lines: packed(&lines),
                    read_at: None,
                });
            }
        }
        if digests.is_empty() {
            return Ok(0);
        }
        let tx = self.db.begin(Urgency::Batch).await?;
        let mut made = 0;
        for it in &digests {
            made += u64::from(store::digest::put(&tx, it).await?);
        }
        tx.commit().await?;
        Ok(made)
    }

    /// What came on the lists after a day, up to today.
    async fn news_since(&self, since: Day) -> Result<News> {
        let reader = || (&self.db).into();
        let today = self.today();
        let tables = self.tables();
        let all: Vec<i64> = tables.authorities.iter().map(|it| it.id.0).collect();
        let on = |day: Day, days: i32| day.plus_days(days).unwrap_or(day);
        let mut news = News::default();
        for days in MILESTONES {
            let (from, to) = (on(since, days + 1), on(today, days));
            let counts = store::worklist::count_ending(reader(), all.clone(), from, to).await?;
            news.add(Worklist::Expiring, counts);
        }
        let ended = store::worklist::count_ending(reader(), all.clone(), since, on(today, -1)).await?;
        news.add(Worklist::Expired, ended);
        for authority in &tables.authorities {
            let to = self.long_since(authority.id).await?;
            let from = on(to, since.number() - today.number() + 1);
            let its = vec![authority.id.0];
            let counts = store::worklist::count_suspended(reader(), its, Some(from), to).await?;
            news.add(Worklist::Suspended, counts);
        }
        let keys =
            |rules: &[domain::quality::QualityRule]| rules.iter().map(|it| it.key().to_owned()).collect();
        let fresh = on(since, 1);
        for (list, rules) in
            [(Worklist::OutOfDate, rules::OUT_OF_DATE.to_vec()), (Worklist::Quality, rules::errors())]
        {
            news.add(list, store::quality::found_since(reader(), fresh, keys(&rules)).await?);
        }
        let from = Instant::begin_of(since).plus_seconds(HOUR * 3_600);
        news.add(Worklist::Elsewhere, store::digest::letters_since(reader(), from).await?);
        Ok(news)
    }

    /// The caller's digests, the newest first.
    pub async fn digests(&self, ctx: &Ctx) -> Result<Vec<DigestView>> {
        self.ask(ctx, Action::Digest, None)?;
        let kept = store::digest::list((&self.db).into(), ctx.account()?, KEEP as u32 + 1).await?;
        let view = |it: Digest| DigestView { day: it.day, lines: unpacked(&it.lines), read: it.read_at };
        Ok(kept.into_iter().map(view).collect())
    }

    /// Marks the caller's digests up to a day as read. No event: it is his own reading.
    pub async fn mark_digests(&self, ctx: &Ctx, up_to: Day) -> Result<u64> {
        self.ask(ctx, Action::Digest, None)?;
        let tx = self.db.begin(Urgency::Act).await?;
        let marked = store::digest::mark(&tx, ctx.account()?, up_to, self.now()).await?;
        tx.commit().await?;
        Ok(marked)
    }

    /// The lists that the caller is told of, each with whether he wants to be.
    pub async fn digest_lists(&self, ctx: &Ctx) -> Result<Vec<(Worklist, bool)>> {
        self.ask(ctx, Action::Digest, None)?;
        let id = ctx.account()?;
        let off = store::digest::off((&self.db).into(), vec![id.0]).await?;
        let on = |list: &Worklist| (*list, !off.iter().any(|(_, key)| key == list.key()));
        Ok(told_to(role(ctx)?).iter().map(on).collect())
    }

    /// Sets which of the lists the caller is told of, from the next digest on.
    pub async fn set_digest_lists(&self, ctx: &Ctx, wanted: &[Worklist]) -> Result<()> {
        self.ask(ctx, Action::Digest, None)?;
        let id = ctx.account()?;
        let off: Vec<&str> =
            told_to(role(ctx)?).iter().filter(|it| !wanted.contains(it)).map(|it| it.key()).collect();
        let mut event = self.event(ctx, EventKind::AccountChange, Object::Account, id.0);
        event.details.push(("digest_off", off.join(" ")));
        let tx = self.db.begin(Urgency::Act).await?;
        store::digest::set_off(&tx, id, &off).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_back_and_a_list_that_is_no_more_is_left_out() {
        let lines = [DigestLine { list: Worklist::Expired, fresh: 3 }];
        assert_eq!(unpacked(&packed(&lines)), lines);
        assert_eq!(
            unpacked("[[\"gone\",1],[\"quality\",2]]"),
            [DigestLine { list: Worklist::Quality, fresh: 2 }]
        );
    }
}
