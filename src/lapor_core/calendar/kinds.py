"""The small words of the calendar: what a decree does to a day, and what sort of day it is."""

from __future__ import annotations

from enum import StrEnum

import attrs

from lapor_core.errors import BadValue, did_you_mean

__all__ = ["CollectiveLeave", "Confidence", "DayKind", "Effect", "Name", "as_collective_leave"]


class Effect(StrEnum):
    """What a decree does to a day."""

    OFF = "off"
    WITHDRAWN = "withdrawn"
    WORKING = "working"


class DayKind(StrEnum):
    """What sort of day a decree speaks of; collective leave for civil servants (ASN) is set by a Keppres of its own."""

    NATIONAL_HOLIDAY = "national_holiday"
    COLLECTIVE_LEAVE = "collective_leave"
    ASN_COLLECTIVE_LEAVE = "asn_collective_leave"
    ELECTION = "election"
    REGIONAL = "regional"
    REPLACEMENT_WORKING_DAY = "replacement_working_day"


class CollectiveLeave(StrEnum):
    """Whose collective leave (cuti bersama) an office keeps.

    No rule was found that settles whether collective leave is a working day for a service standard; Perpres 21/2023
    article 6 lets it change the number of working days, so ``OFF`` (as the SKB says) is the default everywhere.
    """

    OFF = "off"
    ASN = "asn"
    WORKING = "working"


def as_collective_leave(value: CollectiveLeave | str) -> CollectiveLeave:
    """Return the member for its word.

    Raises:
        BadValue: an unknown word (code ``bad_collective_leave``), with those there are.
    """
    words = [member.value for member in CollectiveLeave]
    if value not in words:
        message = f'collective leave cannot be "{value}"; {did_you_mean(str(value), words)}'
        raise BadValue(message, code="bad_collective_leave", value=str(value), allowed=tuple(words))
    return CollectiveLeave(value)


class Confidence(StrEnum):
    """How sure the source of an entry is."""

    SOURCED = "sourced"
    SECOND_HAND = "sourced_second_hand"
    FROM_MEMORY = "from_memory"


@attrs.frozen
class Name:
    """The name of a day in Indonesian and in English."""

    id: str
    en: str
