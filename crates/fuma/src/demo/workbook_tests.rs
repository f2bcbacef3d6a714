use super::*;
use crate::demo::{planted::Planted, sheet::Cell};
use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use domain::{Number, Uscc};
use std::{
    collections::{HashMap, HashSet},
    io::Cursor,
};

/// A sheet as texts, title and header left out, and where its columns stand.
struct Read {
    columns: Vec<Option<Field>>,
    rows: Vec<Vec<Data>>,
}

impl Read {
    fn column(&self, field: Field) -> usize {
        self.columns.iter().position(|f| *f == Some(field)).unwrap()
    }

    fn texts(&self, field: Field) -> Vec<String> {
        let column = self.column(field);
        self.rows.iter().map(|row| row[column].to_string()).collect()
    }
}

fn read(bytes: &[u8], group: Group) -> Read {
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range(group.sheet()).unwrap();
    let mut rows = range.rows().map(<[Data]>::to_vec).skip(usize::from(!title(group).is_empty()));
    let header = rows.next().unwrap();
    let columns = header.iter().map(|cell| Field::of_header(group, &cell.to_string())).collect();
    Read { columns, rows: rows.collect() }
}

#[test]
fn the_workbook_is_as_large_as_a_province_delivers() {
    let bytes = demo_workbook("27", 1).unwrap();
    assert!(read(&bytes, Group::Certificate).rows.len() >= 232);
    assert!(read(&bytes, Group::Capability).rows.len() >= 22_000);
    for group in [Group::Signatory, Group::Instrument, Group::Staff] {
        assert!(read(&bytes, group).rows.len() >= 500, "{group:?}");
    }
    let sites = read(&bytes, Group::Site).rows.len();
    assert!((245..400).contains(&sites), "some bodies have several sites: {sites}");
}

#[test]
fn every_header_is_known_though_not_as_the_template_has_it() {
    let bytes = demo_workbook("27", 1).unwrap();
    for group in Group::ALL {
        let read = read(&bytes, group);
        assert!(read.columns.iter().all(Option::is_some), "{group:?}: {:?}", read.columns);
        let fields: HashSet<_> = read.columns.iter().collect();
        assert_eq!(fields.len(), read.columns.len(), "{group:?}: each field once");
    }
    let renamed = CERTIFICATE.iter().filter(|(field, header)| field.label() != *header).count();
    assert!(renamed > 15, "aliases and stars are exercised: {renamed}");
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let bytes = demo_workbook("27", 1).unwrap();
    assert!(bytes == demo_workbook("27", 1).unwrap());
    assert!(bytes != demo_workbook("27", 2).unwrap());
}

/// What the sheet 证书 says is wrong, found without looking at what was planted.
fn found(head: &Read, authority: &str, at: usize) -> Vec<Field> {
    let text = |field: Field| head.rows[at][head.column(field)].to_string();
    let day = |field: Field| match &head.rows[at][head.column(field)] {
        Data::DateTime(day) => Day::from_serial(day.as_f64(), domain::DateSystem::Y1900),
        cell => Day::parse(&cell.to_string()),
    };
    let mut wrong = Vec::new();
    if !text(Field::Uscc).is_empty() && Uscc::parse(&text(Field::Uscc)).is_err() {
        wrong.push(Field::Uscc);
    }
    let number = text(Field::Number);
    let foreign = |n: &Number| n.parts().is_some_and(|parts| parts.authority.as_str() != authority);
    if !number.is_empty() && Number::parse(&number).map_or(true, |n| foreign(&n)) {
        wrong.push(Field::Number);
    }
    let twins =
        head.texts(Field::Number)[..at].iter().filter(|n| !number.is_empty() && **n == number).count();
    wrong.extend((twins > 0).then_some(Field::Number));
    match (day(Field::IssuedOn), day(Field::ValidTo)) {
        (Ok(issued), Ok(end)) if end < issued => wrong.push(Field::ValidTo),
        (Ok(_), Ok(_)) => {}
        _ => wrong.push(Field::IssuedOn),
    }
    if text(Field::Domain).parse::<u8>().unwrap() > 21 {
        wrong.push(Field::Domain);
    }
    if domain::clean(&text(Field::BodyName), 150).is_err() {
        wrong.push(Field::BodyName);
    }
    if text(Field::LegalKind).starts_with('非') && text(Field::ParentName).is_empty() {
        wrong.push(Field::ParentName);
    }
    if text(Field::Kind) == "复查换证" && text(Field::PreviousNumber).is_empty() {
        wrong.push(Field::PreviousNumber);
    }
    wrong
}

