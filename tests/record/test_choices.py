"""What a user chooses about the record changes what it says, and nothing else."""

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from willing.errors import DataError
from willing.record.choices import Choices, Override, choices_from_dict, read_overrides
from willing.record.codings import CODINGS
from willing.record.pool import add_relevance, in_pool, region_of
from willing.record.store import load_record

USA, CUBA, UKG, JORDAN, IRAQ, GRENADA = 2, 40, 200, 663, 645, 55
CHANGED = {"join", "on_side"}
FILE = """
[[override]]
crisis = 393
target = 645
state = 663
joined = true
reason = "for the sake of argument"
citation = "nobody"

[[override]]
crisis = 343
state = 54
joined = false
target = 55
reason = "sent no troops of its own"
citation = "somebody 1984: 12"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.mark.parametrize("coding", CODINGS)
def test_one_source_alone_may_decide_who_joined(coding: str) -> None:
    """The outcome is that of the source, missing where it does not speak; nothing else moves."""
    plain = load_record(years="all")
    record = load_record(outcome=coding, years="all")  # type: ignore[arg-type]
    assert (record.triads["join"].eq_missing(plain.triads[f"join_{coding}"])).all()
    assert_frame_equal(record.triads.drop("join", "covered"), plain.triads.drop("join", "covered"))
    joined = record.triads.group_by("side").agg(
        pl.when(pl.col("join").count() > 0).then(pl.col("join").sum().cast(pl.Int64))
    )
    sides = record.sides.join(joined, on="side").filter(f"speaks_{coding}")
    assert sides["coalition"].to_list() == sides["join"].to_list()
    assert record.sides.filter(~pl.col(f"speaks_{coding}"))["coalition"].null_count() == (
        record.sides.filter(~pl.col(f"speaks_{coding}")).height
    )


def test_the_user_has_the_last_word(file: Path) -> None:
    """Overrides change the join of that state on that side, its coalition, and are reported."""
    plain, record = (
        load_record(leader="every", years="all"),
        load_record(leader="every", overrides=file, years="all"),
    )
    changed = record.triads.filter(record.triads["join"].ne_missing(plain.triads["join"]))
    assert set(changed.select("side", "partner").unique().iter_rows()) == {
        ("393-645", JORDAN),
        ("343-55", 54),
    }
    assert_frame_equal(record.triads.drop(CHANGED), plain.triads.drop(CHANGED))
    coalitions = dict(
        record.sides.join(plain.sides, on="side")
        .filter(pl.col("coalition") != pl.col("coalition_right"))
        .select("side", pl.col("coalition") - pl.col("coalition_right"))
        .iter_rows()
    )
    assert coalitions == {"393-645": 1, "343-55": -1}
    jordan = record.members.row(
        by_predicate=(pl.col("side") == "393-645") & (pl.col("ccode") == JORDAN), named=True
    )
    assert (jordan["acted"], jordan["by_icb"], jordan["act_icb"]) == (1, False, None)
    assert "override: crisis 393: 663 joined against 645: for the sake of argument" in str(record)
    assert record.to_dict()["manifest"]["choices"]["overrides"][1]["citation"] == (
        "somebody 1984: 12"
    )


def test_overrides_come_after_the_coding(file: Path) -> None:
    """The user's word stands whichever source decides otherwise."""
    for coding in CODINGS:
        triads = load_record(outcome=coding, overrides=file, years="all").triads
        mine = triads.filter(pl.col("side") == "393-645", pl.col("partner") == JORDAN)
        assert mine["join"].to_list() == [1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("crisis = 393", "crisis = 9"), "crisis 9: the record has no such crisis; nearest: 110 "),
        (("target = 645\n", ""), r"several targets, say which is meant: target = "),
        (("target = 645", "target = 20"), "nobody faces 20 in it"),
        (("state = 663", "state = 645"), "state 645 is the target"),
        (
            ("state = 663", "state = 347"),
            "state 347 was no member on 1990-08-02; nearest .* 345 Yugoslavia",
        ),
        (("joined = true", 'joined = "yes"'), "joined = 'yes' should be a bool"),
        (('reason = "for the sake of argument"', 'reason = ""'), "reason = '' should be a str"),
        (('citation = "nobody"\n', ""), "lacks 'citation'"),
        (("joined = true", "joint = true"), "override 1 lacks 'joined'"),
        (("state = 663", "state = 663\nstat = 1"), "'stat' is not one of crisis, state"),
        (("[[override]]", "[override]"), "is not a TOML file"),
    ],
)
def test_an_override_that_cannot_be_meant_is_refused(
    file: Path, change: tuple[str, str], message: str
) -> None:
    """The message says which override and what is wrong with it."""
    text = FILE.replace(*change)
    assert text != FILE
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_record(overrides=file, years="all")


