//! 检查人员 of an authority, each with all his versions, and 回避. Nothing is taken back: who was sent where must stay to be read.

use crate::certificate::{day, opt_day};
use crate::{Reader, Result, Row, Tx, cell};
use domain::{AuthorityId, BodyId, Day, InspectorId, Instant, Two};

/// An inspector, as one version says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspector {
    /// His key.
    pub id: InspectorId,
    /// From 1; the highest holds.
    pub version: u32,
    /// Whose pool he is in.
    pub authority: AuthorityId,
    /// His name: for officers only.
    pub name: String,
    /// 所在单位.
    pub unit: String,
    /// 职务或执法证件号; may be empty.
    pub post: String,
    /// Domains he may inspect; none: all.
    pub domains: Vec<Two>,
    /// The first day on which he may be drawn.
    pub since: Day,
    /// The last one, where there is one.
    pub until: Option<Day>,
    /// Who recorded it, as events write it.
    pub actor: String,
    /// When.
    pub recorded_at: Instant,
}

impl Inspector {
    /// Whether he may be drawn on a day.
    pub fn serves(&self, on: Day) -> bool {
        self.since <= on && self.until.is_none_or(|until| on <= until)
    }
}

/// Who is not sent to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recusal {
    /// Who.
    pub inspector: InspectorId,
    /// To whom.
    pub body: BodyId,
    /// Since when.
    pub recorded_at: Instant,
    /// Why.
    pub reason: String,
    /// Who recorded it, as events write it.
    pub actor: String,
}

macro_rules! inspectors {
    ($rest:literal) => {
        concat!(
            "select i.id, i.version, i.authority_id, i.name, i.unit, i.post, i.domains, i.since_day, i.until_day,
            i.actor, i.recorded_at from inspector i where not exists
            (select 1 from inspector n where n.id = i.id and n.version > i.version) and ",
            $rest
        )
    };
}

/// Codes parted by commas.
fn domains(row: &Row<'_>, column: usize) -> Result<Vec<Two>> {
    let listed = row.text(column)?.split(',').filter(|it| !it.is_empty());
    let read: Option<Vec<Two>> = listed.map(|it| it.parse().ok()).collect();
    read.ok_or_else(|| row.broken(column, "不是领域代码"))
}

fn read(row: &Row<'_>) -> Result<Inspector> {
    Ok(Inspector {
        id: InspectorId(row.int(0)?),
        version: cell::count(row, 1)?,
        authority: AuthorityId(row.int(2)?),
        name: cell::string(row, 3)?,
        unit: cell::string(row, 4)?,
        post: cell::string(row, 5)?,
        domains: domains(row, 6)?,
        since: day(row, 7)?,
        until: opt_day(row, 8)?,
        actor: cell::string(row, 9)?,
        recorded_at: cell::instant(row, 10)?,
    })
}

/// Writes a version. One that somebody else has written is [`crate::StoreError::Unique`].
pub async fn insert(tx: &Tx, it: &Inspector) -> Result<()> {
    let sql = "insert into inspector (id, version, authority_id, name, unit, post, domains, since_day, until_day, actor,
        recorded_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let domains = it.domains.iter().map(Two::as_str).collect::<Vec<_>>().join(",");
    let args = [
        it.id.0.into(),
        it.version.into(),
        it.authority.0.into(),
        (&it.name).into(),
        (&it.unit).into(),
        (&it.post).into(),
        domains.into(),
        it.since.number().into(),
        it.until.map(|day| i64::from(day.number())).into(),
        (&it.actor).into(),
        it.recorded_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// The pool of an authority as it stands, in the order of keys: those who have left are among them.
pub async fn of_authority(reader: Reader<'_>, authority: AuthorityId) -> Result<Vec<Inspector>> {
    reader.query(inspectors!("i.authority_id = $1 order by i.id"), &[authority.0.into()], read).await
}

/// The inspector of a key, as he stands.
pub async fn by_id(reader: Reader<'_>, id: InspectorId) -> Result<Option<Inspector>> {
    reader.query_one(inspectors!("i.id = $1"), &[id.0.into()], read).await
}

/// These, as they stand.
pub async fn by_ids(reader: Reader<'_>, ids: Vec<i64>) -> Result<Vec<Inspector>> {
    reader.query(inspectors!("i.id = any($1) order by i.id"), &[crate::Val::Ints(ids)], read).await
}

fn recusal(row: &Row<'_>) -> Result<Recusal> {
    Ok(Recusal {
        inspector: InspectorId(row.int(0)?),
        body: BodyId(row.int(1)?),
        recorded_at: cell::instant(row, 2)?,
        reason: cell::string(row, 3)?,
        actor: cell::string(row, 4)?,
    })
}

/// Records that somebody is not sent to a body.
pub async fn recuse(tx: &Tx, it: &Recusal) -> Result<()> {
    let sql = "insert into inspector_recusal (inspector_id, body_id, recorded_at, reason, actor)
        values ($1, $2, $3, $4, $5)";
    let at = it.recorded_at.micros();
    let args = [it.inspector.0.into(), it.body.0.into(), at.into(), (&it.reason).into(), (&it.actor).into()];
    tx.exec_one(sql, &args).await
}

/// Ends what keeps somebody from a body; whether there was anything.
pub async fn end_recusal(tx: &Tx, inspector: InspectorId, body: BodyId, now: Instant) -> Result<bool> {
    let sql = "update inspector_recusal set ended_at = $3
        where inspector_id = $1 and body_id = $2 and ended_at is null";
    Ok(tx.exec(sql, &[inspector.0.into(), body.0.into(), now.micros().into()]).await? > 0)
}

/// What keeps these from bodies today, in the order of keys.
pub async fn recusals(reader: Reader<'_>, inspectors: Vec<i64>) -> Result<Vec<Recusal>> {
    let sql = "select inspector_id, body_id, recorded_at, reason, actor from inspector_recusal
        where inspector_id = any($1) and ended_at is null order by inspector_id, body_id";
    reader.query(sql, &[crate::Val::Ints(inspectors)], recusal).await
}
