"""The section on Wolford and Ritter's models, with their figures of probabilities."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from willing.estimation.coefficient_table import side_by_side
from willing.estimation.results import BinaryResults
from willing.estimation.rubin import PooledResults
from willing.evidence.effects import divergence_curve, insecurity_curve
from willing.evidence.figure_three import figure_three
from willing.evidence.formation import MODELS, Formation, FormationModel
from willing.evidence.model_columns import AFFINITY, IDEAL_POINTS
from willing.record.measured import PARTNER_INSECURITY
from willing.report.labels import in_words, labelled
from willing.report.page import Figure, Section
from willing.report.tables import Table

STANDARD_ERRORS = (
    "Standard errors, clustered by crisis, in brackets; * p < .05, ** p < .01. "
    "Rows with a missing value are left out."
)
POOLED = (
    "Estimates and errors are pooled over twenty imputations of the missing divergences by Rubin's "
    "rules, with p-values of t distributions; log-likelihoods are means over them."
)
MEAN_IMPUTATION = (
    "Figures are drawn at the mean of the imputations of the missing divergences. What imputation "
    "costs the claims is in the table of pooled coefficients."
)


def formation_section(formation: Formation, plain: Formation | None = None) -> Section:
    """Arrange Wolford and Ritter's models and their two figures of predicted probabilities.

    Parameters
    ----------
    formation
        The models.
    plain
        The same with insecurity from the plain survival model, for a further table.
    """
    fits = formation.fits
    best: dict[str, BinaryResults | PooledResults] = {**fits, **formation.pooled}
    of = {model.name: model for model in MODELS if model.name in fits}
    groups = {
        name: {m.title: best[m.name] for m in of.values() if chosen(m)}
        for name, chosen in _GROUPS.items()
    }
    if plain is not None:
        both: dict[str, BinaryResults | PooledResults] = {**plain.fits, **plain.pooled}
        groups["models-plain"] = {_TITLES[name]: both[name] for name in plain.fits}
    tables = [
        Table(
            name,
            title,
            labelled(side_by_side(groups[name]), columns=name == "models"),
            f"{note} {POOLED}" if _any_pooled(groups[name]) else note,
        )
        for name, (title, note) in _TABLES.items()
        if groups.get(name)
    ]
    figures = []
    main = fits.get("hetprobit") or fits.get("probit")
    if main is not None:
        for name, curve in (
            ("joining-by-insecurity", insecurity_curve(main)),
            ("joining-by-target-divergence", divergence_curve(main)),
        ):
            figures.append(
                Figure(name, f"{curve.title}. {in_words(curve.caption())}", curve.plot())
            )
    if "hetprobit" in fits:
        figures.append(_figure_three(fits["hetprobit"]))
    skipped = tuple(f"{_TITLES[n]} is left out: {why}" for n, why in formation.skipped.items())
    dropped = tuple(f"{_TITLES[n]}: {'; '.join(why)}." for n, why in formation.dropped.items())
    return Section(
        "Wolford and Ritter's models",
        (
            "Probit of joining on the insecurity of L's leader, the preferences of P and controls; "
            "in the heteroskedastic probit insecurity also stands in the variance of the "
            "unobserved part, where a positive coefficient means a noisier choice.",
            *((MEAN_IMPUTATION,) if formation.pooled else ()),
            *skipped,
            *dropped,
        ),
        (*tables, *figures),
    )


_TITLES = {model.name: model.title for model in MODELS}
_GROUPS: dict[str, Callable[[FormationModel], bool]] = {
    "models": lambda m: m.leaders == "all" and m.insecurity and m.preferences == IDEAL_POINTS,
    "models-affinity": lambda m: m.leaders == "all" and m.insecurity and m.preferences == AFFINITY,
    "regimes": lambda m: not m.insecurity or (m.leaders != "all" and m.heteroskedastic),
    "regimes-probit": lambda m: m.leaders != "all" and not m.heteroskedastic,
}
_TABLES = {
    "models": (
        "Models of joining: Wolford and Ritter's Table 2",
        f"{STANDARD_ERRORS} Columns of the record in square brackets.",
    ),
    "models-affinity": (
        "Models of joining with affinity of UN votes: Wolford and Ritter's Table A2",
        STANDARD_ERRORS,
    ),
    "models-plain": ("Models of Table 2 with the plain measure of insecurity", STANDARD_ERRORS),
    "regimes": (
        "Models of joining by L's regime and without insecurity: Wolford and Ritter's Table A4",
        STANDARD_ERRORS,
    ),
    "regimes-probit": (
        "Probits beside Table A4: models of joining by L's regime with constant variance",
        STANDARD_ERRORS,
    ),
}


def _any_pooled(fits: Mapping[str, BinaryResults | PooledResults]) -> bool:
    return any(isinstance(fit, PooledResults) for fit in fits.values())


def _figure_three(fit: BinaryResults) -> Figure:
    terms = fit.design.terms
    partner = next(t for t in (PARTNER_INSECURITY, "PinsecYoung") if t in terms)
    drawn = figure_three(fit, insecurity=(terms[0], partner))
    return Figure(
        "figure-three",
        "Wolford and Ritter's Figure 3. Probability of joining in their typical case, over the "
        "insecurity of L's leader (a) and the divergence of P from T (b): as their script draws "
        "it, Φ(xb / exp(v)), v being the square of the fitted deviation in panel a and of the "
        "standard error of xb in panel b; and the probability of the model, Φ(xb / σ). Bands are "
        "95 % intervals, as the script draws them and of the model's index.",
        drawn.plot(),
        drawn.plot(narrow=True),
    )
