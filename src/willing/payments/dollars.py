"""The difference in dollars: a Poisson model of two periods."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import expit

from willing.estimation.covariance import clustered_covariance
from willing.estimation.newton import maximise
from willing.numbers import Floats, Ints
from willing.payments.panel import AFTER, BEFORE, CONTROLS, Panel
from willing.payments.twoway import Effect, safe_errors

# The log-likelihood is a sum over thousands of rows with very unequal weights: a gain below this
# is within its rounding, and moves the coefficient by less than a thousandth of its error.
GAIN_LEFT = 1e-8


def poisson_ratio(panel: Panel) -> Effect:
    """Estimate by which factor joining multiplies what a partner is paid, in logs.

    A Poisson model of the three years before and after with an effect for every pair of crisis
    and partner and every period of every crisis. Conditional on a pair's sum the share paid after
    is binomial with the sum as weight, which is what is fitted. Unlike the difference in logs it
    weighs by dollars: the few large customers decide.

    Returns
    -------
    Effect
        Log of the factor, clustered by crisis and by partner. Pairs that were paid nothing in six
        years say nothing and drop out.
    """
    before = np.maximum(panel.total(BEFORE), 0.0)
    after = np.maximum(panel.total(AFTER), 0.0)
    controls = np.column_stack([panel.rows[name].cast(pl.Float64).to_numpy() for name in CONTROLS])
    total = before + after
    known = np.isfinite(total) & (total > 0) & np.isfinite(controls).all(axis=1)
    # A crisis with payments in one period only says nothing of who got more than others, and its
    # effect would run to infinity.
    paid = [pl.Series(np.where(known, values, 0.0)) for values in (before, after)]
    sums = panel.rows.select("crisno", before=paid[0], after=paid[1])
    both = [pl.col(name).sum().over("crisno") > 0 for name in ("before", "after")]
    known &= sums.select(pl.all_horizontal(both)).to_series().to_numpy()
    crisis = panel.rows["crisno"].to_numpy()[known]
    partner = panel.rows["partner"].to_numpy()[known]
    dummies = (crisis[:, None] == np.unique(crisis)).astype(np.float64)
    scaled = controls[known] - controls[known].mean(axis=0)
    X = np.column_stack([panel.rows["join"].to_numpy()[known], scaled, dummies])
    share, weight = after[known] / total[known], total[known] / total[known].mean()

    # Crises differ by orders of magnitude in dollars: columns of one size keep the search stable.
    size = np.sqrt((weight[:, None] * X**2).sum(axis=0))
    X = X / size

    def value(params: Floats) -> float:
        linear = X @ params
        return float(weight @ (share * linear - np.logaddexp(0.0, linear)))

    def derivatives(params: Floats) -> tuple[Floats, Floats]:
        chance = expit(X @ params)
        information = (X * (weight * chance * (1 - chance))[:, None]).T @ X
        return X.T @ (weight * (share - chance)), -information

    names = ["join", *CONTROLS, *(f"crisis {number}" for number in np.unique(crisis))]
    start = np.zeros(X.shape[1])
    found = maximise(value, derivatives, start, names=names, tolerance=GAIN_LEFT)
    scores = (weight * (share - expit(X @ found.params)))[:, None] * X

    def variances(group: Ints) -> Floats:
        return np.diag(clustered_covariance(scores, found.hessian, _numbered(group)))

    one_way = [variances(crisis), variances(partner)]
    pairs = variances(crisis * (int(partner.max()) + 1) + partner)
    errors = safe_errors(one_way[0] + one_way[1] - pairs, one_way)
    join = float(found.params[0] / size[0]), float(errors[0] / size[0])
    return Effect(*join, int(known.sum()))


def _numbered(group: Ints) -> Ints:
    return np.unique(group, return_inverse=True)[1]
