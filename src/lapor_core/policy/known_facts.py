"""The facts that rules may ask for: those of the service, and those a policy adds."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import attrs

from lapor_core.complaint import Kind
from lapor_core.policy.wording import Text

__all__ = ["SERVICE_FACTS", "FactRule"]


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
