"""What the columns of the record are called in tables and figures, in the words of the field.

L is the leader who may build a coalition, T her target, P a state that might join. The names of
columns, Wolford and Ritter's where they have one, stand in brackets in the first table of models.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

LABELS: Mapping[str, str] = {
    "insecurity_leader": "Insecurity of L's leader",
    "insecurity_partner": "Insecurity of P's leader",
    "LinsecYoung": "Insecurity of L's leader",
    "PinsecYoung": "Insecurity of P's leader",
    "difLPv": "Divergence, L and P",
    "difTPv": "Divergence, T and P",
    "affLP": "UN affinity, L and P",
    "affTP": "UN affinity, T and P",
    "affPT": "UN affinity, T and P",
    "cinc_ell": "Capabilities of L",
    "cinc_tee": "Capabilities of T",
    "cinc_pee": "Capabilities of P",
    "LPallies": "Alliance of L and P",
    "unsupport": "UN support",
    "LTdist": "Distance, L and T (km)",
    "PTdist": "Distance, P and T (km)",
    "demL": "Democratic L",
    "demP": "Democratic P",
    "pcw": "After the Cold War",
    "Lmaj": "L a major power",
    "join": "P joined L",
    "built": "Coalition built",
    "between": "Insecurity, usual of the state",
    "within": "Insecurity, above its usual",
    "constant": "Constant",
    "observations": "Observations",
    "clusters": "Crises (clusters)",
    "log-likelihood": "Log-likelihood",
}
MEASURES: Mapping[str, str] = {
    "hazard": "Yearly hazard",
    "hazard_plain": "Plain yearly hazard",
    "hazard_no_calendar": "Hazard without calendar",
    "cheibub": "Cheibub's manner",
    "cheibub_country": "Cheibub's, by country",
    "forced": "Forced exit",
    "punished": "Punished exit",
    "survival_given_defeat": "Loss after defeat, 1 − σ",
    "survival_given_victory": "Loss after victory, 1 − r",
    "stake": "Stake in victory, r − σ",
}
CHOICES: Mapping[str, str] = {
    "measure": "measure of security",
    "leader": "who is L",
    "divergence": "divergence",
    "pool": "who may join",
    "coding": "coding of joining",
    "sample": "sample",
    "covariates": "covariates",
    "estimator": "estimator",
    "together": "choices taken together",
}
ALTERNATIVES: Mapping[str, str] = {
    **MEASURES,
    "acted": "the strongest that acted",
    "strongest": "the strongest",
    "first": "the first",
    "hostile": "the most hostile",
    "every": "every actor in turn",
    "join": "all sources",
    "join_icb": "ICB",
    "join_hewitt": "Hewitt's dyads",
    "join_gml": "GML disputes",
    "join_mid": "COW disputes",
    "join_blocs": "by blocs",
    "all": "all states",
    "region": "states of T's region",
    "relevant": "relevant states",
}
_HEADS: Mapping[str, str] = {
    "": "Variable",
    "auc": "AUC",
    "ones": "Joins",
    "value": "Estimate",
    "p": "p",
    "z": "z",
}
_VARIANCE = "variance: "


def label(name: str, *, column: bool = False) -> str:
    """Give a term or column in words; a name that has none stays as it is.

    Parameters
    ----------
    name
        A column, a product of columns as ``a:b``, a term of the variance as ``variance: a``, or an
        outcome as ``join = 1``.
    column
        Whether to put the name of the column behind it in brackets.
    """
    if name.startswith(_VARIANCE):
        return f"Variance: {label(name.removeprefix(_VARIANCE))}"
    if name.endswith(" = 1"):
        return label(name.removesuffix(" = 1"))
    if ":" in name and all(part in LABELS for part in name.split(":")):
        return " × ".join(LABELS[part] for part in name.split(":"))
    words = LABELS.get(name, name)
    known = name in LABELS and name not in _SUMMARY
    return f"{words} [{name}]" if column and known else words


_SUMMARY = ("constant", "observations", "clusters", "log-likelihood")


def head(name: str) -> str:
    """Give the head of a column: words for a name, a capital first letter but for p and z."""
    if name in _HEADS:
        return _HEADS[name]
    words = LABELS.get(name, name)
    return words[:1].upper() + words[1:]


def in_words(text: str) -> str:
    """Put words in place of the names of columns in a text."""
    return re.sub(r"\w+", lambda found: LABELS.get(found[0], found[0]), text)


def labelled(frame: pl.DataFrame, *, columns: bool = False) -> pl.DataFrame:
    """Put words in place of terms in the first column of a table of models.

    Parameters
    ----------
    frame
        As `willing.estimation.coefficient_table.side_by_side` gives it.
    columns
        Whether to name the columns of the record in brackets.
    """
    first = frame.columns[0]
    terms = [label(term, column=columns) for term in frame[first]]
    return frame.with_columns(pl.Series(first, terms))
