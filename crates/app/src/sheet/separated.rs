//! Separated text (CSV): encoding, separator, rows. Streams files of any size.

use super::SheetError;
use super::intake::Intake;
use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_16BE, UTF_16LE};
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, SyncSender};

/// Where separated text comes from.
#[derive(Clone, Copy, Debug)]
pub enum CsvSource<'a> {
    /// An upload in memory.
    Bytes(&'a [u8]),
    /// A file, read as a stream.
    File(&'a Path),
}

impl CsvSource<'_> {
    fn open(&self) -> Result<Box<dyn Read + Send + '_>, SheetError> {
        Ok(match self {
            CsvSource::Bytes(bytes) => Box::new(Cursor::new(*bytes)),
            CsvSource::File(path) => Box::new(File::open(path).map_err(SheetError::Io)?),
        })
    }

    /// What it is written in (`None` is UTF-8), and how many bytes its mark takes.
    fn encoding(&self) -> Result<(Option<&'static Encoding>, u64), SheetError> {
        match detect(&mut *self.open()?)? {
            Detected::Utf8 => Ok((None, 0)),
            Detected::Marked(encoding, mark) => {
                Ok(((encoding == UTF_16LE || encoding == UTF_16BE).then_some(encoding), mark))
            }
            Detected::Gb18030 => Ok((Some(GB18030), 0)),
            Detected::Damaged(at) => Err(SheetError::Encoding { line: self.line_of(at)? }),
            Detected::Cut => Err(SheetError::Truncated),
        }
    }

    /// The text as UTF-8, whatever it was.
    fn decoded(
        &self,
        encoding: Option<&'static Encoding>,
        mark: u64,
    ) -> Result<Box<dyn Read + Send + '_>, SheetError> {
        let mut inner = self.open()?;
        io::copy(&mut inner.by_ref().take(mark), &mut io::sink()).map_err(SheetError::Io)?;
        let Some(encoding) = encoding else { return Ok(inner) };
        Ok(Box::new(Decoded {
            inner,
            decoder: encoding.new_decoder_without_bom_handling(),
            input: Vec::new(),
            output: Vec::new(),
            given: 0,
            lines: 1,
            done: false,
        }))
    }

    fn line_of(&self, at: u64) -> Result<u64, SheetError> {
        let before = std::io::BufReader::new(self.open()?.take(at)).bytes();
        Ok(1 + before.map_while(Result::ok).filter(|b| *b == b'\n').count() as u64)
    }
}

const CHUNK: usize = 256 << 10;

/// So many valid characters of several bytes prove UTF-8; text in GB18030 has two or three by chance (联通).
const PROOF: usize = 10;

/// What a text is written in.
enum Detected {
    Utf8,
    /// It says so itself, in so many bytes.
    Marked(&'static Encoding, u64),
    Gb18030,
    /// UTF-8 up to this byte.
    Damaged(u64),
    /// UTF-8 that ends within a character.
    Cut,
}

/// A mark decides, then valid UTF-8, else GB18030, which contains GBK and GB2312. A file that is UTF-8 up to a fault
/// is damaged UTF-8, not something else.
fn detect(inner: &mut dyn Read) -> Result<Detected, SheetError> {
    let mut chunk = vec![0; CHUNK];
    let (mut kept, mut passed, mut wide) = (0, 0_u64, 0);
    loop {
        let n = fill(inner, &mut chunk[kept..])?;
        let data = &chunk[..kept + n];
        if passed == 0
            && let Some((encoding, length)) = Encoding::for_bom(data)
        {
            return Ok(Detected::Marked(encoding, length as u64));
        }
        let error = simdutf8::compat::from_utf8(data).err();
        let valid = error.map_or(data.len(), |e| e.valid_up_to());
        passed += valid as u64;
        if wide < PROOF {
            wide += data[..valid].iter().filter(|b| **b >= 0xE0).count();
        }
        kept = data.len() - valid;
        match error.map(|e| e.error_len()) {
            None if n == 0 => return Ok(Detected::Utf8),
            None => (),
            Some(None) if n > 0 => chunk.copy_within(valid..valid + kept, 0),
            Some(None) if wide >= PROOF => return Ok(Detected::Cut),
            Some(Some(_)) if wide >= PROOF => return Ok(Detected::Damaged(passed)),
            Some(_) => return Ok(Detected::Gb18030),
        }
    }
}

fn fill(inner: &mut dyn Read, mut buffer: &mut [u8]) -> Result<usize, SheetError> {
    let mut total = 0;
    while !buffer.is_empty() {
        let n = inner.read(buffer).map_err(SheetError::Io)?;
        if n == 0 {
            break;
        }
        total += n;
        buffer = &mut buffer[n..];
    }
    Ok(total)
}

/// Decodes while reading. A character that does not exist stops it: text is never replaced by guesses.
struct Decoded<R> {
    inner: R,
    decoder: Decoder,
    input: Vec<u8>,
    output: Vec<u8>,
    given: usize,
    lines: u64,
    done: bool,
}

/// The line where decoding failed, carried through `Read`.
#[derive(Debug)]
struct Garbled(u64);

impl std::fmt::Display for Garbled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "undecodable near line {}", self.0)
    }
}

