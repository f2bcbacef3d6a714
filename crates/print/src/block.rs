//! One text of a sheet: filled in, made to fit, and set in lines.

use crate::canvas::{MM, Set};
use crate::document::PrintError;
use crate::drawing::read_color;
use crate::font::FontSet;
use crate::sheet::{Laid, SMALLEST, Values};
use crate::template::{Align, Block};
use crate::text::{Line, wrap};

/// Lays a block out: label, then the lines of its text.
pub(crate) fn lay(
    block: &Block,
    values: &Values,
    fonts: &FontSet,
    moved: [f32; 2],
    fixed: bool,
) -> Result<Vec<Laid>, PrintError> {
    let text = values.fill(&block.text);
    let color = read_color(&block.color).ok().flatten().unwrap_or_default();
    let (size, lines) = fit(block, &text, fonts)?;
    let left = (block.x + block.label_width) * MM + moved[0];
    let width = (block.width - block.label_width) * MM;
    let top = block.y * MM + moved[1];
    let mut laid = Vec::with_capacity(lines.len() + 1);
    if !(block.label.is_empty() || fixed) {
        let set = Set::new(block.style, block.label_size.unwrap_or(block.size)).color(color);
        laid.push(Laid { at: [block.x * MM + moved[0], top], set, text: block.label.clone() });
    }
    let last = lines.len().saturating_sub(1);
    for (i, line) in lines.iter().enumerate() {
        let text = &text[line.start as usize..line.end as usize];
        let mut set = Set::new(block.style, size).color(color).tracking(block.tracking);
        let indent = if i == 0 { block.indent * size } else { 0.0 };
        let spare = width - indent - set.measure(fonts, text);
        let x = match block.align {
            Align::Left => indent,
            Align::Center => spare / 2.0,
            Align::Right => spare,
            Align::Justify => {
                let gaps = text.chars().count().saturating_sub(1);
                if i < last && gaps > 0 {
                    set.tracking += spare / size / gaps as f32;
                }
                indent
            }
        };
        let y = top + i as f32 * block.leading * size;
        laid.push(Laid { at: [left + x, y], set, text: text.to_owned() });
    }
    Ok(laid)
}

/// Finds the size at which a text takes no more lines than it may: first a little smaller, then more lines, then smaller
/// still, down to the smallest type.
fn fit(block: &Block, text: &str, fonts: &FontSet) -> Result<(f32, Vec<Line>), PrintError> {
    let width = (block.width - block.label_width) * MM;
    let at = |size: f32| {
        let measure = width / size / (1.0 + block.tracking);
        wrap(fonts, block.style, text, measure, block.indent)
    };
    let smallest = block.min_size.unwrap_or(block.size / 2.0).max(SMALLEST);
    for allowed in 1..=block.lines {
        let floor = match block.align {
            _ if allowed == block.lines => smallest,
            // A paragraph keeps its size as long as its lines last.
            Align::Justify => block.size,
            _ => block.size * 0.8,
        };
        let mut size = block.size;
        while size >= floor {
            let lines = at(size);
            if lines.len() <= allowed {
                return Ok((size, lines));
            }
            size -= 0.5;
        }
    }
    let mut size = smallest;
    while size >= SMALLEST {
        let lines = at(size);
        // Smaller lines: more of them in the same height.
        if lines.len() <= (block.lines as f32 * block.size / size) as usize {
            return Ok((size, lines));
        }
        size -= 0.5;
    }
    Err(PrintError::TooLong(text.to_owned()))
}
