//! The working day of an office, on both engines: files and forms in, certificates changed and ended, and what the
//! public is told of each.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod admission;
mod alike;
mod bulletin;
mod change;
mod counting;
mod digest;
mod docking;
mod excerpts;
mod hooks;
mod import;
mod import_course;
mod inbox;
mod interface;
mod link;
mod merge;
mod open_data;
mod persons;
mod quality;
mod search;
mod signing;
mod status;
mod supervision;
mod worklists;

use app::stored::{Batch, BatchProblem, Db, Head};
use app::{
    App, AppError, Asked, Clock, Config, Ctx, Decision, Extent, Footing, Form, FormRow, Keys, Parts, Result,
    Upload, Written,
};
use domain::{
    AccountId, Actor, AuthorityId, BatchId, CertificateId, Day, Door, Field, Group, Instant, Level, Number,
    Role, Severity, StatusAct, VerdictWord,
};
use std::sync::Arc;

/// 2026-11-22 16:00 in Shanghai.
const NOW: Instant = Instant::from_micros(1_795_334_400_000_000);
const NATIONAL: AuthorityId = AuthorityId(1);
/// 陕西, code 27.
const OURS: AuthorityId = AuthorityId(28);
/// Another province.
const THEIRS: AuthorityId = AuthorityId(17);
/// Invented, with right check digits.
const USCC: &str = "91610113YL00000125";
const OTHER_USCC: &str = "91610102MA00000005";

