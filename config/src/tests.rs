//! Layers over one another, mistakes with their place, what is kept.

use std::path::{Path, PathBuf};

use expect_test::expect;

use crate::{
    Config, ConfigError, Effective, Flags, Origin, Sources, keep, load, sample, user_file,
};

struct Shelf(tempfile::TempDir);

impl Shelf {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(self, folder: &str, text: &str) -> Self {
        let folder = self.0.path().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        manifest::artifact::put(&folder, crate::FILE, text.as_bytes()).unwrap();
        self
    }

    fn load(&self, variables: &[(&str, &str)], flags: &Flags) -> Result<Effective, ConfigError> {
        let variables = variables.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        load(&Sources {
            user: Some(self.0.path().join("user").join(crate::FILE)),
            project: Some(&self.project()),
            variables: variables.collect(),
            flags,
        })
    }

    fn project(&self) -> PathBuf {
        self.0.path().join("tale.woodcut")
    }

    /// The message, without this folder's own name.
    fn mistakes(&self, variables: &[(&str, &str)], flags: &Flags) -> String {
        let error = self.load(variables, flags).unwrap_err().to_string();
        error.replace(&*self.0.path().to_string_lossy(), "")
    }
}

fn origin(effective: &Effective, key: &str) -> Origin {
    effective.values.iter().find(|value| value.key == key).unwrap().origin.clone()
}

#[test]
fn without_any_file_all_is_built_in() {
    let effective = Shelf::new().load(&[], &Flags::new()).unwrap();
    assert_eq!(effective.config, Config::default());
    assert!(effective.values.iter().all(|value| value.origin == Origin::BuiltIn));
}

#[test]
fn the_stronger_place_wins_and_the_weaker_shows_through() {
    let shelf = Shelf::new()
        .file("user", "[plates]\nstyle = 'etching'\nseed = 1\n[run]\nworkers = 3\n")
        .file("tale.woodcut", "[plates]\nseed = 2\nsize = '800x600'\n");
    let flags = Flags::new().with("run.workers", "--workers", Some(5));
    let effective = shelf.load(&[("WOODCUT_PLATES_SIZE", "64x64")], &flags).unwrap();
    let config = &effective.config;
    assert_eq!(config.plates.style.name(), "etching");
    assert_eq!((config.plates.seed, config.plates.size.0, config.run.workers), (2, [64, 64], 5));
    assert_eq!(origin(&effective, "run.workers"), Origin::Flag("--workers"));
    assert_eq!(origin(&effective, "plates.size"), Origin::Variable("WOODCUT_PLATES_SIZE".into()));
    assert_eq!(
        origin(&effective, "plates.seed"),
        Origin::File(shelf.project().join(crate::FILE), 2)
    );
}

