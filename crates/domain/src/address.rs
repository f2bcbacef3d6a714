//! Whether two addresses of sites are one place, as far as their texts tell: what only differs in how it is written down is
//! the same, another floor or house number is not. Nothing is refused by it; stored keys may be made anew at any time.

use crate::Division;
use crate::alike::{mix, province};
use crate::text::fold_char;

/// What must be left of an address without province and city, so that it still says where that is.
const LEAST: usize = 5;
/// Begins the hash, so that no other key of ours is like it.
const TAG: u64 = 8;

/// An address taken apart for comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressShape {
    /// The first four digits of the division, where one is known.
    city: Option<String>,
    /// The text without province, city, blanks and punctuation.
    rest: String,
}

impl AddressShape {
    /// Takes an address apart; `None` where it does not say a place (`流动检测车`, `/`).
    pub fn of(address: &str, division: Option<Division>) -> Option<AddressShape> {
        let folded: String =
            address.chars().map(fold_char).filter(|c| !is_ignored(*c)).map(one_sign).collect();
        let (_, after) = province(&folded);
        let rest: Vec<char> = after.chars().collect();
        // 西安市, 石家庄市, 乌鲁木齐市; 城市 and 都市 are not places.
        let at = (2..=4).find(|at| rest.get(*at) == Some(&'市')).map_or(0, |at| at + 1);
        let rest = &rest[at..];
        let says = rest.len() >= LEAST && rest.iter().any(char::is_ascii_digit);
        let city = division.map(|division| division.as_str()[..4].to_owned());
        says.then(|| AddressShape { city, rest: rest.iter().collect() })
    }

    /// Whether both are one place. Two cities may have the same street.
    pub fn same(&self, other: &AddressShape) -> bool {
        let elsewhere = self.city.is_some() && other.city.is_some() && self.city != other.city;
        self.rest == other.rest && !elsewhere
    }

    /// The key by which the same addresses find each other. Addresses that share one need not be the same.
    pub fn key(&self) -> i64 {
        self.rest.chars().fold(TAG, mix).cast_signed()
    }
}

fn is_ignored(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | ',' | '.' | ';' | ':' | '、' | '。' | '《' | '》' | '·')
}

/// One sign for what is said in several ways.
fn one_sign(c: char) -> char {
    match c {
        '#' => '号',
        '幢' | '栋' => '楼',
        '~' | '_' => '-',
        c => c.to_ascii_uppercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str, division: &str) -> AddressShape {
        AddressShape::of(text, Division::parse(division)).unwrap()
    }

    #[test]
    fn what_is_only_written_otherwise_is_one_place() {
        let one = shape("陕西省西安市雁塔区示例路1号A座（东）5层", "610113");
        for same in
            ["西安市雁塔区示例路１号ａ座(东)5层", "雁塔区示例路 1#A座东5层", "陕西雁塔区示例路1号A座东，5层"]
        {
            let other = shape(same, "610113");
            assert!(one.same(&other) && one.key() == other.key(), "{same}");
        }
        assert!(shape("示例园区3幢2号", "").same(&shape("示例园区3栋2号", "610113")), "an unknown division");
    }

    #[test]
    fn another_number_floor_or_city_is_another_place() {
        let one = shape("西安市雁塔区示例路1号", "610113");
        for other in ["西安市雁塔区示例路11号", "西安市雁塔区示例路1号2层", "西安市莲湖区示例路1号"]
        {
            assert!(!one.same(&shape(other, "610113")), "{other}");
        }
        assert!(!shape("示例街道示例路1号", "610113").same(&shape("示例街道示例路1号", "110105")));
    }

    #[test]
    fn what_says_no_place_has_no_shape() {
        for text in ["", "/", "流动检测车", "陕西省西安市", "示例镇示例村", "西安市1号"]
        {
            assert_eq!(AddressShape::of(text, None), None, "{text}");
        }
    }

    #[test]
    fn the_key_is_the_same_whatever_the_compiler() {
        assert_eq!(shape("示例路1号楼", "").key(), shape("示例路1号栋", "610113").key());
        assert_ne!(shape("示例路1号楼", "").key(), shape("示例路2号楼", "").key());
    }
}
