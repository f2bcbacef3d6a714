//! What the laboratories of a whole country can do: methods applied to objects, and the manners in which each writes the same row.
//!
//! A row that many share is one text; a third of them differ a little, as each laboratory types in its own way: the spelling
//! of a number, a clause beside it, 含量 behind a name, a local standard. Each such text has a key, so that all texts
//! of a country can be known before the first certificate is made.

use super::super::rng::Rng;
use super::places::PROVINCES;
use domain::Item;
use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

/// A standard and what it measures.
#[derive(Debug)]
struct Method {
    /// Domain code (DD) in which it is at home.
    domain: &'static str,
    number: &'static str,
    name: &'static str,
    items: Vec<&'static str>,
}

/// A method applied to one object: the rows that a laboratory adds at once.
#[derive(Debug)]
struct Block {
    method: u32,
    category: &'static str,
    class: &'static str,
}

/// All blocks, in the order of an annex: 大类, 类别, method.
pub struct Stock {
    methods: Vec<Method>,
    blocks: Vec<Block>,
    /// Blocks of a domain, those that most laboratories have first; `20` has all but food.
    pools: HashMap<&'static str, Vec<u32>>,
}

/// How a laboratory writes the rows of a block: spelling of the number, clause, wording of the item, province of a local standard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Manner {
    number: u8,
    clause: u8,
    wording: u8,
    local: u8,
}

impl Manner {
    fn packed(self) -> u64 {
        u64::from(self.number)
            | u64::from(self.clause) << 3
            | u64::from(self.wording) << 8
            | u64::from(self.local) << 10
    }

    fn of(packed: u64) -> Manner {
        let part = |from: u32, bits: u32| ((packed >> from) & ((1 << bits) - 1)) as u8;
        Manner { number: part(0, 3), clause: part(3, 5), wording: part(8, 2), local: part(10, 6) }
    }

    /// Whether the row is as most write it.
    #[cfg(test)]
    pub fn plain(self) -> bool {
        self == Manner::default()
    }
}

/// The key of a text: block, item in the block, manner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemKey(pub u64);

/// Some rows of a certificate: the first `items` of a block, at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Picked {
    /// Index of the site.
    pub site: u8,
    /// Index of the block: the order of the annex.
    pub block: u32,
    /// How they are written.
    pub manner: Manner,
    /// Index into [`LIMITS`].
    pub limits: u8,
    /// How many rows.
    pub items: u8,
}

/// What an annex is drawn for.
#[derive(Clone, Copy, Debug)]
pub struct Want<'w> {
    /// Domain code (DD).
    pub domain: &'w str,
    /// Rows.
    pub rows: usize,
    /// Sites of the certificate.
    pub sites: usize,
    /// AA of the body's province: of its local standards.
    pub province: u8,
}

/// The stock of `objects.tsv`, `methods.tsv` and the demo's `standards.tsv`.
pub static STOCK: LazyLock<Stock> = LazyLock::new(Stock::read);

/// Clauses as people write them beside a standard, the common ones first; the first is none.
const CLAUSES: [&str; 32] = [
    "",
    "5.1",
    "第一法",
    "4.1",
    "6.1",
    "5.2",
    "第二法",
    "附录A",
    "4.2",
    "7.1",
    "8.1",
    "5.3",
    "6.2",
    "4.3",
    "附录B",
    "9.1",
    "第三法",
    "5.4",
    "6.3",
    "7.2",
    "8.2",
    "10.1",
    "5.3.1",
    "6.2.3",
    "附录C",
    "9.4",
    "7.5.4",
    "8.5.7.6",
    "11.2",
    "4.4",
    "12.1",
    "5.10",
];
/// 限制范围 as people write it; the first is none.
pub const LIMITS: [&str; 16] = [
    "",
    "不做仲裁检验",
    "只做第一法",
    "不做现场采样",
    "限委托送样",
    "只做第二法",
    "只做实验室检测",
    "不做型式检验",
    "不做结果判定",
    "限常温条件",
    "只做定性检验",
    "只做部分参数",
    "限实验室内检测",
    "只做气相色谱法",
    "只做原子吸收法",
    "仅限特定合同约定的委托检验检测",
];

/// How common a block whose texts hold 水 is beside others, and one that measures 铅: of twenty-five million rows about a
/// million say the one, and a quarter of a million the other, which is what searches are measured with.
const WATERY: f64 = 0.015;
const LEADEN: f64 = 0.25;

