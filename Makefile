# make demo, make test: each sets up what it needs. Nothing is installed outside .venv.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up
CHECKER := $(VENV)/node/.set-up

# The first Python of 3.11 or later that can make a virtual environment; or say PYTHON=... yourself.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3 python3.14; do \
	"$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo "$$python"; break; }; done)

PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.PHONY: help setup demo site test screenshots messages faults format bench lock clean

help: ## list what there is to make
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1  \2/p' $(MAKEFILE_LIST)

setup: $(STAMP) ## make .venv with what requirements-dev.lock names

$(STAMP): requirements-dev.lock pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
		echo "Sapwood needs Python 3.11 or later with its venv module, and none was found." >&2; \
		echo "Install it (on Debian: apt-get install python3 python3-venv), or run: make PYTHON=/path/to/python3" >&2; \
		exit 2; fi
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Sapwood needs Python 3.11 or later; $(PYTHON) is older, or does not run." >&2; exit 2; }
	@echo "Setting up $(VENV) with $(PYTHON) ..."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv --clear $(VENV)
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-build-isolation --no-deps -e .
	@touch $@

# The checker of HTML comes from npm, by its lock file; the npm is the one in .venv, and nothing of the package is run.
$(CHECKER): $(STAMP) tests/web/browser/package.json tests/web/browser/package-lock.json
	@mkdir -p $(@D) && cp tests/web/browser/package.json tests/web/browser/package-lock.json $(@D)/
	@$(BIN)/npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

demo: $(STAMP) ## print the plan of one example patient, then start the site with invented people
	@$(BIN)/sapwood plan examples/demo.json --as-of 2026-03-02 --colour $(if $(NO_COLOR),never,always)
	@$(BIN)/python -m sapwood_web.demo --if-terminal

site: $(STAMP) ## start the site with invented people
	@$(BIN)/python -m sapwood_web.demo

test: $(STAMP) $(CHECKER) ## run every check: format, lint, types, layers, tests
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml src
	$(BIN)/python -m pytest --numprocesses auto
	$(BIN)/python tests/web/with_postgres.py $(BIN)/python -m pytest --numprocesses auto tests/web

screenshots: $(STAMP) ## draw every page of the site at three widths, light and dark, into .screenshots
	@$(BIN)/python tests/web/browser/screenshots.py

messages: $(STAMP) ## write every sentence of the site into its catalogue for translators
	@DJANGO_SETTINGS_MODULE=testing_settings PYTHONPATH=tests/web $(BIN)/python tests/web/catalogue.py

faults: $(STAMP) ## make single faults in copies of the BPDCN pack: the check or a worked patient must find each
	@$(BIN)/sapwood check bpdcn --faults

format: $(STAMP) ## lay the code out, and put right what lint can
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format .

bench: $(STAMP) ## measure: the seven rules, whole plans, a cold start
	$(BIN)/python benchmarks/compare.py
	$(BIN)/python benchmarks/plans.py
	$(BIN)/python benchmarks/cold_start.py

# The lock files name every package with the hashes of the public registry, whatever mirror this machine uses.
lock: ## compile the lock files anew from pyproject.toml
	@rm -rf .venv-lock && "$(PYTHON)" -m venv .venv-lock
	@.venv-lock/bin/python -m pip -qq --disable-pip-version-check install pip-tools==7.6.2
	@.ci/lock .venv-lock/bin/pip-compile
	@rm -rf .venv-lock

clean: ## remove what was set up and what the tools left
	rm -rf $(VENV) .venv-lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
