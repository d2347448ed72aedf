//! Damaged files are named, never mended by forgetting, and never taken for a fresh start.

use expect_test::{Expect, expect};
use manifest::{Store, StoreError};

use crate::acts;
use crate::project::{Acts, Project};

/// A project with a snapshot, a journal and events that the journal proves.
fn project() -> Project {
    let project = Project::new(3);
    let store = project.open();
    store.go_on(4);
    store.fold().unwrap();
    store.go_on(6);
    project
}

/// Damages a project; it must be refused with these words, by opening and by creating alike.
fn refused(damage: impl FnOnce(&Project), words: &Expect) {
    let project = project();
    damage(&project);
    words.assert_eq(&project.refusal());
    assert!(project.create().is_err(), "taken for a fresh start");
}

#[test]
fn a_digit_of_the_snapshot() {
    refused(
        |project| project.replace("manifest.json", "\"words\":200", "\"words\":201"),
        &expect![
            "DIR/manifest.json is damaged: its checksum says CRC, its text says CRC; `woodcut doctor DIR` explains and repairs"
        ],
    );
}

#[test]
fn a_digit_of_the_journal() {
    refused(
        |project| project.replace("manifest.journal", "\"serial\":8", "\"serial\":9"),
        &expect![
            "DIR/manifest.journal is damaged: the line of event 8 is broken, though event 9 proves that it was on disk; `woodcut doctor DIR` explains and repairs"
        ],
    );
}

#[test]
fn a_digit_of_the_last_event() {
    refused(
        |project| project.replace("manifest.journal", "\"serial\":11", "\"serial\":12"),
        &expect![
            "DIR/manifest.journal is damaged: the line of event 11 does not match its checksum; `woodcut doctor DIR` explains and repairs"
        ],
    );
}

#[test]
fn a_snapshot_that_was_cut() {
    refused(
        |project| project.change("manifest.json", |bytes| bytes.truncate(300)),
        &expect![
            "DIR/manifest.json is damaged: it cannot be parsed: EOF while parsing a string at line 8 column 26; `woodcut doctor DIR` explains and repairs"
        ],
    );
}

#[test]
fn a_snapshot_of_nothing() {
    refused(
        |project| project.write("manifest.json", ""),
        &expect![
            "DIR/manifest.json is damaged: it cannot be parsed: EOF while parsing a value at line 1 column 0; `woodcut doctor DIR` explains and repairs"
        ],
    );
}

#[test]
fn a_snapshot_of_zeros() {
    refused(
        |project| project.change("manifest.json", |bytes| bytes.fill(0)),
        &expect![
            "DIR/manifest.json is damaged: it cannot be parsed: expected value at line 1 column 1; `woodcut doctor DIR` explains and repairs"
        ],
    );
}

#[test]
fn a_journal_of_zeros() {
    refused(
        |project| project.change("manifest.journal", |bytes| bytes.fill(0)),
        &expect![
            "DIR/manifest.journal is damaged: its first line is broken; `woodcut doctor DIR` explains and repairs"
        ],
    );
}

#[test]
fn a_journal_of_nothing() {
    refused(
        |project| project.write("manifest.journal", ""),
        &expect![
            "DIR/manifest.journal is damaged: its first line is broken; `woodcut doctor DIR` explains and repairs"
        ],
    );
}

#[test]
fn a_hole_in_the_journal() {
    let hole = |bytes: &mut Vec<u8>| {
        let at = bytes.len() / 2;
        bytes[at..at + 40].fill(0);
    };
    refused(
        |project| project.change("manifest.journal", hole),
        &expect![
            "DIR/manifest.journal is damaged: the line of event 9 is broken, though event 10 proves that it was on disk; `woodcut doctor DIR` explains and repairs"
        ],
    );
}

#[test]
fn not_json() {
    refused(
        |project| project.write("manifest.json", "<html>Not Found</html>"),
        &expect![
            "DIR/manifest.json is damaged: it cannot be parsed: expected value at line 1 column 1; `woodcut doctor DIR` explains and repairs"
        ],
    );
}

#[test]
fn a_lost_snapshot() {
    refused(
        |project| std::fs::remove_file(project.path("manifest.json")).unwrap(),
        &expect![
            "DIR/manifest.json is damaged: it is missing; `woodcut doctor DIR` explains and repairs"
        ],
    );
}

#[test]
fn a_lost_journal() {
    refused(
        |project| std::fs::remove_file(project.path("manifest.journal")).unwrap(),
        &expect![
            "DIR/manifest.journal is damaged: it is missing; `woodcut doctor DIR` explains and repairs"
        ],
    );
}

#[test]
fn a_lost_manifest_beside_plates() {
    let lose = |project: &Project| {
        for name in
            ["manifest.json", "manifest.json.prev", "manifest.journal", "manifest.journal.prev"]
        {
            std::fs::remove_file(project.path(name)).unwrap();
        }
        std::fs::create_dir(project.path("plates")).unwrap();
    };
    refused(
        lose,
        &expect![
            "DIR/manifest.json is damaged: it is missing; `woodcut doctor DIR` explains and repairs"
        ],
    );
}

#[test]
fn another_books_journal() {
    let other = self::project();
    let project = project();
    let lineages = [&other, &project].map(|project| project.open().state().lineage);
    assert_ne!(lineages[0], lineages[1]);
    let journal = other.read("manifest.journal");
    refused_with(&project, "manifest.journal", &journal, "it belongs to another book");
    let [theirs, ours] = lineages;
    // The other's events fit, so nothing but the lineage tells.
    let text = String::from_utf8(journal).unwrap();
    let (header, events) = text.split_once('\n').unwrap();
    let json = header[9..].replace(&theirs, &ours);
    let header = format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes()));
    project.write("manifest.journal", header + events);
    assert_eq!(project.open().serial(), other.open().serial());
}

