//! Files: preview, commit, again, corrected, and chains inside one file.

use super::*;
use app::stored::BatchState;
use domain::Status;
use store::testing::on_both;

/// An ideograph of 2023 that no font of Debian has.
const RARE: char = '\u{2EBF0}';

#[tokio::test]
async fn a_workbook_becomes_certificates_and_given_numbers_lift_the_counter() {
    on_both(async |t| {
        let office = office(&t.db).await;
        // 2026's own numbers: the counter starts above the highest that comes from outside.
        let forms = [first(1), takeover("262712050041"), numbered(2, "262712050010"), first(3)];
        // Made once: a workbook carries the moment of its making.
        let file = xlsx(&forms);
        let batch = office.preview(file.clone()).await;
        let s = batch.summary;
        assert_eq!(
            (s.lines, s.good, s.fresh, s.changed),
            (4, 4, 4, 0),
            "{:#?}",
            office.errors(batch.id).await
        );
        assert_eq!(office.app.count_all().await.unwrap(), 0, "a preview writes nothing");

        office.app.commit_batch(&office.ctx, batch.id, Extent::Whole).await.unwrap();
        office.work().await;
        let batch = office.batch(batch.id).await;
        assert_eq!((batch.state, batch.done, batch.message.as_str()), (BatchState::Done, 4, ""));
        for (number, print_due) in
            [("262712050042", true), ("262712050041", false), ("262712050010", true), ("262712050043", true)]
        {
            let head = office.head(number).await;
            assert_eq!(
                head.print_due, print_due,
                "{number}: of those taken over only the chosen are printed"
            );
            assert_eq!((head.batch, head.edition), (Some(batch.id), 1));
            assert_eq!(office.word(&head.number, day("2026-11-22")).await, VerdictWord::Valid);
            assert_eq!(office.word(&head.number, day("2033-01-01")).await, VerdictWord::Expired);
        }
        let next = office.assign(&first(4)).await;
        assert_eq!(next.number.to_string(), "262712050044");

        let again = office.app.upload(&office.ctx, file).await.unwrap();
        assert_eq!(again, batch.id, "the same file again is the import that it was");
        let other = office.preview(csv(&forms)).await;
        assert_eq!(other.summary.unchanged, 4, "the same certificates in another file change nothing");
        let commit = office.app.commit_batch(&office.ctx, other.id, Extent::Good).await;
        assert!(matches!(commit, Err(AppError::Refused { .. })));
        assert_eq!(office.app.count_all().await.unwrap(), 5);
    })
    .await;
}

#[tokio::test]
async fn all_or_nothing_with_one_error_writes_nothing_and_a_corrected_file_changes_only_the_rest() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let mut forms = [first(1), first(2), numbered(3, "261612050001")];
        forms[1].set(Field::Uscc, "91610113YL00000126");
        let batch = office.preview(csv(&forms)).await;
        assert_eq!((batch.summary.lines, batch.summary.good), (3, 1));
        let errors = office.errors(batch.id).await;
        let at: Vec<_> = errors.iter().map(|p| (p.code.as_str(), p.sheet.as_str(), p.row)).collect();
        assert_eq!(at, [("uscc", "证书", 3), ("foreign_number", "证书", 4)]);
        let whole = office.app.commit_batch(&office.ctx, batch.id, Extent::Whole).await;
        assert!(matches!(whole, Err(AppError::Refused { .. })), "{whole:?}");
        office.work().await;
        assert_eq!(office.app.count_all().await.unwrap(), 0);

        office.app.commit_batch(&office.ctx, batch.id, Extent::Good).await.unwrap();
        office.work().await;
        assert_eq!(office.app.count_all().await.unwrap(), 1);
        let refused = office.refusals(batch.id).await;
        assert_eq!(refused.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3]);
        assert!(refused[0].1.starts_with("示例检测有限公司：证书第3行：统一社会信用代码："), "{refused:?}");
        assert!(refused[1].1.starts_with("示例检测有限公司：证书第4行证书编号："), "{refused:?}");
        assert!(office.batch(batch.id).await.message.starts_with("2张未受理"));
        forms[1].set(Field::Uscc, OTHER_USCC);
        forms[1].set(Field::BodyName, "另一示例检测有限公司");
        forms[2].set(Field::Number, "262712050077");
        let corrected = office.preview(csv(&forms)).await;
        let s = corrected.summary;
        assert_eq!((s.good, s.fresh, s.unchanged), (3, 2, 1));
        office.app.commit_batch(&office.ctx, corrected.id, Extent::Whole).await.unwrap();
        office.work().await;
        assert_eq!(office.app.count_all().await.unwrap(), 3);
        assert_eq!(office.head("262712050001").await.batch, Some(batch.id), "the first stays as it was");
    })
    .await;
}

