"""What every connection to PostgreSQL shares."""

import os
from typing import Any

import dj_database_url

# `chorus_org.gunicorn` sets STATEMENT_TIMEOUT: a page must not wait, a migration or an import may.
WEB_TIMEOUT = "STATEMENT_TIMEOUT"


def databases(url: str) -> dict[str, Any]:
    """Give the setting DATABASES for the server that `url` names. Raises ValueError for what is no address."""
    database: dict[str, Any] = dict(
        dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True, disable_server_side_cursors=True)
    )
    options = database.pop("OPTIONS", {})
    limits = f"-c jit=off -c max_parallel_workers_per_gather=0 -c statement_timeout={os.environ.get(WEB_TIMEOUT, '0')}"
    return {
        "default": {
            **database,
            "HOST": options.pop("host", database["HOST"]),  # a socket folder cannot stand in the host part
            "PORT": options.pop("port", database["PORT"]),
            "ATOMIC_REQUESTS": True,
            "OPTIONS": {
                "application_name": "chorus-organisation",
                "connect_timeout": 5,
                "options": limits,
                **options,
            },
        }
    }
