//! Dress: garments on a skeleton, painted from the far side to the near one.

use super::body::{Bones, Hand, Skeleton, girth, hand, limb, shoe, trunk};
use super::curve::{Curve, across, along, at, between, direction, tapered};
use super::knife::Knife;
use super::person::{AccentOn, Age, Dress, Person, Sex, Species};
use super::pose::Pose;
use super::{head, held, skirt};
use crate::engraver::drawing::{Drawing, Ink};

/// The whole figure, hip at the origin.
pub(super) fn dressed(person: &Person, pose: Pose, skeleton: &Skeleton) -> Drawing {
    let mut knife = Knife::new(skeleton.stature);
    let k = &mut knife;
    arm(k, person, skeleton, &skeleton.far_arm, far_hand(pose));
    legs(k, person, skeleton);
    skirt::lower(k, person, skeleton);
    upper(k, person, skeleton);
    if person.cloak {
        skirt::cloak(k, person, skeleton);
    }
    head::head(k, person, skeleton, pose);
    collar(k, person, skeleton);
    held::in_hand(k, person, pose, skeleton);
    arm(k, person, skeleton, &skeleton.near_arm, near_hand(person, pose));
    knife.drawing
}

fn near_hand(person: &Person, pose: Pose) -> Hand {
    match pose {
        Pose::Standing | Pose::Walking | Pose::InCrowd if person.carries.is_some() => Hand::Fist,
        Pose::Pointing => Hand::Pointing,
        Pose::Running | Pose::CarryingLight | Pose::Fighting | Pose::Riding => Hand::Fist,
        _ => Hand::Open,
    }
}

fn far_hand(pose: Pose) -> Hand {
    match pose {
        Pose::Running | Pose::Riding => Hand::Fist,
        _ => Hand::Open,
    }
}

/// The ink of the main garment.
pub(super) fn cloth(person: &Person) -> Ink {
    if person.species == Species::Tin {
        Ink::Shade
    } else if person.accents(AccentOn::Dress) {
        Ink::Accent
    } else {
        Ink::Body
    }
}

fn arm(k: &mut Knife, person: &Person, skeleton: &Skeleton, bones: &Bones, fingers: Hand) {
    let s = skeleton.stature;
    let sleeve = match person.dress {
        Dress::Gown => [0.066, 0.058, 0.040, 0.036, 0.027],
        Dress::Frock => [0.076, 0.060, 0.040, 0.036, 0.028],
        Dress::Robe | Dress::Nightshirt => [0.070, 0.066, 0.062, 0.066, 0.080],
        Dress::FrockCoat | Dress::TailCoat | Dress::Jacket => [0.066, 0.060, 0.050, 0.046, 0.038],
        Dress::Armour => [0.070, 0.056, 0.050, 0.050, 0.038],
        Dress::Shirt | Dress::Breeches | Dress::Tunic => [0.064, 0.060, 0.050, 0.050, 0.034],
    };
    let ink = match person.dress {
        Dress::Shirt => Ink::Body,
        _ => cloth(person),
    };
    for part in hand(bones, s, fingers) {
        k.limb(Ink::Body, &part, (bones.end, 0.004 * s));
    }
    k.limb(ink, &limb(bones, s, sleeve), (bones.root, 0.055 * s));
    cuff(k, s, bones, sleeve[4]);
    match person.species {
        Species::Straw => straw(k, s, bones),
        Species::Tin => rivets(k, s, bones),
        _ => {}
    }
}

/// Straw that sticks out where a limb ends.
fn straw(k: &mut Knife, s: f32, bones: &Bones) {
    let down = direction(bones.middle, bones.end);
    for (side, length) in [(-0.9, 0.050), (-0.4, 0.066), (0.1, 0.058), (0.6, 0.070), (1.0, 0.048)] {
        let root = along(bones.end, across(down), side * 0.014 * s);
        let tip = along(along(bones.end, across(down), side * 0.036 * s), down, length * s);
        k.area(
            Ink::Paper,
            &tapered(&[root, between(root, tip, 0.5), tip], &[0.009 * s, 0.010 * s, 0.004 * s]),
        );
    }
}

/// The joint of a limb of tin.
fn rivets(k: &mut Knife, s: f32, bones: &Bones) {
    let joint = bones.middle;
    let r = 0.020 * s;
    let disc = |r: f32| {
        Curve::round([
            at(joint.x - r, joint.y),
            at(joint.x, joint.y - r),
            at(joint.x + r, joint.y),
            at(joint.x, joint.y + r),
        ])
    };
    k.area(Ink::Body, &disc(r));
    k.area(Ink::Paper, &disc(0.35 * r));
}

