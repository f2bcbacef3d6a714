//! CPU time and memory of printing, one thread, re-reading the QR included:
//! `cargo run --release -p print --example bench` (Debian's fonts), or with `-- SONG.ttf SONG_BOLD.ttf KAI.ttf`.

#[path = "../tests/printed/fixtures.rs"]
mod fixtures;

use print::{Batch, FontFile, FontPaths, FontSet, Overprint, Profile, Template, render, report_slip};
use std::error::Error;
use std::fs;

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = FontPaths::debian();
    let named: Vec<String> = std::env::args().skip(1).collect();
    if let [song, bold, kai] = named.as_slice() {
        (paths.song, paths.song_bold, paths.kai) =
            (FontFile::new(song, 0), FontFile::new(bold, 0), FontFile::new(kai, 0));
    }
    let start = cpu()?;
    let (fonts, template) = (FontSet::load(&paths)?, Template::national());
    println!("load fonts and template: {:.1} CPU-ms", cpu()? - start);
    for (rows, rounds) in [(0, 100), (10, 200), (1_000, 10), (10_000, 3), (30_000, 1)] {
        for profile in [Profile::Archive, Profile::Download] {
            let fixture = fixtures::certificate(rows);
            let mut document = fixture.document();
            document.overprint = Overprint::None;
            let output = fixtures::output(profile);
            let first = cpu()?;
            let pdf = render(&document, &output, &fonts, &template)?;
            let start = cpu()?;
            for _ in 0..rounds {
                render(&document, &output, &fonts, &template)?;
            }
            let each = (cpu()? - start) / f64::from(rounds);
            println!(
                "{rows:>6} rows {profile:?}: {each:.1} CPU-ms ({:.1} first), {} pages, {} kB, peak {} MB",
                start - first,
                pdf.pages,
                pdf.bytes.len() / 1000,
                peak()?
            );
        }
    }
    let small = fixtures::certificate(10);
    let mut batch = Batch::new(fixtures::output(Profile::Archive), &fonts, &template);
    let start = cpu()?;
    for _ in 0..500 {
        batch.push(&small.document())?;
    }
    let pdf = batch.finish()?;
    println!(
        "500 certificates of 10 rows in one file: {:.1} CPU-ms each, {} kB",
        (cpu()? - start) / 500.0,
        pdf.bytes.len() / 1000
    );
    let slip = fixtures::slip(&small, "https://cx.example.cn/d/7Q2mX9cVtR4bLk0pZs8wYh");
    let full = fixtures::full(30);
    let output = fixtures::output(Profile::Archive);
    let start = cpu()?;
    for _ in 0..100 {
        report_slip(&slip, &output, &fonts)?;
    }
    let middle = cpu()?;
    for _ in 0..100 {
        render(&full.document(), &output, &fonts, &template)?;
    }
    println!(
        "slip {:.1}, sample of two sites and 40 rows {:.1} CPU-ms",
        (middle - start) / 100.0,
        (cpu()? - middle) / 100.0
    );
    Ok(())
}

/// User and system time of this process in milliseconds (clock ticks of 10 ms, as Linux counts).
fn cpu() -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let after = stat.rsplit_once(')').ok_or("unknown /proc/self/stat")?.1;
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>()? + fields[12].parse::<f64>()?;
    Ok(ticks * 10.0)
}

/// Peak resident memory in megabytes.
fn peak() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|l| l.starts_with("VmHWM")).ok_or("no VmHWM")?;
    Ok(line.split_whitespace().nth(1).ok_or("no figure")?.parse::<u64>()? / 1000)
}
