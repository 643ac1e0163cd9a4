# Every task of the project. `make help` lists them.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export CONTACT_PIPELINE_HOME ?= data

.DEFAULT_GOAL := help
.PHONY: help install demo ui test lint types bench bench-identity bench-imports faults clean

help: ## List the tasks
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

install: $(STAMP) ## Make the environment (.venv) with pinned versions

$(STAMP): pyproject.toml setup.cfg constraints.txt
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) is missing, or lacks its venv module. On Debian and Ubuntu: apt-get install python3.11 python3.11-venv." \
	       "Another Python 3.11: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@echo "Installing the pinned packages into $(VENV) (about a minute) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(STAMP) ## Invent a campaign, run everything through Dagster, print a summary
	@$(BIN)/contact-pipeline demo

ui: $(STAMP) ## Open Dagster's UI on http://127.0.0.1:3000
	@$(BIN)/contact-pipeline ui

test: lint types ## Lint, types and every test
	@$(BIN)/pytest -n 2 --dist loadfile

lint: $(STAMP) ## Ruff: lint and format check
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(STAMP) ## mypy, strict
	@$(BIN)/mypy

bench: $(STAMP) ## Measure: ratios against a floor from the same run
	@$(BIN)/python -m benchmarks

bench-identity: $(STAMP) ## Measure linking: seconds, S-ratios, memory, accuracy, stability, beside the aims
	@$(BIN)/python -W ignore -m benchmarks.identity

bench-imports: $(STAMP) ## Measure imports: dry run, apply and undo of 50,000 rows against a million contacts; a million rows
	@$(BIN)/python -W ignore -m benchmarks.imports

FAULT_FIGURES := $(or $(TMPDIR),/tmp)/contact_pipeline_faults.jsonl
faults: $(STAMP) ## Every connector under every fault, on twenty accounts each
	@rm -f $(FAULT_FIGURES)
	@FAULT_SEEDS=20 FAULT_FIGURES=$(FAULT_FIGURES) $(BIN)/pytest contact_pipeline_tests/sources/test_fault_matrix.py -n 2 -q
	@$(BIN)/python -m contact_pipeline_tests.sources.fault_figures $(FAULT_FIGURES)

LIVES ?= 5000
sequences: $(STAMP) ## Random lives (LIVES, 5000): no suppressed channel, no lost edit, a quiet sync writes nothing
	@$(BIN)/python -W ignore -m benchmarks.sequences $(LIVES)

report-accuracy: $(STAMP) ## Accuracy of linking: FEBRL 3, invented campaigns, recall by name origin and age
	@$(BIN)/python -W ignore -m benchmarks.accuracy

report-mapping: $(STAMP) ## How lists of the corpus map themselves: the columns that failed, and each half in figures
	@$(BIN)/python -m contact_pipeline_tests.sources.list_file.corpus.judging

SECONDS ?= 60
fuzz: $(STAMP) ## Hostile files, columns and cells, each target for SECONDS (60): nothing crashes or takes over a second
	@$(BIN)/python -m contact_pipeline_tests.sources.list_file.fuzz $(SECONDS)

clean: ## Remove the demo's state (everything in data/ that git ignores)
	@git clean -fdXq data
