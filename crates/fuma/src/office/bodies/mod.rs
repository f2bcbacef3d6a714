//! 机构: a body found by its code or name, its page with all its certificates in the country, and bodies that may be one.

pub mod body;
pub mod duplicates;
pub mod find;
pub mod merge;
pub mod split;

#[cfg(test)]
mod merge_tests;
#[cfg(test)]
mod tests;

use crate::office::{FactView, FieldView};
use app::stored::Body;
use domain::{BodyId, Tables};

/// The page of a body.
pub fn href(id: BodyId) -> String {
    format!("/office/bodies/{id}")
}

/// A key as it stands in an address or a form.
fn body_id(text: &str) -> Result<BodyId, app::AppError> {
    text.trim().parse().map(BodyId).map_err(|_| app::AppError::NotFound)
}

/// Who a body is; what is not known of it is left out.
fn facts(body: &Body, address: String, tables: &Tables) -> Vec<FactView> {
    let fact = |label: &str, value: String| FactView { label: label.to_owned(), value };
    let code = |uscc: Option<domain::Uscc>| uscc.map(|uscc| uscc.to_string()).unwrap_or_default();
    let division = body.division.map(|d| format!("{} {}", d.as_str(), tables.division_name(d)));
    let mut facts = vec![
        fact("机构名称", body.name.clone()),
        fact("其他名称", body.other_name.clone()),
        fact("统一社会信用代码", code(body.own_uscc)),
        fact("组织机构代码", body.org_code.clone().unwrap_or_default()),
        fact("所属法人单位", body.parent_name.clone()),
        fact("所属法人代码", code(body.parent_uscc)),
        fact("地址", address),
        fact("行政区划", division.unwrap_or_default()),
        fact("兵团", if body.xpcc { "是".to_owned() } else { String::new() }),
    ];
    facts.retain(|fact| !fact.value.is_empty());
    facts
}

/// Document and reason of an act about bodies.
fn grounds(document: &str, reason: &str) -> [FieldView; 2] {
    [
        FieldView::text("document", "文号").value(document).hint("有文件依据的填写，可以不填"),
        FieldView::lines("reason", "原因")
            .required()
            .value(reason)
            .hint("依据什么确认，如登记机关证明、两次录入的来源；会留在办理记录中"),
    ]
}
