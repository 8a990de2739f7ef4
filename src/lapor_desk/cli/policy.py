"""``lapor policy``: show and check service standards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from lapor_core.policy import Contact, Policy
from lapor_core.policy.loading import load_policy, shipped_policies, shipped_policy
from lapor_desk.cli.standards import chosen_policy
from lapor_desk.cli.values import print_json, read_text

__all__ = ["app"]

app = App(name="policy", help="Show and check service standards.")


@app.command(name="list")
def list_(*, json: Annotated[bool, Parameter(negative=())] = False) -> None:
    """List the policies that ship with the library.

    Parameters
    ----------
    json
        Print JSON.
    """
    policies = [shipped_policy(name) for name in shipped_policies()]
    if json:
        keys = ("id", "title", "version", "confidence")
        print_json([{key: str(getattr(policy, key)) for key in keys} for policy in policies])
        return
    for policy in policies:
        print(f"{policy.id:<16} {policy.version:<4} {policy.confidence.value:<20} {policy.title}")


@app.command
def show(policy: str, /) -> None:
    """Show what a service standard says: tiers and limits, the sentences that decide, clocks, ladder and contacts.

    Parameters
    ----------
    policy
        A shipped policy, or the path of a policy file.
    """
    for line in _lines(chosen_policy(policy)):
        print(line)


@app.command
def check(file: Path, /) -> None:
    """Check a policy file; every fault is shown with its line.

    Parameters
    ----------
    file
        The TOML file.
    """
    policy = load_policy(read_text(file), file.name)
    print(f"{file.name}: {policy.reference}, {len(policy.tiers)} tiers, {len(policy.rules)} rules, no fault")


def _lines(policy: Policy) -> Iterator[str]:
    yield f"{policy.title} ({policy.reference})"
    yield f"Nomor SK: {policy.decree or 'tidak disebutkan'}"
    yield f"Sumber: {policy.source} ({policy.confidence})"
    yield f"Kantor: {policy.office.name}, {policy.time_zone}"
    yield f"Biaya: {policy.fee or 'tidak disebutkan'}"
    yield from _judged(policy)
    yield from _timed(policy)
    yield "Kontak:"
    yield from (f"  {_contact(contact)}" for contact in policy.contacts.values())


def _judged(policy: Policy) -> Iterator[str]:
    yield "Tingkat:"
    for tier in policy.tiers:
        yield f"  {tier.name:<12} {', '.join(f'{clock} {limit}' for clock, limit in tier.limits.items())}".rstrip()
    yield "Aturan (yang pertama cocok menentukan):"
    for rule in policy.rules:
        yield f"  {rule.tier:<12} {rule.text}"
        if rule.reading:
            yield f"  {'':<12} {rule.reading}"


def _timed(policy: Policy) -> Iterator[str]:
    yield "Jam hitung:"
    for name, clock in policy.clocks.items():
        yield f"  {name:<12} {clock.title.id}, sejak {clock.starts}{f', {clock.limit}' if clock.limit else ''}"
        if clock.reading:
            yield f"  {'':<12} {clock.reading}"
    yield "Tangga:"
    for step in policy.ladder:
        yield f"  {step.key:<24} {', '.join((*step.remind, *((step.act,) if step.act else ()), *step.show_reporter))}"


def _contact(contact: Contact) -> str:
    ways = (contact.telephone, contact.whatsapp, contact.email, contact.site, contact.text)
    return f"{contact.name}: {', '.join(way for way in ways if way)}"
