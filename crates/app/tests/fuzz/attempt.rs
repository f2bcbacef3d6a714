//! What is done with an input, whoever made it: the counted harness beside this file, or the coverage-guided targets in
//! `fuzz/`. Nothing may panic; what was accepted must say the same when it is read again.

use app::Form;
use app::sheet::{Book, Limits, assemble, kind, read, read_annexes, recognise};
use domain::{
    AuthorityId, Code, DateSystem, Day, Draft, Kinds, Number, OrgCode, RawCertificate, Realm, Secret,
    Setting, Tables, Two, Uscc, clean, fold_width, name_key, normalise_standard, split_standard_text,
    standard_numbers,
};

/// A code as scanned or typed.
pub fn code(text: &str) {
    for realm in Realm::ALL {
        if let Ok(code) = Code::parse(text, realm) {
            assert_eq!(Code::parse(&code.grouped(), realm).as_ref(), Ok(&code));
            assert_eq!(code.as_str().len(), 16);
            let read = Realm::ALL.iter().filter(|realm| Code::parse(text, **realm).is_ok());
            assert_eq!((read.count(), Code::read(text)), (1, Ok(code)), "a code of one realm only");
        }
    }
}

/// A certificate number, twelve digits or legacy.
pub fn number(text: &str) {
    if let Ok(number) = Number::parse(text) {
        assert_eq!(Number::parse(number.as_str()).as_ref(), Ok(&number), "of {text:?}");
        assert_eq!(Number::parse(&number.grouped()).as_ref(), Ok(&number), "of {text:?}");
        let _ = (number.kind(), number.parts());
    }
}

/// What stands behind the public addresses: a code, a number, or a sentence why it is neither, never an empty one.
pub fn scan(text: &str) {
    for text in [text, text.trim()] {
        code(text);
        number(text);
        if let Err(error) = Code::parse(text, Realm::Registry) {
            assert!(!error.to_string().is_empty());
        }
        if let Err(error) = Number::parse(text) {
            assert!(!error.to_string().is_empty());
        }
        let _ = Day::parse(text);
    }
}

/// A day in a cell.
pub fn day(text: &str) {
    for system in [DateSystem::Y1900, DateSystem::Y1904] {
        if let Ok(day) = Day::parse_cell(text, system) {
            assert_eq!(Day::parse(&day.to_string()), Ok(day), "of {text:?}");
            assert_eq!(Day::parse(&day.chinese()), Ok(day), "of {text:?}");
        }
    }
    if let Ok(serial) = text.trim().parse::<f64>() {
        let _ = Day::from_serial(serial, DateSystem::Y1900);
    }
}

/// The two codes of an organisation.
pub fn uscc(text: &str) {
    if let Ok(uscc) = Uscc::parse(text) {
        assert_eq!(Uscc::parse(uscc.as_str()).as_ref(), Ok(&uscc));
        assert_eq!(uscc.division().len(), 6);
        let _ = (uscc.inner_org_code_ok(), uscc.org_code());
    }
    if let Ok(code) = OrgCode::parse(text) {
        assert_eq!(OrgCode::parse(code.as_str()).as_ref(), Ok(&code));
    }
}

/// Standards and whatever else a cell holds.
pub fn cell(text: &str) {
    let _ = (normalise_standard(text), standard_numbers(text), split_standard_text(text));
    let _ = (Kinds::parse(text), text.parse::<Two>(), name_key(text), fold_width(text));
    if let Ok(kept) = clean(text, 200) {
        assert!(kept.chars().count() <= 200);
        assert_eq!(clean(&kept, 200).as_deref(), Ok(&*kept), "cleaning twice is cleaning once");
    }
    let shown = format!("{:?}", Secret::new(text.to_owned()));
    assert!(shown == "Secret(***)" || text.is_empty());
}

/// The JSON of a form. Whether it is one.
pub fn form(text: &str) -> bool {
    let Ok(form) = serde_json::from_str::<Form>(text) else { return false };
    judge(&form.raw(), DateSystem::Y1900);
    true
}

/// Everything a file can be asked, whatever it is, as a workbook of ours.
pub fn workbook(name: &str, bytes: &[u8]) {
    let limits = Limits::web();
    let _ = kind(bytes, &limits);
    if let Ok(mut book) = read(name, bytes, &limits) {
        judge_book(&mut book);
    }
}

/// The same as an official annex form.
pub fn annex(name: &str, bytes: &[u8]) {
    let limits = Limits::web();
    let _ = kind(bytes, &limits);
    if let Ok(annexes) = read_annexes(name, bytes, &limits) {
        for annex in &annexes.list {
            assert_eq!(annexes.book.rows(&annex.table).count(), annex.table.len());
        }
        let _ = recognise(name, bytes, &limits);
    }
}

/// What was read goes on through the funnel.
fn judge_book(book: &mut Book) {
    let assembly = assemble(book).expect("there is room for a few more labels");
    for entry in &assembly.entries {
        judge(&entry.raw(book), book.date_system);
    }
}

fn judge(raw: &RawCertificate<'_>, date_system: DateSystem) {
    let tables = Tables::default();
    let today = Day::new(2026, 11, 22).expect("a day of the calendar");
    let setting = Setting { tables: &tables, authority: AuthorityId(28), today, date_system };
    for problem in Draft::parse(raw, &setting).problems {
        assert!(!problem.message.is_empty(), "a problem without a sentence: {problem:?}");
    }
}
