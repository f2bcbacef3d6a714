//! What of `docs/接口规范.md` is made from the code: calls, tables of fields, code tables, error codes. Each stands between
//! two marks, `<!-- 生成 … -->` and `<!-- 完 -->`; `fuma openapi --fill` writes them anew, a test asks that they are so.

use super::openapi::view::{self, CallView, Member, Table};
use super::openapi::{CODES, Where};
use anyhow::{Result, bail};
use app::stored::CodeKind;
use domain::{Door, EventKind, Field, Group, Kind, Shape, StatusAct, StatusWord, VerdictWord};
use std::fmt::Write;

const BEGIN: &str = "<!-- 生成 ";
const END: &str = "<!-- 完 -->";

/// A code table.
pub struct CodeList {
    /// What it is called.
    pub name: &'static str,
    /// What is to be said of it; may be empty.
    pub text: &'static str,
    /// Codes with their words; none where the list is too long to be shown.
    pub codes: Vec<(String, String)>,
}

/// What can happen to a certificate, in the change stream.
const CHANGES: [EventKind; 20] = [
    EventKind::Assign,
    EventKind::Change,
    EventKind::Succeed,
    EventKind::Restore,
    EventKind::Suspend,
    EventKind::Resume,
    EventKind::Revoke,
    EventKind::Withdraw,
    EventKind::Cancel,
    EventKind::Void,
    EventKind::Annul,
    EventKind::Lift,
    EventKind::Print,
    EventKind::LinkCreate,
    EventKind::LinkRenew,
    EventKind::PersonalErase,
    EventKind::Adopt,
    EventKind::Collect,
    EventKind::BodyMove,
    EventKind::DayCame,
];

/// All code tables.
pub fn code_lists() -> Vec<CodeList> {
    let doors = [Door::Form, Door::Workbook, Door::Command, Door::Interface, Door::Public, Door::System];
    let mut out = vec![
        words("业务类型", "代码和名称都可以传。", Kind::ALL.map(|it| (it.key(), it.label()))),
        words("状态办理", "", StatusAct::ALL.map(|it| (it.key(), it.label()))),
        words(
            "证书状态",
            "答复中用代码；存量证书的“证书状态”字段传名称。",
            StatusWord::ALL.map(|it| (it.key(), it.label())),
        ),
        words("查真结论", "", VerdictWord::ALL.map(|it| (it.key(), it.label()))),
        words("入口", "", doors.map(|it| (it.key(), it.label()))),
        words("变更种类", "", CHANGES.map(|it| (it.key(), it.label()))),
    ];
    for field in
        [Field::LegalKind, Field::Procedure, Field::SiteKind, Field::SignatorySex, Field::StaffIdKind]
    {
        if let Shape::Choice(list) = field.shape() {
            out.push(words(field.label(), "传名称。", list.iter().map(|word| (*word, *word))));
        }
    }
    out.extend(edited());
    out
}

/// Tables that the national administrator edits, as they are at founding.
fn edited() -> [CodeList; 4] {
    const NOW: &str = "建库时的代码；现行的以调用“代码表”取到的为准。";
    let of = |kind| app::founding_codes(kind);
    [
        CodeList { name: "发证机关", text: NOW, codes: app::founding_authorities() },
        CodeList { name: "专业领域", text: NOW, codes: of(CodeKind::Domain) },
        CodeList { name: "行业主管部门", text: NOW, codes: of(CodeKind::Industry) },
        CodeList {
            name: "行政区划",
            text: "县级以上行政区划的6位代码（GB/T 2260），用调用“代码表”取（divisions）。",
            codes: Vec::new(),
        },
    ]
}

fn words<'a>(
    name: &'static str,
    text: &'static str,
    all: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> CodeList {
    let codes = all.into_iter().map(|(code, word)| (code.to_owned(), word.to_owned())).collect();
    CodeList { name, text, codes }
}

/// The text with all that is generated in it made anew.
///
/// # Errors
/// A mark that names nothing, or that has no end.
pub fn filled(text: &str) -> Result<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(BEGIN) {
        let Some((mark, after)) = rest[at + BEGIN.len()..].split_once(" -->\n") else {
            bail!("标记没有写完：{}", rest[at..].lines().next().unwrap_or_default());
        };
        let Some(end) = after.find(END) else { bail!("标记“{mark}”没有结束") };
        out.push_str(&rest[..at]);
        write!(out, "{BEGIN}{mark} -->\n\n{}\n{END}", block(mark)?)?;
        rest = &after[end + END.len()..];
    }
    out.push_str(rest);
    Ok(out)
}

