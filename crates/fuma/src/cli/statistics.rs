//! `fuma statistics`: 统计, the figures of a page as a table, as JSON, or as a file.

use super::shown::table;
use super::{As, End, Session, listing};
use anyhow::{Context, Result, bail};
use app::{Cell, FigureAsk, FigureReport, FigureSheet, SPANS, Whose};
use domain::Day;
use domain::tally::Measure;
use std::path::PathBuf;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma statistics today --as shaanxi\n　　fuma statistics trend --measure scan --days 90 --as guojia\n　　fuma statistics ranking --measure verdict --out 排名.xlsx --as guojia\n统计：today 概况，trend 趋势，ranking 机关排名，heat 时段分布，places 地区分布，bodies 热门机构，failures 未通过，expiring 到期分布"
)]
pub struct Statistics {
    /// 哪种统计：today、trend、ranking、heat、places、bodies、failures、expiring
    report: String,
    /// 统计项目：scan、verdict、batch、search、view、call、import、assign、change、print，或其中文名
    #[arg(long, value_name = "项目")]
    measure: Option<String>,
    /// 最近多少天（含今天）：7、30、90、365、730
    #[arg(long, value_name = "天数")]
    days: Option<u16>,
    /// 逐月统计
    #[arg(long)]
    monthly: bool,
    /// 范围：nation 为全国，或机关代码（两位数字）；不给出时，国家级看全国，省级看本机关
    #[arg(long, value_name = "范围")]
    of: Option<String>,
    /// 热门机构的月份，如 2026-11
    #[arg(long, value_name = "年-月")]
    month: Option<String>,
    /// 从未赋过的码和编号：哪一天
    #[arg(long, value_name = "日期")]
    day: Option<String>,
    /// 写到哪个文件，.csv 或 .xlsx
    #[arg(long, value_name = "文件")]
    out: Option<PathBuf>,
    #[command(flatten)]
    who: As,
}

impl Statistics {
    pub async fn run(self, session: Session) -> Result<End> {
        let format = self.out.as_deref().map(listing::format).transpose()?;
        let (app, ctx) = session.enter(&self.who).await?;
        let figures = app.figures(&ctx, &self.ask(&app)?).await?;
        if let (Some(out), Some(format)) = (&self.out, format) {
            let unwritable = || format!("写不了文件 {}，请检查文件夹和权限", out.display());
            std::fs::write(out, figures.file(format)?).with_context(unwritable)?;
        }
        session.tell(&figures.json(), || {
            let head =
                format!("{}　{}　{} 至 {}", figures.report.label(), figures.of, figures.from, figures.to);
            let mut lines = vec![head];
            lines.extend(figures.sheets.iter().map(told));
            lines.extend(self.out.as_ref().map(|out| format!("已写入 {}", out.display())));
            lines.join("\n")
        })?;
        Ok(End::Ok)
    }

    fn ask(&self, app: &app::App) -> Result<FigureAsk> {
        let Some(report) = FigureReport::parse(&self.report) else {
            let all: Vec<_> = FigureReport::ALL.iter().map(|it| it.key()).collect();
            bail!("没有统计“{}”。可以是 {}", self.report, all.join("、"));
        };
        let measure = match &self.measure {
            None => None,
            Some(text) => {
                let found = Measure::ALL.iter().find(|it| it.key() == text || it.label() == text);
                Some(*found.with_context(|| format!("没有统计项目“{text}”，见 fuma statistics --help"))?)
            }
        };
        if let Some(days) = self.days.filter(|days| !SPANS.contains(days)) {
            bail!("--days {days} 不能统计，可以是 7、30、90、365 或 730");
        }
        let whose = match self.of.as_deref() {
            None => None,
            Some("nation") => Some(Whose::Nation),
            Some(code) => Some(Whose::Authority(super::by_code(app, code)?)),
        };
        let month = self.month.as_ref().map(|text| Day::parse(&format!("{text}-01"))).transpose()?;
        Ok(FigureAsk {
            report,
            whose,
            measure,
            days: self.days,
            by_month: self.monthly.then_some(true),
            month,
            day: self.day.as_ref().map(|text| Day::parse(text)).transpose()?,
        })
    }
}

/// A table for the terminal.
fn told(sheet: &FigureSheet) -> String {
    let head: Vec<&str> = sheet.columns.iter().map(|it| it.label.as_str()).collect();
    let rows = sheet.rows.iter().map(|row| &row.cells).chain(&sheet.total);
    let rows = table(&head, rows.map(|cells| cells.iter().map(Cell::shown).collect()));
    format!("\n{}\n{rows}", sheet.title)
}
