//! `/office/certificates`: filters in the address, pages by key, and what is ticked goes to the printer.

use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use crate::office::standing::printed;
use crate::office::{Badge, Menu, Shell};
use crate::public::handlers::percent;
use app::stored::{Card, Filter};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::{Action, AuthorityId, Day, Number, StatusWord, Uscc, Verdict, clean, group_digits, name_key};
use serde::Deserialize;

/// Rows of a page.
const ROWS: u32 = 50;

/// What the address asks for; all of it optional, all of it text, so that a mistyped value comes back with a word.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The box on top: a number, a code of a body, or a name.
    q: String,
    number: String,
    name: String,
    uscc: String,
    status: String,
    from: String,
    to: String,
    print_due: String,
    authority: String,
    before: String,
}

/// The page.
#[derive(Template)]
#[template(path = "office/certificates/list.html")]
pub struct ListPage {
    shell: Shell,
    asked: Asked,
    statuses: Vec<(&'static str, &'static str)>,
    authorities: Vec<(String, String)>,
    wrong: Vec<String>,
    rows: Vec<RowView>,
    total: String,
    next: String,
    first: String,
    may_print: bool,
    may_write: bool,
    /// What the button to export says; empty where there is none.
    export: String,
    /// Where the body of the code that was asked for is shown with all its certificates; or empty.
    nationwide: String,
    hidden: Vec<(&'static str, String)>,
}

/// One certificate of the list.
pub struct RowView {
    id: i64,
    number: String,
    body: String,
    other: String,
    authority: String,
    badge: Badge,
    valid_to: Day,
    edition: u32,
    printed: String,
}

impl Asked {
    /// What was typed into the box on top goes where it belongs: a body's code, a number, or a name.
    fn sorted(mut self) -> Asked {
        let q = std::mem::take(&mut self.q).trim().to_owned();
        let digits = q.chars().all(|c| c.is_ascii_digit() || c == ' ');
        match q.as_str() {
            "" => {}
            text if Uscc::parse(text).is_ok() => self.uscc = q,
            text if digits || Number::parse(text).is_ok_and(|n| n.parts().is_some()) => self.number = q,
            _ => self.name = q,
        }
        self
    }

    /// The filter, and what in it cannot be understood.
    pub fn filter(&self) -> (Filter, Vec<String>) {
        let mut wrong = Vec::new();
        let mut day = |label: &str, text: &str| match text.trim() {
            "" => None,
            text => Day::parse(text).map_err(|e| wrong.push(format!("{label}“{text}”：{e}"))).ok(),
        };
        let (expires_from, expires_to) = (day("有效期至（起）", &self.from), day("有效期至（止）", &self.to));
        let uscc = match self.uscc.trim() {
            "" => String::new(),
            text => Uscc::parse(text).map(|uscc| uscc.to_string()).unwrap_or_else(|error| {
                wrong.push(format!("统一社会信用代码“{text}”：{error}"));
                String::new()
            }),
        };
        let name = clean(&self.name, 150).map_err(|error| wrong.push(format!("机构名称：{error}")));
        let number = Number::parse(&self.number).ok().map(|n| n.as_str().to_owned());
        let filter = Filter {
            authority: self.authority.parse().ok().map(AuthorityId),
            status: StatusWord::parse(&self.status).filter(|_| !self.status.is_empty()),
            number: number.unwrap_or_else(|| self.number.split_whitespace().collect()),
            name: name.map(|name| name_key(&name)).unwrap_or_default(),
            uscc,
            print_due: !self.print_due.is_empty(),
            batch: None,
            expires_from,
            expires_to,
        };
        (filter, wrong)
    }

    /// The filters that are set, by name.
    fn pairs(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let pairs = [
            ("number", &self.number),
            ("name", &self.name),
            ("uscc", &self.uscc),
            ("status", &self.status),
            ("from", &self.from),
            ("to", &self.to),
            ("print_due", &self.print_due),
            ("authority", &self.authority),
        ];
        pairs.into_iter().filter(|(_, value)| !value.is_empty())
    }

    /// The address without the page.
    fn base(&self) -> String {
        let query: Vec<_> = self.pairs().map(|(name, value)| format!("{name}={}", percent(value))).collect();
        format!("/office/certificates?{}", query.join("&"))
    }
}

/// `GET /office/certificates`.
pub async fn list(
    State(web): State<Web>,
    officer: Officer,
    Query(asked): Query<Asked>,
) -> Result<Response, OfficeError> {
    let asked = asked.sorted();
    let (filter, wrong) = asked.filter();
    let found = match wrong.is_empty() {
        true => web.app.certificates(&officer.ctx, &filter, asked.before.parse().ok(), ROWS).await?,
        false => app::Page { rows: Vec::new(), total: 0 },
    };
    let last = found.rows.last().map(|card| card.head.id).filter(|_| found.rows.len() == ROWS as usize);
    let base = asked.base();
    let heads: Vec<_> = found.rows.iter().map(|card| &card.head).collect();
    let standings = web.app.standings(&heads).await?;
    let name = |card: &Card| web.app.authority_name(card.head.authority);
    Ok(page(&ListPage {
        shell: officer.shell("证书", Menu::Certificates, Vec::new()),
        statuses: StatusWord::ALL.iter().map(|word| (word.key(), word.label())).collect(),
        authorities: if officer.national() { authorities(&web) } else { Vec::new() },
        wrong,
        rows: found.rows.iter().zip(&standings).map(|(card, today)| row(card, name(card), today)).collect(),
        total: group_digits(found.total),
        next: last.map(|id| format!("{base}&before={id}")).unwrap_or_default(),
        first: if asked.before.is_empty() { String::new() } else { base },
        may_print: officer.can(Action::Print),
        may_write: officer.can(Action::DraftWrite),
        export: export(&officer, &asked, found.total),
        nationwide: match filter.uscc.as_str() {
            "" => String::new(),
            uscc => format!("/office/bodies?uscc={uscc}"),
        },
        hidden: asked.pairs().map(|(name, value)| (name, value.clone())).collect(),
        asked,
    }))
}

/// An export is of one authority, so the national level chooses one or exports its own.
fn export(officer: &Officer, asked: &Asked, total: u64) -> String {
    match (officer.can(Action::Export), officer.national() && asked.authority.is_empty()) {
        (true, true) => "导出本机关的".to_owned(),
        (true, false) if total > 0 => format!("导出 {} 张", group_digits(total)),
        _ => String::new(),
    }
}

fn authorities(web: &Web) -> Vec<(String, String)> {
    web.app.tables().authorities.iter().map(|a| (a.id.0.to_string(), a.short_name.clone())).collect()
}

fn row(card: &Card, authority: String, today: &Verdict) -> RowView {
    let head = &card.head;
    RowView {
        id: head.id.0,
        number: head.number.grouped(),
        body: card.face.body_name.clone(),
        other: card.face.other_name.clone(),
        authority,
        badge: today.word().into(),
        valid_to: head.valid_to,
        edition: head.edition,
        printed: printed(head),
    }
}
