//! 开放数据: what is published is what the public may have, and an earlier snapshot with the deltas after it is the later one.

use super::*;
use app::stored::OpenFile;
use app::{OPEN_CHUNK, OpenPublication, OpenSort, Opened};
use flate2::read::GzDecoder;
use std::collections::BTreeMap;
use std::io::Read;
use store::testing::on_both;

/// Rows of a certificate as another's copy of the registry has them: its own, its places, its annex.
type Copy = BTreeMap<String, [Vec<String>; 3]>;

const SUBJECTS: [&str; 3] = ["certificates", "sites", "capabilities"];

fn national() -> Ctx {
    actor(NATIONAL, Role::Administrator, 90)
}

impl Office {
    /// Has everything published, and gives it, newest first.
    async fn publish(&self) -> Vec<OpenPublication> {
        // Two releases of one minute would have one name.
        self.clock.advance(60);
        self.app.order_open_data(&national()).await.unwrap();
        self.work().await;
        self.app.open_data().await.unwrap()
    }

    async fn open(&self, opened: &Opened) {
        self.app.open_platform(&national(), opened).await.unwrap();
    }

    /// What a file says, as fetched.
    async fn inflated(&self, file: &OpenFile) -> String {
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < file.bytes {
            let n = (bytes.len() / OPEN_CHUNK) as i64;
            bytes.extend(self.app.open_chunk(file.id, n).await.unwrap());
        }
        assert_eq!(bytes.len() as u64, file.bytes, "{}", file.name);
        let sha: [u8; 32] =
            sha2::Digest::finalize(sha2::Digest::chain_update(sha2::Sha256::default(), &bytes)).into();
        assert_eq!(sha, file.digest, "{}", file.name);
        let mut text = String::new();
        GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
        text
    }

    /// The rows of a release, by subject; both formats must say the same.
    async fn rows(&self, it: &OpenPublication) -> [Vec<Vec<String>>; 3] {
        let mut out = [(); 3].map(|()| Vec::new());
        for (subject, rows) in SUBJECTS.iter().zip(&mut out) {
            let of = |format: &'static str| {
                it.files.iter().filter(move |file| file.subject == *subject && file.format == format)
            };
            for (csv, json) in of("csv").zip(of("ndjson")) {
                let (csv_text, json_text) = (self.inflated(csv).await, self.inflated(json).await);
                let mut reader = csv::Reader::from_reader(csv_text.trim_start_matches('\u{FEFF}').as_bytes());
                let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
                let mut lines = json_text.lines();
                for record in reader.records() {
                    let row: Vec<String> = record.unwrap().iter().map(str::to_owned).collect();
                    let line: serde_json::Value = serde_json::from_str(lines.next().unwrap()).unwrap();
                    for (name, cell) in names.iter().zip(&row) {
                        let told = match &line[name] {
                            serde_json::Value::String(text) => text.clone(),
                            serde_json::Value::Null => String::new(),
                            other => other.to_string(),
                        };
                        assert_eq!(&told, cell, "{} {name}", csv.name);
                    }
                    rows.push(row);
                }
                assert_eq!(lines.next(), None);
            }
            let counted: u64 = of("csv").map(|file| file.rows).sum();
            assert_eq!(rows.len() as u64, counted);
        }
        out
    }

    /// A copy brought up to a release, as the page tells its users to.
    async fn applied(&self, copy: &mut Copy, it: &OpenPublication) {
        let [certificates, sites, capabilities] = self.rows(it).await;
        for row in certificates {
            match row[0].as_str() {
                "put" => drop(copy.insert(row[1].clone(), [row, Vec::new(), Vec::new()])),
                "remove" => drop(copy.remove(&row[1])),
                other => panic!("{other}"),
            }
        }
        for (at, rows) in [(1, sites), (2, capabilities)] {
            for row in rows {
                let own = copy.get_mut(&row[0]).expect("a row without its certificate");
                own[at].push(row.join("\u{1f}"));
            }
        }
    }
}

