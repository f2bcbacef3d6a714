//! Counters of the serial SSSS (domain.md 2.3): they only go up, skip what exists, and never fill a gap.

use crate::{App, AppError, AuthoritySettings, CounterScope, Ctx, Result};
use domain::{Action, AuthorityId, EventKind, Number, Object, Two};
use std::collections::{BTreeMap, HashSet};
use store::counter::Counter;
use store::{StoreError, Tx, Urgency};

/// The last serial of four digits.
pub(crate) const LAST: u32 = 9999;
/// Numbers looked up at a time for being taken: more than one act wants, few enough for one statement.
const WINDOW: u32 = 500;
/// The epoch of a registry that was never restored. A counter made by use is confirmed in it and in no later one: what a
/// restore lost may have held higher serials, so an administrator has to say where to go on.
const FIRST_EPOCH: i64 = 1;

/// What a number to be given says before its serial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CounterPlace {
    /// Year of issue.
    pub year: u16,
    /// AA.
    pub code: Two,
    /// DD.
    pub domain: Two,
    /// II.
    pub industry: Two,
}

impl CounterPlace {
    fn key(&self, scope: CounterScope) -> String {
        scope.key(self.year, self.code, self.domain, self.industry)
    }
}

/// Which counter is set.
#[derive(Clone, Debug)]
pub enum CounterRef {
    /// The one of this key in [`CounterInfo`].
    Key(String),
    /// The one that such a number is taken from, by the authority's setting.
    Place(CounterPlace),
}

/// A counter as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterInfo {
    /// Its key, `YYAADDII` with `--` for what it does not count within.
    pub key: String,
    /// The key in words: 2026年·代码61.
    pub label: String,
    /// The serial it gives next; 10000 if none is left.
    pub next: u32,
    /// How many are left.
    pub left: u32,
    /// After a restore: gives nothing until an administrator confirms its next serial.
    pub waiting: bool,
}

impl CounterInfo {
    fn of(counter: Counter, epoch: i64) -> CounterInfo {
        CounterInfo {
            label: label(&counter.scope),
            left: (LAST + 1).saturating_sub(counter.next),
            next: counter.next,
            waiting: counter.epoch != epoch,
            key: counter.scope,
        }
    }
}

