# The commands of this checkout. Each prepares what it needs first (scripts/setup.sh).
#   make demo    set everything up, make the demo case and serve its pages
#   make test    set everything up and run every check (ARGS go to pytest)
PYTHON ?= python3
ARGS ?=
export PYTHON

.PHONY: help setup demo test lint docs bench fuzz soak wheel lock clean

help:
	@sed -n 's/^#  //p' Makefile
	@echo "  make setup   prepare .venv with the product and its test tools"
	@echo "  make lint    style, order of the rooms, types"
	@echo "  make docs    write schema.json and docs/reference from the declarations"
	@echo "  make bench   measure against peers: a table, and JSON in benchmarks/results"
	@echo "  make fuzz    a minute of damaged files and odd arguments for the compiled search (Linux)"
	@echo "  make soak    the tests with chance in them for long, then ten minutes of that"
	@echo "  make wheel   build the wheel and the source archive into dist/"
	@echo "  make lock    take newer versions into requirements/ (needs uv)"
	@echo "  make clean   remove what was built (not .venv)"

setup:
	@scripts/setup.sh dev

demo:
	@scripts/setup.sh run
	.venv/bin/headstamp demo $(ARGS)

test: setup
	@scripts/test.sh $(ARGS)

lint: setup
	.venv/bin/ruff check .
	.venv/bin/lint-imports --no-cache
	.venv/bin/mypy

docs: setup
	.venv/bin/python scripts/reference.py

bench: setup
	.venv/bin/python -m pip --disable-pip-version-check --no-input install --quiet \
		--require-hashes -r requirements/bench.txt
	.venv/bin/python -m benchmarks $(ARGS)

fuzz: setup
	scripts/fuzz.sh $(ARGS)

soak: setup
	scripts/soak.sh $(ARGS)

wheel: setup
	.venv/bin/python -m hatchling build

lock:
	scripts/lock.sh

clean:
	rm -rf build dist src/headstamp/*/*.abi3.so node_modules src/headstamp/web/static/vendor .pytest_cache .ruff_cache .mypy_cache
