"""A gallery of broken plug-ins: each is told apart by its message, and leaves the sound plug-in beside it working."""

import gc
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from lapor_core.errors import PluginError
from lapor_core.plugins import Choice, PluginHost, PluginStatus
from lapor_core.testing import Life, example_submission

CHANNELS = "from lapor_core.plugins import hookimpl\n@hookimpl\ndef lapor_register_channels():\n    "
NOTIFIERS = "from lapor_core.plugins import hookimpl\n@hookimpl\ndef lapor_register_notifiers():\n    "
HARMLESS = NOTIFIERS + "return []"
BAD = "plug-in 'bad' (lapor-bad 0.2): "


def hook(nouns: str, body: str) -> str:
    """Return a plug-in with one registering hook."""
    return f"from lapor_core.plugins import hookimpl\n@hookimpl\ndef lapor_register_{nouns}():\n    {body}"


def template(name: str, text: str, language: str = "id") -> str:
    """Return a plug-in that brings one template."""
    made = f"Template(name={name!r}, text={text!r}, language={language!r})"
    return "from lapor_core.plugins import Template\n" + hook("templates", f"return [{made}]")


GALLERY = {
    "import error": (
        "from json import no_such_name",
        "importing lapor_bad raised ImportError: cannot import name 'no_such_name' from 'json'",
    ),
    "missing module": (
        "import no_such_module_of_anybody",
        "importing lapor_bad raised ModuleNotFoundError: No module named 'no_such_module_of_anybody'",
    ),
    "syntax error": ("def lapor_register_channels(:", "importing lapor_bad raised SyntaxError: "),
    "exit at import": ("import sys; sys.exit('bye')", "importing lapor_bad raised SystemExit: bye"),
    "endless recursion at import": ("def f(): f()\nf()", "importing lapor_bad raised RecursionError: "),
    "error without words": (
        "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
        "importing lapor_bad raised E: (an error that cannot say what it is)",
    ),
    "wrong signature": (
        "from lapor_core.plugins import hookimpl\n@hookimpl\ndef lapor_register_channels(config):\n    return []",
        (
            "its lapor_register_channels does not fit the hook (missing a required argument: 'config'); "
            "the hook is lapor_register_channels() -> Iterable[Channel]"
        ),
    ),
    "keyword-only argument": (
        "from lapor_core.plugins import hookimpl\n@hookimpl\ndef lapor_register_channels(*, config):\n    return []",
        "its lapor_register_channels does not fit the hook (missing a required",
    ),
    "misspelled hook": (
        "from lapor_core.plugins import hookimpl\n@hookimpl\ndef lapor_register_chanels():\n    return []",
        (
            '"lapor_register_chanels": not a hook; did you mean "lapor_register_channels"? '
            "(lapor_register_channels, lapor_register_notifiers, lapor_register_calendars, "
            "lapor_register_policies, lapor_register_templates, lapor_screen_submission, lapor_choose_notifier, "
            "lapor_observe_event)"
        ),
    ),
    "no hook": (
        "",
        (
            "implements no hook; write at least one of lapor_register_channels, lapor_register_notifiers, "
            "lapor_register_calendars, lapor_register_policies, lapor_register_templates, lapor_screen_submission, "
            "lapor_choose_notifier, lapor_observe_event and mark it with @hookimpl"
        ),
    ),
    "misspelled and unmarked": (
        "def lapor_register_chanels():\n    return []",
        'implements no hook; "lapor_register_chanels": not a hook; did you mean "lapor_register_channels"? ',
    ),
    "unmarked": (
        "def lapor_register_channels():\n    return []",
        "lapor_register_channels lacks its mark; write @hookimpl above it",
    ),
    "one hook twice": (
        CHANNELS + "return []\n@hookimpl(specname='lapor_register_channels')\ndef more():\n    return []",
        "lapor_register_channels is implemented twice",
    ),
    "raises in channels": (CHANNELS + "1 / 0", "lapor_register_channels() raised ZeroDivisionError: division by zero"),
    "raises in notifiers": (NOTIFIERS + "1 / 0", "lapor_register_notifiers() raised ZeroDivisionError: "),
    "raises in calendars": (hook("calendars", "1 / 0"), "lapor_register_calendars() raised ZeroDivisionError: "),
    "raises in policies": (hook("policies", "1 / 0"), "lapor_register_policies() raised ZeroDivisionError: "),
    "raises in templates": (hook("templates", "1 / 0"), "lapor_register_templates() raised ZeroDivisionError: "),
    "returns None for calendars": (
        hook("calendars", "pass"),
        "lapor_register_calendars() returned None; it must return calendars",
    ),
    "returns None for policies": (
        hook("policies", "pass"),
        "lapor_register_policies() returned None; it must return policies",
    ),
    "returns None for templates": (
        hook("templates", "pass"),
        "lapor_register_templates() returned None; it must return templates",
    ),
    "decrees as text": (
        hook("calendars", "return ['[[decrees]]']"),
        "lapor_register_calendars() returned no calendar: str is no Ledger; give read_ledger([(name, text)])",
    ),
    "no decrees": (
        hook("calendars", "from lapor_core.calendar import Ledger\n    return [Ledger()]"),
        "lapor_register_calendars() returned no calendar: the ledger holds no decree",
    ),
    "decrees that contradict the shipped ones": (
        hook("calendars", "from lapor_core.calendar import indonesia\n    return [indonesia()]"),
        "lapor_register_calendars() returned no calendar: it contradicts the shipped decrees: ",
    ),
    "a policy as text": (
        hook("policies", "return ['id = \"kota-contoh\"']"),
        "lapor_register_policies() returned no policy: str is no Policy; give load_policy(text, name)",
    ),
    "the id of a shipped policy": (
        hook(
            "policies",
            "from lapor_core.policy.loading import shipped_policy\n    return [shipped_policy('banjarbaru')]",
        ),
        'returned no policy: the id "banjarbaru" is that of a shipped policy; give it one of its own',
    ),
    "a policy that contradicts itself": (
        hook(
            "policies",
            "import attrs\n    from lapor_core.policy.loading import shipped_policy\n"
            "    return [attrs.evolve(shipped_policy('banjarbaru'), id='kota', tiers=())]",
        ),
        "lapor_register_policies() returned no policy: kota@1: ",
    ),
    "a policy whose id is no text": (
        hook(
            "policies",
            "import attrs\n    from lapor_core.policy.loading import shipped_policy\n"
            "    return [attrs.evolve(shipped_policy('banjarbaru'), id=7)]",
        ),
        "returned no policy: Policy.id and Policy.version must be texts; give load_policy(text, name)",
    ),
    "one version of a policy twice": (
        hook(
            "policies",
            "import attrs\n    from lapor_core.policy.loading import shipped_policy\n"
            "    return [attrs.evolve(shipped_policy('banjarbaru'), id='kota')] * 2",
        ),
        'the policy "kota@1" is claimed more than once',
    ),
    "a policy with faults": (
        hook("policies", "from lapor_core import load_policy\n    return [load_policy('id = 7', 'kota.toml')]"),
        "lapor_register_policies() raised DocumentFaults: kota.toml:1 id: must be text, not a whole number",
    ),
    "a template as text": (hook("templates", "return ['Halo']"), "returned no template: str is no Template"),
    "a template of no text": (
        "from lapor_core.plugins import Template\n" + hook("templates", "return [Template(name='answered', text=7)]"),
        "returned no template: Template.text must be text, not int",
    ),
    "a template of no notice": (
        template("answerd", "Halo"),
        'returned no template: "answerd": not a template; did you mean "answered"?',
    ),
    "a template in no language of ours": (
        template("answered", "Halo", language="jv"),
        'returned no template: "jv": not a language; allowed: (id, en)',
    ),
    "a template that is none": (
        template("answered", "{% block subject %}Halo"),
        "returned no template: template answered, line 1: Unexpected end of template.",
    ),
    "a template without a part": (
        template("answered", "{% block subject %}Halo{% endblock %}"),
        "returned no template: template answered lacks the block text; it has subject, text, short",
    ),
    "a template that counts": (
        template(
            "answered",
            "{% block subject %}{% endblock %}{% block text %}{% for n in range(10 ** 9) %}{% endfor %}{% endblock %}"
            "{% block short %}{% endblock %}",
        ),
        'returned no template: template answered uses "range"; allowed: (agencies, agency, ',
    ),
    "a template with an unknown name": (
        template(
            "answered",
            "{% block subject %}{% endblock %}{% block text %}{{ cod }}{% endblock %}{% block short %}{% endblock %}",
        ),
        'returned no template: template answered uses "cod"; did you mean "code"?',
    ),
    "returns None": (CHANNELS + "pass", "lapor_register_channels() returned None; it must return channels"),
    "returns None for notifiers": (
        NOTIFIERS + "pass",
        "lapor_register_notifiers() returned None; it must return notifiers",
    ),
    "returns a string": (
        CHANNELS + "return 'kiosk'",
        "lapor_register_channels() returned str; it must return channels",
    ),
    "returns a mapping": (CHANNELS + "return {'kiosk': 1}", "lapor_register_channels() returned dict; "),
    "returns a number": (CHANNELS + "return 7", "lapor_register_channels() returned int; "),
    "async hook": (
        "from lapor_core.plugins import hookimpl\n@hookimpl\nasync def lapor_register_channels():\n    return []",
        "its lapor_register_channels is async; a host calls it as a plain function",
    ),
    "an async screener": (
        "from lapor_core.plugins import hookimpl\n@hookimpl\nasync def lapor_screen_submission(): yield 1",
        "its lapor_screen_submission is async; a host calls it as a plain function",
    ),
    "an async observer": (
        "from lapor_core.plugins import hookimpl\n@hookimpl\nasync def lapor_observe_event(event): pass",
        "its lapor_observe_event is async; a host calls it as a plain function",
    ),
    "an observer with a yield": (
        "from lapor_core.plugins import hookimpl\n@hookimpl\ndef lapor_observe_event(event): yield event",
        "its lapor_observe_event has a yield, so that nothing of it would run; return instead",
    ),
    "a chooser with a yield": (
        "from lapor_core.plugins import hookimpl\n@hookimpl\ndef lapor_choose_notifier(choice): yield 'email'",
        "its lapor_choose_notifier has a yield, so that nothing of it would run; return instead",
    ),
    "the end of an iteration": (CHANNELS + "raise StopIteration", "lapor_register_channels() raised StopIteration: "),
    "an error that no terminal can show": (
        "raise ValueError('half a pair \\ud800, red \\x1b[31m')",
        "importing lapor_bad raised ValueError: half a pair \\ud800, red \\x1b[31m",
    ),
    "fails half-way": (
        CHANNELS + "from lapor_bystander import Kiosk\n    yield Kiosk(key='half')\n    raise OSError('no printer')",
        "lapor_register_channels() raised OSError: no printer",
    ),
    "never ends": (
        CHANNELS + "from lapor_bystander import Kiosk\n    while True: yield Kiosk(key='again')",
        "lapor_register_channels() returned more than 100 channels",
    ),
    "a million items": (
        CHANNELS + "from lapor_bystander import Kiosk\n    return [Kiosk(key='again')] * 1_000_000",
        "lapor_register_channels() returned more than 100 channels",
    ),
    "work that cannot be stopped": (
        "from lapor_bystander import Kiosk as Base\nclass Kiosk(Base):\n    def work(self, desk): ...\n"
        + CHANNELS
        + "return [Kiosk(key='bad')]",
        "returned no channel: Kiosk.work must take (desk, stop): too many positional arguments",
    ),
    "gives strings": (CHANNELS + "return ['kiosk']", "lapor_register_channels() returned no channel: str has no key"),
    "gives a class": (
        CHANNELS + "from lapor_bystander import Kiosk\n    return [Kiosk]",
        "lapor_register_channels() returned no channel: Kiosk is a class; give an instance, Kiosk()",
    ),
    "a key in capitals": (
        CHANNELS + "from lapor_bystander import Kiosk\n    return [Kiosk(key='Kiosk-1')]",
        'returned no channel: Kiosk.key "Kiosk-1" must be at most 64 lower-case letters, digits and _, beginning with a letter',
    ),
    "a key without end": (
        CHANNELS + "from lapor_bystander import Kiosk\n    return [Kiosk(key='a' * 65)]",
        '" must be at most 64 lower-case letters, digits and _, beginning with a letter',
    ),
    "a key of its own ways": (
        "class Key(str):\n    __hash__ = None\n    def __eq__(self, other): return True\n"
        + CHANNELS
        + "from lapor_bystander import Kiosk\n    return [Kiosk(key=Key('bad'))]",
        "returned no channel: Kiosk.key must compare as text does; Key has a way of its own",
    ),
    "a key that is no text": (
        CHANNELS + "from lapor_bystander import Kiosk\n    return [Kiosk(key=7)]",
        "returned no channel: Kiosk.key must be text, not int",
    ),
    "proofs in a list": (
        CHANNELS + "from lapor_bystander import Kiosk\n    return [Kiosk(proofs=[])]",
        "returned no channel: Kiosk.proofs must be a frozenset of Proof, not list",
    ),
    "proofs as texts": (
        CHANNELS + "from lapor_bystander import Kiosk\n    return [Kiosk(proofs=frozenset({'identity_copy'}))]",
        "returned no channel: Kiosk.proofs must be a frozenset of Proof; it contains str",
    ),
    "read without now": (
        "from lapor_bystander import Kiosk as Base\nclass Kiosk(Base):\n    def read(self, message): ...\n"
        + CHANNELS
        + "return [Kiosk(key='bad')]",
        "returned no channel: Kiosk.read must take (message, now): too many positional arguments",
    ),
    "work with a yield": (
        "from lapor_bystander import Kiosk as Base\nclass Kiosk(Base):\n    def work(self, desk, stop): yield\n"
        + CHANNELS
        + "return [Kiosk(key='bad')]",
        "returned no channel: Kiosk.work must be a plain function; it has a yield, so that nothing of it would run",
    ),
    "app without path": (
        "from lapor_bystander import Kiosk as Base\nclass Kiosk(Base):\n    def app(self, desk): ...\n"
        + CHANNELS
        + "return [Kiosk(key='bad')]",
        "returned no channel: Kiosk has app() and no path on which to mount it",
    ),
    "a path that is none": (
        "from lapor_bystander import Kiosk as Base\nclass Kiosk(Base):\n    path = 'kiosk/'\n    def app(self, desk): ...\n"
        + CHANNELS
        + "return [Kiosk(key='bad')]",
        'returned no channel: Kiosk.path must begin with "/" and not end with it',
    ),
    "a page that stands elsewhere": (
        "from lapor_bystander import Kiosk as Base\nclass Kiosk(Base):\n    path = '/kiosk'\n"
        "    track_page = '//example.org'\n    def app(self, desk): ...\n" + CHANNELS + "return [Kiosk(key='bad')]",
        'returned no channel: Kiosk.track_page must be a path below Kiosk.path, such as "track"',
    ),
    "a path without app": (
        "from lapor_bystander import Kiosk as Base\nclass Kiosk(Base):\n    path = '/kiosk'\n"
        + CHANNELS
        + "return [Kiosk(key='bad')]",
        "returned no channel: Kiosk.app(desk) is missing",
    ),
    "an attribute that raises": (
        "class Kiosk:\n    @property\n    def key(self): raise KeyError('x')\n" + CHANNELS + "return [Kiosk()]",
        "lapor_register_channels() raised KeyError: 'x'",
    ),
    "a notifier that cannot send": (
        "class Pager:\n    key = 'pager'\n    media = frozenset({'sms'})\n" + NOTIFIERS + "return [Pager()]",
        "lapor_register_notifiers() returned no notifier: Pager.send(message, now) is missing",
    ),
    "a notifier that sends async": (
        "class Pager:\n    key = 'pager'\n    media = frozenset({'sms'})\n    async def send(self, message, now): ...\n"
        + NOTIFIERS
        + "return [Pager()]",
        "Pager.send must be a plain function, not async: a host calls it in a thread",
    ),
    "media in a set": (
        "class Pager:\n    key = 'pager'\n    media = {'sms'}\n    def send(self, message, now): ...\n"
        + NOTIFIERS
        + "return [Pager()]",
        "Pager.media must be a frozenset of str, not set",
    ),
    "a medium without end": (
        "class Pager:\n    key = 'pager'\n    media = frozenset({'m' * 33})\n    def send(self, message, now): ...\n"
        + NOTIFIERS
        + "return [Pager()]",
        "Pager.media must have names of 1 to 32 characters",
    ),
    "settings of no class": (
        (
            "from lapor_bystander import Kiosk as Base\nclass Kiosk(Base):\n    settings = dict\n"
            "    def configure(self, settings): ...\n" + CHANNELS + "return [Kiosk(key='bad')]"
        ),
        "Kiosk.settings must be an attrs class, for configure() is given one",
    ),
}


