//! Reads a concept into a scene: where, when, in what weather, under what light.

/// The time of day, as far as light is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hour {
    /// The sun comes up.
    Dawn,
    /// Full light.
    Day,
    /// The sun goes down.
    Dusk,
    /// Moon, stars and lamps.
    Night,
}

/// The weather, as far as it can be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weather {
    /// Nothing but sky.
    Clear,
    /// Falling slantwise.
    Rain,
    /// Falling and lying.
    Snow,
    /// Hides what is far.
    Fog,
    /// Rain, lightning and torn clouds.
    Storm,
    /// Bends grass and drives clouds.
    Wind,
}

/// The mood, as far as colours show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mood {
    /// Nothing in particular.
    Calm,
    /// Joy, hope, comfort.
    Bright,
    /// Sorrow, fear, mystery.
    Dark,
    /// Anger, danger, haste.
    Wild,
}
