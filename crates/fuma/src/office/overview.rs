//! `/office/overview`: what each authority has delivered to the nation.

use super::{Menu, Shell};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use app::Delivered;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::{Instant, group_digits};

#[derive(Template)]
#[template(path = "office/overview.html")]
struct OverviewPage {
    shell: Shell,
    rows: Vec<RowView>,
    total: String,
    valid: String,
    delivering: usize,
    most: u64,
    last: String,
}

struct RowView {
    id: i64,
    name: String,
    n: u64,
    total: String,
    valid: String,
    last: String,
}

fn moment(micros: i64) -> String {
    if micros == 0 { String::new() } else { Instant::from_micros(micros).shanghai() }
}

fn row(it: &Delivered) -> RowView {
    RowView {
        id: it.authority.0,
        name: it.name.clone(),
        n: it.total,
        total: group_digits(it.total),
        valid: group_digits(it.valid),
        last: moment(it.last),
    }
}

/// `GET /office/overview`.
pub async fn overview(State(web): State<Web>, officer: Officer) -> Result<Response, OfficeError> {
    let all = web.app.delivered(&officer.ctx).await?;
    Ok(page(&OverviewPage {
        shell: officer.shell("汇总", Menu::Overview, Vec::new()),
        total: group_digits(all.iter().map(|it| it.total).sum()),
        valid: group_digits(all.iter().map(|it| it.valid).sum()),
        delivering: all.iter().filter(|it| it.total > 0).count(),
        most: all.iter().map(|it| it.total).max().unwrap_or(0).max(1),
        last: moment(all.iter().map(|it| it.last).max().unwrap_or(0)),
        rows: all.iter().map(row).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use crate::testing::{Caller, Town};

    #[tokio::test]
    async fn the_nation_sees_what_each_authority_delivered_and_a_province_does_not() {
        let town = Town::with_certificates().await;
        let html = town.get(Caller::NationalAdmin, "/office/overview").await;
        let html = html.holds(&["33 个机关", "陕西省市场监督管理局", "max=\"3\" value=\"3\"", "合计"]);
        crate::gallery::keep("office", "overview", &html);
        for caller in [Caller::ProvincialAdmin, Caller::NationalLicensing] {
            assert_eq!(town.get(caller, "/office/overview").await.status, 403, "{caller:?}");
        }
    }
}
