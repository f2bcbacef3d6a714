//! Lists of certificates: every filter, alone and together, and paging.
use domain::{BatchId, BodyId, CertificateId, Face, Status, StatusWord};
use store::{
    Db, body,
    certificate::{self, Card, Filter, Head},
    content::{self, Edition},
    testing::on_both,
};

use crate::{
    sample::{OURS, THEIRS, act, at, body as sample_body, branch, day, edition, face, head, number, uscc},
    write,
};

/// Nine certificates of three bodies; even ones are theirs.
fn heads() -> Vec<Head> {
    let of = |n: u32| Head {
        authority: if n.is_multiple_of(2) { THEIRS } else { OURS },
        body: BodyId(i64::from(n % 3 + 1)),
        status: if n == 5 { Status::Revoked(act(2)) } else { Status::Valid },
        batch: (n > 6).then_some(BatchId(3)),
        print_due: n == 3 || n == 4,
        valid_to: day(n as i32 * 10),
        assigned_at: at(i64::from(n)),
        ..head(n)
    };
    (1..=9).map(of).collect()
}

async fn filled(db: &Db) -> Vec<Card> {
    let heads = heads();
    let odd = body::Body { name_key: "示例检测2有限公司_100%\\".into(), ..sample_body(2) };
    let bodies = [sample_body(1), odd, branch(3, uscc(30))];
    let editions: Vec<Edition> = (1..=9).map(|n| edition(n, 1)).collect();
    write(db, async |tx| {
        body::insert(tx, &bodies, at(0)).await?;
        certificate::insert(tx, &heads).await?;
        content::insert_editions(tx, &editions).await
    })
    .await;
    let face = |n: i64| Face { ..face(n as u32) };
    heads.into_iter().map(|head| Card { face: face(head.id.0), capabilities: 2, head }).rev().collect()
}

/// Asserts that list, count and ids agree about which certificates match.
async fn matches(db: &Db, cards: &[Card], filter: &Filter, expected: impl Fn(&Head) -> bool) {
    let wanted: Vec<Card> = cards.iter().filter(|c| expected(&c.head)).cloned().collect();
    assert!(!wanted.is_empty() && wanted.len() < cards.len(), "the filter must narrow: {filter:?}");
    assert_eq!(certificate::list(db.into(), filter, None, 100).await.unwrap(), wanted, "{filter:?}");
    assert_eq!(certificate::count(db.into(), filter).await.unwrap(), wanted.len() as u64, "{filter:?}");
    let mut ids: Vec<CertificateId> = wanted.iter().map(|c| c.head.id).collect();
    ids.reverse();
    assert_eq!(certificate::ids(db.into(), filter, 0, 100).await.unwrap(), ids, "{filter:?}");
}

