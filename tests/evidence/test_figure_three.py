"""Figure 3 as the published script draws it, and by the model."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm

from willing.errors import EstimationError
from willing.evidence.figure_three import AS_DRAWN, BY_MODEL, PUBLISHED, figure_three
from willing.evidence.formation import MODELS, fit_formation
from willing.record.measured import INSECURITY, PARTNER_INSECURITY

SAME = 1e-9
BOTH = (INSECURITY, PARTNER_INSECURITY)


@pytest.fixture(scope="module")
def fit(triads):
    """Wolford and Ritter's second model on simulated triads."""
    return fit_formation(triads, MODELS[1])


def test_the_script_divides_by_the_exponential_of_a_square(fit):
    """At insecurity 1 the drawn curve is Phi(xb / exp(s^2)), the model's Phi(xb / s)."""
    case = {**PUBLISHED, INSECURITY: 1.0, PARTNER_INSECURITY: 0.17, "constant": 1.0}
    k = len(fit.design.terms)
    xb = sum(case[t] * b for t, b in zip(fit.design.terms, fit.params[:k], strict=True))
    s = np.exp(fit.params[k])
    at_one = figure_three(fit, insecurity=BOTH).frame.filter(pl.col("panel") == "a", x=1.0)
    found = dict(at_one.select("how", "probability").iter_rows())
    assert found[AS_DRAWN] == pytest.approx(norm.cdf(xb / np.exp(s**2)), abs=SAME)
    assert found[BY_MODEL] == pytest.approx(norm.cdf(xb / s), abs=SAME)


def test_bands_hold_their_curves(fit):
    """Both curves of both panels run inside their bands."""
    frame = figure_three(fit, insecurity=BOTH).frame
    assert frame.height == 2 * 2 * 101
    assert (frame["low"] <= frame["probability"]).all()
    assert (frame["probability"] <= frame["high"]).all()


def test_a_model_without_a_variance_equation_has_no_figure(triads):
    """The figure belongs to the heteroskedastic probit."""
    with pytest.raises(EstimationError, match="heteroskedastic"):
        figure_three(fit_formation(triads, MODELS[0]), insecurity=BOTH)


def test_the_figure_can_be_drawn(fit, tmp_path):
    """It plots, and prints the ends of its curves."""
    figure = figure_three(fit, insecurity=BOTH)
    path = tmp_path / "figure.png"
    figure.plot().save(path, verbose=False)
    assert path.stat().st_size > 0
    assert "panel b, probability of the model" in str(figure)
