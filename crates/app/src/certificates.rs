//! Reading the register: lists, details, editions and what differs between two.

use crate::{App, AppError, Ctx, Result};
use domain::{
    Action, AuthorityId, CertificateId, Content, Diff, Ground, Object, Part as Seen, PersonId, Verdict,
};
use std::collections::HashMap;
use store::body::Body;
use store::certificate::{Card, Filter};
use store::content::Edition;
use store::event::Recorded;
use store::personal::Part;

/// A certificate with what surrounds it.
#[derive(Clone, Debug)]
pub struct Detail {
    /// Head and current face.
    pub card: Card,
    /// Its body.
    pub body: Body,
    /// Why the caller may read it; how much, says [`Ground::sight`].
    pub ground: Ground,
    /// All editions, oldest first; only the current one for who may not see its history.
    pub editions: Vec<Edition>,
    /// Everything done to it, oldest first, as far as the caller may see.
    pub events: Vec<Recorded>,
    /// Prints, newest first; none for who did not issue it.
    pub prints: Vec<store::print::PrintRecord>,
    /// Certificates of the same body, this one included, newest first.
    pub of_body: Vec<store::certificate::Head>,
    /// Today's verdict on it and on each of [`Detail::of_body`].
    pub standings: HashMap<CertificateId, Verdict>,
}

/// One page of a list with the count of all.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// How many there are in all.
    pub total: u64,
}

/// What one authority has delivered, for 汇总.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Delivered {
    /// Which.
    pub authority: AuthorityId,
    /// Its name.
    pub name: String,
    /// Certificates in all.
    pub total: u64,
    /// Of them in force by recorded status.
    pub valid: u64,
    /// When the last one came, µs; 0 for none.
    pub last: i64,
}

impl App {
    /// Narrows a filter to what the caller may see: an officer sees his authority, the national level all.
    fn scoped(&self, ctx: &Ctx, filter: &Filter) -> Result<Filter> {
        let (own, national) = (ctx.authority()?, ctx.actor.is_national());
        let wanted = filter.authority.unwrap_or(own);
        let authority = if national { filter.authority } else { Some(wanted) };
        self.ask(ctx, Action::CertificateRead, authority)?;
        Ok(Filter { authority, ..filter.clone() })
    }

    /// A page of certificates, newest first, before the key `before`.
    pub async fn certificates(
        &self,
        ctx: &Ctx,
        filter: &Filter,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Page<Card>> {
        let filter = self.scoped(ctx, filter)?;
        let reader = (&self.db).into();
        let rows = store::certificate::list(reader, &filter, before, limit.min(500)).await?;
        Ok(Page { rows, total: store::certificate::count(reader, &filter).await? })
    }

    /// How many certificates match.
    pub async fn count_certificates(&self, ctx: &Ctx, filter: &Filter) -> Result<u64> {
        let filter = self.scoped(ctx, filter)?;
        Ok(store::certificate::count((&self.db).into(), &filter).await?)
    }

    /// The key of a certificate by its number, as far as the caller may know of it.
    pub async fn certificate_by_number(&self, ctx: &Ctx, number: &domain::Number) -> Result<CertificateId> {
        let head = store::certificate::by_number((&self.db).into(), number).await?;
        self.ask(ctx, Action::CertificateRead, head.as_ref().map(|h| h.authority))?;
        head.map(|h| h.id).ok_or(AppError::NotFound)
    }

    /// One certificate of the caller's authority, or of any for the national one, with everything around it.
    pub async fn certificate(&self, ctx: &Ctx, id: CertificateId) -> Result<Detail> {
        self.detail(ctx, id, Seen::Prints).await
    }

    /// A certificate of whatever authority with what the caller may see of it (`domain::sight`).
    pub async fn certificate_seen(&self, ctx: &Ctx, id: CertificateId) -> Result<Detail> {
        self.detail(ctx, id, Seen::Face).await
    }

    /// A certificate for who may see at least a part of it.
    async fn detail(&self, ctx: &Ctx, id: CertificateId, part: Seen) -> Result<Detail> {
        let reader = (&self.db).into();
        let card = store::certificate::card_by_id(reader, id).await?;
        let (head, ground) = self.see(ctx, card.as_ref().map(|card| card.head.clone()), part).await?;
        let card = card.ok_or(AppError::NotFound)?;
        let body = self.body_of(&head).await?;
        // Who may see one certificate of a body may see all of it: the rule is about bodies.
        let of_body = store::certificate::of_body(reader, head.body).await?;
        let heads: Vec<_> = of_body.iter().chain([&head]).collect();
        let standings = self.standings_by_id(&heads).await?;
        let sight = ground.sight();
        let (history, prints) = (sight.shows(Seen::History), sight.shows(Seen::Prints));
        let mut editions = store::content::editions(reader, id).await?;
        editions.retain(|edition| history || edition.edition == head.edition);
        let mut events = match history {
            true => store::event::of_object(reader, Object::Certificate, id.0, 1_000).await?,
            false => Vec::new(),
        };
        events.retain(|event| prints || event.kind.of_life());
        let prints = match prints {
            true => store::print::list(reader, id, None, 200).await?,
            false => Vec::new(),
        };
        Ok(Detail { standings, editions, events, prints, card, body, ground, of_body })
    }

    /// The content of one edition.
    pub async fn content(&self, ctx: &Ctx, id: CertificateId, edition: u32) -> Result<Content> {
        let head = store::certificate::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::CertificateRead, head.map(|h| h.authority))?;
        self.content_of(id, edition).await
    }

