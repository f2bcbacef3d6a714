//! A file being read: its certificates, judged chunk by chunk with the parsing on other threads.

use crate::alike::{Party, twins};
use crate::funnel::{Judged, Siblings};
use crate::sheet::{Assembly, Book, Entry};
use crate::{App, AppError, Result};
use domain::{AuthorityId, Draft, Field, Group, Number, Parsed, Peek, Place, Plan, Problem, RawRow, Tables};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use store::batch::Summary;

/// Certificates judged at a time.
const CHUNK: usize = 256;
/// Problems kept of one file; beyond it they are only counted.
pub(super) const LISTED: usize = 20_000;

/// A file as read, shared by the threads that judge it.
pub(super) struct Work {
    pub(super) book: Book,
    pub(super) assembly: Assembly,
    pub(super) tables: Arc<Tables>,
    pub(super) authority: AuthorityId,
}

/// What commit needs to know of a good line.
#[derive(Clone, Debug)]
pub(super) struct GoodLine {
    /// Index into the assembly's entries.
    pub(super) entry: usize,
    /// Lines of a level are written before those of the next: a renewal after what it replaces.
    pub(super) level: u32,
    /// The number the authority gave.
    pub(super) number: Option<Number>,
    /// For the counter: year, domain, industry.
    pub(super) counted: (u16, domain::Two, domain::Two),
    /// Whether it makes a certificate.
    pub(super) fresh: bool,
}

/// The whole truth about a file, nothing written.
pub(super) struct Preview {
    pub(super) summary: Summary,
    pub(super) problems: Vec<Problem>,
    /// Beyond those listed.
    pub(super) more: u64,
    pub(super) good: Vec<GoodLine>,
    /// Entries that are stopped, and why.
    pub(super) held: Vec<(usize, String)>,
    pub(super) errors: u64,
}

impl Work {
    /// The name a problem's sheet has in the file.
    pub(super) fn sheet(&self, group: Group) -> String {
        self.book.table(group).map_or_else(|| group.sheet().to_owned(), |t| t.sheet.clone())
    }

    /// Letters of the column in which a field stands in the file; empty if it has none.
    pub(super) fn column(&self, group: Group, field: Field) -> String {
        let column = self.book.table(group).and_then(|t| t.column(field));
        column.map(|c| Place::cell(group, 0, Some(c), field).column_letters()).unwrap_or_default()
    }

    /// Why a certificate is stopped, in one line: the first problem with its place in the file. `None` if it is not.
    pub(super) fn why_not(&self, judged: &Judged) -> Option<String> {
        if judged.draft.is_some() {
            return None;
        }
        let mut stopping = judged.problems.iter().filter(|p| p.stops());
        let first = stopping.next().map(|problem| self.why(problem)).unwrap_or_default();
        Some(match stopping.count() {
            0 => first,
            more => format!("{first}（另有{more}处错误）"),
        })
    }

    /// A problem in one line. Values are left out: what is refused stays on record longer than the file.
    fn why(&self, problem: &Problem) -> String {
        let place = &problem.place;
        let sheet = self.sheet(place.group);
        let row = if place.row > 0 { format!("第{}行", place.row) } else { String::new() };
        // Many messages begin with the name of their field.
        let field = place.field.map_or("", Field::label);
        let field = if problem.message.starts_with(field) { "" } else { field };
        format!("{sheet}{row}{field}：{}", problem.message)
    }

    /// Number in the file, from 1.
    pub(super) fn line(&self, entry: usize) -> u32 {
        self.assembly.entries[entry].line + 1
    }
}

impl App {
    /// Parses entries on a blocking thread.
    pub(super) async fn parse(&self, work: &Arc<Work>, entries: Vec<usize>) -> Result<Vec<Parsed>> {
        let work = work.clone();
        let today = self.today();
        let run = move || {
            let setting = domain::Setting {
                tables: &work.tables,
                authority: work.authority,
                today,
                date_system: work.book.date_system,
            };
            let parse =
                |entry: &usize| Draft::parse(&work.assembly.entries[*entry].raw(&work.book), &setting);
            entries.iter().map(parse).collect()
        };
        tokio::task::spawn_blocking(run).await.map_err(|e| AppError::Fault(format!("读取表格的线程：{e}")))
    }

    /// Judges the whole file by the rules of assignment. `progress` hears how many certificates are done.
    pub(super) async fn preview(
        &self,
        work: &Arc<Work>,
        progress: &(dyn Fn(u32, u32) + Sync),
    ) -> Result<Preview> {
        let total = work.assembly.entries.len();
        let mut preview = Preview {
            summary: Summary { lines: total as u32, ..Summary::default() },
            problems: Vec::new(),
            more: 0,
            good: Vec::new(),
            held: Vec::new(),
            errors: 0,
        };
        preview.note(work.book.problems.iter().chain(&work.assembly.problems).cloned());
        self.key_bodies().await?;
        let (siblings, parties) = survey(work);
        let mut twins = twins(&parties);
        let marred = marred(work);
        // Without its header or a required column a sheet cannot be trusted, and so neither can the file.
        let whole = ["columns_missing", "header_missing"];
        let stopped = work.book.problems.iter().find(|p| p.stops() && whole.contains(&p.code));
        let stopped = stopped.map(|problem| work.why(problem));
        let mut ahead = None;
        let mut at = 0;
        while at < total {
            let end = total.min(at + CHUNK);
            let parsed = match ahead.take() {
                Some(parsed) => parsed,
                None => self.parse(work, (at..end).collect()).await?,
            };
            let next = (end..total.min(end + CHUNK)).collect::<Vec<_>>();
            let setting = self.setting(&work.tables, work.authority, work.book.date_system);
            // The next chunk is parsed while the registry is asked about this one.
            let (judged, known, parsed) = tokio::join!(
                self.judge_many(parsed, &setting, &siblings),
                self.known_alike(&parties[at..end]),
                self.parse(work, next)
            );
            for ((entry, mut judged), known) in (at..end).zip(judged?).zip(known?) {
                judged.problems.extend(twins.remove(&entry).unwrap_or_default());
                judged.problems.extend(known);
                preview.take(work, entry, judged, &marred, stopped.as_deref());
            }
            ahead = Some(parsed?);
            at = end;
            progress(at as u32, total as u32);
        }
        levels(&mut preview.good, &siblings);
        Ok(preview)
    }
}

