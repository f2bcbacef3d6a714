//! 通报: figures that are those of a recount, a second person, a release that freezes, and what provinces say to it.

use super::*;
use app::{BulletinView, Declaring};
use domain::bulletin::{Aggregates, BulletinId, Indicator, Period, Reckoned, ReplyKind, State, Step, Value};
use domain::tally::{Agent, Dimension, Measure};
use domain::{EventKind, VerdictWord};
use store::tally::{Added, Of, Tally};
use store::testing::on_both;

fn nation(role: Role, id: i64) -> Ctx {
    actor(NATIONAL, role, id)
}

/// Who drafts, and who approves.
fn drafter() -> Ctx {
    nation(Role::Administrator, 801)
}

fn approver() -> Ctx {
    nation(Role::Supervision, 802)
}

fn officer(authority: AuthorityId) -> Ctx {
    actor(authority, Role::Supervision, authority.0 + 500)
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    match outcome {
        Err(AppError::Refused { message, hint }) => format!("{message}。{hint}"),
        other => panic!("{other:?}"),
    }
}

fn period() -> Period {
    Period::parse("2026-11").unwrap()
}

/// After the month in which the tests play.
fn over(office: &Office) {
    office.clock.advance(10 * 86_400);
}

async fn view(office: &Office, ctx: &Ctx, id: BulletinId) -> BulletinView {
    office.app.bulletin(ctx, id).await.unwrap()
}

fn value(view: &BulletinView, of: AuthorityId, indicator: Indicator) -> String {
    view.says(of, indicator).map(|value| indicator.says(value)).unwrap()
}

async fn step(office: &Office, ctx: &Ctx, id: BulletinId, step: Step) -> Result<()> {
    office.app.step_bulletin(ctx, id, None, (step, "示例原因")).await
}

async fn released(office: &Office) -> BulletinId {
    let id = office.app.draft_bulletin(&drafter(), period(), None).await.unwrap();
    step(office, &approver(), id, Step::Approve).await.unwrap();
    step(office, &drafter(), id, Step::Release).await.unwrap();
    id
}

