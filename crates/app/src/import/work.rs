//! A file being read: its certificates, judged chunk by chunk with the parsing on other threads.

use crate::alike::{Party, twins};
use crate::counters::{LAST, REMEDIES, label};
use crate::funnel::{Judged, Siblings, one_decision};
use crate::import::{LineChanges, blocking, in_a_line};
use crate::sheet::{Assembly, Book, Entry};
use crate::{App, Result};
use domain::{
    AuthorityId, Draft, Field, Group, Number, Parsed, Peek, Place, Plan, Problem, Raw, RawRow, Severity,
    Tables, merged,
};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;
use store::batch::Summary;
use store::batch_line::Outcome;
use store::batch_plan::Planned;

/// Certificates judged at a time.
const CHUNK: usize = 256;
/// Chunks that are being parsed or wait to be judged: parsing is most of a preview and has two threads of its own.
const PARSED_AHEAD: usize = 2;
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

/// What a file is judged for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aim {
    /// To be shown, certificate by certificate.
    List,
    /// To be written, or marked: nobody reads a list.
    Judge,
    /// To be written on: its numbers are reserved, and no counter is asked for them again.
    Resume,
}

/// The whole truth about a file, nothing written.
pub(super) struct Preview {
    pub(super) summary: Summary,
    pub(super) problems: Vec<Problem>,
    /// Beyond those listed.
    pub(super) more: u64,
    /// Whether some of those stop a certificate.
    pub(super) more_errors: bool,
    /// What would become of each entry, in their order; only for [`Aim::List`].
    pub(super) plan: Vec<Planned>,
    pub(super) good: Vec<GoodLine>,
    /// Entries that are stopped, and why.
    pub(super) held: Vec<(usize, String)>,
    pub(super) errors: u64,
}

/// What a file asks of one counter.
#[derive(Default)]
struct Asked {
    /// Entries to which it is to give a number.
    wanted: Vec<usize>,
    /// Numbers of the file's own.
    own: u32,
    /// The highest serial of those, with its entry.
    highest: Option<(u32, usize)>,
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
    pub(super) fn why(&self, problem: &Problem) -> String {
        let place = &problem.place;
        in_a_line(&self.sheet(place.group), place.row, place.field.map_or("", Field::label), &problem.message)
    }

    /// Why a line is refused, with the name of its body, by which people know it: the one value that stays on record, as it is
    /// public anyway.
    pub(super) fn refusal(&self, entry: usize, why: &str) -> (u32, String) {
        let name = self.text(entry, Field::BodyName);
        let why = if name.is_empty() { why.to_owned() } else { format!("{name}：{why}") };
        (self.line(entry), why)
    }

    /// What the head of a certificate has in a cell, as text; empty for what is none.
    fn text(&self, entry: usize, field: Field) -> String {
        let raw = self.assembly.entries[entry].raw(&self.book);
        let text = match raw.head.get(field) {
            Some((_, Raw::Text(text))) => text,
            Some((_, Raw::Number { shown, .. })) => shown,
            _ => return String::new(),
        };
        domain::clean(text, 150).map(Cow::into_owned).unwrap_or_default()
    }

    /// Number in the file, from 1.
    pub(super) fn line(&self, entry: usize) -> u32 {
        self.assembly.entries[entry].line + 1
    }
}

impl App {
    /// Parses entries on a blocking thread, from the call on.
    pub(super) fn parse(
        &self,
        work: &Arc<Work>,
        entries: Vec<usize>,
    ) -> impl Future<Output = Result<Vec<Parsed>>> + use<> {
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
        blocking(run)
    }

