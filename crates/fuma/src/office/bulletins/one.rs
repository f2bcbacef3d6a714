//! `/office/bulletins/{id}`: the text, the figures and places of every authority, its way, who signed, and what was said to it.

use super::{badge, href, key};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::said::Said;
use crate::office::{Badge, Crumb, FactView, FieldView, Menu, Refused, Shell, StepView};
use app::stored::{BulletinDone, BulletinReply};
use app::{AppError, BulletinView};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use data_encoding::HEXLOWER;
use domain::bulletin::{BulletinId, Indicator, Line, PARTS, ReplyKind, State as Stands, Step, columns};
use domain::{Action, AuthorityId, Tone};

#[derive(Template)]
#[template(path = "office/bulletins/one.html")]
struct BulletinPage {
    shell: Shell,
    id: i64,
    state: Badge,
    /// What must be known of it first: withdrawn, or corrected by another.
    warning: String,
    corrected_by: String,
    facts: Vec<FactView>,
    text: Vec<String>,
    own: Vec<OwnView>,
    tables: Vec<TableView>,
    definitions: Vec<(String, &'static str)>,
    life: Vec<StepView>,
    receipts: Vec<(String, String)>,
    signed: usize,
    replies: Vec<ReplyView>,
    at: u32,
    steps: Vec<StepButton>,
    may_edit: bool,
    may_correct: bool,
    may_withdraw: bool,
    withdraw: Vec<FieldView>,
    may_sign: bool,
    reply: Vec<FieldView>,
    error: String,
}

/// A figure of the reader's own authority.
struct OwnView {
    label: String,
    value: String,
    place: String,
    before: String,
}

struct TableView {
    label: &'static str,
    head: Vec<String>,
    rows: Vec<TableRow>,
}

struct TableRow {
    name: String,
    class: &'static str,
    /// Label and text of each cell.
    cells: Vec<(String, String)>,
}

struct ReplyView {
    id: i64,
    who: String,
    kind: Badge,
    figure: String,
    text: String,
    when: String,
    answer: Option<(String, String)>,
    may_answer: bool,
}

struct StepButton {
    key: &'static str,
    label: &'static str,
    class: &'static str,
    note: &'static str,
}

fn button(step: Step) -> Option<StepButton> {
    let (class, note) = match step {
        Step::Approve => ("", "审定后文字不能再改，可以发布或退回。"),
        Step::Return => ("plain", "退回后可以修改，改后要重新审定。"),
        Step::Release => ("", "发布后文字和数字不再改动，立即进入各省收件箱。"),
        Step::Discard => ("danger", "放弃后不能恢复，可以重新起草。"),
        Step::Draft | Step::Edit | Step::Withdraw => return None,
    };
    Some(StepButton { key: step.key(), label: step.label(), class, note })
}

fn facts(view: &BulletinView) -> Vec<FactView> {
    let fact = |label: &str, value: String| FactView { label: label.to_owned(), value };
    let it = &view.aggregates;
    let by = |done: &BulletinDone| format!("{} {}", view.name(&done.actor), done.recorded_at.shanghai());
    let step = |step| view.done(step).map(by);
    let (first, last) = (it.period.first(), it.period.last());
    let mut all = vec![
        fact("统计时期", format!("{}（{first} 至 {last}）", it.period.label())),
        fact("版本", format!("第{}版", it.edition)),
        fact("起草", step(Step::Draft).unwrap_or_default()),
    ];
    let approved = matches!(view.state, Stands::Approved | Stands::Released | Stands::Withdrawn);
    all.extend(step(Step::Approve).filter(|_| approved).map(|by| fact("审定", by)));
    all.extend(step(Step::Release).map(|by| fact("发布", by)));
    all.extend(view.corrects.as_ref().map(|(_, title)| fact("更正", title.clone())));
    all.push(fact("统计截至", format!("第{}代第{}条办理记录", it.cut.0, it.cut.1)));
    all.push(fact("数据摘要", format!("SHA-256 {}", HEXLOWER.encode(&view.bulletin.digest))));
    all
}

fn table(
    (label, of): (&'static str, &[Indicator]),
    view: &BulletinView,
    own: Option<AuthorityId>,
) -> TableView {
    let row = |line: &Line| TableRow {
        name: line.short_name.clone(),
        class: match line.authority {
            None => "sum",
            Some(_) if line.authority == own => "own",
            Some(_) => "",
        },
        cells: columns(of).map(|column| (column.label(), column.text(line))).collect(),
    };
    TableView {
        label,
        head: columns(of).map(|column| column.label()).collect(),
        rows: view.shown.lines.iter().chain([&view.shown.nation]).map(row).collect(),
    }
}

/// The figures of the reader's own authority, with its places.
fn own_figures(view: &BulletinView, own: Option<AuthorityId>) -> Vec<OwnView> {
    let line = view.shown.lines.iter().find(|line| line.provincial && line.authority == own);
    let figure = |cell: &domain::bulletin::Cell| OwnView {
        label: cell.indicator.label().to_owned(),
        value: cell.indicator.says(cell.value),
        place: cell.placing.map(|it| format!("第 {} 名，共 {} 个", it.text(), it.of)).unwrap_or_default(),
        before: cell.indicator.says(cell.before),
    };
    line.map(|line| line.cells.iter().map(figure).collect()).unwrap_or_default()
}

fn life(view: &BulletinView, drafts: bool) -> Vec<StepView> {
    let step = |done: &BulletinDone| StepView {
        when: done.recorded_at.shanghai(),
        title: done.step.label().to_owned(),
        detail: match done.reason.as_str() {
            "" => view.name(&done.actor).to_owned(),
            reason => format!("{}　{reason}", view.name(&done.actor)),
        },
        tone: match done.step {
            Step::Release => Tone::Good,
            Step::Withdraw => Tone::Bad,
            _ => Tone::Neutral,
        },
        href: String::new(),
    };
    // How it came about is of whoever drafts bulletins; the others are told when it was made known and taken back.
    let told = |done: &&BulletinDone| drafts || done.step.leads_to().is_public();
    view.steps.iter().rev().filter(told).map(step).collect()
}

fn reply(web: &Web, view: &BulletinView, it: &BulletinReply, may_answer: bool) -> ReplyView {
    let figure = Indicator::parse(&it.figure).map(|of| {
        let value = view.says(it.authority, of).map(|value| of.says(value)).unwrap_or_default();
        format!("{}（通报为 {value}）", of.label())
    });
    let answered = |(text, actor, at): &(String, String, domain::Instant)| {
        (text.clone(), format!("{} {}", view.name(actor), at.shanghai()))
    };
    ReplyView {
        id: it.id,
        who: web.app.authority_name(it.authority),
        kind: match it.kind {
            ReplyKind::Dispute => Badge::plain(it.kind.label(), Tone::Warn),
            ReplyKind::Answer => Badge::plain(it.kind.label(), Tone::Neutral),
        },
        figure: figure.unwrap_or_default(),
        text: it.text.clone(),
        when: format!("{} {}", view.name(&it.actor), it.recorded_at.shanghai()),
        may_answer: may_answer && it.answer.is_none(),
        answer: it.answer.as_ref().map(answered),
    }
}

fn reply_fields(typed: &Typed) -> Vec<FieldView> {
    let kinds = ReplyKind::ALL.map(|it| (it.key().to_owned(), it.label().to_owned()));
    let figures = Indicator::ALL.iter().map(|of| (of.key().to_owned(), of.label().to_owned()));
    vec![
        FieldView::choice("kind", "种类", kinds.into()).required().value(&typed.kind),
        FieldView::choice("figure", "有异议的指标", figures.collect())
            .value(&typed.figure)
            .hint("提出异议时选择，一次一项"),
        FieldView::lines("text", "内容")
            .required()
            .value(&typed.text)
            .hint("写明情况或正确的数字及依据，不要写个人信息"),
    ]
}

/// What is shown again where an act was refused.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Typed {
    /// 回复 or 异议.
    pub kind: String,
    /// The disputed figure.
    pub figure: String,
    /// The words.
    pub text: String,
}

/// The page.
pub async fn render(
    web: &Web,
    officer: &Officer,
    id: BulletinId,
    (said, typed, refused): (&Said, &Typed, Refused),
) -> Result<Response, OfficeError> {
    let view = web.app.bulletin(&officer.ctx, id).await?;
    let own = officer.ctx.actor.authority();
    let (drafts, steps) = (officer.can(Action::BulletinDraft), web.app.bulletin_steps(&officer.ctx, &view));
    let withdrawn = view.done(Step::Withdraw).map(|done| done.reason.clone());
    let corrected = view.corrected_by.is_some();
    let may_reply = officer.can(Action::BulletinReply) && !officer.national();
    let receipt = |it: &app::stored::BulletinReceipt| {
        let by = it.signed.as_ref().map(|(actor, at)| format!("{} {}", view.name(actor), at.shanghai()));
        (web.app.authority_name(it.authority), by.unwrap_or_default())
    };
    let receipts: Vec<_> = view.receipts.iter().map(receipt).collect();
    let (tone, words) = said.words();
    let crumbs = vec![Crumb { label: view.aggregates.period.label(), href: href(id) }];
    let response = page(&BulletinPage {
        shell: officer.shell_saying(&view.title, Menu::Bulletins, crumbs, tone, words),
        id: id.0,
        state: badge(view.state),
        warning: match (&withdrawn, corrected) {
            (Some(reason), _) => format!("这份通报已撤回：{reason}"),
            (None, true) => "这份通报已被更正，请以更正版为准。".to_owned(),
            (None, false) => String::new(),
        },
        corrected_by: view.corrected_by.map(href).unwrap_or_default(),
        facts: facts(&view),
        text: view.text.lines().map(str::to_owned).collect(),
        own: own_figures(&view, own),
        tables: PARTS.iter().map(|(label, of)| table((label, of), &view, own)).collect(),
        definitions: Indicator::ALL
            .iter()
            .map(|of| (format!("{}（{}）", of.label(), of.unit()), of.definition()))
            .collect(),
        life: life(&view, drafts),
        signed: receipts.iter().filter(|(_, by)| !by.is_empty()).count(),
        may_sign: may_reply && receipts.iter().any(|(_, by)| by.is_empty()),
        receipts,
        replies: view.replies.iter().map(|it| reply(web, &view, it, drafts)).collect(),
        at: view.at(),
        may_edit: steps.contains(&Step::Edit),
        may_withdraw: steps.contains(&Step::Withdraw) && !corrected,
        may_correct: drafts && view.state == Stands::Released && !corrected,
        steps: steps.into_iter().filter_map(button).collect(),
        withdraw: vec![FieldView::lines("reason", "原因").required().hint("各省可以看到，不要写个人信息")],
        reply: if may_reply { reply_fields(typed) } else { Vec::new() },
        error: refused.error.clone(),
    });
    Ok(refused.status(response))
}

/// `GET /office/bulletins/{id}`.
pub async fn show(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Query(said): Query<Said>,
) -> Result<Response, OfficeError> {
    let id: Result<BulletinId, AppError> = key(&id);
    render(&web, &officer, id?, (&said, &Typed::default(), Refused::default())).await
}
