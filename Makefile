# make demo   set up, run the main job on the embedded specimen, print the path of the report
# make test   set up, pass the tests (everything that is not marked slow)
# The rest: make help

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
EXTRAS ?= xdist,dev
OUT ?= out
JOBS ?= 3
QUALIFIED = elicense ipv6 govapp govsite eseal

.PHONY: help demo test test-slow lint lint-types lint-rules qualify bench docs wheel clean system
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | head -n 4
	@echo 'make lint | qualify | bench | docs | wheel | test-slow | clean'

# Debian packages that some tests need: root installs them, anybody else is told in one line.
system:
	@sh tools/system.sh

$(BIN)/python:
	@sh tools/system.sh venv
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip

$(VENV)/.run: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[documents,barcode]'
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[$(EXTRAS)]'
	@touch $@ $(VENV)/.run

demo: $(VENV)/.run
	@$(BIN)/conformance demo --out $(OUT)

# A plugin that owns --profile. On a path of its own: installed, it would take the option away from every run.
.cache/beside: | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $@ pytest-profiling gprof2dot six

# axe-core, for the accessibility of the report.
.cache/axe: | $(BIN)/python
	$(BIN)/python tests/tools/axe_check.py

# The schemas of OSCAL, for what is exported in it.
SCHEMAS = .cache/schemas/oscal_catalog_schema.json
$(SCHEMAS): tests/tools/official_schemas.py | $(BIN)/python
	$(BIN)/python $<

# A checker of PDF/A, for what is printed.
.cache/pdfa: | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $@ page-validation==0.11.0

# Compiled once, and not anew in each of the many processes that the tests start where PYTHONDONTWRITEBYTECODE is set.
.PHONY: compiled
compiled: $(VENV)/.dev
	@$(BIN)/python -m compileall -q conformance suites tests

test: system compiled .cache/beside .cache/axe $(SCHEMAS)
	$(BIN)/python -m pytest -q -m 'not slow' -n $(JOBS) --dist worksteal

test-slow: system compiled .cache/beside .cache/axe .cache/pdfa $(SCHEMAS)
	$(BIN)/python -m pytest -q -m slow

lint: lint-types lint-rules

lint-types: $(VENV)/.dev
	$(BIN)/mypy

lint-rules: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/conformance lint

# Two bundles at a time: much of a qualification waits for time to pass. Each tells its matrix when it is done.
qualify: system compiled
	@mkdir -p $(OUT)
	@printf '%s\n' $(QUALIFIED) | xargs -P 2 -I{} sh -c \
	  '$(BIN)/conformance qualify {} -o $(OUT)/qualification >$(OUT)/qualify-{}.txt 2>&1; s=$$?; cat $(OUT)/qualify-{}.txt; exit $$s'

bench: $(VENV)/.dev
	$(BIN)/python bench/run.py $(if $(PEERS),--peers)

docs: $(VENV)/.dev
	$(BIN)/python docs/build_reference.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

wheel: $(VENV)/.dev
	$(BIN)/python -m build --wheel --outdir dist .

clean:
	rm -rf $(VENV) $(OUT) build dist site .cache
