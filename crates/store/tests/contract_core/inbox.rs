//! What authorities are told of acts that are not theirs.
use domain::{AccountId, Actor, AuthorityId, BodyId, CertificateId, Concern, EventKind, Level, Object, Role};
use store::{
    Db,
    account::{self, Account, PasswordHash},
    body, certificate,
    event::{self, Position},
    inbox::{self, Letter, Which},
    kin,
    testing::{on_both, statements},
};

use crate::{
    guarded,
    sample::{OURS, THEIRS, at, body as sample_body, day, event as sample, head, number},
    write,
};

/// A third authority.
const THIRD: AuthorityId = AuthorityId(31);

/// Records an act of THEIRS upon certificate 1 of OURS and tells these of it; its place.
async fn told(db: &Db, kind: EventKind, to: &[(AuthorityId, Concern)]) -> Position {
    let event = domain::Event { kind, ..sample(1) };
    write(db, async |tx| {
        let at = event::append(tx, &[event]).await?;
        inbox::insert(tx, at, (CertificateId(1), THEIRS), to).await?;
        Ok(at)
    })
    .await
}

async fn ground(db: &Db) {
    write(db, async |tx| {
        body::insert(tx, &[sample_body(1)], at(0)).await?;
        certificate::insert(tx, &[head(1)]).await
    })
    .await;
}

async fn places(db: &Db, authority: AuthorityId, which: Which, before: Option<Position>) -> Vec<i64> {
    let found = inbox::list(db.into(), authority, which, before, 9).await.unwrap();
    found.iter().map(|it| it.at.number).collect()
}

#[tokio::test]
async fn a_letter_says_what_was_done_to_what_and_why_it_concerns() {
    on_both(async |t| {
        let db = &t.db;
        ground(db).await;
        let place = told(db, EventKind::Revoke, &[(OURS, Concern::Superior), (THIRD, Concern::Site)]).await;
        let expected = Letter {
            at: place,
            recorded_at: at(1),
            effective: day(1),
            kind: EventKind::Revoke,
            document: "示例决〔2026〕1号".into(),
            certificate: CertificateId(1),
            number: number(1),
            issuer: OURS,
            body: BodyId(1),
            body_name: sample_body(1).name,
            by: THEIRS,
            concern: Concern::Site,
            read: None,
        };
        let found = inbox::list(db.into(), THIRD, Which::All, None, 9).await.unwrap();
        assert_eq!(found, [expected]);
        assert!(places(db, THEIRS, Which::All, None).await.is_empty());
        let told = kin::told(db.into(), vec![1, 2]).await.unwrap();
        assert_eq!(told, [(BodyId(1), THIRD, Concern::Site), (BodyId(1), OURS, Concern::Superior)]);
        let since = async |moment| store::digest::letters_since(db.into(), moment).await.unwrap();
        assert_eq!(since(at(1)).await, [(THIRD, 1), (OURS, 1)]);
        assert_eq!(since(at(2)).await, []);
        guarded(db, "delete from inbox", "no_delete:inbox").await;
    })
    .await;
}

