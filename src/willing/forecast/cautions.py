"""What a reader of a forecast has to beware of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from willing.structural.estimates import Estimates
from willing.structural.leader_sides import Sides
from willing.structural.specification import DECISIVENESS_RANGE
from willing.texts import listed

# A parameter within a hundredth of the end of its range is at it.
_NEAR = 0.01
# Values are rounded in scenario files, so that the ends of what was seen may be missed by a little.
_ROUNDING = 1e-3
_NAMED = 3


def cautions(estimates: Estimates, sides: Sides, names: Sequence[str]) -> tuple[str, ...]:
    """Say what in a forecast is not to be read, and why.

    Parameters
    ----------
    estimates
        The estimates that it is by.
    sides
        The single leader side that it is of.
    names
        Names of its candidates.

    Returns
    -------
    tuple of str
        One sentence each: a negative value of victory, a parameter at its bound, and values
        outside those of the sample that the estimates are from.
    """
    return (
        *_value(estimates, sides),
        *_bounds(estimates),
        *_unseen_leader(estimates, sides),
        *_unseen_candidates(estimates, sides, names),
    )


def _value(estimates: Estimates, sides: Sides) -> list[str]:
    b0, b1 = estimates.params[:2]
    value = float(b0 + b1 * sides.insecurity[0])
    if value >= 0:
        return []
    return [
        f"the value of victory is negative ({value:.3g}): by these estimates the leader would "
        "rather not win, which the theory rules out. Neither it nor what the forecast says of "
        "victory is to be read"
    ]


def _bounds(estimates: Estimates) -> list[str]:
    found = []
    least, most = DECISIVENESS_RANGE
    g = estimates.model.decisiveness
    if g is not None and not least * (1 + _NEAR) < g < most * (1 - _NEAR):
        found.append(
            f"the decisiveness of the contest is at the end of its range ({g:g}): the data do not "
            "tell it, and no probability of victory is to be read"
        )
    held = [
        name for name, free in zip(estimates.names, estimates.fit.free, strict=True) if not free
    ]
    if held:
        found.append(f"held and not estimated: {', '.join(held)}")
    return found


def _unseen_leader(estimates: Estimates, sides: Sides) -> list[str]:
    seen = estimates.sides
    found = []
    h, low, high = float(sides.insecurity[0]), seen.insecurity.min(), seen.insecurity.max()
    if not low - _ROUNDING <= h <= high + _ROUNDING:
        found.append(
            f"no leader of the sample was so {'insecure' if h > high else 'secure'}: insecurity "
            f"{h:.3f}, seen were {low:.3f} to {high:.3f}"
        )
    ratio = np.log(seen.leader_strength / seen.target_strength)
    own = float(np.log(sides.leader_strength[0] / sides.target_strength[0]))
    if not ratio.min() - _ROUNDING <= own <= ratio.max() + _ROUNDING:
        found.append(
            f"no leader of the sample was so {'strong' if own > ratio.max() else 'weak'} beside "
            f"her target: {np.exp(own):.3g} times it, seen were {np.exp(ratio.min()):.3g} to "
            f"{np.exp(ratio.max()):.3g}"
        )
    return found


def _unseen_candidates(estimates: Estimates, sides: Sides, names: Sequence[str]) -> list[str]:
    seen = estimates.sides.design
    low, high = seen.min(axis=0) - _ROUNDING, seen.max(axis=0) + _ROUNDING
    found = []
    for place, term in enumerate(sides.terms):
        values = sides.design[:, place]
        outside = np.flatnonzero((values < low[place]) | (values > high[place]))
        if len(outside):
            some = listed(names[row] for row in outside[:_NAMED])
            more = f" and {len(outside) - _NAMED} more" if len(outside) > _NAMED else ""
            found.append(f"{term.replace('_', ' ')} is outside what was seen: {some}{more}")
    return found
