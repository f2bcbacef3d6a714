//! 通报: bulletins, the steps of their way, to whom they were sent, and what was said to that. Rows never change.

use crate::{Kind, Reader, Result, Row, Tx, Val, cell};
use domain::bulletin::{BulletinId, Period, ReplyKind, State, Step};
use domain::{AuthorityId, Instant};

/// A bulletin as it was drafted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bulletin {
    /// Its key.
    pub id: BulletinId,
    /// About what time.
    pub period: Period,
    /// 1, or the next one for a correction.
    pub edition: u32,
    /// The bulletin it corrects.
    pub corrects: Option<BulletinId>,
    /// What it is reckoned from ([`domain::bulletin::Aggregates::bytes`]).
    pub aggregates: Vec<u8>,
    /// SHA-256 of that.
    pub digest: [u8; 32],
}

/// A step of its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Which of its steps, from 0.
    pub n: u32,
    /// What was done.
    pub step: Step,
    /// The title from now on; empty where the step brings no text.
    pub title: String,
    /// The text from now on; empty likewise.
    pub text: String,
    /// Why; empty where no reason is asked for.
    pub reason: String,
    /// By whom, as events write it.
    pub actor: String,
    /// When.
    pub recorded_at: Instant,
}

/// A bulletin in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub id: BulletinId,
    /// About what time.
    pub period: Period,
    /// Which edition.
    pub edition: u32,
    /// Where it is.
    pub state: State,
    /// Its title.
    pub title: String,
    /// When it came to where it is.
    pub since: Instant,
    /// Whether the authority that asks has signed for it; none where it was not sent to it.
    pub signed: Option<bool>,
}

/// That an authority has signed for a bulletin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// To whom it was sent.
    pub authority: AuthorityId,
    /// Who signed for it, and when.
    pub signed: Option<(String, Instant)>,
}

/// What an authority said of a bulletin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Its key.
    pub id: i64,
    /// Of which bulletin.
    pub bulletin: BulletinId,
    /// Whose words.
    pub authority: AuthorityId,
    /// Answer or dispute.
    pub kind: ReplyKind,
    /// Key of the indicator that is disputed; empty for an answer.
    pub figure: String,
    /// The words.
    pub text: String,
    /// Who said it, as events write it.
    pub actor: String,
    /// When.
    pub recorded_at: Instant,
    /// What the national level says to it.
    pub answer: Option<(String, String, Instant)>,
}

fn period(row: &Row<'_>, column: usize) -> Result<Period> {
    Period::parse(row.text(column)?).ok_or_else(|| row.broken(column, "不是月度、季度或年度"))
}

fn step(row: &Row<'_>, column: usize) -> Result<Step> {
    Step::parse(row.text(column)?).ok_or_else(|| row.broken(column, "未知的通报步骤"))
}

/// Puts a bulletin there; its first step comes in the same transaction.
pub async fn insert(tx: &Tx, it: &Bulletin) -> Result<()> {
    let sql = "insert into bulletin (id, period, edition, corrects_id, aggregates, digest)
        values ($1, $2, $3, $4, $5, $6)";
    let args = [
        it.id.0.into(),
        it.period.key().into(),
        it.edition.into(),
        it.corrects.map(|id| id.0).into(),
        it.aggregates.as_slice().into(),
        it.digest.into(),
    ];
    tx.exec_one(sql, &args).await
}

/// Does a step. [`crate::StoreError::Unique`] where somebody did this one meanwhile, or the same period and edition was
/// released before.
pub async fn append(tx: &Tx, it: &Bulletin, done: &Done) -> Result<()> {
    let sql =
        "insert into bulletin_step (bulletin_id, n, step, title, text, reason, issue, actor, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let issue = (done.step == Step::Release).then(|| format!("{}/{}", it.period.key(), it.edition));
    let args = [
        it.id.0.into(),
        done.n.into(),
        done.step.key().into(),
        (&done.title).into(),
        (&done.text).into(),
        (&done.reason).into(),
        issue.into(),
        (&done.actor).into(),
        done.recorded_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// The bulletin of a key.
pub async fn by_id(reader: Reader<'_>, id: BulletinId) -> Result<Option<Bulletin>> {
    let sql = "select id, period, edition, corrects_id, aggregates, digest from bulletin where id = $1";
    let read = |row: &Row<'_>| {
        Ok(Bulletin {
            id: BulletinId(row.int(0)?),
            period: period(row, 1)?,
            edition: cell::count(row, 2)?,
            corrects: row.opt_int(3)?.map(BulletinId),
            aggregates: row.blob(4)?.to_vec(),
            digest: row.bytes(5)?,
        })
    };
    reader.query_one(sql, &[id.0.into()], read).await
}

/// The steps of a bulletin, the first one first.
pub async fn steps(reader: Reader<'_>, id: BulletinId) -> Result<Vec<Done>> {
    let sql = "select n, step, title, text, reason, actor, recorded_at from bulletin_step
        where bulletin_id = $1 order by n";
    let read = |row: &Row<'_>| {
        Ok(Done {
            n: cell::count(row, 0)?,
            step: step(row, 1)?,
            title: cell::string(row, 2)?,
            text: cell::string(row, 3)?,
            reason: cell::string(row, 4)?,
            actor: cell::string(row, 5)?,
            recorded_at: cell::instant(row, 6)?,
        })
    };
    reader.query(sql, &[id.0.into()], read).await
}

