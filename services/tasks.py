"""What the worker does for the directory."""

from chorus_org.kernel.common.background import periodic
from services.directory.publishing import publish

periodic("10 2 * * *", publish)