impl Stock {
    fn read() -> Stock {
        let mut stock = Stock { methods: Vec::new(), blocks: Vec::new(), pools: HashMap::new() };
        let mut groups: HashMap<&str, Vec<u32>> = HashMap::new();
        for [domain, group, number, name, items] in columns(include_str!("methods.tsv")) {
            let at = stock.method(domain, number, name, items);
            groups.entry(group).or_default().push(at);
        }
        for [group, category, objects] in columns(include_str!("objects.tsv")) {
            for class in objects.split('|') {
                for &method in groups.get(group).into_iter().flatten() {
                    stock.blocks.push(Block { method, category, class });
                }
            }
        }
        stock.add_demo();
        stock.fill_pools();
        stock
    }

    fn method(
        &mut self,
        domain: &'static str,
        number: &'static str,
        name: &'static str,
        items: &'static str,
    ) -> u32 {
        self.methods.push(Method { domain, number, name, items: items.split('|').collect() });
        self.methods.len() as u32 - 1
    }

    /// What the demo's catalogue has beyond the objects here.
    fn add_demo(&mut self) {
        let known: HashSet<(&str, &str)> =
            self.blocks.iter().map(|b| (b.class, self.methods[b.method as usize].number)).collect();
        for [domain, category, classes, number, name, items] in columns(include_str!("../standards.tsv")) {
            let method = self.method(domain, number, name, items);
            let fresh = classes.split('|').filter(|class| !known.contains(&(*class, number)));
            self.blocks.extend(fresh.map(|class| Block { method, category, class }));
        }
    }

    /// Puts the blocks of each domain in the order of how common they are: a lottery with weights (Efraimidis and Spirakis
    /// 2006), the same every time.
    fn fill_pools(&mut self) {
        let mut rng = Rng::of(20, 40, 0);
        let mut ranked: Vec<(f64, u32)> = Vec::with_capacity(self.blocks.len());
        for (at, block) in (0..).zip(&self.blocks) {
            let method = &self.methods[block.method as usize];
            let said =
                |c: char| [block.category, block.class, method.name].iter().any(|text| text.contains(c));
            let mut weight = if said('水') && method.domain != "13" { WATERY } else { 1.0 };
            if said('铅') || method.items.iter().any(|item| item.contains('铅')) {
                weight *= LEADEN;
            }
            ranked.push((-(1.0 - rng.unit()).ln() / weight, at));
        }
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (_, at) in ranked {
            let domain = self.methods[self.blocks[at as usize].method as usize].domain;
            self.pools.entry(domain).or_default().push(at);
            if domain != "00" {
                self.pools.entry("20").or_default().push(at);
            }
        }
    }

    /// Draws the rows of an annex into `out`, in its order: the common blocks most often (Zipf), none twice. Nearly all are of the
    /// domain; what it does not have comes from all but food.
    pub fn draw(&self, want: &Want<'_>, rng: &mut Rng, out: &mut Vec<Picked>) {
        out.clear();
        let general = &self.pools["20"];
        let own = self.pools.get(want.domain).unwrap_or(general);
        let mut open = [true, true];
        let mut used = vec![0_u64; self.blocks.len().div_ceil(64)];
        let style = if rng.chance(20) { spelling(rng) } else { 0 };
        let stray = if want.domain == "05" { 0 } else { 10 };
        let mut left = want.rows;
        while left > 0 && open != [false, false] {
            let which = usize::from(!open[0] || open[1] && rng.chance(stray));
            let Some(block) = free([own, general][which], &mut used, rng) else {
                open[which] = false;
                continue;
            };
            let items = self.items(block).min(left);
            left -= items;
            out.push(Picked {
                site: if want.sites > 1 && rng.chance(40) { rng.below(want.sites) as u8 } else { 0 },
                block,
                manner: manner(style, want.province, rng),
                limits: if rng.chance(7) { 1 + rng.zipf(LIMITS.len() - 1) as u8 } else { 0 },
                items: items as u8,
            });
        }
        out.sort_unstable();
    }

    fn items(&self, block: u32) -> usize {
        self.methods[self.blocks[block as usize].method as usize].items.len()
    }

    /// The keys of the rows of a block.
    pub fn keys(&self, picked: Picked) -> impl Iterator<Item = ItemKey> {
        let base = u64::from(picked.block) << 24 | picked.manner.packed();
        (0..u64::from(picked.items)).map(move |item| ItemKey(base | item << 16))
    }

