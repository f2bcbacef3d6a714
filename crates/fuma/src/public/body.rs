//! `/body/{key}`: one body with all its certificates that are opened, by its own code or the number of one of them.

use super::body_json::BodyJson;
use super::handlers::failed;
use super::{Lang, Visit, body_path, certificate_path, wants_json};
use crate::chart::{Chart, Span, chart};
use crate::found::FoundView;
use crate::http::web::Web;
use app::stored::{Body, Card, Head, Period};
use app::{AppError, BodyKey, BodyView, Found, Kin, Place};
use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::{CertificateId, StatusWord, Tables, VerdictWord, group_digits};
use serde::Deserialize;

/// How much of what was typed is looked for.
const TYPED: usize = 60;

/// `?q=` what is looked for in its capabilities.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    q: String,
}

/// The page.
#[derive(Template)]
#[template(path = "public/body.html")]
pub struct BodyPage<'a> {
    /// Who asks, and what every page carries.
    pub visit: &'a Visit,
    path: String,
    name: &'a str,
    /// Label, value, and whether the value stands as recorded.
    facts: Vec<(&'static str, String)>,
    valid: usize,
    capabilities: String,
    q: &'a str,
    found: Option<FoundView<Link>>,
    chart: Option<Chart>,
    rows: Vec<CertificateRow>,
    places: Vec<PlaceRow>,
    kin: Vec<KinRow>,
    more_kin: usize,
    periods: Vec<PeriodRow>,
}

/// A certificate as a link with its word.
struct Link {
    href: String,
    number: String,
    authority: String,
    word: VerdictWord,
}

struct CertificateRow {
    link: Link,
    domain: String,
    validity: String,
    edition: u32,
    capabilities: String,
}

struct PlaceRow {
    name: String,
    address: String,
    on: Vec<(String, String)>,
}

struct KinRow {
    href: String,
    name: String,
    relation: &'static str,
    certificates: Vec<Link>,
}

struct PeriodRow {
    from: String,
    name: String,
    other: String,
    address: String,
    href: String,
    number: String,
    edition: String,
}

/// `GET /body/{key}`.
pub async fn body(
    State(web): State<Web>,
    visit: Visit,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let q: String = asked.q.trim().chars().filter(|c| !c.is_control()).take(TYPED).collect();
    let Some(named) = BodyKey::parse(&key) else { return failed(&visit, AppError::NotFound) };
    let view = match web.app.public_body(&named, &q).await {
        Ok(view) => view,
        Err(error) => return failed(&visit, error),
    };
    let response = match wants_json(&headers) {
        true => Json(BodyJson::of(&view, &web.app.tables(), web.app.now())).into_response(),
        false => visit.page(&BodyPage::of(&web, &visit, &view, &q)),
    };
    unlisted(response)
}

/// Not for the indexes of others, and not the same for programs and people.
fn unlisted(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    response
}

/// How the public names a body: its own code, else the number of the latest of these certificates.
pub fn key<'a>(body: &Body, mut certificates: impl Iterator<Item = &'a Head>) -> String {
    let own = body.own_uscc.map(|uscc| uscc.to_string());
    own.or_else(|| certificates.next().map(|head| head.number.as_str().to_owned())).unwrap_or_default()
}

/// The first day on which a certificate did not hold any more, before its last one.
fn ended(head: &Head) -> Option<domain::Day> {
    head.status.since().filter(|_| head.status.word() != StatusWord::Suspended)
}

impl<'a> BodyPage<'a> {
    fn of(web: &Web, visit: &'a Visit, view: &'a BodyView, q: &'a str) -> BodyPage<'a> {
        let tables = web.app.tables();
        let words = Words { visit, view, tables: &tables };
        let heads = view.certificates.iter().map(|card| &card.head);
        let spans = heads.clone().map(|head| words.span(head)).collect();
        BodyPage {
            visit,
            path: body_path(&key(&view.body, heads)),
            name: &view.body.name,
            facts: words.facts(),
            valid: view.valid().count(),
            capabilities: group_digits(view.capabilities()),
            q,
            found: view.found.as_ref().map(|found| words.found(found)),
            chart: chart(spans, web.app.today()),
            rows: view.certificates.iter().map(|card| words.row(card)).collect(),
            places: view.places.iter().map(place).collect(),
            kin: view.kin.iter().map(|kin| words.kin(kin)).collect(),
            more_kin: view.more_kin,
            // The newest first.
            periods: view.periods.iter().rev().map(|it| words.period(it)).collect(),
        }
    }

    fn found_total(&self, found: &FoundView<Link>) -> String {
        self.visit.lang.rows_found(&found.total, found.rows.len(), found.cut)
    }
}

/// What the rows of the page need to be told.
struct Words<'a> {
    visit: &'a Visit,
    view: &'a BodyView,
    tables: &'a Tables,
}

