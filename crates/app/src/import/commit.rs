//! Commit: numbers of the whole batch first, in one transaction; then chunk by chunk, each live and final once
//! committed. A crash resumes where it stopped; nothing is taken back or doubled (architecture.md 4).

use super::work::{GoodLine, Work};
use crate::funnel::Siblings;
use crate::issue::{Purpose, Ready, Writing};
use crate::registry::AuthoritySettings;
use crate::{App, AppError, Ctx, Result, Written};
use domain::{BatchId, Number, Parsed, Plan, name_key};
use rustc_hash::{FxBuildHasher, FxHashSet};
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::Arc;
use std::time::Duration;
use store::Urgency;
use store::batch_line::{Line, Outcome};
use store::reservation::{Clash, Holder};
use tokio::task::JoinSet;

/// How long a chunk's transaction should last: the writer is blocked meanwhile (architecture.md 5).
const CHUNK_TIME: Duration = Duration::from_millis(45);
/// Capability rows in the first chunk, before anything is measured.
const FIRST_ROWS: usize = 2_000;
/// Fewer would be mostly the commit itself.
const LEAST_ROWS: usize = 200;
/// More would take memory: three chunks are under way at a time.
const MOST_ROWS: usize = 2_000;
/// Certificates in a chunk at most, so that one query a question stays short.
const MOST: usize = 1_000;

/// What a commit did.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Committed {
    /// New certificates.
    pub fresh: u32,
    /// New editions of known ones.
    pub changed: u32,
    /// Lines that were not accepted, with the reason: those with errors, and those the registry refused after all.
    pub refused: Vec<(u32, String)>,
}

