//! Certificates go out: finals, records, batches that are killed, codes and links, on both engines. What a PDF holds is
//! asked of qpdf, pdftotext and zbarimg, as a reader's programs see it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use app::stored::{Copy, Db, Filter, JobState};
use app::{
    App, AppError, BatchOrder, Bundle, Clock, CodeFormat, Config, Ctx, Decision, Footing, Form, FormRow,
    Keys, Parts, PrintOrder, PrintedParts, Profile, Selection, Written,
};
use domain::{
    AccountId, Actor, AuthorityId, CertificateId, Door, Field, Instant, JobId, Level, Role, StatusAct,
};
use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;
use store::testing::on_both;
use tempfile::TempDir;

const NOW: Instant = Instant::from_micros(1_795_334_400_000_000); // 2026-11-22
const OURS: AuthorityId = AuthorityId(28); // 陕西
const URL: &str = "https://cma.example.cn";

fn actor(authority: AuthorityId, role: Role, id: i64) -> Ctx {
    Ctx {
        actor: Actor::Account { id: AccountId(id), authority, level: Level::Provincial, role },
        door: Door::Form,
        request_id: "t".into(),
        source: "192.0.2.1".into(),
    }
}

fn operator() -> Ctx {
    Ctx { actor: Actor::Operator("root".into()), door: Door::Command, ..actor(OURS, Role::Viewer, 0) }
}

struct Office {
    app: Arc<App>,
    clock: Clock,
    /// 许可人员 of 陕西.
    ctx: Ctx,
}

async fn office(db: &Db, config: Config) -> Office {
    App::found(db, &operator(), NOW).await.unwrap();
    let clock = Clock::at(NOW);
    let parts = Parts {
        db: db.clone(),
        keys: Keys::from_bytes(&[1; 64]),
        clock: clock.clone(),
        config,
        fonts: Arc::new(print::FontSet::load(&print::FontPaths::debian()).unwrap()),
        template: Arc::new(print::Template::national()),
    };
    let app = Arc::new(App::open(parts).await.unwrap());
    let new = app::NewAccount {
        login: "xuke".into(),
        name: "张示例".into(),
        authority: OURS,
        role: Role::Licensing,
    };
    let administrator = actor(OURS, Role::Administrator, 0);
    let slip = app.create_account(&administrator, new).await.unwrap();
    Office { app, clock, ctx: actor(OURS, Role::Licensing, slip.account.0) }
}

fn real() -> Config {
    Config { public_url: URL.into(), footing: Footing::Real, hook_private: false, search: false }
}

fn row(cells: &[(Field, &str)]) -> FormRow {
    cells.iter().map(|(f, v)| (f.key().to_owned(), (*v).to_owned())).collect()
}

fn form(uscc: &str, name: &str) -> Form {
    let mut form = Form::default();
    for (field, value) in [
        (Field::Kind, "首次"),
        (Field::BodyName, name),
        (Field::Uscc, uscc),
        (Field::LegalKind, "独立法人-企业"),
        (Field::Department, "无"),
        (Field::Address, "陕西省西安市雁塔区示例路1号"),
        (Field::Division, "610113"),
        (Field::Domain, "12"),
        (Field::Industry, "05"),
        (Field::Food, "否"),
        (Field::Procedure, "一般程序"),
        (Field::DecisionDay, "2026-11-02"),
        (Field::DecisionNumber, &format!("示例许〔2026〕{name}")),
        (Field::FirstIssuedOn, "2026-11-02"),
        (Field::IssuedOn, "2026-11-02"),
        (Field::ValidFrom, "2026-11-02"),
        (Field::ValidTo, "2032-11-01"),
    ] {
        form.set(field, value);
    }
    form.capabilities = vec![row(&[
        (Field::Class, "水和废水"),
        (Field::Item, "示例参数"),
        (Field::StandardName, "生活饮用水标准检验方法"),
        (Field::StandardNumber, "GB/T 5750.6-2023"),
        (Field::ApprovedOn, "2026-11-02"),
        (Field::CapabilityFood, "否"),
    ])];
    form
}

