"""Permutation by scores, and the table of all ways of inference."""

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

from willing.estimation.design import build_design
from willing.estimation.models import fit_logit, fit_probit
from willing.evidence.claim_tests import judge
from willing.evidence.inference import inference_table
from willing.evidence.permutation import (
    permute_units,
    permuted_statistics,
    score_sums,
    two_sided,
)
from willing.numbers import Ints
from willing.record.measured import INSECURITY

COVARIATES = ("difLPv", "cinc_pee", "LPallies", "PTdist")


@pytest.fixture(scope="module")
def rows(triads):
    """Complete triads, and the side of each as a unit."""
    frame = triads.drop_nulls(["difTPv"])
    return frame, frame["side"].rank("dense").cast(pl.Int64).to_numpy() - 1


def clusters(unit: Ints, frame: pl.DataFrame) -> Ints:
    """Crisis of each unit."""
    first = np.unique(unit, return_index=True)[1]
    return frame["crisno"].to_numpy()[first]


def test_the_statistic_is_the_efficient_score_row_by_row(rows):
    """Sums over units give what the scores of all rows give, regressed on the model's own."""
    frame, unit = rows
    design = build_design(frame, outcome="join", mean=(INSECURITY, *COVARIATES), cluster="crisno")
    null = fit_logit(design.without(INSECURITY))
    p = expit(null.design.X @ null.params)
    x, W = design.column(INSECURITY), p * (1 - p)
    weighted = W[:, None] * null.design.X
    b = np.linalg.solve(null.design.X.T @ weighted, weighted.T @ x)
    by_crisis = np.bincount(design.cluster, weights=(design.y - p) * (x - null.design.X @ b))
    first = np.unique(unit, return_index=True)[1]
    sums = score_sums(null, None, unit, clusters(unit, frame))
    found = permuted_statistics(sums, x[first][None, :], crossed=False)[0]
    assert found == pytest.approx(by_crisis.sum() / np.sqrt((by_crisis**2).sum()), rel=1e-8)


def test_a_permuted_column_is_what_a_fresh_one_gives(rows):
    """The statistic of a permutation is that of a frame in which sides were exchanged."""
    frame, unit = rows
    null = fit_probit(build_design(frame, outcome="join", mean=COVARIATES, cluster="crisno"))
    sums = score_sums(null, frame["difLPv"].to_numpy(), unit, clusters(unit, frame))
    first = np.unique(unit, return_index=True)[1]
    values = frame[INSECURITY].to_numpy()[first]
    order = np.random.default_rng(2).permutation(len(values))
    both = permuted_statistics(
        sums, values[np.array([np.arange(len(values)), order])], crossed=True
    )
    alone = permuted_statistics(sums, values[order][None, :], crossed=True)
    assert both[1] == pytest.approx(alone[0])
    assert both[0] != pytest.approx(both[1])


def test_permutations_stay_within_strata():
    """Every unit takes a value of its own stratum, each value once."""
    stratum = np.array([0, 0, 0, 1, 1, 2])
    found = permute_units(stratum, permutations=50, seed=1)
    assert (found[0] == np.arange(6)).all()
    assert (stratum[found] == stratum).all()
    assert (np.sort(found, axis=1) == np.arange(6)).all()


def test_p_of_a_permutation_counts_the_data():
    """The data are one of the arrangements, so no p-value is zero."""
    assert two_sided(np.array([3.0, 1.0, -3.0, 0.0])) == 0.5


def test_every_method_speaks_of_a_simulated_claim(triads):
    """On triads in which insecurity raises joining, every p-value of it is small."""
    found = inference_table(triads.with_columns(Lmaj=pl.col("Lmaj")), permutations=199)
    joining = found.p_values("joining")
    assert len(joining) == 8
    assert max(joining.values()) < 0.1
    assert set(found.to_frame()["claim"]) == {
        "formation", "joining", "noise", "preferences", "target",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "p", "finding"),
    [
        (0.1, 0.9, [0.01, 0.04], "supported"),
        (-0.9, -0.1, [0.01, 0.04], "contradicted"),
        (0.1, 0.9, [0.01, 0.06], "undetermined"),
        (-0.1, 0.9, [0.01, 0.01], "undetermined"),
        (0.1, 0.9, [], "supported"),
    ],
)
def test_verdicts_follow_the_rule(low, high, p, finding):
    """An interval and every deciding method must agree before a claim is settled."""
    assert judge(low, high, p) == finding
