"""Tests of the structural model against wider ones."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from willing.estimation.results import ChiSquareTest
from willing.manner import Progress, Result, silent
from willing.structural.coalition_model import CoalitionModel
from willing.structural.likelihood import VALUE_TERMS
from willing.structural.parameter_profile import profile_parameter
from willing.structural.profile_likelihood import Profile

if TYPE_CHECKING:
    from plotnine import ggplot

    from willing.record.store import Record
    from willing.record.strength import StrengthMeasure
    from willing.structural.estimates import Estimates

# In the theory insecurity enters through the value of victory alone. Each term is tested beside
# others: a product also picks up what belongs to its factor if that is left out.
EXTRA_TERMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("insecurity:divergence", ()),
    ("insecurity", ()),
    ("insecurity:divergence", ("insecurity",)),
)


@dataclass(frozen=True)
class OverIdentification:
    """A term that the theory leaves out of the price, put in.

    Attributes
    ----------
    term
        The term.
    beside
        Others put in with it.
    estimate, std_error
        Its part of the price, and the standard error clustered by crisis.
    victory_by_insecurity
        :math:`b_1` beside it.
    wald, lr
        Tests that it is zero: clustered, and with sides as independent.
    """

    term: str
    beside: tuple[str, ...]
    estimate: float
    std_error: float
    victory_by_insecurity: float
    wald: ChiSquareTest
    lr: ChiSquareTest


@dataclass(frozen=True)
class MeasureFit:
    """The model with a measure of strength.

    Attributes
    ----------
    measure
        The measure.
    log_likelihood
        The greatest, over the decisiveness too unless the model was given one.
    decisiveness
        Where it is.
    sides, candidates
        How many of them all measures are known for.
    victory, victory_by_insecurity
        :math:`b_0` and :math:`b_1`.
    """

    measure: StrengthMeasure
    log_likelihood: float
    decisiveness: float | None
    sides: int
    candidates: int
    victory: float
    victory_by_insecurity: float


@dataclass(frozen=True, repr=False)
class Robustness(Result):
    """Tests of the model against wider ones.

    Attributes
    ----------
    victory, insecurity
        Profiles of :math:`b_0` and :math:`b_1`, whose likelihood is not as symmetric as a standard
        error says.
    extra
        Terms that the theory leaves out.
    noise
        Profile of :math:`\\rho`: noise that grows with insecurity.
    strength
        Fits with each measure of strength, on the sides and candidates for which all are known.
    """

    victory: Profile
    insecurity: Profile
    extra: tuple[OverIdentification, ...]
    noise: Profile
    strength: tuple[MeasureFit, ...]

    def to_frame(self) -> pl.DataFrame:
        """Give one row a term: estimate, standard error, p-values, and what is left of b1."""
        return pl.DataFrame(
            {
                "term": [test.term for test in self.extra],
                "beside": [", ".join(test.beside) for test in self.extra],
                "estimate": [test.estimate for test in self.extra],
                "std_error": [test.std_error for test in self.extra],
                "p_wald": [test.wald.p for test in self.extra],
                "p_lr": [test.lr.p for test in self.extra],
                VALUE_TERMS[1]: [test.victory_by_insecurity for test in self.extra],
            }
        )

    def strength_frame(self) -> pl.DataFrame:
        """Give one row a measure of strength, the one that fits best first."""
        return pl.DataFrame([asdict(fit) for fit in self.strength]).sort(
            "log_likelihood", descending=True
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the tests, the profiles and the measures as plain numbers."""
        return {
            "victory": self.victory.to_dict(),
            "victory_by_insecurity": self.insecurity.to_dict(),
            "extra_terms": self.to_frame().to_dicts(),
            "noise_growth": self.noise.to_dict(),
            "strength": self.strength_frame().to_dicts(),
        }

    def __str__(self) -> str:
        lines = [f"b0: {self.victory}", f"b1: {self.insecurity}"]
        lines += ["terms that the theory leaves out of the price:"]
        lines += [
            f"  {' beside '.join([t.term, *t.beside])}: {t.estimate:.3f} (s.e. {t.std_error:.3f}); "
            f"Wald {t.wald}; LR {t.lr}; b1 is then {t.victory_by_insecurity:.3g}"
            for t in self.extra
        ]
        lines += [f"noise: {self.noise}"]
        one = self.strength[0]
        lines.append(
            f"measures of strength, on the {one.sides:,} sides and {one.candidates:,} candidates "
            "for which all are known:"
        )
        lines += [
            f"  {r['measure']:10}  log-likelihood {r['log_likelihood']:.2f} at decisiveness "
            f"{r['decisiveness']:.3g}, b0 {r['victory']:.3g}, b1 {r['victory_by_insecurity']:.3g}"
            for r in self.strength_frame().iter_rows(named=True)
        ]
        return "\n".join(lines)

    def plot(self) -> ggplot:
        """Draw the profile of the noise."""
        return self.noise.plot()


def check_robustness(
    estimates: Estimates, record: Record, *, progress: Progress = silent
) -> Robustness:
    """Fit wider models and noise at the decisiveness of the estimates, and other measures.

    Parameters
    ----------
    estimates
        The estimates. Measures of strength choose their contest if these did.
    record
        The record they were made from.
    progress
        Called with what has just been done.
    """
    model = CoalitionModel.of(estimates.model)
    victory, insecurity = (profile_parameter(estimates, name) for name in VALUE_TERMS)
    progress("profiles of b0 and b1")
    tests = []
    for term, beside in EXTRA_TERMS:
        if {term, *beside} & set(model.terms):
            continue
        wider = replace(model, terms=(*model.terms, *beside, term))
        found = wider.fit_sides(wider.sides(record), near=estimates)
        own = found.estimate(term)
        tests.append(
            OverIdentification(
                term=term,
                beside=beside,
                estimate=own.value,
                std_error=own.std_error,
                victory_by_insecurity=found.estimate(VALUE_TERMS[1]).value,
                wald=found.wald(term),
                lr=found.lr(term),
            )
        )
        progress(f"price with {' and '.join([*beside, term])}")
    noise = model.profile_noise(estimates.sides, progress=progress)
    chosen = estimates.profile is not None or estimates.outcomes is not None
    free = replace(model, decisiveness=None, cuts=None) if chosen else model
    measures = free.compare_strength(record, progress=progress)
    return Robustness(
        victory, insecurity, tuple(tests), noise, tuple(map(_measured, measures.values()))
    )


def _measured(estimates: Estimates) -> MeasureFit:
    return MeasureFit(
        measure=estimates.model.strength,
        log_likelihood=estimates.log_likelihood,
        decisiveness=estimates.model.decisiveness,
        sides=estimates.sides.count,
        candidates=len(estimates.sides.partner),
        victory=float(estimates.params[0]),
        victory_by_insecurity=float(estimates.params[1]),
    )
