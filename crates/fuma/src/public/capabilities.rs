//! 检测能力 of one certificate, in pages and with a search within.

use askama::Template;
use domain::{Day, Number, VerdictWord};

use super::{CapabilityView, SITE_NAME, Site, certificate_path};
use crate::assets;
use crate::pager::Pager;

/// `/certificate/{number}/capabilities?q=…&page=…&on=…`.
#[derive(Template)]
#[template(path = "public/capabilities.html")]
pub struct CapabilitiesPage<'a> {
    /// What every page carries.
    pub site: &'a Site,
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
}
