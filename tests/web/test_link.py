"""The state of the page in its address: written, read, and whatever else may stand there."""

from __future__ import annotations

from dataclasses import asdict, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from willing.web.crises import choices
from willing.web.draft import Rules, read_crisis, read_rules
from willing.web.link import Link, moved_from, read_link, write_link

texts = st.text(max_size=20)
moves = st.dictionaries(st.sampled_from(["security", *asdict(Rules())]), texts.filter(bool))


@settings(deadline=None)  # the first loads the record
@given(texts.filter(bool), st.booleans(), moves, moves)
def test_a_link_says_what_was_written(crisis: str, compare: bool, one: dict, other: dict):
    """Reading a link gives the state it was written from, whatever was typed."""
    settings = {name: moved for name, moved in (("a", one), ("b", other)) if moved}
    whom = {"without": "Turkey, Egypt", "join": "Iran"} if compare else {}
    link = Link(crisis, tab="forecast", compare=compare, settings=settings, **whom)
    known = read_link(write_link(link))
    assert known is not None
    surrogates = {text for text in (crisis, *one.values(), *other.values()) if not _plain(text)}
    assert surrogates or known == link


def test_an_edited_crisis_is_in_the_link():
    """Changed sides and partners come back as they were typed, wrong numbers too."""
    draft = choices()["gulf.toml"].draft()
    rows = (replace(draft.rows[0], cost="many"), *draft.rows[2:])
    edited = replace(draft, rows=rows, target="Iraq & <others>")
    known = read_link(write_link(Link("gulf.toml", edited=edited)))
    assert known is not None
    again = known.draft(draft)
    assert (again.rows, again.target, again.about) == (rows, "Iraq & <others>", draft.about)


def test_only_what_moved_is_written():
    """A setting as it started leaves no trace in the address."""
    rules = Rules()
    typed = {**asdict(rules), "security": "0.5"}
    assert moved_from((0.5, rules), typed) == {}
    assert moved_from((0.5, rules), typed | {"office": "2"}) == {"office": "2"}
    assert write_link(Link("gulf.toml", settings={"a": {}})) == "crisis=gulf.toml"


@settings(deadline=None)  # the first loads the record
@given(st.one_of(st.text(), st.text().map(lambda text: "crisis=x&edit=" + text), st.integers()))
def test_any_address_is_read_or_ignored(text: object):
    """What no page wrote is no error, and what it says is checked like what is typed."""
    link = read_link(text)
    if link is not None:
        draft = link.draft(choices()["gulf.toml"].draft())
        read_crisis(draft)
        read_rules(link.start("a", 0.5, draft.rules)[1])


def _plain(text: str) -> bool:
    return text == text.encode("utf-8", "replace").decode()
