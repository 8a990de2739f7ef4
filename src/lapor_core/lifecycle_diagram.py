"""The life of a complaint as a picture and as text, drawn from the table and from nothing else.

What is drawn as an arrow, what is listed, and in which box: only the places of the boxes stand here. A state without a
place is listed below the picture, so that none is ever left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from itertools import product
from textwrap import wrap

import attrs

from lapor_core.lifecycle import PERMISSIONS, TABLE, Action, Role, State
from lapor_core.texts import word

__all__ = ["as_markdown", "as_mermaid", "as_svg"]

_BEGINNINGS = (State.INCOMPLETE, State.SUBMITTED)

_PLACES: Mapping[State, tuple[float, float]] = {
    State.HELD: (1, 0),
    State.RETURNED: (2.5, 0),
    State.ANSWERED_BACK: (5, 0),
    State.APPEALED: (6, 0),
    State.INCOMPLETE: (0, 1),
    State.SUBMITTED: (1, 1),
    State.DISPOSED: (2, 1),
    State.VERIFIED: (3, 1),
    State.IN_PROGRESS: (4, 1),
    State.RESPONDED: (5, 1),
    State.CLOSED: (6, 1),
    State.ESCALATED: (2.6, 2),
    State.WAITING: (4, 2),
}
"""Column and row of each state that is drawn with arrows; those that many states lead to are listed below."""

_CELL = (256, 150)
_BOX = (156, 58)
_MARGIN = (96, 50)
_LISTED = (326, 116)
_ASIDE = 12
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


def as_mermaid(language: str = "en") -> str:
    """Return the states and what leads from one to another as a Mermaid diagram; what stays is left out."""
    lines = [f"    {state}: {word('state', state, language)}" for state in State]
    lines += [f"    [*] --> {state}" for state in _BEGINNINGS]
    lines += [f"    {one} --> {other}: {_words(actions, language)}" for (one, other), actions in _leading().items()]
    return "\n".join(["stateDiagram-v2", *lines]) + "\n"


def as_markdown(language: str = "en") -> str:
    """Return every action as a row of a Markdown table: from which states it leads where, and who may take it."""
    head = {
        "id": ("tindakan", "dari", "menjadi", "oleh"),
        "en": ("action", "from", "to", "by"),
    }[language if language == "id" else "en"]
    rows = [head, ("---",) * 4]
    rows += [
        (
            f"{word('action', action, language)} `{action}`",
            ", ".join(f"`{one}`" for one in sources),
            "stays" if language != "id" and target is None else "tetap" if target is None else f"`{target}`",
            ", ".join(word("role", role, language) for role in Role if role in PERMISSIONS[action]),
        )
        for action in Action
        for target, sources in _targets(action).items()
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def as_svg(language: str = "en") -> str:
    """Return the picture as SVG, without style sheet or script, so that any page may hold it."""
    arrows = {ends: actions for ends, actions in _leading().items() if set(ends) <= _PLACES.keys()}
    listed = [state for state in State if state not in _PLACES]
    parts = [_arrow(one, other, _words(actions, language)) for (one, other), actions in arrows.items()]
    parts += [_beginning(state) for state in _BEGINNINGS]
    parts += [_state(state, language) for state in _PLACES]
    parts += [_listing(number, state, language) for number, state in enumerate(listed)]
    width = max(2 * _MARGIN[0] + 6 * _CELL[0], 20 + len(listed) * (_LISTED[0] + 12))
    height = _MARGIN[1] + 2 * _CELL[1] + 70 + _LISTED[1]
    title = {"id": "Alur laporan"}.get(language, "The life of a complaint")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="{_FONT}" role="img" aria-labelledby="lapor-life-title lapor-life-text">'
        f'<title id="lapor-life-title">{title}</title>'
        f'<desc id="lapor-life-text">{escape(as_mermaid(language))}</desc>'
        '<defs><marker id="lapor-life-head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        'orient="auto-start-reverse"><path d="M 0 0 L 10 5 L 0 10 z" fill="#444"/></marker></defs>'
        f'<rect width="{width}" height="{height}" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _leading() -> dict[tuple[State, State], list[Action]]:
    """Return the actions that lead from one state to another, by both, in the order of the table."""
    leading: dict[tuple[State, State], list[Action]] = defaultdict(list)
    for state, row in TABLE.items():
        for action, other in row.items():
            if other is not state:
                leading[state, other].append(action)
    return dict(leading)


def _targets(action: Action) -> Mapping[State | None, list[State]]:
    """Return where an action leads, and from which states; None where it stays."""
    targets: dict[State | None, list[State]] = defaultdict(list)
    for state, row in TABLE.items():
        if action in row:
            targets[None if row[action] is state else row[action]].append(state)
    return targets


def _words(actions: Iterable[Action], language: str) -> str:
    return " / ".join(word("action", action, language).lower() for action in actions)


# Drawing


@attrs.frozen
class _Point:
    x: float
    y: float

    def towards(self, other: _Point, share: float) -> _Point:
        return _Point(self.x + (other.x - self.x) * share, self.y + (other.y - self.y) * share)

    def __str__(self) -> str:
        return f"{self.x:.1f} {self.y:.1f}"


def _centre(state: State) -> _Point:
    column, row = _PLACES[state]
    return _Point(_MARGIN[0] + column * _CELL[0], _MARGIN[1] + row * _CELL[1])


def _arrow(one: State, other: State, text: str) -> str:
    """Draw an arrow that leaves a line for the one that leads back, and bends around the boxes in its way."""
    start, end = _centre(one), _centre(other)
    length = ((end.x - start.x) ** 2 + (end.y - start.y) ** 2) ** 0.5
    side = _Point((start.y - end.y) / length, (end.x - start.x) / length)  # to the right of the way
    paired = (other, one) in _leading()
    bends = (_ASIDE if paired else 0, -130, 130, -190, 190)
    others = [state for state in _PLACES if state not in (one, other)]
    for bend in bends:
        middle = start.towards(end, 0.5)
        middle = _Point(middle.x + side.x * bend, middle.y + side.y * bend)
        first, last = _edge(start, middle, side, bend), _edge(end, middle, side, bend)
        way = [_along(first, middle, last, step / 40) for step in range(41)]
        if not any(_inside(point, state) for point, state in product(way, others)):
            break
    else:
        first, middle, last, way = start, start.towards(end, 0.5), end, [start.towards(end, 0.5)]
    at = way[12 if paired and start.y != end.y else 20]  # those of a pair would lie on each other
    return (
        f'<path d="M {first} Q {middle} {last}" fill="none" stroke="#444" marker-end="url(#lapor-life-head)"/>'
        f"{_text(at.x, at.y + 4, text, size=11, halo=True)}"
    )


def _edge(centre: _Point, aim: _Point, side: _Point, bend: float) -> _Point:
    """Return where the way from a box's centre to ``aim`` leaves the box; a little aside where another leads back."""
    shift = _ASIDE if bend == _ASIDE else 0
    begin = _Point(centre.x + side.x * shift, centre.y + side.y * shift)
    along = _Point(aim.x - begin.x, aim.y - begin.y)
    walls = ((_BOX[0] / 2, begin.x - centre.x, along.x), (_BOX[1] / 2, begin.y - centre.y, along.y))
    reach = min(
        (half - offset * (1 if step > 0 else -1)) / abs(step) for half, offset, step in walls if abs(step) > 1e-9
    )
    return _Point(begin.x + along.x * reach, begin.y + along.y * reach)


