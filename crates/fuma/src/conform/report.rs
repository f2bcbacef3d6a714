//! The report of a run: a page to hand in, a document, and words on the terminal.

use super::scenarios::Scenario;
use anyhow::{Context, Result};
use askama::Template;
use domain::Instant;
use serde_json::{Value, json};
use std::path::Path;

/// What came of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All was as expected.
    Passed,
    /// Something was not.
    Failed,
    /// It asks for something that was not given.
    Untested,
    /// The run was stopped before it.
    NotRun,
}

use Outcome::{Failed, NotRun, Passed, Untested};

impl Outcome {
    /// Stable word for machines.
    fn key(self) -> &'static str {
        match self {
            Passed => "passed",
            Failed => "failed",
            Untested => "untested",
            NotRun => "not_run",
        }
    }

    /// What people read.
    fn label(self) -> &'static str {
        match self {
            Passed => "通过",
            Failed => "未通过",
            Untested => "未测",
            NotRun => "未运行",
        }
    }

    /// The same with its sign, for who does not see colours.
    fn marked(self) -> String {
        let sign = match self {
            Passed => "✓",
            Failed => "✕",
            Untested | NotRun => "—",
        };
        format!("{sign} {}", self.label())
    }
}

/// A scenario and what came of it.
pub struct Tried {
    /// Which.
    pub scenario: &'static Scenario,
    /// Whether all was as expected.
    pub outcome: Outcome,
    /// What came: in short where it passed, else the first thing that was not as expected, or why it was not tried.
    pub came: String,
    /// How long it took.
    pub ms: u64,
}

/// What calls were signed with.
pub struct Signing {
    /// `keyid`.
    pub key_id: String,
    /// `alg`.
    pub algorithm: &'static str,
}

/// A run.
pub struct Report {
    /// Address of the interface.
    pub url: String,
    /// `client_id`.
    pub client: String,
    /// Two-digit code of the authority whose system it is.
    pub authority: String,
    /// Its name; empty where neither the interface nor the caller told it.
    pub authority_name: String,
    /// Name of the system; empty where the caller did not tell it, to be filled in by hand.
    pub system_name: String,
    /// What calls were signed with, if they were.
    pub signing: Option<Signing>,
    /// When it began.
    pub began: Instant,
    /// When it ended.
    pub ended: Instant,
    /// Its scenarios.
    pub tried: Vec<Tried>,
    /// Why it was ended before its end, and what to do.
    pub stopped: Option<String>,
}

/// One chapter of the page.
struct Part<'r> {
    title: &'static str,
    rows: Vec<(usize, &'r Tried)>,
}

/// One self-contained file, for screen and paper.
#[derive(Template)]
#[template(path = "conform.html")]
struct Page<'r> {
    report: &'r Report,
    parts: Vec<Part<'r>>,
    version: &'static str,
}

impl Report {
    /// Scenarios with this outcome.
    fn count(&self, outcome: Outcome) -> usize {
        self.tried.iter().filter(|it| it.outcome == outcome).count()
    }

    /// Whether every scenario that could be tried was as expected.
    pub fn is_passed(&self) -> bool {
        self.count(Failed) + self.count(NotRun) == 0
    }

    /// How many scenarios there are, and what came of them.
    fn counted(&self) -> String {
        let rest = [Failed, Untested, NotRun].map(|it| (it, self.count(it)));
        let rest = rest.into_iter().filter(|(_, n)| *n > 0);
        let rest: String = rest.map(|(it, n)| format!("，{}{n}个", it.label())).collect();
        format!("共{}个场景，通过{}个{rest}", self.tried.len(), self.count(Passed))
    }

    /// What stands largest on the page.
    fn verdict(&self) -> String {
        match (&self.stopped, self.count(Failed)) {
            (Some(_), _) => "✕ 测试中止".to_owned(),
            (None, 0) if self.count(Untested) > 0 => "✓ 所测场景全部通过".to_owned(),
            (None, 0) => "✓ 全部通过".to_owned(),
            (None, n) => format!("✕ {n}个场景未通过"),
        }
    }

    /// The page.
    ///
    /// # Errors
    /// Those of the template.
    pub fn page(&self) -> Result<String> {
        let mut parts: Vec<Part<'_>> = Vec::new();
        for (n, tried) in (1..).zip(&self.tried) {
            match parts.last_mut().filter(|part| part.title == tried.scenario.part) {
                Some(part) => part.rows.push((n, tried)),
                None => parts.push(Part { title: tried.scenario.part, rows: vec![(n, tried)] }),
            }
        }
        let page = Page { report: self, parts, version: env!("CARGO_PKG_VERSION") };
        page.render().context("报告写不出来")
    }

