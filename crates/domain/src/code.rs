//! The code (码) of a certificate: what stands in the QR and what a person can type (architecture.md 2).
//!
//! 15 random characters (75 bits) and one check character over GF(32), so that every single wrong character and every
//! exchange of two characters is found before a database is asked. The sandbox counts its check character from another
//! constant on: no text is a code of both realms.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::{fold_char, is_space, shown};

/// Crockford base32: no I, L, O (read as 1, 1, 0) and no U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code, the check character included.
const LENGTH: usize = 16;

/// Whose codes: those of the registry, or those of its 测试环境. Each has an address and a check constant of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Realm {
    /// The registry: `/C/{code}`.
    #[default]
    Registry,
    /// 测试环境: `/T/{code}`.
    Sandbox,
}

impl Realm {
    /// Both.
    pub const ALL: [Realm; 2] = [Realm::Registry, Realm::Sandbox];

    /// The stable word in the store.
    pub fn key(self) -> &'static str {
        match self {
            Realm::Registry => "registry",
            Realm::Sandbox => "sandbox",
        }
    }

    /// The letter of the address that a QR leads to.
    pub fn letter(self) -> char {
        match self {
            Realm::Registry => 'C',
            Realm::Sandbox => 'T',
        }
    }

    /// Added to the check value. Any two different constants keep the realms apart; it cancels out of every comparison
    /// of a code with an altered one, so that what is found in one realm is found in the other.
    fn constant(self) -> u8 {
        match self {
            Realm::Registry => 0,
            // The value of the letter T.
            Realm::Sandbox => 26,
        }
    }
}

/// A certificate's code: 16 Crockford base32 characters whose check character fits. Unique, permanent, never reused.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code([u8; LENGTH]);

/// Why a text is not a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Not 16 characters, spaces and dashes aside.
    #[error("码应为16位字母和数字，现为{got}位，请对照证书或报告上的码补全后重新输入")]
    Length {
        /// Characters found.
        got: usize,
    },
    /// A character outside the alphabet.
    #[error("码的第{at}位{}不是码中使用的字符（码只含数字和除I、L、O、U以外的字母），请核对后重新输入", shown(*.found))]
    Letter {
        /// Position from 1, spaces and dashes aside.
        at: usize,
        /// The character.
        found: char,
    },
    /// All characters are possible, but not together.
    #[error("码的校验位不符，可能有一位输错或两位颠倒，请对照证书或报告上的码逐位核对后重新输入")]
    Check,
}

impl Code {
    /// The code of a realm made of the top 75 of 80 random bits; the five lowest are not used. The caller draws them.
    pub fn from_entropy(entropy: [u8; 10], realm: Realm) -> Code {
        let mut bits = entropy.iter().fold(0_u128, |bits, &byte| bits << 8 | u128::from(byte)) >> 5;
        let mut values = [0_u8; LENGTH - 1];
        for value in values.iter_mut().rev() {
            *value = (bits & 31) as u8;
            bits >>= 5;
        }
        let mut letters = [0; LENGTH];
        for (letter, value) in letters.iter_mut().zip(values) {
            *letter = LETTERS[usize::from(value)];
        }
        letters[LENGTH - 1] = LETTERS[usize::from(check_value(&values) ^ realm.constant())];
        Code(letters)
    }

    /// Reads a typed code of a realm: spaces and dashes are skipped, case, width, O, I and L folded. A code of the other
    /// realm is refused like one with a slip in it.
    pub fn parse(text: &str, realm: Realm) -> Result<Code, CodeError> {
        let (code, found) = read(text)?;
        if found == realm.constant() { Ok(code) } else { Err(CodeError::Check) }
    }

    /// Reads a code back that was made here, in whichever realm: for rows and messages, which know their realm. Where
    /// people or their scanners hand one in, it is [`Code::parse`].
    pub fn read(text: &str) -> Result<Code, CodeError> {
        let (code, found) = read(text)?;
        let made = Realm::ALL.iter().any(|realm| realm.constant() == found);
        if made { Ok(code) } else { Err(CodeError::Check) }
    }