/// Questions about the certificates of somebody on a day.
async fn asked(db: &Db, of: Of, on: Day, (measure, agent, word, n): (Measure, Agent, VerdictWord, u64)) {
    let mut hours = [0; store::tally::HOURS];
    (hours[9], hours[23]) = (n - 1, 1);
    let tally = Tally { of, day: on, value: word.key().into(), agent, hours };
    let tx = db.begin(app::Urgency::Act).await.unwrap();
    store::tally::add(&tx, vec![Added { measure, dimension: Dimension::Answer, tally }]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn declare(office: &Office, of: AuthorityId, on: &str, certificates: &str) {
    let new = Declaring { day: on.into(), certificates: certificates.into() };
    office.app.declare(&officer(of), &new).await.unwrap();
}

#[tokio::test]
async fn its_figures_are_those_of_a_recount() {
    on_both(async |t| {
        let office = office(&t.db).await.with_suspension().await;
        // Decided on the 2nd, coded on the 22nd: 20 days. One taken over; one suspended before the end of the month and
        // resumed after it; one revoked after it; one annulled.
        let mut form = first(1);
        for field in [Field::DecisionDay, Field::FirstIssuedOn, Field::IssuedOn, Field::ValidFrom] {
            form.set(field, "2026-11-20");
        }
        form.set(Field::ValidTo, "2032-11-19");
        let fast = office.assign(&form).await;
        let slow = office.assign(&first(2)).await;
        let revoked = office.assign(&first(3)).await;
        let annulled = office.assign(&first(4)).await;
        office.assign(&takeover("202712050005")).await;
        office.act(slow.certificate, StatusAct::Suspend).await.unwrap();
        office.act(annulled.certificate, StatusAct::Annul).await.unwrap();
        let on = day("2026-11-30");
        declare(&office, OURS, "2026-10-31", "7").await;
        over(&office);
        declare(&office, OURS, "2026-11-30", "9").await;
        declare(&office, OURS, "", "4").await;
        office.act(slow.certificate, StatusAct::Resume).await.unwrap();
        office.act(revoked.certificate, StatusAct::Revoke).await.unwrap();
        for (of, what) in [
            (Of::Authority(OURS), (Measure::Scan, Agent::Person, VerdictWord::Valid, 40)),
            (Of::Authority(OURS), (Measure::Scan, Agent::Person, VerdictWord::Revoked, 2)),
            (Of::Authority(OURS), (Measure::Scan, Agent::Machine, VerdictWord::Revoked, 500)),
            (Of::Authority(OURS), (Measure::Verdict, Agent::Person, VerdictWord::Valid, 5)),
            (Of::Authority(OURS), (Measure::Batch, Agent::Person, VerdictWord::Expired, 3)),
            (Of::Nobody, (Measure::Scan, Agent::Person, VerdictWord::Unknown, 8)),
            (Of::Nation, (Measure::Scan, Agent::Person, VerdictWord::Valid, 50)),
        ] {
            asked(&t.db, of, on, what).await;
        }
        asked(&t.db, Of::Authority(OURS), day("2026-12-01"), (Measure::Scan, Agent::Person, VerdictWord::Valid, 9))
            .await;
        let sql = "insert into quality_day (day, authority_id, rule, certificates, rows) values ($1, 28, $2, $3, $4)";
        let tx = t.db.begin(app::Urgency::Act).await.unwrap();
        for (on, rule, certificates, rows) in [
            ("2026-11-10", "", 9, 90),
            ("2026-11-29", "", 5, 400),
            ("2026-11-29", "item_missing", 2, 6),
            ("2026-11-29", "signatory_none", 1, 1),
        ] {
            let args: [store::Val; 4] = [day(on).number().into(), rule.into(), i64::from(certificates).into(), i64::from(rows).into()];
            tx.exec(sql, &args).await.unwrap();
        }
        tx.commit().await.unwrap();

        let id = office.app.draft_bulletin(&drafter(), period(), None).await.unwrap();
        let view = view(&office, &drafter(), id).await;
        use Indicator as I;
        for (indicator, expected) in [
            // In force on the 30th: the fast one, the one revoked later, the one taken over; not the suspended one.
            (I::InForce, "3"),
            (I::Coded, "4"),
            (I::TakenOver, "1"),
            (I::Declared, "4"),
            (I::Coverage, "75.0%"),
            // 2, 20 and 20 days.
            (I::MedianDays, "20"),
            (I::Timely, "33.3%"),
            (I::Problems, "17.5"),
            (I::Faulty, "60.0"),
            (I::Incomplete, "20.0"),
            (I::Scans, "42"),
            (I::Queries, "8"),
            (I::Machines, "500"),
            (I::Failures, "5"),
        ] {
            assert_eq!(value(&view, OURS, indicator), expected, "{} {}", indicator.label(), t.engine);
        }
        let nation = |of: Indicator| of.says(view.shown.nation.value(of));
        assert_eq!((nation(I::Scans), nation(I::Failures)), ("50".into(), "13".into()));
        assert_eq!(value(&view, THEIRS, I::Coverage), "未申报");
        assert_eq!(value(&view, THEIRS, I::Problems), "未检查");
        let own = view.shown.lines.iter().find(|line| line.authority == Some(OURS)).unwrap();
        assert_eq!(own.cell(I::Declared).before, Value::Count(7), "the period before is counted alike");
        assert_eq!(own.cell(I::Coded).before, Value::Count(0));
        assert!(own.cell(I::Coverage).placing.is_some_and(|it| it.rank == 1 && it.of == 1));
        assert!(view.text.contains("新赋码4张，其中存量1张；截至2026年11月30日，有效证书3张"), "{}", view.text);
        // From the aggregates alone all of it is made again.
        let again = Aggregates::read(&view.bulletin.aggregates).unwrap();
        assert_eq!(Reckoned::of(&again), view.shown);
        // What the public is told of the same day is the same.
        for (written, word) in [(&fast, VerdictWord::Valid), (&slow, VerdictWord::Suspended), (&revoked, VerdictWord::Valid)] {
            assert_eq!(office.word(&written.number, on).await, word);
        }
    })
    .await;
}

#[tokio::test]
async fn it_is_approved_by_a_second_person_and_frozen_by_its_release() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let app = &office.app;
        assert!(refusal(app.draft_bulletin(&drafter(), period(), None).await).contains("还没有过完"));
        over(&office);
        let id = app.draft_bulletin(&drafter(), period(), None).await.unwrap();
        assert!(refusal(app.draft_bulletin(&approver(), period(), None).await).contains("起草中"));
        assert!(refusal(step(&office, &drafter(), id, Step::Approve).await).contains("不能审定"));
        assert!(refusal(step(&office, &approver(), id, Step::Release).await).contains("先由另一人审定"));
        // Nobody else knows of a draft.
        for ctx in [officer(OURS), nation(Role::Viewer, 803)] {
            assert!(matches!(app.bulletin(&ctx, id).await, Err(AppError::NotFound)));
            assert_eq!(app.bulletins(&ctx, None, 9).await.unwrap(), []);
        }

        let seen = view(&office, &drafter(), id).await.at();
        let words = ("示例通报", "一、概况\n　示例正文\n\n第二段");
        app.edit_bulletin(&drafter(), id, seen, words).await.unwrap();
        let overtaken = app.edit_bulletin(&drafter(), id, seen, words).await;
        assert!(refusal(overtaken).contains("被别人办理过"));
        let seen = view(&office, &drafter(), id).await.at();
        assert!(refusal(app.edit_bulletin(&drafter(), id, seen, ("", "x")).await).contains("不能为空"));
        let edited = view(&office, &drafter(), id).await;
        assert_eq!((edited.title.as_str(), edited.text.as_str()), ("示例通报", "一、概况\n示例正文\n第二段"));

        step(&office, &approver(), id, Step::Approve).await.unwrap();
        let seen = view(&office, &drafter(), id).await.at();
        assert!(refusal(app.edit_bulletin(&drafter(), id, seen, words).await).contains("先退回起草"));
        step(&office, &approver(), id, Step::Return).await.unwrap();
        step(&office, &approver(), id, Step::Approve).await.unwrap();
        step(&office, &drafter(), id, Step::Release).await.unwrap();
        for again in [Step::Release, Step::Discard, Step::Return] {
            assert!(refusal(step(&office, &drafter(), id, again).await).contains("起草更正版"), "{again:?}");
        }
        let seen = view(&office, &drafter(), id).await.at();
        assert!(refusal(app.edit_bulletin(&drafter(), id, seen, words).await).contains("不能改动"));

        // What happens after it changes nothing of it.
        let before = view(&office, &officer(OURS), id).await;
        office.assign(&first(1)).await;
        declare(&office, OURS, "2026-11-30", "9").await;
        let after = view(&office, &officer(OURS), id).await;
        assert_eq!((before.shown, before.text, before.state), (after.shown, after.text, State::Released));
        let events = app.events(&drafter(), None, None).await.unwrap();
        let kinds: Vec<EventKind> =
            events.iter().rev().filter(|it| it.detail("object") == "bulletin").map(|it| it.kind).collect();
        use EventKind as E;
        let way = [
            E::BulletinDraft,
            E::BulletinEdit,
            E::BulletinApprove,
            E::BulletinReturn,
            E::BulletinApprove,
            E::BulletinRelease,
        ];
        assert_eq!(kinds, way);
        let release = events.iter().find(|it| it.kind == E::BulletinRelease).unwrap();
        assert_eq!(release.detail("aggregates_sha256").len(), 64);
    })
    .await;
}

