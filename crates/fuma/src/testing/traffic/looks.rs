//! Every report in every form it is served in, held to the recount.

use super::recount::{Look, NATION, Recount, VERDICTS};
use super::shown::{cards, of_book, of_csv, of_json, of_page};
use super::table::{Due, Shown, Table, differences};
use crate::testing::{Caller, OURS, Town};
use app::ClientSpec;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use domain::tally::Measure;
use domain::{Day, Grants};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A system of [`OURS`] that calls the interface.
pub struct System {
    id: String,
    secret: String,
}

impl Town {
    /// A system of [`OURS`].
    pub async fn system(&self) -> System {
        let admin = self.ctx(Caller::ProvincialAdmin).await;
        let spec = ClientSpec {
            name: "示例审批系统".into(),
            grants: Grants::all(),
            rate: 1_000,
            ..ClientSpec::default()
        };
        let client = self.app.create_client(&admin, OURS, &spec).await.unwrap();
        let issued = self.app.issue_secret(&admin, client).await.unwrap();
        System { id: issued.public_id, secret: issued.secret.reveal().to_owned() }
    }

    /// A token for some calls.
    pub async fn token(&self, system: &System) -> String {
        let System { id, secret } = system;
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let request =
            Request::post("/api/v1/token").header("content-type", "application/x-www-form-urlencoded");
        let (status, answer) = self.answer(request.body(Body::from(form)).unwrap()).await;
        assert_eq!(status, 200, "{answer}");
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// Calls the interface.
    pub async fn call(&self, token: &str, path: &str) -> (u16, Value) {
        let request =
            Request::get(format!("/api/v1{path}")).header("authorization", format!("Bearer {token}"));
        self.answer(request.body(Body::empty()).unwrap()).await
    }

    async fn answer(&self, request: Request<Body>) -> (u16, Value) {
        let response = self.raw(request).await;
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    /// What a report shows otherwise than it must: on its page, in the workbook, in the CSV, and to a system of [`OURS`].
    pub async fn differences(&self, recount: &Recount, look: &Look, token: &str) -> Vec<String> {
        let due = recount.of(look);
        let (caller, of) = match look.of {
            NATION => (Caller::NationalAdmin, "nation".to_owned()),
            id => (Caller::Viewer, id.to_string()),
        };
        let Look { report, .. } = look;
        let place = |form: &str| format!("{form} {report} of={of} {}", look.query());
        let get = async |path: String| {
            let answer =
                self.get(caller, &format!("/office/statistics{path}?of={of}&{}", look.query())).await;
            assert_eq!(answer.status, 200, "{path} {look:?}: {}", answer.text());
            answer
        };
        let page = get(if *report == "today" { String::new() } else { format!("/{report}") }).await.text();
        let mut wrong = differences(&place("page"), &due, &of_page(&page));
        if *report == "today" {
            wrong.extend(differences(&place("cards"), &[on_top(&due[0])], &[shown_on_top(&page)]));
        }
        let book = get(format!("/export/{report}.xlsx")).await;
        wrong.extend(differences(&place("xlsx"), &due, &of_book(book.bytes)));
        let csv = get(format!("/export/{report}.csv")).await;
        wrong.extend(differences(&place("csv"), &due, &of_csv(&csv.text())));
        let whose = if look.of == NATION { "nation" } else { "own" };
        let (status, told) =
            self.call(token, &format!("/statistics?report={report}&of={whose}&{}", look.query())).await;
        match (*report, look.of) {
            // Which bodies of other provinces are asked for is not told to a province.
            ("bodies", NATION) => assert_eq!(status, 404, "{told}"),
            _ => {
                assert_eq!(status, 200, "{look:?}: {told}");
                wrong.extend(differences(&place("interface"), &due, &of_json(&told["report"])));
            }
        }
        wrong
    }

    /// What the interface says of the questions about certificates of [`OURS`] besides: by answer and by day.
    pub async fn differences_of_questions(
        &self,
        recount: &Recount,
        days: (Day, Day),
        token: &str,
    ) -> Vec<String> {
        let (mut words, mut on): (BTreeMap<String, u64>, BTreeMap<String, u64>) = Default::default();
        for (day, truth) in recount.days.range(days.0..=days.1) {
            for ((measure, dimension, of, value, _), hours) in &truth.figures {
                let asked = VERDICTS.contains(measure) && dimension.key() == "answer" && *of == OURS.0;
                if asked {
                    let n = hours.iter().sum::<u64>();
                    *words.entry(value.clone()).or_default() += n;
                    *on.entry(day.to_string()).or_default() += n;
                }
            }
        }
        let (_, told) = self.call(token, &format!("/statistics?from={}&to={}", days.0, days.1)).await;
        let due = json!({ "by_answer": words, "by_day": on });
        let same = told["questions"] == due;
        if same { Vec::new() } else { vec![format!("interface questions: {}, not {due}", told["questions"])] }
    }
}

/// The figures on top of the page of today.
fn on_top(measures: &Table) -> Table {
    let top = ["扫码", "输入查真", "批量核验", "公众查询", "赋码", "独立访客"];
    let named = |row: &&Vec<Due>| matches!(&row[0], Due::Text(name) if top.contains(&name.as_str()));
    let rows = measures.rows.iter().filter(named).map(|row| row[..2].to_vec()).collect();
    Table { rows, ..Table::new("cards", &[]) }
}

fn shown_on_top(page: &str) -> Shown {
    Shown { rows: Some(cards(page)), ..Shown::default() }
}

/// Every report of a moment about everything that is asked, of the nation and of [`OURS`].
pub fn all(today: Day) -> Vec<Look> {
    let mut looks = Vec::new();
    let questions = || Measure::ALL.iter().copied().filter(|it| it.is_question());
    for of in [NATION, OURS.0] {
        let own = |it: &Measure| of == NATION || !matches!(it, Measure::Search | Measure::View);
        let look = |report, measure| Look { report, of, measure, days: 30, by_month: false, day: None };
        for measure in questions().filter(own) {
            let about = |report| look(report, Some(measure));
            looks.extend(["today", "trend", "heat"].map(about));
            looks.push(Look { days: 90, by_month: true, ..about("trend") });
            if measure != Measure::Call {
                looks.push(Look { days: 7, ..about("places") });
            }
            if of == NATION && !matches!(measure, Measure::Search | Measure::View) {
                looks.push(about("ranking"));
            }
        }
        looks.extend(["bodies", "failures"].map(|report| look(report, None)));
        looks.push(Look { by_month: true, ..look("failures", None) });
        looks.push(Look { day: today.plus_days(-1).ok(), ..look("failures", None) });
    }
    looks
}

/// Reports that compare with what was before.
pub fn compared() -> Vec<Look> {
    let mut looks = Vec::new();
    for measure in [Measure::Scan, Measure::Verdict, Measure::Batch, Measure::Call] {
        let look =
            |report, of| Look { report, of, measure: Some(measure), days: 7, by_month: false, day: None };
        looks.push(look("ranking", NATION));
        looks.extend([NATION, OURS.0].map(|of| look("trend", of)));
        looks.extend([NATION, OURS.0].map(|of| look("today", of)));
    }
    looks
}
