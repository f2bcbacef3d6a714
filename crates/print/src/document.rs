//! What is printed, for whom, and why it may be refused.

use crate::qr::QrError;
use domain::{Code, Content, Day, Instant, Number};

/// How an authority prints.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorityPrint {
    /// 发证机关 and 批准部门 as printed.
    pub printed_name: String,
    /// How far the face is moved to the right on the authority's printer, in millimetres; the annex stays.
    pub offset_x_mm: f32,
    /// How far the face is moved down, in millimetres.
    pub offset_y_mm: f32,
    /// What the face is printed on.
    pub paper: Paper,
}

/// The paper of the face.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paper {
    /// White paper: everything is drawn.
    #[default]
    Plain,
    /// Paper with border, titles and fixed wording already on it: only what differs is drawn.
    PrePrinted,
}

/// Which parts of a certificate are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parts {
    /// 证书正本 only.
    Face,
    /// 证书附表 only.
    Annex,
    /// Both, the face first.
    #[default]
    Both,
}

impl Parts {
    pub(crate) fn face(self) -> bool {
        self != Parts::Annex
    }

    pub(crate) fn annex(self) -> bool {
        self != Parts::Face
    }
}

/// What is written across every page of what is no certificate to show anybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overprint {
    /// Nothing: a final.
    #[default]
    None,
    /// 样张: drafts, previews, demos.
    Sample,
    /// 测试: whatever the sandbox prints.
    Test,
}

impl Overprint {
    /// The word, for lines of text.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Overprint::None => None,
            Overprint::Sample => Some("样张"),
            Overprint::Test => Some("测试"),
        }
    }

    /// The word as it is set across a page.
    pub(crate) fn across(self) -> Option<&'static str> {
        match self {
            Overprint::None => None,
            Overprint::Sample => Some("样 张"),
            Overprint::Test => Some("测 试"),
        }
    }
}

/// For what the file is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// PDF/A-2b without tags: batch printing and keeping.
    #[default]
    Archive,
    /// PDF/A-2a and PDF/UA-1, tagged: download; four times the size on large annexes.
    Download,
}

/// What is true of the file, not of the certificate. The same document, output, fonts and template give the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output {
    /// For what the file is made.
    pub profile: Profile,
    /// Creation date written into the file: the caller's clock.
    pub created: Instant,
}

/// One certificate to print.
#[derive(Clone, Debug)]
pub struct Document<'a> {
    /// `None` for a draft whose number a counter will give; printed as 待编号.
    pub number: Option<&'a Number>,
    /// `None` for drafts.
    pub code: Option<Code>,
    /// 1 for the first.
    pub edition: u32,
    /// What is printed.
    pub content: &'a Content,
    /// How the authority prints.
    pub authority: &'a AuthorityPrint,
    /// What the QR says, such as `HTTPS://HOST/C/CODE`; empty for drafts, whose place for it is shown empty.
    pub qr_text: String,
    /// 批准日期 of this edition's annex; the face's 发证日期 if not given.
    pub approved_on: Option<Day>,
    /// What is written across every page.
    pub overprint: Overprint,
    /// Which parts are printed.
    pub parts: Parts,
}

impl Document<'_> {
    /// The number for people.
    pub(crate) fn number_text(&self) -> String {
        self.number.map_or_else(|| "待编号".to_owned(), Number::to_string)
    }

    /// 名称, with the second name behind a slash if the first does not hold it already (domain.md 2.2).
    pub(crate) fn names(&self) -> String {
        let face = &self.content.face;
        if face.other_name.is_empty() || face.body_name.contains(&face.other_name) {
            face.body_name.clone()
        } else {
            format!("{}/{}", face.body_name, face.other_name)
        }
    }

    pub(crate) fn approved(&self) -> Option<Day> {
        self.approved_on.or(self.content.face.issued_on)
    }
}

/// Why nothing is printed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrintError {
    /// Characters that no font can draw. Nothing is ever printed with a blank box.
    #[error(
        "“{text}”中的{}没有可用字形，无法打印。请核对该字；确需使用的，请管理员在设置中补充包含该字的字体文件",
        name_chars(.chars)
    )]
    Missing {
        /// The characters.
        chars: Vec<char>,
        /// The text they stand in.
        text: String,
    },
    /// A text that does not fit its place at the smallest type.
    #[error("“{0}”过长，在证书上排不下，请核对或使用规范简称")]
    TooLong(String),
    /// A row of the annex names a place the certificate does not have: it would be lost.
    #[error("附表中有{0}行所属场所不存在，请核对场所后再打印")]
    NoSite(usize),
    /// The QR cannot be made or does not read back.
    #[error(transparent)]
    Qr(#[from] QrError),
    /// The PDF writer refused: a fault of this program or of a font.
    #[error("PDF 生成失败：{0}")]
    Engine(String),
}

fn name_chars(chars: &[char]) -> String {
    chars
        .iter()
        .map(|&c| {
            if c.is_control() {
                format!("U+{:04X}", c as u32)
            } else {
                format!("“{c}”(U+{:04X})", c as u32)
            }
        })
        .collect::<Vec<_>>()
        .join("、")
}
