"""A service standard as text, for people who want to see what it says."""

from __future__ import annotations

from collections.abc import Iterator

from lapor_core.policy import Contact, ExtensionRule, Policy, RestartOnReturn
from lapor_core.policy.phrasing import (
    distance_in_words,
    extension_in_words,
    fact_title,
    limit_in_words,
    say,
    start_in_words,
    stated,
)

__all__ = ["policy_lines"]

_INDENT = f"  {'':<12} "


def policy_lines(policy: Policy) -> Iterator[str]:
    """Yield what a standard says: tiers and limits, the sentences that decide, clocks, ladder, doors and contacts."""
    yield f"{policy.title} ({policy.reference})"
    yield from _head(policy)
    yield from _judged(policy)
    yield from _timed(policy)
    yield from _doors(policy)
    yield "Kontak:"
    yield from (f"  {_contact(contact)}" for contact in policy.contacts.values())


def _head(policy: Policy) -> Iterator[str]:
    if policy.service:
        yield f"Layanan: {policy.service}"
    yield f"Nomor SK: {stated(policy.decree, 'id')}"
    yield f"Dasar hukum: {stated('; '.join(policy.legal_basis), 'id')}"
    yield f"Sumber: {policy.source} ({policy.confidence})"
    if policy.valid_from or policy.valid_until:
        yield f"Berlaku: {policy.valid_from or '...'} sampai {policy.valid_until or '...'}"
    yield f"Kantor: {policy.office.name}, {policy.time_zone}"
    yield f"Waktu penyelesaian: {stated(policy.stated_time, 'id')}"
    yield f"Biaya: {stated(policy.fee, 'id')}"
    yield from (f"Syarat yang tidak diperiksa: {condition}" for condition in policy.conditions)
    if policy.product:
        yield f"Produk: {policy.product}"
    yield from (f"{number}. {step}" for number, step in enumerate(policy.procedure, 1))
    if policy.reading:
        yield f"Pembacaan: {policy.reading}"


def _judged(policy: Policy) -> Iterator[str]:
    yield "Tingkat, dari yang teringan:"
    for tier in policy.tiers:
        limits = ", ".join(f"{clock} {limit_in_words(limit, 'id')}" for clock, limit in tier.limits.items())
        yield f"  {tier.name:<12} {limits}".rstrip()
        if tier.reading:
            yield f"{_INDENT}{tier.reading}"
    yield "Aturan (yang pertama cocok menentukan):"
    for rule in policy.rules:
        yield f"  {rule.tier:<12} {rule.text}"
        if rule.reading:
            yield f"{_INDENT}{rule.reading}"
    for name in policy.facts:
        yield f"Fakta sendiri: {name}, {fact_title(name, policy, 'id')}"


def _timed(policy: Policy) -> Iterator[str]:
    yield "Jam hitung:"
    for name, clock in policy.clocks.items():
        limit = f", {limit_in_words(clock.limit, 'id')}" if clock.limit else ""
        keeper = say("counting", clock.kept_by, "id")
        yield f"  {name:<12} {clock.title.id}, {start_in_words(clock, policy, 'id')}{limit}; ditepati {keeper}"
        if clock.extension is not None:
            yield f"{_INDENT}{_extension(clock.extension)}"
        if clock.restart_on_return is RestartOnReturn.NEW_AGENCY:
            yield f"{_INDENT}dihitung ulang bila laporan dikembalikan dan instansi lain yang menanganinya"
        if clock.reading:
            yield f"{_INDENT}{clock.reading}"
    yield "Tangga:"
    for step in policy.ladder:
        different = ("orang lain",) if step.different_person else ()
        act = (step.act,) if step.act else ()
        anytime = ("kapan saja",) if step.anytime else ()
        at = f"{step.clock} {distance_in_words(step.at, 'id')}"
        yield f"  {at:<24} {', '.join((*step.remind, *act, *different, *step.show_reporter, *anytime))}"


def _extension(rule: ExtensionRule) -> str:
    return f"dapat diperpanjang {extension_in_words(rule, 'id')}"


def _doors(policy: Policy) -> Iterator[str]:
    yield "Kanal:"
    for key, requirement in policy.channels.items():
        needed = ", ".join((*sorted(requirement.proofs), *requirement.content))
        yield f"  {key:<12} {needed}"
        yield from (f"{_INDENT}tidak diperiksa: {condition}" for condition in requirement.conditions)
    for refusal in policy.refusals.values():
        yield f"Alasan tidak ditindaklanjuti (petugas memutuskan): {refusal.title.id}"


def _contact(contact: Contact) -> str:
    ways = (contact.telephone, contact.whatsapp, contact.email, contact.site, contact.text)
    return f"{contact.name}: {', '.join(way for way in ways if way)}"