/// Invented, with a right check digit.
const USCC: &str = "91610113YL00000125";

impl Office {
    async fn assign(&self, form: &Form) -> Written {
        match self.app.assign_form(&self.ctx, form).await {
            Ok(written) => written,
            Err(AppError::Invalid(problems)) => panic!("{problems:#?}"),
            Err(error) => panic!("{error}"),
        }
    }

    async fn one(&self) -> Written {
        self.assign(&form(USCC, "示例检测有限公司")).await
    }

    /// Several certificates of one body.
    async fn several(&self, n: usize) -> Vec<CertificateId> {
        let mut ids = Vec::new();
        for i in 0..n {
            let mut form = form(USCC, "示例检测有限公司");
            form.set(Field::DecisionNumber, format!("示例许〔2026〕{i}号"));
            ids.push(self.assign(&form).await.certificate);
        }
        ids
    }

    async fn act(&self, id: CertificateId, act: StatusAct) {
        let decision = Decision {
            act,
            effective: NOW.day(),
            document: "示例决〔2026〕1号".into(),
            reason: "测试".into(),
        };
        self.app.act(&self.ctx, id, &decision).await.unwrap();
    }

    async fn printed(&self, id: CertificateId) -> (u32, bool, usize, usize) {
        let detail = self.app.certificate(&self.ctx, id).await.unwrap();
        let events = detail.events.iter().filter(|e| e.kind == domain::EventKind::Print).count();
        (detail.card.head.printed, detail.card.head.print_due, detail.prints.len(), events)
    }

    async fn refused(&self, id: CertificateId, order: &PrintOrder) -> String {
        match self.app.print_certificate(&self.ctx, id, order).await {
            Err(AppError::Refused { message, hint }) => {
                assert!(!hint.is_empty());
                message
            }
            other => panic!("{other:?}"),
        }
    }
}

fn again(copy: Copy, reason: &str) -> PrintOrder {
    PrintOrder { copy, reason: reason.into(), ..PrintOrder::default() }
}

/// A PDF in a folder, asked by the usual programs.
struct File(TempDir, PathBuf);

impl File {
    fn new(bytes: &[u8]) -> File {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it.pdf");
        std::fs::write(&path, bytes).unwrap();
        File(folder, path)
    }

    fn run(&self, program: &str, args: &[&str]) -> Output {
        Command::new(program).args(args).output().unwrap_or_else(|e| panic!("{program} is needed: {e}"))
    }

    fn text(&self) -> String {
        let path = self.1.to_str().unwrap();
        let check = self.run("qpdf", &["--check", path]);
        assert!(check.status.success(), "{check:?}");
        String::from_utf8(self.run("pdftotext", &["-layout", path, "-"]).stdout).unwrap()
    }

    fn pages(&self) -> usize {
        let out = self.run("qpdf", &["--show-npages", self.1.to_str().unwrap()]);
        String::from_utf8(out.stdout).unwrap().trim().parse().unwrap()
    }

    /// What a phone reads on the pages.
    fn codes(&self) -> Vec<String> {
        let stem = self.0.path().join("page");
        let made =
            self.run("pdftoppm", &["-r", "200", "-png", self.1.to_str().unwrap(), stem.to_str().unwrap()]);
        assert!(made.status.success());
        let mut pages: Vec<_> =
            std::fs::read_dir(self.0.path()).unwrap().map(|e| e.unwrap().path()).collect();
        pages.retain(|p| p.extension().is_some_and(|e| e == "png"));
        pages.sort();
        let mut args = vec!["-q", "--raw"];
        args.extend(pages.iter().map(|p| p.to_str().unwrap()));
        let out = self.run("zbarimg", &args);
        String::from_utf8(out.stdout).unwrap().lines().map(str::to_owned).collect()
    }
}

