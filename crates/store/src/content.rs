//! Editions and the rows of the annex. A change writes only what differs; any past edition is one query a group.

use crate::certificate::{day, opt_day};
use crate::{Kind, Reader, Result, Row, StoreError, Tx, Val};
use domain::{
    Capability, CertificateId, Content, Day, Division, Face, Instant, Instrument, Kinds, PersonId, Signatory,
    Site, Staff,
};

/// One immutable edition.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the columns, named as in the design")]
pub struct Edition {
    pub certificate: CertificateId,
    pub edition: u32,
    pub kinds: Kinds,
    pub effective: Day,
    pub recorded_at: Instant,
    pub template: String,
    pub face: Face,
    pub capabilities: u32,
    pub digest: [u8; 32],
}

/// A row with its place in the annex and its key.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed<T> {
    /// Key within the certificate, never reused.
    pub row: i64,
    /// Sparse order.
    pub ord: i64,
    /// Which site it stands at, or which it is.
    pub site_no: i64,
    /// Whose it is, for signatories and staff; 0 otherwise.
    pub person: PersonId,
    /// What it says. Its `site` index is not kept: [`Placed::site_no`] tells.
    pub value: T,
}

/// All rows of one edition with their keys.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the name says it")]
pub struct Rows {
    pub sites: Vec<Placed<Site>>,
    pub capabilities: Vec<Placed<Capability>>,
    pub signatories: Vec<Placed<Signatory>>,
    pub instruments: Vec<Placed<Instrument>>,
    pub staff: Vec<Placed<Staff>>,
}

impl Rows {
    /// The content these rows make with a face. Indexes of sites follow the order of the annex.
    pub fn content(self, face: Face) -> Content {
        let numbers: Vec<i64> = self.sites.iter().map(|s| s.site_no).collect();
        let index = |site_no: i64| numbers.iter().position(|n| *n == site_no).unwrap_or(0) as u16;
        Content {
            face,
            capabilities: self
                .capabilities
                .into_iter()
                .map(|p| Capability { site: index(p.site_no), ..p.value })
                .collect(),
            signatories: self
                .signatories
                .into_iter()
                .map(|p| Signatory { site: index(p.site_no), ..p.value })
                .collect(),
            instruments: self
                .instruments
                .into_iter()
                .map(|p| Instrument { site: index(p.site_no), ..p.value })
                .collect(),
            staff: self.staff.into_iter().map(|p| Staff { site: index(p.site_no), ..p.value }).collect(),
            sites: self.sites.into_iter().map(|p| p.value).collect(),
        }
    }
}

/// The interval predicate of every table of rows: it holds in edition `$2`.
macro_rules! holding {
    ($select:literal) => {
        concat!(
            $select,
            " and from_edition <= $2 and (to_edition is null or to_edition > $2) order by ord, row_id"
        )
    };
}

/// All rows that hold in an edition.
pub async fn rows(reader: Reader<'_>, id: CertificateId, edition: u32) -> Result<Rows> {
    Ok(Rows {
        sites: sites(reader, id, edition).await?,
        capabilities: capabilities(reader, id, edition, 0, u32::MAX).await?,
        signatories: signatories(reader, id, edition).await?,
        instruments: instruments(reader, id, edition).await?,
        staff: staff(reader, id, edition).await?,
    })
}

/// The sites of an edition, the main one first.
pub async fn sites(reader: Reader<'_>, id: CertificateId, edition: u32) -> Result<Vec<Placed<Site>>> {
    let sql =
        holding!("select row_id, ord, site_no, name, address, division from site where certificate_id = $1");
    let map = |row: &Row<'_>| {
        let site = Site {
            name: row.text(3)?.to_owned(),
            address: row.text(4)?.to_owned(),
            division: row.opt_text(5)?.and_then(Division::parse),
        };
        placed(row, PersonId(0), site)
    };
    reader.query(sql, &[id.0.into(), edition.into()], map).await
}

fn placed<T>(row: &Row<'_>, person: PersonId, value: T) -> Result<Placed<T>> {
    Ok(Placed { row: row.int(0)?, ord: row.int(1)?, site_no: row.int(2)?, person, value })
}

