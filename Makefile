# Installs, starts, tests and deploys; `make` alone lists the targets. Those for the local stack call ./hidra, which has
# more commands. A uv or any python3 is enough to begin with: local/setup.sh finds or fetches the rest.

# The local stack's name (several run side by side) and the port of its API (0: any free one).
STACK ?= local
PORT ?= 0
UV ?= uv
PYTHON ?=
export UV PYTHON
export PYTHONPATH := layers/hidra
# The files here are UTF-8, whatever the locale is.
export PYTHONUTF8 := 1
# Python's settings of other projects: a wrong PYTHONHOME keeps it from starting.
unexport CDPATH PYTHONHOME PYTHONSTARTUP PYTHONINSPECT PYTHONOPTIMIZE PYTHONIOENCODING PYTHONPLATLIBDIR PYTHONUSERBASE \
	PYTHONWARNINGS PYTHONSAFEPATH PYTHONDEVMODE
# Where the environment forbids bytecode, each of a hundred processes would compile every library anew.
export PYTHONDONTWRITEBYTECODE :=

RUN := .venv/bin/python -m
SAM := SAM_CLI_TELEMETRY=0 .venv-sam/bin/sam
LOCK = "$$(sh local/setup.sh)" pip compile --quiet --universal --python-version 3.13 --generate-hashes --no-annotate --no-header
# Three for two cores: many tests wait for a clock, a lock or a process. In a new clone one process comes first: it leaves
# the bytecode that all would make at the same time otherwise.
TESTS = { [ -d tests/unit/__pycache__ ] || $(RUN) pytest --collect-only --quiet >/dev/null 2>&1 || true; } && \
	$(RUN) pytest --numprocesses 3 --dist loadgroup --tb short
# Without a terminal prints only the last line, or everything after a failure. Through a file: a pipe stays open until the
# last process that a test left running ends.
QUIET_TESTS = log=$$(mktemp) || exit 1; trap 'rm -f "$$log"' EXIT; trap 'exit 130' INT; trap 'exit 143' TERM HUP; if $(TESTS) >"$$log" 2>&1; then tail -n 1 "$$log"; else cat "$$log"; exit 1; fi
# Prints nothing if all is good.
LINT = .venv/bin/ruff check --quiet --output-format concise && \
	{ .venv/bin/ruff format --check --quiet || { .venv/bin/ruff format --check; false; }; } && \
	$(QUIET) .venv/bin/lint-imports --no-logo && .venv/bin/mypy --no-error-summary && $(RUN) local.console_types
QUIET = sh -c 'output=$$("$$@" 2>&1) || { echo "$$output"; exit 1; }' quiet
# Only variables on make's command line: EMAIL and NAME in the environment may be meant for other programs.
given = $(if $(filter command,$(firstword $(origin $1))),$2 $(call quoted,$($1)))
quoted = '$(subst ','\'',$1)'

.DEFAULT_GOAL := help
.PHONY: demo up down token test prove soak mutants bench build deploy schema docs lock lint audit clean help venv venv-sam venv-audit venv-bench

demo: ## install everything, run a campaign from a list to exact metrics, clean up (CSV=file; WATCH=1 keeps the stack up)
	@./hidra demo $(call given,CSV,--csv) $(if $(filter-out 0,$(WATCH)),--watch)

up: ## start the local stack, what it lost, or deploy changes to it (STACK=name PORT=8000 DATABASE_URL= EVOLUTION_URL=)
	@./hidra up --stack $(call quoted,$(STACK)) --port $(call quoted,$(or $(PORT),0))

down: ## stop the local stack and remove everything of it (STACK=name)
	@./hidra down --stack $(call quoted,$(STACK))

token: ## print a bearer token for a local user (NAME= EMAIL= GROUPS=admin SUB=uuid STACK=name)
	@./hidra token --stack $(call quoted,$(STACK)) $(call given,NAME,--name) $(call given,EMAIL,--email) \
		$(call given,GROUPS,--groups) $(call given,SUB,--sub)

