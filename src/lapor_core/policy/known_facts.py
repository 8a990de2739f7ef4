"""The facts that rules may ask for: those of the service, and those a policy adds."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import attrs

from lapor_core.complaint import Facts, Kind
from lapor_core.errors import BadValue, did_you_mean
from lapor_core.policy.wording import Text
from lapor_core.structure import from_json

__all__ = ["SERVICE_FACTS", "FactRule", "read_facts"]


@attrs.frozen(kw_only=True)
class FactRule:
    """A fact that rules may ask for.

    Attributes:
        title: What an officer is asked.
        values: What it can be, from mild to grave; an empty list is any number or text.
        aggravating: Whether a graver value must never lead to a lighter tier.
        reading: What is to be known of it, as that the standard does not define it.
    """

    title: Text
    values: tuple[str | int | bool, ...] = (False, True)
    aggravating: bool = False
    reading: str = ""


SERVICE_FACTS: Mapping[str, FactRule] = MappingProxyType(
    {
        "kind": FactRule(title=Text(id="Jenis laporan", en="Kind of report"), values=tuple(map(str, Kind))),
        "supervisory": FactRule(title=Text(id="Berkadar pengawasan", en="Of supervisory grade"), aggravating=True),
        "abuse_of_authority": FactRule(
            title=Text(id="Ada indikasi penyalahgunaan wewenang", en="Indication of abuse of authority"),
            aggravating=True,
        ),
        "agencies": FactRule(
            title=Text(id="Banyaknya instansi yang menyelesaikan", en="Number of agencies that must settle it"),
            values=(),
            aggravating=True,
        ),
        "category": FactRule(title=Text(id="Kategori", en="Category"), values=()),
        "channel": FactRule(title=Text(id="Kanal", en="Channel"), values=()),
    }
)
"""The facts of every complaint (:class:`lapor_core.complaint.Facts`); a policy declares further ones under ``[facts]``."""


def read_facts(data: Mapping[str, Any], own: Mapping[str, FactRule]) -> Facts:
    """Return facts from JSON data, in which a policy's own facts stand beside those of the service, or under ``extra``.

    Raises:
        BadValue: a fact is not known or of the wrong type (code ``bad_json``), or a declared fact has a value that its
            policy does not know (``bad_fact``).
    """
    extra = {name: value for name, value in data.items() if name in own and name not in SERVICE_FACTS}
    plain = {name: value for name, value in data.items() if name not in extra}
    for name in plain:
        if name not in (*SERVICE_FACTS, "extra"):
            message = f'"{name}": not a fact; {did_you_mean(name, (*SERVICE_FACTS, *own))}'
            raise BadValue(message, code="bad_json", problems=(message,))
    if extra:
        given = plain.get("extra", {})
        plain["extra"] = {**given, **extra} if isinstance(given, Mapping) else given
    facts = from_json(plain, Facts)
    for name, value in facts.extra.items():
        allowed = own[name].values if name in own else ()
        if allowed and not any(value == other and type(value) is type(other) for other in allowed):
            words = ", ".join(str(each).lower() if isinstance(each, bool) else str(each) for each in allowed)
            raise BadValue(f"{name} must be one of: {words}", code="bad_fact", name=name, allowed=words)
    return facts
