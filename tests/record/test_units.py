"""Units beyond triads: each row once, each column explained, each sample undone by its weights."""

from math import comb

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from willing.errors import DataError
from willing.record.codebook import check_columns
from willing.record.kads import sample_kads
from willing.record.names import STATES
from willing.record.store import Record, load_record
from willing.record.units import TABLES, UNITS, tables


@pytest.fixture(scope="module")
def record() -> Record:
    return load_record(years="all")


@pytest.mark.parametrize("name", UNITS)
def test_units_agree_with_the_codebook(record: Record, name: str) -> None:
    """Every column of every unit is of its type, in its range and missing only where it may be."""
    check_columns(tables(record, [name])[name], name)


def test_every_state_and_leader_has_a_name_beside_its_code(record: Record) -> None:
    """No table gives a code of a state alone, nor a side without who was in office."""
    found = tables(record)
    for name, frame in found.items():
        named = {STATES[code] for code in STATES if code in frame.columns}
        assert "name" in frame.columns or named <= set(frame.columns), name
        check_columns(frame, name)
    gulf = found["sides"].row(by_predicate=pl.col("side") == "393-645", named=True)
    assert (gulf["leader_state"], gulf["Lname"]) == ("United States of America", "G.H.W. Bush")
    here = (pl.col("side") == "393-645") & (pl.col("ccode") == 200)
    members = found["members"].row(by_predicate=here, named=True)
    assert (members["state"], members["leader_name"]) == ("United Kingdom", "Thatcher")
    leaders = record.triads.select("side", "leader", "Lname").unique()
    known = found["kads"].join(leaders, on=["side", "leader"])
    assert known["Lname"].eq_missing(known["Lname_right"]).all()
    assert found["kad_members"]["Pname"].null_count() < found["kad_members"].height / 10
    assert {"supplier_state", "recipient_state"} < set(found["arms"].columns)
    assert {"place_state", "strongest_name"} < set(found["episodes"].columns)


def test_a_crisis_actor_has_one_row_a_side_and_its_leader(record: Record) -> None:
    """All crisis actors are there; those in the state system have the leader of the triads."""
    actors = tables(record, ["actors"])["actors"]
    assert actors.height == record.members["actor"].sum()
    assert actors.select("side", "ccode").is_unique().all()
    reagan = actors.row(
        by_predicate=(pl.col("side") == "343-55") & (pl.col("ccode") == 2), named=True
    )
    assert reagan["Lobsid"] == "USA-1981"


@pytest.mark.parametrize("rule", ["acted", "every"])
def test_a_leader_on_a_side_counts_her_joiners(rule: str) -> None:
    """Joiners are those of her triads; for the foremost they are the coalition of the side."""
    record = load_record(leader=rule, years="all")  # type: ignore[arg-type]
    sides = tables(record, ["leader_sides"])["leader_sides"]
    assert sides.select("side", "leader").is_unique().all()
    assert sides["joiners"].sum() == record.triads["join"].sum()
    assert sides["built"].eq_missing((sides["joiners"] > 0).cast(pl.Int8)).all()
    foremost = sides.filter("foremost").join(record.sides, on="side")
    assert foremost["joiners"].eq_missing(foremost["coalition"]).all()


def test_every_coalition_is_a_kad_with_what_its_partners_are_together(record: Record) -> None:
    """Over Suez: Britain with France and Israel, their capabilities summed."""
    kads = tables(record, ["kads"])["kads"]
    seen = kads.filter(pl.col("observed") == 1)
    built = record.sides.filter(pl.col("coalition") > 0)
    assert set(seen["side"]) == set(built["side"])
    suez = seen.row(by_predicate=pl.col("side") == "152-651", named=True)
    assert (suez["k"], suez["partners"], suez["weight"]) == (3, "220 666", 1.0)
    triads = record.triads.filter(pl.col("side") == "152-651", pl.col("partner").is_in([220, 666]))
    total = triads["cinc_ell"][0] + triads["cinc_pee"].sum()
    assert suez["cinc_kad"] == pytest.approx(total, abs=1e-15)


def test_the_same_seed_gives_the_same_sample(record: Record) -> None:
    """A sample can be repeated, and another drawn."""
    again = sample_kads(record.triads, seed=3)
    assert again.equals(sample_kads(record.triads, seed=3))
    assert not again.equals(sample_kads(record.triads, seed=4))


@st.composite
def small_sides(draw: st.DrawFn) -> pl.DataFrame:
    """A few sides with a handful of partners each, some of whom joined."""
    rows = []
    for side in range(draw(st.integers(1, 3))):
        joins = draw(st.lists(st.integers(0, 1), min_size=1, max_size=5))
        rows += [(f"{side}", partner, join) for partner, join in enumerate(joins)]
    return pl.DataFrame(rows, schema=["side", "partner", "join"], orient="row")


@given(triads=small_sides(), wanted=st.integers(0, 50), seed=st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_weights_undo_the_sampling(triads: pl.DataFrame, wanted: int, seed: int) -> None:
    """Of each size, k-ads are distinct, and their weights sum to the number of possible ones."""
    sample = sample_kads(triads, per_coalition=wanted, seed=seed)
    one = sample.group_by("kad", "side", "k", "observed", "weight").agg(who="partner")
    assert (one["who"].list.len() + 1 == one["k"]).all()
    sets = [(row["side"], tuple(row["who"])) for row in one.iter_rows(named=True)]
    assert len(sets) == len(set(sets))
    pools = triads.group_by("side").len()["len"]
    for (size,), group in one.group_by("k"):
        events = group["observed"].sum()
        possible = sum(comb(pool, int(str(size)) - 1) for pool in pools)
        if group.height > events or possible == events:
            assert group["weight"].sum() == pytest.approx(possible)
        drawn = group.height - events
        assert drawn == min(wanted * events, possible - events)


def test_a_negative_sample_is_refused(record: Record) -> None:
    """There is no drawing fewer than none."""
    with pytest.raises(DataError, match="0 or more"):
        sample_kads(record.triads, per_coalition=-1)


def test_an_unknown_table_is_refused(record: Record) -> None:
    """The message gives the tables there are."""
    with pytest.raises(DataError, match="no table 'dyads'; it has crises, sides"):
        tables(record, ["dyads"])
    assert set(tables(record)) == set(TABLES)