    /// Judges the whole file by the rules of assignment. `progress` hears how many certificates are done.
    pub(super) async fn preview(
        &self,
        work: &Arc<Work>,
        aim: Aim,
        progress: &(dyn Fn(u32, u32) + Sync),
    ) -> Result<Preview> {
        let total = work.assembly.entries.len();
        let mut preview = Preview {
            summary: Summary { lines: total as u32, ..Summary::default() },
            problems: Vec::new(),
            more: 0,
            more_errors: false,
            plan: Vec::new(),
            good: Vec::new(),
            held: Vec::new(),
            errors: 0,
        };
        preview.note(work.book.problems.iter().chain(&work.assembly.problems).cloned());
        self.key_bodies().await?;
        let Survey { siblings, follows, parties } = survey(work);
        // Lines by what makes two of them one certificate.
        let mut decisions: HashMap<u64, usize> = HashMap::new();
        let mut twins = twins(&parties);
        let marred = marred(work);
        // Without its header or a required column a sheet cannot be trusted, and so neither can the file; nor where rows of
        // it were swallowed.
        let whole = ["columns_missing", "header_missing", "quote_open"];
        let stopped = work.book.problems.iter().find(|p| p.stops() && whole.contains(&p.code));
        let stopped = stopped.map(|problem| work.why(problem));
        // The next chunks are parsed while the registry is asked about one.
        let mut ahead = VecDeque::new();
        let mut chunks = (0..total).step_by(CHUNK).map(|at| at..total.min(at + CHUNK));
        loop {
            while ahead.len() < PARSED_AHEAD
                && let Some(chunk) = chunks.next()
            {
                ahead.push_back((chunk.clone(), self.parse(work, chunk.collect())));
            }
            let Some((Range { start: at, end }, parsed)) = ahead.pop_front() else { break };
            let setting = self.setting(&work.tables, work.authority, work.book.date_system);
            let (judged, known) = tokio::join!(
                self.judge_many(parsed.await?, &setting, &siblings),
                self.known_alike(&parties[at..end])
            );
            for ((entry, mut judged), known) in (at..end).zip(judged?).zip(known?) {
                judged.problems.extend(twins.remove(&entry).unwrap_or_default());
                judged.problems.extend(known);
                self.once(work, entry, &mut judged, &mut decisions);
                let file = stopped.as_ref().or(marred.get(&entry)).map(String::as_str);
                let line = preview.take(work, entry, judged, file, aim);
                preview.plan.extend(line);
            }
            progress(end as u32, total as u32);
        }
        levels(&mut preview.good, &siblings, &follows);
        if aim != Aim::Resume {
            let (told, without) = self.counters_of(work, &preview.good).await?;
            preview.note(told.into_iter());
            preview.hold(work, without);
        }
        Ok(preview)
    }

    /// A line whose number is left to the counter, and that another line of the file has been already: one certificate is
    /// coded once.
    fn once(&self, work: &Work, entry: usize, judged: &mut Judged, decisions: &mut HashMap<u64, usize>) {
        let Some((draft, Plan::New { .. })) = &judged.draft else { return };
        let Some(key) = one_decision(draft) else { return };
        // A hash of 64 bits each, not the words: a file has 100,000 lines.
        let mut hash = rustc_hash::FxHasher::default();
        key.hash(&mut hash);
        let first = *decisions.entry(hash.finish()).or_insert(entry);
        if first == entry {
            return;
        }
        let row = draft.rows.head;
        let column = work.book.table(Group::Certificate).and_then(|t| t.column(Field::DecisionNumber));
        judged.problems.push(Problem {
            severity: Severity::Error,
            place: Place::cell(Group::Certificate, row, column, Field::DecisionNumber),
            code: "decided_before",
            value: draft.content.face.decision_number.clone(),
            message: format!("与第{}张证书是同一机构、同一决定文号", work.line(first)),
            hint: "同一张证书只赋一次码：请删去重复的一行；确是两张的，请核对决定文号、领域和行业。".into(),
        });
        judged.draft = None;
    }

