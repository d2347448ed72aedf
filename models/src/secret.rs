//! Keys: where they come from and how they stay unseen.
//!
//! Invariant: a key leaves a [`Secret`] only through [`Secret::expose`], which is called where a
//! request's headers are put together and nowhere else. `Debug` and `Display` show a placeholder.

use std::fmt;
use std::path::{Path, PathBuf};

const HIDDEN: &str = "[key]";

/// A key that does not show itself.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Option<String>);

/// Why a key could not be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A variable was named in the configuration, and it is not set.
    #[error("the environment variable `{0}` is not set; set it to the key of the service")]
    NotSet(String),
    /// The key has characters that cannot stand in a header.
    #[error("the key from {0} holds a line break or another character no key has; copy it again")]
    NotAKey(String),
    /// The key file cannot be read.
    #[error("cannot read the key file {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Others may read the key file.
    #[error("others can read the key file {path}; run `chmod 600 {path}`", path = path.display())]
    Open {
        /// The file.
        path: PathBuf,
    },
}

/// Reads an environment variable; the real one is [`process_env`].
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The environment of this process.
pub fn process_env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Secret {
    /// No key at all, as for a server on one's own machine.
    pub const fn none() -> Self {
        Self(None)
    }

    /// Wraps a key. An empty one counts as none.
    pub fn new(key: &str) -> Self {
        let key = key.trim();
        Self((!key.is_empty()).then(|| key.to_owned()))
    }

    /// The key in the environment variable `name`.
    ///
    /// # Errors
    /// [`KeyError::NotAKey`] where the value cannot be a key. An unset variable is no key.
    pub fn from_env(name: &str, env: Env<'_>) -> Result<Self, KeyError> {
        Self::checked(&env(name).unwrap_or_default(), || format!("`{name}`"))
    }

    /// The key in a file that only its owner may read (mode 0600 or stricter).
    ///
    /// # Errors
    /// [`KeyError`] where the file cannot be read, is open to others or holds no key.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        let unreadable = |source| KeyError::Unreadable { path: path.to_owned(), source };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(path).map_err(unreadable)?.permissions().mode();
            if mode & 0o077 != 0 {
                return Err(KeyError::Open { path: path.to_owned() });
            }
        }
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        Self::checked(&text, || path.display().to_string())
    }

    fn checked(text: &str, from: impl Fn() -> String) -> Result<Self, KeyError> {
        let key = text.trim();
        if key.chars().any(|c| !c.is_ascii_graphic()) {
            return Err(KeyError::NotAKey(from()));
        }
        Ok(Self::new(key))
    }

    /// Whether there is a key.
    pub fn is_set(&self) -> bool {
        self.0.is_some()
    }

    /// The key itself, for a header and for nothing else.
    pub(crate) fn expose(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// `text` without the key, should a server have echoed it.
    pub fn redact(&self, text: &str) -> String {
        match &self.0 {
            Some(key) => text.replace(key.as_str(), HIDDEN),
            None => text.to_owned(),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_set() { HIDDEN } else { "[no key]" })
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_never_shows() {
        let key = Secret::new("sk-very-secret");
        assert_eq!(format!("{key} {key:?} {:?}", Some(&key)), "[key] [key] Some([key])");
        assert_eq!(key.redact("bad key sk-very-secret!"), "bad key [key]!");
    }

    #[test]
    fn keys_are_trimmed_and_checked() {
        let env = |name: &str| match name {
            "GOOD" => Some(" sk-1\n".to_owned()),
            "EMPTY" => Some(String::new()),
            "SPLIT" => Some("sk-1\r\nX-Evil: 1".to_owned()),
            _ => None,
        };
        assert_eq!(Secret::from_env("GOOD", &env).unwrap(), Secret::new("sk-1"));
        assert!(!Secret::from_env("EMPTY", &env).unwrap().is_set());
        assert!(!Secret::from_env("UNSET", &env).unwrap().is_set());
        let error = Secret::from_env("SPLIT", &env).unwrap_err();
        assert!(!error.to_string().contains("sk-1"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    #[expect(clippy::disallowed_methods, reason = "nobody else reads the file of a test")]
    fn a_key_file_open_to_others_is_not_read() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        std::fs::write(&path, "sk-1\n").unwrap();
        let with_mode = |mode| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            Secret::from_file(&path)
        };
        assert!(matches!(with_mode(0o644), Err(KeyError::Open { .. })));
        assert_eq!(with_mode(0o600).unwrap(), Secret::new("sk-1"));
    }
}
