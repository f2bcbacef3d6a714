//! 导出: the register in the shape of the template, so that what went out can come in again. Persons without their
//! personal fields.

use crate::form::{Form, FormRow};
use crate::{App, AppError, Ctx, Result};
use domain::{Action, EventKind, Field, Group, Object};
use std::io::Write;
use store::Urgency;
use store::certificate::Filter;

/// Certificates read at a time.
const RANGE: u32 = 200;

/// Where one sheet goes.
pub type Sink<'w> = dyn FnMut(Group) -> std::io::Result<Box<dyn Write + Send>> + Send + 'w;

impl App {
    /// Writes the current editions of the certificates that match as one CSV a sheet (UTF-8 with BOM). Returns how many.
    ///
    /// # Errors
    /// A file that cannot be written, with what to do; rights as for reading.
    pub async fn export(
        &self,
        ctx: &Ctx,
        filter: &Filter,
        open: &mut Sink<'_>,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<u64> {
        let authority = filter.authority.map_or_else(|| ctx.authority(), Ok)?;
        self.ask(ctx, Action::Export, Some(authority))?;
        let filter = Filter { authority: Some(authority), ..filter.clone() };
        let reader = (&self.db).into();
        let total = store::certificate::count(reader, &filter).await?;
        self.record_export(ctx, authority, total).await?;
        let mut sheets = Sheets::open(open)?;
        let (mut after, mut done) = (0, 0);
        loop {
            let ids = store::certificate::ids(reader, &filter, after, RANGE).await?;
            let Some(last) = ids.last() else { break };
            after = last.0;
            for id in ids {
                let Some(head) = store::certificate::by_id(reader, id).await? else { continue };
                let content = self.content_of(id, head.edition).await?;
                sheets.write(&whole(&head, &content), &head)?;
                done += 1;
            }
            progress(done, total);
        }
        sheets.finish()?;
        Ok(done)
    }

    async fn record_export(&self, ctx: &Ctx, authority: domain::AuthorityId, total: u64) -> Result<()> {
        let mut event = self.event(ctx, EventKind::Export, Object::Authority, authority.0);
        event.details.push(("certificates", total.to_string()));
        let tx = self.db.begin(Urgency::Act).await?;
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }
}

struct Sheets {
    writers: Vec<(Group, csv::Writer<Box<dyn Write + Send>>)>,
}

fn failed(error: impl std::fmt::Display) -> AppError {
    AppError::refused(format!("导出文件写不进去：{error}"), "请检查磁盘空间和文件夹的写权限后重试。")
}

/// Spreadsheets run what begins like a formula; a leading apostrophe makes it text.
fn harmless(value: &str) -> std::borrow::Cow<'_, str> {
    match value.as_bytes().first() {
        Some(b'=' | b'+' | b'-' | b'@') => format!("'{value}").into(),
        _ => value.into(),
    }
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

    fn write(&mut self, form: &Form, head: &store::certificate::Head) -> Result<()> {
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
fn whole(head: &store::certificate::Head, content: &domain::Content) -> Form {
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

fn value(field: Field, row: &FormRow, head: &store::certificate::Head) -> String {
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
    fn a_cell_that_begins_like_a_formula_is_made_text() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless("－1"), "－1");
        assert_eq!(harmless("示例"), "示例");
    }

    #[test]
    fn no_personal_column_goes_out() {
        assert!(Group::ALL.into_iter().flat_map(fields).all(|f| !f.personal()));
        assert!(fields(Group::Staff).any(|f| f == Field::StaffName));
    }
}