#[tokio::test]
async fn a_released_one_comes_to_every_province_which_signs_disputes_and_is_answered() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let app = &office.app;
        over(&office);
        declare(&office, OURS, "", "4").await;
        let id = released(&office).await;
        for of in [OURS, THEIRS] {
            assert_eq!(app.unsigned_bulletins(&officer(of)).await.unwrap(), [id]);
            let listed = app.bulletins(&officer(of), None, 9).await.unwrap();
            assert_eq!((listed[0].id, listed[0].signed), (id, Some(false)));
        }
        assert_eq!(app.unsigned_bulletins(&drafter()).await.unwrap(), [], "the nation is not sent its own");
        let seen = view(&office, &drafter(), id).await;
        let provinces = app.tables().authorities.len() - 1;
        assert_eq!(seen.receipts.len(), provinces);
        assert!(seen.receipts.iter().all(|it| it.signed.is_none()));

        assert!(app.sign_bulletin(&officer(THEIRS), id).await.unwrap());
        assert!(!app.sign_bulletin(&officer(THEIRS), id).await.unwrap(), "once");
        assert_eq!(app.unsigned_bulletins(&officer(THEIRS)).await.unwrap(), []);
        let reply =
            async |ctx: &Ctx, kind, figure, text| app.reply_bulletin(ctx, id, (kind, figure, text)).await;
        let (answer, dispute) = (ReplyKind::Answer, ReplyKind::Dispute);
        assert!(refusal(reply(&officer(OURS), dispute, "", "示例").await).contains("没有选择"));
        assert!(refusal(reply(&officer(OURS), answer, "", " ").await).contains("没有填写"));
        let disputed = reply(&officer(OURS), dispute, "declared", "申报数应为5").await.unwrap();
        reply(&officer(THEIRS), answer, "", "已核对").await.unwrap();
        assert_eq!(app.unsigned_bulletins(&officer(OURS)).await.unwrap(), [], "who replies has it");

        let all = view(&office, &drafter(), id).await;
        assert_eq!(all.replies.len(), 2);
        let it = &all.replies[0];
        assert_eq!((it.authority, it.kind, it.figure.as_str()), (OURS, dispute, "declared"));
        assert_eq!(all.says(OURS, Indicator::Declared), Some(Value::Count(4)));
        app.answer_reply(&drafter(), id, disputed, "将出更正版").await.unwrap();
        assert!(refusal(app.answer_reply(&drafter(), id, disputed, "再答").await).contains("已经答复"));
        assert!(matches!(app.answer_reply(&drafter(), id, 99, "x").await, Err(AppError::NotFound)));
        let own = view(&office, &officer(OURS), id).await;
        assert_eq!(own.replies.len(), 1, "a province reads its own words");
        assert_eq!(own.receipts.len(), 1);
        assert_eq!(own.replies[0].answer.as_ref().unwrap().0, "将出更正版");

        // The correction is a new edition that names the old one.
        assert!(refusal(app.draft_bulletin(&drafter(), period(), None).await).contains("已经发布"));
        declare(&office, OURS, "", "5").await;
        let new = app.correct_bulletin(&drafter(), id).await.unwrap();
        assert_eq!(view(&office, &officer(OURS), id).await.corrected_by, None, "not while it is a draft");
        step(&office, &approver(), new, Step::Approve).await.unwrap();
        step(&office, &approver(), new, Step::Release).await.unwrap();
        let corrected = view(&office, &officer(OURS), new).await;
        assert_eq!((corrected.aggregates.edition, corrected.aggregates.corrects), (2, Some(id)));
        assert!(corrected.title.contains("第2版") && corrected.corrects.is_some_and(|(old, _)| old == id));
        assert_eq!(value(&view(&office, &officer(OURS), new).await, OURS, Indicator::Declared), "5");
        let old = view(&office, &officer(OURS), id).await;
        assert_eq!((old.corrected_by, value(&old, OURS, Indicator::Declared)), (Some(new), "4".into()));
        assert_eq!(app.unsigned_bulletins(&officer(OURS)).await.unwrap(), [new]);
        assert!(refusal(app.correct_bulletin(&drafter(), id).await).contains("不能更正"));

        let no_reason = app.step_bulletin(&drafter(), new, None, (Step::Withdraw, " ")).await;
        assert!(refusal(no_reason).contains("没有填写原因"));
        step(&office, &drafter(), new, Step::Withdraw).await.unwrap();
        assert_eq!(view(&office, &officer(OURS), new).await.state, State::Withdrawn);
        assert_eq!(
            app.unsigned_bulletins(&officer(OURS)).await.unwrap(),
            [],
            "nobody signs for what was taken back"
        );
        let third = app.draft_bulletin(&drafter(), period(), None).await.unwrap();
        assert_eq!(view(&office, &drafter(), third).await.aggregates.edition, 3);
        step(&office, &drafter(), third, Step::Discard).await.unwrap();
        app.draft_bulletin(&drafter(), period(), None).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn who_may_do_what_with_a_bulletin_is_what_the_table_of_rights_says() {
    on_both(rights).await;
}

