//! A day of visitors for tests: invented from a seed, the same each time, and counted again by a rule of its own ([`Truth`]), so
//! that whatever shows figures can be held to what was really asked.

mod truth;

pub use truth::{Cell, Truth};

use crate::{AuthorityId, BodyId, Code, Realm, Two, VerdictWord};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A certificate that may be asked for, and what is true of it.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "named as in a certificate's head")]
pub struct Known {
    pub code: String,
    pub number: String,
    pub authority: AuthorityId,
    pub body: BodyId,
    /// Of its body.
    pub province: Option<Two>,
    pub domain: Two,
    /// What is answered of it that day.
    pub word: VerdictWord,
}

/// What there is to be asked for.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// Certificates.
    pub known: Vec<Known>,
    /// Words to search for, and whether something is found; none where the platform is closed.
    pub searches: Vec<(String, bool)>,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// `/C/{text}`.
    Scan(String),
    /// `/verify?q={text}`.
    Type(String),
    /// `/certificate/{text}`.
    Open(String),
    /// `/verify/batch`, a list of lines.
    List(Vec<String>),
    /// `/search?q={text}`.
    Search(String),
    /// Another page of the public.
    Look(&'static str),
}

/// One request.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Second of the day.
    pub second: u32,
    /// Where it comes from.
    pub ip: IpAddr,
    /// What the browser calls itself.
    pub user_agent: &'static str,
    /// Whether JSON is asked for.
    pub json: bool,
    /// What is asked for.
    pub ask: Ask,
}

impl Hit {
    /// Which of some nodes it comes to: one source always to the same.
    pub fn node(&self, nodes: usize) -> usize {
        let last = match self.ip {
            IpAddr::V4(ip) => ip.octets()[3],
            IpAddr::V6(ip) => ip.segments()[3] as u8,
        };
        usize::from(last) % nodes.max(1)
    }
}

/// How much of what there is.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The same seed makes the same day.
    pub seed: u64,
    /// People, each with a handful of questions over the day.
    pub people: u32,
    /// Crawlers that say what they are.
    pub crawlers: u32,
    /// First and last hour in which anything is asked, both included.
    pub hours: (u32, u32),
}

/// Where addresses are, in the form of the operator's table; what is not in it is nobody's.
pub const NETWORKS: &str =
    "198.18.0.0/18,61\n198.18.64.0/18,31\n198.18.128.0,198.18.191.255,44\n2001:db8:61::/48,61\n";

/// What browsers call themselves, and with what device that is.
const BROWSERS: [&str; 6] = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.49",
    "Mozilla/5.0 (Linux; Android 14; SHILI) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.5 Safari/605.1.15",
    "Shili/1.0",
];
const CRAWLERS: [&str; 4] =
    ["curl/8.5.0", "python-requests/2.31", "Mozilla/5.0 (compatible; Shilispider/2.0)", ""];
const PAGES: [&str; 5] = ["/", "/help", "/tables", "/open-data", "/verify"];

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    fn one<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// The n-th of codes that are well formed and that nobody has: a store of codes is unlikely to hold one.
pub fn unknown_code(n: u64) -> String {
    let mut entropy = [0xA5; 10];
    entropy[..8].copy_from_slice(&n.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    Code::from_entropy(entropy, Realm::Registry).as_str().to_owned()
}

/// A day of requests, in their order.
pub fn day(scene: &Scene, plan: Plan) -> Vec<Hit> {
    let mut maker = Maker { dice: Dice(plan.seed), scene, plan, hits: Vec::new() };
    maker.people();
    maker.crawlers();
    maker.hurry();
    maker.guess();
    maker.programs();
    let mut hits = maker.hits;
    hits.sort_by_key(|hit| hit.second);
    hits
}

struct Maker<'a> {
    dice: Dice,
    scene: &'a Scene,
    plan: Plan,
    hits: Vec<Hit>,
}

