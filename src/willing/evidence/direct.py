"""Direct tests of H1 and H2: who builds, who joins, and how divergent the partners taken are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from willing.estimation.coefficient_table import side_by_side
from willing.estimation.design import build_design
from willing.estimation.marginal_effects import marginal_effect
from willing.estimation.models import fit_logit, fit_probit
from willing.estimation.results import BinaryResults, Estimate
from willing.estimation.rubin import PooledResults
from willing.evidence.effects import divergence_curve
from willing.evidence.model_columns import CLUSTER, CONTROLS
from willing.evidence.over_imputations import Imputations, pooled_fit
from willing.evidence.sample import leader_sides, third_of
from willing.evidence.selectivity import (
    SECURITY,
    JoinRates,
    PartnerDivergence,
    join_rates,
    partner_divergence,
)
from willing.manner import Result
from willing.record.measured import INSECURITY

if TYPE_CHECKING:
    from plotnine import ggplot

DIVERGENCE = "difLPv"
CROSSED = f"{INSECURITY}:{DIVERGENCE}"
SIDE_CONTROLS = ("cinc_ell", "cinc_tee", "unsupport", "LTdist", "demL", "pcw", "Lmaj")
BUILDING: Mapping[str, tuple[str, ...]] = {
    "insecurity": (INSECURITY,),
    "controls": (INSECURITY, *SIDE_CONTROLS),
    "within": ("within", "between", *SIDE_CONTROLS),
}


@dataclass(frozen=True, eq=False, repr=False)
class DirectTests(Result):
    """Tests that read the theory off the record.

    Attributes
    ----------
    built : pl.DataFrame
        One row a third of leader sides by insecurity: ``sides``, ``insecurity``, ``built`` (share
        that built a coalition).
    building : mapping of str to BinaryResults
        Logits of whether L built a coalition: on ``"insecurity"`` alone, with ``"controls"``, and
        ``"within"`` with insecurity split into the leading state's mean over its crises
        (`between`) and the leader's difference from it (`within`).
    joining : BinaryResults
        Probit of joining with insecurity x divergence from L.
    effects : mapping of str to Estimate
        Average effect of one unit of divergence on joining, as a share of the probability of
        joining, for leaders at the middle of the most and of the least secure third of triads.
    divergence : PartnerDivergence
        Divergence of the partners taken.
    rates : JoinRates
        How often near and far states joined.
    pooled : PooledResults or None
        The probit of joining over the imputations of divergence, if these were given.
    """

    built: pl.DataFrame
    building: Mapping[str, BinaryResults]
    joining: BinaryResults
    effects: Mapping[str, Estimate]
    divergence: PartnerDivergence
    rates: JoinRates
    pooled: PooledResults | None = None

    def to_frame(self) -> pl.DataFrame:
        """Give one row a coefficient of each model."""
        return pl.concat(
            fit.to_frame().insert_column(0, pl.Series("model", [fit.name] * len(fit.params)))
            for fit in (*self.building.values(), self.joining)
        )

    def comparison(self) -> pl.DataFrame:
        """Give the logits of building side by side."""
        return side_by_side({fit.name: fit for fit in self.building.values()})

    def to_dict(self) -> dict[str, Any]:
        """Give every table and estimate as plain numbers."""
        return {
            "built": self.built.to_dicts(),
            "building": {name: fit.to_dict() for name, fit in self.building.items()},
            "joining": self.joining.to_dict(),
            "joining_pooled": None if self.pooled is None else self.pooled.to_dict(),
            "effects": {name: vars(effect) for name, effect in self.effects.items()},
            "divergence": self.divergence.to_dict(),
            "rates": self.rates.to_dict(),
        }

    def __str__(self) -> str:
        thirds = "; ".join(
            f"{r['third']} {100 * r['built']:.1f} % of {r['sides']}"
            for r in self.built.iter_rows(named=True)
        )
        effects = "; ".join(f"{name} {effect}" for name, effect in self.effects.items())
        return "\n\n".join(
            [
                f"Built a coalition: {thirds}",
                *(str(fit) for fit in self.building.values()),
                str(self.joining),
                "Average relative effect of divergence on the probability of joining, leaders in "
                f"the {effects}",
                str(self.divergence),
                str(self.rates),
            ]
        )

    def plot(self) -> ggplot:
        """Draw joining against divergence from L for secure and insecure leaders."""
        return divergence_curve(self.joining, over=DIVERGENCE).plot()


def direct_tests(
    triads: pl.DataFrame,
    *,
    draws: int = 2000,
    seed: int = 0,
    imputed: Imputations = (),
    pooled: PooledResults | None = None,
) -> DirectTests:
    """Test H1 and H2 on a sample of the record.

    Parameters
    ----------
    triads
        A sample as :func:`~willing.evidence.sample.select_triads` gives it.
    draws
        Bootstrap samples for the contrasts without a model.
    seed
        Seed of the bootstrap.
    imputed
        The triads' divergences in every imputation, as
        :func:`~willing.evidence.over_imputations.imputed_divergence` gives them, to pool the
        probit of joining over.
    pooled
        That probit, where it has been pooled before.

    Returns
    -------
    DirectTests

    Raises
    ------
    EstimationError
        If the sample is too thin for one of the tests.
    """
    rng = np.random.default_rng(seed)
    sides = leader_sides(triads)
    joining = fit_joining(triads)
    return DirectTests(
        built=_built_by_third(sides),
        building={
            name: fit_building(sides, terms, name=f"building, {name}")
            for name, terms in BUILDING.items()
        },
        joining=joining,
        effects=_effects_by_third(joining),
        divergence=partner_divergence(triads, draws=draws, rng=rng),
        rates=join_rates(triads, draws=draws, rng=rng),
        pooled=pooled_fit(triads, joining, imputed) if pooled is None else pooled,
    )


def fit_building(
    sides: pl.DataFrame, terms: Sequence[str], *, name: str = "building"
) -> BinaryResults:
    """Fit a logit of whether L built a coalition, one row a leader side."""
    usual = pl.col(INSECURITY).mean().over("leader")
    split = sides.with_columns(usual.alias("between"), (pl.col(INSECURITY) - usual).alias("within"))
    design = build_design(split, outcome="built", mean=terms, cluster=CLUSTER)
    return fit_logit(design, name=name)


def fit_joining(
    triads: pl.DataFrame, *, covariates: Sequence[str] = (DIVERGENCE, "difTPv", *CONTROLS)
) -> BinaryResults:
    """Fit a probit of joining on insecurity, covariates and insecurity x divergence from L."""
    mean = (INSECURITY, CROSSED, *covariates)
    design = build_design(triads, outcome="join", mean=mean, cluster=CLUSTER)
    return fit_probit(design, name="joining, insecurity x divergence")


def _built_by_third(sides: pl.DataFrame) -> pl.DataFrame:
    known = sides.drop_nulls([INSECURITY, "built"])
    return (
        known.with_columns(third_of(known[INSECURITY]).alias("third"))
        .group_by("third")
        .agg(
            pl.len().alias("sides"),
            pl.col(INSECURITY).mean().alias("insecurity"),
            pl.col("built").mean(),
        )
        .sort("third")
        .with_columns(
            pl.col("third").replace_strict(dict(enumerate(SECURITY)), return_dtype=pl.String)
        )
    )


def _effects_by_third(joining: BinaryResults) -> dict[str, Estimate]:
    secure, insecure = np.quantile(joining.design.column(INSECURITY), [1 / 6, 5 / 6])

    def effect(insecurity: float) -> Estimate:
        return marginal_effect(joining, DIVERGENCE, at={INSECURITY: insecurity}, relative=True)

    return {SECURITY[0]: effect(secure), SECURITY[2]: effect(insecure)}
