//! The twelve errors of the demo's workbook: one of each kind that real workbooks bring.

use super::sheet::{Cell, Row};
use domain::{Field, Group};

/// One planted error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planted {
    /// What is wrong, as the demo's script says it.
    pub what: &'static str,
    /// On which sheet.
    pub group: Group,
    /// In which column.
    pub field: Field,
    /// Index of the row of sheet 证书 it was planted into; of no meaning for a row of another sheet.
    pub(super) at: usize,
}

/// All planted errors; everything else in the workbook can be taken.
pub const PLANTED: &[Planted] = &[
    planted("上一证书编号缺失（复查换证）", Field::PreviousNumber, RENEWAL + 7),
    planted("编号属于其他省", Field::Number, NUMBERED + 3),
    planted("一格两个编号", Field::Number, NUMBERED + 9),
    planted("两行同一编号", Field::Number, TWIN),
    planted("统一社会信用代码校验位错误", Field::Uscc, COUNTED + 4),
    planted("统一社会信用代码成为科学计数法的数字", Field::Uscc, COUNTED + 17),
    planted("不存在的日期", Field::IssuedOn, COUNTED + 29),
    planted("有效期至早于发证日期", Field::ValidTo, COUNTED + 41),
    planted("领域代码不在代码表中", Field::Domain, COUNTED + 55),
    planted("名称含改变文字方向的隐藏字符", Field::BodyName, COUNTED + 68),
    planted("非独立法人缺少所属法人", Field::ParentName, COUNTED + 80),
    planted("检测能力指向不存在的证书", Field::CapabilityOf, COUNTED + 93),
];

/// Where the parts of sheet 证书 begin: certificates taken over, renewals, first grants with and without number.
pub(super) const RENEWAL: usize = 50;
/// First grants with a given number.
pub(super) const NUMBERED: usize = 80;
/// First grants whose number the counter gives.
pub(super) const COUNTED: usize = 110;
/// How many rows sheet 证书 has.
pub(super) const CERTIFICATES: usize = 244;
/// Carries the number of the row before it, whose domain it shares.
pub(super) const TWIN: usize = NUMBERED + 16;

const fn planted(what: &'static str, field: Field, at: usize) -> Planted {
    let group = if matches!(field, Field::CapabilityOf) { Group::Capability } else { Group::Certificate };
    Planted { what, group, field, at }
}

/// Whether row `index` of sheet 证书 is wrong, or shares its number with one that is: its annex is kept short, so
/// that what the errors hold back stays small.
pub(super) fn spoilt(index: usize) -> bool {
    PLANTED.iter().any(|p| p.at == index && p.group == Group::Certificate) || index + 1 == TWIN
}

/// Puts the errors into the finished rows of sheet 证书 and one row more into 检测能力.
pub(super) fn plant(certificates: &mut [Row], capabilities: &mut Vec<Row>) {
    for error in PLANTED {
        let twin = certificates[error.at.saturating_sub(1)].get(Field::Number).cloned();
        let row = &mut certificates[error.at];
        match error.field {
            Field::PreviousNumber => _ = row.clear(Field::PreviousNumber),
            Field::Number if error.at == TWIN => {
                _ = row.set(Field::Number, twin.unwrap_or(Cell::Number(0.0)))
            }
            Field::Number => spoil_number(row, error.at == NUMBERED + 3),
            Field::Uscc => spoil_uscc(row, error.at == COUNTED + 4),
            Field::IssuedOn => _ = row.set(Field::IssuedOn, "2026-02-30"),
            Field::ValidTo => _ = row.set(Field::ValidTo, "2021-03-05"),
            Field::Domain => _ = row.set(Field::Domain, "47"),
            Field::BodyName => spoil_name(row),
            Field::ParentName => spoil_parent(row),
            _ => {
                let mut stray = capabilities.last().cloned().unwrap_or_default();
                stray.set(Field::CapabilityOf, "9999");
                capabilities.push(stray);
            }
        }
    }
}

/// Another province's code (16 河南, 27 陕西 there), or a second number in the cell.
fn spoil_number(row: &mut Row, foreign: bool) {
    let Some(Cell::Text(number)) = row.get(Field::Number) else { return };
    let other = if &number[2..4] == "16" { "27" } else { "16" };
    let wrong = if foreign {
        format!("{}{other}{}", &number[..2], &number[4..])
    } else {
        format!("{number}、{}9{}", &number[..8], &number[9..])
    };
    row.set(Field::Number, wrong);
}

/// Another check digit, or a number of which Excel keeps 15 digits.
fn spoil_uscc(row: &mut Row, check: bool) {
    let Some(Cell::Text(code)) = row.get(Field::Uscc) else { return };
    let wrong = if check {
        let last = if code.ends_with('8') { '9' } else { '8' };
        Cell::Text(format!("{}{last}", &code[..17]))
    } else {
        Cell::Shown(9.161_012_345_678_9e17, "0.00E+00")
    };
    row.set(Field::Uscc, wrong);
}

/// U+202E turns what follows around on screen: what is read is not what is stored.
fn spoil_name(row: &mut Row) {
    let Some(Cell::Text(name)) = row.get(Field::BodyName) else { return };
    let wrong = name.replacen("示例", "示\u{202E}例", 1);
    row.set(Field::BodyName, wrong);
}

/// The code of the legal person is there, its name is not.
fn spoil_parent(row: &mut Row) {
    let code = row.get(Field::Uscc).or_else(|| row.get(Field::ParentUscc)).cloned();
    row.set(Field::LegalKind, "非独立法人-企业").set(Field::ParentUscc, code.unwrap_or(Cell::Number(0.0)));
    row.clear(Field::Uscc).clear(Field::ParentName);
}
