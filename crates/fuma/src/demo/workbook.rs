//! The workbook of the demo: a province's year as offices really deliver it.

use super::{
    planted::{CERTIFICATES, COUNTED, NUMBERED, PLANTED, RENEWAL, TWIN, plant, spoilt},
    rows,
    sheet::Sheet,
    world::{CertificateSpec, Grant, World},
};
use domain::{Day, Field, Group};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

/// Capability rows of the certificates, before renewals repeat the annexes of what they replace.
const ROWS: usize = 21_500;
/// The largest annex of the demo.
const LARGEST: usize = 1_400;
/// Rows of a certificate that an error holds back.
const SPOILT_ROWS: usize = 9;

/// An xlsx of more than 220 certificates and 22,000 capability rows of authority `authority` (AA), in the shapes of
/// domain.md 3.6, with the twelve errors of [`PLANTED`]. The same seed gives the same bytes.
///
/// # Errors
/// Those of the writer; none is expected.
pub fn demo_workbook(authority: &str, seed: u64) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let written = ExcelDateTime::from_ymd(2026, 10, 31)?;
    book.set_properties(
        &DocProperties::new().set_title("资质认定证书（样张）").set_creation_datetime(&written),
    );
    for sheet in sheets(&World::of(authority, seed)) {
        sheet.write(&mut book)?;
    }
    book.save_to_buffer()
}

/// The sheets in the template's order, errors planted.
fn sheets(world: &World) -> Vec<Sheet> {
    let certificates = certificates(world);
    let placed = || certificates.iter().enumerate();
    let mut heads: Vec<_> = placed().map(|(at, c)| rows::head(c, at)).collect();
    let mut capabilities: Vec<_> = placed().flat_map(|(at, c)| rows::capabilities(c, at)).collect();
    plant(&mut heads, &mut capabilities);
    let of = |group: Group, rows| Sheet { group, title: title(group), columns: columns(group), rows };
    let mut sheets = vec![of(Group::Certificate, heads), of(Group::Capability, capabilities)];
    for (group, make) in rows::OTHERS {
        sheets.push(of(group, placed().flat_map(|(at, c)| make(world, c, at)).collect()));
    }
    sheets.sort_by_key(|sheet| sheet.group);
    sheets
}

fn title(group: Group) -> &'static str {
    match group {
        Group::Certificate => "检验检测机构资质认定证书汇总表（样张，机构与人员均为虚构）",
        Group::Capability => "检验检测能力汇总表（样张）",
        Group::Staff => "检验检测人员一览表（样张）",
        _ => "",
    }
}

/// The certificates of the workbook, in the order of sheet 证书.
fn certificates(world: &World) -> Vec<CertificateSpec> {
    let sizes = world.sizes(CERTIFICATES - (NUMBERED - RENEWAL), ROWS, LARGEST);
    let mut made: Vec<CertificateSpec> = Vec::with_capacity(CERTIFICATES);
    for at in 0..CERTIFICATES {
        let renewed = (RENEWAL..NUMBERED).contains(&at).then(|| at - RENEWAL);
        let of = renewed.unwrap_or(at);
        let size = sizes[if of < RENEWAL { of } else { of - (NUMBERED - RENEWAL) }];
        let rows = if spoilt(at) || spoilt(of + RENEWAL) && of < NUMBERED - RENEWAL {
            size.min(SPOILT_ROWS)
        } else {
            size
        };
        let before = made.last();
        let index = body_index(world, at, of, rows, before);
        let mut certificate = world.certificate(index, rows, &grant(at));
        if let Some(old) = renewed.map(|old| &made[old]) {
            certificate.previous_number.clone_from(&old.number);
            certificate.first_issued_on = old.issued_on;
        }
        if (RENEWAL..NUMBERED).contains(&at) && at % 2 == 1 {
            certificate.number = None;
        }
        past(&mut certificate, at, made.last());
        made.push(certificate);
    }
    made
}

