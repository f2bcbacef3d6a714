//! A bulletin on the month of the replay, in every form it is served in, held to the recount.

use super::recount::{NATION, Recount, VERDICTS};
use super::shown::{captioned, sheets};
use super::table::{Due, Shown, Table, differences};
use crate::testing::{Caller, NATIONAL, OURS, Town};
use app::Ctx;
use domain::bulletin::{BulletinId, Step};
use domain::{AccountId, Actor, Day, Door, Level, Role, group_digits};
use serde_json::Value;

/// The columns of what the public asked, and their words in JSON.
const COLUMNS: [(&str, &str); 4] =
    [("扫码", "scans"), ("查真", "queries"), ("程序查询", "machines"), ("未通过", "failures")];
/// How many of them are ranked: the first.
const RANKED: usize = 2;

/// What was asked about one authority, in the order of [`COLUMNS`].
type Asked = [u64; 4];

/// What the bulletin says of one authority.
struct Line {
    name: String,
    short_name: String,
    asked: Asked,
    /// Its places by what is ranked; none of the national level.
    places: Option<[u64; RANKED]>,
}

fn asked(recount: &Recount, of: i64, days: (Day, Day)) -> Asked {
    let split = |measure| recount.split(measure, of, days);
    let [scan, verdict, batch] = VERDICTS.map(split);
    let [failures, _] = recount.not_valid(of, days);
    [scan[0], verdict[0] + batch[0], scan[1] + verdict[1] + batch[1], failures]
}

/// The authorities in their order, and the nation.
fn lines(recount: &Recount, days: (Day, Day)) -> Vec<Line> {
    let authorities = &recount.tables.authorities;
    let provinces = || authorities.iter().filter(|it| it.level == Level::Provincial);
    let place = |own: &Asked, at: usize| {
        provinces().filter(|it| asked(recount, it.id.0, days)[at] > own[at]).count() as u64 + 1
    };
    let line = |it: &domain::Authority| {
        let own = asked(recount, it.id.0, days);
        let ranked = it.level == Level::Provincial;
        Line {
            name: it.name.clone(),
            short_name: it.short_name.clone(),
            asked: own,
            places: ranked.then(|| [place(&own, 0), place(&own, 1)]),
        }
    };
    let (name, short_name) = ("全国".to_owned(), "全国".to_owned());
    let nation = Line { name, short_name, asked: asked(recount, NATION, days), places: None };
    authorities.iter().map(line).chain([nation]).collect()
}

/// As a place is shown: nobody was asked about in the month before, so all were first in it.
fn place_text(place: u64) -> String {
    if place == 1 { "1（—）".into() } else { format!("{place}（↓{}）", place - 1) }
}

fn page_table(lines: &[Line]) -> Table {
    let mut table = Table::new("page", &["机关"]);
    for (at, (label, _)) in COLUMNS.iter().enumerate() {
        table.head.push((*label).into());
        table.head.extend((at < RANKED).then(|| "名次".to_owned()));
    }
    let row = |line: &Line| {
        let mut row = vec![Due::Text(line.short_name.clone())];
        for (at, n) in line.asked.iter().enumerate() {
            row.push(Due::count(*n));
            let place = line.places.map_or(String::new(), |it| place_text(it[at.min(RANKED - 1)]));
            row.extend((at < RANKED).then_some(Due::Text(place)));
        }
        row
    };
    table.rows = lines.iter().map(row).collect();
    table
}

fn book_table(lines: &[Line]) -> Table {
    let mut table = Table::new("指标", &["机关"]);
    table.head.extend(COLUMNS.map(|(label, _)| format!("{label}（次）")));
    let row =
        |line: &Line| [Due::Text(line.name.clone())].into_iter().chain(line.asked.map(Due::count)).collect();
    table.rows = lines.iter().map(row).collect();
    table
}

