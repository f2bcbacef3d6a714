//! 通知: addresses of an authority's systems that are told what happens to its certificates. The event table is the outbox:
//! an act is told of because its event was written in its own transaction, by whichever door it came.
//!
//! This module keeps the addresses; `work` follows the events and says what is to be sent, `message` what that looks like.
//! Sending itself is a door's: nothing here knows HTTP.

mod address;
mod message;
mod work;

pub use address::is_public;
pub use work::{Message, Outgoing, Receipt};

use crate::{App, AppError, Bound, Ctx, Result, entropy};
use domain::{Action, AuthorityId, ClientId, Event, EventKind, HookId, Instant, Object, Secret};
use store::Urgency;
use store::delivery::{Listed, State};
use store::event::Position;
use store::hook::Hook;

/// What may be told of: all that happens to certificates.
pub const HOOK_KINDS: [EventKind; 14] = [
    EventKind::Assign,
    EventKind::Change,
    EventKind::Succeed,
    EventKind::Restore,
    EventKind::Suspend,
    EventKind::Resume,
    EventKind::Revoke,
    EventKind::Withdraw,
    EventKind::Cancel,
    EventKind::Void,
    EventKind::Annul,
    EventKind::Lift,
    EventKind::Adopt,
    EventKind::Collect,
];
/// Hooks of an authority.
const MOST: usize = 20;
/// Dead deliveries that are sent again in one go.
const AGAIN: u32 = 5_000;
/// Most deliveries of a page.
const PAGE: u32 = 200;

/// What an officer says of a hook.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HookSpec {
    /// Where it is told: http or https.
    pub url: String,
    /// Of what, among [`HOOK_KINDS`]; empty for all.
    pub kinds: Vec<EventKind>,
    /// Whether it is also told of acts of other authorities that concern its own: those of the change stream with
    /// `concerning`.
    pub others: bool,
    /// 已停用. What happens meanwhile is told once it is enabled again.
    pub disabled: bool,
}

/// A hook as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookInfo {
    /// Its key.
    pub id: HookId,
    /// Whose system it is.
    pub client: ClientId,
    /// What that is called.
    pub client_name: String,
    /// Of whose certificates it is told.
    pub authority: AuthorityId,
    /// What is set of it.
    pub spec: HookSpec,
    /// When it was set up.
    pub created_at: Instant,
    /// When it last took something.
    pub last_done_at: Option<Instant>,
    /// Failures since then.
    pub failures: u32,
    /// Deliveries that wait.
    pub waiting: u64,
    /// Deliveries that were given up.
    pub dead: u64,
}

/// A hook that was set up, with what its signatures are checked with: shown once.
#[derive(Clone, Debug)]
pub struct NewHook {
    /// Its key.
    pub id: HookId,
    /// `whsec_` and base64.
    pub secret: Secret,
}

impl App {
    /// Sets a hook up for a system. It is told of what happens from now on.
    ///
    /// # Errors
    /// What is wrong with the address or the kinds; too many hooks.
    pub async fn create_hook(&self, ctx: &Ctx, client: ClientId, spec: &HookSpec) -> Result<NewHook> {
        let client = self.known_client(ctx, Action::HookWrite, client).await?;
        let (url, kinds) = self.checked_hook(spec)?;
        let all = store::hook::list((&self.db).into(), Some(client.authority)).await?;
        if all.len() >= MOST {
            return Err(AppError::refused(
                format!("本机关已有{MOST}个通知地址"),
                "请改用已有的地址，或修改已停用的一个。",
            ));
        }
        let id = HookId(self.ids("hook", 1).await?);
        let secret = entropy::bytes::<32>();
        let now = self.now();
        let tx = self.db.begin(Urgency::Act).await?;
        let hook = Hook {
            id,
            client: client.id,
            authority: client.authority,
            url,
            secret: self.keys.seal(Bound::Hook(id.0), &secret),
            kinds,
            others: spec.others,
            disabled: spec.disabled,
            at: store::event::last((&tx).into()).await?,
            next_at: now,
            failures: 0,
            last_done_at: None,
            created_at: now,
        };
        store::hook::create(&tx, &hook).await?;
        store::event::append(&tx, &[self.hook_event(ctx, EventKind::HookSet, &hook)]).await?;
        tx.commit().await?;
        Ok(NewHook { id, secret: Secret::new(message::shown(&secret)) })
    }

    /// Changes a hook: address, kinds, whether it is disabled. Its secret stays.
    ///
    /// # Errors
    /// As [`App::create_hook`].
    pub async fn set_hook(&self, ctx: &Ctx, id: HookId, spec: &HookSpec) -> Result<()> {
        let known = self.known_hook(ctx, Action::HookWrite, id).await?;
        let (url, kinds) = self.checked_hook(spec)?;
        let hook = Hook { url, kinds, others: spec.others, disabled: spec.disabled, ..known };
        let tx = self.db.begin(Urgency::Act).await?;
        store::hook::update(&tx, &hook).await?;
        store::event::append(&tx, &[self.hook_event(ctx, EventKind::HookSet, &hook)]).await?;
        Ok(tx.commit().await?)
    }

