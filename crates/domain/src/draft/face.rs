//! The row of sheet 证书: certificate, body and the act.

use super::cell::Cells;
use super::{Personal, Setting};
use crate::{
    Day, Division, Face, Field, Kind, Kinds, LegalKind, Number, NumberError, OrgCode, Parent, Problem,
    Procedure, RawRow, Severity, Status, StatusWord, Two, Uscc,
};

/// What the head row says.
pub(super) struct Head {
    pub(super) number: Option<Number>,
    pub(super) face: Face,
    pub(super) status: Status,
    pub(super) effective: Day,
    pub(super) contact: Personal,
    /// Whether everything that a certificate cannot be without was read; else values stand in, so that the rules
    /// between the other cells can still be judged.
    pub(super) whole: bool,
}

/// Reads the head. What is missing is noted, and a value stands in for it.
pub(super) fn read(row: &RawRow<'_>, setting: &Setting<'_>, problems: &mut Vec<Problem>) -> Head {
    let mut cells = Cells::new(row, setting, problems);
    let kinds = kinds(&mut cells);
    let takeover = kinds.is_some_and(|k| k.has(Kind::Takeover));
    let number = number(&mut cells, Field::Number);
    if number.is_none() && takeover && cells.is_empty(Field::Number) {
        cells.lacks(Severity::Error, Field::Number, "（存量证书必须有证书编号）");
    }
    // Parts that old certificates lack are warnings from here on (N1: every certificate in the country is taken over).
    cells.taken_over = takeover;
    let body_name = cells.text(Field::BodyName);
    let valid_to = cells.day(Field::ValidTo);
    let previous_number = self::number(&mut cells, Field::PreviousNumber);
    let other_name = cells.text(Field::OtherName);
    let (uscc, org_code) = (uscc(&mut cells, Field::Uscc), org_code(&mut cells));
    let legal_kind = cells.choice(Field::LegalKind, LegalKind::parse);
    let parent = parent(&mut cells);
    let days = [Field::DecisionDay, Field::FirstIssuedOn, Field::IssuedOn].map(|field| cells.day(field));
    let [decision_day, first_issued_on, issued_on] = days;
    let valid_from = valid_from(&mut cells, issued_on);
    let domain = domain_or_industry(&mut cells, number.as_ref(), Field::Domain);
    let industry = domain_or_industry(&mut cells, number.as_ref(), Field::Industry);
    let effective = cells.day(Field::EffectiveDay);
    let status = status(&mut cells, takeover);
    let contact = Personal {
        phone: cells.secret(Field::Phone),
        email: cells.secret(Field::Email),
        ..Personal::default()
    };
    let division = cells.code(Field::Division, &setting.tables.divisions, Division::parse, 6);
    let food = cells.yes(Field::Food);
    // What is left is read even where the head cannot stand, so that all problems come at once.
    let spare = valid_to.or(valid_from).unwrap_or(setting.today);
    let no_code: Two = "00".parse().expect("two digits");
    let face = Face {
        kinds: kinds.unwrap_or(Kinds::one(Kind::First)),
        previous_number,
        body_name,
        other_name,
        uscc,
        org_code,
        legal_kind,
        parent,
        department: cells.text(Field::Department),
        address: cells.text(Field::Address),
        division,
        postcode: cells.text(Field::Postcode),
        legal_representative: cells.text(Field::LegalRepresentative),
        head: cells.text(Field::Head),
        technical_lead: cells.text(Field::TechnicalLead),
        contact: cells.text(Field::Contact),
        xpcc: cells.yes(Field::Xpcc).unwrap_or(false),
        domain: domain.unwrap_or(no_code),
        industry: industry.unwrap_or(no_code),
        food: food.unwrap_or(false),
        procedure: cells.choice(Field::Procedure, Procedure::parse),
        decision_day,
        decision_number: cells.text(Field::DecisionNumber),
        first_issued_on,
        issued_on,
        valid_from: valid_from.unwrap_or(spare),
        valid_to: spare,
        reason: cells.text(Field::Reason),
        remark: cells.text(Field::Remark),
    };
    let effective = effective.or(decision_day).or(issued_on).unwrap_or(face.valid_from);
    let whole = kinds.is_some()
        && valid_from.is_some()
        && valid_to.is_some()
        && domain.is_some()
        && industry.is_some();
    let whole = whole && status.is_some();
    Head { number, face, status: status.unwrap_or(Status::Valid), effective, contact, whole }
}

fn kinds(cells: &mut Cells<'_, '_>) -> Option<Kinds> {
    let text = cells.text(Field::Kind);
    if text.is_empty() {
        return None;
    }
    match Kinds::parse(&text) {
        Ok(kinds) => Some(kinds),
        Err(error) => {
            let hint = format!("请从以下选项中选择，多项用“、”分开：{}。", crate::kind::LABELS.join("、"));
            cells.note(Severity::Error, Field::Kind, "kind", error.to_string(), hint);
            None
        }
    }
}

