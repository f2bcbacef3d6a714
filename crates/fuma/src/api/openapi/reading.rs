//! The calls that read.

use super::components::record_id;
use super::operation::{FORM, JSON, NDJSON, Operation, must, number, path, query, token_member};
use super::sample;
use super::schema::{day, link, one_of, said, text, within, words};
use super::writing::{batch_number, if_none_match, print};
use domain::Grant;
use domain::tally::Measure;
use serde_json::{Value, json};

/// All of them, in reading order.
pub fn calls() -> Vec<Operation> {
    let mut all = vec![batch(), batch_results(), certificate(), editions(), verdict()];
    all.extend(codes());
    all.extend([kept(), print(), record(), linked()]);
    all.extend([reconcile(), compare(), unadopted(), changes()]);
    all.extend([files(), file(), statistics(), code_table(), openapi()]);
    all
}

fn binary() -> Value {
    json!({ "type": "string", "format": "binary" })
}

fn limit(most: u64) -> Value {
    query("limit", said(number_of(), "条数", &format!("每页几条；超过 {most} 的按 {most} 计。"), json!(100)))
}

/// A whole number that the interface brings within its own limits.
fn number_of() -> Value {
    within(0, 4_294_967_295)
}

fn on(name: &'static str, title: &str, text: &str) -> Value {
    query(name, said(day(), title, text, json!("2026-03-05")))
}

fn cursor(text_: &str) -> Value {
    query("cursor", said(text(100), "游标", text_, json!(sample::CURSOR)))
}

fn batch() -> Operation {
    Operation::get(
        "batch",
        "/batches/{batch}",
        "批量",
        "查询作业进度",
        "作业办到哪里。建议每隔几秒查询一次。",
    )
    .takes(batch_number())
    .answers(200, "作业", JSON, link("Batch"), sample::batch("assign", "done"))
}

fn batch_results() -> Operation {
    let purpose = "逐行取答复，每行一个 JSON 对象，按行号。从 after 之后取；答复头 X-Next-After 是下一次的 after，X-Complete 说明是否已经取完。";
    let after = said(within(0, 4_294_967_295), "自第几行之后", "第一次为 0。", json!(0));
    Operation::get("batchResults", "/batches/{batch}/results", "批量", "取逐行答复", purpose)
        .takes(batch_number())
        .takes(query("after", after))
        .takes(limit(5_000))
        .answers(200, "每行一个答复（BatchLine）", NDJSON, json!({ "type": "string" }), Value::Null)
        .with_header(200, "X-Next-After", "下一次的 after。", "1000")
        .with_header(
            200,
            "X-Complete",
            "true：作业已完成，各行都已取到；false：以后还有，从 X-Next-After 接着取。",
            "true",
        )
}

fn certificate() -> Operation {
    let purpose =
        "本机关一张证书的内容，字段与办理时相同，可以改动后原样用于变更。不含人员证件、联系方式等个人信息。";
    let edition = said(within(1, 4_294_967_295), "版本", "取第几版；不传为现行版。", json!(1));
    Operation::get("certificate", "/certificates/{number}", "查询", "查询证书", purpose)
        .takes(number())
        .takes(query("edition", edition))
        .takes(if_none_match())
        .answers(200, "证书", JSON, link("CertificateShown"), sample::shown())
        .with_header(200, "ETag", "内容的版本。", "\"e1-valid-9f2c1a5be0d47c88\"")
        .answers(304, "没有变化", "", Value::Null, Value::Null)
}

fn editions() -> Operation {
    Operation::get(
        "editions",
        "/certificates/{number}/editions",
        "查询",
        "查询各版",
        "一张证书的全部版本，由旧到新。",
    )
    .takes(number())
    .answers(200, "各版", JSON, link("Editions"), sample::editions())
}

fn verdict() -> Operation {
    let purpose = "公众在某一天查真会看到的结论，不计入公众查询的次数。";
    Operation::get("verdict", "/certificates/{number}/verdict", "查询", "查真结论", purpose)
        .takes(number())
        .takes(on("on", "日期", "不传为今天。"))
        .answers(200, "结论", JSON, link("VerdictShown"), sample::verdict())
}

fn codes() -> [Operation; 3] {
    let call = |id, path, title| {
        let purpose = "报告用的二维码，内容与答复中的 qr_text 相同。自行制码的，请用 QR 纠错等级 Q，不改动内容。证书已终止的不能取（422）。";
        Operation::get(id, path, "查询", title, purpose).takes(number()).refuses(&[422])
    };
    [
        call("qrSvg", "/certificates/{number}/qr.svg", "取二维码（SVG）").answers(
            200,
            "SVG",
            "image/svg+xml",
            json!({ "type": "string" }),
            Value::Null,
        ),
        call("qrPng", "/certificates/{number}/qr.png", "取二维码（PNG）").answers(
            200,
            "PNG",
            "image/png",
            binary(),
            Value::Null,
        ),
        call("qrPdf", "/certificates/{number}/qr.pdf", "取二维码（PDF）").answers(
            200,
            "PDF",
            "application/pdf",
            binary(),
            Value::Null,
        ),
    ]
}

