//! `/office/authorities`: the authorities and the two-digit codes they number with.

use super::codes::{day, tabs};
use super::said::Said;
use super::{FieldView, Menu, Shell, TabView};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use app::{AppError, Opened};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, Authority, AuthorityCode, AuthorityId, Level, Tables};
use serde::Deserialize;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// An authority that is put into the form.
    edit: String,
    said: String,
}

/// What is posted of an authority.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    id: String,
    name: String,
    short_name: String,
    level: String,
    area: String,
}

/// What is posted of a code.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TypedCode {
    authority: String,
    code: String,
    from: String,
    to: String,
}

#[derive(Template)]
#[template(path = "office/authorities.html")]
struct AuthoritiesPage {
    shell: Shell,
    tabs: Vec<TabView>,
    rows: Vec<RowView>,
    id: String,
    fields: Vec<FieldView>,
    code_fields: Vec<FieldView>,
    error: String,
    may_write: bool,
    /// What the public can search: `all`, `some` or `none`.
    platform: &'static str,
    may_open: bool,
}

struct RowView {
    id: i64,
    name: String,
    short_name: String,
    level: &'static str,
    area: String,
    codes: Vec<String>,
    /// Whether the public can search its certificates.
    open: bool,
}

fn level(level: Level) -> (&'static str, &'static str) {
    match level {
        Level::National => ("national", "国家级"),
        Level::Provincial => ("provincial", "省级"),
    }
}

fn row(tables: &Tables, it: &Authority, platform: &Opened) -> RowView {
    let days = |code: &AuthorityCode| match (code.from, code.to) {
        (None, None) => code.code.to_string(),
        (Some(from), None) => format!("{}（{from} 起）", code.code),
        (None, Some(to)) => format!("{}（至 {to}）", code.code),
        (Some(from), Some(to)) => format!("{}（{from} 至 {to}）", code.code),
    };
    RowView {
        id: it.id.0,
        name: it.name.clone(),
        short_name: it.short_name.clone(),
        level: level(it.level).1,
        area: it.area.clone(),
        codes: tables.authority_codes.iter().filter(|code| code.authority == it.id).map(days).collect(),
        open: platform.has(it.id),
    }
}

fn fields(typed: &Typed) -> Vec<FieldView> {
    let levels =
        [Level::Provincial, Level::National].map(level).map(|(key, label)| (key.into(), label.into()));
    vec![
        FieldView::text("name", "机关名称")
            .required()
            .value(&typed.name)
            .hint("印在证书上的名称可在本机关设置中另定"),
        FieldView::text("short_name", "简称").required().value(&typed.short_name),
        FieldView::choice("level", "级别", levels.to_vec()).required().value(&typed.level),
        FieldView::text("area", "辖区").value(&typed.area).hint("行政区划代码前两位；国家级留空"),
    ]
}

fn code_fields(tables: &Tables, typed: &TypedCode) -> Vec<FieldView> {
    let all = tables.authorities.iter().map(|a| (a.id.0.to_string(), a.name.clone())).collect();
    vec![
        FieldView::choice("authority", "机关", all).required().value(&typed.authority),
        FieldView::text("code", "编号代码").required().value(&typed.code).hint("证书编号第3、4位，两位数字"),
        FieldView::day("from", "启用日期").value(&typed.from).hint("留空为一直有效"),
        FieldView::day("to", "停用日期").value(&typed.to).hint("留空为仍在使用"),
    ]
}

async fn show(
    web: &Web,
    officer: &Officer,
    asked: &Asked,
    typed: (Typed, TypedCode),
    error: String,
) -> Result<Response, OfficeError> {
    let (tone, words) = Said { said: asked.said.clone() }.words();
    let tables = web.app.tables();
    let platform = web.app.platform().await?;
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = page(&AuthoritiesPage {
        shell: officer.shell_saying("发证机关", Menu::Codes, Vec::new(), tone, words),
        tabs: tabs("authority"),
        rows: tables.authorities.iter().map(|it| row(&tables, it, &platform)).collect(),
        id: typed.0.id.clone(),
        fields: fields(&typed.0),
        code_fields: code_fields(&tables, &typed.1),
        error,
        may_write: officer.can(Action::AuthorityWrite),
        platform: match &platform {
            Opened::All => "all",
            some if some.is_open() => "some",
            Opened::Some(_) => "none",
        },
        may_open: officer.can(Action::PlatformOpen),
    });
    *response.status_mut() = status;
    Ok(response)
}

/// `GET /office/authorities`.
pub async fn list(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    let tables = web.app.tables();
    let edited = tables.authorities.iter().find(|a| a.id.0.to_string() == asked.edit);
    let typed = edited.map_or_else(Typed::default, |it| Typed {
        id: it.id.0.to_string(),
        name: it.name.clone(),
        short_name: it.short_name.clone(),
        level: level(it.level).0.to_owned(),
        area: it.area.clone(),
    });
    show(&web, &officer, &asked, (typed, TypedCode::default()), String::new()).await
}

async fn save(web: &Web, officer: &Officer, typed: &Typed) -> Result<(), AppError> {
    let level = if typed.level == "national" { Level::National } else { Level::Provincial };
    let id = match typed.id.as_str() {
        "" => None,
        text => Some(AuthorityId(text.parse().map_err(|_| AppError::NotFound)?)),
    };
    let new = Authority {
        id: AuthorityId(0),
        name: typed.name.clone(),
        short_name: typed.short_name.clone(),
        level,
        area: typed.area.clone(),
    };
    web.app.set_authority(&officer.ctx, id, &new).await.map(drop)
}

