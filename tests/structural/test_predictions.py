"""Predictions and counterfactuals are sums over all coalitions of the changed side."""

import json

import numpy as np
import pytest

from structural.designs import CONTEST, coalitions, draw_sides, utilities
from willing.errors import EstimationError
from willing.structural.change import compare
from willing.structural.coalition_model import CoalitionModel
from willing.structural.counterfactual import change_side
from willing.structural.estimates import Estimates
from willing.structural.fit_checks import check_fit
from willing.structural.likeliest import likeliest_coalitions

# The kernels are exact to about 1e-9.
EXACT = 1e-8


@pytest.fixture(scope="module")
def estimates() -> Estimates:
    sides = draw_sides(11, count=120, idle=1)
    return CoalitionModel(decisiveness=CONTEST.decisiveness).fit_sides(sides)


def test_prediction_is_that_of_enumeration(estimates: Estimates) -> None:
    """Joining, building, size, victory and bill are averages over all coalitions."""
    found = estimates.probabilities(estimates.sides.names[0])
    side = estimates.side(estimates.sides.names[0])
    U = utilities(side, 0, estimates.params)
    weight = np.exp(U - np.logaddexp.reduce(U))
    masks = coalitions(8)
    p = CONTEST(side.leader_strength[0] + masks @ side.strength, float(side.target_strength[0]))
    np.testing.assert_allclose(found.join, weight @ masks, atol=EXACT)
    np.testing.assert_allclose(
        found.size, np.bincount(masks.sum(axis=1), weights=weight), atol=EXACT
    )
    assert found.build.value == pytest.approx(1.0 - weight[0], abs=EXACT)
    assert found.victory.value == pytest.approx(weight @ p, abs=EXACT)
    assert found.bill.value == pytest.approx(
        weight @ masks @ (side.design @ estimates.params[2:]), abs=EXACT
    )


def test_bands_hold_the_estimate_and_stay_probabilities(estimates: Estimates) -> None:
    """A band surrounds its probability and does not leave 0 to 1."""
    found = estimates.probabilities(estimates.sides.names[1])
    assert (found.low > 0).all()
    assert (found.low < found.join).all()
    assert (found.join < found.high).all()
    assert (found.high < 1).all()


def test_without_a_partner_is_the_same_as_never_having_her(estimates: Estimates) -> None:
    """Removing a candidate leaves the game of the others."""
    name = estimates.sides.names[2]
    found = estimates.probabilities(name, without=[3])
    assert 3 not in found.partner
    assert found.size.sum() == pytest.approx(1.0, abs=EXACT)


def test_with_a_partner_is_conditional_on_her(estimates: Estimates) -> None:
    """A partner who takes part for certain changes the others as conditioning on her does."""
    name = estimates.sides.names[2]
    found = estimates.probabilities(name, with_=[0])
    side = estimates.side(name)
    U = utilities(side, 0, estimates.params)
    masks = coalitions(8)
    U, masks = U[masks[:, 0]], masks[masks[:, 0]]
    weight = np.exp(U - np.logaddexp.reduce(U))
    np.testing.assert_allclose(found.join, (weight @ masks)[1:], atol=EXACT)


def test_only_the_difference_of_retention_and_security_counts(estimates: Estimates) -> None:
    """What victory is worth depends on r - sigma alone."""
    name = estimates.sides.names[0]
    one = estimates.probabilities(name, security=0.5, retention=0.75)
    other = estimates.probabilities(name, security=0.25, retention=0.5)
    np.testing.assert_allclose(one.join, other.join)
    assert one.victory_value.value == other.victory_value.value


def test_security_moves_the_value_of_victory(estimates: Estimates) -> None:
    """With b1 > 0 a less secure leader has a likelier coalition."""
    assert estimates.params[1] > 0
    name = estimates.sides.names[3]
    secure = estimates.probabilities(name, security=0.95)
    insecure = estimates.probabilities(name, security=0.2)
    assert insecure.victory_value.value > secure.victory_value.value
    assert insecure.build.value > secure.build.value
    assert insecure.victory.value > secure.victory.value


def test_preferences_move_a_price_by_its_coefficient(estimates: Estimates) -> None:
    """A unit of divergence more costs what the coefficient says."""
    name = estimates.sides.names[3]
    side = estimates.side(name)
    changed = change_side(side, terms={2: {"divergence": side.design[2, 0] + 1.0}})
    cost = estimates.estimate("divergence").value
    assert (changed.design[2] - side.design[2]) @ estimates.params[2:] == pytest.approx(cost)
    assert side.design is not changed.design


