"""Write contests.csv, the contests that reference.R estimates from: run in this folder."""

from pathlib import Path

import polars as pl

from willing import OutcomeModel, load_record

model = OutcomeModel(years=(1946, 1999), controls=("leader_democracy", "leader_major"))
rows = model.contests(load_record(years="all"))
X = model.matrix(rows)
pl.DataFrame(
    {
        "contest": rows["contest"],
        "outcome": rows["outcome"],
        "ratio": X[:, 0],
        "democracy": X[:, 1].astype(int),
        "major": X[:, 2].astype(int),
    }
).write_csv(Path(__file__).with_name("contests.csv"))
