//! Visitors come to two servers over one database, one of them is killed in the middle: what was counted before its last second
//! is counted, nothing is counted twice, and servers that end in order lose nothing (domain::tally::traffic knows the truth).

use super::kill::write_csv;
use super::province::psql;
use super::served::{LOGIN, PASSWORD, Place, until};
use super::web;
use domain::tally::traffic::{Ask, Cell, Hit, Known, NETWORKS, Plan, Scene, Truth, day};
use domain::tally::{Agent, Dimension, Measure};
use domain::{AuthorityId, BodyId, VerdictWord};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// What a killed server may not have written: what was answered so long before it was told to die.
const LAST: Duration = Duration::from_secs(1);

/// Sends a hit as a proxy of ours passes it on.
fn send(port: u16, hit: &Hit) {
    let from = hit.ip.to_string();
    let accept = if hit.json { "application/json" } else { "text/html" };
    let mut headers = vec![("X-Forwarded-For", from.as_str()), ("Accept", accept)];
    if !hit.user_agent.is_empty() {
        headers.push(("User-Agent", hit.user_agent));
    }
    let get = |path: String, headers: &[(&str, &str)]| web::ask(port, "GET", &path, headers, b"");
    let reply = match &hit.ask {
        Ask::Scan(text) => get(format!("/C/{text}"), &headers),
        Ask::Type(text) => get(format!("/verify?q={text}"), &headers),
        Ask::Open(text) => get(format!("/certificate/{text}"), &headers),
        Ask::Search(text) => get(format!("/search?q={text}"), &headers),
        Ask::Look(path) => get((*path).to_owned(), &headers),
        Ask::List(lines) => {
            headers.push(("Content-Type", "multipart/form-data; boundary=x"));
            let part = "--x\r\nContent-Disposition: form-data; name=\"list\"\r\n\r\n";
            let body = format!("{part}{}\r\n--x--\r\n", lines.join("\n"));
            web::ask(port, "POST", "/verify/batch", &headers, body.as_bytes())
        }
    };
    let status = reply.expect("the server answers").status;
    assert!(matches!(status, 200 | 400 | 404), "{hit:?}: {status}");
}

/// A registry in a PostgreSQL database of its own with some certificates.
struct Registry {
    place: Place,
    address: String,
}

impl Registry {
    fn open() -> Registry {
        let server = std::env::var("FUMA_TEST_PG")
            .expect("FUMA_TEST_PG is not set: run ./test, or scripts/pg-test cargo test …");
        let name = format!("counting_{}", std::process::id());
        psql(&server, &format!("create database {name} template template0"));
        let address =
            format!("{}/{name}", server.rsplit_once('/').expect("FUMA_TEST_PG ends in /postgres").0);
        let place = Place::empty().in_database(&address);
        place.set(
            "demo = true\nproxies = [\"127.0.0.1\"]\nvisitor_networks = \"networks.csv\"\n[limits]\nfree_per_minute = 0\n",
        );
        std::fs::write(place.path("networks.csv"), NETWORKS).expect("the folder can be written");
        std::fs::write(place.path("password"), PASSWORD).expect("the folder can be written");
        place.ok(&["init"]);
        place.account(LOGIN, "licensing");
        let files = write_csv(&place, 12);
        let output = place.import(&files).output().expect("it starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Registry { place, address }
    }

    fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        let text = psql(&self.address, sql);
        text.lines().map(|line| line.split('|').map(str::to_owned).collect()).collect()
    }

    fn number(&self, sql: &str) -> u64 {
        self.rows(sql)[0][0].parse().expect("a number")
    }

    fn scene(&self) -> Scene {
        let sql =
            "select c.code, c.number, c.authority_id, c.body_id, c.domain, coalesce(left(b.division, 2), '')
            from certificate c join body b on b.id = c.body_id order by c.id";
        let known = self.rows(sql).into_iter().map(|row| Known {
            code: row[0].clone(),
            number: row[1].clone(),
            authority: AuthorityId(row[2].parse().expect("a key")),
            body: BodyId(row[3].parse().expect("a key")),
            domain: row[4].parse().expect("two digits"),
            province: row[5].parse().ok(),
            word: VerdictWord::Valid,
        });
        Scene { known: known.collect(), searches: Vec::new() }
    }

