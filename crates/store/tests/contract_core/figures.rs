//! The counts of the desk: of one authority only, and only what they name.
use domain::{AuthorityId, Status, StatusWord};
use store::{body, certificate, certificate::Head, content, figures, testing::on_both};

use crate::{
    sample::{OURS, THEIRS, act, at, body as sample_body, day, edition, head},
    write,
};

#[tokio::test]
async fn the_desk_counts_what_is_ours_by_status_by_print_and_by_last_day() {
    on_both(async |t| {
        let of = |n: u32| Head {
            authority: if n == 6 { THEIRS } else { OURS },
            body: sample_body(1).id,
            status: if n == 5 { Status::Revoked(act(2)) } else { Status::Valid },
            print_due: n == 2 || n == 6,
            valid_to: day(n as i32 * 10),
            previous: None,
            successor: None,
            ..head(n)
        };
        let heads: Vec<Head> = (1..=6).map(of).collect();
        let editions: Vec<_> = (1..=6).map(|n| edition(n, 1)).collect();
        write(&t.db, async |tx| {
            body::insert(tx, &[sample_body(1)], at(0)).await?;
            certificate::insert(tx, &heads).await?;
            content::insert_editions(tx, &editions).await
        })
        .await;
        let reader = || (&t.db).into();
        let counted = figures::by_status(reader(), OURS).await.unwrap();
        assert_eq!(counted, [(StatusWord::Revoked, 1), (StatusWord::Valid, 4)], "{}", t.engine);
        assert_eq!(figures::print_due(reader(), OURS).await.unwrap(), 1);
        let ending = async |from, to| figures::ending(reader(), OURS, day(from), day(to)).await.unwrap();
        assert_eq!(ending(20, 40).await, 3, "both days count");
        assert_eq!(ending(50, 60).await, 0, "neither the revoked one nor theirs");
        let by_day = async |of: &[AuthorityId]| {
            figures::ending_by_day(reader(), of, (day(30), day(60))).await.unwrap()
        };
        assert_eq!(by_day(&[OURS]).await, [(day(30), 1), (day(40), 1)]);
        assert_eq!(by_day(&[OURS, THEIRS]).await, [(day(30), 1), (day(40), 1), (day(60), 1)], "theirs too");
    })
    .await;
}
