//! What bulletins count of certificates: how many were in force on a day, how many were coded in a period and how long that
//! took. Each walks the certificates once; it is asked when a bulletin is drafted, and by no page.

use crate::{Reader, Result, Row, Val, cell};
use domain::{AuthorityId, CertificateId, Day, Instant};

fn after(day: Day) -> Val {
    Instant::begin_of(day).plus_seconds(86_400).micros().into()
}

/// Certificates by authority that were assigned by the end of a day, have it within their validity, and are valid now by
/// recorded status.
pub async fn valid_now(reader: Reader<'_>, on: Day) -> Result<Vec<(AuthorityId, u64)>> {
    let sql = "select authority_id, count(*) from certificate
        where status = 'valid' and valid_from <= $1 and valid_to >= $1 and assigned_at < $2
        group by authority_id order by authority_id";
    let read = |row: &Row<'_>| Ok((AuthorityId(row.int(0)?), cell::total(row, 1)?));
    reader.query(sql, &[on.number().into(), after(on)], read).await
}

/// Those of which the status of today does not tell that of a day: another status took effect after it, or they were resumed
/// after it. With whether they are valid now.
pub async fn unsettled(reader: Reader<'_>, on: Day) -> Result<Vec<(CertificateId, bool)>> {
    // Only certificates are resumed. Told so as well, an engine may rather read all events of certificates.
    let sql = "select id, 0 from certificate
        where status <> 'valid' and status_day > $1 and valid_from <= $1 and valid_to >= $1 and assigned_at < $2
        union select c.id, 1 from event e join certificate c on c.id = e.object_id
        where e.kind = 'resume' and e.effective_day > $1 and c.status = 'valid'
        and c.valid_from <= $1 and c.valid_to >= $1 and c.assigned_at < $2
        order by 1";
    let read = |row: &Row<'_>| Ok((CertificateId(row.int(0)?), row.bool(1)?));
    reader.query(sql, &[on.number().into(), after(on)], read).await
}

/// Certificates assigned in a period, of one authority, sort and delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coded {
    /// Who assigned.
    pub authority: AuthorityId,
    /// 存量.
    pub taken_over: bool,
    /// Days from the decision to the code; none without a day of decision and for what was taken over, negative where the
    /// decision is dated later.
    pub waited: Option<i64>,
    /// How many.
    pub n: u64,
}

/// What was coded from the first to the last day of a period; what was annulled since is left out.
pub async fn coded(reader: Reader<'_>, (first, last): (Day, Day)) -> Result<Vec<Coded>> {
    // 28,800 s: Shanghai is eight hours ahead, and a day there begins so much earlier.
    let sql = "select c.authority_id, case when d.kinds = 'takeover' then 1 else 0 end,
            (c.assigned_at + 28800000000) / 86400000000 - e.decision_day, count(*)
        from certificate c join edition d on d.certificate_id = c.id and d.edition = 1
        left join event e on d.kinds <> 'takeover' and e.object = 'certificate' and e.object_id = c.id and e.kind = 'assign'
        where c.assigned_at >= $1 and c.assigned_at < $2 and c.status <> 'annulled'
        group by 1, 2, 3 order by 1, 2, 3";
    let read = |row: &Row<'_>| {
        Ok(Coded {
            authority: AuthorityId(row.int(0)?),
            taken_over: row.bool(1)?,
            waited: row.opt_int(2)?,
            n: cell::total(row, 3)?,
        })
    };
    reader.query(sql, &[Instant::begin_of(first).micros().into(), after(last)], read).await
}
