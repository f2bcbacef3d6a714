//! From a form's filled grid to rows: bars become a column, merged and left-out cells are repeated, notes end the table.

use super::super::SheetError;
use super::super::grid::{Area, Grid};
use super::super::header::Column;
use super::super::intake::Intake;
use super::super::pool::Cell;
use super::layout::Layout;
use super::text;
use domain::{Field, Group, Place, Problem, Raw, Severity};
use rustc_hash::FxHashSet;

/// Cells that hold the value of a merged area from a row above: index of the row, column.
pub(super) type Filled = FxHashSet<(u32, u16)>;

/// No form has more merged cells; a file that claims so is not filled further.
const MOST_FILLED: usize = 1_000_000;

/// Writes the value of each merged area into all its cells whose rows exist.
pub(super) fn fill_merges(grid: &mut Grid) -> Filled {
    let mut filled = Filled::default();
    let mut steps = 0;
    for Area { top, left, bottom, right } in std::mem::take(&mut grid.merges) {
        let (Some(first), Ok(left), Ok(right)) = (grid.find(top), u16::try_from(left), u16::try_from(right))
        else {
            continue;
        };
        let value = grid.cell(first, usize::from(left));
        let right = right.min(left.saturating_add(200));
        let mut i = first;
        while !value.is_empty() && i < grid.len() && grid.number(i) <= bottom && steps < MOST_FILLED {
            for column in left..=right {
                steps += 1;
                if (i, column) != (first, left) && grid.cell(i, usize::from(column)).is_empty() {
                    grid.fill(i, usize::from(column), value);
                    if i > first {
                        filled.insert((i as u32, column));
                    }
                }
            }
            i += 1;
        }
    }
    filled
}

/// The rows of a form.
pub(super) struct Found {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<u32>,
    /// Rows of one class each, in which item numbers run on.
    pub(super) runs: Vec<Vec<u32>>,
    pub(super) problems: Vec<Problem>,
}

/// One pass over the rows below the header.
struct Walk<'w> {
    layout: &'w Layout,
    filled: &'w Filled,
    at: usize,
    /// Whether the form uses merging at all; if not, left-out cells mean "as above".
    merged: bool,
    category: Cell,
    category_column: u16,
    previous: Option<usize>,
    found: Found,
}

/// What a row is.
#[derive(PartialEq)]
enum Row {
    Data,
    Bar(String),
    Skip,
    End,
}

pub(super) fn rows(
    intake: &mut Intake<'_>,
    at: usize,
    layout: &Layout,
    filled: &Filled,
) -> Result<Found, SheetError> {
    let grid = &intake.grids[at];
    let width = (0..grid.len()).map(|i| grid.row(i).len()).max().unwrap_or(0);
    let data = layout.last + 1..grid.len();
    let mut walk = Walk {
        layout,
        filled,
        at,
        merged: filled.iter().any(|(i, _)| *i as usize > layout.last),
        category: Cell::EMPTY,
        category_column: u16::try_from(width).unwrap_or(u16::MAX),
        previous: None,
        found: Found { columns: columns(layout), rows: Vec::new(), runs: Vec::new(), problems: Vec::new() },
    };
    let mut bars = false;
    for i in data {
        match walk.kind(intake, i) {
            Row::Skip => (),
            Row::End => {
                walk.dropped(intake, i);
                break;
            }
            Row::Bar(name) => {
                bars = true;
                walk.category = intake.pool.keep(Raw::Text(&name))?;
                walk.previous = None;
            }
            Row::Data => walk.data(intake, i)?,
        }
    }
    if bars && layout.group == Group::Capability {
        let title = Field::Category.label().to_owned();
        walk.found.columns.push(Column { index: walk.category_column, field: Field::Category, title });
    }
    Ok(walk.found)
}

/// One column a field: of two for 职务/职称 the first holds both.
fn columns(layout: &Layout) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for (index, field, title) in &layout.columns {
        if columns.iter().all(|c| c.field != *field) {
            columns.push(Column { index: *index, field: *field, title: title.clone() });
        }
    }
    if let (Some(index), Group::Capability) = (layout.label, layout.group) {
        columns.push(Column { index, field: Field::Label, title: Field::Label.label().to_owned() });
    }
    columns
}

