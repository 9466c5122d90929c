"""What goes to the console. Django's own lines give the path without what follows « ? », and so must ours."""

from typing import Any


def console(level: str) -> dict[str, Any]:
    """Give the setting LOGGING: one line an event from `level` up. No mail: its report would quote what was typed."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "procrastinate": {"level": "WARNING" if level == "INFO" else level},  # each job takes it three lines
        },
    }
