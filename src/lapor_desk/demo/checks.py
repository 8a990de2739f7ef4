"""The demo checks itself: what was promised is looked for in the database, in the letters and on the pages."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import attrs
from PIL import Image

from lapor_core.complaint import Complaint
from lapor_core.errors import LaporError
from lapor_desk.demo.play import Play
from lapor_desk.store import Status

__all__ = ["Check", "checks_of", "complaint_of"]


@attrs.frozen(kw_only=True)
class Check:
    """One promise, and whether it was kept."""

    what: str
    kept: bool


def complaint_of(play: Play, report: str) -> Complaint:
    """Return the complaint that a report of the story became."""
    with play.world.house.store.reading() as tx:
        return tx.load(tx.find(play.citizens.codes.get(report, "")) or "")


def checks_of(play: Play) -> tuple[Check, ...]:
    """Return every check of the story as it was played."""
    return tuple(_all(play))


def _all(play: Play) -> Iterator[Check]:
    for report in play.story.promises:
        try:
            complaint = complaint_of(play, report)
        except LaporError:
            yield Check(what=f"{report}: the report is in the database", kept=False)
            continue
        yield from _judged(play, report, complaint)
        yield _chained(play, report, complaint)
    yield from _told(play)
    yield from _shown_the_way(play)
    yield _photograph_tells_no_place(play)
    yield from _nothing_waits(play)


def _judged(play: Play, report: str, complaint: Complaint) -> Iterator[Check]:
    promised = play.story.promises[report]
    clock = play.world.house.standard.promise(complaint)
    yield Check(what=f"{report}: its tier is {promised.tier}", kept=complaint.tier == promised.tier)
    due = clock is not None and clock.due_date == promised.due
    yield Check(what=f"{report}: its answer is due on {promised.due}", kept=due)
    yield Check(what=f"{report}: it is {promised.state} at the end", kept=complaint.state is promised.state)


def _chained(play: Play, report: str, complaint: Complaint) -> Check:
    with play.world.house.store.reading() as tx:
        chain = tx.verify_chain(complaint.id)
    return Check(what=f"{report}: the chain of its record holds", kept=chain.holds)


def _told(play: Play) -> Iterator[Check]:
    """Everybody whose report was answered has the answer: by letter, or by SMS who wrote one."""
    for scene in play.story.scenes:
        if scene.what == "respond":
            told = any(scene.said["text"] in text for text in _messages(play))
            yield Check(what=f"{scene.report}: the reporter was told of the answer", kept=told)


def _shown_the_way(play: Play) -> Iterator[Check]:
    """The one that is never answered: its reporter has read the Ombudsman's contacts, in a letter and on the page."""
    contacts = play.world.house.standard.policy.contacts["ombudsman"]
    ways = (contacts.telephone, contacts.whatsapp, contacts.email)
    for report, promised in play.story.promises.items():
        if promised.state == "escalated":
            lettered = any(all(way in text for way in ways) for text in _messages(play))
            yield Check(what=f"{report}: a letter shows the reporter the way to the Ombudsman", kept=lettered)
            page = play.citizens.track(report) if report in play.citizens.codes else ""
            shown = all(way in page for way in ways)
            yield Check(what=f"{report}: the tracking page shows the way to the Ombudsman", kept=shown)


def _photograph_tells_no_place(play: Play) -> Check:
    kept = False
    for report in play.citizens.codes:
        complaint = complaint_of(play, report)
        for attachment in complaint.attachments:
            if attachment.media_type == "image/jpeg":
                content = play.world.house.store.read_file(complaint.reporter_ref, attachment.digest)
                with Image.open(BytesIO(content)) as image:
                    kept = not image.getexif()
    return Check(what="the photograph is kept without the place where it was taken", kept=kept)


def _nothing_waits(play: Play) -> Iterator[Check]:
    for status in (Status.QUEUED, Status.STUCK, Status.FAILED):
        with play.world.house.store.reading() as tx:
            left = tx.notices_in(status)
        yield Check(what=f"no message is {status.value} at the end", kept=not left)


def _messages(play: Play) -> Iterator[str]:
    for letter in play.world.post.letters("@"):
        body = letter.get_body()
        yield " ".join(str(body.get_content()).split()) if body is not None else ""
    for message in play.world.phones.glob("*.txt"):
        yield message.read_text("utf-8")
