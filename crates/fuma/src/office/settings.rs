//! `/office/template`: what an authority sets for itself, its counters, and the sheet to test the printer with.

use super::said::Said;
use super::{FieldView, Menu, Shell};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use app::{AppError, AuthoritySettings, CounterInfo, CounterPlace, CounterRef, CounterScope, Mode};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Action, AuthorityId, Tables, Two};
use serde::Deserialize;

/// What is posted as settings; a tick that is not set does not come.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    printed_name: String,
    offset_x: String,
    offset_y: String,
    pre_printed: String,
    suspension: String,
    suspended_days: String,
    by_code: String,
    by_year: String,
    by_domain: String,
    by_industry: String,
}

/// What is posted to set a counter: one of the list by its key, or a place.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TypedCounter {
    key: String,
    year: String,
    code: String,
    domain: String,
    industry: String,
    start: String,
}

#[derive(Template)]
#[template(path = "office/template.html")]
struct TemplatePage {
    shell: Shell,
    fields: Vec<FieldView>,
    counter_fields: Vec<FieldView>,
    counters: Vec<CounterView>,
    error: String,
    counter_error: String,
    may_write: bool,
    may_count: bool,
}

struct CounterView {
    key: String,
    label: String,
    next: String,
    left: String,
    waiting: bool,
}

fn counter(it: &CounterInfo) -> CounterView {
    CounterView {
        key: it.key.clone(),
        label: it.label.clone(),
        next: if it.left == 0 { "已用完".into() } else { format!("{:04}", it.next) },
        left: domain::group_digits(u64::from(it.left)),
        waiting: it.waiting,
    }
}

impl From<&AuthoritySettings> for Typed {
    fn from(it: &AuthoritySettings) -> Typed {
        let tick = |on: bool| if on { "1".to_owned() } else { String::new() };
        Typed {
            printed_name: it.printed_name.clone(),
            offset_x: it.offset_x_mm.to_string(),
            offset_y: it.offset_y_mm.to_string(),
            pre_printed: tick(it.pre_printed),
            suspension: tick(it.suspension),
            suspended_days: it.suspended_days.to_string(),
            by_code: tick(it.counter.code),
            by_year: tick(it.counter.year),
            by_domain: tick(it.counter.domain),
            by_industry: tick(it.counter.industry),
        }
    }
}

impl Typed {
    fn settings(&self) -> Result<AuthoritySettings, AppError> {
        let offset = |label: &str, text: &str| match text.trim() {
            "" => Ok(0.0),
            text => text.parse::<f32>().ok().filter(|mm| mm.is_finite()).ok_or_else(|| {
                AppError::refused(
                    format!("{label}“{text}”不是毫米数"),
                    "请填写数字，如 1.5 或 -2；不移动填 0。",
                )
            }),
        };
        let ticked = |text: &str| !text.is_empty();
        Ok(AuthoritySettings {
            printed_name: self.printed_name.trim().to_owned(),
            offset_x_mm: offset("向右移动", &self.offset_x)?,
            offset_y_mm: offset("向下移动", &self.offset_y)?,
            pre_printed: ticked(&self.pre_printed),
            suspension: ticked(&self.suspension),
            suspended_days: match self.suspended_days.trim() {
                "" => AuthoritySettings::default().suspended_days,
                text => text.parse().map_err(|_| {
                    AppError::refused(format!("“{text}”不是天数"), "请填写整数，如 180；留空为 180 天。")
                })?,
            },
            counter: CounterScope {
                code: ticked(&self.by_code),
                year: ticked(&self.by_year),
                domain: ticked(&self.by_domain),
                industry: ticked(&self.by_industry),
            },
            // Set on the page of the docking, beside what it means.
            mode: Mode::default(),
        })
    }

