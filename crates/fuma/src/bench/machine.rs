//! What ran where: machine, time and memory of this process, as Linux tells them.

use anyhow::Result;
use std::fs::read_to_string;
use std::time::{Duration, Instant};

/// Machine, build and command.
pub fn facts() -> Result<[(&'static str, String); 3]> {
    let cpu = read_to_string("/proc/cpuinfo")?;
    let model = cpu
        .lines()
        .find_map(|l| l.strip_prefix("model name"))
        .unwrap_or("?")
        .trim_start_matches(['\t', ':', ' ']);
    let cores = cpu.lines().filter(|l| l.starts_with("processor")).count();
    let memory = read_to_string("/proc/meminfo")?;
    let total =
        memory.lines().next().unwrap_or_default().split_whitespace().nth(1).unwrap_or("0").parse::<u64>()?;
    let load = read_to_string("/proc/loadavg")?;
    let command: Vec<String> = std::env::args().skip(1).collect();
    let load = load.split(' ').next().unwrap_or("?");
    let build = if cfg!(debug_assertions) { "debug: figures mean nothing" } else { "release" };
    Ok([
        ("machine", format!("{model}, {cores} cores, {} GiB, load {load}", total >> 20)),
        ("build", build.to_owned()),
        ("command", format!("fuma {}", command.join(" "))),
    ])
}

/// CPU seconds of this process so far, user and system.
pub fn cpu() -> f64 {
    let stat = read_to_string("/proc/self/stat").unwrap_or_default();
    // Fields 14 and 15, counted behind the command's closing bracket; in ticks of 1/100 s.
    let after = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

/// Memory of this process in MB: now, and at most so far.
pub fn memory() -> (u64, u64) {
    let status = read_to_string("/proc/self/status").unwrap_or_default();
    let mb = |name: &str| {
        let line = status.lines().find_map(|l| l.strip_prefix(name)).unwrap_or_default();
        line.split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) >> 10
    };
    (mb("VmRSS:"), mb("VmHWM:"))
}

/// Wall and CPU time of something.
pub struct Watch {
    wall: Instant,
    cpu: f64,
}

impl Watch {
    pub fn start() -> Watch {
        Watch { wall: Instant::now(), cpu: cpu() }
    }

    /// Seconds of wall and CPU since the start.
    pub fn read(&self) -> (f64, f64) {
        (self.wall.elapsed().as_secs_f64(), cpu() - self.cpu)
    }
}

/// A percentile of latencies.
fn percentile(sorted: &[Duration], p: f64) -> Duration {
    let at = ((sorted.len() as f64 * p).ceil() as usize).clamp(1, sorted.len().max(1)) - 1;
    sorted.get(at).copied().unwrap_or_default()
}

/// Latencies in words.
pub fn told(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let ms = |part| percentile(&times, part).as_secs_f64() * 1e3;
    let (p50, p95, p99, max) = (ms(0.5), ms(0.95), ms(0.99), ms(1.0));
    format!("p50 {p50:.2} ms, p95 {p95:.2} ms, p99 {p99:.2} ms, max {max:.1} ms over {}", times.len())
}
