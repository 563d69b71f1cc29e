"""The first screen: what was asked, what these data say, what it hangs on, and one picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from willing.evidence.claim_tests import ClaimTests
from willing.evidence.sample import Sample
from willing.evidence.verdict import Finding, Verdict
from willing.replication.forest import plot_forest
from willing.replication.tests_by_measure import SHOWN, tests_by_measure
from willing.report.labels import MEASURES
from willing.report.page import Believe, Figure
from willing.security.measures import DEFAULT

ASKED = (
    "Asked: do leaders who could lose office over a defeat build military coalitions more readily "
    "(H1), and are they less selective about their partners' preferences (H2), as Wolford and "
    "Ritter (2016) argue?"
)
_FINDINGS: tuple[Finding, ...] = ("supported", "contradicted", "undetermined")
# What a reader may say of each claim by its verdict, and what not.
_BELIEVE: Mapping[str, Mapping[Finding, tuple[str, str]]] = {
    "formation": {
        "supported": (
            "Insecure leaders built coalitions more often.",
            "That insecurity alone brought the coalitions about.",
        ),
        "contradicted": (
            "Insecure leaders built coalitions less often.",
            "That H1 holds for the building of coalitions.",
        ),
        "undetermined": (
            "Whether insecure leaders build more coalitions is open.",
            "That they build more, or that they build fewer.",
        ),
    },
    "joining": {
        "supported": (
            "A state was likelier to join an insecure leader.",
            "That insecure leaders built more coalitions: that is another claim.",
        ),
        "contradicted": (
            "By this measure a state was less likely to join an insecure leader.",
            "That every measure of security says so.",
        ),
        "undetermined": (
            "Whether more states join insecure leaders is open.",
            "That an estimate with a star settles it: it must hold by every method and choice.",
        ),
    },
    "noise": {
        "supported": (
            "Who joined an insecure leader is harder to tell from the covariates.",
            "That her partners were more divergent: a noisier choice is not such a choice.",
        ),
        "contradicted": (
            "Who joined an insecure leader is easier to tell from the covariates.",
            "That H2 holds as the paper tests it.",
        ),
        "undetermined": (
            "Whether insecure leaders choose with more noise is open.",
            "That noise is divergence: the variance says nothing of whose preferences differ.",
        ),
    },
    "taken": {
        "supported": (
            "Partners of insecure leaders diverged more than the states not taken.",
            "That the leaders' insecurity alone made the difference.",
        ),
        "contradicted": (
            "Partners of insecure leaders diverged less.",
            "That insecure leaders are less selective.",
        ),
        "undetermined": (
            "Whether insecure leaders take more divergent partners is open.",
            "That a difference of averages shows it: its interval includes zero or it turns with "
            "the choices made.",
        ),
    },
}


def three_sentences(claims: ClaimTests, chosen: Sample | None = None) -> tuple[str, ...]:
    """Say what was asked, what the data say and what it hangs on.

    Parameters
    ----------
    claims
        The claims as judged.
    chosen
        The sample of the record; without one the third sentence, on the measures, is left out.
    """
    said = (f"These data say: {_by_finding(claims.verdicts)}.",)
    if chosen is None:
        return (ASKED, *said)
    return (ASKED, *said, _hangs_on(tests_by_measure()))


def forest_figure() -> Figure:
    """Give the picture of both hypotheses by every measure of security."""
    tests = tests_by_measure()
    draws = int(tests["draws"].max())  # type: ignore[arg-type]
    return Figure(
        "forest",
        "What each measure of security makes of both hypotheses, crises of 1951-1999. Points are "
        "coefficients for one standard deviation of the measure; of partners taken, the "
        "difference in divergence between the least and the most secure third of leaders. Lines "
        f"are 95 % intervals over {draws} draws of leaders, for the measure, and of crises, for "
        "the test. A point to the right of zero is what the theory expects. Blue and orange "
        "intervals leave zero out.",
        plot_forest(tests),
        plot_forest(tests, narrow=True),
    )


def believe(claims: ClaimTests) -> tuple[Believe, ...]:
    """Say what a reader may take from the verdicts and what not."""
    found = {verdict.claim: verdict.finding for verdict in claims.verdicts}
    pairs = [Believe(*_BELIEVE[name][found[name]]) for name in _BELIEVE if name in found]
    measures = Believe(
        "The answer turns on how security is measured; every table names its measure.",
        "A single coefficient of a single measure.",
    )
    return (*pairs, measures)


def both_stages(measure: str | None, chosen: Sample) -> Mapping[str, tuple[float, float]]:
    """Give the intervals over draws of leaders and crises by claim.

    Parameters
    ----------
    measure
        The measure of security.
    chosen
        The sample; the embedded draws are of the main one only.

    Returns
    -------
    mapping of str to (float, float)
        Ends of the 95 percent interval; empty if the draws are of another sample.
    """
    if chosen != Sample(measure=chosen.measure):
        return {}
    rows = tests_by_measure().filter(measure=measure or DEFAULT)
    names = {"taken_net": "taken"}
    return {
        names.get(row["test"], row["test"]): (row["low"], row["high"])
        for row in rows.iter_rows(named=True)
        if row["test"] != "taken"
    }


def _by_finding(verdicts: Sequence[Verdict]) -> str:
    parts = []
    for finding in _FINDINGS:
        names = [f"{v.claim} ({v.hypothesis})" for v in verdicts if v.finding == finding]
        parts.append(f"{_enumerated(names)} {'is' if len(names) < 2 else 'are'} {finding}")
    return f"of {len(verdicts)} claims, judged by one rule, {'; '.join(parts)}"


def _enumerated(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names) or "none"
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _hangs_on(tests: pl.DataFrame) -> str:
    """Say by how many measures, and by which, the interval of a test leaves zero out."""
    said = "; ".join(
        f"{name} {_counted(tests.filter(test=test))}"
        for test, name in (
            ("formation", "formation"),
            ("joining", "joining"),
            ("noise", "noise"),
            ("preferences", "preferences"),
            ("taken_net", "taken, net"),
        )
    )
    return (
        "It hangs most on the measure of security. Of "
        f"{len(SHOWN)} measures so many have a 95 % interval, with the uncertainty of the measure "
        f"itself, wholly above zero, as the theory expects, or wholly below: {said}."
    )


def _counted(tests: pl.DataFrame) -> str:
    sides = {
        "above": tests.filter(pl.col("low") > 0)["measure"],
        "below": tests.filter(pl.col("high") < 0)["measure"],
    }
    parts = [
        f"{len(found)} {side} ({', '.join(_within_sentence(MEASURES[name]) for name in found)})"
        for side, found in sides.items()
        if len(found)
    ]
    return " and ".join(parts) or "none"


def _within_sentence(name: str) -> str:
    return name if name.startswith("Cheibub") else name[0].lower() + name[1:]
