//! 查询: what the index finds, of whom, for whom; and that it follows what happens, by whichever door it came.

use super::*;
use app::{Dimension, Opened, SearchAsk, SearchPage, SearchState, Searched, Sort, Subject};
use store::testing::on_both;

fn asking(subject: Subject, text: &str) -> SearchAsk {
    SearchAsk {
        subject,
        text: text.into(),
        also: Vec::new(),
        number: String::new(),
        picked: Vec::new(),
        sort: Sort::Fit,
        page: SearchPage { skip: 0, take: 20 },
    }
}

fn counts(found: &Searched) -> (u64, u64, u64) {
    (found.answer.bodies, found.answer.certificates, found.answer.rows)
}

impl Office {
    /// Lets the index see everything that happened.
    async fn follow(&self) {
        while self.app.search_step().await.unwrap() {}
    }

    async fn finds(&self, ctx: &Ctx, subject: Subject, text: &str) -> (u64, u64, u64) {
        self.follow().await;
        counts(&self.app.search(ctx, vec![asking(subject, text)]).await.unwrap()[0])
    }

    async fn public_finds(&self, subject: Subject, text: &str) -> (u64, u64, u64) {
        self.follow().await;
        counts(&self.app.search_public(vec![asking(subject, text)]).await.unwrap()[0])
    }
}

/// A certificate of another body with everything that can be searched.
fn rich(n: u32) -> Form {
    let mut form = first(n);
    form.set(Field::BodyName, "重庆样例环境监测站");
    form.set(Field::Uscc, OTHER_USCC);
    form.capabilities = vec![capability("铅"), capability("镉")];
    form.instruments = vec![row(&[(Field::InstrumentName, "气相色谱仪"), (Field::InstrumentModel, "7890A")])];
    form.signatories = vec![row(&[(Field::SignatoryName, "李示例"), (Field::SignatoryField, "水质")])];
    form
}

#[tokio::test]
async fn what_was_assigned_changed_and_ended_is_found_as_it_is_now() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let one = office.assign(&first(1)).await.certificate;
        assert!(matches!(office.app.search_state(), SearchState::Building { .. }));
        let early = office.app.search(&office.ctx, vec![asking(Subject::Body, "示例")]).await;
        assert!(
            matches!(early, Err(AppError::NotReady { .. })),
            "nothing is answered from what is half made"
        );
        // Before the index is made, and after it.
        assert_eq!(office.finds(&office.ctx, Subject::Body, "示例检测").await, (1, 1, 1));
        office.assign(&rich(2)).await;
        let finds = async |subject, text| office.finds(&office.ctx, subject, text).await;
        assert_eq!(finds(Subject::Capability, "GB5750").await, (2, 2, 3));
        assert_eq!(finds(Subject::Capability, "铅 GB/T 5750.6-2023 飲用水").await, (1, 1, 1));
        assert_eq!(finds(Subject::Capability, "铅 镉").await, (0, 0, 0), "all words stand in one row");
        assert_eq!(finds(Subject::Body, "chongqing").await, (1, 1, 1));
        assert_eq!(finds(Subject::Body, OTHER_USCC).await, (1, 1, 1));
        assert_eq!(finds(Subject::Body, "雁塔区").await, (2, 2, 2), "by address and division");
        assert_eq!(finds(Subject::Instrument, "色谱仪 7890a").await, (1, 1, 1));
        assert_eq!(finds(Subject::Signatory, "李示例").await, (1, 1, 1));

        let (draft, mut form) = office.started(one, "扩项", 3).await;
        let mut row = capability("孔雀石绿");
        row.insert(Field::ApprovedOn.key().into(), "2026-11-20".into());
        form.capabilities.push(row);
        office.app.save_draft(&office.ctx, draft, 1, &form).await.unwrap();
        office.app.assign_draft(&office.ctx, draft).await.unwrap();
        assert_eq!(finds(Subject::Capability, "孔雀石绿").await, (1, 1, 1));
        assert_eq!(finds(Subject::Capability, "示例参数").await, (1, 1, 1));

        let (draft, mut form) = office.started(one, "名称变更", 4).await;
        form.set(Field::BodyName, "样例华章检测有限公司");
        office.app.save_draft(&office.ctx, draft, 1, &form).await.unwrap();
        office.app.assign_draft(&office.ctx, draft).await.unwrap();
        assert_eq!(finds(Subject::Body, "华章").await, (1, 1, 1));
        assert_eq!(finds(Subject::Body, "示例检测有限公司").await, (1, 1, 1), "by its former name");
        office.follow().await;
        let ask = asking(Subject::Body, "华章");
        let hit = office.app.search(&office.ctx, vec![ask]).await.unwrap().remove(0).answer.hits.remove(0);
        assert_eq!((hit.body.name.as_str(), hit.body.former_names.len()), ("样例华章检测有限公司", 1));

        office.act(one, StatusAct::Revoke).await.unwrap();
        office.follow().await;
        let revoked = app::SearchAsk { picked: vec![(Dimension::Status, 4)], ..asking(Subject::Body, "") };
        let found = office.app.search(&office.ctx, vec![revoked]).await.unwrap().remove(0);
        assert_eq!(counts(&found), (1, 1, 1));
        assert_eq!(
            found.answer.hits[0].certificates[0].certificate.word(office.app.today()),
            VerdictWord::Revoked
        );
    })
    .await;
}

