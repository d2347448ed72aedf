//! Reads a motif's file: SVG in, shapes by ink out.

use resvg::tiny_skia::Transform;
use resvg::usvg;

use crate::engraver::drawing::{Drawing, Ink, Shape};

const INKS_CSS: &str = include_str!("../../../motifs/inks.css");

/// The colours of `inks.css`, each of which stands for an ink.
const INKS: [(u32, Ink); 5] = [
    (0x1d1b1a, Ink::Body),
    (0x77706a, Ink::Shade),
    (0xf4ecd9, Ink::Paper),
    (0xa83a2c, Ink::Accent),
    (0xefb93f, Ink::Light),
];

/// Shapes of a motif's file, in the file's own units. Anything that is not a filled or stroked
/// path in one of the inks is left out.
pub(super) fn read(source: &str) -> Result<Drawing, usvg::Error> {
    let options =
        usvg::Options { style_sheet: Some(INKS_CSS.to_owned()), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(source, &options)?;
    let mut drawing = Drawing::default();
    collect(tree.root(), &mut drawing);
    Ok(drawing)
}

fn collect(group: &usvg::Group, drawing: &mut Drawing) {
    for node in group.children() {
        match node {
            usvg::Node::Group(inner) => collect(inner, drawing),
            usvg::Node::Path(path) => drawing.shapes.extend(shapes(path)),
            usvg::Node::Image(_) | usvg::Node::Text(_) => {}
        }
    }
}

/// At most two: the area, and the line around it.
fn shapes(path: &usvg::Path) -> impl Iterator<Item = Shape> {
    let transform: Transform = path.abs_transform();
    let (sx, sy) = transform.get_scale();
    let outline = path.data().clone().transform(transform);
    let area = path.fill().and_then(|fill| ink(fill.paint()));
    let line = path.stroke().and_then(|stroke| {
        let width = stroke.width().get() * (sx * sy).sqrt();
        Some((ink(stroke.paint())?, width))
    });
    let area = area.map(|ink| (ink, None));
    let line = line.map(|(ink, width)| (ink, Some(width)));
    [area, line]
        .into_iter()
        .flatten()
        .filter_map(move |(ink, stroke)| Some(Shape { path: outline.clone()?, ink, stroke }))
}

fn ink(paint: &usvg::Paint) -> Option<Ink> {
    let usvg::Paint::Color(colour) = paint else {
        return None;
    };
    let rgb = u32::from_be_bytes([0, colour.red, colour.green, colour.blue]);
    INKS.iter().find(|(known, _)| *known == rgb).map(|(_, ink)| *ink)
}