impl Maker<'_> {
    fn second(&mut self) -> u32 {
        let (from, to) = self.plan.hours;
        from * 3_600 + self.dice.below(((to - from + 1) * 3_600) as usize) as u32
    }

    /// The beginning of a minute, with an hour before it in which nothing of the same is asked.
    fn minute(&mut self) -> u32 {
        self.second() / 3_600 * 3_600 + 60 * (self.dice.below(10) as u32)
    }

    /// A quarter of IPv6, where the last half of the address says nothing; a tenth from where nobody knows.
    fn ip(&mut self) -> IpAddr {
        let n = self.dice.next();
        match self.dice.below(10) {
            0 => Ipv4Addr::new(203, 0, 113, n as u8).into(),
            1 | 2 => Ipv6Addr::new(0x2001, 0xdb8, 0x61, n as u16, (n >> 16) as u16, 0, 0, 9).into(),
            _ => Ipv4Addr::new(198, 18, (n >> 8) as u8, n as u8).into(),
        }
    }

    fn ask(&mut self) -> Ask {
        let known = self.dice.one(&self.scene.known);
        let (code, number) = (known.code.clone(), known.number.clone());
        let n = self.dice.next() % 500;
        match self.dice.below(20) {
            0..=8 => Ask::Scan(code),
            9 => Ask::Scan(unknown_code(n)),
            10 => Ask::Scan("0000000000000001".into()),
            11 => Ask::Type(code),
            12 => Ask::Type(number),
            13 => Ask::Type(format!("19271205{:04}", n + 1)),
            14 => Ask::Open(number),
            15 => Ask::List(vec![code, number, unknown_code(n), "!!".into()]),
            16 | 17 if !self.scene.searches.is_empty() => {
                let searches = self.scene.searches.clone();
                Ask::Search(self.dice.one(&searches).0.clone())
            }
            _ => Ask::Look(self.dice.one::<&str>(&PAGES)),
        }
    }

    fn hit(&mut self, second: u32, ip: IpAddr, user_agent: &'static str, json: bool, ask: Ask) {
        self.hits.push(Hit { second, ip, user_agent, json, ask });
    }

    fn people(&mut self) {
        for _ in 0..self.plan.people {
            let (ip, browser) = (self.ip(), *self.dice.one(&BROWSERS));
            for _ in 0..=self.dice.below(4) {
                let (second, ask) = (self.second(), self.ask());
                self.hit(second, ip, browser, false, ask);
            }
        }
    }

    fn crawlers(&mut self) {
        for n in 0..self.plan.crawlers {
            let ip = Ipv4Addr::new(192, 0, 2, n as u8).into();
            for _ in 0..20 {
                let (second, ask) = (self.second(), self.ask());
                self.hit(second, ip, CRAWLERS[n as usize % CRAWLERS.len()], false, ask);
            }
        }
    }

    /// One that says it is a browser and asks faster than anybody can.
    fn hurry(&mut self) {
        let (start, ip) = (self.minute(), Ipv4Addr::new(192, 0, 2, 200).into());
        for n in 0..150 {
            let code = self.dice.one(&self.scene.known).code.clone();
            self.hit(start + n / 3, ip, BROWSERS[3], false, Ask::Scan(code));
        }
    }

    /// One that goes through codes, slowly.
    fn guess(&mut self) {
        let (start, ip) = (self.minute(), Ipv4Addr::new(192, 0, 2, 201).into());
        for n in 0..45 {
            self.hit(start + n * 20, ip, BROWSERS[1], false, Ask::Scan(unknown_code(10_000 + u64::from(n))));
        }
    }

    /// Programs that ask for JSON under the name of a browser.
    fn programs(&mut self) {
        for n in 0..30 {
            let ip = Ipv4Addr::new(192, 0, 2, 210 + n % 3).into();
            let known = self.dice.one(&self.scene.known);
            let ask = match n % 3 {
                0 => Ask::Open(known.number.clone()),
                1 => Ask::Type(known.number.clone()),
                _ => Ask::Scan(known.code.clone()),
            };
            let second = self.second();
            self.hit(second, ip, BROWSERS[4], true, ask);
        }
    }
}
