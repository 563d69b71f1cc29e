"""Conflict expansion against nested loops over all coalitions and all sets of balancers."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from willing.errors import ScenarioError
from willing.theory.contest import LogisticContest, RatioContest
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.expansion.balancing import Response
from willing.theory.expansion.expansion_game import ExpansionGame
from willing.theory.expansion.expansion_rules import Balancer
from willing.theory.game import CoalitionGame

# Payoffs are sums of a few products of order one.
ROUNDING = 1e-9
# The tie rule of the solver: a balancer that loses no more than this joins.
TIE = 1e-12

Coalition = frozenset[int]


def draw(
    rng: np.random.Generator, n: int, k: int, *, response: Response, pricing: Any = None
) -> tuple[Crisis, list[Balancer], ExpansionGame]:
    """Draw a crisis with `n` partners and `k` third parties, and a game."""
    crisis = Crisis(
        leader=Leader("L", strength=rng.uniform(0.1, 1.5), security=rng.uniform()),
        target=Target("T", strength=rng.uniform(0.1, 1.5)),
        partners=tuple(
            Partner(
                f"P{i}",
                strength=rng.uniform(0, 1) * (rng.random() < 0.9),
                divergence=rng.uniform(0, 2),
                cost=rng.uniform(0, 0.3),
                benefit=rng.uniform(0, 0.2) * (rng.random() < 0.3),
            )
            for i in range(n)
        ),
    )
    balancers = [
        Balancer(
            f"Z{z}",
            strength=rng.uniform(0, 1) * (rng.random() < 0.9),
            distance=rng.uniform(0, 2),
            cost=rng.uniform(0, 0.3) * (rng.random() < 0.9),
            distances={f"P{i}": rng.uniform(0, 2) for i in range(n) if rng.random() < 0.5},
        )
        for z in range(k)
    ]
    ratio = rng.random() < 0.6
    game = ExpansionGame(
        game=CoalitionGame(
            office=rng.uniform(0, 3),
            contest=(RatioContest if ratio else LogisticContest)(rng.uniform(0.3, 4)),
            pricing=pricing or ("pivotal", "additive")[int(rng.integers(2))],
            aversion=rng.uniform(0, 1),
            friction=rng.uniform(0, 0.3) * (rng.random() < 0.5),
        ),
        alarm=rng.uniform(0.2, 2),
        fractiousness=rng.uniform(0, 1),
        response=response,
        target_security=rng.uniform(),
        target_office=rng.uniform(0, 2),
    )
    return crisis, balancers, game


class Loops:
    """The game solved by nested loops over sets, straight from the definitions."""

    def __init__(self, crisis: Crisis, balancers: list[Balancer], game: ExpansionGame) -> None:
        self.crisis, self.balancers, self.game = crisis, balancers, game
        self.B = game.game.victory_value(crisis.leader.security)

    def sets(self, n: int) -> list[Coalition]:
        """Give all subsets of the first `n` numbers, in the order of their codes."""
        every = itertools.chain.from_iterable(
            itertools.combinations(range(n), size) for size in range(n + 1)
        )
        return sorted(map(frozenset, every), key=lambda one: sum(1 << i for i in one))

    def p(self, S: Coalition, J: Coalition) -> float:
        """Give the leader's probability of victory."""
        M = self.crisis.leader.strength + sum(self.crisis.partners[i].strength for i in S)
        y = self.crisis.target.strength + sum(self.balancers[z].strength for z in J)
        return float(self.game.game.contest(M, y))

    def stake(self, S: Coalition, z: int) -> float:
        """Give what the leader's defeat is worth to a third party."""
        leader, balancer = self.crisis.leader, self.balancers[z]
        M = leader.strength + sum(self.crisis.partners[i].strength for i in S)
        distance = leader.strength * balancer.distance
        divergence = 0.0
        for i in S:
            partner = self.crisis.partners[i]
            distance += partner.strength * balancer.distances.get(partner.name, balancer.distance)
            divergence += partner.strength * partner.divergence
        return (
            self.game.alarm * distance / M * max(0.0, 1 - self.game.fractiousness * divergence / M)
        )

    def equilibria(self, S: Coalition) -> list[Coalition]:
        """Give the sets of balancers in which each joins iff it gains by it."""
        found = []
        for J in self.sets(len(self.balancers)):
            wanted = all(
                (self.stake(S, z) * (self.p(S, J - {z}) - self.p(S, J | {z})) >= b.cost - TIE)
                == (z in J)
                for z, b in enumerate(self.balancers)
            )
            if wanted:
                found.append(J)
        return found

    def potential(self, S: Coalition, J: Coalition) -> float:
        """Give the potential of a set of balancers."""
        price = 0.0
        for z in J:
            cost, stake = self.balancers[z].cost, self.stake(S, z)
            price += 0.0 if cost == 0 else math.inf if stake == 0 else cost / stake
        return -self.p(S, J) - price

    def worth_to_target(self, S: Coalition, J: Coalition) -> float:
        """Give the payoff of the target's leader."""
        paid = sum(
            max(
                0.0, self.balancers[z].cost - self.stake(S, z) * (self.p(S, J - {z}) - self.p(S, J))
            )
            for z in J
        )
        B = 1 + self.game.target_office * (1 - self.game.target_security)
        return B * (1 - self.p(S, J)) - paid

    def response(self, S: Coalition) -> Coalition:
        """Give who joins the target."""
        every = self.sets(len(self.balancers))
        if self.game.response == "target":
            return max(every, key=lambda J: (self.worth_to_target(S, J), -len(J)))
        if self.game.response == "potential":
            return max(every, key=lambda J: self.potential(S, J))
        sign = -1 if self.game.response == "largest" else 1
        return max(self.equilibria(S), key=lambda J: (sign * self.p(S, J), len(J)))

    def payments(self, S: Coalition) -> dict[int, float]:
        """Give the side payments of a coalition's members."""
        game, paid = self.game.game, {}
        for i in S:
            partner = self.crisis.partners[i]
            if game.pricing == "additive":
                asked = partner.cost + game.aversion * partner.divergence
            else:
                change = self.p(S, self.response(S)) - self.p(S - {i}, self.response(S - {i}))
                asked = partner.cost - (1 - game.aversion * partner.divergence) * change
            paid[i] = max(0.0, asked - partner.benefit)
        return paid

    def payoff(self, S: Coalition) -> float:
        """Give the leader's payoff."""
        won = self.p(S, self.response(S))
        divergence = sum(self.crisis.partners[i].divergence for i in S)
        friction = self.game.game.friction * won * divergence
        return self.B * won - sum(self.payments(S).values()) - friction

    def best(self) -> float:
        """Give the highest payoff over all coalitions."""
        return max(self.payoff(S) for S in self.sets(len(self.crisis.partners)))


