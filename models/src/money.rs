//! Money and prices: an editable, dated table, and ranges that admit what they do not know.
//!
//! Invariant: an unknown price is `None`, all the way to the total; it is never counted as zero.
//! Only an engine on one's own machine is free.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// US dollars, in whole millionths, so that sums are exact.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Usd(u64);

impl Usd {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// So many millionths of a dollar.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// Millionths of a dollar.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// So many dollars, rounded up to a millionth; negative and endless amounts are nothing.
    pub fn from_dollars(dollars: f64) -> Self {
        if dollars.is_finite() && dollars > 0.0 {
            // Half a thousandth of a micro-dollar forgives what binary fractions add.
            Self((dollars * 1e6 - 0.0005).ceil().max(0.0) as u64)
        } else {
            Self::ZERO
        }
    }

    fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count))
    }
}

impl Add for Usd {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Self::add)
    }
}

impl fmt::Display for Usd {
    /// `$2.50`, and four places where cents would hide the amount.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dollars = self.0 as f64 / 1e6;
        if self.0 > 0 && self.0 < 100_000 {
            write!(f, "${dollars:.4}")
        } else {
            write!(f, "${dollars:.2}")
        }
    }
}

/// What an engine asks for its work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Price {
    /// It runs on one's own machine.
    Free,
    /// By the token, in dollars for a million of them; a picture may be counted in tokens too.
    Tokens {
        /// Tokens sent.
        input: f64,
        /// Tokens received.
        output: f64,
    },
    /// By the picture, in dollars.
    Pictures {
        /// The cheapest picture the model draws.
        low: f64,
        /// The dearest.
        high: f64,
        /// Where the bill is by the token: dollars for a million sent, and for a million received.
        by_token: Option<(f64, f64)>,
    },
}

impl Price {
    /// The bill for so many tokens and pictures, when they are known.
    pub fn bill(&self, input_tokens: u64, output_tokens: u64, pictures: u32) -> Usd {
        match *self {
            Self::Pictures { by_token: Some((input, output)), .. } if output_tokens > 0 => {
                Self::Tokens { input, output }.of(input_tokens, output_tokens, 0)
            }
            _ => self.of(input_tokens, output_tokens, pictures),
        }
    }

    /// The price of so many tokens and pictures, at the dearest: what to reserve.
    pub fn of(&self, input_tokens: u64, output_tokens: u64, pictures: u32) -> Usd {
        self.range(input_tokens, output_tokens, u64::from(pictures)).1
    }

    fn range(&self, input_tokens: u64, output_tokens: u64, pictures: u64) -> (Usd, Usd) {
        match *self {
            Self::Free => (Usd::ZERO, Usd::ZERO),
            Self::Tokens { input, output } => {
                let dollars = (input_tokens as f64 * input + output_tokens as f64 * output) / 1e6;
                (Usd::from_dollars(dollars), Usd::from_dollars(dollars))
            }
            Self::Pictures { low, high, .. } => {
                (Usd::from_dollars(low).times(pictures), Usd::from_dollars(high).times(pictures))
            }
        }
    }
}

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// Engine as in the configuration; `*` for any.
    engine: String,
    /// Model; a `*` at the end stands for any rest.
    model: String,
    #[serde(default)]
    input: Option<f64>,
    #[serde(default)]
    output: Option<f64>,
    #[serde(default)]
    picture: Option<[f64; 2]>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct TableFile {
    as_of: String,
    #[serde(default)]
    price: Vec<Row>,
}

/// Prices by engine and model, as of a date.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceTable {
    as_of: String,
    rows: Vec<Row>,
}

/// Why a price table is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PriceError {
    /// It cannot be read.
    #[error("cannot read the price table {path}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is not TOML of the right shape.
    #[error("the price table {path} has a mistake")]
    Malformed {
        /// The file.
        path: String,
        /// Where and what.
        source: toml::de::Error,
    },
    /// A line has neither prices by the token nor by the picture, or a price below zero.
    #[error(
        "the price table {path}: `{model}` needs `input` and `output`, or `picture = [low, high]`, none below zero"
    )]
    Line {
        /// The file.
        path: String,
        /// The model of that line.
        model: String,
    },
}

