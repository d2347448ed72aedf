//! Heads in profile: neck, face, and what is on it.
//!
//! Coordinates are parts of the head's height: x to the face, chin on y = 0, crown on y = -1.

use resvg::tiny_skia::Point;

use super::body::Skeleton;
use super::curve::{Curve, tapered};
use super::knife::Knife;
use super::person::{Age, Hat, Person, Sex, Species};
use super::pose::Pose;
use super::{beast, hair, hat};
use crate::engraver::drawing::Ink;

/// Maps coordinates of the head into the figure.
pub(super) struct Head<'a> {
    pub(super) skeleton: &'a Skeleton,
    /// Height of the head in metres.
    pub(super) size: f32,
}

impl Head<'_> {
    pub(super) fn p(&self, x: f32, y: f32) -> Point {
        self.skeleton.on_head(x, y)
    }

    pub(super) fn points(&self, points: &[(f32, f32)]) -> Vec<Point> {
        points.iter().map(|&(x, y)| self.p(x, y)).collect()
    }

    pub(super) fn round(&self, points: &[(f32, f32)]) -> Curve {
        Curve::round(self.points(points))
    }

    /// Closed, with sharp turns at the points of the second list.
    pub(super) fn outline(&self, points: &[(f32, f32)], corners: &[(f32, f32)]) -> Curve {
        self.round(points).cornered(&self.points(corners))
    }

    pub(super) fn stroke(&self, points: &[(f32, f32)], widths: &[f32]) -> Curve {
        let widths: Vec<f32> = widths.iter().map(|w| w * self.size).collect();
        tapered(&self.points(points), &widths)
    }
}

/// Neck, head and what is on it.
pub(super) fn head(k: &mut Knife, person: &Person, skeleton: &Skeleton, pose: Pose) {
    let head = Head { skeleton, size: skeleton.proportions.head * skeleton.stature };
    let h = &head;
    if person.hat == Hat::Hood {
        hat::hood_behind(k, person, h);
    }
    if hair::behind(person) {
        hair::loose_hair(k, person, h);
    }
    neck(k, person, h);
    match person.species {
        Species::Dressed(kind) => beast::head(k, kind, h),
        Species::Straw => beast::straw(k, h),
        Species::Tin => {
            k.area(Ink::Body, &face(person, h));
            let rim = [(-0.02, -0.05), (0.16, -0.30), (0.14, -0.62), (0.30, -0.78)];
            features(k, person, h, pose);
            k.cut(&h.points(&rim), 0.7);
            ear(k, h);
        }
        _ => {
            k.area(Ink::Body, &face(person, h));
            features(k, person, h, pose);
            hair::hair(k, person, h);
            hair::beard(k, person, h);
        }
    }
    hat::hat(k, person, h);
    if person.spectacles {
        spectacles(k, h);
    }
}

fn neck(k: &mut Knife, person: &Person, h: &Head<'_>) {
    let width = match (person.age, person.sex) {
        (Age::Child, _) => 0.30,
        (_, Sex::Woman) => 0.32,
        (_, Sex::Man) => 0.42,
    };
    let throat = h.skeleton.trunk(0.97, 0.0);
    let outline = tapered(
        &[h.p(-0.10, -0.25), h.p(-0.11, -0.02), throat],
        &[width * h.size, width * 0.96 * h.size, width * 1.45 * h.size],
    );
    k.area(Ink::Body, &outline);
}

