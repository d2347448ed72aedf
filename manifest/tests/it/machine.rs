//! The real store against a model so simple that it can be read at a glance.

use std::collections::{BTreeMap, BTreeSet};

use manifest::{
    ChapterEvent, ChapterId, Event, Request, Role, Status, Step, Store, Token, Worker, decide,
};
use proptest::prelude::*;
use proptest::test_runner::Config;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

use crate::project::{Acts, Project};

const CHAPTERS: u32 = 3;
const WORKERS: usize = 3;

/// Where a chapter stands: how many steps are done, and who is at the next under which token.
type Unit = (usize, Option<(usize, u64)>);

#[derive(Clone, Debug)]
struct Book {
    serial: u64,
    /// Whether a person lets the work go on.
    going: bool,
    units: BTreeMap<u32, Unit>,
    /// Claims of the present step that came to nothing, by chapter: the least tried comes first.
    attempts: BTreeMap<u32, u32>,
    /// Every claim that ever was, with its step.
    claims: Vec<(u32, usize, u64)>,
}

#[derive(Clone, Debug)]
enum Act {
    Claim {
        worker: usize,
        step: usize,
    },
    /// The result of a claim, which may have been lost long ago.
    Finish {
        claim: usize,
    },
    GiveBack {
        claim: usize,
    },
    /// A worker dies and is replaced, and somebody notices.
    Die {
        worker: usize,
    },
    /// A claim is found stuck.
    Stuck {
        claim: usize,
    },
    Fold {
        store: usize,
    },
    Reopen {
        store: usize,
    },
    /// A person pauses the book.
    Pause,
    /// A person lets it go on.
    Resume,
}

impl Book {
    fn first(&self, step: usize) -> Option<u32> {
        let free = self.units.iter().filter(|(_, unit)| **unit == (step, None));
        free.map(|(number, _)| *number).min_by_key(|number| (self.attempts[number], *number))
    }

    /// The claim, if it is still in force.
    fn in_force(&self, claim: usize) -> Option<(u32, usize)> {
        let (number, step, token) = *self.claims.get(claim)?;
        let holds = matches!(self.units[&number], (s, Some((_, t))) if (s, t) == (step, token));
        holds.then_some((number, step))
    }
}

impl ReferenceStateMachine for Book {
    type State = Self;
    type Transition = Act;

    fn init_state() -> BoxedStrategy<Self> {
        let units = (1..=CHAPTERS).map(|number| (number, (0, None))).collect();
        let attempts = (1..=CHAPTERS).map(|number| (number, 0)).collect();
        Just(Self { serial: 1, going: true, units, attempts, claims: Vec::new() }).boxed()
    }

    fn transitions(book: &Self) -> BoxedStrategy<Act> {
        let claim = 0..book.claims.len().max(1);
        prop_oneof![
            4 => (0..WORKERS, 0usize..2).prop_map(|(worker, step)| Act::Claim { worker, step }),
            4 => claim.clone().prop_map(|claim| Act::Finish { claim }),
            1 => claim.clone().prop_map(|claim| Act::GiveBack { claim }),
            1 => claim.prop_map(|claim| Act::Stuck { claim }),
            1 => (0..WORKERS).prop_map(|worker| Act::Die { worker }),
            1 => (0usize..2).prop_map(|store| Act::Fold { store }),
            1 => (0usize..2).prop_map(|store| Act::Reopen { store }),
            1 => Just(Act::Pause),
            2 => Just(Act::Resume),
        ]
        .boxed()
    }

    fn apply(mut book: Self, act: &Act) -> Self {
        match act {
            Act::Claim { worker, step } => {
                if let Some(number) = book.first(*step).filter(|_| book.going) {
                    book.serial += 1;
                    book.units.insert(number, (*step, Some((*worker, book.serial))));
                    *book.attempts.entry(number).or_default() += 1;
                    book.claims.push((number, *step, book.serial));
                }
            }
            Act::Finish { claim } => {
                if let Some((number, step)) = book.in_force(*claim) {
                    book.serial += 1;
                    book.units.insert(number, (step + 1, None));
                    book.attempts.insert(number, 0);
                }
            }
            Act::GiveBack { claim } | Act::Stuck { claim } => {
                if let Some((number, step)) = book.in_force(*claim) {
                    book.serial += 1;
                    book.units.insert(number, (step, None));
                    if matches!(act, Act::GiveBack { .. }) {
                        *book.attempts.entry(number).or_default() -= 1;
                    }
                }
            }
            Act::Die { worker } => {
                for unit in book.units.values_mut() {
                    if matches!(unit.1, Some((holder, _)) if holder == *worker) {
                        book.serial += 1;
                        unit.1 = None;
                    }
                }
            }
            Act::Fold { .. } | Act::Reopen { .. } => {}
            // A finished book is not paused.
            Act::Pause if book.units.values().all(|unit| *unit == (2, None)) => {}
            Act::Pause | Act::Resume => {
                let going = matches!(act, Act::Resume);
                book.serial += u64::from(book.going != going);
                book.going = going;
            }
        }
        book
    }
}

