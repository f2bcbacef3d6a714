//! 1.10 stored as the number 1.1: where the file's format does not tell, the order does.

use super::SheetError;
use super::book::Book;
use super::grid::Grid;
use super::pool::{Cell, Pool};
use domain::{Field, Group, Place, Problem, Raw, Severity};
use rustc_hash::FxHashMap;

/// Word of the notice about a label that was read so.
const CODE: &str = "label_restored";
/// What to do where it was read wrongly.
const HINT: &str = "表格软件会丢掉末尾的0；理解得不对的，把单元格设为文本格式后重新填写序号";

/// Certificates that are told of one by one.
const LISTED: usize = 1_000;

/// A label taken apart: 1.10 is (1, 10).
type Parts = (u64, u64);

/// A label as it stands: its parts, and whether a zero may have gone from its end, since no format says how it is shown.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Label {
    parts: Option<Parts>,
    bare: bool,
}

impl Label {
    /// What a cell says. In a file of plain text every cell is what a spreadsheet made of it.
    pub(super) fn of(pool: &Pool, grid: &Grid, cell: Cell) -> Label {
        let raw = pool.raw(cell);
        let bare = match raw {
            Some(Raw::Number { shown, .. }) => shown.is_empty(),
            Some(Raw::Text(_)) => grid.plain,
            Some(Raw::Day(_) | Raw::Unreadable(_)) | None => false,
        };
        let text = super::text(raw);
        let parts =
            text.split_once('.').and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
        Label { parts, bare }
    }
}

/// A label of a run that lost its zero, by its place in the run, and what it is.
pub(super) struct Restored {
    pub(super) at: usize,
    parts: Parts,
}

impl Restored {
    /// The label as it was.
    pub(super) fn text(&self) -> String {
        format!("{}.{}", self.parts.0, self.parts.1)
    }

    /// Writes the label into a row, and gives what stood there.
    pub(super) fn write(
        &self,
        pool: &mut Pool,
        grid: &mut Grid,
        (row, column): (u32, u16),
    ) -> Result<String, SheetError> {
        let (row, column) = (row as usize, usize::from(column));
        let old = super::text(pool.raw(grid.cell(row, column)));
        let cell = pool.keep(Raw::Text(&self.text()))?;
        grid.replace(row, column, cell);
        Ok(old)
    }
}

/// Rewrites the labels of capabilities that lost a zero. The rows of each certificate are given by their places in the table;
/// labels run on among those of one site, food apart from the rest, and begin anew with each class. One notice a certificate.
pub(super) fn restore<'e>(
    book: &mut Book,
    certificates: impl Iterator<Item = &'e [u32]>,
) -> Result<Vec<Problem>, SheetError> {
    let mut problems = Vec::new();
    let Some(table) = book.tables.iter().find(|table| table.group == Group::Capability) else {
        return Ok(problems);
    };
    let Some(column) = table.column(Field::Label) else { return Ok(problems) };
    let columns = [Field::CapabilitySite, Field::CapabilityFood, Field::Category, Field::Class];
    let [site, food, category, class] = columns.map(|field| table.column(field).map(usize::from));
    let (pool, grid) = (&mut book.pool, &mut book.grids[table.grid]);
    // Few labels are distinct, so each is taken apart once.
    let mut known: FxHashMap<Cell, Label> = FxHashMap::default();
    let (mut rows, mut read, mut found) = (Vec::new(), Vec::new(), Vec::new());
    let mut more = 0;
    for own in certificates {
        let cell =
            |row: u32, column: Option<usize>| column.map_or(Cell::EMPTY, |c| grid.cell(row as usize, c));
        let mut label = |row: u32| {
            let cell = cell(row, Some(usize::from(column)));
            *known.entry(cell).or_insert_with(|| Label::of(pool, grid, cell))
        };
        // Nothing is lost where each label is above the one before it, which is nearly everywhere.
        let parts = own.iter().filter_map(|i| label(table.rows[*i as usize]).parts);
        if parts.is_sorted_by(|above, below| above < below) {
            continue;
        }
        rows.clear();
        rows.extend(own.iter().map(|i| table.rows[*i as usize]));
        rows.sort_by_key(|row| [site, food].map(|column| cell(*row, column)));
        let goes_on = |above: &u32, row: &u32| {
            let same = |column| cell(*above, column) == cell(*row, column);
            // A class is often written into its first row only.
            let repeated = |column| cell(*row, column).is_empty() || same(column);
            same(site) && same(food) && repeated(category) && repeated(class)
        };
        found.clear();
        for run in rows.chunk_by(goes_on) {
            read.clear();
            read.extend(run.iter().map(|row| label(*row)));
            found.extend(restored(&read).into_iter().map(|label| (run[label.at], label)));
        }
        found.sort_unstable_by_key(|(row, _)| *row);
        let mut first = None;
        for (row, label) in &found {
            let old = label.write(pool, grid, (*row, column))?;
            first.get_or_insert((grid.number(*row as usize) + 1, old, label.text()));
        }
        match first {
            Some((row, old, new)) if problems.len() < LISTED => {
                problems.push(told((row, column), old, &new, found.len()));
            }
            first => more += usize::from(first.is_some()),
        }
    }
    if more > 0 {
        problems.push(Problem {
            severity: Severity::Notice,
            place: Place::row(Group::Capability, table.header_row),
            code: CODE,
            value: String::new(),
            message: format!("另有{more}张证书的序号按前后顺序恢复了末尾的0"),
            hint: HINT.to_owned(),
        });
    }
    Ok(problems)
}

