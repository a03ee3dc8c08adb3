# `make demo` and `make test` set a fresh clone up by themselves; a second run installs nothing.
PYTHON ?= python3
LIST := $(shell nvidia-smi -L >/dev/null 2>&1 && echo requirements.txt || echo requirements-cpu.txt)
RUN := .venv/bin/python

.PHONY: demo test fast long check

demo: .venv/installed-$(LIST)
	$(RUN) cli.py data
	$(RUN) cli.py extract
	$(RUN) cli.py compare --classifiers cnn,dual_input,late_fusion
	$(RUN) cli.py train
	$(RUN) cli.py explain

test: .venv/installed-requirements-dev.txt
	$(RUN) -m pytest -q -m "not long"

long: .venv/installed-requirements-dev.txt
	$(RUN) -m pytest -q -m long

fast: .venv/installed-requirements-dev.txt
	$(RUN) -m pytest -q -m "not slow and not real and not long"

check: .venv/installed-requirements-dev.txt
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

.venv/installed-requirements-dev.txt: .venv/installed-$(LIST)
.venv/installed-%: %
	test -x $(RUN) || $(PYTHON) -m venv .venv
	$(RUN) -m pip install --quiet --disable-pip-version-check -r $<
	touch $@