struct Real {
    project: Project,
    stores: [Store; 2],
    workers: Vec<Worker>,
    claims: Vec<(u32, usize, u64)>,
}

impl Real {
    fn store(&self, nth: usize) -> &Store {
        &self.stores[nth % 2]
    }

    fn claim(&mut self, worker: usize, step: usize) {
        let me = self.workers[worker].id().clone();
        let kind = [Step::Analysis, Step::Illustration][step];
        let claimed = self.store(worker).update(|manifest| {
            let claim = decide::claim(manifest, kind, &me);
            let number = claim.as_ref().map(|(chapter, _)| chapter.0);
            let events = claim.map(|(_, event)| event).into_iter().collect();
            (events, number.map(|number| (number, step, manifest.serial.next().0)))
        });
        self.claims.extend(claimed.unwrap());
    }

    /// Brings what a claim brings; whether it counts is the store's to say.
    fn report(&self, claim: usize, change: impl Fn(usize, Token) -> ChapterEvent) {
        let Some((number, step, token)) = self.claims.get(claim).copied() else { return };
        let change = change(step, Token(token));
        let event = Event::Chapter { chapter: ChapterId(number), change };
        let _ = self.store(claim).update(|_| (vec![event], ()));
    }
}

impl StateMachineTest for Real {
    type SystemUnderTest = Self;
    type Reference = Book;

    fn init_test(_: &Book) -> Self {
        let project = Project::new(CHAPTERS);
        let stores = [project.open(), project.open()];
        let worker = |n: usize| stores[n % 2].register(Role::Illustrate).unwrap();
        let workers = (0..WORKERS).map(worker).collect();
        Self { project, stores, workers, claims: Vec::new() }
    }

    fn apply(mut real: Self, _: &Book, act: Act) -> Self {
        match act {
            Act::Claim { worker, step } => real.claim(worker, step),
            Act::Finish { claim } => real.report(claim, |step, token| match step {
                0 => ChapterEvent::Analyzed { token, concepts: 0 },
                _ => ChapterEvent::Illustrated { token },
            }),
            Act::GiveBack { claim } => {
                real.report(claim, |_, token| ChapterEvent::GivenBack { token });
            }
            Act::Stuck { claim } => {
                let token = real.claims.get(claim).map(|(.., token)| Token(*token));
                let stuck: BTreeSet<_> = token.into_iter().collect();
                real.store(claim + 1).recover(&stuck).unwrap();
            }
            Act::Die { worker } => {
                let fresh = real.store(worker).register(Role::Illustrate).unwrap();
                drop(std::mem::replace(&mut real.workers[worker], fresh));
                real.store(worker + 1).recover(&BTreeSet::new()).unwrap();
            }
            Act::Fold { store } => real.stores[store].fold().unwrap(),
            Act::Reopen { store } => real.stores[store] = real.project.open(),
            Act::Pause => drop(real.stores[0].request(&Request::Pause, |_, _| Ok(())).unwrap()),
            Act::Resume => drop(real.stores[1].request(&Request::Resume, |_, _| Ok(())).unwrap()),
        }
        real
    }

    fn check_invariants(real: &Self, book: &Book) {
        for store in &real.stores {
            let state = store.state();
            assert_eq!(state.serial.0, book.serial);
            assert_eq!(state.control.is_going(), book.going);
            for (number, (step, holder)) in &book.units {
                let chapter = &state.chapters()[&ChapterId(*number)];
                let expected = match (step, holder) {
                    (0, None) => Status::Pending,
                    (0, Some(_)) => Status::Analyzing,
                    (1, None) => Status::Analyzed,
                    (1, Some(_)) => Status::Illustrating,
                    _ => Status::Illustrated,
                };
                assert_eq!(chapter.state.status(), expected, "chapter {number}");
                let token = chapter.state.claim().map(|(_, claim)| claim.token.0);
                assert_eq!(token, holder.map(|(_, token)| token));
            }
        }
    }
}

prop_state_machine! {
    #![proptest_config(Config { cases: 16, failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_store_does_what_the_model_does(sequential 1..40 => Real);
}
