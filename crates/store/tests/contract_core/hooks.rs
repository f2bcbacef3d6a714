//! 通知: a hook follows the events of its authority, one node at a time sends to it, and what was not taken is kept.
use domain::{AuthorityId, CertificateId, ClientId, Concern, Event, EventKind, Grants, HookId, Instant};
use store::{
    Db, certificate,
    client::{self, Client},
    delivery::{self, Delivery, Settled, State},
    event::{self, Position},
    hook::{self, Hook, Release},
    inbox,
    testing::{on_both, statements},
};

use crate::{
    conflicts,
    plans::scan_nothing,
    sample::{OURS, THEIRS, at, event as sample, head, number},
    write,
};

const HOOK: HookId = HookId(1);

fn place(number: i64) -> Position {
    Position { epoch: 1, number }
}

fn system(id: i64, authority: AuthorityId) -> Client {
    Client {
        id: ClientId(id),
        authority,
        public_id: format!("fuma-61-{id}"),
        name: "示例审批系统".into(),
        grants: Grants::all(),
        addresses: String::new(),
        from: None,
        to: None,
        signing: false,
        rate: 50,
        disabled: false,
        created_at: at(0),
        last_seen_at: None,
    }
}

fn sample_hook(id: i64, authority: AuthorityId) -> Hook {
    Hook {
        id: HookId(id),
        client: ClientId(id),
        authority,
        url: "https://notify.example.cn/fuma".into(),
        secret: vec![0, 159, 7],
        kinds: "assign change".into(),
        others: false,
        disabled: false,
        at: place(0),
        next_at: at(0),
        failures: 0,
        last_done_at: None,
        created_at: at(0),
    }
}

/// One hook of each authority with its system, and events of certificate 1: three of ours, one of theirs between them.
async fn scene(db: &Db) {
    write(db, async |tx| {
        for (id, authority) in [(1, OURS), (2, THEIRS)] {
            client::create(tx, &system(id, authority)).await?;
            hook::create(tx, &sample_hook(id, authority)).await?;
        }
        certificate::insert(tx, &[head(1)]).await?;
        let theirs = Event { authority: Some(THEIRS), ..sample(1) };
        let revoked = Event { kind: EventKind::Revoke, ..sample(1) };
        event::append(tx, &[sample(1), theirs, revoked, sample(1)]).await
    })
    .await;
}

/// The hook with those of our events in its queue.
async fn queued(db: &Db) {
    scene(db).await;
    let all = [place(1), place(3), place(4)];
    assert_eq!(write(db, async |tx| delivery::enqueue(tx, HOOK, &all, at(10)).await).await, 3);
}

async fn due(db: &Db, now: Instant) -> Vec<Delivery> {
    let told = delivery::due(db.into(), HOOK, now, 9).await.unwrap();
    told.into_iter().map(|told| told.delivery).collect()
}

fn places(all: &[Delivery]) -> Vec<i64> {
    all.iter().map(|it| it.at.number).collect()
}

fn settled(state: State, next: i64) -> Settled<'static> {
    Settled { state, next_at: at(next), status: Some(500), message: "对方答复 500" }
}

