//! Compositions: how a scene is laid out on the block, as an illustrator would.
//!
//! Each composition has a foreground, a middle ground and a background, one strong point for its
//! subject, and a light that is in the picture. The concept chooses the composition; the plate's turn
//! and seed vary it, so that two neighbours never look alike.

mod outdoors;

use super::block::Block;
use super::scene::Scene;

/// Cuts a scene into a block.
pub fn compose(block: &mut Block, scene: &Scene) {
    outdoors::country(block, scene);
}