/// The sheet 指标 with the columns of what was asked.
fn of_figures(sheet: &[Vec<String>]) -> Shown {
    let head = &sheet[1];
    let own = |at: &usize| *at == 0 || COLUMNS.iter().any(|(label, _)| head[*at] == format!("{label}（次）"));
    let columns: Vec<usize> = (0..head.len()).filter(own).collect();
    let pick = |row: &Vec<String>| columns.iter().map(|at| row[*at].clone()).collect();
    Shown { key: String::new(), head: pick(head), rows: Some(sheet[2..].iter().map(pick).collect()) }
}

fn ranking_table(lines: &[Line]) -> Table {
    let head = ["指标", "名次", "机关", "数值", "上期数值", "上期名次", "名次变化"];
    let mut table = Table::new("排名", &head);
    for (at, (label, _)) in COLUMNS.iter().take(RANKED).enumerate() {
        let placed = lines.iter().filter_map(|line| Some((line.places?[at], line)));
        let mut all: Vec<(u64, &Line)> = placed.collect();
        all.sort_by_key(|(place, _)| *place);
        let row = |(place, line): (u64, &Line)| {
            vec![
                Due::Text(format!("{label}（次）")),
                Due::count(place),
                Due::Text(line.name.clone()),
                Due::count(line.asked[at]),
                Due::Number(0),
                Due::Number(1),
                Due::change(1, place),
            ]
        };
        table.rows.extend(all.into_iter().map(row));
    }
    table
}

/// The sheet 排名, of what was asked.
fn of_rankings(sheet: &[Vec<String>]) -> Shown {
    let ranked = |row: &&Vec<String>| COLUMNS.iter().any(|(label, _)| row[0] == format!("{label}（次）"));
    let rows = sheet[1..].iter().filter(ranked).cloned().collect();
    Shown { key: String::new(), head: sheet[0].clone(), rows: Some(rows) }
}

/// The JSON of a bulletin as the sheet 指标 with places behind what is ranked.
fn of_json(told: &Value) -> Shown {
    let row = |line: &Value| {
        let mut row = vec![line["name"].as_str().unwrap().to_owned()];
        for (_, key) in COLUMNS {
            row.push(line["figures"][key]["value"].to_string());
        }
        for (_, key) in &COLUMNS[..RANKED] {
            row.push(line["figures"][key]["rank"].as_u64().map(|n| n.to_string()).unwrap_or_default());
        }
        row
    };
    let lines = told["authorities"].as_array().unwrap().iter().chain([&told["nation"]]);
    Shown { rows: Some(lines.map(row).collect()), ..Shown::default() }
}

fn json_table(lines: &[Line]) -> Table {
    let mut table = Table { head: Vec::new(), ..book_table(lines) };
    for (row, line) in table.rows.iter_mut().zip(lines) {
        let place = |at: usize| line.places.map_or(Due::Nothing, |it| Due::count(it[at]));
        row.extend((0..RANKED).map(place));
    }
    Table { key: "json", ..table }
}

/// What is kept of a bulletin, read by eye: what was asked about each authority, and about none.
fn of_aggregates(text: &str) -> Shown {
    let (mut rows, mut name) = (Vec::new(), String::new());
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let asked = || fields[fields.len() - 4..].iter().map(|it| (*it).to_owned());
        match fields[..] {
            ["authority", .., its] => name = its.to_owned(),
            ["counts", "now", ..] => rows.push([name.clone()].into_iter().chain(asked()).collect()),
            ["nobody", "now", ..] => rows.push(["".to_owned()].into_iter().chain(asked()).collect()),
            _ => {}
        }
    }
    Shown { rows: Some(rows), ..Shown::default() }
}

fn aggregates_table(lines: &[Line], recount: &Recount, days: (Day, Day)) -> Table {
    let mut table = Table { key: "aggregates", head: Vec::new(), ..book_table(lines) };
    table.rows.pop();
    let nobody = asked(recount, 0, days).map(Due::count);
    table.rows.push([Due::Nothing].into_iter().chain(nobody).collect());
    table
}

