//! The frame that all tabs of a certificate share.

use super::href;
use crate::http::{Officer, Web};
use crate::office::bodies;
use crate::office::standing::standing;
use crate::office::{Badge, Crumb, Menu, Shell, TabView};
use app::Detail;
use domain::{Action, Answer, CertificateId, Ground, Part, Tone, may};

/// The tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// 概况.
    Overview,
    /// 场所与能力.
    Scope,
    /// 授权签字人.
    Signatories,
    /// 设备.
    Instruments,
    /// 人员.
    Staff,
    /// 版本.
    Editions,
    /// 办理记录.
    Events,
    /// 二维码.
    Code,
}

impl Tab {
    /// All, in order.
    pub const ALL: [Tab; 8] = [
        Tab::Overview,
        Tab::Scope,
        Tab::Signatories,
        Tab::Instruments,
        Tab::Staff,
        Tab::Editions,
        Tab::Events,
        Tab::Code,
    ];

    /// The word in the address.
    pub fn key(self) -> &'static str {
        match self {
            Tab::Overview => "overview",
            Tab::Scope => "scope",
            Tab::Signatories => "signatories",
            Tab::Instruments => "instruments",
            Tab::Staff => "staff",
            Tab::Editions => "editions",
            Tab::Events => "events",
            Tab::Code => "code",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            Tab::Overview => "概况",
            Tab::Scope => "场所与能力",
            Tab::Signatories => "授权签字人",
            Tab::Instruments => "设备",
            Tab::Staff => "人员",
            Tab::Editions => "版本",
            Tab::Events => "办理记录",
            Tab::Code => "二维码",
        }
    }

    /// The part of a certificate that it shows.
    pub fn part(self) -> Part {
        match self {
            Tab::Overview => Part::Face,
            Tab::Scope => Part::Scope,
            Tab::Signatories => Part::Signatories,
            Tab::Instruments => Part::Instruments,
            Tab::Staff => Part::Staff,
            Tab::Editions | Tab::Events => Part::History,
            Tab::Code => Part::Code,
        }
    }

    /// The tab of an address; the first where the word is unknown.
    pub fn parse(key: &str) -> Tab {
        Tab::ALL.into_iter().find(|tab| tab.key() == key).unwrap_or(Tab::Overview)
    }
}

/// What stands above the tabs.
pub struct Top {
    /// The key.
    pub id: i64,
    /// Grouped for reading.
    pub number: String,
    /// Name of the body.
    pub body: String,
    /// Its page.
    pub body_href: String,
    /// The word of today.
    pub badge: Badge,
    /// Name of the authority.
    pub authority: String,
    /// The current edition.
    pub edition: u32,
    /// First and last valid day.
    pub validity: String,
    /// Why the officer may read what another authority issued; empty on what his own issued.
    pub why: String,
    /// The tabs that may be seen.
    pub tabs: Vec<TabView>,
    /// Whether a status act may be recorded now.
    pub may_act: bool,
    /// Whether the officer may change it: the one primary action.
    pub may_change: bool,
    /// Whether he may print it.
    pub may_print: bool,
    /// Whether he may open personal fields.
    pub may_person: bool,
    /// Whether he may erase them.
    pub may_erase: bool,
}

impl Top {
    /// The frame's values for this officer.
    pub fn of(web: &Web, officer: &Officer, detail: &Detail, tab: Tab, may_act: bool) -> Top {
        let head = &detail.card.head;
        let allowed = |action| may(&officer.ctx.actor, action, Some(head.authority)) == Answer::Allowed;
        let view =
            |it: Tab| TabView { label: it.label().to_owned(), href: tab_href(head.id, it), here: it == tab };
        Top {
            id: head.id.0,
            number: head.number.grouped(),
            body: detail.card.face.body_name.clone(),
            body_href: bodies::href(detail.body.id),
            why: why(web, detail),
            badge: standing(detail, head),
            authority: web.app.authority_name(head.authority),
            edition: head.edition,
            validity: format!("{} 至 {}", head.valid_from, head.valid_to),
            tabs: Tab::ALL.into_iter().filter(|it| shown(detail, *it)).map(view).collect(),
            may_act,
            may_change: allowed(Action::Change) && !head.status.word().ended() && head.successor.is_none(),
            may_print: allowed(Action::Print),
            may_person: allowed(Action::PersonalRead),
            may_erase: allowed(Action::PersonalErase),
        }
    }
}

/// Whether the officer may see a tab.
pub fn shown(detail: &Detail, tab: Tab) -> bool {
    detail.ground.sight().shows(tab.part())
}

/// Who issued a certificate of another authority, and why it may be read here.
fn why(web: &Web, detail: &Detail) -> String {
    let issuer = web.app.authority_name(detail.card.head.authority);
    match detail.ground {
        Ground::Issuer => String::new(),
        Ground::National => format!("本证由{issuer}颁发；{}。", detail.ground.label()),
        Ground::Holder | Ground::Domicile | Ground::Corps | Ground::Site | Ground::Told => {
            format!("本证由{issuer}颁发，这里只能查看；可以查看的原因：{}。", detail.ground.label())
        }
        Ground::Family => format!(
            "本证由{issuer}颁发，这里只能查看首页、状态、场所和能力；可以查看的原因：{}。",
            detail.ground.label()
        ),
    }
}

/// The address of a tab.
pub fn tab_href(id: CertificateId, tab: Tab) -> String {
    match tab {
        Tab::Overview => href(id),
        other => format!("{}?tab={}", href(id), other.key()),
    }
}

/// The frame of a page below 证书.
pub fn shell(officer: &Officer, detail: &Detail, (tone, words): (Tone, &str)) -> Shell {
    let head = &detail.card.head;
    let crumb = Crumb { label: head.number.grouped(), href: href(head.id) };
    officer.shell_saying(&detail.card.face.body_name, Menu::Certificates, vec![crumb], tone, words)
}
