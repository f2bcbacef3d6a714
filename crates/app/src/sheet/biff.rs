//! The alphabet of BIFF8: records, packed numbers, texts.

use super::cfb::{u16_at, u32_at};

const CONTINUE: u16 = 0x003C;

/// A record with those that continue it.
pub(super) struct Record<'s> {
    pub(super) kind: u16,
    pub(super) parts: Vec<&'s [u8]>,
}

impl<'s> Record<'s> {
    /// The bytes of the record itself.
    pub(super) fn data(&self) -> &'s [u8] {
        self.parts.first().copied().unwrap_or_default()
    }
}

/// The records of a stream, from a place on; ends at the first that is not whole.
pub(super) struct Records<'s> {
    pub(super) stream: &'s [u8],
    pub(super) at: usize,
}

impl<'s> Records<'s> {
    fn one(&self, at: usize) -> Option<(u16, &'s [u8])> {
        let head = self.stream.get(at..at + 4)?;
        let length = usize::from(u16_at(head, 2));
        Some((u16_at(head, 0), self.stream.get(at + 4..at + 4 + length)?))
    }
}

impl<'s> Iterator for Records<'s> {
    type Item = Record<'s>;

    fn next(&mut self) -> Option<Record<'s>> {
        let (kind, data) = self.one(self.at)?;
        self.at += 4 + data.len();
        let mut parts = vec![data];
        while let Some((CONTINUE, more)) = self.one(self.at) {
            self.at += 4 + more.len();
            parts.push(more);
        }
        Some(Record { kind, parts })
    }
}

/// A number packed into four bytes (MS-XLS 2.5.217).
pub(super) fn rk(packed: u32) -> f64 {
    let value = if packed & 2 == 0 {
        f64::from_bits(u64::from(packed & !3) << 32)
    } else {
        f64::from(packed.cast_signed() >> 2)
    };
    if packed & 1 == 0 { value } else { value / 100.0 }
}

/// Little-endian; 0 beyond the end.
pub(super) fn f64_at(bytes: &[u8], at: usize) -> f64 {
    f64::from_bits(u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32)
}

/// A text with its length in 16 bits before it, and the bytes used.
pub(super) fn text16(data: &[u8]) -> Option<(String, usize)> {
    let flags = *data.get(2)?;
    let (text, used) = characters(&data[3..], usize::from(u16_at(data, 0)), flags & 1 != 0);
    Some((text, used + 3))
}

/// So many characters, one byte each (Latin-1) or two; fewer if the data ends.
pub(super) fn characters(data: &[u8], count: usize, wide: bool) -> (String, usize) {
    if wide {
        let data = &data[..data.len().min(count * 2)];
        let units: Vec<u16> = data.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
        (String::from_utf16_lossy(&units), units.len() * 2)
    } else {
        let data = &data[..data.len().min(count)];
        (data.iter().map(|b| char::from(*b)).collect(), data.len())
    }
}

/// The shared texts, which may break off at any character and go on in the next record (MS-XLS 2.4.265).
pub(super) struct Strings<'s> {
    parts: std::vec::IntoIter<&'s [u8]>,
    data: &'s [u8],
}

impl<'s> Strings<'s> {
    /// Of the SST record.
    pub(super) fn of(record: &Record<'s>) -> Strings<'s> {
        let mut parts = record.parts.clone().into_iter();
        let data = parts.next().and_then(|data| data.get(8..)).unwrap_or_default();
        Strings { parts, data }
    }

    /// All of them; those cut off by the end of the file are left out.
    pub(super) fn all(mut self) -> Vec<String> {
        let mut found = Vec::new();
        while let Some(text) = self.one() {
            found.push(text);
        }
        found
    }

    fn more(&mut self) -> Option<()> {
        self.data = self.parts.next()?;
        Some(())
    }

    fn take(&mut self, n: usize) -> Option<&'s [u8]> {
        while self.data.is_empty() {
            self.more()?;
        }
        let (head, rest) = self.data.split_at_checked(n)?;
        self.data = rest;
        Some(head)
    }

    fn skip(&mut self, mut n: usize) -> Option<()> {
        while n > 0 {
            if self.data.is_empty() {
                self.more()?;
            }
            let step = n.min(self.data.len());
            self.data = &self.data[step..];
            n -= step;
        }
        Some(())
    }

    fn one(&mut self) -> Option<String> {
        let head = self.take(3)?;
        let (count, flags) = (usize::from(u16_at(head, 0)), head[2]);
        let runs = if flags & 8 != 0 { usize::from(u16_at(self.take(2)?, 0)) } else { 0 };
        let aids = if flags & 4 != 0 { u32_at(self.take(4)?, 0) as usize } else { 0 };
        let mut units = 0;
        let mut wide = flags & 1 != 0;
        let mut text: Vec<u16> = Vec::new();
        while units < count {
            if self.data.is_empty() {
                self.more()?;
                wide = self.take(1)?[0] & 1 != 0;
            }
            let width = if wide { 2 } else { 1 };
            let here = (self.data.len() / width).min(count - units);
            if here == 0 {
                return None;
            }
            let (now, rest) = self.data.split_at(here * width);
            self.data = rest;
            match wide {
                true => text.extend(now.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]]))),
                false => text.extend(now.iter().map(|b| u16::from(*b))),
            }
            units += here;
        }
        self.skip(runs * 4)?;
        self.skip(aids)?;
        Some(String::from_utf16_lossy(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers_are_unpacked() {
        assert!((rk(0x3FF0_0000) - 1.0).abs() < f64::EPSILON);
        assert!((rk((110 << 2) | 3) - 1.1).abs() < 1e-12);
        assert!((rk(((-5_i32 << 2) | 2).cast_unsigned()) + 5.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_shared_text_goes_on_in_the_next_record() {
        let first = [1, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, b'a', b'b'];
        let second = [1, 0x3A, 0x79, 0x8B, 0x4F];
        let record = Record { kind: 0xFC, parts: vec![&first, &second] };
        assert_eq!(Strings::of(&record).all(), ["ab示例"]);
    }
}
