//! 打印: records of what left the printer, the finals themselves, and what still waits to be printed.
use domain::{AuthorityId, BatchId, CertificateId, Instant, Number, StatusWord};

use crate::{Reader, Result, Row, Tx, Val, cell};

/// As what a print was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Copy {
    /// 正本.
    Original,
    /// 副本.
    Duplicate,
    /// 补打, with a reason.
    Reprint,
}

impl Copy {
    /// All of them.
    pub const ALL: [Copy; 3] = [Copy::Original, Copy::Duplicate, Copy::Reprint];

    /// The word in the database and in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Copy::Original => "original",
            Copy::Duplicate => "duplicate",
            Copy::Reprint => "reprint",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            Copy::Original => "正本",
            Copy::Duplicate => "副本",
            Copy::Reprint => "补打",
        }
    }
}

/// One final print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintRecord {
    /// Its key, from [`crate::ids`].
    pub id: i64,
    /// What was printed…
    pub certificate: CertificateId,
    /// …in which edition.
    pub edition: u32,
    /// For which paper and use.
    pub profile: String,
    /// Version of the template.
    pub template: String,
    /// Version of the set of fonts.
    pub fonts: String,
    /// SHA-256 of the PDF: its key in the files.
    pub digest: [u8; 32],
    /// As what.
    pub copy: Copy,
    /// Why; empty for an original.
    pub reason: String,
    /// The number the paper itself carries; empty if none.
    pub paper_number: String,
    /// Who, as events write it.
    pub account: String,
    /// When.
    pub recorded_at: Instant,
}

/// A certificate that awaits a print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unprinted {
    /// Its key.
    pub id: CertificateId,
    /// Its number.
    pub number: Number,
    /// Its current edition.
    pub edition: u32,
    /// When it was assigned.
    pub assigned_at: Instant,
}

