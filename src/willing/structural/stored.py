"""Estimates kept with the package, so that a forecast of the record need not wait for a fit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from willing.contest.contest_estimates import ContestEstimates
from willing.errors import DataError
from willing.files import replacing
from willing.numbers import Floats
from willing.record.store import Record, load_record
from willing.structural.coalition_model import CoalitionModel
from willing.structural.estimates import Estimates
from willing.structural.leader_sides import Sides
from willing.structural.maximum import Fit
from willing.structural.specification import Specification

STORED = Path(__file__).with_name("estimates.json")
FIRST_YEAR = 1951
"""First year of the sample: before it most of the covariates are missing."""
DRAWS = 200
"""Bootstrap draws that the stored estimates come with."""
_DIGITS = 6


def estimates_of(
    record: Record,
    model: CoalitionModel | None = None,
    *,
    sides: Sides | None = None,
    path: Path = STORED,
    tell: Callable[[str], None] = lambda _: None,
) -> Estimates:
    """Give the estimates of a model on a record: the stored ones if they are of it, else a fit.

    Parameters
    ----------
    record
        The record, restricted to the years to estimate from.
    model
        The model; the default one by default.
    sides
        The leader sides of the record for this model, if they are laid out already.
    path
        Where the stored estimates are.
    tell
        Called with a sentence if the stored estimates are of other data or options. Those made
        anew come without draws of the first stage, so intervals are narrower.
    """
    chosen = CoalitionModel() if model is None else model
    sides = chosen.sides(record, checked=False) if sides is None else sides
    outcomes = chosen.outcomes(record)
    stored = json.loads(path.read_text()) if path.exists() else {"of": {}}
    if not isinstance(stored["of"], dict):  # written before data and options were told apart
        stored["of"] = {}
    own = fingerprint(sides, chosen, outcomes)
    if stored["of"] == own:
        return _revive(sides, chosen, outcomes, stored)
    changed = " and ".join(name for name in own if stored["of"].get(name) != own[name])
    tell(
        f"the stored estimates are of other {changed}; these are fitted anew, and their intervals "
        "take insecurity as known"
    )
    return chosen.fit(record)


def stored_contest(*, path: Path = STORED) -> dict[str, Any]:
    """Give the contest of the stored estimates, as the table ``[game]`` of a scenario has it."""
    stored = json.loads(path.read_text())
    g = round(float(stored["decisiveness"]), _DIGITS)
    if stored["cuts"] is None:
        return {"contest": "ratio", "decisiveness": g}
    low, high = (round(float(cut), _DIGITS) for cut in stored["cuts"])
    return {"contest": "draw", "decisiveness": g, "defeat_cut": low, "victory_cut": high}


def bootstrapped_of(estimates: Estimates, *, path: Path = STORED) -> Floats | None:
    """Give the draws of a bootstrap of both stages, shape (draws, k), if `estimates` are stored.

    They come from `willing.structural.bootstrap`; estimates that are not stored have none.
    """
    stored = json.loads(path.read_text()) if path.exists() else {}
    if not stored.get("bootstrapped") or stored["params"] != estimates.params.tolist():
        return None
    return _array(stored["bootstrapped"])


def sample_of(record: Record, years: tuple[int, int] | None = None) -> Record:
    """Give the crises of a record to estimate from: from `FIRST_YEAR` on, or of some years.

    Raises
    ------
    DataError
        If the record has no crisis in those years.
    """
    first, last = years or (FIRST_YEAR, record.manifest.years[1])
    sample = record.within((first, last))
    if sample.crises.is_empty():
        raise DataError(
            f"no crisis of {first}-{last} in the record, which has those of "
            f"{record.manifest.years[0]}-{record.manifest.years[1]}"
        )
    return sample


def store_estimates(
    estimates: Estimates,
    *,
    bootstrapped: Floats | None = None,
    path: Path = STORED,
) -> None:
    """Write estimates of a model that chose its contest, and draws of their bootstrap."""
    fit, asked = estimates.fit, replace(estimates.model, decisiveness=None, cuts=None)
    kept = {
        "of": fingerprint(estimates.sides, asked, estimates.outcomes),
        "decisiveness": estimates.model.decisiveness,
        "cuts": estimates.model.cuts,
        "names": estimates.names,
        "params": fit.params.tolist(),
        "covariance": estimates.covariance.tolist(),
        "hessian": fit.hessian.tolist(),
        "value": fit.value,
        "iterations": fit.iterations,
        "gain_left": fit.gain_left,
        "bootstrapped": None if bootstrapped is None else bootstrapped.round(_DIGITS).tolist(),
    }
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(kept) + "\n", encoding="utf-8")


def renew_estimates(*, draws: int = DRAWS, seed: int = 1, path: Path = STORED) -> None:
    """Fit the default model to the embedded record, bootstrap both stages, and store both.

    To be run when the record or the structural model has changed; it takes some minutes.
    """
    # Not needed to read what is stored, and slow to import.
    from willing.structural.bootstrap import bootstrap
    from willing.structural.first_stage import load_first_stage

    sample = sample_of(load_record(years="all"))
    estimates = CoalitionModel().fit(sample)
    everybody = sample_of(load_record(leader="every", years="all"))
    drawn = bootstrap(estimates, everybody, load_first_stage(), draws=draws, seed=seed)
    store_estimates(estimates, bootstrapped=drawn.used, path=path)


def fingerprint(
    sides: Sides, model: Specification, outcomes: ContestEstimates | None = None
) -> dict[str, str]:
    """Identify data and options: equal if and only if the estimates must be.

    Parameters
    ----------
    sides
        The leader sides.
    model
        The model.
    outcomes
        The outcomes that the contest comes from, if it does.

    Returns
    -------
    dict of str to str
        ``data`` and ``options``, each a SHA-256. Numbers count in single precision, so that
        libraries that round the last digit of a logarithm differently agree.
    """
    data = hashlib.sha256("\n".join((*sides.names, *sides.terms)).encode())
    for each in fields(sides):
        value = getattr(sides, each.name)
        if isinstance(value, np.ndarray):
            kind = np.float32 if value.dtype.kind == "f" else np.int64
            data.update(each.name.encode() + np.ascontiguousarray(value, dtype=kind).tobytes())
    if outcomes is not None:
        for name in ("contest", "leader", "target", "outcome"):
            data.update("\n".join(outcomes.contests[name].cast(str).to_list()).encode())
        ratio = outcomes.model.matrix(outcomes.contests).astype(np.float32)
        data.update(ratio.tobytes())
    options = hashlib.sha256(json.dumps(asdict(model), sort_keys=True).encode())
    return {"data": data.hexdigest(), "options": options.hexdigest()}


def _revive(
    sides: Sides,
    model: CoalitionModel,
    outcomes: ContestEstimates | None,
    stored: dict[str, Any],
) -> Estimates:
    cuts = None if stored["cuts"] is None else tuple(stored["cuts"])
    model = replace(model, decisiveness=float(stored["decisiveness"]), cuts=cuts)
    params = _array(stored["params"])
    fit = Fit(
        params=params,
        free=np.ones(len(params), dtype=bool),
        value=float(str(stored["value"])),
        hessian=_array(stored["hessian"]),
        iterations=int(str(stored["iterations"])),
        gain_left=float(str(stored["gain_left"])),
    )
    likelihood = model.likelihood(sides)
    return Estimates(model, likelihood, fit, _array(stored["covariance"]), outcomes=outcomes)


def _array(values: object) -> Floats:
    return np.asarray(values, dtype=float)
