//! What a scan shows: the edition in force on the day asked about, whether its excerpt is kept or made on the spot.
use app::{Asked, AuthoritySettings, PublicCertificate};
use domain::{Day, Field, Number, Role};
use store::testing::on_both;
use store::{Urgency, Val};

use super::{OURS, Office, actor, capability, day, first, office};

impl Office {
    async fn shown(&self, number: &Number, on: &str) -> PublicCertificate {
        let on: Day = day(on);
        let asked = Asked::Number(number.clone());
        self.app.verify_uncounted(&asked, on).await.unwrap().certificate.unwrap()
    }
}

/// Names of the rows that are shown, and the name of the body.
fn told(certificate: &PublicCertificate) -> (u32, String, Vec<String>) {
    let excerpt = certificate.excerpt().unwrap();
    let rows = excerpt.rows.iter().map(|row| row.name.to_owned()).collect();
    (certificate.shown, excerpt.body_name.to_owned(), rows)
}

#[tokio::test]
async fn a_past_day_shows_what_was_in_force_and_a_correction_was_always_so() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let written = office.assign(&first(1)).await;
        let (id, number) = (written.certificate, written.number);
        let (_, mut more) = office.started(id, "扩项", 2).await;
        more.capabilities.push(capability("新增参数"));
        office.assign(&more).await;
        let old = || (1, "示例检测有限公司".to_owned(), vec!["示例参数".to_owned()]);
        assert_eq!(told(&office.shown(&number, "2026-11-19").await), old());
        assert_eq!(
            told(&office.shown(&number, "2020-01-01").await),
            old(),
            "before the first day: as issued"
        );
        let (shown, _, rows) = told(&office.shown(&number, "2026-11-20").await);
        assert_eq!((shown, rows.len()), (2, 2));
        let (_, mut right) = office.started(id, "更正", 3).await;
        right.set(Field::BodyName, "示例检测股份有限公司");
        office.assign(&right).await;
        let (shown, name, _) = told(&office.shown(&number, "2026-11-20").await);
        assert_eq!((shown, name.as_str()), (3, "示例检测股份有限公司"));
        assert_eq!(told(&office.shown(&number, "2026-11-19").await), old(), "what went before is as it was");
        let list = office.app.public_capabilities(&number, day("2026-11-19"), "", (1, 50)).await.unwrap();
        assert_eq!((list.1.len(), list.2), (1, 1));
        let list = office.app.public_capabilities(&number, day("2026-11-22"), "新增", (1, 50)).await.unwrap();
        assert_eq!((list.1.len(), list.2), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn an_answer_names_the_authority_as_its_paper_does_from_the_moment_it_is_set() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let written = office.assign(&first(1)).await;
        let before = office.shown(&written.number, "2026-11-20").await;
        assert_eq!(before.authority_printed, None);
        let admin = actor(OURS, Role::Administrator, 9);
        for (set, printed) in [("示例印刷名称", Some("示例印刷名称")), (&before.authority, None), ("", None)]
        {
            let settings = AuthoritySettings { printed_name: set.to_owned(), ..Default::default() };
            office.app.set_settings(&admin, &settings).await.unwrap();
            let shown = office.shown(&written.number, "2026-11-20").await;
            assert_eq!((shown.authority_printed.as_deref(), &shown.authority), (printed, &before.authority));
        }
    })
    .await;
}

#[tokio::test]
async fn an_answer_without_its_excerpt_is_the_same_and_the_server_makes_it_again() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let mut form = first(1);
        form.capabilities.extend((0..30).map(|n| capability(&format!("参数{n}"))));
        let number = office.assign(&form).await.number;
        let with = office.shown(&number, "2026-11-22").await;
        let excerpt = with.excerpt().unwrap();
        assert_eq!((excerpt.rows.len(), excerpt.total), (20, 31));
        let tx = t.db.begin(Urgency::Act).await.unwrap();
        tx.exec("update excerpt set bytes = $1", &[Val::Blob(vec![255])]).await.unwrap();
        tx.commit().await.unwrap();
        let strange = office.shown(&number, "2026-11-22").await;
        assert_eq!(strange.excerpt().unwrap(), excerpt, "bytes of another version are not read");
        let tx = t.db.begin(Urgency::Act).await.unwrap();
        tx.exec("delete from excerpt", &[]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(office.shown(&number, "2026-11-22").await.excerpt().unwrap(), excerpt);
        assert_eq!(office.app.fill_excerpts().await.unwrap(), 1);
        assert_eq!(office.app.fill_excerpts().await.unwrap(), 0);
        let kept = "select bytes from excerpt";
        let kept = t.db.query(kept, &[], |row| Ok(row.blob(0)?.to_vec())).await.unwrap();
        assert_eq!(domain::Excerpt::unpack(&kept[0]), Some(excerpt));
    })
    .await;
}
