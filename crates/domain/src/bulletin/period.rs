//! The time a bulletin is about.

use crate::Day;

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Span {
    /// 月度.
    Month,
    /// 季度.
    Quarter,
    /// 年度.
    Year,
}

impl Span {
    /// All, the shortest first.
    pub const ALL: [Span; 3] = [Span::Month, Span::Quarter, Span::Year];

    /// The word on the command line and in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Span::Month => "month",
            Span::Quarter => "quarter",
            Span::Year => "year",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            Span::Month => "月度",
            Span::Quarter => "季度",
            Span::Year => "年度",
        }
    }

    /// The one of a key or label.
    pub fn parse(text: &str) -> Option<Span> {
        Span::ALL.into_iter().find(|it| it.key() == text || it.label() == text)
    }

    fn months(self) -> u8 {
        match self {
            Span::Month => 1,
            Span::Quarter => 3,
            Span::Year => 12,
        }
    }
}

/// A month, quarter or year of the calendar, in Asia/Shanghai.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    span: Span,
    first: Day,
}

impl Period {
    /// The period in which a day lies; `None` where it would begin before or end after what a [`Day`] can be.
    pub fn of(span: Span, day: Day) -> Option<Period> {
        let months = span.months();
        let month = (day.month() - 1) / months * months + 1;
        let first = Day::new(day.year(), month, 1).ok()?;
        Period { span, first }.end().map(|_| Period { span, first })
    }

    /// The last one that is over on a day.
    pub fn over(span: Span, today: Day) -> Option<Period> {
        Period::of(span, today)?.previous()
    }

    /// Reads what [`Period::key`] writes.
    pub fn parse(text: &str) -> Option<Period> {
        let year = |text: &str| text.parse::<u16>().ok().filter(|_| text.len() == 4);
        let at = |span, year, month| Period::of(span, Day::new(year, month, 1).ok()?);
        let text = text.trim();
        match text.split_once('-') {
            None => at(Span::Year, year(text)?, 1),
            Some((y, rest)) => match rest.strip_prefix(['Q', 'q']) {
                Some(quarter) => {
                    let quarter = quarter.parse::<u8>().ok().filter(|it| (1..=4).contains(it))?;
                    at(Span::Quarter, year(y)?, quarter * 3 - 2)
                }
                None => at(Span::Month, year(y)?, rest.parse().ok().filter(|_| rest.len() == 2)?),
            },
        }
    }

    /// `2026-09`, `2026-Q3` or `2026`.
    pub fn key(self) -> String {
        let (year, month) = (self.first.year(), self.first.month());
        match self.span {
            Span::Month => format!("{year:04}-{month:02}"),
            Span::Quarter => format!("{year:04}-Q{}", month.div_ceil(3)),
            Span::Year => format!("{year:04}"),
        }
    }

    /// 2026年9月, 2026年第三季度 or 2026年.
    pub fn label(self) -> String {
        let (year, month) = (self.first.year(), self.first.month());
        match self.span {
            Span::Month => format!("{year}年{month}月"),
            Span::Quarter => {
                let n = ["一", "二", "三", "四"].get(usize::from(month / 3)).copied().unwrap_or("四");
                format!("{year}年第{n}季度")
            }
            Span::Year => format!("{year}年"),
        }
    }

    /// How long it is.
    pub fn span(self) -> Span {
        self.span
    }

    /// Its first day.
    pub fn first(self) -> Day {
        self.first
    }

    /// Its last day, 期末.
    pub fn last(self) -> Day {
        // `of` makes none without an end.
        self.end().unwrap_or(Day::MAX)
    }

    fn end(self) -> Option<Day> {
        self.first.plus_months(self.span.months().into()).ok()?.plus_days(-1).ok()
    }

    /// The one before, which its changes are told against.
    pub fn previous(self) -> Option<Period> {
        Period::of(self.span, self.first.plus_days(-1).ok()?)
    }
}
