"""What punished exits say of the value of office: how leaders fare who lose it by a defeat.

In :math:`B = 1 + \\Psi (r - \\sigma)` an office lost costs :math:`\\Psi` victories. Let losing it
cost :math:`w`, and being exiled, jailed or killed for it :math:`k` more. A defeat adds
:math:`r - \\sigma` to the chance of losing office, and some number to that of losing it and being
punished; with :math:`\\pi` the second as a share of the first, :math:`\\Psi = w + \\pi k`. The
record tells :math:`\\pi`, not :math:`w` and :math:`k`: a leader to whom her liberty or life is
worth no less than the victory has :math:`\\Psi \\ge \\pi`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from willing.estimation.results import Z95
from willing.manner import Result

_DRAWS, _SEED = 1000, 20160901


@dataclass(frozen=True, repr=False)
class OfficeAtStake(Result):
    """How leaders fared within a year after crises.

    Attributes
    ----------
    lost
        Shares who lost office, after defeat and after victory.
    punished
        Shares who lost it and were exiled, jailed or killed, after defeat and after victory.
    leaders
        Numbers of leaders in crises, defeated and victorious.
    share
        :math:`\\pi`: of the exits that a defeat adds, the share punished.
    share_error
        Its standard error over crises drawn with replacement.
    """

    lost: tuple[float, float]
    punished: tuple[float, float]
    leaders: tuple[int, int]
    share: float
    share_error: float

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain values."""
        return dict(vars(self))

    def __str__(self) -> str:
        low, high = self.share - Z95 * self.share_error, self.share + Z95 * self.share_error
        return (
            f"Office was lost after {self.lost[0]:.3f} of {self.leaders[0]} defeats and "
            f"{self.lost[1]:.3f} of {self.leaders[1]} victories, with exile, jail or death after "
            f"{self.punished[0]:.3f} and {self.punished[1]:.3f}: of the exits that a defeat adds, "
            f"{self.share:.2f} are punished (95 % interval {low:.2f} to {high:.2f}). Psi is what "
            f"office is worth and {self.share:.2f} times what punishment costs; a leader to whom "
            "her liberty or life is worth no less than the victory has a Psi of at least "
            f"{self.share:.2f}."
        )


def office_at_stake(outcomes: pl.DataFrame) -> OfficeAtStake:
    """Compare leaders' fates after defeats and victories in ICB's crises.

    Parameters
    ----------
    outcomes
        The record's table ``outcomes``.
    """
    known = outcomes.filter(
        pl.col("source") == "icb",
        pl.col("outcome").is_in(["defeat", "victory"]),
        pl.col("lost_office").is_not_null(),
        pl.col("punished_after").is_not_null(),
    )
    defeat = (known["outcome"] == "defeat").to_numpy()
    lost = (known["lost_office"] == 1).to_numpy()
    columns = np.column_stack([defeat, ~defeat]).astype(float)
    punished = lost & (known["punished_after"] == 1).to_numpy()
    _, crisis = np.unique(known["number"].to_numpy(), return_inverse=True)
    cells = np.stack([columns * weight[:, np.newaxis] for weight in (lost | True, lost, punished)])
    # Sums by crisis, shape (3, crises, 2): leaders, exits, punished exits, by outcome.
    sums = np.zeros((3, int(crisis.max()) + 1, 2))
    for total, cell in zip(sums, cells, strict=True):
        np.add.at(total, crisis, cell)
    many = sums.shape[1]
    drawn = np.random.default_rng(_SEED).multinomial(many, np.full(many, 1 / many), size=_DRAWS)
    leaders, exits, punishments = sums.sum(axis=1)
    return OfficeAtStake(
        lost=(float(exits[0] / leaders[0]), float(exits[1] / leaders[1])),
        punished=(float(punishments[0] / leaders[0]), float(punishments[1] / leaders[1])),
        leaders=(int(leaders[0]), int(leaders[1])),
        share=float(_share(sums.sum(axis=1))),
        share_error=float(np.std(_share(np.einsum("dc,kco->kdo", drawn, sums)), ddof=1)),
    )


def _share(sums: np.ndarray[Any, np.dtype[np.float64]]) -> Any:
    """Punished exits that a defeat adds, of all that it adds, from sums of shape (3, ..., 2)."""
    leaders, exits, punished = sums
    rate, harsh = exits / leaders, punished / leaders
    return (harsh[..., 0] - harsh[..., 1]) / (rate[..., 0] - rate[..., 1])
