//! 许可核查: what an officer must know before a body is granted a certificate, in five questions over facts of the whole
//! country. A reply warns, it never refuses: a ban may have an exception, a name may be another's, and the decision is the
//! officer's. What is asked of the registry for it stands in `app/src/admission`.

mod facts;

pub use facts::{Applicant, Facts, Held, Looked, Refused, Relative, Revoked, Shared, Signing, Told};

use crate::{CertificateId, Day, RefusalId};

/// Years for which a body whose certificate was revoked may not apply again (163号令 Art. 32).
const REVOKED_YEARS: i32 = 3;
/// Years for which a body that was refused for false material may not apply again (163号令 Art. 33).
const REFUSED_YEARS: i32 = 1;
/// Findings of one question that are told one by one; more would say the same.
pub const MOST: usize = 20;

/// The first day on which a body may apply again after a 撤销 that holds from `from` on.
pub fn free_after_revocation(from: Day) -> Day {
    from.plus_years(REVOKED_YEARS).unwrap_or(Day::MAX)
}

/// The first day on which a body may apply again after it was refused for false material on `decided`.
pub fn free_after_refusal(decided: Day) -> Day {
    decided.plus_years(REFUSED_YEARS).unwrap_or(Day::MAX)
}

/// The latest day on which a refusal was decided that bears on nobody any more on `on`.
pub fn refusals_since(on: Day) -> Day {
    on.plus_years(-REFUSED_YEARS).unwrap_or(Day::MIN)
}

/// Why a body was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusalGround {
    /// 提供虚假材料或者隐瞒有关情况: a year's ban in the whole country.
    FalseMaterial,
    /// Conditions that are not met: the body may apply again.
    Other,
}

impl RefusalGround {
    /// All of them.
    pub const ALL: [RefusalGround; 2] = [RefusalGround::FalseMaterial, RefusalGround::Other];

    /// The word in the database and in JSON.
    pub fn key(self) -> &'static str {
        match self {
            RefusalGround::FalseMaterial => "false_material",
            RefusalGround::Other => "other",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            RefusalGround::FalseMaterial => "提供虚假材料或者隐瞒有关情况",
            RefusalGround::Other => "不符合许可条件等其他情形",
        }
    }

    /// The ground of a key or label.
    pub fn parse(text: &str) -> Option<RefusalGround> {
        RefusalGround::ALL.into_iter().find(|it| it.key() == text || it.label() == text)
    }
}

/// What is asked, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Question {
    /// 一家一证: other certificates in force.
    Certificates,
    /// 撤销 within three years.
    Revocations,
    /// 不予许可 within a year.
    Refusals,
    /// 授权签字人 who sign elsewhere.
    Signatories,
    /// Sites that are another body's.
    Sites,
}

impl Question {
    /// All of them.
    pub const ALL: [Question; 5] = [
        Question::Certificates,
        Question::Revocations,
        Question::Refusals,
        Question::Signatories,
        Question::Sites,
    ];

    /// The word in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Question::Certificates => "certificates",
            Question::Revocations => "revocations",
            Question::Refusals => "refusals",
            Question::Signatories => "signatories",
            Question::Sites => "sites",
        }
    }

    /// The words people read.
    pub fn label(self) -> &'static str {
        match self {
            Question::Certificates => "一家一证",
            Question::Revocations => "三年内被撤销",
            Question::Refusals => "一年内不予许可",
            Question::Signatories => "授权签字人兼职",
            Question::Sites => "场所地址重合",
        }
    }

    /// Why it is asked.
    pub fn source(self) -> &'static str {
        match self {
            Question::Certificates => "国市监检测〔2019〕206号：推行“一家一证”",
            Question::Revocations => {
                "《检验检测机构资质认定管理办法》第三十二条：被撤销资质认定的，三年内不得再次申请"
            }
            Question::Refusals => {
                "《检验检测机构资质认定管理办法》第三十三条：提供虚假材料或者隐瞒有关情况的，一年内不得再次申请"
            }
            Question::Signatories => {
                "《检验检测机构监督管理办法》第七条：检验检测人员不得同时在两个以上检验检测机构从业"
            }
            Question::Sites => "《检验检测机构资质认定管理办法》第九条：应当具有固定的工作场所",
        }
    }
}

/// How a question was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Nothing was found.
    Clear,
    /// Something was found.
    Found,
    /// It could not be asked, or not wholly, and nothing was found so far.
    Open,
}

