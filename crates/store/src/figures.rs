//! 工作台: a few counts of one authority, each by an index of its own.
use domain::{AuthorityId, Day, StatusWord};

use crate::{Reader, Result, Row, cell, certificate};

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

/// Certificates in force by recorded status, by the last valid day, from `from` to `to`, both included: of an authority or of all.
pub async fn ending_by_day(
    reader: Reader<'_>,
    authority: Option<AuthorityId>,
    (from, to): (Day, Day),
) -> Result<Vec<(Day, u64)>> {
    let read = |row: &Row<'_>| Ok((certificate::day(row, 0)?, cell::total(row, 1)?));
    let (from, to) = (from.number().into(), to.number().into());
    match authority {
        None => {
            let sql = "select valid_to, count(*) from certificate where valid_to >= $1 and valid_to <= $2
                and status = 'valid' group by valid_to order by valid_to";
            reader.query(sql, &[from, to], read).await
        }
        Some(id) => {
            let sql = "select valid_to, count(*) from certificate where authority_id = $3
                and valid_to >= $1 and valid_to <= $2 and status = 'valid' group by valid_to order by valid_to";
            reader.query(sql, &[from, to, id.0.into()], read).await
        }
    }
}
