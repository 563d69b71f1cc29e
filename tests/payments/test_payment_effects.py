"""The estimators find what was put in, and agree with slower ones."""

from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest
import statsmodels.api as sm

from willing.errors import DataError, EstimationError
from willing.payments.difference import _drawn_joiners, design, permute
from willing.payments.dollars import poisson_ratio
from willing.payments.dose import dose_response, insecurity_response
from willing.payments.event_study import event_study
from willing.payments.panel import AFTER, BEFORE, CONTROLS, WINDOW, Panel
from willing.payments.study import council_effect
from willing.payments.twoway import absorbed_effects, safe_errors

LINEAR = 1e-8  # linear algebra on a few thousand rows
ITERATED = 1e-6  # two likelihoods climbed separately


def raised(panel, years, by):
    """The panel with log(1 + x) of joiners raised in some years."""
    values = panel.values.copy()
    joined = panel.rows["join"].to_numpy() == 1
    for year in years:
        column = WINDOW.index(year)
        logs = np.log1p(np.maximum(values[joined, column], 0.0))
        values[joined, column] = np.expm1(logs + by)
    return Panel(panel.rows, values, panel.series)


def dummies(*groups):
    """Columns of 0 and 1 for groups, the first of each later one left out."""
    blocks = [(g[:, None] == np.unique(g)[bool(i) :]).astype(float) for i, g in enumerate(groups)]
    return np.column_stack(blocks)


@pytest.mark.parametrize("before", [True, False])
def test_a_payment_put_in_is_found(aid, before):
    """Raising what joiners get after by .3 raises the difference by .3, its error not at all."""
    plain, more = (
        design(panel, before=before).effect() for panel in (aid, raised(aid, AFTER, 0.3))
    )
    assert more.value - plain.value == pytest.approx(0.3, abs=LINEAR)
    assert more.se == pytest.approx(plain.se, abs=LINEAR)
    assert plain.detectable == pytest.approx(2.8 * plain.se)


def test_a_year_put_in_is_found_in_that_year(small):
    """Raising year 2 moves the event study in year 2 only."""
    plain, more = (event_study(panel)["effect"] for panel in (small, raised(small, (2,), 0.4)))
    moved = dict(zip(event_study(small)["year"], more - plain, strict=True))
    assert moved.pop(2) == pytest.approx(0.4, abs=LINEAR)
    assert max(map(abs, moved.values())) < LINEAR


def test_effects_agree_with_dummies(small):
    """Absorbed effects give the coefficients of least squares with dummies."""
    one = design(small, before=True)
    X = np.column_stack([one.join, one.controls, dummies(one.crisis)])
    fit = sm.OLS(one.y, X).fit()
    assert one.effect().value == pytest.approx(fit.params[0], abs=LINEAR)


def test_errors_agree_with_the_sandwich(small):
    """Two-way clustered errors are the sandwich's, each part with its correction for few groups."""
    one = design(small, before=False)
    X = np.column_stack([one.join, one.controls, dummies(one.crisis)])
    n, k = X.shape
    scores = X * sm.OLS(one.y, X).fit().resid[:, None]
    bread = np.linalg.inv(X.T @ X)

    def variance(group, parameters):
        sums = pd.DataFrame(scores).groupby(group).sum().to_numpy()
        scale = len(sums) / (len(sums) - 1) * (n - 1) / (n - parameters)
        return scale * (bread @ sums.T @ sums @ bread)[0, 0]

    pairs = one.crisis * 1000 + one.partner
    a, b, ab = (variance(group, k) for group in (one.crisis, one.partner, pairs))
    # Effects of crises are nested in clusters of crises: alone, those do not count them.
    nested = variance(one.crisis, k - len(np.unique(one.crisis)))
    expected = np.sqrt(max(a + b - ab, nested, b))
    assert one.effect().se == pytest.approx(expected, rel=LINEAR)


def test_a_two_way_error_is_never_below_a_one_way_error():
    """Where the sum of variances falls below zero the larger one-way variance stands."""
    assert safe_errors(
        np.array([-1.0, 9.0]), [np.array([1.0, 4.0]), np.array([4.0, 1.0])]
    ).tolist() == [2, 3]


def test_permutations_keep_cells(aid):
    """Every draw has as many joiners in every cell as there are."""
    one = design(aid, before=True)
    rows = _drawn_joiners(one, 20, np.random.default_rng(0))
    true = np.sort(one.cell[one.join == 1])
    assert all(np.array_equal(np.sort(one.cell[row]), true) for row in rows)
    assert all(len(np.unique(row)) == len(row) for row in rows)


def test_a_permutation_is_the_regression_on_drawn_joiners(small):
    """The quick way gives what the regression gives for the same drawn joiners."""
    one = design(small, before=True)
    drawn = _drawn_joiners(one, 5, np.random.default_rng(3))
    slow = []
    for row in drawn:
        join = np.zeros(len(one.y))
        join[row] = 1.0
        slow.append(replace(one, join=join).effect().value)
    found = permute(one, draws=5, rng=np.random.default_rng(3))
    assert found.null == pytest.approx(np.mean(slow), abs=LINEAR)
    assert found.centred == pytest.approx(one.effect().value - np.mean(slow), abs=LINEAR)


