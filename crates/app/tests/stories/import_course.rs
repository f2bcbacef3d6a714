//! Where an import goes when its work is refused or given up, and what its preview says.

use super::*;
use app::stored::{BatchState, Outcome};
use app::{CounterPlace, CounterRef, FaceChange};
use store::testing::on_both;

impl Office {
    async fn administrator(&self) -> Ctx {
        actor(OURS, Role::Administrator, 9)
    }

    /// Says which serial of 2026 comes next.
    async fn next_serial(&self, next: u32) {
        let two = |text: &str| text.parse().unwrap();
        let place = CounterPlace { year: 2026, code: two("27"), domain: two("12"), industry: two("05") };
        let admin = self.administrator().await;
        self.app.set_counter(&admin, &CounterRef::Place(place), next).await.unwrap();
    }

    /// What the preview says of each line.
    async fn plan(&self, id: BatchId) -> Vec<(u32, Outcome, String)> {
        let plan = self.app.batch_plan(&self.ctx, id, None, 0, 500).await.unwrap();
        plan.into_iter().map(|it| (it.line, it.outcome, it.number)).collect()
    }

    /// The queued job is taken again and again by workers that end without a word.
    async fn lose_workers(&self, db: &Db) {
        let now = self.app.now();
        for attempt in 1..=5 {
            let tx = db.begin(store::Urgency::Act).await.unwrap();
            let job = store::job::claim(&tx, now, now).await.unwrap().unwrap();
            if attempt < 5 {
                store::job::fail(&tx, &job, "", Some(now), now).await.unwrap();
            }
            tx.commit().await.unwrap();
        }
        self.clock.advance(3_600);
    }

    /// Works on what is queued, but is cut off again and again, until the work is given up.
    async fn cut_off(&self, id: BatchId) -> Batch {
        loop {
            let before = self.batch(id).await;
            if !matches!(before.state, BatchState::Checking | BatchState::Committing) {
                return before;
            }
            // Too short for anything.
            let cut = std::time::Duration::from_millis(1);
            let _ = tokio::time::timeout(cut, self.app.work_once()).await;
            // Past the lease of whoever held the job.
            self.clock.advance(3_600);
        }
    }
}

#[tokio::test]
async fn a_counter_that_ran_short_since_the_preview_leaves_the_import_to_be_committed_again() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let files = csv(&[first(1), first(2), first(3)]);
        let batch = office.preview(files.clone()).await;
        assert_eq!(batch.summary.fresh, 3);
        office.next_serial(9_999).await;
        office.app.commit_batch(&office.ctx, batch.id, Extent::Whole).await.unwrap();
        office.work().await;
        let batch = office.batch(batch.id).await;
        assert_eq!((batch.state, batch.done), (BatchState::Checked, 0), "{}", batch.message);
        for said in ["只剩1个", "证书第3行", "启用本机关的另一代码"] {
            assert!(batch.message.contains(said), "{said}: {}", batch.message);
        }
        assert_eq!(office.app.count_all().await.unwrap(), 0);

        // The very same file is looked at anew, and says so.
        assert_eq!(office.preview(files).await.id, batch.id);
        let batch = office.batch(batch.id).await;
        assert_eq!((batch.summary.fresh, batch.summary.good, batch.message.as_str()), (1, 1, ""));
        office.app.commit_batch(&office.ctx, batch.id, Extent::Good).await.unwrap();
        office.work().await;
        assert_eq!(office.batch(batch.id).await.state, BatchState::Done);
        office.head("262712059999").await;
    })
    .await;
}

#[tokio::test]
async fn a_counter_that_waits_after_a_restore_is_told_and_goes_on_when_it_is_confirmed() {
    on_both(async |t| {
        let office = office(&t.db).await;
        office.assign(&first(7)).await;
        let batch = office.preview(csv(&[first(1), first(2)])).await;
        let operator = Ctx {
            actor: Actor::Operator("root".into()),
            door: Door::Command,
            ..actor(OURS, Role::Viewer, 0)
        };
        office.app.raise_epoch(&operator).await.unwrap();
        office.app.commit_batch(&office.ctx, batch.id, Extent::Whole).await.unwrap();
        office.work().await;
        let batch = office.batch(batch.id).await;
        assert_eq!((batch.state, batch.done), (BatchState::Checked, 0), "{}", batch.message);
        assert!(batch.message.contains("还没有确认"), "{}", batch.message);
        office.next_serial(50).await;
        office.app.commit_batch(&office.ctx, batch.id, Extent::Whole).await.unwrap();
        office.work().await;
        let batch = office.batch(batch.id).await;
        assert_eq!((batch.state, batch.done, batch.message.as_str()), (BatchState::Done, 2, ""));
    })
    .await;
}

