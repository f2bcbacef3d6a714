//! Texts: what is typed into a box, scanned, or stands in a cell; JSON of forms.

use super::harness::{Rng, run};
use super::{attempt, change};
use domain::{Code, Realm};

fn one_of<'a>(seeds: &'a [&'a str]) -> impl Fn(&mut Rng) -> String + 'a {
    move |rng| {
        let seed = rng.pick(seeds);
        change::text(rng, seed)
    }
}

fn realm(n: u8) -> Realm {
    Realm::ALL[usize::from(n % 2)]
}

#[test]
fn changed_codes_are_refused_or_say_the_same_when_read_again() {
    let honest: Vec<String> =
        (0..32_u8).map(|n| Code::from_entropy([n.wrapping_mul(37); 10], realm(n)).grouped()).collect();
    let seeds: Vec<&str> = honest.iter().map(String::as_str).chain(["0000-0000-0000-0000", "ilo"]).collect();
    run("code", one_of(&seeds), |text| attempt::code(text));
}

#[test]
fn changed_numbers_are_refused_or_say_the_same_when_read_again() {
    let seeds = [
        "262712050001",
        "2626 1205 0001",
        "(2013)量认(陕)字(0123)号",
        "2013270123Z",
        "262712050001、262712050002",
    ];
    run("number", one_of(&seeds), |text| attempt::number(text));
}

/// A scanner reads codes and numbers of all papers, not only ours.
#[test]
fn whatever_is_scanned_or_typed_is_a_code_a_number_or_told_what_is_wrong() {
    let code = Code::from_entropy([7; 10], Realm::Registry);
    let seeds =
        [code.as_str(), &code.grouped(), "262712050001", "(2013)量认(陕)字(0123)号", "2026-03-05", "../%00"];
    run("scan", one_of(&seeds), |text| attempt::scan(text));
}

#[test]
fn changed_days_are_refused_or_lie_inside_the_calendar() {
    let seeds = [
        "2026-3-5",
        "2026/03/05",
        "2026年3月5日",
        "20260305",
        "46086",
        "46086.75",
        "2026.3.5",
        "２０２６年０３月０５日",
        "长期",
        "2026-02-30",
        "5/3/2026",
    ];
    run("day", one_of(&seeds), |text| attempt::day(text));
}

#[test]
fn changed_uscc_are_refused_or_say_the_same_when_read_again() {
    let seeds = ["91610113YL00000125", "9161 0113 YL00 0001 25", "9.16101E+17", "YL0000012", "YL000001-2"];
    run("uscc", one_of(&seeds), |text| attempt::uscc(text));
}

#[test]
fn changed_standards_and_other_cell_texts_never_panic() {
    let seeds = [
        "GB/T 5750.4-2023 生活饮用水标准检验方法",
        "《水质 pH值的测定 电极法》HJ 1147-2020（6.1）",
        "GB 5009.3-2016第一法",
        "首次、扩项",
        "人员变更+地址变更",
        "A/B",
        "27",
        "示例检测有限公司（第二名称）",
    ];
    run("cell", one_of(&seeds), |text| attempt::cell(text));
}

/// A form as a draft keeps it and the page sends it.
const FORM: &str = r#"{"certificate":{"kind":"首次","number":"262712050001","body_name":"示例检测有限公司",
"uscc":"91610113YL00000125","legal_kind":"独立法人-企业","department":"无","address":"陕西省西安市示例路1号",
"division":"610113","domain":"12","industry":"05","food":"否","procedure":"一般程序","decision_day":"2026-03-01",
"issued_on":"2026-03-05","valid_from":"2026-03-05","valid_to":"2032-03-04"},
"sites":[{"site_name":"示例检测有限公司","site_kind":"主场所","site_address":"示例路1号","site_division":"610113"}],
"capabilities":[{"label":"1.1","item":"pH值","standard_number":"HJ 1147-2020","approved_on":"2026-03-01"}],
"signatories":[{"signatory_name":"王示例","signatory_id_number":"990000198001010012"}],"absent":["staff"]}"#;

#[test]
fn changed_json_of_a_form_is_refused_or_judged() {
    let judged = std::cell::Cell::new(0_u32);
    run(
        "json",
        |rng| change::text(rng, FORM),
        |text| {
            judged.set(judged.get() + u32::from(attempt::form(text)));
        },
    );
    assert!(judged.get() > 20, "only {} of the cases were forms: the test says too little", judged.get());
}
