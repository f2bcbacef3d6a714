//! The calls that do something: token, items, batches, files.

use super::components::record_id;
use super::operation::{
    FORM, JSON, NDJSON, Operation, PROBLEM, header, number, path, query, token_member, writes,
};
use super::sample;
use super::schema::{digest, link, needed, one_of, said, text, words};
use app::CallAct;
use domain::Grant;
use serde_json::{Value, json};

/// All of them, in reading order.
pub fn calls() -> Vec<Operation> {
    let mut all = vec![token()];
    all.extend(on_items());
    all.extend(CallAct::ALL.into_iter().map(batch));
    all.push(collect());
    all
}

fn token() -> Operation {
    let purpose = "用客户端标识和密钥换取访问令牌（OAuth 2.0 客户端凭证，RFC 6749 第4.4节）。令牌有效2小时，到期前后重新取；不必每次调用都取。";
    let form = json!({
        "type": "object", "required": ["grant_type"], "x-order": ["grant_type", "client_id", "client_secret", "scope"],
        "properties": {
            "grant_type": said(one_of(["client_credentials"]), "授权方式", "固定值。", json!("client_credentials")),
            "client_id": needed(said(text(100), "客户端标识", "也可以用 HTTP Basic 传标识和密钥；不用的必填。", json!("fuma-27-abcd2345")), "sometimes"),
            "client_secret": needed(said(text(200), "客户端密钥", "同上。", Value::Null), "sometimes"),
            "scope": said(text(200), "权限", "要申请的权限，空格分开；不传为该系统的全部权限。", json!("read check assign")),
        },
    });
    let answer = json!({ "access_token": "hV3kq8Zt0w4mC1", "token_type": "Bearer", "expires_in": 7200, "scope": "read check assign" });
    let wrong = |code: &str, text: &str| json!({ "error": code, "error_description": text });
    Operation::post("token", "/token", "认证", "取访问令牌", purpose)
        .open()
        .body(FORM, form, Value::Null)
        .answers(200, "令牌", JSON, link("Token"), answer)
        .refuses(&[429, 503])
        .told_anew(
            400,
            "请求不合规定，或申请的权限超出该系统的权限",
            wrong("invalid_scope", "申请的 scope 超出该系统的权限"),
        )
        .told_anew(
            401,
            "没有标识和密钥，或不正确",
            wrong("invalid_client", "客户端标识或密钥不正确，或密钥已停用"),
        )
}

impl Operation {
    /// An answer of RFC 6749 5.2 in place of a problem.
    fn told_anew(self, status: u16, text: &str, example: Value) -> Operation {
        self.forgets(status).answers(status, text, JSON, link("TokenError"), example)
    }
}

