VENV := .venv
PYTHON := $(VENV)/bin/python
HOME_FOLDER := $(or $(CHILD_DASHBOARD_HOME),data/var)

# An environment that failed half-way is made again.
.DELETE_ON_ERROR:

.PHONY: help run test bench lint format docs gallery lock clean

help:
	@echo 'make run     start the dashboard at http://localhost:8501, with sample data the first time'
	@echo 'make test    every check: style, types and tests'
	@echo 'make lint    style and types alone'
	@echo 'make format  put the code in the one style'
	@echo 'make bench   measure what docs/measured.md tells, and renew it (an hour, on a quiet machine)'
	@echo 'make docs    build the documentation into build/site'
	@echo 'make gallery take a picture of every page into build/gallery, and renew those of the documentation'
	@echo 'make lock    renew the pinned requirements; UPGRADE=1 takes the newest versions'
	@echo 'make clean   remove the environment and the caches, never the data'

run: $(VENV)/requirements.stamp
	@test -e "$(HOME_FOLDER)/warehouse.duckdb" || $(PYTHON) -m etl demo
	@echo 'The dashboard is at http://localhost:8501 (stop it with Ctrl+C)'
	@$(PYTHON) -m streamlit run server.py

# In the order of the folders: sorted by their number of tests, the slow files, which have few, would come last.
test: lint
	$(PYTHON) -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --durations 15

lint: $(VENV)/requirements-dev.stamp
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy
	$(PYTHON) -m bandit --quiet --severity-level medium --configfile pyproject.toml --recursive dashboard.py server.py etl pages

format: $(VENV)/requirements-dev.stamp
	$(PYTHON) -m ruff check --fix
	$(PYTHON) -m ruff format

bench: $(VENV)/requirements-dev.stamp
	$(PYTHON) -m tests.bench --out docs/measured.md

docs: $(VENV)/requirements-docs.stamp
	$(PYTHON) -m zensical build --clean --strict
	@echo 'Open build/site/index.html'

gallery: $(VENV)/requirements-dev.stamp
	$(PYTHON) -m tests.gallery
	@echo 'Open build/gallery/index.html'

# uv is no requirement of the project: it alone writes one lock file for all systems.
COMPILE = UV_CUSTOM_COMPILE_COMMAND='make lock' $(PYTHON) -m uv pip compile --quiet --universal \
	--generate-hashes --no-emit-index-url $(if $(UPGRADE),--upgrade)

lock: $(VENV)/pyvenv.cfg
	$(PYTHON) -m pip install --quiet 'uv>=0.13,<0.14'
	$(COMPILE) pyproject.toml --output-file requirements.txt
	$(COMPILE) pyproject.toml --group dev --constraint requirements.txt \
		--output-file requirements-dev.txt
	$(COMPILE) pyproject.toml --extra spark --constraint requirements-dev.txt \
		--output-file requirements-spark.txt
	$(COMPILE) --group docs --constraint requirements-dev.txt --output-file requirements-docs.txt

clean:
	rm -rf $(VENV) .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

# The stamp is younger than its requirements as long as they are installed.
$(VENV)/%.stamp: %.txt $(VENV)/pyvenv.cfg
	@echo 'Installing $< (a few minutes the first time)'
	@$(PYTHON) -m pip install --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

$(VENV)/pyvenv.cfg:
	@for python in python3.11 python3 python3.12 python3.13 python3.14; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "Creating $(VENV) with $$($$python --version)"; \
			exec $$python -m venv $(VENV); \
		fi; \
	done; \
	echo 'Python 3.11 or newer is needed, as python3.11 or python3, see https://www.python.org/downloads/' >&2; \
	exit 1