lint: venv venv-sam venv-audit ## check style, types, the imports between modules, and the template
	@$(LINT)
	@.venv-sam/bin/cfn-lint template.yaml
	@$(QUIET) env BC_OFFLINE=1 .venv-audit/bin/checkov --config-file .checkov.yaml

audit: venv-audit ## ask PyPI for known weaknesses of what is deployed
	@.venv-audit/bin/pip-audit --strict --require-hashes --disable-pip \
		-r layers/hidra/requirements.txt -r functions/migrate/requirements.txt

test: venv ## lint, and beside it every test that fits into a coffee break
	@($(LINT)) & lint=$$!; bad=0; \
	if [ -t 1 ] || [ -n "$$CI" ]; then $(TESTS); else ($(QUIET_TESTS)); fi || bad=1; \
	wait $$lint || bad=1; exit $$bad

# Shows the measured numbers without the product's log.
prove bench: export POWERTOOLS_LOG_LEVEL := ERROR

PROVEN = $(if $(PROVE),$(if $(filter console,$(PROVE)),tests/console/slow,tests/slow/test_$(PROVE).py),tests/slow tests/console/slow)
prove: venv ## the long proofs, of which PROVE=name runs one: tests/slow/test_name.py, or console
	@$(RUN) pytest -o faulthandler_timeout=1800 --tb short --capture no $(PROVEN)

soak: venv ## random faults for so many minutes, then every promise checked (MINUTES=10 SEED=)
	@SOAK_MINUTES='$(or $(MINUTES),10)' SOAK_SEED='$(SEED)' $(RUN) pytest --quiet -o faulthandler_timeout=0 --tb line --show-capture no --capture no \
		tests/slow/test_soak.py

mutants: venv ## break each promise on purpose and show that a test notices (MUTANT=promise or name)
	@$(RUN) tests.slow.mutants $(if $(MUTANT),$(call quoted,$(MUTANT)))

bench: venv venv-bench ## every benchmark beside its yardstick, of which BENCH=name runs one (QUICK=1, or ROWS=1000000)
	@$(RUN) bench $(BENCH) $(if $(filter-out 0,$(QUICK)),--quick) $(ROWS:%=--rows %)

build: venv venv-sam ## build the functions and the layer for AWS into .aws-sam
	@PATH="$$(dirname "$$(sh local/setup.sh)"):$(CURDIR)/.venv/bin:$$PATH" $(SAM) build

deploy: build ## build and deploy to AWS; asks for the parameters
	@$(SAM) deploy --guided

schema: venv ## write all migrations as one file, sql/schema.sql
	@$(RUN) local.schema

docs: venv ## write the documents that are generated from the sources
	@$(RUN) local.configuration
	@$(RUN) local.openapi

lock: ## pin every requirement again, with hashes
	@$(LOCK) requirements/uv.in -o requirements/uv.txt
	@$(LOCK) requirements/dev.in -o requirements/dev.txt
	@$(LOCK) requirements/sam.in -o requirements/sam.txt
	@$(LOCK) requirements/client.in -o requirements/client.txt
	@$(LOCK) requirements/audit.in -o requirements/audit.txt
	@$(LOCK) -c requirements/dev.txt requirements/bench.in -o requirements/bench.txt
	@$(LOCK) -c requirements/dev.txt layers/hidra/requirements.in -o layers/hidra/requirements.txt
	@$(LOCK) -c requirements/dev.txt functions/migrate/requirements.in -o functions/migrate/requirements.txt

clean: ## stop every local stack of this folder, remove all that was installed or built
	@if [ -d .hidra ] && [ -x .venv/bin/python ]; then $(RUN) local down --all; fi
	@rm -rf .venv .venv-sam .venv-audit .venv-bench .venv-client .venv-uv .venv-console .aws-sam .hidra .hypothesis .mypy_cache .ruff_cache \
		.import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv:
	@sh local/setup.sh .venv requirements/dev.txt

venv-sam:
	@sh local/setup.sh .venv-sam requirements/sam.txt

venv-audit:
	@sh local/setup.sh .venv-audit requirements/audit.txt

venv-bench:
	@sh local/setup.sh .venv-bench requirements/bench.txt
