//! Small invented samples of the forms in the field: title lines, headers of two rows, cells merged both ways, bars over
//! the whole width, notes below (the templates of domain.md 3.3 and 3.4, remade).

use super::{
    form::Form,
    samples::{BARS, Item, NOTES},
};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

/// The forms of which there is a sample, named by the template they follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnnexKind {
    /// 检验检测能力申请表 (zzrd_sqs_template_nlTemp.xlsx).
    Application,
    /// The same with 证书编号 above and 批准日期 per row (muban_nl.xlsx).
    Approved,
    /// 批准……检验检测的能力范围: a header whose words run over two rows (quality_control_moban.xlsx).
    Scope,
    /// 仪器设备（标准物质）配置表 (zzrd_sqs_template_yqsbTemp.xlsx).
    Instruments,
    /// 批准的授权签字人及其授权签字领域 (muban_qzr.xls).
    Signatories,
    /// 检验检测人员一览表 (muban_ry.xls).
    Staff,
    /// 机构基本信息 (muban_jg.xls).
    Body,
}

impl AnnexKind {
    /// All of them.
    pub const ALL: [AnnexKind; 7] = [
        AnnexKind::Application,
        AnnexKind::Approved,
        AnnexKind::Scope,
        AnnexKind::Instruments,
        AnnexKind::Signatories,
        AnnexKind::Staff,
        AnnexKind::Body,
    ];

    /// A file name that says what it is.
    pub fn file_name(self) -> &'static str {
        match self {
            AnnexKind::Application => "检验检测能力申请表（样张）.xlsx",
            AnnexKind::Approved => "检验检测能力表-含批准日期（样张）.xlsx",
            AnnexKind::Scope => "批准的能力范围（样张）.xlsx",
            AnnexKind::Instruments => "仪器设备配置表（样张）.xlsx",
            AnnexKind::Signatories => "授权签字人（样张）.xlsx",
            AnnexKind::Staff => "检验检测人员一览表（样张）.xlsx",
            AnnexKind::Body => "机构基本信息（样张）.xlsx",
        }
    }
}

/// One sample of the form as xlsx.
///
/// # Errors
/// Those of the writer; none is expected.
pub fn annex_form(kind: AnnexKind) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let written = ExcelDateTime::from_ymd(2026, 10, 31)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&written));
    let mut form = Form::new(book.add_worksheet().set_name("Sheet1")?);
    match kind {
        AnnexKind::Application => application(&mut form)?,
        AnnexKind::Approved => approved(&mut form)?,
        AnnexKind::Scope => scope(&mut form)?,
        AnnexKind::Instruments => instruments(&mut form)?,
        AnnexKind::Signatories => signatories(&mut form)?,
        AnnexKind::Staff => staff(&mut form)?,
        AnnexKind::Body => body(&mut form)?,
    }
    book.save_to_buffer()
}

/// Bars, classes and items below a header; `approved` adds the column of approval days. Gives the row after the last.
fn annex_rows(form: &mut Form<'_>, first: u32, approved: bool) -> Result<u32, XlsxError> {
    let width = if approved { 7 } else { 6 };
    let mut row = first;
    for (number, name, classes) in BARS {
        form.text(row, 0, row, 0, number)?;
        form.text(row, 1, row, width, name)?;
        row += 1;
        for class in *classes {
            let rows: usize = class.items.iter().map(|item| item.standards.len()).sum();
            let last = row + rows as u32 - 1;
            form.number(row, 0, last, class.number)?;
            form.text(row, 1, last, 1, class.name)?;
            if approved {
                form.text(row, 7, last, 7, "2026年03月05日")?;
            }
            for item in class.items {
                row = item_rows(form, row, item)?;
            }
        }
    }
    Ok(row)
}

