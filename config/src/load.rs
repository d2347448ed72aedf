//! Laying the places over one another.

use std::path::{Path, PathBuf};

use crate::error::{ConfigError, Mistake};
use crate::layer::{self, Flags, Keys, Layer, Origin};
use crate::{Config, FILE, keys, mask};

/// Where a configuration comes from.
pub struct Sources<'a> {
    /// The user's file; [`user_file`] tells which.
    pub user: Option<PathBuf>,
    /// The project's folder, whether it is there or not.
    pub project: Option<&'a Path>,
    /// The environment.
    pub variables: Vec<(String, String)>,
    /// The command line.
    pub flags: &'a Flags,
}

impl<'a> Sources<'a> {
    /// Those of this process, for a project.
    #[must_use]
    pub fn of_process(project: Option<&'a Path>, flags: &'a Flags) -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        let variables: Vec<_> = std::env::vars_os().filter_map(text).collect();
        Self { user: user_file(&models::process_env), project, variables, flags }
    }
}

/// The user's file: in `$XDG_CONFIG_HOME`, else in `~/.config`, on Windows in `%APPDATA%`.
#[must_use]
pub fn user_file(env: models::Env<'_>) -> Option<PathBuf> {
    let set = |name| env(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = set("XDG_CONFIG_HOME").or_else(|| Some(set("HOME")?.join(".config")));
    Some(folder.or_else(|| set("APPDATA"))?.join("woodcut").join(FILE))
}

/// A configuration, and where each value comes from.
#[derive(Debug, Clone)]
pub struct Effective {
    /// The configuration.
    pub config: Config,
    /// Every key with its value, by name.
    pub values: Vec<Value>,
}

/// One value of a configuration, as it may be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// Its key: `image.limits.concurrency`.
    pub key: String,
    /// What it is, secrets masked; `None` where it is not set and nothing is built in.
    pub shown: Option<toml::Value>,
    /// Where it was written.
    pub origin: Origin,
}

/// Loads the configuration.
///
/// # Errors
/// [`ConfigError`] names the file, the line and the key, and what would be right.
pub fn load(sources: &Sources<'_>) -> Result<Effective, ConfigError> {
    let keys = keys::keys();
    let mut mistakes = Vec::new();
    let project = sources.project.map(|folder| folder.join(FILE));
    let mut merged = Layer::new();
    for path in [&sources.user, &project].into_iter().flatten() {
        merged.extend(read_file(path, &keys, &mut mistakes)?);
    }
    let variables = sources.variables.iter().cloned();
    merged.extend(layer::of_environment(variables, &keys, &mut mistakes));
    merged.extend(layer::of_flags(sources.flags, &keys, &mut mistakes));
    let config = assemble(&merged, &mut mistakes);
    if let Some(Err(why)) = config.as_ref().map(|config| config.progress.shares()) {
        let first = merged.iter().find(|(key, _)| key.starts_with("progress."));
        let origin = first.map_or(Origin::BuiltIn, |(_, setting)| setting.origin.clone());
        mistakes.push(Mistake {
            origin,
            key: "progress".to_owned(),
            why: format!("cannot be used: {why}"),
        });
    }
    match config {
        Some(config) if mistakes.is_empty() => {
            let values = values(&config, &merged, &keys);
            Ok(Effective { config, values })
        }
        _ => Err(ConfigError::Mistakes(mistakes)),
    }
}

fn read_file(path: &Path, keys: &Keys, mistakes: &mut Vec<Mistake>) -> Result<Layer, ConfigError> {
    match std::fs::read_to_string(path) {
        Ok(text) => layer::of_file(path, &text, keys, mistakes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Layer::new()),
        Err(source) => Err(ConfigError::Unreadable { path: path.to_owned(), source }),
    }
}

/// The typed configuration. What the schema cannot say, such as a size, is found out here, value by
/// value, so that the mistake is reported at its place.
fn assemble(merged: &Layer, mistakes: &mut Vec<Mistake>) -> Option<Config> {
    let mut table = toml::Table::new();
    for (key, setting) in merged {
        let mut alone = toml::Table::new();
        insert(&mut alone, key, setting.value.clone());
        match alone.try_into::<Config>() {
            Ok(_) => insert(&mut table, key, setting.value.clone()),
            Err(error) => mistakes.push(Mistake {
                origin: setting.origin.clone(),
                key: key.clone(),
                why: format!("cannot be used: {}", error.message()),
            }),
        }
    }
    table.try_into().ok()
}

fn insert(table: &mut toml::Table, key: &str, value: toml::Value) {
    match key.split_once('.') {
        None => drop(table.insert(key.to_owned(), value)),
        Some((section, rest)) => {
            let inner = table.entry(section).or_insert_with(|| toml::Table::new().into());
            if let Some(inner) = inner.as_table_mut() {
                insert(inner, rest, value);
            }
        }
    }
}

fn values(config: &Config, merged: &Layer, keys: &Keys) -> Vec<Value> {
    let whole = toml::Value::try_from(config).ok();
    let value = |key: &String| {
        let found = key.split('.').try_fold(whole.as_ref()?, |inner, name| inner.get(name));
        found.map(|value| mask::masked(key, value))
    };
    let origin = |key: &String| merged.get(key).map_or(Origin::BuiltIn, |s| s.origin.clone());
    keys.keys()
        .map(|key| Value { key: key.clone(), shown: value(key), origin: origin(key) })
        .collect()
}