@pytest.mark.parametrize("response", ["potential", "largest", "smallest", "target"])
def test_equilibrium_equals_nested_loops(response: Response) -> None:
    """Payoff, response, prices and victory are those of loops over all S and all balancers."""
    rng = np.random.default_rng(21)
    for _ in range(40):
        crisis, balancers, game = draw(
            rng, int(rng.integers(1, 5)), int(rng.integers(0, 4)), response=response
        )
        loops, eq = Loops(crisis, balancers, game), game.solve(crisis, balancers)
        S = frozenset(crisis.names.index(name) for name in eq.coalition)
        joined = frozenset(int(name[1:]) for name in eq.joined)
        assert math.isclose(eq.value, loops.best(), abs_tol=ROUNDING)
        assert math.isclose(eq.value, loops.payoff(S), abs_tol=ROUNDING)
        assert math.isclose(eq.victory, loops.p(S, loops.response(S)), abs_tol=ROUNDING)
        assert math.isclose(loops.p(S, joined), eq.victory, abs_tol=ROUNDING)
        assert math.isclose(eq.alone, loops.payoff(frozenset()), abs_tol=ROUNDING)
        for i, paid in loops.payments(S).items():
            assert math.isclose(eq.side_payments[crisis.names[i]], paid, abs_tol=ROUNDING)


def test_balancing_lists_every_equilibrium() -> None:
    """The equilibria of the balancers' game are all sets from which nobody deviates."""
    rng = np.random.default_rng(22)
    several = 0
    for _ in range(100):
        crisis, balancers, game = draw(rng, 3, 4, response="largest")
        S = frozenset(i for i in range(3) if rng.random() < 0.5)
        found = game.balancing(crisis, balancers, [crisis.names[i] for i in S])
        expected = {
            tuple(f"Z{z}" for z in sorted(J)) for J in Loops(crisis, balancers, game).equilibria(S)
        }
        assert set(found) == expected
        several += len(found) > 1
    assert several > 0


