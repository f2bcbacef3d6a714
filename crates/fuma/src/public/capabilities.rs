//! 检测能力 of one certificate, in pages and with a search within.

use askama::Template;
use domain::{Day, Number, VerdictWord};

use super::{CapabilityView, Visit, certificate_path};
use crate::pager::Pager;

/// `/certificate/{number}/capabilities?q=…&page=…&on=…`.
#[derive(Template)]
#[template(path = "public/capabilities.html")]
pub struct CapabilitiesPage<'a> {
    /// Who asks, and what every page carries.
    pub visit: &'a Visit,
    /// 证书编号.
    pub number: &'a Number,
    /// 机构名称.
    pub body_name: &'a str,
    /// The word of the day asked about, so that nobody reads a scope without its state.
    pub word: VerdictWord,
    /// The day asked about, where it is not today.
    pub on: Option<Day>,
    /// What is searched for, or empty.
    pub query: &'a str,
    /// The rows of this page.
    pub rows: &'a [CapabilityView<'a>],
    /// Where the list stands.
    pub pager: Pager,
}

impl CapabilitiesPage<'_> {
    fn path(&self) -> String {
        certificate_path(self.number)
    }

    /// The whole list again.
    fn whole(&self) -> String {
        let day = self.on.map(|on| format!("?on={on}")).unwrap_or_default();
        self.visit.to(format!("{}/capabilities{day}", self.path()))
    }
}