fn of(all: &[OpenPublication], sort: OpenSort) -> Option<&OpenPublication> {
    all.iter().find(|it| it.sort == sort)
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// Whatever happens to a registry, once. What the rules refuse happens not.
async fn something(office: &Office, dice: &mut Dice, n: u32, ids: &mut Vec<(CertificateId, Number)>) {
    let any = |dice: &mut Dice| ids[dice.roll(ids.len())].clone();
    match dice.roll(12) {
        0 | 1 => {
            let mut form = first(n);
            form.capabilities = vec![capability("铅"), capability(&format!("示例参数“{n}”,甲"))];
            if let Ok(written) = office.app.assign_form(&office.ctx, &form).await {
                ids.push((written.certificate, written.number));
            }
        }
        2 | 3 => {
            let (draft, mut form) = {
                let (id, _) = any(dice);
                let kinds = domain::Kinds::parse("扩项").unwrap();
                if office.app.start_change(&office.ctx, id, kinds).await.is_err() {
                    return;
                }
                office.started(id, "扩项", n).await
            };
            form.set(Field::DecisionDay, office.app.today().to_string().as_str());
            let mut row = capability(&format!("扩项参数{n}"));
            row.insert(Field::ApprovedOn.key().into(), office.app.today().to_string());
            form.capabilities.push(row);
            office.app.save_draft(&office.ctx, draft, 1, &form).await.unwrap();
            drop(office.app.assign_draft(&office.ctx, draft).await);
        }
        4 | 5 => {
            let acts = [
                StatusAct::Suspend,
                StatusAct::Resume,
                StatusAct::Revoke,
                StatusAct::Lift,
                StatusAct::Cancel,
            ];
            drop(office.act(any(dice).0, acts[dice.roll(acts.len())]).await);
        }
        6 => drop(office.act(any(dice).0, StatusAct::Annul).await),
        7 => {
            let number = format!("21271205{:04}", 9_000 + n);
            if let Ok(written) = office.app.assign_form(&office.ctx, &takeover(&number)).await {
                ids.push((written.certificate, written.number));
            }
        }
        8 => {
            let (_, previous) = any(dice);
            let number = format!("26271205{:04}", 9_000 + n);
            if let Ok(written) =
                office.app.assign_form(&office.ctx, &renewal(&number, previous.as_str())).await
            {
                ids.push((written.certificate, written.number));
            }
        }
        9 | 10 => office.clock.advance(86_400 * (1 + dice.roll(60) as i64)),
        _ => {
            let all = [Opened::All, Opened::Some([OURS].into()), Opened::Some([THEIRS].into())];
            office.open(&all[dice.roll(3)]).await;
        }
    }
}

#[tokio::test]
async fn a_snapshot_with_the_deltas_after_it_is_the_next_snapshot_whatever_happened() {
    let (mut gone, mut expired) = (0, 0);
    for seed in [1, 7, 30] {
        let seen = std::cell::Cell::new((0, 0));
        on_both(async |t| seen.set(life_of_a_copy(&office(&t.db).await.with_suspension().await, seed).await))
            .await;
        gone += seen.get().0;
        expired += seen.get().1;
    }
    assert!(gone > 0 && expired > 0, "too little happened: {gone} gone, {expired} expired");
}

/// How many certificates went from the copy, and how often one was expired in it.
async fn life_of_a_copy(office: &Office, seed: u64) -> (usize, usize) {
    let mut dice = Dice(seed);
    let mut ids = Vec::new();
    for n in 1..4 {
        let written = office.assign(&first(n)).await;
        ids.push((written.certificate, written.number));
    }
    office.open(&Opened::All).await;
    let begun = office.publish().await;
    assert_eq!(begun.iter().map(|it| it.sort).collect::<Vec<_>>(), [OpenSort::Snapshot]);
    let mut copy = Copy::new();
    office.applied(&mut copy, &begun[0]).await;
    let first = copy.clone();
    let (mut n, mut long_ones, mut gone, mut expired) = (10, 0, 0, 0);
    for round in 0..8 {
        for _ in 0..6 {
            n += 1;
            something(office, &mut dice, n, &mut ids).await;
        }
        let all = office.publish().await;
        let mut whole = Copy::new();
        office.applied(&mut whole, of(&all, OpenSort::Snapshot).unwrap()).await;
        gone += copy.keys().filter(|number| !whole.contains_key(*number)).count();
        expired += whole.values().filter(|rows| rows[0].iter().any(|cell| cell == "expired")).count();
        office.applied(&mut copy, of(&all, OpenSort::Hours8).unwrap()).await;
        assert_eq!(copy, whole, "seed {seed}, round {round}: the chain of deltas");
        // Twice is once.
        office.applied(&mut copy, of(&all, OpenSort::Hours8).unwrap()).await;
        assert_eq!(copy, whole);
        let long = of(&all, OpenSort::Days7).unwrap();
        if long.release.from_name == begun[0].release.name {
            let mut longer = first.clone();
            office.applied(&mut longer, long).await;
            assert_eq!(longer, whole, "seed {seed}, round {round}: one long delta");
            long_ones += 1;
        }
    }
    assert!(ids.len() > 6 && long_ones > 0, "too little happened: {} {long_ones}", ids.len());
    break_is_told(office).await;
    (gone, expired)
}

/// After a restore no delta starts from before it.
async fn break_is_told(office: &Office) {
    let operator = Ctx { actor: Actor::Operator("root".into()), door: Door::Command, ..office.ctx.clone() };
    office.app.raise_epoch(&operator).await.unwrap();
    let all = office.publish().await;
    assert_eq!(all[0].sort, OpenSort::Snapshot);
    assert!(all.iter().filter(|it| it.release.position.epoch == all[0].release.position.epoch).count() == 1);
}

#[tokio::test]
async fn days_that_come_are_told_once_whoever_asks_and_after_a_standstill_too() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let beside = node(&t.db, &office.clock).await;
        assert_eq!(office.app.tell_days().await.unwrap(), 0);
        let ends = office.assign(&takeover("212712050001")).await;
        let next =
            office.app.assign_form(&office.ctx, &renewal("262712050002", "212712050001")).await.unwrap();
        let revoked = office.assign(&takeover("212712050003")).await;
        office.act(revoked.certificate, StatusAct::Revoke).await.unwrap();
        let lone = office.assign(&takeover("212712050004")).await;
        // 2027-03-01 is the last day; the program stood still for a month around it.
        office.clock.advance(86_400 * 130);
        let (a, b) = tokio::join!(office.app.tell_days(), beside.tell_days());
        assert_eq!(
            a.unwrap() + b.unwrap(),
            3,
            "what ended, what replaces it, what expired; not what was revoked before"
        );
        assert_eq!(beside.tell_days().await.unwrap(), 0);
        let told = async |id: CertificateId| {
            let events =
                store::event::of_object((&t.db).into(), domain::Object::Certificate, id.0, 99).await.unwrap();
            let days = events.into_iter().filter(|it| it.kind == domain::EventKind::DayCame);
            days.map(|it| (it.effective.to_string(), it.actor.clone(), it.detail("word"))).collect::<Vec<_>>()
        };
        let one = |day: &str, word: &str| vec![(day.to_owned(), "system".to_owned(), word.to_owned())];
        assert_eq!(told(ends.certificate).await, one("2027-03-02", "superseded"));
        assert_eq!(told(next.certificate).await, one("2027-03-02", "valid"));
        assert_eq!(told(lone.certificate).await, one("2027-03-02", "expired"));
        assert!(told(revoked.certificate).await.is_empty());
        let stream =
            office.app.changes(&actor_of_stream(), app::Cursor::START, 1_000).await.unwrap().unwrap();
        assert_eq!(
            stream.events.iter().filter(|it| it.kind == "day_came").count(),
            3,
            "the stream tells it too"
        );
    })
    .await;
}

