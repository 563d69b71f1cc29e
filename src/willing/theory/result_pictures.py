"""Pictures of results of the theory, from the frames that the results give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from willing.figures import BLUE, INK, ORANGE, house_theme

if TYPE_CHECKING:
    from plotnine import ggplot

# The odds of a coalition are printed over it if it is chosen over a wider range of security.
NARROW = 0.045
# Partners that a picture still holds.
_MOST = 25


def draw_path(
    table: pl.DataFrame,
    coalitions: Sequence[Sequence[str]],
    *,
    leader: str,
    names: Sequence[str],
) -> ggplot:
    """Draw who is in the coalition at which security of the leader, and at what odds.

    Parameters
    ----------
    table
        What `willing.theory.security_path.SecurityPath.to_frame` gives.
    coalitions
        Members of each of its rows.
    leader
        Name of the leader's country.
    names
        Names of all partners.
    """
    import pandas as pd
    import plotnine as p9

    stays = pd.DataFrame(
        [
            {"partner": name, "high": row["security_from"], "low": row["security_to"]}
            for row, coalition in zip(table.iter_rows(named=True), coalitions, strict=True)
            for name in coalition
        ],
        columns=["partner", "high", "low"],
    )
    # Who enters first, coming from a secure leader, is on top.
    entered = list(dict.fromkeys(stays.partner))
    turned_away = [name for name in names if name not in entered]
    order = [*entered, *turned_away][::-1]
    stays["row"] = np.array([order.index(name) for name in stays.partner], dtype=float)
    width = pl.col("security_from") - pl.col("security_to")
    labels = table.filter(width > NARROW).select(
        middle=(pl.col("security_from") + pl.col("security_to")) / 2,
        odds=pl.col("victory").map_elements("{:.2f}".format, return_dtype=pl.String),
    )
    return (
        p9.ggplot(stays)
        + p9.geom_vline(xintercept=table["security_to"].to_list()[:-1], color="#BBBBBB", size=0.4)
        + p9.geom_rect(
            p9.aes(xmin="low", xmax="high", ymin="row - 0.35", ymax="row + 0.35"), fill=BLUE
        )
        + p9.geom_text(
            p9.aes("middle", label="odds"), labels.to_pandas(), y=len(order) - 0.2, size=8
        )
        + p9.scale_x_continuous(expand=(0, 0), limits=(0, 1))
        + p9.scale_y_continuous(breaks=range(len(order)), labels=order, limits=(-0.6, len(order)))
        + p9.labs(
            title=f"Whom {leader} takes at each security of its leader",
            subtitle="On top: the probability of victory with that coalition.",
            x="Leader's security",
            y="",
        )
        + house_theme(height=max(3.0, 1.6 + 0.26 * len(order)))
    )


def draw_prices(table: pl.DataFrame, *, title: str) -> ggplot:
    """Draw each partner's price beside the most that the leader would pay, members in colour.

    Parameters
    ----------
    table
        ``partner``, ``member``, ``price`` and ``reservation_price``, a row a partner.
    title
        What stands above.
    """
    import plotnine as p9

    worth = pl.col("reservation_price") - pl.col("price")
    shown = table.sort("member", worth, descending=[True, True]).head(_MOST)
    shown = shown.with_columns(
        who=pl.when("member").then(pl.lit("joins")).otherwise(pl.lit("is turned away"))
    )
    return (
        p9.ggplot(shown, p9.aes("partner", color="who"))
        + p9.geom_linerange(p9.aes(ymin="price", ymax="reservation_price"), size=0.6)
        + p9.geom_point(p9.aes(y="price"), size=2.5)
        + p9.geom_point(p9.aes(y="reservation_price"), shape="|", size=4)
        + p9.geom_hline(yintercept=0, color=INK, size=0.3)
        + p9.scale_color_manual({"joins": BLUE, "is turned away": ORANGE})
        + p9.scale_x_discrete(limits=shown["partner"].to_list()[::-1])
        + p9.coord_flip()
        + p9.labs(
            title=title,
            subtitle="Point: the price. Bar: the most the leader would pay, given the others.",
            x="",
            y="In units of the value of victory",
            color="",
        )
        + house_theme(height=max(3.0, 1.6 + 0.26 * shown.height))
    )