/// A page of the capabilities of an edition, in the order of the annex.
pub async fn capabilities(
    reader: Reader<'_>,
    id: CertificateId,
    edition: u32,
    skip: u32,
    limit: u32,
) -> Result<Vec<Placed<Capability>>> {
    let sql =
        "select s.row_id, s.ord, s.site_no, s.limits, s.remark, s.approved_on, s.food, s.label, i.category,
        i.class, i.name, i.standard_name, i.standard_number, i.clause
        from scope s join item i on i.id = s.item_id where s.certificate_id = $1
        and s.from_edition <= $2 and (s.to_edition is null or s.to_edition > $2)
        order by s.ord, s.row_id limit $3 offset $4";
    let args = [id.0.into(), edition.into(), limit.into(), skip.into()];
    reader.query(sql, &args, capability).await
}

fn capability(row: &Row<'_>) -> Result<Placed<Capability>> {
    let value = Capability {
        site: 0,
        limits: row.text(3)?.to_owned(),
        remark: row.text(4)?.to_owned(),
        approved_on: opt_day(row, 5)?,
        food: row.bool(6)?,
        label: row.text(7)?.to_owned(),
        item: crate::item::item(row, 8)?,
    };
    placed(row, PersonId(0), value)
}

/// How many capabilities an edition has.
pub async fn count_capabilities(reader: Reader<'_>, id: CertificateId, edition: u32) -> Result<u64> {
    let sql = "select count(*) from scope where certificate_id = $1
        and from_edition <= $2 and (to_edition is null or to_edition > $2)";
    Ok(reader.query_one(sql, &[id.0.into(), edition.into()], |row| row.int(0)).await?.unwrap_or(0) as u64)
}

/// The signatories of an edition.
pub async fn signatories(
    reader: Reader<'_>,
    id: CertificateId,
    edition: u32,
) -> Result<Vec<Placed<Signatory>>> {
    let sql = holding!(
        "select row_id, ord, site_no, person_id, name, title, field, food, approved_on, remark, education, department,
        sex from signatory where certificate_id = $1"
    );
    let map = |row: &Row<'_>| {
        let value = Signatory {
            site: 0,
            name: row.text(4)?.to_owned(),
            title: row.text(5)?.to_owned(),
            field: row.text(6)?.to_owned(),
            food: row.bool(7)?,
            approved_on: opt_day(row, 8)?,
            remark: row.text(9)?.to_owned(),
            education: row.text(10)?.to_owned(),
            department: row.text(11)?.to_owned(),
            sex: row.text(12)?.to_owned(),
        };
        placed(row, PersonId(row.int(3)?), value)
    };
    reader.query(sql, &[id.0.into(), edition.into()], map).await
}

/// The instruments of an edition.
pub async fn instruments(
    reader: Reader<'_>,
    id: CertificateId,
    edition: u32,
) -> Result<Vec<Placed<Instrument>>> {
    let sql = holding!(
        "select row_id, ord, site_no, class, item, standard, name, model, serial, range, traceability,
        traceable_until, confirmation from instrument where certificate_id = $1"
    );
    let map = |row: &Row<'_>| {
        let value = Instrument {
            site: 0,
            class: row.text(3)?.to_owned(),
            item: row.text(4)?.to_owned(),
            standard: row.text(5)?.to_owned(),
            name: row.text(6)?.to_owned(),
            model: row.text(7)?.to_owned(),
            serial: row.text(8)?.to_owned(),
            range: row.text(9)?.to_owned(),
            traceability: row.text(10)?.to_owned(),
            traceable_until: opt_day(row, 11)?,
            confirmation: row.text(12)?.to_owned(),
        };
        placed(row, PersonId(0), value)
    };
    reader.query(sql, &[id.0.into(), edition.into()], map).await
}

