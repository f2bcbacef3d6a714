//! Invented values that every page is rendered with.

use std::sync::LazyLock;

use domain::{
    Act, Capability, Code, Day, Excerpt, ExcerptRow, ExcerptSite, Held, Instant, Item, Lookup, Number,
    Record, Shown, Status, Tone, Verdict,
};

use super::*;

/// 2026-11-22 16:05:09 in Asia/Shanghai.
pub const NOW: Instant = Instant::from_micros(1_795_334_709_000_000);

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn today() -> Day {
    day("2026-11-22")
}

pub fn number() -> Number {
    Number::parse("230020349767").unwrap()
}

pub fn code() -> Code {
    Code::parse("04HMASW9NF6YY09F", domain::Realm::Registry).unwrap()
}

pub fn site() -> Site {
    Site { host: "cx.example.gov.cn".into(), footing: Footing::Demo, ..Site::default() }
}

pub fn visit() -> Visit {
    Visit::of(site().into())
}

/// A footer with everything in it.
pub fn full_site() -> Site {
    Site {
        footing: Footing::Real,
        organiser: "示例省市场监督管理局".into(),
        contact: "0000-00000000".into(),
        site_code: "0000000000".into(),
        icp: "示例ICP备00000000号".into(),
        police: "示例公网安备00000000000000号".into(),
        party_mark_url: "/mark".into(),
        find_errors_url: "/errors".into(),
        privacy_url: "/privacy".into(),
        ..site()
    }
}

/// A row that lives for the length of the tests: in life a page borrows it.
fn row(i: usize) -> ExcerptRow<'static> {
    let names =
        ["pH值", "浑浊度", "总硬度（以CaCO₃计）", "溶解性总固体", "菌落总数", "高锰酸盐指数（以O₂计）"];
    let some = |is: bool, text: String| if is { text } else { String::new() };
    let item = Item {
        category: some(i.is_multiple_of(3), "水和废水".into()),
        class: some(i % 3 != 1, "生活饮用水".into()),
        name: format!("{}{}", names[i % names.len()], if i < 6 { "" } else { "（示例）" }),
        standard_name: "生活饮用水标准检验方法 第4部分：感官性状和物理指标".into(),
        standard_number: format!("GB/T 5750.{}-2023", i % 13 + 1),
        clause: some(i % 4 != 3, format!("{}.1", i + 3)),
    };
    let capability = Capability {
        site: (i % 2) as u16,
        item,
        limits: some(i % 5 == 1, "只用散射法—福尔马肼标准".into()),
        remark: String::new(),
        approved_on: None,
        food: false,
        label: some(i % 7 != 6, format!("{}.{}", i / 10 + 1, i % 10 + 1)),
    };
    ExcerptRow::from(&*Box::leak(Box::new(capability)))
}

pub fn capabilities(n: usize) -> Vec<CapabilityView<'static>> {
    (0..n).map(|i| CapabilityView::of(i as u32 + 1, row(i), &SITES)).collect()
}

fn life() -> Vec<LifeView<'static>> {
    let step = |on, title: &'static str, (document, edition): (&'static str, u32), tone| LifeView {
        day: day(on),
        act: "change",
        title: title.into(),
        document: document.into(),
        edition: Some(edition),
        tone,
        link: None,
    };
    static OLD: LazyLock<Number> = LazyLock::new(|| Number::parse("170020340001").unwrap());
    vec![
        step("2025-04-18", "扩项", ("示例许决〔2025〕18号", 3), Tone::Neutral),
        step("2024-09-02", "授权签字人变更", ("", 2), Tone::Neutral),
        LifeView {
            link: Some(&OLD),
            ..step("2023-03-05", "复查换证，发放本证书", ("示例许决〔2023〕5号", 1), Tone::Good)
        },
    ]
}

static NUMBER: LazyLock<Number> = LazyLock::new(number);
const SITES: [ExcerptSite<'static>; 2] = [
    ExcerptSite { name: "主场所", address: "示例省示例市示例区示例路1号2幢3层" },
    ExcerptSite { name: "城北分场所", address: "示例省示例市城北区示例大道88号" },
];

/// A certificate of middling size: 20 rows shown of 1143.
pub fn certificate() -> CertificateView<'static> {
    CertificateView {
        number: &NUMBER,
        authority: "示例省市场监督管理局",
        authority_printed: None,
        authority_english: None,
        listed: true,
        valid_from: day("2023-03-05"),
        valid_to: day("2029-03-04"),
        edition: 3,
        shown: 3,
        excerpt: Excerpt {
            body_name: "示例市示例检测技术服务有限公司",
            other_name: "",
            uscc: "91000000MA0000000X".into(),
            parent_name: "",
            first_issued_on: Some(day("2017-03-05")),
            issued_on: Some(day("2023-03-05")),
            kinds: "renewal".into(),
            effective: Some(day("2023-03-05")),
            document: "示例许决〔2023〕5号",
            total: 1143,
            sites: SITES.to_vec(),
            rows: (0..20).map(row).collect(),
        },
        life: life(),
        successor: None,
    }
}

/// A long-named body with little else known of it, revoked; asked about on a day of its second edition.
pub fn revoked() -> CertificateView<'static> {
    static OLD: LazyLock<Number> = LazyLock::new(|| Number::parse("2014190182Z").unwrap());
    CertificateView {
        number: &OLD,
        shown: 2,
        excerpt: Excerpt {
            body_name: "示例省示例市示例区农产品质量安全检验检测与环境监测中心（示例省示例市示例区粮油质量监督检验站）",
            other_name: "示例省示例农业科学研究院示例研究所示例实验室",
            uscc: "".into(),
            parent_name: "示例省示例市示例区农业农村综合服务中心",
            first_issued_on: None,
            issued_on: None,
            kinds: "takeover".into(),
            effective: None,
            document: "",
            total: 0,
            sites: Vec::new(),
            rows: Vec::new(),
        },
        life: Vec::new(),
        successor: Some(SuccessorView { number: &NUMBER, from: day("2026-12-01") }),
        ..certificate()
    }
}

pub fn verdict(held: &[Held], shown: Shown) -> Verdict {
    let record = Record { held, valid_from: day("2023-03-05"), valid_to: day("2029-03-04"), edition: 3 };
    Verdict::of(Lookup::Found(record), shown, today(), today())
}

pub fn revocation() -> Held {
    let act = Act {
        effective: day("2026-03-05"),
        document: "示例撤决〔2026〕1号".into(),
        reason: "以欺骗手段取得资质认定（示例）".into(),
    };
    Held::from(Status::Revoked(act))
}
