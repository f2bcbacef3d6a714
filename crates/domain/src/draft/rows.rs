//! The rows of the other sheets: sites first, because everything else stands at one.

use super::cell::{Cells, Illegible, rounded};
use super::face::Head;
use super::{Personal, Setting};
use crate::{
    Capability, Division, Field, Group, Instrument, Item, Kind, Place, Problem, RawCertificate, RawRow,
    Severity, Signatory, Site, Staff, StandardText, split_standard_text,
};
use std::cell::RefCell;
use std::collections::HashMap;

/// What the rows say.
#[derive(Default)]
pub(super) struct Body {
    pub(super) capabilities: Vec<Capability>,
    pub(super) signatories: Vec<Signatory>,
    pub(super) signatory_persons: Vec<Personal>,
    pub(super) instruments: Vec<Instrument>,
    pub(super) staff: Vec<Staff>,
    pub(super) staff_persons: Vec<Personal>,
}

/// The sites, the main one first, and the row of each. Without rows the address of the face is the one site.
pub(super) fn sites(
    raw: &RawCertificate<'_>,
    head: &Head,
    setting: &Setting<'_>,
    problems: &mut Vec<Problem>,
) -> (Vec<Site>, Vec<u32>) {
    let mut mains = Vec::new();
    let mut sites: Vec<Site> = Vec::new();
    let mut rows: Vec<u32> = raw.sites.iter().map(|row| row.row).collect();
    for row in &raw.sites {
        let mut cells = Cells::new(row, setting, problems);
        cells.taken_over = taken_over(head);
        let name = cells.text(Field::SiteName);
        let kind = cells.choice(Field::SiteKind, |text| match text {
            "主场所" | "主" | "主要场所" | "main" => Some(true),
            "分场所" | "分" | "其他场所" | "branch" => Some(false),
            _ => None,
        });
        if sites.iter().any(|s| s.name == name) {
            let message = format!("场所名称“{name}”重复");
            cells.wrong(Field::SiteName, "site_twice", message, "同一证书的场所名称不能相同，请加以区分。");
        }
        if kind == Some(true) {
            mains.push(sites.len());
        }
        let address = cells.text(Field::SiteAddress);
        let division = cells.code(Field::SiteDivision, &setting.tables.divisions, Division::parse, 6);
        sites.push(Site { name, address, division });
    }
    if sites.is_empty() {
        return (vec![of_face(head)], rows);
    }
    let main = match mains.as_slice() {
        [one] => *one,
        [] if sites.len() == 1 => 0,
        _ => {
            problems.push(Problem {
                severity: Severity::Error,
                place: Place::row(Group::Site, raw.sites[0].row),
                code: "main_site",
                value: String::new(),
                message: format!("一张证书恰有一个主场所，现有{}个", mains.len()),
                hint: "请把其中一行的“场所类型”填为“主场所”，其余填“分场所”。".to_owned(),
            });
            0
        }
    };
    // The main site leads; the others keep their order.
    sites[..=main].rotate_right(1);
    rows[..=main].rotate_right(1);
    (sites, rows)
}

fn of_face(head: &Head) -> Site {
    Site { name: "主场所".to_owned(), address: head.face.address.clone(), division: head.face.division }
}

fn taken_over(head: &Head) -> bool {
    head.face.kinds.has(Kind::Takeover)
}

/// Reads capabilities, signatories, instruments and staff.
pub(super) fn read(
    raw: &RawCertificate<'_>,
    head: &Head,
    sites: &[Site],
    setting: &Setting<'_>,
    problems: &mut Vec<Problem>,
    unlisted: &mut super::Unlisted,
) -> Body {
    let index: HashMap<&str, u16> =
        sites.iter().enumerate().map(|(i, s)| (s.name.as_str(), i as u16)).collect();
    let reader = Reader { index, setting, taken_over: taken_over(head), last: RefCell::default() };
    let mut body = Body::default();
    for row in &raw.capabilities {
        // All rows are read, however many are wrong: what is not listed is counted.
        unlisted.shorten(problems);
        body.capabilities.push(reader.capability(row, problems));
    }
    for row in &raw.signatories {
        let (signatory, person) = reader.signatory(row, problems);
        body.signatories.push(signatory);
        body.signatory_persons.push(person);
    }
    body.instruments = raw.instruments.iter().map(|row| reader.instrument(row, problems)).collect();
    for row in &raw.staff {
        let (staff, person) = reader.staff(row, problems);
        body.staff.push(staff);
        body.staff_persons.push(person);
    }
    body
}

struct Reader<'s> {
    index: HashMap<&'s str, u16>,
    setting: &'s Setting<'s>,
    taken_over: bool,
    /// The last text that was taken apart, and its parts: rows of one standard stand together.
    last: RefCell<(String, StandardText)>,
}

