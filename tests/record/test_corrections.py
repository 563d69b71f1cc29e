"""The package's words on what no file has: taken whole, refused if they cannot be meant."""

from pathlib import Path

import polars as pl
import pytest

from willing.errors import DataError
from willing.record.corrections import Correction, corrections
from willing.record.layout import lay_out
from willing.record.store import load_record
from willing.sources.icb import read_crises

FILE = """
[[correction]]
crisis = 393
target = 645
states = [663]
joined = true
reason = "for the sake of argument"
citation = "nobody"
"""


def test_every_correction_has_a_reason_and_a_citation() -> None:
    """No word without both, and each is in the record."""
    record = load_record(years="all")
    for word in corrections():
        assert word.reason
        assert word.citation
        member = record.members.filter(
            crisno=word.crisis, target=word.target, ccode=word.state
        ).row(0, named=True)
        assert (member["acted"], member["basis"]) == (int(word.joined), "word")
        assert member["joined"] in ((None,) if word.leads else (int(word.joined),))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('citation = "nobody"\n', ""), "lacks 'citation'"),
        (("joined = true", 'joined = "yes"'), "joined = 'yes' should be a bool"),
        (("states = [663]", "states = []"), r"states = \[\] should be a list"),
        (("states = [663]", "states = [663, 663]"), "state 663 twice"),
        (("joined = true", "joined = false\nleads = true"), "leads nobody"),
        (("joined = true", "joint = true"), "lacks 'joined'|'joint' is not one of"),
    ],
)
def test_a_correction_that_contradicts_itself_is_refused(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    """The message says which correction and what is wrong with it."""
    path = tmp_path / "words.toml"
    path.write_text(FILE.replace(*change), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        corrections(path)


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ((393, 710, 2), "nobody faces 710 in it; the targets are"),
        ((393, 645, 347), "state 347 was no member"),
    ],
)
def test_a_correction_of_what_is_not_there_is_refused(
    raw: Path, word: tuple[int, int, int], message: str
) -> None:
    """A side or a state that the crisis does not have is named."""
    crises = read_crises(raw).filter(pl.col("crisno") == word[0])
    with pytest.raises(DataError, match=message):
        lay_out(raw, crises, [Correction(*word, joined=True, reason="r", citation="c")])