#[tokio::test]
async fn a_number_taken_between_preview_and_commit_stops_all_or_nothing() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let batch = office.preview(csv(&[numbered(1, "262712050001"), first(2)])).await;
        office.assign(&numbered(7, "262712050001")).await;
        office.app.commit_batch(&office.ctx, batch.id, Extent::Whole).await.unwrap();
        office.work().await;
        let batch = office.batch(batch.id).await;
        assert_eq!((batch.state, batch.done), (BatchState::Checked, 0), "{}", batch.message);
        assert!(batch.message.contains("没有赋码"), "{}", batch.message);
        assert_eq!(office.app.count_all().await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn one_number_twice_in_a_file_is_told() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let batch = office.preview(csv(&[numbered(1, "262712050001"), numbered(2, "2627 1205 0001")])).await;
        let errors = office.errors(batch.id).await;
        assert!(errors.iter().any(|p| p.code == "number_twice" && p.row == 3), "{errors:#?}");
    })
    .await;
}

#[tokio::test]
async fn a_renewal_in_the_file_of_its_predecessor_is_linked_whatever_the_order() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let (old, new) = ("202712050005", "262712050006");
        let batch = office.import(csv(&[renewal(new, old), takeover(old)]), Extent::Whole).await;
        assert_eq!((batch.state, batch.done), (BatchState::Done, 2), "{}", batch.message);
        let (before, after) = (office.head(old).await, office.head(new).await);
        assert_eq!((before.successor, after.previous), (Some(after.id), Some(before.id)));
        assert_eq!(before.status, Status::Superseded { from: day("2027-03-02") });
        assert_eq!(before.body, after.body);
        for (on, old, new) in [
            ("2026-11-22", VerdictWord::Valid, VerdictWord::NotYetValid),
            ("2027-03-01", VerdictWord::Valid, VerdictWord::NotYetValid),
            ("2027-03-02", VerdictWord::Superseded, VerdictWord::Valid),
        ] {
            assert_eq!(office.word(&before.number, day(on)).await, old, "{on}");
            assert_eq!(office.word(&after.number, day(on)).await, new, "{on}");
        }
        let asked = Asked::Code(before.code);
        let shown = office.app.verify_uncounted(&asked, day("2027-03-02")).await.unwrap();
        assert_eq!(shown.certificate.unwrap().successor, Some((after.number.clone(), day("2027-03-02"))));
        assert_eq!(
            office.refused(&renewal("262712050008", old)).await,
            ["previous_renewed 上一证书编号"],
            "a certificate is renewed once"
        );
    })
    .await;
}

