"""What readers' answers are worth: no script passes for another without a doubt."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from headstamp.intake.machine import weigh
from headstamp.intake.machine.candidate import Candidate
from headstamp.intake.machine.proposal import Proposal
from headstamp.intake.machine.script import main_script

ALL = frozenset({"eng", "rus", "ara", "fas", "chi_sim"})
HERE = (10, 20, 300, 60)


def said(languages: Sequence[str] = tuple(ALL), **answers: tuple[str, float]) -> list[Proposal]:
    """The proposals for a line that each of these readers read so, so sure of it."""
    given = [
        Candidate(text, sure, sure, name, "RapidOCR 3" if name == "rapid" else f"tesseract 5 {name}")
        for name, (text, sure) in answers.items()
    ]
    return weigh.proposals(given, [], HERE, languages)


def test_two_readers_that_agree_give_one_proposal() -> None:
    [one] = said(rapid=("LOT 07-85", 0.99), eng=("LOT 07-85", 0.95), rus=("1ОТ 07-85", 0.2))
    assert (one.text, one.form, one.doubts) == ("LOT 07-85", "Latn", ())
    assert 0.8 < one.score <= weigh.BEST < 1
    assert one.reader == "RapidOCR 3 and tesseract 5 eng" and one.region == HERE


def test_the_sure_misreading_of_a_cyrillic_letter_is_shown_with_the_cyrillic_one() -> None:
    """RapidOCR reads 6Ж40 as 6XK40 and calls it 85 % sure (docs/machine-reading.md)."""
    found = said(rapid=("6XK40", 0.99), eng=("6XK40", 0.9), rus=("6Ж40", 0.7))
    assert {one.text for one in found} == {"6XK40", "6Ж40"}
    assert all(one.doubts and one.score <= weigh.DOUBTFUL for one in found)
    assert all(one.others for one in found)


def test_letters_that_look_the_same_are_given_in_both_scripts() -> None:
    found = said(rapid=("ABC 1234", 1.0), eng=("ABC 1234", 0.96), rus=("АВС 1234", 0.96))
    assert {one.form for one in found} == {"Latn", "Cyrl"}
    assert all(weigh.TWINS in one.doubts and one.score <= weigh.DOUBTFUL for one in found)


def test_without_a_reader_of_cyrillic_every_latin_reading_is_in_doubt() -> None:
    [one] = said(["eng"], rapid=("LOT 07-85", 0.99), eng=("LOT 07-85", 0.95))
    assert one.score <= weigh.DOUBTFUL
    assert any("tesseract-ocr-rus" in doubt for doubt in one.doubts)


def test_one_reader_alone_is_never_relied_on() -> None:
    for answers in ({"rapid": ("AB805089", 1.0)}, {"eng": ("AB805089", 1.0)}):
        [one] = said(**answers)
        assert one.score <= weigh.DOUBTFUL and weigh.ONE_READER in one.doubts


def test_readers_that_disagree_are_both_given() -> None:
    found = said(rapid=("31 89", 0.99), eng=("37 89", 0.95), rus=("31 89", 0.9))
    assert {one.text for one in found} == {"31 89", "37 89"}
    assert all(weigh.DISAGREE in one.doubts for one in found)


def test_digits_of_arabic_are_never_given_as_read() -> None:
    found = said(rapid=("IY.", 0.86), eng=(r"\Y-", 0.1), ara=("صنع 1/10", 0.9),
                 fas=("صنع ۱۹/۸۵", 0.9))
    arabic = [one for one in found if one.form == "Arab"]
    assert {one.text for one in arabic} == {"صنع *"}
    assert all(one.as_read and weigh.DIGITS_UNREAD in one.doubts for one in arabic)
    assert all(one.score <= weigh.POOR for one in found)


def test_what_arabic_digits_look_like_is_in_doubt() -> None:
    [one] = said(rapid=("1901", 0.99), eng=("1901", 0.96), rus=("1901", 0.96))
    assert weigh.DIGITS_LIKE in one.doubts and one.score <= weigh.SLIGHT


def test_digits_that_may_be_letters_say_so() -> None:
    [one] = said(rapid=("8-11-3", 1.0), eng=("8-11-3", 0.92), rus=("8-11-3", 0.91))
    assert one.doubts == (weigh.SIGNS,) and one.score <= weigh.SLIGHT


def test_signs_at_the_ends_do_not_count_as_disagreement() -> None:
    found = said(rapid=("Quiet zone", 0.99), eng=("{Quiet zone *", 0.92), rus=("|", 0.1))
    assert [one.text for one in found] == ["Quiet zone"]
    assert found[0].doubts == (weigh.ENDS,)


def test_a_line_whole_either_way_up_says_so() -> None:
    up = [Candidate("68", 0.99, 0.99, "rapid", "R"), Candidate("68", 0.96, 0.96, "eng", "T")]
    down = [Candidate("89", 0.99, 0.99, "rapid", "R"), Candidate("89", 0.96, 0.96, "eng", "T")]
    found = weigh.proposals(up, down, HERE, ALL)
    assert {one.text for one in found} == {"68", "89"}
    assert all(weigh.UPSIDE in one.doubts for one in found)


def test_a_line_upside_down_is_turned() -> None:
    up = [Candidate("S8L0", 0.3, 0.3, "rapid", "R")]
    down = [Candidate("LOT 85", 0.99, 0.99, "rapid", "R"), Candidate("LOT 85", 0.96, 0.96, "eng", "T")]
    assert [one.text for one in weigh.proposals(up, down, HERE, ALL)] == ["LOT 85"]


def test_a_reader_that_leaves_out_another_script_is_said_to() -> None:
    found = {one.text: one for one in said(rapid=("7,62", 0.98), eng=("NMaTpoub! 7,62", 0.5),
                                           rus=("Патроны 7,62", 0.96))}
    assert weigh.MORE in found["7,62"].doubts
    assert found["Патроны 7,62"].score > found["7,62"].score


def test_chinese_by_two_readers() -> None:
    [one] = said(rapid=("北方工业 1985", 0.97), chi_sim=("北方 工业 1985", 0.93), eng=("AtA 1985", 0.3),
                 rus=("ЗЕМ 1985", 0.1))
    assert (one.form, one.doubts) == ("Hani", ()) and one.score > 0.8


_TEXT = st.tuples(
    st.text("ABCKMHT0134789ЖЩДФЦИЯабв ١٢٩۶صنع北方-/.", min_size=1, max_size=12).filter(str.strip),
    st.floats(0, 1),
)


@given(answers=st.dictionaries(st.sampled_from(["rapid", *sorted(ALL)]), _TEXT),
       installed=st.sets(st.sampled_from(sorted(ALL))))
def test_whatever_the_readers_say(answers: dict[str, tuple[str, float]], installed: set[str]) -> None:
    found = said(sorted(installed), **answers)
    for one in found:
        assert one.text.strip() and 0 <= one.score < 1
        assert one.score <= weigh.SLIGHT or not one.doubts
        if one.score > weigh.DOUBTFUL:
            assert " and " in one.reader  # one alone is never relied on
        if one.form == "Arab":
            assert not any(c.isdigit() for c in one.text)
    if any(main_script(one.text) == "Cyrl" for one in found):
        assert all(one.doubts for one in found if one.form == "Latn")
    assert found == said(sorted(installed), **answers)