@given(st.integers(0, 10**6))
@settings(max_examples=100, deadline=None)
def test_balancers_always_have_an_equilibrium_and_the_potential_finds_one(seed: int) -> None:
    """A weighted potential game has a pure equilibrium, whatever the curvature of the contest."""
    rng = np.random.default_rng(seed)
    crisis, balancers, game = draw(rng, 2, 5, response="potential")
    loops = Loops(crisis, balancers, game)
    S = frozenset(i for i in range(2) if rng.random() < 0.5)
    assert loops.potential(S, loops.response(S)) == max(
        loops.potential(S, J) for J in loops.equilibria(S)
    )


def test_extremal_equilibria_are_those_of_monotone_iteration_where_help_is_complementary() -> None:
    """Where p is concave in the target's strength, iterated best replies give both extremes."""
    rng = np.random.default_rng(23)
    differ = 0
    for _ in range(60):
        crisis, balancers, game = draw(rng, 1, 4, response="largest")
        # The logistic contest is concave in the target's strength up to the leader's strength.
        strength = crisis.target.strength + sum(b.strength for b in balancers)
        crisis = replace(crisis, leader=replace(crisis.leader, strength=strength))
        game = replace(game, game=replace(game.game, contest=LogisticContest(2.0)))
        loops, everybody = Loops(crisis, balancers, game), frozenset(range(4))
        for z, b in enumerate(balancers):
            # Joining pays after everybody else more than alone: draw a cost in between.
            alone, last = (
                loops.stake(frozenset(), z)
                * (loops.p(frozenset(), J - {z}) - loops.p(frozenset(), J | {z}))
                for J in (frozenset(), everybody)
            )
            balancers[z] = replace(b, cost=rng.uniform(alone, last))
        loops = Loops(crisis, balancers, game)

        def reply(J: Coalition, loops: Loops = loops) -> Coalition:
            gains = {
                z: loops.stake(frozenset(), z)
                * (loops.p(frozenset(), J - {z}) - loops.p(frozenset(), J | {z}))
                for z in range(4)
            }
            return frozenset(z for z in range(4) if gains[z] >= loops.balancers[z].cost - TIE)

        ends = []
        for J in (frozenset(), everybody):
            while reply(J) != J:
                J = reply(J)
            ends.append(tuple(f"Z{z}" for z in sorted(J)))
        found = game.balancing(crisis, balancers, [])
        assert {found[0], found[-1]} <= {*ends}
        assert set(ends) <= set(found)
        differ += ends[0] != ends[1]
    assert differ > 0


def test_search_by_bound_equals_enumeration() -> None:
    """Trying coalitions in the order of their unopposed worth proves the same optimum."""
    from willing.theory.expansion.expansion_optimum import best_against_balancers, best_by_bound
    from willing.theory.search.search_options import Search

    rng = np.random.default_rng(24)
    for _ in range(60):
        crisis, balancers, game = draw(rng, 8, 3, response="potential", pricing="additive")
        terms, threat = game.terms(crisis, balancers)
        bounded = best_by_bound(terms, threat, Search())
        exact = best_against_balancers(terms, threat)
        assert exact.value <= bounded.value + bounded.gap + ROUNDING
        assert bounded.value <= exact.value + ROUNDING
        if bounded.status == "optimal":
            assert math.isclose(bounded.value, exact.value, abs_tol=ROUNDING)


def test_path_agrees_with_solving_at_each_security() -> None:
    """Between breakpoints the path's coalition is worth what the solver finds."""
    rng = np.random.default_rng(25)
    steps = 0
    for _ in range(30):
        crisis, balancers, game = draw(rng, 5, 3, response="potential")
        frame = game.path(crisis, balancers).to_frame()
        steps += frame.height
        ends = [*frame["security"].to_list(), 0.0]
        for row, low in zip(frame.iter_rows(named=True), ends[1:], strict=True):
            middle = (row["security"] + low) / 2
            value = game.game.victory_value(middle) * row["victory"] - row["cost"]
            found = game.solve(crisis.with_security(middle), balancers)
            assert math.isclose(value, found.value, abs_tol=ROUNDING)
        assert frame["victory"].is_sorted()
        assert frame["cost"].is_sorted()
    assert steps > 30


