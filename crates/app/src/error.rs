//! Three kinds of failure: invalid (the user can fix it), refused (may not, or not there), fault (ours).

use domain::Problem;
use store::StoreError;

/// Why a verb did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Problems with places and hints; nothing was done.
    #[error("有{}处问题需要改正", .0.len())]
    Invalid(Vec<Problem>),
    /// A rule says no. Both texts are for the user.
    #[error("{message}")]
    Refused {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// The caller may know of the object but not do this.
    #[error("您的角色没有这项权限")]
    Forbidden,
    /// There is no such thing, or the caller may not know of it.
    #[error("没有找到")]
    NotFound,
    /// Nobody is signed in, or the session is over.
    #[error("请先登录")]
    SignedOut,
    /// What is needed for it is still being made.
    #[error("查询索引正在准备，已完成{percent}%")]
    NotReady {
        /// How far it is.
        percent: u8,
    },
    /// The store said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something of ours is wrong; the text is for the log.
    #[error("系统内部错误：{0}")]
    Fault(String),
}

/// The result of every verb.
pub type Result<T, E = AppError> = std::result::Result<T, E>;

impl AppError {
    /// A rule's no, with what to do.
    pub fn refused(message: impl Into<String>, hint: impl Into<String>) -> AppError {
        AppError::Refused { message: message.into(), hint: hint.into() }
    }

    /// What the user can do about it; empty where only the operator can.
    pub fn hint(&self) -> String {
        match self {
            AppError::Invalid(_) => "请按提示逐项改正后重试。".into(),
            AppError::Refused { hint, .. } => hint.clone(),
            AppError::Forbidden => "请联系本机关管理员调整角色，或换一个账号登录。".into(),
            AppError::NotFound => "请核对编号或链接；刚刚新建的请刷新后再试。".into(),
            AppError::SignedOut => "登录后会回到刚才的页面。".into(),
            AppError::NotReady { .. } => "请一两分钟后刷新；扫码和输入编号查真不受影响。".into(),
            AppError::Store(_) => String::new(),
            AppError::Fault(_) => "请稍后重试；反复出现请把页面上的参考号告诉系统管理员。".into(),
        }
    }
}
