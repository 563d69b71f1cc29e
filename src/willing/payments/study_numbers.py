"""What the test of payments measures, before it is told or drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from willing.manner import Result
from willing.payments.panel import Series
from willing.payments.samples import PRIMARY
from willing.payments.twoway import Effect


@dataclass(frozen=True, eq=False, repr=False)
class StudyNumbers(Result):
    """What the record and the files say about payments for joining.

    Attributes
    ----------
    differences
        One row a (series, sample, regression): ``series`` (``aid`` or ``tiv``), ``sample``,
        ``before`` (what was paid before is a control), ``joins``, ``crises``, ``n``, ``effect``
        of joining on ``log(1 + x)``, ``se``, ``low``, ``high``, ``detectable`` (2.8 s.e.) and,
        against permutations, ``null``, ``centred``, ``p``. The samples of
        `willing.payments.samples`, then ``fiscal year of the start``, ``led by others`` and
        ``before joining`` (the three years before less the two before those): placebos.
    events
        Joiners less the rest by year, as in `willing.payments.event_study`, for the first joins
        and for all.
    dollars
        The two-period Poisson model: ``series``, ``sample``, ``effect``, ``se``, ``factor``, ``n``.
    doses
        Among joiners: ``series``, ``sample``, ``dose``, ``expected`` (sign), ``slope``, ``se``,
        ``detectable``, ``p``, ``joins``, ``crises``.
    insecurity
        ``series``, ``sample``, ``effect`` of joining an insecure leader, ``se``, ``both`` (standard
        error of both stages, NaN without draws of leaders), ``detectable``, ``levels`` of
        insecurity compared.
    council
        What a seat in the Security Council does to aid: the positive control.
    large_gains
        ``joined``, ``states``, ``share`` that gained more than `willing.payments.study.LARGE_GAIN`
        over three years.
    elsewhere
        Share of all aid that went to no state.
    years
        First and last year of the crises.
    """

    differences: pl.DataFrame
    events: pl.DataFrame
    dollars: pl.DataFrame
    doses: pl.DataFrame
    insecurity: pl.DataFrame
    council: Effect
    large_gains: pl.DataFrame
    elsewhere: float
    years: tuple[int, int]

    def primary(self, series: Series, *, before: bool = True) -> dict[str, Any]:
        """Give the row of `differences` for the primary sample."""
        return self.differences.filter(
            pl.col("series") == series, pl.col("sample") == PRIMARY, pl.col("before") == before
        ).row(0, named=True)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        frames = ("differences", "events", "dollars", "doses", "insecurity", "large_gains")
        return {
            "years": list(self.years),
            **{name: getattr(self, name).to_dicts() for name in frames},
            "council": vars(self.council) | {"detectable": self.council.detectable},
            "elsewhere": self.elsewhere,
        }

    def to_frame(self) -> pl.DataFrame:
        """The differences."""
        return self.differences
