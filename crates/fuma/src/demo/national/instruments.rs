//! Invented instruments: kinds that laboratories have, with models and serials of nobody.

use super::super::rng::Rng;
use super::plan::{Slot, shifted, written};
use super::stock::{Picked, STOCK};
use domain::Instrument;
use std::sync::LazyLock;

/// A line of `instruments.tsv`.
struct Sort {
    name: &'static str,
    ranges: Vec<&'static str>,
    traceability: &'static str,
    /// How its models begin.
    maker: String,
}

static SORTS: LazyLock<Vec<Sort>> = LazyLock::new(|| {
    let lines = include_str!("instruments.tsv").lines().filter(|line| !line.starts_with('#'));
    let sort = |(at, line): (u64, &'static str)| {
        let mut columns = line.split('\t');
        let mut next = || columns.next().expect("instruments.tsv has three columns");
        let (name, ranges, way) = (next(), next(), next());
        let mut rng = Rng::of(20, 42, at);
        let letters = [0; 2].map(|_: u8| char::from(b'A' + rng.below(26) as u8));
        Sort {
            name,
            ranges: ranges.split('|').collect(),
            traceability: match way {
                "检" => "检定",
                "内" => "内部校准",
                _ => "校准",
            },
            maker: format!("{}{}{}", letters[0], letters[1], ["", "-", "S"][rng.below(3)]),
        }
    };
    (0..).zip(lines).map(sort).collect()
});

/// The instruments of a certificate, the common kinds most often; half of them named with what they are used for.
pub fn of(at: usize, slot: &Slot, picked: &[Picked], rng: &mut Rng) -> Vec<Instrument> {
    // Each laboratory has its own common kinds.
    let shift = rng.below(SORTS.len());
    let instrument = |n: usize| {
        let sort =
            &SORTS[(rng.zipf(SORTS.len()) * 5 + shift * usize::from(!n.is_multiple_of(3))) % SORTS.len()];
        let used = picked[rng.below(picked.len())];
        let item = STOCK.keys(used).next().filter(|_| rng.chance(50)).map(|key| STOCK.item(key));
        let (name, number) = item.map(|item| (item.name, item.standard_number)).unwrap_or_default();
        let from = slot.issued.max(shifted(written(), -330));
        let until = shifted(if slot.renewed { slot.issued } else { from }, 20 + rng.below(390) as i32);
        Instrument {
            site: used.site.into(),
            class: String::new(),
            item: name,
            standard: if n.is_multiple_of(3) { number } else { String::new() },
            name: sort.name.to_owned(),
            model: format!("{}{}", sort.maker, 100 + 50 * rng.zipf(24)),
            serial: format!("YL{:06}-{:03}", at + 1, n + 1),
            range: rng.pick(&sort.ranges).to_owned(),
            traceability: if rng.chance(93) { sort.traceability } else { "校准" }.to_owned(),
            traceable_until: Some(until),
            confirmation: "符合".to_owned(),
        }
    };
    (0..slot.instruments).map(instrument).collect()
}