    /// The 16 characters without dashes, as in the QR.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).expect("a code holds ASCII letters and digits only")
    }

    /// For people: `XXXX-XXXX-XXXX-XXXX`.
    pub fn grouped(&self) -> String {
        let code = self.as_str();
        format!("{}-{}-{}-{}", &code[..4], &code[4..8], &code[8..12], &code[12..])
    }
}

/// Σ αⁱ·vᵢ for i = 1…15 in GF(32) with x⁵+x²+1 and α = 2, by Horner's rule from the last value on.
fn check_value(values: &[u8; LENGTH - 1]) -> u8 {
    values.iter().rev().fold(0, |sum, value| times_alpha(sum ^ value))
}

fn times_alpha(value: u8) -> u8 {
    let doubled = value << 1;
    if doubled & 32 == 0 { doubled } else { doubled ^ 0b10_0101 }
}

/// What people type instead of the printed letter: lower case, full width, O for 0, I and L for 1.
fn fold(c: char) -> char {
    match fold_char(c).to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    }
}

fn letter_value(c: char) -> Option<u8> {
    let byte = u8::try_from(c).ok()?;
    LETTERS.iter().position(|&letter| letter == byte).and_then(|value| u8::try_from(value).ok())
}

/// The characters of a code, and the constant by which its check character is off: that of its realm, if of any.
fn read(text: &str) -> Result<(Code, u8), CodeError> {
    let typed = || text.chars().map(fold).filter(|&c| c != '-' && !is_space(c));
    let got = typed().count();
    if got != LENGTH {
        return Err(CodeError::Length { got });
    }
    let mut letters = [0; LENGTH];
    let mut values = [0; LENGTH];
    for (i, c) in typed().enumerate() {
        let value = letter_value(c).ok_or(CodeError::Letter { at: i + 1, found: c })?;
        values[i] = value;
        letters[i] = LETTERS[usize::from(value)];
    }
    let [body @ .., check] = &values;
    Ok((Code(letters), check_value(body) ^ check))
}

impl TryFrom<String> for Code {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Code, CodeError> {
        Code::read(&text)
    }
}

