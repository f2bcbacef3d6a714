//! fuma (赋码): the server and the command line of one registry. What each command does stands in `cli`.

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

mod api;
mod assets;
mod bench;
mod chart;
mod cli;
mod client;
mod config;
mod conform;
mod demo;
mod found;
mod free;
#[cfg(test)]
mod gallery;
mod hooks;
mod http;
mod office;
mod pager;
mod province;
mod public;
mod routes;
mod sandbox;
mod search;
mod serve;
#[cfg(test)]
mod sweeps;
#[cfg(test)]
mod testing;
mod tls;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run()
}
