# ruff: noqa: PT009, PT027 - these are tests of Django's own kind
"""A complaint through the office's own project: reported, handled by officers, answered; and nobody does what is not theirs."""

from __future__ import annotations

from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction
from django.test import TestCase

from complaints.models import Row, append, events_of

STEPS = (
    ("central_admin", "dispose", {"agencies": ["dinas-contoh"], "supervisory": False, "abuse_of_authority": False}),
    ("agency_admin", "verify", {}),
    ("agency_admin", "forward", {}),
    ("liaison_officer", "respond", {"text": "Sudah diperbaiki."}),
)


class ComplaintsTest(TestCase):
    """Each test has a database of its own, as Django has it."""

    def be(self, role: str) -> None:
        """Sign in as the citizen, or as an officer in ``role``."""
        user, new = User.objects.get_or_create(username=role, email=f"{role}@example.org")
        if new and role != "warga":
            user.groups.add(Group.objects.create(name=role))
        self.client.force_login(user)

    def post(self, path: str, **said: object) -> dict[str, object]:
        """Return what the office answers."""
        answer = self.client.post(f"/complaints/{path}", said, content_type="application/json")
        return {"status": answer.status_code, **answer.json()}

    def report(self) -> dict[str, object]:
        """Report as the citizen."""
        self.be("warga")
        return self.post("", form="1", kind="complaint", narrative="Lampu jalan contoh mati.")

    def test_a_complaint_is_handled_by_the_offices_own_people(self) -> None:
        """From report to answer."""
        complaint = self.report()
        for role, action, said in STEPS:
            self.be(role)
            answered = self.post(f"{complaint['id']}/{action}/", **said)
            self.assertEqual(answered["status"], 200, answered)
        self.be("warga")
        shown = self.client.get(f"/complaints/{complaint['id']}/").json()
        self.assertEqual((shown["state"], shown["tier"]), ("responded", "sedang"))

    def test_what_is_not_for_a_role_is_refused_with_what_is_allowed(self) -> None:
        """The table decides."""
        complaint = self.report()
        refused = self.post(f"{complaint['id']}/dispose/", agencies=["dinas-contoh"])
        self.assertEqual((refused["status"], refused["code"]), (409, "not_permitted"))

    def test_nothing_personal_lies_in_the_open(self) -> None:
        """Only in sealed columns."""
        complaint = self.report()
        rows = Row.objects.filter(complaint=complaint["id"]).values()
        self.assertNotIn("Lampu", str(list(rows)))
        self.assertEqual(events_of(str(complaint["id"]))[0].fact.narrative, "Lampu jalan contoh mati.")

    def test_who_is_overtaken_is_told(self) -> None:
        """Two that read the same record cannot both write the next event."""
        complaint = self.report()
        again = events_of(str(complaint["id"]))[-1:]
        with self.assertRaises(IntegrityError), transaction.atomic():
            append(again)