impl PriceTable {
    /// The table that comes with the program.
    pub fn bundled() -> Self {
        Self::parse(include_str!("prices.toml"), "that comes with woodcut")
            .unwrap_or(Self { as_of: String::new(), rows: Vec::new() })
    }

    /// The bundled table with the lines of the user's file before it.
    ///
    /// # Errors
    /// [`PriceError`] where the file cannot be read or understood.
    pub fn with_file(path: &Path) -> Result<Self, PriceError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|source| PriceError::Unreadable { path: name.clone(), source })?;
        let mut table = Self::parse(&text, &name)?;
        table.rows.extend(Self::bundled().rows);
        Ok(table)
    }

    fn parse(text: &str, path: &str) -> Result<Self, PriceError> {
        let file: TableFile = toml::from_str(text)
            .map_err(|source| PriceError::Malformed { path: path.to_owned(), source })?;
        let sound = |price: Option<f64>| price.is_some_and(|p| p.is_finite() && p >= 0.0);
        for row in &file.price {
            let tokens = sound(row.input) && sound(row.output);
            let no_tokens = row.input.is_none() && row.output.is_none();
            let pictures =
                row.picture.map(|[low, high]| sound(Some(low)) && sound(Some(high)) && low <= high);
            let is_sound = match pictures {
                Some(pictures) => pictures && (tokens || no_tokens),
                None => tokens,
            };
            if !is_sound {
                return Err(PriceError::Line { path: path.to_owned(), model: row.model.clone() });
            }
        }
        Ok(Self { as_of: file.as_of, rows: file.price })
    }

    /// The date the prices were looked up, `2026-09-30`.
    pub fn as_of(&self) -> &str {
        &self.as_of
    }

    /// The price of a model, `None` where the table does not say. The first line that fits counts.
    pub fn price(&self, engine: &str, model: &str) -> Option<Price> {
        let row = self.rows.iter().find(|row| {
            (row.engine == "*" || row.engine == engine) && model_fits(&row.model, model)
        })?;
        match (row.picture, row.input, row.output) {
            (Some([low, high]), input, output) => {
                Some(Price::Pictures { low, high, by_token: input.zip(output) })
            }
            (None, Some(input), Some(output)) => Some(Price::Tokens { input, output }),
            _ => None,
        }
    }
}

/// A pattern fits the model itself and, with `*` at its end, every model that begins so. Dated
/// snapshots (`gpt-image-1-2025-04-23`) are covered by such a pattern in the table.
fn model_fits(pattern: &str, model: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => model.starts_with(start),
        None => pattern == model,
    }
}

/// The amount of work ahead, each as lowest and highest guess.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Workload {
    /// Requests.
    pub calls: (u64, u64),
    /// Tokens sent.
    pub input_tokens: (u64, u64),
    /// Tokens received.
    pub output_tokens: (u64, u64),
    /// Pictures.
    pub pictures: (u64, u64),
}

/// What a workload costs, from lowest to highest; `None` where the price is not known.
pub fn estimate(work: &Workload, price: Option<&Price>) -> Option<(Usd, Usd)> {
    let price = price?;
    let low = price.range(work.input_tokens.0, work.output_tokens.0, work.pictures.0).0;
    let high = price.range(work.input_tokens.1, work.output_tokens.1, work.pictures.1).1;
    Some((low, high))
}

