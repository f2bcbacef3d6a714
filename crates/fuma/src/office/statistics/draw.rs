//! Columns over time, as an SVG that the server makes. Places along the line are per cent of its width and the shapes are stretched,
//! so that one drawing fits every screen and its words keep their size.

/// Height of what is drawn.
const PLOT: u32 = 184;
/// Room above for the highest label.
const HEAD: u32 = 20;
/// Room below for the words under the columns.
const FOOT: u32 = 24;
/// Width of a column and the gap beside it, in units of the drawing.
const STEP: usize = 10;
/// More columns than this stand without gaps: they would be hairs.
const GAPS: usize = 120;
/// Width of the drawing on the smallest phone (360 px less what frames it): words that do not touch there touch nowhere.
const PHONE: f64 = 294.0;
/// Least room between two words below, in pixels.
const AIR: f64 = 4.0;
/// Most words below.
const WORDS: usize = 8;

/// Numbers that are drawn.
pub struct Series {
    /// The class that gives it its colour.
    pub class: &'static str,
    /// What people read.
    pub label: String,
    /// One for each place.
    pub values: Vec<u64>,
    /// A line instead of columns; columns stand on one another.
    pub line: bool,
}

/// The drawing.
pub struct Columns {
    /// What it shows, for who does not see it.
    pub label: String,
    /// Height in pixels.
    pub height: u32,
    /// Where the stretched part begins, and how high it is.
    pub plot: (u32, u32),
    /// Its width in units of its own.
    pub width: usize,
    /// Lines across, with their numbers.
    pub grid: Vec<(String, String)>,
    /// Words below: place in per cent, how they are set, the word.
    pub ticks: Vec<(String, &'static str, String)>,
    /// Baseline of the words below.
    pub tick_y: u32,
    /// Class, and path.
    pub shapes: Vec<(&'static str, bool, String)>,
    /// Class, and word.
    pub legend: Vec<(&'static str, bool, String)>,
}

/// The step between lines across, so that two to five of them hold everything: 1, 2 or 5 times a power of ten.
fn step(most: u64) -> u64 {
    let mut unit = 1_u64;
    loop {
        for times in [1, 2, 5] {
            let step = unit.saturating_mul(times);
            if most <= step.saturating_mul(5) {
                return step;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// A number as short as it can be read: 1,234, 1.2万, 3亿.
pub fn short(n: u64) -> String {
    let of = |unit: u64, word: &str| {
        let tenths = n / (unit / 10);
        match tenths % 10 {
            0 => format!("{}{word}", domain::group_digits(tenths / 10)),
            rest => format!("{}.{rest}{word}", domain::group_digits(tenths / 10)),
        }
    };
    match n {
        0..10_000 => domain::group_digits(n),
        10_000..100_000_000 => of(10_000, "万"),
        _ => of(100_000_000, "亿"),
    }
}

/// Draws series over places; `None` if there is nothing to be seen.
pub fn columns(label: String, names: &[String], series: Vec<Series>) -> Option<Columns> {
    let stacked =
        |at: usize| -> u64 { series.iter().filter(|it| !it.line).filter_map(|it| it.values.get(at)).sum() };
    let highest = (0..names.len()).map(stacked).max()?;
    let lines = series.iter().filter(|it| it.line).flat_map(|it| &it.values);
    let most = highest.max(lines.max().copied().unwrap_or(0));
    if most == 0 {
        return None;
    }
    let step = step(most);
    let top = most.div_ceil(step) * step;
    let y = |n: u64| f64::from(PLOT) * (1.0 - n as f64 / top as f64);
    let across = (0..=top / step).map(|at| (at * step, y(at * step) + f64::from(HEAD)));
    let grid = across.map(|(n, y)| (format!("{y:.1}"), short(n))).collect();
    let mut floor = vec![0; names.len()];
    let mut shapes = Vec::new();
    for it in &series {
        let path = if it.line { line(&it.values, y) } else { bars(&it.values, &mut floor, y) };
        shapes.push((it.class, it.line, path));
    }
    Some(Columns {
        label,
        height: HEAD + PLOT + FOOT,
        plot: (HEAD, PLOT),
        width: names.len() * STEP,
        grid,
        ticks: ticks(names),
        tick_y: HEAD + PLOT + 17,
        shapes,
        legend: series.into_iter().map(|it| (it.class, it.line, it.label)).collect(),
    })
}

/// Columns from what stands below them on; `floor` is raised.
fn bars(values: &[u64], floor: &mut [u64], y: impl Fn(u64) -> f64) -> String {
    let (inset, width) = if values.len() > GAPS { (0, STEP) } else { (1, STEP - 2) };
    let mut path = String::new();
    for (at, (n, floor)) in values.iter().zip(floor).enumerate() {
        if *n > 0 {
            let (from, to) = (y(*floor), y(*floor + n));
            // What is there is to be seen.
            let height = (from - to).max(0.8);
            path += &format!("M{} {:.1}h{width}v{height:.1}h-{width}z", at * STEP + inset, from - height);
        }
        *floor += n;
    }
    path
}

fn line(values: &[u64], y: impl Fn(u64) -> f64) -> String {
    let point = |(at, n): (usize, &u64)| {
        let word = if at == 0 { 'M' } else { 'L' };
        format!("{word}{} {:.1}", at * STEP + STEP / 2, y(*n))
    };
    values.iter().enumerate().map(point).collect()
}

/// A word below: place in per cent, how it is set there, the word.
type Tick = (f64, &'static str, String);

/// Width of a word of 12 px, as the wider fonts have it.
fn wide(word: &str) -> f64 {
    let of = |c: char| match c {
        '-' => 5.0,
        c if c.is_ascii() => 7.0,
        _ => 12.0,
    };
    word.chars().map(of).sum()
}

/// From where to where a word stands in a drawing of this width.
fn span((x, anchor, word): &Tick, width: f64) -> (f64, f64) {
    let (at, wide) = (x / 100.0 * width, wide(word));
    match *anchor {
        "start" => (at, at + wide),
        "end" => (at - wide, at),
        _ => (at - wide / 2.0, at + wide / 2.0),
    }
}

/// A word in the middle of its column; one that would leave the drawing stands at its edge.
fn tick(at: usize, of: usize, word: &str) -> Tick {
    let x = (at as f64 + 0.5) / of as f64 * 100.0;
    let middle = (x, "middle", word.to_owned());
    match span(&middle, PHONE) {
        (from, _) if from < 0.0 => (0.0, "start", middle.2),
        (_, to) if to > PHONE => (100.0, "end", middle.2),
        _ => middle,
    }
}

/// As many words as have room, evenly, none touching another; a day without its year where all is within one.
fn ticks(names: &[String]) -> Vec<(String, &'static str, String)> {
    let years = |name: &String| name.get(..5).filter(|it| it.ends_with('-')).map(str::to_owned);
    let days = names.iter().all(|name| name.len() == 10 && years(name).is_some());
    let cut = if days && names.len() <= 366 { 5 } else { 0 };
    let all: Vec<Tick> = names
        .iter()
        .enumerate()
        .map(|(at, name)| tick(at, names.len(), name.get(cut..).unwrap_or(name)))
        .collect();
    let apart = |step: &usize| {
        let (words, behind) = (all.iter().step_by(*step), all.iter().step_by(*step).skip(1));
        words.zip(behind).all(|(one, next)| span(one, PHONE).1 + AIR <= span(next, PHONE).0)
    };
    let fewest = names.len().div_ceil(WORDS).max(1);
    let step = (fewest..names.len()).find(apart).unwrap_or(names.len().max(1));
    all.into_iter().step_by(step).map(|(x, anchor, word)| (format!("{x:.2}"), anchor, word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: &[u64], line: bool) -> Series {
        Series { class: "people", label: "公众".into(), values: values.to_vec(), line }
    }

    #[test]
    fn the_lines_across_hold_everything_and_are_round() {
        for (most, by) in
            [(1, 1), (5, 1), (6, 2), (10, 2), (11, 5), (25, 5), (26, 10), (4_300, 1_000), (12_345, 5_000)]
        {
            assert_eq!(step(most), by, "{most}");
        }
        assert!(step(u64::MAX) > 0);
    }

    #[test]
    fn columns_stand_on_one_another_and_lines_do_not() {
        let names: Vec<String> = (1..=2).map(|n| format!("2026-11-0{n}")).collect();
        let drawn =
            columns("示例".into(), &names, vec![series(&[2, 0], false), series(&[2, 5], false)]).unwrap();
        assert_eq!(drawn.shapes[0].2, "M1 110.4h8v73.6h-8z");
        assert_eq!(drawn.shapes[1].2, "M1 36.8h8v73.6h-8zM11 0.0h8v184.0h-8z");
        let lined =
            columns("示例".into(), &names, vec![series(&[2, 0], false), series(&[4, 1], true)]).unwrap();
        assert_eq!(lined.shapes[1].2, "M5 0.0L15 138.0");
        assert_eq!(drawn.ticks.iter().map(|it| it.2.as_str()).collect::<Vec<_>>(), ["11-01", "11-02"]);
    }

    #[test]
    fn nothing_is_drawn_of_nothing_and_few_words_of_many() {
        let names: Vec<String> =
            (0..730).map(|n| format!("2026-{:02}-{:02}", n / 60 + 1, n % 28 + 1)).collect();
        assert!(columns(String::new(), &names, vec![series(&[0; 730], false)]).is_none());
        assert!(columns(String::new(), &[], vec![series(&[], false)]).is_none());
        let drawn = columns(String::new(), &names, vec![series(&[1; 730], false)]).unwrap();
        assert!(drawn.ticks.len() <= 4, "{}", drawn.ticks.len());
    }

    /// So many days from the first of November on, or months.
    fn names(of: &str, n: usize) -> Vec<String> {
        let first = domain::Day::new(2025, 11, 1).unwrap();
        let day = |at: usize| first.plus_days(at as i32).unwrap();
        let month = |at: usize| format!("{}-{:02}", 2025 + at / 12, at % 12 + 1);
        (0..n).map(|at| if of == "days" { day(at).to_string() } else { month(at) }).collect()
    }

    #[test]
    fn words_below_never_touch_and_stay_within_the_drawing() {
        let all = (1..=120).chain([183, 365, 366, 367, 730, 731]).flat_map(|n| [("days", n), ("months", n)]);
        for (of, n) in all {
            let ticks = ticks(&names(of, n));
            assert!((1..=WORDS).contains(&ticks.len()) && (n == 1 || ticks.len() > 1), "{of} {n}: {ticks:?}");
            // On a phone and on a large screen.
            for width in [PHONE, 1_000.0] {
                let place = |(x, anchor, word): &(String, &'static str, String)| {
                    span(&(x.parse().unwrap(), *anchor, word.clone()), width)
                };
                let spans: Vec<(f64, f64)> = ticks.iter().map(place).collect();
                let within = |it: &(f64, f64)| it.0 >= -0.1 && it.1 <= width + 0.1;
                assert!(spans.iter().all(within), "{of} {n} {width}: {spans:?}");
                let apart = |two: &[(f64, f64)]| two[1].0 - two[0].1 >= AIR - 0.1;
                assert!(spans.windows(2).all(apart), "{of} {n} {width}: {spans:?}");
            }
        }
        let month = ticks(&names("days", 30));
        let words: Vec<&str> = month.iter().map(|it| it.2.as_str()).collect();
        assert_eq!(words, ["11-01", "11-06", "11-11", "11-16", "11-21", "11-26"]);
        assert_eq!((month[0].1, month[5].1), ("start", "middle"));
    }

    #[test]
    fn a_number_is_told_short() {
        for (n, told) in [(9_999, "9,999"), (12_345, "1.2万"), (30_000, "3万"), (250_000_000, "2.5亿")] {
            assert_eq!(short(n), told);
        }
    }
}
