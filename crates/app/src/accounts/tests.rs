//! Accounts, sign-in and sessions through the verbs, on both engines.

use super::*;
use crate::{Clock, Config, Footing, Keys, Parts};
use domain::{Door, Instant, Level};
use std::sync::Arc;
use store::Db;
use store::testing::on_both;

const START: Instant = Instant::from_micros(1_795_334_400_000_000); // 2026-11-22
const NATIONAL: AuthorityId = AuthorityId(1);
const OURS: AuthorityId = AuthorityId(28); // 陕西
const THEIRS: AuthorityId = AuthorityId(2);
const GOOD: &str = "yuLuo#27shan";

fn from(source: &str) -> Ctx {
    Ctx { actor: Actor::Public, door: Door::Form, request_id: "r1".into(), source: source.into() }
}

fn operator() -> Ctx {
    Ctx { actor: Actor::Operator("root".into()), door: Door::Command, ..from("tty") }
}

fn caller(id: i64, role: Role, authority: AuthorityId) -> Ctx {
    let level = if authority == NATIONAL { Level::National } else { Level::Provincial };
    Ctx { actor: Actor::Account { id: AccountId(id), authority, level, role }, ..from("192.0.2.1") }
}

fn new(login: &str, authority: AuthorityId, role: Role) -> NewAccount {
    NewAccount { login: login.into(), name: "张示例".into(), authority, role }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.into())
}

fn typed(login: &str, password: &str) -> Credentials {
    Credentials { login: login.into(), password: secret(password) }
}

/// A founded registry with nobody in it, at a clock that stands.
pub(crate) async fn open(db: &Db) -> App {
    App::found(db, &operator(), START).await.unwrap();
    App::open(Parts {
        db: db.clone(),
        keys: Keys::from_bytes(&[1; 64]),
        clock: Clock::at(START),
        config: Config {
            public_url: "https://cma.example.cn".into(),
            footing: Footing::Demo,
            hook_private: false,
            search: true,
        },
        fonts: Arc::new(print::FontSet::load(&print::FontPaths::debian()).unwrap()),
        template: Arc::new(print::Template::national()),
    })
    .await
    .unwrap()
}

/// A registry with one officer, whose password is [`GOOD`].
async fn with_officer(db: &Db) -> (App, AccountId) {
    let app = open(db).await;
    let slip = app
        .create_account(&caller(0, Role::Administrator, OURS), new("lishili", OURS, Role::Licensing))
        .await
        .unwrap();
    let ctx = caller(slip.account.0, Role::Licensing, OURS);
    app.change_password(&ctx, &slip.password, &secret(GOOD), None).await.unwrap();
    (app, slip.account)
}

async fn sign_in(app: &App, source: &str, password: &str) -> Result<SignedIn, AppError> {
    app.sign_in(&from(source), &typed("LiShili", password), "示例浏览器").await
}

