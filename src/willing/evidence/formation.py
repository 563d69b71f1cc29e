"""Wolford and Ritter's models of who joins whom, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import fill
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from willing.errors import EstimationError
from willing.estimation.coefficient_table import side_by_side
from willing.estimation.design import build_design
from willing.estimation.models import fit_hetprobit, fit_probit, one_blas_thread
from willing.estimation.results import BinaryResults
from willing.estimation.rubin import PooledResults
from willing.evidence.model_columns import AFFINITY, AUTHORS, CLUSTER, CONTROLS, OUTCOME, POLITY_CUT
from willing.evidence.over_imputations import Imputations, pooled_fit
from willing.evidence.sample import Sample
from willing.evidence.unusable_controls import drop_unusable
from willing.figures import PALETTE, house_theme
from willing.manner import Result
from willing.record.measured import INSECURITY, PARTNER_INSECURITY
from willing.record.store import load_record

if TYPE_CHECKING:
    from plotnine import ggplot

Leaders = Literal["all", "democratic", "autocratic"]

_ROW = "row of the sample"
# Columns that a printed line takes, and where its text begins.
_WIDTH, _INDENT = 80, " " * 24


@dataclass(frozen=True)
class FormationModel:
    """A model of joining: which preferences it measures, for which leaders, with what noise.

    Attributes
    ----------
    name, title : str
        What it is called in code and in a table.
    preferences : tuple of str
        The two columns that place the partner: towards L, towards T.
    heteroskedastic : bool
        Whether the leader's insecurity enters the variance as well (H2).
    leaders : str
        Whose triads are used. A model of one regime type leaves `demL` out.
    insecurity : bool
        Whether the insecurity of L and P is in it; without, democracy alone stands for what
        their institutions do to them.
    """

    name: str
    title: str
    preferences: tuple[str, str] = ("difLPv", "difTPv")
    heteroskedastic: bool = False
    leaders: Leaders = "all"
    insecurity: bool = True

    @property
    def mean(self) -> tuple[str, ...]:
        """Terms of the mean equation."""
        left_out = {
            *(() if self.leaders == "all" else ("demL",)),
            *(() if self.insecurity else (INSECURITY, PARTNER_INSECURITY)),
        }
        terms = (INSECURITY, *self.preferences, *CONTROLS)
        return tuple(term for term in terms if term not in left_out)

    @property
    def variance(self) -> tuple[str, ...]:
        """Terms of the variance equation."""
        return (INSECURITY,) if self.heteroskedastic else ()


MODELS = (
    FormationModel("probit", "Probit"),
    FormationModel("hetprobit", "Het. probit", heteroskedastic=True),
    FormationModel("probit_affinity", "Probit, affinity", AFFINITY),
    FormationModel("hetprobit_affinity", "Het. probit, affinity", AFFINITY, heteroskedastic=True),
    FormationModel("probit_democratic", "Probit, democratic L", leaders="democratic"),
    FormationModel(
        "hetprobit_democratic",
        "Het. probit, democratic L",
        heteroskedastic=True,
        leaders="democratic",
    ),
    FormationModel("probit_autocratic", "Probit, autocratic L", leaders="autocratic"),
    FormationModel(
        "hetprobit_autocratic",
        "Het. probit, autocratic L",
        heteroskedastic=True,
        leaders="autocratic",
    ),
    FormationModel("probit_institutions", "Probit, institutions", insecurity=False),
)


@dataclass(frozen=True, eq=False, repr=False)
class Formation(Result):
    """The models of joining that could be estimated.

    Attributes
    ----------
    fits : mapping of str to BinaryResults
        Results by model name, in the order asked for.
    skipped : mapping of str to str
        Why each of the other models could not be estimated.
    dropped : mapping of str to tuple of str
        Which controls a model was estimated without, and why; see :func:`drop_unusable`.
    pooled : mapping of str to PooledResults
        The models that have an imputed divergence, pooled over the imputations if these were
        given; `fits` has the mean of them.
    """

    fits: Mapping[str, BinaryResults]
    skipped: Mapping[str, str]
    dropped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pooled: Mapping[str, PooledResults] = field(default_factory=dict)

    def to_frame(self) -> pl.DataFrame:
        """Give one row a coefficient of each model."""
        return pl.concat(
            fit.to_frame().insert_column(0, pl.Series("model", [name] * len(fit.params)))
            for name, fit in self.fits.items()
        )

    def to_dict(self) -> dict[str, Any]:
        """Give every model's results and the reasons for those left out."""
        return {
            "fits": {name: fit.to_dict() for name, fit in self.fits.items()},
            "pooled": {name: fit.to_dict() for name, fit in self.pooled.items()},
            "skipped": dict(self.skipped),
            "dropped": {name: list(why) for name, why in self.dropped.items()},
        }

    def comparison(self) -> pl.DataFrame:
        """Give the models side by side, a column each."""
        titles = {model.name: model.title for model in MODELS}
        best: dict[str, BinaryResults | PooledResults] = {**self.fits, **self.pooled}
        return side_by_side({titles.get(name, name): best[name] for name in self.fits})

    def __str__(self) -> str:
        lines = ["Who joins: insecurity of L in Wolford and Ritter's models"]
        for name, fit in self.fits.items():
            lines.append(f"  {name:22}{fit.estimate(leader_term(fit) or 'demL')}")
            if fit.variance_terms:
                noise = fit.estimate(fit.variance_terms[0], equation="variance")
                lines.append(f"  {'':22}in the variance: {noise}")
            told = fill(fit.account(), _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)
            lines.append(told)
            lines += [f"  {'':22}{why}" for why in self.dropped.get(name, ())]
        lines += [f"  {name} was left out: {why}" for name, why in self.skipped.items()]
        return "\n".join(lines)

    def plot(self) -> ggplot:
        """Draw the coefficient of insecurity in each model's equations, with 95 % intervals."""
        from plotnine import aes, coord_flip, facet_wrap, geom_hline, geom_pointrange, ggplot, labs

        names = list(self.fits)[::-1]
        own = pl.col("term").is_in([INSECURITY, AUTHORS[INSECURITY]])
        shown = self.to_frame().filter(own).to_pandas()
        shown["model"] = shown["model"].astype("category").cat.set_categories(names)
        return (
            ggplot(shown, aes("model", "estimate"))
            + geom_hline(yintercept=0, size=0.3)
            + geom_pointrange(aes(ymin="low", ymax="high"), color=PALETTE[0])
            + facet_wrap("equation", scales="free_x")
            + coord_flip()
            + labs(
                x="", y="Coefficient of the leader's insecurity", title="Insecurity in each model"
            )
            + house_theme()
        )