fn on_items() -> Vec<Operation> {
    let call =
        |id, path, title, purpose, grant| Operation::post(id, path, "办理", title, purpose).needs(grant);
    let assign = "为新证书赋码：首次发证和存量证书。证书编号由本机关编的填 number，留空由系统按计数器编号。办成即生效：编号和码终身有效，国家库同时归集。";
    let renew = "复查换证：发新证书，previous_number 指明被替换的证书。旧证书到新证书的第一天为止有效。";
    let change = "变更已赋码的证书：扩项、标准变更、名称变更、地址名称变更、场所迁移、法人单位变更、取消检验检测能力、人员变更、授权签字人变更，可以同时办理几种。除要改变的内容外，每次都要传本次的许可程序、决定日期和决定文号。每次变更产生新版本，编号和码不变。";
    let correct = "更正录入错误，reason 写明更正什么、为什么。更正产生新版本，并登记为更正；原内容仍可查阅。";
    let check = "按赋码的全部规则检查而不写入，包括全国范围的重复检查。建议在审批决定之前调用。任何赋码方式下都可以调用。";
    let status = "办理证书状态：暂停、恢复、撤销、撤回、注销、吊销、误赋码作废、撤销原决定。";
    let declare = "申报本机关在一个月的最后一天有效的全部证书张数，不论是否已经赋码；国家级的通报按它计算赋码覆盖率。同一日期可以再报，以最后一次为准；页面和命令申报的同样计算。手动赋码方式下在页面申报。";
    let adopt = "把本系统的业务记录号关联到手动赋码的证书，使同一张证书不会再次赋码。传 content_digest 的，先比较内容。任何赋码方式下都可以调用。";
    vec![
        writes(
            call("check", "/certificates/check", "预检", check, Grant::Check),
            "CheckItems",
            sample::first(),
            sample::checked(),
        ),
        writes(
            call("assign", "/certificates/assign", "赋码", assign, Grant::Assign),
            "NewItems",
            sample::first(),
            sample::assigned(),
        ),
        writes(
            call("renew", "/certificates/renew", "复查换证", renew, Grant::Assign),
            "NewItems",
            sample::renewal(),
            sample::renewed(),
        ),
        writes(
            call("change", "/certificates/change", "变更、扩项", change, Grant::Change),
            "ChangeItems",
            sample::change(),
            sample::changed(),
        ),
        writes(
            call("correct", "/certificates/correct", "更正", correct, Grant::Change),
            "CorrectItems",
            sample::correction(),
            sample::corrected(),
        ),
        writes(
            call("status", "/certificates/status", "状态办理", status, Grant::Status),
            "StatusItems",
            sample::act(),
            sample::acted(),
        ),
        writes(
            call("adopt", "/certificates/adopt", "认领", adopt, Grant::Assign),
            "AdoptItems",
            sample::adoption(),
            sample::adopted(),
        ),
        writes(
            call("declare", "/declared", "申报有效证书数", declare, Grant::Declare),
            "DeclareItems",
            sample::declaration(),
            sample::declared(),
        ),
    ]
}

/// Its id, its path, its name and its scope, by what is asked for each line.
fn of_batch(act: CallAct) -> (&'static str, &'static str, &'static str, Grant) {
    match act {
        CallAct::Check => ("batchCheck", "/batches/check", "批量预检", Grant::Check),
        CallAct::Assign => ("batchAssign", "/batches/assign", "批量赋码", Grant::Assign),
        CallAct::Renew => ("batchRenew", "/batches/renew", "批量复查换证", Grant::Assign),
        CallAct::Change => ("batchChange", "/batches/change", "批量变更", Grant::Change),
        CallAct::Correct => ("batchCorrect", "/batches/correct", "批量更正", Grant::Change),
    }
}

fn batch(act: CallAct) -> Operation {
    let (id, path, title, grant) = of_batch(act);
    let purpose = "一次发送许多项：每行一个 JSON 对象（NDJSON），内容与单项调用的一项相同，至多10万行、1 GiB。收完即答复作业号，随后在后台办理；逐行办理、逐行答复，一行未办不影响其他行。内容完全相同的再发一次，答复原来的作业。";
    let line =
        json!({ "type": "string", "contentMediaType": NDJSON, "description": "每行一项，见单项调用。" });
    let item = match act {
        CallAct::Check | CallAct::Assign => sample::first(),
        CallAct::Renew => sample::renewal(),
        CallAct::Change => sample::change(),
        CallAct::Correct => sample::correction(),
    };
    Operation::post(id, path, "批量", title, purpose)
        .needs(grant)
        .body(NDJSON, line.clone(), json!(format!("{item}\n")))
        .body(FORM, lines_in_form(line), Value::Null)
        .answers(202, "已收到，正在办理", JSON, link("Batch"), sample::batch(act.key(), "working"))
        .refuses(&[422])
}

/// The lines as a member of a form, for callers that can send no token beside them.
fn lines_in_form(line: Value) -> Value {
    json!({
        "type": "object", "required": ["body"], "x-order": ["access_token", "body"],
        "properties": { "access_token": token_member()["schema"], "body": said(line, "正文", "NDJSON 正文。", Value::Null) },
    })
}

