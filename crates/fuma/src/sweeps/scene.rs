//! Something of each kind that a route can be about, all of it of one province.

use crate::testing::{Answer, Caller, FULL, NATIONAL, OURS, Town};
use app::{
    ClientSpec, Ctx, DrawOrder, Form, HookSpec, NewAccount, NewInspection, NewInspector, NewNotice,
    NewRectification, NewRefusal, Recording, Upload,
};
use domain::bulletin::{Period, ReplyKind, Span, Step};
use domain::{AccountId, Actor, BatchId, Door, Field, Grants, Level, Role};

const OFFICER: Caller = Caller::Licensing;

/// A town with things in it. What an act uses up is made anew for every route.
pub struct Scene {
    /// The registry.
    pub town: Town,
    certificate: i64,
    body: i64,
    /// Two bodies of the province, for what makes them one or two.
    pair: [domain::BodyId; 2],
    person: String,
    file: String,
    job: i64,
    link: String,
    hook: Hook,
    /// What a province said of a bulletin.
    reply: i64,
    fresh: u32,
}

/// An address that is told of things, its system, and the place of something it is told of.
struct Hook {
    id: i64,
    client: i64,
    delivery: String,
}

/// What was recorded.
fn done<T>(recording: Recording<T>) -> T {
    match recording {
        Recording::Done(id) => id,
        Recording::Wrong(wrong) => panic!("{wrong:?}"),
    }
}

/// The first piece of a page between two texts.
fn between(page: &str, begin: &str, end: &str) -> String {
    let rest = page.split(begin).nth(1).unwrap_or_else(|| panic!("no “{begin}” in {page}"));
    rest.split(end).next().unwrap_or_default().to_owned()
}

impl Scene {
    /// One certificate printed, with a link for reports; a job that has printed. Two provinces are tied to its body.
    pub async fn new() -> Scene {
        let town = Town::with_certificates().await;
        town.link().await;
        town.index().await;
        let certificate = town.id(FULL).await;
        let body = town.app.certificate(&town.ctx(OFFICER).await, certificate).await.unwrap().body.id.0;
        let certificate = certificate.0;
        let page = format!("/office/certificates/{certificate}");
        let printed = town.post(OFFICER, &format!("{page}/print"), &[("copy", "original")]).await;
        let shown = town.get(OFFICER, &printed.location).await.text();
        let file = between(&shown, &format!("{page}/files/"), "\"");
        let person = between(&town.get(OFFICER, &page).await.text(), &format!("{page}/persons/"), "\"");
        town.post(OFFICER, &format!("{page}/slip.pdf"), &[]).await;
        let links = town.get(OFFICER, &format!("{page}/links")).await.text();
        let link = between(&links, "name=\"link\" value=\"", "\"");
        let queued = [("id", certificate.to_string()), ("copy", "reprint".into()), ("reason", "样张".into())];
        let queued: Vec<(&str, &str)> = queued.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let job = town.post(OFFICER, "/office/prints", &queued).await;
        let job = job.location.rsplit('/').next().and_then(|id| id.parse().ok());
        let job = job.unwrap_or_else(|| panic!("no job was queued"));
        while town.app.work_once().await.unwrap() {}
        let hook = hook(&town).await;
        Scene {
            town,
            certificate,
            body,
            pair: [domain::BodyId(0); 2],
            person,
            file,
            job,
            link,
            hook,
            reply: 0,
            fresh: 0,
        }
    }

