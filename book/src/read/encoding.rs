//! From bytes to text and back, in the encoding a document really has.
//!
//! **Invariant:** for UTF-8, UTF-16 and the single-byte encodings, `decode` then `encode` gives back
//! the very bytes of a well-formed document, so that patching changes nothing but the patch.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// A decoded document and how to write it back.
#[derive(Debug, Clone)]
pub(crate) struct Decoded {
    /// Without the byte order mark.
    pub text: String,
    pub encoding: &'static Encoding,
    pub bom: bool,
}

/// Decodes by byte order mark, then by what the document declares, then by what its bytes allow.
pub(crate) fn decode(bytes: &[u8]) -> Decoded {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[length..]);
        return Decoded { text: text.into_owned(), encoding, bom: true };
    }
    let encoding = match bytes {
        [b'<', 0, ..] => UTF_16LE,
        [0, b'<', ..] => UTF_16BE,
        // A wrong declaration is far more common than legacy text that happens to be valid UTF-8.
        _ if std::str::from_utf8(bytes).is_ok() => UTF_8,
        _ => match declared(bytes) {
            Some(encoding) if encoding.is_ascii_compatible() && encoding != UTF_8 => encoding,
            _ => WINDOWS_1252,
        },
    };
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    Decoded { text: text.into_owned(), encoding, bom: false }
}

impl Decoded {
    /// Writes `text` in this document's encoding; what it cannot express becomes a numeric character
    /// reference, so this is for markup only.
    pub fn encode(&self, text: &str) -> Vec<u8> {
        if self.encoding == UTF_16LE || self.encoding == UTF_16BE {
            let bom = self.bom.then_some(0xFEFF);
            let units = bom.into_iter().chain(text.encode_utf16());
            let bytes = if self.encoding == UTF_16LE { u16::to_le_bytes } else { u16::to_be_bytes };
            return units.flat_map(bytes).collect();
        }
        let mut out = if self.bom { b"\xEF\xBB\xBF".to_vec() } else { Vec::new() };
        match self.encoding.encode(text).0 {
            Cow::Borrowed(bytes) => out.extend_from_slice(bytes),
            Cow::Owned(bytes) => out.extend(bytes),
        }
        out
    }
}

/// The encoding named in an XML declaration or an HTML `meta` element near the start.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    ["encoding=", "charset="].iter().find_map(|key| {
        let value = head[head.find(key)? + key.len()..].trim_start_matches(['"', '\'']);
        let end = value.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c));
        Encoding::for_label(&value.as_bytes()[..end.unwrap_or(value.len())])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(bytes: &[u8]) -> String {
        let decoded = decode(bytes);
        assert_eq!(decoded.encode(&decoded.text), bytes);
        decoded.text
    }

    #[test]
    fn every_common_encoding_round_trips() {
        assert_eq!(round_trip("é".as_bytes()), "é");
        assert_eq!(round_trip(b"\xEF\xBB\xBFhi"), "hi");
        assert_eq!(round_trip(b"\xFF\xFE<\0a\0"), "<a");
        assert_eq!(round_trip(b"\xFE\xFF\0<\0a"), "<a");
        assert_eq!(round_trip(b"<\0p\0"), "<p");
        assert_eq!(round_trip(b"\x93caf\xE9\x94"), "\u{201c}café\u{201d}");
        let cyrillic = b"<?xml version='1.0' encoding='windows-1251'?><p>\xC3\xEB\xE0\xE2\xE0</p>";
        assert!(round_trip(cyrillic).contains("Глава"));
    }

    #[test]
    fn what_an_encoding_lacks_becomes_a_character_reference() {
        let latin = decode(b"<p>\xE9</p>");
        assert_eq!(latin.encode("é≠"), b"\xE9&#8800;");
    }

    #[test]
    fn utf8_that_declares_latin1_is_utf8() {
        assert!(decode("<?xml encoding='iso-8859-1'?>é".as_bytes()).text.ends_with('é'));
    }
}
