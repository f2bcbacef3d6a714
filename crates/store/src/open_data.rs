//! 开放数据: releases, their files and the chunks of these. A release stands here once it is whole; while it is made, its
//! chunks are nobody's but its job's.

use crate::event::Position;
use crate::{Kind, Reader, Result, Row, Tx, cell, certificate::day};
use domain::{AuthorityId, Day, Instant, JobId};

/// Bytes of a chunk, but for the last one of a file: a row that both engines move in a few milliseconds.
pub const CHUNK: usize = 512 << 10;

/// One publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its key.
    pub id: i64,
    /// Everything, or what changed in a time: a word that its maker knows.
    pub sort: String,
    /// The moment it was due.
    pub slot: Instant,
    /// What its files begin with.
    pub name: String,
    /// The release that a delta starts from; empty for a snapshot.
    pub from_name: String,
    /// Where that one stood; (0, 0) for a snapshot.
    pub from: Position,
    /// The last event that is in it.
    pub position: Position,
    /// The day on which the statuses hold.
    pub day: Day,
    /// When it was made.
    pub made_at: Instant,
    /// Whose certificates are in it: JSON, names by key.
    pub authorities: String,
}

/// One file of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its key, and that of its chunks.
    pub id: i64,
    /// Of which release.
    pub release: i64,
    /// By which it is fetched.
    pub name: String,
    /// What its rows are: a word that its maker knows.
    pub subject: String,
    /// `csv` or `ndjson`.
    pub format: String,
    /// Whose certificates it is about, where not all.
    pub authority: Option<AuthorityId>,
    /// Rows without the header.
    pub rows: u64,
    /// Bytes as fetched.
    pub bytes: u64,
    /// SHA-256 of these.
    pub digest: [u8; 32],
}

const RELEASE: &[(&str, Kind)] = &[
    ("id", Kind::Int),
    ("sort", Kind::Text),
    ("slot", Kind::Int),
    ("name", Kind::Text),
    ("from_name", Kind::Text),
    ("from_epoch", Kind::Int),
    ("from_position", Kind::Int),
    ("epoch", Kind::Int),
    ("position", Kind::Int),
    ("day", Kind::Int),
    ("made_at", Kind::Int),
    ("authorities", Kind::Text),
];

const FILE: &[(&str, Kind)] = &[
    ("id", Kind::Int),
    ("release_id", Kind::Int),
    ("name", Kind::Text),
    ("subject", Kind::Text),
    ("format", Kind::Text),
    ("authority_id", Kind::Int),
    ("rows", Kind::Int),
    ("bytes", Kind::Int),
    ("digest", Kind::Blob),
];

fn release(row: &Row<'_>) -> Result<Release> {
    Ok(Release {
        id: row.int(0)?,
        sort: cell::string(row, 1)?,
        slot: cell::instant(row, 2)?,
        name: cell::string(row, 3)?,
        from_name: cell::string(row, 4)?,
        from: Position { epoch: row.int(5)?, number: row.int(6)? },
        position: Position { epoch: row.int(7)?, number: row.int(8)? },
        day: day(row, 9)?,
        made_at: cell::instant(row, 10)?,
        authorities: cell::string(row, 11)?,
    })
}

fn file(row: &Row<'_>) -> Result<File> {
    Ok(File {
        id: row.int(0)?,
        release: row.int(1)?,
        name: cell::string(row, 2)?,
        subject: cell::string(row, 3)?,
        format: cell::string(row, 4)?,
        authority: row.opt_int(5)?.map(AuthorityId),
        rows: row.int(6)?.unsigned_abs(),
        bytes: row.int(7)?.unsigned_abs(),
        digest: row.blob(8)?.try_into().map_err(|_| row.broken(8, "不是32个字节"))?,
    })
}

/// All releases that are kept, newest first: some hundred, whatever the country's size.
pub async fn releases(reader: Reader<'_>) -> Result<Vec<Release>> {
    let sql = "select id, sort, slot, name, from_name, from_epoch, from_position, epoch, position, day, made_at, authorities
        from open_release order by slot desc, id desc";
    reader.query(sql, &[], release).await
}

