"""The demo and the development server: nothing to configure, everything it keeps stands in one folder."""

import fcntl
import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key
from environs import Env

from chorus_org.settings.base import *  # noqa: F403
from chorus_org.settings.base import BASE_DIR, INSTALLED_APPS
from chorus_org.settings.database import databases
from chorus_org.settings.logs import console

env = Env()
DATA = Path(env.str("CHORUS_ORG_DATA", "") or BASE_DIR / ".data").resolve()


def secret_key(path: Path) -> str:
    """Give the key kept in `path`, made the first time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        key = file.read()
        if not key:
            key = get_random_secret_key()
            file.write(key)
    return key


DEMO = True
SECRET_KEY = secret_key(DATA / "secret_key")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *env.list("ALLOWED_HOSTS", [])]
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
INSTALLED_APPS = [*INSTALLED_APPS, "chorus_org.demo"]
DATABASES = databases(env.str("DATABASE_URL"))
SITE_URL = env.str("SITE_URL", "") or f"http://127.0.0.1:{env.str('PORT', '') or 8000}"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # mails go nowhere: /demo/courriels/ shows them
MAIL_KEEPS_BODIES = True
SECOND_FACTOR_REQUIRED = env.str("SECOND_FACTOR_REQUIRED", "") == "1"
STATIC_ROOT = DATA / "static"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # half the work of a first start
LOGGING = console("ERROR")
