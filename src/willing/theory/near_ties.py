"""How firm the optimum is: all coalitions within a stated loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from willing.manner import Result
from willing.numbers import Floats, Masks, check_number, check_whole
from willing.theory.crisis import Crisis
from willing.theory.payoffs import Terms, payoffs
from willing.theory.rules import Rules
from willing.theory.search.optimum import best_coalition, best_of
from willing.theory.search.search_options import Search

if TYPE_CHECKING:
    import polars as pl
    from plotnine import ggplot


@dataclass(frozen=True, repr=False)
class NearTies(Result):
    """The coalitions within a stated loss of the best, best first.

    Attributes
    ----------
    loss
        The loss stated.
    coalitions
        Names of the partners of each coalition, in the order of the crisis.
    values
        :math:`U(S)` of each.
    complete
        Whether these are all. If not, they are the best of them, as many as the limit allows.
    """

    loss: float
    coalitions: tuple[tuple[str, ...], ...]
    values: tuple[float, ...]
    complete: bool

    def __len__(self) -> int:
        return len(self.coalitions)

    def to_dict(self) -> dict[str, Any]:
        """Give the coalitions in plain numbers and texts."""
        return {
            "loss": self.loss,
            "coalitions": [list(coalition) for coalition in self.coalitions],
            "values": list(self.values),
            "complete": self.complete,
        }

    def to_rows(self) -> list[dict[str, Any]]:
        """Give one row a coalition: its size, payoff and loss against the best."""
        return [
            {
                "coalition": list(coalition),
                "size": len(coalition),
                "value": value,
                "loss": self.values[0] - value,
            }
            for coalition, value in zip(self.coalitions, self.values, strict=True)
        ]

    def to_frame(self) -> pl.DataFrame:
        """Give `to_rows` as a frame."""
        import polars as pl

        return pl.DataFrame(self.to_rows(), schema_overrides={"coalition": pl.List(pl.String)})

    def plot(self) -> ggplot:
        """Draw who is in which of the coalitions, the best on top."""
        from willing.theory.result_pictures import draw_coalitions

        return draw_coalitions(self.to_frame(), loss=self.loss)

    def __str__(self) -> str:
        count = f"{len(self)}" if self.complete else f"the first {len(self)}"
        lines = [f"{count} coalitions within {self.loss:g} of the best"]
        lines += [
            f"  {self.values[0] - value:.6f}  {', '.join(coalition) or 'nobody'}"
            for coalition, value in zip(self.coalitions, self.values, strict=True)
        ]
        return "\n".join(lines)


def near_ties(
    game: Rules, crisis: Crisis, loss: float, *, limit: int, search: Search | None = None
) -> NearTies:
    """Find the near ties of a game on a crisis; see `CoalitionGame.near`."""
    game.require_partial("near")
    check_number(loss, "loss", least=0.0)
    check_whole(limit, "limit", least=1)
    masks, values, complete = near_coalitions(game.terms(crisis), loss, limit=limit, search=search)
    return NearTies(
        loss=loss,
        coalitions=tuple(
            tuple(crisis.names[i] for i in np.flatnonzero(members)) for members in masks
        ),
        values=tuple(values.tolist()),
        complete=complete,
    )


# Partners times coalitions that are kept, a byte each.
_CELLS = 200_000_000


def near_coalitions(
    terms: Terms, loss: float, *, limit: int, search: Search | None = None
) -> tuple[Masks, Floats, bool]:
    """Find every coalition worth at most `loss` less than the best.

    Parameters
    ----------
    terms
        The game in numbers.
    loss
        In units of the leader's payoff. A coalition counts as within it if rounding may put it
        there.
    limit
        How many coalitions to give at most, the best ones.
    search
        Tolerance and limits.

    Returns
    -------
    masks
        The coalitions, best first, shape (k, n).
    values
        Their payoffs, shape (k,).
    complete
        Whether these are all.
    """
    search = search or Search()
    rounding = search.tolerance * terms.victory_value
    best = best_coalition(terms, search=search)
    # No more than there can be, nor than fits into memory.
    limit = min(limit, 2 ** min(len(terms.strength), 62), max(1, _CELLS // len(terms.strength)))
    masks, gap = best_of(
        terms,
        np.arange(len(terms.strength)),
        most=limit + 1,
        floor=best.value - loss - 2.0 * rounding,
        search=search,
    )
    values = payoffs(terms, masks)
    order = np.argsort(-values, kind="stable")
    order = order[values[order] >= best.value - loss - rounding]
    complete = len(order) <= limit and gap == 0.0 and best.status == "optimal"
    return masks[order[:limit]], values[order[:limit]], complete