/// Writes a print down and counts it on the certificate, which awaits none any more if its current edition was
/// printed. [`crate::StoreError::Conflict`] if there is no such one; a key used before is
/// [`crate::StoreError::Unique`].
pub async fn record(tx: &Tx, it: &PrintRecord) -> Result<()> {
    // The head first, then what hangs below it: the one order of locks (postgres.md rule 6).
    let head = "update certificate set printed = printed + 1,
        print_due = case when edition = $2 then 0 else print_due end where id = $1";
    tx.exec_one(head, &[it.certificate.0.into(), it.edition.into()]).await?;
    let sql = "insert into print_record (id, certificate_id, edition, profile, template, fonts, digest, copy, reason,
        paper_number, account, recorded_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let args = [
        it.id.into(),
        it.certificate.0.into(),
        it.edition.into(),
        (&it.profile).into(),
        (&it.template).into(),
        (&it.fonts).into(),
        it.digest.into(),
        it.copy.key().into(),
        (&it.reason).into(),
        (&it.paper_number).into(),
        (&it.account).into(),
        it.recorded_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

fn read(row: &Row<'_>) -> Result<PrintRecord> {
    let word = row.text(7)?;
    let copy = Copy::ALL.into_iter().find(|it| it.key() == word);
    Ok(PrintRecord {
        id: row.int(0)?,
        certificate: CertificateId(row.int(1)?),
        edition: cell::count(row, 2)?,
        profile: cell::string(row, 3)?,
        template: cell::string(row, 4)?,
        fonts: cell::string(row, 5)?,
        digest: row.bytes(6)?,
        copy: copy.ok_or_else(|| row.broken(7, "未知的打印类别"))?,
        reason: cell::string(row, 8)?,
        paper_number: cell::string(row, 9)?,
        account: cell::string(row, 10)?,
        recorded_at: cell::instant(row, 11)?,
    })
}

/// One page of the prints of a certificate, newest first, before the key of the last one shown.
pub async fn list(
    reader: Reader<'_>,
    certificate: CertificateId,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<PrintRecord>> {
    let sql = "select id, certificate_id, edition, profile, template, fonts, digest, copy, reason, paper_number,
        account, recorded_at from print_record where certificate_id = $1 and id < $2 order by id desc limit $3";
    let args = [certificate.0.into(), before.unwrap_or(i64::MAX).into(), limit.into()];
    reader.query(sql, &args, read).await
}

/// The prints with `n` keys from `first` on: those of one job, whose keys are taken together.
pub async fn of_keys(reader: Reader<'_>, first: i64, n: u32) -> Result<Vec<PrintRecord>> {
    let sql =
        "select id, certificate_id, edition, profile, template, fonts, digest, copy, reason, paper_number,
        account, recorded_at from print_record where id >= $1 and id < $2 order by id";
    reader.query(sql, &[first.into(), (first + i64::from(n)).into()], read).await
}

/// Keeps a final by its SHA-256; `false` if it was kept already.
pub async fn put_file(tx: &Tx, digest: &[u8; 32], bytes: &[u8], now: Instant) -> Result<bool> {
    let sql =
        "insert into file (digest, bytes, recorded_at) values ($1, $2, $3) on conflict (digest) do nothing";
    Ok(tx.exec(sql, &[digest.into(), bytes.into(), now.micros().into()]).await? == 1)
}

/// A final, byte for byte as it was kept.
pub async fn file(reader: Reader<'_>, digest: &[u8; 32]) -> Result<Option<Vec<u8>>> {
    let sql = "select bytes from file where digest = $1";
    reader.query_one(sql, &[digest.into()], |row| Ok(row.blob(0)?.to_vec())).await
}

/// Which certificates a print queue looks at.
#[derive(Clone, Debug)]
pub struct Queue<'a> {
    /// Whose.
    pub authority: AuthorityId,
    /// Only those of one import.
    pub batch: Option<BatchId>,
    /// Only those with one of these recorded statuses: which may be printed is the caller's rule.
    pub statuses: &'a [StatusWord],
}

impl Queue<'_> {
    fn statuses(&self) -> Val {
        Val::Texts(self.statuses.iter().map(|it| it.key().to_owned()).collect())
    }
}

fn unprinted(row: &Row<'_>) -> Result<Unprinted> {
    Ok(Unprinted {
        id: CertificateId(row.int(0)?),
        number: Number::parse(row.text(1)?).map_err(|_| row.broken(1, "不是证书编号"))?,
        edition: cell::count(row, 2)?,
        assigned_at: cell::instant(row, 3)?,
    })
}

/// One page of the certificates that await a print, oldest first, after the key of the last one shown.
pub async fn queue(
    reader: Reader<'_>,
    of: &Queue<'_>,
    after: Option<CertificateId>,
    limit: u32,
) -> Result<Vec<Unprinted>> {
    let args = [
        of.authority.0.into(),
        of.statuses(),
        after.map_or(i64::MIN, |it| it.0).into(),
        limit.into(),
        of.batch.map(|it| it.0).into(),
    ];
    match of.batch {
        None => {
            let sql = "select id, number, edition, assigned_at from certificate where authority_id = $1
                and print_due = 1 and status = any($2) and id > $3 order by id limit $4";
            reader.query(sql, &args[..4], unprinted).await
        }
        Some(_) => {
            let sql = "select id, number, edition, assigned_at from certificate where authority_id = $1
                and print_due = 1 and status = any($2) and id > $3 and batch_id = $5 order by id limit $4";
            reader.query(sql, &args, unprinted).await
        }
    }
}

/// How many certificates the queue holds.
pub async fn queue_count(reader: Reader<'_>, of: &Queue<'_>) -> Result<u64> {
    let args = [of.authority.0.into(), of.statuses(), of.batch.map(|it| it.0).into()];
    let n = match of.batch {
        None => {
            let sql = "select count(*) from certificate where authority_id = $1 and print_due = 1 and status = any($2)";
            reader.query_one(sql, &args[..2], |row| cell::total(row, 0)).await?
        }
        Some(_) => {
            let sql = "select count(*) from certificate where authority_id = $1 and print_due = 1 and status = any($2)
                and batch_id = $3";
            reader.query_one(sql, &args, |row| cell::total(row, 0)).await?
        }
    };
    Ok(n.unwrap_or(0))
}