    /// The sums of all days.
    fn figures(&self) -> BTreeMap<Cell, u64> {
        let hours: Vec<String> = (0..24).map(|n| format!("h{n}")).collect();
        let sql = format!(
            "select measure, dimension, authority_id, value, agent, cast(sum({}) as bigint) from tally
             where measure not in ('import', 'assign', 'change', 'print') group by 1, 2, 3, 4, 5",
            hours.join(" + ")
        );
        let rows = self.rows(&sql).into_iter().map(|row| {
            let cell = (
                Measure::parse(&row[0]).expect("a measure"),
                Dimension::parse(&row[1]).expect("a dimension"),
                row[2].parse().expect("a key"),
                row[3].clone(),
                Agent::parse(&row[4]).expect("an agent"),
            );
            (cell, row[5].parse().expect("a number"))
        });
        rows.collect()
    }

    /// What the report on a measure shows of the nation: the sum of its days, and those of each answer. The page, the workbook and the
    /// interface are the same report, which `testing::traffic` holds them to.
    fn reported(&self, measure: Measure) -> BTreeMap<(Dimension, String), u64> {
        let password = self.place.path("password");
        let password = password.to_str().expect("a path of letters");
        let words =
            ["statistics", "trend", "--measure", measure.key(), "--days", "7", "--of", "nation", "--json"];
        let told = self.place.ok(&[&words[..], &["--as", LOGIN, "--password-file", password]].concat());
        let told: serde_json::Value = serde_json::from_str(&told).expect("one document");
        let sheet = |key: &str| {
            let mut all = told["sheets"].as_array().into_iter().flatten();
            all.find(|sheet| sheet["key"] == key).unwrap_or_else(|| panic!("no table {key} in {told}"))
        };
        let n = |cell: &serde_json::Value| cell.as_u64().unwrap_or_else(|| panic!("{cell} is no count"));
        let rows = sheet("answer")["rows"].as_array().into_iter().flatten();
        let answers = rows.map(|row| {
            ((Dimension::Answer, row["key"].as_str().unwrap_or_default().to_owned()), n(&row["total"]))
        });
        let total = ((Dimension::Total, String::new()), n(&sheet("steps")["total"]["total"]));
        answers.chain([total]).collect()
    }

    /// Lets a server add up what waits.
    fn add_up(&self) {
        let (_server, _) = self.place.serve();
        until("everything is added up", || self.number("select count(*) from tally_log") == 0);
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        if let Some((server, name)) = self.address.rsplit_once('/') {
            let drop_it = format!("drop database {name} with (force)");
            let _ = std::process::Command::new("psql")
                .args([&format!("{server}/postgres"), "-qc", &drop_it])
                .output();
        }
    }
}

fn sums(scene: &Scene, hits: &[&Hit]) -> BTreeMap<Cell, u64> {
    let truth = Truth::of(scene, hits.iter().copied());
    truth.figures.into_iter().map(|(cell, hours)| (cell, hours.iter().sum())).collect()
}

