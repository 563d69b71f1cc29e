"""Claims about the cutoffs of the one-partner game, checked on its closed form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from willing.numbers import Floats, Masks
from willing.theory.contest import DrawContest, LogisticContest, RatioContest
from willing.theory.propositions.paths import SECURITIES, TIE, Violation, choices, worth_less_cost
from willing.theory.propositions.scenarios import Scenario
from willing.theory.search.one_partner import one_partner

Parameter = Literal[
    "leader strength", "target strength", "strength", "decisiveness",
    "cost", "benefit", "aversion", "friction", "office", "divergence", "security",
]  # fmt: skip
Direction = Literal["rises", "falls"]
Where = Callable[[dict[str, Any]], Masks]

DIVERGENCES = np.linspace(0.0, 3.0, 13)
# A parameter is varied over this many values.
STEPS = 9
# Cutoffs are ratios of differences of probabilities, exact to many more digits than this.
RELATIVE = 1e-6


def cutoffs_never(
    parameter: Parameter, direction: Direction, *, where: Where | None = None
) -> Violation:
    """Claim that neither cutoff ever rises, or falls, as a parameter rises.

    Parameters
    ----------
    parameter
        What is varied.
    direction
        What the cutoffs never do.
    where
        Says of the varied games whether the claim is made for them.
    """

    def violation(scenario: Scenario) -> str | None:
        game = arguments(scenario)
        values = _values(game, parameter)
        varied = _with_probabilities(game | {parameter: values})
        kept = np.ones(len(values), dtype=bool) if where is None else where(varied)
        for cutoff in _cutoffs(varied, parameter):
            for row, before, after in _broken(cutoff.value[:, kept], direction):
                pair = np.flatnonzero(kept)[[before, after]]
                if _confirmed(varied, parameter, cutoff, row, pair):
                    (low, high), (first, last) = values[pair], cutoff.value[row, pair]
                    return (
                        f"as the {parameter} rises from {low:.4g} to {high:.4g}, "
                        f"{cutoff.symbol} {direction} from {first:.4g} to {last:.4g}"
                    )
        return None

    return violation


def cutoffs_move(parameter: Parameter, *, where: Where | None = None) -> Callable[[Scenario], bool]:
    """Ask whether either cutoff moves at all as a parameter does."""

    def happens(scenario: Scenario) -> bool:
        game = arguments(scenario)
        values = _values(game, parameter)
        varied = _with_probabilities(game | {parameter: values})
        kept = np.ones(len(values), dtype=bool) if where is None else where(varied)
        return any(
            bool((cutoff.value[:, kept][:, :1] != cutoff.value[:, kept]).any())
            for cutoff in _cutoffs(varied, parameter)
        )

    return happens


def cutoff_inside(scenario: Scenario) -> bool:
    """Say whether she builds at some securities and not at others."""
    cutoff = float(one_partner(**_with_probabilities(arguments(scenario))).security_cutoff)
    return 0.0 <= cutoff < 1.0


def built_up_to_a_security(scenario: Scenario) -> str | None:
    """Claim that she builds exactly at securities up to `sigma_hat`."""
    cutoff = float(one_partner(**_with_probabilities(arguments(scenario))).security_cutoff)
    gains = worth_less_cost(choices(scenario))[:, 1]
    for security, gain in zip(SECURITIES, gains, strict=True):
        if (security <= cutoff) != (gain >= 0.0) and abs(gain) > TIE:
            return (
                f"at security {security:.1g} building gains {gain:.4g}, sigma_hat is {cutoff:.4g}"
            )
    return None


def arguments(scenario: Scenario) -> dict[str, Any]:
    """Give a scenario with one partner as values by parameter."""
    crisis, game = scenario
    (partner,) = crisis.partners
    contest = game.contest
    if not isinstance(contest, RatioContest | LogisticContest | DrawContest):
        raise TypeError(f"{contest!r} has no decisiveness to vary")
    return {
        "contest": lambda decisiveness: replace(contest, decisiveness=decisiveness),
        "leader strength": crisis.leader.strength,
        "target strength": crisis.target.strength,
        "strength": partner.strength,
        "decisiveness": contest.decisiveness,
        "security": crisis.leader.security,
        "divergence": partner.divergence,
        "cost": partner.cost,
        "benefit": partner.benefit,
        "office": game.office,
        "aversion": game.aversion,
        "friction": game.friction,
        "retention": game.retention,
        "pricing": game.pricing,
    }


def _with_probabilities(values: dict[str, Any]) -> dict[str, Any]:
    """Replace strengths and contest by the probabilities of victory without and with her."""
    m_L, m, m_T, g = np.broadcast_arrays(
        *(
            np.asarray(values[name], dtype=float)
            for name in ("leader strength", "strength", "target strength", "decisiveness")
        )
    )
    p = np.array(
        [
            values["contest"](float(decisiveness))(np.array([alone, alone + added]), target)
            for alone, added, target, decisiveness in zip(
                m_L.flat, m.flat, m_T.flat, g.flat, strict=True
            )
        ]
    )
    rest = {
        name: value
        for name, value in values.items()
        if name not in ("contest", "leader strength", "strength", "target strength", "decisiveness")
    }
    return rest | {"alone": p[:, 0].reshape(m_L.shape), "together": p[:, 1].reshape(m_L.shape)}


def _values(game: dict[str, Any], parameter: Parameter) -> Floats:
    """Give rising values of a parameter around the scenario's."""
    if parameter == "security":
        return SECURITIES[::-1]
    value = game[parameter]
    must_be_positive = parameter in ("leader strength", "target strength", "decisiveness")
    low, high = (value / 4, 2 * value) if must_be_positive else (0.0, 2 * value or 1.0)
    return np.linspace(low, high, STEPS)


