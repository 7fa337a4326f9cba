"""Words of a report: counts, shares, and codes that no direction of text turns round."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from headstamp.publish import wording


def test_a_code_in_arabic_prose_is_isolated() -> None:
    made = wording.prose("رقم الدفعة 07-85، والرقم (12-345/A).\nLot 07-85")
    assert '<p class="said" dir="rtl">' in made
    assert '<bdi dir="ltr">07-85</bdi>،' in made
    assert '(<bdi dir="ltr">12-345/A</bdi>).' in made
    assert made.endswith('<p class="said" dir="auto">Lot 07-85</p>')


def test_foreign_words_in_arabic_keep_their_order_and_their_letters() -> None:
    assert wording.said("كابل Türkiye Trading 3x2.5") == (
        '<bdi dir="rtl">كابل <bdi dir="ltr">Türkiye Trading 3x2.5</bdi></bdi>'
    )


def test_a_marking_runs_as_its_letters_do() -> None:
    assert wording.marking("07-85") == '<bdi dir="ltr" class="marking">07-85</bdi>'
    assert wording.marking("ЖК 07-85").startswith('<bdi dir="ltr"')
    assert wording.marking("الدفعة 07-85") == (
        '<bdi dir="rtl" class="marking">الدفعة <bdi dir="ltr">07-85</bdi></bdi>'
    )


def test_several_texts_in_a_line_do_not_reach_into_each_other() -> None:
    assert wording.listed(("نهر", "", "Türkiye")) == (
        '<bdi dir="rtl">نهر</bdi>, <bdi>Türkiye</bdi>'
    )


@given(st.text())
def test_nothing_given_becomes_markup(text: str) -> None:
    for made in (wording.said(text), wording.marking(text), wording.prose(text)):
        bare = re.sub(r'</?(bdi|p)( dir="(ltr|rtl|auto)")?( class="\w+")?( dir="(rtl|auto)")?>',
                      "", made)
        assert "<" not in bare and ">" not in bare
        # What XML cannot hold is replaced; all other letters are there.
        kept = [c for c in text if c.isalnum() and unicodedata.category(c) not in ("Cn", "Co")]
        assert [c for c in kept if c not in bare] == []


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_is_never_nothing_nor_all_unless_it_is(part: int, whole: int) -> None:
    part = min(part, whole)
    told = wording.share(part, whole)
    assert (told == "0 %") == (part == 0)
    assert (told == "100 %") == (part == whole)
