# `make replicate` and `make test` set up everything they need in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: replicate test types suite lint docs lock clean

replicate: $(READY)
	$(BIN)/willing replicate --out out

test: $(READY)
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/ruff format --check src tests benchmarks
	$(MAKE) --no-print-directory -j 2 types suite

# The types take one core for most of a minute, so they are checked while the tests run.
types: $(READY)
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy

# Bytecode is kept even where Python is told not to: else each worker, and each process that a test
# starts, would compile all modules anew. In the order of tests/conftest.py: by themselves the workers would leave files of few tests, among
# them the longest of all, to the end.
suite: export PYTHONDONTWRITEBYTECODE =
suite: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: $(READY)
	$(BIN)/ruff check --fix src tests benchmarks
	$(BIN)/ruff format src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

docs: $(READY)
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html

$(READY): pyproject.toml requirements.lock
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'willing needs Python 3.11 or newer, got ' + sys.version.split()[0])"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $(READY)

# Needs uv. The locks hold versions and hashes for every platform and name no index: the newest
# versions, which everything here runs on, and the lowest that pyproject.toml allows, for the smoke run.
COMPILE := uv pip compile pyproject.toml - --quiet --universal --python-version 3.11 \
    --generate-hashes --no-emit-index-url --no-header --no-annotate
lock:
	printf "hatchling>=1.27\neditables\n" | $(COMPILE) --all-extras --output-file requirements.lock
	printf "hatchling>=1.27\n" | $(COMPILE) --resolution lowest-direct --output-file requirements.lowest

clean:
	rm -rf $(VENV) docs/_build docs/api out
	find src -name '*.nb[ci]' -delete
