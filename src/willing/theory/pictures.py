"""Pictures of the game on a crisis. The numbers behind each come from a function of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from willing.errors import ScenarioError
from willing.figures import BLUE, INK, ORANGE, SKY, house_theme
from willing.theory.crisis import Crisis
from willing.theory.game import CoalitionGame

if TYPE_CHECKING:
    from plotnine import ggplot

    from willing.theory.security_path import SecurityPath

# Every coalition is looked at for the figure by size: a million of them for this many partners.
MOST_PARTNERS = 20
# Levels of security at which tolerated divergences are drawn.
LEVELS = 101
# Facets that a page still holds.
MOST_FACETS = 12


def plot_path(path: SecurityPath) -> ggplot:
    """Draw who is in the coalition at which security of the leader, and at what cost and odds."""
    return path.plot()


def best_by_size(game: CoalitionGame, crisis: Crisis) -> pl.DataFrame:
    """Find the best coalition of each size and what it is worth.

    Parameters
    ----------
    game, crisis
        The rules and the crisis, with at most `MOST_PARTNERS` partners.

    Returns
    -------
    polars.DataFrame
        One row a size from 0 to n: ``size``, ``payoff`` `U(S)` and ``coalition``, its names.

    Raises
    ------
    ScenarioError
        If there are too many partners.
    """
    from willing.theory.search.enumeration import all_coalitions, all_payoffs

    n = len(crisis.partners)
    if n > MOST_PARTNERS:
        raise ScenarioError(
            f"the crisis has {n} partners; payoffs by size are drawn for at most {MOST_PARTNERS}"
        )
    members, value = all_coalitions(n), all_payoffs(game.terms(crisis))
    size = members.sum(axis=1)
    best = [int(np.where(size == s, value, -np.inf).argmax()) for s in range(n + 1)]
    return pl.DataFrame(
        {
            "size": range(n + 1),
            "payoff": value[best],
            "coalition": [
                [name for name, member in zip(crisis.names, members[i], strict=True) if member]
                for i in best
            ],
        }
    )


def plot_sizes(game: CoalitionGame, crisis: Crisis) -> ggplot:
    """Draw the leader's payoff from the best coalition of each size; see `best_by_size`."""
    import plotnine as p9

    table = best_by_size(game, crisis)
    data = table.select("size", "payoff").to_pandas()
    best = data[data.payoff == data.payoff.max()].head(1)
    alone = float(data.payoff.iloc[0])
    return (
        p9.ggplot(data, p9.aes("size", "payoff"))
        + p9.geom_hline(yintercept=alone, linetype="dashed", color=INK, size=0.4)
        + p9.geom_line(color=BLUE)
        + p9.geom_point(color=BLUE, size=2)
        + p9.geom_point(data=best, color=ORANGE, size=4)
        + p9.scale_x_continuous(breaks=_whole(len(data)))
        + p9.labs(
            title=f"What {crisis.leader.name} gains by the best coalition of each size",
            subtitle="Orange: the optimum. Dashed: alone.",
            x="Members of the coalition",
            y="Leader's payoff (value of victory = 1)",
        )
        + house_theme()
    )


def tolerated_divergences(game: CoalitionGame, crisis: Crisis) -> pl.DataFrame:
    """Find, by security, the divergence up to which each partner is taken into a fixed rest.

    The rest is the equilibrium coalition of the crisis without the partner, as in
    `willing.theory.equilibrium.Margins`.

    Returns
    -------
    polars.DataFrame
        One row a partner and level of security: ``partner``, ``security``, ``tolerated`` (`d_hat`,
        zero where none is tolerated) and ``divergence``, her own.
    """
    from willing.theory.equilibrium import margins

    members = game.solve(crisis).members
    security = np.linspace(0.0, 1.0, LEVELS)
    tolerated = np.array(
        [
            margins(game, crisis.with_security(level), members).tolerated_divergence
            for level in security.tolist()
        ]
    )
    n = len(crisis.partners)
    return pl.DataFrame(
        {
            "partner": np.repeat(crisis.names, LEVELS),
            "security": np.tile(security, n),
            "tolerated": np.nan_to_num(tolerated, nan=0.0, posinf=np.inf).T.ravel(),
            "divergence": np.repeat(crisis.divergences, LEVELS),
        }
    )