fn actor(authority: AuthorityId, role: Role, id: i64) -> Ctx {
    let level = if authority == NATIONAL { Level::National } else { Level::Provincial };
    Ctx {
        actor: Actor::Account { id: AccountId(id), authority, level, role },
        door: Door::Form,
        request_id: "t".into(),
        source: "192.0.2.1".into(),
    }
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

struct Office {
    app: Arc<App>,
    clock: Clock,
    /// 许可人员 of 陕西.
    ctx: Ctx,
}

/// One process over a founded registry.
async fn node(db: &Db, clock: &Clock) -> Arc<App> {
    node_with(db, clock, Keys::from_bytes(&[1; 64])).await
}

/// The same with a key of its own.
async fn node_with(db: &Db, clock: &Clock, keys: Keys) -> Arc<App> {
    let parts = Parts {
        db: db.clone(),
        keys,
        clock: clock.clone(),
        config: Config {
            public_url: "https://cma.example.cn".into(),
            footing: Footing::Real,
            hook_private: false,
            search: true,
        },
        fonts: Arc::new(print::FontSet::load(&print::FontPaths::debian()).unwrap()),
        template: Arc::new(print::Template::national()),
    };
    Arc::new(App::open(parts).await.unwrap())
}

async fn office(db: &Db) -> Office {
    let operator =
        Ctx { actor: Actor::Operator("root".into()), door: Door::Command, ..actor(OURS, Role::Viewer, 0) };
    App::found(db, &operator, NOW).await.unwrap();
    let clock = Clock::at(NOW);
    let app = node(db, &clock).await;
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

fn row(cells: &[(Field, &str)]) -> FormRow {
    cells.iter().map(|(f, v)| (f.key().to_owned(), (*v).to_owned())).collect()
}

fn capability(item: &str) -> FormRow {
    row(&[
        (Field::Class, "水和废水"),
        (Field::Item, item),
        (Field::StandardName, "生活饮用水标准检验方法"),
        (Field::StandardNumber, "GB/T 5750.6-2023"),
        (Field::ApprovedOn, "2026-11-02"),
        (Field::CapabilityFood, "否"),
    ])
}

/// A first grant by the n-th decision; the number is left to the counter.
fn first(n: u32) -> Form {
    let mut form = Form::default();
    for (field, value) in [
        (Field::Kind, "首次"),
        (Field::BodyName, "示例检测有限公司"),
        (Field::Uscc, USCC),
        (Field::LegalKind, "独立法人-企业"),
        (Field::Department, "无"),
        (Field::Address, "陕西省西安市雁塔区示例路1号"),
        (Field::Division, "610113"),
        (Field::Domain, "12"),
        (Field::Industry, "05"),
        (Field::Food, "否"),
        (Field::Procedure, "一般程序"),
        (Field::DecisionDay, "2026-11-02"),
        (Field::DecisionNumber, &format!("示例许〔2026〕{n}号")),
        (Field::FirstIssuedOn, "2026-11-02"),
        (Field::IssuedOn, "2026-11-02"),
        (Field::ValidFrom, "2026-11-02"),
        (Field::ValidTo, "2032-11-01"),
    ] {
        form.set(field, value);
    }
    form.capabilities = vec![capability("示例参数")];
    form
}

fn numbered(n: u32, number: &str) -> Form {
    let mut form = first(n);
    form.set(Field::Number, number);
    form
}

/// A certificate of 2021 that is taken over; valid until 2027-03-01.
fn takeover(number: &str) -> Form {
    let mut form = numbered(900, number);
    form.set(Field::Kind, "存量");
    for field in [Field::DecisionDay, Field::FirstIssuedOn, Field::IssuedOn, Field::ValidFrom] {
        form.set(field, "2021-03-02");
    }
    form.set(Field::ValidTo, "2027-03-01");
    form
}

/// Its renewal, valid from the day after.
fn renewal(number: &str, previous: &str) -> Form {
    let mut form = numbered(901, number);
    form.set(Field::Kind, "复查换证");
    form.set(Field::PreviousNumber, previous);
    form.set(Field::FirstIssuedOn, "2021-03-02");
    form.set(Field::ValidFrom, "2027-03-02");
    form.set(Field::ValidTo, "2033-03-01");
    form
}

/// One CSV file a sheet, as the template has them; 序号 is the place in the list.
fn csv(forms: &[Form]) -> Vec<Upload> {
    let table = |group: Group| {
        let fields: Vec<Field> = group.fields().collect();
        let mut text = fields.iter().map(|f| f.label()).collect::<Vec<_>>().join(",") + "\r\n";
        let mut rows = 0;
        for (n, form) in (1..).zip(forms) {
            for row in form.rows(group) {
                let cell = |(at, field): (usize, &Field)| match at {
                    0 => n.to_string(),
                    _ => row.get(field.key()).cloned().unwrap_or_default(),
                };
                text += &(fields.iter().enumerate().map(cell).collect::<Vec<_>>().join(",") + "\r\n");
                rows += 1;
            }
        }
        (rows > 0).then(|| Upload { name: format!("{}.csv", group.sheet()), bytes: text.into_bytes() })
    };
    Group::ALL.into_iter().filter_map(table).collect()
}

/// The same as one workbook, with the template's example row.
fn xlsx(forms: &[Form]) -> Vec<Upload> {
    let mut book = rust_xlsxwriter::Workbook::new();
    for file in csv(forms) {
        let sheet = book.add_worksheet();
        sheet.set_name(file.name.trim_end_matches(".csv")).unwrap();
        for (r, line) in (0..).zip(String::from_utf8(file.bytes).unwrap().lines()) {
            // The example stands below the header.
            let r = if r == 0 { 0 } else { r + 1 };
            for (c, cell) in (0..).zip(line.split(',')).filter(|(_, cell)| !cell.is_empty()) {
                sheet.write_string(r, c, cell).unwrap();
            }
        }
        sheet.write_string(1, 0, "示例1").unwrap();
    }
    vec![Upload { name: "汇总.xlsx".into(), bytes: book.save_to_buffer().unwrap() }]
}

impl Office {
    async fn work(&self) {
        while self.app.work_once().await.unwrap() {}
    }

    async fn batch(&self, id: BatchId) -> Batch {
        self.app.batch(&self.ctx, id).await.unwrap()
    }

    /// Takes files in and checks them.
    async fn preview(&self, files: Vec<Upload>) -> Batch {
        let id = self.app.upload(&self.ctx, files).await.unwrap();
        self.work().await;
        self.batch(id).await
    }

    async fn errors(&self, id: BatchId) -> Vec<BatchProblem> {
        let problems = self.app.batch_problems(&self.ctx, id, Some(Severity::Error), 0, 100).await.unwrap();
        problems.into_iter().map(|(_, problem)| problem).collect()
    }

    /// Takes files in, checks and commits them.
    async fn import(&self, files: Vec<Upload>, extent: Extent) -> Batch {
        let batch = self.preview(files).await;
        if let Err(error) = self.app.commit_batch(&self.ctx, batch.id, extent).await {
            panic!("{error}: {:#?}", self.errors(batch.id).await);
        }
        self.work().await;
        self.batch(batch.id).await
    }

    async fn assign(&self, form: &Form) -> Written {
        match self.app.assign_form(&self.ctx, form).await {
            Ok(written) => written,
            Err(AppError::Invalid(problems)) => panic!("{problems:#?}"),
            Err(error) => panic!("{error}"),
        }
    }

    /// The errors of a form, `code field`; nothing is written.
    async fn refused(&self, form: &Form) -> Vec<String> {
        match self.app.assign_form(&self.ctx, form).await {
            Err(AppError::Invalid(problems)) => problems
                .iter()
                .filter(|p| p.stops())
                .map(|p| format!("{} {}", p.code, p.place.field.map_or("", Field::label)))
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    async fn head(&self, number: &str) -> Head {
        let number = Number::parse(number).unwrap();
        let id = self.app.certificate_by_number(&self.ctx, &number).await.unwrap();
        self.app.certificate(&self.ctx, id).await.unwrap().card.head
    }

    async fn by_id(&self, id: CertificateId) -> Head {
        self.app.certificate(&self.ctx, id).await.unwrap().card.head
    }

    async fn act(&self, id: CertificateId, act: StatusAct) -> Result<domain::Status> {
        self.app.act(&self.ctx, id, &decision(act, self.app.today())).await
    }

    /// What the public is told of a number on a day.
    async fn word(&self, number: &Number, on: Day) -> VerdictWord {
        let asked = Asked::Number(number.clone());
        self.app.verify_uncounted(&asked, on).await.unwrap().verdict.word()
    }

    /// Switches 暂停 on.
    async fn with_suspension(self) -> Office {
        let settings = app::AuthoritySettings { suspension: true, ..Default::default() };
        self.app.set_settings(&actor(OURS, Role::Administrator, 9), &settings).await.unwrap();
        self
    }
}

fn decision(act: StatusAct, effective: Day) -> Decision {
    Decision { act, effective, document: "示例决〔2026〕1号".into(), reason: "示例原因".into() }
}
