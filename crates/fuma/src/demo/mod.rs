//! Invented data for the demo, the tests and the benchmarks. Everything follows from a seed.
//!
//! Standards, places and code tables are public facts; bodies, persons, numbers and acts are invented and can be seen to
//! be: names hold 示例, organisation codes begin with YL, ID numbers with the region 990000, telephones cannot be dialled.

mod annex;
mod bench;
pub mod body;
mod catalogue;
mod form;
pub mod ids;
mod item;
mod names;
mod national;
pub mod people;
mod planted;
pub mod rng;
mod rows;
mod samples;
mod sheet;
mod workbook;
pub mod world;

pub use annex::{AnnexKind, annex_form};
pub use bench::{bench_csv, bench_csv_parts, bench_xlsx};
pub use item::{Members, capability_row, item, put};
pub use national::{AUTHORITIES, National, Size, Traffic};
pub use planted::PLANTED;
pub use workbook::demo_workbook;
