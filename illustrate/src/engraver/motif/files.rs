//! The motifs' files, part of the binary.

use super::Kind;

macro_rules! svg {
    ($($kind:ident in $folder:literal: $($name:literal)*;)*) => {
        &[$($((
            $name,
            Kind::$kind,
            include_str!(concat!("../../../motifs/", $folder, "/", $name, ".svg")),
        ),)*)*]
    };
}

/// Name, kind and content of every file under `motifs/`; a test compares the list with the folder.
pub(super) const FILES: &[(&str, Kind, &str)] = svg! {
    Creature in "creature":
        "baby" "bat" "bear" "bee" "beetle" "bird" "butterfly" "camel" "cat" "caterpillar" "cow"
        "crab" "crocodile" "deer" "dodo" "dog" "donkey" "dragon" "dragonfly" "duck" "eagle"
        "elephant" "fish" "flamingo" "fox" "frog" "ghost" "goat" "goose" "gryphon" "gull"
        "hedgehog" "hen" "horse" "lion" "lizard" "lobster" "martian" "monkey" "mouse" "octopus"
        "owl" "panther" "parrot" "peacock" "pig" "rabbit" "rat" "raven" "sea-monster" "sheep"
        "snail" "snake" "spider" "squirrel" "stork" "swan" "tiger" "tortoise" "tripod" "turkey"
        "unicorn" "whale" "wolf";
    Building in "building":
        "barn" "bridge" "castle" "chimney" "church" "cottage" "fence" "fountain" "gallows" "gate"
        "haystack" "house" "hut" "inn" "lighthouse" "palace" "pier" "row-of-houses" "ruin"
        "scarecrow" "signpost" "snowman" "statue" "street-lamp" "temple" "tent" "tombstone"
        "tower" "wall" "well" "windmill";
    Furniture in "furniture":
        "arched-window" "armchair" "barrel" "bed" "bench" "bookcase" "canopy-bed" "chair"
        "chandelier" "chest" "cradle" "cupboard" "curtain" "desk" "door" "fireplace"
        "grandfather-clock" "painting" "piano" "rocking-chair" "round-table" "staircase" "stool"
        "stove" "table" "throne" "window";
    Plant in "plant":
        "bare-tree" "birch" "bush" "cypress" "fern" "flowers" "fruit-tree" "grass" "ivy" "lily"
        "mushroom" "oak" "palm" "pine" "poplar" "poppy" "pumpkin" "reeds" "rose" "stump"
        "sunflower" "tulip" "wheat" "willow";
    Vehicle in "vehicle":
        "airship" "balloon" "bicycle" "carriage" "cart" "plough" "raft" "rowing-boat"
        "sailing-ship" "sledge" "steamship" "submarine" "time-machine" "train" "wheelbarrow";
    Thing in "thing":
        "anchor" "apple" "axe" "bag" "basket" "beehive" "bell" "bird-cage" "book" "bottle" "bow"
        "bread" "broom" "bucket" "cake" "campfire" "candle" "cannon" "cards" "cauldron"
        "chess-piece" "clock" "cobweb" "coffin" "coin" "compass" "cross" "crown" "crystal-ball"
        "cup" "dagger" "dice" "doll" "drum" "egg" "fan" "feather" "flag" "flute" "furled-umbrella"
        "glass" "globe" "glove" "grapes" "guitar" "gun" "hammer" "harp" "hat" "helmet" "hourglass"
        "jug" "key" "kite" "knife" "ladder" "lamp" "lantern" "letter" "lyre" "map" "mask" "mirror"
        "necklace" "nest" "open-book" "paper" "pear" "pipe" "pistol" "plate" "pot" "present"
        "quill" "ring" "rope" "sack" "scales" "scroll" "scythe" "shield" "shoe" "skull" "slipper"
        "spade" "spear" "spectacles" "spoon" "staff" "sword" "teapot" "telescope" "torch"
        "trumpet" "trunk" "umbrella" "violin" "walking-stick" "watch" "wheel";
    Sky in "sky":
        "cloud" "comet" "cyclone" "lightning" "moon" "rainbow" "star" "sun";
};
