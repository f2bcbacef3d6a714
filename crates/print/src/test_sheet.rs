//! A page with crosses at known places, to find the millimetres by which a printer is off.

use crate::canvas::{A4, BLACK, Canvas, MM, Set};
use crate::document::{AuthorityPrint, Output, PrintError};
use crate::font::{FontSet, Style};
use crate::pdf::{Pdf, single_page};
use crate::sheet::RED;
use krilla::geom::PathBuilder;
use krilla::tagging::{ArtifactType, Tag};
use std::num::NonZeroU16;

/// Millimetres from the paper's edges to the crosses in the corners.
const EDGE: f32 = 20.0;

/// The 打印位置测试页 of an authority: five crosses with millimetre scales, moved by its present offsets in red, unmoved in
/// black, and how to work out new offsets.
///
/// # Errors
/// [`PrintError::Missing`] if the authority's name has a character without glyph.
pub fn offset_test_sheet(
    authority: &AuthorityPrint,
    output: &Output,
    fonts: &FontSet,
) -> Result<Pdf, PrintError> {
    let title = "打印位置测试页";
    single_page(title, &[&authority.printed_name], A4, output, fonts, |canvas| draw(canvas, authority, title))
}

fn draw(canvas: &mut Canvas<'_>, authority: &AuthorityPrint, title: &str) {
    let (dx, dy) = (authority.offset_x_mm, authority.offset_y_mm);
    canvas.content(Tag::Hn(NonZeroU16::MIN, Some(title.into())), |c| {
        c.text_center(A4[0] / 2.0, 62.0 * MM, &Set::new(Style::SongBold, 22.0), title);
    });
    let lines = [
        format!("发证机关：{}", authority.printed_name),
        format!("现设偏移：向右 {dx:.1} 毫米，向下 {dy:.1} 毫米（负数为向左、向上）"),
        "1. 用正式证书的打印机和进纸方式打印本页，缩放选择“实际大小（100%）”。".into(),
        "2. 用尺量左上角红色十字到纸左边、上边的距离，应各为 20.0 毫米。".into(),
        "3. 新的向右偏移 = 现设偏移 + 20.0 − 量得的到左边距离；向下偏移同理，用到上边的距离。".into(),
        "4. 在“系统 › 证书模板”中填写新的偏移，再打印本页核对；误差应不超过 0.5 毫米。".into(),
        "5. 左右两个十字应相距 170.0 毫米，上下应相距 257.0 毫米；不符说明打印时有缩放。".into(),
        "黑色十字为无偏移的位置，红色十字为加上现设偏移的位置；偏移为零时两者重合。".into(),
    ];
    for (i, line) in lines.iter().enumerate() {
        let y = (80.0 + 8.5 * i as f32) * MM;
        canvas.content(Tag::P, |c| {
            c.text([32.0 * MM, y], &Set::new(Style::Song, 11.0), line);
        });
    }
    let (right, bottom) = (210.0 - EDGE, 297.0 - EDGE);
    let places = [(EDGE, EDGE), (right, EDGE), (EDGE, bottom), (right, bottom), (105.0, 190.0)];
    canvas.artifact(ArtifactType::Page, |c| {
        for (color, x, y) in [(BLACK, 0.0, 0.0), (RED, dx, dy)] {
            let mut path = PathBuilder::new();
            places.iter().for_each(|place| cross(&mut path, place.0 + x, place.1 + y));
            c.rules(path, color, 0.35);
        }
    });
}

/// A cross of 30 mm with a tick at each millimetre, longer at every fifth.
fn cross(path: &mut PathBuilder, x: f32, y: f32) {
    let mut line = |x0: f32, y0: f32, x1: f32, y1: f32| {
        path.move_to(x0 * MM, y0 * MM);
        path.line_to(x1 * MM, y1 * MM);
    };
    line(x - 15.0, y, x + 15.0, y);
    line(x, y - 15.0, x, y + 15.0);
    for step in -15_i8..=15 {
        let (at, half) = (f32::from(step), if step % 5 == 0 { 1.6 } else { 0.8 });
        line(x + at, y - half, x + at, y + half);
        line(x - half, y + at, x + half, y + at);
    }
}
