//! Who may do what, written out from the one table that every verb asks (`domain::rights`).

use domain::{Action, Role, Scope};

/// One line of the table.
pub struct RightView {
    /// What is done.
    pub action: &'static str,
    /// Whether each role of [`Role::ALL`] may.
    pub roles: Vec<bool>,
    /// How far it reaches.
    pub scope: &'static str,
}

/// The table, generated: nothing of it is written by hand.
pub fn table() -> Vec<RightView> {
    let line = |action: &Action| RightView {
        action: action.label(),
        roles: Role::ALL.iter().map(|role| action.roles().contains(role)).collect(),
        scope: match action.scope() {
            Scope::Own => "本机关",
            Scope::OwnOrNational => "本机关；国家级可及全国",
            Scope::National => "仅国家级",
            Scope::Oneself => "本人",
        },
    };
    Action::ALL.iter().map(line).collect()
}
