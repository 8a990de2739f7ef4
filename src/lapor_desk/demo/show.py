"""What the demo shows: a line while it works, then what a citizen could follow, and where everything lies."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs
from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

from lapor_core.plugins.contracts import Tracking
from lapor_core.texts import clock_time, long_date, short_date, word
from lapor_desk.demo.checks import Check, complaint_of
from lapor_desk.demo.play import Play
from lapor_desk.demo.story import Scene
from lapor_desk.demo.wording import Wording

__all__ = ["Show", "as_data"]


@attrs.frozen(kw_only=True)
class Show:
    """The demo on a console, in Indonesian or English."""

    console: Console
    words: Wording

    def working(self) -> Status:
        """Return the line that moves while the play goes on."""
        return self.console.status(self.words["working"])

    def scene(self, status: Status, moment: datetime, scene: Scene | None) -> None:
        """Tell what happens now."""
        day = long_date(moment.date(), self.words.language)
        if scene is None:
            status.update(day)
            return
        what = self.words.get(f"scene.{scene.what}") or word("action", scene.what, self.words.language)
        status.update(f"{day}, {clock_time(moment, self.words.language)}: {what} ({scene.report})")

    def timelines(self, play: Play) -> None:
        """Show each report's way, as the holder of its code can follow it."""
        for report in play.story.reports:
            tracking = play.world.house.desk.track(play.citizens.codes[report], self.words.language)
            self.console.print(self._timeline(play, report, tracking))
            for line in tracking.contacts:
                self.console.print(Text(f"  {line}"), soft_wrap=True)
            self.console.print()

    def explanation(self, play: Play) -> None:
        """Show how one deadline was counted, day by day."""
        report = play.story.reports[0]
        complaint = complaint_of(play, report)
        clock = play.world.house.standard.promise(complaint)
        if clock is not None and complaint.tier is not None:
            deadline = play.world.house.standard.deadline(clock.name, complaint.tier, start=clock.start)
            self.console.print(Text(deadline.explain(self.words.language)), soft_wrap=True)
            self.console.print()

    def checks(self, checks: Sequence[Check]) -> None:
        """Show what was checked, and name what failed."""
        failed = [check for check in checks if not check.kept]
        self.console.print(self.words["checked"].format(kept=len(checks) - len(failed), all=len(checks)))
        for check in failed:
            self.console.print(Text(f"  FAILED: {check.what}"))

    def places(self, play: Play) -> None:
        """Say where everything lies, and how to go on."""
        folder = play.world.folder
        letters = len(tuple(play.world.post.letters("@")))
        messages = len(tuple(play.world.phones.glob("*.txt")))
        lines = (
            ("database", folder / "lapor.db"),
            ("letters", f"{play.world.post.folder} ({letters})"),
            ("messages", f"{play.world.phones} ({messages})"),
            ("go_on", f"{_command()} serve --config {folder / 'lapor.toml'}"),
        )
        for name, place in lines:
            self.console.print(Text(f"{self.words[name]}: {place}"), soft_wrap=True)
        self.console.print(self.words["officers"])
        for login, password in play.world.passwords.items():
            self.console.print(Text(f"  {login:<24} {password}"))

    def _timeline(self, play: Play, report: str, tracking: Tracking) -> Table:
        complaint = complaint_of(play, report)
        channel = word("channel", complaint.channel, self.words.language)
        due = short_date(tracking.due_date, self.words.language) if tracking.due_date else "-"
        title = f"{tracking.code}  {channel}, {complaint.tier}, {self.words['due']} {due}: {tracking.status}"
        table = Table(
            title=Text(title, style="bold"), title_justify="left", show_header=False, box=None, pad_edge=False
        )
        for entry in tracking.entries:
            day = f"{short_date(entry.at.date(), self.words.language)}  {clock_time(entry.at, self.words.language)}"
            table.add_row(f"  {day}", Text(entry.text))
        return table


def _command() -> str:
    """Return how this command was called: after the README's line it is not on the path."""
    called = Path(sys.argv[0])
    return (
        str(called) if called.stem == "lapor" and called.parent != Path() and shutil.which("lapor") is None else "lapor"
    )


def as_data(play: Play, checks: Sequence[Check], language: str) -> dict[str, Any]:
    """Return the same as data: each report's timeline, and what was checked."""
    reports = []
    for report in play.story.reports:
        complaint = complaint_of(play, report)
        tracking = play.world.house.desk.track(complaint.code, language)
        entries = [{"at": entry.at.isoformat(), "text": entry.text} for entry in tracking.entries]
        reports.append(
            {
                "report": report,
                "code": tracking.code,
                "channel": complaint.channel,
                "tier": complaint.tier,
                "due_date": tracking.due_date.isoformat() if tracking.due_date else None,
                "state": tracking.state,
                "entries": entries,
                "contacts": list(tracking.contacts),
            }
        )
    kept = [{"what": check.what, "kept": check.kept} for check in checks]
    return {"folder": str(play.world.folder), "reports": reports, "checks": kept}