#[tokio::test]
async fn letters_are_read_from_the_newest_and_marked_once() {
    on_both(async |t| {
        let db = &t.db;
        ground(db).await;
        let mut all = Vec::new();
        for _ in 0..4 {
            all.push(told(db, EventKind::Suspend, &[(THIRD, Concern::Body)]).await);
        }
        let numbers: Vec<i64> = all.iter().rev().map(|it| it.number).collect();
        assert_eq!(places(db, THIRD, Which::All, None).await, numbers);
        assert_eq!(places(db, THIRD, Which::All, Some(all[2])).await, numbers[2..]);
        assert_eq!(inbox::unread(db.into(), THIRD).await.unwrap(), 4);

        let by = |second, id| (at(second), AccountId(id));
        let mark = async |who, at, by| write(db, async |tx| inbox::mark(tx, who, at, by).await).await;
        assert!(!mark(OURS, all[3], by(5, 7)).await, "not one's own");
        assert!(mark(THIRD, all[3], by(5, 7)).await);
        assert!(!mark(THIRD, all[3], by(6, 8)).await, "the first mark stays");
        assert_eq!(places(db, THIRD, Which::Unread, None).await, numbers[1..]);
        let found = inbox::list(db.into(), THIRD, Which::All, None, 1).await.unwrap();
        assert_eq!(found[0].read, Some((at(5), AccountId(7))));

        let up_to = async |at| {
            let mark = async |tx: &store::Tx| inbox::mark_up_to(tx, THIRD, at, by(9, 8)).await;
            write(db, mark).await
        };
        assert_eq!((up_to(all[1]).await, up_to(all[1]).await), (2, 0));
        assert_eq!(places(db, THIRD, Which::Unread, None).await, [all[2].number]);
        assert_eq!(inbox::unread(db.into(), THIRD).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_stream_of_others_acts_goes_on_after_a_place_and_leaves_out_ones_own_certificates() {
    on_both(async |t| {
        let db = &t.db;
        ground(db).await;
        let first = told(db, EventKind::Revoke, &[(THIRD, Concern::Sister), (OURS, Concern::Superior)]).await;
        let second = told(db, EventKind::Lift, &[(THIRD, Concern::Sister)]).await;
        let after = async |who, place| {
            let found = inbox::after(db.into(), who, place, 9).await.unwrap();
            found
                .into_iter()
                .map(|(event, concern)| (event.position, event.kind, concern))
                .collect::<Vec<_>>()
        };
        let all = [(first, EventKind::Revoke, Concern::Sister), (second, EventKind::Lift, Concern::Sister)];
        assert_eq!(after(THIRD, Position { epoch: 0, number: 0 }).await, all);
        assert_eq!(after(THIRD, first).await, all[1..]);
        assert_eq!(after(OURS, Position { epoch: 0, number: 0 }).await, []);
    })
    .await;
}

#[tokio::test]
async fn unread_letters_are_counted_by_their_own_index_and_lists_sort_nothing() {
    on_both(async |t| {
        if t.engine == "postgres" {
            return; // its choice depends on how much is in the tables
        }
        let db = &t.db;
        let sent = statements(async || {
            inbox::unread(db.into(), THIRD).await.unwrap();
            inbox::list(db.into(), THIRD, Which::Unread, None, 9).await.unwrap();
            inbox::list(db.into(), THIRD, Which::All, None, 9).await.unwrap();
            write(db, async |tx| {
                inbox::mark_up_to(tx, THIRD, Position { epoch: 1, number: 0 }, (at(0), AccountId(1))).await
            })
            .await;
            inbox::after(db.into(), THIRD, Position { epoch: 0, number: 0 }, 9).await.unwrap();
        })
        .await;
        assert_eq!(sent.len(), 5);
        for (sql, args) in sent {
            let plan = format!("explain query plan {sql}").leak();
            let plan = db.query(plan, &args, |row| Ok(row.text(3)?.to_owned())).await.unwrap();
            assert!(!plan.iter().any(|line| line.contains("TEMP B-TREE")), "{plan:#?}");
            let unread = plan.iter().any(|line| line.contains("inbox_unread"));
            assert_eq!(unread, sql.contains("read_at is null"), "{plan:#?}");
        }
    })
    .await;
}

/// The statement of the migration that makes letters of what superiors did before there were any.
fn brought_over() -> &'static str {
    let text = include_str!("../../migrations/007_inbox.sql");
    let from = text.find("insert into inbox").unwrap();
    &text[from..from + text[from..].find(';').unwrap()]
}

fn account(id: i64, authority: AuthorityId) -> Account {
    Account {
        id: AccountId(id),
        login: format!("shili{id}"),
        name: "张示例".into(),
        authority,
        role: Role::Licensing,
        password: PasswordHash("示例".into()),
        must_change: false,
        disabled: false,
        failures: 0,
        locked_until: None,
        password_set_at: at(0),
        last_login_at: None,
        last_login_from: None,
        created_at: at(0),
    }
}

#[tokio::test]
async fn what_superiors_did_before_there_was_an_inbox_becomes_letters_and_nothing_else_does() {
    on_both(async |t| {
        let db = &t.db;
        ground(db).await;
        let act = |kind, by: i64, authority| {
            let (level, role) = (Level::National, Role::Supervision);
            let actor = Actor::Account { id: AccountId(by), authority, level, role };
            domain::Event { kind, actor, ..sample(1) }
        };
        let events = [
            act(EventKind::Revoke, 8, THEIRS),
            act(EventKind::Revoke, 7, OURS),
            act(EventKind::Change, 8, THEIRS),
            domain::Event { object: Object::Account, ..act(EventKind::Revoke, 8, THEIRS) },
            domain::Event { actor: Actor::Operator("8".into()), ..act(EventKind::Revoke, 8, THEIRS) },
            act(EventKind::Lift, 8, THEIRS),
        ];
        write(db, async |tx| {
            account::create(tx, &account(7, OURS)).await?;
            account::create(tx, &account(8, THEIRS)).await?;
            event::append(tx, &events).await?;
            tx.exec(brought_over(), &[]).await
        })
        .await;
        let found = inbox::list(db.into(), OURS, Which::Unread, None, 9).await.unwrap();
        let told: Vec<_> = found.iter().map(|it| (it.kind, it.by, it.concern)).collect();
        let superior = |kind| (kind, THEIRS, Concern::Superior);
        assert_eq!(told, [superior(EventKind::Lift), superior(EventKind::Revoke)]);
        assert_eq!(inbox::unread(db.into(), THEIRS).await.unwrap(), 0);
    })
    .await;
}
