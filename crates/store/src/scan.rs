//! 扫码次数: gathered in memory by each node and added in batches. Nobody who scanned is recorded.
use domain::{AuthorityId, Day, VerdictWord};

use crate::{Reader, Result, Row, Tx, Val, cell, certificate};

/// How somebody asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    /// The short code, from a report.
    Short,
    /// The signed code, from the certificate.
    Signed,
    /// A code typed in.
    Code,
    /// A number typed in.
    Number,
    /// By a program, as JSON.
    Json,
}

impl Way {
    /// All ways.
    pub const ALL: [Way; 5] = [Way::Short, Way::Signed, Way::Code, Way::Number, Way::Json];

    /// The word in the database and in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Way::Short => "short",
            Way::Signed => "signed",
            Way::Code => "code",
            Way::Number => "number",
            Way::Json => "json",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            Way::Short => "报告二维码",
            Way::Signed => "证书二维码",
            Way::Code => "输入码",
            Way::Number => "输入证书编号",
            Way::Json => "程序查询",
        }
    }
}

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The day it was asked on.
    pub day: Day,
    /// The authority of the certificate; none where no certificate was found.
    pub authority: Option<AuthorityId>,
    /// How.
    pub way: Way,
    /// What was answered.
    pub word: VerdictWord,
}

/// Adds counts, all or none. Equal keys add up.
pub async fn add(tx: &Tx, counts: Vec<(Key, u32)>) -> Result<()> {
    let sql = "insert into scan_count (day, authority_id, way, word, n) values ($1, $2, $3, $4, $5)
        on conflict (day, authority_id, way, word) do update set n = scan_count.n + excluded.n";
    let mut counts = counts;
    // Two nodes that flush at once must lock the rows in the same order.
    counts.sort_by_key(|(it, _)| (it.day, it.authority, it.way, it.word));
    let rows = counts.into_iter().map(|(it, n)| {
        vec![
            it.day.number().into(),
            it.authority.map_or(0, |a| a.0).into(),
            it.way.key().into(),
            it.word.key().into(),
            n.into(),
        ]
    });
    tx.exec_many(sql, rows.collect()).await.map(drop)
}

/// One row of a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaySum {
    /// The day.
    pub day: Day,
    /// What was answered.
    pub word: VerdictWord,
    /// How often.
    pub n: u64,
}

fn word(row: &Row<'_>, column: usize) -> Result<VerdictWord> {
    let key = row.text(column)?;
    VerdictWord::ALL
        .into_iter()
        .find(|it| it.key() == key)
        .ok_or_else(|| row.broken(column, "未知的查真结果"))
}

/// How often each answer was given on each day from `from` to `to`, both included; of all authorities, or of one.
pub async fn by_day(
    reader: Reader<'_>,
    authority: Option<AuthorityId>,
    from: Day,
    to: Day,
) -> Result<Vec<DaySum>> {
    let read = |row: &Row<'_>| {
        Ok(DaySum { day: certificate::day(row, 0)?, word: word(row, 1)?, n: cell::total(row, 2)? })
    };
    let args: [Val; 3] = [from.number().into(), to.number().into(), authority.map(|it| it.0).into()];
    match authority {
        None => {
            let sql = "select day, word, cast(sum(n) as bigint) from scan_count where day >= $1 and day <= $2
                group by day, word order by day, word";
            reader.query(sql, &args[..2], read).await
        }
        Some(_) => {
            let sql = "select day, word, cast(sum(n) as bigint) from scan_count where day >= $1 and day <= $2
                and authority_id = $3 group by day, word order by day, word";
            reader.query(sql, &args, read).await
        }
    }
}

/// How often certificates of each authority were asked for from `from` to `to`, both included; `None`: none found.
pub async fn by_authority(reader: Reader<'_>, from: Day, to: Day) -> Result<Vec<(Option<AuthorityId>, u64)>> {
    let sql = "select authority_id, cast(sum(n) as bigint) from scan_count where day >= $1 and day <= $2
        group by authority_id order by authority_id";
    reader
        .query(sql, &[from.number().into(), to.number().into()], |row| {
            let authority = Some(row.int(0)?).filter(|it| *it != 0).map(AuthorityId);
            Ok((authority, cell::total(row, 1)?))
        })
        .await
}