impl Words<'_> {
    fn link(&self, head: &Head) -> Link {
        Link {
            href: self.visit.to(certificate_path(&head.number)),
            number: head.number.grouped(),
            authority: self.visit.lang.authority_short(self.tables.authority(head.authority)),
            word: self.view.word(head.id),
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let (body, w) = (&self.view.body, self.visit.w);
        let code = |uscc: Option<domain::Uscc>| uscc.map(|uscc| uscc.to_string()).unwrap_or_default();
        // The certificate that began last says where it is.
        let face = self.view.certificates.first().map(|card| &card.face);
        let mut facts = vec![
            (w.other_name, body.other_name.clone()),
            (w.uscc, code(body.own_uscc)),
            (w.org_code, body.org_code.clone().unwrap_or_default()),
            (w.parent, body.parent_name.clone()),
            (w.parent_code, code(body.parent_uscc)),
            (w.address, face.map(|face| face.address.clone()).unwrap_or_default()),
            (w.division, body.division.map(|it| self.tables.division_name(it)).unwrap_or_default()),
        ];
        facts.retain(|(_, value)| !value.is_empty());
        facts
    }

    fn span(&self, head: &Head) -> Span {
        let link = self.link(head);
        Span {
            from: head.valid_from,
            to: head.valid_to,
            ended: ended(head),
            label: format!("{}　{}", link.number, link.authority),
            word: link.word,
        }
    }

    fn row(&self, card: &Card) -> CertificateRow {
        let head = &card.head;
        CertificateRow {
            link: self.link(head),
            domain: self.tables.domains.get(&head.domain).cloned().unwrap_or_default(),
            validity: match self.visit.lang {
                Lang::Chinese => format!("{} 至 {}", head.valid_from, head.valid_to),
                Lang::English => format!("{} to {}", head.valid_from, head.valid_to),
            },
            edition: head.edition,
            capabilities: group_digits(u64::from(card.capabilities)),
        }
    }

    fn head(&self, id: CertificateId) -> Option<&Head> {
        self.view.certificates.iter().map(|card| &card.head).find(|head| head.id == id)
    }

    fn found(&self, found: &Found) -> FoundView<Link> {
        FoundView::of(found, |id| self.head(id).map(|head| self.link(head)))
    }

    fn kin(&self, kin: &Kin) -> KinRow {
        KinRow {
            href: self.visit.to(body_path(&key(&kin.body, kin.certificates.iter()))),
            name: kin.body.name.clone(),
            relation: self.visit.lang.relation(kin.relation),
            certificates: kin.certificates.iter().map(|head| self.link(head)).collect(),
        }
    }

    fn period(&self, it: &Period) -> PeriodRow {
        PeriodRow {
            from: it.from.to_string(),
            name: it.name.clone(),
            other: it.other_name.clone(),
            address: it.address.clone(),
            href: self.visit.to(certificate_path(&it.number)),
            number: it.number.grouped(),
            edition: self.visit.lang.edition(it.edition),
        }
    }
}

fn place(place: &Place) -> PlaceRow {
    let on = place.on.iter().map(|(_, number)| (certificate_path(number), number.grouped()));
    PlaceRow { name: place.site.name.clone(), address: place.site.address.clone(), on: on.collect() }
}

#[cfg(test)]
mod tests {
    use crate::gallery::keep;
    use crate::testing::{Caller, FULL, ID_NUMBER, LINKED, NATIONAL, OURS, Town};
    use app::Opened;
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use domain::StatusAct;

    const OWN: &str = "/body/91610113YL00000125";

    async fn open(town: &Town, opened: Opened) {
        town.app.open_platform(&town.ctx(Caller::NationalAdmin).await, &opened).await.unwrap();
    }

