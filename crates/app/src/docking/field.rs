//! What 对接情况反馈表 asks (annex 3 of the 2019 notice; domain.md 9): one line a field.

use crate::Mode;

/// A part of the form, as people read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DockingPart {
    /// Which mode, and whether there is a system.
    Way,
    /// The approval system.
    System,
    /// Days and numbers.
    Plan,
    /// Who answers for the business.
    Business,
    /// Who answers for the technique.
    Technical,
    /// Accounts and addresses.
    Access,
    /// Questions.
    Questions,
}

impl DockingPart {
    /// All parts, in the order of the form.
    pub const ALL: [DockingPart; 7] = [
        DockingPart::Way,
        DockingPart::System,
        DockingPart::Plan,
        DockingPart::Business,
        DockingPart::Technical,
        DockingPart::Access,
        DockingPart::Questions,
    ];

    /// The heading.
    pub fn label(self) -> &'static str {
        match self {
            DockingPart::Way => "对接方式",
            DockingPart::System => "审批系统",
            DockingPart::Plan => "计划和数量",
            DockingPart::Business => "业务联系人",
            DockingPart::Technical => "技术联系人",
            DockingPart::Access => "账号管理员和网络地址",
            DockingPart::Questions => "问题和建议",
        }
    }

    /// The fields of it, in order.
    pub fn fields(self) -> impl Iterator<Item = DockingField> {
        DockingField::ALL.iter().copied().filter(move |field| field.part() == self)
    }
}

/// When a field must be filled in before the form is filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DockingNeed {
    /// Always.
    Must,
    /// By those who have an approval system.
    System,
    /// By those who want to be networked.
    Networked,
    /// Never.
    May,
}

/// What may stand in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DockingShape {
    /// One of (key, label).
    Choice(&'static [(&'static str, &'static str)]),
    /// One line of so many characters.
    Text(usize),
    /// A day.
    Day,
    /// How many.
    Count,
    /// A telephone number.
    Phone,
    /// A mobile number.
    Mobile,
    /// An e-mail address.
    Mail,
    /// Several lines of free text.
    Lines,
    /// An https or http address a line.
    Urls,
    /// Addresses or networks, parted by blanks or lines.
    Networks,
}

const MODES: &[(&str, &str)] = &[("manual", "手动赋码"), ("networked", "系统联网自动赋码")];
const YES_NO: &[(&str, &str)] = &[("yes", "有"), ("no", "没有")];
const NETWORKS: &[(&str, &str)] =
    &[("government", "政务外网"), ("internet", "互联网"), ("both", "政务外网和互联网")];

macro_rules! docking_fields {
    ($($variant:ident $key:literal $part:ident $label:literal $need:ident $shape:expr, $hint:literal;)*) => {
        /// One field of the form.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum DockingField { $(#[doc = $label] $variant),* }

        impl DockingField {
            /// All fields, in the order of the form.
            pub const ALL: &'static [DockingField] = &[$(DockingField::$variant),*];
            /// The word in JSON and in forms.
            pub fn key(self) -> &'static str { match self { $(DockingField::$variant => $key),* } }
            /// The word people read.
            pub fn label(self) -> &'static str { match self { $(DockingField::$variant => $label),* } }
            /// Where it stands.
            pub fn part(self) -> DockingPart { match self { $(DockingField::$variant => DockingPart::$part),* } }
            /// When it must be filled in.
            pub fn need(self) -> DockingNeed { match self { $(DockingField::$variant => DockingNeed::$need),* } }
            /// What may stand in it.
            pub fn shape(self) -> DockingShape {
                use DockingShape::{Choice, Count, Day, Lines, Mail, Mobile, Networks, Phone, Text, Urls};
                match self { $(DockingField::$variant => $shape),* }
            }
            /// What to fill in; may be empty.
            pub fn hint(self) -> &'static str { match self { $(DockingField::$variant => $hint),* } }
        }
    };
}

docking_fields! {
    Mode "mode" Way "赋码方式" Must Choice(MODES), "先手动、以后改为联网的，现在选手动";
    OwnSystem "own_system" Way "自己的审批系统" Must Choice(YES_NO), "正在建设的选“有”，在问题中说明";
    SystemName "system_name" System "系统名称" System Text(60), "";
    Developer "developer" System "开发单位" System Text(60), "";
    Technology "technology" System "开发语言和数据库" System Text(100), "如 Java 8、Oracle 11g";
    Network "network" System "所在网络" System Choice(NETWORKS), "";
    PlanStart "plan_start" Plan "计划开始日期" Must Day, "";
    PlanEnd "plan_end" Plan "计划完成日期" Must Day, "";
    InForce "in_force" Plan "有效证书数量" Must Count, "填报时本机关所发、仍有效的证书张数";
    ToTakeOver "to_take_over" Plan "拟接收的存量证书数量" Must Count, "准备导入本系统的已发证书张数；没有填 0";
    BusinessName "business_name" Business "姓名" Must Text(30), "";
    BusinessPost "business_post" Business "职务" Must Text(30), "";
    BusinessPhone "business_phone" Business "座机" May Phone, "座机和手机至少填一个";
    BusinessMobile "business_mobile" Business "手机" May Mobile, "";
    BusinessMail "business_mail" Business "电子邮箱" Must Mail, "";
    TechnicalName "technical_name" Technical "姓名" Networked Text(30), "";
    TechnicalPost "technical_post" Technical "职务" Networked Text(30), "";
    TechnicalPhone "technical_phone" Technical "座机" May Phone, "座机和手机至少填一个";
    TechnicalMobile "technical_mobile" Technical "手机" May Mobile, "";
    TechnicalMail "technical_mail" Technical "电子邮箱" Networked Mail, "";
    Administrators "administrators" Access "账号管理员" Must Lines, "每行一人：姓名、处室、电话；由国家级据此开设账号";
    Callbacks "callbacks" Access "接收通知的地址" May Urls, "每行一个，以 https:// 或 http:// 开头；没有留空";
    Addresses "addresses" Access "固定出口地址" May Networks, "如 192.0.2.7 或 192.0.2.0/24，多个用空格或换行分开";
    Questions "questions" Questions "问题和建议" May Lines, "";
}

impl DockingField {
    /// The field of a key.
    pub fn parse(key: &str) -> Option<DockingField> {
        DockingField::ALL.iter().copied().find(|field| field.key() == key)
    }

    /// Its label with the part it stands in, where the label alone says too little.
    pub fn full_label(self) -> String {
        match self.part() {
            DockingPart::Business | DockingPart::Technical => {
                format!("{}{}", self.part().label(), self.label())
            }
            DockingPart::Way
            | DockingPart::System
            | DockingPart::Plan
            | DockingPart::Access
            | DockingPart::Questions => self.label().to_owned(),
        }
    }
}

/// The mode of a value of [`DockingField::Mode`].
pub(super) fn mode_of(key: &str) -> Option<Mode> {
    Mode::ALL.into_iter().find(|mode| mode.key() == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_stands_in_one_part_and_is_found_by_its_key() {
        let listed: Vec<_> = DockingPart::ALL.into_iter().flat_map(DockingPart::fields).collect();
        assert_eq!(listed, DockingField::ALL);
        for field in DockingField::ALL {
            assert_eq!(DockingField::parse(field.key()), Some(*field));
        }
        assert!(MODES.iter().all(|(key, label)| mode_of(key).is_some_and(|mode| mode.label() == *label)));
    }
}