def replicate_models(
    triads: pl.DataFrame | None = None,
    *,
    models: Sequence[FormationModel] = MODELS,
    imputed: Imputations = (),
    known: Mapping[str, PooledResults] | None = None,
    progress: Callable[[str], object] = lambda _: None,
) -> Formation:
    """Estimate Wolford and Ritter's models on triads.

    Parameters
    ----------
    triads
        One row a crisis, leader and potential partner, with the columns of the models: a
        sample of the record, or the authors' own file as
        :func:`~willing.evidence.authors_file.read_wr` gives it. By default the paper's sample of
        the embedded record.
    models
        Which models.
    imputed
        The triads' divergences in every imputation, as
        :func:`~willing.evidence.over_imputations.imputed_divergence` gives them, to pool over.
    known
        Models that have been pooled over them before, by name.
    progress
        Called with the name of each model once it is done.

    Returns
    -------
    Formation
        Each model that can be estimated; for the others the reason.

    Raises
    ------
    EstimationError
        If none can.
    """
    if triads is None:
        triads = Sample().take(load_record(leader="every").triads)
    fits, skipped, dropped, pooled = {}, {}, {}, {}
    triads = triads.with_row_index(_ROW)
    with one_blas_thread():
        for model in models:
            try:
                fit, dropped[model.name], rows = _fit(triads, model)
                fits[model.name] = fit
                over = (known or {}).get(model.name)
                if over is None or over.combined.design.terms != fit.design.terms:
                    over = pooled_fit(rows, fit, imputed, rows=rows[_ROW].to_numpy())
                if over is not None:
                    pooled[model.name] = over
            except EstimationError as error:
                skipped[model.name] = str(error)
                fits.pop(model.name, None)
                dropped.pop(model.name, None)
            progress(model.name)
    if not fits:
        reasons = dict.fromkeys(skipped.values())
        raise EstimationError(
            "; ".join(
                f"{', '.join(name for name, told in skipped.items() if told == why)}: {why}"
                for why in reasons
            )
        )
    return Formation(fits, skipped, {name: why for name, why in dropped.items() if why}, pooled)


def fit_formation(triads: pl.DataFrame, model: FormationModel) -> BinaryResults:
    """Estimate one model of joining on triads.

    Raises
    ------
    EstimationError
        If a column is absent or the model has no finite, identified estimate.
    """
    return _fit(triads, model)[0]


def _fit(
    triads: pl.DataFrame, model: FormationModel
) -> tuple[BinaryResults, tuple[str, ...], pl.DataFrame]:
    """Estimate a model; say also which controls it is without, and on which triads."""
    names = {} if INSECURITY in triads.columns else AUTHORS
    mean = [names.get(term, term) for term in model.mean]
    absent = [c for c in mean if c not in triads.columns]
    if absent:
        raise EstimationError(f"the data have no column {', '.join(absent)}")
    if model.leaders != "all" and "demL" not in triads.columns:
        raise EstimationError("the data have no column demL, which tells whose leaders are meant")
    chosen, dropped = drop_unusable(_of_regime(triads, model.leaders), mean)
    for term in model.variance:
        if names.get(term, term) in dropped:
            raise EstimationError(dropped[names.get(term, term)])
    design = build_design(
        chosen,
        outcome=OUTCOME,
        mean=[term for term in mean if term not in dropped],
        variance=[names.get(term, term) for term in model.variance],
        cluster=CLUSTER,
    )
    fit = fit_hetprobit if model.heteroskedastic else fit_probit
    return fit(design, name=model.name), tuple(dropped.values()), chosen


def leader_term(fit: BinaryResults) -> str | None:
    """Give the term of L's insecurity in a fitted model, or nothing if it has none."""
    return next((t for t in (INSECURITY, AUTHORS[INSECURITY]) if t in fit.design.terms), None)


def _of_regime(triads: pl.DataFrame, leaders: Leaders) -> pl.DataFrame:
    if leaders == "all":
        return triads
    # A dichotomy has its cut between 0 and 1, the Polity scale by convention at 6.
    scale = triads["demL"].cast(pl.Float64)
    democratic = scale >= (1 if scale.is_between(0, 1).all() else POLITY_CUT)
    return triads.filter(democratic if leaders == "democratic" else ~democratic)
