//! The invented world: every body and certificate follows from the seed and its index alone.

use super::{
    body::{BodySpec, Region},
    catalogue::{CATALOGUE, Draw},
    rng::Rng,
};
use domain::Day;
use std::collections::HashMap;

/// One invented province. Nothing in it depends on what was asked before, so that single certificates can be made again.
pub struct World {
    seed: u64,
    authority: String,
    regions: Vec<&'static Region>,
    cities: Vec<Vec<&'static Region>>,
    variants: usize,
}

/// 检测能力: one row of an annex, in annex order.
#[derive(Clone, Debug)]
pub struct CapabilitySpec {
    /// Index of the site in the body's list.
    pub site: usize,
    /// Number of the class within the site, from 1.
    pub class_no: u32,
    /// Number of the item within the class, from 1; the rows of one item share it.
    pub item_no: u32,
    /// 大类.
    pub category: &'static str,
    /// 类别.
    pub class: &'static str,
    /// 产品/项目/参数.
    pub item: &'static str,
    /// 标准名称.
    pub standard_name: &'static str,
    /// 标准编号 with its year.
    pub standard_number: &'static str,
    /// 条款; may be empty.
    pub clause: &'static str,
    /// 限制范围; may be empty.
    pub limits: &'static str,
    /// Whether it is food.
    pub food: bool,
}

/// What was granted and when.
#[derive(Clone, Debug)]
pub struct Grant {
    /// 业务类型: one of `domain::kind::LABELS`.
    pub kind: &'static str,
    /// 发证日期; valid from the same day, for six years.
    pub issued_on: Day,
    /// SSSS of a given number; none leaves it to the counter.
    pub serial: Option<u16>,
}

/// An invented certificate.
#[derive(Clone, Debug)]
pub struct CertificateSpec {
    /// Its place in the world.
    pub index: u64,
    /// Who holds it.
    pub body: BodySpec,
    /// 业务类型.
    pub kind: &'static str,
    /// 证书编号, 12 digits, or none for the counter to give.
    pub number: Option<String>,
    /// 上一证书编号 of a renewal.
    pub previous_number: Option<String>,
    /// 许可程序.
    pub procedure: &'static str,
    /// 决定日期; also the approval day of its capabilities.
    pub decision_day: Day,
    /// 决定文号.
    pub decision_number: String,
    /// 首次发证日期.
    pub first_issued_on: Day,
    /// 发证日期 and 有效期起.
    pub issued_on: Day,
    /// 有效期至, by one of the two conventions (domain.md 1.4).
    pub valid_to: Day,
    /// 证书状态, day and document of its change: only of certificates taken over.
    pub status: Option<(&'static str, Day, String)>,
    /// Rows of the annex, in its order.
    pub capabilities: Vec<CapabilitySpec>,
}

/// Parameters of the log-normal law of annex sizes: median 120 and mean 450 give this sigma (domain.md section 7).
const SIGMA: f64 = 1.626;

impl World {
    /// The world of Shaanxi (27), where the demo plays.
    pub fn new(seed: u64) -> World {
        World::of("27", seed)
    }

    /// The world of one authority (AA); an unknown one gets the places of Shaanxi.
    pub fn of(authority: &str, seed: u64) -> World {
        let mut regions = Region::of(authority);
        if regions.is_empty() {
            regions = Region::of("27");
        }
        let mut cities: Vec<Vec<&'static Region>> = Vec::new();
        for &region in &regions {
            match cities.iter_mut().find(|city| city[0].city == region.city) {
                Some(city) => city.push(region),
                None => cities.push(vec![region]),
            }
        }
        World { seed, authority: authority.to_owned(), regions, cities, variants: 60 }
    }

    /// The same world with `variants` common wordings of each method: more wordings, more distinct rows.
    pub fn with_variants(self, variants: usize) -> World {
        World { variants, ..self }
    }

