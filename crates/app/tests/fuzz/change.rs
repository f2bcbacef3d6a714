//! How honest input is changed: bytes flipped, cut, doubled and mixed; texts with what people and machines put in.

use super::harness::Rng;
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Characters and pieces that break parsers: blanks of all sorts, marks of direction, full width, signs of formulas,
/// numbers at the edges of their types.
const PIECES: [&str; 44] = [
    "",
    " ",
    "\t",
    "\r\n",
    "\n",
    "\0",
    "\u{feff}",
    "\u{3000}",
    "\u{202e}",
    "\u{200b}",
    "\u{200d}",
    "\u{fffd}",
    "\"",
    "\"\"",
    "'",
    ",",
    "，",
    "、",
    ";",
    "=1+1",
    "@SUM(A1)",
    "-",
    "－",
    "—",
    "〔",
    "〕",
    "０",
    "９",
    "Ⅻ",
    "①",
    "𠮷",
    "é",
    "e\u{301}",
    "1e308",
    "NaN",
    "-1",
    "4294967296",
    "9223372036854775808",
    "99999999999999999999",
    "0.1",
    "9.16E+17",
    "<a>&lt;",
    "{}",
    "[",
];

/// Changes bytes in one to eight places.
pub fn bytes(rng: &mut Rng, from: &[u8]) -> Vec<u8> {
    let mut out = from.to_vec();
    for _ in 0..=rng.below(8) {
        if out.is_empty() {
            break;
        }
        let at = rng.below(out.len());
        let to = at + rng.below((out.len() - at).min(64) + 1);
        match rng.below(8) {
            0 => out.truncate(at),
            1 => drop(out.drain(at..to)),
            2 => {
                let piece = out[at..to].to_vec();
                let into = rng.below(out.len());
                out.splice(into..into, piece);
            }
            // Lengths and counts stand in little-endian words.
            3 => out[at..to].iter_mut().take(4).for_each(|byte| *byte = 0xFF),
            4 => out[at..to].fill(0),
            5 => out.splice(at..at, rng.pick(&PIECES).bytes()).for_each(drop),
            _ => out[at] ^= 1 << rng.below(8),
        }
    }
    out
}

/// Changes one part of a zip container and packs it again, so that the change is not caught by a checksum.
pub fn part(rng: &mut Rng, container: &[u8]) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(container)).expect("fixtures are whole");
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let chosen = rng.below(archive.len());
    for i in 0..archive.len() {
        let mut part = archive.by_index(i).expect("fixtures are whole");
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("fixtures are whole");
        if i == chosen {
            content = bytes(rng, &content);
        }
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let name = part.name().expect("fixtures have names").into_owned();
        writer.start_file(name, options).expect("in memory");
        writer.write_all(&content).expect("in memory");
    }
    writer.finish().expect("in memory").into_inner()
}

/// Changes a text in one to four places, between characters.
pub fn text(rng: &mut Rng, from: &str) -> String {
    let mut out: Vec<char> = from.chars().collect();
    for _ in 0..=rng.below(4) {
        let at = rng.below(out.len() + 1);
        let to = at + rng.below((out.len() - at).min(6) + 1);
        match rng.below(6) {
            0 => drop(out.drain(at..to)),
            1 => {
                let piece = out[at..to].to_vec();
                out.splice(at..at, piece);
            }
            2 => {
                let random = char::from_u32(rng.below(0x11_0000) as u32).unwrap_or('\u{fffd}');
                out.insert(at, random);
            }
            3 => {
                let digit = char::from(b"0123456789ABCXYZ"[rng.below(16)]);
                out.splice(at..to.min(at + 1), [digit]);
            }
            4 if rng.below(40) == 0 => {
                let many = rng.pick(&PIECES).repeat(5_000);
                out.splice(at..at, many.chars());
            }
            _ => out.splice(at..at, rng.pick(&PIECES).chars()).for_each(drop),
        }
    }
    out.into_iter().collect()
}
