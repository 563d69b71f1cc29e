"""Do strong and cohesive coalitions bring others to the target's side? The record's answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl
from scipy import stats

from willing.errors import ConvergenceError, NoVariationError
from willing.estimation.covariance import clustered_covariance
from willing.estimation.design import CONSTANT, build_design
from willing.estimation.models import fit_logit
from willing.estimation.results import Z95, digits
from willing.figures import PALETTE, house_theme
from willing.manner import Result
from willing.numbers import Floats, p_said
from willing.record.store import Record
from willing.sources.keys import look_up

if TYPE_CHECKING:
    from plotnine import ggplot

Sample = Literal["all", "coalitions", "stronger"]
ALL_SIDES = ("coalition", "log_strength", "log_target")
COALITIONS = ("log_strength", "log_target", "log_size", "divergence")
# (heading, outcome, terms, sample); a count is fitted by Poisson, `widened` by logit.
MODELS: tuple[tuple[str, str, tuple[str, ...], Sample], ...] = (
    ("count, all sides", "joiners", ALL_SIDES, "all"),
    ("any, all sides", "widened", ALL_SIDES, "all"),
    ("count, coalitions", "joiners", COALITIONS, "coalitions"),
    ("any, coalitions", "widened", COALITIONS, "coalitions"),
    ("count against L", "joiners_against_leader", COALITIONS, "coalitions"),
    ("count, L's side stronger", "joiners", COALITIONS, "stronger"),
)


@dataclass(frozen=True, eq=False, repr=False)
class TargetSupport(Result):
    """How the number of states that join the target varies with the leader's coalition.

    Attributes
    ----------
    sides
        What `target_joiners` gave.
    coefficients
        One row a model and term: ``model``, ``outcome``, ``term``, ``estimate``, ``std_error``,
        ``z``, ``p``, ``low``, ``high``, ``n`` and ``clusters``.
    """

    sides: pl.DataFrame
    coefficients: pl.DataFrame

    def to_frame(self) -> pl.DataFrame:
        """Give one row a coefficient of each model."""
        return self.coefficients

    def to_dict(self) -> dict[str, Any]:
        """Give the table as plain values."""
        return {"sides": self.sides.height, "coefficients": self.coefficients.to_dicts()}

    def __str__(self) -> str:
        headings = list(dict.fromkeys(self.coefficients["model"]))
        lines = ["States that join the target; errors clustered by crisis"]
        for heading in headings:
            rows = self.coefficients.filter(pl.col("model") == heading)
            model = "logit" if rows["outcome"][0] == "widened" else "Poisson"
            lines.append(
                f"{heading} ({model}, {rows['n'][0]} sides in {rows['clusters'][0]} crises)"
            )
            lines += [
                f"  {row['term']:14}{digits(row['estimate']):>9} (s.e. {digits(row['std_error'])}, "
                f"{p_said(row['p'])})"
                for row in rows.iter_rows(named=True)
            ]
        return "\n".join(lines)

    def plot(self) -> ggplot:
        """Draw the coefficients of the coalition's strength and divergence, by model."""
        from plotnine import aes, coord_flip, facet_wrap, geom_hline, geom_pointrange, ggplot, labs

        terms = {"log_strength": "log strength", "divergence": "mean divergence"}
        shown = self.coefficients.filter(pl.col("term").is_in(list(terms))).with_columns(
            pl.col("term").replace(terms)
        )
        return (
            ggplot(shown, aes("model", "estimate"))
            + geom_hline(yintercept=0, size=0.3)
            + geom_pointrange(aes(ymin="low", ymax="high"), color=PALETTE[0])
            + facet_wrap("term")
            + labs(x="", y="Coefficient, 95 % interval", title="States that join the target")
            + coord_flip()
            + house_theme(7.0, 3.2)
        )


def target_support(record: Record) -> TargetSupport:
    """Relate the number of states that join the target to the coalition against it.

    Counts are fitted by Poisson pseudo-maximum likelihood, which is consistent whatever the
    dispersion (Gourieroux, Monfort and Trognon 1984), errors clustered by crisis. A model that
    cannot be estimated is an error, not a gap.

    Raises
    ------
    EstimationError
        If a model has no finite estimate on this record.
    """
    sides = target_joiners(record)
    samples: Mapping[Sample, pl.DataFrame] = {
        "all": sides,
        "coalitions": sides.filter(pl.col("size") > 0),
        "stronger": sides.filter(pl.col("size") > 0, pl.col("log_strength") > pl.col("log_target")),
    }
    tables = []
    for heading, outcome, terms, sample in MODELS:
        frame = samples[sample]
        if outcome == "widened":
            design = build_design(frame, outcome=outcome, mean=terms, cluster="crisno")
            fit = fit_logit(design)
            table = _table(design.terms, fit.params, fit.covariance, design.n, design.n_clusters)
        else:
            table = fit_poisson(frame, outcome=outcome, terms=terms, cluster="crisno")
        tables.append(_named(table, heading, outcome))
    return TargetSupport(sides, pl.concat(tables))