#[tokio::test]
async fn each_filter_narrows_alone_and_together_with_an_authority() {
    on_both(async |t| {
        let (db, cards) = (&t.db, filled(&t.db).await);
        let any = Filter::default();
        assert_eq!(certificate::list(db.into(), &any, None, 100).await.unwrap(), cards);
        assert_eq!(certificate::count(db.into(), &any).await.unwrap(), 9);
        type Rule = Box<dyn Fn(&Head) -> bool>;
        let name = |text: &str| Filter { name: text.into(), ..Filter::default() };
        let starting = |text: &str| Filter { number: text.into(), ..Filter::default() };
        let of_uscc = |n| Filter { uscc: uscc(n).as_str().into(), ..Filter::default() };
        let rules: Vec<(Filter, Rule)> = vec![
            (Filter { status: Some(StatusWord::Revoked), ..any.clone() }, Box::new(|h| h.id.0 == 5)),
            (starting(number(3).as_str()), Box::new(|h| h.id.0 == 3)),
            (name(&domain::name_key("检测2有限")), Box::new(|h| h.body.0 == 2)),
            (name("司_100%\\"), Box::new(|h| h.body.0 == 2)),
            (of_uscc(2), Box::new(|h| h.body.0 == 2)),
            (of_uscc(30), Box::new(|h| h.body.0 == 3)),
            (Filter { print_due: true, ..any.clone() }, Box::new(|h| h.print_due)),
            (Filter { batch: Some(BatchId(3)), ..any.clone() }, Box::new(|h| h.id.0 > 6)),
            (Filter { expires_from: Some(day(50)), ..any.clone() }, Box::new(|h| h.id.0 >= 5)),
            (Filter { expires_to: Some(day(50)), ..any.clone() }, Box::new(|h| h.id.0 <= 5)),
        ];
        for (filter, rule) in &rules {
            matches(db, &cards, filter, rule).await;
            for authority in [OURS, THEIRS] {
                let both = |h: &Head| h.authority == authority && rule(h);
                if cards.iter().any(|c| both(&c.head)) {
                    matches(db, &cards, &Filter { authority: Some(authority), ..filter.clone() }, both).await;
                }
            }
        }
        matches(db, &cards, &Filter { authority: Some(OURS), ..any.clone() }, |h| h.authority == OURS).await;
        let all = Filter {
            authority: Some(OURS),
            status: Some(StatusWord::Valid),
            number: number(9).as_str()[..11].into(),
            name: "示例".into(),
            batch: Some(BatchId(3)),
            expires_from: Some(day(80)),
            expires_to: Some(day(90)),
            uscc: uscc(1).as_str().into(),
            print_due: false,
        };
        matches(db, &cards, &all, |h| h.id.0 == 9).await;
    })
    .await;
}

#[tokio::test]
async fn what_people_type_is_text_and_no_pattern() {
    on_both(async |t| {
        let db = &t.db;
        filled(db).await;
        for text in ["%%", "示_", "26_1", "2661%", "\\\\", "'", "2661\\"] {
            for authority in [None, Some(OURS)] {
                let typed = Filter { number: text.into(), authority, ..Filter::default() };
                assert_eq!(certificate::count(db.into(), &typed).await.unwrap(), 0, "{text}");
                let typed = Filter { name: text.into(), authority, ..Filter::default() };
                assert_eq!(certificate::count(db.into(), &typed).await.unwrap(), 0, "{text}");
            }
        }
        let short = Filter { number: "26".into(), ..Filter::default() };
        assert_eq!(certificate::count(db.into(), &short).await.unwrap(), 9);
    })
    .await;
}

#[tokio::test]
async fn pages_go_on_where_the_last_one_ended() {
    on_both(async |t| {
        let (db, cards) = (&t.db, filled(&t.db).await);
        for authority in [None, Some(OURS)] {
            let filter = Filter { authority, ..Filter::default() };
            let wanted: Vec<Card> =
                cards.iter().filter(|c| authority.is_none_or(|a| a == c.head.authority)).cloned().collect();
            let (mut seen, mut before) = (Vec::new(), None);
            loop {
                let page = certificate::list(db.into(), &filter, before, 2).await.unwrap();
                assert!(page.len() <= 2);
                let Some(last) = page.last() else { break };
                assert!(before.is_none_or(|b| last.head.id.0 < b), "a page must go on");
                before = Some(last.head.id.0);
                seen.extend(page);
            }
            assert_eq!(seen, wanted);
            let (mut ids, mut after) = (Vec::new(), 0);
            while let page = certificate::ids(db.into(), &filter, after, 2).await.unwrap()
                && let Some(last) = page.last()
            {
                assert!(last.0 > after, "a page must go on");
                after = last.0;
                ids.extend(page);
            }
            ids.reverse();
            assert_eq!(ids, wanted.iter().map(|c| c.head.id).collect::<Vec<_>>());
        }
    })
    .await;
}

#[tokio::test]
async fn what_each_authority_delivered_is_counted_by_status() {
    on_both(async |t| {
        filled(&t.db).await;
        let delivered = certificate::delivered((&t.db).into()).await.unwrap();
        let expected = [
            (THEIRS, StatusWord::Valid, 4, at(8)),
            (OURS, StatusWord::Revoked, 1, at(5)),
            (OURS, StatusWord::Valid, 4, at(9)),
        ];
        assert_eq!(delivered, expected);
    })
    .await;
}
