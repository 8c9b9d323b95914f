# caravana: `make run` and `make test` need only Python 3.11 and make. Both are safe to repeat.

SHELL   := /bin/bash
VENV    := .venv
PY      := $(VENV)/bin/python
override OUT := runs/tapachula-2021
override OPERATION := runs/tonight
FIRST   := 2021-10-23
EVENING := 2021-11-10
MEMBERS := 200
SEED    := 1

# Only wheels whose hash is in the lock are installed; the package itself is built with the locked setuptools.
INSTALL := $(PY) -m pip install --quiet --no-input --disable-pip-version-check
LOCKED  := $(INSTALL) --only-binary :all: --require-hashes --requirement
ITSELF  := $(INSTALL) --no-deps --no-build-isolation --no-index --editable .

# An environment that was moved, or whose Python has gone, is made anew.
ifneq ($(shell $(PY) -c '' 2>/dev/null && cat $(VENV)/.made 2>/dev/null),$(CURDIR))
$(shell rm -f $(VENV)/.made)
endif

.DEFAULT_GOAL := help
.PHONY: help run demo test levels checks skill attacks lint house format docs release paper lock bill clean
.DELETE_ON_ERROR:

help:
	@echo "make run     an operation on the record of October 2021, replayed from $(FIRST) to the evening of $(EVENING)"
	@echo "make demo    simulate the caravan of October 2021, before anything was reported, and make its report"
	@echo "make test    the whole test suite"
	@echo "make levels  the wheel in clean environments: oldest dependencies, core alone, each Python (LEVELS=: some of them)"
	@echo "make checks  an environment of others' validators: RO-Crate, CITATION.cff, conda recipe"
	@echo "make skill   how well every given record is forecast, each left out (CARAVANS=, DISPLACEMENT=: folders of records)"
	@echo "make attacks what is promised in docs/security.md, attacked in every way (some 25 minutes)"
	@echo "make lint    style, types and the order of the layers"
	@echo "make house   rooms, walls, and what must not stand in them"
	@echo "make format  mend what style can mend by itself"
	@echo "make docs    the documentation, as pages in site/"
	@echo "make release the wheel and the source archive in dist/, as a package index would show them"
	@echo "make bill    the bill of materials with licences, from the locks and what is installed"
	@echo "make paper   paper/paper.md, its figures from the results that commands keep"
	@echo "make lock    pin the dependencies anew (needs the development environment)"
	@echo "make clean   remove the environment, the caches and the built pages; runs are kept"

$(VENV)/.made:
	@python=; \
	for candidate in $(PYTHON) python3.11 python3 python; do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then echo "caravana needs Python 3.11 or later. Install it, or name it: make run PYTHON=/path/to/python3.11" >&2; exit 1; fi; \
	echo "Making the environment in $(VENV) with $$("$$python" --version 2>&1)." >&2; \
	rm -rf $(VENV); \
	"$$python" -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "That Python cannot make environments. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "$(CURDIR)" > $@

$(VENV)/.installed-run: requirements/run.txt pyproject.toml $(VENV)/.made
	@echo "Installing what caravana needs (a minute or two the first time)." >&2
	@$(LOCKED) requirements/run.txt
	@$(ITSELF)
	@$(VENV)/bin/caravana prepare || true
	@touch $@

$(VENV)/.installed-dev: requirements/dev.txt pyproject.toml $(VENV)/.made
	@echo "Installing what the tests need (a few minutes the first time)." >&2
	@$(LOCKED) requirements/dev.txt
	@$(ITSELF)
	@$(VENV)/bin/caravana prepare || true
	@touch $@ $(VENV)/.installed-run

# What is reported by each evening is forecast, and all earlier forecasts are held against it.  The operation is made
# anew, so that it is today's code and record that speak; one that was interrupted goes on.
run: $(VENV)/.installed-run
	@if [ -f $(OPERATION)/.finished ]; then rm -rf $(OPERATION); fi
	@if [ ! -f $(OPERATION)/operation.toml ]; then \
	  $(VENV)/bin/caravana new $(OPERATION) --scenario tapachula-2021 --name "Caravan of 23 October 2021"; fi
	@$(VENV)/bin/caravana update $(OPERATION) --since $(FIRST) --on $(EVENING)
	@touch $(OPERATION)/.finished

# A finished run is made anew, so that it is today's code and scenario that speak; an interrupted one goes on.
demo: $(VENV)/.installed-run
	@if grep -q '"complete": true' $(OUT)/manifest.json 2>/dev/null; then rm -rf $(OUT); fi
	@$(VENV)/bin/caravana run tapachula-2021 --members $(MEMBERS) --seed $(SEED) --out $(OUT)

# A file's tests are one worker's, which makes what they share once; those that take long come first (tests/conftest.py).
test: $(VENV)/.installed-dev
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

LEVELS ?=

levels: $(VENV)/.installed-dev
	@$(PY) tools/levels.py $(LEVELS)

checks: $(VENV)/checks/.installed

$(VENV)/checks/.installed: requirements/checks.txt $(VENV)/.installed-dev
	@$(VENV)/bin/uv venv --no-config --quiet --clear --python $(PY) $(VENV)/checks
	@$(VENV)/bin/uv pip install --no-config --quiet --python $(VENV)/checks --no-deps --only-binary :all: --require-hashes \
	  --requirement requirements/checks.txt
	@touch $@

# Whichever folder is not named keeps the results that it had.
# The records of other caravans and the instances of displacement, where they lie beside the project.
CARAVANS     ?= $(wildcard ../shared/reference/other-caravans)
DISPLACEMENT ?= $(wildcard ../shared/data/flee)

skill: $(VENV)/.installed-dev
	@$(PY) -m benchmarks.skill.run $(if $(CARAVANS),--caravans "$(CARAVANS)") $(if $(DISPLACEMENT),--displacement "$(DISPLACEMENT)")

attacks: $(VENV)/.installed-dev
	@$(PY) -m benchmarks.attacks.run

lint: $(VENV)/.installed-dev
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy --strict
	@$(VENV)/bin/lint-imports

house: $(VENV)/.installed-dev
	@$(PY) tools/house.py

format: $(VENV)/.installed-dev
	@$(VENV)/bin/ruff check --fix --exit-zero --quiet .
	@$(VENV)/bin/ruff format .

docs: $(VENV)/.installed-dev
	@NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --strict
	@echo "The pages: $(CURDIR)/site/index.html"

release: $(VENV)/.installed-dev
	@$(PY) tools/release.py

paper: $(VENV)/.installed-dev
	@$(PY) tools/paper.py

lock: $(VENV)/.installed-dev
	@tools/lock.sh

bill: $(VENV)/.installed-dev
	@$(PY) tools/bill_of_materials.py

clean:
	rm -rf $(VENV) site dist build .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	find src -name '*.egg-info' -prune -exec rm -rf {} +
	find src tests tools benchmarks -name __pycache__ -prune -exec rm -rf {} +