    fn fields(&self, name: &str) -> Vec<FieldView> {
        vec![
            FieldView::text("printed_name", "印在证书上的机关名称")
                .value(&self.printed_name)
                .hint(format!("留空为“{name}”")),
            FieldView::text("offset_x", "向右移动（毫米）")
                .value(&self.offset_x)
                .hint("负数向左；先打印测试页量好"),
            FieldView::text("offset_y", "向下移动（毫米）").value(&self.offset_y).hint("负数向上"),
            FieldView::tick("pre_printed", "纸张已印好边框和固定文字").value(&self.pre_printed),
            FieldView::tick("suspension", "使用“暂停”状态").value(&self.suspension),
            FieldView::text("suspended_days", "暂停过久（天）")
                .value(&self.suspended_days)
                .hint("暂停满这些天的证书列入监管清单；留空为 180"),
            FieldView::tick("by_code", "编号计数：按机关代码分开").value(&self.by_code),
            FieldView::tick("by_year", "编号计数：每年从头").value(&self.by_year),
            FieldView::tick("by_domain", "编号计数：按领域分开").value(&self.by_domain),
            FieldView::tick("by_industry", "编号计数：按行业分开").value(&self.by_industry),
        ]
    }
}

/// The entries of a table of two-digit codes, in their order.
fn options<'a>(entries: impl Iterator<Item = (&'a Two, &'a String)>) -> Vec<(String, String)> {
    let mut out: Vec<_> = entries.map(|(code, name)| (code.to_string(), format!("{code} {name}"))).collect();
    out.sort_unstable();
    out
}

fn counter_fields(tables: &Tables, own: AuthorityId, typed: &TypedCounter) -> Vec<FieldView> {
    let held = tables.authority_codes.iter().filter(|c| c.authority == own);
    let codes = held.map(|c| (c.code.to_string(), c.code.to_string())).collect();
    vec![
        FieldView::text("year", "发证年份").required().value(&typed.year).hint("四位，如 2026"),
        FieldView::choice("code", "机关代码", codes).required().value(&typed.code),
        FieldView::choice("domain", "领域", options(tables.domains.iter())).required().value(&typed.domain),
        FieldView::choice("industry", "行业", options(tables.industries.iter()))
            .required()
            .value(&typed.industry),
        FieldView::text("start", "下一个流水号").required().value(&typed.start).hint("1 至 9999；只能改大"),
    ]
}

/// What is shown again after a refusal: settings and counter as typed, and why.
#[derive(Default)]
struct Again {
    typed: Option<Typed>,
    counter: TypedCounter,
    error: String,
    counter_error: String,
}