#[tokio::test]
async fn certificates_of_one_body_in_neighbouring_chunks_are_of_one_body() {
    on_both(async |t| {
        let office = office(&t.db).await;
        // Each is a chunk: the next is judged while it is written.
        let mut forms = [first(1), first(2), first(3)];
        for form in &mut forms {
            form.capabilities = (0..2_100).map(|n| capability(&format!("示例参数{n}"))).collect();
        }
        let batch = office.preview(csv(&forms)).await;
        office.app.commit_batch(&office.ctx, batch.id, Extent::Whole).await.unwrap();
        office.work().await;
        let batch = office.batch(batch.id).await;
        assert_eq!((batch.state, batch.done, batch.message.as_str()), (BatchState::Done, 3, ""));
        let mut bodies = Vec::new();
        for number in ["262712050001", "262712050002", "262712050003"] {
            bodies.push(office.head(number).await.body);
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn taken_over_as_ended_a_certificate_answers_and_takes_no_successor_away() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let mut form = takeover("202712050005");
        form.set(Field::Status, "注销");
        form.set(Field::StatusDay, "2025-06-01");
        form.set(Field::StatusDocument, "示例销〔2025〕1号");
        office.import(csv(&[form]), Extent::Whole).await;
        let head = office.head("202712050005").await;
        assert_eq!(office.word(&head.number, day("2026-11-22")).await, VerdictWord::Cancelled);
        assert_eq!(office.word(&head.number, day("2025-05-31")).await, VerdictWord::Valid);
        assert_eq!(
            office.refused(&renewal("262712050006", "202712050005")).await,
            ["previous_ended 上一证书编号"]
        );
    })
    .await;
}

#[tokio::test]
async fn a_workbook_changes_what_it_names_and_leaves_what_it_does_not_carry() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let written = office.assign(&numbered(1, "262712050001")).await;
        let mut change = numbered(2, "262712050001");
        change.set(Field::Kind, "名称变更");
        change.set(Field::BodyName, "示例更名检测有限公司");
        change.capabilities.clear();
        let batch = office.import(csv(&[change]), Extent::Whole).await;
        assert_eq!((batch.summary.changed, batch.done), (1, 1));
        let content = office.app.content(&office.ctx, written.certificate, 2).await.unwrap();
        assert_eq!(content.face.body_name, "示例更名检测有限公司");
        assert_eq!(content.capabilities.len(), 1);
        let old = office.preview(csv(&[numbered(1, "262712050001")])).await;
        assert_eq!(old.summary.unchanged, 1, "an old file does not undo what came after it");
    })
    .await;
}

#[tokio::test]
async fn an_import_that_is_cut_off_again_and_again_ends_with_every_certificate_once() {
    on_both(async |t| {
        let office = office(&t.db).await;
        // Three levels, so that there are several chunks to be cut between, and counted numbers among the given.
        let mut forms = Vec::new();
        for n in 1..=20 {
            let (old, new) = (format!("20271205{n:04}"), format!("26271205{:04}", 100 + n));
            forms.extend([first(n), renewal(&new, &old), takeover(&old)]);
        }
        let batch = office.preview(csv(&forms)).await;
        assert_eq!(batch.summary.fresh, 60, "{:#?}", office.errors(batch.id).await);
        office.app.commit_batch(&office.ctx, batch.id, Extent::Whole).await.unwrap();
        for ms in [3, 12, 25, 50] {
            let cut = std::time::Duration::from_millis(ms);
            let _ = tokio::time::timeout(cut, office.app.work_once()).await;
            // Past the lease of whoever held the job.
            office.clock.advance(3_600);
        }
        office.work().await;
        let batch = office.batch(batch.id).await;
        assert_eq!((batch.state, batch.done), (BatchState::Done, 60), "{}", batch.message);
        assert_eq!(office.app.count_all().await.unwrap(), 60);
        let lines = office.app.batch_lines(&office.ctx, batch.id, 0, 200).await.unwrap();
        let numbers: std::collections::HashSet<_> =
            lines.iter().map(|l| l.card.as_ref().unwrap().head.number.to_string()).collect();
        assert_eq!((lines.len(), numbers.len()), (60, 60));
        for line in lines {
            let head = line.card.unwrap().head;
            let events = office.app.certificate(&office.ctx, head.id).await.unwrap().events;
            let assigned = events.iter().filter(|e| e.kind == domain::EventKind::Assign).count();
            assert_eq!(assigned, 1, "{}", head.number);
        }
    })
    .await;
}

