"""Pictures of results of the theory, from the frames that the results give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def draw_chances(
    chances: Mapping[str, Mapping[str, float]], *, title: str, most: int = _MOST
) -> ggplot:
    """Draw how likely each state joins, the likeliest on top, a colour a side.

    Parameters
    ----------
    chances
        By what a state joins, the probability of each by name.
    title
        Of the picture.
    most
        States drawn of each side.
    """
    from plotnine import (
        aes,
        coord_flip,
        geom_col,
        ggplot,
        labs,
        scale_fill_manual,
        scale_x_discrete,
        theme,
        ylim,
    )

    rows = [
        {"state": name, "chance": chance, "side": side}
        for side, own in chances.items()
        for name, chance in sorted(own.items(), key=lambda item: -item[1])[:most]
    ]
    sides = list(chances)
    shown = pl.DataFrame(rows).with_columns(pl.col("side").cast(pl.Enum(sides)))
    return (
        ggplot(shown.to_pandas(), aes("state", "chance", fill="side"))
        + geom_col()
        + scale_x_discrete(limits=shown["state"].to_list()[::-1])
        + scale_fill_manual([BLUE, ORANGE][: len(sides)])
        + ylim(0, 1)
        + coord_flip()
        + labs(x="", y="probability of joining", fill="", title=title)
        + house_theme(height=1.5 + 0.2 * shown.height)
        + (theme(legend_position="none") if len(sides) == 1 else theme())
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


def draw_coalitions(table: pl.DataFrame, *, loss: float) -> ggplot:
    """Draw who is in which coalition, one row each, with what it loses against the best.

    Parameters
    ----------
    table
        ``coalition``, its names, and ``loss``; the best first.
    loss
        The loss within which they lie.
    """
    import plotnine as p9

    shown = table.head(_MOST)
    rows = range(shown.height, 0, -1)
    lost = [f"{one:.4f}" for one in shown["loss"].to_list()]
    members = shown.select("coalition", row=pl.Series(rows, dtype=pl.Int64)).explode("coalition")
    members = members.drop_nulls().rename({"coalition": "partner"})
    often = members.group_by("partner").len().sort(["len", "partner"], descending=[True, False])
    order = often["partner"].to_list()
    more = f", the first {_MOST} of {table.height:,}" if table.height > _MOST else ""
    return (
        p9.ggplot(members.to_pandas(), p9.aes("partner", "row"))
        + p9.geom_tile(fill=BLUE, width=0.85, height=0.75)
        + p9.scale_x_discrete(limits=order or ["nobody"])
        + p9.scale_y_continuous(
            breaks=list(rows), labels=lost, limits=(0.4, shown.height + 0.6), expand=(0, 0)
        )
        + p9.labs(
            title=f"Coalitions within {loss:g} of the best{more}",
            subtitle="One row a coalition; on the left what it loses against the best.",
            x="",
            y="Loss",
        )
        + house_theme(height=max(2.6, 1.9 + 0.24 * shown.height))
        + p9.theme(axis_text_x=p9.element_text(rotation=45, ha="right"))
    )


def draw_invitations(table: pl.DataFrame, *, leader: str) -> ggplot:
    """Draw how likely each partner is invited, and invited and accepts.

    Parameters
    ----------
    table
        ``name``, ``invited`` and ``accepts``, in the order in which partners are approached.
    leader
        Name of the leader's country.
    """
    import plotnine as p9

    labels = {"invited": "is invited", "accepts": "is invited and accepts"}
    shown = (
        table.head(_MOST)
        .select("name", "invited", "accepts")
        .unpivot(index="name", variable_name="what", value_name="probability")
        .with_columns(pl.col("what").replace(labels))
    )
    order = table.head(_MOST)["name"].to_list()[::-1]
    return (
        p9.ggplot(shown, p9.aes("name", "probability", color="what", shape="what"))
        + p9.geom_point(size=4, stroke=1.2)
        + p9.scale_color_manual({"is invited": ORANGE, "is invited and accepts": BLUE})
        + p9.scale_shape_manual({"is invited": "|", "is invited and accepts": "o"})
        + p9.scale_x_discrete(limits=order)
        + p9.scale_y_continuous(limits=(0, 1))
        + p9.coord_flip()
        + p9.labs(
            title=f"Who follows {leader}, costs being the partners' secret",
            subtitle="Partners from top to bottom in the order in which they are approached.",
            x="",
            y="Probability",
            color="",
            shape="",
        )
        + house_theme(height=max(3.0, 1.6 + 0.26 * len(order)))
    )
