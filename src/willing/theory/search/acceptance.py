"""Who is acceptable to whom: the region of leaders and partners that build together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from willing.manner import Result
from willing.numbers import Floats
from willing.theory.rules import Pricing
from willing.theory.search.one_partner import one_partner

if TYPE_CHECKING:
    import polars as pl
    from plotnine import ggplot


@dataclass(frozen=True, eq=False, repr=False)
class AcceptanceRegion(Result):
    """Who is acceptable to whom: the partners a leader takes, by her security.

    Attributes
    ----------
    security : numpy.ndarray, shape (s,)
        Levels of the leader's security, rising.
    divergence : numpy.ndarray, shape (d,)
        Levels of the partner's divergence, rising.
    side_payment : numpy.ndarray, shape (d,)
        What a partner is paid if she is taken, by divergence.
    accepted : numpy.ndarray of bool, shape (s, d)
        Whether a leader of this security takes a partner of this divergence.
    cutoff : numpy.ndarray, shape (s,)
        `d_hat(sigma)`, the exact border of the region.
    free_cutoff : float
        The divergence up to which a partner comes for nothing.
    """

    security: Floats
    divergence: Floats
    side_payment: Floats
    accepted: NDArray[np.bool_]
    cutoff: Floats
    free_cutoff: float

    def to_frame(self) -> pl.DataFrame:
        """Give one row a pair of security and divergence, as the grid's cells."""
        import polars as pl

        sigma, d = np.meshgrid(self.security, self.divergence, indexing="ij")
        return pl.DataFrame(
            {
                "security": sigma.ravel(),
                "divergence": d.ravel(),
                "side_payment": np.broadcast_to(self.side_payment, d.shape).ravel(),
                "accepted": self.accepted.ravel(),
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the border at each security, and prices by divergence, as plain values."""
        return {
            "security": self.security.tolist(),
            "divergence_cutoff": self.cutoff.tolist(),
            "free_cutoff": self.free_cutoff,
            "divergence": self.divergence.tolist(),
            "side_payment": self.side_payment.tolist(),
        }

    def __str__(self) -> str:
        lines = [
            "Who is acceptable, by the leader's security",
            f"  comes for nothing, if taken: {_up_to(self.free_cutoff)}",
        ]
        for level in (0, -1):
            taken = _up_to(float(self.cutoff[level]))
            lines.append(f"  taken at security {self.security[level]:.2f}: {taken}")
        return "\n".join(lines)

    def plot(self) -> ggplot:
        """Draw who comes for nothing, who is paid and who is turned away."""
        import pandas as pd
        import plotnine as p9

        from willing.figures import BLUE, INK, ORANGE, SKY, house_theme

        top = float(self.divergence[-1])
        taken = np.clip(self.cutoff, 0.0, top)
        free = np.minimum(taken, max(self.free_cutoff, 0.0))
        bands = {
            "comes for nothing": (np.zeros_like(taken), free, BLUE),
            "taken at a price": (free, taken, SKY),
            "turned away": (taken, np.full_like(taken, top), ORANGE),
        }
        data = pd.concat(
            pd.DataFrame({"partner": name, "security": self.security, "low": low, "high": high})
            for name, (low, high, _) in bands.items()
        )
        data["partner"] = pd.Categorical(data["partner"], categories=list(bands))
        border = pd.DataFrame({"security": self.security, "cutoff": self.cutoff})
        return (
            p9.ggplot(data, p9.aes("security"))
            + p9.geom_ribbon(p9.aes(ymin="low", ymax="high", fill="partner"), alpha=0.75)
            + p9.geom_line(p9.aes(y="cutoff"), border[border.cutoff.between(0, top)], color=INK)
            + p9.scale_fill_manual([color for *_, color in bands.values()])
            + p9.coord_cartesian(xlim=(0, 1), ylim=(0, top), expand=False)
            + p9.labs(
                title="Theory: insecure leaders accept more divergent partners",
                x="Leader's security (probability of keeping office after defeat)",
                y="Partner's divergence",
                fill="A partner here",
            )
            + house_theme()
            # The two zeros at the origin would touch.
            + p9.theme(axis_text_x=p9.element_text(margin={"t": 6, "unit": "pt"}))
        )


def _up_to(cutoff: float) -> str:
    if cutoff < 0.0:
        return "nobody"
    return "anybody" if np.isinf(cutoff) else f"divergence up to {cutoff:.2f}"


def acceptance_region(
    *,
    alone: float,
    together: float,
    cost: float,
    office: float,
    aversion: float = 0.0,
    friction: float = 0.0,
    benefit: float = 0.0,
    retention: float = 1.0,
    rest: float = 0.0,
    pricing: Pricing = "pivotal",
    power: float = 0.0,
    divergence_max: float = 4.0,
    points: int = 201,
) -> AcceptanceRegion:
    """Find which partners are acceptable to which leaders, over security and divergence.

    Parameters
    ----------
    alone, together, cost, office, aversion, friction, benefit, retention, rest, pricing, power
        The game, as in `one_partner`.
    divergence_max
        The largest divergence looked at, > 0.
    points
        Levels of security and of divergence on the grid, >= 2.

    Returns
    -------
    AcceptanceRegion
        The grid and the exact cutoff at each level of security.

    Raises
    ------
    ScenarioError
        If an argument is outside its range.
    """
    security = np.linspace(0.0, 1.0, points)
    divergence = np.linspace(0.0, divergence_max, points)
    solution = one_partner(
        alone=alone,
        together=together,
        security=security[:, None],
        divergence=divergence,
        cost=cost,
        office=office,
        aversion=aversion,
        friction=friction,
        benefit=benefit,
        retention=retention,
        rest=rest,
        pricing=pricing,
        power=power,
    )
    return AcceptanceRegion(
        security=security,
        divergence=divergence,
        side_payment=solution.side_payment[0],
        accepted=solution.builds,
        cutoff=solution.divergence_cutoff[:, 0],
        free_cutoff=float(solution.free_cutoff[0, 0]),
    )
