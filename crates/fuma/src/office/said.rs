//! Messages after an act: the address carries a key, the words stand here, so that no link can put words on a page.

use axum::response::{IntoResponse, Redirect, Response};
use domain::Tone;
use serde::Deserialize;

/// `?said=`.
#[derive(Debug, Default, Deserialize)]
pub struct Said {
    /// A key of [`TABLE`].
    #[serde(default)]
    pub said: String,
}

/// Back to a page that says what was done, by a key of [`TABLE`].
pub fn back(href: &str, said: &str) -> Response {
    Redirect::to(&format!("{href}?said={said}")).into_response()
}

/// Key, tone and words.
const TABLE: &[(&str, Tone, &str)] = &[
    ("acted", Tone::Good, "已办理，公众查询立即可见。"),
    ("erased", Tone::Good, "个人信息已删除，办理记录中留有这次删除。"),
    ("read", Tone::Good, "已标为已读。"),
    ("saved", Tone::Good, "已保存。"),
    ("refusal", Tone::Good, "已登记，许可核查立即可以查到。"),
    ("refusal_ended", Tone::Good, "已取消登记，许可核查不再提示。"),
    ("disabled", Tone::Good, "账号已停用，正在使用的登录已结束。"),
    ("enabled", Tone::Good, "账号已启用，密码不变。"),
    ("renewed", Tone::Good, "链接已续期30天；获证机构手中的领取单继续可用。"),
    ("code", Tone::Good, "代码已保存，立即生效。"),
    ("authority", Tone::Good, "机关已保存，立即生效。"),
    ("platform", Tone::Good, "公众查询已按所选保存，立即生效。"),
    (
        "networked",
        Tone::Good,
        "已改为系统联网自动赋码，立即生效：新证书由审批系统通过接口赋码；页面、工作簿和命令行不再赋新码，变更、更正、打印和状态办理照常。",
    ),
    (
        "manual",
        Tone::Good,
        "已改为手动赋码，立即生效：新证书由页面、工作簿和命令行赋码；接口只能预检、查询、对账和认领。",
    ),
    ("same_mode", Tone::Neutral, "赋码方式没有变化。"),
    ("emergency", Tone::Warn, "应急手动赋码已开启，到时自动结束。"),
    ("emergency_closed", Tone::Good, "应急手动赋码已结束。"),
    ("drafted", Tone::Good, "草稿已保存，还没有提交。"),
    ("filed", Tone::Good, "反馈表已提交，国家级可以看到。"),
    ("step", Tone::Good, "步骤已登记。"),
    ("step_cleared", Tone::Good, "登记已取消。"),
    ("deadlines", Tone::Good, "截止日期已保存。"),
    ("client_made", Tone::Good, "接口系统已设立。接着发放密钥，它才能调用接口。"),
    ("client", Tone::Good, "接口系统已保存；原来的令牌已失效，系统会自动重新领取。"),
    ("secret_ended", Tone::Good, "密钥已停用，用它领取的令牌立即失效。"),
    ("key", Tone::Good, "签名密钥已登记，立即可用。"),
    ("key_ended", Tone::Good, "签名密钥已停用，用它签名的请求立即被拒绝。"),
    ("resent", Tone::Good, "已排入发送，稍后刷新本页查看结果。"),
    ("merged", Tone::Good, "已合并：两家的证书都在这里，原来的名称和代码都指这家机构。"),
    ("split", Tone::Good, "已撤销合并：随合并移来的证书已回到原机构名下。"),
    ("apart", Tone::Good, "已记下：这两家不是重复机构，本机关的列表中不再列出。"),
    ("apart_end", Tone::Good, "已撤销：这两家如仍相近，会重新列出。"),
    ("declared", Tone::Good, "已申报，起草通报时按期末日期最后一次申报计算。"),
    ("bulletin_drafted", Tone::Good, "通报已按现在的数字起草，可以修改文字；审定要由另一人办理。"),
    ("bulletin_edited", Tone::Good, "已保存，修改前的文字留在经过里。"),
    ("bulletin_approved", Tone::Good, "已审定，可以发布。"),
    ("bulletin_returned", Tone::Good, "已退回起草，可以修改；改后要重新审定。"),
    ("bulletin_released", Tone::Good, "已发布：内容不再改动，各省收件箱已收到。"),
    ("bulletin_discarded", Tone::Neutral, "已放弃这一份，需要时可以重新起草。"),
    ("bulletin_withdrawn", Tone::Warn, "已撤回，各省仍可查看，标明已撤回。"),
    ("bulletin_signed", Tone::Good, "已签收。"),
    ("bulletin_replied", Tone::Good, "已提交，国家级可以看到。"),
    ("bulletin_answered", Tone::Good, "已答复，提出的机关可以看到。"),
    ("inspector", Tone::Good, "已登记，今后的抽查可以抽到。"),
    ("recused", Tone::Good, "回避已登记，今后的抽查不会派往。"),
    ("recusal_ended", Tone::Good, "回避已解除。"),
    ("frozen", Tone::Good, "名录库已冻结并记下摘要。核对后抽取。"),
    ("drawn", Tone::Good, "已抽取，结果不能修改。请在20个工作日内公开。"),
    ("published", Tone::Good, "已公开，公众立即可以查到。"),
    ("inspected", Tone::Good, "检查已登记。责令改正的，接着登记整改要求。"),
    ("corrected", Tone::Good, "已更正，原来的内容保留备查。已公开的，请核对后重新公开。"),
    ("ordered", Tone::Good, "整改要求已登记，到期未办结的列在“监督检查”的逾期清单。"),
    ("stepped", Tone::Good, "整改进展已登记。"),
    ("noticed", Tone::Good, "通知书已制作并存档，请下载后送交机构的联系人。"),
    ("counter", Tone::Good, "计数器已设置，下一张由系统编号的证书从这个流水号开始。"),
];

impl Said {
    /// Tone and words; an unknown key says nothing.
    pub fn words(&self) -> (Tone, &'static str) {
        let found = TABLE.iter().find(|(key, ..)| *key == self.said);
        found.map_or((Tone::Neutral, ""), |(_, tone, words)| (*tone, words))
    }
}
