//! A command line as it may be kept: without secrets.
//!
//! No option of ours takes a key, so whatever looks like one was typed by mistake; a mistake must not
//! stand in a file for ever.

use crate::record::one_line;

/// What stands for a secret.
const HIDDEN: &str = "[hidden]";
/// What the names of secrets contain.
const SECRET: [&str; 6] = ["key", "token", "secret", "password", "passwd", "auth"];
/// How the keys of well-known services begin.
const KEYS: [&str; 8] = ["sk-", "sk_", "pk-", "AIza", "hf_", "ghp_", "gsk_", "xai-"];
/// More arguments than this are not kept.
const MOST: usize = 100;

/// Those of this process, after the program's name.
pub(crate) fn of_this_process() -> Vec<String> {
    let arguments: Vec<_> =
        std::env::args_os().skip(1).map(|a| a.to_string_lossy().into_owned()).collect();
    masked(&arguments)
}

pub(crate) fn masked(arguments: &[String]) -> Vec<String> {
    let mut hide_next = false;
    let mut kept = Vec::new();
    for argument in arguments.iter().take(MOST) {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) if name.starts_with('-') => (Some(name), value),
            _ => (None, argument.as_str()),
        };
        let is_option = argument.starts_with('-');
        let hidden = std::mem::take(&mut hide_next) && !is_option;
        kept.push(match name {
            _ if hidden => HIDDEN.to_owned(),
            Some(name) if is_secret(name) => format!("{name}={HIDDEN}"),
            Some(name) => format!("{name}={}", one_line(&without_secrets(value))),
            None => {
                hide_next = is_option && is_secret(argument);
                one_line(&without_secrets(argument))
            }
        });
    }
    kept
}

fn is_secret(option: &str) -> bool {
    let option = option.to_lowercase();
    let names_a_place = option.ends_with("-file") || option.ends_with("-env");
    !names_a_place && SECRET.iter().any(|word| option.contains(word))
}

/// A value without what looks like a key, and an address without the name and password in it.
fn without_secrets(value: &str) -> String {
    if KEYS.iter().any(|start| value.starts_with(start)) && value.len() > 12 {
        return HIDDEN.to_owned();
    }
    let Some((scheme, rest)) = value.split_once("://") else { return value.to_owned() };
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    match host.rfind('@') {
        Some(at) => format!("{scheme}://{HIDDEN}{}", &rest[at..]),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(line: &str) -> String {
        let arguments: Vec<_> = line.split(' ').map(str::to_owned).collect();
        masked(&arguments).join(" ")
    }

    #[test]
    fn what_looks_like_a_secret_is_not_kept() {
        for (line, shown) in [
            ("run tale.md --workers 3 --budget=2", "run tale.md --workers 3 --budget=2"),
            ("run --api-key abc tale.md", "run --api-key [hidden] tale.md"),
            ("run --api-key=abc tale.md", "run --api-key=[hidden] tale.md"),
            ("run --password --json", "run --password --json"),
            ("run --key-file k.txt", "run --key-file k.txt"),
            ("run sk-0123456789abcdef", "run [hidden]"),
            ("run --x=sk-0123456789abcdef", "run --x=[hidden]"),
            ("run --url http://me:pw@host/v1", "run --url http://[hidden]@host/v1"),
            ("run --url=http://pw@host?a@b", "run --url=http://[hidden]@host?a@b"),
        ] {
            assert_eq!(kept(line), shown);
        }
    }
}
