//! What the operator decides: a file, the environment, the command line; read once, checked once, passed down.

use crate::free::Rates;
use crate::office::statistics::Map;
use crate::public::Site;
use anyhow::{Context, Result, bail};
use app::{FontFile, FontPaths, Footing};
use domain::tally::Networks;
use ipnet::IpNet;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What stands in `fuma.toml`; all of it optional.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Raw {
    database: Option<String>,
    replica: Option<String>,
    listen: Option<String>,
    public_url: Option<String>,
    demo: Option<bool>,
    sandbox: Option<bool>,
    sandbox_database: Option<String>,
    template: Option<PathBuf>,
    hook_private: Option<bool>,
    search: Option<bool>,
    proxies: Vec<String>,
    visitor_networks: Option<PathBuf>,
    limits: Limits,
    map: MapRaw,
    fonts: Fonts,
    site: SiteRaw,
}

/// How much of the public pages one network address may ask for.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Limits {
    free_per_minute: Option<u32>,
    pass_requests: Option<u32>,
}

/// The official map of the country.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct MapRaw {
    file: Option<PathBuf>,
    number: String,
}

/// Fonts other than Debian's.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Fonts {
    song: Option<PathBuf>,
    song_bold: Option<PathBuf>,
    hei: Option<PathBuf>,
    kai: Option<PathBuf>,
    extra: Vec<PathBuf>,
}

/// The footer of the public pages; what is not given is not shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SiteRaw {
    organiser: String,
    contact: String,
    site_code: String,
    icp: String,
    police: String,
    party_mark_url: String,
    find_errors_url: String,
    privacy_url: String,
    open_data_terms: String,
}

/// The settings, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder with the embedded registry, its key and its files.
    pub data: PathBuf,
    /// Address of the store.
    pub database: String,
    /// Address of a replica for public reads.
    pub replica: Option<String>,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// The address printed in every QR.
    pub public_url: String,
    /// In earnest, for show, or for tests.
    pub footing: Footing,
    /// Whether 测试环境 is served beside the registry.
    pub sandbox: bool,
    /// Address of the sandbox's store, where it is not a file in its own folder.
    sandbox_database: Option<String>,
    /// A folder with the official template, border and mark; none: the one inside the program.
    pub template: Option<PathBuf>,
    /// Whether notifications may go to private, loopback and link-local addresses.
    pub hook_private: bool,
    /// Whether the server keeps the index that searches are answered from.
    pub search: bool,
    /// Networks of the proxies in front of the server: what they say of where a request comes from is believed.
    pub proxies: Vec<IpNet>,
    /// The file that tells in which province an address is, for the statistics.
    visitor_networks: Option<PathBuf>,
    /// What stands in that file, once the server has read it.
    pub networks: Arc<Networks>,
    /// How much of the public pages one network address may ask for.
    pub rates: Rates,
    /// The official map that statistics are drawn on; none: squares.
    pub map: Option<Arc<Map>>,
    /// Where the fonts are.
    pub fonts: FontPaths,
    /// What public pages carry.
    pub site: Site,
}

/// Problems of a table that are told one by one.
const MOST_PROBLEMS: usize = 50;

/// Folder of the sandbox in the data folder; being there switches it on.
const SANDBOX: &str = "sandbox";

/// Longest host a short code at level Q has room for (architecture.md 6).
const HOST: usize = 20;

