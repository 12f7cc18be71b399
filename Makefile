# Two commands for a bare machine with python3, pip and make:  make demo   make test
# Each target sets up .venv itself. Another Python: make test PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: postgresql help demo test test-all hostile bench ablation gradients fuzz lint messages format clean

help:
	@echo "make demo      grade a made-up class, show its table, write the reports"
	@echo "make test      lint, types and all tests that end within minutes"
	@echo "make test-all  the long ones too"
	@echo "make hostile   the catalogue of attacks: each one's outcome here, and on a grader without the defence"
	@echo "make bench     times, with all rivals in the same run, 25 minutes: BENCH=--quick shows in 3 that it works"
	@echo "make ablation  what hostile code can do when a layer of confinement is missing"
	@echo "make gradients the gradient check beside torch's and numdifftools', on right gradients and on faults"
	@echo "make fuzz      fuzzing of whatever takes bytes from others, 20 minutes: FUZZ_SECONDS=600 each, two at a time"
	@echo "make lint      ruff and mypy only"
	@echo "make messages  bring the translations in autograder/locale up to date with the code"
	@echo "make format    let ruff format the code"
	@echo "make clean     remove $(VENV), caches and build output"

demo: $(VENV)/.ready
	$(BIN)/autograde demo

test: lint postgresql
	$(BIN)/python -m pytest -q -m "not slow and not alone" --numprocesses 2 --dist loadfile
	$(BIN)/python -m pytest -q -m "alone and not slow"

test-all: lint postgresql
	$(BIN)/python -m pytest -q -m "not alone" --numprocesses 2 --dist loadfile
	$(BIN)/python -m pytest -q -m "alone"

# PostgreSQL's programs without a server of the machine's: the tests start their own.
postgresql:
	@if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing PostgreSQL, for the tests of the gradebook on it"; \
	  mkdir -p /etc/postgresql-common; \
	  [ -e /etc/postgresql-common/createcluster.conf ] || \
	    echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf; \
	  apt-get install -y -qq postgresql >/dev/null 2>&1 || \
	    { apt-get update -qq && apt-get install -y -qq postgresql; } >/dev/null 2>&1 || \
	    echo "It cannot be had here: the tests of the gradebook on PostgreSQL are skipped"; \
	else \
	  echo "No PostgreSQL here: the tests of the gradebook on it are skipped (sudo apt-get install postgresql)"; \
	fi

hostile: $(VENV)/.ready-dev
	$(BIN)/python -m tests.hostile

# BENCH="-- --only ours,floor1,floor2,pytest --students 200" measures less, BENCH=--quick nothing: it shows that all parts run.
# RIVALS=no leaves the environment of otter alone.
BENCH ?=
RIVALS ?= yes
RIVAL_ENVIRONMENT := .venv-bench
bench: $(VENV)/.ready-dev $(if $(filter yes,$(RIVALS)),$(RIVAL_ENVIRONMENT)/.ready)
	$(BIN)/python -m tests.bench $(BENCH)

ablation: $(VENV)/.ready-dev
	$(BIN)/python -m tests.ablation

gradients: $(VENV)/.ready-gradients
	$(BIN)/python -m tests.gradients

fuzz: $(VENV)/.ready-fuzz
	$(BIN)/python -m tests.fuzz

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Texts of the code into the catalogues; ends with 1 where one has no translation yet.
messages: $(VENV)/.ready-dev
	$(BIN)/python -m tests.languages

format: $(VENV)/.ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) $(RIVAL_ENVIRONMENT) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

# What running needs; the editable install makes `autograde` use this working tree.
$(VENV)/.ready: $(VENV)/.made
	@echo "Installing autograder into $(VENV)"
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

# What testing needs too.
$(VENV)/.ready-dev: $(VENV)/.made
	@echo "Installing autograder and what its tests need into $(VENV)"
	@$(INSTALL) --no-build-isolation --editable '.[all]'
	@touch $@ $(VENV)/.ready

# The rival that wants other versions than ours. Where it cannot be had, its row is left out.
$(RIVAL_ENVIRONMENT)/.ready: $(VENV)/.made tests/bench/rivals.txt
	@echo "Installing otter-grader into $(RIVAL_ENVIRONMENT)"
	@$(BIN)/python -m venv $(RIVAL_ENVIRONMENT)
	@$(RIVAL_ENVIRONMENT)/bin/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt \
	  --constraint tests/bench/rivals.txt otter-grader ipykernel numpy && touch $@ || true

# The rivals of the gradient check. Where one has no build for this Python, tests/gradients says that its column is left out.
$(VENV)/.ready-gradients: $(VENV)/.ready-dev
	@echo "Installing the rivals of the gradient check into $(VENV)"
	@if $(INSTALL) --no-build-isolation --editable '.[dev,gradients]'; then touch $@; else \
	  echo "Not all of them can be had for this Python; going on with those that can"; \
	  for rival in torch numdifftools; do $(INSTALL) $$rival || true; done; \
	fi

# What fuzzing needs too: atheris, where it has a build. Without it tests/fuzz says what is left out.
$(VENV)/.ready-fuzz: $(VENV)/.ready-dev
	@echo "Installing what fuzzing needs into $(VENV)"
	@$(INSTALL) --no-build-isolation --editable '.[dev,fuzz]'
	@touch $@

# An empty environment with the pinned setuptools. Debian's python3 has no ensurepip until python3-venv is there.
$(VENV)/.made: pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { \
	  echo "$(PYTHON) was not found. Install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3" >&2; \
	  exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1)." \
	    "Name a newer one: make PYTHON=python3.12" >&2; \
	  exit 1; }
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  rm -rf $(VENV); \
	  if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	      echo "Installing python3-venv, which Debian keeps apart from python3"; \
	      apt-get install -y -qq python3-venv >/dev/null 2>&1 || \
	        { apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null; }; \
	    else \
	      echo "$(PYTHON) cannot make virtual environments." \
	        "On Debian and Ubuntu: sudo apt-get install python3-venv" >&2; \
	      exit 1; \
	    fi; \
	  fi; \
	  $(PYTHON) -m venv $(VENV); \
	fi
	@# Debian's own pip takes minutes to resolve what Jupyter needs.
	@$(INSTALL) --upgrade pip setuptools
	@touch $@
