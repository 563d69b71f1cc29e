"""Whom a partner joins, and for what, over the rival leader's security."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from willing.theory.bidding.bidding_rules import BiddingRules
from willing.theory.bidding.one_bid import bidding_equilibria

if TYPE_CHECKING:
    from plotnine import ggplot

# Levels of security at which the figure is drawn.
LEVELS = 101


def prices_over_rival_security(game: BiddingRules) -> pl.DataFrame:
    """Give the equilibria at every level of the second leader's security.

    Returns
    -------
    polars.DataFrame
        One row a level and an equilibrium in which the partner joins somebody: ``security``,
        ``joins`` and ``price``.
    """
    rows = []
    for security in np.linspace(0.0, 1.0, LEVELS).tolist():
        changed = replace(game, second=replace(game.second, security=security))
        rows += [
            {"security": security, "joins": bid.joins, "price": bid.price}
            for bid in bidding_equilibria(changed).equilibria
            if bid.joins is not None
        ]
    schema = {"security": pl.Float64, "joins": pl.String, "price": pl.Float64}
    return pl.DataFrame(rows, schema=schema)


def plot_prices_over_rival_security(game: BiddingRules) -> ggplot:
    """Draw the partner's price over the rival's security; see `prices_over_rival_security`."""
    import plotnine as p9

    from willing.figures import BLUE, ORANGE, house_theme

    colors = {game.first.name: BLUE, game.second.name: ORANGE}
    return (
        p9.ggplot(
            prices_over_rival_security(game).to_pandas(), p9.aes("security", "price", color="joins")
        )
        + p9.geom_line(size=1)
        + p9.scale_color_manual(values=colors)
        + p9.labs(
            title=f"What {game.partners[0].name} costs, and whom she joins",
            x=f"Security of the leader of {game.second.name}",
            y="Price (value of victory = 1)",
            color="She joins",
        )
        + house_theme()
    )
