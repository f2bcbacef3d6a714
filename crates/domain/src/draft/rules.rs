//! The rules between cells of one certificate. What needs the registry stands in [`crate::plan`].

use super::{Draft, Setting};
use crate::{Field, Group, Kind, Number, NumberKind, Place, Problem, RawCertificate, Severity, Two, fits};
use foldhash::HashSet;

/// Judges a read draft.
pub(super) fn judge(
    draft: &Draft,
    raw: &RawCertificate<'_>,
    setting: &Setting<'_>,
    problems: &mut Vec<Problem>,
) {
    let mut judge = Judge { draft, raw, setting, problems };
    // A rule is asked only where the cells it rests on could be read.
    let said = |judge: &Judge<'_>, fields: &[Field]| fields.iter().all(|field| !judge.told(*field));
    let kinds = said(&judge, &[Field::Kind]);
    if kinds {
        judge.number();
        judge.previous();
    }
    judge.body();
    if said(&judge, &[Field::ValidFrom, Field::ValidTo]) {
        judge.days();
    }
    if said(&judge, &[Field::Domain]) {
        judge.food();
    }
    if kinds {
        judge.reason();
        judge.capabilities();
    }
}

struct Judge<'r> {
    draft: &'r Draft,
    raw: &'r RawCertificate<'r>,
    setting: &'r Setting<'r>,
    problems: &'r mut Vec<Problem>,
}

