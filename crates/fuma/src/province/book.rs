//! The paper files of the province: what the right item of a case says.

use super::deed::Deed;
use super::plan::{Case, Look, MOST_ROWS, base};
use crate::demo::world::{CertificateSpec, Grant, World};
use crate::demo::{Members, capability_row, item, put};
use domain::{Day, Field as F, Group};
use serde_json::{Value, json};

/// Makes items of cases.
pub struct Book {
    world: World,
    base: u64,
    prefix: String,
    /// The day on which the run began: what is decided in it is decided then.
    today: Day,
}

/// What must be known of a certificate to say something about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Its number.
    pub number: String,
    /// Its current edition.
    pub edition: u64,
}

impl Book {
    /// The files of a seed, as they are on a day.
    pub fn new(authority: &str, seed: u64, today: Day) -> Book {
        let prefix = format!("P{authority}-{seed}-");
        Book { world: World::of(authority, seed), base: base(seed), prefix, today }
    }

    /// How all record ids of this run begin.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The record id of a case: the same however often it is sent.
    pub fn record_id(&self, n: u64) -> String {
        format!("{}{n:07}", self.prefix)
    }

    /// The right item of a case. `named` is the certificate that it is about, of no meaning for a first grant.
    pub fn right(&self, case: &Case, named: &Named) -> Value {
        let mut item = match case.deed {
            Deed::Grant | Deed::Again => self.full(case),
            Deed::Renew => self.renewal(case, named),
            Deed::Revoke | Deed::Cancel => self.status(case, named),
            _ => self.change(case, named),
        };
        item.insert("record_id".into(), json!(self.record_id(case.n)));
        Value::Object(item)
    }

    /// The item as it is typed at first.
    pub fn typed(&self, case: &Case, named: &Named) -> Value {
        let mut item = self.right(case, named);
        if let Some(mistake) = case.mistake {
            mistake.make(&mut item, case.n);
        }
        item
    }

    /// The certificate of a body as the world has it, with its longest annex.
    fn spec(&self, case: &Case) -> CertificateSpec {
        let index = self.base + case.body;
        // One of eight was issued five and a half years ago: what is coded late, and renewed soon.
        let months = if case.body % 8 == 3 { -66 } else { -((case.body % 5) as i32) };
        let issued_on =
            self.today.plus_months(months).and_then(|day| day.plus_days(-((case.body % 23) as i32)));
        let issued_on = issued_on.expect("months before today lie inside the calendar");
        self.world.certificate(index, MOST_ROWS, &Grant { kind: "首次", issued_on, serial: None })
    }

    /// A certificate as it looks after the case.
    fn looked(&self, case: &Case) -> CertificateSpec {
        let (mut spec, look) = (self.spec(case), &case.look);
        spec.body.name = named(&spec.body.name, look.names);
        spec.body.legal_representative = corrected(&spec.body.legal_representative, look.corrections);
        if look.short {
            spec.valid_to = spec.valid_to.plus_years(-1).expect("a year earlier lies inside the calendar");
        }
        spec
    }

    fn full(&self, case: &Case) -> Members {
        let mut spec = self.looked(case);
        spec.capabilities.truncate(case.look.rows);
        item(&self.world, &spec)
    }

    fn renewal(&self, case: &Case, named: &Named) -> Members {
        let mut spec = self.looked(case);
        spec.kind = "复查换证";
        spec.previous_number = Some(named.number.clone());
        (spec.decision_day, spec.issued_on) = (self.today, self.today);
        spec.valid_to = six_years(self.today);
        spec.decision_number = self.document(case);
        spec.capabilities.truncate(case.look.rows);
        let mut item = item(&self.world, &spec);
        item.insert(Group::Capability.key().into(), self.annex(&spec, &case.look).into());
        item
    }

