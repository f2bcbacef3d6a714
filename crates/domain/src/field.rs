//! Every field that any door collects, once: its group, JSON key, Chinese header and the other headers people use for it.
//!
//! The workbook template, the header matcher, the form, the interface and the problems all speak in these fields.
//! What is collected follows domain.md section 9 (Certificate, Body, Place, Capability, Signatory, Person, Instrument).

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

/// The sheet (or form section) a field belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// 证书: one row a certificate, with its body.
    Certificate,
    /// 场所: one row a site.
    Site,
    /// 检测能力: one row a capability.
    Capability,
    /// 授权签字人: one row a signatory.
    Signatory,
    /// 仪器设备: one row an instrument.
    Instrument,
    /// 人员: one row a member of the staff.
    Staff,
}

impl Group {
    /// All groups in the order of the template's sheets.
    pub const ALL: [Group; 6] = [
        Group::Certificate,
        Group::Site,
        Group::Capability,
        Group::Signatory,
        Group::Instrument,
        Group::Staff,
    ];

    /// Name of the template's sheet.
    pub fn sheet(self) -> &'static str {
        match self {
            Group::Certificate => "证书",
            Group::Site => "场所",
            Group::Capability => "检测能力",
            Group::Signatory => "授权签字人",
            Group::Instrument => "仪器设备",
            Group::Staff => "人员",
        }
    }

    /// Key of the group in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Group::Certificate => "certificate",
            Group::Site => "sites",
            Group::Capability => "capabilities",
            Group::Signatory => "signatories",
            Group::Instrument => "instruments",
            Group::Staff => "staff",
        }
    }

    /// The fields of the group in template order.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        Field::ALL.iter().copied().filter(move |field| field.group() == self)
    }
}

/// Whether a value must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Always.
    Must,
    /// Under a condition that [`crate::Draft::parse`] states in its message.
    Sometimes,
    /// Never.
    May,
}

/// How a value is written, for templates, forms and data validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Free text of at most so many characters.
    Text(usize),
    /// A day, in any form [`crate::Day::parse`] knows.
    Day,
    /// 是 or 否.
    YesNo,
    /// One of a closed list.
    Choice(&'static [&'static str]),
    /// A two- or six-digit code of a table an administrator edits.
    Code,
    /// Text that Excel likes to turn into a number: always stored as text.
    Digits(usize),
}

macro_rules! fields {
    ($( $variant:ident $group:ident $key:literal $label:literal $need:ident $shape:expr, [$($alias:literal),*] $hint:literal; )*) => {
        /// One field of one group.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Field {
            $(
                #[doc = $label]
                $variant
            ),*
        }

        impl Field {
            /// All fields, by group, in template order.
            pub const ALL: &'static [Field] = &[$(Field::$variant),*];

            /// The group the field belongs to.
            pub fn group(self) -> Group {
                match self { $(Field::$variant => Group::$group),* }
            }
            /// Key in JSON and in HTML forms; unique within its group.
            pub fn key(self) -> &'static str {
                match self { $(Field::$variant => $key),* }
            }
            /// Header in the template and label in the form.
            pub fn label(self) -> &'static str {
                match self { $(Field::$variant => $label),* }
            }
            /// Whether it must be there.
            pub fn need(self) -> Need {
                match self { $(Field::$variant => Need::$need),* }
            }
            /// How it is written.
            pub fn shape(self) -> Shape {
                match self { $(Field::$variant => $shape),* }
            }
            /// Other headers under which the field is known in the field.
            pub fn aliases(self) -> &'static [&'static str] {
                match self { $(Field::$variant => &[$($alias),*]),* }
            }
            /// One sentence for the person who fills it in; may be empty.
            pub fn hint(self) -> &'static str {
                match self { $(Field::$variant => $hint),* }
            }
        }
    };
}

