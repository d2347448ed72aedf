//! The motifs' files, part of the binary.

macro_rules! svg {
    ($($kind:literal: $($name:literal)*;)*) => {
        &[$($((
            $name,
            include_str!(concat!("../../../motifs/", $kind, "/", $name, ".svg")),
        ),)*)*]
    };
}

/// Name and content of every file under `motifs/`; a test compares the list with the folder.
pub(super) const FILES: &[(&str, &str)] = svg! {
    "creature":
        "cat" "horse";
    "thing":
        "axe" "bag" "basket" "fan" "gun" "lantern" "spear" "sword" "umbrella" "walking-stick";
};
