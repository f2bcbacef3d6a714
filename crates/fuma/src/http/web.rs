//! What a handler has at hand.

use crate::config::Settings;
use crate::public::Site;
use app::App;
use axum::response::{Html, IntoResponse, Response};
use domain::Realm;
use domain::tally::Networks;
use ipnet::IpNet;
use std::sync::Arc;

/// The state of the router.
#[derive(Clone)]
pub struct Web {
    /// The registry.
    pub app: Arc<App>,
    /// What every public page carries.
    pub site: Arc<Site>,
    /// How much systems may ask through the interface.
    pub limits: Arc<crate::api::Limits>,
    /// How much strangers have asked of late.
    pub free: Arc<crate::free::FreeUse>,
    /// Proxies of ours, whose word of where a request comes from is believed.
    pub proxies: Arc<[IpNet]>,
    /// Where addresses are, by the operator's table.
    pub networks: Arc<Networks>,
    /// The official map, where the operator has one.
    pub map: Option<Arc<crate::office::statistics::Map>>,
    /// Whether cookies are for https only: they are wherever the public address is.
    pub secure: bool,
}

impl Web {
    /// A registry with its settings.
    pub fn new(app: Arc<App>, settings: Settings) -> Web {
        Web {
            secure: settings.public_url.starts_with("https://"),
            proxies: settings.proxies.into(),
            networks: settings.networks,
            map: settings.map,
            site: Arc::new(settings.site),
            limits: Arc::default(),
            free: Arc::new(crate::free::FreeUse::new(settings.rates)),
            app,
        }
    }

    /// What stands before its paths, for addresses that are told in data; pages are changed on their way out.
    pub fn base(&self) -> &'static str {
        match self.app.realm() {
            Realm::Registry => "",
            Realm::Sandbox => crate::sandbox::PATH,
        }
    }

    /// A text that names addresses of the interface, told in data: in the sandbox they are its own.
    pub fn own_addresses(&self, text: String) -> String {
        match self.base() {
            "" => text,
            base => text.replace("/api/", &format!("{base}/api/")),
        }
    }

    /// Name of the session cookie. The `__Host-` prefix binds it to this host, but only https may set it. The sandbox has
    /// one of its own, so that both can be open in one browser.
    pub fn cookie_name(&self) -> &'static str {
        match (self.app.realm(), self.secure) {
            (Realm::Registry, true) => "__Host-sid",
            (Realm::Registry, false) => "sid",
            (Realm::Sandbox, true) => "__Host-sid-sandbox",
            (Realm::Sandbox, false) => "sid-sandbox",
        }
    }
}

/// A rendered page; a template that fails is our own fault and is logged.
pub fn page(template: &impl askama::Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => super::error::fault(&error.to_string()),
    }
}
