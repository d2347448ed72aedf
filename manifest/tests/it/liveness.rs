//! Who is dead, who is stuck: without clocks, process numbers or guesses.

use std::time::{Duration, Instant};

use manifest::liveness::{FileSystem, Probe, SILENCE, Signs, Verdict, liveness};
use manifest::stillness::{LONGEST_GAP, Stillness};
use manifest::{ChapterEvent, Role, Token, Watchdog};

use crate::acts::{of, plate, worker};
use crate::project::{Acts, Project};

#[test]
fn the_table_of_the_dead() {
    let local = FileSystem::Local("ext4".into());
    let shared = FileSystem::Shared("NFS".into());
    let short = SILENCE - Duration::from_secs(1);
    let alive = |probe, same_boot, silent, at: &FileSystem| {
        liveness(Signs { probe, same_boot, silent }, at) == Verdict::Alive
    };
    for same_boot in [true, false] {
        for at in [&local, &shared] {
            for silent in [Duration::ZERO, SILENCE * 100] {
                assert!(alive(Probe::Held, same_boot, silent, at), "stopped or suspended");
                assert!(alive(Probe::Unknown, same_boot, silent, at), "cannot be asked");
            }
        }
        assert!(!alive(Probe::Free, same_boot, Duration::ZERO, &local), "dead, or rebooted since");
    }
    assert!(!alive(Probe::Free, true, Duration::ZERO, &shared), "dead on this machine");
    assert!(alive(Probe::Free, false, short, &shared), "perhaps alive on another");
    assert!(!alive(Probe::Free, false, SILENCE, &shared), "silent for too long");
}

#[test]
fn a_gap_between_two_looks_counts_for_little() {
    let mut still = Stillness::new(LONGEST_GAP);
    let start = Instant::now();
    let night = Duration::from_secs(8 * 3600);
    assert_eq!(still.observe([("a", 1)], start)[&"a"], Duration::ZERO);
    assert_eq!(still.observe([("a", 1)], start + night)[&"a"], LONGEST_GAP);
    assert_eq!(still.observe([("a", 2)], start + night)[&"a"], Duration::ZERO);
    let later = start + night + Duration::from_secs(5);
    assert_eq!(still.observe([("a", 2)], later)[&"a"], Duration::from_secs(5));
    assert!(still.observe([], later).is_empty());
    assert_eq!(still.observe([("a", 2)], later)[&"a"], Duration::ZERO, "forgotten when gone");
}

#[test]
fn a_clock_that_goes_back_is_no_harm() {
    let mut still = Stillness::new(LONGEST_GAP);
    let now = Instant::now() + Duration::from_secs(100);
    still.observe([("a", 1)], now);
    assert_eq!(still.observe([("a", 1)], now - Duration::from_secs(50))[&"a"], Duration::ZERO);
}

#[test]
fn a_claim_without_progress_is_stuck_and_one_with_progress_is_not() {
    let project = Project::new(2);
    let store = project.open();
    for chapter in [1, 2] {
        let serial = store.serial();
        let token = Token(serial + 1);
        store.apply([
            of(chapter, ChapterEvent::AnalysisClaimed { worker: worker("a") }),
            of(chapter, ChapterEvent::Analyzed { token, concepts: 9 }),
            of(chapter, ChapterEvent::IllustrationClaimed { worker: worker("a") }),
        ]);
    }
    let [hung, busy] = [Token(4), Token(7)];
    let mut dog = Watchdog::new(Duration::from_secs(30 * 60));
    let mut now = Instant::now();
    for minute in 0..30 {
        let plate = plate(manifest::ChapterId(2), minute / 5 + 1);
        if minute % 5 == 0 {
            let concept = minute / 5 + 1;
            store.apply([of(
                2,
                ChapterEvent::PlateRecorded { token: busy, concept, plate, millis: 0 },
            )]);
        }
        assert!(dog.observe(&store.state(), now).is_empty(), "minute {minute}");
        now += Duration::from_secs(60);
    }
    assert_eq!(dog.observe(&store.state(), now).into_iter().collect::<Vec<_>>(), [hung]);
}

#[test]
fn a_worker_says_where_it_runs() {
    let project = Project::new(1);
    let store = project.open();
    let _worker = store.register(Role::Analyze).unwrap();
    let info = store.workers().unwrap().remove(0);
    assert_eq!(info.pid, std::process::id());
    assert_eq!(info.boot, manifest::host::boot_id());
    assert!(!info.host.is_empty());
}

#[test]
fn on_a_local_disk_there_is_nothing_to_warn_of() {
    let project = Project::new(1);
    let _worker = project.open().register(Role::Analyze).unwrap();
    assert_eq!(project.notices(), []);
}
