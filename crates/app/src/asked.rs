//! What somebody scanned, typed or pasted to have verified: one reading for all doors.

use crate::App;
use domain::tally::Way;
use domain::{Code, CodeError, Number, NumberError, Realm};

/// Characters of a code.
const CODE: usize = 16;

/// What a person gives to be verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A code, scanned or typed.
    Code(Code),
    /// A number.
    Number(Number),
}

/// Why a text asks for nothing. What it says is for who copies from paper, with advice for reading and none for forms.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mistyped {
    /// A code with a slip in it.
    #[error("{0}")]
    Code(CodeError),
    /// Neither code nor number.
    #[error("{}", .0.public())]
    Number(NumberError),
}

impl Asked {
    /// As what it is counted where it was typed.
    pub fn way(&self) -> Way {
        match self {
            Asked::Code(_) => Way::Code,
            Asked::Number(_) => Way::Number,
        }
    }
}

impl Mistyped {
    /// As [`Asked::way`].
    pub fn way(&self) -> Way {
        match self {
            Mistyped::Code(_) => Way::Code,
            Mistyped::Number(_) => Way::Number,
        }
    }
}

impl App {
    /// Reads a code or number that was typed, or the text of a QR that was pasted.
    ///
    /// # Errors
    /// [`Mistyped`] says what is wrong with it.
    pub fn read_asked(&self, text: &str) -> Result<Asked, Mistyped> {
        read(text, self.realm())
    }
}

fn read(text: &str, realm: Realm) -> Result<Asked, Mistyped> {
    let (text, scanned) = in_address(text).map_or((text, false), |code| (code, true));
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    match (Code::parse(text, realm), Number::parse(text)) {
        (Ok(code), _) => Ok(Asked::Code(code)),
        // Sixteen characters are a code with a slip in it, whatever else they may be; an address leads to nothing but codes.
        (Err(error), _) if scanned || letters == CODE => Err(Mistyped::Code(error)),
        (Err(_), Ok(number)) => Ok(Asked::Number(number)),
        (Err(_), Err(error)) => Err(Mistyped::Number(error)),
    }
}

/// The code in the address that a QR says: what follows the last `/C/`, or `/T/` of the sandbox.
fn in_address(text: &str) -> Option<&str> {
    let upper = text.to_ascii_uppercase();
    let after = |realm: Realm| Some(upper.rfind(&format!("/{}/", realm.letter()))? + 3);
    let code = &text[Realm::ALL.into_iter().filter_map(after).max()?..];
    code.split(['?', '#', '/']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Result<Asked, Mistyped> {
        read(text, Realm::Registry)
    }

    #[test]
    fn a_code_is_read_as_typed_and_as_the_qr_says_it() {
        let code = Asked::Code(Code::read("04HMASW9NF6YY09F").unwrap());
        for text in [
            "04HM-ASW9-NF6Y-Y09F",
            "04hm asw9 nf6y y09f",
            "HTTP://127.0.0.1:8080/C/04HMASW9NF6YY09F",
            "https://cma.example.cn/c/04HMASW9NF6YY09F?on=2026-03-05",
            "cma.example.cn/C/04HMASW9NF6YY09F",
        ] {
            assert_eq!(asked(text), Ok(code.clone()), "{text}");
        }
        assert_eq!(asked("2300 2034 9767"), Ok(Asked::Number(Number::parse("230020349767").unwrap())));
    }

    #[test]
    fn sixteen_characters_are_a_code_with_a_slip_and_no_number() {
        let slip = |text| matches!(asked(text), Err(Mistyped::Code(_)));
        assert!(slip("2QFW-972A-852J-G4WX") && slip("https://cma.example.cn/C/04HMASW9NF6YY09"));
        assert!(slip("HTTPS://CMA.EXAMPLE.CN/T/04HMASW9NF6YY09N"), "a code of the sandbox is none here");
    }

    #[test]
    fn who_reads_paper_is_told_nothing_of_forms() {
        let why = asked("乱写").unwrap_err().to_string();
        assert!(
            why.contains("不是证书编号，也不是码") && !why.contains("留空") && !why.contains("填写"),
            "{why}"
        );
    }
}