#[test]
fn the_twelve_planted_errors_stand_once_each_and_nothing_else_is_wrong() {
    assert_eq!(PLANTED.len(), 12);
    for (authority, seed) in [("27", 1), ("27", 2026), ("16", 1)] {
        let bytes = demo_workbook(authority, seed).unwrap();
        let head = read(&bytes, Group::Certificate);
        let mut wrong: Vec<_> = (0..head.rows.len())
            .flat_map(|at| found(&head, authority, at).into_iter().map(move |field| (at, field)))
            .collect();
        let mut planted: Vec<_> =
            PLANTED.iter().filter(|p| p.group == Group::Certificate).map(|p| (p.at, p.field)).collect();
        wrong.sort_unstable();
        planted.sort_unstable();
        assert_eq!(wrong, planted);
        let known: HashSet<String> =
            head.texts(Field::Key).into_iter().chain(head.texts(Field::Number)).collect();
        let plain = |number: &String| Number::parse(number).map_or(number.clone(), |n| n.to_string());
        let numbers: HashSet<String> = known.iter().map(plain).collect();
        let of = read(&bytes, Group::Capability).texts(Field::CapabilityOf);
        assert_eq!(of.iter().filter(|key| !known.contains(*key) && !numbers.contains(*key)).count(), 1);
    }
}

#[test]
fn renewals_name_a_certificate_of_the_same_body_that_is_taken_over_in_the_same_workbook() {
    let certificates = certificates(&World::of("27", 1));
    let renewals = certificates.iter().filter(|c| c.kind == "复查换证");
    for renewal in renewals {
        let old = certificates.iter().find(|c| c.number == renewal.previous_number).unwrap();
        assert_eq!(
            (old.kind, &old.body.name, &old.body.uscc),
            ("存量", &renewal.body.name, &renewal.body.uscc)
        );
        let limit = old.valid_to.plus_months(-3).unwrap();
        assert!(renewal.decision_day < limit, "{} {}", renewal.decision_day, old.valid_to);
    }
}

#[test]
fn given_numbers_agree_with_domain_industry_and_year_and_none_is_given_twice() {
    let certificates = certificates(&World::of("27", 1));
    let mut seen = HashSet::new();
    for certificate in &certificates {
        let Some(number) = &certificate.number else { continue };
        assert!(seen.insert(number.clone()), "{number}");
        let Some(parts) = Number::parse(number).unwrap().parts() else { continue };
        assert_eq!(parts.year, certificate.issued_on.year());
        assert_eq!(
            (parts.domain.as_str(), parts.industry.as_str()),
            (certificate.body.domain, certificate.body.industry)
        );
        let food = certificate.capabilities.iter().any(|c| c.food);
        assert!(!food || certificate.body.domain == "00");
    }
    assert_eq!(certificates.iter().filter(|c| c.number.is_none() && c.kind == "首次").count(), 134);
}

#[test]
fn bodies_show_that_they_are_invented_and_have_the_shapes_of_real_ones() {
    let world = World::new(1);
    let bodies: Vec<_> = (0..3_000).map(|index| world.body(index, 120)).collect();
    let names: HashSet<&str> = bodies.iter().map(|body| body.name.as_str()).collect();
    assert_eq!(names.len(), bodies.len(), "no two bodies share a name");
    let codes: HashSet<&String> = bodies.iter().flat_map(|body| &body.uscc).collect();
    assert_eq!(codes.len(), bodies.iter().filter(|body| body.parent.is_none()).count());
    assert!(names.iter().all(|name| name.contains("示例")));
    assert!(
        names.iter().any(|name| name.contains('/')) && names.iter().any(|name| name.chars().count() > 40)
    );
    assert!(crate::demo::names::RARE.iter().all(|c| names.iter().any(|name| name.contains(*c))));
    let dependent = bodies.iter().filter(|body| body.parent.is_some()).count();
    assert!((300..450).contains(&dependent), "12.4 %: {dependent}");
    for body in &bodies {
        assert!(!body.name.contains([',', '"', '\n']) && body.name.chars().count() <= 150);
    }
}

/// The code tables with everything the demo uses.
fn tables() -> domain::Tables {
    let two = |n: usize| format!("{n:02}").parse().unwrap();
    let id = domain::AuthorityId(1);
    domain::Tables {
        authorities: Vec::new(),
        authority_codes: vec![domain::AuthorityCode { authority: id, code: two(27), from: None, to: None }],
        domains: (0..22).map(|n| (two(n), String::new())).collect(),
        industries: (0..35).map(|n| (two(n), String::new())).collect(),
        divisions: World::new(1)
            .regions()
            .iter()
            .map(|region| (domain::Division::parse(region.division).unwrap(), region.place.to_owned()))
            .collect(),
    }
}

/// The rows of a sheet as a door hands them over, by what they name their certificate.
fn raw(sheet: &Sheet) -> Vec<(String, domain::RawRow<'_>)> {
    let of =
        sheet.columns.iter().find(|(field, _)| field.key() == "certificate").map_or(Field::Key, |(f, _)| *f);
    let rows = sheet.rows.iter().enumerate().map(|(index, row)| {
        let cells = (0..).zip(sheet.columns).filter_map(|(column, (field, _))| {
            let raw = match row.get(*field)? {
                Cell::Text(text) => domain::Raw::Text(text),
                Cell::Number(value) | Cell::Shown(value, _) => {
                    domain::Raw::Number { value: *value, shown: "" }
                }
                Cell::Day(day) => domain::Raw::Day(*day),
            };
            Some((*field, column, raw))
        });
        let key = match row.get(of) {
            Some(Cell::Text(text)) => text.clone(),
            Some(Cell::Number(value)) => value.to_string(),
            _ => String::new(),
        };
        (
            key,
            domain::RawRow {
                row: index as u32 + 2 + u32::from(!sheet.title.is_empty()),
                cells: cells.collect(),
            },
        )
    });
    rows.collect()
}

