//! The table of scenarios, in the order of the run.

use super::kit::Kit;
use super::{access, bulk, files, reading, signing, stream, writing};
use anyhow::Result;
use std::pin::Pin;

/// What a scenario is doing.
pub type Doing<'k> = Pin<Box<dyn Future<Output = Result<String>> + Send + 'k>>;

/// One scenario: what came where all is well, and the first thing that is not as expected where it is not.
pub struct Scenario {
    /// Stable word for machines.
    pub key: &'static str,
    /// Chapter of the report.
    pub part: &'static str,
    /// What is tried.
    pub title: &'static str,
    /// What is expected.
    pub expected: &'static str,
    /// Tries it.
    pub run: for<'k> fn(&'k Kit) -> Doing<'k>,
}

/// The chapter that nobody can go through without a key to sign with.
const SIGNATURES: &str = "签名";

impl Scenario {
    /// Whether it can be tried only by who has a key to sign with.
    pub fn needs_key(&self) -> bool {
        self.part == SIGNATURES
    }
}

macro_rules! scenarios {
    ($($part:literal { $($run:path: $title:literal, $expected:literal;)* })*) => {
        /// All scenarios.
        pub const ALL: &[Scenario] = &[$($(Scenario {
            key: last(stringify!($run)),
            part: $part,
            title: $title,
            expected: $expected,
            run: |kit| Box::pin($run(kit)),
        }),*),*];
    };
}

/// The name of a function without the path to it.
const fn last(path: &'static str) -> &'static str {
    let bytes = path.as_bytes();
    let mut at = bytes.len();
    while at > 0 {
        let byte = bytes[at - 1];
        if byte == b':' || byte == b' ' {
            break;
        }
        at -= 1;
    }
    path.split_at(at).1
}

scenarios! {
    "身份与令牌" {
        access::token: "用系统标识和密钥取令牌", "200；token_type 为 Bearer，有 access_token、expires_in、scope";
        access::token_by_basic: "以 HTTP Basic 传标识和密钥", "200；取得令牌";
        access::wrong_secret: "密钥错误", "401；error 为 invalid_client，不给令牌";
        access::scope: "只要 read 权限的令牌去赋码；要不存在的权限", "赋码答复 403；不存在的权限答复 400 invalid_scope";
        access::without_token: "不带令牌、带无效令牌", "401；WWW-Authenticate 为 Bearer";
        access::token_in_form: "令牌放在表单里，不用请求头", "查询和预检都照常办理";
        access::token_in_address: "令牌放在地址里", "400 token_in_address";
    }
    "签名" {
        signing::signed: "签名正确的查询和预检", "200；照常办理";
        signing::unsigned: "不签名的请求", "要求签名的系统：401 signature_missing；没有要求的照常办理";
        signing::changed_body: "签名之后改动请求体", "400 digest_differs；没有办理";
        signing::old_time: "一小时以前签的名", "401 signature_expired；没有办理";
        signing::used_nonce: "随机数用第二次", "第一次 200；第二次 401 nonce_used";
    }
    "办理" {
        writing::check: "预检一张新证书", "outcome 为 ok 或 warned，effect 为 assigned，不给码；之后以同一记录号可以赋码";
        writing::assign: "首次赋码一张", "200；有12位编号、16位码、第1版、内容摘要和二维码文字";
        writing::same_again: "同一记录号、同一内容再报一次", "答复相同，replayed 为 true，不另赋码";
        writing::other_body: "同一记录号、不同内容", "error，问题代码 record_reused，指向 /record_id";
        writing::other_record: "同一证书换一个记录号再报", "effect 为 unchanged，返回原编号和原码";
        writing::twice_in_a_call: "同一证书在一次调用里以两个记录号报两次", "只赋一个码：两项答复同一编号，或第二项 error";
        writing::faults: "一张证书有三处错误，改正后以同一记录号重报", "422；三处错误各有指针、代码、说明和改法；改正后赋码";
        writing::part_of_call: "一次两张，一张对一张错", "200；对的一张赋码，错的一张 error，次序不变";
        writing::renew: "复查换证", "新编号新码；原证书的 successor 指向新证书";
        writing::change: "扩项", "同一编号和码，第2版，内容摘要改变";
        writing::stale_edition: "按旧版本号办变更", "error，问题代码 stale_edition";
        writing::correct: "更正录入错误", "effect 为 changed，第2版；第1版仍可查到";
        writing::status_and_lift: "撤销证书，再撤销原决定", "status 先为 revoked，后为 valid";
        writing::adopt: "以新记录号认领已赋码的证书", "effect 为 adopted；摘要不符时 digest_differs";
        writing::declare: "申报有效证书数，以同一记录号再报一次；申报不是月末的一天", "effect 为 declared，再报时 replayed 为 true；不是月末的 error，问题代码 declaration，指向 /day";
        writing::idempotency_key: "同一 Idempotency-Key 用于不同内容", "同内容照常答复；不同内容 422 key_reused";
    }
    "批量" {
        bulk::assign_500: "一次赋码500张", "200；500项都办成，编号和码互不相同";
        bulk::too_many: "一次501张", "4xx；一张也不办";
        bulk::batch: "以 NDJSON 批量报送20行，都办成之后同样内容再报一次", "202；完成后逐行有结果；再报返回同一批次，不另赋码";
        bulk::batch_mended: "批量报送，其中一行有错，改正后整批重报", "错的一行有问题，其余办成；重报时改正的一行办成，其余 replayed，返回原编号";
    }
    "查询与核对" {
        reading::fetch_and_etag: "取一张证书，再带 ETag 取一次", "内容与所报一致，没有个人信息；再取为 304";
        reading::editions: "查询版本和记录号", "版本列表有各版；记录号指向该证书";
        reading::qr_text: "二维码文字和图", "qr_text 以该证书的码结尾；SVG、PNG、PDF 都能取";
        reading::verdict: "查真结论，今天和有效期之后", "今天为 valid，到期后为 expired";
        reading::reconcile: "对账", "分页列出本机关证书；能指出登记库没有的和内容不同的";
        stream::changes: "从游标起的变更流", "刚办的赋码在其中，带编号、码和记录号；有下一游标";
        stream::long_poll: "等待变更（长轮询）", "等待中有赋码时立即答复";
    }
    "归集" {
        files::upload_sha256: "上传证书 PDF，附 SHA-256", "effect 为 collected；能列出并逐字节取回";
        files::upload_sm3: "上传附表 PDF，附 SM3", "effect 为 collected";
        files::wrong_digest: "上传时摘要与文件不符", "4xx 或 error；文件不收";
    }
    "限流" {
        access::rate_limit: "短时间内大量请求", "429，带 Retry-After；等待之后恢复";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_has_a_key_of_its_own_and_says_what_it_expects() {
        let keys: std::collections::HashSet<_> = ALL.iter().map(|it| it.key).collect();
        assert_eq!(keys.len(), ALL.len());
        assert!(keys.contains("token") && keys.contains("assign_500"), "{keys:?}");
        assert!(ALL.iter().all(|it| !it.title.is_empty() && !it.expected.is_empty()));
        assert_eq!(ALL.iter().filter(|it| it.needs_key()).count(), 5, "the chapter of signatures");
    }
}
