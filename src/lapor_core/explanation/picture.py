"""A deadline as a picture: the weeks as a calendar on the wall, each counted day with its number, and why others do not count.

It is understood without colour: counted days carry numbers, holidays are hatched, first and last day are labelled. It
carries no style sheet and no script, so that a page with a strict content security policy may hold it, and the ids in
it are its own, so that a page may hold several.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from textwrap import wrap

import attrs

from lapor_core.clocks import Deadline, DeadlineDay
from lapor_core.explanation.svg import CELL, LEFT, Look, Sheet
from lapor_core.explanation.text import (
    anew_texts,
    due_text,
    ends_within_the_day,
    limit_text,
    paused_by,
    provisional_texts,
    reason_text,
    stood_still_texts,
)
from lapor_core.explanation.words import say
from lapor_core.texts import clock_time, long_date, require_language, word

__all__ = ["as_svg"]

_DAY = timedelta(days=1)


def as_svg(deadline: Deadline, language: str) -> str:
    """Return the picture; every day carries its reason as a tooltip, and the whole a description for a screen reader."""
    picture = _Picture(deadline, require_language(language))
    picture.heading()
    for month in picture.months():
        picture.month(month)
    picture.legend()
    picture.not_counted()
    picture.footer()
    title = f"{deadline.title.in_language(language)}: {due_text(deadline, language)}"
    return picture.sheet.document(title, deadline.explain(language))


@attrs.define
class _Picture:
    """A deadline being drawn from top to bottom."""

    deadline: Deadline
    language: str
    sheet: Sheet = attrs.field(init=False)
    days: dict[date, DeadlineDay] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.sheet = Sheet(prefix=f"lapor-{self.deadline.fingerprint}-{self.language}")
        self.days = {day.date: day for day in self.deadline.days}

    def heading(self) -> None:
        deadline, language = self.deadline, self.language
        self.sheet.line(deadline.title.in_language(language), size=14, colour="#444")
        self.sheet.line(long_date(deadline.due_date, language), size=22, weight=700)
        if ends_within_the_day(deadline):
            time = clock_time(deadline.due, language)
            self.sheet.line(say("day", "due_at", language, time=time), size=15, weight=700)
        began = long_date(deadline.start.date(), language).partition(", ")[2]
        limit = say("heading", "since", language, limit=limit_text(deadline, language), date=began)
        tier = say("heading", "tier", language, tier=deadline.tier) if deadline.tier else ""
        for line in wrap(" · ".join(filter(None, (limit, tier))), 54):
            self.sheet.line(line, size=13)
        for sentence in (*anew_texts(deadline, language), *stood_still_texts(deadline, language)):
            for line in wrap(sentence, 54):
                self.sheet.line(line, size=13)
        for reason in provisional_texts(deadline, language):
            for line in wrap(reason, 50):
                self.sheet.line(line, size=12, weight=600, colour="#8a4b00")

    def months(self) -> Iterator[date]:
        month = self.deadline.start.date().replace(day=1)
        while month <= self.deadline.due_date:
            yield month
            month = (month + 31 * _DAY).replace(day=1)

    def month(self, month: date) -> None:
        """Draw the weeks of a month that lie between the week of the start and that of the due day."""
        self.sheet.line(long_date(month, self.language).split(" ", 2)[2], size=15, weight=700, before=14)
        for column in range(7):
            name = word("weekday_short", str(column), self.language)
            self.sheet.text(
                name, LEFT + column * CELL + CELL / 2, self.sheet.y + 12, size=11, colour="#555", anchor="middle"
            )
        self.sheet.y += 18
        first = self.deadline.start.date() - self.deadline.start.weekday() * _DAY
        for week in calendar.Calendar().monthdatescalendar(month.year, month.month):
            if week[6] >= first and week[0] <= self.deadline.due_date:
                for column, day in enumerate(week):
                    if day.month == month.month:
                        self.cell(day, LEFT + column * CELL, self.sheet.y)
                self.sheet.y += CELL

    def cell(self, day: date, x: float, y: float) -> None:
        explained = self.days.get(day)
        self.sheet.open(self._tooltip(explained))
        self.sheet.box(_look(explained), x, y)
        faded = "#1b1b1b" if explained is not None else "#8a8a8a"
        self.sheet.text(str(day.day), x + 6, y + 15, size=12, colour=faded)
        if explained is not None and explained.number is not None:
            self.sheet.text(str(explained.number), x + CELL / 2 - 1, y + 33, size=19, weight=700, anchor="middle")
        label = "due" if day == self.deadline.due_date else "start" if day == self.deadline.start.date() else None
        if label == "due":
            self.sheet.frame(x, y)
        if label is not None:
            text = say("picture", f"{label}_short", self.language)
            self.sheet.text(text, x + CELL / 2 - 1, y + CELL - 8, size=9, weight=600, anchor="middle")
        self.sheet.close()

    def legend(self) -> None:
        """Explain the looks that occur."""
        self.sheet.y += 10
        looks = dict.fromkeys(look for day in self.deadline.days if (look := _look(day)) is not Look.PLAIN)
        for look in sorted(looks, key=list(Look).index):
            words = paused_by(self.deadline) if look is Look.PAUSED else look
            self.sheet.swatch(look, say("picture", words, self.language))
        self.sheet.swatch(None, say("picture", "due", self.language))

    def not_counted(self) -> None:
        """List the days off that are not the week-end's, with their names; days in a row of one name stand together."""
        off = [day for day in self.deadline.days if not day.counted and day.names]
        if not off:
            return
        self.sheet.line(say("picture", "not_counted", self.language), size=13, weight=700, before=10)
        for names, days in groupby(off, key=lambda day: day.names):
            dates = [day.date for day in days]
            for number, line in enumerate(wrap(" / ".join(n.in_language(self.language) for n in names), 40)):
                if number == 0:
                    self.sheet.text(self._dates(dates), LEFT, self.sheet.y + 12, size=12, weight=600)
                self.sheet.line(line, size=12, indent=84)

    def footer(self) -> None:
        decrees = dict.fromkeys(decree for day in self.deadline.days for decree in day.decrees)
        basis = "; ".join((*decrees, self.deadline.policy))
        self.sheet.y += 6
        for line in wrap(f"{say('picture', 'basis', self.language)}: {basis}", 68):
            self.sheet.line(line, size=10, colour="#555")

    def _dates(self, dates: list[date]) -> str:
        months = {day: long_date(day, self.language).split(" ")[2][:3] for day in (dates[0], dates[-1])}
        last = f"{dates[-1].day} {months[dates[-1]]}"
        if len(dates) == 1:
            return last
        return (
            f"{dates[0].day}–{last}"
            if dates[0].month == dates[-1].month
            else f"{dates[0].day} {months[dates[0]]}–{last}"
        )

    def _tooltip(self, day: DeadlineDay | None) -> str:
        if day is None:
            return ""
        number = ""
        if day.number is not None:
            number = say("day", "counted_more" if day.extension else "counted", self.language, number=day.number)
        return "; ".join(filter(None, (number, reason_text(self.deadline, day, self.language), *day.decrees)))


def _look(day: DeadlineDay | None) -> Look:
    if day is None:
        return Look.PLAIN
    if day.counted:
        return Look.EXTENDED if day.extension else Look.COUNTED
    return {"start": Look.START, "paused": Look.PAUSED, "weekend": Look.WEEKEND, "day_off": Look.OFF}.get(
        day.reason, Look.PLAIN
    )
