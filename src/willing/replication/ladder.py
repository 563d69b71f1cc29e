"""From the paper's design to ours, one change at a time, with both hypotheses at each rung."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from willing.divergence.divergence_measures import Divergence
from willing.estimation.results import Z95
from willing.evidence.measure_tests import TESTS, MeasureTests, measure_tests
from willing.evidence.sample import select_triads
from willing.manner import Progress, Result, silent
from willing.record.choices import SAMPLE_YEARS, CodingRule, Pool
from willing.record.leading import LeaderRule
from willing.record.store import load_record
from willing.report.tables import Table
from willing.security.fitted_measures import fit_measures
from willing.security.leader_draws import draw_leaders
from willing.security.stored_leaders import load_leaders

if TYPE_CHECKING:
    from plotnine import ggplot

# What the paper's script says of its data where columns can be compared: means of divergences and
# capabilities, quartiles of one, the typical insecurity.
PUBLISHED: Mapping[str, float] = {
    "difLPv": 1.01,
    "difLPv, lower quartile": 0.29,
    "difLPv, upper quartile": 1.7,
    "difTPv": 1.1,
    "cinc_ell": 0.017,
    "cinc_tee": 0.016,
    "cinc_pee": 0.016,
    "insecurity": 0.17,
}


@dataclass(frozen=True)
class Rung:
    """One design: everything that a replication must decide and the paper's text leaves open.

    Attributes
    ----------
    measure
        The measure of security.
    pool
        Who is P.
    leader
        Who is L.
    coding
        Who faced whom and who joined.
    divergence
        The measure of both divergences.
    years
        First and last year of the crises.
    """

    measure: str = "cheibub"
    pool: Pool = "region"
    leader: LeaderRule = "first"
    coding: CodingRule = "blocs"
    divergence: Divergence = "ideal points"
    years: tuple[int, int] = SAMPLE_YEARS

    def differs(self, other: Rung) -> str:
        """Say what is different in another rung."""
        changed = [f.name for f in fields(self) if getattr(self, f.name) != getattr(other, f.name)]
        return ", ".join(f"{name} {_shown(getattr(other, name))}" for name in changed)

    def __str__(self) -> str:
        return ", ".join(f"{f.name} {_shown(getattr(self, f.name))}" for f in fields(self))


def ladder_of(first: Rung | None = None) -> tuple[Rung, ...]:
    """Give the rungs from the design nearest to the paper's to that of this package.

    The first rung has what fits the published means best. The coding by blocs knows no leader that
    acted, so that rule comes with the coding by acts.
    """
    rung = first or Rung()
    rungs = [rung]
    for change in (
        {"measure": "hazard"},
        {"pool": "all"},
        {"leader": "strongest"},
        {"coding": "acts", "leader": "acted"},
        {"divergence": "completed"},
        {"years": (1946, 2019)},
    ):
        rung = replace(rung, **change)
        rungs.append(rung)
    return tuple(rungs)


@dataclass(frozen=True, eq=False, repr=False)
class Ladder(Result):
    """Both hypotheses at every rung.

    Attributes
    ----------
    rungs
        The designs.
    tests
        What each found.
    means : polars.DataFrame
        One row a rung: ``triads``, ``joins``, ``crises`` of the probit of joining, and the means
        that the paper's script gives, with those as the last row.
    """

    rungs: tuple[Rung, ...]
    tests: tuple[MeasureTests, ...]
    means: pl.DataFrame

    def plot(self) -> ggplot:
        """Draw each test's z at every rung: with both stages' errors if leaders were drawn."""
        import plotnine as p9

        from willing.figures import BLUE, INK, house_theme
        from willing.replication.forest import PANELS

        drawn = any(tests.draws for tests in self.tests)
        steps = [
            "0: the paper's design",
            *(
                f"{number}: {before.differs(after)}"
                for number, (before, after) in enumerate(pairwise(self.rungs), start=1)
            ),
        ]
        rows = self.to_frame().select(
            step=pl.col("rung").map_elements(steps.__getitem__, return_dtype=pl.String),
            z="z_both" if drawn else "z",
            panel=pl.col("test").replace_strict(PANELS, return_dtype=pl.String),
        )
        shown = rows.to_pandas()
        shown["panel"] = shown["panel"].astype("category").cat.set_categories(list(PANELS.values()))
        return (
            p9.ggplot(shown, p9.aes("z", "step"))
            + p9.geom_vline(xintercept=0, color=INK, size=0.4)
            + p9.geom_vline(xintercept=(-Z95, Z95), color=INK, linetype="dashed", size=0.4)
            + p9.geom_point(color=BLUE, size=2)
            + p9.facet_wrap("panel", ncol=3)
            + p9.scale_y_discrete(limits=steps[::-1])
            + p9.labs(
                title="From the paper's design to ours",
                subtitle="Between the dashed lines the 95 % interval includes zero.",
                x="Estimate in standard errors; positive: as the theory expects",
                y="",
            )
            + house_theme(9.5, 5.6)
            + p9.theme(strip_text=p9.element_text(size=9, ha="left", weight="bold", color=INK))
        )

    def to_frame(self) -> pl.DataFrame:
        """Give one row a rung and test, with both standard errors."""
        return pl.concat(
            tests.to_frame().insert_column(0, pl.lit(number, pl.Int64).alias("rung"))
            for number, tests in enumerate(self.tests)
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the designs, means and tests as plain values."""
        return {
            "rungs": [vars(rung) for rung in self.rungs],
            "means": self.means.to_dicts(),
            "tests": self.to_frame().to_dicts(),
        }

    def table(self) -> Table:
        """Give the ladder as a table: estimate and z of each test at each rung."""
        rows = []
        drawn = any(tests.draws for tests in self.tests)
        for number, (rung, tests) in enumerate(zip(self.rungs, self.tests, strict=True)):
            step = str(rung) if number == 0 else self.rungs[number - 1].differs(rung)
            row: dict[str, Any] = {"rung": number, "change": step}
            for test in TESTS:
                found = tests.found.get((rung.measure, test))
                row[test] = None if found is None else found.value
                row[f"z, {test}"] = None if found is None else found.z
                if drawn:
                    row[f"z of both stages, {test}"] = None if found is None else found.z_both
            rows.append(row)
        note = "z: estimate over its standard error clustered by crisis. " + "; ".join(
            f"{name}: {title}" for name, title in TESTS.items()
        )
        return Table("ladder", "From the paper's design to ours", pl.DataFrame(rows), note, 2)

    def means_table(self) -> Table:
        """Give what each rung's triads look like beside what was published."""
        return Table("ladder-means", "The triads of each rung", self.means, digits=3)

    def __str__(self) -> str:
        lines = ["From the paper's design to ours", f"  0  {self.rungs[0]}"]
        head = f"{'':5}{'':40}" + "".join(f"{test:>13}{'z':>7}" for test in TESTS)
        lines += ["", head]
        for number, (rung, tests) in enumerate(zip(self.rungs, self.tests, strict=True)):
            step = "as above" if number == 0 else self.rungs[number - 1].differs(rung)
            cells = ""
            for test in TESTS:
                found = tests.found.get((rung.measure, test))
                cells += (
                    f"{'-':>13}{'-':>7}" if found is None else f"{found.value:13.2f}{found.z:7.2f}"
                )
            lines.append(f"  {number}  {step:40}{cells}")
        return "\n".join([*lines, "", *(f"{name}: {title}" for name, title in TESTS.items())])


