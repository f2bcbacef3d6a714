//! The time line of a body, on both sites: each certificate a bar from its first to its last valid day, as an SVG that the
//! server makes.
//! Places along the line are per cent of its width, so that one drawing fits every screen and its words keep their size.

use domain::{Day, Mark, VerdictWord};

/// Bars that are drawn; the table below has all.
const MOST: usize = 40;
/// Height of a certificate: a line of words, and its bar.
const ROW: u32 = 44;
/// Height of the line of years above.
const HEAD: u32 = 24;
/// Height of the word 今天 below.
const FOOT: u32 = 24;
/// Years before and after today beyond which nothing is drawn: a last day of 2199 would press all others into a corner.
const REACH: i32 = 20;

/// A certificate on the line.
pub struct Span {
    /// First valid day.
    pub from: Day,
    /// Last valid day.
    pub to: Day,
    /// The day on which it ended before its last one.
    pub ended: Option<Day>,
    /// Number and issuer.
    pub label: String,
    /// The word of today.
    pub word: VerdictWord,
}

/// The drawing.
pub struct Chart {
    /// Height in pixels.
    pub height: u32,
    /// Where the years begin.
    pub years: Vec<Year>,
    /// The certificates.
    pub bars: Vec<Bar>,
    /// Today, in per cent.
    pub today: String,
    /// Whether today lies so far to the right that its word stands to the left of its line.
    pub late: bool,
    /// The bottom of the lines.
    pub bottom: u32,
    /// How many certificates are not drawn.
    pub left_out: usize,
}

/// The beginning of a year.
pub struct Year {
    /// Place in per cent.
    pub x: String,
    /// The year.
    pub label: u16,
}

/// A certificate as it is drawn.
pub struct Bar {
    /// Baseline of its words.
    pub text_y: u32,
    /// Top of its bar.
    pub y: u32,
    /// Left end in per cent.
    pub x: String,
    /// Width in per cent.
    pub width: String,
    /// Where it ended before its time, and how much was left then; in per cent.
    pub rest: Option<(String, String)>,
    /// Number and issuer.
    pub label: String,
    /// The word of today.
    pub word: VerdictWord,
}

impl Bar {
    /// The shape that stands beside the word.
    pub fn sign(&self) -> &'static str {
        match self.word.mark() {
            Mark::Tick => "✓",
            Mark::Cross => "✕",
            Mark::Clock => "◷",
            Mark::Pause => "❙❙",
            Mark::Arrow => "→",
            Mark::Exclamation => "!",
            Mark::Question => "?",
        }
    }
}

/// From the first year to the last that is drawn, both whole.
struct Scale {
    first: i32,
    days: f64,
}

impl Scale {
    fn at(&self, day: Day) -> f64 {
        (f64::from(day.number() - self.first) / self.days * 100.0).clamp(0.0, 100.0)
    }
}

fn percent(at: f64) -> String {
    format!("{at:.2}")
}

/// The first day of a year within what a day can be.
fn new_year(year: u16) -> Day {
    Day::new(year, 1, 1).unwrap_or(Day::MAX)
}

/// Draws certificates in their order; `None` if there are none.
pub fn chart(spans: Vec<Span>, today: Day) -> Option<Chart> {
    let reach = |years: i32| today.plus_years(years).map_or(today.year(), Day::year);
    let first = spans.iter().map(|span| span.from.min(today).year()).min()?.max(reach(-REACH));
    let last = spans.iter().map(|span| span.to.max(today).year()).max()?.min(reach(REACH));
    let (begin, end) = (new_year(first), new_year(last + 1));
    let scale = Scale { first: begin.number(), days: f64::from(end.number() - begin.number()).max(1.0) };
    let step = usize::from((last - first) / 8 + 1);
    let years = (first..=last).step_by(step);
    let years = years.map(|year| Year { x: percent(scale.at(new_year(year))), label: year }).collect();
    let left_out = spans.len().saturating_sub(MOST);
    let bars: Vec<Bar> = (0..).zip(spans).take(MOST).map(|(n, span)| bar(n, span, &scale)).collect();
    let bottom = HEAD + ROW * bars.len() as u32;
    let x = scale.at(today);
    Some(Chart { height: bottom + FOOT, years, bars, today: percent(x), late: x > 70.0, bottom, left_out })
}

fn bar(n: u32, span: Span, scale: &Scale) -> Bar {
    let end = span.to.plus_days(1).unwrap_or(span.to);
    let (from, to) = (scale.at(span.from), scale.at(end));
    let ended = span.ended.map(|day| scale.at(day).clamp(from, to));
    Bar {
        text_y: HEAD + n * ROW + 18,
        y: HEAD + n * ROW + 26,
        x: percent(from),
        // A bar of a few days is still to be seen.
        width: percent((ended.unwrap_or(to) - from).max(0.4)),
        rest: ended.filter(|at| to - at > 0.4).map(|at| (percent(at), percent(to - at))),
        label: span.label,
        word: span.word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: &str, to: &str, ended: Option<&str>) -> Span {
        let day = |text: &str| Day::parse(text).unwrap();
        let (label, word) = ("2627 1205 0001".into(), VerdictWord::Valid);
        Span { from: day(from), to: day(to), ended: ended.map(day), label, word }
    }

    #[test]
    fn a_bar_goes_from_its_first_to_its_last_day_on_a_line_of_whole_years() {
        let today = Day::parse("2026-07-02").unwrap();
        let drawn = chart(vec![span("2025-01-01", "2028-12-31", Some("2027-01-01"))], today).unwrap();
        let it = &drawn.bars[0];
        assert_eq!((it.x.as_str(), it.width.as_str()), ("0.00", "49.97"));
        assert_eq!(it.rest, Some(("49.97".into(), "50.03".into())));
        assert_eq!(drawn.years.iter().map(|it| it.label).collect::<Vec<_>>(), [2025, 2026, 2027, 2028]);
        assert!(drawn.today.starts_with("37."), "{}", drawn.today);
    }

    #[test]
    fn what_is_out_of_reach_or_too_much_is_cut_and_nothing_is_drawn_of_nothing() {
        let today = Day::parse("2026-07-02").unwrap();
        assert!(chart(Vec::new(), today).is_none());
        let long = chart(vec![span("1990-01-01", "2199-12-31", None)], today).unwrap();
        assert_eq!((long.bars[0].x.as_str(), long.bars[0].width.as_str()), ("0.00", "100.00"));
        assert!(long.years.len() <= 9, "{}", long.years.len());
        let many = chart((0..50).map(|_| span("2025-01-01", "2028-12-31", None)).collect(), today).unwrap();
        assert_eq!((many.bars.len(), many.left_out), (MOST, 10));
    }
}
