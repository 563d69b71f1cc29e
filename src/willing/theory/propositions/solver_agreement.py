"""Whether the solvers give what the claims find by enumeration.

The claims look at every coalition, by formulas that the solvers do not use. Here the public methods
are run on the same games, so that a claim is not reported to hold of a game that is solved wrongly.
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import numpy as np

from willing.numbers import Floats, Masks
from willing.theory.payoffs import payoffs
from willing.theory.propositions.paths import TIE
from willing.theory.propositions.scenarios import Scenario
from willing.theory.search.branch_and_bound import search_best
from willing.theory.search.enumeration import all_coalitions
from willing.theory.search.search_options import Search

# Securities at which games are solved: those of the ends of a path, and one between.
LEVELS = (1.0, 0.5, 0.0)


@singledispatch
def unlike_the_solvers(scenario: Any) -> str | None:
    """Say where a solver and enumeration differ: "" nowhere, None if there is nothing to compare.

    The claims about signals and bids are made of what their solvers give; those are held against
    enumeration in the tests.
    """
    return None


@unlike_the_solvers.register
def _(scenario: Scenario) -> str:
    crisis, game = scenario
    members = all_coalitions(len(crisis.partners))
    path = game.path(crisis)
    for security in LEVELS:
        faced = crisis.with_security(security)
        terms = game.terms(faced)
        values = payoffs(terms, members)
        solved = game.solve(faced)
        followed = value_of(path.at(security), crisis.names, values)
        for name, value in (
            ("game.solve", value_of(solved.coalition, crisis.names, values)),
            ("the value that game.solve states", solved.value),
            ("game.path", followed),
        ):
            if abs(value - values.max()) > TIE:
                return differs(name, security, value, values)
    # Few partners are enumerated by `game.solve`; the search for many must find the same.
    useful = np.flatnonzero(terms.strength > 0.0)
    if len(useful) and terms.victory_value > 0.0:
        found, _ = search_best(terms, useful, most=1, floor=-np.inf, search=Search())
        chosen: Masks = np.zeros(len(crisis.partners), dtype=np.bool_)
        chosen[useful] = found[0]
        value = float(payoffs(terms, chosen))
        if abs(value - values.max()) > TIE:
            return differs("branch and bound", LEVELS[-1], value, values)
    return ""


def value_of(coalition: tuple[str, ...], names: tuple[str, ...], values: Floats) -> float:
    """Give what a coalition is worth in a table of all coalitions, by their codes."""
    return float(values[sum(1 << names.index(name) for name in coalition)])


def differs(name: str, security: float, value: float, values: Floats) -> str:
    """Say what a solver gave and what is best."""
    return f"at security {security:g} {name} gives {value:.6f}, the best is {values.max():.6f}"
