//! What a caller reads of the certificates and bodies of others. The rule is `domain::sight`; here stands what is asked of
//! the store for it, each by index, and the one way to a certificate or body for verbs that are not of its issuer alone.

use crate::{App, AppError, Ctx, Result};
use domain::{
    Action, Answer, Authority, AuthorityId, BodyId, Concern, Ground, Part, Presence, Sight, Uscc, concern,
    ground, may,
};
use std::collections::HashMap;
use store::Reader;
use store::body::Body;
use store::certificate::Head;

/// Bodies with all others of their legal persons, where each stands and who issued to it.
pub(crate) struct Kinship {
    /// Those that were asked for and their kin, by key.
    pub(crate) bodies: Vec<Body>,
    presence: HashMap<BodyId, Presence>,
}

/// The codes by which a body belongs to others: its own, and that of its legal person.
pub(crate) fn codes(body: &Body) -> impl Iterator<Item = Uscc> {
    body.own_uscc.into_iter().chain(body.parent_uscc)
}

/// Whether two bodies are of one legal person, or one is the legal person of the other.
pub(crate) fn related(a: &Body, b: &Body) -> bool {
    a.id != b.id && codes(a).any(|code| codes(b).any(|other| other == code))
}

impl Kinship {
    /// The other bodies of the legal person of one.
    pub(crate) fn kin<'a>(&'a self, body: &'a Body) -> impl Iterator<Item = &'a Body> {
        self.bodies.iter().filter(move |other| related(body, other))
    }

    /// Why an authority may read of a body, or of a certificate of it that `issuer` issued.
    pub(crate) fn ground(
        &self,
        authority: &Authority,
        issuer: Option<AuthorityId>,
        body: &Body,
    ) -> Option<Ground> {
        ground(authority, issuer, self.presence.get(&body.id)?, self.around(body))
    }

    /// Why an act by one authority against a certificate of a body that another one issued concerns a third.
    pub(crate) fn concern(
        &self,
        authority: &Authority,
        acted: (AuthorityId, AuthorityId),
        body: &Body,
    ) -> Option<Concern> {
        concern(authority, acted, self.presence.get(&body.id)?, self.around(body))
    }

    fn around<'a>(&'a self, body: &'a Body) -> impl Iterator<Item = &'a Presence> {
        self.kin(body).filter_map(|other| self.presence.get(&other.id))
    }
}

impl App {
    /// Bodies with their kin: four statements, however many there are.
    pub(crate) async fn kinship(&self, reader: Reader<'_>, bodies: Vec<Body>) -> Result<Kinship> {
        let mut usccs: Vec<String> = bodies.iter().flat_map(codes).map(|code| code.to_string()).collect();
        usccs.sort_unstable();
        usccs.dedup();
        let mut all = bodies;
        all.extend(store::kin::of_codes(reader, usccs).await?);
        all.sort_by_key(|body| body.id);
        all.dedup_by_key(|body| body.id);
        let ids: Vec<i64> = all.iter().map(|body| body.id.0).collect();
        let of = |body: &Body| Presence {
            home: body.division.into_iter().collect(),
            corps: body.xpcc,
            ..Presence::default()
        };
        let mut presence: HashMap<BodyId, Presence> = all.iter().map(|body| (body.id, of(body))).collect();
        for (body, authority) in store::kin::issuers(reader, ids.clone()).await? {
            presence.entry(body).or_default().holders.insert(authority);
        }
        for (body, division) in store::kin::places(reader, ids.clone(), self.today()).await? {
            presence.entry(body).or_default().sites.insert(division);
        }
        for (body, authority, concern) in store::kin::told(reader, ids).await? {
            presence.entry(body).or_default().told.insert((authority, concern));
        }
        Ok(Kinship { bodies: all, presence })
    }

    /// Records that a part of a certificate was asked for that the caller may not see.
    pub fn note_hidden(&self, ctx: &Ctx) {
        self.access.note(ctx, Action::CertificateRead.key(), "hidden", self.now());
    }

    /// The caller's authority, as the rule needs it.
    pub(crate) fn reader_of(&self, ctx: &Ctx) -> Result<Authority> {
        self.tables().authority(ctx.authority()?).cloned().ok_or(AppError::NotFound)
    }

    /// Lets the caller see a part of a certificate, by the table of rights what is its own authority's, and by
    /// architecture.md 9.4 what is another's.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none, or where the caller may not see this part of it; the latter is recorded.
    pub(crate) async fn see(&self, ctx: &Ctx, head: Option<Head>, part: Part) -> Result<(Head, Ground)> {
        let owner = head.as_ref().map(|head| head.authority);
        if let Some(head) = &head
            && may(&ctx.actor, Action::CertificateRead, owner) == Answer::Hidden
            && let Some(ground) = self.foreign(ctx, head).await?
            && ground.sight().shows(part)
        {
            return Ok((head.clone(), ground));
        }
        self.ask(ctx, Action::CertificateRead, owner)?;
        let head = head.ok_or(AppError::NotFound)?;
        let own = ctx.actor.authority() == Some(head.authority);
        Ok((head, if own { Ground::Issuer } else { Ground::National }))
    }

    /// Why the caller may read a certificate of another authority.
    async fn foreign(&self, ctx: &Ctx, head: &Head) -> Result<Option<Ground>> {
        self.ask(ctx, Action::CertificateRead, Some(ctx.authority()?))?;
        let body = self.body_of(head).await?;
        let kinship = self.kinship((&self.db).into(), vec![body.clone()]).await?;
        Ok(kinship.ground(&self.reader_of(ctx)?, Some(head.authority), &body))
    }

    /// The body of a certificate.
    pub(crate) async fn body_of(&self, head: &Head) -> Result<Body> {
        let body = store::body::by_id((&self.db).into(), head.body).await?;
        body.ok_or_else(|| AppError::Fault(format!("证书{}的机构不在库中", head.id)))
    }

    /// Those of these bodies that the caller may see at all, with why, and with their kin.
    ///
    /// # Errors
    /// [`AppError::NotFound`] if there is none to be seen, recorded.
    pub(crate) async fn see_bodies(
        &self,
        ctx: &Ctx,
        bodies: Vec<Body>,
    ) -> Result<(Vec<(Body, Ground)>, Kinship)> {
        self.ask(ctx, Action::CertificateRead, Some(ctx.authority()?))?;
        let reader = self.reader_of(ctx)?;
        let kinship = self.kinship((&self.db).into(), bodies.clone()).await?;
        let see = |body: Body| {
            let ground = kinship.ground(&reader, None, &body)?;
            (ground.sight() > Sight::None).then_some((body, ground))
        };
        let seen: Vec<_> = bodies.into_iter().filter_map(see).collect();
        if seen.is_empty() {
            self.note_hidden(ctx);
            return Err(AppError::NotFound);
        }
        Ok((seen, kinship))
    }
}
