"""``lapor policy``: show, check, compare and try out service standards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from lapor_core.errors import DocumentFaults
from lapor_core.policy.change import Change
from lapor_core.policy.checking import check_policy
from lapor_core.policy.diff import changes
from lapor_core.policy.loading import load_policy, shipped_policies, shipped_policy
from lapor_core.policy.phrasing import say
from lapor_core.policy.schema import policy_schema
from lapor_core.policy.simulate import Outcome, Verdict, simulate
from lapor_core.standard import load_standard
from lapor_desk.cli.dates import Language, read_date
from lapor_desk.cli.policy_cases import Case, read_cases
from lapor_desk.cli.policy_text import policy_lines
from lapor_desk.cli.standards import chosen_policy
from lapor_desk.cli.values import print_json, read_text

__all__ = ["app"]

app = App(name="policy", help="Show, check, compare and try out service standards.")

Flag = Annotated[bool, Parameter(negative=())]
"""An option without a value."""


@app.command(name="list")
def list_(*, on: str | None = None, json: Flag = False) -> None:
    """List the policies that ship with the library.

    Parameters
    ----------
    on
        Only those in force on this day.
    json
        Print JSON.
    """
    policies = [shipped_policy(name) for name in shipped_policies()]
    if on is not None:
        day = read_date(on)
        policies = [policy for policy in policies if policy.in_force(day)]
    if json:
        keys = ("id", "title", "version", "confidence", "source")
        days = ("valid_from", "valid_until")
        print_json(
            [
                {key: str(getattr(policy, key)) for key in keys}
                | {key: day.isoformat() if (day := getattr(policy, key)) else None for key in days}
                for policy in policies
            ]
        )
        return
    for policy in policies:
        print(f"{policy.id:<17} {policy.version:<4} {policy.confidence.value:<20} {policy.title}")


@app.command
def show(policy: str, /) -> None:
    """Show what a service standard says: tiers and limits, the sentences that decide, clocks, ladder and contacts.

    Parameters
    ----------
    policy
        A shipped policy, or the path of a policy file.
    """
    for line in policy_lines(chosen_policy(policy)):
        print(line)


@app.command
def check(file: Path, /, *, json: Flag = False) -> int:
    """Check a policy file; every fault is shown with its line, its key and what is allowed.

    Parameters
    ----------
    file
        The TOML file.
    json
        Print the faults as JSON; an empty list when there is none.
    """
    text = read_text(file)
    faults = check_policy(text, file.name)
    if json:
        print_json(
            [{"file": each.file, "line": each.line, "key": each.key, "problem": each.problem} for each in faults]
        )
        return 2 if faults else 0
    if faults:
        raise DocumentFaults(faults)
    policy = load_policy(text, file.name)
    print(f"{file.name}: {policy.reference}, {len(policy.tiers)} tiers, {len(policy.rules)} rules, no fault")
    return 0


@app.command
def diff(before: str, after: str, /, *, lang: Language = "id", json: Flag = False) -> None:
    """Say what changes for citizens from one standard, or version of it, to another.

    Parameters
    ----------
    before
        A shipped policy, or the path of a policy file.
    after
        Another one.
    lang
        The language of the sentences: id or en.
    json
        Print JSON, with the sentences in both languages.
    """
    old, new = chosen_policy(before), chosen_policy(after)
    found = changes(old, new)
    if json:
        print_json({"before": old.reference, "after": new.reference, "changes": [change.to_json() for change in found]})
        return
    print("\n".join(_sentences(found, lang)))


@app.command(name="simulate")
def simulate_(file: Path, /, *, complaints: Path, policy: str = "banjarbaru", json: Flag = False) -> None:
    """Try a policy out on complaints: which tiers and deadlines would differ from those in force. Nothing is changed.

    Parameters
    ----------
    file
        The policy file to try out.
    complaints
        A file of JSON Lines, each with facts and the instant of receipt: {"facts": {...}, "received": "..."}.
    policy
        The policy in force: a shipped one, or the path of a file.
    json
        Print JSON.
    """
    now, then = chosen_policy(policy), load_policy(read_text(file), file.name)
    cases = read_cases(read_text(complaints), complaints.name, {**now.facts, **then.facts})
    before, after = load_standard(now), load_standard(then)
    outcomes = [(case, simulate(case.facts, case.received, before, after)) for case in cases]
    moved = [(case, outcome) for case, outcome in outcomes if outcome.differs]
    if json:
        print_json(
            {
                "in_force": now.reference,
                "policy": then.reference,
                "complaints": len(cases),
                "differ": len(moved),
                "outcomes": [
                    {"id": case.id, "before": outcome.before.to_json(), "after": outcome.after.to_json()}
                    for case, outcome in moved
                ],
            }
        )
        return
    print(f"{now.reference} -> {then.reference}: {len(moved)} of {len(cases)} complaints would differ")
    print("\n".join(_moved(moved)))


@app.command
def schema() -> None:
    """Print the JSON Schema of a policy file, for editors that complete and check what is written."""
    print_json(policy_schema())


def _sentences(found: Sequence[Change], language: str) -> Iterator[str]:
    yield from (change.text.in_language(language) for change in found)
    if not found:
        yield say("change", "none", language)


def _moved(moved: Sequence[tuple[Case, Outcome]]) -> Iterator[str]:
    for case, outcome in moved:
        yield f"  {case.id}: {_verdict(outcome.before)} -> {_verdict(outcome.after)}"
        for clock in {**outcome.before.due, **outcome.after.due}:
            old, new = (each.due.get(clock) for each in (outcome.before, outcome.after))
            if old != new:
                yield f"    {clock}: {_when(old)} -> {_when(new)}"
    tiers = Counter((_verdict(outcome.before), _verdict(outcome.after)) for _, outcome in moved)
    yield from (f"  {number} x {old} -> {new}" for (old, new), number in tiers.most_common())


def _verdict(verdict: Verdict) -> str:
    return verdict.tier or (f"facts needed: {', '.join(verdict.needed)}" if verdict.needed else "no tier")


def _when(moment: object) -> str:
    return "no deadline" if moment is None else f"{moment:%Y-%m-%d %H:%M %Z}"
