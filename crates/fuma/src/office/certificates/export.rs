//! 导出: what the list shows, as the sheets of the import template in a zip that is made while it is sent.

use super::list::Asked;
use crate::http::web::Web;
use crate::http::{OfficeError, Officer};
use crate::office::streamed;
use app::AppError;
use axum::Form;
use axum::extract::State;
use axum::response::Response;

/// `POST /office/certificates/export`: a post, because it leaves a record. Of one authority: the one chosen, or the
/// officer's own.
pub async fn export(
    State(web): State<Web>,
    officer: Officer,
    Form(asked): Form<Asked>,
) -> Result<Response, OfficeError> {
    let (filter, wrong) = asked.filter();
    if !wrong.is_empty() {
        return Err(OfficeError(AppError::refused(wrong.join("；"), "请返回列表，改正后再导出。")));
    }
    let export = web.app.begin_export(&officer.ctx, &filter).await?;
    let (send, pieces) = tokio::sync::mpsc::channel::<Vec<u8>>(2);
    let app = web.app.clone();
    let work = tokio::spawn(async move { app.export_zip(&export, &send).await });
    Ok(streamed(&format!("证书导出-{}.zip", web.app.today()), pieces, work))
}

#[cfg(test)]
mod tests {
    use crate::testing::{Caller, ID_NUMBER, Town};
    use domain::EventKind;
    use std::io::Read;

    const PATH: &str = "/office/certificates/export";

    /// The sheets of a zip by name.
    fn sheets(bytes: &[u8]) -> Vec<(String, String)> {
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
        let text = |name: &String| {
            let mut text = String::new();
            zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            (name.clone(), text)
        };
        names.iter().map(text).collect()
    }

    #[tokio::test]
    async fn what_the_list_shows_goes_out_as_sheets_without_personal_fields_and_is_on_record() {
        let town = Town::with_certificates().await;
        let list = town.get(Caller::Supervision, "/office/certificates?name=%E7%A4%BA%E4%BE%8B").await;
        list.holds(&["action=\"/office/certificates/export\"", "导出 2 张"]);
        let answer = town.post(Caller::Supervision, PATH, &[("name", "示例")]).await;
        assert_eq!((answer.status, answer.kind.as_str()), (200, "application/zip"), "{}", answer.text());
        let sheets = sheets(&answer.bytes);
        assert_eq!(sheets.len(), 6);
        for (name, rows) in [("证书.csv", 2), ("场所.csv", 3), ("检测能力.csv", 4), ("人员.csv", 2)]
        {
            let (_, text) = sheets.iter().find(|(n, _)| n == name).unwrap();
            assert!(text.starts_with('\u{feff}') && text.lines().count() == rows + 1, "{name}: {text}");
            assert!(!text.contains(ID_NUMBER) && !text.contains("10000000001"), "{name}");
        }
        assert!(sheets.iter().any(|(_, text)| text.contains("示例检测有限公司长安实验室,1.1")));
        let ctx = town.ctx(Caller::Supervision).await;
        let events = town.app.events(&ctx, None, None).await.unwrap();
        assert_eq!(events[0].kind, EventKind::Export);
        assert!(String::from_utf8_lossy(&events[0].body).contains("certificates\t2"));
    }

    #[tokio::test]
    async fn who_may_not_export_is_offered_no_button_and_a_wrong_filter_writes_nothing() {
        let town = Town::with_certificates().await;
        let viewer = town.get(Caller::Viewer, "/office/certificates").await.holds(&["共 3 条"]);
        assert!(!viewer.contains(PATH));
        assert_eq!(town.post(Caller::Viewer, PATH, &[]).await.status, 403);
        assert_eq!(town.post(Caller::Foreign, PATH, &[("authority", "28")]).await.status, 404);
        let wrong = town.post(Caller::Licensing, PATH, &[("from", "2026-13-01")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text().contains("2026-13-01"));
        let nation = town.post(Caller::NationalLicensing, PATH, &[("authority", "28")]).await;
        assert_eq!(sheets(&nation.bytes).iter().find(|(n, _)| n == "证书.csv").unwrap().1.lines().count(), 4);
    }
}
