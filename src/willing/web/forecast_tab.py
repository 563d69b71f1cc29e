"""The tab with the estimated forecast: its fields, and its answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from htmltools import HTML, Tag, TagList, tags
from shiny import Inputs, Outputs, Session, module, reactive, render, ui

from willing.web import charts
from willing.web.estimated import Answer, Changed, forecast_side
from willing.web.fields import chart_field, chart_output, given, security_field, text_field
from willing.web.latest import Latest, latest
from willing.web.world_map import map_chart

if TYPE_CHECKING:
    from willing.forecast.result import Forecast
    from willing.web.workers import Workers

_WIDTH = 520.0


@dataclass(frozen=True)
class ForecastTab:
    """What the rest of the page can ask of the tab and tell it.

    Attributes
    ----------
    security
        Gives the leader's security, None if it is her own.
    without, join
        Give who is left out and who joins for certain, as typed.
    start
        Starts the tab at a security, or at the leader's own, with states left out and joining.
    """

    security: Callable[[], float | None]
    without: Callable[[], str]
    join: Callable[[], str]
    start: Callable[[float | None, str, str], None]


@module.ui
def forecast_ui() -> Tag:
    """Make the tab: a slider and the places of its answers."""
    return tags.section(
        tags.p(
            "What the record leads to expect. Estimated from who joined in all other crises "
            "(structural model, 95 % intervals), this one left out. Nothing here follows from "
            "the rules of the game tab.",
            class_="caption what",
        ),
        tags.div(security_field("security"), class_="panel steer"),
        tags.div(ui.output_ui("summary"), class_="answer", aria_live="polite"),
        tags.div(
            text_field("without", "What if these stay away", hint="Turkey, Egypt", number=False),
            text_field("join", "and these join for certain", hint="Iran", number=False),
            class_="panel whom",
        ),
        tags.div(
            chart_field(
                chart_output("chances"),
                "Who is forecast to join",
                "Candidates ranked by their probability of joining, with 95 % intervals.",
            ),
            chart_field(
                chart_output("map"),
                "Where they are",
                "Each state's probability of joining. Point at a state for its number.",
            ),
            class_="results two",
        ),
        class_="forecast",
        aria_label="Forecast",
    )


@module.server
def forecast_server(
    input: Inputs,
    output: Outputs,
    session: Session,
    workers: Workers,
    side: Callable[[], str],
    shown: Callable[[], bool],
) -> ForecastTab:
    """Answer the tab.

    Parameters
    ----------
    workers
        The processes that have the estimates loaded.
    side
        Name of the leader side.
    shown
        Whether the tab is.
    """
    own: reactive.Value[bool] = reactive.value(True, name="own")
    # The level last put on the slider from here; another one is the reader's.
    told: reactive.Value[float | None] = reactive.value(None, name="told")

    @reactive.calc
    def security() -> float | None:
        level = input.security()
        if own() or not isinstance(level, int | float) or not math.isfinite(level):
            return None
        return min(max(float(level), 0.0), 1.0)

    async def compute(*asked: Any) -> Any:
        return await workers.run(session.root_scope().id, forecast_side, *asked)

    def without() -> str:
        return str(input.without() or "")

    def certain() -> str:
        return str(input.join() or "")

    answer: Latest[tuple[str, Answer]] = latest(
        lambda: (side(), security(), named(without()), named(certain())),
        partial(_with_side, compute),
        shown,
    )

    @reactive.calc
    def told_of() -> Answer:
        about, answered = answer.value()
        return given(answered if about == side() else None)

    @reactive.calc
    def found() -> Forecast:
        return told_of().forecast

    @reactive.effect
    def _own_security() -> None:
        if own():
            level = round(found().security, 2)
            told.set(level)
            session.send_input_message("security", {"value": level})

    @reactive.effect
    @reactive.event(input.security, ignore_init=True)
    def _moved() -> None:
        if told() is not None and input.security() != told():
            own.set(False)

    def width(id: str) -> float:
        return float(session.clientdata.output_width(id) or _WIDTH)

    @render.ui
    def summary() -> Tag | TagList:
        trouble = answer.problem()
        if trouble:
            return tags.p(trouble, class_="problem")
        return TagList(summarised(found(), own()), changes(told_of()))

    @render.ui
    def chances() -> HTML:
        return HTML(charts.forecast_chart(found(), width("chances")))

    @render.ui
    def map() -> HTML:
        one = found()
        by_state = dict(zip(one.partner, one.join.tolist(), strict=True))
        return HTML(map_chart(by_state, one.leader, one.target, width("map")))

    def start(level: float | None, left_out: str, joining: str) -> None:
        ui.update_text("without", value=left_out, session=session)
        ui.update_text("join", value=joining, session=session)
        own.set(level is None)
        told.set(level)
        if level is not None:
            session.send_input_message("security", {"value": level})

    return ForecastTab(security, without, certain, start)


async def _with_side(compute: Callable[..., Any], side: str, *asked: Any) -> Any:
    return side, await compute(side, *asked)


def named(text: str) -> tuple[str, ...]:
    """Give the states of a list with commas between them."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def changes(answer: Answer) -> Tag | None:
    """Set actual beside hypothetical, in all and by the partners who change most."""
    if not answer.totals:
        return None
    told = {"build": "any coalition of the others", "expected_size": "partners expected"}
    if answer.forecast.backed:
        told["victory"] = "victory (from outcomes)"
    rows = [_row(told[one.name], one) for one in answer.totals if one.name in told]
    rows += [_row(one.name, one) for one in answer.partners]
    heads = ("", "actual", "what if", "difference", "95 % interval")
    return tags.div(
        tags.table(
            tags.caption("What changes, and the partners who change most"),
            tags.thead(tags.tr([tags.th(head, scope="col") for head in heads])),
            tags.tbody(rows),
        ),
        class_="scroll changes",
    )