async fn rights(t: store::testing::TestDb) {
    let office = office(&t.db).await;
    let app = &office.app;
    over(&office);
    let id = released(&office).await;
    for role in Role::ALL {
        let (national, provincial) = (nation(role, 900), actor(OURS, role, 901));
        let writes = matches!(role, Role::Administrator | Role::Supervision);
        let other = Period::parse("2026-10").unwrap();
        let drafted = app.draft_bulletin(&national, other, None).await;
        assert_eq!(drafted.is_ok(), writes, "{role:?}");
        if let Ok(draft) = drafted {
            step(&office, &national, draft, Step::Discard).await.unwrap();
        }
        assert!(matches!(app.draft_bulletin(&provincial, other, None).await, Err(AppError::Forbidden)));
        for ctx in [&national, &provincial] {
            assert!(app.bulletin(ctx, id).await.is_ok(), "{role:?} reads what was released");
            assert!(app.bulletin_pdf(ctx, id).await.is_ok());
        }
        assert_eq!(app.sign_bulletin(&provincial, id).await.is_ok(), writes, "{role:?}");
        let reply = (ReplyKind::Answer, "", "示例");
        assert_eq!(app.reply_bulletin(&provincial, id, reply).await.is_ok(), writes, "{role:?}");
        let declared =
            app.declare(&provincial, &Declaring { day: String::new(), certificates: "1".into() }).await;
        assert_eq!(declared.is_ok(), writes || role == Role::Licensing, "{role:?}");
        for taking in [Step::Withdraw, Step::Approve] {
            let done = step(&office, &provincial, id, taking).await;
            assert!(matches!(done, Err(AppError::Forbidden)), "{role:?} {done:?}");
        }
    }
    assert!(matches!(
        app.bulletins(&Ctx { actor: Actor::Public, ..drafter() }, None, 9).await,
        Err(AppError::Forbidden)
    ));
    for (on, what) in [("2026-11-29", "不是月末"), ("2026-12-31", "还没有过完"), ("昨天", "不是可识别的日期")]
    {
        let new = Declaring { day: on.into(), certificates: "1".into() };
        assert!(refusal(app.declare(&officer(OURS), &new).await).contains(what), "{on}");
    }
    for wrong in ["-1", "1.5", "很多", "9999999", ""] {
        let new = Declaring { day: String::new(), certificates: wrong.into() };
        let what = if wrong.is_empty() { "没有填写有效证书张数" } else { "不是证书张数" };
        assert!(refusal(app.declare(&officer(OURS), &new).await).contains(what), "{wrong}");
    }
    let both = Declaring { day: "2026-11-29".into(), certificates: "很多".into() };
    let all = refusal(app.declare(&officer(OURS), &both).await);
    assert!(all.contains("不是月末") && all.contains("不是证书张数"), "{all}");
}

