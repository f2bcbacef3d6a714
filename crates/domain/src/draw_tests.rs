use super::*;
use proptest::prelude::*;

fn body(id: i64, domain: &str, division: &str, high: bool) -> PoolBody {
    PoolBody {
        id: BodyId(id),
        code: format!("9161010{id}"),
        name: format!("示例检测{id}有限公司"),
        domains: domain.split(',').map(|it| it.parse().unwrap()).collect(),
        division: Division::parse(division),
        high,
    }
}

fn inspector(id: i64, domains: &str) -> PoolInspector {
    let domains = domains.split(',').filter(|it| !it.is_empty()).map(|it| it.parse().unwrap()).collect();
    PoolInspector { id: InspectorId(id), unit: "示例市市场监督管理局".into(), domains }
}

fn pool() -> Pool {
    Pool {
        plan: DrawPlan {
            authority: "28".into(),
            title: "示例抽查".into(),
            plan: "陕示监〔2026〕1号".into(),
            day: Day::new(2026, 11, 29).unwrap(),
            by: DrawBy::Whole,
            size: DrawSize::Count(2),
            each: 2,
        },
        bodies: vec![
            body(1, "12", "610102", false),
            body(2, "00,12", "610113", true),
            body(3, "05", "610302", false),
        ],
        excluded: vec![Excluded {
            id: BodyId(9),
            code: "91610109".into(),
            name: "示例检测9有限公司".into(),
            reason: "正在整改".into(),
        }],
        inspectors: vec![inspector(1, ""), inspector(2, "12,05"), inspector(3, "")],
        recusals: vec![(InspectorId(3), BodyId(1))],
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn the_pool_and_its_draw_are_the_vectors_written_down() {
    let pool = pool();
    assert_eq!(
        pool.to_string(),
        "fuma-draw 1\nauthority\t28\ntitle\t示例抽查\nplan\t陕示监〔2026〕1号\nday\t2026-11-29\nby\twhole\nsize\tcount 2\neach\t2\n\
         body\t1\t91610101\t示例检测1有限公司\t12\t610102\t\nbody\t2\t91610102\t示例检测2有限公司\t00,12\t610113\thigh\n\
         body\t3\t91610103\t示例检测3有限公司\t05\t610302\t\nexcluded\t9\t91610109\t示例检测9有限公司\t正在整改\n\
         inspector\t1\t示例市市场监督管理局\t\ninspector\t2\t示例市市场监督管理局\t12,05\n\
         inspector\t3\t示例市市场监督管理局\t\nrecusal\t3\t1\n"
    );
    let seed = [7; 32];
    let keys: Vec<String> =
        pool.bodies.iter().map(|it| hex(&member_key(&seed, &text::body(it))[..4])).collect();
    let drawn: Vec<(i64, Vec<i64>)> = pool
        .draw(&seed)
        .unwrap()
        .into_iter()
        .map(|it| (it.body.0, it.inspectors.iter().map(|id| id.0).collect()))
        .collect();
    assert_eq!(hex(&pool.digest()), "81a168707d7e6a40c4be409a0de043360c410024ad7deb7f437d2cb9963642f2");
    assert_eq!(keys, ["465057fb", "6ac9ff95", "b8a5f327"]);
    assert_eq!(
        drawn,
        [(1, vec![2, 1]), (2, vec![3, 2])],
        "3 keeps away from 1; 1 and 2 were sent once each, 3 never"
    );
}

#[test]
fn a_pool_is_read_as_it_was_written_and_another_text_is_refused() {
    let text = pool().to_string();
    assert_eq!(Pool::parse(&text), Ok(pool()));
    assert_eq!(Pool::parse("fuma-draw 2\n"), Err(PoolError(1)));
    assert_eq!(Pool::parse(""), Err(PoolError(1)));
    assert_eq!(Pool::parse(&text.replace("by\twhole", "by\tmood")), Err(PoolError(6)));
    assert_eq!(Pool::parse(&text.replace("body\t2", "body\t02")), Err(PoolError(10)));
    assert_eq!(Pool::parse(&text.replace("\thigh", "\tlow")), Err(PoolError(10)));
    assert_eq!(Pool::parse(&text.replace("body\t3", "body\t1")), Err(PoolError(11)), "out of order");
    assert_eq!(Pool::parse(&text.replace("recusal\t3\t1", "recusal\t3")), Err(PoolError(16)));
    assert_eq!(Pool::parse(&format!("{text}\n")), Err(PoolError(17)));
}

#[test]
fn a_text_that_was_typed_cannot_make_a_line_of_its_own() {
    let mut pool = pool();
    pool.plan.title = "示例\nbody\t7".into();
    let again = Pool::parse(&pool.to_string()).unwrap();
    assert_eq!(again.plan.title, "示例 body 7");
    assert_eq!(again.bodies.len(), 3);
}

#[test]
fn what_cannot_be_drawn_is_refused_with_the_reason() {
    let wrong = |change: fn(&mut Pool)| {
        let mut pool = pool();
        change(&mut pool);
        pool.draw(&[1; 32]).unwrap_err()
    };
    assert_eq!(wrong(|it| it.bodies.clear()), DrawError::NoBodies);
    assert_eq!(wrong(|it| it.plan.each = 1), DrawError::Each(1), "nobody inspects alone");
    assert_eq!(wrong(|it| it.plan.each = 10), DrawError::Each(10));
    assert_eq!(wrong(|it| it.plan.size = DrawSize::Count(4)), DrawError::Count { asked: 4, there: 3 });
    assert_eq!(wrong(|it| it.plan.size = DrawSize::Count(0)), DrawError::Count { asked: 0, there: 3 });
    assert_eq!(wrong(|it| it.plan.size = DrawSize::Share { percent: 0, high: 10 }), DrawError::Share);
    let lacking =
        DrawError::Lacking { first: "示例检测1有限公司".into(), bodies: 1, each: 2, able: 1 };
    assert_eq!(
        wrong(|it| it.recusals = vec![(InspectorId(1), BodyId(1)), (InspectorId(3), BodyId(1))]),
        lacking
    );
    let said = lacking.to_string();
    assert!(said.contains("示例检测1有限公司") && said.contains("只有1人"), "{said}");
}

#[test]
fn each_part_is_drawn_from_by_its_share() {
    let mut pool = pool();
    pool.bodies =
        (1..=40).map(|n| body(n, if n <= 30 { "12" } else { "05" }, "610102", n % 4 == 0)).collect();
    pool.recusals.clear();
    let quotas = |pool: &Pool, by, size| {
        let pool = Pool { plan: DrawPlan { by, size, ..pool.plan.clone() }, ..pool.clone() };
        let mut got: BTreeMap<String, usize> = BTreeMap::new();
        for it in pool.draw(&[3; 32]).unwrap() {
            *got.entry(it.part).or_default() += 1;
        }
        got.into_iter().collect::<Vec<_>>()
    };
    let part = |name: &str, n: usize| (name.to_owned(), n);
    let share = |percent, high| DrawSize::Share { percent, high };
    assert_eq!(quotas(&pool, DrawBy::Whole, share(10, 10)), [part("", 4)]);
    assert_eq!(quotas(&pool, DrawBy::Domain, share(11, 11)), [part("05", 2), part("12", 4)], "rounded up");
    assert_eq!(quotas(&pool, DrawBy::Risk, share(10, 50)), [part("high", 5), part("ordinary", 3)]);
    assert_eq!(quotas(&pool, DrawBy::Domain, DrawSize::Count(5)), [part("05", 1), part("12", 4)]);
    assert_eq!(quotas(&pool, DrawBy::Place, DrawSize::Count(40)), [part("6101", 40)]);
}

prop_compose! {
    fn pools()(
        bodies in prop::collection::vec((0u8..4, 0u8..3, any::<bool>()), 1..40),
        inspectors in prop::collection::vec(0u8..5, 2..12),
        recusals in prop::collection::btree_set((1i64..12, 1i64..40), 0..12),
        by in 0usize..4,
        each in 2u8..4,
        size in prop_oneof![
            (1u8..=100, 1u8..=100).prop_map(|(percent, high)| DrawSize::Share { percent, high }),
            (1u32..40).prop_map(DrawSize::Count),
        ],
    ) -> Pool {
        let domain = |n: u8| format!("{n:02}");
        Pool {
            plan: DrawPlan { by: DrawBy::ALL[by], each, size, ..pool().plan },
            bodies: bodies.iter().enumerate().map(|(n, (d, place, high))| {
                body(n as i64 + 1, &domain(*d), &format!("610{place}02"), *high)
            }).collect(),
            excluded: Vec::new(),
            inspectors: inspectors.iter().enumerate().map(|(n, d)| {
                inspector(n as i64 + 1, &if *d == 4 { String::new() } else { domain(*d) })
            }).collect(),
            recusals: recusals.into_iter().map(|(a, b)| (InspectorId(a), BodyId(b))).collect(),
        }
    }
}

proptest! {
    #[test]
    fn a_draw_can_be_made_again_and_keeps_every_rule(pool in pools(), seed in any::<[u8; 32]>()) {
        let again = Pool::parse(&pool.to_string()).unwrap();
        prop_assert_eq!(&again, &pool);
        let drawn = pool.draw(&seed);
        prop_assert_eq!(&drawn, &again.draw(&seed), "whoever has the text and the seed has the result");
        prop_assert_eq!(drawn.is_err(), pool.check().is_err(), "what was frozen can be drawn");
        let Ok(drawn) = drawn else { return Ok(()) };
        let mut left = pool.quotas();
        let mut sent: HashMap<InspectorId, u32> = HashMap::new();
        let mut seen = HashSet::new();
        for it in &drawn {
            prop_assert!(seen.insert(it.body), "nobody twice");
            let body = pool.bodies.iter().find(|body| body.id == it.body).unwrap();
            prop_assert_eq!(&it.part, &pool.part(body));
            *left.get_mut(&it.part).unwrap() -= 1;
            prop_assert_eq!(it.inspectors.len(), usize::from(pool.plan.each));
            prop_assert_eq!(it.inspectors.iter().collect::<HashSet<_>>().len(), it.inspectors.len());
            let most = it.inspectors.iter().map(|id| sent.get(id).copied().unwrap_or(0)).max().unwrap_or(0);
            for other in &pool.inspectors {
                let able = other.may(body) && !pool.recusals.contains(&(other.id, body.id));
                let is_sent = it.inspectors.contains(&other.id);
                prop_assert!(able || !is_sent, "recusal and domain are never broken");
                let fewer = sent.get(&other.id).copied().unwrap_or(0) < most;
                prop_assert!(is_sent || !able || !fewer, "who was sent less goes first");
            }
            it.inspectors.iter().for_each(|id| *sent.entry(*id).or_default() += 1);
        }
        prop_assert!(left.values().all(|n| *n == 0), "as many as were to be drawn");
        if let DrawSize::Count(n) = pool.plan.size {
            prop_assert_eq!(drawn.len(), n as usize);
        }
    }
}
