//! `fuma hook`: addresses that are told what happens to certificates, and what they were told.

use super::shown::{moment, table};
use super::{As, End, Session};
use anyhow::{Context, Result, bail};
use app::stored::{Delivery, DeliveryState, Position};
use app::{App, Ctx, HOOK_KINDS, HookInfo, HookSpec};
use clap::Subcommand;
use domain::{ClientId, EventKind, HookId};
use serde_json::{Value, json};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma hook create --as shaanxi-admin --client fuma-27-… --url https://notify.example.cn/fuma"
)]
pub struct Hook {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

#[derive(Subcommand)]
enum Do {
    /// 列出通知地址
    List,
    /// 登记通知地址，显示签名密钥（只显示这一次）
    Create {
        /// 接口系统的 client_id
        #[arg(long)]
        client: String,
        /// 对方接收通知的完整地址
        #[arg(long)]
        url: String,
        /// 通知的事项，如 assign 或 赋码，可以多次给出；不给出时全部通知
        #[arg(long = "kind")]
        kinds: Vec<String>,
        /// 同时通知其他机关的、与本机关有关的办理
        #[arg(long)]
        others: bool,
    },
    /// 修改通知地址：地址、事项、停用、启用
    Set {
        /// 地址的编号，见 fuma hook list
        id: i64,
        /// 新的地址，不给出时不变
        #[arg(long)]
        url: Option<String>,
        /// 通知的事项，可以多次给出；写 全部 则全部通知；不给出时不变
        #[arg(long = "kind")]
        kinds: Vec<String>,
        /// 是否同时通知其他机关的、与本机关有关的办理：yes 或 no，不给出时不变
        #[arg(long, value_name = "yes|no", value_parser = ["yes", "no"])]
        others: Option<String>,
        /// 停用
        #[arg(long, conflicts_with = "enable")]
        disable: bool,
        /// 启用
        #[arg(long)]
        enable: bool,
    },
    /// 列出一个地址的送达情况，新的在前
    Deliveries {
        /// 地址的编号
        id: i64,
        /// 只列出这种状态：waiting done dead
        #[arg(long)]
        state: Option<String>,
        /// 只列出这个位置之前的，如 1.204
        #[arg(long)]
        before: Option<String>,
        /// 最多列出多少条
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// 重发一条，或全部未送达的
    Resend {
        /// 地址的编号
        id: i64,
        /// 哪一条：它的位置，如 1.204；不给出时重发全部未送达的
        #[arg(long)]
        at: Option<String>,
    },
}

impl Hook {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        match self.action {
            Do::List => {
                let all = app.hooks(&ctx, None).await?;
                let rows: Vec<Value> = all.iter().map(|it| hook(&app, it)).collect();
                session.tell(&json!({ "hooks": rows }), || words(&app, &all))
            }
            Do::Create { client, url, kinds, others } => {
                let client = by_public_id(&app, &ctx, &client).await?;
                let spec = HookSpec { url, kinds: parsed(&kinds)?, others, disabled: false };
                let made = app.create_hook(&ctx, client, &spec).await?;
                let document = json!({ "id": made.id, "secret": made.secret.reveal() });
                session.tell(&document, || {
                    format!("通知地址 {}　签名密钥（只显示这一次）：{}", made.id, made.secret.reveal())
                })
            }
            Do::Set { id, url, kinds, others, disable, enable } => {
                let id = HookId(id);
                let stands = app.hook(&ctx, id).await?.spec;
                let spec = HookSpec {
                    url: url.unwrap_or(stands.url),
                    kinds: if kinds.is_empty() { stands.kinds } else { parsed(&kinds)? },
                    others: others.map_or(stands.others, |word| word == "yes"),
                    disabled: disable || (stands.disabled && !enable),
                };
                app.set_hook(&ctx, id, &spec).await?;
                let it = app.hook(&ctx, id).await?;
                session.tell(&hook(&app, &it), || words(&app, std::slice::from_ref(&it)))
            }
            Do::Deliveries { id, state, before, limit } => {
                let state = state.map(|word| of_state(&word)).transpose()?;
                let before = before.map(|text| placed(&text)).transpose()?;
                let all = app.deliveries(&ctx, HookId(id), state, before, limit).await?;
                let rows: Vec<Value> = all.iter().map(delivery).collect();
                session.tell(&json!({ "deliveries": rows }), || delivery_words(&all))
            }
            Do::Resend { id, at } => {
                let one = at.map(|text| placed(&text)).transpose()?;
                let n = app.resend(&ctx, HookId(id), one).await?;
                session.tell(&json!({ "resent": n }), || format!("{n} 条已排入发送，由运行中的服务发出"))
            }
        }?;
        Ok(End::Ok)
    }
}

/// The system of a `client_id`, as far as the caller may know of it.
async fn by_public_id(app: &App, ctx: &Ctx, public_id: &str) -> Result<ClientId> {
    let all = app.clients(ctx, None).await?;
    let found = all.into_iter().find(|it| it.public_id == public_id);
    Ok(found.with_context(|| format!("没有 client_id 为“{public_id}”的接口系统"))?.id)
}

fn parsed(words: &[String]) -> Result<Vec<EventKind>> {
    if words.iter().any(|word| word == "全部" || word == "all") {
        return Ok(Vec::new());
    }
    let one = |word: &String| HOOK_KINDS.into_iter().find(|kind| kind.key() == word || kind.label() == word);
    let known = || HOOK_KINDS.map(EventKind::key).join(" ");
    words
        .iter()
        .map(|word| one(word).with_context(|| format!("没有事项“{word}”，可以用：{}", known())))
        .collect()
}

fn of_state(word: &str) -> Result<DeliveryState> {
    match DeliveryState::parse(word) {
        Some(state) => Ok(state),
        None => bail!("没有状态“{word}”，可以用：waiting done dead"),
    }
}

/// Epoch and number: `1.204`.
fn placed(text: &str) -> Result<Position> {
    let parts = text.split_once('.').and_then(|(epoch, number)| {
        Some(Position { epoch: epoch.parse().ok()?, number: number.parse().ok()? })
    });
    parts.with_context(|| format!("“{text}”不是位置，应如 1.204，见 fuma hook deliveries"))
}

fn place(at: Position) -> String {
    format!("{}.{}", at.epoch, at.number)
}

fn hook(app: &App, it: &HookInfo) -> Value {
    json!({
        "id": it.id,
        "client": it.client,
        "client_name": it.client_name,
        "authority": app.authority_name(it.authority),
        "url": it.spec.url,
        "kinds": it.spec.kinds.iter().map(|kind| kind.key()).collect::<Vec<_>>(),
        "others": it.spec.others,
        "disabled": it.spec.disabled,
        "created_at": it.created_at.rfc3339(),
        "last_done_at": moment(it.last_done_at),
        "failures": it.failures,
        "waiting": it.waiting,
        "dead": it.dead,
    })
}

fn words(app: &App, all: &[HookInfo]) -> String {
    let row = |it: &HookInfo| {
        let state = if it.spec.disabled { "停用" } else { "启用" };
        let last = it.last_done_at.map(|at| at.shanghai()).unwrap_or_default();
        vec![
            it.id.to_string(),
            it.client_name.clone(),
            app.authority_name(it.authority),
            it.spec.url.clone(),
            state.to_owned(),
            last,
            it.waiting.to_string(),
            it.dead.to_string(),
        ]
    };
    let heads = ["编号", "接口系统", "机关", "通知地址", "状态", "最近送达", "待送达", "未送达"];
    table(&heads, all.iter().map(row))
}

fn delivery(it: &Delivery) -> Value {
    let d = &it.delivery;
    json!({
        "position": place(d.at),
        "kind": it.kind.key(),
        "number": it.number,
        "recorded_at": it.recorded_at.rfc3339(),
        "state": d.state.key(),
        "attempts": d.attempts,
        "status": d.status,
        "message": d.message,
        "next_at": moment((d.state == DeliveryState::Waiting).then_some(d.next_at)),
        "updated_at": d.updated_at.rfc3339(),
    })
}

fn delivery_words(all: &[Delivery]) -> String {
    let row = |it: &Delivery| {
        let d = &it.delivery;
        let next = if d.state == DeliveryState::Waiting { d.next_at.shanghai() } else { String::new() };
        vec![
            place(d.at),
            it.recorded_at.shanghai(),
            it.kind.label().to_owned(),
            it.number.grouped(),
            d.state.label().to_owned(),
            d.attempts.to_string(),
            d.message.clone(),
            next,
        ]
    };
    let heads = ["位置", "发生时间", "事项", "证书编号", "状态", "已试", "结果", "下次发送"];
    table(&heads, all.iter().map(row))
}
