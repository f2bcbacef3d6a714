//! `/office/certificates/{id}?tab=`: one certificate, whole.

use super::erase::{self, Former};
use super::tabs::{self, Tab, Top, shell, tab_href};
use super::{certificate, versions};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::prints::codes::closed;
use crate::office::said::Said;
use crate::office::standing::{self, printed, standing};
use crate::office::{Badge, FactView, Shell, StepView};
use crate::pager::Pager;
use crate::public::handlers::percent;
use app::stored::{Edition, Head, Placed, PrintRecord, Recorded};
use app::{AppError, Detail};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::{
    Action, Answer, EventKind, Field, Instrument, Part, Sight, Signatory, Site, Staff, Tables, Tone, may,
};
use serde::Deserialize;
use std::collections::HashMap;

/// Rows of a page of an annex.
const ROWS: u32 = 50;
/// Rows of a page of instruments or staff.
const LONG: u32 = 100;

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    tab: String,
    q: String,
    page: String,
    /// Editions to compare.
    pub old: String,
    /// Editions to compare.
    pub new: String,
    said: String,
}

impl Asked {
    fn page(&self) -> u32 {
        self.page.parse().unwrap_or(1).clamp(1, 100_000)
    }
}

/// `GET /office/certificates/{id}`.
pub async fn detail(
    State(web): State<Web>,
    officer: Officer,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    let id = certificate(&id)?;
    let detail = web.app.certificate_seen(&officer.ctx, id).await?;
    let tab = Tab::parse(&asked.tab);
    if !tabs::shown(&detail, tab) {
        web.app.note_hidden(&officer.ctx);
        return Err(AppError::NotFound.into());
    }
    let full = detail.ground.sight() == Sight::Full;
    let may_act = full && !web.app.admitted_acts(&officer.ctx, id).await?.is_empty();
    let said = Said { said: asked.said.clone() };
    let frame = Frame {
        shell: shell(&officer, &detail, said.words()),
        top: Top::of(&web, &officer, &detail, tab, may_act),
    };
    match tab {
        Tab::Overview => Ok(overview(&web, frame, detail)),
        Tab::Scope => scope(&web, &officer, frame, &detail, &asked).await,
        Tab::Signatories => signatories(&web, &officer, frame, &detail).await,
        Tab::Instruments => instruments(&web, &officer, frame, &detail, &asked).await,
        Tab::Staff => staff(&web, &officer, frame, &detail, &asked).await,
        Tab::Editions => versions::editions(&web, &officer, frame, &detail, &asked).await,
        Tab::Events => events(&web, &officer, frame, detail).await,
        Tab::Code => {
            let card = &detail.card;
            Ok(page(&CodePage {
                shell: frame.shell,
                top: frame.top,
                code: card.head.code.grouped(),
                may_code: may(&officer.ctx.actor, Action::ReportCode, Some(card.head.authority))
                    == Answer::Allowed,
                closed: closed(web.app.code_usable(card)),
            }))
        }
    }
}

/// What every tab has.
pub struct Frame {
    /// The page's frame.
    pub shell: Shell,
    /// What stands above the tabs.
    pub top: Top,
}

#[derive(Template)]
#[template(path = "office/certificates/overview.html")]
struct OverviewPage {
    shell: Shell,
    top: Top,
    facts: Vec<FactView>,
    act: Vec<FactView>,
    others: Vec<OtherView>,
    contact: Option<i64>,
}

/// Another certificate of the same body.
struct OtherView {
    id: i64,
    number: String,
    authority: String,
    badge: Badge,
    validity: String,
    relation: &'static str,
}

fn fact(label: &str, value: impl Into<String>) -> FactView {
    FactView { label: label.to_owned(), value: value.into() }
}

fn overview(web: &Web, frame: Frame, detail: Detail) -> Response {
    let head = &detail.card.head;
    let tables = web.app.tables();
    let shown = |(field, value): (Field, String)| fact(field.label(), told(&tables, field, &value));
    let facts =
        detail.card.face.values().into_iter().filter(|(_, value)| !value.is_empty()).map(shown).collect();
    let other = |h: &Head| other(&detail, h, web.app.authority_short(h.authority));
    let others = detail.of_body.iter().filter(|h| h.id != head.id).map(other).collect();
    page(&OverviewPage {
        shell: frame.shell,
        top: frame.top,
        facts,
        act: recorded(&detail),
        others,
        contact: head.contact.map(|p| p.0),
    })
}

