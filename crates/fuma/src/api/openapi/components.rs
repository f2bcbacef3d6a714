//! The schemas that calls and answers are made of.

use super::schema::{
    all_of, component, day, digest, flag, group, group_read, link, list, number_text, object, one_of, said,
    sent, text, whole, within,
};
use super::{sample, shown};
use domain::{Group, StatusAct, StatusWord};
use serde_json::{Map, Value, json};

/// Most items of one call.
pub const ITEMS: usize = 500;
/// Effects of a call on the registry, as answers name them, each with its word.
const EFFECTS: [(&str, &str); 7] = [
    ("assigned", "赋码：新建证书"),
    ("changed", "变更：新版本"),
    ("unchanged", "与登记内容相同，没有改变"),
    ("acted", "状态已办理"),
    ("adopted", "业务记录号已关联"),
    ("collected", "文件已归集"),
    ("declared", "有效证书数已申报"),
];

/// All schemas, by name.
pub fn all() -> Value {
    let mut out = Map::new();
    for it in Group::ALL {
        out.insert(component(it).to_owned(), group(it));
        out.insert(format!("{}Read", component(it)), group_read(it));
    }
    let parts = [sent_items(), answered(), shown::read(), shown::reconciled(), shown::others()];
    for (name, schema) in parts.into_iter().flatten() {
        out.insert(name.to_owned(), schema);
    }
    for (name, title) in TITLES {
        if let Some(schema) = out.get_mut(name) {
            schema["title"] = json!(title);
        }
    }
    Value::Object(out)
}

/// What the schemas are called, in reading order.
pub const TITLES: [(&str, &str); 56] = [
    ("NewItems", "赋码、换证的请求"),
    ("NewItem", "赋码、换证的一项"),
    ("ChangeItems", "变更的请求"),
    ("ChangeItem", "变更的一项"),
    ("CorrectItems", "更正的请求"),
    ("CorrectItem", "更正的一项"),
    ("CheckItems", "预检的请求"),
    ("CheckItem", "预检的一项"),
    ("StatusItems", "状态办理的请求"),
    ("StatusItem", "状态办理的一项"),
    ("AdoptItems", "认领的请求"),
    ("AdoptItem", "认领的一项"),
    ("DeclareItems", "申报的请求"),
    ("DeclareItem", "申报的一项"),
    ("Certificate", "证书"),
    ("Site", "场所"),
    ("Capability", "检测能力"),
    ("Signatory", "授权签字人"),
    ("Instrument", "仪器设备"),
    ("Staff", "人员"),
    ("Results", "办理的答复"),
    ("Result", "一项的答复"),
    ("Fault", "一处问题"),
    ("Problem", "整个调用的问题"),
    ("Token", "令牌"),
    ("TokenError", "取令牌的错误"),
    ("Batch", "批量作业"),
    ("BatchLine", "一行的答复"),
    ("CertificateShown", "查询到的证书"),
    ("CertificateRead", "证书字段（查询）"),
    ("SiteRead", "场所（查询）"),
    ("CapabilityRead", "检测能力（查询）"),
    ("SignatoryRead", "授权签字人（查询）"),
    ("InstrumentRead", "仪器设备（查询）"),
    ("StaffRead", "人员（查询）"),
    ("Editions", "各版"),
    ("EditionShown", "一版"),
    ("VerdictShown", "查真结论"),
    ("Linked", "机构的证书"),
    ("LinkedCertificate", "机构的一张证书"),
    ("Reconciliation", "对账的一页"),
    ("Reconciled", "对账的一张证书"),
    ("Claims", "比较的请求"),
    ("Claimed", "比较的一项"),
    ("Differences", "比较的答复"),
    ("Different", "不同的一项"),
    ("Unadopted", "待认领的一页"),
    ("UnadoptedItem", "待认领的一张证书"),
    ("Changes", "变更流的一页"),
    ("Change", "一条变更"),
    ("Files", "归集的文件"),
    ("File", "一个归集的文件"),
    ("Statistics", "统计"),
    ("Questions", "公众查询的次数"),
    ("CodeTable", "代码表"),
    ("CodeEntry", "一个代码"),
];

