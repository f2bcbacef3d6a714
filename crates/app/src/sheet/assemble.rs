//! From tables to certificates: each row of the other sheets goes to the certificate it names.

use super::SheetError;
use super::book::{Book, Table};
use super::header::is_owner;
use super::labels;
use super::pool::Cell;
use domain::{Field, Group, Place, Problem, Raw, RawCertificate, Severity, fold_width};
use rustc_hash::{FxHashMap, FxHashSet};

/// Rows that belong to nobody are reported one by one up to here, then counted.
const LISTED: usize = 1_000;

/// One certificate of a book: its row and the rows that name it, by number only.
#[derive(Debug, Default)]
pub struct Entry {
    /// 0-based place among the certificates of the book, in file order.
    pub line: u32,
    sites: Vec<u32>,
    capabilities: Vec<u32>,
    signatories: Vec<u32>,
    instruments: Vec<u32>,
    staff: Vec<u32>,
}

/// The certificates of a book, and the rows that fit to none.
#[derive(Debug)]
pub struct Assembly {
    /// In file order.
    pub entries: Vec<Entry>,
    /// Rows without a certificate, marks used twice, and labels of capabilities that were read by their order.
    pub problems: Vec<Problem>,
}

impl Entry {
    /// What the book says of this certificate. `book` is the one it was assembled from.
    pub fn raw<'b>(&self, book: &'b Book) -> RawCertificate<'b> {
        let rows = |group: Group| {
            let table = book.table(group);
            let rows = self.rows(group).iter();
            rows.filter_map(|i| Some(book.row(table?, *i as usize))).collect::<Vec<_>>()
        };
        let head = book.table(Group::Certificate).map(|table| book.row(table, self.line as usize));
        RawCertificate {
            head: head.unwrap_or_default(),
            sites: rows(Group::Site),
            capabilities: rows(Group::Capability),
            signatories: rows(Group::Signatory),
            instruments: rows(Group::Instrument),
            staff: rows(Group::Staff),
            // A sheet that says nothing of a certificate leaves that part of it as it is; otherwise a change of name
            // in a workbook with untouched sheets would wipe the capabilities.
            absent: Group::ALL
                .into_iter()
                .filter(|g| *g != Group::Certificate && self.rows(*g).is_empty())
                .collect(),
        }
    }

    /// Number of rows on all sheets.
    pub fn row_count(&self) -> usize {
        1 + Group::ALL.into_iter().map(|group| self.rows(group).len()).sum::<usize>()
    }

    /// Rows of this certificate in the table of a group, its own among the certificates.
    pub(super) fn rows_in(&self, group: Group) -> Vec<u32> {
        if group == Group::Certificate { vec![self.line] } else { self.rows(group).to_vec() }
    }

    fn rows(&self, group: Group) -> &[u32] {
        match group {
            Group::Certificate => &[],
            Group::Site => &self.sites,
            Group::Capability => &self.capabilities,
            Group::Signatory => &self.signatories,
            Group::Instrument => &self.instruments,
            Group::Staff => &self.staff,
        }
    }

    fn rows_mut(&mut self, group: Group) -> &mut Vec<u32> {
        match group {
            Group::Certificate | Group::Site => &mut self.sites,
            Group::Capability => &mut self.capabilities,
            Group::Signatory => &mut self.signatories,
            Group::Instrument => &mut self.instruments,
            Group::Staff => &mut self.staff,
        }
    }
}

/// Groups the rows of a book by certificate, in file order, and gives labels back the zeros they lost.
///
/// # Errors
/// A book that has no room for one more text.
pub fn assemble(book: &mut Book) -> Result<Assembly, SheetError> {
    let mut out = grouped(book);
    out.problems.extend(labels::restore(book, out.entries.iter().map(|entry| &entry.capabilities[..]))?);
    Ok(out)
}

fn grouped(book: &Book) -> Assembly {
    let mut out = Assembly { entries: Vec::new(), problems: Vec::new() };
    let Some(certificates) = book.table(Group::Certificate) else {
        out.problems.push(no_certificates());
        return out;
    };
    out.entries = (0..certificates.len() as u32).map(|line| Entry { line, ..Entry::default() }).collect();
    let lines = marks(book, certificates, &mut out.problems);
    for table in book.tables.iter().filter(|t| t.group != Group::Certificate) {
        distribute(book, table, &lines, &mut out);
    }
    out
}

/// Stands for the lines of a mark that several have: nobody can tell whose its rows are, so they are none's.
const SEVERAL: u32 = u32::MAX;

/// Every 序号 and 证书编号, and the line it stands for. 序号 goes first: it is made for this.
fn marks(book: &Book, table: &Table, problems: &mut Vec<Problem>) -> FxHashMap<String, u32> {
    let mut lines: FxHashMap<String, u32> = FxHashMap::default();
    for field in [Field::Key, Field::Number] {
        let mut own: FxHashMap<String, u32> = FxHashMap::default();
        let mut several: FxHashSet<String> = FxHashSet::default();
        for i in 0..table.len() as u32 {
            let Some(key) = book.cell(table, i as usize, field).and_then(key) else { continue };
            let Some(first) = own.get(&key).copied() else {
                own.insert(key, i);
                continue;
            };
            // Each row that has it is in doubt, the first no less than the others.
            if !several.contains(&key) {
                problems.push(twice(book, table, field, (first, i)));
                several.insert(key);
            }
            problems.push(twice(book, table, field, (i, first)));
        }
        for (key, line) in own {
            let line = if several.contains(&key) { SEVERAL } else { line };
            lines.entry(key).or_insert(line);
        }
    }
    lines
}

