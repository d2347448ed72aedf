//! What must not be shown: whatever looks like a key of a service.

/// A value as it may be shown.
pub(crate) fn masked(key: &str, value: &toml::Value) -> toml::Value {
    match value {
        toml::Value::String(_) if is_secret(key) => "[hidden]".into(),
        toml::Value::String(text) => without_user(text).into(),
        toml::Value::Table(table) => {
            let inner = table.iter().map(|(name, value)| (name.clone(), masked(name, value)));
            toml::Value::Table(inner.collect())
        }
        other => other.clone(),
    }
}

/// Whether a name in a free table is that of a secret. The configuration's own keys name variables and
/// files, which are no secrets.
fn is_secret(key: &str) -> bool {
    let name = key.rsplit('.').next().unwrap_or(key).to_lowercase();
    let secret = ["key", "token", "secret", "password", "authorization"];
    let known = ["key_env", "key_file", "max_output_tokens"];
    secret.iter().any(|word| name.contains(word)) && !known.contains(&name.as_str())
}

/// An address without the name and password in it.
fn without_user(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let end = rest.find('/').unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}://[hidden]{}", &rest[at..]),
        None => text.to_owned(),
    }
}
