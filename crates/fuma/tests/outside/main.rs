//! The program from outside: real processes killed in the middle of their work, and a real browser.
//!
//! Nothing of the crate is used here, only the binary, its files and its addresses. What must be in the registry is
//! looked up with a connection of our own, so that the program does not vouch for itself.

mod again;
mod barrier_free;
mod browser;
mod commands;
mod conform;
mod counting;
mod documents;
mod examples;
mod interface;
mod kill;
mod leak;
mod national;
mod peers;
mod province;
mod served;
mod web;
