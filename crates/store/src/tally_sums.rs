//! 统计, read for pages: the sums of [`crate::tally`] over days. Every statement walks the primary key: measure, dimension, whose,
//! day, value. What is wanted in another order than that of the key is added up here and not by a `group by`, for which SQLite sorts
//! all it walks: two years by province are 47,000 rows, 9 ms to walk and 35 to group.
use std::collections::BTreeMap;

use domain::tally::{Agent, Dimension, Measure};
use domain::{AuthorityId, Day};

use crate::tally::Of;
use crate::{Reader, Result, Row, Val, cell, certificate};

/// Hours of a day that are told apart.
pub const DAY_HOURS: usize = 24;

fn agent(row: &Row<'_>, column: usize) -> Result<Agent> {
    Agent::parse(row.text(column)?).ok_or_else(|| row.broken(column, "未知的访问者类型"))
}

fn span(measure: Measure, dimension: Dimension, of: Of, (from, to): (Day, Day)) -> [Val; 5] {
    [measure.key().into(), dimension.key().into(), of.key().into(), from.number().into(), to.number().into()]
}

/// How often on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnDay {
    /// The day.
    pub day: Day,
    /// Who asked.
    pub agent: Agent,
    /// How often.
    pub n: u64,
}

fn on_day(row: &Row<'_>) -> Result<OnDay> {
    Ok(OnDay { day: certificate::day(row, 0)?, agent: agent(row, 1)?, n: cell::total(row, 2)? })
}

/// The sums of each day from `from` to `to`, both included, in order; days without any are left out.
pub async fn by_day(reader: Reader<'_>, measure: Measure, of: Of, days: (Day, Day)) -> Result<Vec<OnDay>> {
    let sql = "select day, agent, n from tally where measure = $1 and dimension = $2 and authority_id = $3 and day >= $4 and day <= $5
        order by day, agent";
    reader.query(sql, &span(measure, Dimension::Total, of, days), on_day).await
}

/// The same of answers other than 有效.
pub async fn not_valid_by_day(
    reader: Reader<'_>,
    measure: Measure,
    of: Of,
    days: (Day, Day),
) -> Result<Vec<OnDay>> {
    let sql = "select day, agent, n from tally where measure = $1 and dimension = $2 and authority_id = $3 and day >= $4 and day <= $5
        and value <> 'valid' order by day";
    let mut sums: BTreeMap<(Day, Agent), u64> = BTreeMap::new();
    let add = |row: &Row<'_>| {
        let OnDay { day, agent, n } = on_day(row)?;
        *sums.entry((day, agent)).or_default() += n;
        Ok(())
    };
    reader.query(sql, &span(measure, Dimension::Answer, of, days), add).await?;
    Ok(sums.into_iter().map(|((day, agent), n)| OnDay { day, agent, n }).collect())
}

/// How often of one value of a dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfValue {
    /// The value.
    pub value: String,
    /// Who asked.
    pub agent: Agent,
    /// How often.
    pub n: u64,
}

/// The sums of each value of a dimension from `from` to `to`, both included, by value and agent.
pub async fn by_value(
    reader: Reader<'_>,
    measure: Measure,
    dimension: Dimension,
    of: Of,
    days: (Day, Day),
) -> Result<Vec<OfValue>> {
    let sql = "select value, agent, n from tally where measure = $1 and dimension = $2 and authority_id = $3 and day >= $4 and day <= $5";
    let mut sums: BTreeMap<String, BTreeMap<Agent, u64>> = BTreeMap::new();
    let add = |row: &Row<'_>| {
        let (value, agent, n) = (row.text(0)?, agent(row, 1)?, cell::total(row, 2)?);
        match sums.get_mut(value) {
            Some(of) => *of.entry(agent).or_default() += n,
            None => drop(sums.insert(value.to_owned(), BTreeMap::from([(agent, n)]))),
        }
        Ok(())
    };
    reader.query(sql, &span(measure, dimension, of, days), add).await?;
    let all = sums.into_iter().flat_map(|(value, of)| of.into_iter().map(move |it| (value.clone(), it)));
    Ok(all.map(|(value, (agent, n))| OfValue { value, agent, n }).collect())
}

/// The sums of the hours of one day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnWeekday {
    /// From 0, Monday, to 6, Sunday.
    pub weekday: u8,
    /// Who asked.
    pub agent: Agent,
    /// By hour of the day.
    pub hours: [u64; DAY_HOURS],
    /// Of which only the day is known.
    pub rest: u64,
}

