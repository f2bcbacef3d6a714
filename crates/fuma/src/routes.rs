//! All routes, one line each, grouped by who may come. The two sweeps of the tests walk this page.

use crate::http::error::cross_site;
use crate::http::{Web, asker};
use crate::{api, assets, free, office, public, sandbox};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::{get, post};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tower::ServiceBuilder;
use tower::util::{MapRequestLayer, MapResponseLayer};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate as AsUsual, NotForContentType, Predicate};
use tower_http::csrf::CsrfLayer;
use tower_http::request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};

/// Largest form of the officers' site; uploads have their own limit.
const BODY: usize = 8 << 20;
/// Largest form of a few short fields.
const SMALL: usize = 16 << 10;
/// Largest upload: a workbook at the guard's limit, or six files of it.
const UPLOAD: usize = 34 << 20;

/// Anyone: no cookie, no script; but who asked too much and does the work for a pass has both.
fn public_routes() -> Router<Web> {
    Router::new()
        .route("/tables/{file}", get(public::tables::file))
        .route("/pass", post(free::handlers::give_pass).layer(DefaultBodyLimit::max(SMALL)))
        .route("/open-data/{file}", get(public::open_file::fetch))
        .route("/qr/{token}/{file}", get(public::report::code))
        .route("/static/{file}", get(assets::serve))
        .route("/healthz", get(public::handlers::healthz))
        .route("/readyz", get(public::handlers::readyz))
        .route("/favicon.ico", get(public::handlers::not_found))
}

/// Pages that anyone may look at, and that are counted.
fn viewed_routes(web: &Web) -> Router<Web> {
    Router::new()
        .route("/", get(public::handlers::home))
        .route("/help", get(public::handlers::help))
        .route("/tables", get(public::tables::show))
        .route("/open-data", get(public::open_data::list))
        .route("/draws", get(public::draws::list))
        .route("/draws/{id}", get(public::draws::one))
        .route("/qr/{token}", get(public::report::show))
        .route("/api/docs", get(api::docs::show))
        .route_layer(from_fn_with_state(web.clone(), asker::views))
}

/// Questions that anyone may ask, so many a minute: what would be asked without end to copy the registry.
fn counted_routes(web: &Web) -> Router<Web> {
    Router::new()
        .route("/verify", get(public::handlers::verify))
        .route("/search", get(public::search::search))
        .route("/verify/batch", get(public::batch::form).post(public::batch::verify))
        .route("/certificate/{number}", get(public::handlers::certificate))
        .route("/certificate/{number}/capabilities", get(public::capabilities::capabilities))
        .route("/body/{key}", get(public::body::body))
        .route_layer(from_fn_with_state(web.clone(), asker::views))
        .route_layer(from_fn_with_state(web.clone(), free::limit))
        .route_layer(from_fn_with_state(web.clone(), api::located))
}

/// Where the codes of the registry lead: never counted, never held up.
fn scans() -> Router<Web> {
    Router::new()
        .route("/C/{code}", get(public::handlers::scan))
        .route("/c/{code}", get(public::handlers::scan))
}

/// Where the codes of the sandbox lead.
fn test_scans() -> Router<Web> {
    Router::new()
        .route("/T/{code}", get(public::handlers::scan))
        .route("/t/{code}", get(public::handlers::scan))
}

/// Officers: a session, but for signing in.
fn office_routes() -> Router<Web> {
    Router::new()
        .route("/office/sign-in", get(office::session::form).post(office::session::sign_in))
        .route("/office/sign-out", post(office::session::sign_out))
        .route("/office/password", get(office::session::password_form).post(office::session::change_password))
        .merge(making_routes())
        .merge(admission_routes())
        .merge(supervision_routes())
        .merge(hook_routes())
        .merge(printing_routes())
}

