# Two commands: `make demo` shows designtool, `make test` runs every check. Both set everything up by themselves.
PYTHON ?= python3
VENV := .venv
INSTALLED := $(VENV)/.installed

.PHONY: help demo test bench wheel clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## the two programs as patient and as therapist, with invented people
	@$(VENV)/bin/designtool demo || [ $$? -eq 130 ] # Ctrl-C is how it ends.

test: $(INSTALLED) ## every check: format, lint, types, tests; seconds a part
	@.ci/test

bench: $(INSTALLED) ## times and memory, measured: make bench ARGS=--help
	@$(VENV)/bin/python -m tests.bench $(ARGS)

wheel: $(INSTALLED) ## the package to install with pipx or uv, in dist/
	@$(VENV)/bin/python -m build --wheel --outdir dist .

clean: ## takes away what was made here, .venv too
	rm -rf build dist .designtool .mypy_cache .ruff_cache .pytest_cache .hypothesis $(VENV)

$(INSTALLED): pyproject.toml
	@.ci/setup $(PYTHON) $(VENV)