fn kept() -> Operation {
    let purpose = "取已存档的证书正本 PDF；还没有制作的答复 404。";
    Operation::get("certificatePdf", "/certificates/{number}/certificate.pdf", "查询", "取证书 PDF", purpose)
        .takes(number())
        .answers(200, "PDF", "application/pdf", binary(), Value::Null)
}

fn record() -> Operation {
    let purpose = "一个业务记录号办成了什么：当时的答复。没有收到答复、不知是否办成时，用它查明；没有办成的答复 404，可以原样重发。";
    Operation::get("record", "/records", "查询", "查询业务记录号", purpose)
        .takes(must("record_id", record_id()))
        .answers(200, "当时的答复", JSON, link("Result"), sample::assigned())
        .refuses(&[404])
}

fn linked() -> Operation {
    let purpose = "一家机构在全国的全部证书。机构住所或现行场所在本辖区，或持有本机关证书的，可以查询；它们同一法人单位的其他机构也可以查询；否则答复 404。";
    let uscc = json!({ "type": "string", "pattern": "^[0-9A-Z]{18}$", "maxLength": 18 });
    Operation::get("linked", "/bodies/{uscc}/certificates", "查询", "查询机构的证书", purpose)
        .takes(path("uscc", said(uscc, "统一社会信用代码", "机构或其所属法人单位的。", json!(sample::USCC))))
        .answers(200, "证书", JSON, link("Linked"), sample::linked())
}

const RECONCILE: &str = "按赋码日期逐页列出本机关的证书及其内容摘要，供本系统核对：登记库有而本系统没有的、内容不同的。第一页的 position 是对账开始时变更流的位置，核对完以后由此接着读变更流。";

fn of_reconcile() -> [Value; 4] {
    [
        on("from", "赋码日期自", "不传不限。"),
        on("to", "赋码日期至", "含当日；不传不限。"),
        cursor("上一页的 next；不传从头开始。"),
        limit(1_000),
    ]
}

fn reconcile() -> Operation {
    let call = Operation::get("reconcile", "/reconcile", "对账与变更流", "对账：列出", RECONCILE);
    of_reconcile()
        .into_iter()
        .fold(call, Operation::takes)
        .answers(200, "一页", JSON, link("Reconciliation"), sample::reconciliation())
        .refuses(&[422])
}

/// JSON compares; a form asks what GET asks, so that callers behind a gateway reconcile as well.
fn compare() -> Operation {
    let purpose = "本系统列出自己的记录（业务记录号或编号，可带内容摘要，每次至多1万项），登记库答复缺少的和不同的。以表单（application/x-www-form-urlencoded）调用的，等同于 GET。";
    let listed = Operation::get("", "/reconcile", "", "", "");
    let form = of_reconcile().into_iter().fold(listed, Operation::takes).form_of_parameters();
    let both = json!({ "anyOf": [link("Differences"), link("Reconciliation")] });
    Operation::post("compare", "/reconcile", "对账与变更流", "对账：比较", purpose)
        .body(JSON, link("Claims"), sample::claims())
        .body(FORM, form, Value::Null)
        .answers(200, "缺少的和不同的；表单调用的为一页", JSON, both, sample::differences())
        .refuses(&[422])
}

fn unadopted() -> Operation {
    let purpose =
        "经页面、工作簿、命令行赋码、还没有业务记录号的证书：逐张核对后认领。误赋码作废的不在其中。";
    Operation::get("unadopted", "/unadopted", "对账与变更流", "待认领的证书", purpose)
        .takes(cursor("上一页的 next；不传从头开始。"))
        .takes(limit(1_000))
        .answers(200, "一页", JSON, link("Unadopted"), sample::unadopted())
}

fn changes() -> Operation {
    let purpose = "本机关证书的变更，按登记先后，一条不漏：经任何入口的赋码、变更、状态办理、打印、归集。其他机关对同一机构、同一法人单位的其他机构或场所在本辖区的机构的证书办理暂停、恢复、撤销、撤回、注销、吊销或撤销原决定的，也在其中，带 concerning。机构合并或撤销合并使证书改归另一机构的，记为 body_move，证书的内容、编号和码不变。保存 next，下次从它接着读。没有变更时，wait 秒之内有了就立即答复。不传 cursor 从头开始。";
    let wait = said(number_of(), "等待秒数", "没有变更时等多久；超过30秒的按30秒计。", json!(25));
    Operation::get("changes", "/changes", "对账与变更流", "变更流", purpose)
        .takes(cursor("上次的 next；不传从头开始。"))
        .takes(limit(1_000))
        .takes(query("wait", wait))
        .answers(
            200,
            "变更；Accept 为 application/x-ndjson 时每行一条，最后一行为 {\"next\":\"…\"}",
            JSON,
            link("Changes"),
            sample::changes(),
        )
        .answers(200, "", NDJSON, json!({ "type": "string" }), Value::Null)
        .with_header(
            200,
            "X-Next-Cursor",
            "每行一条时，下次的 cursor，与最后一行的 next 相同。",
            sample::CURSOR,
        )
        .refuses(&[410])
}

