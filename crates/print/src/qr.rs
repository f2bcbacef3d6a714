//! The QR symbol: made, drawn as one pure black path, and read again before it leaves (architecture.md 6).

use crate::canvas::{MM, Set};
use crate::document::{Output, PrintError};
use crate::font::{FontSet, Style};
use crate::pdf::{Pdf, single_page};
use krilla::tagging::Tag;
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;

/// Modules of white around a symbol (ISO/IEC 18004).
pub const QUIET: usize = 4;

/// Texts longer than this carry a signature and are set at level M; shorter ones at Q, because reports are printed badly.
const SHORT: usize = 64;

/// Why there is no usable symbol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QrError {
    /// More than a symbol holds.
    #[error("二维码内容过长（{0}个字符），请检查公众查询网址的设置")]
    TooLong(usize),
    /// What was drawn does not read back as what was meant: it must not be printed.
    #[error("二维码回读不一致：应为“{meant}”，读出“{read}”。已停止输出，请检查版式中二维码的尺寸")]
    Unreadable {
        /// The text asked for.
        meant: String,
        /// What was read, or why nothing was.
        read: String,
    },
    /// The PNG could not be written.
    #[error("二维码图片无法生成：{0}")]
    Image(String),
}

/// A symbol as modules.
#[derive(Clone, Debug)]
pub struct Symbol {
    size: usize,
    dark: Vec<bool>,
}

impl Symbol {
    /// The symbol of a text: level Q up to 64 characters, else M; raised where the version allows it for nothing.
    ///
    /// # Errors
    /// [`QrError::TooLong`].
    pub fn new(text: &str) -> Result<Symbol, QrError> {
        let level = if text.len() <= SHORT { QrCodeEcc::Quartile } else { QrCodeEcc::Medium };
        let code = QrCode::encode_text(text, level).map_err(|_| QrError::TooLong(text.chars().count()))?;
        let size = code.size();
        let dark = (0..size).flat_map(|y| (0..size).map(move |x| (x, y))).map(|(x, y)| code.get_module(x, y));
        Ok(Symbol { size: size as usize, dark: dark.collect() })
    }

    /// Modules of a side, without the quiet zone.
    pub fn modules(&self) -> usize {
        self.size
    }

    /// Modules of a side with the quiet zone on both sides.
    pub fn side(&self) -> usize {
        self.size + 2 * QUIET
    }

    fn dark(&self, x: usize, y: usize) -> bool {
        self.dark[y * self.size + x]
    }

    /// Dark runs of each row as (x, y, width) in modules, the quiet zone counted.
    fn runs(&self) -> Vec<(usize, usize, usize)> {
        let mut runs = Vec::new();
        for y in 0..self.size {
            let mut x = 0;
            while x < self.size {
                let width = (x..self.size).take_while(|&x| self.dark(x, y)).count();
                if width > 0 {
                    runs.push((x + QUIET, y + QUIET, width));
                }
                x += width + 1;
            }
        }
        runs
    }

    /// The symbol as it stands on a page: `side` includes the quiet zone; all in the unit of the page.
    pub(crate) fn place(&self, x: f32, y: f32, side: f32) -> Placed {
        let module = side / self.side() as f32;
        let rects = self
            .runs()
            .into_iter()
            .map(|(rx, ry, w)| {
                let (left, top) = (x + rx as f32 * module, y + ry as f32 * module);
                [left, top, x + (rx + w) as f32 * module, y + (ry + 1) as f32 * module]
            })
            .collect();
        Placed { x, y, side, rects }
    }
}

/// A symbol's rectangles on a page, in points: left, top, right, bottom. What is read again is what is drawn.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub x: f32,
    pub y: f32,
    pub side: f32,
    pub rects: Vec<[f32; 4]>,
}

/// The symbol as SVG, one module = one unit, quiet zone included, white ground.
///
/// # Errors
/// [`QrError`] if the text is too long.
pub fn svg(text: &str) -> Result<String, QrError> {
    let symbol = Symbol::new(text)?;
    let side = symbol.side();
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\""
    );
    for (x, y, w) in symbol.runs() {
        let _ = write!(out, "M{x} {y}h{w}v1h-{w}z");
    }
    out.push_str("\"/></svg>");
    Ok(out)
}

