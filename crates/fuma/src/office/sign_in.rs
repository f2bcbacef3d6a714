//! The pages before the frame: 登录 and 修改密码.

use askama::Template;

use super::FieldView;
use crate::assets;
use crate::public::SITE_NAME;

/// `/office/sign-in`. Comes back with the account name, never with the password.
#[derive(Template)]
#[template(path = "office/sign_in.html")]
pub struct SignInPage<'a> {
    /// What was typed as account.
    pub account: &'a str,
    /// Why it was refused, or empty. One text for unknown account and wrong password.
    pub error: &'a str,
    /// Where to go afterwards, a path of this site.
    pub next: &'a str,
    /// Whether the data is invented.
    pub demo: bool,
}

impl SignInPage<'_> {
    fn fields(&self) -> [FieldView; 2] {
        [
            FieldView::text("account", "账号").required().value(self.account).autocomplete("username"),
            FieldView::password("password", "密码").required().autocomplete("current-password"),
        ]
    }
}

/// `/office/password`. Asked for at the first sign-in; otherwise by choice.
#[derive(Template)]
#[template(path = "office/password.html")]
pub struct PasswordPage<'a> {
    /// The account.
    pub account: &'a str,
    /// Why the password must be changed before anything else; empty where it is by choice.
    pub why: &'a str,
    /// What is wrong with the present password, or empty.
    pub old_error: &'a str,
    /// What is wrong with the new one, or empty.
    pub new_error: &'a str,
    /// What is wrong with its repetition, or empty.
    pub repeat_error: &'a str,
    /// Whether the data is invented.
    pub demo: bool,
}

impl PasswordPage<'_> {
    fn fields(&self) -> [FieldView; 3] {
        let hint = "至少8个字符，大写字母、小写字母、数字、符号中至少用三类，不含账号名";
        [
            FieldView::password("old", "现密码")
                .required()
                .autocomplete("current-password")
                .error(self.old_error),
            FieldView::password("new", "新密码")
                .required()
                .autocomplete("new-password")
                .hint(hint)
                .error(self.new_error),
            FieldView::password("repeat", "再输一次新密码")
                .required()
                .autocomplete("new-password")
                .error(self.repeat_error),
        ]
    }
}