#[tokio::test]
async fn a_hook_is_read_back_changed_and_listed_by_authority() {
    on_both(async |t| {
        let db = &t.db;
        scene(db).await;
        let (ours, theirs) = (sample_hook(1, OURS), sample_hook(2, THEIRS));
        assert_eq!(hook::by_id(db.into(), HOOK).await.unwrap(), Some(ours.clone()));
        assert_eq!(hook::by_id(db.into(), HookId(3)).await.unwrap(), None);
        assert_eq!(hook::list(db.into(), Some(THEIRS)).await.unwrap(), std::slice::from_ref(&theirs));
        assert_eq!(hook::list(db.into(), None).await.unwrap(), [ours.clone(), theirs.clone()]);
        assert_eq!(hook::enabled(db.into()).await.unwrap(), [ours.clone(), theirs.clone()]);
        let url = "http://a.example.cn/".into();
        let changed = Hook { url, kinds: String::new(), others: true, disabled: true, ..ours };
        write(db, async |tx| hook::update(tx, &changed).await).await;
        assert_eq!(hook::by_id(db.into(), HOOK).await.unwrap(), Some(changed));
        assert_eq!(hook::enabled(db.into()).await.unwrap(), [theirs]);
        let off = Client { disabled: true, ..system(2, THEIRS) };
        write(db, async |tx| client::update(tx, &off).await).await;
        assert_eq!(hook::enabled(db.into()).await.unwrap(), [], "a system that has ended is told nothing");
        conflicts(db, async |tx| hook::update(tx, &sample_hook(3, OURS)).await).await;
        assert!(write(db, async |tx| hook::disable(tx, HookId(2)).await).await);
        assert!(!write(db, async |tx| hook::disable(tx, HookId(2)).await).await);
    })
    .await;
}

#[tokio::test]
async fn acts_of_others_that_an_authority_was_told_of_are_followed_and_say_why() {
    on_both(async |t| {
        let db = &t.db;
        scene(db).await;
        write(db, async |tx| {
            let told = [(OURS, Concern::Sister)];
            inbox::insert(tx, place(2), (CertificateId(1), THEIRS), &told).await?;
            // What the superior did to its own certificate is among its own events.
            inbox::insert(tx, place(3), (CertificateId(1), THEIRS), &[(OURS, Concern::Superior)]).await
        })
        .await;
        let ahead = async |after| hook::ahead_of_others(db.into(), OURS, after, 9).await.unwrap();
        assert_eq!(ahead(place(0)).await, [(place(2), sample(1).kind)]);
        assert_eq!(ahead(place(2)).await, []);
        let both = [place(2), place(3)];
        write(db, async |tx| delivery::enqueue(tx, HOOK, &both, at(10)).await).await;
        let told = delivery::due(db.into(), HOOK, at(10), 9).await.unwrap();
        let others: Vec<_> = told.iter().map(|told| told.other).collect();
        assert_eq!(others, [Some((CertificateId(1), Concern::Sister)), None]);
    })
    .await;
}

#[tokio::test]
async fn a_hook_follows_the_events_of_its_authority_and_of_two_who_move_it_one_does() {
    on_both(async |t| {
        let db = &t.db;
        scene(db).await;
        let ahead = async |after, limit| hook::ahead(db.into(), OURS, after, limit).await.unwrap();
        let kind = sample(1).kind;
        let all = [(place(1), kind), (place(3), EventKind::Revoke), (place(4), kind)];
        assert_eq!(ahead(place(0), 9).await, all);
        assert_eq!(ahead(place(1), 1).await, all[1..2]);
        assert_eq!(ahead(place(4), 9).await, []);
        assert_eq!(ahead(Position { epoch: 0, number: 99 }, 9).await, all, "another epoch comes before");
        write(db, async |tx| hook::advance(tx, HOOK, place(0), place(3)).await).await;
        conflicts(db, async |tx| hook::advance(tx, HOOK, place(0), place(4)).await).await;
        assert_eq!(hook::by_id(db.into(), HOOK).await.unwrap().unwrap().at, place(3));
    })
    .await;
}

