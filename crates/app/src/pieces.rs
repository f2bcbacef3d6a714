//! A zip that is sent while it is written: its writer leaves the bytes here until they are taken.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

/// Where a writer leaves its bytes until they are sent.
#[derive(Clone, Default)]
pub(crate) struct Pieces(Arc<Mutex<Vec<u8>>>);

impl Pieces {
    /// What was written since the last time.
    pub(crate) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many bytes wait.
    pub(crate) fn waiting(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
