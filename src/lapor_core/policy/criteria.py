"""What a rule asks of one fact: a value, one of several values, or a bound on a count."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from lapor_core.errors import BadValue, did_you_mean

__all__ = ["Criterion", "Value"]

Value = str | int | bool
"""What a fact can be."""


@attrs.frozen(kw_only=True)
class Criterion:
    """A test of one fact.

    In a policy file it is a value (``true``, ``"complaint"``, ``1``), a list of values of which one must hold, or a
    table of bounds (``{ at_least = 2 }``, ``{ at_least = 2, at_most = 5 }``).
    """

    one_of: frozenset[tuple[type[Value], Value]] | None = None
    at_least: int | None = None
    at_most: int | None = None

    @classmethod
    def parse(cls, data: object) -> Criterion:
        """Read what stands in a policy file.

        Raises:
            BadValue: not a value, a list of values or a table of bounds (code ``bad_criterion``).
        """
        if isinstance(data, Mapping):
            return cls._bounds(data)
        values = data if isinstance(data, list) else [data]
        plain = [value for value in values if isinstance(value, str | int)]
        if not values or len(plain) < len(values):
            raise BadValue("must be a value, a list of values, or { at_least = 2 }", code="bad_criterion")
        return cls(one_of=frozenset((_type_of(value), value) for value in plain))

    @classmethod
    def _bounds(cls, data: Mapping[str, object]) -> Criterion:
        names = ("at_least", "at_most")
        for key, value in data.items():
            if key not in names:
                raise BadValue(f'"{key}": not a bound; {did_you_mean(key, names)}', code="bad_criterion")
            if type(value) is not int:
                raise BadValue(f"{key} must be a whole number", code="bad_criterion")
        if not data:
            raise BadValue("an empty table asks nothing; write { at_least = 2 }", code="bad_criterion")
        return cls(**data)  # type: ignore[arg-type]  # the loop above has checked every key and value

    def holds(self, value: Value) -> bool:
        """Return whether a known fact satisfies it. ``true`` is never taken for the number 1."""
        if self.one_of is not None:
            return (_type_of(value), value) in self.one_of
        if isinstance(value, bool) or not isinstance(value, int):
            return False
        above = self.at_least is None or value >= self.at_least
        return above and (self.at_most is None or value <= self.at_most)


def _type_of(value: Value) -> type[Value]:
    """Keep ``true`` and 1 apart, and a member of an enum together with its text."""
    return str if isinstance(value, str) else type(value)
