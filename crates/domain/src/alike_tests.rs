use super::*;
use proptest::prelude::*;

fn alike(a: &str, b: &str) -> Option<Alike> {
    let (a, b) = (NameShape::of(a), NameShape::of(b));
    let said = a.alike(&b);
    assert_eq!(b.alike(&a), said, "the order does not matter");
    if said.is_some() {
        assert!(
            a.keys().iter().zip(b.keys()).any(|(a, b)| *a == b),
            "{a:?} and {b:?} do not find each other"
        );
    }
    said
}

#[test]
fn the_same_in_other_words_is_alike() {
    for (a, b) in [
        ("示例检测有限公司", "示例检测有限责任公司"),
        ("示例检测有限公司", "示例检测股份有限公司"),
        ("示例检测有限公司", "示例检验检测有限公司"),
        ("示例（西安）检测有限公司", "示例西安检测有限公司"),
        ("陕西省示例检测有限公司", "陕西示例检测有限公司"),
        ("陕西省示例检测有限公司", "示例检测有限公司"),
        ("西安市示例检测有限公司", "西安示例检测有限责任公司"),
        ("陕西省西安市示例检测有限公司", "西安示例检测有限公司"),
        ("西安市示例检测有限公司", "示例检测有限公司"),
        ("广西壮族自治区示例检测中心", "广西示例检测中心"),
    ] {
        assert_eq!(alike(a, b), Some(Alike::Words), "{a} {b}");
    }
}

#[test]
fn one_slip_in_six_characters_or_more_is_alike() {
    for (a, b) in [
        ("示例环境检测中心", "示例环镜检测中心"),
        ("示例环境检测中心", "示例环境检测中"),
        ("示例环境检测中心", "示例例环境检测中心"),
        ("示例环境检测中心", "例示环境检测中心"),
        ("示例检测站", "示例检测站"),
    ] {
        assert!(alike(a, b).is_some(), "{a} {b}");
    }
    assert_eq!(alike("示例检测站", "示列检测站"), None, "five characters");
}

#[test]
fn what_tells_bodies_of_one_house_apart_is_no_slip() {
    for (a, b) in [
        ("示例检测集团公司", "示例检测集团分公司"),
        ("示例检测有限公司", "示例检测有限公司西安分公司"),
        ("示例第一检测中心", "示例第二检测中心"),
        ("示例检测中心1", "示例检测中心2"),
        ("示例城东检测中心", "示例城西检测中心"),
        ("陕西省示例检测中心", "山西省示例检测中心"),
        ("西安市示例检测中心", "西宁市示例检测中心"),
        ("示例环境检测中心", "示范环保检测中心"),
        ("陕西省检测中心", "检测中心"),
    ] {
        assert_eq!(alike(a, b), None, "{a} {b}");
    }
}

/// Names as they are built, and names of any characters.
fn name() -> impl Strategy<Value = String> {
    let built = (
        prop::sample::select(vec!["", "陕西省", "陕西", "西安市", "西安", "广西壮族自治区"]),
        "[示例样环境食品工程恒信测]{2,6}",
        prop::sample::select(vec!["检测有限公司", "检验检测中心", "检测股份有限公司", "监测站", "分公司"]),
    );
    prop_oneof![built.prop_map(|(a, b, c)| format!("{a}{b}{c}")), "\\PC{0,24}"]
}

proptest! {
    #[test]
    fn alike_names_share_a_key_and_each_name_is_like_itself(a in name(), b in name()) {
        alike(&a, &b);
        prop_assert_eq!(alike(&a, &a), Some(Alike::Words));
    }

    #[test]
    fn one_character_changed_in_a_long_name_is_found_by_a_key(
        head in "[示例样环境食品工程恒信]{3,9}", at in 0_usize..9, how in 0..4, with in "[准谱衡康]"
    ) {
        let mut slipped: Vec<char> = head.chars().collect();
        let at = at % slipped.len();
        let with = with.chars().next().unwrap();
        match how {
            0 => slipped[at] = with,
            1 => slipped.insert(at, with),
            2 => { slipped.remove(at); }
            _ => { let next = (at + 1) % slipped.len(); slipped.swap(at, next.max(at).min(at + 1)); }
        }
        let slipped: String = slipped.into_iter().collect();
        let (a, b) = (format!("{head}检测中心"), format!("{slipped}检测中心"));
        prop_assert!(alike(&a, &b).is_some(), "{} {}", a, b);
    }
}