@pytest.mark.parametrize(("source", "message"), GALLERY.values(), ids=GALLERY)
def test_a_broken_plugin_is_named_and_costs_only_itself(
    install: Callable[..., None], status: Callable[..., PluginStatus], source: str, message: str
):
    install("bad", source)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a coroutine that nobody awaits would warn
        bad = status("bad")
        gc.collect()
    assert not bad.enabled
    assert bad.reason.startswith(BAD)
    assert message in bad.reason
    assert "\n" not in bad.reason
    assert bad.remedy == 'tell the authors of lapor-bad; until then, block "bad"'


def test_nothing_of_a_generator_that_fails_half_way_is_used(
    install: Callable[..., None], strangers: Callable[..., PluginHost]
):
    install("bad", GALLERY["fails half-way"][0])
    assert [channel.key for channel in strangers().channels()] == ["bystander"]


def test_what_never_ends_is_closed(install: Callable[..., None], strangers: Callable[..., PluginHost]):
    source = "closed = []\n" + CHANNELS + "from lapor_bystander import Kiosk\n"
    source += "    try:\n        while True: yield Kiosk(key='again')\n    finally: closed.append(True)"
    install("bad", source)
    strangers().report()
    import lapor_bad

    assert lapor_bad.closed == [True]


@pytest.mark.parametrize("value", ["", "lapor_bad [printer", ":plugin", "not a module!"])
def test_an_entry_point_that_names_no_module_is_told(
    install: Callable[..., None], status: Callable[..., PluginStatus], tmp_path: Path, value: str
):
    install("bad", "")
    (tmp_path / "lapor_bad-0.2.dist-info" / "entry_points.txt").write_text(f"[lapor]\nbad = {value}\n")
    assert status("bad").reason == f'{BAD}its entry point "{value}" names no module; write bad = "lapor_bad"'


