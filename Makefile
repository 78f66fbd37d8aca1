# The commands of a day's work. `make run` and `make test` are all the set-up there is.

.PHONY: run test tools build lint documents tests record torture bench schema

# Starts the gateway with demonstration data, and prints a call for each protocol.
run:
	cargo run --release --package trivium-server -- serve --demo

# Everything that continuous integration runs.
test: tools lint documents tests

# What the tests need beside Rust, a C compiler, make and perl: installed where it is missing.
tools:
	sh tests/tools.sh

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- --deny warnings

documents:
	RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --no-deps --locked --quiet

tests:
	cargo test --workspace --locked --no-fail-fast

# Rewrites what is recorded, and reports what changed: snapshots, recorded responses, generated documents.
# The bytes of tests/cases that are contracts are never written. Responses come first: pages show them.
record:
	INSTA_UPDATE=always cargo test --locked --package trivium-server --test end_to_end -- \
		every_example_is_answered_as_recorded descriptions::dialects
	INSTA_UPDATE=always cargo test --locked --workspace --exclude trivium-server --lib
	INSTA_UPDATE=always cargo test --locked --package trivium-server --test end_to_end -- \
		documents::reference system::introspection commands::help descriptions::snippets
	git status --short -- crates tests docs

# The long versions of the randomised tests, on the release binary. A failure prints its seed;
# TRIVIUM_TEST_SEED=… runs it again.
torture: tools
	TRIVIUM_SEQUENCES=100000 TRIVIUM_ROUNDS=1000 cargo test --release --locked \
		--package trivium-server --test end_to_end -- --nocapture model:: races::

# Speed, as ratios measured side by side in one run on the release binary.
bench:
	cargo build --release --workspace --locked
	cargo run --release --locked --package trivium-bench -- --write docs/BENCHMARK.md

# Writes schema.rs anew after a migration. Needs the diesel command line:
# cargo install diesel_cli --no-default-features --features sqlite-bundled
schema:
	rm -f target/schema.db
	DATABASE_URL=target/schema.db diesel migration run