/// 制证赋码: imports, drafts, changes. Uploads have their own limit.
fn making_routes() -> Router<Web> {
    use office::{changes, drafts, imports};
    let large = || DefaultBodyLimit::max(UPLOAD);
    Router::new()
        .route("/office/imports", get(imports::list).merge(post(imports::upload).layer(large())))
        .route("/office/imports/template.xlsx", get(imports::template))
        .route("/office/imports/template/{file}", get(imports::csv_template))
        .route("/office/imports/{id}", get(imports::detail))
        .route("/office/imports/{id}/annotated.xlsx", get(imports::annotated))
        .route("/office/imports/{id}/commit", post(imports::commit))
        .route("/office/imports/{id}/recheck", post(imports::recheck))
        .route("/office/imports/{id}/discard", post(imports::discard))
        .route("/office/imports/{id}/annul", post(imports::annul))
        .route("/office/drafts", get(drafts::list))
        .route("/office/drafts/new", get(drafts::start).merge(post(drafts::create).layer(large())))
        .route("/office/drafts/{id}", get(drafts::step).post(drafts::save))
        .route("/office/drafts/{id}/face.svg", get(drafts::face).post(drafts::face_typed))
        .route("/office/drafts/{id}/annex", post(drafts::annex).layer(large()))
        .route("/office/drafts/{id}/pasted", post(drafts::pasted))
        .route("/office/drafts/{id}/assign", post(drafts::assign))
        .route("/office/drafts/{id}/discard", get(drafts::discard_form).post(drafts::discard))
        .route("/office/assigned/{id}", get(drafts::assigned))
        .route("/office/changes", get(changes::find))
        .route("/office/changes/new", get(changes::start))
        .route("/office/changes/{id}", post(changes::begin))
}

/// 许可核查, and the refusals that bear on it.
fn admission_routes() -> Router<Web> {
    use office::admission::{draft, find};
    use office::refusals::{list, one};
    Router::new()
        .route("/office/admission", get(find::find))
        .route("/office/admission/sheet.pdf", post(find::sheet))
        .route("/office/drafts/{id}/admission", get(draft::show))
        .route("/office/drafts/{id}/admission.pdf", post(draft::sheet))
        .route("/office/refusals", get(list::list).post(list::record))
        .route("/office/refusals/{id}", get(one::one).post(one::take_back))
}

/// 监管: draws, inspections and what is put right, notices.
fn supervision_routes() -> Router<Web> {
    use office::supervision::{draw, draws, inspection, inspections, inspectors, notices};
    Router::new()
        .route("/office/draws", get(draws::list).post(draws::freeze))
        .route("/office/draws/{id}", get(draw::show))
        .route("/office/draws/{id}/draw", post(draw::make))
        .route("/office/draws/{id}/publish", post(draw::publish))
        .route("/office/inspectors", get(inspectors::list).post(inspectors::create))
        .route("/office/inspectors/{id}", get(inspectors::one).post(inspectors::set))
        .route("/office/inspectors/{id}/recusals", post(inspectors::recuse))
        .route("/office/inspectors/{id}/recusals/end", post(inspectors::end_recusal))
        .route("/office/inspections", get(inspections::list))
        .route("/office/bodies/{id}/inspections", get(inspections::of_body).post(inspections::record))
        .route("/office/inspections/{id}", get(inspection::one).post(inspection::correct))
        .route("/office/inspections/{id}/publish", post(inspection::publish))
        .route("/office/inspections/{id}/rectifications", post(inspection::order))
        .route("/office/rectifications/{id}", post(inspection::step))
        .route("/office/bodies/{id}/notices", get(notices::of_body).post(notices::make))
        .route("/office/notices/{id}/notice.pdf", post(notices::fetch))
}

/// 通知: addresses that are told what happens.
fn hook_routes() -> Router<Web> {
    use office::hooks::{detail, list};
    Router::new()
        .route("/office/hooks", get(list::list).post(list::create))
        .route("/office/hooks/{id}", get(detail::detail).post(detail::set))
        .route("/office/hooks/{id}/resend", post(detail::resend))
}

/// Officers: certificates, and what stands under 系统.
fn register_routes() -> Router<Web> {
    use office::accounts::{change, list as accounts};
    use office::certificates::{act, detail, erase, export, list, person};
    Router::new()
        .route("/office", get(office::desk::desk))
        .route("/office/inbox", get(office::inbox::list).post(office::inbox::mark))
        .route("/office/digest", get(office::digest::show).post(office::digest::set))
        .route("/office/digest/read", post(office::digest::read))
        .route("/office/certificates", get(list::list))
        .route("/office/certificates/export", post(export::export))
        .route("/office/certificates/{id}", get(detail::detail))
        .route("/office/certificates/{id}/act", get(act::form).post(act::act))
        .route("/office/certificates/{id}/persons/{person}", post(person::person))
        .route("/office/certificates/{id}/persons/{person}/erase", get(erase::form).post(erase::erase))
        .route("/office/search", get(office::search::search))
        .route("/office/search/export", post(office::search::keep::export))
        .route("/office/search/saved", post(office::search::keep::saved))
        .route("/office/worklists", get(office::worklists::list))
        .route("/office/worklists/export", post(office::worklists::export))
        .merge(quality_routes())
        .merge(body_routes())
        .merge(statistics_routes())
        .route("/office/overview", get(office::overview::overview))
        .route("/office/accounts", get(accounts::list).post(accounts::create))
        .route("/office/accounts/{id}", get(change::show).post(change::change))
        .route("/office/accounts/{id}/reset", post(change::reset))
        .route("/office/accounts/{id}/disable", post(change::disable))
        .route("/office/accounts/{id}/enable", post(change::enable))
        .route("/office/codes", get(office::codes::list).post(office::codes::set))
        .route("/office/authorities", get(office::authorities::list).post(office::authorities::set))
        .route("/office/authorities/codes", post(office::authorities::set_code))
        .route("/office/authorities/platform", post(office::authorities::open_platform))
        .route("/office/template", get(office::settings::form).post(office::settings::set))
        .route("/office/template/counters", post(office::settings::set_counter))
        .route("/office/log", get(office::log::log))
}

