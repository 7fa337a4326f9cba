"""Authorities are those a person named, and no address is taken that is not one of theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from headstamp.errors import Invalid, Missing, Unreadable
from headstamp.exchange.authority import Authority, authorities_of, read_authorities
from headstamp.exchange.time_stamp import certificates_of
from tests.exchange.tsa import Tsa


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Tsa:
    return Tsa.make(tmp_path_factory.mktemp("tsa") / "one")


@pytest.mark.parametrize("url", [
    "file:///etc/passwd", "ftp://a/b", "gopher://a", "http:///tsa", "http://", "https://a b/", "tsa",
    "http://user:word@a/", "http://a/#part", "http://a:0/", "http://a:99999/", "http://[::1", "http://ä/",
    "http://a/\r\nHost: b", "//a/b", "data:,x", "HTTP:/a",
])
def test_no_other_address_is_taken(url: str) -> None:
    with pytest.raises(Invalid):
        Authority("A", url)


@pytest.mark.parametrize("name", ["", " A", "A\nB", "A\tB", "x" * 201])
def test_names(name: str) -> None:
    with pytest.raises(Invalid):
        Authority(name)


def test_a_file_of_them_and_more_beside(tsa: Tsa, tmp_path: Path) -> None:
    file = tmp_path / "stamps.toml"
    (tmp_path / "root.pem").write_bytes(tsa.ca.read_bytes())
    file.write_text("""
[[authority]]
name = "Ministry"
url = "https://stamp.example.org/tsa?x=1"
certificates = "root.pem"

[[authority]]
name = "Court"
""")
    pem = certificates_of(tsa.ca.read_bytes())
    ministry = Authority("Ministry", "https://stamp.example.org/tsa?x=1", pem)
    assert read_authorities(file) == [ministry, Authority("Court")]
    more = authorities_of(["Court=http://court.example/a=b", "Bar"], [f"Bar={tsa.ca}"], file)
    assert more == [ministry, Authority("Court", "http://court.example/a=b"), Authority("Bar", "", pem)]
    assert authorities_of([], [], None) == []
    for wrong in (f"Nobody={tsa.ca}", "Bar"):
        with pytest.raises(Invalid):
            authorities_of(["Bar"], [wrong], None)
    with pytest.raises(Missing):
        authorities_of(["Bar"], ["Bar=nowhere.pem"], None)
    with pytest.raises(Unreadable):
        authorities_of(["Bar"], [f"Bar={file}"], None)


def test_everything_that_is_wrong_with_a_file_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "stamps.toml"
    file.write_text("""
authority = [
  {name = "A", url = "file:///etc/passwd"}, {url = "http://b"}, {name = "C", port = "1"},
  {name = "D", certificates = "nowhere"}, {name = "E"}, {name = "E"}, {name = 7}, 7,
]
""")
    with pytest.raises(Invalid) as refused:
        read_authorities(file)
    assert [problem.row for problem in refused.value.problems] == [1, 2, 3, 4, 6, 7, 8]
    for text in ("", "x = 1", "[[authority]]\nname = 'A'\n[more]", "authority = 7"):
        file.write_text(text)
        with pytest.raises(Invalid):
            read_authorities(file)
    file.write_text("[[")
    with pytest.raises(Unreadable):
        read_authorities(file)
    file.write_bytes(b"\xff")
    with pytest.raises(Unreadable):
        read_authorities(file)
    with pytest.raises(Missing):
        read_authorities(tmp_path / "nowhere")
