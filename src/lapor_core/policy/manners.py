"""What a policy says of reports that are not taken up, and of the language they are written in."""

from __future__ import annotations

import attrs

from lapor_core.lifecycle import Action
from lapor_core.policy.wording import Text

__all__ = ["Politeness", "Refusal"]


@attrs.frozen(kw_only=True)
class Refusal:
    """A reason for which a report is not taken up, as that it has nothing to do with the government's work.

    No program decides that it applies: an officer does, and the reason is recorded with the act.

    Attributes:
        title: What officers and the reporter read.
        acts: What may be done for this reason: ``reject`` or ``archive``.
        text: The sentence of the standard.
        reading: How it is read, or that the reason is ours.
    """

    title: Text
    acts: tuple[Action, ...] = (Action.REJECT, Action.ARCHIVE)
    text: str = ""
    reading: str = ""


@attrs.frozen(kw_only=True)
class Politeness:
    """What is advised on language; :func:`lapor_core.politeness.advise` tells it, and nothing is ever refused for it.

    Attributes:
        text: The sentence of the standard.
        words: Words of the policy's own, beside those of the shipped list.
        allowed: Words of the shipped list that mean something harmless here.
    """

    text: str
    words: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
