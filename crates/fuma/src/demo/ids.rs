//! Identifiers that pass every check and yet show that they are invented.

/// Letters of GB 32100-2015 in the order of their values.
const USCC_LETTERS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Region of invented ID numbers: no division of GB/T 2260 begins with 99.
const ID_REGION: &str = "990000";

/// A 统一社会信用代码 with both check digits (GB 32100-2015, GB 11714-1997).
/// `kind` are its first two characters; every organisation code begins with YL (样例), which no registry hands out.
pub fn uscc(kind: &str, division: &str, ordinal: u64) -> String {
    let mut code = format!("{kind}{division}{}", org_code(ordinal));
    let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let sum: usize = code.bytes().zip(weights).map(|(letter, weight)| uscc_value(letter) * weight).sum();
    code.push(char::from(USCC_LETTERS[(31 - sum % 31) % 31]));
    code
}

fn uscc_value(letter: u8) -> usize {
    USCC_LETTERS.iter().position(|&l| l == letter).expect("codes are made of these letters only")
}

/// A 组织机构代码 of nine characters with its check digit (GB 11714-1997), without the dash.
pub fn org_code(ordinal: u64) -> String {
    let mut code = String::from("YL");
    for place in (0..6).rev() {
        let value = (ordinal / 31_u64.pow(place)) % 31;
        code.push(char::from(USCC_LETTERS[value as usize]));
    }
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let value = |letter: char| letter.to_digit(36).unwrap_or_default();
    let sum: u32 = code.chars().zip(weights).map(|(letter, weight)| value(letter) * weight).sum();
    code.push(match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).expect("below ten"),
    });
    code
}

/// An 18-character ID number (GB 11643-1999) of the region 990000, which does not exist; another ordinal, another number.
pub fn id_number(ordinal: u64) -> String {
    let day = (ordinal / 999 * 7_919 + ordinal % 999 * 31) % (12 * 28 * 40);
    let (year, month, dom) = (1962 + day / (12 * 28), day / 28 % 12 + 1, day % 28 + 1);
    let mut number = format!("{ID_REGION}{year}{month:02}{dom:02}{:03}", ordinal % 999 + 1);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: usize =
        number.bytes().zip(weights).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum();
    number.push(char::from(b"10X98765432"[sum % 11]));
    number
}

/// Whether this is one of the ID numbers made here: what a test finds where no ID number may be.
#[cfg(test)]
pub fn is_invented_id(text: &str) -> bool {
    text.len() == 18 && text.starts_with(ID_REGION) && text[..17].bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_made_here_are_valid_for_the_registry() {
        for ordinal in [0, 1, 30, 31, 99_999, 1_000_000] {
            let code = uscc("91", "610113", ordinal);
            let parsed = domain::Uscc::parse(&code).unwrap();
            assert!(parsed.inner_org_code_ok(), "{code}");
            domain::OrgCode::parse(&org_code(ordinal)).unwrap();
        }
    }

    #[test]
    fn the_check_of_an_id_number_is_that_of_the_standard() {
        // GB 11643-1999, annex A: 11010519491231002X
        let number = id_number(1);
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1];
        let value = |b: u8| if b == b'X' { 10 } else { usize::from(b - b'0') };
        let sum: usize = number.bytes().zip(weights).map(|(b, w)| value(b) * w).sum();
        assert_eq!(sum % 11, 1, "{number}");
        let known: usize = "11010519491231002X".bytes().zip(weights).map(|(b, w)| value(b) * w).sum();
        assert_eq!(known % 11, 1);
    }

    #[test]
    fn no_two_persons_share_a_number() {
        let numbers: HashSet<String> = (0..200_000).map(id_number).collect();
        assert_eq!(numbers.len(), 200_000);
        assert!(numbers.iter().all(|number| is_invented_id(number)));
    }
}