async fn outcomes(app: &App, db: &Db) -> Vec<String> {
    app.flush_access().await.unwrap();
    let end = Instant::from_micros(i64::MAX);
    let list = store::access::list(db.into(), (end, i64::MIN), 200).await.unwrap();
    list.into_iter().map(|(_, it)| format!("{} {} {}×{}", it.actor, it.action, it.outcome, it.n)).collect()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, AppError>) -> String {
    match result {
        Err(AppError::Refused { message, .. }) => message,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn who_may_open_whose_account_is_the_table_of_rights() {
    on_both(async |t| {
        let app = open(&t.db).await;
        let national = caller(900, Role::Administrator, NATIONAL);
        let own = caller(901, Role::Administrator, OURS);
        app.create_account(&operator(), new("first", NATIONAL, Role::Administrator)).await.unwrap();
        app.create_account(&national, new("shaanxi.admin", OURS, Role::Administrator)).await.unwrap();
        app.create_account(&own, new("officer", OURS, Role::Licensing)).await.unwrap();
        let refused = [
            (&own, OURS, Role::Administrator, "Forbidden"),
            (&own, THEIRS, Role::Licensing, "NotFound"),
            (&national, OURS, Role::Licensing, "Forbidden"),
            (&operator(), OURS, Role::Licensing, "Forbidden"),
            (&caller(902, Role::Licensing, OURS), OURS, Role::Viewer, "Forbidden"),
        ];
        for (n, (ctx, authority, role, answer)) in refused.into_iter().enumerate() {
            let result = app.create_account(ctx, new(&format!("refused{n}"), authority, role)).await;
            assert_eq!(format!("{:?}", result.unwrap_err()), answer, "{n}");
        }
        assert_eq!(outcomes(&app, &t.db).await.len(), 5, "every refusal is noted");
        let taken = refusal(app.create_account(&own, new("OFFICER", OURS, Role::Viewer)).await);
        assert!(taken.contains("“officer”已被使用"), "{taken}");
        let listed = async |ctx: &Ctx, of| -> Result<Vec<String>> {
            Ok(app.list_accounts(ctx, of, None).await?.into_iter().map(|it| it.login).collect())
        };
        assert_eq!(listed(&own, None).await.unwrap(), ["shaanxi.admin", "officer"]);
        assert_eq!(listed(&national, None).await.unwrap().len(), 3);
        assert_eq!(listed(&national, Some(NATIONAL)).await.unwrap(), ["first"]);
        assert!(matches!(listed(&own, Some(THEIRS)).await, Err(AppError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn a_slip_opens_only_the_page_that_changes_its_password() {
    on_both(async |t| {
        let app = open(&t.db).await;
        let slip = app
            .create_account(&caller(0, Role::Administrator, OURS), new(" LiShili ", OURS, Role::Licensing))
            .await
            .unwrap();
        assert_eq!((slip.login.as_str(), slip.authority.contains("陕西")), ("lishili", true));
        assert!(!format!("{slip:?}").contains(slip.password.reveal()));
        let signed_in = sign_in(&app, "192.0.2.1", slip.password.reveal()).await.unwrap();
        assert!(signed_in.must_change);
        let session = app.session(&signed_in.token).await.unwrap();
        assert!(session.one_time && session.last_login.is_none());
        let refused = refusal(session.ctx(Door::Form, "r".into(), "192.0.2.1".into()));
        assert_eq!(refused, "须先修改密码");
        let command = typed("lishili", slip.password.reveal());
        assert_eq!(refusal(app.ctx_of_account(&from("tty"), &command, false).await), "须先修改密码");
        let ctx = session.ctx_to_change(Door::Form, "r".into(), "192.0.2.1".into());
        let change = async |old: &Secret, new: &str| {
            app.change_password(&ctx, old, &secret(new), Some(&signed_in.token)).await
        };
        assert!(refusal(change(&slip.password, "short").await).contains("只有5个字符"));
        assert!(refusal(change(&slip.password, slip.password.reveal()).await).contains("与原密码相同"));
        assert_eq!(refusal(change(&secret("wrong"), GOOD).await), "现密码不正确");
        let elsewhere = sign_in(&app, "192.0.2.9", slip.password.reveal()).await.unwrap();
        change(&slip.password, GOOD).await.unwrap();
        let session = app.session(&signed_in.token).await.unwrap();
        let ctx = session.ctx(Door::Form, "r".into(), "192.0.2.1".into()).unwrap();
        assert_eq!((ctx.account().unwrap(), ctx.authority().unwrap()), (slip.account, OURS));
        assert!(matches!(app.session(&elsewhere.token).await, Err(AppError::SignedOut)), "others are ended");
        assert!(sign_in(&app, "192.0.2.1", slip.password.reveal()).await.is_err());
        app.clock.advance(90 * 86_400);
        let aged = sign_in(&app, "192.0.2.1", GOOD).await.unwrap();
        assert!(aged.must_change, "90 days are the most");
        assert!(!app.session(&aged.token).await.unwrap().one_time, "and nobody else chose it");
    })
    .await;
}

#[tokio::test]
async fn an_unknown_login_is_answered_like_a_wrong_password_to_the_very_lock() {
    on_both(async |t| {
        let (app, _) = with_officer(&t.db).await;
        let mut answers = Vec::new();
        for (net, login) in [(1, "lishili"), (2, "nobody")] {
            let mut texts = Vec::new();
            for n in 0..6 {
                // Each from another address, so that it is the login that is locked.
                let (ctx, begun) = (from(&format!("198.51.{net}.{n}")), std::time::Instant::now());
                texts.push(refusal(app.sign_in(&ctx, &typed(login, "kT7#mv2q"), "").await));
                assert!(begun.elapsed() >= signin::FLOOR);
            }
            answers.push(texts);
        }
        assert_eq!(answers[0], answers[1]);
        assert!(answers[0][..5].iter().all(|it| it == "登录名或密码不正确"), "{answers:?}");
        assert_eq!(answers[0][5], "失败次数过多，已暂停登录，至2026-11-22 16:30");
        let noted = outcomes(&app, &t.db).await;
        for outcome in
            ["account:1 sign_in wrong_password×1", "public sign_in unknown×1", "account:1 sign_in locked×1"]
        {
            assert!(noted.iter().any(|it| it == outcome), "{outcome}: {noted:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn five_failures_lock_the_account_for_half_an_hour_and_a_success_counts_anew() {
    on_both(async |t| {
        let (app, id) = with_officer(&t.db).await;
        let attempt = async |n: u32, password: &str| sign_in(&app, &format!("203.0.113.{n}"), password).await;
        for n in 0..4 {
            attempt(n, "wrong").await.unwrap_err();
        }
        attempt(4, GOOD).await.unwrap();
        for n in 5..10 {
            assert_eq!(refusal(attempt(n, "wrong").await), "登录名或密码不正确");
        }
        assert!(refusal(attempt(10, GOOD).await).contains("已暂停登录"), "the right password does not help");
        let info = app.account(&caller(9, Role::Administrator, OURS), id).await.unwrap();
        assert_eq!(info.locked_until, Some(START.plus_seconds(1800)));
        app.clock.advance(1800);
        attempt(11, "wrong").await.unwrap_err();
        attempt(12, GOOD).await.unwrap();
        for n in 13..18 {
            attempt(n, "wrong").await.unwrap_err();
        }
        let slip = app.reset_password(&caller(9, Role::Administrator, OURS), id).await.unwrap();
        attempt(18, slip.password.reveal()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn one_who_forgot_his_password_does_not_lock_his_office_out_and_fifty_failures_do() {
    on_both(async |t| {
        let (app, _) = with_officer(&t.db).await;
        let fail = async || app.sign_in(&from("203.0.113.7:1234"), &typed("nobody", "x"), "").await.map(drop);
        for _ in 0..5 {
            fail().await.unwrap_err();
        }
        sign_in(&app, "203.0.113.7:99", GOOD).await.unwrap();
        for _ in 1..50 {
            app.access.throttle.enter("source:203.0.113.7".into(), 50, app.now()).unwrap();
        }
        fail().await.unwrap_err();
        let crowded = sign_in(&app, "203.0.113.7:99", GOOD).await;
        assert!(refusal(crowded).starts_with("本网络登录失败次数过多"), "it does not speak of passwords");
        sign_in(&app, "203.0.113.8", GOOD).await.unwrap();
        app.clock.advance(1800);
        sign_in(&app, "203.0.113.7:99", GOOD).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn guesses_at_the_same_moment_are_all_counted() {
    on_both(async |t| {
        let (app, id) = with_officer(&t.db).await;
        let app = Arc::new(app);
        let guesses = (0..4).map(|n| {
            let app = app.clone();
            tokio::spawn(async move { sign_in(&app, &format!("203.0.113.{n}"), "wrong").await.map(drop) })
        });
        for guess in guesses.collect::<Vec<_>>() {
            guess.await.unwrap().unwrap_err();
        }
        let stored = store::account::by_id((&t.db).into(), id).await.unwrap().unwrap();
        assert_eq!(stored.failures, 4, "{}", t.engine);
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_by_idling_by_age_and_by_its_account() {
    on_both(async |t| {
        let (app, id) = with_officer(&t.db).await;
        let administrator = caller(9, Role::Administrator, OURS);
        let token = sign_in(&app, "192.0.2.1", GOOD).await.unwrap().token;
        for _ in 0..60 {
            app.clock.advance(719);
            app.session(&token).await.unwrap();
        }
        app.clock.advance(60);
        assert!(matches!(app.session(&token).await, Err(AppError::SignedOut)), "12 hours are the most");
        let token = sign_in(&app, "192.0.2.1", GOOD).await.unwrap().token;
        app.clock.advance(15 * 60);
        assert!(matches!(app.session(&token).await, Err(AppError::SignedOut)), "15 minutes without use");
        app.clock.advance(1);
        assert_eq!(app.purge_sessions().await.unwrap(), 2);
        let token = sign_in(&app, "192.0.2.1", GOOD).await.unwrap().token;
        app.disable_account(&administrator, id).await.unwrap();
        assert!(matches!(app.session(&token).await, Err(AppError::SignedOut)));
        assert_eq!(refusal(sign_in(&app, "192.0.2.1", GOOD).await), "账号已停用");
        assert_eq!(refusal(sign_in(&app, "192.0.2.1", "wrong").await), "登录名或密码不正确");
        assert!(refusal(app.disable_account(&administrator, id).await).contains("已经是停用"));
        app.enable_account(&administrator, id).await.unwrap();
        assert!(matches!(app.session(&token).await, Err(AppError::SignedOut)), "it does not come back");
        let last = sign_in(&app, "192.0.2.2", GOOD).await.unwrap();
        let before = app.session(&last.token).await.unwrap().last_login;
        assert_eq!(before, Some((app.now(), "192.0.2.1".to_owned())), "not the sign-in of this very session");
        assert!(matches!(app.session(&secret("guessed")).await, Err(AppError::SignedOut)));
    })
    .await;
}

#[tokio::test]
async fn one_sees_and_ends_ones_own_sessions_only() {
    on_both(async |t| {
        let (app, id) = with_officer(&t.db).await;
        let (own, stranger) = (caller(id.0, Role::Licensing, OURS), caller(id.0 + 1, Role::Licensing, OURS));
        let here = sign_in(&app, "192.0.2.1", GOOD).await.unwrap().token;
        app.clock.advance(5);
        let there = sign_in(&app, "192.0.2.2", GOOD).await.unwrap().token;
        let sessions = app.sessions(&own).await.unwrap();
        let sources: Vec<_> = sessions.iter().map(|it| it.source.as_str()).collect();
        assert_eq!(sources, ["192.0.2.2", "192.0.2.1"]);
        assert!(sessions.iter().all(|it| it.agent == "示例浏览器" && it.key != here.reveal()));
        assert!(app.sessions(&stranger).await.unwrap().is_empty());
        assert!(matches!(app.end_session(&stranger, &sessions[0].key).await, Err(AppError::NotFound)));
        app.end_session(&own, &sessions[0].key).await.unwrap();
        assert!(app.session(&there).await.is_err() && app.session(&here).await.is_ok());
        app.sign_out(&own, &here).await.unwrap();
        assert!(app.session(&here).await.is_err());
        app.sign_out(&own, &here).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_command_runs_as_the_account_through_its_own_door() {
    on_both(async |t| {
        let (app, id) = with_officer(&t.db).await;
        let terminal = Ctx { door: Door::Command, ..from("tty:/dev/pts/0") };
        let ctx = app.ctx_of_account(&terminal, &typed("lishili", GOOD), false).await.unwrap();
        assert_eq!((ctx.account().unwrap(), ctx.door), (id, Door::Command));
        assert_eq!(ctx.source, "tty:/dev/pts/0");
        assert_eq!(
            refusal(app.ctx_of_account(&terminal, &typed("lishili", "x"), false).await),
            "登录名或密码不正确"
        );
    })
    .await;
}

#[tokio::test]
async fn every_act_on_an_account_leaves_one_event_without_secrets() {
    on_both(async |t| {
        let (app, id) = with_officer(&t.db).await;
        let administrator = caller(9, Role::Administrator, OURS);
        app.change_role_name(&administrator, id, Role::Viewer, " 李示例 ").await.unwrap();
        let slip = app.reset_password(&administrator, id).await.unwrap();
        app.disable_account(&administrator, id).await.unwrap();
        app.enable_account(&administrator, id).await.unwrap();
        let info = app.account(&administrator, id).await.unwrap();
        assert_eq!((info.role, info.name.as_str(), info.must_change), (Role::Viewer, "李示例", true));
        let events = store::event::of_object((&t.db).into(), Object::Account, id.0, 99).await.unwrap();
        let kinds: Vec<_> = events.iter().map(|it| it.kind.key()).collect();
        let expected = [
            "account_create",
            "password_set",
            "account_change",
            "password_set",
            "account_change",
            "account_change",
        ];
        assert_eq!(kinds, expected);
        for event in events {
            let body = String::from_utf8(event.body).unwrap();
            for hidden in [GOOD, slip.password.reveal(), "argon2", "张示例", "李示例"] {
                assert!(!body.contains(hidden), "{body}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_administrator_cannot_lock_itself_out_or_raise_an_officer_to_its_own_role() {
    on_both(async |t| {
        let (app, officer) = with_officer(&t.db).await;
        let first =
            app.create_account(&operator(), new("first", NATIONAL, Role::Administrator)).await.unwrap();
        let national = caller(first.account.0, Role::Administrator, NATIONAL);
        assert!(refusal(app.disable_account(&national, first.account).await).contains("自己"));
        let lower = app.change_role_name(&national, first.account, Role::Viewer, "张示例").await;
        assert!(refusal(lower).contains("自己"));
        app.change_role_name(&national, first.account, Role::Administrator, "王示例").await.unwrap();
        let own = caller(9, Role::Administrator, OURS);
        let raised = app.change_role_name(&own, officer, Role::Administrator, "张示例").await;
        assert!(matches!(raised, Err(AppError::Forbidden)));
        let other = caller(9, Role::Administrator, THEIRS);
        for answer in
            [app.disable_account(&other, officer).await, app.account(&other, officer).await.map(drop)]
        {
            assert!(matches!(answer, Err(AppError::NotFound)), "{answer:?}");
        }
    })
    .await;
}

#[test]
fn a_login_is_folded_to_one_spelling_or_refused() {
    assert_eq!(login_of(" Zhang.Shili-2 ").unwrap(), "zhang.shili-2");
    for bad in ["ab", "1abc", "张示例", "a b c", "abc@x", &"a".repeat(33), ""] {
        assert!(login_of(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_name_is_one_clean_line() {
    assert_eq!(name_of(" 张示例 ").unwrap(), "张示例");
    assert!(name_of("  ").is_err() && name_of(&"长".repeat(31)).is_err() && name_of("张\u{0}").is_err());
}

#[tokio::test]
async fn none_of_the_last_five_passwords_is_taken_again_also_after_a_reset() {
    on_both(async |t| {
        let (app, id) = with_officer(&t.db).await;
        let ctx = caller(id.0, Role::Licensing, OURS);
        let change =
            async |old: &str, new: &str| app.change_password(&ctx, &secret(old), &secret(new), None).await;
        let used: Vec<String> =
            std::iter::once(GOOD.to_owned()).chain((1..5).map(|n| format!("songShan#{n}7lv"))).collect();
        for pair in used.windows(2) {
            change(&pair[0], &pair[1]).await.unwrap();
        }
        let now = used[4].as_str();
        for old in &used[..4] {
            assert!(refusal(change(now, old).await).contains("最近用过的5个密码"), "{old}");
        }
        assert!(refusal(change(now, now).await).contains("与原密码相同"));

        // A slip in between opens no way back, and takes the place of none of the five.
        let slip = app.reset_password(&caller(9, Role::Administrator, OURS), id).await.unwrap();
        let given = slip.password.reveal();
        assert!(refusal(change(given, now).await).contains("最近用过的5个密码"));
        assert!(refusal(change(given, &used[1]).await).contains("最近用过的5个密码"));
        change(given, "huaShan#67lv").await.unwrap();
        assert!(refusal(change("huaShan#67lv", &used[1]).await).contains("最近用过的5个密码"));
        change("huaShan#67lv", &used[0]).await.unwrap();
        let kept = store::old_password::of_account((&t.db).into(), id).await.unwrap();
        assert_eq!(kept.len(), 4, "no more hashes are kept than are asked about");
    })
    .await;
}
