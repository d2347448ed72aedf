//! Follows the text of a page: strings, where they stand and how large they are, joined into lines.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document as Pdf, Object, ObjectId, Stream};

use super::MAX_STREAM;
use super::font::Font;

/// Pages that are read.
pub(super) const MAX_PAGES: usize = 20_000;
/// Bytes that the content of all pages may inflate to.
const MAX_TOTAL: usize = 64 << 20;
/// What the smallest of them counts for: forms may show each other many times over.
const MIN_COST: usize = 4096;
/// Forms within forms, saved states, and lines of one page.
const MAX_DEPTH: usize = 8;
const MAX_SAVED: usize = 64;
const MAX_LINES: usize = 5_000;
/// Part of the font's size that is a blank between words.
const BLANK: f32 = 0.16;

/// A line of text as it is printed; lengths are points, from the lower left corner of the page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// Index of the page.
    pub page: usize,
    pub start: f32,
    pub end: f32,
    pub base: f32,
    pub size: f32,
    pub bold: bool,
    pub text: String,
}

/// Reads pages one after the other; fonts are read once.
pub(super) struct Pages<'d> {
    pdf: &'d Pdf,
    fonts: HashMap<*const Dictionary, Rc<Font<'d>>>,
    budget: usize,
    lines: Vec<Line>,
    /// First line of the page at hand, and its index.
    first: usize,
    page: usize,
}

type Fonts<'d> = BTreeMap<Vec<u8>, &'d Dictionary>;
type Forms<'d> = BTreeMap<Vec<u8>, &'d Stream>;

/// A transformation, as PDF writes it.
#[derive(Clone, Copy)]
struct Matrix([f32; 6]);

impl Matrix {
    const SAME: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// First this, then `next`.
    fn then(self, next: Self) -> Self {
        let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (self.0, next.0);
        Self([
            a * g + b * i,
            a * h + b * j,
            c * g + d * i,
            c * h + d * j,
            e * g + f * i + k,
            e * h + f * j + l,
        ])
    }

    fn moved(self, x: f32, y: f32) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y]).then(self)
    }

    fn of(operands: &[Object]) -> Option<Self> {
        let numbers: Vec<f32> = operands.iter().filter_map(|o| o.as_float().ok()).collect();
        <[f32; 6]>::try_from(numbers).ok().map(Self)
    }
}

/// What `q` saves.
#[derive(Clone)]
struct State<'d> {
    place: Matrix,
    font: Option<Rc<Font<'d>>>,
    size: f32,
    letter_space: f32,
    word_space: f32,
    stretch: f32,
    leading: f32,
}

/// The pen within a text object.
struct Pen {
    line: Matrix,
    at: Matrix,
}

impl<'d> Pages<'d> {
    pub fn new(pdf: &'d Pdf) -> Self {
        let fonts = HashMap::new();
        Self { pdf, fonts, budget: MAX_TOTAL, lines: Vec::new(), first: 0, page: 0 }
    }

    /// The lines of all pages, in the order in which they are printed. A page that cannot be read is
    /// empty.
    pub fn lines(mut self, pages: &[ObjectId]) -> Vec<Line> {
        for (index, &id) in pages.iter().enumerate() {
            (self.page, self.first) = (index, self.lines.len());
            let limit = MAX_STREAM.min(self.budget);
            let Ok(content) = self.pdf.get_page_content_with_limit(id, limit) else { continue };
            let fonts = self.pdf.get_page_fonts(id).unwrap_or_default();
            let forms = self.forms_of_page(id);
            self.content(&content, &fonts, &forms, Matrix::SAME, 0);
        }
        self.lines.retain_mut(|line| {
            line.text = super::collapse(&without_ligatures(&line.text));
            !line.text.is_empty()
        });
        self.lines
    }

