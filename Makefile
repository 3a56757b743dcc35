# The whole project in a few words: `make help` lists them. Everything happens inside this folder.
#
#   PYTHON=python3.12   which Python makes .venv   (default: the first of 3.11, 3.12, 3.13 found)
#   JOBS=8              how many processes at once (default: the processors there are; 2 for the tests)

SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help setup book quick test fast site verify lint clean

# Names in recipes (python, saelib, snakemake) mean those of .venv, whatever is active outside.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Processes work side by side, so threads inside each would only fight over the same processors.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1

jobs := $(if $(JOBS),--jobs $(JOBS))
site := _build/html/index.html
# --no-loadscope-reorder: files run in the order tests/conftest.py gives, the longest first.
pytest := pytest --numprocesses $(or $(JOBS),2) --dist loadfile --no-loadscope-reorder

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: ## make .venv with everything pinned; nothing to do when its inputs are unchanged
	@PYTHON="$(PYTHON)" .ci/setup

book: setup ## the whole study, recomputed, and the site (about an hour on two processors; resumes)
	@saelib reproduce --profile full $(jobs)
	@echo "The book is at $(site)"

quick: setup ## the same study with small settings (five to six minutes), beside the stored results
	@saelib reproduce --profile quick $(jobs)
	@echo "Its book is at runs/quick/site/$(site)"

test: setup lint ## everything the CI checks
	@$(pytest) tests saelib --nbval-lax --nbval-current-env $(wildcard notebooks/*.ipynb)

fast: setup ## the tests that take seconds (three minutes in all)
	@$(pytest) tests saelib -m "not slow and not browser"

lint: setup ## style, formatting and types
	@ruff check .
	@ruff format --check .
	@mypy

site: setup ## the site, from the executed notebooks and results that are there
	@jupyter-book build . -n -W --keep-going
	@echo "The book is at $(site)"

verify: setup ## recompute into a scratch folder and compare with the stored results
	@saelib verify $(jobs)

clean: ## remove what was computed and built here; stored results, notebooks and .venv stay
	rm -rf runs _build .snakemake .pytest_cache .mypy_cache .ruff_cache .hypothesis build
	find saelib tests notebooks benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
