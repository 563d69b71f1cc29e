"""Triads with the record's columns, drawn from a known model of joining."""

import numpy as np
import polars as pl

SIDES, PARTNERS = 240, 60


def simulated_triads(seed: int = 0, *, noise: float = 0.8, taste: float = 0.0) -> pl.DataFrame:
    """Draw triads in which insecurity raises joining by 1.0 and its log noise by `noise`.

    Divergence from L lowers joining by .5 a unit, by `taste` less for each unit of insecurity.
    """
    rng = np.random.default_rng(seed)
    n = SIDES * PARTNERS
    side = np.repeat(np.arange(SIDES), PARTNERS)

    def of_side(values: np.ndarray) -> np.ndarray:
        return values[side]

    insecurity = of_side(rng.beta(1.5, 5, SIDES))
    columns = {
        "side": side,
        "crisno": side // 2,
        "year": 1946 + side * 54 // SIDES,
        "leader": of_side(rng.integers(2, 200, SIDES)),
        "target": of_side(rng.integers(200, 400, SIDES)),
        "partner": np.tile(np.arange(400, 400 + PARTNERS), SIDES),
        "foremost": of_side(rng.uniform(size=SIDES) < 0.7),
        "strongest": of_side(rng.uniform(size=SIDES) < 0.7),
        "first": of_side(rng.uniform(size=SIDES) < 0.7),
        "insecurity_leader": insecurity,
        "hazard_leader": insecurity,
        "hazard_plain_leader": np.clip(insecurity + rng.normal(scale=0.1, size=n), 0, 1),
        "difLPv": rng.gamma(1.5, 0.7, n),
        "difTPv": rng.gamma(1.5, 0.7, n),
        "affLP": rng.uniform(-1, 1, n),
        "affTP": rng.uniform(-1, 1, n),
        "cinc_ell": of_side(rng.exponential(0.02, SIDES)),
        "cinc_tee": of_side(rng.exponential(0.02, SIDES)),
        "cinc_pee": rng.exponential(0.01, n),
        "LPallies": rng.uniform(size=n) < 0.2,
        "unsupport": of_side(rng.uniform(size=SIDES) < 0.2),
        "LTdist": of_side(rng.exponential(2.0, SIDES)),
        "PTdist": rng.exponential(5.0, n),
        "demL": of_side(rng.uniform(size=SIDES) < 0.5),
        "demP": rng.uniform(size=n) < 0.4,
        "insecurity_partner": rng.beta(1.5, 5, n),
        "pcw": of_side(np.arange(SIDES) > 0.8 * SIDES),
        "Lmaj": of_side(rng.uniform(size=SIDES) < 0.25),
    }
    mean = (
        -2.6
        + insecurity
        - (0.5 - taste * insecurity) * columns["difLPv"]
        + 0.2 * columns["difTPv"]
        + 0.6 * columns["LPallies"]
        + 0.3 * of_side(rng.normal(size=SIDES))
    )
    spread = np.exp(noise * (insecurity - insecurity.mean()))
    joined = mean + spread * rng.normal(size=n) > 0
    triads = pl.DataFrame(columns).with_columns(
        join=pl.Series(joined).cast(pl.Int8),
        join_icb=pl.Series(joined & (rng.uniform(size=n) < 0.7)).cast(pl.Int8),
        victims_only=pl.col("side") % 11 == 0,
    )
    unseen = pl.Series(rng.uniform(size=n) < 0.05)
    triads = triads.with_columns(
        hazard_partner="insecurity_partner", hazard_plain_partner="insecurity_partner"
    )
    return triads.with_columns(difTPv=pl.when(unseen).then(None).otherwise("difTPv"))