impl Judge<'_> {
    fn is(&self, kind: Kind) -> bool {
        self.draft.content.face.kinds.has(kind)
    }

    fn takeover(&self) -> bool {
        self.is(Kind::Takeover)
    }

    fn note(&mut self, severity: Severity, field: Field, code: &'static str, message: String, hint: &str) {
        let head = &self.raw.head;
        let column = head.get(field).map(|(column, _)| column);
        let place = Place::cell(Group::Certificate, head.row, column, field);
        let value = match field {
            Field::Number => self.draft.number.as_ref().map(Number::to_string).unwrap_or_default(),
            _ => String::new(),
        };
        self.problems.push(Problem { severity, place, code, value, message, hint: hint.to_owned() });
    }

    /// Error for a new act, warning for what is taken over as it was.
    fn grave(&self) -> Severity {
        if self.takeover() { Severity::Warning } else { Severity::Error }
    }

    fn number(&mut self) {
        let Some(number) = self.draft.number.clone() else {
            if !self.draft.content.face.kinds.makes_certificate() && !self.told(Field::Number) {
                let hint = "请填写要变更的证书的编号。";
                self.note(
                    Severity::Error,
                    Field::Number,
                    "missing",
                    "变更类业务没有填写证书编号".into(),
                    hint,
                );
            }
            return;
        };
        let (Some(parts), NumberKind::Modern) = (number.parts(), number.kind()) else {
            if self.is(Kind::First) || self.is(Kind::Renewal) {
                let message = format!("证书编号“{number}”不是12位编号");
                let hint =
                    "新发证书的编号为12位：年份、发证机关、领域、行业各2位，流水号4位；或留空由系统编号。";
                self.note(Severity::Error, Field::Number, "number_form", message, hint);
            }
            return;
        };
        self.number_authority(parts.authority);
        for (field, said, read) in fits::number_codes(&number, &self.draft.content.face) {
            if face_counts(&self.draft.content.face.kinds) && !self.told(field) {
                let message = format!("编号中的{}为{read}，填写的是{said}", field.label());
                let hint = "请核对编号和代码，使二者一致。";
                let severity = self.grave();
                self.note(severity, field, "number_code", message, hint);
            }
        }
        let year = fits::number_year(&number, &self.draft.content.face);
        if let Some((year, issued)) = year.filter(|_| self.is(Kind::First) || self.is(Kind::Renewal)) {
            let message = format!("编号中的年份为{year}，发证日期在{issued}年");
            self.note(Severity::Warning, Field::IssuedOn, "number_year", message, "请核对编号和发证日期。");
        }
    }

    fn number_authority(&mut self, code: Two) {
        let tables = self.setting.tables;
        let on = self.draft.content.face.issued_on;
        if tables.holders(code, on).any(|id| id == self.setting.authority) {
            return;
        }
        let names: Vec<&str> = tables
            .holders(code, None)
            .filter_map(|id| tables.authority(id))
            .map(|a| a.name.as_str())
            .collect();
        if names.is_empty() {
            let message = format!("编号中的发证机关代码{code}不在代码表中");
            let hint = "请核对编号第3、4位；新启用的代码由国家级管理员在“系统—代码表”中登记。";
            self.note(Severity::Error, Field::Number, "unknown_authority", message, hint);
        } else {
            let message = format!("编号中的发证机关代码{code}属于{}", names.join("、"));
            let hint = "只能为本机关的证书赋码；请核对编号第3、4位，或交由该机关办理。";
            self.note(Severity::Error, Field::Number, "foreign_number", message, hint);
        }
    }

    fn previous(&mut self) {
        let previous = self.draft.content.face.previous_number.clone();
        match previous {
            None if self.is(Kind::Renewal) && !self.told(Field::PreviousNumber) => {
                let hint = "请填写被替换的证书的编号；该证书不在系统中的，先按“存量”导入。";
                self.note(
                    Severity::Error,
                    Field::PreviousNumber,
                    "missing",
                    "复查换证没有填写上一证书编号".into(),
                    hint,
                );
            }
            Some(previous) if Some(&previous) == self.draft.number.as_ref() => {
                let hint = "复查换证发新证书、用新编号；编号不变的请按变更办理。";
                let message = "上一证书编号与证书编号相同".to_owned();
                self.note(Severity::Error, Field::PreviousNumber, "previous_same", message, hint);
            }
            Some(_) if self.is(Kind::First) => {
                let hint = "有上一证书的请按“复查换证”办理，否则清空该单元格。";
                let message = "首次发证不应有上一证书编号".to_owned();
                self.note(Severity::Error, Field::PreviousNumber, "previous_first", message, hint);
            }
            _ => {}
        }
    }

    fn body(&mut self) {
        let face = &self.draft.content.face;
        let independent = face.legal_kind.map(|k| k.independent);
        let has_org = face.org_code.is_some();
        let (lacking, has_parent) = (fits::lacks_parent(face), face.parent.is_some());
        let severity = self.grave();
        if fits::lacks_code(face) && !self.told(Field::Uscc) {
            let message = "独立法人没有统一社会信用代码".to_owned();
            let hint = "请填写营业执照或法人证书上的18位代码。";
            let severity = if has_org { Severity::Warning } else { severity };
            self.note(severity, Field::Uscc, "missing", message, hint);
        }
        if has_org && !self.takeover() {
            let hint = "组织机构代码只用于存量证书，请改填统一社会信用代码。";
            self.note(Severity::Error, Field::OrgCode, "org_code", "新发证书不能用组织机构代码".into(), hint);
        }
        for field in lacking {
            if !self.told(field) {
                let message = format!("非独立法人没有填写{}", field.label());
                let hint = "非独立法人机构由所属法人单位承担法律责任，请填写该单位的名称和代码。";
                self.note(severity, field, "missing", message, hint);
            }
        }
        if independent == Some(true) && has_parent {
            let hint = "独立法人不填所属法人；确有上级法人的，请把“法人类别”改为非独立法人。";
            let message = "独立法人填写了所属法人单位".to_owned();
            self.note(Severity::Warning, Field::ParentName, "parent_extra", message, hint);
        }
    }

    /// Whether a cell's own problem has been told already.
    fn told(&self, field: Field) -> bool {
        self.problems.iter().any(|p| p.place.field == Some(field) && p.place.row == self.raw.head.row)
    }

    fn days(&mut self) {
        let face = &self.draft.content.face;
        let (from, to) = (face.valid_from, face.valid_to);
        let (issued, decided) = (face.issued_on, face.decision_day);
        let today = self.setting.today;
        if to < from {
            let message = format!("有效期至{to}早于有效期起{from}");
            self.note(Severity::Error, Field::ValidTo, "days_order", message, "请核对两个日期。");
        } else if issued.is_some_and(|day| to < day) {
            let message = "有效期至早于发证日期".to_owned();
            self.note(Severity::Error, Field::ValidTo, "days_order", message, "请核对两个日期。");
        } else if !fits::six_years(from, to) {
            let message = format!("有效期{from}至{to}不是六年");
            let hint = "资质认定证书有效期为六年（管理办法第十条）；确有特殊情形的可以继续。";
            self.note(Severity::Warning, Field::ValidTo, "not_six_years", message, hint);
        }
        if let Some((first, issued)) = fits::first_later(face) {
            let severity = self.grave();
            let message = format!("首次发证日期{first}晚于发证日期{issued}");
            self.note(severity, Field::FirstIssuedOn, "days_order", message, "请核对两个日期。");
        }
        // A change keeps the day on which the certificate was issued: its own decision is later by nature.
        if let (Some(decided), Some(issued)) = (decided, issued)
            && decided > issued
            && face.kinds.makes_certificate()
        {
            let message = format!("决定日期{decided}晚于发证日期{issued}");
            self.note(
                Severity::Warning,
                Field::DecisionDay,
                "days_order",
                message,
                "一般先决定后发证，请核对。",
            );
        }
        for (field, day) in fits::future_days(face, today) {
            let message = format!("{}{day}在今天之后", field.label());
            self.note(Severity::Warning, field, "future_day", message, "请核对年份。");
        }
    }

    /// A body with any food capability is always domain 00 (domain.md 2.1).
    fn food(&mut self) {
        let content = &self.draft.content;
        let any = content.face.food || content.capabilities.iter().any(|c| c.food);
        if fits::food_elsewhere(&content.face, any) {
            let message = format!("含食品检验能力，但领域代码为{}", content.face.domain);
            let hint = "有食品能力的机构领域代码一律为00；请核对。";
            self.note(Severity::Warning, Field::Domain, "food_domain", message, hint);
        }
    }

    fn reason(&mut self) {
        let face = &self.draft.content.face;
        let (no_reason, no_document) = (face.reason.is_empty(), face.decision_number.is_empty());
        if self.is(Kind::Correction) && no_reason {
            let hint = "请说明更正什么、为什么；原内容仍可查阅。";
            self.note(Severity::Error, Field::Reason, "missing", "更正没有填写更正原因".into(), hint);
        }
        let decided = self.draft.content.face.kinds.iter().find(|k| k.needs_decision());
        if let Some(kind) = decided.filter(|_| no_document && !self.told(Field::DecisionNumber)) {
            let message = format!("{kind}没有决定文号");
            self.note(
                Severity::Error,
                Field::DecisionNumber,
                "missing",
                message,
                "请填写准予许可决定书的文号。",
            );
        }
    }

    fn capabilities(&mut self) {
        let content = &self.draft.content;
        if content.capabilities.is_empty()
            && self.raw.capabilities.is_empty()
            && content.face.kinds.makes_certificate()
        {
            let hint = "请在“检测能力”表中填写，并用“对应证书”列指明本证书。";
            let severity = self.grave();
            let message = "没有一行检测能力".to_owned();
            self.note(severity, Field::Key, "no_capability", message, hint);
        }
        let mut seen = HashSet::default();
        let mut found = Vec::new();
        for (row, capability) in self.raw.capabilities.iter().zip(&content.capabilities) {
            if !seen.insert((capability.site, &capability.item, &capability.limits, &capability.food)) {
                found.push((row.row, Field::Item, "row_twice", "与前面的一行完全相同", "请删除重复的一行。"));
            }
            if fits::own_method(&capability.item) && !capability.limits.contains(fits::OWN_LIMITS) {
                let hint = "请在“限制范围”中写明“仅限特定合同约定的委托检验检测”（2023年评审准则）。";
                found.push((row.row, Field::Limits, "own_method", "非标准方法没有写明限制范围", hint));
            }
        }
        for (row, field, code, message, hint) in found {
            self.problems.push(Problem {
                severity: Severity::Warning,
                place: Place::cell(Group::Capability, row, None, field),
                code,
                value: String::new(),
                message: message.to_owned(),
                hint: hint.to_owned(),
            });
        }
    }
}

/// Whether number and codes must agree: where a number is being given, not where an old one is named.
fn face_counts(kinds: &crate::Kinds) -> bool {
    kinds.makes_certificate()
}
