//! 正式开通: the public query platform is opened by the national administrator, as a whole or for one authority after the
//! other. Scans and typed numbers are answered before and whatever stands here.

use crate::{App, AppError, Ctx, Result};
use domain::{Action, AuthorityId, Event, EventKind, Object, StatusWord};
use std::collections::BTreeSet;
use store::Urgency;
use store::certificate::Head;

/// The key of `meta` under which it stands: `all`, or keys of authorities parted by commas.
const KEY: &str = "public_search";

/// Whose certificates the public can search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// Those of all authorities.
    All,
    /// Those of some; of none, the platform is not opened.
    Some(BTreeSet<AuthorityId>),
}

impl Opened {
    fn read(text: &str) -> Opened {
        match text {
            "all" => Opened::All,
            keys => {
                Opened::Some(keys.split(',').filter_map(|key| key.parse().ok().map(AuthorityId)).collect())
            }
        }
    }

    fn text(&self) -> String {
        match self {
            Opened::All => "all".into(),
            Opened::Some(some) => some.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(","),
        }
    }

    /// As it stands.
    pub(crate) async fn of(reader: store::Reader<'_>) -> Result<Opened> {
        let text = store::meta::get(reader, KEY).await?;
        Ok(Opened::read(text.as_deref().unwrap_or_default()))
    }

    /// Whether the public can search anything.
    pub fn is_open(&self) -> bool {
        !matches!(self, Opened::Some(some) if some.is_empty())
    }

    /// Whether the certificates of an authority are found.
    pub fn has(&self, authority: AuthorityId) -> bool {
        match self {
            Opened::All => true,
            Opened::Some(some) => some.contains(&authority),
        }
    }

    /// Whether the public finds a certificate in lists: its authority is opened, and it was not assigned by mistake.
    pub(crate) fn lists(&self, head: &Head) -> bool {
        self.has(head.authority) && head.status.word() != StatusWord::Annulled
    }
}

impl App {
    /// Whose certificates the public can search. Everybody may know.
    pub async fn platform(&self) -> Result<Opened> {
        Opened::of((&self.db).into()).await
    }

    /// Opens the platform to the public, or closes it again, for all authorities or for some.
    pub async fn open_platform(&self, ctx: &Ctx, opened: &Opened) -> Result<()> {
        self.ask(ctx, Action::PlatformOpen, None)?;
        if let Opened::Some(some) = opened {
            let tables = self.tables();
            if let Some(unknown) = some.iter().find(|id| tables.authority(**id).is_none()) {
                let hint = "请刷新页面后重新选择。";
                return Err(AppError::refused(format!("没有键为{}的机关", unknown.0), hint));
            }
        }
        let tx = self.db.begin(Urgency::Act).await?;
        store::meta::set(&tx, KEY, &opened.text()).await?;
        let mut event: Event = self.event(ctx, EventKind::PlatformOpen, Object::Authority, 0);
        event.details.push(("opened", opened.text()));
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        self.put_opened(opened.clone());
        Ok(())
    }
}
