"""Inference for rare events and few clusters: R's figures, and what must hold."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from willing.estimation.covariance import crossed_covariance
from willing.estimation.design import build_design
from willing.estimation.jackknife import cluster_jackknife
from willing.estimation.models import fit_hetprobit, fit_logit, fit_probit
from willing.estimation.pairs_bootstrap import cluster_bootstrap
from willing.estimation.penalised import fit_penalised, penalised_test
from willing.estimation.row_likelihood import derivatives, row_scores
from willing.estimation.score_bootstrap import wild_score_test
from willing.evidence.claims import CLAIMS, claim_fit
from willing.evidence.influence import leave_one_out

DATA = Path(__file__).parents[1] / "data" / "evidence"
TERMS = ["x1", "x2", "z1"]
# Optimisers agree to seven digits.
SAME = 1e-5
# Two Newton steps from the full estimates stand in for a new search.
NEAR = 1e-3


@pytest.fixture(scope="module")
def frame():
    """The committed data with a second clustering."""
    rows = pl.read_csv(DATA / "clustered.csv").with_row_index("h")
    return rows.with_columns(pl.col("h").cast(pl.Int64) % 37)


@pytest.fixture(scope="module")
def design(frame):
    """Its design, clustered the first way."""
    return build_design(frame, outcome="y", mean=TERMS, variance=["z1"], cluster="g")


def by_r(method):
    """R's estimates and standard errors, in our order: the constant last."""
    found = pl.read_csv(DATA / "rare_events.csv").filter(pl.col("method") == method)
    order = [*TERMS, "(Intercept)"]
    rows = {r["term"]: r for r in found.iter_rows(named=True)}
    return (np.array([rows[t][c] for t in order]) for c in ("estimate", "se"))


def test_two_way_clusters_are_rs(frame, design):
    """Standard errors clustered two ways are those of sandwich::vcovCL."""
    fit = fit_logit(design)
    scores = row_scores("logit", fit.params, design.y, design.X, design.Z[:, :0])
    _, hessian = derivatives("logit", fit.params, design.y, design.X, design.Z[:, :0])
    V = crossed_covariance(scores, hessian, design.cluster, frame["h"].to_numpy())
    _, errors = by_r("logit, two ways")
    np.testing.assert_allclose(np.sqrt(np.diag(V)), errors, rtol=SAME)


@pytest.mark.parametrize(("link", "fit"), [("logit", fit_logit), ("probit", fit_probit)])
def test_the_jackknife_is_a_fit_without_each_cluster(design, link, fit):
    """Standard errors are those of refitting in R without each cluster."""
    found = cluster_jackknife(fit(design))
    _, errors = by_r(f"{link}, jackknife")
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), errors, rtol=NEAR)


def test_clustered_errors_are_those_of_clubsandwich(design):
    """Ours are its CR1, and the jackknife in one step, without the factor (G-1)/G, its CR3."""
    fit, count = fit_logit(design), design.n_clusters
    one_step = cluster_jackknife(fit, steps=1).covariance * count / (count - 1)
    for kind, covariance in (("CR1", fit.covariance), ("CR3", one_step)):
        _, errors = by_r(f"logit, {kind}")
        np.testing.assert_allclose(np.sqrt(np.diag(covariance)), errors, rtol=SAME)