impl State {
    /// The word in JSON.
    pub fn key(self) -> &'static str {
        match self {
            State::Clear => "clear",
            State::Found => "found",
            State::Open => "open",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            State::Clear => "未发现",
            State::Found => "需要核实",
            State::Open => "未能核查",
        }
    }
}

/// How heavy a finding is. None stops anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Weight {
    /// By the law, as far as the registry knows, the body may not apply now.
    Ban,
    /// A person should look.
    Look,
}

impl Weight {
    /// The word in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Weight::Ban => "ban",
            Weight::Look => "look",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            Weight::Ban => "限制申请",
            Weight::Look => "核实",
        }
    }
}

/// Where more can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A certificate.
    Certificate(CertificateId),
    /// A refusal on record.
    Refusal(RefusalId),
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A word that stays, for systems and tests.
    pub code: &'static str,
    /// How heavy.
    pub weight: Weight,
    /// What was found, and what to do.
    pub message: String,
    /// Where more can be read.
    pub target: Target,
}

/// The reply to one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Which question.
    pub question: Question,
    /// How it was answered.
    pub state: State,
    /// The reply in a sentence.
    pub sentence: String,
    /// The first [`MOST`] findings, the heaviest first.
    pub findings: Vec<Finding>,
    /// How many more there are.
    pub more: usize,
}

impl Reply {
    fn of(question: Question, mut findings: Vec<Finding>, none: Looked) -> Reply {
        findings.sort_by_key(|it| it.weight);
        let found = findings.len();
        findings.truncate(MOST);
        let (state, sentence) = match (found, none) {
            (0, Looked::Whole(sentence)) => (State::Clear, sentence),
            (0, Looked::Partly(why)) => (State::Open, why),
            (n, Looked::Whole(_)) => (State::Found, format!("发现{n}项，请逐项核实。")),
            (n, Looked::Partly(why)) => (State::Found, format!("发现{n}项，请逐项核实。{why}")),
        };
        Reply { question, state, sentence, more: found - findings.len(), findings }
    }
}

/// Answers all five questions.
pub fn replies(facts: &Facts) -> Vec<Reply> {
    let of = |question| match question {
        Question::Certificates => certificates(facts),
        Question::Revocations => revocations(facts),
        Question::Refusals => refusals(facts),
        Question::Signatories => signatories(facts),
        Question::Sites => sites(facts),
    };
    Question::ALL.into_iter().map(of).collect()
}

/// What can be said where nothing was found: everything, if it is known whom to ask for.
fn whole(facts: &Facts, sentence: impl Into<String>) -> Looked {
    match facts.identified() {
        true => Looked::Whole(sentence.into()),
        false => Looked::Partly("没有可用的统一社会信用代码或机构名称，未能核查。".into()),
    }
}

fn certificates(facts: &Facts) -> Reply {
    let finding = |it: &Held| {
        let word = if it.word.is_empty() { String::new() } else { format!("{}，", it.word) };
        let (whose, which) = (it.told.whose(it.relative), it.told.which());
        Finding {
            code: if it.relative == Relative::Parent { "parent_holds" } else { "holds" },
            weight: Weight::Look,
            message: format!(
                "{whose}持有{which}，{word}有效期至{}。请核对是否应当办理变更、扩项或者换证，而不是另发一张。",
                it.until
            ),
            target: Target::Certificate(it.told.certificate),
        }
    };
    let (near, family): (Vec<&Held>, Vec<&Held>) =
        facts.held.iter().partition(|it| matches!(it.relative, Relative::Itself | Relative::Parent));
    let mut none = "全国范围内未查到该机构或者其所属法人单位的其他有效证书。".to_owned();
    if !family.is_empty() {
        none += &format!("同一法人单位的其他机构现有有效证书{}张，可在机构页查看。", family.len());
    }
    Reply::of(Question::Certificates, near.into_iter().map(finding).collect(), whole(facts, none))
}

fn revocations(facts: &Facts) -> Reply {
    let bears = |it: &&Revoked| it.from <= facts.on && facts.on < free_after_revocation(it.from);
    let finding = |it: &Revoked| {
        let free = free_after_revocation(it.from);
        let (code, weight, then) = match it.relative {
            Relative::Itself => ("revoked", Weight::Ban, format!("{free}以前不得再次申请。")),
            Relative::Parent | Relative::Sister | Relative::Branch => {
                ("family_revoked", Weight::Look, "请核实两者的关系和本次申请的主体。".to_owned())
            }
            Relative::Namesake => (
                "namesake_revoked",
                Weight::Look,
                "两者名称相同而代码不同，请核实是否为同一机构。".to_owned(),
            ),
        };
        let document = if it.document.is_empty() { String::new() } else { format!("（{}）", it.document) };
        let message = format!(
            "{}的{}于{}被撤销{document}，{then}",
            it.told.whose(it.relative),
            it.told.which(),
            it.from
        );
        Finding { code, weight, message, target: Target::Certificate(it.told.certificate) }
    };
    let found = facts.revoked.iter().filter(bears).map(finding).collect();
    let none = "三年内全国没有该机构、其所属法人单位或者同一法人单位其他机构的证书被撤销。";
    Reply::of(Question::Revocations, found, whole(facts, none))
}

