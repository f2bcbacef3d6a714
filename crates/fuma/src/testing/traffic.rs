//! A day of visitors on the real routes, and what the registry made of it beside the recount.

use super::{Caller, ENDING, FULL, SECOND, Town, encode};
use app::Opened;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use domain::tally::traffic::{Ask, Cell, Hit, Known, Plan, Scene, Truth, day as day_of};
use domain::tally::{Agent, Dimension, Measure, Sketch};
use domain::{Day, Instant, VerdictWord};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::net::SocketAddr;

impl Town {
    /// What may be asked for here: the certificates of [`super::CERTIFICATES`], and words where the platform is open.
    pub async fn scene(&self, searches: &[(&str, bool)]) -> Scene {
        let mut known = Vec::new();
        for number in [FULL, SECOND, ENDING] {
            let (ctx, id) = (self.ctx(Caller::Licensing).await, self.id(number).await);
            let head = self.app.certificate(&ctx, id).await.unwrap().card.head;
            known.push(Known {
                code: head.code.as_str().to_owned(),
                number: number.to_owned(),
                authority: head.authority,
                body: head.body,
                province: "61".parse().ok(),
                domain: head.domain,
                word: VerdictWord::Valid,
            });
        }
        let searches = searches.iter().map(|(word, any)| ((*word).to_owned(), *any)).collect();
        Scene { known, searches }
    }

    /// Lets a day of visitors come, each at his second; what was counted is written now and then.
    pub async fn replay(&self, day: Day, hits: &[Hit]) {
        for (n, hit) in hits.iter().enumerate() {
            let at = Instant::begin_of(day).plus_seconds(i64::from(hit.second));
            self.clock.advance((at.micros() - self.app.now().micros()) / 1_000_000);
            let status = self.raw(request(hit)).await.status();
            assert!(!status.is_server_error() && status != 429, "{hit:?}: {status}");
            if n % 97 == 0 {
                self.app.flush_tally().await.unwrap();
            }
            if n % 997 == 0 {
                self.app.fold_tally().await.unwrap();
            }
        }
        self.app.flush_tally().await.unwrap();
        self.app.settle_tally().await.unwrap();
        self.app.fold_bodies(true).await.unwrap();
    }

