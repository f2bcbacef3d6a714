//! The two sweeps over the route table: who is let in follows the one table of rights, and whatever is written leaves
//! an event with its author (style.md 36 to 39). Both walk `routes.rs` itself, so that no route is forgotten.

mod audit;
mod rights;
mod routes;
mod rules;
mod scene;
