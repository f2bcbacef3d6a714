//! `fuma quality`: 数据质量, what the rules find in certificates in force.

use super::shown::table;
use super::{As, End, Session, bar, listing, operator};
use anyhow::{Result, bail};
use app::{Missing, QualityCount};
use clap::Subcommand;
use domain::quality::QualityRule;
use domain::{AuthorityId, Number, group_digits};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma quality list --as shaanxi\n　　fuma quality certificates Q36 --as shaanxi\n　　fuma quality correct Q36 262712050001 --as shaanxi\n　　fuma quality export --as shaanxi --out 数据质量.xlsx\n　　fuma quality run"
)]
pub struct Quality {
    #[command(subcommand)]
    action: Do,
}

#[derive(Subcommand)]
enum Do {
    /// 列出全部规则和不符合的证书数
    List {
        #[command(flatten)]
        of: Of,
    },
    /// 列出不符合一条规则的证书
    Certificates {
        /// 规则的编号，如 Q36
        rule: String,
        /// 接着哪里列，为上一次给出的 next
        #[arg(long)]
        after: Option<String>,
        #[command(flatten)]
        of: Of,
    },
    /// 为一张证书建立更正草稿，能算出的正确写法已填好
    Correct {
        /// 规则的编号，如 Q36
        rule: String,
        /// 证书编号
        number: String,
        #[command(flatten)]
        who: As,
    },
    /// 把不符合的证书写成表格文件
    Export {
        /// 只写一条规则的，如 Q36
        #[arg(long)]
        rule: Option<String>,
        /// 写到哪个文件，.csv 或 .xlsx
        #[arg(long, value_name = "文件")]
        out: PathBuf,
        #[command(flatten)]
        of: Of,
    },
    /// 现在检查全部证书（网站运行时每夜自动检查）
    Run,
}

#[derive(clap::Args)]
struct Of {
    /// 哪个机关的（国家级可指明，内部编号）
    #[arg(long)]
    authority: Option<i64>,
    #[command(flatten)]
    who: As,
}

fn rule(text: &str) -> Result<QualityRule> {
    match QualityRule::parse(text) {
        Some(rule) => Ok(rule),
        None => bail!("没有规则“{text}”。运行 fuma quality list 可以列出全部规则"),
    }
}

fn counted(it: &QualityCount) -> Value {
    json!({
        "code": it.rule.code(),
        "key": it.rule.key(),
        "severity": it.rule.severity(),
        "label": it.rule.label(),
        "text": it.rule.text(),
        "fix": it.rule.fix(),
        "mends": it.rule.mends(),
        "certificates": it.sum.certificates,
        "rows": it.sum.rows,
        "trend": it.trend,
    })
}

impl Quality {
    pub async fn run(self, session: Session) -> Result<End> {
        match self.action {
            Do::List { of } => list(session, of).await,
            Do::Certificates { rule: text, after, of } => {
                certificates(session, rule(&text)?, after, of).await
            }
            Do::Correct { rule: text, number, who } => correct(session, rule(&text)?, &number, &who).await,
            Do::Export { rule: text, out, of } => {
                let rule = text.as_deref().map(rule).transpose()?;
                let format = listing::format(&out)?;
                let (app, ctx) = session.enter(&of.who).await?;
                let authority = of.authority.map(AuthorityId);
                app.begin_quality_export(&ctx, rule, authority).await?;
                let (app, ctx) = (&app, &ctx);
                let write =
                    |send| async move { app.write_quality(ctx, rule, authority, format, &send).await };
                listing::keep(&out, write).await?;
                let out = out.display().to_string();
                session.tell(&json!({ "file": out }), || format!("数据质量已写入 {out}"))?;
                Ok(End::Ok)
            }
            Do::Run => run(session).await,
        }
    }
}

async fn list(session: Session, of: Of) -> Result<End> {
    let (app, ctx) = session.enter(&of.who).await?;
    let board = app.quality(&ctx, of.authority.map(AuthorityId)).await?;
    let document = json!({
        "as_of": board.days.last(),
        "days": board.days,
        "certificates": board.last.as_ref().map(|it| it.looked.certificates),
        "rows": board.last.as_ref().map(|it| it.looked.rows),
        "rules": board.rules.iter().map(counted).collect::<Vec<_>>(),
    });
    session.tell(&document, || {
        let row = |it: &QualityCount| {
            let severity = it.rule.severity().label();
            let counts = [it.sum.certificates, it.sum.rows].map(group_digits);
            let [certificates, rows] = counts;
            vec![it.rule.code().into(), it.rule.label().into(), severity.into(), certificates, rows]
        };
        table(&["编号", "问题", "级别", "证书", "行"], board.rules.iter().map(row))
    })?;
    Ok(End::Ok)
}

async fn certificates(session: Session, rule: QualityRule, after: Option<String>, of: Of) -> Result<End> {
    let (app, ctx) = session.enter(&of.who).await?;
    let after = match after {
        None => None,
        Some(text) => match crate::office::quality::rule::behind(&text) {
            Some(after) => Some(after),
            None => bail!("“{text}”不是接着列的位置，请照抄上一次给出的 next"),
        },
    };
    let found = app.quality_of(&ctx, rule, of.authority.map(AuthorityId), after).await?;
    let next = found.next.map(|(authority, id)| format!("{}.{}", authority.0, id.0));
    let rows: Vec<Value> = found
        .rows
        .iter()
        .map(|it| {
            json!({
                "number": it.head.number,
                "body": it.body,
                "authority": it.head.authority.0,
                "place": it.problem.place,
                "detail": it.problem.detail,
                "rows": it.problem.rows,
                "since": it.problem.since,
            })
        })
        .collect();
    session.tell(&json!({ "rule": rule.code(), "certificates": rows, "next": next }), || {
        let row = |it: &app::QualityRow| {
            let rows = group_digits(u64::from(it.problem.rows));
            vec![it.head.number.to_string(), it.body.clone(), it.problem.place.clone(), rows]
        };
        let mut shown = table(&["证书编号", "机构", "位置", "行"], found.rows.iter().map(row));
        shown.extend(next.iter().map(|it| format!("\n接着列：--after {it}")));
        shown
    })?;
    Ok(End::Ok)
}

async fn correct(session: Session, rule: QualityRule, number: &str, who: &As) -> Result<End> {
    let number = Number::parse(number)?;
    let (app, ctx) = session.enter(who).await?;
    let id = app.certificate_by_number(&ctx, &number).await?;
    let (draft, filled) = app.start_correction(&ctx, id, rule).await?;
    session.tell(&json!({ "draft": draft.0, "filled": filled }), || {
        format!("已建立更正草稿 {draft}，填好 {filled} 处；用 fuma draft show {draft} 核对，改好后 fuma draft assign {draft}")
    })?;
    Ok(End::Ok)
}

async fn run(session: Session) -> Result<End> {
    let app = session.open(Missing::Refuse).await?;
    let ctx = operator();
    let job = app.order_quality(&ctx).await?;
    let bar = bar().with_message("检查数据质量");
    while let Some((done, total)) = app.quality_made(&ctx, job).await? {
        bar.set_length(total.into());
        bar.set_position(done.into());
        // Where a server runs it may be the one that does it.
        if !app.work_once().await? {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
    bar.finish_and_clear();
    session.tell(&json!({ "done": true }), || "全部证书已检查；用 fuma quality list 查看".to_owned())?;
    Ok(End::Ok)
}