@pytest.mark.parametrize(
    ("name", "text", "key", "provider"),
    [
        ("entry_points.txt", b"[lapor]\nnothing\n", "lapor-bad", "lapor-bad"),
        ("entry_points.txt", b"[console_scripts]\nnothing\n[lapor]\nbad = lapor_bad\n", "lapor-bad", "lapor-bad"),
        ("entry_points.txt", b"[lapor]\nb\xe9d = lapor_bad\n", "lapor-bad", "lapor-bad"),
        ("METADATA", b"Name: lapor-b\xe9d\n", "bad", ""),
    ],
)
def test_a_distribution_with_a_spoiled_file_hides_nobody_elses_plugins(
    install: Callable[..., None], tmp_path: Path, *, name: str, text: bytes, key: str, provider: str
):
    install("bad", HARMLESS)
    (tmp_path / "lapor_bad-0.2.dist-info" / name).write_bytes(text)
    host = PluginHost(block=["app", "email", "outbox", "sms", "walk_in", "web"])
    assert [channel.key for channel in host.channels()] == ["bystander"]
    (bad,) = [each for each in host.report() if each.key == key]
    assert bad.distribution == provider
    assert bad.enabled is (not provider)  # nothing is amiss with one that only cannot say whose it is
    if provider:
        assert bad.reason.startswith("plug-in 'lapor-bad' (lapor-bad 0.2): its entry_points.txt cannot be read (")


