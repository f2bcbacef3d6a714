//! What each officers' route asks of the table of rights, in the order in which it asks.

use crate::testing::{Caller, LINKED, NATIONAL, OURS, SISTER};
use domain::Action::{self, *};
use domain::{Answer, AuthorityId, Part, Role, Sight, may, may_keep_account};

/// Whose object it is about.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    /// The caller's own authority, whichever that is.
    Own,
    /// The province in which the scene plays.
    Ours,
}

/// One question.
#[derive(Clone, Copy, Debug)]
pub enum Ask {
    /// The table of rights.
    May(Action, Whose),
    /// To manage an account of the role 查询人员.
    Keep(Whose),
    /// To see a part of the certificate of the scene, or its body: the rule of sight.
    See(Part),
}

use Ask::{Keep, May, See};
use Whose::{Ours, Own};

/// A route, its questions, and what is sent: a query for GET, a form for POST.
pub struct Rule {
    pub method: &'static str,
    pub path: &'static str,
    pub asks: &'static [Ask],
    pub form: &'static [(&'static str, &'static str)],
}

impl Rule {
    /// What the table of rights answers to a signed-in caller.
    pub fn expected(&self, actor: &domain::Actor, own: AuthorityId) -> Answer {
        let owner = |whose: Whose| match whose {
            Own => own,
            Ours => OURS,
        };
        let answer = |ask: &Ask| match *ask {
            May(action, whose) => may(actor, action, Some(owner(whose))),
            See(part) if sight(own).shows(part) => Answer::Allowed,
            See(_) => Answer::Hidden,
            Keep(whose) => may_keep_account(actor, Role::Viewer, owner(whose)),
        };
        self.asks.iter().map(answer).find(|a| *a != Answer::Allowed).unwrap_or(Answer::Allowed)
    }
}

/// What of the certificate of the scene is seen by the officers of an authority.
fn sight(authority: AuthorityId) -> Sight {
    match authority {
        OURS | NATIONAL => Sight::Full,
        LINKED => Sight::Linked,
        SISTER => Sight::Sister,
        _ => Sight::None,
    }
}

/// Who may do it, for the sweep of events.
pub fn someone(rule: &Rule, actors: &[(Caller, domain::Actor)]) -> Option<Caller> {
    let able = |(caller, actor): &&(Caller, domain::Actor)| {
        caller.post().is_some_and(|(own, _)| rule.expected(actor, own) == Answer::Allowed)
    };
    actors.iter().find(able).map(|(caller, _)| *caller)
}

const fn get(path: &'static str, asks: &'static [Ask]) -> Rule {
    Rule { method: "GET", path, asks, form: &[] }
}

const fn get_with(
    path: &'static str,
    form: &'static [(&'static str, &'static str)],
    asks: &'static [Ask],
) -> Rule {
    Rule { method: "GET", path, asks, form }
}

const fn post(
    path: &'static str,
    form: &'static [(&'static str, &'static str)],
    asks: &'static [Ask],
) -> Rule {
    Rule { method: "POST", path, asks, form }
}

const READ: Ask = May(CertificateRead, Ours);
/// Two bodies of which something is said.
const PAIR: &[(&str, &str)] = &[("a", "{gone}"), ("b", "{stays}")];

/// An inspection of the body of the scene.
const INSPECTION: &[(&str, &str)] =
    &[("kind", "daily"), ("from", "2026-11-20"), ("inspectors", "周示例、吴示例"), ("result", "clear")];
/// What the inspection of the scene is corrected to.
const CORRECTION: &[(&str, &str)] = &[
    ("kind", "daily"),
    ("from", "2026-11-20"),
    ("inspectors", "周示例、吴示例"),
    ("result", "pending"),
    ("version", "1"),
    ("reason", "样张"),
];

