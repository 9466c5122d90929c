PYTHON := .venv/bin/python
LOCK := .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --no-header --no-annotate \
	--generate-hashes --no-emit-index-url --no-emit-find-links
# What production needs to be checked, and nothing of it true.
PRODUCTION := DJANGO_SETTINGS_MODULE=chorus_org.settings.prod ALLOWED_HOSTS=example.org DATABASE_URL=postgresql://app@/app \
	SECRET_KEY=for-the-check-only-0123456789-abcdefghijklmnopqrstuvwxyz SITE_URL=https://example.org \
	EMAIL_HOST=example.org DEFAULT_FROM_EMAIL=nobody@example.org
# The checks of `make lint`, each a hook of .pre-commit-config.yaml.
CHECKS := lint-style lint-format lint-templates lint-types lint-upgrade lint-migrations lint-production lint-secrets
FILES := git ls-files -z --cached --others --exclude-standard --
# A line that ruff was told holds no secret needs no second mark. Nothing is sent anywhere to be verified.
SECRETS := .venv/bin/detect-secrets-hook --no-verify --exclude-lines '\# noqa: S105'
# Tests make up passwords, numbers and addresses; keys and tokens are looked for there too.
MADE_UP := $(addprefix --disable-plugin ,Base64HighEntropyString BasicAuthDetector HexHighEntropyString KeywordDetector)

.PHONY: help demo test test-browser test-slow coverage lint $(CHECKS) audit bench bench-country screenshots lock

help: ## cette liste
	@sed -n 's/^\([a-z-]*\):.*## /make \1	/p' Makefile

demo: .venv/demo.installed ## prépare et sert la démonstration (PORT, CHORUS_ORG_DATA)
	@exec $(PYTHON) manage.py demo

test: .venv/dev.installed ## les tests, sauf ceux du navigateur et les longs
	@exec $(PYTHON) -m pytest tests --ignore tests/browser -m "not slow" -n 2

test-browser: .venv/dev.installed ## les tests du navigateur et de l’accessibilité
	@exec $(PYTHON) -m pytest tests/browser -n 2

test-slow: .venv/dev.installed ## les preuves longues
	@exec $(PYTHON) -m pytest tests --ignore tests/browser -m slow -s

coverage: .venv/dev.installed ## ce que les tests parcourent des opérations et de la garde des droits
	@$(PYTHON) -m coverage run -m pytest tests --ignore tests/browser -m "not slow" -n 2
	@$(PYTHON) -m coverage combine --quiet
	@exec $(PYTHON) -m coverage report

lint: $(CHECKS) ## style, types, gabarits, migrations, réglages de production, secrets

lint-style: .venv/dev.installed
	$(PYTHON) -m ruff check .

lint-format: .venv/dev.installed
	$(PYTHON) -m ruff format --check .

lint-templates: .venv/dev.installed
	$(PYTHON) -m djlint templates --lint --quiet

lint-types: .venv/dev.installed
	$(PYTHON) -m mypy

lint-upgrade: .venv/dev.installed
	$(FILES) '*.py' | xargs -0 $(PYTHON) -m django_upgrade --target-version 5.2 --check

lint-migrations: .venv/dev.installed
	data=$$(mktemp -d) && trap 'rm -rf "$$data"' EXIT && \
		CHORUS_ORG_DATA=$$data $(PYTHON) manage.py makemigrations --check --dry-run

lint-production: .venv/dev.installed
	$(PRODUCTION) $(PYTHON) manage.py check --deploy --fail-level INFO

lint-secrets: SHELL := bash
lint-secrets: .SHELLFLAGS := -o pipefail -c # given no file, the scan finds nothing
lint-secrets: .venv/dev.installed
	$(FILES) . ':!tests' | xargs -0 $(SECRETS)
	$(FILES) tests | xargs -0 $(SECRETS) $(MADE_UP)
	! grep -nE '(SECRET|PASSWORD)[A-Z_]*=.' .env.example # outside quotes, the scan sees no password

audit: .venv/dev.installed ## failles connues des dépendances
	@exec requirements/audit

bench: .venv/dev.installed ## ce que coûtent les pages, à côté de leur plancher (docs/performance.md)
	@exec $(PYTHON) -m benchmarks

bench-country: .venv/dev.installed ## les mêmes pages dans un pays de 10 000 et de 1 000 000 de structures
	@exec $(PYTHON) -m benchmarks country

screenshots: .venv/dev.installed ## refait les images de la documentation et du README, depuis la démonstration
	@exec $(PYTHON) -m tests.screenshots

lock: .venv/dev.installed ## refait requirements/*.txt d’après pyproject.toml
	$(LOCK) --output-file requirements/prod.txt
	$(LOCK) --group demo --output-file requirements/demo.txt
	$(LOCK) --group demo --group dev --output-file requirements/dev.txt

.venv/%.installed: requirements/%.txt requirements/install
	@requirements/install $*
