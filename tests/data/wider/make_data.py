"""Write partners.csv, the pairs of partners that the R script takes. Run in this folder."""

import polars as pl

from willing.wider.aftermath_pairs import load_pairs

KEEP = ["crisno", "ccode1", "ccode2", "with_leader", "size", "victory", "major", "divergence"]
KEEP += ["allied", "contiguous", "disputes_before", "end", "next_dispute", "until"]

if __name__ == "__main__":
    partners = load_pairs().filter("partners").select(KEEP)
    partners.with_columns(pl.col(pl.Boolean).cast(pl.Int8)).write_csv("partners.csv")
