"""Plug-ins in an office's house: what each hook brings is used, and one that hangs or meddles costs only itself."""

from __future__ import annotations

import importlib.metadata
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import attrs
import pytest

from lapor_core import Act, Action, Actor, Agency, Facts, Proof, Reporter, Role, Submission
from lapor_core.errors import PluginError
from lapor_core.events import Advised
from lapor_core.plugins import Choice, PluginHost
from lapor_core.testing import FrozenClock, example_submission
from lapor_desk import house as houses
from lapor_desk.channel_work import ChannelWork
from lapor_desk.checkup import examine
from lapor_desk.config import Config
from lapor_desk.house import House, open_house
from lapor_desk.plugging import TimeLimit, plugin_settings

HEAD = "from lapor_core.plugins import *\n"
SHORT = TimeLimit(loading=timedelta(seconds=0.5), asking=timedelta(seconds=0.2))

HANGING = {
    "an endless import": (
        "import threading; threading.Event().wait(5)",
        "importing lapor_endless did not come to an end within ",
    ),
    "an endless hook": (
        HEAD + "@hookimpl\ndef lapor_register_channels(): import threading; threading.Event().wait(5); return []",
        "lapor_register_channels() did not come to an end within ",
    ),
    "an endless generator that waits": (
        HEAD + "@hookimpl\ndef lapor_register_notifiers():\n    import threading\n    yield threading.Event().wait(5)",
        "lapor_register_notifiers() did not come to an end within ",
    ),
    "settings that are never taken": (
        HEAD
        + "import attrs\n@attrs.frozen\nclass Settings: pass\nclass Pager:\n    key, media = 'pager', frozenset()\n"
        + "    settings = Settings\n    def send(self, message, now): ...\n"
        + "    def configure(self, settings): import threading; threading.Event().wait(5)\n"
        + "@hookimpl\ndef lapor_register_notifiers(): return [Pager()]",
        "configure() did not come to an end within ",
    ),
    "an attribute that never comes": (
        HEAD
        + "class Kiosk:\n    proofs = frozenset()\n    @property\n    def key(self): import threading; threading.Event().wait(5)\n"
        + "@hookimpl\ndef lapor_register_channels(): return [Kiosk()]",
        "lapor_register_channels() did not come to an end within ",
    ),
    "an import that ends the program": ("import sys; sys.exit('bye')", "importing lapor_bad raised SystemExit"),
    "an import that breaks off": ("raise KeyboardInterrupt", "importing lapor_bad raised KeyboardInterrupt"),
    "a hook that breaks off": (
        HEAD + "@hookimpl\ndef lapor_register_channels(): raise KeyboardInterrupt",
        "lapor_register_channels() raised KeyboardInterrupt",
    ),
    "a key that ends the program when it is asked again": (
        HEAD
        + "class Kiosk:\n    proofs, asked = frozenset(), 0\n    @property\n    def key(self):\n"
        + "        self.asked += 1\n        if self.asked > 1: raise SystemExit\n        return 'bad'\n"
        + "@hookimpl\ndef lapor_register_channels(): return [Kiosk()]",
        "lapor_register_channels() raised SystemExit",
    ),
    "settings that break off": (
        HEAD
        + "import attrs\n@attrs.frozen\nclass Settings: pass\nclass Pager:\n    key, media = 'pager', frozenset()\n"
        + "    settings = Settings\n    def send(self, message, now): ...\n    def configure(self, settings): raise KeyboardInterrupt\n"
        + "@hookimpl\ndef lapor_register_notifiers(): return [Pager()]",
        "configure() raised KeyboardInterrupt",
    ),
    "an import that changes the environment": (
        "import os; os.environ['LAPOR_CONTOH'] = 'x'",
        "importing lapor_bad changed the environment (LAPOR_CONTOH); it was put back",
    ),
    "a hook that changes the environment": (
        HEAD + "@hookimpl\ndef lapor_register_channels(): import os; os.environ.pop('PATH'); return []",
        "lapor_register_channels() changed the environment (PATH); it was put back",
    ),
}
"""What only a desk can see, for it has threads and a clock: source and message."""

SLOW = {
    "a screener that hangs": ("lapor_screen_submission", "lapor_screen_submission() did not come to an end within "),
    "a chooser that hangs": ("lapor_choose_notifier", "lapor_choose_notifier() did not come to an end within "),
    "an observer that hangs": ("lapor_observe_event", "lapor_observe_event() did not come to an end within "),
}
"""Likewise, of hooks that are asked: the hook, and the message."""

