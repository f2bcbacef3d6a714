//! The public routes: parse, ask the registry, render. No rule stands here.

use super::{
    AnswerPage, CertificatePage, CertificateView, HelpPage, HomePage, Lang, LifeView, SuccessorView,
    VerdictJson, VerifyPage, Visit, refusal, verdict_json, verdict_page,
};
use crate::http::web::Web;
use crate::http::{self, OfficeError, fault_reference};
use app::{AppError, Asked, Life, Mistyped, PublicCertificate, Question, SearchState, Verified};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::tally::Way;
use domain::{Day, DayError, EventKind, Number, Tone, Verdict, group_digits, visible};
use serde::Deserialize;

/// How much of what was typed a page repeats.
const SHOWN: usize = 60;

/// `?on=` the day of a report.
#[derive(Debug, Default, Deserialize)]
pub struct OnDay {
    pub(super) on: Option<String>,
}

impl OnDay {
    /// The day asked for, today where none is. A day that is not understood is no question about today: whoever asks of a
    /// report's day would take the answer for that day's.
    pub(super) fn day(&self, web: &Web) -> Result<Day, DayError> {
        let given = self.on.as_deref().filter(|text| !text.trim().is_empty());
        given.map_or_else(|| Ok(web.app.today()), Day::parse)
    }
}

/// 400 with the reason, for a day that is not understood.
pub(super) fn no_day(visit: &Visit, error: &DayError) -> Response {
    let why = match visit.lang {
        Lang::Chinese => format!("查询日期有误：{}。", visible(&error.to_string())),
        Lang::English => visit.w.wrong_day.to_owned(),
    };
    refusal(visit, StatusCode::BAD_REQUEST, "", &why)
}

/// `GET /`.
pub async fn home(State(web): State<Web>, visit: Visit) -> Response {
    // A registry that does not answer still has a box for codes.
    let open = web.app.platform().await.is_ok_and(|platform| platform.is_open());
    let figures = match web.app.search_state() {
        SearchState::Ready { counts: (bodies, certificates), .. } if open => {
            Some((group_digits(bodies as u64), group_digits(certificates as u64)))
        }
        _ => None,
    };
    visit.page(&HomePage { visit: &visit, open, figures })
}

/// `GET /help`.
pub async fn help(visit: Visit) -> Response {
    visit.page(&HelpPage { visit: &visit })
}

/// `GET /C/{code}`, of the sandbox `GET /T/{code}`: the answer to a scan.
pub async fn scan(
    State(web): State<Web>,
    visit: Visit,
    http::Asked(asker): http::Asked,
    Path(text): Path<String>,
    Query(on): Query<OnDay>,
) -> Response {
    let on = match on.day(&web) {
        Ok(on) => on,
        Err(error) => return no_day(&visit, &error),
    };
    let way = if visit.json { Way::Json } else { Way::Short };
    let question = Question::scanned(way, &asker);
    match web.app.read_code(&text) {
        Ok(code) => answer((&web, visit), &Asked::Code(code), &text, on, question).await,
        Err(error) => malformed((&web, &visit), &error.to_string(), &text, question),
    }
}

/// `?q=` what was typed.
#[derive(Debug, Default, Deserialize)]
pub struct Typed {
    #[serde(default)]
    q: String,
    on: Option<String>,
}

/// `GET /verify`: a typed code or number.
pub async fn verify(
    State(web): State<Web>,
    visit: Visit,
    http::Asked(asker): http::Asked,
    Query(typed): Query<Typed>,
) -> Response {
    let text = typed.q.trim();
    if text.is_empty() && visit.json {
        let why = visit.w.nothing_asked;
        return refusal(&visit, StatusCode::BAD_REQUEST, "", why);
    }
    if text.is_empty() {
        return visit.page(&VerifyPage { visit: &visit, value: "", error: "" });
    }
    let on = match (OnDay { on: typed.on }).day(&web) {
        Ok(on) => on,
        Err(error) => return no_day(&visit, &error),
    };
    let read = web.app.read_asked(text);
    let question = |way| Question::typed(if visit.json { Way::Json } else { way }, &asker);
    let question = question(read.as_ref().map_or_else(Mistyped::way, Asked::way));
    // What may be a code is written into no link, not even that of the switches.
    let may_be_code = matches!(read, Ok(Asked::Code(_)) | Err(Mistyped::Code(_)));
    let visit = if may_be_code { visit.leading_to(String::new()) } else { visit };
    match read {
        Ok(asked) => answer((&web, visit), &asked, text, on, question).await,
        Err(error) if may_be_code || visit.json => {
            malformed((&web, &visit), &error.to_string(), text, question)
        }
        Err(error) => {
            web.app.count_malformed(question);
            let error = match visit.lang {
                Lang::Chinese => error.to_string(),
                Lang::English => visit.w.not_understood.to_owned(),
            };
            let mut response = visit.page(&VerifyPage { visit: &visit, value: text, error: &error });
            *response.status_mut() = StatusCode::BAD_REQUEST;
            response
        }
    }
}

/// `GET /certificate/{number}`: how public pages name a certificate.
pub async fn certificate(
    State(web): State<Web>,
    visit: Visit,
    http::Asked(asker): http::Asked,
    Path(text): Path<String>,
    Query(on): Query<OnDay>,
) -> Response {
    let on = match on.day(&web) {
        Ok(on) => on,
        Err(error) => return no_day(&visit, &error),
    };
    let way = if visit.json { Way::Json } else { Way::Number };
    let question = Question::typed(way, &asker);
    match Number::parse(&text) {
        Ok(number) => answer((&web, visit), &Asked::Number(number), &text, on, question).await,
        Err(error) => malformed((&web, &visit), &error.public(), &text, question),
    }
}

