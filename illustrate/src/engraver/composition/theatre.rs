//! The stage of a composition: ground in perspective, and who stands where on it.

use super::super::block::Block;
use super::super::cast::{Accent, Player, Prop};
use super::super::drawing::Drawing;
use super::super::figure::Facing;
use super::super::motif::{Kind, Placement};
use super::super::reading::{Light, Place};
use super::super::scene::Scene;
use super::super::stage::{self, Placing};
use super::super::weather;
use super::layout::{Span, freest, spread};

/// A stretch of ground to stand on, in pixels.
#[derive(Debug, Clone, Copy)]
pub struct Theatre {
    /// Where the ground ends.
    pub horizon: f32,
    /// Where the subject's feet are.
    pub front: f32,
    /// Pixels of a metre there.
    pub scale: f32,
    /// Where the light is.
    pub light: (f32, f32),
    /// How strong it is, 0 to 1.
    pub strength: f32,
    /// Length of shadows, in heights; zero where nothing throws one.
    pub shadow: f32,
    /// How far lamps and flames shine, in metres; zero by day.
    pub glow: f32,
    /// The y of water's near edge, where there is water.
    pub water: Option<f32>,
}

/// How far lamps shine in a scene, in metres.
#[must_use]
pub fn lamplight(scene: &Scene) -> f32 {
    let dark = scene.brightness() < 0.5 || matches!(scene.reading.light, Light::Lamp | Light::Fire);
    if dark { 1.15 } else { 0.0 }
}

/// One who is to be put on the ground.
struct Standing {
    drawing: Drawing,
    accent: Accent,
    x: f32,
    y: f32,
    enlarged: f32,
}

impl Theatre {
    /// Pixels of a metre at a height of the picture.
    #[must_use]
    pub fn scale_at(&self, y: f32) -> f32 {
        let near = (self.front - self.horizon).max(1.0);
        self.scale * ((y - self.horizon) / near).clamp(0.04, 1.6)
    }

    /// How far off a height of the ground is, 0 to 1.
    #[must_use]
    pub fn depth_at(&self, y: f32) -> f32 {
        let near = (self.front - self.horizon).max(1.0);
        (1.0 - (y - self.horizon) / near).clamp(0.0, 1.0) * 0.75
    }

    /// Puts a drawing on the ground, `enlarged` over its size in perspective.
    pub fn put(
        &self,
        block: &mut Block,
        drawing: &Drawing,
        accent: Accent,
        at: (f32, f32),
        enlarged: f32,
    ) {
        let placing = self.placing(block, accent, at, enlarged);
        stage::place(block, drawing, &placing);
    }

    fn placing(&self, block: &Block, accent: Accent, at: (f32, f32), enlarged: f32) -> Placing {
        Placing {
            x: at.0,
            y: at.1,
            scale: self.scale_at(at.1) * enlarged,
            depth: self.depth_at(at.1),
            light: self.light,
            strength: self.strength,
            accent: accent.ink(&block.palette),
            glow: self.glow * self.scale_at(at.1),
            shadow: self.shadow,
        }
    }

    /// Puts a drawing where perspective does not reach: on a table, on a wall, in the air.
    pub fn hang(
        &self,
        block: &mut Block,
        drawing: &Drawing,
        accent: Accent,
        at: (f32, f32),
        scale: f32,
        depth: f32,
    ) {
        let placing = Placing {
            x: at.0,
            y: at.1,
            scale,
            depth,
            light: self.light,
            strength: self.strength,
            accent: accent.ink(&block.palette),
            glow: self.glow * scale,
            shadow: 0.0,
        };
        stage::kindle(block, drawing, &placing);
        stage::place(block, drawing, &placing);
    }

