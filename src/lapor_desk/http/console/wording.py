"""How templates write dates, agencies, kinds and questions, in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context

from lapor_core.clocks import Deadline, DeadlineDay
from lapor_core.complaint import Kind
from lapor_core.explanation.text import reason_text
from lapor_core.explanation.words import amount
from lapor_core.policy import Limit
from lapor_core.texts import all_words, clock_time, long_date, short_date, word
from lapor_desk.house import House
from lapor_desk.http.console.facts import Question
from lapor_desk.http.texts import catalog, sentence
from lapor_desk.store.uploads import ALLOWED

__all__ = ["words_of"]


def words_of(house: House) -> Mapping[str, Any]:
    """Return the helpers that the console's templates use."""
    standard = house.standard

    @pass_context
    def moment(context: Context, at: datetime) -> str:
        local = standard.office.local(at)
        language = context["language"]
        return sentence(
            "time", "moment", language, day=long_date(local.date(), language), clock=clock_time(local, language)
        )

    @pass_context
    def moment_day(context: Context, at: datetime) -> str:
        return (
            short_date(standard.office.local_date(at), context["language"]).replace("  ", " ")
            + f" {standard.office.local_date(at).year}"
        )

    def agency(key: str) -> str:
        return standard.agencies[key].name if key in standard.agencies else key

    @pass_context
    def kind(context: Context, value: Kind | None) -> str:
        if value is None:
            return sentence("case", "unknown", context["language"])
        text = standard.policy.kinds.get(value)
        return text.in_language(context["language"]) if text is not None else str(value)

    @pass_context
    def clock_title(context: Context, name: str) -> str:
        rule = standard.policy.clocks.get(name)
        return rule.title.in_language(context["language"]) if rule is not None else name

    @pass_context
    def option(context: Context, question: Question, value: str) -> str:
        if question.kind == "kind":
            return str(kind(context, Kind(value)))
        return sentence("answer", value, context["language"])

    return {
        **_OF_EVERY_HOUSE,
        "moment": moment,
        "moment_day": moment_day,
        "agency": agency,
        "kind": kind,
        "clock_title": clock_title,
        "option": option,
    }


@pass_context
def _day(context: Context, value: date) -> str:
    return long_date(value, context["language"])


@pass_context
def _short_day(context: Context, value: date) -> str:
    return short_date(value, context["language"])


@pass_context
def _question(context: Context, name: str) -> str:
    """Return a question; one that a policy of the office's own asks is shown by its name."""
    return catalog(context["language"])["question"].get(name, name.replace("_", " "))


@pass_context
def _lacking(context: Context, codes: tuple[str, ...]) -> str:
    return " ".join(word("error", code, context["language"]) for code in codes)


@pass_context
def _amount(context: Context, limit: Limit) -> str:
    return amount(limit, context["language"])


@pass_context
def _why(context: Context, deadline: Deadline, day: DeadlineDay) -> str:
    return reason_text(deadline, day, context["language"])


@pass_context
def _systems(context: Context, noted: Mapping[str, str]) -> Mapping[str, str]:
    """Return the systems whose ids may be noted, by name: those that have a name in words, and those noted already."""
    return {
        **all_words("system", context["language"]),
        **{each: word("system", each, context["language"]) for each in noted},
    }


@pass_context
def _percent(context: Context, share: float) -> str:
    """Return a share with one decimal, as it is written in the language of the page: *66,7%*, *66.7%*."""
    text = f"{share:.1%}"
    return text.replace(".", ",") if context["language"] == "id" else text


def _size(value: int) -> str:
    """Return a size as people write it: *3 MB*, *12 kB*."""
    return f"{value / 1024**2:.0f} MB" if value >= 1024**2 else f"{max(1, round(value / 1024))} kB"


def _kind_of_file(media_type: str) -> str:
    """Return a media type as people write it: *JPG*, *DOCX*; one that came from elsewhere stays as it is."""
    endings = ALLOWED.get(media_type)
    return endings[0].upper() if endings else media_type


_OF_EVERY_HOUSE: Mapping[str, Any] = {
    "day": _day,
    "short_day": _short_day,
    "question": _question,
    "why": _why,
    "amount": _amount,
    "lacking": _lacking,
    "systems": _systems,
    "percent": _percent,
    "size": _size,
    "kind_of_file": _kind_of_file,
}
