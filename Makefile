# Two commands: `make map` builds the maps, `make test` proves them. Each sets up all it needs.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# What is compiled once, such as the packages of the tests, is kept for the hundreds of processes that they start.
unexport PYTHONDONTWRITEBYTECODE
VIEWER := geo/signs.json $(shell find geo/webmap/viewer -name node_modules -prune -o -type f -print 2>/dev/null)

.PHONY: map test pytest coverage lint docs schemas bench bench-full clean browser gis postgis

map: .venv/run.done  ## build the maps of the atlas in this folder
	$(BIN)/memorial build

test: .venv/bin/python  ## run every test, those in a browser, in QGIS and in PostGIS included
	@$(MAKE) --no-print-directory --jobs=2 lint pytest

# One process more than there are cores: tests wait for browsers, servers and disks.
pytest: .venv/test.done browser gis postgis
	$(BIN)/python -m pytest --numprocesses $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --dist worksteal

coverage: browser gis postgis .venv/run.done .venv/test.done  ## which lines and branches of each file the tests run; fails under 95 % of branches
	rm -rf build/coverage
	$(BIN)/python -m coverage run -m pytest --numprocesses auto --dist worksteal
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage json --quiet -o build/coverage/report.json
	@$(BIN)/python tests/branches.py build/coverage/report.json

lint: .venv/test.done  ## what the style and type checkers say
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy geo cli.py

docs: .venv/docs.done .venv/run.done  ## build the documentation into build/docs; a warning fails, and nothing is fetched
	rm -rf build/docs
	$(BIN)/sphinx-build --fail-on-warning --keep-going --fresh-env --quiet -b html docs build/docs
	$(BIN)/python docs/check_built.py build/docs

schemas: .venv/run.done  ## make the JSON Schemas in docs/schema anew, after a change of the data contract
	$(BIN)/python docs/make_schemas.py

bench: .venv/test.done .venv/run.done  ## speeds beside named peers, small sizes; never part of the tests
	@$(BIN)/python benchmarks/run.py

bench-full: .venv/test.done .venv/run.done  ## the same with all sizes, up to a million sites; takes half an hour or more
	@$(BIN)/python benchmarks/run.py --full

# One after the other: a package manager does one thing at a time.
browser:
	@sh tests/browser/provide.sh

gis: .venv/bin/python browser
	@PYTHON=$(BIN)/python sh tests/gis/provide.sh

postgis: gis
	@sh tests/postgis/provide.sh

clean:  ## remove everything that the build made
	rm -rf .venv build geo/webmap/bundle geo/webmap/viewer/node_modules maps/*.html maps/*.gpkg maps/provenance.json

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] < (3, 14) else "Python 3.11, 3.12 or 3.13 is needed; choose one with: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

# The package itself is installed in place; its build hook bundles the viewer.
.venv/run.done: .venv/bin/python requirements/run.txt pyproject.toml hatch_build.py $(VIEWER)
	$(BIN)/python -m pip install --quiet --no-compile --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
# pip compiles on one core, this on all of them, and not the tests of others, half of all code; templates, which some
# packages bring, are no code and fail.
	@$(BIN)/python -m compileall -qq -j 0 geo .venv/lib -x 'node_modules|/tests/' || true
	@touch $@

.venv/test.done: .venv/run.done requirements/test.txt
	$(BIN)/python -m pip install --quiet --no-compile --require-hashes -r requirements/test.txt
	@touch $@

.venv/docs.done: .venv/run.done requirements/docs.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/docs.txt
	@touch $@
