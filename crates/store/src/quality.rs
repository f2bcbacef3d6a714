//! 数据质量: what the rules found, by certificate, and how it stood day by day.
use domain::{AuthorityId, CertificateId, Day};

use crate::{Kind, Reader, Result, Row, Tx, Val, cell, certificate};

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

/// Keeps how it stood on a day, in place of what was kept of it before.
pub async fn set_day(tx: &Tx, day: Day, stood: &[QualityDay]) -> Result<()> {
    const COLUMNS: &[(&str, Kind)] = &[
        ("day", Kind::Int),
        ("authority_id", Kind::Int),
        ("rule", Kind::Text),
        ("certificates", Kind::Int),
        ("rows", Kind::Int),
    ];
    tx.exec("delete from quality_day where day = $1", &[day.number().into()]).await?;
    let mut cells: Vec<Val> = Vec::with_capacity(stood.len() * COLUMNS.len());
    for it in stood {
        let counts = [it.certificates, it.rows].map(|n| Val::from(i64::try_from(n).unwrap_or(i64::MAX)));
        cells.extend([day.number().into(), it.authority.0.into(), (&it.rule).into()]);
        cells.extend(counts);
    }
    tx.bulk("quality_day", COLUMNS, cells).await?;
    Ok(())
}

/// What a certificate breaks a rule with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QualityProblem {
    /// The certificate.
    pub certificate: CertificateId,
    /// Key of the rule.
    pub rule: String,
    /// Whose certificate.
    pub authority: AuthorityId,
    /// Rows that break it.
    pub rows: u32,
    /// The first of them.
    pub place: String,
    /// What stands there.
    pub detail: String,
    /// The day on which it was found first.
    pub since: Day,
}

macro_rules! problems {
    ($rest:literal) => {
        concat!(
            "select certificate_id, rule, authority_id, rows, place, detail, since_day from quality_problem ",
            $rest
        )
    };
}

fn problem(row: &Row<'_>) -> Result<QualityProblem> {
    Ok(QualityProblem {
        certificate: CertificateId(row.int(0)?),
        rule: cell::string(row, 1)?,
        authority: AuthorityId(row.int(2)?),
        rows: cell::count(row, 3)?,
        place: cell::string(row, 4)?,
        detail: cell::string(row, 5)?,
        since: certificate::day(row, 6)?,
    })
}

/// What is kept of these certificates, by certificate and rule.
pub async fn of_certificates(reader: Reader<'_>, ids: Vec<i64>) -> Result<Vec<QualityProblem>> {
    let sql = problems!("where certificate_id = any($1) order by certificate_id, rule");
    reader.query(sql, &[Val::Ints(ids)], problem).await
}

/// Where a page of a rule's certificates begins: behind a certificate of an authority.
pub type Behind = (AuthorityId, CertificateId);

/// Certificates of an authority that break a rule, behind one, by key.
pub async fn of_rule(
    reader: Reader<'_>,
    (rule, authority): (&str, AuthorityId),
    after: CertificateId,
    limit: u32,
) -> Result<Vec<QualityProblem>> {
    let sql = problems!(
        "where rule = $1 and authority_id = $2 and certificate_id > $3 order by certificate_id limit $4"
    );
    reader.query(sql, &[rule.into(), authority.0.into(), after.0.into(), limit.into()], problem).await
}

/// The same of the whole country, by authority and key.
pub async fn of_rule_everywhere(
    reader: Reader<'_>,
    rule: &str,
    (authority, after): Behind,
    limit: u32,
) -> Result<Vec<QualityProblem>> {
    let sql = problems!(
        "where rule = $1 and (authority_id, certificate_id) > ($2, $3) order by authority_id, certificate_id limit $4"
    );
    reader.query(sql, &[rule.into(), authority.0.into(), after.0.into(), limit.into()], problem).await
}

/// How many certificates and rows of an authority break these rules, by rule.
pub async fn counts(
    reader: Reader<'_>,
    authority: AuthorityId,
    rules: Vec<String>,
) -> Result<Vec<(String, u64, u64)>> {
    let sql = "select rule, count(*), cast(sum(rows) as bigint) from quality_problem
        where rule = any($1) and authority_id = $2 group by rule order by rule";
    let read = |row: &Row<'_>| Ok((cell::string(row, 0)?, cell::total(row, 1)?, cell::total(row, 2)?));
    reader.query(sql, &[Val::Texts(rules), authority.0.into()], read).await
}

/// The same of everybody, by authority and rule: a walk through all that was found, for the nightly run.
pub async fn all_counts(reader: Reader<'_>) -> Result<Vec<(AuthorityId, String, u64, u64)>> {
    let sql = "select authority_id, rule, count(*), cast(sum(rows) as bigint) from quality_problem
        group by authority_id, rule order by authority_id, rule";
    let read = |row: &Row<'_>| {
        Ok((AuthorityId(row.int(0)?), cell::string(row, 1)?, cell::total(row, 2)?, cell::total(row, 3)?))
    };
    reader.query(sql, &[], read).await
}

/// How many problems of these rules were found since a day, by authority: a walk through all of them, for the digest.
pub async fn found_since(
    reader: Reader<'_>,
    day: Day,
    rules: Vec<String>,
) -> Result<Vec<(AuthorityId, u64)>> {
    let sql = "select authority_id, count(*) from quality_problem
        where rule = any($1) and since_day >= $2 group by authority_id order by authority_id";
    let read = |row: &Row<'_>| Ok((AuthorityId(row.int(0)?), cell::total(row, 1)?));
    reader.query(sql, &[Val::Texts(rules), day.number().into()], read).await
}

/// Puts what was found of these certificates in place of all that is kept of them.
pub async fn put(tx: &Tx, ids: Vec<i64>, found: &[QualityProblem]) -> Result<()> {
    const COLUMNS: &[(&str, Kind)] = &[
        ("certificate_id", Kind::Int),
        ("rule", Kind::Text),
        ("authority_id", Kind::Int),
        ("rows", Kind::Int),
        ("place", Kind::Text),
        ("detail", Kind::Text),
        ("since_day", Kind::Int),
    ];
    tx.exec("delete from quality_problem where certificate_id = any($1)", &[Val::Ints(ids)]).await?;
    let mut cells: Vec<Val> = Vec::with_capacity(found.len() * COLUMNS.len());
    for it in found {
        cells.extend([
            it.certificate.0.into(),
            (&it.rule).into(),
            it.authority.0.into(),
            it.rows.into(),
            (&it.place).into(),
            (&it.detail).into(),
            it.since.number().into(),
        ]);
    }
    tx.bulk("quality_problem", COLUMNS, cells).await?;
    Ok(())
}
