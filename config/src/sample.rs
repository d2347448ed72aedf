//! The commented file that `woodcut init` writes: every key, what it is for, what is built in.

use std::fmt::Write;

use crate::Config;
use crate::keys::{Key, join, keys};
use crate::layer::variable_of;

/// The text of a `woodcut.toml` in which every key stands, commented out.
#[must_use]
pub fn sample() -> String {
    let mut text = String::from(
        "# How woodcut reads, draws and pays. Every line is optional; what is commented out shows what\n\
         # is built in. Stronger than this file are the environment and the command line. No key of a\n\
         # service belongs here: put it into the variable or the file that `key_env` or `key_file` names.\n",
    );
    let built_in = toml::Value::try_from(Config::default());
    let built_in = built_in.unwrap_or_else(|_| toml::Table::new().into());
    let mut section = String::new();
    let keys = keys();
    let mut places: Vec<_> =
        keys.keys().map(|key| key.rsplit_once('.').unwrap_or(("", key))).collect();
    // A section's own keys come before the sections in it.
    places.sort_unstable();
    for (of, name) in places {
        let key = join(of, name);
        if of != section {
            of.clone_into(&mut section);
            let _ = write!(text, "\n[{section}]\n");
        }
        let value = key.split('.').try_fold(&built_in, |inner, name| inner.get(name));
        let _ = write!(text, "{}", entry(&key, name, &keys[&key], value));
    }
    text
}

fn entry(key: &str, name: &str, known: &Key, built_in: Option<&toml::Value>) -> String {
    let mut text = String::new();
    for line in known.description().lines() {
        let _ = writeln!(text, "# {line}");
    }
    let choices = known.choices();
    if !choices.is_empty() {
        let _ = writeln!(text, "# One of: {}", choices.join(", "));
    }
    let value = built_in.map_or_else(String::new, ToString::to_string);
    let _ = writeln!(text, "# ${}\n# {name} = {value}", variable_of(key));
    text
}
