//! What was acknowledged survives `kill -9`; what was not is absent or whole (architecture.md 9, property 2).

use super::served::{LOGIN, PASSWORD, Place, Running, until};
use super::web::Officer;
use std::time::Duration;

/// Certificates of the file.
const CERTIFICATES: i64 = 2_400;
/// Capability rows of each.
const ROWS: i64 = 8;

/// Invented certificates as CSV: each second one brings its number, the others get one of the counter.
pub fn write_csv(place: &Place, certificates: i64) -> [&'static str; 2] {
    let mut heads = String::from(
        "序号,业务类型,证书编号,机构名称,法人类别,所属法人单位,所属法人代码,主管部门,机构地址,行政区划代码,领域代码,\
         行业代码,是否食品,许可程序,决定日期,决定文号,首次发证日期,发证日期,有效期起,有效期至\n",
    );
    let mut rows =
        String::from("对应证书,序号,大类,类别,产品/项目/参数,标准名称,标准编号,批准日期,是否食品\n");
    for n in 1..=certificates {
        let number = if n % 2 == 0 { format!("26271205{:04}", 5_000 + n) } else { String::new() };
        heads.push_str(&format!(
            "{n},首次,{number},示例检测中心{n},非独立法人,示例集团有限公司,91610113YL00000125,无,\
             陕西省西安市雁塔区示例路{n}号,610113,12,05,否,一般程序,2026-03-01,陕示许〔2026〕{n}号,2026-03-05,2026-03-05,\
             2026-03-05,2032-03-04\n"
        ));
        for row in 1..=ROWS {
            rows.push_str(&format!(
                "{n},1.{row},一、环境与环保,水和废水,示例项目{n}-{row},水质 示例方法{row},HJ {}-2020,2026-03-01,否\n",
                1_000 + row
            ));
        }
    }
    std::fs::write(place.path("证书.csv"), heads).expect("the folder can be written");
    std::fs::write(place.path("检测能力.csv"), rows).expect("the folder can be written");
    ["证书.csv", "检测能力.csv"]
}

/// Everything of the import is there, whole, once.
fn complete(place: &Place) {
    let count = |sql: &str| place.number(sql);
    assert_eq!(count("select count(*) from certificate"), CERTIFICATES);
    assert_eq!(count("select count(distinct number) from certificate"), CERTIFICATES, "a number twice");
    assert_eq!(count("select count(distinct code) from certificate"), CERTIFICATES, "a code twice");
    // The counter starts above the numbers that the file brings.
    let last = 262_712_055_000 + CERTIFICATES;
    let given = format!("select count(*) from certificate where number between '262712055001' and '{last}'");
    assert_eq!(count(&given), CERTIFICATES / 2, "a given number was lost");
    assert_eq!(count("select count(*) from edition"), CERTIFICATES);
    assert_eq!(count("select count(*) from scope"), CERTIFICATES * ROWS);
    let half = "select count(*) from certificate c where (select count(*) from scope s where s.certificate_id = c.id) <> 8
        or not exists (select 1 from edition e where e.certificate_id = c.id)
        or not exists (select 1 from event v where v.object = 'certificate' and v.object_id = c.id and v.kind = 'assign')";
    assert_eq!(count(half), 0, "half a certificate");
    assert_eq!(count("select count(*) from event where kind = 'assign'"), CERTIFICATES);
    assert_eq!(count("select count(*) from batch where state <> 'done'"), 0, "an import was left behind");
    assert_eq!(count("select count(*) from batch_line where outcome = 'fresh'"), CERTIFICATES);
    assert_eq!(count("select count(*) from batch_line"), CERTIFICATES);
    assert_eq!(count("select count(*) from reservation"), 0);
    assert_eq!(
        count(
            "select count(*) from event where position <> (select count(*) from event e2
        where e2.position <= event.position)"
        ),
        0,
        "a position is missing or twice"
    );
    let counted = place.texts(&format!("select number from certificate where number > '{last}'"));
    assert_eq!(counted.len() as i64, CERTIFICATES / 2);
    assert!(counted.iter().all(|number| number.starts_with("2627")), "{counted:?}");
}

/// Kills the import when a seeded number of certificates is written, or early, after a seeded time.
fn killed_in_the_middle(place: &Place, files: &[&str], round: i64) -> bool {
    let mut import = Running::start(&mut place.import(files)).expect("it starts");
    if round % 3 == 2 {
        std::thread::sleep(Duration::from_millis((round * 397 % 1_100 + 60) as u64));
    } else {
        let from = place.number("select count(*) from certificate");
        let more = round * 53 % 47 + 1;
        until("more is written", || {
            import.ended() || place.number("select count(*) from certificate") >= from + more
        });
    }
    let ended = import.ended();
    import.kill();
    !ended
}