impl Walk<'_> {
    fn text(&self, intake: &Intake<'_>, i: usize, column: Option<u16>) -> String {
        let cell = column.map_or(Cell::EMPTY, |c| intake.grids[self.at].cell(i, usize::from(c)));
        text(intake.pool.raw(cell))
    }

    fn kind(&self, intake: &Intake<'_>, i: usize) -> Row {
        let grid = &intake.grids[self.at];
        let texts: Vec<String> = grid.row(i).iter().map(|cell| text(intake.pool.raw(*cell))).collect();
        let Some(first) = texts.iter().find(|t| !t.is_empty()) else { return Row::Skip };
        if is_note(first) {
            return Row::End;
        }
        if is_page_mark(first) || self.header_again(&texts) {
            return Row::Skip;
        }
        if self.layout.group == Group::Capability
            && let Some(name) = self.bar(i, &texts)
        {
            return Row::Bar(name);
        }
        let known = |(column, _, _): &(u16, Field, String)| {
            texts.get(usize::from(*column)).is_some_and(|t| !t.is_empty())
        };
        if self.layout.columns.iter().any(known) { Row::Data } else { Row::Skip }
    }

    /// A form that was printed page by page repeats its header.
    fn header_again(&self, texts: &[String]) -> bool {
        let same = |(column, _, title): &&(u16, Field, String)| {
            let key = texts.get(usize::from(*column)).map(|t| domain::header_key(t)).unwrap_or_default();
            let title = domain::header_key(title);
            !key.is_empty()
                && (title == key
                    || title
                        .split_once('/')
                        .is_some_and(|_| title.starts_with(&key) || title.ends_with(&key)))
        };
        self.layout.columns.iter().filter(same).count() >= 3
    }

    /// A bar across the table names a category: 一 | 水和废水, or 一、水和废水.
    fn bar(&self, i: usize, texts: &[String]) -> Option<String> {
        // A day merged over the whole table runs through the bar as well.
        let own: Vec<(u16, &str)> = (0_u16..)
            .zip(texts.iter().map(String::as_str))
            .filter(|(column, text)| !text.is_empty() && !self.filled.contains(&(i as u32, *column)))
            .collect();
        let at = self.layout.number.unwrap_or(0);
        let number = own.iter().find(|(column, _)| *column == at).map_or("", |(_, text)| text);
        let after = own.iter().map(|(_, text)| *text).find(|text| *text != number).unwrap_or_default();
        let (numeral, rest) = domain::split_numeral(number);
        // In a bar nothing but the name stands to the right, once or through merging.
        let alone = own.iter().all(|(_, text)| *text == number || *text == after);
        if numeral.is_empty() || !alone {
            return None;
        }
        let name = if rest.is_empty() { after } else { rest };
        (!name.is_empty()).then(|| name.to_owned())
    }

    fn data(&mut self, intake: &mut Intake<'_>, i: usize) -> Result<(), SheetError> {
        self.repeat(intake, i);
        let class = self.layout.column(Field::Class).or(self.layout.column(Field::InstrumentClass));
        let new_class =
            self.previous.is_none_or(|p| self.text(intake, p, class) != self.text(intake, i, class));
        match self.layout.group {
            Group::Capability => {
                intake.grids[self.at].fill(i, usize::from(self.category_column), self.category);
            }
            Group::Instrument => {
                if self.same_instrument(i) && self.join_standard(intake, i)? {
                    return Ok(());
                }
            }
            Group::Signatory => self.join_titles(intake, i)?,
            Group::Certificate | Group::Site | Group::Staff => (),
        }
        self.found.rows.push(i as u32);
        match self.found.runs.last_mut() {
            Some(run) if !new_class => run.push(i as u32),
            _ => self.found.runs.push(vec![i as u32]),
        }
        self.previous = Some(i);
        Ok(())
    }

    /// Cells left out because they are as above: an item's further standards, and a class where nothing is merged.
    fn repeat(&self, intake: &mut Intake<'_>, i: usize) {
        let Some(previous) = self.previous else { return };
        let layout = self.layout;
        let mut columns = Vec::new();
        let (item, standard) = match layout.group {
            Group::Capability => (layout.column(Field::Item), layout.column(Field::StandardName)),
            Group::Instrument => {
                (layout.column(Field::InstrumentItem), layout.column(Field::InstrumentStandard))
            }
            _ => return,
        };
        let empty = |column| self.text(intake, i, column).is_empty();
        if empty(item) && !empty(standard) {
            columns.extend([item, layout.label]);
        }
        if !self.merged {
            columns.push(layout.column(Field::Class).or(layout.column(Field::InstrumentClass)));
            if empty(standard) && !empty(item) {
                columns.push(standard);
            }
        }
        let grid = &mut intake.grids[self.at];
        for column in columns.into_iter().flatten().map(usize::from) {
            let above = grid.cell(previous, column);
            if !above.is_empty() {
                grid.fill(i, column, above);
            }
        }
    }

    fn same_instrument(&self, i: usize) -> bool {
        let name = self.layout.column(Field::InstrumentName);
        self.previous.is_some() && name.is_some_and(|column| self.filled.contains(&(i as u32, column)))
    }

    /// An instrument merged over several rows is one instrument; its further standards join the first.
    fn join_standard(&self, intake: &mut Intake<'_>, i: usize) -> Result<bool, SheetError> {
        let (Some(previous), Some(column)) = (self.previous, self.layout.column(Field::InstrumentStandard))
        else {
            return Ok(false);
        };
        let (above, own) = (self.text(intake, previous, Some(column)), self.text(intake, i, Some(column)));
        if !own.is_empty() && own != above {
            let joined = intake.pool.keep(Raw::Text(&format!("{above}\n{own}")))?;
            intake.grids[self.at].replace(previous, usize::from(column), joined);
        }
        Ok(true)
    }

    /// 职称 and 职务 in two columns become one 职务/职称.
    fn join_titles(&self, intake: &mut Intake<'_>, i: usize) -> Result<(), SheetError> {
        let both: Vec<&(u16, Field, String)> =
            self.layout.columns.iter().filter(|(_, field, _)| *field == Field::SignatoryTitle).collect();
        let [one, two] = both[..] else { return Ok(()) };
        let (post, title) = if two.2.contains("职务") { (two, one) } else { (one, two) };
        let parts = [self.text(intake, i, Some(post.0)), self.text(intake, i, Some(title.0))];
        let joined: Vec<&str> = parts.iter().map(String::as_str).filter(|t| !t.is_empty()).collect();
        let cell = intake.pool.keep(Raw::Text(&joined.join("/")))?;
        intake.grids[self.at].replace(i, usize::from(one.0), cell);
        Ok(())
    }

    fn dropped(&mut self, intake: &Intake<'_>, i: usize) {
        let row = intake.grids[self.at].number(i) + 1;
        self.found.problems.push(Problem {
            severity: Severity::Notice,
            place: Place::row(self.layout.group, row),
            code: "notes_dropped",
            value: self.text(intake, i, Some(0)).chars().take(60).collect(),
            message: format!("第 {row} 行起是表下的说明，没有导入"),
            hint: "如果其中有数据，请移到说明的上方".to_owned(),
        });
    }
}

/// 注：… or 以下空白 ends a table; 注射器 does not.
fn is_note(text: &str) -> bool {
    let key: String = text.chars().filter(|c| !c.is_whitespace()).take(8).collect();
    let notes =
        ["注：", "注:", "注①", "注1", "注１", "备注：", "备注:", "说明：", "说明:", "以下空白", "（以下空白"];
    notes.iter().any(|note| key.starts_with(note))
}

/// 第 1 页，共 7 页
fn is_page_mark(text: &str) -> bool {
    let key: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    key.starts_with('第') && key.contains("页") && key.chars().count() < 20
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_told_from_words_that_begin_alike() {
        assert!(is_note("注： ①“检验检测能力”应依据") && is_note("注：文化程度") && is_note("以下空白"));
        assert!(!is_note("注射器") && !is_note("注浆") && !is_note("备注"));
    }
}
