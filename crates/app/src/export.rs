//! 导出: the register in the shape of the template, so that what went out can come in again. Persons without their
//! personal fields.

use crate::form::{Form, FormRow};
use crate::listing::{failed, harmless};
use crate::pieces::Pieces;

use crate::{App, AppError, Ctx, Result};
use domain::{Action, CertificateId, Content, EventKind, Field, Group, Object};
use std::collections::HashMap;
use std::io::Write;
use store::Urgency;
use store::certificate::{Filter, Head};
use store::content::{self, Rows};
use tokio::sync::mpsc;
use zip::write::{SimpleFileOptions, ZipWriter};

/// Keys read at a time.
const RANGE: u32 = 10_000;
/// Bytes of a zip that are sent at a time.
const PIECE: usize = 64 << 10;

/// Where one sheet goes.
pub type Sink<'w> = dyn FnMut(Group) -> std::io::Result<Box<dyn Write + Send>> + Send + 'w;

/// An export that was asked for and is on record: which certificates it holds.
#[derive(Debug)]
pub struct Export {
    certificates: Vec<CertificateId>,
}

impl App {
    /// Begins an export of the certificates that match, of one authority, the caller's own by default: asks for the
    /// right, and records it before anything goes out.
    pub async fn begin_export(&self, ctx: &Ctx, filter: &Filter) -> Result<Export> {
        let authority = filter.authority.map_or_else(|| ctx.authority(), Ok)?;
        self.ask(ctx, Action::Export, Some(authority))?;
        let filter = Filter { authority: Some(authority), ..filter.clone() };
        let mut certificates: Vec<CertificateId> = Vec::new();
        loop {
            let after = certificates.last().map_or(0, |id| id.0);
            let page = store::certificate::ids((&self.db).into(), &filter, after, RANGE).await?;
            if page.is_empty() {
                break;
            }
            certificates.extend(page);
        }
        self.record_export(ctx, authority, certificates.len()).await?;
        Ok(Export { certificates })
    }

    /// Writes the current editions of an export as one CSV a sheet (UTF-8 with BOM), all sheets at once. Returns how
    /// many certificates.
    ///
    /// # Errors
    /// A file that cannot be written, with what to do.
    pub async fn export(
        &self,
        export: &Export,
        open: &mut Sink<'_>,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<u64> {
        let mut sheets = Sheets::open(open)?;
        let (mut done, total) = (0, export.certificates.len() as u64);
        for id in &export.certificates {
            let Some(head) = store::certificate::by_id((&self.db).into(), *id).await? else { continue };
            let content = self.content_of(*id, head.edition).await?;
            sheets.write(&whole(&head, &content), &head)?;
            done += 1;
            progress(done, total);
        }
        sheets.finish()?;
        Ok(done)
    }

    /// The same as a zip of the sheets, piece by piece, so that no sheet is ever whole in memory: a sheet after the
    /// other, each of the editions that were current when the first was written.
    ///
    /// # Errors
    /// After one the zip is not whole: the door must break off.
    pub async fn export_zip(&self, export: &Export, out: &mpsc::Sender<Vec<u8>>) -> Result<()> {
        let pieces = Pieces::default();
        let mut zip = ZipWriter::new_stream(pieces.clone());
        let mut editions: HashMap<CertificateId, u32> = HashMap::new();
        for group in Group::ALL {
            zip.start_file(format!("{}.csv", group.sheet()), SimpleFileOptions::default()).map_err(failed)?;
            zip.write_all("\u{feff}".as_bytes()).map_err(failed)?;
            zip.write_all(&lines(|csv| csv.write_record(fields(group).map(|f| f.label())))?)
                .map_err(failed)?;
            for id in &export.certificates {
                let Some(head) = store::certificate::by_id((&self.db).into(), *id).await? else { continue };
                let edition = *editions.entry(*id).or_insert(head.edition);
                let form = whole(&head, &self.part_of(*id, edition, group).await?);
                let rows = |csv: &mut csv::Writer<Vec<u8>>| {
                    let mut rows = form.rows(group).iter();
                    rows.try_for_each(|row| csv.write_record(fields(group).map(|f| value(f, row, &head))))
                };
                zip.write_all(&lines(rows)?).map_err(failed)?;
                if pieces.waiting() >= PIECE && out.send(pieces.take()).await.is_err() {
                    return Ok(()); // nobody listens any more
                }
            }
        }
        zip.finish().map_err(failed)?;
        // Nobody listening is no failure of ours.
        drop(out.send(pieces.take()).await);
        Ok(())
    }

