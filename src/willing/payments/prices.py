"""The model's prices of partners beside what they were paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from willing.manner import Result
from willing.numbers import Floats, Ints
from willing.payments.implied_game import ImpliedGame, implied_game
from willing.payments.panel import AFTER, BEFORE, Panel, build_panel
from willing.payments.samples import TESTED, YEARS
from willing.payments.twoway import within
from willing.record.store import Record
from willing.report.tables import Table
from willing.sources.keys import look_up
from willing.sources.states import UNITED_STATES
from willing.theory.contest import RatioContest
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame
from willing.theory.payoffs import prices, victory

if TYPE_CHECKING:
    from plotnine import ggplot

    from willing.structural.estimates import Estimates

# How much strength decides, by how crises, disputes and wars ended (`willing.contest`).
DECISIVENESS = 0.23
# The same for everybody and above what any partner adds, so that no price is cut off at zero and
# ranks do not depend on it.
_COST = 1.0
PRICES = ("structural", "pivotal", "additive")
_DRAWS = 1000


@dataclass(frozen=True, eq=False, repr=False)
class PricesAndPayments(Result):
    """Prices beside payments, in the crises that the United States led.

    Attributes
    ----------
    rows
        One row a (crisis, partner): ``crisno``, ``crisname``, ``partner``, ``join``,
        ``divergence``, ``gain`` (what it adds to the probability of victory), the prices
        ``structural`` (in units of the noise of the choice; missing where the estimates lack the
        side), ``pivotal`` and ``additive`` (of the game, less a cost that is the same for all) and
        the payments ``aid`` and ``arms``: the change of the mean of ``log(1 + x)`` at equal mean
        before, and ``dollars``: the change of aid over three years, millions of 2019 dollars.
    correlations
        One row a (price, payment, population): ``price``, ``payment``, ``of`` (``candidates`` or
        ``joiners``), ``rho``: Spearman's rank correlation within crises, pooled; ``low``, ``high``
        (95 per cent, crises redrawn), ``n``, ``crises``.
    implied
        What cost, aversion and value of office would have to be.
    """

    rows: pl.DataFrame
    correlations: pl.DataFrame
    implied: ImpliedGame

    def table(self) -> Table:
        """Give the correlations as a table."""
        return Table(
            "payments-prices",
            "Do the dear ones gain more? Rank correlations within crises",
            self.correlations.rename({"of": "among"}),
            "Price by the structural estimates and by the game, pivotal and additive; payment at "
            "equal payment before. Low and high: 95 % interval, crises redrawn.",
            digits=2,
        )

    def to_dict(self) -> dict[str, Any]:
        """The correlations and what they imply, as plain values."""
        return {
            "correlations": self.correlations.to_dicts(),
            "implied": self.implied.to_dict(),
        }

    def to_frame(self) -> pl.DataFrame:
        """The rows."""
        return self.rows

    def plot(self) -> ggplot:
        """Draw price against payment among joiners, as ranks within the crisis."""
        from willing.payments.price_figure import draw_prices

        return draw_prices(self.rows)

    def __str__(self) -> str:
        lines = ["Prices and payments, rank correlations within crises (95 % interval)"]
        lines += [
            f"  {row['price']:11} price, {row['payment']:5} {row['of']:11}{row['rho']:+.3f} "
            f"[{row['low']:+.3f}, {row['high']:+.3f}]  {row['n']:,} in {row['crises']} crises"
            for row in self.correlations.iter_rows(named=True)
        ]
        return "\n".join([*lines, str(self.implied)])


def compare_prices(
    record: Record,
    estimates: Estimates,
    *,
    years: tuple[int, int] = YEARS,
    game: CoalitionGame | None = None,
    rng: np.random.Generator | None = None,
) -> PricesAndPayments:
    """Set the model's price of every partner beside what it was paid.

    Parameters
    ----------
    record
        The record, with one leader a side.
    estimates
        The structural estimates.
    years
        First and last year of the crises.
    game
        Contest and aversion of the game; by default a ratio contest of `DECISIVENESS`, the
        aversion .5.
    rng
        For the intervals; seeded with 0 by default.
    """
    rng = np.random.default_rng(0) if rng is None else rng
    game = CoalitionGame(contest=RatioContest(DECISIVENESS)) if game is None else game
    key = ["crisno", "partner"]
    aid, arms = (build_panel(record, series, years=years) for series in TESTED)
    rows = aid.rows.select(*key, "crisname", "join", "divergence").with_columns(
        aid=_change(aid),
        arms=_change(arms),
        dollars=pl.Series(aid.total(AFTER) - aid.total(BEFORE)).fill_nan(None),
    )
    rows = look_up(rows, _game_prices(record, game, years), key)
    rows = look_up(rows, _structural_prices(estimates, years), key)
    return PricesAndPayments(rows, _correlations(rows, rng), implied_game(rows))


def _change(panel: Panel) -> pl.Series:
    """The change of the mean of ``log(1 + x)`` that was not to be expected from where it stood.

    Who gets much before gets less after, whatever happens: within crises the change is taken net
    of a line in the mean before.
    """
    before = panel.mean_log(BEFORE)
    change = panel.mean_log(AFTER) - before
    known = np.isfinite(change)
    crisis = panel.rows["crisno"].to_numpy()[known]
    control = within(before[known], crisis)
    change[known] -= control * (control @ within(change[known], crisis)) / (control @ control)
    return pl.Series(change).fill_nan(None)


def _game_prices(record: Record, game: CoalitionGame, years: tuple[int, int]) -> pl.DataFrame:
    """The game's prices and gains by crisis and partner, means over the leader's targets."""
    led = record.triads.filter(
        pl.col("leader") == UNITED_STATES, pl.col("year").is_between(*years)
    ).drop_nulls(["join", "cinc_ell", "cinc_tee", "cinc_pee", "difLPv"])
    tables = [_of_side(side, game) for _, side in led.group_by("side", maintain_order=True)]
    return (
        pl.concat(tables)
        .group_by("crisno", "partner")
        .agg(pl.col("gain", "pivotal", "additive").mean())
    )


def _of_side(side: pl.DataFrame, game: CoalitionGame) -> pl.DataFrame:
    """Price each partner as an addition to those who joined (a joiner to the other joiners)."""
    first = side.row(0, named=True)
    crisis = Crisis(
        leader=Leader("L", strength=first["cinc_ell"], security=0.5),
        target=Target("T", strength=max(first["cinc_tee"], _SMALLEST)),
        partners=tuple(
            Partner(str(code), strength=strength, divergence=divergence, cost=_COST)
            for code, strength, divergence in side.select(
                "partner", "cinc_pee", "difLPv"
            ).iter_rows()
        ),
    )
    terms = game.terms(crisis)
    joined = side["join"].to_numpy() == 1
    strength = terms.leader_strength + terms.strength[joined].sum()
    M = strength + np.where(joined, 0.0, terms.strength)
    return side.select("crisno", "partner").with_columns(
        gain=pl.Series(victory(terms, M) - victory(terms, M - terms.strength)),
        pivotal=pl.Series(np.diagonal(prices(terms, M))),
        additive=pl.Series(_COST + game.aversion * crisis.divergences),
    )


# A target without measured capabilities: a tenth of the least positive share of the record.
_SMALLEST = 1e-7


def _structural_prices(estimates: Estimates, years: tuple[int, int]) -> pl.DataFrame:
    """The estimates' prices by crisis and partner, means over the leader's targets."""
    sides = estimates.sides
    tables = [
        estimates.probabilities(name)
        .to_frame()
        .select(
            crisno=pl.lit(int(name.split("-")[0]), pl.Int64),
            partner=pl.col("partner").cast(pl.Int64),
            structural="price",
        )
        for name, leader in zip(sides.names, sides.leader, strict=True)
        if leader == UNITED_STATES
    ]
    return pl.concat(tables).group_by("crisno", "partner").agg(pl.col("structural").mean())


def _correlations(rows: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    found = []
    for price in PRICES:
        for payment in ("aid", "arms"):
            for of, keep in (("candidates", pl.lit(True)), ("joiners", pl.col("join") == 1)):
                known = rows.filter(keep).drop_nulls([price, payment])
                # One partner alone has no rank.
                known = known.filter(pl.len().over("crisno") > 1)
                rho, low, high = _rank_correlation(known, price, payment, rng)
                found.append(
                    {
                        "price": price,
                        "payment": payment,
                        "of": of,
                        "rho": rho,
                        "low": low,
                        "high": high,
                        "n": known.height,
                        "crises": known["crisno"].n_unique(),
                    }
                )
    return pl.DataFrame(found)


def _rank_correlation(
    rows: pl.DataFrame, price: str, payment: str, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Pool ranks within crises; the interval redraws crises."""
    ranked = rows.select(
        "crisno", *((pl.col(name).rank() / pl.len()).over("crisno") for name in (price, payment))
    )
    centred = ranked.select(
        "crisno",
        *((pl.col(name) - pl.col(name).mean().over("crisno")) for name in (price, payment)),
    )
    sums = (
        centred.group_by("crisno", maintain_order=True)
        .agg(
            (pl.col(price) * pl.col(payment)).sum().alias("xy"),
            (pl.col(price) ** 2).sum().alias("xx"),
            (pl.col(payment) ** 2).sum().alias("yy"),
        )
        .select("xy", "xx", "yy")
        .to_numpy()
    )

    def rho(weights: Floats | Ints) -> Any:
        xy, xx, yy = (weights @ sums).T
        return xy / np.sqrt(xx * yy)

    count = len(sums)
    drawn = rho(rng.multinomial(count, np.full(count, 1 / count), size=_DRAWS))
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return float(rho(np.ones(count))), float(low), float(high)
