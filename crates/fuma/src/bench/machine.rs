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
    Stat::of("self").map_or(0.0, |it| it.own)
}

/// CPU seconds so far of a server on this machine, by one of its processes: of what the same parent has begun and ended.
/// PostgreSQL answers a question with several. None where that process is not here to be seen.
pub fn cpu_of_server(process: u32) -> Option<f64> {
    let one = Stat::of(&process.to_string()).filter(|it| it.name == "postgres")?;
    let all = std::fs::read_dir("/proc").ok()?.flatten();
    let all = all.filter_map(|it| Stat::of(it.file_name().to_str()?));
    let living: f64 = all.filter(|it| it.parent == one.parent).map(|it| it.own).sum();
    Some(living + Stat::of(&one.parent.to_string())?.children)
}

/// What Linux says of a process.
struct Stat {
    name: String,
    parent: u32,
    /// CPU seconds of its own, and of its children that ended.
    own: f64,
    children: f64,
}

impl Stat {
    fn of(process: &str) -> Option<Stat> {
        let stat = read_to_string(format!("/proc/{process}/stat")).ok()?;
        // The name stands in brackets and may hold some. Behind it the state, then the parent; fields 14 to 17 are ticks of
        // 1/100 s.
        let (before, after) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = after.split_whitespace().collect();
        let ticks = |at: usize| fields.get(at).and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0);
        Some(Stat {
            name: before.split_once('(')?.1.to_owned(),
            parent: fields.get(1)?.parse().ok()?,
            own: (ticks(11) + ticks(12)) / 100.0,
            children: (ticks(13) + ticks(14)) / 100.0,
        })
    }
}

/// Memory of this process in MB: now, and at most so far.
pub fn memory() -> (u64, u64) {
    let it = memory_of("self");
    (it.now, it.most)
}

/// Memory of a process in MB.
pub struct Memory {
    /// Resident now: the sum of the next two.
    pub now: u64,
    /// Of these, what nobody else can use.
    pub own: u64,
    /// Of these, pages of files, the program's own first; the system takes them back when it needs them.
    pub files: u64,
    /// Resident at most so far.
    pub most: u64,
}

/// Memory of a process by its number, or of `self`.
pub fn memory_of(process: &str) -> Memory {
    let status = read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let mb = |name: &str| {
        let line = status.lines().find_map(|l| l.strip_prefix(name)).unwrap_or_default();
        line.split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) >> 10
    };
    Memory { now: mb("VmRSS:"), own: mb("RssAnon:"), files: mb("RssFile:"), most: mb("VmHWM:") }
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

/// A percentile of latencies, in milliseconds.
pub fn ms(times: &[Duration], p: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    percentile(&sorted, p).as_secs_f64() * 1e3
}

/// Latencies in words.
pub fn told(times: Vec<Duration>) -> String {
    let [p50, p95, p99, max] = [0.5, 0.95, 0.99, 1.0].map(|p| ms(&times, p));
    format!("p50 {p50:.2} ms, p95 {p95:.2} ms, p99 {p99:.2} ms, max {max:.1} ms over {}", times.len())
}
