//! `fuma client`: the systems that may call the interface, and their secrets.

use super::shown::{by_code, moment, table};
use super::{As, End, Session, operator};
use anyhow::{Context, Result, bail, ensure};
use app::{App, ClientInfo, ClientSpec, Ctx, KeyInfo, Missing, SignatureAlgorithm};
use clap::Subcommand;
use domain::{AuthorityId, ClientId, Grants, Instant, Secret};
use serde_json::{Value, json};
use std::path::PathBuf;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma client create --as shaanxi-admin --name 省资质认定审批系统\n　　fuma client secret --as shaanxi-admin 1"
)]
pub struct Client {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

#[derive(Subcommand)]
enum Do {
    /// 列出接口系统
    List {
        /// 机关的两位代码
        #[arg(long)]
        authority: Option<String>,
    },
    /// 查看一个接口系统
    Show {
        /// 系统编号，见 fuma client list
        id: i64,
    },
    /// 设立接口系统（管理员）；还要发放密钥才能调用
    Create {
        /// 机关的两位代码；不给出时是本机关
        #[arg(long)]
        authority: Option<String>,
        #[command(flatten)]
        set: Given,
    },
    /// 修改接口系统，不给出的不变；原来的令牌失效（管理员）
    Set {
        /// 系统编号
        id: i64,
        #[command(flatten)]
        set: Given,
    },
    /// 发放密钥，只显示这一次（管理员）
    Secret {
        /// 系统编号
        id: i64,
    },
    /// 停用密钥，用它领取的令牌立即失效（管理员）
    EndSecret {
        /// 系统编号
        id: i64,
        /// 密钥的序号，见 fuma client show
        n: u32,
    },
    /// 列出签名密钥
    Keys {
        /// 系统编号
        id: i64,
    },
    /// 登记签名密钥；共享密钥由系统生成，只显示这一次（管理员）
    Key {
        /// 系统编号
        id: i64,
        /// 算法：hmac-sha256、hmac-sm3、ed25519、sm2-sm3
        #[arg(long)]
        algorithm: String,
        /// 公钥文件（PEM 或十六进制），只用于 ed25519 和 sm2-sm3
        #[arg(long)]
        public: Option<PathBuf>,
    },
    /// 停用签名密钥（管理员）
    EndKey {
        /// 系统编号
        id: i64,
        /// keyid，见 fuma client keys
        key_id: String,
    },
}

#[derive(clap::Args)]
struct Given {
    /// 系统名称
    #[arg(long)]
    name: Option<String>,
    /// 接口权限，用逗号分开：read,check,assign,change,status,collect,declare；设立时不给出为全部
    #[arg(long)]
    grants: Option<String>,
    /// 允许的来源地址或网段，用逗号分开；空文字为不限
    #[arg(long)]
    addresses: Option<String>,
    /// 启用时间：年-月-日，或“年-月-日 时:分”；空文字为立即
    #[arg(long, value_name = "时间")]
    from: Option<String>,
    /// 停用时间：日期当天仍可用；空文字为长期
    #[arg(long, value_name = "时间")]
    to: Option<String>,
    /// 是否要求请求签名
    #[arg(long)]
    signing: Option<bool>,
    /// 每秒请求数，1起
    #[arg(long)]
    rate: Option<u32>,
    /// 是否停用
    #[arg(long)]
    disabled: Option<bool>,
}

impl Given {
    fn onto(self, stands: ClientSpec) -> Result<ClientSpec> {
        // 0 means the usual rate to the registry, and would be taken for none here.
        ensure!(self.rate != Some(0), "每秒请求数应为1起的整数；要停用系统，请用 --disabled true");
        Ok(ClientSpec {
            name: self.name.unwrap_or(stands.name),
            grants: self.grants.map_or(Ok(stands.grants), |text| grants(&text))?,
            addresses: self.addresses.unwrap_or(stands.addresses),
            from: window(self.from, stands.from, Instant::parse_shanghai)?,
            to: window(self.to, stands.to, Instant::parse_until)?,
            signing: self.signing.unwrap_or(stands.signing),
            rate: self.rate.unwrap_or(stands.rate),
            disabled: self.disabled.unwrap_or(stands.disabled),
        })
    }
}

fn grants(text: &str) -> Result<Grants> {
    Grants::parse(&text.replace([',', '，'], " "))
        .with_context(|| format!("“{text}”中有不认识的接口权限，见 --help"))
}

fn window(
    typed: Option<String>,
    stands: Option<Instant>,
    read: fn(&str) -> Option<Instant>,
) -> Result<Option<Instant>> {
    match typed.as_deref() {
        None => Ok(stands),
        Some("") => Ok(None),
        Some(text) => match read(text) {
            Some(at) => Ok(Some(at)),
            None => bail!("“{text}”不是时间，请写年-月-日，或“年-月-日 时:分”"),
        },
    }
}

impl Client {
    pub async fn run(self, session: Session) -> Result<End> {
        let app = session.open(Missing::Refuse).await?;
        // Without --as it is the person at the machine, recorded as operator.
        let ctx: Ctx = match &self.who.account {
            Some(_) => session.call_as(&app, &self.who).await?,
            None => operator(),
        };
        match self.action {
            Do::List { authority } => {
                let authority = authority.map(|code| by_code(&app, &code)).transpose()?;
                let all = app.clients(&ctx, authority).await?;
                let document: Vec<Value> = all.iter().map(|it| client(&app, it)).collect();
                session.tell(&json!({ "clients": document }), || words(&app, &all))?;
            }
            Do::Show { id } => show(&session, &app, &ctx, ClientId(id)).await?,
            Do::Create { authority, set } => {
                let authority: AuthorityId = match authority {
                    Some(code) => by_code(&app, &code)?,
                    None => ctx.actor.authority().context("请用 --authority 指明机关")?,
                };
                let spec = set.onto(ClientSpec { grants: Grants::all(), ..ClientSpec::default() })?;
                let id = app.create_client(&ctx, authority, &spec).await?;
                show(&session, &app, &ctx, id).await?;
            }
            Do::Set { id, set } => {
                let id = ClientId(id);
                let stands = app.client(&ctx, id).await?.spec;
                app.set_client(&ctx, id, &set.onto(stands)?).await?;
                show(&session, &app, &ctx, id).await?;
            }
            Do::Secret { id } => {
                let issued = app.issue_secret(&ctx, ClientId(id)).await?;
                let document = json!({
                    "id": id,
                    "n": issued.n,
                    "client_id": issued.public_id,
                    "client_secret": issued.secret.reveal(),
                });
                session.tell(&document, || {
                    format!("client_id：{}\nclient_secret：{}", issued.public_id, issued.secret.reveal())
                })?;
            }
            Do::Keys { id } => keys(&session, &app, &ctx, ClientId(id)).await?,
            Do::Key { id, algorithm, public } => {
                let algorithm = SignatureAlgorithm::parse(&algorithm)
                    .with_context(|| format!("没有算法“{algorithm}”，见 fuma client key --help"))?;
                let read = |path: &PathBuf| {
                    std::fs::read_to_string(path).with_context(|| format!("读不到文件 {}", path.display()))
                };
                let public = public.as_ref().map(read).transpose()?;
                let issued = app.create_key(&ctx, ClientId(id), algorithm, public.as_deref()).await?;
                let shared = issued.shared.as_ref().map(Secret::reveal);
                let document = json!({ "id": id, "key_id": issued.key_id, "algorithm": algorithm.key(), "shared": shared });
                session.tell(&document, || match shared {
                    Some(shared) => format!("keyid：{}\n共享密钥（base64）：{shared}", issued.key_id),
                    None => format!("keyid：{}", issued.key_id),
                })?;
            }
            Do::EndKey { id, key_id } => {
                app.end_key(&ctx, ClientId(id), &key_id).await?;
                keys(&session, &app, &ctx, ClientId(id)).await?;
            }
            Do::EndSecret { id, n } => {
                app.end_secret(&ctx, ClientId(id), n).await?;
                show(&session, &app, &ctx, ClientId(id)).await?;
            }
        }
        Ok(End::Ok)
    }
}

async fn show(session: &Session, app: &App, ctx: &Ctx, id: ClientId) -> Result<()> {
    let it = app.client(ctx, id).await?;
    session.tell(&client(app, &it), || {
        let secrets = it
            .secrets
            .iter()
            .map(|it| vec![it.n.to_string(), format!("…{}", it.tail), it.created_at.shanghai()]);
        let secrets = table(&["密钥", "末四位", "发放"], secrets);
        format!("{}\n{secrets}", words(app, std::slice::from_ref(&it)))
    })
}

async fn keys(session: &Session, app: &App, ctx: &Ctx, id: ClientId) -> Result<()> {
    let all = app.client_keys(ctx, id).await?;
    let document = |it: &KeyInfo| {
        json!({
            "key_id": it.key_id,
            "algorithm": it.algorithm.key(),
            "public": it.public,
            "created_at": it.created_at.rfc3339(),
            "ended_at": moment(it.ended_at),
        })
    };
    let row = |it: &KeyInfo| {
        let state = it.ended_at.map_or_else(|| "有效".to_owned(), |at| format!("{}停用", at.shanghai()));
        vec![it.key_id.clone(), it.algorithm.label().to_owned(), it.created_at.shanghai(), state]
    };
    session.tell(&json!({ "keys": all.iter().map(document).collect::<Vec<_>>() }), || {
        table(&["keyid", "算法", "登记", "状态"], all.iter().map(row))
    })
}

fn client(app: &App, it: &ClientInfo) -> Value {
    let secret =
        |it: &app::SecretInfo| json!({ "n": it.n, "tail": it.tail, "created_at": it.created_at.rfc3339() });
    let grants: Vec<&str> = it.spec.grants.iter().map(|grant| grant.key()).collect();
    json!({
        "id": it.id,
        "client_id": it.public_id,
        "authority": app.authority_name(it.authority),
        "name": it.spec.name,
        "grants": grants,
        "addresses": it.spec.addresses.split_whitespace().collect::<Vec<_>>(),
        "from": moment(it.spec.from),
        "to": moment(it.spec.to),
        "signing": it.spec.signing,
        "rate": it.spec.rate,
        "disabled": it.spec.disabled,
        "created_at": it.created_at.rfc3339(),
        "last_seen_at": moment(it.last_seen_at),
        "secrets": it.secrets.iter().map(secret).collect::<Vec<_>>(),
    })
}

fn words(app: &App, all: &[ClientInfo]) -> String {
    let row = |it: &ClientInfo| {
        let state = if it.spec.disabled { "停用" } else { "启用" };
        let last = it.last_seen_at.map(Instant::shanghai).unwrap_or_else(|| "从未".into());
        vec![
            it.id.to_string(),
            it.spec.name.clone(),
            app.authority_name(it.authority),
            it.public_id.clone(),
            it.spec.grants.to_string(),
            it.secrets.len().to_string(),
            state.to_owned(),
            last,
        ]
    };
    let heads = ["编号", "名称", "机关", "client_id", "接口权限", "有效密钥", "状态", "最近领取令牌"];
    table(&heads, all.iter().map(row))
}
