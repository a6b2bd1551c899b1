# Two commands: `make demo` runs the main job, `make test` runs all checks. Both do their own set-up.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready

.PHONY: demo demo-follow-up demo-research test lint types imports docs pytest bench format lock clean pictures

demo: $(READY) ## Mortgage applications through Temporal and LangGraph, with a worker killed on the way
	@$(BIN)/python -m demo $(ARGS)

demo-follow-up: $(READY) ## Customers followed up by mail, over SMTP both ways, with a worker killed on the way
	@$(BIN)/python -m demo.follow_up $(ARGS)

demo-research: $(READY) ## Research over Python's own documentation, each sentence cited, with a worker killed on the way
	@$(BIN)/python -m demo.research $(ARGS)

test: lint types imports docs pytest ## Everything that CI checks

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(READY)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports

docs: $(READY) ## The documentation site, in site/; a broken link fails
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

pytest: $(READY)
	$(BIN)/python -m pytest -n 3 --dist loadfile $(ARGS)

bench: $(READY) ## Every figure of docs/benchmarks.md, side by side with the peers
	@$(BIN)/python -m benchmarks $(ARGS)

pictures: $(READY) ## The pictures of docs/web-ui.md, taken anew with Chromium
	@$(BIN)/python -m docs.pictures.take

format: $(READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: $(READY) ## Refresh the pinned versions
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-emit-index-url --no-annotate \
	  --all-extras --group test --group lint --group bench --group docs --output-file constraints.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-emit-index-url --no-annotate \
	  --generate-hashes --constraint constraints.txt --extra production --output-file deploy/requirements.lock pyproject.toml
	echo 'hatchling>=1.27' | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header \
	  --no-emit-index-url --no-annotate --generate-hashes --output-file deploy/build.lock -

clean:
	rm -rf $(VENV) .orchestrator .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Python 3.11 or newer is needed, and $(PYTHON) is {sys.version.split()[0]}: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[all]' --group test --group lint --group bench --group docs
	@touch $(READY)
