"""The periods of services, drawn: one month is one unit wide; the dates beside the drawing are its text."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from services.enums import ServiceState
from services.models import Service

YEARS_BEFORE, YEARS_AFTER = 4, 1
MONTHS = 12 * (YEARS_BEFORE + 1 + YEARS_AFTER)
ARROW = 2
GRID = "".join(f"M{month} 0v20" for month in range(0, MONTHS + 1, 12))
CLASSES = {
    ServiceState.A_VENIR: "gantt__next",
    ServiceState.INACTIF: "gantt__past",
    ServiceState.SUPPRIME: "gantt__past",
}


DRAWING = (
    '<svg class="gantt" viewBox="0 0 72 20" preserveAspectRatio="none" aria-hidden="true">'
    f'<path class="gantt__grid" d="{GRID}"/>{{}}<path class="gantt__now" d="{{}}"/></svg>'
)


@dataclass(frozen=True)
class Timeline:
    """The years around a moment, on which periods are drawn.

    :param at: the moment of the drawing: today's line.
    """

    at: datetime

    @cached_property
    def day(self) -> date:
        return localtime(self.at).date()

    @cached_property
    def years(self) -> range:
        return range(self.day.year - YEARS_BEFORE, self.day.year + YEARS_AFTER + 1)

    @cached_property
    def today(self) -> str:
        """The path of today's line."""
        return f"M{self._month(self.at):g} 0v20"

    def drawing(self, service: Service) -> SafeString:
        """A service's period between the lines of the years and today's: one drawing a row of a list."""
        return format_html(DRAWING, self._bar(service), self.today)

    def _bar(self, service: Service) -> SafeString | str:
        """The period, nothing when it stands outside of the years drawn."""
        start = self._month(service.active_from)
        end = self._month(service.active_until) if service.active_until else None
        tip = MONTHS - ARROW
        if start >= MONTHS or (end is not None and end <= 0):
            return ""
        if end is None or end > MONTHS:
            start = min(max(start, 0), tip)
            path = f"M{start:g} 5H{tip}L{MONTHS} 10L{tip} 15H{start:g}Z"
        else:
            start = max(start, 0)
            path = f"M{start:g} 5H{max(end, start + 0.5):g}V15H{start:g}Z"
        kind = CLASSES.get(service.state(self.at))
        return format_html('<path class="{}" d="{}"/>', kind, path) if kind else format_html('<path d="{}"/>', path)

    def _month(self, moment: datetime) -> float:
        """Months since the first year drawn, days as a part of their month."""
        local = localtime(moment)
        return round((local.year - self.years[0]) * 12 + local.month - 1 + (local.day - 1) / 31, 2)
