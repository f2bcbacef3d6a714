//! 通知: addresses that are told of what happens to certificates, and what they were told.

pub mod detail;
pub mod list;

#[cfg(test)]
mod tests;

use super::{Badge, FieldView};
use app::{AppError, HOOK_KINDS, HookInfo, HookSpec};
use domain::{EventKind, HookId, Tone};
use std::collections::HashMap;

/// What is posted of a hook: `client`, `url`, `disabled`, and `kind_…` for each kind that is ticked.
type Typed = HashMap<String, String>;

/// A kind to be ticked.
struct KindView {
    name: String,
    label: &'static str,
    ticked: bool,
}

/// 已停用, 送达受阻, 正常, or 尚未使用.
fn state(it: &HookInfo) -> Badge {
    match (it.spec.disabled, it.failures, it.last_done_at) {
        (true, ..) => Badge::plain("已停用", Tone::Bad),
        (false, 1.., _) => Badge::plain("送达受阻", Tone::Warn),
        (false, 0, Some(_)) => Badge::plain("正常", Tone::Good),
        (false, 0, None) => Badge::plain("尚未使用", Tone::Neutral),
    }
}

fn kinds(ticked: impl Fn(EventKind) -> bool) -> Vec<KindView> {
    let view = |kind: &EventKind| KindView {
        name: format!("kind_{}", kind.key()),
        label: kind.label(),
        ticked: ticked(*kind),
    };
    HOOK_KINDS.iter().map(view).collect()
}

fn spec(typed: &Typed) -> HookSpec {
    let ticked = |kind: &EventKind| typed.contains_key(&format!("kind_{}", kind.key()));
    HookSpec {
        url: typed.get("url").cloned().unwrap_or_default(),
        kinds: HOOK_KINDS.into_iter().filter(|kind| ticked(kind)).collect(),
        others: typed.get("others").is_some_and(|text| !text.is_empty()),
        disabled: typed.get("disabled").is_some_and(|text| !text.is_empty()),
    }
}

fn url_field(value: &str) -> FieldView {
    FieldView::text("url", "通知地址")
        .required()
        .wide()
        .value(value)
        .hint("对方接收通知的完整地址，如 https://notify.example.cn/fuma；对方用密钥核对签名")
}

fn others_field(others: bool) -> FieldView {
    FieldView::tick("others", "同时通知其他机关的办理：收件箱中与本机关有关的，通知带 concerning")
        .value(if others { "1" } else { "" })
        .wide()
}

fn key(text: &str) -> Result<HookId, AppError> {
    text.parse().map(HookId).map_err(|_| AppError::NotFound)
}
