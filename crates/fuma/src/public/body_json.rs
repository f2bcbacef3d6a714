//! The JSON twin of the page of a body. Names are those of the glossary; certificates stand by number.

use app::stored::Head;
use app::{BodyView, Kin};
use domain::{Instant, Tables, VerdictWord};
use serde::Serialize;

/// A body for machines.
#[derive(Debug, Serialize)]
pub struct BodyJson<'a> {
    /// When it was asked, RFC 3339 with +08:00.
    pub asked_at: String,
    pub name: &'a str,
    pub other_name: &'a str,
    pub uscc: String,
    pub parent_name: &'a str,
    pub parent_uscc: String,
    /// Of the certificate that began last.
    pub address: &'a str,
    pub division: String,
    /// Certificates that are opened, the latest first.
    pub certificates: Vec<HeldJson<'a>>,
    /// Rows of those in force today.
    pub capability_total: u64,
    /// What was looked for; absent where nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<FoundJson<'a>>,
    pub sites: Vec<PlaceJson<'a>>,
    pub kin: Vec<KinJson<'a>>,
    /// Names and addresses over time, the first first.
    pub names: Vec<NamesJson<'a>>,
}

/// A certificate of it.
#[derive(Debug, Serialize)]
pub struct HeldJson<'a> {
    pub number: &'a str,
    pub authority: String,
    /// Today's word, stable and as people read it.
    pub verdict: &'static str,
    pub verdict_text: &'static str,
    pub valid_from: String,
    pub valid_to: String,
    pub domain: String,
    pub edition: u32,
}

/// Rows of its capabilities.
#[derive(Debug, Serialize)]
pub struct FoundJson<'a> {
    pub total: u64,
    /// The first of them.
    pub rows: Vec<RowJson<'a>>,
}

/// One row.
#[derive(Debug, Serialize)]
pub struct RowJson<'a> {
    pub number: &'a str,
    pub category: &'a str,
    pub class: &'a str,
    pub item: &'a str,
    pub standard_name: &'a str,
    pub standard_number: &'a str,
    pub clause: &'a str,
    pub limits: &'a str,
}

/// 场所, with the numbers of the certificates it stands on.
#[derive(Debug, Serialize)]
pub struct PlaceJson<'a> {
    pub name: &'a str,
    pub address: &'a str,
    pub certificates: Vec<&'a str>,
}

/// Another body of the same legal person.
#[derive(Debug, Serialize)]
pub struct KinJson<'a> {
    pub name: &'a str,
    pub uscc: String,
    pub relation: &'static str,
    pub certificates: Vec<HeldJson<'a>>,
}

/// What an edition says of name and address.
#[derive(Debug, Serialize)]
pub struct NamesJson<'a> {
    pub from: String,
    pub name: &'a str,
    pub other_name: &'a str,
    pub address: &'a str,
    pub number: &'a str,
    pub edition: u32,
}

impl<'a> BodyJson<'a> {
    /// The twin of a page.
    pub fn of(view: &'a BodyView, tables: &Tables, asked_at: Instant) -> BodyJson<'a> {
        let body = &view.body;
        let code = |uscc: Option<domain::Uscc>| uscc.map(|uscc| uscc.to_string()).unwrap_or_default();
        let held = |head: &'a Head| HeldJson::of(head, view.word(head.id), tables);
        let kin = |kin: &'a Kin| KinJson {
            name: &kin.body.name,
            uscc: code(kin.body.own_uscc),
            relation: kin.relation.key(),
            certificates: kin.certificates.iter().map(held).collect(),
        };
        BodyJson {
            asked_at: asked_at.rfc3339(),
            name: &body.name,
            other_name: &body.other_name,
            uscc: code(body.own_uscc),
            parent_name: &body.parent_name,
            parent_uscc: code(body.parent_uscc),
            address: view.certificates.first().map_or("", |card| &card.face.address),
            division: body.division.map(|it| tables.division_name(it)).unwrap_or_default(),
            certificates: view.certificates.iter().map(|card| held(&card.head)).collect(),
            capability_total: view.capabilities(),
            found: found(view),
            sites: view.places.iter().map(|it| place(&it.site, &it.on)).collect(),
            kin: view.kin.iter().map(kin).collect(),
            names: view.periods.iter().map(names).collect(),
        }
    }
}

impl<'a> HeldJson<'a> {
    fn of(head: &'a Head, word: VerdictWord, tables: &Tables) -> HeldJson<'a> {
        HeldJson {
            number: head.number.as_str(),
            authority: tables.authority(head.authority).map(|it| it.name.clone()).unwrap_or_default(),
            verdict: word.key(),
            verdict_text: word.label(),
            valid_from: head.valid_from.to_string(),
            valid_to: head.valid_to.to_string(),
            domain: tables.domains.get(&head.domain).cloned().unwrap_or_default(),
            edition: head.edition,
        }
    }
}

fn found(view: &BodyView) -> Option<FoundJson<'_>> {
    let found = view.found.as_ref()?;
    let rows = found.rows.iter().filter_map(|(id, placed)| {
        let head = &view.certificates.iter().find(|card| card.head.id == *id)?.head;
        let item = &placed.value.item;
        Some(RowJson {
            number: head.number.as_str(),
            category: domain::category_name(&item.category),
            class: &item.class,
            item: &item.name,
            standard_name: &item.standard_name,
            standard_number: &item.standard_number,
            clause: &item.clause,
            limits: &placed.value.limits,
        })
    });
    Some(FoundJson { total: found.total, rows: rows.collect() })
}

fn place<'a>(site: &'a domain::Site, on: &'a [(domain::CertificateId, domain::Number)]) -> PlaceJson<'a> {
    let certificates = on.iter().map(|(_, number)| number.as_str()).collect();
    PlaceJson { name: &site.name, address: &site.address, certificates }
}

fn names(it: &app::stored::Period) -> NamesJson<'_> {
    NamesJson {
        from: it.from.to_string(),
        name: &it.name,
        other_name: &it.other_name,
        address: &it.address,
        number: it.number.as_str(),
        edition: it.edition,
    }
}