def plot_acceptance(game: CoalitionGame, crisis: Crisis) -> ggplot:
    """Draw who is acceptable to a leader of which security; see `tolerated_divergences`."""
    import pandas as pd
    import plotnine as p9

    data = tolerated_divergences(game, crisis).to_pandas()
    shown = list(crisis.names[:MOST_FACETS])
    data = data[data.partner.isin(shown)]
    finite = data.tolerated[np.isfinite(data.tolerated)]
    top = 1.1 * max(float(data.divergence.max()), min(float(finite.quantile(0.9)), 4.0), 0.1)
    data["tolerated"] = data.tolerated.clip(upper=top)
    data["partner"] = pd.Categorical(data.partner, categories=shown)
    own = data.drop_duplicates("partner")
    columns = min(len(shown), 4)
    rows = -(-len(shown) // columns)
    figure: ggplot = (
        p9.ggplot(data, p9.aes("security"))
        + p9.geom_ribbon(p9.aes(ymin="tolerated", ymax=top), fill=ORANGE, alpha=0.75)
        + p9.geom_ribbon(p9.aes(ymin=0, ymax="tolerated"), fill=SKY, alpha=0.75)
        + p9.geom_hline(p9.aes(yintercept="divergence"), own, color=INK, linetype="dashed")
        + p9.geom_vline(xintercept=crisis.leader.security, color=INK, size=0.4)
        + p9.facet_wrap("partner", ncol=columns)
        + p9.scale_x_continuous(breaks=(0, 0.5, 1))
        + p9.coord_cartesian(xlim=(0, 1), ylim=(0, top), expand=False)
        + p9.labs(
            title=f"Who is acceptable to {crisis.leader.name}",
            subtitle=(
                "Blue: divergences taken, given the rest of the coalition. "
                "Dashed: the partner's own. Line: the leader's security."
            ),
            x="Leader's security",
            y="Partner's divergence",
        )
        + house_theme(width=max(6.5, 2.2 * columns), height=1.4 + 2.0 * rows)
        + p9.theme(panel_spacing=0.03)
    )
    return figure


def pay_over_security(game: CoalitionGame, crisis: Crisis) -> pl.DataFrame:
    """Find what each partner is paid at every level of the leader's security.

    Returns
    -------
    polars.DataFrame
        One row a level, partner and kind of partner: ``security``, ``partner``, ``power`` (the
        game's bargaining power, and 0) and ``pay``, NaN where she is not taken.
    """
    rows = []
    for power in sorted({0.0, game.power}):
        rules = replace(game, power=power)
        for security in np.linspace(0.0, 1.0, LEVELS).tolist():
            paid = rules.solve(crisis.with_security(security)).side_payments
            rows += [
                {
                    "security": security,
                    "partner": name,
                    "power": power,
                    "pay": float(paid.get(name, np.nan)),
                }
                for name in crisis.names
            ]
    return pl.DataFrame(rows)


def plot_pay(game: CoalitionGame, crisis: Crisis) -> ggplot:
    """Draw what each partner is paid, with and without her power; see `pay_over_security`."""
    import pandas as pd
    import plotnine as p9

    data = pay_over_security(game, crisis).to_pandas()
    shown = list(crisis.names[:MOST_FACETS])
    data = data[data.partner.isin(shown)]
    data["partner"] = pd.Categorical(data.partner, categories=shown)
    data["power"] = data.power.map(lambda power: f"{power:g}")
    columns = min(len(shown), 4)
    figure: ggplot = (
        p9.ggplot(data, p9.aes("security", "pay", color="power"))
        + p9.geom_line(size=1, na_rm=True)
        + p9.facet_wrap("partner", ncol=columns)
        + p9.scale_color_manual(values=[BLUE, ORANGE])
        + p9.scale_x_continuous(breaks=(0, 0.5, 1))
        + p9.labs(
            title=f"What {crisis.leader.name} pays a partner while she takes her",
            x="Leader's security",
            y="Payment (value of victory = 1)",
            color="Partners' bargaining power",
        )
        + house_theme(width=max(6.5, 2.2 * columns), height=1.8 + 2.0 * -(-len(shown) // columns))
    )
    return figure


def _whole(count: int) -> list[int]:
    """Give about ten whole numbers from 0 to below `count`."""
    return list(range(0, count, max(1, count // 10)))
