//! Invented staff, signatories and instruments of a certificate.

use super::{
    ids, names,
    rng::Rng,
    world::{CertificateSpec, World},
};

/// 人员; a signatory is one of them.
#[derive(Clone, Debug)]
pub struct PersonSpec {
    /// Index of the site.
    pub site: usize,
    /// Invented name.
    pub name: String,
    /// 男 or 女.
    pub sex: &'static str,
    /// Year and month of birth, as in the ID number.
    pub born: (u16, u8),
    /// 文化程度.
    pub education: &'static str,
    /// 职务（岗位）.
    pub post: &'static str,
    /// 职称.
    pub title: &'static str,
    /// 所学专业.
    pub major: &'static str,
    /// 从事本技术领域年限.
    pub years: usize,
    /// 现在部门岗位.
    pub department: &'static str,
    /// Recognisable by `is_invented_id`.
    pub id_number: String,
}

/// 仪器设备.
#[derive(Clone, Debug)]
pub struct InstrumentSpec {
    /// Index of the site.
    pub site: usize,
    /// 仪器设备名称.
    pub name: &'static str,
    /// 型号/规格/等级.
    pub model: &'static str,
    /// 测量范围.
    pub range: &'static str,
    /// 设备编号.
    pub serial: String,
    /// 溯源方式.
    pub traceability: &'static str,
    /// 有效日期.
    pub until: domain::Day,
    /// The row of the annex it is used for.
    pub capability: usize,
}

/// Persons per certificate at most; keeps their ID numbers apart.
const MOST: usize = 64;

pub(super) const POSTS: [&str; 5] = ["检测员", "监督员", "内审员", "质量负责人", "检测员"];
pub(super) const TITLES: [&str; 5] = ["工程师", "高级工程师", "助理工程师", "正高级工程师", "技术员"];
pub(super) const MAJORS: [&str; 8] = [
    "分析化学",
    "环境工程",
    "土木工程",
    "食品科学与工程",
    "车辆工程",
    "应用化学",
    "材料科学与工程",
    "无损检测",
];
pub(super) const DEPARTMENTS: [&str; 6] =
    ["理化室", "现场室", "质量管理部", "微生物室", "综合业务部", "仪器分析室"];

/// Name, model, range and way of tracing of common instruments (the sample of domain.md section 8 and its like).
const INSTRUMENTS: [(&str, &str, &str, &str); 20] = [
    ("混凝土压力机", "DYE-2000", "（0～2000）kN", "校准"),
    ("万能试验机", "WAW-1000B", "（20～1000）kN", "校准"),
    ("碳化深度测量仪", "LR-TH10", "（0.5～100）mm", "校准"),
    ("钢筋扫描仪", "KON-RBL (D)", "深度范围（0～200）mm\n钢筋直径测量范围：（6～50）mm", "校准"),
    ("水准仪", "DSZ2", "32倍", "校准"),
    ("砂浆强度检测仪", "SJY-800B", "（0～30）MPa", "检定"),
    ("金属超声波检测仪", "ZBL-630", "0～6000mm（钢纵波）", "校准"),
    ("超声波测厚仪", "LZS322K", "0.75～350mm", "校准"),
    ("涂层厚度测定仪", "DT156", "0～1250μm", "校准"),
    ("电子天平", "ME204", "0.1mg～220g", "检定"),
    ("紫外可见分光光度计", "TU-1810", "190nm～1100nm", "检定"),
    ("原子吸收分光光度计", "AA-7000", "185nm～900nm", "检定"),
    ("原子荧光光度计", "AFS-933", "/", "检定"),
    ("气相色谱-质谱联用仪", "8890-5977B", "m/z 1.6～1050", "校准"),
    ("液相色谱仪", "LC-20AT", "/", "检定"),
    ("电感耦合等离子体质谱仪", "7800", "（2～260）amu", "校准"),
    ("离子色谱仪", "CIC-D120", "/", "检定"),
    ("多功能声级计", "AWA6228+", "（20～142）dB", "检定"),
    ("反力滚筒式制动检验台", "FZ-10B", "（0～30000）N", "检定"),
    ("机动车前照灯检测仪", "MQD-6A", "（0～120000）cd", "检定"),
];

impl World {
    /// Staff of a certificate: the technical lead first; the first few are its signatories.
    pub fn staff(&self, certificate: &CertificateSpec) -> Vec<PersonSpec> {
        let mut rng = self.rng(6, certificate.index);
        let count = 6 + rng.below(10) + certificate.capabilities.len() / 200;
        let sites = certificate.body.sites.len();
        let mut staff: Vec<PersonSpec> =
            (0..count.min(MOST)).map(|k| person(&mut rng, certificate.index, k, sites)).collect();
        staff[0].name.clone_from(&certificate.body.technical_lead);
        staff[0].post = "技术负责人";
        staff
    }

    /// How many of the staff sign: from 2 to 5.
    pub fn signatories(&self, certificate: &CertificateSpec) -> usize {
        2 + self.rng(7, certificate.index).below(4)
    }

    /// Instruments of a certificate, each used for one of its rows.
    pub fn instruments(&self, certificate: &CertificateSpec) -> Vec<InstrumentSpec> {
        let mut rng = self.rng(8, certificate.index);
        let count = (4 + rng.below(8)).min(certificate.capabilities.len());
        (0..count).map(|k| instrument(&mut rng, certificate, k)).collect()
    }
}

fn person(rng: &mut Rng, certificate: u64, k: usize, sites: usize) -> PersonSpec {
    let id_number = ids::id_number(certificate * MOST as u64 + k as u64);
    let digits = |range: std::ops::Range<usize>| id_number[range].parse::<u16>().unwrap_or_default();
    PersonSpec {
        site: if k < 3 { 0 } else { rng.below(sites) },
        name: names::person(rng),
        // The 17th digit is odd for men (GB 11643-1999).
        sex: if digits(16..17) % 2 == 1 { "男" } else { "女" },
        born: (digits(6..10), digits(10..12) as u8),
        education: rng.pick(&domain::field::EDUCATIONS[1..5]),
        post: if k == 1 { "质量负责人" } else { rng.pick(&POSTS) },
        title: rng.pick(&TITLES),
        major: rng.pick(&MAJORS),
        years: 1 + rng.below(25),
        department: rng.pick(&DEPARTMENTS),
        id_number,
    }
}

fn instrument(rng: &mut Rng, certificate: &CertificateSpec, k: usize) -> InstrumentSpec {
    let (name, model, range, traceability) = rng.pick(&INSTRUMENTS);
    let capability = rng.below(certificate.capabilities.len());
    let until = certificate.issued_on.plus_days(200 + rng.below(300) as i32);
    InstrumentSpec {
        site: certificate.capabilities[capability].site,
        name,
        model,
        range,
        traceability,
        capability,
        serial: format!("YL-{:05}-{:02}", certificate.index + 1, k + 1),
        until: until.expect("invented days lie far from both ends of the calendar"),
    }
}
