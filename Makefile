# `make demo` and `make test` set a fresh clone up by themselves; a second run installs nothing.
PYTHON ?= python3
LIST := $(shell nvidia-smi -L >/dev/null 2>&1 && echo requirements.txt || echo requirements-cpu.txt)
RUN := .venv/bin/python
# A test file runs whole in one process, because its tests share what is slow to make.
TESTS := $(RUN) -m pytest -q -n logical --maxprocesses 4 --dist loadfile
INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check
# Exact versions, checked by their hashes. They fit the Pythons and the platform that they were
# tried with; elsewhere, and beside an NVIDIA GPU, the ranges of the lists are installed.
LOCK_OF_requirements-cpu.txt := requirements-lock.txt
LOCK_OF_requirements-dev.txt := requirements-dev-lock.txt
LOCKS_FIT = test $(LIST) = requirements-cpu.txt && $(RUN) -c 'import platform, sys; \
	here = platform.system(), platform.machine(); \
	sys.exit(here != ("Linux", "x86_64") or not (3, 11) <= sys.version_info < (3, 14))'

.PHONY: demo test fast long check docs

demo: .venv/installed-$(LIST)
	$(RUN) cli.py data
	$(RUN) cli.py extract
	$(RUN) cli.py compare --classifiers cnn,dual_input,late_fusion
	$(RUN) cli.py train
	$(RUN) cli.py explain

test: .venv/installed-requirements-dev.txt
	$(TESTS) -m "not long"

long: .venv/installed-requirements-dev.txt
	$(TESTS) -m long

fast: .venv/installed-requirements-dev.txt
	$(TESTS) -m "not slow and not real and not long"

check: .venv/installed-requirements-dev.txt
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

# Broken links and other warnings stop it.
docs: .venv/installed-requirements-docs.txt
	NO_MKDOCS_2_WARNING=1 $(RUN) -m mkdocs build --quiet --strict
	@echo "wrote site; to search it, run $(RUN) -m http.server -d site and open http://localhost:8000"

.venv/installed-requirements-dev.txt: .venv/installed-$(LIST)
# Not locked: nothing but the website depends on it.
.venv/installed-requirements-docs.txt: requirements-docs.txt .venv/installed-$(LIST)
	$(INSTALL) -r $<
	touch $@
.venv/installed-%: % requirements-lock.txt requirements-dev-lock.txt
	test -x $(RUN) || $(PYTHON) -m venv .venv
	@if $(LOCKS_FIT); then \
		echo "$(INSTALL) --require-hashes -r $(LOCK_OF_$<)"; \
		$(INSTALL) --require-hashes -r $(LOCK_OF_$<); \
	else \
		echo "The locked versions do not fit this Python, platform or GPU: installing the ranges of $<"; \
		$(INSTALL) -r $<; \
	fi
	touch $@
