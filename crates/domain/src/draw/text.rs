//! The text of a pool (FORMATS.md 16): what is hashed when the pools are frozen, published with the result, and read again by
//! whoever recomputes it. There is one text for a pool: what is not written just so is refused.

use super::{DrawBy, DrawPlan, DrawSize, Excluded, Pool, PoolBody, PoolInspector};
use crate::{BodyId, Day, Division, InspectorId, Two};
use std::fmt;

/// Its first line.
const HEAD: &str = "fuma-draw 1";

/// A text that is no pool; holds the number of the line, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("名录库文本第{0}行的格式不符")]
pub struct PoolError(pub usize);

/// A value in a line: tabs and line breaks part values and lines.
fn value(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn listed(domains: &[Two]) -> String {
    domains.iter().map(Two::as_str).collect::<Vec<_>>().join(",")
}

/// The line of a body, by which it is ordered.
pub(super) fn body(it: &PoolBody) -> String {
    let division = it.division.as_ref().map_or("", Division::as_str);
    let risk = if it.high { "high" } else { "" };
    let (code, name) = (value(&it.code), value(&it.name));
    format!("body\t{}\t{code}\t{name}\t{}\t{division}\t{risk}", it.id, listed(&it.domains))
}

/// The line of an inspector, by which he is ordered.
pub(super) fn inspector(it: &PoolInspector) -> String {
    format!("inspector\t{}\t{}\t{}", it.id, value(&it.unit), listed(&it.domains))
}

impl fmt::Display for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = &self.plan;
        writeln!(f, "{HEAD}\nauthority\t{}\ntitle\t{}", value(&plan.authority), value(&plan.title))?;
        writeln!(f, "plan\t{}\nday\t{}\nby\t{}", value(&plan.plan), plan.day, plan.by.key())?;
        writeln!(f, "size\t{}\neach\t{}", plan.size, plan.each)?;
        for it in &self.bodies {
            writeln!(f, "{}", body(it))?;
        }
        for it in &self.excluded {
            let (code, name, reason) = (value(&it.code), value(&it.name), value(&it.reason));
            writeln!(f, "excluded\t{}\t{code}\t{name}\t{reason}", it.id)?;
        }
        for it in &self.inspectors {
            writeln!(f, "{}", inspector(it))?;
        }
        for (inspector, body) in &self.recusals {
            writeln!(f, "recusal\t{inspector}\t{body}")?;
        }
        Ok(())
    }
}

impl Pool {
    /// Reads a text.
    ///
    /// # Errors
    /// The first line that is not as it must be.
    pub fn parse(text: &str) -> Result<Pool, PoolError> {
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
        if lines.first().is_none_or(|line| line != &[HEAD]) {
            return Err(PoolError(1));
        }
        let named = |n: usize, name: &str| match lines.get(n).map(Vec::as_slice) {
            Some([key, value]) if *key == name => Ok(*value),
            _ => Err(PoolError(n + 1)),
        };
        let plan = DrawPlan {
            authority: named(1, "authority")?.to_owned(),
            title: named(2, "title")?.to_owned(),
            plan: named(3, "plan")?.to_owned(),
            day: Day::parse(named(4, "day")?).map_err(|_| PoolError(5))?,
            by: DrawBy::parse(named(5, "by")?).ok_or(PoolError(6))?,
            size: size(named(6, "size")?).ok_or(PoolError(7))?,
            each: named(7, "each")?.parse().map_err(|_| PoolError(8))?,
        };
        let mut pool = Pool {
            plan,
            bodies: Vec::new(),
            excluded: Vec::new(),
            inspectors: Vec::new(),
            recusals: Vec::new(),
        };
        for (n, line) in lines.iter().enumerate().skip(8) {
            pool.add(line).ok_or(PoolError(n + 1))?;
        }
        // One pool has one text; the first line that differs is the wrong one.
        let again = pool.to_string();
        if again != text {
            let same = again.lines().zip(text.lines()).take_while(|(a, b)| a == b).count();
            return Err(PoolError(same + 1));
        }
        Ok(pool)
    }

    fn add(&mut self, line: &[&str]) -> Option<()> {
        let id = line.get(1)?.parse::<i64>().ok()?;
        match *line {
            ["body", _, code, name, listed, division, risk] => {
                self.bodies.last().is_none_or(|it| it.id.0 < id).then_some(())?;
                let division = if division.is_empty() { None } else { Some(Division::parse(division)?) };
                self.bodies.push(PoolBody {
                    id: BodyId(id),
                    code: code.to_owned(),
                    name: name.to_owned(),
                    domains: domains(listed)?,
                    division,
                    high: risk == "high",
                });
            }
            ["excluded", _, code, name, reason] => {
                self.excluded.last().is_none_or(|it| it.id.0 < id).then_some(())?;
                let [code, name, reason] = [code, name, reason].map(str::to_owned);
                self.excluded.push(Excluded { id: BodyId(id), code, name, reason });
            }
            ["inspector", _, unit, listed] => {
                self.inspectors.last().is_none_or(|it| it.id.0 < id).then_some(())?;
                let (unit, domains) = (unit.to_owned(), domains(listed)?);
                self.inspectors.push(PoolInspector { id: InspectorId(id), unit, domains });
            }
            ["recusal", _, body] => {
                let pair = (InspectorId(id), BodyId(body.parse().ok()?));
                self.recusals.last().is_none_or(|it| *it < pair).then_some(())?;
                self.recusals.push(pair);
            }
            _ => return None,
        }
        Some(())
    }
}

fn domains(listed: &str) -> Option<Vec<Two>> {
    listed.split(',').filter(|it| !it.is_empty()).map(|it| it.parse().ok()).collect()
}

fn size(text: &str) -> Option<DrawSize> {
    let words: Vec<&str> = text.split(' ').collect();
    match *words.as_slice() {
        ["share", percent, high] => {
            Some(DrawSize::Share { percent: percent.parse().ok()?, high: high.parse().ok()? })
        }
        ["count", n] => Some(DrawSize::Count(n.parse().ok()?)),
        _ => None,
    }
}
