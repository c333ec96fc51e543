# Two commands matter: `make recommend PROFILE=edge` and `make test`. Each sets up what it needs in .venv and keeps it.
PYTHON ?= python3.11
# `make test-core`: another Python, on which the tests without any framework run.
CORE_PYTHON ?= python3.13
PROFILE ?= edge
# How `make recommend` measures: --quick --all takes about two minutes, and the site answers every profile from it;
# MODE= (empty) measures with all care what could change the answer of PROFILE, MODE=--all everything.
MODE ?= --quick --all
# PyTorch to LiteRT needs an environment of its own (2.2 GB, once, for profiles that ship to devices); SETUP= leaves it out.
SETUP ?= --set-up
# Only these frameworks, such as pytorch,jax: no other one is installed or measured. Empty: all.
FRAMEWORKS ?=
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
NODE := $(VENV)/node
comma := ,
# What was set up for some frameworks has a stamp of its own.
READY := $(VENV)/.ready$(addprefix -,$(subst $(comma),-,$(FRAMEWORKS)))
EXTRAS := $(if $(FRAMEWORKS),$(FRAMEWORKS)$(comma)openvino,all)
# Where Node.js finds what `make javascript` installed; the recipes look there, and in npm's global folder.
export NODE_PATH := $(CURDIR)/$(NODE)/node_modules$(if $(NODE_PATH),:$(NODE_PATH))
# A package that comes as source is built with the setuptools of constraints.txt too: pip takes the newest otherwise.
# Until 25.2 pip reads the first of these names for it, later ones the second.
INSTALL := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt \
  $(BIN)/pip install --quiet --disable-pip-version-check --use-pep517

# The opt-outs of advisor/optouts.py, for what is installed and run from here.
OPT_OUTS := ORT_DISABLE_TELEMETRY=1 ORT_TELEMETRY_DISABLED=1 NNCF_CI=1 HF_HUB_DISABLE_TELEMETRY=1 \
  HF_HUB_DISABLE_UPDATE_CHECK=1 HF_HUB_OFFLINE=1 TRANSFORMERS_OFFLINE=1 DO_NOT_TRACK=1 DISABLE_TELEMETRY=1 \
  VLLM_NO_USAGE_STATS=1 RAY_USAGE_STATS_ENABLED=0 LLAMA_ARG_OFFLINE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
  NPM_CONFIG_UPDATE_NOTIFIER=false NPM_CONFIG_AUDIT=false NPM_CONFIG_FUND=false NO_UPDATE_NOTIFIER=1
$(foreach each,$(OPT_OUTS),$(eval export $(each)))

.DEFAULT_GOAL := help
.PHONY: help recommend test test-quick test-core javascript coverage mutants lint format site screenshots bench sbom audit faults everything models clean

help:  ## Show this help
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  Variables: PROFILE=edge|deployment|research|FILE  FRAMEWORKS=pytorch,jax  MODE='--quick --all'|--all|--thorough|  ARGS='--fresh …'  PYTHON=python3.11"

recommend: $(READY)  ## Measure this machine, decide for PROFILE, print the answer, write .advisor/site
	$(BIN)/advisor recommend --profile $(PROFILE) $(addprefix --frameworks ,$(FRAMEWORKS)) $(SETUP) $(MODE) $(ARGS)

test: $(VENV)/.ready-dev  ## Run every test (real frameworks, real browser where Chromium is installed)
	$(BIN)/pytest -n 2 --dist loadgroup --no-loadscope-reorder $(ARGS)

test-quick: $(VENV)/.ready-dev  ## Run the tests of engine, documents, statistics and commands: a minute of processor time
	$(BIN)/pytest -m "not frameworks and not browser and not install and not integration" $(ARGS)

# The folder is named so that the budget of test-quick, which was set on another Python, is not held here.
test-core: $(VENV)/core/.ready  ## Run the tests of test-quick on CORE_PYTHON, without any framework installed
	$(VENV)/core/bin/pytest tests -m "not frameworks and not browser and not install and not integration" $(ARGS)

javascript: $(NODE)/.ready  ## Install what the JavaScript recipes need (with Node.js and npm), about 440 MB