    /// What the counters say to the file: a number of its own so far ahead that it would carry the counter away; and, with
    /// their entries, the lines for which no number is left.
    async fn counters_of(
        &self,
        work: &Work,
        good: &[GoodLine],
    ) -> Result<(Vec<Problem>, Vec<(usize, Problem)>)> {
        /// Serials that a number may be ahead of what counter and file account for.
        const AHEAD: u32 = 1_000;
        let settings = self.settings_of(work.authority).await?;
        let counters = store::counter::list((&self.db).into(), work.authority).await?;
        let next: HashMap<&str, u32> = counters.iter().map(|it| (it.scope.as_str(), it.next)).collect();
        let mut tally: BTreeMap<String, Asked> = BTreeMap::new();
        for line in good.iter().filter(|line| line.fresh) {
            let (year, domain, industry) = line.counted;
            match &line.number {
                None => {
                    let Ok(code) = self.code_on(work.authority, year) else { continue };
                    let key = settings.counter.key(year, code, domain, industry);
                    tally.entry(key).or_default().wanted.push(line.entry);
                }
                Some(number) => {
                    let Some(parts) = number.parts() else { continue };
                    let key = settings.counter.key(parts.year, parts.authority, parts.domain, parts.industry);
                    tally.entry(key).or_default().has(u32::from(parts.serial), line.entry);
                }
            }
        }
        let (mut told, mut without) = (Vec::new(), Vec::new());
        for (key, mut asked) in tally {
            let next = next.get(key.as_str()).copied().unwrap_or(1);
            without.extend(asked.without_number(work, &key, next));
            let ahead = asked.highest.filter(|(serial, _)| *serial > next + asked.own + AHEAD);
            told.extend(ahead.map(|(serial, entry)| jump(work, entry, &key, (serial, next))));
        }
        Ok((told, without))
    }
}

impl Asked {
    /// Notes a number of the file's own.
    fn has(&mut self, serial: u32, entry: usize) {
        self.own += 1;
        if self.highest.is_none_or(|(most, _)| serial > most) {
            self.highest = Some((serial, entry));
        }
    }

    /// The last lines of the file, for which the counter has no number left.
    fn without_number(&mut self, work: &Work, key: &str, next: u32) -> Vec<(usize, Problem)> {
        let from = self.highest.map_or(next, |(serial, _)| next.max(serial + 1));
        let left = (LAST + 1).saturating_sub(from);
        let wanted = self.wanted.len();
        self.wanted.sort_unstable();
        let problem = |entry: usize| Problem {
            severity: Severity::Error,
            place: number_of(work, entry),
            code: "no_number",
            value: String::new(),
            message: format!(
                "本文件要系统编号{wanted}个，计数器（{}）只剩{left}个，轮不到这一张",
                label(key)
            ),
            hint: format!("请核对文件中自带的编号是否有误（流水号过大会抬高计数器）；确已用完的，{REMEDIES}"),
        };
        self.wanted.iter().skip(left as usize).map(|entry| (*entry, problem(*entry))).collect()
    }
}

/// The warning of a number that would carry its counter away.
fn jump(work: &Work, entry: usize, key: &str, (serial, next): (u32, u32)) -> Problem {
    Problem {
        severity: Severity::Warning,
        place: number_of(work, entry),
        code: "serial_jump",
        value: format!("{serial:04}"),
        message: format!("流水号{serial:04}远大于计数器（{}）现在的{next:04}", label(key)),
        hint: "请核对编号。导入后系统编号只从它之后开始，中间的号码不再由系统使用，计数器不能调低。".into(),
    }
}

/// The cell in which a certificate's number stands, or would stand.
fn number_of(work: &Work, entry: usize) -> Place {
    let column = work.book.table(Group::Certificate).and_then(|t| t.column(Field::Number));
    let row = work.assembly.entries[entry].raw(&work.book).head.row;
    Place::cell(Group::Certificate, row, column, Field::Number)
}

impl Preview {
    fn note(&mut self, problems: impl Iterator<Item = Problem>) {
        for problem in problems {
            self.errors += u64::from(problem.stops());
            if self.problems.len() < LISTED {
                self.problems.push(problem);
            } else {
                self.more += 1;
                self.more_errors |= problem.stops();
            }
        }
    }

    /// Stops lines that were good until the counters were asked.
    fn hold(&mut self, work: &Work, lines: Vec<(usize, Problem)>) {
        let entries: HashSet<usize> = lines.iter().map(|(entry, _)| *entry).collect();
        self.good.retain(|line| !entries.contains(&line.entry));
        self.summary.good -= lines.len() as u32;
        self.summary.fresh -= lines.len() as u32;
        for (entry, problem) in &lines {
            let why = work.why(problem);
            if let Some(line) = self.plan.get_mut(*entry) {
                (line.outcome, line.reason) = (Outcome::Refused, why.clone());
            }
            self.held.push((*entry, why));
        }
        self.note(lines.into_iter().map(|(_, problem)| problem));
    }

