//! 疑似重复: told in the preview and the form's check, never refused.

use super::*;
use store::testing::on_both;

fn of(n: u32, name: &str, uscc: &str) -> Form {
    let mut form = first(n);
    form.set(Field::BodyName, name);
    form.set(Field::Uscc, uscc);
    form
}

/// The warnings of likeness: code, row, own side, message.
async fn told(office: &Office, batch: &Batch) -> Vec<(String, u32, String, String)> {
    const ALIKE: [&str; 5] = ["near_name", "near_code", "same_name", "other_name", "two_certificates"];
    let all = office.app.batch_problems(&office.ctx, batch.id, None, 0, 100).await.unwrap();
    let of = all.into_iter().map(|(_, p)| p).filter(|p| ALIKE.contains(&p.code.as_str()));
    of.map(|p| {
        assert_eq!(p.severity, domain::Severity::Warning, "{p:?}");
        assert!(!p.hint.is_empty(), "{p:?}");
        (p.code, p.row, p.value, p.message)
    })
    .collect()
}

#[tokio::test]
async fn names_nearly_the_same_with_other_codes_are_told_with_both_sides_and_stop_nothing() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let forms = [
            of(1, "示例环境检测有限公司", USCC),
            of(2, "示例环境检测有限责任公司", OTHER_USCC),
            of(3, "示例食品检测中心", uscc(3).as_str()),
            of(4, "示例环镜检测有限公司", uscc(4).as_str()),
            of(5, "示例环境检测有限公司西安分公司", uscc(5).as_str()),
        ];
        let batch = office.preview(csv(&forms)).await;
        assert_eq!((batch.summary.good, batch.summary.fresh), (5, 5), "warnings stop nothing");
        let told_now = told(&office, &batch).await;
        let at: Vec<_> = told_now.iter().map(|(code, row, ..)| (code.as_str(), *row)).collect();
        // The fourth is one slip away from both others.
        assert_eq!(at, [("near_name", 3), ("near_name", 5), ("near_name", 5)], "{told_now:#?}");
        let (_, _, mine, theirs) = &told_now[0];
        assert_eq!(mine, &format!("示例环境检测有限责任公司（{OTHER_USCC}）"));
        assert!(theirs.contains(&format!("本文件第2行的“示例环境检测有限公司”（{USCC}）")), "{theirs}");
        assert!(theirs.contains("只是写法不同"), "{theirs}");
        assert!(told_now[1].3.contains("只差一字"), "{told_now:#?}");

        let imported = office.import(csv(&forms), Extent::Whole).await;
        assert_eq!(imported.done, 5, "{}", imported.message);
        // Now the registry knows them: another file, a form.
        let later = office.preview(csv(&[of(9, "陕西省示例食品检验检测中心", uscc(9).as_str())])).await;
        let told_later = told(&office, &later).await;
        assert_eq!(told_later.len(), 1, "{told_later:#?}");
        let known = format!("与登记库的“示例食品检测中心”（{}）名称只是写法不同", uscc(3));
        assert!(told_later[0].3.starts_with(&known), "{told_later:#?}");
        let form = of(10, "示例食品检测中心站", uscc(10).as_str());
        let judged = office.app.check_form(&office.ctx, &form).await.unwrap();
        assert!(judged.draft.is_some());
        let near = judged.problems.iter().find(|p| p.code == "near_name");
        assert!(near.is_some_and(|p| p.message.contains("只差一字")), "{:#?}", judged.problems);
    })
    .await;
}

#[tokio::test]
async fn a_name_assigned_by_the_form_is_found_once_an_idle_worker_has_made_its_keys() {
    on_both(async |t| {
        let office = office(&t.db).await;
        office.assign(&of(1, "示例环境检测有限公司", USCC)).await;
        assert!(office.app.has_work().await.unwrap());
        office.work().await;
        assert!(!office.app.has_work().await.unwrap());
        let near = of(2, "示例环境检测股份有限公司", OTHER_USCC);
        let judged = office.app.check_form(&office.ctx, &near).await.unwrap();
        assert!(judged.problems.iter().any(|p| p.code == "near_name"), "{:#?}", judged.problems);
    })
    .await;
}

