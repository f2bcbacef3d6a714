//! Who may do what: role × action × scope, in one table. Every verb asks it first; the two sweeps prove it.

use crate::{AccountId, AuthorityId, ClientId, Level};
use std::fmt;

/// Role of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 管理员: accounts, settings and code tables of the authority.
    Administrator,
    /// 许可人员: makes, changes and prints certificates.
    Licensing,
    /// 监管人员: status acts and reading.
    Supervision,
    /// 信息化人员: docking and reading.
    Integration,
    /// 查询人员: reading only.
    Viewer,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 5] =
        [Role::Administrator, Role::Licensing, Role::Supervision, Role::Integration, Role::Viewer];

    /// The word in the database, on the command line and in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::Licensing => "licensing",
            Role::Supervision => "supervision",
            Role::Integration => "integration",
            Role::Viewer => "viewer",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            Role::Administrator => "管理员",
            Role::Licensing => "许可人员",
            Role::Supervision => "监管人员",
            Role::Integration => "信息化人员",
            Role::Viewer => "查询人员",
        }
    }

    /// The role of a key or label.
    pub fn parse(text: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|r| r.key() == text || r.label() == text)
    }
}

macro_rules! grants {
    ($($variant:ident $key:literal $label:literal;)*) => {
        /// What a system may ask for through the interface (OAuth 2.0 scope, RFC 6749 3.3).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Grant { $(#[doc = $label] $variant),* }

        impl Grant {
            /// All grants.
            pub const ALL: &'static [Grant] = &[$(Grant::$variant),*];
            /// The word in `scope` and in the database.
            pub fn key(self) -> &'static str { match self { $(Grant::$variant => $key),* } }
            /// The word people read.
            pub fn label(self) -> &'static str { match self { $(Grant::$variant => $label),* } }
        }
    };
}

grants! {
    Read    "read"    "查询、对账、变更流、统计";
    Check   "check"   "预检";
    Assign  "assign"  "赋码、换证、认领";
    Change  "change"  "变更、更正";
    Status  "status"  "证书状态办理";
    Collect "collect" "归集上传";
    Declare "declare" "申报有效证书数";
}

/// A set of grants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Grants(u8);

impl Grants {
    /// Every grant.
    pub fn all() -> Grants {
        Grant::ALL.iter().copied().collect()
    }

    /// Whether it holds one.
    pub fn has(self, grant: Grant) -> bool {
        self.0 & (1 << grant as u8) != 0
    }

    /// What both hold.
    pub fn within(self, other: Grants) -> Grants {
        Grants(self.0 & other.0)
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The grants it holds, in order.
    pub fn iter(self) -> impl Iterator<Item = Grant> {
        Grant::ALL.iter().copied().filter(move |grant| self.has(*grant))
    }

    /// Keys parted by blanks, as `scope` writes them; `None` if one is unknown.
    pub fn parse(text: &str) -> Option<Grants> {
        text.split_ascii_whitespace()
            .map(|word| Grant::ALL.iter().copied().find(|grant| grant.key() == word))
            .collect()
    }
}

impl FromIterator<Grant> for Grants {
    fn from_iter<T: IntoIterator<Item = Grant>>(grants: T) -> Grants {
        Grants(grants.into_iter().fold(0, |bits, grant| bits | 1 << grant as u8))
    }
}

impl fmt::Display for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<_> = self.iter().map(Grant::key).collect();
        f.write_str(&keys.join(" "))
    }
}

macro_rules! actions {
    ($($variant:ident $key:literal $label:literal [$($role:ident)*] $scope:ident $($grant:ident)?;)*) => {
        /// One thing an account can ask for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $(#[doc = $label] $variant),*
        }

        impl Action {
            /// All actions, in the order of the table shown under 系统.
            pub const ALL: &'static [Action] = &[$(Action::$variant),*];
            /// The word in access records.
            pub fn key(self) -> &'static str {
                match self { $(Action::$variant => $key),* }
            }
            /// The word people read.
            pub fn label(self) -> &'static str {
                match self { $(Action::$variant => $label),* }
            }
            /// Which roles may, within [`Action::scope`].
            pub fn roles(self) -> &'static [Role] {
                match self { $(Action::$variant => &[$(Role::$role),*]),* }
            }
            /// How far the right reaches.
            pub fn scope(self) -> Scope {
                match self { $(Action::$variant => Scope::$scope),* }
            }
            /// The grant with which a system may, for its own authority; `None` if no system may.
            pub fn grant(self) -> Option<Grant> {
                let named: &[Grant] = match self { $(Action::$variant => &[$(Grant::$grant)?]),* };
                named.first().copied()
            }
        }
    };
}

