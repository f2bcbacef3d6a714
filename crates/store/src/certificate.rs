//! The small mutable head of a certificate. Every change of it names the state it starts from.

use crate::{Kind, Reader, Result, Row, StoreError, Tx, Val};
use domain::{
    AuthorityId, BatchId, BodyId, CertificateId, Code, Day, Door, Face, Instant, Number, PersonId, Status,
    StatusWord, Two,
};

/// A head as stored.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the columns, named as in the design")]
pub struct Head {
    pub id: CertificateId,
    pub number: Number,
    pub code: Code,
    pub authority: AuthorityId,
    pub body: BodyId,
    pub status: Status,
    pub valid_from: Day,
    pub valid_to: Day,
    pub edition: u32,
    pub previous: Option<CertificateId>,
    pub successor: Option<CertificateId>,
    pub domain: Two,
    pub industry: Two,
    pub food: bool,
    pub door: Door,
    pub batch: Option<BatchId>,
    pub assigned_at: Instant,
    /// Whose phone and e-mail the certificate keeps.
    pub contact: Option<PersonId>,
    pub printed: u32,
    /// Whether a print is awaited: set by assignment and by changes of the face, never by taking over.
    pub print_due: bool,
}

/// Reads a day column.
pub(crate) fn day(row: &Row<'_>, column: usize) -> Result<Day> {
    let number = i32::try_from(row.int(column)?).map_err(|_| row.broken(column, "日期超出范围"))?;
    Day::from_number(number).map_err(|_| row.broken(column, "日期超出范围"))
}

/// Reads a nullable day column.
pub(crate) fn opt_day(row: &Row<'_>, column: usize) -> Result<Option<Day>> {
    row.opt_int(column)?.map(|_| day(row, column)).transpose()
}

macro_rules! head_columns {
    ($rest:literal) => {
        concat!(
            "select c.id, c.number, c.code, c.authority_id, c.body_id, c.status, c.status_day, c.status_document,
            c.status_reason, c.valid_from, c.valid_to, c.edition, c.previous_id, c.successor_id, c.domain, c.industry,
            c.food, c.door, c.batch_id, c.assigned_at, c.contact_id, c.printed, c.print_due",
            $rest
        )
    };
}
pub(crate) use head_columns;

/// Columns that [`head`] reads; what a statement adds stands behind them.
pub(crate) const HEAD: usize = 23;

pub(crate) fn head(row: &Row<'_>) -> Result<Head> {
    let word = StatusWord::parse(row.text(5)?).ok_or_else(|| row.broken(5, "未知的证书状态"))?;
    let status = Status::of(word, opt_day(row, 6)?, row.text(7)?.to_owned(), row.text(8)?.to_owned())
        .ok_or_else(|| row.broken(6, "状态没有生效日期"))?;
    let two = |column| row.text(column)?.parse::<Two>().map_err(|_| row.broken(column, "应为两位数字"));
    Ok(Head {
        id: CertificateId(row.int(0)?),
        number: Number::parse(row.text(1)?).map_err(|_| row.broken(1, "不是证书编号"))?,
        code: Code::read(row.text(2)?).map_err(|_| row.broken(2, "不是码"))?,
        authority: AuthorityId(row.int(3)?),
        body: BodyId(row.int(4)?),
        status,
        valid_from: day(row, 9)?,
        valid_to: day(row, 10)?,
        edition: row.int(11)? as u32,
        previous: row.opt_int(12)?.map(CertificateId),
        successor: row.opt_int(13)?.map(CertificateId),
        domain: two(14)?,
        industry: two(15)?,
        food: row.bool(16)?,
        door: Door::parse(row.text(17)?).ok_or_else(|| row.broken(17, "未知的入口"))?,
        batch: row.opt_int(18)?.map(BatchId),
        assigned_at: Instant::from_micros(row.int(19)?),
        contact: row.opt_int(20)?.map(PersonId),
        printed: row.int(21)? as u32,
        print_due: row.bool(22)?,
    })
}

