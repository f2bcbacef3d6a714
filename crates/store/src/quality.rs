//! 数据质量: what the rules found, by certificate, and how it stood day by day.
use domain::{AuthorityId, Day};

use crate::{Reader, Result, cell, certificate};

/// How an authority's stock stood at the end of a day's run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QualityDay {
    /// The day of the run.
    pub day: Day,
    /// Whose certificates.
    pub authority: AuthorityId,
    /// Key of the rule; empty: what was looked at.
    pub rule: String,
    /// Certificates that break it; looked at, where there is no rule.
    pub certificates: u64,
    /// Rows that break it; looked at, where there is no rule.
    pub rows: u64,
}

/// How the stocks of all authorities, or of one, stood from `from` to `to`, both included.
pub async fn days(
    reader: Reader<'_>,
    authority: Option<AuthorityId>,
    (from, to): (Day, Day),
) -> Result<Vec<QualityDay>> {
    let read = |row: &crate::Row<'_>| {
        Ok(QualityDay {
            day: certificate::day(row, 0)?,
            authority: AuthorityId(row.int(1)?),
            rule: row.text(2)?.to_owned(),
            certificates: cell::total(row, 3)?,
            rows: cell::total(row, 4)?,
        })
    };
    let (from, to) = (from.number().into(), to.number().into());
    match authority {
        None => {
            let sql = "select day, authority_id, rule, certificates, rows from quality_day
                where day >= $1 and day <= $2 order by day, authority_id, rule";
            reader.query(sql, &[from, to], read).await
        }
        Some(id) => {
            let sql = "select day, authority_id, rule, certificates, rows from quality_day
                where day >= $1 and day <= $2 and authority_id = $3 order by day, rule";
            reader.query(sql, &[from, to, id.0.into()], read).await
        }
    }
}
