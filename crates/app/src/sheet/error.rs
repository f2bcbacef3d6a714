//! Why a file cannot be read at all. Each sentence says what is wrong and what to do next.

use std::borrow::Cow;

/// A file that is refused as a whole; faults of single cells are [`domain::Problem`]s instead.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// No bytes.
    #[error("文件是空的（0 字节）。请重新选择文件，或重新从表格软件保存后再上传。")]
    Empty,
    /// The container is above the limit.
    #[error(
        "文件大小为 {found} MiB，超过上限 {limit} MiB。请删除图片和无关工作表，或拆成几个文件，或按工作表另存为 CSV。"
    )]
    TooLarge {
        /// MiB found, rounded up.
        found: u64,
        /// MiB allowed.
        limit: u64,
    },
    /// More parts in the zip container than a workbook has.
    #[error(
        "压缩包内有 {found} 个文件，超过上限 {limit} 个，不像正常的工作簿。请删除嵌入的图片和对象后重新保存。"
    )]
    TooManyParts {
        /// Parts found.
        found: usize,
        /// Parts allowed.
        limit: usize,
    },
    /// The parts inflate beyond the limit, or suspiciously well.
    #[error(
        "文件解压后超过 {limit} MiB 或压缩比异常，为保护系统已停止读取。请清除多余的空行和格式，或拆成几个文件。"
    )]
    Bomb {
        /// MiB allowed.
        limit: u64,
    },
    /// One text or tag inside is longer than anything a spreadsheet writes.
    #[error(
        "文件中有一处内容超过 {limit} MiB，不像正常的表格，为保护系统已停止读取。请清除过长的单元格或嵌入的内容后重新保存。"
    )]
    LongText {
        /// MiB allowed.
        limit: usize,
    },
    /// The end of the file is missing.
    #[error("文件不完整，后半部分缺失，可能没有传完或下载完。请重新取得完整文件，用表格软件能打开后再上传。")]
    Truncated,
    /// Opening it needs a password.
    #[error("文件加了打开密码，系统无法读取。请在表格软件中取消密码（文件—信息—保护工作簿），另存后再上传。")]
    Encrypted,
    /// xlsb.
    #[error("这是 Excel 二进制工作簿（.xlsb），系统不读取。请另存为“Excel 工作簿（.xlsx）”后再上传。")]
    Binary,
    /// Excel 95 and older.
    #[error(
        "这是 Excel 95 或更早版本的工作簿，系统不读取。请用表格软件打开，另存为“Excel 工作簿（.xlsx）”后再上传。"
    )]
    TooOld,
    /// A web page or XML under a spreadsheet's name.
    #[error(
        "这是网页或 XML 文件，只是扩展名像表格。请用表格软件打开，另存为“Excel 工作簿（.xlsx）”后再上传。"
    )]
    Markup,
    /// Another kind of document.
    #[error("这是{0}，不是表格。请上传 xlsx、xls、ods 或 CSV 文件。")]
    OtherKind(&'static str),
    /// Nothing we know.
    #[error(
        "无法识别文件格式。请上传 xlsx、xls、ods 或 CSV 文件；若文件能用表格软件打开，请另存为 xlsx 后再上传。"
    )]
    Unknown,
    /// Damaged inside; the detail is for the support desk.
    #[error("文件内部损坏，无法读取（{0}）。请用表格软件打开并另存为 xlsx 后再上传。")]
    Broken(Cow<'static, str>),
    /// Too many columns.
    #[error("工作表“{sheet}”第 {row} 行的内容超出第 {limit} 列。请删除右侧多余的列后再上传。")]
    TooWide {
        /// Name of the sheet.
        sheet: String,
        /// 1-based row.
        row: u32,
        /// Columns allowed.
        limit: u32,
    },
    /// Too many rows.
    #[error("工作表“{sheet}”超过 {limit} 行。请拆成几个文件，或另存为 CSV 用命令行导入。")]
    TooManyRows {
        /// Name of the sheet.
        sheet: String,
        /// Rows allowed.
        limit: u32,
    },
    /// Too many cells in all.
    #[error(
        "文件中有内容的单元格超过 {limit} 个。请拆成几个文件，或另存为 CSV 用命令行（fuma import）导入。"
    )]
    TooManyCells {
        /// Cells allowed.
        limit: u64,
    },
    /// Neither UTF-8 nor GB18030.
    #[error(
        "第 {line} 行附近的文字既不是 UTF-8 也不是 GB18030 编码。请用表格软件打开，另存为“CSV UTF-8（逗号分隔）”后再上传。"
    )]
    Encoding {
        /// 1-based line, approximately.
        line: u64,
    },
    /// None of the sheets is one of ours.
    #[error(
        "文件“{0}”中没有可识别的表头。请下载模板，保留第一行表头填写；CSV 文件名用工作表名，如“证书.csv”。"
    )]
    NoTable(String),
    /// None of the sheets is an official form.
    #[error(
        "文件“{0}”不是可识别的附表（能力表、仪器设备表、授权签字人表、人员表、机构基本信息）。请保留附表的表头，或改用本系统模板。"
    )]
    NoForm(String),
    /// Two sheets of one kind.
    #[error("“{first}”和“{second}”都是“{group}”表。请合并成一张后再上传。")]
    Twice {
        /// Name of the first.
        first: String,
        /// Name of the second.
        second: String,
        /// What both are.
        group: &'static str,
    },
    /// The disk failed.
    #[error("读取文件失败（{0}）。请检查文件是否存在、是否有读取权限。")]
    Io(#[source] std::io::Error),
    /// Our own writing failed.
    #[error("生成工作簿失败（{0}）。请重试；仍然失败请联系系统管理员。")]
    Write(#[from] rust_xlsxwriter::XlsxError),
}

impl SheetError {
    /// Damage, with a detail.
    pub(super) fn broken(detail: impl Into<Cow<'static, str>>) -> SheetError {
        SheetError::Broken(detail.into())
    }
}

impl From<quick_xml::Error> for SheetError {
    fn from(error: quick_xml::Error) -> SheetError {
        match error {
            quick_xml::Error::Io(io) => from_io(&io),
            quick_xml::Error::IllFormed(_) => SheetError::broken("XML 不完整"),
            _ => SheetError::broken("XML 语法"),
        }
    }
}

/// An I/O error met while inflating: our own limit travels inside it.
pub(super) fn from_io(error: &std::io::Error) -> SheetError {
    if let Some(limit) = error.get_ref().and_then(|inner| inner.downcast_ref::<Exceeded>()) {
        return SheetError::Bomb { limit: limit.0 };
    }
    if error.get_ref().is_some_and(|inner| inner.is::<TooLong>()) {
        return SheetError::LongText { limit: super::xml::MOST >> 20 };
    }
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => SheetError::Truncated,
        _ => SheetError::broken("压缩数据"),
    }
}

/// The limit of inflated MiB, carried through `Read`.
#[derive(Debug)]
pub(super) struct Exceeded(pub(super) u64);

impl std::fmt::Display for Exceeded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "inflated beyond {} MiB", self.0)
    }
}

impl std::error::Error for Exceeded {}

/// One text or tag is too long, carried through `BufRead`.
#[derive(Debug)]
pub(super) struct TooLong;

impl std::fmt::Display for TooLong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("one text or tag is too long")
    }
}

impl std::error::Error for TooLong {}