/// The certificate of a code.
pub async fn by_code(reader: Reader<'_>, code: Code) -> Result<Option<Head>> {
    let sql = head_columns!(" from certificate c where c.code = $1");
    reader.query_one(sql, &[code.as_str().into()], head).await
}

/// The certificate of a number.
pub async fn by_number(reader: Reader<'_>, number: &Number) -> Result<Option<Head>> {
    let sql = head_columns!(" from certificate c where c.number = $1");
    reader.query_one(sql, &[number.as_str().into()], head).await
}

/// The certificate of a key.
pub async fn by_id(reader: Reader<'_>, id: CertificateId) -> Result<Option<Head>> {
    let sql = head_columns!(" from certificate c where c.id = $1");
    reader.query_one(sql, &[id.0.into()], head).await
}

/// The certificates of these codes that exist.
pub async fn by_codes(reader: Reader<'_>, codes: Vec<String>) -> Result<Vec<Head>> {
    let sql = head_columns!(" from certificate c where c.code = any($1)");
    reader.query(sql, &[Val::Texts(codes)], head).await
}

/// The certificates of these numbers that exist.
pub async fn by_numbers(reader: Reader<'_>, numbers: Vec<String>) -> Result<Vec<Head>> {
    let sql = head_columns!(" from certificate c where c.number = any($1)");
    reader.query(sql, &[Val::Texts(numbers)], head).await
}

/// The certificates of these keys.
pub async fn by_ids(reader: Reader<'_>, ids: Vec<i64>) -> Result<Vec<Head>> {
    let sql = head_columns!(" from certificate c where c.id = any($1)");
    reader.query(sql, &[Val::Ints(ids)], head).await
}

/// Where a page of the certificates of an authority, in the order of their assignment, begins and ends.
#[derive(Clone, Copy, Debug)]
pub struct Assigned {
    /// Whose.
    pub authority: AuthorityId,
    /// After this one: moment and key; `(from, i64::MIN)` for the first page.
    pub after: (Instant, i64),
    /// Before this moment.
    pub before: Instant,
}

/// One page of them, each with the digest of its current edition.
pub async fn assigned(reader: Reader<'_>, of: &Assigned, limit: u32) -> Result<Vec<(Head, [u8; 32])>> {
    let sql = head_columns!(
        ", e.digest from certificate c join edition e on e.certificate_id = c.id and e.edition = c.edition
        where c.authority_id = $1 and (c.assigned_at, c.id) > ($2, $3) and c.assigned_at < $4
        order by c.assigned_at, c.id limit $5"
    );
    let (at, id) = of.after;
    let args =
        [of.authority.0.into(), at.micros().into(), id.into(), of.before.micros().into(), limit.into()];
    reader.query(sql, &args, |row| Ok((head(row)?, row.bytes(HEAD)?))).await
}

/// How many certificates of an authority were assigned through each door from a moment on and before another.
pub async fn assigned_by_door(
    reader: Reader<'_>,
    authority: AuthorityId,
    from: Instant,
    before: Instant,
) -> Result<Vec<(Door, u64)>> {
    let sql = "select door, count(*) from certificate where authority_id = $1 and assigned_at >= $2 and assigned_at < $3
        group by door order by door";
    let args = [authority.0.into(), from.micros().into(), before.micros().into()];
    reader.query(sql, &args, |row| Ok((crate::cell::door(row, 0)?, crate::cell::total(row, 1)?))).await
}

/// All certificates of a body, newest first.
pub async fn of_body(reader: Reader<'_>, body: BodyId) -> Result<Vec<Head>> {
    let sql = head_columns!(" from certificate c where c.body_id = $1 order by c.id desc");
    reader.query(sql, &[body.0.into()], head).await
}

/// All certificates of these bodies, newest first.
pub async fn of_bodies(reader: Reader<'_>, bodies: Vec<i64>) -> Result<Vec<Head>> {
    let sql = head_columns!(" from certificate c where c.body_id = any($1) order by c.id desc");
    reader.query(sql, &[Val::Ints(bodies)], head).await
}

