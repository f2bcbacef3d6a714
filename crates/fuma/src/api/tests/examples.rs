//! The printed examples, sent to the real router: each does what it says, and is answered as it is printed.

use super::{Desk, approval_system, desk_in};
use crate::api::openapi::{document, view};
use crate::testing::{Caller, Town};
use axum::body::Body;
use axum::http::Request;
use serde_json::Value;
use std::collections::BTreeSet;

/// The certificate that the examples adopt and renew, as an officer takes it over.
const OLD: [(&str, &str); 2] = [
    ("证书.csv", "\
序号,业务类型,证书编号,机构名称,统一社会信用代码,法人类别,主管部门,机构地址,行政区划代码,领域代码,行业代码,是否食品,许可程序,决定日期,决定文号,首次发证日期,发证日期,有效期起,有效期至,证书状态
1,存量,202712050001,样张环境监测有限公司,91610102YL00000202,独立法人-企业,无,陕西省西安市新城区样张路2号,610102,12,05,否,一般程序,2020-06-20,陕示许〔2020〕1号,2020-07-02,2020-07-02,2020-07-02,2026-07-01,有效
"),
    ("检测能力.csv", "\
对应证书,场所名称,序号,大类,类别,产品/项目/参数,标准名称,标准编号,条款,限制范围,批准日期,是否食品
1,,1.1,环境与环保,水和废水,示例参数,水质 示例参数的测定 示例法,HJ 0000-2020,,,2020-06-20,否
"),
];
const OLD_NUMBER: &str = "202712050001";

/// Every call that prints what is sent, so that what one builds on was done before it.
const ORDER: [&str; 14] = [
    "check",
    "batchCheck",
    "assign",
    "batchAssign",
    "adopt",
    "renew",
    "batchRenew",
    "change",
    "batchChange",
    "correct",
    "batchCorrect",
    "status",
    "declare",
    "compare",
];

async fn town() -> Town {
    let town = Town::open().await;
    let folder = tempfile::tempdir().unwrap();
    let paths = OLD.iter().map(|(name, text)| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    });
    let ctx = town.ctx(Caller::Licensing).await;
    let quiet = |_: &'static str, _: u32, _: u32| {};
    let report =
        town.app.import_paths(&ctx, paths.collect(), Some(app::Extent::Whole), &quiet).await.unwrap();
    assert!(report.committed.is_some_and(|it| it.fresh == 1), "{:?}", report.problems);
    town
}

/// Operations with their ids and addresses.
fn operations() -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
    let paths = document()["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, item)| {
        let all = item.as_object().unwrap().values();
        all.map(|it| (it["operationId"].as_str().unwrap(), path.as_str(), it))
    })
}

/// The example of a body and its media type.
fn example(of: &'static Value) -> Option<(&'static str, &'static Value)> {
    let content = of["content"].as_object()?.iter();
    let mut all =
        content.flat_map(|(media, it)| [&it["example"], &it["x-lines"]].map(|it| (media.as_str(), it)));
    all.find(|(_, it)| !it.is_null())
}

/// What registries draw or compute: it differs from the printed example and is carried over into what is sent next.
const OWN: [&str; 4] = ["number", "code", "content_digest", "qr_text"];

/// The same members, and the same values but for what each registry makes for itself.
#[track_caller]
fn alike(id: &str, printed: &Value, answered: &Value) {
    let (one, other) = (printed.as_object().unwrap(), answered.as_object().unwrap());
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>(), "{id}: {answered}");
    for (key, value) in one.iter().filter(|(key, _)| !OWN.contains(&key.as_str())) {
        assert_eq!(value, &other[key], "{id}/{key}: {answered}");
    }
}

async fn send(desk: &Desk, path: &str, media: &str, text: String) -> super::Got {
    let request = desk.bearer(Request::post(format!("/api/v1{path}"))).header("content-type", media);
    desk.raw(request, text).await
}

