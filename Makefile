# The menu of this project: `make` or `make help` shows it. Every entry first makes the folder ready (.ci/setup).
PYTHON_HERE = .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup setup-browser demo ui bench soak test golden verify lint

help: ## show this menu
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: ## install what the project needs: .venv, and the programs of PostgreSQL and MariaDB
	@.ci/setup

setup-browser:
	@.ci/setup --browser

demo: setup ## do the whole job on this machine with a shop and two suppliers made up for it
	@$(PYTHON_HERE) -m demo

ui: setup ## show the demo's runs in the Prefect UI
	@$(PYTHON_HERE) -m demo.ui

bench: ## measure import and sync against the row-by-row way, through Prefect, and large feeds (twenty minutes)
	@.ci/setup --bench
	@$(PYTHON_HERE) -m benchmarks
	@$(PYTHON_HERE) -m benchmarks.linking
	@$(PYTHON_HERE) -m benchmarks.deciding
	@$(PYTHON_HERE) -m benchmarks.explain
	@$(PYTHON_HERE) -m benchmarks.customers

soak: setup ## many suppliers and shops, workers with homes of their own, one of them killed; prints its figures
	@$(PYTHON_HERE) -m benchmarks.soak

test: setup ## run the tests (minutes)
	@$(PYTHON_HERE) -m pytest -n auto --dist loadfile --no-loadscope-reorder # tests/conftest.py has the order

golden: setup ## write anew what the samples of the known feed formats hold; then read the diff
	@REXBIT_GOLDEN=1 $(PYTHON_HERE) -m pytest tests/feeds/test_presets.py

verify: setup-browser ## run what takes longer: the demo in a fresh clone, the Prefect UI in a browser, a feed's year, rarer ways
	@$(PYTHON_HERE) -m pytest -m slow -n auto --dist loadfile --no-loadscope-reorder # the same order

lint: setup ## check style, format and types
	@$(PYTHON_HERE) -m ruff check .
	@$(PYTHON_HERE) -m ruff format --check .
	@$(PYTHON_HERE) -m mypy

