//! `fuma body duplicates|apart|merge|split`: bodies that may be one.

use crate::cli::shown::table;
use crate::cli::{End, Session, sure};
use crate::office::bodies::duplicates::code;
use anyhow::{Context, Result};
use app::stored::{Body, Pair};
use app::{App, Ctx, MergeAsk, MergePreview, MergeReason, Merged, PairView};
use clap::{Args, Subcommand};
use domain::{BodyId, PairGround};
use serde_json::{Value, json};

/// What is done.
#[derive(Subcommand)]
pub enum Do {
    /// 列出疑似重复的机构，依据强的在前
    Duplicates {
        /// 列出本机关已认定不是重复的
        #[arg(long)]
        apart: bool,
        /// 从这一页之后接着列，见上一页的 next
        #[arg(long, value_name = "位置")]
        after: Option<String>,
        /// 最多列出多少对
        #[arg(long, default_value_t = 30)]
        limit: u32,
    },
    /// 认定两家不是重复机构，或撤销这个认定
    Apart {
        /// 一家的内部编号，见 fuma body duplicates
        a: i64,
        /// 另一家的内部编号
        b: i64,
        /// 撤销认定
        #[arg(long)]
        undo: bool,
    },
    /// 把一家机构并入另一家
    Merge(Merge),
    /// 撤销合并：移来的证书回到原机构
    Split(Split),
}

/// What a merge is asked by.
#[derive(Args)]
pub struct Merge {
    /// 并入（不再单列）的机构的内部编号
    gone: i64,
    /// 保留的机构的内部编号
    #[arg(long, value_name = "编号")]
    into: i64,
    #[command(flatten)]
    why: Why,
    /// 两家各有有效代码时：保留机构的统一社会信用代码
    #[arg(long, value_name = "代码", default_value = "")]
    code: String,
    /// 只核对，不合并
    #[arg(long)]
    check: bool,
    /// 不再询问
    #[arg(long)]
    yes: bool,
}

/// What undoing a merge is asked by.
#[derive(Args)]
pub struct Split {
    /// 已并入的机构的内部编号
    gone: i64,
    #[command(flatten)]
    why: Why,
    /// 只核对，不撤销
    #[arg(long)]
    check: bool,
    /// 不再询问
    #[arg(long)]
    yes: bool,
}

/// Why.
#[derive(Args)]
struct Why {
    /// 文号，可以不填
    #[arg(long, default_value = "")]
    document: String,
    /// 原因
    #[arg(long, default_value = "")]
    reason: String,
}

impl Why {
    fn told(self) -> MergeReason {
        MergeReason { document: self.document, reason: self.reason }
    }
}

impl Do {
    pub async fn run(self, session: &Session, app: &App, ctx: &Ctx) -> Result<End> {
        match self {
            Do::Duplicates { apart: true, after, limit } => apart_list(session, app, ctx, after, limit).await,
            Do::Duplicates { after, limit, .. } => duplicates(session, app, ctx, after, limit).await,
            Do::Apart { a, b, undo } => {
                match undo {
                    true => app.unsay_apart(ctx, BodyId(a), BodyId(b)).await?,
                    false => app.say_apart(ctx, BodyId(a), BodyId(b)).await?,
                }
                let words = if undo { "已撤销认定" } else { "已记下：这两家不是重复机构" };
                session.tell(&json!({ "bodies": [a, b], "apart": !undo }), || words.to_owned())?;
                Ok(End::Ok)
            }
            Do::Merge(merge) => merge.run(session, app, ctx).await,
            Do::Split(split) => split.run(session, app, ctx).await,
        }
    }
}

fn body(it: &Body) -> Value {
    json!({ "body": it.id, "name": it.name, "uscc": it.own_uscc, "parent_uscc": it.parent_uscc, "org_code": it.org_code })
}

fn place(pair: Pair) -> String {
    format!("{}.{}.{}", pair.ground.rank(), pair.low, pair.high)
}

fn numbers<const N: usize>(text: &str) -> Result<[i64; N]> {
    let parts: Option<Vec<i64>> = text.split('.').map(|part| part.parse().ok()).collect();
    let parts = parts.and_then(|parts| parts.try_into().ok());
    parts.with_context(|| format!("“{text}”不是位置；请用上一页的 next"))
}

async fn duplicates(
    session: &Session,
    app: &App,
    ctx: &Ctx,
    after: Option<String>,
    limit: u32,
) -> Result<End> {
    let after = match after.as_deref().map(numbers::<3>).transpose()? {
        None => None,
        Some([rank, low, high]) => {
            let ground = PairGround::of_rank(rank).context("位置中的依据不认识；请用上一页的 next")?;
            Some(Pair { ground, low: BodyId(low), high: BodyId(high) })
        }
    };
    let found = app.pairs(ctx, after, limit).await?;
    let held = |of: &[(domain::AuthorityId, u32)]| of.iter().map(|(_, n)| *n).sum::<u32>();
    let pair = |it: &PairView| {
        let [low, high] = it.bodies.each_ref().map(body);
        let certificates = it.held.each_ref().map(|of| held(of));
        json!({ "ground": it.ground.key(), "bodies": [low, high], "certificates": certificates })
    };
    let document = json!({
        "pairs": found.pairs.iter().map(pair).collect::<Vec<_>>(),
        "next": found.next.map(place),
    });
    let row = |it: &PairView| {
        let side = |at: usize| {
            let body = &it.bodies[at];
            format!("{}\n{}\n内部编号 {}，{} 张", body.name, code(body), body.id, held(&it.held[at]))
        };
        vec![it.ground.label().to_owned(), side(0), side(1)]
    };
    session.tell(&document, || match found.pairs.is_empty() {
        true => "没有疑似重复的机构".to_owned(),
        false => {
            let more =
                found.next.map(|pair| format!("\n接着列：--after {}", place(pair))).unwrap_or_default();
            table(&["依据", "机构", "另一机构"], found.pairs.iter().map(row)) + &more
        }
    })?;
    Ok(End::Ok)
}

