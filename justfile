# What a change must pass; `.ci/run` runs the same.
ci: fmt lint doc test

fmt:
    cargo fmt --all --check

lint:
    cargo clippy --workspace --all-targets -- -D warnings

doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

test:
    cargo test --workspace

# Licences, advisories, sources. Needs cargo-deny.
deny:
    cargo deny check

# The example book from its source.
example:
    cargo run -p book --example epub examples/the-borrowed-bell.md examples/the-borrowed-bell.epub

# Every benchmark; each prints ratios against a named peer.
bench:
    cargo bench --workspace

# Whether Calibre accepts a bound book. Needs calibre.
calibre book:
    ebook-convert {{book}} "$(mktemp -d)/bound.azw3"