fn actor_of_stream() -> Ctx {
    actor(OURS, Role::Integration, 91)
}

#[tokio::test]
async fn nothing_of_authorities_that_were_never_opened_is_told_not_even_that_it_is_gone() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let written = office.assign(&first(1)).await;
        office.open(&Opened::Some([THEIRS].into())).await;
        office.publish().await;
        office.act(written.certificate, StatusAct::Annul).await.unwrap();
        for it in office.publish().await {
            assert_eq!(office.rows(&it).await, [const { Vec::<Vec<String>>::new() }; 3]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_slot_is_made_once_by_whichever_node_and_old_ones_go() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let beside = node(&t.db, &office.clock).await;
        office.assign(&first(1)).await;
        assert_eq!(office.app.queue_open_data().await.unwrap(), None, "the platform is not open");
        office.open(&Opened::All).await;
        let (a, b) = tokio::join!(office.app.queue_open_data(), beside.queue_open_data());
        assert!(a.unwrap().is_some() != b.unwrap().is_some(), "one of them queues it");
        office.work().await;
        let sorts =
            async || office.app.open_data().await.unwrap().iter().map(|it| it.sort).collect::<Vec<_>>();
        assert_eq!(sorts().await, [OpenSort::Snapshot], "the first time everything");
        office.clock.advance(8 * 3_600);
        assert!(office.app.queue_open_data().await.unwrap().is_some());
        office.work().await;
        // 00:00: midnight's slot has all.
        assert_eq!(sorts().await[..4].len(), 4);
        for _ in 0..10 {
            office.clock.advance(24 * 3_600);
            assert!(office.app.queue_open_data().await.unwrap().is_some());
            office.work().await;
        }
        let all = office.app.open_data().await.unwrap();
        let count = |sort| all.iter().filter(|it| it.sort == sort).count();
        assert_eq!((count(OpenSort::Snapshot), count(OpenSort::Hours8)), (8, 11));
        let kept: usize = all.iter().map(|it| it.files.len()).sum();
        let count = async |sql| t.db.query_one(sql, &[], |row| row.int(0)).await.unwrap();
        assert_eq!(count("select count(*) from open_file").await, Some(kept as i64));
        assert_eq!(count("select count(distinct file_id) from open_chunk").await, Some(kept as i64));
        assert_eq!(count("select count(*) from open_part").await, Some(0));
    })
    .await;
}

#[tokio::test]
async fn what_a_dead_worker_left_behind_is_cleared_away_and_made_anew() {
    on_both(async |t| {
        let office = office(&t.db).await;
        office.assign(&first(1)).await;
        office.open(&Opened::All).await;
        // Chunks of a file that no job makes any more.
        let tx = t.db.begin(app::Urgency::Act).await.unwrap();
        store::open_data::begin_parts(&tx, domain::JobId(4_711), &[900_000]).await.unwrap();
        store::open_data::put_chunk(&tx, 900_000, 0, vec![1, 2, 3]).await.unwrap();
        tx.commit().await.unwrap();
        office.publish().await;
        assert_eq!(store::open_data::chunk((&t.db).into(), 900_000, 0).await.unwrap(), None);
        assert!(store::open_data::abandoned((&t.db).into(), domain::JobId(4_711)).await.unwrap().is_empty());
    })
    .await;
}
