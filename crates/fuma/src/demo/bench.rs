//! Large invented files for the benchmarks, written as they are made: memory does not grow with their size.

use super::{
    rng::Rng,
    world::{CapabilitySpec, CertificateSpec, World},
};
use domain::{Day, Field as F, Group};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};
use std::{
    borrow::Cow,
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Common wordings of each method: with 2.5 million rows 14 % are distinct, within the 8 to 17 % of the measured designs.
const VARIANTS: usize = 200;
/// No annex has more rows (domain.md section 7).
const LARGEST: usize = 30_000;
/// Bytes collected before they go to the file.
const CHUNK: usize = 1 << 20;

const HEAD: [F; 24] = [
    F::Kind,
    F::Number,
    F::BodyName,
    F::OtherName,
    F::Uscc,
    F::LegalKind,
    F::ParentName,
    F::ParentUscc,
    F::Department,
    F::Address,
    F::Division,
    F::Domain,
    F::Industry,
    F::Food,
    F::Procedure,
    F::DecisionDay,
    F::DecisionNumber,
    F::FirstIssuedOn,
    F::IssuedOn,
    F::ValidFrom,
    F::ValidTo,
    F::Status,
    F::StatusDay,
    F::StatusDocument,
];
const SITE: [F; 5] = [F::SiteOf, F::SiteName, F::SiteKind, F::SiteAddress, F::SiteDivision];
const CAPABILITY: [F; 13] = [
    F::CapabilityOf,
    F::CapabilitySite,
    F::Label,
    F::Category,
    F::Class,
    F::Item,
    F::StandardName,
    F::StandardNumber,
    F::Clause,
    F::Limits,
    F::CapabilityRemark,
    F::ApprovedOn,
    F::CapabilityFood,
];

/// One CSV file that grows row by row.
struct Table {
    file: File,
    bytes: Vec<u8>,
}

impl Table {
    fn create(dir: &Path, group: Group, columns: &[F]) -> io::Result<Table> {
        let file = File::create(dir.join(format!("{}.csv", group.sheet())))?;
        let mut table = Table { file, bytes: Vec::with_capacity(CHUNK + (1 << 16)) };
        let labels: Vec<&str> = columns.iter().map(|field| field.label()).collect();
        table.row(&labels)?;
        Ok(table)
    }

    /// Writes a row. Nothing invented here holds a comma, a quote or a line break (the catalogue's test).
    fn row(&mut self, cells: &[impl AsRef<str>]) -> io::Result<()> {
        for cell in cells {
            self.bytes.extend_from_slice(cell.as_ref().as_bytes());
            self.bytes.push(b',');
        }
        if let Some(last) = self.bytes.last_mut() {
            *last = b'\n';
        }
        if self.bytes.len() >= CHUNK { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.bytes)?;
        self.bytes.clear();
        Ok(())
    }
}

/// The three files of one upload.
struct Files {
    heads: Table,
    sites: Table,
    capabilities: Table,
}

impl Files {
    fn create(dir: &Path) -> io::Result<Files> {
        Ok(Files {
            heads: Table::create(dir, Group::Certificate, &HEAD)?,
            sites: Table::create(dir, Group::Site, &SITE)?,
            capabilities: Table::create(dir, Group::Capability, &CAPABILITY)?,
        })
    }

    fn write(&mut self, certificate: &CertificateSpec) -> io::Result<()> {
        let number = certificate.number.as_deref().unwrap_or_default();
        self.heads.row(&head(certificate))?;
        for (index, site) in certificate.body.sites.iter().enumerate() {
            let kind = if index == 0 { "主场所" } else { "分场所" };
            self.sites.row(&[number, &site.name, kind, &site.address, site.division])?;
        }
        annex(&mut self.capabilities, certificate, number)
    }

    fn end(mut self) -> io::Result<()> {
        self.heads.flush()?;
        self.sites.flush()?;
        self.capabilities.flush()
    }
}

/// Writes 证书.csv, 场所.csv and 检测能力.csv into `dir`: `certificates` certificates of Shaanxi (27) taken over (存量)
/// with given numbers of 2017 to 2026, and `capability_rows` rows. The same seed gives the same bytes.
///
/// # Errors
/// What the file system says.
pub fn bench_csv(dir: &Path, certificates: usize, capability_rows: usize, seed: u64) -> io::Result<()> {
    bench_csv_parts(dir, certificates, capability_rows, seed, certificates).map(drop)
}

/// The same in uploads of at most `part` certificates: the first in `dir`, each further one in a folder of its own
/// below it. The folders in order.
///
/// # Errors
/// What the file system says.
pub fn bench_csv_parts(
    dir: &Path,
    certificates: usize,
    capability_rows: usize,
    seed: u64,
    part: usize,
) -> io::Result<Vec<PathBuf>> {
    let world = World::new(seed).with_variants(VARIANTS);
    let mut files = Files::create(dir)?;
    let mut dirs = vec![dir.to_owned()];
    for (at, certificate) in world.stock(world.sizes(certificates, capability_rows, LARGEST)).enumerate() {
        if at > 0 && at.is_multiple_of(part) {
            let next = dir.join(format!("part-{}", dirs.len() + 1));
            std::fs::create_dir_all(&next)?;
            std::mem::replace(&mut files, Files::create(&next)?).end()?;
            dirs.push(next);
        }
        files.write(&certificate)?;
    }
    files.end()?;
    Ok(dirs)
}

/// The cells of [`HEAD`].
fn head(certificate: &CertificateSpec) -> Vec<Cow<'_, str>> {
    let body = &certificate.body;
    let text = |text: &Option<String>| Cow::Owned(text.clone().unwrap_or_default());
    let day = |day: Day| Cow::Owned(day.to_string());
    let (parent_name, parent_uscc) = body.parent.as_ref().map_or(("", ""), |p| (&p.name, &p.uscc));
    let status = certificate.status.as_ref();
    vec![
        certificate.kind.into(),
        text(&certificate.number),
        body.name.as_str().into(),
        text(&body.other_name),
        text(&body.uscc),
        body.legal_kind.into(),
        parent_name.into(),
        parent_uscc.into(),
        body.department.as_str().into(),
        body.sites[0].address.as_str().into(),
        body.sites[0].division.into(),
        body.domain.into(),
        body.industry.into(),
        yes(certificate.capabilities.iter().any(|c| c.food)).into(),
        certificate.procedure.into(),
        day(certificate.decision_day),
        certificate.decision_number.as_str().into(),
        day(certificate.first_issued_on),
        day(certificate.issued_on),
        day(certificate.issued_on),
        day(certificate.valid_to),
        status.map_or("有效", |(word, ..)| word).into(),
        status.map_or("".into(), |(_, on, _)| day(*on)),
        status.map_or("", |(.., document)| document).into(),
    ]
}