    /// An edition with the rows of one group only, and the sites that they stand at.
    async fn part_of(&self, id: CertificateId, edition: u32, group: Group) -> Result<Content> {
        let reader = || (&self.db).into();
        let stored = content::edition_of(reader(), id, edition).await?.ok_or(AppError::NotFound)?;
        let mut rows = Rows::default();
        if group != Group::Certificate {
            rows.sites = content::sites(reader(), id, edition).await?;
        }
        match group {
            Group::Certificate | Group::Site => {}
            Group::Capability => {
                rows.capabilities = content::capabilities(reader(), id, edition, 0, u32::MAX).await?;
            }
            Group::Signatory => rows.signatories = content::signatories(reader(), id, edition).await?,
            Group::Instrument => rows.instruments = content::instruments(reader(), id, edition).await?,
            Group::Staff => rows.staff = content::staff(reader(), id, edition).await?,
        }
        Ok(rows.content(stored.face))
    }

    async fn record_export(&self, ctx: &Ctx, authority: domain::AuthorityId, total: usize) -> Result<()> {
        let mut event = self.event(ctx, EventKind::Export, Object::Authority, authority.0);
        event.details.push(("certificates", total.to_string()));
        let tx = self.db.begin(Urgency::Act).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// A few lines of CSV.
fn lines(write: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>) -> Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    write(&mut csv).map_err(failed)?;
    csv.into_inner().map_err(|e| failed(e.error()))
}

struct Sheets {
    writers: Vec<(Group, csv::Writer<Box<dyn Write + Send>>)>,
}

impl Sheets {
    fn open(open: &mut Sink<'_>) -> Result<Sheets> {
        let mut writers = Vec::new();
        for group in Group::ALL {
            let mut file = open(group).map_err(failed)?;
            file.write_all("\u{feff}".as_bytes()).map_err(failed)?;
            let mut writer = csv::Writer::from_writer(file);
            let header = fields(group).map(|f| f.label());
            writer.write_record(header).map_err(failed)?;
            writers.push((group, writer));
        }
        Ok(Sheets { writers })
    }

    fn write(&mut self, form: &Form, head: &Head) -> Result<()> {
        for (group, writer) in &mut self.writers {
            for row in form.rows(*group) {
                let value = |field: Field| value(field, row, head);
                writer.write_record(fields(*group).map(value)).map_err(failed)?;
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        self.writers.iter_mut().try_for_each(|(_, writer)| writer.flush()).map_err(failed)
    }
}

/// The form of a content with the act that made it. What has ended can only come in again as 存量.
fn whole(head: &Head, content: &Content) -> Form {
    let mut form = Form::of(&head.number, content);
    for (field, value) in content.face.values() {
        if form.value(field).is_empty() {
            form.set(field, value);
        }
    }
    let ended = head.status.word() != domain::StatusWord::Valid;
    let kinds =
        if ended { domain::Kind::Takeover.label().to_owned() } else { content.face.kinds.to_string() };
    form.set(Field::Kind, kinds);
    form
}

/// The columns that go out: none of the personal ones.
fn fields(group: Group) -> impl Iterator<Item = Field> {
    group.fields().filter(|f| !f.personal())
}

fn value(field: Field, row: &FormRow, head: &Head) -> String {
    let status = &head.status;
    let text = match field {
        Field::SiteOf | Field::CapabilityOf | Field::SignatoryOf | Field::InstrumentOf | Field::StaffOf => {
            return head.number.to_string();
        }
        Field::Status => status.word().label().to_owned(),
        Field::StatusDay => status.since().map(|d| d.to_string()).unwrap_or_default(),
        Field::StatusDocument => status.act().map(|a| a.document.clone()).unwrap_or_default(),
        Field::StatusReason => status.act().map(|a| a.reason.clone()).unwrap_or_default(),
        _ => row.get(field.key()).cloned().unwrap_or_default(),
    };
    harmless(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_personal_column_goes_out() {
        assert!(Group::ALL.into_iter().flat_map(fields).all(|f| !f.personal()));
        assert!(fields(Group::Staff).any(|f| f == Field::StaffName));
    }
}