/// `POST /office/authorities`: a new authority, or the name, level and area of one.
pub async fn set(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    match save(&web, &officer, &typed).await {
        Ok(()) => Ok(Redirect::to("/office/authorities?said=authority").into_response()),
        Err(AppError::Refused { message, hint }) => {
            let error = format!("{message}。{hint}");
            show(&web, &officer, &Asked::default(), (typed, TypedCode::default()), error).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn save_code(web: &Web, officer: &Officer, typed: &TypedCode) -> Result<(), AppError> {
    let refused = |what: &str, hint: &str| AppError::refused(what, hint);
    let authority = typed.authority.parse().map_err(|_| refused("没有选择机关", "请选择机关。"))?;
    let code =
        typed.code.trim().parse().map_err(|_| refused("编号代码不是两位数字", "请填写两位数字，如 27。"))?;
    let code = AuthorityCode {
        authority: AuthorityId(authority),
        code,
        from: day("启用日期", &typed.from)?,
        to: day("停用日期", &typed.to)?,
    };
    web.app.set_authority_code(&officer.ctx, &code).await
}

/// `POST /office/authorities/codes`: a code of an authority with its days.
pub async fn set_code(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<TypedCode>,
) -> Result<Response, OfficeError> {
    match save_code(&web, &officer, &typed).await {
        Ok(()) => Ok(Redirect::to("/office/authorities?said=code").into_response()),
        Err(AppError::Refused { message, hint }) => {
            let error = format!("{message}。{hint}");
            show(&web, &officer, &Asked::default(), (Typed::default(), typed), error).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /office/authorities/platform`: whose certificates the public can search.
pub async fn open_platform(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<Vec<(String, String)>>,
) -> Result<Response, OfficeError> {
    let of = |name: &str| {
        typed.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    };
    let (extent, some): (Vec<&str>, Vec<&str>) = (of("extent"), of("authority"));
    let opened = match extent.first().copied().unwrap_or_default() {
        "all" => Opened::All,
        "some" => Opened::Some(some.iter().filter_map(|id| id.parse().ok().map(AuthorityId)).collect()),
        _ => Opened::Some(Default::default()),
    };
    web.app.open_platform(&officer.ctx, &opened).await?;
    Ok(Redirect::to("/office/authorities?said=platform#platform").into_response())
}

#[cfg(test)]
mod tests {
    use crate::testing::{Caller, Town};

    #[tokio::test]
    async fn the_nation_sets_up_an_authority_and_its_code_and_a_province_only_reads() {
        let town = Town::open().await;
        let path = "/office/authorities";
        let html = town.get(Caller::Viewer, path).await.holds(&["陕西省市场监督管理局", "27"]);
        assert!(!html.contains("设立机关"));
        let new = [
            ("name", "示例特区市场监督管理局"),
            ("short_name", "示例"),
            ("level", "provincial"),
            ("area", "99"),
        ];
        assert_eq!(town.post(Caller::ProvincialAdmin, path, &new).await.status, 403);
        let wrong = town.post(Caller::NationalAdmin, path, &[new[0], new[1], new[2], ("area", "9")]).await;
        assert_eq!(wrong.status, 422);
        assert!(
            wrong.text().contains("不是两位数字")
                && wrong.text().contains("value=\"示例特区市场监督管理局\"")
        );
        assert_eq!(town.post(Caller::NationalAdmin, path, &new).await.status, 303);
        let code = [("authority", "34"), ("code", "98"), ("from", "2026-01-01"), ("to", "")];
        let saved = town.post(Caller::NationalAdmin, &format!("{path}/codes"), &code).await;
        assert_eq!(saved.status, 303, "{}", saved.text());
        let html = town.get(Caller::NationalAdmin, &saved.location).await;
        let html = html.holds(&["代码已保存", "示例特区市场监督管理局", "98（2026-01-01 起）"]);
        crate::gallery::keep("office", "authorities", &html);
        let edit = town.get(Caller::NationalAdmin, &format!("{path}?edit=34")).await;
        edit.holds(&["value=\"示例特区市场监督管理局\"", "name=\"id\" value=\"34\""]);
    }

    #[tokio::test]
    async fn the_national_administrator_opens_the_platform_whole_or_for_some() {
        let town = Town::open().await;
        let (path, page) = ("/office/authorities/platform", "/office/authorities");
        town.get(Caller::NationalAdmin, page).await.holds(&["公众查询平台", "value=\"none\" checked"]);
        assert!(!town.get(Caller::ProvincialAdmin, page).await.text().contains("公众查询平台"));
        for caller in [Caller::ProvincialAdmin, Caller::NationalLicensing] {
            assert_eq!(town.post(caller, path, &[("extent", "all")]).await.status, 403, "{caller:?}");
        }
        let some = [("extent", "some"), ("authority", "28"), ("authority", "2")];
        let saved = town.post(Caller::NationalAdmin, path, &some).await;
        let html = town.get(Caller::NationalAdmin, saved.location.split('#').next().unwrap()).await;
        let html = html.holds(&["value=\"some\" checked", "value=\"28\" checked", "公众查询已按所选保存"]);
        assert!(!html.contains("value=\"3\" checked"));
        crate::gallery::keep("office", "authorities-platform", &html);
        assert_eq!(town.post(Caller::NationalAdmin, path, &[("extent", "all")]).await.status, 303);
        assert_eq!(town.app.platform().await.unwrap(), app::Opened::All);
    }
}