/// What is recorded of the certificate beside its face.
fn recorded(detail: &Detail) -> Vec<FactView> {
    let head = &detail.card.head;
    let mut facts =
        vec![fact("今天的状态", standing::told(detail)), fact("记录的状态", head.status.word().label())];
    if let Some(since) = head.status.since() {
        facts.push(fact("状态自", since.to_string()));
    }
    if let Some(act) = head.status.act() {
        facts.extend([fact("决定文号", act.document.clone()), fact("原因", act.reason.clone())]);
    }
    facts.extend([
        fact("检测能力", format!("{} 行", domain::group_digits(u64::from(detail.card.capabilities)))),
        fact("赋码时间", head.assigned_at.shanghai()),
        fact("赋码方式", head.door.label()),
    ]);
    if detail.ground.sight().shows(Part::Prints) {
        facts.push(fact("打印", printed(head)));
    }
    facts
}

fn other(detail: &Detail, other: &Head, authority: String) -> OtherView {
    let this = &detail.card.head;
    let relation = match other.id {
        id if this.previous == Some(id) => "被本证替换",
        id if this.successor == Some(id) => "替换本证",
        _ => "",
    };
    OtherView {
        id: other.id.0,
        number: other.number.grouped(),
        authority,
        badge: standing(detail, other),
        validity: format!("{} 至 {}", other.valid_from, other.valid_to),
        relation,
    }
}

/// A value of the face as people read it.
pub fn told(tables: &Tables, field: Field, value: &str) -> String {
    let named = |name: Option<&String>| match name {
        Some(name) => format!("{value} {name}"),
        None => value.to_owned(),
    };
    match field {
        _ if value.is_empty() => String::new(),
        Field::Kind => domain::Kinds::parse(value).map_or(value.to_owned(), |kinds| kinds.to_string()),
        Field::Xpcc | Field::Food => "是".to_owned(),
        Field::Domain => named(value.parse().ok().and_then(|two| tables.domains.get(&two))),
        Field::Industry => named(value.parse().ok().and_then(|two| tables.industries.get(&two))),
        Field::Division => named(domain::Division::parse(value).map(|d| tables.division_name(d)).as_ref()),
        _ => value.to_owned(),
    }
}

/// Which site a row stands at; empty where there is but one.
fn site_name(sites: &[Placed<Site>], no: i64) -> String {
    let here = sites.iter().find(|s| s.site_no == no).filter(|_| sites.len() > 1);
    here.map(|s| s.value.name.clone()).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "office/certificates/scope.html")]
struct ScopePage {
    shell: Shell,
    top: Top,
    sites: Vec<SiteView>,
    q: String,
    rows: Vec<CapabilityRow>,
    several: bool,
    pager: Pager,
}

struct SiteView {
    name: String,
    address: String,
    division: String,
}

struct CapabilityRow {
    label: String,
    class: String,
    name: String,
    standard: String,
    limits: String,
    site: String,
    approved_on: String,
    food: bool,
}

async fn scope(
    web: &Web,
    officer: &Officer,
    frame: Frame,
    detail: &Detail,
    asked: &Asked,
) -> Result<Response, OfficeError> {
    let id = detail.card.head.id;
    let q: String = asked.q.trim().chars().filter(|c| !c.is_control()).take(60).collect();
    let skip = (asked.page() - 1) * ROWS;
    let annex = web.app.annex(&officer.ctx, id, &q, skip, ROWS).await?;
    let tables = web.app.tables();
    let base = format!("{}&q={}", tab_href(id, Tab::Scope), percent(&q));
    let sites = annex.sites.iter().map(|s| SiteView {
        name: s.value.name.clone(),
        address: s.value.address.clone(),
        division: s
            .value
            .division
            .map(|d| format!("{} {}", d.as_str(), tables.division_name(d)))
            .unwrap_or_default(),
    });
    Ok(page(&ScopePage {
        sites: sites.collect(),
        rows: annex.rows.iter().zip(skip + 1..).map(|(row, n)| capability(row, n, &annex.sites)).collect(),
        several: annex.sites.len() > 1,
        pager: Pager::new(annex.total, u64::from(asked.page()), u64::from(ROWS), base),
        q,
        shell: frame.shell,
        top: frame.top,
    }))
}

