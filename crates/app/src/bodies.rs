//! 获证机构: one body with all its certificates in the country, of all authorities, where it stands and to whom it belongs.

use crate::searching::capabilities_of;
use crate::sight::Kinship;
use crate::{App, AppError, Ctx, Result, SearchAsk};
use ::search::{Page, Sort, Subject};
use domain::{
    Action, BodyId, Capability, CertificateId, Ground, NameShape, Number, Part, Site, Uscc, Verdict,
    VerdictWord,
};
use std::collections::HashMap;
use store::body::Body;
use store::certificate::{Card, Head};
use store::content::Placed;
use store::kin::Period;

/// Capability rows that a search within a body shows.
pub const MOST_FOUND: usize = 50;
/// Bodies of the same legal person that a page names.
const MOST_KIN: usize = 100;
/// Bodies that are listed by name; who wants more types more, or searches.
const MOST_NAMED: usize = 50;

/// A body as the caller may see it.
#[derive(Clone, Debug)]
pub struct BodyView {
    /// Who it is.
    pub body: Body,
    /// Why an officer may read of it; none for the public, which reads what is opened.
    pub ground: Option<Ground>,
    /// All its certificates, of all authorities, the latest first.
    pub certificates: Vec<Card>,
    /// Today's verdict on each of them, and on those of its kin.
    pub standings: HashMap<CertificateId, Verdict>,
    /// Its current sites.
    pub places: Vec<Place>,
    /// The legal person it belongs to, and the other bodies of it.
    pub kin: Vec<Kin>,
    /// How many more of these there are.
    pub more_kin: usize,
    /// Its names and addresses over time, the first first; none for who may not see its history.
    pub periods: Vec<Period>,
    /// What was merged into it.
    pub merged: Vec<Body>,
    /// What was looked for in its capabilities.
    pub found: Option<Found>,
}

/// Bodies found by name.
#[derive(Clone, Debug)]
pub struct BodiesNamed {
    /// Which, and why the caller may see each.
    pub bodies: Vec<(Body, Ground)>,
    /// Whether the index was asked: while it is made, only whole names are found.
    pub searched: bool,
}

/// A current site, and the certificates it stands on.
#[derive(Clone, Debug)]
pub struct Place {
    /// The site.
    pub site: Site,
    /// Key and number of each certificate.
    pub on: Vec<(CertificateId, Number)>,
}

/// Another body of the same legal person.
#[derive(Clone, Debug)]
pub struct Kin {
    /// Which.
    pub body: Body,
    /// What it is to the body that is shown.
    pub relation: Relation,
    /// Its certificates, the newest first.
    pub certificates: Vec<Head>,
}

/// What one body is to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// The legal person itself.
    Parent,
    /// Another body of the same legal person.
    Sister,
    /// A body of which the other one is the legal person.
    Branch,
}

impl Relation {
    /// The word in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Relation::Parent => "parent",
            Relation::Sister => "sister",
            Relation::Branch => "branch",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            Relation::Parent => "所属法人单位",
            Relation::Sister => "同一法人单位的其他机构",
            Relation::Branch => "下属机构",
        }
    }

    fn of(other: &Body, to: &Body) -> Relation {
        match () {
            () if other.own_uscc.is_some() && other.own_uscc == to.parent_uscc => Relation::Parent,
            () if to.own_uscc.is_some() && to.own_uscc == other.parent_uscc => Relation::Branch,
            () => Relation::Sister,
        }
    }
}

/// Rows of a body's capabilities that hold all words of a text.
#[derive(Clone, Debug)]
pub struct Found {
    /// The first [`MOST_FOUND`], each with its certificate.
    pub rows: Vec<(CertificateId, Placed<Capability>)>,
    /// How many there are.
    pub total: u64,
}

impl BodyView {
    /// The word of today of a certificate.
    pub fn word(&self, id: CertificateId) -> VerdictWord {
        self.standings.get(&id).map_or(VerdictWord::Undeterminable, Verdict::word)
    }

    /// Whether a certificate is in force today.
    fn in_force(&self, card: &Card) -> bool {
        self.word(card.head.id) == VerdictWord::Valid
    }

    /// The certificates that are in force today.
    pub fn valid(&self) -> impl Iterator<Item = &Card> {
        self.certificates.iter().filter(|card| self.in_force(card))
    }

