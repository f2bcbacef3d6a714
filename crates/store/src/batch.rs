//! 导入: one uploaded file or set of files, from upload to the last line done. Local work: what it assigns stands in
//! the certificates and events; see also [`crate::upload`], [`crate::batch_problem`], [`crate::batch_plan`],
//! [`crate::batch_line`] and [`crate::reservation`].
use domain::{AccountId, AuthorityId, BatchId, Door, Instant};

use crate::{Reader, Result, Row, Tx, cell};

macro_rules! states {
    ($($(#[$doc:meta])* $variant:ident $key:literal $label:literal;)*) => {
        /// Where an import stands. It only moves by [`set_state`], [`set_summary`] and [`commit`], each of which
        /// names the state it starts from.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum State { $($(#[$doc])* $variant),* }

        impl State {
            /// All states.
            pub const ALL: &'static [State] = &[$(State::$variant),*];
            /// The word in the database and in JSON.
            pub fn key(self) -> &'static str { match self { $(State::$variant => $key),* } }
            /// The word people read.
            pub fn label(self) -> &'static str { match self { $(State::$variant => $label),* } }
            /// The state of a key.
            pub fn parse(key: &str) -> Option<State> { Self::ALL.iter().copied().find(|it| it.key() == key) }
        }
    };
}
states! {
    /// Its files are on their way in.
    Uploading "uploading" "上传中";
    /// The files are whole and are being read.
    Checking "checking" "检查中";
    /// Its check was given up: the files are there, and it may be checked again.
    Unchecked "unchecked" "检查失败";
    /// The preview stands; nothing is assigned yet.
    Checked "checked" "待提交";
    /// Lines are being assigned; a crash resumes here.
    Committing "committing" "赋码中";
    /// It was given up with numbers reserved or lines done: it goes on where it stopped when a person says so.
    Interrupted "interrupted" "赋码中断";
    /// Every line to be taken is done.
    Done "done" "已完成";
    /// Given up by a person before it was committed.
    Discarded "discarded" "已放弃";
    /// It could not be read or not be committed; the message says why.
    Failed "failed" "失败";
}

/// What a preview counted, in certificates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Certificates in the file.
    pub lines: u32,
    /// Those without an error.
    pub good: u32,
    /// Good ones that would be new.
    pub fresh: u32,
    /// Good ones that would change a known certificate.
    pub changed: u32,
    /// Good ones that stand in the registry exactly so.
    pub unchanged: u32,
}

/// One import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its key, from [`crate::ids`].
    pub id: BatchId,
    /// For whom it assigns.
    pub authority: AuthorityId,
    /// Who uploaded it.
    pub account: AccountId,
    /// Through which door.
    pub door: Door,
    /// Where it stands.
    pub state: State,
    /// The name of the (first) file.
    pub file_name: String,
    /// SHA-256 over its files.
    pub digest: [u8; 32],
    /// 全部或不: any problem up to the reservation means that nothing is assigned.
    pub whole: bool,
    /// What the preview counted.
    pub summary: Summary,
    /// Lines done so far.
    pub done: u32,
    /// A sentence for people about where it stands; may be empty.
    pub message: String,
    /// When it was uploaded.
    pub created_at: Instant,
    /// When it moved last.
    pub updated_at: Instant,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select id, authority_id, account_id, door, state, file_name, digest, whole, lines, good, fresh, changed,
            unchanged, done, message, created_at, updated_at from batch ",
            $rest
        )
    };
}

fn read(row: &Row<'_>) -> Result<Batch> {
    Ok(Batch {
        id: BatchId(row.int(0)?),
        authority: AuthorityId(row.int(1)?),
        account: AccountId(row.int(2)?),
        door: cell::door(row, 3)?,
        state: State::parse(row.text(4)?).ok_or_else(|| row.broken(4, "未知的导入状态"))?,
        file_name: cell::string(row, 5)?,
        digest: row.bytes(6)?,
        whole: row.bool(7)?,
        summary: Summary {
            lines: cell::count(row, 8)?,
            good: cell::count(row, 9)?,
            fresh: cell::count(row, 10)?,
            changed: cell::count(row, 11)?,
            unchanged: cell::count(row, 12)?,
        },
        done: cell::count(row, 13)?,
        message: cell::string(row, 14)?,
        created_at: cell::instant(row, 15)?,
        updated_at: cell::instant(row, 16)?,
    })
}

