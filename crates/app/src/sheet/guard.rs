//! The guard in front of the readers: what a file is, and how much of it may be inflated.
//!
//! Sizes written in a zip directory can lie, so the bytes that really come out are counted (dependencies.md 5).

use super::SheetError;
use super::cfb::Compound;
use super::error::{Exceeded, from_io};
use std::cell::Cell;
use std::io::{self, BufReader, Cursor, Read};
use std::rc::Rc;
use zip::ZipArchive;
use zip::result::ZipError;

const MIB: u64 = 1 << 20;
/// Deflate reaches 1:1032; honest sheets stay under 1:100 (measured on empty rows with styles).
const MAX_RATIO: u64 = 200;
/// Small parts may compress well.
const RATIO_FROM: u64 = 16 * MIB;

/// How much one file may ask for.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of the file itself.
    pub container: u64,
    /// Parts in a zip container.
    pub parts: usize,
    /// Bytes inflated from all parts together.
    pub inflated: u64,
    /// Non-empty cells in all sheets together.
    pub cells: u64,
    /// Rows in a sheet.
    pub rows: u32,
    /// Columns in a sheet.
    pub columns: u32,
    /// Characters in a cell; the rest is cut off with a problem.
    pub chars: usize,
}

impl Limits {
    /// For files that come over the network (dependencies.md 5).
    pub fn web() -> Limits {
        Limits {
            container: 32 * MIB,
            parts: 200,
            inflated: 200 * MIB,
            cells: 2_000_000,
            rows: 1_048_576,
            columns: 200,
            chars: 4_000,
        }
    }

    /// For files named on the command line: double the bytes, cells up to a full national take-over by CSV.
    pub fn command_line() -> Limits {
        Limits {
            container: 64 * MIB,
            inflated: 400 * MIB,
            cells: 200_000_000,
            rows: 16_000_000,
            ..Limits::web()
        }
    }
}

/// What a file is by its content; its name is never believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Office Open XML workbook.
    Xlsx,
    /// Excel 97–2003 workbook.
    Xls,
    /// OpenDocument spreadsheet.
    Ods,
    /// Separated text.
    Csv,
}

/// Says what a file is, or why it is refused.
pub fn kind(bytes: &[u8], limits: &Limits) -> Result<Kind, SheetError> {
    if bytes.is_empty() {
        return Err(SheetError::Empty);
    }
    let size = bytes.len() as u64;
    if bytes.starts_with(b"PK\x03\x04") {
        check_size(size, limits)?;
        return zip_kind(&Package::open(bytes, limits)?);
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        check_size(size, limits)?;
        return compound_kind(&Compound::open(bytes)?);
    }
    if let Some(error) = foreign(bytes) {
        return Err(error);
    }
    if looks_like_text(bytes) { Ok(Kind::Csv) } else { Err(SheetError::Unknown) }
}

/// Refuses a container above its limit.
pub(super) fn check_size(size: u64, limits: &Limits) -> Result<(), SheetError> {
    if size > limits.container {
        return Err(SheetError::TooLarge { found: size.div_ceil(MIB), limit: limits.container / MIB });
    }
    Ok(())
}

fn zip_kind(package: &Package<'_>) -> Result<Kind, SheetError> {
    let has = |name: &str| package.names.iter().any(|n| n.eq_ignore_ascii_case(name));
    let under = |folder: &str| package.names.iter().any(|n| n.starts_with(folder));
    if has("xl/workbook.bin") {
        Err(SheetError::Binary)
    } else if has("content.xml") && has("META-INF/manifest.xml") {
        Ok(Kind::Ods)
    } else if has("[Content_Types].xml") && under("xl/") {
        Ok(Kind::Xlsx)
    } else if under("word/") {
        Err(SheetError::OtherKind("Word 文档"))
    } else if under("ppt/") {
        Err(SheetError::OtherKind("演示文稿"))
    } else {
        Err(SheetError::OtherKind("压缩包"))
    }
}

