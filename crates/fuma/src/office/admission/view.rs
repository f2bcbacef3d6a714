//! A check as a page shows it.

use crate::office::{Badge, FactView, certificates, refusals};
use crate::public::certificate_path;
use app::{Admission, Lead};
use domain::admission::{Finding, Reply, State, Weight};
use domain::{Mark, Tone, Uscc};

/// A check.
pub struct CheckView {
    /// Whom it is about, and when it was made.
    pub facts: Vec<FactView>,
    /// One a question.
    pub replies: Vec<ReplyView>,
    /// What came of it in a sentence.
    pub summary: &'static str,
    /// Whether the law bars the applicant, as far as the registry knows.
    pub barred: bool,
    /// Whether reasons are named below the replies.
    pub sources: bool,
}

/// The reply to one question.
pub struct ReplyView {
    /// The question.
    pub label: &'static str,
    /// How it was answered.
    pub badge: Badge,
    /// In a sentence.
    pub sentence: String,
    /// Why it is asked.
    pub source: &'static str,
    /// What was found.
    pub findings: Vec<FindingView>,
    /// How many more there are.
    pub more: usize,
}

/// One thing that was found.
pub struct FindingView {
    /// How heavy.
    pub badge: Badge,
    /// What.
    pub message: String,
    /// Where more can be read, or empty.
    pub href: String,
    /// What stands there.
    pub link: &'static str,
}

impl CheckView {
    /// A check in words; with `sources`, the reason of each question stands below it.
    pub fn of(check: &Admission, sources: bool) -> CheckView {
        let barred = check.is_barred();
        CheckView {
            facts: facts(check),
            replies: check.replies.iter().map(|it| reply(check, it)).collect(),
            summary: match (barred, check.found(), check.is_clear()) {
                (true, ..) => "登记库中有限制其申请的记录，请核实后再决定。",
                (false, 1.., _) => "有需要核实的事项。核查只作提示，不影响赋码。",
                (false, 0, false) => "没有发现问题，但有的项目未能核查。",
                (false, 0, true) => "五项核查都没有发现问题。",
            },
            barred,
            sources,
        }
    }
}

fn facts(check: &Admission) -> Vec<FactView> {
    let who = &check.applicant;
    let fact = |label: &str, value: String| FactView { label: label.to_owned(), value };
    let code = |code: Option<Uscc>| code.map(|code| code.to_string()).unwrap_or_default();
    let unknown = || "登记库中没有此代码的机构".to_owned();
    let mut facts = vec![
        fact("核查对象", if who.name.is_empty() { unknown() } else { who.name.clone() }),
        fact("统一社会信用代码", code(who.uscc)),
    ];
    if who.parent_uscc.is_some() || !who.parent_name.is_empty() {
        facts.push(fact("所属法人单位", format!("{} {}", who.parent_name, code(who.parent_uscc))));
    }
    facts.push(fact("核查时间", check.at.shanghai()));
    facts
}

fn reply(check: &Admission, it: &Reply) -> ReplyView {
    let (tone, mark) = match it.state {
        State::Clear => (Tone::Good, Mark::Tick),
        State::Found => (Tone::Warn, Mark::Exclamation),
        State::Open => (Tone::Neutral, Mark::Question),
    };
    ReplyView {
        label: it.question.label(),
        badge: Badge { text: it.state.label().to_owned(), tone, mark: Some(mark) },
        sentence: it.sentence.clone(),
        source: it.question.source(),
        findings: it.findings.iter().map(|it| finding(check, it)).collect(),
        more: it.more,
    }
}

fn finding(check: &Admission, it: &Finding) -> FindingView {
    let (tone, mark) = match it.weight {
        Weight::Ban => (Tone::Bad, Mark::Cross),
        Weight::Look => (Tone::Warn, Mark::Exclamation),
    };
    let (href, link) = match check.lead(it) {
        Some(Lead::Certificate(id)) => (certificates::href(id), "打开证书"),
        Some(Lead::Public(number)) => (certificate_path(number), "公众查询页"),
        Some(Lead::Refusal(id)) => (refusals::href(id), "打开记录"),
        None => (String::new(), ""),
    };
    FindingView {
        badge: Badge { text: it.weight.label().to_owned(), tone, mark: Some(mark) },
        message: it.message.clone(),
        href,
        link,
    }
}
