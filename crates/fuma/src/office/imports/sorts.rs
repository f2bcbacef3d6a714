//! What the sorts of problems are called when they are grouped.

/// The name of a sort of problem by its stable word; what has no name of its own is 其他.
pub fn label(code: &str) -> &'static str {
    let known = LABELS.iter().find(|(of, _)| *of == code);
    known.map_or("其他", |(_, label)| label)
}

/// What stands for all of [`ALIKE`] in an address.
pub const ALIKE_SORT: &str = "alike";
/// Problems that are shown with both sides: this row and what it is like.
pub const ALIKE: [&str; 5] = ["near_name", "near_code", "same_name", "other_name", "two_certificates"];

/// Rows of a file that belong to none of its certificates.
pub const STRAY: [&str; 2] = ["certificate_unknown", "certificates_unknown"];

/// The stable words that `?sort=` stands for; none for all.
pub fn codes(sort: &str) -> Vec<&str> {
    match sort {
        "" => Vec::new(),
        ALIKE_SORT => ALIKE.to_vec(),
        one => vec![one],
    }
}

const LABELS: &[(&str, &str)] = &[
    ("unlisted", "未列出的同类问题"),
    ("missing", "必填内容缺失"),
    ("days_order", "日期先后矛盾"),
    ("day", "日期无法识别"),
    ("future_day", "日期在今天之后"),
    ("not_six_years", "有效期不是六年"),
    ("not_allowed", "业务类型不允许的变更"),
    ("kind", "业务类型有误"),
    ("choice", "不在可选范围内"),
    ("yes_no", "应填“是”或“否”"),
    ("code", "代码不在代码表中"),
    ("text", "文字含不允许的字符或过长"),
    ("cell_too_long", "单元格内容过长"),
    ("unreadable", "单元格无法读取"),
    ("scientific", "数字已被表格软件改变"),
    ("uscc", "统一社会信用代码有误"),
    ("uscc_inner", "代码内组织机构代码校验不符"),
    ("org_code", "组织机构代码有误"),
    ("number", "证书编号有误"),
    ("several_numbers", "一格多个证书编号"),
    ("number_twice", "同一文件编号重复"),
    ("key_twice", "同一文件序号重复"),
    ("number_form", "证书编号不是12位"),
    ("number_code", "编号与代码不一致"),
    ("number_year", "编号年份与发证日期不一致"),
    ("number_taken", "编号已被其他机关使用"),
    ("known_number", "编号已在系统中"),
    ("unknown_number", "系统中没有该编号"),
    ("unknown_authority", "编号中的发证机关代码未登记"),
    ("foreign_number", "编号属于其他发证机关"),
    ("previous_unknown", "系统中没有上一证书"),
    ("previous_same", "上一证书编号与本证书相同"),
    ("previous_first", "首次发证填写了上一证书"),
    ("previous_foreign", "上一证书不是本机关发的"),
    ("previous_body", "上一证书属于另一机构"),
    ("previous_renewed", "上一证书已被替换"),
    ("previous_ended", "上一证书已终止"),
    ("previous_expired", "上一证书已到期"),
    ("late_renewal", "换证不足三个月"),
    ("decided_before", "同一决定已赋码"),
    ("ended", "证书已终止"),
    ("annulled", "编号已作废"),
    ("extension_removes", "扩项减少能力"),
    ("no_number", "计数器号码不够"),
    ("serial_jump", "流水号跳得太远"),
    ("expired", "证书已到期"),
    ("banned", "被撤销未满三年"),
    ("other_name", "代码已用于另一名称"),
    ("same_name", "同名机构代码不同"),
    ("near_name", "名称相近的另一机构"),
    ("near_code", "代码与已有的只差一处"),
    ("two_certificates", "同一机构同一领域两张证书"),
    ("parent_extra", "独立法人填写了所属法人"),
    ("status", "证书状态有误"),
    ("status_differs", "证书状态与登记不同"),
    ("food_domain", "食品机构领域代码不是00"),
    ("no_capability", "没有检测能力"),
    ("row_twice", "行内容重复"),
    ("own_method", "非标方法未写限制范围"),
    ("main_site", "主场所不唯一"),
    ("site", "场所不存在"),
    ("site_twice", "场所名称重复"),
    ("site_unknown", "场所不存在"),
    ("certificate_unknown", "对应的证书不存在"),
    ("certificates_unknown", "对应的证书不存在"),
    ("certificates_missing", "没有证书表"),
    ("header_missing", "没有表头"),
    ("columns_missing", "缺少必填列"),
    ("sheet_unknown", "工作表没有读入"),
    ("quote_open", "引号没有成对"),
    ("lines_swallowed", "单元格像是含有几行"),
    ("columns_unknown", "有不认识的列"),
    ("column_twice", "同一列出现两次"),
    ("no_glyph", "没有可打印的字形"),
    ("notes_dropped", "表下说明未导入"),
    ("label_restored", "序号末位的0已恢复"),
];
