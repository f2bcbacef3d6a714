//! A registry of its own for a test, with an account of each kind, asked through the real router.
//!
//! ```ignore
//! let town = Town::with_certificates().await;
//! let page = town.get(Caller::Licensing, "/office/certificates").await;
//! assert_eq!(page.status, 200);
//! ```

mod traffic;

use crate::http::Web;
use crate::public::Site;
use app::{App, Clock, Config, Credentials, Ctx, FontPaths, Footing, Form, Missing, NewAccount, Places};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use domain::tally::Networks;
use domain::tally::traffic::NETWORKS;
use domain::{
    AccountId, Actor, AuthorityId, CertificateId, Door, Field, Instant, Level, Number, Role, Secret,
};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::Mutex;
use tower::ServiceExt;

/// When tests play: 2026-11-22 16:00 in Shanghai.
pub const NOW: Instant = Instant::from_micros(1_795_334_400_000_000);
/// The national authority of the founded registry.
pub const NATIONAL: AuthorityId = AuthorityId(1);
/// 陕西, code 27: where the tests play.
pub const OURS: AuthorityId = AuthorityId(28);
/// Another province, code 01.
pub const THEIRS: AuthorityId = AuthorityId(2);
/// 河南, code 16: after [`Town::link`] it has issued to the body of [`FULL`].
pub const LINKED: AuthorityId = AuthorityId(17);
/// 上海, code 09: after [`Town::link`] it has issued to a branch of that body.
pub const SISTER: AuthorityId = AuthorityId(10);
/// Password of every account.
pub const PASSWORD: &str = "yuLuo#27shan";

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
    /// No session.
    Public,
    /// 查询人员 of [`OURS`].
    Viewer,
    /// 许可人员 of [`OURS`].
    Licensing,
    /// 监管人员 of [`OURS`].
    Supervision,
    /// 信息化人员 of [`OURS`].
    Integration,
    /// 管理员 of [`OURS`].
    ProvincialAdmin,
    /// 许可人员 of [`THEIRS`]: may not know what [`OURS`] does.
    Foreign,
    /// 监管人员 of [`THEIRS`].
    ForeignSupervision,
    /// 信息化人员 of [`THEIRS`].
    ForeignIntegration,
    /// 查询人员 of [`THEIRS`].
    ForeignViewer,
    /// 管理员 of [`THEIRS`].
    ForeignAdmin,
    /// 许可人员 of [`LINKED`].
    Linked,
    /// 许可人员 of [`SISTER`].
    Sister,
    /// 管理员 of [`NATIONAL`].
    NationalAdmin,
    /// 许可人员 of [`NATIONAL`].
    NationalLicensing,
}

impl Caller {
    /// All, for sweeps.
    pub const ALL: [Caller; 15] = [
        Caller::Public,
        Caller::Viewer,
        Caller::Licensing,
        Caller::Supervision,
        Caller::Integration,
        Caller::ProvincialAdmin,
        Caller::Foreign,
        Caller::ForeignSupervision,
        Caller::ForeignIntegration,
        Caller::ForeignViewer,
        Caller::ForeignAdmin,
        Caller::Linked,
        Caller::Sister,
        Caller::NationalAdmin,
        Caller::NationalLicensing,
    ];

    /// Authority and role; `None` for the public.
    pub fn post(self) -> Option<(AuthorityId, Role)> {
        match self {
            Caller::Public => None,
            Caller::Viewer => Some((OURS, Role::Viewer)),
            Caller::Licensing => Some((OURS, Role::Licensing)),
            Caller::Supervision => Some((OURS, Role::Supervision)),
            Caller::Integration => Some((OURS, Role::Integration)),
            Caller::ProvincialAdmin => Some((OURS, Role::Administrator)),
            Caller::Foreign => Some((THEIRS, Role::Licensing)),
            Caller::ForeignSupervision => Some((THEIRS, Role::Supervision)),
            Caller::ForeignIntegration => Some((THEIRS, Role::Integration)),
            Caller::ForeignViewer => Some((THEIRS, Role::Viewer)),
            Caller::ForeignAdmin => Some((THEIRS, Role::Administrator)),
            Caller::Linked => Some((LINKED, Role::Licensing)),
            Caller::Sister => Some((SISTER, Role::Licensing)),
            Caller::NationalAdmin => Some((NATIONAL, Role::Administrator)),
            Caller::NationalLicensing => Some((NATIONAL, Role::Licensing)),
        }
    }
}