#[test]
fn servers_that_end_lose_nothing_and_a_killed_one_at_most_its_last_second() {
    let registry = Registry::open();
    let scene = registry.scene();
    let plan = Plan { seed: 29, people: 500, crawlers: 6, hours: (9, 9) };
    // How fast somebody asks is told by the clock of the machine, which nobody can foretell here.
    let told_by_pace = |ip: &IpAddr| ["192.0.2.200", "192.0.2.201"].contains(&ip.to_string().as_str());
    let hits: Vec<Hit> = day(&scene, plan).into_iter().filter(|hit| !told_by_pace(&hit.ip)).collect();
    let (first, second) = hits.split_at(hits.len() / 2);
    let to = |hits: &[Hit], node: usize| -> Vec<Hit> {
        hits.iter().filter(|hit| hit.node(2) == node).cloned().collect()
    };

    let (mut calm, calm_port) = registry.place.serve();
    let (doomed, doomed_port) = registry.place.serve();
    let beside = {
        let hits = to(&hits, 0);
        std::thread::spawn(move || hits.iter().for_each(|hit| send(calm_port, hit)))
    };
    let mut answered: Vec<(Instant, Hit)> = Vec::new();
    let doomed_hits = to(first, 1);
    // Several times the last second, however quick the machine.
    let pause = LAST * 4 / u32::try_from(doomed_hits.len()).expect("some thousands");
    for hit in doomed_hits {
        std::thread::sleep(pause);
        send(doomed_port, &hit);
        answered.push((Instant::now(), hit));
    }
    let killed = Instant::now();
    doomed.kill();
    let (mut again, again_port) = registry.place.serve();
    to(second, 1).iter().for_each(|hit| send(again_port, hit));
    beside.join().expect("the other server answered everything");
    assert!(calm.stop() && again.stop(), "they end in order");
    registry.add_up();

    let whole = sums(&scene, &hits.iter().collect::<Vec<_>>());
    let late: Vec<&Hit> =
        answered.iter().filter(|(at, _)| killed.duration_since(*at) < LAST).map(|(_, hit)| hit).collect();
    assert!(late.len() < answered.len() / 2, "the server was killed too early to say anything");
    let late = sums(&scene, &late);
    let counted = registry.figures();
    for (cell, n) in &counted {
        let should = whole.get(cell).copied().unwrap_or(0);
        assert!(*n <= should, "{cell:?} was counted {n} times and asked {should} times");
    }
    let mut lost = 0;
    for (cell, should) in &whole {
        let is = counted.get(cell).copied().unwrap_or(0);
        let may = late.get(cell).copied().unwrap_or(0);
        assert!(
            is + may >= *should,
            "{cell:?} was asked {should} times and counted {is} times, of {may} late ones"
        );
        lost += if cell.1 == Dimension::Total && cell.2 == -1 { should - is } else { 0 };
    }
    eprintln!("{} questions, {lost} lost with the killed server", hits.len());
    // What several servers and the crash left is what is shown.
    for measure in [Measure::Scan, Measure::Verdict, Measure::Batch] {
        let mut should: BTreeMap<(Dimension, String), u64> = BTreeMap::new();
        for ((of, dimension, authority, value, _), n) in &counted {
            if *of == measure && *authority == -1 && matches!(dimension, Dimension::Total | Dimension::Answer)
            {
                *should.entry((*dimension, value.clone())).or_default() += n;
            }
        }
        assert_eq!(registry.reported(measure), should, "{measure:?}");
    }

    // Visitors are those of both servers: each counted by a salt they share.
    let truth = Truth::of(&scene, &hits);
    assert_eq!(registry.number("select count(*) from visitor_salt"), 1);
    let sketch =
        &registry.rows("select encode(registers, 'hex') from visitor_sketch where authority_id = 0")[0][0];
    let registers: Vec<u8> = (0..sketch.len())
        .step_by(2)
        .filter_map(|at| u8::from_str_radix(&sketch[at..at + 2], 16).ok())
        .collect();
    let is = domain::tally::Sketch::of_registers(&registers).expect("a sketch").count();
    let should = truth.visitors[&0].len() as u64;
    assert!(is.abs_diff(should) * 50 <= should + 50 * lost, "{is} visitors, not {should}");
}

#[test]
fn a_server_that_is_told_to_end_writes_what_it_has_counted() {
    let place = Place::open();
    let (mut server, port) = place.serve();
    for _ in 0..40 {
        assert_eq!(web::ask(port, "GET", "/help", &[], b"").expect("it answers").status, 200);
    }
    assert!(server.stop(), "it ends in order");
    let (_server, _) = place.serve();
    until("the log is added up", || place.number("select count(*) from tally_log") == 0);
    let sql = "select cast(sum(h0 + h1 + h2 + h3 + h4 + h5 + h6 + h7 + h8 + h9 + h10 + h11 + h12 + h13 + h14 + h15 + h16 + h17
        + h18 + h19 + h20 + h21 + h22 + h23) as integer) from tally
        where measure = 'view' and dimension = '' and authority_id = -1";
    assert_eq!(place.number(sql), 40);
}
