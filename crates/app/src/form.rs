//! A certificate as text, field by field: what the form sends, a draft keeps and the interface will send.

use domain::{Content, Face, Field, Group, Number, Raw, RawCertificate, RawRow};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// One row: value by key of [`Field::key`].
pub type FormRow = BTreeMap<String, String>;

/// Everything one form says of one certificate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    /// The fields of 证书.
    pub certificate: FormRow,
    /// Rows of 场所.
    pub sites: Vec<FormRow>,
    /// Rows of 检测能力.
    pub capabilities: Vec<FormRow>,
    /// Rows of 授权签字人.
    pub signatories: Vec<FormRow>,
    /// Rows of 仪器设备.
    pub instruments: Vec<FormRow>,
    /// Rows of 人员.
    pub staff: Vec<FormRow>,
    /// Keys of groups that are not given: on a change they stay as they are.
    pub absent: Vec<String>,
}

/// What stands in a cell that an official form has no column for, until the certificate says it.
pub const LIKE_CERTIFICATE: &str = "同证书";

impl Form {
    /// The rows of a group; the head is the one row of its own.
    pub fn rows(&self, group: Group) -> &[FormRow] {
        match group {
            Group::Certificate => std::slice::from_ref(&self.certificate),
            Group::Site => &self.sites,
            Group::Capability => &self.capabilities,
            Group::Signatory => &self.signatories,
            Group::Instrument => &self.instruments,
            Group::Staff => &self.staff,
        }
    }

    /// The rows of a group, to be changed; `None` for the head, which has no rows.
    pub fn rows_mut(&mut self, group: Group) -> Option<&mut Vec<FormRow>> {
        match group {
            Group::Certificate => None,
            Group::Site => Some(&mut self.sites),
            Group::Capability => Some(&mut self.capabilities),
            Group::Signatory => Some(&mut self.signatories),
            Group::Instrument => Some(&mut self.instruments),
            Group::Staff => Some(&mut self.staff),
        }
    }

    /// A value of the head; empty if not given.
    pub fn value(&self, field: Field) -> &str {
        self.certificate.get(field.key()).map_or("", String::as_str)
    }

    /// Sets a value of the head.
    pub fn set(&mut self, field: Field, value: impl Into<String>) {
        self.certificate.insert(field.key().to_owned(), value.into());
    }

