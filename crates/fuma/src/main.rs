mod assets;
mod demo;
#[cfg(test)]
mod gallery;
mod office;
mod pager;
mod public;

fn main() {}