/// The files of these releases, in the order in which they were made.
pub async fn files(reader: Reader<'_>, releases: Vec<i64>) -> Result<Vec<File>> {
    let sql = "select id, release_id, name, subject, format, authority_id, rows, bytes, digest
        from open_file where release_id = any($1) order by release_id, id";
    reader.query(sql, &[crate::Val::Ints(releases)], file).await
}

/// The file of a name.
pub async fn file_by_name(reader: Reader<'_>, name: &str) -> Result<Option<File>> {
    let sql = "select id, release_id, name, subject, format, authority_id, rows, bytes, digest
        from open_file where name = $1";
    reader.query_one(sql, &[name.into()], file).await
}

/// The n-th chunk of a file, from 0.
pub async fn chunk(reader: Reader<'_>, file: i64, n: i64) -> Result<Option<Vec<u8>>> {
    let sql = "select bytes from open_chunk where file_id = $1 and n = $2";
    reader.query_one(sql, &[file.into(), n.into()], |row| Ok(row.blob(0)?.to_vec())).await
}

/// Notes that a job makes these files.
pub async fn begin_parts(tx: &Tx, job: JobId, files: &[i64]) -> Result<u64> {
    const COLUMNS: &[(&str, Kind)] = &[("file_id", Kind::Int), ("job_id", Kind::Int)];
    tx.bulk("open_part", COLUMNS, files.iter().flat_map(|file| [(*file).into(), job.0.into()]).collect())
        .await
}

/// Writes a chunk of a file that is being made.
pub async fn put_chunk(tx: &Tx, file: i64, n: i64, bytes: Vec<u8>) -> Result<()> {
    let sql = "insert into open_chunk (file_id, n, bytes) values ($1, $2, $3)";
    tx.exec_one(sql, &[file.into(), n.into(), bytes.into()]).await
}

/// Files that nobody makes any more: of jobs that ended or wait to begin again, and of `job` itself, which begins now.
pub async fn abandoned(reader: Reader<'_>, job: JobId) -> Result<Vec<i64>> {
    let sql = "select p.file_id from open_part p left join job j on j.id = p.job_id
        where j.id is null or j.id = $1 or j.state <> 'running' order by p.file_id";
    reader.query(sql, &[job.0.into()], |row| row.int(0)).await
}

/// The release is whole: its files are no job's any more.
pub async fn publish(tx: &Tx, it: &Release, files: &[File]) -> Result<()> {
    let row = [
        it.id.into(),
        it.sort.as_str().into(),
        it.slot.micros().into(),
        it.name.as_str().into(),
        it.from_name.as_str().into(),
        it.from.epoch.into(),
        it.from.number.into(),
        it.position.epoch.into(),
        it.position.number.into(),
        it.day.number().into(),
        it.made_at.micros().into(),
        it.authorities.as_str().into(),
    ];
    tx.bulk("open_release", RELEASE, row.into()).await?;
    let mut cells = Vec::with_capacity(files.len() * FILE.len());
    for it in files {
        cells.extend([
            it.id.into(),
            it.release.into(),
            it.name.as_str().into(),
            it.subject.as_str().into(),
            it.format.as_str().into(),
            it.authority.map(|it| it.0).into(),
            i64::try_from(it.rows).unwrap_or(i64::MAX).into(),
            i64::try_from(it.bytes).unwrap_or(i64::MAX).into(),
            it.digest.into(),
        ]);
    }
    tx.bulk("open_file", FILE, cells).await?;
    let ids = files.iter().map(|file| file.id).collect();
    tx.exec("delete from open_part where file_id = any($1)", &[crate::Val::Ints(ids)]).await.map(drop)
}

/// Drops up to `most` chunks of a file; how many. When none is left, so are the file and what was noted of its making.
pub async fn drop_chunks(tx: &Tx, file: i64, most: u32) -> Result<u64> {
    let sql = "delete from open_chunk where file_id = $1
        and n in (select n from open_chunk where file_id = $1 order by n limit $2)";
    let dropped = tx.exec(sql, &[file.into(), most.into()]).await?;
    if dropped == 0 {
        tx.exec("delete from open_part where file_id = $1", &[file.into()]).await?;
        tx.exec("delete from open_file where id = $1", &[file.into()]).await?;
    }
    Ok(dropped)
}

/// Drops a release. Its files must have gone before.
pub async fn drop_release(tx: &Tx, release: i64) -> Result<()> {
    tx.exec_one("delete from open_release where id = $1", &[release.into()]).await
}