/// An account that signed in.
#[derive(Clone)]
struct Known {
    id: AccountId,
    cookie: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// `Location`, or empty.
    pub location: String,
    /// `Content-Type`, or empty.
    pub kind: String,
    /// `Set-Cookie`, or empty.
    pub cookie: String,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The page, which must have come and hold every one of these texts.
    #[track_caller]
    pub fn holds(&self, texts: &[&str]) -> String {
        let page = self.text();
        assert_eq!(self.status, 200, "{page}");
        for text in texts {
            assert!(page.contains(text), "the page lacks “{text}”:\n{page}");
        }
        page
    }
}

/// A founded registry in a folder of its own, and the site over it.
pub struct Town {
    /// The registry.
    pub app: Arc<App>,
    /// Its clock: stands at [`NOW`] until it is moved.
    pub clock: Clock,
    router: Router,
    /// Name of the session cookie.
    cookie: &'static str,
    known: Mutex<HashMap<Caller, Known>>,
    dir: TempDir,
}

/// The operator at the machine.
fn operator() -> Ctx {
    Ctx {
        actor: Actor::Operator("root".into()),
        door: Door::Command,
        request_id: "t".into(),
        source: "tty".into(),
    }
}

/// A founded registry in a folder.
async fn founded(dir: &Path, clock: &Clock, footing: Footing) -> Web {
    let places = Places {
        database: format!("sqlite:{}", dir.join("fuma.db").display()),
        replica: None,
        key: dir.join("personal.key"),
        fonts: FontPaths::debian(),
        template: None,
    };
    let config =
        Config { public_url: "http://127.0.0.1:8080".into(), footing, hook_private: true, search: true };
    let app = App::start(&places, config, clock.clone(), &operator(), Missing::Found).await.unwrap();
    let site = Site { host: "127.0.0.1:8080".into(), footing, ..Site::default() };
    Web {
        app: Arc::new(app),
        site: Arc::new(site),
        limits: Arc::default(),
        free: Arc::new(crate::free::FreeUse::new(crate::free::Rates::OFF)),
        proxies: Arc::default(),
        networks: Arc::new(Networks::parse(NETWORKS).unwrap()),
        map: None,
        secure: false,
    }
}

impl Town {
    /// A founded registry without certificates. Accounts are opened when they first ask.
    pub async fn open() -> Town {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::at(NOW);
        let web = founded(dir.path(), &clock, Footing::Demo).await;
        Town::of(crate::routes::router(web.clone(), None), web, clock, dir)
    }

    /// The same with limits of free use.
    pub async fn limited(rates: crate::free::Rates) -> Town {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::at(NOW);
        let free = Arc::new(crate::free::FreeUse::new(rates));
        let web = Web { free, ..founded(dir.path(), &clock, Footing::Demo).await };
        let town = Town::of(crate::routes::router(web.clone(), None), web, clock, dir);
        town.fill().await;
        town
    }

    /// A registry in earnest and its sandbox behind one router, neither with certificates. The paths of the second begin
    /// with `/sandbox`.
    pub async fn with_sandbox() -> (Town, Town) {
        let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let clock = Clock::at(NOW);
        let web = founded(dirs[0].path(), &clock, Footing::Real).await;
        let sandbox = founded(dirs[1].path(), &clock, Footing::Sandbox).await;
        let router = crate::routes::router(web.clone(), Some(sandbox.clone()));
        let [dir, beside] = dirs;
        (Town::of(router.clone(), web, clock.clone(), dir), Town::of(router, sandbox, clock, beside))
    }

    fn of(router: Router, web: Web, clock: Clock, dir: TempDir) -> Town {
        Town { app: web.app.clone(), clock, router, cookie: web.cookie_name(), known: Mutex::default(), dir }
    }

    /// A registry with the three certificates of [`CERTIFICATES`], assigned by [`Caller::Licensing`].
    pub async fn with_certificates() -> Town {
        let town = Town::open().await;
        town.fill().await;
        town
    }

