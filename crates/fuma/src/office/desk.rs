//! `/office`: what waits first, then figures.

use super::digest::DayView;
use super::inbox::{LetterView, counted};
use super::said::Said;
use super::{Menu, ProgressView, Shell};
use crate::http::web::{Web, page};
use crate::http::{OfficeError, Officer};
use app::Desk;
use app::stored::{Batch, BatchState};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use domain::{Action, StatusWord, group_digits};

/// Drafts named on the desk; the rest is a count.
const DRAFTS: usize = 5;

#[derive(Template)]
#[template(path = "office/desk.html")]
struct DeskPage {
    shell: Shell,
    letters: Vec<LetterView>,
    unread: String,
    digest: Option<DayView>,
    todo: Vec<TodoView>,
    running: Vec<RunningView>,
    drafts: Vec<DraftView>,
    more_drafts: usize,
    figures: Vec<FigureView>,
    may_write: bool,
    may_import: bool,
    idle: bool,
}

/// Something that waits: how many, of what, where.
struct TodoView {
    count: String,
    label: String,
    href: String,
}

struct RunningView {
    progress: ProgressView,
    href: String,
}

struct DraftView {
    href: String,
    title: String,
    saved: String,
}

struct FigureView {
    label: String,
    count: String,
}

/// `GET /office`.
pub async fn desk(
    State(web): State<Web>,
    officer: Officer,
    Query(said): Query<Said>,
) -> Result<Response, OfficeError> {
    let desk = web.app.desk(&officer.ctx).await?;
    let (tone, words) = said.words();
    let digests = match officer.can(Action::Digest) {
        true => web.app.digests(&officer.ctx).await?,
        false => Vec::new(),
    };
    let todo = todo(&desk, officer.can(Action::Print));
    let running: Vec<_> = desk.batches.iter().filter_map(running).collect();
    let drafts = desk.drafts.iter().take(DRAFTS).map(|draft| DraftView {
        href: format!("/office/drafts/{}", draft.id),
        title: if draft.title.is_empty() { "未填机构名称".into() } else { draft.title.clone() },
        saved: draft.updated_at.shanghai(),
    });
    Ok(page(&DeskPage {
        shell: officer.shell_saying("工作台", Menu::Desk, Vec::new(), tone, words),
        letters: desk.letters.iter().map(|it| LetterView::of(&web, it)).collect(),
        unread: counted(desk.unread),
        digest: digests.iter().find(|it| it.read.is_none()).map(DayView::of),
        idle: todo.is_empty() && running.is_empty(),
        todo,
        running,
        drafts: drafts.collect(),
        more_drafts: desk.drafts.len().saturating_sub(DRAFTS),
        figures: figures(&desk),
        may_write: officer.can(Action::DraftWrite),
        may_import: officer.can(Action::ImportPreview),
    }))
}

fn todo(desk: &Desk, prints: bool) -> Vec<TodoView> {
    let mut out = Vec::new();
    let mut add = |count: u64, label: String, href: String| {
        if count > 0 {
            out.push(TodoView { count: group_digits(count), label, href });
        }
    };
    add(desk.drafts.len() as u64, "份草稿待完成".into(), "/office/drafts".into());
    for batch in &desk.batches {
        let href = format!("/office/imports/{}", batch.id);
        let bad = u64::from(batch.summary.lines - batch.summary.good.min(batch.summary.lines));
        match batch.state {
            BatchState::Checked if bad > 0 => add(bad, format!("张证书有错误：{}", batch.file_name), href),
            BatchState::Checked => {
                add(u64::from(batch.summary.good), format!("张证书待提交：{}", batch.file_name), href);
            }
            BatchState::Failed | BatchState::Unchecked | BatchState::Interrupted => {
                add(1, format!("次导入没有完成：{}", batch.file_name), href);
            }
            BatchState::Uploading
            | BatchState::Checking
            | BatchState::Committing
            | BatchState::Done
            | BatchState::Discarded => {}
        }
    }
    if prints {
        add(desk.print_due, "张证书待打印".into(), "/office/prints".into());
    }
    let range = format!("/office/certificates?status=valid&from={}&to={}", desk.today, desk.until);
    add(desk.ending, "张证书 90 天内到期".into(), range);
    out
}

