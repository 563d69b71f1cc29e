"""`willing cite`: how to cite the package, and the paper that it starts from."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from willing import __version__

YEAR = 2026
AUTHORS, TITLE = (
    "The willing developers",
    "willing: military coalition formation in international crises",
)


def cite(
    as_bibtex: Annotated[bool, typer.Option("--bibtex", help="BibTeX entries.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Say how to cite the package and Wolford and Ritter (2016); `willing data cite` has the data.

    A result of this package rests on data that others collected: cite them too.
    """
    package = f"{AUTHORS}. {YEAR}. {TITLE}. Version {__version__}."
    paper = (
        "Wolford, Scott, and Emily Hencken Ritter. 2016. National Leaders, Political Security, "
        "and the Formation of Military Coalitions. International Studies Quarterly 60(3)."
    )
    if as_json:
        print(json.dumps({"package": package, "paper": paper, "version": __version__}))
    elif as_bibtex:
        print(_BIBTEX.format(year=YEAR, version=__version__, title=TITLE, authors=AUTHORS), end="")
    else:
        print(f"{package}\n{paper}")


_BIBTEX = """\
@software{{willing,
  author = {{{{{authors}}}}},
  title = {{{title}}},
  year = {year},
  version = {{{version}}}
}}

@article{{wolford2016,
  author = {{Wolford, Scott and Ritter, Emily Hencken}},
  title = {{National Leaders, Political Security, and the Formation of Military Coalitions}},
  journal = {{International Studies Quarterly}},
  year = 2016,
  volume = 60,
  number = 3
}}
"""