/// The figures of a province on its own page of the bulletin.
fn own_table(line: &Line, ranked: usize) -> Table {
    let mut table = Table::new("own", &["指标", "本期", "名次", "上期"]);
    for (at, (label, _)) in COLUMNS.iter().enumerate() {
        let place = line.places.filter(|_| at < RANKED).map(|it| it[at]);
        let place = place.map(|it| format!("第 {} 名，共 {ranked} 个", place_text(it))).unwrap_or_default();
        let figures = [Due::count(line.asked[at]), Due::Text(place), Due::Number(0)];
        table.rows.push([Due::Text((*label).into())].into_iter().chain(figures).collect());
    }
    table
}

/// A second person of the national level.
fn second() -> Ctx {
    let (authority, level, role) = (NATIONAL, Level::National, Role::Supervision);
    let actor = Actor::Account { id: AccountId(9_001), authority, level, role };
    Ctx { actor, door: Door::Form, request_id: "t".into(), source: "192.0.2.1".into() }
}

impl Town {
    /// Drafts and releases the bulletin on a month that is over, and tells what it says otherwise than it must: on its page as a draft
    /// and as a province sees it, in its workbook, its JSON, its data and its text.
    pub async fn bulletin_differences(
        &self,
        recount: &Recount,
        month: &str,
        days: (Day, Day),
    ) -> Vec<String> {
        let lines = lines(recount, days);
        let made = self.post(Caller::NationalAdmin, "/office/bulletins", &[("period", month)]).await;
        assert_eq!(made.status, 303, "{}", made.text());
        let page = made.location.split('?').next().unwrap().to_owned();
        let id = BulletinId(page.rsplit('/').next().unwrap().parse().unwrap());
        let mut wrong = Vec::new();
        let draft = self.get(Caller::NationalAdmin, &page).await.text();
        wrong.extend(differences("bulletin draft", &[page_table(&lines)], &[captioned(&draft, "公众查询")]));
        let [scans, queries, machines, failures] = lines.last().unwrap().asked.map(group_digits);
        let said = [format!("公众扫码{scans}次"), format!("其中未通过{failures}次；程序查询{machines}次。")];
        let said = said.into_iter().chain([format!("查真{queries}次")]);
        wrong.extend(said.filter(|it| !draft.contains(it)).map(|it| format!("bulletin text: no “{it}”")));
        for step in [Step::Approve, Step::Release] {
            self.app.step_bulletin(&second(), id, None, (step, "")).await.unwrap();
        }
        let released = self.get(Caller::Viewer, &page).await.text();
        wrong.extend(differences(
            "bulletin page",
            &[page_table(&lines)],
            &[captioned(&released, "公众查询")],
        ));
        let own = recount.tables.authorities.iter().position(|it| it.id == OURS).unwrap();
        let mut shown = captioned(&released, "本机关的指标");
        // It holds all figures; what was asked is told last.
        shown.rows = shown.rows.map(|rows| rows[rows.len() - COLUMNS.len()..].to_vec());
        let ranked = lines.iter().filter(|line| line.places.is_some()).count();
        wrong.extend(differences("bulletin page", &[own_table(&lines[own], ranked)], &[shown]));
        let file = async |name: &str| self.get(Caller::Viewer, &format!("{page}/{name}")).await;
        let text = file("aggregates.txt").await.text();
        let due = aggregates_table(&lines, recount, days);
        wrong.extend(differences("bulletin", &[due], &[of_aggregates(&text)]));
        let told = serde_json::from_slice(&file("bulletin.json").await.bytes).unwrap();
        wrong.extend(differences("bulletin", &[json_table(&lines)], &[of_json(&told)]));
        let sheets = sheets(file("bulletin.xlsx").await.bytes);
        let sheet = |name: &str| &sheets.iter().find(|it| it.0 == name).unwrap().1;
        let due = [book_table(&lines), ranking_table(&lines)];
        let shown = [of_figures(sheet("指标")), of_rankings(sheet("排名"))];
        wrong.extend(differences("bulletin xlsx", &due, &shown));
        // The data goes with the workbook, so that everything can be made again from it.
        let rows = sheet("数据").iter().map(|row| row.join("\t").trim_end_matches('\t').to_owned() + "\n");
        wrong.extend(
            (rows.collect::<String>() != text).then(|| "bulletin xlsx: 数据 is other data".to_owned()),
        );
        wrong
    }
}
