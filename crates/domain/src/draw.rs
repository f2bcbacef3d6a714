//! 双随机 (双随机、一公开, 国发〔2019〕5号): which bodies are inspected by which inspectors, drawn from pools that were frozen before the
//! seed was. Pure: the same [`Pool`] and seed give the same result for ever. FORMATS.md 16 writes the rule down so that anybody
//! can follow it with `sha256sum`; the vectors there are tests here.

mod text;

pub use text::PoolError;

use crate::{BodyId, Day, Division, InspectorId, Two};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

/// Inspectors that a body must have at the least: nobody inspects alone (行政处罚法 Art. 42).
pub const LEAST_INSPECTORS: u8 = 2;
/// And at the most, so that a slip of typing does not send everybody to one place.
pub const MOST_INSPECTORS: u8 = 9;

/// By what the pool is divided, each part drawn from by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawBy {
    /// Not at all.
    Whole,
    /// 领域: the first of a body's.
    Domain,
    /// 市: the first four digits of its division.
    Place,
    /// 重点 or not.
    Risk,
}

impl DrawBy {
    /// All of them.
    pub const ALL: [DrawBy; 4] = [DrawBy::Whole, DrawBy::Domain, DrawBy::Place, DrawBy::Risk];

    /// The word in the text of a pool.
    pub fn key(self) -> &'static str {
        match self {
            DrawBy::Whole => "whole",
            DrawBy::Domain => "domain",
            DrawBy::Place => "place",
            DrawBy::Risk => "risk",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            DrawBy::Whole => "不分层",
            DrawBy::Domain => "按领域分层",
            DrawBy::Place => "按市分层",
            DrawBy::Risk => "按风险分层",
        }
    }

    /// The division of a key.
    pub fn parse(text: &str) -> Option<DrawBy> {
        DrawBy::ALL.into_iter().find(|it| it.key() == text)
    }
}

/// How many bodies are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawSize {
    /// So many in a hundred of each part, rounded up; of the part 重点 perhaps more.
    Share {
        /// Per cent, 1 to 100.
        percent: u8,
        /// Per cent of the part 重点, where the pool is divided by risk.
        high: u8,
    },
    /// So many, shared out among the parts as they are large (largest remainder).
    Count(u32),
}

/// What an officer decides before the pools are frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawPlan {
    /// Key of the authority, as text.
    pub authority: String,
    /// 任务名称.
    pub title: String,
    /// 年度抽查工作计划: number or name of the document.
    pub plan: String,
    /// The day as of which the pools stand.
    pub day: Day,
    /// By what the pool is divided.
    pub by: DrawBy,
    /// How many bodies.
    pub size: DrawSize,
    /// Inspectors for each body.
    pub each: u8,
}

/// A body of the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolBody {
    /// Its key.
    pub id: BodyId,
    /// Its own code, or that of its legal person.
    pub code: String,
    /// Its name as of then.
    pub name: String,
    /// Domains of its certificates in force, in order.
    pub domains: Vec<Two>,
    /// Where it is at home.
    pub division: Option<Division>,
    /// Whether it is 重点: problems were found in it within three years, or it is to put something right.
    pub high: bool,
}

/// A body that was left out by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excluded {
    /// Its key.
    pub id: BodyId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// An inspector of the pool: by key and unit, since the text of a pool is published and names are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolInspector {
    /// The key.
    pub id: InspectorId,
    /// 所在单位.
    pub unit: String,
    /// Domains he may inspect, in order; none: all.
    pub domains: Vec<Two>,
}

impl PoolInspector {
    fn may(&self, body: &PoolBody) -> bool {
        self.domains.is_empty() || self.domains.iter().any(|it| body.domains.contains(it))
    }
}

/// The frozen pools with the plan. Each list in the order of keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// What was decided.
    pub plan: DrawPlan,
    /// Who may be drawn.
    pub bodies: Vec<PoolBody>,
    /// Who was left out.
    pub excluded: Vec<Excluded>,
    /// Who may be sent.
    pub inspectors: Vec<PoolInspector>,
    /// 回避: who may not be sent where.
    pub recusals: Vec<(InspectorId, BodyId)>,
}

/// A body that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnBody {
    /// Which.
    pub body: BodyId,
    /// The part of the pool it was drawn from.
    pub part: String,
    /// Who is sent, in the order of the rule.
    pub inspectors: Vec<InspectorId>,
}

/// Why nothing can be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    /// The pool has no bodies.
    #[error("抽查对象名录库中没有机构：本机关没有符合所选条件的有效证书")]
    NoBodies,
    /// Fewer than two inspectors a body, or too many.
    #[error("每家机构的检查人员应为2至9人，现为{0}人")]
    Each(u8),
    /// A share beyond 100 or of nothing.
    #[error("抽查比例应为1%至100%")]
    Share,
    /// More than there are, or none.
    #[error("要抽{asked}家，名录库中有{there}家")]
    Count {
        /// What was asked for.
        asked: u32,
        /// What there is.
        there: usize,
    },
    /// Bodies for which there are too few inspectors who may be sent.
    #[error("“{first}”等{bodies}家机构可派的检查人员不足：需要{each}人，扣除回避和领域不符的，只有{able}人")]
    Lacking {
        /// The first of them.
        first: String,
        /// How many they are.
        bodies: usize,
        /// Inspectors that are needed.
        each: u8,
        /// Inspectors that the first may have.
        able: usize,
    },
}

/// SHA-256(seed ‖ 0x1f ‖ line): what a member is ordered by.
pub fn member_key(seed: &[u8; 32], line: &str) -> [u8; 32] {
    let mut sha = Sha256::new();
    sha.update(seed);
    sha.update([0x1f]);
    sha.update(line.as_bytes());
    sha.finalize().into()
}