/// Which body stands in row `at`: usually its own, but errors need a body they can be planted into.
fn body_index(world: &World, at: usize, of: usize, rows: usize, before: Option<&CertificateSpec>) -> u64 {
    let own = of as u64;
    if at == SUCCESSOR {
        return own - 1;
    }
    let needs_uscc = PLANTED.iter().any(|p| p.at == at && p.field == Field::Uscc);
    let fits = |index: &u64| {
        let body = world.body(*index, rows);
        let same = before.is_some_and(|other| other.body.domain == body.domain);
        (!needs_uscc || body.uscc.is_some())
            && (at != TWIN || same)
            && (!spoilt(at) || !body.name.contains('/'))
    };
    (0..).map(|k| own + k * 1_000).find(fits).expect("domains and legal kinds repeat for ever")
}

/// A certificate taken over that was renewed, and in the next row the one that replaced it.
const SUCCESSOR: usize = 36;
/// A certificate from before the twelve digits, of a body that had no 统一社会信用代码 yet.
const LEGACY: usize = 37;

/// When row `at` was issued. Renewals come eight months before the end of what they replace… less the four that
/// the office took: no warning of a late renewal.
fn grant(at: usize) -> Grant {
    let start = |year, month| Day::new(year, month, 2).expect("the second is in every month");
    let days = |day: Day, n: usize| day.plus_days(n as i32).expect("the demo's days lie inside the calendar");
    let renewal = |k: usize| days(start(2026, 2), k * 8);
    let serial = at as u16 + 1;
    let (kind, issued_on, serial) = match at {
        LEGACY => ("存量", start(2013, 5), Some(serial)),
        0..30 => ("存量", renewal(at).plus_months(-68).expect("inside the calendar"), Some(serial)),
        SUCCESSOR => ("存量", start(2025, 3), Some(serial)),
        35 => ("存量", start(2019, 6), Some(serial)),
        30..RENEWAL => ("存量", days(start(2021 + (at % 5) as u16, 4), at * 3), Some(serial)),
        RENEWAL..NUMBERED => ("复查换证", renewal(at - RENEWAL), Some(serial + 150)),
        NUMBERED..COUNTED => ("首次", days(start(2026, 1), (at - NUMBERED) * 3), Some(serial + 220)),
        _ => ("首次", days(start(2026, 3), (at - COUNTED) * 5 / 3), None),
    };
    Grant { kind, issued_on, serial }
}

/// What happened to certificates taken over before they came here (issue: past status acts and predecessor links).
fn past(certificate: &mut CertificateSpec, at: usize, before: Option<&CertificateSpec>) {
    let end = |months| certificate.issued_on.plus_months(months).expect("inside the calendar");
    let act = |word, months, head: &str| {
        Some((word, end(months), format!("示例市监{head}〔{}〕{}号", end(months).year(), at + 1)))
    };
    match at {
        30 | 34 => certificate.status = act("注销", 14, "注"),
        31 => certificate.status = act("撤销", 9, "撤"),
        32 => certificate.status = act("撤回", 11, "撤"),
        33 => certificate.status = act("吊销", 13, "罚"),
        35 => certificate.status = act("已换证", 69, "换"),
        SUCCESSOR => {
            certificate.previous_number = before.and_then(|old| old.number.clone());
            certificate.first_issued_on = before.map_or(certificate.issued_on, |old| old.issued_on);
        }
        LEGACY => {
            certificate.status = act("注销", 36, "注");
            certificate.number =
                Some(format!("2013{}0123Z", &certificate.number.as_deref().unwrap_or("002700000000")[2..4]));
            certificate.body.uscc = None;
        }
        _ => {}
    }
}

use Field as F;

/// Columns as this office keeps them: not the template's order, other names, stars at what it holds for required.
fn columns(group: Group) -> &'static [(Field, &'static str)] {
    match group {
        Group::Certificate => &CERTIFICATE,
        Group::Site => &SITE,
        Group::Capability => &CAPABILITY,
        Group::Signatory => &SIGNATORY,
        Group::Instrument => &INSTRUMENT,
        Group::Staff => &STAFF,
    }
}