/// A head with the face of one edition: what a list or an answer shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// The head.
    pub head: Head,
    /// The face of its current edition.
    pub face: Face,
    /// How many capability rows that edition has.
    pub capabilities: u32,
}

fn card(row: &Row<'_>) -> Result<Card> {
    let face = serde_json::from_str(row.text(HEAD)?).map_err(|e| row.broken(HEAD, e.to_string()))?;
    Ok(Card { head: head(row)?, face, capabilities: row.int(HEAD + 1)? as u32 })
}

/// The certificate of a key with its current face.
pub async fn card_by_id(reader: Reader<'_>, id: CertificateId) -> Result<Option<Card>> {
    let sql = head_columns!(
        ", e.face, e.capabilities from certificate c
        join edition e on e.certificate_id = c.id and e.edition = c.edition where c.id = $1"
    );
    reader.query_one(sql, &[id.0.into()], card).await
}

/// All certificates of a body with their current faces, the latest to begin first.
pub async fn cards_of_body(reader: Reader<'_>, body: BodyId) -> Result<Vec<Card>> {
    let sql = head_columns!(
        ", e.face, e.capabilities from certificate c
        join edition e on e.certificate_id = c.id and e.edition = c.edition
        where c.body_id = $1 order by c.valid_from desc, c.id desc"
    );
    reader.query(sql, &[body.0.into()], card).await
}

/// What a list is narrowed by. An empty text or `None` narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Whose certificates.
    pub authority: Option<AuthorityId>,
    /// Recorded status.
    pub status: Option<StatusWord>,
    /// Beginning of the number.
    pub number: String,
    /// Part of the body's name, as [`domain::name_key`].
    pub name: String,
    /// USCC, own or of the parent.
    pub uscc: String,
    /// Only those that await a print.
    pub print_due: bool,
    /// Only those of one import.
    pub batch: Option<BatchId>,
    /// Last valid day from…
    pub expires_from: Option<Day>,
    /// …to.
    pub expires_to: Option<Day>,
}

