//! Draws sample pages into a folder: `cargo run -p print --example sample -- target/sample`.

#[path = "../tests/common/mod.rs"]
mod common;

use print::{FontPaths, FontSet, Paper, Parts, Profile, Template, render};
use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let dir = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/sample".into()));
    std::fs::create_dir_all(&dir)?;
    let (fonts, template) = (FontSet::load(&FontPaths::debian())?, Template::national());
    let small = common::certificate(10);
    let full = common::full(120);
    let mut plain = small.document();
    plain.sample = false;
    let mut preprinted = common::certificate(0);
    preprinted.authority.paper = Paper::PrePrinted;
    let mut on_paper = preprinted.document();
    on_paper.parts = Parts::Face;
    let mut draft = full.document();
    (draft.number, draft.code, draft.parts) = (None, None, Parts::Face);
    draft.qr_text.clear();
    for (name, document, profile) in [
        ("certificate", &plain, Profile::Archive),
        ("full", &full.document(), Profile::Download),
        ("preprinted", &on_paper, Profile::Archive),
        ("draft", &draft, Profile::Archive),
    ] {
        let pdf = render(document, &common::output(profile), &fonts, &template)?;
        std::fs::write(dir.join(format!("{name}.pdf")), &pdf.bytes)?;
        println!("{name}.pdf: {} pages, {} bytes", pdf.pages, pdf.bytes.len());
    }
    Ok(())
}
