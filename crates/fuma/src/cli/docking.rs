//! `fuma docking`: the feedback form, where the docking stands, the board of the national level, and what is to be adopted.

use super::shown::{by_code, head, moment, table};
use super::{As, End, Session, write};
use anyhow::{Context, Result};
use app::stored::DockingStep;
use app::{
    App, Ctx, DeclaredStep, DockingBoard, DockingDeadlines, DockingForm, DockingProblem, DockingSaved,
    DockingStanding, DockingView, Filing, Mode, StageState,
};
use clap::{Subcommand, ValueEnum};
use domain::{AuthorityId, CertificateId, Day, Instant};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma docking show --as shaanxi-admin --json > 反馈表.json\n　　fuma docking file --as shaanxi-admin 反馈表.json\n　　fuma docking step --as guojia 27 sandbox --note 报告编号"
)]
pub struct Docking {
    #[command(subcommand)]
    action: Do,
    #[command(flatten)]
    who: As,
}

#[derive(Subcommand)]
enum Do {
    /// 对接情况和反馈表
    Show {
        /// 机关的两位代码；不给出时是本机关
        #[arg(long)]
        authority: Option<String>,
    },
    /// 提交反馈表，或存为草稿（管理员、信息化人员）
    File {
        /// JSON 文件：fuma docking show --json 的输出，或其中的 form
        file: PathBuf,
        /// 存为草稿，不提交
        #[arg(long)]
        draft: bool,
    },
    /// 全国看板（国家级）
    Board {
        /// 另写一份工作簿到这个文件
        #[arg(long, value_name = "文件.xlsx")]
        out: Option<PathBuf>,
    },
    /// 登记一个机关的步骤（国家级）
    Step {
        /// 机关的两位代码
        authority: String,
        /// 哪一步
        step: Which,
        /// 说明，如符合性测试报告编号
        #[arg(long, default_value = "")]
        note: String,
        /// 取消登记
        #[arg(long)]
        undo: bool,
    },
    /// 截止日期：显示，或设定（国家级）
    Deadline {
        /// 填报截止，当天仍可填报；空文字为没有期限
        #[arg(long, value_name = "日期")]
        form: Option<String>,
        /// 对接截止；空文字为没有期限
        #[arg(long, value_name = "日期")]
        docking: Option<String>,
    },
    /// 待认领：手动赋码、还没有业务记录号的证书
    Unadopted {
        /// 在这个内部编号之后
        #[arg(long)]
        after: Option<i64>,
        /// 最多多少张
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
}

/// A step that is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Which {
    /// 测试环境通过
    Sandbox,
    /// 上线
    Live,
}

impl Which {
    fn step(self) -> DeclaredStep {
        match self {
            Which::Sandbox => DeclaredStep::Sandbox,
            Which::Live => DeclaredStep::Live,
        }
    }
}

impl Docking {
    pub async fn run(self, session: Session) -> Result<End> {
        let (app, ctx) = session.enter(&self.who).await?;
        match self.action {
            Do::Show { authority } => {
                let of = match authority {
                    Some(code) => by_code(&app, &code)?,
                    None => ctx.authority()?,
                };
                show(&session, &app, &ctx, of).await?;
            }
            Do::File { file, draft } => return save(&session, &app, &ctx, &file, draft).await,
            Do::Board { out } => board(&session, &app, &ctx, out).await?,
            Do::Step { authority, step, note, undo } => {
                let of = by_code(&app, &authority)?;
                match undo {
                    true => app.clear_docking_step(&ctx, of, step.step()).await?,
                    false => app.set_docking_step(&ctx, of, step.step(), &note).await?,
                }
                show(&session, &app, &ctx, of).await?;
            }
            Do::Deadline { form, docking } => deadline(&session, &app, &ctx, form, docking).await?,
            Do::Unadopted { after, limit } => unadopted(&session, &app, &ctx, after, limit).await?,
        }
        Ok(End::Ok)
    }
}

fn due(it: &DockingDeadlines) -> Value {
    json!({ "form": it.form, "docking": it.docking })
}