/// What was understood of a certificate's labels: the first of them, and how many there are.
pub(super) fn told((row, column): (u32, u16), old: String, new: &str, count: usize) -> Problem {
    let all = if count > 1 { format!("，本证书的序号中共有{count}处") } else { String::new() };
    Problem {
        severity: Severity::Notice,
        place: Place::cell(Group::Capability, row, Some(column), Field::Label),
        code: CODE,
        message: format!("序号“{old}”按前后顺序理解为“{new}”{all}"),
        hint: HINT.to_owned(),
        value: old,
    }
}

/// The labels of a run, in their order, that lost a zero.
pub(super) fn restored(labels: &[Label]) -> Vec<Restored> {
    let mut out = Vec::new();
    let mut previous: Option<Parts> = None;
    for (at, label) in labels.iter().enumerate() {
        let next = labels.get(at + 1).and_then(|l| l.parts);
        let fixed = label.parts.filter(|_| label.bare).and_then(|parts| longer(previous?, parts, next));
        out.extend(fixed.map(|parts| Restored { at, parts }));
        previous = fixed.or(label.parts);
    }
    out
}

/// 1.1 after 1.9 is 1.10, 1.2 after 1.19 is 1.20; after a gap only if the next label goes on from there; again, if it
/// repeats the one just read so.
fn longer(previous: Parts, (major, minor): Parts, next: Option<Parts>) -> Option<Parts> {
    let tenfold = minor.checked_mul(10)?;
    let goes_on = tenfold == previous.1 + 1 || tenfold == previous.1 || next == Some((major, tenfold + 1));
    (previous.0 == major && minor <= previous.1 && tenfold >= previous.1 && goes_on)
        .then_some((major, tenfold))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(texts: &[&str]) -> Vec<String> {
        let label = |text: &&str| Label {
            parts: text.split_once('.').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?))),
            bare: true,
        };
        let labels: Vec<Label> = texts.iter().map(label).collect();
        let mut out: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        for restored in restored(&labels) {
            out[restored.at] = restored.text();
        }
        out
    }

    #[test]
    fn a_lost_zero_is_found_by_the_order() {
        assert_eq!(run(&["1.8", "1.9", "1.1", "1.11"]), ["1.8", "1.9", "1.10", "1.11"]);
        assert_eq!(run(&["1.9", "1.1"]), ["1.9", "1.10"]);
        assert_eq!(run(&["1.19", "1.2", "1.21"]), ["1.19", "1.20", "1.21"]);
        assert_eq!(run(&["1.8", "1.1", "1.11"]), ["1.8", "1.10", "1.11"]);
        assert_eq!(run(&["1.9", "1.1", "1.1", "1.11"]), ["1.9", "1.10", "1.10", "1.11"]);
    }

    #[test]
    fn labels_in_order_stay() {
        assert_eq!(run(&["1.1", "1.1", "1.2", "2.1", "2.2"]), ["1.1", "1.1", "1.2", "2.1", "2.2"]);
        assert_eq!(run(&["1.9", "2.1"]), ["1.9", "2.1"]);
        assert_eq!(run(&["1.5", "1.1"]), ["1.5", "1.1"]);
    }

    proptest! {
        #[test]
        fn any_run_counted_from_one_comes_back(count in 1_u64..120) {
            let real: Vec<String> = (1..=count).map(|n| format!("3.{n}")).collect();
            let stored: Vec<String> = real.iter().map(|l| l.parse::<f64>().unwrap().to_string()).collect();
            let stored: Vec<&str> = stored.iter().map(String::as_str).collect();
            let read = run(&stored);
            // 3.100 is stored as 3.1 like 3.1 itself; up to 99 every zero is found.
            prop_assert_eq!(&read[..read.len().min(99)], &real[..real.len().min(99)]);
        }
    }
}