/// The cut between sleeve and hand.
fn cuff(k: &mut Knife, s: f32, bones: &Bones, width: f32) {
    let down = direction(bones.middle, bones.end);
    let edge = |side: f32| along(bones.end, across(down), side * width * s * 0.62);
    let middle = along(bones.end, down, 0.006 * s);
    k.cut(&[edge(1.0), middle, edge(-1.0)], 1.0);
}

fn legs(k: &mut Knife, person: &Person, skeleton: &Skeleton) {
    let s = skeleton.stature;
    let cloth: [f32; 5] = match person.dress {
        Dress::FrockCoat | Dress::Jacket | Dress::Shirt => [0.098, 0.090, 0.070, 0.068, 0.056],
        Dress::Armour => [0.100, 0.088, 0.064, 0.070, 0.048],
        _ => [0.096, 0.082, 0.056, 0.062, 0.036],
    };
    let heel = match person.dress {
        Dress::Gown | Dress::TailCoat => 0.014,
        Dress::Frock | Dress::Breeches | Dress::Nightshirt | Dress::Robe => 0.004,
        _ => 0.008,
    };
    let legging = if person.species == Species::Tin { Ink::Shade } else { Ink::Body };
    for (near, bones) in [(false, &skeleton.far_leg), (true, &skeleton.near_leg)] {
        let outline = limb(bones, s, cloth);
        let foot = shoe(bones, s, heel);
        if near {
            k.limb(Ink::Body, &foot, (bones.end, 0.0));
            k.limb(legging, &outline, (bones.root, 0.12 * s));
        } else {
            k.ground(Ink::Body, &foot);
            k.ground(legging, &outline);
        }
        match person.species {
            Species::Straw => straw(k, s, bones),
            Species::Tin => rivets(k, s, bones),
            _ => {}
        }
        match person.dress {
            Dress::Breeches | Dress::TailCoat => breeches(k, s, bones),
            Dress::Tunic | Dress::Armour => boot_top(k, s, bones, 0.35),
            Dress::FrockCoat | Dress::Jacket | Dress::Shirt => boot_top(k, s, bones, 0.93),
            _ => {}
        }
    }
}

/// Full to the knee and buckled there.
fn breeches(k: &mut Knife, s: f32, bones: &Bones) {
    let knee = along(bones.middle, direction(bones.middle, bones.end), 0.012 * s);
    let spine = [bones.root, between(bones.root, knee, 0.55), knee];
    k.area(Ink::Body, &tapered(&spine, &[0.104 * s, 0.104 * s, 0.066 * s]));
    let side = across(direction(bones.root, bones.middle));
    let edge = |v: f32| along(knee, side, v * s);
    k.cut(&[edge(-0.036), edge(0.0), edge(0.036)], 1.1);
}

fn boot_top(k: &mut Knife, s: f32, bones: &Bones, down: f32) {
    let side = across(direction(bones.middle, bones.end));
    let middle = between(bones.middle, bones.end, down);
    let edge = |v: f32| along(middle, side, v * s);
    k.cut(&[edge(-0.034), along(middle, at(0.0, 1.0), 0.006 * s), edge(0.034)], 0.8);
}

