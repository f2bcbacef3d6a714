//! 对接: the feedback form of each authority (encrypted, since it names contacts), the steps that are declared, and the
//! figures that are not. A figure is one look into an index, or one walk along the index of an authority.
use domain::{AuthorityId, Instant};

use crate::{Reader, Result, Row, Tx, cell};

/// 对接情况反馈表 of an authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Docking {
    /// Whose.
    pub authority: AuthorityId,
    /// What was filled in, encrypted by the caller.
    pub cipher: Vec<u8>,
    /// Counts saves, from 1: the state a save starts from.
    pub version: u32,
    /// When it was filed first; none for a draft.
    pub filed_at: Option<Instant>,
    /// When it was saved last.
    pub updated_at: Instant,
}

fn read(row: &Row<'_>) -> Result<Docking> {
    Ok(Docking {
        authority: AuthorityId(row.int(0)?),
        cipher: row.blob(1)?.to_vec(),
        version: cell::count(row, 2)?,
        filed_at: row.opt_int(3)?.map(Instant::from_micros),
        updated_at: cell::instant(row, 4)?,
    })
}

/// The form of an authority.
pub async fn form(reader: Reader<'_>, authority: AuthorityId) -> Result<Option<Docking>> {
    let sql =
        "select authority_id, cipher, version, filed_at, updated_at from docking where authority_id = $1";
    reader.query_one(sql, &[authority.0.into()], read).await
}

/// All forms: one an authority.
pub async fn forms(reader: Reader<'_>) -> Result<Vec<Docking>> {
    let sql = "select authority_id, cipher, version, filed_at, updated_at from docking order by authority_id";
    reader.query(sql, &[], read).await
}

/// Saves a form over `version`, 0 for the first time, and gives the new version. `filed` is kept where it was filed before.
/// [`crate::StoreError::Conflict`] or [`crate::StoreError::Unique`] if somebody saved meanwhile.
pub async fn save(
    tx: &Tx,
    authority: AuthorityId,
    version: u32,
    cipher: &[u8],
    filed: Option<Instant>,
    now: Instant,
) -> Result<u32> {
    let sql = if version == 0 {
        "insert into docking (authority_id, version, cipher, filed_at, updated_at) values ($1, $2, $3, $4, $5)"
    } else {
        "update docking set version = $2, cipher = $3, filed_at = coalesce(filed_at, $4), updated_at = $5
        where authority_id = $1 and version = $2 - 1"
    };
    let args = [
        authority.0.into(),
        (version + 1).into(),
        cipher.into(),
        filed.map(Instant::micros).into(),
        now.micros().into(),
    ];
    tx.exec_one(sql, &args).await?;
    Ok(version + 1)
}

// ---------------------------------------------------------------- steps

/// A step that somebody declared done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Whose docking.
    pub authority: AuthorityId,
    /// Which step.
    pub step: String,
    /// When it was declared.
    pub done_at: Instant,
    /// By whom, as events write it.
    pub actor: String,
    /// What was said of it; may be empty.
    pub note: String,
}

fn read_step(row: &Row<'_>) -> Result<Step> {
    Ok(Step {
        authority: AuthorityId(row.int(0)?),
        step: cell::string(row, 1)?,
        done_at: cell::instant(row, 2)?,
        actor: cell::string(row, 3)?,
        note: cell::string(row, 4)?,
    })
}

/// The declared steps of an authority, or of all.
pub async fn steps(reader: Reader<'_>, authority: Option<AuthorityId>) -> Result<Vec<Step>> {
    match authority {
        Some(authority) => {
            let sql = "select authority_id, step, done_at, actor, note from docking_step
                where authority_id = $1 order by step";
            reader.query(sql, &[authority.0.into()], read_step).await
        }
        None => {
            let sql = "select authority_id, step, done_at, actor, note from docking_step order by authority_id, step";
            reader.query(sql, &[], read_step).await
        }
    }
}

/// Declares a step, or declares it anew.
pub async fn set_step(tx: &Tx, it: &Step) -> Result<()> {
    let sql =
        "insert into docking_step (authority_id, step, done_at, actor, note) values ($1, $2, $3, $4, $5)
        on conflict (authority_id, step) do update set done_at = $3, actor = $4, note = $5";
    let args = [
        it.authority.0.into(),
        (&it.step).into(),
        it.done_at.micros().into(),
        (&it.actor).into(),
        (&it.note).into(),
    ];
    tx.exec_one(sql, &args).await
}

/// Takes a declaration back. [`crate::StoreError::Conflict`] if there is none.
pub async fn clear_step(tx: &Tx, authority: AuthorityId, step: &str) -> Result<()> {
    tx.exec_one(
        "delete from docking_step where authority_id = $1 and step = $2",
        &[authority.0.into(), step.into()],
    )
    .await
}

// ---------------------------------------------------------------- figures

/// When the first certificate of an authority was assigned through the interface.
pub async fn first_code(reader: Reader<'_>, authority: AuthorityId) -> Result<Option<Instant>> {
    let sql = "select min(assigned_at) from certificate where authority_id = $1 and door = 'interface'";
    let at = reader.query_one(sql, &[authority.0.into()], |row| row.opt_int(0)).await?;
    Ok(at.flatten().map(Instant::from_micros))
}

/// How many certificates issued before the system (存量) an authority has taken over.
pub async fn taken_over(reader: Reader<'_>, authority: AuthorityId) -> Result<u64> {
    let sql = "select count(*) from certificate c where c.authority_id = $1 and exists (
            select 1 from edition e where e.certificate_id = c.id and e.edition = 1 and e.kinds = 'takeover')";
    Ok(reader.query_one(sql, &[authority.0.into()], |row| cell::total(row, 0)).await?.unwrap_or(0))
}

/// The systems of an authority: how many of them hold a secret that is good, and when one took a token last.
pub async fn systems(
    reader: Reader<'_>,
    authority: AuthorityId,
    now: Instant,
) -> Result<(u64, Option<Instant>)> {
    let sql = "select count(case when c.disabled = 0 and exists (select 1 from client_secret s
            where s.client_id = c.id and (s.ended_at is null or s.ended_at > $2)) then 1 end), max(c.last_seen_at)
        from client c where c.authority_id = $1";
    let map = |row: &Row<'_>| Ok((cell::total(row, 0)?, row.opt_int(1)?.map(Instant::from_micros)));
    Ok(reader.query_one(sql, &[authority.0.into(), now.micros().into()], map).await?.unwrap_or_default())
}
