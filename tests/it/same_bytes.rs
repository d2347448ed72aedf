//! Views, plates and bound books do not depend on who did what when.

use crate::support::Shelf;

#[test]
fn one_four_and_sixteen_workers_give_the_same_bytes() {
    let results = ["1", "4", "16"].map(|workers| {
        let shelf = Shelf::new();
        shelf.book(12);
        let _ = shelf.run("tale.md", &["--workers", workers]).code(0);
        shelf.tale().results()
    });
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);
}

#[test]
fn one_after_the_other_gives_the_same_bytes_as_side_by_side() {
    let (together, in_turn) = (Shelf::new(), Shelf::new());
    together.book(8);
    in_turn.book(8);
    let _ = together.run("tale.md", &[]).code(0);
    let _ = in_turn.analyze().finish().code(0);
    let _ = in_turn.illustrate().finish().code(0);
    let _ = in_turn.woodcut(&["bind", "tale.woodcut"]).finish().code(0);
    assert_eq!(together.tale().results(), in_turn.tale().results());
}
