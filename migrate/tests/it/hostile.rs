//! Damaged and foreign input: an error that names file and place, and nothing changed.

use std::fs;

use crate::folder::{Folder, contents, says};

/// The error of a folder with one file, with its causes.
fn error(name: &str, bytes: impl AsRef<[u8]>) -> String {
    let folder = Folder::empty().file(name, bytes);
    let before = contents(&folder.path(""));
    let error = folder.migrate().unwrap_err();
    assert_eq!(contents(&folder.path("")), before);
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

#[test]
fn damage_is_named_with_file_and_place() {
    let cut = "{\"phases\": {\n  \"analyze\": {\"chapters\": {\"3\": {\"concepts\": [";
    let text = error(".imaginize.state.json", cut);
    assert!(
        text.contains(".imaginize.state.json")
            && text.contains("`phases.analyze.chapters.3.concepts`"),
        "{text}"
    );
    assert!(text.contains("line 2 column"), "{text}");
    let text =
        error(".imaginize.state.json", r#"{"phases": {}, "toc": {"chapters": [{"number": 0}]}}"#);
    assert!(
        text.contains("`toc.chapters[0].number`") && text.contains("0 is no chapter number"),
        "{text}"
    );
    let text = error(
        ".imaginize.manifest.json",
        r#"{"elements_md_status": "x", "chapters": {"one": {}}}"#,
    );
    assert!(text.contains("`chapters"), "{text}");
    let text = error("training_progress.json", "{'chunks': [[1]]}");
    assert!(text.contains("`chunks[0][0]`") && text.contains("line 1 column 14"), "{text}");
}

#[test]
fn what_is_of_another_program_is_refused_with_its_line() {
    assert!(
        error(".imaginize.state.json", "{\"a\": 1}").contains("line 1: a state file has `phases`")
    );
    assert!(
        error("Chapters.md", "\n\n# My shopping\n").contains("line 3: `# Chapters -…` is wanted")
    );
    assert!(
        error("Elements.md", b"# Elements - T\n\xff\xfe").contains("line 2: it is no UTF-8 text")
    );
    assert!(error("notes.txt", "hello").contains("nothing to migrate"));
    assert!(error("package.json", "{\"name\": \"x\"}").contains("nothing to migrate"));
}

#[test]
fn a_woodcut_project_is_not_taken_for_an_old_folder() {
    let folder = Folder::of("era-c").with_book();
    let project = folder.migrate().unwrap().project;
    let request = migrate::Request { folder: project, ..migrate::Request::default() };
    let error = request.carry_out(&|_| Ok(())).unwrap_err().to_string();
    assert!(error.contains("is a woodcut project already"), "{error}");
}

#[cfg(unix)]
#[test]
fn no_picture_from_outside_comes_in() {
    let scene = |url: &str| serde_json::json!({"quote": url, "description": url, "imageUrl": url});
    let folder = Folder::empty();
    let outside = folder.path("secret.png");
    let state = serde_json::json!({"phases": {"analyze": {"chapters": {"1": {"sceneConcepts": [
        scene("../secret.png"), scene("../../etc/passwd"), scene(&outside.to_string_lossy()),
        scene("./linked.png"), scene("aside/secret.png"),
    ]}}}}});
    let folder = folder.file(".imaginize.state.json", state.to_string()).picture("../secret.png");
    std::os::unix::fs::symlink(&outside, folder.old().join("linked.png")).unwrap();
    std::os::unix::fs::symlink(&outside, folder.old().join("chapter_1_scene_2.png")).unwrap();
    std::os::unix::fs::symlink(folder.path(""), folder.old().join("aside")).unwrap();
    let migrated = folder.migrate().unwrap();
    assert_eq!(
        (migrated.report.concepts, migrated.report.plates, migrated.report.pictures),
        (5, 0, 0)
    );
    let unplaced = &migrated.report.unplaced;
    for named in ["../secret.png", "../../etc/passwd", &*outside.to_string_lossy()] {
        assert!(says(unplaced, &[named, "leads out"]), "{named}: {unplaced:?}");
    }
    let secret = fs::read(&outside).unwrap();
    assert!(contents(&migrated.project).values().all(|bytes| *bytes != secret));
}

#[test]
fn a_book_named_by_a_path_is_looked_for_beside_only() {
    let folder = Folder::empty().file("aside/book.md", "# T\n\n## One\n\nIt rained.\n");
    let named = folder.old().join("aside/book.md");
    for named in [named.to_string_lossy().as_ref(), "aside/book.md", "..", "/etc/passwd"] {
        let state = serde_json::json!({"bookFile": named, "phases": {}, "toc": {"chapters": [{"number": 1}]}});
        fs::write(folder.old().join(".imaginize.state.json"), state.to_string()).unwrap();
        let mut request = folder.request();
        request.dry_run = true;
        assert_eq!(request.carry_out(&|_| Ok(())).unwrap().book, None, "{named}");
    }
}

#[test]
fn a_picture_that_does_not_open_proves_nothing() {
    let folder = Folder::of("era-d").with_book().file("chapter_2_scene_1.png", "no picture at all");
    let good = Folder::empty().picture("x.png").old().join("x.png");
    let mut cut = image_bytes();
    cut.truncate(cut.len() - 20);
    assert!(!good.exists());
    let folder = folder.file("chapter_3_scene_1.png", cut);
    let migrated = folder.migrate().unwrap();
    assert_eq!(migrated.report.plates, 0);
    let unplaced = &migrated.report.unplaced;
    assert!(says(unplaced, &["chapter_2_scene_1.png", "does not open"]), "{unplaced:?}");
    assert!(says(unplaced, &["chapter_3_scene_1.png", "does not open"]), "{unplaced:?}");
}

fn image_bytes() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture =
        image::RgbImage::from_fn(40, 40, |x, y| image::Rgb([(x * y) as u8, x as u8, y as u8]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}