impl App {
    /// The counters of the caller's authority.
    pub async fn counters(&self, ctx: &Ctx) -> Result<Vec<CounterInfo>> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::CertificateRead, Some(authority))?;
        let epoch = store::meta::epoch((&self.db).into()).await?;
        let list = store::counter::list((&self.db).into(), authority).await?;
        Ok(list.into_iter().map(|counter| CounterInfo::of(counter, epoch)).collect())
    }

    /// Sets, or confirms after a restore, the serial that a counter of the caller's authority gives next.
    ///
    /// # Errors
    /// A serial outside 1 to 9999, a key that cannot be one of this authority, and any step downwards.
    pub async fn set_counter(&self, ctx: &Ctx, which: &CounterRef, start: u32) -> Result<CounterInfo> {
        let authority = ctx.authority()?;
        self.ask(ctx, Action::CounterWrite, Some(authority))?;
        if !(1..=LAST).contains(&start) {
            return Err(AppError::refused(
                format!("起始流水号{start}不在1至9999之间"),
                "流水号为四位数字，请填写1至9999的整数。",
            ));
        }
        let scope = match which {
            CounterRef::Key(key) => self.checked_key(authority, key)?,
            CounterRef::Place(place) => {
                let key = place.key(self.settings_of(authority).await?.counter);
                self.own_code(authority, place.code)?;
                key
            }
        };
        let tx = self.db.begin(Urgency::Act).await?;
        let epoch = store::meta::epoch((&tx).into()).await?;
        let counter = Counter { authority, scope, next: start, epoch };
        if let Err(error) = store::counter::set_start(&tx, &counter).await {
            drop(tx);
            return Err(self.set_refused(error, &counter).await?);
        }
        let mut event = self.event(ctx, EventKind::CounterSet, Object::Authority, authority.0);
        event.details = vec![("scope", counter.scope.clone()), ("next", start.to_string())];
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(CounterInfo::of(counter, epoch))
    }

    /// Takes `n` numbers of a place (year, AA, DD, II) inside `tx`, which keeps them only if it is committed. Serials whose number exists or
    /// is reserved are passed over.
    ///
    /// # Errors
    /// Fewer than `n` left up to 9999, a counter that waits for confirmation, or a year no number can say; each with
    /// what to do. `tx` is then to be dropped.
    pub(crate) async fn take_numbers(
        &self,
        tx: &Tx,
        authority: AuthorityId,
        settings: &AuthoritySettings,
        (year, code, domain, industry): (u16, Two, Two, Two),
        n: u32,
    ) -> Result<Vec<Number>> {
        let place = CounterPlace { year, code, domain, industry };
        let key = place.key(settings.counter);
        let epoch = store::meta::epoch(tx.into()).await?;
        // Makes the counter if there is none; one that is there stays as it is.
        let first = Counter { authority, scope: key.clone(), next: 1, epoch: FIRST_EPOCH };
        store::counter::raise(tx, &first).await?;
        // Taking none locks the counter and tells where it stands.
        let next = store::counter::take(tx, authority, &key, 0, epoch).await?;
        let start = next.ok_or_else(|| waiting(&key))?;
        let wanted = n as usize;
        let mut numbers = Vec::with_capacity(wanted.min(LAST as usize));
        let mut next = start;
        while numbers.len() < wanted {
            if next > LAST {
                return Err(used_up(&key, n, numbers.len()));
            }
            let end = (next + WINDOW).min(LAST + 1);
            let free = free_numbers(tx, place, next..end).await?;
            let step = free.iter().take(wanted - numbers.len());
            next = end;
            for (serial, number) in step {
                numbers.push(number.clone());
                if numbers.len() == wanted {
                    next = serial + 1;
                }
            }
        }
        store::counter::take(tx, authority, &key, next - start, epoch).await?;
        Ok(numbers)
    }

    /// Lifts the counters of an authority above numbers that were given elsewhere (存量). Legacy numbers and those of
    /// other authorities' codes count for none. Confirms nothing after a restore.
    pub(crate) async fn raise_counters(
        &self,
        tx: &Tx,
        authority: AuthorityId,
        settings: &AuthoritySettings,
        numbers: &[Number],
    ) -> Result<()> {
        let tables = self.tables();
        // In the order of the keys, so that two imports lock counters in one order.
        let mut highest = BTreeMap::<String, u32>::new();
        for parts in numbers.iter().filter_map(Number::parts) {
            if tables.holders(parts.authority, None).any(|holder| holder == authority) {
                let key = settings.counter.key(parts.year, parts.authority, parts.domain, parts.industry);
                let next = highest.entry(key).or_default();
                *next = (*next).max(u32::from(parts.serial) + 1);
            }
        }
        for (scope, next) in highest {
            let counter = Counter { authority, scope, next, epoch: FIRST_EPOCH };
            store::counter::raise(tx, &counter).await?;
        }
        Ok(())
    }

    /// A key as [`CounterScope::key`] makes it, of a code of this authority.
    fn checked_key(&self, authority: AuthorityId, key: &str) -> Result<String> {
        let [_, code, ..] = parts_of(key).ok_or_else(|| {
            AppError::refused(
                format!("“{}”不是计数器", key.chars().take(20).collect::<String>()),
                "请从计数器列表中选择，或按年份、机关代码、领域、行业指定。",
            )
        })?;
        if let Some(code) = code {
            self.own_code(authority, code)?;
        }
        Ok(key.to_owned())
    }

    fn own_code(&self, authority: AuthorityId, code: Two) -> Result<()> {
        if self.tables().holders(code, None).any(|holder| holder == authority) {
            return Ok(());
        }
        Err(AppError::refused(
            format!("代码{code}不是本机关的代码"),
            "请使用本机关的代码；新代码由国家级管理员在“系统—代码表”中设立。",
        ))
    }

    /// Why a counter could not be set: in words, if it stands higher already.
    async fn set_refused(&self, error: StoreError, wanted: &Counter) -> Result<AppError> {
        let there = store::counter::get((&self.db).into(), wanted.authority, &wanted.scope).await?;
        Ok(match (error, there) {
            (StoreError::Conflict, Some(there)) if there.next > wanted.next => AppError::refused(
                format!("计数器“{}”的下一个流水号已是{}，不能改小", label(&there.scope), there.next),
                format!("为避免重号，只能改为{}或更大；空出的流水号不再使用。", there.next),
            ),
            (error, _) => error.into(),
        })
    }
}