/// How far a right reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Objects of the caller's own authority.
    Own,
    /// Own objects; for the national authority those of all.
    OwnOrNational,
    /// Only accounts of the national authority.
    National,
    /// The caller's own account.
    Oneself,
}

actions! {
    CertificateRead   "certificate_read"   "查看本机关证书"       [Administrator Licensing Supervision Integration Viewer] OwnOrNational Read;
    EventRead         "event_read"         "查看办理记录"         [Administrator Licensing Supervision Integration Viewer] OwnOrNational Read;
    PersonalRead      "personal_read"      "查看人员证件和联系方式" [Licensing Supervision] Own;
    PersonalErase     "personal_erase"     "删除人员证件和联系方式" [Licensing] Own;
    InboxMark         "inbox_mark"         "标记收件箱已读"       [Administrator Licensing Supervision] Own;
    Export            "export"             "导出"               [Administrator Licensing Supervision Integration] OwnOrNational;
    ImportPreview     "import_preview"     "导入预览"            [Licensing] Own Check;
    DraftWrite        "draft_write"        "填写草稿"            [Licensing] Own;
    Assign            "assign"             "赋码"               [Licensing] Own Assign;
    Change            "change"             "变更、换证、更正"      [Licensing] Own Change;
    StatusAct         "status_act"         "办理证书状态"         [Licensing Supervision] OwnOrNational Status;
    Annul             "annul"              "误赋码作废"           [Administrator Licensing] Own Status;
    Print             "print"              "打印证书"            [Licensing] Own Assign;
    ReportCode        "report_code"        "下载报告二维码"       [Administrator Licensing Supervision Integration] Own Read;
    SettingsWrite     "settings_write"     "本机关设置"           [Administrator] Own;
    CounterWrite      "counter_write"      "设置编号计数器"       [Administrator] Own;
    AccountRead       "account_read"       "查看账号"            [Administrator] OwnOrNational;
    AccountWrite      "account_write"      "管理账号"            [Administrator] OwnOrNational;
    AuthorityWrite    "authority_write"    "设立机关和代码表"      [Administrator] National;
    TemplateWrite     "template_write"     "证书模板"            [Administrator] National;
    StatisticsRead    "statistics_read"    "查看统计"            [Administrator Licensing Supervision Integration Viewer] OwnOrNational Read;
    CollectionRead    "collection_read"    "查看全国归集情况"      [Administrator Supervision Integration Viewer] National;
    Adopt             "adopt"             "认领手动赋码的证书"    [Licensing] Own Assign;
    Collect           "collect"           "归集上传"            [] Own Collect;
    ClientRead        "client_read"       "查看接口系统"         [Administrator Integration] OwnOrNational;
    ClientWrite       "client_write"      "管理接口系统"         [Administrator] OwnOrNational;
    HookWrite         "hook_write"        "管理通知地址"         [Administrator Integration] Own;
    Emergency         "emergency"         "开启应急手动赋码"      [Administrator] Own;
    DockingRead       "docking_read"      "查看对接情况"         [Administrator Licensing Supervision Integration Viewer] OwnOrNational;
    DockingWrite      "docking_write"     "填报对接情况"         [Administrator Integration] Own;
    DockingStep       "docking_step"      "登记对接步骤"         [Administrator Integration] National;
    Admission         "admission"         "许可核查"           [Licensing] Own;
    RefusalRead       "refusal_read"      "查看不予许可记录"     [Administrator Licensing] OwnOrNational;
    RefusalWrite      "refusal_write"     "登记不予许可决定"     [Administrator Licensing] Own;
    Search            "search"            "全国查询"           [Administrator Licensing Supervision Integration Viewer] Own;
    PlatformOpen      "platform_open"     "开通公众查询"         [Administrator] National;
    PairRead          "pair_read"         "查看疑似重复机构"      [Administrator Licensing Supervision Integration Viewer] OwnOrNational;
    BodyApart         "body_apart"        "认定不是重复机构"      [Administrator Licensing Supervision] Own;
    BodyMerge         "body_merge"        "合并机构、撤销合并"    [Administrator] OwnOrNational;
    OpenDataMake      "open_data_make"    "生成开放数据"         [Administrator] National;
    DeclaredWrite     "declared_write"    "申报有效证书数"     [Administrator Licensing Supervision] Own Declare;
    BulletinRead      "bulletin_read"     "查看通报"           [Administrator Licensing Supervision Integration Viewer] Own;
    BulletinReply     "bulletin_reply"    "签收、回复通报"      [Administrator Supervision] Own;
    BulletinDraft     "bulletin_draft"    "起草通报、答复异议"   [Administrator Supervision] National;
    BulletinApprove   "bulletin_approve"  "审定、发布通报"      [Administrator Supervision] National;
    QualityRead       "quality_read"       "查看数据质量"         [Administrator Licensing Supervision Integration Viewer] OwnOrNational;
    QualityRun        "quality_run"        "检查全部数据质量"      [Administrator] National;
    Digest            "digest"            "查看和设置每日提要"    [Administrator Licensing Supervision] Oneself;
    DrawRead          "draw_read"         "查看双随机抽查"      [Administrator Licensing Supervision Viewer] OwnOrNational;
    DrawWrite         "draw_write"        "办理双随机抽查"      [Administrator Supervision] Own;
    InspectionRead    "inspection_read"   "查看监督检查"       [Administrator Licensing Supervision Viewer] OwnOrNational;
    InspectionWrite   "inspection_write"  "登记监督检查和整改"   [Supervision] Own;
    NoticeWrite       "notice_write"      "制发通知书"         [Licensing Supervision] Own;
    OwnPassword       "own_password"       "修改本人密码"         [Administrator Licensing Supervision Integration Viewer] Oneself;
}

