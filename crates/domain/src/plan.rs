//! What a draft would do to the registry: a new certificate, a change, or nothing; and what speaks against it.

use crate::admission::free_after_revocation;
use crate::draft::Draft;
use crate::{
    AuthorityId, Capability, CertificateId, Content, Day, Field, Group, Kind, Kinds, Number, Place, Problem,
    Setting, Severity, Site, Status, StatusWord,
};
use std::collections::HashMap;

/// A certificate as it stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Its key.
    pub id: CertificateId,
    /// Its number.
    pub number: Number,
    /// Whose it is.
    pub authority: AuthorityId,
    /// Recorded status.
    pub status: Status,
    /// First and last valid day.
    pub valid: (Day, Day),
    /// Current edition.
    pub edition: u32,
    /// The renewal that replaces it, if any.
    pub successor: Option<CertificateId>,
    /// USCC of its body, own or else the parent's; empty if it has none.
    pub body_key: String,
}

/// What the registry knows that bears on a draft.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The certificate that has the draft's number, with its current content.
    pub existing: Option<(Standing, Content)>,
    /// The draft equals an edition of `existing` that has been replaced since.
    pub was_before: bool,
    /// The certificate named as 上一证书编号.
    pub previous: Option<Standing>,
    /// A certificate of the same body by the same decision, where the draft leaves the number to the counter.
    pub same_decision: Option<(Standing, Content)>,
    /// Effective day of the latest 撤销 of a certificate of this body.
    pub revoked_on: Option<Day>,
    /// The name under which the body's code is known, if another.
    pub other_name: Option<String>,
    /// Codes under which a body of this name is known, if others.
    pub other_codes: Vec<String>,
    /// Certificates of the same body and domain that hold at the same time, where neither replaces the other.
    pub beside: Vec<Beside>,
}

/// A certificate that stands beside a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Its number.
    pub number: Number,
    /// Its first and last valid day.
    pub valid: (Day, Day),
}

/// What to do about two certificates of one body and domain: 一家一证.
pub const TWO_CERTIFICATES: &str = "一家机构同一领域一般只有一张有效证书：换证的填写“上一证书编号”，扩项、变更的填写原证书编号；确需两张的可以继续。";

/// One value that a change would replace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// Which.
    pub field: Field,
    /// The value that stands.
    pub old: String,
    /// The value that would stand.
    pub new: String,
}

impl Replaced {
    /// Both values as people write them.
    pub fn in_words(&self) -> (String, String) {
        (in_words(self.field, &self.old), in_words(self.field, &self.new))
    }
}

/// What a change would do.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Diff {
    /// Values of the face.
    pub face: Vec<Replaced>,
    /// Rows by group: added, removed.
    pub rows: Vec<(Group, usize, usize)>,
}

impl Replaced {
    /// Field, old and new value as people write them.
    fn told(&self) -> String {
        let (old, new) = (in_words(self.field, &self.old), in_words(self.field, &self.new));
        format!("{}：原为“{}”，现为“{}”", self.field, or_empty(&old), or_empty(&new))
    }
}

impl Diff {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.face.is_empty() && self.rows.is_empty()
    }
}

/// What would happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Plan {
    /// A new certificate.
    New {
        /// The certificate it replaces.
        replaces: Option<CertificateId>,
    },
    /// A new edition of a certificate.
    Change {
        /// Of which.
        of: CertificateId,
        /// What differs.
        diff: Diff,
    },
    /// It stands already.
    Unchanged {
        /// As which certificate.
        is: CertificateId,
    },
}

/// The plan of a draft and the problems the registry has with it, warnings included.
/// A plan with a problem that stops must not be carried out.
pub fn plan(draft: &Draft, found: &Found, setting: &Setting<'_>) -> (Plan, Vec<Problem>) {
    let mut planner = Planner { draft, setting, problems: Vec::new() };
    planner.body(found);
    let plan = match (&found.existing, &found.same_decision) {
        (Some((standing, content)), _) => planner.known(standing, content, found),
        (None, Some((standing, content))) => planner.decided_before(standing, content),
        (None, None) => planner.fresh(found),
    };
    (plan, planner.problems)
}

