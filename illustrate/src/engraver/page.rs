//! The page: where the picture stands on the sheet, the frame around it, the caption below.

use resvg::tiny_skia::{Mask, Path, PathBuilder, Rect, Stroke, Transform};

use super::caption::Caption;
use super::chance::mingle;
use super::press::{Bed, Sheet};

/// How a page is divided, in pixels of the sheet.
#[derive(Debug)]
pub struct Page {
    /// The picture.
    pub bed: Bed,
    /// Width of the sheet.
    pub width: usize,
    /// Height of the sheet.
    pub height: usize,
    unit: f32,
    caption: Option<Caption>,
    /// The edge of the picture.
    pub frame: Frame,
}

/// The edge of the pictures of a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// The block's own edge and nothing else.
    Bare,
    /// A thin rule at a distance.
    Rule,
    /// A heavy rule and a thin one outside it.
    Double,
    /// A thin rule with its corners cut in.
    Notched,
}

impl Page {
    /// Divides a sheet of `width` by `height` pixels; the caption, if any, takes what it needs at the
    /// foot, but never more than a third.
    #[must_use]
    pub fn new(width: usize, height: usize, text: Option<(&str, &str)>, book: u64) -> Self {
        let (w, h) = (width as f32, height as f32);
        let side = w.min(h);
        let unit = (w * h).sqrt() / 1254.0;
        let margin = (side * 0.058).round();
        let size = (side * 0.0245).min(h * 0.03);
        let caption =
            text.and_then(|(quote, title)| Caption::set(quote, title, size, w - 2.4 * margin, 4));
        let caption = caption.filter(|caption| caption.height() < h / 3.0);
        let foot = caption.as_ref().map_or(margin, |caption| caption.height() + margin * 1.05);
        let frames = [Frame::Bare, Frame::Rule, Frame::Double, Frame::Notched];
        let frame = frames[(mingle(book, 0x66_7261_6D65) % 4) as usize];
        let bed = Bed {
            left: margin as usize,
            top: margin as usize,
            width: ((w - 2.0 * margin) as usize).max(1),
            height: ((h - margin - foot) as usize).max(1),
            rough: frame != Frame::Double,
        };
        Self { bed, width, height, unit, caption, frame }
    }

    /// A sheet that the picture fills up to a narrow margin, with the block's own edge.
    #[must_use]
    pub fn trimmed(width: usize, height: usize) -> Self {
        let unit = ((width * height) as f32).sqrt() / 1254.0;
        let margin = (width.min(height) / 48).max(1);
        let bed = Bed {
            left: margin,
            top: margin,
            width: (width - 2 * margin).max(1),
            height: (height - 2 * margin).max(1),
            rough: true,
        };
        Self { bed, width, height, unit, caption: None, frame: Frame::Bare }
    }

    /// Prints frame and caption in the key ink.
    pub fn finish(&self, sheet: &mut Sheet, key: super::palette::Rgb) {
        if let Some(frame) = self.edge() {
            sheet.ink(0, self.width, frame.data(), key);
        }
        let Some(caption) = &self.caption else { return };
        let Some((rows, cover)) = caption.cover(self.width) else { return };
        let under = self.bed.top + self.bed.height;
        let free = (self.height - under) as f32 - caption.height();
        let top = under + (free * 0.42).max(0.0) as usize;
        let rows = rows.min(self.height.saturating_sub(top));
        sheet.ink(top, self.width, &cover[..rows * self.width], key);
    }

    fn edge(&self) -> Option<Mask> {
        let mut mask = Mask::new(self.width as u32, self.height as u32)?;
        let unit = self.unit;
        match self.frame {
            Frame::Bare => return None,
            Frame::Rule => self.rule(&mut mask, &self.rectangle(9.0)?, 1.6 * unit),
            Frame::Double => {
                self.rule(&mut mask, &self.rectangle(2.0)?, 4.2 * unit);
                self.rule(&mut mask, &self.rectangle(13.0)?, 1.4 * unit);
            }
            Frame::Notched => self.rule(&mut mask, &self.notched(11.0, 16.0)?, 2.0 * unit),
        }
        Some(mask)
    }

    fn rule(&self, mask: &mut Mask, path: &Path, width: f32) {
        let stroke = Stroke { width: width.max(0.6), ..Stroke::default() };
        if let Some(line) = path.stroke(&stroke, 1.0) {
            mask.fill_path(&line, resvg::tiny_skia::FillRule::Winding, true, Transform::identity());
        }
    }

    fn outline(&self, distance: f32) -> Option<Rect> {
        let (bed, out) = (self.bed, distance * self.unit);
        let (left, top) = (bed.left as f32, bed.top as f32);
        Rect::from_ltrb(
            left - out,
            top - out,
            left + bed.width as f32 + out,
            top + bed.height as f32 + out,
        )
    }

    fn rectangle(&self, distance: f32) -> Option<Path> {
        self.outline(distance).map(PathBuilder::from_rect)
    }

    fn notched(&self, distance: f32, notch: f32) -> Option<Path> {
        let outline = self.outline(distance)?;
        let (l, t, r, b) = (outline.left(), outline.top(), outline.right(), outline.bottom());
        let n = notch * self.unit;
        let mut path = PathBuilder::new();
        path.move_to(l + n, t);
        path.line_to(r - n, t);
        path.quad_to(r - n, t + n, r, t + n);
        path.line_to(r, b - n);
        path.quad_to(r - n, b - n, r - n, b);
        path.line_to(l + n, b);
        path.quad_to(l + n, b - n, l, b - n);
        path.line_to(l, t + n);
        path.quad_to(l + n, t + n, l + n, t);
        path.close();
        path.finish()
    }
}