/// 法人类别: independence × kind (申请书, domain.md 3.4).
pub const LEGAL_KINDS: &[&str] = &[
    "独立法人-企业",
    "独立法人-事业",
    "独立法人-社团",
    "独立法人-其他",
    "非独立法人-企业",
    "非独立法人-事业",
    "非独立法人-社团",
    "非独立法人-其他",
];
/// 许可程序 (163号令 Art. 10).
pub const PROCEDURES: &[&str] = &["一般程序", "告知承诺"];
/// 场所类型 (domain.md 3.5).
pub const SITE_KINDS: &[&str] = &["主场所", "分场所"];
/// 文化程度 (domain.md 3.4).
pub const EDUCATIONS: &[&str] = &["高中", "大学专科", "大学本科", "硕士研究生", "博士研究生", "其他"];
/// 证件类型 (domain.md 3.4).
pub const ID_KINDS: &[&str] =
    &["居民身份证", "港澳居民来往内地通行证", "华侨护照", "军官证", "警官证", "外国(地区)护照", "其他"];
/// 性别.
pub const SEXES: &[&str] = &["男", "女"];
/// 溯源方式 (domain.md 3.4).
pub const TRACEABILITY: &[&str] = &["检定", "校准", "内部校准"];

fields! {
    Key Certificate "key" "序号" May Shape::Text(60), ["证书序号", "证书标识", "编号序号"] "本表内的标识，其他工作表用它指明属于哪张证书；也可以直接用证书编号。";
    Kind Certificate "kind" "业务类型" Must Shape::Choice(crate::kind::LABELS), ["申请类型", "业务种类", "申请业务类型"] "首次、扩项、复查换证、各类变更、更正或存量。";
    Number Certificate "number" "证书编号" Sometimes Shape::Digits(30), ["证书号", "资质认定证书编号", "CMA证书编号", "证书编号（CMA）"] "由本机关编号的填写12位编号；留空则由系统按计数器编号。";
    PreviousNumber Certificate "previous_number" "上一证书编号" Sometimes Shape::Digits(30), ["原证书编号", "原证书号", "前一证书编号"] "复查换证必填：被本证书替换的证书。";
    BodyName Certificate "body_name" "机构名称" Must Shape::Text(150), ["获证机构名称", "检验检测机构名称", "单位名称", "获证机构"] "与营业执照、法人证书或批准文件一致。";
    OtherName Certificate "other_name" "机构第二名称" May Shape::Text(150), ["第二名称", "其他名称"] "一张证书印有两个名称时填写。";
    Uscc Certificate "uscc" "统一社会信用代码" Sometimes Shape::Digits(18), ["社会信用代码", "机构统一社会信用代码", "信用代码", "统一社会信用代码（机构）"] "18位，单元格设为文本格式。独立法人必填。";
    OrgCode Certificate "org_code" "组织机构代码" May Shape::Digits(10), ["机构代码"] "只用于存量证书：没有统一社会信用代码的旧机构，9位。";
    LegalKind Certificate "legal_kind" "法人类别" Must Shape::Choice(LEGAL_KINDS), ["法人性质", "机构类别", "法人类型"] "独立法人或非独立法人，加企业、事业、社团、其他。";
    ParentName Certificate "parent_name" "所属法人单位" Sometimes Shape::Text(150), ["所属法人", "所属法人单位名称", "所属单位", "法人单位名称"] "非独立法人必填：承担法律责任的法人。";
    ParentUscc Certificate "parent_uscc" "所属法人统一社会信用代码" Sometimes Shape::Digits(18), ["所属法人代码", "所属法人单位统一社会信用代码", "法人单位统一社会信用代码"] "非独立法人必填，18位。";
    Department Certificate "department" "主管部门" Must Shape::Text(100), ["上级主管部门", "行业主管部门"] "没有主管部门的填“无”。";
    Address Certificate "address" "机构地址" Must Shape::Text(200), ["地址", "注册地址", "通讯地址", "检验检测机构地址"] "印在证书上的地址。";
    Division Certificate "division" "行政区划代码" Must Shape::Code, ["行政区划", "所在区划", "区划代码"] "机构住所所在县级区划，6位。";
    Postcode Certificate "postcode" "邮政编码" May Shape::Digits(6), ["邮编"] "6位。";
    LegalRepresentative Certificate "legal_representative" "法定代表人" May Shape::Text(50), ["法人", "法人代表", "法定代表人姓名"] "";
    Head Certificate "head" "最高管理者" May Shape::Text(50), ["负责人", "机构负责人"] "";
    TechnicalLead Certificate "technical_lead" "技术负责人" May Shape::Text(50), [] "";
    Contact Certificate "contact" "联系人" May Shape::Text(50), ["联络人"] "";
    Phone Certificate "phone" "联系电话" May Shape::Digits(40), ["电话", "手机", "联系人电话", "联系方式"] "加密保存，不公开。";
    Email Certificate "email" "电子邮箱" May Shape::Text(100), ["邮箱", "电子邮件", "email", "E-mail"] "加密保存，不公开。";
    Xpcc Certificate "xpcc" "是否兵团" May Shape::YesNo, ["兵团机构", "兵团"] "新疆生产建设兵团所属机构填“是”。";
    Domain Certificate "domain" "领域代码" Must Shape::Code, ["领域", "专业领域", "所属领域", "专业领域代码"] "2位，如 12 环境与环保；有食品能力的一律为 00。";
    Industry Certificate "industry" "行业代码" Must Shape::Code, ["行业", "行业主管部门代码", "评审组"] "2位，如 05 环保。";
    Food Certificate "food" "是否食品" Must Shape::YesNo, ["食品", "含食品", "是否食品检验机构"] "";
    Procedure Certificate "procedure" "许可程序" Must Shape::Choice(PROCEDURES), ["程序", "审批程序"] "一般程序或告知承诺（管理办法第十条）。";
    DecisionDay Certificate "decision_day" "决定日期" Must Shape::Day, ["批准日期", "许可决定日期", "审批日期"] "";
    DecisionNumber Certificate "decision_number" "决定文号" Must Shape::Text(80), ["批准文号", "许可决定文号", "文号", "决定书文号"] "";
    FirstIssuedOn Certificate "first_issued_on" "首次发证日期" Must Shape::Day, ["初次发证日期", "首次获证日期"] "";
    IssuedOn Certificate "issued_on" "发证日期" Must Shape::Day, ["颁发日期", "颁证日期", "颁发时间"] "";
    ValidFrom Certificate "valid_from" "有效期起" Must Shape::Day, ["有效期开始", "有效期自", "有效期起始"] "";
    ValidTo Certificate "valid_to" "有效期至" Must Shape::Day, ["有效期止", "有效截止日期", "证书有效期", "有效期截止", "有效日期至"] "最后一个有效日。";
    EffectiveDay Certificate "effective_day" "生效日期" May Shape::Day, ["变更生效日期", "变更日期"] "变更、更正自哪一天起生效；留空为决定日期。";
    Status Certificate "status" "证书状态" May Shape::Choice(crate::status::LABELS), ["状态"] "只用于存量证书；其他业务一律为有效。";
    StatusDay Certificate "status_day" "状态日期" Sometimes Shape::Day, ["状态生效日期", "撤销日期", "注销日期"] "证书状态不是“有效”时必填。";
    StatusDocument Certificate "status_document" "状态文号" May Shape::Text(80), ["状态决定文号", "撤销文号", "注销文号"] "";
    StatusReason Certificate "status_reason" "状态原因" May Shape::Text(300), ["撤销原因", "注销原因"] "";
    Reason Certificate "reason" "更正原因" Sometimes Shape::Text(300), ["变更原因", "原因"] "更正必填。";
    Remark Certificate "remark" "备注" May Shape::Text(500), ["证书备注"] "";

    SiteOf Site "certificate" "对应证书" Must Shape::Text(60), ["证书序号", "证书编号", "证书号"] "证书表中的序号或证书编号。";
    SiteName Site "name" "场所名称" Must Shape::Text(150), ["名称", "地点名称"] "";
    SiteKind Site "kind" "场所类型" Must Shape::Choice(SITE_KINDS), ["类型", "场所类别"] "一张证书恰有一个主场所。";
    SiteAddress Site "address" "场所地址" Must Shape::Text(200), ["地址", "检验检测场所地址", "检验检测机构地址"] "";
    SiteDivision Site "division" "行政区划代码" Must Shape::Code, ["行政区划", "区划代码"] "6位。";

    CapabilityOf Capability "certificate" "对应证书" Must Shape::Text(60), ["证书序号", "证书编号", "证书号"] "证书表中的序号或证书编号。";
    CapabilitySite Capability "site" "场所名称" May Shape::Text(150), ["场所", "检测场所", "检验检测场所", "地点"] "留空为主场所。";
    Label Capability "label" "序号" May Shape::Digits(20), ["项目序号", "编号"] "原附表的编号，如 1.10；留空由系统编号。";
    Category Capability "category" "大类" May Shape::Text(100), ["类别大类", "产品大类", "一级"] "附表中通栏的名称，如 环境与环保；“一、二、…”由系统编号。";
    Class Capability "class" "类别" May Shape::Text(150), ["类别(产品/项目/参数)", "类别（产品/项目/参数）", "二级", "检测类别", "类别(产品／项目／参数)"] "";
    Item Capability "item" "产品/项目/参数" Must Shape::Text(300), ["项目/参数", "项目", "参数", "产品／项目／参数", "名称", "检测项目", "项目名称", "参数名称", "检测参数"] "";
    StandardName Capability "standard_name" "标准名称" Sometimes Shape::Text(1200), ["标准（方法）名称", "标准(方法)名称", "方法名称", "依据的标准（方法）名称及编号(含年号)", "依据的标准（方法）名称及编号（含年号）", "依据的标准(方法)名称及编号(含年号)", "依据标准（方法）名称及编号（含年号）", "依据标准", "依据的标准（方法）名称及编号"] "名称与编号写在一起的，系统自动拆分。";
    StandardNumber Capability "standard_number" "标准编号" Sometimes Shape::Text(300), ["标准号", "标准（方法）编号", "标准(方法)编号", "编号（含年号）", "标准编号（含年号）"] "含年号，如 GB/T 5750.6-2023。";
    Clause Capability "clause" "条款" May Shape::Text(200), ["条款号", "章节", "标准条款"] "标准中的条款，如 8.5.7.6。";
    Limits Capability "limits" "限制范围" May Shape::Text(600), ["限制范围或说明", "限制", "限制说明"] "非标方法须含“仅限特定合同约定的委托检验检测”。";
    CapabilityRemark Capability "remark" "说明" May Shape::Text(500), ["备注"] "";
    ApprovedOn Capability "approved_on" "批准日期" Must Shape::Day, ["获批日期", "能力批准日期"] "";
    CapabilityFood Capability "food" "是否食品" Must Shape::YesNo, ["食品"] "";

    SignatoryOf Signatory "certificate" "对应证书" Must Shape::Text(60), ["证书序号", "证书编号", "证书号"] "证书表中的序号或证书编号。";
    SignatorySite Signatory "site" "场所名称" May Shape::Text(150), ["场所", "检验检测场所"] "留空为主场所。";
    SignatoryName Signatory "name" "姓名" Must Shape::Text(50), ["授权签字人", "签字人姓名"] "";
    SignatoryTitle Signatory "title" "职务/职称" May Shape::Text(100), ["职务／职称", "职称", "职务", "职务职称"] "";
    SignatoryField Signatory "field" "批准授权签字领域" Must Shape::Text(1000), ["授权签字领域", "申请授权签字领域", "签字领域", "授权领域"] "";
    SignatoryFood Signatory "food" "是否食品" May Shape::YesNo, ["食品"] "";
    SignatoryApprovedOn Signatory "approved_on" "批准日期" May Shape::Day, ["授权日期"] "";
    SignatoryRemark Signatory "remark" "备注" May Shape::Text(300), ["说明"] "";
    SignatorySex Signatory "sex" "性别" May Shape::Choice(SEXES), ["性别(男性/女性)"] "";
    SignatoryEducation Signatory "education" "文化程度" May Shape::Text(30), ["学历"] "";
    SignatoryDepartment Signatory "department" "部门" May Shape::Text(100), ["所在部门", "现在部门"] "";
    SignatoryPhone Signatory "phone" "电话" May Shape::Digits(40), ["联系电话", "手机"] "加密保存，不公开。";
    SignatoryEmail Signatory "email" "电子邮件" May Shape::Text(100), ["电子邮箱", "邮箱"] "加密保存，不公开。";
    SignatoryIdKind Signatory "id_kind" "证件类型" May Shape::Choice(ID_KINDS), ["证件种类"] "";
    SignatoryIdNumber Signatory "id_number" "证件号码" May Shape::Digits(40), ["身份证号", "身份证号码", "证件号"] "加密保存，不公开。";

    InstrumentOf Instrument "certificate" "对应证书" Must Shape::Text(60), ["证书序号", "证书编号", "证书号"] "证书表中的序号或证书编号。";
    InstrumentSite Instrument "site" "场所名称" May Shape::Text(150), ["场所", "检验检测场所"] "留空为主场所。";
    InstrumentClass Instrument "class" "类别" May Shape::Text(150), ["类别(产品/项目/参数)", "类别（产品/项目/参数）"] "";
    InstrumentItem Instrument "item" "项目/参数" May Shape::Text(300), ["产品/项目/参数", "项目", "参数"] "";
    InstrumentStandard Instrument "standard" "依据标准" May Shape::Text(1200), ["依据的标准（方法）名称及编号(含年号)", "标准（方法）名称及编号", "依据的标准（方法）名称及编号（含年号）", "依据标准（方法）名称及编号"] "";
    InstrumentName Instrument "name" "仪器设备名称" Must Shape::Text(150), ["设备名称", "名称", "仪器名称", "仪器设备（标准物质）名称", "仪器设备(标准物质)名称"] "";
    InstrumentModel Instrument "model" "型号/规格/等级" May Shape::Text(150), ["型号规格", "规格型号", "型号", "型号/规格", "型号／规格／等级"] "";
    InstrumentSerial Instrument "serial" "设备编号" May Shape::Digits(80), ["出厂编号", "仪器编号", "管理编号"] "";
    InstrumentRange Instrument "range" "测量范围" May Shape::Text(200), ["量程"] "";
    Traceability Instrument "traceability" "溯源方式" May Shape::Text(30), ["检定/校准"] "检定、校准或内部校准。";
    TraceableUntil Instrument "traceable_until" "有效日期" May Shape::Day, ["有效期至", "检定有效期", "溯源有效期", "有效期"] "";
    Confirmation Instrument "confirmation" "确认结果" May Shape::Text(30), ["结果确认"] "";

    StaffOf Staff "certificate" "对应证书" Must Shape::Text(60), ["证书序号", "证书编号", "证书号"] "证书表中的序号或证书编号。";
    StaffSite Staff "site" "场所名称" May Shape::Text(150), ["场所", "检验检测机构地址名称"] "留空为主场所。";
    StaffName Staff "name" "姓名" Must Shape::Text(50), ["人员姓名"] "";
    StaffSex Staff "sex" "性别" May Shape::Choice(SEXES), ["性别(男性/女性)"] "";
    StaffBirth Staff "birth" "出生年月" May Shape::Text(30), ["出生日期", "年龄"] "加密保存，不公开。";
    StaffEducation Staff "education" "文化程度" May Shape::Text(30), ["学历"] "";
    StaffPost Staff "post" "职务（岗位）" May Shape::Text(100), ["职务(岗位)", "岗位", "职务"] "";
    StaffTitle Staff "title" "职称" May Shape::Text(60), [] "";
    StaffMajor Staff "major" "所学专业" May Shape::Text(100), ["专业"] "";
    StaffYears Staff "years" "从事本技术领域年限" May Shape::Text(20), ["工作年限", "年限"] "";
    StaffDepartment Staff "department" "现在部门岗位" May Shape::Text(100), ["部门", "部门岗位", "现部门岗位"] "";
    StaffIdKind Staff "id_kind" "证件类型" May Shape::Choice(ID_KINDS), ["证件种类"] "";
    StaffIdNumber Staff "id_number" "证件号码" May Shape::Digits(40), ["身份证号", "身份证号码", "证件号"] "加密保存，不公开。";
}

