//! The index over bodies, capabilities, instruments and people: everything that is searched by words, in memory.
//!
//! Pure by contract: fed by `app` with what stands in the registry at a position, it knows no SQL, file, socket or clock.
//! An [`Index`] never changes; [`Index::follow`] makes the next one, which shares all that stayed.
//!
//! How it finds (figures: docs/BENCHMARKS.md): a word is looked up among the distinct texts, by pairs of characters
//! ([`Typed`], `dictionary`); the texts lead to the distinct rows, of which those remain that have all words (`segment`);
//! the rows lead to certificates, which are counted, sifted and grouped by body (`ask`).

mod ask;
mod bits;
mod count;
mod dictionary;
mod entry;
mod facet;
mod flat;
mod fold;
mod index;
mod load;
mod near;
mod pinyin;
mod postings;
mod segment;
mod sight;
mod table;
mod word;

pub use ask::{Answer, Ask, BodyHit, CertificateHit, Each, Page, RowHit, Sort, WordNote};
pub use entry::{AsOf, BodyEntry, CertificateEntry, Column, MergedBody, Rows, Subject};
pub use facet::{Annulled, Dimension, Facet, Filter, WITHIN_DAYS};
pub use flat::flat;
pub use index::{Changes, Index, Size};
pub use load::Loader;
pub use near::{Near, Newer};
pub use sight::SearchReader;
pub use word::{Typed, Word, heard};

#[cfg(test)]
mod truth;
