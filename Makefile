# The only door. A bare machine needs python3 (3.11 or newer), pip, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run-stamp
DEV := $(VENV)/.dev-stamp
MCP := $(VENV)/.mcp-stamp
ISLANDS := $(VENV)/islands
VECTORS := $(VENV)/vectors
DBOS := $(VENV)/dbos
UV := $(BIN)/uv pip
COMPILE = $(UV) compile --quiet --universal --generate-hashes --python-version 3.11 $(UPGRADE) \
	--custom-compile-command "make lock"
BABEL := $(BIN)/python -m babel.messages.frontend
DATABASE := db-start db-stop db-status db-logs db-shell db-schema db-migrate db-rollback db-drop db-seed db-studio

export UV_PYTHON_DOWNLOADS := never
export PYTHONDONTWRITEBYTECODE :=# kept, even where a container says otherwise: else each start compiles everything anew
export VIRTUAL_ENV := $(CURDIR)/$(VENV)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run dev test test-quick test-changed test-crash lint format check bench screenshots messages islands vectors dbos lock $(DATABASE)

help: ## Show this list
	@sed -n 's/^\([a-z][a-z -]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  make %-14s %s\n", $$1, $$2}'

run: $(RUN) ## Set up what is missing and run Sambung (SAMBUNG_HOME, HOST, PORT)
	@exec $(BIN)/python -m sambung.supervisor

dev: $(DEV) ## The same, loading changed Python code anew (start again after other changes)
	@exec $(BIN)/python -m sambung.supervisor --dev

test: $(DEV) $(MCP) ## Run all tests (PYTEST_ARGS adds options)
	@$(BIN)/python -m pytest -n 2 $(PYTEST_ARGS)

test-quick: $(DEV) ## Run those tests that start no servers, no browser, and walk over no routes
	@$(BIN)/python -m pytest -n 2 --groups=quick $(PYTEST_ARGS)

test-changed: $(DEV) $(MCP) ## Run those, and the groups of tests whose folders differ from the main branch
	@$(BIN)/python -m pytest -n 2 --groups=changed $(PYTEST_ARGS)

test-crash: $(DEV) ## Kill the server in the middle of replies, a hundred times, and of workflows, fifty times (CRASH_ROUNDS)
	@CRASH_ROUNDS=$${CRASH_ROUNDS:-100} $(BIN)/python -m pytest tests/browser/test_crash.py $(PYTEST_ARGS)
	@CRASH_ROUNDS=$${CRASH_ROUNDS:-50} $(BIN)/python -m pytest tests/workflows/engine/test_crash.py $(PYTEST_ARGS)

lint: $(DEV) ## Look for mistakes and untidy code
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@if grep -q '^\[tool\.djlint' pyproject.toml; then $(BIN)/djlint --quiet --lint templates; fi

format: $(DEV) ## Tidy the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

check: lint test ## Lint and test

bench: $(DEV) ## Measure, and print ratios to the bare relay
	@$(BIN)/python -m bench $(BENCH_ARGS)

screenshots: $(DEV) ## Take the pictures of the documents
	@$(BIN)/python -m tests.screenshots

messages: $(DEV) ## Collect the words to be translated
	@$(BABEL) --quiet extract --mapping-file babel.cfg --project Sambung --version 1 \
		--no-wrap --sort-by-file --add-location file \
		-k gettext_lazy -k gettext_noop -k ngettext_lazy:1,2 -k pgettext:1c,2 -k pgettext_lazy:1c,2 \
		--output-file $(VENV)/messages.pot .
	@$(BABEL) update --locale id --no-fuzzy-matching --ignore-obsolete --no-wrap --ignore-pot-creation-date \
		--input-file $(VENV)/messages.pot --output-file locale/id/LC_MESSAGES/django.po

