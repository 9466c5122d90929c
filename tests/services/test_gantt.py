"""The drawing of periods: a month a unit, from 2022 to 2027 around the 25/11/2026 of the tests."""

from datetime import UTC, datetime, timedelta

import pytest

from services.gantt import Timeline
from services.models import Service

DAY = timedelta(days=1)


def moment(year, month=1):
    return datetime(year, month, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "drawn"),
    [
        (moment(2023, 4), None, '<path d="M15 5H70L72 10L70 15H15Z"/>'),
        (moment(2010), None, '<path d="M0 5H70L72 10L70 15H0Z"/>'),
        (moment(2023), moment(2040), '<path d="M12 5H70L72 10L70 15H12Z"/>'),
        (moment(2023), moment(2027), '<path d="M12 5H60V15H12Z"/>'),
        (moment(2027), None, '<path class="gantt__next" d="M60 5H70L72 10L70 15H60Z"/>'),
        (moment(2023), moment(2024), '<path class="gantt__past" d="M12 5H24V15H12Z"/>'),
        (moment(2023), moment(2023) + DAY, '<path class="gantt__past" d="M12 5H12.5V15H12Z"/>'),
        (moment(2010), moment(2012), ""),
        (moment(2030), None, ""),
    ],
)
def test_a_period_is_drawn_between_the_years_and_today(now, start, end, drawn):
    svg = Timeline(now).drawing(Service(active_from=start, active_until=end))

    grid, today = '<path class="gantt__grid" d="', '<path class="gantt__now" d="M58.77 0v20"/></svg>'
    assert svg.startswith('<svg class="gantt"')
    assert svg.endswith(f'"/>{drawn}{today}')
    assert svg.count(grid) == 1
