//! What a day of requests must come to, by the definitions that pages show, and without anything of what counts them.

use super::{Ask, BROWSERS, CRAWLERS, Hit, Known, NETWORKS, Scene};
use crate::tally::{Agent, Device, Dimension, Measure};
use crate::{AuthorityId, Code, Number, Realm};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// One figure: of what, by what, of whom (0: no certificate; -1: the nation), which value, by whom.
pub type Cell = (Measure, Dimension, i64, String, Agent);

/// The nation in a [`Cell`].
const NATION: i64 = -1;

/// What must be counted.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    /// How often, by hour of the day.
    pub figures: BTreeMap<Cell, [u64; 24]>,
    /// Who was there, of an authority's certificates (0: of all pages): source and browser.
    pub visitors: BTreeMap<i64, BTreeSet<(String, &'static str)>>,
    /// What was asked for and is not there: `code` or `number`, the text, how often.
    pub unknown: BTreeMap<(&'static str, String), u64>,
    /// How often a body's certificates were asked for: by people and by programs.
    pub bodies: BTreeMap<(i64, i64), (u64, u64)>,
    asked: BTreeMap<(String, &'static str, u32), u32>,
    missed: BTreeMap<(String, &'static str, u32), u32>,
}

/// What is counted of one question.
struct Question<'a> {
    measure: Measure,
    answer: &'a str,
    way: &'a str,
    of: Option<&'a Known>,
    /// Whether the authority is that of [`Question::of`]; of a page it is nobody's.
    missing: Option<(&'static str, String)>,
}

impl Truth {
    /// The recount of some requests, which are all that their sources made.
    pub fn of<'a>(scene: &Scene, hits: impl IntoIterator<Item = &'a Hit>) -> Truth {
        let mut truth = Truth::default();
        hits.into_iter().for_each(|hit| truth.add(scene, hit));
        truth
    }

    /// The sum of a day.
    pub fn sum(&self, measure: Measure, of: i64, agent: Agent) -> u64 {
        let cell = (measure, Dimension::Total, of, String::new(), agent);
        self.figures.get(&cell).map_or(0, |hours| hours.iter().sum())
    }

    fn add(&mut self, scene: &Scene, hit: &Hit) {
        let source = source(hit.ip);
        let agent = self.agent(hit, &source);
        match &hit.ask {
            Ask::List(lines) => {
                for line in lines {
                    let mut it = typed(scene, line, "");
                    it.measure = Measure::Batch;
                    self.count(hit, &source, agent, it);
                }
            }
            Ask::Scan(text) => {
                let way = if hit.json { "json" } else { "short" };
                let of = scene.known.iter().find(|it| it.code == *text);
                let it = match (of, Code::parse(text, Realm::Registry)) {
                    (Some(of), _) => found(of, way),
                    (None, Ok(code)) => missing("code", code.as_str(), way),
                    (None, Err(_)) => malformed(way),
                };
                self.count(hit, &source, agent, Question { measure: Measure::Scan, ..it });
            }
            Ask::Type(text) | Ask::Open(text) => {
                let it = typed(scene, text, if hit.json { "json" } else { "" });
                self.count(hit, &source, agent, it);
            }
            Ask::Search(text) => {
                let any = scene.searches.iter().any(|(word, any)| word == text && *any);
                let answer = if any { "found" } else { "none" };
                let it = Question { measure: Measure::Search, answer, way: "", of: None, missing: None };
                self.count(hit, &source, agent, it);
            }
            Ask::Look(_) => {
                let it = Question { measure: Measure::View, answer: "", way: "", of: None, missing: None };
                self.count(hit, &source, agent, it);
            }
        }
    }

    /// A person, unless it says otherwise, asks for JSON, is over 60 in a minute or has guessed 20 times in the hour.
    fn agent(&mut self, hit: &Hit, source: &str) -> Agent {
        let asked = self.asked.entry((source.to_owned(), hit.user_agent, hit.second / 60)).or_default();
        *asked += 1;
        let missed = self.missed.get(&(source.to_owned(), hit.user_agent, hit.second / 3_600));
        let machine = CRAWLERS.contains(&hit.user_agent)
            || hit.json
            || *asked > 60
            || missed.is_some_and(|missed| *missed >= 20);
        if machine { Agent::Machine } else { Agent::Person }
    }

    fn count(&mut self, hit: &Hit, source: &str, agent: Agent, it: Question<'_>) {
        let of = it.of.map_or(0, |known| known.authority.0);
        let unknown = || "unknown".to_owned();
        let province = it.of.and_then(|known| known.province).map_or_else(unknown, |two| two.to_string());
        let domain = it.of.map_or_else(unknown, |known| known.domain.to_string());
        let values = [
            (Dimension::Total, String::new()),
            (Dimension::Answer, it.answer.to_owned()),
            (Dimension::Way, it.way.to_owned()),
            (Dimension::Province, province),
            (Dimension::Visitor, where_is(hit.ip).to_owned()),
            (Dimension::Domain, domain),
            (Dimension::Device, device(hit.user_agent).key().to_owned()),
        ];
        let hour = (hit.second / 3_600) as usize;
        for (dimension, value) in values {
            if dimension == Dimension::Total || it.measure.dimensions().contains(&dimension) {
                for of in [of, NATION] {
                    let cell = (it.measure, dimension, of, value.clone(), agent);
                    self.figures.entry(cell).or_default()[hour] += 1;
                }
            }
        }
        if agent == Agent::Person {
            for of in [Some(0), it.of.map(|known| known.authority.0)].into_iter().flatten() {
                self.visitors.entry(of).or_default().insert((source.to_owned(), hit.user_agent));
            }
        }
        if let Some(known) = it.of {
            let sums = self.bodies.entry((known.body.0, known.authority.0)).or_default();
            *(if agent == Agent::Person { &mut sums.0 } else { &mut sums.1 }) += 1;
        }
        if let Some(missing) = it.missing {
            if it.measure != Measure::Batch {
                *self.missed.entry((source.to_owned(), hit.user_agent, hit.second / 3_600)).or_default() += 1;
            }
            *self.unknown.entry(missing).or_default() += 1;
        }
    }

    /// The authorities that were asked about.
    pub fn authorities(&self) -> BTreeSet<AuthorityId> {
        self.figures.keys().map(|cell| cell.2).filter(|of| *of > 0).map(AuthorityId).collect()
    }
}

fn found<'a>(of: &'a Known, way: &'a str) -> Question<'a> {
    Question { measure: Measure::Verdict, answer: of.word.key(), way, of: Some(of), missing: None }
}

fn missing<'a>(sort: &'static str, text: &str, way: &'a str) -> Question<'a> {
    let missing = Some((sort, text.to_owned()));
    Question { measure: Measure::Verdict, answer: "unknown", way, of: None, missing }
}

fn malformed(way: &str) -> Question<'_> {
    Question { measure: Measure::Verdict, answer: "malformed", way, of: None, missing: None }
}

/// What was typed, with the way it was asked in where none is given.
fn typed<'a>(scene: &'a Scene, text: &str, way: &'a str) -> Question<'a> {
    let as_code = if way.is_empty() { "code" } else { way };
    let as_number = if way.is_empty() { "number" } else { way };
    if let Some(of) = scene.known.iter().find(|it| it.code == text) {
        return found(of, as_code);
    }
    if let Some(of) = scene.known.iter().find(|it| it.number == text) {
        return found(of, as_number);
    }
    match (Code::parse(text, Realm::Registry), Number::parse(text)) {
        (Ok(code), _) => missing("code", code.as_str(), as_code),
        (Err(_), Ok(number)) => missing("number", number.as_str(), as_number),
        (Err(_), Err(_)) => malformed(as_number),
    }
}

/// Who is one: an address, or the first half of one of IPv6.
fn source(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("{:x?}", &ip.segments()[..4]),
    }
}

/// By the lines of [`NETWORKS`], read by eye.
fn where_is(ip: IpAddr) -> &'static str {
    debug_assert_eq!(NETWORKS.lines().count(), 4);
    match ip {
        IpAddr::V4(ip) => match ip.octets() {
            [198, 18, 0..64, _] => "61",
            [198, 18, 64..128, _] => "31",
            [198, 18, 128..192, _] => "44",
            _ => "unknown",
        },
        IpAddr::V6(ip) if ip.segments()[..3] == [0x2001, 0xdb8, 0x61] => "61",
        IpAddr::V6(_) => "unknown",
    }
}

fn device(user_agent: &str) -> Device {
    let devices =
        [Device::Wechat, Device::Phone, Device::Tablet, Device::Computer, Device::Computer, Device::Other];
    let at = BROWSERS.iter().position(|it| *it == user_agent);
    // A program that says nothing is not known to be one of any sort.
    at.map_or(if user_agent.is_empty() { Device::Other } else { Device::Program }, |at| devices[at])
}
