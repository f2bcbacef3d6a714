//! 统计: sums of what was asked and done, by hour. What nodes counted in a second waits packed until it is added, in the
//! transaction that takes it away.
use domain::tally::{Agent, Dimension, Measure};
use domain::{AuthorityId, Day};

use crate::{Reader, Result, Row, Tx, cell, certificate};

/// Whose certificates a sum is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Of {
    /// All together, and what no certificate was found for.
    Nation,
    /// No certificate was found, or none was asked for.
    Nobody,
    /// An authority's.
    Authority(AuthorityId),
}

impl Of {
    /// The key in the tables.
    pub fn key(self) -> i64 {
        match self {
            Of::Nation => -1,
            Of::Nobody => 0,
            Of::Authority(id) => id.0,
        }
    }

    /// The one of a key.
    pub fn of_key(key: i64) -> Of {
        match key {
            -1 => Of::Nation,
            0 => Of::Nobody,
            id => Of::Authority(AuthorityId(id)),
        }
    }
}

/// Hours of a day, and after them what only the day is known of.
pub const HOURS: usize = 25;

/// A row of sums: one day of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Whose certificates.
    pub of: Of,
    /// The day.
    pub day: Day,
    /// The value of the dimension; empty for the sum.
    pub value: String,
    /// Who asked.
    pub agent: Agent,
    /// By hour of the day, 0 to 23; last, what only the day is known of.
    pub hours: [u64; HOURS],
}

impl Tally {
    /// Of the whole day.
    pub fn sum(&self) -> u64 {
        self.hours.iter().sum()
    }
}

const COLUMNS: usize = 4;

fn tally(row: &Row<'_>) -> Result<Tally> {
    let agent = row.text(3)?;
    let mut hours = [0; HOURS];
    for (at, hour) in hours.iter_mut().enumerate() {
        *hour = cell::total(row, COLUMNS + at)?;
    }
    Ok(Tally {
        of: Of::of_key(row.int(0)?),
        day: certificate::day(row, 1)?,
        value: row.text(2)?.to_owned(),
        agent: Agent::parse(agent).ok_or_else(|| row.broken(3, "未知的访问者类型"))?,
        hours,
    })
}

/// The sums of one of whom from `from` to `to`, both included, by day.
pub async fn of_one(
    reader: Reader<'_>,
    measure: Measure,
    dimension: Dimension,
    of: Of,
    (from, to): (Day, Day),
) -> Result<Vec<Tally>> {
    let sql = "select authority_id, day, value, agent, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12, h13, h14, h15,
        h16, h17, h18, h19, h20, h21, h22, h23, rest from tally
        where measure = $1 and dimension = $2 and authority_id = $3 and day >= $4 and day <= $5
        order by day, value, agent";
    let args = [
        measure.key().into(),
        dimension.key().into(),
        of.key().into(),
        from.number().into(),
        to.number().into(),
    ];
    reader.query(sql, &args, tally).await
}

/// The sum of a period for one of whom, one value and one agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// Whose certificates.
    pub of: Of,
    /// The value of the dimension; empty for the sum.
    pub value: String,
    /// Who asked.
    pub agent: Agent,
    /// How often.
    pub n: u64,
}

/// The sums of every authority, and of nobody, from `from` to `to`, both included; not that of the nation.
pub async fn by_authority(
    reader: Reader<'_>,
    measure: Measure,
    dimension: Dimension,
    (from, to): (Day, Day),
) -> Result<Vec<Sum>> {
    let sql = "select authority_id, value, agent, cast(sum(n) as bigint) from tally
        where measure = $1 and dimension = $2 and authority_id >= 0 and day >= $3 and day <= $4
        group by authority_id, value, agent order by authority_id, value, agent";
    let args = [measure.key().into(), dimension.key().into(), from.number().into(), to.number().into()];
    reader
        .query(sql, &args, |row| {
            let agent = row.text(2)?;
            Ok(Sum {
                of: Of::of_key(row.int(0)?),
                value: row.text(1)?.to_owned(),
                agent: Agent::parse(agent).ok_or_else(|| row.broken(2, "未知的访问者类型"))?,
                n: cell::total(row, 3)?,
            })
        })
        .await
}

/// What is added to the sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// What was counted.
    pub measure: Measure,
    /// By what it is told apart.
    pub dimension: Dimension,
    /// The row; its hours are added to those that are there.
    pub tally: Tally,
}

/// Adds to the sums, all or none. Each key comes once.
pub async fn add(tx: &Tx, mut added: Vec<Added>) -> Result<()> {
    let sql = "insert into tally (measure, dimension, authority_id, day, value, agent, n, h0, h1, h2, h3, h4, h5, h6, h7, h8,
        h9, h10, h11, h12, h13, h14, h15, h16, h17, h18, h19, h20, h21, h22, h23, rest)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
        $24, $25, $26, $27, $28, $29, $30, $31, $32)
        on conflict (measure, dimension, authority_id, day, value, agent) do update set
        n = tally.n + excluded.n, h0 = tally.h0 + excluded.h0, h1 = tally.h1 + excluded.h1, h2 = tally.h2 + excluded.h2, h3 = tally.h3 + excluded.h3,
        h4 = tally.h4 + excluded.h4, h5 = tally.h5 + excluded.h5, h6 = tally.h6 + excluded.h6, h7 = tally.h7 + excluded.h7,
        h8 = tally.h8 + excluded.h8, h9 = tally.h9 + excluded.h9, h10 = tally.h10 + excluded.h10,
        h11 = tally.h11 + excluded.h11, h12 = tally.h12 + excluded.h12, h13 = tally.h13 + excluded.h13,
        h14 = tally.h14 + excluded.h14, h15 = tally.h15 + excluded.h15, h16 = tally.h16 + excluded.h16,
        h17 = tally.h17 + excluded.h17, h18 = tally.h18 + excluded.h18, h19 = tally.h19 + excluded.h19,
        h20 = tally.h20 + excluded.h20, h21 = tally.h21 + excluded.h21, h22 = tally.h22 + excluded.h22,
        h23 = tally.h23 + excluded.h23, rest = tally.rest + excluded.rest";
    // Two nodes that add at once must lock the rows in the same order.
    let key = |it: &Added| {
        let row = &it.tally;
        (it.measure.key(), it.dimension.key(), row.of.key(), row.day, row.value.clone(), row.agent.key())
    };
    added.sort_by_cached_key(key);
    let rows = added.into_iter().map(|it| {
        let row = it.tally;
        let sum = row.sum();
        let hours = row.hours.into_iter().map(|n| n.cast_signed().into());
        [
            it.measure.key().into(),
            it.dimension.key().into(),
            row.of.key().into(),
            row.day.number().into(),
            row.value.into(),
            row.agent.key().into(),
            sum.cast_signed().into(),
        ]
        .into_iter()
        .chain(hours)
        .collect()
    });
    tx.exec_many(sql, rows.collect()).await.map(drop)
}
