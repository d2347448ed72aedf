//! How long a server asks to be left alone.

use std::time::{Duration, SystemTime};

use ureq::http::HeaderMap;

/// No wait is longer than this, whatever a header says.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// How long the server asks to wait, in any of the forms in use: milliseconds, seconds with or
/// without a fraction, a date, or, failing these, the reset time of a limit that is used up.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let seconds = |number: f64| {
        (!number.is_nan())
            .then(|| Duration::from_secs_f64(number.clamp(0.0, LONGEST_WAIT.as_secs_f64())))
    };
    if let Some(ms) = text("retry-after-ms").and_then(|ms| ms.parse::<f64>().ok()) {
        return seconds(ms / 1000.0);
    }
    if let Some(after) = text("retry-after") {
        if let Ok(number) = after.parse::<f64>() {
            return seconds(number);
        }
        if let Ok(date) = httpdate::parse_http_date(after) {
            let wait = date.duration_since(now).unwrap_or(Duration::ZERO);
            return Some(wait.min(LONGEST_WAIT));
        }
    }
    let used_up = |before: &str, unit: &str| {
        let name = |what: &str| format!("{before}-ratelimit-{what}");
        // OpenAI names the unit last, Anthropic before what is said of it.
        let [left, reset] = match before {
            "x" => ["remaining", "reset"].map(|what| format!("{}-{unit}", name(what))),
            _ => ["remaining", "reset"].map(|what| name(&format!("{unit}-{what}"))),
        };
        (text(&left) == Some("0")).then(|| text(&reset)).flatten()
    };
    let units = ["requests", "tokens", "input-tokens", "output-tokens"];
    let resets = ["x", "anthropic"]
        .iter()
        .flat_map(|before| units.iter().filter_map(|unit| used_up(before, unit)));
    resets.filter_map(|reset| until(reset, now)).max()
}

/// How long it is to the reset of a limit: a duration, seconds, or a date.
fn until(reset: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = reset.parse::<f64>() {
        let seconds = (seconds > 0.0).then(|| seconds.min(LONGEST_WAIT.as_secs_f64()))?;
        return Some(Duration::from_secs_f64(seconds));
    }
    if let Ok(date) = chrono::DateTime::parse_from_rfc3339(reset) {
        let wait = SystemTime::from(date).duration_since(now).unwrap_or(Duration::ZERO);
        return Some(wait.min(LONGEST_WAIT));
    }
    go_duration(reset)
}

/// Reads `1m30.5s`, `12ms`, `6m0s`: a duration as Go writes it.
pub(crate) fn go_duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        let unit_end = rest[digits..]
            .find(|c: char| c.is_ascii_digit())
            .map_or(rest.len(), |length| digits + length);
        total += number
            * match &rest[digits..unit_end] {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "us" | "µs" => 1e-6,
                "ns" => 1e-9,
                _ => return None,
            };
        rest = &rest[unit_end..];
    }
    (total > 0.0).then(|| Duration::from_secs_f64(total.min(LONGEST_WAIT.as_secs_f64())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            let name: ureq::http::HeaderName = name.parse().unwrap();
            map.insert(name, value.parse().unwrap());
        }
        map
    }

    #[test]
    fn every_form_of_retry_after_is_understood() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        let wait = |pairs: &[(&str, &str)]| {
            retry_after(&headers(pairs), now).map(|wait| wait.as_secs_f64())
        };
        assert_eq!(wait(&[("retry-after", "2")]), Some(2.0));
        assert_eq!(wait(&[("retry-after", "0.5")]), Some(0.5));
        assert_eq!(wait(&[("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT")]), Some(10.0));
        assert_eq!(wait(&[("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")]), Some(0.0));
        assert_eq!(wait(&[("retry-after-ms", "250"), ("retry-after", "9")]), Some(0.25));
        assert_eq!(wait(&[("retry-after", "soon")]), None);
        assert_eq!(wait(&[("retry-after", "-3")]), Some(0.0));
        assert_eq!(wait(&[("retry-after", "inf")]), Some(86400.0));
        assert_eq!(wait(&[("retry-after", "NaN")]), None);
        assert_eq!(
            wait(&[("x-ratelimit-remaining-tokens", "0"), ("x-ratelimit-reset-tokens", "6m0s")]),
            Some(360.0)
        );
        assert_eq!(wait(&[("x-ratelimit-reset-tokens", "6m0s")]), None);
        let remaining = ("x-ratelimit-remaining-requests", "0");
        assert_eq!(wait(&[remaining, ("x-ratelimit-reset-requests", "12")]), Some(12.0));
        assert_eq!(wait(&[remaining, ("x-ratelimit-reset-requests", "-1")]), None);
        let remaining = ("anthropic-ratelimit-input-tokens-remaining", "0");
        let reset = ("anthropic-ratelimit-input-tokens-reset", "1994-11-06T08:50:07Z");
        assert_eq!(wait(&[remaining, reset]), Some(30.0));
    }

    #[test]
    fn go_durations() {
        let read = |text| go_duration(text).map(|d| d.as_millis());
        assert_eq!(read("12ms"), Some(12));
        assert_eq!(read("1m30.5s"), Some(90_500));
        for nonsense in ["", "-1", "12", "s", "1x", "0s", "1.2.3s", "µ"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_header_makes_us_panic(text in "[ -~]{0,40}") {
            let pairs = [("retry-after", text.as_str()), ("retry-after-ms", text.as_str())];
            let _ = retry_after(&headers(&pairs), SystemTime::UNIX_EPOCH);
        }
    }
}
