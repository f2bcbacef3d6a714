//! The whole numbers a bulletin is made of.

use super::{BulletinId, Gap, Indicator, Period, TIMELY_DAYS, Value};
use crate::quality::QualityRule;
use crate::{AuthorityId, Level};
use std::collections::BTreeMap;

/// How far an authority's docking is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Docked {
    /// Nothing was filed.
    Not,
    /// The form was filed.
    Filed,
    /// A system has a secret.
    Issued,
    /// The test was passed.
    Sandbox,
    /// The mode is that of the interface.
    Networked,
    /// It works in earnest.
    Live,
}

impl Docked {
    /// All, in order.
    pub const ALL: [Docked; 6] =
        [Docked::Not, Docked::Filed, Docked::Issued, Docked::Sandbox, Docked::Networked, Docked::Live];

    /// The word in the bytes and in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Docked::Not => "not",
            Docked::Filed => "filed",
            Docked::Issued => "issued",
            Docked::Sandbox => "sandbox",
            Docked::Networked => "networked",
            Docked::Live => "live",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            Docked::Not => "未填报",
            Docked::Filed => "已填报",
            Docked::Issued => "已发密钥",
            Docked::Sandbox => "测试环境通过",
            Docked::Networked => "已联网",
            Docked::Live => "已上线",
        }
    }

    /// The one of a key.
    pub fn parse(key: &str) -> Option<Docked> {
        Docked::ALL.into_iter().find(|it| it.key() == key)
    }
}

/// Questions of the public about somebody's certificates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AskedOf {
    /// Scans by people.
    pub scans: u64,
    /// Typed questions and lines of lists, by people.
    pub queries: u64,
    /// All of it by programs.
    pub machines: u64,
    /// Of what people asked: what did not turn out valid.
    pub failures: u64,
}

impl AskedOf {
    /// Both together.
    pub fn plus(self, other: AskedOf) -> AskedOf {
        AskedOf {
            scans: self.scans + other.scans,
            queries: self.queries + other.queries,
            machines: self.machines + other.machines,
            failures: self.failures + other.failures,
        }
    }
}

/// What the last check of the stock in a period found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QualityCounts {
    /// Certificates that were looked at.
    pub certificates: u64,
    /// Rows that were looked at.
    pub rows: u64,
    /// By rule: certificates and rows that break it.
    pub faults: BTreeMap<String, (u64, u64)>,
}

impl QualityCounts {
    /// Certificates that break these rules; one that breaks several counts as often.
    fn faulty(&self, of: impl Fn(&str) -> bool) -> u64 {
        self.faults.iter().filter(|(rule, _)| of(rule)).map(|(_, (n, _))| n).sum()
    }
}

/// What is counted of one authority in one period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// In force on the last day.
    pub in_force: u64,
    /// Assigned in the period.
    pub coded: u64,
    /// Of these, taken over.
    pub taken_over: u64,
    /// In force on the last day, as the authority declares.
    pub declared: Option<u64>,
    /// Of the newly coded that were not taken over and have a day of decision: how many by days from there to the code.
    pub waited: BTreeMap<u32, u64>,
    /// The last check in the period.
    pub quality: Option<QualityCounts>,
    /// What the public asked.
    pub asked: AskedOf,
}

impl Counts {
    /// An indicator of these counts.
    pub fn value(&self, of: Indicator) -> Value {
        match of {
            Indicator::InForce => Value::Count(self.in_force),
            Indicator::Coded => Value::Count(self.coded),
            Indicator::TakenOver => Value::Count(self.taken_over),
            Indicator::Declared => self.declared.map_or(Value::Missing(Gap::Undeclared), Value::Count),
            Indicator::Coverage => match self.declared {
                None => Value::Missing(Gap::Undeclared),
                Some(declared) => Value::ratio(self.in_force, declared, 100),
            },
            Indicator::MedianDays => self.median().map_or(Value::Missing(Gap::Nothing), Value::Count),
            Indicator::Timely => {
                let timely = self.waited.range(..=TIMELY_DAYS).map(|(_, n)| n).sum();
                Value::ratio(timely, self.waited.values().sum(), 100)
            }
            Indicator::Problems => self
                .checked(|it| Value::ratio(it.faults.values().map(|(_, rows)| rows).sum(), it.rows, 1_000)),
            Indicator::Faulty => self.checked(|it| Value::ratio(it.faulty(|_| true), it.certificates, 100)),
            Indicator::Incomplete => {
                let lacks = |rule: &str| QualityRule::parse(rule).is_some_and(QualityRule::lacks_part);
                self.checked(|it| Value::ratio(it.faulty(lacks), it.certificates, 100))
            }
            Indicator::Scans => Value::Count(self.asked.scans),
            Indicator::Queries => Value::Count(self.asked.queries),
            Indicator::Machines => Value::Count(self.asked.machines),
            Indicator::Failures => Value::Count(self.asked.failures),
        }
    }

