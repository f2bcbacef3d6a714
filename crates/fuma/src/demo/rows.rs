//! Invented certificates as rows of the workbook, with the habits of the people who type them (domain.md 3.6).

use super::{
    planted::spoilt,
    sheet::{Cell, Row, day},
    world::{CapabilitySpec, CertificateSpec, World},
};
use domain::{Field as F, Group};

/// Makes the rows of one certificate on one of the lesser sheets.
pub(super) type Make = fn(&World, &CertificateSpec, usize) -> Vec<Row>;

/// The sheets beside 证书 and 检测能力.
pub(super) const OTHERS: [(Group, Make); 4] = [
    (Group::Site, sites),
    (Group::Signatory, signatories),
    (Group::Instrument, instruments),
    (Group::Staff, staff),
];

/// How other sheets name the certificate in row `at`: by its number where it is an old one, else by 序号.
fn reference(certificate: &CertificateSpec, at: usize) -> Cell {
    match (&certificate.number, certificate.kind) {
        (Some(number), "存量") => Cell::Text(number.clone()),
        _ => Cell::Number((at + 1) as f64),
    }
}

/// The row of sheet 证书.
pub(super) fn head(certificate: &CertificateSpec, at: usize) -> Row {
    let mut row = Row::default();
    row.set(F::Key, Cell::Number((at + 1) as f64)).set(F::Kind, certificate.kind);
    identity(&mut row, certificate, at);
    let body = &certificate.body;
    row.set(F::LegalKind, body.legal_kind).set(F::Department, body.department.as_str());
    row.set(F::Address, body.sites[0].address.as_str());
    row.set(F::Division, code(body.sites[0].division, at)).set(F::Postcode, code(body.postcode, at + 1));
    row.set(F::LegalRepresentative, body.legal_representative.as_str()).set(F::Head, body.head.as_str());
    row.set(F::TechnicalLead, body.technical_lead.as_str()).set(F::Contact, body.contact.as_str());
    row.set(F::Phone, phone(body, at)).set(F::Email, body.email.as_str());
    row.set(F::Domain, body.domain).set(F::Industry, body.industry);
    row.set(F::Food, yes(certificate.capabilities.iter().any(|c| c.food)))
        .set(F::Procedure, certificate.procedure);
    row.set(F::DecisionDay, day(certificate.decision_day, at))
        .set(F::DecisionNumber, certificate.decision_number.as_str());
    row.set(F::FirstIssuedOn, day(certificate.first_issued_on, at / 5))
        .set(F::IssuedOn, day(certificate.issued_on, at));
    row.set(F::ValidFrom, day(certificate.issued_on, at + 1))
        .set(F::ValidTo, day(certificate.valid_to, at + 1));
    if certificate.kind == "存量" {
        row.set(F::Status, "有效");
    }
    if let Some((word, on, document)) = &certificate.status {
        row.set(F::Status, *word).set(F::StatusDay, day(*on, at)).set(F::StatusDocument, document.as_str());
    }
    row
}

/// Names, codes and numbers: full width here, a line break there, but plain where an error is going to be planted.
fn identity(row: &mut Row, certificate: &CertificateSpec, at: usize) {
    let body = &certificate.body;
    let plain = spoilt(at);
    row.set(F::BodyName, if at % 19 == 4 && !plain { broken(&body.name) } else { body.name.clone() });
    row.some(F::OtherName, body.other_name.as_deref().unwrap_or_default());
    if let Some(code) = &body.uscc {
        let typed = match at % 23 {
            _ if plain => code.clone(),
            5 => wide(code),
            11 => code.to_lowercase(),
            17 => format!(" {code}\n"),
            _ => code.clone(),
        };
        row.set(F::Uscc, typed);
    }
    if body.uscc.is_none() && body.parent.is_none() {
        row.set(F::OrgCode, super::ids::org_code(certificate.index));
    }
    if let Some(parent) = &body.parent {
        row.set(F::ParentName, parent.name.as_str()).set(F::ParentUscc, parent.uscc.as_str());
    }
    if let Some(number) = &certificate.number {
        let typed = match at % 17 {
            _ if plain || number.len() != 12 => number.clone(),
            3 => wide(number),
            8 => format!("{} {} {}", &number[..4], &number[4..8], &number[8..]),
            13 => format!("CMA {number}"),
            _ => number.clone(),
        };
        row.set(F::Number, typed);
    }
    row.some(F::PreviousNumber, certificate.previous_number.as_deref().unwrap_or_default());
}

