//! Official annex forms read into a form (domain.md 3.3, 3.4): they are attached to one certificate, never imported by
//! themselves, because most of them do not say whose they are.

use crate::form::{Form, FormRow, LIKE_CERTIFICATE};
use crate::import::blocking;
use crate::sheet::{self, Annex, Annexes, Limits, Recognised};
use crate::{App, AppError, Ctx, Result, Upload};
use domain::{
    Action, DateSystem, Field, Group, Illegible, Kinds, Place, Problem, Raw, RawRow, Severity, Shape,
    day_of_number, legible,
};

/// Files above this size are not looked at before they are taken in: no official form comes near it, and reading a full
/// workbook twice would keep the sender waiting.
const LOOKED_AT: usize = 4 << 20;

/// What happens to the rows that stand already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// They go.
    Replace,
    /// They stay, the new ones follow.
    Append,
}

/// One sheet of a file that was a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnexPart {
    /// What its rows are.
    pub group: Group,
    /// Name of its sheet.
    pub sheet: String,
    /// 证书编号 written above the table.
    pub number: Option<String>,
    /// Rows read.
    pub rows: usize,
}

/// What was read, and how unclear places were understood.
#[derive(Clone, Debug, Default)]
pub struct AnnexRead {
    /// Sheet by sheet.
    pub parts: Vec<AnnexPart>,
    /// Notices and warnings, places as in the file.
    pub problems: Vec<Problem>,
}

impl AnnexRead {
    /// Adds what was read of another file.
    pub fn join(&mut self, other: AnnexRead) {
        self.parts.extend(other.parts);
        self.problems.extend(other.problems);
    }
}

impl App {
    /// Whether an upload is an official annex form instead of a workbook of certificates. Several files, large ones and
    /// unreadable ones are not: the import itself says what is wrong with them.
    pub async fn is_annex(&self, ctx: &Ctx, files: &[Upload]) -> Result<bool> {
        self.ask(ctx, Action::ImportPreview, Some(ctx.authority()?))?;
        let [file] = files else { return Ok(false) };
        if file.bytes.len() > LOOKED_AT {
            return Ok(false);
        }
        let file = file.clone();
        let look = move || sheet::recognise(&file.name, &file.bytes, &Limits::web());
        Ok(matches!(blocking(look).await?, Ok(Recognised::Annex(_))))
    }

    /// Reads the forms of a file into `form`: each sheet into the rows of its group, 机构基本信息 into the head.
    ///
    /// # Errors
    /// A file that cannot be read or holds no form, and a sheet that the business of the form does not change, with
    /// what to do; `form` then stays as it is.
    pub async fn read_annex(&self, ctx: &Ctx, file: Upload, form: &mut Form, put: Put) -> Result<AnnexRead> {
        self.ask(ctx, Action::DraftWrite, Some(ctx.authority()?))?;
        let read = move || sheet::read_annexes(&file.name, &file.bytes, &Limits::web());
        let annexes = blocking(read).await?.map_err(|error| {
            let hint = "这里读取一张证书的官方附表（能力表、签字人、设备、人员或机构信息）；多张证书的汇总表请用“导入”。";
            AppError::refused(error.to_string(), hint)
        })?;
        let kinds = Kinds::parse(form.value(Field::Kind)).ok();
        if let Some(annex) = annexes.list.iter().find(|annex| !changes(kinds, annex.group)) {
            let (sheet, part) = (&annex.table.sheet, annex.group.sheet());
            return Err(AppError::refused(
                format!("文件中的“{sheet}”属于{part}，本次业务不改变该部分"),
                "请选择与本次业务对应的附表，或改办包含该部分的业务。",
            ));
        }
        let mut out = AnnexRead { parts: Vec::new(), problems: annexes.book.problems.clone() };
        let mut begun = Vec::new();
        for annex in &annexes.list {
            let put = if begun.contains(&annex.group) { Put::Append } else { put };
            begun.push(annex.group);
            take(&annexes, annex, form, put, &mut out);
        }
        Ok(out)
    }
}

/// Whether a form of this business may say something of a group: one that makes a certificate says all, a change only
/// what its kinds may change, and never the head as a whole.
fn changes(kinds: Option<Kinds>, group: Group) -> bool {
    match kinds.filter(|kinds| !kinds.makes_certificate()) {
        Some(kinds) => group != Group::Certificate && kinds.iter().any(|kind| kind.may_change_rows(group)),
        None => true,
    }
}

