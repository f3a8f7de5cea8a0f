# Two commands are all most people need: make serve, make test. The environment lives in .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
TORCH := torch==2.13.0
# Where the torch build comes from, e.g. TORCH_ARGS="--index-url <the CPU index named on PyTorch's site>"
TORCH_ARGS ?=

.PHONY: serve test check lint bench eval soak encoder screenshot clean

serve: $(VENV)/.runtime
	$(BIN)/wenzheng index
	$(BIN)/wenzheng serve

test: $(VENV)/.dev
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
	@for corpus in shipped unseen-2022 unseen-2023 cities; do \
	  $(BIN)/python -m eval run --mode all --corpus $$corpus >&2 || exit 1; \
	  for part in dense asked sayings spelling; do \
	    $(BIN)/python -m eval run --corpus $$corpus --without $$part >&2 || exit 1; done; done
	@$(BIN)/python -m eval report --chart docs/quality.svg

soak: $(VENV)/.dev
	$(BIN)/python -m eval.soak
	$(BIN)/python -m eval.load

# Trains the shipped encoder again from corpus/.
encoder: $(VENV)/.dev
	$(BIN)/python -m eval.train_encoder

# Takes docs/chat.png from the running page (needs chromium).
screenshot: $(VENV)/.dev
	$(BIN)/python docs/screenshot.py

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
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis
