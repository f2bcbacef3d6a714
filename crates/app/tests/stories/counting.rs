//! 统计: counted once, on whichever node, whatever fails meanwhile.
use crate::*;
use app::{Asker, Asking, Question};
use domain::tally::{Agent, Dimension, Measure, Way};
use store::tally::{Of, Tally, of_one};
use store::tally_log::{Which, waiting};
use store::testing::on_both;
use store::{Urgency, asked, meta};

/// A person at an address.
async fn person(app: &App, n: u8) -> Asker {
    let user_agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 Safari/604.1";
    let source = Some([0, 0, 0, 0, 198, 18, 0, n]);
    app.asker(Asking { source, user_agent, json: false, province: None }).await
}

/// The rows of a measure on a day.
async fn rows(app: &App, db: &Db, measure: Measure, dimension: Dimension, of: Of) -> Vec<Tally> {
    let today = app.today();
    of_one(db.into(), measure, dimension, of, (today, today)).await.unwrap()
}

async fn sum(app: &App, db: &Db, measure: Measure, of: Of) -> u64 {
    rows(app, db, measure, Dimension::Total, of).await.iter().map(Tally::sum).sum()
}

/// How many rows wait in the log.
async fn logged(db: &Db) -> u64 {
    waiting(db.into(), Which::Questions, 1_000).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nodes_that_count_and_add_up_at_once_count_everything_once() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let assigned = office.app.assign_form(&office.ctx, &first(1)).await.unwrap();
        let asked = Asked::Number(assigned.number.clone());
        let other = node(&t.db, &office.clock).await;
        // The same people come to both.
        let ask = async |app: Arc<App>, asked: Asked| {
            for n in 0..120u8 {
                let asker = person(&app, n / 2).await;
                app.verify(&asked, app.today(), Question::typed(Way::Number, &asker)).await.unwrap();
                if n % 7 == 0 {
                    app.flush_tally().await.unwrap();
                }
                if n % 31 == 0 {
                    app.tend_tally().await.unwrap();
                }
            }
        };
        let tasks = [office.app.clone(), other.clone()];
        let tasks = tasks.map(|app| tokio::spawn(ask(app, asked.clone())));
        for task in tasks {
            task.await.unwrap();
        }
        // Each node writes what it has in memory; one adds all of it up.
        other.flush_tally().await.unwrap();
        office.app.flush_tally().await.unwrap();
        office.app.settle_tally().await.unwrap();
        let ours = Of::Authority(OURS);
        for of in [ours, Of::Nation] {
            assert_eq!(sum(&office.app, &t.db, Measure::Verdict, of).await, 240, "{}", t.engine);
        }
        let hours = &rows(&office.app, &t.db, Measure::Verdict, Dimension::Way, ours).await[0];
        assert_eq!((hours.value.as_str(), hours.hours[16], hours.agent), ("number", 240, Agent::Person));
        let today = office.app.today();
        let visitors = asked::visitors((&t.db).into(), ours, (today, today)).await.unwrap();
        // Within two per cent, of so few one or two.
        let visitors = visitors[0].1.count();
        assert!(visitors.abs_diff(60) <= 2, "who came to both nodes is one visitor: {visitors}");
        office.app.fold_bodies(true).await.unwrap();
        let most = asked::most_asked((&t.db).into(), ours, asked::month_number(today), 9).await.unwrap();
        assert_eq!((most.len(), most[0].people, most[0].machines), (1, 240, 0));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_written_stays_and_is_written_once() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let app = &office.app;
        app.count_view(&person(app, 1).await);
        app.flush_tally().await.unwrap();
        assert_eq!(logged(&t.db).await, 1);
        // The log is away: it is as if the store refused.
        let rename = async |sql: &'static str| {
            let tx = t.db.begin(Urgency::Act).await.unwrap();
            tx.exec(sql, &[]).await.unwrap();
            tx.commit().await.unwrap();
        };
        rename("alter table tally_log rename to tally_log_away").await;
        for n in 0..3 {
            app.count_view(&person(app, n).await);
            assert!(app.flush_tally().await.is_err());
        }
        rename("alter table tally_log_away rename to tally_log").await;
        app.count_view(&person(app, 9).await);
        app.flush_tally().await.unwrap();
        app.flush_tally().await.unwrap();
        app.settle_tally().await.unwrap();
        app.settle_tally().await.unwrap();
        assert_eq!(sum(app, &t.db, Measure::View, Of::Nation).await, 5, "{}", t.engine);
        assert_eq!(logged(&t.db).await, 0);
        let today = app.today();
        let visitors = asked::visitors((&t.db).into(), Of::Nobody, (today, today)).await.unwrap();
        assert_eq!(visitors[0].1.count(), 4);
    })
    .await;
}

#[tokio::test]
async fn who_asks_on_two_days_is_a_visitor_of_each_and_no_salt_outlives_its_day() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let app = &office.app;
        let other = node(&t.db, &office.clock).await;
        let today = app.today();
        app.count_view(&person(app, 1).await);
        other.count_view(&person(&other, 1).await);
        other.flush_tally().await.unwrap();
        let salt = async |day| store::tally_log::salt((&t.db).into(), day).await.unwrap();
        assert!(salt(today).await.is_some());
        office.clock.advance(86_400);
        app.count_view(&person(app, 1).await);
        app.flush_tally().await.unwrap();
        app.tend_tally().await.unwrap();
        assert!(salt(today).await.is_none() && salt(app.today()).await.is_some());
        let visitors = asked::visitors((&t.db).into(), Of::Nobody, (today, app.today())).await.unwrap();
        assert_eq!(visitors.iter().map(|it| it.1.count()).collect::<Vec<_>>(), [1, 1]);
        assert_ne!(visitors[0].1, visitors[1].1, "nothing tells that it was the same");
    })
    .await;
}

#[tokio::test]
async fn what_was_done_is_counted_once_and_anew_when_the_epoch_rises() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let other = node(&t.db, &office.clock).await;
        for n in 1..=3 {
            office.app.assign_form(&office.ctx, &first(n)).await.unwrap();
        }
        let (a, b) = tokio::join!(office.app.count_acts(), other.count_acts());
        assert_eq!(a.unwrap() + b.unwrap(), 3, "{}", t.engine);
        assert_eq!(office.app.count_acts().await.unwrap(), 0);
        let ours = Of::Authority(OURS);
        let check = async || {
            for of in [ours, Of::Nation] {
                assert_eq!(sum(&office.app, &t.db, Measure::Assign, of).await, 3);
            }
            for (dimension, value) in
                [(Dimension::Way, "form"), (Dimension::Province, "61"), (Dimension::Domain, "12")]
            {
                let row = &rows(&office.app, &t.db, Measure::Assign, dimension, ours).await[0];
                assert_eq!((row.value.as_str(), row.sum(), row.hours[16]), (value, 3, 3));
            }
        };
        check().await;
        let tx = t.db.begin(Urgency::Act).await.unwrap();
        meta::set(&tx, "epoch", "2").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(other.count_acts().await.unwrap(), 3, "all again, from the beginning");
        check().await;
    })
    .await;
}
