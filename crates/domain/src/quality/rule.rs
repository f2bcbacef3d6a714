//! The rules, one line each.

use crate::{Field, Severity};

/// Raised when a rule is added or judges otherwise, so that what the older ones found is looked at again.
pub const RULES_VERSION: u32 = 1;

macro_rules! rules {
    ($($variant:ident $code:literal $key:literal $severity:ident $field:ident $label:literal $text:literal $fix:literal;)*) => {
        /// A rule of data quality.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum QualityRule { $(#[doc = $text] $variant),* }

        impl QualityRule {
            /// All rules, in the order of their codes.
            pub const ALL: &'static [QualityRule] = &[$(QualityRule::$variant),*];

            /// The code people name it by: `Q01`.
            pub fn code(self) -> &'static str {
                match self { $(QualityRule::$variant => $code),* }
            }

            /// The word in the database and in JSON; never changed once written.
            pub fn key(self) -> &'static str {
                match self { $(QualityRule::$variant => $key),* }
            }

            /// How grave it is.
            pub fn severity(self) -> Severity {
                match self { $(QualityRule::$variant => Severity::$severity),* }
            }

            /// What is to be put right; its group is the sheet and the step of the form.
            pub fn field(self) -> Field {
                match self { $(QualityRule::$variant => Field::$field),* }
            }

            /// What is wrong, in a few words.
            pub fn label(self) -> &'static str {
                match self { $(QualityRule::$variant => $label),* }
            }

            /// What it looks at, whole.
            pub fn text(self) -> &'static str {
                match self { $(QualityRule::$variant => $text),* }
            }

            /// What to do.
            pub fn fix(self) -> &'static str {
                match self { $(QualityRule::$variant => $fix),* }
            }

            /// Whether it says that a whole part of the certificate is not there: no capability, nobody who signs, no instrument, no
            /// staff.
            pub fn lacks_part(self) -> bool {
                use QualityRule::{CapabilityNone, InstrumentNone, SignatoryNone, StaffNone};
                matches!(self, CapabilityNone | SignatoryNone | InstrumentNone | StaffNone)
            }

            /// The rule of a key or code.
            pub fn parse(text: &str) -> Option<QualityRule> {
                Self::ALL.iter().copied().find(|it| it.key() == text || it.code() == text)
            }
        }
    };
}