impl Filter {
    /// `$1` to `$10` of [`filtered`]. A beginning of the number is the range up to the last text that begins so:
    /// unlike a pattern it walks the index, and nothing in it needs escaping.
    fn args(&self) -> Vec<Val> {
        let number = Some(self.number.as_str()).filter(|n| !n.is_empty());
        let name = Some(&self.name)
            .filter(|n| !n.is_empty())
            .map(|n| format!("%{}%", n.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")));
        vec![
            self.authority.map(|a| a.0).into(),
            self.status.map(StatusWord::key).into(),
            number.into(),
            name.into(),
            Some(self.uscc.as_str()).filter(|u| !u.is_empty()).into(),
            self.print_due.then_some(1i64).into(),
            self.batch.map(|b| b.0).into(),
            self.expires_from.map(Day::number).into(),
            self.expires_to.map(Day::number).into(),
            number.map(|n| format!("{n}{}", char::MAX)).into(),
        ]
    }
}

/// From this many characters on, the beginning of a number names few enough certificates (YYAADDII leaves the 9999
/// of a serial) to walk the index of numbers.
const NARROW: usize = 8;

macro_rules! filtered {
    ($select:literal, $driver:literal, $rest:literal) => {
        concat!(
            $select,
            " from certificate c join body b on b.id = c.body_id
            join edition e on e.certificate_id = c.id and e.edition = c.edition
            where ",
            $driver,
            " and (c.authority_id = $1 or $1 is null) and (c.status = $2 or $2 is null)
            and ((c.number >= $3 and c.number < $10) or $3 is null)
            and (b.name_key like $4 escape '\\' or $4 is null or b.id in (select m.merged_into from body m
                where m.merged_into > 0 and m.name_key like $4 escape '\\'))
            and (b.own_uscc = $5 or b.parent_uscc = $5 or $5 is null or b.id in (select m.merged_into from body m
                where m.merged_into > 0 and (m.own_uscc = $5 or m.parent_uscc = $5)))
            and (c.print_due = $6 or $6 is null)
            and (c.batch_id = $7 or $7 is null) and (c.valid_to >= $8 or $8 is null)
            and (c.valid_to <= $9 or $9 is null)",
            $rest
        )
    };
}

/// The statement that walks the narrowest index a filter names: an engine plans a statement, not its arguments.
macro_rules! driven {
    ($filter:expr, $select:literal, $rest:literal) => {
        if $filter.batch.is_some() {
            filtered!($select, "c.batch_id = $7", $rest)
        } else if $filter.number.len() >= NARROW {
            filtered!($select, "c.number >= $3 and c.number < $10", $rest)
        } else if $filter.authority.is_some() && $filter.print_due {
            filtered!($select, "c.authority_id = $1 and c.print_due = 1", $rest)
        } else if $filter.authority.is_some() {
            filtered!($select, "c.authority_id = $1", $rest)
        } else {
            filtered!($select, "c.id > 0", $rest)
        }
    };
}

/// One page of the certificates that match, newest first, before the id `before`.
pub async fn list(reader: Reader<'_>, filter: &Filter, before: Option<i64>, limit: u32) -> Result<Vec<Card>> {
    let sql = driven!(
        filter,
        "select c.id, c.number, c.code, c.authority_id, c.body_id, c.status, c.status_day, c.status_document,
            c.status_reason, c.valid_from, c.valid_to, c.edition, c.previous_id, c.successor_id, c.domain, c.industry,
            c.food, c.door, c.batch_id, c.assigned_at, c.contact_id, c.printed, c.print_due, e.face, e.capabilities",
        " and c.id < $11 order by c.id desc limit $12"
    );
    let mut args = filter.args();
    args.extend([before.unwrap_or(i64::MAX).into(), limit.into()]);
    reader.query(sql, &args, card).await
}

/// How many match.
pub async fn count(reader: Reader<'_>, filter: &Filter) -> Result<u64> {
    let number = |row: &Row<'_>| row.int(0);
    let n = match filter.authority {
        // The list as it is opened: counted in an index, without a look at the rows.
        Some(authority) if *filter == (Filter { authority: Some(authority), ..Filter::default() }) => {
            let sql = "select count(*) from certificate where authority_id = $1";
            reader.query_one(sql, &[authority.0.into()], number).await?
        }
        None if *filter == Filter::default() => {
            reader.query_one("select count(*) from certificate", &[], number).await?
        }
        _ => reader.query_one(driven!(filter, "select count(*)", ""), &filter.args(), number).await?,
    };
    Ok(n.unwrap_or(0) as u64)
}

/// Certificates by authority and status: what each has delivered.
pub async fn delivered(reader: Reader<'_>) -> Result<Vec<(AuthorityId, StatusWord, u64, Instant)>> {
    let sql = "select authority_id, status, count(*), max(assigned_at) from certificate
        group by authority_id, status order by authority_id, status";
    reader
        .query(sql, &[], |row| {
            let word = StatusWord::parse(row.text(1)?).ok_or_else(|| row.broken(1, "未知的证书状态"))?;
            Ok((AuthorityId(row.int(0)?), word, row.int(2)? as u64, Instant::from_micros(row.int(3)?)))
        })
        .await
}

/// The numbers of these certificates.
pub async fn numbers_of(
    reader: Reader<'_>,
    ids: Vec<i64>,
) -> Result<std::collections::HashMap<CertificateId, Number>> {
    let sql = "select id, number from certificate where id = any($1)";
    let map = |row: &Row<'_>| {
        let number = Number::parse(row.text(1)?).map_err(|_| row.broken(1, "不是证书编号"))?;
        Ok((CertificateId(row.int(0)?), number))
    };
    Ok(reader.query(sql, &[Val::Ints(ids)], map).await?.into_iter().collect())
}

/// Which of these numbers are taken or reserved.
pub async fn taken(reader: Reader<'_>, numbers: Vec<String>) -> Result<Vec<String>> {
    let sql = "select number from certificate where number = any($1)
        union select number from reservation where number = any($1)";
    reader.query(sql, &[Val::Texts(numbers)], |row| Ok(row.text(0)?.to_owned())).await
}

const COLUMNS: &[(&str, Kind)] = &[
    ("id", Kind::Int),
    ("number", Kind::Text),
    ("code", Kind::Text),
    ("authority_id", Kind::Int),
    ("body_id", Kind::Int),
    ("status", Kind::Text),
    ("status_day", Kind::Int),
    ("status_document", Kind::Text),
    ("status_reason", Kind::Text),
    ("valid_from", Kind::Int),
    ("valid_to", Kind::Int),
    ("edition", Kind::Int),
    ("previous_id", Kind::Int),
    ("successor_id", Kind::Int),
    ("domain", Kind::Text),
    ("industry", Kind::Text),
    ("food", Kind::Int),
    ("door", Kind::Text),
    ("batch_id", Kind::Int),
    ("assigned_at", Kind::Int),
    ("contact_id", Kind::Int),
    ("printed", Kind::Int),
    ("print_due", Kind::Int),
    ("acts", Kind::Int),
];

/// Inserts new heads. A taken number or code is [`StoreError::Unique`].
pub async fn insert(tx: &Tx, heads: &[Head]) -> Result<u64> {
    let mut cells = Vec::with_capacity(heads.len() * COLUMNS.len());
    for h in heads {
        let (day, document, reason) = status_cells(&h.status);
        cells.extend([
            h.id.0.into(),
            h.number.as_str().into(),
            h.code.as_str().into(),
            h.authority.0.into(),
            h.body.0.into(),
            h.status.word().key().into(),
            day,
            document,
            reason,
            h.valid_from.number().into(),
            h.valid_to.number().into(),
            h.edition.into(),
            h.previous.map(|c| c.0).into(),
            h.successor.map(|c| c.0).into(),
            h.domain.as_str().into(),
            h.industry.as_str().into(),
            h.food.into(),
            h.door.key().into(),
            h.batch.map(|b| b.0).into(),
            h.assigned_at.micros().into(),
            h.contact.map(|p| p.0).into(),
            h.printed.into(),
            h.print_due.into(),
            0i64.into(),
        ]);
    }
    tx.bulk("certificate", COLUMNS, cells).await
}

fn status_cells(status: &Status) -> (Val, Val, Val) {
    let (document, reason) = status.act().map_or(("", ""), |act| (&act.document, &act.reason));
    (status.since().map(Day::number).into(), document.into(), reason.into())
}

/// What a change does to the head.
#[derive(Clone, Copy, Debug)]
pub struct Advance<'a> {
    /// The edition it starts from.
    pub from: u32,
    /// Its body afterwards.
    pub body: BodyId,
    /// Whose phone and e-mail it keeps.
    pub contact: Option<PersonId>,
    /// The new face.
    pub face: &'a Face,
    /// Whether it is to be printed again.
    pub print_due: bool,
}