#[tokio::test]
async fn one_node_at_a_time_sends_to_a_hook() {
    on_both(async |t| {
        let db = &t.db;
        queued(db).await;
        let due = async |now| hook::due(db.into(), at(now), 9).await.unwrap();
        assert_eq!(due(9).await, [], "nothing of the queue is due");
        assert_eq!(due(10).await, [HOOK]);
        let lease =
            async |now, until| write(db, async |tx| hook::lease(tx, HOOK, at(now), at(until)).await).await;
        let (a, b) = tokio::join!(lease(10, 70), lease(10, 71));
        let held = [a, b].into_iter().flatten().collect::<Vec<_>>();
        assert_eq!(held.len(), 1);
        assert_eq!(due(10).await, []);
        let next = held[0].next_at.plus_seconds(1);
        let taken = write(db, async |tx| hook::lease(tx, HOOK, next, at(200)).await).await.unwrap();
        assert_eq!((taken.next_at, taken.failures), (at(200), 0));
        let rest = Release { next_at: at(80), failures: 1, done_at: None };
        let release = async |lease, to| write(db, async |tx| hook::release(tx, HOOK, lease, &to).await).await;
        assert!(!release(held[0].next_at, rest).await, "the lease had ended");
        assert!(release(at(200), rest).await);
        assert_eq!((due(79).await, due(80).await), (vec![], vec![HOOK]));
        lease(80, 140).await.unwrap();
        assert!(release(at(140), Release { next_at: at(81), failures: 0, done_at: Some(at(81)) }).await);
        lease(81, 141).await.unwrap();
        assert!(release(at(141), rest).await);
        let hook = hook::by_id(db.into(), HOOK).await.unwrap().unwrap();
        assert_eq!((hook.failures, hook.last_done_at), (1, Some(at(81))), "the last success is kept");
        write(db, async |tx| hook::disable(tx, HOOK).await).await;
        assert_eq!((due(99).await, lease(99, 140).await), (vec![], None));
    })
    .await;
}

#[tokio::test]
async fn a_delivery_waits_is_tried_and_is_done_or_dead() {
    on_both(async |t| {
        let db = &t.db;
        queued(db).await;
        let told = delivery::due(db.into(), HOOK, at(10), 9).await.unwrap();
        assert_eq!((told[1].event.kind, told[1].event.object_id), (EventKind::Revoke, 1));
        assert_eq!((&told[1].number, told[1].code), (&number(1), head(1).code));
        assert_eq!((due(db, at(9)).await, places(&due(db, at(10)).await)), (vec![], vec![1, 3, 4]));
        let [first, second, third] = due(db, at(10)).await.try_into().unwrap();
        let expected = Delivery {
            hook: HOOK,
            at: place(1),
            state: State::Waiting,
            attempts: 0,
            next_at: at(10),
            status: None,
            message: String::new(),
            created_at: at(10),
            updated_at: at(10),
        };
        assert_eq!(first, expected);
        let settle = async |seen: &Delivery, to: &Settled<'_>| {
            write(db, async |tx| delivery::settle(tx, seen, to, at(11)).await).await
        };
        assert!(settle(&first, &settled(State::Waiting, 71)).await);
        assert!(!settle(&first, &settled(State::Waiting, 71)).await, "it was tried once");
        assert!(
            settle(&second, &Settled { message: "", status: Some(200), ..settled(State::Done, 11) }).await
        );
        assert!(settle(&third, &Settled { status: None, ..settled(State::Dead, 11) }).await);
        assert_eq!((due(db, at(70)).await, places(&due(db, at(71)).await)), (vec![], vec![1]));
        let waits = &due(db, at(71)).await[0];
        let tried = Delivery {
            attempts: 1,
            next_at: at(71),
            status: Some(500),
            message: "对方答复 500".into(),
            updated_at: at(11),
            ..expected
        };
        assert_eq!(waits, &tried);
        for (state, n) in [(State::Waiting, 1), (State::Done, 1), (State::Dead, 1)] {
            assert_eq!(delivery::count(db.into(), HOOK, state).await.unwrap(), n);
        }
    })
    .await;
}

