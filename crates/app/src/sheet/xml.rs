//! The few XML habits that the two zipped formats share.

use super::SheetError;
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesRef, BytesStart};
use std::borrow::Cow;
use std::io::BufRead;

/// A reader that leaves text as it is and does not mind sloppy writers.
pub(super) fn reader<R: BufRead>(inner: R) -> Reader<R> {
    let mut reader = Reader::from_reader(inner);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    reader
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
        Ok(Some(c)) => text.push(c),
        Ok(None) => match quick_xml::escape::resolve_predefined_entity(reference) {
            Some(plain) => text.push_str(plain),
            None => {
                text.push('&');
                text.push_str(reference);
                text.push(';');
            }
        },
        Err(_) => return Err(SheetError::broken("XML 字符引用")),
    }
    Ok(())
}
