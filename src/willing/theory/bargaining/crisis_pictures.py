"""The probability of war over the leader's security and over her coalition's strength."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from willing.theory.bargaining.crisis_equilibrium import crisis_equilibrium
from willing.theory.bargaining.crisis_rules import CrisisRules
from willing.theory.bargaining.demands import best_demands
from willing.theory.crisis import Crisis

if TYPE_CHECKING:
    from plotnine import ggplot

# Securities, and strengths, at which the figures are drawn.
LEVELS = 101
# Securities of the leaders who are compared over the strength of the coalition.
LEADERS = (1.0, 0.5, 0.0)


def war_over_security(game: CrisisRules, crisis: Crisis) -> pl.DataFrame:
    """Give what happens at every level of the leader's security.

    Returns
    -------
    polars.DataFrame
        One row a level: ``security``, ``members`` (how many), ``war``, ``war_alone`` and ``share``.
    """
    rows = []
    for security in np.linspace(0.0, 1.0, LEVELS).tolist():
        found = crisis_equilibrium(game, crisis.with_security(security))
        rows.append(
            {
                "security": security,
                "members": len(found.coalition),
                "war": found.war,
                "war_alone": found.war_alone,
                "share": found.share,
            }
        )
    return pl.DataFrame(rows)


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


def plot_war_over_security(game: CrisisRules, crisis: Crisis) -> ggplot:
    """Draw the probability of war, with the coalition and alone, over the leader's security."""
    import plotnine as p9

    from willing.figures import BLUE, ORANGE, house_theme

    labels = {"war": "with her best coalition", "war_alone": "alone"}
    data = (
        war_over_security(game, crisis)
        .select("security", "war", "war_alone")
        .unpivot(index="security", variable_name="leader", value_name="probability")
        .with_columns(pl.col("leader").replace(labels))
    )
    return (
        p9.ggplot(data.to_pandas(), p9.aes("security", "probability", color="leader"))
        + p9.geom_line(size=1)
        + p9.scale_color_manual(values={"with her best coalition": BLUE, "alone": ORANGE})
        + p9.labs(
            title=f"War between {crisis.leader.name} and {crisis.target.name}",
            x="Leader's security",
            y="Probability of war",
            color="She bargains",
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
