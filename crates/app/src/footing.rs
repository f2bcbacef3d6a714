//! On what footing a registry stands: decides which codes it makes, where they lead, and what its prints say.

use crate::Config;
use domain::Realm;
use print::Overprint;

/// In earnest, for show, or for tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Footing {
    /// Certificates in force.
    #[default]
    Real,
    /// A show of invented data: prints carry 样张, pages say so, and an http address may be printed.
    Demo,
    /// 测试环境 of a real one, beside it: prints carry 测试, and its codes are none of the real one's.
    Sandbox,
}

impl Footing {
    /// Whose codes it makes and knows.
    pub fn realm(self) -> Realm {
        match self {
            Footing::Real | Footing::Demo => Realm::Registry,
            Footing::Sandbox => Realm::Sandbox,
        }
    }

    /// Under which path of the public address its pages stand.
    pub fn path(self) -> &'static str {
        match self {
            Footing::Real | Footing::Demo => "",
            Footing::Sandbox => "/sandbox",
        }
    }

    /// What stands across its finals.
    pub(crate) fn overprint(self) -> Overprint {
        match self {
            Footing::Real => Overprint::None,
            Footing::Demo => Overprint::Sample,
            Footing::Sandbox => Overprint::Test,
        }
    }

    /// What stands across its drafts and previews.
    pub(crate) fn preview(self) -> Overprint {
        match self {
            Footing::Real | Footing::Demo => Overprint::Sample,
            Footing::Sandbox => Overprint::Test,
        }
    }
}

impl Config {
    /// Where the first page stands, without a slash at the end: the public address, for the sandbox with its path.
    pub fn base_url(&self) -> String {
        format!("{}{}", self.public_url.trim_end_matches('/'), self.footing.path())
    }
}