fn distribute(book: &Book, table: &Table, lines: &FxHashMap<String, u32>, out: &mut Assembly) {
    let owner = table.columns.iter().find(|c| is_owner(c.field));
    let grid = &book.grids[table.grid];
    // Rows of one certificate share the cell that names it, so its text is looked at once.
    let mut known: FxHashMap<Cell, Option<u32>> = FxHashMap::default();
    let mut lost = 0;
    for i in 0..table.len() as u32 {
        let cell =
            owner.map_or(Cell::EMPTY, |c| grid.cell(table.rows[i as usize] as usize, usize::from(c.index)));
        let line = *known.entry(cell).or_insert_with(|| {
            let key = book.pool.raw(cell).and_then(key)?;
            lines.get(&key).copied()
        });
        match line.map(|line| (line, out.entries.get_mut(line as usize))) {
            Some((_, Some(entry))) => entry.rows_mut(table.group).push(i),
            // The rows of 证书 that share the mark have been told.
            Some((SEVERAL, None)) => (),
            Some((_, None)) | None => {
                lost += 1;
                if lost <= LISTED && owner.is_some() {
                    out.problems.push(ownerless(book, table, i, cell));
                }
            }
        }
    }
    if lost > LISTED || (lost > 0 && owner.is_none()) {
        out.problems.push(Problem {
            severity: Severity::Error,
            place: Place::row(table.group, table.header_row),
            code: "certificates_unknown",
            value: String::new(),
            message: format!("工作表“{}”共有 {lost} 行找不到对应的证书", table.sheet),
            hint: "检查“对应证书”列：填证书表中的序号或证书编号".to_owned(),
        });
    }
}

/// What is compared: 1, "1", "１" and " 1 " are one mark.
fn key(raw: Raw<'_>) -> Option<String> {
    let text = match raw {
        Raw::Text(text) => fold_width(text).split_whitespace().collect::<String>().to_uppercase(),
        Raw::Number { value, .. } if value.fract() == 0.0 && value.abs() < 1e15 => format!("{value:.0}"),
        Raw::Number { value, shown: "" } => value.to_string(),
        Raw::Number { shown, .. } => shown.to_owned(),
        Raw::Day(_) | Raw::Unreadable(_) => return None,
    };
    // A number is the same however it is typed: grouped, full-width, with CMA before it.
    let number = domain::Number::parse(&text).ok().map(|number| number.to_string());
    (!text.is_empty()).then(|| number.unwrap_or(text))
}

fn shown(raw: Option<Raw<'_>>) -> String {
    match raw {
        Some(Raw::Text(text)) => text.trim().chars().take(60).collect(),
        Some(Raw::Number { value, shown: "" }) => value.to_string(),
        Some(Raw::Number { shown, .. }) => shown.to_owned(),
        Some(Raw::Day(day)) => day.to_string(),
        Some(Raw::Unreadable(why)) => why.to_owned(),
        None => String::new(),
    }
}

fn row_number(book: &Book, table: &Table, i: u32) -> u32 {
    book.grids[table.grid].number(table.rows[i as usize] as usize) + 1
}

fn twice(book: &Book, table: &Table, field: Field, (i, other): (u32, u32)) -> Problem {
    let value = shown(book.cell(table, i as usize, field));
    Problem {
        severity: Severity::Error,
        place: Place::cell(table.group, row_number(book, table, i), table.column(field), field),
        code: if field == Field::Key { "key_twice" } else { "number_twice" },
        message: format!("{}“{value}”与第 {} 行重复", field.label(), row_number(book, table, other)),
        hint: match field {
            Field::Key => {
                "每张证书的序号须不同；其中一行改为未用过的序号，并同步修改其他工作表的“对应证书”，否则分不清各行属于哪张证书"
            }
            _ => "一个编号只能有一张证书；同一张证书有两项业务的，分两次导入",
        }
        .to_owned(),
        value,
    }
}

fn ownerless(book: &Book, table: &Table, i: u32, cell: Cell) -> Problem {
    let value = shown(book.pool.raw(cell));
    let owner = table.columns.iter().find(|c| is_owner(c.field));
    Problem {
        severity: Severity::Error,
        place: Place {
            group: table.group,
            row: row_number(book, table, i),
            column: owner.map(|c| c.index),
            field: owner.map(|c| c.field),
        },
        code: "certificate_unknown",
        message: if value.is_empty() {
            "没有填写对应证书".to_owned()
        } else {
            format!("证书表中没有序号或证书编号为“{value}”的证书")
        },
        hint: "填证书表中的序号或证书编号，或在证书表中补上该证书".to_owned(),
        value,
    }
}

fn no_certificates() -> Problem {
    Problem {
        severity: Severity::Error,
        place: Place::row(Group::Certificate, 0),
        code: "certificates_missing",
        value: String::new(),
        message: "文件中没有“证书”表，其他表的内容无处归属".to_owned(),
        hint: "补上“证书”工作表；CSV 请把“证书.csv”与其他文件一起上传".to_owned(),
    }
}
