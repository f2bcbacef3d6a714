//! The Chinese numerals of the bars in an annex: 一、水和废水.

/// A Chinese numeral at the beginning of a text and what follows it: numerals alone, or with a mark behind them. Words that only
/// begin with one (一氧化碳) have none.
pub fn split_numeral(text: &str) -> (&str, &str) {
    let bare = text.trim_start_matches(['（', '(']);
    let end = bare.find(|c| !"一二三四五六七八九十百".contains(c)).unwrap_or(bare.len());
    let (numeral, rest) = bare.split_at(end);
    let marked = rest.trim_start_matches(['、', '．', '.', '，', '）', ')']);
    if rest.is_empty() || marked.len() < rest.len() { (numeral, marked.trim()) } else { ("", text) }
}

/// 大类 without the number of its bar, which whoever draws the annex gives it: the official form and many workbooks write
/// 一、水和废水 where the name is 水和废水.
pub fn category_name(category: &str) -> &str {
    match split_numeral(category) {
        (numeral, name) if !numeral.is_empty() && !name.is_empty() => name,
        _ => category,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_are_told_from_words_that_begin_with_one() {
        assert_eq!(split_numeral("一"), ("一", ""));
        assert_eq!(split_numeral("十二、噪声"), ("十二", "噪声"));
        assert_eq!(split_numeral("（三）水"), ("三", "水"));
        assert_eq!(split_numeral("一氧化碳").0, "");
        assert_eq!(split_numeral("1").0, "");
    }

    #[test]
    fn a_category_is_named_without_the_number_of_its_bar() {
        let names = ["一、环境与环保", "十二．噪声", "环境与环保", "一氧化碳", "（水）", "、水", "一", ""];
        let bare = ["环境与环保", "噪声", "环境与环保", "一氧化碳", "（水）", "、水", "一", ""];
        assert_eq!(names.map(category_name), bare);
    }
}
