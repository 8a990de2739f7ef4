"""What citizens and officers do, as JSON. Who they are, Django says: a user is a reporter, or an officer by group."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from complaints.models import append, events_of
from lapor_core import (
    Act,
    Action,
    Actor,
    Agency,
    Complaint,
    Facts,
    Kind,
    Proof,
    Reporter,
    Role,
    Submission,
    decide,
    load_standard,
    receive,
    replay,
    tracking_code,
)
from lapor_core.errors import LaporError

__all__ = ["act", "report", "show"]

STANDARD = load_standard("banjarbaru", agencies=[Agency(key="dinas-contoh", name="Dinas Contoh")])
PROVED = frozenset({Proof.VERIFIED_EMAIL, Proof.VERIFIED_MOBILE})
"""The office lets nobody have an account without both: what a host has proved, it may say."""


def answering(view: Callable[..., dict[str, object]]) -> Callable[..., JsonResponse]:
    """Let a view answer with JSON, whatever the rules say."""

    @login_required
    @wraps(view)
    def answered(request: HttpRequest, **named: str) -> JsonResponse:
        try:
            with transaction.atomic():
                return JsonResponse(view(request, **named))
        except LaporError as error:
            return JsonResponse({"code": error.code, "message": str(error)}, status=409)
        except IntegrityError:
            return JsonResponse({"code": "changed_meanwhile"}, status=409)

    return answered


@answering
def report(request: HttpRequest) -> dict[str, object]:
    """Take a citizen's report in."""
    said, user, now = json.loads(request.body), request.user, timezone.now()
    submission = Submission(
        channel="web",
        source_id=said["form"],
        received_at=now,
        reporter=Reporter(name=user.get_full_name(), email=user.email),
        proofs=PROVED,
        kind=Kind(said["kind"]),
        narrative=said["narrative"],
    )
    code, complaint_id = tracking_code(secrets.token_bytes(7)), secrets.token_hex(16)
    begun = receive(submission, STANDARD, now, complaint=complaint_id, code=code, reporter_ref=str(user.pk))
    append(begun.events)
    return _view(begun.complaint)


@answering
def show(_: HttpRequest, complaint_id: str) -> dict[str, object]:
    """Show a complaint."""
    return _view(replay(events_of(complaint_id)))


@answering
def act(request: HttpRequest, complaint_id: str, action: str) -> dict[str, object]:
    """Do what somebody wants to do; the table says whether somebody in this role may, and what follows."""
    said = json.loads(request.body or b"{}")
    events = events_of(complaint_id)
    wanted = Act(
        action=Action(action),
        actor=Actor(role=_role(request), id=str(request.user.pk)),
        text=said.get("text", ""),
        agencies=tuple(said.get("agencies", ())),
        facts=Facts(supervisory=said.get("supervisory"), abuse_of_authority=said.get("abuse_of_authority")),
    )
    followed = decide(replay(events), wanted, STANDARD, timezone.now())
    append(followed)
    return _view(replay((*events, *followed)))


def _role(request: HttpRequest) -> Role:
    group = request.user.groups.first()
    return Role(group.name) if group else Role.REPORTER


def _view(complaint: Complaint) -> dict[str, object]:
    clock = complaint.running("resolve")
    due = clock.due_date if clock else None
    return {"id": complaint.id, "state": complaint.state, "tier": complaint.tier, "due": due, "code": complaint.code}