fn declared(step: Option<&DockingStep>) -> Value {
    step.map_or(
        Value::Null,
        |it| json!({ "done_at": it.done_at.rfc3339(), "actor": it.actor, "note": it.note }),
    )
}

fn standing(app: &App, it: &DockingStanding) -> Value {
    let stage = |(stage, state): (app::DockingStage, StageState)| {
        let (word, at) = match state {
            StageState::Done(at) => ("done", at),
            StageState::Suggested => ("suggested", None),
            StageState::Open => ("open", None),
        };
        json!({ "stage": stage.key(), "state": word, "at": moment(at) })
    };
    json!({
        "authority": app.authority_name(it.authority),
        "filed_at": moment(it.filed_at),
        "wanted": it.wanted.map(Mode::key),
        "mode": it.mode.key(),
        "systems": it.systems,
        "last_contact": moment(it.last_contact),
        "sandbox": declared(it.sandbox.as_ref()),
        "live": declared(it.live.as_ref()),
        "first_code": moment(it.first_code),
        "announced": it.announced,
        "taken_over": it.taken_over,
        "stages": it.stages().into_iter().map(stage).collect::<Vec<_>>(),
    })
}

/// The docking of an authority: `form` and `version` are what `file` takes.
async fn show(session: &Session, app: &App, ctx: &Ctx, of: AuthorityId) -> Result<()> {
    let it = app.docking(ctx, of).await?;
    let mut document = standing(app, &it.standing);
    document["deadlines"] = due(&it.deadlines);
    document["form"] = serde_json::to_value(&it.form)?;
    document["version"] = json!(it.version);
    document["saved_at"] = json!(moment(it.saved_at));
    session.tell(&document, || words(app, &it))
}

fn words(app: &App, it: &DockingView) -> String {
    let stage = |(stage, state): (app::DockingStage, StageState)| {
        let mark = match state {
            StageState::Done(_) => "✓",
            StageState::Suggested => "?",
            StageState::Open => "·",
        };
        format!("{mark} {}", stage.label())
    };
    let stages: Vec<_> = it.standing.stages().into_iter().map(stage).collect();
    let mut lines = vec![
        format!("机关　{}", app.authority_name(it.standing.authority)),
        format!("进展　{}", stages.join("　")),
        format!("赋码方式　{}", it.standing.mode.label()),
    ];
    for field in app::DockingField::ALL.iter().copied() {
        let value = it.form.shown(field);
        if !value.is_empty() {
            lines.push(format!("{}　{}", field.full_label(), value.replace('\n', "；")));
        }
    }
    lines.join("\n")
}

async fn save(session: &Session, app: &App, ctx: &Ctx, file: &Path, draft: bool) -> Result<End> {
    let text = std::fs::read_to_string(file).with_context(|| format!("文件 {} 读不出来", file.display()))?;
    let mut document: Value =
        serde_json::from_str(&text).with_context(|| format!("文件 {} 不是 JSON", file.display()))?;
    let shown = document.get("version").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    let form = match document.get_mut("form") {
        Some(form) => form.take(),
        None => document,
    };
    let form: DockingForm =
        serde_json::from_value(form).with_context(|| format!("文件 {} 不是反馈表", file.display()))?;
    let of = ctx.authority()?;
    let version = match shown {
        Some(version) => version,
        None => app.docking(ctx, of).await?.version,
    };
    let filing = if draft { Filing::Draft } else { Filing::File };
    match app.save_docking(ctx, version, &form, filing).await? {
        DockingSaved::Kept(_) => {
            show(session, app, ctx, of).await?;
            Ok(End::Ok)
        }
        DockingSaved::Wrong(problems) => {
            let value = |it: &DockingProblem| {
                json!({
                    "field": it.field.key(),
                    "label": it.field.full_label(),
                    "message": it.message,
                    "hint": it.hint,
                })
            };
            let all: Vec<Value> = problems.iter().map(value).collect();
            session.tell(&json!({ "saved": false, "problems": all }), || {
                let line =
                    |it: &DockingProblem| format!("{}　{}　{}", it.field.full_label(), it.message, it.hint);
                problems.iter().map(line).collect::<Vec<_>>().join("\n")
            })?;
            Ok(End::Partial)
        }
    }
}