#[tokio::test]
async fn a_renewal_that_begins_later_leaves_its_predecessor_valid_until_then() {
    on_both(async |t| {
        let office = office(&t.db).await;
        office.assign(&takeover("202712050005")).await;
        office.assign(&renewal("262712050006", "202712050005")).await;
        office.follow().await;
        let words = async |office: &Office| {
            let found = office.app.search(&office.ctx, vec![asking(Subject::Body, "")]).await.unwrap();
            let today = office.app.today();
            let hit = &found[0].answer.hits[0];
            hit.certificates.iter().map(|it| it.certificate.word(today)).collect::<Vec<_>>()
        };
        assert_eq!(words(&office).await, [VerdictWord::Valid, VerdictWord::NotYetValid]);
        office.clock.advance((Instant::begin_of(day("2027-03-02")).micros() - NOW.micros()) / 1_000_000);
        assert_eq!(
            words(&office).await,
            [VerdictWord::Superseded, VerdictWord::Valid],
            "on that day, with no event"
        );
        // An index that is made then says the same.
        office.app.remake_index().await.unwrap();
        assert_eq!(words(&office).await, [VerdictWord::Superseded, VerdictWord::Valid]);
    })
    .await;
}

#[tokio::test]
async fn the_public_finds_what_is_opened_and_never_people_or_instruments() {
    on_both(async |t| {
        let office = office(&t.db).await;
        office.assign(&first(1)).await;
        let mistaken = office.assign(&rich(2)).await.certificate;
        office.act(mistaken, StatusAct::Annul).await.unwrap();
        assert_eq!(office.app.platform().await.unwrap(), Opened::Some(Default::default()));
        assert_eq!(office.public_finds(Subject::Body, "").await, (0, 0, 0), "not opened yet");
        let administrator = actor(NATIONAL, Role::Administrator, 3);
        for not in [actor(NATIONAL, Role::Supervision, 4), actor(OURS, Role::Administrator, 5)] {
            assert!(matches!(office.app.open_platform(&not, &Opened::All).await, Err(AppError::Forbidden)));
        }
        let open = |ids: &[AuthorityId]| Opened::Some(ids.iter().copied().collect());
        office.app.open_platform(&administrator, &open(&[THEIRS])).await.unwrap();
        assert_eq!(office.public_finds(Subject::Body, "").await, (0, 0, 0));
        office.app.open_platform(&administrator, &open(&[THEIRS, OURS])).await.unwrap();
        assert_eq!(office.public_finds(Subject::Body, "").await, (1, 1, 1), "what was a mistake is left out");
        office.app.open_platform(&administrator, &Opened::All).await.unwrap();
        assert_eq!(office.public_finds(Subject::Capability, "GB/T 5750.6").await, (1, 1, 1));
        assert_eq!(office.finds(&office.ctx, Subject::Body, "").await, (2, 2, 2), "the issuer sees it");
        let theirs = actor(THEIRS, Role::Supervision, 6);
        assert_eq!(office.finds(&theirs, Subject::Body, "").await, (1, 1, 1), "another authority does not");
        for subject in [Subject::Instrument, Subject::Signatory, Subject::Staff] {
            let asks = [
                asking(subject, "示例"),
                app::SearchAsk { also: vec![(subject, "示例".into())], ..asking(Subject::Body, "") },
            ];
            for ask in asks {
                assert!(matches!(office.app.search_public(vec![ask]).await, Err(AppError::NotFound)));
            }
        }
        let unknown = office.app.open_platform(&administrator, &open(&[AuthorityId(999)])).await;
        assert!(matches!(unknown, Err(AppError::Refused { .. })));
    })
    .await;
}

