"""The grammar of SMS: every text means one thing, a report keeps its words, and no report is taken for a command."""

import re
import string
import time

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

pytest.importorskip("starlette")
pytest.importorskip("phonenumbers")

from lapor_channels.sms.grammar import Complete, Help, Reply, Report, Status, understand
from lapor_core.codes import normalise_code, tracking_code
from lapor_core.crockford import plain
from lapor_core.errors import BadValue
from lapor_core.pins import make_pin
from lapor_core.testing.strategies import texts

CODE = tracking_code(bytes.fromhex("0123456789abcd"))
PIN = make_pin(bytes.fromhex("0123456789"))
PIN_SLIP = PIN[:-1] + ("X" if PIN[-1] != "X" else "Y")
SLIP = CODE[:-1] + ("X" if CODE[-1] != "X" else "Y")

# A code without a digit: one in sixty is so, and but for its groups it cannot be told from a word of its length.
LETTERS = next(
    code
    for n in range(10_000)
    if (code := tracking_code((2**55 // 3 + n).to_bytes(7, "big"))).replace("-", "").isalpha()
)

LETTERS_SLIP = LETTERS[:-1] + ("X" if LETTERS[-1] != "X" else "Y")
ONE_WORD = LETTERS.replace("-", "")

codes = st.binary(min_size=7, max_size=7).map(tracking_code)
mixed = codes.filter(lambda code: re.search("[0-9]", code) and re.search("[A-Z]", code))
marks = st.text(" .,:;!?-_/()\"'\n", max_size=3)
gaps = marks.map(" ".__add__)
asks = st.sampled_from(["STATUS", "status", "Cek", "CEK", "sTaTuS"])
texted = st.sampled_from([("BALAS", Reply), ("balas", Reply), ("LENGKAPI", Complete), ("Lengkapi", Complete)])
words = texts(max_size=60).filter(lambda text: re.search(r"[^\W_]", text))


@st.composite
def typed(draw: st.DrawFn, code: str) -> str:
    """Draw a way to type a code: in any case, with another dash, with spaces, or without any."""
    plain = code.replace("-", draw(st.sampled_from(["-", "", " ", "–", ".", " - "])))
    return draw(st.sampled_from([plain, plain.lower(), plain.capitalize()]))


@given(text=st.text() | st.text(string.ascii_letters + string.digits + " -\n") | typed(CODE))
@example(text="")
def test_every_text_means_something_and_no_word_is_lost(text: str) -> None:
    meaning = understand(text)
    match meaning:
        case Report(whole):
            assert whole == text
        case Reply(_, rest) | Complete(_, rest):
            assert text.rstrip().endswith(rest)
        case Status(code, _):
            assert normalise_code(code) or re.search(re.escape(code[:4]), text, re.IGNORECASE)
        case Help():
            assert re.fullmatch(
                r"[\W_]*(lapor|bantuan|help|status|cek|balas|lengkapi)[\W_]*((kode|laporan)[\W_]*)*",
                text,
                re.IGNORECASE,
            )


@given(data=st.data(), code=mixed, before=marks, between=gaps, after=marks)
def test_a_code_behind_its_keyword_asks_for_the_state(
    data: st.DataObject, code: str, before: str, between: str, after: str
) -> None:
    text = before + data.draw(asks) + between + data.draw(typed(code)) + after
    assert understand(text) == Status(code)


@given(data=st.data(), code=codes, between=gaps, rest=words)
def test_every_word_behind_the_code_is_kept(data: st.DataObject, code: str, between: str, rest: str) -> None:
    assume(re.match(r"[^\W_]", rest))
    keyword, kind = data.draw(texted)
    meaning = understand(f"{keyword}{between}{data.draw(typed(code))} {rest}")
    assert isinstance(meaning, kind)
    assert (meaning.code, meaning.text) == (code, rest.strip())


@given(data=st.data(), code=mixed, place=st.integers(0, 10), letter=st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_a_code_with_a_wrong_letter_is_still_asked_for_so_that_the_citizen_is_told(
    data: st.DataObject, code: str, place: int, letter: str
) -> None:
    plain = code.replace("-", "")
    wrong = plain[:place] + letter + plain[place + 1 :]
    assume(wrong != plain and not wrong.isdigit() and not wrong.isalpha())
    meaning = understand(f"{data.draw(asks)} {wrong}")
    assert meaning == Status(wrong)
    with pytest.raises(BadValue):
        normalise_code(wrong)


letters_only = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=11, max_size=11).filter(
    lambda letters: letters[8:] not in {"NYA", "KAH", "LAH", "PUN"}
)


@given(data=st.data(), letters=letters_only, dash=st.sampled_from("-–−"), rest=words)
def test_letters_in_the_groups_of_a_code_are_one_behind_every_keyword_with_a_slip_or_without(
    data: st.DataObject, letters: str, dash: str, rest: str
) -> None:
    assume(re.match(r"[^\W_]", rest))
    typed = data.draw(st.sampled_from([letters, letters.lower()]))
    grouped = dash.join((typed[:4], typed[4:8], typed[8:]))
    keyword, kind = data.draw(texted)
    for text in (f"{keyword} {grouped} {rest}", f"{data.draw(asks)} {grouped}"):
        meaning = understand(text)
        assert isinstance(meaning, kind | Status)
        assert plain(meaning.code) == plain(letters)


@given(rest=words, between=gaps, keyword=st.sampled_from(["LAPOR", "lapor!", "Lapor:"]))
def test_what_follows_lapor_is_a_report_whatever_it_is(rest: str, between: str, keyword: str) -> None:
    text = keyword + between + rest
    assert understand(text) == Report(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "Jalan di depan sekolah rusak sejak Maret",
        "LAPOR jalan rusak",
        f"LAPOR status {CODE}",
        "Status tanah saya belum jelas",
        "Cek jalan RT 05",
        "STATUS KTP RT 05 RW 02",
        "CEK 08000000001",  # invented
        "Cek 08000000001 penipu",  # invented
        "status dana desa apa kabar",
        "Bantuan sosial belum cair",
        "help desk tidak menjawab",
        "Balasan surat kami tidak ada",
        "cekungan di jalan raya",
        "Lengkapi lampu jalan RT 05",
        "lengkapi08000000001",  # invented
        f"STATUS {SLIP} jalan tetap rusak",
        f"{CODE} sudah lama tidak dijawab",
        f"{CODE} {PIN} lampu tetap mati",
        f"{CODE} {PIN_SLIP}",
        SLIP,
        f"Tolong cek {CODE}",
        f"STATUS {CODE.replace('-', '')}abc jalan",
        ONE_WORD,
        LETTERS_SLIP,
        f"STATUS {ONE_WORD} jalan rusak",
        f"STATUS {LETTERS_SLIP} jalan rusak",
        "Lengkapi data yang ada di kantor",
        "Lengkapi persyaratan KTP",
        "Lengkapi data-data-nya di kantor",
        "LENGKAPI BUKU-BUKU-AN",
        "Lengkapi surat-surat tanah kami",
        "Cek jual-beli-nya",
        "Balas surat warga-desa kami",
        "Cek 0800-0000-001 penipu",  # invented
        "BALAS 0800-0000-001 penipu",  # invented
    ],
)
def test_in_doubt_it_is_a_report(text: str) -> None:
    assert understand(text) == Report(text)


@pytest.mark.parametrize(
    "text", ["BANTUAN", "help", "Bantuan!", "LAPOR", "lapor!!", " status: ", "CEK kode", "balas ?", "lengkapi kode"]
)
def test_a_keyword_alone_asks_for_help(text: str) -> None:
    assert understand(text) == Help()


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (f"STATUS {CODE}", Status(CODE)),
        (f"cek{CODE.replace('-', '').lower()}", Status(CODE)),
        (f"STATUS kode {CODE}", Status(CODE)),
        (f"Cek laporan {CODE}.", Status(CODE)),
        (f"Status {CODE} pak, kenapa lama", Status(CODE)),
        (CODE, Status(CODE)),
        (f"STATUS {CODE} {PIN}", Status(CODE, PIN)),
        (f"cek kode {CODE.lower()} pin {PIN}", Status(CODE, PIN)),
        (f"{CODE} {PIN.lower()}", Status(CODE, PIN.lower())),
        (f"STATUS {CODE} {PIN_SLIP}", Status(CODE, PIN_SLIP)),
        (f"STATUS {LETTERS} {PIN}", Status(LETTERS, PIN)),
        (f"STATUS {CODE} 2 tahun belum beres", Status(CODE)),
        (f"BALAS {CODE} {PIN} lampu mati", Reply(CODE, f"{PIN} lampu mati")),
        (f"STATUS {LETTERS}", Status(LETTERS)),
        (f"BALAS {LETTERS} lampu mati", Reply(LETTERS, "lampu mati")),
        (f"STATUS {CODE}Z", Status(CODE.replace("-", "") + "Z")),
        (f"STATUS {CODE[:-1]}", Status(CODE[:-1].replace("-", ""))),
        (f"BALAS {CODE}", Reply(CODE, "")),
        (f"BALAS kode {CODE}: lampu mati, 3 hari.", Reply(CODE, "lampu mati, 3 hari.")),
        (f"BALAS {SLIP} lampu mati", Reply(SLIP.replace("-", ""), "lampu mati")),
        (f"LENGKAPI {LETTERS} kemarin", Complete(LETTERS, "kemarin")),
        (f"LENGKAPI {ONE_WORD} kemarin", Complete(LETTERS, "kemarin")),
        (LETTERS, Status(LETTERS)),
        (f"Status {LETTERS} pak, kenapa lama", Status(LETTERS)),
        (f"lengkapi {LETTERS[1:]} kemarin", Complete(ONE_WORD[1:], "kemarin")),
        (f"LENGKAPI {LETTERS}Z: kemarin", Complete(ONE_WORD + "Z", "kemarin")),
        (f"LENGKAPI {LETTERS_SLIP}", Complete(LETTERS_SLIP.replace("-", ""), "")),
        ("LENGKAPI XXXX-XXXX-XXX kemarin", Complete("XXXXXXXXXXX", "kemarin")),
        (f"lengkapi laporan {CODE}: kemarin, jam 9.", Complete(CODE, "kemarin, jam 9.")),
        (f"LENGKAPI {CODE}", Complete(CODE, "")),
        (f"LENGKAPI {SLIP} kemarin", Complete(SLIP.replace("-", ""), "kemarin")),
    ],
)
def test_commands_as_citizens_type_them(text: str, meaning: Status | Reply | Complete) -> None:
    assert understand(text) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "_" * 40_000,
        "kode " * 8_000,
        "cek kode" + "-" * 40_000 + "é",
        "a-" * 20_000,
        "aaaa---" * 6_000,
        "STATUS" * 6_000,
    ],
)
def test_no_message_takes_long_to_understand(text: str) -> None:
    begun = time.perf_counter()
    assert understand(text) == Report(text)
    assert time.perf_counter() - begun < 1


def test_what_a_citizen_wrote_is_in_no_repr() -> None:
    assert "rusak" not in repr(understand("jalan rusak")) + repr(understand(f"BALAS {CODE} rusak")) + repr(
        understand(f"LENGKAPI {CODE} rusak")
    )
    assert PIN not in repr(understand(f"STATUS {CODE} {PIN}"))
