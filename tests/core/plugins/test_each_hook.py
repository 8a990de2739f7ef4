"""Each hook once, by a sound plug-in: what it gives reaches whoever asks the host."""

from collections.abc import Callable
from datetime import date

import pytest

from lapor_core.calendar import indonesia
from lapor_core.errors import PluginError
from lapor_core.plugins import Choice, PluginHost
from lapor_core.plugins.hooks import HOOKS
from lapor_core.testing import Life, example_submission

Install = Callable[..., None]
Strangers = Callable[..., PluginHost]

HEAD = "from lapor_core.plugins import *\n@hookimpl\n"
DECREES = """
[[decrees]]
number = "Keputusan Contoh {number}"
issued = 2026-01-05
scope = "kalimantan-selatan/banjarbaru"
[[decrees.days]]
date = 2026-04-20
effect = "off"
kind = "regional"
name = {{ id = "Hari Contoh", en = "Example Day" }}
"""
CALENDAR = HEAD + (
    "def lapor_register_calendars():\n    from lapor_core.calendar import read_ledger\n"
    "    yield read_ledger([('contoh.toml', '''{decrees}''')])"
)
POLICY = HEAD + (
    "def lapor_register_policies():\n    import attrs\n    from lapor_core.policy.loading import shipped_policy\n"
    "    yield attrs.evolve(shipped_policy('banjarbaru'), id='kota_contoh')"
)
WORDS = "{% block subject %}Kabar{% endblock %}{% block text %}{{ code }}{% endblock %}{% block short %}{{ code }}{% endblock %}"


def test_lapor_register_channels(strangers: Strangers) -> None:
    assert [channel.key for channel in strangers().channels()] == ["bystander"]


def test_lapor_register_notifiers(install: Install, strangers: Strangers) -> None:
    source = "class Pager:\n    key = 'pager'\n    media = frozenset()\n    def send(self, message, now): ...\n"
    install("pager", source + HEAD + "def lapor_register_notifiers(): return [Pager()]")
    assert [notifier.key for notifier in strangers().notifiers()] == ["pager"]


def test_lapor_register_calendars(install: Install, strangers: Strangers) -> None:
    install("kota", CALENDAR.format(decrees=DECREES.format(number=1)))
    host = strangers()
    (ledger,) = host.calendars()
    assert host.ledger(indonesia()).decrees != indonesia().decrees
    assert ledger.decrees[0].days[0].date == date(2026, 4, 20)


def test_decrees_that_contradict_those_of_another_plugin_are_left_out_and_told(
    install: Install, strangers: Strangers
) -> None:
    first = DECREES.format(number=1)
    install("kota", CALENDAR.format(decrees=first))
    install("kota_lain", CALENDAR.format(decrees=first.replace("Hari Contoh", "Hari Lain")))
    faults: list[PluginError] = []
    host = strangers(on_fault=faults.append)
    assert len(host.ledger(indonesia()).decrees) == len(indonesia().decrees) + 1
    assert [fault.params["plugin"] for fault in faults] == ["kota_lain"]
    status = next(each for each in host.report() if each.key == "kota_lain")
    assert not status.enabled
    assert "its decrees contradict others: Keputusan Contoh 1" in status.reason
    assert [ledger.decrees[0].number for ledger in host.calendars()] == ["Keputusan Contoh 1"]


def test_lapor_register_policies(install: Install, strangers: Strangers) -> None:
    install("kota", POLICY)
    assert [policy.reference for policy in strangers().policies()] == ["kota_contoh@1"]


def test_lapor_register_templates(install: Install, strangers: Strangers) -> None:
    install("kota", HEAD + f"def lapor_register_templates(): yield Template(name='answered', text={WORDS!r})")
    (template,) = strangers().templates()
    assert (template.name, template.language, template.text) == ("answered", "id", WORDS)


def test_lapor_screen_submission(install: Install, strangers: Strangers) -> None:
    install("cermat", HEAD + "def lapor_screen_submission(submission, now): yield Advice(text=str(now.year))")
    submission = example_submission()
    ((key, advice),) = strangers().screen(submission, submission.received_at)
    assert (key, advice.text) == ("cermat", "2026")


def test_lapor_choose_notifier(install: Install, strangers: Strangers) -> None:
    install("apa_saja", HEAD + "def lapor_choose_notifier(): return None")
    install("cermat", HEAD + "def lapor_choose_notifier(choice): return choice.notifiers[-1]")
    host = strangers()
    assert host.choose(Choice(medium="sms", template="answered", attempt=1, notifiers=("one", "two"))) == "two"
    assert PluginHost([]).choose(Choice(medium="sms", template="answered", attempt=1, notifiers=("one",))) is None


def test_lapor_observe_event(install: Install, strangers: Strangers) -> None:
    body = "def lapor_observe_event(**told): seen.append((told['event'].type, told['complaint'].code))"
    install("pengamat", "seen = []\n" + HEAD + body)
    life = Life()
    strangers().observe(life.events[0], life.complaint)
    import lapor_pengamat

    assert lapor_pengamat.seen == [("received", life.complaint.code)]


def test_what_is_asked_is_told_by_its_kind(install: Install, strangers: Strangers) -> None:
    install("cermat", HEAD + "def lapor_screen_submission(): return []\n@hookimpl\ndef lapor_observe_event(): pass")
    status = next(each for each in strangers().report() if each.key == "cermat")
    assert (status.kind, status.enabled) == ("screener, observer", True)


def test_a_hook_that_is_to_go_is_announced_to_its_authors(
    strangers: Strangers, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = {"warn_on_impl": DeprecationWarning("use another hook")}
    monkeypatch.setattr(HOOKS["lapor_register_channels"], "lapor_spec", spec)
    with pytest.warns(DeprecationWarning, match=r"'bystander' \(lapor-bystander 0.2\): use another hook"):
        assert [channel.key for channel in strangers().channels()] == ["bystander"]
