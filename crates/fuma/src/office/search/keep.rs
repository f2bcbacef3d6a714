//! What an officer takes away from a search: the list as a file, or the question under a name.

use crate::http::web::Web;
use crate::http::{OfficeError, Officer};
use crate::office::streamed;
use crate::public::Lang;
use crate::search::{Asked, Tab};
use app::{AppError, ListFormat};
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

/// A question, and what becomes of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Keeping {
    #[serde(flatten)]
    asked: Asked,
    /// The ending of the file.
    format: String,
    /// The name it is kept under.
    name: String,
    /// The one that is dropped.
    id: String,
}

/// `POST /office/search/export`: a post, because it leaves a record.
pub async fn export(
    State(web): State<Web>,
    officer: Officer,
    Form(it): Form<Keeping>,
) -> Result<Response, OfficeError> {
    let format = ListFormat::parse(&it.format).unwrap_or(ListFormat::Csv);
    let tab = it.asked.tab(&Tab::OFFICE).unwrap_or_default();
    let export = web.app.begin_search_export(&officer.ctx, &it.asked.ask(tab)).await?;
    let (send, pieces) = tokio::sync::mpsc::channel::<Vec<u8>>(2);
    let app = web.app.clone();
    let work = tokio::spawn(async move { app.write_search_export(export, format, send).await });
    let name = format!("查询结果-{}-{}.{}", tab.label(Lang::Chinese), web.app.today(), format.ending());
    Ok(streamed(&name, pieces, work))
}

/// `POST /office/search/saved`: keeps the question, or drops one that is kept.
pub async fn saved(
    State(web): State<Web>,
    officer: Officer,
    Form(it): Form<Keeping>,
) -> Result<Response, OfficeError> {
    if !it.id.is_empty() {
        let id = it.id.parse().map_err(|_| AppError::NotFound)?;
        web.app.drop_search(&officer.ctx, id).await?;
        return Ok(Redirect::to("/office/search").into_response());
    }
    let href = it.asked.href("/office/search");
    let query = href.split_once('?').map_or("", |(_, query)| query);
    web.app.save_search(&officer.ctx, &it.name, query).await?;
    Ok(Redirect::to("/office/search").into_response())
}

#[cfg(test)]
mod tests {
    use crate::testing::{Caller, Town};
    use domain::EventKind;

    #[tokio::test]
    async fn what_was_found_goes_out_whole_and_on_record() {
        let town = Town::with_certificates().await;
        town.index().await;
        let form = [("q", "水"), ("tab", "capabilities"), ("format", "csv")];
        let answer = town.post(Caller::Supervision, "/office/search/export", &form).await;
        assert_eq!(answer.status, 200);
        let csv = answer.text();
        let shown = town.get(Caller::Supervision, "/office/search?q=%E6%B0%B4&tab=capabilities").await.text();
        let rows = csv.trim_end().lines().count() - 1;
        assert!(rows > 0 && shown.contains(&format!("{rows} 条")), "{rows}: {csv}");
        assert!(csv.starts_with("\u{feff}机构名称,统一社会信用代码,"));
        assert!(csv.lines().skip(1).all(|line| line.contains('水')), "{csv}");
        let form = [("q", "水"), ("tab", "capabilities"), ("format", "xlsx")];
        let xlsx = town.post(Caller::Supervision, "/office/search/export", &form).await;
        assert!(xlsx.bytes.starts_with(b"PK"), "a workbook");
        let ctx = town.ctx(Caller::Supervision).await;
        let events = town.app.events(&ctx, None, None).await.unwrap();
        assert_eq!([events[0].kind, events[1].kind], [EventKind::Export; 2]);
        let told = String::from_utf8_lossy(&events[0].body);
        assert!(
            told.contains(&format!("rows\t{rows}\n")) && told.contains("words\tcapability: 水\n"),
            "{told}"
        );
        town.get(Caller::Supervision, "/office/search?q=%E6%B0%B4").await.holds(&["/office/search/export"]);
        // Who may not export is offered no button, and gets nothing.
        let shown = town.get(Caller::Viewer, "/office/search?q=%E6%B0%B4").await.text();
        assert!(!shown.contains("/office/search/export"));
        assert_eq!(town.post(Caller::Viewer, "/office/search/export", &form).await.status, 403);
    }

    #[tokio::test]
    async fn a_question_is_kept_under_a_name_and_dropped() {
        let town = Town::with_certificates().await;
        town.index().await;
        const PATH: &str = "/office/search/saved";
        let form = [("q", "铅 GB/T 5750.6"), ("tab", "capabilities"), ("name", "铅的检测能力")];
        assert_eq!(town.post(Caller::Viewer, PATH, &form).await.status, 303);
        let html = town.get(Caller::Viewer, "/office/search").await;
        let html = html
            .holds(&["铅的检测能力", "/office/search?q=%E9%93%85%20GB%2FT%205750.6&#38;tab=capabilities"]);
        crate::gallery::keep("office", "search-saved", &html);
        let others = town.get(Caller::Licensing, "/office/search").await.text();
        assert!(!others.contains("铅的检测能力"), "of the account alone");
        let id = html.split("name=\"id\" value=\"").nth(1).and_then(|it| it.split('"').next()).unwrap();
        assert_eq!(town.post(Caller::Licensing, PATH, &[("id", id)]).await.status, 404);
        assert_eq!(town.post(Caller::Viewer, PATH, &[("id", id)]).await.status, 303);
        assert!(!town.get(Caller::Viewer, "/office/search").await.text().contains("铅的检测能力"));
        let nameless = town.post(Caller::Viewer, PATH, &[("q", "铅")]).await;
        assert!(nameless.text().contains("名称须为1至40个字"));
    }
}
