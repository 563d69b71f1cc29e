"""How well the fitted model describes the coalitions that were built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from willing.figures import BLUE, ORANGE, house_theme
from willing.manner import Result
from willing.numbers import Floats
from willing.structural.likeliest import likeliest_coalitions

if TYPE_CHECKING:
    from plotnine import ggplot

    from willing.structural.estimates import Estimates

LARGEST = 6
LIKELIEST = 10
_DECILES = 10


@dataclass(frozen=True, repr=False)
class FitChecks(Result):
    """Observed against expected, in the sample.

    Attributes
    ----------
    sizes
        Columns ``size`` (the last one means that many or more), ``observed`` and ``expected``
        number of sides.
    deciles
        Columns ``decile`` (of the expected probability of joining; each holds a tenth of the
        expected joins), ``candidates``, ``observed`` and ``expected`` joins.
    among_likeliest
        Share of sides whose actual coalition is among the ten likeliest.
    among_likeliest_built
        The same among sides that built one.
    nobody
        Share of sides whose likeliest coalition is the leader alone.
    """

    sizes: pl.DataFrame
    deciles: pl.DataFrame
    among_likeliest: float
    among_likeliest_built: float
    nobody: float

    def to_frame(self) -> pl.DataFrame:
        """Give the distribution of sizes."""
        return self.sizes

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain numbers."""
        return {
            "sizes": self.sizes.to_dicts(),
            "deciles": self.deciles.to_dicts(),
            "among_likeliest": self.among_likeliest,
            "among_likeliest_built": self.among_likeliest_built,
            "nobody": self.nobody,
        }

    def __str__(self) -> str:
        lines = ["partners    sides observed    expected"]
        for row in self.sizes.iter_rows(named=True):
            label = f"{row['size']}" + (" or more" if row["size"] == LARGEST else "")
            lines.append(f"{label:12}{row['observed']:14d}{row['expected']:12.1f}")
        lines.append("tenth of expected joins   candidates    joins observed    expected")
        lines += [
            f"{r['decile']:24d}{r['candidates']:12,d}{r['observed']:18d}{r['expected']:12.1f}"
            for r in self.deciles.iter_rows(named=True)
        ]
        lines.append(
            f"actual coalition among the {LIKELIEST} likeliest: {self.among_likeliest:.0%} of "
            f"sides, {self.among_likeliest_built:.0%} of those that built one"
        )
        return "\n".join(lines)

    def plot(self) -> ggplot:
        """Draw observed and expected numbers of sides by size of coalition."""
        from plotnine import aes, geom_col, ggplot, labs, scale_fill_manual

        shown = self.sizes.unpivot(
            on=["observed", "expected"], index="size", variable_name="sides", value_name="number"
        )
        return (
            ggplot(shown, aes("size", "number", fill="sides"))
            + geom_col(position="dodge")
            + scale_fill_manual({"observed": BLUE, "expected": ORANGE})
            + labs(x=f"Partners ({LARGEST}: that many or more)", y="Leader sides", fill="")
            + house_theme()
        )


def check_fit(estimates: Estimates) -> FitChecks:
    """Compare what was built with what the estimates expect, side by side."""
    sides = estimates.sides
    likelihood = estimates.likelihood
    join = likelihood.expectations(estimates.params).join
    expected = np.zeros(LARGEST + 1)
    sizes = likelihood.size_probabilities(estimates.params, LARGEST)
    expected[:LARGEST] = sizes.sum(axis=0)
    ranked = np.zeros(sides.count, dtype=bool)
    nobody = np.zeros(sides.count, dtype=bool)
    for s in range(sides.count):
        one = sides.take([s])
        members, _ = likeliest_coalitions(
            likelihood.contest,
            float(one.leader_strength[0]),
            float(one.target_strength[0]),
            one.strength,
            one.design @ estimates.params[2:],
            float(estimates.params[0] + estimates.params[1] * one.insecurity[0]),
            count=LIKELIEST,
        )
        ranked[s] = (members == one.joined).all(axis=1).any()
        nobody[s] = not members[0].any()
    expected[LARGEST] = sides.count - expected[:LARGEST].sum()
    built = sides.sizes > 0
    return FitChecks(
        sizes=pl.DataFrame(
            {
                "size": range(LARGEST + 1),
                "observed": np.bincount(np.minimum(sides.sizes, LARGEST), minlength=LARGEST + 1),
                "expected": expected,
            }
        ),
        deciles=_deciles(join, sides.joined.astype(float)),
        among_likeliest=float(ranked.mean()),
        among_likeliest_built=float(ranked[built].mean()),
        nobody=float(nobody.mean()),
    )


def _deciles(join: Floats, joined: Floats) -> pl.DataFrame:
    """Candidates by rising probability, cut so that each part holds a tenth of expected joins."""
    order = np.argsort(join, kind="stable")
    filled = np.cumsum(join[order])
    decile = np.minimum((filled / filled[-1] * _DECILES).astype(int), _DECILES - 1)
    return (
        pl.DataFrame({"decile": decile + 1, "join": join[order], "joined": joined[order]})
        .group_by("decile", maintain_order=True)
        .agg(
            candidates=pl.len().cast(pl.Int64),
            observed=pl.col("joined").sum().cast(pl.Int64),
            expected=pl.col("join").sum(),
        )
    )
