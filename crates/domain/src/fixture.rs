//! An invented certificate for the tests of the funnel and the plan: right in every cell, so that one wrong cell is the
//! one problem.

use crate::{
    Authority, AuthorityCode, AuthorityId, DateSystem, Day, Division, Draft, Field, Level, Parsed, Problem,
    Raw, RawCertificate, RawRow, Setting, Severity, Tables,
};
use std::collections::HashMap;

/// Whose the certificates are: it numbers with 27.
pub(crate) const OURS: AuthorityId = AuthorityId(28);
/// Another one: it numbers with 16.
pub(crate) const THEIRS: AuthorityId = AuthorityId(17);
/// An invented code whose checks fit.
pub(crate) const USCC: &str = "91610113YL00000125";
/// Another, whose inner organisation code does not fit.
pub(crate) const OTHER_USCC: &str = "91610102MA00000005";

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub(crate) fn tables() -> Tables {
    let authority = |id, name: &str, area: &str| Authority {
        id,
        name: name.into(),
        short_name: name.into(),
        level: Level::Provincial,
        area: area.into(),
    };
    let code = |authority, code: &str| AuthorityCode {
        authority,
        code: code.parse().unwrap(),
        from: None,
        to: None,
    };
    let names = |list: &[(&str, &str)]| -> HashMap<_, _> {
        list.iter().map(|(code, name)| (code.parse().unwrap(), (*name).to_owned())).collect()
    };
    Tables {
        authorities: vec![authority(OURS, "示例省局", "61"), authority(THEIRS, "邻省示例局", "41")],
        authority_codes: vec![code(OURS, "27"), code(THEIRS, "16")],
        domains: names(&[("00", "食品"), ("12", "环境与环保"), ("21", "其他")]),
        industries: names(&[("05", "环保"), ("34", "其他")]),
        divisions: [("610113", "示例区"), ("610102", "样例区")]
            .into_iter()
            .map(|(code, name)| (Division::parse(code).unwrap(), name.to_owned()))
            .collect(),
    }
}

pub(crate) fn setting(tables: &Tables) -> Setting<'_> {
    Setting { tables, authority: OURS, today: day("2026-11-22"), date_system: DateSystem::Y1900 }
}

type Row = Vec<(Field, String)>;

/// What a person has typed, to be spoilt cell by cell.
#[derive(Clone, Debug)]
pub(crate) struct Sheets {
    pub(crate) head: Row,
    pub(crate) sites: Vec<Row>,
    pub(crate) capabilities: Vec<Row>,
    pub(crate) signatories: Vec<Row>,
    pub(crate) staff: Vec<Row>,
}

fn row(cells: &[(Field, &str)]) -> Row {
    cells.iter().map(|(field, value)| (*field, (*value).to_owned())).collect()
}

/// Puts a value into a row; an empty one takes the cell away.
pub(crate) fn put(row: &mut Row, field: Field, value: &str) {
    row.retain(|(f, _)| *f != field);
    if !value.is_empty() {
        row.push((field, value.to_owned()));
    }
}

/// A row of 检测能力.
pub(crate) fn capability(item: &str, standard: &str) -> Row {
    row(&[
        (Field::Class, "水和废水"),
        (Field::Item, item),
        (Field::StandardName, "示例标准"),
        (Field::StandardNumber, standard),
        (Field::ApprovedOn, "2026-11-20"),
        (Field::CapabilityFood, "否"),
    ])
}

impl Sheets {
    /// A first grant with nothing wrong and nothing to warn of.
    pub(crate) fn first() -> Sheets {
        let head = row(&[
            (Field::Kind, "首次"),
            (Field::Number, "262712050001"),
            (Field::BodyName, "示例检测有限公司"),
            (Field::Uscc, USCC),
            (Field::LegalKind, "独立法人-企业"),
            (Field::Department, "无"),
            (Field::Address, "示例省示例市样例路1号"),
            (Field::Division, "610113"),
            (Field::Domain, "12"),
            (Field::Industry, "05"),
            (Field::Food, "否"),
            (Field::Procedure, "一般程序"),
            (Field::DecisionDay, "2026-11-20"),
            (Field::DecisionNumber, "示例许〔2026〕1号"),
            (Field::FirstIssuedOn, "2026-11-22"),
            (Field::IssuedOn, "2026-11-22"),
            (Field::ValidFrom, "2026-11-22"),
            (Field::ValidTo, "2032-11-21"),
        ]);
        let capabilities = vec![capability("示例参数", "HJ 1147-2020")];
        Sheets { head, sites: Vec::new(), capabilities, signatories: Vec::new(), staff: Vec::new() }
    }

    /// The first grant with some cells of the head different; an empty value takes the cell away.
    pub(crate) fn with(cells: &[(Field, &str)]) -> Sheets {
        let mut sheets = Sheets::first();
        for (field, value) in cells {
            put(&mut sheets.head, *field, value);
        }
        sheets
    }

    pub(crate) fn raw(&self) -> RawCertificate<'_> {
        // Row 1 is the header of each sheet; the column is the field's place in the template.
        RawCertificate {
            head: raw_row(2, &self.head),
            sites: all(&self.sites),
            capabilities: all(&self.capabilities),
            signatories: all(&self.signatories),
            instruments: Vec::new(),
            staff: all(&self.staff),
            absent: Vec::new(),
        }
    }

    pub(crate) fn parse(&self) -> Parsed {
        let tables = tables();
        Draft::parse(&self.raw(), &setting(&tables))
    }

    /// The draft; whatever stops it is the test's failure.
    pub(crate) fn draft(&self) -> Draft {
        let parsed = self.parse();
        parsed.draft.unwrap_or_else(|| panic!("{:#?}", parsed.problems))
    }
}

fn all(rows: &[Row]) -> Vec<RawRow<'_>> {
    (2..).zip(rows).map(|(n, row)| raw_row(n, row)).collect()
}

fn raw_row(n: u32, row: &Row) -> RawRow<'_> {
    let cells = row.iter().map(|(field, value)| (*field, column(*field), Raw::Text(value))).collect();
    RawRow { row: n, cells }
}

/// Place of a field in its sheet.
pub(crate) fn column(field: Field) -> u16 {
    field.group().fields().position(|f| f == field).unwrap() as u16
}

/// `code field` of every problem of one severity, in order.
pub(crate) fn told(problems: &[Problem], severity: Severity) -> Vec<String> {
    let one = |p: &Problem| format!("{} {}", p.code, p.place.field.map_or("", Field::label));
    problems.iter().filter(|p| p.severity == severity).map(one).collect()
}

pub(crate) fn errors(problems: &[Problem]) -> Vec<String> {
    told(problems, Severity::Error)
}

pub(crate) fn warnings(problems: &[Problem]) -> Vec<String> {
    told(problems, Severity::Warning)
}