def target_joiners(record: Record) -> pl.DataFrame:
    """Count the states that took hostile acts on the target's side, side by side.

    Parameters
    ----------
    record
        The record; the foremost leader's coalition is taken. Sides of which nobody tells are left
        out.

    Returns
    -------
    polars.DataFrame
        One row a side: ``side``, ``crisno``, ``joiners`` (states that threatened or used force
        against the leader or a state that joined her, the target and her own coalition left
        out), ``joiners_against_leader``, ``widened`` (0/1: any), ``size`` (states that joined
        her), ``coalition`` (0/1: any), ``log_strength`` (of their and her capabilities, missing if
        one is), ``log_target`` and ``divergence`` (mean distance of her partners from her, of those
        whose distance is known).
    """
    joined = pl.col("join") == 1
    told = pl.col("covered") | joined.any().over("side")
    triads = record.triads.filter("foremost").filter(told)
    sides = triads.group_by("side").agg(
        pl.col("crisno", "leader", "target", "cinc_ell", "cinc_tee").first(),
        size=pl.col("join").cast(pl.Int64).sum(),
        help=pl.col("cinc_pee").filter(joined).sum(),
        unknown=pl.col("cinc_pee").filter(joined).null_count(),
        divergence=pl.col("difLPv").filter(joined).mean(),
    )
    own = pl.concat(
        [
            triads.filter(joined).select("side", "crisno", state="partner"),
            sides.select("side", "crisno", state="leader"),
        ]
    )
    acts = record.members.filter(pl.col("acted") == 1, "in_system")
    against = (
        own.join(acts.select("crisno", joiner="ccode", state="target"), on=["crisno", "state"])
        .join(own.select("side", joiner="state"), on=["side", "joiner"], how="anti")
        .join(sides.select("side", "leader", "target"), on="side")
        .filter(pl.col("joiner") != pl.col("target"))
    )
    faced = pl.col("state") == pl.col("leader")
    counts = against.group_by("side").agg(
        joiners=pl.col("joiner").n_unique().cast(pl.Int64),
        joiners_against_leader=pl.col("joiner").filter(faced).n_unique().cast(pl.Int64),
    )
    strength = pl.when(pl.col("unknown") == 0).then(pl.col("cinc_ell") + pl.col("help"))
    return (
        look_up(sides, counts, ["side"])
        .with_columns(pl.col("joiners", "joiners_against_leader").fill_null(0))
        .sort("crisno", "side")
        .select(
            "side",
            "crisno",
            "joiners",
            "joiners_against_leader",
            "size",
            "divergence",
            widened=(pl.col("joiners") > 0).cast(pl.Int8),
            coalition=(pl.col("size") > 0).cast(pl.Int8),
            log_strength=strength.log(),
            log_target=pl.col("cinc_tee").log(),
            log_size=pl.when(pl.col("size") > 0).then(pl.col("size").log()),
        )
    )


def fit_poisson(
    frame: pl.DataFrame, *, outcome: str, terms: Sequence[str], cluster: str
) -> pl.DataFrame:
    """Fit ``E(y) = exp(x'b)`` by Poisson pseudo-maximum likelihood, errors clustered.

    Parameters
    ----------
    frame
        One row an observation; incomplete ones are left out.
    outcome
        A column of counts.
    terms
        Columns that explain it; a constant is added.
    cluster
        The column whose values group dependent rows.

    Returns
    -------
    polars.DataFrame
        One row a coefficient: ``term``, ``estimate``, ``std_error``, ``z``, ``p``, ``low``,
        ``high``, ``n`` (rows) and ``clusters``.

    Raises
    ------
    NoVariationError
        If the count is the same in all complete rows.
    ConvergenceError
        If the search for the maximum fails.
    """
    import statsmodels.api as sm

    complete = frame.select(outcome, *terms, cluster).drop_nulls()
    y = complete[outcome].cast(pl.Float64).to_numpy()
    if complete.height == 0 or y.min() == y.max():
        raise NoVariationError(
            f"{outcome} takes a single value in the {complete.height} complete rows of "
            f"{frame.height}; take a wider sample"
        )
    X = np.column_stack([*(complete[t].cast(pl.Float64) for t in terms), np.ones(len(y))])
    model = sm.Poisson(y, X)
    fit = model.fit(method="newton", maxiter=100, disp=False)
    if not fit.mle_retvals["converged"]:
        raise ConvergenceError(f"the Poisson model of {outcome} found no maximum; drop a column")
    group = complete[cluster].rank("dense").cast(pl.Int64).to_numpy() - 1
    covariance = clustered_covariance(model.score_obs(fit.params), model.hessian(fit.params), group)
    return _table((*terms, CONSTANT), fit.params, covariance, len(y), int(group.max()) + 1)


def _table(
    terms: Sequence[str], params: Floats, covariance: Floats, n: int, clusters: int
) -> pl.DataFrame:
    error = np.sqrt(np.diag(covariance))
    return pl.DataFrame(
        {
            "term": list(terms),
            "estimate": params,
            "std_error": error,
            "z": params / error,
            "p": 2 * stats.norm.sf(np.abs(params / error)),
            "low": params - Z95 * error,
            "high": params + Z95 * error,
        }
    ).with_columns(n=pl.lit(n), clusters=pl.lit(clusters))


def _named(table: pl.DataFrame, model: str, outcome: str) -> pl.DataFrame:
    return table.select(pl.lit(model).alias("model"), pl.lit(outcome).alias("outcome"), pl.all())
