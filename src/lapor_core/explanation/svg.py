"""The marks a picture is made of, as SVG without style sheet or script."""

from __future__ import annotations

from enum import StrEnum
from xml.sax.saxutils import escape, quoteattr

import attrs

__all__ = ["CELL", "LEFT", "WIDTH", "Look", "Sheet"]

CELL = 50
LEFT = 20
WIDTH = 2 * LEFT + 7 * CELL

_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
_BOX = CELL - 3


class Look(StrEnum):
    """What a day looks like, in the order of the legend; the names are those of its words."""

    START = "start"
    COUNTED = "counted"
    EXTENDED = "extended"
    PAUSED = "paused"
    OFF = "off"
    WEEKEND = "weekend"
    PLAIN = "plain"


_FILLS = {
    Look.START: "#fff1a8",
    Look.COUNTED: "#d3e8ff",
    Look.EXTENDED: "#d9f2d4",
    Look.PAUSED: "#e2dcf2",
    Look.WEEKEND: "#ececec",
    Look.PLAIN: "#ffffff",
}


@attrs.define
class Sheet:
    """A sheet that is written from top to bottom; ``y`` is where it is written next.

    Attributes:
        prefix: Begins every id in the picture.
    """

    prefix: str
    y: float = 12
    parts: list[str] = attrs.Factory(list)

    def text(
        self,
        text: str,
        x: float,
        y: float,
        *,
        size: int,
        weight: int = 400,
        colour: str = "#1b1b1b",
        anchor: str = "start",
    ) -> None:
        """Write a text whose base line is at ``y``."""
        look = f'font-size="{size}" font-weight="{weight}" fill="{colour}" text-anchor="{anchor}"'
        self.parts.append(f'<text x="{x:g}" y="{y:g}" {look}>{escape(text)}</text>')

    def line(
        self, text: str, *, size: int, weight: int = 400, colour: str = "#1b1b1b", before: int = 0, indent: int = 0
    ) -> None:
        """Write a line, and go on below it."""
        self.y += before + size + 4
        self.text(text, LEFT + indent, self.y - 4, size=size, weight=weight, colour=colour)

    def box(self, look: Look, x: float, y: float, size: float = _BOX) -> None:
        """Draw the square of a day."""
        fill = f"url(#{self.prefix}-off)" if look is Look.OFF else _FILLS[look]
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{size:g}" height="{size:g}" rx="5" fill="{fill}" stroke="#bdbdbd"/>'
        )

    def frame(self, x: float, y: float, size: float = _BOX) -> None:
        """Frame the square of the last day."""
        self.parts.append(
            f'<rect x="{x + 1:g}" y="{y + 1:g}" width="{size - 2:g}" height="{size - 2:g}" rx="5"'
            ' fill="none" stroke="#b00020" stroke-width="3"/>'
        )

    def swatch(self, look: Look | None, text: str) -> None:
        """Write a line of the legend; without a look, that of the last day's frame."""
        self.box(look or Look.PLAIN, LEFT, self.y + 2, 14)
        if look is None:
            self.frame(LEFT, self.y + 2, 14)
        self.line(text, size=12, indent=22, before=2)

    def open(self, tooltip: str) -> None:
        """Begin what belongs to one day."""
        self.parts.append(f"<g><title>{escape(tooltip)}</title>" if tooltip else "<g>")

    def close(self) -> None:
        """End what belongs to one day."""
        self.parts.append("</g>")

    def document(self, title: str, description: str) -> str:
        """Return the whole picture; the title is read aloud, and the description to who asks for it."""
        size = f'width="{WIDTH}" height="{self.y + 12:g}"'
        names = quoteattr(f"{self.prefix}-title {self.prefix}-text")
        root = (
            f'viewBox="0 0 {WIDTH} {self.y + 12:g}" font-family={quoteattr(_FONT)} role="img" aria-labelledby={names}'
        )
        hatch = 'width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"'
        return "".join(
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" {size} {root}>',
                f'<title id="{self.prefix}-title">{escape(title)}</title>',
                f'<desc id="{self.prefix}-text">{escape(description)}</desc>',
                f'<defs><pattern id="{self.prefix}-off" {hatch}><rect width="7" height="7" fill="#fde3df"/>',
                '<path d="M0 0V7" stroke="#d98d84" stroke-width="2.5"/></pattern></defs>',
                f'<rect {size} fill="#ffffff"/>',
                *self.parts,
                "</svg>",
            )
        )