fn collect() -> Operation {
    let purpose = "归集上传：本机关制作、签章后的证书或附表成品文件（PDF、OFD，至多50 MB），逐字节保存，不改动。sha256 与 sm3 至少传一个，与收到的内容不符的不保存。文件作为正文的，其余各项放在地址的参数中；用 multipart/form-data 的，放在表单成员中，排在 file 之前。同一文件再传，答复已归集。";
    let record = needed(record_id(), "must");
    let part = said(
        one_of(["certificate", "annex"]),
        "种类",
        "certificate 证书；annex 附表。",
        json!("certificate"),
    );
    let part = needed(part, "must");
    let format = needed(said(one_of(["pdf", "ofd"]), "格式", "", json!("pdf")), "must");
    let hex = |name: &str| {
        let text = format!("文件的 {name}，十六进制；sha256 与 sm3 至少传一个。");
        needed(said(digest(), name, &text, json!(sample::DIGEST)), "sometimes")
    };
    let (sm3, sha) = (hex("SM3"), hex("SHA-256"));
    let file = || json!({ "type": "string", "format": "binary" });
    let parts = json!({
        "type": "object", "required": ["record_id", "part", "format", "file"],
        "x-order": ["access_token", "record_id", "part", "format", "sha256", "sm3", "file"],
        "properties": {
            "access_token": token_member()["schema"], "record_id": record, "part": part, "format": format,
            "sha256": sha, "sm3": sm3,
            "file": said(file(), "文件", "文件本身；只在 multipart/form-data 中，排在最后。", Value::Null),
        },
    });
    Operation::post("collect", "/certificates/{number}/files", "归集", "归集上传", purpose)
        .needs(Grant::Collect)
        .takes(number())
        .takes(query("record_id", record.clone()))
        .takes(query("part", part.clone()))
        .takes(query("format", format.clone()))
        .takes(query("sha256", sha.clone()))
        .takes(query("sm3", sm3.clone()))
        .body("application/pdf", file(), Value::Null)
        .body("application/ofd", file(), Value::Null)
        .body("application/octet-stream", file(), Value::Null)
        .body("multipart/form-data", parts, Value::Null)
        .answers(200, "已归集", JSON, link("Results"), sample::collected())
        .refuses(&[409])
        .answers(422, "没有归集", JSON, link("Results"), Value::Null)
        .answers(422, "没有归集", PROBLEM, link("Problem"), Value::Null)
}

/// `POST /certificates/{number}/certificate.pdf`.
pub fn print() -> Operation {
    let purpose = "取证书正本的 PDF：第一次取时由系统制作并存档，以后逐字节相同。任何一版只有一份正本；本机关自己制证、签章的不必调用。";
    Operation::post("print", "/certificates/{number}/certificate.pdf", "查询", "制作证书 PDF", purpose)
        .needs(Grant::Assign)
        .takes(number())
        .answers(200, "PDF", "application/pdf", json!({ "type": "string", "format": "binary" }), Value::Null)
        .refuses(&[409, 422])
        .with_optional_form()
}

impl Operation {
    /// The body holds nothing but the token, where it is not in the header.
    fn with_optional_form(mut self) -> Operation {
        let form = json!({
            "type": "object", "x-order": ["access_token"], "properties": { "access_token": token_member()["schema"] },
        });
        self = self.body(FORM, form, Value::Null);
        self.optional_body()
    }
}

/// The header by which an answer that is known is not sent again.
pub fn if_none_match() -> Value {
    header(
        "If-None-Match",
        said(
            words(),
            "已有的版本",
            "上次答复的 ETag；没有变化时答复 304。",
            json!("\"e1-valid-9f2c1a5be0d47c88\""),
        ),
    )
}

/// The number of a batch in the path.
pub fn batch_number() -> Value {
    path(
        "batch",
        said(
            json!({ "type": "string", "pattern": "^[0-9]{1,18}$", "maxLength": 18 }),
            "作业号",
            "",
            json!("1024"),
        ),
    )
}