const CERTIFICATE: [(Field, &str); 35] = [
    (F::Key, "序号"),
    (F::BodyName, "*获证机构名称"),
    (F::OtherName, "第二名称"),
    (F::Uscc, "社会信用代码"),
    (F::OrgCode, "组织机构代码"),
    (F::Number, "资质认定证书编号"),
    (F::Kind, "*业务类型"),
    (F::PreviousNumber, "原证书编号"),
    (F::LegalKind, "法人类别*"),
    (F::ParentName, "所属法人单位名称"),
    (F::ParentUscc, "所属法人代码"),
    (F::Department, "主管部门 *"),
    (F::Address, "*地 址"),
    (F::Division, "＊行政区划"),
    (F::Postcode, "邮编"),
    (F::LegalRepresentative, "法定代表人"),
    (F::Head, "最高管理者"),
    (F::TechnicalLead, "技术负责人"),
    (F::Contact, "联系人"),
    (F::Phone, "联系人电话"),
    (F::Email, "邮箱"),
    (F::Domain, "*领域"),
    (F::Industry, "*行业"),
    (F::Food, "*是否食品"),
    (F::Procedure, "*许可程序"),
    (F::DecisionDay, "*批准日期"),
    (F::DecisionNumber, "*批准文号"),
    (F::FirstIssuedOn, "*首次获证日期"),
    (F::IssuedOn, "*发证日期"),
    (F::ValidFrom, "*有效期\n开始"),
    (F::ValidTo, "*有效期止"),
    (F::Status, "证书状态"),
    (F::StatusDay, "状态日期"),
    (F::StatusDocument, "状态文号"),
    (F::Remark, "备注"),
];

const SITE: [(Field, &str); 5] = [
    (F::SiteOf, "证书序号"),
    (F::SiteKind, "场所类型"),
    (F::SiteName, "场所名称"),
    (F::SiteDivision, "行政区划代码"),
    (F::SiteAddress, "检验检测场所地址"),
];

const CAPABILITY: [(Field, &str); 13] = [
    (F::CapabilityOf, "*证书序号"),
    (F::CapabilitySite, "检测场所"),
    (F::Category, "大类"),
    (F::Label, "序号"),
    (F::Class, "类别（产品/项目/参数）"),
    (F::Item, "*产品／项目／参数"),
    (F::StandardName, "依据的标准（方法）名称及编号（含年号）"),
    (F::StandardNumber, "标准号"),
    (F::Clause, "条款号"),
    (F::Limits, "限制范围或说明"),
    (F::CapabilityRemark, "备注"),
    (F::ApprovedOn, "*获批日期"),
    (F::CapabilityFood, "*是否食品"),
];

const SIGNATORY: [(Field, &str); 11] = [
    (F::SignatoryOf, "证书序号"),
    (F::SignatoryName, "姓名"),
    (F::SignatorySex, "性别"),
    (F::SignatoryEducation, "学历"),
    (F::SignatoryTitle, "职称"),
    (F::SignatoryDepartment, "所在部门"),
    (F::SignatoryPhone, "手机"),
    (F::SignatoryField, "授权签字领域"),
    (F::SignatoryFood, "是否食品"),
    (F::SignatoryIdNumber, "身份证号"),
    (F::SignatoryApprovedOn, "授权日期"),
];

const INSTRUMENT: [(Field, &str); 10] = [
    (F::InstrumentOf, "证书序号"),
    (F::InstrumentSite, "场所"),
    (F::InstrumentItem, "项目/参数"),
    (F::InstrumentStandard, "依据标准"),
    (F::InstrumentName, "仪器名称"),
    (F::InstrumentModel, "规格型号"),
    (F::InstrumentRange, "量程"),
    (F::InstrumentSerial, "仪器编号"),
    (F::Traceability, "溯源方式"),
    (F::TraceableUntil, "有效期至"),
];

const STAFF: [(Field, &str); 13] = [
    (F::StaffOf, "证书序号"),
    (F::StaffSite, "场所"),
    (F::StaffName, "姓名"),
    (F::StaffSex, "性别"),
    (F::StaffBirth, "出生年月"),
    (F::StaffEducation, "学历"),
    (F::StaffPost, "职务（岗位）"),
    (F::StaffTitle, "职称"),
    (F::StaffMajor, "专业"),
    (F::StaffYears, "工作年限"),
    (F::StaffDepartment, "现在部门岗位"),
    (F::StaffIdKind, "证件类型"),
    (F::StaffIdNumber, "证件号码"),
];

#[cfg(test)]
#[path = "workbook_tests.rs"]
mod tests;