    /// Takes the judgement of an entry in; `file` is what the file itself has wrong with it, which has been told and stops it
    /// too. What would become of it comes back where it is to be listed.
    fn take(
        &mut self,
        work: &Work,
        entry: usize,
        judged: Judged,
        file: Option<&str>,
        aim: Aim,
    ) -> Option<Planned> {
        let why = file.map(str::to_owned).or_else(|| work.why_not(&judged));
        self.note(judged.problems.into_iter());
        let listed = |outcome, number: Option<&Number>, reason: &str, changes| {
            (aim == Aim::List).then(|| Planned {
                line: work.line(entry),
                outcome,
                number: number.map_or_else(|| work.text(entry, Field::Number), Number::to_string),
                body: work.text(entry, Field::BodyName),
                reason: reason.to_owned(),
                changes,
            })
        };
        let (draft, plan) = match (judged.draft, why) {
            (Some(good), None) => good,
            (_, why) => {
                let why = why.unwrap_or_default();
                let line = listed(Outcome::Refused, None, &why, String::new());
                self.held.push((entry, why));
                return line;
            }
        };
        self.summary.good += 1;
        let number = draft.number.as_ref();
        let (outcome, changes) = match (&plan, judged.before) {
            (Plan::Unchanged { .. }, _) => {
                self.summary.unchanged += 1;
                return listed(Outcome::Unchanged, number, "", String::new());
            }
            (Plan::New { .. }, _) => (Outcome::Fresh, String::new()),
            (Plan::Change { diff, .. }, Some(old)) if aim == Aim::List => {
                (Outcome::Changed, LineChanges::told(diff, &old, &merged(&draft, &old)).kept())
            }
            (Plan::Change { .. }, _) => (Outcome::Changed, String::new()),
        };
        let fresh = outcome == Outcome::Fresh;
        self.summary.fresh += u32::from(fresh);
        self.summary.changed += u32::from(!fresh);
        let face = &draft.content.face;
        let year = face.issued_on.unwrap_or(face.valid_from).year();
        let counted = (year, face.domain, face.industry);
        self.good.push(GoodLine { entry, level: 0, number: draft.number.clone(), counted, fresh });
        listed(outcome, number, "", changes)
    }
}

/// What one look at all heads tells.
struct Survey {
    /// Certificates of the file that replace or are replaced by others of it. Of the rest, which is nearly all, no face is kept.
    siblings: Siblings,
    /// Entries that replace a certificate, and its number.
    follows: Vec<(usize, Number)>,
    /// Who may be one with whom.
    parties: Vec<Option<Party>>,
}

fn survey(work: &Work) -> Survey {
    let (mut siblings, mut follows, mut named) = (Siblings::new(), Vec::new(), HashSet::new());
    let mut parties = vec![None; work.assembly.entries.len()];
    for (entry, raw, peek) in peeked(work) {
        parties[entry] = Party::peeked(&raw, &peek);
        // Also by a line whose own number is still to be given.
        let Some(previous) = peek.face.previous_number.clone() else { continue };
        named.insert(previous.clone());
        if peek.whole && peek.face.kinds.makes_certificate() {
            follows.push((entry, previous));
            if let Some(number) = peek.number {
                siblings.entry(number).or_insert((entry as u32, peek.face));
            }
        }
    }
    if !named.is_empty() {
        for (entry, _, peek) in peeked(work) {
            let makes = peek.whole && peek.face.kinds.makes_certificate();
            if let Some(number) = peek.number.filter(|number| makes && named.contains(number)) {
                siblings.entry(number).or_insert((entry as u32, peek.face));
            }
        }
    }
    Survey { siblings, follows, parties }
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
fn levels(good: &mut [GoodLine], siblings: &Siblings, follows: &[(usize, Number)]) {
    let before = |(entry, previous): &(usize, Number)| Some((*entry, siblings.get(previous)?.0 as usize));
    let previous: HashMap<usize, usize> = follows.iter().filter_map(before).collect();
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