async fn apart_list(
    session: &Session,
    app: &App,
    ctx: &Ctx,
    after: Option<String>,
    limit: u32,
) -> Result<End> {
    let after = after.as_deref().map(numbers::<2>).transpose()?;
    let after = after.map(|[low, high]| (BodyId(low), BodyId(high)));
    let said = app.pairs_apart(ctx, after, limit).await?;
    let next = said.last().filter(|_| said.len() == limit as usize);
    let next = next.map(|it| format!("{}.{}", it.bodies[0].id, it.bodies[1].id));
    let pairs = said.iter().map(|it| {
        json!({ "bodies": it.bodies.each_ref().map(body), "said_at": it.at.rfc3339(), "said_by": it.by })
    });
    let document = json!({ "pairs": pairs.collect::<Vec<_>>(), "next": next });
    let rows = said.iter().map(|it| {
        let side = |at: usize| format!("{}\n内部编号 {}", it.bodies[at].name, it.bodies[at].id);
        vec![it.at.to_the_minute(), it.by.clone(), side(0), side(1)]
    });
    session.tell(&document, || match said.is_empty() {
        true => "本机关没有认定过".to_owned(),
        false => table(&["时间", "经办", "机构", "另一机构"], rows),
    })?;
    Ok(End::Ok)
}

/// What a merge would do, as one reads it before answering.
fn told(app: &App, it: &MergePreview) -> String {
    let side = |view: &app::BodyView| {
        let body = &view.body;
        format!("{}　{}　证书 {} 张", body.name, code(body), view.certificates.len())
    };
    let mut lines = vec![
        format!("并入：{}", side(&it.gone)),
        format!("保留：{}", side(&it.stays)),
        format!("{} 张证书改归保留的机构，编号、码和印制的内容不变", it.gone.certificates.len()),
    ];
    lines.extend(it.doubts.iter().map(|doubt| format!("请核对：{}", doubt.label())));
    if !it.others.is_empty() {
        let names: Vec<String> = it.others.iter().map(|id| app.authority_short(*id)).collect();
        lines.push(format!("其中有其他机关颁发的证书（{}），请报国家级管理员办理", names.join("、")));
    }
    if it.to_be_typed().is_some() {
        lines.push("两家各有有效代码：请用 --code 给出保留机构的代码".to_owned());
    }
    lines.join("\n")
}

fn done(session: &Session, it: &Merged, words: &str) -> Result<End> {
    let document = json!({ "body": it.stays, "moved": it.moved });
    session.tell(&document, || format!("{words}，移动证书 {} 张", it.moved.len()))?;
    Ok(End::Ok)
}

impl Merge {
    async fn run(self, session: &Session, app: &App, ctx: &Ctx) -> Result<End> {
        let (gone, stays) = (BodyId(self.gone), BodyId(self.into));
        let preview = app.merge_preview(ctx, gone, stays).await?;
        if self.check {
            let document = json!({
                "gone": body(&preview.gone.body),
                "stays": body(&preview.stays.body),
                "moves": preview.gone.certificates.iter().map(|card| &card.head.number).collect::<Vec<_>>(),
                "doubts": preview.doubts.iter().map(|doubt| doubt.key()).collect::<Vec<_>>(),
                "others": preview.others.iter().map(|id| app.authority_name(*id)).collect::<Vec<_>>(),
                "code": preview.to_be_typed(),
            });
            session.tell(&document, || told(app, &preview))?;
            return Ok(End::Ok);
        }
        sure(self.yes, &format!("{}\n合并这两家机构", told(app, &preview)))?;
        let seen = Some(preview.certificates());
        let ask = MergeAsk { gone, stays, why: self.why.told(), typed: self.code, seen };
        done(session, &app.merge_bodies(ctx, &ask).await?, "已合并")
    }
}

impl Split {
    async fn run(self, session: &Session, app: &App, ctx: &Ctx) -> Result<End> {
        let gone = BodyId(self.gone);
        let preview = app.split_preview(ctx, gone).await?;
        let numbers = |cards: &[app::stored::Card]| {
            cards.iter().map(|card| card.head.number.to_string()).collect::<Vec<_>>()
        };
        let (back, kept) = (numbers(&preview.back), numbers(&preview.kept));
        let words = format!(
            "“{}”从“{}”分出：{} 张证书回到原机构；合并以后赋码的 {} 张留下",
            preview.gone.name,
            preview.stays.body.name,
            back.len(),
            kept.len()
        );
        if self.check {
            let stays = body(&preview.stays.body);
            let document = json!({ "gone": body(&preview.gone), "stays": stays, "back": back, "kept": kept });
            session.tell(&document, || words)?;
            return Ok(End::Ok);
        }
        sure(self.yes, &format!("{words}\n撤销这次合并"))?;
        done(session, &app.split_body(ctx, gone, &self.why.told()).await?, "已撤销合并")
    }
}