/// Which door a call came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Door {
    /// 页面表单.
    Form,
    /// 工作簿导入.
    Workbook,
    /// 命令行.
    Command,
    /// 系统接口.
    Interface,
    /// 公众页面.
    Public,
    /// The registry itself: daily jobs.
    System,
}

impl Door {
    /// The word in events.
    pub fn key(self) -> &'static str {
        match self {
            Door::Form => "form",
            Door::Workbook => "workbook",
            Door::Command => "command",
            Door::Interface => "interface",
            Door::Public => "public",
            Door::System => "system",
        }
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            Door::Form => "页面",
            Door::Workbook => "工作簿",
            Door::Command => "命令行",
            Door::Interface => "接口",
            Door::Public => "公众",
            Door::System => "系统",
        }
    }

    /// The door of a key.
    pub fn parse(key: &str) -> Option<Door> {
        [Door::Form, Door::Workbook, Door::Command, Door::Interface, Door::Public, Door::System]
            .into_iter()
            .find(|d| d.key() == key)
    }
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in account.
    Account {
        /// Its key.
        id: AccountId,
        /// Its authority.
        authority: AuthorityId,
        /// Level of that authority.
        level: Level,
        /// Its role.
        role: Role,
    },
    /// A system of an authority, through the interface.
    Client {
        /// Its key.
        id: ClientId,
        /// Its authority.
        authority: AuthorityId,
        /// What its token grants.
        grants: Grants,
    },
    /// The person at the machine, by the name of the system's user: only sets the registry up.
    Operator(String),
    /// Anyone.
    Public,
    /// The registry itself.
    System,
}

impl Actor {
    /// The authority it acts for.
    pub fn authority(&self) -> Option<AuthorityId> {
        match self {
            Actor::Account { authority, .. } | Actor::Client { authority, .. } => Some(*authority),
            Actor::Operator(_) | Actor::Public | Actor::System => None,
        }
    }

    /// Whether it reads for the whole country.
    pub fn is_national(&self) -> bool {
        matches!(self, Actor::Account { level: Level::National, .. })
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Actor::Account { id, .. } => write!(f, "account:{id}"),
            Actor::Client { id, .. } => write!(f, "client:{id}"),
            Actor::Operator(user) => write!(f, "operator:{user}"),
            Actor::Public => f.write_str("public"),
            Actor::System => f.write_str("system"),
        }
    }
}

/// The table's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Go on.
    Allowed,
    /// The caller may know of the object, but not do this: 403.
    Forbidden,
    /// The caller may not know of the object: 404.
    Hidden,
}

