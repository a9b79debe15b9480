# Two commands do all: `make demo` and `make test`. Everything lives in .venv; nothing is installed
# outside the clone but the Debian packages that `make test` names and asks for.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup demo test check format bench fuzz micropython clean

help:
	@echo "make demo    watch an emulated plant being monitored (about a minute)"
	@echo "make test    all tests, against real parts"
	@echo "make check   ruff, mypy --strict"
	@echo "make bench   measure; prints a table and writes bench/results/*.json"
	@echo "make fuzz    property tests of the parsers with many more examples (FUZZ_EXAMPLES, FUZZ_SEED)"
	@echo "make micropython  the .mpy files for a detector head's board, with their sizes"
	@echo "make setup   only make .venv"

setup: .venv/.ready

.venv/.ready: pyproject.toml tools/prepare.py
	@$(PYTHON) tools/prepare.py setup
	@touch $@

demo: setup
	@$(BIN)/fenceline demo

test: setup
	@$(BIN)/python tools/prepare.py parts
	$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup
	@$(BIN)/python tools/prepare.py parts
	$(BIN)/python -m bench $(BENCH_ARGS)

FUZZ_EXAMPLES ?= 5000
FUZZ_SEED ?= 1

fuzz: setup
	FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(BIN)/python -m pytest -m hypothesis --hypothesis-seed=$(FUZZ_SEED)

micropython: setup
	@$(BIN)/python -m tools.board_bundle --out build/micropython/all
	@$(BIN)/python -m tools.board_bundle --program examples/detector_head/main.py --out build/micropython/detector_head

clean:
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