    fn checked(&self, value: impl FnOnce(&QualityCounts) -> Value) -> Value {
        self.quality.as_ref().map_or(Value::Missing(Gap::Unchecked), value)
    }

    /// The days after which half of them had their code.
    fn median(&self) -> Option<u64> {
        let half = self.waited.values().sum::<u64>().div_ceil(2);
        let mut so_far = 0;
        let reached = |(days, n): (&u32, &u64)| {
            so_far += n;
            (so_far >= half).then_some(u64::from(*days))
        };
        self.waited.iter().find_map(reached)
    }

    /// Takes those of another authority in. Coverage of several is that of those who declared, and so is not reckoned from
    /// this sum; see [`Aggregates::nation`].
    fn take(&mut self, other: &Counts) {
        self.in_force += other.in_force;
        self.coded += other.coded;
        self.taken_over += other.taken_over;
        self.declared = match (self.declared, other.declared) {
            (None, it) | (it, None) => it,
            (Some(a), Some(b)) => Some(a + b),
        };
        other.waited.iter().for_each(|(days, n)| *self.waited.entry(*days).or_default() += n);
        if let Some(its) = &other.quality {
            let own = self.quality.get_or_insert_default();
            own.certificates += its.certificates;
            own.rows += its.rows;
            for (rule, (certificates, rows)) in &its.faults {
                let fault = own.faults.entry(rule.clone()).or_default();
                *fault = (fault.0 + certificates, fault.1 + rows);
            }
        }
        self.asked = self.asked.plus(other.asked);
    }
}

/// One authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which.
    pub authority: AuthorityId,
    /// Only provincial ones are ranked.
    pub level: Level,
    /// Its short name.
    pub short_name: String,
    /// Its name.
    pub name: String,
    /// Its docking when the figures were taken.
    pub docked: Docked,
    /// In the period.
    pub now: Counts,
    /// In the one before.
    pub before: Counts,
}

/// All a bulletin is reckoned from, as it stood at one position of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregates {
    /// About what time.
    pub period: Period,
    /// 1 for the first; a correction has the next one.
    pub edition: u32,
    /// The bulletin it corrects.
    pub corrects: Option<BulletinId>,
    /// Epoch and position of the register.
    pub cut: (i64, i64),
    /// The authorities, in their order.
    pub rows: Vec<Row>,
    /// Asked for what no authority has: in the period, and in the one before.
    pub nobody: (AskedOf, AskedOf),
}

impl Aggregates {
    /// All authorities together, and what nobody has: in the period, or in the one before.
    pub(super) fn nation(&self, side: fn(&Row) -> &Counts) -> Counts {
        let mut sum = Counts::default();
        self.rows.iter().for_each(|row| sum.take(side(row)));
        sum
    }

    /// The coverage of those who declared: what others have in force says nothing of it.
    pub(super) fn covered(&self, side: fn(&Row) -> &Counts) -> Value {
        let told = || self.rows.iter().map(side).filter(|it| it.declared.is_some());
        match told().next() {
            None => Value::Missing(Gap::Undeclared),
            Some(_) => {
                let declared = told().filter_map(|it| it.declared).sum();
                Value::ratio(told().map(|it| it.in_force).sum(), declared, 100)
            }
        }
    }
}
