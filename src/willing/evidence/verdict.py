"""One honest sentence a hypothesis, with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from willing.estimation.resampling import Contrast
from willing.estimation.results import Estimate
from willing.evidence.curve import SpecificationCurve
from willing.evidence.direct import DirectTests
from willing.evidence.formation import Formation
from willing.evidence.selectivity import SECURITY
from willing.evidence.specification_choices import TERMS, Hypothesis
from willing.record.measured import INSECURITY

Finding = Literal["supported", "contradicted", "not supported", "depends"]
SIGNIFICANT = 0.05
# A hypothesis stands if the main test and this share of all specifications bear it out; it is not
# supported if at most the other share does. In between it depends on the choices made.
MOST, FEW = 0.8, 0.2
CHOICE_NAMES: Mapping[str, str] = {
    "insecurity": "the measure of insecurity",
    "leader": "who is taken for the leader",
    "divergence": "the measure of divergence",
    "pool": "the pool of partners",
    "coding": "the coding of joining",
    "sample": "the sample",
    "covariates": "the covariates",
}
ALTERNATIVE_NAMES: Mapping[str, str] = {
    "hazard": "yearly hazard",
    "hazard_plain": "plain yearly hazard",
    "cheibub": "hazard in Cheibub's manner",
    "survival_given_defeat": "loss of office after a defeat",
    "acted": "the strongest state that acted",
    "strongest": "the strongest state",
    "first": "the first state",
    "every": "every actor in turn",
    "join": "all sources",
    "join_icb": "ICB",
    "join_hewitt": "Hewitt",
    "join_gml": "GML disputes",
    "join_mid": "COW disputes",
}


@dataclass(frozen=True)
class Verdict:
    """What the record says of a hypothesis.

    Attributes
    ----------
    hypothesis : str
        ``"H1"`` or ``"H2"``.
    finding : str
        ``"supported"``, ``"contradicted"``, ``"not supported"`` or ``"depends"``.
    sentence : str
        The finding with its numbers and with what it hangs on.
    """

    hypothesis: Hypothesis
    finding: Finding
    sentence: str

    def __str__(self) -> str:
        return self.sentence

    def to_dict(self) -> dict[str, Any]:
        """Give hypothesis, finding and sentence."""
        return dict(vars(self))


def verdict_h1(
    formation: Formation,
    direct: DirectTests,
    curve: SpecificationCurve,
    *,
    plain: DirectTests | None = None,
) -> Verdict:
    """Judge H1: insecure leaders are more likely to build coalitions.

    Parameters
    ----------
    formation, direct, curve
        The evidence. The main test is the coefficient of insecurity in the probit of joining.
    plain
        The direct tests with the plain survival model's insecurity, reported beside the others.
    """
    main = formation.fits["probit"].estimate(INSECURITY)
    finding = judge(main, curve.shares("H1"))
    parts = [
        f"insecurity {_moves(main)} joining in Wolford and Ritter's probit ({_number(main)}), and "
        f"{_built(direct)}"
    ]
    if plain is not None:
        parts.append(f"with insecurity from the plain survival model {_built(plain)}")
    sentence = "; ".join([*parts, _robustness(curve, "H1")])
    return Verdict("H1", finding, f"H1 (insecure leaders build more) {_says(finding)}: {sentence}.")


def verdict_h2(
    formation: Formation,
    direct: DirectTests,
    curve: SpecificationCurve,
    *,
    plain: DirectTests | None = None,
) -> Verdict:
    """Judge H2: insecure leaders take more divergent partners.

    Parameters
    ----------
    formation, direct, curve
        The evidence. The main test is the coefficient of insecurity x divergence in the probit of
        joining.
    plain
        The direct tests with the plain survival model's insecurity, reported beside the others.
    """
    main = direct.joining.estimate(TERMS["H2"])
    finding = judge(main, curve.shares("H2"))
    parts = [f"insecurity x divergence is {_number(main)} in the probit of joining"]
    if "hetprobit" in formation.fits:
        noise = formation.fits["hetprobit"].estimate(INSECURITY, equation="variance")
        parts.append(f"insecurity in the variance of the heteroskedastic probit {_number(noise)}")
    parts.append(_taken(direct))
    if plain is not None:
        parts.append(f"with insecurity from the plain survival model {_taken(plain)}")
    sentence = "; ".join([*parts, _robustness(curve, "H2")])
    return Verdict(
        "H2", finding, f"H2 (insecure leaders are less selective) {_says(finding)}: {sentence}."
    )


def verdicts_of_models(formation: Formation) -> tuple[Verdict, ...]:
    """Judge both hypotheses by Wolford and Ritter's own models alone.

    H1 is judged by insecurity in the probit, H2 by insecurity in the variance of the
    heteroskedastic probit. A hypothesis whose model could not be estimated is left out.
    """
    verdicts = []
    if "probit" in formation.fits:
        probit = formation.fits["probit"]
        joining = probit.estimate(probit.design.terms[0])
        finding = _significance(joining)
        sentence = f"insecurity {_moves(joining)} joining in the probit ({_number(joining)})"
        verdicts.append(
            Verdict("H1", finding, f"H1 (insecure leaders build more) is {finding}: {sentence}.")
        )
    if "hetprobit" in formation.fits:
        noisy = formation.fits["hetprobit"]
        noise = noisy.estimate(noisy.variance_terms[0], equation="variance")
        finding = _significance(noise)
        sentence = (
            f"insecurity {_moves(noise)} the variance of the heteroskedastic probit "
            f"({_number(noise)})"
        )
        verdicts.append(
            Verdict(
                "H2", finding, f"H2 (insecure leaders are less selective) is {finding}: {sentence}."
            )
        )
    return tuple(verdicts)


def judge(main: Estimate, shares: pl.DataFrame) -> Finding:
    """Say what a main estimate and the shares of a specification curve amount to.

    Parameters
    ----------
    main
        The estimate of the main test, positive if the hypothesis is right.
    shares
        What :meth:`SpecificationCurve.shares` gives; its first row is over all.
    """
    overall = shares.row(0, named=True)
    significant = main.p < SIGNIFICANT
    if significant and main.value > 0 and overall["supported"] >= MOST:
        return "supported"
    if significant and main.value < 0 and overall["contradicted"] >= MOST:
        return "contradicted"
    return "not supported" if overall["supported"] <= FEW else "depends"


def decisive_choice(curve: SpecificationCurve, hypothesis: Hypothesis) -> str:
    """Name the choice whose alternatives explain most of the variance of the estimates' z."""
    return str(curve.variance_shares(hypothesis)["choice"][0])