/// What a mark stands for: a word and the number of the section that it makes.
fn block(mark: &str) -> Result<String> {
    let words: Vec<&str> = mark.split(' ').collect();
    match words[..] {
        ["calls"] => Ok(overview()),
        ["changes"] => Ok(changes()),
        ["chapter", name, number] => chapter(name, number),
        ["sent", number] => Ok(tables(number, true)),
        ["answered", number] => Ok(tables(number, false)),
        ["lists", number] => Ok(lists(number)),
        ["errors", number] => Ok(errors(number)),
        _ => bail!("没有“{mark}”可以生成"),
    }
}

fn overview() -> String {
    let mut out = String::from("| 调用 | 方法和地址 | 权限 |\n|---|---|---|\n");
    for call in view::chapters().iter().flat_map(|chapter| &chapter.calls) {
        let scope = if call.scope.is_empty() { "不需要令牌" } else { &call.scope };
        out += &format!("| {} | `{} {}` | {scope} |\n", call.title, call.method, call.path);
    }
    out
}

/// What each kind of change may change. What every one of them may bring is left out.
fn changes() -> String {
    let mut out = String::from("| 业务类型 | 可以改变的证书字段 | 可以改变的组 |\n|---|---|---|\n");
    let changing = |kind: &Kind| !kind.makes_certificate() && *kind != Kind::Correction;
    for kind in Kind::ALL.into_iter().filter(changing) {
        let fields = Group::Certificate.fields().filter(|it| kind.may_change(*it) && !always_changes(*it));
        let groups = Group::ALL.into_iter().filter(|it| kind.may_change_rows(*it) && !always_renewed(*it));
        let list = |keys: Vec<&str>| keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join("、");
        let (fields, groups) =
            (list(fields.map(Field::key).collect()), list(groups.map(Group::key).collect()));
        out += &format!("| {kind} | {fields} | {groups} |\n");
    }
    out
}

/// A field that every kind of change may change.
fn always_changes(field: Field) -> bool {
    Kind::ALL.into_iter().all(|kind| kind.may_change(field))
}

/// A group that every kind of change may change.
fn always_renewed(group: Group) -> bool {
    Kind::ALL.into_iter().all(|kind| kind.may_change_rows(group))
}

fn chapter(name: &str, number: &str) -> Result<String> {
    let chapters = view::chapters();
    let Some(chapter) = chapters.iter().find(|chapter| chapter.name == name) else {
        bail!("没有名为“{name}”的一章");
    };
    let sections = (1..).zip(&chapter.calls).map(|(n, call)| section(&format!("{number}.{n}"), call));
    Ok(sections.collect::<Vec<_>>().join("\n"))
}

fn section(number: &str, call: &CallView) -> String {
    let mut out = format!("{} {}\n\n{}\n\n", heading(number), call.title, call.purpose);
    let also = if call.by_form { "；也可以用 POST 表单调用" } else { "" };
    out += &format!("地址：`{} {}`{also}\n\n", call.method, call.path);
    let scope = if call.scope.is_empty() { "不需要令牌" } else { &call.scope };
    out += &format!("权限：{scope}\n\n");
    if !call.parameters.is_empty() {
        out += &format!("参数：\n\n{}\n", rows(&call.parameters));
    }
    for body in &call.bodies {
        let table = body.table.as_ref().map(|table| format!("，见“{}”", table.title)).unwrap_or_default();
        out += &format!("正文：`{}`{table}\n\n", body.media);
    }
    out += "答复：\n\n| 状态码 | 含义 | 内容 |\n|---|---|---|\n";
    for answer in &call.answers {
        let table = answer.table.as_ref().map(|table| table.title.as_str()).unwrap_or_default();
        out += &format!("| {} | {} | {table} |\n", answer.status, answer.text);
    }
    for (title, text) in [("请求示例", &call.request), ("答复示例", &call.answer)] {
        if !text.is_empty() {
            out += &format!("\n{title}：\n\n```json\n{text}\n```\n");
        }
    }
    out
}

