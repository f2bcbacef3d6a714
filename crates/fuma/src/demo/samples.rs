//! What stands in the samples of the capability forms.

/// One item with the standards it is measured by.
pub struct Item {
    /// As the number that Excel keeps: 1.10 is 1.1.
    pub number: f64,
    /// 名称.
    pub name: &'static str,
    /// Each has a row of its own.
    pub standards: &'static [&'static str],
    /// 限制范围.
    pub limits: &'static str,
    /// 说明.
    pub remark: &'static str,
}

const fn item(number: f64, name: &'static str, standards: &'static [&'static str]) -> Item {
    Item { number, name, standards, limits: "", remark: "" }
}

/// One class: number, name and its items.
pub struct Class {
    /// 1, 2 … within its bar.
    pub number: f64,
    /// 类别.
    pub name: &'static str,
    /// Its items.
    pub items: &'static [Item],
}

const PREVENTERS: &[Item] = &[
    Item {
        number: 1.1,
        name: "静水压强度试验",
        standards: &[
            "《石油天然气钻采设备 钻通设备》\nGB/T20174-2019/8.5.7.6",
            "《防喷器检验、修理和再制造》\nSY/T 6160-2019/6.10.1 ",
            "《井下作业用防喷器》\nSY/T7010-2014 /6.4.1",
        ],
        limits: "公称通径680mm及以下",
        remark: "",
    },
    item(
        1.2,
        "静水压密封/关闭  试验",
        &[
            "《石油天然气钻采设备 钻通设备》\nGB/T20174-2019/8.5.7.6",
            "《防喷器检验、修理和再制造》\nSY/T 6160-2019/6.9.1 /6.9.2/6.10.3",
        ],
    ),
];
/// Ten items and more: 1.10 is kept as the number 1.1, as in every workbook of the field.
const WATER: &[Item] = &[
    item(2.1, "色度", &["《生活饮用水标准检验方法 第4部分：感官性状和物理指标》GB/T 5750.4-2023"]),
    item(2.2, "浑浊度", &["《生活饮用水标准检验方法 第4部分：感官性状和物理指标》GB/T 5750.4-2023"]),
    item(2.3, "臭和味", &["《生活饮用水标准检验方法 第4部分：感官性状和物理指标》GB/T 5750.4-2023"]),
    item(2.4, "肉眼可见物", &["《生活饮用水标准检验方法 第4部分：感官性状和物理指标》GB/T 5750.4-2023"]),
    item(2.5, "pH", &["《水质 pH值的测定 电极法》HJ 1147-2020"]),
    item(2.6, "总硬度", &["《生活饮用水标准检验方法 第4部分：感官性状和物理指标》GB/T 5750.4-2023"]),
    item(2.7, "氨氮", &["《水质 氨氮的测定 纳氏试剂分光光度法》HJ 535-2009"]),
    item(2.8, "总磷", &["《水质 总磷的测定 钼酸铵分光光度法》GB/T 11893-1989"]),
    item(2.9, "总氮", &["《水质 总氮的测定 碱性过硫酸钾消解紫外分光光度法》HJ 636-2012"]),
    item(2.1, "化学需氧量", &["《水质 化学需氧量的测定 重铬酸盐法》HJ 828-2017"]),
    item(2.11, "悬浮物", &["《水质 悬浮物的测定 重量法》GB/T 11901-1989"]),
];
const NOISE: &[Item] = &[
    item(1.1, "厂界环境噪声", &["《工业企业厂界环境噪声排放标准》GB 12348-2008"]),
    item(1.2, "区域环境噪声", &["《声环境质量标准》GB 3096—2008"]),
];
/// The bars and classes of the samples.
pub const BARS: &[(&str, &str, &[Class])] = &[
    (
        "一",
        "石油井控钻采设备检测",
        &[
            Class { number: 1.0, name: "防喷器", items: PREVENTERS },
            Class { number: 2.0, name: "水质", items: WATER },
        ],
    ),
    ("二", "噪声检测", &[Class { number: 1.0, name: "噪声", items: NOISE }]),
];

/// The notes below the capability forms.
pub const NOTES: &str = "注： ①“检验检测能力”应依据国家、行业、地方、国际、区域标准。依据其他标准或方法的，应在“说明”中注明；\n     ②多场所的检验检测机构，应按照不同场所分别填写本表；\n     ③本表为样张，机构为虚构。";