    /// The rows of the annex: those of the first grant as approved then, the others as approved in this run.
    fn annex(&self, spec: &CertificateSpec, look: &Look) -> Vec<Members> {
        let first = if look.renewals > 0 { 0 } else { super::plan::ROWS };
        let rows = spec.capabilities.iter().take(look.rows).enumerate();
        let row = |(at, capability): (usize, &crate::demo::world::CapabilitySpec)| {
            let approved = if at < first { spec.decision_day } else { self.today };
            let mut row = capability_row(spec, capability, approved);
            if let Some(times) = look.revised.get(&at) {
                put(&mut row, F::StandardNumber, revised(capability.standard_number, *times));
            }
            row
        };
        rows.map(row).collect()
    }

    /// What an edition changes, and what every act says of itself.
    fn change(&self, case: &Case, named: &Named) -> Members {
        let spec = self.looked(case);
        let mut head = Members::new();
        put(&mut head, F::Kind, case.deed.label());
        put(&mut head, F::Number, named.number.as_str());
        put(&mut head, F::Procedure, spec.procedure);
        put(&mut head, F::DecisionDay, self.today.to_string());
        put(&mut head, F::DecisionNumber, self.document(case));
        let mut item = Members::new();
        match case.deed {
            Deed::Rename => put(&mut head, F::BodyName, spec.body.name.as_str()),
            Deed::Correct => {
                put(&mut head, F::LegalRepresentative, spec.body.legal_representative.as_str());
                put(&mut head, F::ValidTo, self.valid_to(case, &spec).to_string());
                put(&mut head, F::Reason, "录入错误，按许可档案更正");
            }
            _ => drop(item.insert(Group::Capability.key().into(), self.annex(&spec, &case.look).into())),
        }
        item.insert(Group::Certificate.key().into(), head.into());
        item.insert("expected_edition".into(), json!(named.edition));
        item
    }

    fn valid_to(&self, case: &Case, spec: &CertificateSpec) -> Day {
        if case.look.renewals > 0 { six_years(self.today) } else { spec.valid_to }
    }

    fn status(&self, case: &Case, named: &Named) -> Members {
        let (act, reason) = match case.deed {
            Deed::Revoke => ("revoke", "隐瞒有关情况取得资质认定"),
            _ => ("cancel", "机构申请注销"),
        };
        let document = self.document(case);
        let item = json!({
            "number": named.number, "act": act, "effective": self.today.to_string(),
            "document": document, "reason": reason, "expected_edition": named.edition,
        });
        item.as_object().cloned().unwrap_or_default()
    }

    /// The document of a case: no two cases share one, and a case keeps its own.
    fn document(&self, case: &Case) -> String {
        let body = self.base + case.body + 1;
        format!("示例市监办〔{}〕{body}-{}号", self.today.year(), case.n)
    }
}

fn six_years(from: Day) -> Day {
    from.plus_years(6).and_then(|day| day.plus_days(-1)).expect("six years on lie inside the calendar")
}

/// A name after so many changes: 示例恒信, 示例新恒信, 示例新新恒信.
fn named(name: &str, times: u32) -> String {
    name.replacen("示例", &format!("示例{}", "新".repeat(times as usize)), 1)
}

/// A person's name after so many corrections.
fn corrected(name: &str, times: u32) -> String {
    format!("{name}{}", ["", "甲", "乙", "丙", "丁"][times as usize % 5])
}

/// The number of a standard in a later year than any that is known: GB/T 5750.6-2023 becomes GB/T 5750.6-2026.
fn revised(number: &str, times: u16) -> String {
    match number.rsplit_once('-') {
        Some((stem, year)) if year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{stem}-{}", 2025 + times)
        }
        _ => format!("{number}（{}年第{times}号修改单）", 2026),
    }
}

#[cfg(test)]
mod tests {
    use super::super::mistake::{Mistake, mended};
    use super::super::plan::Planner;
    use super::*;
    use crate::testing::{OURS, Town};
    use app::Form;
    use domain::{DateSystem, Draft, Problem, Setting};