    fn forms_of_page(&self, page: ObjectId) -> Forms<'d> {
        let mut forms = Forms::new();
        if let Ok((own, inherited)) = self.pdf.get_page_resources(page) {
            let inherited = inherited.into_iter().filter_map(|id| self.pdf.get_dictionary(id).ok());
            for resources in own.into_iter().chain(inherited) {
                self.add_forms(resources, &mut forms);
            }
        }
        forms
    }

    /// The forms and pictures that resources name.
    fn add_forms(&self, resources: &'d Dictionary, forms: &mut Forms<'d>) {
        let Ok(named) = resources.get_deref(b"XObject", self.pdf).and_then(Object::as_dict) else {
            return;
        };
        for (name, object) in named {
            let stream = self.pdf.dereference(object).ok().and_then(|(_, o)| o.as_stream().ok());
            if let Some(stream) = stream {
                forms.entry(name.clone()).or_insert(stream);
            }
        }
    }

    fn content(
        &mut self,
        content: &[u8],
        fonts: &Fonts<'d>,
        forms: &Forms<'d>,
        place: Matrix,
        depth: usize,
    ) {
        self.budget = self.budget.saturating_sub(content.len().max(MIN_COST));
        if self.budget == 0 {
            return;
        }
        let mut state = State {
            place,
            font: None,
            size: 0.0,
            letter_space: 0.0,
            word_space: 0.0,
            stretch: 1.0,
            leading: 0.0,
        };
        let mut saved: Vec<State> = Vec::new();
        let mut pen = Pen { line: Matrix::SAME, at: Matrix::SAME };
        for operation in Content::decode_iter(content) {
            let Ok(operation) = operation else { return };
            if self.lines.len() - self.first > MAX_LINES {
                return;
            }
            match operation.operator.as_str() {
                "q" if saved.len() < MAX_SAVED => saved.push(state.clone()),
                "Q" => state = saved.pop().unwrap_or(state),
                "cm" => {
                    if let Some(matrix) = Matrix::of(&operation.operands) {
                        state.place = matrix.then(state.place);
                    }
                }
                "Do" if depth < MAX_DEPTH => self.form(&operation, fonts, forms, &state, depth),
                "Tf" => {
                    let name = operation.operands.first().and_then(|name| name.as_name().ok());
                    let font = name.and_then(|name| fonts.get(name)).copied();
                    state.font = font.map(|font| self.font(font));
                    state.size = number(&operation, 1);
                }
                _ => self.text(&operation, &mut state, &mut pen),
            }
        }
    }

    /// Operators of a text object.
    fn text(&mut self, operation: &Operation, state: &mut State<'d>, pen: &mut Pen) {
        let first = number(operation, 0);
        match operation.operator.as_str() {
            "BT" => *pen = Pen { line: Matrix::SAME, at: Matrix::SAME },
            "Tc" => state.letter_space = first,
            "Tw" => state.word_space = first,
            "Tz" => state.stretch = first / 100.0,
            "TL" => state.leading = first,
            "Td" => pen.next_line(first, number(operation, 1)),
            "TD" => {
                state.leading = -number(operation, 1);
                pen.next_line(first, number(operation, 1));
            }
            "T*" => pen.next_line(0.0, -state.leading),
            "Tm" => {
                if let Some(matrix) = Matrix::of(&operation.operands) {
                    *pen = Pen { line: matrix, at: matrix };
                }
            }
            "Tj" => self.show(operation.operands.first(), state, pen),
            "'" => {
                pen.next_line(0.0, -state.leading);
                self.show(operation.operands.first(), state, pen);
            }
            "\"" => {
                (state.word_space, state.letter_space) = (first, number(operation, 1));
                pen.next_line(0.0, -state.leading);
                self.show(operation.operands.get(2), state, pen);
            }
            "TJ" => {
                let items = operation.operands.first().and_then(|items| items.as_array().ok());
                for item in items.into_iter().flatten() {
                    match item.as_float() {
                        Ok(back) => {
                            let by = -back / 1000.0 * state.size * state.stretch;
                            pen.at = pen.at.moved(by, 0.0);
                        }
                        Err(_) => self.show(Some(item), state, pen),
                    }
                }
            }
            _ => {}
        }
    }

    fn form(
        &mut self,
        operation: &Operation,
        fonts: &Fonts<'d>,
        forms: &Forms<'d>,
        state: &State<'d>,
        depth: usize,
    ) {
        let name = operation.operands.first().and_then(|name| name.as_name().ok());
        let Some(stream) = name.and_then(|name| forms.get(name)).copied() else { return };
        let dict = &stream.dict;
        if !dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Form") {
            return;
        }
        let limit = MAX_STREAM.min(self.budget);
        let Ok(content) = stream.get_plain_content_with_limit(limit) else { return };
        let matrix = dict.get(b"Matrix").and_then(Object::as_array).ok();
        let matrix = matrix.and_then(|matrix| Matrix::of(matrix)).unwrap_or(Matrix::SAME);
        let (mut own_fonts, mut own_forms) = (fonts.clone(), forms.clone());
        if let Ok(resources) = dict.get_deref(b"Resources", self.pdf).and_then(Object::as_dict) {
            own_forms.clear();
            self.add_forms(resources, &mut own_forms);
            let named = resources.get_deref(b"Font", self.pdf).and_then(Object::as_dict).ok();
            for (name, font) in named.into_iter().flat_map(Dictionary::iter) {
                let font = self.pdf.dereference(font).ok().and_then(|(_, f)| f.as_dict().ok());
                own_fonts.extend(font.map(|font| (name.clone(), font)));
            }
        }
        self.content(&content, &own_fonts, &own_forms, matrix.then(state.place), depth + 1);
    }

    fn font(&mut self, dict: &'d Dictionary) -> Rc<Font<'d>> {
        let pdf = self.pdf;
        let font = self.fonts.entry(std::ptr::from_ref(dict));
        Rc::clone(font.or_insert_with(|| Rc::new(Font::of(pdf, dict))))
    }

    /// Shows a string and moves the pen to its end.
    fn show(&mut self, string: Option<&Object>, state: &State<'d>, pen: &mut Pen) {
        let Some(Ok(bytes)) = string.map(Object::as_str) else { return };
        let Some(font) = state.font.clone() else { return };
        let start = pen.at.then(state.place);
        let mut text = String::new();
        for glyph in font.glyphs(bytes) {
            let word = if glyph.is_blank { state.word_space } else { 0.0 };
            let by = glyph.width / 1000.0 * state.size + state.letter_space + word;
            pen.at = pen.at.moved(by * state.stretch, 0.0);
            text.push_str(&glyph.text);
        }
        let end = pen.at.then(state.place);
        let [a, b, c, d, ..] = start.0;
        let size = state.size.abs() * c.hypot(d);
        // Turned text is no line of the book.
        if b.abs() <= a.abs() * 0.1 && size > 0.0 && size.is_finite() {
            self.add(&text, start.0[4], end.0[4], start.0[5], size, font.bold);
        }
    }

    /// Puts a piece at the end of the line at hand, or begins the next.
    fn add(&mut self, text: &str, start: f32, end: f32, base: f32, size: f32, bold: bool) {
        if text.is_empty() {
            return;
        }
        let page = self.page;
        let last = self.lines[self.first..].last_mut();
        let same = last.filter(|line| {
            (line.base - base).abs() <= 0.4 * size.max(line.size) && start >= line.end - 0.8 * size
        });
        if let Some(line) = same {
            let between = start - line.end > BLANK * size;
            if between && !line.text.ends_with(' ') && !text.starts_with(' ') {
                line.text.push(' ');
            }
            // The line is as large as most of it: a note's number does not make it small.
            if text.len() > line.text.len() {
                (line.size, line.bold) = (size, bold);
            }
            line.text.push_str(text);
            line.end = end;
            return;
        }
        if !text.trim().is_empty() {
            self.lines.push(Line { page, start, end, base, size, bold, text: text.to_owned() });
        }
    }
}

impl Pen {
    fn next_line(&mut self, x: f32, y: f32) {
        self.line = self.line.moved(x, y);
        self.at = self.line;
    }
}

fn number(operation: &Operation, index: usize) -> f32 {
    operation.operands.get(index).and_then(|operand| operand.as_float().ok()).unwrap_or(0.0)
}

/// Letters that are printed as one are several.
fn without_ligatures(text: &str) -> String {
    const LIGATURES: [(char, &str); 7] = [
        ('\u{fb00}', "ff"),
        ('\u{fb01}', "fi"),
        ('\u{fb02}', "fl"),
        ('\u{fb03}', "ffi"),
        ('\u{fb04}', "ffl"),
        ('\u{fb05}', "st"),
        ('\u{fb06}', "st"),
    ];
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match LIGATURES.iter().find(|(ligature, _)| *ligature == character) {
            Some((_, letters)) => out.push_str(letters),
            None => out.push(character),
        }
    }
    out
}
