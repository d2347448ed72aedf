//! What the bytes of a string are in a font: text, and how far each moves the pen.
//!
//! Of the ways in which a font may say what its codes mean, the surest wins: its map to Unicode, then
//! the differences it states, then the encoding of the embedded font program, then the one it names.

use std::collections::HashMap;

use lopdf::{Dictionary, Document as Pdf, Encoding, Object};

use super::MAX_STREAM;

/// Width of a character whose font states none, in thousandths.
const WIDTH: f32 = 500.0;

/// A font, as far as reading goes.
pub(super) struct Font<'d> {
    codes: Codes<'d>,
    pub bold: bool,
}

enum Codes<'d> {
    /// One byte a character.
    Simple { text: Vec<String>, widths: Vec<f32> },
    /// Two bytes a character, as books embed fonts of many characters.
    Composite { encoding: Option<Encoding<'d>>, widths: HashMap<u16, f32>, default: f32 },
}

/// A character of a string.
pub(super) struct Glyph {
    pub text: String,
    /// Thousandths of the font's size.
    pub width: f32,
    /// The code for which word spacing counts.
    pub is_blank: bool,
}

impl<'d> Font<'d> {
    pub fn of(pdf: &'d Pdf, dict: &'d Dictionary) -> Self {
        let name = dict.get(b"BaseFont").and_then(Object::as_name).unwrap_or_default();
        let name = String::from_utf8_lossy(name).to_lowercase();
        let bold =
            ["bold", "black", "heavy", "cmbx", "sfbx"].iter().any(|word| name.contains(word));
        let composite = dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|n| n == b"Type0");
        let codes = if composite { composite_codes(pdf, dict) } else { simple_codes(pdf, dict) };
        Self { codes, bold }
    }

    pub fn glyphs(&self, bytes: &[u8]) -> Vec<Glyph> {
        match &self.codes {
            Codes::Simple { text, widths } => bytes
                .iter()
                .map(|&byte| Glyph {
                    text: text[usize::from(byte)].clone(),
                    width: widths[usize::from(byte)],
                    is_blank: byte == b' ',
                })
                .collect(),
            Codes::Composite { encoding, widths, default } => bytes
                .chunks(2)
                .map(|code| {
                    let text = encoding.as_ref().and_then(|e| e.bytes_to_string(code).ok());
                    let number = code.iter().fold(0, |number, &byte| number << 8 | u16::from(byte));
                    let width = widths.get(&number).copied().unwrap_or(*default);
                    Glyph { text: text.unwrap_or_default(), width, is_blank: false }
                })
                .collect(),
        }
    }
}

fn simple_codes<'d>(pdf: &'d Pdf, dict: &'d Dictionary) -> Codes<'d> {
    let stated = dict.get_deref(b"Encoding", pdf).ok();
    let (base, differences) = match stated {
        Some(Object::Dictionary(encoding)) => (
            encoding.get(b"BaseEncoding").ok(),
            encoding.get_deref(b"Differences", pdf).and_then(Object::as_array).ok(),
        ),
        other => (other, None),
    };
    let mut text = match base {
        Some(base) => table(pdf, base.clone()),
        None => table(pdf, "StandardEncoding".into()),
    };
    if base.is_none() {
        for (code, name) in built_in(pdf, dict) {
            text[usize::from(code)] = glyph_text(pdf, &name).unwrap_or_default();
        }
    }
    let mut code: u8 = 0;
    for item in differences.into_iter().flatten() {
        match item {
            Object::Integer(number) => code = u8::try_from(*number).unwrap_or(0),
            Object::Name(name) => {
                text[usize::from(code)] = glyph_text(pdf, name).unwrap_or_default();
                code = code.wrapping_add(1);
            }
            _ => {}
        }
    }
    if let Ok(map) = dict.get(b"ToUnicode") {
        let mut mapped = Dictionary::new();
        mapped.set("Type", "Font");
        mapped.set("ToUnicode", map.clone());
        if let Ok(encoding @ Encoding::UnicodeMapEncoding(_)) =
            mapped.get_font_encoding_with_limit(pdf, MAX_STREAM)
        {
            for (code, text) in (0..=u8::MAX).zip(&mut text) {
                let found = encoding.bytes_to_string(&[code]).unwrap_or_default();
                if !found.is_empty() && !found.contains('\u{fffd}') {
                    *text = found;
                }
            }
        }
    }
    Codes::Simple { text, widths: simple_widths(pdf, dict) }
}

/// What each byte means in an encoding.
fn table(pdf: &Pdf, encoding: Object) -> Vec<String> {
    let mut font = Dictionary::new();
    font.set("Type", "Font");
    font.set("Encoding", encoding);
    let encoding = font.get_font_encoding_with_limit(pdf, MAX_STREAM);
    let text = |code: u8| {
        let text = encoding.as_ref().ok().and_then(|e| e.bytes_to_string(&[code]).ok());
        text.unwrap_or_default()
    };
    (0..=u8::MAX).map(text).collect()
}

