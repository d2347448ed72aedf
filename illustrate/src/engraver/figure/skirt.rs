//! What hangs: skirts of any length, coat tails, aprons, cloaks.

use resvg::tiny_skia::Point;

use super::body::{Bones, Skeleton, girth};
use super::curve::{Curve, across, along, at, between, direction};
use super::dress::cloth;
use super::knife::Knife;
use super::person::{AccentOn, Dress, Person};
use crate::engraver::drawing::Ink;

/// What hangs from the waist.
pub(super) fn lower(k: &mut Knife, person: &Person, skeleton: &Skeleton) {
    let ink = cloth(person);
    let skirt = |length, flare, ease| Skirt { length, flare, ease };
    match person.dress {
        Dress::Gown => skirt(0.985, 0.085, 0.020).hang(k, person, skeleton, ink),
        Dress::Frock => skirt(0.70, 0.085, 0.022).hang(k, person, skeleton, ink),
        Dress::Robe => skirt(0.985, 0.045, 0.016).hang(k, person, skeleton, ink),
        Dress::Nightshirt => skirt(0.72, 0.030, 0.014).hang(k, person, skeleton, ink),
        Dress::FrockCoat => skirt(0.43, 0.026, 0.012).hang(k, person, skeleton, ink),
        Dress::Tunic => skirt(0.30, 0.035, 0.014).hang(k, person, skeleton, ink),
        Dress::Armour => skirt(0.20, 0.030, 0.012).hang(k, person, skeleton, ink),
        Dress::TailCoat => tails(k, person, skeleton),
        Dress::Jacket | Dress::Shirt | Dress::Breeches => {}
    }
    if person.apron && person.dress.is_skirted() {
        apron(k, skeleton);
    }
}

/// Hips nearer to the ground than this, in statures: a skirt lies around whoever crouches so.
const LOW: f32 = 0.26;

/// A skirt of any length, also of a coat.
struct Skirt {
    /// Part of the leg it covers.
    length: f32,
    /// How far the hem stands off, in statures.
    flare: f32,
    /// How far the cloth lies off the limbs, in statures.
    ease: f32,
}

impl Skirt {
    fn hang(&self, k: &mut Knife, person: &Person, skeleton: &Skeleton, ink: Ink) {
        let s = skeleton.stature;
        let front = self.side(person, skeleton, 1.0);
        let back = self.side(person, skeleton, -1.0);
        let (hem_front, hem_back) = (front[front.len() - 1], back[back.len() - 1]);
        let sag = along(between(hem_front, hem_back, 0.5), at(0.0, 1.0), 0.010 * s);
        let outline = front.iter().copied().chain([sag]).chain(back.iter().rev().copied());
        let outline = Curve::round(outline).cornered(&[hem_front, hem_back]);
        k.ground(ink, &outline);
        self.folds(k, &front, &back);
    }

    /// One contour, from the waist to the hem: along the leg that is farther to that side.
    fn side(&self, person: &Person, skeleton: &Skeleton, side: f32) -> Vec<Point> {
        let s = skeleton.stature;
        let ground = skeleton.ground();
        if self.length > 0.6 && side < 0.0 && ground < LOW * s {
            return vec![
                skeleton.trunk(0.44, -0.040),
                skeleton.trunk(0.14, -0.080),
                at(-0.120 * s, ground * 0.75),
                at(-0.135 * s, ground),
            ];
        }
        let leg = self.outer_leg(skeleton, side);
        let thigh = direction(leg.root, leg.middle);
        let shin = direction(leg.middle, leg.end);
        let off = |point: Point, down: Point, v: f32| {
            along(point, across(down), side * (v + self.ease) * s)
        };
        let (waist, hip) = if side > 0.0 { (0.044, 0.062) } else { (-0.040, -0.074) };
        let mut contour = vec![
            skeleton.trunk(0.44, waist * girth(person, 0.44, waist)),
            skeleton.trunk(0.14, hip * girth(person, 0.14, hip) * 1.04),
        ];
        let (mut reach, thigh_part) = (self.length, 0.51);
        if reach > 0.30 {
            contour.push(off(between(leg.root, leg.middle, 0.5), thigh, 0.046));
        }
        let hem = if reach > thigh_part + 0.06 {
            let bend = between(thigh, shin, 0.5);
            let knee = off(leg.middle, direction(at(0.0, 0.0), bend), 0.034);
            reach = (reach - thigh_part) / (1.0 - thigh_part);
            let hem = off(between(leg.middle, leg.end, reach), shin, 0.02 + self.flare * reach);
            // Cloth bridges a hollow: the knee shows only where it stands out.
            let chord = between(contour[contour.len() - 1], hem, 0.5);
            if side * dot(knee, chord, across(shin)) > 0.0 || reach > 0.9 && side > 0.0 {
                contour.push(knee);
            }
            hem
        } else {
            reach /= thigh_part;
            off(between(leg.root, leg.middle, reach), thigh, 0.040 + self.flare)
        };
        contour.push(self.fall(skeleton, hem, side));
        contour
    }

    fn outer_leg(&self, skeleton: &Skeleton, side: f32) -> Bones {
        let (near, far) = (skeleton.near_leg, skeleton.far_leg);
        let reach = |leg: &Bones| side * (leg.middle.x + leg.end.x);
        if reach(&near) > reach(&far) { near } else { far }
    }

    /// Someone upright wears the hem level above the ground, streaming back in the wind.
    fn fall(&self, skeleton: &Skeleton, hem: Point, side: f32) -> Point {
        let ground = skeleton.ground();
        let upright = ground > 0.36 * skeleton.stature;
        let drop = if upright { ground * self.length } else { hem.y };
        let drop =
            if self.length > 0.9 && !upright { ground - 0.01 * skeleton.stature } else { drop };
        let stream = if side < 0.0 { skeleton.wind * 0.16 * self.length } else { 0.0 };
        at(hem.x - stream * skeleton.stature, drop - stream * 0.35 * skeleton.stature)
    }

