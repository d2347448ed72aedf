//! Pictures in their places: the document is made with an empty picture for each, and written with the
//! true ones, read one after the other.
//!
//! **Invariant:** one picture is in memory at a time, whatever their number.

use std::io::{self, Write};

use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageDecoder, ImageEncoder, RgbImage};
use krilla::image::{BitsPerComponent, CustomImage, Image, ImageColorspace};
use lopdf::{Dictionary, Document, Object, Stream, Writer, dictionary};

/// Places in a row: an empty picture is as wide and as high as its number says.
const ROW: u32 = 250;
/// Grey of the largest empty picture there may be.
static GREY: [u8; (ROW * ROW) as usize] = [0; (ROW * ROW) as usize];

/// An empty picture, which stands where one of the book's will.
#[derive(Clone, Hash)]
struct Place(u32);

/// The place for the picture of that number; `None` beyond what a document holds.
pub(super) fn place(number: usize) -> Option<Image> {
    let number = u32::try_from(number).ok().filter(|number| *number < ROW * ROW)?;
    Image::from_custom(Place(number), true).ok()
}

impl CustomImage for Place {
    fn color_channel(&self) -> &[u8] {
        let (width, height) = self.size();
        &GREY[..(width * height) as usize]
    }

    fn alpha_channel(&self) -> Option<&[u8]> {
        None
    }

    fn bits_per_component(&self) -> BitsPerComponent {
        BitsPerComponent::Eight
    }

    fn size(&self) -> (u32, u32) {
        (self.0 % ROW + 1, self.0 / ROW + 1)
    }

    fn icc_profile(&self) -> Option<&[u8]> {
        None
    }

    fn color_space(&self) -> ImageColorspace {
        ImageColorspace::Luma
    }
}

/// The number of the picture whose place an object is.
fn number(object: &Object) -> Option<usize> {
    let dict = &object.as_stream().ok()?.dict;
    let is_image = dict.get(b"Subtype").and_then(Object::as_name).ok()? == b"Image";
    let side = |key| dict.get(key).and_then(Object::as_i64).ok().filter(|side| *side > 0);
    let (width, height) = (side(b"Width")?, side(b"Height")?);
    let number = (height - 1) * i64::from(ROW) + width - 1;
    usize::try_from(number).ok().filter(|_| is_image)
}

/// Counts what goes through it.
struct Counted<W> {
    out: W,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes a document object by object, the picture of each number in its place.
pub(super) fn write<E: From<io::Error>>(
    document: &[u8],
    mut picture: impl FnMut(usize) -> Result<Stream, E>,
    out: impl Write,
) -> Result<(), E> {
    let mut document = Document::load_mem(document).map_err(io::Error::other)?;
    let objects = std::mem::take(&mut document.objects);
    let mut out = Counted { out, bytes: 0 };
    // The bytes of the second line tell programs that this is no text.
    write!(out, "%PDF-{}\n%", document.version)?;
    out.write_all(b"\xE2\xE3\xCF\xD3\n")?;
    let mut offsets: Vec<Option<u64>> = vec![None];
    for ((id, _), mut object) in objects {
        if object.type_name().is_ok_and(|name| matches!(name, b"ObjStm" | b"XRef")) {
            continue;
        }
        if let Some(number) = number(&object) {
            object = picture(number)?.into();
        }
        offsets.resize(offsets.len().max(id as usize + 1), None);
        offsets[id as usize] = Some(out.bytes);
        write!(out, "{id} 0 obj\n{}", blank(Writer::need_separator(&object)))?;
        Writer::write_object(&mut out, &object)?;
        writeln!(out, "{}\nendobj", blank(Writer::need_end_separator(&object)))?;
    }
    let start = out.bytes;
    // A line of the table has twenty bytes, its end included.
    writeln!(out, "xref\n0 {}", offsets.len())?;
    for offset in &offsets {
        match offset {
            Some(offset) => writeln!(out, "{offset:010} 00000 n ")?,
            None => writeln!(out, "0000000000 65535 f ")?,
        }
    }
    out.write_all(b"trailer\n")?;
    Writer::write_object(&mut out, &trailer(&document, offsets.len()).into())?;
    write!(out, "\nstartxref\n{start}\n%%EOF\n")?;
    Ok(())
}

fn blank(due: bool) -> &'static str {
    if due { " " } else { "" }
}

