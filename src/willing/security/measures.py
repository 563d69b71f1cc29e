"""The measures of leaders' security, by name: what each says, of whom, from what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from willing.errors import DataError

Sign = Literal[1, -1]

# Scores in tables keep this many digits: more would be noise and larger files.
DIGITS = 4
# The years of the post-war files that the paper's measure was built from.
PAPERS_YEARS = (1950, 1999)

_FULL = (
    "tenure by regime, age, entry, career, support, elections due, called, held and lost, turnover "
    "of office, democracy, income, growth, civil war, force between states"
)
_CRISIS = "hazard of the day before, regime, outcome, and what a defeat adds by hazard and regime"
_YEARLY = "the day before the crisis; yearly scores of the year before; the year from then on"
_AFTER = "the day before the crisis; from then to a year after it ended"
_GOEMANS = (
    "Goemans, Henk E., Kristian Skrede Gleditsch and Giacomo Chiozza. 2009. Introducing Archigos. "
    "Journal of Peace Research 46(2): 269-283"
)
_CHEIBUB = (
    "in the manner of Cheibub, Jose Antonio. 1998. Political Regimes and the Extractive Capacity "
    "of Governments. World Politics 50(3): 349-376, and Young, Joseph K. 2013. Repression, "
    "Dissent, and the Onset of Civil War. Political Research Quarterly 66(3): 516-532; the "
    "covariates of the published measure are not public"
)
_COSTS = (
    "Goemans, Henk E. 2008. Which Way Out? The Manner and Consequences of Losing Office. Journal "
    "of Conflict Resolution 52(6): 771-794"
)
_THEORY = (
    "Wolford, Scott, and Emily Hencken Ritter. 2016. National Leaders, Political Security, and "
    "the Formation of Military Coalitions. International Studies Quarterly 60(3); Chiozza, "
    "Giacomo, and Henk E. Goemans. 2004. International Conflict and the Tenure of Leaders. "
    "American Journal of Political Science 48(3): 604-619"
)


_HAZARD_FILES = (
    *("archigos", "lead", "chisols", "reign_elections", "reign_regimes", "polity", "democracy"),
    *("gdp", "wars_intrastate", "mid_participants"),
)
_SMALL_FILES = ("archigos", "polity", "democracy", "gdp")
_SOURCES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("hazard", "hazard_no_calendar", "forced", "punished"), _HAZARD_FILES),
    **dict.fromkeys(("hazard_plain", "cheibub", "cheibub_country"), _SMALL_FILES),
    "crisis": (*_HAZARD_FILES, "icb_actors"),
}


@dataclass(frozen=True)
class Measure:
    """One way to say how secure a leader is.

    Attributes
    ----------
    name
        What it is called in options and, followed by ``_leader`` or ``_partner``, in the record.
    definition
        What the number is, a probability unless said otherwise.
    covariates
        What it is estimated from.
    timing
        As of when, and over which time.
    citation
        Whose idea it is.
    model
        Key of `willing.security.fitted_measures.MODELS`.
    sign
        1 if a high value means an insecure leader, so that the theory expects a positive effect
        on coalitions; -1 if it means a secure one.
    years
        First and last year of the days that it can be given for; outside it is missing.
    in_sample
        Whether the record's value comes from a fit that saw the leader herself.
    """

    name: str
    definition: str
    covariates: str
    timing: str
    citation: str
    model: str
    sign: Sign = 1
    years: tuple[int, int] = (1946, 2021)
    in_sample: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        """Keys of the published files that it rests on."""
        return _SOURCES[self.model]

    def covers(self, first: int, last: int) -> bool:
        """Say whether it can be given for any of the years from `first` to `last`."""
        return first <= self.years[1] and last >= self.years[0]

    def lacks(self, first: int, last: int) -> str:
        """Say that it is missing in some of the years from `first` to `last`; empty if in none."""
        low, high = self.years
        if low <= first and last <= high:
            return ""
        part = "part" if self.covers(first, last) else "all"
        return f"{self.name} is given for {low}-{high} only: missing in {part} of {first}-{last}"

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain values."""
        return dict(vars(self))

    def __str__(self) -> str:
        return "\n".join(
            [
                f"{self.name}: {self.definition}",
                f"  from      {self.covariates}",
                f"  when      {self.timing}",
                f"  days      {self.years[0]} to {self.years[1]}",
                f"  fitted    {'to everybody' if self.in_sample else 'without the leader herself'}",
                f"  insecure  {'high' if self.sign > 0 else 'low'} values",
                f"  after     {self.citation}",
            ]
        )


_ALL = (
    Measure(
        "hazard",
        "probability of losing office within a year, for any reason",
        _FULL,
        _YEARLY,
        _GOEMANS,
        "hazard",
    ),
    Measure(
        "hazard_plain",
        "the same from a small model",
        "tenure by democracy, age, entry, growth, income",
        _YEARLY,
        _GOEMANS,
        "hazard_plain",
    ),
    Measure(
        "hazard_no_calendar",
        "the same without anything that elections tell",
        "those of hazard but for elections",
        _YEARLY,
        _GOEMANS,
        "hazard_no_calendar",
    ),
    Measure(
        "cheibub",
        "probability that the leader loses office in the calendar year",
        "growth, past turnover, tenure by democracy, income",
        "1 January or entry; the calendar year of the crisis",
        _CHEIBUB,
        "cheibub",
        years=PAPERS_YEARS,
        in_sample=True,
    ),
    Measure(
        "cheibub_country",
        "probability that any leader of the state loses office in the calendar year",
        "growth, past turnover, tenure of the year's first leader by democracy, income",
        "1 January; the calendar year of the crisis",
        _CHEIBUB,
        "cheibub_country",
        years=PAPERS_YEARS,
        in_sample=True,
    ),
    Measure(
        "forced",
        "probability of being forced out of office within a year, irregularly or from abroad",
        _FULL,
        _YEARLY,
        _COSTS,
        "forced",
    ),
    Measure(
        "punished",
        "probability of losing office within a year and being exiled, jailed or killed after it",
        _FULL,
        _YEARLY,
        _COSTS,
        "punished",
    ),
    Measure(
        "survival_given_defeat",
        "the theory's sigma: probability of keeping office if the crisis ends in defeat",
        _CRISIS,
        _AFTER,
        _THEORY,
        "crisis",
        sign=-1,
    ),
    Measure(
        "survival_given_victory",
        "the theory's r: probability of keeping office if the crisis ends in victory",
        _CRISIS,
        _AFTER,
        _THEORY,
        "crisis",
        sign=-1,
    ),
    Measure(
        "stake",
        "r - sigma: what a defeat takes from the probability of keeping office",
        _CRISIS,
        _AFTER,
        _THEORY,
        "crisis",
    ),
)
MEASURES: Mapping[str, Measure] = MappingProxyType({measure.name: measure for measure in _ALL})
DEFAULT = "hazard"
STAKE = "stake"
"""What the theory itself means by insecurity."""


def find_measure(name: str) -> Measure:
    """Give a measure by its name.

    Raises
    ------
    DataError
        If there is none; the message lists those there are.
    """
    try:
        return MEASURES[name]
    except KeyError as error:
        raise DataError(
            f"no measure of security '{name}'; the measures are {', '.join(MEASURES)}"
        ) from error