    fn folds(&self, k: &mut Knife, front: &[Point], back: &[Point]) {
        let at_part = |contour: &[Point], t: f32| {
            let place = t * (contour.len() - 1) as f32;
            let i = (place as usize).min(contour.len() - 2);
            between(contour[i], contour[i + 1], place - i as f32)
        };
        let long = self.length > 0.6;
        let rows: &[(f32, f32, f32)] = if long {
            &[(0.24, 0.46, 0.97), (0.44, 0.30, 0.80), (0.62, 0.40, 0.98), (0.80, 0.26, 0.90)]
        } else {
            &[(0.16, 0.10, 0.98), (0.74, 0.35, 0.95)]
        };
        for &(t, from, to) in rows {
            let line: Vec<Point> = [from, (from + to) / 2.0, to]
                .iter()
                .map(|&u| between(at_part(front, u), at_part(back, u), t))
                .collect();
            k.cut(&line, if long { 1.3 } else { 1.0 });
        }
    }
}

/// How far `point` lies beyond `from` along `axis`.
fn dot(point: Point, from: Point, axis: Point) -> f32 {
    (point.x - from.x) * axis.x + (point.y - from.y) * axis.y
}

fn tails(k: &mut Knife, person: &Person, skeleton: &Skeleton) {
    let s = skeleton.stature;
    let leg = skeleton.near_leg;
    let thigh = direction(leg.root, leg.middle);
    let behind = |t: f32, v: f32| along(between(leg.root, leg.middle, t), across(thigh), v * s);
    let stream = skeleton.wind * 0.12 * s;
    let tip = |t: f32, v: f32| {
        let p = behind(t, v);
        at(p.x - stream, p.y - stream * 0.5)
    };
    let (inner, outer) = (tip(1.06, -0.050), tip(1.10, -0.092));
    let outline = Curve::round([
        skeleton.trunk(0.46, 0.060 * girth(person, 0.46, 0.06)),
        skeleton.trunk(0.26, 0.020),
        behind(0.5, -0.020),
        inner,
        outer,
        behind(0.5, -0.082),
        skeleton.trunk(0.12, -0.086),
        skeleton.trunk(0.44, -0.054),
    ])
    .cornered(&[inner, outer]);
    k.ground(cloth(person), &outline);
    k.cut(
        &[skeleton.trunk(0.40, 0.062), skeleton.trunk(0.24, 0.022), behind(0.5, -0.016), inner],
        1.1,
    );
    k.cut(&[skeleton.trunk(0.10, -0.045), behind(0.6, -0.056), behind(1.0, -0.068)], 0.9);
}

fn apron(k: &mut Knife, skeleton: &Skeleton) {
    let s = skeleton.stature;
    let ground = skeleton.ground();
    let leg = skeleton.near_leg;
    let thigh = direction(leg.root, leg.middle);
    let knee = along(leg.middle, across(thigh), 0.07 * s);
    let hem = at(knee.x + 0.012 * s, knee.y.max(ground * 0.66));
    let inner = at(hem.x - 0.09 * s, hem.y + 0.004 * s);
    let outline = Curve::round([
        skeleton.trunk(0.43, 0.036),
        skeleton.trunk(0.14, 0.066),
        hem,
        inner,
        skeleton.trunk(0.16, -0.006),
        skeleton.trunk(0.42, 0.004),
    ])
    .cornered(&[hem, inner]);
    k.area(Ink::Paper, &outline);
}

/// Falls from the shoulders behind, open in front.
pub(super) fn cloak(k: &mut Knife, person: &Person, skeleton: &Skeleton) {
    let s = skeleton.stature;
    let ground = skeleton.ground();
    let wind = skeleton.wind;
    let low = if ground > 0.36 * s { ground * 0.80 } else { ground - 0.02 * s };
    let ink = if person.accents(AccentOn::Cloak) { Ink::Accent } else { Ink::Body };
    let seat = skeleton.trunk(0.1, -0.10);
    let clasp = skeleton.trunk(0.99, 0.040);
    let hem_back = at(seat.x - (0.07 + 0.30 * wind) * s, low - 0.14 * wind * s);
    let hem_front = at(seat.x + 0.075 * s - 0.16 * wind * s, low + 0.012 * s);
    let outline = Curve::round([
        clasp,
        skeleton.trunk(1.06, -0.010),
        skeleton.trunk(0.94, -0.074),
        skeleton.trunk(0.60, -0.094),
        between(seat, skeleton.trunk(0.3, -0.11), 0.4),
        between(seat, hem_back, 0.55),
        hem_back,
        between(hem_back, hem_front, 0.5),
        hem_front,
        skeleton.trunk(0.10, -0.012),
        skeleton.trunk(0.50, 0.004),
        skeleton.trunk(0.86, 0.050),
    ])
    .cornered(&[hem_back, hem_front]);
    k.ground(ink, &outline);
    k.cut(
        &[
            skeleton.trunk(0.86, 0.052),
            skeleton.trunk(0.50, 0.006),
            skeleton.trunk(0.10, -0.010),
            hem_front,
        ],
        1.2,
    );
    for (t, from) in [(0.35, 0.7), (0.68, 0.8)] {
        let top = skeleton.trunk(from, -0.05 - 0.03 * t);
        let hem = between(hem_front, hem_back, t);
        k.cut(&[top, between(between(top, hem, 0.5), seat, 0.25), between(top, hem, 0.94)], 1.1);
    }
}
