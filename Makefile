# Two commands are all most people need: make serve, make test. The environment lives in .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
TORCH := torch==2.13.0
# Where the torch build comes from, e.g. TORCH_ARGS="--index-url <the CPU index named on PyTorch's site>"
TORCH_ARGS ?=
AXE := tests/ui/node_modules

.PHONY: serve test check lint bench eval soak encoder screenshots clean

serve: $(VENV)/.runtime
	$(BIN)/wenzheng index
	$(BIN)/wenzheng serve

test: $(VENV)/.dev $(AXE)
	$(BIN)/python -m pytest -n 2

# The quick part of the tests: no browser, no subprocess, no training.
check: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 -m "not slow"

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.dev
	$(BIN)/python -m eval.bench

# How good search and answers are: all modes, all collections; the tables of docs/quality.md.
eval: $(VENV)/.dev
	@$(BIN)/python -m eval run --mode all --split tune >&2
	@$(BIN)/python -m eval run --corpus second --split tune >&2
	@$(BIN)/python -m eval run --corpus second >&2
	@for part in dense bigrams asked sayings units numbers exact spelling; do \
	  $(BIN)/python -m eval run --without $$part >&2 || exit 1; done
	@for corpus in shipped unseen-2022 unseen-2023 cities; do \
	  $(BIN)/python -m eval run --mode all --corpus $$corpus >&2 || exit 1; \
	  for part in dense sayings; do \
	    $(BIN)/python -m eval run --corpus $$corpus --without $$part >&2 || exit 1; done; done
	@$(BIN)/python -m eval report --chart docs/quality.svg

# Memory over a long run; 100 kills; then the pages: from Enter to the painted answer, and 50 people at once.
soak: $(VENV)/.dev
	$(BIN)/python -m eval.soak
	$(BIN)/python -m eval.kills
	$(BIN)/python -m eval.load
	$(BIN)/python -m eval.page_speed
	$(BIN)/python -m eval.users

# Trains the shipped encoder again from corpus/.
encoder: $(VENV)/.dev
	$(BIN)/python -m eval.train_encoder

# Pictures of each page and state in build/screenshots, the four of the README in docs (needs chromium).
screenshots: $(VENV)/.dev
	$(BIN)/python docs/screenshots.py

# The accessibility rules that the browser tests use; where there is no npm, those tests say so and are skipped.
$(AXE): tests/ui/package.json
	@(cd tests/ui && npm install --no-package-lock --no-audit --no-fund --silent && touch node_modules) \
	  || echo "axe-core could not be installed by npm: the tests with its rules will be skipped"

# torch goes first and alone, so that a CPU build is taken where one is offered.
$(VENV)/.runtime: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(TORCH_ARGS) $(TORCH)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.dev: $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	touch $@

clean:
	rm -rf $(VENV) $(AXE) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis
