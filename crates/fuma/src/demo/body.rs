//! Invented bodies: who they are, where they stand, who answers for them.

use super::{
    ids,
    names::{self, PAIRS, RARE},
    rng::Rng,
    world::World,
};
use std::sync::LazyLock;

/// One place of `regions.tsv`.
#[derive(Debug)]
pub struct Region {
    /// AA of the authority that certifies there.
    pub authority: &'static str,
    /// GB/T 2260, six digits.
    pub division: &'static str,
    /// How an address there begins: 陕西省西安市雁塔区.
    pub place: &'static str,
    /// How names there begin: 西安.
    pub city: &'static str,
    /// Six digits.
    pub postcode: &'static str,
}

impl Region {
    /// The places of an authority (AA), in the order of the file.
    pub fn of(authority: &str) -> Vec<&'static Region> {
        REGIONS.iter().filter(|region| region.authority == authority).collect()
    }
}

static REGIONS: LazyLock<Vec<Region>> = LazyLock::new(|| {
    let lines = include_str!("regions.tsv").lines().filter(|line| !line.starts_with('#'));
    let row = |line: &'static str| {
        let mut columns = line.split('\t');
        let mut next = || columns.next().expect("regions.tsv has five columns");
        Region { authority: next(), division: next(), place: next(), city: next(), postcode: next() }
    };
    lines.map(row).collect()
});

/// 所属法人单位 of a body that is not independent.
#[derive(Clone, Debug)]
pub struct ParentSpec {
    /// Its name.
    pub name: String,
    /// Its code, valid.
    pub uscc: String,
}

/// 场所.
#[derive(Clone, Debug)]
pub struct SiteSpec {
    /// Name, unique within the certificate.
    pub name: String,
    /// Address.
    pub address: String,
    /// GB/T 2260, six digits.
    pub division: &'static str,
}

/// An invented 获证机构.
#[derive(Clone, Debug)]
pub struct BodySpec {
    /// Name as on the certificate; always holds 示例.
    pub name: String,
    /// Second name, where one certificate carries two.
    pub other_name: Option<String>,
    /// Own code, valid; none for a body that is not independent.
    pub uscc: Option<String>,
    /// One of `domain::field::LEGAL_KINDS`.
    pub legal_kind: &'static str,
    /// Who answers for it, if it is not independent.
    pub parent: Option<ParentSpec>,
    /// 主管部门.
    pub department: String,
    /// Domain code (DD).
    pub domain: &'static str,
    /// Industry code (II).
    pub industry: &'static str,
    /// 法定代表人 (of the parent, if not independent).
    pub legal_representative: String,
    /// 最高管理者.
    pub head: String,
    /// 技术负责人.
    pub technical_lead: String,
    /// 联系人.
    pub contact: String,
    /// A number nobody can dial: an area code and a subscriber number that begins with 0.
    pub phone: String,
    /// At example.com.
    pub email: String,
    /// Six digits.
    pub postcode: &'static str,
    /// Sites, the main one first; its address and division are those of the body.
    pub sites: Vec<SiteSpec>,
}

/// Domain, usual industry, and bodies of ten thousand (domain.md section 7, 2023, a body counted once).
const DOMAINS: [(&str, &str, usize); 12] = [
    ("05", "11", 2_650),
    ("12", "05", 1_450),
    ("01", "06", 1_390),
    ("02", "28", 1_240),
    ("21", "24", 560),
    ("13", "08", 600),
    ("00", "14", 580),
    ("04", "09", 520),
    ("03", "10", 450),
    ("11", "26", 180),
    ("17", "32", 180),
    ("20", "11", 200),
];
/// Domains that fit bodies with long annexes: vehicle stations have tens of rows (domain.md section 7).
const LARGE: [usize; 5] = [1, 2, 3, 6, 11];
/// Of a thousand bodies: how many are not independent (2019: 12.4 %).
const DEPENDENT: usize = 124;

impl World {
    /// Invented body number `index`; `rows` is the size of its annex, which says what it can be.
    /// Different indices have different names and codes, up to 1,600 × 41 bodies a city.
    pub fn body(&self, index: u64, rows: usize) -> BodySpec {
        let mut rng = self.rng(1, index);
        let (domain, industry) = domain_of(&mut rng, rows);
        let region = self.region(index, &mut rng);
        let sort = sort_of(&mut rng);
        let stem = self.stem(index, region, &mut rng);
        let (name, parent) = name(domain, &stem, region, sort, &mut rng);
        let uscc = ids::uscc(["91", "12", "51", "52"][sort], region.division, index);
        let legal_kind = domain::field::LEGAL_KINDS[sort + if parent.is_some() { 4 } else { 0 }];
        let address = address(region, &mut rng);
        let [legal_representative, head, technical_lead, contact] =
            std::array::from_fn(|_| names::person(&mut rng));
        BodySpec {
            name,
            other_name: (rng.below(40) == 0).then(|| format!("{stem}检测技术服务中心")),
            uscc: parent.is_none().then(|| uscc.clone()),
            parent: parent.map(|name| ParentSpec { name, uscc }),
            legal_kind,
            department: if sort == 0 { "无".into() } else { format!("{}示例主管局", region.city) },
            domain,
            industry,
            legal_representative,
            head,
            technical_lead,
            contact,
            phone: format!("029-0{:07}", index % 10_000_000),
            email: format!("lab{index}@example.com"),
            postcode: region.postcode,
            sites: self.sites(region, address, rows, &mut rng),
        }
    }