#[tokio::test]
async fn an_import_given_up_midway_says_so_and_goes_on_where_it_stopped() {
    on_both(async |t| {
        let office = office(&t.db).await;
        // Each is a chunk of its own, and so final when it is done.
        let mut forms: Vec<Form> = (1..=12).map(first).collect();
        for form in &mut forms {
            form.capabilities = (0..2_100).map(|n| capability(&format!("示例参数{n}"))).collect();
        }
        let files = csv(&forms);
        let batch = office.preview(files.clone()).await;
        assert_eq!(batch.summary.fresh, 12, "{:#?}", office.errors(batch.id).await);
        office.app.commit_batch(&office.ctx, batch.id, Extent::Whole).await.unwrap();
        let discard = office.app.discard_batch(&office.ctx, batch.id).await;
        let Err(AppError::Refused { message, .. }) = discard else { panic!("{discard:?}") };
        assert!(message.contains("赋码中"), "{message}");
        // A first attempt that is cut off when some are done.
        let some = async {
            while office.batch(batch.id).await.done == 0 {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
        };
        tokio::select! {
            done = office.app.work_once() => panic!("it was to be cut off: {done:?}"),
            () = some => {}
        }
        office.clock.advance(3_600);
        let stopped = office.cut_off(batch.id).await;
        assert_eq!(stopped.state, BatchState::Interrupted, "{}", stopped.message);
        assert!(stopped.done > 0 && stopped.done < 12, "{}", stopped.done);
        assert!(stopped.message.contains("多次中断"), "{}", stopped.message);
        office.work().await;
        assert_eq!(office.batch(batch.id).await.done, stopped.done, "nobody works on it any more");
        assert_eq!(office.preview(files).await.id, batch.id, "the same file is that import");
        for refused in [
            office.app.discard_batch(&office.ctx, batch.id).await,
            office.app.recheck_batch(&office.ctx, batch.id).await,
        ] {
            let Err(AppError::Refused { message, .. }) = refused else { panic!("{refused:?}") };
            assert!(message.contains("赋码中断"), "{message}");
        }

        office.app.commit_batch(&office.ctx, batch.id, Extent::Good).await.unwrap();
        office.work().await;
        let batch = office.batch(batch.id).await;
        assert_eq!((batch.state, batch.done, batch.message.as_str()), (BatchState::Done, 12, ""));
        assert_eq!(office.app.count_all().await.unwrap(), 12);
        for n in 1..=12 {
            office.head(&format!("26271205{n:04}")).await;
        }
        let next = office.assign(&first(99)).await;
        assert_eq!(next.number.to_string(), "262712050013", "no number was lost by it");
    })
    .await;
}

#[tokio::test]
async fn what_fails_again_and_again_is_given_up_without_showing_its_fault() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let batch = office.preview(csv(&[first(1)])).await;
        office.app.commit_batch(&office.ctx, batch.id, Extent::Whole).await.unwrap();
        // A node with another key cannot read the file.
        let stranger = node_with(&t.db, &office.clock, Keys::from_bytes(&[2; 64])).await;
        for attempt in 1..=5 {
            let state = office.batch(batch.id).await.state;
            assert_eq!(state, BatchState::Committing, "before attempt {attempt}");
            while stranger.work_once().await.unwrap() {}
            office.clock.advance(600);
        }
        let stopped = office.batch(batch.id).await;
        assert_eq!(stopped.state, BatchState::Checked, "{}", stopped.message);
        assert!(stopped.message.contains("系统内部错误（任务"), "{}", stopped.message);
        office.app.commit_batch(&office.ctx, batch.id, Extent::Whole).await.unwrap();
        office.work().await;
        assert_eq!(office.batch(batch.id).await.state, BatchState::Done);
    })
    .await;
}