rules! {
    UsccMissing "Q01" "uscc_missing" Error Uscc "独立法人没有统一社会信用代码" "法人类别为独立法人，既没有统一社会信用代码，也没有组织机构代码。" "按营业执照或法人证书填写18位代码。";
    OrgCodeOnly "Q02" "org_code_only" Warning Uscc "只有组织机构代码" "存量证书只登记了9位组织机构代码，没有统一社会信用代码。" "查询该机构现在的统一社会信用代码后补填；已注销的机构按注销办理。";
    UsccInner "Q03" "uscc_inner" Notice Uscc "代码内的组织机构代码校验不符" "统一社会信用代码整体校验通过，但第9至17位的组织机构代码校验位不符。" "对照营业执照逐位核对；无误的可以不改。";
    LegalKindMissing "Q04" "legal_kind_missing" Warning LegalKind "没有法人类别" "没有登记独立法人或非独立法人，无法判断由谁承担法律责任。" "按法人证书或申请书填写法人类别。";
    ParentMissing "Q05" "parent_missing" Error ParentUscc "非独立法人没有所属法人" "法人类别为非独立法人，所属法人单位的名称或统一社会信用代码没有填写。" "填写承担法律责任的法人单位的名称和18位代码。";
    AddressMissing "Q06" "address_missing" Error Address "没有机构地址" "证书上没有机构地址。" "按证书原件填写机构地址。";
    DivisionMissing "Q07" "division_missing" Warning Division "没有行政区划代码" "机构住所没有行政区划代码，不能按地区统计，当地机关也收不到办理通报。" "按机构住所填写县级区划的6位代码。";
    DivisionUnknown "Q08" "division_unknown" Warning Division "行政区划代码不在代码表中" "机构住所的行政区划代码不在系统代码表中，多为已撤并的旧代码。" "改为现行代码；新设的区划由国家级管理员在“代码表”中登记。";
    DivisionElsewhere "Q09" "division_elsewhere" Warning Division "地址与区划不在同一省" "机构地址开头的省份与行政区划代码所在省份不同。" "核对地址和区划代码，改正其中有误的一项。";
    OutsideArea "Q10" "outside_area" Warning Division "住所不在发证机关辖区" "省级机关颁发的证书，机构住所的行政区划在外省。" "核对行政区划代码；机构确在外省的，核对是否应由当地机关发证。";
    DecisionMissing "Q11" "decision_missing" Warning DecisionNumber "许可决定没有文号或日期" "没有登记许可决定的文号或日期，证书依据不全。" "按许可决定书补填决定文号和决定日期。";
    IssueDayMissing "Q12" "issue_day_missing" Warning IssuedOn "没有发证日期或首次发证日期" "没有登记发证日期或首次发证日期。" "按证书原件和历次换证记录补填。";
    ValidityLong "Q13" "validity_long" Error ValidTo "有效期超过六年" "有效期起止之间超过六年；资质认定证书有效期为六年（管理办法第十条）。" "对照证书原件核对有效期起、有效期至。";
    ValidityShort "Q14" "validity_short" Notice ValidTo "有效期不足六年" "有效期起止之间不足六年。" "对照证书原件核对；确有特殊情形的可以不改。";
    DaysOrder "Q15" "days_order" Error ValidTo "有效期至早于起始或发证日期" "有效期至早于有效期起或发证日期。" "对照证书原件核对各日期。";
    FirstLater "Q16" "first_later" Warning FirstIssuedOn "首次发证日期晚于发证日期" "首次发证日期晚于本证书的发证日期。" "核对两个日期；首次发证日期是该机构第一张证书的日期。";
    FutureDay "Q17" "future_day" Warning IssuedOn "发证或决定日期在今天之后" "发证日期或决定日期在今天之后。" "核对年份。";
    NumberCode "Q18" "number_code" Warning Domain "编号与领域、行业代码不一致" "12位编号中的领域或行业代码与登记的不同。" "编号不能更改；请按编号核对领域代码和行业代码。";
    NumberYear "Q19" "number_year" Notice IssuedOn "编号年份与发证年份不同" "12位编号中的年份与发证日期的年份不同。" "核对发证日期；跨年办理的可以不改。";
    NumberAuthority "Q20" "number_authority" Warning Number "编号中的发证机关代码不属于本机关" "12位编号第3、4位的发证机关代码不是颁发机关所持有的代码。" "编号不能更改：核对证书原件，录错的按误赋码作废后重新登记。";
    FoodDomain "Q21" "food_domain" Warning Domain "有食品能力而领域不是00" "含食品检验能力的机构领域代码一律为00。" "核对是否食品；确有食品能力的，领域代码在下次换证时使用00。";
    FoodFlag "Q22" "food_flag" Warning Food "检测能力有食品而证书未标食品" "附表中有标为食品的检测能力，证书的“是否食品”为否。" "核对后把证书的“是否食品”改为“是”，或更正检测能力的标志。";
    HeadsMissing "Q23" "heads_missing" Notice Head "没有最高管理者或技术负责人" "没有登记最高管理者或技术负责人。" "按申请书或人员备案补填。";
    FaceText "Q24" "face_text" Warning BodyName "机构名称或地址有不规范字符" "机构名称、地址或所属法人名称中有全角字母数字、多余空格或不可见字符，影响按名称查询。" "系统已给出规范写法，核对后提交。";
    SiteAddressMissing "Q25" "site_address_missing" Error SiteAddress "场所没有地址" "有场所没有地址。" "按证书附表填写场所地址。";
    SiteDivisionMissing "Q26" "site_division_missing" Warning SiteDivision "场所没有有效的区划代码" "有场所没有行政区划代码，或代码不在代码表中，当地机关收不到办理通报。" "按场所所在地填写县级区划的6位代码。";
    SiteDivisionElsewhere "Q27" "site_division_elsewhere" Warning SiteDivision "场所地址与区划不在同一省" "场所地址开头的省份与场所行政区划代码所在省份不同。" "核对场所地址和区划代码，改正其中有误的一项。";
    SiteEmpty "Q28" "site_empty" Notice SiteName "场所下没有任何内容" "证书有多个场所，其中有的场所没有检测能力、授权签字人、设备和人员。" "核对检测能力所在场所；已不使用的场所按变更办理。";
    SiteText "Q29" "site_text" Notice SiteAddress "场所名称或地址有不规范字符" "场所名称或地址中有全角字母数字、多余空格或不可见字符。" "系统已给出规范写法，核对后提交。";
    CapabilityNone "Q30" "capability_none" Error Item "没有检测能力附表" "证书没有一行检测能力。" "按证书附表补录检测能力；可从工作簿导入。";
    ItemMissing "Q31" "item_missing" Error Item "检测能力没有项目名称" "有检测能力没有填写产品、项目或参数。" "按证书附表补填。";
    StandardMissing "Q32" "standard_missing" Error StandardNumber "检测能力没有依据标准" "有检测能力既没有标准名称也没有标准编号。" "按证书附表补填标准（方法）名称及编号。";
    StandardUnread "Q33" "standard_unread" Warning StandardNumber "标准编号无法识别" "标准编号中读不出任何标准号，不能按标准查询。" "按“GB/T 5750.6-2023”的写法更正；没有标准号的方法填写在标准名称中。";
    StandardYear "Q34" "standard_year" Warning StandardNumber "标准编号没有年号" "标准编号没有年号，不能确定是哪一版标准。" "按证书附表补填年号。";
    StandardFuture "Q35" "standard_future" Error StandardNumber "标准年号在今年之后" "标准编号的年号晚于今年，多为录入错误。" "核对标准编号。";
    StandardSpelling "Q36" "standard_spelling" Notice StandardNumber "标准编号写法不规范" "标准编号能够识别，但空格、大小写或全角写法不规范。" "系统已给出规范写法，核对后提交。";
    StandardInName "Q37" "standard_in_name" Warning StandardName "标准编号写在标准名称中" "标准编号为空，而标准名称中含有标准编号。" "系统已拆分为名称、编号和条款，核对后提交。";
    ClauseOdd "Q38" "clause_odd" Notice Clause "条款写法异常" "条款中没有数字、字母和文字，或写了标准编号。" "条款只写章节号，如 8.5.7.6；没有条款的留空。";
    OwnMethod "Q39" "own_method" Warning Limits "非标准方法没有写明限制范围" "自制或非标方法的限制范围没有“仅限特定合同约定的委托检验检测”（2023年评审准则）。" "在“限制范围”中写明。";
    CapabilityTwice "Q40" "capability_twice" Warning Item "检测能力重复" "同一场所有完全相同的检测能力（项目、标准、条款、限制范围和食品标志）。" "系统已删去重复的行，核对后提交。";
    ApprovedMissing "Q41" "approved_missing" Warning ApprovedOn "检测能力没有批准日期" "有检测能力没有批准日期，不能判断何时起可以出具报告。" "按附表和许可决定补填批准日期。";
    Placeholder "Q42" "placeholder" Notice Limits "限制范围或说明只有占位符" "限制范围或说明只写了“/”“—”“无”等占位符，会原样印出。" "系统已清空占位符，核对后提交。";
    ItemText "Q43" "item_text" Notice Item "检测能力有不规范字符" "项目或标准名称中有全角字母数字、连续空格或不可见字符，影响查询。" "系统已给出规范写法，核对后提交。";
    SignatoryNone "Q44" "signatory_none" Error SignatoryName "没有授权签字人" "证书没有一名授权签字人。" "按证书附表补录授权签字人。";
    SignatoryField "Q45" "signatory_field" Error SignatoryField "授权签字人没有签字领域" "有授权签字人没有批准的授权签字领域。" "按证书附表补填授权签字领域。";
    SignatoryTwice "Q46" "signatory_twice" Warning SignatoryName "授权签字人重复" "同一场所有姓名和签字领域都相同的授权签字人。" "核对后删去重复的一行；同名不同人的，在备注中注明。";
    SignatoryStale "Q47" "signatory_stale" Warning SignatoryApprovedOn "授权签字人批准已满六年" "授权签字人的批准日期距今超过六年，换证时没有重新确认。" "核对其是否仍在职、仍符合条件，补填新的批准日期或取消。";
    InstrumentNone "Q48" "instrument_none" Notice InstrumentName "没有仪器设备" "证书没有登记一台仪器设备。" "按申请书补录仪器设备；可从工作簿导入。";
    InstrumentNameless "Q49" "instrument_nameless" Warning InstrumentName "仪器设备没有名称" "有仪器设备没有名称。" "补填设备名称，或删去空行。";
    InstrumentModel "Q50" "instrument_model" Notice InstrumentModel "仪器设备没有型号和编号" "有仪器设备既没有型号也没有设备编号，不能确定是哪一台。" "补填型号规格或设备编号。";
    InstrumentLapsed "Q51" "instrument_lapsed" Warning TraceableUntil "仪器设备溯源已过期" "有仪器设备的检定、校准有效日期已过。" "请机构提供新的检定、校准证书后更新；已停用的设备删去。";
    InstrumentUndated "Q52" "instrument_undated" Notice TraceableUntil "仪器设备没有溯源有效日期" "有仪器设备登记了溯源方式，没有有效日期。" "补填检定、校准的有效日期。";
    TraceabilityWord "Q53" "traceability_word" Notice Traceability "溯源方式不在规定选项中" "溯源方式不是检定、校准或内部校准。" "从检定、校准、内部校准中选择一项。";
    StaffNone "Q54" "staff_none" Notice StaffName "没有人员" "证书没有登记一名人员。" "按申请书补录人员；可从工作簿导入。";
    StaffTwice "Q55" "staff_twice" Notice StaffName "人员重复" "同一场所有姓名、职称和专业都相同的人员。" "核对后删去重复的一行。";
}