fn files() -> Operation {
    Operation::get(
        "files",
        "/certificates/{number}/files",
        "归集",
        "列出归集的文件",
        "一张证书已归集的文件。",
    )
    .takes(number())
    .answers(200, "文件", JSON, link("Files"), sample::files())
}

fn file() -> Operation {
    let sha = said(super::schema::digest(), "SHA-256", "文件的 SHA-256，十六进制。", json!(sample::DIGEST));
    let path_ = "/certificates/{number}/files/{sha256}";
    Operation::get("file", path_, "归集", "取归集的文件", "逐字节取回归集的文件。")
        .takes(number())
        .takes(path("sha256", sha))
        .answers(200, "文件", "application/pdf", binary(), Value::Null)
        .answers(200, "文件", "application/ofd", binary(), Value::Null)
}

fn statistics() -> Operation {
    Operation::get(
        "statistics",
        "/statistics",
        "统计与代码",
        "本机关统计",
        "本机关的证书、赋码和公众查询的数字。",
    )
    .takes(on("from", "自", "不传为 to 之前30天。"))
    .takes(on("to", "至", "含当日；不传为今天。"))
    .takes(query("report", said(reports(), "统计页", &reports_said(), json!("trend"))))
    .takes(query("measure", said(measures(), "项目", &measures_said(), json!("scan"))))
    .takes(query(
        "of",
        said(one_of(["own", "nation"]), "范围", "own 本机关，nation 全国合计；不传为 own。", json!("own")),
    ))
    .takes(query(
        "days",
        said(
            json!({ "type": "integer", "enum": app::SPANS }),
            "天数",
            "最近多少天，含今天：7、30、90、365、730；不传为30。",
            json!(90),
        ),
    ))
    .takes(query(
        "by",
        said(one_of(["day", "month"]), "间隔", "day 逐日，month 逐月；不传时90天以内逐日。", json!("day")),
    ))
    .takes(on("month", "月份", "热门机构用：该月的任意一天；不传为本月。"))
    .takes(on("day", "日期", "从未赋过的码和编号用；不传为今天。"))
    .answers(200, "统计", JSON, link("Statistics"), sample::statistics())
}

fn reports() -> Value {
    one_of(app::FigureReport::ALL.iter().map(|it| it.key()))
}

fn reports_said() -> String {
    let all = app::FigureReport::ALL.iter().map(|it| format!("{} {}", it.key(), it.label()));
    format!("再要一页统计，放在答复的 report 里：{}。", all.collect::<Vec<_>>().join("，"))
}

fn measures() -> Value {
    one_of(Measure::ALL.iter().map(|it| it.key()))
}

fn measures_said() -> String {
    let all = Measure::ALL.iter().map(|it| format!("{} {}", it.key(), it.label()));
    format!("统计什么：{}。", all.collect::<Vec<_>>().join("，"))
}

fn code_table() -> Operation {
    let tables = one_of(["authorities", "domains", "industries", "divisions", "kinds", "statuses", "acts"]);
    Operation::get("codes", "/codes/{table}", "统计与代码", "代码表", "现行的代码表，建议每天取一次。")
        .takes(path("table", said(tables, "哪张表", "", json!("domains"))))
        .takes(query(
            "after",
            said(words(), "自哪个代码之后", "行政区划分页用：上一页的最后一个代码。", json!("610113")),
        ))
        .answers(200, "代码", JSON, link("CodeTable"), sample::code_table())
}

fn openapi() -> Operation {
    let purpose = "本接口的 OpenAPI 3.1 文件，不需要令牌。";
    Operation::get("openapi", "/openapi.json", "统计与代码", "接口描述文件", purpose)
        .needs(Grant::Read)
        .open()
        .answers(200, "OpenAPI 3.1", JSON, json!({ "type": "object" }), Value::Null)
        .forgets(400)
}

impl Operation {
    /// Its parameters as the members of a form, with the token among them.
    fn form_of_parameters(&self) -> Value {
        let body = self.as_form().and_then(|form| form.media(FORM));
        body.unwrap_or_else(
            || json!({ "type": "object", "properties": { "access_token": token_member()["schema"] } }),
        )
    }
}