fn take(annexes: &Annexes, annex: &Annex, form: &mut Form, put: Put, out: &mut AnnexRead) {
    out.problems.extend(annex.problems.iter().cloned());
    let dates = annexes.book.date_system;
    let read = |row| form_row((&annex.table.sheet, dates), &row, &mut out.problems);
    let rows: Vec<FormRow> = annexes.book.rows(&annex.table).map(read).collect();
    let (sheet, number) = (annex.table.sheet.clone(), annex.number.clone());
    out.parts.push(AnnexPart { group: annex.group, sheet, number, rows: rows.len() });
    if annex.group == Group::Certificate {
        for (key, value) in rows.into_iter().next().unwrap_or_default() {
            form.certificate.insert(key, value);
        }
        return;
    }
    let site = site(annex, form, out);
    let filled = fill(annex.group, form, site);
    let Some(stands) = form.rows_mut(annex.group) else { return };
    if put == Put::Replace {
        stands.clear();
    }
    stands.extend(rows.into_iter().map(|mut row| {
        for (field, value) in &filled {
            row.entry(field.key().to_owned()).or_insert_with(|| value.clone());
        }
        row
    }));
    form.absent.retain(|key| key != annex.group.key());
}

/// The name of the site whose address stands above the table; the main site needs no name.
fn site(annex: &Annex, form: &Form, out: &mut AnnexRead) -> Option<String> {
    let address = annex.address.as_ref()?;
    let key = domain::name_key(address);
    let value = |row: &FormRow, field: Field| row.get(field.key()).cloned().unwrap_or_default();
    let found = form.sites.iter().find(|row| domain::name_key(&value(row, Field::SiteAddress)) == key);
    if let Some(row) = found {
        return Some(value(row, Field::SiteName)).filter(|name| !name.is_empty());
    }
    if form.sites.len() > 1 {
        out.problems.push(Problem {
            severity: Severity::Warning,
            place: Place::row(annex.group, 0),
            code: "site_unknown",
            value: address.chars().take(60).collect(),
            message: format!("工作表“{}”上方的地址不是已填写的任何一个场所", annex.table.sheet),
            hint: "各行暂按主场所计；请先在“场所”一步填写该地址，再读取一次，或逐行填写场所名称。".into(),
        });
    }
    None
}

/// What the form has no column for and the certificate says: site, 批准日期, 是否食品.
fn fill(group: Group, form: &Form, site: Option<String>) -> Vec<(Field, String)> {
    let of = |site_field: Field| site.clone().map(|name| (site_field, name));
    // What the certificate does not say yet it will say: the file is often read first.
    let head = |to: Field, from: Field| {
        let said = form.value(from).trim();
        Some((to, if said.is_empty() { LIKE_CERTIFICATE } else { said }.to_owned()))
    };
    let all = match group {
        Group::Capability => vec![
            of(Field::CapabilitySite),
            head(Field::ApprovedOn, Field::DecisionDay),
            head(Field::CapabilityFood, Field::Food),
        ],
        Group::Signatory => vec![of(Field::SignatorySite)],
        Group::Instrument => vec![of(Field::InstrumentSite)],
        Group::Staff => vec![of(Field::StaffSite)],
        Group::Certificate | Group::Site => Vec::new(),
    };
    all.into_iter().flatten().filter(|(_, value)| !value.is_empty()).collect()
}

/// A row as a person would type it. What cannot be told stays empty and is said.
fn form_row((sheet, dates): (&str, DateSystem), row: &RawRow<'_>, problems: &mut Vec<Problem>) -> FormRow {
    let mut out = FormRow::new();
    for (field, column, raw) in &row.cells {
        // The form knows no workbook, hence not from which year its serials count.
        if let (Shape::Day, Raw::Number { value, .. }) = (field.shape(), raw)
            && let Ok(day) = day_of_number(*value, dates)
        {
            out.insert(field.key().to_owned(), day.to_string());
            continue;
        }
        let place = Place::cell(field.group(), row.row, Some(*column), *field);
        match legible(*field, *raw) {
            Ok(words) => {
                let words = words.trim();
                if !words.is_empty() {
                    out.insert(field.key().to_owned(), words.to_owned());
                }
            }
            Err(Illegible { code, message, hint }) => problems.push(Problem {
                severity: Severity::Warning,
                place,
                code,
                value: if field.personal() { String::new() } else { raw.shown() },
                message: format!("工作表“{sheet}”：{message}，该格没有读入"),
                hint: format!("{hint}也可以直接在草稿中填写。"),
            }),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_of_a_form_counts_from_the_year_of_its_workbook() {
        let cell = (Field::TraceableUntil, 4, Raw::Number { value: 44_530.0, shown: "" });
        let row = RawRow { row: 5, cells: vec![cell] };
        for (dates, day) in [(DateSystem::Y1900, "2021-11-30"), (DateSystem::Y1904, "2025-12-01")] {
            let read = form_row(("设备", dates), &row, &mut Vec::new());
            assert_eq!(read.get(Field::TraceableUntil.key()).map(String::as_str), Some(day));
        }
    }
}
