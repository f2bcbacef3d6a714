//! 统计: the figures of what was asked and done, read for pages, workbooks, the interface and the command alike.
//!
//! Everything is read from sums (`store::tally_sums`), never from what was summed: a page costs days, not questions.

mod ask;
mod bodies;
mod expiring;
mod export;
mod failures;
mod heat;
mod places;
mod ranking;
mod sheet;
mod show;
mod today;
mod trend;
mod words;

pub use ask::{FigureAsk, FigureReport, SPANS, Whose};
pub use sheet::{Behind, Cell, FigureColumn, FigureRow, FigureSheet};
pub use show::ShownFigures;

use crate::{App, AppError, Ctx, Result};
use domain::tally::{Agent, Measure};
use domain::{Action, AuthorityId, Day, Level};
use serde_json::{Value, json};
use store::tally::Of;

/// Figures as they were asked for, with what was not said filled in.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Which.
    pub report: FigureReport,
    /// Whose.
    pub whose: Whose,
    /// The name of whose they are.
    pub of: String,
    /// What is counted; of reports that are about one measure.
    pub measure: Measure,
    /// How many days back.
    pub days: u16,
    /// Whether months are told instead of days.
    pub by_month: bool,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// The day whose unknown codes are told.
    pub day: Day,
    /// The first day of the month whose bodies are told.
    pub month: Day,
    /// The tables.
    pub sheets: Vec<FigureSheet>,
}

/// What the tables are made from.
struct Slice {
    of: Of,
    authority: Option<AuthorityId>,
    measure: Measure,
    by_month: bool,
    days: (Day, Day),
    /// The same number of days before it.
    before: (Day, Day),
    day: Day,
    month: Day,
}

impl App {
    /// Figures of one's own authority, or the sums of the nation; the national level may ask for any authority.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for another authority's, and for bodies of the whole nation where a province asks.
    pub async fn figures(&self, ctx: &Ctx, ask: &FigureAsk) -> Result<Figures> {
        self.ask(ctx, Action::StatisticsRead, Some(ctx.authority()?))?;
        let whose = self.whose(ctx, ask)?;
        let mut figures = self.asked(ask, whose);
        let slice = figures.slice();
        // What nodes wrote in the last seconds is to be seen.
        self.settle_tally().await?;
        figures.sheets = match figures.report {
            FigureReport::Today => self.figures_of_today(&slice).await?,
            FigureReport::Trend => self.figures_of_trend(&slice).await?,
            FigureReport::Ranking => self.figures_of_ranking(&slice).await?,
            FigureReport::Heat => self.figures_of_heat(&slice).await?,
            FigureReport::Places => self.figures_of_places(&slice).await?,
            FigureReport::Bodies => self.figures_of_bodies(&slice).await?,
            FigureReport::Failures => self.figures_of_failures(&slice).await?,
            FigureReport::Expiring => self.figures_of_expiring(&slice).await?,
        };
        Ok(figures)
    }

    /// Whose figures are meant, if the caller may read them. Sums of the nation are published in any case; which bodies are asked
    /// for most in other provinces is not.
    fn whose(&self, ctx: &Ctx, ask: &FigureAsk) -> Result<Whose> {
        let own = ctx.authority()?;
        let tables = self.tables();
        let whose = match ask.whose {
            _ if ask.report == FigureReport::Ranking => Whose::Nation,
            Some(whose) => whose,
            None if ctx.actor.is_national() => Whose::Nation,
            None => Whose::Authority(own),
        };
        match whose {
            Whose::Authority(id) => {
                self.ask(ctx, Action::StatisticsRead, Some(id))?;
                tables.authority(id).ok_or(AppError::NotFound)?;
            }
            Whose::Nation if ask.report == FigureReport::Bodies => {
                let national = tables.authorities.iter().find(|it| it.level == Level::National);
                self.ask(ctx, Action::StatisticsRead, national.map(|it| it.id))?;
            }
            Whose::Nation => {}
        }
        Ok(whose)
    }

