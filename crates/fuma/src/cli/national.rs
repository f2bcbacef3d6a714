//! `fuma demo --scale national`: a country of invented bodies and certificates, written straight into an empty demo registry.

use super::demo::{ACCOUNTS, PASSWORD, account, administrator, open_platform, sign_in};
use super::{End, Session, bar, by_code};
use crate::demo::{AUTHORITIES, National, Size};
use anyhow::{Context, Result};
use app::{App, Callers, Missing, Parcel, Populated};
use domain::{AuthorityId, Role};
use serde_json::json;
use std::time::Instant;
use tokio::sync::mpsc;

/// Parcels between who makes them and who writes them: the faster one waits, and memory does not grow.
const AHEAD: usize = 2;

/// Days of figures of the whole country; a part has the same part of them.
const DAYS: i32 = 730;

/// Fills the registry with one `part`th of the country, and with that part of its figures or those of the whole for so many days; how it
/// is called, and what was written.
pub async fn make(
    session: &Session,
    seed: u64,
    part: u16,
    figure_days: Option<u16>,
) -> Result<(String, Populated)> {
    let app = session.open(Missing::Found).await?;
    let (authorities, callers) = callers(&app).await?;
    let name = match part {
        1 => format!("全国规模，种子 {seed}"),
        _ => format!("全国规模的 1/{part}，种子 {seed}"),
    };
    let by_aa = authorities.iter().copied().zip(0..).collect();
    let done = fill(&app, &callers, &name, move || National::new(Size::part(part.into()), seed, authorities))
        .await?;
    let (days, share) = match figure_days {
        Some(days) => (i32::from(days), 1.0),
        None => (DAYS / i32::from(part), 1.0 / f64::from(part)),
    };
    super::traffic::fill(&app, seed, days, share, by_aa).await?;
    Ok((name, done))
}

/// Fills the registry and tells what came of it.
pub async fn run(session: Session, seed: u64, part: u16, figure_days: Option<u16>) -> Result<End> {
    let began = Instant::now();
    let (name, done) = make(&session, seed, part, figure_days).await?;
    let seconds = began.elapsed().as_secs();
    let document = json!({
        "name": name,
        "seconds": seconds,
        "populated": done,
        "password": PASSWORD,
        "public_url": session.settings.public_url,
    });
    let url = &session.settings.public_url;
    session.tell(&document, || {
        [
            format!("{name}，用时 {seconds} 秒"),
            words(&done),
            format!("许可人员账号 xuke-00 至 xuke-32（机关代码），国家级 guojia，密码都是 {PASSWORD}"),
            format!("启动网站：fuma serve　网站地址：{url}　工作人员登录：{url}/office"),
        ]
        .join("\n")
    })?;
    Ok(End::Ok)
}

fn words(done: &Populated) -> String {
    format!(
        "机构 {} 家，证书 {} 张（其中已换证 {} 张），检测能力 {} 行（不同的 {} 种），仪器设备 {} 台，授权签字人 {} 名，人员 {} 名",
        done.bodies,
        done.certificates,
        done.succeeded,
        done.capabilities,
        done.items,
        done.instruments,
        done.signatories,
        done.staff
    )
}

/// The demo's accounts, and for each authority one that may assign: their keys by AA, and their calls.
async fn callers(app: &App) -> Result<(Vec<AuthorityId>, Callers)> {
    for (login, name, code, role) in ACCOUNTS {
        account(app, login, name, code, role).await?;
    }
    open_platform(app).await?;
    let (mut authorities, mut callers) = (Vec::with_capacity(AUTHORITIES), Callers::new());
    let progress = bar();
    progress.set_message("开设账号");
    progress.set_length(AUTHORITIES as u64);
    for aa in 0..AUTHORITIES {
        let (code, login) = (format!("{aa:02}"), format!("xuke-{aa:02}"));
        account(app, &administrator(&code), "郑示例", &code, Role::Administrator).await?;
        account(app, &login, "吴示例", &code, Role::Licensing).await?;
        let authority = by_code(app, &code)?;
        callers.insert(authority, sign_in(app, &login, PASSWORD, false).await?);
        authorities.push(authority);
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok((authorities, callers))
}

/// Makes the country on a thread of its own while it is written here.
async fn fill(
    app: &App,
    callers: &Callers,
    name: &str,
    country: impl FnOnce() -> National + Send + 'static,
) -> Result<Populated> {
    let progress = bar();
    progress.set_message("编排全国数据");
    let (send, mut parcels) = mpsc::channel::<Parcel>(AHEAD);
    let shown = progress.clone();
    let maker = std::thread::Builder::new().name("national".into()).spawn(move || {
        let country = country();
        shown.set_length(country.len() as u64);
        country.parcels(|parcel| send.blocking_send(parcel).is_ok());
    })?;
    let told = |done: &Populated| {
        progress.set_message(if done.certificates == 0 { "写入词条" } else { "写入证书" });
        progress.set_position(done.certificates);
    };
    let done = app.populate(callers, name, &mut parcels, &told).await;
    progress.finish_and_clear();
    // Whoever still makes parcels learns that nobody takes them.
    drop(parcels);
    let made = maker.join().map_err(|_| anyhow::anyhow!("生成数据的线程中断"));
    let done = done?;
    made.context("全国演示数据没有生成完")?;
    Ok(done)
}
