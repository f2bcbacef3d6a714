//! 1.10 stored as the number 1.1: where the file's format does not tell, the order does.

use super::super::SheetError;
use super::super::intake::Intake;
use super::rows::Filled;
use domain::{Field, Group, Place, Problem, Raw, Severity};

/// A label taken apart: 1.10 is (1, 10).
type Parts = (u64, u64);

/// Reads the labels of each run in order and rewrites those that lost a zero. Each gets a notice.
pub(super) fn restore(
    intake: &mut Intake<'_>,
    at: usize,
    column: u16,
    runs: &[Vec<u32>],
    filled: &Filled,
) -> Result<Vec<Problem>, SheetError> {
    let mut problems = Vec::new();
    for run in runs {
        // A merged label is one label: only the first row of each counts.
        let own: Vec<u32> = run.iter().copied().filter(|i| !filled.contains(&(*i, column))).collect();
        let read: Vec<Label> = own.iter().map(|i| label(intake, at, *i, column)).collect();
        let restored = restore_run(&read);
        for ((i, old), new) in own.iter().zip(&read).zip(restored) {
            let Some(new) = new else { continue };
            let next = own.iter().find(|n| *n > i).copied().unwrap_or(u32::MAX);
            for row in run.iter().filter(|r| (*i..next).contains(r)) {
                let cell = intake.pool.keep(Raw::Text(&new))?;
                intake.grids[at].replace(*row as usize, usize::from(column), cell);
            }
            problems.push(notice(intake.grids[at].number(*i as usize) + 1, column, &old.text, &new));
        }
    }
    Ok(problems)
}

/// A label as it stands: its text, its parts, and whether it is a number without a format.
#[derive(Clone, Debug, Default)]
struct Label {
    text: String,
    parts: Option<Parts>,
    bare: bool,
}

fn label(intake: &Intake<'_>, at: usize, i: u32, column: u16) -> Label {
    let raw = intake.pool.raw(intake.grids[at].cell(i as usize, usize::from(column)));
    let text = super::text(raw);
    let bare = matches!(raw, Some(Raw::Number { shown: "", .. }));
    let parts =
        text.split_once('.').and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    Label { text, parts, bare }
}

fn restore_run(labels: &[Label]) -> Vec<Option<String>> {
    let mut out = Vec::with_capacity(labels.len());
    let mut previous: Option<Parts> = None;
    for (i, label) in labels.iter().enumerate() {
        let next = labels.get(i + 1).and_then(|l| l.parts);
        let fixed = label.parts.filter(|_| label.bare).and_then(|parts| longer(previous?, parts, next));
        out.push(fixed.map(|(major, minor)| format!("{major}.{minor}")));
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

fn notice(row: u32, column: u16, old: &str, new: &str) -> Problem {
    Problem {
        severity: Severity::Notice,
        place: Place::cell(Group::Capability, row, Some(column), Field::Label),
        code: "label_restored",
        value: old.to_owned(),
        message: format!("序号“{old}”按前后顺序理解为“{new}”"),
        hint: "不对的，把单元格设为文本格式后重新填写序号".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(texts: &[&str]) -> Vec<String> {
        let label = |text: &&str| Label {
            text: (*text).to_owned(),
            parts: text.split_once('.').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?))),
            bare: true,
        };
        let labels: Vec<Label> = texts.iter().map(label).collect();
        restore_run(&labels)
            .into_iter()
            .zip(texts)
            .map(|(new, old)| new.unwrap_or_else(|| (*old).to_owned()))
            .collect()
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
