//! The schemas of what is read: certificates, batches, comparisons, the change stream, figures, code tables, files.

use super::components::{Named, code, content_digest, edition, number, qr_text, record_id, status};
use super::sample;
use super::schema::{
    all_of, component, day, digest, flag, instant, link, list, object, one_of, or_null, said, sent, text,
    whole,
};
use domain::{Concern, Door, EventKind, Group, Kind, VerdictWord};
use serde_json::{Value, json};

/// Most certificates of one POST to `/reconcile`.
const CLAIMED: usize = 10_000;

fn word(title: &str, text: &str, example: &str) -> Value {
    said(json!({ "type": "string" }), title, text, json!(example))
}

fn count(title: &str, text: &str) -> Value {
    said(whole(0), title, text, json!(1))
}

fn moment(title: &str, text: &str) -> Value {
    said(instant(), title, text, json!("2026-03-05T09:30:00+08:00"))
}

fn cursor(text: &str) -> Value {
    word("游标", text, sample::CURSOR)
}

/// Members of a certificate's head.
fn head() -> Named {
    let other = |title, text| word(title, text, "202712050001");
    vec![
        ("number!", number()),
        ("code!", code()),
        ("edition!", edition()),
        ("status!", status()),
        ("status_text!", word("状态文字", "", "有效")),
        (
            "verdict!",
            said(
                one_of(VerdictWord::ALL.map(VerdictWord::key)),
                "查真结论",
                "今天的结论，见代码表“查真结论”。",
                json!("valid"),
            ),
        ),
        ("valid_from!", said(day(), "有效期起", "", json!("2026-03-05"))),
        ("valid_to!", said(day(), "有效期至", "最后一个有效日。", json!("2032-03-04"))),
        ("assigned_at!", moment("赋码时间", "")),
        ("door!", door()),
        ("content_digest!", content_digest()),
        ("qr_text!", qr_text()),
        ("record_ids!", record_ids()),
        ("previous", other("上一证书编号", "被本证书替换的证书；没有的不出现。")),
        ("successor", other("后一证书编号", "替换本证书的证书；没有的不出现。")),
    ]
}

fn record_ids() -> Value {
    said(
        all_of(json!({ "type": "string" })),
        "业务记录号",
        "本机关各次办理用过的业务记录号。",
        json!([sample::RECORD]),
    )
}

fn door() -> Value {
    let doors = [Door::Form, Door::Workbook, Door::Command, Door::Interface, Door::Public, Door::System];
    said(one_of(doors.map(Door::key)), "入口", "经哪个入口办理，见代码表“入口”。", json!("interface"))
}

/// What is read of certificates.
pub fn read() -> Named {
    let mut certificate = head();
    certificate.push(("certificate!", said(link("CertificateRead"), "证书", "", Value::Null)));
    for it in Group::ALL.into_iter().filter(|it| *it != Group::Certificate) {
        let rows = all_of(link(&format!("{}Read", component(it))));
        certificate.push((it.key(), said(rows, it.sheet(), "", Value::Null)));
    }
    vec![
        ("CertificateShown", object(certificate)),
        (
            "Editions",
            object(vec![(
                "editions!",
                said(all_of(link("EditionShown")), "各版", "由旧到新。", Value::Null),
            )]),
        ),
        ("EditionShown", edition_shown()),
        ("VerdictShown", verdict()),
        (
            "Linked",
            object(vec![("certificates!", said(all_of(link("LinkedCertificate")), "证书", "", Value::Null))]),
        ),
        ("LinkedCertificate", linked()),
    ]
}

fn edition_shown() -> Value {
    let kinds = all_of(one_of(Kind::ALL.map(Kind::key)));
    object(vec![
        ("edition!", edition()),
        ("kinds!", said(kinds, "业务类型", "该版因何而来，见代码表“业务类型”。", json!(["first"]))),
        ("effective!", said(day(), "生效日期", "", json!("2026-03-05"))),
        ("recorded_at!", moment("登记时间", "")),
        ("capabilities!", count("检测能力行数", "")),
        ("content_digest!", content_digest()),
    ])
}

fn verdict() -> Value {
    let words = one_of(VerdictWord::ALL.map(VerdictWord::key));
    object(vec![
        ("on!", said(day(), "查询的日期", "", json!("2026-03-05"))),
        ("verdict!", said(words, "查真结论", "见代码表“查真结论”。", json!("valid"))),
        ("verdict_text!", word("结论文字", "", "有效")),
    ])
}

fn linked() -> Value {
    object(vec![
        ("number!", number()),
        ("authority!", word("发证机关", "", "示例省市场监督管理局")),
        ("body_name!", word("机构名称", "", "示例检测有限公司")),
        ("uscc", word("统一社会信用代码", "", sample::USCC)),
        ("parent_uscc", word("所属法人统一社会信用代码", "", "91610102YL00000202")),
        ("status!", status()),
        ("status_text!", word("状态文字", "", "有效")),
        (
            "verdict!",
            said(one_of(VerdictWord::ALL.map(VerdictWord::key)), "查真结论", "今天的结论。", json!("valid")),
        ),
        ("valid_from!", said(day(), "有效期起", "", json!("2026-03-05"))),
        ("valid_to!", said(day(), "有效期至", "", json!("2032-03-04"))),
        ("domain!", word("领域代码", "", "12")),
        ("industry!", word("行业代码", "", "05")),
        ("edition!", edition()),
        ("own!", said(flag(), "是否本机关所发", "", json!(true))),
    ])
}

