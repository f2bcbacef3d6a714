//! Rows copied in a spreadsheet and pasted into a form, understood as a sheet of an import is.

use crate::import::blocking;
use crate::{App, AppError, Ctx, Result, sheet};
use domain::{Action, Field, Group, legible};

/// What was pasted, in columns of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pasted {
    /// The fields that were given, from left to right.
    pub fields: Vec<Field>,
    /// Of each row the values of `fields`; empty where the cell was.
    pub rows: Vec<Vec<String>>,
    /// Columns that no field is for, by title or place: they are not taken.
    pub left: Vec<String>,
}

impl App {
    /// Understands rows of `group` that were pasted at its field number `from`: by their header where they bring one, else
    /// by place.
    pub async fn read_pasted(&self, ctx: &Ctx, group: Group, from: usize, text: String) -> Result<Pasted> {
        self.ask(ctx, Action::DraftWrite, Some(ctx.authority()?))?;
        let read = move || -> std::result::Result<Pasted, sheet::SheetError> {
            let book = sheet::read_pasted(group, from, &text)?;
            let mut out = Pasted::default();
            for table in &book.tables {
                out.fields = table.columns.iter().map(|column| column.field).collect();
                out.left = table.unknown_headers.iter().map(|(_, title)| title.clone()).collect();
                let value = |row: &domain::RawRow<'_>, field: &Field| {
                    let raw = row.get(*field).map(|(_, raw)| raw);
                    raw.and_then(|raw| Some(legible(*field, raw).ok()?.trim().to_owned())).unwrap_or_default()
                };
                let values = |row| out.fields.iter().map(|field| value(&row, field)).collect();
                out.rows = book.rows(table).map(values).collect();
            }
            Ok(out)
        };
        let hint = "请在表格软件中重新复制后粘贴；行数很多的，用工作簿导入。";
        blocking(read).await?.map_err(|error| AppError::refused(error.to_string(), hint))
    }
}