/// Every route under `/office` but signing in.
pub const OFFICE: &[Rule] = &[
    post("/office/sign-out", &[], &[]),
    get("/office/password", &[]),
    post(
        "/office/password",
        &[("old", "yuLuo#27shan"), ("new", "shanYu#{n}luo"), ("repeat", "shanYu#{n}luo")],
        &[],
    ),
    get("/office", &[]),
    get("/office/inbox", &[May(EventRead, Own)]),
    post("/office/inbox", &[("up_to", "1.1")], &[May(InboxMark, Own)]),
    get("/office/digest", &[May(Digest, Own)]),
    post("/office/digest", &[("list", "expired")], &[May(Digest, Own)]),
    post("/office/digest/read", &[("up_to", "2026-11-22")], &[May(Digest, Own)]),
    // 制证赋码
    get("/office/imports", &[]),
    post("/office/imports", &[], &[May(ImportPreview, Own)]),
    get("/office/imports/template.xlsx", &[]),
    get("/office/imports/template/{file}", &[]),
    get("/office/imports/{id}", &[READ]),
    get("/office/imports/{id}/annotated.xlsx", &[READ, May(ImportPreview, Ours)]),
    post("/office/imports/{id}/commit", &[("extent", "good")], &[READ, May(Assign, Ours)]),
    post("/office/imports/{id}/recheck", &[], &[READ, May(ImportPreview, Ours)]),
    post("/office/imports/{id}/discard", &[], &[READ, May(ImportPreview, Ours)]),
    post("/office/imports/{id}/annul", &[("confirm", "1"), ("reason", "样张")], &[May(Annul, Ours)]),
    get("/office/imports/{id}/slips", &[May(ReportCode, Ours)]),
    post("/office/imports/{id}/slips", &[("file", "1")], &[May(ReportCode, Ours)]),
    get("/office/drafts", &[May(DraftWrite, Own)]),
    get("/office/drafts/new", &[May(DraftWrite, Own)]),
    post("/office/drafts/new", &[("kind", "首次")], &[May(DraftWrite, Own)]),
    get("/office/drafts/{id}", &[May(DraftWrite, Ours)]),
    post(
        "/office/drafts/{id}",
        &[("_act", "save"), ("_step", "1"), ("_version", "1")],
        &[May(DraftWrite, Ours)],
    ),
    post("/office/drafts/{id}/annex", &[("_version", "1")], &[May(DraftWrite, Ours)]),
    post("/office/drafts/{id}/pasted", &[("group", "sites"), ("text", "样张")], &[May(DraftWrite, Ours)]),
    post("/office/drafts/{id}/assign", &[("version", "1")], &[May(DraftWrite, Ours), May(Assign, Ours)]),
    get("/office/drafts/{id}/face.svg", &[May(DraftWrite, Ours)]),
    post("/office/drafts/{id}/face.svg", &[("_step", "1")], &[May(DraftWrite, Ours)]),
    get("/office/drafts/{id}/discard", &[May(DraftWrite, Ours)]),
    post("/office/drafts/{id}/discard", &[], &[May(DraftWrite, Ours)]),
    get("/office/drafts/{id}/admission", &[May(DraftWrite, Ours), May(Admission, Ours)]),
    post("/office/drafts/{id}/admission.pdf", &[], &[May(Admission, Own), May(DraftWrite, Ours)]),
    get("/office/admission", &[May(Admission, Own)]),
    get_with("/office/admission", &[("uscc", "91610113YL00000125")], &[May(Admission, Own)]),
    post("/office/admission/sheet.pdf", &[("uscc", "91610113YL00000125")], &[May(Admission, Own)]),
    get("/office/refusals", &[May(RefusalRead, Own)]),
    post(
        "/office/refusals",
        &[
            ("name", "样张检测中心{n}"),
            ("uscc", "91610102YL00000202"),
            ("decided", "2026-03-01"),
            ("document", "陕示不许〔2026〕{n}号"),
            ("ground", "false_material"),
        ],
        &[May(RefusalWrite, Own)],
    ),
    get("/office/refusals/{id}", &[May(RefusalRead, Ours)]),
    post(
        "/office/refusals/{id}",
        &[("document", "陕示更〔2026〕{n}号"), ("reason", "登记错误")],
        &[May(RefusalWrite, Ours)],
    ),
    // 监管
    get("/office/draws", &[May(DrawRead, Own)]),
    post(
        "/office/draws",
        &[("title", "样张抽查"), ("plan", "陕示监〔2026〕{n}号"), ("percent", "50")],
        &[May(DrawWrite, Own)],
    ),
    get("/office/draws/{id}", &[May(DrawRead, Ours)]),
    post("/office/draws/{id}/draw", &[], &[May(DrawWrite, Ours)]),
    post("/office/draws/{id}/publish", &[], &[May(DrawWrite, Ours)]),
    get("/office/inspectors", &[May(DrawRead, Own)]),
    post("/office/inspectors", &[("name", "周示例"), ("unit", "示例局")], &[May(DrawWrite, Own)]),
    get("/office/inspectors/{id}", &[May(DrawRead, Ours)]),
    post("/office/inspectors/{id}", &[("name", "周示例"), ("unit", "示例局")], &[May(DrawWrite, Ours)]),
    post(
        "/office/inspectors/{id}/recusals",
        &[("uscc", "91610113YL00000125"), ("reason", "样张")],
        &[May(DrawWrite, Ours)],
    ),
    post("/office/inspectors/{id}/recusals/end", &[("body", "{body}")], &[May(DrawWrite, Ours)]),
    get("/office/inspections", &[May(InspectionRead, Own)]),
    get_with("/office/inspections", &[("list", "overdue")], &[May(InspectionRead, Own)]),
    get("/office/bodies/{id}/inspections", &[May(InspectionRead, Own), See(Part::History)]),
    post("/office/bodies/{id}/inspections", INSPECTION, &[May(InspectionWrite, Own), See(Part::History)]),
    get("/office/inspections/{id}", &[May(InspectionRead, Ours)]),
    post("/office/inspections/{id}", CORRECTION, &[May(InspectionWrite, Ours)]),
    post("/office/inspections/{id}/publish", &[], &[May(InspectionWrite, Ours)]),
    post(
        "/office/inspections/{id}/rectifications",
        &[("what", "样张"), ("due", "2026-12-31"), ("order_document", "陕示监改〔2026〕{n}号")],
        &[May(InspectionWrite, Ours)],
    ),
    post("/office/rectifications/{id}", &[("step", "report")], &[May(InspectionWrite, Ours)]),
    get("/office/bodies/{id}/notices", &[May(InspectionRead, Own), See(Part::History)]),
    post(
        "/office/bodies/{id}/notices",
        &[("kind", "other"), ("document", "陕示监通〔2026〕{n}号"), ("text", "样张")],
        &[May(NoticeWrite, Own), See(Part::History)],
    ),
    post("/office/notices/{id}/notice.pdf", &[], &[May(NoticeWrite, Ours)]),
    get("/office/assigned/{id}", &[READ]),
    get("/office/changes", &[May(Change, Own)]),
    get_with("/office/changes/new", &[("certificate", "{certificate}")], &[READ, May(Change, Ours)]),
    post("/office/changes/{id}", &[("kind", "name_change")], &[May(Change, Ours)]),
    get("/office/quality", &[May(QualityRead, Own)]),
    get("/office/quality/{rule}", &[May(QualityRead, Own)]),
    post(
        "/office/quality/{rule}",
        &[("certificate", "{certificate}")],
        &[May(Change, Own), May(Change, Ours)],
    ),
    post("/office/quality/export", &[("format", "csv")], &[May(QualityRead, Own), May(Export, Own)]),
    // 证书
    get("/office/certificates", &[]),
    post("/office/certificates/export", &[], &[May(Export, Own)]),
    get("/office/certificates/{id}", &[See(Part::Face)]),
    get_with("/office/certificates/{id}", &[("tab", "scope")], &[See(Part::Scope)]),
    get_with("/office/certificates/{id}", &[("tab", "signatories")], &[See(Part::Signatories)]),
    get_with("/office/certificates/{id}", &[("tab", "instruments")], &[See(Part::Instruments)]),
    get_with("/office/certificates/{id}", &[("tab", "staff")], &[See(Part::Staff)]),
    get_with("/office/certificates/{id}", &[("tab", "editions")], &[See(Part::History)]),
    get_with("/office/certificates/{id}", &[("tab", "events")], &[See(Part::History)]),
    get_with("/office/certificates/{id}", &[("tab", "code")], &[See(Part::Code)]),
    get("/office/bodies", &[]),
    get_with("/office/bodies", &[("uscc", "91610113YL00000125")], &[See(Part::Face)]),
    get("/office/bodies/{id}", &[See(Part::Face)]),
    get("/office/bodies/duplicates", &[May(PairRead, Own)]),
    post("/office/bodies/apart", PAIR, &[May(BodyApart, Own), See(Part::Face)]),
    post("/office/bodies/apart/end", PAIR, &[May(BodyApart, Own), See(Part::Face)]),
    get_with(
        "/office/bodies/merge",
        &[("gone", "{gone}"), ("stays", "{stays}")],
        &[May(BodyMerge, Own), See(Part::Face)],
    ),
    post(
        "/office/bodies/merge",
        &[("gone", "{gone}"), ("stays", "{stays}"), ("reason", "样张"), ("confirm", "1")],
        &[May(BodyMerge, Own), See(Part::Face)],
    ),
    get("/office/bodies/{id}/split", &[May(BodyMerge, Own), See(Part::Face)]),
    post(
        "/office/bodies/{id}/split",
        &[("reason", "样张"), ("confirm", "1")],
        &[May(BodyMerge, Own), See(Part::Face)],
    ),
    get("/office/certificates/{id}/act", &[READ]),
    post(
        "/office/certificates/{id}/act",
        &[
            ("act", "cancel"),
            ("effective", "2026-11-22"),
            ("document", "陕示注〔2026〕1号"),
            ("reason", "样张"),
            ("confirmed", "1"),
        ],
        &[May(StatusAct, Ours)],
    ),
    post("/office/certificates/{id}/persons/{person}", &[], &[May(PersonalRead, Ours)]),
    get("/office/certificates/{id}/persons/{person}/erase", &[May(PersonalErase, Ours)]),
    post(
        "/office/certificates/{id}/persons/{person}/erase",
        &[("document", "陕示删〔2026〕1号"), ("reason", "样张"), ("confirm", "1")],
        &[May(PersonalErase, Ours)],
    ),
    // 系统
    get("/office/search", &[May(Search, Own)]),
    post("/office/search/export", &[("q", "示例"), ("format", "csv")], &[May(Export, Own)]),
    post("/office/search/saved", &[("q", "示例"), ("name", "样张{n}")], &[May(Search, Own)]),
    get("/office/worklists", &[May(Search, Own)]),
    post("/office/worklists/export", &[("list", "coverage")], &[May(Search, Own), May(Export, Own)]),
    get("/office/overview", &[May(CollectionRead, Own)]),
    get("/office/accounts", &[May(AccountRead, Own)]),
    post("/office/accounts", &[("login", "fresh{n}"), ("name", "吴示例"), ("role", "viewer")], &[Keep(Own)]),
    get("/office/accounts/{id}", &[May(AccountRead, Own), May(AccountRead, Ours)]),
    post(
        "/office/accounts/{id}",
        &[("name", "郑示例"), ("role", "viewer")],
        &[May(AccountWrite, Own), Keep(Ours)],
    ),
    post("/office/accounts/{id}/reset", &[], &[May(AccountWrite, Own), Keep(Ours)]),
    post("/office/accounts/{id}/disable", &[], &[May(AccountWrite, Own), Keep(Ours)]),
    post("/office/accounts/{id}/enable", &[], &[May(AccountWrite, Own), Keep(Ours)]),
    get("/office/codes", &[]),
    post(
        "/office/codes",
        &[("kind", "domain"), ("code", "77"), ("name", "示例领域")],
        &[May(AuthorityWrite, Own)],
    ),
    get("/office/authorities", &[]),
    post(
        "/office/authorities",
        &[("name", "示例区市场监督管理局"), ("short_name", "示例"), ("level", "provincial"), ("area", "98")],
        &[May(AuthorityWrite, Own)],
    ),
    post("/office/authorities/platform", &[("extent", "all")], &[May(PlatformOpen, Own)]),
    post("/office/authorities/codes", &[("authority", "2"), ("code", "78")], &[May(AuthorityWrite, Own)]),
    get("/office/template", &[]),
    post(
        "/office/template",
        &[("printed_name", "示例"), ("by_code", "1"), ("by_year", "1")],
        &[May(SettingsWrite, Own)],
    ),
    post(
        "/office/template/counters",
        &[("year", "2027"), ("code", "27"), ("domain", "12"), ("industry", "05"), ("start", "100")],
        &[May(CounterWrite, Own)],
    ),
    get("/office/log", &[May(EventRead, Own)]),
    // 通报
    get("/office/bulletins", &[May(BulletinRead, Own)]),
    post("/office/bulletins", &[("period", "2026-09")], &[May(BulletinDraft, Own)]),
    get("/office/bulletins/declared", &[May(BulletinRead, Own)]),
    post("/office/bulletins/declared", &[("certificates", "{n}")], &[May(DeclaredWrite, Own)]),
    get("/office/bulletins/{id}", &[May(BulletinRead, Own)]),
    get("/office/bulletins/{id}/edit", &[May(BulletinDraft, Own)]),
    post(
        "/office/bulletins/{id}/edit",
        &[("title", "示例通报"), ("text", "示例正文"), ("seen", "0")],
        &[May(BulletinDraft, Own)],
    ),
    post("/office/bulletins/{id}/step", &[("step", "approve")], &[May(BulletinApprove, Own)]),
    post("/office/bulletins/{id}/correct", &[], &[May(BulletinDraft, Own)]),
    post("/office/bulletins/{id}/receipt", &[], &[May(BulletinReply, Own)]),
    post(
        "/office/bulletins/{id}/replies",
        &[("kind", "dispute"), ("figure", "coverage"), ("text", "示例")],
        &[May(BulletinReply, Own)],
    ),
    post(
        "/office/bulletins/{id}/answers",
        &[("reply", "{reply}"), ("text", "示例")],
        &[May(BulletinDraft, Own)],
    ),
    get("/office/bulletins/{id}/bulletin.pdf", &[May(BulletinRead, Own)]),
    get("/office/bulletins/{id}/bulletin.xlsx", &[May(BulletinRead, Own)]),
    get("/office/bulletins/{id}/bulletin.json", &[May(BulletinRead, Own)]),
    get("/office/bulletins/{id}/aggregates.txt", &[May(BulletinRead, Own)]),
    // 统计
    get("/office/statistics", &[May(StatisticsRead, Own)]),
    get_with("/office/statistics", &[("of", "{ours}")], &[May(StatisticsRead, Ours)]),
    get("/office/statistics/trend", &[May(StatisticsRead, Own)]),
    get_with("/office/statistics/trend", &[("of", "{ours}")], &[May(StatisticsRead, Ours)]),
    get("/office/statistics/ranking", &[May(StatisticsRead, Own)]),
    get("/office/statistics/heat", &[May(StatisticsRead, Own)]),
    get("/office/statistics/places", &[May(StatisticsRead, Own)]),
    get("/office/statistics/bodies", &[May(StatisticsRead, Own)]),
    get("/office/statistics/failures", &[May(StatisticsRead, Own)]),
    get("/office/statistics/expiring", &[May(StatisticsRead, Own)]),
    get("/office/statistics/map.json", &[May(StatisticsRead, Own)]),
    get("/office/statistics/export/{file}", &[May(StatisticsRead, Own)]),
    // 对接
    get("/office/docking", &[May(DockingRead, Own)]),
    post("/office/docking/mode", &[("mode", "networked")], &[May(SettingsWrite, Own)]),
    post(
        "/office/docking/emergency",
        &[("reason", "示例故障"), ("until", "2026-11-23 18:00")],
        &[May(Emergency, Own)],
    ),
    post("/office/docking/emergency/close", &[], &[May(Emergency, Own)]),
    post(
        "/office/docking/steps",
        &[("authority", "1"), ("step", "sandbox"), ("act", "set"), ("note", "示例报告1号")],
        &[May(DockingStep, Own)],
    ),
    get("/office/docking/form", &[May(DockingRead, Own)]),
    post("/office/docking/form", &[("_act", "draft"), ("_version", "0")], &[May(DockingWrite, Own)]),
    get("/office/docking/board", &[May(CollectionRead, Own)]),
    get("/office/docking/board.xlsx", &[May(CollectionRead, Own)]),
    post(
        "/office/docking/deadlines",
        &[("form", "2026-12-01"), ("docking", "2027-06-30")],
        &[May(DockingStep, Own)],
    ),
    get("/office/clients", &[May(ClientRead, Own)]),
    post("/office/clients", &[("name", "示例审批系统"), ("grant_read", "1")], &[May(ClientWrite, Own)]),
    get("/office/clients/{id}", &[May(ClientRead, Ours)]),
    post("/office/clients/{id}", &[("name", "示例审批系统"), ("grant_read", "1")], &[May(ClientWrite, Ours)]),
    post("/office/clients/{id}/secrets", &[], &[May(ClientWrite, Ours)]),
    post("/office/clients/{id}/secrets/{n}/end", &[], &[May(ClientWrite, Ours)]),
    post("/office/clients/{id}/keys", &[("algorithm", "hmac-sm3")], &[May(ClientWrite, Ours)]),
    post("/office/clients/{id}/keys/{key}/end", &[], &[May(ClientWrite, Ours)]),
    // 通知
    get("/office/hooks", &[May(ClientRead, Own)]),
    post(
        "/office/hooks",
        &[("client", "{client}"), ("url", "https://notify.example.cn/{n}")],
        &[May(HookWrite, Ours)],
    ),
    get("/office/hooks/{id}", &[May(ClientRead, Ours)]),
    post("/office/hooks/{id}", &[("url", "https://notify.example.cn/{n}")], &[May(HookWrite, Ours)]),
    post("/office/hooks/{id}/resend", &[("at", "{delivery}")], &[May(HookWrite, Ours)]),
    // 打印
    get("/office/prints", &[]),
    post(
        "/office/prints",
        &[("id", "{certificate}"), ("copy", "reprint"), ("reason", "样张")],
        &[May(Print, Own), May(Print, Ours)],
    ),
    get_with("/office/prints/new", &[("due", "1")], &[May(Print, Own)]),
    post("/office/prints/new", &[("due", "1")], &[May(Print, Own)]),
    get("/office/prints/test-sheet.pdf", &[]),
    get("/office/prints/{job}", &[May(Print, Ours)]),
    get("/office/prints/{job}/all.zip", &[May(Print, Ours)]),
    get("/office/prints/{job}/{file}", &[May(Print, Ours)]),
    get("/office/certificates/{id}/print", &[READ, May(Print, Ours)]),
    post("/office/certificates/{id}/print", &[("copy", "reprint"), ("reason", "样张")], &[May(Print, Ours)]),
    get("/office/certificates/{id}/sample.pdf", &[READ]),
    get("/office/certificates/{id}/face.svg", &[READ]),
    get("/office/certificates/{id}/files/{file}", &[READ]),
    get("/office/certificates/{id}/code.svg", &[May(ReportCode, Ours)]),
    get("/office/certificates/{id}/code.png", &[May(ReportCode, Ours)]),
    get("/office/certificates/{id}/code.pdf", &[May(ReportCode, Ours)]),
    post("/office/certificates/{id}/slip.pdf", &[], &[May(ReportCode, Ours)]),
    get("/office/certificates/{id}/links", &[May(ReportCode, Ours)]),
    post("/office/certificates/{id}/links", &[("link", "{link}")], &[May(ReportCode, Ours)]),
];
