//! 数据质量: how long the look at the whole stock takes and what it holds in memory, the first time and when nothing changed; and the
//! pages of it.

use super::machine::{Watch, memory, told};
use super::registry::{self, Folder};
use crate::cli;
use anyhow::Result;
use app::{App, Ctx};
use domain::quality::QualityRule;
use domain::{Actor, Level, Role, group_digits};
use std::time::{Duration, Instant};

/// Pages of each sort.
const PAGES: usize = 100;

pub async fn run(folder: &Folder) -> Result<()> {
    let (app, ctx) = registry::open(folder).await?;
    let nation = Ctx {
        actor: Actor::Account {
            id: ctx.account()?,
            authority: cli::by_code(&app, "00")?,
            level: Level::National,
            role: Role::Supervision,
        },
        ..ctx.clone()
    };
    // What eases other checks is done first: it is not this.
    while app.has_work().await? && app.work_once().await? {}
    let before = memory().0;
    for name in ["first", "again"] {
        let watch = Watch::start();
        look_through(&app).await?;
        let (wall, cpu) = watch.read();
        let most = memory().1;
        folder.tell(name, format!("{wall:.1} s, {cpu:.1} s of CPU, {before} MB before, {most} MB at most"));
    }
    let board = app.quality(&nation, None).await?;
    if let Some(all) = &board.last {
        let counts = [all.looked.certificates, all.looked.rows, all.broken.certificates, all.broken.rows];
        let [certificates, rows, problems, broken] = counts.map(group_digits);
        folder.tell(
            "stock",
            format!("{certificates} certificates, {rows} rows: {problems} problems of {broken} rows"),
        );
    }
    pages(folder, &app, &[("province", &ctx), ("nation", &nation)]).await
}

async fn look_through(app: &App) -> Result<()> {
    let operator = cli::operator();
    let job = app.order_quality(&operator).await?;
    while app.quality_made(&operator, job).await?.is_some() {
        app.work_once().await?;
    }
    Ok(())
}

async fn pages(folder: &Folder, app: &App, who: &[(&str, &Ctx)]) -> Result<()> {
    for (name, ctx) in who {
        let mut board: Vec<Duration> = Vec::with_capacity(PAGES);
        let mut rule: Vec<Duration> = Vec::with_capacity(PAGES);
        for n in 0..PAGES {
            let begun = Instant::now();
            app.quality(ctx, None).await?;
            board.push(begun.elapsed());
            let of = QualityRule::ALL[n % QualityRule::ALL.len()];
            let begun = Instant::now();
            app.quality_of(ctx, of, None, None).await?;
            rule.push(begun.elapsed());
        }
        folder.tell(name, format!("the rules {}; a rule's certificates {}", told(board), told(rule)));
    }
    Ok(())
}