/// The trunk, with what distinguishes the garment: buttons, lapel, waist, belt.
fn upper(k: &mut Knife, person: &Person, skeleton: &Skeleton) {
    let girdle = girth(person, 0.44, 1.0);
    k.ground(cloth(person), &trunk(skeleton, person));
    let p = |u: f32, v: f32| skeleton.trunk(u, v * girth(person, u, v));
    match person.dress {
        Dress::FrockCoat | Dress::TailCoat | Dress::Jacket => {
            if person.accents(AccentOn::Waistcoat) {
                let front = Curve::round([
                    p(0.98, 0.040),
                    p(0.84, 0.070),
                    p(0.62, 0.077),
                    p(0.40, 0.068),
                    p(0.36, 0.052),
                    p(0.60, 0.048),
                    p(0.80, 0.034),
                ]);
                k.area(Ink::Accent, &front);
            }
            k.cut(&[p(0.97, 0.022), p(0.78, 0.046), p(0.60, 0.062), p(0.42, 0.060)], 1.1);
            k.cut(&[p(0.92, 0.016), p(0.84, 0.020), p(0.80, 0.040)], 0.8);
        }
        Dress::Shirt | Dress::Breeches => {
            if person.accents(AccentOn::Waistcoat) {
                waistcoat(k, person, skeleton);
            }
            k.cut(&[p(0.94, 0.006), p(0.74, 0.018), p(0.52, 0.012), p(0.30, 0.020)], 1.0);
            k.cut(&[p(0.14, 0.068), p(0.12, 0.0), p(0.15, -0.064)], 1.1);
        }
        Dress::Armour => {
            k.cut(&[p(0.90, 0.050), p(0.70, 0.040), p(0.50, 0.056)], 1.0);
            k.cut(&[p(0.44, 0.060), p(0.40, 0.0), p(0.44, -0.048)], 1.2);
            k.cut(&[p(0.30, 0.062), p(0.26, 0.0), p(0.30, -0.056)], 1.0);
        }
        Dress::Gown | Dress::Frock => {
            k.cut(&[p(0.90, 0.010), p(0.70, 0.036), p(0.48, 0.012)], 0.9);
            k.cut(&[p(0.44, 0.044), p(0.42, 0.0), p(0.45, -0.040)], 1.0);
        }
        Dress::Robe | Dress::Tunic => {
            k.cut(&[p(0.45, 0.060), p(0.42, 0.0), p(0.46, -0.050)], 1.4);
        }
        Dress::Nightshirt => {}
    }
    if person.accents(AccentOn::Sash) {
        let wide = if person.sex == Sex::Woman { 0.046 } else { 0.066 };
        let sash = Curve::round([
            skeleton.trunk(0.50, wide * girdle),
            skeleton.trunk(0.42, (wide + 0.002) * girdle),
            skeleton.trunk(0.39, 0.0),
            skeleton.trunk(0.42, -0.054),
            skeleton.trunk(0.50, -0.052),
            skeleton.trunk(0.47, 0.0),
        ]);
        k.area(Ink::Accent, &sash);
        if person.sex == Sex::Woman || person.age == Age::Child {
            sash_bow(k, skeleton);
        }
    }
}

/// Sleeveless, over the shirt.
fn waistcoat(k: &mut Knife, person: &Person, skeleton: &Skeleton) {
    let p = |u: f32, v: f32| skeleton.trunk(u, v * girth(person, u, v));
    let outline = Curve::round([
        p(0.96, 0.040),
        p(0.80, 0.072),
        p(0.58, 0.074),
        p(0.30, 0.066),
        p(0.20, 0.060),
        p(0.24, 0.0),
        p(0.24, -0.062),
        p(0.50, -0.052),
        p(0.80, -0.062),
        p(0.96, -0.044),
        p(1.0, 0.0),
    ]);
    k.area(Ink::Accent, &outline);
}

fn sash_bow(k: &mut Knife, skeleton: &Skeleton) {
    let s = skeleton.stature;
    let knot = skeleton.trunk(0.44, -0.050);
    let end = |x: f32, y: f32| at(knot.x + x * s - skeleton.wind * 0.05 * s, knot.y + y * s);
    for (middle, tip) in
        [(end(-0.040, 0.060), end(-0.050, 0.150)), (end(-0.016, 0.066), end(-0.014, 0.130))]
    {
        k.area(Ink::Accent, &tapered(&[knot, middle, tip], &[0.012 * s, 0.022 * s, 0.026 * s]));
    }
    k.area(Ink::Accent, &Curve::round([knot, end(-0.050, -0.030), end(-0.060, 0.014)]));
}

/// Collar or scarf, over the root of the neck.
fn collar(k: &mut Knife, person: &Person, skeleton: &Skeleton) {
    let s = skeleton.stature;
    if matches!(person.species, Species::Straw) || person.dress == Dress::Armour {
        return;
    }
    if person.accents(AccentOn::Scarf) {
        let knot = skeleton.trunk(1.0, 0.040);
        k.area(
            Ink::Accent,
            &Curve::round([
                skeleton.trunk(1.10, 0.028),
                skeleton.trunk(1.04, 0.046),
                skeleton.trunk(0.97, 0.040),
                skeleton.trunk(0.98, -0.010),
                skeleton.trunk(1.02, -0.044),
                skeleton.trunk(1.10, -0.036),
                skeleton.trunk(1.07, 0.0),
            ]),
        );
        let stream = skeleton.wind * 0.14 * s;
        let (middle, tip) = if stream > 0.05 * s {
            (skeleton.trunk(1.02, -0.10), skeleton.trunk(1.04, -0.19))
        } else {
            (skeleton.trunk(0.88, 0.064), skeleton.trunk(0.70, 0.072))
        };
        let root = if stream > 0.05 * s { skeleton.trunk(1.04, -0.03) } else { knot };
        k.area(Ink::Accent, &tapered(&[root, middle, tip], &[0.020 * s, 0.030 * s, 0.034 * s]));
        return;
    }
    k.cut(
        &[skeleton.trunk(1.05, 0.034), skeleton.trunk(0.995, 0.006), skeleton.trunk(1.04, -0.036)],
        1.5,
    );
}