/// The content a change results in: groups the door did not carry stay as they are.
pub fn merged(draft: &Draft, old: &Content) -> Content {
    let mut content = draft.content.clone();
    for group in &draft.absent {
        match group {
            Group::Certificate => {}
            Group::Site => content.sites = old.sites.clone(),
            Group::Capability => content.capabilities = old.capabilities.clone(),
            Group::Signatory => content.signatories = old.signatories.clone(),
            Group::Instrument => content.instruments = old.instruments.clone(),
            Group::Staff => content.staff = old.staff.clone(),
        }
    }
    content
}

struct Planner<'r> {
    draft: &'r Draft,
    setting: &'r Setting<'r>,
    problems: Vec<Problem>,
}

impl Planner<'_> {
    fn note(&mut self, severity: Severity, field: Field, code: &'static str, message: String, hint: &str) {
        let place = Place::cell(Group::Certificate, self.draft.rows.head, None, field);
        let value = String::new();
        self.problems.push(Problem { severity, place, code, value, message, hint: hint.to_owned() });
    }

    /// A warning that two may be one: it shows this side as well.
    fn alike(&mut self, field: Field, code: &'static str, message: String, hint: &str) {
        let face = &self.draft.content.face;
        let uscc = face.uscc.map(|uscc| format!("（{uscc}）")).unwrap_or_default();
        let value: String = format!("{}{uscc}", face.body_name).chars().take(60).collect();
        self.note(Severity::Warning, field, code, message, hint);
        if let Some(problem) = self.problems.last_mut() {
            problem.value = value;
        }
    }

    fn is(&self, kind: Kind) -> bool {
        self.draft.content.face.kinds.has(kind)
    }

    fn body(&mut self, found: &Found) {
        if let Some(name) = &found.other_name
            && !self.is(Kind::NameChange)
        {
            let message = format!("该统一社会信用代码已登记为“{name}”");
            let hint = "同一代码是同一机构：名称确已变更的请按“名称变更”办理，两个名称并用的填写“机构第二名称”；否则请核对代码。";
            self.alike(Field::BodyName, "other_name", message, hint);
        }
        if !found.other_codes.is_empty() {
            let message = format!("已有同名机构，代码为{}", found.other_codes.join("、"));
            self.alike(Field::BodyName, "same_name", message, "请核对是否同一机构、代码是否有误。");
        }
    }

    fn fresh(&mut self, found: &Found) -> Plan {
        if !self.draft.content.face.kinds.makes_certificate() {
            let number = self.draft.number.as_ref().map(Number::to_string).unwrap_or_default();
            let message = format!("系统中没有编号为{number}的证书");
            let hint = "请核对证书编号；系统启用前发的证书先按“存量”导入，再办理变更。";
            self.note(Severity::Error, Field::Number, "unknown_number", message, hint);
        }
        if self.is(Kind::First) {
            self.ban(found);
        }
        for other in found.beside.iter().take(3) {
            let (from, to) = other.valid;
            let message = format!("该机构同一领域已有证书{}，有效期{from}至{to}，与本证书重叠", other.number);
            self.alike(Field::ValidFrom, "two_certificates", message, TWO_CERTIFICATES);
        }
        let replaces =
            if self.is(Kind::Renewal) || self.is(Kind::Takeover) { self.renewal(found) } else { None };
        Plan::New { replaces }
    }

    /// 163号令 Art. 32: three years' ban after 撤销.
    fn ban(&mut self, found: &Found) {
        let day = self.draft.content.face.decision_day.unwrap_or(self.setting.today);
        if let Some(revoked) = found.revoked_on
            && day < free_after_revocation(revoked)
        {
            let message = format!("该机构的资质认定证书于{revoked}被撤销，三年内不得再次申请");
            let hint = "请核对管理办法第三十二条；确属例外的可以继续，并在备注中说明。";
            self.note(Severity::Warning, Field::BodyName, "banned", message, hint);
        }
    }

    fn renewal(&mut self, found: &Found) -> Option<CertificateId> {
        let named = self.draft.content.face.previous_number.as_ref()?;
        let takeover = self.is(Kind::Takeover);
        let Some(previous) = &found.previous else {
            let message = format!("系统中没有上一证书{named}");
            let severity = if takeover { Severity::Warning } else { Severity::Error };
            let hint = "请核对编号；上一证书请先按“存量”导入（可在同一文件中），再重新检查。";
            self.note(severity, Field::PreviousNumber, "previous_unknown", message, hint);
            return None;
        };
        let face = &self.draft.content.face;
        let own = face
            .uscc
            .or(face.parent.as_ref().and_then(|p| p.uscc))
            .map(|u| u.to_string())
            .unwrap_or_default();
        if previous.authority != self.setting.authority && !takeover {
            let hint = "复查换证由原发证机关办理；机构迁入本地区的请按“首次”办理。";
            let message = "上一证书不是本机关发的".to_owned();
            self.note(Severity::Error, Field::PreviousNumber, "previous_foreign", message, hint);
        } else if !own.is_empty() && !previous.body_key.is_empty() && own != previous.body_key {
            let message = format!("上一证书属于另一机构（代码{}）", previous.body_key);
            let severity = if takeover { Severity::Warning } else { Severity::Error };
            self.note(
                severity,
                Field::PreviousNumber,
                "previous_body",
                message,
                "请核对上一证书编号和机构代码。",
            );
        }
        if let Some(other) = previous.successor {
            let message = format!("上一证书已由另一张证书替换（内部编号{other}）");
            let hint = "一张证书只能换一次；请核对上一证书编号。";
            self.note(Severity::Error, Field::PreviousNumber, "previous_renewed", message, hint);
        } else if previous.status.word().ended() && !takeover {
            let message = format!("上一证书{}，不能换证", previous.status.word().state());
            let hint = "已终止的证书不能延续，请按“首次”办理。";
            self.note(Severity::Error, Field::PreviousNumber, "previous_ended", message, hint);
        }
        if !takeover {
            self.in_time(previous);
        }
        Some(previous.id)
    }

    /// 163号令 Art. 11: renewal is asked for three months before expiry.
    fn in_time(&mut self, previous: &Standing) {
        let (_, to) = previous.valid;
        let day = self.draft.content.face.decision_day.unwrap_or(self.setting.today);
        if day > to {
            let message = format!("上一证书已于{to}到期");
            let hint = "到期未延续的证书失效；请核对是否应按“首次”办理。";
            self.note(Severity::Warning, Field::PreviousNumber, "previous_expired", message, hint);
        } else if to.plus_months(-3).is_ok_and(|latest| day > latest) {
            let message = format!("距上一证书到期（{to}）不足三个月");
            let hint = "延续应在届满三个月前提出；请核对申请日期。";
            self.note(Severity::Warning, Field::DecisionDay, "late_renewal", message, hint);
        }
    }

    fn known(&mut self, standing: &Standing, old: &Content, found: &Found) -> Plan {
        if standing.authority != self.setting.authority {
            let hint = "编号全国唯一；请核对编号。";
            let message = format!("编号{}已由其他机关登记", standing.number);
            self.note(Severity::Error, Field::Number, "number_taken", message, hint);
            return Plan::Unchanged { is: standing.id };
        }
        let annulled = |status: &Status| status.word() == StatusWord::Annulled;
        if annulled(&standing.status) && !annulled(&self.draft.status) {
            let message = format!("编号{}的证书已作废（误赋码）", standing.number);
            let hint = "作废的编号不再使用：请换一个编号，或留空由系统编号，按新证书办理。";
            self.note(Severity::Error, Field::Number, "annulled", message, hint);
            return Plan::Unchanged { is: standing.id };
        }
        let mut new = merged(self.draft, old);
        // What was assigned and comes in again as 存量, as an export writes what has ended, is the same certificate.
        if self.is(Kind::Takeover) {
            new.face.kinds = old.face.kinds;
        }
        if new == *old || found.was_before {
            self.same_status(standing);
            return Plan::Unchanged { is: standing.id };
        }
        let diff = diff(old, &new);
        let kinds = self.draft.content.face.kinds;
        if kinds.makes_certificate() {
            let list = told(&diff);
            let message = format!("编号{}的证书已在系统中，内容不同：{list}", standing.number);
            let hint = "要改已赋码的证书，请把“业务类型”改为相应的变更；录入错误选“更正”并写明原因。新证书请换一个编号。";
            self.note(Severity::Error, Field::Kind, "known_number", message, hint);
        } else {
            self.open(standing);
            self.allowed(&diff);
            self.same_places(&old.sites, &new.sites);
            self.only_removes(&diff, old, &new);
        }
        Plan::Change { of: standing.id, diff }
    }

    /// The content stands; a status that the input says must stand as well, since only an act on the certificate changes it.
    /// A certificate that was replaced since was valid when it was taken over, as the input says.
    fn same_status(&mut self, standing: &Standing) {
        let (said, recorded) = (&self.draft.status, &standing.status);
        let replaced = (said.word(), recorded.word()) == (StatusWord::Valid, StatusWord::Superseded);
        if !self.is(Kind::Takeover) || !self.draft.says_status || said == recorded || replaced {
            return;
        }
        let message = format!("证书状态与登记的不同：登记为“{recorded}”，现为“{said}”");
        let hint = "导入不改变已登记的状态：请核对；状态确有变化的，请在证书页面办理状态。";
        self.note(Severity::Error, Field::Status, "status_differs", message, hint);
    }

    /// An ended certificate admits no change.
    fn open(&mut self, standing: &Standing) {
        let word = standing.status.word();
        if word.ended() {
            let message = format!("证书{}，不能变更", word.state());
            let hint = "原决定有误的，先在证书页面办理“撤销原决定”。";
            self.note(Severity::Error, Field::Number, "ended", message, hint);
        } else if standing.valid.1 < self.setting.today && !self.is(Kind::Correction) {
            let message = format!("证书已于{}到期，不能变更", standing.valid.1);
            self.note(
                Severity::Error,
                Field::Number,
                "expired",
                message,
                "到期的证书只能更正录入错误；延续请发新证书。",
            );
        }
    }

    fn allowed(&mut self, diff: &Diff) {
        let kinds = self.draft.content.face.kinds;
        for replaced in &diff.face {
            if !kinds.iter().any(|k| k.may_change(replaced.field)) {
                let message = format!("{kinds}不能改变{}", replaced.told());
                let hint = match replaced.field {
                    Field::ValidTo | Field::ValidFrom => {
                        "变更不改变有效期：请恢复原值；要延续请按“复查换证”办理，录入错误按“更正”办理。"
                    }
                    _ => "请恢复原值，或在“业务类型”中加上相应的变更。",
                };
                self.note(Severity::Error, replaced.field, "not_allowed", message, hint);
            }
        }
        for (group, added, removed) in &diff.rows {
            if !kinds.iter().any(|k| k.may_change_rows(*group)) {
                let message = format!("{kinds}不能改变{}：新增{added}行、减少{removed}行", group.sheet());
                let hint = "请恢复原内容，或在“业务类型”中加上相应的变更。";
                self.problems.push(Problem {
                    severity: Severity::Error,
                    place: Place::row(*group, 0),
                    code: "not_allowed",
                    value: String::new(),
                    message,
                    hint: hint.to_owned(),
                });
            }
        }
    }

    /// 名称变更 and 地址名称变更 name anew what stays where it is: no site comes, goes or moves.
    fn same_places(&mut self, old: &[Site], new: &[Site]) {
        let kinds = self.draft.content.face.kinds;
        let decided = [Kind::Extension, Kind::Move, Kind::Correction].into_iter().any(|kind| kinds.has(kind));
        if decided || old == new || !kinds.iter().any(|kind| kind.may_change_rows(Group::Site)) {
            return;
        }
        let message = if old.len() != new.len() {
            Some(format!("{kinds}不能增减场所：原有{}个，现有{}个", old.len(), new.len()))
        } else {
            let moved = |(old, new): (&Site, &Site)| {
                let other = |field, old: &str, new: &str| {
                    let (old, new) = (old.to_owned(), new.to_owned());
                    (old != new).then_some(Replaced { field, old, new })
                };
                let division = |site: &Site| site.division.map(String::from).unwrap_or_default();
                let name =
                    other(Field::SiteName, &old.name, &new.name).filter(|_| !kinds.has(Kind::NameChange));
                let address = other(Field::SiteAddress, &old.address, &new.address);
                let address = address.filter(|_| !kinds.has(Kind::AddressNameChange));
                let replaced =
                    name.or(address).or(other(Field::SiteDivision, &division(old), &division(new)))?;
                Some(format!("{kinds}不能改变场所“{}”的{}", old.name, replaced.told()))
            };
            old.iter().zip(new).find_map(moved)
        };
        let Some(message) = message else { return };
        let hint = "各场所须与原来一一对应：请恢复原内容；增减场所请加上“扩项”，搬迁请加上“场所迁移”，并填写决定文号。";
        self.problems.push(Problem {
            severity: Severity::Error,
            place: Place::row(Group::Site, 0),
            code: "not_allowed",
            value: String::new(),
            message,
            hint: hint.to_owned(),
        });
    }

    /// 扩项 only adds and 取消能力 only takes away; 标准变更 brings no new parameter (that is 扩项).
    fn only_removes(&mut self, diff: &Diff, old: &Content, new: &Content) {
        let capability = diff.rows.iter().find(|(group, _, _)| *group == Group::Capability);
        let Some((_, added, removed)) = capability else { return };
        let takes = [Kind::CapabilityCancel, Kind::StandardChange, Kind::Move, Kind::Correction];
        let lost = if *removed > 0 { lost(old, new) } else { 0 };
        if lost > 0 && self.is(Kind::Extension) && !takes.into_iter().any(|kind| self.is(kind)) {
            let message = format!("扩项只增加能力，原附表的{lost}行检验检测能力却不在其中");
            let hint = "请填写全部能力：原有的各行照旧，再加上新增的；确需减少的，在“业务类型”中加上“取消检验检测能力”或“标准变更”。";
            self.note(Severity::Error, Field::Kind, "extension_removes", message, hint);
        }
        let wide = [Kind::Extension, Kind::Move, Kind::Correction].into_iter().any(|k| self.is(k));
        if wide || *added == 0 {
            return;
        }
        if self.is(Kind::StandardChange) {
            let known: std::collections::HashSet<_> =
                old.capabilities.iter().map(|c| (&c.item.class, &c.item.name)).collect();
            let strange = new.capabilities.iter().find(|c| !known.contains(&(&c.item.class, &c.item.name)));
            if let Some(c) = strange {
                let message = format!("标准变更不能新增项目：“{}”不在原附表中", c.item.name);
                let hint = "新增项目请加上“扩项”并填写决定文号。";
                self.note(Severity::Error, Field::Kind, "not_allowed", message, hint);
            }
        } else if self.is(Kind::CapabilityCancel) {
            let message = format!("取消检验检测能力只能减少，现新增{added}行");
            self.note(
                Severity::Error,
                Field::Kind,
                "not_allowed",
                message,
                "各行应与原附表一致；新增请加上“扩项”。",
            );
        }
    }

    fn decided_before(&mut self, standing: &Standing, old: &Content) -> Plan {
        if merged(self.draft, old) == *old {
            return Plan::Unchanged { is: standing.id };
        }
        let message = format!("该机构按同一决定文号已赋码，编号{}", standing.number);
        let hint = "同一张证书不必再赋码；要修改的，请填写证书编号并选择相应的业务类型。";
        self.note(Severity::Error, Field::DecisionNumber, "decided_before", message, hint);
        Plan::Unchanged { is: standing.id }
    }
}

