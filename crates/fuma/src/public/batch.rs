//! 批量核验: a list of codes or numbers, pasted or as a file, answered as a page, a table to keep, or JSON.

use super::csv::{csv, digits};
use super::handlers::failed;
use super::{Visit, certificate_path, wants_json};
use crate::free::Weight;
use crate::http;
use crate::http::web::Web;
use crate::office::{Received, attachment};
use app::{Checked, MOST_CHECKED, listed};
use askama::Template;
use axum::Json;
use axum::extract::{Multipart, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::{Number, VerdictWord, group_digits};
use serde_json::json;

/// `/verify/batch`.
#[derive(Template)]
#[template(path = "public/batch.html")]
pub struct BatchPage<'a> {
    /// Who asks, and what every page carries.
    pub visit: &'a Visit,
    /// What was pasted.
    pub typed: String,
    /// What is wrong with it.
    pub error: String,
    /// The answers; empty before the question.
    pub rows: Vec<RowView>,
    /// How many of each word: 有效 12.
    pub words: Vec<(VerdictWord, String)>,
    /// The moment of the answer.
    pub asked_at: String,
    /// How many are taken.
    pub most: usize,
}

/// One line of the answer.
pub struct RowView {
    checked: Checked,
    path: String,
}

impl BatchPage<'_> {
    fn of<'a>(
        (web, visit): (&Web, &'a Visit),
        typed: String,
        error: String,
        all: Vec<Checked>,
    ) -> BatchPage<'a> {
        let count = |word: &VerdictWord| all.iter().filter(|it| it.word == *word).count();
        let words = VerdictWord::ALL.into_iter().map(|word| (word, count(&word))).filter(|(_, n)| *n > 0);
        let words = words.map(|(word, n)| (word, group_digits(n as u64))).collect();
        let path = |it: &Checked| {
            let number = it.certificate.as_ref().and_then(|it| Number::parse(&it.number).ok());
            number.map(|number| certificate_path(&number)).unwrap_or_default()
        };
        BatchPage {
            visit,
            typed,
            error,
            words,
            rows: all.into_iter().map(|checked| RowView { path: path(&checked), checked }).collect(),
            asked_at: web.app.now().to_the_minute(),
            most: MOST_CHECKED,
        }
    }
}

/// `GET /verify/batch`.
pub async fn form(State(web): State<Web>, visit: Visit) -> Response {
    let visit = visit.in_chinese();
    visit.page(&BatchPage::of((&web, &visit), String::new(), String::new(), Vec::new()))
}

/// `POST /verify/batch`: asks, and writes nothing but the count of questions.
pub async fn verify(
    State(web): State<Web>,
    visit: Visit,
    http::Asked(asker): http::Asked,
    headers: HeaderMap,
    form: Multipart,
) -> Response {
    let visit = visit.in_chinese();
    let at = (&web, &visit);
    let received = match Received::read(form).await {
        Ok(received) => received,
        Err(error) => return refused(at, String::new(), &error.to_string(), &headers),
    };
    let typed = received.text("list").to_owned();
    let mut list = listed(typed.as_bytes());
    received.files.iter().for_each(|file| list.extend(listed(&file.bytes)));
    if received
        .files
        .iter()
        .any(|file| file.bytes.starts_with(b"PK") || file.bytes.starts_with(&[0xD0, 0xCF]))
    {
        return refused(
            at,
            typed,
            "文件是工作簿。请把码或编号那一列复制粘贴过来，或另存为 CSV 后再选择。",
            &headers,
        );
    }
    if list.is_empty() {
        return refused(
            at,
            typed,
            "没有收到码或证书编号。请每行写一个，或选择一个文本、CSV 文件。",
            &headers,
        );
    }
    if list.len() > MOST_CHECKED {
        let error =
            format!("共 {} 个，一次最多 {MOST_CHECKED} 个。请分几次核验。", group_digits(list.len() as u64));
        return refused(at, typed, &error, &headers);
    }
    let all = match web.app.verify_list(&list, &asker).await {
        Ok(all) => all,
        Err(error) => return failed(&visit, error),
    };
    let weight = Weight::of_list(all.len(), all.iter().filter(|it| it.certificate.is_none()).count());
    let mut response = match (received.text("as"), wants_json(&headers)) {
        ("csv", _) => {
            let name = format!("批量核验-{}.csv", web.app.today());
            attachment(&name, table(&all).into_bytes())
        }
        (_, true) => Json(json!({ "asked_at": web.app.now().rfc3339(), "results": all })).into_response(),
        _ => visit.page(&BatchPage::of(at, list.join("\n"), String::new(), all)),
    };
    response.extensions_mut().insert(weight);
    response
}