    pub(super) fn rng(&self, salt: u64, index: u64) -> Rng {
        Rng::of(self.seed, salt, index)
    }

    pub(super) fn regions(&self) -> &[&'static Region] {
        &self.regions
    }

    pub(super) fn cities(&self) -> usize {
        self.cities.len()
    }

    /// A place of the body's city; bodies with the same trade name stand in different cities.
    pub(super) fn region(&self, index: u64, rng: &mut Rng) -> &'static Region {
        let (pair, round) = (index as usize % super::names::PAIRS, index as usize / super::names::PAIRS);
        let city = &self.cities[(pair + round) % self.cities.len()];
        rng.pick(city)
    }

    /// Sizes of `n` annexes, log-normal with median 120 and mean 450 up to a common factor, none above `max`,
    /// that add up to `total` (at least `n`, at most `n × max`).
    pub fn sizes(&self, n: usize, total: usize, max: usize) -> Vec<usize> {
        let mut rng = self.rng(2, 0);
        let weights: Vec<f64> = (0..n).map(|_| rng.log_normal(SIGMA)).collect();
        scaled(&weights, total, max)
    }

    /// Invented certificate number `index` with an annex of `rows` rows.
    pub fn certificate(&self, index: u64, rows: usize, grant: &Grant) -> CertificateSpec {
        let body = self.body(index, rows);
        let mut rng = self.rng(3, index);
        let back = -(rng.below(6) as i32);
        let decision_day =
            grant.issued_on.plus_days(back).expect("invented days lie far from both ends of the calendar");
        let same_day = i32::from(rng.chance(30)) - 1;
        let end = grant.issued_on.plus_years(6).and_then(|day| day.plus_days(same_day));
        let number =
            grant.serial.map(|serial| self.number(grant.issued_on, body.domain, body.industry, serial));
        CertificateSpec {
            index,
            kind: grant.kind,
            number,
            previous_number: None,
            procedure: if rng.chance(15) { "告知承诺" } else { "一般程序" },
            decision_number: format!("示例市监许〔{}〕{}号", decision_day.year(), index + 1),
            decision_day,
            first_issued_on: grant.issued_on,
            issued_on: grant.issued_on,
            valid_to: end.expect("invented days lie far from both ends of the calendar"),
            status: None,
            capabilities: self.capabilities(index, rows, &body),
            body,
        }
    }

    /// A number of this world's authority.
    pub fn number(&self, issued_on: Day, domain: &str, industry: &str, serial: u16) -> String {
        format!("{:02}{}{domain}{industry}{serial:04}", issued_on.year() % 100, self.authority)
    }

    /// The annex of a body: the same for the same index and number of rows.
    fn capabilities(&self, index: u64, rows: usize, body: &BodySpec) -> Vec<CapabilitySpec> {
        let mut draws = Vec::with_capacity(rows);
        let rows = rows.min(CATALOGUE.capacity(body.domain));
        CATALOGUE.draw(
            body.domain,
            rows,
            body.sites.len(),
            self.variants,
            &mut self.rng(4, index),
            &mut draws,
        );
        // Food and other capabilities stand in tables of their own, each numbered from 1 (domain.md 3.3).
        let mut last: [Option<(Draw, u32, u32)>; 2] = [None; 2];
        let numbered = draws.into_iter().map(|draw| {
            let last = &mut last[usize::from(CATALOGUE.method(draw).domain == "00")];
            let (class_no, item_no) = number_after(*last, draw);
            *last = Some((draw, class_no, item_no));
            capability(draw, class_no, item_no)
        });
        numbered.collect()
    }

