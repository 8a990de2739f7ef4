"""Photographs, painted anew onto an empty image: place, device and all else a camera writes beside the picture is gone."""

from __future__ import annotations

import io
import threading

__all__ = ["MOST_PIXELS", "PICTURES", "repainted"]

MOST_PIXELS = 64_000_000
"""More than most telephones take; an image that unfolds to more is taken for a bomb."""

PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
"""The media types of photographs, and Pillow's names for them."""


def repainted(content: bytes, media_type: str) -> bytes:
    """Return the picture alone, turned as it was meant to be seen; of a moving one, its first frame.

    Raises:
        ValueError: it is no whole picture of that type, or too large; the message says which, and nothing of the content.
    """
    with _ONE_AT_A_TIME:
        return _repainted(content, PICTURES[media_type])


_ONE_AT_A_TIME = threading.Lock()
"""A few kilobytes can unfold to the most pixels there may be, which is half a gigabyte: many at once would fill the memory."""


def _repainted(content: bytes, kind: str) -> bytes:
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            small = picture.width * picture.height <= MOST_PIXELS
            clean = None
            if small:
                ImageOps.exif_transpose(picture, in_place=True)  # each copy is a quarter of a gigabyte at worst
                clean = Image.new(_mode(picture, kind), picture.size)
                clean.paste(picture if picture.mode == clean.mode else picture.convert(clean.mode))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        clean, small = None, False
    except Exception:  # noqa: BLE001 - Pillow's readers raise whatever hostile bytes lead them to
        clean, small = None, True
    if clean is None:
        raise ValueError("it cannot be read as a picture" if small else f"it unfolds to more than {MOST_PIXELS} pixels")
    buffer = io.BytesIO()
    clean.save(buffer, kind, **({} if kind == "PNG" else {"quality": 90}))
    return buffer.getvalue()


def _mode(picture: object, kind: str) -> str:
    transparent = kind != "JPEG" and getattr(picture, "has_transparency_data", False)
    return "RGBA" if transparent else "RGB"
