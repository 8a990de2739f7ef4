"""What citizens do in the story, each through the door they would use; every method returns the tracking code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
import httpx2

from lapor_core.codes import normalise_code
from lapor_core.errors import BadValue
from lapor_desk.demo.pages import read_page
from lapor_desk.demo.pictures import photograph
from lapor_desk.demo.post import one_time_code
from lapor_desk.demo.story import Scene
from lapor_desk.demo.world import World

__all__ = ["Citizens", "code_in", "fail_unless", "report_fields"]


def fail_unless(answer: httpx2.Response, *expected: int) -> httpx2.Response:
    """Return an answer whose status is as expected.

    Raises:
        LookupError: it is another one.
    """
    if answer.status_code not in expected:
        raise LookupError(f"{answer.request.method} {answer.request.url.path} answered {answer.status_code}")
    return answer


@attrs.frozen(kw_only=True)
class Citizens:
    """The citizens' side of the play.

    Attributes:
        world: Where they live.
        codes: The tracking codes that were handed out, by report.
    """

    world: World
    codes: dict[str, str] = attrs.field(factory=dict)

    def sms(self, scene: Scene) -> None:
        """Send an SMS to 1708, which Kannel brings to the desk; the code comes back as an SMS."""
        fail_unless(httpx2.get(f"{self.world.address}/sms/kannel", params=self._kannel(scene)), 200)
        self.world.settle()
        self.codes[scene.report] = code_in(self._last_sms(scene.said["sender"]))

    def sms_again(self, scene: Scene, first: Scene) -> None:
        """Kannel did not hear the answer, and brings the same SMS again: it is the same report."""
        before = len(tuple(self.world.phones.glob("*.txt")))
        fail_unless(httpx2.get(f"{self.world.address}/sms/kannel", params=self._kannel(first)), 200)
        self.world.settle()
        if len(tuple(self.world.phones.glob("*.txt"))) != before:
            raise LookupError(f"the repeated SMS of {scene.report} was taken for another report")

    def web(self, scene: Scene) -> None:
        """Prove an address and a number, fill the form in, send a photograph with it, and read the receipt."""
        said = scene.said
        with self._browser() as browser:
            page = read_page(fail_unless(browser.get("/account"), 200).text)
            form = page.form("name", "email", "mobile")
            contacts = {name: said[name] for name in ("name", "email", "mobile")}
            asked = fail_unless(browser.post("/account", data={**form.hidden, **contacts}), 200)
            form = read_page(asked.text).form("challenge", "email_code", "mobile_code")
            codes = {"email_code": self._code_by_mail(said["email"]), "mobile_code": self._code_by_sms(said["mobile"])}
            written = fail_unless(browser.post("/account/confirm", data={**form.hidden, **codes}), 200)
            form = read_page(written.text).form("narrative", "uploads")
            report = {**form.hidden, **report_fields(said)}
            refused = browser.post("/report", data=report, files={"uploads": ("foto.jpg", b"bukan foto", "image/jpeg")})
            fail_unless(refused, 422)  # what is no photograph is not taken, and what was typed stays
            photo = {"uploads": ("foto.jpg", photograph(), "image/jpeg")}
            receipt = fail_unless(browser.post("/report", data=report, files=photo), 200)
        self.codes[scene.report] = code_in(read_page(receipt.text).text)

    def app(self, scene: Scene) -> None:
        """Do the same from the app, in JSON; a repeat under the same key is the same report."""
        said = scene.said
        with httpx2.Client(base_url=f"{self.world.address}/app/v1") as phone:
            contacts = {name: said[name] for name in ("name", "email", "mobile")}
            asked = fail_unless(phone.post("/challenges", json=contacts), 201).json()["challenge"]
            codes = {"email_code": self._code_by_mail(said["email"]), "mobile_code": self._code_by_sms(said["mobile"])}
            token = fail_unless(phone.post(f"/challenges/{asked}/confirm", json=codes), 200).json()["token"]
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "demo-1"}
            first, again = (phone.post("/reports", json=report_fields(said), headers=headers) for _ in range(2))
        code = fail_unless(first, 201).json()["code"]
        if fail_unless(again, 200).json()["code"] != code:
            raise LookupError("the repeated call of the app was taken for another report")
        self.codes[scene.report] = str(code)

    def track(self, report: str, language: str = "id") -> str:
        """Return what the tracking page tells the holder of the code."""
        with self._browser() as browser:
            answer = browser.post("/track", params={"lang": language}, data={"code": self.codes[report]})
        return read_page(fail_unless(answer, 200).text).text

    def _browser(self) -> httpx2.Client:
        return httpx2.Client(base_url=self.world.address, follow_redirects=True)

    def _kannel(self, scene: Scene) -> Mapping[str, str]:
        return {
            "from": scene.said["sender"],
            "to": "1708",
            "text": scene.said["message"],
            "charset": "UTF-8",
            "id": f"demo-{scene.report}",
            "time": str(int(scene.at.replace(tzinfo=self.world.zone).timestamp())),
        }

    def _code_by_mail(self, address: str) -> str:
        self.world.settle()
        letters = tuple(self.world.post.letters(address))
        body = letters[-1].get_body() if letters else None
        if body is None:
            raise LookupError("no letter brought the one-time code")
        return one_time_code(str(body.get_content()))

    def _code_by_sms(self, number: str) -> str:
        self.world.settle()
        return one_time_code(self._last_sms(number))

    def _last_sms(self, number: str) -> str:
        """Return the newest message on the telephone with this number."""
        digits = number.removeprefix("+62").removeprefix("0")
        mine = [path for path in self.world.phones.glob("*.txt") if digits in path.read_text("utf-8")]
        if not mine:
            raise LookupError("no SMS has come")
        return max(mine, key=lambda path: path.stat().st_mtime_ns).read_text("utf-8")


def report_fields(said: Mapping[str, Any]) -> dict[str, str]:
    """Return what a report says, by the names of a form's fields."""
    fields = {name: str(said[name]) for name in ("kind", "title", "event_date", "place") if name in said}
    return fields | {"narrative": said["message"]}


def code_in(text: str) -> str:
    """Return the tracking code that stands in a message or on a page.

    Raises:
        LookupError: there is none.
    """
    for word in text.replace(",", " ").split():
        try:
            return normalise_code(word.strip("."))
        except BadValue:
            continue
    raise LookupError("no tracking code came back")
