"""The replication as a report: the findings first, then what shows them."""

from __future__ import annotations

from willing.evidence.claim_tests import CAVEAT, ClaimTests
from willing.evidence.formation import Formation
from willing.evidence.verdict import RULE
from willing.replication.direct_report import direct_section
from willing.replication.replicate import Replication
from willing.replication.sections import (
    claims_section,
    formation_section,
    insecurity_section,
    record_section,
    specifications_section,
    theory_section,
)
from willing.report.page import Report
from willing.sources.catalogue import SOURCES, Reference, bibtex

WOLFORD_RITTER = Reference(
    key="wolford2016",
    kind="article",
    fields={
        "author": "Wolford, Scott and Ritter, Emily Hencken",
        "title": "National Leaders, Political Security, and the Formation of Military Coalitions",
        "journal": "International Studies Quarterly",
        "year": "2016",
        "volume": "60",
        "number": "3",
        "pages": "540-551",
    },
)
HIGHLIGHTS = (
    *("claims", "inference", "attrition", "coalitions", "insecurity", "models"),
    *("built", "divergence", "rates", "specifications-h1", "specifications-h2"),
)


def replication_report(found: Replication) -> Report:
    """Arrange what the main job found.

    Parameters
    ----------
    found
        What :func:`willing.replication.replicate.replicate` gave.

    Returns
    -------
    Report
        The verdicts first; then record, insecurity, models, direct tests, specification curve
        and the theory beside the data.
    """
    used = [source.key for source in found.record.manifest.inputs]
    works = {work.key: work for key in used for work in SOURCES[key].references}
    first, last = found.chosen.years
    return Report(
        title=f"Political security and military coalitions, {first}-{last}",
        summary=(f"Sample: {found.chosen}.", *_summary(found.claims)),
        sections=(
            claims_section(found.claims),
            record_section(found),
            insecurity_section(found),
            formation_section(found.formation, found.plain_formation),
            direct_section(found),
            specifications_section(found),
            theory_section(found),
        ),
        highlights=HIGHLIGHTS,
        references=(WOLFORD_RITTER.citation, *(works[key].citation for key in sorted(works))),
        bibtex=f"{WOLFORD_RITTER.bibtex}\n\n{bibtex(used)}",
    )


def formation_report(formation: Formation, claims: ClaimTests, source: str) -> Report:
    """Arrange Wolford and Ritter's models estimated on a file of the user's.

    Parameters
    ----------
    formation
        The models.
    claims
        The claims tested on it.
    source
        What to call the file.

    Returns
    -------
    Report
        The verdicts by the rule of the record, then every method, the models and their figures.
    """
    return Report(
        title=f"Wolford and Ritter's models on {source}",
        summary=_summary(claims),
        sections=(claims_section(claims), formation_section(formation)),
        references=(WOLFORD_RITTER.citation,),
        bibtex=WOLFORD_RITTER.bibtex,
    )


def _summary(claims: ClaimTests) -> tuple[str, ...]:
    return (RULE, *(f"{verdict.sentence}." for verdict in claims.verdicts), CAVEAT)