    /// The address of a route, its holes filled with things of the scene; some are made for it.
    pub async fn address(&mut self, path: &str) -> String {
        self.fresh += 1;
        let id = match path {
            _ if path.starts_with("/office/imports/") => self.batch(path).await,
            _ if path.starts_with("/office/drafts/") => self.draft(path).await,
            _ if path.starts_with("/office/accounts/") => self.account(path).await,
            _ if path.starts_with("/office/clients/") => self.client().await,
            _ if path.starts_with("/office/hooks/") => self.hook.id,
            "/office/bodies/{id}" | "/office/bodies/{id}/inspections" | "/office/bodies/{id}/notices" => {
                self.body
            }
            _ if path.starts_with("/office/draws/") => self.draw(path).await,
            "/office/draws" => self.pool().await,
            _ if path.starts_with("/office/inspectors/") => self.inspector(path).await,
            _ if path.starts_with("/office/inspections/") => self.inspection().await.0,
            _ if path.starts_with("/office/rectifications/") => self.rectification().await,
            _ if path.starts_with("/office/notices/") => self.notice().await,
            _ if path.starts_with("/office/bodies/") => self.pair(path).await,
            _ if path.starts_with("/office/refusals/") => self.refusal().await,
            _ if path.starts_with("/office/bulletins/{id}") => self.bulletin(path).await,
            _ => self.certificate,
        };
        let key = if path.contains("{key}") { self.signing_key(id).await } else { String::new() };
        let file = match path {
            _ if path.starts_with("/office/imports/template") => "certificate.csv",
            _ if path.starts_with("/office/prints/") => "1.pdf",
            _ if path.starts_with("/office/statistics/") => "trend.xlsx",
            _ => &self.file,
        };
        path.replace("{id}", &id.to_string())
            .replace("{job}", &self.job.to_string())
            .replace("{key}", &key)
            .replace("{person}", &self.person)
            .replace("{file}", file)
            .replace("{rule}", "Q54")
            .replace("{n}", "1")
    }

    /// What is sent, its holes filled.
    pub fn filled(&self, form: &[(&'static str, &'static str)]) -> Vec<(&'static str, String)> {
        let fill = |value: &str| {
            value
                .replace("{certificate}", &self.certificate.to_string())
                .replace("{link}", &self.link)
                .replace("{client}", &self.hook.client.to_string())
                .replace("{delivery}", &self.hook.delivery)
                .replace("{reply}", &self.reply.to_string())
                .replace("{ours}", &OURS.0.to_string())
                .replace("{body}", &self.body.to_string())
                .replace("{gone}", &self.pair[0].to_string())
                .replace("{stays}", &self.pair[1].to_string())
                .replace("{n}", &self.fresh.to_string())
        };
        form.iter().map(|(name, value)| (*name, fill(value))).collect()
    }

    /// An import: checked for most routes, committed for those that come after.
    async fn batch(&self, path: &str) -> i64 {
        if !path.contains("{id}") {
            return 0;
        }
        let ctx = self.town.ctx(OFFICER).await;
        let uploads = certificate_csv(self.fresh)
            .map(|(name, text)| Upload { name: name.into(), bytes: text.into_bytes() });
        let id: BatchId = self.town.app.upload(&ctx, uploads.into()).await.unwrap();
        while self.town.app.work_once().await.unwrap() {}
        if path.ends_with("/annul") || path.ends_with("/slips") {
            self.town.app.commit_batch(&ctx, id, app::Extent::Good).await.unwrap();
            while self.town.app.work_once().await.unwrap() {}
        }
        id.0
    }

    /// A draft: empty, but ready where it is to be assigned.
    async fn draft(&self, path: &str) -> i64 {
        let ctx = self.town.ctx(OFFICER).await;
        let form = if path.ends_with("/assign") || path.ends_with("/face.svg") {
            ready_form(self.fresh)
        } else {
            Form::default()
        };
        self.town.app.create_draft(&ctx, &form).await.unwrap().0
    }

