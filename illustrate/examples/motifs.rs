//! Contact sheets of everything the engraver can draw: every motif, and a cast of figures in every
//! pose. Look at them after each change of a motif or of the figure.
//!
//!     cargo run -p illustrate --example motifs -- target/sheets

use std::path::{Path, PathBuf};

use book::element::{Element, ElementType};
use illustrate::engraver::drawing::{Drawing, Ink};
use illustrate::engraver::figure::{self, Facing, Person, Pose};
use illustrate::engraver::motif::{self, Kind};
use resvg::tiny_skia::{Color, FillRule, LineCap, LineJoin, Paint, Pixmap, Stroke, Transform};
use resvg::usvg;

fn main() {
    let folder =
        std::env::args().nth(1).map_or_else(|| PathBuf::from("target/sheets"), PathBuf::from);
    std::fs::create_dir_all(&folder).expect("a folder for the sheets");
    for kind in [
        Kind::Creature,
        Kind::Building,
        Kind::Furniture,
        Kind::Plant,
        Kind::Vehicle,
        Kind::Thing,
        Kind::Sky,
    ] {
        let drawings: Vec<_> = motif::all()
            .filter(|motif| motif.kind == kind)
            .map(|motif| (motif.name.to_owned(), motif.drawing().clone()))
            .collect();
        sheet(&folder.join(format!("{kind:?}.png").to_lowercase()), 8, 170.0, None, &drawings);
        let small = folder.join(format!("{kind:?}-small.png").to_lowercase());
        sheet(&small, 16, 56.0, None, &drawings);
    }
    let cast = cast();
    let people: Vec<_> = cast
        .iter()
        .map(|p| (p.0.clone(), figure::draw(&p.1, Pose::Standing, Facing::Right)))
        .collect();
    sheet(&folder.join("people.png"), 8, 300.0, Some(2.0), &people);
    let busts: Vec<_> =
        people.iter().map(|(name, drawing)| (name.clone(), bust(drawing))).collect();
    sheet(&folder.join("busts.png"), 6, 300.0, Some(0.62), &busts);
    for (i, (name, person)) in cast.iter().take(4).enumerate() {
        let poses: Vec<_> = Pose::ALL
            .iter()
            .map(|pose| (format!("{name}: {pose:?}"), figure::draw(person, *pose, Facing::Right)))
            .collect();
        sheet(&folder.join(format!("poses-{i}.png")), 7, 240.0, Some(2.0), &poses);
    }
}

/// Head and shoulders: the shapes that lie in the upper part of the figure.
fn bust(drawing: &Drawing) -> Drawing {
    let top = drawing.bounds().top();
    let mut bust = drawing.clone();
    bust.shapes.retain(|shape| shape.path.bounds().bottom() < top + 0.62);
    bust
}

fn cast() -> Vec<(String, Person)> {
    [
        ("Elizabeth", "a young woman in a blue gown with dark hair"),
        ("Mr. Darcy", "a tall gentleman in a frock coat and top hat"),
        ("Alice", "a little girl with long fair hair in a blue dress and white apron"),
        ("Tom", "a ragged boy in a cap, with a stick"),
        (
            "Ebenezer Scrooge",
            "an old man, thin, with a pointed nose, white hair and a nightcap in a nightshirt",
        ),
        (
            "Gandalf",
            "an old wizard with a long white beard, a pointed hat, a grey cloak and a staff",
        ),
        ("The White Rabbit", "a rabbit in a red waistcoat coat with a fan and gloves"),
        ("The Scarecrow", "a man stuffed with straw"),
        ("The Tin Woodman", "made of tin, with an axe"),
        ("The Queen of Hearts", "a stout furious woman in a red gown"),
        ("The King", "an old king with a beard in robes"),
        ("Sir Galahad", "a knight in armour with a sword"),
        ("Mrs. Cratchit", "a housemaid with a bonnet and basket, an apron"),
        ("Red Riding Hood", "a girl in a red cloak with a hood and a basket"),
        ("Captain Nemo", "a bearded sailor captain in a jacket and cap"),
        ("The Frog Footman", "a frog in livery and a wig"),
        ("Dorothy", "a girl with plaits in a gingham dress and a sunbonnet"),
        ("The Witch", "an old witch, hooked nose, pointed hat"),
        ("Robin", "an archer in a green tunic and hat"),
        ("Long John", "a stout pirate with a cocked hat, a cutlass"),
        ("Professor", "a professor with spectacles and an umbrella, bald, moustache"),
        ("Justine", "a young woman with curls, in a white gown with a red sash"),
        ("Farmer Oak", "a farmer in shirt sleeves and a straw hat, bearded"),
        ("The Wolf", "a wolf dressed in a coat"),
    ]
    .into_iter()
    .map(|(name, description)| {
        let mut element = Element::new(name, ElementType::Character);
        description.clone_into(&mut element.description);
        (name.to_owned(), Person::of(&element))
    })
    .collect()
}

