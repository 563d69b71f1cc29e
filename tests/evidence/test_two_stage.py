"""Models fitted again on redrawn crises with other values of the measure of security."""

from __future__ import annotations

import numpy as np
import pytest

from willing.evidence.direct import fit_joining
from willing.evidence.formation import MODELS, fit_formation
from willing.evidence.two_stage import redrawn_model, summarise
from willing.record.measured import INSECURITY, PARTNER_INSECURITY

# The search of a draw ends within a thousandth of a standard error.
NEAR = 2e-3
REPLACED = (INSECURITY, PARTNER_INSECURITY)


class EveryCrisisOnce:
    """Draws that take each crisis once, as the sample itself does."""

    def multinomial(self, n, shares):
        """Once each."""
        return np.ones(n, dtype=int)


@pytest.mark.parametrize(
    "fitted",
    [
        lambda frame: fit_formation(frame, MODELS[0]),
        lambda frame: fit_formation(frame, MODELS[1]),
        fit_joining,
    ],
    ids=["probit", "heteroskedastic probit", "interaction"],
)
def test_other_values_give_the_fit_to_a_frame_that_holds_them(triads, fitted):
    """A draw with every crisis once is the model fitted to the changed columns."""
    rng = np.random.default_rng(4)
    values = {
        name: triads[name].to_numpy() * rng.uniform(0.8, 1.2, triads.height) for name in REPLACED
    }
    model = redrawn_model(triads, fitted(triads), replaced=REPLACED)
    changed = fitted(triads.with_columns(**values))
    found = model.draw(values, EveryCrisisOnce())
    assert (np.abs(found - changed.params) < NEAR * changed.std_errors).all()


def test_a_known_measure_has_the_spread_of_the_clustered_errors(triads):
    """With the measure as it is, draws of crises spread as the clustered errors say."""
    fit = fit_formation(triads, MODELS[0])
    model = redrawn_model(triads, fit, replaced=REPLACED)
    values = {name: triads[name].to_numpy() for name in REPLACED}
    drawn = np.vstack([model.draw(values, np.random.default_rng(seed)) for seed in range(60)])
    found = summarise(fit, fit.design.terms.index(INSECURITY), drawn)
    # The standard deviation of 60 draws has a standard error of 9 percent.
    assert found.both == pytest.approx(found.clustered, rel=0.3)
    assert found.low < found.value < found.high
    assert found.failed == 0


def test_another_frame_is_refused(triads):
    """A model is fitted again only on the frame that it came from."""
    fit = fit_formation(triads, MODELS[0])
    with pytest.raises(ValueError, match="give the frame"):
        redrawn_model(triads.head(500), fit, replaced=REPLACED)
