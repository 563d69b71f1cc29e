"""Claims about the coalition a leader chooses as her security falls, checked by enumeration.

Every coalition is a line `B p(S) - C(S)` in the value of victory `B`, so one table of `p` and `C`
gives the choice at every security. Where coalitions are worth the same, a claim is contradicted
only if every choice among them contradicts it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from willing.numbers import Floats, Masks
from willing.theory.payoffs import coalition_strength, prices, total_cost, victory
from willing.theory.propositions.scenarios import Scenario
from willing.theory.search.enumeration import all_coalitions

# The levels of security compared, from the most secure leader to the least.
SECURITIES = np.linspace(1.0, 0.0, 11)
# Coalitions whose payoffs differ by less are ties, and statistics that do are equal. Large beside
# rounding, so that a counterexample is one on every machine.
TIE = 1e-6


@dataclass(frozen=True)
class Choices:
    """Every coalition of a scenario and when it is chosen.

    Attributes
    ----------
    members : numpy.ndarray of bool, shape (c, n)
        The `c = 2^n` coalitions, by bit mask.
    divergence : numpy.ndarray, shape (n,)
        Of each partner.
    victory, cost : numpy.ndarray, shape (c,)
        `p(S)` and `C(S)`.
    price : numpy.ndarray, shape (c, n)
        What each member is paid; zero for others.
    victory_value : numpy.ndarray, shape (11,)
        `B` at each of `SECURITIES`.
    best : numpy.ndarray of bool, shape (11, c)
        Which coalitions are optimal at each of them.
    """

    members: Masks
    divergence: Floats
    victory: Floats
    cost: Floats
    price: Floats
    victory_value: Floats
    best: Masks


Statistic = Callable[[Choices], Floats]
Requirement = Callable[[Choices], Masks]
Violation = Callable[[Scenario], str | None]


def choices(scenario: Scenario) -> Choices:
    """Value every coalition of a scenario and find the best at each security."""
    crisis, game = scenario
    terms = game.terms(crisis)
    members = all_coalitions(len(crisis.partners))
    M = coalition_strength(terms, members)
    p, cost = victory(terms, M), total_cost(terms, members)
    B = np.array([game.victory_value(security) for security in SECURITIES])
    U = B[:, np.newaxis] * p - cost
    return Choices(
        members=members,
        divergence=crisis.divergences,
        victory=p,
        cost=cost,
        price=np.where(members, prices(terms, M), 0.0),
        victory_value=B,
        best=U.max(axis=1, keepdims=True) - TIE <= U,
    )


def never_falls(statistic: Statistic, label: str) -> Violation:
    """Claim that a statistic of the chosen coalition never falls as security falls.

    Parameters
    ----------
    statistic
        Gives a number for every coalition, NaN for one that has none.
    label
        What to call it in print.
    """

    def violation(scenario: Scenario) -> str | None:
        found = choices(scenario)
        value = statistic(found)
        undefined = np.isnan(value)
        low = np.where(found.best, np.where(undefined, -np.inf, value), np.inf).min(axis=1)
        high = np.where(found.best, np.where(undefined, np.inf, value), -np.inf).max(axis=1)
        falls = np.triu(high[np.newaxis, :] < low[:, np.newaxis] - TIE)
        if not falls.any():
            return None
        # The widest pair of securities reads best.
        secure, insecure = max(np.argwhere(falls), key=lambda pair: pair[1] - pair[0])
        return (
            f"security {_say(scenario, found, secure)} ({label} {low[secure]:.4g}), "
            f"security {_say(scenario, found, insecure)} ({label} {high[insecure]:.4g})"
        )

    return violation


def gains_at_lower_security(scenario: Scenario) -> str | None:
    """Claim that the gain over acting alone never falls as security falls."""
    found = choices(scenario)
    alone = found.victory_value * found.victory[0] - found.cost[0]
    value = (found.victory_value[:, np.newaxis] * found.victory - found.cost).max(axis=1)
    gain = value - alone
    falls = np.flatnonzero(np.diff(gain) < -TIE)
    if not len(falls):
        return None
    level = int(falls[0])
    return (
        f"security {_say(scenario, found, level)} (gain {gain[level]:.4g}), "
        f"security {_say(scenario, found, level + 1)} (gain {gain[level + 1]:.4g})"
    )


def nested(scenario: Scenario) -> str | None:
    """Claim that a less secure leader keeps every partner whom a more secure one takes."""
    found = choices(scenario)
    numbers = np.arange(len(found.members))
    within = found.best.copy()
    for i in range(found.members.shape[1]):
        without = numbers[numbers >> i & 1 == 0]
        within[:, without] |= within[:, without | 1 << i]
    meets = (found.best[:, np.newaxis, :] & within[np.newaxis, :, :]).any(axis=2)
    breaks = np.argwhere(np.triu(~meets))
    if not len(breaks):
        return None
    secure, insecure = breaks[0]
    return (
        f"security {_say(scenario, found, secure)}, security {_say(scenario, found, insecure)}: "
        "not everybody stays"
    )


def always(requirement: Requirement, label: str) -> Violation:
    """Claim that the chosen coalition meets a requirement at every security.

    Parameters
    ----------
    requirement
        Says of every coalition (columns) at each security (rows) whether it meets it.
    label
        What is the case if it does not.
    """

    def violation(scenario: Scenario) -> str | None:
        found = choices(scenario)
        broken = ~(found.best & requirement(found)).any(axis=1)
        if not broken.any():
            return None
        return f"security {_say(scenario, found, int(broken.argmax()))}: {label}"

    return violation


def added_victory(found: Choices) -> Floats:
    """Give `p(S) - p(S without i)`, shape (c, n); zero for those who are not members."""
    return found.victory[:, np.newaxis] - found.victory[_without(found)]


def added_cost(found: Choices) -> Floats:
    """Give `C(S) - C(S without i)`, shape (c, n); zero for those who are not members."""
    return found.cost[:, np.newaxis] - found.cost[_without(found)]


def worth_it(cost: Callable[[Choices], Floats]) -> Requirement:
    """Require that no member costs more than what victory gains by her is worth."""

    def requirement(found: Choices) -> Masks:
        worth = found.victory_value[:, np.newaxis, np.newaxis] * added_victory(found)
        met: Masks = np.logical_and.reduce(cost(found) <= worth + TIE, axis=2)
        return met

    return requirement


def mean_of_members(value: Floats, members: Masks) -> Floats:
    """Average over the members of each coalition, NaN for nobody; `value` is (n,) or (c, n)."""
    size = members.sum(axis=1)
    total: Floats = np.where(members, value, 0.0).sum(axis=1)
    mean: Floats = np.divide(total, size, out=np.full(len(size), np.nan), where=size > 0)
    return mean


def largest_of_members(value: Floats, members: Masks) -> Floats:
    """Take the largest over the members of each coalition, NaN for nobody."""
    most: Floats = np.where(members, value, -np.inf).max(axis=1)
    return np.where(members.any(axis=1), most, np.nan)


def acceptable_at_the_margin(scenario: Scenario) -> str | None:
    """Claim that a less secure leader takes, into any rest, whom a more secure one would take,
    and any less divergent partner in her place."""
    first = scenario.crisis.partners[0]
    divergences, gain = _gains_by_divergence(scenario)
    taken = np.maximum.accumulate(gain > TIE, axis=0)
    taken = np.maximum.accumulate(taken[:, ::-1], axis=1)[:, ::-1]
    bad = np.argwhere(taken & (gain < -TIE))
    if not len(bad):
        return None
    security, divergence, _ = bad[0]
    return (
        f"{first.name} with divergence {divergences[divergence]:g} is refused at security "
        f"{SECURITIES[security]:g} although a more secure leader takes her, or one more divergent"
    )


def _gains_by_divergence(scenario: Scenario) -> tuple[Floats, Floats]:
    """Give what the first partner is worth at six divergences, shapes (6,) and (11, 6, 2^(n-1)).

    The second is by security, divergence and the rest of the coalition.
    """
    crisis, game = scenario
    first, *others = crisis.partners
    gains = []
    divergences = np.linspace(0.0, 2.0 * max(first.divergence, 0.5), 6)
    for divergence in divergences:
        partners = (replace(first, divergence=float(divergence)), *others)
        found = choices(Scenario(replace(crisis, partners=partners), game))
        gains.append(worth_less_cost(found)[:, found.members[:, 0]])
    return divergences, np.stack(gains, axis=1)


def coalition_changes(scenario: Scenario) -> bool:
    """Say whether no coalition is best both for the most secure and for the least secure leader."""
    best = choices(scenario).best
    return not bool((best[0] & best[-1]).any())


def somebody_is_paid(scenario: Scenario) -> bool:
    """Say whether at some security a member of every best coalition is paid."""
    found = choices(scenario)
    paid = (found.price > TIE).any(axis=1)
    return bool((~found.best | paid).all(axis=1).any())


def margin_moves(scenario: Scenario) -> bool:
    """Say whether security decides on the first partner, at some divergence in some rest."""
    _, gain = _gains_by_divergence(scenario)
    return bool(((gain > TIE).any(axis=0) & (gain < -TIE).any(axis=0)).any())


def worth_less_cost(found: Choices) -> Floats:
    """Give what the first partner adds to each coalition's value, shape (11, c)."""
    B = found.victory_value[:, np.newaxis]
    return B * added_victory(found)[:, 0] - added_cost(found)[:, 0]


def _without(found: Choices) -> NDArray[np.int64]:
    """Give the row of each coalition without each partner, shape (c, n)."""
    count, n = found.members.shape
    return np.arange(count)[:, np.newaxis] & ~(1 << np.arange(n))


def _say(scenario: Scenario, found: Choices, level: int) -> str:
    members = found.members[int(found.best[level].argmax())]
    names = [name for name, member in zip(scenario.crisis.names, members, strict=True) if member]
    return f"{SECURITIES[level]:.1g}: {' and '.join(names) or 'nobody'}"
