"""Permute leaders' insecurity and test again, by scores that need no new fit.

Insecurity is the same in all triads of a leader and crisis. Where it has no bearing at all, it
could as well have been another leader's; the model without it is then the same in every
permutation, and the score of insecurity in it is a sum over leaders. Thousands of permutations cost
less than one fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import expit, log_ndtr

from willing.estimation.results import BinaryResults
from willing.estimation.row_likelihood import summed_by
from willing.numbers import Floats, Ints

PERMUTATIONS = 999
LOG_SQRT_2PI = 0.5 * float(np.log(2 * np.pi))


@dataclass(frozen=True, eq=False)
class ScoreSums:
    """What the score of a permuted column needs, summed over units that share its value.

    Attributes
    ----------
    score : ndarray, shape (2, S)
        Sums of residual times multiplier, for the column itself and for the term tested.
    information : ndarray, shape (3, S)
        Sums of weight for the column by itself, for both, for the term tested by itself.
    across : ndarray, shape (2, S, k)
        Information between either and the model's own terms.
    nuisance : ndarray, shape (S, k)
        Scores of the model's own terms.
    own : ndarray, shape (k, k)
        Their information.
    cluster : ndarray of int, shape (S,)
        Cluster of each unit.
    """

    score: Floats
    information: Floats
    across: Floats
    nuisance: Floats
    own: Floats
    cluster: Ints


def score_sums(
    null: BinaryResults, multiplier: Floats | None, unit: Ints, cluster: Ints
) -> ScoreSums:
    """Sum scores and information of the model without the column over its units.

    Parameters
    ----------
    null
        A probit or logit without the column.
    multiplier
        What the column is multiplied by in the term tested, shape (n,): a divergence for an
        interaction, less the index for a term of the variance. By default the column itself is
        tested.
    unit
        Which unit each row belongs to, 0 to S - 1, shape (n,).
    cluster
        Cluster of each unit, shape (S,).
    """
    return sums_of_terms(null, [multiplier], unit, cluster)[0]


def sums_of_terms(
    null: BinaryResults, multipliers: Sequence[Floats | None], unit: Ints, cluster: Ints
) -> list[ScoreSums]:
    """Give the sums for several terms tested, what they share added up once.

    Parameters
    ----------
    null, unit, cluster
        As in :func:`score_sums`.
    multipliers
        One for each term.
    """
    design = null.design
    residual, weight = _residuals(null)
    count = len(cluster)

    def sums(values: Floats) -> Floats:
        return np.asarray(np.bincount(unit, weights=values, minlength=count), dtype=np.float64)

    def table(values: Floats) -> Floats:
        return summed_by(unit, values, design.X, groups=count)

    score, information, across = sums(residual), sums(weight), table(weight)
    nuisance, own = table(residual), design.X.T @ (weight[:, None] * design.X)
    found = []
    for m in multipliers:
        crossed = (score, information, information, across)
        if m is not None:
            weighted = weight * m
            crossed = (sums(residual * m), sums(weighted), sums(weighted * m), table(weighted))
        found.append(
            ScoreSums(
                score=np.array([score, crossed[0]]),
                information=np.array([information, *crossed[1:3]]),
                across=np.array([across, crossed[3]]),
                nuisance=nuisance,
                own=own,
                cluster=cluster,
            )
        )
    return found


def permuted_scores(sums: ScoreSums, values: Floats, *, crossed: bool) -> Floats:
    """Give each unit's efficient score for each arrangement of the column.

    Parameters
    ----------
    sums
        Of a model.
    values
        The column by unit, an arrangement a row, shape (P, S).
    crossed
        Whether the column itself is a nuisance beside the term tested.

    Returns
    -------
    ndarray, shape (P, S)
        Scores less their regression on those of the model's own terms.
    """
    inverse = np.linalg.inv(sums.own)

    def efficient(of: int) -> tuple[Floats, Floats]:
        across = values @ sums.across[of]
        weights = across @ inverse
        return values * sums.score[of] - weights @ sums.nuisance.T, across

    u, across = efficient(1)
    if crossed:
        plain, of_plain = efficient(0)
        projected = of_plain @ inverse
        squared = values**2
        own = squared @ sums.information[0] - (projected * of_plain).sum(axis=1)
        both = squared @ sums.information[1] - (projected * across).sum(axis=1)
        u = u - (both / own)[:, None] * plain
    return u


def permuted_statistics(sums: ScoreSums, values: Floats, *, crossed: bool) -> Floats:
    """Give the studentised efficient score for each arrangement of the column.

    Parameters
    ----------
    sums, values, crossed
        As in :func:`permuted_scores`.

    Returns
    -------
    ndarray, shape (P,)
        About standard normal under the null; positive where the coefficient is.
    """
    return studentised_scores(permuted_scores(sums, values, crossed=crossed), sums.cluster)


def studentised_scores(u: Floats, cluster: Ints) -> Floats:
    """Give the sum of scores over the root of their summed squares by cluster.

    Parameters
    ----------
    u
        Scores by unit, shape (P, S).
    cluster
        Cluster of each unit, shape (S,).

    Returns
    -------
    ndarray, shape (P,)
    """
    order = np.argsort(cluster, kind="stable")
    starts = np.flatnonzero(np.diff(cluster[order], prepend=cluster[order[0]] - 1))
    by_cluster = np.add.reduceat(u[:, order], starts, axis=1)
    return np.asarray(u.sum(axis=1) / np.sqrt((by_cluster**2).sum(axis=1)))


def permute_units(stratum: Ints, *, permutations: int, seed: int) -> Ints:
    """Permute units within strata.

    Parameters
    ----------
    stratum
        Stratum of each unit, shape (S,).
    permutations
        How many.
    seed
        Seed of the permutations.

    Returns
    -------
    ndarray, shape (1 + permutations, S)
        For each unit, whose value it takes; the first row leaves everything in place.
    """
    rng = np.random.default_rng(seed)
    found = np.tile(np.arange(len(stratum)), (1 + permutations, 1))
    for s in np.unique(stratum):
        members = np.flatnonzero(stratum == s)
        found[1:, members] = rng.permuted(np.tile(members, (permutations, 1)), axis=1)
    return found


def strata(units: pl.DataFrame) -> Ints:
    """Number the strata within which leaders are exchangeable: decade and major-power status.

    Parameters
    ----------
    units
        ``year`` of each unit, or `pcw` (after the Cold War) in a file without it; and ``Lmaj``.
        A column that is absent makes no strata.
    """
    none = pl.lit(0, pl.Int64)
    if "year" in units.columns:
        when = pl.col("year").cast(pl.Int64) // 10
    else:
        when = pl.col("pcw").cast(pl.Int64).fill_null(0) if "pcw" in units.columns else none
    major = pl.col("Lmaj").cast(pl.Int64).fill_null(0) if "Lmaj" in units.columns else none
    found = units.select((when * 2 + major).alias("stratum"))["stratum"]
    return (
        found if len(found) == units.height else found.new_from_index(0, units.height)
    ).to_numpy()


def two_sided(statistics: Floats) -> float:
    """Share of arrangements whose statistic is as large as the first's, the first included."""
    return float((np.abs(statistics) >= abs(statistics[0]) - 1e-12).mean())


def _residuals(null: BinaryResults) -> tuple[Floats, Floats]:
    """Derivative of each row's log-likelihood by the index, and its expected information."""
    design = null.design
    eta = design.X @ null.params
    if null.link == "logit":
        p = expit(eta)
        return design.y - p, p * (1 - p)
    log_phi = -0.5 * eta**2 - LOG_SQRT_2PI
    above, below = np.exp(log_phi - log_ndtr(eta)), np.exp(log_phi - log_ndtr(-eta))
    return np.where(design.y > 0, above, -below), above * below