/// A batch that was received, worked to its end: no line failed.
async fn worked(desk: &Desk, id: &str, batch: &Value) {
    while desk.town.app.work_once().await.unwrap() {}
    let state = desk.get(batch["status_url"].as_str().unwrap()).await.json();
    let results = desk.get(batch["results_url"].as_str().unwrap()).await;
    assert_eq!((state["state"].as_str(), state["failed"].as_u64()), (Some("done"), Some(0)), "{id}");
    assert_eq!(state["done"], 1, "{id}: {}", results.text());
}

#[tokio::test]
async fn every_request_that_is_printed_is_done_and_answered_as_it_is_printed() {
    let printed: BTreeSet<&str> =
        operations().filter(|(_, _, it)| example(&it["requestBody"]).is_some()).map(|(id, ..)| id).collect();
    assert_eq!(printed, ORDER.into_iter().collect(), "a printed request is not sent here");
    let desk = desk_in(town().await, approval_system()).await;
    let old = desk.get(&format!("/api/v1/certificates/{OLD_NUMBER}")).await.json();
    // Printed texts, each with what this registry made in its place.
    let mut carried = Vec::new();
    let digest = old["content_digest"].as_str().unwrap().to_owned();
    for id in ORDER {
        let (_, path, operation) = operations().find(|(known, ..)| *known == id).unwrap();
        let (media, body) = example(&operation["requestBody"]).unwrap();
        let mut text = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
        if id == "adopt" {
            carried.push((body["items"][0]["content_digest"].as_str().unwrap().to_owned(), digest.clone()));
        }
        for (from, to) in &carried {
            text = text.replace(from, to);
        }
        let got = send(&desk, path, media, text).await;
        let status = if id.starts_with("batch") { "202" } else { "200" };
        assert_eq!(got.status.to_string(), status, "{id}: {}", got.text());
        let (_, answer) = example(&operation["responses"][status]).unwrap();
        let answered = got.json();
        if id.starts_with("batch") {
            assert_eq!(answer["act"], answered["act"], "{id}");
            worked(&desk, id, &answered).await;
        } else if id == "compare" {
            assert_eq!(answer.as_object().unwrap().len(), answered.as_object().unwrap().len());
        } else {
            let (printed, found) = (&answer["results"][0], &answered["results"][0]);
            alike(id, printed, found);
            if let (Some(from), Some(to)) = (printed["number"].as_str(), found["number"].as_str()) {
                carried.push((from.to_owned(), to.to_owned()));
            }
        }
    }
    let body = desk.raw(desk.bearer(Request::get("/api/v1/unadopted")), Body::empty()).await.json();
    assert_eq!(body["total"], 0, "the certificate that was coded by hand was adopted");
}

#[test]
fn what_is_sent_is_told_as_needed_and_what_is_answered_as_there() {
    let words = |members: &[view::Member]| members.iter().map(|it| it.need).collect::<BTreeSet<_>>();
    for call in view::chapters().iter().flat_map(|chapter| &chapter.calls) {
        let told = words(&call.parameters);
        assert!(told.iter().all(|it| matches!(*it, "必填" | "条件" | "选填")), "{}: {told:?}", call.id);
    }
    let all = view::chapters().into_iter().flat_map(|chapter| chapter.calls);
    let collect = all.into_iter().find(|call| call.id == "collect").unwrap();
    let need = |key: &str| collect.parameters.iter().find(|it| it.key == key).unwrap().need;
    assert_eq!(["record_id", "part", "format", "file"].map(need), ["必填"; 4]);
    assert_eq!(["sha256", "sm3"].map(need), ["条件"; 2], "one of the two");
    let lengths: BTreeSet<String> = view::tables()
        .into_iter()
        .flat_map(|it| it.members)
        .chain(view::chapters().into_iter().flat_map(|it| it.calls).flat_map(|it| it.parameters))
        .filter(|it| it.key == "number")
        .map(|it| it.length)
        .collect();
    assert!(lengths.iter().all(|it| it == "30" || it.is_empty()), "{lengths:?}");
}