#[tokio::test]
async fn a_mistyped_code_names_the_body_it_is_meant_for_only_if_the_names_agree() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let swapped = format!("{}{}{}{}", &USCC[..8], &USCC[9..10], &USCC[8..9], &USCC[10..]);
        let forms = [
            of(1, "示例环境检测有限公司", USCC),
            of(2, "示例环境检测有限公司", &swapped),
            of(3, "样例乳品检验所", &swapped),
        ];
        let batch = office.preview(csv(&forms)).await;
        assert_eq!(office.errors(batch.id).await.iter().filter(|p| p.code == "uscc").count(), 2);
        let near: Vec<_> =
            told(&office, &batch).await.into_iter().filter(|(code, ..)| code == "near_code").collect();
        assert_eq!(near.len(), 1, "{near:#?}");
        assert_eq!(
            (near[0].1, near[0].2.as_str()),
            (3, format!("示例环境检测有限公司（{swapped}）").as_str())
        );

        office.import(csv(&forms[..1]), Extent::Whole).await;
        let alone = office.preview(csv(&forms[1..])).await;
        let near = told(&office, &alone).await;
        assert_eq!(near.len(), 1, "{near:#?}");
        assert!(
            near[0].3.starts_with(&format!("代码与登记库的“示例环境检测有限公司”（{USCC}）只差一处")),
            "{near:#?}"
        );
    })
    .await;
}

#[tokio::test]
async fn one_code_under_two_names_and_one_name_with_two_codes_are_told_within_a_file() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let mut elsewhere = of(2, "样例乳品检验所", USCC);
        elsewhere.set(Field::Domain, "00");
        elsewhere.set(Field::Food, "是");
        let forms =
            [of(1, "示例环境检测有限公司", USCC), elsewhere, of(3, "示例环境检测（有限）公司", OTHER_USCC)];
        let batch = office.preview(csv(&forms)).await;
        let told = told(&office, &batch).await;
        let at: Vec<_> = told.iter().map(|(code, row, ..)| (code.as_str(), *row)).collect();
        assert_eq!(at, [("other_name", 3), ("near_name", 4)], "{told:#?}");
        assert!(told[1].3.contains("名称相同，代码不同"), "{told:#?}");
    })
    .await;
}

#[tokio::test]
async fn two_certificates_of_one_body_and_domain_at_once_are_told_unless_one_replaces_the_other() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let (old, new) = ("202712050005", "262712050006");
        let mut early = renewal(new, old);
        early.set(Field::ValidFrom, "2027-02-01");
        early.set(Field::ValidTo, "2033-01-31");
        let chain = office.preview(csv(&[takeover(old), early.clone()])).await;
        assert_eq!(told(&office, &chain).await, [], "the renewal names the one it replaces");

        let mut beside = numbered(2, "262713050007");
        beside.set(Field::Domain, "13");
        let pair = office.preview(csv(&[takeover(old), numbered(1, new), beside])).await;
        assert_eq!(pair.summary.good, 3, "{:#?}", office.errors(pair.id).await);
        let in_file = told(&office, &pair).await;
        assert_eq!(in_file.len(), 1, "{in_file:#?}");
        assert_eq!((in_file[0].0.as_str(), in_file[0].1), ("two_certificates", 3));
        assert!(in_file[0].3.contains(old), "{in_file:#?}");

        office.import(csv(&[takeover(old)]), Extent::Whole).await;
        let judged = office.app.check_form(&office.ctx, &numbered(1, new)).await.unwrap();
        let told: Vec<_> = judged.problems.iter().map(|p| (p.code, p.message.as_str())).collect();
        let known = format!("该机构同一领域已有证书{old}，有效期2021-03-02至2027-03-01，与本证书重叠");
        assert_eq!(told, [("two_certificates", known.as_str())]);
        let judged = office.app.check_form(&office.ctx, &early).await.unwrap();
        assert!(judged.problems.iter().all(|p| p.code != "two_certificates"), "{:#?}", judged.problems);
    })
    .await;
}

/// The n-th invented code, with right check character.
pub fn uscc(n: u32) -> domain::Uscc {
    let mut of = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    of.find_map(|check| domain::Uscc::parse(&format!("91610113YL{n:07}{check}")).ok()).unwrap()
}
