//! Every error code that the interface can give, with what it means and what to do. A test walks the sources of the
//! funnel, the plan and the interface and asks that none is missing here.

/// Where a code is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// `code` of a problem: the whole call.
    Call,
    /// The signature of a call.
    Signature,
    /// The shape of an item, before any rule is asked.
    Shape,
    /// A value of an item.
    Value,
    /// The rules between the values of one certificate.
    Rule,
    /// What the registry has against it.
    Registry,
    /// A line of a batch, a status act, an adoption, a declaration, a file.
    Act,
}

impl Where {
    /// All, in reading order.
    pub const ALL: [Where; 7] =
        [Where::Call, Where::Signature, Where::Shape, Where::Value, Where::Rule, Where::Registry, Where::Act];

    /// Heading of its table.
    pub fn label(self) -> &'static str {
        match self {
            Where::Call => "整个调用",
            Where::Signature => "签名",
            Where::Shape => "项的结构",
            Where::Value => "字段的值",
            Where::Rule => "一张证书之内的规则",
            Where::Registry => "与登记库的关系",
            Where::Act => "状态、认领、申报、批量、归集",
        }
    }
}

/// One code.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// The word in answers.
    pub code: &'static str,
    /// Where it is met.
    pub at: Where,
    /// The status of the answer; 0 where it stands in `problems` of an item.
    pub status: u16,
    /// `error`, `warning`, `notice`, parted by `/`.
    pub severity: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

impl Code {
    /// How grave it is, in words.
    pub fn severity_text(&self) -> &'static str {
        match self.severity {
            "error" => "错误",
            "warning" => "警告",
            "notice" => "提示",
            _ => "错误；存量为警告",
        }
    }
}

macro_rules! codes {
    ($($at:ident $status:literal $severity:literal $code:literal $meaning:literal $remedy:literal;)*) => {
        /// All codes, in reading order.
        pub const ALL: &[Code] = &[$(Code {
            code: $code, at: Where::$at, status: $status, severity: $severity, meaning: $meaning, remedy: $remedy,
        }),*];
    };
}