    /// How many capability rows they have.
    pub fn capabilities(&self) -> u64 {
        self.valid().map(|card| u64::from(card.capabilities)).sum()
    }
}

impl App {
    /// The bodies of a code, their own or that of their legal person, as far as the caller may see them, with why.
    ///
    /// # Errors
    /// [`AppError::NotFound`] if there is none to be seen, recorded.
    pub async fn bodies_of(&self, ctx: &Ctx, uscc: Uscc) -> Result<Vec<(Body, Ground)>> {
        let bodies = store::kin::of_codes((&self.db).into(), vec![uscc.to_string()]).await?;
        Ok(self.see_bodies(ctx, bodies).await?.0)
    }

    /// Bodies by words of their names, as far as the caller may see them: those called so or nearly so, then what the index
    /// of this node finds. A name that nobody has and one that the caller may not know of are told alike.
    pub async fn bodies_named(&self, ctx: &Ctx, text: &str) -> Result<BodiesNamed> {
        self.ask(ctx, Action::CertificateRead, Some(ctx.authority()?))?;
        let reader = || (&self.db).into();
        let mut rows = store::body::by_name_keys(reader(), vec![domain::name_key(text)]).await?;
        let shape = NameShape::of(text);
        let near = store::alike::by_keys(reader(), shape.keys().to_vec()).await?;
        let alike = |body: &Body| shape.alike(&NameShape::of(&body.name)).is_some();
        rows.extend(near.into_iter().map(|(_, body)| body).filter(alike));
        let (ids, searched) = match self.search(ctx, vec![by_words(text)]).await {
            Ok(found) => {
                (found.into_iter().flat_map(|it| it.answer.hits).map(|hit| hit.body.id.0).collect(), true)
            }
            Err(AppError::NotReady { .. } | AppError::Refused { .. }) => (Vec::new(), false),
            Err(error) => return Err(error),
        };
        rows.extend(store::body::by_ids(reader(), ids).await?);
        rows.truncate(MOST_NAMED);
        // In the order in which they were found; each once.
        let order: Vec<BodyId> = rows.iter().map(Body::stays).collect();
        let mut bodies = match self.see_bodies(ctx, rows).await {
            Ok((bodies, _)) => bodies,
            Err(AppError::NotFound) => Vec::new(),
            Err(error) => return Err(error),
        };
        bodies.sort_by_key(|(body, _)| order.iter().position(|id| *id == body.id));
        Ok(BodiesNamed { bodies, searched })
    }

    /// One body; with `text`, also the rows of its capabilities that hold it, over all certificates in force today.
    ///
    /// # Errors
    /// [`AppError::NotFound`] if the caller may not see it or there is none, recorded.
    pub async fn body(&self, ctx: &Ctx, id: domain::BodyId, text: &str) -> Result<BodyView> {
        let reader = || (&self.db).into();
        let body = store::body::by_id(reader(), id).await?;
        let (seen, kinship) = self.see_bodies(ctx, body.into_iter().collect()).await?;
        let (body, ground) = seen.into_iter().next().ok_or(AppError::NotFound)?;
        // One that was merged is answered for by the one that stays.
        let id = body.id;
        let certificates = store::certificate::cards_of_body(reader(), id).await?;
        let kin = self.kin(ctx, &kinship, &body).await?;
        let periods = match ground.sight().shows(Part::History) {
            true => store::kin::periods(reader(), id).await?,
            false => Vec::new(),
        };
        let merged = kinship.merged.get(&id).cloned().unwrap_or_default();
        let view = self.body_view(body, Some(ground), certificates, kin, periods, text).await?;
        Ok(BodyView { merged, ..view })
    }

    /// What is shown of a body, of those certificates, kin and editions that the reader may see.
    pub(crate) async fn body_view(
        &self,
        body: Body,
        ground: Option<Ground>,
        certificates: Vec<Card>,
        (kin, more_kin): (Vec<Kin>, usize),
        editions: Vec<Period>,
        text: &str,
    ) -> Result<BodyView> {
        let heads = certificates.iter().map(|card| &card.head);
        let heads: Vec<&Head> = heads.chain(kin.iter().flat_map(|it| &it.certificates)).collect();
        let standings = self.standings_by_id(&heads).await?;
        let places = store::kin::sites((&self.db).into(), body.id, self.today()).await?;
        let (places, periods) = (grouped(places, &certificates), periods(editions));
        let mut view = BodyView {
            body,
            ground,
            certificates,
            standings,
            places,
            kin,
            more_kin,
            periods,
            merged: Vec::new(),
            found: None,
        };
        view.found = self.look_within(&view, text).await?;
        Ok(view)
    }

