# `make help` lists the targets. `make demo` and `make test` need nothing but Debian 12 and Rust: each target installs what it lacks (scripts/setup).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

export REPLAYREEL_TOOLS ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/replayreel/tools
export PATH := $(REPLAYREEL_TOOLS)/bin:$(PATH)

RECORDINGS ?= $(wildcard examples/*.json.gz)
RIVAL ?= 1

##@ Use

.PHONY: demo
demo: release ## Render the recording in examples/ to demo.mp4
	target/release/replayreel render examples/checkout.json.gz -o demo.mp4

.PHONY: serve
serve: release ## Start the service on http://localhost:8080, with its data in ./replayreel-data
	target/release/replayreel serve

.PHONY: release
release: ## Build target/release/replayreel
	@scripts/setup run build
	cargo build --release --locked

##@ Develop

.PHONY: test
test: ## Run every test
	@scripts/setup run ocr postgres readers node nextest
	cargo nextest run --locked

.PHONY: check
check: fmt clippy doc deny machete typos bundle-check ## Run every check that is not a test

.PHONY: fmt
fmt: tools
	cargo fmt --check

.PHONY: clippy
clippy: tools
	cargo clippy --all-targets --locked -- -D warnings

.PHONY: doc
doc: tools
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked

.PHONY: deny
deny: tools
	cargo deny --locked check --hide-inclusion-graph bans licenses sources

.PHONY: machete
machete: tools
	cargo machete

.PHONY: typos
typos: tools
	typos

.PHONY: bundle-check
bundle-check: node ## Build the player bundle again and compare it with the committed one
	scripts/player-bundle check

.PHONY: advisories
advisories: tools ## Look the dependencies up in the advisory database (fetched: not every machine can)
	cargo deny --locked check advisories

.PHONY: sbom
sbom: node ## List what a release is made of, as CycloneDX: target/replayreel.cdx.json
	@mkdir -p target
	node scripts/sbom.mjs > target/replayreel.cdx.json
	@echo target/replayreel.cdx.json

.PHONY: bundle
bundle: node ## Build the player bundle in place
	scripts/player-bundle build

.PHONY: fixtures
fixtures: node ## Record the tests' recordings and pictures anew
	@scripts/setup run
	npm ci --prefix tests/fixtures --ignore-scripts --no-audit --no-fund
	node tests/fixtures/record.mjs

.PHONY: bench
bench: release node ## Measure against puppeteer-capture: make bench RECORDINGS="a.json.gz b.json" [RIVAL=0]
	$(if $(filter 1,$(RIVAL)),npm ci --prefix benches/compare --ignore-scripts --omit=optional --no-audit --no-fund --loglevel=error)
	RIVAL=$(RIVAL) node benches/run.mjs $(RECORDINGS)
	$(if $(wildcard benches/warm_still.rs),for recording in $(RECORDINGS); do cargo bench --locked --bench warm_still -- "$$recording"; done)

.PHONY: gallery
gallery: release node ## Render recordings with every overlay and kind of picture into gallery/index.html: make gallery RECORDINGS="a.json.gz b.json"
	node scripts/gallery.mjs gallery $(RECORDINGS)

.PHONY: large
large: release node ## Measure memory with a recording of 500 MB (takes minutes and 800 MB of disk)
	node benches/large.mjs 500 render

.PHONY: chaos
chaos: ## 200 jobs while workers, servers and browsers are killed at random, on SQLite and PostgreSQL (ten minutes): make chaos JOBS=200
	@scripts/setup run postgres
	REPLAYREEL_CHAOS_JOBS=$(or $(JOBS),200) cargo test --locked --test it service::chaos -- --nocapture --test-threads 1

.PHONY: batch-chaos
batch-chaos: release ## Convert 500 made-up recordings of up to ten minutes while batch is killed ten times (half an hour)
	@scripts/setup run
	REPLAYREEL_TEST_PROGRAM=$(CURDIR)/target/release/replayreel REPLAYREEL_BATCH_RECORDINGS=500 REPLAYREEL_BATCH_LONGEST=600 REPLAYREEL_BATCH_KILLS=10 \
	  cargo test --locked --test it batch::browser::killed -- --nocapture

.PHONY: soak
soak: release ## The service under load and faults: make soak MINUTES=60. docs/reliability.md says what is checked
	@scripts/setup run postgres
	REPLAYREEL_TEST_PROGRAM=$(CURDIR)/target/release/replayreel REPLAYREEL_SOAK_MINUTES=$(or $(MINUTES),10) \
	  cargo test --locked --test it service::soak -- --nocapture

.PHONY: schemathesis
schemathesis: release ## Try the API's document against the service (installs schemathesis from PyPI into target/)
	scripts/schemathesis

.PHONY: fuzz
fuzz: ## Fuzz everything that reads what strangers send: make fuzz SECONDS_EACH=600 (needs cargo-fuzz)
	@for target in $$(cargo fuzz list); do \
	  mkdir -p fuzz/corpus/$$target; \
	  if [ -e fuzz/corpora/$$target.tar.gz ]; then tar --skip-old-files -xzf fuzz/corpora/$$target.tar.gz -C fuzz/corpus/$$target; fi; \
	  cargo fuzz run -s none $$target fuzz/corpus/$$target fuzz/seeds/$$target -- \
	    -max_total_time=$(or $(SECONDS_EACH),600) -max_len=16384 -timeout=10 -rss_limit_mb=768 || exit 1; \
	done

.PHONY: clean
clean: ## Remove everything that was built or fetched into this folder
	cargo clean
	rm -rf demo.mp4 replayreel-data gallery bench-results player-assets/node_modules tests/fixtures/node_modules tests/page/node_modules benches/compare/node_modules

##@ Help

.PHONY: help
help: ## Show this
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: tools
tools:
	@scripts/setup tools

.PHONY: node
node:
	@scripts/setup node
