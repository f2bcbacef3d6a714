//! A day of visitors on the real routes, and what the registry made of it beside the recount: in its rows, and in everything that
//! shows them.
//!
//! `recount` says what every report must show, `shown` reads what is shown out of pages, workbooks, CSV and JSON, `table` is what
//! both come to and names every difference; `looks` walks the reports, `bulletin` the forms of a bulletin.

mod bulletin;
mod looks;
mod recount;
mod shown;
mod table;

use super::{Caller, ENDING, FULL, OURS, SECOND, Town, encode};
use app::{AuthoritySettings, Decision, Opened};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use domain::tally::traffic::{Ask, Cell, Hit, Known, Plan, Scene, Truth, day as day_of};
use domain::tally::{Agent, Dimension, Measure, Sketch};
use domain::{Day, Instant, StatusAct, StatusWord, VerdictWord};
use looks::System;
use recount::{NATION, Recount};
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
                word: match head.status.word() {
                    StatusWord::Suspended => VerdictWord::Suspended,
                    _ => VerdictWord::Valid,
                },
            });
        }
        let searches = searches.iter().map(|(word, any)| ((*word).to_owned(), *any)).collect();
        Scene { known, searches }
    }

    /// Suspends a certificate of [`OURS`], so that what is asked about it is not all well.
    async fn suspend(&self, number: &str) {
        let admin = self.ctx(Caller::ProvincialAdmin).await;
        let settings = AuthoritySettings { suspension: true, ..AuthoritySettings::default() };
        self.app.set_settings(&admin, &settings).await.unwrap();
        let suspend = Decision {
            act: StatusAct::Suspend,
            effective: self.app.today(),
            document: "陕示停〔2026〕1号".into(),
            reason: "示例原因".into(),
        };
        self.app.act(&self.ctx(Caller::Licensing).await, self.id(number).await, &suspend).await.unwrap();
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

/// What [`Town::with_certificates`] and the test did on the eve beside what visitors asked: a batch of three certificates, and calls of
/// a system, of which the one for a token is nobody's.
fn done_on_the_eve(truth: &mut Truth) {
    let mut done = |measure, dimension, (value, agent): (&str, Agent), of: &[i64], n| {
        for of in of {
            let cell = (measure, dimension, *of, value.to_owned(), agent);
            // At four in the afternoon.
            truth.figures.entry(cell).or_default()[16] += n;
        }
    };
    let ours = [OURS.0, NATION];
    done(Measure::Import, Dimension::Total, ("", Agent::Person), &ours, 1);
    done(Measure::Assign, Dimension::Total, ("", Agent::Person), &ours, 3);
    for (answer, n, of) in [("2xx", 1, [0, NATION]), ("2xx", 2, ours), ("4xx", 1, ours)] {
        done(Measure::Call, Dimension::Total, ("", Agent::Machine), &of, n);
        done(Measure::Call, Dimension::Answer, (answer, Agent::Machine), &of, n);
    }
}

/// Holds the rows of the registry to the truth of a day.
fn check_rows(town: &Town, day: Day, truth: &Truth) {
    let asked = truth.figures.iter().filter(|(cell, _)| cell.0.is_question());
    let asked = asked.map(|(cell, hours)| (cell.clone(), *hours)).collect();
    let wrong = differences(&town.figures(day), &asked);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), asked.len(), wrong.join("\n"));

    let on = day.number();
    let sketches = town
        .rows(&format!("select authority_id, registers from visitor_sketch where day = {on}"), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
        });
    assert_eq!(sketches.len(), truth.visitors.len());
    for (of, registers) in sketches {
        let (is, should) =
            (Sketch::of_registers(&registers).unwrap().count(), truth.visitors[&of].len() as u64);
        assert!(is.abs_diff(should) * 50 <= should, "visitors of {of}: {is}, not {should}");
    }
    let unknown = town.rows(&format!("select sort, asked, n from asked_unknown where day = {on}"), |row| {
        Ok(((row.get::<_, String>(0)?, row.get::<_, String>(1)?), row.get::<_, i64>(2)?.cast_unsigned()))
    });
    let unknown: BTreeMap<_, _> = unknown.into_iter().collect();
    let should = truth.unknown.iter().map(|((sort, text), n)| (((*sort).to_owned(), text.clone()), *n));
    assert_eq!(unknown, should.collect::<BTreeMap<_, _>>());
}

