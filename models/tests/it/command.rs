//! Any program as an image engine. The programs are small shell scripts, named as a user would.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;

use models::fakes::png;
use models::{
    CallError, Health, ImageConfig, ImageEngine, ImageRequest, Picture, StopCause, SystemClock,
};
use serde_json::Value;

use crate::play::{Stage, sketch};

/// A stage whose engine is `script`, run by the shell in a folder that holds `good.png`.
struct Studio {
    stage: Stage,
    folder: tempfile::TempDir,
}

impl Studio {
    fn script(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("good.png"), png(96, 64, 3)).unwrap();
        let path = folder.path().join("draw.sh");
        let here = folder.path().display();
        std::fs::write(&path, format!("cd {here} || exit 1\n{script}\n")).unwrap();
        let mut stage = Stage::script([]);
        let words = ["/bin/sh".into(), path.display().to_string(), "{out}".into()];
        stage.image = ImageConfig { command: words.into(), references: Some(2), ..stage.image };
        Self { stage, folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn draw(&self, request: &ImageRequest) -> Result<models::ImageAnswer, CallError> {
        let call = self.stage.call().clock(&SystemClock);
        self.stage.image_model(ImageEngine::Command).draw(request, &call)
    }
}

/// Whether the process with the number in this file is gone, looked at for ten seconds.
fn is_gone(pid_file: &Path) -> bool {
    let pid = std::fs::read_to_string(pid_file).unwrap();
    let stat = PathBuf::from(format!("/proc/{}/stat", pid.trim()));
    (0..1000).any(|_| {
        // A zombie that nobody has reaped yet is as good as gone.
        let state = std::fs::read_to_string(&stat).unwrap_or_default();
        let gone = state.is_empty() || state.contains(") Z ");
        if !gone {
            std::thread::park_timeout(Duration::from_millis(10));
        }
        gone
    })
}

#[test]
fn a_picture_comes_from_standard_output_or_from_the_file() {
    for script in ["cat > in.json; cat good.png", "cat > in.json; cp good.png \"$1\""] {
        let studio = Studio::script(script);
        let reference = Picture::check(png(64, 64, 9)).unwrap();
        let request = ImageRequest { references: vec![reference], ..sketch() };
        assert_eq!(studio.draw(&request).unwrap().picture.bytes, png(96, 64, 3));
        let input: Value =
            serde_json::from_slice(&std::fs::read(studio.file("in.json")).unwrap()).unwrap();
        assert_eq!((&input["prompt"], &input["width"]), (&"a mouse at tea".into(), &1200.into()));
        let reference = input["references"][0].as_str().unwrap();
        assert!(reference.ends_with("reference-1.png"), "{reference}");
        assert!(!Path::new(reference).exists(), "its files are cleaned away");
    }
}

#[test]
fn a_prompt_is_never_a_word_of_a_shell() {
    let studio = Studio::script("cat > in.json; cat good.png");
    let evil = "`touch evil`; $(touch evil) \" ' \n touch evil";
    studio.draw(&ImageRequest { prompt: evil.into(), ..sketch() }).unwrap();
    assert!(!studio.file("evil").exists());
}

#[test]
fn the_end_of_a_program_has_a_meaning() {
    let refused = Studio::script("echo 'not that' >&2; exit 65").draw(&sketch()).unwrap_err();
    assert!(matches!(&refused, CallError::Refused { reason, .. } if reason == "not that"));
    let failed = Studio::script("echo 'no paint' >&2; exit 3").draw(&sketch()).unwrap_err();
    assert!(matches!(&failed, CallError::Rejected { what, .. } if what.contains("no paint")));
    let later = Studio::script("test -e again && exec cat good.png; touch again; exit 75");
    assert!(later.draw(&sketch()).is_ok());
    let empty = Studio::script("exit 0").draw(&sketch()).unwrap_err();
    assert!(matches!(empty, CallError::BadAnswer { .. }), "{empty}");
}

#[test]
fn a_program_that_is_not_there_stops_the_run() {
    let mut studio = Studio::script("");
    studio.stage.image.command = vec!["/no/such/program".into()];
    let error = studio.draw(&sketch()).unwrap_err();
    assert!(matches!(error, CallError::Stop { cause: StopCause::Setup, .. }), "{error}");
    let findings = studio.stage.image_model(ImageEngine::Command).probe(&studio.stage.call());
    assert_eq!(findings[0].health, Health::Bad);
}

#[test]
fn a_slow_program_is_killed_with_all_it_started() {
    let mut studio = Studio::script("sleep 100 & echo $! > child; echo $$ > parent; wait");
    studio.stage.image.patience.idle_timeout = 1.0;
    studio.stage.image.patience.attempts = 1;
    let error = studio.draw(&sketch()).unwrap_err();
    assert!(matches!(error, CallError::Unavailable { .. }), "{error}");
    assert!(is_gone(&studio.file("parent")) && is_gone(&studio.file("child")));
}

#[test]
fn a_program_that_ignores_the_request_to_end_is_killed() {
    let mut studio = Studio::script("trap '' TERM; echo $$ > parent; while :; do sleep 1; done");
    studio.stage.image.patience.idle_timeout = 1.0;
    studio.stage.image.patience.attempts = 1;
    assert!(studio.draw(&sketch()).is_err());
    assert!(is_gone(&studio.file("parent")));
}

#[test]
fn an_interrupt_kills_the_program() {
    let studio = Studio::script("echo $$ > parent; mv parent ready; sleep 100");
    let result = std::thread::scope(|threads| {
        let drawing = threads.spawn(|| studio.draw(&sketch()));
        let started = (0..1000).any(|_| {
            std::thread::park_timeout(Duration::from_millis(10));
            studio.file("ready").exists()
        });
        assert!(started);
        studio.stage.interrupt.store(true, Ordering::Relaxed);
        drawing.join().unwrap()
    });
    assert_eq!(result, Err(CallError::Interrupted));
    assert!(is_gone(&studio.file("ready")));
}

#[test]
fn what_a_finished_program_left_running_is_killed() {
    let studio = Studio::script("sleep 100 & echo $! > child; cat good.png");
    assert!(studio.draw(&sketch()).is_ok());
    assert!(is_gone(&studio.file("child")));
}