async fn show(web: &Web, officer: &Officer, said: &Said, again: Again) -> Result<Response, AppError> {
    let own = officer.ctx.authority()?;
    let (tone, words) = said.words();
    let typed = match again.typed {
        Some(typed) => typed,
        None => Typed::from(&web.app.settings_of(own).await?),
    };
    let counters = web.app.counters(&officer.ctx).await?;
    let wrong = !again.error.is_empty() || !again.counter_error.is_empty();
    let mut response = page(&TemplatePage {
        shell: officer.shell_saying("证书模板", Menu::Template, Vec::new(), tone, words),
        fields: typed.fields(&web.app.authority_name(own)),
        counter_fields: counter_fields(&web.app.tables(), own, &again.counter),
        counters: counters.iter().map(counter).collect(),
        error: again.error,
        counter_error: again.counter_error,
        may_write: officer.can(Action::SettingsWrite),
        may_count: officer.can(Action::CounterWrite),
    });
    if wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// `GET /office/template`.
pub async fn form(
    State(web): State<Web>,
    officer: Officer,
    Query(said): Query<Said>,
) -> Result<Response, OfficeError> {
    Ok(show(&web, &officer, &said, Again::default()).await?)
}

async fn save(web: &Web, officer: &Officer, typed: &Typed) -> Result<(), AppError> {
    let stands = web.app.settings_of(officer.ctx.authority()?).await?;
    let settings = AuthoritySettings { mode: stands.mode, ..typed.settings()? };
    web.app.set_settings(&officer.ctx, &settings).await
}

/// `POST /office/template`: the settings of the officer's own authority.
pub async fn set(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<Typed>,
) -> Result<Response, OfficeError> {
    match save(&web, &officer, &typed).await {
        Ok(()) => Ok(Redirect::to("/office/template?said=saved").into_response()),
        Err(AppError::Refused { message, hint }) => {
            let again =
                Again { typed: Some(typed), error: format!("{message}。{hint}"), ..Again::default() };
            Ok(show(&web, &officer, &Said::default(), again).await?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn save_counter(web: &Web, officer: &Officer, typed: &TypedCounter) -> Result<(), AppError> {
    let refused =
        |label: &str| AppError::refused(format!("{label}没有填写或不是数字"), format!("请填写{label}。"));
    let two = |label: &str, text: &str| text.trim().parse::<Two>().map_err(|_| refused(label));
    let which = match typed.key.as_str() {
        "" => CounterRef::Place(CounterPlace {
            year: typed.year.trim().parse().map_err(|_| refused("发证年份"))?,
            code: two("机关代码", &typed.code)?,
            domain: two("领域", &typed.domain)?,
            industry: two("行业", &typed.industry)?,
        }),
        key => CounterRef::Key(key.to_owned()),
    };
    let start = typed.start.trim().parse().map_err(|_| refused("下一个流水号"))?;
    web.app.set_counter(&officer.ctx, &which, start).await.map(drop)
}

/// `POST /office/template/counters`: sets or confirms a counter.
pub async fn set_counter(
    State(web): State<Web>,
    officer: Officer,
    Form(typed): Form<TypedCounter>,
) -> Result<Response, OfficeError> {
    match save_counter(&web, &officer, &typed).await {
        Ok(()) => Ok(Redirect::to("/office/template?said=counter#counters").into_response()),
        Err(AppError::Refused { message, hint }) => {
            let error = format!("{message}。{hint}");
            let again = Again { counter: typed, counter_error: error, ..Again::default() };
            Ok(show(&web, &officer, &Said::default(), again).await?)
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Caller, FULL, Town};

    #[tokio::test]
    async fn an_administrator_sets_what_is_printed_and_a_wrong_offset_comes_back_as_typed() {
        let town = Town::with_certificates().await;
        let (admin, path) = (Caller::ProvincialAdmin, "/office/template");
        let html =
            town.get(admin, path).await.holds(&["印在证书上的机关名称", "陕西省市场监督管理局", "测试页"]);
        assert!(html.contains("name=\"by_year\" value=\"1\" checked"));
        let typed = [
            ("printed_name", "示例印刷名称"),
            ("offset_x", "1.5"),
            ("offset_y", "-2"),
            ("suspension", "1"),
            ("by_year", "1"),
        ];
        let saved = town.post(admin, path, &typed).await;
        let html = town.get(admin, &saved.location).await;
        let html = html.holds(&["已保存", "value=\"示例印刷名称\"", "value=\"1.5\"", "value=\"-2\""]);
        assert!(!html.contains("name=\"by_code\" value=\"1\" checked"), "a tick taken away stays away");
        crate::gallery::keep("office", "template", &html);
        let act = format!("/office/certificates/{}/act", town.id(FULL).await);
        town.get(Caller::Supervision, &act).await.holds(&["value=\"suspend\""]);
        for (x, why) in [("两毫米", "不是毫米数"), ("31", "超过30毫米")] {
            let wrong = town.post(admin, path, &[("printed_name", "x"), ("offset_x", x)]).await;
            assert_eq!(wrong.status, 422);
            assert!(wrong.text().contains(why) && wrong.text().contains(&format!("value=\"{x}\"")), "{x}");
        }
        assert_eq!(town.post(Caller::Licensing, path, &typed).await.status, 403);
    }

    #[tokio::test]
    async fn a_counter_is_set_upwards_only() {
        let town = Town::with_certificates().await;
        let (admin, path) = (Caller::ProvincialAdmin, "/office/template/counters");
        town.get(admin, "/office/template").await.holds(&["2026年·代码27", "0003"]);
        let key = [("key", "2627----"), ("start", "100")];
        let saved = town.post(admin, path, &key).await;
        assert_eq!(saved.status, 303, "{}", saved.text());
        town.get(admin, "/office/template?said=counter").await.holds(&["计数器已设置", "0100"]);
        let lower = town.post(admin, path, &[("key", "2627----"), ("start", "5")]).await;
        assert_eq!(lower.status, 422);
        assert!(lower.text().contains("不能改小"));
        let place = [("year", "2027"), ("code", "27"), ("domain", "12"), ("industry", "05"), ("start", "7")];
        assert_eq!(town.post(admin, path, &place).await.status, 303);
        town.get(admin, "/office/template").await.holds(&["2027年·代码27", "0007"]);
        assert_eq!(town.post(Caller::Viewer, path, &place).await.status, 403);
    }
}
