//! Public standards and what they measure: the raw material of invented capability rows.

use super::rng::Rng;
use std::{collections::HashMap, sync::LazyLock};

/// One standard used for one class of objects.
#[derive(Debug)]
pub struct Method {
    /// Domain code (DD) in which it is at home.
    pub domain: &'static str,
    /// 大类, the bar of the annex.
    pub category: &'static str,
    /// 类别.
    pub class: &'static str,
    /// Name of the standard.
    pub name: &'static str,
    /// Number of the standard with its year.
    pub number: &'static str,
    /// What it measures.
    pub items: Vec<&'static str>,
    /// Place of each item in the order of an annex: category, class, item.
    ranks: Vec<u32>,
}

/// All methods, in the order of the file.
pub struct Catalogue {
    methods: Vec<Method>,
    by_domain: HashMap<&'static str, Vec<u32>>,
}

/// One drawn row: method, item of the method, local variant of the method, and the site it is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Draw {
    /// Index of the site.
    pub site: u32,
    /// Place of the item in the annex.
    pub rank: u32,
    /// Index of the method.
    pub method: u32,
    /// Index of the item within the method.
    pub item: u16,
    /// 0 for the plain method; others differ in clause or limits, as two laboratories write them.
    pub variant: u16,
}

/// The catalogue of `standards.tsv`.
pub static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(include_str!("standards.tsv")));

/// Clauses as people write them beside a standard.
const CLAUSES: [&str; 20] = [
    "4.1",
    "4.2",
    "4.3",
    "5.1",
    "5.2",
    "5.3.1",
    "5.4",
    "6.1",
    "6.2.3",
    "6.4",
    "7.1",
    "7.5.4",
    "8.2",
    "8.5.7.6",
    "9.4",
    "10.1",
    "第一法",
    "第二法",
    "附录A",
    "附录C",
];
/// 限制范围 as people write it; the last is demanded for non-standard methods (评审准则 2023, domain.md 3.3).
const LIMITS: [&str; 12] = [
    "不做仲裁检验",
    "不做现场采样",
    "只做实验室检测",
    "只做第一法",
    "限委托送样",
    "只做部分参数，详见说明",
    "不做型式检验",
    "只做第二法",
    "限常温条件",
    "只做定性检验",
    "不做结果判定",
    "仅限特定合同约定的委托检验检测",
];
/// How many variants of one method there are.
pub const VARIANTS: usize = 1 + CLAUSES.len() * (1 + LIMITS.len());

impl Catalogue {
    fn read(text: &'static str) -> Catalogue {
        let mut methods: Vec<Method> =
            text.lines().filter(|l| !l.starts_with('#')).flat_map(methods_of).collect();
        rank(&mut methods);
        let mut by_domain: HashMap<&str, Vec<u32>> = HashMap::new();
        for (index, method) in (0..).zip(&methods) {
            by_domain.entry(method.domain).or_default().push(index);
            if method.domain != "00" {
                by_domain.entry("20").or_default().push(index);
            }
            // Food laboratories test drinking water too: rows that are not food beside those that are.
            if method.domain == "13" {
                by_domain.entry("00").or_default().push(index);
            }
        }
        Catalogue { methods, by_domain }
    }

    /// The method of a drawn row.
    pub fn method(&self, draw: Draw) -> &Method {
        &self.methods[draw.method as usize]
    }

    /// Clause and limits of a drawn row. Different variants of an item differ in one of them.
    pub fn wording(&self, draw: Draw) -> (&'static str, &'static str) {
        let Some(variant) = usize::from(draw.variant).checked_sub(1) else { return ("", "") };
        let clause = CLAUSES[(variant + usize::from(draw.item)) % CLAUSES.len()];
        let limits = match variant / CLAUSES.len() {
            0 => "",
            turn => LIMITS[(turn - 1 + draw.method as usize) % LIMITS.len()],
        };
        (clause, limits)
    }

