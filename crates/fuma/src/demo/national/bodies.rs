//! Who an invented body of the country is: the same on each of its certificates.

use super::super::{ids, names, rng::Rng};
use super::places::{PLACES, Place};
use super::plan::{BodyPlan, DOMAINS};
use domain::{Division, LegalKind, LegalSort, Parent, Site, Uscc};

/// An invented 获证机构.
#[derive(Clone, Debug)]
pub struct Body {
    pub name: String,
    pub other_name: String,
    pub uscc: Option<Uscc>,
    pub legal_kind: LegalKind,
    pub parent: Option<Parent>,
    pub department: String,
    pub legal_representative: String,
    pub head: String,
    pub technical_lead: String,
    pub contact: String,
    /// The main one first.
    pub sites: Vec<Site>,
}

/// 企业, 事业, 社团, 其他: how many of a thousand (2022), and how their codes begin.
const SORTS: [(LegalSort, usize, &str); 4] = [
    (LegalSort::Enterprise, 755, "91"),
    (LegalSort::Institution, 197, "12"),
    (LegalSort::Association, 18, "51"),
    (LegalSort::Other, 30, "52"),
];
/// Of a thousand bodies: how many are not independent (2019: 12.4 %).
const DEPENDENT: usize = 124;

impl Body {
    /// Body number `index` of the plan.
    pub fn of(plan: &BodyPlan, index: usize, seed: u64) -> Body {
        let mut rng = Rng::of(seed, 60, index as u64);
        let place = &PLACES[plan.aa][plan.place];
        let mut left = rng.below(1_000);
        let sort = SORTS.iter().position(|(_, share, _)| {
            let here = left < *share;
            left = left.saturating_sub(*share);
            here
        });
        let (sort, _, begin) = SORTS[sort.unwrap_or_default()];
        let stem = stem(plan, index, place, &mut rng);
        let independent = rng.below(1_000) >= DEPENDENT;
        let (name, parent) = name(plan, &stem, place, (sort, independent), &mut rng);
        let code = Uscc::parse(&ids::uscc(begin, &place.division, index as u64)).ok();
        let [legal_representative, head, technical_lead, contact] =
            std::array::from_fn(|_| names::person(&mut rng));
        Body {
            name,
            other_name: if rng.below(40) == 0 {
                format!("{stem}检测技术服务中心")
            } else {
                String::new()
            },
            uscc: code.filter(|_| independent),
            legal_kind: LegalKind { independent, sort },
            parent: parent.map(|name| Parent { name, uscc: code }),
            department: match sort {
                LegalSort::Enterprise => "无".to_owned(),
                _ => format!("{}示例主管局", place.city),
            },
            legal_representative,
            head,
            technical_lead,
            contact,
            sites: sites(plan, place, &mut rng),
        }
    }
}

/// How the names around a body begin: 西安示例恒信, in one of sixty with a rare letter. Bodies of one city differ in it.
fn stem(plan: &BodyPlan, index: usize, place: &Place, rng: &mut Rng) -> String {
    // 37 has no factor in common with the number of pairs: neighbours get names that do not look alike.
    let trade = names::trade_name(plan.ordinal * 37 % names::PAIRS, plan.ordinal / names::PAIRS);
    match index % 60 {
        0 => format!("{}示例{}{trade}", place.city, rng.pick(&names::RARE)),
        _ => format!("{}示例{trade}", place.city),
    }
}

fn name(
    plan: &BodyPlan,
    stem: &str,
    place: &Place,
    (sort, independent): (LegalSort, bool),
    rng: &mut Rng,
) -> (String, Option<String>) {
    let line = names::line(DOMAINS[plan.domain].0);
    if !independent {
        let parent = format!("{stem}{}", rng.pick(line.parent));
        return (format!("{parent}{}", rng.pick(line.department)), Some(parent));
    }
    let name = match sort {
        LegalSort::Enterprise => format!("{stem}{}", rng.pick(line.company)),
        _ => {
            let rest = stem.strip_prefix(&place.city).unwrap_or(stem);
            format!("{}{rest}{}（示例）", place.city, rng.pick(line.institution))
        }
    };
    (name, None)
}

/// One place for most bodies, more for some (domain.md 3.5), one of five of these in another province.
fn sites(plan: &BodyPlan, place: &Place, rng: &mut Rng) -> Vec<Site> {
    let more = match rng.below(1_000) {
        0..925 => 0,
        925..990 => 1,
        _ => 2 + rng.below(3),
    };
    let main = if more == 0 { "主场所" } else { "总部实验室" };
    let mut sites = vec![site(main, place, rng)];
    for name in ["高新分部", "第二实验室", "示例产业园实验室", "东区检测场"].into_iter().take(more)
    {
        let aa = if rng.chance(20) { 1 + rng.below(PLACES.len() - 1) } else { plan.aa };
        sites.push(site(name, &PLACES[aa][rng.below(PLACES[aa].len())], rng));
    }
    sites
}

fn site(name: &str, place: &Place, rng: &mut Rng) -> Site {
    let street = rng.pick(&["示例路", "样张大道", "示范一路", "样例东街", "示例科技产业园创新路"]);
    let number = rng.below(300) + 1;
    let address = match rng.below(3) {
        0 => format!("{}{street}{number}号", place.address),
        1 => format!("{}{street}{number}号{}幢{}层", place.address, rng.below(12) + 1, rng.below(20) + 1),
        _ => {
            let (floor, room) = (rng.below(28) + 1, rng.below(30) + 1);
            format!(
                "{}{street}{number}号示例大厦{}座{floor}{room:02}室",
                place.address,
                rng.pick(&["A", "B", "C"])
            )
        }
    };
    Site { name: name.to_owned(), address, division: Division::parse(&place.division) }
}