def _built(direct: DirectTests) -> str:
    built = dict(direct.built.select("third", "built").iter_rows())
    return (
        f"{built[SECURITY[2]]:.0%} of the least secure third of leaders built a coalition against "
        f"{built[SECURITY[0]]:.0%} of the most secure"
    )


def _taken(direct: DirectTests) -> str:
    taken = dict(direct.divergence.frame.select("third", "taken_per_partner").iter_rows())
    gap, net = direct.divergence.per_partner, direct.divergence.net
    return (
        f"partners of the least secure third of leaders diverge {taken[SECURITY[2]]:.2f} on "
        f"average, of the most secure {taken[SECURITY[0]]:.2f} (difference {_interval(gap)}; net "
        f"of the other states {_interval(net)})"
    )


def _robustness(curve: SpecificationCurve, hypothesis: Hypothesis) -> str:
    shares = curve.shares(hypothesis)
    overall = shares.row(0, named=True)
    choice = decisive_choice(curve, hypothesis)
    by = ", ".join(
        f"{ALTERNATIVE_NAMES.get(row['alternative'], row['alternative'])} {row['supported']:.0%} "
        f"and {row['contradicted']:.0%}"
        for row in shares.filter(pl.col("choice") == choice).iter_rows(named=True)
    )
    return (
        f"over {overall['specifications']} specifications the coefficient is significantly "
        f"positive in {overall['supported']:.0%} and significantly negative in "
        f"{overall['contradicted']:.0%}, which hangs most on {CHOICE_NAMES[choice]} ({by})"
    )


def _says(finding: Finding) -> str:
    return "depends on the choices made" if finding == "depends" else f"is {finding}"


def _significance(estimate: Estimate) -> Finding:
    if estimate.p >= SIGNIFICANT:
        return "not supported"
    return "supported" if estimate.value > 0 else "contradicted"


def _moves(estimate: Estimate) -> str:
    if estimate.p >= SIGNIFICANT:
        return "has no significant effect on"
    return "raises" if estimate.value > 0 else "lowers"


def _interval(contrast: Contrast) -> str:
    return f"{contrast.value:.2f}, 95 % interval {contrast.low:.2f} to {contrast.high:.2f}"


def _number(estimate: Estimate) -> str:
    return f"{estimate.value:.2f}, s.e. {estimate.std_error:.2f}, p = {estimate.p:.3f}"
