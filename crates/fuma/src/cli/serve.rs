//! `fuma serve`.

use super::{End, Session};
use anyhow::Result;
use app::Missing;
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

impl Serve {
    pub async fn run(self, session: Session) -> Result<End> {
        let mut session = session;
        if let Some(listen) = self.listen {
            session.settings = session.settings.listening(listen, None)?;
        }
        let listener = crate::serve::bind(session.settings.listen).await?;
        let app = session.open(Missing::Refuse).await?;
        let address = listener.local_addr()?;
        let document = serde_json::json!({ "listen": address, "public_url": session.settings.public_url });
        session.tell(&document, || {
            format!("网站已启动：http://{address}　公众地址：{}　按 Ctrl-C 停止", session.settings.public_url)
        })?;
        crate::serve::serve(app, session.settings, listener).await?;
        eprintln!("已停止");
        Ok(End::Ok)
    }
}
