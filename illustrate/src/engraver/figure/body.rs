//! The body under the clothes: proportions by age, joints in space, limbs with their taper.

use resvg::tiny_skia::Point;

use super::curve::{Curve, across, along, at, between, hanging, tapered};
use super::person::{Age, Build, Person, Sex};
use super::pose::{Joints, Limb};

/// Lengths as parts of the stature.
#[derive(Debug, Clone, Copy)]
pub(super) struct Proportions {
    pub(super) head: f32,
    neck: f32,
    trunk: f32,
    thigh: f32,
    shin: f32,
    upper_arm: f32,
    forearm: f32,
    hand: f32,
}

impl Proportions {
    /// Six and a half heads for the grown, five for a child: a little more head than life, as
    /// picture books draw it, because the head tells who it is.
    fn of(age: Age) -> Proportions {
        let adult = Proportions {
            head: 0.152,
            neck: 0.036,
            trunk: 0.302,
            thigh: 0.235,
            shin: 0.225,
            upper_arm: 0.168,
            forearm: 0.140,
            hand: 0.088,
        };
        match age {
            Age::Adult | Age::Old => adult,
            Age::Young => Proportions { head: 0.166, trunk: 0.292, ..adult },
            Age::Child => Proportions {
                head: 0.205,
                neck: 0.026,
                trunk: 0.290,
                thigh: 0.212,
                shin: 0.212,
                upper_arm: 0.150,
                forearm: 0.126,
                hand: 0.078,
            },
        }
    }
}

/// Ankle above the sole, part of the stature.
const ANKLE: f32 = 0.046;

/// A limb in space: root, middle joint, end joint, and which way hand or foot point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bones {
    pub(super) root: Point,
    pub(super) middle: Point,
    pub(super) end: Point,
    pub(super) tip: Point,
}

/// Every joint in metres, hip at the origin.
#[derive(Debug, Clone)]
pub(super) struct Skeleton {
    pub(super) stature: f32,
    pub(super) proportions: Proportions,
    /// Across the spine, to the front.
    front: Point,
    pub(super) throat: Point,
    pub(super) head: Point,
    pub(super) nod: f32,
    pub(super) near_arm: Bones,
    pub(super) far_arm: Bones,
    pub(super) near_leg: Bones,
    pub(super) far_leg: Bones,
    pub(super) wind: f32,
}

impl Skeleton {
    pub(super) fn of(person: &Person, joints: &Joints) -> Skeleton {
        let s = person.height_m;
        let p = Proportions::of(person.age);
        let stoop = if person.age == Age::Old { 7.0 } else { 0.0 };
        let minus = |v: Point| at(-v.x, -v.y);
        let up = minus(hanging(-joints.lean - stoop));
        let front = across(minus(up));
        let origin = at(0.0, 0.0);
        let throat = along(origin, up, p.trunk * s);
        let neck = minus(hanging(-joints.neck - 2.0 * stoop));
        let head = along(throat, neck, (p.neck + 0.15 * p.head) * s);
        let shoulder = along(throat, up, -0.036 * s);
        let arm = |forward: f32, limb: Limb| {
            let root = along(shoulder, front, forward * s);
            let middle = along(root, hanging(limb.upper), p.upper_arm * s);
            let end = along(middle, hanging(limb.lower), p.forearm * s);
            let tip = along(end, hanging(limb.lower + limb.end), p.hand * s);
            Bones { root, middle, end, tip }
        };
        let leg = |forward: f32, limb: Limb| {
            let root = along(origin, front, forward * s);
            let middle = along(root, hanging(limb.upper), p.thigh * s);
            let end = along(middle, hanging(limb.lower), p.shin * s);
            let tip = along(end, hanging(90.0 + limb.end), 0.1 * s);
            Bones { root, middle, end, tip }
        };
        Skeleton {
            stature: s,
            proportions: p,
            front,
            throat,
            head,
            nod: joints.nod + stoop,
            near_arm: arm(-0.014, joints.near_arm),
            far_arm: arm(0.02, joints.far_arm),
            near_leg: leg(-0.008, joints.near_leg),
            far_leg: leg(0.012, joints.far_leg),
            wind: joints.wind,
        }
    }

    /// A point of the trunk: `u` from hip (0) to throat (1), `v` to the front in statures.
    pub(super) fn trunk(&self, u: f32, v: f32) -> Point {
        let spine = between(at(0.0, 0.0), self.throat, u);
        along(spine, self.front, v * self.stature)
    }

    /// Where the ground is: below the lowest foot, knee or seat.
    pub(super) fn ground(&self) -> f32 {
        let s = self.stature;
        [self.near_leg, self.far_leg]
            .iter()
            .flat_map(|leg| [leg.end.y + ANKLE * s, leg.middle.y + 0.03 * s])
            .fold(0.07 * s, f32::max)
    }

    /// A point of the head: `x` to the face, `y` from the chin (0) up to the crown (-1).
    pub(super) fn on_head(&self, x: f32, y: f32) -> Point {
        let size = self.proportions.head * self.stature;
        let down = hanging(-self.nod);
        let face = across(down);
        let (x, y) = ((x + 0.05) * size, (y + 0.15) * size);
        along(along(self.head, face, x), down, y)
    }
}

