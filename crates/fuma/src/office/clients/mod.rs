//! 接口系统: the systems of an authority that may call the interface, and their secrets. A secret is shown once.

pub mod keys;
pub mod list;
pub mod one;
mod slip;

#[cfg(test)]
mod tests;

use super::{Badge, FieldView};
use app::{AppError, ClientInfo, ClientSpec};
use domain::{ClientId, Grant, Grants, Instant, Tone};
use std::collections::HashMap;

/// What is posted of a system: name to value; a tick that is not set does not come.
pub type Typed = HashMap<String, String>;

/// The system of an address.
fn client(text: &str) -> Result<ClientId, AppError> {
    text.parse().map(ClientId).map_err(|_| AppError::NotFound)
}

/// 已停用, 未发密钥, 未登记签名密钥, 未到有效期, 已过有效期 or 可用.
fn state(it: &ClientInfo, now: Instant) -> Badge {
    if it.spec.disabled {
        Badge::plain("已停用", Tone::Bad)
    } else if it.secrets.is_empty() {
        Badge::plain("未发密钥", Tone::Warn)
    } else if it.spec.signing && it.signing_keys == 0 {
        // Every call of it is refused until one is registered.
        Badge::plain("未登记签名密钥", Tone::Bad)
    } else if it.spec.from.is_some_and(|from| now < from) {
        Badge::plain("未到有效期", Tone::Neutral)
    } else if it.spec.to.is_some_and(|to| to <= now) {
        Badge::plain("已过有效期", Tone::Bad)
    } else {
        Badge::plain("可用", Tone::Good)
    }
}

fn text<'a>(typed: &'a Typed, name: &str) -> &'a str {
    typed.get(name).map_or("", |value| value.trim())
}

/// The name of a grant's tick.
fn tick(grant: Grant) -> String {
    format!("grant_{}", grant.key())
}

/// A system as it would be typed.
fn typed_of(spec: &ClientSpec) -> Typed {
    let at = |at: Option<Instant>| at.map(Instant::to_the_minute).unwrap_or_default();
    let yes = |on: bool| if on { "1".to_owned() } else { String::new() };
    let mut typed = Typed::from(
        [
            ("name", spec.name.clone()),
            ("addresses", spec.addresses.clone()),
            ("from", at(spec.from)),
            ("to", at(spec.to)),
            ("signing", yes(spec.signing)),
            ("rate", if spec.rate == 0 { String::new() } else { spec.rate.to_string() }),
            ("disabled", yes(spec.disabled)),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    typed.extend(spec.grants.iter().map(|grant| (tick(grant), "1".to_owned())));
    typed
}

/// What was typed of a system.
fn spec(typed: &Typed) -> Result<ClientSpec, AppError> {
    let moment = |label: &str, name: &str, read: fn(&str) -> Option<Instant>| match text(typed, name) {
        "" => Ok(None),
        value => read(value).map(Some).ok_or_else(|| {
            AppError::refused(
                format!("{label}“{value}”不是时间"),
                "请填写年-月-日，或年-月-日 时:分；没有留空。",
            )
        }),
    };
    let rate = match text(typed, "rate") {
        "" => 0,
        value => value
            .parse()
            .map_err(|_| AppError::refused(format!("每秒请求数“{value}”不是数字"), "请填写数字，或留空。"))?,
    };
    Ok(ClientSpec {
        name: text(typed, "name").to_owned(),
        grants: Grant::ALL.iter().copied().filter(|grant| !text(typed, &tick(*grant)).is_empty()).collect(),
        addresses: text(typed, "addresses").to_owned(),
        from: moment("启用时间", "from", Instant::parse_shanghai)?,
        to: moment("停用时间", "to", Instant::parse_until)?,
        signing: !text(typed, "signing").is_empty(),
        rate,
        disabled: !text(typed, "disabled").is_empty(),
    })
}

/// Every field of a system; `typed` as it stands or as it came back.
fn fields(typed: &Typed) -> Vec<FieldView> {
    vec![
        FieldView::text("name", "系统名称")
            .required()
            .value(text(typed, "name"))
            .hint("如 省资质认定审批系统"),
        FieldView::text("from", "启用时间").value(text(typed, "from")).hint("年-月-日 时:分；留空为立即"),
        FieldView::text("to", "停用时间").value(text(typed, "to")).hint("到此时不能再用；留空为长期"),
        FieldView::text("rate", "每秒请求数")
            .value(text(typed, "rate"))
            .hint("留空为 50；超过时答复 429，稍后重发"),
        FieldView::lines("addresses", "允许的来源地址")
            .value(text(typed, "addresses"))
            .hint("单个地址或网段，多个用空格或换行分开；留空为不限"),
    ]
}

/// The ticks of what it may ask for.
fn grants(typed: &Typed) -> Vec<FieldView> {
    let view = |grant: &Grant| {
        let name = tick(*grant);
        let value = text(typed, &name).to_owned();
        FieldView::tick(name, format!("{}（{}）", grant.label(), grant.key())).value(value)
    };
    Grant::ALL.iter().map(view).collect()
}

/// A new system may do everything unless somebody takes a tick away.
fn fresh() -> Typed {
    typed_of(&ClientSpec { grants: Grants::all(), ..ClientSpec::default() })
}
