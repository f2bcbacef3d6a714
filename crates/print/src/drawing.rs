//! Drawings of the template: a small part of SVG, so that the official border and mark are dropped in as files.
//!
//! Read are `<svg viewBox>` and `<path>` with `d` (M L H V C S Q T Z, absolute and relative), `fill`, `stroke` and
//! `stroke-width` as attributes. Anything that would be drawn differently or left out is refused by name: export paths only,
//! transforms applied.

use krilla::geom::{Path, PathBuilder};

/// A drawing in its own units, read once.
pub(crate) struct Drawing {
    /// Left, top, width and height of the view box.
    pub view: [f32; 4],
    pub shapes: Vec<Shape>,
}

/// One path of a drawing.
pub(crate) struct Shape {
    pub path: Path,
    /// The `d` it was read from, for pictures in SVG.
    pub data: String,
    pub fill: Option<[u8; 3]>,
    /// Colour and width, in units of the drawing.
    pub stroke: Option<([u8; 3], f32)>,
    pub even_odd: bool,
}

impl Drawing {
    /// Reads a drawing; the error says in Chinese what is not understood.
    pub fn read(svg: &str) -> Result<Drawing, String> {
        let mut view = None;
        let mut shapes = Vec::new();
        let mut rest = svg;
        while let Some(open) = rest.find('<') {
            rest = &rest[open + 1..];
            if let Some(comment) = rest.strip_prefix("!--") {
                rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
                continue;
            }
            let close = rest.find('>').ok_or("标签没有结束")?;
            let tag = rest[..close].trim_end_matches('/');
            rest = &rest[close + 1..];
            let name = tag.split_whitespace().next().unwrap_or_default();
            match name {
                "svg" => view = Some(read_view(tag)?),
                "path" => shapes.push(read_shape(tag)?),
                "g" if ["transform", "fill", "stroke"].iter().all(|a| attribute(tag, a).is_none()) => {}
                "title" | "desc" | "metadata" => {
                    let end = format!("</{name}>");
                    rest = rest.split_once(&end).map_or("", |(_, rest)| rest);
                }
                _ if name.starts_with(['/', '?', '!']) => {}
                other => return Err(format!("不支持<{other}>，请在绘图软件中把图形转为路径（path）再导出")),
            }
        }
        let view = view.ok_or("缺少<svg viewBox>")?;
        if shapes.is_empty() { Err("没有路径（path）".into()) } else { Ok(Drawing { view, shapes }) }
    }
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut from = 0;
    while let Some(found) = tag[from..].find(name) {
        let at = from + found;
        from = at + name.len();
        let alone = tag[..at].ends_with(char::is_whitespace);
        if let Some(value) = tag[from..].trim_start().strip_prefix('=').map(str::trim_start)
            && alone
        {
            let quote = value.chars().next().filter(|q| matches!(q, '"' | '\''))?;
            return value[1..].split_once(quote).map(|(value, _)| value);
        }
    }
    None
}

fn read_view(tag: &str) -> Result<[f32; 4], String> {
    let text = attribute(tag, "viewBox").ok_or("缺少<svg viewBox>")?;
    let numbers: Vec<f32> = text
        .split([' ', ','])
        .filter(|part| !part.is_empty())
        .map(str::parse)
        .collect::<Result<_, _>>()
        .map_err(|_| format!("viewBox“{text}”不是四个数"))?;
    let view: [f32; 4] = numbers.try_into().map_err(|_| format!("viewBox“{text}”不是四个数"))?;
    if view[2] > 0.0 && view[3] > 0.0 { Ok(view) } else { Err(format!("viewBox“{text}”没有面积")) }
}