fn refused_with(project: &Project, name: &str, bytes: &[u8], words: &str) {
    project.write(name, bytes);
    assert!(project.refusal().contains(words), "{}", project.refusal());
    assert!(project.create().is_err(), "taken for a fresh start");
}

#[test]
fn a_journal_from_the_future() {
    let restore_an_old_snapshot = |project: &Project| {
        let old = project.read("manifest.json");
        let store = project.open();
        for _ in 0..2 {
            store.go_on(2);
            store.fold().unwrap();
        }
        project.write("manifest.json", old);
    };
    refused(
        restore_an_old_snapshot,
        &expect![
            "DIR/manifest.journal is damaged: it begins after event 15, but the snapshot ends with event 5; `woodcut doctor DIR` explains and repairs"
        ],
    );
}

#[test]
fn an_event_of_a_later_version() {
    let later = |bytes: &mut Vec<u8>| {
        let json =
            r#"{"serial":12,"at":"2031-01-01T00:00:00Z","durable":11,"event":{"type":"dreamt"}}"#;
        bytes.extend(format!("{:08x} {json}\n", crc32fast::hash(json.as_bytes())).bytes());
    };
    refused(
        |project| project.change("manifest.journal", later),
        &expect![
            "the project was written by a later version of woodcut (event 12), and this one may not change it; update woodcut to go on"
        ],
    );
}

#[test]
fn a_manifest_of_the_predecessor() {
    let foreign =
        r#"{"version":"3.0.0","book_id":"x","elements_md_status":"pending","chapters":{}}"#;
    refused(
        |project| project.write("manifest.json", foreign),
        &expect![
            "DIR/manifest.json was written by another program; choose another folder with `-o`"
        ],
    );
}

#[test]
fn a_format_that_cannot_be_read() {
    let later = r#"{"version":"4.0.0","lineage":"l","chapters":[{"new":true}]}"#;
    refused(
        |project| project.write("manifest.json", later),
        &expect![
            "the project was written by a later version of woodcut (format 4.0.0), and this one may not change it; update woodcut to go on"
        ],
    );
}

#[test]
fn a_later_format_can_be_read_and_not_written() {
    let project = project();
    let text = String::from_utf8(project.read("manifest.json")).unwrap();
    let text = text.replacen("3.1.0", "4.0.0", 1);
    let body = text.rfind(",\n  \"checksum\"").unwrap();
    let sum = crc32fast::hash(&text.as_bytes()[..body]);
    let text = format!("{},\n  \"checksum\": \"{sum:08x}\"\n}}\n", &text[..body]);
    project.write("manifest.json", &text);
    let before = project.read("manifest.journal");
    let store = project.open();
    assert_eq!(store.serial(), 11);
    assert!(matches!(store.update(|_| (vec![], ())), Err(StoreError::Newer { .. })));
    assert!(store.fold().is_ok(), "there is nothing that could be folded");
    assert_eq!(project.read("manifest.journal"), before);
    assert_eq!(project.read("manifest.json"), text.as_bytes());
}

#[cfg(unix)]
mod links {
    use super::*;

    fn plant(project: &Project, name: &str) {
        project.write("victim", "precious");
        let _ = std::fs::remove_file(project.path(name));
        std::os::unix::fs::symlink(project.path("victim"), project.path(name)).unwrap();
    }

    #[test]
    fn a_link_in_place_of_the_snapshot() {
        refused(
            |project| plant(project, "manifest.json"),
            &expect![
                "DIR/manifest.json is damaged: it is a symbolic link, which woodcut never makes; `woodcut doctor DIR` explains and repairs"
            ],
        );
    }

    #[test]
    fn a_link_in_place_of_the_journal() {
        refused(
            |project| plant(project, "manifest.journal"),
            &expect![
                "DIR/manifest.journal is damaged: it is a symbolic link, which woodcut never makes; `woodcut doctor DIR` explains and repairs"
            ],
        );
    }

    #[test]
    fn a_link_in_place_of_a_file_that_is_replaced() {
        let project = project();
        for name in ["manifest.json.tmp", "manifest.journal.tmp", "manifest.json.prev"] {
            plant(&project, name);
        }
        project.open().fold().unwrap();
        assert_eq!(project.read("victim"), b"precious");
        assert_eq!(project.open().serial(), 11);
    }

    #[test]
    fn a_link_in_place_of_what_is_synced() {
        let project = project();
        plant(&project, "manifest.synced");
        project.open().go_on(3);
        assert_eq!(project.read("victim"), b"precious");
    }

    #[test]
    fn a_link_in_place_of_the_lock() {
        let project = project();
        plant(&project, "manifest.lock");
        let refused = project.open().update(|_| (vec![acts::listed(1)], ())).unwrap_err();
        assert!(refused.to_string().contains("cannot lock"), "{refused}");
        assert_eq!(project.read("victim"), b"precious");
    }
}

/// A store that is open while its journal is lost does not go on with what it has in memory.
#[test]
fn damage_under_an_open_store() {
    let damages: [fn(&Project); 2] = [
        |project| project.write("manifest.journal", ""),
        |project| std::fs::remove_file(project.path("manifest.journal")).unwrap(),
    ];
    for damage in damages {
        let project = project();
        let store: Store = project.open();
        damage(&project);
        let refused = store.update(|manifest| (acts::onward(manifest).into_iter().collect(), ()));
        assert!(matches!(refused, Err(StoreError::Damaged { .. })), "{refused:?}");
    }
}
