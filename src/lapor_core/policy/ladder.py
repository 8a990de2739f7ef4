"""The rungs of the escalation ladder, and the contacts at its end, as a policy file says them."""

from __future__ import annotations

import attrs

from lapor_core.lifecycle import Action, Role
from lapor_core.policy.amounts import Amount

__all__ = ["Contact", "LadderStep"]


@attrs.frozen(kw_only=True)
class LadderStep:
    """One rung: at a distance from a clock's due day, remind these roles, act, and show the reporter these contacts.

    Attributes:
        clock: The clock whose due day it is seen from.
        at: How far from it, in working days, days or hours: ``-3 working_days``, ``+0``.
        remind: Who is reminded.
        act: What the service does by itself, where the complaint's state allows it.
        different_person: Whether somebody else than the person who handled it so far must go on.
        show_reporter: The contacts that the reporter is shown.
        anytime: Whether it is taken while the office is shut too: in days at the start of its day, in hours at its instant.
        text: The sentence of the standard.
        reading: How it is read, or that the rung is ours.
    """

    clock: str
    at: Amount
    remind: tuple[Role, ...] = ()
    act: Action | None = None
    different_person: bool = False
    show_reporter: tuple[str, ...] = ()
    anytime: bool = False
    text: str = ""
    reading: str = ""

    @property
    def key(self) -> str:
        """The step's name in the record of a complaint: fired once per clock and round."""
        return f"{self.clock} {self.at}"


@attrs.frozen(kw_only=True)
class Contact:
    """Where a citizen can turn; shown as the standard gives it.

    Attributes:
        name: Whose contact it is.
        telephone: A number to call, also a short one: ``137``.
        whatsapp: A number for WhatsApp.
        email: An e-mail address.
        site: A web site.
        text: The sentence of the standard that shows the way there.
    """

    name: str
    telephone: str = ""
    whatsapp: str = ""
    email: str = ""
    site: str = ""
    text: str = ""