def test_what_another_distribution_has_spoiled_is_nothing_to_report(install: Callable[..., None], tmp_path: Path):
    install("bad", "", distribution="other", module="other")
    (tmp_path / "other-0.2.dist-info" / "entry_points.txt").write_text("[console_scripts]\nnothing\n")
    host = PluginHost(block=["app", "email", "outbox", "sms", "walk_in", "web"])
    assert [each.key for each in host.report() if each.enabled] == ["bystander"]
    assert not any(each.distribution == "other" for each in host.report())


def test_a_key_that_is_none_is_named(install: Callable[..., None], status: Callable[..., PluginStatus], tmp_path: Path):
    install("Bad-One", "", module="bad_one")
    assert status("Bad-One").reason == (
        "plug-in 'Bad-One' (lapor-Bad-One 0.2): its key must be at most 64 lower-case letters, digits and _, "
        "beginning with a letter"
    )


ASKED = {
    "a screener that raises": ("submission): raise ValueError(submission.narrative)", "raised ValueError"),
    "a screener that returns nothing": ("submission): pass", "returned None; it must return advice"),
    "a screener that returns a string": ("submission): return 'spam'", "returned str; it must return advice"),
    "a screener that gives strings": ("submission): return ['spam']", "returned no advice: str is no Advice"),
    "a screener without words": (
        "submission): return [Advice(text=' ')]",
        "returned no advice: Advice.text must be a text of 1 to 1000 characters",
    ),
    "a screener that never ends": (
        "submission):\n    while True: yield Advice(text='x')",
        "returned more than 100 advice",
    ),
    "a screener that fails half-way": (
        "submission):\n    yield Advice(text='x')\n    raise OSError('down')",
        "raised OSError",
    ),
    "a screener that changes the submission": (
        "submission):\n    object.__setattr__(submission, 'narrative', 'x')\n    return []",
        "changed what it was given",
    ),
    "a screener of words that are none": (
        "submission):\n    class Text(str):\n        def strip(self): return 'x'\n    return [Advice(text=Text(' '))]",
        "returned no advice: Advice.text must be a text of 1 to 1000 characters",
    ),
    "a screener with half a letter": (
        "submission): return [Advice(text='\\ud800')]",
        "returned no advice: Advice.text has half a surrogate pair in it, which cannot be stored",
    ),
    "a screener that spoils what it was given": (
        (
            "submission):\n    class Bad:\n        def __eq__(self, other): 1 / 0\n"
            "    object.__setattr__(submission, 'narrative', Bad())\n    return []"
        ),
        "raised ZeroDivisionError",
    ),
    "a chooser that widens its choice": (
        "choice):\n    object.__setattr__(choice, 'notifiers', ('merpati',))\n    return 'merpati'",
        "changed what it was given",
    ),
    "a chooser of a key that is any": (
        "choice):\n    class Any(str):\n        __hash__ = None\n        def __eq__(self, other): return True\n    return Any('x')",
        "returned a key that is none of the notifiers (one, two)",
    ),
    "a chooser that raises": ("choice): 1 / 0", "raised ZeroDivisionError"),
    "a chooser that invents": (
        "choice): return 'merpati'",
        "returned a key that is none of the notifiers (one, two)",
    ),
    "a chooser that returns a number": (
        "choice): return 7",
        "returned int that is none of the notifiers (one, two)",
    ),
    "an observer that raises": ("event): raise ValueError(event.fact.narrative)", "raised ValueError"),
    "an observer that changes the complaint": (
        "complaint): complaint.milestones.clear()",
        "changed what it was given",
    ),
}
"""What goes wrong when a plug-in is asked while the desk works: the end of its function, and the message."""

