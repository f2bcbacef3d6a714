//! The report of a run: a page to hand in, a document, and words on the terminal.

use super::scenarios::Scenario;
use anyhow::{Context, Result};
use askama::Template;
use domain::Instant;
use serde_json::{Value, json};
use std::path::Path;

/// A scenario that was tried.
pub struct Tried {
    /// Which.
    pub scenario: &'static Scenario,
    /// Whether all was as expected.
    pub passed: bool,
    /// What came: in short where it passed, else the first thing that was not as expected.
    pub came: String,
    /// How long it took.
    pub ms: u64,
}

/// A run.
pub struct Report {
    /// Address of the interface.
    pub url: String,
    /// `client_id`.
    pub client: String,
    /// When it began.
    pub began: Instant,
    /// When it ended.
    pub ended: Instant,
    /// Its scenarios.
    pub tried: Vec<Tried>,
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
    /// Scenarios that were not as expected.
    pub fn failed(&self) -> usize {
        self.tried.iter().filter(|it| !it.passed).count()
    }

    /// Scenarios that were.
    pub fn passed(&self) -> usize {
        self.tried.len() - self.failed()
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
                "passed": it.passed,
                "came": it.came,
                "ms": it.ms,
            })
        };
        json!({
            "url": self.url,
            "client": self.client,
            "began_at": self.began.rfc3339(),
            "ended_at": self.ended.rfc3339(),
            "passed": self.passed(),
            "failed": self.failed(),
            "scenarios": self.tried.iter().map(scenario).collect::<Vec<_>>(),
            "report": file,
        })
    }

    /// A line a scenario, and what was expected where it was not so.
    pub fn words(&self, file: Option<&Path>) -> String {
        let mut lines = Vec::new();
        for it in &self.tried {
            let word = if it.passed { "通过　" } else { "未通过" };
            lines.push(format!("{word}　{}　{}", it.scenario.title, it.scenario.key));
            if !it.passed {
                lines.push(format!("　　　　期望　{}\n　　　　实际　{}", it.scenario.expected, it.came));
            }
        }
        lines.push(format!(
            "共{}个场景，通过{}个，未通过{}个",
            self.tried.len(),
            self.passed(),
            self.failed()
        ));
        lines.extend(file.map(|file| format!("报告：{}", file.display())));
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenarios::ALL;
    use super::*;

    fn report(failing: &[usize]) -> Report {
        let tried = ALL.iter().enumerate().map(|(n, scenario)| Tried {
            scenario,
            passed: !failing.contains(&n),
            came: if failing.contains(&n) {
                "HTTP 状态为 500，应为 <200>".into()
            } else {
                "如期望".into()
            },
            ms: 12 + n as u64,
        });
        Report {
            url: "https://cma.example.com/sandbox/api/v1".into(),
            client: "fuma-27-样例".into(),
            began: crate::testing::NOW,
            ended: crate::testing::NOW.plus_seconds(75),
            tried: tried.collect(),
        }
    }

    #[test]
    fn the_page_tells_every_scenario_and_stands_alone() {
        let page = report(&[3, 20]).page().unwrap();
        for scenario in ALL {
            assert!(page.contains(scenario.title), "{}", scenario.title);
        }
        assert!(page.contains("2个场景未通过") && page.contains("应为 &#60;200&#62;"), "{page}");
        assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("<link"));
        crate::gallery::keep("conform", "failed", &page);
        let page = report(&[]).page().unwrap();
        crate::gallery::keep("conform", "passed", &page);
        assert!(page.contains("全部通过") && !page.contains("未通过"));
    }

    #[test]
    fn words_and_document_tell_the_same() {
        let report = report(&[3]);
        let document = report.document(None);
        assert_eq!(
            (&document["failed"], document["scenarios"].as_array().map(Vec::len)),
            (&json!(1), Some(ALL.len()))
        );
        let words = report.words(None);
        assert!(words.contains("实际　HTTP 状态为 500") && words.contains("未通过1个"), "{words}");
    }
}