def test_the_bootstrap_is_a_fit_to_every_draw_of_clusters(frame):
    """Its p-value and spread are those of fits to rows repeated as often as their cluster."""
    design = build_design(frame, outcome="y", mean=TERMS, variance=["z1"], cluster="g")
    fit, at, draws = fit_hetprobit(design), len(design.terms), 30
    found = cluster_bootstrap(fit, at, draws=draws, seed=3)
    rng = np.random.default_rng(3)
    count, apart, distant = design.n_clusters, [], 0
    for _ in range(draws):
        times = rng.multinomial(count, np.full(count, 1 / count))
        drawn = [design.cluster == g for g in np.repeat(np.arange(count), times)]
        again = fit_hetprobit(
            replace(
                design,
                y=np.concatenate([design.y[rows] for rows in drawn]),
                X=np.concatenate([design.X[rows] for rows in drawn]),
                Z=np.concatenate([design.Z[rows] for rows in drawn]),
                cluster=np.repeat(np.arange(count), [rows.sum() for rows in drawn]),
            )
        )
        apart.append(again.params[at] - fit.params[at])
        distant += abs(apart[-1] / again.std_errors[at]) >= abs(fit.params[at] / fit.std_errors[at])
    low, high = np.quantile(apart, [0.25, 0.75])
    assert found.p == (1 + distant) / (1 + draws)
    assert found.std_error == pytest.approx((high - low) / 1.349, rel=1e-3)
    assert found.failed == 0


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_penalised_estimates_are_rs(frame, link):
    """Firth's logit and the Jeffreys probit are those of brglm2."""
    few = build_design(frame.head(150), outcome="y", mean=TERMS, cluster="g")
    found = fit_penalised(few, link)
    estimates, errors = by_r(f"{link}, penalised")
    np.testing.assert_allclose(found.params, estimates, rtol=SAME)
    np.testing.assert_allclose(found.std_errors, errors, rtol=NEAR)


def test_firths_logit_is_that_of_firthmodels(frame):
    """The estimates and the penalised likelihood-ratio test are another package's."""
    firthmodels = pytest.importorskip("firthmodels")
    few = build_design(frame.head(150), outcome="y", mean=TERMS, cluster="g")
    other = firthmodels.FirthLogisticRegression().fit(few.X[:, :3], few.y)
    np.testing.assert_allclose(fit_penalised(few, "logit").params[:3], other.coef_, rtol=1e-3)
    other.lrt()
    np.testing.assert_allclose(penalised_test(few, "logit", "x1"), other.lrt_pvalues_[0], rtol=0.01)


def test_penalised_estimates_are_finite_under_separation(frame):
    """A column that orders the outcome without overlap gets a finite coefficient."""
    few = build_design(frame.head(150), outcome="y", mean=TERMS, cluster="g")
    apart = np.where(few.y > 0, 1.0, 0.0)[:, None]
    separated = replace(few, X=np.hstack([apart, few.X[:, 1:]]))
    assert np.isfinite(fit_penalised(separated, "probit").params).all()


def test_the_score_bootstrap_holds_its_size(design):
    """On data whose null is true, a test at 10 % rejects in about one of ten."""
    rng = np.random.default_rng(8)
    rejected = 0
    for seed in range(60):
        shuffled = rng.standard_normal(design.n_clusters)[design.cluster]
        trial = replace(
            design,
            X=np.column_stack([shuffled, design.X[:, -1]]),
            terms=("x", "constant"),
            Z=design.Z[:, :0],
            variance_terms=(),
        )
        full, null = fit_probit(trial), fit_probit(trial.without("x"))
        rejected += wild_score_test(null, full, 0, trial.cluster, draws=399, seed=seed).p < 0.1
    assert 1 <= rejected <= 14


def test_the_score_test_of_the_variance_term_has_its_sign(design):
    """A variance that grows gives a positive statistic and a small p-value."""
    full, null = fit_hetprobit(design), fit_probit(design)
    found = wild_score_test(null, full, len(full.params) - 1, design.cluster)
    assert found.statistic > 0
    assert found.p < 0.1


def test_leaving_out_a_target_is_a_fit_without_it(triads):
    """The estimate without the most influential target is that of the sample without it."""
    rows = triads.with_columns(crisname=pl.lit("a crisis"))
    first = leave_one_out(rows, "target", most=1).row(0, named=True)
    without, _ = claim_fit(rows.filter(pl.col("target") != first["target"]), CLAIMS["joining"])
    at = CLAIMS["joining"].position(without)
    assert first["estimate"] == pytest.approx(without.params[at], abs=0.02)
    assert first["moved"] != 0
