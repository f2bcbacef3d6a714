//! What is typed to say whom a command calls, and as whom.

use super::{Client, Credentials, Patience, Signer};
use anyhow::{Context, Result};
use domain::Secret;
use std::path::{Path, PathBuf};

/// The options that every command has that calls the interface.
#[derive(clap::Args)]
pub struct Connection {
    /// 接口地址：https://主机名，测试环境为 https://主机名/sandbox
    #[arg(long)]
    pub url: String,
    /// 接口系统标识（client_id）
    #[arg(long)]
    pub client: String,
    /// 从文件读取接口密钥（client_secret）
    #[arg(long, value_name = "文件")]
    secret_file: PathBuf,
    /// 签名密钥的标识（keyid）；给出时，除取令牌以外的请求都签名
    #[arg(long, value_name = "KEYID", requires = "key_file")]
    key_id: Option<String>,
    /// 从文件读取签名密钥：共享密钥（Base64），或私钥（PEM，或64位十六进制）
    #[arg(long, value_name = "文件", requires = "key_id")]
    key_file: Option<PathBuf>,
    /// 签名算法：hmac-sha256、hmac-sm3、ed25519、sm2-sm3；私钥是 PEM 的可以不给出
    #[arg(long, requires = "key_file")]
    algorithm: Option<String>,
    /// 签名中写的对外地址，经内网地址访问时给出（不给出时取自接口地址）
    #[arg(long, value_name = "URL", requires = "key_file")]
    public_url: Option<String>,
}

impl Connection {
    /// The client, and its secret for who asks for tokens himself.
    ///
    /// # Errors
    /// Files that cannot be read, and what is typed wrong.
    pub fn open(&self, patience: Patience) -> Result<(Client, Secret)> {
        let secret = held(&self.secret_file, "接口密钥")?;
        let credentials = Credentials { id: self.client.clone(), secret: secret.clone() };
        let signer = match (&self.key_id, &self.key_file) {
            (Some(id), Some(file)) => {
                let key = held(file, "签名密钥")?;
                Some(Signer::new(id, &key, self.algorithm.as_deref(), self.public_url.clone())?)
            }
            _ => None,
        };
        Ok((Client::new(&self.url, credentials, patience)?.signing(signer), secret))
    }
}

/// What a file holds, but for the line end that editors leave.
fn held(path: &Path, what: &str) -> Result<Secret> {
    let text = std::fs::read_to_string(path);
    let text = text.ok().with_context(|| format!("{what}文件 {} 读不出来", path.display()))?;
    Ok(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}
