# The development commands. `make run` and `make test` need no other setup.

.PHONY: run test tools lint documents tests record clients package interop torture bench bench-large peers audit schema

# Starts the server with demonstration data, and prints an example call for each protocol.
run:
	cargo run --profile demonstration --no-default-features --locked --package trivium-server -- serve --demo

# Everything that continuous integration runs.
test: tools lint documents tests

# Installs the missing tools of the tests, except Rust, a C compiler, make and perl.
tools:
	sh tests/tools.sh

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- --deny warnings
	cargo check --package trivium-server --no-default-features --locked

documents:
	RUSTDOCFLAGS="--deny warnings" cargo doc --workspace --no-deps --locked --quiet

tests:
	cargo test --workspace --locked --no-fail-fast

# Rewrites the snapshots, recorded responses and generated documents, and lists the changes. Never
# writes the contracts in tests/cases. Responses come first, because the pages include them.
record:
	INSTA_UPDATE=always cargo test --locked --package trivium-server --test end_to_end -- \
		example_responses_are_as_recorded responses_of_examples_are_as_recorded
	INSTA_UPDATE=always cargo test --locked --workspace --exclude trivium-server --lib
	INSTA_UPDATE=always cargo test --locked --package trivium-server --test end_to_end -- \
		documents::reference system::introspection commands::help descriptions::snippets::rust \
		python_client::generated
	git status --short -- clients crates tests docs

# Tests the client in Python, and builds its package into target/clients.
clients: tools
	cargo test --locked --package trivium-server --test end_to_end -- python_client::
	tests/clients/venv/bin/python -m pip wheel --quiet --no-deps --wheel-dir target/clients clients/python

# Builds a Debian package, an archive and a container image into target/packages, and tries each: in a Debian system of
# its own, with systemd, and as a container. Needs root or sudo.
package:
	packaging/build.sh
	packaging/try.sh

# Lints the OpenAPI documents, and generates clients from them, with programs that are too large for `make test`.
interop: tools
	sh tests/interop/tools.sh
	cargo test --locked --package trivium-server --test end_to_end -- --ignored descriptions::generated

# The long versions of the randomised tests, on the release binary, and the addition of a generated
# operation to a copy of the last commit. A failure prints its seed;
# TRIVIUM_TEST_SEED=… runs it again.
torture: tools
	TRIVIUM_SEQUENCES=100000 TRIVIUM_PEOPLE=3 TRIVIUM_ROUNDS=1000 cargo test --release --locked \
		--package trivium-server --test end_to_end -- --nocapture model:: races:: postgres:: bounds::
	TRIVIUM_KILLS=3000 TRIVIUM_DATABASE_KILLS=300 TRIVIUM_FAILOVERS=20 TRIVIUM_BACKUP_KILLS=300 cargo test --release --locked \
		--package trivium-server --test end_to_end -- --nocapture kill:: backups::
	python3 tests/new_operation.py

# Benchmarks the release binary; the ratios compare subjects of the same run.
bench: tools peers
	cargo build --release --workspace --locked
	cargo run --release --locked --package trivium-bench -- --write docs/BENCHMARK.md

# Installs the peer of the benchmark, and compiles its part in C++, for which it needs the headers of Node: those of the
# system, or others that npm downloads.
PEER := crates/bench/peers/fastify

peers: $(PEER)/node_modules/better-sqlite3/build/Release/better_sqlite3.node

$(PEER)/node_modules/better-sqlite3/build/Release/better_sqlite3.node: $(PEER)/package-lock.json
	if [ -e /usr/include/node/node.h ]; then export npm_config_nodedir=/usr; fi; \
		cd $(PEER) && npm ci --no-audit --no-fund

# The same with up to 10,000,000 memberships, on both databases. Needs 10 GB of disk and 25 minutes.
bench-large: tools
	cargo build --release --workspace --locked
	cargo run --release --locked --package trivium-bench -- large --write docs/BENCHMARK-LARGE.md

# Audits the dependencies. Not a part of `make test`: it needs the network, and its result changes
# when an advisory is published.
audit:
	sh tests/audit.sh

# Regenerates schema.rs after a new migration. Needs the Diesel CLI:
# cargo install diesel_cli --no-default-features --features sqlite-bundled
schema:
	rm -f target/schema.db
	DATABASE_URL=target/schema.db diesel migration run
