"""Both hypotheses by every measure of security, with the standard errors of one stage and both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from willing.errors import EstimationError
from willing.estimation.models import one_blas_thread
from willing.estimation.results import BinaryResults
from willing.estimation.sent_once import SentOnce
from willing.evidence.direct import CROSSED, SIDE_CONTROLS, fit_building, fit_joining
from willing.evidence.formation import FormationModel, fit_formation
from willing.evidence.sample import leader_sides
from willing.evidence.taken_redrawn import TakenByThird, taken_by_third
from willing.evidence.two_stage import RedrawnModel, TwoStage, redrawn_model, summarise
from willing.manner import Result
from willing.numbers import Floats
from willing.record.measured import INSECURITY, PARTNER_INSECURITY
from willing.security.measures import MEASURES
from willing.security.stored_leaders import places_of

Test = Literal["formation", "joining", "noise", "preferences", "taken", "taken_net"]
# What each test estimates, the model's equation and term whose coefficient it is.
TESTS: Mapping[Test, str] = {
    "formation": "H1: logit of a coalition built, by leader side",
    "joining": "H1: probit of joining, by triad",
    "noise": "H2: insecurity in the variance of the heteroskedastic probit",
    "preferences": "H2: insecurity x divergence of P from L in the probit",
    "taken": "H2: divergence of the partners taken, least less most secure third",
    "taken_net": "H2: the same, net of the states not taken",
}
REPLACED = (INSECURITY, PARTNER_INSECURITY)
_AT_ONCE = 4


@dataclass(frozen=True, eq=False, repr=False)
class MeasureTests(Result):
    """Both hypotheses by every measure.

    Attributes
    ----------
    found
        By measure and test; a test that could not be made is missing.
    skipped
        Why, by measure and test.
    counts
        By measure: rows, ones and crises of the probit of joining.
    spread
        By measure: its standard deviation over the leader sides.
    draws
        Draws of leaders and crises.
    """

    found: Mapping[tuple[str, Test], TwoStage]
    skipped: Mapping[tuple[str, Test], str]
    counts: Mapping[str, tuple[int, int, int]]
    spread: Mapping[str, float]
    draws: int

    def to_frame(self) -> pl.DataFrame:
        """Give one row a measure and test: estimate, both standard errors, z values, interval."""
        return pl.DataFrame(
            [
                {"measure": measure, "test": test, **estimate.to_dict()}
                for (measure, test), estimate in self.found.items()
            ]
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the table and what was left out."""
        return {
            "draws": self.draws,
            "tests": self.to_frame().to_dicts(),
            "skipped": [
                {"measure": measure, "test": test, "why": why}
                for (measure, test), why in self.skipped.items()
            ],
        }

    def __str__(self) -> str:
        lines = ["Both hypotheses by measure of security; a positive sign is the theory's"]
        head = f"  {'measure':24}{'estimate':>9}{'s.e.':>8}{'z':>7}"
        if self.draws:
            head += f"{'both s.e.':>11}{'z':>7}{'95 % of draws':>20}"
        for test, title in TESTS.items():
            lines += ["", title, head]
            for (measure, name), e in self.found.items():
                if name != test:
                    continue
                line = f"  {measure:24}{e.value:9.2f}{e.clustered:8.2f}{e.z:7.2f}"
                if self.draws:
                    line += f"{e.both:11.2f}{e.z_both:7.2f}{e.low:10.2f}{e.high:10.2f}"
                lines.append(line)
        both = f"; both: {self.draws} draws of leaders, then crises" if self.draws else ""
        lines += ["", f"s.e.: clustered by crisis{both}"]
        lines += [f"{m}, {test}: left out, {why}" for (m, test), why in self.skipped.items()]
        return "\n".join(lines)


def measure_tests(
    triads: pl.DataFrame,
    scores: pl.DataFrame,
    *,
    measures: Sequence[str] = tuple(MEASURES),
    drawn: Iterator[pl.DataFrame] | None = None,
    draws: int = 0,
    seed: int = 0,
    workers: int = -1,
    progress: Callable[[str], object] = lambda _: None,
) -> MeasureTests:
    """Test both hypotheses by every measure.

    Parameters
    ----------
    triads
        A sample of the record, as :func:`~willing.evidence.sample.select_triads` gives it.
    scores
        The measures of leaders on the days of crises: ``ccode``, ``date`` and a column a measure.
    measures
        Which of them.
    drawn
        The same columns, row by row, from redrawn leaders: a frame a draw
        (`willing.security.leader_draws.LeaderDraws.scores`). Without, only clustered standard
        errors are given.
    draws
        How many frames `drawn` will give.
    seed
        Seed of the crises drawn.
    workers
        Threads; all cores by default. A `joblib.parallel_config` around the call, as for Dask,
        decides otherwise.
    progress
        Told what is done.

    Raises
    ------
    EstimationError
        If no test can be made.
    """
    places = {role: places_of(triads, role, scores) for role in ("leader", "partner")}
    models: dict[tuple[str, Test], _Prepared] = {}
    skipped: dict[tuple[str, Test], str] = {}
    counts, spread = {}, {}
    taken = taken_by_third(triads, places["leader"])
    known = {measure: _insecure(scores, measure) for measure in measures}
    with one_blas_thread():
        for measure, values in known.items():
            spread[measure] = float(np.nanstd(values[taken.at]))
            frame = triads.with_columns(
                pl.Series(name, values[places[role]]).fill_nan(None)
                for name, role in zip(REPLACED, places, strict=True)
            )
            for test, prepared in _prepare(frame, places, skipped, measure):
                models[measure, test] = prepared
            if (measure, "joining") in models:
                design = models[measure, "joining"].model.fit.design
                counts[measure] = (design.n, int(design.y.sum()), design.n_clusters)
            progress(f"fitted by {measure}")
        if not models:
            raise EstimationError(next(iter(skipped.values())))
        estimates, differences = _redraw(
            models, taken, measures, drawn, draws, seed, workers, progress
        )
    found = {
        key: summarise(each.model.fit, each.position, estimates[key])
        for key, each in models.items()
    }
    rng = np.random.default_rng(seed)
    for measure, values in known.items():
        raw, net = taken.summarise(values, differences[measure], rng)
        found |= {(measure, "taken"): raw, (measure, "taken_net"): net}
    return MeasureTests(found, skipped, counts, spread, draws)