/// The sums of the hours of each day of the week from `from` to `to`, both included.
pub async fn by_weekday(
    reader: Reader<'_>,
    measure: Measure,
    of: Of,
    days: (Day, Day),
) -> Result<Vec<OnWeekday>> {
    // Day 0 was a Thursday. Days before it are none of a registry that counts.
    let sql = "select (day + 3) % 7, agent, cast(sum(h0) as bigint), cast(sum(h1) as bigint), cast(sum(h2) as bigint),
        cast(sum(h3) as bigint), cast(sum(h4) as bigint), cast(sum(h5) as bigint), cast(sum(h6) as bigint),
        cast(sum(h7) as bigint), cast(sum(h8) as bigint), cast(sum(h9) as bigint), cast(sum(h10) as bigint),
        cast(sum(h11) as bigint), cast(sum(h12) as bigint), cast(sum(h13) as bigint), cast(sum(h14) as bigint),
        cast(sum(h15) as bigint), cast(sum(h16) as bigint), cast(sum(h17) as bigint), cast(sum(h18) as bigint),
        cast(sum(h19) as bigint), cast(sum(h20) as bigint), cast(sum(h21) as bigint), cast(sum(h22) as bigint),
        cast(sum(h23) as bigint), cast(sum(rest) as bigint)
        from tally where measure = $1 and dimension = $2 and authority_id = $3 and day >= $4 and day <= $5
        group by (day + 3) % 7, agent order by 1, 2";
    let read = |row: &Row<'_>| {
        let weekday = u8::try_from(row.int(0)?).map_err(|_| row.broken(0, "星期超出范围"))?;
        let mut hours = [0; DAY_HOURS];
        for (at, hour) in hours.iter_mut().enumerate() {
            *hour = cell::total(row, 2 + at)?;
        }
        Ok(OnWeekday { weekday, agent: agent(row, 1)?, hours, rest: cell::total(row, 2 + DAY_HOURS)? })
    };
    reader.query(sql, &span(measure, Dimension::Total, of, days), read).await
}

/// How often of one authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfAuthority {
    /// Whose certificates.
    pub authority: AuthorityId,
    /// Who asked.
    pub agent: Agent,
    /// How often.
    pub n: u64,
}

/// The sums of each of some authorities from `from` to `to`, both included. They are named, so that each is walked from its first day
/// on instead of all their days.
pub async fn of_each(
    reader: Reader<'_>,
    measure: Measure,
    authorities: &[AuthorityId],
    (from, to): (Day, Day),
) -> Result<Vec<OfAuthority>> {
    let sql = "select authority_id, agent, cast(sum(n) as bigint) from tally where measure = $1 and dimension = $2 and authority_id = any($3) and day >= $4 and day <= $5
        group by authority_id, agent order by authority_id, agent";
    let ids = authorities.iter().map(|id| id.0).collect();
    let args = [
        measure.key().into(),
        Dimension::Total.key().into(),
        Val::Ints(ids),
        from.number().into(),
        to.number().into(),
    ];
    let read = |row: &Row<'_>| {
        Ok(OfAuthority {
            authority: AuthorityId(row.int(0)?),
            agent: agent(row, 1)?,
            n: cell::total(row, 2)?,
        })
    };
    reader.query(sql, &args, read).await
}

/// The hours of some days, of every measure: a row for each measure, day and agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoursOn {
    /// What was counted.
    pub measure: Measure,
    /// The day.
    pub day: Day,
    /// Who asked.
    pub agent: Agent,
    /// By hour of the day.
    pub hours: [u64; DAY_HOURS],
    /// Of which only the day is known.
    pub rest: u64,
}

/// The hours of some days, of every measure.
pub async fn hours_on(reader: Reader<'_>, of: Of, days: &[Day]) -> Result<Vec<HoursOn>> {
    let sql = "select measure, day, agent, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12, h13, h14, h15, h16, h17, h18,
        h19, h20, h21, h22, h23, rest from tally
        where measure = any($1) and dimension = $2 and authority_id = $3 and day = any($4) order by measure, day, agent";
    let measures = Measure::ALL.iter().map(|it| it.key().to_owned()).collect();
    let args = [
        Val::Texts(measures),
        Dimension::Total.key().into(),
        of.key().into(),
        Val::Ints(days.iter().map(|day| i64::from(day.number())).collect()),
    ];
    let read = |row: &Row<'_>| {
        let measure = Measure::parse(row.text(0)?).ok_or_else(|| row.broken(0, "未知的统计项目"))?;
        let mut hours = [0; DAY_HOURS];
        for (at, hour) in hours.iter_mut().enumerate() {
            *hour = cell::total(row, 3 + at)?;
        }
        Ok(HoursOn {
            measure,
            day: certificate::day(row, 1)?,
            agent: agent(row, 2)?,
            hours,
            rest: cell::total(row, 3 + DAY_HOURS)?,
        })
    };
    reader.query(sql, &args, read).await
}