/// 数据质量: what the rules find, and the correction of it.
fn quality_routes() -> Router<Web> {
    use office::quality::{board, rule};
    Router::new()
        .route("/office/quality", get(board::board))
        .route("/office/quality/export", post(board::export))
        .route("/office/quality/{rule}", get(rule::show).post(rule::correct))
}

/// 机构: bodies, those that may be one, and the acts that make them one.
fn body_routes() -> Router<Web> {
    use office::bodies::{body, duplicates, find, merge, split};
    Router::new()
        .route("/office/bodies", get(find::find))
        .route("/office/bodies/duplicates", get(duplicates::list))
        .route("/office/bodies/apart", post(duplicates::say_apart))
        .route("/office/bodies/apart/end", post(duplicates::unsay_apart))
        .route("/office/bodies/merge", get(merge::form).post(merge::merge))
        .route("/office/bodies/{id}", get(body::body))
        .route("/office/bodies/{id}/split", get(split::form).post(split::split))
}

/// 统计: pages and their files.
fn statistics_routes() -> Router<Web> {
    use office::statistics;
    Router::new()
        .route("/office/statistics", get(statistics::today))
        .route("/office/statistics/trend", get(statistics::trend))
        .route("/office/statistics/ranking", get(statistics::ranking))
        .route("/office/statistics/heat", get(statistics::heat))
        .route("/office/statistics/places", get(statistics::places))
        .route("/office/statistics/bodies", get(statistics::bodies))
        .route("/office/statistics/failures", get(statistics::failures))
        .route("/office/statistics/expiring", get(statistics::expiring))
        .route("/office/statistics/map.json", get(statistics::map))
        .route("/office/statistics/export/{file}", get(statistics::export))
}

/// 打印: the queue, single prints, jobs, and the code for reports.
fn printing_routes() -> Router<Web> {
    use office::prints::{batch, codes, queue, single};
    Router::new()
        .route("/office/prints", get(queue::list).post(batch::queue))
        .route("/office/prints/new", get(batch::link).post(batch::new))
        .route("/office/prints/test-sheet.pdf", get(queue::test_sheet))
        .route("/office/prints/{job}", get(batch::job))
        .route("/office/prints/{job}/all.zip", get(batch::zip))
        .route("/office/prints/{job}/{file}", get(batch::part))
        .route("/office/certificates/{id}/print", get(single::form).post(single::print))
        .route("/office/certificates/{id}/sample.pdf", get(single::sample))
        .route("/office/certificates/{id}/face.svg", get(single::face))
        .route("/office/certificates/{id}/files/{file}", get(single::file))
        .route("/office/certificates/{id}/code.svg", get(codes::svg))
        .route("/office/certificates/{id}/code.png", get(codes::png))
        .route("/office/certificates/{id}/code.pdf", get(codes::pdf))
        .route("/office/certificates/{id}/slip.pdf", post(codes::slip))
        .route("/office/certificates/{id}/links", get(codes::links).post(codes::renew))
        .route("/office/imports/{id}/slips", get(codes::slips).post(codes::batch_slips))
}

