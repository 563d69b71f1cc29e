"""Columns of Wolford and Ritter's models, by the names that the record and their file have."""

from __future__ import annotations

from collections.abc import Mapping

from willing.record.measured import INSECURITY, PARTNER_INSECURITY

OUTCOME = "join"
CLUSTER = "crisno"
IDEAL_POINTS = ("difLPv", "difTPv")
AFFINITY = ("affLP", "affTP")
CONTROLS = (
    "cinc_ell",
    "cinc_tee",
    "cinc_pee",
    "LPallies",
    "unsupport",
    "LTdist",
    "PTdist",
    "demL",
    "demP",
    PARTNER_INSECURITY,
    "pcw",
    "Lmaj",
)

# What the authors' own file calls the two columns of insecurity.
AUTHORS: Mapping[str, str] = {INSECURITY: "LinsecYoung", PARTNER_INSECURITY: "PinsecYoung"}
POLITY_CUT = 6