#[tokio::test]
async fn the_command_lines_import_is_the_same_import() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let folder = tempfile::tempdir().unwrap();
        let write = |forms: &[Form]| -> Vec<std::path::PathBuf> {
            let write = |file: Upload| {
                let path = folder.path().join(file.name);
                std::fs::write(&path, file.bytes).unwrap();
                path
            };
            csv(forms).into_iter().map(write).collect()
        };
        let quiet = |_: &'static str, _: u32, _: u32| {};
        let run = async |paths: &[std::path::PathBuf], extent| {
            office.app.import_paths(&office.ctx, paths.to_vec(), extent, &quiet).await.unwrap()
        };
        let mut spoilt = first(2);
        spoilt.set(Field::BodyName, "");
        let paths = write(&[first(1), spoilt]);
        let check = run(&paths, None).await;
        assert_eq!((check.lines, check.good, check.errors, check.committed.is_none()), (2, 1, 1, true));
        assert!(run(&paths, Some(Extent::Whole)).await.committed.is_none());
        assert_eq!(office.app.count_all().await.unwrap(), 0);
        let committed = run(&paths, Some(Extent::Good)).await.committed.unwrap();
        assert_eq!((committed.fresh, committed.refused.len()), (1, 1));
        assert!(committed.refused[0].0 == 2 && committed.refused[0].1.contains("机构名称"));
        let again = run(&paths, Some(Extent::Good)).await;
        assert!(again.before && again.committed.is_none());
        let paths = write(&[first(1), first(2)]);
        let rest = run(&paths, Some(Extent::Whole)).await;
        assert_eq!((rest.unchanged, rest.committed.unwrap().fresh), (1, 1));
        assert_eq!(office.app.count_all().await.unwrap(), 2);
    })
    .await;
}

impl Office {
    /// The lines an import did not accept, each with its reason.
    async fn refusals(&self, id: BatchId) -> Vec<(u32, String)> {
        let lines = self.app.batch_refused(&self.ctx, id, 0, 500).await.unwrap();
        lines.into_iter().map(|line| (line.line, line.reason)).collect()
    }
}