/// One item: its number and name over the rows of its standards.
fn item_rows(form: &mut Form<'_>, row: u32, item: &Item) -> Result<u32, XlsxError> {
    let last = row + item.standards.len() as u32 - 1;
    form.number(row, 2, last, item.number)?;
    form.text(row, 3, last, 3, item.name)?;
    for (at, standard) in (row..).zip(item.standards) {
        form.text(at, 4, at, 4, standard)?;
    }
    form.text(row, 5, last, 5, item.limits)?;
    form.text(row, 6, last, 6, item.remark)?;
    Ok(last + 1)
}

const TABLE: [(&str, &str); 8] = [
    ("序号", ""),
    ("类别(产品/项目/参数)", ""),
    ("产品/项目/参数", "序号"),
    ("产品/项目/参数", "名称"),
    ("依据标准（方法）名称及编号（含年号）", ""),
    ("限制范围", ""),
    ("说明", ""),
    ("批准日期", ""),
];

fn application(form: &mut Form<'_>) -> Result<(), XlsxError> {
    form.text(0, 0, 0, 6, "检验检测能力申请表")?;
    form.header(1, &TABLE[..7])?;
    let end = annex_rows(form, 3, false)?;
    form.text(end, 0, end + 5, 6, NOTES)
}

fn approved(form: &mut Form<'_>) -> Result<(), XlsxError> {
    form.text(0, 0, 0, 7, "检验检测能力申请表")?;
    form.row(1, &["证书编号：", "262712050001", "地址："])?;
    form.text(1, 3, 1, 7, "陕西省西安市雁塔区示例路85号")?;
    form.header(2, &TABLE)?;
    let end = annex_rows(form, 4, true)?;
    form.text(end, 0, end + 5, 7, NOTES)
}

fn scope(form: &mut Form<'_>) -> Result<(), XlsxError> {
    form.text(0, 0, 0, 6, "批准西安示例恒信环境检测有限公司的检验检测能力范围")?;
    form.row(1, &["证书编号：262712050001", "", "实验室地址：陕西省西安市雁塔区示例路85号"])?;
    form.header(2, &TABLE[..4])?;
    // Here words of the header run on in the next row instead of being merged with it.
    for (column, above, below) in [(4, "依据的标准（方法）名称", "及编号（含年号）"), (5, "限制", "范围")]
    {
        form.text(2, column, 2, column, above)?;
        form.text(3, column, 3, column, below)?;
    }
    form.text(2, 6, 3, 6, "说明")?;
    annex_rows(form, 4, false).map(|_| ())
}

fn instruments(form: &mut Form<'_>) -> Result<(), XlsxError> {
    form.text(0, 0, 0, 10, "仪器设备（标准物质）配置表")?;
    form.row(1, &["检验检测机构地址：陕西省西安市雁塔区示例路85号           "])?;
    let named = "仪器设备（标准物质）";
    form.header(
        2,
        &[
            TABLE[0],
            TABLE[1],
            TABLE[2],
            TABLE[3],
            ("依据的标准（方法）名称及编号（含年号）", ""),
            (named, "名称"),
            (named, "型号/规格/等级"),
            (named, "测量范围"),
            ("溯源方式", ""),
            ("有效日期", ""),
            ("确认结果", ""),
        ],
    )?;
    form.number(4, 0, 8, 1.0)?;
    form.text(4, 1, 8, 1, "主体结构工程检测")?;
    form.number(4, 2, 6, 1.1)?;
    form.text(4, 3, 6, 3, "钻芯法检测混凝土强度")?;
    let standards = [
        "《钻芯法检测混凝土强度技术规程》JGJ/T 384-2016",
        "《混凝土物理力学性能试验方法标准》GB/T 50081-2019",
        "5 抗压强度试验",
    ];
    for (row, standard) in (4..).zip(standards) {
        form.text(row, 4, row, 4, standard)?;
    }
    for (column, text) in
        (5..).zip(["混凝土压力机", "DYE-2000", "（0-2000）kN", "校准", "2027-06-24", "符合"])
    {
        form.text(4, column, 6, column, text)?;
    }
    form.row(
        7,
        &[
            "",
            "",
            "1.2",
            "碳化深度",
            "《回弹法检测混凝土抗压强度技术规程》JGJ/T 23-2011",
            "碳化深度测量仪",
            "LR-TH10",
            "（0.5-100）mm",
            "校准",
            "2027/6/24",
            "符合",
        ],
    )?;
    form.row(
        8,
        &[
            "",
            "",
            "1.3",
            "钢筋直径",
            "《混凝土结构现场检测技术标准》 GB/T 50784-2013  9.4",
            "钢筋扫描仪",
            "KON-RBL (D)",
            "（6-50）mm",
            "校准",
            "2027年6月24日",
            "满意",
        ],
    )?;
    form.text(10, 0, 10, 10, "注：①申请时，为了简化此表的填写，参数相同的不重复填写，序号可以不连续；\n    ②溯源方式填写：检定、校准、内部校准等。")
}