codes! {
    Call 400 "error" "bad_parameter" "参数的值无法识别" "核对参数名和取值范围。";
    Call 400 "error" "bad_cursor" "游标无法识别" "原样传回上一页的 next，或不传从头开始。";
    Call 400 "error" "broken_off" "批量作业的内容没有传完，作业没有开始" "检查网络后整批重发：已办的行不会重复办理。";
    Call 400 "error" "bad_form" "表单内容无法识别" "按 application/x-www-form-urlencoded 编码，UTF-8。";
    Call 400 "error" "no_body" "没有请求内容" "把 JSON 放在请求体，或表单成员 body 中。";
    Call 400 "error" "bad_json" "请求内容不是有效的 JSON，或结构不符" "核对结构和 UTF-8 编码。";
    Call 400 "error" "token_in_address" "令牌写在了地址里" "放在 Authorization 头或表单成员 access_token 中；该令牌视为已泄露，停用其密钥。";
    Call 401 "error" "invalid_token" "没有令牌，或令牌无效、已过期、已停用" "重新取令牌后再调用。";
    Call 403 "error" "forbidden" "令牌没有这项权限" "用含相应 scope 的令牌；需要增加权限的，请本机关管理员设置。";
    Call 404 "error" "not_found" "没有这一项，或不属于本机关" "核对地址和编号。";
    Call 404 "error" "not_printed" "当前版本还没有打印正本" "用 POST 同一地址制作正本。";
    Call 405 "error" "method" "方法不支持" "只用 GET 和 POST。";
    Call 408 "error" "too_slow" "没有在限定时间内收完请求内容" "检查网络后原样重发。";
    Call 409 "error" "conflict" "与另一办理冲突" "原样重发：业务记录号保证不会重复办理。";
    Call 410 "error" "epoch_raised" "游标属于登记库恢复之前" "先对账，再从对账答复的 position 接着读变更流。";
    Call 413 "error" "too_large" "请求内容过大" "减少每次的项数，或用批量。";
    Call 415 "error" "media_type" "Content-Type 不是本调用所收的" "用 application/json，或把 JSON 放在表单成员 body 中。";
    Call 422 "error" "refused" "没有办理（整个调用，或状态办理的一项）" "按说明和 hint 处理。";
    Call 422 "error" "item_count" "一次调用的项数不对" "分几次调用，或用批量。";
    Call 422 "error" "key_reused" "幂等键已用于另一内容" "重发须与原内容完全相同；新的内容用新的键。";
    Call 429 "error" "too_many" "调用过于频繁，或同时进行的调用过多" "按 Retry-After 等待后原样重发；多项合并到一次调用或用批量。";
    Call 500 "error" "fault" "系统内部错误" "稍后重试；反复出现的，把参考号告诉系统管理员。";
    Call 503 "error" "unavailable" "暂时不能办理" "按 Retry-After 等待后原样重发：业务记录号保证不会重复办理。";

    Signature 401 "error" "signature_missing" "要求签名而没有，或缺了一段" "补上；网关去掉请求头的改用表单。";
    Signature 400 "error" "signature_malformed" "写法不对，缺少参数，或随机数太短、太长" "对照《接口签名》第2节。";
    Signature 400 "error" "signature_component" "没有覆盖必须覆盖的，或覆盖了收不到、不支持的" "只覆盖 @method、@target-uri、content-digest 最稳妥。";
    Signature 401 "error" "signature_expired" "时间相差超过300秒，或已过失效时间" "校准时钟，发送前重新签名。";
    Signature 401 "error" "nonce_used" "随机数用过了" "每次（包括重试）换新的随机数。";
    Signature 401 "error" "key_unknown" "没有这个密钥、已停用、不是本系统的，或算法不一致" "核对 keyid 和 alg。";
    Signature 401 "error" "signature_wrong" "签名与请求不符" "按《接口签名》第2节逐步核对。";

    Shape 0 "error" "not_object" "应为 JSON 对象" "按接口规范传一个对象。";
    Shape 0 "error" "not_array" "应为 JSON 数组" "每行一个对象；没有的传空数组。";
    Shape 0 "error" "not_text" "应为文本" "传字符串；日期传 YYYY-MM-DD，是否类字段传 true 或 false。";
    Shape 0 "error" "unknown_member" "没有这个成员" "核对成员名。";
    Shape 0 "error" "unknown_field" "没有这个字段" "核对字段名。";
    Shape 0 "error" "record_id" "没有业务记录号，或其中有不允许的字符" "传1至64个字母、数字或 . _ : / -。";
    Shape 0 "error" "record_twice" "同一次调用中业务记录号出现了两次" "每项用各自的业务记录号。";
    Shape 0 "error" "record_reused" "业务记录号已用于另一内容的办理" "重发须与原内容完全相同；新的业务用新的业务记录号。";
    Shape 0 "error" "bad_edition" "版本应为正整数" "填查询到的当前版本号。";
    Shape 0 "error" "stale_edition" "现行的已不是预期的版本" "重新查询，核对后再办理。";
    Shape 0 "error" "other_call" "该业务类型不在本调用办理" "改用 hint 所指的调用。";
    Shape 0 "error" "manual_mode" "本机关的赋码方式是手动赋码" "请管理员改为系统联网自动赋码后重发；预检、查询、对账、认领不受影响。";

    Value 0 "error/warning" "missing" "必填的没有填写" "填写该字段；存量证书缺的记为警告。";
    Value 0 "error" "text" "文本过长，或有不允许的字符" "改正该字段。";
    Value 0 "error" "day" "不是日期" "按 2026-03-05 的形式填写。";
    Value 0 "error" "yes_no" "应为是或否" "传 true 或 false。";
    Value 0 "error" "choice" "不在可选范围内" "从代码表中选择。";
    Value 0 "error" "code" "不在代码表中" "填代码表中的代码。";
    Value 0 "error" "kind" "不是业务类型，或几种不能同时办理" "从代码表“业务类型”中选择。";
    Value 0 "error" "number" "不是证书编号" "对照证书核对编号。";
    Value 0 "error" "several_numbers" "一个值里有几个证书编号" "每张证书单独一项。";
    Value 0 "error" "uscc" "不是统一社会信用代码" "对照营业执照或法人证书，逐位核对18位代码。";
    Value 0 "warning" "uscc_inner" "统一社会信用代码第9至17位的校验位不符" "整体校验通过，可以使用；再核对一次。";
    Value 0 "error" "org_code" "不是组织机构代码，或新发证书用了它" "核对9位代码；新发证书填统一社会信用代码。";
    Value 0 "error" "status" "新赋码的证书状态只能是有效" "其他状态用状态办理。";
    Value 0 "error" "no_glyph" "没有字库能打印该字" "核对是否为自造字或误录；确需使用的，请系统管理员加装字库。";
    Value 0 "error" "scientific" "号码被当作数字，末尾已丢失" "按文本传完整号码。";
    Value 0 "error" "unreadable" "没有可读的内容" "只见于工作簿导入。";

    Rule 0 "error" "number_form" "新发证书的编号不是12位编号" "按规则编号，或留空由系统编号。";
    Rule 0 "error/warning" "number_code" "编号中的领域或行业代码与填写的不同" "核对编号和代码，使二者一致。";
    Rule 0 "warning" "number_year" "编号中的年份与发证日期不同" "核对编号和发证日期。";
    Rule 0 "error" "unknown_authority" "编号中的发证机关代码不在代码表中" "核对编号第3、4位。";
    Rule 0 "error" "foreign_number" "编号中的发证机关代码属于其他机关" "只能为本机关的证书赋码。";
    Rule 0 "error" "previous_same" "上一证书编号与证书编号相同" "复查换证用新编号；编号不变的按变更办理。";
    Rule 0 "error" "previous_first" "首次发证不应有上一证书编号" "有上一证书的按复查换证办理。";
    Rule 0 "warning" "parent_extra" "独立法人填写了所属法人单位" "核对法人类别。";
    Rule 0 "error/warning" "days_order" "日期的先后不对" "核对两个日期。";
    Rule 0 "warning" "not_six_years" "有效期不是六年" "确有特殊情形的可以继续。";
    Rule 0 "warning" "future_day" "日期在今天之后" "核对年份。";
    Rule 0 "warning" "food_domain" "含食品检验能力而领域代码不是00" "核对领域代码。";
    Rule 0 "error/warning" "no_capability" "没有一行检测能力" "填写检测能力。";
    Rule 0 "warning" "row_twice" "与前面的一行完全相同" "删除重复的一行。";
    Rule 0 "warning" "own_method" "非标准方法没有写明限制范围" "在限制范围中写明“仅限特定合同约定的委托检验检测”。";
    Rule 0 "error" "main_site" "一张证书恰有一个主场所" "一行填“主场所”，其余填“分场所”。";
    Rule 0 "error" "site_twice" "场所名称重复" "同一证书的场所名称不能相同。";
    Rule 0 "error" "site_unknown" "没有这个名称的场所" "填场所组中的名称；只有一个场所的可以不传。";

    Registry 0 "error" "unknown_number" "没有这个编号的证书" "核对编号；系统启用前发的先按存量办理。";
    Registry 0 "error" "number_taken" "编号已由其他机关登记" "编号全国唯一，核对编号。";
    Registry 0 "error" "known_number" "该编号的证书已在系统中，内容不同" "修改用变更或更正；新证书换一个编号。";
    Registry 0 "error" "no_number" "计数器没有可用的编号" "请管理员设置编号计数器，或自行编号。";
    Registry 0 "error" "decided_before" "该机构按同一决定文号已赋码" "同一张证书不必再赋码。";
    Registry 0 "error" "previous_unknown" "系统中没有上一证书" "核对编号；上一证书先按存量办理。";
    Registry 0 "error" "previous_foreign" "上一证书不是本机关发的" "由原发证机关办理；迁入的按首次办理。";
    Registry 0 "error/warning" "previous_body" "上一证书属于另一机构" "核对上一证书编号和机构代码。";
    Registry 0 "error" "previous_renewed" "上一证书已由另一张证书替换" "一张证书只能换一次。";
    Registry 0 "error" "previous_ended" "上一证书已终止，不能换证" "按首次办理。";
    Registry 0 "warning" "previous_expired" "上一证书已到期" "核对是否应按首次办理。";
    Registry 0 "warning" "late_renewal" "距上一证书到期不足三个月" "核对申请日期。";
    Registry 0 "error" "annulled" "编号已作废（误赋码）" "作废的编号不再使用：换一个编号，或留空由系统编号。";
    Registry 0 "error" "extension_removes" "扩项少了原附表的检验检测能力" "填写全部能力：原有的照旧，再加上新增的；确需减少的加上取消检验检测能力或标准变更。";
    Registry 0 "error" "status_differs" "存量证书的状态与登记的不同" "核对；状态确有变化的，用状态办理。";
    Registry 0 "error" "ended" "证书已终止，不能变更" "原决定有误的，先办理撤销原决定。";
    Registry 0 "error" "expired" "证书已到期，不能变更" "到期的只能更正；延续发新证书。";
    Registry 0 "error" "not_allowed" "该业务类型不能改变这项内容" "恢复原值，或加上相应的业务类型。";
    Registry 0 "warning" "banned" "该机构的证书被撤销未满三年" "核对管理办法第三十二条。";
    Registry 0 "warning" "other_name" "该统一社会信用代码登记的是另一名称" "核对名称和代码；改名的按名称变更办理。";
    Registry 0 "warning" "same_name" "已有同名而代码不同的机构" "核对是否同一机构。";
    Registry 0 "warning" "near_name" "与已有机构的名称相近" "核对是否同一机构；确是两家的不必处理。";
    Registry 0 "warning" "near_code" "代码与同名机构的只差一处" "对照营业执照核对。";
    Registry 0 "warning" "two_certificates" "该机构同一领域已有有效期重叠的证书" "换证的填上一证书编号；确需两张的可以继续。";

    Act 0 "error" "not_json" "该行不是有效的 JSON" "每行一个完整的 JSON 对象，行内不换行。";
    Act 0 "error" "decision" "决定文号、原因或生效日期没有填写或不合要求" "按说明改正。";
    Act 0 "error" "act" "没有这种状态办理" "从代码表“状态办理”中选择。";
    Act 0 "error" "declaration" "申报的期末日期或有效证书张数不合要求" "按说明改正。";
    Act 0 "error" "digest_differs" "内容摘要、文件摘要，或签名的正文摘要（400）不同" "核对内容后再认领；文件重新发送；摘要对实际发送的字节计算。";
    Act 0 "error" "digest_missing" "没有文件摘要" "传 sha256 或 sm3，64位十六进制。";
    Act 0 "error" "part" "没有说明是证书还是附表" "证书传 certificate，附表传 annex。";
    Act 0 "error" "format" "文件格式应为 pdf 或 ofd" "改正 format。";
    Act 0 "error" "file_format" "内容不是所说格式的文件，或不完整" "核对文件和传输是否完整。";
    Act 0 "error" "file_size" "文件为空或超过上限" "核对文件。";
}