async fn answer(
    (web, visit): (&Web, Visit),
    asked: &Asked,
    text: &str,
    on: Day,
    question: Question<'_>,
) -> Response {
    let code = match asked {
        Asked::Code(code) => Some(*code),
        Asked::Number(_) => None,
    };
    let verified = match web.app.verify(asked, on, question).await {
        Ok(verified) => verified,
        Err(error) => return failed(&visit, error),
    };
    let Verified { verdict, certificate } = verified;
    let asked_at = web.app.now();
    // What programs read is said in one language.
    let lang = if visit.json { Lang::Chinese } else { visit.lang };
    let view = match certificate.as_ref().map(|it| view(web, lang, it)).transpose() {
        Ok(view) => view,
        Err(error) => return failed(&visit, error),
    };
    if visit.json {
        let json = VerdictJson::of(&verdict, view.as_ref(), asked_at);
        return verdict_json(&verdict, &json.under(&web.app.config.base_url()).on(&web.site));
    }
    match &view {
        Some(certificate) => {
            let visit = match question.way {
                Way::Code => visit.leading_to(super::certificate_path(certificate.number)),
                Way::Short | Way::Signed | Way::Json | Way::Number => visit,
            };
            let visit = &visit;
            let page = CertificatePage { visit, verdict: &verdict, certificate, code, asked_at };
            verdict_page(visit, &verdict, &page)
        }
        None => {
            let shown = shown(text);
            let page = AnswerPage { visit: &visit, verdict: &verdict, asked: &shown, asked_at };
            verdict_page(&visit, &verdict, &page)
        }
    }
}

fn malformed((web, visit): (&Web, &Visit), why: &str, text: &str, question: Question<'_>) -> Response {
    web.app.count_malformed(question);
    let verdict = Verdict::malformed(why, web.app.today());
    let asked_at = web.app.now();
    if visit.json {
        return verdict_json(&verdict, &VerdictJson::of(&verdict, None, asked_at).on(&web.site));
    }
    let shown = shown(text);
    verdict_page(visit, &verdict, &AnswerPage { visit, verdict: &verdict, asked: &shown, asked_at })
}

pub(super) fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(SHOWN).collect()
}

/// A public page that cannot be shown: a reference, nothing of the cause.
pub fn failed(visit: &Visit, error: AppError) -> Response {
    let status = crate::http::error::status(&error);
    let reference = fault_reference();
    if status.is_server_error() {
        tracing::error!(reference, error = ?error, "a public page failed");
    }
    refusal(visit, status, &reference, "")
}

/// Text for the query part of an address.
pub fn percent(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'_' | b'.' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

fn view<'a>(web: &Web, lang: Lang, c: &'a PublicCertificate) -> app::Result<CertificateView<'a>> {
    let excerpt = c.excerpt()?;
    // The tables are asked for an English page only.
    let english = || lang.authority(web.app.tables().authority(c.issuer));
    let authority_english = if lang.is_english() { english() } else { None };
    Ok(CertificateView {
        number: &c.number,
        authority: &c.authority,
        authority_printed: c.authority_printed.as_deref(),
        authority_english,
        listed: c.listed,
        valid_from: c.valid_from,
        valid_to: c.valid_to,
        edition: c.edition,
        shown: c.shown,
        life: c.life(&excerpt).into_iter().map(|step| life(lang, step, c)).collect(),
        excerpt,
        successor: c.successor.as_ref().map(|(number, from)| SuccessorView { number, from: *from }),
    })
}

fn life(lang: Lang, step: Life, of: &PublicCertificate) -> LifeView<'_> {
    let title = lang.step(step.kind, step.kinds);
    let tone = match step.kind {
        EventKind::Assign | EventKind::Resume | EventKind::Lift => Tone::Good,
        EventKind::Revoke | EventKind::Void | EventKind::Annul | EventKind::Withdraw | EventKind::Cancel => {
            Tone::Bad
        }
        EventKind::Suspend => Tone::Warn,
        _ => Tone::Neutral,
    };
    let link = match step.kind {
        EventKind::Succeed => of.successor.as_ref().map(|(number, _)| number),
        EventKind::Assign => of.previous.as_ref(),
        _ => None,
    };
    let (act, edition, document) = (step.kind.key(), step.edition, step.document.into());
    LifeView { day: step.day, act, title, document, edition, tone, link }
}

/// Anything else: a page with a way on.
pub async fn not_found(visit: Visit) -> Response {
    failed(&visit, AppError::NotFound)
}

/// `GET /healthz`: the process lives.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the store answers, and the index is made. Until then 503 with how far it is; scans are answered all the
/// same, so `/healthz` is what a balancer of scans should ask.
pub async fn readyz(State(web): State<Web>) -> Response {
    if let Err(error) = web.app.has_work().await {
        return OfficeError(error).into_response();
    }
    match web.app.search_state() {
        SearchState::Off => "ready\nsearch off\n".into_response(),
        SearchState::Ready { as_of, counts: (bodies, certificates), sizes } => {
            let mut text = format!(
                "ready\nsearch ready as_of={}:{} bodies={bodies} certificates={certificates}\n",
                as_of.epoch, as_of.number
            );
            for it in sizes {
                let name = format!("{:?}", it.subject).to_lowercase();
                let (rows, distinct, texts, bytes) = (it.rows, it.tuples, it.texts, it.bytes);
                text += &format!("{name} rows={rows} distinct={distinct} texts={texts} bytes={bytes}\n");
            }
            text.into_response()
        }
        SearchState::Building { done, total } => {
            let text = format!("building\nsearch building {done} of {total} certificates\n");
            (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "5")], text).into_response()
        }
    }
}
