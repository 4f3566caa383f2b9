# On a machine with python3 (3.12 or later) and make: `make report` or `make test`. Everything goes into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RESULTS := results/thrombectomy_savings
# Processes that run tests; each takes whole files, so that what a file prepares is prepared once.
WORKERS ?= 2

.PHONY: report test fast lint types imports docs suite slow bench lock clean

report: $(VENV)/installed  ## Run the thrombectomy savings analysis with all scenarios
	$(BIN)/heemodel run models/thrombectomy_savings --out $(RESULTS)

test: lint types imports docs suite slow  ## Every check

fast: lint types imports suite  ## Every check but the slow ones

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed
	$(BIN)/mypy

imports: $(VENV)/installed
	$(BIN)/lint-imports

docs: $(VENV)/installed  ## Examples in docstrings and in the README
	$(BIN)/pytest -q --doctest-modules heemodel tests/docs --ignore-glob "heemodel/starters/*/*"

suite: $(VENV)/installed
	$(BIN)/pytest -q --numprocesses $(WORKERS) --dist loadfile tests --ignore tests/docs

slow: $(VENV)/installed
	$(BIN)/pytest -q --numprocesses $(WORKERS) --dist loadfile tests -m slow

$(VENV)/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 12))' || \
	  { echo "heemodel needs Python 3.12 or later; name one with: make PYTHON=python3.13 ..." >&2; exit 1; }
	@echo "Making the environment in $(VENV); this takes a minute or two the first time."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

bench: $(VENV)/installed  ## Speed beside other ways of doing the same work, in one run
	$(BIN)/pytest tests/benchmarks --benchmark-enable --benchmark-only --benchmark-sort=name \
	  --benchmark-columns=min,median,rounds

lock:  ## Renew requirements.lock from pyproject.toml; needs uv
	uv pip compile pyproject.toml --group dev --universal --python-version 3.12 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --upgrade --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) results
