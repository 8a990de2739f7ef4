"""A gallery of broken plug-ins: each is told apart by its message, and leaves the sound plug-in beside it working."""

import gc
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from lapor_core.plugins import PluginHost, PluginStatus

CHANNELS = "from lapor_core.plugins import hookimpl\n@hookimpl\ndef lapor_register_channels():\n    "
NOTIFIERS = "from lapor_core.plugins import hookimpl\n@hookimpl\ndef lapor_register_notifiers():\n    "
BAD = "plug-in 'bad' (lapor-bad 0.2): "

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
            "(lapor_register_channels, lapor_register_notifiers)"
        ),
    ),
    "no hook": (
        "",
        (
            "implements no hook; write at least one of lapor_register_channels, lapor_register_notifiers "
            "and mark it with @hookimpl"
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
        "lapor_register_channels() returned coroutine; it must return channels",
    ),
    "fails half-way": (
        CHANNELS + "from lapor_bystander import Kiosk\n    yield Kiosk(key='half')\n    raise OSError('no printer')",
        "lapor_register_channels() raised OSError: no printer",
    ),
    "never ends": (
        CHANNELS + "from lapor_bystander import Kiosk\n    while True: yield Kiosk(key='again')",
        "lapor_register_channels() returned more than 100 channels",
    ),
    "gives strings": (CHANNELS + "return ['kiosk']", "lapor_register_channels() returned no channel: str has no key"),
    "gives a class": (
        CHANNELS + "from lapor_bystander import Kiosk\n    return [Kiosk]",
        "lapor_register_channels() returned no channel: Kiosk is a class; give an instance, Kiosk()",
    ),
    "a key in capitals": (
        CHANNELS + "from lapor_bystander import Kiosk\n    return [Kiosk(key='Kiosk-1')]",
        'returned no channel: Kiosk.key "Kiosk-1" must be lower-case letters, digits and _, beginning with a letter',
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


def test_a_value_that_is_no_module_is_named(
    install: Callable[..., None], status: Callable[..., PluginStatus], tmp_path: Path
):
    install("bad", "")
    (tmp_path / "lapor_bad-0.2.dist-info" / "entry_points.txt").write_text("[lapor]\nbad = not a module!\n")
    assert status("bad").reason.startswith(BAD + "importing not a module! raised ")


def test_a_key_that_is_none_is_named(install: Callable[..., None], status: Callable[..., PluginStatus], tmp_path: Path):
    install("Bad-One", "", module="bad_one")
    assert status("Bad-One").reason == (
        "plug-in 'Bad-One' (lapor-Bad-One 0.2): its key must be lower-case letters, digits and _"
    )


def test_the_gallery_covers_each_hook():
    from lapor_core.plugins.hooks import HOOKS

    for hook in HOOKS:
        assert any(f"{hook}() raised" in message for _, message in GALLERY.values())
        assert any(f"{hook}() returned None" in message for _, message in GALLERY.values())