/// Begins an import.
pub async fn create(tx: &Tx, batch: &Batch) -> Result<()> {
    let sql =
        "insert into batch (id, authority_id, account_id, door, state, file_name, digest, whole, lines, good,
        fresh, changed, unchanged, done, message, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    let counted = &batch.summary;
    let args = [
        batch.id.0.into(),
        batch.authority.0.into(),
        batch.account.0.into(),
        batch.door.key().into(),
        batch.state.key().into(),
        (&batch.file_name).into(),
        batch.digest.into(),
        batch.whole.into(),
        counted.lines.into(),
        counted.good.into(),
        counted.fresh.into(),
        counted.changed.into(),
        counted.unchanged.into(),
        batch.done.into(),
        (&batch.message).into(),
        batch.created_at.micros().into(),
        batch.updated_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// The import of a key.
pub async fn by_id(reader: Reader<'_>, id: BatchId) -> Result<Option<Batch>> {
    reader.query_one(select!("where id = $1"), &[id.0.into()], read).await
}

/// One page of an authority's imports, newest first, before the key of the last one shown.
pub async fn list(
    reader: Reader<'_>,
    authority: AuthorityId,
    before: Option<BatchId>,
    limit: u32,
) -> Result<Vec<Batch>> {
    let before = before.map_or(i64::MAX, |it| it.0);
    let sql = select!("where authority_id = $1 and id < $2 order by id desc limit $3");
    reader.query(sql, &[authority.0.into(), before.into(), limit.into()], read).await
}

/// How many imports an authority has.
pub async fn count(reader: Reader<'_>, authority: AuthorityId) -> Result<u64> {
    let sql = "select count(*) from batch where authority_id = $1";
    let n = reader.query_one(sql, &[authority.0.into()], |row| cell::total(row, 0)).await?;
    Ok(n.unwrap_or(0))
}

/// The newest import of the same files by the same authority: the same file again changes nothing.
pub async fn latest(reader: Reader<'_>, authority: AuthorityId, digest: &[u8; 32]) -> Result<Option<Batch>> {
    let sql = select!("where digest = $1 and authority_id = $2 order by id desc limit 1");
    reader.query_one(sql, &[digest.into(), authority.0.into()], read).await
}

/// Moves it from one state to another, with a sentence for people. [`crate::StoreError::Conflict`] if it is not in
/// `from` any more.
pub async fn set_state(
    tx: &Tx,
    id: BatchId,
    from: State,
    to: State,
    message: &str,
    now: Instant,
) -> Result<()> {
    let sql = "update batch set state = $3, message = $4, updated_at = $5 where id = $1 and state = $2";
    let args = [id.0.into(), from.key().into(), to.key().into(), message.into(), now.micros().into()];
    tx.exec_one(sql, &args).await
}

/// The preview stands: [`State::Checking`] becomes [`State::Checked`] with its counts.
pub async fn set_summary(tx: &Tx, id: BatchId, summary: &Summary, now: Instant) -> Result<()> {
    let sql = "update batch set state = $3, lines = $4, good = $5, fresh = $6, changed = $7, unchanged = $8,
        message = '', updated_at = $9 where id = $1 and state = $2";
    let args = [
        id.0.into(),
        State::Checking.key().into(),
        State::Checked.key().into(),
        summary.lines.into(),
        summary.good.into(),
        summary.fresh.into(),
        summary.changed.into(),
        summary.unchanged.into(),
        now.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// A person commits it, 全部或不 or good rows only: [`State::Checked`] becomes [`State::Committing`].
pub async fn commit(tx: &Tx, id: BatchId, whole: bool, now: Instant) -> Result<()> {
    let sql =
        "update batch set state = $3, whole = $4, message = '', updated_at = $5 where id = $1 and state = $2";
    let args = [
        id.0.into(),
        State::Checked.key().into(),
        State::Committing.key().into(),
        whole.into(),
        now.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// Imports that are done since before `before` and of which files are still kept, for the annotated workbook.
pub async fn outlived(reader: Reader<'_>, before: Instant) -> Result<Vec<BatchId>> {
    let sql = "select id from batch where state = $1 and updated_at < $2
        and exists (select 1 from upload where batch_id = batch.id) order by id";
    let args = [State::Done.key().into(), before.micros().into()];
    reader.query(sql, &args, |row| Ok(BatchId(row.int(0)?))).await
}

/// Adds lines done, in the transaction that did them. [`crate::StoreError::Conflict`] if it is not being committed.
pub async fn add_done(tx: &Tx, id: BatchId, lines: u32, now: Instant) -> Result<()> {
    let sql = "update batch set done = done + $3, updated_at = $4 where id = $1 and state = $2";
    let args = [id.0.into(), State::Committing.key().into(), lines.into(), now.micros().into()];
    tx.exec_one(sql, &args).await
}