/// All texts of a PDF, without line breaks and blanks.
fn text_of(pdf: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let out = std::process::Command::new("pdftotext")
        .args(["-layout", "-enc", "UTF-8"])
        .arg(file.path())
        .arg("-")
        .output();
    let out = out.expect("poppler-utils is installed");
    assert!(out.status.success());
    String::from_utf8(out.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn workbook_and_paper_say_what_the_page_says() {
    on_both(written).await;
}

async fn written(t: store::testing::TestDb) {
    use calamine::{Data, Reader};
    let office = office(&t.db).await;
    office.assign(&first(1)).await;
    office.assign(&takeover("202712050005")).await;
    over(&office);
    declare(&office, OURS, "", "7").await;
    let on = day("2026-11-30");
    asked(&t.db, Of::Authority(OURS), on, (Measure::Scan, Agent::Person, VerdictWord::Valid, 1_234)).await;
    let draft = office.app.draft_bulletin(&drafter(), period(), None).await.unwrap();
    let sample = text_of(&office.app.bulletin_pdf(&drafter(), draft).await.unwrap());
    assert!(sample.contains("样 张") && sample.contains("起草中，未发布"), "{sample}");
    step(&office, &drafter(), draft, Step::Discard).await.unwrap();
    let id = released(&office).await;
    let view = view(&office, &officer(OURS), id).await;

    let book = office.app.bulletin_book(&officer(OURS), id).await.unwrap();
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(book)).unwrap();
    assert_eq!(book.sheet_names(), ["指标", "排名", "说明", "数据"]);
    let figures = book.worksheet_range("指标").unwrap();
    let lines = view.shown.lines.iter().chain([&view.shown.nation]);
    for (row, line) in (2..).zip(lines) {
        assert_eq!(figures.get_value((row, 0)).unwrap().to_string(), line.name);
        for (column, cell) in (1..).zip(&line.cells) {
            let told = match (figures.get_value((row, column)), cell.value.tenths()) {
                (Some(Data::Float(number)), Some(tenths)) => (number * 10.0).round() as u64 == tenths,
                (Some(Data::String(text)), None) => *text == cell.value.text(),
                _ => false,
            };
            assert!(told, "{} {:?}", line.name, cell);
        }
    }
    let ranks = book.worksheet_range("排名").unwrap();
    let ranked = Indicator::ranked().map(|of| view.shown.ranking(of).len()).sum::<usize>();
    assert_eq!(ranks.height(), ranked + 1);
    let data = book.worksheet_range("数据").unwrap();
    let mut bytes = String::new();
    for row in data.rows() {
        let fields: Vec<String> = row.iter().map(ToString::to_string).collect();
        bytes += fields.join("\t").trim_end_matches('\t');
        bytes.push('\n');
    }
    assert_eq!(bytes.as_bytes(), view.bulletin.aggregates, "the workbook holds what the digest is of");
    assert_eq!(Aggregates::digest(bytes.as_bytes()), view.bulletin.digest);

    let pdf = office.app.bulletin_pdf(&officer(OURS), id).await.unwrap();
    assert_eq!(pdf, office.app.bulletin_pdf(&officer(OURS), id).await.unwrap(), "the same bytes each time");
    let text = text_of(&pdf);
    assert!(!text.contains("样 张"));
    let close = |text: &str| text.replace(' ', "");
    for line in view.shown.lines.iter().chain([&view.shown.nation]) {
        for (label, of) in domain::bulletin::PARTS {
            let cells =
                domain::bulletin::columns(of).map(|column| column.text(line)).filter(|it| !it.is_empty());
            let row = std::iter::once(line.short_name.clone()).chain(cells).collect::<Vec<_>>().join(" ");
            assert!(close(&text).contains(&close(&row)), "{label} {row}: {text}");
        }
    }
    assert!(text.contains("1,234"));
    for of in Indicator::ALL {
        assert!(close(&text).contains(&format!("{}（{}）", of.label(), of.unit())), "{}", of.label());
    }
    if let Some(folder) = std::env::var_os("FUMA_GALLERY") {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(std::path::Path::new(&folder).join("bulletin.pdf"), &pdf).unwrap();
    }
}
