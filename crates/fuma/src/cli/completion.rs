//! `fuma completion`: what a shell needs to complete our commands.

use super::End;
use anyhow::Result;
use clap_complete::Shell;

/// 例：fuma completion bash > /etc/bash_completion.d/fuma
#[derive(clap::Args)]
pub struct Completion {
    /// 哪种命令行
    shell: Shell,
}

impl Completion {
    pub fn run(self, mut command: clap::Command) -> Result<End> {
        clap_complete::generate(self.shell, &mut command, "fuma", &mut std::io::stdout());
        Ok(End::Ok)
    }
}