/// Whether `actor` may do `action` to an object of `owner` (`None`: no object yet, or none in particular).
pub fn may(actor: &Actor, action: Action, owner: Option<AuthorityId>) -> Answer {
    match actor {
        // The machine's operator founds authorities and their administrators; certificates are an officer's work.
        Actor::Operator(_) => match action {
            Action::AccountRead
            | Action::AccountWrite
            | Action::ClientRead
            | Action::ClientWrite
            | Action::AuthorityWrite
            | Action::TemplateWrite
            | Action::OpenDataMake
            | Action::QualityRun => Answer::Allowed,
            _ => Answer::Forbidden,
        },
        Actor::System => Answer::Allowed,
        Actor::Public => Answer::Hidden,
        Actor::Account { authority, level, role, .. } => {
            account_may(*authority, *level, *role, action, owner)
        }
        Actor::Client { authority, grants, .. } => match action.grant() {
            _ if owner.is_some_and(|owner| owner != *authority) => Answer::Hidden,
            Some(grant) if grants.has(grant) => Answer::Allowed,
            _ => Answer::Forbidden,
        },
    }
}

fn account_may(
    own: AuthorityId,
    level: Level,
    role: Role,
    action: Action,
    owner: Option<AuthorityId>,
) -> Answer {
    let national = level == Level::National;
    let reaches = match action.scope() {
        Scope::Oneself => true,
        Scope::Own => owner.is_none_or(|o| o == own),
        Scope::OwnOrNational => national || owner.is_none_or(|o| o == own),
        Scope::National => national,
    };
    let has_role = action.roles().contains(&role);
    match (reaches, has_role) {
        (true, true) => Answer::Allowed,
        (true, false) => Answer::Forbidden,
        // The national authority reads everything, so a foreign object is no secret to it.
        (false, _) if national || action.scope() == Scope::National => Answer::Forbidden,
        (false, _) => Answer::Hidden,
    }
}

/// Whether `actor` may open, change, disable or reset an account of `role` at the authority `owner`: the right to manage
/// accounts, and within it the division of the issue: the national level and the machine's operator keep the
/// administrators of every authority, an administrator keeps the officers of its own.
pub fn may_keep_account(actor: &Actor, role: Role, owner: AuthorityId) -> Answer {
    let answer = may(actor, Action::AccountWrite, Some(owner));
    let keeps = match actor {
        Actor::Account { authority, level, .. } => match role {
            Role::Administrator => *level == Level::National,
            Role::Licensing | Role::Supervision | Role::Integration | Role::Viewer => *authority == owner,
        },
        // Who sits at the machine begins: every other account is opened, and answered for, by somebody with a name.
        Actor::Operator(_) => role == Role::Administrator,
        Actor::Client { .. } | Actor::Public | Actor::System => true,
    };
    if answer == Answer::Allowed && !keeps { Answer::Forbidden } else { answer }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(role: Role, level: Level, authority: i64) -> Actor {
        Actor::Account { id: AccountId(1), authority: AuthorityId(authority), level, role }
    }

    #[test]
    fn the_whole_table_reads_as_decided() {
        let mut table = String::new();
        for action in Action::ALL {
            let grant = action.grant().map_or(String::new(), |grant| format!(" {}", grant.key()));
            let row: String =
                Role::ALL
                    .iter()
                    .map(|role| {
                        if action.roles().contains(role) {
                            role.label().chars().next().unwrap()
                        } else {
                            '·'
                        }
                    })
                    .collect();
            table += &format!("{row} {:?} {}{grant}\n", action.scope(), action.label());
        }
        let expected = "\
管许监信查 OwnOrNational 查看本机关证书 read
管许监信查 OwnOrNational 查看办理记录 read
·许监·· Own 查看人员证件和联系方式
·许··· Own 删除人员证件和联系方式
管许监·· Own 标记收件箱已读
管许监信· OwnOrNational 导出
·许··· Own 导入预览 check
·许··· Own 填写草稿
·许··· Own 赋码 assign
·许··· Own 变更、换证、更正 change
·许监·· OwnOrNational 办理证书状态 status
管许··· Own 误赋码作废 status
·许··· Own 打印证书 assign
管许监信· Own 下载报告二维码 read
管···· Own 本机关设置
管···· Own 设置编号计数器
管···· OwnOrNational 查看账号
管···· OwnOrNational 管理账号
管···· National 设立机关和代码表
管···· National 证书模板
管许监信查 OwnOrNational 查看统计 read
管·监信查 National 查看全国归集情况
·许··· Own 认领手动赋码的证书 assign
····· Own 归集上传 collect
管··信· OwnOrNational 查看接口系统
管···· OwnOrNational 管理接口系统
管··信· Own 管理通知地址
管···· Own 开启应急手动赋码
管许监信查 OwnOrNational 查看对接情况
管··信· Own 填报对接情况
管··信· National 登记对接步骤
·许··· Own 许可核查
管许··· OwnOrNational 查看不予许可记录
管许··· Own 登记不予许可决定
管许监信查 Own 全国查询
管···· National 开通公众查询
管许监信查 OwnOrNational 查看疑似重复机构
管许监·· Own 认定不是重复机构
管···· OwnOrNational 合并机构、撤销合并
管···· National 生成开放数据
管许监·· Own 申报有效证书数 declare
管许监信查 Own 查看通报
管·监·· Own 签收、回复通报
管·监·· National 起草通报、答复异议
管·监·· National 审定、发布通报
管许监信查 OwnOrNational 查看数据质量
管···· National 检查全部数据质量
管许监·· Oneself 查看和设置每日提要
管许监·查 OwnOrNational 查看双随机抽查
管·监·· Own 办理双随机抽查
管许监·查 OwnOrNational 查看监督检查
··监·· Own 登记监督检查和整改
·许监·· Own 制发通知书
管许监信查 Oneself 修改本人密码
";
        assert_eq!(table, expected);
    }

    #[test]
    fn what_one_may_not_know_of_is_hidden_and_not_forbidden() {
        let officer = account(Role::Licensing, Level::Provincial, 2);
        assert_eq!(may(&officer, Action::CertificateRead, Some(AuthorityId(3))), Answer::Hidden);
        assert_eq!(may(&officer, Action::SettingsWrite, Some(AuthorityId(2))), Answer::Forbidden);
        assert_eq!(may(&officer, Action::Assign, Some(AuthorityId(2))), Answer::Allowed);
        assert_eq!(may(&Actor::Public, Action::CertificateRead, None), Answer::Hidden);
    }

    #[test]
    fn a_system_does_what_its_token_grants_and_only_for_its_own_authority() {
        let grants = Grants::parse("assign read").unwrap();
        let system = Actor::Client { id: ClientId(1), authority: AuthorityId(2), grants };
        let own = Some(AuthorityId(2));
        assert_eq!(may(&system, Action::Assign, own), Answer::Allowed);
        assert_eq!(may(&system, Action::CertificateRead, own), Answer::Allowed);
        assert_eq!(may(&system, Action::Change, own), Answer::Forbidden);
        for action in Action::ALL {
            assert_eq!(may(&system, *action, Some(AuthorityId(3))), Answer::Hidden);
        }
        for action in [Action::PersonalRead, Action::AccountWrite, Action::Export, Action::OwnPassword] {
            assert_eq!(may(&system, action, own), Answer::Forbidden);
        }
    }

    #[test]
    fn grants_are_read_as_they_are_written() {
        assert_eq!(Grants::parse("status  read").unwrap().to_string(), "read status");
        assert_eq!(Grants::parse(&Grants::all().to_string()), Some(Grants::all()));
        assert_eq!(Grants::parse("read everything"), None);
        assert!(Grants::parse("").unwrap().is_empty());
    }

    #[test]
    fn the_national_authority_revokes_as_superior_but_does_not_assign_for_a_province() {
        let national = account(Role::Licensing, Level::National, 1);
        assert_eq!(may(&national, Action::StatusAct, Some(AuthorityId(9))), Answer::Allowed);
        assert_eq!(may(&national, Action::Assign, Some(AuthorityId(9))), Answer::Forbidden);
    }

    #[test]
    fn administrators_come_from_the_national_level_and_officers_from_their_own_authority() {
        let own = account(Role::Administrator, Level::Provincial, 2);
        let national = account(Role::Administrator, Level::National, 1);
        let operator = Actor::Operator("root".into());
        let asked = |actor: &Actor, role, owner| may_keep_account(actor, role, AuthorityId(owner));
        for role in Role::ALL {
            let officer = role != Role::Administrator;
            let if_ = |yes: bool| if yes { Answer::Allowed } else { Answer::Forbidden };
            assert_eq!(asked(&own, role, 2), if_(officer));
            assert_eq!(asked(&own, role, 3), Answer::Hidden);
            assert_eq!(asked(&national, role, 2), if_(!officer));
            assert_eq!(asked(&national, role, 1), Answer::Allowed);
            assert_eq!(asked(&operator, role, 2), if_(!officer), "who sits at the machine only begins");
            assert_eq!(asked(&account(Role::Licensing, Level::Provincial, 2), role, 2), Answer::Forbidden);
        }
    }
}
