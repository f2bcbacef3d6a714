//! A province's own approval system: what it sends is coded once, whatever breaks on the way, and each side finds what the
//! other lacks.

use super::*;
use app::{
    CallAct, Claimed, ClientSpec, CollectAsk, Cursor, Effect, ItemAnswer, ItemOutcome, Mode, TokenAsk,
    TokenError, Urgency,
};
use domain::{Grants, Secret};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use store::testing::on_both;

/// An office in networked mode with a system of its own.
struct Desk {
    office: Office,
    /// The system, with every grant.
    system: Ctx,
    public_id: String,
    secret: Secret,
}

fn spec(grants: &str) -> ClientSpec {
    ClientSpec {
        name: "示例审批系统".into(),
        grants: Grants::parse(grants).unwrap(),
        ..ClientSpec::default()
    }
}

async fn mode(office: &Office, mode: Mode) {
    let settings = app::AuthoritySettings { mode, ..Default::default() };
    office.app.set_settings(&actor(OURS, Role::Administrator, 9), &settings).await.unwrap();
}

async fn desk(db: &Db) -> Desk {
    let office = office(db).await;
    mode(&office, Mode::Networked).await;
    let admin = actor(OURS, Role::Administrator, 9);
    let all = ClientSpec { grants: Grants::all(), ..spec("read") };
    let id = office.app.create_client(&admin, OURS, &all).await.unwrap();
    let issued = office.app.issue_secret(&admin, id).await.unwrap();
    let asked = TokenAsk { public_id: issued.public_id.clone(), secret: issued.secret.clone(), scope: None };
    let system = enter(&office, &asked).await;
    Desk { office, system, public_id: issued.public_id, secret: issued.secret }
}

fn stranger() -> Ctx {
    Ctx { actor: Actor::Public, door: Door::Interface, ..actor(OURS, Role::Viewer, 0) }
}

async fn enter(office: &Office, asked: &TokenAsk) -> Ctx {
    let token = office.app.give_token(&stranger(), asked).await.unwrap().unwrap();
    let caller = office.app.caller(&token.token, "192.0.2.1").await.unwrap();
    caller.ctx("r".into(), "192.0.2.1".into())
}

/// A form as a system sends it.
fn item(record: &str, form: &Form) -> Value {
    let mut item = serde_json::to_value(form).unwrap();
    item["record_id"] = json!(record);
    let members = item.as_object_mut().unwrap();
    members.remove("absent");
    members.retain(|_, value| value.as_array().is_none_or(|rows| !rows.is_empty()));
    item
}

impl Desk {
    async fn call(&self, act: CallAct, items: Vec<Value>) -> Vec<ItemAnswer> {
        self.office.app.call_items(&self.system, act, items, Urgency::Act).await.unwrap()
    }

    async fn one(&self, act: CallAct, item: Value) -> ItemAnswer {
        self.call(act, vec![item]).await.pop().unwrap()
    }

    async fn assigned(&self, record: &str, form: &Form) -> ItemAnswer {
        let answer = self.one(CallAct::Assign, item(record, form)).await;
        assert_ne!(answer.outcome, ItemOutcome::Error, "{:#?}", answer.problems);
        answer
    }

    async fn certificates(&self) -> u64 {
        self.office.app.count_all().await.unwrap()
    }
}

fn codes(answer: &ItemAnswer) -> Vec<&str> {
    answer.problems.iter().filter(|fault| fault.stops()).map(|fault| fault.code.as_str()).collect()
}

fn number(answer: &ItemAnswer) -> String {
    answer.kept.as_ref().unwrap().number.clone().unwrap()
}

#[tokio::test]
async fn a_system_gets_tokens_for_its_secrets_and_no_others() {
    on_both(async |t| {
        let desk = desk(&t.db).await;
        let app = &desk.office.app;
        let admin = actor(OURS, Role::Administrator, 9);
        let ask = |secret: &Secret, scope: Option<&str>| TokenAsk {
            public_id: desk.public_id.clone(),
            secret: secret.clone(),
            scope: scope.map(str::to_owned),
        };
        let wrong = Secret::new("wrong".into());
        let given = app.give_token(&stranger(), &ask(&wrong, None)).await.unwrap();
        assert_eq!(given.unwrap_err(), TokenError::InvalidClient);
        let given = app.give_token(&stranger(), &ask(&desk.secret, Some("read everything"))).await.unwrap();
        assert_eq!(given.unwrap_err(), TokenError::InvalidScope);
        let narrow =
            app.give_token(&stranger(), &ask(&desk.secret, Some("check read"))).await.unwrap().unwrap();
        assert_eq!(narrow.grants.to_string(), "read check");
        let caller = app.caller(&narrow.token, "192.0.2.1").await.unwrap();
        let ctx = caller.ctx("r".into(), "192.0.2.1".into());
        let denied = app.call_items(&ctx, CallAct::Assign, vec![item("a", &first(1))], Urgency::Act).await;
        assert!(matches!(denied, Err(AppError::Forbidden)));

        // Two secrets at a time: the second is taken up, the first ended, and its tokens with it.
        let id = caller.id;
        let second = app.issue_secret(&admin, id).await.unwrap();
        assert!(matches!(app.issue_secret(&admin, id).await, Err(AppError::Refused { .. })));
        app.end_secret(&admin, id, 1).await.unwrap();
        assert!(matches!(app.caller(&narrow.token, "192.0.2.1").await, Err(AppError::SignedOut)));
        let given = app.give_token(&stranger(), &ask(&desk.secret, None)).await.unwrap();
        assert_eq!(given.unwrap_err(), TokenError::InvalidClient);
        let token = app.give_token(&stranger(), &ask(&second.secret, None)).await.unwrap().unwrap();

        // A token is over after two hours, and at once when its system may no longer call from there.
        desk.office.clock.advance(2 * 60 * 60 - 1);
        app.caller(&token.token, "192.0.2.1").await.unwrap();
        desk.office.clock.advance(2);
        assert!(matches!(app.caller(&token.token, "192.0.2.1").await, Err(AppError::SignedOut)));
        let listed = ClientSpec { addresses: "198.51.100.0/24".into(), ..spec("read") };
        app.set_client(&admin, id, &listed).await.unwrap();
        let given = app.give_token(&stranger(), &ask(&second.secret, None)).await.unwrap();
        assert_eq!(given.unwrap_err(), TokenError::UnauthorizedClient);
        let near = Ctx { source: "198.51.100.7".into(), ..stranger() };
        assert!(app.give_token(&near, &ask(&second.secret, None)).await.unwrap().is_ok());
    })
    .await;
}