    /// Two new bodies: of which it was said that they are two where that is taken back, merged where that is undone.
    async fn pair(&mut self, path: &str) -> i64 {
        let ctx = self.town.ctx(OFFICER).await;
        let mut made = Vec::new();
        for n in [10_000, 20_000] {
            let written = self.town.app.assign_form(&ctx, &ready_form(self.fresh + n)).await.unwrap();
            made.push(self.town.app.certificate(&ctx, written.certificate).await.unwrap().body.id);
        }
        self.pair = [made[0], made[1]];
        let [gone, stays] = self.pair;
        if path.ends_with("/end") {
            self.town.app.say_apart(&ctx, gone, stays).await.unwrap();
        }
        if path.ends_with("/split") {
            let why = app::MergeReason { document: String::new(), reason: "样张".into() };
            let ask = app::MergeAsk { gone, stays, why, typed: String::new(), seen: None };
            self.town.app.merge_bodies(&self.town.ctx(Caller::ProvincialAdmin).await, &ask).await.unwrap();
        }
        gone.0
    }

    /// A refusal on record.
    async fn refusal(&self) -> i64 {
        let new = NewRefusal {
            name: format!("样张检测中心{}", self.fresh),
            uscc: "91610102YL00000202".into(),
            decided: "2026-02-01".into(),
            document: format!("陕示不许〔2026〕巡{}号", self.fresh),
            ground: "other".into(),
            ..NewRefusal::default()
        };
        done(self.town.app.record_refusal(&self.town.ctx(OFFICER).await, &new).await.unwrap()).0
    }

    /// An inspector of the pool; one who keeps away from the body of the scene where that ends.
    async fn inspector(&self, path: &str) -> i64 {
        let ctx = self.town.ctx(Caller::Supervision).await;
        let new =
            NewInspector { name: "郑示例".into(), unit: "示例局".into(), ..NewInspector::default() };
        let id = done(self.town.app.set_inspector(&ctx, None, &new).await.unwrap());
        if path.ends_with("/end") {
            let body = self.town.app.body(&ctx, domain::BodyId(self.body), "").await.unwrap().body;
            let code = body.own_uscc.or(body.parent_uscc).unwrap().to_string();
            self.town.app.recuse(&ctx, id, &code, "样张").await.unwrap();
        }
        id.0
    }

    /// Two more inspectors of the pool: as many as a body must have.
    async fn pool(&self) -> i64 {
        self.inspector("").await;
        self.inspector("").await
    }

    /// A draw: frozen, and drawn where it is to be published.
    async fn draw(&self, path: &str) -> i64 {
        let ctx = self.town.ctx(Caller::Supervision).await;
        self.pool().await;
        let plan = format!("陕示监〔2026〕巡{}号", self.fresh);
        let order =
            DrawOrder { title: "样张抽查".into(), plan, percent: "50".into(), ..DrawOrder::default() };
        let id = done(self.town.app.freeze_draw(&ctx, &order).await.unwrap());
        if path.ends_with("/publish") {
            self.town.app.make_draw(&ctx, id).await.unwrap();
        }
        id.0
    }

    /// An inspection of the body of the scene.
    async fn inspection(&self) -> domain::InspectionId {
        let ctx = self.town.ctx(Caller::Supervision).await;
        let new = NewInspection {
            kind: "daily".into(),
            from: "2026-11-20".into(),
            inspectors: "周示例、吴示例".into(),
            result: "rectify".into(),
            findings: "样张".into(),
            ..NewInspection::default()
        };
        let body = domain::BodyId(self.body);
        done(self.town.app.record_inspection(&ctx, body, &new).await.unwrap())
    }

    /// Something that it is to put right.
    async fn rectification(&self) -> i64 {
        let inspection = self.inspection().await;
        let ctx = self.town.ctx(Caller::Supervision).await;
        let (due, document) = ("2026-12-31".into(), format!("陕示监改〔2026〕巡{}号", self.fresh));
        let new = NewRectification { what: "样张".into(), due, document };
        done(self.town.app.order_rectification(&ctx, inspection, &new).await.unwrap()).0
    }

