# `make demo` shows the product, `make test` proves it. Nothing is installed outside $(VENV).

VENV ?= .venv
PYTEST_ARGS ?=

# pip rather than uv installs: pip honours the machine's own index configuration.
# --no-deps because a lock is complete: with it, pip never resolves and never surprises.
PIP = $(VENV)/bin/python -m pip --disable-pip-version-check --quiet
FROM_LOCK = $(PIP) install --no-deps --require-hashes --no-build-isolation -r

.PHONY: help install dev tryton browser demo test check fix lock clean pg-apt browser-apt bench-decide bench-engine bench-rating bench-brunel bench-flood bench-console chaos chaos-engine fuzz mutate
.DEFAULT_GOAL := help

help: ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18

install: $(VENV)/.installed ## Install tollgate into $(VENV): `make install VENV=/elsewhere`

dev: $(VENV)/.dev ## The same, and what tests and checks need

tryton: build/tryton/.installed ## A Tryton for the tests, in an environment of its own

browser: ## Find the Chromium that the tests drive, or install one where that is possible
	@.make/find-browser

demo: install ## Install, then show the made-up week
	$(VENV)/bin/tollgate demo

# pytest is last, so that its summary is the last thing printed. More workers than two processors,
# because services are waited for; neighbours stay together, because they share what is set up.
test: check tryton browser ## Check, then run every test
	$(VENV)/bin/pytest -n 2 --dist worksteal $(PYTEST_ARGS)

check: dev ## Format, lint, types and layers, without running anything
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo

fix: dev ## Format, and mend what the linter can mend itself
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

bench-decide: dev ## What a decision costs, and how that grows with what is stored
	$(VENV)/bin/python -m tests.bench.bench_decide

bench-engine: $(VENV)/.bench ## What a decision costs beside other rules engines (needs node and npm)
	BENCH_NODE=$(CURDIR)/build/bench-engine $(VENV)/bin/python -m tests.bench.bench_engine

bench-rating: dev ## What rating costs: a card of a million lanes, a look-up in it, and each shape
	$(VENV)/bin/python -m tests.bench.bench_rating

bench-brunel: $(VENV)/.bench-python ## Rating a real table on real orders beside a plain merge (needs ../shared/data)
	$(VENV)/bin/python -m tests.bench.bench_brunel

bench-flood: dev ## What one partner's flood does to the latency of the others
	$(VENV)/bin/python -m tests.bench.bench_flood

bench-console: dev ## What each page of the console costs beside a bare indexed read, 100,000 units stored
	$(VENV)/bin/python -m tests.bench.bench_console

chaos: dev tryton ## A whole installation and a real ERP under some 200 faults, then what is left is checked
	$(VENV)/bin/python -m tests.chaos.storm.run $(CHAOS_ARGS)

chaos-engine: dev ## Engine processes killed and stopped under load, SIGKILL during ingestion, five times over
	for round in 1 2 3 4 5; do $(VENV)/bin/pytest -q tests/chaos || exit 1; done

fuzz: dev ## 100,000 random decisions judged three ways; 1,000 random families against a ledger
	$(VENV)/bin/python -m tests.fuzz.fuzz_keys $(FUZZ_ARGS)
	$(VENV)/bin/python -m tests.fuzz.fuzz_families $(FUZZ_FAMILIES)

mutate: $(VENV)/.mutate ## Rating with one thing wrong at a time: whether its tests notice (some ten minutes)
	$(VENV)/bin/python -m tests.mutation.mutate $(MUTATE_ARGS)

# The stamps make a second `make demo` instant: a step runs again only if what it reads has changed.

$(VENV)/.made:
	@python=$$(.make/find-python) && echo "tollgate: making $(VENV) with $$python" \
	  && "$$python" -m venv $(VENV)
	@touch $@

# durable-rules comes as source; these build it, and without isolation pip fetches no others.
$(VENV)/.build-tools: requirements-build.lock $(VENV)/.made
	$(FROM_LOCK) $<
	@touch $@

$(VENV)/.runtime: requirements.lock $(VENV)/.build-tools
	$(FROM_LOCK) $<
	@touch $@

$(VENV)/.installed: pyproject.toml $(VENV)/.runtime
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.installed
	$(FROM_LOCK) $<
	@touch $@

# Tryton is on the other end of the tests: it shares no package with tollgate and is run by its own
# Python. What the tests set up in it is kept under build/tryton-ready.
build/tryton/.installed: requirements-tryton.lock
	@python=$$(.make/find-python) && "$$python" -m venv build/tryton
	build/tryton/bin/python -m pip --disable-pip-version-check --quiet \
	  install --no-deps --require-hashes -r $<
	@touch $@

# Other engines are compared with, and are no part of what tests and checks need.
$(VENV)/.bench-python: requirements-bench.lock $(VENV)/.dev
	$(FROM_LOCK) $<
	@touch $@

$(VENV)/.bench: tests/bench/node/package-lock.json $(VENV)/.bench-python
	mkdir -p build/bench-engine
	cp tests/bench/node/package.json tests/bench/node/package-lock.json build/bench-engine/
	cd build/bench-engine && npm ci --no-audit --no-fund
	@touch $@

$(VENV)/.mutate: requirements-mutate.lock $(VENV)/.dev
	$(FROM_LOCK) $<
	@touch $@

# No host may stand in a lock, so uv is told to write neither index nor links.
LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-annotate --no-header --no-emit-index-url --no-emit-find-links

lock: ## Pin everything anew (needs uv); UPGRADE=1 takes the newest that fit
	printf 'setuptools\nwheel\n' | $(LOCK) $(if $(UPGRADE),--upgrade) -o requirements-build.lock -
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra postgres -o requirements.lock pyproject.toml
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra postgres --extra xlsx --extra nats --extra rabbit \
	  --extra kafka --extra otel --extra dev -c requirements.lock \
	  -o requirements-dev.lock pyproject.toml
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra bench -c requirements-dev.lock \
	  -o requirements-bench.lock pyproject.toml
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra mutate -c requirements-dev.lock \
	  -o requirements-mutate.lock pyproject.toml
	$(LOCK) $(if $(UPGRADE),--upgrade) -o requirements-tryton.lock tests/real/tryton.in

pg-apt: ## Install PostgreSQL by apt, where the wheel of the tests has no build for the machine
	apt-get update
	apt-get install -y --no-install-recommends postgresql

browser-apt: ## Install Chromium by apt, where the machine has no browser for the tests
	apt-get update
	apt-get install -y --no-install-recommends chromium

clean: ## Remove what was made: $(VENV) and the caches
	rm -rf $(VENV) build *.egg-info .ruff_cache .mypy_cache .pytest_cache .hypothesis \
	  .import_linter_cache
	find app tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
