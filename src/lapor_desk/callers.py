"""From which address somebody calls, known to whatever serves them: a channel's contract has no place for it, nor need of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["address_of_caller", "called_from"]

_address: ContextVar[str] = ContextVar("lapor_address", default="")


def address_of_caller() -> str:
    """Return the address from which the present call came; empty where it came over no network."""
    return _address.get()


@contextmanager
def called_from(address: str) -> Iterator[None]:
    """Let what is done in this block, in the thread pool too, be known as asked for from ``address``."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)