/// Codes that do not begin with 0 often sit in number cells.
fn code(digits: &str, at: usize) -> Cell {
    match digits.parse::<f64>() {
        Ok(value) if at.is_multiple_of(3) && !digits.starts_with('0') => Cell::Number(value),
        _ => Cell::from(digits),
    }
}

/// Mobile numbers sit in number cells; this one has a prefix that no operator has.
fn phone(body: &super::body::BodySpec, at: usize) -> Cell {
    if at % 4 == 1 { Cell::Number(10_000_000_000.0 + at as f64) } else { Cell::from(body.phone.as_str()) }
}

fn yes(is: bool) -> &'static str {
    if is { "是" } else { "否" }
}

/// A line break where a narrow column makes people put one, or at the end.
fn broken(name: &str) -> String {
    match name.find(['（', '/']) {
        Some(at) if name[at..].starts_with('/') => format!("{}/\n{}", &name[..at], &name[at + 1..]),
        _ => format!("{name}\n"),
    }
}

fn wide(text: &str) -> String {
    text.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c)).collect()
}

/// The rows of 检测能力.
pub(super) fn capabilities(certificate: &CertificateSpec, at: usize) -> Vec<Row> {
    let of = reference(certificate, at);
    let approved = day(certificate.decision_day, at);
    certificate
        .capabilities
        .iter()
        .map(|capability| {
            let mut row = Row::default();
            row.set(F::CapabilityOf, of.clone()).set(F::ApprovedOn, approved.clone());
            if capability.site > 0 {
                row.set(F::CapabilitySite, certificate.body.sites[capability.site].name.as_str());
            }
            row.set(F::Label, label(capability, at))
                .set(F::Category, capability.category)
                .set(F::Class, capability.class);
            row.set(F::Item, capability.item).set(F::CapabilityFood, yes(capability.food));
            standard(&mut row, capability, at);
            row.some(F::Limits, capability.limits);
            row
        })
        .collect()
}

/// 1.1, 1.2 … as floats, so that 1.10 is 1.1, or shown with two places, or as text.
fn label(capability: &CapabilitySpec, at: usize) -> Cell {
    let text = format!("{}.{}", capability.class_no, capability.item_no);
    match (text.parse(), at % 4) {
        (Ok(value), 0 | 1) => Cell::Number(value),
        (Ok(value), 2) if (10..100).contains(&capability.item_no) => Cell::Shown(value, "0.00"),
        (Ok(value), 2) if capability.item_no < 10 => Cell::Number(value),
        _ => Cell::Text(text),
    }
}

/// Name, number and clause apart, or in one cell as the official form has them.
fn standard(row: &mut Row, capability: &CapabilitySpec, at: usize) {
    let (name, number, clause) = (capability.standard_name, capability.standard_number, capability.clause);
    match at % 6 {
        0 | 1 | 4 => {
            _ = row.set(F::StandardName, name).set(F::StandardNumber, number).some(F::Clause, clause)
        }
        2 => _ = row.set(F::StandardName, combined(&format!("《{name}》{number}"), clause)),
        3 => {
            _ = row.set(
                F::StandardName,
                combined(&format!("《{name}》\n{}", number.replace("/T ", "/T")), clause),
            )
        }
        _ => {
            _ = row
                .set(F::StandardName, name)
                .set(F::StandardNumber, number.replace('-', "—"))
                .some(F::Clause, clause)
        }
    }
}

fn combined(text: &str, clause: &str) -> String {
    if clause.is_empty() { text.to_owned() } else { format!("{text}/{clause}") }
}

