"""The database of the test run."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings

from chorus_org import embedded


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """Start the throwaway server that the test settings name, unless DATABASE_URL names another."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    shutil.rmtree(settings.THROWAWAY, ignore_errors=True)
    settings.THROWAWAY.mkdir(0o711)  # raises when it is somebody else's
    try:
        with embedded.server(settings.THROWAWAY, durable=False):
            yield
    finally:
        shutil.rmtree(settings.THROWAWAY, ignore_errors=True)