    /// Assigns the certificates of [`CERTIFICATES`].
    pub async fn fill(&self) {
        let ctx = self.ctx(Caller::Licensing).await;
        let paths = CERTIFICATES.iter().map(|(name, text)| {
            let path = self.dir.path().join(name);
            std::fs::write(&path, text.trim_start()).unwrap();
            path
        });
        let paths = paths.collect();
        let quiet = |_: &'static str, _: u32, _: u32| {};
        let report = self.app.import_paths(&ctx, paths, Some(app::Extent::Whole), &quiet).await.unwrap();
        let errors: Vec<_> =
            report.problems.iter().filter(|p| p.severity == domain::Severity::Error).collect();
        assert!(report.committed.is_some_and(|c| c.fresh == 3), "{errors:?}");
    }

    /// Lets the index see everything that happened.
    pub async fn index(&self) {
        while self.app.search_step().await.unwrap() {}
    }

    /// Ties two provinces to the body of [`FULL`]: [`LINKED`] issues to it, [`SISTER`] to a branch of it.
    pub async fn link(&self) {
        use Field::*;
        let own = [
            (BodyName, "示例检测有限公司"),
            (Uscc, "91610113YL00000125"),
            (LegalKind, "独立法人-企业"),
            (Address, "陕西省西安市雁塔区示例路1号"),
            (Division, "610113"),
        ];
        let branch = [
            (BodyName, "示例检测有限公司上海分中心"),
            (LegalKind, "非独立法人"),
            (ParentName, "示例检测有限公司"),
            (ParentUscc, "91610113YL00000125"),
            (Address, "上海市黄浦区样张路3号"),
            (Division, "310101"),
        ];
        for (caller, body) in [(Caller::Linked, own.as_slice()), (Caller::Sister, branch.as_slice())] {
            let mut form = granted();
            body.iter().for_each(|(field, value)| form.set(*field, *value));
            self.app.assign_form(&self.ctx(caller).await, &form).await.unwrap();
        }
    }

    /// The key of a certificate of [`OURS`].
    pub async fn id(&self, number: &str) -> CertificateId {
        let ctx = self.ctx(Caller::Licensing).await;
        self.app.certificate_by_number(&ctx, &Number::parse(number).unwrap()).await.unwrap()
    }

    /// The call of an account, for verbs.
    pub async fn ctx(&self, caller: Caller) -> Ctx {
        let actor = match caller.post() {
            None => Actor::Public,
            Some((authority, role)) => {
                let level = if authority == NATIONAL { Level::National } else { Level::Provincial };
                Actor::Account { id: self.known(caller).await.id, authority, level, role }
            }
        };
        Ctx { actor, door: Door::Form, request_id: "t".into(), source: "192.0.2.1".into() }
    }

    async fn known(&self, caller: Caller) -> Known {
        let mut known = self.known.lock().await;
        if let Some(known) = known.get(&caller) {
            return known.clone();
        }
        let made = self.sign_in(caller).await;
        known.insert(caller, made.clone());
        made
    }

    async fn sign_in(&self, caller: Caller) -> Known {
        let (authority, role) = caller.post().expect("the public does not sign in");
        let level = if authority == NATIONAL { Level::National } else { Level::Provincial };
        let login = format!("{caller:?}").to_lowercase();
        let new = NewAccount { login, name: "张示例".into(), authority, role };
        let call = |id, role| Ctx { actor: Actor::Account { id, authority, level, role }, ..operator() };
        let keeper = match role {
            Role::Administrator => operator(),
            _ => call(AccountId(0), Role::Administrator),
        };
        let slip = self.app.create_account(&keeper, new).await.unwrap();
        let ctx = call(slip.account, role);
        let password = Secret::new(PASSWORD.into());
        self.app.change_password(&ctx, &slip.password, &password, None).await.unwrap();
        Known { id: slip.account, cookie: self.let_in(caller).await }
    }

