"""The morning after: do partners come to blows, and what does that say of friction?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from willing.aftermath.friction import FrictionEstimate, estimate_friction
from willing.aftermath.hazard import Cluster, add_terms, fit_hazard, life_table, pair_years
from willing.aftermath.pairs import load_pairs
from willing.estimation.coefficient_table import side_by_side
from willing.estimation.results import BinaryResults
from willing.figures import PALETTE, house_theme
from willing.manner import Result

if TYPE_CHECKING:
    from plotnine import ggplot

HORIZON = 10
# Assumed: a dispute with a former partner costs the leader all that the victory was worth.
DISPUTE_COST = 1.0
CONTROLS = ("allied", "contiguous", "log_size", "victory", "major", "log_disputes")
GROUPS = {
    (True, True, True): "leader and partner, allied",
    (True, True, False): "leader and partner, not allied",
    (True, False, True): "two partners, allied",
    (True, False, False): "two partners, not allied",
    (False, True, True): "leader and other, allied",
    (False, True, False): "leader and other, not allied",
}


@dataclass(frozen=True, eq=False, repr=False)
class Aftermath(Result):
    """Disputes after a crisis between partners, and between leaders and others.

    Attributes
    ----------
    horizon
        Years after the crisis.
    risks
        What `willing.aftermath.hazard.life_table` gave, by ``group``.
    hazards
        Models of the hazard by heading: all pairs of partners; leaders with their partners;
        leaders with partners and others.
    friction
        Estimates of friction; the first is the one to use.
    """

    horizon: int
    risks: pl.DataFrame
    hazards: Mapping[str, BinaryResults]
    friction: tuple[FrictionEstimate, ...]

    def to_frame(self) -> pl.DataFrame:
        """Give one row a coefficient of each hazard."""
        return pl.concat(
            fit.to_frame().select(pl.lit(name).alias("model"), pl.all().exclude("equation"))
            for name, fit in self.hazards.items()
        )

    def table(self) -> pl.DataFrame:
        """Give the hazards beside each other, as in a journal."""
        return side_by_side(self.hazards)

    def within(self) -> pl.DataFrame:
        """Give pairs, disputes and risk within the horizon, by group."""
        return (
            self.risks.group_by("group", maintain_order=True)
            .agg(
                pairs=pl.col("at_risk").first(),
                disputes=pl.col("disputes").sum(),
                risk=pl.col("risk").last(),
            )
            .sort("group")
        )

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain values."""
        return {
            "horizon": self.horizon,
            "risks": self.risks.to_dicts(),
            "hazards": {name: fit.to_dict() for name, fit in self.hazards.items()},
            "friction": [estimate.to_dict() for estimate in self.friction],
        }

    def __str__(self) -> str:
        lines = [f"Disputes within {self.horizon} years of the crisis"]
        lines += [
            f"  {group:32}{pairs:6,} pairs {disputes:5,} disputes   risk {risk:.3f}"
            for group, pairs, disputes, risk in self.within().iter_rows()
        ]
        lines += [str(fit) for fit in self.hazards.values()]
        cost = self.friction[0].dispute_cost
        lines.append(f"Friction, if a dispute costs {cost:g} of the value of victory")
        lines += [f"  {estimate}" for estimate in self.friction]
        return "\n".join(lines)

    def plot(self) -> ggplot:
        """Draw the share of pairs with a dispute over the years after the crisis."""
        from plotnine import (
            aes,
            geom_line,
            ggplot,
            labs,
            scale_color_manual,
            scale_linetype_manual,
            scale_x_continuous,
            theme,
        )

        columns = ["group", "year_after", "risk"]
        start = self.risks.select("group").unique().with_columns(year_after=0, risk=0.0)
        points = pl.concat(
            [start.select(columns), self.risks.select(columns)], how="vertical_relaxed"
        )
        who = pl.col("group").str.split_exact(", ", 1)
        shown = points.with_columns(
            pair=who.struct.field("field_0"), alliance=who.struct.field("field_1")
        )
        return (
            ggplot(shown, aes("year_after", "risk", color="pair", linetype="alliance"))
            + geom_line(size=0.9)
            + scale_color_manual(values=list(PALETTE))
            + scale_linetype_manual(values=["solid", "dashed"])
            + scale_x_continuous(breaks=range(0, self.horizon + 1, 2))
            + labs(
                x="Years after the crisis",
                y="Share of pairs with a dispute",
                color="",
                linetype="",
                title="Who comes to blows after a crisis",
            )
            + house_theme(6.5, 4.4)
            + theme(legend_box="vertical")
        )


def study_aftermath(
    pairs: pl.DataFrame | None = None,
    *,
    horizon: int = HORIZON,
    dispute_cost: float = DISPUTE_COST,
    cluster: Cluster = "pair",
    seed: int = 0,
) -> Aftermath:
    """Estimate the hazard of a dispute after a crisis, and friction from it.

    Parameters
    ----------
    pairs
        What `willing.aftermath.pairs.build_pairs` gave; the embedded ones by default.
    horizon
        Years after the crisis.
    dispute_cost
        What a dispute with a former partner costs a leader, in units of the value of victory.
    cluster
        Errors are clustered by pair of states or, with ``"crisno"``, by crisis.
    seed
        Of the draws behind the intervals of friction.

    Returns
    -------
    Aftermath
        With three estimates of friction: from all pairs of partners; from leaders and their
        partners only; and the excess of these over what others as divergent would have cost.

    Raises
    ------
    DataError
        If `horizon` is too short.
    EstimationError
        If a hazard has no finite estimate, or `dispute_cost` is negative.
    """
    chosen = load_pairs() if pairs is None else pairs
    years = _grouped(pair_years(chosen, horizon=horizon))
    hazards = {
        "partners": fit_hazard(
            years.filter("partners"),
            ("divergence", "with_leader", *CONTROLS),
            name="all pairs of partners",
            cluster=cluster,
        ),
        "leader and partners": fit_hazard(
            years.filter("partners", "with_leader"),
            ("divergence", *CONTROLS),
            name="leaders and their partners",
            cluster=cluster,
        ),
        "leader and all": fit_hazard(
            years.filter("with_leader"),
            ("partners", "divergence", "partners:divergence", *CONTROLS),
            name="leaders with partners and others",
            cluster=cluster,
        ),
    }
    led = add_terms(chosen.filter("partners", "with_leader"))
    friction = tuple(
        estimate_friction(
            hazards[model],
            led,
            name=name,
            horizon=horizon,
            dispute_cost=dispute_cost,
            excess=excess,
            seed=seed,
        )
        for model, name, excess in (
            ("partners", "all pairs of partners", False),
            ("leader and partners", "leaders and their partners", False),
            ("leader and all", "excess over non-partners", True),
        )
    )
    risks = life_table(years.drop_nulls("group"), "group")
    return Aftermath(horizon, risks, hazards, friction)


def _grouped(years: pl.DataFrame) -> pl.DataFrame:
    """Add ``group``: leaders or partners, with partners or others, allied or not."""
    group = pl.lit(None, pl.String)
    for (partners, with_leader, allied), name in GROUPS.items():
        here = (
            (pl.col("partners") == partners)
            & (pl.col("with_leader") == with_leader)
            & (pl.col("allied") == allied)
        )
        group = pl.when(here).then(pl.lit(name)).otherwise(group)
    return years.with_columns(group=group)