class _Cutoff(NamedTuple):
    """A cutoff by level of what else it hangs on (rows) and value of the parameter (columns)."""

    symbol: str
    own: str
    other: str
    levels: Floats
    value: Floats


def _cutoffs(varied: dict[str, Any], parameter: Parameter) -> Iterator[_Cutoff]:
    """Give each cutoff that the parameter can move."""
    for symbol, own, other, levels in (
        ("d_hat", "divergence", "security", SECURITIES),
        ("sigma_hat", "security", "divergence", DIVERGENCES),
    ):
        if parameter == own:
            continue
        if parameter == other:
            levels = varied[other]
            value = getattr(one_partner(**varied), f"{own}_cutoff")[np.newaxis]
        else:
            solution = one_partner(**varied | {other: levels[:, np.newaxis]})
            value = getattr(solution, f"{own}_cutoff")
        yield _Cutoff(symbol, own, other, levels, value)


def _broken(cutoff: Floats, direction: Direction) -> Iterator[tuple[int, int, int]]:
    """Find rows and pairs of columns between which a cutoff moves as it never should."""
    if direction == "rises":
        cutoff = -cutoff
    most = np.maximum.accumulate(cutoff, axis=1)
    bad = (cutoff < most) & ~np.isclose(cutoff, most, rtol=RELATIVE, atol=RELATIVE)
    for row, after in np.argwhere(bad).tolist():
        yield row, int(cutoff[row, : after + 1].argmax()), after


def _confirmed(
    varied: dict[str, Any],
    parameter: Parameter,
    cutoff: _Cutoff,
    row: int,
    pair: NDArray[np.int64],
) -> bool:
    """Say whether a leader between two cutoffs clearly gains in one game and loses in the other.

    Where she is indifferent whatever happens, a cutoff may jump by rounding.
    """
    low, high = np.sort(np.clip(cutoff.value[row, pair], 0.0, None))
    middle = (low + min(high, low + 1.0)) / 2
    setting = varied | {cutoff.own: middle}
    if parameter != cutoff.other:
        setting[cutoff.other] = cutoff.levels[row]
    gains = np.broadcast_to(one_partner(**setting).gain, (cutoff.value.shape[1],))[pair]
    return bool(gains.max() > TIE and gains.min() < -TIE)