    /// The form as the funnel reads it. Rows that are empty are none.
    pub fn raw(&self) -> RawCertificate<'_> {
        let rows = |group: Group| {
            (1..).zip(self.rows(group)).filter_map(|(n, row)| raw_row(group, n, row)).collect()
        };
        RawCertificate {
            head: raw_row(Group::Certificate, 1, &self.certificate).unwrap_or_default(),
            sites: rows(Group::Site),
            capabilities: rows(Group::Capability),
            signatories: rows(Group::Signatory),
            instruments: rows(Group::Instrument),
            staff: rows(Group::Staff),
            absent: Group::ALL.into_iter().filter(|g| self.absent.iter().any(|key| key == g.key())).collect(),
        }
    }

    /// The form with every cell filled that says [`LIKE_CERTIFICATE`]: 批准日期 by 决定日期, 是否食品 by the certificate's.
    pub fn as_certificate_says(&self) -> Cow<'_, Form> {
        let follows = |row: &FormRow| row.values().any(|value| value == LIKE_CERTIFICATE);
        if !self.capabilities.iter().any(follows) {
            return Cow::Borrowed(self);
        }
        let mut form = self.clone();
        for (field, head) in [(Field::ApprovedOn, Field::DecisionDay), (Field::CapabilityFood, Field::Food)] {
            let value = self.value(head).to_owned();
            for row in &mut form.capabilities {
                if let Some(cell) = row.get_mut(field.key()).filter(|cell| *cell == LIKE_CERTIFICATE) {
                    cell.clone_from(&value);
                }
            }
        }
        Cow::Owned(form)
    }

    /// The form of a content, as the start of a change: number and face filled in, the act itself left open.
    pub fn of(number: &Number, content: &Content) -> Form {
        let mut form = Form::default();
        for (field, value) in content.face.values() {
            let value = shown(field, &content.face, value);
            if !of_the_act(field) && !value.is_empty() {
                form.set(field, value);
            }
        }
        form.set(Field::Number, number.to_string());
        form.fill_rows(content);
        form
    }

    fn fill_rows(&mut self, content: &Content) {
        let site = |at: u16| content.sites.get(usize::from(at)).map(|s| s.name.clone()).unwrap_or_default();
        let day = |d: Option<domain::Day>| d.map(|d| d.to_string()).unwrap_or_default();
        for (n, s) in content.sites.iter().enumerate() {
            let kind = if n == 0 { "主场所" } else { "分场所" };
            let division = s.division.map(String::from).unwrap_or_default();
            self.sites.push(row(&[
                (Field::SiteName, &s.name),
                (Field::SiteKind, kind),
                (Field::SiteAddress, &s.address),
                (Field::SiteDivision, &division),
            ]));
        }
        for c in &content.capabilities {
            let i = &c.item;
            self.capabilities.push(row(&[
                (Field::CapabilitySite, &site(c.site)),
                (Field::Label, &c.label),
                (Field::Category, &i.category),
                (Field::Class, &i.class),
                (Field::Item, &i.name),
                (Field::StandardName, &i.standard_name),
                (Field::StandardNumber, &i.standard_number),
                (Field::Clause, &i.clause),
                (Field::Limits, &c.limits),
                (Field::CapabilityRemark, &c.remark),
                (Field::ApprovedOn, &day(c.approved_on)),
                (Field::CapabilityFood, yes(c.food)),
            ]));
        }
        for s in &content.signatories {
            self.signatories.push(row(&[
                (Field::SignatorySite, &site(s.site)),
                (Field::SignatoryName, &s.name),
                (Field::SignatoryTitle, &s.title),
                (Field::SignatoryField, &s.field),
                (Field::SignatoryFood, yes(s.food)),
                (Field::SignatoryApprovedOn, &day(s.approved_on)),
                (Field::SignatoryRemark, &s.remark),
                (Field::SignatoryEducation, &s.education),
                (Field::SignatoryDepartment, &s.department),
                (Field::SignatorySex, &s.sex),
            ]));
        }
        for i in &content.instruments {
            self.instruments.push(row(&[
                (Field::InstrumentSite, &site(i.site)),
                (Field::InstrumentClass, &i.class),
                (Field::InstrumentItem, &i.item),
                (Field::InstrumentStandard, &i.standard),
                (Field::InstrumentName, &i.name),
                (Field::InstrumentModel, &i.model),
                (Field::InstrumentSerial, &i.serial),
                (Field::InstrumentRange, &i.range),
                (Field::Traceability, &i.traceability),
                (Field::TraceableUntil, &day(i.traceable_until)),
                (Field::Confirmation, &i.confirmation),
            ]));
        }
        for p in &content.staff {
            self.staff.push(row(&[
                (Field::StaffSite, &site(p.site)),
                (Field::StaffName, &p.name),
                (Field::StaffSex, &p.sex),
                (Field::StaffEducation, &p.education),
                (Field::StaffPost, &p.post),
                (Field::StaffTitle, &p.title),
                (Field::StaffMajor, &p.major),
                (Field::StaffYears, &p.years),
                (Field::StaffDepartment, &p.department),
            ]));
        }
    }
}

fn raw_row(group: Group, n: u32, row: &FormRow) -> Option<RawRow<'_>> {
    let given = |field: Field| row.get(field.key()).filter(|v| !v.trim().is_empty());
    let cells: Vec<_> = (0u16..)
        .zip(group.fields())
        .filter_map(|(column, field)| Some((field, column, Raw::Text(given(field)?.as_str()))))
        .collect();
    (!cells.is_empty()).then_some(RawRow { row: n, cells })
}

fn row(cells: &[(Field, &str)]) -> FormRow {
    cells.iter().filter(|(_, v)| !v.is_empty()).map(|(f, v)| (f.key().to_owned(), (*v).to_owned())).collect()
}

fn yes(flag: bool) -> &'static str {
    if flag { "是" } else { "否" }
}

/// Fields that say what the last act was: a new act has its own.
pub(crate) fn of_the_act(field: Field) -> bool {
    matches!(
        field,
        Field::Kind | Field::DecisionDay | Field::DecisionNumber | Field::Reason | Field::Procedure
    )
}

/// A face's value as a person would type it.
fn shown(field: Field, face: &Face, value: String) -> String {
    match field {
        Field::Food => yes(face.food).to_owned(),
        Field::Xpcc => yes(face.xpcc).to_owned(),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_rows_are_none_and_rows_keep_their_number() {
        let sites = vec![FormRow::new(), row(&[(Field::SiteName, "主场所")]), row(&[(Field::SiteName, " ")])];
        let form = Form { sites, ..Form::default() };
        let raw = form.raw();
        assert_eq!(raw.sites.len(), 1);
        assert_eq!(raw.sites[0].row, 2);
    }
}