#[tokio::test]
async fn administrators_keep_the_systems_of_their_own_authority() {
    on_both(async |t| {
        let desk = desk(&t.db).await;
        let app = &desk.office.app;
        let theirs = actor(THEIRS, Role::Administrator, 10);
        let officer = actor(OURS, Role::Licensing, 1);
        let own = app.clients(&actor(OURS, Role::Administrator, 9), None).await.unwrap();
        assert_eq!((own.len(), own[0].secrets.len()), (1, 1));
        assert!(app.clients(&theirs, None).await.unwrap().is_empty());
        assert!(matches!(app.client(&theirs, own[0].id).await, Err(AppError::NotFound)));
        assert!(matches!(app.issue_secret(&officer, own[0].id).await, Err(AppError::Forbidden)));
        assert!(matches!(app.create_client(&theirs, OURS, &spec("read")).await, Err(AppError::NotFound)));
        let national = actor(NATIONAL, Role::Administrator, 11);
        app.create_client(&national, THEIRS, &spec("read")).await.unwrap();
        assert_eq!(app.clients(&national, None).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_same_record_is_coded_once_and_answered_the_same_for_ever() {
    on_both(async |t| {
        let desk = desk(&t.db).await;
        let sent = item("XK-1", &first(1));
        let answer = desk.one(CallAct::Assign, sent.clone()).await;
        assert_eq!(answer.outcome, ItemOutcome::Ok, "{:#?}", answer.problems);
        let kept = answer.kept.clone().unwrap();
        assert_eq!((kept.effect, kept.edition), (Effect::Assigned, Some(1)));
        let code = kept.code.clone().unwrap();
        assert_eq!(answer.qr_text.as_deref(), Some(format!("HTTPS://CMA.EXAMPLE.CN/C/{code}").as_str()));

        let again = desk.one(CallAct::Assign, sent.clone()).await;
        assert_eq!(again, ItemAnswer { replayed: true, ..answer.clone() });
        let mut other = sent.clone();
        other["certificate"]["remark"] = json!("另一内容");
        assert_eq!(codes(&desk.one(CallAct::Assign, other).await), ["record_reused"]);
        // The same content under another act is another thing as well; a check of it finds what was done.
        assert_eq!(codes(&desk.one(CallAct::Renew, sent.clone()).await), ["record_reused"]);
        assert_eq!(desk.one(CallAct::Check, sent.clone()).await, again);

        // All that is wrong is told at once, with the shape and by the rules.
        let mut wrong = sent.clone();
        wrong["record_id"] = json!("XK-1-wrong");
        wrong["certificate"]["bogus"] = json!("x");
        wrong["certificate"]["valid_to"] = json!("2020-01-01");
        let wrong = codes(&desk.one(CallAct::Assign, wrong).await).join(" ");
        assert!(wrong.contains("unknown_field") && wrong.contains("days_order"), "{wrong}");

        // Under another record id it is known by its decision, and by its number.
        let natural = desk.one(CallAct::Assign, item("XK-1-again", &first(1))).await;
        let natural = natural.kept.unwrap();
        assert_eq!((natural.effect, natural.code), (Effect::Unchanged, Some(code)));
        assert_eq!(desk.certificates().await, 1);

        let record = desk.office.app.fetch_record(&desk.system, "XK-1").await.unwrap();
        assert_eq!(record.kept, answer.kept);
        let missing = desk.office.app.fetch_record(&desk.system, "XK-2").await;
        assert!(matches!(missing, Err(AppError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn many_at_once_under_one_record_code_one_certificate() {
    on_both(async |t| {
        let desk = Arc::new(desk(&t.db).await);
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let desk = desk.clone();
                tokio::spawn(async move {
                    let items = (0..5).map(|n| item(&format!("P-{n}"), &first(n))).collect();
                    desk.call(CallAct::Assign, items).await
                })
            })
            .collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.unwrap());
        }
        assert_eq!(desk.certificates().await, 5);
        for answer in &answers {
            let told = answer.iter().map(number).collect::<Vec<_>>();
            assert_eq!(told, answers[0].iter().map(number).collect::<Vec<_>>());
        }
    })
    .await;
}

#[tokio::test]
async fn many_at_once_under_records_of_their_own_code_one_certificate_a_decision() {
    on_both(async |t| {
        let desk = Arc::new(desk(&t.db).await);
        // One body is known before, the others are made by whoever is first.
        let mut before = first(0);
        before.set(Field::DecisionNumber, "示例许〔2025〕900号");
        before.set(Field::Domain, "07");
        desk.assigned("before", &before).await;
        let tasks: Vec<_> = (0..8)
            .map(|caller| {
                let desk = desk.clone();
                tokio::spawn(async move {
                    let items = (0..5).map(|n| item(&format!("P-{caller}-{n}"), &first(n))).collect();
                    desk.call(CallAct::Assign, items).await
                })
            })
            .collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.unwrap());
        }
        assert_eq!(desk.certificates().await, 1 + 5);
        for answer in &answers {
            let told = answer.iter().map(number).collect::<Vec<_>>();
            assert_eq!(told, answers[0].iter().map(number).collect::<Vec<_>>());
        }
        let fresh =
            answers.iter().flatten().filter(|it| it.kept.as_ref().unwrap().effect == Effect::Assigned);
        assert_eq!(fresh.count(), 5);
    })
    .await;
}

#[tokio::test]
async fn a_call_of_many_rows_is_written_in_parts_and_answered_in_its_order() {
    on_both(async |t| {
        let desk = desk(&t.db).await;
        // Three certificates of 1,600 rows are two parts; the fourth changes the first, and waits for it.
        let mut items: Vec<Value> = (0..3)
            .map(|n| {
                let mut form = first(n);
                form.set(Field::Number, format!("26271205{:04}", n + 1));
                let one = form.capabilities[0].clone();
                form.capabilities = (0..1_600)
                    .map(|n| {
                        let mut row = one.clone();
                        row.insert(Field::Item.key().to_owned(), format!("参数{n}"));
                        row
                    })
                    .collect();
                item(&format!("R-{n}"), &form)
            })
            .collect();
        items.push(json!({
            "record_id": "R-3",
            "certificate": { "number": "262712050001", "kind": ["correction"], "postcode": "710000", "reason": "录入时漏填邮政编码" },
        }));
        let checked = desk.call(CallAct::Check, items[..3].to_vec()).await;
        assert!(checked.iter().all(|it| it.outcome != ItemOutcome::Error), "{checked:#?}");
        let answers = desk.call(CallAct::Assign, items[..3].to_vec()).await;
        let told: Vec<_> = answers.iter().map(|it| (it.record_id.as_str(), number(it))).collect();
        let expected: Vec<_> = [("R-0", "1"), ("R-1", "2"), ("R-2", "3")].map(|(id, n)| (id, format!("26271205000{n}"))).into();
        assert_eq!(told, expected);
        let corrected = desk.call(CallAct::Correct, items[3..].to_vec()).await;
        assert_eq!(corrected[0].kept.as_ref().unwrap().edition, Some(2), "{corrected:#?}");
    })
    .await;
}

#[tokio::test]
async fn a_call_answers_every_item_and_a_failed_one_may_come_again_under_its_id() {
    on_both(async |t| {
        let desk = desk(&t.db).await;
        let mut bad = first(2);
        bad.set(Field::ValidTo, "2026-13-01");
        bad.set(Field::Uscc, "91610113YL00000126");
        bad.capabilities.push(row(&[(Field::Item, "缺标准")]));
        let mut twice = item("A", &first(3));
        twice["certificate"]["remark"] = json!("x");
        let answers =
            desk.call(CallAct::Assign, vec![item("A", &first(1)), item("B", &bad), twice, json!(7)]).await;
        let outcomes: Vec<_> = answers.iter().map(|answer| answer.outcome).collect();
        use ItemOutcome::{Error, Ok};
        assert_eq!(outcomes, [Ok, Error, Error, Error]);
        let pointers: Vec<_> = answers[1].problems.iter().filter(|f| f.stops()).map(|f| &f.pointer).collect();
        for expected in ["/certificate/uscc", "/certificate/valid_to", "/capabilities/1/standard_number"] {
            assert!(pointers.iter().any(|pointer| *pointer == expected), "{expected} of {pointers:?}");
        }
        assert_eq!(codes(&answers[2]), ["record_twice"]);
        assert_eq!(codes(&answers[3]), ["not_object"]);
        let corrected = desk.assigned("B", &first(2)).await;
        assert_eq!(corrected.kept.unwrap().effect, Effect::Assigned);
    })
    .await;
}

#[tokio::test]
async fn a_check_tells_what_assigning_would_and_writes_nothing() {
    on_both(async |t| {
        let desk = desk(&t.db).await;
        let before = desk.office.app.changes(&desk.system, Cursor::START, 100).await.unwrap().unwrap();
        let checked = desk.one(CallAct::Check, item("A", &first(1))).await;
        assert_eq!(checked.kept.unwrap().effect, Effect::Assigned);
        assert_eq!(checked.qr_text, None);
        let after = desk.office.app.changes(&desk.system, Cursor::START, 100).await.unwrap().unwrap();
        assert_eq!((before, desk.certificates().await), (after, 0));
        // The id was not used up.
        desk.assigned("A", &first(1)).await;
        desk.assigned("B", &takeover("2013000123Z")).await;
        // A number is one for the whole nation.
        let other = self::desk_of(&desk, THEIRS).await;
        let checked = desk.office.app.call_items(
            &other,
            CallAct::Check,
            vec![item("A", &takeover("2013000123Z"))],
            Urgency::Act,
        );
        let checked = checked.await.unwrap().pop().unwrap();
        assert!(codes(&checked).contains(&"number_taken"), "{:?}", codes(&checked));
    })
    .await;
}

/// A system of another authority, in networked mode.
async fn desk_of(desk: &Desk, authority: AuthorityId) -> Ctx {
    let app = &desk.office.app;
    let admin = actor(authority, Role::Administrator, 20);
    let settings = app::AuthoritySettings { mode: Mode::Networked, ..Default::default() };
    app.set_settings(&admin, &settings).await.unwrap();
    let all = ClientSpec { grants: Grants::all(), ..spec("read") };
    let id = app.create_client(&admin, authority, &all).await.unwrap();
    let issued = app.issue_secret(&admin, id).await.unwrap();
    let asked = TokenAsk { public_id: issued.public_id, secret: issued.secret, scope: None };
    enter(&desk.office, &asked).await
}

#[tokio::test]
async fn changes_say_only_what_is_new_and_meet_the_edition_they_expect() {
    on_both(async |t| {
        let desk = desk(&t.db).await;
        let number = number(&desk.assigned("A", &first(1)).await);
        let rename = json!({
            "record_id": "B",
            "expected_edition": 1,
            "certificate": {
                "kind": ["name_change"], "number": number, "body_name": "新名检测有限公司",
                "decision_day": "2026-11-10", "decision_number": "示例许〔2026〕50号", "procedure": "一般程序",
            },
        });
        let changed = desk.one(CallAct::Change, rename.clone()).await;
        assert_ne!(changed.outcome, ItemOutcome::Error, "{:#?}", changed.problems);
        assert_eq!(changed.kept.unwrap().edition, Some(2));
        let fetched = desk.office.app.fetch(&desk.system, &Number::parse(&number).unwrap(), None).await.unwrap();
        assert_eq!(fetched.content["certificate"]["body_name"], "新名检测有限公司");
        assert_eq!(fetched.content["certificate"]["address"], "陕西省西安市雁塔区示例路1号");
        assert_eq!(fetched.content["capabilities"].as_array().unwrap().len(), 1);
        assert_eq!(fetched.record_ids, ["A", "B"]);

        let mut stale = rename.clone();
        stale["record_id"] = json!("C");
        stale["certificate"]["body_name"] = json!("又名检测有限公司");
        assert_eq!(codes(&desk.one(CallAct::Change, stale.clone()).await), ["stale_edition"]);
        stale["expected_edition"] = json!(2);
        let misplaced = desk.one(CallAct::Correct, stale.clone()).await;
        assert!(codes(&misplaced).contains(&"other_call"), "{misplaced:?}");
        stale["certificate"]["valid_to"] = json!("2033-11-01");
        assert!(codes(&desk.one(CallAct::Change, stale).await).contains(&"not_allowed"));

        let mut nowhere = rename.clone();
        nowhere["record_id"] = json!("E");
        nowhere["certificate"]["number"] = json!("262712059998");
        assert_eq!(codes(&desk.one(CallAct::Change, nowhere).await), ["unknown_number"]);

        let correct = json!({
            "record_id": "D",
            "certificate": { "number": number, "postcode": "710000", "reason": "录入时漏填邮政编码" },
        });
        let corrected = desk.one(CallAct::Correct, correct).await;
        assert_ne!(corrected.outcome, ItemOutcome::Error, "{:#?}", corrected.problems);
        assert_eq!(corrected.kept.unwrap().edition, Some(3));
        let editions = desk.office.app.fetch_editions(&desk.system, &Number::parse(&number).unwrap()).await.unwrap();
        assert_eq!(editions.iter().map(|e| e.kinds.join("+")).collect::<Vec<_>>(), ["first", "name_change", "correction"]);
    })
    .await;
}

#[tokio::test]
async fn rows_of_a_change_stand_at_sites_that_it_need_not_repeat() {
    on_both(async |t| {
        let desk = desk(&t.db).await;
        let mut form = item("A", &first(1));
        let address = form["certificate"]["address"].clone();
        form["sites"] = json!([
            { "name": "示例总部", "kind": "主场所", "address": address, "division": "610113" },
            { "name": "示例分部", "kind": "分场所", "address": "陕西省西安市新城区示例路9号", "division": "610102" },
        ]);
        let assigned = desk.one(CallAct::Assign, form.clone()).await;
        let number = number(&assigned);
        let mut row = form["capabilities"][0].clone();
        row["site"] = json!("示例分部");
        row["item"] = json!("示例新项目");
        let extension = json!({
            "record_id": "B",
            "certificate": {
                "kind": "扩项", "number": number, "procedure": "一般程序",
                "decision_day": "2026-11-10", "decision_number": "示例许〔2026〕51号",
            },
            "capabilities": [form["capabilities"][0], row],
        });
        let changed = desk.one(CallAct::Change, extension).await;
        assert_ne!(changed.outcome, ItemOutcome::Error, "{:#?}", changed.problems);
        let fetched = desk.office.app.fetch(&desk.system, &Number::parse(&number).unwrap(), None).await.unwrap();
        assert_eq!(fetched.content["sites"].as_array().unwrap().len(), 2);
        assert_eq!(fetched.content["capabilities"][1]["site"], "示例分部");
    })
    .await;
}

#[tokio::test]
async fn the_same_certificate_twice_in_one_call_is_coded_once() {
    on_both(async |t| {
        let desk = desk(&t.db).await;
        let before = desk.certificates().await;
        let items = ["A", "B", "C"].map(|record| item(record, &first(1)));
        let answers = desk.call(CallAct::Assign, items.to_vec()).await;
        let numbers: Vec<String> = answers.iter().map(number).collect();
        assert!(numbers.iter().all(|it| *it == numbers[0]), "{numbers:?}");
        assert_eq!(desk.certificates().await, before + 1);
    })
    .await;
}

#[tokio::test]
async fn a_renewal_may_follow_what_it_replaces_in_one_call() {
    on_both(async |t| {
        let desk = desk(&t.db).await;
        let old = takeover("212712050001");
        let answers = desk.call(CallAct::Assign, vec![item("OLD", &old)]).await;
        assert_ne!(answers[0].outcome, ItemOutcome::Error, "{:#?}", answers[0].problems);
        let new = renewal("262712050002", "212712050001");
        let answer = desk.one(CallAct::Renew, item("NEW", &new)).await;
        assert_ne!(answer.outcome, ItemOutcome::Error, "{:#?}", answer.problems);
        let fetched =
            desk.office.app.fetch(&desk.system, &Number::parse("212712050001").unwrap(), None).await.unwrap();
        assert_eq!(fetched.successor.as_deref(), Some("262712050002"));
        assert_eq!(fetched.verdict, "valid", "until the first day of the new one");
    })
    .await;
}

#[tokio::test]
async fn status_acts_carry_the_record_id_and_are_done_once() {
    on_both(async |t| {
        let desk = desk(&t.db).await;
        let app = &desk.office.app;
        let number = number(&desk.assigned("A", &first(1)).await);
        let act = json!({
            "record_id": "S-1", "number": number, "act": "revoke", "effective": "2026-11-20",
            "document": "示例撤〔2026〕1号", "reason": "示例原因",
        });
        let done = app.call_status(&desk.system, vec![act.clone()]).await.unwrap().pop().unwrap();
        assert_eq!(done.kept.as_ref().unwrap().status.as_deref(), Some("revoked"), "{:#?}", done.problems);
        let again = app.call_status(&desk.system, vec![act.clone()]).await.unwrap().pop().unwrap();
        assert_eq!(again, ItemAnswer { replayed: true, ..done });
        let word = desk.office.word(&Number::parse(&number).unwrap(), day("2026-11-22")).await;
        assert_eq!(word, VerdictWord::Revoked);
        let mut more = act.clone();
        more["record_id"] = json!("S-2");
        more["reason"] = json!("");
        let refused = app.call_status(&desk.system, vec![more]).await.unwrap().pop().unwrap();
        assert_eq!(codes(&refused), ["decision"]);
        // Everything that is wrong, at once; what the status does not admit, when all else is right.
        let wrong = json!({
            "record_id": "S-3", "number": "262712059999", "act": "revoke", "effective": "2026-13-28",
        });
        let wrong = app.call_status(&desk.system, vec![wrong]).await.unwrap().pop().unwrap();
        let places: Vec<_> = wrong.problems.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(places, ["/effective", "/document", "/reason", "/number"]);
        let mut twice = act.clone();
        twice["record_id"] = json!("S-4");
        let twice = app.call_status(&desk.system, vec![twice]).await.unwrap().pop().unwrap();
        assert_eq!((codes(&twice), twice.problems[0].pointer.as_str()), (vec!["refused"], "/act"));
        let mut early = act.clone();
        (early["record_id"], early["act"], early["effective"]) =
            (json!("S-5"), json!("lift"), json!("1950-01-01"));
        let early = app.call_status(&desk.system, vec![early]).await.unwrap().pop().unwrap();
        assert_eq!(codes(&early), ["refused"], "{:#?}", early.problems);
        let bad = json!({ "number": "?", "act": "burn", "effective": "soon", "extra": 1 });
        let bad = app.call_status(&desk.system, vec![bad]).await.unwrap().pop().unwrap();
        assert_eq!(codes(&bad), ["record_id", "unknown_member", "number", "act", "day"]);
    })
    .await;
}

#[tokio::test]
async fn the_mode_names_the_door_that_assigns_and_an_emergency_opens_the_other() {
    on_both(async |t| {
        let desk = desk(&t.db).await;
        let (office, admin) = (&desk.office, actor(OURS, Role::Administrator, 9));
        let refused = office.app.assign_form(&office.ctx, &first(1)).await;
        assert!(matches!(refused, Err(AppError::Refused { .. })), "{refused:?}");
        let number = number(&desk.assigned("A", &first(1)).await);
        // Completing, correcting and status acts stay with the officers.
        let mut correct = Form::of(
            &Number::parse(&number).unwrap(),
            &office.app.content(&office.ctx, office.head(&number).await.id, 1).await.unwrap(),
        );
        correct.set(Field::Kind, "更正");
        correct.set(Field::Reason, "示例原因");
        correct.set(Field::Postcode, "710000");
        correct.set(Field::DecisionDay, "2026-11-02");
        correct.set(Field::DecisionNumber, "示例许〔2026〕1号");
        correct.set(Field::Procedure, "一般程序");
        office.assign(&correct).await;

        let until = office.app.now().plus_seconds(3_600);
        assert!(office.app.open_emergency(&admin, " ", until).await.is_err(), "a reason is needed");
        assert!(office.app.open_emergency(&office.ctx, "系统故障", until).await.is_err(), "not by officers");
        office.app.open_emergency(&admin, "审批系统故障", until).await.unwrap();
        let by_hand = office.assign(&first(2)).await;
        office.clock.advance(3_601);
        assert!(office.app.assign_form(&office.ctx, &first(3)).await.is_err(), "it ended by itself");

        // What was coded by hand is adopted by number, once, and never coded again.
        let adopt = json!({ "record_id": "H-2", "number": by_hand.number.as_str() });
        let adopted = office.app.call_adopt(&desk.system, vec![adopt]).await.unwrap().pop().unwrap();
        assert_eq!(adopted.kept.unwrap().code, Some(by_hand.code.to_string()));
        let wrong = json!({ "record_id": "H-3", "number": by_hand.number.as_str(), "content_digest": "00" });
        let wrong = office.app.call_adopt(&desk.system, vec![wrong]).await.unwrap().pop().unwrap();
        assert_eq!(codes(&wrong), ["digest_differs"]);
        let coded = desk.one(CallAct::Assign, item("XK-2", &first(2))).await.kept.unwrap();
        assert_eq!((coded.effect, coded.code), (Effect::Unchanged, Some(by_hand.code.to_string())));

        mode(office, Mode::Manual).await;
        assert_eq!(codes(&desk.one(CallAct::Assign, item("B", &first(4))).await), ["manual_mode"]);
        assert!(codes(&desk.one(CallAct::Check, item("B", &first(4))).await).is_empty());
        // What was done before is answered in any mode.
        assert!(desk.one(CallAct::Assign, item("A", &first(1))).await.replayed);
        office.assign(&first(4)).await;
    })
    .await;
}

/// Case n of a province: a body of its own, the number left to the counter.
fn case(n: u32) -> Form {
    let mut form = first(n);
    form.set(Field::Uscc, super::alike::uscc(4_000 + n).as_str());
    form.set(Field::BodyName, format!("示例第{n}检测有限公司"));
    form
}

/// Each officer and each worker of the system does all cases until they are done, whatever the mode is meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_province_goes_from_hand_to_network_and_back_under_load_and_nothing_is_coded_twice() {
    const CASES: u32 = 60;
    on_both(async |t| {
        let desk = Arc::new(desk(&t.db).await);
        mode(&desk.office, Mode::Manual).await;
        let (ended, by_hand) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
        let officers = (0..2u32).map(|officer| {
            let (desk, ended, by_hand) = (desk.clone(), ended.clone(), by_hand.clone());
            tokio::spawn(async move {
                for n in (0..CASES).map(|n| (n * 7 + officer * 31) % CASES).cycle() {
                    if ended.load(Ordering::Relaxed) {
                        return;
                    }
                    match desk.office.app.assign_form(&desk.office.ctx, &case(n)).await {
                        Ok(_) => drop(by_hand.fetch_add(1, Ordering::Relaxed)),
                        // Coded before, by whichever door; or another door assigns now.
                        Err(AppError::Refused { .. }) => tokio::time::sleep(Duration::from_millis(1)).await,
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        });
        let officers: Vec<_> = officers.collect();
        let workers = (0..3u32).map(|worker| {
            let desk = desk.clone();
            tokio::spawn(async move {
                let mut left: Vec<u32> = (0..CASES).map(|n| (n * 11 + worker * 17) % CASES).collect();
                let (mut assigned, mut refused) = (0, 0);
                while !left.is_empty() {
                    let now: Vec<u32> = left.iter().copied().take(4).collect();
                    let items = now.iter().map(|n| item(&format!("XK-{n}"), &case(*n))).collect();
                    for (n, answer) in now.iter().zip(desk.call(CallAct::Assign, items).await) {
                        let codes = codes(&answer);
                        assert!(codes.is_empty() || codes == ["manual_mode"], "{:#?}", answer.problems);
                        if codes.is_empty() {
                            left.retain(|other| other != n);
                            let kept = answer.kept.unwrap();
                            assigned += u32::from(kept.effect == Effect::Assigned && !answer.replayed);
                        } else {
                            refused += 1;
                        }
                    }
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                (assigned, refused)
            })
        });
        let workers: Vec<_> = workers.collect();
        // The administrator switches, faster than anybody would; the last word is the network.
        for n in 0..12 {
            tokio::time::sleep(Duration::from_millis(15 + n * 7 % 20)).await;
            mode(&desk.office, if n % 2 == 0 { Mode::Networked } else { Mode::Manual }).await;
        }
        mode(&desk.office, Mode::Networked).await;
        let (mut assigned, mut refused) = (0, 0);
        for worker in workers {
            let (more, less) = worker.await.unwrap();
            (assigned, refused) = (assigned + more, refused + less);
        }
        ended.store(true, Ordering::Relaxed);
        for officer in officers {
            officer.await.unwrap();
        }
        let by_hand = by_hand.load(Ordering::Relaxed);
        assert!(by_hand > 0 && refused > 0, "{by_hand} by hand, {refused} refused: no switch was felt");
        assert_eq!(by_hand + assigned, CASES, "{by_hand} by hand, {assigned} by the system");
        assert_eq!(desk.certificates().await, u64::from(CASES));
        // Those coded by hand carry the system's record ids by now; no other is left to adopt, and both sides agree.
        let app = &desk.office.app;
        assert_eq!(app.unadopted(&desk.system, None, 10).await.unwrap().total, 0);
        let page = app.reconcile(&desk.system, (None, None), None, 1_000).await.unwrap();
        let claims: Vec<Claimed> = page
            .items
            .iter()
            .map(|it| Claimed {
                record_id: it.record_ids[0].clone(),
                content_digest: it.content_digest.clone(),
                ..Claimed::default()
            })
            .collect();
        assert_eq!(claims.iter().map(|it| &it.record_id).collect::<HashSet<_>>().len(), CASES as usize);
        let found = app.reconcile_against(&desk.system, &claims).await.unwrap();
        assert_eq!((found.same, found.missing.len(), found.different.len()), (CASES as usize, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn the_stream_tells_each_act_once_in_order_and_reconciling_finds_what_is_missing() {
    on_both(async |t| {
        let desk = desk(&t.db).await;
        let app = &desk.office.app;
        let one = number(&desk.assigned("A", &first(1)).await);
        desk.assigned("B", &first(2)).await;
        let mut cursor = Cursor::START;
        let mut seen = Vec::new();
        loop {
            let page = app.changes(&desk.system, cursor, 1).await.unwrap().unwrap();
            let next = Cursor::parse(&page.next).unwrap();
            seen.extend(
                page.events.iter().map(|event| (event.kind, event.record_id.clone().unwrap_or_default())),
            );
            if next == cursor {
                break;
            }
            cursor = next;
        }
        assert_eq!(seen, [("assign", "A".to_owned()), ("assign", "B".to_owned())]);
        // Another province hears nothing of it.
        let theirs = desk_of(&desk, THEIRS).await;
        assert!(app.changes(&theirs, Cursor::START, 100).await.unwrap().unwrap().events.is_empty());
        assert!(matches!(
            app.fetch(&theirs, &Number::parse(&one).unwrap(), None).await,
            Err(AppError::NotFound)
        ));

        let first_page = app.reconcile(&desk.system, (None, None), None, 1).await.unwrap();
        assert_eq!(first_page.items[0].record_ids, ["A"]);
        let rest = app.reconcile(&desk.system, (None, None), first_page.next.as_deref(), 10).await.unwrap();
        assert_eq!((rest.items.len(), rest.next), (1, None));
        let days = (Some(day("2026-11-23")), None);
        assert!(app.reconcile(&desk.system, days, None, 10).await.unwrap().items.is_empty());
        let claimed = |record: &str, digest: &str| Claimed {
            record_id: record.into(),
            content_digest: digest.into(),
            ..Claimed::default()
        };
        let digest = first_page.items[0].content_digest.as_str();
        let claims = [claimed("A", digest), claimed("B", digest), claimed("C", "")];
        let found = app.reconcile_against(&desk.system, &claims).await.unwrap();
        assert_eq!(found.missing, ["C"]);
        assert_eq!(found.different.iter().map(|it| it.asked.as_str()).collect::<Vec<_>>(), ["B"]);
        assert_eq!(found.same, 1);

        // After a restore the old cursor is refused: what it followed may be lost.
        let operator = Ctx {
            actor: Actor::Operator("root".into()),
            door: Door::Command,
            ..actor(OURS, Role::Viewer, 0)
        };
        app.raise_epoch(&operator).await.unwrap();
        assert!(app.changes(&desk.system, cursor, 10).await.unwrap().is_none());
        let position = app.reconcile(&desk.system, (None, None), None, 10).await.unwrap().position;
        assert!(app.changes(&desk.system, Cursor::parse(&position).unwrap(), 10).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn a_batch_of_lines_answers_each_and_the_same_lines_are_the_same_batch() {
    on_both(async |t| {
        let desk = desk(&t.db).await;
        let app = &desk.office.app;
        let send = async |act: CallAct, lines: &str| {
            let mut receiving = app.receive_batch(&desk.system, act).await.unwrap();
            for chunk in lines.as_bytes().chunks(999) {
                receiving.take(chunk).await.unwrap();
            }
            let id = receiving.end(&desk.system).await.unwrap().id;
            desk.office.work().await;
            id
        };
        let mut lines = String::new();
        for n in 0..250 {
            lines += &format!("{}\n", item(&format!("L-{n}"), &first(n)));
            lines += if n == 7 { "\n  \nnot json\n" } else { "" };
        }
        let ids = [send(CallAct::Assign, &lines).await, send(CallAct::Assign, &lines).await];
        assert_ne!(ids[0], ids[1], "a line failed: it may do now");
        let right = lines.replace("not json\n", "");
        let right = [send(CallAct::Assign, &right).await, send(CallAct::Assign, &right).await];
        assert_eq!(right[0], right[1]);
        let checked = [send(CallAct::Check, &lines).await, send(CallAct::Check, &lines).await];
        assert_ne!(checked[0], checked[1], "a check tells what would be now");
        let batch = app.call_batch(&desk.system, ids[0]).await.unwrap();
        assert_eq!((batch.state.key(), batch.done, batch.tally.failed), ("done", 251, 1));
        assert_eq!(desk.certificates().await, 250);
        let answers = app.call_batch_answers(&desk.system, ids[0], 0, 1_000).await.unwrap();
        assert_eq!(
            answers.iter().map(|answer| answer.line).collect::<Vec<_>>(),
            (1..=251).collect::<Vec<_>>()
        );
        assert!(answers[8].answer.contains("not_json"), "{}", answers[8].answer);
        let theirs = desk_of(&desk, THEIRS).await;
        assert!(matches!(app.call_batch(&theirs, ids[0]).await, Err(AppError::NotFound)));
        let mut empty = app.receive_batch(&desk.system, CallAct::Assign).await.unwrap();
        empty.take(b"\n \n").await.unwrap();
        assert!(empty.end(&desk.system).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_collected_file_is_kept_byte_for_byte_once_its_digest_is_right() {
    on_both(async |t| {
        let desk = desk(&t.db).await;
        let app = &desk.office.app;
        let number = Number::parse(&number(&desk.assigned("A", &first(1)).await)).unwrap();
        let mut file = b"%PDF-1.7\n".to_vec();
        file.extend((0..3_000_000_u32).map(|n| (n % 251) as u8));
        let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(&file));
        let ask = CollectAsk {
            record_id: "F-1".into(),
            part: "certificate".into(),
            format: "pdf".into(),
            sha256: sha256.clone(),
            sm3: String::new(),
        };
        let kept = app.collect(&desk.system, &number, &ask, file.clone()).await.unwrap();
        assert_eq!(
            kept.kept.as_ref().unwrap().file.as_deref(),
            Some(sha256.as_str()),
            "{:#?}",
            kept.problems
        );
        let again = app.collect(&desk.system, &number, &ask, file.clone()).await.unwrap();
        assert_eq!(again, ItemAnswer { replayed: true, ..kept });
        let list = app.collected(&desk.system, &number).await.unwrap();
        assert_eq!((list.len(), list[0].size), (1, file.len() as u64));
        let digest = Sha256::digest(&file).into();
        assert_eq!(app.collected_file(&desk.system, &number, &digest).await.unwrap().1, file);

        let wrong = CollectAsk { record_id: "F-2".into(), sm3: "00".into(), ..ask.clone() };
        let refused = app.collect(&desk.system, &number, &wrong, file.clone()).await.unwrap();
        assert_eq!(codes(&refused), ["digest_differs"]);
        let no_pdf = CollectAsk { record_id: "F 3".into(), format: "ofd".into(), ..ask.clone() };
        let refused = app.collect(&desk.system, &number, &no_pdf, file).await.unwrap();
        assert_eq!(codes(&refused), ["record_id", "file_format"]);
    })
    .await;
}

#[tokio::test]
async fn what_a_body_holds_in_the_country_is_seen_where_it_stands_and_nowhere_else() {
    on_both(async |t| {
        let desk = desk(&t.db).await;
        let app = &desk.office.app;
        desk.assigned("A", &first(1)).await;
        let uscc = domain::Uscc::parse(USCC).unwrap();
        let ours = app.linked_certificates(&desk.system, uscc).await.unwrap();
        assert_eq!(ours.iter().map(|it| (it.own, it.verdict)).collect::<Vec<_>>(), [(true, "valid")]);
        let theirs = desk_of(&desk, THEIRS).await;
        assert!(matches!(app.linked_certificates(&theirs, uscc).await, Err(AppError::NotFound)));
        // A certificate of the other province for the same body lets both see both.
        let mut there = numbered(5, "261612050001");
        there.set(Field::DecisionNumber, "豫示许〔2026〕5号");
        let there =
            app.call_items(&theirs, CallAct::Assign, vec![item("T", &there)], Urgency::Act).await.unwrap();
        assert_ne!(there[0].outcome, ItemOutcome::Error, "{:#?}", there[0].problems);
        for ctx in [&desk.system, &theirs] {
            let all = app.linked_certificates(ctx, uscc).await.unwrap();
            assert_eq!(all.len(), 2);
            assert_eq!(all.iter().filter(|it| it.own).count(), 1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_notice_says_what_the_stream_says_and_its_cursor_goes_on_there() {
    on_both(async |t| {
        let desk = desk(&t.db).await;
        let app = &desk.office.app;
        let admin = actor(OURS, Role::Administrator, 9);
        let client = app.clients(&admin, None).await.unwrap()[0].id;
        let url = "https://notify.example.cn/".into();
        let told = app::HookSpec { url, ..app::HookSpec::default() };
        app.create_hook(&admin, client, &told).await.unwrap();
        desk.assigned("A", &first(1)).await;
        desk.assigned("B", &first(2)).await;
        while app.follow_hooks().await.unwrap() {}
        let sent = app.due_deliveries(9).await.unwrap();
        let bodies =
            sent.iter().flat_map(|it| &it.messages).map(|it| serde_json::from_str(&it.body).unwrap());
        let notices: Vec<Value> = bodies.map(|body: Value| body["data"].clone()).collect();
        let stream = app.changes(&desk.system, Cursor::START, 100).await.unwrap().unwrap();
        assert_eq!(json!(notices), json!(stream.events));
        assert_eq!(notices[0]["record_id"], "A");
        let cursor = Cursor::parse(notices[0]["cursor"].as_str().unwrap()).unwrap();
        let rest = app.changes(&desk.system, cursor, 100).await.unwrap().unwrap();
        assert_eq!(rest.events.iter().map(|it| it.record_id.as_deref()).collect::<Vec<_>>(), [Some("B")]);
    })
    .await;
}

#[tokio::test]
async fn a_system_declares_what_the_page_would_and_only_once_for_a_record_id() {
    on_both(async |t| {
        let desk = desk(&t.db).await;
        let (office, app) = (&desk.office, &desk.office.app);
        let one =
            async |item: Value| app.call_declare(&desk.system, vec![item]).await.unwrap().pop().unwrap();
        let all = async || {
            let all = app.declarations(&office.ctx).await.unwrap();
            all.into_iter().map(|it| (it.day.to_string(), it.certificates)).collect::<Vec<_>>()
        };
        let item = json!({ "record_id": "D-1", "day": "2026-09-30", "certificates": 1250 });
        let said = one(item.clone()).await;
        let kept = said.kept.unwrap();
        assert_eq!((kept.effect, said.replayed), (Effect::Declared, false));
        assert_eq!((kept.day.as_deref(), kept.certificates), (Some("2026-09-30"), Some(1_250)));
        let again = one(item).await;
        assert!(again.replayed && again.kept.unwrap().certificates == Some(1_250));
        let other = one(json!({ "record_id": "D-1", "day": "2026-09-30", "certificates": 1251 })).await;
        assert_eq!(codes(&other), ["record_reused"]);
        assert_eq!(all().await, [("2026-09-30".to_owned(), 1_250)], "said three times, declared once");
        assert_eq!(
            app.fetch_record(&desk.system, "D-1").await.unwrap().kept.unwrap().effect,
            Effect::Declared
        );

        // All that is wrong at once, each in its place; nothing is declared.
        let wrong = one(json!({ "record_id": "D-2", "day": "2026-09-29", "certificates": -1, "x": 1 })).await;
        let places: Vec<_> =
            wrong.problems.iter().map(|it| (it.pointer.as_str(), it.code.as_str())).collect();
        let expected = [("/x", "unknown_member"), ("/day", "declaration"), ("/certificates", "declaration")];
        assert_eq!(places, expected);
        assert!(wrong.problems.iter().all(|it| !it.hint.is_empty()) && wrong.kept.is_none());
        let open = one(json!({ "record_id": "D-2", "day": "2026-11-30", "certificates": 3 })).await;
        assert!(open.problems[0].message.contains("还没有过完"), "{:?}", open.problems);
        assert_eq!(codes(&one(json!({ "day": "2026-09-30", "certificates": 3 })).await), ["record_id"]);
        assert_eq!(all().await.len(), 1);

        // Without a day the last month; the latest of a day counts, whichever door it came through.
        one(json!({ "record_id": "D-3", "certificates": "1,300" })).await;
        let by_hand = app::Declaring { day: "2026-10-31".into(), certificates: "1301".into() };
        app.declare(&office.ctx, &by_hand).await.unwrap();
        let declared = all().await;
        assert_eq!(declared[..2], [("2026-10-31".to_owned(), 1_301), ("2026-10-31".to_owned(), 1_300)]);
        let events = app.events(&office.ctx, None, None).await.unwrap();
        let told = events.iter().rev().filter(|it| it.kind == domain::EventKind::DeclaredSet);
        let doors: Vec<_> = told.map(|it| (it.door.as_str(), it.detail("record_id"))).collect();
        let expected = [("interface", "D-1"), ("interface", "D-3"), ("form", "")];
        assert_eq!(doors, expected.map(|(door, id)| (door, id.to_owned())));
        assert_eq!(app.unadopted(&desk.system, None, 10).await.unwrap().total, 0);

        // Not without the right, and not where the interface does not write.
        let narrow = TokenAsk {
            public_id: desk.public_id.clone(),
            secret: desk.secret.clone(),
            scope: Some("read assign collect".into()),
        };
        let narrow = enter(office, &narrow).await;
        let item = json!({ "record_id": "D-4", "day": "2026-09-30", "certificates": 1 });
        assert!(matches!(app.call_declare(&narrow, vec![item.clone()]).await, Err(AppError::Forbidden)));
        mode(office, Mode::Manual).await;
        assert_eq!(codes(&one(item).await), ["manual_mode"]);
    })
    .await;
}
