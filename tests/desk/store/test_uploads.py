"""What may be kept: the files citizens bring, what their bytes are, and nothing beside the matter."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from lapor_core import Purpose, Upload
from lapor_core.errors import BadValue
from lapor_desk.store import PreparedFile, papers, pictures, prepare
from lapor_desk.store.films import blanked
from lapor_desk.store.uploads import ALLOWED, LARGEST_FILE

MARK = b"rahasia-contoh"
FILM = Path(__file__).with_name("film.mov").read_bytes()
"""Two red frames that say where they were taken."""

TYPES = b'<Types><Override PartName="/word/document.xml" ContentType="application/xml"/></Types>'
ODT = "application/vnd.oasis.opendocument.text"


def kept(content: bytes, name: str = "") -> PreparedFile:
    return prepare(Upload(name=name, content=content))


def refused(content: bytes, name: str = "") -> str:
    with pytest.raises(BadValue) as caught:
        kept(content, name)
    assert (caught.value.code, caught.value.params["field"]) == ("file_not_allowed", "uploads")
    return str(caught.value)


def picture(kind: str = "JPEG", size: tuple[int, int] = (8, 4), mode: str = "RGB", **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, "red").save(buffer, kind, **options)
    return buffer.getvalue()


def archive_of(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, what in entries.items():
            file.writestr(zipfile.ZipInfo(name), what, method)
    return buffer.getvalue()


def docx(**more: bytes) -> bytes:
    return archive_of({"[Content_Types].xml": TYPES, "word/document.xml": b"<w/>", **more})


def odt(**more: bytes) -> bytes:
    return archive_of({"mimetype": ODT.encode(), "content.xml": b"<o/>", **more})


def webm() -> bytes:
    return b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm" + bytes(20)


def film(brand: bytes, *boxes: bytes) -> bytes:
    return box(b"ftyp", brand + bytes(4)) + b"".join(boxes)


def box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


WHOLE: dict[str, tuple[bytes, str]] = {
    "jpeg": (picture(), "image/jpeg"),
    "png": (picture("PNG"), "image/png"),
    "webp": (picture("WEBP"), "image/webp"),
    "pdf": (b"%PDF-1.7\n%%EOF\n", "application/pdf"),
    "docx": (docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": (
        archive_of({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<x/>"}),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "odt": (odt(), ODT),
    "ods": (
        archive_of({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
    "mp4": (film(b"isom", box(b"mdat", b"x" * 10)), "video/mp4"),
    "mov": (FILM, "video/quicktime"),
    "3gp": (film(b"3gp4", box(b"mdat", b"x" * 10)), "video/3gpp"),
    "webm": (webm(), "video/webm"),
}


# What is allowed


@pytest.mark.parametrize("ending", WHOLE)
def test_what_citizens_bring_is_kept_as_what_its_bytes_are(ending: str) -> None:
    content, media_type = WHOLE[ending]
    for name in ("", "foto", f"foto.{ending}", f"FOTO.{ending.upper()}"):
        file = kept(content, name)
        assert file.attachment.media_type == media_type
        assert file.attachment.size == len(file.content)


def test_every_allowed_type_is_tried_here() -> None:
    assert {media_type for _, media_type in WHOLE.values()} == set(ALLOWED)


@pytest.mark.parametrize("ending", WHOLE)
@pytest.mark.parametrize("other", ["exe", "html", "svg", "docm", *WHOLE])
def test_a_name_that_contradicts_the_bytes_is_refused_and_not_repeated(ending: str, other: str) -> None:
    content, media_type = WHOLE[ending]
    if other in ALLOWED[media_type]:
        return
    for name in (f"rahasia.{other}", f"rahasia.{ending}.{other}", f"rahasia.{other.upper()} ", f"rahasia.{other}."):
        assert "rahasia" not in refused(content, name)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"P",
        b"just words",
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"MZ\x90\x00" + bytes(100),
        b"\x7fELF" + bytes(100),
        b"#!/bin/sh\nrm -rf /\n",
        b"GIF89a" + bytes(100),
        b"BM" + bytes(100),
        b"II*\x00" + bytes(100),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),  # the old .doc
        archive_of({}),
        b"Rar!\x1a\x07\x00" + bytes(100),
        b"\x1f\x8b" + bytes(100),
        b" %PDF-1.7",
        b"RIFF\x00\x00\x00\x00WAVE" + bytes(100),
        b"\x1aE\xdf\xa3" + bytes(100),
        film(b"heic", box(b"meta")),
        film(b"avif", box(b"meta")),
    ],
    ids=lambda content: repr(content[:12]),
)
def test_everything_else_is_refused(content: bytes) -> None:
    assert "allowed: jpg, png" in refused(content)


def test_a_file_may_have_20_mib_and_no_more() -> None:
    assert kept(b"%PDF-" + bytes(LARGEST_FILE - 5))
    with pytest.raises(BadValue) as caught:
        kept(b"%PDF-" + bytes(LARGEST_FILE - 4))
    assert (caught.value.code, caught.value.params["limit"]) == ("file_too_large", LARGEST_FILE)


@given(
    content=st.one_of(
        st.binary(max_size=200), st.sampled_from(sorted(WHOLE)).flatmap(lambda ending: broken(WHOLE[ending][0]))
    )
)
@settings(max_examples=settings.default.max_examples * 10)
def test_hostile_bytes_are_kept_or_refused_and_nothing_else(content: bytes) -> None:
    with suppress(BadValue):
        file = kept(content)
        assert file.attachment.media_type in ALLOWED
        assert kept(file.content).attachment.media_type == file.attachment.media_type


def broken(whole: bytes) -> st.SearchStrategy[bytes]:
    """Return the bytes with some of them changed, cut out or put in twice."""
    places = st.integers(0, len(whole) - 1)
    changes = st.lists(st.tuples(places, st.binary(max_size=4), st.integers(0, 4)), max_size=6)
    return st.tuples(changes, places | st.just(len(whole))).map(lambda drawn: changed(whole, *drawn))


def changed(whole: bytes, changes: list[tuple[int, bytes, int]], end: int) -> bytes:
    for place, instead, cut in changes:
        whole = whole[:place] + instead + whole[place + cut :]
    return whole[:end]


# Names


@given(name=st.text(st.characters(exclude_categories=()), max_size=300))
@example("..\\..\\C:\\windows\\rahasia")
@example("\u202egpj.exe")
@example("a" * 300 + ".jpg.")
def test_a_name_is_one_short_line_for_any_system(name: str) -> None:
    try:
        tidy = kept(WHOLE["jpeg"][0], name).attachment.name
    except BadValue:
        return
    assert len(tidy) <= 100
    assert tidy.isprintable()
    assert not set('/\\<>:"|?*') & set(tidy)
    assert tidy == tidy.strip(" .")


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("/sdcard/DCIM/foto.jpg", "foto.jpg"),
        ("C:\\Users\\warga\\foto.jpg", "foto.jpg"),
        ("..jpg", "jpg"),
        ("foto\r\nX-Header: 1.jpg", "fotoX-Header 1.jpg"),
        ("x" * 200 + ".jpg", "x" * 90 + ".jpg"),
        ("Jalan berlubang (2).JPG", "Jalan berlubang (2).JPG"),
        ("", ""),
    ],
)
def test_a_name_keeps_what_a_person_reads(name: str, tidy: str) -> None:
    assert kept(WHOLE["jpeg"][0], name).attachment.name == tidy


def test_what_a_file_is_for_is_kept() -> None:
    file = prepare(Upload(name="ktp.png", content=WHOLE["png"][0], purpose=Purpose.IDENTITY))
    assert file.attachment.purpose is Purpose.IDENTITY


# Photographs


def located(kind: str, orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = MARK.decode()
    exif.get_ifd(0x8825).update({1: "S", 2: (3.0, 27.0, 26.0), 3: "E", 4: (114.0, 48.0, 37.0)})
    return picture(kind, exif=exif, **({"comment": MARK} if kind == "JPEG" else {}))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_a_camera_writes_beside_the_picture_is_gone(kind: str) -> None:
    before = located(kind)
    with Image.open(io.BytesIO(before)) as image:
        assert image.getexif().get_ifd(0x8825)
    after = kept(before).content
    with Image.open(io.BytesIO(after)) as image:
        assert dict(image.getexif()) == {}
        assert not {"exif", "comment", "xmp", "photoshop", "icc_profile"} & set(image.info)
    assert MARK in before
    assert MARK not in after


def test_a_picture_is_turned_as_it_was_meant_to_be_seen() -> None:
    with Image.open(io.BytesIO(kept(located("JPEG", orientation=6)).content)) as image:
        assert image.size == (4, 8)


def test_a_picture_is_the_same_picture() -> None:
    before = Image.radial_gradient("L").convert("RGB")
    buffer = io.BytesIO()
    before.save(buffer, "PNG")
    with Image.open(io.BytesIO(kept(buffer.getvalue()).content)) as after:
        assert after.tobytes() == before.tobytes()


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("PNG", "LA"), ("WEBP", "RGBA")])
def test_what_can_be_seen_through_stays_so(kind: str, mode: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).convert(mode).save(buffer, kind)
    with Image.open(io.BytesIO(kept(buffer.getvalue()).content)) as image:
        assert image.convert("RGBA").getchannel("A").getextrema() == (0, 0)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "I;16"])
def test_pictures_of_odd_kinds_are_taken_too(mode: str) -> None:
    kind = "JPEG" if mode in ("L", "CMYK") else "PNG"
    buffer = io.BytesIO()
    Image.new(mode, (4, 4)).save(buffer, kind)
    assert kept(buffer.getvalue()).content


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_is_hung_behind_a_picture_is_gone(kind: str) -> None:
    """A picture that is also an archive or a page, whichever end a program reads it from."""
    for rider in (docx(), b"<html><script>" + MARK + b"</script>", b"%PDF-1.7 " + MARK):
        after = kept(picture(kind) + rider).content
        assert MARK not in after
        assert b"PK\x01\x02" not in after
        assert b"%PDF" not in after


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_is_cut_off_is_refused(kind: str) -> None:
    whole = picture(kind, size=(200, 200))
    for part in (0.1, 0.3, 0.6, 0.9):
        assert "cannot be read" in refused(whole[: int(len(whole) * part)])


def png_of(width: int, height: int) -> bytes:
    """Return a PNG that says it is so large and has hardly any bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [8_001, 9_600, 30_000, 60_000])