    /// Puts all people and props of an outdoor scene where they belong.
    pub fn fill(&self, block: &mut Block, scene: &Scene) {
        let mut standing = self.people(block, scene);
        self.put_far(block, scene, &standing);
        weather::veil(block, scene, self.horizon, self.front);
        self.put_aloft(block, scene);
        self.company(block, scene, &mut standing);
        self.part(block, &mut standing);
        standing.sort_by(|a, b| a.y.total_cmp(&b.y));
        for who in &standing {
            let placing = self.placing(block, who.accent, (who.x, who.y), who.enlarged);
            stage::kindle(block, &who.drawing, &placing);
        }
        for who in standing {
            self.put(block, &who.drawing, who.accent, (who.x, who.y), who.enlarged);
        }
    }

    /// Buildings stand in the middle distance, away from the people.
    fn put_far(&self, block: &mut Block, scene: &Scene, people: &[Standing]) {
        // There is no ground for them there.
        if matches!(scene.reading.place, Some(Place::Sea | Place::Deep | Place::Sky | Place::Cave))
        {
            return;
        }
        // Those that the book is about, or the first that the moment names.
        let named = |&(i, prop): &(usize, &Prop)| i == 0 || prop.is_element;
        let buildings = scene.cast.of_kind(Kind::Building).enumerate().filter(named).take(2);
        let buildings = buildings.map(|(_, prop)| prop);
        let mut taken: Vec<Span> = people.iter().map(|who| self.span(who)).collect();
        for (i, prop) in buildings.enumerate() {
            let y = self.horizon + (self.front - self.horizon) * [0.3, 0.16][i];
            let drawing = prop.motif.drawing();
            // In true perspective most buildings would be specks or fill the picture.
            let tall = block.h() * [0.2, 0.12][i];
            let wide = block.w() * [0.5, 0.3][i];
            let scale = (tall / drawing.height().max(0.1)).min(wide / drawing.width().max(0.1));
            let half = drawing.width() * scale / 2.0;
            let places = [0.7, 0.16, 0.48, 0.86].map(|share| scene.x(block, share));
            let (x, _) = freest(&places, half, &taken, block.w());
            taken.push(Span { x, half });
            self.hang(block, drawing, Accent::Plate, (x, y), scale, self.depth_at(y) * 0.8);
        }
    }

    /// What flies, and what belongs in the sky.
    fn put_aloft(&self, block: &mut Block, scene: &Scene) {
        let mut chance = scene.chance.branch("aloft");
        let flying = scene.cast.props.iter().filter(|prop| prop.motif.place == Placement::Flies);
        for (i, prop) in flying.take(2).enumerate() {
            let drawing = prop.motif.drawing();
            let count = prop.count.clamp(1, 7);
            let broad = drawing.width().max(drawing.height()).max(0.05);
            let large = broad > 3.0 || prop.motif.kind == Kind::Vehicle;
            let size = block.w().min(block.h()) * if large { 0.42 } else { 0.12 }
                / (1.0 + 0.12 * count as f32);
            for n in 0..count {
                let share = 0.3
                    + 0.13 * n as f32 * if n % 2 == 0 { 1.0 } else { -0.8 }
                    + chance.about(0.03);
                let height =
                    self.horizon * (0.36 + 0.16 * i as f32) + block.h() * chance.about(0.05);
                let drawing = facing(drawing.clone(), scene.flipped);
                let scale = size / broad * chance.range(0.75, 1.0);
                // Whatever hangs in the air is seen whole.
                let height = height.max(drawing.height() * scale + block.h() * 0.02);
                self.hang(
                    block,
                    &drawing,
                    Accent::Plate,
                    (scene.x(block, share), height),
                    scale,
                    0.12,
                );
            }
        }
    }

    /// The people: one at a strong point, two towards one another, more in groups of which one stands
    /// nearer and another further off.
    fn people(&self, block: &Block, scene: &Scene) -> Vec<Standing> {
        let mut standing = self.people_as_wanted(block, scene);
        let mut spans: Vec<Span> = standing.iter().map(|who| self.span(who)).collect();
        let factor = spread(&mut spans, block.w());
        // No head is cut off by the frame; a giant stays one beside the others.
        let room = |who: &Standing| {
            let tall = who.drawing.height() * self.scale_at(who.y) * who.enlarged * factor;
            (who.y - block.h() * HEADROOM) / tall.max(1.0)
        };
        let factor = factor * standing.iter().map(room).fold(1.0, f32::min).max(0.3);
        for (who, span) in standing.iter_mut().zip(spans) {
            who.x = span.x;
            who.enlarged *= factor;
        }
        standing
    }