Install = Callable[[str, str], EntryPoint]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    monkeypatch.syspath_prepend(tmp_path)

    def install(key: str, source: str) -> EntryPoint:
        (tmp_path / f"lapor_{key}.py").write_text(source, encoding="utf-8")
        return EntryPoint(key, f"lapor_{key}", "lapor")

    yield install
    for name in [name for name, module in sys.modules.items() if str(tmp_path) in str(getattr(module, "__file__", ""))]:
        del sys.modules[name]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., House]]:
    """Opens a house that has the given plug-ins, beside those we ship."""
    houses_opened: list[House] = []
    faults: list[PluginError] = []

    def host_of(*points: EntryPoint) -> Callable[..., PluginHost]:
        shipped = importlib.metadata.entry_points(group="lapor")

        def plugin_host(config: Config) -> PluginHost:
            settings = plugin_settings(config)
            return PluginHost([*shipped, *points], settings=settings, guard=SHORT, on_fault=faults.append)

        return plugin_host

    def opened(*points: EntryPoint, **config: Any) -> House:
        monkeypatch.setattr(houses, "plugin_host", host_of(*points))
        agencies = (Agency(key="dinas-contoh", name="Dinas Contoh"),)
        config = {"database": f"sqlite:///{tmp_path}/lapor.db", "agencies": agencies} | config
        clock = FrozenClock(datetime.fromisoformat("2026-03-13T10:00+08:00"))
        houses_opened.append(open_house(Config(**config), clock=clock))
        return houses_opened[-1]

    yield opened
    for house in houses_opened:
        house.close()


@pytest.mark.parametrize(("source", "message"), HANGING.values(), ids=HANGING)
def test_a_plugin_that_hangs_or_meddles_is_left_out_and_told(install: Install, source: str, message: str) -> None:
    sound = install("sound", HEAD + "@hookimpl\ndef lapor_screen_submission(): return []")
    before = dict(os.environ)
    key = "endless" if "lapor_endless" in message else "bad"  # whoever imports it again, waits for the first import
    bad, good = PluginHost([install(key, source), sound], guard=SHORT).report()
    assert (bad.enabled, good.enabled) == (False, True)
    assert message in bad.reason
    assert bad.remedy.endswith(f'until then, block "{key}"')
    assert dict(os.environ) == before


@pytest.mark.parametrize(("hook", "message"), SLOW.values(), ids=SLOW)
def test_a_plugin_that_hangs_when_asked_is_off_until_the_next_start(install: Install, hook: str, message: str) -> None:
    slow = (
        HEAD
        + f"calls = []\n@hookimpl\ndef {hook}():\n    calls.append(1)\n    import threading\n    threading.Event().wait(3)"
    )
    faults: list[PluginError] = []
    host = PluginHost([install("bad", slow)], guard=SHORT, on_fault=faults.append)
    submission = example_submission()
    choice = Choice(medium="sms", template="answered", attempt=1, notifiers=("one", "two"))
    began = time.monotonic()
    for _ in range(3):
        host.screen(submission, submission.received_at)
        host.choose(choice)
        host.observe(None, None)  # type: ignore[arg-type]  # it is not looked at here
    assert time.monotonic() - began < 2
    assert [fault.code for fault in faults] == ["hung"]
    (status,) = host.report()
    assert (status.enabled, status.hooks) == (False, (hook,))
    assert message in status.reason
    assert status.remedy.startswith("it is off until the next start; ")
    import lapor_bad

    assert lapor_bad.calls == [1]


def test_a_guard_hands_back_what_the_work_returns_or_raises() -> None:
    assert SHORT(lambda: 7) == 7
    with pytest.raises(KeyError):
        SHORT(lambda: {}["x"])


def sms(**changes: Any) -> Submission:
    return example_submission(**changes)


def id_of(house: House, code: str) -> str:
    with house.store.reading() as tx:
        found = tx.find(code)
    assert found is not None
    return found


def test_advice_stands_in_the_record_and_citizens_do_not_see_it(install: Install, opened: Callable[..., House]) -> None:
    screener = (
        HEAD
        + "@hookimpl\ndef lapor_screen_submission(submission): return [Advice(text='Mirip: ' + submission.narrative)]"
    )
    house = opened(install("cermat", screener))
    receipt = house.desk.submit(sms())
    (advised,) = (event for event in house.desk.events(id_of(house, receipt.code)) if isinstance(event.fact, Advised))
    assert advised.fact == Advised(by="cermat", text=f"Mirip: {sms().narrative}")
    assert not any("Mirip" in entry.text or "cermat" in entry.text for entry in house.desk.track(receipt.code).entries)
    assert house.desk.submit(sms()).repeated
    assert len(house.desk.events(id_of(house, receipt.code))) == advised.sequence
    with house.store.reading() as tx:
        assert tx.verify_chain(id_of(house, receipt.code)).holds


