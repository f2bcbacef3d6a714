//! Single assignments at 50 a second while a second process imports.

use super::import::files;
use super::machine::told;
use super::registry::{self, Folder};
use crate::demo::{bench_csv, ids::uscc};
use anyhow::{Context, Result};
use app::Form;
use domain::Field;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Assignments a second.
const RATE: u32 = 50;

pub async fn run(folder: &Folder, (certificates, rows): (usize, usize)) -> Result<()> {
    folder.tell("size", format!("{certificates} certificates, {rows} capability rows in the other process; {RATE} single acts/s here"));
    bench_csv(folder.path(), certificates, rows, 1)?;
    let (app, ctx) = registry::open(folder).await?;
    let mut child = Command::new(std::env::current_exe()?)
        .arg("--data")
        .arg(folder.data())
        .args(["import", "--as", registry::LOGIN, "--password-file"])
        .arg(folder.password_file())
        .args(files(folder.path()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let began = Instant::now();
    let mut tasks = Vec::new();
    let mut n = 0u32;
    while child.try_wait()?.is_none() {
        let due = began + Duration::from_secs(1) * n / RATE;
        tokio::time::sleep_until(due.into()).await;
        let (app, ctx, form) = (app.clone(), ctx.clone(), form(n));
        tasks.push(tokio::spawn(async move {
            let outcome = app.assign_form(&ctx, &form).await;
            (outcome.map(drop), due.elapsed())
        }));
        n += 1;
    }
    let imported = began.elapsed();
    let mut times = Vec::new();
    for task in tasks {
        let (outcome, took) = task.await?;
        outcome.context("a single assignment failed")?;
        times.push(took);
    }
    anyhow::ensure!(child.wait()?.success(), "the import failed");
    let all = (certificates * 2 + rows) as f64;
    folder.tell(
        "import",
        format!("{:.1} s wall, {:.0} rows/s", imported.as_secs_f64(), all / imported.as_secs_f64()),
    );
    folder.tell("assign", told(times));
    Ok(())
}

/// A small first grant; each of another body.
pub fn form(n: u32) -> Form {
    let mut form = Form::default();
    let uscc = uscc("91", "610113", 900_000 + u64::from(n));
    // Numbers of a year in which the other process assigns none.
    let number = format!("16271205{:04}", n + 1);
    for (field, value) in [
        (Field::Number, number.as_str()),
        (Field::Kind, "首次"),
        (Field::BodyName, &format!("示例逐张检测有限公司第{n}号")),
        (Field::Uscc, &uscc),
        (Field::LegalKind, "独立法人-企业"),
        (Field::Department, "无"),
        (Field::Address, "陕西省西安市示例路1号"),
        (Field::Division, "610113"),
        (Field::Domain, "12"),
        (Field::Industry, "05"),
        (Field::Food, "否"),
        (Field::Procedure, "一般程序"),
        (Field::DecisionDay, "2016-11-02"),
        (Field::DecisionNumber, &format!("示例许〔2016〕{n}号")),
        (Field::FirstIssuedOn, "2016-11-02"),
        (Field::IssuedOn, "2016-11-02"),
        (Field::ValidFrom, "2016-11-02"),
        (Field::ValidTo, "2022-11-01"),
    ] {
        form.set(field, value);
    }
    let row =
        |cells: &[(Field, &str)]| cells.iter().map(|(f, v)| (f.key().to_owned(), (*v).to_owned())).collect();
    form.capabilities = (0..20)
        .map(|i| {
            row(&[
                (Field::Class, "水和废水"),
                (Field::Item, &format!("示例参数{i}")),
                (Field::StandardName, "生活饮用水标准检验方法"),
                (Field::StandardNumber, "GB/T 5750.6-2023"),
                (Field::ApprovedOn, "2016-11-02"),
                (Field::CapabilityFood, "否"),
            ])
        })
        .collect();
    form
}