    /// A new session of an account that is there, as a browser sends it.
    async fn let_in(&self, caller: Caller) -> String {
        let ctx = Ctx { actor: Actor::Public, door: Door::Form, ..operator() };
        let (login, password) = (format!("{caller:?}").to_lowercase(), Secret::new(PASSWORD.into()));
        let signed = self.app.sign_in(&ctx, &Credentials { login, password }, "示例浏览器").await.unwrap();
        format!("{}={}", self.cookie, signed.token.reveal())
    }

    /// Lets time pass until a moment, after which everybody signs in anew: no session lasts that long.
    pub async fn pass_until(&self, then: Instant) {
        self.clock.advance((then.micros() - self.app.now().micros()) / 1_000_000);
        for (caller, known) in self.known.lock().await.iter_mut() {
            known.cookie = self.let_in(*caller).await;
        }
    }

    /// The session of an account, as a browser sends it.
    pub async fn cookie(&self, caller: Caller) -> String {
        self.known(caller).await.cookie
    }

    /// Asks for a page.
    pub async fn get(&self, caller: Caller, path: &str) -> Answer {
        self.send(caller, Request::get(path), Body::empty()).await
    }

    /// Posts a url-encoded form.
    pub async fn post(&self, caller: Caller, path: &str, form: &[(&str, &str)]) -> Answer {
        let pairs: Vec<String> =
            form.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(caller, request, Body::from(pairs.join("&"))).await
    }

