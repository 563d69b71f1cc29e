"""One setting of the game as it looks: its fields and the places of its results."""

from __future__ import annotations

from htmltools import Tag, tags
from shiny import module, ui
from shiny.module import resolve_id

from willing.web.fields import (
    chart_field,
    chart_output,
    choice_field,
    security_field,
    text_field,
)


@module.ui
def setting_ui(name: str) -> Tag:
    """Make a setting's fields and the places of its results."""
    controls = tags.div(
        tags.div(security_field("security"), class_="panel steer"),
        tags.div(
            tags.details(
                tags.summary("Rules of the game"),
                tags.div(
                    text_field("office", "Value of office", hint="Ψ, in victories"),
                    choice_field("contest", "Contest", {"ratio": "ratio", "logistic": "logistic"}),
                    text_field("decisiveness", "Decisiveness", hint="g, of strength"),
                    choice_field(
                        "pricing", "Pricing", {"pivotal": "pivotal", "additive": "additive"}
                    ),
                    text_field("aversion", "Aversion", hint="δ, to divergence"),
                    text_field("friction", "Friction", hint="λ, after the war"),
                    text_field("retention", "Retention", hint="office after victory"),
                    text_field("noise", "Noise", hint="τ, of her choice"),
                    class_="rules",
                ),
                class_="open-if-wide",
            ),
            tags.p(
                "Download ",
                ui.download_link("scenario", "scenario (TOML)"),
                ", numbers (",
                ui.download_link("csv", "CSV"),
                ", ",
                ui.download_link("json", "JSON"),
                ") ",
                tags.span(id=resolve_id("waiting"), class_="waiting", role="status"),
                class_="save",
            ),
            class_="panel",
        ),
        class_="controls",
    )
    results = tags.div(
        tags.div(
            ui.output_ui("summary"),
            ui.output_ui("members"),
            ui.output_ui("outlook"),
            class_="answer",
            aria_live="polite",
        ),
        chart_field(
            chart_output("path"),
            "Who is in, at which security",
            "Read at the upright line: bars it crosses are in the coalition. "
            "To the left the leader has more to lose by defeat.",
        ),
        chart_field(
            chart_output("tolerance"),
            "How divergent a partner may be",
            "A partner joins if her dot lies on her bar. Bars grow as security falls.",
        ),
        chart_field(
            chart_output("join"),
            "Who is likely to join",
            "Partners ranked by their probability of joining when the leader's choice is noisy.",
            ui.output_ui("join_words"),
        ),
        chart_field(
            chart_output("map"),
            "Where they are",
            "Each partner's probability of joining, by these rules. Point at a state for its "
            "number.",
        ),
        chart_field(
            chart_output("region"),
            "Who is acceptable to which leader",
            "The dot is this partner and this leader, the rest of the coalition as it is.",
            choice_field("partner", "Partner", {}),
        ),
        tags.section(
            tags.h3("Every partner, given the rest of the coalition"),
            ui.output_ui("table"),
            class_="chart whole",
        ),
        class_="results",
    )
    return tags.section(
        tags.h2(f"Setting {name}", class_="setting-name"),
        tags.div(controls, results, class_="columns"),
        class_=f"setting setting-{name.lower()}",
        aria_label=f"Setting {name}",
    )
