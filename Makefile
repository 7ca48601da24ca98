# Everything works from a fresh checkout: each target does its own set-up. Needs Python >= 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
WORKERS ?= 2

.PHONY: help install demo test check format bench fuzz build clean

help:
	@echo 'make demo     the main job, on embedded mail servers with sample mail'
	@echo 'make test     all tests'
	@echo 'make check    style and types'
	@echo 'make install  the virtual environment only: $(BIN)/mailflow'
	@echo 'make format   put the style right'
	@echo 'make bench    measure'
	@echo 'make fuzz     the property tests, for some minutes'
	@echo 'make build    the wheel and the source archive, in dist/'

install: $(STAMP)

# An environment that lacks the program is not installed, whatever the stamp says.
ifeq ($(wildcard $(BIN)/mailflow),)
.PHONY: $(STAMP)
endif

$(STAMP): pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'mailflow needs Python 3.11 or later; name one: make PYTHON=/path/to/python3.11' >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip --upgrade
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,demo]'
	@touch $(STAMP)

demo: install
	$(BIN)/mailflow demo

test: install
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict mailflow

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install
	$(BIN)/python -m bench

# The same properties as in `make test`, with far more and fresh examples; a few seconds for each property.
fuzz: install
	$(BIN)/python -m pytest -m hypothesis --hypothesis-profile=fuzz --timeout=300 -n $(WORKERS) --dist worksteal

build: install
	$(BIN)/python -m build --outdir dist

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
