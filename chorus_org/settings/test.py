"""The tests: a throwaway database, started by tests/support/postgres.py unless DATABASE_URL names another."""

import os
import tempfile
from pathlib import Path

from environs import Env

from chorus_org import embedded
from chorus_org.settings.base import *  # noqa: F403
from chorus_org.settings.base import BASE_DIR, INSTALLED_APPS, TEMPLATES
from chorus_org.settings.database import databases

env = Env()


class Undefined(str):
    """What Django shows of a name that a template does not know: the test fails instead."""

    def __mod__(self, name: object) -> str:
        if str(name) == "heading_level":  # left out by Django's own pages of the admin, which mean 2
            return "2"
        raise AssertionError(f"a template shows {name}, which nobody gave it")


DEMO = True
SECRET_KEY = "only-for-tests"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
INSTALLED_APPS = [*INSTALLED_APPS, "chorus_org.demo"]
THROWAWAY = Path(tempfile.gettempdir(), f"chorus-org-test-{os.getuid()}-{os.getpid()}")
DATABASES = databases(env.str("DATABASE_URL", "") or embedded.url(THROWAWAY))
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TEMPLATES = [TEMPLATES[0], {**TEMPLATES[1], "DIRS": [*TEMPLATES[1]["DIRS"], BASE_DIR / "tests/support/templates"]}]
for engine in TEMPLATES:
    engine["OPTIONS"]["string_if_invalid"] = Undefined("%s")
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SECOND_FACTOR_REQUIRED = False  # its own tests turn it on
STATIC_ROOT = None  # files are served from where they are written
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