impl Settings {
    /// Reads `fuma.toml` in the data folder, if there is one.
    ///
    /// # Errors
    /// Values that cannot work, each with what to do.
    pub fn read(data: &Path) -> Result<Settings> {
        let path = data.join("fuma.toml");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).context(format!("设置文件 {} 读不出来", path.display())),
        };
        Settings::of(&text, data)
    }

    /// The settings that a text says, with what the environment says instead.
    ///
    /// # Errors
    /// Values that cannot work, each with what to do.
    pub fn of(text: &str, data: &Path) -> Result<Settings> {
        let wrong = || format!("设置文件 {} 有误，请改正", data.join("fuma.toml").display());
        let raw: Raw = toml::from_str(text).with_context(wrong)?;
        let environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let listen = environment("FUMA_LISTEN").or(raw.listen).unwrap_or_else(|| "127.0.0.1:8080".into());
        let listen: SocketAddr = listen
            .parse()
            .with_context(|| format!("listen = “{listen}” 应为 地址:端口，例如 127.0.0.1:8080"))?;
        let footing = if raw.demo.unwrap_or(false) { Footing::Demo } else { Footing::Real };
        let public_url = environment("FUMA_PUBLIC_URL").or(raw.public_url);
        let public_url = public_url.unwrap_or_else(|| format!("http://{listen}"));
        let host = host(&public_url, footing)?;
        Ok(Settings {
            database: environment("FUMA_DATABASE").or(raw.database).unwrap_or_else(|| embedded(data)),
            data: data.to_owned(),
            replica: raw.replica,
            listen,
            footing,
            sandbox: raw.sandbox.unwrap_or_else(|| data.join(SANDBOX).is_dir()),
            sandbox_database: environment("FUMA_SANDBOX_DATABASE").or(raw.sandbox_database),
            template: raw.template,
            hook_private: raw.hook_private.unwrap_or(false),
            search: raw.search.unwrap_or(true),
            proxies: raw.proxies.iter().map(|word| proxy(word)).collect::<Result<_>>()?,
            visitor_networks: raw.visitor_networks.map(|path| data.join(path)),
            networks: Arc::default(),
            rates: Rates::of(raw.limits.free_per_minute, raw.limits.pass_requests),
            map: raw
                .map
                .file
                .map(|it| Map::read(&data.join(it), &raw.map.number).map(Arc::new))
                .transpose()?,
            fonts: fonts(raw.fonts),
            site: Site {
                host,
                footing,
                organiser: raw.site.organiser,
                contact: raw.site.contact,
                site_code: raw.site.site_code,
                icp: raw.site.icp,
                police: raw.site.police,
                party_mark_url: raw.site.party_mark_url,
                find_errors_url: raw.site.find_errors_url,
                privacy_url: raw.site.privacy_url,
                open_data_terms: raw.site.open_data_terms,
            },
            public_url,
        })
    }

    /// The settings of 测试环境: as these, but for its own store and key in a folder of its own, and without limits of
    /// free use: nobody looks for anything there but who tries his system out.
    pub fn of_sandbox(&self) -> Settings {
        let (data, footing) = (self.data.join(SANDBOX), Footing::Sandbox);
        Settings {
            database: self.sandbox_database.clone().unwrap_or_else(|| embedded(&data)),
            replica: None,
            rates: Rates::OFF,
            site: Site { footing, ..self.site.clone() },
            data,
            footing,
            ..self.clone()
        }
    }

    /// The same with the table of networks read, for who answers visitors.
    ///
    /// # Errors
    /// All lines that cannot be used, with their numbers.
    pub fn with_networks(mut self) -> Result<Settings> {
        let Some(path) = &self.visitor_networks else { return Ok(self) };
        let text = std::fs::read_to_string(path).with_context(|| {
            format!("访问者网络表 {} 读不出来，请核对 visitor_networks 和文件权限", path.display())
        })?;
        let networks = Networks::parse(&text).map_err(|problems| {
            let shown: Vec<String> = problems.iter().take(MOST_PROBLEMS).map(ToString::to_string).collect();
            let more = problems.len().saturating_sub(MOST_PROBLEMS);
            let more = if more > 0 { format!("\n……另有{more}处") } else { String::new() };
            anyhow::anyhow!(
                "访问者网络表 {} 有{}处问题，请改正后再启动：\n{}{more}",
                path.display(),
                problems.len(),
                shown.join("\n")
            )
        })?;
        self.networks = Arc::new(networks);
        Ok(self)
    }

    /// The address of the store without a password in it, for people.
    pub fn shown_database(&self) -> String {
        let Some((scheme, rest)) = self.database.split_once("://") else { return self.database.clone() };
        match rest.split_once('@') {
            Some((user, place)) => {
                format!("{scheme}://{}@{place}", user.split(':').next().unwrap_or_default())
            }
            None => self.database.clone(),
        }
    }

    /// Uses another address to listen on, and prints it where nothing else was set (demo only).
    pub fn listening(mut self, listen: SocketAddr, shown: Option<String>) -> Result<Settings> {
        if self.public_url == format!("http://{}", self.listen) {
            self.public_url = shown.unwrap_or_else(|| format!("http://{listen}"));
            self.site.host = host(&self.public_url, self.footing)?;
        }
        self.listen = listen;
        Ok(self)
    }
}