def test_a_state_is_overridden_once(file: Path) -> None:
    """Two words on one state are one too many."""
    first = FILE.split("[[override]]")[1]
    file.write_text(f"[[override]]{first}[[override]]{first}", encoding="utf-8")
    with pytest.raises(DataError, match="crisis 393, state 663 is there twice"):
        read_overrides(file)


def test_two_words_on_one_state_are_refused_however_the_side_is_named() -> None:
    """One names the target, the other leaves it out in a crisis with one side: they contradict."""
    side = load_record(years="all").sides.group_by("crisno").agg(pl.len(), pl.col("target").first())
    crisis, _, target = side.filter(pl.col("len") == 1).sort("crisno").row(0)
    words = [
        Override(crisis, 900, joined=joined, reason="r", citation="c", target=named)
        for joined, named in ((True, None), (False, target))
    ]
    with pytest.raises(DataError, match="two overrides speak of state 900"):
        load_record(overrides=words, years="all")


def test_choices_come_back_from_the_manifest(file: Path) -> None:
    """What was chosen is written as plain values and read again; defaults take no room."""
    choices = Choices(
        outcome="gml", leader="first", pool="region", crises=(1, 2), overrides=read_overrides(file)
    )
    assert choices_from_dict(choices.to_dict()) == choices
    assert Choices().to_dict() == {}


@pytest.mark.parametrize(
    "wrong", [{"outcome": "cow"}, {"leader": "weakest"}, {"pool": "some"}, {"coding": "guess"}]
)
def test_an_unknown_choice_is_refused(wrong: dict[str, str]) -> None:
    """The message gives the choices there are."""
    with pytest.raises(DataError, match=r"it is .* or "):
        Choices(**wrong)  # type: ignore[arg-type]


def test_regions_are_those_of_the_codes() -> None:
    """The Americas, Europe, Africa, the Middle East, Asia and Oceania."""
    codes = pl.DataFrame({"ccode": [USA, UKG, 475, IRAQ, 710, 900]})
    assert codes.select(region_of(pl.col("ccode"))).to_series().to_list() == [0, 1, 2, 3, 4, 5]


def test_relevant_partners_border_the_target_or_one_of_them_is_a_major_power() -> None:
    """Against Grenada: its neighbours and the major powers; against a major power: everybody."""
    triads = pl.DataFrame(
        {
            "year": [1983] * 4,
            "target": [GRENADA, GRENADA, GRENADA, USA],
            "partner": [56, UKG, IRAQ, IRAQ],
            "PTcontig": [1, 0, 0, 0],
        }
    )
    states = pl.DataFrame(
        {
            "year": [1983] * 5,
            "ccode": [USA, UKG, GRENADA, 56, IRAQ],
            "major": [True, True, False, False, False],
        }
    )
    triads = add_relevance(triads, states)
    kept = in_pool(triads, "relevant").select("partner", "target")
    assert kept.rows() == [(56, GRENADA), (UKG, GRENADA), (IRAQ, USA)]
    assert in_pool(triads, "all").height == 4
    assert in_pool(triads, "region")["partner"].to_list() == [56]


def test_a_partner_of_unknown_relevance_stays() -> None:
    """Not known is not irrelevant."""
    triads = pl.DataFrame(
        {"year": [1983], "target": [GRENADA], "partner": [56], "PTcontig": [None]}
    )
    states = pl.DataFrame({"year": [1983], "ccode": [GRENADA], "major": [False]})
    assert in_pool(add_relevance(triads, states), "relevant").height == 1


def test_an_override_reads_as_a_sentence() -> None:
    """Crisis, state, word, reason and citation."""
    said = Override(343, CUBA, joined=False, reason="workers", citation="a book", target=USA)
    assert str(said) == "crisis 343: 40 did not join against 2: workers (a book)"


@pytest.mark.parametrize("wrong", [{"leader": "acted"}, {"leader": "hostile"}, {"outcome": "gml"}])
def test_the_coding_by_blocs_knows_its_own_rules_only(wrong: dict[str, str]) -> None:
    """A leader rule or a source that belongs to the coding by acts is refused."""
    with pytest.raises(DataError, match="the coding by"):
        Choices(coding="blocs", **wrong)  # type: ignore[arg-type]
