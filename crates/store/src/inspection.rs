//! 监督检查 and what is put right after it. A correction is another version; what was published stays as it was published.

use crate::certificate::day;
use crate::{Reader, Result, Row, Tx, Val, cell};
use domain::{
    AuthorityId, BodyId, CertificateId, Day, DrawId, InspectionId, InspectionKind, InspectionResult, Instant,
    RectificationId, RectificationStep,
};

/// An inspection, as one version says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Its key.
    pub id: InspectionId,
    /// From 1; the highest holds.
    pub version: u32,
    /// Who inspected.
    pub authority: AuthorityId,
    /// Whom.
    pub body: BodyId,
    /// The draw it came of, if any.
    pub draw: Option<DrawId>,
    /// Why.
    pub kind: InspectionKind,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// Names of the inspectors: for officers only.
    pub inspectors: String,
    /// The certificates that it was about.
    pub certificates: Vec<CertificateId>,
    /// What came of it.
    pub result: InspectionResult,
    /// What was done, in words; may be empty.
    pub summary: String,
    /// 文号 of what was decided; may be empty.
    pub document: String,
    /// Who recorded it, as events write it.
    pub actor: String,
    /// When.
    pub recorded_at: Instant,
    /// The version that the public reads, and since when.
    pub published: Option<(u32, Instant)>,
}

/// Something that a body is to put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rectification {
    /// Its key.
    pub id: RectificationId,
    /// The inspection that found it.
    pub inspection: InspectionId,
    /// Who ordered it.
    pub authority: AuthorityId,
    /// Who puts it right.
    pub body: BodyId,
    /// What.
    pub what: String,
    /// The last day for the report.
    pub due: Day,
    /// 文号.
    pub document: String,
    /// Who recorded it, as events write it.
    pub actor: String,
    /// When.
    pub recorded_at: Instant,
    /// When it was closed.
    pub closed_at: Option<Instant>,
}

/// One step of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Of which rectification.
    pub rectification: RectificationId,
    /// From 1.
    pub ord: u32,
    /// What.
    pub step: RectificationStep,
    /// On which day.
    pub day: Day,
    /// By which document; may be empty.
    pub document: String,
    /// What else; may be empty.
    pub note: String,
    /// Who recorded it, as events write it.
    pub actor: String,
    /// When.
    pub recorded_at: Instant,
}

macro_rules! columns {
    ($($rest:literal)+) => {
        concat!(
            "select i.id, i.version, i.authority_id, i.body_id, i.draw_id, i.kind, i.from_day, i.to_day, i.inspectors,
            i.certificates, i.result, i.summary, i.document, i.actor, i.recorded_at, p.version, p.published_at
            from inspection i left join inspection_publication p on p.inspection_id = i.id
            and p.version = (select max(l.version) from inspection_publication l where l.inspection_id = i.id) ",
            $($rest),+
        )
    };
}

/// Those versions that hold.
macro_rules! current {
    ($rest:literal) => {
        columns!(
            "where not exists (select 1 from inspection n where n.id = i.id and n.version > i.version) and "
            $rest
        )
    };
}

fn read(row: &Row<'_>) -> Result<Inspection> {
    let keys = row.text(9)?.split(',').filter(|it| !it.is_empty());
    let certificates: Option<Vec<_>> = keys.map(|it| it.parse().ok().map(CertificateId)).collect();
    let published = match (row.opt_int(15)?, row.opt_int(16)?) {
        (Some(_), Some(at)) => Some((cell::count(row, 15)?, Instant::from_micros(at))),
        _ => None,
    };
    Ok(Inspection {
        id: InspectionId(row.int(0)?),
        version: cell::count(row, 1)?,
        authority: AuthorityId(row.int(2)?),
        body: BodyId(row.int(3)?),
        draw: row.opt_int(4)?.map(DrawId),
        kind: InspectionKind::parse(row.text(5)?).ok_or_else(|| row.broken(5, "未知的检查类型"))?,
        from: day(row, 6)?,
        to: day(row, 7)?,
        inspectors: cell::string(row, 8)?,
        certificates: certificates.ok_or_else(|| row.broken(9, "不是证书"))?,
        result: InspectionResult::parse(row.text(10)?).ok_or_else(|| row.broken(10, "未知的检查结果"))?,
        summary: cell::string(row, 11)?,
        document: cell::string(row, 12)?,
        actor: cell::string(row, 13)?,
        recorded_at: cell::instant(row, 14)?,
        published,
    })
}

