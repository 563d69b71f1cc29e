"""What the estimates imply: the value of victory, side payments and tolerated divergence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from willing.estimation.delta import Band, band
from willing.later import special
from willing.manner import Result
from willing.numbers import Floats
from willing.structural.likelihood import Likelihood

DIVERGENCE = "divergence"
QUANTITIES = ("victory_value", "worth", "payment", "divergence", "usual_divergence")
_OWN_INSECURITY = ("insecurity",)


@dataclass(frozen=True)
class TypicalPartner:
    """A partner like those who joined, for a leader like those who built a coalition.

    Attributes
    ----------
    contribution
        :math:`\\Delta p`: what a partner of the median strength of those who joined adds to the
        probability of victory of the median leader against the median target, of sides that
        built.
    usual_log_odds
        Log odds of the share of candidates who joined.
    terms
        Mean of every term of the price among those who joined, by name.
    """

    contribution: float
    usual_log_odds: float
    terms: dict[str, float]


@dataclass(frozen=True, repr=False)
class Implied(Result):
    """What a leader with a level of insecurity gives and tolerates.

    Attributes
    ----------
    insecurity
        Her insecurity :math:`h`.
    victory_value
        :math:`b_0 + b_1 h`, in units of the noise.
    worth
        What the typical partner is worth to her: :math:`(b_0 + b_1 h) \\Delta p`.
    payment
        The typical partner's price in units of the value of victory; None where that is not
        positive.
    divergence
        The divergence at which the typical partner is worth her price and no more, so that noise
        decides; None unless divergence raises the price.
    usual_divergence
        The divergence at which she joins as often as candidates do on average. Most candidates
        are not worth their price, so that this says more than `divergence` about who joins.
    """

    insecurity: float
    victory_value: Band
    worth: Band
    payment: Band | None
    divergence: Band | None
    usual_divergence: Band | None

    def to_dict(self) -> dict[str, Any]:
        """Give the numbers by name."""
        return {
            "insecurity": self.insecurity,
            **{
                name: None if (found := getattr(self, name)) is None else found.to_dict()
                for name in QUANTITIES
            },
        }

    def __str__(self) -> str:
        payment = "not defined, victory has no positive value" if self.payment is None else ""
        divergence = "not defined, divergence does not raise the price"
        return "\n".join(
            [
                f"leader with insecurity {self.insecurity:.3f}",
                f"  value of victory          {self.victory_value}",
                f"  worth of typical partner  {self.worth}",
                f"  her price / value         {self.payment or payment}",
                f"  tolerated divergence      {self.divergence or divergence}",
                f"    at usual odds           {self.usual_divergence or divergence}",
            ]
        )


def typical_partner(likelihood: Likelihood) -> TypicalPartner:
    """Describe a partner like those who joined."""
    sides = likelihood.sides
    built = np.flatnonzero(sides.sizes > 0)
    m_L = float(np.median(sides.leader_strength[built]))
    m_T = float(np.median(sides.target_strength[built]))
    m = float(np.median(sides.strength[sides.joined]))
    alone, together = likelihood.contest(np.array([m_L, m_L + m]), m_T)
    means = sides.design[sides.joined].mean(axis=0)
    return TypicalPartner(
        contribution=float(together - alone),
        usual_log_odds=float(special.logit(sides.joined.mean())),
        terms=dict(zip(sides.terms, means.tolist(), strict=True)),
    )


def implied(
    partner: TypicalPartner, insecurity: float, params: Floats, covariance: Floats
) -> Implied:
    """Say what a leader with a level of insecurity gives and tolerates.

    Parameters
    ----------
    partner
        Whom she considers.
    insecurity
        Her :math:`h`.
    params, covariance
        Estimates of :math:`(b_0, b_1, c)`, shapes (2 + k,) and (2 + k, 2 + k).
    """
    rest, slope = _price_vectors(partner, insecurity)
    mean = partner.terms.get(DIVERGENCE, 0.0)

    def value(theta: Floats) -> float:
        return float(theta[0] + theta[1] * insecurity)

    def worth(theta: Floats) -> float:
        return value(theta) * partner.contribution

    def payment(theta: Floats) -> float:
        return float(theta[2:] @ (rest + mean * slope)) / value(theta)

    def divergence(theta: Floats, log_odds: float = 0.0) -> float:
        return (worth(theta) - float(theta[2:] @ rest) - log_odds) / float(theta[2:] @ slope)

    def usual_divergence(theta: Floats) -> float:
        return divergence(theta, partner.usual_log_odds)

    def found(function: Callable[[Floats], float]) -> Band:
        return band(function, params, covariance)

    costly = bool(params[2:] @ slope > 0.0)
    return Implied(
        insecurity=insecurity,
        victory_value=found(value),
        worth=found(worth),
        payment=found(payment) if value(params) > 0.0 else None,
        divergence=found(divergence) if costly else None,
        usual_divergence=found(usual_divergence) if costly else None,
    )


def _price_vectors(partner: TypicalPartner, insecurity: float) -> tuple[Floats, Floats]:
    """The typical partner's terms without her divergence, and what a unit of it adds."""
    rest, slope = [], []
    for term, mean in partner.terms.items():
        factors = term.split(":")
        others = tuple(factor for factor in factors if factor != DIVERGENCE)
        of_divergence = DIVERGENCE in factors and others in ((), _OWN_INSECURITY)
        of_insecurity = others == _OWN_INSECURITY
        level = insecurity if of_insecurity else 1.0
        slope.append(level if of_divergence else 0.0)
        rest.append(0.0 if of_divergence else (level if of_insecurity else mean))
    return np.array(rest), np.array(slope)