#[test]
fn an_import_killed_again_and_again_ends_with_every_certificate_exactly_once() {
    let place = Place::open();
    let files = write_csv(&place, CERTIFICATES);
    let mut kills = 0;
    for round in 0..8 {
        kills += i64::from(killed_in_the_middle(&place, &files, round));
    }
    assert!(kills >= 3, "only {kills} kills struck: the file is too small for this machine");
    let output = place.import(&files).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    complete(&place);

    let events = place.number("select count(*) from event");
    let output = place.import(&files).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("以前已经导入过"), "{said}");
    complete(&place);
    assert_eq!(place.number("select count(*) from event"), events, "the same file again wrote something");
}

/// One certificate from the form, as the pages send it. Its address.
fn assign(officer: &Officer, n: usize) -> String {
    let reply = officer.post_parts("/office/drafts/new", &[("kind", "首次")]).expect("the server answers");
    assert_eq!(reply.status, 303, "{}", reply.body);
    let draft = reply.header("location").split('?').next().unwrap_or_default().to_owned();
    let (name, address, document) = (
        format!("样张检测中心{n}"),
        format!("陕西省西安市新城区样张路{n}号"),
        format!("陕示许〔2026〕单{n}号"),
    );
    let head = [
        ("_act", "save"),
        ("_step", "1"),
        ("_version", "1"),
        ("kind", "首次"),
        ("body_name", name.as_str()),
        ("legal_kind", "非独立法人"),
        ("parent_name", "样张集团有限公司"),
        ("parent_uscc", "91610102YL00000202"),
        ("department", "无"),
        ("address", address.as_str()),
        ("division", "610102"),
        ("domain", "12"),
        ("industry", "05"),
        ("food", "否"),
        ("procedure", "一般程序"),
        ("decision_day", "2026-03-01"),
        ("decision_number", document.as_str()),
        ("first_issued_on", "2026-03-05"),
        ("issued_on", "2026-03-05"),
        ("valid_from", "2026-03-05"),
        ("valid_to", "2032-03-04"),
    ];
    let rows = [
        ("_act", "save"),
        ("_step", "4"),
        ("_group", "capabilities"),
        ("_version", "2"),
        ("_offset", "0"),
        ("_shown", "0"),
        ("capabilities.0.item", "氨氮"),
        ("capabilities.0.standard_name", "水质 氨氮的测定"),
        ("capabilities.0.standard_number", "HJ 535-2009"),
        ("capabilities.0.approved_on", "2026-03-01"),
        ("capabilities.0.food", "否"),
    ];
    for step in [&head[..], &rows[..]] {
        let reply = officer.post(&draft, step).expect("the server answers");
        assert_eq!(reply.status, 303, "{}", reply.body);
    }
    let reply = officer.post(&format!("{draft}/assign"), &[("version", "3")]).expect("the server answers");
    let place = reply.header("location").to_owned();
    assert!(reply.status == 303 && place.starts_with("/office/assigned/"), "{place} {}", reply.body);
    place
}

#[test]
fn an_acknowledged_assignment_is_there_after_the_server_was_killed() {
    let place = Place::open();
    for round in 0..3 {
        let (server, port) = place.serve();
        let officer = Officer::sign_in(port, LOGIN, PASSWORD);
        let assigned = assign(&officer, round);
        server.kill();
        let id = assigned.rsplit('/').next().unwrap_or_default();
        let sql = format!("select count(*) from certificate c join edition e on e.certificate_id = c.id
            join event v on v.object = 'certificate' and v.object_id = c.id and v.kind = 'assign' where c.id = {id}");
        assert_eq!(place.number(&sql), 1, "{assigned} was acknowledged and is gone");
        assert_eq!(
            place.number("select count(*) from draft"),
            0,
            "the draft is used up in the same transaction"
        );
    }
    let (_server, port) = place.serve();
    let code = place.texts("select code from certificate order by id limit 1").remove(0);
    let reply = super::web::ask(port, "GET", &format!("/C/{code}"), &[], b"").expect("the server answers");
    assert!(reply.status == 200 && reply.body.contains("样张检测中心"), "{}", reply.body);
}

#[test]
fn an_import_and_single_assignments_at_the_same_time_both_complete() {
    let place = Place::open();
    let files = write_csv(&place, CERTIFICATES);
    let (_server, port) = place.serve();
    let officer = Officer::sign_in(port, LOGIN, PASSWORD);
    let mut import = Running::start(&mut place.import(&files)).expect("it starts");
    let mut singles = 0;
    while !import.ended() || singles < 5 {
        assign(&officer, singles);
        singles += 1;
    }
    assert!(import.end(), "the import failed beside the server");
    let all = CERTIFICATES + singles as i64;
    assert_eq!(place.number("select count(*) from certificate"), all);
    assert_eq!(place.number("select count(distinct number) from certificate"), all, "a number twice");
    assert_eq!(place.number("select count(*) from batch_line where outcome = 'fresh'"), CERTIFICATES);
    assert_eq!(place.number("select count(*) from event where kind = 'assign'"), all);
}