fn signatories(form: &mut Form<'_>) -> Result<(), XlsxError> {
    form.text(0, 0, 0, 10, "批准的授权签字人及其授权签字领域")?;
    form.row(
        1,
        &[
            "姓名",
            "性别(男性/女性)",
            "文化程度",
            "职称",
            "职务",
            "部门",
            "电话",
            "电子邮件",
            "批准授权签字领域",
            "身份证号",
            "批准日期",
        ],
    )?;
    let people = [
        ("张示例", "男", "硕士研究生", "高级工程师", "技术负责人"),
        ("欧阳样例", "女", "大学本科", "工程师", "质量负责人"),
    ];
    for (row, (name, sex, education, title, post)) in (2..).zip(people) {
        let id = super::ids::id_number(u64::from(row) * 999 + u64::from(sex == "女"));
        form.row(
            row,
            &[
                name,
                sex,
                education,
                title,
                post,
                "理化室",
                "",
                "lab@example.com",
                "全部检验检测项目",
                &id,
                "2026/3/5",
            ],
        )?;
        form.number(row, 6, row, 10_000_000_000.0 + f64::from(row))?;
    }
    form.text(12, 0, 12, 10, "注：文化程度：高中、大学专科、大学本科、硕士研究生、博士研究生、其他。")
}

fn staff(form: &mut Form<'_>) -> Result<(), XlsxError> {
    form.text(0, 0, 0, 10, "检验检测人员一览表")?;
    form.row(
        1,
        &[
            "姓名",
            "性别(男性/女性)",
            "年龄",
            "文化程度",
            "职务（岗位）",
            "职称",
            "所学专业",
            "从事本技术领域年限",
            "现在部门岗位",
            "证件类型",
            "证件号码",
        ],
    )?;
    for (row, name) in (2..).zip(["张示例", "李示范", "王样例"]) {
        let id = super::ids::id_number(u64::from(row) * 999);
        form.row(
            row,
            &[
                name,
                "男",
                "",
                "大学本科",
                "理化室检测员",
                "工程师",
                "分析化学",
                "",
                "检测员",
                "居民身份证",
                &id,
            ],
        )?;
        form.number(row, 2, row, 30.0 + f64::from(row))?;
        form.number(row, 7, row, 4.0)?;
    }
    form.text(12, 0, 12, 10, "注： 1.文化程度：高中、大学专科、大学本科、硕士研究生、博士研究生、其他。\n       2.职务（岗位）：部门+职务，例：建材室主任、化学组检测人员。")
}

fn body(form: &mut Form<'_>) -> Result<(), XlsxError> {
    form.text(0, 0, 0, 7, "机构基本信息")?;
    form.row(1, &["机构名称", "社会信用代码", "CMA证书编号", "法人", "联系人", "联系电话", "地址", "邮箱"])?;
    let uscc = super::ids::uscc("91", "610113", 1);
    form.row(
        2,
        &[
            "西安示例恒信环境检测有限公司",
            &uscc,
            "262712050001",
            "张示例",
            "李示范",
            "029-00000001",
            "陕西省西安市雁塔区示例路85号",
            "lab@example.com",
        ],
    )
}

#[cfg(test)]
#[path = "annex_tests.rs"]
mod tests;
