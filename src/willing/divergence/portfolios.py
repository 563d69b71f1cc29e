"""How alike two states' alliance portfolios are: S, plain and weighted, and a kappa.

A portfolio is a state's row of the matrix of alliance commitments in a year: with every member of
the system 3 for a promise of active military help, 2 for neutrality or nonaggression, 1 for
consultation, 0 for none; with itself 3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from willing.numbers import Floats, Ints

# Signorino and Ritter's ranks of commitment.
DEFENCE, PACT, ENTENTE = 3, 2, 1
HIGHEST = DEFENCE


@dataclass(frozen=True, eq=False)
class Portfolios:
    """The alliance commitments of one year.

    Attributes
    ----------
    states : ndarray of int, shape (n,)
        COW codes, rising.
    levels : ndarray, shape (n, n)
        Highest commitment of either state to the other, 0 to 3; 3 on the diagonal.
    """

    states: Ints
    levels: Floats


def portfolios_by_year(
    alliances: pl.DataFrame, members: pl.DataFrame
) -> Iterator[tuple[int, Portfolios]]:
    """Lay out the portfolios of each year that the alliances cover.

    Parameters
    ----------
    alliances
        What `willing.sources.alliances.read_alliances` gives.
    members
        ``ccode`` and ``year`` of the members of the system, each once.

    Yields
    ------
    tuple of int and Portfolios
        Years rising.
    """
    level = (
        pl.when(pl.col("defence") | pl.col("offence"))
        .then(DEFENCE)
        .when(pl.col("neutrality") | pl.col("nonaggression"))
        .then(PACT)
        .when(pl.col("consultation"))
        .then(ENTENTE)
        .otherwise(0)
    )
    ranked = alliances.select("ccode1", "ccode2", "year", level=level)
    by_year = {int(str(year)): part for (year,), part in ranked.group_by("year")}
    for year in sorted(by_year):
        states = members.filter(year=year)["ccode"].unique().sort().to_numpy()
        yield year, lay_out_portfolios(states, by_year[year])


def lay_out_portfolios(states: Ints, commitments: pl.DataFrame) -> Portfolios:
    """Turn one year's commitments into a symmetric matrix.

    Parameters
    ----------
    states
        COW codes, rising, shape (n,).
    commitments
        ``ccode1``, ``ccode2``, ``level``; those with a state that is not listed are left out.
    """
    inside = commitments.filter(
        pl.col("ccode1").is_in(states.tolist()), pl.col("ccode2").is_in(states.tolist())
    )
    i, j = (np.searchsorted(states, inside[code].to_numpy()) for code in ("ccode1", "ccode2"))
    levels = np.zeros((len(states), len(states)))
    np.maximum.at(levels, (i, j), inside["level"].to_numpy().astype(float))
    levels = np.maximum(levels, levels.T)
    np.fill_diagonal(levels, HIGHEST)
    return Portfolios(states, levels)


def s_scores(levels: Floats, weights: Floats | None = None) -> Floats:
    """Give Signorino and Ritter's S of every pair of portfolios.

    Parameters
    ----------
    levels
        Shape (n, n): portfolios in rows, 0 to 3.
    weights
        Weight of each state, shape (n,), e.g. its share of world capabilities; equal by default.

    Returns
    -------
    ndarray, shape (n, n)
        ``1 - 2 sum_k w_k |a_ik - a_jk| / (3 sum_k w_k)``, from -1 to 1.

    References
    ----------
    Signorino, C. S. and J. M. Ritter. 1999. Tau-b or not tau-b. International Studies Quarterly
    43(1): 115-144.
    """
    w = np.ones(len(levels)) if weights is None else weights
    distance = np.zeros_like(levels)
    # |a - b| of whole numbers is the number of thresholds that lie between them.
    for threshold in range(1, HIGHEST + 1):
        above = (levels >= threshold).astype(float)
        weighted = (above * w) @ (1 - above).T
        distance += weighted + weighted.T
    return np.asarray(1 - 2 * distance / (HIGHEST * w.sum()))


def kappa_scores(levels: Floats) -> Floats:
    """Give the weighted kappa of every pair of portfolios, squared distances.

    Returns
    -------
    ndarray, shape (n, n)
        ``1 - sum_k (a_ik - a_jk)^2 / E``, where E is what the sum would be if each portfolio's
        levels fell on states at random: 1 for equal portfolios, 0 for likeness as by chance.

    References
    ----------
    Haege, F. M. 2011. Choice or circumstance? Adjusting measures of foreign policy similarity for
    chance agreement. Political Analysis 19(3): 287-305.
    """
    n = len(levels)
    mean, variance = levels.mean(axis=1), levels.var(axis=1)
    squares = (levels**2).sum(axis=1)
    observed = squares[:, None] + squares[None, :] - 2 * levels @ levels.T
    gap = mean[:, None] - mean[None, :]
    expected = n * (variance[:, None] + variance[None, :] + gap**2)
    return np.asarray(
        1 - np.divide(observed, expected, out=np.zeros_like(observed), where=expected > 0)
    )