#[tokio::test]
async fn every_line_that_was_not_accepted_keeps_its_reason_also_when_the_commit_is_cut_off() {
    on_both(async |t| {
        let office = office(&t.db).await;
        // 20 good ones between 10 bad ones; three of the good ones are taken by somebody else before the commit.
        let forms: Vec<Form> = (1..=30)
            .map(|n| {
                let mut form = numbered(n, &format!("26271205{n:04}"));
                if n % 3 == 0 {
                    form.set(Field::Uscc, "91610113YL00000126");
                }
                form
            })
            .collect();
        let batch = office.preview(csv(&forms)).await;
        assert_eq!((batch.summary.good, batch.summary.lines), (20, 30));
        for n in [1, 10, 28] {
            office.assign(&numbered(900 + n, &format!("26271205{n:04}"))).await;
        }
        office.app.commit_batch(&office.ctx, batch.id, Extent::Good).await.unwrap();
        for ms in [3, 12, 25] {
            let cut = std::time::Duration::from_millis(ms);
            let _ = tokio::time::timeout(cut, office.app.work_once()).await;
            office.clock.advance(3_600);
        }
        office.work().await;
        let batch = office.batch(batch.id).await;
        assert_eq!((batch.state, batch.done), (BatchState::Done, 17), "{}", batch.message);
        assert_eq!(office.app.count_all().await.unwrap(), 20);
        let refused = office.refusals(batch.id).await;
        let expected: Vec<u32> = (1..=30).filter(|n| n % 3 == 0 || [1, 10, 28].contains(n)).collect();
        assert_eq!(refused.iter().map(|(line, _)| *line).collect::<Vec<_>>(), expected);
        for (line, why) in &refused {
            let about = if line % 3 == 0 { "统一社会信用代码：" } else { "证书编号" };
            assert!(why.contains(&format!("证书第{}行", line + 1)), "{line}: {why}");
            assert!(line % 3 != 0 || why.contains(about), "{line}: {why}");
            assert!(!why.contains("91610113YL00000126"), "no value of the file stays");
        }
        // When the file is gone a list is left.
        office.clock.advance(31 * 86_400);
        assert_eq!(office.app.purge_uploads().await.unwrap(), 1);
        let book = office.app.annotated(&office.ctx, batch.id).await.unwrap();
        use calamine::Reader;
        let mut book = calamine::Xlsx::new(std::io::Cursor::new(book)).unwrap();
        let listed = book.worksheet_range("未受理").unwrap();
        let rows: Vec<_> =
            listed.rows().skip(1).map(|row| (row[0].to_string(), row[1].to_string())).collect();
        let told: Vec<_> = refused.into_iter().map(|(line, why)| (line.to_string(), why)).collect();
        assert_eq!(rows, told);
        let foreign = actor(THEIRS, Role::Licensing, 3);
        let hidden = office.app.batch_refused(&foreign, batch.id, 0, 9).await;
        assert!(matches!(hidden, Err(AppError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn a_renewal_that_leaves_its_number_to_the_counter_follows_its_predecessor_in_the_file() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let mut renewed = renewal("212712050891", "212712050891");
        renewed.set(Field::Number, "");
        let batch = office.import(csv(&[renewed, takeover("212712050891")]), Extent::Whole).await;
        assert_eq!((batch.state, batch.summary.fresh, batch.done), (BatchState::Done, 2, 2));
        let old = office.head("212712050891").await;
        assert!(old.successor.is_some());
    })
    .await;
}

#[tokio::test]
async fn the_same_certificate_twice_in_a_file_is_coded_once() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let batch = office.preview(csv(&[first(1), first(1), first(2)])).await;
        assert_eq!(batch.summary.fresh, 2);
        let errors: Vec<_> = office.errors(batch.id).await.into_iter().map(|it| (it.code, it.row)).collect();
        assert_eq!(errors, [("decided_before".to_owned(), 3)]);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_was_not_done_whole_may_come_again() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let file = csv(&[renewal("272712050001", "212712050891"), numbered(3, "262712050003")]);
        let batch = office.import(file.clone(), Extent::Good).await;
        assert_eq!((batch.summary.fresh, batch.summary.lines), (1, 2));
        office.import(csv(&[takeover("212712050891")]), Extent::Whole).await;
        let again = office.import(file.clone(), Extent::Whole).await;
        assert_ne!(again.id, batch.id);
        assert_eq!((again.summary.fresh, again.summary.unchanged), (1, 1));
        assert_eq!(office.preview(file.clone()).await.id, again.id, "now it is done");

        // What was annulled may be coded anew, but never under its old number.
        let head = office.head("262712050003").await;
        office.act(head.id, StatusAct::Annul).await.unwrap();
        let batch = office.preview(csv(&[numbered(3, "262712050003"), first(4)])).await;
        let errors: Vec<_> = office.errors(batch.id).await.into_iter().map(|it| it.code).collect();
        assert_eq!(errors, ["annulled"]);
    })
    .await;
}