/// What comparing needs and answers, and the change stream.
pub fn reconciled() -> Named {
    let claimed = said(list(link("Claimed"), CLAIMED), "各项", &format!("至多 {CLAIMED} 项。"), Value::Null);
    vec![
        ("Claims", sent(vec![("items!", claimed)])),
        ("Claimed", claimed_item()),
        ("Differences", differences()),
        ("Different", different()),
        ("Reconciliation", reconciliation()),
        ("Reconciled", reconciled_item()),
        ("Unadopted", unadopted()),
        ("UnadoptedItem", unadopted_item()),
        ("Changes", changes()),
        ("Change", change()),
    ]
}

fn claimed_item() -> Value {
    let one = "业务记录号和证书编号至少传一个；都传的，按业务记录号找，并比较编号。";
    let digest = said(text(64), "内容摘要", "传了就比较。", json!(sample::DIGEST));
    let mut out = sent(vec![
        ("record_id", said(text(64), "业务记录号", one, json!(sample::RECORD))),
        ("number", number()),
        ("content_digest", digest),
    ]);
    out["description"] = json!(one);
    out
}

fn differences() -> Value {
    let missing = all_of(json!({ "type": "string" }));
    object(vec![
        (
            "missing!",
            said(missing, "缺少的", "登记库没有的业务记录号或编号：请重新办理。", json!([sample::RECORD])),
        ),
        (
            "different!",
            said(all_of(link("Different")), "不同的", "内容或编号不同：请查询后核对。", Value::Null),
        ),
        ("same!", count("相同的", "相同的项数。")),
    ])
}

fn different() -> Value {
    object(vec![
        ("asked!", word("所问", "传入的业务记录号或编号。", sample::RECORD)),
        ("number!", number()),
        ("edition!", edition()),
        ("content_digest!", content_digest()),
    ])
}

fn reconciliation() -> Value {
    let next =
        said(or_null(json!({ "type": "string" })), "下一页", "没有更多时为 null。", json!(sample::CURSOR));
    object(vec![
        ("items!", said(all_of(link("Reconciled")), "证书", "按赋码先后。", Value::Null)),
        ("next!", next),
        ("position!", cursor("对账开始时变更流所在的位置：对账之后由此接着读变更流，不会漏。")),
    ])
}

fn reconciled_item() -> Value {
    object(vec![
        ("number!", number()),
        ("code!", code()),
        ("edition!", edition()),
        ("status!", status()),
        ("content_digest!", content_digest()),
        ("record_ids!", record_ids()),
        ("assigned_at!", moment("赋码时间", "")),
        ("door!", door()),
    ])
}

fn unadopted() -> Value {
    let next = or_null(json!({ "type": "string" }));
    object(vec![
        ("items!", said(all_of(link("UnadoptedItem")), "证书", "按赋码先后。", Value::Null)),
        ("total!", count("总数", "全部待认领的张数。")),
        ("next!", said(next, "下一页", "没有更多时为 null。", json!("1024"))),
    ])
}

fn unadopted_item() -> Value {
    object(vec![
        ("number!", number()),
        ("code!", code()),
        ("body_name!", word("机构名称", "", "示例检测有限公司")),
        ("edition!", edition()),
        ("status!", status()),
        ("content_digest!", content_digest()),
        ("assigned_at!", moment("赋码时间", "")),
        ("door!", door()),
    ])
}

fn changes() -> Value {
    object(vec![
        ("events!", said(all_of(link("Change")), "变更", "按登记先后；可能为空。", Value::Null)),
        ("next!", cursor("下次从这里接着读；没有新的变更时与传入的相同。")),
    ])
}

fn change() -> Value {
    let kinds = one_of(EventKind::ALL.iter().map(|kind| kind.key()));
    object(vec![
        ("cursor!", cursor("该条之后的位置。")),
        ("kind!", said(kinds, "种类", "见代码表“变更种类”。", json!("assign"))),
        ("kind_text!", word("种类文字", "", "赋码")),
        ("number!", number()),
        ("code", said(code(), "码", "其他机关的证书没有：码是发证机关的。", json!(sample::CODE))),
        ("edition", edition()),
        ("effective!", said(day(), "生效日期", "", json!("2026-03-05"))),
        ("recorded_at!", moment("登记时间", "")),
        ("door!", door()),
        ("document!", word("文号", "没有的为空。", "陕示许〔2026〕123号")),
        ("record_id", record_id()),
        ("concerning", concerning()),
        ("authority", word("发证机关", "只在其他机关的证书上。", "示例省市场监督管理局")),
        ("body_name", word("机构名称", "只在其他机关的证书上。", "示例检测有限公司")),
        ("uscc", word("统一社会信用代码", "只在其他机关的证书上。", sample::USCC)),
        ("parent_uscc", word("所属法人统一社会信用代码", "只在其他机关的证书上。", "91610102YL00000202")),
    ])
}

