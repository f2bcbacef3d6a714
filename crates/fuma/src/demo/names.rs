//! Names that look invented and yet have the shapes and lengths of real ones.

use super::rng::Rng;

/// Letters that fonts of the basic plane lack; real names hold them (GB 18030-2022 level 3).
pub const RARE: [char; 3] = ['䶮', '㙘', '𬭊'];

const SURNAMES: [&str; 44] = [
    "张", "李", "王", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何",
    "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓",
    "许", "傅", "沈", "曾", "彭", "吕", "欧阳", "司马", "上官", "诸葛",
];
const GIVEN: [&str; 16] = [
    "示例", "示范", "样例", "样张", "例文", "示明", "示远", "样华", "例安", "示宁", "样青", "例和", "示",
    "样", "例", "示之",
];

/// A person who does not exist, such as 张示例 or 欧阳样例; a rare letter in one of a hundred.
pub fn person(rng: &mut Rng) -> String {
    let mut name = format!("{}{}", rng.pick(&SURNAMES), rng.pick(&GIVEN));
    if rng.below(100) == 0 {
        name.push(rng.pick(&RARE));
    }
    name
}

const FIRST: [char; 40] = [
    '恒', '信', '诚', '正', '华', '中', '科', '安', '泰', '瑞', '鑫', '博', '远', '通', '达', '金', '天',
    '宏', '嘉', '源', '明', '德', '永', '新', '盛', '众', '联', '国', '精', '准', '方', '圆', '衡', '谱',
    '清', '绿', '蓝', '康', '百', '万',
];
const SECOND: [char; 40] = [
    '测', '衡', '信', '诚', '泰', '瑞', '源', '达', '通', '和', '平', '康', '宁', '安', '健', '环', '宇',
    '宸', '昊', '晟', '丰', '益', '利', '顺', '祥', '佳', '美', '成', '业', '兴', '邦', '基', '创', '优',
    '卓', '越', '峰', '岳', '江', '海',
];

/// The part of a name that sets bodies of one city apart: two characters, three once all pairs are used.
pub fn trade_name(pair: usize, round: usize) -> String {
    let mut name = String::from_iter([FIRST[pair / 40 % 40], SECOND[pair % 40]]);
    if round > 0 {
        name.push(FIRST[(round - 1) % 40]);
    }
    name
}

/// How many trade names have two characters.
pub const PAIRS: usize = 1_600;

/// What bodies of a domain call themselves: company, institution, laboratory of a parent.
pub struct Line {
    /// Ends the name of a company.
    pub company: &'static [&'static str],
    /// Ends the name of a public institution.
    pub institution: &'static [&'static str],
    /// Ends the name of a department of a legal person.
    pub department: &'static [&'static str],
    /// Ends the name of that legal person.
    pub parent: &'static [&'static str],
}

/// The words of a domain (DD).
pub fn line(domain: &str) -> &'static Line {
    match domain {
        "00" => &FOOD,
        "01" | "02" => &BUILDING,
        "05" => &VEHICLES,
        "12" | "13" => &ENVIRONMENT,
        "03" | "04" => &HEALTH,
        _ => &GENERAL,
    }
}

const FOOD: Line = Line {
    company: &["食品检测有限公司", "食品安全检测技术有限公司", "检验检测认证有限公司"],
    institution: &["食品药品检验所", "食品质量监督检验中心", "粮油产品质量检验站"],
    department: &["检测中心", "质量检验中心", "中心化验室"],
    parent: &["食品集团有限公司", "乳业集团股份有限公司", "大学"],
};
const BUILDING: Line = Line {
    company: &[
        "工程质量检测有限公司",
        "建设工程检测有限责任公司",
        "建筑材料检测有限公司",
        "公路工程试验检测有限公司",
    ],
    institution: &["建设工程质量安全监督检测中心", "建筑工程质量检测中心", "公路工程质量检测站"],
    department: &["中心试验室", "工程检测中心", "工程试验检测中心"],
    parent: &["建设集团有限公司", "第三工程局集团有限公司", "路桥工程集团第一工程有限公司"],
};
const VEHICLES: Line = Line {
    company: &["机动车检测有限公司", "机动车检测服务有限责任公司", "汽车综合性能检测有限公司"],
    institution: &["机动车安全技术检验站", "汽车综合性能检测站"],
    department: &["机动车检测站", "车辆检测中心"],
    parent: &["汽车运输集团有限公司", "公共交通集团有限公司"],
};
const ENVIRONMENT: Line = Line {
    company: &["环境检测有限公司", "环境检测技术服务有限公司", "环保科技有限公司", "水质检测有限公司"],
    institution: &["生态环境监测站", "水环境监测中心", "环境监测中心站"],
    department: &["环境监测中心", "水质化验室", "监测站"],
    parent: &["水务集团有限公司", "钢铁集团有限责任公司", "化工股份有限公司"],
};
const HEALTH: Line = Line {
    company: &["职业卫生技术服务有限公司", "农产品检测有限公司", "卫生检测技术有限公司"],
    institution: &["疾病预防控制中心", "农产品质量安全检验检测中心", "土壤肥料工作站"],
    department: &["检测中心", "分析测试中心"],
    parent: &["农业科学研究院", "农业发展集团有限公司", "大学"],
};
const GENERAL: Line = Line {
    company: &["检测技术有限公司", "检验检测认证集团股份有限公司", "计量检测技术有限公司"],
    institution: &["产品质量监督检验院", "产品质量检验所", "质量技术检验检测中心", "纤维检验所"],
    department: &["检测中心", "分析测试中心", "质量检验中心"],
    parent: &["石油装备集团有限责任公司", "煤业化工集团有限公司", "科学技术研究院", "大学"],
};

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_person_can_be_seen_to_be_invented() {
        let mut rng = Rng::of(1, 1, 1);
        let names: Vec<String> = (0..2_000).map(|_| person(&mut rng)).collect();
        assert!(names.iter().all(|name| name.contains(['示', '样', '例'])));
        assert!(names.iter().any(|name| name.contains(RARE)), "rare letters occur");
        assert!(names.iter().any(|name| name == "欧阳样例" || name.starts_with("司马")));
    }

    #[test]
    fn trade_names_are_all_different() {
        let names: HashSet<String> =
            (0..3).flat_map(|round| (0..PAIRS).map(move |pair| trade_name(pair, round))).collect();
        assert_eq!(names.len(), 3 * PAIRS);
    }
}