impl App {
    /// Reserves a number for each new line: its own, or one of the counter.
    ///
    /// # Errors
    /// With clashes nothing is reserved; they come back as (line, sentence).
    pub(super) async fn reserve(
        &self,
        work: &Work,
        batch: BatchId,
        good: &[GoodLine],
        settings: &AuthoritySettings,
    ) -> Result<std::result::Result<(), Vec<(u32, String)>>> {
        let tx = self.db.begin(Urgency::Batch).await?;
        let own: Vec<(u32, Number)> = good
            .iter()
            .filter(|l| l.fresh)
            .filter_map(|l| Some((work.line(l.entry), l.number.clone()?)))
            .collect();
        let clashes = store::reservation::reserve(&tx, batch, &own).await?;
        if !clashes.is_empty() {
            return Ok(Err(clashes.into_iter().map(told).collect()));
        }
        // The authority's own numbers lift the counters first, so that these start above (存量).
        let numbers: Vec<Number> = own.into_iter().map(|(_, number)| number).collect();
        self.raise_counters(&tx, work.authority, settings, &numbers).await?;
        let mut wanted: HashMap<_, Vec<u32>> = HashMap::new();
        for line in good.iter().filter(|l| l.fresh && l.number.is_none()) {
            wanted.entry(line.counted).or_default().push(work.line(line.entry));
        }
        let mut wanted: Vec<_> = wanted.into_iter().collect();
        wanted.sort_unstable_by_key(|(scope, _)| *scope);
        for ((year, domain, industry), mut lines) in wanted {
            lines.sort_unstable();
            let code = self.code_on(work.authority, year)?;
            let numbers = self
                .take_numbers(
                    &tx,
                    work.authority,
                    settings,
                    (year, code, domain, industry),
                    lines.len() as u32,
                )
                .await?;
            let pairs: Vec<(u32, Number)> = lines.into_iter().zip(numbers).collect();
            let clashes = store::reservation::reserve(&tx, batch, &pairs).await?;
            if !clashes.is_empty() {
                return Ok(Err(clashes.into_iter().map(told).collect()));
            }
        }
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// The code an authority numbers with in a year.
    pub(crate) fn code_on(&self, authority: domain::AuthorityId, year: u16) -> Result<domain::Two> {
        let day = domain::Day::new(year, 12, 31).map_err(|e| AppError::Fault(e.to_string()))?;
        self.tables().code_of(authority, day).ok_or_else(|| {
            AppError::refused(
                "本机关没有可用的发证机关代码",
                "请国家级管理员在“系统—代码表”中登记本机关的两位代码。",
            )
        })
    }

    /// Writes the good lines that are not done yet.
    pub(super) async fn write_lines(
        &self,
        ctx: &Ctx,
        work: &Arc<Work>,
        batch: BatchId,
        good: &[GoodLine],
        progress: &(dyn Fn(u32, u32) + Sync),
    ) -> Result<Committed> {
        let done = store::batch_line::done(&self.db, batch).await?;
        let reserved = self.reserved(batch).await?;
        let todo: Vec<&GoodLine> = good.iter().filter(|l| !done.contains(&work.line(l.entry))).collect();
        let purpose =
            Purpose { authority: work.authority, batch: Some(batch), draft: None, urgency: Urgency::Batch };
        let mut run = Run::new(self, ctx, work, purpose, reserved);
        let mut at = 0;
        let mut end = chunk_end(work, &todo, at, run.rows);
        let mut parsed = run.parse(&todo[at..end]).await?;
        while at < todo.len() {
            let next_end = chunk_end(work, &todo, end, run.rows);
            let next = run.parse(&todo[end..next_end]);
            run.chunk(&todo[at..end], parsed).await?;
            parsed = next.await?;
            (at, end) = (end, next_end);
            progress(run.done(), todo.len() as u32);
        }
        run.land().await?;
        progress(run.done(), todo.len() as u32);
        Ok(run.out)
    }

    /// Records the lines that were stopped before anything was written, so that each line of the file has its answer.
    /// They were never among those to be done, and are not counted as such.
    pub(super) async fn refuse_held(
        &self,
        work: &Work,
        batch: BatchId,
        held: &[(usize, String)],
    ) -> Result<()> {
        let done = store::batch_line::done(&self.db, batch).await?;
        let lines = held.iter().map(|(entry, why)| work.refusal(*entry, why));
        let lines: Vec<(u32, String)> = lines.filter(|(line, _)| !done.contains(line)).collect();
        for chunk in lines.chunks(MOST) {
            let tx = self.db.begin(Urgency::Batch).await?;
            store::batch_line::insert(&tx, batch, &refusals(chunk)).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Every line that was refused, by this run or one before it that was cut off.
    pub(super) async fn all_refused(&self, batch: BatchId) -> Result<Vec<(u32, String)>> {
        let mut out: Vec<(u32, String)> = Vec::new();
        loop {
            let after = out.last().map_or(0, |(line, _)| *line);
            let page = store::batch_line::refused((&self.db).into(), batch, after, 10_000).await?;
            if page.is_empty() {
                return Ok(out);
            }
            out.extend(page.into_iter().map(|line| (line.line, line.reason)));
        }
    }

    /// A line that cannot be done is recorded as such, so that a resumed commit does not try it for ever.
    async fn refuse_lines(&self, purpose: &Purpose, refused: &[(u32, String)]) -> Result<()> {
        let Some(batch) = purpose.batch.filter(|_| !refused.is_empty()) else { return Ok(()) };
        let tx = self.db.begin(purpose.urgency).await?;
        store::batch_line::insert(&tx, batch, &refusals(refused)).await?;
        store::batch::add_done(&tx, batch, refused.len() as u32, self.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn reserved(&self, batch: BatchId) -> Result<HashMap<u32, Number>> {
        let mut out = HashMap::new();
        let mut after = 0;
        loop {
            let page = store::reservation::list((&self.db).into(), batch, after, 10_000).await?;
            let Some((last, _)) = page.last() else { return Ok(out) };
            after = *last;
            out.extend(page);
        }
    }
}

/// The writing of a batch's lines: while one chunk is written the next is judged, and the one after it parsed.
struct Run<'r> {
    app: &'r App,
    ctx: &'r Ctx,
    work: &'r Arc<Work>,
    purpose: Purpose,
    reserved: HashMap<u32, Number>,
    writing: Writing,
    /// Capability rows in the next chunk.
    rows: usize,
    /// The chunk that is being written, one at most. Whoever leaves the run rolls it back or, if it is too late for that,
    /// finds its lines done.
    flight: JoinSet<Result<(Vec<Written>, Duration)>>,
    /// How many rows it has.
    flying: usize,
    /// What its certificates are known by.
    names: Names,
    out: Committed,
}

impl<'r> Run<'r> {
    fn new(
        app: &'r App,
        ctx: &'r Ctx,
        work: &'r Arc<Work>,
        purpose: Purpose,
        reserved: HashMap<u32, Number>,
    ) -> Run<'r> {
        Run {
            app,
            ctx,
            work,
            purpose,
            reserved,
            writing: Writing::default(),
            rows: FIRST_ROWS,
            flight: JoinSet::new(),
            flying: 0,
            names: Names::default(),
            out: Committed::default(),
        }
    }

    /// Lines that have their answer.
    fn done(&self) -> u32 {
        self.out.fresh + self.out.changed + self.out.refused.len() as u32
    }

    /// Parses lines on a thread of its own, from the call on.
    fn parse(&self, lines: &[&GoodLine]) -> impl Future<Output = Result<Vec<Parsed>>> + use<> {
        self.app.parse(self.work, lines.iter().map(|line| line.entry).collect())
    }

    /// Judges a chunk, and has what is new of it written when the chunk before it stands.
    async fn chunk(&mut self, lines: &[&GoodLine], parsed: Vec<Parsed>) -> Result<()> {
        let names = names(&parsed);
        // What hangs on a certificate or body that is being written must find it.
        if lines.iter().any(|line| !line.fresh) || !names.is_disjoint(&self.names) {
            self.land().await?;
        }
        let fresh = self.judge(lines, parsed).await?;
        if fresh.is_empty() {
            return Ok(());
        }
        let prepared = self.app.prepare(self.ctx, &self.purpose, &fresh, &mut self.writing).await?;
        drop(fresh);
        self.land().await?;
        let db = self.app.db.clone();
        self.flight.spawn(async move { prepared.write(&db).await });
        self.flying = lines.iter().map(|line| self.work.assembly.entries[line.entry].row_count()).sum();
        self.names = names;
        Ok(())
    }

    /// Waits for the chunk that is being written.
    async fn land(&mut self) -> Result<()> {
        self.names.clear();
        let Some(written) = self.flight.join_next().await else { return Ok(()) };
        let (written, took) = written.map_err(|e| AppError::Fault(format!("写入的任务：{e}")))??;
        self.out.fresh += written.len() as u32;
        self.rows = next_rows(self.rows, self.flying, took);
        Ok(())
    }

    /// Judges a chunk; writes its changes and records what is refused. What is new comes back.
    async fn judge(&mut self, lines: &[&GoodLine], parsed: Vec<Parsed>) -> Result<Vec<Ready>> {
        let (app, work) = (self.app, self.work);
        let setting = app.setting(&work.tables, work.authority, work.book.date_system);
        let judged = app.judge_many(parsed, &setting, &Siblings::new()).await?;
        let mut fresh = Vec::new();
        let mut refused = Vec::new();
        for (good, judged) in lines.iter().zip(judged) {
            let line = work.line(good.entry);
            let why = work.why_not(&judged);
            let Some((draft, plan)) = judged.draft else {
                refused.push(work.refusal(good.entry, &why.unwrap_or_default()));
                continue;
            };
            match plan {
                Plan::New { .. } => {
                    let number = self.reserved.get(&line).cloned();
                    let held = draft.number.is_none().then_some(judged.held);
                    fresh.push(Ready { draft, plan, number, line, sent: None, held });
                }
                Plan::Change { of, .. } => {
                    let head =
                        store::certificate::by_id((&app.db).into(), of).await?.ok_or(AppError::NotFound)?;
                    let ready = Ready { draft, plan, number: None, line, sent: None, held: None };
                    app.write_change(self.ctx, &self.purpose, &head, &ready, &mut self.writing).await?;
                    self.out.changed += 1;
                }
                // Somebody else has done it since the preview.
                Plan::Unchanged { .. } => refused.push(work.refusal(good.entry, "已在系统中，没有变化")),
            }
        }
        app.refuse_lines(&self.purpose, &refused).await?;
        self.out.refused.extend(refused);
        Ok(fresh)
    }
}

/// Hashes of what certificates and their bodies are looked up by. Two that are one by chance cost a wait.
type Names = FxHashSet<u64>;

fn names(parsed: &[Parsed]) -> Names {
    let mut out = Names::default();
    for draft in parsed.iter().filter_map(|parsed| parsed.draft.as_ref()) {
        let face = &draft.content.face;
        out.insert(FxBuildHasher.hash_one(name_key(&face.body_name)));
        out.extend(face.uscc.map(|code| FxBuildHasher.hash_one(code)));
        out.extend(face.org_code.map(|code| FxBuildHasher.hash_one(code)));
        let numbers = [&draft.number, &face.previous_number];
        out.extend(numbers.into_iter().flatten().map(|number| FxBuildHasher.hash_one(number)));
    }
    out
}

fn refusals(refused: &[(u32, String)]) -> Vec<Line> {
    let line = |(line, why): &(u32, String)| Line {
        line: *line,
        outcome: Outcome::Refused,
        certificate: None,
        reason: why.clone(),
    };
    refused.iter().map(line).collect()
}

/// Where the chunk that begins at `at` ends: within one level, about `rows` rows.
fn chunk_end(work: &Work, todo: &[&GoodLine], at: usize, rows: usize) -> usize {
    let Some(first) = todo.get(at) else { return at };
    let mut size = 0;
    let within = todo[at..].iter().take(MOST).take_while(|line| {
        let fits = size < rows;
        size += work.assembly.entries[line.entry].row_count();
        line.level == first.level && fits
    });
    at + within.count().max(1)
}

/// Rows for the next chunk: half way to what fits into [`CHUNK_TIME`] by the speed of the chunk that was written last. The
/// target itself says nothing of speed, as two more chunks are under way when a measure comes.
fn next_rows(target: usize, rows: usize, took: Duration) -> usize {
    let fits = rows as f64 * CHUNK_TIME.as_secs_f64() / took.as_secs_f64().max(0.001);
    let fits = (fits as usize).clamp(target / 2, target * 2);
    ((target + fits) / 2).clamp(LEAST_ROWS, MOST_ROWS)
}

fn told(clash: Clash) -> (u32, String) {
    let who = match clash.holder {
        Holder::Certificate(_) => "已被使用".to_owned(),
        Holder::Batch(id) => format!("正在由另一批导入（{id}）使用"),
        Holder::Line(line) => format!("与本文件第{line}张证书相同"),
    };
    (clash.line, format!("编号{}{who}", clash.number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_chunks_settles_though_each_measure_comes_two_chunks_late() {
        let mut target = FIRST_ROWS;
        let mut under_way = std::collections::VecDeque::from([target, target]);
        let mut sizes = Vec::new();
        for _ in 0..40 {
            under_way.push_back(target);
            let rows = under_way.pop_front().unwrap_or_default();
            // 2 ms and 45 rows a millisecond.
            let took = Duration::from_micros(2_000 + rows as u64 * 1_000 / 45);
            target = next_rows(target, rows, took);
            sizes.push(target);
        }
        assert!(sizes[30..].iter().all(|rows| (1_700..2_001).contains(rows)), "{sizes:?}");
        assert!(sizes.iter().all(|rows| *rows <= MOST_ROWS), "{sizes:?}");
    }
}
