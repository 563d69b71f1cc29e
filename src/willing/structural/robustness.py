"""Tests of the structural model against wider ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from willing.evidence.results import ChiSquareTest
from willing.structural.likelihood import VALUE_TERMS
from willing.structural.profile import Profile

if TYPE_CHECKING:
    from plotnine import ggplot

    from willing.record.store import Record
    from willing.structural.results import Estimates
    from willing.structural.strength import StrengthMeasure

# In the theory insecurity enters through the value of victory alone.
EXTRA_TERMS = ("insecurity:divergence", "insecurity")


@dataclass(frozen=True)
class OverIdentification:
    """A term that the theory leaves out of the price, put in.

    Attributes
    ----------
    term
        The term.
    estimate, std_error
        Its part of the price, and the standard error clustered by crisis.
    victory_by_insecurity
        :math:`b_1` beside it.
    wald, lr
        Tests that it is zero: clustered, and with sides as independent.
    """

    term: str
    estimate: float
    std_error: float
    victory_by_insecurity: float
    wald: ChiSquareTest
    lr: ChiSquareTest


@dataclass(frozen=True)
class Robustness:
    """Tests of the model against wider ones.

    Attributes
    ----------
    extra
        Terms that the theory leaves out.
    noise
        Profile of :math:`\\rho`: noise that grows with insecurity.
    strength
        Log-likelihood with each measure of strength, on the sides and candidates for which all
        are known.
    """

    extra: tuple[OverIdentification, ...]
    noise: Profile
    strength: dict[StrengthMeasure, float]

    def to_frame(self) -> pl.DataFrame:
        """Give one row a term: estimate, standard error, p-values, and what is left of b1."""
        return pl.DataFrame(
            {
                "term": [test.term for test in self.extra],
                "estimate": [test.estimate for test in self.extra],
                "std_error": [test.std_error for test in self.extra],
                "p_wald": [test.wald.p for test in self.extra],
                "p_lr": [test.lr.p for test in self.extra],
                VALUE_TERMS[1]: [test.victory_by_insecurity for test in self.extra],
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the tests and the profile as plain numbers."""
        return {
            "extra_terms": self.to_frame().to_dicts(),
            "noise_growth": self.noise.to_dict(),
            "strength": dict(self.strength),
        }

    def __str__(self) -> str:
        lines = ["terms that the theory leaves out of the price:"]
        lines += [
            f"  {t.term}: {t.estimate:.3f} (s.e. {t.std_error:.3f}); Wald {t.wald}; "
            f"LR {t.lr}; b1 beside it {t.victory_by_insecurity:.3g}"
            for t in self.extra
        ]
        measures = ", ".join(f"{name} {value:.2f}" for name, value in self.strength.items())
        return "\n".join(
            [*lines, f"noise: {self.noise}", f"log-likelihood by measure of strength: {measures}"]
        )

    def plot(self) -> ggplot:
        """Draw the profile of the noise."""
        return self.noise.plot()


def check_robustness(estimates: Estimates, record: Record) -> Robustness:
    """Fit wider models, noise and measures at the decisiveness of the estimates."""
    model = estimates.model
    tests = []
    for term in EXTRA_TERMS:
        if term in model.terms:
            continue
        wider = replace(model, terms=(*model.terms, term)).fit(record)
        found = wider.estimate(term)
        tests.append(
            OverIdentification(
                term=term,
                estimate=found.value,
                std_error=found.std_error,
                victory_by_insecurity=wider.estimate(VALUE_TERMS[1]).value,
                wald=wider.wald(term),
                lr=wider.lr(term),
            )
        )
    measures = model.compare_strength(record)
    return Robustness(
        extra=tuple(tests),
        noise=model.profile_noise(estimates.sides),
        strength={name: found.log_likelihood for name, found in measures.items()},
    )