    /// What was asked for, with what was not said.
    fn asked(&self, ask: &FigureAsk, whose: Whose) -> Figures {
        let to = self.today();
        let days = ask.days.filter(|it| SPANS.contains(it)).unwrap_or(30);
        let by_month = ask.by_month.unwrap_or(days > 90);
        let begin = shifted(to, 1 - i32::from(days));
        let stepped = matches!(ask.report, FigureReport::Trend | FigureReport::Failures);
        let measures = ask.report.measures(whose);
        let measure = ask.measure.filter(|it| measures.contains(it));
        Figures {
            report: ask.report,
            whose,
            of: match whose {
                Whose::Nation => "全国".into(),
                Whose::Authority(id) => self.authority_name(id),
            },
            measure: measure.or(measures.first().copied()).unwrap_or(Measure::Scan),
            days,
            by_month,
            from: if by_month && stepped { month_of(begin) } else { begin },
            to,
            day: ask.day.filter(|day| *day <= to).unwrap_or(to),
            month: month_of(ask.month.filter(|day| *day <= to).unwrap_or(to)),
            sheets: Vec::new(),
        }
    }
}

impl Figures {
    fn slice(&self) -> Slice {
        let length = self.to.number() - self.from.number() + 1;
        let (of, authority) = match self.whose {
            Whose::Nation => (Of::Nation, None),
            Whose::Authority(id) => (Of::Authority(id), Some(id)),
        };
        Slice {
            of,
            authority,
            measure: self.measure,
            by_month: self.by_month,
            days: (self.from, self.to),
            before: (shifted(self.from, -length), shifted(self.from, -1)),
            day: self.day,
            month: self.month,
        }
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let measures = !self.report.measures(self.whose).is_empty();
        json!({
            "report": self.report.key(),
            "title": self.report.label(),
            "of": self.of,
            "measure": measures.then(|| self.measure.key()),
            "from": self.from.to_string(),
            "to": self.to.to_string(),
            "sheets": self.sheets.iter().map(FigureSheet::json).collect::<Vec<_>>(),
        })
    }
}

/// A day so many days away; the end of the calendar where there is none.
fn shifted(day: Day, days: i32) -> Day {
    day.plus_days(days).unwrap_or(if days < 0 { Day::MIN } else { Day::MAX })
}

/// The first day of the month of a day.
fn month_of(day: Day) -> Day {
    shifted(day, 1 - i32::from(day.dom()))
}

/// The month of a day as people write it.
fn month_name(day: Day) -> String {
    format!("{}-{:02}", day.year(), day.month())
}

/// Whether what somebody asked decides about ranks and hours: programs ask when and as often as they are told to. What systems and
/// officers do counts whoever does it.
fn leads(measure: Measure, agent: Agent) -> bool {
    match measure {
        Measure::Scan | Measure::Verdict | Measure::Batch | Measure::Search | Measure::View => {
            agent == Agent::Person
        }
        Measure::Call | Measure::Import | Measure::Assign | Measure::Change | Measure::Print => true,
    }
}

/// People and programs apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Split {
    people: u64,
    machines: u64,
}

impl Split {
    fn add(&mut self, agent: Agent, n: u64) {
        match agent {
            Agent::Person => self.people += n,
            Agent::Machine => self.machines += n,
        }
    }

    fn total(self) -> u64 {
        self.people + self.machines
    }

    fn cells(self) -> [Cell; 3] {
        [Cell::Count(self.people), Cell::Count(self.machines), Cell::Count(self.total())]
    }
}

/// The columns of [`Split::cells`].
const SPLIT: [(&str, &str, &str); 3] = [
    ("people", "公众", "除程序以外的访问。"),
    ("machines", "程序", "自报为程序或爬虫的、以程序格式查询的，以及同一来源访问过于频繁的访问。"),
    ("total", "合计", ""),
];
