//! 工作台: a few counts of one authority, each by an index of its own.
use domain::{AuthorityId, Day, StatusWord};

use crate::{Reader, Result, Val, cell, certificate};

/// Certificates of an authority by recorded status.
pub async fn by_status(reader: Reader<'_>, authority: AuthorityId) -> Result<Vec<(StatusWord, u64)>> {
    let sql =
        "select status, count(*) from certificate where authority_id = $1 group by status order by status";
    reader
        .query(sql, &[authority.0.into()], |row| {
            let word = StatusWord::parse(row.text(0)?).ok_or_else(|| row.broken(0, "未知的证书状态"))?;
            Ok((word, row.int(1)? as u64))
        })
        .await
}

/// Certificates of an authority that wait to be printed.
pub async fn print_due(reader: Reader<'_>, authority: AuthorityId) -> Result<u64> {
    let sql = "select count(*) from certificate where authority_id = $1 and print_due = 1";
    Ok(reader.query_one(sql, &[authority.0.into()], |row| row.int(0)).await?.unwrap_or(0) as u64)
}

/// Certificates of an authority in force by recorded status whose last valid day lies between two days, both included.
pub async fn ending(reader: Reader<'_>, authority: AuthorityId, from: Day, to: Day) -> Result<u64> {
    let sql = "select count(*) from certificate
        where authority_id = $1 and valid_to >= $2 and valid_to <= $3 and status = 'valid'";
    let args = [authority.0.into(), from.number().into(), to.number().into()];
    Ok(reader.query_one(sql, &args, |row| row.int(0)).await?.unwrap_or(0) as u64)
}

/// Certificates of some authorities in force by recorded status, by the last valid day, from `from` to `to`, both included.
pub async fn ending_by_day(
    reader: Reader<'_>,
    authorities: &[AuthorityId],
    (from, to): (Day, Day),
) -> Result<Vec<(Day, u64)>> {
    // The whole country is 120,000 entries of one index, and no row is looked at.
    let sql = "select valid_to, count(*) from certificate where authority_id = any($1)
        and valid_to >= $2 and valid_to <= $3 and status = 'valid' group by valid_to order by valid_to";
    let ids = authorities.iter().map(|id| id.0).collect();
    let args = [Val::Ints(ids), from.number().into(), to.number().into()];
    reader.query(sql, &args, |row| Ok((certificate::day(row, 0)?, cell::total(row, 1)?))).await
}