    /// `n` certificates as a province holds them: issued evenly from 2017 to 2026, each with a number of its own,
    /// some of them ended. Made one by one.
    pub fn stock(&self, sizes: Vec<usize>) -> impl Iterator<Item = CertificateSpec> {
        let mut serials: HashMap<String, u32> = HashMap::new();
        (0..).zip(sizes).map(move |(index, rows)| {
            let mut rng = self.rng(5, index);
            let day = Day::new(2017 + (index % 10) as u16, 1 + rng.below(10) as u8, 1 + rng.below(28) as u8);
            let grant =
                Grant {
                    kind: "存量", issued_on: day.expect("28 days are in every month"), serial: Some(1)
                };
            let mut certificate = self.certificate(index, rows, &grant);
            let prefix = self.number(grant.issued_on, certificate.body.domain, certificate.body.industry, 0);
            let count = serials.entry(prefix[..8].to_owned()).or_default();
            *count += 1;
            certificate.number = Some(numbered(&prefix[..6], certificate.body.industry, *count));
            certificate.body.industry = industry_after(certificate.body.industry, *count);
            certificate.status = ended(&certificate, &mut rng);
            certificate
        })
    }
}

/// Serials beyond 9999 go on under the next industry.
fn industry_after(industry: &'static str, count: u32) -> &'static str {
    const CODES: [&str; 35] = [
        "00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16",
        "17", "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32", "33",
        "34",
    ];
    let at = CODES.iter().position(|code| *code == industry).unwrap_or(34);
    CODES[(at + (count as usize - 1) / 9_999) % 35]
}

fn numbered(stem: &str, industry: &'static str, count: u32) -> String {
    format!("{stem}{}{:04}", industry_after(industry, count), (count - 1) % 9_999 + 1)
}

/// Four of a hundred were ended before their time (domain.md section 7).
fn ended(certificate: &CertificateSpec, rng: &mut Rng) -> Option<(&'static str, Day, String)> {
    if !rng.chance(4) {
        return None;
    }
    let word = rng.pick(&["注销", "注销", "注销", "撤销", "撤回", "吊销"]);
    let day = certificate
        .issued_on
        .plus_days(30 + rng.below(50) as i32)
        .expect("invented days lie inside the calendar");
    Some((word, day, format!("示例市监撤〔{}〕{}号", day.year(), certificate.index + 1)))
}

/// Numbers in a table of the annex go up with class and item and start again at each site.
fn number_after(last: Option<(Draw, u32, u32)>, draw: Draw) -> (u32, u32) {
    let Some((before, class_no, item_no)) = last else { return (1, 1) };
    if before.site != draw.site {
        return (1, 1);
    }
    let (old, new) = (CATALOGUE.method(before), CATALOGUE.method(draw));
    if (old.category, old.class) != (new.category, new.class) {
        return (class_no + 1, 1);
    }
    (class_no, item_no + u32::from(before.rank != draw.rank))
}

fn capability(draw: Draw, class_no: u32, item_no: u32) -> CapabilitySpec {
    let method = CATALOGUE.method(draw);
    let (clause, limits) = CATALOGUE.wording(draw);
    CapabilitySpec {
        site: draw.site as usize,
        class_no,
        item_no,
        category: method.category,
        class: method.class,
        item: method.items[usize::from(draw.item)],
        standard_name: method.name,
        standard_number: method.number,
        clause,
        limits,
        food: method.domain == "00",
    }
}
/// Adds up to `total`, each at least 1 and at most `max`, in the proportion of the weights.
pub fn scaled(weights: &[f64], total: usize, max: usize) -> Vec<usize> {
    let of = |scale: f64| weights.iter().map(move |w| ((w * scale) as usize).clamp(1, max.max(1)));
    let (mut low, mut high) = (0.0, total as f64 * 64.0);
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        if of(middle).sum::<usize>() > total { high = middle } else { low = middle }
    }
    let mut sizes: Vec<usize> = of(low).collect();
    let mut missing = total.saturating_sub(sizes.iter().sum());
    for size in sizes.iter_mut().filter(|size| **size < max) {
        let more = missing.min(1);
        *size += more;
        missing -= more;
    }
    sizes
}
