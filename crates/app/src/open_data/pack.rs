//! One file on its way into the store: rows in, chunks of gzip out, hashed as they leave. Its memory does not grow.

use super::table::{self, Cell, OpenFormat, OpenSubject};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::io::Write;
use store::open_data::{CHUNK, File};

/// A file that is being written.
pub struct Pack {
    file: File,
    format: OpenFormat,
    subject: OpenSubject,
    zip: GzEncoder<Vec<u8>>,
    sha: Sha256,
    line: Vec<u8>,
    chunks: i64,
}

/// A chunk to be written: of which file, the how manieth, its bytes.
pub type Chunk = (i64, i64, Vec<u8>);

impl Pack {
    /// Begins a file: `file` is what it will be once its rows are counted.
    pub fn new(file: File, format: OpenFormat, subject: OpenSubject) -> Pack {
        let mut zip = GzEncoder::new(Vec::new(), Compression::default());
        // Writing into memory does not fail.
        let _ = zip.write_all(&table::header(format, subject));
        Pack { file, format, subject, zip, sha: Sha256::new(), line: Vec::new(), chunks: 0 }
    }

    /// Adds a row.
    pub fn row(&mut self, row: &[Cell<'_>]) {
        self.line.clear();
        table::write(self.format, self.subject, row, &mut self.line);
        let _ = self.zip.write_all(&self.line);
        self.file.rows += 1;
    }

    /// Takes the chunks that are full.
    pub fn full(&mut self, out: &mut Vec<Chunk>) {
        while self.zip.get_ref().len() >= CHUNK {
            let rest = self.zip.get_mut().split_off(CHUNK);
            let chunk = std::mem::replace(self.zip.get_mut(), rest);
            self.leave(chunk, out);
        }
    }

    /// Ends the file, with what is left of it.
    pub fn end(mut self, out: &mut Vec<Chunk>) -> std::io::Result<File> {
        self.zip.try_finish()?;
        self.full(out);
        let rest = std::mem::take(self.zip.get_mut());
        if !rest.is_empty() {
            self.leave(rest, out);
        }
        self.file.digest = self.sha.finalize().into();
        Ok(self.file)
    }

    fn leave(&mut self, chunk: Vec<u8>, out: &mut Vec<Chunk>) {
        self.sha.update(&chunk);
        self.file.bytes += chunk.len() as u64;
        out.push((self.file.id, self.chunks, chunk));
        self.chunks += 1;
    }
}