fn annex(table: &mut Table, certificate: &CertificateSpec, number: &str) -> io::Result<()> {
    let approved = certificate.decision_day.to_string();
    let mut label = Vec::new();
    for c in &certificate.capabilities {
        label.clear();
        write!(label, "{}.{}", c.class_no, c.item_no)?;
        let site = if c.site == 0 { "" } else { &certificate.body.sites[c.site].name };
        let label = str::from_utf8(&label).expect("digits and a dot");
        table.row(&[
            number,
            site,
            label,
            c.category,
            c.class,
            c.item,
            c.standard_name,
            c.standard_number,
            c.clause,
            c.limits,
            "",
            &approved,
            yes(c.food),
        ])?;
    }
    Ok(())
}

fn yes(is: bool) -> &'static str {
    if is { "是" } else { "否" }
}

/// Rows of one certificate in [`bench_xlsx`].
const PER_CERTIFICATE: usize = 250;

/// Writes an xlsx with `rows` capability rows of twelve columns, each with a remark of its own as laboratories' lists
/// have them, and the certificates they belong to: 150,000 rows make about 20 MB.
///
/// # Errors
/// Those of the writer and of the file system.
pub fn bench_xlsx(path: &Path, rows: usize, seed: u64) -> Result<(), XlsxError> {
    let world = World::new(seed).with_variants(VARIANTS);
    let count = rows.div_ceil(PER_CERTIFICATE);
    let sizes = (0..count).map(|at| PER_CERTIFICATE.min(rows - at * PER_CERTIFICATE)).collect();
    let mut book = Workbook::new();
    book.add_worksheet_with_low_memory()?.set_name(Group::Certificate.sheet())?;
    book.add_worksheet_with_low_memory()?.set_name(Group::Capability.sheet())?;
    let columns: Vec<F> = CAPABILITY.into_iter().filter(|field| *field != F::CapabilitySite).collect();
    header(&mut book, 0, &HEAD)?;
    header(&mut book, 1, &columns)?;
    let mut rng = Rng::of(seed, 9, 0);
    let mut next = 1;
    for (at, mut certificate) in (1..).zip(world.stock(sizes)) {
        certificate.status = None;
        certificate_row(&mut book, at, &certificate)?;
        next = capability_rows(&mut book, next, &certificate, &mut rng)?;
    }
    book.save(path)
}

