//! `fuma completion`: what a shell needs to complete our commands.

use super::{End, Session};
use anyhow::Result;
use clap_complete::Shell;

/// What is typed after its name.
#[derive(clap::Args)]
#[command(after_help = "例：fuma completion bash > /etc/bash_completion.d/fuma")]
pub struct Completion {
    /// 哪种命令行
    shell: Shell,
}

impl Completion {
    pub fn run(self, session: &Session, mut command: clap::Command) -> Result<End> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "fuma", &mut script);
        let script = String::from_utf8_lossy(&script).into_owned();
        let document = serde_json::json!({ "shell": self.shell.to_string(), "script": script });
        session.tell(&document, || script)?;
        Ok(End::Ok)
    }
}