/// The staff of an edition.
pub async fn staff(reader: Reader<'_>, id: CertificateId, edition: u32) -> Result<Vec<Placed<Staff>>> {
    let sql = holding!(
        "select row_id, ord, site_no, person_id, name, sex, education, post, title, major, years, department
        from staff where certificate_id = $1"
    );
    let map = |row: &Row<'_>| {
        let value = Staff {
            site: 0,
            name: row.text(4)?.to_owned(),
            sex: row.text(5)?.to_owned(),
            education: row.text(6)?.to_owned(),
            post: row.text(7)?.to_owned(),
            title: row.text(8)?.to_owned(),
            major: row.text(9)?.to_owned(),
            years: row.text(10)?.to_owned(),
            department: row.text(11)?.to_owned(),
        };
        placed(row, PersonId(row.int(3)?), value)
    };
    reader.query(sql, &[id.0.into(), edition.into()], map).await
}

fn edition(row: &Row<'_>) -> Result<Edition> {
    Ok(Edition {
        certificate: CertificateId(row.int(0)?),
        edition: row.int(1)? as u32,
        kinds: Kinds::parse(row.text(2)?).map_err(|e| row.broken(2, e.to_string()))?,
        effective: day(row, 3)?,
        recorded_at: Instant::from_micros(row.int(4)?),
        template: row.text(5)?.to_owned(),
        face: serde_json::from_str(row.text(6)?).map_err(|e| row.broken(6, e.to_string()))?,
        capabilities: row.int(7)? as u32,
        digest: row.bytes(8)?,
    })
}

/// All editions of a certificate, oldest first.
pub async fn editions(reader: Reader<'_>, id: CertificateId) -> Result<Vec<Edition>> {
    let sql = "select certificate_id, edition, kinds, effective_day, recorded_at, template, face, capabilities, digest
        from edition where certificate_id = $1 order by edition";
    reader.query(sql, &[id.0.into()], edition).await
}

/// The digests of the current editions of these certificates.
pub async fn current_digests(reader: Reader<'_>, ids: Vec<i64>) -> Result<Vec<(CertificateId, [u8; 32])>> {
    let sql = "select c.id, e.digest from certificate c
        join edition e on e.certificate_id = c.id and e.edition = c.edition where c.id = any($1)";
    reader.query(sql, &[Val::Ints(ids)], |row| Ok((CertificateId(row.int(0)?), row.bytes(1)?))).await
}

/// One edition.
pub async fn edition_of(reader: Reader<'_>, id: CertificateId, number: u32) -> Result<Option<Edition>> {
    let sql = "select certificate_id, edition, kinds, effective_day, recorded_at, template, face, capabilities, digest
        from edition where certificate_id = $1 and edition = $2";
    reader.query_one(sql, &[id.0.into(), number.into()], edition).await
}

const EDITION: &[(&str, Kind)] = &[
    ("certificate_id", Kind::Int),
    ("edition", Kind::Int),
    ("kinds", Kind::Text),
    ("effective_day", Kind::Int),
    ("recorded_at", Kind::Int),
    ("template", Kind::Text),
    ("face", Kind::Text),
    ("capabilities", Kind::Int),
    ("digest", Kind::Blob),
];

/// Inserts editions.
pub async fn insert_editions(tx: &Tx, editions: &[Edition]) -> Result<u64> {
    let mut cells = Vec::with_capacity(editions.len() * EDITION.len());
    for e in editions {
        let face = serde_json::to_string(&e.face).map_err(|e| StoreError::Schema(e.to_string()))?;
        cells.extend([
            e.certificate.0.into(),
            e.edition.into(),
            e.kinds.keys().into(),
            e.effective.number().into(),
            e.recorded_at.micros().into(),
            (&e.template).into(),
            face.into(),
            e.capabilities.into(),
            Val::from(e.digest),
        ]);
    }
    tx.bulk_ahead("edition", EDITION, cells).await
}

/// New rows of one or more certificates, ready to be written: one flat list of cells a table.
#[derive(Default)]
pub struct NewRows {
    sites: Vec<Val>,
    scopes: Vec<Val>,
    signatories: Vec<Val>,
    instruments: Vec<Val>,
    staff: Vec<Val>,
}

