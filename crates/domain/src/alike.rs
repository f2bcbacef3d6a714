//! 疑似重复: which names of bodies are so close that a person should look whether two bodies are one.
//!
//! Closeness refuses nothing and joins nothing. What makes two bodies one stands in [`crate::name_key`] and in the codes;
//! this rule only says where to look, and may be made better at any time: stored keys are then made anew.

use crate::name_key;

/// Names shorter than this are alike only if they say the same: in five characters one slip is another name.
pub const SLIP_LENGTH: usize = 6;
/// What must be left of a name without the name of its place, so that the rest still says who it is.
const REST: usize = 6;
/// A key that more bodies than this share tells nothing: whole families of names are built alike (西安恒测…, 西安恒衡…).
pub const CROWD: usize = 8;
/// Keys of a name.
pub const KEYS: usize = 5;

/// How names that are not the same are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alike {
    /// They say the same in other words: 有限公司 and 有限责任公司, 检测 and 检验检测, with 省 or 市 or without.
    Words,
    /// One character is other, missing, too many, or has changed places with its neighbour.
    Slip,
}

/// A name taken apart for comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameShape {
    /// Index into [`PROVINCES`] of the province the name begins with.
    province: Option<usize>,
    /// The city the name then begins with, if 市 follows it.
    city: Vec<char>,
    /// The name without province and without that 市.
    stem: Vec<char>,
    /// The name without province and city; the stem again where there is no city.
    rest: Vec<char>,
    /// Characters of the stem that tell bodies of one family apart, in their order.
    marks: Vec<char>,
}

/// Provinces, autonomous regions and municipalities, as names of bodies begin.
const PROVINCES: [&str; 31] = [
    "北京",
    "天津",
    "河北",
    "山西",
    "内蒙古",
    "辽宁",
    "吉林",
    "黑龙江",
    "上海",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "广西",
    "海南",
    "重庆",
    "四川",
    "贵州",
    "云南",
    "西藏",
    "陕西",
    "甘肃",
    "青海",
    "宁夏",
    "新疆",
];
/// What may follow the name of a province, longest first.
const PROVINCE_WORDS: [&str; 6] = ["维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市"];
/// Different words for one thing.
const WORDS: [(&str, &str); 3] =
    [("有限责任公司", "有限公司"), ("股份有限公司", "有限公司"), ("检验检测", "检测")];

impl NameShape {
    /// Takes a name apart.
    pub fn of(name: &str) -> NameShape {
        let mut key = name_key(name);
        for (long, short) in WORDS {
            if key.contains(long) {
                key = key.replace(long, short);
            }
        }
        let (province, after) = province(&key);
        let mut stem: Vec<char> = after.chars().collect();
        // 西安市, 石家庄市, 乌鲁木齐市; 城市 and 都市 are not places.
        let at = (2..=4).find(|at| stem.get(*at) == Some(&'市')).filter(|at| stem.len() > at + REST);
        let (city, rest) = match at {
            Some(at) => {
                stem.remove(at);
                (stem[..at].to_vec(), stem[at..].to_vec())
            }
            None => (Vec::new(), stem.clone()),
        };
        let marks = stem.iter().copied().filter(|c| is_mark(*c)).collect();
        NameShape { province, city, stem, rest, marks }
    }

    /// Whether the names are alike, and how; `None` also means that they may be the same name. The order does not matter.
    pub fn alike(&self, other: &NameShape) -> Option<Alike> {
        let foreign = matches!((self.province, other.province), (Some(a), Some(b)) if a != b);
        let elsewhere = !self.city.is_empty() && !other.city.is_empty() && self.city != other.city;
        if foreign || elsewhere {
            return None;
        }
        let without = self.city.is_empty() != other.city.is_empty() && self.rest == other.rest;
        if self.stem == other.stem || without {
            return Some(Alike::Words);
        }
        let long = self.stem.len().min(other.stem.len()) >= SLIP_LENGTH;
        let slip = long && self.marks == other.marks && one_slip(&self.stem, &other.stem);
        slip.then_some(Alike::Slip)
    }

    /// Keys by which alike names find each other: names that are [`NameShape::alike`] share at least one. Names that share
    /// one need not be alike.
    ///
    /// One character put in, left out or moved by one touches one of two classes of characters, so that the other class
    /// still adds up to the same; one exchanged touches either the even or the odd places. The last is the name without
    /// its city.
    pub fn keys(&self) -> [i64; KEYS] {
        let family = self.marks.iter().fold(1, |sum, c| mix(sum, *c));
        let length = self.stem.len() as u64;
        let [mut even, mut odd] = [2, 3].map(|tag| mix_word(family, tag ^ length << 8));
        let mut classes = [mix_word(family, 4), mix_word(family, 5)];
        for (at, c) in self.stem.iter().enumerate() {
            let place = if at % 2 == 0 { &mut even } else { &mut odd };
            *place = mix(*place, *c);
            let word = mix(6, *c);
            let class = &mut classes[(word >> 63) as usize];
            *class = class.wrapping_add(word);
        }
        let rest = self.rest.iter().fold(7, |sum, c| mix(sum, *c));
        [even, odd, classes[0], classes[1], rest].map(u64::cast_signed)
    }
}

/// The province a name begins with, and what follows; a name that is hardly more than the province has none.
fn province(key: &str) -> (Option<usize>, &str) {
    for (at, name) in PROVINCES.iter().enumerate() {
        if let Some(after) = key.strip_prefix(name) {
            let after = PROVINCE_WORDS.iter().find_map(|word| after.strip_prefix(word)).unwrap_or(after);
            return if after.chars().nth(REST - 1).is_some() { (Some(at), after) } else { (None, key) };
        }
    }
    (None, key)
}

/// Numerals, points of the compass, and the 分 of 分公司, 分院, 分站: bodies of one house differ in nothing else.
fn is_mark(c: char) -> bool {
    matches!(
        c,
        '0'..='9'
            | '零'
            | '〇'
            | '一'
            | '二'
            | '三'
            | '四'
            | '五'
            | '六'
            | '七'
            | '八'
            | '九'
            | '十'
            | '百'
            | '甲'
            | '乙'
            | '丙'
            | '丁'
            | '东'
            | '南'
            | '西'
            | '北'
            | '分'
    )
}

/// Whether one text becomes the other by one character put in, left out, exchanged, or moved past its neighbour.
fn one_slip(a: &[char], b: &[char]) -> bool {
    let (a, b) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if b.len() - a.len() > 1 {
        return false;
    }
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    if a.len() < b.len() {
        return a[same..] == b[same + 1..];
    }
    let (a, b) = (&a[same..], &b[same..]);
    match (a, b) {
        ([], []) => true,
        ([_, a @ ..], [_, b @ ..]) if a == b => true,
        ([p, q, a @ ..], [r, s, b @ ..]) => p == s && q == r && a == b,
        _ => false,
    }
}

pub(crate) fn mix(sum: u64, c: char) -> u64 {
    mix_word(sum, u64::from(u32::from(c)))
}

/// splitmix64's last step: spreads well, and stays what it is whatever the compiler.
fn mix_word(sum: u64, word: u64) -> u64 {
    let mut z = (sum ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0xD134_2543_DE82_EF95);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
#[path = "alike_tests.rs"]
mod tests;
