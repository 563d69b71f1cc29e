"""Write imputations.csv, the headline estimates of each imputation, into a folder for pooled.R."""

import sys
from pathlib import Path

import polars as pl

from willing.evidence.claims import CLAIMS, claim_fit
from willing.evidence.sample import Sample
from willing.record.store import load_record

triads = load_record(leader="every", years="all").triads
rows = []
for number, frame in enumerate(Sample().imputations(triads, 20), 1):
    for name in ("joining", "noise", "preferences", "target"):
        fit, claim = claim_fit(frame, CLAIMS[name])[0], CLAIMS[name]
        at = claim.position(fit)
        rows.append(
            {
                "claim": name,
                "imputation": number,
                "estimate": float(fit.params[at]),
                "variance": float(fit.covariance[at, at]),
                "df": fit.design.n_clusters - 1,
            }
        )
pl.DataFrame(rows).write_csv(Path(sys.argv[1]) / "imputations.csv")