@dataclass(frozen=True, eq=False)
class _Prepared:
    """A test ready for other values of the measure, and where its rows' leaders stand."""

    model: RedrawnModel
    position: int
    leader: NDArray[np.int64]
    partner: NDArray[np.int64] | None

    def draw(self, values: Floats, rng: np.random.Generator) -> Floats:
        columns = {INSECURITY: values[self.leader]}
        if self.partner is not None:
            columns[PARTNER_INSECURITY] = values[self.partner]
        return self.model.draw(columns, rng)


def _prepare(
    frame: pl.DataFrame,
    places: Mapping[str, NDArray[np.int64]],
    skipped: dict[tuple[str, Test], str],
    measure: str,
) -> Iterator[tuple[Test, _Prepared]]:
    """Fit every test that can be made with the measure that stands in the frame."""
    sides = leader_sides(frame.with_columns(_at=pl.Series(places["leader"])), keep=("_at",))
    at = sides["_at"].to_numpy()
    joined = FormationModel("probit", "Probit")
    noise = FormationModel("hetprobit", "Het. probit", heteroskedastic=True)
    fits: dict[Test, Callable[[], BinaryResults]] = {
        "formation": lambda: fit_building(sides, (INSECURITY, *SIDE_CONTROLS)),
        "joining": lambda: fit_formation(frame, joined),
        "noise": lambda: fit_formation(frame, noise),
        "preferences": lambda: fit_joining(frame),
    }
    for test, make in fits.items():
        try:
            fit = make()
        except EstimationError as error:
            skipped[measure, test] = str(error)
            continue
        by_side = test == "formation"
        model = redrawn_model(sides if by_side else frame, fit, replaced=REPLACED)
        terms = (*fit.design.terms, *(f"variance {t}" for t in fit.variance_terms))
        wanted = {"noise": f"variance {INSECURITY}", "preferences": CROSSED}.get(test, INSECURITY)
        yield (
            test,
            _Prepared(
                model,
                terms.index(wanted),
                at if by_side else places["leader"],
                None if by_side else places["partner"],
            ),
        )


def _redraw(
    models: Mapping[tuple[str, Test], _Prepared],
    taken: TakenByThird,
    measures: Sequence[str],
    drawn: Iterator[pl.DataFrame] | None,
    draws: int,
    seed: int,
    workers: int,
    progress: Callable[[str], object],
) -> tuple[dict[tuple[str, Test], Floats], dict[str, Floats]]:
    """Estimates of every model, shape (draws, parameters), and differences, (draws, 2)."""
    if drawn is None:
        none = {key: np.empty((0, len(m.model.fit.params))) for key, m in models.items()}
        return none, {measure: np.empty((0, 2)) for measure in measures}
    from joblib import Parallel, delayed

    shared = SentOnce((models, taken, measures))
    seeds = np.random.SeedSequence(seed).spawn(draws)
    done: list[tuple[dict[tuple[str, Test], Floats], dict[str, Floats]]] = []
    for one in Parallel(n_jobs=workers, prefer="threads", return_as="generator")(
        delayed(_draw)(shared, scores, each) for scores, each in zip(drawn, seeds, strict=True)
    ):
        done.append(one)
        progress(f"{len(done)} of {draws} draws of leaders and crises")
    estimates = {key: np.vstack([one[key] for one, _ in done]) for key in models}
    return estimates, {m: np.vstack([one[m] for _, one in done]) for m in measures}


def _draw(
    shared: SentOnce[tuple[Mapping[tuple[str, Test], _Prepared], TakenByThird, Sequence[str]]],
    scores: pl.DataFrame,
    seed: np.random.SeedSequence,
) -> tuple[dict[tuple[str, Test], Floats], dict[str, Floats]]:
    models, taken, measures = shared.content
    rng = np.random.default_rng(seed)
    values = {measure: _insecure(scores, measure) for measure in measures}
    estimates = {key: each.draw(values[key[0]], rng) for key, each in models.items()}
    return estimates, {measure: taken.draw(each, rng) for measure, each in values.items()}


def _insecure(scores: pl.DataFrame, measure: str) -> Floats:
    """A measure turned so that more is less secure, with a last value for leaders not known."""
    values = scores[measure].cast(pl.Float64).to_numpy()
    turned = values if MEASURES[measure].sign > 0 else 1.0 - values
    return np.append(turned, np.nan)