#[tokio::test]
async fn the_preview_knows_what_the_counter_has_left_and_warns_of_a_number_far_ahead() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let batch = office.preview(csv(&[numbered(1, "262712059998")])).await;
        let problems = office.app.batch_problems(&office.ctx, batch.id, None, 0, 100).await.unwrap();
        let codes: Vec<_> = problems.iter().map(|(_, it)| it.code.as_str()).collect();
        assert_eq!(codes, ["serial_jump"], "{problems:#?}");
        let batch = office.preview(csv(&[numbered(1, "262712059998"), first(2), first(3)])).await;
        let errors = office.errors(batch.id).await;
        assert_eq!(
            errors.iter().map(|it| (it.code.as_str(), it.row)).collect::<Vec<_>>(),
            [("no_number", 4)]
        );
        assert!(errors[0].message.contains("只剩1个"), "{}", errors[0].message);
        assert!(errors[0].hint.contains("启用本机关的另一代码"), "{}", errors[0].hint);
        let s = batch.summary;
        assert_eq!((s.lines, s.good, s.fresh), (3, 2, 2), "a line without a number is no good one");
        let whole = office.app.commit_batch(&office.ctx, batch.id, Extent::Whole).await;
        let Err(AppError::Refused { message, hint }) = whole else { panic!("{whole:?}") };
        assert!(message.contains("证书第4行") && message.contains("只剩1个"), "{message}");
        assert!(hint.contains("启用本机关的另一代码"), "{hint}");
        office.app.commit_batch(&office.ctx, batch.id, Extent::Good).await.unwrap();
        office.work().await;
        let batch = office.batch(batch.id).await;
        assert_eq!((batch.state, batch.done), (BatchState::Done, 2), "{}", batch.message);
        assert!(office.refusals(batch.id).await[0].1.contains("只剩1个"));
    })
    .await;
}

#[tokio::test]
async fn what_was_exported_comes_in_again_as_it_is() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let files =
            csv(&[numbered(1, "262712050001"), numbered(2, "262712050002"), numbered(3, "262712050003")]);
        office.import(files, Extent::Whole).await;
        office.act(office.head("262712050002").await.id, StatusAct::Revoke).await.unwrap();
        office.act(office.head("262712050003").await.id, StatusAct::Annul).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let export = office.app.begin_export(&office.ctx, &app::stored::Filter::default()).await.unwrap();
        let path = |group: Group| folder.path().join(format!("{}.csv", group.sheet()));
        let mut open = |group: Group| {
            Ok(Box::new(std::fs::File::create(path(group))?) as Box<dyn std::io::Write + Send>)
        };
        assert_eq!(office.app.export(&export, &mut open, &|_, _| {}).await.unwrap(), 3);
        let upload = |group: Group| {
            Some(Upload { name: format!("{}.csv", group.sheet()), bytes: std::fs::read(path(group)).ok()? })
        };
        let files: Vec<Upload> = Group::ALL.into_iter().filter_map(upload).collect();
        let batch = office.preview(files).await;
        assert_eq!(
            (batch.summary.unchanged, batch.summary.lines),
            (3, 3),
            "{:#?}",
            office.errors(batch.id).await
        );
    })
    .await;
}

#[tokio::test]
async fn one_mark_for_two_certificates_holds_both() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let mut other = takeover("212712050008");
        other.set(Field::BodyName, "另一示例检测有限公司");
        other.set(Field::Uscc, OTHER_USCC);
        let mut files = csv(&[takeover("212712050007"), other, takeover("212712050009")]);
        for file in &mut files {
            // The second certificate gets the 序号 of the first.
            let text = String::from_utf8(std::mem::take(&mut file.bytes)).unwrap();
            file.bytes = text.replace("\r\n2,", "\r\n1,").into_bytes();
        }
        let batch = office.preview(files).await;
        assert_eq!((batch.summary.lines, batch.summary.good), (3, 1));
        let errors = office.errors(batch.id).await;
        let at: Vec<_> = errors.iter().map(|p| (p.code.as_str(), p.row)).collect();
        assert_eq!(at, [("key_twice", 2), ("key_twice", 3)], "{errors:#?}");
        office.app.commit_batch(&office.ctx, batch.id, Extent::Good).await.unwrap();
        office.work().await;
        assert_eq!(office.app.count_all().await.unwrap(), 1);
        let refused: Vec<u32> = office.refusals(batch.id).await.into_iter().map(|(line, _)| line).collect();
        assert_eq!(refused, [1, 2]);

        let mut other = numbered(2, "262712050001");
        other.set(Field::BodyName, "另一示例检测有限公司");
        other.set(Field::Uscc, OTHER_USCC);
        let batch = office.preview(csv(&[numbered(1, "262712050001"), other])).await;
        assert_eq!((batch.summary.lines, batch.summary.good), (2, 0), "nobody knows whose the number is");
    })
    .await;
}

