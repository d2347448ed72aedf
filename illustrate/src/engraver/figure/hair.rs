//! Hair and beards, in the coordinates of the head.
//!
//! Dark hair is told from the dark face by cuts; light hair is an area of its own with a dark rim, so
//! that it keeps its outline on light paper.

use resvg::tiny_skia::Point;

use super::head::{Head, ear};
use super::knife::Knife;
use super::person::{AccentOn, Age, Beard, Hair, Hat, Person, Sex, Species, Tone};
use crate::engraver::drawing::Ink;

pub(super) fn behind(person: &Person) -> bool {
    matches!(person.hair, Hair::Long)
        && !matches!(person.species, Species::Dressed(_) | Species::Straw)
}

fn hair_ink(person: &Person) -> Ink {
    match person.tone {
        Tone::Dark => Ink::Body,
        Tone::Fair => Ink::Shade,
        Tone::White => Ink::Paper,
    }
}

/// Strands are cut out of dark hair and drawn into light hair.
fn strand(k: &mut Knife, person: &Person, line: &[Point], weight: f32) {
    let ink = match person.tone {
        Tone::Dark => Ink::Paper,
        Tone::Fair | Tone::White => Ink::Body,
    };
    k.mark(ink, line, weight);
}

/// An area of hair with a dark rim, so that light hair keeps its outline on light paper.
fn mass(k: &mut Knife, person: &Person, h: &Head<'_>, points: &[(f32, f32)]) {
    let (sx, sy) = points.iter().fold((0.0, 0.0), |(sx, sy), (x, y)| (sx + x, sy + y));
    let n = points.len() as f32;
    let (cx, cy) = (sx / n, sy / n);
    k.area(Ink::Body, &h.round(points));
    if person.tone != Tone::Dark {
        let inner: Vec<(f32, f32)> =
            points.iter().map(|&(x, y)| (cx + (x - cx) * 0.90, cy + (y - cy) * 0.90)).collect();
        k.area(hair_ink(person), &h.round(&inner));
    }
}

pub(super) fn loose_hair(k: &mut Knife, person: &Person, h: &Head<'_>) {
    let w = h.skeleton.wind;
    let length = if person.age == Age::Child { 0.58 } else { 0.84 };
    let back =
        |x: f32, y: f32| (x - w * 0.9 * (y + 0.6).max(0.0), y - w * 0.5 * (y + 0.6).max(0.0));
    mass(
        k,
        person,
        h,
        &[
            back(-0.02, -0.80),
            back(-0.06, -0.30),
            back(-0.12, 0.10),
            back(-0.20, length * 0.7),
            back(-0.34, length),
            back(-0.58, length * 0.92),
            back(-0.62, length * 0.4),
            back(-0.58, -0.10),
            back(-0.60, -0.50),
            back(-0.46, -0.88),
        ],
    );
    for (x, end) in [(-0.30, 0.80), (-0.44, 0.70)] {
        let (a, b, c) = (back(x, -0.30), back(x - 0.04, length * 0.3), back(x, length * end));
        strand(k, person, &h.points(&[a, b, c]), 0.8);
    }
}