def test_chance_has_a_fair_p(small):
    """Joiners drawn at random get small p-values about as often as they should."""
    one = design(small, before=False)
    rng = np.random.default_rng(5)
    found = []
    for row in _drawn_joiners(one, 200, rng):
        join = np.zeros(len(one.y))
        join[row] = 1.0
        found.append(permute(replace(one, join=join), draws=99, rng=rng).p)
    # 200 draws of a chance of .2 lie within four standard errors.
    assert abs(np.mean(np.array(found) <= 0.2) - 0.2) < 4 * np.sqrt(0.2 * 0.8 / 200)


def test_dollars_are_those_of_a_poisson_model(small):
    """The binomial share is the Poisson model with an effect for every pair and period."""
    found = poisson_ratio(small)
    before, after = (np.maximum(small.total(years), 0.0) for years in (BEFORE, AFTER))
    controls = np.column_stack([small.rows[name].to_numpy() for name in CONTROLS])
    known = (before + after > 0) & np.isfinite(controls).all(axis=1)
    n, crisis = known.sum(), small.rows["crisno"].to_numpy()[known]
    scaled = controls[known] - controls[known].mean(axis=0)
    half = np.column_stack([small.rows["join"].to_numpy()[known], scaled, dummies(crisis)])
    X = np.vstack([np.zeros_like(half), half])
    X = np.column_stack([X, np.vstack([np.eye(n), np.eye(n)])])
    scale = 1e-3  # dollars by the thousand million: the coefficients do not depend on it
    y = np.concatenate([before[known], after[known]]) * scale
    fit = sm.GLM(y, X, family=sm.families.Poisson()).fit(tol=1e-12)
    assert found.value == pytest.approx(fit.params[0], abs=ITERATED)
    assert found.n == n


def test_a_dose_put_in_is_found(aid):
    """If joiners gain .2 for every unit of divergence, the slope rises by .2."""
    joined = aid.rows["join"].to_numpy() == 1
    dose = aid.rows["divergence"].fill_null(0.0).to_numpy()
    values = aid.values.copy()
    for year in AFTER:
        column = WINDOW.index(year)
        logs = np.log1p(np.maximum(values[:, column], 0.0)) + 0.2 * dose * joined
        values[:, column] = np.expm1(logs)
    slopes = [
        dose_response(panel, "divergence", draws=99, rng=np.random.default_rng(0)).slope.value
        for panel in (aid, Panel(aid.rows, values, "aid"))
    ]
    assert slopes[1] - slopes[0] == pytest.approx(0.2, abs=LINEAR)


def test_a_seat_put_in_is_found(record):
    """Raising the aid of members of the Council by .4 in logs is found as .4."""
    seat = pl.col("seat").fill_null(False)
    more = (pl.col("aid").clip(lower_bound=0.0) + 1) * np.exp(0.4) - 1
    payments = record.payments.with_columns(pl.when(seat).then(more).otherwise("aid").alias("aid"))
    found = council_effect(payments).value - council_effect(record.payments).value
    assert found == pytest.approx(0.4, abs=LINEAR)


def test_a_sample_without_joiners_is_refused(aid):
    """Nobody joined: said so, not divided by zero."""
    with pytest.raises(DataError, match="nobody in this sample joined"):
        design(aid.filter(pl.col("join") == 0), before=True)


def test_effects_of_one_column_keep_order():
    """Columns come back in the order given."""
    rng = np.random.default_rng(1)
    group = rng.integers(0, 5, 200)
    X = rng.normal(size=(200, 2))
    found = absorbed_effects(
        X @ [1.0, -2.0] + group, X, absorb=[group], clusters=np.column_stack([group, group])
    )
    assert [round(one.value, 6) for one in found] == [1.0, -2.0]


def test_both_stages_are_the_spread_of_regressions_with_dummies(small):
    """Each draw is least squares on crises drawn, with their dummies and redrawn insecurity."""
    rng = np.random.default_rng(7)
    own = small.rows["insecurity"].to_numpy()
    redrawn = [own * factor for factor in rng.uniform(0.5, 1.5, 8)]
    found = insecurity_response(small, redrawn, rng=np.random.default_rng(3))
    crisis = small.rows["crisno"].to_numpy()
    join = small.rows["join"].to_numpy()
    before, after = small.mean_log(BEFORE), small.mean_log(AFTER)
    controls = small.rows.select(CONTROLS).cast(pl.Float64).to_numpy()
    known = np.isfinite(np.column_stack([controls, before, after])).all(axis=1)
    crises = np.unique(crisis[known])
    rng, slopes = np.random.default_rng(3), []
    for values in redrawn:
        times = rng.multinomial(len(crises), np.full(len(crises), 1 / len(crises)))
        crossed = join * (values - values[known & (join == 1)].mean())
        X = np.column_stack([crossed, join, controls, before, dummies(crisis)])[known]
        weight = times[np.searchsorted(crises, crisis[known])]
        kept = X[:, (X[weight > 0] != 0).any(axis=0)]
        slopes.append(sm.WLS((after - before)[known], kept, weights=weight).fit().params[0])
    assert found.both == pytest.approx(np.std(slopes, ddof=1), rel=ITERATED)
    assert found.effect == insecurity_response(small).effect


def test_leaders_who_were_not_redrawn_are_said(small):
    """Draws belong to the leaders of the embedded record."""
    nobody = np.full(small.rows.height, np.nan)
    with pytest.raises(EstimationError, match="leave out the draws of leaders"):
        insecurity_response(small, [nobody])