#[tokio::test]
async fn numbers_an_interrupted_import_holds_go_back_when_it_is_given_up_unwritten() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let batch = office.preview(csv(&[numbered(1, "262712050001"), numbered(2, "262712050002")])).await;
        office.app.commit_batch(&office.ctx, batch.id, Extent::Whole).await.unwrap();
        // As a process leaves it that ended right after it took its numbers.
        let tx = t.db.begin(store::Urgency::Batch).await.unwrap();
        let number = Number::parse("262712050001").unwrap();
        assert!(store::reservation::reserve(&tx, batch.id, &[(1, number)]).await.unwrap().is_empty());
        tx.commit().await.unwrap();
        office.lose_workers(&t.db).await;
        office.work().await;
        let stopped = office.batch(batch.id).await;
        assert_eq!((stopped.state, stopped.done), (BatchState::Interrupted, 0), "{}", stopped.message);
        office.app.discard_batch(&office.ctx, batch.id).await.unwrap();
        assert_eq!(office.batch(batch.id).await.state, BatchState::Discarded);
        office.assign(&numbered(3, "262712050001")).await;
    })
    .await;
}

#[tokio::test]
async fn a_check_given_up_may_be_asked_for_again() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let files = csv(&[first(1), first(2)]);
        let id = office.app.upload(&office.ctx, files.clone()).await.unwrap();
        office.lose_workers(&t.db).await;
        office.work().await;
        let batch = office.batch(id).await;
        assert_eq!(batch.state, BatchState::Unchecked, "{}", batch.message);
        assert!(batch.message.contains("多次中断"), "{}", batch.message);
        office.app.recheck_batch(&office.ctx, id).await.unwrap();
        office.work().await;
        let batch = office.batch(id).await;
        assert_eq!((batch.state, batch.summary.fresh, batch.message.as_str()), (BatchState::Checked, 2, ""));
    })
    .await;
}

#[tokio::test]
async fn the_command_line_leaves_no_import_as_being_written() {
    on_both(async |t| {
        let office = office(&t.db).await;
        office.assign(&first(7)).await;
        let operator = Ctx {
            actor: Actor::Operator("root".into()),
            door: Door::Command,
            ..actor(OURS, Role::Viewer, 0)
        };
        office.app.raise_epoch(&operator).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let files = csv(&[first(1), first(2)]);
        let paths: Vec<_> = files
            .iter()
            .map(|file| {
                let path = folder.path().join(&file.name);
                std::fs::write(&path, &file.bytes).unwrap();
                path
            })
            .collect();
        let quiet = |_: &'static str, _: u32, _: u32| {};
        let run =
            async || office.app.import_paths(&office.ctx, paths.clone(), Some(Extent::Good), &quiet).await;
        let refused = run().await;
        let Err(AppError::Refused { message, .. }) = &refused else { panic!("{refused:?}") };
        assert!(message.contains("还没有确认"), "{message}");
        let left = office.app.batches(&office.ctx, None).await.unwrap();
        assert_eq!(left[0].state, BatchState::Failed);
        assert!(left[0].message.contains("还没有确认"), "{}", left[0].message);
        office.next_serial(50).await;
        assert_eq!(run().await.unwrap().committed.unwrap().fresh, 2);
    })
    .await;
}

#[tokio::test]
async fn a_checked_file_that_comes_again_is_checked_again() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let old = "212712050891";
        let file = csv(&[renewal("272712050001", old)]);
        let batch = office.preview(file.clone()).await;
        let errors = office.errors(batch.id).await;
        assert_eq!((batch.summary.good, errors[0].code.as_str()), (0, "previous_unknown"));
        assert!(errors[0].hint.contains("重新检查"), "{}", errors[0].hint);
        office.import(csv(&[takeover(old)]), Extent::Whole).await;
        let again = office.preview(file).await;
        assert_eq!((again.id, again.summary.fresh), (batch.id, 1));
        assert_eq!(office.errors(batch.id).await, []);
        office.app.commit_batch(&office.ctx, batch.id, Extent::Whole).await.unwrap();
        office.work().await;
        assert_eq!(office.batch(batch.id).await.state, BatchState::Done);
        let again = office.app.recheck_batch(&office.ctx, batch.id).await;
        assert!(matches!(again, Err(AppError::Refused { .. })), "{again:?}");
    })
    .await;
}

