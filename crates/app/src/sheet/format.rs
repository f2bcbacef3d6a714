//! What number formats say: whether a number is a day, and how it is shown (1.10 is stored as 1.1).

/// What a cell's number format means to us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Format {
    /// Says nothing.
    #[default]
    General,
    /// A day.
    Date,
    /// So many digits before the point at least, and so many after it exactly; commas between thousands.
    Digits {
        /// Zeros before the point.
        whole: u8,
        /// Digits after the point.
        decimals: u8,
    },
}

impl Format {
    /// A built-in format by its number (ECMA-376 18.8.30; 27 to 36 and 50 to 58 are the East Asian days).
    pub(super) fn built_in(id: u32) -> Format {
        match id {
            14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58 => Format::Date,
            1 | 3 => Format::Digits { whole: 1, decimals: 0 },
            2 | 4 => Format::Digits { whole: 1, decimals: 2 },
            _ => Format::General,
        }
    }

    /// A format by its code.
    pub(super) fn of_code(code: &str) -> Format {
        let mut plain = String::new();
        let mut chars = code.chars();
        while let Some(c) = chars.next() {
            match c {
                ';' => break,
                '"' => while chars.next().is_some_and(|c| c != '"') {},
                '[' => while chars.next().is_some_and(|c| c != ']') {},
                '\\' | '_' | '*' => {
                    chars.next();
                }
                c => plain.push(c.to_ascii_lowercase()),
            }
        }
        let plain = plain.trim();
        if plain == "general" || plain == "@" {
            return Format::General;
        }
        if plain.contains(['y', 'd']) {
            return Format::Date;
        }
        digits(plain).unwrap_or(Format::General)
    }

    /// The number as this format shows it; empty if the format does not tell.
    pub(super) fn shown(self, value: f64) -> String {
        match self {
            Format::Digits { whole, decimals } if value.is_finite() && value.abs() < 1e15 => {
                let text = format!("{:.*}", usize::from(decimals), value);
                let (sign, rest) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
                let before = rest.split('.').next().map_or(0, str::len);
                format!("{sign}{}{rest}", "0".repeat(usize::from(whole).saturating_sub(before)))
            }
            _ => String::new(),
        }
    }

    /// The code that shows numbers as `shown` does.
    pub(super) fn code_of(shown: &str) -> String {
        let (whole, decimals) = shown.trim_start_matches('-').split_once('.').unwrap_or((shown, ""));
        let zeros = if whole.starts_with('0') { whole.len().max(1) } else { 1 };
        let point = if decimals.is_empty() { "" } else { "." };
        format!("{}{point}{}", "0".repeat(zeros), "0".repeat(decimals.len()))
    }
}

fn digits(plain: &str) -> Option<Format> {
    let (whole, decimals) = plain.split_once('.').unwrap_or((plain, ""));
    if !whole.chars().all(|c| matches!(c, '0' | '#' | ',')) || !decimals.chars().all(|c| c == '0') {
        return None;
    }
    let count = |text: &str| u8::try_from(text.matches('0').count()).ok().filter(|n| *n <= 30);
    (plain.contains('0')).then_some(Format::Digits { whole: count(whole)?, decimals: count(decimals)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_told_from_numbers() {
        for code in
            ["yyyy/m/d;@", "yyyy\"年\"m\"月\"d\"日\";@", "[$-804]yyyy-mm-dd", "mm-dd-yy", "m/d/yy h:mm"]
        {
            assert_eq!(Format::of_code(code), Format::Date, "{code}");
        }
        for code in ["General", "@", "0.00", "[Red]0", "\"day\"0", "h:mm", "0\\d"] {
            assert_ne!(Format::of_code(code), Format::Date, "{code}");
        }
    }

    #[test]
    fn a_number_is_shown_as_its_format_says() {
        assert_eq!(Format::of_code("0.00").shown(1.1), "1.10");
        assert_eq!(Format::of_code("0.00_ ").shown(12.0), "12.00");
        assert_eq!(Format::of_code("000000").shown(10010.0), "010010");
        assert_eq!(Format::of_code("0").shown(-0.4), "-0");
        assert_eq!(Format::of_code("#,##0.0").shown(1.25), "1.2");
        assert_eq!(Format::of_code("0%").shown(0.5), "");
        assert_eq!(Format::General.shown(1.1), "");
    }

    #[test]
    fn the_code_for_a_shown_number_shows_it_again() {
        for (value, shown) in [(1.1, "1.10"), (10010.0, "010010"), (3.0, "3"), (0.5, "0.50")] {
            assert_eq!(Format::of_code(&Format::code_of(shown)).shown(value), shown);
        }
    }
}