/// 对接: where the authority stands, its form, its systems; the board of all.
fn docking_routes() -> Router<Web> {
    use office::clients::{keys, list as clients, one as client};
    use office::docking::{board, form, stand};
    Router::new()
        .route("/office/docking", get(stand::show))
        .route("/office/docking/mode", post(stand::set_mode))
        .route("/office/docking/emergency", post(stand::open_emergency))
        .route("/office/docking/emergency/close", post(stand::close_emergency))
        .route("/office/docking/steps", post(board::set_step))
        .route("/office/docking/form", get(form::show).post(form::save))
        .route("/office/docking/board", get(board::show))
        .route("/office/docking/board.xlsx", get(board::book))
        .route("/office/docking/deadlines", post(board::set_deadlines))
        .route("/office/clients", get(clients::list).post(clients::create))
        .route("/office/clients/{id}", get(client::show).post(client::set))
        .route("/office/clients/{id}/secrets", post(client::issue))
        .route("/office/clients/{id}/secrets/{n}/end", post(client::end))
        .route("/office/clients/{id}/keys", post(keys::register))
        .route("/office/clients/{id}/keys/{key}/end", post(keys::end))
}

/// 通报: bulletins, what provinces declare for them and say to them.
fn bulletin_routes() -> Router<Web> {
    use office::bulletins::{acts, declared, edit, files, list, one};
    Router::new()
        .route("/office/bulletins", get(list::list).post(list::draft))
        .route("/office/bulletins/declared", get(declared::show).post(declared::declare))
        .route("/office/bulletins/{id}", get(one::show))
        .route("/office/bulletins/{id}/edit", get(edit::form).post(edit::save))
        .route("/office/bulletins/{id}/step", post(acts::step))
        .route("/office/bulletins/{id}/correct", post(acts::correct))
        .route("/office/bulletins/{id}/receipt", post(acts::sign))
        .route("/office/bulletins/{id}/replies", post(acts::reply))
        .route("/office/bulletins/{id}/answers", post(acts::answer))
        .route("/office/bulletins/{id}/bulletin.pdf", get(files::pdf))
        .route("/office/bulletins/{id}/bulletin.xlsx", get(files::xlsx))
        .route("/office/bulletins/{id}/bulletin.json", get(files::json))
        .route("/office/bulletins/{id}/aggregates.txt", get(files::aggregates))
}

/// What the site and the sandbox both have.
fn site(web: &Web) -> Router<Web> {
    public_routes()
        .merge(viewed_routes(web))
        .merge(counted_routes(web))
        .merge(office_routes().layer(DefaultBodyLimit::max(BODY)))
        .merge(register_routes().layer(DefaultBodyLimit::max(BODY)))
        .merge(docking_routes().layer(DefaultBodyLimit::max(BODY)))
        .merge(bulletin_routes().layer(DefaultBodyLimit::max(BODY)))
        .merge(crate::api::routes(web))
        .fallback(public::handlers::not_found)
}

/// The whole site, and beside it the sandbox where there is one: another registry under a path of its own, whose
/// answers are made to stay there. No scan of the registry passes through anything of it.
pub fn router(web: Web, sandbox: Option<Web>) -> Router {
    // One layer for the router, the outermost first: each layer it is given it boxes and clones with every request.
    let around = ServiceBuilder::new()
        .layer(CatchPanicLayer::new())
        .layer(MapRequestLayer::new(without_request_id))
        .layer(SetRequestIdLayer::x_request_id(Counted::default()))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(MapResponseLayer::new(with_security_headers))
        .layer(CompressionLayer::new().gzip(true).compress_when(AsUsual::new().and(NOT_TWICE)))
        .layer(CsrfLayer::new().with_rejection_response(cross_site));
    let mut all = site(&web).merge(scans()).with_state(web);
    if let Some(sandbox) = sandbox {
        let inside = map_response(sandbox::inside);
        let tests = test_scans().with_state(sandbox.clone()).layer(inside.clone());
        all = all.merge(tests).nest_service(sandbox::PATH, site(&sandbox).with_state(sandbox).layer(inside));
    }
    all.layer(around)
}

/// Request ids: a random start of this process, counted on. One that comes from outside is replaced.
#[derive(Clone)]
struct Counted(Arc<AtomicU64>);

impl Default for Counted {
    fn default() -> Counted {
        Counted(Arc::new(AtomicU64::new(u64::from_le_bytes(app::random()))))
    }
}

impl MakeRequestId for Counted {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        let id = self.0.fetch_add(1, Ordering::Relaxed);
        HeaderValue::from_str(&format!("{id:016x}")).ok().map(RequestId::new)
    }
}

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Files that are gzip keep their length, and their parts their place.
const NOT_TWICE: NotForContentType = NotForContentType::const_new("application/gzip");

/// Only ids of our own making stand in events and logs.
fn without_request_id(mut request: Request) -> Request {
    request.headers_mut().remove("x-request-id");
    request
}

/// The headers every answer carries; what a handler has set stays.
fn with_security_headers<B>(mut response: axum::http::Response<B>) -> axum::http::Response<B> {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
        (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
