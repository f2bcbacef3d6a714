//! The figures of a demo: what the invented public asked of an invented registry.

use super::bar;
use super::demo::{PASSWORD, sign_in};
use crate::demo::Traffic;
use anyhow::{Context, Result};
use app::{App, Ctx, ShownFigures};
use domain::{AuthorityId, BodyId, Day};
use tokio::sync::mpsc;

/// Parts between who makes them and who writes them.
const AHEAD: usize = 2;

/// Fills the registry with the figures of so many days before today, a part of the country's; whether that was not done before.
/// `authorities` come with their AA.
pub async fn fill(
    app: &App,
    seed: u64,
    days: i32,
    share: f64,
    authorities: Vec<(AuthorityId, usize)>,
) -> Result<bool> {
    let ctx = sign_in(app, "guojia", PASSWORD, false).await?;
    if !app.begin_shown_figures(&ctx, &format!("{days} 天，种子 {seed}")).await? {
        return Ok(false);
    }
    let today = app.today();
    let back = |n: i32| today.plus_days(-n).ok();
    let days: Vec<Day> = (1..=days).rev().filter_map(back).collect();
    let traffic = Traffic { seed, authorities, days, share };
    bodies(app, &ctx, &traffic).await?;
    for day in &traffic.days {
        app.add_shown_figures(&ctx, ShownFigures::Unknown(traffic.unknown(*day))).await?;
    }
    let parts = Traffic::measures().count() * (traffic.authorities.len() + 1) + traffic.days.len();
    let progress = bar();
    progress.set_message("写入统计数字");
    progress.set_length(parts as u64);
    let (send, mut made) = mpsc::channel::<ShownFigures>(AHEAD);
    let maker = std::thread::Builder::new().name("traffic".into()).spawn(move || {
        let sums =
            |measure| traffic.sums(measure, |sums| send.blocking_send(ShownFigures::Sums(sums)).is_ok());
        // Whoever writes may have stopped: then nobody needs the rest.
        let _ = Traffic::measures().all(sums)
            && traffic.visitors(|all| send.blocking_send(ShownFigures::Visitors(all)).is_ok());
    })?;
    while let Some(part) = made.recv().await {
        app.add_shown_figures(&ctx, part).await?;
        progress.inc(1);
    }
    progress.finish_and_clear();
    maker.join().map_err(|_| anyhow::anyhow!("生成数据的线程中断")).context("统计数字没有生成完")?;
    Ok(true)
}

/// The bodies that are asked for, month by month.
async fn bodies(app: &App, ctx: &Ctx, traffic: &Traffic) -> Result<()> {
    let mut months: Vec<Day> =
        traffic.days.iter().filter_map(|day| day.plus_days(1 - i32::from(day.dom())).ok()).collect();
    months.dedup();
    for (authority, _) in &traffic.authorities {
        let bodies = app.some_bodies(ctx, *authority).await?;
        for month in &months {
            let asked = traffic.bodies(*authority, *month, bodies.len());
            let of = |(body, (people, machines)): (&BodyId, (u64, u64))| (*body, people, machines);
            let asked = bodies.iter().zip(asked).map(of).collect();
            app.add_shown_figures(ctx, ShownFigures::Bodies(*month, *authority, asked)).await?;
        }
    }
    Ok(())
}
