"""Draw prices against payments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from willing.figures import BLUE, INK, house_theme

if TYPE_CHECKING:
    from plotnine import ggplot

_PRICE = {"structural": "price by the estimates", "pivotal": "price by the game (pivotal)"}
_PAYMENT = {"aid": "aid", "arms": "arms"}


def draw_prices(rows: pl.DataFrame) -> ggplot:
    """Draw ranks within the crisis, joiners only: price across, change of payment up.

    Parameters
    ----------
    rows
        As in `willing.payments.prices.PricesAndPayments`.
    """
    from plotnine import aes, facet_grid, geom_point, geom_smooth, ggplot, labs

    joined = rows.filter(pl.col("join") == 1)
    parts = []
    for price, called in _PRICE.items():
        for payment, noun in _PAYMENT.items():
            known = joined.drop_nulls([price, payment]).filter(pl.len().over("crisno") > 1)
            # Ranks in the middle of their place, so that crises of any size share one scale.
            rank = ((pl.col(price, payment).rank() - 0.5) / pl.len()).over("crisno")
            parts.append(
                known.select(rank)
                .rename({price: "x", payment: "y"})
                .with_columns(price=pl.lit(called), payment=pl.lit(noun))
            )
    return (
        ggplot(pl.concat(parts).to_pandas(), aes("x", "y"))
        + geom_point(color=BLUE, alpha=0.5, size=1.2)
        + geom_smooth(method="lm", se=False, color=INK, size=0.6)
        + facet_grid("payment", "price")
        + labs(x="rank of the price among those who joined", y="rank of the gain")
        + house_theme(7.0, 4.5)
    )