def test_quantal_moments_are_sums_over_coalitions() -> None:
    """The logit equilibrium's moments are the weighted sums of the definition."""
    rng = np.random.default_rng(26)
    for _ in range(10):
        crisis, balancers, game = draw(rng, 3, 2, response="potential")
        loops = Loops(crisis, balancers, game)
        weights = {S: math.exp(loops.payoff(S) / 0.2) for S in loops.sets(3)}
        total = sum(weights.values())
        found = game.quantal(crisis, balancers, noise=0.2)
        assert math.isclose(found.log_partition, math.log(total), abs_tol=ROUNDING)
        for i, name in enumerate(crisis.names):
            share = sum(w for S, w in weights.items() if i in S) / total
            assert math.isclose(found.join[name], share, abs_tol=ROUNDING)
        widen = sum(w for S, w in weights.items() if loops.response(S)) / total
        assert math.isclose(found.widen, widen, abs_tol=ROUNDING)
        bill = sum(w * sum(loops.payments(S).values()) for S, w in weights.items()) / total
        assert math.isclose(found.bill, bill, abs_tol=ROUNDING)


def test_little_noise_is_the_equilibrium() -> None:
    """As noise vanishes the logit choice becomes the best coalition."""
    rng = np.random.default_rng(27)
    crisis, balancers, game = draw(rng, 4, 2, response="potential")
    eq, found = game.solve(crisis, balancers), game.quantal(crisis, balancers, noise=1e-5)
    assert [name for name, chance in found.join.items() if chance > 0.5] == list(eq.coalition)


def test_without_balancers_it_is_the_coalition_game() -> None:
    """With nobody to join the target the equilibrium is that of the coalition game."""
    rng = np.random.default_rng(28)
    for _ in range(20):
        crisis, _, game = draw(rng, 5, 0, response="potential")
        assert math.isclose(
            game.solve(crisis, []).value, game.game.solve(crisis).value, abs_tol=ROUNDING
        )


CRISIS = Crisis(
    leader=Leader("L", strength=1.0, security=0.5),
    target=Target("T", strength=1.0),
    partners=(Partner("P", strength=0.5, divergence=0.5, cost=0.1),),
)
BALANCER = Balancer("Z", strength=0.5, distance=1.0, cost=0.1)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: replace(BALANCER, strength=-1.0), "'Z': strength.*at least 0"),
        (lambda: replace(BALANCER, distances={"P": math.nan}), "distances.P.*at least 0"),
        (lambda: replace(BALANCER, name=" "), "balancer.name"),
        (lambda: ExpansionGame(alarm=-1.0), "expansion.alarm.*at least 0"),
        (lambda: ExpansionGame(target_security=2.0), "target_security.*from 0 to 1"),
        (lambda: ExpansionGame(response="all"), "response.*potential, largest"),  # type: ignore[arg-type]
        (lambda: ExpansionGame().solve(CRISIS, [BALANCER, BALANCER]), "'Z' occurs twice"),
        (
            lambda: ExpansionGame().solve(CRISIS, [replace(BALANCER, distances={"Q": 1.0})]),
            "'Q', who is not a partner; partners are P",
        ),
        (
            lambda: ExpansionGame().solve(
                CRISIS, [replace(BALANCER, name=f"Z{z}") for z in range(13)]
            ),
            "13 balancers are too many; at most 12",
        ),
        (lambda: ExpansionGame().quantal(CRISIS, [BALANCER], noise=0.0), "noise.*above 0"),
    ],
)
def test_bad_input_is_named_with_its_range(build: Any, message: str) -> None:
    """Bad input raises a message that says what is allowed."""
    with pytest.raises(ScenarioError, match=message):
        build()


def test_too_many_partners_are_refused_where_no_bound_holds() -> None:
    """Pivotal pricing with many partners is refused rather than guessed."""
    rng = np.random.default_rng(29)
    crisis, balancers, game = draw(rng, 21, 1, response="potential", pricing="pivotal")
    with pytest.raises(ScenarioError, match=r"21 partners are too many.*additive"):
        game.solve(crisis, balancers)
    with pytest.raises(ScenarioError, match=r"21 partners.*at most 20"):
        game.quantal(crisis, balancers, noise=0.1)