impl Reader<'_> {
    fn cells<'r, 'a>(&'r self, row: &'r RawRow<'a>, problems: &'r mut Vec<Problem>) -> Cells<'r, 'a> {
        let mut cells = Cells::new(row, self.setting, problems);
        cells.taken_over = self.taken_over;
        cells
    }

    /// The site a row names; empty is the main one.
    fn site(&self, cells: &mut Cells<'_, '_>, field: Field) -> u16 {
        let name = cells.text(field);
        if name.is_empty() {
            return 0;
        }
        if let Some(at) = self.index.get(name.as_str()) {
            return *at;
        }
        if matches!(name.as_str(), "主场所" | "主") {
            return 0;
        }
        let hint = "请填写“场所”表中的场所名称；只有一个场所的可以留空。";
        cells.wrong(field, "site_unknown", format!("没有名为“{name}”的场所"), hint);
        0
    }

    fn capability(&self, row: &RawRow<'_>, problems: &mut Vec<Problem>) -> Capability {
        let mut cells = self.cells(row, problems);
        let site = self.site(&mut cells, Field::CapabilitySite);
        let (standard_name, standard_number, clause) = self.standard(&mut cells);
        let approved_on = cells.day(Field::ApprovedOn);
        let food = cells.yes(Field::CapabilityFood).unwrap_or(false);
        Capability {
            site,
            item: Item {
                category: cells.text(Field::Category),
                class: cells.text(Field::Class),
                name: cells.text(Field::Item),
                standard_name,
                standard_number,
                clause,
            },
            limits: cells.text(Field::Limits),
            remark: cells.text(Field::CapabilityRemark),
            approved_on,
            food,
            label: cells.text(Field::Label),
        }
    }

    /// Name, number and clause: where the number's own cell is empty, the name's cell holds all three.
    fn standard(&self, cells: &mut Cells<'_, '_>) -> (String, String, String) {
        let name = cells.text(Field::StandardName);
        let number = cells.text(Field::StandardNumber);
        let clause = cells.text(Field::Clause);
        if name.is_empty() && number.is_empty() {
            cells.absent(Field::StandardNumber, "（标准名称和标准编号不能都为空）");
            return (name, number, clause);
        }
        if !number.is_empty() && !number.contains('/') {
            return (name, number, clause);
        }
        let split = self.split(if number.is_empty() { &name } else { &number });
        let name = if number.is_empty() { split.name } else { name };
        let clause = if clause.is_empty() { split.clause } else { clause };
        if split.number.is_empty() { (name, number, clause) } else { (name, split.number, clause) }
    }

    fn split(&self, text: &str) -> StandardText {
        let mut last = self.last.borrow_mut();
        if last.0 != text {
            *last = (text.to_owned(), split_standard_text(text));
        }
        last.1.clone()
    }

    fn signatory(&self, row: &RawRow<'_>, problems: &mut Vec<Problem>) -> (Signatory, Personal) {
        let mut cells = self.cells(row, problems);
        let signatory = Signatory {
            site: self.site(&mut cells, Field::SignatorySite),
            name: cells.text(Field::SignatoryName),
            title: cells.text(Field::SignatoryTitle),
            field: cells.text(Field::SignatoryField),
            food: cells.yes(Field::SignatoryFood).unwrap_or(false),
            approved_on: cells.day(Field::SignatoryApprovedOn),
            remark: cells.text(Field::SignatoryRemark),
            education: cells.text(Field::SignatoryEducation),
            department: cells.text(Field::SignatoryDepartment),
            sex: cells.listed(Field::SignatorySex),
        };
        let person = Personal {
            id_kind: crate::Secret::new(cells.listed(Field::SignatoryIdKind)),
            id_number: id_number(&mut cells, Field::SignatoryIdNumber),
            phone: cells.secret(Field::SignatoryPhone),
            email: cells.secret(Field::SignatoryEmail),
            ..Personal::default()
        };
        (signatory, person)
    }

    fn instrument(&self, row: &RawRow<'_>, problems: &mut Vec<Problem>) -> Instrument {
        let mut cells = self.cells(row, problems);
        Instrument {
            site: self.site(&mut cells, Field::InstrumentSite),
            class: cells.text(Field::InstrumentClass),
            item: cells.text(Field::InstrumentItem),
            standard: cells.text(Field::InstrumentStandard),
            name: cells.text(Field::InstrumentName),
            model: cells.text(Field::InstrumentModel),
            serial: cells.text(Field::InstrumentSerial),
            range: cells.text(Field::InstrumentRange),
            traceability: cells.text(Field::Traceability),
            traceable_until: cells.day(Field::TraceableUntil),
            confirmation: cells.text(Field::Confirmation),
        }
    }

    fn staff(&self, row: &RawRow<'_>, problems: &mut Vec<Problem>) -> (Staff, Personal) {
        let mut cells = self.cells(row, problems);
        let staff = Staff {
            site: self.site(&mut cells, Field::StaffSite),
            name: cells.text(Field::StaffName),
            sex: cells.listed(Field::StaffSex),
            education: cells.text(Field::StaffEducation),
            post: cells.text(Field::StaffPost),
            title: cells.text(Field::StaffTitle),
            major: cells.text(Field::StaffMajor),
            years: cells.text(Field::StaffYears),
            department: cells.text(Field::StaffDepartment),
        };
        let person = Personal {
            id_kind: crate::Secret::new(cells.listed(Field::StaffIdKind)),
            id_number: id_number(&mut cells, Field::StaffIdNumber),
            birth: cells.secret(Field::StaffBirth),
            ..Personal::default()
        };
        (staff, person)
    }
}

/// An ID number without blanks; one that a spreadsheet has rounded is refused, also where it was saved as text since.
fn id_number(cells: &mut Cells<'_, '_>, field: Field) -> crate::Secret {
    let secret = cells.secret(field);
    let digits: String =
        secret.reveal().chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    // 6.10113E+17; E12345678 is a passport's.
    let power = digits.split_once("E+").map(|(mantissa, power)| [mantissa, power].concat());
    if power.is_some_and(|all| all.bytes().all(|b| b.is_ascii_digit() || b == b'.')) {
        let Illegible { code, message, hint } = rounded(field);
        cells.wrong(field, code, message, hint);
        return crate::Secret::default();
    }
    crate::Secret::new(digits)
}
