# What a person does with this repository. `make help` lists it.

.DEFAULT_GOAL := help
.PHONY: help setup web run test test-stop lint deny openapi bench bench-peers bench-scale fuzz simulate mutants

# Where `make run` listens and keeps its data; both can be given on the command line.
LISTEN ?= 127.0.0.1:8080
DATA ?= data

help: ## This list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: ## Install what building and testing need and this machine lacks (Debian)
	@scripts/setup

web: ## Build the phone app and the console into web/dist
	@scripts/setup build
	@scripts/web build

run: ## Start the service with the demonstration district on http://127.0.0.1:8080
	@scripts/setup build
	@scripts/web build
	@mkdir -p $(DATA)
	cargo run --release --locked --package wuyuan -- serve --demo --log-format text --listen $(LISTEN) --database sqlite://$(DATA)/wuyuan.db

test: ## Every test, on both databases
	@scripts/setup
	@scripts/test

# What `make simulate` runs: seeds from SEED on, STEPS of each, STRANGERS phones of another make among them; or a SCRIPT
# that a failure printed.
SEED ?= 1
SEEDS ?= 1
STEPS ?= 500
STRANGERS ?= 0
SCRIPT ?=

simulate: ## Seeded simulations on both databases: make simulate SEED=7 STEPS=1000
	@scripts/setup
	cargo run --locked --package wuyuan-simulator --bin simulate -- --seed $(SEED) --seeds $(SEEDS) --steps $(STEPS) \
	    --strangers $(STRANGERS) $(if $(SCRIPT),--script $(SCRIPT))
	@cargo run --quiet --locked --package wuyuan-tests --bin test-postgres -- stop

mutants: ## Prove that the simulator finds faults: each of its list is made in a copy and must be caught (an hour)
	@scripts/setup
	cargo run --locked --package wuyuan-simulator --bin mutants

# How long `make fuzz` lets the fuzzer try each target, in seconds.
FUZZ_SECONDS ?= 30

fuzz: ## Every fuzz target for FUZZ_SECONDS each, from the committed corpus
	@scripts/setup fuzz
	@FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/fuzz

test-stop: ## Stop the PostgreSQL that tests left running when they were started by hand
	@cargo run --quiet --locked --package wuyuan-tests --bin test-postgres -- stop

lint: ## Formatting and lints, as CI runs them
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- --deny warnings

deny: ## Licences, banned crates and sources of everything that is shipped
	@scripts/setup deny
	cargo deny --all-features --locked check licenses bans sources
	@scripts/web licences

openapi: ## Write openapi.yaml and the pages that follow from the code anew
	cargo build --locked --package wuyuan
	target/debug/wuyuan openapi > openapi.yaml
	target/debug/wuyuan settings > docs/SETTINGS.md
	target/debug/wuyuan problems > docs/PROBLEMS.md
	cargo run --quiet --locked --package sync-protocol --example protocol_page
	@scripts/setup build
	@scripts/web generate

bench: ## Every benchmark beside its limit or peer; writes the table into bench/README.md
	@scripts/setup
	cargo build --release --locked --package wuyuan
	cargo run --release --locked --package wuyuan-bench --features peers -- --write
	@scripts/web build
	cargo build --locked --package wuyuan
	@scripts/web bench
	@cargo run --quiet --locked --package wuyuan-tests --release --bin test-postgres -- stop

bench-peers: ## Other servers beside Wuyuan in the same run; writes the table into bench/README.md
	@bench/peers/run --write

bench-scale: ## What grows with what, and what the whole country would need; writes the tables into docs/SCALE.md
	@scripts/setup
	cargo build --release --locked --package wuyuan
	cargo run --release --locked --package wuyuan-bench -- scale --write
	@cargo run --quiet --locked --package wuyuan-tests --release --bin test-postgres -- stop
