//! 证书附表: cover, notes, and which rows stand in which table (domain.md 3.3).

use crate::annex_rows::{capability_rows, signatory_rows};
use crate::canvas::MM;
use crate::document::{Document, PrintError};
use crate::font::FontSet;
use crate::sheet::{self, SheetPlan, Values};
use crate::table::{Column, HeadCell, Laid, Row, Table};
use crate::table_draw::{Frame, HEAD_SIZE, HEAD_STYLE};
use crate::template::Template;
use crate::text::wrap;
use domain::Site;

/// A table with its own pages: one part, one site, food or not.
pub(crate) struct Section<'a> {
    pub title: String,
    /// Where the body's name ends in the title, in bytes; 0 if it has none.
    pub name_end: usize,
    /// Running head: number and days, then the place over as many lines as it takes.
    pub head: Vec<String>,
    pub table: Laid<'a>,
    pub landscape: bool,
}

/// The annex, planned: cover, notes and tables.
pub(crate) struct AnnexPlan<'a, 't> {
    pub cover: SheetPlan<'t>,
    pub notes: SheetPlan<'t>,
    pub sections: Vec<Section<'a>>,
}

impl AnnexPlan<'_, '_> {
    pub fn pages(&self) -> usize {
        2 + self.sections.iter().map(|s| s.table.pages.len()).sum::<usize>()
    }
}

const fn column(x: f32, width: f32, centred: bool, says_continued: bool) -> Column {
    Column { x: x * MM, width: width * MM, centred, says_continued }
}

/// Part 2 in the proportions of the official form (domain.md 3.3), 267 mm on A4 landscape.
static CAPABILITY: [Column; 7] = [
    column(0.0, 12.0, true, false),
    column(12.0, 36.0, true, true),
    column(48.0, 15.0, true, false),
    column(63.0, 43.0, false, true),
    column(106.0, 98.0, false, false),
    column(204.0, 40.0, false, false),
    column(244.0, 23.0, false, false),
];

static CAPABILITY_HEAD: [HeadCell; 8] = [
    HeadCell { columns: (0, 1), rows: (0, 2), text: "序号" },
    HeadCell { columns: (1, 2), rows: (0, 2), text: "类别(产品/项目/参数)" },
    HeadCell { columns: (2, 4), rows: (0, 1), text: "产品/项目/参数" },
    HeadCell { columns: (4, 5), rows: (0, 2), text: "依据的标准(方法)名称及编号(含年号)" },
    HeadCell { columns: (5, 6), rows: (0, 2), text: "限制范围" },
    HeadCell { columns: (6, 7), rows: (0, 2), text: "说明" },
    HeadCell { columns: (2, 3), rows: (1, 2), text: "序号" },
    HeadCell { columns: (3, 4), rows: (1, 2), text: "名称" },
];

/// Part 1, 170 mm on A4 portrait.
static SIGNATORY: [Column; 5] = [
    column(0.0, 13.0, true, false),
    column(13.0, 24.0, true, false),
    column(37.0, 40.0, true, false),
    column(77.0, 68.0, false, false),
    column(145.0, 25.0, false, false),
];

static SIGNATORY_HEAD: [HeadCell; 5] = [
    HeadCell { columns: (0, 1), rows: (0, 1), text: "序号" },
    HeadCell { columns: (1, 2), rows: (0, 1), text: "姓名" },
    HeadCell { columns: (2, 3), rows: (0, 1), text: "职务/职称" },
    HeadCell { columns: (3, 4), rows: (0, 1), text: "批准授权签字领域" },
    HeadCell { columns: (4, 5), rows: (0, 1), text: "备注" },
];

