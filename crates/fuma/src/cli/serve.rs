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

/// Puts the program in its own place once more, as the same process, with the allocator told to give memory back when it is free and
/// not a second later: a server that idles asks for none, so that the second never ends for it (a minute after its start with an empty registry: 54 MB instead of 65). The allocator
/// hears of it by the environment alone, before `main`. Commands that work for a while and end are faster without it.
pub fn begin_frugally() {
    const DELAY: &str = "MIMALLOC_PURGE_DELAY";
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