    /// The content of one edition, for verbs that have asked already.
    pub(crate) async fn content_of(&self, id: CertificateId, edition: u32) -> Result<Content> {
        let reader = (&self.db).into();
        let stored = store::content::edition_of(reader, id, edition).await?.ok_or(AppError::NotFound)?;
        Ok(store::content::rows(reader, id, edition).await?.content(stored.face))
    }

    /// What differs between two editions.
    pub async fn compare(&self, ctx: &Ctx, id: CertificateId, old: u32, new: u32) -> Result<Diff> {
        let (old, new) = (self.content(ctx, id, old).await?, self.content(ctx, id, new).await?);
        Ok(domain::diff(&old, &new))
    }

    /// The rows of an edition with the keys of their persons.
    pub async fn rows(&self, ctx: &Ctx, id: CertificateId, edition: u32) -> Result<store::content::Rows> {
        let head = store::certificate::by_id((&self.db).into(), id).await?;
        self.ask(ctx, Action::CertificateRead, head.map(|h| h.authority))?;
        Ok(store::content::rows((&self.db).into(), id, edition).await?)
    }

    /// Personal fields of a person on a certificate of the caller's authority. Each look is noted in `access`.
    pub async fn person(
        &self,
        ctx: &Ctx,
        id: CertificateId,
        person: PersonId,
    ) -> Result<Vec<(Part, String)>> {
        let reader = (&self.db).into();
        let head = store::certificate::by_id(reader, id).await?;
        self.ask(ctx, Action::PersonalRead, head.as_ref().map(|h| h.authority))?;
        let head = head.ok_or(AppError::NotFound)?;
        let rows = store::content::rows(reader, id, head.edition).await?;
        let here = rows.signatories.iter().any(|s| s.person == person)
            || rows.staff.iter().any(|s| s.person == person)
            || head.contact == Some(person);
        if !here {
            return Err(AppError::NotFound);
        }
        self.access.note(ctx, Action::PersonalRead.key(), "read", self.now());
        let mut out = Vec::new();
        for sealed in store::personal::of_person(reader, person).await? {
            let plain =
                self.keys.open_sealed(crate::Bound::Person(person.0, sealed.part.key()), &sealed.cipher)?;
            out.push((sealed.part, String::from_utf8_lossy(&plain).into_owned()));
        }
        Ok(out)
    }

    /// What each authority has delivered: the national level sees all.
    pub async fn delivered(&self, ctx: &Ctx) -> Result<Vec<Delivered>> {
        self.ask(ctx, Action::CollectionRead, None)?;
        let mut out: Vec<Delivered> = self
            .tables()
            .authorities
            .iter()
            .map(|a| Delivered { authority: a.id, name: a.name.clone(), total: 0, valid: 0, last: 0 })
            .collect();
        for (authority, word, n, last) in store::certificate::delivered((&self.db).into()).await? {
            if let Some(row) = out.iter_mut().find(|d| d.authority == authority) {
                row.total += n;
                row.valid += if word == domain::StatusWord::Valid { n } else { 0 };
                row.last = row.last.max(last.micros());
            }
        }
        Ok(out)
    }

    /// Everything done for the caller's authority, newest first, before a position.
    pub async fn events(
        &self,
        ctx: &Ctx,
        authority: Option<AuthorityId>,
        before: Option<store::event::Position>,
    ) -> Result<Vec<Recorded>> {
        let authority = authority.map_or_else(|| ctx.authority(), Ok)?;
        self.ask(ctx, Action::EventRead, Some(authority))?;
        Ok(store::event::of_authority((&self.db).into(), authority, before, 100).await?)
    }
}

impl App {
    /// Certificates in all, for the person at the machine.
    pub async fn count_all(&self) -> Result<u64> {
        let all = store::certificate::delivered((&self.db).into()).await?;
        Ok(all.iter().map(|(_, _, n, _)| n).sum())
    }
}