    /// A notice to it.
    async fn notice(&self) -> i64 {
        let ctx = self.town.ctx(Caller::Supervision).await;
        let document = format!("陕示监通〔2026〕巡{}号", self.fresh);
        let new = NewNotice { kind: "other".into(), document, text: "样张".into() };
        done(self.town.app.make_notice(&ctx, domain::BodyId(self.body), &new).await.unwrap()).0
    }

    /// A bulletin on a month of its own, drafted by somebody who asks nothing here: a draft where words and steps are given to
    /// it, else released to every province, with a reply of one where that is answered.
    async fn bulletin(&mut self, path: &str) -> i64 {
        let somebody = |id| {
            let (authority, level, role) = (NATIONAL, Level::National, Role::Supervision);
            let actor = Actor::Account { id: AccountId(id), authority, level, role };
            Ctx { actor, door: Door::Form, request_id: "t".into(), source: "192.0.2.1".into() }
        };
        let app = &self.town.app;
        let last = Period::over(Span::Month, app.today());
        let period = std::iter::successors(last, |it| it.previous()).nth(self.fresh as usize).unwrap();
        let id = app.draft_bulletin(&somebody(9_001), period, None).await.unwrap();
        if path.ends_with("/edit") || path.ends_with("/step") {
            return id.0;
        }
        for (who, step) in [(9_002, Step::Approve), (9_001, Step::Release)] {
            app.step_bulletin(&somebody(who), id, None, (step, "")).await.unwrap();
        }
        if path.ends_with("/answers") {
            let ctx = self.town.ctx(Caller::ProvincialAdmin).await;
            let words = (ReplyKind::Answer, "", "示例回复");
            self.reply = app.reply_bulletin(&ctx, id, words).await.unwrap();
        }
        id.0
    }

    /// A system with one secret.
    async fn client(&self) -> i64 {
        let ctx = self.town.ctx(Caller::ProvincialAdmin).await;
        let grants = domain::Grants::all();
        let spec = app::ClientSpec { name: "示例审批系统".into(), grants, ..Default::default() };
        let id = self.town.app.create_client(&ctx, OURS, &spec).await.unwrap();
        self.town.app.issue_secret(&ctx, id).await.unwrap();
        id.0
    }

    /// A key that a system signs with.
    async fn signing_key(&self, client: i64) -> String {
        let ctx = self.town.ctx(Caller::ProvincialAdmin).await;
        let (id, algorithm) = (domain::ClientId(client), app::SignatureAlgorithm::HmacSm3);
        self.town.app.create_key(&ctx, id, algorithm, None).await.unwrap().key_id
    }

    async fn account(&self, path: &str) -> i64 {
        let (id, level, role) = (AccountId(0), Level::Provincial, Role::Administrator);
        let administrator = app::Ctx {
            actor: Actor::Account { id, authority: OURS, level, role },
            door: Door::Form,
            request_id: "t".into(),
            source: "tty".into(),
        };
        let login = format!("target{}", self.fresh);
        let new = NewAccount { login, name: "孙示例".into(), authority: OURS, role: Role::Viewer };
        let id = self.town.app.create_account(&administrator, new).await.unwrap().account;
        if path.ends_with("/enable") {
            self.town.app.disable_account(&administrator, id).await.unwrap();
        }
        id.0
    }

    /// Asks a route as somebody. Forms go as the route takes them.
    pub async fn ask(
        &self,
        who: Caller,
        method: &str,
        path: &str,
        address: &str,
        form: &[(&str, String)],
    ) -> Answer {
        let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
        match (method, path) {
            ("GET", _) => {
                let query: Vec<String> = form.iter().map(|(n, v)| format!("{n}={v}")).collect();
                let mark = if query.is_empty() { "" } else { "?" };
                self.town.get(who, &format!("{address}{mark}{}", query.join("&"))).await
            }
            (_, "/office/imports") => {
                let csv = certificate_csv(self.fresh);
                let files: Vec<_> = csv.iter().map(|(name, text)| ("file", *name, text.as_bytes())).collect();
                self.town.upload(who, address, &files, &form).await
            }
            (_, "/office/drafts/new") => self.town.upload(who, address, &[], &form).await,
            (_, "/office/drafts/{id}/annex") => {
                let annex = crate::demo::annex_form(crate::demo::AnnexKind::Approved).unwrap();
                self.town.upload(who, address, &[("file", "样张.xlsx", &annex)], &form).await
            }
            _ => self.town.post(who, address, &form).await,
        }
    }
}

