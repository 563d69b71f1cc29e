"""The replication as a report: the findings first, then what shows them."""

from __future__ import annotations

from datetime import date
from importlib.metadata import version

from willing.evidence.claim_tests import ClaimTests
from willing.evidence.curve_results import SpecificationCurve
from willing.evidence.formation import Formation
from willing.record.manifest import Manifest
from willing.replication.claims_report import claims_section
from willing.replication.curve_report import specifications_section
from willing.replication.direct_report import direct_section
from willing.replication.first_screen import believe, both_stages, forest_figure, three_sentences
from willing.replication.models_report import formation_section
from willing.replication.record_report import record_section
from willing.replication.replicate import Replication
from willing.replication.rests_on import rests_on_section
from willing.replication.sections import insecurity_section, methods_section, theory_section
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
# What a terminal shows; the rest stands in the report.
HIGHLIGHTS = ("models", "claims")
AUTHOR = "The willing developers"


def replication_report(found: Replication) -> Report:
    """Arrange what the main job found.

    Parameters
    ----------
    found
        What :func:`willing.replication.replicate.replicate` gave.

    Returns
    -------
    Report
        First what was asked, found and what it hangs on, with one picture; then claims, methods,
        models, direct tests, specification curve, measures of security, the record and the
        theory beside the data.
    """
    used = [source.key for source in found.record.manifest.inputs]
    works = {work.key: work for key in used for work in SOURCES[key].references}
    first, last = found.chosen.years
    both = both_stages(found.chosen.measure, found.chosen)
    return Report(
        title=f"Political security and military coalitions, {first}-{last}",
        summary=three_sentences(found.claims, found.chosen),
        sections=(
            claims_section(found.claims, both),
            methods_section(found),
            formation_section(found.formation, found.plain_formation),
            direct_section(found),
            specifications_section(found.curve),
            rests_on_section(found),
            insecurity_section(found),
            record_section(found),
            theory_section(found),
        ),
        highlights=HIGHLIGHTS,
        references=(WOLFORD_RITTER.citation, *(works[key].citation for key in sorted(works))),
        bibtex=f"{WOLFORD_RITTER.bibtex}\n\n{bibtex(used)}",
        picture=forest_figure(),
        believe=believe(found.claims),
        about=_about(found.record.manifest, len(used)),
    )


def formation_report(
    formation: Formation, claims: ClaimTests, curve: SpecificationCurve, source: str
) -> Report:
    """Arrange Wolford and Ritter's models estimated on a file of the user's.

    Parameters
    ----------
    formation
        The models.
    claims
        The claims tested on it.
    curve
        Its specification curve.
    source
        What to call the file.

    Returns
    -------
    Report
        The verdicts by the rule of the record, then every method, the models and their figures.
    """
    return Report(
        title=f"Wolford and Ritter's models on {source}",
        summary=three_sentences(claims),
        sections=(
            claims_section(claims),
            formation_section(formation),
            specifications_section(curve),
        ),
        references=(WOLFORD_RITTER.citation,),
        bibtex=WOLFORD_RITTER.bibtex,
        believe=believe(claims),
    )


def _about(manifest: Manifest, sources: int) -> tuple[tuple[str, str], ...]:
    """Author, date, version, sources and how to cite."""
    today = date.today()
    return (
        ("Author", f"{AUTHOR}; written by the program, which says what the estimates say"),
        ("Date", f"{today:%d %B %Y}".lstrip("0")),
        ("Version", f"willing {version('willing')}; the record of crises of {_years(manifest)}"),
        (
            "Sources",
            f"{sources} published files, cited below with their versions; "
            "the command willing data cite names the citations of every column",
        ),
        (
            "Cite",
            f"{AUTHOR}. {today.year}. willing: military coalition formation in international "
            f"crises. Version {version('willing')}. And the works below whose data a table rests "
            "on.",
        ),
    )


def _years(manifest: Manifest) -> str:
    return "{}-{}".format(*manifest.years)
