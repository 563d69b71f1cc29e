"""Write clustered.csv, the committed data that R and the package both estimate."""

from pathlib import Path

import numpy as np
import polars as pl

rng = np.random.default_rng(20160901)
n, clusters = 3000, 60
cluster = rng.integers(clusters, size=n)
x1, x2, z1 = rng.normal(size=n), rng.exponential(0.05, size=n), rng.uniform(size=n)
shock = rng.normal(scale=0.4, size=clusters)[cluster]
latent = -1.0 + 0.7 * x1 - 6.0 * x2 + 0.5 * z1 + shock + np.exp(0.8 * z1) * rng.normal(size=n)
pl.DataFrame(
    {"y": (latent > 0).astype(int), "x1": x1, "x2": x2, "z1": z1, "g": cluster}
).with_columns(pl.col("x1", "x2", "z1").round(6)).write_csv(
    Path(__file__).with_name("clustered.csv")
)