def test_a_comparison_is_the_difference_of_two_predictions(estimates: Estimates) -> None:
    """Differences of joining, prices and totals are those between before and after."""
    name = estimates.sides.names[3]
    found = compare(estimates, name, security=0.2, without=[5])
    before = estimates.probabilities(name)
    after = estimates.probabilities(name, security=0.2, without=[5])
    assert 5 not in found.partner
    kept = dict(zip(after.partner.tolist(), after.join, strict=True))
    was = dict(zip(before.partner.tolist(), before.join, strict=True))
    expected = [kept[code] - was[code] for code in found.partner.tolist()]
    np.testing.assert_allclose(found.join, expected, atol=EXACT)
    np.testing.assert_array_equal(found.price, 0.0)
    for total in ("build", "victory", "bill", "victory_value"):
        change = getattr(after, total).value - getattr(before, total).value
        assert getattr(found, total).value == pytest.approx(change, abs=EXACT)


def test_the_error_of_a_change_in_price_is_that_of_its_coefficient(estimates: Estimates) -> None:
    """A unit of divergence more costs the coefficient, with its standard error, and no less."""
    name = estimates.sides.names[3]
    side = estimates.side(name)
    changed = {2: {"divergence": side.design[2, 0] + 1.0}}
    found = compare(estimates, name, terms=changed)
    cost, (place,) = estimates.estimate("divergence"), np.flatnonzero(found.partner == 2)
    assert found.price[place] == pytest.approx(cost.value)
    assert found.price_error[place] == pytest.approx(cost.std_error)
    assert found.join[place] < 0.0


def test_nothing_changes_where_nothing_is_changed(estimates: Estimates) -> None:
    """Without a change the differences are zero, and known to be."""
    found = compare(estimates, estimates.sides.names[3])
    assert not found.join.any()
    assert not found.join_error.any()
    assert found.victory.low == found.victory.high == 0.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"without": [99]}, "99 cannot join"),
        ({"security": 1.2}, "from 0 to 1"),
        ({"terms": {1: {"charm": 1.0}}}, "charm is not a term"),
    ],
)
def test_changes_that_cannot_be_made_are_refused(
    estimates: Estimates, change: dict, message: str
) -> None:
    """A wrong change is answered with what is wrong about it."""
    with pytest.raises(EstimationError, match=message):
        estimates.probabilities(estimates.sides.names[0], **change)


def test_an_unknown_side_is_refused(estimates: Estimates) -> None:
    """A side that is not in the sample is named."""
    with pytest.raises(EstimationError, match="'nowhere'"):
        estimates.probabilities("nowhere")


@pytest.mark.parametrize("value", [5.0, -5.0])
@pytest.mark.parametrize("seed", range(4))
def test_likeliest_coalitions_are_those_of_enumeration(value: float, seed: int) -> None:
    """The ten likeliest are found whatever the signs of prices and value."""
    rng = np.random.default_rng(seed)
    strength, price = rng.exponential(0.02, 9), rng.normal(0.5, 1.0, 9)
    masks = coalitions(9)
    U = value * CONTEST(0.02 + masks @ strength, 0.03) - masks @ price
    members, utility = likeliest_coalitions(CONTEST, 0.02, 0.03, strength, price, value)
    np.testing.assert_allclose(utility, np.sort(U)[::-1][:10], atol=1e-12)
    again = value * CONTEST(0.02 + members @ strength, 0.03) - members @ price
    np.testing.assert_allclose(again, utility, atol=1e-12)


def test_fit_checks_add_up(estimates: Estimates) -> None:
    """All sides have a size, and expected joins are those observed, as the score says."""
    found = check_fit(estimates)
    assert found.sizes["expected"].sum() == pytest.approx(estimates.sides.count)
    assert found.sizes["observed"].sum() == estimates.sides.count
    assert found.deciles["expected"].sum() == pytest.approx(
        found.deciles["observed"].sum(), abs=1e-4
    )
    assert 0.0 < found.among_likeliest <= 1.0


def test_results_print_and_become_json(estimates: Estimates) -> None:
    """Everything prints, and turns into plain values."""
    prediction = estimates.probabilities(estimates.sides.names[0])
    change = compare(estimates, estimates.sides.names[0], security=0.5)
    for result in (estimates, prediction, change, check_fit(estimates)):
        assert str(result)
        assert json.loads(json.dumps(result.to_dict()))
    assert "H1" in str(estimates)
    assert prediction.to_frame()["join"].is_sorted(descending=True)


def test_tolerated_divergence_rises_with_insecurity(estimates: Estimates) -> None:
    """With b1 > 0 and costly divergence, insecure leaders tolerate more of it."""
    secure, insecure = estimates.implied
    assert secure.divergence is not None
    assert insecure.divergence is not None
    gain = insecure.worth.value - secure.worth.value
    rise = insecure.divergence.value - secure.divergence.value
    assert rise == pytest.approx(gain / estimates.estimate("divergence").value)
    assert rise > 0
