//! Phrases that describe: which words say what something looks like, and where they begin and end.

use std::ops::Range;

use book::element::Aspect;

use super::lexicon::{beings, grammar, looks, settings, things, words};
use super::text::{Document, Kind, Sentence};

/// More words than this are no noun phrase.
const MOST_MODIFIERS: usize = 6;

/// The side of the looks that the noun at `at` is about.
pub(super) fn part(document: &Document<'_>, at: usize) -> Option<Aspect> {
    let word = document.word(at);
    match looks().label(word)? {
        _ if matches!(word, "voice" | "gaze" | "pocket") => None,
        "hair" => Some(Aspect::Hair),
        "eyes" => Some(Aspect::Eyes),
        "face" => Some(Aspect::Face),
        "body" => Some(Aspect::Body),
        "clothes" | "carried" => Some(Aspect::Clothes),
        _ => None,
    }
}

/// The noun phrase that ends with the looks noun at `at`: its words and its side of the looks.
/// Only phrases with a describing word.
pub(super) fn noun_phrase(document: &Document<'_>, at: usize) -> Option<(Range<usize>, Aspect)> {
    let aspect = part(document, at)?;
    let mut start = at;
    let mut describing = 0;
    for index in (at.saturating_sub(MOST_MODIFIERS)..at).rev() {
        let word = document.word(index);
        let joins = matches!(word, "and" | ",") && start < at;
        if !document.same_sentence(index, at) {
            break;
        }
        if let Some(kind) = looks().label(word) {
            if kind == "manner" && !matches!(aspect, Aspect::Face | Aspect::Eyes) {
                break;
            }
            if matches!(kind, "hair" | "eyes" | "face" | "body") && !looks().is(word, "wear") {
                break;
            }
            describing += usize::from(!matches!(kind, "clothes" | "carried"));
            start = index;
        } else if index + 1 == at
            && document.tokens[index].kind == Kind::Word
            && !words().is(word, "function")
            && is_describing(document.before(index, 1))
        {
            // `large innocent eyes`: one word that no list has.
            start = index;
        } else if !(joins && looks().has(document.before(index, 1))
            || matches!(word, "very" | "rather") && start < at)
        {
            break;
        }
    }
    // `white as snow`, `coat of blue cloth`
    let mut end = at + 1;
    if document.after(at, 1) == "of"
        && (looks().has(document.after(at, 2)) || things().has(document.after(at, 2)))
    {
        end = at + 3;
        if looks().has(document.after(at, 2)) && document.tokens[at + 2].kind == Kind::Word {
            let more = document.after(at, 3);
            end += usize::from(
                !more.is_empty()
                    && !words().is(more, "function")
                    && document.tokens[at + 3].kind == Kind::Word,
            );
        }
    }
    // `large eyes like a frog`
    if document.after(end - 1, 1) == "like"
        && matches!(document.after(end - 1, 2), "a" | "an" | "the")
        && (things().has(document.after(end - 1, 3)) || beings().has(document.after(end - 1, 3)))
    {
        end += 3;
    }
    (describing > 0 && !is_denied(document, start)).then_some((start..end, aspect))
}

/// Whether a phrase says something of looks that can be drawn: not `strong hand`, `old form`, `powerful
/// witch`, where one vague word is all there is.
pub(super) fn shows(document: &Document<'_>, phrase: &Range<usize>, aspect: Aspect) -> bool {
    // `little Nell`, `old Marley`, `the big brown Lion`; not `one minute Mrs. Pike`, `sweet Nell`.
    if document.tokens[phrase.end - 1].capital && aspect == Aspect::Form {
        let first = document.word(phrase.start);
        let determined = matches!(document.before(phrase.start, 1), "the" | "a" | "this" | "that");
        let seen = (phrase.start..phrase.end)
            .filter(|i| !document.tokens[*i].capital)
            .all(|i| looks().label(document.word(i)) != Some("manner"));
        let telling = !looks().is(first, "vague") && determined;
        return words().is(first, "stature") || telling && seen;
    }
    if phrase.len() == 1 {
        return !looks().is(document.word(phrase.start), "vague");
    }
    if phrase.len() != 2 || matches!(aspect, Aspect::Sight | Aspect::Clothes | Aspect::Age) {
        return true;
    }
    let (word, noun) = (document.word(phrase.start), document.word(phrase.end - 1));
    let aged = looks().label(word) == Some("age") && looks().has(noun) && aspect != Aspect::Hair;
    !(looks().is(word, "vague") || aged)
}