/// Moves the head to the next edition. [`StoreError::Conflict`] if it is not at `from` or no longer in force.
pub async fn advance(tx: &Tx, id: CertificateId, to: &Advance<'_>) -> Result<()> {
    let sql =
        "update certificate set acts = acts + 1, edition = $3, body_id = $4, valid_from = $5, valid_to = $6, domain = $7,
        industry = $8, food = $9, contact_id = $10, print_due = case when $11 = 1 then 1 else print_due end
        where id = $1 and edition = $2 and status in ('valid', 'suspended')";
    let face = to.face;
    let args = [
        id.0.into(),
        to.from.into(),
        (to.from + 1).into(),
        to.body.0.into(),
        face.valid_from.number().into(),
        face.valid_to.number().into(),
        face.domain.as_str().into(),
        face.industry.as_str().into(),
        face.food.into(),
        to.contact.map(|p| p.0).into(),
        to.print_due.into(),
    ];
    tx.exec_one(sql, &args).await
}

/// Sets the status. [`StoreError::Conflict`] if it is not `from` any more.
pub async fn set_status(tx: &Tx, id: CertificateId, from: StatusWord, to: &Status) -> Result<()> {
    let (day, document, reason) = status_cells(to);
    let sql = "update certificate set acts = acts + 1, status = $3, status_day = $4, status_document = $5,
        status_reason = $6
        where id = $1 and status = $2";
    let args = [id.0.into(), from.key().into(), to.word().key().into(), day, document, reason];
    tx.exec_one(sql, &args).await
}

/// Records that `by` replaces `id`. An ended status stays; a valid one becomes superseded.
/// [`StoreError::Conflict`] if it has a successor already.
pub async fn succeed(tx: &Tx, id: CertificateId, by: CertificateId, from: Day) -> Result<()> {
    let sql = "update certificate set acts = acts + 1, successor_id = $2,
        status_day = case when status in ('valid', 'suspended') then $3 else status_day end,
        status = case when status in ('valid', 'suspended') then 'superseded' else status end
        where id = $1 and successor_id is null";
    tx.exec_one(sql, &[id.0.into(), by.0.into(), from.number().into()]).await
}

/// Takes back what [`succeed`] recorded, when the successor was assigned by mistake.
pub async fn unsucceed(tx: &Tx, id: CertificateId, by: CertificateId) -> Result<()> {
    let sql = "update certificate set acts = acts + 1, successor_id = null,
        status_day = case when status = 'superseded' then null else status_day end,
        status = case when status = 'superseded' then 'valid' else status end
        where id = $1 and successor_id = $2";
    tx.exec_one(sql, &[id.0.into(), by.0.into()]).await
}

/// The 撤销 that stand among the certificates of these bodies, with their effective days. 注销 after it, the formality of
/// domain.md 1.5, does not end the ban; the day is then that of the act, unless a later act lifted it.
pub async fn revocations(reader: Reader<'_>, bodies: Vec<i64>) -> Result<Vec<(CertificateId, Day)>> {
    let sql = "select c.id, case c.status when 'revoked' then c.status_day else (
            select max(e.effective_day) from event e
            where e.object = 'certificate' and e.object_id = c.id and e.kind = 'revoke' and not exists (
                select 1 from event l where l.object = 'certificate' and l.object_id = c.id and l.kind = 'lift'
                and (l.epoch, l.position) > (e.epoch, e.position))) end
        from certificate c where c.body_id = any($1) and c.status in ('revoked', 'cancelled') order by c.id desc";
    let map = |row: &Row<'_>| {
        let id = CertificateId(row.int(0)?);
        Ok(opt_day(row, 1)?.map(|day| (id, day)))
    };
    Ok(reader.query(sql, &[Val::Ints(bodies)], map).await?.into_iter().flatten().collect())
}

/// The latest effective day of a 撤销 that stands among the certificates of a body.
pub async fn revoked_on(reader: Reader<'_>, body: BodyId) -> Result<Option<Day>> {
    Ok(revocations(reader, vec![body.0]).await?.into_iter().map(|(_, day)| day).max())
}

/// Ids of an authority's certificates that match, in ranges, for batch printing and export.
pub async fn ids(reader: Reader<'_>, filter: &Filter, after: i64, limit: u32) -> Result<Vec<CertificateId>> {
    let sql = driven!(filter, "select c.id", " and c.id > $11 order by c.id limit $12");
    let mut args = filter.args();
    args.extend([after.into(), limit.into()]);
    reader.query(sql, &args, |row| Ok(CertificateId(row.int(0)?))).await
}

/// Whether an error says that a number is taken.
pub fn number_taken(error: &StoreError) -> bool {
    matches!(error, StoreError::Unique { constraint } if constraint.contains("number"))
}