fn sites(_: &World, certificate: &CertificateSpec, at: usize) -> Vec<Row> {
    let kind = |index| if index == 0 { "主场所" } else { "分场所" };
    certificate
        .body
        .sites
        .iter()
        .enumerate()
        .map(|(index, site)| {
            let mut row = Row::default();
            row.set(F::SiteOf, reference(certificate, at))
                .set(F::SiteKind, kind(index))
                .set(F::SiteName, site.name.as_str());
            row.set(F::SiteAddress, site.address.as_str()).set(F::SiteDivision, site.division);
            row
        })
        .collect()
}

fn signatories(world: &World, certificate: &CertificateSpec, at: usize) -> Vec<Row> {
    let food = certificate.capabilities.iter().any(|c| c.food);
    let mut fields: Vec<&str> = certificate.capabilities.iter().map(|c| c.category).collect();
    fields.dedup();
    world
        .staff(certificate)
        .iter()
        .take(world.signatories(certificate))
        .enumerate()
        .map(|(k, person)| {
            let field =
                if k == 0 { "本机构认定的全部检验检测项目" } else { fields[k % fields.len()] };
            let mut row = Row::default();
            row.set(F::SignatoryOf, reference(certificate, at)).set(F::SignatoryName, person.name.as_str());
            row.set(F::SignatorySex, person.sex).set(F::SignatoryEducation, person.education);
            row.set(F::SignatoryTitle, person.title).set(F::SignatoryDepartment, person.department);
            row.set(F::SignatoryPhone, Cell::Number(10_100_000_000.0 + (at * 100 + k) as f64));
            row.set(F::SignatoryField, field).set(F::SignatoryFood, yes(food));
            row.set(F::SignatoryIdNumber, person.id_number.as_str());
            row.set(F::SignatoryApprovedOn, day(certificate.decision_day, at));
            row
        })
        .collect()
}

fn instruments(world: &World, certificate: &CertificateSpec, at: usize) -> Vec<Row> {
    world
        .instruments(certificate)
        .iter()
        .map(|instrument| {
            let used = &certificate.capabilities[instrument.capability];
            let mut row = Row::default();
            row.set(F::InstrumentOf, reference(certificate, at)).set(F::InstrumentName, instrument.name);
            if instrument.site > 0 {
                row.set(F::InstrumentSite, certificate.body.sites[instrument.site].name.as_str());
            }
            row.set(F::InstrumentItem, used.item).set(F::InstrumentModel, instrument.model);
            row.set(F::InstrumentStandard, format!("《{}》{}", used.standard_name, used.standard_number));
            row.set(F::InstrumentRange, instrument.range)
                .set(F::InstrumentSerial, instrument.serial.as_str());
            row.set(F::Traceability, instrument.traceability)
                .set(F::TraceableUntil, day(instrument.until, at));
            row
        })
        .collect()
}

fn staff(world: &World, certificate: &CertificateSpec, at: usize) -> Vec<Row> {
    world
        .staff(certificate)
        .iter()
        .map(|person| {
            let mut row = Row::default();
            row.set(F::StaffOf, reference(certificate, at)).set(F::StaffName, person.name.as_str());
            if person.site > 0 {
                row.set(F::StaffSite, certificate.body.sites[person.site].name.as_str());
            }
            let (year, month) = person.born;
            let born = if at.is_multiple_of(2) {
                format!("{year}-{month:02}")
            } else {
                format!("{year}年{month}月")
            };
            row.set(F::StaffSex, person.sex)
                .set(F::StaffBirth, born)
                .set(F::StaffEducation, person.education);
            row.set(F::StaffPost, person.post)
                .set(F::StaffTitle, person.title)
                .set(F::StaffMajor, person.major);
            row.set(F::StaffYears, Cell::Number(person.years as f64))
                .set(F::StaffDepartment, person.department);
            row.set(F::StaffIdKind, "居民身份证").set(F::StaffIdNumber, person.id_number.as_str());
            row
        })
        .collect()
}