def _row(name: str, one: Changed) -> Tag:
    numbers = [
        f"{one.actual:.3f}",
        f"{one.hypothetical:.3f}",
        f"{one.difference:+z.3f}",
        f"{one.low:+z.3f} to {one.high:+z.3f}",
    ]
    return tags.tr(tags.th(name, scope="row"), [tags.td(number) for number in numbers])


def summarised(found: Forecast, own: bool) -> TagList:
    """Say in a sentence and three figures what is forecast."""
    between = found.security_range if own else None
    whose = "her own, as estimated" if own else "as set"

    def figure(name: str, value: str, note: str) -> Tag:
        return tags.div(tags.dt(name), tags.dd(value, tags.small(note)))

    figures = [
        figure(
            "Any coalition",
            f"{found.build.value:.0%}",
            f"{found.build.low:.0%} to {found.build.high:.0%}",
        ),
        figure(
            "Partners expected",
            f"{found.expected_size.value:.1f}",
            f"{found.expected_size.low:.1f} to {found.expected_size.high:.1f}",
        ),
    ]
    if found.backed:
        figures.append(
            figure(
                "Victory (from outcomes)",
                f"{found.victory.value:.0%}",
                f"alone {found.alone:.0%}",
            )
        )
    if found.joined is not None:
        count = int(found.joined.sum())
        figures.append(figure("Joined in fact", str(count), f"of {len(found.partner)} candidates"))
    return TagList(
        tags.p(
            f"{found.leader} against {found.target}, security {found.security:.2f} ({whose}).",
            class_="headline",
        ),
        tags.dl(*figures, class_="figures"),
        tags.p(
            "Security is the probability of keeping office after a defeat, as in the game"
            + (f"; hers is estimated at {between[0]:.2f} to {between[1]:.2f}" if between else "")
            + ". Victory is estimated from outcomes of crises; the game's follows from the "
            "decisiveness typed there.",
            class_="outlook",
        ),
    )
