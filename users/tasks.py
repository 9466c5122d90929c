"""What the worker does for accounts."""

from chorus_org.common.background import periodic
from users.operations.login import purge_counters

periodic("27 3 * * *", purge_counters)