fn compound_kind(compound: &Compound<'_>) -> Result<Kind, SheetError> {
    if compound.has("EncryptedPackage") || compound.has("EncryptionInfo") {
        Err(SheetError::Encrypted)
    } else if compound.has("Workbook") {
        Ok(Kind::Xls)
    } else if compound.has("Book") {
        Err(SheetError::TooOld)
    } else if compound.has("WordDocument") {
        Err(SheetError::OtherKind("Word 文档"))
    } else {
        Err(SheetError::Unknown)
    }
}

/// Kinds that people send under a spreadsheet's name.
fn foreign(bytes: &[u8]) -> Option<SheetError> {
    let marks: [(&[u8], &'static str); 6] = [
        (b"%PDF", "PDF 文件"),
        (b"\x89PNG", "图片"),
        (b"\xFF\xD8\xFF", "图片"),
        (b"Rar!", "压缩包"),
        (b"7z\xBC\xAF", "压缩包"),
        (b"\x1F\x8B", "压缩包"),
    ];
    if let Some((_, name)) = marks.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Some(SheetError::OtherKind(name));
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let head = text.get(..text.len().min(9))?.to_ascii_lowercase();
    let markup = [&b"<html"[..], b"<!doctype", b"<table", b"<?xml", b"<meta", b"<style"];
    if markup.iter().any(|mark| head.starts_with(mark)) {
        return Some(SheetError::Markup);
    }
    // Excel 2 to 4 wrote bare record streams.
    let biff = bytes.len() > 8 && bytes[0] == 9 && matches!(bytes[1], 0 | 2 | 4) && bytes[3] == 0;
    biff.then_some(SheetError::TooOld)
}

/// Text may hold a stray control character, which the funnel reports at its cell; binary data is full of them.
fn looks_like_text(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return true;
    }
    let sample = &bytes[..bytes.len().min(8192)];
    let control = sample.iter().filter(|b| **b < 0x20 && !matches!(**b, b'\t' | b'\r' | b'\n')).count();
    control * 10 <= sample.len()
}

/// A zip container whose inflated bytes are counted across all its parts.
pub(super) struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    /// Names of the parts.
    pub(super) names: Vec<String>,
    left: Rc<Cell<u64>>,
    limit: u64,
}

impl<'b> Package<'b> {
    /// Opens the directory; nothing is inflated yet.
    pub(super) fn open(bytes: &'b [u8], limits: &Limits) -> Result<Package<'b>, SheetError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(from_zip)?;
        if archive.len() > limits.parts {
            return Err(SheetError::TooManyParts { found: archive.len(), limit: limits.parts });
        }
        let names = archive.file_names_raw().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        Ok(Package { archive, names, left: Rc::new(Cell::new(limits.inflated)), limit: limits.inflated })
    }

    /// A part by its name, whatever its case (some writers disagree with their own relations).
    pub(super) fn part(&mut self, name: &str) -> Result<Option<BufReader<impl Read>>, SheetError> {
        let wanted = name.trim_start_matches('/').replace('\\', "/");
        let Some(index) = self.names.iter().position(|n| n.replace('\\', "/").eq_ignore_ascii_case(&wanted))
        else {
            return Ok(None);
        };
        let index = self.archive.index_for_name_raw(self.names[index].as_bytes()).unwrap_or(index);
        let file = self.archive.by_index(index).map_err(from_zip)?;
        let counted = Counted {
            packed: file.compressed_size().max(1),
            inner: file,
            read: 0,
            left: Rc::clone(&self.left),
            limit: self.limit,
        };
        Ok(Some(BufReader::with_capacity(64 << 10, counted)))
    }
}

fn from_zip(error: ZipError) -> SheetError {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            SheetError::Encrypted
        }
        ZipError::Io(io) => from_io(&io),
        // The directory stands at the end of a zip: without it the end is missing.
        ZipError::InvalidArchive(_) => SheetError::Truncated,
        _ => SheetError::broken("压缩方式"),
    }
}

struct Counted<R> {
    inner: R,
    packed: u64,
    read: u64,
    left: Rc<Cell<u64>>,
    limit: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.read += n as u64;
        let left = self.left.get().checked_sub(n as u64);
        let swollen = self.read > RATIO_FROM && self.read / self.packed > MAX_RATIO;
        match left {
            Some(left) if !swollen => self.left.set(left),
            _ => return Err(io::Error::other(Exceeded(self.limit / MIB))),
        }
        Ok(n)
    }
}
