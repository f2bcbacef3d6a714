//! Certificate and template become PDF and QR. A pure function of its input: no database, network or clock; fonts and
//! template are read once from places the caller names.
//!
//! Everything that can fail is done before the first page is drawn: characters without glyph, texts without room, a QR that
//! does not read back ([`PrintError`]). The same input gives the same bytes, so a file can be made again and compared.

mod annex;
mod annex_rows;
mod block;
mod bulletin_sheet;
mod canvas;
mod check_sheet;
mod cut;
mod document;
mod drawing;
mod face;
mod font;
mod notice;
mod pdf;
mod preview;
pub mod qr;
mod reread;
mod sheet;
mod slip;
mod table;
mod table_draw;
mod template;
mod test_sheet;
mod text;

pub use bulletin_sheet::{BulletinSheet, bulletin_sheet};
pub use check_sheet::{CheckSheet, check_sheet};
pub use document::{AuthorityPrint, Document, Output, Overprint, Paper, Parts, PrintError, Profile};
pub use font::{DEBIAN_COMMAND, FontError, FontFile, FontPaths, FontSet, Style};
pub use notice::{NoticeSheet, notice_sheet};
pub use pdf::{Batch, Pdf, render};
pub use preview::face_svg;
pub use slip::{Slip, report_slip, report_slips};
pub use template::{
    Align, AnnexWords, Area, Block, Layout, MarkPlace, PLACEHOLDERS, QrPlace, Role, Sheet, Template,
    TemplateError,
};
pub use test_sheet::offset_test_sheet;