fn tables(number: &str, sent: bool) -> String {
    let answered = |table: &Table| table.members.iter().any(|row| matches!(row.need, "总有" | "可无"));
    let all = view::tables().into_iter().filter(|table| answered(table) != sent);
    let table = |(n, table): (u32, Table)| {
        let text = if table.text.is_empty() { String::new() } else { format!("{}\n\n", table.text) };
        format!("{} {}\n\n{text}{}", heading(&format!("{number}.{n}")), table.title, rows(&table.members))
    };
    (1..).zip(all).map(table).collect::<Vec<_>>().join("\n")
}

fn rows(members: &[Member]) -> String {
    let mut out = String::from(
        "| 字段 | 名称 | 类型 | 长度 | 必填 | 代码表 | 说明 | 示例 |\n|---|---|---|---|---|---|---|---|\n",
    );
    for it in members {
        let of = it.of.as_ref().map(|of| format!("（{}）", of.title)).unwrap_or_default();
        let example = if it.example.is_empty() { String::new() } else { format!("`{}`", cell(&it.example)) };
        out += &format!(
            "| `{}` | {} | {}{of} | {} | {} | {} | {} | {example} |\n",
            it.key,
            it.label,
            it.kind,
            it.length,
            it.need,
            it.table,
            cell(&it.text)
        );
    }
    out
}

/// The mark of a heading and its number: as deep as the number.
fn heading(number: &str) -> String {
    format!("{} {number}", "#".repeat(2 + number.matches('.').count()))
}

/// Text that may stand in a cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn lists(number: &str) -> String {
    let list = |(n, list): (u32, CodeList)| {
        let mut out = format!("### {number}.{n} {}\n\n", list.name);
        if !list.text.is_empty() {
            out += &format!("{}\n\n", list.text);
        }
        if !list.codes.is_empty() {
            out += "| 代码 | 名称 |\n|---|---|\n";
        }
        for (code, word) in list.codes {
            out += &format!("| `{code}` | {word} |\n");
        }
        out
    };
    (1..).zip(code_lists()).map(list).collect::<Vec<_>>().join("\n")
}

fn errors(number: &str) -> String {
    let table = |(n, at): (u32, Where)| {
        let mut out = format!("### {number}.{n} {}\n\n", at.label());
        out += "| 代码 | 状态码或程度 | 含义 | 怎样处理 |\n|---|---|---|---|\n";
        for code in CODES.iter().filter(|code| code.at == at) {
            let grave =
                if code.status > 0 { code.status.to_string() } else { code.severity_text().to_owned() };
            out += &format!("| `{}` | {grave} | {} | {} |\n", code.code, code.meaning, code.remedy);
        }
        out
    };
    (1..).zip(Where::ALL).map(table).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standard() -> String {
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/接口规范.md")).unwrap()
    }

    #[test]
    fn the_written_standard_is_made_of_the_code() {
        let standard = standard();
        assert!(
            filled(&standard).unwrap() == standard,
            "docs/接口规范.md 与代码不符：请运行 fuma openapi --fill docs/接口规范.md"
        );
    }

    #[test]
    fn the_written_standard_leaves_nothing_out() {
        let standard = standard();
        let lacking = |headings: Vec<String>| -> Vec<String> {
            headings.into_iter().filter(|it| !standard.contains(&format!(" {it}\n"))).collect()
        };
        let calls = view::chapters().into_iter().flat_map(|it| it.calls).map(|call| call.title);
        assert_eq!(lacking(calls.collect()), [""; 0]);
        assert_eq!(lacking(view::tables().into_iter().map(|it| it.title).collect()), [""; 0]);
        assert_eq!(lacking(code_lists().into_iter().map(|it| it.name.to_owned()).collect()), [""; 0]);
        assert_eq!(lacking(Where::ALL.map(|it| it.label().to_owned()).to_vec()), [""; 0]);
    }

    #[test]
    fn a_mark_that_names_nothing_or_has_no_end_is_told() {
        assert!(filled("<!-- 生成 nothing -->\n<!-- 完 -->").is_err());
        assert!(filled("<!-- 生成 calls -->\n").is_err());
        assert_eq!(filled("别的").unwrap(), "别的");
    }

    #[test]
    fn every_code_table_that_a_field_names_is_there() {
        let known: Vec<&str> = code_lists().iter().map(|it| it.name).collect();
        for row in view::tables().into_iter().flat_map(|it| it.members) {
            assert!(
                row.table.is_empty() || known.contains(&row.table.as_str()),
                "{}: {}",
                row.key,
                row.table
            );
        }
    }
}
