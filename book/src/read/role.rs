//! What an element of a page is to a reader of text, by its name and by what it declares.

/// What an element is to a reader of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Blocks may stand side by side in it.
    Container,
    /// A block that holds text or other blocks, but beside whose parts no picture may stand.
    Block,
    /// A heading of this level.
    Heading(u8),
    Inline,
    /// The title of the document.
    Title,
    /// Its content is not text to be read.
    Skip,
    Break,
    Void,
}

impl Role {
    pub fn of(name: &str) -> Self {
        match name {
            "html" | "body" | "section" | "div" | "article" | "main" | "blockquote" | "td"
            | "th" | "center" => Self::Container,
            "h1" => Self::Heading(1),
            "h2" => Self::Heading(2),
            "h3" => Self::Heading(3),
            "h4" => Self::Heading(4),
            "h5" => Self::Heading(5),
            "h6" => Self::Heading(6),
            "p" | "li" | "dd" | "dt" | "tr" | "table" | "thead" | "tbody" | "tfoot" | "caption"
            | "ul" | "ol" | "dl" | "pre" | "header" | "footer" | "figure" | "figcaption"
            | "hgroup" | "aside" | "address" | "fieldset" | "details" | "summary" | "form"
            | "head" => Self::Block,
            "title" => Self::Title,
            "script" | "style" | "svg" | "math" | "audio" | "video" | "iframe" | "noscript"
            | "template" | "rt" | "rp" | "nav" | "object" => Self::Skip,
            "br" => Self::Break,
            "hr" | "img" | "input" | "meta" | "link" | "wbr" | "area" | "base" | "col"
            | "embed" | "source" | "track" | "param" => Self::Void,
            _ => Self::Inline,
        }
    }

    pub fn is_block(self) -> bool {
        matches!(self, Self::Container | Self::Block | Self::Heading(_))
    }
}

/// Notes and their numbers, page numbers: in the document, but not in the text.
pub(crate) fn is_apparatus(name: &str, value: &str) -> bool {
    value.split_whitespace().any(|term| {
        let term = term.strip_prefix("doc-").unwrap_or(term);
        matches!(term, "noteref" | "pagebreak" | "backlink" | "referrer")
            || (name == "aside" && matches!(term, "footnote" | "endnote" | "rearnote"))
    })
}

pub(crate) fn is_page_number(class: &str) -> bool {
    class.split_whitespace().any(|class| matches!(class, "pagenum" | "pageno" | "page-number"))
}

/// Whether the class of a paragraph is the name that programs give to the style of a heading.
pub(crate) fn is_title(class: &str) -> bool {
    class.split_whitespace().any(|class| {
        let class = class.to_ascii_lowercase();
        matches!(class.as_str(), "cn" | "ct" | "h1" | "h2" | "h3" | "chapnum" | "chaptitle")
            || ["chapter", "title", "heading"].iter().any(|word| class.contains(word))
    })
}

/// Whether a `style` attribute asks for bold letters.
pub(crate) fn is_bold(style: &str) -> bool {
    let style = style.to_ascii_lowercase().replace(' ', "");
    style.contains("font-weight:bold") || style.contains("font-weight:700")
}

/// Whether the size of a `font` element is larger than that of text, which is 3.
pub(crate) fn is_large(size: &str) -> bool {
    let size = size.trim();
    size.starts_with('+') || size.parse().is_ok_and(|size: u32| size > 3)
}