islands: ## Make the vendored editors anew from their locked packages, and print their checksums (needs npm)
	@for island in editor workflow_editor; do \
		mkdir -p $(ISLANDS)/$$island && cp islands/$$island/* $(ISLANDS)/$$island \
			&& (cd $(ISLANDS)/$$island && npm ci --silent --ignore-scripts --no-audit --no-fund) || exit 1; done
	@cd $(ISLANDS)/editor && node build.mjs editor.js $(CURDIR)/static/vendor/codemirror/editor.js
	@cd $(ISLANDS)/workflow_editor && node build.mjs $(CURDIR)/static/vendor/workflow-editor
	@sha256sum static/vendor/codemirror/editor.js static/vendor/workflow-editor/*.*

vectors: $(VECTORS)/.stamp ## Add the search by meaning: a model of 95 MB, in an environment of its own

dbos: $(DBOS)/.stamp ## Add what the bench compares the engine of workflows with, in an environment of its own

lock: $(BIN)/uv ## Remake all locks (UPGRADE=--upgrade takes newer versions)
	$(COMPILE) pyproject.toml --output-file requirements/run.lock
	$(COMPILE) pyproject.toml --extra dev --constraint requirements/run.lock --output-file requirements/dev.lock
	$(COMPILE) requirements/vectors.in --output-file requirements/vectors.lock
	$(COMPILE) requirements/dbos.in --output-file requirements/dbos.lock

db-start: ## Start the embedded database alone
db-stop: ## Stop it
db-status: ## Tell whether the database answers
db-logs: ## Show the end of its log
db-shell: ## Open psql on it
db-schema: ## Print the schema as SQL
db-migrate: ## Bring the tables up to date
db-rollback: ## Undo the last migration
db-drop: ## Remove the database, after asking for its name
db-seed: ## Fill it with examples
db-studio: ## Print the address of the admin pages

$(DATABASE): $(RUN)
	@exec $(BIN)/python -m sambung.supervisor.database $(@:db-%=%)

# ---- Set-up. Each stamp is newer than its lock once everything in it is installed. ----------------------

# Debian's python3 without python3-venv makes an environment, but no pip in it.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Sambung needs Python 3.11 or newer, and $(PYTHON) is %d.%d: set PYTHON to a newer one." % sys.version_info[:2])'
	@echo "Setting up $(VENV), once."
	@$(PYTHON) -m venv --clear $(VENV) >/dev/null 2>&1 || $(PYTHON) -m venv --clear --without-pip $(VENV)

$(BIN)/uv: | $(BIN)/python
	@$(BIN)/python -m pip --version >/dev/null 2>&1 \
		&& $(BIN)/python -m pip install --quiet --disable-pip-version-check uv \
		|| $(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check uv

# Without removing anything, so that what `make test` installed stays; its lock holds all of this one.
$(RUN): requirements/run.lock | $(BIN)/uv
	@test $(DEV) -nt requirements/run.lock \
		|| $(UV) install --quiet --compile-bytecode --require-hashes -r requirements/run.lock \
		|| $(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements/run.lock
	@touch $@

$(DEV): requirements/dev.lock | $(BIN)/uv
	@$(UV) sync --quiet --compile-bytecode --require-hashes requirements/dev.lock \
		|| $(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements/dev.lock
	@touch $@

$(VECTORS)/.stamp: requirements/vectors.lock | $(BIN)/uv
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python $(VECTORS)
	@VIRTUAL_ENV=$(CURDIR)/$(VECTORS) $(UV) sync --quiet --require-hashes requirements/vectors.lock
	@touch $@

$(DBOS)/.stamp: requirements/dbos.lock | $(BIN)/uv
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python $(DBOS)
	@VIRTUAL_ENV=$(CURDIR)/$(DBOS) $(UV) sync --quiet --require-hashes requirements/dbos.lock
	@touch $@

# MCP servers that others wrote, where there is npm; without them their tests are skipped, but in CI.
$(MCP): tests/mcp/package-lock.json | $(BIN)/python
	@mkdir -p $(VENV)/mcp-servers && cp tests/mcp/package.json tests/mcp/package-lock.json $(VENV)/mcp-servers
	@! command -v npm >/dev/null \
		|| npm ci --prefix $(VENV)/mcp-servers --silent --ignore-scripts --no-audit --no-fund \
		|| echo "npm could not install the MCP servers of the tests."
	@touch $@