fn number(cells: &mut Cells<'_, '_>, field: Field) -> Option<Number> {
    if cells.is_empty(field) {
        return None;
    }
    let text = cells.text(field);
    if text.is_empty() {
        return None;
    }
    match Number::parse(&text) {
        Ok(number) => Some(number),
        Err(NumberError::Several(all)) => {
            let list = all.iter().map(Number::to_string).collect::<Vec<_>>().join("、");
            cells.note(
                Severity::Error,
                field,
                "several_numbers",
                format!("一个单元格里有{}个证书编号：{list}", all.len()),
                format!("每张证书单独一行：请把本行复制为{}行，各填一个编号。", all.len()),
            );
            None
        }
        Err(error) => {
            cells.misread(field, "number", &error.to_string(), "请对照证书核对编号。");
            None
        }
    }
}

fn uscc(cells: &mut Cells<'_, '_>, field: Field) -> Option<Uscc> {
    if cells.is_empty(field) {
        return None;
    }
    let text = cells.text(field);
    if text.is_empty() {
        return None;
    }
    match Uscc::parse(&text) {
        Ok(uscc) => {
            if !uscc.inner_org_code_ok() {
                let message = format!("{}第9至17位的组织机构代码校验位不符", field.label());
                let hint = "代码整体校验通过，可以使用；请再核对一次。".to_owned();
                cells.note(Severity::Warning, field, "uscc_inner", message, hint);
            }
            Some(uscc)
        }
        Err(error) => {
            cells.misread(field, "uscc", &error.to_string(), "请对照营业执照或登记证书逐位核对。");
            None
        }
    }
}

fn org_code(cells: &mut Cells<'_, '_>) -> Option<OrgCode> {
    if cells.is_empty(Field::OrgCode) {
        return None;
    }
    let text = cells.text(Field::OrgCode);
    match OrgCode::parse(&text) {
        Ok(code) => Some(code),
        Err(error) => {
            cells.misread(Field::OrgCode, "org_code", &error.to_string(), "请核对9位组织机构代码。");
            None
        }
    }
}

fn parent(cells: &mut Cells<'_, '_>) -> Option<Parent> {
    let name = cells.text(Field::ParentName);
    let uscc = uscc(cells, Field::ParentUscc);
    (!name.is_empty() || uscc.is_some()).then_some(Parent { name, uscc })
}

/// 有效期起; the issue day stands for it where it is missing, with a warning in what is taken over.
fn valid_from(cells: &mut Cells<'_, '_>, issued_on: Option<Day>) -> Option<Day> {
    if !cells.is_empty(Field::ValidFrom) {
        return cells.day(Field::ValidFrom);
    }
    match issued_on.filter(|_| cells.taken_over) {
        Some(day) => {
            let message = format!("有效期起没有填写，按发证日期{day}计");
            cells.note(Severity::Warning, Field::ValidFrom, "missing", message, "请核对。".to_owned());
            Some(day)
        }
        None => {
            cells.lacks(Severity::Error, Field::ValidFrom, "（发证日期也没有时无法推定）");
            None
        }
    }
}

/// 领域 or 行业; where a takeover leaves it out, what its number says.
fn domain_or_industry(cells: &mut Cells<'_, '_>, number: Option<&Number>, field: Field) -> Option<Two> {
    let tables = cells.tables();
    let table = if field == Field::Domain { &tables.domains } else { &tables.industries };
    if cells.is_empty(field) && cells.taken_over {
        let parts = number.and_then(Number::parts);
        let read = parts.map(|p| if field == Field::Domain { p.domain } else { p.industry });
        // 21 其他 and 34 其他 stand for what a legacy number does not tell.
        let other = if field == Field::Domain { "21" } else { "34" };
        let value = read.filter(|two| table.contains_key(two)).or_else(|| other.parse().ok());
        let shown = value.map(|two| two.to_string()).unwrap_or_default();
        let message = format!("{}没有填写，按{shown}计", field.label());
        cells.note(Severity::Warning, field, "missing", message, "请核对。".to_owned());
        return value;
    }
    cells.code(field, table, |text| text.parse().ok(), 2)
}

fn status(cells: &mut Cells<'_, '_>, takeover: bool) -> Option<Status> {
    if cells.is_empty(Field::Status) {
        return Some(Status::Valid);
    }
    let word = cells.choice(Field::Status, StatusWord::parse)?;
    if word == StatusWord::Valid {
        return Some(Status::Valid);
    }
    if !takeover {
        let hint = "证书状态只用于存量证书；其他证书请在“证书”页面办理状态变更。";
        cells.wrong(Field::Status, "status", format!("新赋码的证书状态不能是“{word}”"), hint);
        return None;
    }
    let day = cells.day(Field::StatusDay);
    let document = cells.text(Field::StatusDocument);
    let reason = cells.text(Field::StatusReason);
    if day.is_none() && cells.is_empty(Field::StatusDay) {
        cells.lacks(Severity::Error, Field::StatusDay, &format!("（证书状态为“{word}”）"));
    }
    Status::of(word, Some(day?), document, reason)
}
