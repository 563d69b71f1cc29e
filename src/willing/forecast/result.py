"""What a forecast says."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from willing.errors import ScenarioError
from willing.estimation.delta import Band
from willing.figures import BLUE, ORANGE, house_theme
from willing.manner import Result
from willing.numbers import Floats, Ints, Masks
from willing.record.choices import Pool

if TYPE_CHECKING:
    from plotnine import ggplot

# Columns of the screen, and rows of the printed table.
_WIDTH = 80
# How models are put together that nothing was foretold with from these estimates before.
_ALIKE = (
    "which count alike and without a shared shock, as nothing was foretold from these estimates "
    "before"
)
_SHOWN = 15
_POOLS: Mapping[Pool, str] = {
    "region": "candidates are the states of the target's region",
    "relevant": "candidates border on the target, or they or it are major powers",
}


@dataclass(frozen=True)
class Likely:
    """A coalition and its probability."""

    members: tuple[str, ...]
    probability: float

    def __str__(self) -> str:
        return f"{self.probability:8.4f}  {', '.join(self.members) or 'nobody'}"


def _ranged(value: float, ends: tuple[float, float] | None) -> str:
    return f"{value:.3g}" + ("" if ends is None else f" [{ends[0]:.3g}, {ends[1]:.3g}]")


@dataclass(frozen=True, eq=False, repr=False)
class Forecast(Result):
    """A forecast of one leader side, with 95 % intervals.

    Attributes
    ----------
    title
        The crisis.
    leader, target
        Names of the states.
    security, retention
        The leader's probabilities of keeping office after defeat (:math:`\\sigma`) and after
        victory (:math:`r`); where insecurity is not their difference, one less it, and 1.
    security_range, retention_range
        Their 95 % intervals over redrawn leaders, where the record tells.
    held_out
        Whether the crisis is in the sample of the estimates and was taken out of them.
    first_stage
        Whether the intervals carry the uncertainty of insecurity as well as of the parameters.
    draws
        Draws of the parameters that they are made from.
    code, partner
        COW codes and names of the candidates, shape (n,).
    join, low, high
        Their probabilities of joining, shape (n,).
    price
        Their prices in units of the noise, shape (n,). Only differences between candidates mean
        something: the constant carries the number of partners that noise alone would bring.
    joined
        Who did join, shape (n,); None if it is not known.
    certain, barred
        States that take part for certain, and states that cannot; neither is a candidate.
    build
        Probability that any candidate joins.
    size
        Probability of each number of candidates, shape (n + 1,).
    expected_size
        Its mean.
    alone
        Probability of victory without any candidate.
    victory
        Expected probability of victory.
    bill
        Expected sum of prices, in units of the noise.
    victory_value
        The leader's value of victory, in the same units.
    likeliest
        The likeliest coalitions, exact.
    model
        ``"structural"``, or ``"best"``, which gives who joins and how many; prices, bill and
        victory are the structural model's.
    stacked
        Whether the best model's weights were learned from earlier forecasts.
    pool
        Who counts as a potential partner, here and in the estimates.
    facing
        States that are not asked, because they face the leader in an open crisis.
    backed
        Whether outcomes stand behind the contest; else its probabilities are not told.
    cautions
        What is not to be read in it, and why.
    ask
        Answers `what_if`; None of a forecast that was not made by `willing.forecast`.
    """

    title: str
    leader: str
    target: str
    security: float
    retention: float
    security_range: tuple[float, float] | None
    retention_range: tuple[float, float] | None
    held_out: bool
    first_stage: bool
    draws: int
    code: Ints
    partner: tuple[str, ...]
    join: Floats
    low: Floats
    high: Floats
    price: Floats
    joined: Masks | None
    certain: tuple[str, ...]
    barred: tuple[str, ...]
    build: Band
    size: Floats
    expected_size: Band
    alone: float
    victory: Band
    bill: Band
    victory_value: Band
    likeliest: tuple[Likely, ...]
    model: str = "structural"
    stacked: bool = False
    pool: Pool = "all"
    facing: tuple[str, ...] = ()
    backed: bool = True
    cautions: tuple[str, ...] = ()
    ask: Callable[..., Any] | None = field(default=None, repr=False)

    def what_if(
        self,
        *,
        security: float | None = None,
        retention: float | None = None,
        without: Sequence[str] = (),
        join: Sequence[str] = (),
    ) -> Any:
        """Set this forecast beside the same after a change.

        Parameters
        ----------
        security, retention
            The leader's probabilities of keeping office after defeat and after victory.
        without
            Candidates who then cannot join, by name or code.
        join
            Candidates who then take part for certain.

        Returns
        -------
        willing.forecast.what_if.WhatIf
            By partner and in all: both values, and the difference with its interval, paired over
            the same draws of the parameters.

        Raises
        ------
        ScenarioError
            If nothing is changed, or a state is no candidate.
        """
        if self.ask is None:
            raise ScenarioError("this forecast was put together by hand; ask one of `w.forecast`")
        return self.ask(self, security=security, retention=retention, without=without, join=join)

    def to_frame(self) -> pl.DataFrame:
        """Give one row a candidate, likeliest first; ``joined`` is missing if not known."""
        unknown = [None] * len(self.partner)
        return pl.DataFrame(
            {
                "code": self.code,
                "partner": self.partner,
                "join": self.join,
                "low": self.low,
                "high": self.high,
                "price": self.price,
                "joined": unknown if self.joined is None else self.joined,
            },
            schema_overrides={"joined": pl.Boolean},
        ).sort("join", descending=True, maintain_order=True)

    def predictions(self) -> pl.DataFrame:
        """Give ``partner``, ``estimate``, ``conf_low``, ``conf_high``: names of marginaleffects."""
        names = {"join": "estimate", "low": "conf_low", "high": "conf_high"}
        return self.to_frame().select("partner", *names).rename(names)

    def comparisons(self, **changes: Any) -> pl.DataFrame:
        """Give what `what_if` with these changes finds, in the columns of marginaleffects."""
        found: pl.DataFrame = self.what_if(**changes).comparisons()
        return found

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain values."""
        plain = ("model", "title", "leader", "target", "security", "retention")
        more = ("security_range", "retention_range", "held_out", "first_stage", "draws")
        bands = ("build", "expected_size", "bill", "victory_value")
        return {
            **{name: getattr(self, name) for name in (*plain, *more)},
            "alone": self.alone if self.backed else None,
            "victory": self.victory.to_dict() if self.backed else None,
            **{name: getattr(self, name).to_dict() for name in bands},
            "certain": list(self.certain),
            "barred": list(self.barred),
            "size": self.size.tolist(),
            "likeliest": [vars(each) | {"members": list(each.members)} for each in self.likeliest],
            "candidates": self.to_frame().to_dicts(),
            "cautions": list(self.cautions),
            "pool": self.pool,
            "facing": list(self.facing),
        }

    def __str__(self) -> str:
        who = "anybody else joins" if self.certain else "any coalition forms"
        lines = [
            f"{self.title}: {self.leader} against {self.target}, {len(self.partner)} candidates",
            f"  {'office after defeat':24}{_ranged(self.security, self.security_range)}",
            f"  {'office after victory':24}{_ranged(self.retention, self.retention_range)}",
            *(f"  taking part for certain: {name}" for name in self.certain),
            *(f"  not to be had: {name}" for name in self.barred),
            *warned(self.cautions),
            f"  {who:24}{self.build}",
            f"  {'expected partners':24}{self.expected_size}",
            f"  {'number of partners':24}{self._describe_size()}",
            *(
                [f"  {'victory, by estimates':24}{self.victory} (without them {self.alone:.3g})"]
                if self.backed
                else []
            ),
            f"  {'bill':24}{self.bill} in units of the noise",
            f"  {'value of victory':24}{self.victory_value} in the same units",
            "",
            f"  {'partner':26}{'joins':>8}{'95 % interval':>20}{'price':>8}"
            + ("" if self.joined is None else "  joined"),
        ]
        for row in self.to_frame().head(_SHOWN).iter_rows(named=True):
            mark = {None: "", True: "  yes", False: "  no"}[row["joined"]]
            lines.append(
                f"  {row['partner'][:25]:26}{row['join']:8.3f}{row['low']:11.3f}"
                f"{row['high']:9.3f}{row['price']:8.2f}{mark}"
            )
        if self.likeliest:
            lines += ["", "  likeliest coalitions", *(f"  {each}" for each in self.likeliest)]
        lines.append("")
        return "\n".join([*lines, *self.notes()])

    def plot(self) -> ggplot:
        """Draw the twenty likeliest partners with their intervals; coloured if they joined."""
        from plotnine import (
            aes,
            coord_flip,
            geom_pointrange,
            ggplot,
            labs,
            scale_color_manual,
            scale_x_discrete,
        )

        joined = pl.col("joined").fill_null(False)
        shown = (
            self.to_frame()
            .head(20)
            .with_columns(known=pl.when(joined).then(pl.lit("joined")).otherwise(pl.lit("did not")))
        )
        colours = {"joined": ORANGE, "did not": BLUE}
        return (
            ggplot(shown, aes("partner", "join", color="known"))
            + geom_pointrange(aes(ymin="low", ymax="high"), show_legend=self.joined is not None)
            + scale_color_manual(colours)
            + scale_x_discrete(limits=shown["partner"].to_list()[::-1])
            + labs(x="", y="Probability of joining", title=self.title, color="")
            + coord_flip()
            + house_theme(height=5.0)
        )

    def _describe_size(self) -> str:
        reached = np.searchsorted(np.cumsum(self.size), [0.05, 0.5, 0.95])
        low, middle, high = (min(int(n), len(self.size) - 1) for n in reached)
        return f"median {middle}, nine times in ten from {low} to {high}"

    def notes(self) -> list[str]:
        """Say what the intervals carry, and what the forecast is by."""
        carried = (
            f"the parameters and of insecurity: {self.draws} bootstrap draws of crises and leaders"
            if self.first_stage
            else f"the parameters, {self.draws} draws; insecurity is taken as known"
        )
        notes = [f"  intervals carry the uncertainty of {carried}"]
        if self.model == "best":
            notes.append(
                "  who joins is by the structural model, a logit and boosting, "
                f"{'stacked' if self.stacked else _ALIKE}; prices, bill and victory are by the "
                "structural model"
            )
        if self.facing:
            notes += _wrapped(
                f"not asked, as they face the leader in an open crisis: {', '.join(self.facing)}"
            )
        if self.pool != "all":
            notes.append(f"  {_POOLS[self.pool]}, here and in the crises estimated from")
        if self.held_out:
            notes.append("  the crisis was taken out of the estimates before it was forecast")
        return notes


def warned(cautions: Sequence[str]) -> list[str]:
    """Lay out cautions as lines."""
    return [line for each in cautions for line in _wrapped(f"beware: {each}")]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="    ")
