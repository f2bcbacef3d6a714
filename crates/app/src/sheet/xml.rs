//! The few XML habits that the two zipped formats share.

use super::SheetError;
use super::error::TooLong;
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::borrow::Cow;
use std::io::{self, BufRead, Read};

/// Bytes of one text, tag or comment at most, and of all that a cell holds. A cell of some megabytes is a paste gone wrong and
/// is told at its place; beyond that a file that inflates well would be taken into memory several times over.
pub(super) const MOST: usize = 10 << 20;

/// A reader of events, none of which is larger than [`MOST`].
pub(super) struct Xml<R>(Reader<Measured<R>>);

/// A reader that leaves text as it is and does not mind sloppy writers.
pub(super) fn reader<R: BufRead>(inner: R) -> Xml<R> {
    let mut reader = Reader::from_reader(Measured { inner, taken: 0 });
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    Xml(reader)
}

impl<R: BufRead> Xml<R> {
    /// The next event.
    ///
    /// # Errors
    /// [`SheetError::LongText`] before more than [`MOST`] bytes of it are in memory.
    pub(super) fn read_event_into<'b>(&mut self, buffer: &'b mut Vec<u8>) -> Result<Event<'b>, SheetError> {
        self.0.get_mut().taken = 0;
        Ok(self.0.read_event_into(buffer)?)
    }
}

/// Counts what is taken for one event.
struct Measured<R> {
    inner: R,
    taken: usize,
}

impl<R: BufRead> Read for Measured<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.taken += n;
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Measured<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken > MOST {
            return Err(io::Error::other(TooLong));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        self.taken += n;
        self.inner.consume(n);
    }
}

/// Adds to the text of a cell.
///
/// # Errors
/// [`SheetError::LongText`] above [`MOST`] bytes: it may come in any number of small pieces.
pub(super) fn push(text: &mut String, more: &str) -> Result<(), SheetError> {
    if text.len() + more.len() > MOST {
        return Err(SheetError::LongText { limit: MOST >> 20 });
    }
    text.push_str(more);
    Ok(())
}

/// An attribute by its local name, unescaped.
pub(super) fn attribute<'a>(element: &'a BytesStart<'_>, name: &str) -> Option<Cow<'a, str>> {
    let mut attributes = element.attributes();
    let found = attributes.with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(match found.value {
        Cow::Borrowed(value) => unescape(value).unwrap_or(Cow::Borrowed(value)),
        Cow::Owned(value) => Cow::Owned(unescape(&value).map(Cow::into_owned).unwrap_or(value)),
    })
}

/// An attribute that is a number.
pub(super) fn number(element: &BytesStart<'_>, name: &str) -> Option<u32> {
    attribute(element, name)?.trim().parse().ok()
}

/// Adds what `&…;` stands for; an entity nobody defined stays as written.
pub(super) fn push_reference(text: &mut String, reference: &BytesRef<'_>) -> Result<(), SheetError> {
    match reference.resolve_char_ref() {
        Ok(Some(c)) => push(text, c.encode_utf8(&mut [0; 4])),
        Ok(None) => match quick_xml::escape::resolve_predefined_entity(reference) {
            Some(plain) => push(text, plain),
            None => push(text, &format!("&{};", &**reference)),
        },
        Err(_) => Err(SheetError::broken("XML 字符引用")),
    }
}
