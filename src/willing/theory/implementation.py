"""Equilibria in which nobody who is invited can do other than accept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from willing.theory.equilibrium import Equilibrium
from willing.theory.payoffs import Terms, victory
from willing.theory.search.unique import EXACT_SIZE, UniqueOptimum, unique_bounds, unique_optimum


def unique_equilibrium(partial: Equilibrium, terms: Terms) -> Equilibrium:
    """Turn an equilibrium in coordinated acceptance into one in which acceptance is unique.

    Parameters
    ----------
    partial
        The equilibrium under partial implementation; its value bounds the leader's here.
    terms
        The game in numbers.

    Returns
    -------
    Equilibrium
        Its side payments are in the order in which the members are convinced. It is proven for
        up to `EXACT_SIZE` partners; for more it has a gap unless the bound is met.
    """
    best = _solve(partial, terms)
    names = [partial.crisis.names[i] for i in best.members]
    M = terms.leader_strength + terms.strength[best.members].sum()
    return replace(
        partial,
        coalition=tuple(name for name in partial.crisis.names if name in names),
        side_payments=dict(zip(names, best.side_payments.tolist(), strict=True)),
        victory=float(victory(terms, M)),
        value=best.value,
        gap=best.bound - best.value,
        status="optimal" if best.bound <= best.value else "limit",
    )


def _solve(partial: Equilibrium, terms: Terms) -> UniqueOptimum:
    if len(terms.strength) <= EXACT_SIZE:
        return unique_optimum(terms)
    return unique_bounds(
        terms, candidate=np.flatnonzero(partial.members), bound=partial.value + partial.gap
    )
