"""Among those who joined one crisis: does the theory's price move what they were paid?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from willing.errors import EstimationError
from willing.numbers import Floats
from willing.payments.panel import AFTER, BEFORE, CONTROLS, Panel
from willing.payments.twoway import TIED, Effect, absorbed_effects, partial_out, within

Dose = Literal["divergence", "log_cinc", "log_gdppc", "log_distance"]
# What the theory says of each dose: the sign with which it moves the price.
EXPECTED: dict[Dose, str] = {
    "divergence": "+",
    "log_cinc": "+/-",
    "log_gdppc": "+",
    "log_distance": "+",
}


@dataclass(frozen=True)
class DoseResponse:
    """How what joiners were paid moves with a dose.

    Attributes
    ----------
    slope
        Change of the mean of ``log(1 + x)`` after less before, per unit of the dose, within
        crises, at equal payment before and equal other doses.
    p
        Share of permutations of the dose among the joiners of each crisis with a slope at least as
        far from the permutations' mean.
    joins, crises
        Joiners compared, and crises with two at least.
    """

    slope: Effect
    p: float
    joins: int
    crises: int


def dose_response(
    panel: Panel, dose: Dose, *, draws: int, rng: np.random.Generator
) -> DoseResponse:
    """Regress the change of what joiners were paid on a dose, within crises.

    Parameters
    ----------
    panel
        The panel.
    dose
        ``divergence`` from the leader; strength (``log_cinc``); the cost of taking part, for which
        income (``log_gdppc``) and the way to the target (``log_distance``) stand.
    draws, rng
        Permutations, and their randomness.
    """
    joined = panel.filter(pl.col("join") == 1)
    before = joined.mean_log(BEFORE)
    y = joined.mean_log(AFTER) - before
    others = [name for name in EXPECTED if name != dose]
    doses = joined.rows.select(pl.col(dose, *others).cast(pl.Float64)).to_numpy()
    X = np.column_stack([doses, before])
    known = np.isfinite(y) & np.isfinite(X).all(axis=1)
    rows = joined.rows.select("crisno", "partner", known=pl.Series(known))
    keep = rows.select(pl.col("known") & (pl.col("known").sum().over("crisno") > 1)).to_series()
    chosen = keep.to_numpy()
    y, X = y[chosen], X[chosen]
    crisis, partner = (rows[name].to_numpy()[chosen] for name in ("crisno", "partner"))
    clusters = np.column_stack([crisis, partner])
    slope = absorbed_effects(y, X, absorb=[crisis], clusters=clusters)[0]
    x, control = X[:, 0], within(X[:, 1:], crisis)
    left = partial_out(within(y, crisis)[:, None], control)[:, 0]
    # Sorting by crisis and then at random permutes the dose within crises.
    order = np.argsort(crisis, kind="stable")
    keys = crisis[order][:, None] + rng.random((len(x), draws))
    shuffled = np.empty_like(keys)
    shuffled[order] = x[order][np.argsort(keys, axis=0)]
    moved = partial_out(within(shuffled, crisis), control)
    null = left @ moved / (moved**2).sum(axis=0)
    beyond = np.abs(null - null.mean()) >= abs(slope.value - null.mean()) - TIED
    p = float((1 + beyond.sum()) / (1 + draws))
    return DoseResponse(slope, p, len(y), len(np.unique(crisis)))


@dataclass(frozen=True, eq=False)
class InsecurityResponse:
    """Whether insecure leaders pay joiners more.

    Attributes
    ----------
    effect
        Of joining times the leader's insecurity (less its mean over joiners), beside joining
        itself, the controls and what was paid before, within crises.
    levels
        Different values of insecurity: what the comparison rests on.
    both
        Standard error over redrawn leaders and crises; NaN without draws.
    """

    effect: Effect
    levels: int
    both: float


def insecurity_response(
    panel: Panel, redrawn: Iterable[Floats] = (), *, rng: np.random.Generator | None = None
) -> InsecurityResponse:
    """Ask whether insecure leaders pay joiners more.

    Parameters
    ----------
    panel
        The panel.
    redrawn
        The insecurity of the leader of every row by redrawn leaders, shape (rows,) each.
    rng
        Source of the crises drawn, one draw beside each of `redrawn`; seeded with 0 by default.

    Raises
    ------
    EstimationError
        If a leader was not redrawn.
    """
    before = panel.mean_log(BEFORE)
    y = panel.mean_log(AFTER) - before
    controls = [panel.rows[name].cast(pl.Float64).to_numpy() for name in CONTROLS]
    join = panel.rows["join"].to_numpy()
    insecurity = panel.rows["insecurity"].to_numpy()
    X = np.column_stack([join, *controls, before])
    known = np.isfinite(y) & np.isfinite(X).all(axis=1) & np.isfinite(insecurity)
    y, X, join = y[known], X[known], join[known]
    crisis = panel.rows["crisno"].to_numpy()[known]
    partner = panel.rows["partner"].to_numpy()[known]

    def crossed(values: Floats) -> Floats:
        return np.asarray(join * (values[known] - values[known][join == 1].mean()))

    effects = absorbed_effects(
        y,
        np.column_stack([crossed(insecurity), X]),
        absorb=[crisis],
        clusters=np.column_stack([crisis, partner]),
    )
    rng = np.random.default_rng(0) if rng is None else rng
    names, number = np.unique(crisis, return_inverse=True)
    others, left = within(X, crisis), within(y, crisis)
    drawn = []
    for values in redrawn:
        if not np.isfinite(values[known]).all():
            raise EstimationError(
                "some leaders are not among those that were redrawn, which are the embedded "
                "record's; leave out the draws of leaders"
            )
        # A crisis has one weight, so that its own mean stays what it is.
        times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)))
        root = np.sqrt(times)[number]
        columns = np.column_stack([within(crossed(values), crisis), others])
        drawn.append(np.linalg.lstsq(columns * root[:, None], left * root, rcond=None)[0][0])
    both = float(np.std(drawn, ddof=1)) if len(drawn) > 1 else np.nan
    return InsecurityResponse(effects[0], len(np.unique(insecurity[known][join == 1])), both)