HOOK_OF = {"screener": "lapor_screen_submission", "chooser": "lapor_choose_notifier", "observer": "lapor_observe_event"}
ASKING = "from lapor_core.plugins import Advice, hookimpl\n@hookimpl\ndef {hook}({rest}\n"
SOUND = """
from lapor_core.plugins import Advice, hookimpl
seen = []
@hookimpl
def lapor_screen_submission(): return [Advice(text="sound")]
@hookimpl
def lapor_choose_notifier(): return "two"
@hookimpl
def lapor_observe_event(event): seen.append(event.type)
"""


def hook_of(name: str) -> str:
    return HOOK_OF[name.split()[1]]


def ask_all(host: PluginHost) -> tuple[list[tuple[str, str]], str | None]:
    """Ask every plug-in everything, and return the advice and the choice."""
    life = Life()
    advice = [(key, each.text) for key, each in host.screen(example_submission(), life.now)]
    chosen = host.choose(Choice(medium="sms", template="answered", attempt=1, notifiers=("one", "two")))
    host.observe(life.events[0], life.complaint)
    return advice, chosen


@pytest.mark.parametrize(("name", "rest", "message"), [(name, *case) for name, case in ASKED.items()], ids=ASKED)
def test_a_plugin_that_answers_nonsense_costs_only_its_answer(
    install: Callable[..., None], strangers: Callable[..., PluginHost], name: str, rest: str, message: str
):
    hook = hook_of(name)
    install("bad", ASKING.format(hook=hook, rest=rest))
    install("sound", SOUND)
    faults: list[PluginError] = []
    host = strangers(on_fault=faults.append)
    before = example_submission()
    assert ask_all(host) == ([("sound", "sound")], "two")
    assert str(faults[0]) == f"{BAD}{hook}() {message}"
    assert len(faults) == 1
    assert before == example_submission()
    import lapor_sound

    assert lapor_sound.seen == ["received"]
    assert next(each for each in host.report() if each.key == "bad").enabled  # the next answer may be better


def test_the_gallery_covers_each_hook():
    from lapor_core.plugins.checks import CONTRACTS
    from lapor_core.plugins.hooks import HOOKS

    for hook in CONTRACTS:
        assert any(f"{hook}() raised" in message for _, message in GALLERY.values())
        assert any(f"{hook}() returned None" in message for _, message in GALLERY.values())
    assert {*CONTRACTS, *HOOK_OF.values()} == set(HOOKS)
    for hook in HOOK_OF.values():
        assert any(message.startswith("raised") for name, (_, message) in ASKED.items() if hook_of(name) == hook)