/// A hook that waits to be told of an assignment.
async fn hook(town: &Town) -> Hook {
    let ctx = town.ctx(Caller::ProvincialAdmin).await;
    let spec = ClientSpec { name: "示例系统".into(), grants: Grants::all(), ..ClientSpec::default() };
    let client = town.app.create_client(&ctx, OURS, &spec).await.unwrap();
    let spec = HookSpec { url: "https://notify.example.cn/".into(), ..HookSpec::default() };
    let id = town.app.create_hook(&ctx, client, &spec).await.unwrap().id;
    town.app.assign_form(&town.ctx(OFFICER).await, &ready_form(9_000)).await.unwrap();
    while town.app.follow_hooks().await.unwrap() {}
    let at = town.app.deliveries(&ctx, id, None, None, 1).await.unwrap()[0].delivery.at;
    Hook { id: id.0, client: client.0, delivery: format!("{}.{}", at.epoch, at.number) }
}

/// The head of an invented certificate; another `n`, another certificate.
fn head(n: u32) -> [(Field, String); 18] {
    use Field::*;
    [
        (Kind, "首次".into()),
        (BodyName, format!("样张检测中心{n}")),
        (LegalKind, "非独立法人".into()),
        (ParentName, "样张集团有限公司".into()),
        (ParentUscc, "91610102YL00000202".into()),
        (Department, "无".into()),
        (Address, format!("陕西省西安市新城区样张路{n}号")),
        (Division, "610102".into()),
        (Domain, "12".into()),
        (Industry, "05".into()),
        (Food, "否".into()),
        (Procedure, "一般程序".into()),
        (DecisionDay, "2026-03-01".into()),
        (DecisionNumber, format!("陕示许〔2026〕巡{n}号")),
        (FirstIssuedOn, "2026-03-05".into()),
        (IssuedOn, "2026-03-05".into()),
        (ValidFrom, "2026-03-05".into()),
        (ValidTo, "2032-03-04".into()),
    ]
}

/// It as a form that can be assigned.
fn ready_form(n: u32) -> Form {
    use Field::*;
    let mut form = Form::default();
    for (field, value) in head(n) {
        form.set(field, value);
    }
    let row = [
        (Item, "氨氮"),
        (StandardNumber, "HJ 535-2009"),
        (StandardName, "水质 氨氮的测定"),
        (ApprovedOn, "2026-03-01"),
        (CapabilityFood, "否"),
    ];
    form.capabilities = vec![row.into_iter().map(|(f, v)| (f.key().to_owned(), v.to_owned())).collect()];
    form
}

/// It as a set of CSV files.
fn certificate_csv(n: u32) -> [(&'static str, String); 2] {
    let cells = head(n);
    let labels: Vec<&str> = cells.iter().map(|(field, _)| field.label()).collect();
    let values: Vec<&str> = cells.iter().map(|(_, value)| value.as_str()).collect();
    let certificate = format!("序号,{}\n1,{}\n", labels.join(","), values.join(","));
    let annex = "对应证书,序号,大类,类别,产品/项目/参数,标准名称,标准编号,批准日期,是否食品\n\
        1,1.1,一、环境与环保,水和废水,氨氮,水质 氨氮的测定,HJ 535-2009,2026-03-01,否\n";
    [("证书.csv", certificate), ("检测能力.csv", annex.to_owned())]
}
