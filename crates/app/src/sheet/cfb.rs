//! Compound files (MS-CFB), the container of xls: only finding and reading a stream.
//!
//! Own code, because every size in it must be checked against the bytes that are there before anything is allocated.

use super::SheetError;

const FREE: u32 = 0xFFFF_FFFA;
const HEADER: usize = 512;

/// A compound file's directory and chains.
pub(super) struct Compound<'b> {
    bytes: &'b [u8],
    sector: usize,
    fat: Vec<u32>,
    mini_fat: Vec<u32>,
    mini: Vec<u8>,
    mini_below: u64,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    start: u32,
    size: u64,
}

impl<'b> Compound<'b> {
    /// Reads the directory.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Compound<'b>, SheetError> {
        if bytes.len() < HEADER {
            return Err(SheetError::Truncated);
        }
        let shift = u16_at(bytes, 30);
        let sector = match shift {
            9 => 512,
            12 => 4096,
            _ => return Err(SheetError::broken("扇区大小")),
        };
        let mut file = Compound {
            bytes,
            sector,
            fat: Vec::new(),
            mini_fat: Vec::new(),
            mini: Vec::new(),
            mini_below: u64::from(u32_at(bytes, 56)),
            entries: Vec::new(),
        };
        file.read_fat()?;
        let directory = file.chain(u32_at(bytes, 48))?;
        file.entries = directory.chunks_exact(128).filter_map(entry).collect();
        file.mini_fat = words(&file.chain(u32_at(bytes, 60))?);
        // The first directory entry is the root; its stream holds the small streams.
        if let Some(root) = directory.chunks_exact(128).next() {
            file.mini = file.chain(u32_at(root, 116))?;
        }
        Ok(file)
    }

    /// Whether a stream of this name exists, in any case.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|e| e.name.eq_ignore_ascii_case(name))
    }

    /// The bytes of a stream.
    pub(super) fn stream(&self, name: &str) -> Result<Vec<u8>, SheetError> {
        let entry = self.entries.iter().find(|e| e.name.eq_ignore_ascii_case(name));
        let entry = entry.ok_or(SheetError::Unknown)?;
        let mut data = if entry.size < self.mini_below {
            self.mini_chain(entry.start)?
        } else {
            self.chain(entry.start)?
        };
        let size = usize::try_from(entry.size).unwrap_or(usize::MAX);
        if data.len() < size {
            return Err(SheetError::Truncated);
        }
        data.truncate(size);
        Ok(data)
    }

    fn block(&self, number: u32) -> Result<&'b [u8], SheetError> {
        let start = (number as usize).checked_add(1).and_then(|n| n.checked_mul(self.sector));
        let start = start.filter(|s| *s < self.bytes.len()).ok_or(SheetError::Truncated)?;
        // The last sector of a file may be short in files that some programs write.
        Ok(&self.bytes[start..(start + self.sector).min(self.bytes.len())])
    }

    fn read_fat(&mut self) -> Result<(), SheetError> {
        let most = self.bytes.len() / self.sector + 1;
        let mut lists: Vec<u32> = words(&self.bytes[76..HEADER]);
        let mut next = u32_at(self.bytes, 68);
        let mut seen = 0;
        while next < FREE {
            let mut more = words(self.block(next)?);
            next = more.pop().unwrap_or(u32::MAX);
            lists.append(&mut more);
            seen += 1;
            if seen > most {
                return Err(SheetError::broken("扇区链成环"));
            }
        }
        for number in lists.into_iter().filter(|n| *n < FREE) {
            self.fat.extend(words(self.block(number)?));
            if self.fat.len() > most + self.sector {
                break;
            }
        }
        Ok(())
    }

    fn chain(&self, start: u32) -> Result<Vec<u8>, SheetError> {
        let mut out = Vec::new();
        let mut next = start;
        while next < FREE {
            if out.len() > self.bytes.len() {
                return Err(SheetError::broken("扇区链成环"));
            }
            out.extend_from_slice(self.block(next)?);
            next = self.fat.get(next as usize).copied().unwrap_or(u32::MAX);
        }
        Ok(out)
    }

    fn mini_chain(&self, start: u32) -> Result<Vec<u8>, SheetError> {
        let mut out = Vec::new();
        let mut next = start;
        while next < FREE {
            let at = (next as usize).saturating_mul(64);
            let Some(block) = self.mini.get(at..at.saturating_add(64)) else {
                return Err(SheetError::Truncated);
            };
            if out.len() > self.mini.len() {
                return Err(SheetError::broken("扇区链成环"));
            }
            out.extend_from_slice(block);
            next = self.mini_fat.get(next as usize).copied().unwrap_or(u32::MAX);
        }
        Ok(out)
    }
}

fn entry(raw: &[u8]) -> Option<Entry> {
    // 2 is a stream; storages and free places carry nothing to read.
    if raw[66] != 2 {
        return None;
    }
    let length = usize::from(u16_at(raw, 64)).clamp(2, 64) - 2;
    let units: Vec<u16> = raw[..length].chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
    // The upper half of the size is garbage in files with 512-byte sectors; 4 GiB are never reached.
    Some(Entry {
        name: String::from_utf16_lossy(&units),
        start: u32_at(raw, 116),
        size: u64::from(u32_at(raw, 120)),
    })
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|c| u32::from_le_bytes([c[0], c[1], c[2], c[3]])).collect()
}

/// Little-endian; 0 beyond the end.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

/// Little-endian; 0 beyond the end.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}
