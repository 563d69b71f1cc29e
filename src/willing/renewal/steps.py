"""Everything that the package derives, in the order in which one thing stands on another."""

from __future__ import annotations

from willing.record.contents import CONTENTS
from willing.record.store import FRAMES
from willing.renewal import makers
from willing.renewal.derived import RECORD_FOLDER, Step
from willing.renewal.web_picture import web_files
from willing.sources.catalogue import INPUTS, SOURCES

_LEADERS = tuple(
    f"security/embedded/{name}.parquet"
    for name in ("quarters", "years", "country_years", "actors", "dated")
)
_DIVERGENCE = tuple(
    f"divergence/embedded/{name}"
    for name in ("states.parquet", "commitments.parquet", "checks.json")
)
_KNOWN = tuple(
    f"forecast/embedded/known_{name}.parquet"
    for name in ("states", "capitals", "contiguous", "allies", "rivals", "leaders", "years")
)
_SIDES = ("structural/sides.parquet", "structural/sides.json")
_ESTIMATES = "structural/estimates.json"
_SCORES = "forecast/embedded/scores.json"
_SCENARIOS = tuple(
    f"casebook/cases/scenarios/{name}.toml" for name in ("libya-2011", "islamic-state-2014")
)
_PAIRS = "aftermath/embedded/aftermath.parquet"
_BY_MEASURE = "replication/embedded/tests_by_measure.parquet"


def _tables(*names: str) -> tuple[str, ...]:
    return tuple(f"{RECORD_FOLDER}/{name}.parquet" for name in names)


def _files(*keys: str) -> tuple[str, ...]:
    return tuple(SOURCES[key].file for key in keys)


STEPS = (
    Step(
        name="record",
        raw=_files(*INPUTS),
        inputs=(),
        outputs=(*_tables(*FRAMES), f"{RECORD_FOLDER}/{CONTENTS}"),
        make=makers.make_record,
    ),
    Step(
        name="performance of the measures of security",
        raw=_files(*INPUTS),
        inputs=(),
        outputs=("security/performance.json",),
        make=makers.make_performance,
    ),
    Step(
        name="first stage",
        raw=_files(*INPUTS),
        inputs=_tables("triads"),
        outputs=_LEADERS,
        make=makers.make_first_stage,
    ),
    Step(
        name="intervals of sigma and r",
        raw=(),
        inputs=(*_tables("triads"), *_LEADERS),
        outputs=("security/embedded/intervals.parquet",),
        make=makers.make_intervals,
    ),
    Step(
        name="sides of wars and disputes",
        raw=_files(
            "icb_actors", "mid_disputes", "mid_participants", "wars_interstate", "capabilities"
        ),
        inputs=(),
        outputs=("contest/embedded/opposing_sides.parquet",),
        make=makers.make_opposing_sides,
    ),
    Step(
        name="pairs after a crisis",
        raw=_files("mid_participants"),
        inputs=_tables("crises", "triads", "states"),
        outputs=(_PAIRS,),
        make=makers.make_pairs,
    ),
    Step(
        name="divergence of every pair",
        raw=_files(
            "ideal_points", "atop", "capabilities", "democracy", "polity", "gdp", "contiguity"
        ),
        inputs=_tables("triads"),
        outputs=_DIVERGENCE,
        make=makers.make_divergence,
    ),
    Step(
        name="what is known of states, year by year",
        raw=_files(*INPUTS),
        inputs=(),
        outputs=_KNOWN,
        make=makers.make_known_states,
    ),
    Step(
        name="leader sides of the structural model",
        raw=(),
        inputs=(*_tables("crises", "triads", "security"), *_DIVERGENCE),
        outputs=_SIDES,
        make=makers.make_sides,
        options=makers.sides_options,
    ),
    Step(
        name="structural estimates",
        raw=(),
        inputs=(*_tables("crises", "sides", "triads"), *_LEADERS, *_DIVERGENCE),
        outputs=(_ESTIMATES,),
        make=makers.make_estimates,
        options=makers.estimates_options,
    ),
    Step(
        name="pictures of payments",
        raw=(),
        inputs=(
            *_tables("crises", "sides", "members", "triads", "states", "payments", "arms"),
            _ESTIMATES,
        ),
        outputs=(),
        make=makers.make_payment_pictures,
    ),
    Step(
        name="pictures of the theory",
        raw=(),
        inputs=(),
        outputs=(),
        make=makers.make_theory_pictures,
        options=makers.theory_scenarios,
    ),
    Step(
        name="pictures of the aftermath",
        raw=(),
        inputs=(*_tables("crises", "sides", "triads", "members"), _PAIRS),
        outputs=(),
        make=makers.make_aftermath_pictures,
    ),
    Step(
        name="picture of the local page",
        raw=(),
        inputs=web_files(),
        outputs=(),
        make=makers.make_web_picture,
    ),
    Step(
        name="scenarios of the casebook",
        raw=(),
        inputs=(*_tables("crises", "sides", "members"), *_KNOWN, _ESTIMATES),
        outputs=_SCENARIOS,
        make=makers.make_scenarios,
    ),
    Step(
        name="both hypotheses by measure of security",
        raw=(),
        inputs=(*_tables("crises", "sides", "triads"), *_LEADERS, *_DIVERGENCE),
        outputs=(_BY_MEASURE,),
        make=makers.make_tests_by_measure,
    ),
    Step(
        name="scores of forecasts, and the stack of the best model",
        raw=(),
        inputs=(*_tables("crises", "sides", "triads"), *_DIVERGENCE, _ESTIMATES),
        outputs=(_SCORES,),
        make=makers.make_scores,
        options=makers.scores_options,
    ),
    Step(
        name="pages of the documentation",
        raw=(),
        inputs=(
            _BY_MEASURE,
            *_tables("crises", "sides", "triads", "attrition"),
            *_tables("payments", "arms", "episodes", "episode_partners"),
            _PAIRS,
            _ESTIMATES,
            _SCORES,
            *_KNOWN,
            *_SCENARIOS,
        ),
        outputs=(),
        make=makers.make_pages,
    ),
)