const SITE: &[(&str, Kind)] = &[
    ("certificate_id", Kind::Int),
    ("row_id", Kind::Int),
    ("site_no", Kind::Int),
    ("ord", Kind::Int),
    ("name", Kind::Text),
    ("address", Kind::Text),
    ("division", Kind::Text),
    ("from_edition", Kind::Int),
];
const SCOPE: &[(&str, Kind)] = &[
    ("certificate_id", Kind::Int),
    ("row_id", Kind::Int),
    ("site_no", Kind::Int),
    ("item_id", Kind::Int),
    ("ord", Kind::Int),
    ("limits", Kind::Text),
    ("remark", Kind::Text),
    ("approved_on", Kind::Int),
    ("food", Kind::Int),
    ("label", Kind::Text),
    ("from_edition", Kind::Int),
];
const SIGNATORY: &[(&str, Kind)] = &[
    ("certificate_id", Kind::Int),
    ("row_id", Kind::Int),
    ("site_no", Kind::Int),
    ("person_id", Kind::Int),
    ("ord", Kind::Int),
    ("name", Kind::Text),
    ("title", Kind::Text),
    ("field", Kind::Text),
    ("food", Kind::Int),
    ("approved_on", Kind::Int),
    ("remark", Kind::Text),
    ("education", Kind::Text),
    ("department", Kind::Text),
    ("sex", Kind::Text),
    ("from_edition", Kind::Int),
];
const INSTRUMENT: &[(&str, Kind)] = &[
    ("certificate_id", Kind::Int),
    ("row_id", Kind::Int),
    ("site_no", Kind::Int),
    ("ord", Kind::Int),
    ("class", Kind::Text),
    ("item", Kind::Text),
    ("standard", Kind::Text),
    ("name", Kind::Text),
    ("model", Kind::Text),
    ("serial", Kind::Text),
    ("range", Kind::Text),
    ("traceability", Kind::Text),
    ("traceable_until", Kind::Int),
    ("confirmation", Kind::Text),
    ("from_edition", Kind::Int),
];
const STAFF: &[(&str, Kind)] = &[
    ("certificate_id", Kind::Int),
    ("row_id", Kind::Int),
    ("site_no", Kind::Int),
    ("person_id", Kind::Int),
    ("ord", Kind::Int),
    ("name", Kind::Text),
    ("sex", Kind::Text),
    ("education", Kind::Text),
    ("post", Kind::Text),
    ("title", Kind::Text),
    ("major", Kind::Text),
    ("years", Kind::Text),
    ("department", Kind::Text),
    ("from_edition", Kind::Int),
];

impl NewRows {
    /// A site that holds from `edition` on.
    pub fn site(&mut self, id: CertificateId, p: &Placed<Site>, edition: u32) {
        let v = &p.value;
        self.sites.extend([
            id.0.into(),
            p.row.into(),
            p.site_no.into(),
            p.ord.into(),
            (&v.name).into(),
            (&v.address).into(),
            v.division.map(|d| d.as_str().to_owned()).into(),
            edition.into(),
        ]);
    }

    /// A capability that holds from `edition` on; `item` is its key in the dictionary.
    pub fn capability(&mut self, id: CertificateId, p: &Placed<&Capability>, item: i64, edition: u32) {
        let v = p.value;
        self.scopes.extend([
            id.0.into(),
            p.row.into(),
            p.site_no.into(),
            item.into(),
            p.ord.into(),
            (&v.limits).into(),
            (&v.remark).into(),
            v.approved_on.map(Day::number).into(),
            v.food.into(),
            (&v.label).into(),
            edition.into(),
        ]);
    }

    /// A signatory that holds from `edition` on.
    pub fn signatory(&mut self, id: CertificateId, p: &Placed<Signatory>, edition: u32) {
        let v = &p.value;
        self.signatories.extend([
            id.0.into(),
            p.row.into(),
            p.site_no.into(),
            p.person.0.into(),
            p.ord.into(),
            (&v.name).into(),
            (&v.title).into(),
            (&v.field).into(),
            v.food.into(),
            v.approved_on.map(Day::number).into(),
            (&v.remark).into(),
            (&v.education).into(),
            (&v.department).into(),
            (&v.sex).into(),
            edition.into(),
        ]);
    }

