//! `/office/bodies/{id}`: one body, with all its certificates in the country on one time line.

use super::href;
use crate::chart::{Chart, Span, chart};
use crate::found::FoundView;
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::certificates;
use crate::office::said::Said;
use crate::office::supervision::inspections;
use crate::office::{Badge, Crumb, FactView, Menu, Shell};
use crate::public::Lang;
use app::stored::{Body, Card, Head};
use app::{AppError, BodyView, Found, Kin, Place};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, BodyId, CertificateId, Ground, Part, StatusWord, group_digits};
use serde::Deserialize;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
    said: String,
}

#[derive(Template)]
#[template(path = "office/bodies/body.html")]
struct BodyPage {
    shell: Shell,
    id: i64,
    why: &'static str,
    whole: bool,
    facts: Vec<FactView>,
    chart: Option<Chart>,
    lang: Lang,
    rows: Vec<CertificateRow>,
    valid: usize,
    capabilities: String,
    q: String,
    found: Option<FoundView<Link>>,
    places: Vec<PlaceRow>,
    kin: Vec<KinRow>,
    more_kin: usize,
    periods: Vec<PeriodRow>,
    merged: Vec<MergedRow>,
    /// Inspections of it; none where the reader may not know of them.
    inspected: Option<Vec<inspections::Row>>,
    may_inspect: bool,
    /// Where it is merged with another one; empty for who may not.
    merge: String,
}

/// A body that was merged into this one.
struct MergedRow {
    name: String,
    code: String,
    /// Where that is undone; empty for who may not.
    split: String,
}

/// A certificate as a link with its word.
struct Link {
    href: String,
    number: String,
    authority: String,
    badge: Badge,
}

struct CertificateRow {
    link: Link,
    authority: String,
    scope: String,
    validity: String,
    edition: u32,
    capabilities: String,
}

struct PlaceRow {
    name: String,
    address: String,
    division: String,
    on: Vec<(String, String)>,
}

struct KinRow {
    href: String,
    name: String,
    uscc: String,
    relation: &'static str,
    certificates: Vec<Link>,
}

struct PeriodRow {
    from: String,
    name: String,
    other: String,
    address: String,
    href: String,
    number: String,
    edition: u32,
}

/// What the rows of the page need to be told.
struct Words<'a> {
    web: &'a Web,
    view: &'a BodyView,
}

/// `GET /office/bodies/{id}`.
pub async fn body(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    let id = id.parse().map(BodyId).map_err(|_| AppError::NotFound)?;
    let q: String = asked.q.trim().chars().filter(|c| !c.is_control()).take(60).collect();
    let view = web.app.body(&officer.ctx, id, &q).await?;
    // One that was merged leads to the page of the one that stays.
    if view.body.id != id {
        return Ok(Redirect::to(&href(view.body.id)).into_response());
    }
    let words = Words { web: &web, view: &view };
    let history = view.ground.is_some_and(|ground| ground.sight().shows(Part::History));
    let inspected = match history && officer.can(Action::InspectionRead) {
        true => {
            let all = web.app.inspections_of_body(&officer.ctx, id).await?;
            Some(all.iter().map(|it| inspections::row(&web, &officer, it, None)).collect())
        }
        false => None,
    };
    let may_merge = officer.can(Action::BodyMerge);
    let (tone, said) = Said { said: asked.said }.words();
    let crumb = Crumb { label: "机构页".into(), href: href(id) };
    Ok(page(&BodyPage {
        shell: officer.shell_saying(&view.body.name, Menu::Bodies, vec![crumb], tone, said),
        merged: words.merged(may_merge),
        merge: if may_merge { format!("/office/bodies/merge?stays={id}") } else { String::new() },
        inspected,
        may_inspect: officer.can(Action::InspectionWrite),
        id: id.0,
        why: view.ground.map_or("", Ground::label),
        whole: view.ground != Some(Ground::Family),
        facts: words.facts(),
        chart: words.chart(),
        lang: Lang::Chinese,
        rows: view.certificates.iter().map(|card| words.row(card)).collect(),
        valid: view.valid().count(),
        capabilities: group_digits(view.capabilities()),
        found: view.found.as_ref().map(|found| words.found(found)),
        q,
        places: view.places.iter().map(|place| words.place(place)).collect(),
        kin: view.kin.iter().map(|kin| words.kin(kin)).collect(),
        more_kin: view.more_kin,
        periods: words.periods(),
    }))
}

