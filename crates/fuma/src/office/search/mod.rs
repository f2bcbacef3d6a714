//! `/office/search`: one box and more fields over everything, as the public sees it and what regulators may see besides.

pub mod keep;

use super::{Menu, Shell};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::public::Lang;
use crate::search::{Asked, ResultView, Results, Tab};
use app::AppError;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::Action;

#[derive(Template)]
#[template(path = "office/search.html")]
struct SearchPage {
    shell: Shell,
    asked: Asked,
    kept: Vec<(&'static str, String)>,
    advanced: bool,
    result: Option<ResultView>,
    as_of: String,
    /// What the question is taken away by: the fields of a form.
    taken: Vec<(&'static str, String)>,
    may_export: bool,
    /// What the officer keeps: key, name and address.
    saved: Vec<(i64, String, String)>,
    /// What of the list is found, where that is not all there is.
    bounds: &'static str,
}

/// `GET /office/search`.
pub async fn search(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    let result = if asked.is_empty() {
        // The right is asked all the same.
        web.app.search(&officer.ctx, Vec::new()).await?;
        None
    } else {
        Some(results(&web, &officer, &asked).await?)
    };
    let public = |it: &ResultView| matches!(it.tab, Tab::Bodies | Tab::Certificates | Tab::Capabilities);
    let bounds = match &result {
        None => "",
        Some(_) if officer.ctx.actor.is_national() => "",
        Some(it) if public(it) => "列公众查询已开通的机关、本机关和与本机关有关的机构的证书。",
        Some(_) => "只列本机关发证的机构，以及住所、现行场所在本辖区或持有本机关证书的机构。",
    };
    let saved = web.app.saved_searches(&officer.ctx).await?.into_iter();
    let taken = result.as_ref().map(|it| asked.with_tab(it.tab)).unwrap_or_default();
    Ok(page(&SearchPage {
        taken: taken.pairs().map(|(name, value)| (name, value.clone())).collect(),
        may_export: officer.can(Action::Export),
        saved: saved.map(|it| (it.id, it.name, format!("/office/search?{}", it.query))).collect(),
        shell: officer.shell("查询", Menu::Search, Vec::new()),
        kept: asked.kept(),
        advanced: asked.is_advanced(),
        bounds,
        result,
        as_of: web.app.now().to_the_minute(),
        asked,
    }))
}

async fn results(web: &Web, officer: &Officer, asked: &Asked) -> app::Result<ResultView> {
    let tabs = [Tab::Bodies, Tab::Capabilities, Tab::Instruments, Tab::Signatories, Tab::Staff];
    let asks = tabs.map(|tab| asked.ask(tab));
    let found = web.app.search(&officer.ctx, asks.into()).await?;
    let mut found: Vec<_> = tabs.into_iter().zip(found).collect();
    let Some((_, bodies)) = found.first().cloned() else {
        return Err(AppError::Fault("no answer to a question".into()));
    };
    found.insert(1, (Tab::Certificates, bodies));
    // Who typed what only others have sees these first.
    let first = found.iter().find(|(_, found)| found.answer.certificates > 0).map(|(tab, _)| *tab);
    let tab = asked.tab(&Tab::OFFICE).or(first).unwrap_or_default();
    crate::public::search::hint(web, &mut found, tab).await?;
    let (today, tables) = (web.app.today(), web.app.tables());
    let actor = &officer.ctx.actor;
    let keeps = |authority| actor.is_national() || actor.authority() == Some(authority);
    let (path, lang, keeps) = ("/office/search", Lang::Chinese, &keeps);
    Ok(Results { asked, path, found: &found, tab, tables: &tables, today, lang, keeps }.view())
}

#[cfg(test)]
mod tests {
    use crate::testing::{Caller, Town};

    #[tokio::test]
    async fn officers_find_bodies_capabilities_instruments_and_people() {
        let town = Town::with_certificates().await;
        let early = town.get(Caller::Viewer, "/office/search?q=x").await;
        assert_eq!(early.status, 503, "nothing is answered before the index is made");
        assert!(early.text().contains("正在准备"));
        town.index().await;
        let html = town.get(Caller::Licensing, "/office/search").await.holds(&["机构、证书编号、检测项目"]);
        crate::gallery::keep("office", "search", &html);
        let html = town.get(Caller::Licensing, "/office/search?q=%E7%A4%BA%E4%BE%8B").await;
        let html = html.holds(&["<mark>示例</mark>", "共 ", "缩小范围"]);
        crate::gallery::keep("office", "search-bodies", &html);
        let path = "/office/search?q=%E6%B0%B4&tab=capabilities";
        let html = town.get(Caller::Licensing, path).await.holds(&["检测能力", "缩小范围"]);
        crate::gallery::keep("office", "search-capabilities", &html);
        town.get(Caller::Viewer, "/office/search?q=%E4%B8%8D%E5%AD%98%E5%9C%A8").await.holds(&["没有找到"]);
        let other = town.get(Caller::Supervision, "/office/search?q=x&tab=staff").await;
        other.holds(&["只列本机关发证的机构，以及"]);
    }
}