def test_a_picture_that_unfolds_without_end_is_refused_before_it_does(
    side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unfold(*_: object) -> None:
        pytest.fail("it was unfolded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", unfold)
    assert f"more than {pictures.MOST_PIXELS} pixels" in refused(png_of(side, side))


def test_one_picture_is_unfolded_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many small files that each unfold to the most there may be would fill the memory of a desk at once."""
    opened = Image.open
    held = []

    def open_noted(*arguments: Any, **named: Any) -> Image.Image:
        held.append(pictures._ONE_AT_A_TIME.locked())
        return opened(*arguments, **named)

    monkeypatch.setattr(Image, "open", open_noted)
    prepare(Upload(content=picture("PNG")))
    refused(png_of(60_000, 60_000))
    assert held == [True, True]
    assert not pictures._ONE_AT_A_TIME.locked()


# Office documents


@pytest.mark.parametrize(
    "content",
    [
        docx(**{"word/vbaProject.bin": b"x"}),
        docx(**{"word/VBAPROJECT.BIN": b"x"}),
        docx(
            **{"[Content_Types].xml": b'<Override ContentType="application/vnd.ms-office.vbaProject" PartName="/a"/>'}
        ),
        docx(
            **{
                "[Content_Types].xml": b'<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
            }
        ),
        odt(**{"Basic/Standard/Module1.xml": b"x"}),
        odt(**{"Scripts/python/x.py": b"x"}),
    ],
)
def test_macros_are_refused(content: bytes) -> None:
    assert "macros" in refused(content)


@pytest.mark.parametrize(
    "content",
    [
        archive_of({"a.txt": b"x"}),
        archive_of({"AndroidManifest.xml": b"x", "classes.dex": b"x"}),
        archive_of({"META-INF/MANIFEST.MF": b"x"}),
        archive_of({"word/document.xml": b"<w/>"}),
        archive_of({"mimetype": b"application/epub+zip"}),
        archive_of({"mimetype": ODT.encode() + b"x"}),
        b"PK\x03\x04" + bytes(100),
    ],
)
def test_an_archive_that_is_no_document_is_refused(content: bytes) -> None:
    assert "archive" in refused(content) or "cannot be read" in refused(content)


def test_a_document_that_unfolds_without_end_is_refused_before_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "MOST_UNFOLDED", 100_000)
    assert "unfolds to more" in refused(docx(**{"word/media/a.bin": bytes(100_001)}))
    assert kept(docx(**{"word/media/a.bin": bytes(50_000)}))


def test_a_document_that_unfolds_the_same_bytes_again_and_again_is_refused() -> None:
    whole = bytearray(docx(**{"word/media/a.bin": bytes(range(256)) * 4}))
    start = whole.index(b"PK\x01\x02")
    end = whole.index(b"PK\x05\x06")
    directory = bytes(whole[start:end])
    largest = directory.rindex(b"PK\x01\x02")
    again = directory + directory[largest:] * 40
    ending = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 43, 43, len(again), start, 0)
    assert "unfolds to more" in refused(bytes(whole[:start]) + again + ending)


def test_a_document_of_endless_entries_is_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "MOST_ENTRIES", 10)
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("it was read"))
    assert "more than 10 entries" in refused(b"PK\x03\x04" + b"PK\x01\x02" * 11)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_entry_that_cannot_be_unfolded_in_portions_is_not_unfolded(method: int) -> None:
    assert "cannot be read" in refused(archive_of({"mimetype": ODT.encode()}, method))


def test_a_locked_document_is_refused() -> None:
    whole = bytearray(odt())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        whole[whole.index(signature) + flags] |= 1
    assert "cannot be read" in refused(bytes(whole))


# Films


def test_a_film_says_no_more_where_it_was_taken_and_is_the_same_film() -> None:
    after = kept(FILM, "film.mov").content
    assert b"03.4572" in FILM
    assert b"03.4572" not in after
    assert b"loci" not in after
    assert len(after) == len(FILM)
    data = FILM.index(b"mdat")
    assert after[: data + 100] == FILM[: data + 100]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda told: box(b"moov", told),
        lambda told: box(b"moov", box(b"mvhd", bytes(4)) + box(b"trak", told) + box(b"trak", told)),
        lambda told: told + box(b"moov"),
        lambda told: box(b"moof", box(b"traf", told)),
    ],
)
@pytest.mark.parametrize("kind", [b"udta", b"meta", b"uuid"])
def test_what_a_film_tells_is_found_wherever_it_stands(kind: bytes, wrap: Callable[[bytes], bytes]) -> None:
    sound = box(b"mdat", MARK)  # which is no telling, and stays
    before = film(b"isom", wrap(box(kind, b"place: " + MARK)), sound)
    after = kept(before).content
    assert after.count(MARK) == 1
    assert after.endswith(sound)
    assert len(after) == len(before)


def test_a_film_with_large_boxes_and_one_to_the_end_is_read() -> None:
    large = struct.pack(">I4sQ", 1, b"mdat", 16 + 4) + b"data"
    last = struct.pack(">I4s", 0, b"udta") + MARK
    assert MARK not in blanked(film(b"mp42", large, last))


@pytest.mark.parametrize(
    "rest",
    [b"x", struct.pack(">I4s", 100, b"moov"), struct.pack(">I4s", 4, b"moov"), struct.pack(">I4sQ", 1, b"mdat", 4)],
)
def test_a_film_that_is_cut_off_is_refused(rest: bytes) -> None:
    assert "cannot be read as a film" in refused(film(b"isom", rest))


@pytest.mark.parametrize("unit", [box(b"free"), struct.pack(">I4s", 8, b"moov")])
def test_a_film_of_endless_boxes_is_refused(unit: bytes) -> None:
    assert "cannot be read as a film" in refused(film(b"isom", unit * 200_000))