fn capability(row: &Placed<domain::Capability>, n: u32, sites: &[Placed<Site>]) -> CapabilityRow {
    let (c, i) = (&row.value, &row.value.item);
    let filled = |parts: &[&str], between: &str| {
        parts.iter().filter(|p| !p.is_empty()).copied().collect::<Vec<_>>().join(between)
    };
    CapabilityRow {
        label: if c.label.is_empty() { n.to_string() } else { c.label.clone() },
        class: filled(&[domain::category_name(&i.category), &i.class], " · "),
        name: i.name.clone(),
        standard: filled(&[&i.standard_name, &i.standard_number, &i.clause], " "),
        limits: filled(&[&c.limits, &c.remark], "；"),
        site: site_name(sites, row.site_no),
        approved_on: c.approved_on.map(|d| d.to_string()).unwrap_or_default(),
        food: c.food,
    }
}

#[derive(Template)]
#[template(path = "office/certificates/signatories.html")]
struct SignatoriesPage {
    shell: Shell,
    top: Top,
    former: Vec<Former>,
    rows: Vec<RowView<Signatory>>,
    several: bool,
}

#[derive(Template)]
#[template(path = "office/certificates/staff.html")]
struct StaffPage {
    shell: Shell,
    top: Top,
    former: Vec<Former>,
    rows: Vec<RowView<Staff>>,
    several: bool,
    pager: Pager,
}

#[derive(Template)]
#[template(path = "office/certificates/instruments.html")]
struct InstrumentsPage {
    shell: Shell,
    top: Top,
    rows: Vec<RowView<Instrument>>,
    several: bool,
    pager: Pager,
}

/// A row with its site, and whose it is.
struct RowView<T> {
    site: String,
    person: i64,
    it: T,
}

fn placed<T: Clone>(rows: &[Placed<T>], sites: &[Placed<Site>]) -> Vec<RowView<T>> {
    let view = |p: &Placed<T>| RowView {
        site: site_name(sites, p.site_no),
        person: p.person.0,
        it: p.value.clone(),
    };
    rows.iter().map(view).collect()
}

/// One page of a list that was read whole.
fn cut<T: Clone>(
    rows: &[Placed<T>],
    sites: &[Placed<Site>],
    asked: &Asked,
    base: String,
) -> (Vec<RowView<T>>, Pager) {
    let pager = Pager::new(rows.len() as u64, u64::from(asked.page()), u64::from(LONG), base);
    let skip = (pager.page as usize - 1) * LONG as usize;
    let end = rows.len().min(skip + LONG as usize);
    (placed(&rows[skip..end], sites), pager)
}

async fn signatories(
    web: &Web,
    officer: &Officer,
    frame: Frame,
    detail: &Detail,
) -> Result<Response, OfficeError> {
    let found = web.app.equipment(&officer.ctx, detail.card.head.id).await?;
    let rows = placed(&found.signatories, &found.sites);
    let former = erase::former(web, officer, detail.card.head.id, frame.top.may_erase).await?;
    let several = found.sites.len() > 1;
    Ok(page(&SignatoriesPage { shell: frame.shell, top: frame.top, former, rows, several }))
}

async fn staff(
    web: &Web,
    officer: &Officer,
    frame: Frame,
    detail: &Detail,
    asked: &Asked,
) -> Result<Response, OfficeError> {
    let id = detail.card.head.id;
    let found = web.app.equipment(&officer.ctx, id).await?;
    let (rows, pager) = cut(&found.staff, &found.sites, asked, tab_href(id, Tab::Staff));
    let former = erase::former(web, officer, id, frame.top.may_erase).await?;
    let several = found.sites.len() > 1;
    Ok(page(&StaffPage { shell: frame.shell, top: frame.top, former, rows, several, pager }))
}

