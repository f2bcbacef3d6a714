//! The frame of an officers' page: who is here, where one is, where one can go.

use domain::Tone;

/// What every officers' page carries; templates that extend `office/base.html` have it as `shell`.
#[derive(Clone, Debug)]
pub struct Shell {
    /// The page's title.
    pub title: String,
    /// Who is signed in.
    pub user: UserView,
    /// The entries this account may use, in the order of [`Menu::ALL`].
    pub visible: Vec<Menu>,
    /// Where this page belongs.
    pub active: Menu,
    /// 当前位置 between the menu entry and this page; empty on the entry's own page.
    pub crumbs: Vec<Crumb>,
    /// What the last act brought.
    pub flash: Option<Flash>,
    /// What everybody who makes certificates must know now, such as an open 应急手动赋码.
    pub notice: Option<Flash>,
    /// When the page was made: stands on its print.
    pub made_at: String,
    /// Whether the data is invented: a banner says 演示.
    pub demo: bool,
    /// Count of the inbox-like badge beside an entry, such as drafts to finish; zero is not shown.
    pub counts: Vec<(Menu, u64)>,
    /// Seconds of idleness after which the session ends; the script warns two minutes before.
    pub idle_seconds: u32,
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct UserView {
    /// The person's name.
    pub name: String,
    /// The account's name.
    pub account: String,
    /// 发证机关.
    pub authority: String,
    /// The role's label.
    pub role: String,
    /// When and from where the account had signed in before this session, in +08:00; empty the first time.
    pub last_login: String,
}

/// A step of 当前位置.
#[derive(Clone, Debug)]
pub struct Crumb {
    /// What people read.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

/// One message on top of a page.
#[derive(Clone, Debug)]
pub struct Flash {
    /// Colour family.
    pub tone: Tone,
    /// What happened and what to do next.
    pub text: String,
}

/// The entries of the left menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    /// 工作台.
    Desk,
    /// 收件箱: acts of other authorities that concern this one.
    Inbox,
    /// 制证赋码 › 导入.
    Import,
    /// 制证赋码 › 新建.
    New,
    /// 制证赋码 › 草稿.
    Drafts,
    /// 制证赋码 › 变更与换证.
    Changes,
    /// 制证赋码 › 许可核查: what stands in the way of a grant.
    Admission,
    /// 制证赋码 › 不予许可记录.
    Refusals,
    /// 制证赋码 › 打印.
    Prints,
    /// 证书.
    Certificates,
    /// 查询: everything, by words.
    Search,
    /// 机构: a body with all its certificates in the country.
    Bodies,
    /// 数据质量: what the rules find in certificates in force.
    Quality,
    /// 监管 › 监督检查: what was inspected, and what is to be put right.
    Inspections,
    /// 监管 › 双随机抽查.
    Draws,
    /// 汇总: what each authority has delivered.
    Overview,
    /// 通报: bulletins on the provinces, and what provinces declare for them.
    Bulletins,
    /// 统计: what was asked and done.
    Statistics,
    /// 对接: form, systems and mode of the authority; the board of all.
    Docking,
    /// 通知: addresses that are told what happens.
    Hooks,
    /// 系统 › 账号与权限.
    Accounts,
    /// 系统 › 代码表.
    Codes,
    /// 系统 › 证书模板.
    Template,
    /// 系统 › 日志.
    Log,
}

impl Menu {
    /// All, in the order of the menu.
    pub const ALL: [Menu; 24] = [
        Menu::Desk,
        Menu::Inbox,
        Menu::Import,
        Menu::New,
        Menu::Drafts,
        Menu::Changes,
        Menu::Admission,
        Menu::Refusals,
        Menu::Prints,
        Menu::Certificates,
        Menu::Search,
        Menu::Bodies,
        Menu::Quality,
        Menu::Inspections,
        Menu::Draws,
        Menu::Overview,
        Menu::Statistics,
        Menu::Bulletins,
        Menu::Docking,
        Menu::Hooks,
        Menu::Accounts,
        Menu::Codes,
        Menu::Template,
        Menu::Log,
    ];

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Menu::Desk => "工作台",
            Menu::Inbox => "收件箱",
            Menu::Import => "导入",
            Menu::New => "新建",
            Menu::Drafts => "草稿",
            Menu::Changes => "变更与换证",
            Menu::Admission => "许可核查",
            Menu::Refusals => "不予许可",
            Menu::Prints => "打印",
            Menu::Certificates => "证书",
            Menu::Search => "查询",
            Menu::Bodies => "机构",
            Menu::Quality => "数据质量",
            Menu::Inspections => "监督检查",
            Menu::Draws => "双随机抽查",
            Menu::Overview => "汇总",
            Menu::Statistics => "统计",
            Menu::Bulletins => "通报",
            Menu::Docking => "对接",
            Menu::Hooks => "通知",
            Menu::Accounts => "账号与权限",
            Menu::Codes => "代码表",
            Menu::Template => "证书模板",
            Menu::Log => "日志",
        }
    }

    /// Where it leads.
    pub fn href(self) -> &'static str {
        match self {
            Menu::Desk => "/office",
            Menu::Inbox => "/office/inbox",
            Menu::Import => "/office/imports",
            Menu::New => "/office/drafts/new",
            Menu::Drafts => "/office/drafts",
            Menu::Changes => "/office/changes",
            Menu::Admission => "/office/admission",
            Menu::Refusals => "/office/refusals",
            Menu::Prints => "/office/prints",
            Menu::Certificates => "/office/certificates",
            Menu::Search => "/office/search",
            Menu::Bodies => "/office/bodies",
            Menu::Quality => "/office/quality",
            Menu::Inspections => "/office/inspections",
            Menu::Draws => "/office/draws",
            Menu::Overview => "/office/overview",
            Menu::Statistics => "/office/statistics",
            Menu::Bulletins => "/office/bulletins",
            Menu::Docking => "/office/docking",
            Menu::Hooks => "/office/hooks",
            Menu::Accounts => "/office/accounts",
            Menu::Codes => "/office/codes",
            Menu::Template => "/office/template",
            Menu::Log => "/office/log",
        }
    }

    /// The heading it stands under; empty for an entry of its own.
    pub fn group(self) -> &'static str {
        match self {
            Menu::Import
            | Menu::New
            | Menu::Drafts
            | Menu::Changes
            | Menu::Admission
            | Menu::Refusals
            | Menu::Prints => "制证赋码",
            Menu::Inspections | Menu::Draws => "监管",
            Menu::Accounts | Menu::Codes | Menu::Template | Menu::Log => "系统",
            Menu::Desk
            | Menu::Inbox
            | Menu::Certificates
            | Menu::Search
            | Menu::Bodies
            | Menu::Quality
            | Menu::Overview
            | Menu::Statistics
            | Menu::Bulletins
            | Menu::Docking
            | Menu::Hooks => "",
        }
    }
}

impl Shell {
    /// The menu as headings with their entries, in order.
    pub fn sections(&self) -> Vec<(&'static str, Vec<Menu>)> {
        let mut out: Vec<(&'static str, Vec<Menu>)> = Vec::new();
        for entry in Menu::ALL.into_iter().filter(|entry| self.visible.contains(entry)) {
            match out.last_mut() {
                Some((group, entries)) if *group == entry.group() => entries.push(entry),
                _ => out.push((entry.group(), vec![entry])),
            }
        }
        out
    }

    /// The count beside an entry, if it is worth showing.
    pub fn count(&self, entry: &Menu) -> Option<u64> {
        self.counts.iter().find(|(of, n)| of == entry && *n > 0).map(|(_, n)| *n)
    }
}
