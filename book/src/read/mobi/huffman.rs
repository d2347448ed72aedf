//! Text compressed with a dictionary of phrases: records that begin with `HUFF` and `CDIC`.
//!
//! **Invariant:** a record inflates to at most [`MAX_OUTPUT`] bytes, and phrases made of phrases are
//! followed only [`MAX_DEPTH`] deep.

use super::database::{u16_at, u32_at};

/// Bytes one record of text may inflate to; they have 4096.
const MAX_OUTPUT: usize = 1 << 20;
const MAX_DEPTH: usize = 24;
/// Phrases a dictionary may have.
const MAX_PHRASES: usize = 1 << 18;

/// Codes by their first eight bits, and by their length.
pub(crate) struct Huffman {
    /// Length in bits, whether that is the whole of it, and the greatest code.
    first: Vec<(u32, bool, u32)>,
    /// Least and greatest code of each length.
    lengths: Vec<(u32, u32)>,
    /// Bytes, and whether they are text and not codes.
    phrases: Vec<(Vec<u8>, bool)>,
}

/// The dictionary, or the text, makes no sense.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Nonsense;

impl Huffman {
    /// Reads the record of codes and the records of phrases that follow it.
    pub fn new(codes: &[u8], dictionaries: &[Vec<u8>]) -> Result<Self, Nonsense> {
        if codes.get(..4) != Some(b"HUFF") {
            return Err(Nonsense);
        }
        let place = |at| u32_at(codes, at).map(|place| place as usize).ok_or(Nonsense);
        let (by_byte, by_length) = (place(8)?, place(12)?);
        let first = (0..256).map(|nth| {
            let value = u32_at(codes, by_byte.checked_add(4 * nth)?)?;
            let length = value & 0x1f;
            Some((length, value & 0x80 != 0, greatest(value >> 8, length)))
        });
        let mut lengths = vec![(0, 0)];
        for length in 1..=32_u32 {
            let at = by_length.checked_add(8 * (length as usize - 1)).ok_or(Nonsense)?;
            let least = u32_at(codes, at).ok_or(Nonsense)?;
            let most = u32_at(codes, at + 4).ok_or(Nonsense)?;
            lengths.push((least.checked_shl(32 - length).unwrap_or(least), greatest(most, length)));
        }
        let mut phrases = Vec::new();
        for dictionary in dictionaries {
            add_phrases(dictionary, &mut phrases).ok_or(Nonsense)?;
        }
        Ok(Self { first: first.collect::<Option<_>>().ok_or(Nonsense)?, lengths, phrases })
    }

    /// Inflates a record.
    pub fn inflate(&self, record: &[u8]) -> Result<Vec<u8>, Nonsense> {
        let mut out = Vec::new();
        let mut work = MAX_OUTPUT;
        self.unpack(record, 0, &mut out, &mut work)?;
        Ok(out)
    }

    fn unpack(
        &self,
        data: &[u8],
        depth: usize,
        out: &mut Vec<u8>,
        work: &mut usize,
    ) -> Result<(), Nonsense> {
        if depth > MAX_DEPTH {
            return Err(Nonsense);
        }
        let bits = data.len() * 8;
        let mut at = 0;
        while at < bits {
            // Phrases may be empty, so the codes are counted as well.
            *work = work.checked_sub(1).ok_or(Nonsense)?;
            let code = code_at(data, at);
            let (mut length, whole, mut most) = self.first[(code >> 24) as usize];
            if !whole {
                length = length.max(1);
                while length <= 32 && code < self.lengths[length as usize].0 {
                    length += 1;
                }
                most = self.lengths.get(length as usize).ok_or(Nonsense)?.1;
            }
            if length == 0 || length > 32 {
                return Err(Nonsense);
            }
            at += length as usize;
            // The last bits only fill up a byte.
            if at > bits {
                break;
            }
            let index = most.wrapping_sub(code).checked_shr(32 - length).unwrap_or(0);
            let (phrase, is_text) = self.phrases.get(index as usize).ok_or(Nonsense)?;
            if *is_text {
                if out.len() + phrase.len() > MAX_OUTPUT {
                    return Err(Nonsense);
                }
                out.extend_from_slice(phrase);
            } else {
                self.unpack(phrase, depth + 1, out, work)?;
            }
        }
        Ok(())
    }
}

