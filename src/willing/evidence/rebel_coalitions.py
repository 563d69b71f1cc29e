"""H1 and H2 on coalitions against rebels: a sample of its own, beside the crises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import polars as pl

from willing.estimation.design import build_design
from willing.estimation.models import fit_logit, fit_probit
from willing.estimation.results import Z95, BinaryResults
from willing.evidence.leaders_redrawn import redraw
from willing.evidence.two_stage import TwoStage
from willing.manner import Progress, Result, silent
from willing.record.store import Record
from willing.report.tables import Table

if TYPE_CHECKING:
    from plotnine import ggplot

INSECURITY, DIVERGENCE = "insecurity_leader", "difLPv"
CROSSED = f"{INSECURITY}:{DIVERGENCE}"
CONTROLS = ("log_cinc", "LPallies", "host_ally", "log_place_km", "demP")
# Errors are dependent within a country: Mali has three episodes with almost the same partners.
CLUSTER = "host"
BUILDING = "building"
BOTH_STAGES = " Both stages: leaders redrawn for their security, then clusters."
# The least CINC of the record is above this tenth of it.
_LEAST_CINC = 1e-7

SAMPLES: Mapping[str, pl.Expr] = MappingProxyType(
    {
        "host leads": pl.col("host_leads"),
        "host leads, no UN mission": pl.col("host_leads") & ~pl.col("un_mission"),
        "strongest leads": pl.col("strongest_leads"),
        "strongest leads, no UN mission": pl.col("strongest_leads") & ~pl.col("un_mission"),
    }
)


@dataclass(frozen=True, eq=False, repr=False)
class RebelCoalitions(Result):
    """What the hypotheses say of coalitions against rebels, and what the episodes say.

    Attributes
    ----------
    building
        H1, one row an episode under its strongest state: a logit of whether any other foreign
        state had troops there in the first year, on the leader's insecurity and strength. Under
        the host there is nothing to explain: an episode is one because somebody helped.
    joining
        H2, one row a potential partner, by sample: a probit of joining on insecurity, divergence
        from the leader, their product and controls, clustered by host.
    redrawn
        By model, each term's estimate with the standard errors of both stages; empty without draws.
    """

    building: BinaryResults
    joining: Mapping[str, BinaryResults]
    redrawn: Mapping[str, Mapping[str, TwoStage]] = field(default_factory=dict)

    def to_table(self) -> Table:
        """Give the rows that bear on the hypotheses as a table."""
        return Table(
            "rebels-tests",
            "H1 and H2 on coalitions against rebels",
            self.table().rename({"std_error": "s.e.", "both": "s.e. of both stages"}, strict=False),
            "H1: logit of whether any other state had troops there, by episode. H2: probit of "
            "joining, by potential partner. Errors clustered by host."
            + (BOTH_STAGES if self.redrawn else ""),
        )

    def table(self) -> pl.DataFrame:
        """Give the rows that bear on the hypotheses.

        Columns ``hypothesis``, ``sample``, ``term``, ``estimate``, ``std_error``, ``p``, ``n``,
        ``joins`` and ``clusters``, with draws also ``both`` (standard error of both stages). H1
        expects insecurity above zero; H2 the product above zero: insecure leaders mind divergence
        less.
        """
        rows = [_row("H1", "strongest leads", self.building, INSECURITY)]
        for sample, fit in self.joining.items():
            rows += [_row("H2", sample, fit, term) for term in (DIVERGENCE, INSECURITY, CROSSED)]
        if not self.redrawn:
            return pl.DataFrame(rows)
        for row in rows:
            model = BUILDING if row["hypothesis"] == "H1" else row["sample"]
            row["both"] = self.redrawn[model][row["term"]].both
        columns = list(rows[0])
        after = columns.index("std_error") + 1
        return pl.DataFrame(rows).select(*columns[:after], "both", *columns[after:-1])

    def to_frame(self) -> pl.DataFrame:
        """The table."""
        return self.table()

    def to_dict(self) -> dict[str, Any]:
        """Every model as plain values."""
        joining = {name: fit.to_dict() for name, fit in self.joining.items()}
        redrawn = {
            model: {term: each.to_dict() for term, each in terms.items()}
            for model, terms in self.redrawn.items()
        }
        return {"building": self.building.to_dict(), "joining": joining, "redrawn": redrawn}

    def plot(self) -> ggplot:
        """Draw the coefficients that the hypotheses are about, with 95 % intervals."""
        import plotnine as p9

        from willing.figures import BLUE, INK, house_theme

        names = {
            ("H1", INSECURITY): "H1 formation\ninsecurity",
            ("H2", CROSSED): "H2 preferences\ninsecurity × divergence",
            ("H2", DIVERGENCE): "joining\ndivergence",
            ("H2", INSECURITY): "joining\ninsecurity",
        }
        rows = self.table().with_columns(
            low=pl.col("estimate") - Z95 * pl.col("std_error"),
            high=pl.col("estimate") + Z95 * pl.col("std_error"),
        )
        shown = rows.with_columns(
            panel=pl.Series([names[key] for key in rows.select("hypothesis", "term").rows()])
        ).to_pandas()
        shown["panel"] = shown["panel"].astype("category").cat.set_categories(list(names.values()))
        return (
            p9.ggplot(shown, p9.aes("estimate", "sample"))
            + p9.geom_vline(xintercept=0, color=INK, size=0.4)
            + p9.geom_segment(p9.aes(x="low", xend="high", yend="sample"), color=BLUE, size=1)
            + p9.geom_point(color=BLUE, size=2)
            + p9.facet_wrap("panel", scales="free_x", ncol=2)
            + p9.scale_y_discrete(limits=list(SAMPLES)[::-1])
            + p9.labs(
                title="Coalitions against rebels",
                subtitle="Coefficients with 95 % intervals, errors clustered by host.",
                x="The theory expects both panels on top to be above zero",
                y="",
            )
            + house_theme(7.5, 4.6)
            + p9.theme(strip_text=p9.element_text(ha="left", weight="bold", color=INK))
        )

    def __str__(self) -> str:
        lines = ["Coalitions against rebels: H1 (insecurity > 0) and H2 (product > 0)"]
        lines += [
            f"  {row['hypothesis']}  {row['sample']:30} {row['term']:20} "
            f"{row['estimate']:8.3f} (s.e. {row['std_error']:.3f}, "
            + (f"both stages {row['both']:.3f}, " if self.redrawn else "")
            + f"p {row['p']:.2f}; "
            f"{row['joins']} of {row['n']:,}, {row['clusters']} hosts)"
            for row in self.table().iter_rows(named=True)
        ]
        return "\n".join(lines)


def study_rebel_coalitions(
    record: Record, *, draws: int = 0, seed: int = 1, progress: Progress = silent
) -> RebelCoalitions:
    """Test H1 and H2 on the episodes of the record.

    Parameters
    ----------
    record
        The record; its measure of security is the tests'.
    draws
        Draws of leaders, then of hosts, for the standard errors of both stages; none by default.
    seed
        Seed of the hosts drawn.
    progress
        Told what is done.

    Raises
    ------
    EstimationError
        If the episodes are too few for a model.
    """
    rows = candidates(record)
    joining, fitted = {}, {}
    for name, keep in SAMPLES.items():
        mean = [INSECURITY, DIVERGENCE, CROSSED, *CONTROLS]
        if name.startswith("host"):
            mean.remove("host_ally")  # the leader's ally is the host's
        design = build_design(rows.filter(keep), outcome="join", mean=mean, cluster=CLUSTER)
        joining[name] = fit_probit(design, name=f"joining, {name}")
        fitted[name] = (rows.filter(keep), joining[name])
    led = (
        rows.filter("strongest_leads")
        .group_by("episode", maintain_order=True)
        .agg(
            pl.col("host", "leader", "start", INSECURITY).first(),
            log_cinc_ell=(pl.col("cinc_ell").first() + _LEAST_CINC).log(),
            built=(pl.col("join").sum() > 0).cast(pl.Int8),
        )
    )
    design = build_design(led, outcome="built", mean=(INSECURITY, "log_cinc_ell"), cluster=CLUSTER)
    building = fit_logit(design, name="building")
    if not draws:
        return RebelCoalitions(building, joining)
    redrawn = redraw(
        fitted | {BUILDING: (led, building)},
        record.manifest.choices.measure,
        {INSECURITY: "leader"},
        draws=draws,
        seed=seed,
        progress=progress,
    )
    return RebelCoalitions(building, joining, redrawn)


def candidates(record: Record) -> pl.DataFrame:
    """Give `Record.episode_partners` with the host and the columns that models use."""
    hosts = record.episodes.select("episode", "host")
    return record.episode_partners.join(
        hosts, on="episode", how="left", validate="m:1", maintain_order="left"
    ).with_columns(
        log_cinc=(pl.col("cinc_pee") + _LEAST_CINC).log(),
        log_place_km=pl.col("place_km").log1p(),
    )


def _row(hypothesis: str, sample: str, fit: BinaryResults, term: str) -> dict[str, Any]:
    found = fit.to_frame().filter(pl.col("term") == term).row(0, named=True)
    return {
        "hypothesis": hypothesis,
        "sample": sample,
        "term": term,
        "estimate": found["estimate"],
        "std_error": found["std_error"],
        "p": found["p"],
        "n": fit.design.n,
        "joins": int(fit.design.y.sum()),
        "clusters": fit.design.n_clusters,
    }