/// `clad in black from head to foot`, `dressed all in blue`: colours and stuffs without a garment, which
/// would be a phrase of its own.
pub(super) fn dressed(document: &Document<'_>, at: usize) -> Option<Range<usize>> {
    if !matches!(document.word(at), "dressed" | "clad" | "clothed" | "attired" | "robed") {
        return None;
    }
    let mut start = at + 1;
    while matches!(document.after(at, start - at), "all" | "entirely" | "simply" | "plainly") {
        start += 1;
    }
    let said = |i: usize| {
        let word = document.after(at, i - at);
        is_describing(word) || matches!(word, "mourning" | "rags" | "and" | "," | "skins" | "weeds")
    };
    let end = (start + 1..start + 8).take_while(|i| said(*i)).last()? + 1;
    let garment = looks().is(document.after(at, end - at), "clothes");
    let named = document.tokens.get(end).is_some_and(|next| next.kind == Kind::Word)
        && !words().is(document.word(end), "function");
    let whole = document.word(start) == "in" && !matches!(document.word(end - 1), "and" | ",");
    let from_head = (document.after(end - 1, 1), document.after(end - 1, 2)) == ("from", "head");
    let end = if from_head && document.after(end - 1, 3) == "to" { end + 4 } else { end };
    (whole && !garment && !named && !is_denied(document, at)).then_some(at..end)
}

/// `no`, `not`, `if`, `like`, `as if` shortly before: not said, or not of the looks.
fn is_denied(document: &Document<'_>, start: usize) -> bool {
    (1..=5).any(|back| {
        matches!(
            document.before(start, back),
            "no" | "not"
                | "never"
                | "without"
                | "like"
                | "if"
                | "nor"
                | "neither"
                | "’t"
                | "'t"
                | "would"
                | "any"
        )
    })
}

/// Whether the owner of the phrase at `start` begins a clause: not `what he held in his hand was`.
pub(super) fn begins_clause(document: &Document<'_>, start: usize) -> bool {
    let owner = start.saturating_sub(1);
    let before = document.before(owner, 1);
    let owned = matches!(document.word(owner), "his" | "her" | "its" | "their" | "my");
    if document.word(owner) == "the" {
        return before.is_empty() || matches!(before, ";" | "and" | ",");
    }
    if !owned {
        return document.is_possessive(owner);
    }
    before.is_empty()
        || matches!(before, "and" | "but" | "while" | "for" | "that" | "," | ";" | ":" | "—")
}

/// `Her hair was long and dark`, `Its head was a small sack stuffed with straw`: the part of the
/// body and all that is said of it up to the next pause.
pub(super) fn part_is(document: &Document<'_>, at: usize) -> Option<Range<usize>> {
    /// A longer clause says more than looks.
    const MOST_WORDS: usize = 12;
    // `nose, which was long and sharp,`
    let relative = document.after(at, 1) == "," && document.after(at, 2) == "which";
    let verb = at + if relative { 3 } else { 1 };
    let hangs = words().is(document.after(at, verb - at), "hanging");
    let is = matches!(document.after(at, verb - at), "was" | "were" | "is" | "are");
    if !is && !hangs || is_denied(document, at) {
        return None;
    }
    let from = verb + 1;
    let end = (from..=from + MOST_WORDS).find(|i| {
        !document.same_sentence(at, *i)
            || document.tokens[*i].kind != Kind::Word && !joins_description(document, *i)
            || document.word(*i) == "and" && !goes_on_describing(document, *i + 1)
            || words().is(document.word(*i), "clause")
    })?;
    let clause =
        from..end.min(document.sentences[document.tokens[at].sentence as usize].tokens.end);
    let telling = clause
        .clone()
        .filter(|i| is_describing(document.word(*i)) || things().has(document.word(*i)));
    let plain = !clause.clone().any(|i| {
        matches!(
            document.word(i),
            "not" | "no" | "never" | "he" | "she" | "i" | "they" | "it" | "you"
        )
    });
    let hanging = hangs
        && words().is(document.word(clause.start), "bearing")
        && clause.clone().skip(1).any(|i| part(document, i).is_some());
    let seen = hanging || !hangs && telling.count() > 0 && is_telling_start(document, clause.start);
    (plain && seen && !clause.is_empty()).then_some(at..clause.end)
}

/// Whether what stands after an `and` is still said of the same part.
fn goes_on_describing(document: &Document<'_>, at: usize) -> bool {
    is_telling_start(document, at) || words().is(document.word(at), "hanging")
}

/// `made entirely of tin`
pub(super) fn made_of(document: &Document<'_>, at: usize) -> Option<Range<usize>> {
    if document.word(at) != "made" {
        return None;
    }
    let of = (at + 1..at + 4).find(|i| document.word(*i) == "of")?;
    let end = (of + 1..of + 4)
        .take_while(|i| {
            document.same_sentence(at, *i)
                && document.tokens[*i].kind == Kind::Word
                && !words().is(document.word(*i), "function")
        })
        .last()?;
    Some(at..end + 1)
}

/// The description before a name that presents its bearer: `a tall thin lady, Mrs. Pike`, `an old man
/// named Joe`.
pub(super) fn presented(document: &Document<'_>, start: usize) -> Option<Range<usize>> {
    let noun = match document.before(start, 1) {
        "," | "named" | "called" => start.checked_sub(2)?,
        _ => return None,
    };
    let person = beings().label(document.before(start, 2)).is_some_and(|l| !l.starts_with("group"));
    let first = modifiers_before(document, noun);
    let article = matches!(document.before(first, 1), "a" | "an");
    (person && article && first < noun && !is_denied(document, first)).then_some(first..noun + 1)
}