impl Preview {
    fn note(&mut self, problems: impl Iterator<Item = Problem>) {
        for problem in problems {
            self.errors += u64::from(problem.stops());
            if self.problems.len() < LISTED {
                self.problems.push(problem);
            } else {
                self.more += 1;
            }
        }
    }

    fn take(
        &mut self,
        work: &Work,
        entry: usize,
        judged: Judged,
        marred: &HashMap<usize, String>,
        stopped: Option<&str>,
    ) {
        // What the file itself has wrong in one of the certificate's rows has been told; it stops the certificate too.
        let file = stopped.or(marred.get(&entry).map(String::as_str));
        let why = file.map(str::to_owned).or_else(|| work.why_not(&judged));
        self.note(judged.problems.into_iter());
        let (draft, plan) = match (judged.draft, why) {
            (Some(good), None) => good,
            (_, why) => return self.held.push((entry, why.unwrap_or_default())),
        };
        self.summary.good += 1;
        let face = &draft.content.face;
        match plan {
            Plan::Unchanged { .. } => self.summary.unchanged += 1,
            Plan::New { .. } | Plan::Change { .. } => {
                let fresh = matches!(plan, Plan::New { .. });
                self.summary.fresh += u32::from(fresh);
                self.summary.changed += u32::from(!fresh);
                let year = face.issued_on.unwrap_or(face.valid_from).year();
                let counted = (year, face.domain, face.industry);
                self.good.push(GoodLine { entry, level: 0, number: draft.number.clone(), counted, fresh });
            }
        }
    }
}

/// One look at all heads: who may be one with whom, and the certificates of the file that replace or are replaced by others
/// of it. Of the rest, which is nearly all, no face is kept.
fn survey(work: &Work) -> (Siblings, Vec<Option<Party>>) {
    let (mut siblings, mut named) = (Siblings::new(), HashSet::new());
    let mut parties = vec![None; work.assembly.entries.len()];
    for (entry, raw, peek) in peeked(work) {
        parties[entry] = Party::peeked(&raw, &peek);
        // Also by a line whose own number is still to be given.
        let Some(previous) = peek.face.previous_number.clone() else { continue };
        named.insert(previous);
        if let Some(number) = peek.number.filter(|_| peek.whole && peek.face.kinds.makes_certificate()) {
            siblings.entry(number).or_insert((entry as u32, peek.face));
        }
    }
    if named.is_empty() {
        return (siblings, parties);
    }
    for (entry, _, peek) in peeked(work) {
        let makes = peek.whole && peek.face.kinds.makes_certificate();
        if let Some(number) = peek.number.filter(|number| makes && named.contains(number)) {
            siblings.entry(number).or_insert((entry as u32, peek.face));
        }
    }
    (siblings, parties)
}

/// The heads of all entries that have one.
fn peeked(work: &Work) -> impl Iterator<Item = (usize, RawRow<'_>, Peek)> {
    let setting = domain::Setting {
        tables: &work.tables,
        authority: work.authority,
        today: domain::Instant::from_micros(0).day(),
        date_system: work.book.date_system,
    };
    let head = work.book.table(Group::Certificate);
    work.assembly.entries.iter().enumerate().filter_map(move |(entry, of)| {
        let raw = work.book.row(head?, of.line as usize);
        let peek = Draft::peek(&raw, &setting);
        Some((entry, raw, peek))
    })
}

/// Entries with a row that could not be read or be told from another, and why.
fn marred(work: &Work) -> HashMap<usize, String> {
    let problems = work.book.problems.iter().chain(&work.assembly.problems);
    let places: HashMap<(Group, u32), &Problem> = problems
        .filter(|p| p.stops() && p.place.row > 0)
        .map(|p| ((p.place.group, p.place.row), p))
        .collect();
    if places.is_empty() {
        return HashMap::new();
    }
    let hit = |entry: &Entry| {
        let raw = entry.raw(&work.book);
        Group::ALL
            .into_iter()
            .find_map(|group| raw.rows(group).iter().find_map(|row| places.get(&(group, row.row)).copied()))
    };
    let of = |at: usize| Some((at, work.why(hit(&work.assembly.entries[at])?)));
    (0..work.assembly.entries.len()).filter_map(of).collect()
}

/// A line that replaces another line of the file goes one level above it.
fn levels(good: &mut [GoodLine], siblings: &Siblings) {
    let previous: HashMap<usize, usize> = siblings
        .values()
        .filter_map(|(entry, face)| {
            let (before, _) = siblings.get(face.previous_number.as_ref()?)?;
            Some((*entry as usize, *before as usize))
        })
        .collect();
    for line in good.iter_mut() {
        let mut at = line.entry;
        // A chain longer than that is a circle, which the writer will refuse line by line.
        while let Some(before) = previous.get(&at).filter(|_| line.level < 64) {
            line.level += 1;
            at = *before;
        }
    }
    good.sort_by_key(|line| (line.level, line.entry));
}
