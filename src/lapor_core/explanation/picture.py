"""A deadline as a picture: the months as grids, each counted day with its number, each day off with its colour.

The picture is understood without colour too: counted days carry numbers, days off are hatched, the due day is framed.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from datetime import date
from xml.sax.saxutils import escape

import attrs

from lapor_core.clocks import Deadline, DeadlineDay
from lapor_core.explanation.text import amount_text, reason_text
from lapor_core.texts import long_date, word

__all__ = ["as_svg"]

_CELL = 44
_LEFT = 16
_TOP = 72
_WIDTH = 2 * _LEFT + 7 * _CELL
_STYLE = (
    "text{font-family:system-ui,sans-serif;fill:#1b1b1b}.h{font-size:15px;font-weight:600}.m{font-size:13px;font-weight:600}"
    ".w{font-size:10px;fill:#555}.d{font-size:11px;fill:#444}.n{font-size:17px;font-weight:700}"
    ".counted{fill:#d7ebff}.off{fill:url(#off)}.start{fill:#fff3bf}.paused{fill:#e8e8e8}.plain{fill:#fff}"
    "rect{stroke:#c9c9c9}.due{fill:none;stroke:#b00020;stroke-width:3}"
)


def as_svg(deadline: Deadline, language: str) -> str:
    """Return the picture; every day carries its reason as a tooltip, and the whole a description for a screen reader."""
    drawing = _Drawing(deadline, language, {day.date: day for day in deadline.days})
    body, height = [], _TOP
    for year, month in _months(deadline.days[0].date, deadline.due_date):
        drawn, height = _month(drawing, year, month, height)
        body += drawn
    subtitle = filter(None, (amount_text(deadline, language), deadline.tier, deadline.policy))
    title = f"{deadline.title.in_language(language)}: {long_date(deadline.due_date, language)}"
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height + 8}" role="img" aria-labelledby="t d">',
            f'<title id="t">{escape(title)}</title><desc id="d">{escape(deadline.explain(language))}</desc>',
            '<defs><pattern id="off" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">',
            '<rect width="6" height="6" fill="#fbe9e7" stroke="none"/><path d="M0 0V6" stroke="#e0a9a2" stroke-width="2"/>',
            f"</pattern></defs><style>{_STYLE}</style>",
            f'<text class="h" x="{_LEFT}" y="26">{escape(title)}</text>',
            f'<text class="w" x="{_LEFT}" y="44">{escape(" · ".join(subtitle))}</text>',
            *body,
            "</svg>",
        )
    )


def _months(first: date, last: date) -> Iterator[tuple[int, int]]:
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield year, month
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


@attrs.frozen
class _Drawing:
    deadline: Deadline
    language: str
    days: Mapping[date, DeadlineDay]


def _month(drawing: _Drawing, year: int, month: int, top: int) -> tuple[list[str], int]:
    """Draw one month; return its parts and where the next one begins."""
    language = drawing.language
    name = long_date(date(year, month, 1), language).split(" ", 2)[2]
    drawn = [f'<text class="m" x="{_LEFT}" y="{top}">{escape(name)}</text>']
    for column in range(7):
        weekday = escape(word("weekday_short", str(column), language))
        drawn.append(f'<text class="w" x="{_LEFT + column * _CELL + 4}" y="{top + 16}">{weekday}</text>')
    weeks = calendar.Calendar().monthdatescalendar(year, month)
    for row, week in enumerate(weeks):
        for column, day in enumerate(week):
            if day.month == month:
                drawn += _cell(drawing, day, _LEFT + column * _CELL, top + 22 + row * _CELL)
    return drawn, top + 22 + len(weeks) * _CELL + 30


def _cell(drawing: _Drawing, day: date, x: int, y: int) -> Iterator[str]:
    deadline, explained, size = drawing.deadline, drawing.days.get(day), _CELL - 2
    yield f'<g><rect class="{_look(explained)}" x="{x}" y="{y}" width="{size}" height="{size}" rx="4"/>'
    if explained is not None:
        yield f"<title>{escape(reason_text(deadline, explained, drawing.language))}</title>"
    yield f'<text class="d" x="{x + 4}" y="{y + 13}">{day.day}</text>'
    if explained is not None and explained.number is not None:
        yield f'<text class="n" x="{x + size - 4}" y="{y + size - 6}" text-anchor="end">{explained.number}</text>'
    if day == deadline.due_date:
        yield f'<rect class="due" x="{x + 1}" y="{y + 1}" width="{size - 2}" height="{size - 2}" rx="4"/>'
    yield "</g>"


def _look(day: DeadlineDay | None) -> str:
    if day is None:
        return "plain"
    if day.counted:
        return "counted"
    return {"start": "start", "paused": "paused", "weekend": "off", "day_off": "off"}.get(day.reason, "plain")
