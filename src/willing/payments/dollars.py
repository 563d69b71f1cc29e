"""The difference in dollars: a Poisson model of two periods."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import expit

from willing.estimation.covariance import clustered_covariance
from willing.estimation.newton import maximise
from willing.payments.panel import AFTER, BEFORE, CONTROLS, Panel
from willing.payments.twoway import Effect, Floats, Ints, safe_errors


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
    crisis = panel.rows["crisno"].to_numpy()[known]
    partner = panel.rows["partner"].to_numpy()[known]
    dummies = (crisis[:, None] == np.unique(crisis)).astype(np.float64)
    scaled = controls[known] - controls[known].mean(axis=0)
    X = np.column_stack([panel.rows["join"].to_numpy()[known], scaled, dummies])
    share, weight = after[known] / total[known], total[known] / total[known].mean()

    def value(params: Floats) -> float:
        linear = X @ params
        return float(weight @ (share * linear - np.logaddexp(0.0, linear)))

    def derivatives(params: Floats) -> tuple[Floats, Floats]:
        chance = expit(X @ params)
        information = (X * (weight * chance * (1 - chance))[:, None]).T @ X
        return X.T @ (weight * (share - chance)), -information

    names = ["join", *CONTROLS, *(f"crisis {number}" for number in np.unique(crisis))]
    found = maximise(value, derivatives, np.zeros(X.shape[1]), names=names)
    scores = (weight * (share - expit(X @ found.params)))[:, None] * X

    def variances(group: Ints) -> Floats:
        return np.diag(clustered_covariance(scores, found.hessian, _numbered(group)))

    one_way = [variances(crisis), variances(partner)]
    both = variances(crisis * (int(partner.max()) + 1) + partner)
    errors = safe_errors(one_way[0] + one_way[1] - both, one_way)
    return Effect(float(found.params[0]), float(errors[0]), int(known.sum()))


def _numbered(group: Ints) -> Ints:
    return np.unique(group, return_inverse=True)[1]
