//! Invented data for the demo, the tests and the benchmarks. Everything follows from a seed.
//!
//! Standards, places and code tables are public facts; bodies, persons, numbers and acts are invented and can be seen to
//! be: names hold 示例, organisation codes begin with YL, ID numbers with the region 990000, telephones cannot be dialled.

mod annex;
mod bench;
mod body;
mod catalogue;
mod ids;
mod names;
mod people;
mod planted;
mod rng;
mod rows;
mod sheet;
mod workbook;
mod world;

pub use annex::{AnnexKind, annex_form};
pub use bench::{bench_csv, bench_xlsx};
pub use body::{BodySpec, ParentSpec, SiteSpec};
pub use ids::is_invented_id;
pub use people::{InstrumentSpec, PersonSpec};
pub use planted::{PLANTED, Planted};
pub use workbook::demo_workbook;
pub use world::{CapabilitySpec, CertificateSpec, Grant, World};