fn trailer(document: &Document, size: usize) -> Dictionary {
    let mut trailer = dictionary! { "Size" => Object::Integer(size as i64) };
    for key in ["Root", "Info", "ID"] {
        if let Ok(value) = document.trailer.get(key.as_bytes()) {
            trailer.set(key, value.clone());
        }
    }
    trailer
}

/// A JPEG as it is; `None` if it is of a kind that programs disagree about.
pub(super) fn jpeg(bytes: Vec<u8>) -> Option<Stream> {
    let decoder = JpegDecoder::new(io::Cursor::new(&bytes)).ok()?;
    let colours = match decoder.original_color_type() {
        ExtendedColorType::L8 => "DeviceGray",
        ExtendedColorType::Rgb8 => "DeviceRGB",
        _ => return None,
    };
    let mut dict = description(decoder.dimensions(), colours);
    dict.set("Filter", "DCTDecode");
    Some(Stream::new(dict, bytes).with_compression(false))
}

/// A PNG as it is, whose pixels are compressed in a way that PDF understands; `None` if it has
/// transparency, a palette or anything else that it does not.
pub(super) fn png(bytes: &[u8]) -> Option<Stream> {
    let (mut head, mut data) = (None, Vec::with_capacity(bytes.len()));
    for (name, content) in chunks(bytes) {
        match name {
            b"IHDR" => head = Some(content),
            b"IDAT" => data.extend_from_slice(content),
            b"tRNS" => return None,
            _ => {}
        }
    }
    let (size, format) = head?.split_at_checked(8)?;
    let side = |at: usize| Some(u32::from_be_bytes(size[at..at + 4].try_into().ok()?));
    let (width, height) = (side(0)?, side(4)?);
    let (colours, channels) = match format {
        [8, 0, 0, 0, 0] => ("DeviceGray", 1),
        [8, 2, 0, 0, 0] => ("DeviceRGB", 3),
        _ => return None,
    };
    let mut dict = description((width, height), colours);
    dict.set("Filter", "FlateDecode");
    let rows = dictionary! {
        "Predictor" => 15, "Colors" => channels, "BitsPerComponent" => 8, "Columns" => i64::from(width),
    };
    dict.set("DecodeParms", rows);
    Some(Stream::new(dict, data).with_compression(false))
}

/// Pixels, compressed without loss.
pub(super) fn pixels(picture: &RgbImage) -> io::Result<Stream> {
    let (width, height) = picture.dimensions();
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive)
        .write_image(picture.as_raw(), width, height, ExtendedColorType::Rgb8)
        .map_err(io::Error::other)?;
    png(&bytes).ok_or_else(|| io::Error::other("a picture that was just made is damaged"))
}

/// The chunks of a PNG: after a signature, each with its length, its name, its content and a checksum.
fn chunks(png: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = png.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (head, tail) = rest.split_at_checked(8)?;
        let length = u32::from_be_bytes(head[..4].try_into().ok()?) as usize;
        let (content, next) = tail.split_at_checked(length)?;
        rest = next.get(4..).unwrap_or_default();
        Some((&head[4..], content))
    })
}

fn description((width, height): (u32, u32), colours: &str) -> Dictionary {
    dictionary! {
        "Type" => "XObject", "Subtype" => "Image",
        "Width" => i64::from(width), "Height" => i64::from(height),
        "ColorSpace" => colours, "BitsPerComponent" => 8, "Interpolate" => true,
    }
}