/// Schemas by name.
pub type Named = Vec<(&'static str, Value)>;

/// The caller's id of a business.
pub fn record_id() -> Value {
    let schema =
        json!({ "type": "string", "pattern": "^[A-Za-z0-9._:/-]{1,64}$", "minLength": 1, "maxLength": 64 });
    let text = "本系统内该笔业务的唯一编号。重发用同一编号，新的业务用新的编号；一经办成永久有效。";
    said(schema, "业务记录号", text, json!(sample::RECORD))
}

/// The edition that the caller believes to be the current one.
pub fn expected_edition() -> Value {
    let text = "认为现行的是第几版；与实际不符的不办理（stale_edition）。不传不比较。";
    said(within(1, 4_294_967_295), "预期版本", text, json!(1))
}

/// Number of a certificate.
pub fn number() -> Value {
    said(number_text(), "证书编号", "12位编号，或存量证书的旧编号。", json!(sample::NUMBER))
}

fn rows() -> Named {
    let mut out = Vec::new();
    for it in Group::ALL.into_iter().filter(|it| *it != Group::Certificate) {
        out.push((it.key(), said(all_of(link(component(it))), it.sheet(), "", Value::Null)));
    }
    out
}

/// The schema of an item: record id, face, rows. `needed` are the fields the face cannot be without whatever its kind.
fn item(needed: &[&str], about: &str) -> Value {
    let face = json!({ "allOf": [link("Certificate"), { "type": "object", "required": needed }] });
    let mut members = vec![
        ("record_id!", record_id()),
        ("expected_edition", expected_edition()),
        ("certificate!", said(face, "证书", "证书字段，见数据项“证书”。", Value::Null)),
    ];
    members.extend(rows());
    let mut out = sent(members);
    out["description"] = json!(about);
    out
}

fn items(of: &str, most: usize) -> Value {
    let mut list = list(link(of), most);
    list["minItems"] = json!(1);
    sent(vec![("items!", said(list, "各项", &format!("1 至 {most} 项。"), Value::Null))])
}

fn sent_items() -> Named {
    let whole = "首次、复查换证、存量：各组都传；没有的组传空数组。";
    let part = "只传要改变的内容：没有传的证书字段、没有传的组不变；传了的组，以传的全部行代替原有的全部行。";
    let change = format!(
        "{part}无论哪一种变更，还要传 number、kind 和本次的 procedure、decision_day、decision_number；各种变更能改变什么，见7.1。"
    );
    let correct = format!("{part}另传 number 和 reason；kind 可以不传，许可程序和决定不变的不传。");
    let check = "预检任何一种业务，内容与正式调用相同。";
    vec![
        ("NewItem", item(&["kind", "body_name", "valid_to"], whole)),
        ("ChangeItem", item(&["kind", "number", "procedure", "decision_day", "decision_number"], &change)),
        ("CorrectItem", item(&["number", "reason"], &correct)),
        ("CheckItem", item(&["kind"], check)),
        ("StatusItem", status_item()),
        ("AdoptItem", adopt_item()),
        ("DeclareItem", declare_item()),
        ("NewItems", items("NewItem", ITEMS)),
        ("ChangeItems", items("ChangeItem", ITEMS)),
        ("CorrectItems", items("CorrectItem", ITEMS)),
        ("CheckItems", items("CheckItem", ITEMS)),
        ("StatusItems", items("StatusItem", ITEMS)),
        ("AdoptItems", items("AdoptItem", ITEMS)),
        ("DeclareItems", items("DeclareItem", ITEMS)),
    ]
}

fn status_item() -> Value {
    let acts = one_of(StatusAct::ALL.into_iter().map(StatusAct::key));
    let mut act = said(acts, "办理", "见代码表“状态办理”。", json!("revoke"));
    act["x-code-table"] = json!("状态办理");
    sent(vec![
        ("record_id!", record_id()),
        ("number!", number()),
        ("act!", act),
        ("effective!", said(day(), "生效日期", "状态自哪一天起；当日即算。", json!("2026-07-01"))),
        ("document!", said(text(80), "文号", "决定文书的文号。", json!("陕示撤〔2026〕1号"))),
        ("reason!", said(text(300), "原因", "决定中写明的原因。", json!("示例原因"))),
        ("expected_edition", expected_edition()),
    ])
}

fn adopt_item() -> Value {
    let text = "本系统按第8章计算或上次收到的内容摘要；传了就比较，不同的不关联（digest_differs）。";
    sent(vec![
        ("record_id!", record_id()),
        ("number!", number()),
        ("content_digest", said(digest(), "内容摘要", text, json!(sample::DIGEST))),
    ])
}

fn declare_item() -> Value {
    let last = "已经过完的一个月的最后一天；不传为上月末。";
    let all = "当天全部有效证书的张数，不论是否已经赋码；没有的传0。";
    sent(vec![
        ("record_id!", record_id()),
        ("day", said(day(), "期末日期", last, json!("2026-02-28"))),
        ("certificates!", said(within(0, 1_000_000), "有效证书张数", all, json!(1250))),
    ])
}

/// Code of a certificate.
pub fn code() -> Value {
    let schema = json!({ "type": "string", "pattern": "^[0-9A-HJKMNP-TV-Z]{16}$", "maxLength": 16 });
    said(schema, "码", "16个字符，终身唯一。", json!(sample::CODE))
}

/// An edition.
pub fn edition() -> Value {
    said(whole(1), "版本", "第几版，从 1 起。", json!(1))
}

/// Recorded status.
pub fn status() -> Value {
    let mut out =
        said(one_of(StatusWord::ALL.map(StatusWord::key)), "状态", "见代码表“证书状态”。", json!("valid"));
    out["x-code-table"] = json!("证书状态");
    out
}

/// SHA-256 of a content.
pub fn content_digest() -> Value {
    said(digest(), "内容摘要", "该版内容的 SHA-256，十六进制；对账用。", json!(sample::DIGEST))
}

/// What a QR says.
pub fn qr_text() -> Value {
    said(
        json!({ "type": "string" }),
        "二维码内容",
        "印制二维码用的文字，一字不改。",
        json!(sample::qr_text()),
    )
}

fn answered() -> Named {
    vec![
        ("Result", result()),
        ("Results", results()),
        ("Fault", fault()),
        ("Problem", problem()),
        ("TokenError", token_error()),
    ]
}

fn result() -> Value {
    let outcome = said(
        one_of(["ok", "warned", "error"]),
        "结果",
        "ok 已办；warned 已办，有警告；error 未办。",
        json!("ok"),
    );
    let words: Vec<String> = EFFECTS.iter().map(|(key, word)| format!("{key} {word}")).collect();
    let effect = one_of(EFFECTS.iter().map(|(key, _)| *key));
    let effect =
        said(effect, "作用", &format!("{}。预检时是将有的作用。", words.join("；")), json!("assigned"));
    object(vec![
        (
            "record_id!",
            said(
                json!({ "type": "string" }),
                "业务记录号",
                "该项的业务记录号；读不出的为空。",
                json!(sample::RECORD),
            ),
        ),
        ("outcome!", outcome),
        ("replayed!", said(flag(), "是否重发", "true：以前已办，这是当时的答复。", json!(false))),
        ("effect", effect),
        ("number", number()),
        ("code", code()),
        ("edition", edition()),
        ("content_digest", content_digest()),
        ("status", status()),
        ("file", said(digest(), "文件", "归集文件的 SHA-256。", json!(sample::DIGEST))),
        ("day", said(day(), "期末日期", "申报的是哪一天的。", json!("2026-02-28"))),
        ("certificates", said(whole(0), "有效证书张数", "申报的张数。", json!(1250))),
        ("qr_text", qr_text()),
        ("problems!", said(all_of(link("Fault")), "问题", "全部问题，错误、警告、提示。", Value::Null)),
    ])
}

fn results() -> Value {
    object(vec![(
        "results!",
        said(all_of(link("Result")), "各项答复", "与传入的各项次序相同。", Value::Null),
    )])
}

fn fault() -> Value {
    let plain = || json!({ "type": "string" });
    let severity = one_of(["error", "warning", "notice"]);
    object(vec![
        (
            "severity!",
            said(
                severity,
                "程度",
                "error 错误，不办理；warning 警告，已办理，应有人核对；notice 提示。",
                json!("error"),
            ),
        ),
        (
            "pointer!",
            said(
                plain(),
                "位置",
                "该项之内的 JSON Pointer（RFC 6901）；空为整项。",
                json!("/certificate/valid_to"),
            ),
        ),
        ("code!", said(plain(), "代码", "见错误码表。", json!("days_order"))),
        ("value", said(plain(), "原值", "收到的值，最多60个字符；个人信息不回显。", json!("2026-03-04"))),
        ("message!", said(plain(), "说明", "错在哪里。", json!("有效期至2026-03-04早于有效期起2026-03-05"))),
        ("hint!", said(plain(), "怎样改", "", json!("请核对两个日期。"))),
    ])
}

fn problem() -> Value {
    let plain = || json!({ "type": "string" });
    object(vec![
        (
            "type!",
            said(
                plain(),
                "种类",
                "网址：本错误码的说明。",
                json!("https://cma.example.cn/api/docs#forbidden"),
            ),
        ),
        ("title!", said(plain(), "名称", "", json!("没有权限"))),
        ("status!", said(within(400, 599), "状态码", "与 HTTP 状态码相同。", json!(403))),
        ("detail", said(plain(), "说明", "错在哪里。", json!("令牌没有这项权限"))),
        ("hint", said(plain(), "怎样改", "", json!("请用含相应 scope 的令牌。"))),
        ("code!", said(plain(), "代码", "见错误码表。", json!("forbidden"))),
        ("instance!", said(plain(), "请求编号", "联系技术支持时请提供。", json!("4f1c2ab09d3e5678"))),
    ])
}

fn token_error() -> Value {
    let codes = [
        "invalid_request",
        "invalid_client",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    ];
    object(vec![
        ("error!", said(one_of(codes), "错误", "RFC 6749 第5.2节。", json!("invalid_client"))),
        (
            "error_description!",
            said(json!({ "type": "string" }), "说明", "", json!("客户端标识或密钥不正确，或密钥已停用")),
        ),
    ])
}
