//! What is asked: questions made of the registry's own rows, the same each time.

use anyhow::{Result, bail};
use app::{App, Column, Dimension, RowHit, SearchAsk, SearchPage, Sort, Subject};
use std::collections::BTreeSet;

/// Questions of a kind.
const ASKED: usize = 1_000;
/// How often one and the same question is asked.
const AGAIN: usize = 50;
/// What rows are found by, from which questions are then made.
const SEEDS: &str = "水土气钢铅食压度量法菌农药酸油电声木砂石镉汞砷铬粮菜肉奶茶盐糖纸布线管灯车桥路煤漆胶玻陶水泥混凝沥青防火门窗";

/// Questions that are told as one figure.
pub struct Kind {
    pub name: &'static str,
    /// Whether the databases beside the index can be asked the same: they know no pinyin, and one character is as `铅` and `水`.
    pub of_all: bool,
    pub asks: Vec<SearchAsk>,
}

/// What questions are made of.
pub struct Sample {
    /// Item name, standard number, two digits of the province, certificate number, code of the body.
    pub rows: Vec<[String; 5]>,
}

/// A question for the capabilities of the country.
pub fn asking(text: &str) -> SearchAsk {
    SearchAsk {
        subject: Subject::Capability,
        text: text.to_owned(),
        also: Vec::new(),
        number: String::new(),
        picked: Vec::new(),
        sort: Sort::Fit,
        page: SearchPage { skip: 0, take: 20 },
    }
}

/// All kinds.
pub fn kinds(sample: &Sample) -> Vec<Kind> {
    let kind = |name, of_all, asks: Vec<SearchAsk>| Kind { name, of_all, asks };
    let some = |texts: Vec<String>| texts.iter().take(ASKED).map(|text| asking(text)).collect();
    let words = sample.words_and_standard();
    let narrowed = words
        .iter()
        .take(ASKED)
        .map(|(text, province)| SearchAsk { picked: vec![(Dimension::Province, *province)], ..asking(text) });
    vec![
        kind("铅", true, vec![asking("铅"); AGAIN]),
        kind("水", true, vec![asking("水"); AGAIN]),
        kind("one", false, some(sample.pieces(1))),
        kind("two", true, some(sample.pieces(2))),
        kind("four", true, some(sample.pieces(4))),
        kind("words", true, narrowed.collect()),
        kind("pinyin", false, vec![asking("shuini"); AGAIN]),
    ]
}

/// Rows of the registry as they are found, page after page, by each seed.
pub async fn sample(app: &App) -> Result<Sample> {
    let at = |column| Subject::Capability.columns().iter().position(|it| *it == column).unwrap_or(0);
    let (name, standard) = (at(Column::ItemName), at(Column::StandardNumber));
    let mut rows = Vec::new();
    for seed in SEEDS.chars().map(String::from) {
        for page in 0..4 {
            let mut ask = asking(&seed);
            ask.page.skip = page * 97;
            for hit in app.search_public(vec![ask]).await?.into_iter().flat_map(|it| it.answer.hits) {
                let province = hit.body.division.map(|it| it.province().to_owned()).unwrap_or_default();
                let uscc = hit.body.uscc.map(|it| it.to_string()).unwrap_or_default();
                for it in &hit.certificates {
                    let number = it.certificate.number.to_string();
                    let of = |row: &RowHit| {
                        let [name, standard] = [name, standard].map(|at| row.0[at].clone());
                        [name, standard, province.clone(), number.clone(), uscc.clone()]
                    };
                    rows.extend(it.shown.iter().map(of));
                }
            }
        }
    }
    if rows.is_empty() {
        bail!("公众查询没有开通或库中没有检测能力：请先运行 fuma authority open");
    }
    // An order that has nothing to do with how they were found, the same each time.
    let mut state = 1u64;
    for at in (1..rows.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        rows.swap(at, (state >> 33) as usize % (at + 1));
    }
    Ok(Sample { rows })
}

impl Sample {
    /// Pieces of so many ideographs of the items, each once.
    pub fn pieces(&self, length: usize) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let ideograph = |c: &char| ('\u{4E00}'..'\u{A000}').contains(c);
        let mut out = Vec::new();
        for row in &self.rows {
            let chars: Vec<char> = row[0].chars().collect();
            for piece in chars.windows(length).filter(|piece| piece.iter().all(ideograph)) {
                let piece: String = piece.iter().collect();
                if seen.insert(piece.clone()) {
                    out.push(piece);
                }
            }
        }
        out
    }

    /// A word of an item and its standard, and the province of the body.
    pub fn words_and_standard(&self) -> Vec<(String, u16)> {
        let question = |row: &[String; 5]| {
            let word: String = row[0].chars().filter(|c| c.is_alphanumeric()).take(4).collect();
            (!word.is_empty() && !row[1].is_empty())
                .then(|| (format!("{word} {}", row[1]), row[2].parse().unwrap_or(61)))
        };
        self.rows.iter().filter_map(question).collect()
    }
}
