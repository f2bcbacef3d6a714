//! Whether a capability still has an instrument whose traceability holds (检验检测机构资质认定评审准则, equipment): what the
//! registry's rows say, for a list that people look through, not a verdict.

use crate::{Capability, Day, Instrument};
use std::collections::BTreeMap;

/// What the instruments of a certificate say of one of its capabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// One of its instruments is traceable, or says no day.
    Held,
    /// All its instruments were traceable until earlier days; the latest of these.
    Lapsed(Day),
    /// No instrument names it, while others of the certificate name theirs.
    Missing,
    /// No instrument of the certificate says what it is for.
    Untold,
}

/// The instruments of a certificate, by what they are for.
pub struct Equipped<'c> {
    /// By item, and by class where the row names no item.
    by_name: BTreeMap<String, Vec<&'c Instrument>>,
    today: Day,
}

impl<'c> Equipped<'c> {
    /// Takes in the instruments of a certificate.
    pub fn new(instruments: impl IntoIterator<Item = &'c Instrument>, today: Day) -> Equipped<'c> {
        let mut by_name: BTreeMap<String, Vec<&Instrument>> = BTreeMap::new();
        for it in instruments {
            let names = if it.item.trim().is_empty() { &it.class } else { &it.item };
            // One row may name several items, as the official form's merged cells come out.
            for name in names.split(['、', '，', ',', ';', '；', '\n']) {
                let name = crate::name_key(name);
                if !name.is_empty() {
                    by_name.entry(name).or_default().push(it);
                }
            }
        }
        Equipped { by_name, today }
    }

    /// What they say of a capability.
    pub fn cover(&self, of: &Capability) -> Cover {
        if self.by_name.is_empty() {
            return Cover::Untold;
        }
        let named = [&of.item.name, &of.item.class].map(|name| self.by_name.get(&crate::name_key(name)));
        let own = named.into_iter().flatten().flatten();
        let mut latest = None;
        for it in own {
            match it.traceable_until {
                Some(day) if day < self.today => latest = latest.max(Some(day)),
                _ => return Cover::Held,
            }
        }
        latest.map_or(Cover::Missing, Cover::Lapsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Item;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn instrument(class: &str, item: &str, until: Option<&str>) -> Instrument {
        let empty = String::new;
        Instrument {
            site: 0,
            class: class.into(),
            item: item.into(),
            standard: empty(),
            name: "示例仪器".into(),
            model: empty(),
            serial: empty(),
            range: empty(),
            traceability: empty(),
            traceable_until: until.map(day),
            confirmation: empty(),
        }
    }

    fn cover(instruments: &[Instrument], class: &str, name: &str) -> Cover {
        let text = str::to_owned;
        let item = Item {
            category: String::new(),
            class: text(class),
            name: text(name),
            standard_name: String::new(),
            standard_number: String::new(),
            clause: String::new(),
        };
        let capability = Capability {
            site: 0,
            item,
            limits: String::new(),
            remark: String::new(),
            approved_on: None,
            food: false,
            label: String::new(),
        };
        Equipped::new(instruments, day("2026-11-28")).cover(&capability)
    }

    #[test]
    fn the_latest_of_its_instruments_decides() {
        let some = [
            instrument("水质", "铅、镉", Some("2026-11-27")),
            instrument("水质", "铅", Some("2025-01-01")),
            instrument("水质", "pH", Some("2026-11-28")),
            instrument("土壤", "", None),
        ];
        assert_eq!(cover(&some, "水质", "铅"), Cover::Lapsed(day("2026-11-27")));
        assert_eq!(cover(&some, "水质", "镉"), Cover::Lapsed(day("2026-11-27")), "named among others");
        assert_eq!(cover(&some, "水质", "pH"), Cover::Held, "the last day counts whole");
        assert_eq!(cover(&some, "土壤", "汞"), Cover::Held, "for the class, and no day is said");
        assert_eq!(cover(&some, "水质", "汞"), Cover::Missing);
    }

    #[test]
    fn instruments_that_name_nothing_say_nothing() {
        assert_eq!(cover(&[], "水质", "铅"), Cover::Untold);
        assert_eq!(cover(&[instrument("", "", Some("2020-01-01"))], "水质", "铅"), Cover::Untold);
    }
}