@pytest.mark.parametrize(
    "body", ["raise ValueError(submission.narrative)", "import threading; threading.Event().wait(2)"]
)
def test_advice_that_fails_costs_the_citizen_nothing(
    install: Install, opened: Callable[..., House], caplog: pytest.LogCaptureFixture, body: str
) -> None:
    house = opened(install("bad", HEAD + f"@hookimpl\ndef lapor_screen_submission(submission): {body}"))
    with caplog.at_level(logging.DEBUG):
        receipt = house.desk.submit(sms())
    assert house.desk.track(receipt.code).state == "submitted"
    assert sms().narrative not in caplog.text


def test_what_happens_is_told_after_it_was_stored(install: Install, opened: Callable[..., House]) -> None:
    source = (
        HEAD
        + "seen = []\n@hookimpl\ndef lapor_observe_event(event, complaint): seen.append((event.type, complaint.state))"
    )
    house = opened(install("pengamat", source))
    code = house.desk.submit(sms()).code
    house.desk.withdraw(code)
    import lapor_pengamat

    types = [event.type for event in house.desk.events(id_of(house, code))]
    assert [kind for kind, _ in lapor_pengamat.seen] == types
    assert lapor_pengamat.seen[-1][1] == "withdrawn"


def test_steps_of_the_ladder_are_told_too(install: Install, opened: Callable[..., House]) -> None:
    house = opened(
        install("pengamat", HEAD + "seen = []\n@hookimpl\ndef lapor_observe_event(event): seen.append(event.type)")
    )
    code = house.desk.submit(sms()).code
    known = Facts(supervisory=False, abuse_of_authority=False)
    dispose = Act(action=Action.DISPOSE, actor=Actor(role=Role.CENTRAL_ADMIN), agencies=("dinas-contoh",), facts=known)
    house.desk.act(id_of(house, code), dispose)
    house.clock.advance(timedelta(days=60))  # type: ignore[attr-defined]  # a clock of ours
    assert house.desk.sweep(house.clock()) == 1
    import lapor_pengamat

    assert "step_taken" in lapor_pengamat.seen


PAGERS = (
    HEAD + "class Pager:\n    media = frozenset({'sms'})\n    def __init__(self, key): self.key, self.sent = key, []\n"
    "    def send(self, message, now):\n        self.sent.append(message)\n        return TryLater(why='busy')\n"
    "pagers = [Pager('satu'), Pager('dua')]\n@hookimpl\ndef lapor_register_notifiers(): return pagers\n"
)


def test_a_plugin_chooses_who_sends(install: Install, opened: Callable[..., House]) -> None:
    chooser = HEAD + "@hookimpl\ndef lapor_choose_notifier(choice): return choice.notifiers[(choice.attempt - 1) % 2]"
    house = opened(install("pagers", PAGERS), install("cermat", chooser))
    house.desk.submit(sms())
    for _ in range(3):
        house.engine.run_once(house.clock())
        house.clock.advance(timedelta(hours=1))  # type: ignore[attr-defined]  # a clock of ours
    import lapor_pagers

    assert [len(pager.sent) for pager in lapor_pagers.pagers] == [2, 1]


WORDS = "{% block subject %}{% endblock %}{% block text %}{% endblock %}{% block short %}WORDS{% endblock %}"


@pytest.mark.parametrize(
    ("words", "sent"),
    [("Kabar {{ code }}", "Kabar {code}"), ("{{ 1 / 0 }}", "Laporan diterima")],
    ids=["own words", "words that fail"],
)
def test_an_offices_own_words_go_out(install: Install, opened: Callable[..., House], words: str, sent: str) -> None:
    text = WORDS.replace("WORDS", words)
    source = HEAD + f"@hookimpl\ndef lapor_register_templates(): yield Template(name='received', text={text!r})"
    house = opened(install("pagers", PAGERS), install("kata", source))
    code = house.desk.submit(sms()).code
    house.engine.run_once(house.clock())
    import lapor_pagers

    assert lapor_pagers.pagers[0].sent[0].text.startswith(sent.format(code=code))