    /// Draws `rows` different rows of a domain into `out`, in the order of an annex: whole methods, the common ones
    /// most often (Zipf), each with all its items. `variants` is how many local wordings are common.
    /// The domain's own stock must hold that many rows (see [`Catalogue::capacity`]).
    pub fn draw(
        &self,
        domain: &str,
        rows: usize,
        sites: usize,
        variants: usize,
        rng: &mut Rng,
        out: &mut Vec<Draw>,
    ) {
        let pool = self.pool(domain);
        // A stride without common factor spreads the common ranks over the whole file.
        let stride = [7, 11, 13].into_iter().find(|s| !pool.len().is_multiple_of(*s)).unwrap_or(1);
        let mut used = vec![0_u64; (pool.len() * VARIANTS).div_ceil(64)];
        out.clear();
        while out.len() < rows {
            let mut block = rng.zipf(pool.len() * variants.min(VARIANTS));
            while used[block / 64] & (1 << (block % 64)) != 0 {
                block = (block + 1) % (pool.len() * VARIANTS);
            }
            used[block / 64] |= 1 << (block % 64);
            let variant = (block / pool.len()) as u16;
            let index = pool[(block % pool.len() * stride + usize::from(variant) * 3) % pool.len()];
            let site = if sites > 1 && rng.chance(40) { rng.below(sites) as u32 } else { 0 };
            let method = &self.methods[index as usize];
            let room = rows - out.len();
            out.extend((0..).zip(&method.ranks).take(room).map(|(item, &rank)| Draw {
                site,
                rank,
                method: index,
                item,
                variant,
            }));
        }
        out.sort_unstable_by_key(|draw| (draw.site, draw.rank, draw.method, draw.variant));
    }

    /// How many different rows a domain can give.
    pub fn capacity(&self, domain: &str) -> usize {
        self.pool(domain).iter().map(|&m| self.methods[m as usize].items.len()).sum::<usize>() * VARIANTS
    }

    fn pool(&self, domain: &str) -> &[u32] {
        self.by_domain.get(domain).or_else(|| self.by_domain.get("20")).map_or(&[], Vec::as_slice)
    }
}

/// One line of the file: domain, category, classes, number, name, items.
fn methods_of(line: &'static str) -> impl Iterator<Item = Method> {
    let mut columns = line.split('\t');
    let mut next = move || columns.next().expect("standards.tsv has six columns");
    let (domain, category, classes, number, name, items) = (next(), next(), next(), next(), next(), next());
    let items: Vec<&str> = items.split('|').collect();
    classes.split('|').map(move |class| Method {
        domain,
        category,
        class,
        name,
        number,
        items: items.clone(),
        ranks: Vec::new(),
    })
}

/// Numbers the items in annex order: categories and classes as the file first names them, then items likewise.
fn rank(methods: &mut [Method]) {
    let mut order: HashMap<&str, usize> = HashMap::new();
    for method in methods.iter() {
        for word in [method.category, method.class].into_iter().chain(method.items.iter().copied()) {
            let next = order.len();
            order.entry(word).or_insert(next);
        }
    }
    let key = |m: &Method, item: &str| (order[m.category], order[m.class], order[item]);
    let mut keys: Vec<_> = methods.iter().flat_map(|m| m.items.iter().map(|item| key(m, item))).collect();
    keys.sort_unstable();
    keys.dedup();
    for method in methods {
        let rank_of =
            |item: &&str| keys.binary_search(&key(method, item)).expect("every key was collected") as u32;
        method.ranks = method.items.iter().map(rank_of).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_file_holds_two_hundred_standards_without_csv_traps() {
        let numbers: HashSet<&str> = CATALOGUE.methods.iter().map(|m| m.number).collect();
        assert!(numbers.len() >= 200, "{}", numbers.len());
        for method in &CATALOGUE.methods {
            assert!(!method.items.is_empty() && method.items.iter().all(|item| !item.is_empty()));
            let all = [method.category, method.class, method.name, method.number]
                .into_iter()
                .chain(method.items.iter().copied());
            for text in all {
                assert!(!text.is_empty() && !text.contains([',', '"', '\n', '\r']), "{text}");
            }
        }
    }

    #[test]
    fn a_draw_has_no_row_twice_and_stands_in_annex_order() {
        let mut out = Vec::new();
        for domain in ["00", "05", "12", "20", "21"] {
            CATALOGUE.draw(domain, 700, 3, 4, &mut Rng::of(1, 1, 1), &mut out);
            assert_eq!(out.len(), 700);
            let said: HashSet<_> = out
                .iter()
                .map(|&draw| {
                    let method = CATALOGUE.method(draw);
                    let item = method.items[usize::from(draw.item)];
                    (draw.site, method.category, method.class, item, method.number, CATALOGUE.wording(draw))
                })
                .collect();
            assert_eq!(said.len(), 700, "{domain}");
            assert!(out.is_sorted_by_key(|draw| (draw.site, draw.rank)));
        }
    }

    #[test]
    fn only_the_food_domain_draws_food() {
        let mut out = Vec::new();
        CATALOGUE.draw("20", 5_000, 1, 4, &mut Rng::of(1, 1, 1), &mut out);
        assert!(out.iter().all(|&draw| CATALOGUE.method(draw).domain != "00"));
    }
}