async fn board(session: &Session, app: &App, ctx: &Ctx, out: Option<PathBuf>) -> Result<()> {
    let board = app.docking_board(ctx).await?;
    let file = match out {
        Some(path) => Some(write(path, &app.docking_book(ctx).await?)?),
        None => None,
    };
    let row = |it: &app::DockingRow| {
        let mut value = standing(app, &it.standing);
        value["form_overdue"] = json!(it.form_overdue);
        value["docking_overdue"] = json!(it.docking_overdue);
        value
    };
    let rows: Vec<Value> = board.rows.iter().map(row).collect();
    let document = json!({ "deadlines": due(&board.deadlines), "authorities": rows, "file": file });
    session.tell(&document, || board_words(&board))
}

fn board_words(board: &DockingBoard) -> String {
    let on = |at: Option<Instant>| at.map(|at| at.day().to_string()).unwrap_or_default();
    let row = |it: &app::DockingRow| {
        let s = &it.standing;
        let late = |yes: bool, text: String| if yes { "逾期".to_owned() } else { text };
        let announced = s.announced.map(|n| format!(" / {n}")).unwrap_or_default();
        vec![
            it.short_name.clone(),
            late(it.form_overdue, on(s.filed_at)),
            s.mode.label().to_owned(),
            s.systems.to_string(),
            on(s.sandbox.as_ref().map(|step| step.done_at)),
            on(s.first_code),
            late(it.docking_overdue, on(s.live.as_ref().map(|step| step.done_at))),
            format!("{}{announced}", s.taken_over),
            s.last_contact.map(Instant::shanghai).unwrap_or_default(),
        ]
    };
    let heads = ["机关", "填报", "方式", "密钥", "测试环境", "首个联网赋码", "上线", "存量接收", "最近联系"];
    let rows = table(&heads, board.rows.iter().map(row));
    format!("{rows}\n{}", due_words(&board.deadlines))
}

fn due_words(it: &DockingDeadlines) -> String {
    let text = |day: Option<Day>| day.map_or("未定".to_owned(), |day| day.to_string());
    format!("填报截止　{}　对接截止　{}", text(it.form), text(it.docking))
}

async fn deadline(
    session: &Session,
    app: &App,
    ctx: &Ctx,
    form: Option<String>,
    docking: Option<String>,
) -> Result<()> {
    let day = |typed: Option<String>, stands: Option<Day>| match typed.as_deref().map(str::trim) {
        None => Ok(stands),
        Some("") => Ok(None),
        Some(text) => Day::parse(text).map(Some).with_context(|| format!("“{text}”不是日期")),
    };
    let stands = app.docking(ctx, ctx.authority()?).await?.deadlines;
    let due_now = DockingDeadlines {
        form: day(form.clone(), stands.form)?,
        docking: day(docking.clone(), stands.docking)?,
    };
    if form.is_some() || docking.is_some() {
        app.set_docking_deadlines(ctx, due_now).await?;
    }
    session.tell(&json!({ "deadlines": due(&due_now) }), || due_words(&due_now))
}

async fn unadopted(session: &Session, app: &App, ctx: &Ctx, after: Option<i64>, limit: u32) -> Result<()> {
    let page = app.unadopted(ctx, after.map(CertificateId), limit).await?;
    let row = |it: &app::Unadopted| {
        let mut value = head(app, &it.head);
        value["body_name"] = json!(it.body);
        value["content_digest"] = json!(data_encoding::HEXLOWER.encode(&it.digest));
        value
    };
    let rows: Vec<Value> = page.rows.iter().map(row).collect();
    let document = json!({ "total": page.total, "certificates": rows, "next": page.next });
    session.tell(&document, || {
        let row = |it: &app::Unadopted| {
            let door = it.head.door.label().to_owned();
            vec![it.head.number.grouped(), it.body.clone(), door, it.head.assigned_at.shanghai()]
        };
        let rows = table(&["证书编号", "机构名称", "入口", "赋码时间"], page.rows.iter().map(row));
        format!("待认领 {} 张\n{rows}", page.total)
    })
}