    #[tokio::test]
    async fn everybody_has_one_page_of_a_body_with_what_is_opened_of_it() {
        let town = Town::with_certificates().await;
        town.link().await;
        let decision = app::Decision {
            act: StatusAct::Revoke,
            effective: town.app.today().plus_days(-30).unwrap(),
            document: "陕示撤〔2026〕1号".into(),
            reason: "示例原因".into(),
        };
        let second = town.id(crate::testing::SECOND).await;
        town.app.act(&town.ctx(Caller::Licensing).await, second, &decision).await.unwrap();
        assert_eq!(town.get(Caller::Public, OWN).await.status, 404, "nothing is opened");
        assert_eq!(town.get(Caller::NationalAdmin, OWN).await.status, 404, "nor to an officer");

        open(&town, Opened::Some([OURS].into_iter().collect())).await;
        let html = town.get(Caller::Public, OWN).await.holds(&["2627 1205 0001", "✕ 已撤销", "共 2 张"]);
        assert!(!html.contains("河南") && !html.contains("上海"), "of others nothing is opened");

        open(&town, Opened::All).await;
        let html = town.get(Caller::Public, OWN).await.holds(&[
            "<svg class=\"spans\"",
            "河南",
            "共 3 张",
            "示例检测有限公司长安实验室",
            "示例检测有限公司上海分中心",
            "下属机构",
            "名称和地址的变化",
        ]);
        assert_eq!(html.matches("<h1").count(), 1);
        for secret in [ID_NUMBER, "王示例", "李示例", "10000000001", "/C/", "/office/", " style=", "<script"]
        {
            assert!(!html.contains(secret), "{secret}");
        }
        keep("public", "body", &html);
        let large = town.get(Caller::Public, &format!("{OWN}?view=large")).await;
        keep("public", "body-large", &large.text());
        let found = town.get(Caller::Public, &format!("{OWN}?q=ph+hj1147")).await;
        let found = found.holds(&["共 1 行", "HJ 1147-2020", &format!("href=\"/certificate/{FULL}\"")]);
        keep("public", "body-found", &found);
        town.get(Caller::Public, &format!("{OWN}?q=%E9%93%85")).await.holds(&["换一个词"]);
        // The number of any of its certificates leads to the same page, also that of one without a code of its own.
        town.get(Caller::Public, &format!("/body/{FULL}")).await.holds(&["共 3 张"]);
        let branch = html.split("href=\"/body/").nth(1).unwrap().split('"').next().unwrap();
        assert!(branch.bytes().all(|b| b.is_ascii_digit()), "{branch}");
        let sister = town.get(Caller::Public, &format!("/body/{branch}")).await;
        sister.holds(&["示例检测有限公司上海分中心", "所属法人单位", "共 1 张"]);
        for unknown in ["/body/91610102YL00000210", "/body/262712059999", "/body/x"] {
            assert_eq!(town.get(Caller::Public, unknown).await.status, 404, "{unknown}");
        }
    }

    #[tokio::test]
    async fn the_page_of_a_body_speaks_english_and_json() {
        let town = Town::with_certificates().await;
        town.link().await;
        open(&town, Opened::Some([OURS, LINKED, NATIONAL].into_iter().collect())).await;
        let html = town.get(Caller::Public, &format!("{OWN}?q=ph&lang=en")).await.holds(&[
            "<html lang=\"en\">",
            "All certificates on one line",
            "✓ Valid",
            "Shaanxi",
            "Henan",
            "Unified social credit code",
            "示例检测有限公司",
            &format!("/certificate/{FULL}?lang=en"),
            "href=\"?q=ph&#38;lang=zh\"",
        ]);
        keep("public", "body-english", &html);
        let request = Request::get(OWN).header("accept", "application/json").body(Body::empty()).unwrap();
        let answer = town.raw(request).await;
        assert_eq!(answer.headers()["x-robots-tag"], "noindex");
        let bytes = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(json["uscc"], "91610113YL00000125");
        assert_eq!(json["certificates"].as_array().unwrap().len(), 3);
        assert_eq!(
            (&json["certificates"][0]["verdict"], &json["kin"]),
            (&"valid".into(), &serde_json::json!([]))
        );
        assert_eq!(json["sites"][0]["certificates"][0].as_str().unwrap().len(), 12);
        assert!(!json.to_string().contains("code\""), "no code of a certificate is in data");
    }

    #[tokio::test]
    async fn answers_lead_to_the_body_only_where_it_has_a_page() {
        let town = Town::with_certificates().await;
        town.index().await;
        let page = format!("/certificate/{FULL}");
        let link = format!("href=\"/body/{FULL}\"");
        assert!(!town.get(Caller::Public, &page).await.text().contains("/body/"));
        open(&town, Opened::All).await;
        town.get(Caller::Public, &page).await.holds(&[&link, "查看该机构的全部证书和检测能力"]);
        let hits = town.get(Caller::Public, "/search?q=%E7%A4%BA%E4%BE%8B").await;
        hits.holds(&["href=\"/body/91610113YL00000125\""]);
        let ctx = town.ctx(Caller::Licensing).await;
        let code = town.app.certificate(&ctx, town.id(FULL).await).await.unwrap().card.head.code;
        let scan = town.get(Caller::Public, &format!("/C/{code}")).await.holds(&[&link]);
        assert!(!scan.contains(code.as_str()), "a code is written into no link");
        open(&town, Opened::Some([NATIONAL].into_iter().collect())).await;
        assert!(!town.get(Caller::Public, &page).await.text().contains("/body/"));
    }
}
