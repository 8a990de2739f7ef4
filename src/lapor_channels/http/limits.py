"""How many files a door takes and how large: what an office sets the same way for every door that takes files."""

from __future__ import annotations

import attrs

from lapor_channels.http.apps import MEGABYTE
from lapor_channels.http.files import EVIDENCE, FileRule
from lapor_core.errors import BadValue

__all__ = ["FileLimits", "positive"]


def positive(instance: object, attribute: attrs.Attribute[int], value: int) -> None:
    """Refuse a setting below 1, as a validator of attrs.

    Raises:
        BadValue: code ``not_positive``.
    """
    if value < 1:
        message = f"{attribute.name} = {value}: must be at least 1"
        raise BadValue(message, code="not_positive", name=attribute.name)


@attrs.frozen(kw_only=True)
class FileLimits:
    """Limits of the files that come with one report or reply. The service standard states none; these are ours.

    Attributes:
        max_files: How many files one report or reply may carry.
        max_file_bytes: The largest file, in bytes.

    Raises:
        BadValue: A number is below 1 (code ``not_positive``).
    """

    max_files: int = attrs.field(default=5, validator=positive)
    max_file_bytes: int = attrs.field(default=20 * MEGABYTE, validator=positive)

    @property
    def max_body(self) -> int:
        """The largest body of a request, in bytes: every file, and a megabyte for what was written."""
        return self.max_files * self.max_file_bytes + MEGABYTE

    @property
    def rule(self) -> FileRule:
        """Which files are taken as evidence."""
        return attrs.evolve(EVIDENCE, limit=self.max_file_bytes, count=self.max_files)
