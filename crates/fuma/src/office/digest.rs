//! `/office/digest`: 每日提要, what was new on the lists of supervision day by day, and which of them one wants to be told of.

use super::said::Said;
use super::{Menu, Shell, back};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use app::{AppError, DigestLine, DigestView, Worklist};
use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::{Day, group_digits};
use serde::Deserialize;

/// Where it is.
pub const PATH: &str = "/office/digest";

#[derive(Template)]
#[template(path = "office/digest.html")]
struct DigestPage {
    shell: Shell,
    digests: Vec<DayView>,
    /// The newest day, to be marked up to; empty where all is read.
    unread: String,
    lists: Vec<(&'static str, &'static str, bool)>,
}

/// A digest as it is shown, here and on the desk.
pub struct DayView {
    /// Its day.
    pub day: String,
    /// Whether it was read.
    pub read: bool,
    /// What is new: words and the way to the list.
    pub lines: Vec<(String, String)>,
}

impl DayView {
    /// A digest in words.
    pub fn of(it: &DigestView) -> DayView {
        let line = |line: &DigestLine| (words(line), format!("/office/worklists?list={}", line.list.key()));
        DayView {
            day: it.day.to_string(),
            read: it.read.is_some(),
            lines: it.lines.iter().map(line).collect(),
        }
    }
}

/// What is new on a list, in words.
pub fn words(line: &DigestLine) -> String {
    let n = group_digits(line.fresh);
    match line.list {
        Worklist::Expiring => format!("{n} 张证书距到期进入 90、60 或 30 天"),
        Worklist::Expired => format!("{n} 张证书有效期已满，没有注销，也没有换证"),
        Worklist::Suspended => format!("{n} 张证书暂停已满规定天数"),
        Worklist::OutOfDate => format!("{n} 处新的设备溯源过期、签字人批准满六年"),
        Worklist::Elsewhere => format!("{n} 条其他机关的办理通报还没有人读"),
        Worklist::Quality => format!("{n} 处新的数据质量错误"),
        Worklist::Coverage | Worklist::Signatories | Worklist::Addresses => {
            format!("{}：{n}", line.list.label())
        }
    }
}

/// `GET /office/digest`.
pub async fn show(
    State(web): State<Web>,
    officer: Officer,
    Query(said): Query<Said>,
) -> Result<Response, OfficeError> {
    let digests = web.app.digests(&officer.ctx).await?;
    let lists = web.app.digest_lists(&officer.ctx).await?;
    let (tone, words) = said.words();
    let unread = digests.iter().find(|it| it.read.is_none()).map(|it| it.day.to_string());
    Ok(page(&DigestPage {
        shell: officer.shell_saying("每日提要", Menu::Inbox, Vec::new(), tone, words),
        digests: digests.iter().map(DayView::of).collect(),
        unread: unread.unwrap_or_default(),
        lists: lists.into_iter().map(|(list, on)| (list.key(), list.label(), on)).collect(),
    }))
}

/// `POST /office/digest`: the lists that one wants to be told of, each as `list`.
pub async fn set(
    State(web): State<Web>,
    officer: Officer,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, OfficeError> {
    let wanted: Vec<Worklist> = pairs
        .iter()
        .filter(|(name, _)| name == "list")
        .filter_map(|(_, value)| Worklist::parse(value))
        .collect();
    web.app.set_digest_lists(&officer.ctx, &wanted).await?;
    Ok(back(PATH, "saved"))
}

/// What is marked as read: all up to a day.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Mark {
    up_to: String,
    /// Where it was marked: `desk`, or here.
    from: String,
}

/// `POST /office/digest/read`.
pub async fn read(
    State(web): State<Web>,
    officer: Officer,
    Form(mark): Form<Mark>,
) -> Result<Response, OfficeError> {
    let up_to = Day::parse(&mark.up_to).map_err(|_| AppError::NotFound)?;
    web.app.mark_digests(&officer.ctx, up_to).await?;
    let to = if mark.from == "desk" { Menu::Desk.href() } else { PATH };
    Ok(back(to, "read"))
}

#[cfg(test)]
mod tests {
    use crate::testing::{Caller, FULL, Town};

    /// The nation revoked a certificate of the province: there is something to tell.
    async fn next_morning() -> Town {
        let town = Town::with_certificates().await;
        // An account is told of what came when it was there.
        for caller in [Caller::Supervision, Caller::Licensing, Caller::ProvincialAdmin] {
            town.ctx(caller).await;
        }
        let id = town.id(FULL).await;
        let typed = [
            ("act", "revoke"),
            ("effective", "2026-11-20"),
            ("document", "国示撤〔2026〕1号"),
            ("reason", "示例原因"),
            ("confirmed", "1"),
        ];
        let path = format!("/office/certificates/{id}/act");
        assert_eq!(town.post(Caller::NationalLicensing, &path, &typed).await.status, 303);
        town.app.make_digests().await.unwrap();
        town
    }

    #[tokio::test]
    async fn the_newest_stands_on_the_desk_until_it_is_read_and_all_of_a_month_in_the_inbox() {
        let town = next_morning().await;
        let desk = town.get(Caller::Supervision, "/office").await.holds(&[
            "每日提要",
            "其他机关的办理通报",
            "知道了",
        ]);
        crate::gallery::keep("office", "desk_digest", &desk);
        let html = town.get(Caller::Supervision, "/office/digest").await.holds(&[
            "2026-11-22",
            "href=\"/office/worklists?list=elsewhere\"",
            "已过期未注销",
            "暂停过久",
        ]);
        crate::gallery::keep("office", "digest", &html);
        let mark = [("up_to", "2026-11-22"), ("from", "desk")];
        assert_eq!(
            town.post(Caller::Supervision, "/office/digest/read", &mark).await.location,
            "/office?said=read"
        );
        let desk = town.get(Caller::Supervision, "/office").await.text();
        assert!(!desk.contains("知道了"));
        town.get(Caller::Supervision, "/office/digest").await.holds(&["2026-11-22"]);
        // It was his own reading.
        town.get(Caller::Licensing, "/office").await.holds(&["知道了"]);
        let viewer = town.get(Caller::Viewer, "/office").await.text();
        assert!(!viewer.contains("每日提要"));
        assert_eq!(town.get(Caller::Viewer, "/office/digest").await.status, 403);
    }

    #[tokio::test]
    async fn a_list_that_one_leaves_out_is_unticked_and_the_choice_is_on_record() {
        let town = next_morning().await;
        let form = [("list", "expired"), ("list", "suspended")];
        let to = town.post(Caller::Supervision, "/office/digest", &form).await;
        assert_eq!(to.location, "/office/digest?said=saved");
        let html = town.get(Caller::Supervision, "/office/digest").await.text();
        assert!(html.contains("value=\"expired\" checked"));
        assert!(!html.contains("value=\"elsewhere\" checked"));
        town.get(Caller::ProvincialAdmin, "/office/log").await.holds(&["修改账号"]);
    }
}