#[tokio::test]
async fn a_takeover_that_comes_again_with_another_status_is_told() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let mut form = takeover("202712050005");
        form.set(Field::Status, "有效");
        office.import(csv(&[form.clone()]), Extent::Whole).await;
        form.set(Field::Status, "撤销");
        form.set(Field::StatusDay, "2026-11-01");
        form.set(Field::StatusDocument, "示例撤〔2026〕1号");
        let batch = office.preview(csv(&[form])).await;
        assert_eq!((batch.summary.unchanged, batch.summary.good), (0, 0));
        let errors = office.errors(batch.id).await;
        assert_eq!(errors[0].code, "status_differs");
        assert_eq!(
            errors[0].message,
            "证书状态与登记的不同：登记为“有效”，现为“撤销（2026-11-01起，文号：示例撤〔2026〕1号）”"
        );
    })
    .await;
}

#[tokio::test]
async fn what_no_font_can_print_is_refused_where_it_stands() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let mut rare = first(2);
        rare.sites = vec![
            row(&[
                (Field::SiteName, "东区"),
                (Field::SiteKind, "分场所"),
                (Field::SiteAddress, "陕西省西安市雁塔区示例路1号"),
                (Field::SiteDivision, "610113"),
            ]),
            row(&[
                (Field::SiteName, &format!("本{RARE}部")),
                (Field::SiteKind, "主场所"),
                (Field::SiteAddress, "陕西省西安市雁塔区示例路2号"),
                (Field::SiteDivision, "610113"),
            ]),
        ];
        rare.capabilities = ["甲", "乙", "丙"].map(capability).to_vec();
        rare.capabilities[1].insert(Field::Clause.key().into(), format!("8.{RARE}"));
        rare.capabilities[2].insert(Field::Item.key().into(), format!("丙{RARE}"));
        let mut many = first(1);
        many.capabilities = (0..5).map(|n| capability(&format!("示例参数{n}"))).collect();
        let batch = office.preview(csv(&[many, rare])).await;
        assert_eq!((batch.summary.lines, batch.summary.good), (2, 1));
        let errors = office.errors(batch.id).await;
        let at: Vec<_> =
            errors.iter().map(|p| (p.sheet.as_str(), p.row, p.column.as_str(), p.field.as_str())).collect();
        let expected = [
            ("场所", 3, "B", "场所名称"),
            ("检测能力", 8, "I", "条款"),
            ("检测能力", 9, "F", "产品/项目/参数"),
        ];
        assert_eq!(at, expected, "{errors:#?}");
    })
    .await;
}

#[tokio::test]
async fn a_file_that_ends_within_quotes_is_taken_in_part_by_nobody() {
    on_both(async |t| {
        let office = office(&t.db).await;
        let mut files = csv(&[takeover("212712050007"), takeover("212712050008"), takeover("212712050009")]);
        let text = String::from_utf8(std::mem::take(&mut files[1].bytes)).unwrap();
        assert!(files[1].name.starts_with("检测能力"));
        // The remark of the second certificate's row begins with a quote: the third's row is part of it.
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let columns = lines[0].split(',').position(|label| label == "说明").unwrap();
        let mut cells: Vec<String> = lines[2].split(',').map(str::to_owned).collect();
        cells[columns] = "\"".into();
        lines[2] = cells.join(",");
        files[1].bytes = lines.join("\r\n").into_bytes();
        let batch = office.preview(files).await;
        assert_eq!((batch.summary.lines, batch.summary.good), (3, 0));
        let errors = office.errors(batch.id).await;
        let open = errors.iter().find(|p| p.code == "quote_open").unwrap();
        assert_eq!((open.sheet.as_str(), open.row), ("检测能力", 3), "{errors:#?}");
    })
    .await;
}