impl std::error::Error for Garbled {}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.output.len() && !self.done {
            self.step()?;
        }
        let n = buffer.len().min(self.output.len() - self.given);
        buffer[..n].copy_from_slice(&self.output[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}

impl<R: Read> Decoded<R> {
    fn step(&mut self) -> io::Result<()> {
        let before = self.input.len();
        self.input.resize(before + CHUNK, 0);
        let n = self.inner.read(&mut self.input[before..])?;
        self.input.truncate(before + n);
        // GB18030 never grows by more than half again, UTF-16 neither; the reserve is for the last character.
        self.output.resize(self.input.len() * 2 + 64, 0);
        let decoder = &mut self.decoder;
        let (result, read, written) =
            decoder.decode_to_utf8_without_replacement(&self.input, &mut self.output, n == 0);
        self.output.truncate(written);
        self.given = 0;
        self.lines += self.output.iter().filter(|b| **b == b'\n').count() as u64;
        if matches!(result, DecoderResult::Malformed(..)) {
            return Err(io::Error::other(Garbled(self.lines)));
        }
        self.input.drain(..read);
        self.done = n == 0 && result == DecoderResult::InputEmpty;
        Ok(())
    }
}

/// Stands behind the last line of every file, in a line of its own. A quote that nobody closed swallows it with all that
/// stands between; a reader of CSV does not tell.
const END: &str = "\r\n\u{1f}\u{1f}END";

/// Records that one thread hands to the other at a time, and how often it may be ahead.
const RECORDS: usize = 256;
const AHEAD: usize = 4;

/// Records, each with how many lines of the file it took.
type Records = Vec<(csv::ByteRecord, u64)>;

/// Reads one file as one sheet. The separator is found among the first lines if it is not known. One thread takes the lines
/// apart, this one keeps what is in them: of a file of 400 MB each takes half of the time.
pub(super) fn read(
    name: &str,
    source: CsvSource<'_>,
    known: Option<u8>,
    intake: &mut Intake<'_>,
) -> Result<(), SheetError> {
    let (encoding, mark) = source.encoding()?;
    let mut head = vec![0; 64 << 10];
    let n = head_of(&mut *source.decoded(encoding, mark)?, &mut head)?;
    if n == 0 {
        return Err(SheetError::Empty);
    }
    let delimiter = known.unwrap_or_else(|| separator(&head[..n]));
    let reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(CHUNK)
        .from_reader(source.decoded(encoding, mark)?.chain(END.as_bytes()));
    intake.begin_plain(name);
    std::thread::scope(|scope| {
        let (taken, records) = mpsc::sync_channel(AHEAD);
        let (back, spare) = mpsc::channel();
        scope.spawn(move || take_apart(reader, &taken, &spare));
        let mut row = 0;
        for records in records {
            let records: Records = records?;
            for (record, lines) in &records {
                put((record, *lines), delimiter, &mut row, intake)?;
            }
            // The other thread may have come to the end.
            let _ = back.send(records);
        }
        Ok(())
    })
}

/// Hands over all records of a file in their order, in `spare` ones where there are any; ends early if nobody takes them.
fn take_apart(
    mut reader: csv::Reader<impl Read>,
    taken: &SyncSender<Result<Records, SheetError>>,
    spare: &Receiver<Records>,
) {
    let mut end = None;
    while end.is_none() {
        let mut records = spare.try_recv().unwrap_or_default();
        records.resize_with(RECORDS, Default::default);
        let mut n = 0;
        while n < RECORDS && end.is_none() {
            let before = reader.position().line();
            let (record, lines) = &mut records[n];
            match reader.read_byte_record(record) {
                Ok(true) if record.as_slice() == END.trim_start().as_bytes() => (),
                Ok(true) => (*lines, n) = (reader.position().line() - before, n + 1),
                Ok(false) => end = Some(Ok(())),
                Err(error) => end = Some(Err(from_csv(error))),
            }
        }
        records.truncate(n);
        if taken.send(Ok(records)).is_err() {
            return;
        }
    }
    if let Some(Err(error)) = end {
        // Whoever has enough of them no longer listens.
        let _ = taken.send(Err(error));
    }
}

/// Keeps the cells of one record and counts its row.
fn put(
    (record, lines): (&csv::ByteRecord, u64),
    delimiter: u8,
    row: &mut u32,
    intake: &mut Intake<'_>,
) -> Result<(), SheetError> {
    // All fields at once, each then a part of the whole that must not begin or end within a character.
    let garbled = || SheetError::Encoding { line: record.position().map_or(1, csv::Position::line) };
    let text = simdutf8::basic::from_utf8(record.as_slice()).map_err(|_| garbled())?;
    let field = |at| record.range(at).and_then(|range| text.get(range)).ok_or_else(garbled);
    // The reader skips empty lines without a word; spreadsheets count them as rows.
    if lines > 1 {
        let inside = text.matches('\n').count() as u64;
        *row = row.saturating_add(u32::try_from(lines.saturating_sub(1 + inside)).unwrap_or(u32::MAX));
    }
    let open = text.ends_with(END);
    if open {
        intake.open.push((intake.grids.len() - 1, *row));
    }
    for column in 0..record.len() {
        let field = field(column)?;
        let field = if open { field.strip_suffix(END).unwrap_or(field) } else { field };
        if lines > 1 && field.contains('\n') {
            let inside = field.bytes().filter(|byte| *byte == delimiter).count();
            intake.note_lines((*row, column), inside);
        }
        if !field.is_empty() {
            intake.put_text(*row, column as u32, field)?;
        }
    }
    *row = row.saturating_add(1);
    Ok(())
}

fn head_of(inner: &mut dyn Read, head: &mut [u8]) -> Result<usize, SheetError> {
    let mut total = 0;
    while total < head.len() {
        match inner.read(&mut head[total..]) {
            Ok(0) => break,
            Ok(n) => total += n,
            Err(error) => return Err(from_read(error)),
        }
    }
    Ok(total)
}

/// The separator that stands most often outside quotes in the first lines.
fn separator(head: &[u8]) -> u8 {
    if let Some(named) = head.strip_prefix(b"sep=").and_then(|rest| rest.first()) {
        return *named;
    }
    let mut counts = [(b',', 0_u32), (b'\t', 0), (b';', 0)];
    let (mut quoted, mut lines) = (false, 0);
    for byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => lines += 1,
            _ if quoted => (),
            other => counts.iter_mut().filter(|(b, _)| b == other).for_each(|(_, n)| *n += 1),
        }
        if lines == 10 {
            break;
        }
    }
    // The first of equals: a comma, if there is none at all.
    counts.into_iter().rev().max_by_key(|(_, n)| *n).map_or(b',', |(b, _)| b)
}