/// A rough number of tokens in `text`, on the high side: four letters of English, or one
/// character of any other script, to a token.
pub fn estimate_tokens(text: &str) -> u64 {
    let ascii = text.bytes().filter(u8::is_ascii).count() as u64;
    let other = text.chars().filter(|c| !c.is_ascii()).count() as u64;
    ascii.div_ceil(4) + other
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<PriceTable, PriceError> {
        PriceTable::parse(text, "test")
    }

    #[test]
    fn the_bundled_table_can_be_read_and_is_dated() {
        let table = table(include_str!("prices.toml")).unwrap();
        assert_eq!(table, PriceTable::bundled());
        assert_eq!(table.as_of().len(), "2026-09-30".len());
        assert!(table.price("gemini", "gemini-2.5-flash-image").is_some());
    }

    #[test]
    fn an_unknown_price_is_not_zero() {
        let table = PriceTable::bundled();
        assert_eq!(table.price("openai", "some-model-of-tomorrow"), None);
        let work = Workload { pictures: (10, 20), ..Workload::default() };
        assert_eq!(estimate(&work, None), None);
        assert_eq!(estimate(&work, Some(&Price::Free)), Some((Usd::ZERO, Usd::ZERO)));
    }

    #[test]
    fn a_range_goes_from_the_cheapest_to_the_dearest() {
        let work = Workload { pictures: (10, 20), ..Workload::default() };
        let price = Price::Pictures { low: 0.01, high: 0.04, by_token: None };
        let (low, high) = estimate(&work, Some(&price)).unwrap();
        assert_eq!((low.to_string(), high.to_string()), ("$0.10".into(), "$0.80".into()));
        let by_token = Price::Pictures { low: 0.01, high: 0.04, by_token: Some((5.0, 40.0)) };
        assert_eq!(by_token.of(100, 1000, 1), Usd::from_dollars(0.04), "what is reserved");
        assert_eq!(by_token.bill(100, 1000, 1), Usd::from_dollars(0.0405), "what is paid");
        assert_eq!(by_token.bill(0, 0, 1), Usd::from_dollars(0.04), "where nothing is told");
        let tokens = Price::Tokens { input: 0.5, output: 2.0 };
        assert_eq!(tokens.of(1_000_000, 250_000, 0), Usd::from_dollars(1.0));
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "nobody else reads the file of a test")]
    fn the_users_lines_come_first_and_patterns_end_in_a_star() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("prices.toml");
        let mine = "as_of = '2030-01-01'\n[[price]]\nengine = '*'\nmodel = 'gpt-*'\n\
                    input = 1.0\noutput = 2.0\n";
        std::fs::write(&path, mine).unwrap();
        let table = PriceTable::with_file(&path).unwrap();
        assert_eq!(table.as_of(), "2030-01-01");
        let expected = Some(Price::Tokens { input: 1.0, output: 2.0 });
        assert_eq!(table.price("openai", "gpt-5-mini"), expected);
        assert!(table.price("gemini", "gemini-2.5-flash-image").is_some(), "bundled lines remain");
    }

    #[test]
    fn a_line_without_a_price_is_a_mistake() {
        for line in [
            "",
            "input = 1.0",
            "picture = [2.0, 1.0]",
            "picture = [1.0, 2.0]\ninput = 1.0",
            "input = -1.0\noutput = 1.0",
        ] {
            let text =
                format!("as_of = '2030-01-01'\n[[price]]\nengine = '*'\nmodel = 'm'\n{line}");
            assert!(matches!(table(&text), Err(PriceError::Line { .. })), "{line}");
        }
        assert!(matches!(table("prices = 1"), Err(PriceError::Malformed { .. })));
    }

    #[test]
    fn dollars_are_rounded_up_and_never_negative() {
        assert_eq!(Usd::from_dollars(0.039).micros(), 39_000);
        assert_eq!(Usd::from_dollars(0.000_000_2).micros(), 1);
        assert_eq!(Usd::from_dollars(-1.0), Usd::ZERO);
        assert_eq!(Usd::from_dollars(f64::INFINITY), Usd::ZERO);
        assert_eq!(Usd::from_micros(4200).to_string(), "$0.0042");
    }
}