    /// An instrument that holds from `edition` on.
    pub fn instrument(&mut self, id: CertificateId, p: &Placed<Instrument>, edition: u32) {
        let v = &p.value;
        self.instruments.extend([
            id.0.into(),
            p.row.into(),
            p.site_no.into(),
            p.ord.into(),
            (&v.class).into(),
            (&v.item).into(),
            (&v.standard).into(),
            (&v.name).into(),
            (&v.model).into(),
            (&v.serial).into(),
            (&v.range).into(),
            (&v.traceability).into(),
            v.traceable_until.map(Day::number).into(),
            (&v.confirmation).into(),
            edition.into(),
        ]);
    }

    /// A member of the staff that holds from `edition` on.
    pub fn staff(&mut self, id: CertificateId, p: &Placed<Staff>, edition: u32) {
        let v = &p.value;
        self.staff.extend([
            id.0.into(),
            p.row.into(),
            p.site_no.into(),
            p.person.0.into(),
            p.ord.into(),
            (&v.name).into(),
            (&v.sex).into(),
            (&v.education).into(),
            (&v.post).into(),
            (&v.title).into(),
            (&v.major).into(),
            (&v.years).into(),
            (&v.department).into(),
            edition.into(),
        ]);
    }

    /// Writes them all.
    pub async fn write(self, tx: &Tx) -> Result<()> {
        let due: Vec<Val> =
            self.sites.chunks_exact(SITE.len()).flat_map(|row| row.iter().take(2).cloned()).collect();
        for (table, columns, cells) in [
            ("site", SITE, self.sites),
            ("scope", SCOPE, self.scopes),
            ("signatory", SIGNATORY, self.signatories),
            ("instrument", INSTRUMENT, self.instruments),
            ("staff", STAFF, self.staff),
        ] {
            if !cells.is_empty() {
                tx.bulk_ahead(table, columns, cells).await?;
            }
        }
        if !due.is_empty() {
            crate::elsewhere::note(tx, due).await?;
        }
        Ok(())
    }
}

/// Which table of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the name says it")]
pub enum RowTable {
    Site,
    Scope,
    Signatory,
    Instrument,
    Staff,
}

/// Ends rows: `edition` is the first in which they hold no more. Each must be open: [`StoreError::Conflict`] otherwise.
pub async fn close(tx: &Tx, table: RowTable, id: CertificateId, rows: &[i64], edition: u32) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let sql = match table {
        RowTable::Site => {
            "update site set to_edition = $3
            where certificate_id = $1 and row_id = any($2) and to_edition is null"
        }
        RowTable::Scope => {
            "update scope set to_edition = $3
            where certificate_id = $1 and row_id = any($2) and to_edition is null"
        }
        RowTable::Signatory => {
            "update signatory set to_edition = $3
            where certificate_id = $1 and row_id = any($2) and to_edition is null"
        }
        RowTable::Instrument => {
            "update instrument set to_edition = $3
            where certificate_id = $1 and row_id = any($2) and to_edition is null"
        }
        RowTable::Staff => {
            "update staff set to_edition = $3
            where certificate_id = $1 and row_id = any($2) and to_edition is null"
        }
    };
    let changed = tx.exec(sql, &[id.0.into(), Val::Ints(rows.to_vec()), edition.into()]).await?;
    if changed == rows.len() as u64 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// The greatest row key ever used in a table of a certificate, so that keys are never reused.
pub async fn last_row(reader: Reader<'_>, table: RowTable, id: CertificateId) -> Result<i64> {
    let sql = match table {
        RowTable::Site => "select coalesce(max(row_id), 0) from site where certificate_id = $1",
        RowTable::Scope => "select coalesce(max(row_id), 0) from scope where certificate_id = $1",
        RowTable::Signatory => "select coalesce(max(row_id), 0) from signatory where certificate_id = $1",
        RowTable::Instrument => "select coalesce(max(row_id), 0) from instrument where certificate_id = $1",
        RowTable::Staff => "select coalesce(max(row_id), 0) from staff where certificate_id = $1",
    };
    Ok(reader.query_one(sql, &[id.0.into()], |row| row.int(0)).await?.unwrap_or(0))
}