def _along(first: _Point, middle: _Point, last: _Point, share: float) -> _Point:
    return first.towards(middle, share).towards(middle.towards(last, share), share)


def _inside(point: _Point, state: State) -> bool:
    centre = _centre(state)
    return abs(point.x - centre.x) < _BOX[0] / 2 + 6 and abs(point.y - centre.y) < _BOX[1] / 2 + 6


def _state(state: State, language: str) -> str:
    centre = _centre(state)
    lines = wrap(word("state", state, language), 21)
    top = centre.y - len(lines) * 7 + 4
    name = "".join(_text(centre.x, top + number * 14, line, size=12, weight=600) for number, line in enumerate(lines))
    key = _text(centre.x, top + len(lines) * 14, state, size=10)
    return _box(centre.x - _BOX[0] / 2, centre.y - _BOX[1] / 2, _BOX) + name + key


def _beginning(state: State) -> str:
    """Draw where complaints begin: an arrow from a dot, on the side from which no other comes."""
    centre = _centre(state)
    bottom = centre.y + _BOX[1] / 2
    return (
        f'<circle cx="{centre.x:.1f}" cy="{bottom + 34:.1f}" r="5" fill="#444"/>'
        f'<path d="M {centre.x:.1f} {bottom + 34:.1f} L {centre.x:.1f} {bottom:.1f}" stroke="#444" '
        'marker-end="url(#lapor-life-head)"/>'
    )


def _listing(number: int, state: State, language: str) -> str:
    """Draw a state that many lead to as a box that names them, and where it leads."""
    x, y = 10 + number * (_LISTED[0] + 12), _MARGIN[1] + 2 * _CELL[1] + 70
    lines = [*_lists(state, language)]
    body = "".join(_text(x + 10, y + 36 + at * 13, line, size=10, anchor="start") for at, line in enumerate(lines))
    title = _text(x + 10, y + 20, word("state", state, language), size=12, weight=600, anchor="start")
    return _box(x, y, (_LISTED[0], 44 + 13 * len(lines))) + title + body


def _lists(state: State, language: str) -> Iterator[str]:
    sources: dict[str, list[State]] = defaultdict(list)
    for (one, other), actions in _leading().items():
        if other is state:
            sources[_words(actions, language)].append(one)
    for name, states in sources.items():
        everywhere = set(states) == set(State) - {state}
        yield from wrap(f"{name} ← {'*' if everywhere else ', '.join(states)}", 58)
    for (one, other), actions in _leading().items():
        if one is state and other in _PLACES:
            yield from wrap(f"{_words(actions, language)} → {other}", 58)


def _box(x: float, y: float, size: tuple[float, float]) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{size[0]}" height="{size[1]}" rx="8" fill="#f4f6fa" stroke="#2b4a7f"/>'
    )


def _text(
    x: float, y: float, text: str, *, size: int, weight: int = 400, anchor: str = "middle", halo: bool = False
) -> str:
    around = ' stroke="#fff" stroke-width="4" paint-order="stroke"' if halo else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="#1b1b1b"{around}>{escape(text)}</text>'
    )
