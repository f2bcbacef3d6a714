//! Where the bodies of a whole country stand: every county of the founding code table, by the authority that certifies there.

use app::{founding_codes, stored::CodeKind};
use std::{collections::HashMap, sync::LazyLock};

/// A county.
#[derive(Debug)]
pub struct Place {
    /// GB/T 2260, six digits.
    pub division: String,
    /// How an address there begins: 陕西省西安市雁塔区.
    pub address: String,
    /// How names there begin: 西安.
    pub city: String,
}

/// The counties by AA, from 01 on; what is not in the first place is nobody's: the national authority has none of its own.
pub static PLACES: LazyLock<Vec<Vec<Place>>> = LazyLock::new(places);

/// Two digits of GB/T 2260 by AA.
pub const PROVINCES: [u8; 33] = [
    0, 11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53,
    54, 61, 62, 63, 64, 65, 66,
];

/// AA of 新疆生产建设兵团: its cities stand in the table of Xinjiang, ruled directly.
pub const CORPS: usize = 32;

fn places() -> Vec<Vec<Place>> {
    let codes = founding_codes(CodeKind::Division);
    let names: HashMap<&str, &str> =
        codes.iter().map(|(code, name)| (code.as_str(), name.as_str())).collect();
    let mut all: Vec<Vec<Place>> = PROVINCES.iter().map(|_| Vec::new()).collect();
    for (code, name) in &codes {
        let aa = match &code[..4] {
            "6590" => CORPS,
            _ => {
                match code[..2].parse::<u8>().ok().and_then(|two| PROVINCES.iter().position(|p| *p == two)) {
                    Some(aa) if aa != CORPS => aa,
                    _ => continue,
                }
            }
        };
        let county = !code.ends_with("00") && !name.contains(['-', '—']) && name != "市辖区" && name != "县";
        if county {
            all[aa].push(place(code, name, &names));
        }
    }
    all
}

fn place(code: &str, county: &str, names: &HashMap<&str, &str>) -> Place {
    let of = |digits: usize| names.get(format!("{:0<6}", &code[..digits]).as_str()).copied().unwrap_or("");
    let (province, city) = (of(2), of(4));
    let city = if city.contains(['-', '—']) || city == "市辖区" || city == "县" { "" } else { city };
    Place {
        division: code.to_owned(),
        address: format!("{province}{city}{county}"),
        city: short(if city.is_empty() && province.ends_with('市') { province } else { city }, county),
    }
}

/// 西安 for 西安市; where the prefecture is no city, what its county is called.
fn short(city: &str, county: &str) -> String {
    if let Some(name) = city.strip_suffix('市') {
        return name.to_owned();
    }
    let bare = county.strip_suffix(['市', '县', '区', '旗']).unwrap_or(county);
    let bare = bare.strip_suffix("自治").unwrap_or(bare);
    if bare.chars().count() >= 2 { bare.to_owned() } else { county.to_owned() }
}