fn from_csv(error: csv::Error) -> SheetError {
    match error.into_kind() {
        csv::ErrorKind::Io(io) => from_read(io),
        _ => SheetError::broken("CSV"),
    }
}

fn from_read(error: io::Error) -> SheetError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Garbled>()) {
        Some(garbled) => SheetError::Encoding { line: garbled.0 },
        None => SheetError::Io(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::Limits;
    use domain::Raw;

    fn rows(bytes: &[u8]) -> Result<Vec<(u32, Vec<String>)>, SheetError> {
        let limits = Limits::web();
        let mut intake = Intake::new(&limits);
        read("表", CsvSource::Bytes(bytes), None, &mut intake)?;
        let grid = &intake.grids[0];
        let text = |cell| match intake.pool.raw(cell) {
            Some(Raw::Text(text)) => text.to_owned(),
            _ => String::new(),
        };
        Ok((0..grid.len())
            .map(|i| (grid.number(i) + 1, grid.row(i).iter().map(|c| text(*c)).collect()))
            .collect())
    }

    #[test]
    fn encodings_are_told_apart() {
        let text = "机构名称,地址\n示例检测𠮷公司,某市㐂路\n";
        let expected = rows(text.as_bytes()).unwrap();
        let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        let utf16: Vec<u8> =
            "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(rows(&marked).unwrap(), expected);
        assert_eq!(rows(&GB18030.encode(text).0).unwrap(), expected);
        assert_eq!(rows(&utf16).unwrap(), expected);
        assert_eq!(expected[1].1[0], "示例检测𠮷公司");
    }

    #[test]
    fn the_code_points_that_gb18030_2022_moved_are_read_by_the_new_table() {
        // whatwg/encoding 336: A6D9 was a private character before 2022, now U+FE10.
        assert_eq!(rows(b"\xA6\xD9,\xD6\xD0\n").unwrap()[0].1, ["\u{FE10}", "中"]);
    }

    #[test]
    fn text_in_no_known_encoding_is_refused_with_its_line() {
        let mut bytes = GB18030.encode("序号,机构名称\n1,示例\n").0.into_owned();
        bytes.extend_from_slice(b"2,\xFF\xFF\n");
        assert!(matches!(rows(&bytes), Err(SheetError::Encoding { line: 3 })));
    }

    #[test]
    fn damaged_utf_8_is_not_taken_for_another_encoding() {
        let text = "序号,机构名称,机构地址,发证日期\n1,示例检测有限公司,某市\n";
        let half = &text.as_bytes()[..text.len() - 2];
        assert!(matches!(rows(half), Err(SheetError::Truncated)));
        let mut broken = text.as_bytes().to_vec();
        broken[60] = 0xFF;
        assert!(matches!(rows(&broken), Err(SheetError::Encoding { line: 2 })));
    }

    #[test]
    fn separators_are_found_outside_quotes() {
        for (separator, name) in [(",", "comma"), (";", "semicolon"), ("\t", "tab")] {
            let text = format!("a{separator}\"x,y;z\"\n1{separator}2\n");
            assert_eq!(rows(text.as_bytes()).unwrap()[0].1, ["a", "x,y;z"], "{name}");
        }
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_counts_them() {
        let found = rows(b"a,b\r\n\r\n\r\n\"x\ny\",2\r\n,\r\nz,3").unwrap();
        assert_eq!(found.iter().map(|(row, _)| *row).collect::<Vec<_>>(), [1, 4, 6]);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_told_and_one_that_is_closed_is_not() {
        let open = |bytes: &[u8]| {
            let limits = Limits::web();
            let mut intake = Intake::new(&limits);
            read("表", CsvSource::Bytes(bytes), None, &mut intake).unwrap();
            let grid = &intake.grids[0];
            let last = grid.row(grid.len() - 1).last().and_then(|cell| intake.pool.raw(*cell));
            assert!(!matches!(last, Some(Raw::Text(text)) if text.contains("END")), "{last:?}");
            (intake.open, intake.lines)
        };
        for closed in ["a,b\n1,\"x\"", "a,b\n1,\"x\"\n", "a,b\r\n1,x\"\r\n\r\n", "a,b\n1,\"x\ny\"\n2,z"] {
            assert_eq!(open(closed.as_bytes()), (vec![], vec![]), "{closed:?}");
        }
        for text in ["a,b\n1,\"x", "a,b\n1,\"", "a,b\n1,\"x\n2,y\n3,z\n"] {
            assert_eq!(open(text.as_bytes()).0, [(0, 1)], "{text:?}");
        }
        let (never, lines) = open("a,b\n1,\"x\n2,y\n3,\"z\n4,w\n".as_bytes());
        assert_eq!((never, lines), (vec![], vec![(0, 1, 1, 2)]), "a second stray quote closes the first");
    }

    #[test]
    fn control_characters_pass_as_text() {
        assert_eq!(rows(b"a\x00b,\x07\n").unwrap()[0].1, ["a\0b", "\u{7}"]);
    }
}
