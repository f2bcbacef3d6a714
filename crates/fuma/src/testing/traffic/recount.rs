//! What every report must show, made from the truth of some days by the definitions that pages state, and by nothing of what makes
//! the reports.

use super::table::{Due, Table};
use domain::tally::traffic::Truth;
use domain::tally::{Agent, Answer, Device, Dimension, Measure, Way};
use domain::{Day, Instant, Tables, VerdictWord};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The nation in what is counted.
pub const NATION: i64 = -1;
/// Certificates that are none: of pages, and of codes that nobody has.
const NOBODY: i64 = 0;
/// What a certificate can be asked by.
pub const VERDICTS: [Measure; 3] = [Measure::Scan, Measure::Verdict, Measure::Batch];

/// What is asked of the figures.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The word of the report.
    pub report: &'static str,
    /// Whose: [`NATION`], or an authority.
    pub of: i64,
    /// What is counted, of reports that are about one thing.
    pub measure: Option<Measure>,
    /// How many days, today among them.
    pub days: i32,
    /// Whether months are told instead of days.
    pub by_month: bool,
    /// The day whose unknown codes are told.
    pub day: Option<Day>,
}

impl Look {
    /// What stands behind the question mark, but for whose it is.
    pub fn query(&self) -> String {
        let measure = self.measure.map(|it| format!("&measure={}", it.key())).unwrap_or_default();
        let day = self.day.map(|day| format!("&day={day}")).unwrap_or_default();
        format!("days={}&by={}{measure}{day}", self.days, if self.by_month { "month" } else { "day" })
    }
}

/// The truth of some days, looked at from a later moment.
pub struct Recount {
    /// By day.
    pub days: BTreeMap<Day, Truth>,
    /// The names of bodies.
    pub bodies: BTreeMap<i64, &'static str>,
    /// The names of authorities and domains.
    pub tables: Arc<Tables>,
    /// When it is looked at.
    pub now: Instant,
}

fn back(day: Day, days: i32) -> Day {
    day.plus_days(-days).unwrap()
}

fn month(day: Day) -> Day {
    Day::new(day.year(), day.month(), 1).unwrap()
}

fn month_name(day: Day) -> String {
    day.to_string()[..7].to_owned()
}

/// Some headings, and those of people, programs and both behind them.
fn split_of<'a>(names: &[&'a str]) -> Vec<&'a str> {
    names.iter().copied().chain(["公众", "程序", "合计"]).collect()
}

fn both([people, programs]: [u64; 2]) -> Vec<u64> {
    vec![people, programs, people + programs]
}

impl Recount {
    fn today(&self) -> Day {
        self.now.day()
    }

    /// What was counted of some days by value: how often people and programs, in each hour.
    fn values(
        &self,
        (measure, dimension): (Measure, Dimension),
        of: i64,
        (from, to): (Day, Day),
    ) -> BTreeMap<String, [[u64; 24]; 2]> {
        let mut values: BTreeMap<String, [[u64; 24]; 2]> = BTreeMap::new();
        for truth in self.days.range(from..=to).map(|(_, truth)| truth) {
            for ((its, by, whose, value, agent), hours) in &truth.figures {
                if (*its, *by, *whose) == (measure, dimension, of) {
                    let sums =
                        &mut values.entry(value.clone()).or_default()[usize::from(*agent == Agent::Machine)];
                    sums.iter_mut().zip(hours).for_each(|(sum, n)| *sum += n);
                }
            }
        }
        values
    }

    fn hours(&self, measure: Measure, of: i64, days: (Day, Day)) -> [[u64; 24]; 2] {
        self.values((measure, Dimension::Total), of, days).remove("").unwrap_or_default()
    }

    /// How often people and programs asked.
    pub fn split(&self, measure: Measure, of: i64, days: (Day, Day)) -> [u64; 2] {
        self.hours(measure, of, days).map(|hours| hours.iter().sum())
    }

    /// The same of answers that are not 有效.
    pub fn not_valid(&self, of: i64, days: (Day, Day)) -> [u64; 2] {
        let mut sums = [0; 2];
        for measure in VERDICTS {
            for (value, hours) in self.values((measure, Dimension::Answer), of, days) {
                if value != "valid" {
                    sums.iter_mut().zip(hours).for_each(|(sum, hours)| *sum += hours.iter().sum::<u64>());
                }
            }
        }
        sums
    }

    fn visitors(&self, of: i64, (from, to): (Day, Day)) -> u64 {
        let of = if of == NATION { NOBODY } else { of };
        let on = |(_, truth): (_, &Truth)| truth.visitors.get(&of).map_or(0, |all| all.len() as u64);
        self.days.range(from..=to).map(on).sum()
    }