    /// 大类 of a block.
    pub fn category(&self, block: u32) -> &'static str {
        self.blocks[block as usize].category
    }

    /// Whether a block is food.
    pub fn food(&self, block: u32) -> bool {
        self.methods[self.blocks[block as usize].method as usize].domain == "00"
    }

    /// The texts of a key.
    pub fn item(&self, key: ItemKey) -> Item {
        let block = &self.blocks[(key.0 >> 24) as usize];
        let method = &self.methods[block.method as usize];
        let name = method.items[((key.0 >> 16) & 0xFF) as usize];
        let manner = Manner::of(key.0 & 0xFFFF);
        let (standard_name, number) = match manner.local {
            0 => (method.name.to_owned(), method.number.to_owned()),
            province => local(province, key, block.class, name),
        };
        Item {
            category: block.category.to_owned(),
            class: block.class.to_owned(),
            name: worded(name, manner.wording, method.domain),
            standard_name,
            standard_number: spelt(&number, manner.number),
            clause: CLAUSES[usize::from(manner.clause)].to_owned(),
        }
    }

    /// Every row as most write it.
    #[cfg(test)]
    pub fn plain(&self) -> impl Iterator<Item = ItemKey> {
        (0..self.blocks.len() as u32).flat_map(|block| {
            let items = self.items(block) as u8;
            self.keys(Picked { site: 0, block, manner: Manner::default(), limits: 0, items })
        })
    }
}

/// The columns of a table, lines of remarks left out.
fn columns<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| {
        let mut columns = line.split('\t');
        std::array::from_fn(|_| columns.next().expect("the tables of the demo are whole"))
    })
}

/// A block that was not used yet, near a common rank; `None` if all were.
fn free(pool: &[u32], used: &mut [u64], rng: &mut Rng) -> Option<u32> {
    let from = rng.zipf(pool.len());
    let round = pool[from..].iter().chain(&pool[..from]);
    for &block in round {
        let (word, bit) = (&mut used[block as usize / 64], 1_u64 << (block % 64));
        if *word & bit == 0 {
            *word |= bit;
            return Some(block);
        }
    }
    None
}

/// A spelling of numbers that is not the usual one: without blank, full-width stroke with a long or half-long dash, full-width letters.
fn spelling(rng: &mut Rng) -> u8 {
    match rng.below(20) {
        0..12 => 1,
        12..16 => 2,
        16..18 => 3,
        _ => 4,
    }
}

fn manner(style: u8, province: u8, rng: &mut Rng) -> Manner {
    let some = |percent: usize, most: usize, rng: &mut Rng| match rng.chance(percent) {
        true => 1 + rng.below(most) as u8,
        false => 0,
    };
    let clause = some(10, CLAUSES.len() - 1, rng);
    let wording = some(5, 2, rng);
    let local = if rng.below(1_000) < 20 { province } else { 0 };
    Manner { number: style, clause, wording, local }
}

/// The item in other words: 含量 where something is measured in something, else the act.
fn worded(name: &str, wording: u8, domain: &str) -> String {
    let chemistry = matches!(domain, "00" | "04" | "10" | "12" | "13" | "14" | "16");
    match (wording, chemistry) {
        (1, true) if !name.ends_with("含量") => format!("{name}含量"),
        (1, false) => format!("{name}检测"),
        (2, _) => format!("{name}的测定"),
        _ => name.to_owned(),
    }
}

fn spelt(number: &str, spelling: u8) -> String {
    let dashed = |dash: &str| number.replace('/', "／").replace('-', dash);
    match spelling {
        1 => number.replacen(' ', "", 1),
        2 => dashed("—"),
        3 => dashed("–"),
        4 => dashed("-").chars().map(|c| if c.is_ascii_uppercase() { wide(c) } else { c }).collect(),
        _ => number.to_owned(),
    }
}

fn wide(c: char) -> char {
    char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c)
}

/// An invented local standard of a province for an item: name and number.
fn local(province: u8, key: ItemKey, class: &str, item: &str) -> (String, String) {
    let mut rng = Rng::of(u64::from(province), 41, key.0 >> 16);
    let (serial, year) = (200 + rng.below(1_800), 2008 + rng.below(17));
    let code = PROVINCES[usize::from(province)];
    (format!("{class} {item}检验技术规程（示例）"), format!("DB{code}/T {serial}-{year}"))
}