fn refused(at: (&Web, &Visit), typed: String, error: &str, headers: &HeaderMap) -> Response {
    let status = StatusCode::BAD_REQUEST;
    if wants_json(headers) {
        return (status, Json(json!({ "status": status.as_u16(), "detail": error }))).into_response();
    }
    let mut response = at.1.page(&BatchPage::of(at, typed, error.to_owned(), Vec::new()));
    *response.status_mut() = status;
    response
}

/// The answers as a table to keep.
fn table(all: &[Checked]) -> String {
    let heads = ["输入", "结果", "证书编号", "机构名称", "资质认定部门", "有效期自", "有效期至", "说明"];
    csv(
        &heads,
        all.iter().map(|it| {
            let of = it.certificate.as_ref();
            vec![
                digits(&it.typed),
                it.word.label().to_owned(),
                of.map(|it| digits(&it.number)).unwrap_or_default(),
                of.map(|it| it.body_name.clone()).unwrap_or_default(),
                of.map(|it| it.authority.clone()).unwrap_or_default(),
                of.map(|it| it.valid_from.to_string()).unwrap_or_default(),
                of.map(|it| it.valid_to.to_string()).unwrap_or_default(),
                it.why.clone(),
            ]
        }),
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::{Answer, Caller, ENDING, FULL, SECOND, Town};
    use axum::body::{Body, to_bytes};
    use axum::http::Request;

    const PATH: &str = "/verify/batch";

    async fn asked(town: &Town, texts: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Answer {
        town.upload(Caller::Public, PATH, files, texts).await
    }

    #[tokio::test]
    async fn a_list_is_answered_line_by_line_as_page_table_and_json() {
        let town = Town::with_certificates().await;
        let html = town.get(Caller::Public, PATH).await.holds(&["批量核验", "最多 1,000 个"]);
        crate::gallery::keep("public", "batch", &html);
        let ctx = town.ctx(Caller::Licensing).await;
        let code = town.app.certificate(&ctx, town.id(SECOND).await).await.unwrap().card.head.code;
        let list = format!("{FULL}\n{code}\n262712059999\n{ENDING}\n04HMASW9NF6YY09G\n");
        let page = asked(&town, &[("list", &list)], &[]).await;
        let html =
            page.holds(&["有效", "未查到此码", "输入有误", "示例检测有限公司", "/certificate/262712050001"]);
        assert!(!html.contains("/C/"), "a code is no link");
        crate::gallery::keep("public", "batch-answer", &html);

        let table = asked(&town, &[("list", &list), ("as", "csv")], &[]).await;
        let text = table.text();
        assert!(table.status == 200 && text.starts_with('\u{FEFF}') && text.lines().count() == 6, "{text}");
        let file: &[u8] = b"262712050001\r\n";
        asked(&town, &[("list", "")], &[("file", "a.csv", file)]).await.holds(&["示例检测有限公司"]);

        let long = "262712050001\n".repeat(1_001);
        for (list, why) in [("", "没有收到"), (long.as_str(), "一次最多")] {
            let refused = asked(&town, &[("list", list)], &[]).await;
            assert_eq!(refused.status, 400);
            assert!(refused.text().contains(why));
        }
        let book: &[u8] = b"PK\x03\x04";
        assert!(asked(&town, &[], &[("file", "a.xlsx", book)]).await.text().contains("文件是工作簿"));
    }

    #[tokio::test]
    async fn a_program_gets_json() {
        let town = Town::with_certificates().await;
        let body = format!("--x\r\nContent-Disposition: form-data; name=\"list\"\r\n\r\n{FULL}\r\n--x--\r\n");
        let request = Request::post(PATH)
            .header("content-type", "multipart/form-data; boundary=x")
            .header("accept", "application/json");
        let response = town.raw(request.body(Body::from(body)).unwrap()).await;
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(json["results"][0]["word"], "valid");
        assert_eq!(json["results"][0]["certificate"]["number"], FULL);
    }
}
