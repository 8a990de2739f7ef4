"""What a channel keeps for itself: small values under its own key."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select

from lapor_core.errors import BadValue
from lapor_desk.store.tables import plugin_storage
from lapor_desk.store.unit import ReadUnit, WriteUnit

__all__ = ["LARGEST_VALUE", "LONGEST_KEY", "OWN", "KeptReads", "KeptWrites"]

OWN = "(desk)"
"""Under this name the desk keeps its own small values; no plug-in can have it for a key."""

LARGEST_VALUE = 64 * 1024
"""In bytes."""

LONGEST_KEY = 255
"""In characters."""


class KeptReads(ReadUnit):
    """Reading a channel's storage."""

    def recall(self, channel: str, key: str) -> bytes | None:
        """Return what the channel kept under ``key``; or None. It is kept sealed under the house's key."""
        digest = self._kept_as(channel, key)
        mine = (plugin_storage.c.channel == channel, plugin_storage.c.key == digest)
        sealed = self.connection.execute(select(plugin_storage.c.value).where(*mine)).scalar()
        return None if sealed is None else self.vault.open(self.vault.house, sealed, _place(channel, digest))

    def _kept_as(self, channel: str, key: str) -> str:
        """Keys are kept as digests: the parts of a long SMS, say, are kept under its sender's number.

        Raises:
            BadValue: the key is empty or longer than 255 characters (``bad_key``).
        """
        if not 0 < len(key) <= LONGEST_KEY:
            raise BadValue(f"a key has between 1 and {LONGEST_KEY} characters", code="bad_key")
        return self.vault.index(f"kept/{channel}", key)


class KeptWrites(KeptReads, WriteUnit):
    """Writing a channel's storage."""

    def keep(self, channel: str, key: str, value: bytes) -> None:
        """Keep ``value`` under ``key``, in place of what was there.

        Raises:
            BadValue: the value is too large (``too_large``), or the key is empty or longer than 255 characters (``bad_key``).
        """
        self.keep_all(channel, {key: value})

    def keep_all(self, channel: str, values: Mapping[str, bytes]) -> None:
        """Keep several values at once, each under its key; raises as :meth:`keep` does."""
        self.insert_or_replace(plugin_storage, [self._kept_row(channel, key, value) for key, value in values.items()])

    def forget(self, channel: str, key: str) -> None:
        """Keep nothing under ``key`` any more; safe to do again. Raises as :meth:`keep` does."""
        mine = (plugin_storage.c.channel == channel, plugin_storage.c.key == self._kept_as(channel, key))
        self.connection.execute(delete(plugin_storage).where(*mine))

    def _kept_row(self, channel: str, key: str, value: bytes) -> dict[str, object]:
        if len(value) > LARGEST_VALUE:
            message = f"a channel may keep values of at most {LARGEST_VALUE} bytes, not {len(value)}"
            raise BadValue(message, code="too_large", limit=LARGEST_VALUE)
        digest = self._kept_as(channel, key)
        sealed = self.vault.seal(self.vault.house, value, _place(channel, digest))
        return {"channel": channel, "key": digest, "value": sealed}


def _place(channel: str, digest: str) -> str:
    return f"kept/{channel}/{digest}"