#[tokio::test]
async fn a_day_of_visitors_is_counted_as_it_was_and_shown_as_it_was_counted() {
    let town = Town::with_certificates().await;
    town.suspend(SECOND).await;
    town.index().await;
    let ctx = town.ctx(Caller::NationalAdmin).await;
    town.app.open_platform(&ctx, &Opened::All).await.unwrap();
    let system = town.system().await;
    let token = town.token(&system).await;
    for (path, status) in [("/statistics", 200), ("/codes/domains", 200), ("/codes/nothing", 404)] {
        assert_eq!(town.call(&token, path).await.0, status);
    }
    let scene = town.scene(&[("示例", true), ("不存在的词", false)]).await;
    // Programs alone come on the eve; of the day before there must be something to compare with.
    let (eve, day) = (town.app.today(), Day::new(2026, 11, 23).unwrap());
    let plans = [
        (eve, Plan { seed: 20_261_121, people: 0, crawlers: 20, hours: (17, 22) }),
        (day, Plan { seed: 20_261_122, people: 1_500, crawlers: 6, hours: (0, 23) }),
    ];
    let mut days = BTreeMap::new();
    for (on, plan) in plans {
        let hits = day_of(&scene, plan);
        town.replay(on, &hits).await;
        days.insert(on, Truth::of(&scene, &hits));
    }
    done_on_the_eve(days.get_mut(&eve).unwrap());
    for measure in [Measure::Scan, Measure::Verdict, Measure::Batch, Measure::Search, Measure::View] {
        for agent in [Agent::Person, Agent::Machine] {
            assert!(days[&day].sum(measure, -1, agent) > 0, "the day has no {measure:?} by {agent:?}");
        }
    }
    assert!(scene.known.iter().any(|it| it.word != VerdictWord::Valid), "everything is well");
    days.iter().for_each(|(on, truth)| check_rows(&town, *on, truth));
    let bodies = town.rows("select body_id, authority_id, people, machines from tally_body", |row| {
        let sums = (row.get::<_, i64>(2)?.cast_unsigned(), row.get::<_, i64>(3)?.cast_unsigned());
        Ok(((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?), sums))
    });
    let mut should: BTreeMap<(i64, i64), (u64, u64)> = BTreeMap::new();
    for (key, (people, programs)) in days.values().flat_map(|truth| &truth.bodies) {
        let sum = should.entry(*key).or_default();
        *sum = (sum.0 + people, sum.1 + programs);
    }
    assert_eq!(bodies.into_iter().collect::<BTreeMap<_, _>>(), should);

    // Nothing of who was there is kept: the salt of a day goes with the day.
    let salts = || town.rows("select day from visitor_salt order by day", |row| row.get::<_, i32>(0));
    assert_eq!(salts(), [eve.number(), day.number()]);
    let names = ["示例检测有限公司", "示例检测有限公司", "样张环境监测有限公司"];
    let names = scene.known.iter().map(|it| it.body.0).zip(names).collect();
    let now = town.app.now();
    let mut recount = Recount { days, bodies: names, tables: town.app.tables(), now };
    held(&town, &system, &mut recount).await;
    town.app.tend_tally().await.unwrap();
    assert_eq!(salts(), Vec::<i32>::new());
    let texts = town
        .rows("select hex(bytes) from tally_log union select hex(bytes) from tally_body_log", |row| {
            row.get::<_, String>(0)
        });
    assert_eq!(texts, Vec::<String>::new());
}

/// Holds everything that shows the days of a recount to it: at the end of the second, in the afternoon after it and a week later,
/// when it is what was before; and the bulletin on their month.
async fn held(town: &Town, system: &System, recount: &mut Recount) {
    let today = recount.now.day();
    let mut wrong = Vec::new();
    let at = |day: Day, hour: i64| Instant::begin_of(day).plus_seconds(hour * 3_600 + 1_800);
    let after = |days| today.plus_days(days).unwrap();
    let moments = [
        (recount.now, looks::all(today)),
        (at(after(1), 15), looks::compared()),
        (at(after(7), 9), looks::compared()),
    ];
    for (now, asked) in moments {
        recount.now = now;
        town.pass_until(now).await;
        let token = town.token(system).await;
        for look in asked {
            let told = town.differences(recount, &look, &token).await;
            wrong.extend(told.into_iter().map(|it| format!("{} {it}", now.shanghai())));
        }
        wrong.extend(town.differences_of_questions(recount, (after(-7), now.day()), &token).await);
    }
    let month = (Day::new(2026, 11, 1).unwrap(), Day::new(2026, 11, 30).unwrap());
    town.pass_until(at(after(8), 9)).await;
    wrong.extend(town.bulletin_differences(recount, "2026-11", month).await);
    assert!(
        wrong.is_empty(),
        "{} figures are shown otherwise than counted:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
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