#[tokio::test]
async fn deliveries_are_listed_newest_first_and_put_in_the_queue_anew() {
    on_both(async |t| {
        let db = &t.db;
        queued(db).await;
        let list = async |state, before, limit| {
            let page = delivery::list(db.into(), HOOK, state, before, limit).await.unwrap();
            page.into_iter().map(|it| (it.delivery.at.number, it.kind)).collect::<Vec<_>>()
        };
        let kind = sample(1).kind;
        let all = [(4, kind), (3, EventKind::Revoke), (1, kind)];
        assert_eq!(list(None, None, 9).await, all);
        assert_eq!(list(None, Some(place(4)), 1).await, all[1..2]);
        let seen = due(db, at(10)).await;
        write(db, async |tx| {
            for it in &seen[..2] {
                delivery::settle(tx, it, &settled(State::Dead, 11), at(11)).await?;
            }
            Ok(())
        })
        .await;
        assert_eq!(list(Some(State::Dead), None, 9).await, all[1..]);
        assert_eq!(list(Some(State::Dead), Some(place(3)), 9).await, all[2..]);
        assert_eq!(list(Some(State::Done), None, 9).await, []);
        let again =
            async |limit| write(db, async |tx| delivery::again_dead(tx, HOOK, limit, at(20)).await).await;
        assert_eq!(again(1).await, 1);
        let waits = &delivery::list(db.into(), HOOK, None, None, 9).await.unwrap()[2];
        assert_eq!((waits.delivery.attempts, waits.delivery.next_at), (0, at(20)));
        assert_eq!((&waits.number, waits.recorded_at), (&number(1), sample(1).recorded_at));
        assert_eq!((again(9).await, again(9).await), (1, 0));
        // What is being sent meanwhile is sent once more: its try says nothing of the new one.
        write(db, async |tx| delivery::again(tx, HOOK, place(4), at(30)).await).await;
        let stale = settled(State::Done, 31);
        assert!(!write(db, async |tx| delivery::settle(tx, &seen[2], &stale, at(31)).await).await);
        conflicts(db, async |tx| delivery::again(tx, HOOK, place(2), at(30)).await).await;
    })
    .await;
}

#[tokio::test]
async fn what_was_done_long_ago_is_removed_and_what_waits_stays() {
    on_both(async |t| {
        let db = &t.db;
        queued(db).await;
        let seen = due(db, at(10)).await;
        write(db, async |tx| delivery::settle(tx, &seen[0], &settled(State::Dead, 11), at(11)).await).await;
        write(db, async |tx| delivery::settle(tx, &seen[2], &settled(State::Done, 11), at(11)).await).await;
        let purge = async |before, limit| {
            write(db, async |tx| delivery::purge(tx, HOOK, at(before), limit).await).await
        };
        assert_eq!(purge(10, 9).await, 0);
        assert_eq!((purge(11, 1).await, purge(11, 9).await, purge(11, 9).await), (1, 1, 0));
        assert_eq!(places(&due(db, at(10)).await), [3]);
    })
    .await;
}

#[tokio::test]
async fn no_statement_of_the_hooks_scans_deliveries_or_events() {
    on_both(async |t| {
        let db = &t.db;
        queued(db).await;
        let all = statements(async || {
            hook::enabled(db.into()).await.unwrap();
            hook::ahead(db.into(), OURS, place(1), 9).await.unwrap();
            hook::due(db.into(), at(10), 9).await.unwrap();
            delivery::due(db.into(), HOOK, at(10), 9).await.unwrap();
            hook::ahead_of_others(db.into(), OURS, place(0), 9).await.unwrap();
            for state in [None, Some(State::Dead)] {
                delivery::list(db.into(), HOOK, state, Some(place(4)), 9).await.unwrap();
            }
            delivery::count(db.into(), HOOK, State::Dead).await.unwrap();
            write(db, async |tx| {
                hook::advance(tx, HOOK, place(0), place(3)).await?;
                hook::lease(tx, HOOK, at(10), at(70)).await?;
                hook::release(tx, HOOK, at(70), &Release { next_at: at(11), failures: 0, done_at: None })
                    .await?;
                delivery::again(tx, HOOK, place(1), at(20)).await?;
                delivery::again_dead(tx, HOOK, 9, at(20)).await?;
                delivery::purge(tx, HOOK, at(11), 9).await
            })
            .await;
        })
        .await;
        // The hooks themselves are few, and who asks for all that may be sent to reads them whole.
        let asked = scan_nothing(&t, all, &["select hook.id"]).await;
        assert!(asked > 9, "only {asked} statements were seen");
    })
    .await;
}
