"""Does the rival leader's insecurity keep partners away, and does insecurity bring violence?

Two tests that were declared before they were run (`docs/pre-analysis.md`). The game of bids says
that a partner is dearer, and likelier to be lost, against an insecure rival; crisis bargaining,
that with a given coalition war is no less likely under a less secure leader.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from scipy.stats import norm

from willing.estimation.design import build_design
from willing.estimation.models import fit_logit
from willing.estimation.results import BinaryResults, digits
from willing.evidence.direct import DIVERGENCE, SIDE_CONTROLS
from willing.evidence.leaders_redrawn import redraw
from willing.evidence.model_columns import CLUSTER, CONTROLS
from willing.evidence.sample import Sample, leader_sides
from willing.evidence.two_stage import TwoStage
from willing.figures import BLUE, INK, house_theme
from willing.manner import Progress, Result, silent
from willing.numbers import p_said
from willing.record.measured import INSECURITY, PARTNER_INSECURITY, insecurity
from willing.record.store import Record
from willing.security.measures import DEFAULT

if TYPE_CHECKING:
    from plotnine import ggplot

RIVAL = "insecurity_rival"
BUILT_INSECURE = f"built:{INSECURITY}"
# ICB's grades of violence, from 1 (none) to 4 (full-scale war), from which each outcome counts.
VIOLENT: Mapping[str, int] = {"any violence": 2, "serious clashes or war": 3}
# What declared signs have to reach, two-sided.
LEVEL = 0.05
_DRAWN: Mapping[str, str] = {
    INSECURITY: "leader's insecurity",
    RIVAL: "rival's insecurity",
    "built": "coalition built",
    BUILT_INSECURE: "coalition built x\nleader's insecurity",
}
_TERMS_DOWN = [*_DRAWN.values()][::-1]


@dataclass(frozen=True, eq=False, repr=False)
class RivalsAndViolence(Result):
    """The declared tests.

    Attributes
    ----------
    rivals
        Logits with the rival's insecurity beside the leader's: ``"coalition built"``, one row a
        leader side, and ``"joining"``, one row a triad.
    violence
        Logits of violence on the leader's insecurity, a coalition built and their product, one row
        a leader side, by the outcomes of `VIOLENT`.
    measure
        The measure of security.
    both
        By model and term, the estimates with the standard errors of one stage and of both; empty
        unless draws were asked for.
    draws
        Draws of leaders and crises.
    """

    rivals: Mapping[str, BinaryResults]
    violence: Mapping[str, BinaryResults]
    measure: str
    both: Mapping[str, Mapping[str, TwoStage]] = field(default_factory=dict)
    draws: int = 0

    @property
    def rivals_verdict(self) -> str:
        """What the rule that was declared says of the rival's insecurity."""
        return _verdict([_read(fit, RIVAL) for fit in self.rivals.values()], sign=-1)

    @property
    def violence_verdict(self) -> str:
        """What the rule that was declared says of insecurity and any violence."""
        first = next(iter(self.violence.values()))
        return _verdict([_read(first, INSECURITY)], sign=1)

    def rows(self) -> list[dict[str, Any]]:
        """Give the coefficients that the tests are about, one row each."""
        found = []
        for name, fit in self.rivals.items():
            found += [self._row(name, fit, term) for term in (INSECURITY, RIVAL)]
        for name, fit in self.violence.items():
            found += [self._row(name, fit, term) for term in (INSECURITY, "built", BUILT_INSECURE)]
        return found

    def _row(self, name: str, fit: BinaryResults, term: str) -> dict[str, Any]:
        row = _row(name, fit, term)
        if not self.draws:
            return row
        found = self.both[name][term]
        return row | {"both": found.both, "low": found.low, "high": found.high}

    def to_frame(self) -> pl.DataFrame:
        """Give `rows` as a frame."""
        return pl.DataFrame(self.rows())

    def plot(self) -> ggplot:
        """Draw the coefficients by model, with the 95 % intervals of both stages if redrawn."""
        from plotnine import (
            aes,
            coord_flip,
            facet_wrap,
            geom_hline,
            geom_pointrange,
            ggplot,
            labs,
            scale_x_discrete,
        )

        z = float(norm.ppf(0.975))
        shown = self.to_frame()
        if not self.draws:
            shown = shown.with_columns(
                low=pl.col("estimate") - z * pl.col("std_error"),
                high=pl.col("estimate") + z * pl.col("std_error"),
            )
        shown = shown.with_columns(
            pl.col("term").replace(_DRAWN),
            pl.col("model").cast(pl.Enum([*self.rivals, *self.violence])),
        )
        return (
            ggplot(shown.to_pandas(), aes("term", "estimate"))
            + geom_hline(yintercept=0, color=INK, size=0.3)
            + geom_pointrange(aes(ymin="low", ymax="high"), color=BLUE)
            + facet_wrap("model", scales="free")
            + scale_x_discrete(
                limits=lambda terms: [t for t in _DRAWN.values() if t in terms][::-1]
            )
            + coord_flip()
            + labs(
                x="",
                y="Coefficient, 95 % interval" + (" of both stages" if self.draws else ""),
                title="Insecurity of leader and rival, by outcome",
            )
            + house_theme(7.5, 5.0)
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the coefficients and verdicts as plain values."""
        return {
            "measure": self.measure,
            "draws": self.draws,
            "coefficients": self.rows(),
            "rivals": self.rivals_verdict,
            "violence": self.violence_verdict,
        }

    def __str__(self) -> str:
        lines = [f"Logits, security by {self.measure}, errors clustered by crisis"]
        before = ""
        for row in self.rows():
            if row["model"] != before:
                lines.append(f"{row['model']} ({row['n']:,} rows, {row['clusters']} crises)")
                before = row["model"]
            line = (
                f"  {row['term']:<24}{digits(row['estimate']):>9} (s.e. "
                f"{digits(row['std_error'])}, {p_said(row['p'])})"
            )
            if self.draws:
                line += f", both stages {row['both']:.2f} [{row['low']:.2f}, {row['high']:.2f}]"
            lines.append(line)
        if self.draws:
            lines.append(f"Both stages: {self.draws} draws of leaders, then crises; 95 % of them")
        lines += [
            f"Insecure rivals keep partners away: {self.rivals_verdict}",
            f"Insecure leaders see more violence, given no coalition: {self.violence_verdict}",
        ]
        return "\n".join(lines)


def rivals_and_violence(
    record: Record,
    *,
    measure: str = DEFAULT,
    sample: Sample | None = None,
    draws: int = 0,
    workers: int = -1,
    cache: Path | None = None,
    progress: Progress = silent,
) -> RivalsAndViolence:
    """Run the declared tests.

    Parameters
    ----------
    record
        The record of every leader (``load_record(leader="every", years="all")``).
    measure
        The measure of security, of leader and rival alike. The declared one is the default.
    sample
        Which triads; by default the primary sample.
    draws
        Draws of leaders and crises for the standard errors of both stages; none by default. The
        declared verdicts are those of one stage.
    workers, cache, progress
        As in `willing.security.leader_draws.draw_leaders`.

    Raises
    ------
    EstimationError
        If a model has no finite estimate on this record.
    """
    chosen = sample or Sample(measure=measure)
    triads = with_rival(chosen.take(record.triads), record, measure)
    violent = record.crises.select("crisno", "violence")
    sides = leader_sides(triads, keep=(RIVAL, "start")).join(
        violent, on="crisno", how="left", validate="m:1"
    )
    graded = {
        name: sides.with_columns((pl.col("violence") >= grade).cast(pl.Int8).alias("violent"))
        for name, grade in VIOLENT.items()
    }
    fitted = {
        "coalition built": _fit(sides, "built", (INSECURITY, RIVAL, *SIDE_CONTROLS)),
        "joining": _fit(triads, "join", (INSECURITY, RIVAL, DIVERGENCE, "difTPv", *CONTROLS)),
        **{
            name: _fit(frame, "violent", (INSECURITY, "built", BUILT_INSECURE, *SIDE_CONTROLS))
            for name, frame in graded.items()
        },
    }
    both: dict[str, dict[str, TwoStage]] = {}
    if draws:
        frames = {"coalition built": sides, "joining": triads, **graded}
        both = redraw(
            {name: (frames[name], fit) for name, fit in fitted.items()},
            measure,
            {INSECURITY: "leader", RIVAL: "target", PARTNER_INSECURITY: "partner"},
            draws=draws,
            workers=workers,
            cache=cache,
            progress=progress,
        )
    return RivalsAndViolence(
        rivals={name: fitted[name] for name in ("coalition built", "joining")},
        violence={name: fitted[name] for name in VIOLENT},
        measure=measure,
        both=both,
        draws=draws,
    )


def with_rival(triads: pl.DataFrame, record: Record, measure: str) -> pl.DataFrame:
    """Add ``insecurity_rival``, that of the target's leader on the first day of the crisis.

    It is missing where the target has no leader on record, as a colony or a rebel movement.
    """
    rival = record.security.select(
        pl.col("ccode").alias("target"),
        pl.col("date").alias("start"),
        insecurity(measure).alias(RIVAL),
    )
    return triads.join(rival, on=["target", "start"], how="left", validate="m:1")


def _fit(rows: pl.DataFrame, outcome: str, terms: tuple[str, ...]) -> BinaryResults:
    return fit_logit(build_design(rows, outcome=outcome, mean=terms, cluster=CLUSTER), name=outcome)


def _read(fit: BinaryResults, term: str) -> tuple[float, float]:
    row = _row("", fit, term)
    return row["estimate"], row["p"]


def _row(model: str, fit: BinaryResults, term: str) -> dict[str, Any]:
    found = fit.to_frame().row(by_predicate=pl.col("term") == term, named=True)
    return {
        "model": model,
        "term": term,
        "estimate": found["estimate"],
        "std_error": found["std_error"],
        "p": found["p"],
        "n": fit.design.n,
        "clusters": fit.design.n_clusters,
    }


def _verdict(found: list[tuple[float, float]], *, sign: int) -> str:
    """Apply the declared rule: every coefficient of one sign with p below the level."""
    if all(sign * estimate > 0.0 and p < LEVEL for estimate, p in found):
        return "supported"
    if all(sign * estimate < 0.0 and p < LEVEL for estimate, p in found):
        return "contradicted"
    return "undetermined"