fn running(batch: &Batch) -> Option<RunningView> {
    let (label, total) = match batch.state {
        BatchState::Uploading | BatchState::Checking => ("正在检查", 0),
        BatchState::Committing => ("正在赋码", batch.summary.good),
        BatchState::Unchecked
        | BatchState::Checked
        | BatchState::Interrupted
        | BatchState::Done
        | BatchState::Discarded
        | BatchState::Failed => return None,
    };
    let progress = ProgressView {
        id: format!("batch-{}", batch.id),
        label: format!("{label}：{}", batch.file_name),
        done: u64::from(batch.done),
        total: u64::from(total),
        running: true,
        note: batch.message.clone(),
    };
    Some(RunningView { progress, href: format!("/office/imports/{}", batch.id) })
}

fn figures(desk: &Desk) -> Vec<FigureView> {
    let count = |word: StatusWord| desk.by_status.iter().find(|(w, _)| *w == word).map_or(0, |(_, n)| *n);
    let total: u64 = desk.by_status.iter().map(|(_, n)| n).sum();
    let figure = |label: &str, n: u64| FigureView { label: label.to_owned(), count: group_digits(n) };
    let mut out = vec![figure("证书总数", total), figure("记录为有效", count(StatusWord::Valid))];
    for word in StatusWord::ALL.into_iter().filter(|word| *word != StatusWord::Valid && count(*word) > 0) {
        out.push(figure(word.label(), count(word)));
    }
    out.push(figure("今日公众查询", desk.asked_today));
    out
}

#[cfg(test)]
mod tests {
    use crate::testing::{Caller, FULL, Town};

    #[tokio::test]
    async fn the_desk_begins_with_what_waits_and_then_says_where_things_stand() {
        let town = Town::with_certificates().await;
        let desk = town.get(Caller::Licensing, "/office").await;
        let html = desk.holds(&["张证书待打印", "张证书 90 天内到期", "证书总数", "今日公众查询"]);
        crate::gallery::keep("office", "desk", &html);
        assert!(html.find("待办").unwrap() < html.find("证书总数").unwrap());
        let link = html.split("href=\"").find(|part| part.contains("from=")).unwrap();
        let link = link.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
        town.get(Caller::Licensing, &link).await.holds(&["共 1 条", "2027 1205 0003"]);
    }

    #[tokio::test]
    async fn another_authority_sees_nothing_of_it_and_is_told_how_to_begin() {
        let town = Town::with_certificates().await;
        let html = town.get(Caller::Foreign, "/office").await.holds(&["没有待办", "导入"]);
        assert!(!html.contains("待打印"));
        let viewer = town.get(Caller::Viewer, "/office").await.holds(&["证书总数"]);
        assert!(!viewer.contains("/office/drafts/new"), "a viewer is offered no form");
    }

    #[tokio::test]
    async fn the_issuer_reads_first_what_its_superior_did() {
        let town = Town::with_certificates().await;
        let id = town.id(FULL).await;
        let quiet = town.get(Caller::Licensing, "/office").await.text();
        assert!(!quiet.contains("条未读办理通报"));
        let typed = [
            ("act", "revoke"),
            ("effective", "2026-11-20"),
            ("document", "国示撤〔2026〕1号"),
            ("reason", "示例原因"),
            ("confirmed", "1"),
        ];
        let path = format!("/office/certificates/{id}/act");
        assert_eq!(town.post(Caller::NationalLicensing, &path, &typed).await.status, 303);
        for caller in [Caller::Licensing, Caller::Viewer] {
            let html = town.get(caller, "/office").await.holds(&[
                "1 条未读办理通报",
                "本机关颁发的证书",
                "示例检测有限公司",
                "国示撤〔2026〕1号",
                "2026-11-20",
                &format!("href=\"/office/certificates/{id}\""),
            ]);
            assert!(html.find("未读办理通报").unwrap() < html.find("待办").unwrap());
            crate::gallery::keep("office", "desk_notice", &html);
        }
        for caller in [Caller::Foreign, Caller::NationalLicensing] {
            assert!(!town.get(caller, "/office").await.text().contains("国示撤"), "{caller:?}");
        }
    }
}