#[test]
fn a_mistake_is_told_with_its_place_and_what_would_be_right() {
    let shelf = Shelf::new().file(
        "tale.woodcut",
        "[plates]\nstile = 'etching'\nsize = '9x9'\n\n[run]\nworkers = 99\nconcurrent = 'maybe'\n\
         [text]\nengine = 'olama'\n[txt]\nengine = 'ollama'\n[image]\nkey = 'sk-1'\n",
    );
    let expected = expect![[r#"
        /tale.woodcut/woodcut.toml:2: `plates.stile` is no key; did you mean `plates.style`?
        /tale.woodcut/woodcut.toml:6: `run.workers` must be from 1 to 16, not 99
        /tale.woodcut/woodcut.toml:7: `run.concurrent` must be true or false, not "maybe"
        /tale.woodcut/woodcut.toml:9: `text.engine` cannot be "olama"; it is one of `builtin`, `openai`, `openrouter`, `llamacpp`, `lmstudio`, `vllm`, `ollama`, `anthropic`, `gemini`; did you mean `ollama`?
        /tale.woodcut/woodcut.toml:11: `txt.engine` is no key; did you mean `text.engine`?
        /tale.woodcut/woodcut.toml:13: `image.key` is no key
        /tale.woodcut/woodcut.toml:3: `plates.size` cannot be used: `9x9` is no size; two numbers from 64 to 4096 are wanted, as in 1024x1536"#]];
    expected.assert_eq(&shelf.mistakes(&[], &Flags::new()));
}

#[test]
fn a_flag_accepts_what_a_file_may_say() {
    let workers = crate::flag::<i64>("run.workers");
    assert_eq!(workers("16"), Ok(16));
    assert_eq!(workers("99").unwrap_err(), "must be from 1 to 16, not 99");
    assert!(workers("two").is_err());
    assert!(crate::flag::<i64>("text.limits.concurrency")("0").is_err());
    assert!(crate::flag::<f64>("money.budget")("-1").is_err());
    assert!(crate::flag::<f64>("reading.pages_per_image")("nan").is_err());
}

#[test]
fn shares_of_the_phases_make_a_whole() {
    let shelf =
        Shelf::new().file("tale.woodcut", "\n[progress]\nanalysis = 0.4\nillustration = 0.5\n");
    let expected = expect![
        "/tale.woodcut/woodcut.toml:3: `progress` cannot be used: the weights must add up to 1, and add up to 0.9"
    ];
    expected.assert_eq(&shelf.mistakes(&[], &Flags::new()));
    let shelf = shelf.file("tale.woodcut", "[progress]\nanalysis = 0.4\nillustration = 0.6\n");
    assert!(shelf.load(&[], &Flags::new()).unwrap().config.progress.shares().unwrap().is_some());
    assert_eq!(Config::default().progress.shares(), Ok(None));
}

#[test]
fn what_is_not_toml_is_told_with_its_line() {
    let shelf = Shelf::new().file("tale.woodcut", "[plates]\nstyle = \n");
    let said = shelf.mistakes(&[], &Flags::new());
    assert!(said.starts_with("/tale.woodcut/woodcut.toml:2: "), "{said}");
}

#[test]
fn variables_are_understood_and_misspelt_ones_are_not_ignored() {
    let shelf = Shelf::new();
    let set = [
        ("WOODCUT_CONCURRENT", "0"),
        ("WOODCUT_TEXT_MODEL", "7"),
        ("WOODCUT_READING_PAGES_PER_IMAGE", "2.5"),
        ("WOODCUT_EPUBCHECK", "/somewhere"),
        ("HOME", "/nowhere"),
    ];
    let config = shelf.load(&set, &Flags::new()).unwrap().config;
    assert!(!config.run.concurrent);
    assert_eq!(config.text.model.as_deref(), Some("7"), "a text stays a text");
    assert!((config.reading.pages_per_image - 2.5).abs() < 1e-9);
    let expected = expect![
        "$WOODCUT_PLATES_STILE: `WOODCUT_PLATES_STILE` is no variable that woodcut knows; did you mean `WOODCUT_PLATES_STYLE`?"
    ];
    expected.assert_eq(&shelf.mistakes(&[("WOODCUT_PLATES_STILE", "etching")], &Flags::new()));
}

#[test]
fn a_path_is_meant_from_the_file_it_stands_in() {
    let shelf = Shelf::new().file("tale.woodcut", "[image]\nkey_file = 'key.txt'\n");
    let config = shelf.load(&[], &Flags::new()).unwrap().config;
    assert_eq!(config.image.key_file, Some(shelf.project().join("key.txt")));
}

#[test]
fn what_looks_like_a_key_is_not_shown() {
    let text = "[text]\nbase_url = 'https://me:pw@host/v1'\nkey_env = 'MY_KEY'\n\
                [text.extra]\napi_key = 'sk-1'\nseed = 3\n";
    let effective = Shelf::new().file("tale.woodcut", text).load(&[], &Flags::new()).unwrap();
    let shown = |key: &str| {
        let value = effective.values.iter().find(|value| value.key == key).unwrap();
        value.shown.as_ref().unwrap().to_string()
    };
    assert_eq!(shown("text.base_url"), r#""https://[hidden]@host/v1""#);
    assert_eq!(shown("text.key_env"), r#""MY_KEY""#);
    assert_eq!(shown("text.extra"), r#"{ api_key = "[hidden]", seed = 3 }"#);
    assert_eq!(effective.config.text.extra["api_key"].as_str(), Some("sk-1"));
}

#[test]
fn what_is_said_of_the_book_is_kept_and_the_rest_of_the_file_with_it() {
    let shelf = Shelf::new().file("tale.woodcut", "# mine\n[plates] # here\nseed = 1\n");
    let flags = Flags::new()
        .with("plates.style", "--style", Some("etching"))
        .with("plates.seed", "--seed", None::<i64>)
        .with("run.workers", "--workers", Some(3))
        .with("reading.pages_per_image", "--pages-per-image", Some(2.5));
    keep(&shelf.project(), &flags).unwrap();
    let text = std::fs::read_to_string(shelf.project().join(crate::FILE)).unwrap();
    let expected = expect![[r#"
        # mine
        [plates] # here
        seed = 1
        style = "etching"

        [reading]
        pages_per_image = 2.5
    "#]];
    expected.assert_eq(&text);
    keep(&shelf.project(), &flags).unwrap();
    assert_eq!(std::fs::read_to_string(shelf.project().join(crate::FILE)).unwrap(), text);
}

#[test]
fn without_anything_to_keep_no_file_is_made() {
    let shelf = Shelf::new();
    keep(&shelf.project(), &Flags::new().with("run.workers", "--workers", Some(3))).unwrap();
    assert!(!shelf.project().exists());
}

#[test]
fn the_sample_says_what_is_built_in() {
    let shelf = Shelf::new().file("tale.woodcut", &sample());
    assert_eq!(shelf.load(&[], &Flags::new()).unwrap().config, Config::default());
    // With every line that has a value in force, it still says the same.
    let lines = sample().lines().map(uncommented).collect::<Vec<_>>().join("\n");
    let shelf = shelf.file("tale.woodcut", &lines);
    let effective = shelf.load(&[], &Flags::new()).unwrap();
    assert_eq!(effective.config, Config::default());
    assert_ne!(origin(&effective, "plates.style"), Origin::BuiltIn);
}

fn uncommented(line: &str) -> String {
    let entry = line.strip_prefix("# ").and_then(|rest| rest.split_once(" = "));
    match entry {
        Some((name, value)) if !name.contains(' ') && !value.is_empty() => {
            format!("{name} = {value}")
        }
        _ => line.to_owned(),
    }
}

#[test]
fn the_users_file_is_where_the_system_says() {
    let of = |variables: &'static [(&str, &str)]| {
        user_file(&|name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    };
    let home = Path::new("/home/ada/.config/woodcut/woodcut.toml");
    assert_eq!(of(&[("HOME", "/home/ada")]).as_deref(), Some(home));
    let xdg = of(&[("HOME", "/home/ada"), ("XDG_CONFIG_HOME", "/etc/ada")]);
    assert_eq!(xdg.as_deref(), Some(Path::new("/etc/ada/woodcut/woodcut.toml")));
    assert_eq!(of(&[("XDG_CONFIG_HOME", "relative")]), None);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}") {
        let shelf = Shelf::new().file("tale.woodcut", &text);
        let _ = shelf.load(&[("WOODCUT_TEXT_EXTRA", &text)], &Flags::new());
    }
}
