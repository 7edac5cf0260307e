# Two commands: `make map` builds the maps, `make test` proves them. Each sets up all it needs.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1
VIEWER := geo/signs.json $(shell find geo/webmap/viewer -name node_modules -prune -o -type f -print 2>/dev/null)

.PHONY: map test lint bench clean browser gis

map: .venv/run.done  ## build the maps of the atlas in this folder
	$(BIN)/memorial build

test: lint browser gis .venv/run.done  ## run every test, those in a browser and in QGIS included
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

lint: .venv/test.done  ## what the style and type checkers say
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy geo cli.py

bench: .venv/test.done .venv/run.done  ## ratios against named peers; never part of the tests
	$(BIN)/python benchmarks/run.py

browser:
	@sh tests/browser/provide.sh

gis: .venv/bin/python
	@PYTHON=$(BIN)/python sh tests/gis/provide.sh

clean:  ## remove everything that the build made
	rm -rf .venv geo/webmap/bundle geo/webmap/viewer/node_modules maps/*.html maps/*.gpkg maps/provenance.json

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] < (3, 14) else "Python 3.11, 3.12 or 3.13 is needed; choose one with: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

# The package itself is installed in place; its build hook bundles the viewer.
.venv/run.done: .venv/bin/python requirements/run.txt pyproject.toml hatch_build.py $(VIEWER)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	$(BIN)/python -m compileall -q geo -x node_modules
	@touch $@

.venv/test.done: .venv/run.done requirements/test.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/test.txt
	@touch $@