def test_an_office_takes_a_standard_and_decrees_of_plugins_into_use(
    install: Install, opened: Callable[..., House]
) -> None:
    policy = (
        HEAD + "@hookimpl\ndef lapor_register_policies():\n    import attrs\n"
        "    from lapor_core.policy.loading import shipped_policy\n"
        "    for version in ('1', '2'):\n"
        "        yield attrs.evolve(shipped_policy('banjarbaru'), id='kota_contoh', version=version)\n"
    )
    decrees = """
[[decrees]]
number = "Keputusan Contoh 1"
issued = 2026-01-05
[[decrees.days]]
date = 2026-03-16
effect = "off"
kind = "collective_leave"
name = { id = "Hari Contoh", en = "Example Day" }
"""
    calendar = (
        HEAD + "@hookimpl\ndef lapor_register_calendars():\n    from lapor_core.calendar import read_ledger\n"
        f"    yield read_ledger([('contoh.toml', {decrees!r})])"
    )
    house = opened(
        install("kota", policy), install("kalender", calendar), policy="kota_contoh", former_policies=("kota_contoh@1",)
    )
    assert house.standard.policy.reference == "kota_contoh@2"
    assert [former.policy.reference for former in house.desk.standards] == ["kota_contoh@1", "kota_contoh@2"]
    assert list(house.standard.agencies) == ["dinas-contoh"]
    assert not house.standard.office.is_working_day(datetime(2026, 3, 16).date())  # noqa: DTZ001  # a date


def test_a_channel_without_requirements_shuts_nobodys_desk_and_the_doctor_names_it(
    install: Install, opened: Callable[..., House]
) -> None:
    source = (
        HEAD
        + "class Door: key, proofs = 'merpati', frozenset()\n@hookimpl\ndef lapor_register_channels(): return [Door()]"
    )
    house = opened(install("merpati", source))
    assert house.desk.submit(sms()).code
    assert "merpati" not in [channel.key for channel in house.channels]
    (found,) = [each for each in dict(examine(house, house.clock()))["plug-ins"] if "merpati" in each.problem]
    assert (
        "merpati is closed: plug-in 'merpati': its channel \"merpati\" stays closed: policy banjarbaru@1 has no"
        in found.problem
    )
    assert "[channels.merpati]" in found.remedy
    assert not found.serious  # nobody has said that it is wanted


@attrs.define
class Fetching:
    key: str = "surel"
    proofs: frozenset[Proof] = frozenset()
    calls: int = 0
    fails: int = 0
    began: threading.Event = attrs.field(factory=threading.Event)

    def work(self, desk: Any, stop: threading.Event) -> None:
        self.calls += 1
        if self.calls <= self.fails:
            raise OSError("no network")
        self.began.set()
        stop.wait()


def test_a_channel_works_again_after_it_failed_and_stops_with_the_desk(caplog: pytest.LogCaptureFixture) -> None:
    channel = Fetching(fails=2)
    work = ChannelWork([(channel, None)], first=timedelta(milliseconds=1))  # type: ignore[list-item]  # no desk is asked
    with caplog.at_level(logging.ERROR):
        work.start()
        assert channel.began.wait(5)
    work.stop(timedelta(seconds=5))
    assert channel.calls == 3
    assert [record.getMessage() for record in caplog.records] == ["channel surel: its work raised OSError"] * 2


def test_a_channel_that_calls_exit_works_again(caplog: pytest.LogCaptureFixture) -> None:
    @attrs.define
    class Leaving(Fetching):
        def work(self, desk: Any, stop: threading.Event) -> None:
            if not self.calls:
                self.calls += 1
                sys.exit("bye")
            self.began.set()
            stop.wait()

    channel = Leaving()
    work = ChannelWork([(channel, None)], first=timedelta(milliseconds=1))  # type: ignore[list-item]  # no desk is asked
    work.start()
    assert channel.began.wait(20)
    work.stop(timedelta(seconds=20))
    assert [record.getMessage() for record in caplog.records] == ["channel surel: its work raised SystemExit"]


def test_a_channel_that_does_not_stop_is_left_behind(caplog: pytest.LogCaptureFixture) -> None:
    @attrs.define
    class Stubborn(Fetching):
        def work(self, desk: Any, stop: threading.Event) -> None:
            self.began.wait(3)

    channel = Stubborn()
    work = ChannelWork([(channel, None)])  # type: ignore[list-item]  # no desk is asked
    work.start()
    work.stop(timedelta(milliseconds=50))
    channel.began.set()
    assert "lapor-surel-work did not stop in time" in caplog.text


def test_a_reporter_is_reached_by_a_medium_of_a_plugin(install: Install, opened: Callable[..., House]) -> None:
    source = PAGERS.replace("'sms'", "'merpati'").replace("TryLater(why='busy')", "Delivered()")
    house = opened(install("pagers", source))
    reporter = Reporter(addresses={"merpati": "sarang-contoh"})
    house.desk.submit(sms(reporter=reporter))
    house.engine.run_once(house.clock())
    import lapor_pagers

    (message,) = lapor_pagers.pagers[0].sent
    assert (message.medium, message.address) == ("merpati", "sarang-contoh")
    assert "\n" in message.text
