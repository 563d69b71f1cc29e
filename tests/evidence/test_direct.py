"""The direct tests of H1 and H2."""

import json

import numpy as np
import polars as pl
import pytest

from willing.errors import EstimationError
from willing.estimation.resampling import bootstrap_means
from willing.evidence.direct import direct_tests
from willing.evidence.sample import leader_sides, third_of
from willing.evidence.selectivity import join_rates, partner_divergence
from willing.record.measured import INSECURITY

# A bootstrap of 2,000 draws knows a standard error to a few per cent.
BOOTSTRAP = 0.1


@pytest.fixture(scope="module")
def direct(triads):
    """The direct tests on the simulated triads."""
    return direct_tests(triads)


def test_a_side_has_built_a_coalition_if_anybody_joined(triads):
    """One row a side and leader, its partners counted, and missing where nothing is coded."""
    sides = leader_sides(triads)
    assert sides.height == triads.select("side", "leader").n_unique()
    assert sides["partners"].sum() == triads["join"].sum()
    silent = leader_sides(triads.with_columns(join=pl.lit(None, pl.Int8)))
    assert silent["built"].null_count() == silent.height


def test_thirds_hold_a_third_each():
    """Distinct values fall into thirds of equal size, missing ones into none."""
    thirds = third_of(pl.Series([*range(30), None]))
    assert thirds.drop_nulls().value_counts()["count"].to_list() == [10, 10, 10]
    assert thirds.null_count() == 1


def test_bootstrap_of_clusters_gives_the_spread_of_cluster_means():
    """With one cell the draws' standard deviation is the clustered standard error of the mean."""
    rng = np.random.default_rng(1)
    cluster = np.repeat(np.arange(200), 5)
    values = rng.normal(size=200)[cluster] + rng.normal(scale=0.1, size=1000)
    found = bootstrap_means(
        values, np.zeros(1000, int), cluster, cells=1, draws=4000, rng=np.random.default_rng(2)
    )
    by_cluster = values.reshape(200, 5).mean(axis=1)
    expected = by_cluster.std(ddof=1) / np.sqrt(200)
    assert found.means[0] == pytest.approx(values.mean())
    assert found.drawn.std() == pytest.approx(expected, rel=BOOTSTRAP)


def test_direct_tests_find_what_the_triads_were_drawn_from(direct):
    """Where insecure leaders build more and choose less, every direct test says so."""
    built = direct.built["built"].to_list()
    assert built[0] < built[2]
    assert direct.building["insecurity"].estimate(INSECURITY).z > 2
    assert direct.joining.estimate("insecurity_leader:difLPv").z > 2
    assert direct.divergence.per_partner.low > 0
    assert direct.divergence.per_coalition.value > 0
    assert direct.rates.difference.low > 0


def test_selectivity_without_a_difference_is_not_found(triads):
    """If insecurity is shuffled over sides, the contrasts of the partners cover zero."""
    sides = triads.select("side").unique(maintain_order=True)
    shuffled = sides.with_columns(
        pl.Series(INSECURITY, np.random.default_rng(5).uniform(size=sides.height))
    )
    mixed = triads.drop(INSECURITY).join(shuffled, on="side")
    rng = np.random.default_rng(6)
    divergence, rates = partner_divergence(mixed, rng=rng), join_rates(mixed, rng=rng)
    for contrast in (divergence.per_partner, divergence.net, rates.difference):
        assert contrast.low < 0 < contrast.high


def test_cells_of_the_rates_add_up_to_the_triads_with_known_divergence(triads, direct):
    """The nine cells hold every triad with divergence and insecurity known, once."""
    known = triads.drop_nulls(["join", "difLPv", INSECURITY])
    assert direct.rates.frame["triads"].sum() == known.height
    assert direct.rates.frame["joined"].sum() == known["join"].sum()


def test_leaders_without_partners_are_refused_with_a_reason(triads):
    """If no secure leader took a partner there is nothing to compare."""
    median = triads[INSECURITY].median()
    none = triads.with_columns(join=pl.col("join") * (pl.col(INSECURITY) > median))
    with pytest.raises(EstimationError, match="most secure third"):
        partner_divergence(none, rng=np.random.default_rng(0))
    with pytest.raises(EstimationError, match="most secure third"):
        join_rates(none, rng=np.random.default_rng(0))


def test_results_turn_into_json_frames_and_pictures(direct, tmp_path):
    """The tests are plain numbers when asked, print, and draw."""
    assert json.dumps(direct.to_dict())
    assert direct.to_frame().height
    assert str(direct)
    pictures = (direct.plot(), direct.rates.plot())
    for number, picture in enumerate(pictures):
        path = tmp_path / f"{number}.png"
        picture.save(path, dpi=40, verbose=False)
        assert path.stat().st_size > 0
