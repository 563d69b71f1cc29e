"""The lesson: three steps through the theory, told with the crisis that is shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from htmltools import Tag, TagList, tags
from shiny import ui

if TYPE_CHECKING:
    from willing.theory.equilibrium import Equilibrium
    from willing.theory.security_path import SecurityPath

SECURE, INSECURE = 0.95, 0.05


def lesson_ui() -> Tag:
    """Make the lesson, closed; its answers are written by the page."""
    return tags.details(
        tags.summary("A lesson in three steps"),
        _button("Begin with the worked example", {"crisis": "gulf.toml"}),
        tags.ol(
            tags.li(
                tags.strong("Who builds. "),
                "A leader who would lose office by a defeat values victory more. Make her secure, "
                "count her partners, then make her insecure. What do you expect?",
                tags.p(
                    _button(f"Secure: {SECURE}", {"a-security": SECURE}),
                    " ",
                    _button(f"Insecure: {INSECURE}", {"a-security": INSECURE}),
                ),
                _answer("lesson_building"),
            ),
            tags.li(
                tags.strong("Whom she takes. "),
                "A divergent partner asks more, since he cares less for her victory. Look at "
                "“How divergent a partner may be” as you move her: the bars are the "
                "divergence she tolerates. When do they grow?",
                _answer("lesson_choosing"),
            ),
            tags.li(
                tags.strong("What it costs. "),
                "A partner is paid what joining costs him, less what his own help to victory is "
                "worth to him. Make divergence matter more, and watch the bill and the refusals.",
                tags.p(
                    _button("Aversion 0.5", {"a-aversion": "0.5"}),
                    " ",
                    _button("Aversion 1", {"a-aversion": "1"}),
                ),
                _answer("lesson_price"),
            ),
        ),
        class_="lesson",
    )


def told_building(policy: SecurityPath) -> TagList:
    """Tell the first step: coalitions, victory and cost of a secure leader and of an insecure."""
    few, many = len(policy.at(SECURE)), len(policy.at(INSECURE))
    here, there = policy.place(SECURE), policy.place(INSECURE)
    return TagList(
        f"Here she takes {few} at {SECURE} and {many} at {INSECURE}; victory goes from "
        f"{policy.victory[here]:.1%} to {policy.victory[there]:.1%}, and what she spends from "
        f"{policy.cost[here]:.4f} to {policy.cost[there]:.4f}. Neither ever falls as she gets less "
        "secure, whatever the numbers (hypothesis 1). The number of partners may."
    )


def told_choosing(policy: SecurityPath) -> TagList:
    """Tell the second step: the most divergent partners of both leaders."""
    divergence = dict(zip(policy.crisis.names, policy.crisis.divergences.tolist(), strict=True))

    def most(level: float) -> str:
        members = policy.at(level)
        if not members:
            return "nobody"
        name = max(members, key=lambda one: divergence[one])
        return f"{name} ({divergence[name]:.2f})"

    return TagList(
        f"The most divergent partner is {most(SECURE)} at {SECURE} and {most(INSECURE)} at "
        f"{INSECURE}. Given the rest of the coalition, the bars never shrink as she gets less "
        "secure (hypothesis 2). The average divergence of the whole coalition may fall."
    )


def told_price(found: Equilibrium) -> TagList:
    """Tell the third step: the dearest partner."""
    paid = {name: price for name, price in found.side_payments.items() if price > 0.0}
    if not paid:
        return TagList("Now nobody whom she takes has to be paid: their own stake is enough.")
    name = max(paid, key=lambda one: paid[one])
    return TagList(
        f"Now the dearest is {name}, at {paid[name]:.4f} of the bill of {found.bill:.4f}; "
        f"{len(found.free_riders)} come for nothing, and {len(found.coalition)} join in all."
    )


def _button(words: str, fields: dict[str, object]) -> Tag:
    return tags.button(words, type="button", data_set=json.dumps(fields))


def _answer(id: str) -> Tag:
    return tags.details(tags.summary("What you should see"), ui.output_ui(id), class_="told")
