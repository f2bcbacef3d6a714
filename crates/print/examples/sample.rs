//! Draws sample pages into a folder: `cargo run -p print --example sample -- target/sample`.

#[path = "../tests/printed/fixtures.rs"]
mod fixtures;

use print::{
    FontPaths, FontSet, Overprint, Paper, Parts, Pdf, Profile, Template, face_svg, offset_test_sheet, qr,
    render, report_slip,
};
use std::error::Error;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let dir = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/sample".into()));
    std::fs::create_dir_all(&dir)?;
    let (fonts, template) = (FontSet::load(&FontPaths::debian())?, Template::national());
    let small = fixtures::certificate(10);
    let full = fixtures::full(120);
    let mut plain = small.document();
    plain.overprint = Overprint::None;
    let mut preprinted = fixtures::certificate(0);
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
        let pdf = render(document, &fixtures::output(profile), &fonts, &template)?;
        save(&dir, name, &pdf)?;
    }
    save(&dir, "long", &render(&long().document(), &fixtures::output(Profile::Archive), &fonts, &template)?)?;
    let link = "https://cx.example.cn/d/7Q2mX9cVtR4bLk0pZs8wYh";
    let slip = fixtures::slip(&full, link);
    save(&dir, "slip", &report_slip(&slip, &fixtures::output(Profile::Download), &fonts)?)?;
    let output = fixtures::output(Profile::Archive);
    let mut authority = small.authority.clone();
    (authority.offset_x_mm, authority.offset_y_mm) = (1.5, -0.8);
    save(&dir, "test_sheet", &offset_test_sheet(&authority, &output, &fonts)?)?;
    let qr_text = small.document().qr_text;
    save(&dir, "qr", &qr::pdf(&qr_text, 25.0, &small.code.grouped(), &output, &fonts)?)?;
    std::fs::write(dir.join("face.svg"), face_svg(&full.document(), &fonts, &template)?)?;
    std::fs::write(dir.join("qr.svg"), qr::svg(&qr_text)?)?;
    std::fs::write(dir.join("qr.png"), qr::png(&qr_text, 12)?)?;
    Ok(())
}

/// The longest that still fits, and rows taller than a page.
fn long() -> fixtures::Fixture {
    let mut long = fixtures::full(12);
    let face = &mut long.content.face;
    face.body_name = "示例省示例市示例区样本产品质量监督检验研究院".into();
    face.other_name = "国家示例样本产品质量检验检测中心（示例省）".into();
    face.address = "示例省示例市示例区样本大道88号示例科技园3号楼二层东侧及5号楼一至四层".into();
    long.authority.printed_name = "国家认证认可监督管理委员会".into();
    long.content.capabilities[4].limits =
        "只做下列条件下的项目：".to_owned() + &"温度不高于40℃、湿度不大于85%RH的样品；".repeat(40);
    long.content.signatories[0].field =
        "资质认定范围内水和废水、空气和废气、土壤和沉积物检测项目；".repeat(30);
    long
}

fn save(dir: &Path, name: &str, pdf: &Pdf) -> std::io::Result<()> {
    println!("{name}.pdf: {} pages, {} bytes", pdf.pages, pdf.bytes.len());
    std::fs::write(dir.join(format!("{name}.pdf")), &pdf.bytes)
}