fn read_shape(tag: &str) -> Result<Shape, String> {
    for refused in ["transform", "style", "class", "opacity", "fill-opacity", "stroke-dasharray"] {
        if attribute(tag, refused).is_some() {
            return Err(format!("不支持路径上的{refused}，请应用变换并用fill、stroke属性导出"));
        }
    }
    let data = attribute(tag, "d").ok_or("路径缺少d")?;
    let fill = read_color(attribute(tag, "fill").unwrap_or("black"))?;
    let color = read_color(attribute(tag, "stroke").unwrap_or("none"))?;
    let width: f32 =
        attribute(tag, "stroke-width").unwrap_or("1").parse().map_err(|_| "stroke-width不是数")?;
    let even_odd = attribute(tag, "fill-rule") == Some("evenodd");
    Ok(Shape {
        path: PathReader::new(data).read()?,
        data: data.to_owned(),
        fill,
        stroke: color.map(|c| (c, width)),
        even_odd,
    })
}

/// Reads `#rgb`, `#rrggbb`, `black`, `white`, `none`.
pub(crate) fn read_color(text: &str) -> Result<Option<[u8; 3]>, String> {
    let wrong = || format!("颜色“{text}”不是#rrggbb");
    match text {
        "none" => Ok(None),
        "black" => Ok(Some([0; 3])),
        "white" => Ok(Some([255; 3])),
        _ => {
            let hex = text.strip_prefix('#').filter(|h| h.is_ascii()).ok_or_else(wrong)?;
            let doubled: String =
                if hex.len() == 3 { hex.chars().flat_map(|c| [c, c]).collect() } else { hex.into() };
            let value =
                u32::from_str_radix(&doubled, 16).ok().filter(|_| doubled.len() == 6).ok_or_else(wrong)?;
            let [_, r, g, b] = value.to_be_bytes();
            Ok(Some([r, g, b]))
        }
    }
}

/// Reads the `d` of a path.
struct PathReader<'a> {
    rest: &'a str,
    at: [f32; 2],
    start: [f32; 2],
    /// The last control point and whether it was cubic, for S and T.
    control: Option<([f32; 2], bool)>,
    out: PathBuilder,
}