    /// The tables of a report.
    pub fn of(&self, look: &Look) -> Vec<Table> {
        let measure = look.measure.unwrap_or(Measure::Scan);
        match look.report {
            "today" => vec![self.measures(look.of), self.by_hour(measure, look.of)],
            "trend" => self.trend(measure, look),
            "ranking" => vec![self.ranking(measure, look.days)],
            "heat" => vec![self.heat(measure, look)],
            "places" => {
                let parts = [Dimension::Province, Dimension::Visitor].into_iter();
                let parts = parts.filter(|it| measure.dimensions().contains(it));
                parts.map(|it| self.parts(measure, it, look.of, self.span(look).0)).collect()
            }
            "bodies" => vec![self.most_asked(look.of)],
            "failures" => self.failures(look),
            other => panic!("{other} is not recounted"),
        }
    }

    /// The days of a look, and as many before them.
    fn span(&self, look: &Look) -> ((Day, Day), (Day, Day)) {
        let begin = back(self.today(), look.days - 1);
        let from = if look.by_month { month(begin) } else { begin };
        let days = self.today().number() - from.number() + 1;
        ((from, self.today()), (back(from, days), back(from, 1)))
    }

    /// Each day of a look, or month, with its name.
    fn steps(&self, look: &Look) -> Vec<(String, (Day, Day))> {
        let (from, to) = self.span(look).0;
        let mut steps: Vec<(String, (Day, Day))> = Vec::new();
        let mut day = from;
        while day <= to {
            let name = if look.by_month { month_name(day) } else { day.to_string() };
            match steps.last_mut() {
                Some((last, days)) if *last == name => days.1 = day,
                _ => steps.push((name, (day, day))),
            }
            day = day.plus_days(1).unwrap();
        }
        steps
    }

    fn measures(&self, of: i64) -> Table {
        let today = self.today();
        let hour = ((self.now.micros() - Instant::begin_of(today).micros()) / 3_600_000_000) as usize;
        let on = |day: Day| (day, day);
        let (yesterday, week) = (on(back(today, 1)), on(back(today, 7)));
        let of_nation = |it: &&Measure| of == NATION || !matches!(it, Measure::Search | Measure::View);
        let row = |measure: &Measure| {
            let [people, programs] = self.split(*measure, of, on(today));
            let same = self.hours(*measure, of, yesterday).map(|hours| hours[..=hour].iter().sum::<u64>());
            let whole = |days| self.split(*measure, of, days).iter().sum();
            let counts =
                [people + programs, people, programs, same.iter().sum(), whole(yesterday), whole(week)];
            [Due::Text(measure.label().into())].into_iter().chain(counts.map(Due::count)).collect()
        };
        let visitors = |days| Due::About(self.visitors(of, days));
        let name = Due::Text("独立访客".into());
        let (now, then, before) = (on(today), yesterday, week);
        let last = vec![
            name,
            visitors(now),
            visitors(now),
            Due::Nothing,
            Due::Nothing,
            visitors(then),
            visitors(before),
        ];
        let head = ["项目", "今天", "公众", "程序", "昨天同时段", "昨天全天", "上周同一天"];
        let rows = Measure::ALL.iter().filter(of_nation).map(row).chain([last]).collect();
        Table { rows, ..Table::new("measures", &head) }
    }

    fn by_hour(&self, measure: Measure, of: i64) -> Table {
        let on = |days| {
            let day = back(self.today(), days);
            self.hours(measure, of, (day, day))
        };
        let (now, yesterday, week) = (on(0), on(1), on(7));
        let row = |hour: usize| {
            let whole = |day: &[[u64; 24]; 2]| day[0][hour] + day[1][hour];
            let split = [now[0][hour], now[1][hour], whole(&now), whole(&yesterday), whole(&week)];
            (format!("{hour}时"), split.to_vec())
        };
        let head = ["时段", "公众", "程序", "合计", "昨天", "上周同一天"];
        Table::new("hours", &head).summed((0..24).map(row).collect())
    }

