"""What partners cost, over the rival leader's security."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from willing.theory.bidding.bidding_rules import BiddingRules

if TYPE_CHECKING:
    from plotnine import ggplot


def draw_prices_over_rival_security(table: pl.DataFrame, game: BiddingRules) -> ggplot:
    """Draw the price of the one partner; `willing.theory.bidding.one_bid` gives the table."""
    return _draw(
        table,
        game,
        color="joins",
        title=f"What {game.partners[0].name} costs, and whom she joins",
        y="Price (value of victory = 1)",
        legend="She joins",
    )


def draw_payments_over_rival_security(table: pl.DataFrame, game: BiddingRules) -> ggplot:
    """Draw what each leader pays in all; `willing.theory.bidding.menus` gives the table."""
    return _draw(
        table,
        game,
        color="leader",
        title="What two leaders pay who bid for the same partners",
        y="Paid in all (value of victory = 1)",
        legend="Paid by",
    )


def _draw(
    table: pl.DataFrame, game: BiddingRules, *, color: str, title: str, y: str, legend: str
) -> ggplot:
    """Draw prices over the second leader's security, hers in the scenario marked."""
    import plotnine as p9

    from willing.figures import BLUE, INK, ORANGE, house_theme

    return (
        p9.ggplot(table.to_pandas(), p9.aes("security", "price", color=color))
        + p9.geom_vline(xintercept=game.second.security, color=INK, linetype="dashed", size=0.4)
        + p9.geom_line(size=1)
        + p9.scale_color_manual(values={game.first.name: BLUE, game.second.name: ORANGE})
        + p9.labs(
            title=title,
            subtitle="Dashed: her security in the scenario.",
            x=f"Security of the leader of {game.second.name}",
            y=y,
            color=legend,
        )
        + house_theme()
    )
