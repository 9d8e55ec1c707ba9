# Set-up and the everyday commands. Each target that needs the environment makes it first, in .venv, from
# requirements.lock; a second run finds it there. Use another Python with `make test PYTHON=python3.13`.
.DEFAULT_GOAL := help
.PHONY: help demo test test-browser test-offline lab docs lint lock clean
.DELETE_ON_ERROR:

# Only what is installed in .venv is to be found, whatever the shell that calls make has set.
unexport PYTHONPATH PYTHONHOME

PYTHON ?=
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
READY := .venv/.ready

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' Makefile

demo: $(READY) ## analyse the demo corpus in data/ and write tables, charts and a report to out/
	$(BIN)/newslab demo -o out

test: $(READY) ## check style, run the tests, the examples in docstrings and the notebooks
	$(BIN)/ruff check .
	$(BIN)/python -m pytest
	$(BIN)/python -m pytest --nbmake --nbmake-timeout=600 notebooks

test-browser: $(READY) ## drive the explorer and the report in a real browser
	$(BIN)/python -m pytest tests/browser

test-offline: $(READY) ## run the tests in a network namespace without a network
	$(BIN)/python tests/offline.py

lab: $(READY) ## open JupyterLab on notebooks/
	$(BIN)/python -m jupyterlab notebooks

docs: $(READY) ## build the documentation site in out/site, from files of this checkout only
	$(BIN)/python -m mkdocs build --strict

lint: $(READY) ## check style and mend what can be mended
	$(BIN)/ruff check --fix .

# The stamp is written last, so that an interrupted installation is taken up again by the next run.
$(READY): requirements.lock pyproject.toml
	@found=; \
	for python in $(if $(PYTHON),"$(PYTHON)",python3.11 python3 python3.14 python3.13 python3.12 python); do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "newslab needs Python 3.11 or later; $(or $(PYTHON),python3) is $$("$(or $(PYTHON),python3)" --version 2>/dev/null || echo not there)" >&2; \
	  echo "Install it, or name it: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; \
	fi; \
	if ! "$$found" -c 'import venv, ensurepip' >/dev/null 2>&1; then \
	  echo "$$found cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	fi; \
	echo "making the environment in .venv with $$("$$found" --version)"; \
	"$$found" -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

# Versions that serve every system and every Python from 3.11, with the hashes of their files.
lock: ## choose the newest versions anew and write requirements.lock
	@set -e; tools=$$(mktemp -d); trap 'rm -rf "$$tools"' EXIT; \
	python3 -m venv "$$tools"; \
	"$$tools"/$(notdir $(BIN))/python -m pip install --quiet --disable-pip-version-check uv; \
	"$$tools"/$(notdir $(BIN))/uv pip compile --quiet --upgrade --universal --fork-strategy fewest --python-version 3.11 \
	  --extra all --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

clean: ## remove everything that make made
	rm -rf .venv out build dist .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