    fn trend(&self, measure: Measure, look: &Look) -> Vec<Table> {
        let (days, before) = self.span(look);
        let (now, then) = (self.split(measure, look.of, days), self.split(measure, look.of, before));
        let row = |name: &str, now: u64, then: u64| {
            vec![Due::Text(name.into()), Due::count(now), Due::count(then), Due::change(now, then)]
        };
        let rows = vec![
            row("公众", now[0], then[0]),
            row("程序", now[1], then[1]),
            row("合计", now.iter().sum(), then.iter().sum()),
        ];
        let period = Table { rows, ..Table::new("period", &["访问者", "本期", "上期", "增减"]) };
        let steps = self.steps(look);
        let at = if look.by_month { "月份" } else { "日期" };
        let counts =
            steps.iter().map(|(name, days)| (name.clone(), both(self.split(measure, look.of, *days))));
        let stepped = Table::new("steps", &split_of(&[at])).summed(counts.collect());
        let mut tables = vec![period, stepped];
        if measure != Measure::Call {
            let all = Due::About(self.visitors(look.of, days));
            let row = |(name, days): &(String, _)| {
                vec![Due::Text(name.clone()), Due::About(self.visitors(look.of, *days))]
            };
            let rows = steps.iter().map(row).chain([vec![Due::Text("合计".into()), all]]).collect();
            tables.push(Table { rows, ..Table::new("visitors", &[at, "独立访客"]) });
        }
        let parts = [Dimension::Answer, Dimension::Way, Dimension::Domain, Dimension::Device].into_iter();
        let parts = parts.filter(|it| measure.dimensions().contains(it));
        tables.extend(parts.map(|it| self.parts(measure, it, look.of, days)));
        tables
    }

    /// A measure by the values of a dimension, the most first.
    fn parts(&self, measure: Measure, dimension: Dimension, of: i64, days: (Day, Day)) -> Table {
        let sum = |hours: [[u64; 24]; 2]| hours.map(|hours| hours.iter().sum::<u64>());
        let values = self.values((measure, dimension), of, days).into_iter();
        let mut all: Vec<(String, [u64; 2])> = values.map(|(value, hours)| (value, sum(hours))).collect();
        all.sort_by_key(|(value, n)| (Reverse(n[0] + n[1]), value.clone()));
        let whole = all.iter().map(|(_, n)| n[0] + n[1]).sum();
        let rows = all.iter().map(|(value, n)| (self.name(dimension, value), both(*n))).collect();
        let head = split_of(&[dimension.label()]);
        let mut table = Table::new(dimension.key(), &head).summed(rows).with_share(whole);
        table.head.push("占比".into());
        table
    }

    fn name(&self, dimension: Dimension, value: &str) -> String {
        let answer = || Answer::all().find(|it| it.key() == value).unwrap().label().to_owned();
        let way = || Way::ALL.iter().find(|it| it.key() == value).unwrap().label().to_owned();
        let device = || Device::ALL.iter().find(|it| it.key() == value).unwrap().label().to_owned();
        match (dimension, value) {
            (Dimension::Answer, _) => answer(),
            (_, "unknown") => "不明".into(),
            (Dimension::Way, _) => way(),
            (Dimension::Device, _) => device(),
            (Dimension::Domain, _) => self.tables.domains[&value.parse().unwrap()].clone(),
            (_, "61") => "陕西".into(),
            (_, "31") => "上海".into(),
            (_, "44") => "广东".into(),
            other => panic!("nobody is at {other:?}"),
        }
    }

    fn ranking(&self, measure: Measure, days: i32) -> Table {
        let look =
            Look { report: "ranking", of: NATION, measure: Some(measure), days, by_month: false, day: None };
        let (days, before) = self.span(&look);
        let authorities = &self.tables.authorities;
        let of = |days| authorities.iter().map(|it| self.split(measure, it.id.0, days)).collect::<Vec<_>>();
        let (now, then) = (of(days), of(before));
        // What programs ask says nothing of whom the public trusts; systems call whoever they are.
        let leading = |n: &[u64; 2]| if measure == Measure::Call { n[0] + n[1] } else { n[0] };
        let rank = |all: &[[u64; 2]], at: usize| {
            all.iter().filter(|it| leading(it) > leading(&all[at])).count() as u64 + 1
        };
        let known = then.iter().any(|it| leading(it) > 0);
        let mut order: Vec<usize> = (0..authorities.len()).collect();
        order.sort_by_key(|at| (rank(&now, *at), Reverse(now[*at][0] + now[*at][1])));
        let row = |at: usize| {
            let (own, earlier) = (now[at][0] + now[at][1], then[at][0] + then[at][1]);
            let moved = Due::change(rank(&then, at), rank(&now, at));
            vec![
                Due::count(rank(&now, at)),
                if known { moved } else { Due::Nothing },
                Due::Text(authorities[at].short_name.clone()),
                Due::count(now[at][0]),
                Due::count(now[at][1]),
                Due::count(own),
                Due::count(earlier),
                Due::change(own, earlier),
            ]
        };
        let head = ["名次", "升降", "机关", "公众", "程序", "合计", "上期合计", "增减"];
        Table { rows: order.into_iter().map(row).collect(), ..Table::new("ranking", &head) }
    }

