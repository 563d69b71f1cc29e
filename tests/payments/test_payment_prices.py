"""Prices of the theory beside payments."""

import numpy as np
import polars as pl
import pytest

from willing.payments.implied_game import implied_game
from willing.payments.prices import _game_prices, _rank_correlation
from willing.payments.samples import LARGE_GAIN, YEARS
from willing.theory.contest import RatioContest
from willing.theory.game import CoalitionGame

EXACT = 1e-9


def ratio(M, target, g):
    """Tullock's contest, written out."""
    return M**g / (M**g + target**g)


def test_the_price_of_a_partner_is_the_games(record):
    """Worked out by hand: the cost less the stake times what the partner adds."""
    game = CoalitionGame(contest=RatioContest(0.5), aversion=0.25)
    found = _game_prices(record, game, YEARS)
    side = record.triads.filter(pl.col("leader") == 2, pl.col("side") == "393-645")
    side = side.drop_nulls(["join", "cinc_ell", "cinc_tee", "cinc_pee", "difLPv"])
    turkey = side.filter(pl.col("partner") == 640).row(0, named=True)
    joined = side.filter(pl.col("join") == 1)["cinc_pee"].sum()
    M = turkey["cinc_ell"] + joined
    gain = ratio(M, turkey["cinc_tee"], 0.5) - ratio(
        M - turkey["cinc_pee"], turkey["cinc_tee"], 0.5
    )
    row = found.filter(pl.col("crisno") == 393, pl.col("partner") == 640).row(0, named=True)
    assert row["gain"] == pytest.approx(gain, abs=EXACT)
    expected = 1.0 - (1 - 0.25 * turkey["difLPv"]) * gain
    assert row["pivotal"] == pytest.approx(expected, abs=EXACT)
    assert row["additive"] == pytest.approx(1.0 + 0.25 * turkey["difLPv"], abs=EXACT)


def test_payments_that_are_prices_rank_alike():
    """Payments in the order of prices correlate at 1 in every redrawn sample, reversed at -1."""
    rng = np.random.default_rng(0)
    rows = pl.DataFrame({"crisno": np.repeat(np.arange(8), 6), "price": rng.normal(size=48)})
    rows = rows.with_columns(paid=pl.col("price") ** 3 + pl.col("crisno"), back=-pl.col("price"))
    assert _rank_correlation(rows, "price", "paid", rng) == pytest.approx((1, 1, 1))
    assert _rank_correlation(rows, "price", "back", rng) == pytest.approx((-1, -1, -1))


def test_the_game_behind_payments_is_recovered():
    """Payments made by additive prices give back cost and aversion, and what victory was worth."""
    rng = np.random.default_rng(1)
    n = 60
    divergence = rng.uniform(0, 3, n)
    rows = pl.DataFrame(
        {
            "crisno": np.repeat(np.arange(10), 6),
            "partner": np.arange(n) + 100,
            "join": np.ones(n),
            "divergence": divergence,
            "gain": np.full(n, 0.001),
            "dollars": 1000 + 200 * divergence,
        }
    )
    found = implied_game(rows)
    assert found.cost.value == pytest.approx(1000)
    assert found.aversion.value == pytest.approx(200)
    assert found.paid == found.joiners == n
    assert found.required[1] == pytest.approx(np.median(rows["dollars"] / 0.001))
    # B = 1 + Psi (r - sigma): the median payment is just worth it at this value of office.
    office = found.office(2e5, stake=0.1)
    assert 2e5 * (1 + office * 0.1) == pytest.approx(found.required[1])
    assert (rows["dollars"] > LARGE_GAIN).all()