fn header(book: &mut Workbook, sheet: usize, columns: &[F]) -> Result<(), XlsxError> {
    let sheet = book.worksheet_from_index(sheet)?;
    for (column, field) in (0..).zip(columns) {
        sheet.write(0, column, field.label())?;
    }
    Ok(())
}

fn certificate_row(book: &mut Workbook, row: u32, certificate: &CertificateSpec) -> Result<(), XlsxError> {
    let sheet = book.worksheet_from_index(0)?;
    for (column, cell) in (0..).zip(head(certificate)).filter(|(_, cell)| !cell.is_empty()) {
        sheet.write_string(row, column, cell)?;
    }
    Ok(())
}

/// Writes the annex of a certificate from row `next` on and says where the following one begins.
fn capability_rows(
    book: &mut Workbook,
    next: u32,
    certificate: &CertificateSpec,
    rng: &mut Rng,
) -> Result<u32, XlsxError> {
    let sheet = book.worksheet_from_index(1)?;
    let number = certificate.number.as_deref().unwrap_or_default();
    let approved = ExcelDateTime::from_ymd(
        certificate.decision_day.year(),
        certificate.decision_day.month(),
        certificate.decision_day.dom(),
    )?;
    let format = Format::new().set_num_format("yyyy\\-mm\\-dd");
    for (row, c) in (next..).zip(&certificate.capabilities) {
        let label = format!("{}.{}", c.class_no, c.item_no);
        let texts = [
            number,
            &label,
            c.category,
            c.class,
            c.item,
            c.standard_name,
            c.standard_number,
            c.clause,
            c.limits,
        ];
        for (column, text) in (0..).zip(texts).filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(row, column, text)?;
        }
        sheet.write_string(row, 9, remark(c, rng))?;
        sheet.write_datetime_with_format(row, 10, &approved, &format)?;
        sheet.write_string(row, 11, yes(c.food))?;
    }
    Ok(next + certificate.capabilities.len() as u32)
}

/// 说明 that no other row has: a record of verification with the checksums of its files, as careful laboratories note it.
fn remark(capability: &CapabilitySpec, rng: &mut Rng) -> String {
    let mut text = format!("{}方法验证记录YL-{:016X}，附件校验值", capability.item, rng.next());
    for _ in 0..8 {
        text.push_str(&format!("{:016x}", rng.next()));
    }
    text
}

#[cfg(test)]
#[path = "bench_tests.rs"]
mod tests;
