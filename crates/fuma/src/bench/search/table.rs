//! What came of a run, and the one table of all runs.

use super::questions::Kind;
use crate::bench::machine::ms;
use app::stored::FoundByPeer;
use std::time::Duration;

/// A registry of one size, and what was asked of it.
pub struct Run {
    /// Which part of the country: `1/10`, or `1`.
    pub part: String,
    pub rows: usize,
    pub distinct: usize,
    /// The index first.
    pub engines: Vec<Engine>,
}

/// One that answers.
pub struct Engine {
    pub name: &'static str,
    /// Seconds until it could.
    pub built: f64,
    pub bytes: u64,
    /// By kind of question.
    pub asked: Vec<Asked>,
}

/// What came of the questions of a kind.
#[derive(Default)]
pub struct Asked {
    pub kind: &'static str,
    pub times: Vec<Duration>,
    /// CPU milliseconds of one question, where they can be had.
    pub cpu: Option<f64>,
    pub found: Vec<FoundByPeer>,
}

impl Asked {
    pub fn of(kind: &Kind) -> Asked {
        Asked { kind: kind.name, ..Asked::default() }
    }

    /// How many times the time of the index it took in the median, on the questions both were asked.
    pub fn ratio(&self, index: &Asked) -> f64 {
        let both = self.times.len().min(index.times.len());
        ms(&self.times[..both], 0.5) / ms(&index.times[..both], 0.5).max(1e-6)
    }
}

impl Engine {
    pub fn asked(&self, kind: &str) -> Option<&Asked> {
        self.asked.iter().find(|it| it.kind == kind)
    }
}

/// A ratio in as many digits as it is worth.
pub fn times(ratio: f64) -> String {
    if ratio < 10.0 { format!("× {ratio:.1}") } else { format!("× {ratio:.0}") }
}

/// One line for each engine of each run: p50, p99 and the ratio to the index of the same run, by kind of question.
pub fn table(runs: &[Run]) -> Vec<Vec<String>> {
    let kinds: Vec<&str> = runs
        .first()
        .and_then(|run| run.engines.first())
        .map(|index| index.asked.iter().map(|it| it.kind).collect())
        .unwrap_or_default();
    let head = ["part", "rows (distinct)", "engine", "built, s", "MB"].into_iter().map(str::to_owned);
    let mut lines: Vec<Vec<String>> =
        vec![head.chain(kinds.iter().map(|kind| format!("{kind}: p50, p99 ms"))).collect()];
    for run in runs {
        for engine in &run.engines {
            let cell = |kind: &&str| {
                let Some(asked) = engine.asked(kind) else { return "—".to_owned() };
                let told = format!("{:.2}, {:.2}", ms(&asked.times, 0.5), ms(&asked.times, 0.99));
                match run.engines.first().and_then(|index| index.asked(kind)) {
                    Some(index) if engine.name != run.engines[0].name => {
                        format!("{told} ({})", times(asked.ratio(index)))
                    }
                    _ => told,
                }
            };
            let mut line = vec![
                run.part.clone(),
                format!("{} ({})", run.rows, run.distinct),
                engine.name.to_owned(),
                format!("{:.1}", engine.built),
                (engine.bytes >> 20).to_string(),
            ];
            line.extend(kinds.iter().map(cell));
            lines.push(line);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine(name: &'static str, times: &[u64]) -> Engine {
        let times = times.iter().map(|it| Duration::from_micros(*it)).collect();
        let asked = vec![Asked { kind: "铅", times, ..Asked::default() }];
        Engine { name, built: 1.25, bytes: 3 << 20, asked }
    }

    #[test]
    fn a_line_for_each_engine_with_its_ratio_to_the_index_of_the_same_questions() {
        let mut index = engine("index", &[100, 100, 900, 900, 900]);
        index.asked.push(Asked {
            kind: "pinyin",
            times: vec![Duration::from_micros(50)],
            ..Asked::default()
        });
        let peer = engine("PostgreSQL LIKE", &[2_000, 3_000]);
        let run = Run { part: "1/100".into(), rows: 250_000, distinct: 80_000, engines: vec![index, peer] };
        let lines = table(&[run]);
        assert_eq!(lines[0][5..], ["铅: p50, p99 ms", "pinyin: p50, p99 ms"]);
        assert_eq!(lines[1], ["1/100", "250000 (80000)", "index", "1.2", "3", "0.90, 0.90", "0.05, 0.05"]);
        assert_eq!(lines[2][2..], ["PostgreSQL LIKE", "1.2", "3", "2.00, 3.00 (× 20)", "—"]);
        assert_eq!(times(9.96), "× 10.0");
        assert!(table(&[]).len() == 1, "a head and nothing below it");
    }
}