    /// What somebody hides of the picture.
    fn span(&self, who: &Standing) -> Span {
        Span { x: who.x, half: who.drawing.width() * self.scale_at(who.y) * who.enlarged / 2.0 }
    }

    fn people_as_wanted(&self, block: &Block, scene: &Scene) -> Vec<Standing> {
        let people = &scene.cast.people;
        let shift = scene.framing.distance([0.03, 0.0, -0.04]);
        let place = |(player, (share, back)): (&Player, (f32, f32))| {
            // In a mirrored picture right and left change places.
            let right = (share < 0.5) != scene.flipped;
            let drawing = player.drawing(if right { Facing::Right } else { Facing::Left });
            let enlarged = if player.is_beast() {
                self.presence(block, &drawing, people.len() == 1)
            } else {
                1.0
            };
            Standing {
                drawing,
                accent: player.accent,
                x: scene.x(block, share + shift),
                y: self.front - (self.front - self.horizon) * back,
                enlarged,
            }
        };
        people.iter().zip(grouped(people.len()).iter().copied()).map(place).collect()
    }

    /// How much larger than life a beast must be drawn that acts as a person: a mouse with a part in the
    /// story is no speck.
    fn presence(&self, block: &Block, drawing: &Drawing, alone: bool) -> f32 {
        let (tall, wide) = (drawing.height() * self.scale, drawing.width() * self.scale);
        // A long low beast is as present as a tall one.
        let size = tall.max(wide * 0.5).max(1.0);
        let least = block.h() * if alone { 0.22 } else { 0.11 } / size;
        least.max(1.0).min(block.w() * 0.6 / wide.max(1.0)).min(block.h() * 0.5 / tall.max(1.0))
    }

    /// Beasts, carriages, plants and things on the ground, each where it is seen best.
    fn company(&self, block: &Block, scene: &Scene, standing: &mut Vec<Standing>) {
        const MOST: usize = 4;
        let mut chance = scene.chance.branch("company");
        let alone = scene.cast.people.is_empty();
        let mut taken: Vec<Span> = standing.iter().map(|who| self.span(who)).collect();
        let grounded = scene.cast.props.iter().filter(|prop| self.is_grounded(scene, prop));
        for prop in grounded.take(MOST) {
            let drawing = prop.motif.drawing();
            let (tall, wide) = (drawing.height(), drawing.width());
            let (y, scale) = self.company_at(block, prop, alone);
            let enlarged = scale / self.scale_at(y);
            let half = wide * scale / 2.0;
            let shares = match (alone, tall > TREE) {
                (true, _) => [0.38, 0.72, 0.14, 0.88, 0.55],
                (false, true) => [0.86, 0.12, 0.66, 0.44, 0.96],
                (false, false) => [0.62, 0.84, 0.12, 0.46, 0.92],
            };
            for n in 0..count_shown(prop, alone) {
                let places = shares.map(|share| scene.x(block, share));
                let (x, hidden) = freest(&places, half, &taken, block.w());
                // What would stand before or behind another is not there a second time.
                if n > 0 && hidden > 0.35 {
                    break;
                }
                taken.push(Span { x, half });
                standing.push(Standing {
                    drawing: facing(drawing.clone(), x > block.w() / 2.0),
                    accent: Accent::Plate,
                    x,
                    y: y - n as f32 * (self.front - self.horizon) * 0.07 * chance.range(0.6, 1.2),
                    enlarged: enlarged * if n > 0 { chance.range(0.86, 1.0) } else { 1.0 },
                });
            }
        }
    }