    /// One document.
    pub fn document(&self, file: Option<&Path>) -> Value {
        let scenario = |it: &Tried| {
            json!({
                "scenario": it.scenario.key,
                "part": it.scenario.part,
                "title": it.scenario.title,
                "expected": it.scenario.expected,
                "outcome": it.outcome.key(),
                "passed": it.outcome == Passed,
                "came": it.came,
                "ms": it.ms,
            })
        };
        let signing = self.signing.as_ref();
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "url": self.url,
            "client": self.client,
            "authority": self.authority,
            "authority_name": self.authority_name,
            "system_name": self.system_name,
            "signing": signing.map(|it| json!({ "key_id": it.key_id, "algorithm": it.algorithm })),
            "began_at": self.began.rfc3339(),
            "ended_at": self.ended.rfc3339(),
            "passed": self.count(Passed),
            "failed": self.count(Failed),
            "untested": self.count(Untested),
            "not_run": self.count(NotRun),
            "stopped": self.stopped,
            "scenarios": self.tried.iter().map(scenario).collect::<Vec<_>>(),
            "report": file,
        })
    }

    /// A line a scenario, and what was expected where it was not so.
    pub fn words(&self, file: Option<&Path>) -> String {
        let mut lines = Vec::new();
        for it in &self.tried {
            let word = if it.outcome == Untested { &it.came } else { it.outcome.label() };
            lines.push(format!("{word:　<3}　{}　{}", it.scenario.title, it.scenario.key));
            if it.outcome == Failed {
                lines.push(format!("　　　　期望　{}\n　　　　实际　{}", it.scenario.expected, it.came));
            }
        }
        lines.push(self.counted());
        lines.extend(self.stopped.clone());
        lines.extend(file.map(|file| format!("报告：{}", file.display())));
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenarios::ALL;
    use super::*;

    /// A run in which these scenarios came to something else than a pass.
    fn report(other: &[(usize, Outcome)]) -> Report {
        let tried = ALL.iter().enumerate().map(|(n, scenario)| {
            let outcome = other.iter().find(|it| it.0 == n).map_or(Passed, |it| it.1);
            let came = match outcome {
                Passed => "如期望",
                Failed => "HTTP 状态为 500，应为 <200>",
                Untested => "未测（没有给出签名密钥）",
                NotRun => "未运行",
            };
            Tried { scenario, outcome, came: came.into(), ms: 12 + n as u64 }
        });
        Report {
            url: "https://cma.example.com/sandbox/api/v1".into(),
            client: "fuma-27-样例".into(),
            authority: "27".into(),
            authority_name: "陕西省市场监督管理局".into(),
            system_name: String::new(),
            signing: None,
            began: crate::testing::NOW,
            ended: crate::testing::NOW.plus_seconds(75),
            tried: tried.collect(),
            stopped: None,
        }
    }

    #[test]
    fn the_page_tells_every_scenario_and_stands_alone() {
        let page = report(&[(3, Failed), (20, Failed)]).page().unwrap();
        for scenario in ALL {
            assert!(page.contains(scenario.title), "{}", scenario.title);
        }
        assert!(page.contains("2个场景未通过") && page.contains("应为 &#60;200&#62;"), "{page}");
        assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("<link"));
        crate::gallery::keep("conform", "failed", &page);
        let page = report(&[]).page().unwrap();
        crate::gallery::keep("conform", "passed", &page);
        assert!(page.contains("✓ 全部通过") && !page.contains("未通过") && page.contains("盖章"));
        assert!(page.contains("陕西省市场监督管理局") && page.contains(env!("CARGO_PKG_VERSION")), "{page}");
    }

    #[test]
    fn what_was_not_tried_is_told_and_passes_only_where_it_could_not_be() {
        let untested = report(&[(7, Untested)]);
        let page = untested.page().unwrap();
        assert!(page.contains("✓ 所测场景全部通过") && page.contains("未测（没有给出签名密钥）"), "{page}");
        assert!(untested.is_passed() && untested.words(None).contains("未测1个"));
        let mut stopped = report(&[(8, NotRun), (9, NotRun)]);
        stopped.stopped = Some("请先改为联网".into());
        let page = stopped.page().unwrap();
        crate::gallery::keep("conform", "stopped", &page);
        assert!(page.contains("✕ 测试中止") && page.contains("请先改为联网"), "{page}");
        assert!(!stopped.is_passed() && stopped.words(None).ends_with("未运行2个\n请先改为联网"));
    }

    #[test]
    fn words_and_document_tell_the_same() {
        let report = report(&[(3, Failed)]);
        let document = report.document(None);
        assert_eq!(
            (&document["failed"], document["scenarios"].as_array().map(Vec::len)),
            (&json!(1), Some(ALL.len()))
        );
        let words = report.words(None);
        assert!(words.contains("实际　HTTP 状态为 500") && words.contains("未通过1个"), "{words}");
    }
}
