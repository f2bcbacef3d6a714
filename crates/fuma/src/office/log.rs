//! `/office/log`: everything done for the authority, newest first.

use super::certificates::detail::{of_body, who};
use super::{Menu, Shell};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use app::stored::{Position, Recorded};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::{AuthorityId, Door, Number};
use serde::Deserialize;
use std::collections::HashMap;

/// Events of a page, as the verb gives them.
const ROWS: usize = 100;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Epoch and number of the last one shown: `1.204`.
    before: String,
    authority: String,
}

#[derive(Template)]
#[template(path = "office/log.html")]
struct LogPage {
    shell: Shell,
    authorities: Vec<(String, String)>,
    authority: String,
    rows: Vec<RowView>,
    next: String,
    first: String,
}

struct RowView {
    at: String,
    who: String,
    door: &'static str,
    what: &'static str,
    object: String,
    href: String,
    document: String,
    position: String,
}

/// `GET /office/log`.
pub async fn log(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    let authority = asked.authority.parse().ok().map(AuthorityId);
    let before = asked.before.split_once('.').and_then(|(epoch, number)| {
        Some(Position { epoch: epoch.parse().ok()?, number: number.parse().ok()? })
    });
    let events = web.app.events(&officer.ctx, authority, before).await?;
    let names = web.app.actor_names(&officer.ctx, &events).await?;
    let numbers = web.app.numbers_of_events(&officer.ctx, &events).await?;
    let base = format!("/office/log?authority={}", authority.map(|a| a.0.to_string()).unwrap_or_default());
    let last = events.last().filter(|_| events.len() == ROWS).map(position);
    let all = web.app.tables();
    let authorities = all.authorities.iter().filter(|_| officer.national());
    Ok(page(&LogPage {
        shell: officer.shell("日志", Menu::Log, Vec::new()),
        authorities: authorities.map(|a| (a.id.0.to_string(), a.short_name.clone())).collect(),
        authority: authority.map(|a| a.0.to_string()).unwrap_or_default(),
        rows: events.iter().map(|event| row(event, &names, &numbers)).collect(),
        next: last.map(|last| format!("{base}&before={last}")).unwrap_or_default(),
        first: if before.is_some() { base } else { String::new() },
    }))
}

fn position(event: &Recorded) -> String {
    format!("{}.{}", event.position.epoch, event.position.number)
}

fn row(event: &Recorded, names: &HashMap<String, String>, numbers: &HashMap<i64, Number>) -> RowView {
    let id = event.object_id;
    let said = Number::parse(&of_body(event, "number")).ok();
    let number = said.as_ref().or_else(|| numbers.get(&id)).map(Number::grouped).unwrap_or_default();
    let (object, href) = match of_body(event, "object").as_str() {
        "certificate" if number.is_empty() => (format!("证书 #{id}"), format!("/office/certificates/{id}")),
        "certificate" => (number, format!("/office/certificates/{id}")),
        "batch" => (format!("导入 #{id}"), format!("/office/imports/{id}")),
        "draft" => (format!("草稿 #{id}"), String::new()),
        "account" => (format!("账号 #{id}"), String::new()),
        "refusal" => (format!("不予许可 #{id}"), format!("/office/refusals/{id}")),
        "draw" => (format!("抽查 #{id}"), format!("/office/draws/{id}")),
        "inspector" => (format!("检查人员 #{id}"), format!("/office/inspectors/{id}")),
        "inspection" => (format!("监督检查 #{id}"), format!("/office/inspections/{id}")),
        "notice" => (format!("通知书 #{id}"), String::new()),
        "client" => (format!("接口系统 #{id}"), format!("/office/clients/{id}")),
        "authority" => ("机关".into(), String::new()),
        _ => ("登记库".into(), String::new()),
    };
    RowView {
        at: event.recorded_at.shanghai(),
        who: who(&event.actor, names),
        door: Door::parse(&event.door).map_or("", Door::label),
        what: event.kind.label(),
        object,
        href,
        document: event.document.clone(),
        position: position(event),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Caller, FULL, Town};

    #[tokio::test]
    async fn the_log_tells_who_did_what_and_only_of_ones_own_authority() {
        let town = Town::with_certificates().await;
        let html = town.get(Caller::Viewer, "/office/log").await;
        let html = html.holds(&["赋码", "张示例", "2627 1205 0001", "提交导入"]);
        crate::gallery::keep("office", "log", &html);
        let id = town.id(FULL).await;
        let form = [
            ("copy", "original"),
            ("parts", "both"),
            ("profile", "archive"),
            ("paper", "A1"),
            ("reason", ""),
        ];
        let printed = town.post(Caller::Licensing, &format!("/office/certificates/{id}/print"), &form).await;
        assert_eq!(printed.status, 303, "{}", printed.text());
        let log = town.get(Caller::Viewer, "/office/log").await.holds(&["打印"]);
        assert!(!log.contains("证书 #"), "a print names its certificate by number: {log}");
        let theirs = town.get(Caller::Foreign, "/office/log").await.holds(&[]);
        assert!(!theirs.contains("2627 1205 0001"));
        assert_eq!(town.get(Caller::Foreign, "/office/log?authority=28").await.status, 404);
        town.get(Caller::NationalAdmin, "/office/log?authority=28").await.holds(&["2627 1205 0001"]);
        town.get(Caller::Viewer, "/office/log?before=1.1").await.holds(&["暂无数据", "回到第一页"]);
    }
}
