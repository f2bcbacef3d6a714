//! The page of a body for everybody: what the platform has opened of it, and nothing else.

use crate::bodies::{BodyView, Kin, ordered};
use crate::{App, AppError, Opened, Result};
use domain::{BodyId, Number, Uscc};
use std::collections::HashSet;
use store::body::Body;
use store::certificate::Card;

/// How the public names a body: by its own code, or by the number of any of its certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyKey {
    /// 统一社会信用代码.
    Code(Uscc),
    /// 证书编号.
    Number(Number),
}

impl BodyKey {
    /// Reads what stands in an address.
    pub fn parse(text: &str) -> Option<BodyKey> {
        let code = || Uscc::parse(text).ok().map(BodyKey::Code);
        code().or_else(|| Number::parse(text).ok().map(BodyKey::Number))
    }
}

impl App {
    /// One body with those of its certificates that the public finds, and the kin that has such; with `text`, also the rows
    /// of its capabilities that hold it. Everybody may ask.
    ///
    /// # Errors
    /// [`AppError::NotFound`] if there is none, or nothing of it is opened.
    pub async fn public_body(&self, key: &BodyKey, text: &str) -> Result<BodyView> {
        let opened = self.platform().await?;
        let reader = || (&self.db).into();
        let body = self.named(key, &opened).await?.ok_or(AppError::NotFound)?;
        let mut certificates = store::certificate::cards_of_body(reader(), body.id).await?;
        certificates.retain(|card| opened.lists(&card.head));
        if certificates.is_empty() {
            return Err(AppError::NotFound);
        }
        let listed: HashSet<_> = certificates.iter().map(|card: &Card| card.head.id).collect();
        let mut editions = store::kin::periods(reader(), body.id).await?;
        editions.retain(|it| listed.contains(&it.certificate));
        let kin = self.public_kin(&body, &opened).await?;
        self.body_view(body, None, certificates, kin, editions, text).await
    }

    async fn named(&self, key: &BodyKey, opened: &Opened) -> Result<Option<Body>> {
        let reader = || (&self.db).into();
        match key {
            BodyKey::Code(code) => {
                let bodies = store::body::by_own_usccs(reader(), vec![code.to_string()]).await?;
                Ok(self.stay(reader(), bodies).await?.into_iter().next())
            }
            BodyKey::Number(number) => {
                let head = store::certificate::by_number(reader(), number).await?;
                match head.filter(|head| opened.lists(head)) {
                    Some(head) => Ok(store::body::by_id(reader(), head.body).await?),
                    None => Ok(None),
                }
            }
        }
    }

    /// The bodies of the same legal person of which something is opened.
    async fn public_kin(&self, body: &Body, opened: &Opened) -> Result<(Vec<Kin>, usize)> {
        let reader = || (&self.db).into();
        let kinship = self.kinship(reader(), vec![body.clone()]).await?;
        let bodies: Vec<&Body> = kinship.kin(body).collect();
        let ids = bodies.iter().map(|other| other.id.0).collect();
        let mut heads = store::certificate::of_bodies(reader(), ids).await?;
        heads.retain(|head| opened.lists(head));
        let shown: HashSet<BodyId> = heads.iter().map(|head| head.body).collect();
        let (bodies, more) = ordered(bodies.into_iter().filter(|other| shown.contains(&other.id)), body);
        Ok((bodies.into_iter().map(|(relation, other)| Kin::of(relation, other, &heads)).collect(), more))
    }
}
