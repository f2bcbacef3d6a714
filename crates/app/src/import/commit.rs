//! Commit: numbers of the whole batch first, in one transaction; then chunk by chunk, each live and final once
//! committed. A crash resumes where it stopped; nothing is taken back or doubled (architecture.md 4).

use super::work::{GoodLine, Work};
use crate::funnel::Siblings;
use crate::issue::{Purpose, Ready, Writing};
use crate::registry::AuthoritySettings;
use crate::{App, AppError, Ctx, Result, Written};
use domain::{BatchId, Number, Plan};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use store::Urgency;
use store::batch_line::{Line, Outcome};
use store::reservation::{Clash, Holder};

/// How long a chunk's transaction should last: the writer is blocked meanwhile (architecture.md 5).
const CHUNK_TIME: Duration = Duration::from_millis(35);
/// Capability rows in the first chunk, before anything is measured.
const FIRST_ROWS: usize = 2_000;
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
        let mut writing = Writing::default();
        let mut out = Committed::default();
        let purpose =
            Purpose { authority: work.authority, batch: Some(batch), draft: None, urgency: Urgency::Batch };
        let mut rows = FIRST_ROWS;
        let mut at = 0;
        let mut ahead: Option<(usize, Vec<domain::Parsed>)> = None;
        while at < todo.len() {
            let end = ahead.as_ref().map_or_else(|| chunk_end(work, &todo, at, rows), |(end, _)| *end);
            let parsed = match ahead.take() {
                Some((_, parsed)) => parsed,
                None => self.parse(work, todo[at..end].iter().map(|l| l.entry).collect()).await?,
            };
            let next_end = chunk_end(work, &todo, end, rows);
            let next = todo[end..next_end].iter().map(|l| l.entry).collect();
            let write = self.write_chunk(
                ctx,
                work,
                &purpose,
                &todo[at..end],
                parsed,
                &reserved,
                &mut writing,
                &mut out,
            );
            let (wrote, parsed) = tokio::join!(write, self.parse(work, next));
            wrote?;
            ahead = Some((next_end, parsed?));
            rows = next_rows(rows, writing.last);
            at = end;
            progress(at as u32, todo.len() as u32);
        }
        Ok(out)
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one loop, taken apart nowhere else")]
    async fn write_chunk(
        &self,
        ctx: &Ctx,
        work: &Arc<Work>,
        purpose: &Purpose,
        lines: &[&GoodLine],
        parsed: Vec<domain::Parsed>,
        reserved: &HashMap<u32, Number>,
        writing: &mut Writing,
        out: &mut Committed,
    ) -> Result<()> {
        let setting = self.setting(&work.tables, work.authority, work.book.date_system);
        let judged = self.judge_many(parsed, &setting, &Siblings::new()).await?;
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
                    let number = reserved.get(&line).cloned();
                    let held = draft.number.is_none().then_some(judged.held);
                    fresh.push(Ready { draft, plan, number, line, sent: None, held });
                }
                Plan::Change { of, .. } => {
                    let head =
                        store::certificate::by_id((&self.db).into(), of).await?.ok_or(AppError::NotFound)?;
                    let ready = Ready { draft, plan, number: None, line, sent: None, held: None };
                    self.write_change(ctx, purpose, &head, &ready, writing).await?;
                    out.changed += 1;
                }
                // Somebody else has done it since the preview.
                Plan::Unchanged { .. } => refused.push(work.refusal(good.entry, "已在系统中，没有变化")),
            }
        }
        if !fresh.is_empty() {
            let written: Vec<Written> = self.write_new(ctx, purpose, &fresh, writing).await?;
            out.fresh += written.len() as u32;
        }
        self.refuse_lines(purpose, &refused).await?;
        out.refused.extend(refused);
        Ok(())
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

/// Rows for the next chunk, by how long the last transaction took.
fn next_rows(rows: usize, took: Duration) -> usize {
    let ratio = CHUNK_TIME.as_secs_f64() / took.as_secs_f64().max(0.001);
    ((rows as f64 * ratio.clamp(0.5, 2.0)) as usize).clamp(200, 40_000)
}

fn told(clash: Clash) -> (u32, String) {
    let who = match clash.holder {
        Holder::Certificate(_) => "已被使用".to_owned(),
        Holder::Batch(id) => format!("正在由另一批导入（{id}）使用"),
        Holder::Line(line) => format!("与本文件第{line}张证书相同"),
    };
    (clash.line, format!("编号{}{who}", clash.number))
}
