//! 监管清单: what stands on each list, for whom; and that an export holds all of it.

use super::*;
use app::{ListFormat, WorkRow, Worklist};
use store::testing::on_both;

const ID_NUMBER: &str = "990000199001010011";
/// 上海: has nothing to do with any of them.
const SHANGHAI: AuthorityId = AuthorityId(10);

async fn rows(office: &Office, authority: AuthorityId, list: Worklist) -> Vec<WorkRow> {
    while office.app.work_once().await.unwrap() {}
    let ctx = actor(authority, Role::Supervision, authority.0 + 100);
    let page = office.app.worklist(&ctx, list, None).await.unwrap();
    assert_eq!((page.next, page.percent), (None, 100));
    page.rows
}

fn site(address: &str) -> FormRow {
    row(&[
        (Field::SiteName, "主场所"),
        (Field::SiteKind, "主场所"),
        (Field::SiteAddress, address),
        (Field::SiteDivision, "610113"),
    ])
}

fn signatory(name: &str, id_number: &str) -> FormRow {
    row(&[
        (Field::SignatoryName, name),
        (Field::SignatoryField, "水质"),
        (Field::SignatoryIdKind, if id_number.is_empty() { "" } else { "居民身份证" }),
        (Field::SignatoryIdNumber, id_number),
    ])
}

fn instrument(item: &str, until: &str) -> FormRow {
    row(&[
        (Field::InstrumentName, "样张色谱仪"),
        (Field::InstrumentItem, item),
        (Field::TraceableUntil, until),
    ])
}

#[tokio::test]
async fn who_signs_for_several_bodies_and_who_stands_at_one_address_is_told_to_those_concerned() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let mut ours = first(1);
        ours.sites = vec![site("陕西省西安市雁塔区示例路7号2幢")];
        ours.signatories = vec![signatory("李示例", ID_NUMBER), signatory("同名样例", "")];
        link::assigned(&office, OURS, &ours).await;
        for list in Worklist::ALL {
            assert!(rows(&office, OURS, list).await.is_empty(), "{list:?}: one body alone");
        }
        let mut theirs = link::lab(2, "样张集团郑州实验室", "410102");
        theirs.sites = vec![site("西安市雁塔区示例路7号2栋")];
        theirs.signatories = vec![signatory("李示例", ID_NUMBER), signatory("同名样例", "")];
        let theirs = link::assigned(&office, THEIRS, &theirs).await;
        for authority in [OURS, THEIRS, NATIONAL] {
            let found = rows(&office, authority, Worklist::Signatories).await;
            assert_eq!(found.len(), 1, "by ID number, not by name: {found:?}");
            assert_eq!((found[0].subject.as_str(), found[0].certificates.len()), ("李示例", 2));
            let found = rows(&office, authority, Worklist::Addresses).await;
            assert_eq!((found.len(), found[0].certificates.len()), (1, 2), "{found:?}");
        }
        for list in [Worklist::Signatories, Worklist::Addresses] {
            assert!(rows(&office, SHANGHAI, list).await.is_empty(), "{list:?} concerns others");
        }
        // What has ended is no matter any more.
        let revoke = decision(StatusAct::Revoke, office.app.today());
        office.app.act(&actor(THEIRS, Role::Licensing, 3), theirs, &revoke).await.unwrap();
        for list in [Worklist::Signatories, Worklist::Addresses] {
            assert!(rows(&office, OURS, list).await.is_empty(), "{list:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn capabilities_whose_instruments_are_no_longer_traceable_are_listed_and_exported_whole() {
    on_both(async |t| {
        let office = office(&t.db).await;
        // More than a range holds, so that the list goes on.
        for n in 1..=25 {
            let mut form = first(n);
            form.capabilities = vec![capability("铅"), capability("镉"), capability("汞")];
            form.instruments = vec![instrument("铅", "2026-11-01"), instrument("镉", "2030-01-01")];
            link::assigned(&office, OURS, &form).await;
        }
        let ctx = actor(OURS, Role::Supervision, 9);
        let first = office.app.worklist(&ctx, Worklist::Coverage, None).await.unwrap();
        let row = &first.rows[0];
        assert_eq!(row.note, "1条检测能力的设备有效日期已过，1条没有对应的设备");
        assert_eq!(
            row.details,
            ["铅（GB/T 5750.6-2023）：设备有效日期至 2026-11-01", "汞（GB/T 5750.6-2023）：没有对应的设备"]
        );
        assert!(first.next.is_some() && first.percent < 100);
        let rest = office.app.worklist(&ctx, Worklist::Coverage, first.next).await.unwrap();
        assert_eq!((first.rows.len() + rest.rows.len(), rest.next), (25, None));

        let viewer = actor(OURS, Role::Viewer, 8);
        let refused = office.app.begin_worklist_export(&viewer, Worklist::Coverage).await;
        assert!(matches!(refused, Err(AppError::Forbidden)));
        office.app.begin_worklist_export(&ctx, Worklist::Coverage).await.unwrap();
        let events = office.app.events(&ctx, None, None).await.unwrap();
        assert!(String::from_utf8_lossy(&events[0].body).contains("worklist\tcoverage\n"));
        let (send, mut pieces) = tokio::sync::mpsc::channel(64);
        let write = office.app.write_worklist(&ctx, Worklist::Coverage, ListFormat::Csv, &send, &|_| {});
        write.await.unwrap();
        drop(send);
        let mut csv = Vec::new();
        while let Some(piece) = pieces.recv().await {
            csv.extend(piece);
        }
        let csv = String::from_utf8(csv).unwrap();
        assert_eq!(csv.lines().count(), 1 + 50, "a line for each capability: {csv}");
    })
    .await;
}
