# Two commands: `make demo` shows designtool, `make test` runs every check. Both set everything up by themselves.
PYTHON ?= python3
VENV := .venv
INSTALLED := $(VENV)/.installed

.PHONY: demo test bench wheel clean

demo: $(INSTALLED)
	@$(VENV)/bin/designtool demo

test: $(INSTALLED)
	@.ci/test

bench: $(INSTALLED)
	@$(VENV)/bin/python -m tests.bench $(ARGS)

wheel: $(INSTALLED)
	@$(VENV)/bin/python -m build --wheel --outdir dist .

clean:
	rm -rf build dist .designtool .mypy_cache .ruff_cache .pytest_cache .hypothesis $(VENV)

$(INSTALLED): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	touch $@