/// Draws labelled cells of `size` pixels. `scale`: metres a cell is high, or each drawing fitted.
fn sheet(
    path: &Path,
    columns: usize,
    size: f32,
    scale: Option<f32>,
    drawings: &[(String, Drawing)],
) {
    if drawings.is_empty() {
        return;
    }
    let label = if size < 100.0 { 0.0 } else { 18.0 };
    let (cell_w, cell_h) = (size + 8.0, size + 8.0 + label);
    let rows = drawings.len().div_ceil(columns);
    let (w, h) = (columns as f32 * cell_w, rows as f32 * cell_h);
    let mut pixmap = Pixmap::new(w as u32, h as u32).expect("a sheet has a size");
    pixmap.fill(Color::from_rgba8(222, 208, 178, 255));
    for (i, (name, drawing)) in drawings.iter().enumerate() {
        let (x, y) = ((i % columns) as f32 * cell_w, (i / columns) as f32 * cell_h);
        let bounds = drawing.bounds();
        let fitted = size / bounds.width().max(bounds.height()).max(1e-6);
        let pixels = scale.map_or(fitted, |metres| (size / metres).min(fitted));
        let middle = (bounds.left() + bounds.right()) / 2.0;
        let place = Transform::from_scale(pixels, pixels).post_translate(
            x + cell_w / 2.0 - middle * pixels,
            y + 4.0 + size - bounds.bottom() * pixels,
        );
        paint(&mut pixmap, drawing, place);
        if label > 0.0 {
            write(&mut pixmap, name, x + 4.0, y + size + 18.0);
        }
    }
    pixmap.save_png(path).expect("the sheet is written");
    println!("{}", path.display());
}

fn paint(pixmap: &mut Pixmap, drawing: &Drawing, place: Transform) {
    for shape in &drawing.shapes {
        let mut paint = Paint::default();
        paint.set_color(colour(shape.ink));
        paint.anti_alias = true;
        match shape.stroke {
            None => pixmap.fill_path(&shape.path, &paint, FillRule::Winding, place, None),
            Some(width) => {
                let stroke = Stroke {
                    width,
                    line_cap: LineCap::Round,
                    line_join: LineJoin::Round,
                    ..Stroke::default()
                };
                pixmap.stroke_path(&shape.path, &paint, &stroke, place, None);
            }
        }
    }
}

fn colour(ink: Ink) -> Color {
    let (r, g, b) = match ink {
        Ink::Body => (29, 27, 26),
        Ink::Shade => (119, 112, 106),
        Ink::Paper => (244, 236, 217),
        Ink::Accent => (168, 58, 44),
        Ink::Light => (239, 185, 63),
    };
    Color::from_rgba8(r, g, b, 255)
}

/// A label, set by the SVG renderer in one of the embedded faces.
fn write(pixmap: &mut Pixmap, text: &str, x: f32, y: f32) {
    let mut options = usvg::Options::default();
    let fonts = options.fontdb_mut();
    for font in typst_assets::fonts().take(4) {
        fonts.load_font_data(font.to_vec());
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='400' height='20'>\
         <text x='0' y='14' font-size='12' font-family='Libertinus Serif'>{text}</text></svg>"
    );
    if let Ok(tree) = usvg::Tree::from_str(&svg, &options) {
        resvg::render(&tree, Transform::from_translate(x, y - 14.0), &mut pixmap.as_mut());
    }
}