impl Words<'_> {
    fn badge(&self, id: CertificateId) -> Badge {
        self.view.word(id).into()
    }

    fn link(&self, head: &Head) -> Link {
        Link {
            href: certificates::href(head.id),
            number: head.number.grouped(),
            authority: self.web.app.authority_short(head.authority),
            badge: self.badge(head.id),
        }
    }

    /// Who it is; the address is what the certificate that began last says.
    fn facts(&self) -> Vec<FactView> {
        let face = self.view.certificates.first().map(|card| &card.face);
        let address = face.map(|face| face.address.clone()).unwrap_or_default();
        super::facts(&self.view.body, address, &self.web.app.tables())
    }

    /// What was merged into it, under which name and code.
    fn merged(&self, may_merge: bool) -> Vec<MergedRow> {
        let row = |body: &Body| MergedRow {
            name: body.name.clone(),
            code: super::duplicates::code(body),
            split: if may_merge { format!("{}/split", href(body.id)) } else { String::new() },
        };
        self.view.merged.iter().map(row).collect()
    }

    fn chart(&self) -> Option<Chart> {
        let span = |card: &Card| {
            let head = &card.head;
            let link = self.link(head);
            let ended = head.status.since().filter(|_| head.status.word() != StatusWord::Suspended);
            Span {
                from: head.valid_from,
                to: head.valid_to,
                ended,
                label: format!("{}　{}", link.number, link.authority),
                word: self.view.word(head.id),
            }
        };
        chart(self.view.certificates.iter().map(span).collect(), self.web.app.today())
    }

    fn row(&self, card: &Card) -> CertificateRow {
        let (head, tables) = (&card.head, self.web.app.tables());
        let domain = tables.domains.get(&head.domain).cloned();
        CertificateRow {
            link: self.link(head),
            authority: self.web.app.authority_name(head.authority),
            scope: domain.unwrap_or_else(|| head.domain.to_string()),
            validity: format!("{} 至 {}", head.valid_from, head.valid_to),
            edition: head.edition,
            capabilities: group_digits(u64::from(card.capabilities)),
        }
    }

    fn found(&self, found: &Found) -> FoundView<Link> {
        let of = |id| self.view.certificates.iter().map(|card| &card.head).find(|head| head.id == id);
        FoundView::of(found, |id| of(id).map(|head| self.link(head)))
    }

    fn place(&self, place: &Place) -> PlaceRow {
        let tables = self.web.app.tables();
        let division = place.site.division.map(|d| format!("{} {}", d.as_str(), tables.division_name(d)));
        PlaceRow {
            name: place.site.name.clone(),
            address: place.site.address.clone(),
            division: division.unwrap_or_default(),
            on: place.on.iter().map(|(id, n)| (certificates::href(*id), n.grouped())).collect(),
        }
    }

    fn kin(&self, kin: &Kin) -> KinRow {
        KinRow {
            href: href(kin.body.id),
            name: kin.body.name.clone(),
            uscc: kin.body.own_uscc.map(|uscc| uscc.to_string()).unwrap_or_default(),
            relation: kin.relation.label(),
            certificates: kin.certificates.iter().map(|head| self.link(head)).collect(),
        }
    }

    /// Names and addresses, the newest first.
    fn periods(&self) -> Vec<PeriodRow> {
        let row = |it: &app::stored::Period| PeriodRow {
            from: it.from.to_string(),
            name: it.name.clone(),
            other: it.other_name.clone(),
            address: it.address.clone(),
            href: certificates::href(it.certificate),
            number: it.number.grouped(),
            edition: it.edition,
        };
        self.view.periods.iter().rev().map(row).collect()
    }
}