/// Outline of the trunk in a close garment, from the throat down the front and up the back.
pub(super) fn trunk(skeleton: &Skeleton, person: &Person) -> Curve {
    const MAN: [(f32, f32); 15] = [
        (1.03, 0.014),
        (0.96, 0.044),
        (0.80, 0.074),
        (0.60, 0.076),
        (0.42, 0.066),
        (0.22, 0.068),
        (0.02, 0.068),
        (-0.10, 0.030),
        (-0.10, -0.045),
        (0.02, -0.072),
        (0.22, -0.066),
        (0.44, -0.052),
        (0.66, -0.066),
        (0.86, -0.070),
        (1.00, -0.036),
    ];
    const WOMAN: [(f32, f32); 15] = [
        (1.03, 0.010),
        (0.95, 0.030),
        (0.83, 0.056),
        (0.72, 0.080),
        (0.60, 0.064),
        (0.44, 0.042),
        (0.22, 0.058),
        (-0.04, 0.050),
        (-0.04, -0.060),
        (0.10, -0.074),
        (0.26, -0.058),
        (0.44, -0.038),
        (0.66, -0.052),
        (0.86, -0.058),
        (1.00, -0.028),
    ];
    const CHILD: [(f32, f32); 13] = [
        (1.03, 0.012),
        (0.94, 0.036),
        (0.78, 0.058),
        (0.58, 0.062),
        (0.40, 0.064),
        (0.15, 0.070),
        (-0.08, 0.036),
        (-0.08, -0.050),
        (0.10, -0.072),
        (0.36, -0.054),
        (0.60, -0.054),
        (0.86, -0.058),
        (1.00, -0.030),
    ];
    let outline: &[(f32, f32)] = match (person.age, person.sex) {
        (Age::Child, _) => &CHILD,
        (_, Sex::Woman) => &WOMAN,
        (_, Sex::Man) => &MAN,
    };
    let knots = outline.iter().map(|&(u, v)| skeleton.trunk(u, v * girth(person, u, v)));
    Curve::round(knots)
}

/// How much wider than the mean a trunk is at height `u`, in front (`v` > 0) and behind.
pub(super) fn girth(person: &Person, u: f32, v: f32) -> f32 {
    let belly = (1.0 - (u - 0.35).abs() / 0.55).max(0.0);
    match person.build {
        Build::Slight => 0.90,
        Build::Average => 1.0,
        Build::Stout if v > 0.0 => 1.08 + 0.75 * belly,
        Build::Stout => 1.08 + 0.12 * belly,
    }
}

/// A limb's outline: diameters in statures at root, middle of the upper part, middle joint, a third
/// down the lower part, and end.
pub(super) fn limb(bones: &Bones, stature: f32, diameters: [f32; 5]) -> Curve {
    let spine = [
        bones.root,
        between(bones.root, bones.middle, 0.5),
        bones.middle,
        between(bones.middle, bones.end, 0.35),
        bones.end,
    ];
    tapered(&spine, &diameters.map(|d| d * stature))
}

/// A shoe with a heel.
pub(super) fn shoe(leg: &Bones, stature: f32, heel: f32) -> Curve {
    let forward = super::curve::direction(leg.end, leg.tip);
    let up = across(forward);
    let p = |x: f32, y: f32| along(along(leg.end, forward, x * stature), up, y * stature);
    let corners = [p(-0.030, -ANKLE), p(-0.004, -ANKLE), p(0.012, -ANKLE + heel)];
    Curve::round([
        p(-0.021, 0.014),
        p(-0.030, -0.018),
        corners[0],
        corners[1],
        corners[2],
        p(0.050, -ANKLE + 0.001),
        p(0.098, -ANKLE),
        p(0.106, -ANKLE + 0.008),
        p(0.088, -0.020),
        p(0.046, -0.004),
        p(0.019, 0.018),
    ])
    .cornered(&corners)
}

/// What a hand does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hand {
    Open,
    Fist,
    Pointing,
}

/// A hand in mitten shape with its thumb, or closed, or with the forefinger out.
pub(super) fn hand(arm: &Bones, stature: f32, hand: Hand) -> Vec<Curve> {
    let down = super::curve::direction(arm.end, arm.tip);
    let front = across(down);
    let p = |x: f32, y: f32| along(along(arm.end, front, x * stature), down, y * stature);
    let thumb = |x: f32, y: f32| {
        let spine = [p(0.006, 0.012), p(x * 0.7, y * 0.6), p(x, y)];
        tapered(&spine, &[0.014 * stature, 0.011 * stature, 0.007 * stature])
    };
    let fist = Curve::round([
        p(-0.013, -0.004),
        p(-0.021, 0.020),
        p(-0.016, 0.044),
        p(0.006, 0.048),
        p(0.020, 0.036),
        p(0.019, 0.014),
        p(0.013, -0.004),
    ]);
    match hand {
        Hand::Open => vec![
            Curve::round([
                p(-0.013, -0.004),
                p(-0.018, 0.024),
                p(-0.018, 0.054),
                p(-0.011, 0.084),
                p(-0.004, 0.082),
                p(0.002, 0.052),
                p(0.014, 0.030),
                p(0.012, -0.004),
            ]),
            // The forefinger stands a little off the others.
            tapered(
                &[p(0.007, 0.026), p(0.010, 0.056), p(0.008, 0.082)],
                &[0.015 * stature, 0.011 * stature, 0.007 * stature],
            ),
            thumb(0.032, 0.050),
        ],
        Hand::Fist => vec![fist],
        Hand::Pointing => vec![
            fist,
            tapered(
                &[p(0.010, 0.030), p(0.012, 0.064), p(0.012, 0.094)],
                &[0.018 * stature, 0.012 * stature, 0.007 * stature],
            ),
        ],
    }
}
