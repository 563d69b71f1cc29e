"""What the equilibrium says of prices, free riders, marginal values and acceptance."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from games import crises, games
from hypothesis import given, settings

from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame
from willing.theory.scenario import read_scenario

# Payoffs are sums of a few terms of order 1.
ROUNDING = 1e-9
# A step across a cutoff that is well above rounding and well below any difference that matters.
STEP = 1e-6

GULF = Path(__file__).parents[2] / "examples" / "gulf.toml"


def gulf():
    """Give a crisis of three partners, of whom one is far from the leader."""
    return Crisis(
        leader=Leader("USA", strength=0.14, security=0.5),
        target=Target("Iraq", strength=0.05),
        partners=(
            Partner("UK", strength=0.03, divergence=0.1, cost=0.0),
            Partner("Turkey", strength=0.012, divergence=0.9, cost=0.01),
            Partner("Syria", strength=0.01, divergence=2.9, cost=0.01),
        ),
    )


def with_divergence(crisis, position, divergence):
    """Give the crisis with one partner's divergence changed."""
    partners = list(crisis.partners)
    partners[position] = replace(partners[position], divergence=divergence)
    return replace(crisis, partners=tuple(partners))


def test_each_member_is_paid_what_keeps_her():
    """Pivotal prices are the cost less the stake times what her help changes, or nothing."""
    game = CoalitionGame(office=2.0, aversion=0.5)
    equilibrium = game.solve(gulf())
    M = 0.14 + sum(p.strength for p in gulf().partners if p.name in equilibrium.coalition)
    for partner in gulf().partners:
        if partner.name in equilibrium.coalition:
            change = M / (M + 0.05) - (M - partner.strength) / (M - partner.strength + 0.05)
            price = max(0.0, partner.cost - (1.0 - 0.5 * partner.divergence) * change)
            assert equilibrium.side_payments[partner.name] == pytest.approx(price)
    assert equilibrium.free_riders == ("UK",)
    assert equilibrium.bill == pytest.approx(sum(equilibrium.side_payments.values()))


def test_additive_prices_compensate_divergence():
    """Under additive pricing a partner is paid cost and divergence less her private benefit."""
    game = CoalitionGame(office=5.0, pricing="additive", aversion=0.01)
    crisis = replace(
        gulf(),
        partners=(Partner("Turkey", strength=0.1, divergence=0.9, cost=0.03, benefit=0.005),),
    )
    assert game.solve(crisis).side_payments == {"Turkey": pytest.approx(0.03 + 0.009 - 0.005)}


@settings(max_examples=100, deadline=None)
@given(crises(most_partners=6), games())
def test_no_member_is_a_burden_and_nobody_worth_her_price_is_refused(crisis, game):
    """At the optimum marginal values are not negative for members, not positive for the others."""
    equilibrium = game.solve(crisis)
    value = equilibrium.margins.value
    assert np.all(value[equilibrium.members] >= -ROUNDING)
    assert np.all(value[~equilibrium.members] <= ROUNDING)


@settings(max_examples=100, deadline=None)
@given(crises(most_partners=5), games())
def test_tolerated_divergence_is_where_acceptance_ends(crisis, game):
    """Given the rest of the coalition a partner is worth having up to her tolerated divergence."""
    equilibrium = game.solve(crisis)
    hats = equilibrium.margins.tolerated_divergence
    for position, hat in enumerate(hats.tolist()):
        joined, rest = equilibrium.members.copy(), equilibrium.members.copy()
        joined[position], rest[position] = True, False

        def gain(divergence, position=position, joined=joined, rest=rest):
            changed = with_divergence(crisis, position, divergence)
            return game.payoff(changed, joined) - game.payoff(changed, rest)

        if np.isnan(hat):
            assert gain(0.0) < ROUNDING
        elif np.isinf(hat):
            assert gain(1e3) > -ROUNDING
        else:
            assert gain(hat) > -ROUNDING * max(1.0, hat)
            assert gain(hat + STEP * max(1.0, hat)) < ROUNDING * max(1.0, hat)


@settings(max_examples=100, deadline=None)
@given(crises(most_partners=6), games())
def test_reservation_prices_exceed_prices_by_the_marginal_value(crisis, game):
    """What the leader would pay at most is the price plus what the partner is worth beyond it."""
    margins = game.solve(crisis).margins
    np.testing.assert_allclose(margins.reservation - margins.price, margins.value, atol=ROUNDING)


def test_the_equilibrium_prints_and_becomes_a_dict_and_a_frame():
    """The three forms agree, and the dict is JSON."""
    equilibrium = CoalitionGame(office=2.0).solve(gulf())
    assert json.loads(json.dumps(equilibrium.to_dict()))["coalition"] == list(equilibrium.coalition)
    frame = equilibrium.to_frame()
    assert frame.filter(frame["member"])["partner"].to_list() == list(equilibrium.coalition)
    assert "proven optimal" in str(equilibrium)
    assert equilibrium.value >= equilibrium.alone


def test_the_whole_payoff_never_rises_as_security_falls():
    """With what defeat leaves the leader counted, losing security never enriches her."""
    crisis, game = read_scenario(GULF)
    found = [game.solve(crisis.with_security(s)) for s in (1.0, 0.7, 0.3, 0.0)]
    payoffs = [one.payoff for one in found]
    assert payoffs == sorted(payoffs, reverse=True)
    assert found[0].payoff == pytest.approx(3.0 + found[0].value)
    assert found[-1].payoff == found[-1].value > found[0].value