    fn heat(&self, measure: Measure, look: &Look) -> Table {
        let ((from, to), _) = self.span(look);
        let days = || (from.number()..=to.number()).map(|n| back(to, to.number() - n));
        // 2026-11-23 was a Monday.
        let monday = Day::new(2026, 11, 23).unwrap().number();
        let row = |weekday: i32, name: &str| {
            let own = || days().filter(|day| (day.number() - monday).rem_euclid(7) == weekday);
            let mut hours = [0; 24];
            for day in own() {
                let [people, programs] = self.hours(measure, look.of, (day, day));
                // When programs ask says nothing of when people do.
                let programs = if measure == Measure::Call { programs } else { [0; 24] };
                (0..24).for_each(|hour| hours[hour] += people[hour] + programs[hour]);
            }
            let sums = [hours.iter().sum::<u64>(), own().count() as u64];
            let cells = hours.into_iter().chain(sums).map(Due::count);
            [Due::Text(name.into())].into_iter().chain(cells).collect()
        };
        let names = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
        let mut table = Table::new("heat", &["星期"]);
        table.head.extend((0..24).map(|hour| format!("{hour}时")));
        table.head.extend(["合计", "天数"].map(str::to_owned));
        table.rows = (0..).zip(names).map(|(weekday, name)| row(weekday, name)).collect();
        table
    }

    fn most_asked(&self, of: i64) -> Table {
        let mut sums: BTreeMap<(i64, i64), [u64; 2]> = BTreeMap::new();
        for truth in self.days.range(month(self.today())..).map(|(_, truth)| truth) {
            for (key, (people, programs)) in truth.bodies.iter().filter(|it| of == NATION || it.0.1 == of) {
                let sum = sums.entry(*key).or_default();
                *sum = [sum[0] + people, sum[1] + programs];
            }
        }
        let mut all: Vec<_> = sums.into_iter().collect();
        all.sort_by_key(|(key, n)| (Reverse(n[0]), *key));
        let named = |id: i64| self.tables.authorities.iter().find(|it| it.id.0 == id).unwrap().name.clone();
        let row = |(at, ((body, authority), n)): (i64, ((i64, i64), [u64; 2]))| {
            let names = [Due::Text(self.bodies[&body].into()), Due::Text(named(authority))];
            [Due::Number(at)].into_iter().chain(names).chain(both(n).into_iter().map(Due::count)).collect()
        };
        let head = split_of(&["序号", "机构", "发证机关"]);
        Table { rows: (1..).zip(all).map(row).collect(), ..Table::new("bodies", &head) }
    }

    fn failures(&self, look: &Look) -> Vec<Table> {
        let days = self.span(look).0;
        let answers = VERDICTS.map(|measure| self.values((measure, Dimension::Answer), look.of, days));
        let sum = |hours: &[[u64; 24]; 2]| hours.iter().flatten().sum::<u64>();
        let whole = answers.iter().flat_map(BTreeMap::values).map(sum).sum();
        let row = |word: &VerdictWord| {
            let mut counts: Vec<u64> =
                answers.iter().map(|values| values.get(word.key()).map_or(0, sum)).collect();
            counts.push(counts.iter().sum());
            (word.label().to_owned(), counts)
        };
        let told = VerdictWord::ALL.iter().filter(|word| word.key() != "valid").map(row);
        let told = told.filter(|(_, counts)| counts[3] > 0).collect();
        let mut words = Table::new("words", &["结论", "扫码", "输入查真", "批量核验", "合计"]).summed(told);
        words = words.with_share(whole);
        words.head.push("占全部查真".into());
        let steps = self.steps(look).into_iter();
        let steps = steps.map(|(name, days)| (name, both(self.not_valid(look.of, days)))).collect();
        let at = if look.by_month { "月份" } else { "日期" };
        let stepped = Table::new("steps", &split_of(&[at])).summed(steps);
        vec![words, stepped, self.unknown(look.day.unwrap_or(self.today()))]
    }

    /// What was asked for on a day and is not there: the same for all, as it is nobody's.
    fn unknown(&self, day: Day) -> Table {
        let mut all: Vec<_> = self.days.get(&day).map(|it| it.unknown.iter().collect()).unwrap_or_default();
        all.sort_by_key(|((sort, text), n)| (Reverse(**n), *sort, text.clone()));
        let row = |((sort, text), n): (&(&str, String), &u64)| {
            let sort = if *sort == "code" { "码" } else { "编号" };
            vec![Due::Text(text.clone()), Due::Text(sort.into()), Due::count(*n)]
        };
        let rows = all.into_iter().take(100).map(row).collect();
        Table { rows, ..Table::new("unknown", &["被查的码或编号", "类别", "次数"]) }
    }
}