/// Why an act against a certificate of another authority is told.
fn concerning() -> Value {
    let told = [Concern::Body, Concern::Site, Concern::Sister].map(Concern::key);
    let why = "有它的，是其他机关对其颁发的证书的办理：body 同一机构持有本机关的证书，site 机构的住所或现行场所在本辖区，sister 同一法人单位的其他机构与本机关有关。";
    said(one_of(told), "与本机关的关系", why, json!("body"))
}

/// Batches, files, figures, code tables, tokens.
pub fn others() -> Named {
    let code_entry =
        object(vec![("code!", word("代码", "", "12")), ("name!", word("名称", "", "环境与环保"))]);
    vec![
        ("Token", token()),
        ("Batch", batch()),
        ("BatchLine", batch_line()),
        ("Files", object(vec![("files!", said(all_of(link("File")), "文件", "", Value::Null))])),
        ("File", file()),
        ("Statistics", statistics()),
        ("Questions", questions()),
        ("CodeTable", code_table()),
        ("CodeEntry", code_entry),
    ]
}

fn code_table() -> Value {
    object(vec![
        ("table!", word("哪张表", "", "domains")),
        ("codes!", said(all_of(link("CodeEntry")), "代码", "", Value::Null)),
    ])
}

fn token() -> Value {
    object(vec![
        ("access_token!", word("令牌", "", "hV3kq8Zt0w4mC1")),
        ("token_type!", said(one_of(["Bearer"]), "令牌种类", "", json!("Bearer"))),
        ("expires_in!", said(whole(1), "有效秒数", "", json!(7200))),
        ("scope!", word("权限", "令牌的权限，空格分开。", "read check assign")),
    ])
}

fn batch() -> Value {
    object(vec![
        ("batch!", word("作业号", "", "1024")),
        ("act!", said(one_of(app::CallAct::ALL.map(app::CallAct::key)), "作业", "", json!("assign"))),
        (
            "state!",
            said(
                one_of(["receiving", "working", "done", "failed"]),
                "状态",
                "receiving 接收中；working 办理中；done 已完成；failed 未能办理。",
                json!("working"),
            ),
        ),
        ("done!", count("已答复的行数", "")),
        ("ok!", count("已办的行数", "")),
        ("warned!", count("已办并有警告的行数", "")),
        ("failed!", count("未办的行数", "")),
        ("message!", word("说明", "未能办理的原因；没有的为空。", "")),
        ("created_at!", moment("开始时间", "")),
        ("updated_at!", moment("最近更新", "")),
        ("status_url", word("查询进度", "", "/api/v1/batches/1024")),
        ("results_url", word("取逐行答复", "", "/api/v1/batches/1024/results")),
    ])
}

fn batch_line() -> Value {
    let line = object(vec![("line!", said(whole(1), "行号", "从 1 起，空行不计。", json!(1)))]);
    json!({ "allOf": [line, link("Result")] })
}

fn file() -> Value {
    object(vec![
        ("file!", said(digest(), "文件", "文件的 SHA-256，取文件用。", json!(sample::DIGEST))),
        ("sm3!", said(digest(), "SM3", "", json!(sample::DIGEST))),
        (
            "part!",
            said(
                one_of(["certificate", "annex"]),
                "种类",
                "certificate 证书；annex 附表。",
                json!("certificate"),
            ),
        ),
        ("format!", said(one_of(["pdf", "ofd"]), "格式", "", json!("pdf"))),
        ("size!", said(whole(1), "字节数", "", json!(183_204))),
        ("edition!", edition()),
        ("record_id!", record_id()),
        ("recorded_at!", moment("归集时间", "")),
    ])
}

/// Numbers by key.
fn figures() -> Value {
    json!({ "type": "object", "additionalProperties": whole(0) })
}

fn questions() -> Value {
    object(vec![
        ("by_answer!", said(figures(), "按结论", "", json!({ "valid": 12 }))),
        ("by_day!", said(figures(), "按日", "", json!({ "2026-03-05": 12 }))),
    ])
}

/// What a page of figures is.
const REPORT: &str = "传了 report 才有，与统计页面相同：title 名称，of 范围，from 和 to 起止日期，sheets 各表；每张表有 title、definition（口径）、columns（列）、rows（行，按列的 key 取值，占比为0到1的小数）和 total（合计）。";

fn statistics() -> Value {
    object(vec![
        ("from!", said(day(), "自", "", json!("2026-03-01"))),
        ("to!", said(day(), "至", "含当日。", json!("2026-03-31"))),
        ("certificates!", said(figures(), "现有证书", "今天按状态的张数。", json!({ "valid": 120 }))),
        ("assigned!", said(figures(), "赋码", "期间按入口的张数。", json!({ "interface": 20 }))),
        ("questions!", said(link("Questions"), "公众查询", "期间的次数。", Value::Null)),
        ("report", said(json!({ "type": "object" }), "统计页", REPORT, Value::Null)),
    ])
}