/// Made once: readers ask for every column of the first rows of every sheet.
static HEADERS: OnceLock<HashMap<(Group, String), Field>> = OnceLock::new();

impl Field {
    /// The field of `group` with this JSON key.
    pub fn of_key(group: Group, key: &str) -> Option<Field> {
        group.fields().find(|field| field.key() == key)
    }

    /// The field of `group` whose header or alias this is, after [`header_key`].
    pub fn of_header(group: Group, header: &str) -> Option<Field> {
        let known = HEADERS.get_or_init(Field::headers);
        known.get(&(group, header_key(header))).copied()
    }

    /// Every header and alias by its key. A label wins over another field's alias, an earlier alias over a later.
    fn headers() -> HashMap<(Group, String), Field> {
        let labels = Group::ALL.into_iter().flat_map(|g| g.fields().map(move |f| (g, f, f.label())));
        let aliases = Group::ALL
            .into_iter()
            .flat_map(|g| g.fields().flat_map(move |f| f.aliases().iter().map(move |alias| (g, f, *alias))));
        let mut known = HashMap::new();
        for (group, field, name) in labels.chain(aliases) {
            known.entry((group, header_key(name))).or_insert(field);
        }
        known
    }

    /// Whether a certificate that is taken over may be without it though a new one may not: certificates from before the
    /// system lack much, and every one in the country is taken over (N1).
    pub fn old_ones_lack(self) -> bool {
        use Field::{BodyName, CapabilityOf, InstrumentOf, Kind, SignatoryOf, SiteOf, StaffOf, ValidTo};
        !matches!(
            self,
            Kind | BodyName | ValidTo | SiteOf | CapabilityOf | SignatoryOf | InstrumentOf | StaffOf
        )
    }