    /// Moves those in front apart, people and beasts alike; what stands behind them may be hidden.
    fn part(&self, block: &Block, standing: &mut [Standing]) {
        let front = self.front - (self.front - self.horizon) * 0.3;
        let mut near: Vec<&mut Standing> =
            standing.iter_mut().filter(|who| who.y >= front).collect();
        let mut spans: Vec<Span> = near.iter().map(|who| self.span(who)).collect();
        let factor = spread(&mut spans, block.w());
        for (who, span) in near.iter_mut().zip(spans) {
            who.x = span.x;
            who.enlarged *= factor.max(0.72);
        }
    }

    /// Whether a prop has a place on this ground.
    fn is_grounded(&self, scene: &Scene, prop: &Prop) -> bool {
        let grown_already = prop.motif.kind == Kind::Plant
            && matches!(scene.reading.place, Some(Place::Forest | Place::Garden));
        let grounded = match prop.motif.place {
            Placement::Stands => !matches!(prop.motif.kind, Kind::Building | Kind::Furniture),
            Placement::Swims | Placement::Floats => self.water.is_some(),
            Placement::Held => scene.cast.people.is_empty() && prop.is_element,
            Placement::Flies | Placement::Hangs => false,
        };
        grounded && !grown_already && prop.motif.kind != Kind::Sky
    }

    /// Where the feet of a prop are, and its pixels of a metre there.
    fn company_at(&self, block: &Block, prop: &Prop, alone: bool) -> (f32, f32) {
        let drawing = prop.motif.drawing();
        let (tall, wide) = (drawing.height().max(0.02), drawing.width().max(0.02));
        let back = match (prop.motif.kind, tall > TREE) {
            (Kind::Plant, true) => 0.52,
            (_, true) => 0.35,
            (_, false) => 0.06,
        };
        let y = self.front - (self.front - self.horizon) * back;
        let y = match (prop.motif.place, self.water) {
            (Placement::Swims | Placement::Floats, Some(water)) => {
                water - (water - self.horizon) * 0.45
            }
            _ => y.min(block.h() * 0.955),
        };
        // Small creatures are drawn larger than life, or nobody would see them; giants smaller.
        let (least, most) = match (prop.is_great, prop.motif.kind) {
            (_, Kind::Plant) => (0.05, if tall > TREE { 0.34 } else { 0.13 }),
            (true, _) => (0.3, 0.5),
            (false, _) => (if alone { 0.13 } else { 0.07 }, 0.46),
        };
        let (least, most) = (least * block.h() / tall, most * block.h() / tall);
        let scale = self.scale_at(y).max(least).min(most);
        (y, scale.min(block.w() * 0.6 / wide))
    }
}

/// Above every head this share of the picture's height is free.
const HEADROOM: f32 = 0.06;

/// Taller than this, in metres, and it is no company but stands behind the people.
const TREE: f32 = 2.6;

/// How many of a prop are drawn. Carriages and trains are large: one stands for all.
fn count_shown(prop: &Prop, alone: bool) -> u32 {
    let most = match prop.motif.kind {
        Kind::Vehicle => 1,
        _ if alone => 4,
        _ => 3,
    };
    prop.count.clamp(1, most)
}

/// Where each of so many people stands: the share of the picture's width, and how far back, in parts
/// of the way to the horizon. Three or four stand in two groups, never in a row.
#[must_use]
pub fn grouped(people: usize) -> &'static [(f32, f32)] {
    match people {
        0 | 1 => &[(0.36, 0.0)],
        2 => &[(0.3, 0.0), (0.64, 0.1)],
        3 => &[(0.28, 0.0), (0.72, 0.3), (0.54, 0.14)],
        _ => &[(0.26, 0.0), (0.8, 0.1), (0.47, 0.2), (0.65, 0.36)],
    }
}

/// A drawing that looks to the right by nature, turned to the left if wanted.
pub fn facing(drawing: Drawing, left: bool) -> Drawing {
    if left { drawing.mirrored() } else { drawing }
}