pub(super) fn hair(k: &mut Knife, person: &Person, h: &Head<'_>) {
    match person.hair {
        Hair::Bald => {
            mass(
                k,
                person,
                h,
                &[
                    (-0.02, -0.52),
                    (-0.16, -0.66),
                    (-0.42, -0.66),
                    (-0.53, -0.46),
                    (-0.42, -0.20),
                    (-0.24, -0.16),
                    (-0.16, -0.34),
                ],
            );
            strand(k, person, &h.points(&[(-0.14, -0.56), (-0.32, -0.44), (-0.40, -0.28)]), 0.6);
        }
        Hair::Short => {
            mass(
                k,
                person,
                h,
                &[
                    (0.36, -0.85),
                    (0.33, -0.99),
                    (0.10, -1.07),
                    (-0.22, -1.04),
                    (-0.46, -0.86),
                    (-0.54, -0.56),
                    (-0.44, -0.24),
                    (-0.26, -0.12),
                    (-0.17, -0.30),
                    (-0.04, -0.36),
                    (0.045, -0.34),
                    (0.07, -0.54),
                    (0.16, -0.70),
                    (0.27, -0.76),
                ],
            );
            hairline(k, person, h, &[(0.33, -0.80), (0.16, -0.70), (0.07, -0.54), (0.045, -0.34)]);
            strand(k, person, &h.points(&[(0.28, -0.90), (0.0, -0.92), (-0.26, -0.70)]), 0.7);
            strand(k, person, &h.points(&[(0.0, -0.80), (-0.22, -0.66), (-0.34, -0.36)]), 0.7);
            ear(k, h);
        }
        Hair::Tousled => {
            k.area(
                Ink::Body,
                &h.outline(
                    &[
                        (0.38, -0.80),
                        (0.43, -0.94),
                        (0.30, -1.00),
                        (0.18, -1.07),
                        (0.02, -1.05),
                        (-0.14, -1.12),
                        (-0.24, -1.03),
                        (-0.40, -1.00),
                        (-0.48, -0.88),
                        (-0.57, -0.78),
                        (-0.53, -0.66),
                        (-0.60, -0.54),
                        (-0.52, -0.42),
                        (-0.50, -0.28),
                        (-0.38, -0.24),
                        (-0.28, -0.14),
                        (-0.16, -0.30),
                        (-0.04, -0.34),
                        (0.045, -0.34),
                        (0.08, -0.54),
                        (0.18, -0.70),
                        (0.28, -0.72),
                    ],
                    &[
                        (0.43, -0.94),
                        (-0.14, -1.12),
                        (-0.57, -0.78),
                        (-0.60, -0.54),
                        (-0.28, -0.14),
                    ],
                ),
            );
            if person.tone != Tone::Dark {
                k.area(
                    hair_ink(person),
                    &h.round(&[
                        (0.30, -0.82),
                        (0.18, -0.98),
                        (-0.20, -1.0),
                        (-0.44, -0.76),
                        (-0.48, -0.50),
                        (-0.36, -0.28),
                        (-0.14, -0.40),
                        (0.06, -0.60),
                    ]),
                );
            }
            hairline(k, person, h, &[(0.34, -0.78), (0.18, -0.70), (0.08, -0.54), (0.045, -0.34)]);
            strand(k, person, &h.points(&[(0.20, -0.96), (0.0, -0.84), (-0.10, -0.64)]), 0.8);
            strand(k, person, &h.points(&[(-0.14, -0.98), (-0.30, -0.76), (-0.32, -0.50)]), 0.8);
            ear(k, h);
        }
        Hair::Bob => {
            mass(
                k,
                person,
                h,
                &[
                    (0.40, -0.70),
                    (0.38, -0.94),
                    (0.14, -1.08),
                    (-0.22, -1.06),
                    (-0.50, -0.86),
                    (-0.60, -0.52),
                    (-0.56, -0.16),
                    (-0.36, -0.02),
                    (-0.12, -0.04),
                    (0.06, -0.14),
                    (0.10, -0.40),
                    (0.18, -0.62),
                    (0.32, -0.66),
                ],
            );
            hairline(k, person, h, &[(0.36, -0.68), (0.18, -0.62), (0.10, -0.40), (0.05, -0.14)]);
            strand(k, person, &h.points(&[(0.08, -0.96), (-0.14, -0.60), (-0.16, -0.12)]), 0.8);
            strand(k, person, &h.points(&[(-0.12, -0.98), (-0.38, -0.62), (-0.38, -0.14)]), 0.8);
        }
        Hair::Long | Hair::Plait | Hair::Curls | Hair::Bun => {
            put_up(k, person, h);
        }
    }
    if person.accents(AccentOn::Ribbon) && person.hat == Hat::None && person.sex == Sex::Woman {
        let band = h.stroke(&[(0.12, -1.07), (-0.04, -0.80), (-0.12, -0.44)], &[0.07, 0.06, 0.05]);
        k.area(Ink::Accent, &band);
    }
}

/// Parted and drawn back over the ear, and what becomes of it behind.
fn put_up(k: &mut Knife, person: &Person, h: &Head<'_>) {
    mass(
        k,
        person,
        h,
        &[
            (0.36, -0.84),
            (0.32, -0.98),
            (0.08, -1.07),
            (-0.22, -1.05),
            (-0.48, -0.88),
            (-0.56, -0.56),
            (-0.46, -0.26),
            (-0.30, -0.20),
            (-0.10, -0.30),
            (0.06, -0.42),
            (0.16, -0.62),
            (0.28, -0.76),
        ],
    );
    hairline(k, person, h, &[(0.35, -0.82), (0.16, -0.62), (0.05, -0.41), (-0.12, -0.29)]);
    strand(k, person, &h.points(&[(0.24, -0.92), (-0.06, -0.78), (-0.34, -0.48)]), 0.8);
    strand(k, person, &h.points(&[(0.02, -1.0), (-0.26, -0.86), (-0.46, -0.56)]), 0.7);
    match person.hair {
        Hair::Bun => {
            mass(
                k,
                person,
                h,
                &[
                    (-0.40, -0.62),
                    (-0.54, -0.72),
                    (-0.72, -0.64),
                    (-0.78, -0.44),
                    (-0.66, -0.26),
                    (-0.46, -0.28),
                    (-0.38, -0.44),
                ],
            );
            k.cut(&h.points(&[(-0.42, -0.66), (-0.40, -0.46), (-0.46, -0.28)]), 0.8);
            strand(k, person, &h.points(&[(-0.54, -0.62), (-0.66, -0.50), (-0.60, -0.34)]), 0.7);
        }
        Hair::Curls => {
            for (x, y, length) in [
                (-0.46, -0.40, 0.46),
                (-0.30, -0.30, 0.56),
                (-0.14, -0.34, 0.54),
                (0.0, -0.42, 0.50),
            ] {
                ringlet(k, person, h, x, y, length);
            }
        }
        Hair::Plait => {
            let w = h.skeleton.wind;
            for step in 0..6_u8 {
                let t = f32::from(step);
                let (x, y) = (-0.50 - 0.02 * t - 0.12 * w * t, -0.22 + 0.155 * t * (1.0 - 0.4 * w));
                let r = 0.115 - 0.010 * t;
                mass(k, person, h, &[(x - r, y), (x, y - 0.11), (x + r, y), (x, y + 0.11)]);
                strand(
                    k,
                    person,
                    &h.points(&[(x - r, y - 0.05), (x, y + 0.03), (x + r, y - 0.05)]),
                    0.7,
                );
            }
            let (x, y) = (-0.62 - 0.72 * w, 0.72 - 0.4 * w);
            k.area(
                Ink::Accent,
                &h.round(&[(x - 0.09, y), (x, y - 0.05), (x + 0.09, y), (x, y + 0.04)]),
            );
        }
        _ => {}
    }
}

