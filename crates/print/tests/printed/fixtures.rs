//! Invented certificates for tests, the sample pages and the benchmark.

use domain::{
    Capability, Code, Content, Day, Face, Instant, Item, Kind, Kinds, LegalKind, LegalSort, Number, Parent,
    Realm, Signatory, Site,
};
use print::{AuthorityPrint, Document, Output, Overprint, Paper, Parts, Profile, Slip};

/// The text of the QR of every fixture.
pub const QR: &str = "HTTPS://CX.EXAMPLE.CN/C/";

/// A certificate with everything its document needs.
pub struct Fixture {
    pub number: Number,
    pub code: Code,
    pub content: Content,
    pub authority: AuthorityPrint,
}

impl Fixture {
    pub fn document(&self) -> Document<'_> {
        Document {
            number: Some(&self.number),
            code: Some(self.code),
            edition: 1,
            content: &self.content,
            authority: &self.authority,
            qr_text: format!("{QR}{}", self.code.as_str()),
            approved_on: self.content.face.issued_on,
            overprint: Overprint::Sample,
            parts: Parts::Both,
        }
    }
}

pub fn slip<'a>(fixture: &'a Fixture, link: &'a str) -> Slip<'a> {
    Slip {
        body_name: &fixture.content.face.body_name,
        number: &fixture.number,
        code: fixture.code,
        qr_text: "HTTPS://CX.EXAMPLE.CN/C/0123456789ABCDEF",
        valid_to: fixture.content.face.valid_to,
        authority: &fixture.authority.printed_name,
        link,
        link_until: day(2026, 12, 22),
        overprint: Overprint::Sample,
    }
}

pub fn output(profile: Profile) -> Output {
    Output { profile, created: Instant::from_micros(1_790_000_000_000_000) }
}

fn day(year: u16, month: u8, dom: u8) -> Day {
    Day::new(year, month, dom).expect("a day of the fixtures")
}

pub fn site(name: &str, address: &str) -> Site {
    Site { name: name.into(), address: address.into(), division: None }
}

/// A certificate with `rows` capability rows at one site.
pub fn certificate(rows: usize) -> Fixture {
    let address = "示例省示例市示例区样本大道88号示例科技园3号楼";
    let face = Face {
        kinds: Kinds::one(Kind::First),
        previous_number: None,
        body_name: "示例省环境与食品检测有限公司".into(),
        other_name: String::new(),
        uscc: None,
        org_code: None,
        legal_kind: Some(LegalKind { independent: true, sort: LegalSort::Enterprise }),
        parent: None,
        department: String::new(),
        address: address.into(),
        division: None,
        postcode: String::new(),
        legal_representative: String::new(),
        head: String::new(),
        technical_lead: String::new(),
        contact: String::new(),
        xpcc: false,
        domain: "12".parse().expect("two digits"),
        industry: "34".parse().expect("two digits"),
        food: false,
        procedure: None,
        decision_day: None,
        decision_number: String::new(),
        first_issued_on: Some(day(2026, 11, 22)),
        issued_on: Some(day(2026, 11, 22)),
        valid_from: day(2026, 11, 22),
        valid_to: day(2032, 11, 21),
        reason: String::new(),
        remark: String::new(),
    };
    let content = Content {
        face,
        sites: vec![site("", address)],
        capabilities: capabilities(rows, 0),
        signatories: vec![
            signatory(
                "张示例",
                "技术负责人/高级工程师",
                "资质认定范围内水和废水、空气和废气、土壤和沉积物检测项目",
            ),
            signatory("李样本", "质量负责人/工程师", "资质认定范围内噪声、振动、辐射检测项目"),
            signatory("王䶮测", "授权签字人/高级工程师", "全部检验检测项目"),
        ],
        instruments: Vec::new(),
        staff: Vec::new(),
    };
    Fixture {
        number: Number::parse("263612341234").expect("a number of the fixtures"),
        code: Code::from_entropy([7, 3, 91, 18, 200, 44, 5, 160, 33, 64], Realm::Registry),
        content,
        authority: AuthorityPrint {
            printed_name: "示例省市场监督管理局".into(),
            offset_x_mm: 0.0,
            offset_y_mm: 0.0,
            paper: Paper::Plain,
        },
    }
}