/// The first of the describing words right before `start`.
pub(super) fn modifiers_before(document: &Document<'_>, start: usize) -> usize {
    let mut first = start;
    while first > 0 && start - first < MOST_MODIFIERS && document.same_sentence(first - 1, start) {
        let word = document.word(first - 1);
        let joins = matches!(word, "," | "and")
            && first < start
            && is_describing(document.before(first - 1, 1));
        if !is_describing(word) && !joins {
            break;
        }
        first -= 1;
    }
    first
}

/// A description that starts at `at`: an optional `a`, degree words, describing words, and the noun
/// that they describe: `very tall and thin`, `a little bright-eyed terrier`.
pub(super) fn described(document: &Document<'_>, at: usize) -> Option<Range<usize>> {
    let mut from = at;
    let article = matches!(document.word(from), "a" | "an");
    from += usize::from(article);
    let mut end = from;
    let mut last_describing = None;
    while end < from + 2 * MOST_MODIFIERS && document.same_sentence(at.saturating_sub(1), end) {
        let word = document.word(end);
        let degree =
            matches!(word, "very" | "quite" | "rather" | "so" | "and" | "," | "both" | "but");
        if is_describing(word) {
            last_describing = Some(end);
        } else if !degree {
            break;
        }
        end += 1;
    }
    let last = last_describing?;
    let noun = last + 1;
    let is_noun = article
        && document.same_sentence(at.saturating_sub(1), noun)
        && document.tokens.get(noun).is_some_and(|t| t.kind == Kind::Word)
        && (beings().has(document.word(noun))
            || things().has(document.word(noun))
            || settings().has(document.word(noun)));
    if article && !is_noun || !article && !stands_alone(document, noun) || is_denied(document, at) {
        return None;
    }
    let start = (from..=last).find(|i| is_describing(document.word(*i)))?;
    let kind_is_manner = (start..=last).all(|i| looks().label(document.word(i)) == Some("manner"));
    (!kind_is_manner).then_some(start..if is_noun { noun + 1 } else { last + 1 })
}

/// Whether a description without a noun ends before `at`: `was tall and thin.`, not `was old friends`.
fn stands_alone(document: &Document<'_>, at: usize) -> bool {
    document.tokens.get(at).is_none_or(|token| token.kind != Kind::Word)
        || matches!(document.word(at), "and" | "with" | "but" | "as" | "in" | "to")
}

/// What is seen of a place or thing: the rest of the clause, where it names something visible.
pub(super) fn scene(
    document: &Document<'_>,
    from: usize,
    sentence: &Sentence,
) -> Option<Range<usize>> {
    const MOST_WORDS: usize = 18;
    let end = (from..sentence.tokens.end).find(|i| {
        matches!(document.word(*i), ";" | ":" | "—" | "--" | ".")
            || matches!(document.tokens[*i].kind, Kind::Stop | Kind::Quote)
    })?;
    let clause = from..end;
    let seen = clause.clone().filter(|i| {
        let word = document.word(*i);
        things().label_at(document, *i).is_some()
            || settings().label_at(document, *i).is_some()
            || is_describing(word)
    });
    let start = document.word(if matches!(document.word(from), "stood" | "lay" | "rose") {
        from + 1
    } else {
        from
    });
    let placed = grammar().is(start, "placing") || is_telling_start(document, from);
    let ordinary =
        placed && !clause.clone().any(|i| matches!(document.word(i), "i" | "not" | "you" | "’t"));
    (clause.len() <= MOST_WORDS && seen.count() >= 2 && ordinary && !is_denied(document, from))
        .then_some(clause)
}

/// Marks inside a description: `long, dark and wet`.
fn joins_description(document: &Document<'_>, at: usize) -> bool {
    document.word(at) == "," && is_describing(document.after(at, 1))
}

/// A description starts with a describing word, an article, or a word of degree.
fn is_telling_start(document: &Document<'_>, at: usize) -> bool {
    let word = document.word(at);
    is_describing(word)
        || matches!(
            word,
            "a" | "an" | "very" | "quite" | "rather" | "of" | "covered" | "full" | "made"
        )
}

/// A description without a noun is about build or age.
pub(super) fn form_aspect(document: &Document<'_>, phrase: &Range<usize>) -> Aspect {
    let last = document.word(phrase.end - 1);
    match looks().label(last) {
        Some("age") if !beings().has(last) => Aspect::Age,
        Some("size") => Aspect::Build,
        _ => Aspect::Form,
    }
}

/// Whether the word describes looks, and nothing but looks: `little` and `tall`, not `sword`.
pub(super) fn is_describing(word: &str) -> bool {
    looks().label(word).is_some_and(|label| {
        matches!(label, "size" | "age" | "colour" | "shape" | "wear" | "beauty" | "manner")
    })
}