fn greatest(code: u32, length: u32) -> u32 {
    let next = (u64::from(code) + 1) << (32 - length.min(32));
    u32::try_from(next - 1).unwrap_or(u32::MAX)
}

/// The 32 bits that begin at bit `at`, zeros after the end.
fn code_at(data: &[u8], at: usize) -> u32 {
    let byte = |nth: usize| u64::from(data.get(at / 8 + nth).copied().unwrap_or(0));
    let window = (0..5).fold(0, |window, nth| window << 8 | byte(nth));
    // Five bytes hold the 32 bits wherever in the first they begin.
    (window >> (8 - at % 8)) as u32
}

fn add_phrases(record: &[u8], phrases: &mut Vec<(Vec<u8>, bool)>) -> Option<()> {
    if record.get(..4) != Some(b"CDIC") {
        return None;
    }
    let total = (u32_at(record, 8)? as usize).min(MAX_PHRASES);
    let bits = u32_at(record, 12)?.min(16);
    let count = (1_usize << bits).min(total.saturating_sub(phrases.len()));
    for nth in 0..count {
        let start = 16 + u16_at(record, 16 + 2 * nth)? as usize;
        let length = u16_at(record, start)?;
        let end = start + 2 + (length & 0x7fff) as usize;
        phrases.push((record.get(start + 2..end)?.to_vec(), length & 0x8000 != 0));
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A dictionary whose codes are the bytes: phrase 255 has code 0.
    fn bytes_as_codes(phrases: &[(&[u8], bool)]) -> (Vec<u8>, Vec<u8>) {
        let mut codes = b"HUFF\0\0\0\x18".to_vec();
        codes.extend(24_u32.to_be_bytes());
        codes.extend((24_u32 + 1024).to_be_bytes());
        codes.extend([0; 8]);
        for _ in 0..256_u32 {
            codes.extend((255_u32 << 8 | 0x80 | 8).to_be_bytes());
        }
        for _ in 0..32 {
            codes.extend([0; 8]);
        }
        let mut dictionary = b"CDIC\0\0\0\x10".to_vec();
        dictionary.extend(u32::try_from(phrases.len()).unwrap().to_be_bytes());
        dictionary.extend(8_u32.to_be_bytes());
        let mut at = phrases.len() * 2;
        let mut body = Vec::new();
        for (phrase, is_text) in phrases {
            dictionary.extend(u16::try_from(at).unwrap().to_be_bytes());
            let length = u16::try_from(phrase.len()).unwrap() | if *is_text { 0x8000 } else { 0 };
            body.extend(length.to_be_bytes());
            body.extend(*phrase);
            at += 2 + phrase.len();
        }
        dictionary.extend(body);
        (codes, dictionary)
    }

    #[test]
    fn phrases_and_phrases_of_phrases_are_put_together() {
        let (codes, dictionary) =
            bytes_as_codes(&[(b"the ", true), (b"wolf ", true), (&[255, 254], false)]);
        let huffman = Huffman::new(&codes, &[dictionary]).unwrap();
        assert_eq!(huffman.inflate(&[253, 254]).unwrap(), b"the wolf wolf ");
        assert_eq!(huffman.inflate(&[3]), Err(Nonsense));
    }

    #[test]
    fn a_phrase_of_itself_ends() {
        let (codes, dictionary) = bytes_as_codes(&[(&[255, 255], false)]);
        let huffman = Huffman::new(&codes, &[dictionary]).unwrap();
        assert_eq!(huffman.inflate(&[255]), Err(Nonsense));
    }

    proptest! {
        #[test]
        fn any_bytes_end(codes in prop::collection::vec(any::<u8>(), 0..1400), text in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut codes = codes;
            let head = b"HUFF\0\0\0\x18\0\0\0\x18\0\0\x04\x18";
            let length = codes.len().min(head.len());
            codes[..length].copy_from_slice(&head[..length]);
            let (_, dictionary) = bytes_as_codes(&[(b"a", true), (b"", true), (&[1, 2, 3], false)]);
            if let Ok(huffman) = Huffman::new(&codes, &[dictionary]) {
                let _ = huffman.inflate(&text);
            }
        }
    }
}
