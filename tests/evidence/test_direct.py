"""The direct tests of H1 and H2, the specification curve and the verdicts."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from willing.errors import EstimationError
from willing.estimation.resampling import bootstrap_means
from willing.evidence.curve import specification_curve
from willing.evidence.direct import direct_tests, fit_joining
from willing.evidence.formation import INSECURITY
from willing.evidence.sample import leader_sides, select_triads, third_of
from willing.evidence.selectivity import join_rates, partner_divergence
from willing.evidence.specification_choices import Choices

# A bootstrap of 2,000 draws knows a standard error to a few per cent.
BOOTSTRAP = 0.1


@pytest.fixture(scope="module")
def direct(triads):
    """The direct tests on the simulated triads."""
    return direct_tests(triads)


@pytest.fixture(scope="module")
def curve(triads):
    """A small specification curve on the simulated triads."""
    choices = Choices(
        insecurity=("hazard", "hazard_plain"),
        leader=("strongest", "every"),
        coding=("join", "join_icb", "join_absent"),
        sample=("1951-1999", "without victims"),
        covariates=("divergence",),
        divergence=("ideal points",),
    )
    return specification_curve(triads, choices=choices)


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


def test_the_curve_holds_every_combination_of_the_choices_present(curve):
    """Two of everything and two hypotheses; a coding that the triads lack is left out."""
    assert curve.frame.height == 2**5
    assert curve.frame["failure"].null_count() == 2**5
    assert set(curve.frame["coding"]) == {"join", "join_icb"}


def test_a_point_of_the_curve_is_the_model_fitted_alone(triads, curve):
    """Warm starts and threads do not change an estimate."""
    sample = select_triads(
        triads, leader="every", coding="join_icb", victims=False, divergence="ideal points"
    )
    row = curve.frame.filter(
        pl.col("hypothesis") == "H2",
        pl.col("insecurity") == "hazard",
        pl.col("leader") == "every",
        pl.col("coding") == "join_icb",
        pl.col("sample") == "without victims",
    ).row(0, named=True)
    alone = fit_joining(sample, covariates=("difLPv", "difTPv")).estimate(
        "insecurity_leader:difLPv"
    )
    assert row["estimate"] == pytest.approx(alone.value, rel=1e-6)
    assert row["std_error"] == pytest.approx(alone.std_error, rel=1e-6)


def test_what_cannot_be_estimated_stays_in_the_curve_with_its_reason(triads):
    """A coding in which nobody joins is a row with a failure, not a gap; only such is an error."""
    silent = triads.with_columns(join_icb=0)
    choices = Choices(
        leader=("every",),
        sample=("1946-1999",),
        insecurity=("hazard",),
        divergence=("ideal points",),
    )
    found = specification_curve(silent, choices=choices)
    by_coding = dict(found.frame.group_by("coding").agg(pl.col("failure").first()).iter_rows())
    assert by_coding["join"] is None
    assert "join is 0" in by_coding["join_icb"]
    assert "4 of 8 could not be estimated" in str(found)
    with pytest.raises(EstimationError, match="join is 0"):
        specification_curve(silent, choices=replace(choices, coding=("join_icb",)))


def test_shares_count_signs_and_significance(curve):
    """Shares are of estimates of one hypothesis and agree between overall and alternatives."""
    shares = curve.shares("H1")
    overall = shares.row(0, named=True)
    rows = curve.estimated("H1")
    assert overall["specifications"] == rows.height
    assert overall["positive"] == pytest.approx((rows["estimate"] > 0).mean())
    leaders = shares.filter(pl.col("choice") == "leader")
    weighted = (leaders["positive"] * leaders["specifications"]).sum() / rows.height
    assert weighted == pytest.approx(overall["positive"])


def test_the_choice_that_matters_is_named(triads):
    """Where one measure of insecurity is noise, the verdict hangs on the measure."""
    noise = np.random.default_rng(7).uniform(size=triads["side"].n_unique())
    mixed = triads.with_columns(hazard_plain_leader=pl.Series(noise[triads["side"].to_numpy()]))
    choices = Choices(
        insecurity=("hazard", "hazard_plain"),
        leader=("every",),
        covariates=("divergence",),
        divergence=("ideal points",),
    )
    found = specification_curve(mixed, choices=choices)
    assert found.variance_shares("H1")["choice"][0] == "insecurity"
    assert 0.3 < found.variance_shares("H1")["share"][0] <= 1


def test_results_turn_into_json_frames_and_pictures(direct, curve, tmp_path):
    """Every result is plain numbers when asked, prints, and draws."""
    for result in (direct, curve):
        assert json.dumps(result.to_dict())
        assert result.to_frame().height
        assert str(result)
    pictures = (direct.plot(), direct.rates.plot(), curve.plot(), curve.plot_choices("H1"))
    for number, picture in enumerate(pictures):
        path = tmp_path / f"{number}.png"
        picture.save(path, dpi=40, verbose=False)
        assert path.stat().st_size > 0