#[tokio::test]
async fn people_and_instruments_are_found_by_the_issuer_and_the_national_authority() {
    on_both(async |t| {
        let office = office(&t.db).await;
        office.assign(&rich(1)).await;
        let theirs = actor(THEIRS, Role::Supervision, 8);
        assert_eq!(office.finds(&theirs, Subject::Capability, "铅").await.2, 0, "not before it is opened");
        assert_eq!(office.finds(&office.ctx, Subject::Capability, "铅").await.2, 1, "but for the issuer");
        let administrator = actor(NATIONAL, Role::Administrator, 3);
        office.app.open_platform(&administrator, &Opened::All).await.unwrap();
        for (ctx, rows) in [
            (office.ctx.clone(), 1),
            (actor(NATIONAL, Role::Viewer, 7), 1),
            (actor(THEIRS, Role::Supervision, 8), 0),
        ] {
            for (subject, text) in [(Subject::Instrument, "色谱"), (Subject::Signatory, "李示例")] {
                assert_eq!(office.finds(&ctx, subject, text).await.2, rows, "{subject:?}");
            }
            assert_eq!(office.finds(&ctx, Subject::Capability, "铅").await.2, 1, "capabilities are public");
            let also = app::SearchAsk {
                also: vec![(Subject::Signatory, "李示例".into())],
                ..asking(Subject::Capability, "铅")
            };
            let found = office.app.search(&ctx, vec![also]).await.unwrap();
            assert_eq!(found[0].answer.rows, rows, "and no way round");
        }
    })
    .await;
}

/// What each authority finds of certificates that nobody opened, subject by subject, beside what it may open of them.
async fn finds_what_it_may_open(office: &Office, certificates: &[CertificateId]) {
    office.follow().await;
    for id in (1..=33).map(AuthorityId) {
        let ctx = actor(id, Role::Supervision, 100);
        for subject in Subject::ALL {
            let found = office.app.search(&ctx, vec![asking(subject, "")]).await.unwrap().remove(0).answer;
            let hits = found.hits.iter().flat_map(|hit| &hit.certificates);
            let found: Vec<CertificateId> = hits.map(|hit| hit.certificate.id).collect();
            for certificate in certificates {
                let seen = office.app.certificate_seen(&ctx, *certificate).await;
                let may = seen.is_ok_and(|seen| seen.ground.sight().shows(subject.part()));
                assert_eq!(found.contains(certificate), may, "{id:?} {subject:?} {certificate}");
            }
        }
    }
}

#[tokio::test]
async fn officers_find_of_others_what_they_may_open() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let mut form = link::lab(1, "样张集团西安实验室", "610113");
        let site = |kind: &str, division: &str| {
            row(&[
                (Field::SiteName, division),
                (Field::SiteKind, kind),
                (Field::SiteAddress, "示例路1号"),
                (Field::SiteDivision, division),
            ])
        };
        form.sites = vec![site("主场所", "610113"), site("分场所", "110105")];
        let parts = |form: &mut Form| {
            form.instruments = rich(1).instruments;
            form.signatories = rich(1).signatories;
            form.staff = vec![row(&[(Field::StaffName, "赵样例"), (Field::StaffTitle, "工程师")])];
        };
        parts(&mut form);
        let ours = link::assigned(&office, OURS, &form).await;
        let mut sister = link::lab(2, "样张集团郑州实验室", "410102");
        parts(&mut sister);
        let theirs = link::assigned(&office, THEIRS, &sister).await;
        let mut corps = rich(3);
        corps.set(Field::Division, "650102");
        corps.set(Field::Xpcc, "是");
        parts(&mut corps);
        let flagged = link::assigned(&office, OURS, &corps).await;
        let all = [ours, theirs, flagged];
        finds_what_it_may_open(&office, &all).await;
        let beijing = actor(AuthorityId(2), Role::Supervision, 7);
        assert_eq!(office.finds(&beijing, Subject::Signatory, "李示例").await, (1, 1, 1), "by its site");
        assert_eq!(office.finds(&beijing, Subject::Body, "样张集团").await.0, 2, "and its sister");

        // With the end of the certificate the site ties nobody, but who was told goes on seeing.
        office.act(ours, StatusAct::Revoke).await.unwrap();
        finds_what_it_may_open(&office, &all).await;
        assert_eq!(office.finds(&beijing, Subject::Signatory, "李示例").await, (1, 1, 1), "was told");
        office.act(flagged, StatusAct::Annul).await.unwrap();
        let corps = actor(AuthorityId(33), Role::Viewer, 7);
        assert_eq!(office.finds(&corps, Subject::Body, "重庆样例").await.0, 0, "a mistake is its issuer's");
        finds_what_it_may_open(&office, &[ours, theirs]).await;
        // An index that is made then says the same.
        office.app.remake_index().await.unwrap();
        finds_what_it_may_open(&office, &[ours, theirs]).await;
    })
    .await;
}

#[tokio::test]
async fn another_epoch_makes_the_index_anew() {
    on_both(async |t| {
        let office = office(&t.db).await;
        office.assign(&first(1)).await;
        office.follow().await;
        let operator =
            Ctx { actor: Actor::Operator("root".into()), door: Door::Command, ..office.ctx.clone() };
        office.app.raise_epoch(&operator).await.unwrap();
        office.follow().await;
        let SearchState::Ready { as_of, counts, sizes } = office.app.search_state() else { panic!() };
        assert_eq!((as_of.epoch, counts), (2, (1, 1)));
        assert_eq!(sizes[1].rows, 1);
    })
    .await;
}
