"""What every decision is judged by: the policy, the calendar as known, and the offices by agency, as one value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import attrs

from lapor_core.calendar import Ledger, Office
from lapor_core.clocks import Deadline, Extension, Pause, compute
from lapor_core.complaint import Agency, Clock, Complaint, Facts
from lapor_core.errors import BadType, BadValue, Missing, NotFound, all_of, did_you_mean, require_type
from lapor_core.policy.amounts import Limit
from lapor_core.policy.model import CalendarOf, ClockRule, Policy, Tier
from lapor_core.policy.offices import office_of
from lapor_core.requirements import missing
from lapor_core.severity import Assessment, assess
from lapor_core.submission import Submission

__all__ = ["Standard", "load_standard"]

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Standard:
    """A service standard that is ready to judge by.

    Attributes:
        policy: What the standard says.
        office: The calendar of the office that owns it.
        offices: Further calendars, by the name that agencies refer to.
        agencies: The agencies complaints can be disposed to, by key.
    """

    policy: Policy
    office: Office
    offices: Mapping[str, Office] = attrs.Factory(dict)
    agencies: Mapping[str, Agency] = attrs.Factory(dict)

    def assess(self, facts: Facts) -> Assessment:
        """Return the tier of ``facts`` and why; see :func:`lapor_core.severity.assess` for what it raises."""
        return assess(facts, self.policy)

    def missing(self, submission: Submission) -> tuple[Missing, ...]:
        """Return what a submission lacks; see :func:`lapor_core.requirements.missing`."""
        return missing(submission, self.policy)

    def limit(self, clock: str, tier: str | None) -> Limit | None:
        """Return the limit of ``clock`` for ``tier``, or None when the standard states none.

        Raises:
            NotFound: the clock or the tier is not known.
        """
        own = None if tier is None else self.policy.tier(tier).limits.get(clock)
        return own or self.policy.clock(clock).limit

    def deadline(
        self,
        clock: str,
        judged: Assessment | Tier | str | None,
        *,
        start: datetime,
        pauses: Iterable[Pause] = (),
        extensions: Iterable[Extension] = (),
        granted: Iterable[Extension] = (),
        agency: str | None = None,
        now: datetime | None = None,
        first_start: datetime | None = None,
    ) -> Deadline:
        """Return when ``clock`` is due.

        Args:
            clock: The clock's name in the policy, ``resolve``.
            judged: The assessment, the tier or the tier's name; None for a clock whose limit is the same for all.
            start: The instant of the event that starts the clock (aware); of a clock that follows another, its end.
            pauses: Stretches that do not count.
            extensions: Extensions, judged by what the standard allows.
            granted: Extensions before them that stand in a record: they were judged when they were granted.
            agency: The reported agency's key, for clocks that run on the agency's calendar or heed its own limit.
            now: The present (aware); needed with pauses or extensions, for what lies in the future has not happened.
            first_start: When the clock began the first time (aware), where it started anew after a return; it is told, and
                counts for nothing.

        Raises:
            NotFound: the clock or the tier is not known, or the agency where its calendar or its own limit counts.
            BadValue: ``start`` is naive (``naive_datetime``), the standard states no limit here (``no_limit``), or a pause
                or an extension cannot be; see :func:`lapor_core.clocks.compute`.
            OutOfReach: the calendar does not reach that far.
        """
        tier = _tier_name(judged)
        limit = self.limit(clock, tier)
        if limit is None:
            message = f"{self.policy.reference} states no limit of the clock {clock} for the tier {tier}"
            raise BadValue(message, code="no_limit", clock=clock, tier=tier)
        rule = self.policy.clock(clock)
        own = self._own_limit(rule, agency) if limit.agency else None
        return compute(
            name=clock,
            rule=rule,
            limit=limit,
            start=start,
            office=self.office_for(clock, agency),
            tier=tier,
            own=own,
            pauses=pauses,
            extensions=extensions,
            granted=granted,
            now=now,
            first_start=first_start,
            policy=self.policy.reference,
        )

    def _own_limit(self, rule: ClockRule, agency: str | None) -> Limit | None:
        """Return what the agency has promised itself; a mistyped key must not make the deadline longer in silence."""
        if agency is None:
            return None
        own = rule.agency_limits.get(agency)
        if own is None:
            _one_of(agency, self.agencies, "agency")
        return own

    def promise(self, complaint: Complaint) -> Clock | None:
        """Return the clock by which the citizen is to have the answer: the running one that ends last, else the last one.

        Clocks at whose end no answer is owed are passed over, so that no other date is shown for that of the answer.
        """
        owed = [clock for clock in complaint.clocks if self.policy.promises_answer(clock.name)]
        running = (clock for clock in owed if clock.stopped_at is None)
        return max(running, key=lambda clock: clock.due, default=owed[-1] if owed else None)

    def office_for(self, clock: str, agency: str | None) -> Office:
        """Return the office whose calendar ``clock`` runs on: the standard's own, or the reported agency's.

        Raises:
            NotFound: the clock, the agency or its office is not known.
        """
        if self.policy.clock(clock).calendar is CalendarOf.OFFICE or agency is None:
            return self.office
        name = _one_of(agency, self.agencies, "agency").office
        return _one_of(name, self.offices, "office") if name else self.office

    def as_known_on(self, day: date) -> Standard:
        """Return the same standard with every calendar as it was known on ``day``."""
        offices = {name: office.as_known_on(day) for name, office in self.offices.items()}
        return attrs.evolve(self, office=self.office.as_known_on(day), offices=offices)


def load_standard(
    policy: str | Path | Policy,
    *,
    ledger: Ledger | None = None,
    agencies: Iterable[Agency] = (),
    offices: Mapping[str, Office] | None = None,
) -> Standard:
    """Return a standard, ready to judge by.

    Args:
        policy: The id of a shipped policy (``"banjarbaru"``), the path of a policy file (a text that ends on ``.toml`` is one
            too), or a policy.
        ledger: The decrees; the shipped ones when None.
        agencies: Agencies beside those the policy names; one with the same key replaces it.
        offices: Calendars of agencies that do not keep the office's own, by name.

    Raises:
        NotFound: no shipped policy has this id.
        DocumentFaults: the file has faults; all of them are listed.
        BadType: the policy is neither an id nor a path nor a policy, an agency is no :class:`Agency`, or an office no
            :class:`~lapor_core.calendar.Office` (``wrong_type``).
    """
    from lapor_core.policy.loading import load_policy, shipped_policy

    if isinstance(policy, str) and policy.endswith(".toml"):
        policy = Path(policy)
    if isinstance(policy, Path):
        policy = load_policy(policy.read_text("utf-8"), policy.name)
    elif isinstance(policy, str):
        policy = shipped_policy(policy)
    require_type(policy, Policy, "policy")
    agencies = all_of(agencies, Agency, "agencies")
    offices = {} if offices is None else offices
    require_type(offices, Mapping, "offices")
    for own in offices.values():
        require_type(own, Office, "office")
    office = office_of(policy, ledger)
    known = {agency.key: agency for agency in (*policy.agencies, *agencies)}
    for clock in policy.clocks.values():
        for key in clock.agency_limits:
            _one_of(key, known, "agency")
    return Standard(policy=policy, office=office, offices=dict(offices), agencies=known)


def _tier_name(judged: Assessment | Tier | str | None) -> str | None:
    if isinstance(judged, Assessment):
        return judged.tier.name
    if isinstance(judged, Tier):
        return judged.name
    if not isinstance(judged, str | None):
        message = f"judged must be an Assessment, a Tier, the name of a tier or None, not {type(judged).__name__}"
        raise BadType(message, code="wrong_type", name="judged")
    return judged


def _one_of(name: str, values: Mapping[str, T], what: str) -> T:
    if name not in values:
        message = f'"{name}": not an {what}; {did_you_mean(name, values)}'
        raise NotFound(message, code=f"unknown_{what}", name=name, allowed=tuple(values))
    return values[name]