    /// The hooks of an authority; without one those of all, or of the caller's own where that is as far as its right
    /// reaches.
    pub async fn hooks(&self, ctx: &Ctx, authority: Option<AuthorityId>) -> Result<Vec<HookInfo>> {
        let own = || ctx.actor.authority().filter(|_| !ctx.actor.is_national());
        let authority = authority.or_else(own);
        self.ask(ctx, Action::ClientRead, authority)?;
        let mut out = Vec::new();
        for hook in store::hook::list((&self.db).into(), authority).await? {
            out.push(self.hook_info(hook).await?);
        }
        Ok(out)
    }

    /// One hook.
    pub async fn hook(&self, ctx: &Ctx, id: HookId) -> Result<HookInfo> {
        let hook = self.known_hook(ctx, Action::ClientRead, id).await?;
        self.hook_info(hook).await
    }

    /// A page of what a hook was told before an event, the newest event first, at most 200; of one state or of all.
    pub async fn deliveries(
        &self,
        ctx: &Ctx,
        id: HookId,
        state: Option<State>,
        before: Option<Position>,
        limit: u32,
    ) -> Result<Vec<Listed>> {
        self.known_hook(ctx, Action::ClientRead, id).await?;
        Ok(store::delivery::list((&self.db).into(), id, state, before, limit.min(PAGE)).await?)
    }

    /// Sends a delivery again, whatever became of it, or without one all that were given up. How many.
    ///
    /// # Errors
    /// If nothing was given up; [`store::StoreError::Conflict`] if there is no such delivery.
    pub async fn resend(&self, ctx: &Ctx, id: HookId, one: Option<Position>) -> Result<u64> {
        let hook = self.known_hook(ctx, Action::HookWrite, id).await?;
        let now = self.now();
        let tx = self.db.begin(Urgency::Act).await?;
        let n = match one {
            Some(at) => store::delivery::again(&tx, id, at, now).await.map(|()| 1)?,
            None => store::delivery::again_dead(&tx, id, AGAIN, now).await?,
        };
        if n == 0 {
            return Err(AppError::refused("没有未送达的通知", "不需要重发。"));
        }
        let mut event = self.hook_event(ctx, EventKind::HookResend, &hook);
        let which = one.map_or("dead".into(), |at| format!("{}.{}", at.epoch, at.number));
        event.details.extend([("which", which), ("deliveries", n.to_string())]);
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(n)
    }

    async fn known_hook(&self, ctx: &Ctx, action: Action, id: HookId) -> Result<Hook> {
        let hook = store::hook::by_id((&self.db).into(), id).await?;
        self.ask(ctx, action, hook.as_ref().map(|hook| hook.authority))?;
        hook.ok_or(AppError::NotFound)
    }

    /// Address and kinds as they are stored.
    fn checked_hook(&self, spec: &HookSpec) -> Result<(String, String)> {
        if let Some(kind) = spec.kinds.iter().find(|kind| !HOOK_KINDS.contains(kind)) {
            let message = format!("“{}”不在可通知的事项中", kind.label());
            return Err(AppError::refused(message, "请从证书的赋码、变更、状态办理等事项中选择。"));
        }
        let url = address::checked(&spec.url, self.config.hook_private)?;
        let keys = HOOK_KINDS.iter().filter(|kind| spec.kinds.contains(kind)).map(|kind| kind.key());
        Ok((url, keys.collect::<Vec<_>>().join(" ")))
    }

    async fn hook_info(&self, hook: Hook) -> Result<HookInfo> {
        let reader = (&self.db).into();
        let client = store::client::by_id(reader, hook.client).await?;
        let kinds = hook.kinds.split(' ').filter_map(EventKind::parse).collect();
        Ok(HookInfo {
            id: hook.id,
            client: hook.client,
            client_name: client.map(|client| client.name).unwrap_or_default(),
            authority: hook.authority,
            spec: HookSpec { url: hook.url, kinds, others: hook.others, disabled: hook.disabled },
            created_at: hook.created_at,
            last_done_at: hook.last_done_at,
            failures: hook.failures,
            waiting: store::delivery::count(reader, hook.id, State::Waiting).await?,
            dead: store::delivery::count(reader, hook.id, State::Dead).await?,
        })
    }

    /// What is recorded of a hook. Of the address without its query: that may hold a password of the receiver's.
    fn hook_event(&self, ctx: &Ctx, kind: EventKind, hook: &Hook) -> Event {
        let mut event = self.event(ctx, kind, Object::Client, hook.client.0);
        event.authority = Some(hook.authority);
        let url = hook.url.split('?').next().unwrap_or_default();
        event.details = vec![
            ("hook", hook.id.to_string()),
            ("url", url.to_owned()),
            ("kinds", hook.kinds.clone()),
            ("others", if hook.others { "1".into() } else { String::new() }),
            ("disabled", if hook.disabled { "1".into() } else { String::new() }),
        ];
        event
    }
}
