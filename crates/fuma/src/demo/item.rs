//! Invented certificates as items of the interface: clean values, as a system sends them that has keys and not cells.

use super::world::{CapabilitySpec, CertificateSpec, World};
use domain::{Day, Field as F, Group};
use serde_json::{Map, Value};

/// A row of an item: value by key.
pub type Members = Map<String, Value>;

/// Sets a field of a row; an empty text leaves it out.
pub fn put(row: &mut Members, field: F, value: impl Into<Value>) {
    let value = value.into();
    if value.as_str() != Some("") {
        row.insert(field.key().to_owned(), value);
    }
}

/// A certificate with all its rows, without record id.
pub fn item(world: &World, certificate: &CertificateSpec) -> Members {
    let mut item = Members::new();
    item.insert(Group::Certificate.key().to_owned(), head(certificate).into());
    let mut rows = |group: Group, rows: Vec<Members>| item.insert(group.key().to_owned(), rows.into());
    rows(Group::Site, sites(certificate));
    let approved = certificate.decision_day;
    let capabilities = certificate.capabilities.iter();
    rows(Group::Capability, capabilities.map(|it| capability_row(certificate, it, approved)).collect());
    rows(Group::Signatory, signatories(world, certificate));
    rows(Group::Instrument, instruments(world, certificate));
    rows(Group::Staff, staff(world, certificate));
    item
}

fn row(cells: &[(F, &str)]) -> Members {
    let mut row = Members::new();
    for (field, value) in cells {
        put(&mut row, *field, *value);
    }
    row
}

fn day(day: Day) -> String {
    day.to_string()
}

fn head(certificate: &CertificateSpec) -> Members {
    let body = &certificate.body;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let parent = body.parent.as_ref();
    let mut row = row(&[
        (F::Kind, certificate.kind),
        (F::Number, &text(&certificate.number)),
        (F::PreviousNumber, &text(&certificate.previous_number)),
        (F::BodyName, &body.name),
        (F::OtherName, &text(&body.other_name)),
        (F::Uscc, &text(&body.uscc)),
        (F::LegalKind, body.legal_kind),
        (F::ParentName, parent.map_or("", |parent| &parent.name)),
        (F::ParentUscc, parent.map_or("", |parent| &parent.uscc)),
        (F::Department, &body.department),
        (F::Address, &body.sites[0].address),
        (F::Division, body.sites[0].division),
        (F::Postcode, body.postcode),
        (F::LegalRepresentative, &body.legal_representative),
        (F::Head, &body.head),
        (F::TechnicalLead, &body.technical_lead),
        (F::Contact, &body.contact),
        (F::Phone, &body.phone),
        (F::Email, &body.email),
        (F::Domain, body.domain),
        (F::Industry, body.industry),
        (F::Procedure, certificate.procedure),
        (F::DecisionDay, &day(certificate.decision_day)),
        (F::DecisionNumber, &certificate.decision_number),
        (F::FirstIssuedOn, &day(certificate.first_issued_on)),
        (F::IssuedOn, &day(certificate.issued_on)),
        (F::ValidFrom, &day(certificate.issued_on)),
        (F::ValidTo, &day(certificate.valid_to)),
    ]);
    put(&mut row, F::Food, certificate.capabilities.iter().any(|it| it.food));
    row
}

fn sites(certificate: &CertificateSpec) -> Vec<Members> {
    let kind = |at| if at == 0 { "主场所" } else { "分场所" };
    let site = |(at, site): (usize, &super::body::SiteSpec)| {
        row(&[
            (F::SiteName, &site.name),
            (F::SiteKind, kind(at)),
            (F::SiteAddress, &site.address),
            (F::SiteDivision, site.division),
        ])
    };
    certificate.body.sites.iter().enumerate().map(site).collect()
}

/// The name of a site where it is not the main one, which need not be named.
fn site(certificate: &CertificateSpec, at: usize) -> &str {
    if at == 0 { "" } else { &certificate.body.sites[at].name }
}

/// One row of the annex, approved on a day.
pub fn capability_row(certificate: &CertificateSpec, it: &CapabilitySpec, approved: Day) -> Members {
    let mut row = row(&[
        (F::CapabilitySite, site(certificate, it.site)),
        (F::Label, &format!("{}.{}", it.class_no, it.item_no)),
        (F::Category, it.category),
        (F::Class, it.class),
        (F::Item, it.item),
        (F::StandardName, it.standard_name),
        (F::StandardNumber, it.standard_number),
        (F::Clause, it.clause),
        (F::Limits, it.limits),
        (F::ApprovedOn, &day(approved)),
    ]);
    put(&mut row, F::CapabilityFood, it.food);
    row
}

fn signatories(world: &World, certificate: &CertificateSpec) -> Vec<Members> {
    let food = certificate.capabilities.iter().any(|it| it.food);
    let staff = world.staff(certificate);
    let signs = staff.iter().take(world.signatories(certificate)).enumerate();
    let signatory = |(n, person): (usize, &super::people::PersonSpec)| {
        let field = if n == 0 {
            "本机构认定的全部检验检测项目"
        } else {
            certificate.capabilities[0].category
        };
        let mut row = row(&[
            (F::SignatoryName, &person.name),
            (F::SignatoryTitle, person.title),
            (F::SignatoryField, field),
            (F::SignatoryApprovedOn, &day(certificate.decision_day)),
            (F::SignatorySex, person.sex),
            (F::SignatoryEducation, person.education),
            (F::SignatoryDepartment, person.department),
            (F::SignatoryIdKind, "居民身份证"),
            (F::SignatoryIdNumber, &person.id_number),
        ]);
        put(&mut row, F::SignatoryFood, food);
        row
    };
    signs.map(signatory).collect()
}

fn instruments(world: &World, certificate: &CertificateSpec) -> Vec<Members> {
    let instrument = |it: &super::people::InstrumentSpec| {
        let used = &certificate.capabilities[it.capability];
        row(&[
            (F::InstrumentSite, site(certificate, it.site)),
            (F::InstrumentItem, used.item),
            (F::InstrumentStandard, &format!("《{}》{}", used.standard_name, used.standard_number)),
            (F::InstrumentName, it.name),
            (F::InstrumentModel, it.model),
            (F::InstrumentSerial, &it.serial),
            (F::InstrumentRange, it.range),
            (F::Traceability, it.traceability),
            (F::TraceableUntil, &day(it.until)),
        ])
    };
    world.instruments(certificate).iter().map(instrument).collect()
}

fn staff(world: &World, certificate: &CertificateSpec) -> Vec<Members> {
    let member = |it: &super::people::PersonSpec| {
        row(&[
            (F::StaffSite, site(certificate, it.site)),
            (F::StaffName, &it.name),
            (F::StaffSex, it.sex),
            (F::StaffBirth, &format!("{}-{:02}", it.born.0, it.born.1)),
            (F::StaffEducation, it.education),
            (F::StaffPost, it.post),
            (F::StaffTitle, it.title),
            (F::StaffMajor, it.major),
            (F::StaffYears, &it.years.to_string()),
            (F::StaffDepartment, it.department),
            (F::StaffIdKind, "居民身份证"),
            (F::StaffIdNumber, &it.id_number),
        ])
    };
    world.staff(certificate).iter().map(member).collect()
}