impl From<Code> for String {
    fn from(code: Code) -> String {
        code.as_str().to_owned()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({self})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Entropy and the codes of both realms, computed once by an independent program (GF(32) by log tables) and frozen.
    const VECTORS: [([u8; 10], [&str; 2]); 4] = [
        ([0; 10], ["0000000000000000", "000000000000000T"]),
        ([255; 10], ["ZZZZZZZZZZZZZZZN", "ZZZZZZZZZZZZZZZF"]),
        (
            [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0x01, 0x23],
            ["04HMASW9NF6YY09F", "04HMASW9NF6YY09N"],
        ),
        (
            [0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10, 0xFE, 0xDC],
            ["ZVEBN63PAGS11ZPT", "ZVEBN63PAGS11ZP0"],
        ),
    ];

    /// Every vector with its realm.
    fn vectors() -> impl Iterator<Item = (&'static str, Realm)> {
        VECTORS.into_iter().flat_map(|(_, codes)| codes.into_iter().zip(Realm::ALL))
    }

    fn realms() -> impl Strategy<Value = Realm> {
        prop::sample::select(Realm::ALL.to_vec())
    }

    fn altered(code: &str, changes: &[(usize, u8)]) -> String {
        let mut bytes = code.as_bytes().to_vec();
        for &(at, byte) in changes {
            bytes[at] = byte;
        }
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn codes_of_known_entropy_never_change() {
        for (entropy, codes) in VECTORS {
            for (expected, realm) in codes.into_iter().zip(Realm::ALL) {
                let code = Code::from_entropy(entropy, realm);
                assert_eq!(code.as_str(), expected);
                assert_eq!((Code::parse(expected, realm), Code::read(expected)), (Ok(code), Ok(code)));
            }
        }
    }

    #[test]
    fn every_single_substitution_is_found() {
        for (code, realm) in vectors() {
            for at in 0..LENGTH {
                for &letter in LETTERS.iter().filter(|&&letter| letter != code.as_bytes()[at]) {
                    let wrong = altered(code, &[(at, letter)]);
                    assert_eq!(Code::parse(&wrong, realm), Err(CodeError::Check), "{wrong} of {code}");
                }
            }
        }
    }

    #[test]
    fn every_exchange_of_two_different_characters_is_found() {
        for (code, realm) in vectors() {
            let bytes = code.as_bytes();
            for i in 0..LENGTH {
                for j in (i + 1..LENGTH).filter(|&j| bytes[i] != bytes[j]) {
                    let swapped = altered(code, &[(i, bytes[j]), (j, bytes[i])]);
                    assert_eq!(Code::parse(&swapped, realm), Err(CodeError::Check), "{i} and {j} of {code}");
                }
            }
        }
    }

    #[test]
    fn what_people_type_is_folded() {
        for realm in Realm::ALL {
            let code = Code::from_entropy([1; 10], realm);
            let typed = code.grouped().to_lowercase().replace('0', "o").replace('1', "l").replace('-', "— ");
            assert_eq!(Code::parse(&typed, realm), Ok(code));
            let wide: String =
                code.as_str().chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
            assert_eq!(Code::parse(&wide, realm), Ok(code));
        }
    }

    #[test]
    fn errors_say_what_is_wrong_and_what_to_do() {
        let parse = |text| Code::parse(text, Realm::Registry);
        assert_eq!(parse("0000-0000"), Err(CodeError::Length { got: 8 }));
        assert_eq!(parse("0000-0U00-0000-0000"), Err(CodeError::Letter { at: 6, found: 'U' }));
        assert_eq!(parse("000码000000000000"), Err(CodeError::Letter { at: 4, found: '码' }));
        assert!(CodeError::Length { got: 8 }.to_string().contains("现为8位，请"));
    }

    #[test]
    fn json_is_the_plain_code_and_checked_on_reading() {
        let code = Code::from_entropy([7; 10], Realm::Registry);
        let json = serde_json::to_string(&code).unwrap();
        assert_eq!(json, format!("\"{code}\""));
        assert_eq!(serde_json::from_str::<Code>(&json).unwrap(), code);
        assert!(serde_json::from_str::<Code>("\"0000000000000001\"").is_err());
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in any::<String>()) {
            let _ = (Code::parse(&text, Realm::Registry), Code::parse(&text, Realm::Sandbox), Code::read(&text));
        }

        #[test]
        fn display_and_grouped_read_back(entropy in any::<[u8; 10]>(), realm in realms()) {
            let code = Code::from_entropy(entropy, realm);
            prop_assert_eq!(Code::parse(&code.to_string(), realm), Ok(code));
            prop_assert_eq!(Code::parse(&code.grouped(), realm), Ok(code));
            prop_assert_eq!(Code::read(code.as_str()), Ok(code));
        }

        #[test]
        fn no_code_is_one_of_both_realms(entropy in any::<[u8; 10]>()) {
            let [real, test] = Realm::ALL.map(|realm| Code::from_entropy(entropy, realm));
            prop_assert_eq!(Code::parse(real.as_str(), Realm::Sandbox), Err(CodeError::Check));
            prop_assert_eq!(Code::parse(test.as_str(), Realm::Registry), Err(CodeError::Check));
            prop_assert_eq!(&real.as_str()[..LENGTH - 1], &test.as_str()[..LENGTH - 1]);
        }

        #[test]
        fn a_wrong_character_or_an_exchange_is_found_in_either_realm(
            entropy in any::<[u8; 10]>(), realm in realms(), i in 0..LENGTH, j in 0..LENGTH, letter in 0..32_usize,
        ) {
            let code = Code::from_entropy(entropy, realm);
            let bytes = code.as_str().as_bytes();
            let wrong = altered(code.as_str(), &[(i, LETTERS[letter])]);
            prop_assert_eq!(Code::parse(&wrong, realm).is_err(), bytes[i] != LETTERS[letter]);
            let swapped = altered(code.as_str(), &[(i, bytes[j]), (j, bytes[i])]);
            prop_assert_eq!(Code::parse(&swapped, realm).is_err(), bytes[i] != bytes[j]);
        }

        #[test]
        fn every_used_bit_of_entropy_counts(entropy in any::<[u8; 10]>(), realm in realms(), bit in 0_usize..80) {
            let mut other = entropy;
            other[bit / 8] ^= 0x80 >> (bit % 8);
            let code = |entropy| Code::from_entropy(entropy, realm);
            prop_assert_eq!(code(entropy) == code(other), bit >= 75);
        }
    }
}
