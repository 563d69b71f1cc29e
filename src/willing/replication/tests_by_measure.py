"""Both hypotheses by every measure of security, with both stages' uncertainty, kept in the package.

Redrawing leaders and crises takes minutes; the table that comes out is embedded, so that the first
screen of a report can show it at once. `willing data renew` makes it again.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

from willing.evidence.measure_tests import TESTS
from willing.files import replacing
from willing.replication.by_measure import study_security
from willing.security.measures import MEASURES

# A quarter of an hour on two cores; percentiles of a hundred draws are steady to a tenth of their
# width, which a picture does not show. `willing security --draws 200` takes more.
DRAWS = 100
EMBEDDED = Path(__file__).parent / "embedded" / "tests_by_measure.parquet"
# The theory expects nothing of r itself; it stands in the table of `willing security`.
SHOWN = tuple(name for name in MEASURES if name != "survival_given_victory")


@cache
def tests_by_measure() -> pl.DataFrame:
    """Give the embedded table.

    Returns
    -------
    polars.DataFrame
        One row a measure of `SHOWN` and test of `willing.evidence.measure_tests.TESTS`:
        ``measure``, ``test``, ``value``, ``clustered`` (standard error by crisis), ``both``,
        ``low`` and ``high`` (standard deviation and 2.5 and 97.5 percentiles over draws of leaders,
        then crises), ``draws``, ``failed``, ``spread`` (standard deviation of the measure over
        leader sides), ``triads``, ``joins`` and ``crises`` of the probit of joining.
    """
    return pl.read_parquet(EMBEDDED)


def write_tests_by_measure(path: Path = EMBEDDED, *, draws: int = DRAWS) -> None:
    """Test both hypotheses by every measure on redrawn leaders and crises, and keep the table.

    Parameters
    ----------
    path
        Where.
    draws
        How many.
    """
    tests = study_security(measures=SHOWN, draws=draws).tests
    of_measure = pl.DataFrame(
        [
            {"measure": name, "spread": tests.spread[name], "triads": n, "joins": y, "crises": g}
            for name, (n, y, g) in tests.counts.items()
        ]
    )
    found = tests.to_frame().drop("z", "z_both")
    order = pl.Enum(list(TESTS))
    table = found.join(
        of_measure, on="measure", how="left", validate="m:1", maintain_order="left"
    ).sort(pl.col("test").cast(order), maintain_order=True)
    with replacing(path) as temporary:
        table.write_parquet(temporary, compression="zstd", statistics=False)
