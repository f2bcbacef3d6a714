//! 申报有效证书数: how many certificates an authority says are in force on the last day of a month. Rows never change; the
//! latest one of a day counts.

use crate::{Reader, Result, Row, Tx, cell, certificate};
use domain::{AuthorityId, Day, Instant};

/// One declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// Its key; later ones are greater.
    pub id: i64,
    /// Whose certificates.
    pub authority: AuthorityId,
    /// The day at whose end they are in force.
    pub day: Day,
    /// How many.
    pub certificates: u64,
    /// Who declared it, as events write it.
    pub actor: String,
    /// When.
    pub recorded_at: Instant,
}

fn read(row: &Row<'_>) -> Result<Declared> {
    Ok(Declared {
        id: row.int(0)?,
        authority: AuthorityId(row.int(1)?),
        day: certificate::day(row, 2)?,
        certificates: cell::total(row, 3)?,
        actor: cell::string(row, 4)?,
        recorded_at: cell::instant(row, 5)?,
    })
}

/// Puts one on record.
pub async fn insert(tx: &Tx, it: &Declared) -> Result<()> {
    let sql = "insert into declared (id, authority_id, day, certificates, actor, recorded_at)
        values ($1, $2, $3, $4, $5, $6)";
    let args = [
        it.id.into(),
        it.authority.0.into(),
        it.day.number().into(),
        it.certificates.cast_signed().into(),
        (&it.actor).into(),
        it.recorded_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// What an authority declared, the last days first, of a day the latest first.
pub async fn of_authority(reader: Reader<'_>, authority: AuthorityId, limit: u32) -> Result<Vec<Declared>> {
    let sql = "select id, authority_id, day, certificates, actor, recorded_at from declared
        where authority_id = $1 order by day desc, id desc limit $2";
    reader.query(sql, &[authority.0.into(), limit.into()], read).await
}

/// What holds of a day: the latest declaration of each authority that made one.
pub async fn on(reader: Reader<'_>, day: Day) -> Result<Vec<Declared>> {
    let sql = "select d.id, d.authority_id, d.day, d.certificates, d.actor, d.recorded_at from declared d
        where d.day = $1 and not exists (select 1 from declared later
            where later.authority_id = d.authority_id and later.day = d.day and later.id > d.id)
        order by d.authority_id";
    reader.query(sql, &[day.number().into()], read).await
}
