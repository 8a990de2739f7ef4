"""What officers do in the story: at the counter and in the console, signed in with a password, over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import httpx2

from lapor_desk.demo.citizens import Citizens, code_in, fail_unless, report_fields
from lapor_desk.demo.pages import Form, Page, read_page
from lapor_desk.demo.pictures import identity_scan
from lapor_desk.demo.story import Scene
from lapor_desk.demo.world import World

__all__ = ["Officials"]


@attrs.frozen(kw_only=True)
class Officials:
    """The officers' side of the play; each keeps a browser of their own.

    Attributes:
        citizens: Hold the tracking codes.
        browsers: By login and day: a session does not outlast the working day.
    """

    world: World
    citizens: Citizens
    browsers: dict[tuple[str, date], httpx2.Client] = attrs.field(factory=dict)

    def walk_in(self, scene: Scene) -> None:
        """Type a visitor's report in at the counter, with the copy of their identity card, and print the receipt."""
        browser = self._browser(scene)
        form = read_page(fail_unless(browser.get("/walk-in/"), 200).text).form("identity", "narrative")
        contacts = {name: scene.said[name] for name in ("name", "email", "mobile") if name in scene.said}
        scan = {"identity": ("identitas.png", identity_scan(), "image/png")}
        report = {**form.hidden, **contacts, **report_fields(scene.said)}
        receipt = fail_unless(browser.post("/walk-in/", data=report, files=scan), 200)
        self.citizens.codes[scene.report] = code_in(read_page(receipt.text).text)

    def act(self, scene: Scene) -> None:
        """Find the report by its code, and send the form of the action."""
        browser = self._browser(scene)
        listed = fail_unless(browser.get("/officers/"), 200)
        search = read_page(listed.text).form("code")
        wanted = {**search.hidden, "code": self.citizens.codes[scene.report]}
        opened = fail_unless(browser.post(str(listed.url.join(search.action)), data=wanted), 200)
        form = _form_of(read_page(opened.text), scene.what)
        fail_unless(browser.post(str(opened.url.join(form.action)), data=_filled(form, scene.said)), 200)

    def leave(self) -> None:
        """Close every browser."""
        for browser in self.browsers.values():
            browser.close()

    def _browser(self, scene: Scene) -> httpx2.Client:
        login, day = scene.who or "", scene.at.date()
        if (login, day) not in self.browsers:
            self.browsers[login, day] = browser = httpx2.Client(base_url=self.world.address, follow_redirects=True)
            page = fail_unless(browser.get("/officers/login"), 200)
            form = read_page(page.text).form("login", "password")
            said = {**form.hidden, "login": login, "password": self.world.passwords[login]}
            fail_unless(browser.post(str(page.url.join(form.action)), data=said), 200)
        return self.browsers[login, day]


def _form_of(page: Page, action: str) -> Form:
    for form in page.forms:
        if form.hidden.get("action") == action or form.action.rstrip("/").endswith(f"/{action}"):
            return form
    raise LookupError(f"the page offers no form to {action}")


def _filled(form: Form, said: Any) -> dict[str, Any]:
    facts = {f"fact-{name}": answer for name, answer in said.get("facts", {}).items()}
    words = {name: said[name] for name in ("agencies", "text") if name in said}
    return {**form.hidden, **facts, **words}
