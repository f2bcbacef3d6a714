//! Rows copied in a spreadsheet and pasted into a form, understood as a sheet of an import is.

use crate::import::blocking;
use crate::{App, AppError, Ctx, Result, sheet};
use domain::{Action, Field, Group, RawRow, legible};

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

impl Pasted {
    fn of(book: &sheet::Book) -> Pasted {
        let Some(table) = book.tables.first() else { return Pasted::default() };
        let fields: Vec<Field> = table.columns.iter().map(|column| column.field).collect();
        let value = |row: &RawRow<'_>, field: Field| {
            let words = row.get(field).and_then(|(_, raw)| legible(field, raw).ok());
            words.map(|words| words.trim().to_owned()).unwrap_or_default()
        };
        let values = |row| fields.iter().map(|field| value(&row, *field)).collect();
        let rows = book.rows(table).map(values).collect();
        let left = table.unknown_headers.iter().map(|(_, title)| title.clone()).collect();
        Pasted { rows, left, fields }
    }
}

impl App {
    /// Understands rows of `group` that were pasted at its field number `from`: by their header where they bring one, else
    /// by place.
    pub async fn read_pasted(&self, ctx: &Ctx, group: Group, from: usize, text: String) -> Result<Pasted> {
        self.ask(ctx, Action::DraftWrite, Some(ctx.authority()?))?;
        let read = move || sheet::read_pasted(group, from, &text).map(|book| Pasted::of(&book));
        let hint = "请在表格软件中重新复制后粘贴；行数很多的，用工作簿导入。";
        blocking(read).await?.map_err(|error| AppError::refused(error.to_string(), hint))
    }
}
