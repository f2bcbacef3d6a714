//! `/office/certificates/{id}/act`: choose an act, see what it will do, confirm.

use super::tabs::{Tab, Top, shell};
use super::{certificate, href};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::{Badge, DiffRow, FieldView, Shell};
use app::{AppError, Decision, Detail};
use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{CertificateId, Day, Status, StatusAct, StatusWord};
use serde::Deserialize;

/// What is posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    act: String,
    effective: String,
    document: String,
    reason: String,
    /// Set by the button of the confirming page.
    confirmed: String,
    /// Set by the button that leads back from there.
    edit: String,
}

#[derive(Template)]
#[template(path = "office/certificates/act.html")]
struct ActPage {
    shell: Shell,
    top: Top,
    acts: Vec<ActView>,
    fields: Vec<FieldView>,
    error: String,
}

struct ActView {
    key: &'static str,
    label: &'static str,
    says: &'static str,
    checked: bool,
}

#[derive(Template)]
#[template(path = "office/certificates/act_confirm.html")]
struct ConfirmPage {
    shell: Shell,
    top: Top,
    act: StatusAct,
    says: &'static str,
    old: Badge,
    new: Badge,
    rows: Vec<DiffRow>,
    typed: Typed,
}

/// What an act will do, in one sentence.
fn says(act: StatusAct) -> &'static str {
    match act {
        StatusAct::Suspend => "公众扫码立即看到“已暂停”；恢复之前不能变更。",
        StatusAct::Resume => "证书恢复有效，公众扫码立即看到“有效”。",
        StatusAct::Revoke => {
            "公众扫码立即看到“已撤销”；不能再变更，三年内再次申请时会提醒（163号令第三十二条、行政许可法第六十九条）。"
        }
        StatusAct::Withdraw => "公众扫码立即看到“已撤回”；不能再变更（行政许可法第八条）。",
        StatusAct::Cancel => {
            "公众扫码立即看到“已注销”；不能再变更（163号令第三十一条、行政许可法第七十条）。"
        }
        StatusAct::Void => "公众扫码立即看到“已吊销”；不能再变更。",
        StatusAct::Annul => "赋码出错时使用：证书作废，编号和码不再使用，且不能恢复；已印的纸质证书须收回。",
        StatusAct::Lift => "最近一次状态决定有误或被推翻时使用：恢复到它之前的状态，原决定仍留在办理记录中。",
    }
}

async fn top(web: &Web, officer: &Officer, id: CertificateId) -> Result<(Detail, Shell, Top), AppError> {
    let detail = web.app.certificate(&officer.ctx, id).await?;
    let shell = shell(officer, &detail, (domain::Tone::Neutral, ""));
    let top = Top::of(web, officer, &detail, Tab::Overview, false);
    Ok((detail, Shell { title: "办理证书状态".into(), ..shell }, top))
}

fn fields(typed: &Typed) -> Vec<FieldView> {
    vec![
        FieldView::day("effective", "生效日期")
            .required()
            .value(&typed.effective)
            .hint("自哪一天起，不晚于今天"),
        FieldView::text("document", "决定文号").value(&typed.document).hint("误赋码作废可以不填，其他必填"),
        FieldView::lines("reason", "原因")
            .required()
            .value(&typed.reason)
            .hint("会留在办理记录中，不要写个人信息"),
    ]
}

async fn ask_again(
    web: &Web,
    officer: &Officer,
    id: CertificateId,
    typed: &Typed,
    error: String,
) -> Result<Response, AppError> {
    let admitted = web.app.admitted_acts(&officer.ctx, id).await?;
    let (_, shell, top) = top(web, officer, id).await?;
    let view = |act: &StatusAct| ActView {
        key: act.key(),
        label: act.label(),
        says: says(*act),
        checked: typed.act == act.key(),
    };
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let acts = admitted.iter().map(view).collect();
    let mut response = page(&ActPage { shell, top, acts, fields: fields(typed), error });
    *response.status_mut() = status;
    Ok(response)
}

/// `?act=`: the act that a list leads to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Led {
    act: String,
}

/// `GET /office/certificates/{id}/act`.
pub async fn form(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Query(led): Query<Led>,
) -> Result<Response, OfficeError> {
    let typed = Typed { act: led.act, effective: web.app.today().to_string(), ..Typed::default() };
    Ok(ask_again(&web, &officer, certificate(&id)?, &typed, String::new()).await?)
}

/// What was typed as a decision, or what is wrong with it.
fn decision(typed: &Typed) -> Result<Decision, String> {
    let act = StatusAct::parse(&typed.act).ok_or("没有选择办理事项。请在上面选择一项")?;
    let effective = Day::parse(&typed.effective).map_err(|e| format!("生效日期：{e}"))?;
    Ok(Decision { act, effective, document: typed.document.clone(), reason: typed.reason.clone() })
}

/// `POST /office/certificates/{id}/act`: first shows old and new, then, confirmed, records it.
pub async fn act(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    let id = certificate(&id)?;
    if !typed.edit.is_empty() {
        return Ok(ask_again(&web, &officer, id, &typed, String::new()).await?);
    }
    let decision = match decision(&typed) {
        Ok(decision) => decision,
        Err(error) => return Ok(ask_again(&web, &officer, id, &typed, error).await?),
    };
    let done = match typed.confirmed.is_empty() {
        true => web.app.preview_act(&officer.ctx, id, &decision).await.map(Some),
        false => web.app.act(&officer.ctx, id, &decision).await.map(|_| None),
    };
    match done {
        Ok(Some(statuses)) => Ok(confirm(&web, &officer, id, (typed, decision), statuses).await?),
        Ok(None) => Ok(Redirect::to(&format!("{}?said=acted", href(id))).into_response()),
        Err(AppError::Refused { message, hint }) => {
            Ok(ask_again(&web, &officer, id, &typed, format!("{message}。{hint}")).await?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn confirm(
    web: &Web,
    officer: &Officer,
    id: CertificateId,
    (typed, decision): (Typed, Decision),
    (old, new): (Status, Status),
) -> Result<Response, AppError> {
    let (_, shell, top) = top(web, officer, id).await?;
    let since = |status: &Status| status.since().map(|day| day.to_string()).unwrap_or_default();
    let document = |status: &Status| status.act().map(|act| act.document.clone()).unwrap_or_default();
    let reason = |status: &Status| status.act().map(|act| act.reason.clone()).unwrap_or_default();
    let row = |label: &str, old: String, new: String| DiffRow { label: label.into(), old, new };
    let word = |status: &Status| Badge::from(status.word());
    let rows = vec![
        row("状态", said(old.word()), said(new.word())),
        row("自", since(&old), since(&new)),
        row("决定文号", document(&old), document(&new)),
        row("原因", reason(&old), reason(&new)),
    ];
    let (old, new) = (word(&old), word(&new));
    Ok(page(&ConfirmPage { shell, top, act: decision.act, says: says(decision.act), old, new, rows, typed }))
}

fn said(word: StatusWord) -> String {
    word.label().to_owned()
}