coverage: $(VENV)/.ready-dev  ## Tell what of advisor the tests without frameworks, browser and installation leave out
	$(BIN)/pytest -n 2 --dist loadgroup --no-loadscope-reorder -m "not frameworks and not browser and not install" --cov $(ARGS)

mutants: $(VENV)/.ready-dev  ## Change the engine and the statistics a little at a time and tell which changes no test notices (hours)
	$(INSTALL) -e '.[mutation]'
	$(BIN)/python -m benchmarks.mutants $(ARGS)

lint: $(VENV)/.ready-dev  ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.ready-dev  ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

site: $(VENV)/.ready-dev  ## Build the project's own documentation to build/site
	$(BIN)/mkdocs build --strict

screenshots: $(VENV)/.ready-dev  ## Take the pictures of README and docs from the reference Run (needs Chromium)
	$(BIN)/python -m tests.browser.screenshots

models: $(VENV)/.ready-dev  ## Try `model check` with models that others wrote, and write site/models-table.md (an hour)
	$(BIN)/python -m benchmarks.foreign_models measure build/foreign-models.jsonl
	$(BIN)/python -m benchmarks.foreign_models page build/foreign-models.jsonl --output site/models-table.md

bench: $(VENV)/.ready-dev  ## Run the benchmarks, each as a ratio against a peer or a floor (leave the machine alone meanwhile)
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.scoring
	$(BIN)/python -m benchmarks.wrong_winner
	$(BIN)/python -m benchmarks.fuzz_profiles
	$(BIN)/python -m benchmarks.fuzz_runs
	$(BIN)/python -m benchmarks.scale --no-site
	$(BIN)/python -m benchmarks.fidelity --quick

faults: $(VENV)/.ready-dev  ## Try what goes wrong around advisor, and write the table of site/faults.md (ten minutes and more)
	$(BIN)/python -m tests.faults --write site/faults.md

everything: $(VENV)/.ready-dev  ## Show every page of the site on every screen to a browser and to axe (about an hour; ARGS='--sample 2')
	$(BIN)/python -m tests.browser.everything $(ARGS)

sbom: $(VENV)/.ready-dev $(VENV)/tools/.ready  ## Write what is installed beside advisor to build/sbom.json (CycloneDX)
	@mkdir -p build
	$(VENV)/tools/bin/cyclonedx-py environment $(BIN)/python --output-reproducible -o build/sbom.json

audit: $(VENV)/.ready-dev $(VENV)/tools/.ready  ## Look for known vulnerabilities of what is installed (asks the network)
	@mkdir -p build && rm -f build/audit.json
	-$(VENV)/tools/bin/pip-audit --progress-spinner off --format json --output build/audit.json \
	  --path $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
	$(BIN)/python .ci/audited.py build/audit.json

clean:  ## Remove what was built and measured here (.venv, .advisor, build, dist, caches)
	rm -rf $(VENV) .advisor build dist mutants .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.pip:
	@echo "Setting up $(VENV): $(or $(FRAMEWORKS),PyTorch$(comma) TensorFlow$(comma) JAX) and their runtimes, up to 5 GB, once; it is kept."
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(READY): $(VENV)/.pip pyproject.toml constraints.txt
	$(INSTALL) -e '.[$(EXTRAS)]'
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.pip pyproject.toml constraints.txt
	$(INSTALL) -e '.[all,dev]'
	@touch $@ $(VENV)/.ready

$(VENV)/core/.ready: $(VENV)/.pip pyproject.toml constraints.txt
	$(CORE_PYTHON) -m venv $(VENV)/core
	$(subst $(BIN),$(VENV)/core/bin,$(INSTALL)) -e '.[test]'
	@touch $@

$(NODE)/.ready: $(VENV)/.pip Makefile
	npm install --prefix $(NODE) --ignore-scripts --no-audit --no-fund --loglevel=error \
	  onnxruntime-web@1.30.0 @tensorflow/tfjs@4.22.0
	@touch $@

# Tools that look at the environment from outside, so that they are no part of what they list.
$(VENV)/tools/.ready: $(VENV)/.pip
	$(PYTHON) -m venv $(VENV)/tools
	$(VENV)/tools/bin/pip install --quiet --disable-pip-version-check 'cyclonedx-bom>=7' 'pip-audit>=2.7'
	@touch $@
