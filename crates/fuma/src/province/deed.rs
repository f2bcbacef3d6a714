//! What the cases of a province are about.

/// What a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Deed {
    /// 首次.
    Grant,
    /// 扩项.
    Extend,
    /// 标准变更.
    Standard,
    /// 名称变更.
    Rename,
    /// 更正.
    Correct,
    /// 复查换证.
    Renew,
    /// 撤销.
    Revoke,
    /// 注销.
    Cancel,
    /// The same first grant once more, under a record id of its own.
    Again,
}

impl Deed {
    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            Deed::Grant => "首次",
            Deed::Extend => "扩项",
            Deed::Standard => "标准变更",
            Deed::Rename => "名称变更",
            Deed::Correct => "更正",
            Deed::Renew => "复查换证",
            Deed::Revoke => "撤销",
            Deed::Cancel => "注销",
            Deed::Again => "重复报送",
        }
    }

    /// The word in the document.
    pub fn key(self) -> &'static str {
        match self {
            Deed::Grant => "grant",
            Deed::Extend => "extend",
            Deed::Standard => "standard",
            Deed::Rename => "rename",
            Deed::Correct => "correct",
            Deed::Renew => "renew",
            Deed::Revoke => "revoke",
            Deed::Cancel => "cancel",
            Deed::Again => "again",
        }
    }

    /// The call of the interface that does it.
    pub fn act(self) -> &'static str {
        match self {
            Deed::Grant | Deed::Again => "assign",
            Deed::Extend | Deed::Standard | Deed::Rename => "change",
            Deed::Correct => "correct",
            Deed::Renew => "renew",
            Deed::Revoke | Deed::Cancel => "status",
        }
    }

    /// Whether a certificate comes of it.
    pub fn makes(self) -> bool {
        matches!(self, Deed::Grant | Deed::Renew)
    }

    /// Whether the certificate is at its end.
    pub fn ends(self) -> bool {
        matches!(self, Deed::Revoke | Deed::Cancel)
    }
}