/// The numbers of these serials that no certificate has and no batch reserved.
async fn free_numbers(
    tx: &Tx,
    place: CounterPlace,
    serials: std::ops::Range<u32>,
) -> Result<Vec<(u32, Number)>> {
    let compose = |serial: u32| {
        let digits = u16::try_from(serial).unwrap_or(u16::MAX);
        Number::compose(place.year, place.code, place.domain, place.industry, digits)
            .map(|number| (serial, number))
            .map_err(|e| AppError::refused(e.to_string(), "请核对发证日期，或改为填写给定的证书编号。"))
    };
    let mut numbers = serials.map(compose).collect::<Result<Vec<_>>>()?;
    let texts = numbers.iter().map(|(_, number)| number.as_str().to_owned()).collect();
    let taken: HashSet<String> = store::certificate::taken(tx.into(), texts).await?.into_iter().collect();
    numbers.retain(|(_, number)| !taken.contains(number.as_str()));
    Ok(numbers)
}

/// What can be done when a counter has no number left.
pub(crate) const REMEDIES: &str = "可以：一、在“系统—证书模板”的本机关设置中让计数器按领域或行业分设；二、启用本机关的另一代码；三、按年计数的，次年重新计数；\
     四、填写给定的证书编号。";

fn used_up(key: &str, wanted: u32, found: usize) -> AppError {
    AppError::refused(
        format!("计数器“{}”的流水号用到9999为止，需要{wanted}个，只剩{found}个，本次没有取号", label(key)),
        REMEDIES,
    )
}

fn waiting(key: &str) -> AppError {
    AppError::refused(
        format!("数据恢复后，计数器“{}”的下一个流水号还没有确认", label(key)),
        "请本机关管理员查明恢复前最后一个已发的编号，在“系统—证书模板”的本机关设置中确认起始流水号，然后重试。",
    )
}

/// Year, AA, DD, II of a key; `None` inside for what the counter does not count within.
fn parts_of(key: &str) -> Option<[Option<Two>; 4]> {
    if key.len() != 8 || !key.is_ascii() {
        return None;
    }
    let part = |at: usize| match &key[at..at + 2] {
        "--" => Some(None),
        digits => digits.parse::<Two>().ok().map(Some),
    };
    Some([part(0)?, part(2)?, part(4)?, part(6)?])
}

/// A key in words.
pub(crate) fn label(key: &str) -> String {
    let Some([year, code, domain, industry]) = parts_of(key) else { return key.to_owned() };
    let words = [
        year.map(|it| format!("20{it}年")),
        code.map(|it| format!("代码{it}")),
        domain.map(|it| format!("领域{it}")),
        industry.map(|it| format!("行业{it}")),
    ];
    let words: Vec<String> = words.into_iter().flatten().collect();
    if words.is_empty() { "全部编号".into() } else { words.join("·") }
}

#[cfg(test)]
#[path = "counters_tests.rs"]
mod tests;
