//! `fuma serve`.

use super::{End, Session};
use crate::http::Web;
use anyhow::{Result, bail};
use app::{Footing, Missing};
use std::net::SocketAddr;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(
    after_help = "例：fuma serve --listen 127.0.0.1:8080\n（也可用环境变量 FUMA_LISTEN、FUMA_PUBLIC_URL、FUMA_DATABASE）"
)]
pub struct Serve {
    /// 监听的地址和端口
    #[arg(long)]
    listen: Option<SocketAddr>,
}

/// Certificates from which on the index of a server that searches takes hundreds of MB.
const LARGE: u64 = 30_000;

/// Begins anew, as the same process, on pages of the usual size and with an allocator that gives memory back when it is free and not
/// a second later. On large pages every heap of a thread takes 2 MB at a time, and a server that idles asks for no memory, so that the
/// second never ends for it. Both hold from the first byte on only if they were said before: the size of pages outlives the new
/// beginning, the allocator hears of the rest by the environment. Measured: `fuma bench idle`. Commands that work for a while and end are
/// faster without.
pub fn begin_frugally() {
    const DELAY: &str = "MIMALLOC_PURGE_DELAY";
    large_pages(false);
    #[cfg(unix)]
    if std::env::var_os(DELAY).is_none()
        && let Ok(program) = std::env::current_exe()
    {
        use std::os::unix::process::CommandExt;
        let mut words = std::env::args_os();
        let mut again = std::process::Command::new(program);
        again.arg0(words.next().unwrap_or_default()).args(words).env(DELAY, "0");
        // It comes back only if that cannot be done; the server then takes more memory.
        drop(again.exec());
    }
}

/// Whether large pages are taken from here on, which makes searches in a large index faster.
fn large_pages(on: bool) {
    #[cfg(target_os = "linux")]
    if let Err(error) = nix::sys::prctl::set_thp_disable(!on) {
        tracing::warn!(%error, "the size of pages stays as it is");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = on;
}

impl Serve {
    pub async fn run(self, session: Session) -> Result<End> {
        if session.settings.footing == Footing::Sandbox {
            bail!("测试环境随网站一起启动：请去掉 --sandbox，在 fuma.toml 中写入 sandbox = true");
        }
        let mut session = session;
        if let Some(listen) = self.listen {
            session.settings = session.settings.listening(listen, None)?;
        }
        session.settings = session.settings.with_networks()?;
        let listener = crate::serve::bind(session.settings.listen).await?;
        let app = session.open(Missing::Refuse).await?;
        if session.settings.search && app.count_all().await? >= LARGE {
            large_pages(true);
        }
        let sandbox = sandbox(&session).await;
        let address = listener.local_addr()?;
        let tests = sandbox.as_ref().map(|web| web.app.config.base_url());
        let public_url = &session.settings.public_url;
        let document =
            serde_json::json!({ "listen": address, "public_url": public_url, "sandbox_url": tests });
        session.tell(&document, || {
            let tests = tests.as_ref().map(|url| format!("　测试环境：{url}")).unwrap_or_default();
            format!("网站已启动：http://{address}　公众地址：{public_url}{tests}　按 Ctrl-C 停止")
        })?;
        crate::serve::serve(Web::new(app, session.settings), sandbox, listener).await?;
        eprintln!("已停止");
        Ok(End::Ok)
    }
}

/// The sandbox, founded if it is not there, where it is switched on. What is wrong with it is told and keeps nobody from
/// the registry.
async fn sandbox(session: &Session) -> Option<Web> {
    if !session.settings.sandbox {
        return None;
    }
    let beside = Session::new(session.settings.of_sandbox(), session.json);
    match beside.open(Missing::Found).await {
        Ok(app) => Some(Web::new(app, beside.settings)),
        Err(error) => {
            tracing::error!(?error, "the sandbox did not start");
            eprintln!("测试环境没有启动：{error:#}");
            None
        }
    }
}
