"""The settings of the tests, for a worker that hands mails to the server of the test."""

import os

from chorus_org.settings.logs import console
from chorus_org.settings.test import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = int(os.environ["SMTP_PORT"])
LOGGING = console("WARNING")