/// The symbol as a PNG of one bit a pixel, quiet zone included. `px_per_module` is clamped to 1..=64.
///
/// # Errors
/// [`QrError`] if the text is too long.
pub fn png(text: &str, px_per_module: u32) -> Result<Vec<u8>, QrError> {
    let symbol = Symbol::new(text)?;
    let scale = px_per_module.clamp(1, 64) as usize;
    let side = symbol.side() * scale;
    let row_bytes = side.div_ceil(8);
    let mut data = vec![0xff_u8; row_bytes * side];
    for (x, y, w) in symbol.runs() {
        for row in y * scale..(y + 1) * scale {
            for pixel in x * scale..(x + w) * scale {
                data[row * row_bytes + pixel / 8] &= !(0x80 >> (pixel % 8));
            }
        }
    }
    let mut out = Vec::new();
    let image = |e: png::EncodingError| QrError::Image(e.to_string());
    let mut encoder = png::Encoder::new(&mut out, side as u32, side as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().map_err(image)?;
    writer.write_image_data(&data).map_err(image)?;
    writer.finish().map_err(image)?;
    Ok(out)
}

/// The symbol as a PDF page of its own size, `mm` wide with its quiet zone (20 to 25 for reports), and a caption below it
/// if one is given. Vector, pure black; read again before it leaves.
///
/// # Errors
/// [`PrintError`] if it does not read back or the caption has a character without glyph.
pub fn pdf(text: &str, mm: f32, caption: &str, output: &Output, fonts: &FontSet) -> Result<Pdf, PrintError> {
    let side = mm.clamp(10.0, 180.0) * MM;
    let em = Set::new(Style::Song, 1.0).measure(fonts, caption);
    let set = Set::new(Style::Song, (side * 0.96 / em.max(1.0)).min(9.0));
    let height = if caption.is_empty() { side } else { side + set.size * 1.6 };
    let symbol = Symbol::new(text)?.place(0.0, 0.0, side);
    symbol.reread(text)?;
    single_page(&format!("二维码 {caption}"), &[caption], [side, height], output, fonts, |canvas| {
        canvas.content(Tag::Figure(Some("二维码".into())), |c| c.qr(&symbol));
        if !caption.is_empty() {
            canvas.content(Tag::P, |c| c.text_center(side / 2.0, side + set.size * 0.9, &set, caption));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "HTTPS://CX.EXAMPLE.CN/C/0123456789ABCDEF";

    #[test]
    fn a_placed_symbol_reads_back_at_every_offset_and_size_in_use() {
        let symbol = Symbol::new(URL).unwrap();
        for side in [20.0, 22.5, 24.0, 25.0, 33.0] {
            for offset in [0.0, 0.13, 0.31, 0.47] {
                let placed = symbol.place(100.0 + offset, 200.0 + 2.0 * offset, side * 72.0 / 25.4);
                placed.reread(URL).unwrap();
            }
        }
        for length in 1..=300 {
            let text = &"HTTPS://CX.EXAMPLE.CN/C/0123456789ABCDEFGHJKMNPQRSTVWXYZ".repeat(6)[..length];
            let symbol = Symbol::new(text).unwrap();
            symbol.place(31.7, 55.3, symbol.side() as f32 * 0.5 * 72.0 / 25.4).reread(text).unwrap();
        }
    }

    #[test]
    fn what_reads_differently_is_refused() {
        let mut placed = Symbol::new(URL).unwrap().place(10.0, 10.0, 70.0);
        let error = placed.reread("HTTPS://CX.EXAMPLE.CN/C/0123456789ABCDEG").unwrap_err();
        assert!(matches!(&error, QrError::Unreadable { read, .. } if read == URL), "{error}");
        placed.rects.truncate(placed.rects.len() / 2);
        assert!(placed.reread(URL).unwrap_err().to_string().contains("回读不一致"));
        let tiny = Symbol::new(URL).unwrap().place(10.0, 10.0, 30.0);
        assert!(tiny.reread(URL).unwrap_err().to_string().contains("过小"));
        let mut crowded = Symbol::new(URL).unwrap().place(10.0, 10.0, 70.0);
        crowded.rects.push([10.0, 10.0, 12.0, 12.0]);
        assert!(crowded.reread(URL).is_err(), "something stands in the quiet zone");
    }

    #[test]
    fn the_short_code_is_version_3_and_a_long_text_is_refused() {
        assert_eq!(Symbol::new(URL).unwrap().modules(), 29);
        assert_eq!(Symbol::new(&"字".repeat(2000)).unwrap_err(), QrError::TooLong(2000));
    }

    #[test]
    fn svg_and_png_show_the_same_modules() {
        let symbol = Symbol::new(URL).unwrap();
        assert_eq!(svg(URL).unwrap().matches('M').count(), symbol.runs().len() + 1);
        let bytes = png(URL, 3).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
        assert_eq!(reader.info().width as usize, symbol.side() * 3);
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels[0], 0xff, "the quiet zone is white");
    }
}
