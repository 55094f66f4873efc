# What a newcomer and the machine that checks every change call. Everything installs into .venv.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

# What was compiled is kept, whatever the machine says: every start of a program is a third quicker.
export PYTHONDONTWRITEBYTECODE =

.PHONY: install demo test check format lint types contracts faults trust audit bench lock clean

install: $(STAMP)

# The lock carries hashes: what is installed here is, byte for byte, what was tried.
$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(STAMP)

demo: install
	$(BIN)/motcua demo

# More at once than there are cores: many wait for something most of the time, and nothing in a test
# may depend on how fast a machine is.
test: install
	$(BIN)/pytest -n 4 --dist worksteal

check: install format lint types contracts test

format: install
	$(BIN)/ruff format --check .

lint: install
	$(BIN)/ruff check .

types: install
	$(BIN)/mypy

contracts: install
	$(BIN)/lint-imports

# The long form of every harness in tests/faults and tests/strangers; the short form is part of `make test`.
faults: install
	$(BIN)/pytest -m long tests/faults tests/strangers --timeout 3600

# Known holes in what the lock installs. Without a network it says that nothing was checked.
audit: install
	$(BIN)/python -m tests.audit

# Every harness for three quarters of an hour, and docs/trust.md out of what it found.
trust: install
	$(BIN)/python docs/generate_trust.py

# Every target of speed and size, and docs/speed.md; ONLY=P3 measures one and only prints it,
# YEARS=ten.db asks that database for reports, GROWTH=1 measures halls of every size, too.
bench: install
	$(BIN)/python -m benchmarks $(ONLY) $(if $(YEARS),--years $(YEARS)) $(if $(GROWTH),--growth)

# Resolve the newest allowed versions again and write their hashes.
lock: install
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	    --generate-hashes --no-header --no-annotate --upgrade -o requirements.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