/// The profile, from the crown over the face to the nape.
fn face(person: &Person, h: &Head<'_>) -> Curve {
    let profile = person.profile;
    let (nose, chin, brow) = (profile.nose, profile.chin, profile.brow);
    let points: Vec<(f32, f32)> = match (person.age, person.sex) {
        (Age::Child, _) => vec![
            (-0.02, -1.0),
            (0.24, -0.95),
            (0.40, -0.80),
            (0.440, -0.64),
            (0.425, -0.54),
            (0.390, -0.475),
            (0.425, -0.40),
            (0.485 + 0.015 * nose, -0.335),
            (0.455, -0.290),
            (0.405, -0.275),
            (0.425, -0.225),
            (0.395, -0.185),
            (0.415, -0.150),
            (0.375, -0.105),
            (0.380 + 0.01 * chin, -0.045),
            (0.310, 0.005),
            (0.16, 0.0),
            (0.0, -0.06),
            (-0.22, -0.10),
            (-0.42, -0.28),
            (-0.52, -0.52),
            (-0.48, -0.78),
            (-0.28, -0.95),
        ],
        (Age::Old, _) => vec![
            (-0.02, -1.0),
            (0.22, -0.95),
            (0.36, -0.82),
            (0.400, -0.68),
            (0.430 + 0.012 * brow, -0.585),
            (0.385, -0.53),
            (0.470, -0.42),
            (0.560 + 0.02 * nose, -0.30),
            (0.525, -0.265),
            (0.430, -0.275),
            (0.430, -0.225),
            (0.395, -0.185),
            (0.425, -0.150),
            (0.405, -0.105),
            (0.460 + 0.02 * chin, -0.045),
            (0.420, 0.005),
            (0.28, 0.015),
            (0.04, -0.06),
            (-0.22, -0.12),
            (-0.41, -0.30),
            (-0.485, -0.52),
            (-0.45, -0.77),
            (-0.27, -0.94),
        ],
        (_, Sex::Woman) => vec![
            (-0.02, -1.0),
            (0.22, -0.96),
            (0.37, -0.84),
            (0.418, -0.68),
            (0.412 + 0.006 * brow, -0.585),
            (0.378, -0.530),
            (0.425, -0.43),
            (0.500 + 0.025 * nose, -0.345),
            (0.478, -0.305),
            (0.408, -0.288),
            (0.436, -0.235),
            (0.402, -0.185),
            (0.428, -0.148),
            (0.380, -0.105),
            (0.400 + 0.014 * chin, -0.042),
            (0.345, 0.006),
            (0.20, 0.0),
            (0.02, -0.08),
            (-0.20, -0.12),
            (-0.40, -0.30),
            (-0.485, -0.52),
            (-0.45, -0.77),
            (-0.27, -0.94),
        ],
        (_, Sex::Man) => vec![
            (-0.02, -1.0),
            (0.22, -0.955),
            (0.36, -0.83),
            (0.405, -0.69),
            (0.430 + 0.014 * brow, -0.590),
            (0.388, -0.535),
            (0.450 + 0.012 * nose, -0.43),
            (0.522 + 0.036 * nose, -0.335),
            (0.500, -0.290),
            (0.420, -0.282),
            (0.445, -0.232),
            (0.412, -0.182),
            (0.440, -0.148),
            (0.400, -0.105),
            (0.430 + 0.022 * chin, -0.045),
            (0.385, 0.012),
            (0.24, 0.012),
            (0.04, -0.08),
            (-0.20, -0.12),
            (-0.40, -0.30),
            (-0.485, -0.52),
            (-0.45, -0.77),
            (-0.27, -0.94),
        ],
    };
    h.round(&points)
}

/// Eye, brow, ear: three cuts are enough for a face.
fn features(k: &mut Knife, person: &Person, h: &Head<'_>, pose: Pose) {
    let child = if person.age == Age::Child { 0.055 } else { 0.0 };
    let y = -0.505 + child;
    let closed = matches!(pose, Pose::Weeping | Pose::Lying);
    if closed {
        k.cut(&h.points(&[(0.23, y), (0.30, y + 0.03), (0.365, y)]), 0.45);
    } else {
        let eye = h.outline(
            &[
                (0.225, y + 0.012),
                (0.295, y - 0.030),
                (0.352, y - 0.022),
                (0.345, y + 0.020),
                (0.285, y + 0.026),
            ],
            &[(0.225, y + 0.012)],
        );
        k.area(Ink::Paper, &eye);
        k.area(
            Ink::Body,
            &h.round(&[(0.290, y), (0.312, y - 0.026), (0.336, y - 0.002), (0.314, y + 0.024)]),
        );
    }
    if person.age != Age::Child {
        k.cut(&h.points(&[(0.20, y - 0.075), (0.29, y - 0.118), (0.375, y - 0.095)]), 0.5);
    }
    k.cut(&h.points(&[(0.33, -0.178), (0.37, -0.172), (0.415, -0.184)]), 0.35);
}

pub(super) fn ear(k: &mut Knife, h: &Head<'_>) {
    k.cut(&h.points(&[(-0.03, -0.50), (-0.115, -0.52), (-0.11, -0.40), (-0.045, -0.34)]), 0.6);
}

fn spectacles(k: &mut Knife, h: &Head<'_>) {
    k.cut(&h.points(&[(-0.02, -0.53), (0.16, -0.535), (0.42, -0.53)]), 0.5);
    k.cut(
        &h.points(&[(0.30, -0.54), (0.25, -0.46), (0.33, -0.41), (0.40, -0.47), (0.37, -0.54)]),
        0.6,
    );
}