fn listed(row: &Row<'_>) -> Result<Listed> {
    Ok(Listed {
        id: BulletinId(row.int(0)?),
        period: period(row, 1)?,
        edition: cell::count(row, 2)?,
        state: step(row, 3)?.leads_to(),
        title: cell::string(row, 4)?,
        since: cell::instant(row, 5)?,
        signed: row.opt_int(6)?.map(|n| n != 0),
    })
}

macro_rules! listed {
    ($signed:literal, $rest:literal) => {
        concat!(
            "select b.id, b.period, b.edition, s.step, (select t.title from bulletin_step t where t.bulletin_id = b.id
                and t.title <> '' order by t.n desc limit 1), s.recorded_at, ",
            $signed,
            " from bulletin b join bulletin_step s on s.bulletin_id = b.id
                and s.n = (select max(l.n) from bulletin_step l where l.bulletin_id = b.id) ",
            $rest
        )
    };
}

/// All bulletins before a key, the newest first.
pub async fn list(reader: Reader<'_>, before: Option<BulletinId>, limit: u32) -> Result<Vec<Listed>> {
    let sql = listed!("null", "where b.id < $1 order by b.id desc limit $2");
    let before = before.map_or(i64::MAX, |id| id.0);
    reader.query(sql, &[before.into(), limit.into()], listed).await
}

/// Those of one period, the newest first: a few editions.
pub async fn of_period(reader: Reader<'_>, period: Period) -> Result<Vec<Listed>> {
    let sql = listed!("null", "where b.period = $1 order by b.id desc");
    reader.query(sql, &[period.key().into()], listed).await
}

/// Those sent to an authority before a key, the newest first.
pub async fn sent_to(
    reader: Reader<'_>,
    authority: AuthorityId,
    before: Option<BulletinId>,
    limit: u32,
) -> Result<Vec<Listed>> {
    let sql = listed!(
        "(select count(*) from bulletin_receipt r where r.bulletin_id = b.id and r.authority_id = $1)",
        "join bulletin_letter a on a.bulletin_id = b.id where a.authority_id = $1 and a.bulletin_id < $2
        order by a.bulletin_id desc limit $3"
    );
    let before = before.map_or(i64::MAX, |id| id.0);
    reader.query(sql, &[authority.0.into(), before.into(), limit.into()], listed).await
}

/// Which of those sent to an authority nobody there has signed for, but for those taken back since; the newest first. There
/// are never many.
pub async fn unsigned(reader: Reader<'_>, authority: AuthorityId) -> Result<Vec<BulletinId>> {
    let sql = "select l.bulletin_id from bulletin_letter l where l.authority_id = $1 and not exists (
            select 1 from bulletin_receipt r where r.bulletin_id = l.bulletin_id and r.authority_id = $1)
        and 0 = (select count(*) from bulletin_step s where s.bulletin_id = l.bulletin_id and s.step = 'withdraw')
        order by l.bulletin_id desc limit 100";
    reader.query(sql, &[authority.0.into()], |row| row.int(0).map(BulletinId)).await
}

/// The released bulletin that corrects one, if there is one.
pub async fn corrected_by(reader: Reader<'_>, id: BulletinId, period: Period) -> Result<Option<BulletinId>> {
    let sql = "select b.id from bulletin b where b.period = $1 and b.corrects_id = $2 and exists (
            select 1 from bulletin_step s where s.bulletin_id = b.id and s.step = 'release')
        order by b.id desc limit 1";
    reader.query_one(sql, &[period.key().into(), id.0.into()], |row| row.int(0).map(BulletinId)).await
}

