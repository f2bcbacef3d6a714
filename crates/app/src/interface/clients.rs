//! 接口系统: the systems of an authority that may call, and their secrets. A secret is shown once and stored nowhere.

use crate::{App, AppError, Ctx, Result, entropy};
use domain::{Action, AuthorityId, ClientId, Event, EventKind, Grants, Instant, Object, Secret, clean};
use sha2::{Digest, Sha256};
use store::Urgency;
use store::client::Client;

/// Secrets, or keys, of a system that are good at the same time: one in use, one to change over to.
pub(super) const LIVE: usize = 2;
/// Requests a second that a system may make for long, unless it is set otherwise.
pub(crate) const RATE: u32 = 50;
/// The most that may be set.
const MOST_RATE: u32 = 5_000;
/// Characters of a secret by which people tell it from another.
const TAIL: usize = 4;

/// What an administrator says of a system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientSpec {
    /// What it is called.
    pub name: String,
    /// What its tokens may grant.
    pub grants: Grants,
    /// Addresses and networks (CIDR) it may call from, parted by blanks or commas; empty for any.
    pub addresses: String,
    /// It may call from this moment on.
    pub from: Option<Instant>,
    /// It may call before this moment.
    pub to: Option<Instant>,
    /// Whether its requests must be signed.
    pub signing: bool,
    /// Requests a second it may make for long; 0 for the usual.
    pub rate: u32,
    /// 已停用.
    pub disabled: bool,
}

/// A system as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientInfo {
    /// Its key.
    pub id: ClientId,
    /// Whose.
    pub authority: AuthorityId,
    /// `client_id` of OAuth 2.0.
    pub public_id: String,
    /// What is set of it.
    pub spec: ClientSpec,
    /// When it was set up.
    pub created_at: Instant,
    /// When it last took a token.
    pub last_seen_at: Option<Instant>,
    /// Its secrets that are good, newest first.
    pub secrets: Vec<SecretInfo>,
    /// How many of its signing keys are good: none, and a system that must sign cannot call.
    pub signing_keys: usize,
}

/// A secret as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretInfo {
    /// 1, 2, 3… of its system.
    pub n: u32,
    /// Its last characters.
    pub tail: String,
    /// When it was issued.
    pub created_at: Instant,
}

/// A secret on its way to the people who run the system: shown once.
#[derive(Clone, Debug)]
pub struct IssuedSecret {
    /// 1, 2, 3… of its system.
    pub n: u32,
    /// `client_id`.
    pub public_id: String,
    /// `client_secret`.
    pub secret: Secret,
}

