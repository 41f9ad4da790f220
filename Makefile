# Commands for daily work; `make` alone lists them.
PYTHON ?= .venv/bin/python

.PHONY: help test fast lint types docs golden bench app coverage mutation fuzz

help:  ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

test:  ## run all tests, in as many processes as there are processors
	$(PYTHON) -m pytest -n auto --dist loadgroup

fast:  ## run the tests that take less than a second each, without a browser
	$(PYTHON) -m pytest -n auto --dist loadgroup -m "not slow and not browser"

lint:  ## check and format the code
	$(PYTHON) -m ruff check --fix . && $(PYTHON) -m ruff format .

types:  ## check the types
	$(PYTHON) -m mypy

docs:  ## write the generated pages again, and build and check the site
	$(PYTHON) -m calculator docs docs/reference && $(PYTHON) -m tests.support.architecture
	PYTHONPATH=tests $(PYTHON) -m support.pages && $(PYTHON) -m tests.support.tutorials
	NO_MKDOCS_2_WARNING=1 $(PYTHON) -m mkdocs build --strict

golden:  ## compare every figure of the golden designs with Microsoft's workbook
	$(PYTHON) -m pytest tests/test_golden.py tests/layout/test_layout_golden.py

bench:  ## measure how fast the engine, the files, the layout, the imports and the app are
	for name in engine batch layout tracking_log app server; do $(PYTHON) benchmarks/$$name.py; done

app:  ## open the app on an example
	$(PYTHON) -m streamlit run app.py -- profiles/active_active.toml

coverage:  ## measure the coverage of the tests, in total and per room
	$(PYTHON) -m pytest -n auto --dist loadgroup -m "not browser" --cov --cov-report= --cov-fail-under=0 && $(PYTHON) -m tests.support.coverage

mutation:  ## count which small mistakes in rules, checks and layout the tests catch
	$(PYTHON) -m tests.mutation

fuzz:  ## feed hostile inputs to everything that reads files, for MINUTES (10 by default)
	$(PYTHON) -m tests.fuzz --minutes $(or $(MINUTES),10)
