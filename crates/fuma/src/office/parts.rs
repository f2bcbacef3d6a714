//! What the macros of `templates/macros.html` print beside fields: badges, problems, progress, steps, differences.

use domain::{Mark, Problem, Severity, StatusWord, Tone, VerdictWord, visible};

/// A status as word, shape and colour.
#[derive(Clone, Debug)]
pub struct Badge {
    /// The word.
    pub text: String,
    /// The colour family.
    pub tone: Tone,
    /// The shape; `None` for a plain dot.
    pub mark: Option<Mark>,
}

impl Badge {
    /// A badge for what is neither status nor verdict, such as 草稿 or 已打印.
    pub fn plain(text: impl Into<String>, tone: Tone) -> Badge {
        Badge { text: text.into(), tone, mark: None }
    }

    /// The class of the shape.
    pub fn mark_key(&self) -> &'static str {
        self.mark.map_or("dot", Mark::key)
    }
}

impl From<VerdictWord> for Badge {
    fn from(word: VerdictWord) -> Badge {
        Badge { text: word.label().to_owned(), tone: word.tone(), mark: Some(word.mark()) }
    }
}

impl From<StatusWord> for Badge {
    /// The recorded status; lists that know the day show the verdict instead.
    fn from(word: StatusWord) -> Badge {
        Badge::from(match word {
            StatusWord::Valid => VerdictWord::Valid,
            StatusWord::Suspended => VerdictWord::Suspended,
            StatusWord::Revoked => VerdictWord::Revoked,
            StatusWord::Withdrawn => VerdictWord::Withdrawn,
            StatusWord::Cancelled => VerdictWord::Cancelled,
            StatusWord::Voided => VerdictWord::Voided,
            StatusWord::Superseded => VerdictWord::Superseded,
            StatusWord::Annulled => VerdictWord::Annulled,
        })
    }
}

/// One problem of an input, ready to be read.
#[derive(Clone, Debug)]
pub struct ProblemView {
    /// 检测能力 第5行 C列 依据标准.
    pub place: String,
    /// The value as received, or empty.
    pub value: String,
    /// What is wrong.
    pub message: String,
    /// What to do, or empty.
    pub hint: String,
    /// Where it can be mended: an anchor or a page, or empty.
    pub href: String,
}

impl From<&Problem> for ProblemView {
    fn from(problem: &Problem) -> ProblemView {
        let place = problem.place;
        let mut words = vec![place.group.sheet().to_owned()];
        if place.row > 0 {
            words.push(format!("第{}行", place.row));
        }
        if place.column.is_some() {
            words.push(format!("{}列", place.column_letters()));
        }
        words.extend(place.field.map(|field| field.label().to_owned()));
        ProblemView {
            place: words.join(" "),
            value: visible(&problem.value).into_owned(),
            message: visible(&problem.message).into_owned(),
            hint: problem.hint.clone(),
            href: String::new(),
        }
    }
}

/// Problems of one severity under one heading.
#[derive(Clone, Debug)]
pub struct ProblemList {
    /// How grave.
    pub severity: Severity,
    /// All or the first of them.
    pub shown: Vec<ProblemView>,
    /// How many there are.
    pub total: u64,
}

impl ProblemList {
    /// The problems in up to three lists, errors first.
    pub fn of(problems: &[Problem]) -> Vec<ProblemList> {
        let of = |severity| {
            let shown: Vec<_> =
                problems.iter().filter(|p| p.severity == severity).map(ProblemView::from).collect();
            ProblemList { severity, total: shown.len() as u64, shown }
        };
        let all = [Severity::Error, Severity::Warning, Severity::Notice].map(of);
        all.into_iter().filter(|list| list.total > 0).collect()
    }

    /// One thing to be known, with what to do.
    pub fn notice(message: impl Into<String>, hint: impl Into<String>) -> ProblemList {
        let (place, value, href) = (String::new(), String::new(), String::new());
        let shown = vec![ProblemView { place, value, message: message.into(), hint: hint.into(), href }];
        ProblemList { severity: Severity::Notice, shown, total: 1 }
    }

    /// The class of the style sheet.
    pub fn class(&self) -> &'static str {
        match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warn",
            Severity::Notice => "notice",
        }
    }

    /// The heading: how many, and whether one may go on.
    pub fn title(&self) -> String {
        let total = domain::group_digits(self.total);
        match self.severity {
            Severity::Error => format!("有 {total} 处错误，改正后才能继续"),
            Severity::Warning => format!("有 {total} 处需要核实，可以继续"),
            Severity::Notice => format!("有 {total} 处已按下述理解处理"),
        }
    }

    /// How many are not shown.
    pub fn hidden(&self) -> u64 {
        self.total.saturating_sub(self.shown.len() as u64)
    }
}

/// A long job.
#[derive(Clone, Debug)]
pub struct ProgressView {
    /// Id of the element in the page: what the script fetches anew.
    pub id: String,
    /// What is being done.
    pub label: String,
    /// Steps done.
    pub done: u64,
    /// Steps in all; 0 while unknown.
    pub total: u64,
    /// Whether it still runs: only then the page is asked again.
    pub running: bool,
    /// What stands under the bar: speed, what was skipped, or how it ended.
    pub note: String,
}

impl ProgressView {
    /// 0 to 100.
    pub fn percent(&self) -> u64 {
        (self.done * 100).checked_div(self.total).unwrap_or(0).min(100)
    }

    /// 81,234 / 120,000.
    pub fn figures(&self) -> String {
        format!("{} / {}", domain::group_digits(self.done), domain::group_digits(self.total))
    }
}

/// One entry of a time line or of 办理记录.
#[derive(Clone, Debug)]
pub struct StepView {
    /// When, as shown.
    pub when: String,
    /// What.
    pub title: String,
    /// By whom, document, reason; or empty.
    pub detail: String,
    /// Colour family.
    pub tone: Tone,
    /// Where to read more, or empty.
    pub href: String,
}

/// One field of two editions.
#[derive(Clone, Debug)]
pub struct DiffRow {
    /// The field's label.
    pub label: String,
    /// Before; empty for nothing.
    pub old: String,
    /// After; empty for nothing.
    pub new: String,
}

impl DiffRow {
    /// Whether the two differ.
    pub fn changed(&self) -> bool {
        self.old != self.new
    }
}

/// One line of a detail page.
#[derive(Clone, Debug)]
pub struct FactView {
    /// The field's label.
    pub label: String,
    /// The value; empty is shown as 未填.
    pub value: String,
}

/// One tab of a detail page.
#[derive(Clone, Debug)]
pub struct TabView {
    /// What people read.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// Whether it is this page.
    pub here: bool,
}
