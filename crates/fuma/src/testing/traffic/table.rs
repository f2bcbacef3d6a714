//! A table of figures as it must be and as something shows it, and every difference between the two at once.

/// What must stand in a place.
#[derive(Clone, Debug)]
pub enum Due {
    /// Words, or a number that is a name.
    Text(String),
    /// A number.
    Number(i64),
    /// The part that one number is of another.
    Share(u64, u64),
    /// A number that is estimated: within two per cent.
    About(u64),
    /// Nothing.
    Nothing,
}

impl Due {
    /// A count.
    pub fn count(n: u64) -> Due {
        Due::Number(n.cast_signed())
    }

    /// What came to what was before.
    pub fn change(now: u64, before: u64) -> Due {
        Due::Number(now.cast_signed() - before.cast_signed())
    }

    fn is(&self, shown: &str) -> bool {
        match self {
            Due::Text(text) => text == shown,
            Due::Number(n) => n.to_string() == shown,
            // In tenths of a per cent, half of one rounded up.
            Due::Share(part, whole) => {
                number((part * 1_000 + whole / 2).checked_div(*whole).unwrap_or(0) as f64 / 1_000.0) == shown
            }
            Due::About(n) => shown.parse::<u64>().is_ok_and(|shown| shown.abs_diff(*n) * 50 <= *n),
            Due::Nothing => shown.is_empty(),
        }
    }
}

/// A number as all forms are brought to it: a share of 12.3 % is 0.123.
pub fn number(n: f64) -> String {
    format!("{}", (n * 1_000.0).round() / 1_000.0)
}

/// A table as it must be.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its word in addresses of a page and in JSON.
    pub key: &'static str,
    /// The headings.
    pub head: Vec<String>,
    /// The rows, that of the sums last.
    pub rows: Vec<Vec<Due>>,
}

impl Table {
    /// A table without rows.
    pub fn new(key: &'static str, head: &[&str]) -> Table {
        Table { key, head: head.iter().map(|it| (*it).to_owned()).collect(), rows: Vec::new() }
    }

    /// With rows of one name and some counts, and where there are any a row of their sums.
    pub fn summed(mut self, rows: Vec<(String, Vec<u64>)>) -> Table {
        if let Some((_, first)) = rows.first() {
            let of = |at: usize| Due::count(rows.iter().map(|(_, counts)| counts[at]).sum());
            let sums = [Due::Text("合计".into())].into_iter().chain((0..first.len()).map(of)).collect();
            let row = |(name, counts): (String, Vec<u64>)| {
                [Due::Text(name)].into_iter().chain(counts.into_iter().map(Due::count)).collect()
            };
            self.rows.extend(rows.into_iter().map(row));
            self.rows.push(sums);
        }
        self
    }

    /// The same with a last column: what part of a whole the one before it is.
    pub fn with_share(mut self, whole: u64) -> Table {
        for row in &mut self.rows {
            let sums = matches!(&row[0], Due::Text(name) if name == "合计");
            let share = match row.last() {
                Some(Due::Number(n)) if !sums => Due::Share(n.cast_unsigned(), whole),
                _ => Due::Nothing,
            };
            row.push(share);
        }
        self
    }

    /// Whether nothing was counted: pages say so in words then. Ranks and numbers of days are there nonetheless.
    fn is_nought(&self) -> bool {
        let counts = |at: usize| !matches!(self.head[at].as_str(), "名次" | "天数");
        let nought = |due: &Due| matches!(due, Due::Number(0) | Due::About(0) | Due::Nothing | Due::Text(_));
        self.rows.iter().all(|row| (0..row.len()).filter(|at| counts(*at)).all(|at| nought(&row[at])))
    }
}

/// A table as something shows it, every cell brought to one way to write it.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Its word; empty where the form has none.
    pub key: String,
    /// The headings.
    pub head: Vec<String>,
    /// The rows; none where words stand in place of the table.
    pub rows: Option<Vec<Vec<String>>>,
}

/// Every difference between tables as they must be and as they are shown in one place, each told in a line.
pub fn differences(place: &str, due: &[Table], shown: &[Shown]) -> Vec<String> {
    let mut wrong = Vec::new();
    if due.len() != shown.len() {
        let keys = |it: &Shown| it.key.clone();
        wrong.push(format!(
            "{place}: {} tables, not {}: {:?}",
            shown.len(),
            due.len(),
            shown.iter().map(keys).collect::<Vec<_>>()
        ));
    }
    for (due, shown) in due.iter().zip(shown) {
        let place = format!("{place} #{}", due.key);
        if !shown.key.is_empty() && shown.key != due.key {
            wrong.push(format!("{place}: it is #{}", shown.key));
        }
        let Some(rows) = &shown.rows else {
            wrong.extend(
                (!due.is_nought()).then(|| format!("{place}: there is no table, but {:?}", due.rows)),
            );
            continue;
        };
        if due.head != shown.head {
            wrong.push(format!("{place}: headed {:?}, not {:?}", shown.head, due.head));
        }
        if due.rows.len() != rows.len() {
            wrong.push(format!("{place}: {} rows, not {}", rows.len(), due.rows.len()));
        }
        for (due_row, row) in due.rows.iter().zip(rows) {
            if due_row.len() != row.len() {
                wrong.push(format!("{place}: {row:?} has not {} cells", due_row.len()));
            }
            for (at, (due_cell, cell)) in due_row.iter().zip(row).enumerate() {
                if !due_cell.is(cell) {
                    let head = due.head.get(at).map_or("?", String::as_str);
                    wrong.push(format!("{place}, {}, {head}: “{cell}”, not {due_cell:?}", row[0]));
                }
            }
        }
    }
    wrong
}

#[test]
fn a_wrong_figure_is_named_and_a_right_one_is_not() {
    let due = Table::new("parts", &["名称", "公众", "占比"]).summed(vec![("甲".into(), vec![2_000])]);
    let due = [due.with_share(3_000)];
    let cells = |row: [&str; 3]| row.map(str::to_owned).to_vec();
    let head = cells(["名称", "公众", "占比"]);
    let of = |n: &str| vec![cells(["甲", n, "0.667"]), cells(["合计", "2000", ""])];
    let shown = |rows| [Shown { key: "parts".into(), head: head.clone(), rows }];
    assert_eq!(differences("页", &due, &shown(Some(of("2000")))), [] as [String; 0]);
    assert_eq!(differences("页", &due, &shown(Some(of("1999")))).len(), 1);
    assert_eq!(differences("页", &due, &shown(None)).len(), 1);
    assert_eq!(differences("页", &due, &[]).len(), 1);
    assert!(Due::About(1_000).is("1020") && !Due::About(1_000).is("1021"));
}