/// The address of the store that is a file in its folder.
fn embedded(data: &Path) -> String {
    format!("sqlite:{}", data.join("fuma.db").display())
}

/// The host of the public address: https outside of demos, short enough for the code.
fn host(url: &str, footing: Footing) -> Result<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let Some(host) =
        rest.map(|r| r.trim_end_matches('/')).filter(|h| !h.is_empty() && !h.contains(['/', '?', '#']))
    else {
        bail!("public_url = “{url}” 应为 https://主机名，不带路径");
    };
    if host.len() > HOST && footing != Footing::Demo {
        bail!("public_url 的主机名“{host}”超过{HOST}个字符，二维码放不下；请换用较短的域名");
    }
    Ok(host.to_owned())
}

/// An address, or a network in CIDR notation.
fn proxy(word: &str) -> Result<IpNet> {
    let net = word.parse().ok().or_else(|| word.parse().ok().map(|ip: std::net::IpAddr| ip.into()));
    net.with_context(|| format!("proxies 中的“{word}”不是网络地址，应为 10.0.0.5 或 10.0.0.0/24"))
}

/// Debian's fonts, but for those named in the settings (TTF files halve the cost of small documents).
fn fonts(raw: Fonts) -> FontPaths {
    let debian = FontPaths::debian();
    let or = |path: Option<PathBuf>, file: FontFile| path.map_or(file, |path| FontFile::new(path, 0));
    FontPaths {
        song: or(raw.song, debian.song),
        song_bold: or(raw.song_bold, debian.song_bold),
        hei: or(raw.hei, debian.hei),
        kai: or(raw.kai, debian.kai),
        rare: debian.rare,
        extra: raw.extra.into_iter().map(|path| FontFile::new(path, 0)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sandbox_is_switched_on_by_a_setting_or_by_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let on = |text: &str| Settings::of(text, folder.path()).unwrap().sandbox;
        assert!(!on("") && on("sandbox = true") && !on("sandbox = false"));
        std::fs::create_dir(folder.path().join(SANDBOX)).unwrap();
        assert!(on("") && on("sandbox = true") && !on("sandbox = false"));
    }

    #[test]
    fn a_table_of_networks_is_read_whole_or_refused_with_the_numbers_of_its_lines() {
        let folder = tempfile::tempdir().unwrap();
        let read = |text: &str| Settings::of(text, folder.path()).unwrap().with_networks();
        assert!(read("").unwrap().networks.is_empty());
        let named = "visitor_networks = \"networks.csv\"";
        assert!(format!("{:#}", read(named).unwrap_err()).contains("读不出来"));
        let write = |text: &str| std::fs::write(folder.path().join("networks.csv"), text).unwrap();
        write("192.0.2.0/24,61\n198.51.100.1,198.51.100.9,31\n");
        let ip = "198.51.100.9".parse().unwrap();
        let networks = read(named).unwrap().networks;
        assert_eq!(networks.province(ip).map(|it| it.to_string()).as_deref(), Some("31"));
        write("192.0.2.0/24,陕西\n\nnowhere,61\n");
        let told = read(named).unwrap_err().to_string();
        assert!(told.contains("有2处问题") && told.contains("第1行") && told.contains("第3行"), "{told}");
    }

    #[test]
    fn a_sandbox_shares_the_address_and_nothing_that_is_kept() {
        let text = "public_url = \"https://cx.example.cn\"\nreplica = \"postgres://other/fuma\"";
        let real = Settings::of(text, Path::new("data")).unwrap();
        let sandbox = real.of_sandbox();
        assert_eq!((sandbox.footing, sandbox.site.footing), (Footing::Sandbox, Footing::Sandbox));
        assert_eq!((&sandbox.public_url, sandbox.listen), (&real.public_url, real.listen));
        assert_eq!(sandbox.data, Path::new("data/sandbox"));
        assert_eq!((sandbox.database.as_str(), sandbox.replica), ("sqlite:data/sandbox/fuma.db", None));
        assert_eq!((real.rates, sandbox.rates), (Rates::default(), Rates::OFF));
        let text = "sandbox_database = \"postgres://fuma@pg1/fuma_sandbox\"";
        let sandbox = Settings::of(text, Path::new("data")).unwrap().of_sandbox();
        assert_eq!(sandbox.database, "postgres://fuma@pg1/fuma_sandbox");
    }
}
