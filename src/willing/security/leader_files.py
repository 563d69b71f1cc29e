"""Everything that the survival model is told about leaders and their states."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from willing.sources.economy import read_income
from willing.sources.intrastate import read_civil_wars
from willing.sources.later_leaders import carry_on, read_reign_leaders
from willing.sources.leaders import read_careers, read_leaders, read_support
from willing.sources.mid import read_disputes
from willing.sources.regime import read_regimes
from willing.sources.reign import read_elections, read_regime_spells

# COW's "use of force"; lesser disputes are too common to tell leaders apart.
_FORCE = 4


@dataclass(frozen=True)
class LeaderFiles:
    """The published files of the survival model, read once.

    Attributes
    ----------
    spells, careers, support
        Archigos, LEAD and CHISOLS, as `willing.sources.leaders` gives them.
    in_office
        The spells carried on to 2021, as `willing.sources.later_leaders` gives them: who led
        after the end of Archigos can be scored, but nothing is fitted to it.
    regimes, elections
        REIGN, as `willing.sources.reign` gives it.
    democracy, income
        Scores of democracy and income by state-year.
    civil_wars, disputes
        Spells of civil war, and of militarized disputes in which force was used.
    """

    spells: pl.DataFrame
    in_office: pl.DataFrame
    careers: pl.DataFrame
    support: pl.DataFrame
    regimes: pl.DataFrame
    elections: pl.DataFrame
    democracy: pl.DataFrame
    income: pl.DataFrame
    civil_wars: pl.DataFrame
    disputes: pl.DataFrame


def read_leader_files(raw: Path) -> LeaderFiles:
    """Read the files of the survival model from the folder of published files.

    Raises
    ------
    DataError
        If a file is missing or not as published.
    """
    spells = read_leaders(raw)
    return LeaderFiles(
        spells=spells,
        in_office=carry_on(spells, read_reign_leaders(raw)),
        careers=read_careers(raw),
        support=read_support(raw),
        regimes=read_regime_spells(raw),
        elections=read_elections(raw),
        democracy=read_regimes(raw).select("ccode", "year", "polity2", democracy="v2x_polyarchy"),
        income=read_income(raw).select("ccode", "year", "gdppc", "growth"),
        civil_wars=read_civil_wars(raw),
        disputes=read_disputes(raw, "mid").filter(pl.col("hostility") >= _FORCE),
    )