/// A value of [`Face::values`](crate::Face::values) as people write it.
fn in_words(field: Field, value: &str) -> String {
    match field {
        Field::Kind => Kinds::parse(value).map_or_else(|_| value.to_owned(), |kinds| kinds.to_string()),
        Field::Food | Field::Xpcc => if value.is_empty() { "否" } else { "是" }.to_owned(),
        _ => value.to_owned(),
    }
}

fn or_empty(text: &str) -> &str {
    if text.is_empty() { "（空）" } else { text }
}

fn told(diff: &Diff) -> String {
    let mut parts: Vec<String> = diff.face.iter().take(5).map(Replaced::told).collect();
    parts.extend(
        diff.rows.iter().map(|(g, added, removed)| format!("{}新增{added}行减少{removed}行", g.sheet())),
    );
    if diff.face.len() > 5 {
        parts.push(format!("等{}处", diff.face.len()));
    }
    parts.join("；")
}

/// What differs between two contents.
pub fn diff(old: &Content, new: &Content) -> Diff {
    let mut out = Diff::default();
    for ((field, old), (_, new)) in old.face.values().into_iter().zip(new.face.values()) {
        if old != new {
            out.face.push(Replaced { field, old, new });
        }
    }
    let mut group = |group, (added, removed): (usize, usize)| {
        if added + removed > 0 {
            out.rows.push((group, added, removed));
        }
    };
    group(Group::Site, count(&old.sites, &new.sites));
    group(Group::Capability, count(&old.capabilities, &new.capabilities));
    group(Group::Signatory, count(&old.signatories, &new.signatories));
    group(Group::Instrument, count(&old.instruments, &new.instruments));
    group(Group::Staff, count(&old.staff, &new.staff));
    out
}