    /// Whether what stands here may only be kept encrypted (architecture.md 5, persons).
    pub fn personal(self) -> bool {
        matches!(
            self,
            Field::Phone
                | Field::Email
                | Field::SignatoryPhone
                | Field::SignatoryEmail
                | Field::SignatoryIdKind
                | Field::SignatoryIdNumber
                | Field::StaffBirth
                | Field::StaffIdKind
                | Field::StaffIdNumber
        )
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// A header reduced to what is compared: width folded, no blanks, no required mark, lower case.
pub fn header_key(header: &str) -> String {
    crate::text::fold_width(header)
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '*' | ':'))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_header_names_one_field_of_its_sheet() {
        for group in Group::ALL {
            let mut seen = HashSet::new();
            for field in group.fields() {
                assert!(seen.insert(field.key()), "{group:?} has {} twice", field.key());
                assert_eq!(Field::of_header(group, field.label()), Some(field));
                assert_eq!(Field::of_key(group, field.key()), Some(field));
            }
        }
    }

    #[test]
    fn headers_are_found_through_width_blanks_and_required_marks() {
        assert_eq!(Field::of_header(Group::Certificate, "＊ 证书 编号\n"), Some(Field::Number));
        assert_eq!(Field::of_header(Group::Capability, "类别（产品/项目/参数）"), Some(Field::Class));
        assert_eq!(Field::of_header(Group::Capability, "没有的列"), None);
    }
}
