//! Compositions: how a scene is laid out on the block, as an illustrator would.
//!
//! Each composition has a foreground, a middle ground and a background, one strong point for its
//! subject, and a light that is in the picture. The concept chooses the composition; the plate's
//! framing and its seed vary it, so that two neighbours never look alike.

mod close;
mod country;
mod crowd;
mod furnishing;
mod grounds;
mod household;
mod indoors;
mod interior;
mod layout;
mod street;
mod tabletop;
mod theatre;
mod town;
mod waters;
mod wilds;

use super::block::Block;
use super::figure::Pose;
use super::motif::{Kind, Placement};
use super::reading::Place;
use super::scene::Scene;

/// Every composition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Composition {
    /// Fields and hills.
    Country,
    /// A winding road.
    Road,
    /// High mountains.
    Mountain,
    /// A castle or a house on a hill.
    Castle,
    /// Cottages among trees.
    Village,
    /// A city street in perspective.
    Street,
    /// The open sea.
    Sea,
    /// A harbour or a beach.
    Shore,
    /// A river or a lake.
    River,
    /// Under water.
    Deep,
    /// Between the trunks of a forest.
    Forest,
    /// In a cave, looking out or in.
    Cave,
    /// A garden with hedges and flowers.
    Garden,
    /// Graves under a bare tree.
    Graveyard,
    /// Ice and snow.
    Ice,
    /// Dunes.
    Desert,
    /// Among the clouds.
    Sky,
    /// A room with a window.
    Room,
    /// People about a table.
    Table,
    /// Books and a desk.
    Study,
    /// Pillars and arches.
    Hall,
    /// Bare walls and a barred window.
    Cell,
    /// One face, in an arch.
    Portrait,
    /// Two faces, close.
    Dialogue,
    /// One thing, large.
    Thing,
    /// Many people.
    Crowd,
}

/// Whether the first person does nothing that a bust would hide.
fn is_still(scene: &Scene) -> bool {
    let still = [
        Pose::Standing,
        Pose::Talking,
        Pose::Listening,
        Pose::Reading,
        Pose::Weeping,
        Pose::Sitting,
    ];
    scene
        .cast
        .people
        .first()
        .is_some_and(|player| player.is_beast() || still.contains(&player.pose))
}

impl Composition {
    /// Every composition.
    #[cfg(test)]
    pub const ALL: [Composition; 26] = [
        Composition::Country,
        Composition::Road,
        Composition::Mountain,
        Composition::Castle,
        Composition::Village,
        Composition::Street,
        Composition::Sea,
        Composition::Shore,
        Composition::River,
        Composition::Deep,
        Composition::Forest,
        Composition::Cave,
        Composition::Garden,
        Composition::Graveyard,
        Composition::Ice,
        Composition::Desert,
        Composition::Sky,
        Composition::Room,
        Composition::Table,
        Composition::Study,
        Composition::Hall,
        Composition::Cell,
        Composition::Portrait,
        Composition::Dialogue,
        Composition::Thing,
        Composition::Crowd,
    ];

    /// The composition that suits a scene.
    #[must_use]
    pub fn of(scene: &Scene) -> Self {
        let people = scene.cast.people.iter().filter(|player| !player.is_beast()).count();
        let close_thing = scene.cast.people.is_empty()
            && scene
                .cast
                .props
                .first()
                .is_some_and(|prop| prop.is_element && prop.motif.height_m < 1.2);
        let indoors = scene.reading.place.is_none_or(Place::indoors);
        if scene.reading.crowd && scene.cast.people.len() < 3 && !indoors {
            return Composition::Crowd;
        }
        if close_thing && indoors {
            return Composition::Thing;
        }
        // Every third room in which people talk, or somebody is alone, is seen from close by.
        let beasts = scene.cast.of_kind(Kind::Creature).count();
        let parlour =
            matches!(scene.reading.place, None | Some(Place::Room | Place::Study | Place::Table));
        if parlour && scene.framing.height([false, false, true]) {
            match people {
                1 if scene.cast.people.len() == 1
                    && is_still(scene)
                    && scene.cast.props.len() < 2
                    && beasts == 0 =>
                {
                    return Composition::Portrait;
                }
                2 if scene.reading.talk && scene.cast.people.len() == 2 => {
                    return Composition::Dialogue;
                }
                _ => {}
            }
        }
        match scene.reading.place {
            // People cannot stand on the clouds; what flies above them they see from the ground.
            Some(Place::Sky)
                if !scene.cast.people.is_empty()
                    || !scene
                        .cast
                        .props
                        .iter()
                        .any(|prop| prop.motif.place == Placement::Flies) =>
            {
                Composition::Country
            }
            Some(place) => Self::of_place(place),
            None => match scene.cast.people.len() {
                0 => Composition::Country,
                _ if scene.reading.crowd => Composition::Crowd,
                1 if is_still(scene) && beasts == 0 => Composition::Portrait,
                2 if people == 2 => Composition::Dialogue,
                _ => Composition::Country,
            },
        }
    }

    fn of_place(place: Place) -> Self {
        match place {
            Place::Open => Composition::Country,
            Place::Road => Composition::Road,
            Place::Sea => Composition::Sea,
            Place::Shore => Composition::Shore,
            Place::River => Composition::River,
            Place::Forest => Composition::Forest,
            Place::Cave => Composition::Cave,
            Place::Garden => Composition::Garden,
            Place::Mountain => Composition::Mountain,
            Place::Castle => Composition::Castle,
            Place::Village => Composition::Village,
            Place::Street => Composition::Street,
            Place::Ice => Composition::Ice,
            Place::Desert => Composition::Desert,
            Place::Graveyard => Composition::Graveyard,
            Place::Room => Composition::Room,
            Place::Table => Composition::Table,
            Place::Study => Composition::Study,
            Place::Hall => Composition::Hall,
            Place::Cell => Composition::Cell,
            Place::Sky => Composition::Sky,
            Place::Deep => Composition::Deep,
        }
    }

    /// Cuts a scene into a block.
    pub fn cut(self, block: &mut Block, scene: &Scene) {
        match self {
            Composition::Country | Composition::Road => country::country(block, scene),
            Composition::Mountain => country::mountain(block, scene),
            Composition::Castle => town::castle(block, scene),
            Composition::Village => town::village(block, scene),
            Composition::Street => street::street(block, scene),
            Composition::Sea => waters::sea(block, scene),
            Composition::Shore => waters::shore(block, scene),
            Composition::River => waters::river(block, scene),
            Composition::Deep => waters::deep(block, scene),
            Composition::Forest => wilds::forest(block, scene),
            Composition::Cave => wilds::cave(block, scene),
            Composition::Garden => grounds::garden(block, scene),
            Composition::Graveyard => grounds::graveyard(block, scene),
            Composition::Ice => wilds::ice(block, scene),
            Composition::Desert => wilds::desert(block, scene),
            Composition::Sky => wilds::aloft(block, scene),
            Composition::Room => indoors::room(block, scene),
            Composition::Table => indoors::table(block, scene),
            Composition::Study => indoors::study(block, scene),
            Composition::Hall => indoors::hall(block, scene),
            Composition::Cell => indoors::cell(block, scene),
            Composition::Portrait => close::portrait(block, scene),
            Composition::Dialogue => close::dialogue(block, scene),
            Composition::Thing => close::thing(block, scene),
            Composition::Crowd => crowd::crowd(block, scene),
        }
    }
}
