"""One part in several weapons, and families."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from headstamp.analysis.parts import SeenPart, families, same_parts

PARTS = st.lists(st.builds(
    lambda n, key, stem, maker, weapon: SeenPart(f"i{n}", "", maker, key.lower(), key + stem, stem, stem[:1], weapon),
    st.integers(0, 30), st.sampled_from(["A", "B", ""]), st.sampled_from(["X1", "X2", "Y1", ""]),
    st.sampled_from(["M", "N", ""]), st.sampled_from(["w1", "w2", "w3", ""]),
), max_size=40)


@given(PARTS)
def test_each_is_in_as_many_weapons_as_it_says_whatever_the_order(seen: list[SeenPart]) -> None:
    found = same_parts(seen)
    assert found == same_parts(reversed(seen))
    for one in found:
        assert len(one.weapons) >= 2 and "" not in one.weapons
        assert set(one.weapons) == {p.weapon for p in seen if p.key == one.key} - {""}
    assert [len(one.weapons) for one in found] == sorted((len(one.weapons) for one in found), reverse=True)


@given(PARTS)
def test_families_hold_one_maker_and_lose_no_part(seen: list[SeenPart]) -> None:
    found = families(seen)
    assert found == families(list(reversed(seen)))
    for family in found:
        own = [p for p in seen if (p.maker, p.series) == (family.maker, family.series)]
        assert family.maker and family.series
        assert family.parts == len({p.item for p in own})
        assert {v.stem for v in family.variants} == {p.stem for p in own}
