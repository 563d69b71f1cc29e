"""Who accepts over the leader's security."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from willing.theory.crisis import Crisis
from willing.theory.invitations.invitation_equilibrium import invitation_equilibrium
from willing.theory.invitations.invitation_rules import InvitationRules

if TYPE_CHECKING:
    from plotnine import ggplot

# Levels of security at which the figure is drawn.
LEVELS = 51


def acceptance_over_security(game: InvitationRules, crisis: Crisis) -> pl.DataFrame:
    """Give what becomes of each partner at every level of the leader's security.

    Returns
    -------
    polars.DataFrame
        One row a level and partner: ``security``, ``name``, ``invited``, ``accepts``, ``offer``.
    """
    frames = [
        invitation_equilibrium(game, crisis.with_security(security))
        .to_frame()
        .with_columns(security=pl.lit(security), offer=pl.col("offer").cast(pl.Float64))
        for security in np.linspace(0.0, 1.0, LEVELS).tolist()
    ]
    return pl.concat(frames)


def plot_acceptance_over_security(game: InvitationRules, crisis: Crisis) -> ggplot:
    """Draw each partner's probability of joining; see `acceptance_over_security`."""
    import plotnine as p9

    from willing.figures import house_theme

    frame = acceptance_over_security(game, crisis)
    return (
        p9.ggplot(frame.to_pandas(), p9.aes("security", "accepts", color="name"))
        + p9.geom_line(size=1)
        + p9.scale_y_continuous(limits=(0, 1))
        + p9.labs(
            title=f"Who follows {crisis.leader.name}, costs being the partners' secret",
            x="Security of the leader",
            y="Probability that she is invited and accepts",
            color="",
        )
        + house_theme()
    )