/// Writes a version with what was found; `published` is not written. One that somebody else has written is
/// [`crate::StoreError::Unique`].
pub async fn insert(tx: &Tx, it: &Inspection, findings: &[String]) -> Result<()> {
    let sql = "insert into inspection (id, version, authority_id, body_id, draw_id, kind, from_day, to_day, inspectors,
        certificates, result, summary, document, actor, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    let certificates = it.certificates.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let args = [
        it.id.0.into(),
        it.version.into(),
        it.authority.0.into(),
        it.body.0.into(),
        it.draw.map(|id| id.0).into(),
        it.kind.key().into(),
        it.from.number().into(),
        it.to.number().into(),
        (&it.inspectors).into(),
        certificates.into(),
        it.result.key().into(),
        (&it.summary).into(),
        (&it.document).into(),
        (&it.actor).into(),
        it.recorded_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await?;
    let row = |(n, text): (i64, &String)| vec![it.id.0.into(), it.version.into(), n.into(), text.into()];
    let rows = (0i64..).zip(findings).map(row).collect();
    let sql = "insert into inspection_finding (inspection_id, version, ord, text) values ($1, $2, $3, $4)";
    tx.exec_many(sql, rows).await.map(drop)
}

/// Lets the public read a version. A second time is [`crate::StoreError::Unique`].
pub async fn publish(tx: &Tx, id: InspectionId, version: u32, actor: &str, now: Instant) -> Result<()> {
    let sql = "insert into inspection_publication (inspection_id, version, actor, published_at)
        values ($1, $2, $3, $4)";
    tx.exec_one(sql, &[id.0.into(), version.into(), actor.into(), now.micros().into()]).await
}

/// The inspection of a key, as it stands.
pub async fn by_id(reader: Reader<'_>, id: InspectionId) -> Result<Option<Inspection>> {
    reader.query_one(current!("i.id = $1"), &[id.0.into()], read).await
}

/// All its versions, the first first.
pub async fn versions(reader: Reader<'_>, id: InspectionId) -> Result<Vec<Inspection>> {
    reader.query(columns!("where i.id = $1 order by i.version"), &[id.0.into()], read).await
}

/// What one of them found.
pub async fn findings(reader: Reader<'_>, id: InspectionId, version: u32) -> Result<Vec<String>> {
    let sql = "select text from inspection_finding where inspection_id = $1 and version = $2 order by ord";
    reader.query(sql, &[id.0.into(), version.into()], |row| cell::string(row, 0)).await
}

/// The inspections of an authority, or of all, before a key; the newest first.
pub async fn list(
    reader: Reader<'_>,
    authority: Option<AuthorityId>,
    before: Option<InspectionId>,
    limit: u32,
) -> Result<Vec<Inspection>> {
    let before = before.map_or(i64::MAX, |id| id.0);
    match authority {
        Some(authority) => {
            let sql = current!("i.authority_id = $1 and i.id < $2 order by i.id desc limit $3");
            reader.query(sql, &[authority.0.into(), before.into(), limit.into()], read).await
        }
        None => {
            let sql = current!("i.id < $1 order by i.id desc limit $2");
            reader.query(sql, &[before.into(), limit.into()], read).await
        }
    }
}

/// Those of these bodies, of all authorities, the newest first.
pub async fn of_bodies(reader: Reader<'_>, bodies: Vec<i64>, limit: u32) -> Result<Vec<Inspection>> {
    let sql = current!("i.body_id = any($1) order by i.id desc limit $2");
    reader.query(sql, &[Val::Ints(bodies), limit.into()], read).await
}

/// Those that came of a draw, the first first.
pub async fn of_draw(reader: Reader<'_>, draw: DrawId) -> Result<Vec<Inspection>> {
    reader.query(current!("i.draw_id = $1 order by i.id"), &[draw.0.into()], read).await
}

/// Bodies in which an authority found something since a day, or which are to put something right for it.
pub async fn noted(reader: Reader<'_>, authority: AuthorityId, since: Day) -> Result<Vec<BodyId>> {
    let found = InspectionResult::ALL.iter().filter(|it| it.is_found()).map(|it| it.key().to_owned());
    let sql = "select i.body_id from inspection i where i.authority_id = $1 and i.to_day >= $2 and i.result = any($3)
        and not exists (select 1 from inspection n where n.id = i.id and n.version > i.version)
        union select r.body_id from rectification r where r.authority_id = $1 and r.closed_at is null";
    let args = [authority.0.into(), since.number().into(), Val::Texts(found.collect())];
    reader.query(sql, &args, |row| row.int(0).map(BodyId)).await
}

/// Published versions that the public reads, published before a moment and a key; the latest first.
pub async fn published(
    reader: Reader<'_>,
    before: Option<(Instant, InspectionId)>,
    limit: u32,
) -> Result<Vec<Inspection>> {
    let (at, id) = before.map_or((i64::MAX, i64::MAX), |(at, id)| (at.micros(), id.0));
    let sql = columns!(
        "where p.version = i.version and (p.published_at < $1 or (p.published_at = $1 and p.inspection_id < $2))
        order by p.published_at desc, p.inspection_id desc limit $3"
    );
    reader.query(sql, &[at.into(), id.into(), limit.into()], read).await
}

/// The published versions of the inspections that came of a draw.
pub async fn published_of_draw(reader: Reader<'_>, draw: DrawId) -> Result<Vec<Inspection>> {
    let sql = columns!("where i.draw_id = $1 and p.version = i.version order by i.id");
    reader.query(sql, &[draw.0.into()], read).await
}

macro_rules! rectifications {
    ($rest:literal) => {
        concat!(
            "select id, inspection_id, authority_id, body_id, what, due_day, document, actor, recorded_at, closed_at
            from rectification ",
            $rest
        )
    };
}

fn rectification(row: &Row<'_>) -> Result<Rectification> {
    Ok(Rectification {
        id: RectificationId(row.int(0)?),
        inspection: InspectionId(row.int(1)?),
        authority: AuthorityId(row.int(2)?),
        body: BodyId(row.int(3)?),
        what: cell::string(row, 4)?,
        due: day(row, 5)?,
        document: cell::string(row, 6)?,
        actor: cell::string(row, 7)?,
        recorded_at: cell::instant(row, 8)?,
        closed_at: row.opt_int(9)?.map(Instant::from_micros),
    })
}

/// Orders that something is put right; `closed_at` is not written.
pub async fn order(tx: &Tx, it: &Rectification) -> Result<()> {
    let sql =
        "insert into rectification (id, inspection_id, authority_id, body_id, what, due_day, document, actor,
        recorded_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let args = [
        it.id.0.into(),
        it.inspection.0.into(),
        it.authority.0.into(),
        it.body.0.into(),
        (&it.what).into(),
        it.due.number().into(),
        (&it.document).into(),
        (&it.actor).into(),
        it.recorded_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// Records a step. One that somebody else has recorded is [`crate::StoreError::Unique`].
pub async fn step(tx: &Tx, it: &Step) -> Result<()> {
    let sql = "insert into rectification_step (rectification_id, ord, step, day, document, note, actor, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let args = [
        it.rectification.0.into(),
        it.ord.into(),
        it.step.key().into(),
        it.day.number().into(),
        (&it.document).into(),
        (&it.note).into(),
        (&it.actor).into(),
        it.recorded_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await?;
    if it.step == RectificationStep::Closed {
        let sql = "update rectification set closed_at = $2 where id = $1 and closed_at is null";
        tx.exec_one(sql, &[it.rectification.0.into(), it.recorded_at.micros().into()]).await?;
    }
    Ok(())
}

/// The steps of these, in their order.
pub async fn steps(reader: Reader<'_>, of: Vec<i64>) -> Result<Vec<Step>> {
    let sql =
        "select rectification_id, ord, step, day, document, note, actor, recorded_at from rectification_step
        where rectification_id = any($1) order by rectification_id, ord";
    let read = |row: &Row<'_>| {
        Ok(Step {
            rectification: RectificationId(row.int(0)?),
            ord: cell::count(row, 1)?,
            step: RectificationStep::parse(row.text(2)?).ok_or_else(|| row.broken(2, "未知的整改进展"))?,
            day: day(row, 3)?,
            document: cell::string(row, 4)?,
            note: cell::string(row, 5)?,
            actor: cell::string(row, 6)?,
            recorded_at: cell::instant(row, 7)?,
        })
    };
    reader.query(sql, &[Val::Ints(of)], read).await
}

/// The rectification of a key.
pub async fn rectification_by_id(reader: Reader<'_>, id: RectificationId) -> Result<Option<Rectification>> {
    reader.query_one(rectifications!("where id = $1"), &[id.0.into()], rectification).await
}

/// What an inspection ordered.
pub async fn of_inspection(reader: Reader<'_>, id: InspectionId) -> Result<Vec<Rectification>> {
    let sql = rectifications!("where inspection_id = $1 order by id");
    reader.query(sql, &[id.0.into()], rectification).await
}

/// What is not closed and was due before a day, of an authority or of all, after a place; what was due first comes first.
pub async fn open(
    reader: Reader<'_>,
    authority: Option<AuthorityId>,
    due_before: Day,
    after: Option<(Day, RectificationId)>,
    limit: u32,
) -> Result<Vec<Rectification>> {
    let (day, id) = after.map_or((i32::MIN, 0), |(day, id)| (day.number(), id.0));
    let (before, limit) = (due_before.number(), limit);
    match authority {
        Some(authority) => {
            let sql = rectifications!(
                "where authority_id = $1 and closed_at is null and due_day < $2
                and (due_day > $3 or (due_day = $3 and id > $4)) order by due_day, id limit $5"
            );
            let args = [authority.0.into(), before.into(), day.into(), id.into(), limit.into()];
            reader.query(sql, &args, rectification).await
        }
        None => {
            let sql = rectifications!(
                "where closed_at is null and due_day < $1 and (due_day > $2 or (due_day = $2 and id > $3))
                order by due_day, id limit $4"
            );
            reader.query(sql, &[before.into(), day.into(), id.into(), limit.into()], rectification).await
        }
    }
}