#[tokio::test]
async fn the_preview_lists_what_would_become_of_each_certificate() {
    on_both(async |t| {
        let office = office(&t.db).await;
        office.assign(&numbered(1, "262712050001")).await;
        office.assign(&numbered(2, "262712050002")).await;
        let mut change = numbered(3, "262712050001");
        change.set(Field::Kind, "名称变更、扩项");
        change.set(Field::BodyName, "示例更名检测有限公司");
        change.capabilities.push(capability("另一示例参数"));
        let mut wrong = first(4);
        wrong.set(Field::Uscc, "91610113YL00000126");
        let file = csv(&[change, numbered(2, "262712050002"), wrong, first(5), numbered(6, "262712050066")]);
        let batch = office.preview(file).await;
        let problems = office.errors(batch.id).await;
        let plan = office.plan(batch.id).await;
        let told: Vec<_> = plan.iter().map(|(line, of, number)| (*line, *of, number.as_str())).collect();
        assert_eq!(
            told,
            [
                (1, Outcome::Changed, "262712050001"),
                (2, Outcome::Unchanged, "262712050002"),
                (3, Outcome::Refused, ""),
                (4, Outcome::Fresh, ""),
                (5, Outcome::Fresh, "262712050066"),
            ],
            "{problems:#?}"
        );
        let only =
            async |only| office.app.batch_plan(&office.ctx, batch.id, Some(only), 0, 500).await.unwrap();
        let changed = only(Outcome::Changed).await;
        let changes = &changed[0].changes;
        let name = FaceChange {
            field: "机构名称".into(),
            old: "示例检测有限公司".into(),
            new: "示例更名检测有限公司".into(),
        };
        assert!(changes.face.contains(&name), "{changes:?}");
        let rows = &changes.rows[0];
        assert_eq!((rows.table.as_str(), rows.added, rows.removed), ("检测能力", 1, 0));
        assert!(rows.first_added[0].contains("另一示例参数"), "{rows:?}");
        let refused = only(Outcome::Refused).await;
        assert!(refused[0].reason.contains("统一社会信用代码") && refused[0].body == "示例检测有限公司");
        let foreign = actor(THEIRS, Role::Licensing, 3);
        let hidden = office.app.batch_plan(&foreign, batch.id, None, 0, 9).await;
        assert!(matches!(hidden, Err(AppError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn the_marked_workbook_is_to_be_had_after_the_commit_until_the_file_is_removed() {
    on_both(async |t| {
        use calamine::Reader;
        let office = office(&t.db).await;
        let mut wrong = first(2);
        wrong.set(Field::Uscc, "91610113YL00000126");
        let batch = office.import(csv(&[first(1), wrong]), Extent::Good).await;
        assert_eq!((batch.state, batch.done), (BatchState::Done, 1));
        let sheets = async || {
            let book = office.app.annotated(&office.ctx, batch.id).await.unwrap();
            calamine::Xlsx::new(std::io::Cursor::new(book)).unwrap().sheet_names()
        };
        assert!(sheets().await.contains(&"错误汇总".to_owned()));
        let until = office.app.batch_file_until(&office.ctx, batch.id).await.unwrap().unwrap();
        assert_eq!(office.app.purge_uploads().await.unwrap(), 0);
        office.clock.advance((until.micros() - office.app.now().micros()) / 1_000_000 + 1);
        assert_eq!(office.app.purge_uploads().await.unwrap(), 1);
        assert_eq!(sheets().await, ["未受理"]);
        assert_eq!(office.app.batch_file_until(&office.ctx, batch.id).await.unwrap(), None);
        let whole = office.import(csv(&[first(8)]), Extent::Whole).await;
        assert!(!office.app.batch_has_file(&office.ctx, whole.id).await.unwrap(), "nobody needs it any more");
    })
    .await;
}

#[tokio::test]
async fn whole_is_refused_for_what_the_file_has_wrong_beside_its_certificates() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let mut files = csv(&[first(1)]);
        let capabilities = files.iter_mut().find(|file| file.name == "检测能力.csv").unwrap();
        let stray = String::from_utf8(capabilities.bytes.clone()).unwrap().lines().nth(1).unwrap().to_owned();
        capabilities.bytes.extend(format!("9{}\r\n", stray.trim_start_matches('1')).into_bytes());
        let batch = office.preview(files).await;
        assert_eq!((batch.summary.good, batch.summary.lines), (1, 1));
        let whole = office.app.commit_batch(&office.ctx, batch.id, Extent::Whole).await;
        let Err(AppError::Refused { message, .. }) = whole else { panic!("{whole:?}") };
        assert!(message.contains("检测能力第3行"), "{message}");
    })
    .await;
}