/// Sends a bulletin to these authorities.
pub async fn send(tx: &Tx, id: BulletinId, to: &[AuthorityId]) -> Result<()> {
    const COLUMNS: &[(&str, Kind)] = &[("authority_id", Kind::Int), ("bulletin_id", Kind::Int)];
    let cells: Vec<Val> = to.iter().flat_map(|it| [it.0.into(), id.0.into()]).collect();
    if !cells.is_empty() {
        tx.bulk("bulletin_letter", COLUMNS, cells).await?;
    }
    Ok(())
}

/// Signs for a bulletin; the first signature stays. Whether this was it.
pub async fn sign(
    tx: &Tx,
    (id, authority): (BulletinId, AuthorityId),
    (actor, now): (&str, Instant),
) -> Result<bool> {
    let sql = "insert into bulletin_receipt (bulletin_id, authority_id, actor, recorded_at)
        values ($1, $2, $3, $4) on conflict (bulletin_id, authority_id) do nothing";
    let args = [id.0.into(), authority.0.into(), actor.into(), now.micros().into()];
    Ok(tx.exec(sql, &args).await? > 0)
}

/// To whom it was sent, and who has signed.
pub async fn receipts(reader: Reader<'_>, id: BulletinId, of: &[AuthorityId]) -> Result<Vec<Receipt>> {
    let sql = "select l.authority_id, r.actor, r.recorded_at from bulletin_letter l
        left join bulletin_receipt r on r.bulletin_id = l.bulletin_id and r.authority_id = l.authority_id
        where l.authority_id = any($1) and l.bulletin_id = $2 order by l.authority_id";
    let read = |row: &Row<'_>| {
        let at = row.opt_int(2)?.map(Instant::from_micros);
        let signed = row.opt_text(1)?.map(str::to_owned).zip(at);
        Ok(Receipt { authority: AuthorityId(row.int(0)?), signed })
    };
    let of: Vec<i64> = of.iter().map(|it| it.0).collect();
    reader.query(sql, &[of.into(), id.0.into()], read).await
}

/// Puts a reply on record; `answer` is not written.
pub async fn reply(tx: &Tx, it: &Reply) -> Result<()> {
    let sql =
        "insert into bulletin_reply (id, bulletin_id, authority_id, kind, figure, text, actor, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let args = [
        it.id.into(),
        it.bulletin.0.into(),
        it.authority.0.into(),
        it.kind.key().into(),
        (&it.figure).into(),
        (&it.text).into(),
        (&it.actor).into(),
        it.recorded_at.micros().into(),
    ];
    tx.exec_one(sql, &args).await
}

/// Answers a reply. A second time is [`crate::StoreError::Unique`].
pub async fn answer(tx: &Tx, reply: i64, text: &str, (actor, now): (&str, Instant)) -> Result<()> {
    let sql = "insert into bulletin_answer (reply_id, text, actor, recorded_at) values ($1, $2, $3, $4)";
    tx.exec_one(sql, &[reply.into(), text.into(), actor.into(), now.micros().into()]).await
}

/// What was said of a bulletin, the oldest first: by one authority, or by all.
pub async fn replies(reader: Reader<'_>, id: BulletinId, of: Option<AuthorityId>) -> Result<Vec<Reply>> {
    let sql = "select r.id, r.bulletin_id, r.authority_id, r.kind, r.figure, r.text, r.actor, r.recorded_at,
            a.text, a.actor, a.recorded_at
        from bulletin_reply r left join bulletin_answer a on a.reply_id = r.id
        where r.bulletin_id = $1 and ($2 = 0 or r.authority_id = $2) order by r.id";
    let read = |row: &Row<'_>| {
        let answer = match row.opt_int(10)? {
            None => None,
            Some(at) => Some((cell::string(row, 8)?, cell::string(row, 9)?, Instant::from_micros(at))),
        };
        Ok(Reply {
            id: row.int(0)?,
            bulletin: BulletinId(row.int(1)?),
            authority: AuthorityId(row.int(2)?),
            kind: ReplyKind::parse(row.text(3)?).ok_or_else(|| row.broken(3, "未知的回复种类"))?,
            figure: cell::string(row, 4)?,
            text: cell::string(row, 5)?,
            actor: cell::string(row, 6)?,
            recorded_at: cell::instant(row, 7)?,
            answer,
        })
    };
    reader.query(sql, &[id.0.into(), of.map_or(0, |it| it.0).into()], read).await
}
