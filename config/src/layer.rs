//! One layer of the configuration: what one place says, with where it says it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use toml_edit::{Document, Item, TableLike};

use crate::error::{ConfigError, Mistake};
use crate::keys::{Key, join, nearest};

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Nowhere: it is built in.
    BuiltIn,
    /// In a file, at a line counted from 1.
    File(PathBuf, usize),
    /// In an environment variable.
    Variable(String),
    /// On the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("built in"),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => write!(f, "${name}"),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// What the command line says, by key.
#[derive(Debug, Clone, Default)]
pub struct Flags(BTreeMap<&'static str, (&'static str, toml::Value)>);

impl Flags {
    /// No flags.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a flag, where it was given.
    #[must_use]
    pub fn with(
        mut self,
        key: &'static str,
        flag: &'static str,
        value: Option<impl Into<toml::Value>>,
    ) -> Self {
        if let Some(value) = value {
            self.0.insert(key, (flag, value.into()));
        }
        self
    }

    /// The flags of two parts of a command line.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Every flag that was given: its key and its value.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&'static str, &toml::Value)> {
        self.0.iter().map(|(key, (_, value))| (*key, value))
    }
}

/// A value as it was written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Setting {
    pub value: toml::Value,
    pub origin: Origin,
}

/// What one place says, by key.
pub(crate) type Layer = BTreeMap<String, Setting>;

/// The keys there are.
pub(crate) type Keys = BTreeMap<String, Key>;

/// The layer of a file.
///
/// # Errors
/// [`ConfigError::NotToml`]; what is TOML and still wrong is added to `mistakes`.
pub(crate) fn of_file(
    path: &Path,
    text: &str,
    keys: &Keys,
    mistakes: &mut Vec<Mistake>,
) -> Result<Layer, ConfigError> {
    let line = |at: usize| 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
    let document = Document::parse(text).map_err(|error| ConfigError::NotToml {
        path: path.to_owned(),
        line: error.span().map_or(1, |span| line(span.start)),
        why: error.message().lines().collect::<Vec<_>>().join(" "),
    })?;
    let mut found = Vec::new();
    flatten(document.as_table(), "", keys, &mut found);
    let mut layer = Layer::new();
    for (key, at, value) in found {
        let origin = Origin::File(path.to_owned(), line(at));
        add(&mut layer, keys, key, Setting { value, origin }, mistakes);
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    for (key, setting) in &mut layer {
        if let (true, Some(path)) = (keys[key].is_path(), setting.value.as_str()) {
            setting.value = folder.join(path).to_string_lossy().into_owned().into();
        }
    }
    Ok(layer)
}

/// Every value of a table down to the keys there are, with where it stands in the text.
fn flatten(
    table: &dyn TableLike,
    section: &str,
    keys: &Keys,
    found: &mut Vec<(String, usize, toml::Value)>,
) {
    for (name, item) in table.iter() {
        let key = join(section, name);
        let at = table.key(name).and_then(toml_edit::Key::span).or(item.span());
        let at = at.map_or(0, |span| span.start);
        match item.as_table_like() {
            Some(inner) if !keys.contains_key(&key) => flatten(inner, &key, keys, found),
            _ => {
                if let Some(value) = plain(item) {
                    found.push((key, at, value));
                }
            }
        }
    }
}

/// The value without its spans and comments.
fn plain(item: &Item) -> Option<toml::Value> {
    let text = match item.clone().into_value() {
        Ok(value) => format!("value = {}", value.decorated("", "")),
        Err(_) => return None,
    };
    text.parse::<toml::Table>().ok()?.remove("value")
}

/// The layer of the environment. A variable's name is the key's in capitals: `WOODCUT_TEXT_ENGINE`.
pub(crate) fn of_environment(
    variables: impl Iterator<Item = (String, String)>,
    keys: &Keys,
    mistakes: &mut Vec<Mistake>,
) -> Layer {
    let names: BTreeMap<String, &String> = keys.keys().map(|key| (variable_of(key), key)).collect();
    let mut layer = Layer::new();
    for (name, text) in variables.filter(|(name, _)| name.starts_with(PREFIX)) {
        let origin = Origin::Variable(name.clone());
        if let Some(key) = names.get(&name) {
            let value = from_text(&keys[*key], &text);
            add(&mut layer, keys, (*key).clone(), Setting { value, origin }, mistakes);
        } else if name == CONCURRENT {
            let value = from_text(&keys["run.concurrent"], &text);
            add(&mut layer, keys, "run.concurrent".to_owned(), Setting { value, origin }, mistakes);
        } else if let Some(near) = nearest(&name, names.keys().map(String::as_str)) {
            let why = format!("is no variable that woodcut knows; did you mean `{near}`?");
            mistakes.push(Mistake { origin, key: name, why });
        }
    }
    layer
}

const PREFIX: &str = "WOODCUT_";
/// The short name of the way back to one after the other.
const CONCURRENT: &str = "WOODCUT_CONCURRENT";

/// The variable that sets a key.
pub(crate) fn variable_of(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "_").to_uppercase())
}

/// What a text means where texts are all there is.
fn from_text(key: &Key, text: &str) -> toml::Value {
    if key.is_text() {
        return text.into();
    }
    let is_switch = key.schema["type"] == "boolean";
    match text {
        "1" | "yes" | "on" if is_switch => true.into(),
        "0" | "no" | "off" if is_switch => false.into(),
        _ => {
            let table = format!("value = {text}").parse::<toml::Table>().ok();
            table.and_then(|mut table| table.remove("value")).unwrap_or_else(|| text.into())
        }
    }
}

/// The layer of the command line.
pub(crate) fn of_flags(flags: &Flags, keys: &Keys, mistakes: &mut Vec<Mistake>) -> Layer {
    let mut layer = Layer::new();
    for (key, (flag, value)) in &flags.0 {
        let setting = Setting { value: value.clone(), origin: Origin::Flag(flag) };
        add(&mut layer, keys, (*key).to_owned(), setting, mistakes);
    }
    layer
}

/// Takes a value into a layer if it can be used.
fn add(layer: &mut Layer, keys: &Keys, key: String, setting: Setting, mistakes: &mut Vec<Mistake>) {
    let why = match keys.get(&key) {
        Some(known) => known.refusal(&setting.value),
        None => {
            let near = nearest(&key, keys.keys().map(String::as_str));
            let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Some(format!("is no key{near}"))
        }
    };
    match why {
        None => drop(layer.insert(key, setting)),
        Some(why) => mistakes.push(Mistake { origin: setting.origin, key, why }),
    }
}
