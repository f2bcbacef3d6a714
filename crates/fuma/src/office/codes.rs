//! `/office/codes`: 专业领域, 行业主管部门, 行政区划 with their days. Everybody reads, national administrators edit.

use super::said::Said;
use super::{FieldView, Menu, Shell, TabView};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::public::handlers::percent;
use app::AppError;
use app::stored::CodeKind;
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, Day};
use serde::Deserialize;

/// Codes of a page, as the verb gives them.
const ROWS: usize = 200;

/// The tables, by key and label; the last one has a page of its own.
const TABLES: [(&str, &str); 4] = [
    ("division", "行政区划"),
    ("domain", "专业领域"),
    ("industry", "行业主管部门"),
    ("authority", "发证机关"),
];

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    kind: String,
    q: String,
    after: String,
    /// A code whose entry is put into the form.
    edit: String,
    said: String,
}

/// What is posted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    kind: String,
    code: String,
    name: String,
    from: String,
    to: String,
}

#[derive(Template)]
#[template(path = "office/codes.html")]
struct CodesPage {
    shell: Shell,
    tabs: Vec<TabView>,
    kind: &'static str,
    label: &'static str,
    q: String,
    rows: Vec<RowView>,
    next: String,
    fields: Vec<FieldView>,
    error: String,
    may_write: bool,
}

struct RowView {
    code: String,
    name: String,
    from: String,
    to: String,
}

/// The tabs of the tables, this one marked.
pub fn tabs(here: &str) -> Vec<TabView> {
    let view = |(key, label): (&str, &str)| TabView {
        label: label.to_owned(),
        href: if key == "authority" {
            "/office/authorities".into()
        } else {
            format!("/office/codes?kind={key}")
        },
        here: key == here,
    };
    TABLES.into_iter().map(view).collect()
}

/// A day of a form: empty is none.
pub fn day(label: &str, text: &str) -> Result<Option<Day>, AppError> {
    match text.trim() {
        "" => Ok(None),
        text => Day::parse(text)
            .map(Some)
            .map_err(|e| AppError::refused(format!("{label}“{text}”：{e}"), "请填写年-月-日，或留空。")),
    }
}

fn fields(typed: &Typed, digits: usize) -> Vec<FieldView> {
    vec![
        FieldView::text("code", "代码").required().value(&typed.code).hint(format!("{digits}位数字")),
        FieldView::text("name", "名称").required().value(&typed.name),
        FieldView::day("from", "启用日期").value(&typed.from).hint("留空为一直有效"),
        FieldView::day("to", "停用日期").value(&typed.to).hint("最后一个可用的日子；留空为仍在使用"),
    ]
}

async fn show(
    web: &Web,
    officer: &Officer,
    asked: &Asked,
    typed: Option<(Typed, String)>,
) -> Result<Response, AppError> {
    let kind = CodeKind::parse(&asked.kind).unwrap_or(CodeKind::Division);
    let q: String = asked.q.trim().chars().filter(|c| !c.is_control()).take(30).collect();
    let found = web.app.find_codes(kind, &q, &asked.after).await?;
    let last = found.last().filter(|_| found.len() >= ROWS);
    let (tone, words) = Said { said: asked.said.clone() }.words();
    let view = |it: &app::stored::CodeEntry| RowView {
        code: it.code.clone(),
        name: it.name.clone(),
        from: it.from.map(|d| d.to_string()).unwrap_or_default(),
        to: it.to.map(|d| d.to_string()).unwrap_or_default(),
    };
    let rows: Vec<RowView> = found.iter().map(view).collect();
    let edited = || {
        let row = rows.iter().rev().find(|row| row.code == asked.edit);
        row.map_or_else(Typed::default, |row| Typed {
            kind: kind.key().into(),
            code: row.code.clone(),
            name: row.name.clone(),
            from: row.from.clone(),
            to: row.to.clone(),
        })
    };
    let (typed, error) = typed.unwrap_or_else(|| (edited(), String::new()));
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let base = format!("/office/codes?kind={}&q={}", kind.key(), percent(&q));
    let mut response = page(&CodesPage {
        shell: officer.shell_saying("代码表", Menu::Codes, Vec::new(), tone, words),
        tabs: tabs(kind.key()),
        kind: kind.key(),
        label: TABLES.iter().find(|(key, _)| *key == kind.key()).map_or("", |(_, label)| label),
        next: last.map(|it| format!("{base}&after={}", it.code)).unwrap_or_default(),
        q,
        fields: fields(&typed, if kind == CodeKind::Division { 6 } else { 2 }),
        rows,
        error,
        may_write: officer.can(Action::AuthorityWrite),
    });
    *response.status_mut() = status;
    Ok(response)
}

/// `GET /office/codes`.
pub async fn list(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    Ok(show(&web, &officer, &asked, None).await?)
}

async fn save(web: &Web, officer: &Officer, typed: &Typed) -> Result<(), AppError> {
    let kind = CodeKind::parse(&typed.kind).ok_or(AppError::NotFound)?;
    let days = (day("启用日期", &typed.from)?, day("停用日期", &typed.to)?);
    web.app.set_code(&officer.ctx, kind, typed.code.trim(), &typed.name, days).await
}

/// `POST /office/codes`: sets one entry.
pub async fn set(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    match save(&web, &officer, &typed).await {
        Ok(()) => {
            let (kind, code) = (percent(&typed.kind), percent(typed.code.trim()));
            Ok(Redirect::to(&format!("/office/codes?kind={kind}&q={code}&said=code")).into_response())
        }
        Err(AppError::Refused { message, hint }) => {
            let asked = Asked { kind: typed.kind.clone(), ..Asked::default() };
            Ok(show(&web, &officer, &asked, Some((typed, format!("{message}。{hint}")))).await?)
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Caller, Town};

    #[tokio::test]
    async fn codes_are_found_by_beginning_and_by_name_and_edited_by_the_nation_only() {
        let town = Town::open().await;
        let path = "/office/codes";
        let html = town.get(Caller::Viewer, &format!("{path}?q=6101")).await.holds(&["610113", "雁塔区"]);
        assert!(!html.contains("110101") && !html.contains("name=\"code\""), "a viewer is offered no form");
        let named = format!("{path}?kind=division&q=%E9%9B%81%E5%A1%94");
        town.get(Caller::Viewer, &named).await.holds(&["610113"]);
        town.get(Caller::Viewer, &format!("{path}?kind=domain")).await.holds(&["环境与环保"]);
        let new =
            [("kind", "domain"), ("code", "98"), ("name", "示例领域"), ("from", "2026-01-01"), ("to", "")];
        assert_eq!(town.post(Caller::ProvincialAdmin, path, &new).await.status, 403);
        let saved = town.post(Caller::NationalAdmin, path, &new).await;
        assert_eq!(saved.status, 303);
        let html = town.get(Caller::NationalAdmin, &saved.location).await.holds(&[
            "代码已保存",
            "示例领域",
            "2026-01-01",
        ]);
        crate::gallery::keep("office", "codes", &html);
        let edit = town.get(Caller::NationalAdmin, &format!("{path}?kind=domain&edit=98")).await;
        edit.holds(&["value=\"示例领域\""]);
        let wrong =
            town.post(Caller::NationalAdmin, path, &[("kind", "domain"), ("code", "9"), ("name", "x")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text().contains("代码应为2位数字") && wrong.text().contains("value=\"9\""));
    }
}
