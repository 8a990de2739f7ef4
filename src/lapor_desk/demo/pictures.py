"""Pictures of the demo, painted when they are needed: a photograph that gives its place away, and a scanned identity card."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw

__all__ = ["identity_scan", "photograph"]

_GPS = 0x8825
_SOUTH, _EAST = "S", "E"


def photograph() -> bytes:
    """Return a JPEG with the position of an invented place in its metadata, as telephones write it."""
    image = Image.new("RGB", (640, 480), "#9ec1d9")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 300, 640, 480), fill="#5c8a4a")
    draw.rectangle((180, 330, 460, 350), fill="#7a5230")
    draw.rectangle((200, 350, 215, 400), fill="#7a5230")
    draw.rectangle((425, 350, 440, 400), fill="#7a5230")
    exif = Image.Exif()
    exif[_GPS] = {1: _SOUTH, 2: (0.0, 0.0, 0.0), 3: _EAST, 4: (0.0, 0.0, 0.0)}
    written = BytesIO()
    image.save(written, "JPEG", exif=exif)
    return written.getvalue()


def identity_scan() -> bytes:
    """Return a PNG that stands for the copy of an identity card; it shows nobody."""
    image = Image.new("RGB", (428, 270), "#d7e3ee")
    draw = ImageDraw.Draw(image)
    draw.rectangle((10, 10, 418, 260), outline="#44617d", width=2)
    draw.text((24, 24), "CONTOH - BUKAN KARTU IDENTITAS", fill="#44617d")
    written = BytesIO()
    image.save(written, "PNG")
    return written.getvalue()