    /// The form that the interface makes of an item.
    fn form(item: &Value) -> Form {
        let mut item = item.clone();
        let text = |value: &Value| match value {
            Value::Bool(yes) => json!(if *yes { "是" } else { "否" }),
            other => other.clone(),
        };
        let members = item.as_object_mut().unwrap();
        members.retain(|key, _| key != "record_id" && key != "expected_edition");
        for group in members.values_mut() {
            let rows = match group {
                Value::Array(rows) => rows.iter_mut().collect(),
                one => vec![one],
            };
            for row in rows {
                row.as_object_mut().unwrap().values_mut().for_each(|value| *value = text(value));
            }
        }
        serde_json::from_value(item).unwrap()
    }

    /// All problems of an item, as the interface would tell them.
    fn problems(item: &Value, setting: &Setting<'_>) -> (bool, Vec<Problem>) {
        let form = form(item);
        let parsed = Draft::parse(&form.raw(), setting);
        (parsed.draft.is_some(), parsed.problems)
    }

    fn faults(problems: &[Problem]) -> Value {
        let pointer = |p: &Problem| {
            let row = if p.place.group == Group::Certificate {
                String::new()
            } else {
                format!("/{}", p.place.row - 1)
            };
            format!("/{}{row}/{}", p.place.group.key(), p.place.field.map_or("", F::key))
        };
        problems.iter().map(|p| json!({ "severity": p.severity, "pointer": pointer(p) })).collect()
    }

    #[tokio::test]
    async fn right_cases_pass_the_funnel_and_wrong_ones_are_refused_until_they_are_mended() {
        let town = Town::open().await;
        let (tables, today) = (town.app.tables(), town.app.today());
        let setting = Setting { tables: &tables, authority: OURS, today, date_system: DateSystem::Y1900 };
        let book = Book::new("27", 7, today);
        let known = Named { number: "262712050001".into(), edition: 1 };
        let mut wrong = std::collections::BTreeSet::new();
        let whole = |case: &Case| matches!(case.deed, Deed::Grant | Deed::Again | Deed::Renew);
        for case in Planner::new("27", 7, 0.4).take(400).filter(whole) {
            let right = book.right(&case, &known);
            let (passed, all) = problems(&right, &setting);
            assert!(passed, "{case:?} {all:#?}");
            if case.look.short {
                assert!(all.iter().any(|p| p.code == "not_six_years"), "{all:#?}");
                wrong.insert(Mistake::FiveYears);
                continue;
            }
            assert!(all.iter().all(|p| p.code != "not_six_years"), "{all:#?}");
            let Some(mistake) = case.mistake else { continue };
            let typed = book.typed(&case, &known);
            let (passed, all) = problems(&typed, &setting);
            assert!(!passed, "{mistake:?} was not noticed: {typed}");
            assert_eq!(mended(&typed, &right, &faults(&all)), right, "{mistake:?} {all:#?}");
            wrong.insert(mistake);
        }
        assert_eq!(wrong.len(), Mistake::ALL.len() - 1, "{wrong:?}");
    }

    #[test]
    fn the_same_case_is_the_same_bytes_and_no_two_share_a_document() {
        let today = Day::new(2026, 11, 22).unwrap();
        let (book, again) = (Book::new("27", 7, today), Book::new("27", 7, today));
        let known = Named { number: "262712050001".into(), edition: 3 };
        let mut documents = std::collections::HashSet::new();
        for case in Planner::new("27", 7, 0.2).take(300) {
            let item = book.right(&case, &known);
            assert_eq!(item.to_string(), again.right(&case, &known).to_string());
            let document = item.pointer("/certificate/decision_number").or(item.get("document"));
            let fresh = documents.insert(document.unwrap().as_str().unwrap().to_owned());
            assert_eq!(fresh, case.deed != Deed::Again, "{case:?}");
        }
    }

    #[test]
    fn a_later_standard_keeps_its_stem() {
        assert_eq!(revised("GB/T 5750.6-2023", 1), "GB/T 5750.6-2026");
        assert_eq!(named("西安示例恒信检测有限公司", 2), "西安示例新新恒信检测有限公司");
    }
}
