//! Reads a drawn QR symbol again before it leaves (architecture.md 6): the rectangles of the page, as a printer of 200 dpi
//! would set them, seen by a reader that knows nothing of what was meant.
//!
//! The page is ours and straight, so the reader needs no search for a turned or bent symbol: it measures the finder patterns
//! and the white around them, samples the modules and decodes with rqrr. That costs a tenth of a search; tests read the
//! finished PDF with zbar and ZXing.

use crate::qr::{Placed, QUIET, QrError};
use rqrr::{Grid, SimpleGrid};

/// Dots per inch at which the symbol of a page is read again.
const DPI: f32 = 200.0;
/// Dots a module must have: below that, other readers fail on paper.
const LEAST: f32 = 2.5;

impl Placed {
    /// Rasterises the symbol at its place on the page and reads it.
    ///
    /// # Errors
    /// [`QrError::Unreadable`] if it reads as something else, or not at all.
    pub(crate) fn reread(&self, meant: &str) -> Result<(), QrError> {
        match Raster::new(self).read() {
            Ok(read) if read == meant => Ok(()),
            Ok(read) | Err(read) => Err(QrError::Unreadable { meant: meant.to_owned(), read }),
        }
    }
}

/// The window of the page in which the symbol stands, with its quiet zone, in dots.
struct Raster {
    size: usize,
    dark: Vec<bool>,
}

/// First and last dark dot in both directions.
struct Bounds {
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

impl Raster {
    fn new(placed: &Placed) -> Raster {
        let scale = DPI / 72.0;
        // The dots of the page are kept: the window begins at a whole dot.
        let (left, top) = ((placed.x * scale).floor(), (placed.y * scale).floor());
        let size = (placed.side * scale).ceil() as usize + 1;
        let mut dark = vec![false; size * size];
        // A dot is dark if its middle lies inside.
        let dot = |v: f32, origin: f32| ((v * scale - origin - 0.5).ceil().max(0.0) as usize).min(size);
        for [x0, y0, x1, y1] in &placed.rects {
            for row in dot(*y0, top)..dot(*y1, top) {
                dark[row * size + dot(*x0, left)..row * size + dot(*x1, left)].fill(true);
            }
        }
        Raster { size, dark }
    }

    fn dark(&self, x: usize, y: usize) -> bool {
        self.dark[y * self.size + x]
    }

    fn bounds(&self) -> Option<Bounds> {
        let rows = |y: &usize| self.dark[y * self.size..(y + 1) * self.size].contains(&true);
        let columns = |x: &usize| (0..self.size).any(|y| self.dark(*x, y));
        Some(Bounds {
            left: (0..self.size).find(columns)?,
            top: (0..self.size).find(rows)?,
            right: (0..self.size).rfind(columns)?,
            bottom: (0..self.size).rfind(rows)?,
        })
    }

    /// The text, or why there is none.
    fn read(&self) -> Result<String, String> {
        let bounds = self.bounds().ok_or("（未找到二维码）")?;
        let Bounds { left, top, right, bottom } = bounds;
        let width = (right - left + 1) as f32;
        // The upper edge of the left and of the right finder pattern, and the left edge of the upper one: seven modules each.
        let runs = [
            (left..=right).take_while(|&x| self.dark(x, top)).count(),
            (left..=right).rev().take_while(|&x| self.dark(x, top)).count(),
            (top..=bottom).take_while(|&y| self.dark(left, y)).count(),
        ];
        let module = runs.iter().sum::<usize>() as f32 / 21.0;
        if module < LEAST {
            return Err(format!("（每个模块只有{module:.1}个点，过小）"));
        }
        let white = QUIET as f32 * module - 1.5;
        let margins = [left, top, self.size - 1 - right, self.size - 1 - bottom];
        if margins.iter().any(|&margin| (margin as f32) < white) {
            return Err("（四周空白不足4个模块）".into());
        }
        let version = ((width / module - 17.0) / 4.0).round();
        let mut failed = String::from("（未找到二维码）");
        for version in
            [version, version - 1.0, version + 1.0].into_iter().filter(|v| (1.0..=40.0).contains(v))
        {
            match self.sample(&bounds, 17 + 4 * version as usize) {
                Ok(read) => return Ok(read),
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    /// Takes the dot in the middle of each module.
    fn sample(&self, bounds: &Bounds, modules: usize) -> Result<String, String> {
        let step_x = (bounds.right - bounds.left + 1) as f32 / modules as f32;
        let step_y = (bounds.bottom - bounds.top + 1) as f32 / modules as f32;
        let grid = SimpleGrid::from_func(modules, |x, y| {
            let at = |first: usize, step: f32, n: usize| first + ((n as f32 + 0.5) * step) as usize;
            self.dark(at(bounds.left, step_x, x), at(bounds.top, step_y, y))
        });
        Grid::new(grid).decode().map(|(_, text)| text).map_err(|error| format!("（{error}）"))
    }
}