    /// All rows of a question to the file, past the program.
    fn rows<T>(&self, sql: &str, read: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
        let file = Connection::open(self.dir.path().join("fuma.db")).unwrap();
        let mut statement = file.prepare(sql).unwrap();
        let rows = statement.query_map([], read).unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// The figures of a day, of what is asked.
    pub fn figures(&self, day: Day) -> BTreeMap<Cell, [u64; 24]> {
        let sql = format!("select * from tally where day = {}", day.number());
        let all = self.rows(&sql, |row| {
            let text = |at: usize| row.get::<_, String>(at);
            let measure = Measure::parse(&text(0)?).unwrap();
            let dimension = Dimension::parse(&text(1)?).unwrap();
            let agent = Agent::parse(&text(5)?).unwrap();
            let mut hours = [0; 24];
            for (at, hour) in hours.iter_mut().enumerate() {
                *hour = row.get::<_, i64>(7 + at)?.cast_unsigned();
            }
            Ok(((measure, dimension, row.get(2)?, text(4)?, agent), hours))
        });
        all.into_iter().filter(|(cell, _)| cell.0.is_question()).collect()
    }
}

/// A hit as a browser sends it.
fn request(hit: &Hit) -> Request<Body> {
    let get = |path: String| (Request::get(path), Body::empty());
    let (request, body) = match &hit.ask {
        Ask::Scan(text) => get(format!("/C/{text}")),
        Ask::Type(text) => get(format!("/verify?q={}", encode(text))),
        Ask::Open(text) => get(format!("/certificate/{text}")),
        Ask::Search(text) => get(format!("/search?q={}", encode(text))),
        Ask::Look(path) => get((*path).to_owned()),
        Ask::List(lines) => {
            let list = lines.join("\n");
            let part = "--x\r\nContent-Disposition: form-data; name=\"list\"\r\n\r\n";
            let request = Request::post("/verify/batch")
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
                .header("sec-fetch-site", "same-origin");
            (request, Body::from(format!("{part}{list}\r\n--x--\r\n")))
        }
    };
    let accept = if hit.json { "application/json" } else { "text/html,*/*;q=0.8" };
    let request = request.header(header::ACCEPT, accept);
    let request = match hit.user_agent {
        "" => request,
        name => request.header(header::USER_AGENT, name),
    };
    request.extension(ConnectInfo(SocketAddr::new(hit.ip, 4_000))).body(body).unwrap()
}

/// What differs between two counts of figures.
fn differences(is: &BTreeMap<Cell, [u64; 24]>, should: &BTreeMap<Cell, [u64; 24]>) -> Vec<String> {
    let cells = is.keys().chain(should.keys().filter(|cell| !is.contains_key(*cell)));
    let both = cells.filter(|cell| is.get(*cell) != should.get(*cell));
    both.map(|cell| format!("{cell:?}: {:?}, not {:?}", is.get(cell), should.get(cell))).collect()
}

#[tokio::test]
async fn a_day_of_visitors_is_counted_as_it_was() {
    let town = Town::with_certificates().await;
    town.index().await;
    let ctx = town.ctx(Caller::NationalAdmin).await;
    town.app.open_platform(&ctx, &Opened::All).await.unwrap();
    let scene = town.scene(&[("示例", true), ("不存在的词", false)]).await;
    let plan = Plan { seed: 20_261_122, people: 1_500, crawlers: 6, hours: (0, 23) };
    let hits = day_of(&scene, plan);
    let day = Day::new(2026, 11, 23).unwrap();
    town.replay(day, &hits).await;

    let truth = Truth::of(&scene, &hits);
    for measure in [Measure::Scan, Measure::Verdict, Measure::Batch, Measure::Search, Measure::View] {
        for agent in [Agent::Person, Agent::Machine] {
            assert!(truth.sum(measure, -1, agent) > 0, "the day has no {measure:?} by {agent:?}");
        }
    }
    let wrong = differences(&town.figures(day), &truth.figures);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), truth.figures.len(), wrong.join("\n"));

    let sketches = town.rows(
        &format!("select authority_id, registers from visitor_sketch where day = {}", day.number()),
        |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)),
    );
    assert_eq!(sketches.len(), truth.visitors.len());
    for (of, registers) in sketches {
        let (is, should) =
            (Sketch::of_registers(&registers).unwrap().count(), truth.visitors[&of].len() as u64);
        assert!(is.abs_diff(should) * 50 <= should, "visitors of {of}: {is}, not {should}");
    }
    let unknown = town.rows("select sort, asked, n from asked_unknown", |row| {
        Ok(((row.get::<_, String>(0)?, row.get::<_, String>(1)?), row.get::<_, i64>(2)?.cast_unsigned()))
    });
    let unknown: BTreeMap<_, _> = unknown.into_iter().collect();
    let should = truth.unknown.iter().map(|((sort, text), n)| (((*sort).to_owned(), text.clone()), *n));
    assert_eq!(unknown, should.collect::<BTreeMap<_, _>>());
    let bodies = town.rows("select body_id, authority_id, people, machines from tally_body", |row| {
        let sums = (row.get::<_, i64>(2)?.cast_unsigned(), row.get::<_, i64>(3)?.cast_unsigned());
        Ok(((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?), sums))
    });
    assert_eq!(bodies.into_iter().collect::<BTreeMap<_, _>>(), truth.bodies);
    // Nothing of who was there is kept: the salt of the day goes with the day.
    let salts = || town.rows("select day from visitor_salt", |row| row.get::<_, i32>(0));
    assert_eq!(salts(), [day.number()]);
    town.clock.advance(86_400);
    town.app.tend_tally().await.unwrap();
    assert_eq!(salts(), Vec::<i32>::new());
    let texts = town
        .rows("select hex(bytes) from tally_log union select hex(bytes) from tally_body_log", |row| {
            row.get::<_, String>(0)
        });
    assert_eq!(texts, Vec::<String>::new());
}

#[tokio::test]
async fn calls_are_counted_for_the_authority_of_the_system_also_when_they_are_refused() {
    let town = Town::with_certificates().await;
    let get = async |path: &str| town.get(Caller::Public, path).await.status;
    assert_eq!(get("/api/v1/certificates/262712050001").await, 401);
    assert_eq!(get("/api/v1/nothing").await, 404);
    assert_eq!(get("/api/v1/openapi.json").await, 200);
    town.app.flush_tally().await.unwrap();
    town.app.settle_tally().await.unwrap();
    let figures = town.figures(town.app.today());
    let of = |answer: &str| {
        let cell = (Measure::Call, Dimension::Answer, 0, answer.to_owned(), Agent::Machine);
        figures.get(&cell).map_or(0, |hours| hours.iter().sum::<u64>())
    };
    assert_eq!((of("4xx"), of("2xx")), (2, 0), "{figures:?}");
}

#[tokio::test]
async fn a_question_of_the_sandbox_counts_there() {
    let (town, sandbox) = Town::with_sandbox().await;
    assert!(matches!(town.get(Caller::Public, "/T/0000000000000001").await.status, 400 | 404));
    assert_eq!(town.get(Caller::Public, "/sandbox/help").await.status, 200);
    for (town, sums) in [(&town, (0, 0)), (&sandbox, (1, 1))] {
        town.app.flush_tally().await.unwrap();
        town.app.settle_tally().await.unwrap();
        let figures = town.figures(town.app.today());
        let of = |measure| {
            let cell = (measure, Dimension::Total, -1, String::new(), Agent::Machine);
            figures.get(&cell).map_or(0, |hours| hours.iter().sum::<u64>())
        };
        assert_eq!((of(Measure::Scan), of(Measure::View)), sums);
    }
}