def climb(
    rungs: tuple[Rung, ...] | None = None,
    *,
    draws: int = 0,
    seed: int = 1,
    workers: int = -1,
    cache: Path | None = None,
    progress: Progress = silent,
) -> Ladder:
    """Test both hypotheses at every rung.

    Parameters
    ----------
    rungs
        The designs; :func:`ladder_of` by default.
    draws, seed, workers, cache, progress
        As in :func:`~willing.replication.by_measure.study_security`.

    Raises
    ------
    DataError
        If a rung names what does not exist.
    """
    rungs = rungs or ladder_of()
    stored = load_leaders()
    names = tuple(dict.fromkeys(rung.measure for rung in rungs))
    leaders = None
    if draws:
        leaders = draw_leaders(
            stored.sample, names, draws=draws, workers=workers, cache=cache, progress=progress
        )
    fitted = fit_measures(stored.sample, names) if leaders is None else leaders.fitted
    scores = stored.dated.select("ccode", "date").hstack(fitted.score(stored.dated))
    found, means = [], []
    for number, rung in enumerate(rungs):
        triads = _triads(rung)
        tests = measure_tests(
            triads,
            scores,
            measures=(rung.measure,),
            drawn=None if leaders is None else leaders.scores(stored.dated),
            draws=draws,
            seed=seed,
            workers=workers,
            progress=progress,
        )
        found.append(tests)
        means.append({"rung": str(number), **_means(triads, tests, rung)})
        progress(f"rung {number}")
    published = {"rung": "published", **PUBLISHED}
    return Ladder(
        rungs,
        tuple(found),
        pl.concat([pl.DataFrame(means), pl.DataFrame([published])], how="diagonal"),
    )


def _triads(rung: Rung) -> pl.DataFrame:
    record = load_record(coding=rung.coding, leader="every", years="all")
    return select_triads(
        record.triads,
        leader=rung.leader,
        measure=rung.measure,
        pool=rung.pool,
        years=rung.years,
        divergence=rung.divergence,
    )


def _means(triads: pl.DataFrame, tests: MeasureTests, rung: Rung) -> dict[str, Any]:
    n, joins, crises = tests.counts.get(rung.measure, (None, None, None))
    mean = triads.select(
        pl.col("difLPv", "difTPv", "cinc_ell", "cinc_tee", "cinc_pee").mean(),
        insecurity=pl.col("insecurity_leader").mean(),
        low=pl.col("difLPv").quantile(0.25, "linear"),
        high=pl.col("difLPv").quantile(0.75, "linear"),
    ).to_dicts()[0]
    return {
        "triads": n,
        "joins": joins,
        "crises": crises,
        "difLPv": mean["difLPv"],
        "difLPv, lower quartile": mean["low"],
        "difLPv, upper quartile": mean["high"],
        **{name: mean[name] for name in ("difTPv", "cinc_ell", "cinc_tee", "cinc_pee")},
        "insecurity": mean["insecurity"],
    }


def _shown(value: Any) -> str:
    return f"{value[0]}-{value[1]}" if isinstance(value, tuple) else str(value)