    /// The bodies of the same legal person that the caller may see, the legal person itself first.
    async fn kin(&self, ctx: &Ctx, kinship: &Kinship, body: &Body) -> Result<(Vec<Kin>, usize)> {
        let reader = self.reader_of(ctx)?;
        let seen = kinship.kin(body).filter(|other| kinship.ground(&reader, None, other).is_some());
        let (bodies, more) = ordered(seen, body);
        let ids = bodies.iter().map(|(_, other)| other.id.0).collect();
        let heads = store::certificate::of_bodies((&self.db).into(), ids).await?;
        Ok((bodies.into_iter().map(|(relation, other)| Kin::of(relation, other, &heads)).collect(), more))
    }

    async fn look_within(&self, view: &BodyView, text: &str) -> Result<Option<Found>> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let editions: Vec<_> = view.valid().map(|card| (card.head.id, card.head.edition)).collect();
        let (rows, total) = capabilities_of((&self.db).into(), &editions, text, MOST_FOUND).await?;
        Ok(Some(Found { rows, total }))
    }
}

/// A question for bodies by words.
fn by_words(text: &str) -> SearchAsk {
    SearchAsk {
        subject: Subject::Body,
        text: text.to_owned(),
        also: Vec::new(),
        number: String::new(),
        picked: Vec::new(),
        sort: Sort::Fit,
        page: Page { skip: 0, take: MOST_NAMED },
    }
}

impl Kin {
    pub(crate) fn of(relation: Relation, body: &Body, heads: &[Head]) -> Kin {
        let certificates = heads.iter().filter(|head| head.body == body.id).cloned().collect();
        Kin { body: body.clone(), relation, certificates }
    }
}

/// Kin of a body, the legal person first; those that a page names, and how many more there are.
pub(crate) fn ordered<'a>(
    kin: impl Iterator<Item = &'a Body>,
    of: &Body,
) -> (Vec<(Relation, &'a Body)>, usize) {
    let mut bodies: Vec<(Relation, &Body)> = kin.map(|other| (Relation::of(other, of), other)).collect();
    bodies.sort_by_key(|(relation, other)| (*relation, other.id));
    let more = bodies.len().saturating_sub(MOST_KIN);
    bodies.truncate(MOST_KIN);
    (bodies, more)
}

/// One entry a site: the same place on several certificates stands once, with each of them.
fn grouped(sites: Vec<(CertificateId, Site)>, cards: &[Card]) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for (id, site) in sites {
        let Some(card) = cards.iter().find(|card| card.head.id == id) else { continue };
        let on = (id, card.head.number.clone());
        match places.iter_mut().find(|place| place.site == site) {
            Some(place) => place.on.push(on),
            None => places.push(Place { site, on: vec![on] }),
        }
    }
    places
}

/// The editions that say another name or address than the one before.
fn periods(editions: Vec<Period>) -> Vec<Period> {
    let mut out: Vec<Period> = Vec::new();
    for it in editions {
        let same = |last: &Period| {
            (&last.name, &last.other_name, &last.address) == (&it.name, &it.other_name, &it.address)
        };
        if !out.last().is_some_and(same) {
            out.push(it);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Day;

    fn period(day: i32, name: &str, address: &str) -> Period {
        let (certificate, number) = (CertificateId(1), Number::parse("262712050001").unwrap());
        let from = Day::parse("2026-01-01").unwrap().plus_days(day).unwrap();
        let (name, other_name, address) = (name.into(), String::new(), address.into());
        Period { from, certificate, number, edition: 1, name, other_name, address }
    }

    #[test]
    fn a_period_begins_where_name_or_address_changes() {
        let all = vec![
            period(0, "甲", "一号"),
            period(1, "甲", "一号"),
            period(2, "乙", "一号"),
            period(3, "乙", "二号"),
            period(4, "甲", "一号"),
        ];
        let days: Vec<_> = periods(all).iter().map(|it| it.from.dom()).collect();
        assert_eq!(days, [1, 3, 4, 5], "a name that comes back is a period of its own");
    }
}
