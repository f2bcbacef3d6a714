//! Tables as spreadsheets open them: with the mark of UTF-8, and nothing in them that could be a formula.

/// A table with its heads; every row has as many cells.
pub fn csv(heads: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut out = format!("\u{FEFF}{}\r\n", heads.join(","));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|text| cell(text)).collect();
        out += &cells.join(",");
        out += "\r\n";
    }
    out
}

/// Digits as text, which a spreadsheet would else take for a number.
pub fn digits(text: &str) -> String {
    format!("\t{text}")
}

fn cell(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@']);
    format!("\"{}{}\"", if risky { "'" } else { "" }, text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_a_formula_and_quotation_marks_stay_in_their_cell() {
        let rows = [vec!["=1+1".to_owned(), digits("00"), "a\"b".to_owned()]];
        assert_eq!(
            csv(&["甲", "乙", "丙"], rows.into_iter()),
            "\u{FEFF}甲,乙,丙\r\n\"'=1+1\",\"\t00\",\"a\"\"b\"\r\n"
        );
    }
}
