"""The probability of war over the leader's security and over her coalition's strength."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from willing.theory.bargaining.crisis_rules import CrisisRules
from willing.theory.bargaining.demands import best_demands
from willing.theory.crisis import Crisis

if TYPE_CHECKING:
    from plotnine import ggplot

# Strengths at which the figure is drawn.
LEVELS = 101
# Securities of the leaders who are compared over the strength of the coalition.
LEADERS = (1.0, 0.5, 0.0)


def war_over_strength(game: CrisisRules, crisis: Crisis) -> pl.DataFrame:
    """Give the probability of war over the coalition's strength for leaders of several securities.

    The strength is what the members add to the leader's own, from nobody to everybody. Members are
    paid in advance, or the probability would hang on what they cost too.

    Returns
    -------
    polars.DataFrame
        One row a level and a security: ``strength``, ``security`` and ``war``.
    """
    added = np.linspace(0.0, float(crisis.strengths.sum()), LEVELS)
    p = game.game.contest(crisis.leader.strength + added, crisis.target.strength)
    return pl.concat(
        pl.DataFrame(
            {
                "strength": added,
                "security": np.full(LEVELS, security),
                "war": best_demands(
                    p, game.game.victory_value(security), game.war_cost, game.target_cost
                ).war,
            }
        )
        for security in LEADERS
    )


def draw_war_over_security(table: pl.DataFrame, *, crisis: Crisis) -> ggplot:
    """Draw the probability of war, with the coalition and alone, over the leader's security.

    Parameters
    ----------
    table
        What `willing.theory.bargaining.crisis_equilibrium.war_over_security` gives.
    crisis
        The crisis; a line marks the security of its leader.
    """
    import plotnine as p9

    from willing.figures import BLUE, INK, ORANGE, house_theme

    labels = {"war": "with her best coalition", "war_alone": "alone"}
    data = (
        table.select("security", "war", "war_alone")
        .unpivot(index="security", variable_name="leader", value_name="probability")
        .with_columns(pl.col("leader").replace(labels))
    )
    return (
        p9.ggplot(data.to_pandas(), p9.aes("security", "probability", color="leader"))
        + p9.geom_vline(xintercept=crisis.leader.security, color=INK, linetype="dashed", size=0.4)
        + p9.geom_line(size=1)
        + p9.scale_color_manual(values={"with her best coalition": BLUE, "alone": ORANGE})
        + p9.labs(
            title=f"War between {crisis.leader.name} and {crisis.target.name}",
            subtitle="Dashed: the leader's security in the scenario.",
            x="Leader's security",
            y="Probability of war",
            color="She bargains",
        )
        + house_theme()
    )


def draw_crisis_path(path: pl.DataFrame) -> ggplot:
    """Draw war and share over the leader's security, coalition by coalition.

    Parameters
    ----------
    path
        The frame of a `willing.theory.bargaining.crisis_equilibrium.CrisisPath`. Its ends of a
        stretch are exact; what is between them is drawn straight.
    """
    import plotnine as p9

    from willing.figures import BLUE, ORANGE, house_theme

    labels = {"war": "probability of war", "share": "expected share"}
    pieces = pl.concat(
        path.select(
            start="security_from",
            end="security_to",
            first=f"{name}_from",
            last=f"{name}_to",
            what=pl.lit(label),
        )
        for name, label in labels.items()
    )
    return (
        p9.ggplot(pieces.to_pandas(), p9.aes("start", "first", color="what"))
        + p9.geom_vline(xintercept=path["security_to"].to_list()[:-1], color="#BBBBBB", size=0.4)
        + p9.geom_segment(p9.aes(xend="end", yend="last"), size=1)
        + p9.scale_color_manual(values={"probability of war": ORANGE, "expected share": BLUE})
        + p9.labs(
            title="What the leader gets, and at what risk of war",
            subtitle="Grey lines: where her coalition changes.",
            x="Leader's security",
            y="",
            color="",
        )
        + house_theme()
    )


def plot_war_over_strength(game: CrisisRules, crisis: Crisis) -> ggplot:
    """Draw the probability of war over the strength of the coalition; see `war_over_strength`."""
    import plotnine as p9

    from willing.figures import BLUE, ORANGE, SKY, house_theme

    data = war_over_strength(game, crisis).with_columns(pl.col("security").cast(pl.String))
    return (
        p9.ggplot(data.to_pandas(), p9.aes("strength", "war", color="security"))
        + p9.geom_line(size=1)
        + p9.scale_color_manual(values={"0.0": ORANGE, "0.5": SKY, "1.0": BLUE})
        + p9.labs(
            title="A coalition prevents war only where everything is demanded",
            x="Strength that partners add",
            y="Probability of war",
            color="Leader's security",
        )
        + house_theme()
    )