/// The same with branches, food, a parent, two names and rare characters.
pub fn full(rows: usize) -> Fixture {
    let mut fixture = certificate(rows);
    let content = &mut fixture.content;
    content.face.other_name = "示例省产品质量监督检验研究所".into();
    content.face.legal_kind = Some(LegalKind { independent: false, sort: LegalSort::Institution });
    content.face.parent = Some(Parent {
        name: "示例省检验检测研究总院（集团）有限责任公司".into(),
        uscc: None,
    });
    content.sites[0].name = "主场所".into();
    content.sites.push(site("㙘山分场所", "示例省㙘山市示例县𬭊路1号院内东侧二层"));
    content.capabilities.extend(capabilities(rows.div_ceil(3), 1));
    for (i, row) in content.capabilities.iter_mut().enumerate() {
        row.food = row.site == 0 && i < rows / 4;
    }
    let mut other = signatory("欧阳𠀀", "分场所主任", "分场所全部检验检测项目");
    other.site = 1;
    content.signatories.push(other);
    fixture
}

pub fn signatory(name: &str, title: &str, field: &str) -> Signatory {
    Signatory {
        site: 0,
        name: name.into(),
        title: title.into(),
        field: field.into(),
        food: false,
        approved_on: None,
        remark: String::new(),
        education: String::new(),
        department: String::new(),
        sex: String::new(),
    }
}

const CATEGORIES: [(&str, [&str; 3]); 3] = [
    ("水和废水", ["地表水、地下水", "生活饮用水及其水源水", "工业废水"]),
    ("空气和废气", ["环境空气", "固定污染源废气", "室内空气"]),
    ("土壤和沉积物", ["土壤", "水系沉积物", "固体废物"]),
];

const ITEMS: [(&str, &str, &str, &str); 8] = [
    ("氨氮", "水质 氨氮的测定 纳氏试剂分光光度法", "HJ 535-2009", ""),
    ("化学需氧量", "水质 化学需氧量的测定 重铬酸盐法", "HJ 828-2017", ""),
    ("色度", "生活饮用水标准检验方法 第4部分：感官性状和物理指标", "GB/T 5750.4-2023", "4.1"),
    ("六价铬", "水质 六价铬的测定 二苯碳酰二肼分光光度法", "GB/T 7467-1987", ""),
    (
        "挥发性有机物（苯、甲苯、乙苯、二甲苯、苯乙烯等）",
        "水质 挥发性有机物的测定 吹扫捕集/气相色谱-质谱法",
        "HJ 639-2012",
        "",
    ),
    ("静水压强度试验", "石油天然气钻采设备 钻通设备", "GB/T20174-2019", "8.5.7.6"),
    ("PM₂.₅", "环境空气 PM10和PM2.5的测定 重量法", "HJ 618-2011", ""),
    ("总磷（以P计，μg/m³）", "水质 总磷的测定 钼酸铵分光光度法", "GB/T 11893-1989", ""),
];

/// Rows in the shape of domain.md 3.3: 大类, 类别, items with one to three standards, limits here and there.
pub fn capabilities(rows: usize, site: u16) -> Vec<Capability> {
    let mut out = Vec::with_capacity(rows);
    let mut item = 0;
    while out.len() < rows {
        let group = item / 12;
        let (category, classes) = CATEGORIES[group / 3 % 3];
        let (name, standard, number, clause) = ITEMS[item % 8];
        for variant in 0..1 + item % 3 {
            let year = 2009 + (item * 7 + variant) % 15;
            let (base, _) = number.rsplit_once('-').expect("a standard has a year");
            out.push(Capability {
                site,
                item: Item {
                    category: if group < 9 {
                        category.into()
                    } else {
                        format!("{category}（{}）", group / 9)
                    },
                    class: classes[group % 3].into(),
                    name: name.into(),
                    standard_name: if variant == 0 {
                        standard.into()
                    } else {
                        format!("{standard}（方法{variant}）")
                    },
                    standard_number: if variant == 0 { number.into() } else { format!("{base}-{year}") },
                    clause: clause.into(),
                },
                limits: match item % 5 {
                    0 => "仅限特定合同约定的委托检验检测".into(),
                    3 => format!("只做{}mg/L以下", item % 40),
                    _ => String::new(),
                },
                remark: if item % 7 == 2 { "扩项".into() } else { String::new() },
                approved_on: None,
                food: false,
                label: String::new(),
            });
        }
        item += 1;
    }
    out.truncate(rows);
    out
}
