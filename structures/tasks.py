"""What the worker does for the directory."""

from datetime import datetime

from chorus_org.kernel.common.background import periodic
from structures.search import refresh_words


def refresh_search(*, at: datetime) -> None:
    """Count the words of the directory again, so that typing errors are corrected into those of today."""
    refresh_words()


periodic("40 3 * * *", refresh_search)