/// Capabilities of the old content that the new one lacks. How an item is labelled, when it was approved, by which clause and
/// with what remark and limits may change beside it.
fn lost(old: &Content, new: &Content) -> usize {
    fn item<'c>(site: &'c str, c: &'c Capability) -> [&'c str; 5] {
        // Of a standard with a number the name may be written in more ways than one.
        let number = &c.item.standard_number;
        let standard = if number.is_empty() { &c.item.standard_name } else { number };
        [site, &c.item.class, &c.item.name, standard, if c.food { "食品" } else { "" }]
    }
    // Where a site has another name now, its place among the sites tells which it is.
    let name = |(at, site): (usize, &'_ Site)| match new.sites.get(at) {
        Some(now) if new.sites.iter().all(|it| it.name != site.name) => now.name.clone(),
        _ => site.name.clone(),
    };
    let names: Vec<String> = old.sites.iter().enumerate().map(name).collect();
    let mut left: HashMap<_, i64> = HashMap::new();
    for c in &new.capabilities {
        let site = new.sites.get(usize::from(c.site)).map_or("", |site| site.name.as_str());
        *left.entry(item(site, c)).or_default() += 1;
    }
    for c in &old.capabilities {
        let site = names.get(usize::from(c.site)).map_or("", String::as_str);
        *left.entry(item(site, c)).or_default() -= 1;
    }
    left.values().filter(|n| **n < 0).map(|n| n.unsigned_abs() as usize).sum()
}

/// How many rows came and went. Rows that only changed places count as one each.
fn count<T: PartialEq + std::fmt::Debug>(old: &[T], new: &[T]) -> (usize, usize) {
    if old == new {
        return (0, 0);
    }
    let mut tally: HashMap<String, i64> = HashMap::new();
    for row in old {
        *tally.entry(format!("{row:?}")).or_default() -= 1;
    }
    for row in new {
        *tally.entry(format!("{row:?}")).or_default() += 1;
    }
    let added = tally.values().filter(|n| **n > 0).sum::<i64>() as usize;
    let removed = tally.values().filter(|n| **n < 0).map(|n| -n).sum::<i64>() as usize;
    if added + removed == 0 { (1, 1) } else { (added, removed) }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