    /// Posts files (field, file name, bytes) and texts (field, value) as a browser does.
    pub async fn upload(
        &self,
        caller: Caller,
        path: &str,
        files: &[(&str, &str, &[u8])],
        texts: &[(&str, &str)],
    ) -> Answer {
        const EDGE: &str = "----edge-of-the-test";
        let mut body = Vec::new();
        for (name, value) in texts {
            let head =
                format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(head.as_bytes());
        }
        for (name, file, bytes) in files {
            let head = format!(
                "--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{EDGE}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={EDGE}");
        let request = Request::post(path).header(header::CONTENT_TYPE, kind);
        self.send(caller, request, Body::from(body)).await
    }

    /// A request as it is, without a session.
    pub async fn raw(&self, request: Request<Body>) -> axum::response::Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn send(&self, caller: Caller, request: axum::http::request::Builder, body: Body) -> Answer {
        let request = match caller {
            Caller::Public => request,
            _ => request.header(header::COOKIE, self.known(caller).await.cookie),
        };
        let request = request.header("sec-fetch-site", "same-origin").body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let header = |name| {
            let value = response.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let (location, kind) = (header(header::LOCATION), header(header::CONTENT_TYPE));
        let cookie = header(header::SET_COOKIE);
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec();
        Answer { status, location, kind, cookie, bytes }
    }
}

/// What every first grant of [`Town::link`] says.
fn granted() -> Form {
    use Field::*;
    let mut form = Form::default();
    for (field, value) in [
        (Kind, "首次"),
        (Department, "无"),
        (Domain, "12"),
        (Industry, "05"),
        (Food, "否"),
        (Procedure, "一般程序"),
        (DecisionDay, "2024-03-01"),
        (DecisionNumber, "示例许〔2024〕7号"),
        (FirstIssuedOn, "2024-03-05"),
        (IssuedOn, "2024-03-05"),
        (ValidFrom, "2024-03-05"),
        (ValidTo, "2030-03-04"),
    ] {
        form.set(field, value);
    }
    let row = [
        (Item, "氨氮"),
        (StandardNumber, "HJ 535-2009"),
        (StandardName, "水质 氨氮的测定"),
        (ApprovedOn, "2024-03-01"),
        (CapabilityFood, "否"),
    ];
    form.capabilities = vec![row.into_iter().map(|(f, v)| (f.key().to_owned(), v.to_owned())).collect()];
    form
}

fn encode(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    text.bytes()
        .map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// Number of the certificate with sites, signatories, instruments and staff.
pub const FULL: &str = "262712050001";
/// Number of a second certificate of the same body, without annex beyond one row.
pub const SECOND: &str = "262712050002";
/// Number of a certificate of another body that ends within 90 days of [`NOW`].
pub const ENDING: &str = "202712050003";
/// ID number of a person on [`FULL`]; the region 990000 does not exist.
pub const ID_NUMBER: &str = "990000198001010012";

/// Three invented certificates of 陕西 as CSV files.
const CERTIFICATES: [(&str, &str); 6] = [
    ("证书.csv", "
序号,业务类型,证书编号,机构名称,统一社会信用代码,法人类别,主管部门,机构地址,行政区划代码,联系人,联系电话,领域代码,行业代码,是否食品,许可程序,决定日期,决定文号,首次发证日期,发证日期,有效期起,有效期至,证书状态
1,首次,262712050001,示例检测有限公司,91610113YL00000125,独立法人-企业,无,陕西省西安市雁塔区示例路1号,610113,李示例,10000000001,12,05,否,一般程序,2026-03-01,陕示许〔2026〕1号,2026-03-05,2026-03-05,2026-03-05,2032-03-04,
2,首次,262712050002,示例检测有限公司,91610113YL00000125,独立法人-企业,无,陕西省西安市雁塔区示例路1号,610113,,,12,05,否,一般程序,2026-03-02,陕示许〔2026〕2号,2026-03-06,2026-03-06,2026-03-06,2032-03-05,
3,存量,202712050003,样张环境监测有限公司,91610102YL00000202,独立法人-企业,无,陕西省西安市新城区样张路2号,610102,,,12,05,否,一般程序,2020-12-20,陕示许〔2020〕3号,2020-12-25,2020-12-25,2020-12-25,2026-12-24,有效
"),
    ("场所.csv", "
对应证书,场所名称,场所类型,场所地址,行政区划代码
1,示例检测有限公司,主场所,陕西省西安市雁塔区示例路1号,610113
1,示例检测有限公司长安实验室,分场所,陕西省西安市长安区示例路9号,610116
2,示例检测有限公司,主场所,陕西省西安市雁塔区示例路1号,610113
3,样张环境监测有限公司,主场所,陕西省西安市新城区样张路2号,610102
"),
    ("检测能力.csv", "
对应证书,场所名称,序号,大类,类别,产品/项目/参数,标准名称,标准编号,条款,限制范围,批准日期,是否食品
1,,1.1,一、环境与环保,水和废水,pH值,水质 pH值的测定 电极法,HJ 1147-2020,,,2026-03-01,否
1,,1.2,一、环境与环保,水和废水,化学需氧量,水质 化学需氧量的测定 重铬酸盐法,HJ 828-2017,,不测海水,2026-03-01,否
1,示例检测有限公司长安实验室,1.1,一、环境与环保,噪声,环境噪声,声环境质量标准,GB 3096-2008,6,,2026-03-01,否
2,,1.1,一、环境与环保,水和废水,氨氮,水质 氨氮的测定 纳氏试剂分光光度法,HJ 535-2009,,,2026-03-02,否
3,,1.1,一、环境与环保,水和废水,总磷,水质 总磷的测定 钼酸铵分光光度法,GB/T 11893-1989,,,2020-12-20,否
"),
    ("授权签字人.csv", "
对应证书,姓名,职务/职称,批准授权签字领域,批准日期,电话,证件类型,证件号码
1,王示例,技术负责人/高级工程师,本机构认定的全部检验检测项目,2026-03-01,10000000002,居民身份证,990000198001010012
"),
    ("仪器设备.csv", "
对应证书,仪器设备名称,型号/规格/等级,设备编号,测量范围,溯源方式,有效日期
1,酸度计,PHS-3C,YL-001,0～14,校准,2027-03-01
"),
    ("人员.csv", "
对应证书,姓名,性别,出生年月,文化程度,职务（岗位）,职称,证件类型,证件号码
1,王示例,男,1980-01,大学本科,技术负责人,高级工程师,居民身份证,990000198001010012
1,赵示例,女,1990-05,大学本科,检测员,工程师,,
"),
];

#[tokio::test]
async fn the_town_has_its_certificates_and_every_caller_gets_in() {
    let town = Town::with_certificates().await;
    for number in [FULL, SECOND, ENDING] {
        town.id(number).await;
    }
    for caller in Caller::ALL {
        let answer = town.get(caller, "/office/password").await;
        assert_eq!(answer.status, if caller == Caller::Public { 303 } else { 200 }, "{caller:?}");
    }
}