async fn instruments(
    web: &Web,
    officer: &Officer,
    frame: Frame,
    detail: &Detail,
    asked: &Asked,
) -> Result<Response, OfficeError> {
    let id = detail.card.head.id;
    let found = web.app.equipment(&officer.ctx, id).await?;
    let (rows, pager) = cut(&found.instruments, &found.sites, asked, tab_href(id, Tab::Instruments));
    Ok(page(&InstrumentsPage {
        shell: frame.shell,
        top: frame.top,
        rows,
        several: found.sites.len() > 1,
        pager,
    }))
}

#[derive(Template)]
#[template(path = "office/certificates/events.html")]
struct EventsPage {
    shell: Shell,
    top: Top,
    steps: Vec<StepView>,
    prints: Option<Vec<PrintView>>,
}

struct PrintView {
    at: String,
    who: String,
    copy: &'static str,
    edition: u32,
    reason: String,
    paper: String,
}

async fn events(web: &Web, officer: &Officer, frame: Frame, detail: Detail) -> Result<Response, OfficeError> {
    // Who sat at the desk of another authority is its own matter.
    let own = detail.ground.sight().shows(Part::Prints);
    let names = match own {
        true => web.app.actor_names(&officer.ctx, &detail.events).await?,
        false => HashMap::new(),
    };
    let by = |event: &Recorded| if own { who(&event.actor, &names) } else { String::new() };
    let steps = detail.events.iter().rev().map(|event| step(event, by(event))).collect();
    let prints = own.then(|| detail.prints.iter().map(|print| print_view(print, &names)).collect());
    Ok(page(&EventsPage { shell: frame.shell, top: frame.top, steps, prints }))
}

/// Who did it, as people know him.
pub fn who(actor: &str, names: &HashMap<String, String>) -> String {
    match (names.get(actor), actor.split_once(':')) {
        (Some(name), _) => name.clone(),
        (None, Some(("operator", user))) => format!("运维人员 {user}"),
        (None, Some(("client", id))) => format!("接口系统 {id}"),
        (None, Some((_, id))) => format!("账号 {id}"),
        (None, None) => "系统".to_owned(),
    }
}

/// A value of the body of an event.
pub fn of_body(event: &Recorded, key: &str) -> String {
    let text = String::from_utf8_lossy(&event.body);
    let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('\t'));
    value.unwrap_or_default().to_owned()
}

/// An event as a step of a time line, newest first.
fn step(event: &Recorded, who: String) -> StepView {
    let kinds =
        domain::Kinds::parse(&of_body(event, "kinds")).map(|kinds| kinds.to_string()).unwrap_or_default();
    let edition = event.edition.map(|e| format!("第{e}版")).unwrap_or_default();
    let effective = match event.effective == event.recorded_at.day() {
        true => String::new(),
        false => format!("自 {} 起", event.effective),
    };
    let parts = [who, edition, effective, event.document.clone(), of_body(event, "reason")];
    StepView {
        when: event.recorded_at.shanghai(),
        title: if kinds.is_empty() {
            event.kind.label().to_owned()
        } else {
            format!("{}：{kinds}", event.kind.label())
        },
        detail: parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("，"),
        tone: tone(event.kind),
        href: String::new(),
    }
}

fn tone(kind: EventKind) -> Tone {
    match kind {
        EventKind::Assign | EventKind::Resume | EventKind::Lift => Tone::Good,
        EventKind::Suspend => Tone::Warn,
        EventKind::Revoke | EventKind::Withdraw | EventKind::Cancel | EventKind::Void | EventKind::Annul => {
            Tone::Bad
        }
        _ => Tone::Neutral,
    }
}

fn print_view(print: &PrintRecord, names: &HashMap<String, String>) -> PrintView {
    PrintView {
        at: print.recorded_at.shanghai(),
        who: who(&print.account, names),
        copy: print.copy.label(),
        edition: print.edition,
        reason: print.reason.clone(),
        paper: print.paper_number.clone(),
    }
}

#[derive(Template)]
#[template(path = "office/certificates/code.html")]
struct CodePage {
    shell: Shell,
    top: Top,
    code: String,
    /// Whether the officer may download it.
    may_code: bool,
    /// Why it is not given out now; empty where it is.
    closed: String,
}

/// The edition of a number in a list.
pub fn edition_of(editions: &[Edition], number: u32) -> Result<&Edition, AppError> {
    editions.iter().find(|e| e.edition == number).ok_or(AppError::NotFound)
}
