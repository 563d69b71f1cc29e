"""The replication as a report: the findings first, then what shows them."""

from __future__ import annotations

from willing.evidence.formation import Formation
from willing.evidence.verdict import verdicts_of_models
from willing.replication.direct_report import direct_section
from willing.replication.replicate import Replication
from willing.replication.sections import (
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
    *("attrition", "coalitions", "insecurity", "models"),
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
    return Report(
        title="Political security and military coalitions, 1951-1999",
        summary=tuple(verdict.sentence for verdict in found.verdicts),
        sections=(
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


def formation_report(formation: Formation, source: str) -> Report:
    """Arrange Wolford and Ritter's models estimated on a file of the user's.

    Parameters
    ----------
    formation
        The models.
    source
        What to call the file.

    Returns
    -------
    Report
        What the models alone say of both hypotheses, then their tables and figures.
    """
    return Report(
        title=f"Wolford and Ritter's models on {source}",
        summary=tuple(verdict.sentence for verdict in verdicts_of_models(formation)),
        sections=(formation_section(formation),),
        references=(WOLFORD_RITTER.citation,),
        bibtex=WOLFORD_RITTER.bibtex,
    )