#[tokio::test]
async fn a_final_is_recorded_counted_kept_and_the_same_again() {
    on_both(async |t| {
        let office = office(&t.db, real()).await;
        let written = office.one().await;
        let id = written.certificate;
        let first = office.app.print_certificate(&office.ctx, id, &PrintOrder::default()).await.unwrap();
        assert_eq!(office.printed(id).await, (1, false, 1, 1), "{}", t.engine);
        let text = File::new(&first.bytes).text();
        assert!(text.contains("示例检测有限公司") && text.contains(written.number.as_str()));
        assert!(!text.contains('样'));
        let code = format!("HTTPS://CMA.EXAMPLE.CN/C/{}", written.code);
        assert_eq!(File::new(&first.bytes).codes(), [code]);

        let message = office.refused(id, &PrintOrder::default()).await;
        assert!(message.contains("正本已于"), "{message}");
        office.clock.advance(3_600);
        let reprint = again(Copy::Reprint, "原件破损，已收回");
        let second = office.app.print_certificate(&office.ctx, id, &reprint).await.unwrap();
        assert_eq!(second.bytes, first.bytes, "the same edition gives the same file");
        assert_ne!(second.record.id, first.record.id);
        assert_eq!(office.printed(id).await, (2, false, 2, 2));
        let fetched = office.app.record_file(&office.ctx, id, &first.record.digest).await.unwrap();
        assert_eq!(fetched.bytes, first.bytes);
        let recent = office.app.recent_prints(&office.ctx).await.unwrap();
        assert_eq!(recent.iter().map(|(_, r)| r.copy).collect::<Vec<_>>(), [Copy::Reprint, Copy::Original]);
        let unknown = office.app.record_file(&office.ctx, id, &[7; 32]).await;
        assert!(matches!(unknown, Err(AppError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn what_may_be_printed_again_and_what_not() {
    on_both(async |t| {
        let office = office(&t.db, real()).await;
        let ids = office.several(4).await;
        let print = async |id, order: &PrintOrder| office.app.print_certificate(&office.ctx, id, order).await;
        let [open, withdrawn, annulled, parts] = ids[..] else { panic!() };
        assert!(office.refused(open, &again(Copy::Reprint, "")).await.contains("没有填写原因"));
        print(open, &again(Copy::Duplicate, "")).await.unwrap();
        assert!(office.refused(open, &again(Copy::Duplicate, "")).await.contains("副本已打印过"));
        print(open, &again(Copy::Duplicate, "机构申请")).await.unwrap();
        let old = PrintOrder { edition: Some(2), ..PrintOrder::default() };
        assert!(office.refused(open, &old).await.contains("当前版本是第1版"));
        let missing = PrintOrder { edition: Some(2), ..again(Copy::Duplicate, "存档") };
        assert!(matches!(print(open, &missing).await, Err(AppError::NotFound)));
        assert!(office.refused(open, &again(Copy::Reprint, "\u{202e}")).await.contains("原因"));

        office.act(withdrawn, StatusAct::Withdraw).await;
        assert!(office.refused(withdrawn, &PrintOrder::default()).await.contains("已撤回，不能打印正本"));
        assert!(office.refused(withdrawn, &again(Copy::Reprint, "破损")).await.contains("不能补打"));
        assert!(office.refused(withdrawn, &again(Copy::Duplicate, "")).await.contains("填写原因"));
        print(withdrawn, &again(Copy::Duplicate, "法院调取")).await.unwrap();
        office.act(annulled, StatusAct::Annul).await;
        assert!(office.refused(annulled, &again(Copy::Duplicate, "存档")).await.contains("作废"));
        assert_eq!(office.printed(annulled).await.0, 0, "a refusal leaves nothing");

        let face = PrintOrder { parts: PrintedParts::Face, ..PrintOrder::default() };
        let annex = PrintOrder { parts: PrintedParts::Annex, ..PrintOrder::default() };
        print(parts, &face).await.unwrap();
        print(parts, &annex).await.unwrap();
        assert!(office.refused(parts, &PrintOrder::default()).await.contains("正本已于"));
        let tagged = PrintOrder { profile: Profile::Download, ..PrintOrder::default() };
        assert_eq!(print(parts, &tagged).await.unwrap().record.profile, "download");
        office.clock.advance(7 * 366 * 86_400);
        assert!(office.refused(open, &PrintOrder::default()).await.contains("已过期"));
    })
    .await;
}

#[tokio::test]
async fn an_old_edition_is_printed_as_a_copy_and_the_new_one_still_waits() {
    on_both(async |t| {
        let office = office(&t.db, real()).await;
        let id = office.one().await.certificate;
        office.app.print_certificate(&office.ctx, id, &PrintOrder::default()).await.unwrap();
        let kinds = domain::Kinds::parse("名称变更").unwrap();
        let draft = office.app.start_change(&office.ctx, id, kinds).await.unwrap();
        let mut view = office.app.draft(&office.ctx, draft).await.unwrap();
        for (field, value) in [
            (Field::BodyName, "示例更名检测有限公司"),
            (Field::DecisionDay, "2026-11-20"),
            (Field::DecisionNumber, "示例变〔2026〕1号"),
            (Field::Procedure, "一般程序"),
        ] {
            view.form.set(field, value);
        }
        let sample = office.app.preview_form(&office.ctx, &view.form, PrintedParts::Both).await.unwrap();
        let text = File::new(&sample).text();
        assert!(text.contains("示例更名检测有限公司") && text.contains('样'), "{text}");
        assert_eq!(office.assign(&view.form).await.edition, 2);
        assert!(office.printed(id).await.1, "a new name is printed again");
        let old = PrintOrder { edition: Some(1), ..again(Copy::Duplicate, "存档") };
        let printed = office.app.print_certificate(&office.ctx, id, &old).await.unwrap();
        assert!(!File::new(&printed.bytes).text().contains("更名"));
        assert!(office.printed(id).await.1, "the current edition still waits");
        let new = office.app.print_certificate(&office.ctx, id, &PrintOrder::default()).await.unwrap();
        let text = File::new(&new.bytes).text();
        assert!(
            text.contains("更名") && text.contains("2026年11月20日"),
            "the annex was approved that day: {text}"
        );
        assert!(!office.printed(id).await.1);
    })
    .await;
}

#[tokio::test]
async fn only_who_prints_may_print_and_others_do_not_know_of_it() {
    on_both(async |t| {
        let office = office(&t.db, real()).await;
        let id = office.one().await.certificate;
        let viewer = actor(OURS, Role::Viewer, 7);
        let foreign = actor(AuthorityId(2), Role::Licensing, 8);
        let order = PrintOrder::default();
        assert!(matches!(office.app.print_certificate(&viewer, id, &order).await, Err(AppError::Forbidden)));
        assert!(matches!(office.app.print_certificate(&foreign, id, &order).await, Err(AppError::NotFound)));
        assert!(matches!(office.app.report_slip(&viewer, id).await, Err(AppError::Forbidden)));
        assert!(matches!(
            office.app.report_code(&foreign, id, CodeFormat::Svg).await,
            Err(AppError::NotFound)
        ));
        let batch = BatchOrder { each: order, bundle: Bundle::Pdf };
        let picked = Selection::Picked(vec![id]);
        assert!(matches!(office.app.print_batch(&foreign, &picked, &batch).await, Err(AppError::NotFound)));
        let job = office.app.print_batch(&office.ctx, &picked, &batch).await.unwrap();
        assert!(matches!(office.app.print_job(&foreign, job).await, Err(AppError::NotFound)));
        assert!(office.app.preview_certificate(&viewer, id, PrintedParts::Face).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn without_https_only_a_demo_prints_and_says_so_on_every_page() {
    on_both(async |t| {
        let http = Config {
            public_url: "http://127.0.0.1:8080".into(),
            footing: Footing::Real,
            hook_private: false,
            search: false,
        };
        let office = office(&t.db, http).await;
        let id = office.one().await.certificate;
        assert!(office.refused(id, &PrintOrder::default()).await.contains("不是https"));
        assert!(matches!(office.app.report_slip(&office.ctx, id).await, Err(AppError::Refused { .. })));
        let card = office.app.certificate(&office.ctx, id).await.unwrap().card;
        assert!(
            office.app.code_usable(&card).unwrap_err().to_string().contains("不是https"),
            "pages say so before"
        );
        assert_eq!(office.printed(id).await, (0, true, 0, 0));
    })
    .await;
    on_both(async |t| {
        let demo = Config {
            public_url: "http://127.0.0.1:8080".into(),
            footing: Footing::Demo,
            hook_private: false,
            search: false,
        };
        let office = office(&t.db, demo).await;
        let id = office.one().await.certificate;
        let printed = office.app.print_certificate(&office.ctx, id, &PrintOrder::default()).await.unwrap();
        let file = File::new(&printed.bytes);
        for (n, page) in file.text().trim_end_matches('\u{c}').split('\u{c}').enumerate() {
            assert!(page.contains('样'), "page {n}: {page}"); // it stands slanted, character by character
        }
        assert!(file.codes()[0].starts_with("HTTP://127.0.0.1:8080/C/"));
    })
    .await;
}

impl Office {
    async fn queue(&self, ids: &[CertificateId], bundle: Bundle, paper: &str) -> JobId {
        let each = PrintOrder { paper_number: paper.into(), ..PrintOrder::default() };
        let selection = Selection::Picked(ids.to_vec());
        self.app.print_batch(&self.ctx, &selection, &BatchOrder { each, bundle }).await.unwrap()
    }

    async fn zip(&self, job: JobId) -> Vec<u8> {
        let (send, mut pieces) = tokio::sync::mpsc::channel(1);
        let (app, ctx) = (self.app.clone(), self.ctx.clone());
        let task = tokio::spawn(async move { app.print_job_zip(&ctx, job, &send).await });
        let mut bytes = Vec::new();
        while let Some(piece) = pieces.recv().await {
            bytes.extend(piece);
        }
        task.await.unwrap().unwrap();
        bytes
    }
}

#[tokio::test]
async fn a_batch_prints_each_once_and_tells_what_it_left_out() {
    on_both(async |t| {
        let office = office(&t.db, real()).await;
        let ids = office.several(4).await;
        let job = office.queue(&ids, Bundle::Pdf, "A0098").await;
        office.act(ids[1], StatusAct::Annul).await;
        assert!(office.app.work_once().await.unwrap());
        let done = office.app.print_job(&office.ctx, job).await.unwrap();
        assert_eq!((done.job.state, done.certificates), (JobState::Done, 4), "{}", done.job.message);
        let outcome = done.outcome.unwrap();
        assert_eq!((outcome.printed, outcome.files.len(), outcome.refused.len()), (3, 1, 1));
        assert!(outcome.refused[0].1.contains("作废"), "{:?}", outcome.refused);
        let file = File::new(&office.app.print_job_pdf(&office.ctx, job, 1).await.unwrap());
        assert_eq!(file.codes().len(), 3);
        let records = office.app.print_job_records(&office.ctx, job).await.unwrap();
        let papers: Vec<_> = records.iter().map(|(_, r)| r.paper_number.as_str()).collect();
        assert_eq!(papers, ["A0098", "A0099", "A0100"], "no paper is left out for what was refused");
        let one = office.app.record_file(&office.ctx, ids[0], &records[0].1.digest).await.unwrap();
        assert!(file.pages() >= 3 * File::new(&one.bytes).pages());
        assert!(matches!(office.app.print_job_pdf(&office.ctx, job, 2).await, Err(AppError::NotFound)));
        let none =
            Selection::Matching(Filter { print_due: true, number: "2626".into(), ..Filter::default() });
        let order = BatchOrder { each: PrintOrder::default(), bundle: Bundle::Zip };
        assert!(matches!(
            office.app.print_batch(&office.ctx, &none, &order).await,
            Err(AppError::Refused { .. })
        ));
    })
    .await;
}

#[tokio::test]
async fn a_queued_print_is_recorded_with_the_door_it_was_asked_through() {
    on_both(async |t| {
        let office = office(&t.db, real()).await;
        let ids = office.several(1).await;
        let ctx = Ctx { door: Door::Command, ..office.ctx.clone() };
        let order = BatchOrder { each: PrintOrder::default(), bundle: Bundle::Zip };
        office.app.print_batch(&ctx, &Selection::Picked(ids.clone()), &order).await.unwrap();
        assert!(office.app.work_once().await.unwrap());
        let detail = office.app.certificate(&office.ctx, ids[0]).await.unwrap();
        let print = detail.events.iter().find(|e| e.kind == domain::EventKind::Print).unwrap();
        assert_eq!(print.door, Door::Command.key());
    })
    .await;
}

#[tokio::test]
async fn a_batch_that_is_killed_goes_on_and_prints_nothing_twice() {
    on_both(async |t| {
        let office = office(&t.db, real()).await;
        let ids = office.several(6).await;
        while office.app.work_once().await.unwrap() {}
        let selection = Selection::Matching(Filter { print_due: true, ..Filter::default() });
        let order = BatchOrder { each: PrintOrder::default(), bundle: Bundle::Zip };
        let job = office.app.print_batch(&office.ctx, &selection, &order).await.unwrap();
        let some = async {
            while office.app.print_job_records(&office.ctx, job).await.unwrap().is_empty() {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
        };
        tokio::select! {
            biased;
            () = some => {}
            done = office.app.work_once() => panic!("too fast to be killed: {done:?}"),
        }
        let before = office.app.print_job_records(&office.ctx, job).await.unwrap();
        assert!((1..6).contains(&before.len()), "{}", before.len());
        // What is idle work may be done meanwhile; the job is not.
        while office.app.work_once().await.unwrap() {}
        let held = office.app.print_job_records(&office.ctx, job).await.unwrap();
        assert_eq!(held.len(), before.len(), "the lease of the killed worker still holds");
        office.clock.advance(61);
        while office.app.work_once().await.unwrap() {}
        let done = office.app.print_job(&office.ctx, job).await.unwrap();
        assert_eq!(done.job.state, JobState::Done, "{}", done.job.message);
        assert_eq!(done.outcome.unwrap().printed, 6);
        for id in ids {
            assert_eq!(office.printed(id).await, (1, false, 1, 1), "{}", t.engine);
        }
        let after = office.app.print_job_records(&office.ctx, job).await.unwrap();
        // Two are drawn side by side, so the second of a pair may have been done first.
        assert!(before.iter().all(|record| after.contains(record)), "what was printed stands");
        let bytes = office.zip(job).await;
        assert_eq!(bytes, office.zip(job).await, "the zip is the same whenever it is fetched");
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        assert_eq!(zip.len(), 6);
        let mut entry = zip.by_index(0).unwrap();
        let name = entry.name().unwrap().into_owned();
        assert!(name.ends_with("_示例检测有限公司.pdf"), "{name}");
        let mut pdf = Vec::new();
        entry.read_to_end(&mut pdf).unwrap();
        assert!(pdf.starts_with(b"%PDF"));
    })
    .await;
}

#[tokio::test]
async fn the_code_comes_in_three_forms_and_reads_back() {
    on_both(async |t| {
        let office = office(&t.db, real()).await;
        let written = office.one().await;
        let id = written.certificate;
        let code = async |format| office.app.report_code(&office.ctx, id, format).await.unwrap().bytes;
        let meant = format!("HTTPS://CMA.EXAMPLE.CN/C/{}", written.code);
        assert_eq!(File::new(&code(CodeFormat::Pdf).await).codes(), [meant.as_str()]);
        let png = tempfile::Builder::new().suffix(".png").tempfile().unwrap();
        std::fs::write(png.path(), code(CodeFormat::Png).await).unwrap();
        let read = Command::new("zbarimg").args(["-q", "--raw"]).arg(png.path()).output().unwrap();
        assert_eq!(String::from_utf8(read.stdout).unwrap().trim(), meant);
        assert!(code(CodeFormat::Svg).await.starts_with(b"<svg"));
        office.act(id, StatusAct::Cancel).await;
        let ended = office.app.report_code(&office.ctx, id, CodeFormat::Svg).await;
        assert!(
            matches!(ended, Err(AppError::Refused { .. })),
            "no report carries the code of an ended certificate"
        );
    })
    .await;
}

#[tokio::test]
async fn a_slip_holds_a_link_that_counts_ends_and_is_renewed() {
    on_both(async |t| {
        let office = office(&t.db, real()).await;
        let written = office.one().await;
        let id = written.certificate;
        let file = File::new(&office.app.report_slip(&office.ctx, id).await.unwrap().1);
        let codes = file.codes();
        let link = codes.iter().find_map(|c| c.strip_prefix("https://cma.example.cn/qr/")).unwrap();
        assert!(codes.contains(&format!("HTTPS://CMA.EXAMPLE.CN/C/{}", written.code)), "{codes:?}");
        assert!(file.text().contains("2026年12月22日"), "30 days");
        let open = office.app.link(link).await.unwrap();
        assert_eq!((open.downloads, open.closed.as_str()), (0, ""));
        office.app.link_code(link, CodeFormat::Svg, false).await.unwrap();
        office.app.link_code(link, CodeFormat::Png, true).await.unwrap();
        assert_eq!(office.app.link(link).await.unwrap().downloads, 1, "only downloads are counted");
        assert!(matches!(office.app.link("no-such-token").await, Err(AppError::NotFound)));

        let kept = office.app.links(&office.ctx, id).await.unwrap().remove(0);
        office.clock.advance(31 * 86_400);
        assert_eq!(office.app.link(link).await.unwrap().closed, "下载链接已过期");
        let late = office.app.link_code(link, CodeFormat::Svg, true).await;
        assert!(matches!(late, Err(AppError::Refused { .. })));
        office.app.renew_link(&office.ctx, id, &kept.token_hash).await.unwrap();
        assert!(office.app.link_code(link, CodeFormat::Pdf, true).await.is_ok());
        let detail = office.app.certificate(&office.ctx, id).await.unwrap();
        let kinds: Vec<_> = detail.events.iter().skip(1).map(|e| e.kind.key()).collect();
        assert_eq!(kinds, ["link_create", "link_renew"]);
        office.act(id, StatusAct::Annul).await;
        assert!(office.app.link(link).await.unwrap().closed.contains("作废"));
    })
    .await;
}

#[tokio::test]
async fn the_test_sheet_shows_the_offsets_that_are_set() {
    on_both(async |t| {
        let office = office(&t.db, real()).await;
        let admin = actor(OURS, Role::Administrator, 9);
        let settings = app::AuthoritySettings { offset_x_mm: 1.5, offset_y_mm: -0.5, ..Default::default() };
        office.app.set_settings(&admin, &settings).await.unwrap();
        let text = File::new(&office.app.test_sheet(&office.ctx).await.unwrap()).text();
        assert!(text.contains("向右 1.5 毫米") && text.contains("向下 -0.5 毫米"), "{text}");
    })
    .await;
}
