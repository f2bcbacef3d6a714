//! 不予许可决定 on record.
use domain::admission::RefusalGround;
use domain::{AuthorityId, RefusalId};
use store::{
    Db,
    refusal::{self, Refusal, RefusalEnd},
    testing::on_both,
};

use crate::{
    guarded, refused,
    sample::{OURS, THEIRS, at, day, uscc},
    write,
};

/// A refusal of the n-th body, decided on the n-th day of 2026.
pub fn refusal(n: u32, authority: AuthorityId) -> Refusal {
    let name = format!("示例（北京）检测{n}有限公司");
    Refusal {
        id: RefusalId(i64::from(n)),
        authority,
        uscc: Some(uscc(n)),
        parent_uscc: None,
        name_key: domain::name_key(&name),
        name,
        decided: day(n as i32),
        document: format!("示例不许〔2026〕{n}号"),
        ground: RefusalGround::FalseMaterial,
        remark: "示例说明".into(),
        actor: "account:7".into(),
        recorded_at: at(i64::from(n)),
        end: None,
    }
}

/// What takes one back.
pub fn end() -> RefusalEnd {
    RefusalEnd {
        document: "示例更〔2026〕1号".into(),
        reason: "登记错误".into(),
        actor: "account:8".into(),
        recorded_at: at(99),
    }
}

async fn put(db: &Db, all: &[Refusal]) {
    write(db, async |tx| {
        for it in all {
            refusal::insert(tx, it).await?;
        }
        Ok(())
    })
    .await;
}

fn keys(all: &[Refusal]) -> Vec<i64> {
    all.iter().map(|it| it.id.0).collect()
}

#[tokio::test]
async fn a_refusal_is_kept_as_it_was_recorded_and_listed_newest_first() {
    on_both(async |t| {
        let db = &t.db;
        let lab = Refusal { uscc: None, parent_uscc: Some(uscc(9)), ..refusal(2, OURS) };
        let all = [refusal(1, OURS), lab.clone(), refusal(3, THEIRS)];
        put(db, &all).await;
        assert_eq!(refusal::by_id(db.into(), RefusalId(2)).await.unwrap(), Some(lab));
        assert_eq!(refusal::by_id(db.into(), RefusalId(4)).await.unwrap(), None);
        let list = async |of, before: Option<i64>, limit| {
            keys(&refusal::list(db.into(), of, before.map(RefusalId), limit).await.unwrap())
        };
        assert_eq!(list(None, None, 9).await, [3, 2, 1]);
        assert_eq!(list(None, Some(3), 1).await, [2]);
        assert_eq!(list(Some(OURS), None, 9).await, [2, 1]);
        assert_eq!(list(Some(OURS), Some(2), 9).await, [1]);
        assert_eq!(list(Some(THEIRS), None, 9).await, [3]);
    })
    .await;
}

#[tokio::test]
async fn it_is_taken_back_once_and_neither_row_is_ever_changed_or_deleted() {
    on_both(async |t| {
        let db = &t.db;
        put(db, &[refusal(1, OURS)]).await;
        assert_eq!(refusal::same(db.into(), &refusal(1, OURS)).await.unwrap(), Some(RefusalId(1)));
        assert_eq!(refusal::same(db.into(), &refusal(1, THEIRS)).await.unwrap(), None);
        let back = async |tx: &store::Tx| refusal::take_back(tx, RefusalId(1), &end()).await;
        write(db, back).await;
        let found = refusal::by_id(db.into(), RefusalId(1)).await.unwrap().unwrap();
        assert_eq!(found, Refusal { end: Some(end()), ..refusal(1, OURS) });
        assert_eq!(
            refusal::same(db.into(), &refusal(1, OURS)).await.unwrap(),
            None,
            "it may be recorded again"
        );
        let again = refused(db, back).await;
        assert!(again.is_unique_on("refusal_end", &["refusal_id"]), "{again:?}");
        for sql in ["update refusal set remark = ''", "delete from refusal"] {
            guarded(db, sql, "append_only:refusal").await;
        }
        for sql in ["update refusal_end set reason = ''", "delete from refusal_end"] {
            guarded(db, sql, "append_only:refusal_end").await;
        }
    })
    .await;
}

#[tokio::test]
async fn refusals_are_found_by_code_legal_person_and_name_since_a_day_but_not_when_taken_back() {
    on_both(async |t| {
        let db = &t.db;
        let lab = Refusal { uscc: None, parent_uscc: Some(uscc(1)), ..refusal(2, THEIRS) };
        let named = Refusal { uscc: None, ..refusal(3, OURS) };
        put(db, &[refusal(1, OURS), lab, named.clone(), refusal(4, OURS), refusal(5, OURS)]).await;
        write(db, async |tx| refusal::take_back(tx, RefusalId(5), &end()).await).await;
        let find = async |codes: &[u32], names: &[&str], since, limit| {
            let codes = codes.iter().map(|n| uscc(*n).to_string()).collect();
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            keys(&refusal::of_bodies(db.into(), codes, names, day(since), limit).await.unwrap())
        };
        assert_eq!(find(&[1], &[], 0, 9).await, [2, 1]);
        assert_eq!(find(&[1], &[], 2, 9).await, [2], "decided on the day itself is since the day");
        assert_eq!(find(&[], &[&named.name_key], 0, 9).await, [3]);
        assert_eq!(find(&[1, 5], &[&named.name_key], 0, 9).await, [3, 2, 1], "the fifth was taken back");
        assert_eq!(find(&[1], &[&named.name_key], 0, 2).await, [3, 2]);
        assert_eq!(find(&[8], &[""], 0, 9).await, [0; 0]);
    })
    .await;
}
