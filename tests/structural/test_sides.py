"""The record as arrays: who is a candidate, who is taken as given, and what is left out."""

import numpy as np
import polars as pl
import pytest
from threadpoolctl import threadpool_limits

from willing.record.store import Record, load_record
from willing.record.strength import MEASURES, add_strength
from willing.structural.first_stage import leaders_of, load_first_stage, with_insecurity
from willing.structural.side_arrays import sides_of_record
from willing.structural.terms import DEFAULT_TERMS, term_columns

# Covariates are stored in single precision and scores with four digits.
ONE_DIGIT = 1.5e-4
USA, FRANCE, BELARUS, GEORGIA, NORTH_KOREA = 2, 220, 370, 372, 731


@pytest.fixture(scope="module")
def record() -> Record:
    return load_record(leader="every", years="all")


def test_candidates_with_missing_covariates_are_taken_as_given(record: Record) -> None:
    """Who joined with unknown preferences lends her strength to the leader for certain."""
    sides = sides_of_record(record, terms=("divergence",), divergence="ideal points")
    korea = sides.names.index("132-731")
    assert 732 not in sides.partner[sides.rows(korea)]
    row = record.triads.filter("foremost", pl.col("side") == "132-731", pl.col("join") == 1)
    given = row.filter(pl.col("difLPv").is_null())
    own = given["cinc_ell"][0]
    assert given.height > 0
    assert sides.leader_strength[korea] == pytest.approx(own + given["cinc_pee"].sum())


def test_conditioning_loses_no_join_and_counts_them(record: Record) -> None:
    """Joins are modelled or taken as given; the account has the numbers."""
    sides = sides_of_record(record, terms=("divergence",), divergence="ideal points")
    used = record.triads.filter(
        "foremost", pl.col("insecurity_leader").is_not_null(), pl.col("cinc_tee").is_not_null()
    )
    joins = int(used["join"].cast(pl.Int64).sum())
    assert sides.joined.sum() + sides.account["of whom joined, taken as given"] == joins


def test_dropping_leaves_out_whole_sides(record: Record) -> None:
    """A side joined by a state whose preferences are unknown is left out."""
    kept = sides_of_record(record, terms=("divergence",), divergence="ideal points", missing="drop")
    assert "132-731" not in kept.names
    assert kept.account["of whom joined, taken as given"] == 0


def test_indicating_keeps_everybody(record: Record) -> None:
    """A term marks who has no ideal point, and all sides with a leader are kept."""
    sides = sides_of_record(
        record, terms=("divergence",), divergence="ideal points", missing="indicate"
    )
    assert sides.terms == ("divergence", "divergence_unknown", "constant")
    assert sides.account["candidates whose covariates are not known"] == 0
    unknown = sides.design[:, 1] == 1
    assert np.unique(sides.design[unknown, 0]).size == 1


def test_indicating_marks_only_what_is_unknown_for_somebody_left(record: Record) -> None:
    """Distances are unknown only on sides that are left out, so that no term marks them."""
    sides = sides_of_record(
        record, terms=("divergence", "distance"), divergence="ideal points", missing="indicate"
    )
    assert record.triads["PTdist"].null_count() > 0
    assert sides.terms == ("divergence", "distance", "divergence_unknown", "constant")


def test_completed_divergence_keeps_who_did_not_vote(record: Record) -> None:
    """With ideal points completed, South Korea of 1950 is a candidate and more joins count."""
    voted = sides_of_record(record, terms=("divergence",), divergence="ideal points")
    sides = sides_of_record(record, terms=("divergence",))
    assert 732 in sides.partner[sides.rows(sides.names.index("132-731"))]
    assert sides.joined.sum() > voted.joined.sum()


def test_who_stands_on_the_other_side(record: Record) -> None:
    """Belarus, Russia's ally, does against Russia; North Korea does, at war with the leader."""
    triads = record.triads.with_columns(term_columns(record.triads, ["other_side"]))
    found = triads.select("side", "leader", "partner", "other_side").rows()
    value = {tuple(unit): term for *unit, term in found}
    assert value["458-365", GEORGIA, BELARUS] == value["133-710", USA, NORTH_KOREA] == 1.0
    assert value["133-710", USA, FRANCE] == 0.0


def test_sides_are_laid_out_strongest_candidate_first(record: Record) -> None:
    """Within a side strengths fall, as the sum over coalitions needs them."""
    sides = sides_of_record(record, terms=DEFAULT_TERMS)
    for s in range(sides.count):
        assert (np.diff(sides.strength[sides.rows(s)]) <= 0).all()
    assert sides.observed_totals.sum(axis=0)[-1] == sides.joined.sum() == sides.sizes.sum()


def test_every_leader_is_a_side_of_her_own(record: Record) -> None:
    """With every crisis actor as L in turn, sides are named after leaders too."""
    sides = sides_of_record(record, terms=("distance",), leader="every")
    assert len(set(sides.names)) == sides.count
    assert sides.count > sides_of_record(record, terms=("distance",)).count


def test_shares_of_expenditure_are_shares(record: Record) -> None:
    """No state spends more than the world."""
    measured = add_strength(record.triads, "milex")
    assert measured["m_pee"].min() >= 0
    assert measured["m_pee"].max() < 1


def test_distance_discounts_strength(record: Record) -> None:
    """A state is never stronger far from home, and the target is at home."""
    measured = add_strength(record.triads, "discounted")
    assert (measured["m_pee"] <= measured["cinc_pee"]).all()
    assert (measured["m_tee"] == measured["cinc_tee"]).all()


def test_measures_are_compared_on_the_same_candidates(record: Record) -> None:
    """Where a measure is to be compared with others, all of them must be known."""
    one, two = (
        sides_of_record(record, terms=("divergence",), strength=measure, comparable=MEASURES)
        for measure in ("cinc", "milex")
    )
    assert one.names == two.names
    assert one.joined.sum() == two.joined.sum()
    assert len(one.partner) == len(two.partner)


def test_first_stage_gives_the_insecurity_of_the_record(record: Record) -> None:
    """Estimated from all leaders, the scores are those in the record."""
    stage = load_first_stage()
    with threadpool_limits(1):
        scores = stage.score()
    again = with_insecurity(record, scores)
    for column in ("stake_leader", "survival_given_victory_leader", "hazard_partner"):
        difference = (again.triads[column] - record.triads[column]).abs()
        assert difference.max() < ONE_DIGIT
        assert difference.null_count() == record.triads[column].null_count()


def test_first_stage_is_that_of_the_published_files(survival, tmp_path, record: Record) -> None:
    """The embedded leaders are those that the published files give."""
    leaders_of(survival, record).write(tmp_path)
    rebuilt, embedded = load_first_stage(tmp_path), load_first_stage()
    assert rebuilt.dated.equals(embedded.dated)
    for name, table in vars(rebuilt.sample).items():
        assert table.equals(getattr(embedded.sample, name))
