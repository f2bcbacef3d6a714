//! What a superior did to an authority's certificates.
use domain::{AccountId, Actor, AuthorityId, CertificateId, Event, EventKind, Level, Object, Role};
use store::{
    account::{self, Account, PasswordHash},
    body, certificate, event,
    notice::{self, Notice},
    testing::{on_both, statements},
};

use crate::{
    sample::{OURS, THEIRS, at, body as sample_body, day, event as sample, head, number},
    write,
};

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

/// An act upon certificate 1 of OURS, at a second, by an account.
fn act(kind: EventKind, second: i64, by: i64, authority: AuthorityId) -> Event {
    let actor =
        Actor::Account { id: AccountId(by), authority, level: Level::National, role: Role::Supervision };
    Event { recorded_at: at(second), actor, kind, object_id: 1, ..sample(1) }
}

#[tokio::test]
async fn only_acts_of_others_since_the_moment_are_news_and_they_are_found_by_their_own_index() {
    on_both(async |t| {
        let db = &t.db;
        let own = |kind, second| act(kind, second, 7, OURS);
        let other = |kind, second| act(kind, second, 8, THEIRS);
        let events = [
            other(EventKind::Revoke, 5),
            own(EventKind::Revoke, 20),
            other(EventKind::Change, 21),
            Event { object: Object::Account, ..other(EventKind::Revoke, 22) },
            Event { authority: Some(THEIRS), ..other(EventKind::Revoke, 23) },
            Event { actor: Actor::Operator("8".into()), ..other(EventKind::Revoke, 24) },
            other(EventKind::Revoke, 25),
            other(EventKind::Lift, 26),
        ];
        write(db, async |tx| {
            account::create(tx, &account(7, OURS)).await?;
            account::create(tx, &account(8, THEIRS)).await?;
            body::insert(tx, &[sample_body(1)], at(0)).await?;
            certificate::insert(tx, &[head(1)]).await?;
            event::append(tx, &events).await
        })
        .await;
        let notice = |kind, second| Notice {
            recorded_at: at(second),
            effective: day(1),
            kind,
            document: "示例决〔2026〕1号".into(),
            certificate: CertificateId(1),
            number: number(1),
            body: sample_body(1).name,
            by: THEIRS,
        };
        let since = async |second, limit| notice::since(db.into(), OURS, at(second), limit).await.unwrap();
        let all = [notice(EventKind::Lift, 26), notice(EventKind::Revoke, 25), notice(EventKind::Revoke, 5)];
        assert_eq!(since(0, 9).await, all);
        assert_eq!(since(6, 9).await, all[..2], "old news is left out");
        assert_eq!(since(0, 1).await, all[..1]);
        assert!(notice::since(db.into(), AuthorityId(1), at(0), 9).await.unwrap().is_empty());
        if t.engine == "sqlite" {
            let sent = statements(async || drop(since(0, 9).await)).await;
            let (sql, args) = sent.into_iter().next().unwrap();
            let plan = format!("explain query plan {sql}").leak();
            let plan = db.query(plan, &args, |row| Ok(row.text(3)?.to_owned())).await.unwrap();
            assert_eq!(plan[0], "SEARCH e USING INDEX event_of_superior (authority_id=?)", "{plan:#?}");
            assert!(!plan.iter().any(|line| line.contains("TEMP B-TREE")), "{plan:#?}");
        }
    })
    .await;
}