fn refusals(facts: &Facts) -> Reply {
    let bears = |it: &&Refused| it.decided <= facts.on && facts.on < free_after_refusal(it.decided);
    let finding = |it: &Refused| {
        let free = free_after_refusal(it.decided);
        let (code, weight, then) = match (it.ground, it.relative) {
            (RefusalGround::Other, _) => {
                ("refused", Weight::Look, "请核对原来不符合的条件现在是否已经具备。".to_owned())
            }
            (RefusalGround::FalseMaterial, Relative::Itself) => {
                ("refused_false", Weight::Ban, format!("{free}以前不得再次申请。"))
            }
            (RefusalGround::FalseMaterial, Relative::Parent | Relative::Sister | Relative::Branch) => {
                ("family_refused_false", Weight::Look, "请核实两者的关系和本次申请的主体。".to_owned())
            }
            (RefusalGround::FalseMaterial, Relative::Namesake) => (
                "namesake_refused_false",
                Weight::Look,
                "登记时没有填写相同的代码，请核实是否为同一机构。".to_owned(),
            ),
        };
        let message = format!(
            "{}“{}”于{}被{}不予许可（{}），原因：{}。{then}",
            it.relative.label(),
            it.body,
            it.decided,
            it.authority,
            it.document,
            it.ground.label()
        );
        Finding { code, weight, message, target: Target::Refusal(it.refusal) }
    };
    let found = facts.refused.iter().filter(bears).map(finding).collect();
    let none = "一年内各机关登记的不予许可决定中，没有该机构因提供虚假材料或者隐瞒有关情况不予许可的记录。";
    Reply::of(Question::Refusals, found, whole(facts, none))
}

fn signatories(facts: &Facts) -> Reply {
    let finding = |it: &Signing| {
        let title = if it.title.is_empty() { String::new() } else { format!("，职务{}", it.title) };
        let (code, sure) = match it.by_number {
            true => ("signs_elsewhere", "证件号码相同，请核实其从业情况。"),
            false => ("same_name_signs", "只是姓名相同，没有可以比对的证件号码，请核实是否为同一人。"),
        };
        let message = format!(
            "“{}”也是{}{}的授权签字人{title}（有效期至{}）。{sure}",
            it.name,
            it.told.of(it.relative),
            it.told.which(),
            it.until
        );
        Finding { code, weight: Weight::Look, message, target: Target::Certificate(it.told.certificate) }
    };
    let none = match facts.asked_signatories {
        0 => Looked::Partly("没有授权签字人可以核查：草稿尚未填写，或者该机构没有有效证书。".into()),
        n => Looked::Whole(format!("{n}名授权签字人都没有出现在其他机构的有效证书上。")),
    };
    Reply::of(Question::Signatories, facts.signing.iter().map(finding).collect(), none)
}

fn sites(facts: &Facts) -> Reply {
    let finding = |it: &Shared| Finding {
        code: "shares_site",
        weight: Weight::Look,
        message: format!(
            "地址“{}”也是{}{}的现行场所（有效期至{}）。请核实场所是否独立、固定，有无租用合同。",
            it.address,
            it.told.of(it.relative),
            it.told.which(),
            it.until
        ),
        target: Target::Certificate(it.told.certificate),
    };
    let none = match (facts.asked_sites, facts.keys_due) {
        (0, _) => Looked::Partly("没有场所地址可以核查：草稿尚未填写完整，或者该机构没有有效证书。".into()),
        (_, true) => Looked::Partly("全国场所地址正在整理，还没有全部比对，请几分钟后再核查一次。".into()),
        (n, false) => Looked::Whole(format!("{n}处场所的地址都不是其他机构的现行场所。")),
    };
    Reply::of(Question::Sites, facts.shared.iter().map(finding).collect(), none)
}

#[cfg(test)]
#[path = "admission_tests.rs"]
mod tests;