/// What a glyph's name means: `fi`, `uni00E9`, `a.alt`.
fn glyph_text(pdf: &Pdf, name: &[u8]) -> Option<String> {
    let plain = name.split(|&byte| byte == b'.').next().filter(|name| !name.is_empty())?;
    if let Some(code) = plain.strip_prefix(b"uni").and_then(|hex| std::str::from_utf8(hex).ok()) {
        let code = u32::from_str_radix(code.get(..4)?, 16).ok().and_then(char::from_u32);
        return code.map(String::from);
    }
    if let Some(parts) = std::str::from_utf8(plain).ok().filter(|name| name.contains('_')) {
        return parts.split('_').map(|part| glyph_text(pdf, part.as_bytes())).collect();
    }
    let mut encoding = Dictionary::new();
    encoding.set("Differences", vec![Object::Integer(1), Object::Name(plain.to_vec())]);
    let mut font = Dictionary::new();
    font.set("Type", "Font");
    font.set("Encoding", Object::Dictionary(encoding));
    let Ok(encoding @ Encoding::Differences(_)) =
        font.get_font_encoding_with_limit(pdf, MAX_STREAM)
    else {
        return None;
    };
    encoding.bytes_to_string(&[1]).ok().filter(|text| !text.is_empty())
}

/// The encoding of an embedded Type 1 font program: `dup 12 /fi put`, in its readable part.
fn built_in(pdf: &Pdf, dict: &Dictionary) -> Vec<(u8, Vec<u8>)> {
    let program = || {
        let descriptor = dict.get_deref(b"FontDescriptor", pdf).and_then(Object::as_dict).ok()?;
        let file = descriptor.get_deref(b"FontFile", pdf).and_then(Object::as_stream).ok()?;
        file.get_plain_content_with_limit(MAX_STREAM).ok()
    };
    let Some(program) = program() else { return Vec::new() };
    let end = program.windows(5).position(|window| window == b"eexec").unwrap_or(program.len());
    let words: Vec<&[u8]> = program[..end]
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .take(20_000)
        .collect();
    let entry = |words: &[&[u8]]| {
        let [b"dup", code, name, b"put"] = words else { return None };
        let code = std::str::from_utf8(code).ok()?.parse().ok()?;
        Some((code, name.strip_prefix(b"/")?.to_vec()))
    };
    words.windows(4).filter_map(entry).collect()
}

fn simple_widths(pdf: &Pdf, dict: &Dictionary) -> Vec<f32> {
    let first = dict.get_deref(b"FirstChar", pdf).and_then(Object::as_i64).unwrap_or(0);
    let mut widths = vec![WIDTH; 256];
    if let Ok(stated) = dict.get_deref(b"Widths", pdf).and_then(Object::as_array) {
        for (index, width) in stated.iter().enumerate().take(256) {
            let code = usize::try_from(first).ok().and_then(|first| first.checked_add(index));
            let width = pdf.dereference(width).ok().and_then(|(_, width)| width.as_float().ok());
            if let (Some(slot), Some(width)) = (code.and_then(|code| widths.get_mut(code)), width) {
                *slot = width;
            }
        }
    }
    // Bitmap fonts state widths in units of their own.
    let scale = dict.get(b"FontMatrix").and_then(Object::as_array).ok();
    let scale = scale.and_then(|matrix| matrix.first()?.as_float().ok()).unwrap_or(0.001);
    widths.iter_mut().for_each(|width| *width *= scale * 1000.0);
    widths
}

fn composite_codes<'d>(pdf: &'d Pdf, dict: &'d Dictionary) -> Codes<'d> {
    let encoding = dict.get_font_encoding_with_limit(pdf, MAX_STREAM).ok();
    let encoding = encoding.filter(|e| !matches!(e, Encoding::OneByteEncoding(_)));
    let mut widths = HashMap::new();
    let mut default = 1000.0;
    let inner = dict.get_deref(b"DescendantFonts", pdf).and_then(Object::as_array).ok();
    let inner = inner.and_then(|fonts| pdf.dereference(fonts.first()?).ok());
    if let Some(inner) = inner.and_then(|(_, font)| font.as_dict().ok()) {
        default = inner.get_deref(b"DW", pdf).and_then(Object::as_float).unwrap_or(default);
        if let Ok(stated) = inner.get_deref(b"W", pdf).and_then(Object::as_array) {
            composite_widths(pdf, stated, &mut widths);
        }
    }
    Codes::Composite { encoding, widths, default }
}

/// `first [w w w]` and `first last w`, in any order.
fn composite_widths(pdf: &Pdf, stated: &[Object], widths: &mut HashMap<u16, f32>) {
    let mut items = stated.iter().filter_map(|item| Some(pdf.dereference(item).ok()?.1));
    while let Some(first) = items.next() {
        let first = first.as_i64().ok().and_then(|code| u16::try_from(code).ok());
        let (Some(first), Some(second)) = (first, items.next()) else { return };
        if let Ok(list) = second.as_array() {
            for (code, width) in (first..=u16::MAX).zip(list) {
                widths.extend(width.as_float().ok().map(|width| (code, width)));
            }
        } else {
            let last = second.as_i64().ok().and_then(|code| u16::try_from(code).ok());
            let width = items.next().and_then(|width| width.as_float().ok());
            let (Some(last), Some(width)) = (last, width) else { return };
            widths.extend((first..=last).map(|code| (code, width)));
        }
    }
}