    /// How the names around a body begin: 西安示例恒信, in one of sixty with a rare letter.
    fn stem(&self, index: u64, region: &Region, rng: &mut Rng) -> String {
        let place = index as usize;
        // 37 has no factor in common with the number of pairs: neighbours get names that do not look alike.
        let trade = names::trade_name(place % PAIRS * 37 % PAIRS, place / PAIRS / self.cities());
        match rng.below(60) {
            0 => format!("{}示例{}{trade}", region.city, rng.pick(&RARE)),
            _ => format!("{}示例{trade}", region.city),
        }
    }

    /// The places of all sites: one for most bodies, more for large ones (domain.md 3.5).
    fn sites(&self, region: &'static Region, address: String, rows: usize, rng: &mut Rng) -> Vec<SiteSpec> {
        let mut sites = vec![SiteSpec { name: "总部实验室".into(), address, division: region.division }];
        let more = match rng.below(100) {
            0..88 if rows < 1_000 => 0,
            0..97 => 1,
            _ => 2 + rng.below(3),
        };
        for name in ["高新分部", "第二实验室", "示例产业园实验室", "东区检测场"].into_iter().take(more)
        {
            let region = rng.pick(self.regions());
            sites.push(SiteSpec {
                name: name.into(),
                address: self::address(region, rng),
                division: region.division,
            });
        }
        sites
    }
}

fn domain_of(rng: &mut Rng, rows: usize) -> (&'static str, &'static str) {
    if rows > 3_000 {
        return ("20", "11");
    }
    if rows > 150 {
        let (domain, industry, _) = DOMAINS[rng.pick(&LARGE)];
        return (domain, industry);
    }
    let mut left = rng.below(DOMAINS.iter().map(|(_, _, share)| share).sum());
    for (domain, industry, share) in DOMAINS {
        match left.checked_sub(share) {
            None => return (domain, industry),
            Some(rest) => left = rest,
        }
    }
    unreachable!("the shares cover the draw")
}

/// 企业, 事业, 社团 or 其他 (2022: 75.5 % enterprises, 19.7 % institutions).
fn sort_of(rng: &mut Rng) -> usize {
    match rng.below(1_000) {
        0..755 => 0,
        755..952 => 1,
        952..970 => 2,
        _ => 3,
    }
}

/// The name of a body, and of the legal person that answers for it if it is not independent.
fn name(domain: &str, stem: &str, region: &Region, sort: usize, rng: &mut Rng) -> (String, Option<String>) {
    let line = names::line(domain);
    match rng.below(1_000) {
        0..DEPENDENT => {
            let parent = format!("{stem}{}", rng.pick(line.parent));
            (format!("{parent}{}", rng.pick(line.department)), Some(parent))
        }
        975.. => (long_name(domain, stem, region), None),
        _ if sort == 0 => (format!("{stem}{}", rng.pick(line.company)), None),
        _ => (institution(stem, region, rng.pick(line.institution)), None),
    }
}

/// 渭南市示例恒信环境监测站（示例）.
fn institution(stem: &str, region: &Region, kind: &str) -> String {
    let rest = stem.strip_prefix(region.city).unwrap_or(stem);
    format!("{}市{rest}{kind}（示例）", region.city)
}

/// The long shapes: two bodies on one certificate by `/`, and laboratories within centres (domain.md 2.2).
fn long_name(domain: &str, stem: &str, region: &Region) -> String {
    let city = region.city;
    match domain {
        "01" | "02" => format!("{stem}建设集团第三工程有限公司工程检测中心/{city}市示例铁建工程检测有限公司"),
        "21" => format!(
            "{stem}石油天然气钻采设备与井控装置质量监督检验中心（{city}示例基地）特种设备安全附件综合检测实验室"
        ),
        _ => format!(
            "{stem}检验检测认证技术研究院股份有限公司{city}示例经济技术开发区综合检测分析中心第一实验室"
        ),
    }
}

fn address(region: &Region, rng: &mut Rng) -> String {
    let street = rng.pick(&["示例路", "样张大道", "示范一路", "样例东街", "示例科技产业园创新路"]);
    let number = rng.below(300) + 1;
    match rng.below(3) {
        0 => format!("{}{street}{number}号", region.place),
        1 => format!("{}{street}{number}号{}幢{}层", region.place, rng.below(12) + 1, rng.below(20) + 1),
        _ => format!(
            "{}{street}{number}号示例大厦{}座{}{:02}室",
            region.place,
            ["A", "B", "C"][rng.below(3)],
            rng.below(28) + 1,
            rng.below(30) + 1
        ),
    }
}