impl Pool {
    /// SHA-256 of its text: what is recorded before the seed is drawn.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.to_string().as_bytes()).into()
    }

    /// The part of the pool that a body belongs to.
    pub fn part(&self, body: &PoolBody) -> String {
        match self.plan.by {
            DrawBy::Whole => String::new(),
            DrawBy::Domain => body.domains.first().map(ToString::to_string).unwrap_or_default(),
            DrawBy::Place => body.division.map(|it| it.as_str()[..4].to_owned()).unwrap_or_default(),
            DrawBy::Risk => if body.high { "high" } else { "ordinary" }.to_owned(),
        }
    }

    /// How many bodies are drawn from each part.
    pub fn quotas(&self) -> BTreeMap<String, usize> {
        let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
        for body in &self.bodies {
            *sizes.entry(self.part(body)).or_default() += 1;
        }
        match self.plan.size {
            DrawSize::Share { percent, high } => {
                let by_risk = self.plan.by == DrawBy::Risk;
                for (part, n) in &mut sizes {
                    let percent = if by_risk && part == "high" { high } else { percent };
                    *n = (*n * usize::from(percent)).div_ceil(100);
                }
                sizes
            }
            DrawSize::Count(count) => shared_out(&sizes, count as usize),
        }
    }

    /// Whether a draw can be made of it, whatever the seed.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self) -> Result<(), DrawError> {
        let plan = &self.plan;
        if self.bodies.is_empty() {
            return Err(DrawError::NoBodies);
        }
        if !(LEAST_INSPECTORS..=MOST_INSPECTORS).contains(&plan.each) {
            return Err(DrawError::Each(plan.each));
        }
        match plan.size {
            DrawSize::Share { percent, high }
                if !(1..=100).contains(&percent) || !(1..=100).contains(&high) =>
            {
                return Err(DrawError::Share);
            }
            DrawSize::Count(asked) if asked == 0 || asked as usize > self.bodies.len() => {
                return Err(DrawError::Count { asked, there: self.bodies.len() });
            }
            DrawSize::Share { .. } | DrawSize::Count(_) => {}
        }
        let recused = self.recused();
        let able = |body: &PoolBody| self.able(&recused, body).count();
        let mut lacking = self.bodies.iter().filter(|body| able(body) < usize::from(plan.each));
        let Some(first) = lacking.next() else { return Ok(()) };
        Err(DrawError::Lacking {
            first: first.name.clone(),
            bodies: 1 + lacking.count(),
            each: plan.each,
            able: able(first),
        })
    }

    fn recused(&self) -> HashSet<(InspectorId, BodyId)> {
        self.recusals.iter().copied().collect()
    }

    /// Who may be sent to a body.
    fn able<'a>(
        &'a self,
        recused: &'a HashSet<(InspectorId, BodyId)>,
        body: &'a PoolBody,
    ) -> impl Iterator<Item = &'a PoolInspector> {
        self.inspectors.iter().filter(move |it| it.may(body) && !recused.contains(&(it.id, body.id)))
    }

    /// Draws: the bodies in the order of their keys, each with its inspectors.
    ///
    /// # Errors
    /// As [`Pool::check`].
    pub fn draw(&self, seed: &[u8; 32]) -> Result<Vec<DrawnBody>, DrawError> {
        self.check()?;
        let mut bodies: Vec<_> =
            self.bodies.iter().map(|body| (member_key(seed, &text::body(body)), body)).collect();
        bodies.sort_by_key(|(key, body)| (*key, body.id));
        let mut left = self.quotas();
        let mut take = |body: &PoolBody| {
            let left = left.get_mut(&self.part(body)).filter(|left| **left > 0);
            left.map(|left| *left -= 1).is_some()
        };
        let drawn: Vec<&PoolBody> = bodies.iter().map(|(_, body)| *body).filter(|body| take(body)).collect();
        let keys: HashMap<InspectorId, [u8; 32]> =
            self.inspectors.iter().map(|it| (it.id, member_key(seed, &text::inspector(it)))).collect();
        let (recused, mut sent) = (self.recused(), HashMap::<InspectorId, u32>::new());
        let assign = |body: &PoolBody| {
            let mut able: Vec<InspectorId> = self.able(&recused, body).map(|it| it.id).collect();
            // Who was sent least so far; among equals the order of keys.
            able.sort_by_key(|id| (sent.get(id).copied().unwrap_or(0), keys.get(id).copied(), *id));
            able.truncate(usize::from(self.plan.each));
            for id in &able {
                *sent.entry(*id).or_default() += 1;
            }
            DrawnBody { body: body.id, part: self.part(body), inspectors: able }
        };
        Ok(drawn.into_iter().map(assign).collect())
    }
}

/// `count` shared out by the method of the largest remainder; equal remainders in the order of the parts' names.
fn shared_out(sizes: &BTreeMap<String, usize>, count: usize) -> BTreeMap<String, usize> {
    let all: usize = sizes.values().sum();
    let mut quotas: BTreeMap<String, usize> =
        sizes.iter().map(|(part, n)| (part.clone(), n * count / all.max(1))).collect();
    let mut rests: Vec<(usize, &String)> =
        sizes.iter().map(|(part, n)| (n * count % all.max(1), part)).collect();
    rests.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let given: usize = quotas.values().sum();
    for (_, part) in rests.into_iter().take(count.saturating_sub(given)) {
        if let Some(quota) = quotas.get_mut(part) {
            *quota += 1;
        }
    }
    quotas
}

impl fmt::Display for DrawSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DrawSize::Share { percent, high } => write!(f, "share {percent} {high}"),
            DrawSize::Count(n) => write!(f, "count {n}"),
        }
    }
}

#[cfg(test)]
#[path = "draw_tests.rs"]
mod tests;
