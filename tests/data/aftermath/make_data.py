"""Write the data that the R script takes: pairs of partners, and sides with a coalition.

Run in this folder.
"""

import polars as pl

from willing.aftermath.expansion_record import target_joiners
from willing.aftermath.pairs import load_pairs
from willing.record.store import load_record

KEEP = ["crisno", "ccode1", "ccode2", "with_leader", "size", "victory", "major", "divergence"]
KEEP += ["allied", "contiguous", "disputes_before", "end", "next_dispute", "until"]

if __name__ == "__main__":
    partners = load_pairs().filter("partners").select(KEEP)
    partners.with_columns(pl.col(pl.Boolean).cast(pl.Int8)).write_csv("partners.csv")
    target_joiners(load_record(years="all")).filter(pl.col("size") > 0).write_csv("coalitions.csv")