#[test]
fn the_funnel_stops_at_what_was_planted_and_takes_the_rest() {
    let world = World::new(1);
    let sheets = sheets(&world);
    let mut by_key: Vec<HashMap<String, Vec<domain::RawRow<'_>>>> = Vec::new();
    for sheet in &sheets[1..] {
        let mut rows: HashMap<String, Vec<_>> = HashMap::new();
        raw(sheet).into_iter().for_each(|(key, row)| rows.entry(key).or_default().push(row));
        by_key.push(rows);
    }
    let tables = tables();
    let setting = domain::Setting {
        tables: &tables,
        authority: domain::AuthorityId(1),
        today: Day::new(2026, 11, 1).unwrap(),
        date_system: domain::DateSystem::Y1900,
    };
    let (mut stopped, mut warnings) = (Vec::new(), Vec::new());
    for (at, (key, head)) in raw(&sheets[0]).into_iter().enumerate() {
        let certificate = gather(head, &key, &mut by_key);
        for problem in domain::Draft::parse(&certificate, &setting).problems {
            match problem.stops() {
                true => stopped.push((at, problem.place.field.unwrap())),
                false => warnings.push((at, problem.code, problem.message)),
            }
        }
    }
    // Two rows with one number, and a row of no certificate, are found by the workbook's door.
    assert_eq!(by_key[1].keys().collect::<Vec<_>>(), ["9999"]);
    let head = |p: &&Planted| p.group == Group::Certificate && p.at != TWIN;
    let mut planted: Vec<_> = PLANTED.iter().filter(head).map(|p| (p.at, p.field)).collect();
    planted.sort_unstable();
    assert_eq!(stopped, planted);
    assert!(warnings.len() <= 6, "warnings are rare: {warnings:?}");
}

#[test]
fn no_label_of_a_class_goes_backwards_once_the_workbook_is_read() {
    use app::sheet::{Limits, assemble, read};
    let mut book = read("样张.xlsx", &demo_workbook("27", 1).unwrap(), &Limits::web()).unwrap();
    let assembly = assemble(&mut book).unwrap();
    let (mut classes, mut restored) = (0, 0);
    for entry in &assembly.entries {
        let raw = entry.raw(&book);
        let mut last: HashMap<Vec<String>, (u32, u32)> = HashMap::new();
        for row in &raw.capabilities {
            let of = [Field::CapabilitySite, Field::CapabilityFood, Field::Category, Field::Class];
            let of = of.map(|field| row.get(field).map(|(_, raw)| raw.shown()).unwrap_or_default()).to_vec();
            let label = row.get(Field::Label).map(|(_, raw)| raw.shown()).unwrap_or_default();
            let (major, minor) = label.split_once('.').unwrap_or((&label, "0"));
            let label: (u32, u32) = (major.parse().unwrap(), minor.parse().unwrap());
            restored += u32::from(label.1.is_multiple_of(10));
            let before = last.insert(of, label);
            classes += u32::from(before.is_none());
            assert!(before.is_none_or(|before| before <= label), "{before:?} {label:?} {}", raw.head.row);
        }
    }
    assert!(classes > 500 && restored > 500, "{classes} classes, {restored} labels that end in 0");
    let told = assembly.problems.iter().filter(|p| p.code == "label_restored").count();
    assert!((50..200).contains(&told), "one notice a certificate: {told}");
}

/// The rows of one certificate, named by 序号 or by number.
fn gather<'a>(
    head: domain::RawRow<'a>,
    key: &str,
    by_key: &mut [HashMap<String, Vec<domain::RawRow<'a>>>],
) -> domain::RawCertificate<'a> {
    let number = match head.get(Field::Number) {
        Some((_, domain::Raw::Text(number))) => {
            Number::parse(number).map(|n| n.to_string()).unwrap_or_default()
        }
        _ => String::new(),
    };
    let mut take = |group: usize| {
        let mut rows = by_key[group].remove(key).unwrap_or_default();
        if matches!(head.get(Field::Kind), Some((_, domain::Raw::Text("存量")))) {
            rows.extend(by_key[group].remove(&number).unwrap_or_default());
        }
        rows
    };
    let (sites, capabilities, signatories, instruments, staff) =
        (take(0), take(1), take(2), take(3), take(4));
    domain::RawCertificate { head, sites, capabilities, signatories, instruments, staff, absent: Vec::new() }
}
