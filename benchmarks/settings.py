"""The demo's settings (DEBUG is off there too), with the floor that the pages are compared to."""

from chorus_org.settings.demo import *  # noqa: F403
from chorus_org.settings.demo import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks"]
ROOT_URLCONF = "benchmarks.urls"
