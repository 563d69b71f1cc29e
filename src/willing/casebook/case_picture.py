"""What the model says of a case's partners, beside who joined, as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from willing.figures import BLUE, ORANGE, house_theme

if TYPE_CHECKING:
    from plotnine import ggplot

# Partners that a picture still holds.
_MOST = 30


def draw_case(partners: pl.DataFrame, *, title: str, forecast: bool) -> ggplot:
    """Draw the probability of joining or, of a game, price and worth, of each partner.

    Parameters
    ----------
    partners
        As in `willing.casebook.accounts.Account`; of a forecast with ``low`` and ``high``.
    title
        The case.
    forecast
        Whether the model forecasts the partners, rather than solving a game.
    """
    import plotnine as p9

    who = pl.when("joined").then(pl.lit("joined")).otherwise(pl.lit("stayed away"))
    shown = partners.with_columns(who=who)
    if forecast:
        shown = shown.sort("join", descending=True, nulls_last=True).head(_MOST)
        point, low, high = "join", "low", "high"
        subtitle = "Who joined is blue. Lines: 95 % intervals."
        axis = "Probability of joining"
    else:
        shown = shown.sort(pl.col("worth") - pl.col("price"), descending=True).head(_MOST)
        point, low, high = "price", "price", "worth"
        subtitle = "Point: the price. Line: to what the partner is worth to the leader."
        axis = "In units of the value of victory"
    return (
        p9.ggplot(shown, p9.aes("partner", point, color="who"))
        + p9.geom_linerange(p9.aes(ymin=low, ymax=high), size=0.7)
        + p9.geom_point(size=2.2)
        + p9.scale_color_manual({"joined": BLUE, "stayed away": ORANGE})
        + p9.scale_x_discrete(limits=shown["partner"].to_list()[::-1])
        + p9.coord_flip()
        + p9.labs(title=title, subtitle=subtitle, x="", y=axis, color="")
        + house_theme(height=max(3.0, 1.8 + 0.2 * shown.height))
    )
