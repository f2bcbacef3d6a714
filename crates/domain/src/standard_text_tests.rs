use proptest::prelude::*;

use super::*;

fn assert_split(text: &str, name: &str, number: &str, clause: &str) {
    let split = split_standard_text(text);
    assert_eq!(
        (split.name.as_str(), split.number.as_str(), split.clause.as_str()),
        (name, number, clause),
        "{text}"
    );
}

#[test]
fn name_first() {
    assert_split(
        "《石油天然气钻采设备 钻通设备》 GB/T20174-2019/8.5.7.6",
        "石油天然气钻采设备 钻通设备",
        "GB/T20174-2019",
        "8.5.7.6",
    );
    assert_split("生活饮用水标准检验方法 GB/T 5750.6-2023", "生活饮用水标准检验方法", "GB/T 5750.6-2023", "");
    assert_split(
        "《防喷器检验、修理和再制造》 SY/T 6160-2019/6.9.1 /6.9.2/6.10.3",
        "防喷器检验、修理和再制造",
        "SY/T 6160-2019",
        "6.9.1 /6.9.2/6.10.3",
    );
    assert_split("《井下作业用防喷器》 SY/T7010-2014 /6.4.1", "井下作业用防喷器", "SY/T7010-2014", "6.4.1");
    assert_split(
        "医用X射线诊断设备质量控制检测规范 WS76-2020 方法一：铝片法 方法二：多功能剂量仪直接测量法",
        "医用X射线诊断设备质量控制检测规范",
        "WS76-2020",
        "方法一：铝片法 方法二：多功能剂量仪直接测量法",
    );
}

#[test]
fn number_in_brackets() {
    assert_split(
        "辐射环境保护管理导则 电磁辐射监测仪器和方法 （HJ/T 10.2–1996)",
        "辐射环境保护管理导则 电磁辐射监测仪器和方法",
        "HJ/T 10.2-1996",
        "",
    );
    assert_split(
        "表面污染测定  第1部分：β发射体（Eβmax＞0.15MeV）和α发射体（GB/T 14056.1- 2008）",
        "表面污染测定  第1部分：β发射体（Eβmax＞0.15MeV）和α发射体",
        "GB/T 14056.1-2008",
        "",
    );
    assert_split(
        "X射线计算机体层摄影装置质量控制检测规范（WS519-2019） 模体检测法， 斜率指示器法",
        "X射线计算机体层摄影装置质量控制检测规范",
        "WS519-2019",
        "模体检测法， 斜率指示器法",
    );
    assert_split("食品中水分的测定（GB 5009.3-2016 第一法）", "食品中水分的测定", "GB 5009.3-2016", "第一法");
}

#[test]
fn number_first() {
    assert_split(
        "GB 5009.12-2023 食品安全国家标准 食品中铅的测定",
        "食品安全国家标准 食品中铅的测定",
        "GB 5009.12-2023",
        "",
    );
    assert_split("GB/T 24566-2009整流设备节能监测", "整流设备节能监测", "GB/T 24566-2009", "");
    assert_split("GB/T 5750.4-2023 8.1", "", "GB/T 5750.4-2023", "8.1");
    assert_split("GB/T 5750.4-2023/8.1 生活饮用水", "生活饮用水", "GB/T 5750.4-2023", "8.1");
    assert_split("GB/T 15912.1-2009 第1部分：冷库", "第1部分：冷库", "GB/T 15912.1-2009", "");
    assert_split("GB 5009.12-2023（第一法）", "", "GB 5009.12-2023", "第一法");
    assert_split("GB/T 5750.4-2023(8.1)生活饮用水", "生活饮用水", "GB/T 5750.4-2023", "8.1");
    assert_split("ISO 4892-2：2013", "", "ISO 4892-2:2013", "");
}

#[test]
fn a_name_on_both_sides_of_the_number_stays_a_name() {
    assert_split(
        "食品安全国家标准 GB 5009.12-2023 食品中铅的测定",
        "食品安全国家标准 食品中铅的测定",
        "GB 5009.12-2023",
        "",
    );
}

#[test]
fn several_standards_stay_together() {
    assert_split(
        "《煤中碳和氢的测定方法》GB476-2008 《煤样的制备方法》GB/T474-2008",
        "煤中碳和氢的测定方法；煤样的制备方法",
        "GB476-2008；GB/T474-2008",
        "",
    );
    assert_split(
        "《示例甲》GB/T 1-2020/5.1、《示例乙》GB/T 2-2020/6.2",
        "示例甲；示例乙",
        "GB/T 1-2020；GB/T 2-2020",
        "5.1；6.2",
    );
    assert_split("示例方法（GB/T 1-2020、GB/T 2-2020）", "示例方法", "GB/T 1-2020；GB/T 2-2020", "");
    assert_split("GB/T 1-2020 示例甲\nGB/T 2-2020 示例乙", "示例甲；示例乙", "GB/T 1-2020；GB/T 2-2020", "");
}

#[test]
fn pharmacopoeia_entries_have_no_number() {
    assert_split("《中国药典》2020年版四部通则2331/第一法", "《中国药典》2020年版四部通则2331", "", "第一法");
    let two = "《中国药典》2020年版四部通则2331/第二法 《中国药典》2020年版四部通则0521";
    assert_split(two, two, "", "");
    assert_split("《示例检测方法》", "示例检测方法", "", "");
    assert_split(" ", "", "", "");
}

/// Letters and digits with width folded, sorted: what must survive.
fn content(text: &str) -> Vec<char> {
    let mut content: Vec<char> =
        text.chars().map(crate::text::fold_char).filter(|c| c.is_alphanumeric()).collect();
    content.sort_unstable();
    content
}

fn assert_nothing_lost(text: &str) {
    let split = split_standard_text(text);
    assert_eq!(
        content(text),
        content(&format!("{}{}{}", split.name, split.number, split.clause)),
        "{text}: {split:?}"
    );
}

#[test]
fn official_lists_lose_nothing_and_every_numbered_row_gets_its_number() {
    for line in include_str!("../tests/data/standards_henan.tsv").lines().skip(1) {
        let text = line.split('\t').nth(1).unwrap();
        assert_nothing_lost(text);
        let split = split_standard_text(text);
        assert!(!split.name.is_empty(), "{text}");
        assert_eq!(split.number.is_empty(), text.contains("药典"), "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_panics_or_loses_a_letter(text in any::<String>()) {
        assert_nothing_lost(&text);
    }

    #[test]
    fn no_combined_cell_loses_a_letter(
        text in "(《示例》|示例方法|\\(|（|)( |)(GB/T 1\\.2-2020|HJ 91—2019|ISO 3-1:2004|)[/ 0-9.第一法章（）()、；方A-Z]{0,16}(GB 3-94|)[）)]?"
    ) {
        assert_nothing_lost(&text);
    }
}