impl<'a> PathReader<'a> {
    fn new(data: &'a str) -> PathReader<'a> {
        PathReader { rest: data, at: [0.0; 2], start: [0.0; 2], control: None, out: PathBuilder::new() }
    }

    fn read(mut self) -> Result<Path, String> {
        let mut command = None;
        loop {
            self.rest = self.rest.trim_start_matches([' ', ',', '\n', '\r', '\t']);
            let Some(next) = self.rest.chars().next() else { break };
            if next.is_ascii_alphabetic() {
                self.rest = &self.rest[1..];
                command = Some(next);
            } else if matches!(command, Some('Z' | 'z')) {
                return Err(format!("路径在“{}”处不完整", excerpt(self.rest)));
            }
            let current = command.ok_or("路径应以M开始")?;
            self.step(current)?;
            // Further pairs after a move are lines.
            command = match current {
                'M' => Some('L'),
                'm' => Some('l'),
                other => Some(other),
            };
        }
        self.out.finish().ok_or_else(|| "路径是空的".into())
    }

    fn step(&mut self, command: char) -> Result<(), String> {
        let relative = command.is_ascii_lowercase();
        let control = self.control.take();
        let reflected = |at: [f32; 2], cubic: bool| match control {
            Some((c, was)) if was == cubic => [2.0 * at[0] - c[0], 2.0 * at[1] - c[1]],
            _ => at,
        };
        match command.to_ascii_uppercase() {
            'M' => {
                self.at = self.point(relative)?;
                self.start = self.at;
                self.out.move_to(self.at[0], self.at[1]);
            }
            'L' => {
                let to = self.point(relative)?;
                self.line(to);
            }
            'H' => {
                let x = self.number()? + if relative { self.at[0] } else { 0.0 };
                self.line([x, self.at[1]]);
            }
            'V' => {
                let y = self.number()? + if relative { self.at[1] } else { 0.0 };
                self.line([self.at[0], y]);
            }
            'C' | 'S' => {
                let smooth = command.eq_ignore_ascii_case(&'s');
                let first = if smooth { reflected(self.at, true) } else { self.point(relative)? };
                let (second, to) = (self.point(relative)?, self.point(relative)?);
                self.out.cubic_to(first[0], first[1], second[0], second[1], to[0], to[1]);
                (self.at, self.control) = (to, Some((second, true)));
            }
            'Q' | 'T' => {
                let smooth = command.eq_ignore_ascii_case(&'t');
                let middle = if smooth { reflected(self.at, false) } else { self.point(relative)? };
                let to = self.point(relative)?;
                self.out.quad_to(middle[0], middle[1], to[0], to[1]);
                (self.at, self.control) = (to, Some((middle, false)));
            }
            'Z' => {
                self.out.close();
                self.at = self.start;
            }
            other => return Err(format!("不支持路径命令{other}，请把弧线转为曲线再导出")),
        }
        Ok(())
    }

    fn line(&mut self, to: [f32; 2]) {
        self.out.line_to(to[0], to[1]);
        self.at = to;
    }

    fn point(&mut self, relative: bool) -> Result<[f32; 2], String> {
        let (x, y) = (self.number()?, self.number()?);
        Ok(if relative { [self.at[0] + x, self.at[1] + y] } else { [x, y] })
    }

    fn number(&mut self) -> Result<f32, String> {
        self.rest = self.rest.trim_start_matches([' ', ',', '\n', '\r', '\t']);
        let (mut seen_dot, mut seen_exponent, mut last) = (false, false, ' ');
        let end = self
            .rest
            .find(|c: char| {
                let part = match c {
                    '0'..='9' => true,
                    '.' => !std::mem::replace(&mut seen_dot, true) && !seen_exponent,
                    'e' | 'E' => !std::mem::replace(&mut seen_exponent, true),
                    '-' | '+' => matches!(last, ' ' | 'e' | 'E'),
                    _ => false,
                };
                last = c;
                !part
            })
            .unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        let value: f32 = number.parse().map_err(|_| format!("路径在“{}”处应为数", excerpt(rest)))?;
        if value.is_finite() { Ok(value) } else { Err("路径中的数过大".into()) }
    }
}

fn excerpt(text: &str) -> String {
    text.chars().take(12).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(inner: &str) -> Result<Drawing, String> {
        Drawing::read(&format!(
            "<?xml version=\"1.0\"?><!-- > --><svg viewBox=\"0 0 10 20\"><g>{inner}</g></svg>"
        ))
    }

    #[test]
    fn paths_are_read_in_every_usual_spelling() {
        let drawing =
            svg(r##"<path d="M1-2l.5.5h3v-1C1 1 2 2,3 3s1,1 2 2Q1 1 2 2t1 1zM0 0 5e-1 5" fill="#b51"/>"##)
                .unwrap();
        assert_eq!(drawing.view, [0.0, 0.0, 10.0, 20.0]);
        assert_eq!(drawing.shapes[0].fill, Some([0xbb, 0x55, 0x11]));
    }

    #[test]
    fn what_would_be_lost_is_refused_by_name() {
        for (inner, word) in [
            (r#"<rect width="1"/>"#, "rect"),
            (r#"<path d="M0 0A1 1 0 0 0 2 2"/>"#, "A"),
            (r#"<path transform="scale(2)" d="M0 0L1 1"/>"#, "transform"),
            (r#"<path d="M0 0L1"/>"#, "应为数"),
            (r#"<path d="0 0L1 1"/>"#, "M"),
            (r#"<path d="M0 0L1 1" fill="red"/>"#, "red"),
            ("", "没有路径"),
        ] {
            let message = svg(inner).err().unwrap_or_default();
            assert!(message.contains(word), "{inner}: {message}");
        }
        assert!(Drawing::read("<svg><path d='M0 0L1 1'/></svg>").is_err_and(|e| e.contains("viewBox")));
    }
}
