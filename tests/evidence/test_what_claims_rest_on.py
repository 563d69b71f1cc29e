"""Bounds over missing divergences, both codings, every measure, and single units left out."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from willing.evidence.by_coding import BY_BLOCS, claims_by_coding
from willing.evidence.by_divergence import claims_by_divergence
from willing.evidence.claims import CLAIMS, FITS, Claim, claim_fit
from willing.evidence.divergence_bounds import extremes
from willing.evidence.influence import claims_without, influence_table
from willing.evidence.model_columns import IDEAL_POINTS
from willing.evidence.sample import Sample
from willing.record.measured import INSECURITY
from willing.record.store import load_record
from willing.sources.states import UNITED_STATES

DATA = Path(__file__).parents[1] / "data" / "evidence" / "clustered.csv"
RECENT = Sample(years=(1985, 1999))
# The search climbs to a peak near by; so much of the range may lie beyond.
NEAR = 0.1


@pytest.fixture(scope="module")
def triads():
    """Every leader's triads of recent crises."""
    return load_record(leader="every", years=RECENT.years).triads


@pytest.fixture(scope="module")
def small():
    """Committed data under the names of the models."""
    names = {"y": "join", "z1": INSECURITY, "x1": "difLPv", "x2": "difTPv", "g": "crisno"}
    return pl.read_csv(DATA).head(400).rename(names)


@pytest.mark.parametrize("name", ["joining", "noise", "preferences"])
def test_the_extremes_reach_as_far_as_every_corner(small, name):
    """With six missing values no choice of ends lies well beyond the extremes."""
    claim = CLAIMS[name]
    fit, _ = claim_fit(small, claim, covariates=IDEAL_POINTS)
    at = claim.position(fit)
    missing = np.zeros((fit.design.n, 2), dtype=bool)
    missing[[3, 50, 120, 200, 301, 399], [0, 1, 0, 1, 0, 1]] = True
    low, high = np.full(missing.shape, -4.0), np.full(missing.shape, 4.0)
    found = extremes(fit, claim, missing, (low, high), settled=1e-5)
    reached = [
        float(_refit(fit, claim, missing, corner).params[at])
        for corner in product((-4.0, 4.0), repeat=6)
    ]
    near = NEAR * (max(reached) - min(reached))
    assert found[0] <= min(reached) + near
    assert found[1] >= max(reached) - near


def _refit(fit, claim: Claim, missing, corner):
    design = fit.design
    X = design.X.copy()
    places = [design.terms.index(name) for name in IDEAL_POINTS]
    values = X[:, places]
    values[missing] = corner
    X[:, places] = values
    if claim.crossed:
        own = X[:, design.terms.index(claim.crossed)] * design.column(INSECURITY)
        X[:, design.terms.index(claim.term)] = own
    return FITS[claim.model](replace(design, X=X))


def test_a_claim_by_blocs_is_that_of_the_record_by_blocs(triads):
    """The table's row is the model fitted to the record loaded with that coding."""
    found = claims_by_coding(None, RECENT, triads=triads).frame
    blocs = load_record(leader="every", coding="blocs", years=RECENT.years).triads
    own = Sample(leader="strongest", years=RECENT.years).take(blocs)
    fit, _ = claim_fit(own, CLAIMS["joining"])
    row = found.filter(coding=BY_BLOCS, divergence="completed", claim="joining").row(0, named=True)
    assert row["estimate"] == pytest.approx(fit.estimate(INSECURITY).value, rel=1e-6)
    assert row["ones"] == fit.design.y.sum()


def test_influence_begins_with_nothing_left_out(triads):
    """The first row is the fit itself, and the United States go with the joins of their sides."""
    rows = RECENT.take(triads)
    table = influence_table(rows, claims={"joining": CLAIMS["joining"]}, most=3)
    fit, frame = claim_fit(rows, CLAIMS["joining"])
    assert table["joining"][0] == pytest.approx(fit.estimate(INSECURITY).value)
    assert table.height == 1 + 3 * 3
    alone = claims_without(rows, UNITED_STATES)
    without = alone.filter(claim="joining").row(0, named=True)
    noise = influence_table(rows, claims={"noise": CLAIMS["noise"]}, most=99)
    us = noise.filter(without="leader", name="United States of America")["noise"].to_numpy()
    own = alone.filter(claim="noise")["estimate"].to_numpy()
    np.testing.assert_allclose(us, own, rtol=1e-5)
    led = frame.filter(pl.col("leader") == UNITED_STATES)["join"].sum()
    assert without["ones"] == fit.design.y.sum() - led


def test_every_measure_of_divergence_has_its_row(triads):
    """Only UN votes lose joins; two imputations are pooled, so that their error is wider."""
    found = claims_by_divergence(triads, RECENT, imputations=2)
    joins = dict(found.wide().select("divergence", "joins").iter_rows())
    assert joins["ideal points"] < joins["completed"] == joins["S and regime"]
    pooled = found.frame.filter(divergence="completed", term="target").row(0, named=True)
    at_the_mean, _ = claim_fit(RECENT.take(triads), CLAIMS["target"])
    alone = at_the_mean.estimate(CLAIMS["target"].term)
    assert pooled["std_error"] > 0.9 * alone.std_error
    assert pooled["estimate"] == pytest.approx(alone.value, abs=alone.std_error)