/// Plans cover, notes and tables; food first where both stand, each apart (domain.md 3.3).
pub(crate) fn plan<'a, 't>(
    document: &Document<'a>,
    values: &Values,
    fonts: &FontSet,
    template: &'t Template,
) -> Result<AnnexPlan<'a, 't>, PrintError> {
    let layout = &template.layout;
    let page = |sheet| sheet::plan(sheet, document, values, fonts, template, false);
    let (cover, notes) = (page(&layout.cover)?, page(&layout.notes)?);
    let content = document.content;
    let sites = content.capabilities.iter().map(|c| c.site).chain(content.signatories.iter().map(|s| s.site));
    let homeless = sites.filter(|&site| usize::from(site) >= content.sites.len()).count();
    if homeless > 0 {
        return Err(PrintError::NoSite(homeless));
    }
    let parts = Parts { document, values, fonts, template };
    let mut sections = parts.of(
        &content.signatories,
        |s| (s.site, s.food),
        |rows| parts.table(&SIGNATORY, &SIGNATORY_HEAD, 1, signatory_rows(rows)),
        &layout.annex.signatories_title,
    );
    sections.extend(parts.of(
        &content.capabilities,
        |c| (c.site, c.food),
        |rows| parts.table(&CAPABILITY, &CAPABILITY_HEAD, 2, capability_rows(rows)),
        &layout.annex.capabilities_title,
    ));
    Ok(AnnexPlan { cover, notes, sections })
}

/// What the sections of an annex share.
struct Parts<'p, 'a> {
    document: &'p Document<'a>,
    values: &'p Values,
    fonts: &'p FontSet,
    template: &'p Template,
}

impl<'a> Parts<'_, 'a> {
    /// One section for each site and kind (food or not) that has rows.
    fn of<T>(
        &self,
        all: &'a [T],
        key: impl Fn(&T) -> (u16, bool),
        table: impl Fn(&[&'a T]) -> Table<'a>,
        title: &str,
    ) -> Vec<Section<'a>> {
        let words = &self.template.layout.annex;
        let apart = all.iter().any(|row| key(row).1);
        let names = "{names}";
        let name_end = title.find(names).map_or(0, |at| self.values.fill(&title[..at + names.len()]).len());
        let mut sections = Vec::new();
        for (index, site) in self.document.content.sites.iter().enumerate() {
            for food in [true, false] {
                let rows: Vec<&T> = all.iter().filter(|row| key(row) == (index as u16, food)).collect();
                if rows.is_empty() {
                    continue;
                }
                let kind = if food { &words.food } else { &words.other };
                let title = format!("{}{}", self.values.fill(title), if apart { kind } else { "" });
                sections.push(self.section(site, (title, name_end), table(&rows)));
            }
        }
        sections
    }

    fn table(
        &self,
        columns: &'static [Column],
        head: &'static [HeadCell],
        head_rows: usize,
        rows: Vec<Row<'a>>,
    ) -> Table<'a> {
        let words = &self.template.layout.annex;
        Table { columns, head, head_rows, rows, size: words.body_size, continued: words.continued.clone() }
    }

    fn section(&self, site: &Site, (title, name_end): (String, usize), table: Table<'a>) -> Section<'a> {
        let landscape = table.head_rows == 2;
        let frame = Frame::new(landscape);
        let days = [("证书编号", "number"), ("批准日期", "approved_on"), ("有效期至", "valid_to")];
        let days: Vec<String> = days.iter().map(|(l, v)| format!("{l}：{}", self.values.get(v))).collect();
        let place = match site.name.as_str() {
            "" => format!("地址：{}", site.address),
            name if self.document.content.sites.len() > 1 => format!("场所：{name}　地址：{}", site.address),
            _ => format!("地址：{}", site.address),
        };
        let lines = wrap(self.fonts, HEAD_STYLE, &place, frame.width / HEAD_SIZE, 0.0);
        let mut head = vec![days.join("　　")];
        head.extend(lines.into_iter().map(|l| place[l.start as usize..l.end as usize].to_owned()));
        let title_lines = frame.title_lines(self.fonts, &title, name_end).len();
        let below = frame.bottom - frame.table_top(head.len(), 0) - frame.head_height(&table);
        let first = frame.bottom - frame.table_top(head.len(), title_lines) - frame.head_height(&table);
        Section { title, name_end, head, table: table.lay(self.fonts, first, below), landscape }
    }
}