/// A lock wound like a corkscrew, hanging from `(x, y)`.
fn ringlet(k: &mut Knife, person: &Person, h: &Head<'_>, x: f32, y: f32, length: f32) {
    let back = 0.10 * h.skeleton.wind;
    let spine = [(x, y), (x - 0.02 - back, y + 0.5 * length), (x - 2.0 * back, y + length)];
    k.area(Ink::Body, &h.stroke(&spine, &[0.13, 0.155, 0.05]));
    if person.tone != Tone::Dark {
        k.area(hair_ink(person), &h.stroke(&spine, &[0.08, 0.105, 0.01]));
    }
    for turn in [0.16, 0.36, 0.56, 0.74] {
        let (cx, cy) = (x - 0.03 * turn - 2.0 * back * turn, y + turn * length);
        let half = 0.075 * (1.1 - 0.5 * turn);
        let line = [(cx - half, cy - 0.035), (cx, cy + 0.015), (cx + half, cy - 0.005)];
        strand(k, person, &h.points(&line), 0.6);
    }
}

/// Sets dark hair off from the dark face.
fn hairline(k: &mut Knife, person: &Person, h: &Head<'_>, line: &[(f32, f32)]) {
    if person.tone == Tone::Dark {
        k.cut(&h.points(line), 0.7);
    }
}

pub(super) fn beard(k: &mut Knife, person: &Person, h: &Head<'_>) {
    match person.beard {
        Beard::None => {}
        Beard::Moustache => {
            let lip =
                h.stroke(&[(0.28, -0.20), (0.40, -0.245), (0.50, -0.215)], &[0.02, 0.075, 0.03]);
            k.area(Ink::Body, &lip);
            k.cut(&h.points(&[(0.27, -0.215), (0.36, -0.265), (0.44, -0.270)]), 0.6);
        }
        Beard::Short => {
            mass(
                k,
                person,
                h,
                &[
                    (0.05, -0.36),
                    (0.14, -0.20),
                    (0.30, -0.17),
                    (0.42, -0.23),
                    (0.475, -0.21),
                    (0.45, -0.12),
                    (0.50, 0.02),
                    (0.42, 0.13),
                    (0.24, 0.11),
                    (0.08, -0.04),
                    (0.0, -0.22),
                ],
            );
            hairline(k, person, h, &[(0.05, -0.37), (0.14, -0.20), (0.30, -0.17), (0.42, -0.24)]);
            strand(k, person, &h.points(&[(0.18, -0.12), (0.27, 0.0), (0.38, 0.08)]), 0.6);
        }
        Beard::Long => {
            mass(
                k,
                person,
                h,
                &[
                    (0.05, -0.38),
                    (0.14, -0.20),
                    (0.30, -0.17),
                    (0.42, -0.24),
                    (0.48, -0.20),
                    (0.50, 0.0),
                    (0.50, 0.30),
                    (0.40, 0.62),
                    (0.26, 0.50),
                    (0.12, 0.20),
                    (0.0, -0.16),
                ],
            );
            hairline(k, person, h, &[(0.05, -0.38), (0.14, -0.20), (0.30, -0.17), (0.42, -0.24)]);
            strand(k, person, &h.points(&[(0.20, -0.10), (0.28, 0.18), (0.37, 0.46)]), 0.8);
            strand(k, person, &h.points(&[(0.36, -0.08), (0.40, 0.14), (0.42, 0.36)]), 0.7);
        }
    }
}