impl App {
    /// Sets a system of an authority up. It cannot call before a secret is issued.
    ///
    /// # Errors
    /// What is wrong with the name, the addresses or the window; an authority that does not exist.
    pub async fn create_client(
        &self,
        ctx: &Ctx,
        authority: AuthorityId,
        spec: &ClientSpec,
    ) -> Result<ClientId> {
        self.ask(ctx, Action::ClientWrite, Some(authority))?;
        if self.tables().authority(authority).is_none() {
            return Err(AppError::NotFound);
        }
        let id = ClientId(self.ids("client", 1).await?);
        let now = self.now();
        let code = self.tables().code_of(authority, now.day()).map(|code| code.to_string());
        let random = data_encoding::BASE32_NOPAD.encode(&entropy::bytes::<10>()).to_lowercase();
        let public_id = format!("fuma-{}-{random}", code.unwrap_or_else(|| authority.0.to_string()));
        let client = checked(spec)?.client(id, authority, public_id, now);
        let tx = self.db.begin(Urgency::Act).await?;
        store::client::create(&tx, &client).await?;
        store::event::append(&tx, &[self.client_event(ctx, EventKind::ClientSet, &client)]).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Changes a system. Its tokens end, so that what it may no longer do ends at once.
    pub async fn set_client(&self, ctx: &Ctx, id: ClientId, spec: &ClientSpec) -> Result<()> {
        let known = self.known_client(ctx, Action::ClientWrite, id).await?;
        let client = checked(spec)?.client(id, known.authority, known.public_id, known.created_at);
        let tx = self.db.begin(Urgency::Act).await?;
        store::client::update(&tx, &client).await?;
        store::client::end_tokens(&tx, id).await?;
        store::event::append(&tx, &[self.client_event(ctx, EventKind::ClientSet, &client)]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Issues a secret. The one before it stays good until it is ended, so that the system can change over.
    ///
    /// # Errors
    /// If two are good already.
    pub async fn issue_secret(&self, ctx: &Ctx, id: ClientId) -> Result<IssuedSecret> {
        let client = self.known_client(ctx, Action::ClientWrite, id).await?;
        let all = store::client::secrets((&self.db).into(), id).await?;
        let now = self.now();
        if all.iter().filter(|it| is_good(it, now)).count() >= LIVE {
            return Err(AppError::refused(
                format!("该系统已有{LIVE}个有效密钥"),
                "请先停用不再使用的一个，再发放新的。",
            ));
        }
        let n = all.first().map_or(0, |newest| newest.n) + 1;
        let secret = entropy::token();
        let kept = store::client::Secret {
            n,
            hash: hash_of(&secret),
            tail: secret[secret.len() - TAIL..].to_owned(),
            created_at: now,
            ended_at: None,
        };
        let tx = self.db.begin(Urgency::Act).await?;
        store::client::add_secret(&tx, id, &kept).await?;
        let mut event = self.client_event(ctx, EventKind::SecretIssue, &client);
        event.details = vec![("secret", n.to_string())];
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(IssuedSecret { n, public_id: client.public_id, secret: Secret::new(secret) })
    }

    /// Ends a secret and all tokens of the system at once.
    ///
    /// # Errors
    /// [`store::StoreError::Conflict`] if it has ended or never was.
    pub async fn end_secret(&self, ctx: &Ctx, id: ClientId, n: u32) -> Result<()> {
        let client = self.known_client(ctx, Action::ClientWrite, id).await?;
        let tx = self.db.begin(Urgency::Act).await?;
        store::client::end_secret(&tx, id, n, self.now()).await?;
        store::client::end_tokens(&tx, id).await?;
        let mut event = self.client_event(ctx, EventKind::SecretEnd, &client);
        event.details = vec![("secret", n.to_string())];
        store::event::append(&tx, &[event]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The systems of an authority; without one those of all, or of the caller's own where that is as far as its right
    /// reaches.
    pub async fn clients(&self, ctx: &Ctx, authority: Option<AuthorityId>) -> Result<Vec<ClientInfo>> {
        let own = || ctx.actor.authority().filter(|_| !ctx.actor.is_national());
        let authority = authority.or_else(own);
        self.ask(ctx, Action::ClientRead, authority)?;
        let mut out = Vec::new();
        for client in store::client::list((&self.db).into(), authority).await? {
            out.push(self.client_info(client).await?);
        }
        Ok(out)
    }

    /// One system.
    pub async fn client(&self, ctx: &Ctx, id: ClientId) -> Result<ClientInfo> {
        let client = self.known_client(ctx, Action::ClientRead, id).await?;
        self.client_info(client).await
    }

    pub(crate) async fn known_client(&self, ctx: &Ctx, action: Action, id: ClientId) -> Result<Client> {
        let client = store::client::by_id((&self.db).into(), id).await?;
        self.ask(ctx, action, client.as_ref().map(|client| client.authority))?;
        client.ok_or(AppError::NotFound)
    }

    async fn client_info(&self, client: Client) -> Result<ClientInfo> {
        let now = self.now();
        let secrets = store::client::secrets((&self.db).into(), client.id).await?;
        let shown =
            |it: store::client::Secret| SecretInfo { n: it.n, tail: it.tail, created_at: it.created_at };
        let keys = store::client::keys((&self.db).into(), client.id).await?;
        Ok(ClientInfo {
            signing_keys: keys.iter().filter(|key| key.ended_at.is_none()).count(),
            id: client.id,
            authority: client.authority,
            created_at: client.created_at,
            last_seen_at: client.last_seen_at,
            secrets: secrets.into_iter().filter(|it| is_good(it, now)).map(shown).collect(),
            public_id: client.public_id,
            spec: ClientSpec {
                name: client.name,
                grants: client.grants,
                addresses: client.addresses,
                from: client.from,
                to: client.to,
                signing: client.signing,
                rate: client.rate,
                disabled: client.disabled,
            },
        })
    }

    pub(crate) fn client_event(&self, ctx: &Ctx, kind: EventKind, client: &Client) -> Event {
        let mut event = self.event(ctx, kind, Object::Client, client.id.0);
        event.authority = Some(client.authority);
        let at = |at: Option<Instant>| at.map(|at| at.micros().to_string()).unwrap_or_default();
        event.details = vec![
            ("client", client.public_id.clone()),
            ("name", client.name.clone()),
            ("grants", client.grants.to_string()),
            ("addresses", client.addresses.clone()),
            ("from", at(client.from)),
            ("to", at(client.to)),
            ("signing", if client.signing { "1".into() } else { String::new() }),
            ("disabled", if client.disabled { "1".into() } else { String::new() }),
        ];
        event
    }
}

impl ClientSpec {
    fn client(self, id: ClientId, authority: AuthorityId, public_id: String, created_at: Instant) -> Client {
        Client {
            id,
            authority,
            public_id,
            name: self.name,
            grants: self.grants,
            addresses: self.addresses,
            from: self.from,
            to: self.to,
            signing: self.signing,
            rate: if self.rate == 0 { RATE } else { self.rate },
            disabled: self.disabled,
            created_at,
            last_seen_at: None,
        }
    }
}

fn checked(spec: &ClientSpec) -> Result<ClientSpec> {
    let name = clean(&spec.name, 60)
        .map_err(|e| AppError::refused(format!("系统名称：{e}"), "请改正后再保存。"))?
        .into_owned();
    if name.is_empty() {
        return Err(AppError::refused("没有填写系统名称", "请填写，如“省资质认定审批系统”。"));
    }
    if spec.grants.is_empty() {
        return Err(AppError::refused("没有选择接口权限", "请至少选择一项。"));
    }
    let mut addresses = Vec::new();
    for word in spec.addresses.split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、')) {
        if !word.is_empty() {
            let net = network(word).ok_or_else(|| {
                AppError::refused(
                    format!("“{}”不是网络地址", word.chars().take(40).collect::<String>()),
                    "请填写单个地址（如 192.0.2.7）或网段（如 192.0.2.0/24），多个用空格分开。",
                )
            })?;
            addresses.push(net.to_string());
        }
    }
    if spec.from.zip(spec.to).is_some_and(|(from, to)| from >= to) {
        return Err(AppError::refused("有效期的结束不晚于开始", "请核对起止时间。"));
    }
    if spec.rate > MOST_RATE {
        let message = format!("每秒请求数{}超过{MOST_RATE}", spec.rate);
        return Err(AppError::refused(message, format!("请填写1至{MOST_RATE}。")));
    }
    Ok(ClientSpec { name, addresses: addresses.join(" "), ..spec.clone() })
}

/// An address or a network in CIDR notation.
pub(crate) fn network(word: &str) -> Option<ipnet::IpNet> {
    word.parse().ok().or_else(|| word.parse().ok().map(|ip: std::net::IpAddr| ip.into()))
}

/// Whether a source may call where this list is set. An empty list admits all.
pub(super) fn admits(addresses: &str, source: &str) -> bool {
    let ip = source.parse::<std::net::IpAddr>().map(|ip| ip.to_canonical());
    addresses.is_empty()
        || addresses
            .split(' ')
            .any(|word| network(word).zip(ip.as_ref().ok()).is_some_and(|(net, ip)| net.contains(ip)))
}

pub(super) fn is_good(secret: &store::client::Secret, now: Instant) -> bool {
    secret.ended_at.is_none_or(|end| end > now)
}

pub(super) fn hash_of(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_addresses_admits_those_within_it_and_an_empty_one_all() {
        assert!(admits("", "192.0.2.7") && admits("", "tty"));
        assert!(admits("192.0.2.0/24 2001:db8::/32", "192.0.2.7"));
        assert!(admits("192.0.2.0/24 2001:db8::/32", "2001:db8::1"));
        assert!(admits("192.0.2.7/32", "::ffff:192.0.2.7"));
        assert!(!admits("192.0.2.0/24", "198.51.100.1") && !admits("192.0.2.0/24", "tty"));
    }

    #[test]
    fn what_is_wrong_with_a_system_is_said() {
        let good =
            ClientSpec { name: "示例审批系统".into(), grants: Grants::all(), ..ClientSpec::default() };
        let listed = ClientSpec { addresses: "192.0.2.7，198.51.100.0/24".into(), ..good.clone() };
        assert_eq!(checked(&listed).unwrap().addresses, "192.0.2.7/32 198.51.100.0/24");
        for bad in [
            ClientSpec { name: " ".into(), ..good.clone() },
            ClientSpec { grants: Grants::default(), ..good.clone() },
            ClientSpec { addresses: "999.1.1.1".into(), ..good.clone() },
            ClientSpec { rate: MOST_RATE + 1, ..good.clone() },
            ClientSpec { from: Some(Instant::from_micros(2)), to: Some(Instant::from_micros(1)), ..good },
        ] {
            assert!(matches!(checked(&bad), Err(AppError::Refused { .. })), "{bad:?}");
        }
    }
}
