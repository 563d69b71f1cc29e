"""What each covariate means: unit, timing and sources, for codebooks and manifests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Timing = Literal["lagged", "same year"]


@dataclass(frozen=True)
class Variable:
    """A column that `willing.record.covariates` adds.

    Attributes
    ----------
    name
        The column.
    meaning
        What it measures, and in which unit.
    timing
        ``"lagged"``: of the year before the crisis, or as the option `lag` says; ``"same year"``:
        of the year of the crisis, where the source dates changes to the day or month.
    sources
        Keys of `willing.record.sources.SOURCES`.
    """

    name: str
    meaning: str
    timing: Timing
    sources: tuple[str, ...]


_POLITY = ("democracy", "polity")

STATE_YEAR = (
    Variable(
        "cinc", "share of the system's material capabilities, 0-1", "lagged", ("capabilities",)
    ),
    Variable(
        "milex",
        "military expenditure, thousands of current US dollars (pounds before 1914)",
        "lagged",
        ("capabilities",),
    ),
    Variable("milper", "military personnel, thousands", "lagged", ("capabilities",)),
    Variable("tpop", "population, thousands", "lagged", ("capabilities",)),
    Variable("polity2", "Polity score, -10 to 10", "lagged", _POLITY),
    Variable("v2x_polyarchy", "V-Dem electoral democracy, 0-1", "lagged", ("democracy",)),
    Variable("euds", "extended Unified Democracy Score, about -2 to 3", "lagged", ("democracy",)),
    Variable("democracy", "a democracy: by default, polity2 of 6 or more", "lagged", _POLITY),
    Variable("gdppc", "GDP per capita, constant US dollars", "lagged", ("gdp",)),
    Variable("growth", "change in the log of GDP per capita over a year", "lagged", ("gdp",)),
    Variable("gdp", "GDP, millions of constant US dollars", "lagged", ("gdp",)),
    Variable("imports", "imports, millions of current US dollars", "lagged", ("trade",)),
    Variable("exports", "exports, millions of current US dollars", "lagged", ("trade",)),
    Variable("ideal_point", "ideal point in UN votes, about -3 to 3", "lagged", ("ideal_points",)),
    Variable("major", "a major power on 1 January", "same year", ("majors",)),
)

DYAD_YEAR = (
    Variable(
        "ideal_distance",
        "absolute difference of ideal points in UN votes",
        "lagged",
        ("ideal_points",),
    ),
    Variable("affinity", "S score of UN votes, -1 to 1", "lagged", ("un_votes",)),
    Variable(
        "pledge",
        "ccode1 has promised ccode2 military help, in defence or offence",
        "lagged",
        ("atop",),
    ),
    Variable(
        "allies",
        "either has promised the other military help, in defence or offence",
        "lagged",
        ("atop",),
    ),
    Variable(
        "alliance_any",
        "allies, or a pact of neutrality, nonaggression or consultation",
        "lagged",
        ("atop",),
    ),
    Variable(
        "contiguity",
        "1 by land or river, 2 to 5 within 12, 24, 150, 400 miles of water; missing if farther",
        "same year",
        ("contiguity",),
    ),
    Variable("contiguous", "by land, or within 400 miles of water", "same year", ("contiguity",)),
    Variable(
        "distance_km",
        "great-circle distance between the capitals of 1 January, kilometres",
        "same year",
        ("capitals",),
    ),
)
