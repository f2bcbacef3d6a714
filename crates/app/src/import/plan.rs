//! What an import would do with each certificate, kept with its preview and read for its page.

use crate::register::{RowChange, row_changes};
use crate::{App, Ctx, Result};
use domain::{BatchId, Content, Diff};
use serde::{Deserialize, Serialize};
use store::batch_line::Outcome;
use store::batch_plan::Planned;

/// Rows of a change that are listed; their numbers are always whole.
const ROWS: usize = 6;
/// Characters of a value that are kept.
const SHOWN: usize = 200;

/// A value of the face that would be replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaceChange {
    /// Which, as people call it.
    pub field: String,
    /// The value that stands.
    pub old: String,
    /// The value of the file.
    pub new: String,
}

/// Rows of one table that would come and go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsChange {
    /// The table, as people call it.
    pub table: String,
    /// How many would come.
    pub added: usize,
    /// How many would go.
    pub removed: usize,
    /// The first that would come, as one line each.
    pub first_added: Vec<String>,
    /// The first that would go.
    pub first_removed: Vec<String>,
}

impl RowsChange {
    /// How many are not listed.
    pub fn hidden(&self) -> usize {
        (self.added + self.removed).saturating_sub(self.first_added.len() + self.first_removed.len())
    }
}

/// What a change would do. No personal fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineChanges {
    /// Values of the face.
    pub face: Vec<FaceChange>,
    /// Rows, table by table.
    pub rows: Vec<RowsChange>,
}

/// What would become of one certificate of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedLine {
    /// Which, from 1.
    pub line: u32,
    /// What would become of it.
    pub outcome: Outcome,
    /// Its number; empty where the counter is to give one.
    pub number: String,
    /// The name of its body.
    pub body: String,
    /// Why it is stopped; else empty.
    pub reason: String,
    /// What would change.
    pub changes: LineChanges,
}

impl PlannedLine {
    /// As it is kept. A change that cannot be read any more is told without what it changes.
    pub(super) fn of(kept: &Planned) -> PlannedLine {
        PlannedLine {
            line: kept.line,
            outcome: kept.outcome,
            number: kept.number.clone(),
            body: kept.body.clone(),
            reason: kept.reason.clone(),
            changes: serde_json::from_str(&kept.changes).unwrap_or_default(),
        }
    }
}

fn cut(text: &str) -> String {
    let mut out: String = text.chars().take(SHOWN).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

impl LineChanges {
    /// What `diff`, which is that of these contents, says.
    pub(super) fn told(diff: &Diff, old: &Content, new: &Content) -> LineChanges {
        let face = diff.face.iter().map(|replaced| {
            let (old, new) = replaced.in_words();
            FaceChange { field: replaced.field.label().into(), old: cut(&old), new: cut(&new) }
        });
        let all = if diff.rows.is_empty() { Vec::new() } else { row_changes(old, new) };
        let rows = diff.rows.iter().map(|(group, added, removed)| {
            let some = |came: bool| {
                let of = |row: &&RowChange| row.group == *group && row.added == came;
                all.iter().filter(of).take(ROWS).map(|row| cut(&row.text)).collect()
            };
            RowsChange {
                table: group.sheet().into(),
                added: *added,
                removed: *removed,
                first_added: some(true),
                first_removed: some(false),
            }
        });
        LineChanges { face: face.collect(), rows: rows.collect() }
    }

    /// As it is kept.
    pub(super) fn kept(&self) -> String {
        // Texts and numbers in a struct of ours: it cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl App {
    /// One page of what a checked import would do, in the order of the file, after line `after`; of one outcome, or all.
    pub async fn batch_plan(
        &self,
        ctx: &Ctx,
        id: BatchId,
        only: Option<Outcome>,
        after: u32,
        limit: u32,
    ) -> Result<Vec<PlannedLine>> {
        self.batch(ctx, id).await?;
        let page = store::batch_plan::list((&self.db).into(), id, only, after, limit.min(500)).await?;
        Ok(page.iter().map(PlannedLine::of).collect())
    }
}
